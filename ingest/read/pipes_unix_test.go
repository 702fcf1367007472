//go:build unix

package read_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest/read"
)

// TestPipes: a pipe to which nobody writes is named, wherever a file is looked
// for; opening one would wait for ever.
func TestPipes(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "s3api-list-buckets.json"), []byte(good))
	names := []string{"pipe", "manifest.json", "ended/.partial/manifest.json", "begun/.partial/journal.jsonl"}
	for _, name := range names {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Skipf("no pipes: %v", err)
		}
	}
	in, err := read.Open(t.Context(), []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	if len(in.Documents) != 1 {
		t.Errorf("%d documents, not 1", len(in.Documents))
	}
	for _, name := range names {
		if !slices.ContainsFunc(in.Gaps, func(g graph.Gap) bool {
			return g.File == name && strings.Contains(g.Message, "not a regular file")
		}) {
			t.Errorf("%s is not named: %v", name, in.Gaps)
		}
	}
}

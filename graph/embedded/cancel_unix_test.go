//go:build unix

package embedded

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/postern-sec/postern/graph"
)

// TestCancelWhileLoading: a query does not wait for a file that comes slowly, here
// a pipe that nobody writes to, once its context has ended.
func TestCancelWhileLoading(t *testing.T) {
	dir := t.TempDir()
	publisher, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := publisher.Publish(t.Context(), numberedGraph(1)); err != nil {
		t.Fatal(err)
	}
	raw, err := readPointer(dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := decodePointer(raw)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, p.file)
	if err := os.Rename(file, file+".kept"); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(file, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Query(ctx, graph.Query{Text: "RETURN 1"}); !errors.Is(err, context.Canceled) {
		t.Errorf("query: %v, want %v", err, context.Canceled)
	}
	if _, err := s.Describe(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("describe: %v, want %v", err, context.Canceled)
	}
	if err := s.Scan(ctx, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("scan: %v, want %v", err, context.Canceled)
	}
	// Let the loading end; the next query begins another.
	pipe, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".kept", file); err != nil {
		t.Fatal(err)
	}
	pipe.Close()
	for {
		_, err := s.Describe(t.Context())
		if err == nil {
			break
		}
		if !errors.Is(err, graph.ErrCorrupt) { // of the pipe
			t.Fatal(err)
		}
	}
	s.Close(t.Context())
}

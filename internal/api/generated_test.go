package api

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/postern-sec/postern/internal/longtest"
)

// TestGenerated: the generated code is that of the contract in schema/graphql.
// Refresh it with go generate ./internal/api.
func TestGenerated(t *testing.T) {
	longtest.Skip(t, "generates for a minute")
	before := read(t)
	cmd := exec.CommandContext(t.Context(), "go", "tool", "gqlgen", "generate")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	after := read(t)
	for name, text := range before {
		if after[name] != text {
			t.Errorf("%s was stale; it has been generated anew", name)
		}
	}
	if len(before) != len(after) || len(before) < 5 {
		t.Errorf("%d generated files before, %d after", len(before), len(after))
	}
}

func read(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, pattern := range []string{"generated/*.go", "model/*.go", "*.resolvers.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			out[f] = string(b)
		}
	}
	return out
}

package cypher_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/internal/cypher"
)

var update = flag.Bool("update", false, "write docs/dialect.md anew")

func TestDialectPage(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "dialect.md")
	want := cypher.DialectPage()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/dialect.md is stale; run go generate ./internal/cypher\n%s", diff)
	}
}

// TestForms runs what the page says is in the dialect.
func TestForms(t *testing.T) {
	g := estate()
	for _, f := range cypher.Forms {
		q, _, err := cypher.Prepare(f.Query, nil)
		if err != nil {
			t.Errorf("%s: %s\n  %v", f.Name, f.Query, err)
			continue
		}
		if _, err := q.Run(t.Context(), g, cypher.Params{"id": 1}, cypher.DefaultLimits()); err != nil {
			t.Errorf("%s: %s\n  %v", f.Name, f.Query, err)
		}
	}
}

// TestRefusals checks that what is refused is refused with a place and what to write instead.
func TestRefusals(t *testing.T) {
	for _, r := range cypher.Refusals {
		_, _, err := cypher.Prepare(r.Query, nil)
		var e *cypher.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %s is accepted", r.Name, r.Query)
			continue
		}
		if e.Line == 0 || e.Col == 0 || e.Suggestion == "" && e.Code != "InvalidArgumentValue" {
			t.Errorf("%s: %v has no place or no suggestion", r.Name, e)
		}
	}
}

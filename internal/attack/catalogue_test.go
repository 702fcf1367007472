package attack

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite docs/techniques.md")

// TestCatalogue holds docs/techniques.md to the tables. Refresh it with
//
//	go test ./internal/attack -run TestCatalogue -update
func TestCatalogue(t *testing.T) {
	const page = "../../docs/techniques.md"
	want := Markdown()
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("docs/techniques.md is stale; run go test ./internal/attack -run TestCatalogue -update\n%s", d)
	}
}

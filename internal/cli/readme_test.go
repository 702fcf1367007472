package cli_test

import (
	"os"
	"strings"
	"testing"
)

// TestReadmeSaysWhatDemoPrints: figures in the README are measured ones.
func TestReadmeSaysWhatDemoPrints(t *testing.T) {
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(b), "`make demo` begins with this:\n\n```\n")
	shown, _, ok2 := strings.Cut(rest, "  …\n```")
	if !ok || !ok2 {
		t.Fatal("the README no longer shows what make demo prints")
	}
	code, out, errs := run(t, "", "demo", "--no-serve")
	if code != 0 || !strings.HasPrefix(out, shown) {
		t.Errorf("exit %d %s\nthe README shows\n%s\nthe demo prints\n%.1500s", code, errs, shown, out)
	}
}

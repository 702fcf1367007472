package cli

import (
	"slices"
	"testing"
)

// TestOneOrMany: context values as JSON writes them keep their digits.
func TestOneOrMany(t *testing.T) {
	for text, want := range map[string][]string{
		`"a"`:                   {"a"},
		`["a","b"]`:             {"a", "b"},
		`1719792000`:            {"1719792000"},
		`[123456789012,0.5,-1]`: {"123456789012", "0.5", "-1"},
		`true`:                  {"true"},
		`null`:                  nil,
		`[]`:                    {},
	} {
		var got []string
		if err := unmarshalOneOrMany([]byte(text), &got); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{`{"a":1}`, `[["a"]]`, `[null]`} {
		var got []string
		if err := unmarshalOneOrMany([]byte(text), &got); err == nil {
			t.Errorf("%s: %q, want an error", text, got)
		}
	}
}

package cypher

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestPieces compares the functions that go through long strings piece by piece with those of package strings.
func TestPieces(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	rt := &run{ctx: context.Background()}
	letters := []string{"a", "b", "ab", "é", "😀", " ", "ß"}
	for range 20 {
		var b strings.Builder
		for b.Len() < 2*piece+rng.IntN(2*piece) {
			b.WriteString(strings.Repeat(letters[rng.IntN(len(letters))], 1+rng.IntN(3*piece/2)))
		}
		s := b.String()
		sub := s[rng.IntN(len(s)):]
		sub = sub[:rng.IntN(min(len(sub), 2*piece)+1)]
		if got, want := indexOf(rt, s, sub), strings.Index(s, sub); got != want {
			t.Errorf("index %d, want %d", got, want)
		}
		if got := indexOf(rt, s, sub+"x"); got != -1 {
			t.Errorf("index %d of what is not there", got)
		}
		for _, from := range []string{"", "a", "ab", "éa", "xyz"} {
			if replaceAll(rt, s, from, "é!") != strings.ReplaceAll(s, from, "é!") {
				t.Errorf("replacing %q differs", from)
			}
			var parts []string
			eachPart(rt, s, from, func(p string) { parts = append(parts, p) })
			if want := strings.Split(s, from); strings.Join(parts, "|") != strings.Join(want, "|") {
				t.Errorf("%d parts by %q, want %d", len(parts), from, len(want))
			}
		}
		for _, cut := range []string{"a", "aé", " ab", "😀", "aéb😀 ß"} {
			if trimLeft(rt, s, cut) != strings.TrimLeft(s, cut) || trimRight(rt, s, cut) != strings.TrimRight(s, cut) {
				t.Errorf("trimming %q differs", cut)
			}
		}
		n := letterCount(rt, s)
		if want := utf8.RuneCountInString(s); n != want {
			t.Errorf("%d letters, want %d", n, want)
		}
		for _, k := range []int{0, 1, n / 2, n - 1, n, n + 1} {
			if got, want := letterAt(rt, s, k), len(string([]rune(s)[:min(k, n)])); got != want {
				t.Errorf("letter %d of %d at %d, want %d", k, n, got, want)
			}
		}
	}
}

package attack

import (
	"slices"
	"strings"
	"testing"

	"github.com/postern-sec/postern/schema"
)

func TestGlobsMeet(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"", "", true}, {"a", "a", true}, {"a", "b", false}, {"*", "", true}, {"a*", "*b", true}, {"a*", "b*", false},
		{"a?c", "abc", true}, {"a?c", "ac", false}, {"*x*", "y*z", true}, {"raw/data/*", "raw/*", true}, {"raw/data/*", "raw/other/*", false},
		{"api/*/POST/ask", "api/*/POST/ask", true}, {"??", "*", true}, {"a*a", "a", false},
	} {
		if got := globsMeet(c.a, c.b); got != c.want {
			t.Errorf("globsMeet(%q, %q) = %v", c.a, c.b, got)
		}
		if globsMeet(c.b, c.a) != globsMeet(c.a, c.b) {
			t.Errorf("globsMeet(%q, %q) depends on the order", c.a, c.b)
		}
	}
}

// FuzzGlobsMeet compares with the plain rule: a pattern without wildcards meets
// another when that matches it.
func FuzzGlobsMeet(f *testing.F) {
	f.Add("a*b?c", "axxbyc")
	f.Add("*", "")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 16 || len(text) > 16 { // the plain rule takes exponential time
			return
		}
		text = strings.NewReplacer("*", "x", "?", "y").Replace(text)
		if got, want := globsMeet(pattern, text), plainMatch(pattern, text); got != want {
			t.Errorf("globsMeet(%q, %q) = %v, the plain rule says %v", pattern, text, got, want)
		}
	})
}

func plainMatch(p, s string) bool {
	if p == "" {
		return s == ""
	}
	if p[0] == '*' {
		return plainMatch(p[1:], s) || s != "" && plainMatch(p, s[1:])
	}
	return s != "" && (p[0] == '?' || p[0] == s[0]) && plainMatch(p[1:], s[1:])
}

func TestJoinIsTheWeakestOfBoth(t *testing.T) {
	a := []way{{who: []string{"p", "q", "r"}, verdict: schema.Allow}}
	b := []way{{who: []string{"q"}, verdict: schema.Conditional, witness: []string{"w"}}, {who: []string{"r", "s"}, verdict: schema.Unknown}}
	got := join(a, b)
	if len(got) != 2 || !slices.Equal(got[0].who, []string{"q"}) || got[0].verdict != schema.Conditional || !slices.Equal(got[0].witness, []string{"w"}) ||
		!slices.Equal(got[1].who, []string{"r"}) || got[1].verdict != schema.Unknown {
		t.Errorf("got %+v", got)
	}
}

func TestSameShape(t *testing.T) {
	const image = "arn:aws:ec2:*:111122223333:image/*"
	if sameShape("arn:aws:ec2:*:111122223333:instance/*", image) || !sameShape("arn:aws:ec2:eu-*:*:image/ami-1", image) || !sameShape("*", image) {
		t.Error("a part names something of the pattern's type or not, segment by segment")
	}
}

func TestRouteMeets(t *testing.T) {
	const at = "arn:aws:execute-api:eu-west-1:111122223333:"
	for pattern, want := range map[string]bool{
		at + "api1/*/POST/ask": true, at + "api1/*": true, at + "api1/prod/*": true, at + "api1/*/*/ask": true, at + "api1/*/*/*": true, "*": true,
		at + "api1/*/GET/ask": false, at + "api1/prod/GET/*": false, at + "api2/*": false, at + "api1/*/POST/other": false,
		"arn:aws:execute-api:eu-west-1:444455556666:api1/*": false,
	} {
		if got := routeMeets(pattern, at+"api1/*/POST/ask"); got != want {
			t.Errorf("routeMeets(%s) = %v", pattern, got)
		}
	}
}

// TestSharers: looking pairs up leaves out those that share nobody, and no other,
// and keeps their order.
func TestSharers(t *testing.T) {
	var a, b []way
	for i := range 40 {
		p := func(n int) string { return string(rune('a' + n%26)) }
		a = append(a, way{who: []string{p(i)}})
		two := []string{p(3 * i), p(5*i + 1)}
		slices.Sort(two)
		b = append(b, way{who: slices.Compact(two), effort: i})
	}
	sharing := sharers(a, b)
	for i, x := range a {
		var want []int
		for _, y := range b {
			if len(intersect(x.who, y.who)) > 0 {
				want = append(want, y.effort)
			}
		}
		var got []int
		for _, y := range sharing(i) {
			got = append(got, y.effort)
		}
		if len(want) == 0 || len(want) == len(b) {
			t.Fatalf("way %d tests nothing", i)
		}
		if !slices.Equal(got, want) {
			t.Errorf("way %d meets %v, want %v", i, got, want)
		}
	}
}

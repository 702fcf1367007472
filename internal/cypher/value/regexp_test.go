package value

import (
	"errors"
	"testing"
)

// TestRegexp checks what Java and RE2 write differently; the answers are those of Neo4j 5.26.
func TestRegexp(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		match         bool
	}{
		{`a.b`, "a\nb", false}, {`a.b`, "a\rb", false}, {`a.b`, "a\u2028b", false}, {`(?s)a.b`, "a\nb", true},
		{`(?i)k`, "K", true}, {`(?i)k`, "\u212a", false}, {`(?iu)k`, "\u212a", true}, {`(?iu)é`, "É", true}, {`(?i)é`, "É", false}, {`a(?i)B`, "ab", true},
		{`(?i:A)b`, "ab", true}, {`(?i:A)b`, "aB", false}, {`(?i)a(?-i)b`, "AB", false}, {`(?i)[a-c]+`, "aBC", true},
		{`\s`, "\v", true}, {`[\s]`, "\v", true}, {`\h`, "\u00a0", true}, {`\d+`, "12", true}, {`\D`, "x", true}, {`\R`, "\r\n", true},
		{`\p{Alpha}`, "é", false}, {`\p{L}`, "é", true}, {`\pL`, "é", true}, {`\p{IsGreek}`, "α", true}, {`[\p{Lower}_]`, "_", true},
		{`\x61\u0062\x{63}\0144`, "abcd", true}, {`\cI`, "\t", true}, {`\e`, "\x1b", true},
		{`\Qa.b\E.`, "a.bc", true}, {`\Qa.b\E.`, "axbc", false}, {`[]a]`, "]", true}, {`[^]]`, "]", false}, {`[a-]`, "-", true}, {`a}`, "a}", true},
		{`a|ab`, "ab", true}, {`(?<x>a)b`, "ab", true}, {`a*?`, "aaa", true}, {`\-\_\/\é`, "-_/é", true}, {`[a\]]`, "]", true},
		{`^abc$`, "abc", true}, {`\Aabc\z`, "abc", true}, {`[.]`, "x", false}, {`😀`, "😀", true},
	} {
		re, err := CompileRegexp(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if got := re.MatchString(c.text); got != c.match {
			t.Errorf("%q =~ %q is %v, want %v (RE2: %s)", c.text, c.pattern, got, c.match, re)
		}
	}
	for pattern, outside := range map[string]bool{
		`(?=a)a`: true, `(?<!a)b`: true, `(?>a)`: true, `(a)\1`: true, `a++`: true, `a{1}+`: true, `[a-z&&[^b]]`: true, `[a[b]]`: true, `[[:alpha:]]`: true,
		`(?x)a`: true, `(?m)^a`: true, `a\Z`: true, `\p{InGreek}`: true, `(?i)[é]`: true, `[\W]`: true,
		`(?P<x>a)`: false, `a{`: false, `a{,2}`: false, `*a`: false, `a**`: false, `a)`: false, `(a`: false, `[a`: false, `\y`: false, `\`: false, `[z-a]`: false,
	} {
		if _, err := CompileRegexp(pattern); err == nil || errors.Is(err, ErrRegexp) != outside {
			t.Errorf("%s: %v, left out %v", pattern, err, outside)
		}
	}
}

package aws

import "testing"

// TestDigestOfNumbers: numbers are compared as they are written, since a float
// takes two ids of nineteen digits for one.
func TestDigestOfNumbers(t *testing.T) {
	for _, x := range []struct {
		a, b string
		same bool
	}{
		{`{"Id":9007199254740993}`, `{"Id":9007199254740992}`, false},
		{`{"Policy":"{\"n\":9007199254740993}"}`, `{"Policy":{"n":9007199254740992}}`, false},
		{`{"Policy":"{\"n\":9007199254740993}"}`, `{"Policy":{"n":9007199254740993}}`, true},
		{`{"a":1,"b":2}`, `{"b":2, "a":1}`, true},
		{`1 2`, `1`, false},
	} {
		if got := canonicalDigest([]byte(x.a)) == canonicalDigest([]byte(x.b)); got != x.same {
			t.Errorf("%s and %s: same %v", x.a, x.b, got)
		}
	}
}

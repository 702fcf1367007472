package aws

import "testing"

// TestARNsOverlap: wildcards of the first segments stay in front of the resource
// part, unless a key of a bucket can hold anything.
func TestARNsOverlap(t *testing.T) {
	const table = "arn:aws:dynamodb:us-east-1:111111111111:table/"
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"arn:aws:dynamodb:*:111111111111:table/hidden*", table + "open*", false},
		{"arn:aws:dynamodb:*:111111111111:table/hidden*", table + "h*", true},
		{"arn:aws:dynamodb:*:*:table/hidden*", table + "*", true},
		{"arn:aws:dynamodb:*:222222222222:*", table + "*", false},
		{"arn:aws:dynamodb:*table/hidden*", table + "h*", true},
		{"arn:aws:*:hidden", "arn:aws:lambda:us-east-1:111111111111:function:f*", true},
		{"arn:aws:lambda:*:*:function:g*", "arn:aws:lambda:us-east-1:111111111111:function:f*", false},
		{"arn:aws:s3:*:*:x", "arn:aws:s3:::data/*", true},
		{"*", table + "*", true},
	} {
		for _, swapped := range []bool{false, true} {
			a, b := wild(c.a), wild(c.b)
			if swapped {
				a, b = b, a
			}
			if got := arnsOverlap(a, b); got != c.want {
				t.Errorf("%s and %s: %t", c.a, c.b, got)
			}
		}
	}
}

package cli

import (
	"strings"
	"testing"

	"github.com/postern-sec/postern/internal/network"
)

// TestPrintHops: the way back of the answer is told apart, and columns line up.
func TestPrintHops(t *testing.T) {
	var b strings.Builder
	printHops(&b, []network.Hop{{ID: "sg-1", Kind: "security_group", Note: "admits"}, {ID: "acl-1", Kind: "nacl", Note: "allows", Return: true}})
	want := "   1 → security_group  sg-1  admits\n   2 ← nacl            acl-1  allows\n"
	if b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

// TestWayIn: the chain before the target, in short.
func TestWayIn(t *testing.T) {
	for _, c := range []struct {
		chain []string
		want  string
	}{
		{nil, ""},
		{[]string{"i-1"}, ""},
		{[]string{"arn:aws:cloudfront::1:distribution/E1", "arn:aws:elasticloadbalancing:r:1:loadbalancer/app/web/0", "i-1"}, "distribution/E1 > loadbalancer/app/web/0"},
		{[]string{"web", "i-1"}, "web"},
	} {
		if got := wayIn(c.chain); got != c.want {
			t.Errorf("%v: got %q, want %q", c.chain, got, c.want)
		}
	}
}

// TestSourcesText: almost everything is told by what is not in it.
func TestSourcesText(t *testing.T) {
	for _, c := range []struct {
		cidrs []string
		want  string
	}{
		{[]string{"203.0.113.0/24", "198.51.100.0/24"}, "203.0.113.0/24 198.51.100.0/24"},
		{[]string{"1.0.0.0/32", "2.0.0.0/32", "3.0.0.0/32", "4.0.0.0/32", "5.0.0.0/32"}, "1.0.0.0/32 2.0.0.0/32 3.0.0.0/32 4.0.0.0/32 and 1 more"},
	} {
		if got := sourcesText(c.cidrs); got != c.want {
			t.Errorf("%v: got %q, want %q", c.cidrs, got, c.want)
		}
	}
}

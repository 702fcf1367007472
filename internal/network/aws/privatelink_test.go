package aws

import (
	"os"
	"strings"
	"testing"

	"github.com/postern-sec/postern/internal/network"
)

// TestReachesByPrivateLink: who inside reaches whom knows the way from an endpoint
// to the load balancers that its service offers, and no other.
func TestReachesByPrivateLink(t *testing.T) {
	text, err := os.ReadFile("testdata/private-link/topology.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		add, drop string
		want      network.Verdict // empty: no edge
	}{
		{"", "", network.Reachable},
		{"service vpce-svc-1 lb=other", "service ", ""},
		{"service vpce-svc-1 lb=nlb state=Deleting", "service ", ""},
		{"unknown EndpointServices", "service ", network.Unknown},
		{"endpoint vpce-1 Interface vpc-c service=com.amazonaws.vpce.eu-test-1.vpce-svc-1 eni=eni-e state=rejected", "endpoint ", ""},
		{"sg sg-n vpc-p in=tcp/443@10.9.0.0/16\nlb nlb network internal subnets=subnet-n sg=sg-n listen=TCP:443>tg-t linkrules=no", "lb ", network.Reachable},
		{"sg sg-n vpc-p in=tcp/443@10.0.0.0/16\nlb nlb network internal subnets=subnet-n sg=sg-n listen=TCP:443>tg-t linkrules=yes", "lb ", network.Reachable},
		{"sg sg-n vpc-p in=tcp/443@10.0.7.0/24\nlb nlb network internal subnets=subnet-n sg=sg-n listen=TCP:443>tg-t linkrules=yes", "lb ", network.Unknown},
		{"sg sg-n vpc-p in=tcp/80@0.0.0.0/0\nlb nlb network internal subnets=subnet-n sg=sg-n listen=TCP:443>tg-t linkrules=yes", "lb ", ""},
		{"sg sg-n vpc-p in=tcp/80@0.0.0.0/0\nlb nlb network internal subnets=subnet-n sg=sg-n listen=TCP:443>tg-t", "lb ", network.Unknown},
	} {
		var lines []string
		for line := range strings.Lines(string(text)) {
			if c.drop == "" || !strings.HasPrefix(line, c.drop) {
				lines = append(lines, line)
			}
		}
		inv, err := parseTopology(append(lines, strings.Split(c.add, "\n")...))
		if err != nil {
			t.Fatal(err)
		}
		var got network.Verdict
		in := New(inv).Reaches()
		for _, e := range in.Edges {
			if e.Via == "private_link" && in.Groups[e.From].Members[0].Kind == KindVPCEndpoint && in.Groups[e.To].Members[0].Kind == KindLB {
				got = e.Verdict
			}
		}
		if got != c.want {
			t.Errorf("with %q: %q, want %q", c.add, got, c.want)
		}
	}
}

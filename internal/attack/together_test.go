package attack

import (
	"testing"

	"github.com/postern-sec/postern/graph"
)

// TestProofsAreTheirOwn: what is looked up for one principal is not written over
// by what is looked up for the next, although both begin with the same evidence.
func TestProofsAreTheirOwn(t *testing.T) {
	shared := append(make([]graph.Evidence, 0, 4), graph.Evidence{Document: "policy"})
	both := bothWhy(whyOf([]way{{who: []string{"a", "b"}, evidence: shared}}),
		func(p string) []graph.Evidence { return []graph.Evidence{{Document: p}} })
	first := both("a")
	both("b")
	if len(first) != 2 || first[1].Document != "a" {
		t.Errorf("a is proved by %v", first)
	}
}

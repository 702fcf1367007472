package attack

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// Hundreds of principals that may each become the same thousands of others are a
// product of edges in which nothing differs but the ends. Where that product is
// more than worthAHub, the principals have one edge each to a node that stands for
// what they may do alike, and that node the edges to the others: a sum. The first
// edge's proof is what lets the principal do it, the second's what makes it work
// on the other. See decision 0017.
const worthAHub = 2_500

// pair is a target with who gains it, by one way.
type pair struct {
	target string
	way    way
}

// grantPairs adds the edges of a technique to many principals of one account.
func (w *world) grantPairs(t *Technique, pairs []pair) {
	groups := alikeGroups(pairs)
	if len(groups) == 0 {
		for _, x := range pairs {
			w.grant(t, []way{x.way}, x.target)
		}
		return
	}
	of := map[string]*hub{}
	for _, h := range groups {
		for _, p := range h.who {
			of[p] = h
		}
	}
	for _, x := range pairs {
		w.grantPair(t, x, of)
	}
}

// hub is principals that gain the same targets by the same technique.
type hub struct {
	who    []string
	gained int    // targets
	id     string // set when the node is made
}

// alikeGroups finds principals with the same targets, verdicts and conditions,
// where a node between is worth it.
func alikeGroups(pairs []pair) []*hub {
	sums, counts := map[string]uint64{}, map[string]int{}
	for _, x := range pairs {
		h := hashOf(append([]string{x.target, string(x.way.verdict), strconv.Itoa(x.way.effort)}, x.way.witness...)...)
		for _, p := range x.way.who {
			sums[p] += h
			counts[p]++
		}
	}
	groups := map[uint64]*hub{}
	for p, n := range counts {
		if n <= maxLaunched {
			continue
		}
		if groups[sums[p]] == nil {
			groups[sums[p]] = &hub{gained: n}
		}
		g := groups[sums[p]]
		g.who = append(g.who, p)
	}
	var out []*hub
	for _, g := range groups {
		if len(g.who) > 1 && len(g.who)*g.gained > worthAHub {
			slices.Sort(g.who)
			out = append(out, g)
		}
	}
	return out
}

// grantPair adds the edges of one pair: of each hub once, of everyone else.
func (w *world) grantPair(t *Technique, x pair, of map[string]*hub) {
	var rest []string
	var done []*hub
	for _, p := range x.way.who {
		switch h := of[p]; {
		case h == nil:
			rest = append(rest, p)
		case !slices.Contains(done, h):
			done = append(done, h)
			if x.way.verdict == schema.Unknown {
				w.openAll(t, h, x)
				continue
			}
			w.joinHub(t, h, x)
			via := x.way
			via.why, via.evidence = nil, append(slices.Clone(x.way.evidence), graph.Evidence{Document: h.id,
				Summary: fmt.Sprintf("each of the %d principals that lead to %s may do it to %s", len(h.who), h.id, x.target)})
			w.add(t, step{from: h.id, to: x.target, way: via})
		}
	}
	x.way.who = rest
	w.grant(t, []way{x.way}, x.target)
}

// openAll records an open question for everyone of a hub.
func (w *world) openAll(t *Technique, h *hub, x pair) {
	for _, p := range h.who {
		if from, ok := w.node(p); ok {
			w.unknown(t, from, x.target, x.way.missing)
		}
	}
}

// joinHub makes the node of a hub, with an edge from each of its principals that
// is proved by what lets it do the first thing.
func (w *world) joinHub(t *Technique, h *hub, x pair) {
	if h.id != "" {
		return
	}
	e := w.environmentOf(x.target)
	// A node for each technique: whoever reaches it by one must not leave it by another.
	h.id = schema.SharedCapabilityID(e.account, strconv.FormatUint(hashOf(append([]string{t.ID}, h.who...)...), 16))
	w.g.Node(h.id, schema.Capability).Set(schema.PropEnvironment, e.account).
		Set(schema.PropName, fmt.Sprintf("what %d principals of %s may do alike", len(h.who), e.account))
	for _, p := range h.who {
		from, ok := w.node(p)
		if !ok {
			continue
		}
		evidence := append(slices.Clone(x.way.proof(p)), graph.Evidence{Document: from,
			Summary: fmt.Sprintf("%s: to %d principals, as each of %d principals may", t.Title, h.gained, len(h.who))})
		w.add(t, step{from: from, to: h.id, way: way{verdict: schema.Allow, evidence: evidence}})
	}
}

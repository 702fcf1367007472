package graph

import (
	"cmp"
	"slices"

	"github.com/postern-sec/postern/schema"
)

// merger folds the ways of each attack edge of a graph into its properties. One
// proof stands on very many edges, so a text is encoded once and after that known
// by its number.
type merger struct {
	numbers map[Evidence]int
	texts   []string
	lists   map[proofKey][]int
	seen    []int // by text: the edge that had it last
	edge    int   // counts edges
	ways    []numberedWay
}

// proofKey tells proofs apart by where they lie in memory: ways of one proof
// share it, and nobody changes it while a graph is frozen.
type proofKey struct {
	first *Evidence
	n     int
}

// numberedWay is a way with the numbers of its evidence.
type numberedWay struct {
	*AttackEdge
	proof []int
}

func newMerger() *merger {
	return &merger{numbers: map[Evidence]int{}, lists: map[proofKey][]int{}}
}

// merge folds several ways to make the same gain into one edge. The
// leading one assumes least, then has the better verdict, then the lower cost;
// verdict, witness, assumption and confidence are its own (taking the best of
// each from different ways would claim a way that does not exist). Techniques,
// evidence and ATT&CK ids are those of all, the leader's first.
func (m *merger) merge(ways []AttackEdge, props Properties) Properties {
	m.ways = m.ways[:0]
	for i := range ways {
		m.ways = append(m.ways, numberedWay{&ways[i], m.proof(ways[i].Evidence)})
	}
	slices.SortFunc(m.ways, m.compare)
	lead := m.ways[0]
	var techniques, ids []string
	for _, w := range m.ways {
		techniques = appendNew(techniques, w.Technique)
		for _, a := range w.AttackIDs {
			ids = appendNew(ids, a)
		}
	}
	slices.Sort(ids)
	out := make(Properties, 0, len(props)+11)
	out = append(out, props...)
	set := func(p *schema.Property, v Value) {
		if isEmpty(v) {
			return
		}
		if i := slices.IndexFunc(out, func(x Property) bool { return x.Key == p.Name }); i >= 0 {
			out[i].Value = v
			return
		}
		out = append(out, Property{p.Name, v})
	}
	set(schema.PropTechniques, techniques)
	set(schema.PropVerdict, string(lead.Verdict))
	set(schema.PropWitness, lead.Witness)
	set(schema.PropAssumes, string(lead.Assumes))
	set(schema.PropConfidence, string(lead.Confidence))
	set(schema.PropCost, int64(lead.Cost))
	set(schema.PropAttackIDs, ids)
	set(schema.PropEvidence, m.evidence())
	set(schema.PropPorts, lead.Ports)
	set(schema.PropSources, lead.Sources)
	set(schema.PropVariant, lead.Variant)
	SortProperties(out)
	return out
}

// evidence is the texts of all ways in hand, each once.
func (m *merger) evidence() []string {
	m.edge++
	n := 0
	for _, w := range m.ways {
		n += len(w.proof)
	}
	out := make([]string, 0, n)
	for _, w := range m.ways {
		for _, t := range w.proof {
			if m.seen[t] != m.edge {
				m.seen[t] = m.edge
				out = append(out, m.texts[t])
			}
		}
	}
	return slices.Clip(out)
}

// proof numbers the texts of a proof.
func (m *merger) proof(evidence []Evidence) []int {
	k := proofKey{&evidence[0], len(evidence)} // Attack takes none without
	if l, done := m.lists[k]; done {
		return l
	}
	l := make([]int, len(evidence))
	for i, ev := range evidence {
		l[i] = m.number(ev)
	}
	m.lists[k] = l
	return l
}

func (m *merger) number(ev Evidence) int {
	if t, done := m.numbers[ev]; done {
		return t
	}
	t := len(m.texts)
	m.numbers[ev] = t
	m.texts = append(m.texts, ev.Encode())
	m.seen = append(m.seen, 0)
	return t
}

// compare orders ways by what they take, the easiest first; nothing that shows
// in the edge is left to the order in which they were found.
func (m *merger) compare(a, b numberedWay) int {
	if c := cmp.Compare(a.Assumes.Rank(), b.Assumes.Rank()); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Verdict.Rank(), b.Verdict.Rank()); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Confidence.Rank(), b.Confidence.Rank()); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Cost, b.Cost); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Technique, b.Technique); c != 0 {
		return c
	}
	if c := slices.Compare(a.Witness, b.Witness); c != 0 {
		return c
	}
	if c := slices.CompareFunc(a.proof, b.proof, m.compareTexts); c != 0 {
		return c
	}
	return cmp.Or(slices.Compare(a.Ports, b.Ports), slices.Compare(a.Sources, b.Sources), cmp.Compare(a.Variant, b.Variant))
}

func (m *merger) compareTexts(a, b int) int {
	if a == b {
		return 0
	}
	return cmp.Compare(m.texts[a], m.texts[b])
}

func appendNew(l []string, s string) []string {
	if slices.Contains(l, s) {
		return l
	}
	return append(l, s)
}

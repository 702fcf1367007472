package analysis

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"slices"

	"github.com/postern-sec/postern/schema"
)

// builder makes a projection of nodes and of edges that come in any order.
type builder struct {
	p        *Projection
	number   map[string]int32
	lastFrom string // edges often come by source
	last     int32
	intern   map[uint64]int32 // hash of remarks to their index
	seed     maphash.Seed
}

// newBuilder takes over nodes and sorts them.
func newBuilder(nodes []Node) *builder {
	byID := func(a, b Node) int { return cmp.Compare(a.ID, b.ID) }
	if !slices.IsSortedFunc(nodes, byID) {
		slices.SortFunc(nodes, byID)
	}
	b := &builder{p: &Projection{Nodes: nodes}, number: make(map[string]int32, len(nodes)), intern: map[uint64]int32{}, seed: maphash.MakeSeed(), last: -1}
	for i := range nodes {
		b.number[nodes[i].ID] = int32(i)
	}
	return b
}

// add adds an edge between nodes with the given ids; those in e do not count.
func (b *builder) add(from, to string, e Edge) error {
	if b.last < 0 || from != b.lastFrom {
		n, ok := b.number[from]
		if !ok {
			return fmt.Errorf("edge %s -%s-> %s: %s is no asset", from, e.Kind, to, from)
		}
		b.lastFrom, b.last = from, n
	}
	n, ok := b.number[to]
	if !ok {
		return fmt.Errorf("edge %s -%s-> %s: %s is no asset", from, e.Kind, to, to)
	}
	e.From, e.To = b.last, n
	return b.append(&e)
}

func (b *builder) append(e *Edge) error {
	p := b.p
	c, ok := classOf(e, p.Nodes[e.From].Kind)
	if !ok {
		return fmt.Errorf("edge %s -%s-> %s: %s is not the kind of an attack edge", p.Nodes[e.From].ID, e.Kind, p.Nodes[e.To].ID, e.Kind)
	}
	p.from, p.to, p.class = append(p.from, e.From), append(p.to, e.To), append(p.class, c)
	p.cost, p.confidence = append(p.cost, uint8(e.Cost)), append(p.confidence, uint8(min(e.Confidence.Rank(), len(confidences)-1)))
	p.remark = append(p.remark, b.remarks(remarks{e.Techniques, e.Witness, e.AttackIDs, e.Ports, e.Sources}))
	p.evidence = append(p.evidence, e.Evidence)
	return nil
}

// remarks returns the index of r, which is kept once.
func (b *builder) remarks(r remarks) int32 {
	var h maphash.Hash
	h.SetSeed(b.seed)
	for _, list := range [...][]string{r.techniques, r.witness, r.attackIDs, r.ports, r.sources} {
		for _, s := range list {
			h.WriteString(s)
			h.WriteByte(0)
		}
		h.WriteByte(1)
	}
	for key := h.Sum64(); ; key++ { // the next key after a collision
		i, ok := b.intern[key]
		if !ok {
			i = int32(len(b.p.remarks))
			b.p.remarks = append(b.p.remarks, r)
			b.intern[key] = i
			return i
		}
		if b.p.remarks[i].equal(r) {
			return i
		}
	}
}

func (r remarks) equal(x remarks) bool {
	return slices.Equal(r.techniques, x.techniques) && slices.Equal(r.witness, x.witness) && slices.Equal(r.attackIDs, x.attackIDs) &&
		slices.Equal(r.ports, x.ports) && slices.Equal(r.sources, x.sources)
}

// finish sorts the edges and groups them by both ends.
func (b *builder) finish() *Projection {
	p := b.p
	if order := p.order(); order != nil {
		p.from, p.to, p.class, p.cost = permute(p.from, order), permute(p.to, order), permute(p.class, order), permute(p.cost, order)
		p.confidence, p.remark, p.evidence = permute(p.confidence, order), permute(p.remark, order), permute(p.evidence, order)
	}
	p.weight = make([]uint8, len(p.to))
	for i := range p.weight {
		p.weight[i] = max(p.cost[i], 1)
		if p.class[i]&classConditional != 0 {
			p.weight[i] += conditionalPenalty
		}
	}
	n := len(p.Nodes)
	p.outStart = offsets(n, p.from)
	p.inStart = offsets(n, p.to)
	p.inEdge, p.inFrom, p.inClass = make([]int32, len(p.to)), make([]int32, len(p.to)), make([]class, len(p.to))
	next := slices.Clone(p.inStart[:n])
	for i, t := range p.to {
		p.inEdge[next[t]], p.inFrom[next[t]], p.inClass[next[t]] = int32(i), p.from[i], p.class[i]
		next[t]++
	}
	return p
}

// order is the permutation that sorts the edges by from, kind, to, in linear
// time; nil when they are sorted.
func (p *Projection) order() []int32 {
	less := func(a, b int) int {
		return cmp.Or(cmp.Compare(p.from[a], p.from[b]), cmp.Compare(p.class[a]&classKind, p.class[b]&classKind), cmp.Compare(p.to[a], p.to[b]))
	}
	sorted := true
	for i := 1; i < len(p.to) && sorted; i++ {
		sorted = less(i-1, i) <= 0
	}
	if sorted {
		return nil
	}
	order := make([]int32, len(p.to))
	for i := range order {
		order[i] = int32(i)
	}
	order = sortedBy(order, len(p.Nodes), func(e int32) int32 { return p.to[e] })
	order = sortedBy(order, len(attackKinds), func(e int32) int32 { return int32(p.class[e] & classKind) })
	return sortedBy(order, len(p.Nodes), func(e int32) int32 { return p.from[e] })
}

// sortedBy sorts list by key, a number below keys, and keeps the order of equal
// ones.
func sortedBy(list []int32, keys int, key func(int32) int32) []int32 {
	next := make([]int32, keys+1)
	for _, x := range list {
		next[key(x)+1]++
	}
	for i := range keys {
		next[i+1] += next[i]
	}
	out := make([]int32, len(list))
	for _, x := range list {
		k := key(x)
		out[next[k]] = x
		next[k]++
	}
	return out
}

func permute[T any](list []T, order []int32) []T {
	out := make([]T, len(list))
	for i, j := range order {
		out[i] = list[j]
	}
	return out
}

// offsets counts, for lists grouped by node, where each node's group begins.
func offsets(nodes int, ends []int32) []int32 {
	start := make([]int32, nodes+1)
	for _, n := range ends {
		start[n+1]++
	}
	for i := range nodes {
		start[i+1] += start[i]
	}
	return start
}

// with returns the projection with more edges between its nodes.
func (p *Projection) with(more []Edge) *Projection {
	b := &builder{p: &Projection{Nodes: p.Nodes, from: slices.Clone(p.from), to: slices.Clone(p.to), class: slices.Clone(p.class), cost: slices.Clone(p.cost),
		confidence: slices.Clone(p.confidence), remark: slices.Clone(p.remark), evidence: slices.Clone(p.evidence), remarks: slices.Clone(p.remarks)},
		intern: map[uint64]int32{}, seed: maphash.MakeSeed()}
	for i := range more {
		if err := b.append(&more[i]); err != nil { // edges of ours are attack edges
			panic(err)
		}
	}
	return b.finish()
}

// walk says which edges a question may walk.
type walk struct {
	ok      [256]bool // by class
	removed bitset    // by edge number; nil: none
}

func (w *walk) allows(p *Projection, e int32) bool {
	return w.ok[p.class[e]] && (w.removed == nil || !w.removed.has(e))
}

// walkOf is what q allows.
func walkOf(q PathQuery) *walk {
	w := &walk{}
	for i := range w.ok {
		c := class(i)
		if int(c&classKind) >= len(attackKinds) {
			continue
		}
		a := c.assumes()
		w.ok[i] = (a == schema.AssumesNothing || slices.Contains(q.Assume, a)) && (q.Derivative || c&classTrace == 0)
	}
	return w
}

// without is w without some edges.
func (w *walk) without(p *Projection, edges []int32) *walk {
	out := &walk{ok: w.ok, removed: newBitset(len(p.to))}
	copy(out.removed, w.removed)
	for _, e := range edges {
		out.removed.set(e)
	}
	return out
}

// bitset is a set of node or edge numbers.
type bitset []uint64

func newBitset(n int) bitset      { return make(bitset, (n+63)/64) }
func (b bitset) has(i int32) bool { return b[uint32(i)>>6]&(1<<(uint32(i)&63)) != 0 }
func (b bitset) set(i int32)      { b[uint32(i)>>6] |= 1 << (uint32(i) & 63) }
func (b bitset) add(i int32) bool {
	w, m := &b[uint32(i)>>6], uint64(1)<<(uint32(i)&63)
	fresh := *w&m == 0
	*w |= m
	return fresh
}

package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-sec/postern/schema"
)

// Builder collects facts and attack edges and freezes them into a Graph. The
// zero value is not usable; call NewBuilder. Not safe for concurrent use.
//
// Facts about one node from several documents add up. A later value of a
// property wins over an earlier one, so documents are to be mapped in order of
// precedence, the strongest last; a value that contradicts an earlier one from
// another document is kept as a coverage gap.
type Builder struct {
	nodes     map[string]*nodeDraft
	edges     map[edgeKey]*edgeDraft
	gaps      []Gap
	ok        int
	source    Source
	conflicts map[string]Gap
}

// Source names the document that the next facts come from.
type Source struct {
	Account, Region, Service, Operation, File string
}

type nodeDraft struct {
	kind      schema.NodeKind
	collected bool
	extra     map[string]bool
	props     map[string]propDraft
}

type propDraft struct {
	value Value
	file  string
}

type edgeKey struct {
	from string
	kind schema.EdgeKind
	to   string
}

type edgeDraft struct {
	props  Properties // sorted
	attack []AttackEdge
}

// NewBuilder returns an empty builder.
func NewBuilder() *Builder {
	return &Builder{nodes: map[string]*nodeDraft{}, edges: map[edgeKey]*edgeDraft{}, conflicts: map[string]Gap{}}
}

// SetSource says which document the next facts come from.
func (b *Builder) SetSource(s Source) { b.source = s }

// NodeRef is a node under construction.
type NodeRef struct {
	b  *Builder
	id string
	d  *nodeDraft
}

// Node adds a node that a document describes, or finds it. An empty id is a
// mistake of the caller and panics.
func (b *Builder) Node(id string, kind schema.NodeKind) NodeRef {
	n := b.Refer(id, kind)
	n.d.collected = true
	n.d.kind = kind
	return n
}

// Refer finds a node or adds one that no document describes yet: it exists,
// and nothing is known of it.
func (b *Builder) Refer(id string, kind schema.NodeKind) NodeRef {
	if id == "" {
		panic("graph: node without id")
	}
	d := b.nodes[id]
	if d == nil {
		d = &nodeDraft{kind: kind, extra: map[string]bool{}, props: map[string]propDraft{}}
		b.nodes[id] = d
	}
	return NodeRef{b, id, d}
}

// Has reports whether a node with this id was added or referred to.
func (b *Builder) Has(id string) bool { return b.nodes[id] != nil }

// Kind returns the kind of the node with this id, or "".
func (b *Builder) Kind(id string) schema.NodeKind {
	if d := b.nodes[id]; d != nil {
		return d.kind
	}
	return ""
}

// Collected reports whether a document describes the node.
func (b *Builder) Collected(id string) bool {
	d := b.nodes[id]
	return d != nil && d.collected
}

// NodeIDs returns the ids of all nodes of the given kinds (all nodes without
// any), sorted.
func (b *Builder) NodeIDs(kinds ...schema.NodeKind) []string {
	var out []string
	for id, d := range b.nodes {
		if len(kinds) == 0 || slices.Contains(kinds, d.kind) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// ID returns the node's id.
func (n NodeRef) ID() string { return n.id }

// Set sets a property. Empty strings, nil and empty lists are not stored. A
// different value set by another document before is reported as a
// contradiction. Lists are stored as given: sort those that are sets.
func (n NodeRef) Set(p *schema.Property, v Value) NodeRef {
	if !p.Node {
		panic("graph: " + p.Name + " is not a node property")
	}
	if isEmpty(v) {
		return n
	}
	v = normal(p, v)
	old, had := n.d.props[p.Name]
	if had && !equalValue(old.value, v) && old.file != "" && old.file != n.b.source.File {
		n.b.conflict(n.id, p.Name, old, v)
	}
	n.d.props[p.Name] = propDraft{v, n.b.source.File}
	return n
}

// Get returns a property's value, or nil.
func (n NodeRef) Get(p *schema.Property) Value { return n.d.props[p.Name].value }

// Append adds strings to a list property, keeping it sorted and without
// duplicates.
func (n NodeRef) Append(p *schema.Property, more ...string) NodeRef {
	if len(more) == 0 {
		return n
	}
	l, _ := n.d.props[p.Name].value.([]string)
	l = append(slices.Clone(l), more...)
	slices.Sort(l)
	n.d.props[p.Name] = propDraft{slices.Compact(l), n.b.source.File}
	return n
}

// Label adds a label beside kind and categories.
func (n NodeRef) Label(l string) NodeRef { n.d.extra[l] = true; return n }

func (b *Builder) conflict(id, prop string, old propDraft, v Value) {
	files := []string{old.file, b.source.File}
	slices.Sort(files)
	key := id + "\x00" + prop + "\x00" + strings.Join(files, "\x00")
	b.conflicts[key] = Gap{Kind: GapContradiction, Account: b.source.Account, Region: b.source.Region, Service: b.source.Service,
		Resource: id, File: b.source.File,
		Message: fmt.Sprintf("%s: %v in %s, %v in %s; the latter is used", prop, old.value, old.file, v, b.source.File)}
}

// EdgeRef is a fact edge under construction.
type EdgeRef struct{ d *edgeDraft }

// Edge adds a fact edge between nodes that exist already (by Node or Refer), or
// finds it. Attack edges go through Attack.
func (b *Builder) Edge(from string, kind schema.EdgeKind, to string) EdgeRef {
	if kind.Attack() {
		panic("graph: attack edge " + string(kind) + " added as a fact")
	}
	return EdgeRef{b.edge(from, kind, to)}
}

func (b *Builder) edge(from string, kind schema.EdgeKind, to string) *edgeDraft {
	if b.nodes[from] == nil || b.nodes[to] == nil {
		panic(fmt.Sprintf("graph: edge %s -%s-> %s: an end is missing", from, kind, to))
	}
	k := edgeKey{from, kind, to}
	d := b.edges[k]
	if d == nil {
		d = &edgeDraft{}
		b.edges[k] = d
	}
	return d
}

// Set sets a property of the edge; of two string values the smaller is kept,
// lists are united, so that the order of documents does not matter.
func (e EdgeRef) Set(p *schema.Property, v Value) EdgeRef {
	if !p.Edge {
		panic("graph: " + p.Name + " is not an edge property")
	}
	if isEmpty(v) {
		return e
	}
	v = normal(p, v)
	at, had := slices.BinarySearchFunc(e.d.props, p.Name, func(x Property, key string) int { return cmp.Compare(x.Key, key) })
	if !had {
		e.d.props = slices.Insert(e.d.props, at, Property{p.Name, v})
		return e
	}
	switch old := e.d.props[at].Value.(type) {
	case string:
		if s, ok := v.(string); ok && old < s {
			return e
		}
	case []string:
		if l, ok := v.([]string); ok {
			v = mergeSorted(old, l)
		}
	}
	e.d.props[at].Value = v
	return e
}

// Attack adds an attack edge. Edges with the same ends and kind become one
// when the graph is frozen: see mergeAttack for what is kept.
func (b *Builder) Attack(e AttackEdge) {
	if !e.Kind.Attack() {
		panic("graph: fact edge " + string(e.Kind) + " added as an attack edge")
	}
	if len(e.Evidence) == 0 || e.Technique == "" {
		panic(fmt.Sprintf("graph: attack edge %s -%s-> %s without proof or technique", e.From, e.Kind, e.To))
	}
	if e.From == e.To {
		return
	}
	d := b.edge(e.From, e.Kind, e.To)
	d.attack = append(d.attack, e)
}

// Gap records something that was not read or not understood.
func (b *Builder) Gap(g Gap) { b.gaps = append(b.gaps, g) }

// DocumentRead counts a document that was read and understood.
func (b *Builder) DocumentRead() { b.ok++ }

// Gaps returns the gaps recorded so far, unsorted.
func (b *Builder) Gaps() []Gap { return b.gaps }

// Freeze returns the graph. The builder may go on afterwards.
func (b *Builder) Freeze(run Run) *Graph {
	g := &Graph{run: run}
	g.nodes = make([]Node, 0, len(b.nodes))
	for id, d := range b.nodes {
		g.nodes = append(g.nodes, d.freeze(id))
	}
	slices.SortFunc(g.nodes, func(a, c Node) int { return cmp.Compare(a.ID, c.ID) })
	g.edges = make([]Edge, 0, len(b.edges))
	m := newMerger()
	for k, d := range b.edges {
		g.edges = append(g.edges, Edge{From: k.from, To: k.to, Kind: k.kind, Properties: d.freeze(m)})
	}
	slices.SortFunc(g.edges, CompareEdges)
	gaps := slices.Clone(b.gaps)
	for _, c := range b.conflicts {
		gaps = append(gaps, c)
	}
	g.coverage = NewCoverage(b.ok, gaps)
	g.hash = hashGraph(g)
	return g
}

// New returns the graph of the given nodes and edges, for stores and
// generators that hold them already. It sorts them in place and returns an
// error when an id is repeated, an edge is repeated or an end is missing.
func New(run Run, nodes []Node, edges []Edge, coverage Coverage) (*Graph, error) {
	g := &Graph{run: run, nodes: nodes, edges: edges, coverage: NewCoverage(coverage.OK, coverage.Gaps)}
	slices.SortFunc(g.nodes, func(a, c Node) int { return cmp.Compare(a.ID, c.ID) })
	slices.SortFunc(g.edges, CompareEdges)
	for i := 1; i < len(nodes); i++ {
		if nodes[i].ID == nodes[i-1].ID {
			return nil, fmt.Errorf("node %s is there twice", nodes[i].ID)
		}
	}
	if err := checkEdges(nodes, edges); err != nil {
		return nil, err
	}
	g.hash = hashGraph(g)
	return g, nil
}

func checkEdges(nodes []Node, edges []Edge) error {
	known := make(map[string]struct{}, len(nodes))
	for i := range nodes {
		known[nodes[i].ID] = struct{}{}
	}
	for i := range edges {
		e := &edges[i]
		if i > 0 && CompareEdges(*e, edges[i-1]) == 0 {
			return fmt.Errorf("edge %s -%s-> %s is there twice", e.From, e.Kind, e.To)
		}
		for _, end := range [...]string{e.From, e.To} {
			if _, ok := known[end]; !ok {
				return fmt.Errorf("edge %s -%s-> %s: no node %s", e.From, e.Kind, e.To, end)
			}
		}
	}
	return nil
}

// CompareEdges orders edges by from, kind, to.
func CompareEdges(a, b Edge) int {
	if c := strings.Compare(a.From, b.From); c != 0 {
		return c
	}
	if c := strings.Compare(string(a.Kind), string(b.Kind)); c != 0 {
		return c
	}
	return strings.Compare(a.To, b.To)
}

func (d *nodeDraft) freeze(id string) Node {
	n := Node{ID: id, Kind: d.kind, Properties: make(Properties, 0, len(d.props)+1)}
	for l := range d.extra {
		n.Extra = append(n.Extra, l)
	}
	slices.Sort(n.Extra)
	for k, v := range d.props {
		n.Properties = append(n.Properties, Property{k, v.value})
	}
	n.Properties = append(n.Properties, Property{schema.PropCollected.Name, d.collected})
	SortProperties(n.Properties)
	return n
}

func (d *edgeDraft) freeze(m *merger) Properties {
	if len(d.attack) == 0 {
		return slices.Clone(d.props)
	}
	return m.merge(d.attack, d.props)
}

// SortProperties sorts p by key, as Properties must be.
func SortProperties(p Properties) {
	slices.SortFunc(p, func(a, b Property) int { return cmp.Compare(a.Key, b.Key) })
}

func findNode(nodes []Node, id string) (int, bool) {
	return slices.BinarySearchFunc(nodes, id, func(n Node, id string) int { return cmp.Compare(n.ID, id) })
}

func mergeSorted(a, b []string) []string {
	if len(b) == 0 {
		return a
	}
	out := append(slices.Clone(a), b...)
	slices.Sort(out)
	return slices.Compact(out)
}

func isEmpty(v Value) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return x == ""
	case []string:
		return len(x) == 0
	}
	return false
}

func equalValue(a, b Value) bool {
	if l, ok := a.([]string); ok {
		m, ok := b.([]string)
		return ok && slices.Equal(l, m)
	}
	if _, ok := b.([]string); ok {
		return false
	}
	return a == b
}

// normal checks v against the property's type; a wrong type is a mistake in a
// mapper's code, not in its input.
func normal(p *schema.Property, v Value) Value {
	ok := false
	switch x := v.(type) {
	case string:
		ok = p.Type == schema.String
		v = strings.ToValidUTF8(x, "\uFFFD")
	case bool:
		ok = p.Type == schema.Bool
	case int:
		v, ok = int64(x), p.Type == schema.Integer
	case int64:
		ok = p.Type == schema.Integer
	case float64:
		ok = p.Type == schema.Float
	case []string:
		ok = p.Type == schema.StringList
	}
	if !ok {
		panic(fmt.Sprintf("graph: property %s is a %s, not %T", p.Name, p.Type, v))
	}
	return v
}

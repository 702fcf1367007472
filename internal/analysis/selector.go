package analysis

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-sec/postern/schema"
)

// Selector names of sets of nodes, beside node ids and kind=KIND.
const (
	SelectOutside      = "outside"       // everyone who needs no invitation
	SelectInternet     = "internet"      // the anonymous caller alone
	SelectTrainingData = "training-data" // labelled so by lineage or declaration
	SelectAI           = "ai"            // AI resources
	SelectAdmin        = "admin"         // admin capabilities
)

// SelectorError says that a selector matches nothing that could exist.
type SelectorError struct {
	Selector string
	Edge     bool     // it names an edge
	Nearest  []string // ids, kinds or edges that look like it
}

func (e *SelectorError) Error() string {
	s := fmt.Sprintf("no node %q in the graph", e.Selector)
	switch {
	case e.Edge:
		s = fmt.Sprintf("no edge %q in the graph", e.Selector)
	case strings.HasPrefix(e.Selector, "kind="):
		s = fmt.Sprintf("no such node kind: %q", strings.TrimPrefix(e.Selector, "kind="))
	}
	if len(e.Nearest) > 0 {
		s += "; did you mean " + strings.Join(e.Nearest, ", ") + "?"
	}
	return s
}

// selection is the nodes that selectors match; named are those given by id.
type selection struct {
	nodes []int32 // sorted, each once
	named map[int32]bool
}

// Select returns the nodes that any of the selectors matches, sorted. A
// selector that is neither a set, a known kind nor a node's id is a
// *SelectorError: a misspelt id must not look like "no path".
func (p *Projection) Select(selectors []string) ([]int32, error) {
	s, err := p.selectNodes(selectors)
	return s.nodes, err
}

func (p *Projection) selectNodes(selectors []string) (selection, error) {
	out := selection{named: map[int32]bool{}}
	for _, sel := range selectors {
		match, err := p.matcher(sel)
		if err != nil {
			return selection{}, err
		}
		if match == nil {
			n, ok := p.Find(sel)
			if !ok {
				return selection{}, &SelectorError{Selector: sel, Nearest: p.nearest(sel)}
			}
			out.nodes = append(out.nodes, n)
			out.named[n] = true
			continue
		}
		for i := range p.Nodes {
			if match(&p.Nodes[i]) {
				out.nodes = append(out.nodes, int32(i))
			}
		}
	}
	slices.Sort(out.nodes)
	out.nodes = slices.Compact(out.nodes)
	return out, nil
}

// matcher returns the predicate of a set selector, or nil for a node id.
func (p *Projection) matcher(sel string) (func(*Node) bool, error) {
	switch sel {
	case SelectOutside:
		return func(n *Node) bool { return n.Entry }, nil
	case SelectTrainingData:
		return func(n *Node) bool { return n.Training }, nil
	case SelectAI:
		return func(n *Node) bool { return n.Kind.In(schema.AIResource) }, nil
	case SelectAdmin:
		return (*Node).controls, nil
	case SelectInternet:
		return func(n *Node) bool { return n.ID == schema.InternetID }, nil
	}
	kind, ok := strings.CutPrefix(sel, "kind=")
	if !ok {
		return nil, nil
	}
	k := schema.NodeKind(kind)
	if !k.Known() {
		var near []string
		for _, info := range schema.NodeKinds() {
			if strings.Contains(strings.ToLower(string(info.Name)), strings.ToLower(kind)) || strings.Contains(strings.ToLower(kind), strings.ToLower(string(info.Name))) {
				near = append(near, "kind="+string(info.Name))
			}
		}
		return nil, &SelectorError{Selector: sel, Nearest: near}
	}
	return func(n *Node) bool { return n.Kind == k }, nil
}

// maxNearest is how many nodes or edges an error names that were perhaps meant.
const maxNearest = 3

// nearest names the nodes whose last part is most like that of s, if any is like
// it.
func (p *Projection) nearest(s string) []string {
	want := lastPart(s)
	if want == "" {
		return nil
	}
	type like struct {
		id       string
		distance int
	}
	var found []like
	var d distancer
	for i := range p.Nodes {
		id := p.Nodes[i].ID
		have := lastPart(id)
		bound := max(1, len(want)/3)
		n := bound + 1
		if diff := len(have) - len(want); diff <= bound && -diff <= bound {
			n = d.distance(want, have)
		}
		if n > bound && len(want) > 3 && strings.Contains(have, want) {
			n = bound // a part of the name
		}
		if n <= bound {
			found = append(found, like{id, n})
		}
	}
	slices.SortStableFunc(found, func(a, b like) int { return cmp.Compare(a.distance, b.distance) })
	var out []string
	for _, f := range found[:min(maxNearest, len(found))] {
		if f.distance <= 2*found[0].distance { // when the name is right, only those of that name
			out = append(out, f.id)
		}
	}
	return out
}

// lastPart is the name in an id, in lower case, at most 64 bytes of it.
func lastPart(id string) string {
	s := strings.ToLower(id[strings.LastIndexAny(id, ":/")+1:])
	return s[:min(64, len(s))]
}

// distancer computes Levenshtein's distance in memory that it keeps.
type distancer struct{ row []int }

func (d *distancer) distance(a, b string) int {
	d.row = d.row[:0]
	for j := range len(b) + 1 {
		d.row = append(d.row, j)
	}
	for i := range len(a) {
		diagonal := d.row[0]
		d.row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = d.row[j+1]
			d.row[j+1] = min(change, diagonal+1, d.row[j]+1)
		}
	}
	return d.row[len(b)]
}

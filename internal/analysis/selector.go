package analysis

import (
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
	Nearest  []string // ids or kinds that look like it
}

func (e *SelectorError) Error() string {
	s := fmt.Sprintf("no node %q in the graph", e.Selector)
	if strings.HasPrefix(e.Selector, "kind=") {
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
				return selection{}, &SelectorError{sel, p.nearest(sel)}
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
		return func(n *Node) bool { return n.Kind == schema.Capability }, nil
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
		return nil, &SelectorError{sel, near}
	}
	return func(n *Node) bool { return n.Kind == k }, nil
}

// nearest names up to three nodes whose id resembles s: the same last part, or
// containing it.
func (p *Projection) nearest(s string) []string {
	last := strings.ToLower(s[strings.LastIndexAny(s, ":/")+1:])
	if last == "" {
		return nil
	}
	var out []string
	for i := range p.Nodes {
		id := strings.ToLower(p.Nodes[i].ID)
		if strings.Contains(id, last) || strings.Contains(strings.ToLower(s), id[strings.LastIndexAny(id, ":/")+1:]) && len(id) > 3 && id[strings.LastIndexAny(id, ":/")+1:] != "" {
			out = append(out, p.Nodes[i].ID)
			if len(out) == 3 {
				break
			}
		}
	}
	return out
}

package cypher

import (
	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// scan binds a node to every candidate: all nodes, those with a label, or those that an index finds.
type scan struct {
	estimated
	input  operator
	slot   ast.Slot
	labels []LabelID // union of these, when byLabel
	kind   scanKind
	index  Index
	seek   eval // the value, or the list of values with in
	in     bool
	tests  []test
	detail string
}

type scanKind uint8

const (
	scanAll scanKind = iota
	scanLabel
	scanIndex
)

func (s *scan) describe() (string, string) {
	return [...]string{"AllNodesScan", "NodeByLabelScan", "NodeIndexSeek"}[s.kind], s.detail
}
func (s *scan) inputs() []operator { return []operator{s.input} }
func (s *scan) open(rt *run) cursor {
	return &scanCursor{input: rt.start(s.input), run: rt, op: s}
}

type scanCursor struct {
	input  cursor
	run    *run
	op     *scan
	nodes  []uint32 // what is left, for labels and indexes
	upTo   uint32   // for all nodes
	at     uint32
	values []Value // of an index seek by IN
	labels []LabelID
}

func (c *scanCursor) reset() {
	c.nodes, c.values, c.labels, c.at, c.upTo = nil, nil, nil, 0, 0
	c.input.reset()
}

func (c *scanCursor) next() bool {
	rt, row := c.run, c.run.row
	for {
		for len(c.nodes) > 0 {
			rt.tick()
			node := c.nodes[0]
			c.nodes = c.nodes[1:]
			if c.repeated(node) {
				continue
			}
			row[c.op.slot] = value.OfNode(node)
			if all(rt, c.op.tests) {
				return true
			}
		}
		for c.at < c.upTo {
			rt.tick()
			row[c.op.slot] = value.OfNode(c.at)
			c.at++
			if all(rt, c.op.tests) {
				return true
			}
		}
		if !c.more() {
			return false
		}
	}
}

// repeated says whether a node of a union of labels was already given for an earlier label.
func (c *scanCursor) repeated(node uint32) bool {
	if c.op.kind != scanLabel {
		return false
	}
	done := len(c.op.labels) - len(c.labels) - 1
	for _, l := range c.op.labels[:max(0, done)] {
		if c.run.graph.HasLabel(node, l) {
			return true
		}
	}
	return false
}

// more goes on to the next label or value, or to the next row of the input.
func (c *scanCursor) more() bool {
	switch {
	case len(c.labels) > 0:
		c.nodes = c.run.graph.NodesWithLabel(c.labels[0])
		c.labels = c.labels[1:]
		return true
	case len(c.values) > 0:
		c.nodes = c.op.index.Lookup(c.values[0])
		c.values = c.values[1:]
		return true
	}
	if !c.input.next() {
		return false
	}
	c.run.tick()
	switch c.op.kind {
	case scanAll:
		c.at, c.upTo = 0, uint32(c.run.graph.NodeCount())
	case scanLabel:
		c.labels = c.op.labels
	case scanIndex:
		v := c.op.seek(c.run)
		if !c.op.in {
			c.nodes = c.op.index.Lookup(v)
			break
		}
		c.values = distinctValues(v.List())
	}
	return true
}

// distinctValues drops repeated values, so that no node is found twice.
func distinctValues(items []Value) []Value {
	seen := map[string]bool{}
	var kept []Value
	var key []byte
	for _, v := range items {
		key = value.AppendKey(key[:0], v)
		if !v.IsNull() && !seen[string(key)] {
			seen[string(key)] = true
			kept = append(kept, v)
		}
	}
	return kept
}

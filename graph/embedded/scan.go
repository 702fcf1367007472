package embedded

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// Scan implements graph.Scanner.
func (s *Store) Scan(ctx context.Context, node func(*graph.Node) error, edge func(from, to uint32, e *graph.Edge) error) error {
	if err := s.begin(); err != nil {
		return err
	}
	defer s.running.Done()
	ctx, stop := s.untilClosed(ctx)
	defer stop()
	f, err := s.graph(ctx)
	if err != nil {
		return fmt.Errorf("scan graph: %w", err)
	}
	return (&scanner{frozen: f, texts: make([]graph.Value, f.text.len()), lists: make([]graph.Value, f.lists.len())}).scan(ctx, node, edge)
}

// scanner turns rows back into nodes and edges. A string or list that many rows
// have becomes a value once.
type scanner struct {
	*frozen
	texts, lists []graph.Value // by code; nil until asked for
}

// lookEvery is the number of rows between two looks at the context.
const lookEvery = 4096

func (s *scanner) scan(ctx context.Context, node func(*graph.Node) error, edge func(from, to uint32, e *graph.Edge) error) error {
	look := func(row int) error {
		if row%lookEvery != 0 || ctx.Err() == nil {
			return nil
		}
		return fmt.Errorf("scan graph: %w", context.Cause(ctx))
	}
	keys := s.nodeColumns.filled()
	extra := s.extraLabels()
	var n graph.Node
	for row := range s.NodeCount() {
		if err := look(row); err != nil {
			return err
		}
		n = graph.Node{ID: s.text.at(uint32(row)), Properties: n.Properties[:0]}
		n.Properties = s.properties(n.Properties, s.nodeColumns, keys, uint32(row))
		if i := slices.IndexFunc(n.Properties, func(p graph.Property) bool { return p.Key == schema.PropKind.Name }); i >= 0 {
			kind, _ := n.Properties[i].Value.(string)
			n.Kind = schema.NodeKind(kind)
			n.Properties = slices.Delete(n.Properties, i, i+1)
		}
		n.Extra = extra(n.Kind, row)
		if err := node(&n); err != nil {
			return err
		}
	}
	keys = s.edgeColumns.filled()
	var e graph.Edge
	for row := range s.EdgeCount() {
		if err := look(row); err != nil {
			return err
		}
		from, to := s.from[row], s.to[row]
		e = graph.Edge{From: s.text.at(from), To: s.text.at(to), Kind: schema.EdgeKind(s.typeNames[s.typ[row]]), Properties: e.Properties[:0]}
		e.Properties = s.properties(e.Properties, s.edgeColumns, keys, uint32(row))
		if err := edge(from, to, &e); err != nil {
			return err
		}
	}
	return nil
}

// filled is the keys that have columns.
func (cs columns) filled() []int {
	var keys []int
	for k := range cs {
		if len(cs[k]) > 0 {
			keys = append(keys, k)
		}
	}
	return keys
}

// extraLabels returns a function that gives the labels of a node beside those of
// its kind; nodes with the same share the list.
func (s *scanner) extraLabels() func(kind schema.NodeKind, row int) []string {
	type have struct {
		kind schema.NodeKind
		set  uint16
	}
	known := map[have][]string{}
	return func(kind schema.NodeKind, row int) []string {
		h := have{kind, s.labels.set[row]}
		extra, ok := known[h]
		if !ok {
			of := kind.Labels()
			for _, l := range s.labels.sets[h.set].ids {
				if name := s.labelNames[l]; !slices.Contains(of, name) {
					extra = append(extra, name)
				}
			}
			known[h] = extra
		}
		return extra
	}
}

// properties appends the properties of a row.
func (s *scanner) properties(dst graph.Properties, cs columns, keys []int, row uint32) graph.Properties {
	for _, k := range keys {
		for i := range cs[k] {
			c := &cs[k][i]
			if slot, ok := c.slot(row); ok {
				dst = append(dst, graph.Property{Key: s.keyNames[k], Value: s.value(c, slot)})
			}
		}
	}
	return dst
}

func (s *scanner) value(c *column, slot int) graph.Value {
	switch c.kind {
	case textColumn:
		v := &s.texts[c.codes[slot]]
		if *v == nil {
			*v = s.text.at(c.codes[slot])
		}
		return *v
	case listColumn:
		v := &s.lists[c.codes[slot]]
		if *v == nil {
			*v = s.list(c.codes[slot])
		}
		return *v
	case boolColumn:
		return c.codes[slot] != 0
	case intColumn:
		return int64(c.words[slot])
	}
	return math.Float64frombits(c.words[slot])
}

func (s *scanner) list(code uint32) []string {
	codes := s.frozen.lists.codes[s.frozen.lists.offsets[code]:s.frozen.lists.offsets[code+1]]
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = s.text.at(c)
	}
	return out
}

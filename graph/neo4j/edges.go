package neo4j

import (
	"context"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"sync"

	"github.com/postern-sec/postern/graph"
)

// edgeWorkers is how many transactions make edges at once when a graph is
// loaded in steps. The server locks both ends of an edge that it makes, so two
// of them must not share a node.
const edgeWorkers = 2

// fewRows are not worth a second transaction.
const fewRows = 10_000

// edgeParts is into how many parts the nodes are cut for that: as many as
// leave each worker two parts of its own.
const edgeParts = 2 * edgeWorkers

// edgeRounds are the pairs of parts that workers do at the same time; over all
// rounds each pair occurs once. The pairs of one round have no part in common.
var edgeRounds = [][edgeWorkers][][2]int{
	{{{0, 0}, {1, 1}, {0, 1}, {1, 0}}, {{2, 2}, {3, 3}, {2, 3}, {3, 2}}},
	{{{0, 2}, {2, 0}}, {{1, 3}, {3, 1}}},
	{{{0, 3}, {3, 0}}, {{1, 2}, {2, 1}}},
}

// addEdges makes the new edges. Each source is looked up once; a kind with many
// edges has a statement of its own, in which the properties stand by name, so
// that the server resolves them once.
func (c *change) addEdges(ctx context.Context, d *difference) error {
	statements := c.edgeStatements(d.addEdges)
	if len(c.workers) < edgeWorkers || len(d.addEdges) < fewRows {
		return c.makeEdges(ctx, d.addEdges, statements)
	}
	if err := c.workers[0].flush(ctx); err != nil { // the others must see the nodes
		return err
	}
	cells := map[[2]int][]edgeID{}
	seed := maphash.MakeSeed()
	part := func(id string) int { return int(maphash.String(seed, id) % edgeParts) }
	for _, e := range d.addEdges {
		cell := [2]int{part(e.from), part(e.to)}
		cells[cell] = append(cells[cell], e)
	}
	for _, round := range edgeRounds {
		if err := c.edgeRound(ctx, round, cells, statements); err != nil {
			return err
		}
	}
	return nil
}

// edgeRound makes the edges of one round and commits them.
func (c *change) edgeRound(ctx context.Context, round [edgeWorkers][][2]int, cells map[[2]int][]edgeID, statements map[string]edgeStatement) error {
	return c.together(ctx, func(ctx context.Context, i int, worker *change) error {
		var ids []edgeID
		for _, pair := range round[i] {
			ids = append(ids, cells[pair]...)
		}
		slices.SortFunc(ids, compareEdgeIDs)
		worker.numbers = c.numbers
		return worker.makeEdges(ctx, ids, statements)
	})
}

// together lets all workers do something at once, and commits what they have
// written. The first error ends the others.
func (c *change) together(ctx context.Context, do func(ctx context.Context, i int, worker *change) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	for i, steps := range c.workers {
		group.Go(func() {
			err := do(ctx, i, &change{config: c.config, graph: c.graph, write: steps.write})
			if err == nil {
				err = steps.flush(ctx)
			}
			if err != nil {
				cancel(err)
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// edgeStatement makes edges of one kind. Its rows are a source and a list of
// edges, each a target and the values of the keys in their order.
type edgeStatement struct {
	text string
	keys []string
}

// edgeStatements are the statements of the kinds that are worth one of their own.
func (c *change) edgeStatements(ids []edgeID) map[string]edgeStatement {
	count := map[string]int{}
	for _, id := range ids {
		count[id.kind]++
	}
	keys := map[string]map[string]bool{}
	for _, id := range ids {
		if count[id.kind] < ownStatement {
			continue
		}
		have := keys[id.kind]
		if have == nil {
			have = map[string]bool{}
			keys[id.kind] = have
		}
		for _, p := range c.edgeProperties(id) {
			have[p.Key] = true
		}
	}
	out := map[string]edgeStatement{}
	for kind, have := range keys {
		s := edgeStatement{keys: sortedKeys(have)}
		values := make([]string, len(s.keys))
		for i, k := range s.keys {
			values[i] = fmt.Sprintf("%s: e[%d]", name(k), i+1)
		}
		s.text = "UNWIND $rows AS row MATCH (a) WHERE id(a) = row[0] UNWIND row[1] AS e MATCH (b) WHERE id(b) = e[0] " +
			"CREATE (a)-[:" + name(kind) + " {" + strings.Join(values, ", ") + "}]->(b) RETURN count(*) AS n"
		out[kind] = s
	}
	return out
}

func (c *change) edgeProperties(id edgeID) graph.Properties {
	if e := findEdge(c.graph, id); e != nil {
		return e.Properties
	}
	return nil
}

// anyEdges makes edges of all kinds: its rows are a source and a list of edges, each a target, a type and properties.
const anyEdges = "UNWIND $rows AS row MATCH (a) WHERE id(a) = row[0] UNWIND row[1] AS e MATCH (b) WHERE id(b) = e[0] " +
	"CREATE (a)-[r:$(e[1])]->(b) SET r = e[2] RETURN count(*) AS n"

// makeEdges sends edges, which are sorted, kind by kind; those of kinds without a statement together.
func (c *change) makeEdges(ctx context.Context, ids []edgeID, statements map[string]edgeStatement) error {
	var few []edgeID
	err := grouped(ids, edgeKindOf, func(kind string, ids []edgeID) error {
		s, own := statements[kind]
		if !own {
			few = append(few, ids...)
			return nil
		}
		return c.sendEdges(ctx, s.text, ids, func(id edgeID) ([]any, int) {
			return s.row(c.numbers[id.to], c.edgeProperties(id))
		})
	})
	if err != nil {
		return err
	}
	slices.SortFunc(few, compareEdgeIDs)
	return c.sendEdges(ctx, anyEdges, few, func(id edgeID) ([]any, int) {
		properties, size := propertyRow(c.edgeProperties(id))
		return []any{c.numbers[id.to], id.kind, properties}, size + 32
	})
}

// sendEdges sends edges in batches, each source once in a batch.
func (c *change) sendEdges(ctx context.Context, text string, ids []edgeID, row func(edgeID) ([]any, int)) error {
	b := batch{text: text}
	size := 0
	for i, id := range ids {
		edge, n := row(id)
		if i == 0 || len(b.rows) == 0 || ids[i-1].from != id.from {
			b.rows = append(b.rows, []any{c.numbers[id.from], []any{}})
		}
		source := b.rows[len(b.rows)-1].([]any)
		source[1] = append(source[1].([]any), edge)
		b.want++
		if size += n; b.want < c.config.BatchRows && size < c.config.BatchBytes && i < len(ids)-1 {
			continue
		}
		if err := c.send(ctx, b); err != nil {
			return err
		}
		b, size = batch{text: text}, 0
	}
	return nil
}

// row is one edge, with about its size in bytes. A key without a value is null,
// which the server leaves out.
func (s *edgeStatement) row(to int64, properties graph.Properties) ([]any, int) {
	row := make([]any, len(s.keys)+1)
	row[0] = to
	size := 16 + 8*len(s.keys)
	for i, k := range s.keys {
		v := properties.Get(k)
		if v == nil {
			continue
		}
		row[i+1] = v
		size += valueSize(v)
	}
	return row, size
}

package neo4j

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// errMoved: a statement found fewer nodes or edges than the manifest says.
// Somebody changed the database by hand.
var errMoved = errors.New("the Neo4j database is not as Postern left it")

// batchWriter sends one batch: a statement over $rows that returns, as n, how
// many of them it found.
type batchWriter func(ctx context.Context, text string, rows []any) error

func runBatch(ctx context.Context, tx runner, text string, rows []any) error {
	result, err := tx.Run(ctx, text, map[string]any{"rows": rows})
	if err != nil {
		return err
	}
	row, err := firstRow(ctx, result)
	if err != nil {
		return err
	}
	if n, ok := row["n"].(int64); !ok || n != int64(len(rows)) {
		return fmt.Errorf("%w: %d of %d rows apply", errMoved, n, len(rows))
	}
	return nil
}

// inOne writes all batches into one open transaction.
func inOne(tx driver.ExplicitTransaction) batchWriter {
	return func(ctx context.Context, text string, rows []any) error { return runBatch(ctx, tx, text, rows) }
}

// inSteps writes each batch in a transaction of its own, again when the server
// asks for it. A connection that breaks during a commit is not tried again:
// the batch may be there.
func (s *Store) inSteps(ctx context.Context, text string, rows []any) error {
	for try := 0; ; try++ {
		err := s.step(ctx, text, rows)
		var broken *driver.ConnectivityError
		if err == nil || try >= 8 || !isTransient(err) || errors.As(err, &broken) {
			return err
		}
		if err := pause(ctx, time.Duration(10<<try)*time.Millisecond); err != nil {
			return err
		}
	}
}

func (s *Store) step(ctx context.Context, text string, rows []any) error {
	session := s.session(ctx, driver.AccessModeWrite)
	defer session.Close(ctx)
	tx, err := session.BeginTransaction(ctx)
	if err != nil {
		return err
	}
	defer tx.Close(ctx)
	if err := runBatch(ctx, tx, text, rows); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// change is a difference on its way into the database.
type change struct {
	config Config
	graph  *graph.Graph
	write  batchWriter
}

// apply sends a difference: what goes first, then nodes, then edges.
func (c *change) apply(ctx context.Context, d *difference) error {
	steps := []func(context.Context, *difference) error{c.dropEdges, c.dropNodes, c.addNodes, c.setNodes, c.addEdges, c.setEdges}
	for _, step := range steps {
		if err := step(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// each sends rows in batches, bounded by number and size.
func each[T any](ctx context.Context, c *change, text string, items []T, row func(T) (any, int)) error {
	var rows []any
	size := 0
	for _, item := range items {
		r, n := row(item)
		rows, size = append(rows, r), size+n
		if len(rows) < c.config.BatchRows && size < c.config.BatchBytes {
			continue
		}
		if err := c.write(ctx, text, rows); err != nil {
			return err
		}
		rows, size = nil, 0
	}
	if len(rows) == 0 {
		return nil
	}
	return c.write(ctx, text, rows)
}

// grouped calls do for the items of each key, keys ascending.
func grouped[T any](items []T, key func(T) string, do func(key string, items []T) error) error {
	groups := map[string][]T{}
	for _, item := range items {
		groups[key(item)] = append(groups[key(item)], item)
	}
	for _, k := range sortedKeys(groups) {
		if err := do(k, groups[k]); err != nil {
			return err
		}
	}
	return nil
}

func edgeKindOf(e edgeID) string { return e.kind }

// name quotes a label or type. They come from the graph, whose kinds a
// generator may have invented.
func name(s string) string { return "`" + strings.ReplaceAll(s, "`", "``") + "`" }

func labelNames(joined string) string {
	var b strings.Builder
	for _, l := range strings.Split(joined, ",") {
		b.WriteString(":" + name(l))
	}
	return b.String()
}

const (
	ends = "UNWIND $rows AS row MATCH (a:Asset {id: row.f}) MATCH (b:Asset {id: row.t}) "
	edge = "UNWIND $rows AS row MATCH (a:Asset {id: row.f})-[r:%s]->(b:Asset {id: row.t}) "
)

func (c *change) dropEdges(ctx context.Context, d *difference) error {
	return grouped(d.dropEdges, edgeKindOf, func(kind string, ids []edgeID) error {
		return each(ctx, c, fmt.Sprintf(edge, name(kind))+"DELETE r RETURN count(*) AS n", ids, endsRow)
	})
}

func endsRow(e edgeID) (any, int) {
	return map[string]any{"f": e.from, "t": e.to}, 16 + len(e.from) + len(e.to)
}

func (c *change) dropNodes(ctx context.Context, d *difference) error {
	return each(ctx, c, "UNWIND $rows AS row MATCH (n:Asset {id: row}) DELETE n RETURN count(*) AS n", d.dropNodes,
		func(id string) (any, int) { return id, len(id) })
}

func (c *change) addNodes(ctx context.Context, d *difference) error {
	return grouped(d.addNodes, func(id string) string { return c.labels(id) }, func(labels string, ids []string) error {
		return each(ctx, c, "UNWIND $rows AS row CREATE (n"+labelNames(labels)+") SET n = row RETURN count(*) AS n", ids, c.nodeRow)
	})
}

func (c *change) setNodes(ctx context.Context, d *difference) error {
	key := func(n nodeChange) string { return n.old + "\x00" + c.labels(n.id) }
	return grouped(d.setNodes, key, func(key string, nodes []nodeChange) error {
		old, wanted, _ := strings.Cut(key, "\x00")
		text := "UNWIND $rows AS row MATCH (n:Asset {id: row.id}) SET n = row "
		gone := slices.DeleteFunc(strings.Split(old, ","), func(l string) bool { return l == string(schema.Asset) })
		if old != wanted {
			if len(gone) > 0 {
				text += "REMOVE n" + labelNames(strings.Join(gone, ",")) + " "
			}
			text += "SET n" + labelNames(wanted) + " "
		}
		return each(ctx, c, text+"RETURN count(*) AS n", nodes, func(n nodeChange) (any, int) { return c.nodeRow(n.id) })
	})
}

func (c *change) labels(id string) string {
	n, _ := c.graph.Node(id)
	return strings.Join(n.Labels(), ",")
}

func (c *change) nodeRow(id string) (any, int) {
	n, _ := c.graph.Node(id)
	row, size := propertyRow(stored(n.Properties))
	row[schema.PropID.Name], row[schema.PropKind.Name] = n.ID, string(n.Kind)
	return row, size + len(n.ID)
}

func (c *change) addEdges(ctx context.Context, d *difference) error {
	return grouped(d.addEdges, edgeKindOf, func(kind string, ids []edgeID) error {
		return each(ctx, c, ends+"CREATE (a)-[r:"+name(kind)+"]->(b) SET r = row.p RETURN count(*) AS n", ids, c.edgeRow)
	})
}

func (c *change) setEdges(ctx context.Context, d *difference) error {
	return grouped(d.setEdges, edgeKindOf, func(kind string, ids []edgeID) error {
		return each(ctx, c, fmt.Sprintf(edge, name(kind))+"SET r = row.p RETURN count(*) AS n", ids, c.edgeRow)
	})
}

func (c *change) edgeRow(id edgeID) (any, int) {
	var p graph.Properties
	if e := findEdge(c.graph, id); e != nil {
		p = e.Properties
	}
	row, size := propertyRow(p)
	return map[string]any{"f": id.from, "t": id.to, "p": row}, size + len(id.from) + len(id.to)
}

// propertyRow is properties as a parameter, with about their size in bytes.
func propertyRow(p graph.Properties) (map[string]any, int) {
	row := make(map[string]any, len(p)+2)
	size := 16
	for _, x := range p {
		row[x.Key] = x.Value
		size += len(x.Key) + 16
		switch v := x.Value.(type) {
		case string:
			size += len(v)
		case []string:
			for _, s := range v {
				size += len(s) + 5
			}
		}
	}
	return row, size
}

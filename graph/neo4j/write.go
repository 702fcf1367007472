package neo4j

import (
	"context"
	"errors"
	"fmt"
	"maps"
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

// batch is a statement over $rows that returns one row, with how many nodes or
// edges it found or made as n.
type batch struct {
	text string
	rows []any
	want int
}

// batchWriter sends one batch and returns its row.
type batchWriter func(ctx context.Context, b batch) (map[string]any, error)

func runBatch(ctx context.Context, tx runner, b batch) (map[string]any, error) {
	result, err := tx.Run(ctx, b.text, map[string]any{"rows": b.rows})
	if err != nil {
		return nil, err
	}
	row, err := firstRow(ctx, result)
	if err != nil {
		return nil, err
	}
	if n, ok := row["n"].(int64); !ok || n != int64(b.want) {
		return nil, fmt.Errorf("%w: %d of %d rows apply", errMoved, n, b.want)
	}
	return row, nil
}

// inOne writes all batches into one open transaction.
func inOne(tx driver.ExplicitTransaction) batchWriter {
	return func(ctx context.Context, b batch) (map[string]any, error) { return runBatch(ctx, tx, b) }
}

// commitRows is how many rows a transaction of a load in steps holds, about: a
// commit waits for the disk, so more is faster, and what a server keeps in
// memory bounds it.
const commitRows = 20_000

// steps writes batches in transactions of a bounded size, again when the server
// asks for it. A connection that breaks during a commit is not tried again: the
// batches may be there. Call finish at the end.
type steps struct {
	store   *Store
	session driver.SessionWithContext
	tx      driver.ExplicitTransaction
	pending []batch // in tx
	rows    int
	limit   int // rows a transaction; halved when the server runs out of memory
}

func (s *Store) newSteps(ctx context.Context) *steps {
	return &steps{store: s, session: s.session(ctx, driver.AccessModeWrite), limit: commitRows}
}

// write is a batchWriter. A batch that makes nodes is committed at once, so
// that the numbers it returned stay true.
func (s *steps) write(ctx context.Context, b batch) (map[string]any, error) {
	s.pending = append(s.pending, b)
	s.rows += b.want
	row, err := s.last(ctx)
	if err == nil && (row["made"] != nil || s.rows >= s.limit) {
		err = s.commit(ctx)
	}
	for try := 0; try < 8 && err != nil && s.again(err); try++ {
		if err := pause(ctx, time.Duration(10<<try)*time.Millisecond); err != nil {
			return nil, err
		}
		row, err = s.replay(ctx)
	}
	return row, err
}

// again says whether what is open is worth another try.
func (s *steps) again(err error) bool {
	if isMemory(err) && len(s.pending) > 1 {
		s.limit = max(1, min(s.limit, s.rows)/2)
		return true
	}
	var broken *driver.ConnectivityError
	return isTransient(err) && !errors.As(err, &broken)
}

// last sends the newest batch.
func (s *steps) last(ctx context.Context) (row map[string]any, err error) {
	if s.tx == nil {
		if s.tx, err = s.session.BeginTransaction(ctx); err != nil {
			return nil, err
		}
	}
	return runBatch(ctx, s.tx, s.pending[len(s.pending)-1])
}

// replay sends and commits all batches of a transaction that the server gave
// up, in more than one if the limit is lower now.
func (s *steps) replay(ctx context.Context) (row map[string]any, err error) {
	if s.tx != nil {
		s.tx.Close(ctx) // it has failed already
	}
	all := s.pending
	s.tx, s.pending, s.rows = nil, nil, 0
	for i, b := range all {
		s.pending, s.rows = append(s.pending, b), s.rows+b.want
		if row, err = s.last(ctx); err == nil && (row["made"] != nil || s.rows >= s.limit || i == len(all)-1) {
			err = s.commit(ctx)
		}
		if err != nil {
			s.pending = append(s.pending, all[i+1:]...)
			for _, b := range all[i+1:] {
				s.rows += b.want
			}
			return nil, err
		}
	}
	return row, nil
}

func (s *steps) commit(ctx context.Context) error {
	if s.tx == nil {
		return nil
	}
	err := s.tx.Commit(ctx)
	s.tx = nil
	if err == nil {
		s.pending, s.rows = nil, 0
	}
	return err
}

// flush commits what is open.
func (s *steps) flush(ctx context.Context) error {
	failed := s.commit(ctx)
	for try := 0; try < 8 && failed != nil && s.again(failed); try++ {
		_, failed = s.replay(ctx)
	}
	return failed
}

// finish commits what is open, unless something failed before.
func (s *steps) finish(ctx context.Context, failed error) error {
	if failed == nil {
		failed = s.flush(ctx)
	}
	open := context.WithoutCancel(ctx)
	if s.tx != nil {
		s.tx.Close(open) // rolls back
	}
	return errors.Join(failed, s.session.Close(open))
}

// change is a difference on its way into the database.
type change struct {
	config Config
	graph  *graph.Graph
	write  batchWriter
	// workers write edges at once; nil where there is one transaction.
	workers []*steps
	// numbers are the server's own of the nodes that the difference touches.
	// Statements find nodes by them: a look-up by id in an index that the same
	// transaction has changed much is several times slower, and one by element
	// id, which is a text, by a third.
	numbers map[string]int64
}

// apply sends a difference: what goes first, then nodes, then edges.
func (c *change) apply(ctx context.Context, tx runner, d *difference) error {
	if err := c.locate(ctx, tx, d); err != nil {
		return err
	}
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
		if err := c.send(ctx, batch{text, rows, len(rows)}); err != nil {
			return err
		}
		rows, size = nil, 0
	}
	if len(rows) == 0 {
		return nil
	}
	return c.send(ctx, batch{text, rows, len(rows)})
}

// send writes a batch and notes the numbers of the nodes it has made.
func (c *change) send(ctx context.Context, b batch) error {
	row, err := c.write(ctx, b)
	if err != nil {
		return err
	}
	made, _ := row["made"].([]any)
	for _, pair := range made {
		p, _ := pair.([]any)
		if len(p) != 2 {
			return errors.New("the server does not name the nodes it has made")
		}
		id, _ := p[0].(string)
		c.numbers[id], _ = p[1].(int64)
	}
	return nil
}

// locate asks for the numbers of the nodes that are there already.
func (c *change) locate(ctx context.Context, tx runner, d *difference) error {
	c.numbers = map[string]int64{}
	needed := map[string]bool{}
	for _, id := range d.dropNodes {
		needed[id] = true
	}
	for _, n := range d.setNodes {
		needed[n.id] = true
	}
	for _, edges := range [][]edgeID{d.dropEdges, d.addEdges, d.setEdges} {
		for _, e := range edges {
			needed[e.from], needed[e.to] = true, true
		}
	}
	for _, id := range d.addNodes {
		delete(needed, id)
	}
	for ids := range slices.Chunk(sortedKeys(needed), 10_000) {
		result, err := tx.Run(ctx, "UNWIND $ids AS id MATCH (n:Asset {id: id}) RETURN id, id(n)", map[string]any{"ids": ids})
		if err != nil {
			return err
		}
		for result.Next(ctx) {
			v := result.Record().Values
			id, _ := v[0].(string)
			c.numbers[id], _ = v[1].(int64)
		}
		if err := result.Err(); err != nil {
			return err
		}
	}
	if len(c.numbers) != len(needed) {
		return fmt.Errorf("%w: %d of %d nodes are there", errMoved, len(c.numbers), len(needed))
	}
	return nil
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

// ends finds the two nodes of each row; edges finds the edge between them,
// from the end that has fewer.
const (
	ends  = "UNWIND $rows AS row MATCH (a) WHERE id(a) = row.f MATCH (b) WHERE id(b) = row.t WITH row, a, b "
	edges = ends + "MATCH (a)-[r:%s]->(b) "
)

func (c *change) dropEdges(ctx context.Context, d *difference) error {
	return grouped(d.dropEdges, edgeKindOf, func(kind string, ids []edgeID) error {
		return each(ctx, c, fmt.Sprintf(edges, name(kind))+"DELETE r RETURN count(*) AS n", ids, func(e edgeID) (any, int) {
			return map[string]any{"f": c.numbers[e.from], "t": c.numbers[e.to]}, 128
		})
	})
}

func (c *change) dropNodes(ctx context.Context, d *difference) error {
	return each(ctx, c, "UNWIND $rows AS row MATCH (n) WHERE id(n) = row DELETE n RETURN count(*) AS n", d.dropNodes,
		func(id string) (any, int) { return c.numbers[id], 64 })
}

// ownStatement is how many nodes of one combination of labels, or edges of one kind, are worth a statement of their
// own, whose rows the server writes faster. It plans each text once, which takes a young server 0.1 to 0.4 s; so those
// that are fewer share one statement, in which labels and types are values.
const ownStatement = 10_000

// addNodes makes the new nodes; the workers, if there are any, each a part of
// them. No lock is shared by two nodes that are made.
func (c *change) addNodes(ctx context.Context, d *difference) error {
	if len(c.workers) == 0 || len(d.addNodes) < fewRows {
		return c.makeNodes(ctx, d.addNodes)
	}
	share := (len(d.addNodes) + len(c.workers) - 1) / len(c.workers)
	made := make([]map[string]int64, len(c.workers))
	err := c.together(ctx, func(ctx context.Context, i int, worker *change) error {
		made[i] = map[string]int64{}
		worker.numbers = made[i]
		return worker.makeNodes(ctx, d.addNodes[min(i*share, len(d.addNodes)):min((i+1)*share, len(d.addNodes))])
	})
	for _, numbers := range made {
		maps.Copy(c.numbers, numbers)
	}
	return err
}

// makeNodes sends nodes, those of each combination of labels with a statement of their own where they are many.
func (c *change) makeNodes(ctx context.Context, all []string) error {
	var few []string
	err := grouped(all, func(id string) string { return c.labels(id) }, func(labels string, ids []string) error {
		if len(ids) < ownStatement {
			few = append(few, ids...)
			return nil
		}
		text := "UNWIND $rows AS row CREATE (n" + labelNames(labels) + ") SET n = row RETURN count(*) AS n, collect([row.id, id(n)]) AS made"
		return each(ctx, c, text, ids, func(id string) (any, int) { return c.nodeRow(id) })
	})
	if err != nil {
		return err
	}
	const text = "UNWIND $rows AS row CREATE (n:$(row[0])) SET n = row[1] RETURN count(*) AS n, collect([row[1].id, id(n)]) AS made"
	return each(ctx, c, text, few, func(id string) (any, int) {
		row, size := c.nodeRow(id)
		return []any{strings.Split(c.labels(id), ","), row}, size + 64
	})
}

func (c *change) setNodes(ctx context.Context, d *difference) error {
	key := func(n nodeChange) string { return n.old + "\x00" + c.labels(n.id) }
	return grouped(d.setNodes, key, func(key string, nodes []nodeChange) error {
		old, wanted, _ := strings.Cut(key, "\x00")
		text := "UNWIND $rows AS row MATCH (n) WHERE id(n) = row.e SET n = row.p "
		gone := slices.DeleteFunc(strings.Split(old, ","), func(l string) bool { return l == string(schema.Asset) })
		if old != wanted {
			if len(gone) > 0 {
				text += "REMOVE n" + labelNames(strings.Join(gone, ",")) + " "
			}
			text += "SET n" + labelNames(wanted) + " "
		}
		return each(ctx, c, text+"RETURN count(*) AS n", nodes, func(n nodeChange) (any, int) {
			row, size := c.nodeRow(n.id)
			return map[string]any{"e": c.numbers[n.id], "p": row}, size + 64
		})
	})
}

func (c *change) labels(id string) string {
	n, _ := c.graph.Node(id)
	return strings.Join(n.Labels(), ",")
}

func (c *change) nodeRow(id string) (map[string]any, int) {
	n, _ := c.graph.Node(id)
	row, size := propertyRow(stored(n.Properties))
	row[schema.PropID.Name], row[schema.PropKind.Name] = n.ID, string(n.Kind)
	return row, size + len(n.ID)
}

func (c *change) setEdges(ctx context.Context, d *difference) error {
	return grouped(d.setEdges, edgeKindOf, func(kind string, ids []edgeID) error {
		return each(ctx, c, fmt.Sprintf(edges, name(kind))+"SET r = row.p RETURN count(*) AS n", ids, c.edgeRow)
	})
}

func (c *change) edgeRow(id edgeID) (any, int) {
	var p graph.Properties
	if e := findEdge(c.graph, id); e != nil {
		p = e.Properties
	}
	row, size := propertyRow(p)
	return map[string]any{"f": c.numbers[id.from], "t": c.numbers[id.to], "p": row}, size + 128
}

// propertyRow is properties as a parameter, with about their size in bytes.
func propertyRow(p graph.Properties) (map[string]any, int) {
	row := make(map[string]any, len(p)+2)
	size := 16
	for _, x := range p {
		row[x.Key] = x.Value
		size += len(x.Key) + 16 + valueSize(x.Value)
	}
	return row, size
}

// valueSize is about the size of a property's value in bytes.
func valueSize(v graph.Value) int {
	size := 0
	switch v := v.(type) {
	case string:
		size = len(v)
	case []string:
		for _, s := range v {
			size += len(s) + 5
		}
	}
	return size
}

package neo4j

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/postern-sec/postern/graph"
)

// layout is the version of what the store keeps beside the graph.
const layout = 1

// description is what the node PosternGraph holds: written in the transaction
// that makes a graph current, so it always tells of the graph beside it.
type description struct {
	published bool
	token     string
	graph     graph.Description
	manifest  manifest
}

const descriptionText = `MATCH (m:PosternGraph) RETURN m.layout AS layout, m.token AS token, m.about AS about, m.buckets AS buckets, m.digests AS digests`

// readDescription returns the zero description when there is no graph. The
// caller holds the lock, or looks at the guard.
func (s *Store) readDescription(ctx context.Context) (description, error) {
	session := s.session(ctx, driver.AccessModeWrite)
	defer session.Close(ctx)
	return readDescription(ctx, runsAlone{session})
}

func readDescription(ctx context.Context, tx runner) (description, error) {
	result, err := tx.Run(ctx, descriptionText, nil)
	if err != nil {
		return description{}, err
	}
	row, err := firstRow(ctx, result)
	if err != nil || row == nil {
		return description{}, err
	}
	if row["layout"] != int64(layout) {
		return description{}, fmt.Errorf("%w: layout %v, this program reads %d", graph.ErrCorrupt, row["layout"], layout)
	}
	d := description{published: true}
	d.token, _ = row["token"].(string)
	about, _ := row["about"].(string)
	if err := json.Unmarshal([]byte(about), &d.graph); err != nil {
		return description{}, fmt.Errorf("%w: description: %w", graph.ErrCorrupt, err)
	}
	buckets, _ := row["buckets"].(int64)
	d.manifest.buckets = int(buckets)
	d.manifest.digests, _ = row["digests"].([]byte)
	return d, nil
}

// describe writes the description.
func (p *publication) describe(ctx context.Context, tx runner) error {
	d := graph.Description{Run: p.graph.Run(), Hash: p.graph.Hash(), Nodes: map[string]int{}, Edges: map[string]int{}, Coverage: p.graph.Coverage()}
	for i := range p.graph.Nodes() {
		d.Nodes[string(p.graph.Nodes()[i].Kind)]++
	}
	for i := range p.graph.Edges() {
		d.Edges[string(p.graph.Edges()[i].Kind)]++
	}
	about, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("encode description: %w", err)
	}
	names, err := json.Marshal(namesOf(p.graph))
	if err != nil {
		return fmt.Errorf("encode names: %w", err)
	}
	result, err := tx.Run(ctx, `MERGE (m:PosternGraph {postern_number: 1})
SET m.layout = $layout, m.token = $token, m.about = $about, m.names = $names, m.buckets = $buckets, m.digests = $digests`,
		map[string]any{"layout": layout, "token": p.token, "about": string(about), "names": string(names), "buckets": p.want.buckets, "digests": p.want.digests})
	if err != nil {
		return err
	}
	_, err = result.Consume(ctx)
	return err
}

// writeManifest writes the buckets that differ from those that are there.
func (p *publication) writeManifest(ctx context.Context, write batchWriter) error {
	var ids []int
	if p.have.manifest.buckets == p.want.buckets && p.have.manifest.valid() {
		ids = differing(p.have.manifest, p.want)
	} else {
		if _, err := write(ctx, batch{"UNWIND $rows AS row CALL (row) { MATCH (m:PosternManifest) DELETE m } RETURN count(*) AS n", []any{1}, 1}); err != nil {
			return err
		}
		for i := range p.want.buckets {
			ids = append(ids, i)
		}
	}
	c := &change{config: p.store.config, write: write}
	var failed error
	err := each(ctx, c, "UNWIND $rows AS row MERGE (m:PosternManifest {postern_number: row.i}) SET m.content = row.c RETURN count(*) AS n", ids, func(i int) (any, int) {
		content, err := pack(encodeBucket(p.buckets[i]))
		if err != nil {
			failed = err
		}
		return map[string]any{"i": i, "c": content}, 32 + len(content)
	})
	if err == nil {
		err = failed
	}
	return err
}

// readBuckets returns the entries of the given buckets by number.
func (s *Store) readBuckets(ctx context.Context, ids []int) (map[int][]entry, error) {
	out := map[int][]entry{}
	if len(ids) == 0 {
		return out, nil
	}
	session := s.session(ctx, driver.AccessModeWrite)
	defer session.Close(ctx)
	result, err := session.Run(ctx, "UNWIND $ids AS i MATCH (m:PosternManifest {postern_number: i}) RETURN i, m.content", map[string]any{"ids": ids})
	if err != nil {
		return nil, err
	}
	for result.Next(ctx) {
		v := result.Record().Values
		i, _ := v[0].(int64)
		content, _ := v[1].([]byte)
		raw, err := unpack(content)
		if err != nil {
			return nil, err
		}
		if out[int(i)], err = decodeBucket(raw); err != nil {
			return nil, err
		}
	}
	if err := result.Err(); err != nil {
		return nil, err
	}
	if len(out) != len(ids) {
		return nil, fmt.Errorf("%w: %d of %d parts of the manifest are there", errMoved, len(out), len(ids))
	}
	return out, nil
}

func sortEntries(all []entry) { slices.SortFunc(all, compareEntries) }

// Describe implements graph.Store.
func (s *Store) Describe(ctx context.Context) (graph.Description, error) {
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return graph.Description{}, err
	}
	defer end()
	var d description
	err = s.reading(ctx, nil, func(tx driver.ExplicitTransaction) error {
		d, err = readDescription(ctx, tx)
		return err
	})
	if err != nil {
		return graph.Description{}, fmt.Errorf("describe graph: %w", explain(err))
	}
	return d.graph, nil
}

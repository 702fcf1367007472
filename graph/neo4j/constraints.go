package neo4j

import (
	"context"
	"fmt"
	"slices"
	"strings"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// maxIndexed is the longest value that is put into an index. Neo4j's range
// indexes refuse, and with them the transaction, what is longer than 8,167
// bytes. Source: Neo4j operations manual, "Index configuration", limitations
// for range indexes, read 2026-11.
const maxIndexed = 8000

// prepare makes the store's own nodes, and the constraints and indexes that g
// needs. It may be called while others read.
func (s *Store) prepare(ctx context.Context, g *graph.Graph) error {
	if err := s.nameInOrder(ctx); err != nil {
		return fmt.Errorf("name labels and properties: %w", err)
	}
	have, err := s.indexes(ctx)
	if err != nil {
		return fmt.Errorf("list indexes: %w", err)
	}
	wanted := wantedIndexes(g)
	for _, name := range sortedKeys(wanted) {
		if have[name] {
			continue
		}
		if _, err := s.write(ctx, wanted[name], nil); err != nil {
			return fmt.Errorf("create %s: %w", name, err)
		}
	}
	for name := range have {
		if strings.HasPrefix(name, indexPrefix) && wanted[name] == "" && isPropertyIndex(name) {
			if _, err := s.write(ctx, "DROP INDEX `"+name+"` IF EXISTS", nil); err != nil {
				return fmt.Errorf("drop %s: %w", name, err)
			}
		}
	}
	if _, err := s.write(ctx, "CALL db.awaitIndexes(300)", nil); err != nil {
		return fmt.Errorf("wait for indexes: %w", err)
	}
	_, err = s.write(ctx, "MERGE (l:PosternLock {postern_number: 1}) MERGE (g:PosternGuard {postern_number: 1}) ON CREATE SET g.version = 0", nil)
	return err
}

// nameInOrder makes the database number the labels and property keys of the
// schema in the order of their names, because functions such as labels() list
// them by number; the embedded store lists them by name. It is done once, when
// nothing is there.
func (s *Store) nameInOrder(ctx context.Context) error {
	row, err := s.write(ctx, "CALL db.labels() YIELD label RETURN count(label) AS n", nil)
	if err != nil {
		return err
	}
	if n, _ := row["n"].(int64); n > 0 {
		return nil
	}
	var keys []string
	for _, p := range schema.Properties() {
		keys = append(keys, p.Name)
	}
	if _, err := s.write(ctx, "UNWIND $names AS name CALL db.createLabel(name) RETURN count(*) AS n", map[string]any{"names": schema.NodeLabels()}); err != nil {
		return err
	}
	_, err = s.write(ctx, "UNWIND $names AS name CALL db.createProperty(name) RETURN count(*) AS n", map[string]any{"names": keys})
	return err
}

const (
	indexPrefix    = "postern_"
	propertyPrefix = indexPrefix + "property_"
)

func isPropertyIndex(name string) bool { return strings.HasPrefix(name, propertyPrefix) }

// wantedIndexes returns the statements that make them, by name: ids are unique
// among all nodes and are looked up under every label that is used, and the
// properties that the schema marks are indexed unless a value is too long.
func wantedIndexes(g *graph.Graph) map[string]string {
	out := map[string]string{}
	unique := func(label, property string) {
		name := indexPrefix + "unique_" + label
		out[name] = "CREATE CONSTRAINT `" + name + "` IF NOT EXISTS FOR (n:`" + label + "`) REQUIRE n." + property + " IS UNIQUE"
	}
	for _, label := range []string{lockLabel, guardLabel, graphLabel, manifestLabel} {
		unique(label, ownKey)
	}
	unique(string(schema.Asset), schema.PropID.Name)
	index := func(name, label, property string) {
		out[name] = "CREATE RANGE INDEX `" + name + "` IF NOT EXISTS FOR (n:`" + label + "`) ON (n.`" + property + "`)"
	}
	long := map[string]bool{}
	labels := map[string]bool{}
	kinds := map[schema.NodeKind]bool{}
	for i := range g.Nodes() {
		n := &g.Nodes()[i]
		if !kinds[n.Kind] || len(n.Extra) > 0 {
			kinds[n.Kind] = true
			for _, l := range n.Labels() {
				labels[l] = true
			}
		}
		for _, p := range n.Properties {
			if text, ok := p.Value.(string); ok && len(text) > maxIndexed {
				long[p.Key] = true
			}
		}
	}
	delete(labels, string(schema.Asset))
	for l := range labels {
		index(indexPrefix+"id_"+l, l, schema.PropID.Name)
	}
	for _, p := range schema.Properties() {
		if p.Indexed && p != schema.PropID && !long[p.Name] {
			index(propertyPrefix+p.Name, string(schema.Asset), p.Name)
		}
	}
	return out
}

// indexes returns the names of all indexes, those of constraints included.
func (s *Store) indexes(ctx context.Context) (map[string]bool, error) {
	session := s.session(ctx, driver.AccessModeRead)
	defer session.Close(ctx)
	result, err := session.Run(ctx, "SHOW INDEXES YIELD name RETURN name", nil)
	if err != nil {
		return nil, err
	}
	records, err := result.Collect(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, r := range records {
		name, _ := r.Values[0].(string)
		names[name] = true
	}
	return names, nil
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// checkIDs refuses what the unique index cannot hold.
func checkIDs(g *graph.Graph) error {
	for i := range g.Nodes() {
		if id := g.Nodes()[i].ID; len(id) > maxIndexed {
			return fmt.Errorf("the id %.80s… is %d bytes long; Neo4j can look up %d", id, len(id), maxIndexed)
		}
	}
	return nil
}

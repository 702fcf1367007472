package neo4j

import (
	"maps"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// names are the rows of the procedures of the dialect for one graph: Neo4j's
// own procedures would tell of the store's own nodes too, and of property keys
// that are not in use any more.
type names map[string][]map[string]any

const (
	labelsProcedure     = "db.labels"
	typesProcedure      = "db.relationshipTypes"
	keysProcedure       = "db.propertyKeys"
	propertiesProcedure = "db.schema.nodeTypeProperties"
)

// namesOf lists what is in use in g, in the order of the embedded store.
func namesOf(g *graph.Graph) names {
	labels, types, keys := map[string]any{}, map[string]any{}, map[string]any{schema.PropID.Name: nil}
	combinations := map[string]*combination{}
	for i := range g.Nodes() {
		n := &g.Nodes()[i]
		all := n.Labels()
		title := ":`" + strings.Join(all, "`:`") + "`"
		c := combinations[title]
		if c == nil {
			c = &combination{labels: all, keys: map[string]*usage{}}
			combinations[title] = c
		}
		c.nodes++
		c.use(schema.PropID.Name, n.ID)
		c.use(schema.PropKind.Name, string(n.Kind))
		for _, l := range all {
			labels[l] = nil
		}
		for _, p := range stored(n.Properties) {
			c.use(p.Key, p.Value)
			keys[p.Key] = nil
		}
		keys[schema.PropKind.Name] = nil
	}
	for i := range g.Edges() {
		types[string(g.Edges()[i].Kind)] = nil
		for _, p := range g.Edges()[i].Properties {
			keys[p.Key] = nil
		}
	}
	return names{labelsProcedure: column("label", labels), typesProcedure: column("relationshipType", types),
		keysProcedure: column("propertyKey", keys), propertiesProcedure: nodeTypeProperties(combinations)}
}

func column(name string, values map[string]any) []map[string]any {
	rows := []map[string]any{}
	for _, v := range sortedKeys(values) {
		rows = append(rows, map[string]any{name: v})
	}
	return rows
}

// combination is the nodes that have the same labels.
type combination struct {
	labels []string
	nodes  int
	keys   map[string]*usage
}

type usage struct {
	nodes int
	types map[string]bool
}

func (c *combination) use(key string, v graph.Value) {
	u := c.keys[key]
	if u == nil {
		u = &usage{types: map[string]bool{}}
		c.keys[key] = u
	}
	u.nodes++
	u.types[typeName(v)] = true
}

// typeName names the type of a value as Neo4j's own procedure does.
func typeName(v graph.Value) string {
	switch v.(type) {
	case bool:
		return "Boolean"
	case int64:
		return "Long"
	case float64:
		return "Double"
	case []string:
		return "StringArray"
	}
	return "String"
}

func nodeTypeProperties(all map[string]*combination) []map[string]any {
	rows := []map[string]any{}
	for _, title := range sortedKeys(all) {
		c := all[title]
		for _, key := range sortedKeys(c.keys) {
			u := c.keys[key]
			rows = append(rows, map[string]any{"nodeType": title, "nodeLabels": c.labels, "propertyName": key,
				"propertyTypes": slices.Sorted(maps.Keys(u.types)), "mandatory": u.nodes == c.nodes})
		}
	}
	return rows
}

package cypher

import (
	"sort"
	"strings"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/check"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// procedures are the implementations of check.Procedures.
var procedures = map[string]func(g Graph) [][]Value{
	"db.labels":                    func(g Graph) [][]Value { return nameRows(g.Labels()) },
	"db.relationshipTypes":         func(g Graph) [][]Value { return nameRows(g.Types()) },
	"db.propertyKeys":              func(g Graph) [][]Value { return nameRows(g.PropertyKeys()) },
	"db.schema.nodeTypeProperties": nodeTypeProperties,
}

func nameRows(names []string) [][]Value {
	sorted := append([]string(nil), names...)
	sort.Strings(sorted)
	rows := make([][]Value, len(sorted))
	for i, name := range sorted {
		rows[i] = []Value{value.OfString(name)}
	}
	return rows
}

func (p *planner) procedure(op operator, c *ast.CallProcedure) operator {
	n := &names{estimated: estimated(op.estimate() * 20), input: op, title: c.Name}
	rows := procedures[c.Name]
	var columns []int
	for _, proc := range check.Procedures {
		if proc.Name != c.Name {
			continue
		}
		for _, y := range c.Yields {
			for i, name := range proc.Columns {
				if name == y.Column {
					columns = append(columns, i)
				}
			}
			n.slots = append(n.slots, y.Var.Slot)
			p.bound[y.Var.Slot] = true
		}
	}
	n.rows = func(g Graph) [][]Value {
		var picked [][]Value
		for _, row := range rows(g) {
			one := make([]Value, len(columns))
			for i, from := range columns {
				one[i] = row[from]
			}
			picked = append(picked, one)
		}
		return picked
	}
	return p.where(n, c.Where)
}

// nodeTypeProperties lists, for each combination of labels, the properties that its nodes have, the kinds of
// their values, and whether every node has them.
func nodeTypeProperties(g Graph) [][]Value {
	type seen struct {
		nodes int
		kinds map[string]bool
	}
	type combination struct {
		labels []string
		nodes  int
		keys   map[KeyID]*seen
	}
	all := map[string]*combination{}
	var labels []LabelID
	var keys []KeyID
	for n := uint32(0); int(n) < g.NodeCount(); n++ {
		labels = g.AppendNodeLabels(labels[:0], n)
		var names []string
		for _, l := range labels {
			names = append(names, g.Labels()[l])
		}
		sort.Strings(names)
		title := ":`" + strings.Join(names, "`:`") + "`"
		if len(names) == 0 {
			title = ""
		}
		c := all[title]
		if c == nil {
			c = &combination{labels: names, keys: map[KeyID]*seen{}}
			all[title] = c
		}
		c.nodes++
		keys = g.AppendNodeKeys(keys[:0], n)
		for _, k := range keys {
			if c.keys[k] == nil {
				c.keys[k] = &seen{kinds: map[string]bool{}}
			}
			c.keys[k].nodes++
			c.keys[k].kinds[storedKind(g.NodeProperty(n, k))] = true
		}
	}
	var rows [][]Value
	for title, c := range all {
		for k, s := range c.keys {
			var kinds []string
			for kind := range s.kinds {
				kinds = append(kinds, kind)
			}
			sort.Strings(kinds)
			rows = append(rows, []Value{value.OfString(title), stringList(c.labels), value.OfString(g.PropertyKeys()[k]), stringList(kinds), value.OfBool(s.nodes == c.nodes)})
		}
	}
	sort.Slice(rows, func(i, j int) bool {
		if rows[i][0].Str() != rows[j][0].Str() {
			return rows[i][0].Str() < rows[j][0].Str()
		}
		return rows[i][2].Str() < rows[j][2].Str()
	})
	return rows
}

// storedKind names a kind as the procedure of Neo4j does.
func storedKind(v Value) string {
	switch v.Kind() {
	case value.Int:
		return "Long"
	case value.Float:
		return "Double"
	case value.List:
		if v.Len() == 0 {
			return "StringArray"
		}
		return storedKind(v.List()[0]) + "Array"
	}
	return v.Kind().String()
}

func stringList(list []string) Value {
	items := make([]Value, len(list))
	for i := range list {
		items[i] = value.OfString(list[i])
	}
	return value.OfList(items)
}

package storetest

import (
	"math"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

func props(kv ...any) graph.Properties {
	var p graph.Properties
	for i := 0; i < len(kv); i += 2 {
		p = append(p, graph.Property{Key: kv[i].(string), Value: kv[i+1]})
	}
	return p
}

func everyType(s *suite) {
	full := props("b", true, "c", false, "f", 1.5, "g", math.MaxFloat64, "h", -0.25, "i", int64(math.MaxInt64), "j", int64(math.MinInt64),
		"l", []string{"x", "", "x"}, "s", "text", "t", "1")
	other := props("b", "a string here, a boolean there", "i", 2.0)
	g := must(s.T, []graph.Node{
		{ID: "1", Kind: schema.Bucket, Extra: []string{"TrainingData"}, Properties: full},
		{ID: "2", Kind: schema.Role, Properties: other},
		{ID: "3", Kind: schema.Role},
	}, []graph.Edge{{From: "1", To: "2", Kind: schema.Controls, Properties: full}, {From: "2", To: "2", Kind: schema.Assumes}}, 1)
	s.publish(g)
	s.holds(g)
	s.rows("MATCH (n:Asset {id: '1'}) RETURN n.b, n.c, n.f, n.g, n.h, n.i, n.j, n.l, n.s, n.t, n.none", nil,
		[]any{true, false, 1.5, math.MaxFloat64, -0.25, int64(math.MaxInt64), int64(math.MinInt64), []any{"x", "", "x"}, "text", "1", nil})
	s.rows("MATCH (n:Asset) WHERE n.i = 2 RETURN n.id", nil, []any{"2"})
	s.rows("MATCH (n:Role) RETURN n.id AS id, labels(n) AS l, size(keys(n)) AS k ORDER BY id", nil,
		[]any{"2", []any{"Asset", "Principal", "Role"}, int64(4)}, []any{"3", []any{"Asset", "Principal", "Role"}, int64(2)})
}

func similarIDs(s *suite) {
	ids := []string{"ARN:aws:a", "arn:aws:A", "arn:aws:a", "arn:aws:a ", " arn:aws:a", "caf\u00e9", "cafe\u0301", "\u212bngstr\u00f6m", "\u00e5ngstr\u00f6m", "a", "a/", "a'", `a"`, "a`b", `a\`}
	var nodes []graph.Node
	for _, id := range ids {
		nodes = append(nodes, graph.Node{ID: id, Kind: schema.Role, Properties: props("name", id)})
	}
	g := must(s.T, nodes, []graph.Edge{{From: "arn:aws:a", To: "arn:aws:A", Kind: schema.Assumes}, {From: "caf\u00e9", To: "cafe\u0301", Kind: schema.Assumes}}, 1)
	s.publish(g)
	s.holds(g)
	for _, id := range ids {
		s.rows("MATCH (n:Asset {id: $id}) RETURN n.id, n.name", map[string]any{"id": id}, []any{id, id})
	}
}

func hostileText(s *suite) {
	texts := []string{"line\nbreak\r\n\ttab", "\u0000\u0001\u007f", "\u202egnp.exe", "😀👩‍👩‍👧 \U0010FFFF", "$x {y} `z` 'q' \"d\" \\u0041", "'; MATCH (n) DETACH DELETE n //", "<script>&amp;"}
	var nodes []graph.Node
	for i, text := range texts {
		nodes = append(nodes, graph.Node{ID: strings.Repeat("i", i+1) + text, Kind: schema.Model, Properties: props("name", text, "tags", []string{text})})
	}
	g := must(s.T, nodes, nil, 1)
	s.publish(g)
	s.holds(g)
	for _, text := range texts {
		s.rows("MATCH (n:Model) WHERE n.name = $t AND $t IN n.tags RETURN n.name, size(n.tags)", map[string]any{"t": text}, []any{text, int64(1)})
	}
}

func bigProperties(s *suite) {
	long := strings.Repeat("0123456789abcdef", 1<<14)
	var list []string
	for i := range 5000 {
		list = append(list, strings.Repeat("x", i%40))
	}
	g := must(s.T, []graph.Node{
		{ID: "a", Kind: schema.Agent, Properties: props("instruction", long, "name", long, "tags", list)},
		{ID: strings.Repeat("long/", 400), Kind: schema.Agent, Properties: props("name", "n")},
	}, []graph.Edge{{From: "a", To: "a", Kind: schema.AIActsAs, Properties: props("evidence", []string{long, long})}}, 1)
	s.publish(g)
	s.holds(g)
	s.rows("MATCH (n:Agent {name: $n}) RETURN size(n.instruction)", map[string]any{"n": long}, []any{int64(len(long))})
}

func listsAndNulls(s *suite) {
	s.publish(small())
	s.rows("RETURN null AS a, [1, null, 'x'] AS b, {k: null, l: [true]} AS c, 1.0 AS d, 1 AS e, [] AS f", nil,
		[]any{nil, []any{int64(1), nil, "x"}, map[string]any{"k": nil, "l": []any{true}}, 1.0, int64(1), []any{}})
	s.rows("MATCH (n:Role) RETURN n.tags, n.region, n.region IS NULL, n.region = 'x'", nil, []any{[]any{"a=1", "b=2"}, nil, true, nil})
	s.rows("OPTIONAL MATCH (n:Agent) RETURN n, n.id", nil, []any{nil, nil})
	s.rows("MATCH (n:Agent) RETURN n", nil)
}

func pathsAndEdges(s *suite) {
	g := small()
	s.publish(g)
	node := func(id string) graph.NodeValue {
		n, ok := g.Node(id)
		if !ok {
			s.Fatalf("no node %s", id)
		}
		return NodeValue(n)
	}
	edge := func(from string, kind schema.EdgeKind) graph.EdgeValue {
		for _, e := range g.Edges() {
			if e.From == from && e.Kind == kind {
				return EdgeValue(e)
			}
		}
		s.Fatalf("no edge %s -%s->", from, kind)
		return graph.EdgeValue{}
	}
	path := graph.PathValue{Nodes: []graph.NodeValue{node("internet"), node("nb"), node("role")},
		Edges: []graph.EdgeValue{edge("internet", schema.Exposes), edge("nb", schema.RunsAs)}}
	s.rows("MATCH p = (:Internet)-[:EXPOSES]->()-[:RUNS_AS]->(:Role) RETURN p", nil, []any{path})
	back := graph.PathValue{Nodes: []graph.NodeValue{node("nb"), node("internet")}, Edges: []graph.EdgeValue{edge("internet", schema.Exposes)}}
	s.rows("MATCH p = (:Notebook)<-[:EXPOSES]-() RETURN p", nil, []any{back})
	s.rows("MATCH p = (:Role) RETURN p", nil, []any{graph.PathValue{Nodes: []graph.NodeValue{node("role")}, Edges: []graph.EdgeValue{}}})
	again := graph.PathValue{Nodes: []graph.NodeValue{node("nb"), node("role"), node("nb")},
		Edges: []graph.EdgeValue{edge("nb", schema.HasRole), edge("nb", schema.RunsAs)}}
	s.rows("MATCH p = (:Notebook)-[:HAS_ROLE]->()<-[:RUNS_AS]-() RETURN p", nil, []any{again})
	s.rows("MATCH ()-[r:READS_DATA]->() RETURN r", nil, []any{edge("role", schema.ReadsData)})
	s.rows("MATCH ()-[r:READS_DATA]->() RETURN [r, null] AS l, {r: r} AS m", nil,
		[]any{[]any{edge("role", schema.ReadsData), nil}, map[string]any{"r": edge("role", schema.ReadsData)}})
	s.rows("MATCH p = shortestPath((a:Internet)-[:EXPOSES|RUNS_AS|READS_DATA*..8]->(b:TrainingData)) RETURN [n IN nodes(p) | n.id] AS ids", nil,
		[]any{[]any{"internet", "nb", "role", "bucket"}})
}

// nothingButTheGraph looks for what a store keeps beside the graph.
func nothingButTheGraph(s *suite) {
	g := small()
	s.publish(g)
	s.rows("MATCH (n) RETURN count(*) AS c", nil, []any{int64(len(g.Nodes()))})
	s.rows("MATCH (n) WHERE n.id IS NULL RETURN n", nil)
	s.rows("MATCH (n:!Bucket) RETURN count(n) AS c", nil, []any{int64(len(g.Nodes()) - 2)})
	s.rows("MATCH (n) WHERE NOT n:Asset RETURN labels(n)", nil)
	// The order of keys() is the server's own.
	s.rows("MATCH (n {id: 'nb'}) UNWIND keys(n) AS k RETURN k ORDER BY k", nil,
		[]any{"collected"}, []any{"direct_internet_access"}, []any{"id"}, []any{"imds_hop_limit"}, []any{"kind"}, []any{"name"})
	s.rows("MATCH (n {id: 'nb'}) RETURN labels(n) AS l", nil, []any{[]any{"AIResource", "Asset", "Notebook", "Workload"}})
	s.rows("MATCH ()-[r:HAS_ROLE]->() RETURN keys(r) AS k", nil, []any{[]any{}})
	s.rows("MATCH ()-[r]->() RETURN count(r) AS c", nil, []any{int64(len(g.Edges()))})
	s.rows("MATCH (n) WHERE NOT EXISTS { (n)--() } RETURN n.id AS id", nil, []any{"other"})
	// Properties may be tested before edges: what has no edge must not make that fail.
	s.rows("MATCH ()-[r]->(n:!Bucket) WHERE btrim(n.id, 'x') =~ 'r.*' RETURN DISTINCT n.id AS id", nil, []any{"role"})
	s.rows("RETURN COUNT { (n) } AS c", nil, []any{int64(len(g.Nodes()))})
	s.rows("MATCH p = (a)-[*0..1]->(b) WHERE length(p) = 0 RETURN count(*) AS c", nil, []any{int64(len(g.Nodes()))})
	s.rows("MATCH (a:Internet) MATCH (b) RETURN count(*) AS c", nil, []any{int64(len(g.Nodes()))})
	s.rows("CALL db.relationshipTypes() YIELD relationshipType AS t RETURN * ORDER BY t", nil, []any{"EXPOSES"}, []any{"HAS_ROLE"}, []any{"READS_DATA"}, []any{"RUNS_AS"})
	s.rows("MATCH (n:Role) WITH 1 AS z, n.id AS a RETURN *", nil, []any{"role", int64(1)})
	r := s.query(graph.Query{Text: "CALL db.labels() YIELD label WHERE label <> 'x' RETURN label ORDER BY label"})
	var labels []any
	for _, row := range r.Rows {
		labels = append(labels, row[0])
	}
	want := []any{"AIResource", "Asset", "Bucket", "DataStore", "Entry", "Internet", "NetworkNode", "Notebook", "Principal", "Role", "TrainingData", "Workload"}
	if d := cmp.Diff(want, labels); d != "" {
		s.Errorf("labels (-want +got):\n%s", d)
	}
}

package neo4j

import (
	"strings"
	"testing"

	"github.com/postern-sec/postern/internal/cypher"
)

func TestHide(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		// Patterns that need an edge or a label stay as they are.
		{"MATCH (n:Bucket) RETURN n", ""},
		{"MATCH (a)-[r]->(b) RETURN r", ""},
		{"MATCH (a)-[*1..3]->(b) RETURN b", ""},
		{"MATCH (a)-[*]->(b) RETURN b", ""},
		{"MATCH p = shortestPath((a:Role)-[*..5]->(b:Bucket)) RETURN p", ""},
		{"MATCH (a:Bucket|Role) RETURN a", ""},
		{"MATCH (a:Bucket&!Role) RETURN a", ""},
		{"MATCH (a)-[:ASSUMES]->{1,3}(b) RETURN b", ""},
		{"RETURN 1 AS one", ""},
		// Single nodes get the label.
		{"MATCH (n) RETURN n", "MATCH (n:Asset ) RETURN n"},
		{"MATCH () RETURN count(*)", "MATCH (:Asset ) RETURN count(*)"},
		{"MATCH ( n /* ) */ {id: 'x'}) RETURN n", "MATCH ( n /* ) */ :Asset {id: 'x'}) RETURN n"},
		{"MATCH (`a ) b` {id: ')'}) RETURN 1", "MATCH (`a ) b` :Asset {id: ')'}) RETURN 1"},
		{"MATCH (n WHERE n.id = 'x') RETURN n", "MATCH (n :Asset WHERE n.id = 'x') RETURN n"},
		{"MATCH (a), (b:Role) RETURN a", "MATCH (a:Asset ), (b:Role) RETURN a"},
		{"MATCH (n:!Bucket) RETURN n", "MATCH (n: Asset&(!Bucket)) RETURN n"},
		{"MATCH (n:!Bucket WHERE n.id > 'a') RETURN n", "MATCH (n: Asset&(!Bucket) WHERE n.id > 'a') RETURN n"},
		{"MATCH (n:%) RETURN n", "MATCH (n: Asset&(%)) RETURN n"},
		{"MATCH (n:(!Bucket|Role) {id: 'x'}) RETURN n", "MATCH (n: Asset&((!Bucket|Role)) {id: 'x'}) RETURN n"},
		{"MATCH (n:PosternGuard) RETURN n", "MATCH (n: Asset&(PosternGuard)) RETURN n"},
		// Parts that may have no edge do not protect their ends.
		{"MATCH (a)-[*0..2]->(b) RETURN b", "MATCH (a:Asset )-[*0..2]->(b:Asset ) RETURN b"},
		{"MATCH (a)-[*0..2]->(b)-[]->(c) RETURN b", "MATCH (a:Asset )-[*0..2]->(b)-[]->(c) RETURN b"},
		{"MATCH (a)-[:ASSUMES]->{0,3}(b:Role) RETURN b", "MATCH (a:Asset )-[:ASSUMES]->{0,3}(b:Role) RETURN b"},
		// Everywhere a pattern may stand.
		{"MATCH (a:Role) WHERE EXISTS { (b) WHERE b.id = a.id } RETURN a", "MATCH (a:Role) WHERE EXISTS { (b:Asset ) WHERE b.id = a.id } RETURN a"},
		{"RETURN COUNT { MATCH (b) } AS c", "RETURN COUNT { MATCH (b:Asset ) } AS c"},
		{"RETURN COLLECT { MATCH (b) RETURN b.id } AS c", "RETURN COLLECT { MATCH (b:Asset ) RETURN b.id } AS c"},
		{"MATCH (a:Role) CALL (a) { MATCH (b) RETURN b } RETURN b", "MATCH (a:Role) CALL (a) { MATCH (b:Asset ) RETURN b } RETURN b"},
		{"MATCH (a:Role) RETURN [(a)-[*0..1]->(b) | b.id] AS l", "MATCH (a:Role) RETURN [(a:Asset )-[*0..1]->(b:Asset ) | b.id] AS l"},
		{"MATCH (a:Role) RETURN a UNION MATCH (a) RETURN a", "MATCH (a:Role) RETURN a UNION MATCH (a:Asset ) RETURN a"},
		{"OPTIONAL MATCH (a) RETURN a", "OPTIONAL MATCH (a:Asset ) RETURN a"},
		{"MATCH (a:Role) WHERE a.id IN [x IN COLLECT { MATCH (q) RETURN q.id } | x] RETURN a", "MATCH (a:Role) WHERE a.id IN [x IN COLLECT { MATCH (q:Asset ) RETURN q.id } | x] RETURN a"},
		// Procedures.
		{"CALL db.labels()", "UNWIND $postern__db_labels AS postern__db_labels WITH postern__db_labels.label AS `label`  RETURN `label`"},
		{"CALL db.labels() YIELD label RETURN label", "UNWIND $postern__db_labels AS postern__db_labels WITH *, postern__db_labels.label AS `label`  RETURN label"},
		{"MATCH (a:Role) CALL db.labels() YIELD label AS l WHERE l > 'A' RETURN l, a", "MATCH (a:Role) UNWIND $postern__db_labels AS postern__db_labels WITH *, postern__db_labels.label AS `l`  WHERE l > 'A' RETURN l, a"},
	} {
		if c.want == "" {
			c.want = c.text
		}
		if _, _, err := cypher.Prepare(c.text, nil); err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		got, err := hide(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
		} else if got.text != c.want {
			t.Errorf("%s:\n got  %s\n want %s", c.text, got.text, c.want)
		}
	}
}

func TestHideRefusesReservedNames(t *testing.T) {
	if _, err := hide("RETURN 1 AS " + reserved + "x"); err == nil {
		t.Error("no error")
	}
}

// FuzzHide: a query that parses must be hidden without a fault, and still
// parse.
func FuzzHide(f *testing.F) {
	for _, text := range []string{"MATCH (n) RETURN n", "MATCH (n:!A|B {x: 1} WHERE n.y) RETURN n", "CALL db.labels() YIELD label AS l WHERE l RETURN *", "MATCH (a)-[*0..]-(b) RETURN [(a) | 1]", "MATCH (`a``b`) RETURN 1 // x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, _, err := cypher.Prepare(text, nil); err != nil {
			return
		}
		h, err := hide(text)
		if err != nil {
			if !strings.Contains(text, reserved) {
				t.Fatal(err)
			}
			return
		}
		if _, _, err := cypher.Prepare(h.text, nil); err != nil && len(h.procedures) == 0 {
			t.Fatalf("%q became %q: %v", text, h.text, err)
		}
	})
}

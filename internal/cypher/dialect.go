package cypher

import (
	"fmt"
	"sort"
	"strings"

	"github.com/postern-sec/postern/internal/cypher/check"
	"github.com/postern-sec/postern/internal/cypher/parser"
)

//go:generate go test -run TestDialectPage -update .

// Form is one construct of the dialect, with a whole query that uses it.
type Form struct{ Name, Query string }

// Forms are the constructs of the dialect beyond clauses, operators and functions. A test prepares every query.
var Forms = []Form{
	{"node with labels, properties, inline WHERE", "MATCH (n:Bucket {region: 'eu-west-1'} WHERE n.size > 10) RETURN n"},
	{"label expression: and, or, not, any", "MATCH (n:(A|B)&!C&%) RETURN n"},
	{"relationship, either direction", "MATCH (a)-[r:CAN_READ|CAN_WRITE {verdict: 'allow'}]->(b)<--(c)--(d) RETURN r"},
	{"type expression", "MATCH (a)-[r:!CONTAINS]->(b) RETURN r"},
	{"variable length", "MATCH (a)-[r:ATTACK*1..8]->(b) RETURN r"},
	{"quantified relationship", "MATCH (a)-[r:ATTACK WHERE r.verdict = 'allow']->{1,8}(b) RETURN r"},
	{"quantified path", "MATCH (a) ((x)-[r:ATTACK]->(y) WHERE x.account <> y.account){1,8} (b) RETURN x, r, y"},
	{"quantifiers + and *", "MATCH (a)-[:ATTACK]->+(b)-[:IN]->*(c) RETURN c"},
	{"path variable", "MATCH p = (a)-[:ATTACK]->(b) RETURN nodes(p), relationships(p), length(p)"},
	{"shortestPath", "MATCH (a:Internet), (b:Bucket) MATCH p = shortestPath((a)-[:ATTACK*..8]->(b)) WHERE all(r IN relationships(p) WHERE r.verdict = 'allow') RETURN p"},
	{"allShortestPaths", "MATCH (a:Internet), (b:Bucket) MATCH p = allShortestPaths((a)-[:ATTACK*..8]->(b)) RETURN p"},
	{"SHORTEST k", "MATCH p = SHORTEST 5 (a:Internet)-[:ATTACK]->{1,8}(b:Bucket) RETURN p"},
	{"SHORTEST k GROUPS", "MATCH p = SHORTEST 2 GROUPS (a:Internet)-[:ATTACK]->{1,8}(b:Bucket) RETURN p"},
	{"ALL SHORTEST", "MATCH p = ALL SHORTEST (a:Internet)-[:ATTACK]->{1,8}(b:Bucket) RETURN p"},
	{"ANY", "MATCH p = ANY (a:Internet)-[:ATTACK]->{1,8}(b:Bucket) RETURN p"},
	{"ANY SHORTEST", "MATCH p = ANY SHORTEST (a:Internet)-[:ATTACK]->{1,8}(b:Bucket) RETURN p"},
	{"condition inside a searched path", "MATCH p = SHORTEST 1 ((a:Internet)-[:ATTACK]->{1,8}(b) WHERE a.account <> b.account) RETURN p"},
	{"pattern as a condition", "MATCH (a) WHERE (a)-[:ATTACK]->(:Bucket) AND NOT exists((a)--()) RETURN a"},
	{"EXISTS", "MATCH (a) WHERE EXISTS { (a)-[:ATTACK]->(b) WHERE b.public } RETURN a"},
	{"EXISTS with clauses", "MATCH (a) WHERE EXISTS { MATCH (a)-->(b) WITH b LIMIT 1 RETURN b } RETURN a"},
	{"COUNT", "MATCH (a) RETURN a.id, COUNT { (a)-[:ATTACK]->() } AS n"},
	{"COLLECT", "MATCH (a) RETURN COLLECT { MATCH (a)-->(b) RETURN b.id ORDER BY b.id } AS ids"},
	{"pattern comprehension", "MATCH (a) RETURN [p = (a)-->(b) WHERE b.public | b.id] AS ids"},
	{"list comprehension", "RETURN [x IN range(1, 9) WHERE x % 2 = 1 | x * x] AS squares"},
	{"all, any, none, single", "RETURN all(x IN [1] WHERE x > 0), any(x IN [1] WHERE x > 0), none(x IN [1] WHERE x > 0), single(x IN [1] WHERE x > 0)"},
	{"reduce", "RETURN reduce(total = 0, x IN [1, 2, 3] | total + x) AS total"},
	{"map projection", "MATCH (a) RETURN a{.id, .*, labels: labels(a)} AS a"},
	{"CASE", "MATCH (a) RETURN CASE a.kind WHEN 'role', 'user' THEN 1 ELSE 0 END, CASE WHEN a.public THEN 'open' END"},
	{"trim with a specification", "RETURN trim(BOTH 'x' FROM 'xax'), trim(LEADING FROM ' a'), trim('x' FROM 'xa')"},
	{"index and slice", "WITH [1, 2, 3] AS l, {k: 1} AS m RETURN l[0], l[-1], l[0..2], m['k'], m.k"},
	{"label as a condition", "MATCH (n) WHERE n:Role|Bucket AND n IS Entry RETURN n"},
	{"chained comparison", "RETURN 1 < 2 <= 3 AS yes"},
	{"CALL with imports", "MATCH (a:Internet) CALL (a) { MATCH (a)-->(b) RETURN b LIMIT 3 } RETURN a, b"},
	{"CALL with an importing WITH", "MATCH (a:Internet) CALL { WITH a MATCH (a)-->(b) RETURN count(b) AS n } RETURN a, n"},
	{"UNION", "MATCH (a:A) RETURN a.id AS id UNION MATCH (b:B) RETURN b.id AS id"},
	{"parameter", "MATCH (a {id: $id}) RETURN a"},
	{"procedure", "CALL db.labels() YIELD label RETURN label ORDER BY label"},
}

// Refusal is a construct of Neo4j that the dialect refuses, with a query that shows it.
type Refusal struct{ Name, Query string }

// Refusals are constructs that are refused by name. A test checks that every query is, with what to write instead.
var Refusals = []Refusal{
	{"writing clauses", "CREATE (n)"},
	{"LOAD CSV", "LOAD CSV FROM 'file:///x' AS row RETURN row"},
	{"planner hints", "MATCH (n:A) USING INDEX n:A(id) WHERE n.id = 1 RETURN n"},
	{"version prefixes", "CYPHER 5 MATCH (n) RETURN n"},
	{"CALL ... IN TRANSACTIONS", "MATCH (n) CALL (n) { RETURN 1 AS one } IN TRANSACTIONS RETURN one"},
	{"id() and elementId()", "MATCH (n) RETURN id(n)"},
	{"dates, times and durations", "RETURN datetime()"},
	{"places", "RETURN point({x: 1, y: 2})"},
	{"libraries of procedures", "CALL apoc.meta.schema()"},
	{"libraries of functions", "RETURN apoc.coll.max([1])"},
	{"predicates on types", "MATCH (n) WHERE n.x IS :: INTEGER RETURN n"},
	{"the old function exists(property)", "MATCH (n) WHERE exists(n.x) RETURN n"},
	{"other conditions on the path of shortestPath", "MATCH p = shortestPath((a)-[*..8]->(b)) WHERE length(p) > 3 RETURN p"},
	{"shortestPath as a value", "MATCH (a), (b) RETURN shortestPath((a)-[*]->(b))"},
	{"WHERE inside a relationship with a star", "MATCH (a)-[r* WHERE r.x = 1]->(b) RETURN r"},
	{"branches of CASE that begin with an operator", "RETURN CASE 1 WHEN > 0 THEN 'more' END"},
	{"dynamic labels", "MATCH (n:$x) RETURN n"},
	{"a parameter as all properties", "MATCH (n $props) RETURN n"},
	{"a parameter as the number of paths", "MATCH p = SHORTEST $k (a)-->+(b) RETURN p"},
	{"a variable for a part of a path", "MATCH (p = (a)-->(b)) RETURN p"},
	{"look-around in regular expressions", "RETURN 'a' =~ '(?=a)a'"},
	{"back-references in regular expressions", "RETURN 'aa' =~ '(a)\\\\1'"},
	{"possessive quantifiers in regular expressions", "RETURN 'a' =~ 'a++'"},
	{"classes inside classes of regular expressions", "RETURN 'a' =~ '[a-z&&[^b]]'"},
	{"flags of regular expressions beside i, s and u", "RETURN 'a' =~ '(?x) a'"},
	{"computed labels", "MATCH (n:$(x)) RETURN n"},
	{"a relationship twice in one pattern, where Neo4j finds nothing", "MATCH (a)-[r]->(b)-[r]->(c) RETURN r"},
	{"a node twice in a quantified path, where Neo4j finds nothing", "MATCH (a) ((x)-[r]->(x)){1,3} (b) RETURN x"},
	{"OPTIONAL CALL of a procedure", "OPTIONAL CALL db.labels() YIELD label RETURN label"},
	{"escapes outside of strings", "RETURN \\u0031 AS one"},
	{"escapes that Neo4j reads before strings", `RETURN '\u0027' AS quotation`},
	{"halves of characters", `RETURN '\uD83D' AS half`},
	{"dashes and arrows of other alphabets", "MATCH (a)\u2013\u2013(b) RETURN a"},
	{"a blank behind $", "RETURN $ id AS id"},
}

// DialectPage is the documentation of the dialect in Markdown, made from the tables that the parser and the checker use.
func DialectPage() string {
	var b strings.Builder
	b.WriteString(`<!-- Code generated by go generate in internal/cypher. DO NOT EDIT. -->

# The query dialect

Queries are written in a closed, read-only subset of openCypher with the path forms of Neo4j 5. This page lists
everything that is in it. What is not listed is refused with line, column and what to write instead; nothing is
ignored silently. The page is generated from the tables of the parser and the checker.

## Clauses

`)
	for _, c := range parser.Clauses {
		fmt.Fprintf(&b, "- `%s`\n", c)
	}
	b.WriteString("\n## Forms\n\nEvery query of this table is accepted; a test sees to it.\n\n| form | example |\n|---|---|\n")
	for _, f := range Forms {
		fmt.Fprintf(&b, "| %s | `%s` |\n", f.Name, strings.ReplaceAll(f.Query, "|", "\\|"))
	}
	b.WriteString("\n## Operators, from the loosest to the tightest\n\n")
	for i, level := range parser.Operators {
		fmt.Fprintf(&b, "%d. `%s`\n", i+1, strings.Join(level, "` `"))
	}
	functionTables(&b)
	b.WriteString("\n## Procedures\n\n| procedure | columns | |\n|---|---|---|\n")
	for _, p := range check.Procedures {
		fmt.Fprintf(&b, "| `%s()` | %s | %s |\n", p.Name, strings.Join(p.Columns, ", "), p.Doc)
	}
	b.WriteString(semantics)
	refusalTables(&b)
	return b.String()
}

func functionTables(b *strings.Builder) {
	for _, aggregates := range []bool{false, true} {
		title := "Functions"
		if aggregates {
			title = "Aggregates"
		}
		fmt.Fprintf(b, "\n## %s\n\n| name | arguments | gives | |\n|---|---|---|---|\n", title)
		for _, f := range check.Functions {
			if f.Aggregate == aggregates {
				fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", f.Name, argumentsText(f), f.Result, f.Doc)
			}
		}
	}
}

func argumentsText(f check.Function) string {
	var args []string
	for i := 0; i < f.Max || i < f.Min; i++ {
		text := "Any"
		if i < len(f.Args) && f.Args[i] != 0 {
			text = f.Args[i].String()
		}
		if i >= f.Min {
			text = "[" + text + "]"
		}
		args = append(args, text)
	}
	if f.Max < 0 {
		args = append(args, "...")
	}
	return strings.Join(args, ", ")
}

var semantics = fmt.Sprintf(`
## Rules worth knowing

- A relationship matches once in one MATCH, across all its comma-separated paths; nodes may repeat.
- A condition on the path of shortestPath takes part in the search; a WHERE behind SHORTEST filters what was found.
  Conditions inside the parentheses of the path take part in the search.
- A path with a selector is alone in its MATCH. Which of equally long paths it gives is free: order the result.
- shortestPath from a node to itself is an error: exclude it with WHERE a <> b. Its lower bound is 0 or 1.
- Numbers are 64-bit integers and floats; 1 = 1.0 is true, an integer beyond 64 bits is an error, division of integers truncates.
- null is unknown: comparisons with it are null, and WHERE keeps only what is true.
- ORDER BY puts maps before nodes, relationships, lists, paths, strings, booleans, numbers and null; descending the other way.
- A map projection's own entries go over those of .*, wherever it stands; the column takes the variable's name.
- An empty delimiter of split, and an empty text to replace, part a string between characters, where Neo4j parts
  those beyond the first 65,536 in two.
- Every keyword may be a variable; true, false, null, NaN, Infinity and Inf need back-ticks.
- Regular expressions are written as in Java, match the whole string and take linear time: no look-around, back-references,
  possessive quantifiers, nested classes. Word boundaries and (?i) know ASCII letters, (?iu) all.
- rand() gives the same numbers in every run.
- A query has at most %d bytes, %d levels of nesting and %d operators; a regular expression at most 4096 bytes.
- A limit on rows, steps, memory or time cuts the answer; the answer then says which one, and that it is not exhaustive.
`, parser.MaxText, parser.MaxDepth, parser.MaxTerms)

func refusalTables(b *strings.Builder) {
	b.WriteString("\n## Refused by name\n\n| construct | example | answer |\n|---|---|---|\n")
	for _, r := range Refusals {
		answer := ""
		if _, _, err := Prepare(r.Query, nil); err != nil {
			answer = err.Error()
		}
		fmt.Fprintf(b, "| %s | `%s` | %s |\n", r.Name, strings.ReplaceAll(r.Query, "|", "\\|"), strings.ReplaceAll(answer, "|", "\\|"))
	}
	words := parser.WritingWords()
	sort.Strings(words)
	fmt.Fprintf(b, "\nWords that begin a clause that writes or administrates: %s.\n", strings.Join(words, ", "))
	b.WriteString("\nOther clauses:\n\n")
	for _, f := range parser.ForeignClauses {
		fmt.Fprintf(b, "- `%s`: %s\n", f.Words, f.Instead)
	}
	b.WriteString("\nFunctions and libraries:\n\n")
	for _, name := range check.RefusedNames() {
		fmt.Fprintf(b, "- `%s`: %s\n", name, check.Refused[name])
	}
}

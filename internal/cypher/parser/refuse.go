package parser

import (
	"strings"

	"github.com/postern-sec/postern/internal/cypher/ast"
)

// writing are the words that begin a clause that writes or administrates. The engine only reads.
var writing = map[string]bool{
	"CREATE": true, "MERGE": true, "SET": true, "DELETE": true, "DETACH": true, "NODETACH": true, "REMOVE": true,
	"FOREACH": true, "DROP": true, "INSERT": true, "ALTER": true, "GRANT": true, "DENY": true, "REVOKE": true,
	"START": true, "STOP": true, "TERMINATE": true, "RENAME": true,
}

// Foreign is a clause of Neo4j that the dialect does not have, and what to write instead.
type Foreign struct{ Words, Instead string }

// ForeignClauses are the reading clauses that are refused by name.
var ForeignClauses = []Foreign{
	{"LOAD CSV", "give the rows as a parameter: UNWIND $rows AS row"},
	{"USE", "there is one graph; leave the clause out"},
	{"SHOW", "call db.labels(), db.relationshipTypes() or db.propertyKeys()"},
	{"FINISH", "end the query with RETURN"},
	{"LET", "write WITH *, expression AS name"},
	{"FILTER", "write WITH * WHERE condition"},
	{"FOR", "write UNWIND list AS name"},
	{"NEXT", "write WITH"},
	{"CYPHER", "leave the version prefix out"},
	{"EXPLAIN", "ask for the plan with the explain option of the command"},
	{"PROFILE", "ask for the profile with the profile option of the command"},
	{"USING", "leave planner hints out; the planner uses exact statistics"},
}

// WritingWords are the words that begin a clause that writes, for the documentation.
func WritingWords() []string {
	words := make([]string, 0, len(writing))
	for w := range writing {
		words = append(words, w)
	}
	return words
}

// refuseClause fails with its own message when the next words begin a clause that is known but not in the dialect.
func (p *parser) refuseClause() {
	t := p.peek()
	if t.kind != word {
		return
	}
	first := strings.ToUpper(p.text(t))
	if writing[first] {
		p.fail(ast.Errorf(ast.Unsupported, "ReadOnly", ast.Pos(t.start), "%s writes; this engine is read-only", first).
			Hint("ask with MATCH ... RETURN"))
	}
	for _, f := range ForeignClauses {
		words := strings.Fields(f.Words)
		if p.isWords(words...) {
			p.fail(ast.Errorf(ast.Unsupported, "UnsupportedClause", ast.Pos(t.start), "%s is not in the dialect", f.Words).Hint("%s", f.Instead))
		}
	}
}

package differential

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/internal/cypher"
)

// parameters are what the queries of testdata may use.
var parameters = map[string]any{"i": int64(2), "s": "alpha", "l": []any{int64(1), nil, int64(3)}, "m": map[string]any{"k": "n1"}, "none": nil}

// TestHandWritten runs each line of testdata/*.cypher on two graphs. A line
// that begins with // is a comment.
func TestHandWritten(t *testing.T) {
	s := open(t)
	files, err := filepath.Glob("testdata/*.cypher")
	if err != nil {
		t.Fatal(err)
	}
	for _, seed := range []uint64{5, 8} {
		s.publish(t, randomGraph(t, rand.New(rand.NewPCG(seed, 0))))
		count := map[outcome]int{}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(string(text), "\n") {
				if line == "" || strings.HasPrefix(line, "//") {
					continue
				}
				q := question{text: line, params: parameters, ordered: ordered(line), bags: freeLists(line), path: freePaths(line)}
				end, problem := s.ask(t.Context(), q)
				count[end]++
				if end == differs {
					t.Errorf("%s:%d: %s\n  %s", f, i+1, line, problem)
				}
			}
		}
		t.Logf("graph %d: %d with equal rows, %d refused by both, %d left out of the dialect, %d too large, %d differ",
			seed, count[same], count[refused], count[outside], count[tooLarge], count[differs])
		if count[same] < 200 {
			t.Errorf("only %d cases have rows to compare", count[same])
		}
	}
}

// TestDialectPage: Neo4j accepts every form of the dialect's page and gives the
// same rows.
func TestDialectPage(t *testing.T) {
	s := open(t)
	s.publish(t, randomGraph(t, rand.New(rand.NewPCG(1, 0))))
	params := map[string]any{"id": "n1"}
	for _, f := range cypher.Forms {
		q := question{text: f.Query, params: params, bags: true, path: freePaths(f.Query)}
		if end, problem := s.ask(t.Context(), q); end != same {
			t.Errorf("%s: %s: outcome %d: %s", f.Name, f.Query, end, problem)
		}
	}
}

// ordered reports whether an ORDER BY outside all braces orders the rows of the answer: one of a subquery does not, nor
// one before a clause that makes rows of its own.
func ordered(text string) bool {
	depth, found := 0, false
	for i, r := range text {
		switch r {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth > 0 {
			continue
		}
		found = found || strings.HasPrefix(text[i:], "ORDER BY")
		for _, clause := range []string{" MATCH ", " CALL ", " UNWIND "} {
			found = found && !strings.HasPrefix(text[i:], clause)
		}
	}
	return found
}

// freeLists reports whether lists of the answer may stand in any order.
func freeLists(text string) bool {
	for _, word := range []string{"collect(", "COLLECT {", "labels(", "keys(", "[(", "[p = ("} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// freePaths allows every edge where a query selects among equal paths.
func freePaths(text string) func(graph.EdgeValue) bool {
	upper := strings.ToUpper(text)
	if strings.Contains(upper, "SHORTEST") || strings.Contains(upper, "= ANY") {
		return func(graph.EdgeValue) bool { return true }
	}
	return nil
}

package cypher_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/internal/cypher"
	"github.com/postern-sec/postern/internal/cypher/check"
	"github.com/postern-sec/postern/internal/cypher/cyphertest"
)

// TestExpressions names rules of the language that the TCK leaves open or that decide about wrong answers.
func TestExpressions(t *testing.T) {
	g := (&cyphertest.Builder{}).Freeze()
	for _, c := range []struct {
		text string
		want any
	}{
		{"null = null", nil},
		{"null <> 1", nil},
		{"1 = 1.0", true},
		{"9007199254740993 = 9007199254740992.0", false},
		{"1 IN [null, 1]", true},
		{"2 IN [null, 1]", nil},
		{"[1, null] = [1, null]", nil},
		{"[1, null] = [2, null]", false},
		{"{a: null} = {a: null}", nil},
		{"false AND null", false},
		{"true OR null", true},
		{"true XOR null", nil},
		{"not null", nil},
		{"1 < 'a'", nil},
		{"1 < 2 < 3", true},
		{"3 > 2 > 2", false},
		{"7 / 2", int64(3)},
		{"-7 / 2", int64(-3)},
		{"-7 % 3", int64(-1)},
		{"7 / 2.0", 3.5},
		{"2 ^ 3", 8.0},
		{"1 / 0.0", math.Inf(1)},
		{"'a' + 1 + 2.0", "a12.0"},
		{"[1] + 2 + [3]", []any{int64(1), int64(2), int64(3)}},
		{"[1] + null", nil},
		{"toString(1e10) + toString(0.0001)", "1.0E101.0E-4"},
		{"toInteger('1.9')", int64(1)},
		{"toInteger('x')", nil},
		{"toFloat('0x10')", nil},
		{"substring('häuser', 1, 3)", "äus"},
		{"left('häuser', 2) + right('häuser', 2)", "häer"},
		{"size('häuser')", int64(6)},
		{"reverse('äb')", "bä"},
		{"split('a,b;c', ',')", []any{"a", "b;c"}},
		{"replace('aaa', 'a', 'b')", "bbb"},
		{"[1, 2, 3][-1]", int64(3)},
		{"[1, 2, 3][5]", nil},
		{"[1, 2, 3][-2..]", []any{int64(2), int64(3)}},
		{"[1, 2, 3][1..null]", nil},
		{"all(x IN [true, null] WHERE x)", nil},
		{"any(x IN [true, null] WHERE x)", true},
		{"none(x IN [false, null] WHERE x)", nil},
		{"single(x IN [true, true, null] WHERE x)", false},
		{"single(x IN [true, null] WHERE x)", nil},
		{"CASE null WHEN null THEN 1 ELSE 2 END", int64(2)},
		{"replace('abc', '', 'x')", "xaxbxcx"},
		{"toInteger(' 12 ')", nil},
		{"toFloat(' 1.5 ')", 1.5},
		{"round(-2.5, 0)", -2.0},
		{"round(-2.55, 1)", -2.6},
		{"toUpper('straße')", "STRASSE"},
		{"abs(-9223372036854775808)", int64(math.MinInt64)},
		{"{a: 1} < {a: 2}", true},
		{"1_000 + 0", int64(1000)},
		{"CASE 2 WHEN 1, 2 THEN 'x' END", "x"},
		{"reduce(s = 0, x IN [1, 2, 3] | s + x)", int64(6)},
		{"coalesce(null, 2, 3)", int64(2)},
		{"range(5, 1, -2)", []any{int64(5), int64(3), int64(1)}},
		{"range(1, 0)", []any{}},
		{"head([])", nil},
		{"'ab' =~ 'A.'", false},
		{"'ab' =~ '(?i)A.'", true},
		{"'abc' =~ 'ab'", false},
		{"'a' STARTS WITH null", nil},
		{"1 CONTAINS 'a'", nil},
		{"round(-1.5)", -1.0},
		{"round(2.5)", 3.0},
		{"round(1.249, 1)", 1.2},
		{"sign(-3)", int64(-1)},
		{"abs(-3)", int64(3)},
		{"0x1F + 0o17", int64(46)},
		{"-9223372036854775808", int64(math.MinInt64)},
		{"{a: 1}['a']", int64(1)},
		{"{a: 1}.b", nil},
		{"'\\u00e4' + \"\\n\"", "ä\n"},
		{"isEmpty([]) AND isEmpty('') AND isEmpty({})", true},
		{"nullIf(1, 1)", nil},
		{"keys({b: 1, a: 2})", []any{"a", "b"}},
		{"toBooleanOrNull([])", nil},
		{"toIntegerList(['1', 2.5, 'x'])", []any{int64(1), int64(2), nil}},
	} {
		result, err := execute(g, "RETURN "+c.text+" AS v")
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if diff := cmp.Diff(c.want, result.Rows[0][0]); diff != "" {
			t.Errorf("%s: %s", c.text, diff)
		}
	}
}

// TestQueries checks clauses that the TCK leaves out.
func TestQueries(t *testing.T) {
	g := (&cyphertest.Builder{}).Freeze()
	for _, c := range []struct {
		text string
		want [][]any
	}{
		{"UNWIND [3, 1, 2] AS x RETURN x ORDER BY x DESC SKIP 1 LIMIT 1", [][]any{{int64(2)}}},
		{"UNWIND [1, 'a', null, [1], {a: 1}, true, 1.5] AS x WITH x ORDER BY x RETURN collect(x) AS l, count(*) AS n",
			[][]any{{[]any{map[string]any{"a": int64(1)}, []any{int64(1)}, "a", true, int64(1), 1.5}, int64(7)}}},
		{"UNWIND [1, 1.0, null, null] AS x RETURN count(DISTINCT x) AS a, count(x) AS b, count(*) AS c", [][]any{{int64(1), int64(2), int64(4)}}},
		{"UNWIND [] AS x RETURN count(x) AS n, sum(x) AS s, avg(x) AS a, min(x) AS m, collect(x) AS l", [][]any{{int64(0), int64(0), nil, nil, []any{}}}},
		{"UNWIND [] AS x RETURN x, count(*) AS n", nil},
		{"UNWIND [1, 2, 3, 4] AS x RETURN stDevP(x) AS p, percentileCont(x, 0.5) AS c, percentileDisc(x, 0.5) AS d", [][]any{{math.Sqrt(1.25), 2.5, int64(2)}}},
		{"UNWIND [1, 2] AS x CALL (x) { UNWIND range(1, x) AS y RETURN sum(y) AS s } RETURN x, s", [][]any{{int64(1), int64(1)}, {int64(2), int64(3)}}},
		{"UNWIND [1, 2] AS x CALL { WITH x RETURN x * 10 AS y UNION ALL WITH x RETURN x * 100 AS y } RETURN y ORDER BY y", [][]any{{int64(10)}, {int64(20)}, {int64(100)}, {int64(200)}}},
		{"UNWIND [1, 2] AS x OPTIONAL CALL (x) { UNWIND range(2, x) AS y RETURN y } RETURN x, y", [][]any{{int64(1), nil}, {int64(2), int64(2)}}},
		{"UNWIND [1, 2, 3] AS x RETURN COUNT { UNWIND range(1, x) AS y RETURN y } AS n, COLLECT { UNWIND range(1, x) AS y RETURN y * x } AS l ORDER BY n DESC LIMIT 1",
			[][]any{{int64(3), []any{int64(3), int64(6), int64(9)}}}},
		{"RETURN 1 AS a UNION RETURN 1 AS a UNION RETURN 2 AS a", [][]any{{int64(1)}, {int64(2)}}},
		{"WITH {a: 1, b: 2} AS m RETURN m{.a, c: 3} AS p", [][]any{{map[string]any{"a": int64(1), "c": int64(3)}}}},
		{"OPTIONAL MATCH (n) RETURN n, n.x AS x, labels(n) AS l", [][]any{{nil, nil, nil}}},
		{"WITH [1, 2] AS a, 2 AS b RETURN [x IN a WHERE x < b | {x: x, ys: [y IN a WHERE y > x]}] AS r", [][]any{{[]any{map[string]any{"x": int64(1), "ys": []any{int64(2)}}}}}},
	} {
		result, err := execute(g, c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if diff := cmp.Diff(c.want, result.Rows); diff != "" {
			t.Errorf("%s: %s", c.text, diff)
		}
	}
}

// TestErrors checks place, kind, code and suggestion of errors.
func TestErrors(t *testing.T) {
	g := estate()
	for _, c := range []struct {
		text string
		kind string
		want string // Code and text
	}{
		{"MATCH (n)\n  DELETE n", "unsupported", "ReadOnly 2:3: DELETE writes; this engine is read-only; ask with MATCH ... RETURN"},
		{"MATCH (role:A) RETURN rol", "semantic", "UndefinedVariable 1:23: the variable rol is not defined; did you mean role?"},
		{"RETURN tolowr('A')", "semantic", "UnknownFunction 1:8: there is no function tolowr; did you mean toLower?"},
		{"RETURN 'ä', 1 +", "syntax", "UnexpectedSyntax 1:16: the query ends where an expression is expected"},
		{"MATCH (n RETURN n", "syntax", "UnexpectedSyntax 1:10: unexpected \"RETURN\", expected ')'"},
		{"MATCH (n) WHERE n.x != 1 RETURN n", "syntax", "UnexpectedSyntax 1:21: != is not an operator; write <>"},
		{"MATCH (a), p = SHORTEST 2 (a)-->+(b) RETURN p", "semantic", "UnexpectedSyntax 1:12: a path with a selector must be alone in its MATCH; put the other paths into a MATCH of their own before it"},
		{"UNWIND [0] AS x RETURN 1 / x", "runtime", "DivisionByZero 1:26: division by zero"},
		{"RETURN 9223372036854775807 + 1", "runtime", "IntegerOverflow 1:28: the result of + is outside the range of integers"},
		{"MATCH (a {id: 1}) MATCH p = shortestPath((a)-[*]-(a)) RETURN p", "runtime", "ShortestPathCommonEndNodes 1:25: "},
		{"RETURN $missing", "runtime", "MissingParameter 1:8: the parameter $missing has no value"},
		{"MATCH (n) RETURN n LIMIT n.x", "semantic", "NonConstantExpression 1:26: "},
		{"CALL db.lables()", "unsupported", "ProcedureNotFound 1:1: the procedure db.lables is not in the dialect; there are db.labels(), "},
	} {
		q, _, err := cypher.Prepare(c.text, nil)
		if err == nil {
			_, err = q.Run(t.Context(), g, nil, cypher.DefaultLimits())
		}
		var e *cypher.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: error %v", c.text, err)
			continue
		}
		if got := e.Code + " " + e.Error(); !strings.HasPrefix(got, c.want) || e.Kind.String() != c.kind {
			t.Errorf("%s\n  got  %s %s\n  want %s %s", c.text, e.Kind, got, c.kind, c.want)
		}
	}
}

// TestWarnings checks that a misspelt name is told, with the nearest known one: else it looks like "no risk".
func TestWarnings(t *testing.T) {
	catalog := &cypher.Catalog{Labels: []string{"Bucket", "Role"}, Types: []string{"CAN_READ"}, Properties: []string{"id", "public"}}
	_, warnings, err := cypher.Prepare("MATCH (b:Buckt)-[:CAN_RAED]->(r:Role {publik: true})\nWHERE b.idd = 1 RETURN r.id", catalog)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range warnings {
		got = append(got, w.String())
	}
	want := []string{
		"1:10: there is no label Buckt: nothing will match it; did you mean Bucket?",
		"1:19: there is no relationship type CAN_RAED: nothing will match it; did you mean CAN_READ?",
		"1:38: there is no property publik: nothing will match it; did you mean public?",
		"2:8: there is no property idd: nothing will match it; did you mean id?",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, warnings, _ = cypher.Prepare("MATCH (b:Bucket)-[:CAN_READ]->(r:Role {public: true}) RETURN b.id, {x: 1}.x", catalog); len(warnings) > 0 {
		t.Errorf("warnings of a good query: %v", warnings)
	}
}

// TestFunctionsAreImplemented calls every function of the table with null, which finds one without an implementation.
func TestFunctionsAreImplemented(t *testing.T) {
	g := (&cyphertest.Builder{}).Freeze()
	for _, f := range check.Functions {
		args := strings.TrimSuffix(strings.Repeat("null, ", f.Min), ", ")
		if f.Name == "range" {
			args = "1, 2"
		}
		if f.Min == 2 && f.Aggregate {
			args = "null, 0.5"
		}
		if _, err := execute(g, "RETURN "+f.Name+"("+args+")"); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

// TestParameters checks the kinds of Go values that parameters may be.
func TestParameters(t *testing.T) {
	g := (&cyphertest.Builder{}).Freeze()
	q, _, err := cypher.Prepare("RETURN $p AS p", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ in, want any }{
		{nil, nil}, {true, true}, {7, int64(7)}, {uint8(7), int64(7)}, {float32(0.5), 0.5}, {"x", "x"},
		{[]string{"a"}, []any{"a"}}, {map[string]int{"a": 1}, map[string]any{"a": int64(1)}}, {[]any{nil, []int{1}}, []any{nil, []any{int64(1)}}},
	} {
		result, err := q.Run(t.Context(), g, cypher.Params{"p": c.in}, cypher.Limits{})
		if err != nil {
			t.Errorf("%v: %v", c.in, err)
			continue
		}
		if diff := cmp.Diff(c.want, result.Rows[0][0]); diff != "" {
			t.Errorf("%v: %s", c.in, diff)
		}
	}
	for _, bad := range []any{uint64(math.MaxUint64), struct{}{}, map[int]int{1: 1}} {
		if _, err := q.Run(t.Context(), g, cypher.Params{"p": bad}, cypher.Limits{}); err == nil {
			t.Errorf("%v is accepted", bad)
		}
	}
}

package cypher

import (
	"fmt"
	"time"
)

// Params are the values of a query's parameters by name without the dollar sign: nil, bool, any Go integer
// or float, string, slices and maps with string keys of such values. A uint64 beyond int64 is an error.
type Params map[string]any

// Limits bound one run of a query. The zero value of a field means no limit of that kind.
type Limits struct {
	// MaxRows is the largest number of rows that the result may have; more are cut and the result says so.
	MaxRows int64
	// MaxExpansions bounds the steps of work: edges looked at, rows produced by any operator, list elements made.
	MaxExpansions int64
	// MaxMemory bounds the bytes that sorting, grouping, searching and the result itself hold.
	MaxMemory int64
	// MaxTime bounds the wall-clock time of the run.
	MaxTime time.Duration
}

// DefaultLimits are limits that suit a person asking one question: 100,000 rows, 200 million steps, 1 GiB, 60 seconds.
func DefaultLimits() Limits {
	return Limits{MaxRows: 100_000, MaxExpansions: 200_000_000, MaxMemory: 1 << 30, MaxTime: time.Minute}
}

// The values of Result.TruncatedAt.
const (
	TruncatedRows   = "rows"
	TruncatedPaths  = "paths"
	TruncatedMemory = "memory"
	TruncatedTime   = "time"
)

// Result is the answer of one run.
type Result struct {
	Columns []string
	// Rows hold nil, bool, int64, float64, string, []any, map[string]any, Node, Edge and Path.
	Rows [][]any
	// Exhaustive is false when a limit cut the answer: then rows may be missing, and an answer computed
	// from all rows (a count, a sort) is absent rather than wrong. TruncatedAt names the limit, "" when exhaustive.
	Exhaustive  bool
	TruncatedAt string
	// Plan is the operators that ran, with rows and time when the run was profiled.
	Plan *Plan
}

// Node is a node in a result.
type Node struct {
	ID         string
	Labels     []string
	Properties map[string]any
}

// Edge is an edge in a result; From and To are the ids of its nodes.
type Edge struct {
	From, To   string
	Kind       string
	Properties map[string]any
}

// Path is a path in a result: Edges[i] joins Nodes[i] and Nodes[i+1], in either direction.
type Path struct {
	Nodes []Node
	Edges []Edge
}

// Catalog is what a caller knows to exist: a name in a query that is not in it gets a warning with the
// nearest name that is. A nil Catalog, or an empty list, warns of nothing of that sort.
type Catalog struct {
	Labels     []string
	Types      []string
	Properties []string
}

// Warning is a remark on a query that runs all the same.
type Warning struct {
	Line, Col  int
	Message    string
	Suggestion string
}

// String is the warning as line:col: message.
func (w Warning) String() string {
	return fmt.Sprintf("%d:%d: %s", w.Line, w.Col, w.Message)
}

package graph

import (
	"context"
	"errors"
	"time"
)

// Errors that stores return; match with errors.Is.
var (
	// ErrNoGraph: nothing was published yet.
	ErrNoGraph = errors.New("no graph has been published")
	// ErrCorrupt: what is stored fails its checksum or version.
	ErrCorrupt = errors.New("stored graph is damaged")
	// ErrLocked: another process is publishing.
	ErrLocked = errors.New("another process is publishing to this store")
	// ErrWrite: the query would change the graph.
	ErrWrite = errors.New("queries are read-only")
)

// Store keeps one graph, the current one. Implementations are safe for
// concurrent use. storetest.Run checks them.
type Store interface {
	// Publish makes g the current graph. It is atomic: a reader sees the old
	// graph or the new one, never a mix; when it fails or the process dies, the
	// old graph stays current and the next Publish completes.
	Publish(ctx context.Context, g *Graph) error
	// Query runs a read-only query on the graph that is current when it starts.
	// It returns ErrNoGraph when there is none and ErrWrite for a query with a
	// writing clause. A limit that cuts the answer is not an error: the result
	// says so.
	Query(ctx context.Context, q Query) (*Result, error)
	// Describe tells of the current graph, or returns ErrNoGraph.
	Describe(ctx context.Context) (Description, error)
	// Close frees what the store holds. Queries that run are cancelled.
	Close(ctx context.Context) error
}

// Scanner is a Store that can also hand over all of its graph, where an answer
// with all of it would take many times the memory.
type Scanner interface {
	// Scan calls node for each node of the current graph in the order of ids, then
	// edge for each edge in the order of CompareEdges, all of one graph, until one
	// returns an error, which Scan returns. From and to are the numbers of the
	// edge's ends in the order of nodes. A Node or an Edge and its properties are
	// the callee's until it returns; strings and lists stay as they are. It returns
	// ErrNoGraph when there is no graph.
	Scan(ctx context.Context, node func(*Node) error, edge func(from, to uint32, e *Edge) error) error
}

// Query is a read-only query.
type Query struct {
	Text   string
	Params map[string]any // nil, bool, int64, float64, string, []any, map[string]any
	Limits Limits
	// Explain asks for the plan only, Profile for the plan with what each
	// operator did; both put it into Result.Plan.
	Explain, Profile bool
}

// Limits bound one query. A zero field means the store's default, a negative
// one no limit (for callers that need all rows, such as path analysis).
type Limits struct {
	Rows   int           // rows of the answer
	Memory int64         // bytes
	Time   time.Duration // wall clock
}

// Result is a query's answer. Values in Rows are nil, bool, int64, float64,
// string, []any, map[string]any, NodeValue, EdgeValue or PathValue.
type Result struct {
	Columns []string
	Rows    [][]any
	// Exhaustive is false when a limit cut the answer; TruncatedAt then names
	// it: rows, paths, memory or time.
	Exhaustive  bool
	TruncatedAt string
	// Warnings, e.g. a label that no node can have.
	Warnings []string
	// Plan is the plan as text, if asked for.
	Plan string
}

// NodeValue is a node in a result.
type NodeValue struct {
	ID         string         `json:"id"`
	Labels     []string       `json:"labels"` // sorted
	Properties map[string]any `json:"properties"`
}

// EdgeValue is an edge in a result.
type EdgeValue struct {
	From       string         `json:"from"`
	To         string         `json:"to"`
	Kind       string         `json:"kind"`
	Properties map[string]any `json:"properties"`
}

// PathValue is a path in a result.
type PathValue struct {
	Nodes []NodeValue `json:"nodes"`
	Edges []EdgeValue `json:"edges"`
}

// Description tells of a published graph.
type Description struct {
	Run      Run
	Hash     string
	Nodes    map[string]int // by kind
	Edges    map[string]int // by kind
	Coverage Coverage
}

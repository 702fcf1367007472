// Package ast is the tree of a query of the read dialect, and the one error type of its stages.
//
// There are no nodes for writing clauses: a query that writes cannot be represented. Package parser makes
// the tree, package check fills the slots; after that it is read only and may be shared.
package ast

// Pos is a byte offset in the query's text.
type Pos int32

// At is the position itself; embedding Pos makes a node of the tree.
func (p Pos) At() Pos { return p }

// Query is one or more single queries joined by UNION.
type Query struct {
	Pos
	Parts []*Single
	// Width is the number of slots of the whole text; set by package check on the outermost query only.
	Width Slot
	// All says for each UNION whether it keeps duplicates; one element fewer than Parts.
	All []bool
	// Columns and Slots are the result columns of the query, set by package check. With UNION, Slots are
	// the slots of the union's own columns.
	Columns []string
	Slots   []Slot
}

// Single is a sequence of clauses without UNION.
type Single struct {
	Pos
	Clauses []Clause
}

// Clause is one clause. The set of implementations is closed: the types of this file.
type Clause interface{ At() Pos }

type (
	// Match is [OPTIONAL] MATCH Pattern [WHERE Where].
	Match struct {
		Pos
		Optional bool
		Pattern  *Pattern
		Where    Expr
	}
	// Unwind is UNWIND List AS Var.
	Unwind struct {
		Pos
		List Expr
		Var  *Binding
	}
	// Project is WITH or RETURN.
	Project struct {
		Pos
		Return   bool
		Distinct bool
		Star     bool
		Items    []*Item
		Order    []SortKey
		Skip     Expr
		Limit    Expr
		Where    Expr // of WITH
		// Aggregating is set by package check when an item aggregates; then Aggs are the aggregates of all
		// items, which refer to their slots. Keep is the slots that stay visible afterwards, those of * included.
		Aggregating bool
		Aggs        []Agg
		Keep        []Slot
	}
	// CallSubquery is CALL (Imports) { Query }. All means CALL (*).
	CallSubquery struct {
		Pos
		All      bool
		Imports  []*Var
		Optional bool
		Query    *Query
	}
	// CallProcedure is CALL Name(Args) YIELD ...
	CallProcedure struct {
		Pos
		Name      string
		Args      []Expr
		YieldAll  bool
		Yields    []Yield
		Where     Expr
		Explicit  bool // an argument list was written
		Statement bool // the whole query is this call
	}
)

// Yield is one column of a procedure and the variable that takes it.
type Yield struct {
	Column string
	Var    *Binding
}

// Item is one expression of WITH or RETURN.
type Item struct {
	Pos
	Expr Expr
	// Name is the alias, or the text of the expression when Alias is false.
	Name  string
	Alias bool
	// Slot is where the value goes; for a plain variable it is the slot of that variable.
	Slot Slot
	// Aggregates is set by package check when the expression holds an aggregate.
	Aggregates bool
}

// Agg is an aggregate that is computed into a slot of its own.
type Agg struct {
	Call *Call
	Slot Slot
}

// SortKey is one key of ORDER BY.
type SortKey struct {
	Expr Expr
	Desc bool
}

// Pattern is the comma-separated paths of one MATCH, comprehension or pattern predicate.
type Pattern struct {
	Pos
	Parts []*PathPart
}

// Selector says which of the matches of a path pattern are wanted.
type Selector uint8

// The selectors. Legacy ones are the functions shortestPath and allShortestPaths, which search by the
// pattern's one variable-length relationship.
const (
	SelectAll Selector = iota
	SelectAny
	SelectAllShortest
	SelectShortest
	SelectGroups
	LegacyShortest
	LegacyAllShortest
)

// PathPart is one path of a pattern: node, then relationship or quantified part, then node, and so on.
type PathPart struct {
	Pos
	Var      *Binding // the path variable, nil without
	Selector Selector
	K        int64 // of ANY k, SHORTEST k and SHORTEST k GROUPS
	// Nodes has one element more than Links. A node that the text leaves out beside a quantified part is
	// there as an anonymous one.
	Nodes []*NodePattern
	Links []*Link
	// Where is the predicate inside the parentheses of ((a)-->(b) WHERE ...): part of the search.
	Where Expr
}

// NodePattern is (Var:Labels {Props} WHERE Where).
type NodePattern struct {
	Pos
	Var    *Binding
	Labels *LabelExpr
	Props  Expr
	Where  Expr
}

// Direction of a relationship pattern.
type Direction uint8

// The directions: -->, <--, and either.
const (
	Right Direction = iota
	Left
	Either
)

// Link is what stands between two nodes: a relationship, of fixed or variable length, or a quantified path.
type Link struct {
	Pos
	Var    *Binding
	Types  *LabelExpr
	Props  Expr
	Where  Expr
	Dir    Direction
	Length *Range // of *1..3, and of {1,3} behind a relationship or a quantified path
	// Legacy says that Length was written with a star: the variable is a list, inline WHERE is refused.
	Legacy bool
	// Inner is the body of a quantified path, nil for a relationship. Package check turns a relationship of
	// variable length into a quantified path whose body is that relationship. Groups are the variables that
	// hold one value an iteration outside the body: from the variable of the body to the one of the group.
	Inner      *PathPart
	InnerWhere Expr
	Groups     []Group
	// PathSlot takes the path of a part of variable length, from the node before it to the node behind it.
	PathSlot Slot
	// Rebound is the slot of a variable of an earlier clause that this variable-length relationship must equal, or NoSlot.
	Rebound Slot
}

// Range is a number of repetitions. Max is -1 for no bound.
type Range struct {
	Pos
	Min, Max int64
}

// Group joins a variable of the body of a quantified path to the list of its values.
type Group struct {
	Name        string
	Inner, List Slot
}

package ast

import "github.com/postern-sec/postern/internal/cypher/value"

// Expr is an expression. The set of implementations is closed: the types of this file.
type Expr interface {
	// At is where the expression begins.
	At() Pos
}

// Slot is the place of a variable in the row; NoSlot until package check has resolved it.
type Slot int32

// NoSlot marks an anonymous or not yet resolved variable.
const NoSlot Slot = -1

type (
	// Literal is a constant.
	Literal struct {
		Pos
		Value value.Value
	}
	// Param is $Name.
	Param struct {
		Pos
		Name string
	}
	// Var is a reference to a variable.
	Var struct {
		Pos
		Name string
		Slot Slot
	}
	// Prop is X.Key.
	Prop struct {
		Pos
		X   Expr
		Key string
	}
	// Index is X[I].
	Index struct {
		Pos
		X, I Expr
	}
	// Slice is X[From..To]; either end may be nil.
	Slice struct {
		Pos
		X, From, To Expr
	}
	// Unary is an operator before its operand: -, +, NOT.
	Unary struct {
		Pos
		Op string
		X  Expr
	}
	// Binary is an operator between two operands. Op is written in upper case, with one space in STARTS WITH and ENDS WITH.
	Binary struct {
		Pos
		Op   string
		L, R Expr
	}
	// Compare is a chain such as a < b <= c: Ops has one element fewer than Operands.
	Compare struct {
		Pos
		Ops      []string
		Operands []Expr
	}
	// IsNull is X IS NULL, or with Not X IS NOT NULL.
	IsNull struct {
		Pos
		X   Expr
		Not bool
	}
	// HasLabels is X:Labels, for a node or the type of an edge.
	HasLabels struct {
		Pos
		X      Expr
		Labels *LabelExpr
	}
	// Call is a call of a function or an aggregate. Name is as written; Star is count(*).
	Call struct {
		Pos
		Name           string
		Distinct, Star bool
		Args           []Expr
		// Aggregate is set by package check.
		Aggregate bool
	}
	// Case is CASE [Subject] WHEN .. THEN .. ELSE .. END; Subject and Else may be nil.
	Case struct {
		Pos
		Subject Expr
		Whens   []When
		Else    Expr
	}
	// When is one branch of a Case: with a subject Cond is a value, else a condition. Then is nil where a comma and
	// the value of the next branch follow, whose Then is meant.
	When struct {
		Cond, Then Expr
	}
	// ListLit is [a, b].
	ListLit struct {
		Pos
		Items []Expr
	}
	// MapLit is {k: v}.
	MapLit struct {
		Pos
		Keys   []string
		Values []Expr
	}
	// MapProjection is X{.k, .*, name: expr, variable}.
	MapProjection struct {
		Pos
		X     Expr
		Items []MapItem
	}
	// MapItem is one item of a MapProjection: all properties, or a key with an expression.
	MapItem struct {
		All   bool
		Key   string
		Value Expr
	}
	// ListComp is [Var IN List WHERE Where | Map]; Where and Map may be nil.
	ListComp struct {
		Pos
		Var        *Binding
		List       Expr
		Where, Map Expr
	}
	// Quantifier is all, any, none or single(Var IN List WHERE Where).
	Quantifier struct {
		Pos
		Op    string
		Var   *Binding
		List  Expr
		Where Expr
	}
	// Reduce is reduce(Acc = Init, Var IN List | Step).
	Reduce struct {
		Pos
		Acc  *Binding
		Init Expr
		Var  *Binding
		List Expr
		Step Expr
	}
	// PatternComp is [Pattern WHERE Where | Map].
	PatternComp struct {
		Pos
		Pattern *Pattern
		Where   Expr
		Map     Expr
	}
	// PatternPred is a pattern used as a predicate: true when it matches at least once. Explicit is the form
	// exists(pattern), which may stand wherever an expression may.
	PatternPred struct {
		Pos
		Pattern  *Pattern
		Explicit bool
	}
	// Subquery is EXISTS, COUNT or COLLECT { Query }. A bare pattern is a Query of one MATCH.
	Subquery struct {
		Pos
		Op    string
		Query *Query
	}
)

// Binding declares a variable inside an expression or a pattern.
type Binding struct {
	Pos
	Name string
	Slot Slot
}

// LabelOp is the operator of a LabelExpr.
type LabelOp uint8

// The operators of label expressions: a name, a wildcard (%), negation, conjunction, disjunction.
const (
	LabelName LabelOp = iota
	LabelAny
	LabelNot
	LabelAnd
	LabelOr
)

// LabelExpr is an expression over labels of a node or types of an edge.
type LabelExpr struct {
	Pos
	Op   LabelOp
	Name string
	Args []*LabelExpr
}

// NamedBy is the variable that gives a column without AS its name: a variable itself, or the one of a map projection.
func NamedBy(e Expr) *Var {
	switch x := e.(type) {
	case *Var:
		return x
	case *MapProjection:
		v, _ := x.X.(*Var)
		return v
	}
	return nil
}

// Alternatives reports whether the expression is nothing, a name, or names with | between them.
func (l *LabelExpr) Alternatives() bool {
	if l == nil || l.Op == LabelName {
		return true
	}
	for _, arg := range l.Args {
		if !arg.Alternatives() {
			return false
		}
	}
	return l.Op == LabelOr
}

// Names appends every name in the expression to dst.
func (l *LabelExpr) Names(dst []*LabelExpr) []*LabelExpr {
	if l == nil {
		return dst
	}
	if l.Op == LabelName {
		return append(dst, l)
	}
	for _, arg := range l.Args {
		dst = arg.Names(dst)
	}
	return dst
}

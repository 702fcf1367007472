package check

import (
	"strings"

	"github.com/postern-sec/postern/internal/cypher/value"
)

// Types is a set of kinds that a value may have. Null belongs to every set and is not written.
type Types uint16

// The sets that functions and operators speak of.
const (
	TBool Types = 1 << iota
	TInt
	TFloat
	TString
	TList
	TMap
	TNode
	TEdge
	TPath

	TNone   Types = 0
	TNumber       = TInt | TFloat
	TEntity       = TNode | TEdge
	TAny    Types = 1<<9 - 1
)

var typeNames = []string{"Boolean", "Integer", "Float", "String", "List", "Map", "Node", "Relationship", "Path"}

// String lists the kinds, "Any" for all and "Null" for none.
func (t Types) String() string {
	switch t {
	case TAny:
		return "Any"
	case TNone:
		return "Null"
	case TNumber:
		return "Number"
	}
	var names []string
	for i, name := range typeNames {
		if t&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " or ")
}

// typ is what is known of an expression before it runs: its kinds, and for lists the kinds of the elements.
// null is set for an expression that is null whatever happens.
type typ struct {
	is, elem Types
	null     bool
}

var (
	anything = typ{is: TAny, elem: TAny}
	nothing  = typ{null: true}
)

func of(t Types) typ            { return typ{is: t, elem: TAny} }
func listOf(elem Types) typ     { return typ{is: TList, elem: elem} }
func (t typ) element() typ      { return typ{is: t.elem, elem: TAny} }
func (t typ) fits(w Types) bool { return t.null || t.is&w != 0 }

// join is what is known of a value that is one or the other.
func (t typ) join(o typ) typ {
	switch {
	case t.null:
		return o
	case o.null:
		return t
	}
	joined := typ{is: t.is | o.is}
	if t.is&TList != 0 {
		joined.elem |= t.elem
	}
	if o.is&TList != 0 {
		joined.elem |= o.elem
	}
	return joined
}

func typeOfValue(v value.Value) typ {
	switch v.Kind() {
	case value.Bool:
		return of(TBool)
	case value.Int:
		return of(TInt)
	case value.Float:
		return of(TFloat)
	case value.String:
		return of(TString)
	case value.Null:
		return nothing
	}
	return anything
}

package ast

import (
	"fmt"
	"strings"

	"github.com/postern-sec/postern/internal/cypher/value"
)

// children are the places of the expressions directly below e, those inside patterns and subqueries left out.
func children(e Expr) []*Expr {
	var list []*Expr
	each := func(items []Expr) {
		for i := range items {
			list = append(list, &items[i])
		}
	}
	switch e := e.(type) {
	case *Prop:
		return []*Expr{&e.X}
	case *Index:
		return []*Expr{&e.X, &e.I}
	case *Slice:
		return []*Expr{&e.X, &e.From, &e.To}
	case *Unary:
		return []*Expr{&e.X}
	case *Binary:
		return []*Expr{&e.L, &e.R}
	case *Compare:
		each(e.Operands)
	case *IsNull:
		return []*Expr{&e.X}
	case *HasLabels:
		return []*Expr{&e.X}
	case *Call:
		each(e.Args)
	case *Case:
		list = append(list, &e.Subject)
		for i := range e.Whens {
			list = append(list, &e.Whens[i].Cond, &e.Whens[i].Then)
		}
		list = append(list, &e.Else)
	case *ListLit:
		each(e.Items)
	case *MapLit:
		each(e.Values)
	case *MapProjection:
		list = append(list, &e.X)
		for i := range e.Items {
			list = append(list, &e.Items[i].Value)
		}
	case *ListComp:
		return []*Expr{&e.List, &e.Where, &e.Map}
	case *Quantifier:
		return []*Expr{&e.List, &e.Where}
	case *Reduce:
		return []*Expr{&e.Init, &e.List, &e.Step}
	case *PatternComp:
		return []*Expr{&e.Where, &e.Map}
	}
	return list
}

// Rewrite replaces, from the top down, every expression for which replace returns another one; what it
// replaces is not looked into. Expressions inside patterns and subqueries stay as they are.
func Rewrite(e *Expr, replace func(Expr) Expr) {
	if *e == nil {
		return
	}
	if other := replace(*e); other != nil {
		*e = other
		return
	}
	for _, child := range children(*e) {
		Rewrite(child, replace)
	}
}

// Fingerprint is equal for two expressions, both resolved or neither, that are written the same, up to blanks, case of
// function names and parentheses. Expressions that bind variables are equal to themselves only.
func Fingerprint(e Expr) string {
	var b strings.Builder
	fingerprint(&b, e)
	return b.String()
}

func fingerprint(b *strings.Builder, e Expr) {
	switch e := e.(type) {
	case nil:
		b.WriteByte('_')
		return
	case *Literal:
		fmt.Fprintf(b, "%s:%q", e.Value.Kind(), value.AppendKey(nil, e.Value))
		return
	case *Param:
		fmt.Fprintf(b, "$%q", e.Name)
		return
	case *Var:
		if e.Slot == NoSlot {
			fmt.Fprintf(b, "n%q", e.Name)
			return
		}
		fmt.Fprintf(b, "v%d", e.Slot)
		return
	case *Prop:
		fmt.Fprintf(b, ".%q", e.Key)
	case *Unary:
		fmt.Fprintf(b, "u%s", e.Op)
	case *Binary:
		fmt.Fprintf(b, "b%s", e.Op)
	case *Compare:
		fmt.Fprintf(b, "c%v", e.Ops)
	case *IsNull:
		fmt.Fprintf(b, "null%t", e.Not)
	case *Call:
		fmt.Fprintf(b, "f%q%t%t", strings.ToLower(e.Name), e.Distinct, e.Star)
	case *MapLit:
		fmt.Fprintf(b, "m%q", e.Keys)
	case *HasLabels:
		b.WriteString("l")
		fingerprintLabels(b, e.Labels)
	case *Index, *Slice, *Case, *ListLit:
		fmt.Fprintf(b, "%T", e)
	default:
		fmt.Fprintf(b, "%T@%d", e, e.At())
		return
	}
	b.WriteByte('(')
	for _, child := range children(e) {
		fingerprint(b, *child)
		b.WriteByte(',')
	}
	b.WriteByte(')')
}

func fingerprintLabels(b *strings.Builder, l *LabelExpr) {
	fmt.Fprintf(b, "%d%q(", l.Op, l.Name)
	for _, arg := range l.Args {
		fingerprintLabels(b, arg)
	}
	b.WriteByte(')')
}

// Conjuncts appends the operands of the conjunctions at the top of e.
func Conjuncts(dst []Expr, e Expr) []Expr {
	if e == nil {
		return dst
	}
	and, ok := e.(*Binary)
	if !ok || and.Op != "AND" {
		return append(dst, e)
	}
	return append(Conjuncts(dst, and.L), Conjuncts(nil, and.R)...)
}

// PerHop takes apart a predicate that holds of every node or of every relationship of a path: all or none over
// nodes(path), relationships(path) or the list of relationships. It returns nil when e has another form.
func PerHop(e Expr, path, edges Slot) (q *Quantifier, ofNodes bool) {
	q, ok := e.(*Quantifier)
	if !ok || q.Op != "all" && q.Op != "none" {
		return nil, false
	}
	refers := func(e Expr, slot Slot) bool {
		v, ok := e.(*Var)
		return ok && slot != NoSlot && v.Slot == slot
	}
	call, isCall := q.List.(*Call)
	switch {
	case refers(q.List, edges):
	case isCall && len(call.Args) == 1 && refers(call.Args[0], path) && strings.EqualFold(call.Name, "relationships"):
	case isCall && len(call.Args) == 1 && refers(call.Args[0], path) && strings.EqualFold(call.Name, "nodes"):
		ofNodes = true
	default:
		return nil, false
	}
	if Refers(q.Where, path) || Refers(q.Where, edges) {
		return nil, false
	}
	return q, ofNodes
}

// Refers says whether the expression reads the slot.
func Refers(e Expr, slot Slot) bool {
	found := false
	Walk(e, func(x Expr) bool {
		if v, ok := x.(*Var); ok && v.Slot == slot && slot != NoSlot {
			found = true
		}
		return !found
	})
	return found
}

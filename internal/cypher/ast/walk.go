package ast

// Walk calls visit for e and, where visit returns true, for the expressions below it, patterns and
// subqueries included. A nil expression is skipped.
func Walk(e Expr, visit func(Expr) bool) {
	if e == nil || !visit(e) {
		return
	}
	each := func(list ...Expr) {
		for _, x := range list {
			Walk(x, visit)
		}
	}
	switch e := e.(type) {
	case *Prop:
		each(e.X)
	case *Index:
		each(e.X, e.I)
	case *Slice:
		each(e.X, e.From, e.To)
	case *Unary:
		each(e.X)
	case *Binary:
		each(e.L, e.R)
	case *Compare:
		each(e.Operands...)
	case *IsNull:
		each(e.X)
	case *HasLabels:
		each(e.X)
	case *Call:
		each(e.Args...)
	case *Case:
		each(e.Subject)
		for _, w := range e.Whens {
			each(w.Cond, w.Then)
		}
		each(e.Else)
	case *ListLit:
		each(e.Items...)
	case *MapLit:
		each(e.Values...)
	case *MapProjection:
		each(e.X)
		for _, item := range e.Items {
			each(item.Value)
		}
	case *ListComp:
		each(e.List, e.Where, e.Map)
	case *Quantifier:
		each(e.List, e.Where)
	case *Reduce:
		each(e.Init, e.List, e.Step)
	case *PatternComp:
		walkPattern(e.Pattern, visit)
		each(e.Where, e.Map)
	case *PatternPred:
		walkPattern(e.Pattern, visit)
	case *Subquery:
		WalkQuery(e.Query, visit)
	}
}

// WalkQuery calls visit for every expression of a query, as Walk does.
func WalkQuery(q *Query, visit func(Expr) bool) {
	for _, part := range q.Parts {
		for _, clause := range part.Clauses {
			walkClause(clause, visit)
		}
	}
}

func walkClause(clause Clause, visit func(Expr) bool) {
	switch c := clause.(type) {
	case *Match:
		walkPattern(c.Pattern, visit)
		Walk(c.Where, visit)
	case *Unwind:
		Walk(c.List, visit)
	case *Project:
		for _, item := range c.Items {
			Walk(item.Expr, visit)
		}
		for _, key := range c.Order {
			Walk(key.Expr, visit)
		}
		Walk(c.Skip, visit)
		Walk(c.Limit, visit)
		Walk(c.Where, visit)
	case *CallSubquery:
		for _, v := range c.Imports {
			Walk(v, visit)
		}
		WalkQuery(c.Query, visit)
	case *CallProcedure:
		for _, arg := range c.Args {
			Walk(arg, visit)
		}
		Walk(c.Where, visit)
	}
}

func walkPattern(p *Pattern, visit func(Expr) bool) {
	for _, part := range p.Parts {
		WalkPart(part, visit)
	}
}

// WalkPart calls visit for every expression of one path of a pattern, and for its variables as *Var when
// they are resolved. The list of a quantified link is left out, which the link declares and does not read; the list
// of an earlier clause that it has to be equal to is not.
func WalkPart(part *PathPart, visit func(Expr) bool) {
	bound := func(b *Binding) {
		if b != nil && b.Slot != NoSlot {
			visit(&Var{Pos: b.Pos, Name: b.Name, Slot: b.Slot})
		}
	}
	for _, n := range part.Nodes {
		bound(n.Var)
		Walk(n.Props, visit)
		Walk(n.Where, visit)
	}
	for _, l := range part.Links {
		switch {
		case l.Inner == nil:
			bound(l.Var)
		case l.Rebound != NoSlot:
			visit(&Var{Pos: l.Pos, Slot: l.Rebound})
		}
		Walk(l.Props, visit)
		Walk(l.Where, visit)
		if l.Inner != nil {
			WalkPart(l.Inner, visit)
		}
		Walk(l.InnerWhere, visit)
	}
	Walk(part.Where, visit)
}

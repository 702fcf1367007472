package aws

// expr is a three-valued expression in an evaluation's arena: exprFalse,
// exprTrue, or a node over literals. Constants are folded as it is built, so an
// evaluation in which everything is known never allocates a node.
type expr int32

const (
	exprFalse expr = 0
	exprTrue  expr = 1
)

type nodeKind uint8

const (
	nodeLiteral nodeKind = iota
	nodeAnd
	nodeOr
)

type node struct {
	kind nodeKind
	x, y expr
	lit  literal
}

// literal is twice the number of a fact, plus one when the fact must not hold.
// Numbers below the atom table's length are condition atoms; the rest are the
// evaluation's own facts (see eval.extra).
type literal int32

func (l literal) neg() literal   { return l ^ 1 }
func (l literal) fact() int      { return int(l >> 1) }
func (l literal) negative() bool { return l&1 == 1 }

// fact is something an evaluation does not know besides interned atoms: a
// condition whose values came from variables, a document that was not collected,
// or the part of a wildcard resource that a pattern covers.
type fact struct {
	atom    *atom
	missing *Missing
	side    byte   // missing: a = may allow, d = may deny
	part    string // in wildcard form
}

func (v *eval) lit(l literal) expr {
	v.nodes = append(v.nodes, node{kind: nodeLiteral, lit: l})
	return expr(len(v.nodes) + 1)
}

func (v *eval) and(x, y expr) expr {
	switch {
	case x == exprFalse || y == exprFalse:
		return exprFalse
	case x == exprTrue:
		return y
	case y == exprTrue || x == y:
		return x
	}
	v.nodes = append(v.nodes, node{kind: nodeAnd, x: x, y: y})
	return expr(len(v.nodes) + 1)
}

func (v *eval) or(x, y expr) expr {
	switch {
	case x == exprTrue || y == exprTrue:
		return exprTrue
	case x == exprFalse:
		return y
	case y == exprFalse || x == y:
		return x
	}
	v.nodes = append(v.nodes, node{kind: nodeOr, x: x, y: y})
	return expr(len(v.nodes) + 1)
}

// not pushes the negation down to the literals.
func (v *eval) not(x expr) expr {
	if x <= exprTrue {
		return exprTrue - x
	}
	n := v.nodes[x-2]
	switch n.kind {
	case nodeAnd:
		return v.or(v.not(n.x), v.not(n.y))
	case nodeOr:
		return v.and(v.not(n.x), v.not(n.y))
	default:
		return v.lit(n.lit.neg())
	}
}

// extraFact returns the literal of a fact of this evaluation, made once.
func (v *eval) extraFact(f fact) expr {
	for i := range v.extra {
		h := &v.extra[i]
		same := h.side == f.side && h.part == f.part && h.atom == f.atom
		if f.missing != nil {
			same = same && h.missing != nil && *h.missing == *f.missing
		}
		if same {
			return v.lit(literal(2 * (len(v.e.atoms.list) + i)))
		}
	}
	v.extra = append(v.extra, f)
	return v.lit(literal(2 * (len(v.e.atoms.list) + len(v.extra) - 1)))
}

// unknownAllow and unknownDeny are what a document that was not collected may
// add. They are two facts: it may do one without the other.
func (v *eval) unknownAllow(m Missing) expr { return v.extraFact(fact{missing: &m, side: 'a'}) }
func (v *eval) unknownDeny(m Missing) expr  { return v.extraFact(fact{missing: &m, side: 'd'}) }

// factOf returns what a literal is about.
func (v *eval) factOf(l literal) fact {
	n := l.fact()
	if n < len(v.e.atoms.list) {
		return fact{atom: v.e.atoms.list[n]}
	}
	return v.extra[n-len(v.e.atoms.list)]
}

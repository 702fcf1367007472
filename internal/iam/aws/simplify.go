package aws

import (
	"slices"
	"strings"
)

// form is an expression out of the arena, flattened: and, or, a literal, or a
// constant (kind formTrue, formFalse).
type form struct {
	kind formKind
	lit  literal
	kids []*form
}

type formKind uint8

const (
	formFalse formKind = iota
	formTrue
	formLiteral
	formAnd
	formOr
)

var (
	falseForm = &form{kind: formFalse}
	trueForm  = &form{kind: formTrue}
)

// Limits of simplification. Beyond them an expression is kept as it is: longer
// than need be, never wrong.
const (
	maxSimplifyNodes = 4000
	maxTruthTable    = 8 // facts decided exactly by enumeration
)

// formOf copies an expression out of the arena.
func (v *eval) formOf(x expr) *form {
	switch x {
	case exprFalse:
		return falseForm
	case exprTrue:
		return trueForm
	}
	n := v.nodes[x-2]
	if n.kind == nodeLiteral {
		return &form{kind: formLiteral, lit: n.lit}
	}
	kind := formAnd
	if n.kind == nodeOr {
		kind = formOr
	}
	f := &form{kind: kind}
	v.flatten(x, n.kind, f)
	return f
}

// flatten collects the operands of a run of the same operator.
func (v *eval) flatten(x expr, kind nodeKind, into *form) {
	if x > exprTrue && v.nodes[x-2].kind == kind {
		v.flatten(v.nodes[x-2].x, kind, into)
		v.flatten(v.nodes[x-2].y, kind, into)
		return
	}
	into.kids = append(into.kids, v.formOf(x))
}

// simplify gives the smallest form it finds that is equal under the meaning of
// the conditions: what can never be true is false, what always is, true.
func (v *eval) simplify(x expr) *form {
	f := v.formOf(x)
	if f.kind <= formTrue || f.size() > maxSimplifyNodes {
		return f
	}
	for range 4 {
		next := v.reduce(f)
		if next.key() == f.key() {
			break
		}
		f = next
	}
	return v.decideByTable(f)
}

func (f *form) size() int {
	n := 1
	for _, k := range f.kids {
		n += k.size()
	}
	return n
}

// key is a text equal for equal forms.
func (f *form) key() string {
	switch f.kind {
	case formFalse:
		return "F"
	case formTrue:
		return "T"
	case formLiteral:
		return itoa(int(f.lit))
	}
	parts := make([]string, len(f.kids))
	for i, k := range f.kids {
		parts[i] = k.key()
	}
	slices.Sort(parts)
	op := "&"
	if f.kind == formOr {
		op = "|"
	}
	return "(" + strings.Join(parts, op) + ")"
}

func (f *form) negate() *form {
	switch f.kind {
	case formFalse:
		return trueForm
	case formTrue:
		return falseForm
	case formLiteral:
		return &form{kind: formLiteral, lit: f.lit.neg()}
	}
	out := &form{kind: formAnd + formOr - f.kind, kids: make([]*form, len(f.kids))}
	for i, k := range f.kids {
		out.kids[i] = k.negate()
	}
	return out
}

// reduce simplifies one form; an Or is reduced as the negated And of its
// negation.
func (v *eval) reduce(f *form) *form {
	switch f.kind {
	case formAnd:
		return v.reduceAnd(f)
	case formOr:
		return v.reduceAnd(f.negate()).negate()
	}
	return f
}

func (v *eval) reduceAnd(f *form) *form {
	var lits []literal
	var rest []*form
	for _, k := range f.kids {
		k = v.reduce(k)
		switch k.kind {
		case formFalse:
			return falseForm
		case formTrue:
		case formLiteral:
			lits = append(lits, k.lit)
		case formAnd:
			for _, kk := range k.kids {
				if kk.kind == formLiteral {
					lits = append(lits, kk.lit)
				} else {
					rest = append(rest, kk)
				}
			}
		default:
			rest = append(rest, k)
		}
	}
	lits, ok := v.reduceLiterals(lits)
	if !ok {
		return falseForm
	}
	rest, again := v.assume(rest, lits)
	if again {
		out := &form{kind: formAnd}
		for _, l := range lits {
			out.kids = append(out.kids, &form{kind: formLiteral, lit: l})
		}
		out.kids = append(out.kids, rest...)
		return v.reduceAnd(out)
	}
	return join(lits, absorb(rest))
}

// reduceLiterals sorts a conjunction of literals, removes those the others
// imply, and reports false when they exclude each other.
func (v *eval) reduceLiterals(lits []literal) ([]literal, bool) {
	slices.Sort(lits)
	lits = slices.Compact(lits)
	if v.contradict(lits) {
		return nil, false
	}
	for i := 0; i < len(lits); {
		if len(lits) > 1 && v.implied(lits, i) {
			lits = slices.Delete(lits, i, i+1)
			continue
		}
		i++
	}
	return lits, true
}

// implied reports whether literal i follows from the others.
func (v *eval) implied(lits []literal, i int) bool {
	others := slices.Clone(lits)
	others[i] = lits[i].neg()
	return v.contradict(others)
}

// assume replaces, inside the Or operands, literals that the conjunction decides.
func (v *eval) assume(rest []*form, lits []literal) (out []*form, again bool) {
	for _, k := range rest {
		n := v.substitute(k, lits)
		if n != k {
			again = true
		}
		out = append(out, n)
	}
	return out, again
}

func (v *eval) substitute(f *form, lits []literal) *form {
	if len(lits) == 0 || len(lits) > 64 {
		return f
	}
	switch f.kind {
	case formLiteral:
		with := append(slices.Clone(lits), f.lit)
		if v.contradict(with) {
			return falseForm
		}
		with[len(with)-1] = f.lit.neg()
		if v.contradict(with) {
			return trueForm
		}
		return f
	case formAnd, formOr:
		changed := false
		kids := make([]*form, len(f.kids))
		for i, k := range f.kids {
			kids[i] = v.substitute(k, lits)
			changed = changed || kids[i] != k
		}
		if changed {
			return &form{kind: f.kind, kids: kids}
		}
	}
	return f
}

// absorb removes Or operands that another one implies: A in (A or B).
func absorb(rest []*form) []*form {
	var out []*form
	seen := map[string]bool{}
	for i, k := range rest {
		key := k.key()
		if seen[key] {
			continue
		}
		seen[key] = true
		covered := false
		for j, o := range rest {
			if i != j && o.kind == formOr && k.kind == formOr && len(o.kids) < len(k.kids) && subset(o, k) {
				covered = true
				break
			}
		}
		if !covered {
			out = append(out, k)
		}
	}
	return out
}

func subset(small, big *form) bool {
	have := map[string]bool{}
	for _, k := range big.kids {
		have[k.key()] = true
	}
	for _, k := range small.kids {
		if !have[k.key()] {
			return false
		}
	}
	return true
}

func join(lits []literal, rest []*form) *form {
	out := &form{kind: formAnd}
	for _, l := range lits {
		out.kids = append(out.kids, &form{kind: formLiteral, lit: l})
	}
	out.kids = append(out.kids, rest...)
	switch len(out.kids) {
	case 0:
		return trueForm
	case 1:
		return out.kids[0]
	}
	return out
}

// facts lists the literals' fact numbers, sorted.
func (f *form) facts(into []int) []int {
	if f.kind == formLiteral {
		return append(into, f.lit.fact())
	}
	for _, k := range f.kids {
		into = k.facts(into)
	}
	return into
}

// decideByTable tries every consistent assignment of a small form: if none makes
// it true it is false, if none makes it false it is true.
func (v *eval) decideByTable(f *form) *form {
	if f.kind <= formTrue {
		return f
	}
	facts := f.facts(nil)
	slices.Sort(facts)
	facts = slices.Compact(facts)
	if len(facts) > maxTruthTable || len(facts) < 2 {
		return f
	}
	canTrue, canFalse := false, false
	lits := make([]literal, len(facts))
	for bits := range 1 << len(facts) {
		for i, n := range facts {
			lits[i] = literal(2*n + bits>>i&1)
		}
		if v.contradict(lits) {
			continue
		}
		if f.holds(lits) {
			canTrue = true
		} else {
			canFalse = true
		}
		if canTrue && canFalse {
			return f
		}
	}
	if canTrue {
		return trueForm
	}
	return falseForm
}

// holds evaluates the form under a full assignment.
func (f *form) holds(lits []literal) bool {
	switch f.kind {
	case formTrue:
		return true
	case formLiteral:
		return slices.Contains(lits, f.lit)
	case formAnd:
		for _, k := range f.kids {
			if !k.holds(lits) {
				return false
			}
		}
		return true
	case formOr:
		for _, k := range f.kids {
			if k.holds(lits) {
				return true
			}
		}
	}
	return false
}

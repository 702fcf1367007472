package aws

import (
	"net/netip"
	"slices"
	"strings"
)

// contradict reports whether a conjunction of literals can never hold. It is
// sound, not complete: false only means that no contradiction was found.
func (v *eval) contradict(lits []literal) bool {
	for i, l := range lits {
		for _, m := range lits[i+1:] {
			if l == m.neg() {
				return true
			}
		}
	}
	for i, l := range lits {
		f := v.factOf(l)
		switch {
		case f.atom != nil:
			if v.keyContradicts(f.atom, lits, i) {
				return true
			}
		case f.part != "":
			if v.partContradicts(f.part, l.negative(), lits[i+1:]) {
				return true
			}
		}
	}
	return false
}

// partContradicts compares parts of a wildcard request: two disjoint patterns
// cannot both cover a resource, and what one covers its superset covers too.
func (v *eval) partContradicts(part string, negative bool, others []literal) bool {
	for _, m := range others {
		o := v.factOf(m)
		if o.part == "" {
			continue
		}
		a, b := newGlob(part), newGlob(o.part)
		switch {
		case !negative && !m.negative() && !patternsOverlap(part, o.part),
			!negative && m.negative() && b.match(part),
			negative && !m.negative() && a.match(o.part):
			return true
		}
	}
	return false
}

// keyContradicts looks at all literals on the key of literal i, once per key.
func (v *eval) keyContradicts(a *atom, lits []literal, i int) bool {
	if a.set != setNone || a.op == opUnknown {
		return false
	}
	var same []clause
	for j, l := range lits {
		f := v.factOf(l)
		if f.atom == nil || f.atom.key != a.key || f.atom.set != setNone || f.atom.op == opUnknown || f.atom.dynamic() {
			continue
		}
		if j < i {
			return false // the key was looked at from its first literal
		}
		same = append(same, clause{atom: f.atom, neg: l.negative()})
	}
	return len(same) > 1 && clausesContradict(same)
}

// clausesContradict decides a conjunction of clauses on one single-valued key.
func clausesContradict(same []clause) bool {
	if values, ok := finiteValues(same); ok {
		for _, val := range values {
			if allHold(same, val) {
				return false
			}
		}
		return true
	}
	if !presenceAgrees(same) {
		return true
	}
	return networksExclude(same) || patternsExclude(same) || rangeEmpty(same)
}

// finiteValues returns the values the key can have when some clause lists them
// all: an equality that a missing key does not satisfy.
func finiteValues(same []clause) ([]string, bool) {
	for _, c := range same {
		a := c.atom
		if c.neg || a.ifExists {
			continue
		}
		switch a.op {
		case opStringEquals, opNumericEquals, opDateEquals:
		case opBool:
			return []string{"true", "false"}, true
		case opStringLike:
			if !allExact(a) {
				continue
			}
		default:
			continue
		}
		var out []string
		for i := range a.values {
			if a.values[i].tpl.kind != never {
				out = append(out, a.values[i].tpl.text)
			}
		}
		return out, true
	}
	return nil, false
}

func allExact(a *atom) bool {
	for i := range a.values {
		if a.values[i].tpl.kind == static && !a.values[i].tpl.g.exact() {
			return false
		}
	}
	return true
}

// allHold evaluates every clause with the key present and equal to val.
func allHold(same []clause, val string) bool {
	for _, c := range same {
		t := c.atom.holdsFor(val)
		if t == maybe {
			continue
		}
		if (t == yes) == c.neg {
			return false
		}
	}
	return true
}

// holdsFor evaluates a static atom for one value.
func (a *atom) holdsFor(val string) tri {
	if a.op == opNull {
		return no
	}
	out := no
	for i := range a.values {
		switch a.values[i].tpl.kind {
		case static:
			out = max(out, a.values[i].matchText(a.op, val))
		case variable:
			out = max(out, maybe)
		}
	}
	return out
}

// presenceAgrees reports whether the clauses' demands on the key's presence go
// together: some need it, some need its absence.
func presenceAgrees(same []clause) bool {
	present, absent := false, false
	for _, c := range same {
		switch {
		case c.atom.op == opNull && !c.neg:
			absent = true
		case c.atom.op == opNull:
			present = true
		case !c.neg && !c.atom.ifExists, c.neg && c.atom.ifExists:
			present = true
		}
	}
	return !(present && absent)
}

// networksExclude: two address conditions without a common address, or one
// within what another forbids.
func networksExclude(same []clause) bool {
	for _, c := range same {
		if c.atom.op != opIPAddress || c.neg || c.atom.ifExists {
			continue
		}
		for _, d := range same {
			if d.atom.op != opIPAddress || d.atom == c.atom || d.atom.ifExists {
				continue
			}
			if !d.neg && !anyNetwork(c.atom, d.atom, func(a, b netip.Prefix) bool { return a.Overlaps(b) }) {
				return true
			}
			if d.neg && everyNetworkWithin(c.atom, d.atom) {
				return true
			}
		}
	}
	return false
}

func anyNetwork(a, b *atom, ok func(x, y netip.Prefix) bool) bool {
	for i := range a.values {
		for j := range b.values {
			if !a.values[i].bad && !b.values[j].bad && ok(a.values[i].net, b.values[j].net) {
				return true
			}
		}
	}
	return false
}

func everyNetworkWithin(a, b *atom) bool {
	for i := range a.values {
		x := a.values[i]
		if x.bad {
			continue
		}
		in := slices.ContainsFunc(b.values, func(y conditionValue) bool {
			return !y.bad && y.net.Bits() <= x.net.Bits() && y.net.Overlaps(x.net)
		})
		if !in {
			return false
		}
	}
	return true
}

// patternsExclude: two patterns without a common text, or one within what
// another forbids.
func patternsExclude(same []clause) bool {
	for _, c := range same {
		if !isPattern(c.atom) || c.neg || c.atom.ifExists {
			continue
		}
		for _, d := range same {
			if d.atom == c.atom || d.atom.op != c.atom.op || d.atom.ifExists {
				continue
			}
			if patternsClash(c.atom, d) {
				return true
			}
		}
	}
	return false
}

func isPattern(a *atom) bool { return a.op == opStringLike || a.op == opArnLike || a.op == opArnEquals }

func patternsClash(a *atom, d clause) bool {
	covered := true
	for i := range a.values {
		x := a.values[i].tpl.text
		overlap, within := false, false
		for j := range d.atom.values {
			if a.op == opStringLike {
				overlap = overlap || patternsOverlap(x, d.atom.values[j].tpl.text)
				within = within || d.atom.values[j].tpl.g.match(x)
				continue
			}
			m := d.atom.values[j].matchText(a.op, x)
			overlap = overlap || m != no
			within = within || m == yes
		}
		if !d.neg && overlap {
			return false
		}
		covered = covered && within
	}
	return !d.neg || covered
}

// rangeEmpty: order conditions (numbers, dates) without a common value.
func rangeEmpty(same []clause) bool {
	for _, c := range same {
		low, strict, ok := c.lowerBound()
		if !ok {
			continue
		}
		for _, d := range same {
			high, highStrict, ok := d.upperBound()
			if !ok {
				continue
			}
			switch strings.Compare(c.orderFamily(), d.orderFamily()) {
			case 0:
				if n := compareBounds(low, high); n > 0 || n == 0 && (strict || highStrict) {
					return true
				}
			}
		}
	}
	return false
}

func (c clause) orderFamily() string {
	if c.atom.op >= opDateEquals && c.atom.op <= opDateGreaterThanEquals {
		return "date"
	}
	return "number"
}

// lowerBound is the bound of a clause that needs a present key above a value.
func (c clause) lowerBound() (v *conditionValue, strict, ok bool) {
	if c.atom.ifExists || c.neg || len(c.atom.values) != 1 || c.atom.values[0].bad || c.atom.values[0].tpl.kind != static {
		return nil, false, false
	}
	switch c.atom.op {
	case opNumericGreaterThan, opDateGreaterThan:
		return &c.atom.values[0], true, true
	case opNumericGreaterThanEquals, opDateGreaterThanEquals:
		return &c.atom.values[0], false, true
	}
	return nil, false, false
}

// upperBound is the bound of a clause that needs a present key below a value.
func (c clause) upperBound() (v *conditionValue, strict, ok bool) {
	if c.atom.ifExists || c.neg || len(c.atom.values) != 1 || c.atom.values[0].bad || c.atom.values[0].tpl.kind != static {
		return nil, false, false
	}
	switch c.atom.op {
	case opNumericLessThan, opDateLessThan:
		return &c.atom.values[0], true, true
	case opNumericLessThanEquals, opDateLessThanEquals:
		return &c.atom.values[0], false, true
	}
	return nil, false, false
}

func compareBounds(a, b *conditionValue) int {
	if a.num != nil && b.num != nil {
		return a.num.Cmp(b.num)
	}
	return a.when.Compare(b.when)
}

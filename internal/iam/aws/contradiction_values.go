package aws

import (
	"net/netip"
	"slices"
)

// valuesContradict decides a conjunction of clauses on one single-valued key.
// present: the key is surely in the request, so that what IfExists lets pass when
// it is not, and what a negated operator does, counts for nothing.
func valuesContradict(same []clause, present bool) bool {
	if values, ok := finiteValues(same, present); ok {
		return !slices.ContainsFunc(values, func(val string) bool { return allHold(same, val) })
	}
	return networksExclude(same, present) || patternsExclude(same, present) || present && rangeEmpty(same)
}

// finiteValues returns the values the key can have when some clause lists them
// all: an equality that a missing key does not satisfy.
func finiteValues(same []clause, present bool) ([]string, bool) {
	blind := !slices.ContainsFunc(same, func(c clause) bool { return c.atom.op != opStringEqualsIgnoreCase && c.atom.op != opNull })
	for _, c := range same {
		a := c.atom
		switch {
		case c.neg && !(a.op == opBool && present) || a.ifExists && !present:
			continue
		case a.op == opBool:
			return []string{"true", "false"}, true
		case a.op == opStringEqualsIgnoreCase && blind, a.lists():
			return a.texts(), true
		}
	}
	return nil, false
}

// lists reports whether only the atom's values, as they are written, match it.
func (a *atom) lists() bool {
	switch a.op {
	case opStringEquals:
		return true
	case opNumericEquals, opDateEquals:
		return !slices.ContainsFunc(a.values, func(v conditionValue) bool { return v.bad })
	case opStringLike:
		return !slices.ContainsFunc(a.values, func(v conditionValue) bool { return v.tpl.kind == static && !v.tpl.g.exact() })
	}
	return false
}

// texts are the values that can match at all.
func (a *atom) texts() []string {
	var out []string
	for i := range a.values {
		if a.values[i].tpl.kind != never {
			out = append(out, a.values[i].tpl.text)
		}
	}
	return out
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

// networksExclude: two address conditions without a common address, or one
// within what another forbids.
func networksExclude(same []clause, present bool) bool {
	for _, c := range same {
		if c.atom.op != opIPAddress || c.neg || c.atom.ifExists && !present {
			continue
		}
		for _, d := range same {
			if d.atom.op != opIPAddress || d.atom == c.atom || d.atom.ifExists && !present {
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
func patternsExclude(same []clause, present bool) bool {
	for _, c := range same {
		if !isPattern(c.atom.op) || c.neg || c.atom.ifExists && !present {
			continue
		}
		for _, d := range same {
			if d.atom == c.atom || !isPattern(d.atom.op) || isARN(d.atom.op) != isARN(c.atom.op) || d.atom.ifExists && !present {
				continue
			}
			if patternsClash(c.atom, d) {
				return true
			}
		}
	}
	return false
}

func isPattern(op operator) bool { return op == opStringLike || isARN(op) }

// isARN: ArnEquals and ArnLike "behave identically". Source: IAM User Guide,
// condition operators, ARN operators.
func isARN(op operator) bool { return op == opArnLike || op == opArnEquals }

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

// rangeEmpty: order conditions (numbers, dates) without a common value, on a key
// that is there.
func rangeEmpty(same []clause) bool {
	for _, c := range same {
		low, strict, ok := c.bound(lowerBounds)
		if !ok {
			continue
		}
		for _, d := range same {
			high, highStrict, ok := d.bound(upperBounds)
			if !ok || isDate(c.atom.op) != isDate(d.atom.op) {
				continue
			}
			if n := compareBounds(low, high); n > 0 || n == 0 && (strict || highStrict) {
				return true
			}
		}
	}
	return false
}

func isDate(op operator) bool { return op >= opDateEquals && op <= opDateGreaterThanEquals }

// lowerBounds and upperBounds are the operators that bound a key from one side;
// true is for those that leave the bound itself out.
var (
	lowerBounds = map[operator]bool{opNumericGreaterThan: true, opNumericGreaterThanEquals: false, opDateGreaterThan: true, opDateGreaterThanEquals: false}
	upperBounds = map[operator]bool{opNumericLessThan: true, opNumericLessThanEquals: false, opDateLessThan: true, opDateLessThanEquals: false}
)

// bound is the value that bounds a key that is there, from the side asked for.
func (c clause) bound(side map[operator]bool) (v *conditionValue, strict, ok bool) {
	a := c.atom
	if len(a.values) != 1 || a.values[0].bad || a.values[0].tpl.kind != static {
		return nil, false, false
	}
	op := a.op
	if c.neg {
		op = opposites[op]
	}
	strict, ok = side[op]
	return &a.values[0], strict, ok
}

func compareBounds(a, b *conditionValue) int {
	if a.num != nil && b.num != nil {
		return a.num.Cmp(b.num)
	}
	return a.when.Compare(b.when)
}

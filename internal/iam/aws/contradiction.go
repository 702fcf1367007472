package aws

import "slices"

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
	return v.keysExclude(lits)
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
	if a.op == opUnknown || a.dynamic() {
		return false
	}
	var same []clause
	for j, l := range lits {
		f := v.factOf(l)
		if f.atom == nil || f.atom.key != a.key || f.atom.op == opUnknown || f.atom.dynamic() {
			continue
		}
		if j < i {
			return false // the key was looked at from its first literal
		}
		same = append(same, clause{atom: f.atom, neg: l.negative()})
	}
	return len(same) > 1 && clausesContradict(same)
}

// clausesContradict decides a conjunction of clauses on one key.
func clausesContradict(same []clause) bool {
	present, absent := presence(same)
	if present && absent || setsExclude(same) {
		return true
	}
	single := slices.DeleteFunc(same, func(c clause) bool { return c.atom.set != setNone })
	return valuesContradict(single, present)
}

// presence says what the clauses demand: that the key is in the request, that it
// is not.
func presence(same []clause) (present, absent bool) {
	for i := range same {
		p, a := same[i].demands()
		present, absent = present || p, absent || a
	}
	return present, absent
}

// alwaysThere are keys that every request carries. Source: IAM User Guide, "AWS
// global condition context keys", availability: "always included".
var alwaysThere = map[string]bool{
	"aws:currenttime": true, "aws:epochtime": true, "aws:securetransport": true, "aws:viaawsservice": true, "aws:requestedregion": true,
}

// demands is presence for one clause.
func (c *clause) demands() (present, absent bool) {
	a := c.atom
	if a.op == opNull {
		return c.neg, !c.neg
	}
	present = alwaysThere[a.key]
	switch {
	case a.inner:
		return present, false
	case a.set == setAll:
		return present || c.neg, false // a value that fails
	case c.neg && a.set == setNone && !a.ifExists && a.matchesAny():
		return present, true // nothing there is left out
	case c.neg:
		return present || a.ifExists, false
	}
	return present || !a.ifExists, false
}

// setsExclude: some value must be one of a list, and each of the list is one that
// no value may be.
func setsExclude(same []clause) bool {
	for i := range same {
		a := same[i].atom
		if a.set != setAny || same[i].neg || a.ifExists || a.inner || !a.lists() {
			continue
		}
		out := len(a.values) > 0
		for j := range a.values {
			out = out && a.values[j].tpl.kind == static && noneMayBe(same, a.values[j].tpl.text)
		}
		if out {
			return true
		}
	}
	return false
}

// noneMayBe reports whether some clause shuts a value of a multivalued key out.
func noneMayBe(same []clause, value string) bool {
	return slices.ContainsFunc(same, func(c clause) bool {
		a := c.atom
		switch {
		case a.op == opNull || a.inner || a.ifExists:
			return false
		case a.set == setAll && !c.neg:
			return a.holdsFor(value) == no
		case a.set == setAny && c.neg:
			return a.holdsFor(value) == yes
		}
		return false
	})
}

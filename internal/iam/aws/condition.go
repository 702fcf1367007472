package aws

import (
	"fmt"
	"slices"
	"strings"
)

// operator is a positive condition operator. Negated operators are a positive
// one with the clause negated: both are true on a missing key exactly when the
// other is false, so the pair is complementary.
// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
type operator uint8

const (
	opUnknown operator = iota
	opStringEquals
	opStringEqualsIgnoreCase
	opStringLike
	opNumericEquals
	opNumericLessThan
	opNumericLessThanEquals
	opNumericGreaterThan
	opNumericGreaterThanEquals
	opDateEquals
	opDateLessThan
	opDateLessThanEquals
	opDateGreaterThan
	opDateGreaterThanEquals
	opBool
	opBinaryEquals
	opIPAddress
	opArnEquals
	opArnLike
	opNull
)

// operatorNames gives each operator its name and the name of its negation,
// where AWS has one.
var operatorNames = [...]struct{ name, negated string }{
	opUnknown:                  {"", ""},
	opStringEquals:             {"StringEquals", "StringNotEquals"},
	opStringEqualsIgnoreCase:   {"StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"},
	opStringLike:               {"StringLike", "StringNotLike"},
	opNumericEquals:            {"NumericEquals", "NumericNotEquals"},
	opNumericLessThan:          {"NumericLessThan", ""},
	opNumericLessThanEquals:    {"NumericLessThanEquals", ""},
	opNumericGreaterThan:       {"NumericGreaterThan", ""},
	opNumericGreaterThanEquals: {"NumericGreaterThanEquals", ""},
	opDateEquals:               {"DateEquals", "DateNotEquals"},
	opDateLessThan:             {"DateLessThan", ""},
	opDateLessThanEquals:       {"DateLessThanEquals", ""},
	opDateGreaterThan:          {"DateGreaterThan", ""},
	opDateGreaterThanEquals:    {"DateGreaterThanEquals", ""},
	opBool:                     {"Bool", ""},
	opBinaryEquals:             {"BinaryEquals", ""},
	opIPAddress:                {"IpAddress", "NotIpAddress"},
	opArnEquals:                {"ArnEquals", "ArnNotEquals"},
	opArnLike:                  {"ArnLike", "ArnNotLike"},
	opNull:                     {"Null", ""},
}

// opposites are order operators whose negation on a present key is another one.
var opposites = map[operator]operator{
	opNumericLessThan: opNumericGreaterThanEquals, opNumericGreaterThanEquals: opNumericLessThan,
	opNumericLessThanEquals: opNumericGreaterThan, opNumericGreaterThan: opNumericLessThanEquals,
	opDateLessThan: opDateGreaterThanEquals, opDateGreaterThanEquals: opDateLessThan,
	opDateLessThanEquals: opDateGreaterThan, opDateGreaterThan: opDateLessThanEquals,
}

// operatorsByName is keyed by the lower-case name, both polarities.
var operatorsByName = func() map[string]struct {
	op      operator
	negated bool
} {
	m := map[string]struct {
		op      operator
		negated bool
	}{}
	for op, n := range operatorNames {
		if n.name != "" {
			m[strings.ToLower(n.name)] = struct {
				op      operator
				negated bool
			}{operator(op), false}
		}
		if n.negated != "" {
			m[strings.ToLower(n.negated)] = struct {
				op      operator
				negated bool
			}{operator(op), true}
		}
	}
	return m
}()

type setKind uint8

const (
	setNone setKind = iota
	setAny          // ForAnyValue:
	setAll          // ForAllValues:
)

// atom is one interned positive condition: an operator on a key with values.
type atom struct {
	id       int32
	op       operator
	set      setKind
	ifExists bool
	// inner: each value must not match (only for ForAnyValue:…Not…IfExists, which
	// is no other atom's complement).
	inner   bool
	key     string // lower case
	shown   string // the key as first written
	values  []conditionValue
	raw     []string // sorted, for showing
	written string   // the operator as written, when it is not known
}

// clause is an atom or its negation, as a statement uses it.
type clause struct {
	atom *atom
	neg  bool
}

// atomTable interns atoms while an engine is compiled; afterwards it is read only.
type atomTable struct {
	byText map[string]*atom
	list   []*atom
}

func newAtomTable() *atomTable { return &atomTable{byText: map[string]*atom{}} }

func (t *atomTable) intern(a *atom) *atom {
	key := fmt.Sprintf("%d|%d|%t|%t|%s|%s|%q", a.op, a.set, a.ifExists, a.inner, a.key, a.written, a.raw)
	for i := range a.values {
		if a.values[i].tpl.dynamic() {
			key += "|dynamic"
			break
		}
	}
	if have, ok := t.byText[key]; ok {
		return have
	}
	a.id = int32(len(t.list))
	t.byText[key] = a
	t.list = append(t.list, a)
	return a
}

// newClause compiles one operator, key and value list. An unknown operator
// gives an atom of opUnknown, and an error to warn with; a condition that always
// holds gives a clause without atom.
func newClause(op, key string, values []string, variables bool, atoms *atomTable) (clause, error) {
	a := &atom{key: strings.ToLower(strings.TrimSpace(key)), shown: key}
	a.raw = slices.Clone(values)
	slices.Sort(a.raw)
	a.raw = slices.Compact(a.raw)
	neg, err := a.parseOperator(op)
	if err != nil {
		a.op, a.written = opUnknown, op
		return clause{atom: atoms.intern(a)}, err
	}
	if a.op == opNull {
		return nullClause(a, values, atoms)
	}
	for _, r := range a.raw {
		v, verr := newConditionValue(a.op, r, variables)
		if verr != nil {
			err = fmt.Errorf("%s %s: %w", op, key, verr)
		}
		a.values = append(a.values, v)
	}
	if a.op == opBool && a.set == setNone && !a.ifExists && a.matchesAny() {
		return clause{atom: atoms.intern(&atom{op: opNull, key: a.key, shown: a.shown, raw: []string{"true"}}), neg: !neg}, err
	}
	return clause{atom: atoms.intern(a), neg: neg}, err
}

// matchesAny reports whether the atom holds for every value its key can have.
func (a *atom) matchesAny() bool {
	switch a.op {
	case opStringLike:
		return slices.ContainsFunc(a.values, func(v conditionValue) bool { return v.tpl.kind == static && v.tpl.text == everything })
	case opBool:
		says := func(yes bool) bool {
			return slices.ContainsFunc(a.values, func(v conditionValue) bool { return v.tpl.kind == static && !v.bad && v.yes == yes })
		}
		return says(true) && says(false)
	}
	return false
}

// parseOperator reads prefix, name and suffix and puts the atom into its
// canonical form; it reports whether the clause is the atom's negation.
func (a *atom) parseOperator(written string) (neg bool, err error) {
	name := strings.ToLower(written)
	if rest, ok := strings.CutPrefix(name, "foranyvalue:"); ok {
		name, a.set = rest, setAny
	} else if rest, ok := strings.CutPrefix(name, "forallvalues:"); ok {
		name, a.set = rest, setAll
	}
	if rest, ok := strings.CutSuffix(name, "ifexists"); ok && rest != "null" {
		name, a.ifExists = rest, true
	}
	n, ok := operatorsByName[name]
	if !ok || n.op == opNull && a.set != setNone {
		return false, fmt.Errorf("unknown condition operator %q", written)
	}
	a.op, neg = n.op, n.negated
	switch {
	case a.set == setAll:
		// ForAllValues is true without values, so IfExists adds nothing; with a
		// negated operator it is the negation of ForAnyValue.
		a.ifExists = false
		if neg {
			a.set = setAny
		}
	case a.set == setAny && neg && a.ifExists:
		a.inner, neg = true, false
	case a.set == setAny && neg:
		a.set = setAll
	case neg:
		// A negated operator is true on a missing key already.
		a.ifExists = false
	}
	return neg, nil
}

func nullClause(a *atom, values []string, atoms *atomTable) (clause, error) {
	var err error
	yes, no := false, false
	for _, v := range values {
		switch strings.ToLower(v) {
		case "true":
			yes = true
		case "false":
			no = true
		default:
			err = fmt.Errorf("Null %s: %q is neither true nor false", a.key, v)
		}
	}
	a.raw = []string{"true"}
	switch {
	case yes && no:
		return clause{}, err // either way: no condition
	case !yes && !no:
		a.op, a.written = opUnknown, "Null"
		return clause{atom: atoms.intern(a)}, err
	}
	return clause{atom: atoms.intern(a), neg: no}, err
}

// conditions shows an atom or its negation as AWS would write it: one condition, or
// two where the negated operator takes a missing key and the negation does not.
func (a *atom) conditions(neg bool) []Condition {
	c := a.condition(neg)
	if !neg || !a.ifExists || needsKey(c.Operator) {
		return []Condition{c}
	}
	return []Condition{c, {Key: a.shown, Operator: "Null", Values: []string{"false"}}}
}

// needsKey reports whether an operator fails on a missing key.
func needsKey(operator string) bool {
	return !strings.Contains(operator, "Not") && !strings.HasPrefix(operator, "not ") && !strings.HasPrefix(operator, "ForAllValues:") && !strings.HasSuffix(operator, "IfExists")
}

// condition is the first of conditions.
func (a *atom) condition(neg bool) Condition {
	c := Condition{Key: a.shown, Values: slices.Clone(a.raw)}
	if c.Values == nil {
		c.Values = []string{}
	}
	if a.op == opUnknown {
		c.Operator = a.written
		if neg {
			c.Operator = "not " + a.written
		}
		return c
	}
	if a.op == opNull {
		c.Operator = "Null"
		c.Values = []string{"true"}
		if neg {
			c.Values = []string{"false"}
		}
		return c
	}
	c.Operator = a.operatorText(neg, &c)
	return c
}

// operatorText names the operator; for a negated Bool it also flips the value.
func (a *atom) operatorText(neg bool, c *Condition) string {
	set := a.set
	if neg && set != setNone {
		set = setAny + setAll - set
	}
	prefix := [...]string{setNone: "", setAny: "ForAnyValue:", setAll: "ForAllValues:"}[set]
	suffix := ""
	if a.ifExists && !neg {
		suffix = "IfExists"
	}
	n := operatorNames[a.op]
	if neg == a.inner {
		return prefix + n.name + suffix
	}
	if n.negated != "" {
		return prefix + n.negated + suffix
	}
	// No negation has a name: on a present key it is the opposite operator, and a
	// missing key satisfies it (unless the atom itself took a missing key).
	if !a.ifExists && set == setNone {
		suffix = "IfExists"
	}
	if o, ok := opposites[a.op]; ok && a.strictest(c) {
		return prefix + operatorNames[o].name + suffix
	}
	if a.op == opBool && len(c.Values) == 1 {
		flipped := "true"
		if strings.EqualFold(c.Values[0], "true") {
			flipped = "false"
		}
		c.Values = []string{flipped}
		return prefix + "Bool" + suffix
	}
	return "not " + prefix + n.name
}

// strictest leaves of several bounds the one that implies the others when none of
// them may hold; it reports false where that is not known.
func (a *atom) strictest(c *Condition) bool {
	if len(a.values) == 1 {
		return true
	}
	_, upper := upperBounds[a.op]
	best := -1
	for i := range a.values {
		if a.values[i].bad || a.values[i].tpl.kind != static {
			return false
		}
		if best < 0 || (compareBounds(&a.values[i], &a.values[best]) > 0) == upper {
			best = i
		}
	}
	if best < 0 {
		return false
	}
	c.Values = []string{a.values[best].tpl.raw}
	return true
}

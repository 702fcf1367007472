package aws

import (
	"strings"
	"sync"
)

// eval is the state of one evaluation. It is reused through a pool, so that
// deciding allocates nothing when everything is known.
type eval struct {
	e        *Engine
	c        *caller
	action   string // lower case
	t        target
	over     map[string][]string // context overrides, lower-case keys
	absent   map[string]bool
	session  []*policyRef
	attacker bool
	// asAdmin adds AdministratorAccess to the identity policies.
	asAdmin bool

	nodes []node
	extra []fact
	tmp   [1]string
	// desire: the clause under evaluation should turn out true for the caller's
	// good (Allow) or false (Deny).
	denying bool
	// part numbers the requests of a composite gate, so that keys about the
	// resource are not taken for the same fact in two of them.
	part   int
	trace  *trace
	layers layers
}

var evalPool = sync.Pool{New: func() any { return new(eval) }}

// begin prepares an evaluation for one caller, action and resource.
func (v *eval) begin(e *Engine, c *caller, action string, t target) {
	v.e, v.c, v.action, v.t = e, c, action, t
	v.over, v.absent, v.session = nil, nil, nil
	v.attacker, v.asAdmin = false, false
	v.reset()
}

// reset forgets expressions but keeps the question.
func (v *eval) reset() {
	v.nodes, v.extra = v.nodes[:0], v.extra[:0]
	v.denying, v.trace, v.part = false, nil, 0
}

func acquire() *eval { return evalPool.Get().(*eval) }
func (v *eval) done() {
	v.c, v.t, v.trace, v.over, v.absent = nil, target{}, nil, nil, nil
	evalPool.Put(v)
}

// applies says when the statement covers the request, its principal aside: the
// action matches, the resource matches, every condition holds.
func (v *eval) applies(s *statement, resource string) expr {
	if !s.matchesAction(v.action) {
		return exprFalse
	}
	v.denying = s.deny
	x := v.resourceMatch(s, resource)
	for i := range s.clauses {
		if x == exprFalse {
			return exprFalse
		}
		x = v.and(x, v.clause(&s.clauses[i]))
	}
	return x
}

// matchesAction compares the lower-case action with Action or NotAction.
func (s *statement) matchesAction(action string) bool {
	for i := range s.actions {
		if s.actions[i].match(action) {
			return !s.notAction
		}
	}
	return s.notAction
}

// resourceMatch compares the resource, which may have wildcards: then a pattern
// that covers only part of it leaves a residue.
func (v *eval) resourceMatch(s *statement, resource string) expr {
	x := exprFalse
	for i := range s.resources {
		x = v.or(x, v.templateMatch(&s.resources[i], resource, s.notResource))
		if x == exprTrue {
			break
		}
	}
	if s.notResource {
		return v.not(x)
	}
	return x
}

func (v *eval) templateMatch(t *template, resource string, inverted bool) expr {
	if t.kind == static {
		if t.g.match(resource) {
			return exprTrue
		}
		return v.partial(t.g.text, resource)
	}
	text, state, shown := t.fill(v)
	key := strings.ToLower(shown)
	if state == fillAbsent {
		return exprFalse
	}
	g := newGlob(text)
	if state == fillDone {
		if g.match(resource) {
			return exprTrue
		}
		return v.partial(text, resource)
	}
	if !g.match(resource) && !(isWild(resource) && arnsOverlap(text, resource)) {
		return exprFalse
	}
	if v.attacker && chosen(key) {
		if v.denying == inverted {
			return exprTrue
		}
		return exprFalse
	}
	a := &atom{op: opStringLike, key: key, shown: shown, raw: []string{unwild(resource)}}
	if val, ok := t.needed(v, resource); ok {
		a.op, a.raw = opStringEquals, []string{val}
		cv, _ := newConditionValue(opStringEquals, val, false)
		a.values = []conditionValue{cv}
	} else {
		// The variable's value decides in a way that no one operator says: the
		// pattern itself is shown.
		a.op, a.written, a.raw = opUnknown, "ResourceVariable", []string{t.raw}
	}
	return v.dynamicAtom(a)
}

// dynamicAtom makes a literal of a condition that exists only in this
// evaluation; equal ones are one fact.
func (v *eval) dynamicAtom(a *atom) expr {
	for i := range v.extra {
		h := v.extra[i].atom
		if h != nil && h.op == a.op && h.key == a.key && h.set == a.set && h.ifExists == a.ifExists && h.inner == a.inner && strings.Join(h.raw, "\x00") == strings.Join(a.raw, "\x00") {
			return v.lit(literal(2 * (len(v.e.atoms.list) + i)))
		}
	}
	return v.extraFact(fact{atom: a})
}

// partial is the residue of a pattern that covers part of a wildcard request.
func (v *eval) partial(pattern, resource string) expr {
	if !isWild(resource) || !arnsOverlap(pattern, resource) {
		return exprFalse
	}
	return v.extraFact(fact{part: pattern})
}

// clause says when one condition holds.
func (v *eval) clause(c *clause) expr {
	a := c.atom
	state, values := v.lookup(a.key)
	if state == keyUnknown && v.attacker && chosen(a.key) {
		return constant(!v.denying)
	}
	wantMatch := v.denying == c.neg // what the caller would like the atom to be
	switch v.atomTruth(a, state, values, wantMatch) {
	case yes:
		return constant(!c.neg)
	case no:
		return constant(c.neg)
	}
	l := literal(2 * a.id)
	if c.neg {
		l |= 1
	}
	aboutResource := v.part > 0 && strings.Contains(a.key, "resource")
	if a.id >= 0 && !a.dynamic() && !aboutResource {
		return v.lit(l)
	}
	filled := v.filledAtom(a)
	if len(filled.values) == 0 && len(a.values) > 0 && !a.inner {
		if !a.ifExists && a.set != setAll {
			return constant(c.neg) // nothing to compare with: it never holds
		}
		filled = &atom{op: opNull, key: a.key, shown: a.shown, raw: []string{"true"}} // only without the key
	}
	if aboutResource {
		filled.key = itoa(v.part) + "#" + filled.key
	}
	x := v.dynamicAtom(filled)
	if c.neg {
		return v.not(x)
	}
	return x
}

func constant(b bool) expr {
	if b {
		return exprTrue
	}
	return exprFalse
}

func (a *atom) dynamic() bool {
	for i := range a.values {
		if a.values[i].tpl.dynamic() {
			return true
		}
	}
	return false
}

// filledAtom replaces the known variables in an atom's values, so that a
// residue shows what is really asked for.
func (v *eval) filledAtom(a *atom) *atom {
	out := *a
	out.raw, out.values = nil, nil
	for i := range a.values {
		val := &a.values[i]
		if !val.tpl.dynamic() {
			out.raw, out.values = append(out.raw, val.tpl.raw), append(out.values, *val)
			continue
		}
		text, state, _ := val.tpl.fill(v)
		switch state {
		case fillDone:
			filled, _ := v.compileFilled(a.op, text)
			out.raw, out.values = append(out.raw, unwild(text)), append(out.values, filled)
		case fillUnknown:
			out.raw, out.values = append(out.raw, val.tpl.raw), append(out.values, *val)
		}
	}
	return &out
}

func (v *eval) compileFilled(op operator, text string) (conditionValue, error) {
	cv := conditionValue{tpl: template{raw: unwild(text), text: text, g: newGlob(text)}}
	err := cv.compile(op)
	cv.bad = err != nil
	return cv, err
}

// atomTruth decides an atom from what is known of its key.
func (v *eval) atomTruth(a *atom, state keyState, values []string, wantMatch bool) tri {
	if a.op == opUnknown {
		return maybe
	}
	if a.op == opNull {
		return nullTruth(state)
	}
	switch state {
	case keyUnknown, keyPresent:
		switch {
		case v.noMember(a):
			return no
		case (a.ifExists || a.set == setAll) && !a.inner && a.matchesAny():
			return yes
		}
		return maybe
	case keyAbsent:
		return truth(a.set == setAll || a.ifExists)
	case keyRecent, keyRecentOrAbsent:
		return a.recentTruth(state == keyRecent)
	case keyKnownOrAbsent:
		if t := v.valuesTruth(a, values); t == truth(a.set == setAll || a.ifExists) {
			return t
		}
		return maybe
	case keyOutsider:
		return v.outsiderTruth(a, values[0], wantMatch)
	}
	if len(values) == 0 || a.set != setNone && len(values) == 1 && values[0] == "" {
		// A set of nothing, "such as an empty string". Source: IAM User Guide,
		// "Multivalued context keys".
		return truth(a.set == setAll || a.ifExists)
	}
	// The values share one scratch cell with further lookups of variables.
	if len(values) == 1 {
		return v.valueTruth(a, values[0])
	}
	return v.valuesTruth(a, values)
}

// noMember reports whether a positive condition names only organisations whose
// accounts are all known while the account in question is none of them: whatever
// its organisation is, and whether it has one, the condition fails.
func (v *eval) noMember(a *atom) bool {
	account := v.c.account
	switch a.key {
	case "aws:principalorgid", "aws:principalorgpaths":
	case "aws:resourceorgid", "aws:resourceorgpaths":
		account = v.t.account
	default:
		return false
	}
	if account == "" || a.ifExists || a.set == setAll || a.inner || v.e.account(account).orgID.Collected() {
		return false
	}
	for i := range a.values {
		if !v.e.excludes(&a.values[i], account) {
			return false
		}
	}
	return true
}

// excludes reports whether a value names one organisation and the account is
// surely not in it.
func (e *Engine) excludes(val *conditionValue, account string) bool {
	if val.tpl.kind != static {
		return false
	}
	id, _, _ := strings.Cut(val.tpl.text, "/")
	org := e.inv.Organizations[id]
	return org != nil && org.Accounts == Known && org.Nodes[account] == nil && org.ManagementAccount != account
}

func nullTruth(state keyState) tri {
	switch state {
	case keyUnknown, keyRecentOrAbsent, keyKnownOrAbsent:
		return maybe
	case keyAbsent:
		return yes
	}
	return no
}

// recentTruth compares a date that lies in the past with a key that is a time
// not before recentTime.
func (a *atom) recentTruth(present bool) tri {
	result := no // no value is met
	for i := range a.values {
		val := &a.values[i]
		if val.bad || val.tpl.kind != static {
			return maybe
		}
		after := val.when.Before(recentTime) // then the key lies after the value
		switch a.op {
		case opDateGreaterThan, opDateGreaterThanEquals:
			if !after {
				return maybe
			}
			result = yes
		case opDateLessThan, opDateLessThanEquals, opDateEquals:
			if !after {
				return maybe
			}
		default:
			return maybe
		}
	}
	// An absent key fails a positive operator and passes IfExists.
	if present || truth(a.ifExists) == result {
		return result
	}
	return maybe
}

// outsiderTruth: an outsider picks a value of the shape. When he wants a match,
// one value that matches is enough; when he wants none, one that does not.
func (v *eval) outsiderTruth(a *atom, shape string, wantMatch bool) tri {
	if a.set == setAll {
		return truth(wantMatch) // he sends the key not at all, or to his liking
	}
	for i := range a.values {
		val := &a.values[i]
		if val.tpl.kind != static {
			return maybe
		}
		if a.key == githubProvider+":sub" && v.c.id == GitHubAny {
			// Only a pattern leaves anything open; to other operators * is a letter.
			if loose := looseSubject(val.tpl.raw); a.op == opStringLike && (loose && wantMatch || val.tpl.raw == "*") {
				return yes
			}
			continue
		}
		m := val.matchText(a.op, shape)
		if !isWild(shape) && m != yes || m == no {
			continue
		}
		if wantMatch && v.c.anyName && a.key == "aws:principalarn" && !v.e.takesName(v.c.account, val.tpl.text) {
			continue
		}
		if m == yes || wantMatch {
			return yes
		}
	}
	if v.foreignOrganization(a) {
		return maybe
	}
	return no
}

// foreignOrganization reports whether a condition names an organisation that is
// surely not the resource's own: some outsiders belong to it. For a caller who
// needs no invitation that is out of reach.
func (v *eval) foreignOrganization(a *atom) bool {
	if v.attacker || v.c.kind != callerOutsider || a.key != "aws:principalorgid" && a.key != "aws:principalorgpaths" {
		return false
	}
	home := v.e.account(v.t.account).orgID
	if !home.Collected() {
		return false
	}
	for i := range a.values {
		org, _, _ := strings.Cut(a.values[i].tpl.text, "/")
		if _, ours := v.e.inv.Organizations[org]; !ours && org != "" && org != home.Value && !isWild(org) {
			return true
		}
	}
	return false
}

// looseSubject reports whether a pattern for GitHub's sub claim leaves the
// organisation open: repo:*, *, repo:org* (another organisation can take a name
// with that beginning), but not repo:org/*.
func looseSubject(pattern string) bool {
	i := strings.IndexAny(pattern, "*?")
	return i >= 0 && !strings.Contains(pattern[:i], "/")
}

// valueTruth compares a single value of the request with all of the condition's.
func (v *eval) valueTruth(a *atom, have string) tri {
	out := no
	for i := range a.values {
		out = max(out, v.oneValue(a, &a.values[i], have))
		if out == yes {
			break
		}
	}
	if a.inner {
		return -out
	}
	return out
}

func (v *eval) oneValue(a *atom, val *conditionValue, have string) tri {
	switch val.tpl.kind {
	case static:
		return val.matchText(a.op, have)
	case never:
		return no
	}
	text, state, _ := val.tpl.fill(v)
	if state == fillAbsent {
		return no
	}
	filled, err := v.compileFilled(a.op, text)
	switch {
	case state == fillUnknown && (a.op == opStringEquals || a.op == opStringLike):
		return maybeIf(patternsOverlap(text, have))
	case state == fillUnknown:
		return maybe
	case err != nil:
		return no
	}
	return filled.matchText(a.op, have)
}

// valuesTruth compares a multivalued key. Without a set operator any value that
// matches is enough.
func (v *eval) valuesTruth(a *atom, values []string) tri {
	if a.set == setAll {
		out := yes
		for _, have := range values {
			out = min(out, v.valueTruth(a, have))
		}
		return out
	}
	out := no
	for _, have := range values {
		out = max(out, v.valueTruth(a, have))
	}
	return out
}

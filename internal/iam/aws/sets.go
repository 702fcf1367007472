package aws

import (
	"slices"
	"sort"
)

// Access answers, for one action, who may do it on which resources of a universe.
// Pairs that no entry names are denied.
type Access struct {
	Action    string
	Resources []string // sorted; entries refer to them
	Entries   []AccessEntry
}

// AccessEntry says that principals have the same verdict on a set of resources.
// Principals is shared between entries and must not be changed.
type AccessEntry struct {
	Principals []string
	Verdict    Verdict // allow, conditional or unknown
	set        bitset
	// alike are parts of set whose resources the same statements speak of, which
	// look at nothing else of a resource: the answers differ in its name alone.
	// Filled in for Grants only.
	alike []bitset
}

// Len is the number of resources of the entry.
func (x *AccessEntry) Len() int { return x.set.count() }

// Each calls f with the number (in Access.Resources) of every resource, ascending.
func (x *AccessEntry) Each(f func(resource int)) { x.set.each(f) }

// Has reports whether the entry holds the resource of that number.
func (x *AccessEntry) Has(resource int) bool { return x.set.has(resource) }

// class is the principals of one policy set.
type class struct {
	callers []*caller
	ids     []string
	account string
}

// setIndex groups the principals by policy set.
type setIndex struct {
	e       *Engine
	classes []class
}

// PolicySet numbers the policy set of a user or role: those of one set have the
// same policies and boundary. It reports false for other callers.
func (e *Engine) PolicySet(principal string) (int, bool) {
	c := e.callers[principal]
	if c == nil || c.principal == nil {
		return 0, false
	}
	return c.principal.set, true
}

func newSetIndex(e *Engine) *setIndex {
	x := &setIndex{e: e, classes: make([]class, e.sets)}
	for _, p := range e.principals {
		if e.hides(p) {
			continue // its class stays empty: what is not known is part of a policy set
		}
		c := &x.classes[p.set]
		c.callers = append(c.callers, e.callers[p.arn])
		c.ids = append(c.ids, p.arn)
		c.account = e.callers[p.arn].account
	}
	return x
}

// sweep is the work of one Access question.
type sweep struct {
	u       *Universe
	e       *Engine
	o       *Options
	action  string
	special bitset
	rcpT    bitset // surely denied by an RCP
	rcpU    bitset // perhaps
	v       *eval
	out     *Access

	allowT, allowU, denyT, denyU, levelT, levelU, passT, passU, whole, part bitset

	used      []usedStatement
	personal  bool
	noteAlike bool // AccessEntry.alike is wanted
	uncertain bool // options make even unconditional answers depend on more
}

// usedStatement is a statement of the class that speaks of the action.
type usedStatement struct {
	whole, part bitset
	patterns    int // of its resource element
	conditional bool
	resourceful bool
}

// Access answers an action for the whole universe by policy sets: for each set,
// unions and intersections of resource sets decide what is surely allowed and
// surely denied; what is left is decided once for each group of resources that
// the same statements speak of. Without a loop over principals × resources.
func (u *Universe) Access(action string, o Options) (*Access, error) {
	return u.access(action, &o, false)
}

func (u *Universe) access(action string, o *Options, noteAlike bool) (*Access, error) {
	a, err := checkAction(action)
	if err != nil {
		return nil, err
	}
	if resourceless(a) && (len(u.arns) != 1 || u.arns[0] != "*") {
		return u.e.Universe([]string{"*"}).access(action, o, noteAlike)
	}
	s := &sweep{noteAlike: noteAlike, u: u, e: u.e, o: o, action: a, out: &Access{Action: action, Resources: u.arns}, v: acquire()}
	defer s.v.done()
	s.uncertain = len(o.SessionPolicies) > 0 || len(o.Context) > 0
	n := len(u.arns)
	for _, b := range []*bitset{&s.allowT, &s.allowU, &s.denyT, &s.denyU, &s.levelT, &s.levelU, &s.passT, &s.passU, &s.whole, &s.part, &s.rcpT, &s.rcpU} {
		*b = newBitset(n)
	}
	s.special = u.special(a)
	s.rcps()
	for i := range u.e.index.classes {
		s.class(&u.e.index.classes[i])
	}
	s.specials()
	sort.SliceStable(s.out.Entries, func(i, j int) bool {
		x, y := &s.out.Entries[i], &s.out.Entries[j]
		if x.Principals[0] != y.Principals[0] {
			return x.Principals[0] < y.Principals[0]
		}
		return x.set.first() < y.set.first()
	})
	return s.out, nil
}

// AllPairs answers several actions of one universe, in the order given.
func (u *Universe) AllPairs(actions []string, o Options) ([]*Access, error) {
	var out []*Access
	for _, a := range actions {
		x, err := u.Access(a, o)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// rcps collects what the organisations' resource control policies deny.
func (s *sweep) rcps() {
	if !rcpCovers(s.action) {
		return
	}
	for id, owned := range s.u.owned {
		a := s.e.account(id)
		if a.management {
			continue
		}
		for i := range a.rcps {
			s.rcpLevel(&a.rcps[i], owned)
		}
	}
}

func (s *sweep) rcpLevel(lv *orgLevel, owned bitset) {
	open := len(lv.missing) > 0
	for _, r := range lv.refs {
		open = open || r.pol.broken
		for _, st := range r.pol.statements {
			if !st.deny || !st.matchesAction(s.action) {
				continue
			}
			s.u.of(st, s.whole, s.part)
			s.part.and(owned)
			s.whole.and(owned)
			s.rcpU.or(s.part)
			if len(st.clauses) > 0 {
				s.rcpU.or(s.whole)
			} else {
				s.rcpT.or(s.whole)
			}
		}
	}
	if open {
		s.rcpU.or(owned)
	}
}

// ownRCPs leaves resources that name no account open when the caller's account,
// whose they are taken to be, has an RCP that speaks of the action.
func (s *sweep) ownRCPs(c *caller) {
	if c.info == nil || c.info.management || s.u.ownerless.empty() || !rcpCovers(s.action) {
		return
	}
	for i := range c.info.rcps {
		lv := &c.info.rcps[i]
		speaks := len(lv.missing) > 0
		for _, r := range lv.refs {
			speaks = speaks || r.pol.broken
			for _, st := range r.pol.statements {
				speaks = speaks || st.deny && st.matchesAction(s.action)
			}
		}
		if speaks {
			s.denyU.or(s.u.ownerless)
			s.used = append(s.used, usedStatement{whole: s.u.ownerless, part: s.u.none, conditional: true, resourceful: true})
		}
	}
}

// class decides one policy set on the resources that identity policies decide.
func (s *sweep) class(c *class) {
	if len(c.callers) == 0 {
		return
	}
	first := c.callers[0]
	p := first.principal
	s.begin()
	s.policies(p.identity, s.allowT, s.allowU)
	if len(p.missing) > 0 {
		s.allowU.or(s.u.all)
		s.denyU.or(s.u.all)
	}
	if s.allowT.empty() && s.allowU.empty() {
		return
	}
	s.passT.copyFrom(s.allowT)
	s.passU.copyFrom(s.allowU)
	s.passU.or(s.allowT)
	s.boundary(p)
	s.scps(first)
	if !p.exempt {
		s.denyT.or(s.rcpT)
		s.denyU.or(s.rcpU)
		s.ownRCPs(first)
	}
	own := s.u.within(c.account, first.partition)
	// passT: surely; passU: perhaps or surely.
	s.passT.andNot(s.denyT)
	s.passT.andNot(s.denyU)
	s.passU.andNot(s.denyT)
	s.passU.and(own)
	s.passU.andNot(s.special)
	s.passT.and(s.passU)
	if s.uncertain {
		s.passT.clear()
	}
	s.emit(c.ids, Allow, s.passT)
	s.passU.andNot(s.passT)
	if !s.passU.empty() {
		s.rest(c, s.passU.clone())
	}
}

func (s *sweep) begin() {
	for _, b := range []bitset{s.allowT, s.allowU, s.denyT, s.denyU} {
		b.clear()
	}
	s.used, s.personal = s.used[:0], false
}

// policies adds what a layer's policies allow to the given sets and what they
// deny to the sweep's.
func (s *sweep) policies(refs []*policyRef, allowT, allowU bitset) {
	for _, r := range refs {
		if r.pol.broken {
			allowU.or(s.u.all)
			s.denyU.or(s.u.all)
		}
		for _, st := range r.pol.statements {
			if st.matchesAction(s.action) {
				s.statement(st, allowT, allowU)
			}
		}
	}
}

func (s *sweep) statement(st *statement, allowT, allowU bitset) {
	s.u.of(st, s.whole, s.part)
	sure, perhaps := allowT, allowU
	if st.deny {
		sure, perhaps = s.denyT, s.denyU
	}
	conditional := len(st.clauses) > 0
	perhaps.or(s.part)
	if conditional {
		perhaps.or(s.whole)
	} else {
		sure.or(s.whole)
	}
	s.personal = s.personal || st.personal
	if conditional || st.resourceful || !s.part.empty() || st.deny {
		s.used = append(s.used, usedStatement{whole: s.whole.clone(), part: s.part.clone(), patterns: len(st.resources), conditional: conditional, resourceful: st.resourceful})
	} else {
		s.used = append(s.used, usedStatement{whole: s.whole.clone(), part: s.u.none})
	}
}

// limit narrows the passing sets by a layer that must allow too.
func (s *sweep) limit() {
	s.levelU.or(s.levelT)
	s.passT.and(s.levelT)
	s.passU.and(s.levelU)
}

func (s *sweep) boundary(p *principal) {
	switch p.boundaryState {
	case None:
		return
	case NotCollected:
		s.passT.clear()
		return
	}
	s.levelT.clear()
	s.levelU.clear()
	s.policies([]*policyRef{p.boundary}, s.levelT, s.levelU)
	s.limit()
}

func (s *sweep) scps(c *caller) {
	if c.info == nil || c.info.management || c.principal.exempt {
		return
	}
	for i := range c.info.scps {
		lv := &c.info.scps[i]
		s.levelT.clear()
		s.levelU.clear()
		s.policies(lv.refs, s.levelT, s.levelU)
		if len(lv.missing) > 0 {
			s.levelU.or(s.u.all)
			s.denyU.or(s.u.all)
		}
		s.limit()
	}
}

func (s *sweep) emit(ids []string, verdict Verdict, set bitset) {
	if set.empty() {
		return
	}
	en := AccessEntry{Principals: ids, Verdict: verdict, set: set.clone()}
	if s.noteAlike && verdict == Allow && len(s.used) <= maxAlikeStatements {
		en.alike = s.alike(en.set)
	}
	s.out.Entries = append(s.out.Entries, en)
}

// maxAlikeStatements bounds what telling resources apart by statements may cost;
// where more of them speak of an action, each resource is looked at by itself.
const maxAlikeStatements = 32

// alike parts a set for AccessEntry.alike. IAM's own resources can be alike: they
// come by the thousand, and nothing but identity policies decides about them. What
// has wildcards is alike to none.
func (s *sweep) alike(set bitset) []bitset {
	set = set.clone()
	set.and(s.u.plainIAM)
	if set.empty() || set.count() == 1 {
		return nil
	}
	groups := []bitset{set}
	for i := range s.used {
		groups = split(groups, s.used[i].whole)
		groups = split(groups, s.used[i].part)
	}
	return slices.DeleteFunc(groups, func(g bitset) bool { return g.count() == 1 || s.looksAtResource(g) })
}

// rest decides what sets left open: resources are grouped by the statements that
// speak of them, and each group is decided once (for each principal, when a
// condition looks at the principal; for each resource, when one looks at it).
func (s *sweep) rest(c *class, open bitset) {
	s.requestPolicies(c.callers[0])
	groups := []bitset{open}
	for i := range s.used {
		groups = split(groups, s.used[i].whole)
		groups = split(groups, s.used[i].part)
	}
	callers := c.callers[:1]
	if s.personal {
		callers = c.callers
	}
	for _, cl := range callers {
		ids := c.ids
		if s.personal {
			ids = []string{cl.id}
		}
		byVerdict := map[Verdict]bitset{}
		for _, g := range groups {
			s.group(cl, g, byVerdict)
		}
		for _, verdict := range []Verdict{Allow, Conditional, Unknown} {
			if b := byVerdict[verdict]; b != nil {
				s.emit(ids, verdict, b)
			}
		}
	}
}

// requestPolicies adds the statements that the request itself brings in: session
// policies, and the policy of the VPC endpoint it names.
func (s *sweep) requestPolicies(c *caller) {
	if !s.uncertain {
		return
	}
	s.v.begin(s.e, c, s.action, target{})
	s.v.options(*s.o)
	refs := append([]*policyRef(nil), s.v.session...)
	if ep := s.v.endpoint(); ep != nil && ep.ref != nil {
		refs = append(refs, ep.ref)
	}
	for _, r := range refs {
		for _, st := range r.pol.statements {
			if !st.matchesAction(s.action) {
				continue
			}
			s.u.of(st, s.whole, s.part)
			s.personal = s.personal || st.personal || len(st.principals) > 0
			s.used = append(s.used, usedStatement{whole: s.whole.clone(), part: s.part.clone(), patterns: len(st.resources), conditional: true, resourceful: st.resourceful})
		}
	}
}

func split(groups []bitset, by bitset) []bitset {
	var out []bitset
	for _, g := range groups {
		in, rest := g.clone(), g.clone()
		in.and(by)
		rest.andNot(by)
		if !in.empty() {
			out = append(out, in)
		}
		if !rest.empty() {
			out = append(out, rest)
		}
	}
	return out
}

func (s *sweep) group(c *caller, g bitset, byVerdict map[Verdict]bitset) {
	add := func(verdict Verdict, i int) bitset {
		b := byVerdict[verdict]
		if b == nil {
			b = newBitset(len(s.u.arns))
			byVerdict[verdict] = b
		}
		if i >= 0 {
			b.set(i)
		}
		return b
	}
	if s.looksAtResource(g) {
		g.each(func(i int) { add(s.literal(c, i), i) })
		return
	}
	add(s.literal(c, g.first()), -1).or(g)
}

// looksAtResource reports whether a statement that speaks of the group depends on
// the resource beyond its ARN, or an RCP may deny some of it, or several patterns
// cover parts of the group: which parts they share differs by resource.
func (s *sweep) looksAtResource(g bitset) bool {
	touch := func(b bitset) bool {
		for i := range b {
			if b[i]&g[i] != 0 {
				return true
			}
		}
		return false
	}
	if touch(s.rcpU) {
		return true
	}
	patterns := 0
	for i := range s.used {
		st := &s.used[i]
		partly := touch(st.part)
		if st.resourceful && (partly || touch(st.whole)) {
			return true
		}
		if partly {
			patterns += st.patterns
		}
	}
	return patterns > 1
}

// literal decides one pair by the formula.
func (s *sweep) literal(c *caller, i int) Verdict {
	s.v.begin(s.e, c, s.action, s.e.targetFor(s.action, s.u.arns[i], c))
	s.v.options(*s.o)
	return s.v.verdict()
}

// specials decides the resources whose own policy counts: for each of them the
// policy sets, the principals it names, and the outsiders it lets in.
func (s *sweep) specials() {
	s.special.each(func(i int) {
		byVerdict := map[Verdict][]string{}
		memo := s.e.newMemo([]part{{action: s.action, resource: s.u.arns[i]}})
		for k := range s.e.index.classes {
			s.specialClass(&s.e.index.classes[k], i, memo, byVerdict)
		}
		for _, c := range s.e.outsiders(&part{action: s.action, resource: s.u.arns[i]}) {
			if verdict := s.literal(c, i); verdict != Deny {
				byVerdict[verdict] = append(byVerdict[verdict], c.id)
			}
		}
		one := newBitset(len(s.u.arns))
		one.set(i)
		for _, verdict := range []Verdict{Allow, Conditional, Unknown} {
			if ids := byVerdict[verdict]; len(ids) > 0 {
				sort.Strings(ids)
				s.emit(ids, verdict, one)
			}
		}
	})
}

// specialClass decides one policy set on such a resource: once, and again for the
// principals that the resource's side names.
func (s *sweep) specialClass(cl *class, i int, m *memo, byVerdict map[Verdict][]string) {
	shared, have := Deny, false
	for _, c := range cl.callers {
		verdict := shared
		if shares := m.shares(c); !shares || !have {
			verdict = s.literal(c, i)
			if shares {
				shared, have = verdict, true
				if verdict == Deny && len(m.named) == 0 {
					return
				}
			}
		}
		if verdict != Deny {
			byVerdict[verdict] = append(byVerdict[verdict], c.id)
		}
	}
}

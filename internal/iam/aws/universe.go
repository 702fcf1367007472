package aws

import (
	"sort"
	"strings"
)

// Universe is a list of resources that set questions are asked about. It caches
// which of them a pattern covers, so asking several actions of one universe is
// much cheaper than one universe each. It is not safe for concurrent use.
type Universe struct {
	e       *Engine
	arns    []string // sorted, without repeats
	entries []universeEntry
	cache   map[string]*patternSet
	all     bitset
	none    bitset
	// owned are the resources of an account; ownerless ones belong to the caller.
	owned     map[string]bitset
	ownerless bitset
	// partitions are the resources of each partition.
	partitions map[string]bitset
	wild       []int  // entries with wildcards
	plainIAM   bitset // entries of IAM without
}

// universeEntry is one resource.
type universeEntry struct {
	text    string // in wildcard form
	wild    bool
	account string // empty: the caller's own
	t       target // resolved without a caller
}

// patternSet is which resources a pattern covers, and of which it covers a part.
type patternSet struct {
	whole, part bitset
}

// Universe prepares a list of resources, ARNs possibly with wildcards.
func (e *Engine) Universe(resources []string) *Universe {
	u := &Universe{e: e, cache: map[string]*patternSet{}, owned: map[string]bitset{}, partitions: map[string]bitset{}}
	u.arns = append(u.arns, resources...)
	sort.Slice(u.arns, func(i, j int) bool { return wild(u.arns[i]) < wild(u.arns[j]) })
	kept := u.arns[:0]
	for i, a := range u.arns {
		if i == 0 || a != u.arns[i-1] {
			kept = append(kept, a)
		}
	}
	u.arns = kept
	n := len(u.arns)
	u.all, u.none, u.ownerless, u.plainIAM = newBitset(n), newBitset(n), newBitset(n), newBitset(n)
	if n > 0 {
		u.all.fill(n)
	}
	for i, a := range u.arns {
		u.add(i, a)
	}
	return u
}

func (u *Universe) add(i int, arn string) {
	t := u.e.target(arn, "")
	en := universeEntry{text: wild(arn), account: t.account, t: t}
	if en.wild = isWild(en.text); en.wild {
		u.wild = append(u.wild, i)
	}
	if !en.wild && t.isARN && t.arn.Service == "iam" {
		u.plainIAM.set(i)
	}
	u.entries = append(u.entries, en)
	if t.isARN {
		in, ok := u.partitions[t.arn.Partition]
		if !ok {
			in = newBitset(len(u.arns))
			u.partitions[t.arn.Partition] = in
		}
		in.set(i)
	}
	if t.account == "" {
		u.ownerless.set(i)
		return
	}
	owned, ok := u.owned[t.account]
	if !ok {
		owned = newBitset(len(u.arns))
		u.owned[t.account] = owned
	}
	owned.set(i)
}

// within lists the resources that identity policies of an account alone can
// decide: the account's, and those of no account in its partition.
func (u *Universe) within(account, partition string) bitset {
	own := u.ownerless.clone()
	if o, ok := u.owned[account]; ok {
		own.or(o)
	}
	for p, set := range u.partitions {
		if apart(partition, p) {
			own.andNot(set)
		}
	}
	return own
}

// pattern says which resources a static pattern covers. The literal beginning of
// the pattern bounds the part of the sorted list that is looked at.
func (u *Universe) pattern(g *glob) *patternSet {
	if p, ok := u.cache[g.text]; ok {
		return p
	}
	p := &patternSet{whole: u.none, part: u.none}
	if g.all() {
		p.whole = u.all
		u.cache[g.text] = p
		return p
	}
	whole, part := newBitset(len(u.arns)), newBitset(len(u.arns))
	prefix := g.prefix()
	from := sort.Search(len(u.entries), func(i int) bool { return u.entries[i].text >= prefix })
	for i := from; i < len(u.entries) && strings.HasPrefix(u.entries[i].text, prefix); i++ {
		u.test(g, i, whole, part)
	}
	// A wildcard request sorts by its own literal beginning, which may be shorter
	// than the pattern's.
	for _, i := range u.wild {
		if i < from {
			u.test(g, i, whole, part)
		}
	}
	p.whole, p.part = whole, part
	u.cache[g.text] = p
	return p
}

func (u *Universe) test(g *glob, i int, whole, part bitset) {
	text := u.entries[i].text
	switch {
	case g.match(text):
		whole.set(i)
	case u.entries[i].wild && arnsOverlap(g.text, text):
		part.set(i)
	}
}

// of says which resources a statement's Resource or NotResource covers: whole,
// surely; part, perhaps or partly. The result must not be changed.
func (u *Universe) of(s *statement, whole, part bitset) {
	whole.clear()
	part.clear()
	for i := range s.resources {
		t := &s.resources[i]
		switch t.kind {
		case static:
			p := u.pattern(&t.g)
			whole.or(p.whole)
			part.or(p.part)
		case variable:
			g := newGlob(t.loose())
			p := u.pattern(&g)
			part.or(p.whole)
			part.or(p.part)
		}
	}
	part.andNot(whole)
	if s.notResource {
		// Covered is what the list leaves out; what it covers in part stays open.
		for i := range whole {
			whole[i] = u.all[i] &^ (whole[i] | part[i])
		}
	}
}

// loose is the template with a star for every variable.
func (t *template) loose() string {
	var b strings.Builder
	for _, p := range t.vars {
		b.WriteString(p.literal)
		if p.key != "" {
			b.WriteByte(wildStar)
		}
	}
	return b.String()
}

// special lists the resources of which an action cannot be decided by identity
// policies alone: those whose own policy speaks of it, or is not known.
func (u *Universe) special(action string) bitset {
	out := newBitset(len(u.arns))
	for i := range u.entries {
		if u.entries[i].special(action) {
			out.set(i)
		}
	}
	return out
}

func (en *universeEntry) special(action string) bool {
	t := &en.t
	if personalActions[action] || en.text == everything && spansKeys(action) {
		return true
	}
	if isRoleARN(t.arn) && t.isARN && !immutable(action, en.text) && !strings.HasPrefix(action, "sts:") {
		return false
	}
	info := t.info
	if immutable(action, en.text) {
		return true
	}
	if info == nil {
		return t.isARN && takesPolicy(t.arn)
	}
	if t.gate || t.point != nil || info.state == NotCollected || aclPermissions[action] != "" && en.hasACL() {
		return true
	}
	for _, r := range info.refs {
		if r.pol.broken {
			return true
		}
		for _, s := range r.pol.statements {
			if s.matchesAction(action) {
				return true
			}
		}
	}
	return false
}

func (en *universeEntry) hasACL() bool {
	f := en.t.info.facts
	return f != nil && f.S3 != nil && len(f.S3.ACL.Value) > 0
}

// noteKeys finds out whether the statement looks at who the caller is beyond its
// policies (personal), and at the resource beyond its ARN (resourceful).
func (s *statement) noteKeys() {
	look := func(key string) {
		switch {
		case strings.HasPrefix(key, "aws:principal") && key != "aws:principalaccount" && !strings.HasPrefix(key, "aws:principalorg") && key != "aws:principalisawsservice" && key != "aws:principaltype",
			key == "aws:userid", key == "aws:username", key == "sts:rolesessionname":
			s.personal = true
		}
		if strings.Contains(key, "resource") || key == "aws:requestedregion" || key == "iam:permissionsboundary" || strings.HasPrefix(key, "s3:dataaccesspoint") ||
			strings.HasPrefix(key, "s3:buckettag/") || key == "s3:accesspointnetworkorigin" || key == "lambda:functionurlauthtype" {
			s.resourceful = true
		}
	}
	for i := range s.clauses {
		a := s.clauses[i].atom
		look(a.key)
		for j := range a.values {
			for _, p := range a.values[j].tpl.vars {
				look(p.key)
			}
		}
	}
	for i := range s.resources {
		for _, p := range s.resources[i].vars {
			look(p.key)
			s.resourceful = true
		}
	}
}

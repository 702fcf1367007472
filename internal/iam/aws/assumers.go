package aws

import (
	"sort"
	"strings"
)

// assumerIndex says which policy sets may call sts:AssumeRole by their own
// policies, so that a trust policy that hands the decision to an account is not
// asked of every set there. Most sets name no role at all, and most others name
// few of them.
type assumerIndex struct {
	byRole map[string][]int // role ARN: sets that name it literally
	wide   map[string][]int // account: sets that may mean any role
}

const assumeRoleAction = "sts:assumerole"

func newAssumerIndex(e *Engine) *assumerIndex {
	x := &assumerIndex{byRole: map[string][]int{}, wide: map[string][]int{}}
	for i := range e.index.classes {
		cl := &e.index.classes[i]
		if len(cl.callers) == 0 {
			continue
		}
		named, wide := assumable(cl.callers[0].principal)
		if wide {
			x.wide[cl.account] = append(x.wide[cl.account], i)
			continue
		}
		for _, arn := range named {
			x.byRole[arn] = append(x.byRole[arn], i)
		}
	}
	return x
}

// assumable lists the roles that identity policies name for sts:AssumeRole, each
// once; wide means that they may cover others too.
func assumable(p *principal) (named []string, wide bool) {
	if len(p.missing) > 0 {
		return nil, true
	}
	seen := map[string]bool{}
	for _, r := range p.identity {
		if r.pol.broken {
			return nil, true
		}
		for _, s := range r.pol.statements {
			if s.deny || !s.matchesAction(assumeRoleAction) {
				continue
			}
			if s.notResource {
				return nil, true
			}
			for i := range s.resources {
				t := &s.resources[i]
				switch {
				case t.kind == never:
				case t.kind != static || isWild(t.g.text):
					return nil, true
				case !seen[t.g.text]:
					seen[t.g.text] = true
					named = append(named, t.g.text)
				}
			}
		}
	}
	return named, false
}

// trusted is which principals of the inventory a trust policy can let in: whole
// policy sets, through their account, and single principals by name.
type trusted struct {
	classes []int // ascending
	callers []*caller
}

// trustedBy lists the users and roles that a role's trust policy may let in. It
// reports false when that is everyone, or not known.
func (e *Engine) trustedBy(role string) (trusted, bool) {
	info := e.resources[role]
	if info == nil || info.role == nil || info.state == NotCollected {
		return trusted{}, false
	}
	accounts, names := map[string]bool{}, map[string]bool{}
	for _, ref := range info.refs {
		if ref.pol.broken {
			return trusted{}, false
		}
		for _, s := range ref.pol.statements {
			if s.deny || !s.hasPrincipal {
				continue
			}
			if s.notPrincipal {
				return trusted{}, false
			}
			for i := range s.principals {
				if !e.noteTrusted(&s.principals[i], accounts, names) {
					return trusted{}, false
				}
			}
		}
	}
	return e.trustedSets(role, accounts, names), true
}

// noteTrusted adds what one principal element names. It is false for everyone.
func (e *Engine) noteTrusted(p *principalElement, accounts, names map[string]bool) bool {
	switch p.kind {
	case elementAny, elementCanonical:
		return false
	case elementAccount:
		accounts[p.account] = true
	case elementUser, elementRole:
		names[p.text] = true
	case elementSession:
		if c, ok := e.rolesByName[p.account+"/"+p.role]; ok {
			names[c.arn] = true
		}
	}
	return true
}

func (e *Engine) trustedSets(role string, accounts, names map[string]bool) trusted {
	var t trusted
	in := map[int]bool{}
	add := func(i int) {
		if !in[i] {
			in[i] = true
			t.classes = append(t.classes, i)
		}
	}
	for account := range accounts {
		for _, i := range e.assumers.wide[account] {
			add(i)
		}
	}
	for _, i := range e.assumers.byRole[role] {
		if accounts[e.index.classes[i].account] {
			add(i)
		}
	}
	sort.Ints(t.classes)
	for _, arn := range sortedKeys(names) {
		if c, ok := e.callers[arn]; ok && !in[c.principal.set] {
			t.callers = append(t.callers, c)
		}
	}
	return t
}

// NeverTrusts reports whether a role's trust policy was read and no statement of
// it lets the service in, whatever the request: a quick answer to most of what
// Trusts is asked. False says nothing.
func (e *Engine) NeverTrusts(role, service string) bool {
	info := e.resources[role]
	if info == nil || info.role == nil || info.state == NotCollected {
		return false
	}
	c := &caller{kind: callerService, id: strings.ToLower(service)}
	for _, ref := range info.refs {
		if ref.pol.broken {
			return false
		}
		for _, s := range ref.pol.statements {
			if s.deny || !s.hasPrincipal {
				continue
			}
			if s.notPrincipal {
				return false
			}
			for i := range s.principals {
				if named, _ := s.principals[i].matches(c, false); named != strengthNone {
					return false
				}
			}
		}
	}
	return true
}

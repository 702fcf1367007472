package aws

// Unread is a user or role some of whose identity policies are not known: not
// collected, or not understood. Such a policy may allow anything and may deny
// anything, so no request of the principal is ever allowed, and every request that
// no other layer denies is unknown. The same holds of what its policies allow when
// the text of its boundary is not known.
type Unread struct {
	Principal string
	// Bounded: its identity policies are known, the text of its boundary is not.
	Bounded bool
	Missing []Missing // what is not known, each once, in the order of the inventory
	Source  Source    // of the first document that was not understood, if any was
}

// Unread lists users and roles of whose identity policies some are not known, or
// that have policies which allow something and a boundary whose text is not known,
// sorted by ARN. Whether they have a boundary at all must be known.
func (e *Engine) Unread() []Unread {
	var out []Unread
	for _, p := range e.principals {
		if !p.unread() {
			continue
		}
		u := Unread{Principal: p.arn}
		seen := map[Missing]bool{}
		note := func(m Missing) {
			if !seen[m] {
				seen[m] = true
				u.Missing = append(u.Missing, m)
			}
		}
		for _, r := range p.identity {
			if !r.pol.broken {
				continue
			}
			if u.Source == (Source{}) {
				u.Source = r.source
			}
			note(Missing{Kind: "policy", ID: r.id})
		}
		for _, m := range p.missing {
			note(m)
		}
		if p.boundaryUnread() {
			u.Bounded = len(u.Missing) == 0
			if p.boundary != nil && u.Source == (Source{}) {
				u.Source = p.boundary.source
			}
			note(Missing{Kind: "policy", ID: p.boundaryID})
		}
		out = append(out, u)
	}
	return out
}

func (p *principal) unread() bool {
	if len(p.missing) > 0 {
		return true
	}
	allows := false
	for _, r := range p.identity {
		if r.pol.broken {
			return true
		}
		for _, s := range r.pol.statements {
			allows = allows || !s.deny
		}
	}
	return allows && p.boundaryUnread()
}

// boundaryUnread reports whether it is known which policy bounds the principal, and
// not what that says.
func (p *principal) boundaryUnread() bool {
	return p.boundaryID != "" && (p.boundary == nil || p.boundary.pol.broken)
}

// WithoutUnread is an engine that lists nobody of [Engine.Unread] when it is asked
// who may do something, unless a role's trust policy names them; whoever asks must
// tell of them. All lists hold of them is "unknown", and telling that of every
// principal, action and resource costs their product. What is asked about one
// principal is answered as before.
func (e *Engine) WithoutUnread() *Engine {
	out := *e
	out.hidesUnread = true
	out.index = newSetIndex(&out)
	out.assumers = newAssumerIndex(&out)
	return &out
}

// Without is an engine that leaves principals out of lists in the same way.
func (e *Engine) Without(principals map[string]bool) *Engine {
	out := *e
	out.left = principals
	out.index = newSetIndex(&out)
	out.assumers = newAssumerIndex(&out)
	return &out
}

// hides reports whether lists leave a principal out.
func (e *Engine) hides(p *principal) bool { return e.hidesUnread && p.unread() || e.left[p.arn] }

// TrustUnread reports whether a role of the inventory has a trust policy that was
// not collected or not understood: nobody is let in for sure, and it is unknown
// whether anybody is whom the rest of it does not deny.
func (e *Engine) TrustUnread(role string) bool {
	info := e.resources[role]
	if info == nil || info.role == nil {
		return false
	}
	if info.state == NotCollected {
		return true
	}
	for _, r := range info.refs {
		if r.pol.broken {
			return true
		}
	}
	return false
}

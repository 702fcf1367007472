package aws

// memo lets principals of one policy set share an answer, as long as nothing in
// the question looks at the principal itself.
type memo struct {
	e        *Engine
	parts    []part
	blocked  bool            // the resource's side looks at principals in general
	named    map[string]bool // principals the resource's side names one by one
	personal map[int]bool    // policy sets whose statements look at the principal
	decided  map[int]*Decision
}

func (e *Engine) newMemo(parts []part) *memo {
	m := &memo{e: e, parts: parts, named: map[string]bool{}, personal: map[int]bool{}, decided: map[int]*Decision{}}
	for i := range parts {
		t := e.target(parts[i].resource, "")
		if parts[i].resource == "*" && spansKeys(parts[i].action) {
			t.text, t.service, t.spans = everything, "kms", true
		}
		switch {
		case t.info != nil:
			m.resourceSide(t.info, parts[i].action)
		case t.spans:
			for _, arn := range e.overlapping(&t) {
				m.resourceSide(e.resources[arn], parts[i].action)
				m.rcps(e.resources[arn].account, parts[i].action)
			}
		}
		m.rcps(t.account, parts[i].action)
	}
	for _, ep := range e.endpoints {
		if ep.ref != nil {
			m.refs([]*policyRef{ep.ref}, "")
		}
	}
	return m
}

func (m *memo) rcps(account, action string) {
	for _, lv := range m.e.account(account).rcps {
		m.refs(lv.refs, action)
	}
}

func (m *memo) resourceSide(info *resourceInfo, action string) {
	m.refs(info.refs, action)
	if info.facts != nil && info.facts.S3 != nil {
		for i := range info.facts.S3.AccessPoints {
			if p := m.e.points[info.facts.S3.AccessPoints[i].ARN]; p != nil {
				m.refs(p.refs, action)
			}
		}
	}
	for i := range info.grants {
		m.element(&info.grants[i].grantee)
	}
}

// refs notes what policies with principals look at. An empty action means all.
func (m *memo) refs(refs []*policyRef, action string) {
	for _, r := range refs {
		for _, s := range r.pol.statements {
			if action != "" && action != assumeAction && !s.matchesAction(action) {
				continue
			}
			if s.personal {
				m.blocked = true
			}
			for i := range s.principals {
				m.element(&s.principals[i])
			}
		}
	}
}

func (m *memo) element(p *principalElement) {
	switch p.kind {
	case elementUser, elementRole, elementFederated:
		m.named[p.text] = true
	case elementSession:
		if c, ok := m.e.rolesByName[p.account+"/"+p.role]; ok {
			m.named[c.arn] = true
		}
	}
}

// shares reports whether the caller's answer is that of its policy set.
func (m *memo) shares(c *caller) bool {
	if m.blocked || c.principal == nil || c.principal.set < 0 || c.kind != callerUser && c.kind != callerRole || m.named[c.arn] {
		return false
	}
	personal, ok := m.personal[c.principal.set]
	if !ok {
		personal = m.looksAtPrincipal(c)
		m.personal[c.principal.set] = personal
	}
	return !personal
}

func (m *memo) looksAtPrincipal(c *caller) bool {
	look := func(refs []*policyRef) bool {
		for _, r := range refs {
			for _, s := range r.pol.statements {
				if s.personal && m.speaks(s) {
					return true
				}
			}
		}
		return false
	}
	p := c.principal
	if look(p.identity) || p.boundary != nil && look([]*policyRef{p.boundary}) {
		return true
	}
	if c.info != nil {
		for i := range c.info.scps {
			if look(c.info.scps[i].refs) {
				return true
			}
		}
	}
	// A resource that is the principal itself, or a boundary known by owner only.
	return p.boundaryState == NotCollected && p.boundaryID == ""
}

// speaks reports whether the statement is about one of the question's actions.
func (m *memo) speaks(s *statement) bool {
	for i := range m.parts {
		if m.parts[i].service == "" && s.matchesAction(m.parts[i].action) || m.parts[i].action == assumeAction {
			return true
		}
	}
	return false
}

// decision returns the shared decision with the caller's name, if there is one.
func (m *memo) decision(c *caller) (Decision, bool) {
	if !m.shares(c) {
		return Decision{}, false
	}
	d, ok := m.decided[c.principal.set]
	if !ok {
		return Decision{}, false
	}
	out := *d
	out.Principal = c.id
	return out, true
}

func (m *memo) keepDecision(c *caller, d Decision) {
	if m.shares(c) {
		m.decided[c.principal.set] = &d
	}
}

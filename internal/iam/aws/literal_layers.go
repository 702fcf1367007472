package aws

import "strings"

// Each function evaluates one layer into l; see literal.go for how they join.

// policies evaluates policies that name no principal.
func (v *eval) policies(refs []*policyRef, level string) (allow, deny expr) {
	for _, r := range refs {
		a, d := v.policy(r, level)
		allow, deny = v.or(allow, a), v.or(deny, d)
	}
	return allow, deny
}

func (v *eval) policy(r *policyRef, level string) (allow, deny expr) {
	if r.pol.broken {
		m := Missing{Kind: "policy", ID: r.id}
		allow, deny = v.unknownAllow(m), v.unknownDeny(m)
	}
	for _, s := range r.pol.statements {
		x := v.applies(s, v.t.text)
		if x == exprFalse {
			continue
		}
		v.record(r, s, x, level)
		if s.deny {
			deny = v.or(deny, x)
		} else {
			allow = v.or(allow, x)
		}
	}
	return allow, deny
}

func (v *eval) gaps(missing []Missing) (allow, deny expr) {
	for _, m := range missing {
		allow, deny = v.or(allow, v.unknownAllow(m)), v.or(deny, v.unknownDeny(m))
	}
	return allow, deny
}

func (v *eval) identityLayer(l *layers) {
	c := v.c
	switch {
	case c.kind == callerRoot, c.kind == callerOutsider:
		// The root user may do everything in its account; an outsider's own
		// administrator gives what is needed.
		l.idAllow = exprTrue
		return
	case !c.hasIdentity():
		return
	case c.principal == nil && !v.sameAsTarget():
		// Answered as far as the resource side goes (cli.md, Principals).
		l.idAllow = exprTrue
		return
	case c.principal == nil:
		m := Missing{Kind: "principal", ID: c.arn}
		l.idAllow, l.idDeny = v.unknownAllow(m), v.unknownDeny(m)
		return
	}
	p := c.principal
	l.idAllow, l.idDeny = v.policies(p.identity, "")
	a, d := v.gaps(p.missing)
	l.idAllow, l.idDeny = v.or(l.idAllow, a), v.or(l.idDeny, d)
	if v.asAdmin {
		a, _ := v.policy(v.e.adminPolicy, "")
		l.idAllow = v.or(l.idAllow, a)
	}
}

// sameAsTarget reports whether the caller's account owns the resource, or may:
// an unknown owner is not taken for another account.
func (v *eval) sameAsTarget() bool { return v.t.account == v.c.account || v.t.account == "" }

func (v *eval) boundaryLayer(l *layers) {
	p := v.c.principal
	l.boundaryAllow = exprTrue
	if p == nil {
		return
	}
	switch p.boundaryState {
	case Known:
		l.boundaryAllow, l.boundaryDeny = v.policies([]*policyRef{p.boundary}, "")
	case NotCollected:
		m := Missing{Kind: "boundary", ID: p.arn}
		if p.boundaryID != "" {
			m = Missing{Kind: "policy", ID: p.boundaryID}
		}
		l.boundaryAllow, l.boundaryDeny = v.unknownAllow(m), v.unknownDeny(m)
	}
}

func (v *eval) sessionLayer(l *layers) {
	l.sessionAllow = exprTrue
	if len(v.session) == 0 {
		return
	}
	l.sessionAllow, l.sessionDeny = v.policies(v.session, "")
}

// scpLayer: intersection over the levels, union within one. SCPs bind the
// principals of member accounts, the root user included, and nobody else.
// Source: Organizations User Guide, "SCP evaluation" and "Service control
// policies", tasks and entities not restricted by SCPs.
func (v *eval) scpLayer(l *layers) {
	l.scpAllow = exprTrue
	a := v.c.info
	if a == nil || !v.c.authenticated() || a.management || v.exempt() {
		return
	}
	for i := range a.scps {
		allow, deny := v.level(&a.scps[i])
		l.scpAllow = v.and(l.scpAllow, allow)
		l.scpDeny = v.or(l.scpDeny, deny)
		v.recordLevel(LayerSCP, a.scps[i].id, allow, deny)
	}
}

func (v *eval) level(lv *orgLevel) (allow, deny expr) {
	allow, deny = v.policies(lv.refs, lv.id)
	a, d := v.gaps(lv.missing)
	return v.or(allow, a), v.or(deny, d)
}

// exempt reports whether the caller is a service-linked role; of one that was not
// collected the path says so.
func (v *eval) exempt() bool {
	if p := v.c.principal; p != nil {
		return p.exempt
	}
	return v.c.isRole() && strings.Contains(v.c.arn, ":role/aws-service-role/")
}

// rcpLayer: denies on the resources of member accounts, whoever calls. The
// default Allow cannot be detached, so only denies matter.
// Source: Organizations User Guide, "RCP evaluation" and "Resource control
// policies", resources and entities not restricted by RCPs.
func (v *eval) rcpLayer(l *layers) {
	if !v.underRCPs() {
		return
	}
	v.accountRCPs(l, v.t.account)
	if v.foreignPoint() {
		v.accountRCPs(l, v.t.point.account()) // the access point is a resource too
	}
}

func (v *eval) accountRCPs(l *layers, id string) {
	a := v.e.account(id)
	if a.management {
		return
	}
	for i := range a.rcps {
		for _, r := range a.rcps[i].refs {
			l.rcpDeny = v.or(l.rcpDeny, v.rcpPolicy(r, a.rcps[i].id))
		}
		_, d := v.gaps(a.rcps[i].missing)
		l.rcpDeny = v.or(l.rcpDeny, d)
	}
}

// underRCPs reports whether the resource's organisation may bind the request. Who
// assumes a service-linked role is the service's affair alone.
func (v *eval) underRCPs() bool {
	return v.t.account != "" && !v.exempt() && rcpCovers(v.action) && !v.t.managedKey() &&
		!(v.t.linkedRole() && strings.HasPrefix(v.action, "sts:"))
}

// linkedRole reports whether the resource is a service-linked role.
func (t *target) linkedRole() bool {
	return t.arn.Service == "iam" && strings.HasPrefix(t.arn.Resource, "role/aws-service-role/") || t.info != nil && t.info.role != nil && t.info.role.ServiceLinked()
}

// managedKey reports whether the resource is a KMS key that AWS manages.
func (t *target) managedKey() bool {
	if t.service != "kms" || t.info == nil || t.info.facts == nil || t.info.facts.KMS == nil {
		return false
	}
	manager := t.info.facts.KMS.Manager
	return manager.Known() && manager.Value == "AWS"
}

// rcpPolicy evaluates the denies of an RCP. Its Principal is always "*".
func (v *eval) rcpPolicy(r *policyRef, level string) (deny expr) {
	if r.pol.broken {
		deny = v.unknownDeny(Missing{Kind: "policy", ID: r.id})
	}
	for _, s := range r.pol.statements {
		if !s.deny {
			continue
		}
		if x := v.applies(s, v.t.text); x != exprFalse {
			v.record(r, s, x, level)
			deny = v.or(deny, x)
		}
	}
	return deny
}

// endpointLayer brings the policy of the VPC endpoint in that the request names.
// Source: VPC User Guide, "Control access to VPC endpoints using endpoint policies".
func (v *eval) endpointLayer(l *layers) {
	l.endpointAllow = exprTrue
	ids := v.over["aws:sourcevpce"]
	if len(ids) == 0 {
		return
	}
	ep := v.endpoint()
	service, _, _ := strings.Cut(v.action, ":")
	if ep != nil && !endpointCarries(ep.facts.Service, service) {
		return // a request to another service does not pass this endpoint
	}
	switch {
	case ep == nil || ep.facts.Policy.State == None:
		// Somebody else's endpoint, or the default policy that allows everything.
	case ep.ref == nil:
		m := Missing{Kind: "endpoint_policy", ID: ep.facts.ID}
		l.endpointAllow, l.endpointDeny = v.unknownAllow(m), v.unknownDeny(m)
	default:
		var r resourceSide
		v.principalPolicy(ep.ref, v.t.text, &r)
		l.endpointAllow, l.endpointDeny = r.any(v), r.deny
	}
}

package aws

// resourceSide is what policies with principals say about one caller.
type resourceSide struct {
	account, role, user, direct, deny expr
}

func (r *resourceSide) any(v *eval) expr {
	return v.or(v.or(r.direct, r.user), v.or(r.role, r.account))
}

// resourceLayer evaluates the resource's own policy: bucket, key, queue, trust, …
func (v *eval) resourceLayer(l *layers) {
	var r resourceSide
	switch {
	case v.t.point != nil:
		v.accessPointPolicies(&r)
	case v.t.info != nil && !v.t.plain:
		for _, ref := range v.t.info.refs {
			v.principalPolicy(ref, v.t.text, &r)
		}
	}
	v.missingPolicy(&r)
	if v.c.kind == callerRoot && l.sameAccount && bucketPolicyActions[v.action] {
		// The owner's root user may read, replace and delete a bucket policy that
		// denies it. Source: S3 API Reference, PutBucketPolicy.
		r.deny = exprFalse
	}
	l.resAccount, l.resRole, l.resUser, l.resDirect, l.resDeny = r.account, r.role, r.user, r.direct, r.deny
	if v.t.service == "s3" {
		v.s3Layers(l)
	}
	if v.t.service == "kms" {
		l.grant = v.grants()
	}
}

// missingPolicy is what a resource policy that was not collected may say.
func (v *eval) missingPolicy(r *resourceSide) {
	if v.t.state != NotCollected || len(v.t.gaps) == 0 {
		return
	}
	m := v.t.gaps[0]
	strict := denyingServices[v.t.service]
	if v.t.account == v.c.account && v.c.account != "" && !strict && !v.t.gate {
		return
	}
	x := v.unknownAllow(m)
	r.direct, r.account = v.or(r.direct, x), v.or(r.account, x)
	if strict || v.t.account != v.c.account {
		r.deny = v.or(r.deny, v.unknownDeny(m))
	}
}

// principalPolicy evaluates one policy whose statements name principals, and
// sorts its allows by how they name the caller.
func (v *eval) principalPolicy(ref *policyRef, resource string, r *resourceSide) {
	if ref.pol.broken {
		m := Missing{Kind: "policy", ID: ref.id}
		x := v.unknownAllow(m)
		r.direct, r.account = v.or(r.direct, x), v.or(r.account, x)
		r.deny = v.or(r.deny, v.unknownDeny(m))
	}
	for _, s := range ref.pol.statements {
		if !s.hasPrincipal {
			continue // matches nobody
		}
		named, ok := v.named(s)
		if !ok {
			continue
		}
		x := v.applies(s, resource)
		if x == exprFalse {
			continue
		}
		v.addNamed(ref, s, x, &named, r)
	}
}

func (v *eval) addNamed(ref *policyRef, s *statement, x expr, named *resourceSide, r *resourceSide) {
	if s.deny {
		d := v.and(x, named.any(v))
		r.deny = v.or(r.deny, d)
		v.record(ref, s, d, "")
		return
	}
	r.account = v.or(r.account, v.and(x, named.account))
	r.role = v.or(r.role, v.and(x, named.role))
	r.user = v.or(r.user, v.and(x, named.user))
	r.direct = v.or(r.direct, v.and(x, named.direct))
	v.recordNamed(ref, s, v.and(x, named.any(v)), named)
}

// named says whether and how the statement's principal element covers the caller;
// a session ARN covers a role only under a condition on the session's name.
func (v *eval) named(s *statement) (resourceSide, bool) {
	v.denying = s.deny
	if s.notPrincipal {
		return v.notNamed(s)
	}
	var n resourceSide
	for i := range s.principals {
		strong, session := s.principals[i].matches(v.c, s.deny)
		x := exprTrue
		if session != "" {
			x = v.sessionName(session)
		}
		switch strong {
		case strengthAccount:
			n.account = v.or(n.account, x)
		case strengthRole:
			n.role = v.or(n.role, x)
		case strengthUser:
			n.user = v.or(n.user, x)
		case strengthDirect:
			n.direct = v.or(n.direct, x)
		}
	}
	return n, n.any(v) != exprFalse
}

// notNamed: everyone but those listed. In a Deny an account does not exempt its
// users and roles, only its root user: they must be listed themselves.
// Source: IAM User Guide, "AWS JSON policy elements: NotPrincipal".
func (v *eval) notNamed(s *statement) (resourceSide, bool) {
	listed, account, itself := exprFalse, false, false
	for i := range s.principals {
		strong, session := s.principals[i].matches(v.c, s.deny)
		switch {
		case strong == strengthNone:
		case strong == strengthAccount && s.deny && v.c.kind != callerRoot:
			account = true
		case session != "":
			listed = v.or(listed, v.sessionName(session))
		default:
			listed = exprTrue
			itself = itself || s.principals[i].kind != elementSession
			account = account || s.principals[i].kind == elementAny
		}
	}
	n := resourceSide{direct: v.not(listed)}
	if s.deny && v.c.authenticated() {
		if listed != exprFalse && !(account && itself) {
			n.direct = v.or(n.direct, v.listedInPart(account))
		}
		n.direct = v.or(n.direct, v.bounded())
	}
	return n, n.direct != exprFalse
}

// listedInPart: the caller is listed and what contains it is not. "You must also
// specify the account ARN of the not-denied principal. Otherwise, the policy might
// deny access to the entire account … AWS might validate the account first, then
// the role, and then the assumed-role user." Whether the service does is not said.
// Source: IAM User Guide, "AWS JSON policy elements: NotPrincipal".
func (v *eval) listedInPart(account bool) expr {
	c := v.c
	lacks := Missing{Kind: "not_principal", ID: c.arn}
	if !account {
		lacks.ID = "arn:" + c.partition + ":iam::" + c.account + ":root"
	}
	if c.kind == callerRoot || c.account == "" {
		return exprFalse
	}
	return v.unknownDeny(lacks)
}

// bounded holds when the caller has a permissions boundary: a Deny by
// NotPrincipal always meets such a principal, whoever is listed.
// Source: IAM User Guide, "Permissions boundaries for IAM entities", permissions
// boundaries and resource-based policies with NotPrincipal.
func (v *eval) bounded() expr {
	p := v.c.principal
	switch {
	case p == nil || p.boundaryState == None:
		return exprFalse
	case p.boundaryID != "":
		return exprTrue
	}
	return v.unknownDeny(Missing{Kind: "boundary", ID: p.arn})
}

// sessionName is the residue of a session ARN for a role whose session's name is
// open: whoever assumes the role chooses it.
func (v *eval) sessionName(name string) expr {
	const key = "sts:rolesessionname"
	if vals, ok := v.over[key]; ok {
		for _, have := range vals {
			if have == name {
				return exprTrue
			}
		}
		return exprFalse
	}
	if v.attacker {
		return constant(!v.denying)
	}
	cv, _ := newConditionValue(opStringEquals, name, false)
	return v.dynamicAtom(&atom{op: opStringEquals, key: key, shown: "sts:RoleSessionName", raw: []string{name}, values: []conditionValue{cv}})
}

// grants evaluates the grants of a KMS key.
func (v *eval) grants() expr {
	if v.t.info == nil || v.t.info.facts == nil {
		return exprFalse
	}
	out := exprFalse
	if k := v.t.info.facts.KMS; k == nil || k.Grants.State == NotCollected {
		// Grants are usually made by AWS services for their own use; that they
		// were not listed is reported with the answer, it does not decide it.
		return exprFalse
	}
	for i := range v.t.info.grants {
		g := &v.t.info.grants[i]
		strong, session := g.grantee.matches(v.c, false)
		if strong == strengthNone || !g.operations[v.action] {
			continue
		}
		x := exprTrue
		v.denying = false
		if session != "" {
			x = v.sessionName(session)
		}
		if strong == strengthAccount && v.c.kind != callerRoot {
			// A grant to an account is its administrators' to hand on.
			l := &v.layers
			x = v.and(x, v.and(l.idAllow, v.and(l.boundaryAllow, l.sessionAllow)))
		}
		for j := range g.clauses {
			x = v.and(x, v.clause(&g.clauses[j]))
		}
		v.recordGrant(v.t.info.arn, g, x)
		out = v.or(out, x)
	}
	return out
}

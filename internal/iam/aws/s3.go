package aws

import (
	"net/netip"
	"strings"
)

// s3Layers evaluates block public access and ACLs.
// Source: S3 User Guide, "Blocking public access to your Amazon S3 storage",
// "Controlling ownership of objects and disabling ACLs", "Access control list
// (ACL) overview".
func (v *eval) s3Layers(l *layers) {
	if v.t.info == nil || v.t.info.facts == nil {
		return
	}
	l.acl = v.acl()
	public, point := v.t.info.public, v.t.point
	if l.sameAccount || v.c.kind == callerService || point != nil && v.c.account == point.account() {
		// RestrictPublicBuckets leaves AWS services and "authorized users within the
		// bucket owner's account and access point owner's account".
		return
	}
	if l.any(v) == exprFalse {
		return
	}
	if point != nil && point.public {
		public = Known
	}
	if public == None {
		return
	}
	m := Missing{Kind: "policy", ID: v.t.info.arn}
	isPublic := exprTrue
	if public == NotCollected {
		isPublic = v.unknownDeny(m)
	}
	l.blocked = v.and(isPublic, v.blockedBy(func(b BlockPublicAccess) bool { return b.RestrictPublicBuckets }))
	if l.blocked != exprFalse {
		v.recordBlocked("RestrictPublicBuckets", l.blocked)
	}
}

// blockLevel is one place where block public access is set.
type blockLevel struct {
	id  string
	set Evidence[BlockPublicAccess]
}

// blockLevels are the bucket, its owner's account and, for a request through an
// access point, that and its owner's account: a setting of an account "applies to
// all buckets and access points that are owned by that account".
// Source: S3 User Guide, "Managing public access to access points" and "Blocking
// public access to your Amazon S3 storage".
func (v *eval) blockLevels() []blockLevel {
	facts := v.t.info.facts
	levels := []blockLevel{{id: facts.ARN}, {v.t.account, v.e.account(v.t.account).s3Block()}}
	if facts.S3 != nil {
		levels[0].set = facts.S3.BlockPublicAccess
	}
	if p := v.t.point; p != nil {
		levels = append(levels, blockLevel{p.facts.ARN, p.facts.BlockPublicAccess})
		if owner := p.account(); owner != v.t.account {
			levels = append(levels, blockLevel{owner, v.e.account(owner).s3Block()})
		}
	}
	return levels
}

// s3Block is the account's S3Block, not collected for an account that nothing
// describes.
func (a *accountInfo) s3Block() Evidence[BlockPublicAccess] {
	if a.facts == nil {
		return Evidence[BlockPublicAccess]{}
	}
	return a.facts.S3Block()
}

// blockedBy joins the levels: the strictest counts. One that was not collected
// may block.
func (v *eval) blockedBy(on func(BlockPublicAccess) bool) expr {
	levels := v.blockLevels()
	for _, lv := range levels {
		if lv.set.Known() && on(lv.set.Value) {
			return exprTrue
		}
	}
	out := exprFalse
	for _, lv := range levels {
		if lv.set.State == NotCollected {
			out = v.or(out, v.unknownDeny(Missing{Kind: "block_public_access", ID: lv.id}))
		}
	}
	return out
}

// S3Block is the account's block public access with the organisation's S3 policy.
// The account's own answer already is the effective one ("this operation returns
// the effective account-level configuration, which may inherit from
// organization-level policies"), unless it is older than a policy that switches
// all four settings on; without it the policy alone decides, since it overrides
// the account's setting. Sources: S3 API Reference, GetPublicAccessBlock (S3
// Control); Organizations User Guide, "Amazon S3 policies".
func (a *Account) S3Block() Evidence[BlockPublicAccess] {
	p := a.S3OrganizationPolicy
	switch {
	case p.Known() && p.Value:
		return Of(BlockPublicAccess{BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true})
	case p.Known() && !a.S3BlockPublicAccess.Collected():
		return Of(BlockPublicAccess{})
	}
	return a.S3BlockPublicAccess
}

// ACL grantees that mean everyone.
const (
	aclAllUsers           = "http://acs.amazonaws.com/groups/global/AllUsers"
	aclAuthenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
)

// aclPermissions is the mapping of bucket ACL permissions to actions.
// Source: S3 User Guide, "Mapping of ACL permissions and access policy permissions".
var aclPermissions = map[string]string{
	"s3:listbucket": "READ", "s3:listbucketversions": "READ", "s3:listbucketmultipartuploads": "READ",
	"s3:putobject": "WRITE", "s3:getbucketacl": "READ_ACP", "s3:putbucketacl": "WRITE_ACP",
}

// acl evaluates the bucket's ACL. Objects' own ACLs are not part of any
// inventory: objectACLGap reports them.
func (v *eval) acl() expr {
	need := aclPermissions[v.action]
	f := v.t.info.facts.S3
	if need == "" || f == nil || !f.ACL.Known() || f.Ownership.Known() && f.Ownership.Value == "BucketOwnerEnforced" {
		return exprFalse
	}
	out := exprFalse
	for _, g := range f.ACL.Value {
		if g.Permission == need || g.Permission == "FULL_CONTROL" {
			out = v.or(out, v.aclGrant(&g))
		}
	}
	if out != exprFalse && f.Ownership.State == NotCollected {
		out = v.and(out, v.not(v.unknownDeny(Missing{Kind: "ownership_controls", ID: v.t.info.arn})))
	}
	if out != exprFalse {
		v.recordACL(need, out)
	}
	return out
}

func (v *eval) aclGrant(g *ACLGrant) expr {
	switch {
	case g.GranteeURI == aclAllUsers, g.GranteeURI == aclAuthenticatedUsers && v.c.authenticated():
		return v.not(v.blockedBy(func(b BlockPublicAccess) bool { return b.IgnorePublicAcls }))
	case g.GranteeID != "" && strings.EqualFold(g.GranteeID, v.c.canonical) && v.c.account != v.t.account:
		return exprTrue
	}
	return exprFalse
}

// objectACLGap reports whether objects of the bucket may have ACLs of their own
// that let the caller in: everyone, unless public ACLs are ignored, and accounts
// by their canonical ids.
func (v *eval) objectACLGap() bool {
	if v.action != "s3:getobject" || !v.aclsActive() || v.c.kind == callerService || v.c.account == v.t.account && v.c.account != "" {
		return false
	}
	if v.c.authenticated() && v.c.kind != callerOutsider {
		return true
	}
	return v.blockedBy(func(b BlockPublicAccess) bool { return b.IgnorePublicAcls }) != exprTrue
}

// aclsActive reports whether the request is for objects of a bucket that is not
// known to have ACLs disabled: they may belong to whoever uploaded them.
func (v *eval) aclsActive() bool {
	if !v.t.object || v.t.info == nil || v.t.info.facts == nil {
		return false
	}
	f := v.t.info.facts.S3
	return f != nil && (!f.Ownership.Known() || f.Ownership.Value != "BucketOwnerEnforced")
}

// objectOwnerGap names what an allow on objects depends on where ACLs are active:
// the bucket's policy and its account's identity policies speak for objects of
// the bucket's owner alone; one that another account uploaded is that account's
// to grant. Writing and deleting are the bucket's own affair.
// Sources: S3 User Guide, "Bucket policies for Amazon S3" ("these permissions
// don't apply to objects that are owned by other AWS accounts") and "How Amazon S3
// authorizes a request for an object operation".
func (v *eval) objectOwnerGap() []Missing {
	if !objectContext(v.action) || !v.aclsActive() {
		return nil
	}
	if !v.t.info.facts.S3.Ownership.Collected() {
		return []Missing{{Kind: "ownership_controls", ID: v.t.info.arn}}
	}
	return []Missing{{Kind: "object_owner", ID: v.t.info.arn}}
}

// objectContext reports whether the object's owner has a say in the action.
func objectContext(action string) bool {
	return strings.HasPrefix(action, "s3:getobject") || strings.HasPrefix(action, "s3:putobjectacl") || strings.HasPrefix(action, "s3:putobjectversionacl") ||
		strings.HasPrefix(action, "s3:putobjecttagging") || strings.HasPrefix(action, "s3:putobjectversiontagging") || action == "s3:restoreobject"
}

// accessPointPolicies: a request through an access point must pass the access
// point's policy and the bucket's, which usually hands over by
// s3:DataAccessPointAccount. Source: S3 User Guide, "Configuring IAM policies for
// using access points".
func (v *eval) accessPointPolicies(r *resourceSide) {
	p := v.t.point
	if p.facts.VPC != "" && v.c.kind == callerAnonymous {
		return // a VPC-only access point is never public
	}
	var own, bucket resourceSide
	for _, ref := range p.refs {
		v.principalPolicy(ref, v.t.text, &own)
	}
	if p.facts.Policy.State == NotCollected {
		m := Missing{Kind: "access_point_policy", ID: p.facts.ARN}
		own.direct, own.deny = v.or(own.direct, v.unknownAllow(m)), v.or(own.deny, v.unknownDeny(m))
	}
	for _, ref := range p.bucket.refs {
		v.principalPolicy(ref, v.t.inner, &bucket)
	}
	r.deny = v.or(own.deny, bucket.deny)
	passed := bucket.any(v)
	if owner := p.account(); v.c.account != "" && owner != p.bucket.account {
		switch v.c.account {
		case owner:
			// The access point is the caller's own account's: identity policies
			// suffice for it, and the bucket's policy must let the other account in.
			r.account = passed
			return
		case p.bucket.account:
			// The bucket is the caller's own account's, the access point is not:
			// crossAccount's rule for the access point.
			r.account = own.any(v)
			return
		}
	}
	r.direct, r.user = v.and(own.direct, passed), v.and(own.user, passed)
	r.role, r.account = v.and(own.role, passed), v.and(own.account, passed)
}

// bucketPolicyPublic is S3's own rule, "The meaning of public": start from
// public, and become non-public only by fixed principals or a fixed value of a
// limiting key. Known means public, None not public, NotCollected that a policy
// could not be read.
func bucketPolicyPublic(refs []*policyRef) State {
	out := None
	for _, r := range refs {
		if r.pol.broken {
			out = NotCollected
		}
	}
	for _, r := range refs {
		for _, s := range r.pol.statements {
			if s.public() {
				return Known
			}
		}
	}
	return out
}

// public reports whether an Allow is public by S3's rule.
func (s *statement) public() bool {
	if s.deny || !s.hasPrincipal || !s.opensToEveryone() {
		return false
	}
	for i := range s.clauses {
		if s.clauses[i].limits() {
			return false
		}
	}
	return true
}

// opensToEveryone reports whether the principal element covers callers nobody
// invited.
func (s *statement) opensToEveryone() bool {
	if s.notPrincipal {
		return true
	}
	for i := range s.principals {
		p := &s.principals[i]
		if p.kind == elementAny || p.kind == elementProvider && p.text == "graph.facebook.com" {
			return true
		}
	}
	return false
}

// limitingKeys make a policy non-public when they hold fixed values.
// Source: S3 User Guide, "Blocking public access", the meaning of "public"; IAM
// Access Analyzer's list for the keys on organisations, endpoints and services.
var limitingKeys = map[string]bool{
	"aws:principalorgid": true, "aws:principalorgpaths": true, "aws:principalaccount": true, "aws:principalarn": true,
	"aws:principalisawsservice": true, "aws:principalservicename": true, "aws:principalservicenameslist": true,
	"aws:sourceip": true, "aws:sourcearn": true, "aws:sourcevpc": true, "aws:sourcevpce": true, "aws:sourcevpcarn": true,
	"aws:vpceaccount": true, "aws:vpceorgid": true, "aws:vpceorgpaths": true, "aws:sourceowner": true, "aws:sourceaccount": true,
	"aws:sourceorgid": true, "aws:sourceorgpaths": true, "aws:userid": true,
	"s3:x-amz-server-side-encryption-aws-kms-key-id": true, "s3:dataaccesspointarn": true, "s3:dataaccesspointaccount": true,
	"kms:calleraccount": true, "kms:viaservice": false, "lambda:functionurlauthtype": false,
}

// limits reports whether a condition narrows "everyone" to fixed values.
func (c *clause) limits() bool {
	a := c.atom
	if c.neg || a.inner || a.ifExists || a.set == setAll || !limitingKeys[a.key] || len(a.values) == 0 {
		return false
	}
	for i := range a.values {
		if !a.fixed(&a.values[i]) {
			return false
		}
	}
	return true
}

func (a *atom) fixed(val *conditionValue) bool {
	if val.tpl.kind != static {
		return false
	}
	switch a.op {
	case opIPAddress:
		return !val.bad && narrowNetwork(val.net)
	case opStringEquals, opStringEqualsIgnoreCase:
		return true
	case opBool:
		return a.key == "aws:principalisawsservice" && val.yes
	case opStringLike, opArnLike, opArnEquals:
		text := val.tpl.text
		switch a.key {
		case "s3:dataaccesspointarn":
			if i := strings.Index(text, ":accesspoint/"); i >= 0 {
				text = text[:i] // the name may be a wildcard
			}
		case "aws:principalarn", "aws:sourcearn":
			return fixedAccount(val)
		case "aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths":
			org, _, _ := strings.Cut(text, "/")
			text = org
		}
		return !isWild(text)
	}
	return false
}

// fixedAccount reports whether an ARN pattern names one account. Source: IAM
// Access Analyzer and S3: the account of an aws:PrincipalArn or aws:SourceArn
// must be literal; a bucket as source has none, its name is the fixed value.
func fixedAccount(val *conditionValue) bool {
	segments := strings.SplitN(val.tpl.text, ":", 6)
	if len(segments) != 6 {
		return false
	}
	if segments[4] != "" {
		return !isWild(segments[4])
	}
	return !isWild(segments[5])
}

// narrowNetwork: a range broader than /8 (IPv4) or /32 (IPv6) is public unless
// it is private address space.
func narrowNetwork(n netip.Prefix) bool {
	if n.Addr().Is4() {
		return n.Bits() >= 8 || n.Addr().IsPrivate() && privateRange(n)
	}
	return n.Bits() >= 32
}

func privateRange(n netip.Prefix) bool {
	for _, p := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"} {
		r := netip.MustParsePrefix(p)
		if r.Bits() <= n.Bits() && r.Contains(n.Addr()) {
			return true
		}
	}
	return false
}

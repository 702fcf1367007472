package aws

import "strings"

// This file is AWS's page "Policy evaluation logic" (IAM User Guide) as a
// formula, written to be read beside it:
//
//	deny   = any matching Deny in {SCP, RCP, resource, identity, boundary, session, endpoint}
//	scpOK  = no organisation, or exempt, or EVERY level from the root to the account has an Allow
//	direct = the resource policy allows and names the caller itself
//	viaId  = identity Allow AND boundary Allow AND session Allow
//	allow  = NOT deny AND scpOK AND endpointOK AND
//	         same account:    direct (as far as table 1.3 lets it) OR viaId
//	         other account:   resource Allow AND viaId
//	         no account:      resource Allow
//
// Every part is an expression in three values: what is not known stays in it.

// layers is what each layer says about one request.
type layers struct {
	idAllow, idDeny             expr
	boundaryAllow, boundaryDeny expr
	sessionAllow, sessionDeny   expr
	scpAllow, scpDeny           expr
	rcpDeny                     expr
	endpointAllow, endpointDeny expr
	// The resource policy's allows by how they name the caller.
	resAccount, resRole, resUser, resDirect expr
	resDeny                                 expr
	grant                                   expr // KMS grants
	acl                                     expr // S3 ACLs
	blocked                                 expr // S3 block public access stops the policy's allow
	sameAccount                             bool
}

// any is every allow of the resource policy.
func (l *layers) any(v *eval) expr {
	return v.or(v.or(l.resDirect, l.resUser), v.or(l.resRole, l.resAccount))
}

// decide evaluates the request in v. A request whose wildcards span several
// resources with policies of their own is the formula for all of them.
func (v *eval) decide() expr {
	x := v.formula()
	if !v.t.spans {
		return x
	}
	return v.spanned(x)
}

// formula evaluates one resource (or one pattern within a resource).
func (v *eval) formula() expr {
	l := &v.layers
	*l = layers{}
	if x, ok := v.fixedAnswer(); ok {
		return x
	}
	l.sameAccount = v.c.account != "" && v.c.account == v.t.account
	if v.openMount() {
		l.idAllow, l.boundaryAllow, l.sessionAllow, l.scpAllow, l.endpointAllow = exprTrue, exprTrue, exprTrue, exprTrue, exprTrue
		v.resourceLayer(l)
		return l.any(v)
	}
	v.identityLayer(l)
	v.boundaryLayer(l)
	v.sessionLayer(l)
	v.scpLayer(l)
	v.rcpLayer(l)
	v.resourceLayer(l)
	v.endpointLayer(l)
	return v.combine(l)
}

// combine is the formula.
func (v *eval) combine(l *layers) expr {
	deny := v.or(v.or(l.idDeny, l.boundaryDeny), v.or(l.sessionDeny, l.scpDeny))
	deny = v.or(deny, v.or(v.or(l.rcpDeny, l.resDeny), l.endpointDeny))
	if deny == exprTrue {
		return exprFalse
	}
	var allow expr
	switch {
	case !v.c.authenticated():
		// No identity side: services, provider identities, the anonymous caller.
		allow = v.or(v.and(l.any(v), v.not(l.blocked)), v.or(l.acl, l.grant))
	case l.sameAccount && !v.foreignPoint():
		allow = v.sameAccount(l)
	default:
		allow = v.crossAccount(l)
	}
	allow = v.and(allow, v.and(l.scpAllow, l.endpointAllow))
	if p := v.t.point; p != nil && p.facts.VPC != "" {
		allow = v.and(allow, v.fromVPC(p.facts.VPC))
	}
	return v.and(allow, v.not(deny))
}

// foreignPoint reports whether the request goes through an access point that
// another account than the caller's made for a bucket of the caller's account.
// Source: S3 User Guide, "Configuring IAM policies for using access points" and
// "Creating access points for buckets in another account".
func (v *eval) foreignPoint() bool {
	return v.t.point != nil && v.t.point.account() != v.t.account
}

// fromVPC holds when the request comes from the VPC: what S3 demands of a
// VPC-only access point whatever its policy says.
func (v *eval) fromVPC(vpc string) expr {
	const key = "aws:sourcevpc"
	v.denying = false
	val, _ := newConditionValue(opStringEquals, vpc, false)
	a := &atom{op: opStringEquals, key: key, shown: "aws:SourceVpc", raw: []string{vpc}, values: []conditionValue{val}, id: -1}
	return v.clause(&clause{atom: a})
}

// sameAccount is table 1.3: what limits an Allow depends on whom it names.
// Source: IAM User Guide, "Policy evaluation logic", "Permissions boundaries for
// IAM entities" and "AWS JSON policy elements: Principal".
func (v *eval) sameAccount(l *layers) expr {
	limits := v.and(l.boundaryAllow, l.sessionAllow)
	viaID := v.and(l.idAllow, limits)
	if v.t.gate {
		// Keys and roles: identity policies count only where the resource's own
		// policy hands the decision to the account.
		viaID = v.and(viaID, l.resAccount)
	}
	direct, user := l.resDirect, l.sessionAllow
	if v.c.kind == callerFederated {
		// "requests made by the federated user during the session are limited by an
		// implicit deny in a permission boundary or session policy".
		user = limits
	}
	direct = v.or(direct, v.and(l.resUser, user))
	direct = v.or(direct, v.and(l.resRole, limits))
	return v.or(v.or(viaID, direct), v.or(v.and(l.grant, l.sessionAllow), l.acl))
}

// crossAccount: both sides must say yes, and nothing but a KMS grant is granted
// around a limit.
func (v *eval) crossAccount(l *layers) expr {
	viaID := v.and(l.idAllow, v.and(l.boundaryAllow, l.sessionAllow))
	resource := v.and(l.any(v), v.not(l.blocked))
	allow := v.and(viaID, v.or(resource, l.acl))
	// A grant names the principal and needs nothing beside it: EC2 Auto Scaling's
	// service-linked role, whose permissions hold no action of KMS, uses a key of
	// another account by a grant alone. Source: EC2 Auto Scaling User Guide,
	// "Required AWS KMS key policy for use with encrypted volumes", cross-account
	// access; KMS Developer Guide, "Grants in AWS KMS". It is the key policy that
	// needs an IAM policy in the other account ("Allowing users in other accounts
	// to use a KMS key").
	return v.or(allow, v.and(l.grant, l.sessionAllow))
}

// personalActions depend on what kind of caller asks, whatever its policies say;
// see fixedAnswer.
var personalActions = map[string]bool{
	"sts:getcalleridentity": true, "sts:getsessiontoken": true, "sts:getfederationtoken": true,
	"sts:assumerolewithwebidentity": true, "sts:assumerolewithsaml": true,
}

// wrongCredentials reports whether STS takes no call of the kind with the
// caller's credentials: a token of a provider is no AWS identity and the other way
// round, the root user assumes no role, sessions start no sessions but roles, and
// a federated user's session calls nothing but GetCallerIdentity.
// Source: IAM User Guide, "Compare AWS STS credentials"; STS API Reference,
// AssumeRole ("You cannot use AWS account root user credentials").
func (v *eval) wrongCredentials() bool {
	name, ok := strings.CutPrefix(v.action, "sts:")
	if !ok {
		return false
	}
	if v.c.kind == callerFederated {
		return name != "getcalleridentity"
	}
	switch name {
	case "assumerolewithwebidentity", "assumerolewithsaml":
		return v.c.authenticated() || v.c.kind == callerService
	case "assumerole":
		return v.c.kind == callerRoot || v.c.kind == callerProvider
	case "getsessiontoken", "getfederationtoken":
		return v.c.isRole()
	}
	return false
}

// fixedAnswer holds the few requests that policies do not decide.
func (v *eval) fixedAnswer() (expr, bool) {
	switch {
	case v.action == "sts:getcalleridentity":
		// "No permissions are required to perform this operation", and an explicit
		// deny does not stop it. Source: STS API Reference, GetCallerIdentity.
		return constant(v.c.authenticated()), true
	case v.wrongCredentials():
		return exprFalse, true
	case v.action == "sts:getsessiontoken" && v.c.kind == callerUser:
		// "No permissions are required for users to perform this operation", and
		// policies cannot control it. Source: STS API Reference, GetSessionToken.
		return exprTrue, true
	case immutable(v.action, v.t.text):
		return exprFalse, true
	case v.c.kind == callerAnonymous && anonymousNever(v), v.otherPartition(), v.foreign():
		return exprFalse, true
	}
	return exprFalse, false
}

// foreign reports whether the action works in the resource's own account only
// and the caller belongs to another: no policy can hand it over.
func (v *eval) foreign() bool {
	if v.t.account == "" || v.c.account == v.t.account || !ownAccountOnly(v.action) {
		return false
	}
	return v.c.account != "" || v.c.kind == callerOutsider || v.c.kind == callerAnonymous
}

// ownAccountOnly reports whether an action (lower case) has no effect across
// accounts, whatever the resource's policy says. Sources: KMS Developer Guide,
// "Allowing users in other accounts to use a KMS key" (the operations that do
// work); SQS Developer Guide, "Basic examples of Amazon SQS policies" (the ones
// that do not); S3 API Reference, PutBucketPolicy, GetBucketPolicy and
// DeleteBucketPolicy ("must belong to the bucket owner's account").
func ownAccountOnly(action string) bool {
	service, name, _ := strings.Cut(action, ":")
	switch service {
	case "kms":
		return !kmsAcrossAccounts[name]
	case "sqs":
		return sqsOwnAccount[name]
	case "s3":
		return bucketPolicyActions[action]
	}
	return false
}

var kmsAcrossAccounts = map[string]bool{
	"decrypt": true, "encrypt": true, "reencryptfrom": true, "reencryptto": true, "derivesharedsecret": true,
	"generatedatakey": true, "generatedatakeypair": true, "generatedatakeypairwithoutplaintext": true, "generatedatakeywithoutplaintext": true,
	"generatemac": true, "verifymac": true, "sign": true, "verify": true,
	"creategrant": true, "listgrants": true, "retiregrant": true, "revokegrant": true,
	"describekey": true, "getkeyrotationstatus": true, "getpublickey": true,
}

var sqsOwnAccount = map[string]bool{
	"addpermission": true, "cancelmessagemovetask": true, "createqueue": true, "deletequeue": true, "listmessagemovetasks": true, "listqueues": true,
	"listqueuetags": true, "removepermission": true, "setqueueattributes": true, "startmessagemovetask": true, "tagqueue": true, "untagqueue": true,
}

var bucketPolicyActions = map[string]bool{"s3:getbucketpolicy": true, "s3:putbucketpolicy": true, "s3:deletebucketpolicy": true}

// otherPartition reports whether the resource lies in another partition than the
// caller: credentials of one are unknown in the other, whatever policies say.
// Source: IAM User Guide, "Cross account resource access in IAM".
func (v *eval) otherPartition() bool {
	return v.t.isARN && apart(v.c.partition, v.t.arn.Partition)
}

// apart reports whether two partitions are surely different.
func apart(a, b string) bool {
	return a != b && a != "" && b != "" && !strings.ContainsAny(b, "*?")
}

// immutable reports whether the request changes something that only AWS can:
// AWS-managed policies, service-linked roles, Identity Center's roles.
// Source: IAM User Guide, "Managed policies and inline policies" and "Create a
// service-linked role"; IAM Identity Center User Guide, "Permission sets".
func immutable(action, resource string) bool {
	if kmsAliasActions[action] {
		return strings.Contains(resource, ":alias/aws/")
	}
	if !strings.HasPrefix(action, "iam:") || iamReads(action) {
		return false
	}
	rest, ok := strings.CutPrefix(resource, "arn:")
	if !ok {
		return false
	}
	_, rest, _ = strings.Cut(rest, ":") // partition
	if strings.HasPrefix(rest, "iam::aws:policy/") {
		// Attaching one changes the principal, and that is another resource.
		return true
	}
	i := strings.Index(rest, ":role/")
	if i < 0 {
		return false
	}
	path := rest[i+len(":role/"):]
	if strings.HasPrefix(path, "aws-service-role/") {
		// Its service makes and deletes it; the description may be changed.
		return roleWrites[action]
	}
	return strings.HasPrefix(path, "aws-reserved/") && (roleWrites[action] || reservedWrites[action])
}

// reservedWrites are what Identity Center's roles refuse besides: they are made
// for people's sessions and cannot be passed to a service.
var reservedWrites = map[string]bool{"iam:createrole": true, "iam:createservicelinkedrole": true, "iam:deleteservicelinkedrole": true, "iam:passrole": true, "iam:updateroledescription": true}

func iamReads(action string) bool {
	name := strings.TrimPrefix(action, "iam:")
	return strings.HasPrefix(name, "get") || strings.HasPrefix(name, "list") || strings.HasPrefix(name, "generate") || strings.HasPrefix(name, "simulate")
}

// roleWrites are the changes of a role that a protected role refuses.
var roleWrites = map[string]bool{
	"iam:updateassumerolepolicy": true, "iam:putrolepolicy": true, "iam:attachrolepolicy": true,
	"iam:detachrolepolicy": true, "iam:deleterolepolicy": true, "iam:putrolepermissionsboundary": true,
	"iam:deleterolepermissionsboundary": true, "iam:updaterole": true, "iam:deleterole": true, "iam:tagrole": true, "iam:untagrole": true,
}

// signedURL reports whether the function is known to have no URL that takes
// unsigned requests. Source: Lambda Developer Guide, "Control access to Lambda
// function URLs", AuthType AWS_IAM.
func (v *eval) signedURL() bool {
	if state, vals := v.lookup("lambda:functionurlauthtype"); state == keyKnown {
		return len(vals) != 1 || vals[0] != "NONE"
	}
	i := v.t.info
	return i != nil && i.facts != nil && i.facts.Lambda != nil && i.facts.Lambda.URL.State == None
}

// anonymousNever: only services with a resource policy take unsigned requests,
// and AWS KMS takes none.
func anonymousNever(v *eval) bool {
	if v.action == "lambda:invokefunctionurl" && v.signedURL() {
		return true
	}
	return v.t.service == "kms" || v.t.service == "iam" && !strings.HasPrefix(v.action, "sts:assumerolewith")
}

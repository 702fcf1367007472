package aws

import (
	"strings"

	"github.com/postern-sec/postern/schema"
)

// adminActions stand for "everything": who may do all of them on all resources
// of the account is its administrator. They change identities, run code and
// read data, in services that any policy short of administration leaves out.
var adminActions = []ActionOn{
	{"iam:PutUserPolicy", "user/*"},
	{"iam:PutRolePolicy", "role/*"},
	{"iam:AttachRolePolicy", "role/*"},
	{"iam:CreatePolicyVersion", "policy/*"},
	{"iam:CreateAccessKey", "user/*"},
	{"iam:UpdateAssumeRolePolicy", "role/*"},
	{"iam:PassRole", "role/*"},
	{"ec2:RunInstances", ""},
	{"lambda:CreateFunction", ""},
	{"s3:GetObject", ""},
	{"secretsmanager:GetSecretValue", ""},
	{"kms:PutKeyPolicy", ""},
	{"cloudformation:CreateStack", ""},
	{"sagemaker:CreateTrainingJob", ""},
}

// EffectiveAdmin says whether the principal may do everything in its account, as
// its identity policies, boundary and SCPs say. Denies of single resources do not
// end administration; conditions make it conditional.
func (e *Engine) EffectiveAdmin(principal string) (Decision, error) {
	c, err := e.resolve(principal)
	if err != nil {
		return Decision{}, err
	}
	return e.adminDecision(c, false), nil
}

// adminDecision asks the identity side of every admin action; the weakest answer
// is the decision.
func (e *Engine) adminDecision(c *caller, asAdmin bool) Decision {
	worst := Decision{Principal: c.id, Action: "*", Resource: "*", Verdict: Allow}
	for _, a := range adminActions {
		d := e.adminPart(c, a, asAdmin)
		if rank(d.Verdict) > rank(worst.Verdict) || worst.Because == nil {
			worst.Verdict, worst.Because, worst.Conditions, worst.Expression, worst.Missing = d.Verdict, d.Because, d.Conditions, d.Expression, d.Missing
		}
		if d.Verdict == Deny {
			break
		}
	}
	return worst
}

func rank(v Verdict) int { return schema.Verdict(v).Rank() }

func (e *Engine) adminPart(c *caller, a ActionOn, asAdmin bool) Decision {
	v := acquire()
	defer v.done()
	text := "arn:" + e.partitionOf(c.account) + ":*:*:" + c.account + ":*"
	if a.Resource != "" {
		text = "arn:" + e.partitionOf(c.account) + ":iam::" + c.account + ":" + a.Resource
	}
	// The resource is a pattern over the whole account: only the identity side can
	// speak of it.
	t := target{text: wild(text), account: c.account, state: None, plain: true}
	if a.Action == "s3:GetObject" {
		t.text = wild("arn:" + e.partitionOf(c.account) + ":s3:::*")
	}
	v.begin(e, c, strings.ToLower(a.Action), t)
	v.asAdmin = asAdmin
	d := v.decision()
	d.Action, d.Resource = a.Action, unwild(t.text)
	if d.Verdict == Conditional && d.Partial && len(d.Conditions) == 0 && onlyExceptions(d.Parts) {
		d.Verdict, d.Partial, d.Expression = Allow, false, nil
	}
	return d
}

// onlyExceptions reports whether a partial answer is "all but these".
func onlyExceptions(parts []string) bool {
	for _, p := range parts {
		if !strings.HasPrefix(p, "!") {
			return false
		}
	}
	return true
}

// CapabilityCap says what AdministratorAccess attached to the principal would
// add: whether self-escalation is a real gain. A boundary or an SCP that stops
// an administrator's actions leaves Gain at deny; Gained then still lists the
// tracked actions that the principal would get more of.
func (e *Engine) CapabilityCap(principal string) (Capability, error) {
	c, err := e.resolve(principal)
	if err != nil {
		return Capability{}, err
	}
	out := Capability{Principal: c.id, Gain: Deny}
	if c.principal == nil {
		out.Gain = Unknown
		out.Missing = []Missing{{Kind: "principal", ID: c.id}}
		return out, nil
	}
	if c.principal.role != nil && (c.principal.role.ServiceLinked() || c.principal.role.SSO()) {
		out.Because = []Reason{{Layer: LayerResource, Effect: "deny", Document: c.arn, Summary: "only AWS can change this role"}}
		return out, nil
	}
	out.Unbounded = c.principal.boundaryState == None
	d := e.adminDecision(c, true)
	out.Gain, out.Because, out.Missing = d.Verdict, d.Because, d.Missing
	if out.Gain != Allow {
		out.Gained = e.gained(c)
	}
	return out, nil
}

// gained lists the tracked actions of which an attached AdministratorAccess gives
// the principal more than it has.
func (e *Engine) gained(c *caller) []string {
	var out []string
	for _, t := range tracked {
		now := e.adminPart(c, ActionOn{Action: t.Action}, false)
		then := e.adminPart(c, ActionOn{Action: t.Action}, true)
		if rank(then.Verdict) < rank(now.Verdict) || then.Verdict == Conditional && then.Expression.text() != now.Expression.text() {
			out = append(out, t.Action)
		}
	}
	return out
}

// CanAsAdmin answers as if AdministratorAccess were attached to the principal:
// what an escalation gives, capped by boundary, SCPs and resource policies.
func (e *Engine) CanAsAdmin(q Request) (Decision, error) {
	c, err := e.resolve(q.Principal)
	if err != nil {
		return Decision{}, err
	}
	action, err := checkAction(q.Action)
	if err != nil {
		return Decision{}, err
	}
	if err := checkResource(q.Resource); err != nil {
		return Decision{}, err
	}
	v := acquire()
	defer v.done()
	v.begin(e, c, action, e.targetFor(action, q.Resource, c))
	v.options(q.Options)
	v.asAdmin = true
	d := v.decision()
	d.Principal, d.Action, d.Resource = c.id, q.Action, q.Resource
	return d, nil
}

// AccountAdminCan answers for the administrator of an account as such: a
// principal without boundary that AdministratorAccess is attached to, bound by
// the account's SCPs and the resource's own policy. It is what a capability node
// can reach.
func (e *Engine) AccountAdminCan(account string, actions []ActionOn, o Options) (Decision, error) {
	g, err := allGate(actions)
	if err != nil {
		return Decision{}, err
	}
	return e.gateDecision(e.accountAdmin(account), g, &o), nil
}

// AccountAdminReads is AccountAdminCan for reading objects of a bucket, its key
// included; AccountAdminWrites for writing, AccountAdminReadsSecret for secrets.
func (e *Engine) AccountAdminReads(account, bucket string, o Options) Decision {
	return e.gateDecision(e.accountAdmin(account), e.objectGate(bucket, "s3:GetObject", "kms:decrypt"), &o)
}

// AccountAdminWrites says whether an administrator of the account writes objects.
func (e *Engine) AccountAdminWrites(account, bucket string, o Options) Decision {
	return e.gateDecision(e.accountAdmin(account), e.objectGate(bucket, "s3:PutObject", "kms:generatedatakey"), &o)
}

// AccountAdminReadsSecret says whether an administrator reads the secret.
func (e *Engine) AccountAdminReadsSecret(account, secret string, o Options) Decision {
	return e.gateDecision(e.accountAdmin(account), e.secretGate(secret), &o)
}

// accountAdmin is a role that does not exist: nothing names it but "everyone"
// and its account.
func (e *Engine) accountAdmin(account string) *caller {
	arn := schema.ARN{Partition: e.partitionOf(account), Service: "iam", Account: account, Resource: "role/postern-account-administrator"}.String()
	p := &principal{arn: arn, name: "postern-account-administrator", boundaryState: None, tags: NoneOf[map[string]string](), set: -1,
		identity: []*policyRef{e.adminPolicy}}
	return &caller{kind: callerRole, id: arn, arn: arn, account: account, partition: e.partitionOf(account), roleName: lastSegment(arn), info: e.account(account), canonical: e.canonical(account), principal: p, anyName: true}
}

// takesName reports whether an account's administrator gets hold of a user or
// role whose ARN a pattern matches, one that an SCP exempts for example: by
// making it, or by rewriting the trust policy or the keys of the one there is.
// The names that SCPs guard and those that AWS keeps for itself are not to be had.
func (e *Engine) takesName(account, pattern string) bool {
	segments := strings.SplitN(pattern, ":", 6)
	resource := pattern
	if len(segments) == 6 {
		resource = segments[5]
	}
	action := "iam:updateassumerolepolicy"
	switch {
	case resource == "root":
		return false
	case strings.HasPrefix(resource, "user/"):
		action = "iam:createaccesskey"
	}
	c := e.accountAdmin(account)
	c.anyName = false
	if len(segments) == 6 {
		pattern = wild("arn:"+c.partition+":iam::"+account+":") + resource
	}
	v := acquire()
	defer v.done()
	v.begin(e, c, action, target{text: pattern, account: account, state: None, plain: true})
	verdict := v.verdict()
	return verdict == Allow || verdict == Conditional
}

package attack

import (
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// Providers whose tokens anyone can have: what tells a stranger's token from the
// owner's is the subject alone, and a trust policy that leaves the subject's
// owner open lets everyone in.
var (
	assumeAsStranger = &Technique{
		ID: "oidc-002", Kind: schema.Assumes, Title: "anyone with an account at the provider assumes the role",
		Requires: []string{"the trust policy names a provider that gives tokens to everyone", "its conditions leave the organisation in the subject open"},
		Source:   "IAM User Guide, Identity-provider controls for shared OIDC providers", Cost: 2, AttackIDs: []string{"T1199", "T1550.001"},
	}
	assumeAsGuest = &Technique{
		ID: "cognito-001", Kind: schema.Assumes, Title: "a guest of an identity pool assumes the role",
		Requires: []string{"the trust policy lets unauthenticated identities of Amazon Cognito in", "with a pool named: that pool lets guests in", "it takes the classic flow, or gives guests the role"},
		Source:   "Amazon Cognito Developer Guide, Role trust and permissions", Cost: 1, AttackIDs: []string{"T1078.004"},
	}
)

// sharedProvider is a provider that everyone can have a token of. A subject
// begins with Begin and goes on with the organisation, which Ends ends.
//
// Source: the providers' documentation of their ID tokens, read 2026-11: GitLab
// "Connect to cloud services", HCP Terraform "Workload identity", Buildkite
// "OpenID Connect", Pulumi Cloud "OIDC".
type sharedProvider struct{ host, name, begin, ends, rest string }

var sharedProviders = []sharedProvider{
	{"gitlab.com", "gitlab", "project_path:", "/", "project:ref_type:branch:ref:main"},
	{"app.terraform.io", "terraform", "organization:", ":", "project:p:workspace:w:run_phase:apply"},
	{"agent.buildkite.com", "buildkite", "organization:", ":", "pipeline:p:ref:refs/heads/main:commit:c:step:s"},
	{"api.pulumi.com/oidc", "pulumi", "pulumi:deploy:org:", ":", "project:p:stack:s:operation:update"},
}

// stranger is the subject of an organisation that the policy does not name.
func (s *sharedProvider) stranger() string { return s.begin + "a-stranger" + s.ends + s.rest }

// takes reports whether a pattern for the subject matches one that a stranger
// can have, and gives such a subject. An organisation's name that the pattern
// only begins is free to take.
func (s *sharedProvider) takes(pattern string) (string, bool) {
	i := strings.IndexAny(pattern, "*?")
	if i < 0 {
		return "", false
	}
	fixed := pattern[:i]
	if strings.HasPrefix(s.begin, fixed) {
		return s.stranger(), true
	}
	org, ok := strings.CutPrefix(fixed, s.begin)
	if !ok || strings.Contains(org, s.ends) {
		return "", false
	}
	return strings.NewReplacer("*", "x", "?", "x").Replace(pattern), true
}

// assumeByStranger adds the edge from everyone at a shared provider.
func (w *world) assumeByStranger(provider, role string) {
	_, host, _ := strings.Cut(provider, "oidc-provider/")
	i := slices.IndexFunc(sharedProviders, func(s sharedProvider) bool { return s.host == host })
	if i < 0 {
		return
	}
	s := &sharedProviders[i]
	d, err := w.perms.CanAssumeRole(provider, role, w.options())
	if err != nil || d.Verdict == iamaws.Deny {
		return
	}
	subjects, audience := []string{s.stranger()}, w.audiences(provider)
	for _, c := range d.Conditions {
		switch {
		case strings.EqualFold(c.Key, host+":aud"):
			audience = c.Values // which audience a token is for, its holder says
		case strings.EqualFold(c.Key, host+":sub"):
			for _, v := range c.Values {
				if subject, ok := s.takes(v); ok {
					subjects = append(subjects, subject)
				}
			}
		}
	}
	best := way{verdict: schema.Deny}
	for _, subject := range subjects {
		o := w.options()
		o.Context = map[string][]string{host + ":sub": {subject}}
		if len(audience) > 0 {
			o.Context[host+":aud"] = audience[:1]
		}
		d, err := w.perms.CanAssumeRole(provider, role, o)
		if err != nil {
			continue
		}
		if x := wayOfDecision(nil, d); x.verdict.Rank() < best.verdict.Rank() {
			best = x
			best.evidence = append(best.evidence, graph.Evidence{Document: provider, Summary: "everyone can have a token of " + host + ", with the subject " + subject + " say"})
		}
	}
	if best.verdict != schema.Deny {
		w.add(assumeAsStranger, step{from: w.entry(schema.OutsiderID(s.name)), to: role, way: best})
	}
}

func (w *world) audiences(provider string) []string {
	if p := w.inv.Providers[provider]; p != nil {
		return p.ClientIDs.Value
	}
	return nil
}

const cognitoProvider = "cognito-identity.amazonaws.com"

// assumeByGuest adds the edge from the internet to a role for guests of an
// identity pool. A policy that names no pool takes guests of everyone's.
//
// Source: Amazon Cognito Developer Guide, "Role trust and permissions", read
// 2026-11.
func (w *world) assumeByGuest(role string) {
	d, err := w.perms.CanAssumeRole(cognitoProvider, role, w.options())
	if err != nil {
		return
	}
	x := w.guestOf(role, []string{"a pool of the attacker's own"})
	for _, c := range d.Conditions {
		if !strings.EqualFold(c.Key, cognitoProvider+":aud") {
			continue
		}
		for _, pool := range c.Values {
			y := w.guestOf(role, []string{pool}).and(w.lettingIn(pool, role).way(), nil)
			if y.verdict.Rank() < x.verdict.Rank() {
				x = y
			}
		}
	}
	w.add(assumeAsGuest, step{from: schema.InternetID, to: role, way: x})
}

// lettingIn says whether guests of a pool get at a role. In the classic flow they
// take the pool's token to STS and name any role that trusts the pool; in the
// enhanced flow they are given the pool's role for guests, and a session policy
// of Cognito's that leaves few services open.
//
// Source: Amazon Cognito Developer Guide, "Identity pools authentication flow"
// and "IAM roles, access policies for unauthenticated identities", read 2026-11-28.
func (w *world) lettingIn(pool, role string) fact {
	p := w.f.IdentityPools[pool]
	if p == nil || p.Guests == nil {
		return onlyIf("the identity pool " + pool + " lets unauthenticated identities in")
	}
	if !*p.Guests {
		return fails
	}
	var f fact
	given := p.RolesKnown && p.GuestRole == role
	switch {
	case p.Classic != nil && *p.Classic:
		f = fact{verdict: schema.Allow}
	case given && p.Classic != nil:
		f = onlyIf("the session policy that Cognito gives guests of " + pool + " leaves the action open")
	case given:
		f = onlyIf("the identity pool " + pool + " takes the classic flow, or the session policy that Cognito gives its guests leaves the action open")
	case p.RolesKnown && p.Classic != nil:
		return fails // its guests have another role, and cannot choose
	case p.Classic != nil:
		f = onlyIf("the identity pool " + pool + " gives its guests the role " + role)
	default:
		f = onlyIf("the identity pool " + pool + " takes the classic flow")
	}
	f.evidence = p.Evidence
	return f
}

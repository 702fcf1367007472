package attack

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// How principals assume a role by its trust policy. The permission engine
// judges both sides; a row only says what kind of caller it is.
var (
	assumeRole = &Technique{
		ID: "sts-001", Kind: schema.Assumes, Title: "assumes the role", Needs: needs(onTarget, "sts:AssumeRole"),
		Requires: []string{"the trust policy lets the caller in"}, Source: sourceOf("sts-001"), Cost: 1, AttackIDs: []string{"T1078.004"},
	}
	assumeAcross = &Technique{
		ID: "sts-002", Kind: schema.Assumes, Title: "assumes the role from another account", Needs: needs(onTarget, "sts:AssumeRole"),
		Requires: []string{"the trust policy lets the other account or its principal in"}, Source: sourceOf("sts-002"), Cost: 2, AttackIDs: []string{"T1199", "T1078.004"},
	}
	assumeByAnyone = &Technique{
		ID: "sts-003", Kind: schema.Assumes, Title: "any AWS account assumes the role",
		Requires: []string{"the trust policy names everyone and no condition narrows it"}, Source: sourceOf("sts-003"), Cost: 1, AttackIDs: []string{"T1199", "T1078.004"},
	}
	assumeByWeb = &Technique{
		ID: "oidc-001", Kind: schema.Assumes, Title: "an identity of the provider assumes the role",
		Requires: []string{"the trust policy names the OIDC provider", "audience and subject let the identity in"},
		Source:   "IAM User Guide, Create a role for OpenID Connect federation", Cost: 2, AttackIDs: []string{"T1199", "T1550.001"},
	}
	assumeBySAML = &Technique{
		ID: "saml-001", Kind: schema.Assumes, Title: "an identity of the SAML provider assumes the role",
		Requires: []string{"the trust policy names the SAML provider"},
		Source:   "IAM User Guide, Create a role for SAML 2.0 federation", Cost: 2, AttackIDs: []string{"T1199", "T1550.001"},
	}
)

var trustFamily = Family{Name: "trust", Techniques: []*Technique{assumeRole, assumeAcross, assumeByAnyone, assumeByWeb, assumeBySAML, assumeAsStranger, assumeAsGuest}, derive: (*world).assume}

func (w *world) assume() error {
	var inside []gained
	for _, role := range w.roles {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		account := w.environmentOf(role).account
		near := func(p string) bool {
			return (w.real(p) || w.standIns[p] != "" && !w.isCapability(p)) && w.environmentOf(p).account == account
		}
		ways := w.assuming(role)
		inside = append(inside, gained{role, only(ways, near)})
		for _, x := range only(ways, func(p string) bool { return !near(p) }) {
			for _, p := range x.who {
				w.assumeOne(p, role, account, x)
			}
		}
	}
	for _, in := range w.sameAccount(inside) {
		w.spread(assumeRole, in)
	}
	return nil
}

// assumeOne adds the edge of a caller from outside the role's account, or of no
// account.
func (w *world) assumeOne(p, role, account string, x way) {
	// An administrator needs no role of its own account.
	if w.isCapability(p) && w.environmentOf(p).account == account {
		return
	}
	switch {
	case p == cognitoProvider:
		w.assumeByGuest(role)
	case strings.Contains(p, ":oidc-provider/"):
		w.assumeByStranger(p, role)
	}
	from, ok := w.node(p)
	if !ok {
		return
	}
	t := assumeRole
	a, isARN := schema.ParseARN(p)
	switch {
	case p == iamaws.AnyAccount || p == iamaws.Anonymous:
		t, from = assumeByAnyone, w.entry(schema.AnyAWSAccountID)
	case isOutsider(p):
		t = assumeByWeb
	case strings.Contains(p, ":saml-provider/"):
		t = assumeBySAML
	case strings.Contains(p, "-provider/"):
		t = assumeByWeb
	case !isARN || a.Account != account:
		t = assumeAcross
	}
	w.add(t, step{from: from, principal: p, to: role, way: x})
}

// trustUnread is said once of a role, not of everyone who might assume it and of
// every service that might act as it (see unread.go).
const trustUnread = "for want of its trust policy it is not decided who may assume it, and which services may act as it"

// assuming says who becomes the role by its trust policy. A policy that names
// services and single principals of the inventory only is asked of those;
// anything else is asked of everyone.
func (w *world) assuming(role string) []way {
	const key = "trust\x00"
	if ws, ok := w.asked[key+role]; ok {
		return ws
	}
	var out []way
	if w.perms.TrustUnread(role) {
		w.note(role, trustUnread)
	} else if named, ok := w.namedByTrust(role); ok {
		for _, p := range named {
			if d, err := w.perms.CanAssumeRole(p, role, w.options()); err == nil && d.Verdict != iamaws.Deny {
				out = append(out, wayOfDecision([]string{p}, d))
			}
		}
	} else {
		for _, g := range w.perms.AssumeRole(role, w.options()) {
			out = append(out, wayOf(g, false))
		}
		out = together(out, func(p string) []graph.Evidence {
			d, err := w.perms.CanAssumeRole(p, role, w.options())
			if err != nil {
				return reasons(nil, "sts:AssumeRole", role)
			}
			return reasons(d.Because, d.Action, role)
		})
	}
	w.asked[key+role] = out
	return out
}

// namedByTrust lists the principals a trust policy allows, sorted, without
// services. It reports false when the policy names anything but services and
// users and roles of the inventory, or cannot be read plainly.
func (w *world) namedByTrust(role string) ([]string, bool) {
	r := w.inv.Roles[role]
	if r == nil || !r.Trust.Known() {
		return nil, false
	}
	var doc struct{ Statement []map[string]json.RawMessage }
	if json.Unmarshal(r.Trust.Value.JSON, &doc) != nil {
		return nil, false
	}
	var out []string
	for _, st := range doc.Statement {
		var effect string
		var principals map[string]json.RawMessage
		if json.Unmarshal(st["Effect"], &effect) != nil || effect != "Allow" && effect != "Deny" {
			return nil, false
		}
		if effect == "Deny" {
			continue
		}
		if json.Unmarshal(st["Principal"], &principals) != nil {
			return nil, false
		}
		for kind, v := range principals {
			ids, ok := oneOrMany(v)
			switch {
			case kind == "Service" && ok:
				continue
			case kind != "AWS" || !ok || slices.ContainsFunc(ids, func(id string) bool { return !w.real(id) }):
				return nil, false
			}
			out = append(out, ids...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), true
}

// oneOrMany reads a string or a list of strings.
func oneOrMany(v json.RawMessage) ([]string, bool) {
	var one string
	if json.Unmarshal(v, &one) == nil {
		return []string{one}, true
	}
	var many []string
	return many, json.Unmarshal(v, &many) == nil
}

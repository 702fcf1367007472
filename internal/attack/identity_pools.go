package attack

import (
	"fmt"
	"strings"

	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// setPoolRoles makes a role the one that guests of an identity pool are given, and
// comes as a guest.
//
// Source: pathfinding.cloud cognitoidentity-001; Service Authorization Reference,
// "Actions defined by Amazon Cognito Identity", SetIdentityPoolRoles, read 2026-11-28.
var setPoolRoles = &Technique{
	ID: "cognitoidentity-001", Kind: schema.Assumes, Title: "gives the role to guests of an identity pool, and becomes one",
	Needs: []Need{{"cognito-identity:SetIdentityPoolRoles", "*"}, {passRole, onTarget}},
	Requires: []string{"the trust policy lets unauthenticated identities of the pool in", "the pool lets guests in",
		"it takes the classic flow, or the session policy that Cognito gives guests leaves something open"},
	Source: sourceOf("cognitoidentity-001"), Cost: 3, AttackIDs: []string{"T1078.004", "T1548.005"},
}

var poolFamily = Family{Name: "roles of identity pools", Techniques: []*Technique{setPoolRoles}, derive: (*world).setRolesOfPools}

func (w *world) setRolesOfPools() error {
	for _, role := range w.roles {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		if w.perms.TrustUnread(role) || w.inv.Roles[role].SSO() {
			continue
		}
		d, err := w.perms.CanAssumeRole(cognitoProvider, role, w.options())
		if err != nil || d.Verdict == iamaws.Deny {
			continue
		}
		for _, c := range d.Conditions {
			if strings.EqualFold(c.Key, cognitoProvider+":aud") {
				for _, pool := range c.Values {
					w.setRoleOfPool(role, pool)
				}
			}
		}
	}
	return nil
}

// setRoleOfPool is about one pool that a role's trust policy names. Pools and the
// roles they give are of one account; the action is authorised on no resource.
func (w *world) setRoleOfPool(role, pool string) {
	guest := w.guestOf(role, []string{pool})
	if guest.verdict == schema.Deny {
		return
	}
	o := w.options()
	o.Context = map[string][]string{"iam:PassedToService": {cognitoProvider}}
	var passing []way
	for _, g := range w.perms.Grants(passRole, []string{role}, o) {
		passing = append(passing, wayOf(g, false))
	}
	ways := plus(join(w.who(setPoolRoles.Needs[:1], role, w.environmentOf(role)), passing), w.givingTo(pool))
	for i := range ways {
		ways[i] = ways[i].and(guest, ways[i].who)
	}
	w.grant(setPoolRoles, w.notAdmins(w.insiders(role, ways)), role)
}

// givingTo says whether guests of a pool get at the role they are given.
func (w *world) givingTo(pool string) fact {
	p := w.f.IdentityPools[pool]
	if p == nil || p.Guests == nil {
		return onlyIf("the identity pool " + pool + " lets unauthenticated identities in")
	}
	f := fact{verdict: schema.Allow, evidence: p.Evidence}
	switch {
	case !*p.Guests:
		return fails
	case p.Classic != nil && *p.Classic:
	case p.Classic != nil:
		f.verdict, f.witness = schema.Conditional, "the session policy that Cognito gives guests of "+pool+" leaves the action open"
	default:
		f.verdict, f.witness = schema.Conditional, fmt.Sprintf("the identity pool %s takes the classic flow, or the session policy that Cognito gives its guests leaves the action open", pool)
	}
	return f
}

// guestOf is whether a guest of one of the pools assumes a role; nil asks without
// a pool.
func (w *world) guestOf(role string, pools []string) way {
	o := w.options()
	o.Context = map[string][]string{cognitoProvider + ":amr": {"unauthenticated"}}
	if pools != nil {
		o.Context[cognitoProvider+":aud"] = pools
	}
	d, err := w.perms.CanAssumeRole(cognitoProvider, role, o)
	if err != nil {
		return way{verdict: schema.Deny}
	}
	return wayOfDecision(nil, d)
}

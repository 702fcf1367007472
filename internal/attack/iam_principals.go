package attack

import (
	"fmt"
	"slices"
	"strings"

	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// become is a way to turn into a user or role by writing to IAM.
//
// Source of ids and needs: pathfinding.cloud; of the limit of two access keys:
// IAM User Guide, "IAM and AWS STS quotas", read 2026-11.
type become struct {
	Technique
	users bool // of users; else of roles
	when  func(*world, string) fact
}

func becomeRow(id, title string, users bool, cost int, when func(*world, string) fact, actions ...string) *become {
	return &become{users: users, when: when, Technique: Technique{
		ID: id, Kind: schema.Assumes, Title: title, Needs: needs(onTarget, actions...), Source: sourceOf(id), Cost: cost,
		AttackIDs: []string{"T1098.001", "T1078.004"},
	}}
}

func (b *become) requires(facts ...string) *become { b.Requires = facts; return b }

var becomes = []*become{
	becomeRow("iam-002", "creates an access key for a user", true, 2, (*world).keyFree, "iam:CreateAccessKey").requires("the user has fewer than two access keys"),
	becomeRow("iam-003", "replaces an access key of a user", true, 3, (*world).keyTaken, "iam:CreateAccessKey", "iam:DeleteAccessKey").requires("the user has an access key to delete"),
	becomeRow("iam-004", "gives a user a console password", true, 2, (*world).noPassword, "iam:CreateLoginProfile").requires("the user has no console password"),
	becomeRow("iam-006", "changes a user's console password", true, 2, (*world).password, "iam:UpdateLoginProfile").requires("the user has a console password (an MFA device makes it conditional)"),
	becomeRow("iam-012", "rewrites a role's trust policy to name itself", false, 3, (*world).mutable, "iam:UpdateAssumeRolePolicy"),
}

var becomeFamily = Family{Name: "other principals, by writing to IAM", Techniques: techniquesOf(becomes, func(b *become) *Technique { return &b.Technique }), derive: (*world).becomeOthers}

func (w *world) becomeOthers() error {
	for _, b := range becomes {
		targets := w.realUsers()
		if !b.users {
			targets = w.mutableRoles()
		}
		w.ask(b.Needs, targets)
		var all []gained
		for _, target := range targets {
			if err := w.ctx.Err(); err != nil {
				return err
			}
			all = append(all, gained{target, w.notAdmins(w.becoming(b, target))})
		}
		for _, in := range w.sameAccount(all) {
			w.spread(&b.Technique, in)
		}
	}
	return nil
}

// becoming says who turns into the target by one row.
func (w *world) becoming(b *become, target string) []way {
	ways := w.insiders(target, w.who(b.Needs, target, w.environmentOf(target)))
	return plus(ways, b.when(w, target)) // who is the target gains nothing, which add knows
}

// insiders keeps the principals of the target's own account: IAM's writing
// actions reach no other.
func (w *world) insiders(target string, ws []way) []way {
	account := w.environmentOf(target).account
	return only(ws, func(p string) bool {
		a, ok := schema.ParseARN(p)
		return ok && a.Account == account && !w.isCapability(p)
	})
}

func (w *world) realUsers() []string {
	return slices.DeleteFunc(slices.Clone(w.users), func(u string) bool { return w.standIns[u] != "" })
}

// mutableRoles are the roles that IAM lets anyone change: not those of Identity
// Center or of services.
//
// Source: IAM User Guide, "Service-linked roles"; IAM Identity Center User
// Guide, "Referencing permission sets in resource policies", read 2026-11.
func (w *world) mutableRoles() []string {
	return slices.DeleteFunc(slices.Clone(w.roles), func(r string) bool { return w.inv.Roles[r].SSO() })
}

func (w *world) mutable(string) fact { return holds }

// keyFree: IAM allows two access keys a user.
func (w *world) keyFree(user string) fact {
	switch keys := w.inv.Users[user].AccessKeys; {
	case !keys.Collected():
		return onlyIf(user + " has fewer than two access keys")
	case len(keys.Value) >= 2:
		return fails
	default:
		return shown(user, "", fmt.Sprintf("the user has %d of 2 access keys", len(keys.Value)))
	}
}

func (w *world) keyTaken(user string) fact {
	switch keys := w.inv.Users[user].AccessKeys; {
	case !keys.Collected():
		return shown(user, "", "a key can be created, after deleting one if there are two")
	case len(keys.Value) == 0:
		return fails
	default:
		return shown(user, "", fmt.Sprintf("the user has %d access keys, one of which can be deleted", len(keys.Value)))
	}
}

func (w *world) noPassword(user string) fact {
	switch w.inv.Users[user].LoginProfile.State {
	case iamaws.Known:
		return fails
	case iamaws.None:
		return shown(user, "", "the user has no console password")
	}
	return onlyIf(user + " has no console password")
}

func (w *world) password(user string) fact {
	u := w.inv.Users[user]
	if u.LoginProfile.State == iamaws.None {
		return fails
	}
	var when []string
	if u.LoginProfile.State == iamaws.NotCollected {
		when = append(when, user+" has a console password")
	}
	if u.MFADevices.State == iamaws.NotCollected || len(u.MFADevices.Value) > 0 {
		when = append(when, "no MFA device is asked of "+user)
	}
	if len(when) > 0 {
		return onlyIf(strings.Join(when, " and "))
	}
	return shown(user, "", "the user has a console password and no MFA device")
}

// joinGroup adds oneself to a group.
var joinGroup = &Technique{
	ID: "iam-013", Kind: schema.Escalates, Title: "adds itself to a group", Needs: needs(onTarget, "iam:AddUserToGroup"),
	Requires: []string{"the principal is a user and no member yet"}, Source: sourceOf("iam-013"), Cost: 2, AttackIDs: []string{"T1098.003"},
}

var groupFamily = Family{Name: "groups", Techniques: []*Technique{joinGroup}, derive: (*world).joinGroups}

// joinGroups leads to the group's node, from which everything leads on that a
// member may do. A user keeps its own boundary as a member; a role can add a
// user only.
func (w *world) joinGroups() error {
	var groups []string
	for arn := range w.inv.Groups {
		groups = append(groups, arn)
	}
	slices.Sort(groups)
	w.ask(joinGroup.Needs, groups)
	for _, g := range groups {
		for _, x := range w.insiders(g, w.who(joinGroup.Needs, g, w.environmentOf(g))) {
			for _, p := range x.who {
				w.joinOne(p, g, x)
			}
		}
	}
	return nil
}

func (w *world) joinOne(p, group string, x way) {
	from, ok := w.node(p)
	if !ok || w.admins[p] || from == group {
		return
	}
	u := w.inv.Users[p]
	switch {
	case u == nil || w.standIns[p] != "":
		x = x.and(onlyIf("the attacker also holds a user of account "+w.environmentOf(p).account+", to add to "+group).way(), x.who)
		w.add(joinGroup, step{from: from, principal: p, to: group, way: x, confidence: schema.Low})
		return
	case w.memberOf(u, group):
		return
	case u.Boundary.Known():
		x = x.and(onlyIf("the boundary "+u.Boundary.Value+" leaves something of what the group gives").way(), x.who)
	}
	w.add(joinGroup, step{from: from, principal: p, to: group, way: x})
}

// memberOf reports whether a user is in a group; memberships may be written as
// names.
func (w *world) memberOf(u *iamaws.User, group string) bool {
	g := w.inv.Groups[group]
	return slices.ContainsFunc(u.Groups.Value, func(m string) bool { return m == group || g != nil && m == g.Name })
}

package attack

import (
	"maps"
	"slices"

	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// An administrator needs nobody of its own account to reach what is in it. What
// other accounts hold they may have given to a single role or user by name: there
// the administrator has to become that one first.
var (
	becomeRole = &Technique{
		ID: "admin-002", Kind: schema.Assumes, Title: "an administrator rewrites the trust policy of a role that leads out of its account, and assumes it",
		Needs: needs(onTarget, "iam:UpdateAssumeRolePolicy"), Requires: []string{"the role leads to something in another account"},
		Source: "IAM User Guide, Update a role trust policy", Cost: 2, AttackIDs: []string{"T1098", "T1078.004"},
	}
	becomeUser = &Technique{
		ID: "admin-003", Kind: schema.Assumes, Title: "an administrator creates an access key for a user that leads out of its account",
		Needs: needs(onTarget, "iam:CreateAccessKey", "iam:DeleteAccessKey"), Requires: []string{"the user leads to something in another account"},
		Source: "IAM User Guide, Manage access keys for IAM users", Cost: 2, AttackIDs: []string{"T1098.001", "T1078.004"},
	}
)

var leaveFamily = Family{Name: "administrators, out of their account", Techniques: []*Technique{becomeRole, becomeUser}, derive: (*world).leaveAccount}

// leaveAccount leads from the capability of each account to its principals that
// have an edge to something in another account which the capability has not.
func (w *world) leaveAccount() error {
	for _, p := range slices.Sorted(maps.Keys(w.leaving)) {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		if !w.real(p) {
			continue
		}
		e := w.environmentOf(p)
		have := w.leaving[schema.AdminCapabilityID(e.account)]
		more := false
		for to, rank := range w.leaving[p] {
			if r, has := have[to]; !has || r > rank {
				more = true
			}
		}
		if more {
			w.becomeLeaver(p, e)
		}
	}
	return nil
}

func (w *world) becomeLeaver(p string, e environment) {
	t := becomeRole
	switch r := w.inv.Roles[p]; {
	case r == nil:
		t = becomeUser
	case r.SSO() || r.ServiceLinked():
		return
	}
	admin := administratorARN(e)
	ways := []way{{who: []string{admin}, verdict: schema.Allow}}
	for _, n := range t.Needs {
		d, err := w.perms.Can(iamaws.Request{Principal: admin, Action: n.Action, Resource: p, Options: w.options()})
		if err != nil {
			return
		}
		ways = join(ways, []way{wayOfDecision([]string{admin}, d)})
	}
	w.grant(t, ways, p)
}

// noteLeaving remembers what principals and capabilities lead to outside their
// account.
func (w *world) noteLeaving(from, to string, v schema.Verdict) {
	if !w.real(from) && w.g.Kind(from) != schema.Capability {
		return
	}
	a, b := w.environmentOf(from).account, w.environmentOf(to).account
	if a == "" || b == "" || a == b {
		return
	}
	if w.leaving[from] == nil {
		w.leaving[from] = map[string]int{}
	}
	if r, has := w.leaving[from][to]; !has || v.Rank() < r {
		w.leaving[from][to] = v.Rank()
	}
}

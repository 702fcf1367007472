package attack

import (
	"encoding/json"
	"slices"
	"strings"

	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// unbounding removes the boundary that keeps a principal from being an
// administrator.
type unbounding struct {
	Technique
	role bool
}

var unboundings = []*unbounding{
	{Technique{ID: "iam-022", Kind: schema.Escalates, Title: "deletes its own boundary", Needs: needs(onTarget, "iam:DeleteUserPermissionsBoundary"),
		Requires: []string{"without the boundary the user is an administrator"}, Source: sourceOf("iam-022"), Cost: 2, AttackIDs: []string{"T1098.003"}}, false},
	{Technique{ID: "iam-023", Kind: schema.Escalates, Title: "deletes the boundary of its own role", Needs: needs(onTarget, "iam:DeleteRolePermissionsBoundary"),
		Requires: []string{"without the boundary the role is an administrator"}, Source: sourceOf("iam-023"), Cost: 2, AttackIDs: []string{"T1098.003"}}, true},
}

// unbind asks what bounded principals could do without their boundary, in a
// copy of the inventory that has none.
func (w *world) unbind() {
	unbound, bounded := w.withoutBoundaries()
	if len(bounded) == 0 {
		return
	}
	for _, t := range unboundings {
		asked := w.can(t.Needs[0].Action, bounded...)
		for _, p := range bounded {
			if (w.inv.Roles[p] != nil) != t.role {
				continue
			}
			ways := only(asked[p], func(x string) bool { return x == p })
			if d, err := unbound.EffectiveAdmin(p); err == nil && d.Verdict != iamaws.Deny && len(ways) > 0 {
				w.unbound(t, p, join(ways, []way{wayOfDecision([]string{p}, d)}))
			}
		}
	}
}

func (w *world) unbound(t *unbounding, p string, ways []way) {
	from, ok := w.node(p)
	if !ok || w.admins[p] {
		return
	}
	for _, x := range ways {
		w.add(&t.Technique, step{from: from, principal: p, to: schema.AdminCapabilityID(w.environmentOf(p).account), way: x})
	}
}

// givesEverything reports whether a policy document has a statement that allows
// every action (of IAM, which is enough to take the others) on every resource
// without a condition. It reads only the plain
// spelling, which is enough to be sure of a gain.
func givesEverything(document []byte) bool {
	var doc struct {
		Statement json.RawMessage
	}
	if json.Unmarshal(document, &doc) != nil {
		return false
	}
	type statement struct {
		Effect    string
		Action    json.RawMessage
		Resource  json.RawMessage
		Condition json.RawMessage
	}
	var list []statement
	if json.Unmarshal(doc.Statement, &list) != nil {
		var one statement
		if json.Unmarshal(doc.Statement, &one) != nil {
			return false
		}
		list = []statement{one}
	}
	for _, s := range list {
		if s.Effect == "Allow" && holdsAny(s.Action, "*", "*:*", "iam:*") && holdsAny(s.Resource, "*") && len(s.Condition) == 0 {
			return true
		}
	}
	return false
}

func holdsAny(v json.RawMessage, values ...string) bool {
	list, ok := oneOrMany(v)
	return ok && slices.ContainsFunc(list, func(s string) bool { return slices.Contains(values, strings.ToLower(s)) })
}

package aws

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// manyRoles is an account of roles with policies of their own that pass roles by
// all sorts of patterns, shared ones among them.
func manyRoles(n int, r *rand.Rand) *Inventory {
	inv := NewInventory()
	account := Account{ID: acctA, IAM: Known}
	if r.IntN(2) == 0 {
		account.Organization = NoneOf[string]()
	}
	inv.AddAccount(account)
	arn := func(i int) string { return fmt.Sprintf("arn:aws:iam::%s:role/r%d", acctA, i) }
	for i := range n {
		patterns := []string{"*", arn(r.IntN(n)), "arn:aws:iam::" + acctA + ":role/r1*", "arn:aws:iam::" + acctA + ":role/*", "arn:aws:iam::*:role/r?", "arn:aws:iam::" + acctA + ":role/${aws:username}"}
		conditions := []string{"", "", `{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}`, `{"StringEquals":{"aws:ResourceTag/a":"b"}}`, `{"ArnLike":{"iam:AssociatedResourceArn":"arn:*"}}`}
		var st []string
		for range r.IntN(3) {
			effect := "Allow"
			if r.IntN(5) == 0 {
				effect = "Deny"
			}
			text := fmt.Sprintf(`{"Effect":%q,"Action":"iam:PassRole","Resource":%q`, effect, patterns[r.IntN(len(patterns))])
			if c := conditions[r.IntN(len(conditions))]; c != "" {
				text += `,"Condition":` + c
			}
			st = append(st, text+"}")
		}
		st = append(st, fmt.Sprintf(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b%d/*"}`, i))
		inv.AddRole(Role{Identity: Identity{ARN: arn(i), Name: fmt.Sprintf("r%d", i), Inline: inline(fmt.Sprint("own", i%3), `{"Version":"2012-10-17","Statement":[`+strings.Join(st, ",")+`]}`), Attached: NoneOf[[]string]()},
			Trust: policyEvidence(stmt("Allow", `{"Service":"ec2.amazonaws.com"}`, "sts:AssumeRole", "", "")), Boundary: NoneOf[string](), Tags: NoneOf[map[string]string]()})
	}
	return inv
}

// TestGrantsAgree: resources asked about together have the answers that each has
// by itself, word for word.
func TestGrantsAgree(t *testing.T) {
	check := func(what string, e *Engine, action string, resources []string, o Options) {
		t.Helper()
		var want []Grant
		u := e.Universe(resources)
		for _, r := range u.arns {
			want = append(want, e.Grants(action, []string{unwild(r)}, o)...)
		}
		if d := cmp.Diff(want, e.Grants(action, resources, o)); d != "" {
			t.Fatalf("%s, %s (-each by itself +together):\n%s", what, action, d)
		}
	}
	for seed := uint64(1); seed <= 30; seed++ {
		e := New(manyRoles(20, rand.New(rand.NewPCG(seed, 1))))
		o := Options{AttackerChooses: seed%2 == 0}
		if seed%3 == 0 {
			o.Context = map[string][]string{"iam:PassedToService": {"ec2.amazonaws.com"}}
		}
		check(fmt.Sprint("roles, seed ", seed), e, "iam:PassRole", append(e.Principals(false), "arn:aws:iam::"+acctA+":role/*"), o)
	}
	for seed := uint64(5000); seed < 5100; seed++ {
		w := newRandomWorld(seed)
		e := New(w.build())
		o := w.options()
		for _, action := range randomActions {
			check(fmt.Sprint("random world, seed ", seed), e, action, randomResources, o)
		}
		check(fmt.Sprint("random world, seed ", seed), e, "iam:PassRole", []string{target1, roleA, roleB}, o)
	}
}

// TestGrantsShare: resources alike have one list of principals in memory, which
// is what callers know them by.
func TestGrantsShare(t *testing.T) {
	e := New(assumeEstate(4, func(int) string { return stmt("Allow", `{"Service":"ec2.amazonaws.com"}`, "sts:AssumeRole", "", "") }))
	inv := e.inv
	for arn, r := range inv.Roles {
		r.Inline = inline("same", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"},{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::`+r.Name+`/*"}]}`)
		inv.Roles[arn] = r
	}
	e = New(inv)
	got := e.Grants("iam:PassRole", e.Principals(false), Options{})
	if len(got) != 4 {
		t.Fatalf("%d grants", len(got))
	}
	for _, g := range got {
		if len(g.Principals) != 4 || &g.Principals[0] != &got[0].Principals[0] {
			t.Errorf("%s has a list of its own: %v", g.Resource, g.Principals)
		}
		if s := g.Evidence[0].Summary; !strings.HasSuffix(s, " on "+g.Resource) {
			t.Errorf("%s: %s", g.Resource, s)
		}
	}
}

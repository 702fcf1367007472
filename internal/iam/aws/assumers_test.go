package aws

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAssumersAgree compares the list by what trust policies name with the one
// that asks everybody, on random worlds.
func TestAssumersAgree(t *testing.T) {
	narrow := 0
	for seed := uint64(4000); seed < 4300; seed++ {
		w := newRandomWorld(seed)
		e := New(w.build())
		o := w.options()
		o.AttackerChooses = w.chance(50)
		for _, role := range []string{target1, roleA, roleB} {
			if _, ok := e.trustedBy(role); ok {
				narrow++
			}
			g := &gate{action: "sts:AssumeRole", resource: role, parts: []part{{action: assumeAction, resource: role}}}
			if d := cmp.Diff(e.gateGrants(g, &o), e.AssumeRole(role, o)); d != "" {
				t.Fatalf("seed %d: who becomes %s (-everybody asked +named only):\n%s", seed, role, d)
			}
		}
	}
	if narrow < 100 {
		t.Errorf("only %d trust policies name few", narrow)
	}
}

// TestNeverTrusts: the quick answer is no other than the whole one, and is given
// for all that is plain.
func TestNeverTrusts(t *testing.T) {
	never, refused := 0, 0
	for seed := uint64(4000); seed < 4300; seed++ {
		w := newRandomWorld(seed)
		e := New(w.build())
		o := w.options()
		for _, role := range []string{target1, roleA, roleB} {
			for _, service := range []string{"ec2.amazonaws.com", "lambda.amazonaws.com", "Events.amazonaws.com"} {
				d, err := e.Trusts(role, service, o)
				denied := err != nil || d.Verdict == Deny
				if denied {
					refused++
				}
				if e.NeverTrusts(role, service) {
					never++
					if !denied {
						t.Fatalf("seed %d: %s lets %s in: %s", seed, role, service, d.Verdict)
					}
				}
			}
		}
	}
	if never < refused/4 || never == 0 {
		t.Errorf("of %d refusals %d were quick", refused, never)
	}
	for _, c := range []struct {
		trust string
		want  bool
	}{
		{stmt("Allow", `{"Service":"lambda.amazonaws.com"}`, "sts:AssumeRole", "", ""), true},
		{stmt("Allow", `{"AWS":"`+acctA+`"}`, "sts:AssumeRole", "", ""), true},
		{stmt("Deny", `{"Service":"ec2.amazonaws.com"}`, "sts:AssumeRole", "", ""), true},
		{stmt("Allow", `{"Service":["lambda.amazonaws.com","EC2.amazonaws.com"]}`, "sts:AssumeRole", "", ""), false},
		{stmt("Allow", `"*"`, "sts:AssumeRole", "", ""), false},
		{stmt("Allow", `{"AWS":"*"}`, "sts:AssumeRole", "", ""), false},
	} {
		e := New(assumeEstate(2, func(int) string { return c.trust }))
		if got := e.NeverTrusts("arn:aws:iam::"+acctA+":role/r0", "ec2.amazonaws.com"); got != c.want {
			t.Errorf("%s: never %v, want %v", c.trust, got, c.want)
		}
	}
}

// assumeEstate is an account in which every role has a policy of its own, may
// assume its neighbour, and trusts whom trust says.
func assumeEstate(n int, trust func(i int) string) *Inventory {
	inv := NewInventory()
	inv.AddAccount(Account{ID: acctA, IAM: Known, Organization: NoneOf[string]()})
	role := func(i int) string { return fmt.Sprintf("arn:aws:iam::%s:role/r%d", acctA, i%n) }
	for i := range n {
		inv.AddRole(Role{Identity: Identity{ARN: role(i), Name: fmt.Sprintf("r%d", i), Inline: inline("own", allow("", "sts:AssumeRole", role(i+1))), Attached: NoneOf[[]string]()},
			Trust: policyEvidence(trust(i)), Boundary: NoneOf[string](), Tags: NoneOf[map[string]string]()})
	}
	return inv
}

// BenchmarkAssumeRole asks who becomes each role of an account, at two sizes a
// decade apart: the ratio of their times is what counts.
func BenchmarkAssumeRole(b *testing.B) {
	for name, trust := range map[string]func(int) string{
		"service": func(int) string { return stmt("Allow", `{"Service":"ec2.amazonaws.com"}`, "sts:AssumeRole", "", "") },
		"root":    func(int) string { return allow(rootA, "sts:AssumeRole", "") },
	} {
		for _, n := range []int{1_000, 10_000} {
			b.Run(fmt.Sprint(name, n), func(b *testing.B) {
				e := New(assumeEstate(n, trust))
				for b.Loop() {
					for _, role := range e.Principals(false) {
						e.AssumeRole(role, Options{})
					}
				}
			})
		}
	}
}

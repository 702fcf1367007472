package aws

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// differentialDecisions is how many decisions TestDifferential compares;
// POSTERN_DECISIONS overrides it.
func differentialDecisions() int {
	if n, err := strconv.Atoi(os.Getenv("POSTERN_DECISIONS")); err == nil {
		return n
	}
	return 100_000
}

// TestDifferential compares, on random worlds, the compiled set answers with the
// literal formula, pair by pair, and checks that the worlds are worth it: allows
// between 30 and 70 %, every layer alone decisive in at least 2 %.
func TestDifferential(t *testing.T) {
	total, allows, sampled := 0, 0, 0
	decisive := map[string]int{}
	for seed := uint64(1); total < differentialDecisions(); seed++ {
		w := newRandomWorld(seed)
		e := New(w.build())
		o := w.options()
		u := e.Universe(randomResources)
		for _, action := range randomActions {
			x, err := u.Access(action, o)
			if err != nil {
				t.Fatal(err)
			}
			compiled := map[string]Verdict{}
			for i := range x.Entries {
				en := &x.Entries[i]
				for _, p := range en.Principals {
					en.Each(func(r int) {
						key := p + " " + x.Resources[r]
						if have, ok := compiled[key]; ok {
							t.Fatalf("seed %d: %s %s is in two entries, %s and %s", seed, action, key, have, en.Verdict)
						}
						compiled[key] = en.Verdict
					})
				}
			}
			for _, p := range e.principals {
				for _, r := range x.Resources {
					want := e.literalVerdict(t, p.arn, action, r, o)
					got := compiled[p.arn+" "+r]
					if got == "" {
						got = Deny
					}
					if got != want {
						d, _ := e.Can(Request{Principal: p.arn, Action: action, Resource: r, Options: o})
						t.Fatalf("seed %d: %s %s on %s: compiled %s, literal %s\n%+v", seed, p.arn, action, r, got, want, d)
					}
					if sensible(action, r) && (strings.Contains(r, e.callers[p.arn].account) || action[:2] == "s3" && w.chance(50) || r == "*" || w.chance(8)) {
						total++
						if want == Allow || want == Conditional {
							allows++
						}
						if total%4 == 0 { // a sample: seven more decisions each
							sampled++
							e.countDecisive(p.arn, action, r, o, decisive)
						}
					}
				}
			}
		}
	}
	share := float64(allows) / float64(total)
	t.Logf("%d decisions, %.1f %% allowed or conditional", total, 100*share)
	if share < 0.3 || share > 0.7 {
		t.Errorf("the share of allows is %.2f: the generator is lopsided", share)
	}
	for _, layer := range []string{"identity", "boundary", "session", "scp", "rcp", "resource", "endpoint"} {
		part := float64(decisive[layer]) / float64(sampled)
		t.Logf("%s decisive in %.1f %%", layer, 100*part)
		if part < 0.02 {
			t.Errorf("layer %s is decisive in %.2f %% only", layer, 100*part)
		}
	}
}

// sensible reports whether an action is ever authorised on the resource: pairs of
// another service are compared, but not counted.
func sensible(action, resource string) bool {
	service := map[string]string{"s3": ":s3:", "el": ":elasticfilesystem:", "sq": ":sqs:", "km": ":kms:", "st": ":role/", "sa": ":sagemaker:", "se": ":secretsmanager:", "ia": ":iam::", "ec": "*"}[action[:2]]
	for i := 0; i+len(service) <= len(resource); i++ {
		if resource[i:i+len(service)] == service {
			return true
		}
	}
	return false
}

func (e *Engine) literalVerdict(t *testing.T, principal, action, resource string, o Options) Verdict {
	t.Helper()
	c, err := e.resolve(principal)
	if err != nil {
		t.Fatal(err)
	}
	a, err := checkAction(action)
	if err != nil {
		t.Fatal(err)
	}
	v := acquire()
	defer v.done()
	v.begin(e, c, a, e.targetFor(a, resource, c))
	v.options(o)
	return v.verdict()
}

// countDecisive notes the layers without which the verdict would be another.
func (e *Engine) countDecisive(principal, action, resource string, o Options, count map[string]int) {
	c, err := e.resolve(principal)
	if err != nil {
		return
	}
	a, _ := checkAction(action)
	v := acquire()
	defer v.done()
	v.begin(e, c, a, e.targetFor(a, resource, c))
	v.options(o)
	verdict := func(x expr) Verdict { got, _ := v.verdictOf(v.simplify(x)); return got }
	base := verdict(v.decide())
	l := v.layers
	try := func(layer string, change func(*layers)) {
		m := l
		change(&m)
		if verdict(v.combine(&m)) != base {
			count[layer]++
		}
	}
	try("identity", func(m *layers) { m.idAllow, m.idDeny = exprFalse, exprFalse })
	try("boundary", func(m *layers) { m.boundaryAllow, m.boundaryDeny = exprTrue, exprFalse })
	try("session", func(m *layers) { m.sessionAllow, m.sessionDeny = exprTrue, exprFalse })
	try("scp", func(m *layers) { m.scpAllow, m.scpDeny = exprTrue, exprFalse })
	try("rcp", func(m *layers) { m.rcpDeny = exprFalse })
	try("endpoint", func(m *layers) { m.endpointAllow, m.endpointDeny = exprTrue, exprFalse })
	try("resource", func(m *layers) {
		m.resAccount, m.resRole, m.resUser, m.resDirect, m.resDeny = exprFalse, exprFalse, exprFalse, exprFalse, exprFalse
	})
}

// TestWhoCanAgrees compares who-can's list with one question for each principal.
func TestWhoCanAgrees(t *testing.T) {
	for seed := uint64(1000); seed < 1040; seed++ {
		w := newRandomWorld(seed)
		e := New(w.build())
		o := w.options()
		for _, action := range randomActions {
			for _, r := range randomResources {
				list, _, err := e.WhoCan(action, r, o)
				if err != nil {
					t.Fatal(err)
				}
				got := map[string]string{}
				for _, d := range list {
					got[d.Principal] = fmt.Sprint(d.Verdict, d.Conditions, d.Parts, d.Missing, d.Because)
				}
				for _, p := range e.Principals(false) {
					d, err := e.Can(Request{Principal: p, Action: action, Resource: r, Options: o})
					if err != nil {
						t.Fatal(err)
					}
					want := ""
					if d.Verdict != Deny {
						want = fmt.Sprint(d.Verdict, d.Conditions, d.Parts, d.Missing, d.Because)
					}
					if got[p] != want {
						t.Fatalf("seed %d: %s %s on %s\nwho-can %s\ncan     %s", seed, p, action, r, got[p], want)
					}
				}
			}
		}
	}
}

// TestGatesAgree compares the gates' lists with one question for each principal,
// on random worlds.
func TestGatesAgree(t *testing.T) {
	for seed := uint64(2000); seed < 2030; seed++ {
		w := newRandomWorld(seed)
		inv := w.build()
		inv.Resources[bucket].S3.Encryption = Of(S3Encryption{Algorithm: "aws:kms", KeyID: keyA})
		e := New(inv)
		o := w.options()
		o.AttackerChooses = w.chance(50)
		jobs := []ActionOn{{"sagemaker:CreateTrainingJob", "*"}}
		for name, gate := range map[string]struct {
			list []Grant
			one  func(string) (Decision, error)
		}{
			"read":   {e.ReadObject(bucket, o), func(p string) (Decision, error) { return e.CanReadObject(p, bucket, o) }},
			"write":  {e.WriteObject(bucket, o), func(p string) (Decision, error) { return e.CanWriteObject(p, bucket, o) }},
			"assume": {e.AssumeRole(target1, o), func(p string) (Decision, error) { return e.CanAssumeRole(p, target1, o) }},
			"pass":   {e.PassRoleGrants(target1, "sagemaker.amazonaws.com", jobs, o), func(p string) (Decision, error) { return e.PassRoleTo(p, target1, "sagemaker.amazonaws.com", jobs, o) }},
			"send": {e.Grants("sqs:SendMessage", []string{"arn:aws:sqs:us-east-1:111111111111:q"}, o), func(p string) (Decision, error) {
				return e.All(p, []ActionOn{{"sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:q"}}, o)
			}},
			"invoke": {e.Grants("sagemaker:InvokeEndpoint", []string{"arn:aws:sagemaker:us-east-1:111111111111:endpoint/e"}, o), func(p string) (Decision, error) {
				return e.All(p, []ActionOn{{"sagemaker:InvokeEndpoint", "arn:aws:sagemaker:us-east-1:111111111111:endpoint/e"}}, o)
			}},
		} {
			got := map[string]string{}
			for _, g := range gate.list {
				for _, p := range g.Principals {
					got[p] = fmt.Sprint(g.Verdict, g.Conditions, g.Parts, g.Missing)
				}
			}
			for _, p := range e.Principals(false) {
				d, err := gate.one(p)
				if err != nil {
					t.Fatal(err)
				}
				want := ""
				if d.Verdict != Deny {
					want = fmt.Sprint(d.Verdict, d.Conditions, d.Parts, d.Missing)
				}
				if got[p] != want {
					t.Fatalf("seed %d, %s: %s\nlist %s\none  %s", seed, name, p, got[p], want)
				}
			}
		}
		for _, p := range e.Principals(true) {
			if _, err := e.CapabilityCap(p); err != nil {
				t.Fatal(err)
			}
			if _, err := e.EffectiveAdmin(p); err != nil {
				t.Fatal(err)
			}
		}
		e.Public(bucket, nil)
		e.Public(keyA, nil)
		if _, err := e.WhatCan(roleA, nil, nil, o); err != nil {
			t.Fatal(err)
		}
	}
}

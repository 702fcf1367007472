package aws

import (
	"strings"
	"testing"
)

const labAccount = "200611803367"

// TestVulnerableCompiled asks the counts through the set answers.
func TestVulnerableCompiled(t *testing.T) {
	_, e := vulnerable(t)
	for _, c := range vulnerableCounts(labAccount) {
		x, err := e.Universe([]string{c.resource}).Access(c.action, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		for i := range x.Entries {
			for _, p := range x.Entries[i].Principals {
				if x.Entries[i].Verdict == Allow && strings.Contains(p, labAccount) {
					got++
				}
			}
		}
		if got != c.want {
			t.Errorf("%s: %d, want %d", c.action, got, c.want)
		}
	}
}

// TestVulnerableWhoCan asks the counts of one owner through who-can.
func TestVulnerableWhoCan(t *testing.T) {
	_, e := vulnerable(t)
	for _, c := range vulnerableCounts(labAccount) {
		if c.resource == "*" || strings.Contains(c.resource, "foundation-model") {
			continue // every principal's own account is meant
		}
		list, missing, err := e.WhoCan(c.action, c.resource, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		for _, d := range list {
			if d.Verdict == Allow {
				got++
			}
		}
		if got != c.want {
			t.Errorf("%s: %d, want %d", c.action, got, c.want)
		}
		if len(missing) == 0 {
			t.Errorf("%s: the organisation was not collected, and nothing says so", c.action)
		}
	}
}

func TestVulnerableEdges(t *testing.T) {
	inv, e := vulnerable(t)
	arn := func(s string) string { return "arn:aws:iam::" + labAccount + ":" + s }
	high := arn("role/privesc-high-priv-service-role")
	for _, c := range []struct {
		name, who, action, on string
		want                  Verdict
	}{
		{"fn1: run instances", "role/fn1-privesc3-partial-role", "ec2:RunInstances", "*", Allow},
		{"fn1: pass role", "role/fn1-privesc3-partial-role", "iam:PassRole", high, Allow},
		{"fn2: own policy", "role/fn2-exploitableResourceConstraint-role", "iam:CreatePolicyVersion", arn("policy/fn2-exploitableResourceConstraint-policy"), Allow},
		{"fn3: the role", "role/fn3-exploitableConditionConstraint-role", "iam:CreatePolicyVersion", arn("policy/x"), Allow},
		{"fn3: the user", "user/fn3-exploitableConditionConstraint-user", "iam:CreatePolicyVersion", arn("policy/x"), Conditional},
		{"fn4: NotAction leaves iam:Put*", "role/fn4-exploitableNotAction-role", "iam:PutRolePolicy", arn("role/fn4-exploitableNotAction-role"), Allow},
		{"fp1", "role/fp1-allow-and-deny-role", "iam:CreatePolicyVersion", arn("policy/x"), Deny},
		{"fp2", "role/fp2-allow-all-role", "iam:CreatePolicyVersion", arn("policy/x"), Deny},
		{"fp3", "role/fp3-deny-iam-role", "iam:CreatePolicyVersion", arn("policy/x"), Deny},
		{"fp4", "role/fp4-nonExploitableResourceConstraint-role", "iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/fp4-x", Deny},
		{"fp5: role", "role/fp5-nonExploitableConditionConstraint-role", "iam:CreatePolicyVersion", arn("policy/x"), Deny},
		{"fp5: user", "user/fp5-nonExploitableConditionConstraint-user", "iam:CreatePolicyVersion", arn("policy/x"), Deny},
	} {
		t.Run(c.name, func(t *testing.T) {
			kind, name, _ := strings.Cut(c.who, "/")
			who := ""
			for _, p := range e.Principals(false) {
				if strings.Contains(p, ":"+kind+"/") && strings.HasPrefix(lastSegment(p), strings.ToLower(name[:4])) {
					who = p
				}
			}
			if who == "" {
				t.Fatalf("no principal like %s", c.who)
			}
			d, err := e.Can(Request{Principal: who, Action: c.action, Resource: c.on})
			if err != nil {
				t.Fatal(err)
			}
			if d.Verdict != c.want {
				t.Errorf("%s: %s, want %s: %+v %+v", who, d.Verdict, c.want, d.Because, d.Conditions)
			}
		})
	}
	t.Run("the high-privilege role can be launched by SageMaker", func(t *testing.T) {
		grants := e.PassRoleGrants(high, "sagemaker.amazonaws.com", []ActionOn{{"sagemaker:CreateTrainingJob", "*"}}, Options{})
		found := 0
		for _, g := range grants {
			found += len(g.Principals)
		}
		if found == 0 {
			t.Error("nobody can start a training job with it")
		}
	})
	t.Run("the assume-role chain needs no identity policy", func(t *testing.T) {
		for _, step := range [][2]string{{"privesc-AssumeRole-starting-role", "privesc-AssumeRole-intermediate-role"}, {"privesc-AssumeRole-intermediate-role", "privesc-AssumeRole-ending-role"}} {
			d, err := e.CanAssumeRole(arn("role/"+step[0]), arn("role/"+step[1]), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if d.Verdict != Allow {
				t.Errorf("%v: %s %+v", step, d.Verdict, d.Because)
			}
		}
		d, err := e.CanAssumeRole(arn("user/privesc-AssumeRole-start-user"), arn("role/privesc-AssumeRole-starting-role"), Options{})
		if err == nil && d.Verdict != Deny {
			t.Errorf("the start user: %s", d.Verdict)
		}
	})
	if e.sets == 0 || len(inv.Roles) != 78 || len(inv.Users) != 44 {
		t.Errorf("%d roles, %d users", len(inv.Roles), len(inv.Users))
	}
}

package aws

import (
	"strings"
	"testing"
)

// TestOutsiders lists who from outside may read a bucket, by the names that its
// policy gives them.
func TestOutsiders(t *testing.T) {
	canonical := strings.Repeat("0f", 32)
	read := func(principal, key, value string) string {
		s := stmt("Allow", principal, "s3:GetObject", "arn:aws:s3:::data/*", "")
		if key != "" {
			s = iff(cond("StringEquals", key, value), s)
		}
		return s
	}
	for _, c := range []struct {
		name, policy, who string
		want              Verdict
		condition         string
	}{
		{"another organisation", read("*", "aws:PrincipalOrgID", "o-2"), AnyAccount, Conditional, "aws:PrincipalOrgID"},
		{"another organisation, nobody without credentials", read("*", "aws:PrincipalOrgID", "o-2"), Anonymous, Deny, ""},
		{"the own organisation", read("*", "aws:PrincipalOrgID", "o-1"), AnyAccount, Deny, ""},
		{"a canonical user", read(`{"CanonicalUser":"`+canonical+`"}`, "", ""), canonical, Allow, ""},
		{"an account by condition", read(`{"AWS":"*"}`, "aws:PrincipalAccount", acctX), acctX, Allow, ""},
		{"an account by condition, no other", read(`{"AWS":"*"}`, "aws:PrincipalAccount", acctX), AnyAccount, Deny, ""},
		{"a principal by condition", read(`{"AWS":"*"}`, "aws:PrincipalArn", roleX), roleX, Allow, ""},
		{"a service by condition", read("*", "aws:PrincipalServiceName", "logging.s3.amazonaws.com"), "logging.s3.amazonaws.com", Allow, ""},
		{"a service by condition, no other", read("*", "aws:PrincipalServiceName", "logging.s3.amazonaws.com"), "ec2.amazonaws.com", Deny, ""},
		{"a service by condition, nobody without credentials", read("*", "aws:PrincipalServiceName", "logging.s3.amazonaws.com"), Anonymous, Deny, ""},
		{"a service by list", read("*", "aws:PrincipalServiceNamesList", "sns.amazonaws.com"), "sns.amazonaws.com", Allow, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := New(world{bucket: c.policy}.inventory())
			d, err := e.Can(Request{Principal: c.who, Action: "s3:GetObject", Resource: object})
			if decide(t, d, err); d.Verdict != c.want {
				t.Errorf("%s, want %s: %+v", d.Verdict, c.want, d.Because)
			}
			list, _, err := e.WhoCan("s3:GetObject", object, Options{})
			if err != nil {
				t.Fatal(err)
			}
			got := Decision{Verdict: Deny}
			for _, l := range list {
				if l.Principal == c.who {
					got = l
				}
			}
			if got.Verdict != c.want || c.condition != "" && (len(got.Conditions) != 1 || got.Conditions[0].Key != c.condition) {
				t.Errorf("listed as %s %v, want %s", got.Verdict, got.Conditions, c.want)
			}
		})
	}
	e := New(world{bucket: read("*", "aws:PrincipalOrgID", "o-2")}.inventory())
	d, err := e.Can(Request{Principal: AnyAccount, Action: "s3:GetObject", Resource: object, Options: Options{AttackerChooses: true}})
	if decide(t, d, err); d.Verdict != Deny {
		t.Errorf("an attacker is of organisation o-2: %s", d.Verdict)
	}
}

// TestOutsidersOfWildcards: a request over several resources lists the outsiders of
// each, with the verdict that asking for them alone gives.
func TestOutsidersOfWildcards(t *testing.T) {
	const other = "arn:aws:sqs:us-east-1:111111111111:other"
	queue := `{"Service":"sns.amazonaws.com"}`
	w := world{bucket: anyoneRead, mutate: func(i *Inventory) {
		withQueue(allow("*", "sqs:SendMessage", queueA) + "," + allow(queue, "sqs:SendMessage", queueA))(i)
		i.AddResource(Resource{ARN: other, Account: acctA, Type: "AWS::SQS::Queue", Policy: policyEvidence(allow(roleX, "sqs:SendMessage", other))})
	}}
	e := New(w.inventory())
	for _, c := range []struct {
		action, on string
		listed     []string
		not        []string
	}{
		{"s3:GetObject", "arn:aws:s3:::d*/*", []string{Anonymous, AnyAccount}, []string{"sns.amazonaws.com"}},
		{"sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:*", []string{Anonymous, AnyAccount, "sns.amazonaws.com", roleX}, nil},
		{"sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:o*", []string{roleX}, []string{Anonymous, "sns.amazonaws.com"}},
		{"sqs:ReceiveMessage", "arn:aws:sqs:us-east-1:111111111111:*", nil, []string{Anonymous, "sns.amazonaws.com", roleX}},
	} {
		list, _, err := e.WhoCan(c.action, c.on, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]Decision{}
		for _, d := range list {
			got[d.Principal] = d
		}
		for _, who := range c.listed {
			d, err := e.Can(Request{Principal: who, Action: c.action, Resource: c.on})
			if decide(t, d, err); d.Verdict == Deny || got[who].Verdict != d.Verdict || !got[who].Partial {
				t.Errorf("%s on %s: %s is listed as %q, asked alone %s", c.action, c.on, who, got[who].Verdict, d.Verdict)
			}
		}
		for _, who := range c.not {
			if d, ok := got[who]; ok {
				t.Errorf("%s on %s: %s is listed as %s", c.action, c.on, who, d.Verdict)
			}
		}
	}
}

// TestWhatCanOfAnyAction asks what a principal may do by actions that no attack
// needs: on the resources that the action's types fit.
func TestWhatCanOfAnyAction(t *testing.T) {
	open := iff(cond("IpAddress", "aws:SourceIp", "203.0.113.0/24"), allow("*", "sqs:SendMessage", queueA))
	e := New(world{id: allow("", `["s3:GetObjectTagging","sns:Publish"]`, "*"), mutate: withQueue(open)}.inventory())
	for _, c := range []struct {
		who, action string
		want        []string
	}{
		{Anonymous, "sqs:SendMessage", []string{"conditional " + queueA}},
		{Anonymous, "SQS:sendmessage", []string{"conditional " + queueA}},
		{Anonymous, "sqs:ReceiveMessage", nil},
		{roleA, "s3:GetObjectTagging", []string{"allow " + bucket + "/*"}},
		{roleA, "sns:Publish", []string{"allow *"}}, // no topic is known
		{roleA, "sqs:ListQueues", nil},
	} {
		grants, err := e.WhatCan(c.who, []string{c.action}, nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, g := range grants {
			got = append(got, string(g.Verdict)+" "+g.Resource)
		}
		if strings.Join(got, ", ") != strings.Join(c.want, ", ") {
			t.Errorf("%s %s: %q, want %q", c.who, c.action, got, c.want)
		}
	}
}

// TestPartitions: nothing that policies say reaches from one partition into
// another.
func TestPartitions(t *testing.T) {
	chinese := "arn:aws-cn:iam::888888888888:role/r"
	w := world{bucket: allow("*", "s3:*", "arn:aws:s3:::data/*")}
	w.mutate = func(i *Inventory) {
		i.AddAccount(Account{ID: "888888888888", Partition: "aws-cn", IAM: Known, Organization: NoneOf[string]()})
		i.AddRole(Role{Identity: Identity{ARN: chinese, Name: "r", Inline: inline("all", allow("", "*", "*")), Attached: NoneOf[[]string]()},
			Trust: NoneOf[Document](), Boundary: NoneOf[string](), Tags: NoneOf[map[string]string]()})
	}
	e := New(w.inventory())
	for _, c := range []struct {
		action, resource string
		want             Verdict
	}{
		{"s3:GetObject", object, Deny},
		{"s3:GetObject", "arn:aws:s3:::elsewhere/k", Deny},
		{"bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/m", Deny},
		{"bedrock:InvokeModel", "arn:aws-cn:bedrock:cn-north-1::foundation-model/m", Allow},
		{"s3:GetObject", "arn:aws-cn:s3:::mine/k", Allow},
		{"ec2:RunInstances", "*", Allow},
	} {
		d, err := e.Can(Request{Principal: chinese, Action: c.action, Resource: c.resource})
		if decide(t, d, err); d.Verdict != c.want || len(d.Because) == 0 {
			t.Errorf("%s on %s: %s, want %s: %+v", c.action, c.resource, d.Verdict, c.want, d.Because)
		}
		u := e.Universe([]string{c.resource, "arn:aws:s3:::other/k"})
		x, err := u.Access(c.action, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := Deny
		for i := range x.Entries {
			en := &x.Entries[i]
			for _, p := range en.Principals {
				en.Each(func(r int) {
					if p == chinese && x.Resources[r] == c.resource {
						got = en.Verdict
					}
				})
			}
		}
		if got != c.want {
			t.Errorf("%s on %s: the set says %s, want %s", c.action, c.resource, got, c.want)
		}
	}
}

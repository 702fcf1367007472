package aws

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/postern-sec/postern/internal/sharedtest"
	"github.com/postern-sec/postern/schema"
)

type gaadPolicy struct {
	PolicyName     string
	PolicyDocument json.RawMessage
}

type gaadAttached struct{ PolicyArn string }

type gaadTag struct{ Key, Value string }

// gaad is the part of get-account-authorization-details that the tests need.
type gaad struct {
	UserDetailList []struct {
		Arn, UserName, UserId, Path string
		UserPolicyList              []gaadPolicy
		GroupList                   []string
		AttachedManagedPolicies     []gaadAttached
		PermissionsBoundary         *struct{ PermissionsBoundaryArn string }
		Tags                        []gaadTag
	}
	GroupDetailList []struct {
		Arn, GroupName, GroupId, Path string
		GroupPolicyList               []gaadPolicy
		AttachedManagedPolicies       []gaadAttached
	}
	RoleDetailList []struct {
		Arn, RoleName, RoleId, Path string
		AssumeRolePolicyDocument    json.RawMessage
		RolePolicyList              []gaadPolicy
		AttachedManagedPolicies     []gaadAttached
		PermissionsBoundary         *struct{ PermissionsBoundaryArn string }
		Tags                        []gaadTag
	}
	Policies []struct {
		Arn, PolicyName, DefaultVersionId string
		PolicyVersionList                 []struct {
			VersionId        string
			IsDefaultVersion bool
			Document         json.RawMessage
		}
	}
}

// rawDocument unquotes and URL-decodes a policy that an export holds as text.
func rawDocument(raw json.RawMessage) []byte {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		if dec, err := url.QueryUnescape(text); err == nil {
			text = dec
		}
		return []byte(text)
	}
	return raw
}

func documents(list []gaadPolicy) Evidence[[]Document] {
	if len(list) == 0 {
		return NoneOf[[]Document]()
	}
	var out []Document
	for _, p := range list {
		out = append(out, Document{ID: p.PolicyName, JSON: rawDocument(p.PolicyDocument)})
	}
	return Of(out)
}

func attachedARNs(list []gaadAttached) Evidence[[]string] {
	var out []string
	for _, a := range list {
		out = append(out, a.PolicyArn)
	}
	return Of(out)
}

func tagMap(list []gaadTag) Evidence[map[string]string] {
	m := map[string]string{}
	for _, t := range list {
		m[t.Key] = t.Value
	}
	return Of(m)
}

// loadGAAD reads an export into an inventory.
func loadGAAD(t testing.TB, path string) *Inventory {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var g gaad
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	inv := NewInventory()
	account := func(arn string) {
		a, _ := schema.ParseARN(arn)
		if a.Account != "aws" {
			inv.AddAccount(Account{ID: a.Account, IAM: Known})
		}
	}
	bound := func(b *struct{ PermissionsBoundaryArn string }) Evidence[string] {
		if b == nil {
			return NoneOf[string]()
		}
		return Of(b.PermissionsBoundaryArn)
	}
	for _, u := range g.UserDetailList {
		account(u.Arn)
		inv.AddUser(User{Identity: Identity{ARN: u.Arn, Name: u.UserName, ID: u.UserId, Path: u.Path, Inline: documents(u.UserPolicyList), Attached: attachedARNs(u.AttachedManagedPolicies)},
			Groups: Of(u.GroupList), Boundary: bound(u.PermissionsBoundary), Tags: tagMap(u.Tags)})
	}
	for _, gr := range g.GroupDetailList {
		inv.AddGroup(Group{Identity{ARN: gr.Arn, Name: gr.GroupName, ID: gr.GroupId, Path: gr.Path, Inline: documents(gr.GroupPolicyList), Attached: attachedARNs(gr.AttachedManagedPolicies)}})
	}
	for _, r := range g.RoleDetailList {
		account(r.Arn)
		inv.AddRole(Role{Identity: Identity{ARN: r.Arn, Name: r.RoleName, ID: r.RoleId, Path: r.Path, Inline: documents(r.RolePolicyList), Attached: attachedARNs(r.AttachedManagedPolicies)},
			Trust: Of(Document{JSON: rawDocument(r.AssumeRolePolicyDocument)}), Boundary: bound(r.PermissionsBoundary), Tags: tagMap(r.Tags)})
	}
	for _, p := range g.Policies {
		mp := ManagedPolicy{ARN: p.Arn, Name: p.PolicyName, DefaultVersion: p.DefaultVersionId}
		for _, ver := range p.PolicyVersionList {
			mp.Versions = append(mp.Versions, PolicyVersion{ID: ver.VersionId, IsDefault: ver.IsDefaultVersion, Document: Of(Document{ID: p.Arn, JSON: rawDocument(ver.Document)})})
		}
		inv.AddPolicy(mp)
	}
	return inv
}

func vulnerable(t testing.TB) (*Inventory, *Engine) {
	t.Helper()
	inv := loadGAAD(t, filepath.Join(sharedtest.Dir(t), "data", "iam-vulnerable", "gaad.json"))
	return inv, New(inv)
}

// vulnerableCounts are the facts that the data set's README states.
func vulnerableCounts(account string) []struct {
	action, resource string
	want             int
} {
	iam := "arn:aws:iam::" + account + ":"
	return []struct {
		action, resource string
		want             int
	}{
		{"iam:PassRole", iam + "role/privesc-high-priv-service-role", 32},
		{"ec2:RunInstances", "*", 14},
		{"s3:GetObject", "arn:aws:s3:::training-data/k", 11},
		{"s3:PutObject", "arn:aws:s3:::training-data/k", 10},
		{"s3:ListBucket", "arn:aws:s3:::training-data", 14},
		{"sts:AssumeRole", iam + "role/Admin", 10},
		{"sagemaker:InvokeEndpoint", "arn:aws:sagemaker:us-east-1:" + account + ":endpoint/e", 8},
		{"sagemaker:CreateTrainingJob", "arn:aws:sagemaker:us-east-1:" + account + ":training-job/j", 10},
		{"sagemaker:CreateNotebookInstance", "arn:aws:sagemaker:us-east-1:" + account + ":notebook-instance/n", 10},
		{"sagemaker:CreateProcessingJob", "arn:aws:sagemaker:us-east-1:" + account + ":processing-job/j", 10},
		{"sagemaker:CreatePresignedNotebookInstanceUrl", "arn:aws:sagemaker:us-east-1:" + account + ":notebook-instance/n", 12},
		{"bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/m", 8},
		{"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:" + account + ":secret:s", 8},
		{"lambda:UpdateFunctionCode", "arn:aws:lambda:us-east-1:" + account + ":function:f", 10},
		{"iam:CreateAccessKey", iam + "user/u", 10},
	}
}

func TestVulnerableCounts(t *testing.T) {
	inv, e := vulnerable(t)
	for _, w := range e.Warnings() {
		t.Log(w)
	}
	account := "200611803367"
	_ = inv
	for _, c := range vulnerableCounts(account) {
		got, cond := 0, 0
		var who []string
		for _, p := range e.Principals(false) {
			if !strings.Contains(p, account) {
				continue // the questions are about the account that holds the lab
			}
			d, err := e.Can(Request{Principal: p, Action: c.action, Resource: c.resource})
			if err != nil {
				t.Fatal(err)
			}
			switch d.Verdict {
			case Allow:
				got++
				who = append(who, lastSegment(p))
			case Conditional:
				cond++
				who = append(who, "?"+lastSegment(p))
			case Unknown:
				t.Errorf("%s %s: unknown, missing %v", p, c.action, d.Missing)
			}
		}
		if got != c.want {
			t.Errorf("%s on %s: %d principals, want %d (conditional %d): %s", c.action, c.resource, got, c.want, cond, strings.Join(who, " "))
		}
	}
}

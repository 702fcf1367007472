package pipeline_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/aws"
	"github.com/postern-sec/postern/internal/pipeline"
)

const oneUser = `{"UserDetailList":[{"UserName":"u","Arn":"arn:aws:iam::111122223333:user/u","Path":"/","GroupList":[],"AttachedManagedPolicies":[],
	"UserPolicyList":[{"PolicyName":"p","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}]}}]}],
	"GroupDetailList":[],"RoleDetailList":[],"Policies":[]}`

// emptyAccount is one user who may do nearly everything, and of every list that
// is made for an account the answer that there is nothing.
func emptyAccount(t *testing.T) []ingest.Document {
	t.Helper()
	docs := []ingest.Document{{Provider: "aws", Account: "111122223333", Region: "global", Service: "iam", Operation: "GetAccountAuthorizationDetails", Body: json.RawMessage(oneUser), Source: "gaad"}}
	for _, o := range aws.Operations() {
		if o.Parameter || o.Name == "GetAccountAuthorizationDetails" {
			continue
		}
		body := map[string]any{}
		for _, k := range o.Keys {
			body[k] = []any{}
		}
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, ingest.Document{Provider: "aws", Account: "111122223333", Region: "us-east-1", Service: o.Service, Operation: o.Name, Body: b, Source: o.Service + " " + o.Name})
	}
	return docs
}

// TestEmptyLists: where every list was read and is empty, nobody is told that it
// is not known whether there is something to take over; without the lists,
// everybody is.
func TestEmptyLists(t *testing.T) {
	docs := emptyAccount(t)
	for _, c := range []struct {
		name string
		docs []ingest.Document
		want bool
	}{{"all lists", docs, false}, {"identities alone", docs[:1], true}} {
		g, _, err := pipeline.Run(t.Context(), c.docs, nil, pipeline.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var open []string
		for _, gap := range g.Coverage().Gaps {
			if strings.Contains(gap.Message, "AWS::StepFunctions::") && !slices.ContainsFunc(aws.Operations(), func(o aws.Operation) bool { return o.Service == "stepfunctions" }) {
				continue // nothing of it is read, so that it is not known
			}
			if gap.Kind == graph.GapNotCollected && strings.Contains(gap.Message, "not known whether there is one") {
				open = append(open, gap.Message)
			}
		}
		if (len(open) > 0) != c.want {
			t.Errorf("%s: open questions %v, want some: %v", c.name, open, c.want)
		}
	}
}

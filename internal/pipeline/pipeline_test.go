package pipeline_test

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/read"
	"github.com/postern-sec/postern/internal/pipeline"
	"github.com/postern-sec/postern/internal/sharedtest"
	"github.com/postern-sec/postern/schema"
)

func iamVulnerable(t *testing.T) *read.Inputs {
	t.Helper()
	in, err := read.Open(t.Context(), []string{filepath.Join(sharedtest.Dir(t), "data", "iam-vulnerable", "gaad.json")})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// TestIAMVulnerable checks what the lab's names say of its principals: every
// planted escalation has an edge or, where it needs something the export does
// not hold, a gap; the false positives have neither an edge nor a gap of an
// attack.
func TestIAMVulnerable(t *testing.T) {
	in := iamVulnerable(t)
	g, _, err := pipeline.Run(t.Context(), in.Documents, in.Gaps, pipeline.Options{RunID: "r"})
	if err != nil {
		t.Fatal(err)
	}
	edges := map[string]int{}
	for _, e := range g.Edges() {
		if e.Kind.Attack() {
			edges[e.From]++
		}
	}
	// The start user has no policy and nobody trusts it; the role trusts the whole
	// account and may nothing itself.
	nothing := []string{"privesc-AssumeRole-start-user", "privesc-permissive-role-trust"}
	seen := 0
	for _, n := range g.Nodes() {
		name := n.ID[strings.LastIndex(n.ID, "/")+1:]
		if n.Kind != schema.User && n.Kind != schema.Role || slices.Contains(nothing, name) {
			continue
		}
		gaps := n.Properties.List(schema.PropGaps.Name)
		switch {
		case strings.HasPrefix(name, "privesc"), strings.HasPrefix(name, "fn"):
			seen++
			if edges[n.ID] == 0 && len(gaps) == 0 {
				t.Errorf("%s: neither an edge nor a gap", name)
			}
		case strings.HasPrefix(name, "fp"):
			seen++
			if edges[n.ID] != 0 || len(gaps) != 0 {
				t.Errorf("%s: %d edges, gaps %v", name, edges[n.ID], gaps)
			}
		}
	}
	if seen < 70 {
		t.Errorf("only %d of the lab's principals were seen", seen)
	}
}

// TestOrderDoesNotMatter: shuffled documents give the same graph.
func TestOrderDoesNotMatter(t *testing.T) {
	docs := []ingest.Document{
		{Provider: "aws", Account: "111122223333", Region: "eu-west-1", Service: "sagemaker", Operation: "DescribeTrainingJob", Source: "a.json", Body: []byte(`{"TrainingJobName":"churn",
			"TrainingJobArn":"arn:aws:sagemaker:eu-west-1:111122223333:training-job/churn","RoleArn":"arn:aws:iam::111122223333:role/train","TrainingJobStatus":"Completed",
			"InputDataConfig":[{"ChannelName":"train","DataSource":{"S3DataSource":{"S3DataType":"S3Prefix","S3Uri":"s3://raw/data/"}}}],"OutputDataConfig":{"S3OutputPath":"s3://out/"}}`)},
		{Provider: "aws", Account: "111122223333", Region: "global", Service: "s3api", Operation: "ListBuckets", Source: "b.json", Body: []byte(`{"Buckets":[{"Name":"raw"},{"Name":"out"}]}`)},
		{Provider: "aws", Account: "111122223333", Region: "global", Service: "iam", Operation: "GetAccountAuthorizationDetails", Source: "c.json", Body: []byte(`{"UserDetailList":[],"GroupDetailList":[],"Policies":[],
			"RoleDetailList":[{"RoleName":"train","Arn":"arn:aws:iam::111122223333:role/train","Path":"/","RoleId":"AROA1","AttachedManagedPolicies":[],"InstanceProfileList":[],
			"AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole"}]},
			"RolePolicyList":[{"PolicyName":"p","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::raw/*"}]}}]}]}`)},
		{Provider: "aws", Account: "111122223333", Region: "global", Service: "s3api", Operation: "GetBucketEncryption", Parameters: []string{"raw"}, Source: "d.json",
			Body: []byte(`{"ServerSideEncryptionConfiguration":{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}]}}`)},
	}
	run := func() *graph.Graph {
		g, _, err := pipeline.Run(t.Context(), docs, nil, pipeline.Options{RunID: "r"})
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	first := run()
	raw, ok := first.Node("arn:aws:s3:::raw")
	if !ok || raw.Properties.Text(schema.PropTrainingData.Name) != "derived" {
		t.Errorf("raw: %v", raw)
	}
	if !slices.ContainsFunc(first.Edges(), func(e graph.Edge) bool {
		return e.From == "arn:aws:iam::111122223333:role/train" && e.Kind == schema.ReadsData && e.To == "arn:aws:s3:::raw"
	}) {
		t.Error("the role does not read the bucket")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		r.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
		if got := run(); got.Hash() != first.Hash() {
			t.Fatal("the order of documents matters")
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := pipeline.Run(ctx, nil, nil, pipeline.Options{}); err == nil {
		t.Error("a cancelled run has no error")
	}
}

func TestDeclarations(t *testing.T) {
	for _, c := range []struct{ name, text, wrong string }{
		{"good", "stores:\n  - id: arn:aws:s3:::raw\n    training_data: true\n    sensitivity: restricted\n", ""},
		{"empty", "", ""},
		{"unknown field", "stores:\n  - id: arn:aws:s3:::raw\n    trainingdata: true\n", "d.yaml:2:5: no such field: trainingdata"},
		{"unknown key", "store: []\n", "d.yaml: "},
		{"no id", "stores:\n  - training_data: true\n", "d.yaml:2:5: a store without id"},
		{"sensitivity", "stores:\n  - id: x\n    sensitivity: secret\n", `d.yaml:2:5: sensitivity "secret" is none of`},
		{"nothing declared", "stores:\n  - id: x\n", "d.yaml:2:5: x: nothing is declared"},
	} {
		got, err := pipeline.ParseDeclarations("d.yaml", []byte(c.text))
		switch {
		case c.wrong == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)):
			t.Errorf("%s: %v, want %s", c.name, err, c.wrong)
		case c.name == "good" && (len(got) != 1 || !got[0].TrainingData || got[0].Sensitivity != "restricted" || got[0].Kind != schema.Bucket):
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

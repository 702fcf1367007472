package pipeline_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/postern-sec/postern/ingest/read"
	"github.com/postern-sec/postern/internal/gen"
	"github.com/postern-sec/postern/internal/pipeline"
)

// BenchmarkGAAD reads and analyses one export of an account's identities, at two
// sizes a decade apart: the ratio of their times is what counts.
func BenchmarkGAAD(b *testing.B) {
	for _, roles := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(roles), func(b *testing.B) {
			var text bytes.Buffer
			if err := gen.GAAD(&text, "123456789012", roles, rand.New(rand.NewPCG(1, uint64(roles)))); err != nil {
				b.Fatal(err)
			}
			benchmarkExport(b, text.Bytes())
		})
	}
}

// BenchmarkLaunchers is an export at its worst for edges: every role trusts many
// services, and one in three may start all their compute with every role, each by
// a policy of its own.
func BenchmarkLaunchers(b *testing.B) {
	for _, roles := range []int{200, 2_000} {
		b.Run(fmt.Sprint(roles), func(b *testing.B) { benchmarkExport(b, launchers(b, roles)) })
	}
}

func launchers(b *testing.B, roles int) []byte {
	type object = map[string]any
	services := []string{"lambda", "ec2", "sagemaker", "ecs-tasks", "glue", "cloudformation", "codebuild", "states", "bedrock", "bedrock-agentcore", "datapipeline", "scheduler", "ssm"}
	actions := []string{"iam:PassRole", "ecs:*"}
	var principals []string
	for _, s := range services {
		actions = append(actions, s+":*")
		principals = append(principals, s+".amazonaws.com")
	}
	document := func(statements ...object) object { return object{"Version": "2012-10-17", "Statement": statements} }
	var list []object
	for i := range roles {
		name := fmt.Sprintf("role-%d", i)
		arn := "arn:aws:iam::123456789012:role/" + name
		statements := []object{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::" + name + "/*"}}
		if i%3 == 0 {
			statements = append(statements, object{"Effect": "Allow", "Action": actions, "Resource": "*"})
		}
		list = append(list, object{"RoleName": name, "RoleId": fmt.Sprintf("AROA%016d", i), "Path": "/", "Arn": arn, "Tags": []object{}, "AttachedManagedPolicies": []object{},
			"InstanceProfileList":      []object{{"InstanceProfileName": name, "InstanceProfileId": fmt.Sprintf("AIPA%016d", i), "Arn": "arn:aws:iam::123456789012:instance-profile/" + name, "Path": "/", "Roles": []object{}}},
			"AssumeRolePolicyDocument": document(object{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": object{"Service": principals}}),
			"RolePolicyList":           []object{{"PolicyName": "own", "PolicyDocument": document(statements...)}}})
	}
	text, err := json.Marshal(object{"UserDetailList": []object{}, "GroupDetailList": []object{}, "RoleDetailList": list, "Policies": []object{}})
	if err != nil {
		b.Fatal(err)
	}
	return text
}

// BenchmarkUnread is an export in which every second role has a policy that nobody
// can read, so that all it might do is unknown.
func BenchmarkUnread(b *testing.B) {
	for _, roles := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(roles), func(b *testing.B) { benchmarkExport(b, unread(b, roles)) })
	}
}

func unread(b *testing.B, roles int) []byte {
	type object = map[string]any
	document := func(statement object) object {
		return object{"Version": "2012-10-17", "Statement": []object{statement}}
	}
	var list []object
	for i := range roles {
		name := fmt.Sprintf("role-%d", i)
		own := document(object{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::" + name + "/*"})
		if i%2 == 0 {
			own["version"] = "2012-10-17" // twice, in two spellings: nobody knows which one counts
		}
		list = append(list, object{"RoleName": name, "RoleId": fmt.Sprintf("AROA%016d", i), "Path": "/", "Arn": "arn:aws:iam::123456789012:role/" + name,
			"Tags": []object{}, "AttachedManagedPolicies": []object{}, "InstanceProfileList": []object{},
			"AssumeRolePolicyDocument": document(object{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": object{"Service": "lambda.amazonaws.com"}}),
			"RolePolicyList":           []object{{"PolicyName": fmt.Sprintf("own-%d", i), "PolicyDocument": own}}})
	}
	text, err := json.Marshal(object{"UserDetailList": []object{}, "GroupDetailList": []object{}, "RoleDetailList": list, "Policies": []object{}})
	if err != nil {
		b.Fatal(err)
	}
	return text
}

// benchmarkExport reads and analyses one export.
func benchmarkExport(b *testing.B, text []byte) {
	file := filepath.Join(b.TempDir(), "gaad.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	edges := 0
	for b.Loop() {
		in, err := read.Open(b.Context(), []string{file})
		if err != nil {
			b.Fatal(err)
		}
		g, _, err := pipeline.Run(b.Context(), in.Documents, in.Gaps, pipeline.Options{})
		if err != nil {
			b.Fatal(err)
		}
		edges = len(g.Edges())
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "MiB-held")
	b.ReportMetric(float64(edges), "edges")
}

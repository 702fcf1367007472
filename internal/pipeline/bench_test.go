package pipeline_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
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

// wide are accounts in which many principals may do the same to every role, and
// every role leads to a role of its own besides: a policy of its own lets it
// assume the next, whose trust policy names it.
var wide = map[string]struct {
	// holders is how many of a hundred roles have the policy.
	holders int
	// policy is what holder i has beside its own; trust who else may assume a role.
	policy func(i int) []any
	trust  any
}{
	"launch": {5, func(int) []any {
		return allow("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction", "ec2:RunInstances")
	}, map[string]any{"Service": []string{"lambda.amazonaws.com", "ec2.amazonaws.com"}}},
	"assume": {5, func(int) []any { return allow("sts:AssumeRole") }, map[string]any{"AWS": "arn:aws:iam::123456789012:root"}},
	"iam":    {5, func(int) []any { return allow("iam:*") }, map[string]any{"Service": "lambda.amazonaws.com"}},
	"conditions": {100, func(i int) []any {
		return []any{map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": map[string]any{"StringEquals": map[string]any{"aws:SourceVpc": fmt.Sprintf("vpc-%d", i)}}}}
	}, map[string]any{"Service": "lambda.amazonaws.com"}},
}

func allow(actions ...string) []any {
	return []any{map[string]any{"Effect": "Allow", "Action": actions, "Resource": "*"}}
}

// BenchmarkWide is the export of such an account, at two sizes a decade apart.
func BenchmarkWide(b *testing.B) {
	for _, name := range slices.Sorted(maps.Keys(wide)) {
		for _, roles := range []int{300, 3_000} {
			b.Run(fmt.Sprintf("%s/%d", name, roles), func(b *testing.B) { benchmarkExport(b, wideAccount(b, name, roles)) })
		}
	}
}

func wideAccount(b *testing.B, name string, roles int) []byte {
	type object = map[string]any
	x, rnd := wide[name], rand.New(rand.NewPCG(2, uint64(roles)))
	document := func(statements []any) object { return object{"Version": "2012-10-17", "Statement": statements} }
	var list []object
	for i := range roles {
		role := func(i int) string { return fmt.Sprintf("arn:aws:iam::123456789012:role/role-%d", i) }
		own := []any{object{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role((i + 1) % roles)}}
		if rnd.IntN(100) < x.holders {
			own = append(own, x.policy(i)...)
		}
		trust := []any{object{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": x.trust},
			object{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": object{"AWS": role((i + roles - 1) % roles)}}}
		list = append(list, object{"RoleName": fmt.Sprintf("role-%d", i), "RoleId": fmt.Sprintf("AROA%016d", i), "Path": "/", "Arn": role(i), "Tags": []object{}, "AttachedManagedPolicies": []object{},
			"InstanceProfileList":      []object{{"InstanceProfileName": "p", "InstanceProfileId": fmt.Sprintf("AIPA%016d", i), "Arn": fmt.Sprintf("arn:aws:iam::123456789012:instance-profile/p-%d", i), "Path": "/", "Roles": []object{}}},
			"AssumeRolePolicyDocument": document(trust), "RolePolicyList": []object{{"PolicyName": "own", "PolicyDocument": document(own)}}})
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

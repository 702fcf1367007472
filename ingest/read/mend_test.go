package read_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/read"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
)

const account = "111122223333"

func roleARN(i int) string { return fmt.Sprintf("arn:aws:iam::%s:role/r%d", account, i) }

// role is a role of a GAAD that may read every object. twist replaces a part of
// its text.
func role(i int, twist ...string) string {
	s := `{"Arn":"` + roleARN(i) + `","RoleName":"r` + fmt.Sprint(i) + `","Path":"/","AttachedManagedPolicies":[],"Tags":[],"InstanceProfileList":[],
 "AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[]},
 "RolePolicyList":[{"PolicyName":"p","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}}]}`
	return strings.NewReplacer(twist...).Replace(s)
}

// gaad writes a GAAD of n roles, of which those in twisted are as given.
func gaad(n int, twisted map[int]string) string {
	roles := make([]string, n)
	for i := range roles {
		if roles[i] = role(i); twisted[i] != "" {
			roles[i] = twisted[i]
		}
	}
	return `{"UserDetailList":[],"GroupDetailList":[],"Policies":[],"RoleDetailList":[` + strings.Join(roles, ",\n") + `]}`
}

func openFiles(t *testing.T, files map[string]string) (*read.Inputs, *ingest.Facts) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), account, "us-east-1")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		write(t, filepath.Join(dir, name), []byte(data))
	}
	in, err := read.Open(t.Context(), []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	return in, facts(in)
}

func verdict(t *testing.T, f *ingest.Facts, role int, action string) iamaws.Verdict {
	t.Helper()
	d, err := iamaws.New(f.AWSPermissions).Can(iamaws.Request{Principal: roleARN(role), Action: action, Resource: "arn:aws:s3:::b/o"})
	if err != nil {
		return iamaws.Verdict("error: " + err.Error())
	}
	return d.Verdict
}

func messages(gaps []graph.Gap) string {
	var b strings.Builder
	for _, g := range gaps {
		fmt.Fprintf(&b, "%s %s %s\n", g.Kind, g.File, g.Message)
	}
	return b.String()
}

// TestHostilePolicy: what is wrong with one policy costs what hangs on that
// policy, and nothing else of its file. Decisive denies must not get lost.
func TestHostilePolicy(t *testing.T) {
	deep := strings.Repeat(`[`, 10_000) + strings.Repeat(`]`, 10_000)
	tests := []struct {
		name, hostile, place, reason string
	}{
		{"a repeated member of a statement", role(7, `"Effect":"Allow"`, `"Effect":"Deny","Effect":"Allow"`),
			"g.json:", `member "Effect" is there twice, in RoleDetailList[7].RolePolicyList[0].PolicyDocument.Statement[0]: the policy is not understood`},
		{"the same, spelled otherwise", role(7, `"Effect":"Allow"`, `"Effect":"Deny","\u0045ffect":"Allow"`),
			"g.json:", `member "Effect" is there twice`},
		{"two statements", role(7, `"Statement":[{"Effect"`, `"Statement":[],"Statement":[{"Effect"`),
			"g.json:", `member "Statement" is there twice, in RoleDetailList[7].RolePolicyList[0].PolicyDocument`},
		{"deep nesting", role(7, `"Action":"s3:GetObject"`, `"Action":`+deep),
			"g.json:", `nested deeper than 200, in RoleDetailList[7].RolePolicyList[0].PolicyDocument.Statement[0].Action[0]`},
		{"deep nesting with strings that look like brackets", role(7, `"Action":"s3:GetObject"`, `"Action":`+strings.Replace(deep, "[]", `["}]\"]{"]`, 1)),
			"g.json:", `nested deeper than 200`},
		{"too many actions", role(7, `"Action":"s3:GetObject"`, `"Action":[`+strings.Repeat(`"a",`, 1_000_001)+`"b"]`),
			"g.json:", `more than 1000000 elements in one list, in RoleDetailList[7].RolePolicyList[0].PolicyDocument.Statement[0].Action`},
	}
	for _, x := range tests {
		t.Run(x.name, func(t *testing.T) {
			in, f := openFiles(t, map[string]string{"g.json": gaad(1000, map[int]string{7: x.hostile})})
			if n := len(f.AWSPermissions.Roles); n != 1000 {
				t.Errorf("%d roles, not 1000", n)
			}
			if got := verdict(t, f, 7, "s3:GetObject"); got != iamaws.Unknown {
				t.Errorf("the role with the hostile policy: %s", got)
			}
			for _, i := range []int{6, 8, 999} {
				if got := verdict(t, f, i, "s3:GetObject"); got != iamaws.Allow {
					t.Errorf("role %d: %s", i, got)
				}
				if got := verdict(t, f, i, "s3:PutObject"); got != iamaws.Deny {
					t.Errorf("role %d, an action it has not: %s", i, got)
				}
			}
			if all := messages(in.Gaps); !strings.Contains(all, x.place) || !strings.Contains(all, x.reason) {
				t.Errorf("no gap says %s…%s:\n%s", x.place, x.reason, all)
			}
			if !f.AWSPermissions.Accounts[account].Listed["AWS::IAM::Role"] {
				t.Error("the roles are all known, and count as not listed")
			}
		})
	}
}

// TestHostileTrust: a trust policy that nobody can read trusts nobody surely,
// and nobody surely not.
func TestHostileTrust(t *testing.T) {
	_, f := openFiles(t, map[string]string{"g.json": gaad(3, map[int]string{1: role(1, `"Statement":[]}`, `"Statement":[],"Statement":[]}`)})})
	for i, want := range []iamaws.Verdict{iamaws.Deny, iamaws.Unknown, iamaws.Deny} {
		d, err := iamaws.New(f.AWSPermissions).Can(iamaws.Request{Principal: iamaws.AnyAccount, Action: "sts:AssumeRole", Resource: roleARN(i)})
		if err != nil || d.Verdict != want {
			t.Errorf("role %d: %s, not %s (%v)", i, d.Verdict, want, err)
		}
	}
}

// TestHostileEntry: outside of policies the entry of the answer's list is left
// out, and the list does not count as complete.
func TestHostileEntry(t *testing.T) {
	tests := []struct {
		name    string
		file    string
		data    string
		kept    string // ARN of a role or resource that is there
		list    string // the list that is not complete
		message string
	}{
		{"a role with two names", "g.json", gaad(3, map[int]string{1: role(1, `"Path":"/"`, `"Path":"/","Path":"/x/"`)}), roleARN(2), "AWS::IAM::Role",
			`g.json:4:71: member "Path" is there twice, in RoleDetailList[1]: the entry of the list was left out`},
		{"the first and the last", "g.json", gaad(3, map[int]string{0: role(0, `"Path":"/"`, `"Path":"/","Path":"/x/"`), 2: role(2, `"Tags":[]`, `"Tags":[{"Key":"a","Key":"b"}]`)}),
			roleARN(1), "AWS::IAM::Role", `member "Key" is there twice, in RoleDetailList[2].Tags[0]: the entry`},
		{"an inner entry costs the outer one", "g.json", gaad(2, map[int]string{0: role(0, `"PolicyName":"p"`, `"PolicyName":"p","PolicyName":"q"`)}), roleARN(1), "AWS::IAM::Role",
			`member "PolicyName" is there twice, in RoleDetailList[0].RolePolicyList[0]: the entry`},
		{"deep nesting", "g.json", gaad(2, map[int]string{0: role(0, `"Tags":[]`, `"Tags":`+strings.Repeat("[", 500)+strings.Repeat("]", 500))}), roleARN(1), "AWS::IAM::Role",
			`nested deeper than 200, in RoleDetailList[0].Tags`},
		{"a policy and the entry around it", "g.json", gaad(2, map[int]string{0: role(0, `"Effect":"Allow"`, `"Effect":"Allow","Effect":"Allow"`, `"Tags":[]`, `"Tags":[],"Tags":[]`)}),
			roleARN(1), "AWS::IAM::Role", `member "Tags" is there twice, in RoleDetailList[0]: the entry`},
		{"a bucket", "s3api-list-buckets.json", `{"Buckets":[{"Name":"kept"},{"Name":"a","Name":"b"}],"Owner":{"ID":"x"}}`, "arn:aws:s3:::kept", "AWS::S3::Bucket", `in Buckets[1]: the entry`},
		{"all buckets", "s3api-list-buckets.json", `{"Buckets":[{"Name":"a","Name":"b"}, {"Name":"a","Name":"b"}],"Owner":{"ID":"x"}}`, "", "AWS::S3::Bucket", `in Buckets[1]: the entry`},
		{"an entry that does not fit", "s3api-list-buckets.json", `{"Buckets":[{"Name":"kept"},{"Name":[]}],"Owner":{"ID":"x"}}`, "", "AWS::S3::Bucket", "cannot unmarshal"},
		{"pages", "g.json", `[` + gaad(2, map[int]string{0: role(0, `"Path":"/"`, `"Path":"/","Path":"/x/"`)}) + "," + gaad(3, nil) + `]`, roleARN(2), "AWS::IAM::Role", `in [0].RoleDetailList[0]: the entry`},
		{"pages one after the other", "g.json", gaad(2, map[int]string{0: role(0, `"Path":"/"`, `"Path":"/","Path":"/x/"`)}) + "\n" + gaad(3, nil), roleARN(2), "AWS::IAM::Role", `in RoleDetailList[0]: the entry`},
	}
	for _, x := range tests {
		t.Run(x.name, func(t *testing.T) {
			in, f := openFiles(t, map[string]string{x.file: x.data})
			if x.kept != "" && f.AWSPermissions.Roles[x.kept] == nil && f.AWSPermissions.Resources[x.kept] == nil {
				t.Errorf("%s was not read", x.kept)
			}
			if a := f.AWSPermissions.Accounts[account]; a != nil && a.Listed[x.list] {
				t.Errorf("%s counts as listed", x.list)
			}
			all := messages(f.Graph.Freeze(graph.Run{}).Coverage().Gaps)
			if !strings.Contains(all, x.message) {
				t.Errorf("no gap says %s:\n%s%s", x.message, all, messages(in.Gaps))
			}
		})
	}
}

// TestHostileAnswer: an answer about one resource is not used without its
// entries: what it leaves out may be what decides.
func TestHostileAnswer(t *testing.T) {
	files := map[string]string{
		"iam-list-roles.json":                     `{"Roles":[` + role(1) + `]}`,
		"iam-list-role-policies/r1.json":          `{"PolicyNames":[]}`,
		"iam-list-attached-role-policies/r1.json": `{"AttachedPolicies":[]}`,
	}
	if _, f := openFiles(t, files); verdict(t, f, 1, "s3:GetObject") != iamaws.Deny {
		t.Error("a role without policies is not denied")
	}
	files["iam-list-attached-role-policies/r1.json"] = `{"AttachedPolicies":[{"PolicyName":"a","PolicyArn":"arn:aws:iam::aws:policy/A","PolicyArn":"arn:aws:iam::aws:policy/B"}]}`
	if _, f := openFiles(t, files); verdict(t, f, 1, "s3:GetObject") != iamaws.Unknown {
		t.Error("the list of its policies cannot be trusted, and its rights are known")
	}
}

// TestHostileNetwork: a list of the network that lost an entry does not count as
// collected.
func TestHostileNetwork(t *testing.T) {
	for twisted, want := range map[string]bool{`"VpcId":"vpc-2"`: true, `"VpcId":"vpc-2","VpcId":"vpc-3"`: false} {
		_, f := openFiles(t, map[string]string{"ec2-describe-vpcs.json": `{"Vpcs":[{"VpcId":"vpc-1","CidrBlock":"10.0.0.0/16"},{` + twisted + `}]}`})
		if got := f.AWSNetwork.At(account, "us-east-1").VPCs; got.Collected != want || len(got.Items) == 0 {
			t.Errorf("%s: collected %v with %d items", twisted, got.Collected, len(got.Items))
		}
	}
}

// TestMendingIsLinear: a file of nothing but faults takes time in proportion to
// its size, and few words.
func TestMendingIsLinear(t *testing.T) {
	entry := role(1, `"Path":"/"`, `"Path":"/","Path":"/x/"`)
	once := func(n int) time.Duration {
		data := `{"RoleDetailList":[` + strings.Repeat(entry+",", n) + entry + `]}`
		start := time.Now()
		in, _ := openFiles(t, map[string]string{"g.json": data})
		if len(in.Gaps) > read.MaxGapsPerFile+5 {
			t.Errorf("%d gaps", len(in.Gaps))
		}
		return time.Since(start)
	}
	// Another process may hold up some of them, hardly the quickest of five.
	took := func(n int) time.Duration {
		least := once(n)
		for range 4 {
			least = min(least, once(n))
		}
		return least
	}
	if small, large := took(5_000), took(50_000); large > 40*small {
		t.Errorf("ten times as much takes %v instead of %v", large, small)
	}
}

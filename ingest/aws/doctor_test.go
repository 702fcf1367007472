package aws

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPolicyIsTheDeclaredCalls(t *testing.T) {
	got, err := json.Marshal(Policy(fewServices))
	want := `{"Version":"2012-10-17","Statement":[` +
		`{"Sid":"PosternSession","Effect":"Allow","Action":["ec2:DescribeRegions"],"Resource":"*"},` +
		`{"Sid":"PosternSts","Effect":"Allow","Action":["sts:GetCallerIdentity"],"Resource":"*"},` +
		`{"Sid":"PosternS3api","Effect":"Allow","Action":["s3:GetBucketPolicy","s3:ListAllMyBuckets"],"Resource":"*"},` +
		`{"Sid":"PosternIam","Effect":"Allow","Action":["iam:GetAccountAuthorizationDetails"],"Resource":"*"},` +
		`{"Sid":"PosternEc2","Effect":"Allow","Action":["ec2:DescribeSubnets","ec2:DescribeVpcs"],"Resource":"*"}]}`
	if d := cmp.Diff(want, string(got)); err != nil || d != "" {
		t.Error(d, err)
	}
}

func TestOrganizationPolicy(t *testing.T) {
	p := OrganizationPolicy("aws-cn", "")
	if p.Statement[1].Resource != "arn:aws-cn:iam::*:role/OrganizationAccountAccessRole" {
		t.Errorf("%+v", p)
	}
}

// readVerbs begin the operations that only read. Actions of API Gateway are
// HTTP methods.
var readVerbs = []string{"Get", "List", "Describe", "BatchGet", "Search", "Lookup", "View"}

func reads(name string) bool {
	return name == "GET" || slices.ContainsFunc(readVerbs, func(v string) bool { return strings.HasPrefix(name, v) })
}

// TestServicesOnlyRead goes through everything that is declared: a collector
// that could change an account would be worse than none.
func TestServicesOnlyRead(t *testing.T) {
	for _, st := range Policy(Services).Statement {
		if st.Effect != "Allow" || len(st.Action) == 0 {
			t.Errorf("%+v", st)
		}
		for _, a := range st.Action {
			prefix, name, ok := strings.Cut(a, ":")
			if !ok || prefix == "" || strings.Contains(name, "*") || !reads(name) {
				t.Errorf("%s: %s is no reading action", st.Sid, a)
			}
			if prefix != strings.ToLower(prefix) || strings.ContainsAny(prefix, " /") {
				t.Errorf("%s: %s has no service prefix", st.Sid, a)
			}
		}
	}
}

// secretReaders answer with secrets and nothing else of use.
var secretReaders = []string{"GetSecretValue", "BatchGetSecretValue", "GetParameter", "GetParameters", "GetParametersByPath", "GetPasswordData", "GetAuthorizationToken", "GetApiKeys"}

// vagueCodes are what the SDK makes of an answer without a code: anything may
// have answered so, and it says nothing about the resource.
var vagueCodes = []string{"", "NotFound", "UnknownError", "BadRequest", "InternalServerError", "404", "HTTP 404"}

// TestServicesAreWellFormed checks what the type of a Service cannot.
func TestServicesAreWellFormed(t *testing.T) {
	names := map[string]bool{}
	for _, s := range Services {
		if names[s.Name] {
			t.Errorf("%s is listed twice", s.Name)
		}
		names[s.Name] = true
		if s.Client == nil && len(s.Calls) > 0 {
			t.Errorf("%s makes calls and no client", s.Name)
		}
		made := map[string]bool{}
		for _, c := range s.Calls {
			if !reads(c.Operation) || slices.Contains(secretReaders, c.Operation) {
				t.Errorf("%s: %s", s.Name, c.Operation)
			}
			if c.Over != "" && !made[c.Over] {
				t.Errorf("%s: %s is made over %s, which does not stand before it", s.Name, c.Operation, c.Over)
			}
			if (c.Over == "") != (c.Path == "") || c.do == nil {
				t.Errorf("%s: %s is half a call", s.Name, c.Operation)
			}
			for _, code := range c.None {
				if slices.Contains(vagueCodes, code) || deniedCodes[code] || throttled(code) {
					t.Errorf("%s: %s takes %q for \"there is none\"", s.Name, c.Operation, code)
				}
			}
			made[c.Operation] = true
		}
	}
}

// lowerCamel are the services whose API models name members lowerCamelCase, as
// the models that the AWS CLI ships show (botocore 1.44.5, read 2026-11-23).
var lowerCamel = []string{"apigateway", "batch", "bedrock", "bedrock-agent", "bedrock-agentcore-control", "codebuild",
	"ecr", "ecs", "eks", "opensearchserverless", "stepfunctions"}

func TestServicesSpellAsTheCLI(t *testing.T) {
	for _, s := range Services {
		if s.LowerCamel != slices.Contains(lowerCamel, s.Name) {
			t.Errorf("%s: LowerCamel is %v", s.Name, s.LowerCamel)
		}
	}
}

package aws

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentcorecontrol"
	agentcore "github.com/aws/aws-sdk-go-v2/service/bedrockagentcorecontrol/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"
)

// freeForm is a member that holds any JSON.
type freeForm interface {
	MarshalSmithyDocument() ([]byte, error)
}

type rawForm string

func (r rawForm) MarshalSmithyDocument() ([]byte, error) { return []byte(r), nil }

// union and its members are named as the SDK names them.
type union interface{ isUnion() }

type unionMemberLeafNode struct{ Value string }

func (*unionMemberLeafNode) isUnion() {}

type unionMemberBranches struct{ Value []union }

func (*unionMemberBranches) isUnion() {}

type UnknownUnionMember struct {
	Tag   string
	Value []byte
}

func (*UnknownUnionMember) isUnion() {}

type everything struct {
	Any            freeForm
	At             *time.Time
	Bytes          []byte
	Count          int32
	Empty          []string
	Enum           lambdatypes.FunctionUrlAuthType
	Flag           bool
	Float          *float64
	Inner          *inner
	Map            map[string]inner
	Nil            []string
	NilMap         map[string]string
	Text           *string
	Type_          *string
	Union          union
	ResultMetadata middleware.Metadata
	unexported     string
	noSerde
}

type noSerde struct{ Hidden string }

type inner struct {
	Absent []string
	Empty  []string
	Name   *string
}

func TestEncode(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 8, 7, 500_000_000, time.FixedZone("x", 3600))
	all := &everything{
		Any: rawForm(`{"Kept":{"As":[1]}}`), At: &at, Bytes: []byte{1, 2}, Empty: []string{}, Enum: lambdatypes.FunctionUrlAuthTypeNone, Float: aws.Float64(0.5),
		Inner: &inner{Empty: []string{}, Name: aws.String("<a&b>")}, Map: map[string]inner{"Zed": {}, "Abc": {Name: aws.String("n")}},
		Text: aws.String(""), Type_: aws.String("t"),
		Union: &unionMemberBranches{Value: []union{&unionMemberLeafNode{Value: "x"}, &UnknownUnionMember{Tag: "newer"}}}, unexported: "no",
	}
	tests := []struct {
		name    string
		service Service
		in      any
		want    string
	}{
		{"every kind of member", Service{Name: "x"}, all,
			`{"Any":{"Kept":{"As":[1]}},"At":"2026-11-23T08:08:07.5Z","Bytes":"AQI=","Count":0,"Empty":[],"Enum":"NONE","Flag":false,"Float":0.5,` +
				`"Inner":{"Empty":[],"Name":"<a&b>"},"Map":{"Abc":{"Name":"n"},"Zed":{}},"Nil":[],"NilMap":{},"Text":"","Type":"t",` +
				`"Union":{"Branches":[{"LeafNode":"x"},{"SDK_UNKNOWN_MEMBER":{"name":"newer"}}]}}`},
		{"lower camel; keys of maps and documents are data", Service{Name: "x", LowerCamel: true}, all,
			`{"any":{"Kept":{"As":[1]}},"at":"2026-11-23T08:08:07.5Z","bytes":"AQI=","count":0,"empty":[],"enum":"NONE","flag":false,"float":0.5,` +
				`"inner":{"empty":[],"name":"<a&b>"},"map":{"Abc":{"name":"n"},"Zed":{}},"nil":[],"nilMap":{},"text":"","type":"t",` +
				`"union":{"branches":[{"leafNode":"x"},{"SDK_UNKNOWN_MEMBER":{"name":"newer"}}]}}`},
		{"nothing answered", Service{Name: "lambda"}, &lambda.ListFunctionsOutput{}, `{"Functions":[]}`},
		{"a union of the SDK", Service{Name: "bedrock-agentcore-control", LowerCamel: true},
			&bedrockagentcorecontrol.GetAgentRuntimeOutput{AuthorizerConfiguration: &agentcore.AuthorizerConfigurationMemberCustomJWTAuthorizer{
				Value: agentcore.CustomJWTAuthorizerConfiguration{DiscoveryUrl: aws.String("https://x"), AllowedAudience: []string{"a"}}}},
			`{"authorizerConfiguration":{"customJWTAuthorizer":{"discoveryUrl":"https://x","allowedAudience":["a"]}}}`},
		{"policies of IAM", Service{Name: "iam"},
			&iam.GetRoleOutput{Role: &iamtypes.Role{RoleName: aws.String("r"), AssumeRolePolicyDocument: aws.String("%7B%22Statement%22%3A%5B%22a%2Bb%22%5D%7D")}},
			`{"Role":{"RoleName":"r","AssumeRolePolicyDocument":{"Statement":["a+b"]}}}`},
		{"policies of IAM that are none", Service{Name: "iam"},
			&iam.GetPolicyVersionOutput{PolicyVersion: &iamtypes.PolicyVersion{Document: aws.String("%7Bnot json"), VersionId: aws.String("v1")}},
			`{"PolicyVersion":{"Document":"%7Bnot json","IsDefaultVersion":false,"VersionId":"v1"}}`},
		{"policies of others stay text", Service{Name: "lambda"}, &lambda.GetPolicyOutput{Policy: aws.String(`{"Statement":[]}`)}, `{"Policy":"{\"Statement\":[]}"}`},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got, err := encode(tc.service, tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if !json.Valid(got) {
				t.Errorf("not JSON: %s", got)
			}
			if tc.name == "a union of the SDK" {
				var have, want map[string]any
				if json.Unmarshal(got, &have) != nil || json.Unmarshal([]byte(tc.want), &want) != nil || !cmp.Equal(have["authorizerConfiguration"], want["authorizerConfiguration"]) {
					t.Errorf("%s", got)
				}
				return
			}
			if d := cmp.Diff(tc.want, string(got)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, in := range map[string]any{
		"no struct": 1, "nil": (*everything)(nil), "not a number": &everything{Float: aws.Float64(math.NaN())},
		"a document that is not JSON": &everything{Any: rawForm("{")},
	} {
		if b, err := encode(Service{Name: "x"}, in); err == nil {
			t.Errorf("%s: %s", name, b)
		}
	}
}

// TestDeepPolicyStaysText keeps one hostile policy from costing the document
// that it is in.
func TestDeepPolicyStaysText(t *testing.T) {
	deep := "{\"a\":" + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "}"
	b, err := encode(Service{Name: "iam"}, &iam.GetRoleOutput{Role: &iamtypes.Role{AssumeRolePolicyDocument: &deep}})
	if err != nil || !strings.Contains(string(b), `"AssumeRolePolicyDocument":"{`) {
		t.Errorf("%.80s %v", b, err)
	}
}

package attack

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/internal/lineage"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// The cases of testdata are written in sentences. sentences lists every form;
// names are short ARNs ("role/app", "bucket/raw", "notebook/nb") of one account.

const (
	testAccount  = "111122223333"
	otherAccount = "444455556666"
	testRegion   = "eu-west-1"
)

// shortNames are the prefixes of short names with the ARN and kind they stand
// for.
var shortNames = []struct {
	prefix, arn string
	kind        schema.NodeKind
	resource    string // type for the permission engine
}{
	{"role/", "arn:aws:iam::A:role/", schema.Role, ""},
	{"user/", "arn:aws:iam::A:user/", schema.User, ""},
	{"group/", "arn:aws:iam::A:group/", schema.Group, ""},
	{"policy/", "arn:aws:iam::A:policy/", schema.Policy, ""},
	{"foreign-role/", "arn:aws:iam::B:role/", schema.Role, ""},
	{"oidc/", "arn:aws:iam::A:oidc-provider/", schema.FederatedProvider, ""},
	{"saml/", "arn:aws:iam::A:saml-provider/", schema.FederatedProvider, ""},
	{"bucket/", "arn:aws:s3:::", schema.Bucket, "AWS::S3::Bucket"},
	{"function/", "arn:aws:lambda:R:A:function:", schema.Function, "AWS::Lambda::Function"},
	{"instance/", "arn:aws:ec2:R:A:instance/", schema.VirtualMachine, "AWS::EC2::Instance"},
	{"notebook/", "arn:aws:sagemaker:R:A:notebook-instance/", schema.Notebook, "AWS::SageMaker::NotebookInstance"},
	{"script/", "arn:aws:sagemaker:R:A:notebook-instance-lifecycle-config/", "", ""},
	{"profile/", "arn:aws:sagemaker:R:A:user-profile/d-1/", schema.AIUserProfile, "AWS::SageMaker::UserProfile"},
	{"endpoint/", "arn:aws:sagemaker:R:A:endpoint/", schema.ModelEndpoint, "AWS::SageMaker::Endpoint"},
	{"endpoint-config/", "arn:aws:sagemaker:R:A:endpoint-config/", schema.EndpointConfig, "AWS::SageMaker::EndpointConfig"},
	{"model/", "arn:aws:sagemaker:R:A:model/", schema.Model, "AWS::SageMaker::Model"},
	{"custom-model/", "arn:aws:bedrock:R:A:custom-model/", schema.Model, "AWS::Bedrock::CustomModel"},
	{"pipeline/", "arn:aws:sagemaker:R:A:pipeline/", schema.Pipeline, "AWS::SageMaker::Pipeline"},
	{"training/", "arn:aws:sagemaker:R:A:training-job/", schema.TrainingJob, "AWS::SageMaker::TrainingJob"},
	{"processing/", "arn:aws:sagemaker:R:A:processing-job/", schema.ProcessingJob, "AWS::SageMaker::ProcessingJob"},
	{"feature-group/", "arn:aws:sagemaker:R:A:feature-group/", schema.FeatureStore, "AWS::SageMaker::FeatureGroup"},
	{"dev-endpoint/", "arn:aws:glue:R:A:devEndpoint/", schema.ETLJob, "AWS::Glue::DevEndpoint"},
	{"etl-job/", "arn:aws:glue:R:A:job/", schema.ETLJob, "AWS::Glue::Job"},
	{"template/", "arn:aws:ec2:R:A:launch-template/", schema.LaunchTemplate, "AWS::EC2::LaunchTemplate"},
	{"stack/", "arn:aws:cloudformation:R:A:stack/", schema.BuildProject, "AWS::CloudFormation::Stack"},
	{"build/", "arn:aws:codebuild:R:A:project/", schema.BuildProject, "AWS::CodeBuild::Project"},
	{"machine/", "arn:aws:states:R:A:stateMachine:", schema.StateMachine, "AWS::StepFunctions::StateMachine"},
	{"task-definition/", "arn:aws:ecs:R:A:task-definition/", schema.ContainerTask, "AWS::ECS::TaskDefinition"},
	{"job-definition/", "arn:aws:batch:R:A:job-definition/", schema.ContainerTask, "AWS::Batch::JobDefinition"},
	{"task/", "arn:aws:ecs:R:A:task/c/", schema.ContainerTask, "AWS::ECS::Task"},
	{"interpreter/", "arn:aws:bedrock-agentcore:R:A:code-interpreter-custom/", schema.CodeInterpreter, "AWS::BedrockAgentCore::CodeInterpreter"},
	{"runtime/", "arn:aws:bedrock-agentcore:R:A:runtime/", schema.AgentRuntime, "AWS::BedrockAgentCore::Runtime"},
	{"browser/", "arn:aws:bedrock-agentcore:R:A:browser-custom/", schema.Browser, "AWS::BedrockAgentCore::Browser"},
	{"gateway/", "arn:aws:bedrock-agentcore:R:A:gateway/", schema.AgentGateway, "AWS::BedrockAgentCore::Gateway"},
	{"agent/", "arn:aws:bedrock:R:A:agent/", schema.Agent, "AWS::Bedrock::Agent"},
	{"alias/", "arn:aws:bedrock:R:A:agent-alias/", "", ""},
	{"flow/", "arn:aws:bedrock:R:A:flow/", schema.Flow, "AWS::Bedrock::Flow"},
	{"kb/", "arn:aws:bedrock:R:A:knowledge-base/", schema.KnowledgeBase, "AWS::Bedrock::KnowledgeBase"},
	{"index/", "arn:aws:aoss:R:A:collection/", schema.VectorIndex, "AWS::OpenSearchServerless::Collection"},
	{"vectors/", "arn:aws:s3vectors:R:A:bucket/vb/index/", schema.VectorIndex, ""},
	{"aurora/", "arn:aws:rds:R:A:cluster:", schema.Database, "AWS::RDS::DBCluster"},
	{"table/", "arn:aws:dynamodb:R:A:table/", schema.Table, "AWS::DynamoDB::Table"},
	{"repository/", "arn:aws:ecr:R:A:repository/", schema.ContainerRegistry, "AWS::ECR::Repository"},
	{"snapshot/", "arn:aws:rds:R:A:snapshot:", schema.Snapshot, "AWS::RDS::DBSnapshot"},
	{"cluster-snapshot/", "arn:aws:rds:R:A:cluster-snapshot:", schema.Snapshot, "AWS::RDS::DBSnapshot"},
	{"disk/", "arn:aws:ec2:R::snapshot/", schema.Snapshot, "AWS::EC2::Snapshot"},
	{"image/", "arn:aws:ec2:R::image/", schema.Snapshot, "AWS::EC2::Image"},
	{"database/", "arn:aws:rds:R:A:db:", schema.Database, "AWS::RDS::DBInstance"},
	{"secret/", "arn:aws:secretsmanager:R:A:secret:", schema.SecretValue, "AWS::SecretsManager::Secret"},
	{"parameter/", "arn:aws:ssm:R:A:parameter/", schema.SecretValue, "AWS::SSM::Parameter"},
	{"key/", "arn:aws:kms:R:A:key/", schema.EncryptionKey, "AWS::KMS::Key"},
	{"rest-api/", "arn:aws:apigateway:R::/restapis/", schema.APIGateway, "AWS::ApiGateway::RestApi"},
	{"http-api/", "arn:aws:apigateway:R::/apis/", schema.APIGateway, "AWS::ApiGatewayV2::Api"},
	{"service/", "arn:aws:apprunner:R:A:service/", schema.ServerlessApp, "AWS::AppRunner::Service"},
	{"cluster/", "arn:aws:eks:R:A:cluster/", schema.KubernetesCluster, "AWS::EKS::Cluster"},
	{"domain/", "arn:aws:es:R:A:domain/", schema.Database, "AWS::OpenSearchService::Domain"},
	{"distribution/", "arn:aws:cloudfront::A:distribution/", schema.CDN, "AWS::CloudFront::Distribution"},
}

// name turns a short name into an id.
func name(s string) string {
	if s == "capability" {
		return schema.AdminCapabilityID(testAccount)
	}
	for _, n := range shortNames {
		if rest, ok := strings.CutPrefix(s, n.prefix); ok {
			arn := n.arn
			for letter, value := range map[string]string{":R:": testRegion, ":A:": testAccount, ":B:": otherAccount} {
				arn = strings.ReplaceAll(arn, letter, ":"+value+":")
			}
			return arn + rest
		}
	}
	return s
}

func kindOf(s string) (schema.NodeKind, string) {
	for _, n := range shortNames {
		if strings.HasPrefix(s, n.prefix) {
			return n.kind, n.resource
		}
	}
	return "", ""
}

// story is facts under construction.
type story struct {
	t          *testing.T
	f          *ingest.Facts
	statements map[string][]map[string]any // of identity policies, by principal
	boundaries map[string][]map[string]any
	policies   map[string][]map[string]any // of resources
	managed    map[string][]map[string]any
	trusts     map[string][]map[string]any
	doors      map[string]*netaws.FrontDoor
	s3         map[string]*iamaws.S3Facts
}

func newStory(t *testing.T) *story {
	s := &story{t: t, f: ingest.NewFacts(), statements: map[string][]map[string]any{}, boundaries: map[string][]map[string]any{},
		policies: map[string][]map[string]any{}, managed: map[string][]map[string]any{}, trusts: map[string][]map[string]any{},
		doors: map[string]*netaws.FrontDoor{}, s3: map[string]*iamaws.S3Facts{}}
	for _, a := range []string{testAccount, otherAccount} {
		s.f.Environments[a] = ingest.Environment{ID: a, Partition: "aws", Regions: []string{testRegion}}
		listed := map[string]bool{}
		for _, n := range shortNames {
			if n.resource != "" {
				listed[n.resource] = true
			}
		}
		for _, l := range launches {
			for _, t := range l.through {
				listed[t] = true
			}
		}
		s.f.AWSPermissions.AddAccount(iamaws.Account{ID: a, Partition: "aws", IAM: iamaws.Known, Listed: listed,
			Organization: iamaws.NoneOf[string](), S3BlockPublicAccess: iamaws.NoneOf[iamaws.BlockPublicAccess]()})
	}
	return s
}

type sentence struct {
	form *regexp.Regexp
	tell func(s *story, m []string)
}

func form(pattern string, tell func(*story, []string)) sentence {
	return sentence{regexp.MustCompile("^" + pattern + "$"), tell}
}

func (s *story) allow(into map[string][]map[string]any, who, effect, actions, on string, more map[string]any) {
	st := map[string]any{"Effect": effect, "Action": strings.Split(actions, ","), "Resource": name(on)}
	maps.Copy(st, more)
	into[who] = append(into[who], st)
}

func principalElement(who string) any {
	switch {
	case who == "*":
		return "*"
	case who == cognitoProvider:
		return map[string]any{"Federated": who}
	case strings.HasSuffix(who, ".amazonaws.com"):
		return map[string]any{"Service": who}
	case strings.HasPrefix(who, "oidc/"), strings.HasPrefix(who, "saml/"):
		return map[string]any{"Federated": name(who)}
	}
	return map[string]any{"AWS": name(who)}
}

// sentences are all forms of facts.
var sentences = []sentence{
	form(`(role|foreign-role)/(\S+)`, func(s *story, m []string) {
		arn := name(m[0])
		s.f.AWSPermissions.AddRole(iamaws.Role{Identity: identity(arn, m[2]), Boundary: iamaws.NoneOf[string](), Tags: iamaws.NoneOf[map[string]string](),
			InstanceProfiles: iamaws.NoneOf[[]string]()})
		s.f.Graph.Node(arn, schema.Role)
	}),
	form(`user/(\S+)`, func(s *story, m []string) {
		arn := name(m[0])
		s.f.AWSPermissions.AddUser(iamaws.User{Identity: identity(arn, m[1]), Boundary: iamaws.NoneOf[string](), Tags: iamaws.NoneOf[map[string]string](),
			Groups: iamaws.NoneOf[[]string](), AccessKeys: iamaws.NoneOf[[]iamaws.AccessKey](), LoginProfile: iamaws.NoneOf[iamaws.LoginProfile](), MFADevices: iamaws.NoneOf[[]string]()})
		s.f.Graph.Node(arn, schema.User)
	}),
	form(`group/(\S+)`, func(s *story, m []string) {
		s.f.AWSPermissions.AddGroup(iamaws.Group{Identity: identity(name(m[0]), m[1])})
		s.f.Graph.Node(name(m[0]), schema.Group)
	}),
	form(`provider (oidc|saml)/(\S+)`, func(s *story, m []string) {
		p := iamaws.Provider{ARN: name(m[1] + "/" + m[2]), Type: iamaws.ProviderType(m[1]), URL: m[2], ClientIDs: iamaws.Of([]string{"sts.amazonaws.com"})}
		s.f.AWSPermissions.AddProvider(p)
		s.f.Graph.Node(p.ARN, schema.FederatedProvider)
	}),
	form(`(\S+) may (\S+) on (\S+)`, func(s *story, m []string) { s.allow(s.statements, name(m[1]), "Allow", m[2], m[3], nil) }),
	form(`(\S+) may not (\S+) on (\S+)`, func(s *story, m []string) { s.allow(s.statements, name(m[1]), "Deny", m[2], m[3], nil) }),
	form(`(\S+) may (\S+) on (\S+) if (\S+) (\S+) (\S+)`, func(s *story, m []string) {
		s.allow(s.statements, name(m[1]), "Allow", m[2], m[3], map[string]any{"Condition": map[string]any{m[5]: map[string]any{m[4]: strings.Split(m[6], ",")}}})
	}),
	form(`the boundary of (\S+) allows (\S+) on (\S+)`, func(s *story, m []string) { s.allow(s.boundaries, name(m[1]), "Allow", m[2], m[3], nil) }),
	form(`(policy/\S+) allows (\S+) on (\S+)`, func(s *story, m []string) { s.allow(s.managed, name(m[1]), "Allow", m[2], m[3], nil) }),
	form(`(policy/\S+) is attached to (\S+)`, func(s *story, m []string) {
		s.identity(m[2]).Attached = iamaws.Of(append(s.identity(m[2]).Attached.Value, name(m[1])))
	}),
	form(`(policy/\S+) has an older version that allows everything`, func(s *story, m []string) {
		s.f.AWSPermissions.AddPolicy(iamaws.ManagedPolicy{ARN: name(m[1]), Versions: []iamaws.PolicyVersion{{ID: "v0", Document: iamaws.Of(iamaws.Document{JSON: []byte(anythingPolicy)})}}})
	}),
	form(`all versions of (policy/\S+) are known`, func(s *story, m []string) {
		s.f.AWSPermissions.AddPolicy(iamaws.ManagedPolicy{ARN: name(m[1]), AllVersions: true})
	}),
	form(`(user/\S+) is in (group/\S+)`, func(s *story, m []string) {
		u := s.f.AWSPermissions.Users[name(m[1])]
		u.Groups = iamaws.Of(append(u.Groups.Value, name(m[2])))
	}),
	form(`(user/\S+) has (\d) access keys`, func(s *story, m []string) {
		u := s.f.AWSPermissions.Users[name(m[1])]
		var keys []iamaws.AccessKey
		for i := range int(m[2][0] - '0') {
			keys = append(keys, iamaws.AccessKey{ID: fmt.Sprintf("AKIA%d", i), Active: true})
		}
		u.AccessKeys = iamaws.Of(keys)
	}),
	form(`(user/\S+) is tagged (\w+)=(\w+)`, func(s *story, m []string) {
		s.f.AWSPermissions.Users[name(m[1])].Tags = iamaws.Of(map[string]string{m[2]: m[3]})
	}),
	form(`(\S+) may not (\S+) on (\S+) if (\S+) (\S+) (\S+)`, func(s *story, m []string) {
		s.allow(s.statements, name(m[1]), "Deny", m[2], m[3], map[string]any{"Condition": map[string]any{m[5]: map[string]any{m[4]: strings.Split(m[6], ",")}}})
	}),
	form(`(user/\S+) has a password`, func(s *story, m []string) {
		s.f.AWSPermissions.Users[name(m[1])].LoginProfile = iamaws.Of(iamaws.LoginProfile{})
	}),
	form(`(\S+) trusts (\S+)`, func(s *story, m []string) { s.trust(m[1], m[2], nil) }),
	form(`(\S+) trusts (\S+) if (\S+) (\S+) (\S+)`, func(s *story, m []string) {
		s.trust(m[1], m[2], map[string]any{m[4]: map[string]any{m[3]: strings.Split(m[5], ",")}})
	}),
	form(`an instance profile holds (\S+)`, func(s *story, m []string) {
		s.f.AWSPermissions.Roles[name(m[1])].InstanceProfiles = iamaws.Of([]string{"arn:aws:iam::" + testAccount + ":instance-profile/p"})
	}),
	form(`the organisation (leaves|forbids) (\S+)`, func(s *story, m []string) {
		if m[1] == "leaves" {
			return
		}
		o := s.f.AWSPermissions.AddOrganization(iamaws.Organization{ID: "o-1", ManagementAccount: otherAccount, FeatureSet: "ALL", Accounts: iamaws.Known})
		full := iamaws.Of([]string{"p-FullAWSAccess"})
		o.AddNode(iamaws.OrgNode{ID: "r-1", Kind: iamaws.OrgRoot, SCPs: full, RCPs: iamaws.NoneOf[[]string]()})
		for _, a := range []string{testAccount, otherAccount} {
			o.AddNode(iamaws.OrgNode{ID: a, Parent: "r-1", Kind: iamaws.OrgAccount, SCPs: full, RCPs: iamaws.NoneOf[[]string]()})
			s.f.AWSPermissions.Accounts[a].Organization = iamaws.Of("o-1")
		}
		o.AddPolicy(iamaws.OrgPolicy{ID: "p-1", Name: "p-1", Type: iamaws.SCP, Document: iamaws.Of(iamaws.Document{ID: "p-1",
			JSON: []byte(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"` + m[2] + `","Resource":"*"}}`)})})
		o.Nodes[testAccount].SCPs = iamaws.Of([]string{"p-FullAWSAccess", "p-1"})
	}),
	form(`the account has an (AWS::\S+)`, func(s *story, m []string) { s.f.AWSPermissions.MarkNamed(testAccount, m[1]) }),
	form(`(\S+) is (running|stopped|finished|on demand)`, func(s *story, m []string) {
		s.workload(m[1], func(w *ingest.Workload) { w.State = ingest.RunState(strings.ReplaceAll(m[2], " ", "_")) })
	}),
	form(`(\S+) runs as (\S+)`, func(s *story, m []string) {
		s.workload(m[1], func(w *ingest.Workload) {
			w.Roles = append(w.Roles, ingest.RoleUse{Role: name(m[2]), Via: "execution role"})
		})
	}),
	form(`the metadata service of (\S+) is (\S+)`, func(s *story, m []string) { s.workload(m[1], func(w *ingest.Workload) { w.IMDS = m[2] }) }),
	form(`the hop limit of (\S+) is (\d)`, func(s *story, m []string) {
		kind, _ := kindOf(m[1])
		s.f.Graph.Node(name(m[1]), kind).Set(schema.PropHopLimit, int(m[2][0]-'0'))
	}),
	form(`(\S+) runs on (\S+)`, func(s *story, m []string) {
		s.workload(m[1], func(w *ingest.Workload) { w.Attributes = map[ingest.Attribute]string{ingest.AttrHost: name(m[2])} })
	}),
	form(`(\S+) has (\w+)=(\S+)`, func(s *story, m []string) {
		s.workload(m[1], func(w *ingest.Workload) { w.Attributes = map[ingest.Attribute]string{ingest.Attribute(m[2]): m[3]} })
	}),
	form(`(\S+) exists`, func(s *story, m []string) { s.node(m[1]) }),
	form(`(\S+) (TRAINED_ON|PRODUCED|SERVES|USES_MODEL|GROUNDS|STORED_IN|LOGS_TO|DERIVED_FROM|RUNS_IMAGE|PART_OF) (\S+) for (\w+)`, func(s *story, m []string) {
		from, _ := kindOf(m[1])
		to, _ := kindOf(m[3])
		s.f.Flows = append(s.f.Flows, ingest.Flow{Kind: schema.EdgeKind(m[2]), From: name(m[1]), To: name(m[3]), FromKind: from, ToKind: to, Use: ingest.Use(m[4]),
			Account: testAccount, Confidence: schema.Derived, Evidence: graph.Evidence{Document: "flow", Summary: m[0]}})
	}),
	form(`(\S+) holds the (active|inactive) key of (user/\S+)( without its secret)?`, func(s *story, m []string) {
		s.f.Keys = append(s.f.Keys, ingest.KeyFound{Holder: name(m[1]), User: name(m[3]), Where: "environment variable K", Active: m[2] == "active", Secret: m[4] == "", Evidence: graph.Evidence{Document: "variables"}})
	}),
	form(`(\S+) is a copy of (\S+)`, func(s *story, m []string) {
		s.f.Copies = append(s.f.Copies, ingest.Copy{Copy: name(m[1]), Original: name(m[2]), Evidence: graph.Evidence{Document: "copy", Summary: m[0]}})
	}),
	form(`the pool (\S+) (lets guests in|lets no guests in)`, func(s *story, m []string) {
		in := m[2] == "lets guests in"
		s.f.Pool(m[1]).Guests = &in
	}),
	form(`the pool (\S+) (takes|refuses) the classic flow`, func(s *story, m []string) {
		takes := m[2] == "takes"
		s.f.Pool(m[1]).Classic = &takes
	}),
	form(`the pool (\S+) gives guests (\S+)`, func(s *story, m []string) {
		s.f.Pool(m[1]).GuestRole, s.f.Pool(m[1]).RolesKnown = name(m[2]), true
	}),
	form(`(\S+) uses (\S+) by (\S+)(?: as (\S+))?`, func(s *story, m []string) {
		kind, _ := kindOf(m[2])
		s.f.Tools = append(s.f.Tools, ingest.ToolUse{Agent: name(m[1]), Tool: name(m[2]), ToolKind: kind, Action: m[3], Role: name(m[4]), Evidence: graph.Evidence{Document: "tool", Summary: m[0]}})
	}),
	form(`(\S+) lets (\S+) (\S+)`, func(s *story, m []string) {
		s.resourceAllows(m[1], "Allow", m[2], m[3], nil)
	}),
	form(`(bucket/\S+) lets (\S+) (\S+) below (\S+)`, func(s *story, m []string) {
		s.policies[name(m[1])] = append(s.policies[name(m[1])], map[string]any{"Effect": "Allow", "Action": m[3], "Resource": name(m[1]) + "/" + m[4] + "*", "Principal": principalElement(m[2])})
	}),
	form(`(\S+) denies (\S+) (\S+)`, func(s *story, m []string) { s.resourceAllows(m[1], "Deny", m[2], m[3], nil) }),
	form(`(\S+) lets (\S+) (\S+) if (\S+) (\S+) (\S+)`, func(s *story, m []string) {
		s.resourceAllows(m[1], "Allow", m[2], m[3], map[string]any{m[5]: map[string]any{m[4]: name(m[6])}})
	}),
	form(`Block Public Access of (bucket/\S+) is on`, func(s *story, m []string) {
		s.bucket(m[1]).BlockPublicAccess = iamaws.Of(iamaws.BlockPublicAccess{BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true})
	}),
	form(`(bucket/\S+) is encrypted with (key/\S+)`, func(s *story, m []string) {
		s.bucket(m[1]).Encryption = iamaws.Of(iamaws.S3Encryption{Algorithm: "aws:kms", KeyID: name(m[2])})
		s.f.AddStore(ingest.DataStore{ID: name(m[1]), Kind: schema.Bucket, KMSKeys: []string{name(m[2])}, EncryptionKnown: true})
	}),
	form(`((?:secret|parameter)/\S+) is encrypted with (key/\S+)`, func(s *story, m []string) {
		s.f.AWSPermissions.Resources[name(m[1])].Secret = &iamaws.SecretFacts{KeyID: iamaws.Of(name(m[2]))}
	}),
	form(`(repository/\S+) lets no tag move`, func(s *story, m []string) {
		s.f.AddStore(ingest.DataStore{ID: name(m[1]), Kind: schema.ContainerRegistry, ImmutableTags: true})
	}),
	form(`(\S+) is declared training data`, func(s *story, m []string) {
		kind, _ := kindOf(m[1])
		s.f.Declarations = append(s.f.Declarations, ingest.Declaration{Store: name(m[1]), Kind: kind, TrainingData: true, Evidence: graph.Evidence{Document: "tags", Summary: m[0]}})
	}),
	form(`(function/\S+) has a URL with (\w+)`, func(s *story, m []string) {
		d := s.door(m[1], "function-url")
		d.Auth = netaws.Auth(m[2])
		r := s.f.AWSPermissions.AddResource(iamaws.Resource{ARN: name(m[1]), Account: testAccount, Type: "AWS::Lambda::Function"})
		r.Lambda = &iamaws.LambdaFacts{URL: iamaws.Of(iamaws.FunctionURL{AuthType: "NONE", Created: "2026-01-01T00:00:00Z"})}
	}),
	form(`(\S+) is public`, func(s *story, m []string) { s.door(m[1], "").Public = netaws.TriYes }),
	form(`(\S+) admits (\S+) alone`, func(s *story, m []string) { s.door(m[1], "").AllowedCIDRs = netaws.Known(m[2]) }),
	form(`(\S+) is private`, func(s *story, m []string) { s.door(m[1], "").Public = netaws.TriNo }),
	form(`(\S+) admits nobody by address`, func(s *story, m []string) { s.door(m[1], "").AllowedCIDRs.Add() }),
	form(`(\S+) is disabled`, func(s *story, m []string) { s.door(m[1], "").Disabled = "disabled" }),
	form(`(\S+) authenticates by (\w+)`, func(s *story, m []string) { s.door(m[1], "").Auth = netaws.Auth(m[2]) }),
	form(`(\S+) routes (\S+ \S+) with (\w+) to (\S+)(?: as (\S+))?`, func(s *story, m []string) {
		d := s.door(m[1], "")
		d.Routes = append(d.Routes, netaws.FrontRoute{ID: m[2], Auth: netaws.Auth(m[3]), Target: name(m[4]), Role: name(m[5]), Live: netaws.TriYes})
	}),
	form(`(\S+) has no stage`, func(s *story, m []string) {
		for i := range s.door(m[1], "").Routes {
			s.door(m[1], "").Routes[i].Live = netaws.TriNo
		}
	}),
	form(`(\S+) passes requests on to (function/\S+)`, func(s *story, m []string) {
		s.door(m[1], "").Origins = []netaws.FrontOrigin{{ID: "o", Domain: "f.lambda-url.eu-west-1.on.aws", AccessControl: "E1", Signed: netaws.TriNo}}
		u := s.door(m[2], "function-url")
		u.Auth, u.Domain = netaws.AuthIAM, "f.lambda-url.eu-west-1.on.aws"
		r := s.f.AWSPermissions.AddResource(iamaws.Resource{ARN: name(m[2]), Account: testAccount, Type: "AWS::Lambda::Function"})
		r.Lambda = &iamaws.LambdaFacts{URL: iamaws.Of(iamaws.FunctionURL{AuthType: "AWS_IAM", Created: "2026-01-01T00:00:00Z"})}
	}),
	form(`(\S+) hands out bucket/(\S+) (freely|signed)`, func(s *story, m []string) {
		d := s.door(m[1], "")
		d.Origins = append(d.Origins, netaws.FrontOrigin{ID: "o", Domain: m[2] + ".s3.eu-west-1.amazonaws.com", AccessControl: "E1", Signed: netaws.TriOf(m[3] == "signed")})
	}),
}

func identity(arn, name string) iamaws.Identity {
	return iamaws.Identity{ARN: arn, Name: name, Path: "/", Inline: iamaws.NoneOf[[]iamaws.Document](), Attached: iamaws.NoneOf[[]string]()}
}

func (s *story) identity(short string) *iamaws.Identity {
	arn := name(short)
	if r := s.f.AWSPermissions.Roles[arn]; r != nil {
		return &r.Identity
	}
	if g := s.f.AWSPermissions.Groups[arn]; g != nil {
		return &g.Identity
	}
	return &s.f.AWSPermissions.Users[arn].Identity
}

func (s *story) trust(role, who string, condition map[string]any) {
	st := map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principalElement(who)}
	switch {
	case strings.HasPrefix(who, "oidc/"), who == cognitoProvider:
		st["Action"] = "sts:AssumeRoleWithWebIdentity"
	case strings.HasPrefix(who, "saml/"):
		st["Action"] = "sts:AssumeRoleWithSAML"
	}
	if condition != nil {
		st["Condition"] = condition
	}
	s.trusts[name(role)] = append(s.trusts[name(role)], st)
}

// node adds the node of a short name, and what the permission engine knows of
// it.
func (s *story) node(short string) {
	kind, resource := kindOf(short)
	if kind == "" {
		s.t.Fatalf("no kind of %q", short)
	}
	s.f.Graph.Node(name(short), kind).Set(schema.PropEnvironment, testAccount)
	if resource == "" {
		return
	}
	r := s.f.AWSPermissions.AddResource(iamaws.Resource{ARN: name(short), Account: testAccount, Type: resource})
	if !r.Policy.Collected() {
		r.Policy = iamaws.NoneOf[iamaws.Document]()
	}
	switch kind {
	case schema.Bucket:
		r.S3 = s.bucket(short)
	case schema.SecretValue:
		r.Secret = &iamaws.SecretFacts{KeyID: iamaws.NoneOf[string]()}
	case schema.EncryptionKey:
		r.KMS = &iamaws.KMSFacts{Grants: iamaws.NoneOf[[]iamaws.KMSGrant](), State: iamaws.Of("Enabled"), Manager: iamaws.Of("CUSTOMER")}
	}
}

func (s *story) bucket(short string) *iamaws.S3Facts {
	if s.s3[short] == nil {
		s.s3[short] = &iamaws.S3Facts{BlockPublicAccess: iamaws.NoneOf[iamaws.BlockPublicAccess](), ACL: iamaws.NoneOf[[]iamaws.ACLGrant](), Ownership: iamaws.Of("BucketOwnerEnforced"),
			Encryption: iamaws.Of(iamaws.S3Encryption{Algorithm: "AES256"}), AccessPointsListed: iamaws.Known, ABAC: iamaws.Of(false)}
	}
	return s.s3[short]
}

func (s *story) workload(short string, fill func(*ingest.Workload)) {
	s.node(short)
	kind, _ := kindOf(short)
	w := ingest.Workload{ID: name(short), Kind: kind, Account: testAccount, Region: testRegion}
	fill(&w)
	s.f.AddWorkload(w)
}

func (s *story) resourceAllows(short, effect, who, action string, condition map[string]any) {
	on := name(short)
	if strings.HasPrefix(short, "bucket/") && strings.HasSuffix(action, "Object") || strings.HasPrefix(short, "domain/") {
		on += "/*"
	}
	if strings.HasPrefix(short, "rest-api/") {
		on = executeAPI(on, testAccount) + "/*"
	}
	if strings.HasPrefix(short, "key/") {
		on = "*"
	}
	st := map[string]any{"Effect": effect, "Action": action, "Resource": on, "Principal": principalElement(who)}
	if who == "account" {
		st["Principal"] = map[string]any{"AWS": "arn:aws:iam::" + testAccount + ":root"}
	}
	if condition != nil {
		st["Condition"] = condition
	}
	s.policies[name(short)] = append(s.policies[name(short)], st)
}

// door returns a front door and fills in what follows from its short name.
func (s *story) door(short, kind string) *netaws.FrontDoor {
	if s.doors[short] == nil {
		if kind == "" {
			kind = map[string]string{"rest-api": "apigateway-rest", "http-api": "apigateway-http", "distribution": "cloudfront", "gateway": "agentcore-gateway", "runtime": "agentcore-runtime",
				"service": "apprunner", "cluster": "eks", "domain": "opensearch"}[short[:strings.Index(short, "/")]]
		}
		s.doors[short] = &netaws.FrontDoor{Meta: netaws.Meta{ARN: name(short), Account: testAccount, Region: testRegion}, ID: short[strings.Index(short, "/")+1:], Kind: kind, Public: netaws.TriYes}
		s.node(short)
	}
	return s.doors[short]
}

// tell adds one fact.
func (s *story) tell(fact string) {
	s.t.Helper()
	for _, x := range sentences {
		if m := x.form.FindStringSubmatch(fact); m != nil {
			x.tell(s, m)
			return
		}
	}
	s.t.Fatalf("no sentence has the form of %q", fact)
}

func document(id string, statements []map[string]any) iamaws.Document {
	b, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		panic(err)
	}
	return iamaws.Document{ID: id, JSON: b}
}

// derive finishes the facts and derives lineage and attack edges.
func (s *story) derive() *graph.Graph {
	inv := s.f.AWSPermissions
	for who, st := range s.statements {
		s.identityByARN(who).Inline = iamaws.Of([]iamaws.Document{document("inline", st)})
	}
	for who, st := range s.boundaries {
		arn := "arn:aws:iam::" + testAccount + ":policy/boundary-of-" + who[strings.LastIndex(who, "/")+1:]
		inv.AddPolicy(iamaws.ManagedPolicy{ARN: arn, DefaultVersion: "v1", Versions: []iamaws.PolicyVersion{{ID: "v1", IsDefault: true, Document: iamaws.Of(document(arn, st))}}})
		if u := inv.Users[who]; u != nil {
			u.Boundary = iamaws.Of(arn)
		} else {
			inv.Roles[who].Boundary = iamaws.Of(arn)
		}
	}
	for arn, st := range s.managed {
		inv.AddPolicy(iamaws.ManagedPolicy{ARN: arn, DefaultVersion: "v1", Versions: []iamaws.PolicyVersion{{ID: "v1", IsDefault: true, Document: iamaws.Of(document(arn, st))}}})
	}
	for arn, st := range s.trusts {
		inv.Roles[arn].Trust = iamaws.Of(document(arn, st))
	}
	for _, r := range inv.Roles {
		if !r.Trust.Collected() {
			r.Trust = iamaws.Of(document(r.ARN, []map[string]any{{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}}))
		}
	}
	for arn, st := range s.policies {
		inv.AddResource(iamaws.Resource{ARN: arn, Account: testAccount, Policy: iamaws.Of(document(arn, st))})
	}
	for _, k := range slices.Sorted(maps.Keys(s.doors)) {
		l := &s.f.AWSNetwork.At(testAccount, testRegion).FrontDoors
		l.Add(*s.doors[k])
	}
	line := lineage.Derive(s.f)
	if err := Derive(s.t.Context(), s.f, iamaws.New(inv), netaws.New(s.f.AWSNetwork), Options{Lineage: line}); err != nil {
		s.t.Fatal(err)
	}
	return s.f.Graph.Freeze(graph.Run{ID: "test"})
}

func (s *story) identityByARN(arn string) *iamaws.Identity {
	inv := s.f.AWSPermissions
	switch {
	case inv.Roles[arn] != nil:
		return &inv.Roles[arn].Identity
	case inv.Groups[arn] != nil:
		return &inv.Groups[arn].Identity
	case inv.Users[arn] != nil:
		return &inv.Users[arn].Identity
	}
	s.t.Fatalf("no principal %s", arn)
	return nil
}

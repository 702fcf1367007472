package aws

import (
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// need is something that the engines must have been told before a negative
// answer means anything.
type need struct {
	service string
	// operations any of which answers it.
	operations []string
	// regional needs are missed in each region of which anything was read.
	regional bool
	what     string
}

var needs = []need{
	{"iam", []string{"GetAccountAuthorizationDetails", "ListRoles"}, false, "principals and their policies"},
	{"s3api", []string{"ListBuckets"}, false, "buckets"},
	{"s3control", []string{"GetPublicAccessBlock"}, false, "the account's Block Public Access"},
	{"kms", []string{"ListKeys", "ListAliases", "DescribeKey"}, false, "keys"},
	{"secretsmanager", []string{"ListSecrets"}, false, "secrets"},
	{"lambda", []string{"ListFunctions"}, false, "functions"},
	{"ec2", []string{"DescribeInstances"}, true, "instances"},
	{"ec2", []string{"DescribeNetworkInterfaces"}, true, "network interfaces"},
	{"ec2", []string{"DescribeVpcs"}, true, "networks"},
	{"ec2", []string{"DescribeSubnets"}, true, "subnets"},
	{"ec2", []string{"DescribeRouteTables"}, true, "routes"},
	{"ec2", []string{"DescribeNetworkAcls"}, true, "network ACLs"},
	{"ec2", []string{"DescribeSecurityGroups"}, true, "security groups"},
	{"ec2", []string{"DescribeInternetGateways"}, true, "internet gateways"},
	{"elbv2", []string{"DescribeLoadBalancers"}, false, "load balancers"},
	{"apigateway", []string{"GetRestApis"}, false, "REST APIs"},
	{"apigatewayv2", []string{"GetApis"}, false, "HTTP APIs"},
	{"cloudfront", []string{"ListDistributions"}, false, "distributions"},
	{"sagemaker", []string{"ListTrainingJobs", "DescribeTrainingJob"}, false, "training jobs, and so what is training data"},
	{"sagemaker", []string{"ListNotebookInstances", "DescribeNotebookInstance"}, false, "notebooks"},
	{"sagemaker", []string{"ListModels", "DescribeModel"}, false, "models"},
	{"sagemaker", []string{"ListEndpoints", "DescribeEndpoint"}, false, "endpoints"},
	{"bedrock", []string{"ListCustomModels", "ListModelCustomizationJobs", "GetModelCustomizationJob"}, false, "custom models, and so what is training data"},
	{"bedrock-agent", []string{"ListAgents", "GetAgent"}, false, "agents"},
	{"bedrock-agent", []string{"ListKnowledgeBases", "GetKnowledgeBase"}, false, "knowledge bases, and so what grounds answers"},
}

// finish adds what only shows when all documents are mapped: what is missing,
// and which nodes the gaps concern.
func (m *Mapping) finish(answers callsMade, partitions map[string]string) {
	m.finishAccessPoints()
	for _, partition := range sortedValues(partitions) {
		of := &Mapping{Facts: m.Facts, Partition: partition}
		of.principalEdges()
	}
	for _, account := range answers.accounts() {
		of := &Mapping{Facts: m.Facts, Partition: partitions[account]}
		of.completeIAM(account)
		for _, n := range needs {
			of.missing(account, answers[account], n)
		}
		of.missingOrganization(account)
	}
	m.missingIdentity()
	m.missingPolicies()
	m.failuresAbout()
	m.gapsOnNodes()
}

// completeIAM notes that all principals of an account are known.
func (m *Mapping) completeIAM(account string) {
	listed := m.AWSPermissions.Accounts[account].Listed
	for _, t := range []string{typeUser, typeGroup, typeRole, typePolicy} {
		if !listed[t] {
			return
		}
	}
	m.AWSPermissions.AddAccount(iamaws.Account{ID: account, IAM: iamaws.Known})
}

func (m *Mapping) missing(account string, asked map[string]map[string]bool, n need) {
	inAny := false
	regions := map[string]bool{}
	for _, op := range n.operations {
		for r := range asked[n.service+" "+op] {
			inAny, regions[r] = true, true
		}
	}
	gap := graph.Gap{Kind: graph.GapNotCollected, Account: account, Service: n.service, Operation: n.operations[0], Message: n.what + " were not collected"}
	if strings.HasPrefix(n.what, "the ") {
		gap.Message = n.what + " was not collected"
	}
	where := m.Environments[account].Regions
	if !n.regional || len(where) == 0 {
		if !inAny {
			m.Graph.Gap(gap)
		}
		return
	}
	for _, r := range where {
		if !regions[r] && !regions[""] {
			gap.Region = r
			m.Graph.Gap(gap)
		}
	}
}

// missingOrganization says when SCPs and RCPs are not known: verdicts are then
// computed without them.
func (m *Mapping) missingOrganization(account string) {
	gap := graph.Gap{Kind: graph.GapNotCollected, Account: account, Region: "global", Service: "organizations", Resource: schema.AWSAccountID(m.Partition, account)}
	org := m.AWSPermissions.Accounts[account].Organization
	if !org.Collected() {
		gap.Operation, gap.Message = "DescribeOrganization", "whether the account is in an organisation was not collected: verdicts are without SCPs and RCPs"
		m.Graph.Gap(gap)
		return
	}
	if !org.Known() {
		return
	}
	o := m.AWSPermissions.Organizations[org.Value]
	if o == nil || o.FeatureSet == "CONSOLIDATED_BILLING" {
		return
	}
	if n := o.Nodes[account]; n == nil || !n.SCPs.Collected() || !n.RCPs.Collected() {
		gap.Operation, gap.Message = "ListPoliciesForTarget", "SCPs or RCPs of organisation "+o.ID+" were not collected for the account: verdicts are without them"
		m.Graph.Gap(gap)
	}
}

// partsOf says which answers about a resource of a type decide verdicts.
var partsOf = map[string][]struct {
	service, operation, what string
	collected                func(*iamaws.Resource) bool
}{
	typeBucket: {
		{"s3api", "GetBucketPolicy", "bucket policy", func(r *iamaws.Resource) bool { return r.Policy.Collected() }},
		{"s3api", "GetPublicAccessBlock", "Block Public Access", func(r *iamaws.Resource) bool { return r.S3 != nil && r.S3.BlockPublicAccess.Collected() }},
		{"s3api", "GetBucketAcl", "ACL", func(r *iamaws.Resource) bool { return r.S3 != nil && r.S3.ACL.Collected() }},
		{"s3api", "GetBucketEncryption", "default encryption", func(r *iamaws.Resource) bool { return r.S3 != nil && r.S3.Encryption.Collected() }},
	},
	typeKey: {
		{"kms", "GetKeyPolicy", "key policy", func(r *iamaws.Resource) bool { return r.Policy.Collected() }},
		{"kms", "ListGrants", "grants", func(r *iamaws.Resource) bool { return r.KMS != nil && r.KMS.Grants.Collected() }},
	},
	typeSecret:     {{"secretsmanager", "GetResourcePolicy", "resource policy", func(r *iamaws.Resource) bool { return r.Policy.Collected() }}},
	typeQueue:      {{"sqs", "GetQueueAttributes", "queue policy", func(r *iamaws.Resource) bool { return r.Policy.Collected() }}},
	typeTopic:      {{"sns", "GetTopicAttributes", "topic policy", func(r *iamaws.Resource) bool { return r.Policy.Collected() }}},
	typeFileSystem: {{"efs", "DescribeFileSystemPolicy", "file system policy", func(r *iamaws.Resource) bool { return r.Policy.Collected() }}},
	typeFunction:   {{"lambda", "GetPolicy", "function policy", func(r *iamaws.Resource) bool { return r.Policy.Collected() }}},
}

const typeFunction = "AWS::Lambda::Function"

// missingPolicies names, for each resource that is known, the answers about it
// that nobody asked for. Keys that AWS manages are left out: their policies
// cannot be changed and are the same everywhere.
func (m *Mapping) missingPolicies() {
	refused := map[string]bool{}
	for _, f := range ingest.Memory[failures](m.Facts).all {
		refused[f.d.Service+" "+f.d.Operation+" "+f.d.Account+" "+lastPart(f.d.Parameter())] = true
	}
	for _, arn := range sortedKeys(m.AWSPermissions.Resources) {
		r := m.AWSPermissions.Resources[arn]
		if r.Type == typeKey && r.KMS != nil && r.KMS.Manager.Value == "AWS" || !m.Graph.Collected(arn) {
			continue
		}
		for _, part := range partsOf[r.Type] {
			if part.collected(r) || refused[part.service+" "+part.operation+" "+r.Account+" "+lastPart(arn)] {
				continue
			}
			a, _ := schema.ParseARN(arn)
			m.Graph.Gap(graph.Gap{Kind: graph.GapNotCollected, Account: r.Account, Region: a.Region, Service: part.service, Operation: part.operation,
				Resource: arn, Message: part.what + " was not collected"})
		}
	}
}

// failuresAbout records failed calls on the nodes of what they asked about,
// found by the name or id that was the parameter.
func (m *Mapping) failuresAbout() {
	all := ingest.Memory[failures](m.Facts).all
	if len(all) == 0 {
		return
	}
	nodes := map[string][]string{}
	for _, id := range m.Graph.NodeIDs() {
		nodes[lastPart(id)] = append(nodes[lastPart(id)], id)
	}
	for _, f := range all {
		resource := f.d.Parameter()
		if !m.Graph.Has(resource) {
			resource = m.nodeOf(f.d, nodes[lastPart(resource)])
		}
		m.gap(f.d, FailureKind(*f.d.Failure), resource, f.message)
	}
}

// nodeOf picks the node of the asked account whose ARN is of the asked service;
// "" when there is not exactly one.
func (m *Mapping) nodeOf(d ingest.Document, candidates []string) string {
	op, _ := FindOperation(d.Service, d.Operation)
	found := ""
	for _, id := range candidates {
		a, ok := schema.ParseARN(id)
		if !ok || a.Service != op.Prefix || a.Account != "" && a.Account != d.Account {
			continue
		}
		if found != "" {
			return ""
		}
		found = id
	}
	return found
}

// gapsOnNodes writes gaps that concern a node onto it, so that a reader of the
// node sees what is not known.
func (m *Mapping) gapsOnNodes() {
	for _, g := range m.Graph.Gaps() {
		if g.Resource == "" || !m.Graph.Has(g.Resource) {
			continue
		}
		m.Graph.Refer(g.Resource, m.Graph.Kind(g.Resource)).Append(schema.PropGaps, string(g.Kind)+": "+g.Message)
	}
}

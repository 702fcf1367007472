package aws

import (
	"github.com/postern-sec/postern/schema"
)

// policyTypes are the resource types that take a policy of their own, by service
// of the ARN; each entry is the ARN's resource type, "" for services whose ARNs
// have no type and "*" for all of the service.
//
// Source: IAM User Guide, "AWS services that work with IAM", column
// resource-based policies, with the resource pages of the Service Authorization
// Reference; read 2026-11.
var policyTypes = map[string][]string{
	"acm-pca":             {"certificate-authority"},
	"apigateway":          {"*"},
	"backup":              {"backup-vault"},
	"bedrock-agentcore":   {"runtime", "gateway", "memory"},
	"cloudtrail":          {"channel", "eventdatastore", "dashboard"},
	"codeartifact":        {"domain", "repository"},
	"codebuild":           {"project", "report-group"},
	"dynamodb":            {"table"},
	"ecr":                 {"repository"},
	"ecr-public":          {"repository"},
	"elasticfilesystem":   {"file-system"},
	"es":                  {"domain"},
	"events":              {"event-bus"},
	"execute-api":         {"*"},
	"glacier":             {"vaults"},
	"glue":                {"catalog", "database", "table"},
	"iam":                 {"role"},
	"kinesis":             {"stream"},
	"kms":                 {"key", "alias"},
	"lambda":              {"function", "layer"},
	"logs":                {"destination"},
	"redshift-serverless": {"namespace", "snapshot"},
	"rekognition":         {"project"},
	"s3":                  {"*"},
	"s3-object-lambda":    {"accesspoint"},
	"s3express":           {"bucket", "accesspoint"},
	"s3tables":            {"bucket"},
	"s3vectors":           {"bucket"},
	"sagemaker":           {"model-package-group", "model-package"},
	"schemas":             {"registry"},
	"secretsmanager":      {"secret"},
	"serverlessrepo":      {"applications"},
	"ses":                 {"identity"},
	"signer":              {"*"},
	"sns":                 {""},
	"sqs":                 {""},
	"vpc-lattice":         {"*"},
}

// denyingServices are those whose resource policies commonly hold a Deny and
// are listed by Postern's collector: when such a policy was not collected, an
// identity allow is unknown. For the others (Lambda's AddPermission can only
// allow) the answer is computed without the policy and names it as missing.
var denyingServices = map[string]bool{
	"s3": true, "kms": true, "iam": true, "sqs": true, "sns": true, "secretsmanager": true,
	"ecr": true, "es": true, "execute-api": true, "elasticfilesystem": true,
}

// takesPolicy reports whether resources like a carry a policy of their own.
func takesPolicy(a schema.ARN) bool {
	for _, t := range policyTypes[a.Service] {
		if t == "*" || t == "" || t == a.ResourceType() {
			return true
		}
	}
	return false
}

// typeOf names the resource type as mappers list it, for the types whose policy
// matters; others by service and ARN type.
func typeOf(a schema.ARN) string {
	kind := a.ResourceType()
	switch a.Service {
	case "s3":
		if kind == "accesspoint" {
			return "AWS::S3::AccessPoint"
		}
		return "AWS::S3::Bucket"
	case "sqs":
		return "AWS::SQS::Queue"
	case "sns":
		return "AWS::SNS::Topic"
	case "es":
		return "AWS::OpenSearchService::Domain"
	}
	if name, ok := typeNames[a.Service+"/"+kind]; ok {
		return name
	}
	return "AWS::" + a.Service + "::" + kind
}

var typeNames = map[string]string{
	"iam/role":                      "AWS::IAM::Role",
	"kms/key":                       "AWS::KMS::Key",
	"lambda/function":               "AWS::Lambda::Function",
	"secretsmanager/secret":         "AWS::SecretsManager::Secret",
	"ecr/repository":                "AWS::ECR::Repository",
	"dynamodb/table":                "AWS::DynamoDB::Table",
	"kinesis/stream":                "AWS::Kinesis::Stream",
	"elasticfilesystem/file-system": "AWS::EFS::FileSystem",
	"events/event-bus":              "AWS::Events::EventBus",
	"sagemaker/model-package-group": "AWS::SageMaker::ModelPackageGroup",
	"bedrock-agentcore/runtime":     "AWS::BedrockAgentCore::Runtime",
	"bedrock-agentcore/gateway":     "AWS::BedrockAgentCore::Gateway",
	"bedrock-agentcore/memory":      "AWS::BedrockAgentCore::Memory",
	"codebuild/project":             "AWS::CodeBuild::Project",
	"backup/backup-vault":           "AWS::Backup::BackupVault",
}

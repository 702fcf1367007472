package aws

import "strings"

// endpointPrefixes are the services of VPC endpoints whose names differ from the
// prefix of their actions. Source: VPC User Guide (AWS PrivateLink), "AWS services
// that integrate with AWS PrivateLink", beside the Service Authorization Reference;
// read 2026-11.
var endpointPrefixes = map[string]string{
	"s3-global": "s3", "ecs-agent": "ecs", "ecs-telemetry": "ecs", "monitoring": "cloudwatch", "email-smtp": "ses", "email": "ses",
	"bedrock-runtime": "bedrock", "bedrock-agent": "bedrock", "bedrock-agent-runtime": "bedrock", "bedrock-agentcore-control": "bedrock-agentcore",
	"kms-fips": "kms", "elasticfilesystem-fips": "elasticfilesystem", "git-codecommit": "codecommit", "git-codecommit-fips": "codecommit",
	"codecommit-fips": "codecommit", "codebuild-fips": "codebuild", "ec2-fips": "ec2", "sts-fips": "sts",
	"sync-states": "states", "kinesis-streams": "kinesis",
	"kinesis-firehose": "firehose", "prod.emr": "elasticmapreduce", "data-servicediscovery": "servicediscovery", "iotwireless.api": "iotwireless",
	"dynamodb-streams": "dynamodb", "sagemaker-featurestore-runtime": "sagemaker",
}

// endpointCarries reports whether requests to a service, named by the prefix of
// its actions, pass a VPC endpoint of the name: the endpoint's policy decides
// requests to its own service alone. An endpoint whose service is not recognised
// may carry anything. Source: VPC User Guide, "Control access to VPC endpoints
// using endpoint policies".
func endpointCarries(endpoint, service string) bool {
	own := endpointService(endpoint)
	return own == "" || own == service || own == "s3" && service == "s3-object-lambda"
}

// endpointService is the prefix of the actions of an endpoint's service, empty
// when it is not known: com.amazonaws.us-east-1.ecr.dkr is ecr's.
func endpointService(name string) string {
	f := strings.Split(name, ".")
	if len(f) > 0 && f[0] == "cn" {
		f = f[1:]
	}
	switch {
	case len(f) >= 4 && f[0] == "aws" && reference().services[f[1]]:
		return f[1] // aws.sagemaker.us-east-1.notebook
	case len(f) >= 3 && f[0] == "com" && f[1] == "amazonaws" && f[2] == "s3-global":
		return "s3"
	case len(f) < 4 || f[0] != "com" || f[1] != "amazonaws" || f[2] == "vpce":
		return ""
	}
	label := f[3]
	if own, ok := endpointPrefixes[label]; ok {
		return own
	}
	if reference().services[label] {
		return label
	}
	return ""
}

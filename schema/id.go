package schema

import "strings"

// Synthetic ids: nodes that no cloud has a name for.
const (
	InternetID         = "internet"           // anyone, without credentials
	AnyAWSAccountID    = "aws:any-account"    // some AWS customer outside the organisation
	AnyGoogleAccountID = "google:any-account" // anyone with a Google account
	AnyGitHubID        = "github:any"         // any repository of any GitHub user
)

// OutsideIDs are the entries that need no invitation, sorted.
func OutsideIDs() []string {
	return []string{AnyAWSAccountID, AnyGitHubID, AnyGoogleAccountID, InternetID}
}

// OutsiderID is the entry for anyone who has an identity of a public provider
// other than GitHub, e.g. gitlab:any for host gitlab.com.
func OutsiderID(provider string) string { return provider + ":any" }

// AdminCapabilityID is the node of full control over an environment (account,
// subscription or project).
func AdminCapabilityID(environment string) string { return "capability:" + environment + "/admin" }

// SharedCapabilityID is the node of what many principals of an environment may do
// alike; key tells such sets of principals apart.
func SharedCapabilityID(environment, key string) string {
	return "capability:" + environment + "/shared/" + key
}

// CapabilityEnvironment is the inverse of AdminCapabilityID.
func CapabilityEnvironment(id string) (string, bool) {
	rest, ok := strings.CutPrefix(id, "capability:")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(rest, "/admin")
}

// BucketARN is the ARN of an S3 bucket.
func BucketARN(partition, name string) string { return "arn:" + partition + ":s3:::" + name }

// EC2ARN is the ARN of an EC2 resource such as instance/i-1 for which the API
// gives none, in the form of AWS's service authorization reference.
func EC2ARN(partition, region, account, resource string) string {
	return ARN{partition, "ec2", region, account, resource}.String()
}

// RestAPIARN is the ARN of an API Gateway REST API.
func RestAPIARN(partition, region, id string) string {
	return ARN{partition, "apigateway", region, "", "/restapis/" + id}.String()
}

// HTTPAPIARN is the ARN of an API Gateway HTTP or WebSocket API.
func HTTPAPIARN(partition, region, id string) string {
	return ARN{partition, "apigateway", region, "", "/apis/" + id}.String()
}

// AWSAccountID is the node id of an AWS account.
func AWSAccountID(partition, account string) string {
	return ARN{partition, "iam", "", account, "root"}.String()
}

// ServicePrincipalID is the node id of a cloud service as a caller, e.g.
// lambda.amazonaws.com.
func ServicePrincipalID(service string) string { return service }

// ResourceARN is the ARN of a resource whose API answers with ids alone.
func ResourceARN(partition, service, region, account, resource string) string {
	return ARN{partition, service, region, account, resource}.String()
}

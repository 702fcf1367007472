package aws

import (
	"slices"
	"strings"
	"testing"
)

// layoutOperations are the calls that the documented layout of input folders
// names, as the AWS CLI spells them.
const layoutOperations = `
sts-get-caller-identity
iam-get-account-authorization-details iam-get-role iam-list-access-keys iam-get-login-profile iam-get-credential-report iam-get-open-id-connect-provider iam-list-mfa-devices
organizations-describe-organization organizations-list-roots organizations-list-organizational-units-for-parent organizations-list-accounts-for-parent organizations-list-accounts
organizations-list-policies organizations-describe-policy organizations-list-policies-for-target
s3api-list-buckets s3api-get-bucket-policy s3api-get-public-access-block s3api-get-bucket-acl s3api-get-bucket-tagging s3api-get-bucket-ownership-controls s3api-get-bucket-encryption
s3api-get-bucket-abac s3api-get-bucket-location s3-get-bucket-policy s3control-get-public-access-block s3control-list-access-points s3control-get-access-point-policy
kms-list-keys kms-describe-key kms-get-key-policy kms-list-grants kms-list-resource-tags
lambda-list-functions lambda-get-policy lambda-get-function-url-config lambda-list-tags lambda-list-event-source-mappings
sqs-get-queue-attributes sns-get-topic-attributes ecr-get-repository-policy secretsmanager-list-secrets secretsmanager-get-resource-policy
es-describe-domain es-describe-domains es-describe-elasticsearch-domain es-describe-elasticsearch-domains opensearch-describe-domain opensearch-describe-domains
ecs-list-clusters ecs-describe-clusters ecs-list-services ecs-describe-services ecs-list-tasks ecs-describe-tasks ecs-describe-task-definition ecs-list-task-definitions
ecs-list-container-instances ecs-describe-container-instances
ssm-describe-instance-information apprunner-describe-service
cloudformation-describe-stacks cloudformation-describe-stack-set cloudformation-list-stack-instances
codebuild-batch-get-projects glue-get-jobs glue-get-triggers glue-get-dev-endpoints
ec2-describe-instances ec2-describe-launch-templates ec2-describe-launch-template-versions ec2-describe-instance-attribute ec2-describe-vpn-connections
ec2-search-transit-gateway-routes ec2-get-transit-gateway-route-table-associations ec2-get-transit-gateway-route-table-propagations
autoscaling-describe-auto-scaling-groups autoscaling-describe-launch-configurations autoscaling-describe-auto-scaling-instances autoscaling-describe-tags
dynamodb-describe-table
bedrock-agentcore-control-list-agent-runtimes bedrock-agentcore-control-get-agent-runtime bedrock-agentcore-control-list-gateways bedrock-agentcore-control-get-gateway
bedrock-agentcore-control-list-gateway-targets bedrock-agentcore-control-get-gateway-target bedrock-agentcore-control-list-memories bedrock-agentcore-control-get-memory
bedrock-agentcore-control-list-code-interpreters bedrock-agentcore-control-get-code-interpreter bedrock-agentcore-control-list-browsers bedrock-agentcore-control-get-browser
bedrock-agent-get-data-source
opensearchserverless-list-collections opensearchserverless-batch-get-collection opensearchserverless-list-access-policies opensearchserverless-get-access-policy
opensearchserverless-list-security-policies opensearchserverless-get-security-policy opensearchserverless-list-vpc-endpoints
elbv2-describe-load-balancers elbv2-describe-listeners elbv2-describe-rules elbv2-describe-target-groups elbv2-describe-target-health
elbv2-describe-load-balancer-attributes elbv2-describe-target-group-attributes elbv2-describe-listener-attributes elb-describe-load-balancers
sagemaker-list-tags sagemaker-describe-notebook-instance sagemaker-describe-endpoint-config sagemaker-describe-endpoint sagemaker-describe-model sagemaker-describe-training-job
sagemaker-describe-processing-job sagemaker-describe-transform-job sagemaker-describe-domain sagemaker-describe-user-profile sagemaker-describe-feature-group
`

// TestLayoutOperations: each call of the documented layout has a mapper. The CLI
// spells service and operation; the reader takes them from the file's name.
func TestLayoutOperations(t *testing.T) {
	all := strings.Fields(layoutOperations)
	slices.Sort(all)
	if n := len(slices.Compact(slices.Clone(all))); n != len(all) {
		t.Error("an operation is listed twice")
	}
	for _, name := range all {
		understood := slices.ContainsFunc(ServiceNames(), func(service string) bool {
			operation, ok := strings.CutPrefix(name, service+"-")
			if ok {
				_, ok = FindOperation(service, operation)
			}
			return ok
		})
		if !understood {
			t.Errorf("no meaning is known of %s", name)
		}
	}
}

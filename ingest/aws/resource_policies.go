package aws

import (
	"encoding/json"

	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// Services of which the policies of resources are read and nothing else, from
// answers of the AWS CLI: who may use the resource is a permission question, the
// resource itself is no part of the graph.
var (
	backupService = Service{Name: "backup", Facts: map[string]Mapper{
		"GetBackupVaultAccessPolicy": policyOf("AWS::Backup::BackupVault", "Policy", "BackupVaultArn", "backup", "backup-vault:"),
	}}
	kinesisService = Service{Name: "kinesis", Facts: map[string]Mapper{
		"GetResourcePolicy": policyOf("AWS::Kinesis::Stream", "Policy", "", "kinesis", "stream/"),
	}}
	eventsService = Service{Name: "events", Facts: map[string]Mapper{
		"DescribeEventBus": policyOf("AWS::Events::EventBus", "Policy", "Arn", "events", "event-bus/"),
	}}
	s3tablesService = Service{Name: "s3tables", Facts: map[string]Mapper{
		"GetTableBucketPolicy": policyOf("AWS::S3Tables::TableBucket", "resourcePolicy", "", "s3tables", "bucket/"),
	}}
	acmpcaService = Service{Name: "acm-pca", Facts: map[string]Mapper{
		"GetPolicy": policyOf("AWS::ACMPCA::CertificateAuthority", "Policy", "", "acm-pca", "certificate-authority/"),
	}}
)

// policyOf is the mapper of an answer that holds the policy of one resource. The
// resource is named by a member of the answer, or by the parameter: its ARN, or
// its name, which follows prefix in ARNs of the service.
func policyOf(awsType, policy, arn, service, prefix string) Mapper {
	return func(m *Mapping, d ingest.Document) error {
		var v map[string]json.RawMessage
		if err := decode(d, &v); err != nil {
			return err
		}
		id := ""
		if arn != "" {
			id = text(v, arn)
		}
		switch {
		case id != "":
		case d.Parameter() == "":
			return needsParameter(d, "the resource's ARN")
		default:
			id = m.parameterARN(d, service, prefix)
		}
		raw, _ := member(v, policy)
		m.policied(d, id, awsType, raw)
		return nil
	}
}

// policied adds a resource that only its policy is known of.
func (m *Mapping) policied(d ingest.Document, arn, awsType string, policy json.RawMessage) {
	m.AWSPermissions.AddResource(iamaws.Resource{ARN: arn, Account: accountOf(arn), Type: awsType, Policy: m.policy(d, arn, arn, policy)})
}

// mapCatalogPolicy reads the one policy of a region's Glue Data Catalog, which
// speaks of its databases and tables too. Source: AWS Glue Developer Guide,
// "Granting cross-account access".
func mapCatalogPolicy(m *Mapping, d ingest.Document) error {
	var v struct{ PolicyInJSON json.RawMessage }
	if err := decode(d, &v); err != nil {
		return err
	}
	m.policied(d, schema.ResourceARN(m.Partition, "glue", d.Region, d.Account, "catalog"), "AWS::Glue::Catalog", v.PolicyInJSON)
	return nil
}

// mapLayerPolicy reads the policy of one version of a Lambda layer.
func mapLayerPolicy(m *Mapping, d ingest.Document) error {
	var v struct{ Policy json.RawMessage }
	if err := decode(d, &v); err != nil {
		return err
	}
	if len(d.Parameters) < 2 {
		return needsParameter(d, "the layer's name and version")
	}
	m.policied(d, m.arnOf(d, "lambda", "layer:", d.Parameters[0]+":"+d.Parameters[1]), "AWS::Lambda::LayerVersion", v.Policy)
	return nil
}

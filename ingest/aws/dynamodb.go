package aws

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

const typeTable = "AWS::DynamoDB::Table"

// dynamodbService reads tables and their policies.
var dynamodbService = Service{
	Name:   "dynamodb",
	Client: func(c aws.Config) any { return dynamodb.NewFromConfig(c) },
	Calls: []Call{
		List("ListTables", (*dynamodb.Client).ListTables, nil),
		Each("DescribeTable", (*dynamodb.Client).DescribeTable, "ListTables", "TableNames",
			func(in *dynamodb.DescribeTableInput, p []string) { in.TableName = last(p) }),
		Each("GetResourcePolicy", (*dynamodb.Client).GetResourcePolicy, "DescribeTable", "Table.TableArn",
			func(in *dynamodb.GetResourcePolicyInput, p []string) { in.ResourceArn = last(p) }, NoneWhen("PolicyNotFoundException")),
		Each("ListTagsOfResource", (*dynamodb.Client).ListTagsOfResource, "DescribeTable", "Table.TableArn",
			func(in *dynamodb.ListTagsOfResourceInput, p []string) { in.ResourceArn = last(p) }),
	},
	Facts: map[string]Mapper{
		"ListTables":         mapListTables,
		"DescribeTable":      mapDescribeTable,
		"GetResourcePolicy":  mapTablePolicy,
		"ListTagsOfResource": mapTableTags,
	},
}

func mapListTables(m *Mapping, d ingest.Document) error {
	var v struct{ TableNames *[]string }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.TableNames == nil {
		return absent(m, d, "TableNames")
	}
	for _, name := range *v.TableNames {
		m.store(d, m.arnOf(d, "dynamodb", "table/", name), schema.Table, typeTable, name, iamaws.Resource{})
	}
	m.AWSPermissions.MarkListed(d.Account, typeTable)
	return nil
}

// mapDescribeTable reads a table. SSEDescription is absent when the table is
// encrypted under a key that DynamoDB owns: no KMS permission is then needed.
func mapDescribeTable(m *Mapping, d ingest.Document) error {
	var v struct {
		Table *struct {
			TableArn, TableName, TableStatus string
			SSEDescription                   *struct{ Status, SSEType, KMSMasterKeyArn string }
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Table == nil {
		return absent(m, d, "Table")
	}
	t := v.Table
	if t.TableArn == "" {
		return needsParameter(d, "the table's ARN")
	}
	n := m.store(d, t.TableArn, schema.Table, typeTable, t.TableName, iamaws.Resource{}).Set(schema.PropStatus, t.TableStatus)
	m.AddStore(ingest.DataStore{ID: t.TableArn, EncryptionKnown: true})
	if s := t.SSEDescription; s != nil && s.SSEType == "KMS" && strings.HasPrefix(s.Status, "ENABL") {
		n.Set(schema.PropEncryption, "sse-kms")
		m.encryptedBy(d, t.TableArn, s.KMSMasterKeyArn, "alias/aws/dynamodb", in(d, t.TableArn).Region)
	}
	return nil
}

// tableOf is the table that a call on a table, index or stream was made for.
func (m *Mapping) tableOf(d ingest.Document) (string, error) {
	if d.Parameter() == "" {
		return "", needsParameter(d, "the table's ARN")
	}
	return m.parameterARN(d, "dynamodb", "table/"), nil
}

func mapTablePolicy(m *Mapping, d ingest.Document) error {
	var v struct{ Policy json.RawMessage }
	arn, err := m.tableOf(d)
	if err != nil {
		return err
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	m.store(d, arn, schema.Table, typeTable, afterSlash(arn), iamaws.Resource{Policy: m.policy(d, arn, arn, v.Policy)})
	return nil
}

func mapTableTags(m *Mapping, d ingest.Document) error {
	var v struct{ Tags []tag }
	arn, err := m.tableOf(d)
	if err != nil {
		return err
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	n := m.store(d, arn, schema.Table, typeTable, afterSlash(arn), iamaws.Resource{Tags: tagEvidence(v.Tags)})
	m.tagged(d, n, schema.Table, v.Tags)
	return nil
}

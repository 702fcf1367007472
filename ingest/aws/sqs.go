package aws

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// sqsService reads queues and their policies.
var sqsService = Service{
	Name:   "sqs",
	Client: func(c aws.Config) any { return sqs.NewFromConfig(c) },
	Calls: []Call{
		List("ListQueues", (*sqs.Client).ListQueues, nil),
		Each("GetQueueAttributes", (*sqs.Client).GetQueueAttributes, "ListQueues", "QueueUrls",
			func(in *sqs.GetQueueAttributesInput, p []string) {
				in.QueueUrl, in.AttributeNames = last(p), []types.QueueAttributeName{types.QueueAttributeNameAll}
			}),
		Each("ListQueueTags", (*sqs.Client).ListQueueTags, "ListQueues", "QueueUrls",
			func(in *sqs.ListQueueTagsInput, p []string) { in.QueueUrl = last(p) }),
	},
	Facts: map[string]Mapper{
		"ListQueues":         mapListQueues,
		"GetQueueAttributes": mapQueueAttributes,
		"ListQueueTags":      mapQueueTags,
	},
}

// queueARN derives a queue's ARN from its URL, which ends in account and name
// whatever the host (AWS has had three forms of it).
func (m *Mapping) queueARN(d ingest.Document, url string) string {
	if _, ok := schema.ParseARN(url); ok {
		return url
	}
	parts := strings.Split(strings.TrimRight(url, "/"), "/")
	account, name := d.Account, parts[len(parts)-1]
	if len(parts) > 1 && schema.IsAccountID(parts[len(parts)-2]) {
		account = parts[len(parts)-2]
	}
	if name == "" {
		return ""
	}
	return schema.ResourceARN(m.Partition, "sqs", d.Region, account, name)
}

// mapListQueues reads the URLs. SQS leaves the member out when there is no
// queue, so its absence says "none" here.
func mapListQueues(m *Mapping, d ingest.Document) error {
	var v struct{ QueueUrls []string }
	if err := decode(d, &v); err != nil {
		return err
	}
	for _, url := range v.QueueUrls {
		if arn := m.queueARN(d, url); arn != "" {
			m.store(d, arn, schema.Queue, typeQueue, lastPart(arn), iamaws.Resource{})
		}
	}
	m.AWSPermissions.MarkListed(d.Account, typeQueue)
	return nil
}

func mapQueueAttributes(m *Mapping, d ingest.Document) error {
	var v struct{ Attributes map[string]json.RawMessage }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Attributes == nil {
		return absent(m, d, "Attributes")
	}
	arn := attribute(v.Attributes, "QueueArn")
	if arn == "" {
		arn = m.queueARN(d, d.Parameter())
	}
	if arn == "" {
		return needsParameter(d, "the queue's URL")
	}
	n := m.store(d, arn, schema.Queue, typeQueue, lastPart(arn), iamaws.Resource{Policy: m.policy(d, arn, arn, v.Attributes["Policy"])})
	key := attribute(v.Attributes, "KmsMasterKeyId")
	switch {
	case key != "":
		n.Set(schema.PropEncryption, "sse-kms")
	case attribute(v.Attributes, "SqsManagedSseEnabled") == "true":
		n.Set(schema.PropEncryption, "sse-sqs")
	default:
		n.Set(schema.PropEncryption, "none")
	}
	m.AddStore(ingest.DataStore{ID: arn, EncryptionKnown: true})
	m.encryptedBy(d, arn, key, "", d.Region)
	return nil
}

// attribute is one of the values that SQS and SNS give as strings.
func attribute(attributes map[string]json.RawMessage, name string) string {
	var s string
	if json.Unmarshal(attributes[name], &s) == nil {
		return s
	}
	return strings.TrimSpace(string(attributes[name]))
}

// store adds a data store to the graph, the permission engine's inventory and
// the list of stores.
func (m *Mapping) store(d ingest.Document, arn string, kind schema.NodeKind, awsType, name string, r iamaws.Resource) graph.NodeRef {
	d = in(d, arn)
	r.ARN, r.Account, r.Type, r.Source = arn, d.Account, awsType, source(d)
	m.AWSPermissions.AddResource(r)
	m.AddStore(ingest.DataStore{ID: arn, Kind: kind, Account: d.Account, Region: d.Region, Evidence: evidence(d, arn, name+" of account "+d.Account)})
	return m.resource(d, arn, kind, awsType, name)
}

func mapQueueTags(m *Mapping, d ingest.Document) error {
	var v struct{ Tags map[string]string }
	if err := decode(d, &v); err != nil {
		return err
	}
	arn := m.queueARN(d, d.Parameter())
	if d.Parameter() == "" || arn == "" {
		return needsParameter(d, "the queue's URL")
	}
	tags := tagsOf(v.Tags)
	n := m.store(d, arn, schema.Queue, typeQueue, lastPart(arn), iamaws.Resource{Tags: tagEvidence(tags)})
	m.tagged(d, n, schema.Queue, tags)
	return nil
}

// tagsOf turns tags that are a map into the usual list.
func tagsOf(by map[string]string) []tag {
	out := []tag{}
	for _, k := range sortedKeys(by) {
		out = append(out, tag{k, by[k]})
	}
	return out
}

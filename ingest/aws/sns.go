package aws

import (
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// snsService reads topics and their policies.
var snsService = Service{
	Name:   "sns",
	Client: func(c aws.Config) any { return sns.NewFromConfig(c) },
	Calls: []Call{
		List("ListTopics", (*sns.Client).ListTopics, nil),
		Each("GetTopicAttributes", (*sns.Client).GetTopicAttributes, "ListTopics", "Topics.TopicArn",
			func(in *sns.GetTopicAttributesInput, p []string) { in.TopicArn = last(p) }),
	},
	Facts: map[string]Mapper{
		"ListTopics":         mapListTopics,
		"GetTopicAttributes": mapTopicAttributes,
	},
}

func mapListTopics(m *Mapping, d ingest.Document) error {
	var v struct{ Topics *[]struct{ TopicArn string } }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Topics == nil {
		return absent(m, d, "Topics")
	}
	for _, t := range *v.Topics {
		if _, ok := schema.ParseARN(t.TopicArn); ok {
			m.store(d, t.TopicArn, schema.Queue, typeTopic, lastPart(t.TopicArn), iamaws.Resource{})
		}
	}
	m.AWSPermissions.MarkListed(d.Account, typeTopic)
	return nil
}

func mapTopicAttributes(m *Mapping, d ingest.Document) error {
	var v struct{ Attributes map[string]json.RawMessage }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Attributes == nil {
		return absent(m, d, "Attributes")
	}
	arn := attribute(v.Attributes, "TopicArn")
	if arn == "" {
		arn = d.Parameter()
	}
	if _, ok := schema.ParseARN(arn); !ok {
		return needsParameter(d, "the topic's ARN")
	}
	n := m.store(d, arn, schema.Queue, typeTopic, lastPart(arn), iamaws.Resource{Policy: m.policy(d, arn, arn, v.Attributes["Policy"])})
	key, encryption := attribute(v.Attributes, "KmsMasterKeyId"), "none"
	if key != "" {
		encryption = "sse-kms"
	}
	n.Set(schema.PropEncryption, encryption)
	m.AddStore(ingest.DataStore{ID: arn, EncryptionKnown: true})
	m.encryptedBy(d, arn, key, "", d.Region)
	return nil
}

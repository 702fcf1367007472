package aws

import (
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// secretsmanagerService reads secrets' names, keys and policies, never a value.
var secretsmanagerService = Service{
	Name:   "secretsmanager",
	Client: func(c aws.Config) any { return secretsmanager.NewFromConfig(c) },
	Calls: []Call{
		List("ListSecrets", (*secretsmanager.Client).ListSecrets, nil),
		Each("GetResourcePolicy", (*secretsmanager.Client).GetResourcePolicy, "ListSecrets", "SecretList.ARN",
			func(in *secretsmanager.GetResourcePolicyInput, p []string) { in.SecretId = last(p) }),
	},
	Facts: map[string]Mapper{
		"ListSecrets":       mapListSecrets,
		"DescribeSecret":    mapDescribeSecret,
		"GetResourcePolicy": mapSecretPolicy,
	},
}

type secretAnswer struct {
	ARN, Name, KmsKeyID string
	Tags                *[]tag
	CreatedDate         stamp
}

// secret adds a secret. Without a key of its own it is encrypted under the
// AWS-managed key, which lets the account's principals through.
func (m *Mapping) secret(d ingest.Document, s secretAnswer) {
	if _, ok := schema.ParseARN(s.ARN); !ok {
		m.gap(d, graph.GapNotUnderstood, "", "a secret has no ARN: "+quote(s.ARN))
		return
	}
	d = in(d, s.ARN)
	r := iamaws.Resource{ARN: s.ARN, Account: d.Account, Type: typeSecret, Source: source(d), Secret: &iamaws.SecretFacts{KeyID: iamaws.NoneOf[string]()}}
	if s.KmsKeyID != "" {
		r.Secret.KeyID = iamaws.Of(s.KmsKeyID)
	}
	n := m.resource(d, s.ARN, schema.SecretValue, typeSecret, s.Name).Set(schema.PropCreated, string(s.CreatedDate))
	if s.Tags != nil {
		r.Tags = tagEvidence(*s.Tags)
		n.Set(schema.PropTags, tagList(*s.Tags))
	}
	m.AWSPermissions.AddResource(r)
	m.encryptedBy(d, s.ARN, s.KmsKeyID, "alias/aws/secretsmanager", d.Region)
}

func mapListSecrets(m *Mapping, d ingest.Document) error {
	var v struct{ SecretList *[]json.RawMessage }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.SecretList == nil {
		return absent(m, d, "SecretList")
	}
	each(m, d, *v.SecretList, func(s secretAnswer) {
		if s.Tags == nil {
			s.Tags = &[]tag{} // ListSecrets leaves out empty tags
		}
		m.secret(d, s)
	})
	m.AWSPermissions.MarkListed(d.Account, typeSecret)
	return nil
}

func mapDescribeSecret(m *Mapping, d ingest.Document) error {
	var s secretAnswer
	if err := decode(d, &s); err != nil {
		return err
	}
	if s.Tags == nil {
		s.Tags = &[]tag{}
	}
	m.secret(d, s)
	return nil
}

// mapSecretPolicy reads an answer that names its secret; the file's name does it
// when the call was stored without its ARN.
func mapSecretPolicy(m *Mapping, d ingest.Document) error {
	var v struct {
		ARN            string
		ResourcePolicy json.RawMessage
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	add := func(arn string) {
		m.AWSPermissions.AddResource(iamaws.Resource{ARN: arn, Account: accountOf(arn), Type: typeSecret, Policy: m.policy(d, arn, arn, v.ResourcePolicy)})
		m.Graph.Refer(arn, schema.SecretValue)
	}
	if v.ARN == "" {
		v.ARN = d.Parameter()
	}
	if v.ARN == "" {
		return needsParameter(d, "the secret's ARN")
	}
	if _, ok := schema.ParseARN(v.ARN); ok {
		add(v.ARN)
		return nil
	}
	// A name: the ARN has a random suffix, so the list of secrets is needed.
	m.Later(func() {
		for _, id := range m.Graph.NodeIDs(schema.SecretValue) {
			if n := m.Graph.Refer(id, schema.SecretValue); n.Get(schema.PropName) == v.ARN && n.Get(schema.PropEnvironment) == d.Account {
				add(id)
				return
			}
		}
		m.gap(d, graph.GapNotUnderstood, "", "the policy of secret "+quote(v.ARN)+", whose ARN no document gives")
	})
	return nil
}

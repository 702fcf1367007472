package aws

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

const typeKey = "AWS::KMS::Key"

// kmsService reads keys, their policies and their grants.
var kmsService = Service{
	Name:   "kms",
	Client: func(c aws.Config) any { return kms.NewFromConfig(c) },
	Calls: []Call{
		List("ListKeys", (*kms.Client).ListKeys, nil),
		List("ListAliases", (*kms.Client).ListAliases, nil),
		Each("DescribeKey", (*kms.Client).DescribeKey, "ListKeys", "Keys.KeyId",
			func(in *kms.DescribeKeyInput, p []string) { in.KeyId = &p[0] }),
		Each("GetKeyPolicy", (*kms.Client).GetKeyPolicy, "ListKeys", "Keys.KeyId",
			func(in *kms.GetKeyPolicyInput, p []string) {
				in.KeyId, in.PolicyName = &p[0], aws.String("default") // the only name there is
			}),
		Each("ListGrants", (*kms.Client).ListGrants, "ListKeys", "Keys.KeyId",
			func(in *kms.ListGrantsInput, p []string) { in.KeyId = &p[0] }),
		Each("ListResourceTags", (*kms.Client).ListResourceTags, "ListKeys", "Keys.KeyId",
			func(in *kms.ListResourceTagsInput, p []string) { in.KeyId = &p[0] }),
	},
	Facts: map[string]Mapper{
		"ListKeys":         mapListKeys,
		"ListAliases":      mapListAliases,
		"DescribeKey":      mapDescribeKey,
		"GetKeyPolicy":     mapKeyPolicy,
		"ListGrants":       mapListGrants,
		"ListResourceTags": mapKeyTags,
	},
}

func mapListKeys(m *Mapping, d ingest.Document) error {
	var v struct {
		Keys *[]struct{ KeyID, KeyArn string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Keys == nil {
		return absent(m, d, "Keys")
	}
	for _, k := range *v.Keys {
		m.key(d, k.KeyArn, iamaws.Resource{})
	}
	m.AWSPermissions.MarkListed(d.Account, typeKey)
	return nil
}

func (m *Mapping) key(d ingest.Document, arn string, r iamaws.Resource) graph.NodeRef {
	a, ok := schema.ParseARN(arn)
	if !ok {
		m.gap(d, graph.GapNotUnderstood, "", "a key has no ARN: "+quote(arn))
		return m.Graph.Refer(schema.AWSAccountID(m.Partition, d.Account), schema.Account)
	}
	r.ARN, r.Account, r.Type, r.Source = arn, a.Account, typeKey, source(d)
	m.AWSPermissions.AddResource(r)
	d.Account, d.Region = a.Account, a.Region
	return m.resource(d, arn, schema.EncryptionKey, typeKey, "")
}

// keyParameter is the ARN of the key that a call was made for. An alias as
// parameter is resolved when all documents are mapped, so do runs then.
func (m *Mapping) keyParameter(d ingest.Document, arn string, do func(arn string)) error {
	if arn != "" {
		do(arn)
		return nil
	}
	key := d.Parameter()
	if key == "" && len(d.Parameters) == 0 {
		return needsParameter(d, "the key's id")
	}
	if strings.Contains(key, "alias/") {
		m.Later(func() {
			if arn := m.keyARN(key, d.Account, d.Region); !strings.Contains(arn, ":alias/") {
				do(arn)
				return
			}
			m.gap(d, graph.GapNotUnderstood, "", "about alias "+quote(key)+", whose key no document names")
		})
		return nil
	}
	do(m.keyARN(key, d.Account, d.Region))
	return nil
}

// mapListAliases names keys. An alias without a target is one of AWS's own that
// was never used in the account: it has no key yet.
func mapListAliases(m *Mapping, d ingest.Document) error {
	var v struct {
		Aliases *[]struct{ AliasName, AliasArn, TargetKeyID string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Aliases == nil {
		return absent(m, d, "Aliases")
	}
	index := ingest.Memory[keyAliases](m.Facts)
	if index.keys == nil {
		index.keys = map[string]string{}
	}
	names := map[string][]string{}
	for _, a := range *v.Aliases {
		arn, ok := schema.ParseARN(a.AliasArn)
		if !ok || a.TargetKeyID == "" {
			continue
		}
		key := schema.ResourceARN(arn.Partition, "kms", arn.Region, arn.Account, "key/"+a.TargetKeyID)
		index.keys[a.AliasArn] = key
		names[key] = append(names[key], a.AliasName)
	}
	for _, key := range sortedKeys(names) {
		list := sortedUnion(names[key], nil)
		n := m.Graph.Refer(key, schema.EncryptionKey)
		n.Set(schema.PropName, list[0])
		facts := &iamaws.KMSFacts{Aliases: iamaws.Of(list)}
		if strings.HasPrefix(list[0], "alias/aws/") {
			// Names under alias/aws/ are reserved for AWS-managed keys.
			facts.Manager = iamaws.Of("AWS")
		}
		m.AWSPermissions.AddResource(iamaws.Resource{ARN: key, Account: accountOf(key), Type: typeKey, KMS: facts})
	}
	return nil
}

func mapDescribeKey(m *Mapping, d ingest.Document) error {
	var v struct {
		KeyMetadata *struct{ Arn, KeyState, KeyManager string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.KeyMetadata == nil {
		return absent(m, d, "KeyMetadata")
	}
	facts := &iamaws.KMSFacts{}
	if v.KeyMetadata.KeyState != "" {
		facts.State = iamaws.Of(v.KeyMetadata.KeyState)
	}
	if v.KeyMetadata.KeyManager != "" {
		facts.Manager = iamaws.Of(v.KeyMetadata.KeyManager)
	}
	m.key(d, v.KeyMetadata.Arn, iamaws.Resource{KMS: facts}).Set(schema.PropStatus, v.KeyMetadata.KeyState)
	return nil
}

func mapKeyPolicy(m *Mapping, d ingest.Document) error {
	var v struct{ Policy json.RawMessage }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Policy == nil {
		return absent(m, d, "Policy") // every key has a policy
	}
	// The policy's name, "default", may stand after the key.
	if n := len(d.Parameters); n > 1 && d.Parameters[n-1] == "default" {
		d.Parameters = d.Parameters[:n-1]
	}
	return m.keyParameter(d, "", func(arn string) {
		m.key(d, arn, iamaws.Resource{Policy: m.policy(d, arn, arn, v.Policy)})
	})
}

func mapListGrants(m *Mapping, d ingest.Document) error {
	var v struct {
		Grants *[]struct {
			KeyID, GrantID, Name, GranteePrincipal string
			Operations                             []string
			Constraints                            struct{ EncryptionContextEquals, EncryptionContextSubset map[string]string }
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Grants == nil {
		return absent(m, d, "Grants")
	}
	grants, arn := []iamaws.KMSGrant{}, ""
	for _, g := range *v.Grants {
		if _, ok := schema.ParseARN(g.KeyID); ok {
			arn = g.KeyID
		}
		grants = append(grants, iamaws.KMSGrant{ID: g.GrantID, Name: g.Name, Grantee: g.GranteePrincipal, Operations: g.Operations,
			EncryptionContextEquals: g.Constraints.EncryptionContextEquals, EncryptionContextSubset: g.Constraints.EncryptionContextSubset})
	}
	return m.keyParameter(d, arn, func(arn string) {
		m.key(d, arn, iamaws.Resource{KMS: &iamaws.KMSFacts{Grants: iamaws.Of(grants)}})
	})
}

func mapKeyTags(m *Mapping, d ingest.Document) error {
	var v struct {
		Tags *[]struct{ TagKey, TagValue string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Tags == nil {
		return absent(m, d, "Tags")
	}
	tags := []tag{}
	for _, t := range *v.Tags {
		tags = append(tags, tag{t.TagKey, t.TagValue})
	}
	return m.keyParameter(d, "", func(arn string) {
		m.key(d, arn, iamaws.Resource{Tags: tagEvidence(tags)}).Set(schema.PropTags, tagList(tags))
	})
}

package aws

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/opensearchserverless"
	"github.com/aws/aws-sdk-go-v2/service/opensearchserverless/types"

	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

const typeCollection = "AWS::OpenSearchServerless::Collection"

// aossClient is the client that the generic calls are made with: lists of
// policies must say of which type, so a list is two calls.
type aossClient struct{ *opensearchserverless.Client }

func (c *aossClient) securityPolicies(ctx context.Context, in *opensearchserverless.ListSecurityPoliciesInput, o ...func(*opensearchserverless.Options)) (*opensearchserverless.ListSecurityPoliciesOutput, error) {
	in.Type = types.SecurityPolicyTypeNetwork
	return c.ListSecurityPolicies(ctx, in, o...)
}

func (c *aossClient) securityPolicy(ctx context.Context, in *opensearchserverless.GetSecurityPolicyInput, o ...func(*opensearchserverless.Options)) (*opensearchserverless.GetSecurityPolicyOutput, error) {
	in.Type = types.SecurityPolicyTypeNetwork
	return c.GetSecurityPolicy(ctx, in, o...)
}

// opensearchserverlessService reads collections, which hold most of Bedrock's
// vector indexes, and the policies that decide who reads them: data access
// policies beside IAM's aoss:APIAccessAll, and network policies.
var opensearchserverlessService = Service{
	Name: "opensearchserverless", Prefix: "aoss", LowerCamel: true,
	Client: func(c aws.Config) any { return &aossClient{opensearchserverless.NewFromConfig(c)} },
	Calls: []Call{
		List("ListCollections", func(c *aossClient, ctx context.Context, in *opensearchserverless.ListCollectionsInput, o ...func(*opensearchserverless.Options)) (*opensearchserverless.ListCollectionsOutput, error) {
			return c.ListCollections(ctx, in, o...)
		}, nil),
		Each("BatchGetCollection", func(c *aossClient, ctx context.Context, in *opensearchserverless.BatchGetCollectionInput, o ...func(*opensearchserverless.Options)) (*opensearchserverless.BatchGetCollectionOutput, error) {
			return c.BatchGetCollection(ctx, in, o...)
		}, "ListCollections", "CollectionSummaries.Id",
			func(in *opensearchserverless.BatchGetCollectionInput, p []string) { in.Ids = []string{*last(p)} }),
		List("ListAccessPolicies", func(c *aossClient, ctx context.Context, in *opensearchserverless.ListAccessPoliciesInput, o ...func(*opensearchserverless.Options)) (*opensearchserverless.ListAccessPoliciesOutput, error) {
			return c.ListAccessPolicies(ctx, in, o...)
		}, func(in *opensearchserverless.ListAccessPoliciesInput) { in.Type = types.AccessPolicyTypeData }),
		Each("GetAccessPolicy", func(c *aossClient, ctx context.Context, in *opensearchserverless.GetAccessPolicyInput, o ...func(*opensearchserverless.Options)) (*opensearchserverless.GetAccessPolicyOutput, error) {
			return c.GetAccessPolicy(ctx, in, o...)
		}, "ListAccessPolicies", "AccessPolicySummaries.Name",
			func(in *opensearchserverless.GetAccessPolicyInput, p []string) {
				in.Name, in.Type = last(p), types.AccessPolicyTypeData
			}),
		List("ListSecurityPolicies", (*aossClient).securityPolicies, nil),
		Each("GetSecurityPolicy", (*aossClient).securityPolicy, "ListSecurityPolicies", "SecurityPolicySummaries.Name",
			func(in *opensearchserverless.GetSecurityPolicyInput, p []string) { in.Name = last(p) }),
	},
	Facts: map[string]Mapper{
		"ListCollections":      mapCollections,
		"BatchGetCollection":   mapCollections,
		"ListAccessPolicies":   mapListAccessPolicies,
		"GetAccessPolicy":      mapAccessPolicy,
		"ListSecurityPolicies": mapListSecurityPolicies,
		"GetSecurityPolicy":    mapSecurityPolicy,
		"ListVpcEndpoints":     names, // network policies name them, EC2 shows where they are
	},
}

type collectionAnswer struct {
	Arn, Name, Status, Type, KmsKeyArn, CollectionEndpoint string
}

// collections are those of the run with the policies that may concern them,
// which name collections by pattern.
type collections struct {
	found     map[string]collectionAnswer // by ARN
	access    map[string][]accessPolicy   // by account and region
	network   map[string][]networkPolicy
	listed    map[string]bool // account and region whose access policies were listed
	scheduled bool
}

type accessPolicy struct {
	Name       string
	Statements []aossStatement
	from       ingest.Document
}

type aossStatement struct {
	Rules []struct {
		ResourceType         string
		Resource, Permission []string
	}
	Principal       []string
	AllowFromPublic bool
	SourceVPCEs     []string
}

type networkPolicy struct{ statements []aossStatement }

func (m *Mapping) collections() *collections {
	c := ingest.Memory[collections](m.Facts)
	if c.found == nil {
		c.found, c.access, c.network, c.listed = map[string]collectionAnswer{}, map[string][]accessPolicy{}, map[string][]networkPolicy{}, map[string]bool{}
	}
	if !c.scheduled {
		c.scheduled = true
		m.Later(func() { m.finishCollections(c) })
	}
	return c
}

func mapCollections(m *Mapping, d ingest.Document) error {
	var v struct{ CollectionSummaries, CollectionDetails *[]json.RawMessage }
	if err := decode(d, &v); err != nil {
		return err
	}
	list := v.CollectionSummaries
	if list == nil {
		list = v.CollectionDetails
	} else {
		m.AWSPermissions.MarkListed(d.Account, typeCollection)
	}
	if list == nil {
		return absent(m, d, "collectionSummaries")
	}
	each(m, d, *list, func(c collectionAnswer) {
		if _, ok := schema.ParseARN(c.Arn); !ok {
			m.incomplete(d, "a collection has no ARN: "+quote(c.Name))
			return
		}
		// Only the description tells the type; most collections are vector
		// stores.
		kind := schema.VectorIndex
		if c.Type == "SEARCH" || c.Type == "TIMESERIES" {
			kind = schema.Database
		}
		m.store(d, c.Arn, kind, typeCollection, c.Name, iamaws.Resource{}).Set(schema.PropStatus, c.Status).Set(schema.PropDomain, c.CollectionEndpoint)
		if c.KmsKeyArn != "" {
			m.AddStore(ingest.DataStore{ID: c.Arn, EncryptionKnown: true})
			if c.KmsKeyArn != "auto" { // "auto" is a key that the service owns
				m.encryptedBy(d, c.Arn, c.KmsKeyArn, "", in(d, c.Arn).Region)
			}
		}
		m.collections().found[c.Arn] = c
	})
	return nil
}

// mapListAccessPolicies notes that the list is complete: what no policy of it
// grants is granted by none.
func mapListAccessPolicies(m *Mapping, d ingest.Document) error {
	var v struct {
		AccessPolicySummaries *[]struct{ Name string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.AccessPolicySummaries == nil {
		return absent(m, d, "accessPolicySummaries")
	}
	m.collections().listed[d.Account+" "+d.Region] = true
	return nil
}

func mapListSecurityPolicies(m *Mapping, d ingest.Document) error {
	var v struct {
		SecurityPolicySummaries *[]struct{ Name string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.SecurityPolicySummaries == nil {
		return absent(m, d, "securityPolicySummaries")
	}
	return nil
}

// aossPolicy reads a policy that is an object, a list, or text that holds one.
func aossPolicy(raw json.RawMessage) ([]aossStatement, bool) {
	text, ok := policyText(raw)
	if !ok {
		return nil, false
	}
	var many []aossStatement
	if json.Unmarshal(text, &many) == nil {
		return many, true
	}
	var one aossStatement
	if json.Unmarshal(text, &one) == nil {
		return []aossStatement{one}, true
	}
	return nil, false
}

func mapAccessPolicy(m *Mapping, d ingest.Document) error {
	var v struct {
		AccessPolicyDetail *struct {
			Name   string
			Policy json.RawMessage
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.AccessPolicyDetail == nil {
		return absent(m, d, "accessPolicyDetail")
	}
	statements, ok := aossPolicy(v.AccessPolicyDetail.Policy)
	if !ok {
		m.incomplete(d, "access policy "+v.AccessPolicyDetail.Name+" cannot be read")
		return nil
	}
	c, at := m.collections(), d.Account+" "+d.Region
	c.access[at] = append(c.access[at], accessPolicy{v.AccessPolicyDetail.Name, statements, d})
	return nil
}

func mapSecurityPolicy(m *Mapping, d ingest.Document) error {
	var v struct {
		SecurityPolicyDetail *struct {
			Name, Type string
			Policy     json.RawMessage
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.SecurityPolicyDetail == nil {
		return absent(m, d, "securityPolicyDetail")
	}
	if v.SecurityPolicyDetail.Type == "encryption" {
		return nil // the key stands at the collection
	}
	statements, ok := aossPolicy(v.SecurityPolicyDetail.Policy)
	if !ok {
		m.incomplete(d, "network policy "+v.SecurityPolicyDetail.Name+" cannot be read")
		return nil
	}
	c, at := m.collections(), d.Account+" "+d.Region
	c.network[at] = append(c.network[at], networkPolicy{statements})
	return nil
}

// finishCollections gives each collection the policies whose patterns name it.
func (m *Mapping) finishCollections(c *collections) {
	for _, arn := range sortedKeys(c.found) {
		a, _ := schema.ParseARN(arn)
		at := a.Account + " " + a.Region
		m.collectionAccess(arn, c.found[arn].Name, c.access[at], c.listed[at])
		m.collectionNetwork(arn, c.found[arn], c.network[at])
	}
}

// collectionAccess says a collection's data access policies as a resource
// policy: the principals they list may do what they list. IAM's own condition,
// aoss:APIAccessAll for the principal, is an action of its own.
// Source: OpenSearch Service developer guide, "Data access control for Amazon
// OpenSearch Serverless", read 2026-11.
func (m *Mapping) collectionAccess(arn, name string, policies []accessPolicy, listed bool) {
	var statements []map[string]any
	var from ingest.Document
	for _, p := range policies {
		for _, s := range p.Statements {
			var actions []string
			for _, r := range s.Rules {
				if matchesAny(r.Resource, name) {
					actions = append(actions, r.Permission...)
				}
			}
			who := slices.DeleteFunc(sorted(s.Principal), func(p string) bool { return !strings.HasPrefix(p, "arn:") })
			if len(actions) == 0 || len(who) == 0 {
				continue
			}
			from = p.from
			statements = append(statements, map[string]any{"Sid": p.Name, "Effect": "Allow", "Principal": map[string]any{"AWS": who}, "Action": sorted(actions), "Resource": "*"})
		}
	}
	policy := iamaws.Evidence[iamaws.Document]{}
	switch {
	case len(statements) > 0:
		policy = statedPolicy(from, arn+" (data access policies)", statements)
	case listed:
		policy = iamaws.NoneOf[iamaws.Document]()
	}
	m.AWSPermissions.AddResource(iamaws.Resource{ARN: arn, Account: accountOf(arn), Type: typeCollection, Policy: policy})
}

// matchesAny reports whether a pattern such as collection/logs* or
// index/logs*/vectors names the collection.
func matchesAny(patterns []string, name string) bool {
	for _, p := range patterns {
		parts := strings.Split(p, "/")
		if len(parts) < 2 {
			continue
		}
		prefix, wild := strings.CutSuffix(parts[1], "*")
		if parts[1] == name || wild && strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func (m *Mapping) collectionNetwork(arn string, c collectionAnswer, policies []networkPolicy) {
	a, _ := schema.ParseARN(arn)
	d := ingest.Document{Provider: "aws", Account: a.Account, Region: a.Region, Service: "opensearchserverless", Operation: "GetSecurityPolicy"}
	door := m.door(d, arn, "opensearch-serverless", c.Name)
	door.Domain, door.Auth = strings.TrimPrefix(c.CollectionEndpoint, "https://"), netaws.AuthIAM
	var endpoints []string
	for _, p := range policies {
		for _, s := range p.statements {
			for _, r := range s.Rules {
				if r.ResourceType == "dashboard" || !matchesAny(r.Resource, c.Name) {
					continue
				}
				endpoints = append(endpoints, s.SourceVPCEs...)
				if s.AllowFromPublic {
					door.Public = netaws.TriYes
				} else if door.Public == netaws.TriUnknown {
					door.Public = netaws.TriNo
				}
			}
		}
	}
	if len(endpoints) > 0 {
		door.Endpoints = netaws.Known(sorted(endpoints)...)
	}
}

package aws

import (
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/opensearch"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

const typeDomain = "AWS::OpenSearchService::Domain"

// opensearchService reads OpenSearch domains and their access policies.
var opensearchService = Service{
	Name: "opensearch", Prefix: "es",
	Client: func(c aws.Config) any { return opensearch.NewFromConfig(c) },
	Calls: []Call{
		List("ListDomainNames", (*opensearch.Client).ListDomainNames, nil),
		Each("DescribeDomain", (*opensearch.Client).DescribeDomain, "ListDomainNames", "DomainNames.DomainName",
			func(in *opensearch.DescribeDomainInput, p []string) { in.DomainName = last(p) }),
	},
	Facts: map[string]Mapper{
		"ListDomainNames": mapListDomainNames,
		"DescribeDomain":  mapDescribeDomains,
		"DescribeDomains": mapDescribeDomains,
	},
}

// esService is the older API to the same domains, which others' files use.
var esService = Service{
	Name: "es",
	Facts: map[string]Mapper{
		"ListDomainNames":              mapListDomainNames,
		"DescribeElasticsearchDomain":  mapDescribeDomains,
		"DescribeElasticsearchDomains": mapDescribeDomains,
		"DescribeDomain":               mapDescribeDomains, // the newer names under the older service
		"DescribeDomains":              mapDescribeDomains,
	},
}

func mapListDomainNames(m *Mapping, d ingest.Document) error {
	var v struct {
		DomainNames *[]struct{ DomainName string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.DomainNames == nil {
		return absent(m, d, "DomainNames")
	}
	for _, n := range *v.DomainNames {
		m.store(d, m.arnOf(d, "es", "domain/", n.DomainName), schema.Database, typeDomain, n.DomainName, iamaws.Resource{})
	}
	m.AWSPermissions.MarkListed(d.Account, typeDomain)
	return nil
}

type domainAnswer struct {
	ARN, DomainName, Endpoint, EngineVersion, ElasticsearchVersion string
	Endpoints                                                      map[string]string
	AccessPolicies                                                 json.RawMessage
	EncryptionAtRestOptions                                        *struct {
		Enabled  bool
		KmsKeyID string
	}
	VPCOptions *struct {
		VPCID                       string
		SubnetIDs, SecurityGroupIDs []string
	}
	AdvancedSecurityOptions struct{ Enabled bool }
	DomainEndpointOptions   struct{ EnforceHTTPS bool }
	Deleted                 bool
}

func mapDescribeDomains(m *Mapping, d ingest.Document) error {
	var v struct {
		DomainStatus     json.RawMessage
		DomainStatusList []json.RawMessage
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.DomainStatus != nil {
		v.DomainStatusList = append(v.DomainStatusList, v.DomainStatus)
	}
	if v.DomainStatusList == nil {
		return absent(m, d, "DomainStatus")
	}
	each(m, d, v.DomainStatusList, func(a domainAnswer) { m.domain(d, a) })
	return nil
}

func (m *Mapping) domain(d ingest.Document, a domainAnswer) {
	if _, ok := schema.ParseARN(a.ARN); !ok {
		m.gap(d, graph.GapNotUnderstood, "", "a domain has no ARN: "+quote(a.DomainName))
		return
	}
	d = in(d, a.ARN)
	n := m.store(d, a.ARN, schema.Database, typeDomain, a.DomainName, iamaws.Resource{Policy: m.policy(d, a.ARN, a.ARN, a.AccessPolicies)})
	n.Set(schema.PropRuntime, a.EngineVersion+a.ElasticsearchVersion)
	host := a.Endpoint
	if host == "" {
		host = a.Endpoints["vpc"]
	}
	n.Set(schema.PropDomain, host)
	if e := a.EncryptionAtRestOptions; e != nil {
		word := "none"
		if e.Enabled {
			word = "sse-kms"
			m.encryptedBy(d, a.ARN, e.KmsKeyID, "alias/aws/es", d.Region)
		}
		n.Set(schema.PropEncryption, word)
		m.AddStore(ingest.DataStore{ID: a.ARN, EncryptionKnown: true})
	}
	if a.VPCOptions != nil && len(a.VPCOptions.SubnetIDs) > 0 {
		// Ports: Amazon OpenSearch Service Developer Guide, "Troubleshooting": "only
		// accepts connections over port 80 (HTTP) or 443 (HTTPS)", read 2026-11.
		ports := []string{"tcp/443"}
		if !a.DomainEndpointOptions.EnforceHTTPS {
			ports = append(ports, "tcp/80")
		}
		m.placed(d, a.ARN, netaws.Placement{ID: a.DomainName, Kind: "opensearch", VPC: a.VPCOptions.VPCID, Subnets: sorted(a.VPCOptions.SubnetIDs),
			Groups: sorted(a.VPCOptions.SecurityGroupIDs), Each: true, Accepts: netaws.TriYes, Ports: ports, Public: netaws.TriNo})
		return
	}
	door := m.door(d, a.ARN, "opensearch", a.DomainName)
	door.Domain, door.Public, door.Auth = host, netaws.TriYes, netaws.AuthIAM
	if a.AdvancedSecurityOptions.Enabled {
		door.Gate = "fine-grained access control: callers that the access policy lets in still need a role of the domain"
	}
}

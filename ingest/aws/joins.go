package aws

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// joins is what the mappers remember between the documents of a run.
type joins struct {
	index map[any]map[string]int // list of the network inventory, native id, position
	ec2   map[string]string      // EC2 id, ARN with its true owner

	profiles map[string][]string // instance profile ARN, role ARNs; made when first needed

	studio studioJoins
	models modelJoins
}

func (m *Mapping) joins() *joins { return ingest.Memory[joins](m.Facts) }

// at returns the item of a list of the network inventory with this native id,
// and adds one when there is none, so that what several documents say of one
// resource lands in one place. The pointer holds until the next call for the
// same list. It does not mark the list as collected: a resource that is only
// mentioned does not make a list complete.
func at[T any](m *Mapping, list *netaws.List[T], id string) *T {
	j := m.joins()
	if j.index == nil {
		j.index = map[any]map[string]int{}
	}
	byID := j.index[list]
	if byID == nil {
		byID = map[string]int{}
		j.index[list] = byID
	}
	i, ok := byID[id]
	if !ok {
		i = len(list.Items)
		byID[id] = i
		var zero T
		list.Items = append(list.Items, zero)
	}
	return &list.Items[i]
}

// network is the inventory of the account and region a document is about.
func (m *Mapping) network(d ingest.Document) *netaws.Region {
	return m.AWSNetwork.At(d.Account, d.Region)
}

// meta is what the network engine is told of a resource beside its native id.
func meta(d ingest.Document, arn, name string) netaws.Meta {
	return netaws.Meta{ARN: arn, Account: d.Account, Region: d.Region, Name: name, Doc: evidence(d, "", "").Document}
}

// in returns d as a document of the account and region that an ARN names: of a
// resource that another account owns, and of answers kept in no region's folder.
func in(d ingest.Document, arn string) ingest.Document {
	a, ok := schema.ParseARN(arn)
	if !ok {
		return d
	}
	if schema.IsAccountID(a.Account) {
		d.Account = a.Account
	}
	d.Region = cmp.Or(a.Region, d.Region)
	return d
}

// incomplete records that an answer holds something without its id, which
// therefore is not mapped.
func (m *Mapping) incomplete(d ingest.Document, what string) {
	m.gap(d, graph.GapNotUnderstood, "", what)
}

// arnOf gives the ARN of a resource that a document names by ARN or by bare id.
func (m *Mapping) arnOf(d ingest.Document, service, typeAndSeparator, id string) string {
	if id == "" || strings.HasPrefix(id, "arn:") {
		return id
	}
	return schema.ResourceARN(m.Partition, service, d.Region, d.Account, typeAndSeparator+id)
}

// parameterARN is arnOf for what the call was made for.
func (m *Mapping) parameterARN(d ingest.Document, service, typeAndSeparator string) string {
	return m.arnOf(d, service, typeAndSeparator, d.Parameter())
}

// ec2Kind is the resource type in EC2 ARNs and the node kind of a sort of EC2
// object.
type ec2Kind struct {
	arnType string
	kind    schema.NodeKind
	awsType string
}

// What EC2 objects are in the graph. ARN forms: Service Authorization Reference,
// "Actions, resources, and condition keys for Amazon EC2", resource types.
var (
	ec2VPC        = ec2Kind{"vpc", schema.VirtualNetwork, "AWS::EC2::VPC"}
	ec2Subnet     = ec2Kind{"subnet", schema.Subnet, "AWS::EC2::Subnet"}
	ec2RouteTable = ec2Kind{"route-table", schema.RouteTable, "AWS::EC2::RouteTable"}
	ec2ACL        = ec2Kind{"network-acl", schema.NetworkACL, "AWS::EC2::NetworkAcl"}
	ec2Group      = ec2Kind{"security-group", schema.SecurityGroup, "AWS::EC2::SecurityGroup"}
	ec2IGW        = ec2Kind{"internet-gateway", schema.Gateway, "AWS::EC2::InternetGateway"}
	ec2EIGW       = ec2Kind{"egress-only-internet-gateway", schema.Gateway, "AWS::EC2::EgressOnlyInternetGateway"}
	ec2CAGW       = ec2Kind{"carrier-gateway", schema.Gateway, "AWS::EC2::CarrierGateway"}
	ec2NAT        = ec2Kind{"natgateway", schema.Gateway, "AWS::EC2::NatGateway"}
	ec2VGW        = ec2Kind{"vpn-gateway", schema.Gateway, "AWS::EC2::VPNGateway"}
	ec2CGW        = ec2Kind{"customer-gateway", schema.Gateway, "AWS::EC2::CustomerGateway"}
	ec2VPN        = ec2Kind{"vpn-connection", schema.Gateway, "AWS::EC2::VPNConnection"}
	ec2Peering    = ec2Kind{"vpc-peering-connection", schema.Gateway, "AWS::EC2::VPCPeeringConnection"}
	ec2TGW        = ec2Kind{"transit-gateway", schema.Gateway, "AWS::EC2::TransitGateway"}
	ec2TGWAttach  = ec2Kind{"transit-gateway-attachment", schema.Gateway, "AWS::EC2::TransitGatewayAttachment"}
	ec2TGWTable   = ec2Kind{"transit-gateway-route-table", schema.RouteTable, "AWS::EC2::TransitGatewayRouteTable"}
	ec2Endpoint   = ec2Kind{"vpc-endpoint", schema.PrivateEndpoint, "AWS::EC2::VPCEndpoint"}
	ec2Interface  = ec2Kind{"network-interface", schema.NetworkInterface, "AWS::EC2::NetworkInterface"}
	ec2Address    = ec2Kind{"elastic-ip", schema.PublicAddress, "AWS::EC2::EIP"}
	ec2Instance   = ec2Kind{"instance", schema.VirtualMachine, "AWS::EC2::Instance"}
)

// ec2Object adds the node of an EC2 object and returns it with what the network
// engine is told. EC2's describe calls always show tags; an object without any has
// no member for them.
//
// Source: Amazon EC2 API Reference, Instance, tagSet; AWS CLI's output of it, read
// 2026-11.
// owner is the account that owns it (a shared subnet is also
// shown to the accounts it is shared with); empty means the account asked.
func (m *Mapping) ec2Object(d ingest.Document, k ec2Kind, id, owner string, tags []tag) (graph.NodeRef, netaws.Meta) {
	if schema.IsAccountID(owner) {
		d.Account = owner
	}
	arn := schema.EC2ARN(m.Partition, d.Region, d.Account, k.arnType+"/"+id)
	j := m.joins()
	if j.ec2 == nil {
		j.ec2 = map[string]string{}
	}
	j.ec2[id] = arn
	name := cmp.Or(tagMap(tags)["Name"], id)
	n := m.resource(d, arn, k.kind, k.awsType, name).Set(schema.PropTags, tagList(tags))
	m.AWSPermissions.AddResource(iamaws.Resource{ARN: arn, Account: d.Account, Type: k.awsType, Policy: iamaws.NoneOf[iamaws.Document](), Tags: tagEvidence(tags), Source: source(d)})
	return n, meta(d, arn, name)
}

// joinEC2 adds a fact edge to an EC2 object that is known by its id alone. Who
// owns it, and so its ARN, may be told by a later document.
func (m *Mapping) joinEC2(d ingest.Document, from string, edge schema.EdgeKind, k ec2Kind, ids ...string) {
	d = in(d, from) // what is not described is taken to be of the account that owns the near end
	for _, id := range ids {
		if id == "" {
			continue
		}
		m.Later(func() { m.link(from, edge, m.ec2ARN(d, k, id), k.kind) })
	}
}

// ec2ARN is the ARN of an EC2 object by its id; the owner is the account asked
// when no document describes the object. Call it from Later.
func (m *Mapping) ec2ARN(d ingest.Document, k ec2Kind, id string) string {
	if arn := m.joins().ec2[id]; arn != "" {
		return arn
	}
	return schema.EC2ARN(m.Partition, d.Region, d.Account, k.arnType+"/"+id)
}

// rolesOfProfile gives the roles of an instance profile, sorted. Call it from
// Later, when IAM's documents are mapped.
func (m *Mapping) rolesOfProfile(arn string) []string {
	j := m.joins()
	if j.profiles == nil {
		j.profiles = map[string][]string{}
		for _, r := range m.AWSPermissions.Roles {
			for _, p := range r.InstanceProfiles.Value {
				j.profiles[p] = append(j.profiles[p], r.ARN)
			}
		}
		for p := range j.profiles {
			slices.Sort(j.profiles[p])
		}
	}
	return j.profiles[arn]
}

// encrypted records the keys of a resource, as the document writes them.
func (m *Mapping) encrypted(d ingest.Document, id string, keys ...string) {
	for _, key := range keys {
		m.encryptedBy(d, id, key, "", d.Region)
	}
}

// stamp is a time as the API or the CLI writes it, text or seconds since 1970;
// once read, RFC 3339 in UTC, or empty for what is no time.
type stamp string

// UnmarshalJSON never fails: a time that cannot be read is no reason to lose
// what stands beside it.
func (s *stamp) UnmarshalJSON(b []byte) error {
	*s = stamp(timestamp(strings.Trim(string(b), `"`)))
	return nil
}

// tri turns an optional boolean of an answer into the network engine's.
func tri(b *bool) netaws.Tri {
	if b == nil {
		return netaws.TriUnknown
	}
	return netaws.TriOf(*b)
}

func yesNo(b bool) string { return fmt.Sprint(b) }

// sorted returns the strings that are not empty, sorted and each once.
func sorted(l []string) []string {
	l = slices.DeleteFunc(slices.Clone(l), func(s string) bool { return s == "" })
	slices.Sort(l)
	return slices.Compact(l)
}

package aws

import (
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// named is an object with its state, as EC2 nests states.
type named struct{ State string }

// inForce reports whether an association or attachment with this state counts:
// those that are gone or going do not.
func inForce(state string) bool {
	switch state {
	case "disassociated", "disassociating", "failed", "failing", "detached", "detaching", "deleted", "deleting", "rejected":
		return false
	}
	return true
}

func mapVPCs(m *Mapping, d ingest.Document) error {
	var v struct {
		Vpcs []struct {
			VpcID                   string `json:"VpcId"`
			CidrBlock, OwnerID      string
			IsDefault               bool
			CidrBlockAssociationSet []struct {
				CidrBlock      string
				CidrBlockState named
			}
			Ipv6CidrBlockAssociationSet []struct {
				Ipv6CidrBlock      string
				Ipv6CidrBlockState named
			}
			Tags []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Vpcs == nil {
		return absent(m, d, "Vpcs")
	}
	r := m.network(d)
	r.VPCs.Add()
	for _, x := range v.Vpcs {
		if x.VpcID == "" {
			m.incomplete(d, "a VPC without VpcId")
			continue
		}
		cidrs := []string{x.CidrBlock}
		for _, a := range x.CidrBlockAssociationSet {
			if inForce(a.CidrBlockState.State) {
				cidrs = append(cidrs, a.CidrBlock)
			}
		}
		var cidrs6 []string
		for _, a := range x.Ipv6CidrBlockAssociationSet {
			if inForce(a.Ipv6CidrBlockState.State) {
				cidrs6 = append(cidrs6, a.Ipv6CidrBlock)
			}
		}
		n, meta := m.ec2Object(d, ec2VPC, x.VpcID, x.OwnerID, x.Tags)
		cidrs, cidrs6 = sorted(cidrs), sorted(cidrs6)
		n.Set(schema.PropCIDR, append(cidrs, cidrs6...))
		*at(m, &r.VPCs, x.VpcID) = netaws.VPC{Meta: meta, ID: x.VpcID, CIDRs: cidrs, CIDRs6: cidrs6}
	}
	return nil
}

func mapSubnets(m *Mapping, d ingest.Document) error {
	var v struct {
		Subnets []struct {
			SubnetID                    string `json:"SubnetId"`
			VpcID                       string `json:"VpcId"`
			CidrBlock, OwnerID          string
			AvailabilityZone            string
			AvailabilityZoneID          string
			Ipv6CidrBlockAssociationSet []struct {
				Ipv6CidrBlock      string
				Ipv6CidrBlockState named
			}
			Tags []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Subnets == nil {
		return absent(m, d, "Subnets")
	}
	r := m.network(d)
	r.Subnets.Add()
	for _, x := range v.Subnets {
		if x.SubnetID == "" {
			m.incomplete(d, "a subnet without SubnetId")
			continue
		}
		var cidrs6 []string
		for _, a := range x.Ipv6CidrBlockAssociationSet {
			if inForce(a.Ipv6CidrBlockState.State) {
				cidrs6 = append(cidrs6, a.Ipv6CidrBlock)
			}
		}
		cidrs6 = sorted(cidrs6)
		n, meta := m.ec2Object(d, ec2Subnet, x.SubnetID, x.OwnerID, x.Tags)
		n.Set(schema.PropCIDR, append(sorted([]string{x.CidrBlock}), cidrs6...))
		m.joinEC2(d, n.ID(), schema.InNetwork, ec2VPC, x.VpcID)
		*at(m, &r.Subnets, x.SubnetID) = netaws.Subnet{Meta: meta, ID: x.SubnetID, VPC: x.VpcID, AZ: x.AvailabilityZone, AZID: x.AvailabilityZoneID, CIDR: x.CidrBlock, CIDRs6: cidrs6}
	}
	return nil
}

// route is one route as EC2 writes it: one of the destinations, and one of the
// targets, is set.
type route struct {
	DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListID     string
	GatewayID, NatGatewayID, TransitGatewayID, LocalGatewayID, CarrierGatewayID string
	EgressOnlyInternetGatewayID, NetworkInterfaceID, InstanceID                 string
	VpcPeeringConnectionID, CoreNetworkArn, OdbNetworkArn                       string
	State, Origin                                                               string
}

// target prefers the interface to the instance: EC2 gives both for a route to an
// instance, and the interface is the exact one.
func (x route) target() string {
	return first(x.GatewayID, x.EgressOnlyInternetGatewayID, x.NatGatewayID, x.TransitGatewayID, x.VpcPeeringConnectionID,
		x.NetworkInterfaceID, x.InstanceID, x.LocalGatewayID, x.CarrierGatewayID, x.CoreNetworkArn, x.OdbNetworkArn)
}

func first(l ...string) string {
	for _, s := range l {
		if s != "" {
			return s
		}
	}
	return ""
}

func mapRouteTables(m *Mapping, d ingest.Document) error {
	var v struct {
		RouteTables []struct {
			RouteTableID string `json:"RouteTableId"`
			VpcID        string `json:"VpcId"`
			OwnerID      string
			Associations []struct {
				Main                bool
				SubnetID, GatewayID string
				AssociationState    named
			}
			Routes []route
			Tags   []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.RouteTables == nil {
		return absent(m, d, "RouteTables")
	}
	r := m.network(d)
	r.RouteTables.Add()
	for _, x := range v.RouteTables {
		if x.RouteTableID == "" {
			m.incomplete(d, "a route table without RouteTableId")
			continue
		}
		n, meta := m.ec2Object(d, ec2RouteTable, x.RouteTableID, x.OwnerID, x.Tags)
		t := netaws.RouteTable{Meta: meta, ID: x.RouteTableID, VPC: x.VpcID}
		for _, a := range x.Associations {
			if !inForce(a.AssociationState.State) {
				continue
			}
			t.Main = t.Main || a.Main
			t.Subnets = append(t.Subnets, sorted([]string{a.SubnetID})...)
			t.Gateways = append(t.Gateways, sorted([]string{a.GatewayID})...)
		}
		for _, y := range x.Routes {
			t.Routes = append(t.Routes, netaws.Route{Destination: first(y.DestinationCidrBlock, y.DestinationIpv6CidrBlock, y.DestinationPrefixListID),
				Target: y.target(), Blackhole: y.State == "blackhole", Propagated: y.Origin == "EnableVgwRoutePropagation"})
			m.joinEC2(d, n.ID(), schema.RoutesTo, ec2IGW, prefixed(y.GatewayID, "igw-"))
			m.joinEC2(d, n.ID(), schema.RoutesTo, ec2VGW, prefixed(y.GatewayID, "vgw-"))
			m.joinEC2(d, n.ID(), schema.RoutesTo, ec2NAT, y.NatGatewayID)
			m.joinEC2(d, n.ID(), schema.RoutesTo, ec2EIGW, y.EgressOnlyInternetGatewayID)
			m.joinEC2(d, n.ID(), schema.RoutesTo, ec2TGW, y.TransitGatewayID)
			m.joinEC2(d, n.ID(), schema.RoutesTo, ec2Peering, y.VpcPeeringConnectionID)
		}
		m.joinEC2(d, n.ID(), schema.InNetwork, ec2VPC, x.VpcID)
		for _, s := range t.Subnets {
			m.Later(func() {
				subnet := m.ec2ARN(d, ec2Subnet, s)
				m.Graph.Refer(subnet, schema.Subnet)
				m.link(subnet, schema.RoutesTo, n.ID(), schema.RouteTable)
			})
		}
		*at(m, &r.RouteTables, x.RouteTableID) = t
	}
	return nil
}

// prefixed returns id when it has the prefix, else "".
func prefixed(id, prefix string) string {
	if len(id) > len(prefix) && id[:len(prefix)] == prefix {
		return id
	}
	return ""
}

func mapNetworkACLs(m *Mapping, d ingest.Document) error {
	var v struct {
		NetworkAcls []struct {
			NetworkACLID string `json:"NetworkAclId"`
			VpcID        string `json:"VpcId"`
			OwnerID      string
			IsDefault    bool
			Associations []struct{ SubnetID string }
			Entries      []struct {
				RuleNumber               int
				Egress                   bool
				RuleAction, Protocol     string
				CidrBlock, Ipv6CidrBlock string
				PortRange                *struct{ From, To int }
				IcmpTypeCode             *struct{ Type, Code int }
			}
			Tags []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.NetworkAcls == nil {
		return absent(m, d, "NetworkAcls")
	}
	r := m.network(d)
	r.NetworkACLs.Add()
	for _, x := range v.NetworkAcls {
		if x.NetworkACLID == "" {
			m.incomplete(d, "a network ACL without NetworkAclId")
			continue
		}
		n, meta := m.ec2Object(d, ec2ACL, x.NetworkACLID, x.OwnerID, x.Tags)
		acl := netaws.NetworkACL{Meta: meta, ID: x.NetworkACLID, VPC: x.VpcID, Default: x.IsDefault}
		for _, a := range x.Associations {
			acl.Subnets = append(acl.Subnets, sorted([]string{a.SubnetID})...)
		}
		for _, y := range x.Entries {
			e := netaws.ACLEntry{Number: y.RuleNumber, Egress: y.Egress, Allow: strings.EqualFold(y.RuleAction, "allow"), Protocol: y.Protocol,
				CIDR: first(y.CidrBlock, y.Ipv6CidrBlock), FromPort: -1, ToPort: -1, ICMPType: -1, ICMPCode: -1}
			if y.PortRange != nil { // without one the rule is for all ports
				e.FromPort, e.ToPort = y.PortRange.From, y.PortRange.To
			}
			if y.IcmpTypeCode != nil {
				e.ICMPType, e.ICMPCode = y.IcmpTypeCode.Type, y.IcmpTypeCode.Code
			}
			acl.Entries = append(acl.Entries, e)
		}
		m.joinEC2(d, n.ID(), schema.InNetwork, ec2VPC, x.VpcID)
		*at(m, &r.NetworkACLs, x.NetworkACLID) = acl
	}
	return nil
}

// permission is one rule of a security group as EC2 writes it.
type permission struct {
	IPProtocol       string `json:"IpProtocol"`
	FromPort, ToPort *int
	IPRanges         []struct{ CidrIP string }   `json:"IpRanges"`
	IPv6Ranges       []struct{ CidrIPv6 string } `json:"Ipv6Ranges"`
	PrefixListIDs    []struct{ PrefixListID string }
	UserIDGroupPairs []struct{ GroupID, UserID, VpcID, VpcPeeringConnectionID string }
}

func (p permission) rule() netaws.Rule {
	r := netaws.Rule{Protocol: p.IPProtocol, FromPort: -1, ToPort: -1}
	switch p.IPProtocol {
	case "tcp", "udp", "6", "17": // a rule without ports is one for all of them
		r.FromPort, r.ToPort = 0, 65535
	}
	if p.FromPort != nil {
		r.FromPort = *p.FromPort
	}
	if p.ToPort != nil {
		r.ToPort = *p.ToPort
	}
	for _, x := range p.IPRanges {
		r.CIDRs = append(r.CIDRs, x.CidrIP)
	}
	for _, x := range p.IPv6Ranges {
		r.CIDRs = append(r.CIDRs, x.CidrIPv6)
	}
	for _, x := range p.PrefixListIDs {
		r.PrefixLists = append(r.PrefixLists, x.PrefixListID)
	}
	for _, x := range p.UserIDGroupPairs {
		r.Groups = append(r.Groups, netaws.GroupRef{Group: x.GroupID, Account: x.UserID, VPC: x.VpcID, Peering: x.VpcPeeringConnectionID})
	}
	r.CIDRs, r.PrefixLists = sorted(r.CIDRs), sorted(r.PrefixLists)
	return r
}

func mapSecurityGroups(m *Mapping, d ingest.Document) error {
	var v struct {
		SecurityGroups []struct {
			GroupID             string `json:"GroupId"`
			GroupName           string
			VpcID               string `json:"VpcId"`
			OwnerID             string
			IPPermissions       []permission `json:"IpPermissions"`
			IPPermissionsEgress []permission `json:"IpPermissionsEgress"`
			Tags                []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.SecurityGroups == nil {
		return absent(m, d, "SecurityGroups")
	}
	r := m.network(d)
	r.SecurityGroups.Add()
	for _, x := range v.SecurityGroups {
		if x.GroupID == "" {
			m.incomplete(d, "a security group without GroupId")
			continue
		}
		n, meta := m.ec2Object(d, ec2Group, x.GroupID, x.OwnerID, x.Tags)
		n.Set(schema.PropName, first(x.GroupName, x.GroupID))
		m.joinEC2(d, n.ID(), schema.InNetwork, ec2VPC, x.VpcID)
		g := at(m, &r.SecurityGroups, x.GroupID)
		*g = netaws.SecurityGroup{Meta: meta, ID: x.GroupID, VPC: x.VpcID, VPCs: g.VPCs}
		g.Name = first(x.GroupName, x.GroupID)
		for _, p := range x.IPPermissions {
			g.Ingress = append(g.Ingress, p.rule())
		}
		for _, p := range x.IPPermissionsEgress {
			g.Egress = append(g.Egress, p.rule())
		}
	}
	return nil
}

// mapGroupAssociations adds the further VPCs in which a security group is used.
func mapGroupAssociations(m *Mapping, d ingest.Document) error {
	var v struct {
		SecurityGroupVpcAssociations []struct {
			GroupID, VpcID, State string
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	r := m.network(d)
	for _, x := range v.SecurityGroupVpcAssociations {
		if x.GroupID == "" || x.State != "" && x.State != "associated" {
			continue
		}
		g := at(m, &r.SecurityGroups, x.GroupID)
		g.ID = x.GroupID
		g.VPCs = sorted(append(g.VPCs, x.VpcID))
	}
	return nil
}

// prefixLists are the lists as both calls that list them write them.
type prefixLists struct {
	PrefixLists []struct {
		PrefixListID, PrefixListArn, PrefixListName, OwnerID string
		Cidrs                                                []string
	}
}

// mapManagedPrefixLists reads describe-managed-prefix-lists. A file that does not
// say which call it is of may hold the older one's lists, which have their
// addresses and neither ARN nor owner.
func mapManagedPrefixLists(m *Mapping, d ingest.Document) error {
	var v prefixLists
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.PrefixLists == nil {
		return absent(m, d, "PrefixLists")
	}
	r := m.network(d)
	for _, x := range v.PrefixLists {
		if x.PrefixListArn == "" && x.OwnerID == "" && len(x.Cidrs) > 0 {
			return mapPrefixLists(m, d)
		}
	}
	r.PrefixLists.Add()
	for _, x := range v.PrefixLists {
		if x.PrefixListID == "" {
			m.incomplete(d, "a prefix list without PrefixListId")
			continue
		}
		p := at(m, &r.PrefixLists, x.PrefixListID)
		p.ID, p.Meta = x.PrefixListID, meta(d, x.PrefixListArn, x.PrefixListName)
		p.Account = first(x.OwnerID, d.Account) // AWS's own have the owner AWS
	}
	return nil
}

// mapPrefixLists is the older call, which shows AWS's lists for gateway
// endpoints with their addresses.
func mapPrefixLists(m *Mapping, d ingest.Document) error {
	var v prefixLists
	if err := decode(d, &v); err != nil {
		return err
	}
	r := m.network(d)
	for _, x := range v.PrefixLists {
		if x.PrefixListID == "" {
			continue
		}
		p := at(m, &r.PrefixLists, x.PrefixListID)
		if p.ID == "" {
			p.ID, p.Meta = x.PrefixListID, meta(d, "", x.PrefixListName)
			p.Account = "AWS"
		}
		if !p.Entries.Collected && len(x.Cidrs) > 0 {
			p.Entries = netaws.Known(sorted(x.Cidrs)...)
		}
	}
	return nil
}

func mapPrefixListEntries(m *Mapping, d ingest.Document) error {
	var v struct{ Entries []struct{ Cidr string } }
	if err := decode(d, &v); err != nil {
		return err
	}
	id := d.Parameter()
	if id == "" {
		m.gap(d, graph.GapNotUnderstood, "", "entries of a prefix list, and which list is not said")
		return nil
	}
	var cidrs []string
	for _, e := range v.Entries {
		cidrs = append(cidrs, e.Cidr)
	}
	p := at(m, &m.network(d).PrefixLists, id)
	p.ID, p.Entries = id, netaws.Known(sorted(cidrs)...)
	return nil
}

func mapPublicAccessOptions(m *Mapping, d ingest.Document) error {
	var v struct {
		VpcBlockPublicAccessOptions *struct{ InternetGatewayBlockMode string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if o := v.VpcBlockPublicAccessOptions; o != nil {
		m.network(d).PublicAccessOptions = netaws.Known(netaws.PublicAccessOptions{Mode: o.InternetGatewayBlockMode})
	}
	return nil
}

func mapPublicAccessExclusions(m *Mapping, d ingest.Document) error {
	var v struct {
		VpcBlockPublicAccessExclusions []struct {
			ExclusionID                                      string `json:"ExclusionId"`
			InternetGatewayExclusionMode, ResourceArn, State string
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.VpcBlockPublicAccessExclusions == nil {
		return absent(m, d, "VpcBlockPublicAccessExclusions")
	}
	r := m.network(d)
	r.PublicAccessExclusions.Add()
	for _, x := range v.VpcBlockPublicAccessExclusions {
		*at(m, &r.PublicAccessExclusions, first(x.ExclusionID, x.ResourceArn)) = netaws.PublicAccessExclusion{
			ID: x.ExclusionID, Resource: x.ResourceArn, Mode: x.InternetGatewayExclusionMode, State: x.State}
	}
	return nil
}

// mapAvailabilityZones reads which zone an account calls by which name.
func mapAvailabilityZones(m *Mapping, d ingest.Document) error {
	var v struct {
		AvailabilityZones []struct{ ZoneName, ZoneID string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.AvailabilityZones == nil {
		return absent(m, d, "AvailabilityZones")
	}
	r := m.network(d)
	r.Zones.Add()
	for _, x := range v.AvailabilityZones {
		if x.ZoneName != "" {
			*at(m, &r.Zones, x.ZoneName) = netaws.Zone{ID: x.ZoneID, Name: x.ZoneName}
		}
	}
	return nil
}

package aws

import (
	"encoding/json"

	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// attachment ties a gateway to a VPC.
type attachment struct{ VpcID, State string }

// attached lists the VPCs of the attachments that hold.
func attached(l []attachment) []string {
	var out []string
	for _, a := range l {
		if inForce(a.State) {
			out = append(out, a.VpcID)
		}
	}
	return sorted(out)
}

func mapInternetGateways(m *Mapping, d ingest.Document) error {
	var v struct {
		InternetGateways []struct {
			InternetGatewayID string `json:"InternetGatewayId"`
			OwnerID           string
			Attachments       []attachment
			Tags              []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.InternetGateways == nil {
		return absent(m, d, "InternetGateways")
	}
	r := m.network(d)
	r.InternetGateways.Add()
	for _, x := range v.InternetGateways {
		if x.InternetGatewayID == "" {
			m.incomplete(d, "an internet gateway without InternetGatewayId")
			continue
		}
		n, meta := m.ec2Object(d, ec2IGW, x.InternetGatewayID, x.OwnerID, x.Tags)
		vpcs := attached(x.Attachments)
		m.joinEC2(d, n.ID(), schema.InNetwork, ec2VPC, vpcs...)
		*at(m, &r.InternetGateways, x.InternetGatewayID) = netaws.InternetGateway{Meta: meta, ID: x.InternetGatewayID, VPCs: vpcs}
	}
	return nil
}

func mapEgressOnlyGateways(m *Mapping, d ingest.Document) error {
	var v struct {
		EgressOnlyInternetGateways []struct {
			EgressOnlyInternetGatewayID string `json:"EgressOnlyInternetGatewayId"`
			Attachments                 []attachment
			Tags                        []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.EgressOnlyInternetGateways == nil {
		return absent(m, d, "EgressOnlyInternetGateways")
	}
	r := m.network(d)
	r.EgressOnlyGateways.Add()
	for _, x := range v.EgressOnlyInternetGateways {
		if x.EgressOnlyInternetGatewayID == "" {
			m.incomplete(d, "an egress-only internet gateway without its id")
			continue
		}
		n, meta := m.ec2Object(d, ec2EIGW, x.EgressOnlyInternetGatewayID, "", x.Tags)
		vpcs := attached(x.Attachments)
		m.joinEC2(d, n.ID(), schema.InNetwork, ec2VPC, vpcs...)
		*at(m, &r.EgressOnlyGateways, x.EgressOnlyInternetGatewayID) = netaws.EgressOnlyGateway{Meta: meta, ID: x.EgressOnlyInternetGatewayID, VPCs: vpcs}
	}
	return nil
}

func mapCarrierGateways(m *Mapping, d ingest.Document) error {
	var v struct {
		CarrierGateways []struct {
			CarrierGatewayID, VpcID, OwnerID, State string
			Tags                                    []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.CarrierGateways == nil {
		return absent(m, d, "CarrierGateways")
	}
	r := m.network(d)
	r.CarrierGateways.Add()
	for _, x := range v.CarrierGateways {
		if x.CarrierGatewayID == "" || !inForce(x.State) {
			continue
		}
		n, meta := m.ec2Object(d, ec2CAGW, x.CarrierGatewayID, x.OwnerID, x.Tags)
		m.joinEC2(d, n.ID(), schema.InNetwork, ec2VPC, x.VpcID)
		*at(m, &r.CarrierGateways, x.CarrierGatewayID) = netaws.InternetGateway{Meta: meta, ID: x.CarrierGatewayID, VPCs: sorted([]string{x.VpcID})}
	}
	return nil
}

func mapNATGateways(m *Mapping, d ingest.Document) error {
	var v struct {
		NatGateways []struct {
			NatGatewayID, VpcID, SubnetID, State, ConnectivityType string
			AvailabilityMode, RouteTableID                         string
			NatGatewayAddresses                                    []struct {
				NetworkInterfaceID, PrivateIP, PublicIP string
				Status                                  string
			}
			Tags []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.NatGateways == nil {
		return absent(m, d, "NatGateways")
	}
	r := m.network(d)
	r.NATGateways.Add()
	for _, x := range v.NatGateways {
		if x.NatGatewayID == "" {
			m.incomplete(d, "a NAT gateway without NatGatewayId")
			continue
		}
		n, meta := m.ec2Object(d, ec2NAT, x.NatGatewayID, "", x.Tags)
		g := netaws.NATGateway{Meta: meta, ID: x.NatGatewayID, VPC: x.VpcID, Subnet: x.SubnetID, State: x.State, Private: x.ConnectivityType == "private",
			Regional: x.AvailabilityMode == "regional", Table: x.RouteTableID}
		var public []string
		for _, a := range x.NatGatewayAddresses {
			g.Addresses = append(g.Addresses, netaws.NATAddress{Private: a.PrivateIP, Public: a.PublicIP, Interface: a.NetworkInterfaceID})
			public = append(public, a.PublicIP)
			m.joinEC2(d, n.ID(), schema.HasInterface, ec2Interface, a.NetworkInterfaceID)
		}
		n.Set(schema.PropStatus, x.State).Set(schema.PropAddress, sorted(public))
		m.joinEC2(d, n.ID(), schema.InNetwork, ec2VPC, x.VpcID)
		m.joinEC2(d, n.ID(), schema.InSubnet, ec2Subnet, x.SubnetID)
		*at(m, &r.NATGateways, x.NatGatewayID) = g
	}
	return nil
}

func mapVPNGateways(m *Mapping, d ingest.Document) error {
	var v struct {
		VpnGateways []struct {
			VpnGatewayID, State string
			VpcAttachments      []attachment
			Tags                []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.VpnGateways == nil {
		return absent(m, d, "VpnGateways")
	}
	r := m.network(d)
	r.VPNGateways.Add()
	for _, x := range v.VpnGateways {
		if x.VpnGatewayID == "" || !inForce(x.State) {
			continue
		}
		n, meta := m.ec2Object(d, ec2VGW, x.VpnGatewayID, "", x.Tags)
		vpcs := attached(x.VpcAttachments)
		m.joinEC2(d, n.ID(), schema.InNetwork, ec2VPC, vpcs...)
		*at(m, &r.VPNGateways, x.VpnGatewayID) = netaws.VPNGateway{Meta: meta, ID: x.VpnGatewayID, VPCs: vpcs}
	}
	return nil
}

// mapCustomerGateways reads the far ends of VPN connections.
func mapCustomerGateways(m *Mapping, d ingest.Document) error {
	var v struct {
		CustomerGateways []struct {
			CustomerGatewayID, State, IPAddress string
			Tags                                []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.CustomerGateways == nil {
		return absent(m, d, "CustomerGateways")
	}
	for _, x := range v.CustomerGateways {
		if x.CustomerGatewayID == "" {
			m.incomplete(d, "a customer gateway without CustomerGatewayId")
			continue
		}
		n, _ := m.ec2Object(d, ec2CGW, x.CustomerGatewayID, "", x.Tags)
		n.Set(schema.PropStatus, x.State).Set(schema.PropAddress, sorted([]string{x.IPAddress}))
	}
	return nil
}

// mapVPNConnections reads connections without their configuration, which holds
// the pre-shared keys.
func mapVPNConnections(m *Mapping, d ingest.Document) error {
	var v struct {
		VpnConnections []struct {
			VpnConnectionID, VpnGatewayID, TransitGatewayID, CustomerGatewayID, State string
			Routes                                                                    []struct{ DestinationCidrBlock, State string }
			Tags                                                                      []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.VpnConnections == nil {
		return absent(m, d, "VpnConnections")
	}
	r := m.network(d)
	r.VPNConnections.Add()
	for _, x := range v.VpnConnections {
		if x.VpnConnectionID == "" {
			m.incomplete(d, "a VPN connection without VpnConnectionId")
			continue
		}
		n, meta := m.ec2Object(d, ec2VPN, x.VpnConnectionID, "", x.Tags)
		n.Set(schema.PropStatus, x.State)
		c := netaws.VPNConnection{Meta: meta, ID: x.VpnConnectionID, Gateway: first(x.VpnGatewayID, x.TransitGatewayID), CustomerGateway: x.CustomerGatewayID, State: x.State}
		for _, y := range x.Routes {
			if inForce(y.State) {
				c.Routes = append(c.Routes, y.DestinationCidrBlock)
			}
		}
		c.Routes = sorted(c.Routes)
		m.joinEC2(d, n.ID(), schema.RoutesTo, ec2VGW, x.VpnGatewayID)
		m.joinEC2(d, n.ID(), schema.RoutesTo, ec2TGW, x.TransitGatewayID)
		m.joinEC2(d, n.ID(), schema.RoutesTo, ec2CGW, x.CustomerGatewayID)
		*at(m, &r.VPNConnections, x.VpnConnectionID) = c
	}
	return nil
}

// peer is one side of a peering as EC2 writes it.
type peer struct {
	CidrBlock, OwnerID, VpcID, Region string
	CidrBlockSet                      []struct{ CidrBlock string }
	Ipv6CidrBlockSet                  []struct{ Ipv6CidrBlock string }
}

func (p peer) side() netaws.PeerSide {
	cidrs := []string{p.CidrBlock}
	for _, c := range p.CidrBlockSet {
		cidrs = append(cidrs, c.CidrBlock)
	}
	for _, c := range p.Ipv6CidrBlockSet {
		cidrs = append(cidrs, c.Ipv6CidrBlock)
	}
	return netaws.PeerSide{VPC: p.VpcID, Account: p.OwnerID, Region: p.Region, CIDRs: sorted(cidrs)}
}

func mapPeerings(m *Mapping, d ingest.Document) error {
	var v struct {
		VpcPeeringConnections []struct {
			VpcPeeringConnectionID            string `json:"VpcPeeringConnectionId"`
			RequesterVpcInfo, AccepterVpcInfo peer
			Status                            struct{ Code string }
			Tags                              []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.VpcPeeringConnections == nil {
		return absent(m, d, "VpcPeeringConnections")
	}
	r := m.network(d)
	r.Peerings.Add()
	for _, x := range v.VpcPeeringConnections {
		if x.VpcPeeringConnectionID == "" {
			m.incomplete(d, "a peering without VpcPeeringConnectionId")
			continue
		}
		// Both sides' accounts show the peering; it is the requester's.
		n, meta := m.ec2Object(d, ec2Peering, x.VpcPeeringConnectionID, x.RequesterVpcInfo.OwnerID, x.Tags)
		n.Set(schema.PropStatus, x.Status.Code)
		p := netaws.Peering{Meta: meta, ID: x.VpcPeeringConnectionID, Status: x.Status.Code, Requester: x.RequesterVpcInfo.side(), Accepter: x.AccepterVpcInfo.side()}
		for _, s := range []netaws.PeerSide{p.Requester, p.Accepter} {
			side := d
			if schema.IsAccountID(s.Account) {
				side.Account = s.Account
			}
			side.Region = first(s.Region, d.Region)
			m.joinEC2(side, n.ID(), schema.RoutesTo, ec2VPC, s.VPC)
		}
		*at(m, &r.Peerings, x.VpcPeeringConnectionID) = p
	}
	return nil
}

// mapEndpointServices reads what the account offers by AWS PrivateLink.
func mapEndpointServices(m *Mapping, d ingest.Document) error {
	var v struct {
		ServiceConfigurations []struct {
			ServiceID, ServiceState string
			NetworkLoadBalancerArns []string
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.ServiceConfigurations == nil {
		return absent(m, d, "ServiceConfigurations")
	}
	r := m.network(d)
	r.EndpointServices.Add()
	for _, x := range v.ServiceConfigurations {
		if x.ServiceID == "" {
			m.incomplete(d, "an endpoint service without ServiceId")
			continue
		}
		*at(m, &r.EndpointServices, x.ServiceID) = netaws.EndpointService{ID: x.ServiceID, State: x.ServiceState, Balancers: x.NetworkLoadBalancerArns,
			Meta: netaws.Meta{Account: d.Account, Region: d.Region, Doc: d.Source}}
	}
	return nil
}

func mapEndpoints(m *Mapping, d ingest.Document) error {
	var v struct {
		VpcEndpoints []struct {
			VpcEndpointID, VpcEndpointType, VpcID, ServiceName, State, OwnerID string
			PolicyDocument                                                     json.RawMessage
			RouteTableIDs, SubnetIDs, NetworkInterfaceIDs                      []string
			Groups                                                             []struct{ GroupID string }
			PrivateDNSEnabled                                                  *bool
			Tags                                                               []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.VpcEndpoints == nil {
		return absent(m, d, "VpcEndpoints")
	}
	r := m.network(d)
	r.Endpoints.Add()
	for _, x := range v.VpcEndpoints {
		if x.VpcEndpointID == "" {
			m.incomplete(d, "a VPC endpoint without VpcEndpointId")
			continue
		}
		n, meta := m.ec2Object(d, ec2Endpoint, x.VpcEndpointID, x.OwnerID, x.Tags)
		n.Set(schema.PropServiceName, x.ServiceName).Set(schema.PropEndpointType, x.VpcEndpointType).Set(schema.PropStatus, x.State)
		e := netaws.Endpoint{Meta: meta, ID: x.VpcEndpointID, Kind: x.VpcEndpointType, VPC: x.VpcID, Service: x.ServiceName, State: x.State,
			RouteTables: x.RouteTableIDs, Subnets: x.SubnetIDs, Interfaces: x.NetworkInterfaceIDs, PrivateDNS: tri(x.PrivateDNSEnabled)}
		for _, g := range x.Groups {
			e.Groups = append(e.Groups, g.GroupID)
		}
		*at(m, &r.Endpoints, x.VpcEndpointID) = e
		m.joinEC2(d, n.ID(), schema.InNetwork, ec2VPC, x.VpcID)
		m.joinEC2(d, n.ID(), schema.InSubnet, ec2Subnet, x.SubnetIDs...)
		m.joinEC2(d, n.ID(), schema.HasInterface, ec2Interface, x.NetworkInterfaceIDs...)
		m.joinEC2(d, n.ID(), schema.HasSecurityGroup, ec2Group, e.Groups...)
		p := iamaws.VPCEndpoint{ID: x.VpcEndpointID, Account: meta.Account, VPC: x.VpcID, Service: x.ServiceName}
		if x.PolicyDocument != nil {
			p.Policy = m.policy(d, meta.ARN, meta.ARN, x.PolicyDocument)
		}
		m.AWSPermissions.AddEndpoint(p)
	}
	return nil
}

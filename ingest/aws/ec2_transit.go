package aws

import (
	"fmt"
	"slices"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// enabled reads the enable/disable words of transit gateway options.
func enabled(word string) netaws.Tri {
	switch word {
	case "enable":
		return netaws.TriYes
	case "disable":
		return netaws.TriNo
	}
	return netaws.TriUnknown
}

func mapTransitGateways(m *Mapping, d ingest.Document) error {
	var v struct {
		TransitGateways []struct {
			TransitGatewayID, OwnerID, State string
			Options                          struct{ SecurityGroupReferencingSupport string }
			Tags                             []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.TransitGateways == nil {
		return absent(m, d, "TransitGateways")
	}
	r := m.network(d)
	r.TransitGateways.Add()
	for _, x := range v.TransitGateways {
		if x.TransitGatewayID == "" || !inForce(x.State) {
			continue
		}
		n, meta := m.ec2Object(d, ec2TGW, x.TransitGatewayID, x.OwnerID, x.Tags)
		n.Set(schema.PropStatus, x.State)
		*at(m, &r.TransitGateways, x.TransitGatewayID) = netaws.TransitGateway{Meta: meta, ID: x.TransitGatewayID,
			SecurityGroupReferencing: enabled(x.Options.SecurityGroupReferencingSupport)}
	}
	return nil
}

// mapTransitAttachments reads describe-transit-gateway-attachments, which lists
// attachments of every kind.
func mapTransitAttachments(m *Mapping, d ingest.Document) error {
	var v struct {
		TransitGatewayAttachments []struct {
			TransitGatewayAttachmentID, TransitGatewayID string
			ResourceType, ResourceID, ResourceOwnerID    string
			State                                        string
			Association                                  struct{ TransitGatewayRouteTableID, State string }
			Tags                                         []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.TransitGatewayAttachments == nil {
		return absent(m, d, "TransitGatewayAttachments")
	}
	r := m.network(d)
	r.TransitGatewayAttachments.Add()
	for _, x := range v.TransitGatewayAttachments {
		if x.TransitGatewayAttachmentID == "" {
			m.incomplete(d, "a transit gateway attachment without its id")
			continue
		}
		a := m.transitAttachment(d, x.TransitGatewayAttachmentID, x.TransitGatewayID, x.ResourceOwnerID, x.Tags)
		a.Kind, a.Resource, a.ResourceAccount, a.State = x.ResourceType, x.ResourceID, x.ResourceOwnerID, x.State
		if inForce(x.Association.State) {
			a.RouteTable = x.Association.TransitGatewayRouteTableID
		}
	}
	return nil
}

// transitAttachment returns the attachment to be filled. Its node belongs to the
// owner of what is attached.
func (m *Mapping) transitAttachment(d ingest.Document, id, gateway, owner string, tags []tag) *netaws.TransitGatewayAttachment {
	n, meta := m.ec2Object(d, ec2TGWAttach, id, owner, tags)
	m.joinEC2(d, n.ID(), schema.PartOf, ec2TGW, gateway)
	// Both sides of a peering have one id.
	a := at(m, &m.network(d).TransitGatewayAttachments, gateway+"/"+id)
	a.ID, a.Meta, a.TransitGateway = id, meta, first(gateway, a.TransitGateway)
	return a
}

func mapTransitVPCAttachments(m *Mapping, d ingest.Document) error {
	var v struct {
		TransitGatewayVpcAttachments []struct {
			TransitGatewayAttachmentID, TransitGatewayID, VpcID, VpcOwnerID, State string
			SubnetIDs                                                              []string
			Options                                                                struct{ ApplianceModeSupport, SecurityGroupReferencingSupport string }
			Tags                                                                   []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	for _, x := range v.TransitGatewayVpcAttachments {
		if x.TransitGatewayAttachmentID == "" {
			m.incomplete(d, "a transit gateway attachment without its id")
			continue
		}
		a := m.transitAttachment(d, x.TransitGatewayAttachmentID, x.TransitGatewayID, x.VpcOwnerID, x.Tags)
		a.Kind, a.Resource, a.ResourceAccount, a.State = "vpc", x.VpcID, x.VpcOwnerID, x.State
		a.Subnets = sorted(x.SubnetIDs)
		a.Appliance, a.GroupReferences = enabled(x.Options.ApplianceModeSupport), enabled(x.Options.SecurityGroupReferencingSupport)
		m.joinEC2(d, a.ARN, schema.RoutesTo, ec2VPC, x.VpcID)
	}
	return nil
}

func mapTransitPeerings(m *Mapping, d ingest.Document) error {
	type end struct{ TransitGatewayID, OwnerID, Region string }
	var v struct {
		TransitGatewayPeeringAttachments []struct {
			TransitGatewayAttachmentID, AccepterTransitGatewayAttachmentID, State string
			RequesterTgwInfo, AccepterTgwInfo                                     end
			Tags                                                                  []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	for _, x := range v.TransitGatewayPeeringAttachments {
		if x.TransitGatewayAttachmentID == "" {
			m.incomplete(d, "a transit gateway attachment without its id")
			continue
		}
		for _, side := range [][2]end{{x.RequesterTgwInfo, x.AccepterTgwInfo}, {x.AccepterTgwInfo, x.RequesterTgwInfo}} {
			own, other := side[0], side[1]
			// The far side is told of by its own account and region.
			if mine := func(e end) bool { return e.Region == d.Region && e.OwnerID == d.Account }; !mine(own) && (mine(other) || own == x.RequesterTgwInfo) {
				continue
			}
			a := m.transitAttachment(d, x.TransitGatewayAttachmentID, own.TransitGatewayID, "", x.Tags)
			a.Kind, a.State = "peering", x.State
			a.Resource, a.ResourceAccount, a.ResourceRegion = other.TransitGatewayID, other.OwnerID, other.Region
			if x.AccepterTransitGatewayAttachmentID != x.TransitGatewayAttachmentID {
				a.PeerAttachment = x.AccepterTransitGatewayAttachmentID
			}
		}
	}
	return nil
}

func mapTransitRouteTables(m *Mapping, d ingest.Document) error {
	var v struct {
		TransitGatewayRouteTables []struct {
			TransitGatewayRouteTableID, TransitGatewayID, State string
			Tags                                                []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.TransitGatewayRouteTables == nil {
		return absent(m, d, "TransitGatewayRouteTables")
	}
	r := m.network(d)
	r.TransitGatewayRouteTables.Add()
	for _, x := range v.TransitGatewayRouteTables {
		if x.TransitGatewayRouteTableID == "" || !inForce(x.State) {
			continue
		}
		n, meta := m.ec2Object(d, ec2TGWTable, x.TransitGatewayRouteTableID, "", x.Tags)
		m.joinEC2(d, n.ID(), schema.PartOf, ec2TGW, x.TransitGatewayID)
		t := at(m, &r.TransitGatewayRouteTables, x.TransitGatewayRouteTableID)
		t.ID, t.Meta, t.TransitGateway = x.TransitGatewayRouteTableID, meta, x.TransitGatewayID
	}
	return nil
}

// transitTable is the route table that an answer about one table is for.
func (m *Mapping) transitTable(d ingest.Document) *netaws.TransitGatewayRouteTable {
	id := d.Parameter()
	if id == "" {
		m.gap(d, graph.GapNotUnderstood, "", "about a transit gateway route table, and which one is not said")
		return nil
	}
	t := at(m, &m.network(d).TransitGatewayRouteTables, id)
	t.ID = id
	return t
}

func mapTransitAssociations(m *Mapping, d ingest.Document) error {
	var v struct {
		Associations []struct{ TransitGatewayAttachmentID, State string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	t := m.transitTable(d)
	if t == nil {
		return nil
	}
	t.Associations = netaws.Known[string]()
	for _, a := range v.Associations {
		if inForce(a.State) {
			t.Associations.Add(a.TransitGatewayAttachmentID)
		}
	}
	return nil
}

func mapTransitPropagations(m *Mapping, d ingest.Document) error {
	var v struct {
		TransitGatewayRouteTablePropagations []struct{ TransitGatewayAttachmentID, State string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	t := m.transitTable(d)
	if t == nil {
		return nil
	}
	t.Propagations = netaws.Known[string]()
	for _, a := range v.TransitGatewayRouteTablePropagations {
		switch a.State {
		case "", "enabled", "enabling":
			t.Propagations.Add(a.TransitGatewayAttachmentID)
		case "disabled", "disabling":
		default: // whether it propagates is not known, and so not all of the table
			t.CutOff = true
			m.gap(d, graph.GapNotUnderstood, t.ARN, fmt.Sprintf("the propagation of %s is in the state %.40q", a.TransitGatewayAttachmentID, a.State))
		}
	}
	return nil
}

// mapTransitRoutes reads a route search. Searches for one type of route add up.
func mapTransitRoutes(m *Mapping, d ingest.Document) error {
	var v struct {
		Routes []struct {
			DestinationCidrBlock, PrefixListID, Type, State string
			TransitGatewayAttachments                       []struct{ TransitGatewayAttachmentID string }
		}
		AdditionalRoutesAvailable bool
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Routes == nil {
		return absent(m, d, "Routes")
	}
	t := m.transitTable(d)
	if t == nil {
		return nil
	}
	if v.AdditionalRoutesAvailable {
		t.CutOff = true
		m.gap(d, graph.GapError, t.ARN, "the search for routes found more than it may answer")
	}
	t.Routes.Add()
	for _, x := range v.Routes {
		y := netaws.TransitRoute{Destination: first(x.DestinationCidrBlock, x.PrefixListID), Static: x.Type == "static", Blackhole: x.State == "blackhole"}
		for _, a := range x.TransitGatewayAttachments {
			y.Attachments = append(y.Attachments, a.TransitGatewayAttachmentID)
		}
		y.Attachments = sorted(y.Attachments)
		same := func(z netaws.TransitRoute) bool {
			return z.Destination == y.Destination && z.Static == y.Static && slices.Equal(z.Attachments, y.Attachments)
		}
		if !slices.ContainsFunc(t.Routes.Items, same) {
			t.Routes.Add(y)
		}
	}
	return nil
}

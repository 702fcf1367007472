package aws

import (
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// publicIP is the public side of a private address.
type publicIP struct{ PublicIP, CarrierIP string }

// networkInterface is an interface, by itself or inside an instance.
type networkInterface struct {
	NetworkInterfaceID, VpcID, SubnetID, OwnerID string
	InterfaceType, Description, Status           string
	RequesterID                                  string
	SourceDestCheck                              *bool
	PrivateIPAddress                             string
	Association                                  *publicIP
	Groups                                       []struct{ GroupID string }
	PrivateIPAddresses                           []struct {
		PrivateIPAddress string
		Primary          bool
		Association      *publicIP
	}
	IPv6Addresses []struct {
		IPv6Address string `json:"Ipv6Address"`
	} `json:"Ipv6Addresses"`
	Attachment struct {
		InstanceID, Status string
	}
	TagSet []tag
}

func privateAddress(private string, p *publicIP) netaws.PrivateAddress {
	a := netaws.PrivateAddress{Address: private}
	switch {
	case p == nil:
	case p.CarrierIP != "":
		a.Public, a.Carrier = p.CarrierIP, true
	default:
		a.Public = p.PublicIP
	}
	return a
}

// addresses lists the private addresses, the primary first.
func (x networkInterface) addresses() []netaws.PrivateAddress {
	var out []netaws.PrivateAddress
	for _, y := range x.PrivateIPAddresses {
		a := privateAddress(y.PrivateIPAddress, y.Association)
		if y.Primary || y.PrivateIPAddress == x.PrivateIPAddress {
			if a.Public == "" {
				a = privateAddress(y.PrivateIPAddress, x.Association)
			}
			out = append([]netaws.PrivateAddress{a}, out...)
		} else {
			out = append(out, a)
		}
	}
	if len(out) == 0 && x.PrivateIPAddress != "" {
		out = append(out, privateAddress(x.PrivateIPAddress, x.Association))
	}
	return out
}

func (x networkInterface) inventory(m netaws.Meta) netaws.Interface {
	i := netaws.Interface{Meta: m, ID: x.NetworkInterfaceID, Kind: x.InterfaceType, VPC: x.VpcID, Subnet: x.SubnetID, Private: x.addresses(),
		SourceDestCheck: tri(x.SourceDestCheck), Instance: x.Attachment.InstanceID, Requester: x.RequesterID, Description: x.Description,
		Detached: x.Status == "available"}
	for _, g := range x.Groups {
		i.Groups = append(i.Groups, g.GroupID)
	}
	for _, a := range x.IPv6Addresses {
		i.IPv6 = append(i.IPv6, a.IPv6Address)
	}
	i.Groups = sorted(i.Groups)
	return i
}

// describe sets an interface's node.
func (m *Mapping) describeInterface(d ingest.Document, n graph.NodeRef, i netaws.Interface) {
	var private, public []string
	for _, a := range i.Private {
		private = append(private, a.Address)
		public = append(public, a.Public)
	}
	n.Set(schema.PropPrivateAddress, sorted(private)).Set(schema.PropAddress, sorted(append(public, i.IPv6...)))
	m.joinEC2(d, n.ID(), schema.InNetwork, ec2VPC, i.VPC)
	m.joinEC2(d, n.ID(), schema.InSubnet, ec2Subnet, i.Subnet)
	m.joinEC2(d, n.ID(), schema.HasSecurityGroup, ec2Group, i.Groups...)
	if i.Instance != "" {
		m.Later(func() {
			vm := m.ec2ARN(d, ec2Instance, i.Instance)
			m.Graph.Refer(vm, ec2Instance.kind)
			m.Graph.Edge(vm, schema.HasInterface, n.ID())
		})
	}
}

func mapInterfaces(m *Mapping, d ingest.Document) error {
	var v struct{ NetworkInterfaces []networkInterface }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.NetworkInterfaces == nil {
		return absent(m, d, "NetworkInterfaces")
	}
	r := m.network(d)
	r.Interfaces.Add()
	seen := map[string]bool{}
	for _, x := range v.NetworkInterfaces {
		if x.NetworkInterfaceID == "" {
			m.incomplete(d, "a network interface without NetworkInterfaceId")
			continue
		}
		if key := x.OwnerID + " " + x.NetworkInterfaceID; seen[key] {
			m.gap(d, graph.GapContradiction, x.NetworkInterfaceID, "the answer describes the network interface twice; the last counts")
		} else {
			seen[key] = true
		}
		n, meta := m.ec2Object(d, ec2Interface, x.NetworkInterfaceID, x.OwnerID, x.TagSet)
		i := x.inventory(meta)
		i.AttachedTo = m.servedBy(d, i)
		if strings.HasPrefix(i.Description, mountTargetText) && inForce(x.Status) {
			m.mounted(d, i.AttachedTo, i.VPC, i.Subnet, i.ID, i.Groups)
		}
		*at(m, &r.Interfaces, x.NetworkInterfaceID) = i
		n.Set(schema.PropStatus, x.Status)
		m.describeInterface(d, n, i)
	}
	return nil
}

// servedBy tells what an interface that a service made belongs to, from the
// descriptions that AWS's services write. An unknown description tells nothing.
func (m *Mapping) servedBy(d ingest.Document, i netaws.Interface) string {
	switch {
	case strings.HasPrefix(i.Description, "ELB "):
		return m.arnOf(d, "elasticloadbalancing", "loadbalancer/", strings.TrimPrefix(i.Description, "ELB "))
	case strings.HasPrefix(i.Description, "Interface for NAT Gateway "):
		return m.arnOf(d, "ec2", "natgateway/", strings.TrimPrefix(i.Description, "Interface for NAT Gateway "))
	case strings.HasPrefix(i.Description, "VPC Endpoint Interface "):
		return m.arnOf(d, "ec2", "vpc-endpoint/", strings.TrimPrefix(i.Description, "VPC Endpoint Interface "))
	case strings.HasPrefix(i.Description, mountTargetText):
		id, _, _ := strings.Cut(strings.TrimPrefix(i.Description, mountTargetText), " ")
		return m.arnOf(d, "elasticfilesystem", "file-system/", id)
	case strings.HasPrefix(i.Description, "ES ") && i.Requester == "amazon-elasticsearch":
		return m.arnOf(d, "es", "domain/", strings.TrimPrefix(i.Description, "ES "))
	}
	return ""
}

// mountTargetText begins the description of a mount target's interface; the file
// system's id follows.
const mountTargetText = "EFS mount target for "

func mapAddresses(m *Mapping, d ingest.Document) error {
	var v struct {
		Addresses []struct {
			AllocationID, PublicIP, CarrierIP, PrivateIPAddress string
			NetworkInterfaceID, InstanceID                      string
			Tags                                                []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Addresses == nil {
		return absent(m, d, "Addresses")
	}
	r := m.network(d)
	r.Addresses.Add()
	for _, x := range v.Addresses {
		id := first(x.AllocationID, x.PublicIP, x.CarrierIP)
		if id == "" {
			m.incomplete(d, "an address without AllocationId and PublicIp")
			continue
		}
		n, meta := m.ec2Object(d, ec2Address, id, "", x.Tags)
		a := netaws.Address{Meta: meta, ID: id, Public: first(x.PublicIP, x.CarrierIP), Private: x.PrivateIPAddress, Interface: x.NetworkInterfaceID,
			Instance: x.InstanceID, Carrier: x.PublicIP == "" && x.CarrierIP != ""}
		*at(m, &r.Addresses, id) = a
		n.Set(schema.PropAddress, sorted([]string{a.Public}))
		if x.NetworkInterfaceID != "" {
			m.Later(func() {
				eni := m.ec2ARN(d, ec2Interface, x.NetworkInterfaceID)
				m.Graph.Refer(eni, ec2Interface.kind)
				m.Graph.Edge(eni, schema.HasAddress, n.ID())
			})
		}
	}
	return nil
}

// instance is an EC2 instance. User data is asked for by another call and never
// read.
type instance struct {
	InstanceID, VpcID, SubnetID, ImageID, PrivateIPAddress, PublicIPAddress string
	IPv6Address                                                             string `json:"Ipv6Address"`
	State                                                                   struct{ Name string }
	IamInstanceProfile                                                      struct{ Arn string }
	MetadataOptions                                                         *struct {
		HTTPTokens, HTTPEndpoint string
		HTTPPutResponseHopLimit  int
	}
	NetworkInterfaces []networkInterface
	SecurityGroups    []struct{ GroupID string }
	SourceDestCheck   *bool
	LaunchTime        stamp
	Tags              []tag
}

// imds tells which version of the metadata service answers.
func (x instance) imds() string {
	switch o := x.MetadataOptions; {
	case o == nil:
		return ""
	case o.HTTPEndpoint == "disabled":
		return "disabled"
	default:
		return o.HTTPTokens
	}
}

// runState reads the words in which AWS's services say that something runs.
func runState(word string) ingest.RunState {
	switch strings.ToLower(word) {
	case "running", "inservice", "active", "available", "ready", "pending", "updating", "systemupdating", "rollingback", "create_complete", "prepared", "preparing", "versioning":
		return ingest.StateRunning
	case "stopped", "stopping", "terminated", "shutting-down", "failed", "deleting", "deleted", "outofservice", "paused", "inactive", "delete_failed", "create_failed", "delete_in_progress":
		return ingest.StateStopped
	case "completed", "complete", "succeeded":
		return ingest.StateFinished
	}
	return ingest.StateUnknown
}

func mapInstances(m *Mapping, d ingest.Document) error {
	var v struct {
		Reservations []struct {
			OwnerID   string
			Instances []instance
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Reservations == nil {
		return absent(m, d, "Reservations")
	}
	m.network(d).Instances.Add()
	m.AWSPermissions.MarkListed(d.Account, ec2Instance.awsType)
	for _, r := range v.Reservations {
		for _, x := range r.Instances {
			if x.InstanceID == "" {
				m.incomplete(d, "an instance without InstanceId")
				continue
			}
			m.instance(d, r.OwnerID, x)
		}
	}
	return nil
}

func (m *Mapping) instance(d ingest.Document, owner string, x instance) {
	n, meta := m.ec2Object(d, ec2Instance, x.InstanceID, owner, x.Tags)
	i := netaws.Instance{Meta: meta, ID: x.InstanceID, State: x.State.Name}
	for _, y := range x.NetworkInterfaces {
		if y.NetworkInterfaceID == "" {
			continue
		}
		y.Attachment.InstanceID = x.InstanceID
		en, em := m.ec2Object(d, ec2Interface, y.NetworkInterfaceID, y.OwnerID, y.TagSet)
		e := y.inventory(em)
		e.Detached = false
		i.Interfaces = append(i.Interfaces, y.NetworkInterfaceID)
		i.Inline = append(i.Inline, e)
		m.describeInterface(d, en, e)
	}
	if len(i.Interfaces) == 0 && x.SubnetID != "" {
		i.Inline = append(i.Inline, x.onlyInterface(meta))
	}
	*at(m, &m.network(d).Instances, x.InstanceID) = i
	n.Set(schema.PropStatus, x.State.Name).Set(schema.PropIMDS, x.imds()).Set(schema.PropCreated, string(x.LaunchTime)).
		Set(schema.PropAddress, sorted([]string{x.PublicIPAddress, x.IPv6Address})).Set(schema.PropPrivateAddress, sorted([]string{x.PrivateIPAddress}))
	if x.MetadataOptions != nil && x.MetadataOptions.HTTPPutResponseHopLimit > 0 {
		n.Set(schema.PropHopLimit, x.MetadataOptions.HTTPPutResponseHopLimit)
	}
	m.joinEC2(d, n.ID(), schema.InNetwork, ec2VPC, x.VpcID)
	m.joinEC2(d, n.ID(), schema.InSubnet, ec2Subnet, x.SubnetID)
	for _, e := range i.Inline {
		m.joinEC2(d, n.ID(), schema.HasSecurityGroup, ec2Group, e.Groups...)
	}
	d.Account = meta.Account
	m.workload(d, ingest.Workload{ID: n.ID(), Kind: schema.VirtualMachine, State: runState(x.State.Name), Instance: x.InstanceID, IMDS: x.imds(),
		Evidence:   evidence(d, n.ID(), "instance "+x.InstanceID+" is "+first(x.State.Name, "in an unknown state")),
		Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: "ec2.amazonaws.com"}})
	m.profile(d, n.ID(), x.IamInstanceProfile.Arn)
}

// onlyInterface makes an interface of an instance's own members, for answers
// that leave the interfaces out.
func (x instance) onlyInterface(meta netaws.Meta) netaws.Interface {
	i := netaws.Interface{Meta: netaws.Meta{Account: meta.Account, Region: meta.Region, Doc: meta.Doc}, ID: x.InstanceID + "/primary", VPC: x.VpcID,
		Subnet: x.SubnetID, Private: []netaws.PrivateAddress{{Address: x.PrivateIPAddress, Public: x.PublicIPAddress}},
		SourceDestCheck: tri(x.SourceDestCheck), Instance: x.InstanceID, IPv6: sorted([]string{x.IPv6Address})}
	for _, g := range x.SecurityGroups {
		i.Groups = append(i.Groups, g.GroupID)
	}
	i.Groups = sorted(i.Groups)
	return i
}

// profile gives a workload the roles of its instance profile, which IAM's
// documents tell.
func (m *Mapping) profile(d ingest.Document, workload, profile string) {
	if profile == "" {
		return
	}
	// IAM's own Later completes the profiles first.
	m.Later(func() { m.Later(func() { m.profileRoles(d, workload, profile) }) })
}

func (m *Mapping) profileRoles(d ingest.Document, workload, profile string) {
	arns := m.rolesOfProfile(profile)
	if len(arns) == 0 {
		m.gap(d, graph.GapNotCollected, workload, "which role the instance profile "+profile+" holds is not known")
	}
	for _, arn := range arns {
		m.link(workload, schema.HasRole, arn, schema.Role)
		m.AddWorkload(ingest.Workload{ID: workload, Kind: m.Graph.Kind(workload), Roles: []ingest.RoleUse{{Role: arn, Via: "instance profile",
			Evidence: evidence(d, workload, "instance profile "+profile+" holds the role "+arn)}}})
	}
}

// mapProfileAssociations reads which instance has which profile; it adds to what
// the instances themselves say.
func mapProfileAssociations(m *Mapping, d ingest.Document) error {
	var v struct {
		IamInstanceProfileAssociations []struct {
			InstanceID, State  string
			IamInstanceProfile struct{ Arn string }
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	for _, x := range v.IamInstanceProfileAssociations {
		if x.InstanceID == "" || !inForce(x.State) {
			continue
		}
		vm := schema.EC2ARN(m.Partition, d.Region, d.Account, "instance/"+x.InstanceID)
		m.Graph.Refer(vm, schema.VirtualMachine)
		m.profile(d, vm, x.IamInstanceProfile.Arn)
	}
	return nil
}

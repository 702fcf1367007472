package aws

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/network"
)

// thing is what people name: an instance, placement, load balancer, endpoint,
// NAT gateway, or an interface that serves none of these.
type thing struct {
	id, arn, name   string
	kind            string // one of the Kind constants
	sub             string // Placement.Kind, Interface.Kind …
	account, region string
	doc             string
	nics            []*nic
	stopped         string             // reason why nothing answers; empty = it runs
	stateUnknown    bool               // whether it runs was not collected
	accepts         bool               // takes connections
	ports           network.ServiceSet // the service's ports; empty = any
	oneOf           bool               // lives behind one of nics, which is not known
	internalUse     bool               // serves the network itself: nobody's target (NAT, transit)
	unlisted        bool               // a load balancer's interface whose load balancer was not collected: what listens is not known
	primary         *nic               // of an instance: what load balancers send to
	balancer        *balancer
	endpoint        *Endpoint
	service         string // of an interface that AWS runs: who asked for it; what listens there was not collected
	direct          bool   // has a way to the internet by the service's own network
}

// notTold is what was not collected of whether anything answers there: whether an
// instance runs, what a load balancer listens to.
func (t *thing) notTold() []network.Missing {
	var out []network.Missing
	if t.stateUnknown {
		out = append(out, network.Missing{Kind: "instance", ID: t.id})
	}
	if t.unlisted {
		out = append(out, network.Missing{Kind: "listeners", ID: t.id})
	}
	return out
}

// graphID is the id of the node in the graph.
func (t *thing) graphID() string { return cmp.Or(t.arn, t.id) }

// nic is a compiled interface. A synthetic one stands for an interface that a
// document implies (a load balancer's in a subnet) but none describes: its
// address is somewhere in the subnet.
type nic struct {
	id        string
	kind      string
	sub       *subnet // nil: subnet not known
	subID     string
	vpc       *vpc
	set       *groupSet
	pairs     []pair
	owner     *thing
	check     Tri
	synthetic bool
	detached  bool
	noGroups  bool // an interface that must have groups, but the export names none
}

// nativeID is the id that people know: that of the owner when no document
// describes the interface.
func (n *nic) nativeID() string {
	if n.synthetic {
		return n.owner.id
	}
	return n.id
}

// pair is a private address (or the range it lies in) with the public address
// that is associated with it.
type pair struct {
	private   network.AddrSet // a single address unless the nic is synthetic
	public    netip.Addr      // invalid: none, or not known
	hasPublic Tri             // whether there is a public address; for IPv6 whether the address is a global one
	carrier   bool
	v6        bool
}

// place is one address of one interface: where packets start or end.
type place struct {
	nic  *nic
	pair int
}

func (p place) pairOf() *pair { return &p.nic.pairs[p.pair] }

func (m *model) compileInterfaces() {
	assoc := m.addressAssociations()
	for _, r := range m.regions {
		for i := range r.Interfaces.Items {
			m.addInterface(r, &r.Interfaces.Items[i], assoc)
		}
	}
	for _, r := range m.regions {
		for i := range r.Instances.Items {
			m.compileInstance(r, &r.Instances.Items[i], assoc)
		}
	}
	m.unseenInstances()
	databases := m.databaseInterfaces()
	for _, r := range m.regions {
		for i := range r.Placements.Items {
			m.compilePlacement(r, &r.Placements.Items[i], databases)
		}
		for i := range r.Endpoints.Items {
			m.compileEndpoint(r, &r.Endpoints.Items[i])
		}
		for i := range r.NATGateways.Items {
			m.claimNAT(r, &r.NATGateways.Items[i])
		}
	}
}

// addressAssociations maps interface and private address to the elastic
// address that describe-addresses associates with them.
func (m *model) addressAssociations() map[[2]string]*Address {
	out := map[[2]string]*Address{}
	for _, r := range m.regions {
		for i := range r.Addresses.Items {
			a := &r.Addresses.Items[i]
			if a.Interface != "" {
				out[[2]string{a.Interface, a.Private}] = a
			}
		}
	}
	return out
}

func (m *model) addInterface(r *Region, x *Interface, assoc map[[2]string]*Address) *nic {
	if n, ok := m.nics[x.ID]; ok {
		return n
	}
	n := &nic{id: x.ID, kind: x.Kind, subID: x.Subnet, check: x.SourceDestCheck, detached: x.Detached}
	n.sub = m.subnets[x.Subnet]
	n.vpc = m.vpcOf(x.VPC, n.sub)
	n.set = m.groupSet(x.Groups)
	if len(x.Groups) == 0 {
		if n.set = unfiltered; needsGroups(x.Kind) {
			n.noGroups = true
		}
	}
	for i, a := range x.Private {
		m.addPrivate(r, n, a, i == 0, assoc)
	}
	for _, text := range x.IPv6 {
		if a := m.addr(r, x.ID, text); a.IsValid() {
			n.pairs = append(n.pairs, pair{private: network.Addrs(a), public: a, hasPublic: TriOf(network.Outside6().Has(a)), v6: true})
		}
	}
	t := &thing{id: x.ID, arn: cmp.Or(x.ARN, m.ec2ARN(r, x.Meta, "network-interface/"+x.ID)), name: x.Name, kind: KindInterface, sub: x.Kind, doc: x.Doc, accepts: true}
	t.account, t.region = r.owner(x.Meta)
	t.internalUse = x.Kind == "nat_gateway" || x.Kind == "transit_gateway" || x.Kind == "gateway_load_balancer_endpoint" || x.Kind == "gateway_load_balancer"
	t.unlisted = x.Kind == "network_load_balancer" || strings.HasPrefix(x.Description, balancerText)
	if strings.HasPrefix(x.Requester, "amazon-") {
		t.service = strings.TrimPrefix(x.Requester, "amazon-")
	}
	if x.Detached {
		t.stopped = "the interface is attached to nothing"
	}
	if x.Kind == "nat_gateway" || x.Kind == "transit_gateway" {
		t.accepts = false // nothing listens there, whether or not the gateway itself was collected
	}
	if x.Kind == "lambda" {
		t.accepts = false // Lambda Developer Guide, "Giving Lambda functions access to resources in a VPC": interfaces are for outbound alone
	}
	t.nics = []*nic{n}
	n.owner = t
	m.nics[x.ID] = n
	m.nicList = append(m.nicList, n)
	m.addThing(t)
	return n
}

// needsGroups tells interface types that always carry groups from those that
// AWS runs without (Amazon EC2 User Guide, "Elastic network interfaces").
func needsGroups(kind string) bool {
	switch kind {
	case "", "interface", "efa", "efa-only", "branch", "trunk", "lambda":
		return true
	}
	return false
}

func (m *model) addPrivate(r *Region, n *nic, a PrivateAddress, primary bool, assoc map[[2]string]*Address) {
	private := m.addr(r, n.id, a.Address)
	if !private.IsValid() {
		return
	}
	public, carrier := m.addr(r, n.id, a.Public), a.Carrier
	e := assoc[[2]string{n.id, a.Address}]
	if e == nil && primary {
		e = assoc[[2]string{n.id, ""}]
	}
	if e != nil {
		if p := m.addr(r, cmp.Or(e.ID, e.Public), e.Public); p.IsValid() {
			if public.IsValid() && public != p {
				m.warn("contradiction", r, n.id, "public address is "+public.String()+" in the interface and "+p.String()+" in the addresses; the interface counts")
			} else {
				public, carrier = p, carrier || e.Carrier
			}
		}
	}
	n.pairs = append(n.pairs, pair{private: network.Addrs(private), public: public, hasPublic: TriOf(public.IsValid()), carrier: carrier})
	if n.sub != nil && !n.sub.cidrs.Has(private) {
		m.warn("contradiction", r, n.id, private.String()+" lies outside of "+n.sub.id)
	}
}

func (m *model) vpcOf(id string, s *subnet) *vpc {
	switch {
	case s != nil:
		return s.vpc
	case id != "":
		return m.vpc(id)
	}
	return nil
}

// ec2ARN builds the ARN of an EC2 resource in the form of AWS's service
// authorization reference; the partition follows from the region's name.
func (m *model) ec2ARN(r *Region, x Meta, resource string) string {
	account, region := r.owner(x)
	if account == "" || region == "" {
		return ""
	}
	return "arn:" + partitionOf(region) + ":ec2:" + region + ":" + account + ":" + resource
}

func partitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	case strings.HasPrefix(region, "us-isob-"):
		return "aws-iso-b"
	case strings.HasPrefix(region, "us-iso-"):
		return "aws-iso"
	case strings.HasPrefix(region, "eusc-"):
		return "aws-eusc"
	}
	return "aws"
}

func (m *model) addThing(t *thing) *thing {
	key := t.id
	if old, ok := m.things[key]; ok {
		if old.arn == t.arn && old.kind == t.kind {
			return old
		}
		key = t.graphID() // one name in two accounts: told apart by ARN
		if old, ok := m.things[key]; ok {
			return old
		}
	}
	m.things[key] = t
	if t.arn != "" && m.byARN[t.arn] == nil {
		m.byARN[t.arn] = t
	}
	return t
}

func (m *model) compileInstance(r *Region, x *Instance, assoc map[[2]string]*Address) {
	t := &thing{id: x.ID, arn: cmp.Or(x.ARN, m.ec2ARN(r, x.Meta, "instance/"+x.ID)), name: x.Name, kind: KindInstance, doc: x.Doc, accepts: true}
	t.account, t.region = r.owner(x.Meta)
	switch x.State {
	case "running", "pending":
	case "":
		t.stateUnknown = true
	default:
		t.stopped = "the instance is " + x.State
	}
	if m.addThing(t) != t {
		return
	}
	ids := slices.Clone(x.Interfaces)
	for i, inline := range x.Inline {
		if inline.ID == "" {
			inline.ID = fmt.Sprintf("%s/eni%d", x.ID, i) // nothing names it; the instance does
		}
		m.addInterface(r, &inline, assoc)
		ids = append(ids, inline.ID)
	}
	if len(ids) > 0 {
		t.primary = m.nics[ids[0]]
	}
	ids = append(ids, m.attachedTo()[x.ID]...)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if n, ok := m.nics[id]; ok {
			m.claim(t, n)
		}
	}
}

// unseenInstances adds the instances that interfaces name and no document
// describes: whether they run is not known.
func (m *model) unseenInstances() {
	for _, r := range m.regions {
		for i := range r.Interfaces.Items {
			x := &r.Interfaces.Items[i]
			n := m.nics[x.ID]
			if !strings.HasPrefix(x.Instance, "i-") || n.owner.kind != KindInterface || n.owner.id != x.ID {
				continue
			}
			t := m.things[x.Instance]
			if t == nil {
				t = &thing{id: x.Instance, arn: m.ec2ARN(r, x.Meta, "instance/"+x.Instance), kind: KindInstance, accepts: true, stateUnknown: true}
				t.account, t.region = r.owner(x.Meta)
				m.addThing(t)
			}
			m.claim(t, n)
		}
	}
}

// claim makes t the owner of an interface that nothing else owns.
func (m *model) claim(t *thing, n *nic) {
	if n.owner.kind != KindInterface {
		return
	}
	n.owner.internalUse = true // spoken for: it is no target of its own
	n.owner = t
	t.nics = append(t.nics, n)
}

// attachedTo lists interfaces by what their documents say they are attached to.
func (m *model) attachedTo() map[string][]string {
	if m.attachments == nil {
		m.attachments = map[string][]string{}
		for _, r := range m.regions {
			for i := range r.Interfaces.Items {
				x := &r.Interfaces.Items[i]
				for _, to := range []string{x.Instance, x.AttachedTo} {
					if to != "" {
						m.attachments[to] = append(m.attachments[to], x.ID)
					}
				}
			}
		}
	}
	return m.attachments
}

func (m *model) compilePlacement(r *Region, x *Placement, databases map[*Placement][]*nic) {
	t := &thing{id: x.ID, arn: x.ARN, name: x.Name, kind: KindPlacement, sub: x.Kind, doc: x.Doc, accepts: x.Accepts != TriNo}
	if t.id == "" {
		t.id = x.ARN
	}
	t.account, t.region = r.owner(x.Meta)
	t.direct, t.internalUse = x.DirectInternet == TriYes, x.Pattern
	if x.Stopped == TriYes {
		t.stopped = "the workload is " + cmp.Or(x.State, "stopped")
	}
	for _, p := range x.Ports {
		t.ports = t.ports.Union(m.portText(r, x.ID, p))
	}
	if m.addThing(t) != t {
		return
	}
	ids := append(slices.Clone(x.Interfaces), m.attachedTo()[x.ID]...)
	if x.ARN != "" {
		ids = append(ids, m.attachedTo()[x.ARN]...)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if n, ok := m.nics[id]; ok {
			m.claim(t, n)
		}
	}
	for _, n := range databases[x] {
		m.claim(t, n)
	}
	if len(t.nics) > 0 {
		return
	}
	subnets := m.candidateSubnets(x)
	t.oneOf = !x.Each && len(subnets) > 1
	for _, id := range subnets {
		m.addSynthetic(t, id, x.VPC, x.Groups, x.Public, false)
	}
}

// databaseText is what RDS writes into the description of all its interfaces
// (Amazon RDS User Guide, "Working with a DB instance in a VPC", read 2026-11):
// which database one belongs to it does not say.
const databaseText = "RDSNetworkInterface"

// databaseInterfaces finds the interfaces of databases: those that can be of one
// database alone by subnet, zone, groups and public address, where no other of
// its interfaces may be meant.
func (m *model) databaseInterfaces() map[*Placement][]*nic {
	groups := func(ids []string) string { return strings.Join(slices.Sorted(slices.Values(ids)), " ") }
	by := map[string][]*Placement{}
	for _, r := range m.regions {
		for i := range r.Placements.Items {
			if x := &r.Placements.Items[i]; x.Kind == "rds" && len(x.Interfaces) == 0 {
				by[groups(x.Groups)] = append(by[groups(x.Groups)], x)
			}
		}
	}
	out := map[*Placement][]*nic{}
	for _, r := range m.regions {
		for i := range r.Interfaces.Items {
			x := &r.Interfaces.Items[i]
			if x.Description != databaseText || m.nics[x.ID] == nil {
				continue
			}
			var fits []*Placement
			for _, p := range by[groups(x.Groups)] {
				if m.mayBeOf(p, x) {
					fits = append(fits, p)
				}
			}
			if len(fits) == 1 && !slices.Contains(out[fits[0]], m.nics[x.ID]) {
				out[fits[0]] = append(out[fits[0]], m.nics[x.ID])
			} else if len(fits) > 1 {
				m.sharedPorts(m.nics[x.ID].owner, fits)
			}
		}
	}
	for p, nics := range out {
		if len(nics) > 1 && !p.Each { // it has one interface, and nobody knows which of these
			delete(out, p)
			for _, n := range nics {
				m.sharedPorts(n.owner, []*Placement{p})
			}
		}
	}
	return out
}

// mayBeOf reports whether an interface of RDS may be a database's.
func (m *model) mayBeOf(p *Placement, x *Interface) bool {
	s := m.subnets[x.Subnet]
	public := len(x.Private) > 0 && x.Private[0].Public != ""
	return slices.Contains(p.Subnets, x.Subnet) && (p.AZ == "" || s == nil || s.az == "" || s.az == p.AZ) &&
		(p.Public == TriUnknown || public == (p.Public == TriYes))
}

// sharedPorts gives an interface that one of several databases has the ports that
// they all listen on, where those are the same.
func (m *model) sharedPorts(t *thing, of []*Placement) {
	for _, p := range of {
		if len(p.Ports) == 0 || !slices.Equal(p.Ports, of[0].Ports) {
			return
		}
	}
	for _, text := range of[0].Ports {
		t.ports = t.ports.Union(m.portText(nil, of[0].ID, text))
	}
}

// candidateSubnets are the subnets the placement may live in.
func (m *model) candidateSubnets(x *Placement) []string {
	ids := slices.Compact(slices.Sorted(slices.Values(x.Subnets)))
	if x.AZ == "" || x.Each {
		return ids
	}
	var in []string
	for _, id := range ids {
		if s, ok := m.subnets[id]; !ok || s.az == "" || s.az == x.AZ {
			in = append(in, id)
		}
	}
	if len(in) > 0 {
		return in
	}
	return ids
}

// addSynthetic adds the interface that a thing has in a subnet though no
// document describes it.
func (m *model) addSynthetic(t *thing, subnetID, vpcID string, groups []string, public Tri, noFilter bool) *nic {
	n := &nic{id: t.id + "@" + subnetID, kind: "implied", subID: subnetID, synthetic: true, owner: t}
	n.sub = m.subnets[subnetID]
	n.vpc = m.vpcOf(vpcID, n.sub)
	switch {
	case len(groups) > 0:
		n.set = m.groupSet(groups)
	default:
		n.set, n.noGroups = unfiltered, !noFilter
	}
	n.pairs = implied(n, public)
	t.nics = append(t.nics, n)
	m.nicList = append(m.nicList, n)
	return n
}

// implied are the addresses that a synthetic interface may have: somewhere in
// its subnet, in each family that the subnet has.
func implied(n *nic, public Tri) []pair {
	space := network.AllAddrs()
	switch {
	case n.sub != nil:
		space = n.sub.cidrs
	case n.vpc != nil && !n.vpc.cidrs.IsEmpty():
		space = n.vpc.cidrs
	}
	var out []pair
	if v4 := space.Intersect(network.AllV4()); !v4.IsEmpty() {
		out = append(out, pair{private: v4, hasPublic: public})
	}
	return out
}

func (m *model) portText(r *Region, id, text string) network.ServiceSet {
	proto, port, _ := strings.Cut(text, "/")
	from, to, ranged := strings.Cut(port, "-")
	lo, err1 := parsePort(from)
	hi := lo
	var err2 error
	if ranged {
		hi, err2 = parsePort(to)
	}
	if err1 != nil || err2 != nil {
		m.warn("not_understood", r, id, "port "+clip(text))
		return nil
	}
	what, understood := m.services(r, id, proto, lo, hi)
	if !understood {
		return nil
	}
	return what
}

func (m *model) compileEndpoint(r *Region, x *Endpoint) {
	t := &thing{id: x.ID, arn: cmp.Or(x.ARN, m.ec2ARN(r, x.Meta, "vpc-endpoint/"+x.ID)), name: cmp.Or(x.Name, x.Service), kind: KindVPCEndpoint, sub: x.Kind, doc: x.Doc, endpoint: x}
	t.accepts = x.Kind != "GatewayLoadBalancer" // packets come to it by routes alone
	t.account, t.region = r.owner(x.Meta)
	if s := strings.ToLower(x.State); s != "" && s != "available" && s != "pending" {
		t.stopped = "the endpoint is " + x.State
	}
	if m.addThing(t) != t {
		return
	}
	ids := append(slices.Clone(x.Interfaces), m.attachedTo()[x.ID]...)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if n, ok := m.nics[id]; ok {
			m.claim(t, n)
		}
	}
	if len(t.nics) == 0 && x.Kind != "Gateway" {
		for _, s := range x.Subnets {
			m.addSynthetic(t, s, x.VPC, x.Groups, TriNo, x.Kind == "GatewayLoadBalancer")
		}
	}
}

// indexAddresses maps addresses to the interfaces that have them.
func (m *model) indexAddresses() {
	slices.SortFunc(m.nicList, func(a, b *nic) int { return cmp.Compare(a.id, b.id) })
	for _, n := range m.nicList {
		for i := range n.pairs {
			p := place{n, i}
			if a, ok := n.pairs[i].private.Single(); ok {
				m.byPrivate[a] = append(m.byPrivate[a], p)
			}
			if n.pairs[i].public.IsValid() && !n.pairs[i].v6 {
				m.byPublic[n.pairs[i].public] = append(m.byPublic[n.pairs[i].public], p)
			}
		}
	}
}

// sortAll puts what was compiled in order, so that no answer depends on the
// order of the inventory.
func (m *model) sortAll() {
	slices.SortFunc(m.nicList, func(a, b *nic) int { return cmp.Compare(a.id, b.id) })
	for id, t := range m.things {
		slices.SortFunc(t.nics, func(a, b *nic) int { return cmp.Compare(a.id, b.id) })
		m.thingIDs = append(m.thingIDs, id)
	}
	slices.Sort(m.thingIDs)
	m.attachments = nil
}

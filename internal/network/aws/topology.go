package aws

import (
	"maps"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/network"
)

// vpc is a compiled network.
type vpc struct {
	id, account, region, arn, name string
	cidrs                          network.AddrSet
	described                      bool // false: only referred to
	tablesKnown, aclsKnown         bool
	main                           *table
	defaultACL                     *acl
	edge                           map[string]*table   // gateway id → its edge route table
	attached                       map[string]*gateway // by kind
	gatewaysKnown                  bool                // internet gateways were collected
	bpa                            bpaMode
	bpaExclusion                   bpaExclusion
	subnets                        []*subnet
}

// subnet is a compiled subnet. A nil table or acl was not collected.
type subnet struct {
	id, arn, name, az string
	zone              string // the availability zone, comparable with those of other accounts: see sameZone
	account           string
	vpc               *vpc
	cidrs             network.AddrSet
	table             *table
	acl               *acl
	bpaExclusion      bpaExclusion
}

func (m *model) compileNetworks() {
	for _, r := range m.regions {
		for i := range r.VPCs.Items {
			x := &r.VPCs.Items[i]
			v := m.vpc(x.ID)
			v.account, v.region = r.owner(x.Meta)
			v.arn, v.name, v.described = x.ARN, x.Name, true
			v.cidrs = v.cidrs.Union(m.cidrs(r, x.ID, x.CIDRs...)).Union(m.cidrs(r, x.ID, x.CIDRs6...))
		}
	}
	for _, r := range m.regions {
		for i := range r.Subnets.Items {
			m.compileSubnet(r, &r.Subnets.Items[i])
		}
	}
	for _, v := range m.vpcs {
		slices.SortFunc(v.subnets, func(a, b *subnet) int { return strings.Compare(a.id, b.id) })
	}
	m.checkOverlaps()
}

func (m *model) compileSubnet(r *Region, x *Subnet) {
	if old, ok := m.subnets[x.ID]; ok {
		if set := m.cidrs(r, x.ID, append([]string{x.CIDR}, x.CIDRs6...)...); !set.Equal(old.cidrs) {
			m.warn("contradiction", r, x.ID, "subnet is described twice with different CIDRs; the first counts")
		}
		return
	}
	v := m.vpc(x.VPC)
	if v.region == "" {
		v.account, v.region = r.owner(x.Meta)
	}
	s := &subnet{id: x.ID, arn: x.ARN, name: x.Name, az: x.AZ, zone: m.zoneOfSubnet(r, x), vpc: v}
	s.account, _ = r.owner(x.Meta)
	s.cidrs = m.cidrs(r, x.ID, append([]string{x.CIDR}, x.CIDRs6...)...)
	if v.described && !v.cidrs.Covers(s.cidrs) {
		m.warn("contradiction", r, x.ID, "subnet lies outside of the CIDRs of "+v.id)
	}
	m.subnets[x.ID] = s
	v.subnets = append(v.subnets, s)
}

// vpc returns the network with an id, known or only referred to.
func (m *model) vpc(id string) *vpc {
	v, ok := m.vpcs[id]
	if !ok {
		v = &vpc{id: id, edge: map[string]*table{}, attached: map[string]*gateway{}}
		m.vpcs[id] = v
	}
	return v
}

// checkOverlaps warns of subnets of one VPC that share addresses: AWS does not
// allow them, so one of the two documents is wrong.
func (m *model) checkOverlaps() {
	for _, v := range m.vpcs {
		type span struct {
			network.AddrRange
			s *subnet
		}
		var spans []span
		for _, s := range v.subnets {
			for _, r := range s.cidrs.Ranges() {
				spans = append(spans, span{r, s})
			}
		}
		slices.SortFunc(spans, func(a, b span) int {
			if c := a.From.Compare(b.From); c != 0 {
				return c
			}
			return strings.Compare(a.s.id, b.s.id)
		})
		for i := 1; i < len(spans); i++ {
			if !spans[i-1].To.Less(spans[i].From) && spans[i-1].s != spans[i].s {
				m.warn("contradiction", nil, spans[i].s.id, "addresses overlap with those of "+spans[i-1].s.id)
			}
		}
	}
}

func (m *model) compileGateways() {
	for _, r := range m.regions {
		for _, x := range r.InternetGateways.Items {
			m.addGateway(x.ID, "internet_gateway", x.VPCs)
		}
		for _, x := range r.CarrierGateways.Items {
			m.addGateway(x.ID, "carrier_gateway", x.VPCs)
		}
		for _, x := range r.EgressOnlyGateways.Items {
			m.addGateway(x.ID, "egress_only_gateway", x.VPCs)
		}
		for _, x := range r.VPNGateways.Items {
			m.addGateway(x.ID, "vpn_gateway", x.VPCs)
		}
		for i := range r.NATGateways.Items {
			m.compileNAT(r, &r.NATGateways.Items[i])
		}
		for i := range r.Peerings.Items {
			x := &r.Peerings.Items[i]
			if old, ok := m.peerings[x.ID]; ok && old.Status == "active" {
				continue
			}
			m.peerings[x.ID] = x
		}
		for i := range r.VPNConnections.Items {
			m.vpnLinks[r.VPNConnections.Items[i].ID] = &r.VPNConnections.Items[i]
		}
		for i := range r.Endpoints.Items {
			m.endpoints[r.Endpoints.Items[i].ID] = &r.Endpoints.Items[i]
		}
	}
	for _, g := range slices.SortedFunc(maps.Values(m.gateways), func(a, b *gateway) int { return strings.Compare(a.id, b.id) }) {
		for _, id := range g.vpcs {
			if v := m.vpc(id); v.attached[g.kind] == nil {
				v.attached[g.kind] = g
			}
		}
	}
	for _, v := range m.vpcs {
		v.gatewaysKnown = m.collected(v, func(r *Region) bool { return r.InternetGateways.Collected })
	}
}

// collected reports whether the account and region that own a VPC answered a
// call.
func (m *model) collected(v *vpc, call func(*Region) bool) bool {
	for _, r := range m.regions {
		if r.Account == v.account && r.Region == v.region && call(r) {
			return true
		}
	}
	return false
}

func (m *model) addGateway(id, kind string, vpcs []string) {
	if g, ok := m.gateways[id]; ok {
		for _, v := range vpcs {
			if !slices.Contains(g.vpcs, v) {
				g.vpcs = append(g.vpcs, v)
			}
		}
		return
	}
	m.gateways[id] = &gateway{id: id, kind: kind, vpcs: slices.Clone(vpcs)}
}

// bpaMode is VPC block public access of a VPC's owner.
type bpaMode uint8

const (
	bpaOff bpaMode = iota
	bpaIngress
	bpaBidirectional
)

type bpaExclusion uint8

const (
	bpaNone bpaExclusion = iota
	bpaAllowEgress
	bpaAllowBidirectional
)

// compilePublicAccess applies VPC block public access to VPCs and subnets: the
// options of the VPC's owner, in its region. Amazon VPC User Guide, "Block
// public access to VPCs and subnets", read 2026-11.
func (m *model) compilePublicAccess() {
	for _, r := range m.regions {
		if !r.PublicAccessOptions.Collected && r.VPCs.Collected && len(r.VPCs.Items) > 0 {
			m.warn("not_collected", r, "", "VPC block public access was not collected: taken as off, its default")
		}
		mode := bpaOff
		for _, o := range r.PublicAccessOptions.Items {
			switch o.Mode {
			case "off", "":
			case "block-bidirectional":
				mode = bpaBidirectional
			case "block-ingress":
				mode = max(mode, bpaIngress)
			default:
				m.warn("not_understood", r, "", "VPC block public access mode "+clip(o.Mode)+": taken as block-bidirectional")
				mode = bpaBidirectional
			}
		}
		for _, v := range m.vpcs {
			if v.account == r.Account && v.region == r.Region {
				v.bpa = max(v.bpa, mode)
			}
		}
		for _, x := range r.PublicAccessExclusions.Items {
			m.compileExclusion(x)
		}
	}
}

func (m *model) compileExclusion(x PublicAccessExclusion) {
	switch x.State {
	case "", "create-complete", "update-complete", "update-in-progress", "disable-in-progress":
	default:
		return
	}
	allow := bpaAllowEgress
	if x.Mode == "allow-bidirectional" {
		allow = bpaAllowBidirectional
	}
	id := x.Resource[strings.LastIndexByte(x.Resource, '/')+1:]
	if v, ok := m.vpcs[id]; ok {
		v.bpaExclusion = max(v.bpaExclusion, allow)
	}
	if s, ok := m.subnets[id]; ok {
		s.bpaExclusion = max(s.bpaExclusion, allow)
	}
}

// blocksPublic reports whether block public access stops traffic of a subnet
// with the internet. Outbound is traffic of NAT and egress-only gateways, which
// never lets connections in.
func (s *subnet) blocksPublic(outbound bool) bool {
	return s.vpc.blocksPublic(max(s.vpc.bpaExclusion, s.bpaExclusion), outbound)
}

// blocksPublic is the same for what is excluded as ex says.
func (v *vpc) blocksPublic(ex bpaExclusion, outbound bool) bool {
	switch v.bpa {
	case bpaIngress:
		return !outbound && ex != bpaAllowBidirectional
	case bpaBidirectional:
		return ex != bpaAllowBidirectional && !(outbound && ex == bpaAllowEgress)
	}
	return false
}

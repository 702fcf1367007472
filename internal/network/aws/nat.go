package aws

import (
	"cmp"
	"net/netip"
	"strconv"

	"github.com/postern-sec/postern/internal/network"
)

// nat is a compiled NAT gateway.
type nat struct {
	id, state string
	private   bool // connectivity type private: no way to the internet
	// regional: in no subnet, so that no network ACL is on its border; table is
	// its own route table, nil when that was not collected (Amazon VPC User Guide,
	// "Regional NAT gateways for automatic multi-AZ expansion", read 2026-11).
	regional bool
	table    *table
	sub      *subnet
	vpc      *vpc
	inside   network.AddrSet // its private addresses; the subnet's when not known
	public   []netip.Addr
}

// natServices are the protocols that a NAT gateway carries (Amazon VPC User
// Guide, "NAT gateway basics", read 2026-11).
var natServices = network.Protocol(network.TCP).
	Union(network.Protocol(network.UDP)).
	Union(network.Protocol(network.ICMP)).
	Union(network.Protocol(network.ICMPv6))

// nat64 are the IPv6 addresses that stand for IPv4 ones (RFC 6052; Amazon VPC
// User Guide, "DNS64 and NAT64", read 2026-11).
var nat64 = network.Prefixes(netip.MustParsePrefix("64:ff9b::/96"))

func (m *model) compileNAT(r *Region, x *NATGateway) {
	if _, twice := m.nats[x.ID]; twice {
		return
	}
	n := &nat{id: x.ID, state: x.State, private: x.Private, sub: m.subnets[x.Subnet]}
	n.vpc = m.vpcOf(x.VPC, n.sub)
	if n.regional = x.Regional; n.regional && n.vpc != nil {
		if n.table = m.tables[x.Table]; n.table == nil {
			n.table = n.vpc.edge[x.ID]
		}
	}
	var inside []netip.Addr
	for _, a := range x.Addresses {
		inside = append(inside, m.addr(r, x.ID, a.Private))
		if p := m.addr(r, x.ID, a.Public); p.IsValid() {
			n.public = append(n.public, p)
		}
	}
	n.inside = network.Addrs(inside...)
	if n.inside.IsEmpty() && n.sub != nil {
		n.inside = n.sub.cidrs.Intersect(network.AllV4())
	}
	if n.inside.IsEmpty() && n.regional && n.vpc != nil {
		n.inside = n.vpc.cidrs.Intersect(network.AllV4())
	}
	m.nats[x.ID] = n
}

// claimNAT makes the NAT gateway a thing and takes its interfaces out of the
// targets: nothing listens there.
func (m *model) claimNAT(r *Region, x *NATGateway) {
	t := &thing{id: x.ID, arn: cmp.Or(x.ARN, m.ec2ARN(r, x.Meta, "natgateway/"+x.ID)), name: x.Name, kind: KindNAT, doc: x.Doc, internalUse: true}
	t.account, t.region = r.owner(x.Meta)
	t = m.addThing(t)
	for _, a := range x.Addresses {
		if n, ok := m.nics[a.Interface]; ok {
			m.claim(t, n)
		}
	}
	if len(t.nics) > 0 {
		return
	}
	for _, a := range x.Addresses {
		private, public := m.addr(r, x.ID, a.Private), m.addr(r, x.ID, a.Public)
		n := m.addSynthetic(t, x.Subnet, x.VPC, nil, TriOf(public.IsValid()), true)
		switch {
		case !private.IsValid() && x.Regional && m.nats[x.ID] != nil: // only the public one is told
			n.pairs = []pair{{private: m.nats[x.ID].inside, public: public, hasPublic: TriOf(public.IsValid())}}
		case private.IsValid():
			n.pairs = []pair{{private: network.Addrs(private), public: public, hasPublic: TriOf(public.IsValid())}}
		}
	}
}

func parsePort(s string) (int, error) { return strconv.Atoi(s) }

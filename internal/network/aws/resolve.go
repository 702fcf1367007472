package aws

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/network"
	"github.com/postern-sec/postern/schema"
)

// NameError says that a spelling stands for nothing or for several things.
type NameError struct {
	Name       string
	Candidates []string // several: all that bear the name; nothing: the nearest. Sorted.
	Ambiguous  bool
}

func (e *NameError) Error() string {
	switch {
	case e.Ambiguous:
		return "several resources are called " + e.Name + ": " + strings.Join(e.Candidates, ", ")
	case len(e.Candidates) > 0:
		return "no resource " + e.Name + "; nearest: " + strings.Join(e.Candidates, ", ")
	}
	return "no resource " + e.Name
}

// found is what a spelling stands for, inside the engine.
type found struct {
	Resolved
	addrs  network.AddrSet // of addresses, CIDRs, internet
	things []*thing
	places []place // of an address: exactly these
	inside []place // of a private CIDR as a destination: any of these
	public bool    // the address is a public one
	door   []*door
	zones  []*zone  // the networks behind a gateway
	gate   *gateway // the internet, by this gateway alone
}

func (m *model) resolve(name string) (Resolved, error) {
	f, err := m.find(name)
	if err != nil {
		return Resolved{}, err
	}
	return f.Resolved, nil
}

func (m *model) find(name string) (*found, error) {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 2048 {
		return nil, &NameError{Name: clip(name)}
	}
	if strings.EqualFold(name, "internet") || name == "0.0.0.0/0" || name == "::/0" {
		return m.internet(name), nil
	}
	if p, _, err := network.ParseCIDR(name); err == nil {
		return m.findAddress(p), nil
	}
	all := m.named(name)
	switch len(all) {
	case 0:
		return nil, &NameError{Name: name, Candidates: m.nearest(name)}
	case 1:
		return all[0], nil
	}
	e := &NameError{Name: name, Ambiguous: true}
	for _, f := range all {
		e.Candidates = append(e.Candidates, cmp.Or(f.ARN, f.ID))
	}
	slices.Sort(e.Candidates)
	e.Candidates = slices.Compact(e.Candidates)
	return nil, e
}

func (m *model) internet(name string) *found {
	f := &found{Resolved: Resolved{ID: "internet", Kind: KindInternet}, addrs: network.AllAddrs()}
	switch name {
	case "0.0.0.0/0":
		f.addrs = network.AllV4()
	case "::/0":
		f.addrs = network.AllV6()
	}
	return f
}

func (m *model) findAddress(p netip.Prefix) *found {
	if p.Bits() != p.Addr().BitLen() {
		f := &found{Resolved: Resolved{ID: p.String(), Kind: KindCIDR}, addrs: network.Prefixes(p)}
		if out := f.addrs.Intersect(network.Outside()); !out.IsEmpty() {
			f.addrs = out // of a range that is partly nobody's: what is on the internet
		}
		if !f.addrs.Overlaps(network.Outside4()) {
			f.inside = m.placesIn(f.addrs)
		}
		return f
	}
	a := p.Addr()
	f := &found{Resolved: Resolved{ID: a.String(), Kind: KindAddress}, addrs: network.Addrs(a)}
	if f.places = m.byPublic[a]; len(f.places) > 0 {
		f.public = true
		return f
	}
	f.places = m.byPrivate[a]
	return f
}

// placesIn lists the interfaces' addresses within some addresses.
func (m *model) placesIn(addrs network.AddrSet) []place {
	var out []place
	for _, n := range m.nicList {
		for i := range n.pairs {
			if a, ok := n.pairs[i].private.Single(); ok && addrs.Has(a) {
				out = append(out, place{n, i})
			}
		}
	}
	return out
}

// named finds everything that an id, ARN or name stands for. An id or ARN
// beats names; of names all count.
func (m *model) named(name string) []*found {
	if f := m.byIdentity(name); f != nil {
		return []*found{f}
	}
	var out []*found
	lower := strings.ToLower(name)
	for _, key := range m.thingIDs {
		t := m.things[key]
		hidden := t.internalUse && t.kind == KindInterface
		if !hidden && (t.name == name || t.id == name || t.balancer != nil && (t.balancer.dns == lower || balancerShort(t) == name)) {
			out = append(out, thingFound(t))
		}
	}
	for _, s := range sortedValues(m.subnets, func(s *subnet) string { return s.id }) {
		if s.name == name {
			out = append(out, m.subnetFound(s))
		}
	}
	for _, v := range sortedValues(m.vpcs, func(v *vpc) string { return v.id }) {
		if v.name == name && v.described {
			out = append(out, m.vpcFound(v))
		}
	}
	groups := map[string]*found{}
	for _, d := range m.doors {
		if d.Name == name || d.id == name || strings.ToLower(d.Domain) == lower || slices.ContainsFunc(d.Names, func(n string) bool { return strings.EqualFold(n, name) }) {
			if f := groups[d.graphID()]; f != nil {
				f.door = append(f.door, d)
				continue
			}
			// One function may be a workload in a subnet and a front door.
			if t := m.byARN[d.arn]; t != nil && slices.ContainsFunc(out, func(f *found) bool { return len(f.things) == 1 && f.things[0] == t }) {
				continue
			}
			f := doorFound(d)
			groups[d.graphID()] = f
			out = append(out, f)
		}
	}
	for _, f := range out {
		if len(f.things) == 1 && len(f.door) == 0 {
			f.door = m.doorsOf(f.things[0].arn)
		}
	}
	return out
}

func balancerShort(t *thing) string {
	_, short, _ := strings.Cut(t.arn, ":loadbalancer/")
	return short
}

func sortedValues[V any](in map[string]*V, id func(*V) string) []*V {
	out := make([]*V, 0, len(in))
	for _, v := range in {
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b *V) int { return cmp.Compare(id(a), id(b)) })
	return out
}

func (m *model) byIdentity(name string) *found {
	if t := m.byARN[name]; t != nil {
		f := thingFound(t)
		f.door = m.doorsOf(t.arn)
		return f
	}
	if doors := m.doorsOf(name); len(doors) > 0 {
		f := doorFound(doors[0])
		f.door = doors
		return f
	}
	id := name
	if strings.HasPrefix(name, "arn:") {
		id = name[strings.LastIndexByte(name, '/')+1:]
	}
	// An ARN names an account too: an id of another account is another thing.
	of := func(account string) bool {
		a, isARN := schema.ParseARN(name)
		return !isARN || a.Account == "" || account == "" || a.Account == account
	}
	if t := m.things[id]; t != nil && nativeID(id) && of(t.account) {
		return thingFound(t)
	}
	if s := m.subnets[id]; s != nil && (of(s.account) || of(s.vpc.account)) {
		return m.subnetFound(s)
	}
	if v := m.vpcs[id]; v != nil && v.described && of(v.account) {
		return m.vpcFound(v)
	}
	if g := m.gateways[id]; g != nil && (g.kind == "internet_gateway" || g.kind == "egress_only_gateway") {
		f := m.internet("internet")
		f.ID, f.gate = g.id, g
		return f
	}
	if zones := m.zonesOf(id); len(zones) > 0 {
		return &found{Resolved: Resolved{ID: id, Kind: KindZone}, zones: zones}
	}
	if zones := m.unmodelled(name); len(zones) > 0 { // core networks are routed to by ARN
		return &found{Resolved: Resolved{ID: name, Kind: KindZone}, zones: zones}
	}
	return nil
}

// nativeID tells ids that AWS makes from names that people give.
func nativeID(id string) bool {
	for _, p := range []string{"i-", "eni-", "vpce-", "nat-", "vgw-", "vpn-"} {
		if strings.HasPrefix(id, p) {
			return true
		}
	}
	return false
}

func (m *model) doorsOf(arn string) []*door {
	var out []*door
	if arn == "" {
		return nil
	}
	for _, d := range m.doors {
		if d.arn == arn {
			out = append(out, d)
		}
	}
	return out
}

func thingFound(t *thing) *found {
	return &found{Resolved: Resolved{ID: t.id, ARN: t.arn, Kind: t.kind, Account: t.account, Region: t.region}, things: []*thing{t}}
}

func doorFound(d *door) *found {
	return &found{Resolved: Resolved{ID: d.id, ARN: d.arn, Kind: KindFrontDoor, Account: d.account, Region: d.region}, door: []*door{d}}
}

func (m *model) subnetFound(s *subnet) *found {
	f := &found{Resolved: Resolved{ID: s.id, ARN: s.arn, Kind: KindSubnet, Account: s.account, Region: s.vpc.region}}
	f.things = m.thingsIn(func(n *nic) bool { return n.sub == s })
	f.addrs = s.cidrs
	return f
}

func (m *model) vpcFound(v *vpc) *found {
	f := &found{Resolved: Resolved{ID: v.id, ARN: v.arn, Kind: KindVPC, Account: v.account, Region: v.region}}
	f.things = m.thingsIn(func(n *nic) bool { return n.vpc == v })
	f.addrs = v.cidrs
	return f
}

// thingsIn lists what has an interface of a certain kind, one thing for each
// class that no rule can tell apart.
func (m *model) thingsIn(in func(*nic) bool) []*thing {
	var out []*thing
	seen := map[string]bool{}
	for _, n := range m.nicList {
		if !in(n) || n.owner.internalUse {
			continue
		}
		if key := classKey(n); !seen[key] {
			seen[key] = true
			if !slices.Contains(out, n.owner) {
				out = append(out, n.owner)
			}
		}
	}
	return out
}

// zonesOf lists the networks that a gateway, an attachment, a connection or a
// peering joins to ours; each side of a peering and each attachment of a transit
// gateway is one, collected or not.
func (m *model) zonesOf(id string) []*zone {
	var out []*zone
	for _, k := range sortedKeys(m.transit.attachments) {
		if a := m.transit.attachments[k]; a.TransitGateway == id || a.ID == id || a.Resource == id && a.Kind != "vpc" {
			out = append(out, m.attachmentZone(a))
		}
	}
	if len(out) > 0 {
		return out
	}
	if p := m.peerings[id]; p != nil {
		for _, s := range [][2]PeerSide{{p.Requester, p.Accepter}, {p.Accepter, p.Requester}} {
			if near := m.vpcs[s[0].VPC]; near != nil && near.described {
				out = append(out, &zone{id: p.ID, kind: "peering", vpc: near, addrs: m.sideCIDRs(s[1], m.vpcs[s[1].VPC]), named: p.oneRegion()})
			}
		}
		return out
	}
	if z := m.zoneOf(id); z != nil {
		return append(out, z)
	}
	if strings.HasPrefix(id, "cgw-") {
		return m.behindCustomer(id)
	}
	return m.unmodelled(id)
}

// attachmentZone is what is behind an attachment of a transit gateway.
func (m *model) attachmentZone(a *attachment) *zone {
	z := &zone{id: a.ID, kind: a.Kind, attachment: a, addrs: m.transit.behind(a)}
	if v := m.vpcs[a.Resource]; a.Kind == "vpc" && v != nil && v.described {
		z.addrs = v.cidrs
	}
	return z
}

// zoneOf makes the zone behind a VPN gateway, or behind the one that a VPN
// connection ends in.
func (m *model) zoneOf(id string) *zone {
	if g := m.gateways[id]; g != nil && g.kind == "vpn_gateway" && len(g.vpcs) > 0 {
		return &zone{id: id, kind: "vpn_gateway", vpc: m.vpc(slices.Min(g.vpcs)), addrs: m.vpnRoutes(g)}
	}
	if c := m.vpnLinks[id]; c != nil && c.Gateway != id {
		return m.zoneOf(c.Gateway)
	}
	return nil
}

// behindCustomer lists the networks behind a customer gateway: those of its VPN
// connections.
func (m *model) behindCustomer(id string) []*zone {
	var out []*zone
	for _, c := range sortedValues(m.vpnLinks, func(c *VPNConnection) string { return c.ID }) {
		if c.CustomerGateway == id && c.CustomerGateway != "" && usable(c.State) {
			out = append(out, m.zonesOf(c.ID)...)
		}
	}
	return out
}

// peerZone is the uncollected side of a peering, or nil when both are known.
func (m *model) peerZone(p *Peering) *zone {
	for _, s := range [][2]PeerSide{{p.Requester, p.Accepter}, {p.Accepter, p.Requester}} {
		near, far := m.vpcs[s[0].VPC], m.vpcs[s[1].VPC]
		if near != nil && near.described && (far == nil || !far.described) {
			return &zone{id: p.ID, kind: "peering", vpc: near, addrs: m.sideCIDRs(s[1], far), named: p.oneRegion()}
		}
	}
	return nil
}

// oneRegion reports whether both sides of a peering are, or may be, in one region.
// Rules cannot name groups of a peer in another (Amazon VPC Peering Guide, "Update
// your security groups to reference peer security groups", read 2026-11).
func (p *Peering) oneRegion() bool {
	return p.Requester.Region == p.Accepter.Region || p.Requester.Region == "" || p.Accepter.Region == ""
}

// vpnRoutes are the addresses that connections and route tables send to a VPN
// gateway: as far as is known, those of the network behind it.
func (m *model) vpnRoutes(g *gateway) network.AddrSet {
	var out []netip.Prefix
	add := func(text string) {
		if p, _, err := network.ParseCIDR(text); err == nil {
			out = append(out, p)
		} else if l := m.lists[text]; l != nil {
			out = append(out, l.prefixes...)
		}
	}
	for _, c := range m.vpnLinks {
		if c.Gateway == g.id {
			for _, r := range c.Routes {
				add(r)
			}
		}
	}
	for _, t := range m.tables {
		if slices.Contains(g.vpcs, t.vpc.id) {
			for _, r := range t.routes {
				if r.Target == g.id {
					add(r.Destination)
				}
			}
		}
	}
	return network.Prefixes(out...)
}

// nearest lists up to five names that begin like the one asked for.
func (m *model) nearest(name string) []string {
	var out []string
	lower := strings.ToLower(name)
	for _, id := range m.thingIDs {
		t := m.things[id]
		for _, s := range []string{t.id, t.name, t.arn} {
			if s != "" && len(out) < 5 && near(strings.ToLower(s), lower) && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	slices.Sort(out)
	return out
}

// near reports whether two names share a part worth showing.
func near(a, b string) bool {
	if len(b) < 3 {
		return strings.HasPrefix(a, b)
	}
	return strings.Contains(a, b) || strings.HasPrefix(a, b[:len(b)*2/3+1]) && !strings.HasPrefix(b, "arn:")
}

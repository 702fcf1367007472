package aws

import (
	"net/netip"
	"slices"
	"strings"
)

// simulator sends literal packets through an inventory, one at a time, reading
// the rules as the AWS guides state them: no sets, nothing compiled, nothing
// shared with the engine. A connection works when a reply, sent as a packet of
// its own, comes back to the sender with the addresses that the sender used.
type simulator struct {
	inv *Inventory
	// sessions are what NAT gateways remember: reply as it will arrive → as
	// it has to go on.
	sessions map[packet4]packet4
	gateway  map[packet4]string // NAT gateway that holds the session
	natPort  int
	groups   []string // of the sender, while its private address is in the packet
	reply    bool
	outer    bool   // the packet starts outside
	entered  string // the gateway to a private network that it came in or left by
	steps    int
}

// packet4 is a packet on the wire.
type packet4 struct {
	src, dst     netip.Addr
	proto        int
	sport, dport int // ICMP: dport is type<<8|code
}

// result is where a packet ended: at an interface, outside, or dropped by a
// layer.
type result struct {
	dropped string
	at      *Interface
	outside bool
	zone    string // the private network behind a gateway that it went to
	pkt     packet4
}

func drop(layer string) result { return result{dropped: layer} }

func (s *simulator) region() *Region { return s.inv.Regions[0] }

func find[T any](list []T, ok func(*T) bool) *T {
	for i := range list {
		if ok(&list[i]) {
			return &list[i]
		}
	}
	return nil
}

func (s *simulator) subnet(id string) *Subnet {
	return find(s.region().Subnets.Items, func(x *Subnet) bool { return x.ID == id })
}

func (s *simulator) vpc(id string) *VPC {
	return find(s.region().VPCs.Items, func(x *VPC) bool { return x.ID == id })
}

func inAny(a netip.Addr, cidrs []string) bool {
	return slices.ContainsFunc(cidrs, func(c string) bool {
		return c != "" && netip.MustParsePrefix(c).Contains(a)
	})
}

func (s *simulator) subnetAt(vpc string, a netip.Addr) *Subnet {
	return find(s.region().Subnets.Items, func(x *Subnet) bool { return x.VPC == vpc && inAny(a, append([]string{x.CIDR}, x.CIDRs6...)) })
}

func (s *simulator) hostAt(vpc string, a netip.Addr) *Interface {
	return find(s.region().Interfaces.Items, func(x *Interface) bool {
		if x.VPC != vpc {
			return false
		}
		return slices.Contains(x.IPv6, a.String()) || slices.ContainsFunc(x.Private, func(p PrivateAddress) bool { return p.Address == a.String() })
	})
}

func matchService(protocol string, from, to int, p packet4) bool {
	if protocol == "-1" {
		return true
	}
	proto := map[string]int{"tcp": 6, "udp": 17, "icmp": 1, "50": 50, "6": 6, "17": 17}[protocol]
	if proto != p.proto {
		return false
	}
	switch proto {
	case 6, 17:
		return from <= p.dport && p.dport <= to
	case 1:
		return (from == -1 || from == p.dport>>8) && (to == -1 || to == p.dport&255)
	}
	return true
}

func (s *simulator) acl(sub *Subnet, egress bool, p packet4) bool {
	a := find(s.region().NetworkACLs.Items, func(x *NetworkACL) bool { return slices.Contains(x.Subnets, sub.ID) })
	if a == nil {
		a = find(s.region().NetworkACLs.Items, func(x *NetworkACL) bool { return x.VPC == sub.VPC && x.Default })
	}
	entries := slices.Clone(a.Entries)
	slices.SortFunc(entries, func(x, y ACLEntry) int { return x.Number - y.Number })
	peer := p.src
	if egress {
		peer = p.dst
	}
	for _, e := range entries {
		from, to := e.FromPort, e.ToPort
		if e.Protocol == "icmp" {
			from, to = e.ICMPType, e.ICMPCode
		}
		if e.Egress == egress && inAny(peer, []string{e.CIDR}) && matchService(e.Protocol, from, to, p) {
			return e.Allow
		}
	}
	return false
}

func (s *simulator) groupsAllow(n *Interface, egress bool, p packet4, other []string) bool {
	peer := p.src
	if egress {
		peer = p.dst
	}
	if n.Kind == "network_load_balancer" {
		return true // has no groups
	}
	for _, id := range n.Groups {
		g := find(s.region().SecurityGroups.Items, func(x *SecurityGroup) bool { return x.ID == id })
		rules := g.Ingress
		if egress {
			rules = g.Egress
		}
		for _, r := range rules {
			if !matchService(r.Protocol, r.FromPort, r.ToPort, p) {
				continue
			}
			if inAny(peer, r.CIDRs) {
				return true
			}
			for _, l := range r.PrefixLists {
				pl := find(s.region().PrefixLists.Items, func(x *PrefixList) bool { return x.ID == l })
				if inAny(peer, pl.Entries.Items) {
					return true
				}
			}
			for _, ref := range r.Groups {
				if slices.Contains(other, ref.Group) {
					return true
				}
			}
		}
	}
	return false
}

func (s *simulator) stopped(n *Interface) bool {
	if name, ok := strings.CutPrefix(n.Description, "ELB "); ok {
		return find(s.region().LoadBalancers.Items, func(x *LoadBalancer) bool { return x.ID == name }).State == "failed"
	}
	i := find(s.region().Instances.Items, func(x *Instance) bool { return slices.Contains(x.Interfaces, n.ID) })
	return i != nil && i.State != "running"
}

// routeFor is the literal longest-prefix match of a subnet.
func (s *simulator) routeFor(sub *Subnet, dst netip.Addr) *Route {
	t := find(s.region().RouteTables.Items, func(x *RouteTable) bool { return slices.Contains(x.Subnets, sub.ID) })
	if g := find(s.region().NATGateways.Items, func(x *NATGateway) bool { return x.ID == sub.ID }); g != nil {
		t = find(s.region().RouteTables.Items, func(x *RouteTable) bool { return x.ID == g.Table })
	}
	if t == nil {
		t = find(s.region().RouteTables.Items, func(x *RouteTable) bool { return x.VPC == sub.VPC && x.Main })
	}
	routes := slices.Clone(t.Routes)
	v := s.vpc(sub.VPC)
	for _, c := range append(slices.Clone(v.CIDRs), v.CIDRs6...) {
		routes = append(routes, Route{Destination: c, Target: "local"})
	}
	var best *Route
	bits := -1
	for i := range routes {
		for _, text := range s.destinations(routes[i].Destination) {
			p := netip.MustParsePrefix(text)
			if p.Contains(dst) && (p.Bits() > bits || p.Bits() == bits && priorityOf(&routes[i]) < priorityOf(best)) {
				best, bits = &routes[i], p.Bits()
			}
		}
	}
	return best
}

// destinations are the blocks that a route is for.
func (s *simulator) destinations(text string) []string {
	if l := find(s.region().PrefixLists.Items, func(x *PrefixList) bool { return x.ID == text }); l != nil {
		return l.Entries.Items
	}
	return []string{text}
}

// priorityOf ranks routes for equal prefixes: local, static, list, propagated.
func priorityOf(r *Route) int {
	switch {
	case r.Target == "local":
		return 0
	case r.Propagated:
		return 3
	case strings.HasPrefix(r.Destination, "pl-"):
		return 2
	}
	return 1
}

// fromSubnet sends a packet out of a subnet.
func (s *simulator) fromSubnet(p packet4, sub *Subnet) result {
	if s.steps++; s.steps > 60 {
		return drop("route")
	}
	if inAny(p.dst, append([]string{sub.CIDR}, sub.CIDRs6...)) {
		return s.arrive(p, sub.VPC)
	}
	if !s.acl(sub, true, p) {
		return drop("nacl")
	}
	return s.routed(p, sub)
}

func (s *simulator) routed(p packet4, sub *Subnet) result {
	if s.steps++; s.steps > 60 {
		return drop("route")
	}
	r := s.routeFor(sub, p.dst)
	if r == nil || r.Blackhole {
		return drop("route")
	}
	kind, _, _ := strings.Cut(r.Target, "-")
	switch kind {
	case "local":
		return s.inVPC(p, sub.VPC, sub)
	case "igw":
		return s.igw(p, sub, r.Target)
	case "eigw":
		g := find(s.region().EgressOnlyGateways.Items, func(x *EgressOnlyGateway) bool { return x.ID == r.Target })
		if g == nil || !slices.Contains(g.VPCs, sub.VPC) {
			return drop("gateway")
		}
		if s.reply {
			return drop("route") // no session: an answer to something that never went out here
		}
		if s.bpa(sub, true) {
			return drop("bpa")
		}
		return s.internet(p)
	case "nat":
		return s.nat(p, sub, r.Target)
	case "pcx":
		return s.peering(p, sub.VPC, r.Target)
	case "tgw":
		return s.tgw(p, sub, r.Target)
	case "vgw":
		return s.vpn(p, sub.VPC, r.Target)
	case "eni":
		n := find(s.region().Interfaces.Items, func(x *Interface) bool { return x.ID == r.Target })
		if n == nil {
			return drop("route")
		}
		if s.stopped(n) {
			return drop("state")
		}
		return drop("source_check") // the generator makes no other middleboxes
	}
	return drop("gateway")
}

// inVPC delivers to an address of a VPC, from a subnet of it or a gateway (nil).
func (s *simulator) inVPC(p packet4, vpc string, from *Subnet) result {
	to := s.subnetAt(vpc, p.dst)
	if to == nil {
		return drop("no_address")
	}
	regional := s.natAt(p.dst) != nil && s.natAt(p.dst).Regional
	if !regional && (from == nil || from.ID != to.ID) && s.hasSomebody(vpc, p.dst) && !s.acl(to, false, p) {
		return drop("nacl")
	}
	return s.arrive(p, vpc)
}

func (s *simulator) hasSomebody(vpc string, a netip.Addr) bool {
	return s.hostAt(vpc, a) != nil || s.natAt(a) != nil
}

// natSubnet is where a NAT gateway is: a regional one in none, which is said by a
// subnet of its own id that has neither addresses nor a network ACL.
func (s *simulator) natSubnet(n *NATGateway) *Subnet {
	if n.Regional {
		return &Subnet{ID: n.ID, VPC: n.VPC}
	}
	return s.subnet(n.Subnet)
}

// fromNAT sends on what a NAT gateway has translated.
func (s *simulator) fromNAT(p packet4, n *NATGateway) result {
	if n.Regional {
		return s.routed(p, s.natSubnet(n))
	}
	return s.fromSubnet(p, s.subnet(n.Subnet))
}

func (s *simulator) natAt(a netip.Addr) *NATGateway {
	return find(s.region().NATGateways.Items, func(x *NATGateway) bool { return x.Addresses[0].Private == a.String() })
}

// arrive hands a packet to whoever has its destination.
func (s *simulator) arrive(p packet4, vpc string) result {
	if n := s.natAt(p.dst); n != nil {
		on, ok := s.sessions[p]
		if !ok || s.gateway[p] != n.ID {
			return drop("nat")
		}
		return s.fromNAT(on, n)
	}
	n := s.hostAt(vpc, p.dst)
	if n == nil {
		return drop("no_address")
	}
	if !s.reply {
		if !s.groupsAllow(n, false, p, s.groups) {
			return drop("security_group")
		}
		if s.stopped(n) {
			return drop("state")
		}
	}
	return result{at: n, pkt: p}
}

func (s *simulator) bpa(sub *Subnet, outbound bool) bool {
	mode := s.region().PublicAccessOptions.Items[0].Mode
	ex := ""
	for _, x := range s.region().PublicAccessExclusions.Items {
		if (x.Resource == sub.ID || x.Resource == sub.VPC) && ex != "allow-bidirectional" {
			ex = x.Mode
		}
	}
	switch mode {
	case "block-bidirectional":
		return ex != "allow-bidirectional" && (ex != "allow-egress" || !outbound)
	case "block-ingress":
		return ex != "allow-bidirectional" && !outbound
	}
	return false
}

// senderSubnet is where the address that leaves belongs to.
func (s *simulator) senderSubnet(a netip.Addr, at *Subnet) *Subnet {
	for _, v := range s.region().VPCs.Items {
		if x := s.subnetAt(v.ID, a); x != nil {
			return x
		}
	}
	return at
}

// igw leaves by an internet gateway.
func (s *simulator) igw(p packet4, sub *Subnet, id string) result {
	g := find(s.region().InternetGateways.Items, func(x *InternetGateway) bool { return x.ID == id })
	if g == nil || !slices.Contains(g.VPCs, sub.VPC) {
		return drop("gateway")
	}
	nat := s.natAt(p.src)
	if nat != nil && s.natSubnet(nat).VPC != sub.VPC {
		nat = nil // the gateway translates for its own VPC
	}
	sender := s.senderSubnet(p.src, sub)
	if g := s.natAt(p.src); g != nil && g.Regional {
		sender = s.natSubnet(g)
	}
	if s.bpa(sender, s.natAt(p.src) != nil) {
		return drop("bpa")
	}
	if p.dst.Is4() && p.dst.IsPrivate() {
		return drop("route")
	}
	if s.hostAt(sub.VPC, p.src) == nil && nat == nil {
		if s.reply {
			return drop("route")
		}
		return drop("no_address")
	}
	if p.src.Is4() {
		public := ""
		if nat != nil {
			if nat.Private {
				return drop("nat")
			}
			public = nat.Addresses[0].Public
		} else if n := s.hostAt(sub.VPC, p.src); n != nil {
			for _, x := range n.Private {
				if x.Address == p.src.String() {
					public = x.Public
				}
			}
		}
		if public == "" {
			return drop("no_address")
		}
		old := p
		p.src = netip.MustParseAddr(public)
		if nat != nil {
			s.move(old, p)
		}
	}
	s.groups = nil
	return s.internet(p)
}

// move renames a session after the gateway has changed the source again.
func (s *simulator) move(before, after packet4) {
	r := replyTo(before)
	if on, ok := s.sessions[r]; ok {
		public := replyTo(after)
		s.sessions[public], s.gateway[public] = on, s.gateway[r]
	}
}

func replyTo(p packet4) packet4 {
	r := packet4{src: p.dst, dst: p.src, proto: p.proto, sport: p.dport, dport: p.sport}
	if p.proto == 1 || p.proto == 50 { // no ports: echo reply, ESP
		r.sport, r.dport = 0, 0
	}
	return r
}

// internet carries a packet between public addresses.
func (s *simulator) internet(p packet4) result {
	if p.dst.IsPrivate() {
		if s.outer {
			return drop("no_address")
		}
		return drop("route")
	}
	for i := range s.region().NATGateways.Items {
		n := &s.region().NATGateways.Items[i]
		if n.Addresses[0].Public == p.dst.String() {
			sub := s.natSubnet(n)
			on, ok := s.sessions[p]
			if !ok || s.gateway[p] != n.ID {
				if !s.entry(sub) {
					return drop("gateway")
				}
				if !n.Regional && s.bpa(sub, false) {
					return drop("bpa")
				}
				private := p
				private.dst = netip.MustParseAddr(n.Addresses[0].Private)
				if !n.Regional && !s.acl(sub, false, private) {
					return drop("nacl")
				}
				return drop("nat")
			}
			private := p
			private.dst = netip.MustParseAddr(n.Addresses[0].Private)
			if !n.Regional && !s.acl(sub, false, private) {
				return drop("nacl")
			}
			return s.fromNAT(on, n)
		}
	}
	for i := range s.region().Interfaces.Items {
		n := &s.region().Interfaces.Items[i]
		for _, a := range n.Private {
			if a.Public == p.dst.String() {
				q := p
				q.dst = netip.MustParseAddr(a.Address)
				return s.fromInternet(q, n)
			}
		}
		if slices.Contains(n.IPv6, p.dst.String()) {
			return s.fromInternet(p, n)
		}
	}
	return result{outside: true, pkt: p}
}

func (s *simulator) entry(sub *Subnet) bool {
	return find(s.region().InternetGateways.Items, func(x *InternetGateway) bool { return slices.Contains(x.VPCs, sub.VPC) }) != nil
}

func (s *simulator) fromInternet(p packet4, n *Interface) result {
	sub := s.subnet(n.Subnet)
	s.groups = nil
	if !s.reply {
		if !s.entry(sub) {
			return drop("gateway")
		}
		if s.bpa(sub, false) {
			return drop("bpa")
		}
	}
	if !s.acl(sub, false, p) {
		return drop("nacl")
	}
	return s.arrive(p, sub.VPC)
}

// nat enters a NAT gateway.
func (s *simulator) nat(p packet4, from *Subnet, id string) result {
	n := find(s.region().NATGateways.Items, func(x *NATGateway) bool { return x.ID == id })
	if s.reply {
		return drop("route") // the source would change: no one waits for such an answer
	}
	if n == nil || n.State == "deleted" {
		return drop("nat")
	}
	if p.dst.Is6() || p.proto == 50 {
		return drop("nat")
	}
	sub := s.natSubnet(n)
	if !n.Regional && sub.ID != from.ID && !s.acl(sub, false, p) {
		return drop("nacl")
	}
	old := p
	p.src, p.sport = netip.MustParseAddr(n.Addresses[0].Private), s.natPort
	s.sessions[replyTo(p)], s.gateway[replyTo(p)] = replyTo(old), n.ID
	s.groups = nil
	if !n.Regional && inAny(p.dst, []string{sub.CIDR}) {
		return s.arrive(p, sub.VPC)
	}
	return s.fromNAT(p, n)
}

func (s *simulator) peering(p packet4, vpc, id string) result {
	x := find(s.region().Peerings.Items, func(x *Peering) bool { return x.ID == id })
	if x == nil || x.Status != "active" || x.Accepter.VPC != vpc && x.Requester.VPC != vpc {
		return drop("gateway")
	}
	far := x.Accepter.VPC
	if far == vpc {
		far = x.Requester.VPC
	}
	a, b := s.vpc(vpc), s.vpc(far)
	if !inAny(p.src, append(slices.Clone(a.CIDRs), a.CIDRs6...)) || !inAny(p.dst, append(slices.Clone(b.CIDRs), b.CIDRs6...)) {
		return drop("gateway")
	}
	return s.inVPC(p, far, nil)
}

// tgw enters a transit gateway in the zone of a subnet and leaves it where its
// route table says.
func (s *simulator) tgw(p packet4, sub *Subnet, id string) result {
	a := find(s.region().TransitGatewayAttachments.Items, func(x *TransitGatewayAttachment) bool {
		return x.TransitGateway == id && x.Resource == sub.VPC
	})
	if a == nil {
		return drop("gateway")
	}
	in := find(a.Subnets, func(x *string) bool { return s.subnet(*x).AZ == sub.AZ })
	if in == nil {
		return drop("gateway")
	}
	if !s.acl(s.subnet(*in), false, p) {
		return drop("nacl")
	}
	return s.switched(p, a, sub.AZ)
}

// switched looks a packet up that came into a transit gateway by an attachment.
func (s *simulator) switched(p packet4, a *TransitGatewayAttachment, az string) result {
	id := a.TransitGateway
	t := find(s.region().TransitGatewayRouteTables.Items, func(x *TransitGatewayRouteTable) bool {
		return x.TransitGateway == id && slices.Contains(x.Associations.Items, a.ID)
	})
	if t == nil {
		return drop("gateway")
	}
	var best *TransitRoute
	bits := -1
	for i := range t.Routes.Items {
		r := &t.Routes.Items[i]
		c := netip.MustParsePrefix(r.Destination)
		if c.Contains(p.dst) && (c.Bits() > bits || c.Bits() == bits && r.Static && !best.Static) {
			best, bits = r, c.Bits()
		}
	}
	if best == nil || best.Blackhole {
		return drop("gateway")
	}
	b := find(s.region().TransitGatewayAttachments.Items, func(x *TransitGatewayAttachment) bool { return x.ID == best.Attachments[0] })
	if b.Kind != "vpc" {
		return s.atZone(p, b.ID)
	}
	g := find(s.region().TransitGateways.Items, func(x *TransitGateway) bool { return x.ID == id })
	if g.SecurityGroupReferencing != TriYes {
		s.groups = nil
	}
	out := find(b.Subnets, func(x *string) bool { return s.subnet(*x).AZ == az })
	if out == nil {
		out = &b.Subnets[0]
	}
	o := s.subnet(*out)
	if to := s.subnetAt(b.Resource, p.dst); to != nil && to.ID == o.ID {
		return s.arrive(p, b.Resource)
	}
	if !s.acl(o, true, p) {
		return drop("nacl")
	}
	return s.routed(p, o)
}

// connect tries a connection and returns the layer that stops it, or "".
func (s *simulator) connect(from *Interface, p packet4) (layer string, back bool) {
	s.sessions, s.gateway, s.reply, s.steps, s.entered = map[packet4]packet4{}, map[packet4]string{}, false, 0, ""
	var there result
	s.outer = from == nil
	if from == nil {
		there = s.internet(p)
	} else {
		s.groups = from.Groups
		if s.stopped(from) {
			return "state", false
		}
		var other []string
		for i := range s.region().Interfaces.Items {
			n := &s.region().Interfaces.Items[i]
			if slices.ContainsFunc(n.Private, func(a PrivateAddress) bool { return a.Address == p.dst.String() }) || slices.Contains(n.IPv6, p.dst.String()) {
				other = n.Groups
			}
		}
		if !s.groupsAllow(from, true, p, other) {
			return "security_group", false
		}
		there = s.fromSubnet(p, s.subnet(from.Subnet))
	}
	if there.dropped != "" {
		return there.dropped, false
	}
	s.reply, s.steps = true, 0
	answer := replyTo(there.pkt)
	var home result
	switch {
	case there.zone != "":
		home = s.fromZone(answer, there.zone)
	case there.outside:
		home = s.internet(answer)
	default:
		home = s.fromSubnet(answer, s.subnet(there.at.Subnet))
	}
	switch want := replyTo(p); {
	case home.dropped != "":
		return home.dropped, true
	case from == nil && (!home.outside || home.pkt != want), from != nil && (home.at != from || home.pkt != want):
		return "route", true // the answer comes from somewhere else than was asked
	}
	return "", false
}

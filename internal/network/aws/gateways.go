package aws

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/network"
)

// exitInternet leaves by an internet gateway: one-to-one translation for
// addresses with a public one, nothing for the others (Amazon VPC User Guide,
// "Enable internet access for a VPC using an internet gateway", read 2026-11).
func (w *walker) exitInternet(st stream, t trip, tb *table, r Route) {
	v := tb.vpc
	st, ok := w.gatewayUsable(st, t, v, r.Target, "internet_gateway")
	if !ok {
		return
	}
	sender := t.now.from
	if t.back {
		sender = t.now.to
	}
	outbound := sender.nat != nil
	if n := sender.nat; n != nil && n.regional && v.blocksPublic(v.bpaExclusion, true) {
		w.block(st.fwd, st, t, network.LayerBPA, v.id, "VPC block public access of "+v.id+" stops traffic with the internet", "exclude "+v.id+" from VPC block public access")
		return
	}
	if s := sender.subnet(); s != nil && s.blocksPublic(outbound) {
		w.block(st.fwd, st, t, network.LayerBPA, v.id, "VPC block public access of "+v.id+" stops traffic with the internet", "exclude "+s.id+" from VPC block public access")
		return
	}
	if t.back {
		w.backOverInternet(st, t, tb, r)
		return
	}
	if n := w.goal.place.nic; n != nil && !t.to.IsValid() && !w.goal.place.pairOf().v6 {
		to := peers(st, t, true).First()
		w.block(st.fwd, st, t, network.LayerRoute, tb.id, fmt.Sprintf("%s is routed to the internet (%s), where private addresses go nowhere", to, r.Target), w.routeFix(t, tb, to))
		return
	}
	if w.goal.outside {
		if st, ok = w.routedOutside(st, t, tb); !ok {
			return
		}
	}
	if sender.vpc() != v {
		w.block(st.fwd, st, t, network.LayerNoAddress, r.Target, r.Target+" translates addresses of "+v.id+" alone", "route through a NAT gateway of "+v.id)
		return
	}
	public, st, ok := w.publicSource(st, t, sender, r.Target)
	if !ok || w.unnamed(st, t, r.Target) { // groups stand for private addresses
		return
	}
	st = w.step(st, t, r.Target, "internet_gateway", "to the internet as "+addrText(public))
	t.from, t.groups, t.now.gate = public, nil, r.Target
	switch {
	case w.goal.outside:
		w.delivered(st, t)
	case w.goal.place.nic != nil && (t.to.IsValid() || w.goal.place.pairOf().v6):
		w.enterInternet(st, t, w.goal)
	default:
		w.block(st.fwd, st, t, network.LayerRoute, tb.id, "private addresses are not routed on the internet", "")
	}
}

func addrText(a netip.Addr) string {
	if a.IsValid() {
		return a.String()
	}
	return "its own address"
}

// toOutside ends the leg on the internet.
func (w *walker) toOutside(st stream, t trip, tb *table) {
	if st, ok := w.routedOutside(st, t, tb); ok {
		w.delivered(st, t)
	}
}

// routedOutside stops packets for private addresses: they go nowhere on the
// internet.
func (w *walker) routedOutside(st stream, t trip, tb *table) (stream, bool) {
	routed := only(st, t, network.Outside())
	if rest := st.fwd.Minus(routed.fwd); !rest.IsEmpty() && !w.anon {
		w.block(rest, st, t, network.LayerRoute, tb.id, "private addresses are not routed on the internet", "")
	}
	return routed, !routed.fwd.IsEmpty()
}

// publicSource is the address a sender has on the internet.
func (w *walker) publicSource(st stream, t trip, sender end, gateway string) (netip.Addr, stream, bool) {
	if sender.nat != nil {
		if sender.nat.private {
			w.block(st.fwd, st, t, network.LayerNAT, sender.nat.id, "a private NAT gateway has no way to the internet", "")
			return netip.Addr{}, st, false
		}
		if len(sender.nat.public) > 0 {
			return sender.nat.public[0], st, true
		}
		return netip.Addr{}, need(st, network.Missing{Kind: "nat_gateway_address", ID: sender.nat.id}), true
	}
	p := sender.place.pairOf()
	switch {
	case p.carrier:
		w.block(st.fwd, st, t, network.LayerNoAddress, sender.place.nic.nativeID(), "a carrier address works through a carrier gateway only", "")
		return netip.Addr{}, st, false
	case p.hasPublic == TriNo:
		w.block(st.fwd, st, t, network.LayerNoAddress, sender.place.nic.nativeID(), describe(sender.place)+" has no public address, so "+gateway+" does not carry it", "associate an elastic IP address with "+sender.place.nic.nativeID()+", or route through a NAT gateway")
		return netip.Addr{}, st, false
	case p.hasPublic == TriUnknown:
		st = need(st, network.Missing{Kind: "public_address", ID: sender.place.nic.nativeID()})
	}
	if p.v6 {
		return netip.Addr{}, st, true
	}
	return p.public, st, true
}

// gatewayUsable checks that a gateway is attached to the VPC.
func (w *walker) gatewayUsable(st stream, t trip, v *vpc, id, kind string) (stream, bool) {
	g := w.m.gateways[id]
	switch {
	case g != nil && contains(g.vpcs, v.id):
		return st, true
	case g == nil && !w.m.collected(v, func(r *Region) bool { return gatewaysOf(r, kind) }):
		return need(st, network.Missing{Kind: kind, ID: id}), true
	}
	w.block(st.fwd, st, t, network.LayerGateway, id, id+" is not attached to "+v.id, "attach "+id+" to "+v.id)
	return st, false
}

func gatewaysOf(r *Region, kind string) bool {
	switch kind {
	case "internet_gateway":
		return r.InternetGateways.Collected
	case "egress_only_gateway":
		return r.EgressOnlyGateways.Collected
	case "carrier_gateway":
		return r.CarrierGateways.Collected
	default:
		return r.VPNGateways.Collected
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// backOverInternet ends the return of a leg that came in from the internet.
func (w *walker) backOverInternet(st stream, t trip, tb *table, r Route) {
	first := t.now.from
	if !first.outside && !first.cdn && t.now.gate == "" || t.now.to.vpc() != tb.vpc {
		to := peers(st, t, true).First()
		w.block(st.fwd, st, t, network.LayerRoute, tb.id, fmt.Sprintf("the answer to %s is routed to the internet (%s)", to, r.Target), w.routeFix(t, tb, to))
		return
	}
	st = w.step(st, t, r.Target, "internet_gateway", "answers leave to the internet")
	if first.outside || first.cdn {
		w.returned(st, t)
		return
	}
	t.from, t.to = w.goal.place.pairOf().public, netip.Addr{}
	w.enterInternet(st, t, first)
}

// enterInternet comes in by the internet gateway of the receiver's VPC. On the
// way back the receiver is the sender of the flow, or its NAT gateway.
func (w *walker) enterInternet(st stream, t trip, to end) {
	if !t.back {
		var ok bool
		if st, ok = w.publicTarget(st, t, to); !ok {
			return
		}
	}
	w.comeIn(st, t, to)
}

// comeIn passes the internet gateway and what blocks public access.
func (w *walker) comeIn(st stream, t trip, to end) {
	v, s := to.vpc(), to.subnet()
	t.to = netip.Addr{}
	if v == nil {
		w.stop(st, t, network.LayerGateway, "", "the VPC of the receiver is not known", network.Missing{Kind: "subnet", ID: startSubnet(trip{now: leg{from: to}})})
		return
	}
	g := v.attached["internet_gateway"]
	if g == nil && !t.back {
		if v.gatewaysKnown {
			w.block(st.fwd, st, t, network.LayerGateway, v.id, v.id+" has no internet gateway", "attach an internet gateway to "+v.id+", and add a route to it")
			return
		}
		st = need(st, network.Missing{Kind: "internet_gateway", ID: v.id})
	}
	if s != nil && !t.back && s.blocksPublic(false) {
		w.blockUnless(st.fwd, st, t, network.LayerBPA, v.id, "VPC block public access of "+v.id+" stops traffic from the internet", "exclude "+s.id+" from VPC block public access", func(st stream) { w.inside(st, t, to) })
		return
	}
	w.inside(st, t, to)
}

// inside goes on behind the internet gateway.
func (w *walker) inside(st stream, t trip, to end) {
	v, s := to.vpc(), to.subnet()
	g := v.attached["internet_gateway"]
	gid := v.id
	switch {
	case t.back:
		gid = t.now.gate // answers come in where the packet went out
	case g != nil:
		gid = g.id
	}
	if !t.back {
		st = w.step(st, t, gid, "internet_gateway", "in for "+describe(to.place))
	}
	t.at, t.vpc = nil, v
	w.throughEdge(st, t, v, gid, s)
}

// publicFix is how the owner of an interface gets a public address.
func publicFix(p place) string {
	switch o := p.nic.owner; {
	case p.pairOf().v6:
		return "give " + p.nic.nativeID() + " a global IPv6 address"
	case o.balancer != nil:
		return "put an internet-facing load balancer in the place of " + o.id
	case o.kind == KindPlacement && o.sub == "rds":
		return "make " + o.id + " publicly accessible"
	case o.kind == KindPlacement || o.endpoint != nil || o.service != "":
		return ""
	}
	return "associate an elastic IP address with " + p.nic.nativeID()
}

// publicTarget checks that the receiver has an address on the internet.
func (w *walker) publicTarget(st stream, t trip, to end) (stream, bool) {
	p := to.place
	pr := p.pairOf()
	switch {
	case pr.carrier:
		w.block(st.fwd, st, t, network.LayerGateway, p.nic.nativeID(), "a carrier address is reached from the carrier's network alone", "")
		return st, false
	case pr.hasPublic == TriNo:
		w.blockUnless(st.fwd, st, t, network.LayerNoAddress, p.nic.nativeID(), p.nic.owner.id+" has no public address", publicFix(p), func(st stream) { w.comeIn(st, t, to) })
		return st, false
	case pr.hasPublic == TriUnknown:
		st = need(st, network.Missing{Kind: "public_address", ID: p.nic.owner.id})
	}
	return st, true
}

// throughEdge applies the gateway's own route table, if it has one: it may send
// what comes in to a middlebox first (Amazon VPC User Guide, "Gateway route
// tables").
func (w *walker) throughEdge(st stream, t trip, v *vpc, gateway string, s *subnet) {
	tb := v.edge[gateway]
	if tb == nil {
		w.arrived(st, t, s)
		return
	}
	inside := w.edgeTarget(st, t)
	for _, part := range tb.split(inside) {
		sub := divert(w.edgePart(st, t, part.addrs), part.missing...)
		if sub.fwd.IsEmpty() {
			continue
		}
		switch {
		case part.route < 0:
			w.block(sub.fwd, sub, t, network.LayerRoute, tb.id, "the gateway's route table has no route to "+part.addrs.First().String(), "")
		case tb.routes[part.route].Blackhole:
			w.block(sub.fwd, sub, t, network.LayerRoute, tb.id, "the gateway's route "+tb.routes[part.route].Destination+" is a blackhole", "")
		case tb.routes[part.route].Target == "local":
			w.arrived(w.step(sub, t, tb.id, "route_table", "gateway route table: local"), t, s)
		default:
			w.take(w.step(sub, t, tb.id, "route_table", "gateway route table: "+tb.routes[part.route].Destination+" to "+tb.routes[part.route].Target), t, tb, tb.routes[part.route])
		}
	}
}

// edgeTarget is the private address that the gateway sends to.
func (w *walker) edgeTarget(st stream, t trip) network.AddrSet {
	e := w.target(t)
	switch {
	case e.place.nic != nil:
		return e.place.pairOf().private
	case e.nat != nil:
		return e.nat.inside
	}
	return peers(st, t, true)
}

func (w *walker) edgePart(st stream, t trip, addrs network.AddrSet) stream {
	if w.target(t).nat != nil {
		return st // one gateway address or another: the flow is the same
	}
	return only(st, t, addrs)
}

// exitEgressOnly lets IPv6 connections out and nothing in.
func (w *walker) exitEgressOnly(st stream, t trip, tb *table, r Route) {
	if t.back {
		w.wrongExit(st, t, tb, r)
		return
	}
	st, ok := w.gatewayUsable(st, t, tb.vpc, r.Target, "egress_only_gateway")
	if !ok {
		return
	}
	if s := t.now.from.subnet(); s != nil && s.blocksPublic(true) {
		w.block(st.fwd, st, t, network.LayerBPA, tb.vpc.id, "VPC block public access of "+tb.vpc.id+" stops traffic with the internet", "exclude "+s.id+" from VPC block public access")
		return
	}
	v6 := only(st, t, network.AllV6())
	w.block(st.fwd.Minus(v6.fwd), st, t, network.LayerGateway, r.Target, "an egress-only gateway carries IPv6 alone", "")
	if v6.fwd.IsEmpty() {
		return
	}
	v6 = w.step(v6, t, r.Target, "egress_only_gateway", "out to the internet; only answers come back")
	t.groups, t.now.gate = nil, r.Target
	switch {
	case w.goal.outside:
		w.toOutside(v6, t, tb)
	case w.goal.place.nic != nil:
		w.enterInternet(v6, t, w.goal)
	default:
		w.block(v6.fwd, v6, t, network.LayerRoute, tb.id, "the receiver is not on the internet", "")
	}
}

// wrongExit ends a return that does not go the way the packet came: the answer
// would leave with another address than the one that was asked.
func (w *walker) wrongExit(st stream, t trip, tb *table, r Route) {
	to := peers(st, t, true).First()
	summary := fmt.Sprintf("the answer to %s is routed to %s, not back the way the packet came", w.toText(t, to), r.Target)
	if t.now.from.outside || t.now.from.cdn {
		w.noRoute(st, t, tb, to, summary)
		return
	}
	w.block(st.fwd, st, t, network.LayerRoute, tb.id, summary, "")
}

// enterNAT translates the source at a NAT gateway and goes on from its subnet.
// Connections from outside never get through one.
func (w *walker) enterNAT(st stream, t trip, tb *table, r Route) {
	if t.back {
		w.wrongExit(st, t, tb, r)
		return
	}
	// What no NAT gateway carries is stopped, whether or not this one was
	// collected.
	if six := only(st, t, nat64); !six.fwd.IsEmpty() {
		w.stop(six, t, network.LayerNAT, r.Target, r.Target+" translates 64:ff9b::/96 to IPv4 (NAT64): ask for the IPv4 address", network.Missing{Kind: "nat64", ID: r.Target})
		st.fwd = st.fwd.Minus(six.fwd)
	}
	v4 := only(st, t, network.AllV4())
	w.block(st.fwd.Minus(v4.fwd), st, t, network.LayerNAT, r.Target, "a NAT gateway carries IPv4", "")
	carried := v4
	carried.fwd = v4.fwd.OnlyServices(natServices)
	w.block(v4.fwd.Minus(carried.fwd), st, t, network.LayerNAT, r.Target, "a NAT gateway carries TCP, UDP and ICMP alone", "")
	if st = carried; st.fwd.IsEmpty() {
		return
	}
	n := w.m.nats[r.Target]
	if n == nil {
		if w.m.collected(tb.vpc, func(r *Region) bool { return r.NATGateways.Collected }) {
			w.block(st.fwd, st, t, network.LayerNAT, r.Target, r.Target+" does not exist", "")
			return
		}
		w.stop(st, t, network.LayerNAT, r.Target, r.Target+" was not collected", network.Missing{Kind: "nat_gateway", ID: r.Target})
		return
	}
	if n.state != "" && n.state != "available" {
		w.block(st.fwd, st, t, network.LayerNAT, n.id, n.id+" is "+n.state, "")
		return
	}
	if n.sub == nil && !n.regional {
		w.stop(carried, t, network.LayerNAT, n.id, "the subnet of "+n.id+" is not known", network.Missing{Kind: "subnet", ID: n.id})
		return
	}
	into := func(st stream) {
		st = w.step(st, t, n.id, "nat_gateway", "source becomes "+natAddress(n))
		inside, single := n.inside.Single()
		if !single {
			inside = n.inside.First()
			if n.private || n.regional && !w.goal.outside {
				st = need(st, network.Missing{Kind: "nat_gateway_address", ID: n.id})
			}
		}
		done := t.now
		done.to, done.source, done.target = end{nat: n}, t.from, t.to
		u := t
		u.legs = append(append([]leg{}, t.legs...), done)
		u.now = leg{from: end{nat: n}}
		u.from, u.groups, u.at, u.vpc = inside, nil, n.sub, n.vpc
		if n.regional {
			w.fromRegionalNAT(st, u, n)
			return
		}
		if w.goal.subnet() == n.sub && !u.to.IsValid() {
			w.arrived(st, u, n.sub)
			return
		}
		w.crossACL(st, u, n.sub, true, func(st stream) { w.routeFrom(st, u, n.sub) })
	}
	if n.sub == t.at || n.regional {
		into(carried)
		return
	}
	w.crossACL(carried, t, n.sub, false, into)
}

// fromRegionalNAT goes on by the gateway's own route table: it is in no subnet.
func (w *walker) fromRegionalNAT(st stream, t trip, n *nat) {
	t.at, t.vpc = nil, n.vpc
	if n.table == nil {
		w.stop(st, t, network.LayerRoute, n.id, "the route table of "+n.id+" was not collected", network.Missing{Kind: "route_table", ID: n.id})
		return
	}
	w.route(st, t, n.table)
}

func natAddress(n *nat) string {
	if !n.private && len(n.public) > 0 {
		return n.public[0].String()
	}
	if a, ok := n.inside.Single(); ok {
		return a.String()
	}
	return "an address of " + n.id
}

// cross takes a peering connection: to addresses of the peer alone, from
// addresses of the own VPC alone, never further (Amazon VPC Peering Guide, "How
// VPC peering connections work": no transitive or edge-to-edge routing).
func (w *walker) cross(st stream, t trip, tb *table, r Route) {
	p := w.m.peerings[r.Target]
	if p == nil {
		if w.m.collected(tb.vpc, func(r *Region) bool { return r.Peerings.Collected }) {
			w.block(st.fwd, st, t, network.LayerGateway, r.Target, r.Target+" does not exist", "")
			return
		}
		w.stop(st, t, network.LayerGateway, r.Target, r.Target+" was not collected", network.Missing{Kind: "peering", ID: r.Target})
		return
	}
	if p.Status != "" && !strings.EqualFold(p.Status, "active") {
		w.block(st.fwd, st, t, network.LayerGateway, p.ID, p.ID+" is "+p.Status, "accept "+p.ID)
		return
	}
	far := p.Accepter
	near := p.Requester
	if p.Accepter.VPC == tb.vpc.id {
		far, near = p.Requester, p.Accepter
	}
	if near.VPC != tb.vpc.id {
		w.block(st.fwd, st, t, network.LayerGateway, p.ID, p.ID+" does not end in "+tb.vpc.id, "")
		return
	}
	own := onlyBy(st, t, false, tb.vpc.cidrs)
	if rest := st.fwd.Minus(own.fwd); !tb.vpc.cidrs.IsEmpty() && !rest.IsEmpty() {
		w.block(rest, st, t, network.LayerGateway, p.ID, "a peering carries only what comes from "+tb.vpc.id+" itself: no transit", "")
		if st.fwd = own.fwd; st.fwd.IsEmpty() {
			return
		}
	}
	v := w.m.vpc0(far.VPC)
	space := w.m.sideCIDRs(far, v)
	inside := st
	if !space.IsEmpty() {
		inside = only(st, t, space)
		w.block(st.fwd.Minus(inside.fwd), st, t, network.LayerGateway, p.ID, "a peering leads to addresses of "+far.VPC+" alone: no transit", "")
		if inside.fwd.IsEmpty() {
			return
		}
	}
	inside = w.step(inside, t, p.ID, "peering", "to "+far.VPC)
	goal := w.target(t)
	if near.Region != far.Region && near.Region != "" && far.Region != "" {
		if t.groups = nil; w.unnamed(inside, t, p.ID) { // groups cannot be referred to across regions
			return
		}
	}
	switch {
	case goal.zone != nil && goal.zone.id == p.ID:
		w.atZone(inside, t, goal.zone)
	case goal.vpc() == v && v != nil && (!t.to.IsValid() || goal.nat != nil):
		t.at, t.vpc = nil, v
		w.arrived(inside, t, goal.subnet())
	case v == nil || !v.described:
		w.stop(inside, t, network.LayerGateway, p.ID, "what is in "+far.VPC+" was not collected", network.Missing{Kind: "vpc", ID: far.VPC})
	case goal.place.nic == nil && goal.nat == nil && goal.outside && !t.back:
		w.nobody(inside, t, v, peers(inside, t, true).First())
	default:
		w.block(inside.fwd, inside, t, network.LayerGateway, p.ID, "the receiver is not in "+far.VPC, "")
	}
}

// vpc0 returns a VPC that some document names, or nil.
func (m *model) vpc0(id string) *vpc { return m.vpcs[id] }

// sideCIDRs are the addresses of one side of a peering.
func (m *model) sideCIDRs(side PeerSide, v *vpc) network.AddrSet {
	set := network.AddrSet{}
	if v != nil {
		set = v.cidrs
	}
	for _, c := range side.CIDRs {
		if p, _, err := network.ParseCIDR(c); err == nil {
			set = set.Union(network.Prefixes(p))
		}
	}
	return set
}

// middlebox hands a packet to an appliance: whatever it does is not known, but
// an interface that checks source and destination drops what is not its own
// (Amazon VPC User Guide, "Middlebox routing").
func (w *walker) middlebox(st stream, t trip, tb *table, r Route) {
	n := w.m.nics[r.Target]
	if n == nil {
		if th := w.m.things[r.Target]; th != nil && len(th.nics) > 0 {
			n = th.nics[0]
		}
	}
	if n == nil {
		if w.m.collected(tb.vpc, func(r *Region) bool { return r.Interfaces.Collected }) {
			w.block(st.fwd, st, t, network.LayerRoute, tb.id, "route "+r.Destination+" leads to "+r.Target+", which does not exist", "")
			return
		}
		w.stop(st, t, network.LayerAppliance, r.Target, r.Target+" was not collected", network.Missing{Kind: "interface", ID: r.Target})
		return
	}
	switch {
	case n.owner.stopped != "":
		w.block(st.fwd, st, t, network.LayerState, n.owner.id, "the middlebox does not run: "+n.owner.stopped, startFix(n.owner))
	case n.check == TriYes:
		w.block(st.fwd, st, t, network.LayerSourceCheck, n.id, n.id+" checks source and destination and drops what it should forward", "switch off the source/destination check of "+n.id)
	default:
		st = w.step(st, t, n.id, "appliance", "handed to a middlebox")
		if g := w.target(t).place.nic; !t.back && g != nil && w.refuses(st, g) {
			w.block(st.fwd, st, t, network.LayerSecurityGroup, g.set.label(), "no ingress rule admits this service from anywhere", "")
			return
		}
		w.stop(st, t, network.LayerAppliance, n.id, "what the middlebox "+n.owner.id+" lets through is not known", network.Missing{Kind: "appliance", ID: n.owner.id})
	}
}

// enterEndpoint takes a gateway endpoint (to an AWS service) or a gateway load
// balancer endpoint (to a middlebox).
func (w *walker) enterEndpoint(st stream, t trip, tb *table, r Route) {
	e := w.m.endpoints[r.Target]
	switch {
	case e == nil && strings.HasPrefix(r.Destination, "pl-") || e != nil && e.Kind == "Gateway":
		if t.back {
			w.wrongExit(st, t, tb, r)
			return
		}
		st = w.step(st, t, r.Target, "vpc_endpoint", "gateway endpoint; its policy decides what is allowed there")
		if w.goal.outside {
			t.groups = nil
			w.delivered(st, t)
			return
		}
		w.block(st.fwd, st, t, network.LayerEndpoint, r.Target, "a gateway endpoint leads to an AWS service alone", "")
	default:
		w.inspected(w.step(st, t, r.Target, "vpc_endpoint", "handed to a gateway load balancer"), t, r.Target)
	}
}

// inspected ends a stream at a gateway load balancer: what its appliances let
// through is not known, but packets come back as they went in, so that what the
// receiver's filters stop is stopped (Elastic Load Balancing, "Gateway Load
// Balancers", read 2026-11).
func (w *walker) inspected(st stream, t trip, endpoint string) {
	unknown := func(st stream) {
		w.stop(st, t, network.LayerAppliance, endpoint, "what the appliances behind "+endpoint+" let through is not known", network.Missing{Kind: "appliance", ID: endpoint})
	}
	n := w.goal.place.nic
	if t.back || n == nil || n.noGroups {
		unknown(st)
		return
	}
	before := st.steps
	w.crossGroups(st, t, n, false, filterContext{m: w.m, groups: t.groups, cdn: t.now.from.cdn}, func(st stream) {
		st.steps = before
		unknown(st)
	})
}

// service is an AWS service behind a gateway endpoint.
type service struct {
	endpoint string
	list     string // the prefix list that holds its addresses; empty: no route names one
}

// toService tries a gateway endpoint: from subnets of its own VPC whose route
// table leads to it (AWS PrivateLink Guide, "Gateway endpoints", read 2026-11).
func (m *model) toService(x question, s start, t *thing) attempt {
	w := &walker{m: m, trace: true}
	n := s.end.place.nic
	if n == nil || !n.hasFamily(s.end.place.pair, network.AllV4()) {
		st := stream{fwd: network.Flows(network.Addrs(anyAddr), network.Addrs(anyAddr), x.what)}
		w.block(st.fwd, st, trip{}, network.LayerEndpoint, t.id, t.id+" serves the subnets whose route tables lead to it, over IPv4", "")
		return attempt{outs: w.outs, vague: true}
	}
	to := &service{endpoint: t.id}
	dst, known := network.Outside4(), false
	if n.sub != nil && n.sub.table != nil {
		for _, r := range n.sub.table.routes {
			if r.Target == t.id {
				to.list = r.Destination
				if l := m.lists[r.Destination]; l != nil && l.known {
					dst, known = l.addrs.Intersect(network.AllV4()), true
				}
			}
		}
	}
	w.goal = end{service: to}
	w.leave(stream{fwd: network.Flows(s.end.place.pairOf().private, dst, x.what)}, trip{now: leg{from: s.end}}, s.end.place)
	outs := w.outs
	if best := bestOutcome(outs); known && best != nil {
		outs = []outcome{*best} // any address of the service will do
	} else if len(outs) > 1 {
		for i := range outs {
			if outs[i].verdict == network.Reachable {
				outs[i].verdict = network.Unknown
				outs[i].missing = append(slices.Clip(outs[i].missing), network.Missing{Kind: "prefix_list", ID: to.list})
			}
		}
	}
	return attempt{outs: outs, vague: true, via: true}
}

func (n *nic) hasFamily(pair int, family network.AddrSet) bool {
	return n.pairs[pair].private.Overlaps(family)
}

// toEndpoint takes the route to a gateway endpoint.
func (w *walker) toEndpoint(st stream, t trip, tb *table, to *service) {
	for _, r := range tb.routes {
		if r.Target != to.endpoint || r.Blackhole {
			continue
		}
		st = w.routed(st, t, tb, r)
		st = w.step(st, t, to.endpoint, "vpc_endpoint", "gateway endpoint; its policy decides what is allowed there")
		t.groups = nil
		w.delivered(st, t)
		return
	}
	w.block(st.fwd, st, t, network.LayerRoute, tb.id, tb.id+" has no route to "+to.endpoint, "associate "+tb.id+" with "+to.endpoint)
}

// exitCarrier leaves by a carrier gateway: to the carrier's network and the
// internet for carrier addresses; connections come in from the carrier's
// network alone (AWS Wavelength, "Carrier gateways").
func (w *walker) exitCarrier(st stream, t trip, tb *table, r Route) {
	if t.back {
		w.wrongExit(st, t, tb, r)
		return
	}
	st, ok := w.gatewayUsable(st, t, tb.vpc, r.Target, "carrier_gateway")
	if !ok {
		return
	}
	sender := t.now.from
	if sender.place.nic == nil || !sender.place.pairOf().carrier {
		w.block(st.fwd, st, t, network.LayerNoAddress, r.Target, "no carrier address", "")
		return
	}
	st = w.step(st, t, r.Target, "carrier_gateway", "out through the carrier")
	if !w.goal.outside {
		w.block(st.fwd, st, t, network.LayerGateway, r.Target, "the receiver is not behind the carrier gateway", "")
		return
	}
	t.groups, t.now.gate = nil, r.Target
	t.from = sender.place.pairOf().public
	w.delivered(st, t)
}

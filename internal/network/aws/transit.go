package aws

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/network"
)

// transit is the compiled transit gateways: which attachment is looked up in
// which route table, and where routes lead (Amazon VPC Transit Gateways, "How
// transit gateways work", read 2026-11).
type transit struct {
	gateways    map[string]*TransitGateway
	attachments map[attachKey]*attachment
	ofVPC       map[[2]string][]*attachment // transit gateway, VPC
	byID        map[string][]*attachment
	tables      []*transitTable
	assoc       map[attachKey]*transitTable
	told        map[attachKey]string // route tables that attachments name as theirs
	// tablesOf says how much is known of a gateway's route tables.
	tablesOf map[string]*transitKnown
}

// attachKey tells the two sides of a peering of transit gateways apart: both
// have the same attachment id.
type attachKey struct{ gateway, id string }

type attachment struct {
	*TransitGatewayAttachment
	subnets []*subnet
	lost    []string // subnets that no document describes
}

func (a *attachment) key() attachKey { return attachKey{a.TransitGateway, a.ID} }

type transitTable struct {
	id, gateway string
	known       bool // routes were collected
	cutOff      bool // and there are more than those
	routes      []TransitRoute
	lookup      network.PrefixTable[int]
	open        []openRoute
}

// missing names the routes of the table as what was not collected.
func (t *transitTable) missing() []network.Missing {
	return []network.Missing{{Kind: "transit_gateway_routes", ID: t.id}}
}

type transitKnown struct{ tables, allAssociations bool }

func (m *model) compileTransit() {
	x := &m.transit
	*x = transit{gateways: map[string]*TransitGateway{}, attachments: map[attachKey]*attachment{}, ofVPC: map[[2]string][]*attachment{},
		byID: map[string][]*attachment{}, assoc: map[attachKey]*transitTable{}, told: map[attachKey]string{}, tablesOf: map[string]*transitKnown{}}
	for _, r := range m.regions {
		for i := range r.TransitGateways.Items {
			g := &r.TransitGateways.Items[i]
			if old := x.gateways[g.ID]; old == nil || old.SecurityGroupReferencing == TriUnknown {
				x.gateways[g.ID] = g
			}
		}
		for i := range r.TransitGatewayAttachments.Items {
			m.addAttachment(&r.TransitGatewayAttachments.Items[i])
		}
	}
	seen := map[string]bool{}
	for _, r := range m.regions {
		for i := range r.TransitGatewayRouteTables.Items {
			t := &r.TransitGatewayRouteTables.Items[i]
			if !seen[t.ID] {
				seen[t.ID] = true
				m.addTransitTable(r, t)
			}
		}
	}
	m.associateTold()
}

// associateTold associates attachments with the route tables that their own
// descriptions name (EC2 API Reference, "TransitGatewayAttachment", Association):
// an export may hold those and not the call that lists a table's associations.
func (m *model) associateTold() {
	x := &m.transit
	byID := map[string]*transitTable{}
	for _, t := range x.tables {
		byID[t.id] = t
	}
	keys := slices.SortedFunc(maps.Keys(x.told), func(a, b attachKey) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.gateway, b.gateway))
	})
	for _, k := range keys {
		id := x.told[k]
		switch old := x.assoc[k]; {
		case old == nil && byID[id] != nil && byID[id].gateway == k.gateway:
			x.assoc[k] = byID[id]
		case old != nil && old.id != id:
			m.warn("contradiction", nil, k.id, "associated with "+old.id+" and, as it says itself, with "+clip(id)+"; the first counts")
		}
	}
}

func (m *model) addAttachment(a *TransitGatewayAttachment) {
	x := &m.transit
	k := attachKey{a.TransitGateway, a.ID}
	if a.RouteTable != "" && x.told[k] == "" {
		x.told[k] = a.RouteTable
	}
	if old, ok := x.attachments[k]; ok {
		if len(old.Subnets) > 0 || len(a.Subnets) == 0 {
			return
		}
		old.TransitGatewayAttachment = a // the fuller of two documents counts
		m.attachSubnets(old)
		return
	}
	n := &attachment{TransitGatewayAttachment: a}
	m.attachSubnets(n)
	x.attachments[k] = n
	x.byID[a.ID] = append(x.byID[a.ID], n)
	if a.Kind == "vpc" {
		key := [2]string{a.TransitGateway, a.Resource}
		x.ofVPC[key] = append(x.ofVPC[key], n)
	}
}

func (m *model) attachSubnets(a *attachment) {
	a.subnets, a.lost = nil, nil
	for _, id := range slices.Sorted(slices.Values(a.Subnets)) {
		if s, ok := m.subnets[id]; ok {
			a.subnets = append(a.subnets, s)
		} else {
			a.lost = append(a.lost, id)
		}
	}
}

func (m *model) addTransitTable(r *Region, in *TransitGatewayRouteTable) {
	x := &m.transit
	t := &transitTable{id: in.ID, gateway: in.TransitGateway, known: in.Routes.Collected, cutOff: in.CutOff, routes: slices.Clone(in.Routes.Items)}
	x.tables = append(x.tables, t)
	k := x.tablesOf[in.TransitGateway]
	if k == nil {
		k = &transitKnown{tables: true, allAssociations: true}
		x.tablesOf[in.TransitGateway] = k
	}
	k.allAssociations = k.allAssociations && in.Associations.Collected
	for _, id := range in.Associations.Items {
		key := attachKey{in.TransitGateway, id}
		if old := x.assoc[key]; old != nil {
			m.warn("contradiction", r, id, "associated with "+old.id+" and "+in.ID+"; the first counts")
			continue
		}
		x.assoc[key] = t
	}
	m.propagate(t, in)
	var entries []network.PrefixEntry[int]
	for _, static := range []bool{true, false} { // static routes win over propagated ones of the same prefix
		for i, route := range t.routes {
			if route.Static != static {
				continue
			}
			if !strings.HasPrefix(route.Destination, "pl-") {
				if p, ok := m.cidr(r, in.ID, route.Destination); ok {
					entries = append(entries, network.PrefixEntry[int]{Prefix: p, Value: i})
				}
				continue
			}
			l := m.lists[route.Destination]
			if l == nil || !l.known {
				t.open = append(t.open, openRoute{i, route.Destination})
				m.warn("not_collected", r, in.ID, "entries of prefix list "+route.Destination+" were not collected")
				continue
			}
			for _, p := range l.prefixes {
				entries = append(entries, network.PrefixEntry[int]{Prefix: p, Value: i})
			}
		}
	}
	t.lookup = network.NewPrefixTable(entries)
}

// propagate adds the routes that propagation makes where the export lists the
// propagations but no propagated route: an attached VPC announces its blocks.
// What a VPN or Direct Connect announces, or a VPC that was not collected, nobody
// can tell: a search for static routes alone leaves the table open there. Which
// routes a search was for its answer does not say.
func (m *model) propagate(t *transitTable, in *TransitGatewayRouteTable) {
	if slices.ContainsFunc(t.routes, func(r TransitRoute) bool { return !r.Static }) {
		return
	}
	t.cutOff = t.cutOff || !in.Propagations.Collected
	for _, id := range slices.Sorted(slices.Values(in.Propagations.Items)) {
		a := m.transit.attachments[attachKey{in.TransitGateway, id}]
		if a == nil || a.Kind != "vpc" || m.vpcs[a.Resource] == nil || m.vpcs[a.Resource].cidrs.IsEmpty() {
			t.cutOff = true
			continue
		}
		for _, c := range m.vpcs[a.Resource].cidrs.CIDRs() {
			t.routes = append(t.routes, TransitRoute{Destination: c, Attachments: []string{id}})
		}
	}
}

// enterTransit hands a packet to a transit gateway: by the attachment's subnet
// in the sender's availability zone, whose network ACL looks at where the
// packet comes from (Amazon VPC Transit Gateways, "Network ACLs for transit
// gateways" and "VPC attachments", read 2026-11).
func (w *walker) enterTransit(st stream, t trip, tb *table, r Route) {
	// "Outbound security group rules do not support security group referencing"
	// across transit gateways (Amazon VPC Transit Gateways, "Security group
	// referencing", read 2026-11).
	if w.unnamed(st, t, r.Target) {
		return
	}
	x := &w.m.transit
	all := x.ofVPC[[2]string{r.Target, tb.vpc.id}]
	if len(all) == 0 {
		if w.m.collected(tb.vpc, func(r *Region) bool { return r.TransitGatewayAttachments.Collected }) {
			w.block(st.fwd, st, t, network.LayerGateway, r.Target, tb.vpc.id+" is not attached to "+r.Target, "attach "+tb.vpc.id+" to "+r.Target)
			return
		}
		w.stop(st, t, network.LayerGateway, r.Target, "the attachments of "+r.Target+" were not collected", network.Missing{Kind: "transit_gateway_attachments", ID: r.Target})
		return
	}
	a := all[0]
	if !usable(a.State) {
		w.block(st.fwd, st, t, network.LayerGateway, a.ID, a.ID+" is "+a.State, "")
		return
	}
	go1 := func(st stream) {
		st = w.step(st, t, r.Target, "transit_gateway", "in by "+a.ID)
		w.transit(st, t, a)
	}
	if t.at == nil || len(a.Subnets) == 0 {
		go1(need(st, network.Missing{Kind: "transit_gateway_vpc_attachment", ID: a.ID}))
		return
	}
	t.az = t.at.zone
	for _, s := range a.subnets {
		if s == t.at || sameZone(s.zone, t.at.zone) == TriYes {
			w.crossACL(st, t, s, false, go1)
			return
		}
	}
	if len(a.lost) > 0 || slices.ContainsFunc(a.subnets, func(s *subnet) bool { return sameZone(s.zone, t.at.zone) == TriUnknown }) {
		go1(need(st, network.Missing{Kind: "subnet", ID: strings.Join(a.Subnets, ",")}))
		return
	}
	w.block(st.fwd, st, t, network.LayerGateway, a.ID, fmt.Sprintf("%s has no subnet in %s, the zone of %s", a.ID, t.at.az, t.at.id), "add a subnet of "+t.at.az+" to "+a.ID)
}

func usable(state string) bool {
	return state == "" || state == "available" || state == "associated" || state == "modifying"
}

// transit looks a packet that came in by an attachment up in the route table
// that the attachment is associated with.
func (w *walker) transit(st stream, t trip, a *attachment) {
	if t.hops++; t.hops > maxHops {
		w.block(st.fwd, st, t, network.LayerRoute, a.TransitGateway, "the routes form a loop", "")
		return
	}
	x := &w.m.transit
	tb := x.assoc[a.key()]
	if tb == nil {
		if k := x.tablesOf[a.TransitGateway]; k != nil && k.allAssociations && x.told[a.key()] == "" {
			w.block(st.fwd, st, t, network.LayerGateway, a.TransitGateway, a.ID+" is associated with no route table of "+a.TransitGateway, "associate "+a.ID+" with a route table")
			return
		}
		w.stop(st, t, network.LayerGateway, a.TransitGateway, "the associations of "+a.TransitGateway+" were not collected", network.Missing{Kind: "transit_gateway_associations", ID: a.TransitGateway})
		return
	}
	if !tb.known {
		w.stop(st, t, network.LayerGateway, tb.id, "the routes of "+tb.id+" were not collected", network.Missing{Kind: "transit_gateway_routes", ID: tb.id})
		return
	}
	if tb.cutOff { // a longer prefix may be among the routes that are not known
		st = divert(st, tb.missing()...)
	}
	parts, rest := tb.lookup.Split(peers(st, t, true))
	for _, p := range parts {
		s := only(st, t, p.Addrs)
		if !s.fwd.IsEmpty() {
			w.transitRoute(w.maybeOther(s, tb, p.Value), t, a, tb, tb.routes[p.Value])
		}
	}
	if rest.IsEmpty() {
		return
	}
	s := only(st, t, rest)
	switch {
	case s.fwd.IsEmpty():
	case tb.cutOff:
		w.lostAt(network.LayerGateway, s, t, tb.missing()...)
	case len(tb.open) > 0:
		w.stop(s, t, network.LayerGateway, tb.id, "whether there is a route needs a prefix list", network.Missing{Kind: "prefix_list", ID: tb.open[0].list})
	default:
		w.block(s.fwd, s, t, network.LayerGateway, a.TransitGateway, fmt.Sprintf("%s of %s has no route to %s", tb.id, a.TransitGateway, rest.First()), fmt.Sprintf("add a route to %s in %s", rest.First(), tb.id))
	}
}

func (w *walker) maybeOther(st stream, tb *transitTable, route int) stream {
	for _, o := range tb.open {
		if o.route != route {
			st = divert(st, network.Missing{Kind: "prefix_list", ID: o.list})
		}
	}
	return st
}

func (w *walker) transitRoute(st stream, t trip, from *attachment, tb *transitTable, r TransitRoute) {
	if (r.Blackhole || len(r.Attachments) == 0) && tb.cutOff {
		w.stop(st, t, network.LayerGateway, tb.id, "not all routes of "+tb.id+" were collected")
		return
	}
	if r.Blackhole || len(r.Attachments) == 0 {
		w.block(st.fwd, st, t, network.LayerGateway, from.TransitGateway, fmt.Sprintf("route %s of %s is a blackhole", r.Destination, tb.id), "give the route "+r.Destination+" of "+tb.id+" an attachment")
		return
	}
	id := w.equalCost(t, r)
	st = w.step(st, t, tb.id, "transit_gateway_route_table", r.Destination+" to "+id)
	to := w.m.transit.attachments[attachKey{from.TransitGateway, id}]
	switch {
	case to == nil:
		w.stop(st, t, network.LayerGateway, from.TransitGateway, id+" was not collected", network.Missing{Kind: "transit_gateway_attachment", ID: id})
	case !usable(to.State):
		w.block(st.fwd, st, t, network.LayerGateway, id, id+" is "+to.State, "")
	case w.isAt(t, to):
		w.atZone(st, t, w.target(t).zone)
	case to.Kind == "vpc":
		if t.groups != nil && !w.referencing(from, to) {
			t.groups = nil
		}
		w.leaveTransit(st, t, to)
	case to.Kind == "peering" || to.Kind == "tgw-peering":
		w.peerTransit(st, t, to)
	default:
		w.toTransitZone(st, t, to)
	}
}

// isAt reports whether the network behind an attachment is where a stream goes.
func (w *walker) isAt(t trip, a *attachment) bool {
	z := w.target(t).zone
	return z != nil && z.attachment == a
}

// equalCost picks one of several attachments of equal cost: the one that the
// question is about if it is among them, for a packet may take any.
func (w *walker) equalCost(t trip, r TransitRoute) string {
	if z := w.target(t).zone; z != nil && z.attachment != nil && slices.Contains(r.Attachments, z.attachment.ID) {
		return z.attachment.ID
	}
	return slices.Min(r.Attachments)
}

// behind is the addresses that the gateway's route tables send to an
// attachment: as far as is known, those of the network behind it.
func (x *transit) behind(a *attachment) network.AddrSet {
	var out network.AddrSet
	for _, t := range x.tables {
		if t.gateway != a.TransitGateway {
			continue
		}
		for _, r := range t.routes {
			if p, _, err := network.ParseCIDR(r.Destination); err == nil && !r.Blackhole && slices.Contains(r.Attachments, a.ID) {
				out = out.Union(network.Prefixes(p))
			}
		}
	}
	return out
}

// referencing reports whether groups may be referred to across a transit
// gateway: off on the gateway and on on attachments, unless set otherwise
// (Amazon VPC Transit Gateways, "Security group referencing", read 2026-11).
func (w *walker) referencing(from, to *attachment) bool {
	g := w.m.transit.gateways[from.TransitGateway]
	return g != nil && g.SecurityGroupReferencing == TriYes && from.Kind == "vpc" &&
		from.GroupReferences != TriNo && to.GroupReferences != TriNo
}

func (w *walker) peerTransit(st stream, t trip, to *attachment) {
	t.groups = nil
	for _, id := range []string{to.PeerAttachment, to.ID} {
		for _, p := range w.m.transit.byID[id] {
			if p.TransitGateway != to.TransitGateway && (to.Resource == "" || p.TransitGateway == to.Resource) {
				st = w.step(st, t, p.TransitGateway, "transit_gateway", "by the peering "+p.ID)
				w.transit(st, t, p)
				return
			}
		}
	}
	w.stop(st, t, network.LayerGateway, to.ID, "the transit gateway behind "+to.ID+" was not collected", network.Missing{Kind: "transit_gateway", ID: to.Resource})
}

// leaveTransit enters a VPC by the subnet of its attachment, whose network ACL
// looks at where the packet goes and whose route table leads on.
func (w *walker) leaveTransit(st stream, t trip, to *attachment) {
	v := w.m.vpcs[to.Resource]
	goal := w.target(t)
	if v == nil || !v.described {
		w.stop(st, t, network.LayerGateway, to.ID, "what is in "+to.Resource+" was not collected", network.Missing{Kind: "vpc", ID: to.Resource})
		return
	}
	t.vpc = v
	if len(to.Subnets) == 0 || len(to.subnets) == 0 {
		st = need(st, network.Missing{Kind: "transit_gateway_vpc_attachment", ID: to.ID})
		if goal.vpc() == v && goal.subnet() != nil {
			t.at = nil
			w.arrived(st, t, goal.subnet())
			return
		}
		w.stop(st, t, network.LayerGateway, to.ID, "the subnets of "+to.ID+" are not known")
		return
	}
	entries := entrySubnets(to, t.az, goal.subnet())
	if exact := sameZone(entries[0].zone, t.az) == TriYes && to.Appliance != TriYes; !exact && len(to.lost) > 0 {
		st = divert(st, network.Missing{Kind: "transit_gateway_zone", ID: to.ID})
	}
	w.whichever(entries, network.Missing{Kind: "transit_gateway_zone", ID: to.ID}, func(w *walker, in *subnet) {
		t := t
		t.at, t.az = in, in.zone
		if goal.subnet() == in && !t.to.IsValid() {
			w.arrived(st, t, in) // sender and receiver share the subnet: its network ACL is not looked at
			return
		}
		w.crossACL(st, t, in, true, func(st stream) { w.routeFrom(st, t, in) })
	})
}

// zoneOfSubnet is a subnet's availability zone: its id, or its name with the account
// that calls it so.
func (m *model) zoneOfSubnet(r *Region, x *Subnet) string {
	switch {
	case x.AZID != "":
		return x.AZID
	case x.AZ == "":
		return ""
	}
	for _, z := range r.Zones.Items {
		if z.Name == x.AZ && z.ID != "" {
			return z.ID
		}
	}
	return r.Account + "/" + x.AZ
}

// sameZone compares zones as zoneOfSubnet gives them. A name of one account says
// nothing of another's: "us-east-1a for your AWS account might not be the same
// location as us-east-1a for another AWS account" (Amazon EC2 User Guide, "Regions
// and Zones", AZ IDs, read 2026-11).
func sameZone(a, b string) Tri {
	accountA, _, namedA := strings.Cut(a, "/")
	accountB, _, namedB := strings.Cut(b, "/")
	switch {
	case a == "" || b == "" || namedA != namedB || namedA && accountA != accountB:
		return TriUnknown
	}
	return TriOf(a == b)
}

// entrySubnets are where traffic of a zone may enter a VPC: the attachment's subnet
// of the same zone, else any of them, each once that makes a difference on the way
// to the goal.
func entrySubnets(a *attachment, az string, goal *subnet) []*subnet {
	var out []*subnet
	for _, s := range a.subnets {
		if sameZone(s.zone, az) == TriYes && a.Appliance != TriYes {
			return []*subnet{s}
		}
		same := func(o *subnet) bool { return o.acl == s.acl && o.table == s.table && (o == goal) == (s == goal) }
		if !slices.ContainsFunc(out, same) {
			out = append(out, s)
		}
	}
	return out
}

// whichever goes on from each of several places where a stream may be, nobody knows
// which. What becomes of it wherever it is is sure; the rest is not known.
func (w *walker) whichever(places []*subnet, missing network.Missing, goOn func(*walker, *subnet)) {
	if len(places) == 1 {
		goOn(w, places[0])
		return
	}
	runs := make([][]outcome, len(places))
	for i, s := range places {
		one := *w
		one.outs = nil
		goOn(&one, s)
		runs[i] = one.outs
	}
	for _, o := range runs[0] {
		common := o.set
		for _, others := range runs[1:] {
			var alike network.FlowSet
			for _, p := range others {
				if p.verdict == o.verdict {
					alike = alike.Union(p.set)
				}
			}
			common = common.Intersect(alike)
		}
		rest := o.set.Minus(common)
		if o.set = common; !common.IsEmpty() {
			w.outs = append(w.outs, o)
		}
		if !rest.IsEmpty() {
			w.outs = append(w.outs, differing(rest, o, runs, missing))
		}
	}
}

// differing is the outcome of flows that get through at one place and not at
// another. What stops them there says most.
func differing(set network.FlowSet, first outcome, runs [][]outcome, missing network.Missing) outcome {
	said := first
	lacks := []network.Missing{missing}
	for _, run := range runs {
		for _, o := range run {
			if o.set.Intersect(set).IsEmpty() {
				continue
			}
			lacks = mergeMissing(lacks, o.missing)
			if o.verdict == network.Blocked && said.verdict != network.Blocked {
				said = o
			}
		}
	}
	said.set, said.verdict, said.missing, said.fix = set, network.Unknown, lacks, ""
	said.decision.Summary += ", unless it goes another way"
	return said
}

// zone is a network of others behind a gateway: what is in it is not known, but
// packets come and go.
type zone struct {
	id         string // vgw-…, vpn-…, pcx-…, tgw-attach-…, lgw-…, an ARN
	kind       string // vpn_gateway, vpn, direct_connect, peering, transit_gateway
	vpc        *vpc   // where it enters; nil behind a transit gateway
	attachment *attachment
	addrs      network.AddrSet // its addresses, when known
	named      bool            // rules may name groups that are there
	vague      bool            // whether packets come from there at all is not known
}

// toTransitZone leaves a transit gateway to a VPN, Direct Connect or whatever
// else is attached.
func (w *walker) toTransitZone(st stream, t trip, to *attachment) {
	goal := w.target(t)
	switch {
	case goal.outside && !t.back && !w.anon:
		e := end{zone: &zone{id: to.ID, kind: to.Kind, attachment: to}}
		t.final = &e
		w.delivered(w.step(st, t, to.ID, to.Kind, "out to "+to.Resource), t)
	default:
		w.stop(st, t, network.LayerGateway, to.ID, "what lies behind "+to.ID+" ("+to.Kind+") is not known", network.Missing{Kind: "zone", ID: to.ID})
	}
}

// exitVPN leaves by a virtual private gateway.
func (w *walker) exitVPN(st stream, t trip, tb *table, r Route) {
	st, ok := w.gatewayUsable(st, t, tb.vpc, r.Target, "vpn_gateway")
	if !ok {
		return
	}
	goal := w.target(t)
	switch {
	case goal.zone != nil && goal.zone.id == r.Target:
		w.atZone(w.step(st, t, r.Target, "vpn_gateway", "out to the private network behind it"), t, goal.zone)
	case t.back:
		w.wrongExit(st, t, tb, r)
	case goal.outside && !w.anon:
		known := w.m.announced(r.Target)
		if in := only(st, t, known); !in.fwd.IsEmpty() {
			e := end{zone: &zone{id: r.Target, kind: "vpn_gateway", vpc: tb.vpc}}
			away := t
			away.final = &e
			w.delivered(w.step(in, t, r.Target, "vpn_gateway", "out to the private network behind it"), away)
		}
		if out := only(st, t, peers(st, t, true).Minus(known)); !out.fwd.IsEmpty() {
			w.unknownBehind(out, t, r.Target)
		}
	default:
		w.unknownBehind(st, t, r.Target)
	}
}

func (w *walker) unknownBehind(st stream, t trip, gateway string) {
	w.stop(st, t, network.LayerGateway, gateway, "what lies behind "+gateway+" is not known", network.Missing{Kind: "zone", ID: gateway})
}

// announced are the addresses that a VPN gateway surely has a route to: the static
// routes of its connections, and what it propagates to route tables. A route of a
// subnet's table to the gateway does not make one there (AWS Site-to-Site VPN User
// Guide, "Static and dynamic routing" and "Route tables and VPN route priority",
// read 2026-11), and what it learns by BGP no call of EC2 tells.
func (m *model) announced(gateway string) network.AddrSet {
	var out []netip.Prefix
	add := func(text string) {
		if p, _, err := network.ParseCIDR(text); err == nil {
			out = append(out, p)
		}
	}
	for _, c := range m.vpnLinks {
		if c.Gateway == gateway && usable(c.State) {
			for _, r := range c.Routes {
				add(r)
			}
		}
	}
	for _, t := range m.tables {
		for _, r := range t.routes {
			if r.Target == gateway && r.Propagated && !r.Blackhole {
				add(r.Destination)
			}
		}
	}
	return network.Prefixes(out...)
}

// atZone ends a leg in a network of others.
func (w *walker) atZone(st stream, t trip, z *zone) {
	if t.back {
		w.returned(st, t)
		return
	}
	w.delivered(st, t)
}

// fromZone starts a leg in a network of others.
func (w *walker) fromZone(st stream, t trip, z *zone) {
	st = w.step(st, t, z.id, z.kind, "in from the network behind it")
	t.groups = nil
	goal := w.target(t)
	if z.attachment != nil {
		w.transit(st, t, z.attachment)
		return
	}
	if goal.vpc() != z.vpc || !t.back && t.to.IsValid() {
		w.block(st.fwd, st, t, network.LayerGateway, z.id, z.id+" leads to "+z.vpc.id+" alone", "")
		return
	}
	if z.vague {
		st = need(st, network.Missing{Kind: "gateway", ID: z.id})
	}
	t.at, t.vpc = nil, z.vpc
	w.throughEdge(st, t, z.vpc, z.id, goal.subnet())
}

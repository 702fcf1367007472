package aws

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/postern-sec/postern/internal/network"
)

// question is a Query with everything resolved.
type question struct {
	src, dst *found
	what     network.ServiceSet
	anon     bool // the source is the internet at large
	any      bool // an end is a gateway's id: any address behind it will do
}

// attempt is one way that was tried: one address of the source to one address
// of the destination, perhaps through load balancers.
type attempt struct {
	outs     []outcome
	universe network.AddrSet // the outside addresses asked for, in the family of the attempt
	bySource bool            // universe is of sources rather than destinations
	via      bool            // through a load balancer or CDN that takes the packet
	near     bool            // by private addresses inside one VPC
	vague    bool            // an address is only known to lie in a range: all of it counts
}

func (m *model) reach(q Query) (Answer, error) {
	what, protocol, port, err := queryService(q)
	if err != nil {
		return Answer{}, err
	}
	src, err := m.find(q.Source)
	if err != nil {
		return Answer{}, fmt.Errorf("source: %w", err)
	}
	dst, err := m.find(q.Destination)
	if err != nil {
		return Answer{}, fmt.Errorf("destination: %w", err)
	}
	x := question{src: src, dst: dst, what: what, anon: src.Kind == KindInternet || dst.Kind == KindInternet, any: len(src.zones) > 0 || len(dst.zones) > 0}
	a := m.byGate(x, m.decide(x, m.attempts(x)))
	a.Source, a.Destination, a.Protocol, a.Port = src.ID, dst.ID, protocol, port
	return a, nil
}

// byGate holds an answer to the gateway that was asked for: what gets through
// by another one does not count.
func (m *model) byGate(x question, a Answer) Answer {
	for _, f := range []*found{x.src, x.dst} {
		if f.gate == nil {
			continue
		}
		if f == x.src && f.gate.kind == "egress_only_gateway" {
			return Answer{Verdict: network.Blocked, DecidedBy: network.Decision{Layer: network.LayerGateway, ID: f.ID, Summary: f.ID + " lets no connections in"}}
		}
		if a.Verdict == network.Reachable && !slices.ContainsFunc(a.Hops, func(h network.Hop) bool { return h.ID == f.ID }) {
			return Answer{Verdict: network.Blocked, Hops: a.Hops, DecidedBy: network.Decision{Layer: network.LayerGateway, ID: f.ID, Summary: "the way does not lead through " + f.ID}}
		}
	}
	return a
}

func queryService(q Query) (what network.ServiceSet, protocol string, port int, err error) {
	proto, all, ok := network.ParseProtocol(cmp.Or(q.Protocol, "tcp"))
	switch {
	case !ok:
		return nil, "", 0, fmt.Errorf("protocol %q is neither a name nor a number", clip(q.Protocol))
	case all:
		return network.AllServices(), "-1", 0, nil
	case network.IsICMP(proto):
		kind, code := 8, 0
		if proto == network.ICMPv6 {
			kind = 128
		}
		if q.HasICMP {
			kind, code = q.ICMPType, q.ICMPCode
		}
		if kind > 255 || code > 255 {
			return nil, "", 0, fmt.Errorf("ICMP type %d code %d is out of range", kind, code)
		}
		return network.ICMPTypes(proto, kind, code), network.ProtocolName(proto), 0, nil
	case !network.HasPorts(proto) || q.AnyPort:
		return network.Protocol(proto), network.ProtocolName(proto), 0, nil
	}
	port = cmp.Or(q.Port, 443)
	if port < 0 || port > 65535 {
		return nil, "", 0, fmt.Errorf("port %d is out of range", port)
	}
	return network.Ports(proto, uint16(port), uint16(port)), network.ProtocolName(proto), port, nil
}

// overIPv6 is the same question over IPv6, where an echo request is another
// protocol's.
func overIPv6(what network.ServiceSet) network.ServiceSet {
	if what.Equal(network.ICMPTypes(network.ICMP, 8, 0)) {
		return network.ICMPTypes(network.ICMPv6, 128, 0)
	}
	return what
}

// maxAttempts bounds what is tried for subnets and VPCs with very many classes
// of interfaces.
const maxAttempts = 4096

// attempts tries every way from source to destination.
func (m *model) attempts(x question) []attempt {
	var out []attempt
	if x.dst.Kind == KindFrontDoor || len(x.dst.things) == 0 && len(x.dst.door) > 0 {
		return m.doorAttempts(x)
	}
	for _, s := range m.starts(x) {
		switch {
		case len(x.dst.zones) > 0:
			for _, z := range x.dst.zones {
				out = append(out, m.plain(x, s, end{zone: z}, z.addrs)...)
			}
		case len(x.dst.things) > 0 || len(x.dst.places) > 0 || len(x.dst.inside) > 0:
			first := len(out)
			for _, g := range m.goals(x.dst) {
				out = append(out, m.toGoal(x, s, g)...)
				if len(out) > maxAttempts {
					return out
				}
			}
			if len(x.dst.things) == 1 && x.dst.things[0].oneOf {
				agree(out[first:], x.dst.things[0])
			}
			for _, t := range x.dst.things {
				out = append(out, m.toThing(x, s, t)...)
			}
		default:
			out = append(out, m.plain(x, s, end{outside: true}, x.dst.addrs)...)
		}
	}
	if len(x.dst.door) > 0 {
		out = append(out, m.doorAttempts(x)...)
	}
	return out
}

// start is where the packets of a question begin.
type start struct {
	end   end
	addrs network.AddrSet // of an outside or zone source
}

// starts lists the source's ends: each address of an interface, or the outside.
func (m *model) starts(x question) []start {
	var out []start
	f := x.src
	switch {
	case len(f.zones) > 0:
		for _, z := range f.zones {
			addrs := z.addrs
			if addrs.IsEmpty() {
				addrs = network.AllAddrs()
			}
			out = append(out, start{end{zone: z}, addrs})
		}
	case len(f.places) > 0:
		for _, p := range f.places {
			out = append(out, start{end: end{place: p}})
		}
	case len(f.things) > 0:
		for _, t := range f.things {
			for _, n := range t.nics {
				for i := range n.pairs {
					out = append(out, start{end: end{place: place{n, i}}})
				}
			}
			if t.direct {
				out = append(out, start{end{outside: true, direct: t}, network.Outside()})
			}
		}
	case len(f.door) > 0 && f.door[0].Kind == "cloudfront":
		addrs, _ := m.cdnSources()
		return []start{{end{cdn: true}, addrs}}
	default:
		return m.addressStarts(f)
	}
	return out
}

// addressStarts cuts addresses by where they are: inside a subnet (the interfaces
// that have them, and hosts that the asker supposes), behind a VPN, or outside.
func (m *model) addressStarts(f *found) []start {
	if f.Kind == KindInternet || f.addrs.Overlaps(network.Outside()) {
		return []start{{end{outside: true}, f.addrs}}
	}
	var out []start
	senders := m.senders(f.addrs)
	for _, s := range sortedValues(m.subnets, func(s *subnet) string { return s.id }) {
		in := s.cidrs.Intersect(f.addrs)
		if in.IsEmpty() {
			continue
		}
		// Interfaces that are there send with their groups, which rules may name.
		for _, c := range senders[s] {
			out = append(out, supposed(f.ID, s, c.set, c.addrs)...)
			in = in.Minus(c.addrs)
		}
		out = append(out, supposed(f.ID, s, unfiltered, in)...)
	}
	if len(out) > 0 {
		return out
	}
	for _, g := range sortedValues(m.gateways, func(g *gateway) string { return g.id }) {
		if g.kind == "vpn_gateway" && len(g.vpcs) > 0 {
			out = append(out, start{end{zone: m.zoneOf(g.id)}, f.addrs})
		}
	}
	for _, k := range sortedKeys(m.transit.attachments) {
		a := m.transit.attachments[k]
		if v := m.vpcs[a.Resource]; a.Kind == "vpc" && (v != nil && v.described || !m.transit.behind(a).Overlaps(f.addrs)) {
			continue
		}
		out = append(out, start{end{zone: &zone{id: a.ID, kind: a.Kind, attachment: a}}, f.addrs})
	}
	for _, p := range sortedValues(m.peerings, func(p *Peering) string { return p.ID }) {
		if z := m.peerZone(p); z != nil && z.addrs.Overlaps(f.addrs) {
			out = append(out, start{end{zone: z}, f.addrs})
		}
	}
	for _, z := range m.unmodelled("") {
		if z.addrs.Overlaps(f.addrs) {
			out = append(out, start{end{zone: z}, f.addrs})
		}
	}
	if len(out) == 0 {
		return []start{{end{outside: true}, f.addrs}}
	}
	return out
}

// supposed are starts from addresses of a subnet as the asker names them.
func supposed(id string, s *subnet, set *groupSet, in network.AddrSet) []start {
	n := &nic{id: id, kind: "supposed", sub: s, subID: s.id, vpc: s.vpc, set: set, synthetic: true}
	n.owner = &thing{id: id, kind: KindAddress, accepts: true, nics: []*nic{n}}
	var out []start
	for _, a := range []network.AddrSet{in.Intersect(network.AllV4()), in.Intersect(network.AllV6())} {
		if !a.IsEmpty() {
			n.pairs = append(n.pairs, pair{private: a, hasPublic: TriNo})
			out = append(out, start{end: end{place: place{n, len(n.pairs) - 1}}})
		}
	}
	return out
}

// sender is the addresses of a subnet's interfaces that have one set of groups.
type sender struct {
	set   *groupSet
	addrs network.AddrSet
}

// senders lists, by subnet, the interfaces that have addresses among in, ordered
// by their groups' ids.
func (m *model) senders(in network.AddrSet) map[*subnet][]sender {
	type class struct {
		sub *subnet
		set *groupSet
	}
	found := map[class][]netip.Addr{}
	for _, n := range m.nicList {
		if n.sub == nil || n.noGroups {
			continue
		}
		for i := range n.pairs {
			if a, ok := n.pairs[i].private.Single(); ok && in.Has(a) {
				found[class{n.sub, n.set}] = append(found[class{n.sub, n.set}], a)
			}
		}
	}
	out := map[*subnet][]sender{}
	for c, addrs := range found {
		out[c.sub] = append(out[c.sub], sender{c.set, network.Addrs(addrs...)})
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b sender) int { return slices.Compare(a.set.ids, b.set.ids) })
	}
	return out
}

func sortedKeys(in map[attachKey]*attachment) []attachKey {
	out := make([]attachKey, 0, len(in))
	for k := range in {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b attachKey) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.gateway, b.gateway)) })
	return out
}

// goal is one address of the destination.
type goal struct {
	place   place
	private bool // its private address may be used
	public  bool // its public address may be used
}

func (m *model) goals(f *found) []goal {
	var out []goal
	for _, p := range f.places {
		v6 := p.pairOf().v6
		out = append(out, goal{p, !f.public || v6, f.public || v6})
	}
	for _, p := range f.inside {
		out = append(out, goal{p, true, p.pairOf().v6})
	}
	if len(out) > 0 {
		return out
	}
	for _, t := range f.things {
		if t.balancer != nil {
			continue
		}
		for _, n := range t.nics {
			for i := range n.pairs {
				out = append(out, goal{place{n, i}, true, true})
			}
		}
	}
	return out
}

// toGoal tries one address of the destination. Nothing answers at a load
// balancer's address but its listeners, which hand the packet on to targets.
func (m *model) toGoal(x question, s start, g goal) []attempt {
	out := m.toPlace(x, s, g)
	b := g.place.nic.owner.balancer
	if b == nil {
		return out
	}
	for i := range out {
		out[i].outs = m.behind(x, b, b.listenerFor(x.what), g.place, out[i].outs, nil, 0)
	}
	return out
}

// toPlace tries one address of the source against one of the destination.
func (m *model) toPlace(x question, s start, g goal) []attempt {
	pr := g.place.pairOf()
	v4, v6 := familyOf(pr.private)
	if v6 {
		x.what = overIPv6(x.what)
	}
	goalEnd := end{place: g.place}
	if s.end.place.nic != nil {
		src := s.end.place.pairOf()
		if v, _ := familyOf(src.private); v != v4 {
			return nil
		}
		return m.insideAttempts(x, s, g, src)
	}
	addrs := s.addrs.Intersect(family(v4, v6))
	if addrs.IsEmpty() {
		return nil
	}
	a := attempt{universe: asked(x, addrs), bySource: true, vague: g.place.nic.owner.oneOf}
	w := &walker{m: m, trace: true, anon: x.anon, goal: goalEnd}
	st := stream{fwd: network.Flows(addrs, pr.private, x.what)}
	st = w.step(st, trip{}, startLabel(s), startKind(s), "from "+rangeText(x, addrs))
	t := trip{now: leg{from: s.end}}
	switch {
	case s.end.zone != nil:
		if !g.private {
			return nil
		}
		w.fromZone(need(st, m.farSide(s.end.zone)...), t, s.end.zone)
	case s.end.outside && s.end.direct == nil && !addrs.Overlaps(network.Outside()):
		m.nowhere(w, st, t, g.place.nic.vpc, addrs)
	case !g.public:
		w.block(st.fwd, st, t, network.LayerNoAddress, g.place.nic.nativeID(), "a private address cannot be reached from outside", "")
	default:
		w.enterInternet(st, t, goalEnd)
	}
	a.outs = w.outs
	return []attempt{a}
}

// farSide names what was not collected of a network that a question starts in, where
// it is one of AWS: whether its own routes and filters let the packet out.
func (m *model) farSide(z *zone) []network.Missing {
	unseen := func(id string) []network.Missing {
		if v := m.vpcs[id]; v != nil && v.described {
			return nil
		}
		return []network.Missing{{Kind: "vpc", ID: id}}
	}
	switch p := m.peerings[z.id]; {
	case p != nil && p.Requester.VPC == idOf(z.vpc):
		return unseen(p.Accepter.VPC)
	case p != nil:
		return unseen(p.Requester.VPC)
	case z.attachment == nil:
		return nil
	case z.attachment.Kind == "vpc":
		return unseen(z.attachment.Resource)
	case (z.attachment.Kind == "peering" || z.attachment.Kind == "tgw-peering") && len(m.transit.byID[z.attachment.ID]) < 2 && len(m.transit.byID[z.attachment.PeerAttachment]) == 0:
		return []network.Missing{{Kind: "transit_gateway", ID: z.attachment.Resource}}
	}
	return nil
}

// nowhere ends packets from private addresses that nothing collected has or leads
// to: they do not come by the internet.
func (m *model) nowhere(w *walker, st stream, t trip, v *vpc, addrs network.AddrSet) {
	var missing []network.Missing
	for _, call := range []struct {
		kind string
		done func(*Region) bool
	}{
		{"vpn_gateways", func(r *Region) bool { return r.VPNGateways.Collected }},
		{"peerings", func(r *Region) bool { return r.Peerings.Collected }},
		{"transit_gateway_attachments", func(r *Region) bool { return r.TransitGatewayAttachments.Collected }},
	} {
		if v == nil || !m.collected(v, call.done) {
			missing = append(missing, network.Missing{Kind: call.kind, ID: idOf(v)})
		}
	}
	from := addrs.First().String()
	if len(missing) > 0 {
		w.stop(st, t, network.LayerGateway, idOf(v), "what leads from "+from+" to "+idOf(v)+" was not collected", missing...)
		return
	}
	w.block(st.fwd, st, t, network.LayerNoAddress, from, "nothing that was collected has "+from+" or leads to it", "")
}

func idOf(v *vpc) string {
	if v == nil {
		return ""
	}
	return v.id
}

func startLabel(s start) string {
	switch {
	case s.end.direct != nil:
		return s.end.direct.id
	case s.end.zone != nil:
		return s.end.zone.id
	case s.end.cdn:
		return "cloudfront"
	}
	return "internet"
}

func startKind(s start) string {
	switch {
	case s.end.direct != nil:
		return s.end.direct.kind
	case s.end.zone != nil:
		return s.end.zone.kind
	case s.end.cdn:
		return "cdn"
	}
	return "internet"
}

func rangeText(x question, addrs network.AddrSet) string {
	if x.anon {
		return "anywhere"
	}
	list := addrs.CIDRs()
	if len(list) > 3 {
		return fmt.Sprintf("%s and %d more", list[0], len(list)-1)
	}
	return addrs.String()
}

func family(v4, v6 bool) network.AddrSet {
	switch {
	case v4 && v6:
		return network.AllAddrs()
	case v4:
		return network.AllV4()
	}
	return network.AllV6()
}

// asked is the part of addresses that a verdict is about.
func asked(x question, addrs network.AddrSet) network.AddrSet {
	if x.anon {
		return addrs.Intersect(network.Outside())
	}
	return addrs
}

// insideAttempts tries a destination from an interface: by its private address,
// then by its public one over the internet.
func (m *model) insideAttempts(x question, s start, g goal, src *pair) []attempt {
	var out []attempt
	pr := g.place.pairOf()
	run := func(to netip.Addr) {
		w := &walker{m: m, trace: true, goal: end{place: g.place}}
		t := trip{now: leg{from: s.end}, to: to, groups: s.end.place.nic.set}
		w.leave(stream{fwd: network.Flows(src.private, pr.private, x.what)}, t, s.end.place)
		near := !to.IsValid() && s.end.vpc() != nil && s.end.vpc() == g.place.nic.vpc
		a := attempt{outs: w.outs, near: near, vague: true}
		if s.end.place.nic.kind == "supposed" { // addresses somebody named: all of them count
			a.universe, a.bySource = src.private, true
		}
		out = append(out, a)
	}
	if g.private {
		run(netip.Addr{})
	}
	if g.public && !pr.v6 && pr.public.IsValid() {
		run(pr.public)
	}
	return out
}

// plain tries a destination that is not an interface.
func (m *model) plain(x question, s start, goalEnd end, dst network.AddrSet) []attempt {
	if dst.IsEmpty() {
		dst = network.AllAddrs()
	}
	if s.end.direct != nil {
		return []attempt{m.directly(x, s, dst)}
	}
	if s.end.place.nic == nil {
		w := &walker{m: m, trace: true, goal: goalEnd}
		st := w.step(stream{fwd: network.Flows(s.addrs, dst, x.what)}, trip{}, startLabel(s), startKind(s), "from "+rangeText(x, s.addrs))
		m.foreign(w, st, x, dst)
		return []attempt{{outs: w.outs, universe: asked(x, s.addrs), bySource: true}}
	}
	src := s.end.place.pairOf()
	v4, v6 := familyOf(src.private)
	if v6 {
		x.what = overIPv6(x.what)
	}
	dst = dst.Intersect(family(v4, v6))
	if dst.IsEmpty() {
		return nil
	}
	w := &walker{m: m, trace: true, anon: x.anon, goal: goalEnd}
	t := trip{now: leg{from: s.end}, groups: s.end.place.nic.set}
	w.leave(stream{fwd: network.Flows(src.private, dst, x.what)}, t, s.end.place)
	return []attempt{{outs: w.outs, universe: asked(x, dst)}}
}

// directly leaves by the network of the service that runs the sender: to the
// internet alone (Amazon SageMaker AI Developer Guide, "Connect a notebook
// instance in a VPC to external resources"; AWS Lambda Developer Guide, "Enable
// internet access for VPC-connected Lambda functions", read 2026-11).
func (m *model) directly(x question, s start, dst network.AddrSet) attempt {
	t := s.end.direct
	w := &walker{m: m, trace: true}
	st := stream{fwd: network.Flows(network.Addrs(anyAddr), dst, x.what)}
	if t.stopped != "" {
		w.block(st.fwd, st, trip{}, network.LayerState, t.id, t.stopped, startFix(t))
		return attempt{outs: w.outs, universe: asked(x, dst)}
	}
	st = w.step(st, trip{}, t.id, t.kind, "leaves by the network of the service that runs it")
	out := st.fwd.ToAddrs(network.Outside())
	w.block(st.fwd.Minus(out), st, trip{}, network.LayerEndpoint, t.id, "the network of the service leads to the internet alone", "")
	if st.fwd = out; !out.IsEmpty() {
		st.passed = network.Decision{Layer: network.LayerEndpoint, ID: t.id, Summary: "the service that runs " + t.id + " gives it a way to the internet"}
		w.comeBack(st, nil, -1)
	}
	return attempt{outs: w.outs, universe: asked(x, dst)}
}

// foreign judges flows between two places that are both outside: nothing is
// known of them, except that nobody reaches a private address of ours.
func (m *model) foreign(w *walker, st stream, x question, dst network.AddrSet) {
	for _, v := range sortedValues(m.vpcs, func(v *vpc) string { return v.id }) {
		if v.cidrs.Overlaps(dst) && !dst.Overlaps(network.Outside()) {
			w.nobody(st, trip{}, v, v.cidrs.Intersect(dst).First())
			return
		}
	}
	if !dst.Overlaps(network.Outside()) {
		w.block(st.fwd, st, trip{}, network.LayerNoAddress, x.dst.ID, "a private address cannot be reached from outside", "")
		return
	}
	w.stop(st, trip{}, network.LayerNoAddress, x.dst.ID, "no collected interface has the address", network.Missing{Kind: "interfaces", ID: x.dst.ID})
}

// toThing tries what stands in front of a thing, and the thing itself when it
// is a load balancer.
func (m *model) toThing(x question, s start, t *thing) []attempt {
	var out []attempt
	switch {
	case t.balancer != nil:
		out = append(out, m.toBalancer(x, s, t.balancer, nil, 0)...)
	case t.endpoint != nil && t.endpoint.Kind == "Gateway":
		out = append(out, m.toService(x, s, t))
	case len(t.nics) == 0:
		out = append(out, m.withoutInterface(x, t))
	}
	t = t.target()
	for _, b := range append(m.inFront(t), m.perhapsInFront(t)...) {
		out = append(out, m.toBalancer(x, s, b, t, 0)...)
	}
	return append(out, m.byPrivateLink(x, s, t)...)
}

// target is what load balancers know a thing as: of the interface that they send
// to, the instance.
func (t *thing) target() *thing {
	if len(t.nics) != 1 {
		return t
	}
	if n := t.nics[0]; n.owner == t || n.owner.primary == n || len(n.owner.nics) == 1 {
		return n.owner
	}
	return t
}

// perhapsInFront lists the load balancers of a thing's networks whose listeners
// or targets were not collected and from which its filters would take packets:
// it may be one of their targets.
func (m *model) perhapsInFront(t *thing) []*balancer {
	var out []*balancer
	for _, b := range m.balancers {
		if b.thing != t && !slices.Contains(m.frontings[t], b) && b.unclear(t) && m.mayForward(b, t) {
			out = append(out, b)
		}
	}
	return out
}

// unclear reports whether a load balancer may have a thing among its targets for all
// that was collected.
func (b *balancer) unclear(t *thing) bool {
	return !b.known || slices.ContainsFunc(b.listeners, func(l listener) bool {
		return slices.ContainsFunc(l.forwards, func(f forward) bool { return !f.known && f.mayHold(t) })
	})
}

// mayHold reports whether a target group whose targets were not collected can have a
// thing among them, by the kind of its targets.
func (f *forward) mayHold(t *thing) bool {
	switch {
	case f.group == nil || f.group.Kind == "":
		return true
	case f.group.Kind == "instance":
		return t.kind == KindInstance
	case f.group.Kind == "alb":
		return t.balancer != nil && t.balancer.lbKind == "application"
	}
	return f.group.Kind == "ip"
}

// mayForward reports whether a thing would take anything from a load balancer of
// its own network.
func (m *model) mayForward(b *balancer, t *thing) bool {
	anything := network.Protocol(network.TCP).Union(network.Protocol(network.UDP))
	for _, from := range b.nics {
		for _, to := range t.nics {
			if from.vpc != to.vpc || len(from.pairs) == 0 {
				continue
			}
			for i := range to.pairs {
				x := forwardTarget{id: t.id, thing: t, nic: to, pair: i, port: anything}
				outs := m.forwarded(false, false, place{from, 0}, network.AllV4(), &forward{}, &x)
				if b.lbKind == "network" {
					outs = append(outs, m.forwarded(false, false, place{from, 0}, network.AllV4(), &forward{keep: true}, &x)...)
				}
				if o := bestOutcome(outs); o != nil && o.verdict != network.Blocked {
					return true
				}
			}
		}
	}
	return false
}

// inFront lists the load balancers before a thing, and those before them.
func (m *model) inFront(t *thing) []*balancer {
	out := slices.Clone(m.frontings[t])
	for i := 0; i < len(out); i++ {
		for _, b := range m.frontings[out[i].thing] {
			if !slices.Contains(out, b) {
				out = append(out, b)
			}
		}
	}
	return out
}

// agree makes attempts at a thing that lives behind one of several interfaces,
// nobody knows which, unknown as far as they do not all get through.
func agree(attempts []attempt, t *thing) {
	through := make([]network.AddrSet, len(attempts))
	points := true
	for i, a := range attempts {
		points = points && a.universe.IsEmpty()
		for _, o := range a.outs {
			if o.verdict == network.Reachable {
				through[i] = through[i].Union(o.set.Sources())
			}
		}
	}
	for i := range attempts {
		var outs []outcome
		for _, o := range attempts[i].outs {
			all := o.set
			for j := range attempts {
				switch {
				case points && through[j].IsEmpty():
					all = network.FlowSet{}
				case !points:
					all = all.FromAddrs(through[j])
				}
			}
			if o.verdict == network.Reachable && !all.Equal(o.set) {
				u := o
				u.set, u.verdict = o.set.Minus(all), network.Unknown
				u.missing = append(slices.Clip(o.missing), network.Missing{Kind: "interfaces", ID: t.id})
				outs = append(outs, u)
				if o.set = all; o.set.IsEmpty() {
					continue
				}
			}
			outs = append(outs, o)
		}
		attempts[i].outs = outs
	}
}

// withoutInterface answers for things that no interface is known of.
func (m *model) withoutInterface(x question, t *thing) attempt {
	w := &walker{m: m, trace: true}
	st := stream{fwd: network.Flows(network.Addrs(anyAddr), network.Addrs(anyAddr), x.what)}
	switch {
	case t.stopped != "":
		w.block(st.fwd, st, trip{}, network.LayerState, t.id, t.stopped, startFix(t))
	case t.kind == KindNAT:
		w.block(st.fwd, st, trip{}, network.LayerNAT, t.id, "a NAT gateway lets in answers alone", "")
	case !t.accepts:
		w.block(st.fwd, st, trip{}, network.LayerNoAddress, t.id, t.id+" has no interface that takes connections", "")
	case t.kind == KindPlacement:
		w.block(st.fwd, st, trip{}, network.LayerNoAddress, t.id, t.id+" is in no subnet", "")
	default:
		w.stop(st, trip{}, network.LayerNoAddress, t.id, "the interfaces of "+t.id+" were not collected", network.Missing{Kind: "interfaces", ID: t.id})
	}
	return attempt{outs: w.outs, vague: true}
}

var anyAddr = netip.AddrFrom4([4]byte{0, 0, 0, 0})

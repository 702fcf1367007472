package aws

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/network"
)

// walker sends a set of flows on its way and collects what becomes of each
// part. The outcomes cut the set that was sent into disjoint parts.
//
// The way there: security groups of the sender, then hop by hop (network ACL
// out, route, gateway, network ACL in), then the security groups of the
// receiver and its state. The way back starts at the receiver and ends at the
// sender; groups let answers pass, network ACLs and routes do not care that it
// is an answer.
type walker struct {
	m     *model
	trace bool // record hops and words
	goal  end
	anon  bool // the sources are "anyone" rather than addresses somebody named
	outs  []outcome
}

// outcome is what became of a part of the flows.
type outcome struct {
	set      network.FlowSet
	verdict  network.Verdict
	decision network.Decision
	steps    []network.Hop
	missing  []network.Missing
	fix      string
	opens    bool            // the fix is enough to get as far as was walked
	weight   int             // preference among outcomes that explain a verdict
	addrs    network.AddrSet // the side of set that the question left open
	share    float64         // of the addresses asked for in its family
}

// stream is a part of the flows on its way. In the return phase, answers holds
// what the receiver may send back; fwd keeps the flows that still have one.
type stream struct {
	fwd     network.FlowSet
	answers network.FlowSet
	steps   []network.Hop
	missing []network.Missing
	passed  network.Decision // the filter that let it through last
	// diverted: a document that is missing could send it another way, so that
	// what stops it on this one does not stop it for sure.
	diverted bool
	named    string // the sender's groups, when only a rule that names the receiver's group let it out
}

// end is one end of a leg.
type end struct {
	place   place // of an interface
	nat     *nat
	outside bool   // somewhere on the internet
	direct  *thing // on the internet by the network of the service that runs it
	zone    *zone  // behind a VPN or transit gateway, or in a VPC of others
	service *service
	cdn     bool // Amazon's content delivery network
}

func (e end) vpc() *vpc {
	switch {
	case e.place.nic != nil:
		return e.place.nic.vpc
	case e.nat != nil:
		return e.nat.vpc
	}
	return nil
}

func (e end) subnet() *subnet {
	switch {
	case e.place.nic != nil:
		return e.place.nic.sub
	case e.nat != nil:
		return e.nat.sub
	}
	return nil
}

// leg is the way between two address translations: from and to see the same
// addresses. from and to valid replace the flows' own addresses on it.
type leg struct {
	from, to       end
	source, target netip.Addr
	gate           string // the gateway it left the VPC by, towards the internet
}

// trip is where a stream is.
type trip struct {
	back   bool
	legs   []leg // finished before this one; in the return phase all of them
	leg    int   // the leg that the return phase is on
	now    leg
	from   netip.Addr // address in the packet instead of the flow's own source
	to     netip.Addr // and destination
	at     *subnet
	vpc    *vpc
	groups *groupSet // whose groups the receiver's rules may refer to; nil: nobody's
	az     string    // where it was before it entered a transit gateway
	final  *end      // the end it reached when that is not the walker's goal
	hops   int       // bounds loops of routes
}

const maxHops = 24 // longest chain of gateways; more is a loop

// goalEnd is where the leg is to end.
func (w *walker) target(t trip) end {
	if t.back {
		return t.now.from
	}
	return w.goal
}

func (w *walker) step(st stream, t trip, id, kind, note string) stream {
	if w.trace {
		st.steps = append(slices.Clip(st.steps), network.Hop{ID: id, Kind: kind, Note: note, Return: t.back})
	}
	return st
}

func (w *walker) block(set network.FlowSet, st stream, t trip, layer network.Layer, id, summary, fix string) {
	if set.IsEmpty() {
		return
	}
	if st.diverted && !w.anyway(st, t, layer) {
		w.outs = append(w.outs, outcome{set: set, verdict: network.Unknown, steps: st.steps, missing: st.missing,
			decision: network.Decision{Layer: layer, ID: id, Summary: summary + ", unless it goes another way", Return: t.back}})
		return
	}
	w.outs = append(w.outs, outcome{set: set, verdict: network.Blocked, steps: st.steps, fix: fix,
		decision: network.Decision{Layer: layer, ID: id, Summary: summary, Return: t.back}})
}

// blockUnless stops flows that a change would let on, and says what else would have
// to change: it follows them as if they had passed.
func (w *walker) blockUnless(set network.FlowSet, st stream, t trip, layer network.Layer, id, summary, fix string, goOn func(stream)) {
	if set.IsEmpty() {
		return
	}
	opens := false
	if w.trace && fix != "" {
		before := w.outs
		w.outs = nil
		on := st
		if on.fwd, on.diverted = set, false; w.anon { // who lives inside is not the internet
			if out := w.outsiders(set); !out.IsEmpty() {
				on.fwd = out
			}
		}
		on.answers = on.fwd.Answers()
		goOn(on)
		fix, opens = fixThen(fix, w.outs)
		w.outs = before
	}
	n := len(w.outs)
	w.block(set, st, t, layer, id, summary, fix)
	if len(w.outs) > n {
		w.outs[n].opens = opens
	}
}

// outsiders keeps the flows whose open end is on the internet.
func (w *walker) outsiders(set network.FlowSet) network.FlowSet {
	if w.goal.outside {
		return set.ToAddrs(network.Outside())
	}
	return set.FromAddrs(network.Outside())
}

// startFix is how something that does not run would.
func startFix(t *thing) string {
	if len(t.nics) > 0 && t.nics[0].detached && t.kind == KindInterface {
		return "attach " + t.id + " to an instance"
	}
	return "start " + t.id
}

// fixThen adds to a change what else it takes, from what becomes of the flows after
// it; opens says that it takes nothing else.
func fixThen(fix string, after []outcome) (text string, opens bool) {
	o := bestOutcome(after)
	switch {
	case o == nil || o.verdict == network.Reachable:
		return fix, true
	case o.verdict == network.Unknown:
		return fix + "; whether that is enough is not known", false
	case o.fix != "":
		return fix + "; then " + o.fix, o.opens
	}
	return fix + "; it would still be stopped: " + o.decision.Summary, false
}

// anyway reports whether the receiver's groups stop a stream whichever way it
// comes.
func (w *walker) anyway(st stream, t trip, layer network.Layer) bool {
	n := w.goal.place.nic
	return layer == network.LayerSecurityGroup && !t.back && n != nil && w.refuses(st, n)
}

// divert notes documents that could send a stream another way.
func divert(st stream, missing ...network.Missing) stream {
	st.diverted = st.diverted || len(missing) > 0
	return need(st, missing...)
}

// stop ends a stream whose further way needs evidence that is not there. What the
// receiver surely stops, whichever way it comes, is stopped.
func (w *walker) stop(st stream, t trip, layer network.Layer, id, summary string, missing ...network.Missing) {
	if n := w.goal.place.nic; n != nil && !t.back && w.refuses(st, n) {
		w.outs = append(w.outs, outcome{set: st.fwd, verdict: network.Blocked, steps: st.steps,
			decision: network.Decision{Layer: network.LayerSecurityGroup, ID: n.set.label(), Summary: "no ingress rule admits this service from anywhere"}})
		return
	}
	st = need(st, missing...)
	w.outs = append(w.outs, outcome{set: st.fwd, verdict: network.Unknown, steps: st.steps, missing: st.missing,
		decision: network.Decision{Layer: layer, ID: id, Summary: summary, Return: t.back}})
}

func need(st stream, missing ...network.Missing) stream {
	for _, x := range missing {
		if !slices.Contains(st.missing, x) {
			st.missing = append(slices.Clip(st.missing), x)
		}
	}
	return st
}

// leave starts a leg at an interface: its groups, then its subnet.
func (w *walker) leave(st stream, t trip, p place) {
	n := p.nic
	if n.owner.stopped != "" {
		w.blockUnless(st.fwd, st, t, network.LayerState, n.owner.id, n.owner.stopped, startFix(n.owner), func(st stream) { w.leaveRunning(st, t, n) })
		return
	}
	w.leaveRunning(st, t, n)
}

func (w *walker) leaveRunning(st stream, t trip, n *nic) {
	st = running(w.step(st, t, n.nativeID(), "interface", "leaves from "+describe(t.now.from.place)), n)
	ctx := filterContext{m: w.m}
	if w.goal.place.nic != nil && !t.to.IsValid() {
		ctx.groups = w.goal.place.nic.set
	}
	if w.goal.service != nil {
		ctx.list = w.goal.service.list
	}
	ctx.foreign = w.foreignPeers(st, n)
	w.crossGroups(st, t, n, true, ctx, func(st stream) { w.fromSubnet(st, t, n.sub) })
}

// foreignPeers are the addresses a stream goes to that are in peers' networks which
// were not collected, and whose groups egress rules may name.
func (w *walker) foreignPeers(st stream, n *nic) network.AddrSet {
	var out network.AddrSet
	if n.vpc == nil || w.anon || len(n.set.compiled().out.groups) == 0 || !w.goal.outside && w.goal.zone == nil {
		return out
	}
	for _, p := range w.m.peerings {
		if z := w.m.peerZone(p); z != nil && z.named && z.vpc == n.vpc {
			out = out.Union(z.addrs)
		}
	}
	return out.Intersect(st.fwd.Destinations())
}

// listening stops what a service does not listen on. Exposures are computed for
// all interfaces of a class at once and cut to a service's ports afterwards.
func (w *walker) listening(st stream, t trip, n *nic) stream {
	if !w.trace || n.owner.ports.IsEmpty() {
		return st
	}
	in := st.fwd.OnlyServices(n.owner.ports)
	w.block(st.fwd.Minus(in), st, t, network.LayerEndpoint, n.owner.id, n.owner.id+" listens on "+n.owner.ports.String()+" alone", "")
	st.fwd = in
	return st
}

// running notes what was not collected of who answers at an interface.
func running(st stream, n *nic) stream {
	for _, x := range n.owner.notTold() {
		st = need(st, x)
	}
	return st
}

func describe(p place) string {
	pr := p.pairOf()
	if a, ok := pr.private.Single(); ok {
		if pr.public.IsValid() && !pr.v6 {
			return fmt.Sprintf("%s (public %s)", a, pr.public)
		}
		return a.String()
	}
	return "an address of " + p.nic.subID
}

// fromSubnet sends a stream out of the subnet it is in.
func (w *walker) fromSubnet(st stream, t trip, s *subnet) {
	goal := w.target(t)
	if s == nil {
		w.lost(st, t, network.Missing{Kind: "subnet", ID: startSubnet(t)})
		return
	}
	t.at, t.vpc = s, s.vpc
	if goal.subnet() == s && !t.to.IsValid() || t.back && goal.nat != nil && goal.nat.sub == s {
		w.arrived(st, t, s) // inside one subnet neither network ACL nor route table is looked at
		return
	}
	w.crossACL(st, t, s, true, func(st stream) { w.routeFrom(st, t, s) })
}

func startSubnet(t trip) string {
	e := t.now.from
	if t.back {
		e = t.now.to
	}
	if e.place.nic != nil && e.place.nic.subID != "" {
		return e.place.nic.subID
	}
	return "unknown"
}

func (w *walker) routeFrom(st stream, t trip, s *subnet) {
	if s.table == nil {
		w.lost(st, t, network.Missing{Kind: "route_table", ID: s.id})
		return
	}
	if w.goal.service != nil && !t.back {
		w.toEndpoint(st, t, s.table, w.goal.service)
		return
	}
	w.route(st, t, s.table)
}

// lost goes on where the way is not known: what the receiver surely stops in
// any case is stopped, the rest is unknown.
func (w *walker) lost(st stream, t trip, missing ...network.Missing) {
	w.lostAt(network.LayerRoute, st, t, missing...)
}

func (w *walker) lostAt(layer network.Layer, st stream, t trip, missing ...network.Missing) {
	st = need(st, missing...)
	goal := w.target(t)
	v := goal.vpc()
	start := t.vpc
	if start == nil && t.now.from.place.nic != nil {
		start = t.now.from.place.nic.vpc
	}
	switch {
	case goal.place.nic != nil && v != nil && v == start && !t.to.IsValid():
		// Inside one VPC the local route holds unless a middlebox is in
		// between: the receiver's filters see the packet as it is.
		t.at = nil
		w.arrived(st, t, goal.subnet())
	default:
		w.stop(st, t, layer, missing[0].ID, "the way on was not collected")
	}
}

// refuses reports whether an interface's groups admit nothing of the services,
// whoever asks.
func (w *walker) refuses(st stream, n *nic) bool {
	if n.set.none || n.noGroups || len(n.set.unknown) > 0 {
		return false
	}
	in := &n.set.compiled().in
	open := in.peers.Services()
	for _, what := range in.groups {
		open = open.Union(what)
	}
	for _, what := range in.lists {
		open = open.Union(what)
	}
	for _, o := range in.open {
		open = open.Union(o.what)
	}
	return open.Intersect(st.fwd.Services()).IsEmpty()
}

// route looks the destinations up and takes each part on its way.
func (w *walker) route(st stream, t trip, tb *table) {
	if t.hops++; t.hops > maxHops {
		w.block(st.fwd, st, t, network.LayerRoute, tb.id, "the routes form a loop", "")
		return
	}
	for _, part := range tb.split(peers(st, t, true)) {
		s := only(st, t, part.addrs)
		if s.fwd.IsEmpty() {
			continue
		}
		s = divert(s, part.missing...)
		if part.route < 0 {
			to := part.addrs.First()
			if len(part.missing) > 0 {
				w.stop(s, t, network.LayerRoute, tb.id, "whether there is a route to "+to.String()+" needs a prefix list")
				continue
			}
			if lists := tb.amazonTake(); len(lists) > 0 && w.toNamedOutside(t, part.addrs) {
				w.stop(s, t, network.LayerRoute, tb.id, "whether there is a route to "+to.String()+" needs a prefix list of AWS", lists...)
				continue
			}
			w.noRoute(s, t, tb, to, fmt.Sprintf("%s has no route to %s", tb.id, w.toText(t, to)))
			continue
		}
		r := tb.routes[part.route]
		if r.Blackhole {
			w.block(s.fwd, s, t, network.LayerRoute, tb.id, fmt.Sprintf("route %s to %s is a blackhole", r.Destination, r.Target), "give the route "+r.Destination+" a target that exists")
			continue
		}
		w.take(w.routed(s, t, tb, r), t, tb, r)
	}
}

// toText words where a packet goes: the internet at large, or an address.
func (w *walker) toText(t trip, to netip.Addr) string {
	goal := w.target(t)
	switch {
	case !w.anon || !goal.outside:
		return to.String()
	case to.Is6():
		return "the internet (IPv6)"
	}
	return "the internet"
}

// routed notes the route that a stream follows. It is what let the stream
// through where no filter with a say did before.
func (w *walker) routed(s stream, t trip, tb *table, r Route) stream {
	s = w.step(s, t, tb.id, "route_table", r.Destination+" to "+r.Target)
	if s.passed.Layer == "" {
		s.passed = network.Decision{Layer: network.LayerRoute, ID: tb.id, Summary: fmt.Sprintf("route %s to %s", r.Destination, r.Target)}
	}
	return s
}

// toNamedOutside reports whether packets go to public addresses that the question
// names, among which may be those of AWS services. The internet at large is none.
func (w *walker) toNamedOutside(t trip, to network.AddrSet) bool {
	return w.goal.outside && !t.back && !w.anon && to.Overlaps(network.Outside())
}

// noRoute stops what has no route that leads on. Where a route to the VPC's internet
// gateway would, it is followed to see what else is in the way.
func (w *walker) noRoute(st stream, t trip, tb *table, to netip.Addr, summary string) {
	fix := w.routeFix(t, tb, to)
	g := tb.vpc.attached["internet_gateway"]
	if g == nil || !w.target(t).outside && !w.target(t).cdn {
		w.block(st.fwd, st, t, network.LayerRoute, tb.id, summary, fix)
		return
	}
	w.blockUnless(st.fwd, st, t, network.LayerRoute, tb.id, summary, fix, func(st stream) {
		w.exitInternet(st, t, tb, Route{Destination: defaultRoute(to), Target: g.id})
	})
}

// routeFix is the route that would open the way.
func (w *walker) routeFix(t trip, tb *table, to netip.Addr) string {
	goal := w.target(t)
	switch g := tb.vpc.attached["internet_gateway"]; {
	case goal.outside && g != nil:
		return fmt.Sprintf("add a route for %s to %s in %s", defaultRoute(to), g.id, tb.id)
	case goal.outside:
		fix := fmt.Sprintf("attach an internet gateway to %s and add a default route to it in %s", tb.vpc.id, tb.id)
		if n := t.now.from.place.nic; n != nil && !t.back && t.now.from.place.pairOf().hasPublic == TriNo {
			fix += ", and give " + n.nativeID() + " a public address"
		}
		return fix
	}
	by := ""
	if g := w.m.between(tb.vpc, goal.vpc()); g != "" {
		by = " by " + g
	}
	return fmt.Sprintf("add a route to %s%s in %s", to, by, tb.id)
}

// between is a peering or a transit gateway that joins two VPCs, or nothing.
func (m *model) between(a, b *vpc) string {
	if a == nil || b == nil || a == b {
		return ""
	}
	for _, p := range sortedValues(m.peerings, func(p *Peering) string { return p.ID }) {
		if p.Requester.VPC == a.id && p.Accepter.VPC == b.id || p.Requester.VPC == b.id && p.Accepter.VPC == a.id {
			return p.ID
		}
	}
	for _, k := range sortedKeys(m.transit.attachments) {
		if m.transit.attachments[k].Resource == a.id && len(m.transit.ofVPC[[2]string{k.gateway, b.id}]) > 0 {
			return k.gateway
		}
	}
	return ""
}

func defaultRoute(a netip.Addr) string {
	if a.Is4() {
		return "0.0.0.0/0"
	}
	return "::/0"
}

// take follows a route's target.
func (w *walker) take(st stream, t trip, tb *table, r Route) {
	switch kind, _, _ := strings.Cut(r.Target, "-"); {
	case r.Target == "local":
		w.local(st, t, tb)
	case kind == "igw":
		w.exitInternet(st, t, tb, r)
	case kind == "eigw":
		w.exitEgressOnly(st, t, tb, r)
	case kind == "nat":
		w.enterNAT(st, t, tb, r)
	case kind == "pcx":
		w.cross(st, t, tb, r)
	case kind == "tgw":
		w.enterTransit(st, t, tb, r)
	case kind == "vgw":
		w.exitVPN(st, t, tb, r)
	case kind == "eni" || kind == "i":
		w.middlebox(st, t, tb, r)
	case kind == "vpce":
		w.enterEndpoint(st, t, tb, r)
	case kind == "cagw":
		w.exitCarrier(st, t, tb, r)
	case r.Target == "":
		w.block(st.fwd, st, t, network.LayerRoute, tb.id, "route "+r.Destination+" has no target", "")
	default: // unmodelledKind
		w.stop(st, t, network.LayerGateway, r.Target, "what lies behind "+r.Target+" is not modelled", network.Missing{Kind: "gateway", ID: r.Target})
	}
}

// local delivers inside the VPC.
func (w *walker) local(st stream, t trip, tb *table) {
	goal := w.target(t)
	if goal.vpc() == tb.vpc && goal.subnet() != nil && !t.to.IsValid() || goal.nat != nil && goal.vpc() == tb.vpc {
		w.arrived(st, t, goal.subnet())
		return
	}
	if goal.vpc() == tb.vpc && goal.place.nic != nil && goal.subnet() == nil {
		w.arrived(need(st, network.Missing{Kind: "subnet", ID: goal.place.nic.subID}), t, nil)
		return
	}
	to := peers(st, t, true).First()
	switch {
	case goal.place.nic != nil || goal.nat != nil || goal.zone != nil || t.back:
		w.block(st.fwd, st, t, network.LayerRoute, tb.id, fmt.Sprintf("%s is routed inside %s, where the receiver is not", to, tb.vpc.id), "")
	default:
		w.nobody(st, t, tb.vpc, to)
	}
}

// nobody ends a stream at an address of a VPC that no interface has.
func (w *walker) nobody(st stream, t trip, v *vpc, to netip.Addr) {
	if !w.m.collected(v, func(r *Region) bool { return r.Interfaces.Collected || r.Instances.Collected }) {
		w.stop(st, t, network.LayerNoAddress, v.id, "whether anything has "+to.String()+" is not known", network.Missing{Kind: "interfaces", ID: v.id})
		return
	}
	w.block(st.fwd, st, t, network.LayerNoAddress, to.String(), "no interface has "+to.String(), "")
}

// arrived crosses the border of the last subnet and ends the leg.
func (w *walker) arrived(st stream, t trip, s *subnet) {
	if s != nil && s == t.at || s == nil && w.target(t).nat != nil && w.target(t).nat.regional {
		w.finish(st, t) // no border of a subnet in between
		return
	}
	w.crossACL(st, t, s, false, func(st stream) { w.finish(st, t) })
}

// finish ends a leg at its last end.
func (w *walker) finish(st stream, t trip) {
	if t.back {
		w.returned(st, t)
		return
	}
	n := w.goal.place.nic
	if n == nil {
		w.delivered(st, t)
		return
	}
	if n.owner.kind == KindNAT || n.kind == "nat_gateway" {
		w.block(st.fwd, st, t, network.LayerNAT, n.owner.id, "a NAT gateway lets in answers alone", "")
		return
	}
	ctx := filterContext{m: w.m, groups: t.groups, cdn: t.now.from.cdn}
	if z := t.now.from.zone; z != nil && z.named {
		ctx.foreign = network.AllAddrs()
	}
	w.crossGroups(st, t, n, false, ctx, func(st stream) {
		if n.owner.stopped != "" {
			w.blockUnless(st.fwd, st, t, network.LayerState, n.owner.id, n.owner.stopped, startFix(n.owner), func(st stream) { w.delivered(st, t) })
			return
		}
		if !n.owner.accepts {
			layer := network.LayerState
			if n.owner.endpoint != nil {
				layer = network.LayerEndpoint
			}
			w.block(st.fwd, st, t, layer, n.owner.id, n.owner.id+" takes no connections on its interfaces", "")
			return
		}
		if st = w.listening(st, t, n); st.fwd.IsEmpty() {
			return
		}
		note := "arrives at " + describe(w.goal.place)
		if o := n.owner; o.kind == KindInterface && o.service != "" && o.ports.IsEmpty() {
			note += "; on which ports " + o.service + " listens there was not collected"
		}
		st = running(w.step(st, t, n.nativeID(), "interface", note), n)
		w.delivered(st, t)
	})
}

// delivered turns round: the packet is there, now the answer has to get back.
func (w *walker) delivered(st stream, t trip) {
	t.now.to = w.goal
	if t.final != nil {
		t.now.to = *t.final
	}
	t.now.source, t.now.target = t.from, t.to
	legs := append(slices.Clip(t.legs), t.now)
	w.comeBack(st, legs, len(legs)-1)
}

// comeBack starts the return on a leg.
func (w *walker) comeBack(st stream, legs []leg, i int) {
	if i < 0 {
		v := network.Reachable
		if len(st.missing) > 0 {
			v = network.Unknown
		}
		w.outs = append(w.outs, outcome{set: st.fwd, verdict: v, decision: st.passed, steps: st.steps, missing: st.missing})
		return
	}
	l := legs[i]
	st.answers = st.fwd.Answers()
	t := trip{back: true, legs: legs, leg: i, now: l, from: l.target, to: l.source}
	switch {
	case l.to.place.nic != nil:
		w.fromSubnet(st, t, l.to.place.nic.sub)
	case l.to.nat != nil && l.to.nat.regional:
		w.fromRegionalNAT(st, t, l.to.nat)
	case l.to.nat != nil:
		w.fromSubnet(st, t, l.to.nat.sub)
	case l.to.zone != nil:
		w.fromZone(st, t, l.to.zone)
	case l.to.service != nil:
		w.arrived(w.step(st, t, l.to.service.endpoint, "vpc_endpoint", "answers come back"), t, l.from.subnet())
	default:
		t.to = netip.Addr{}
		w.enterInternet(st, t, l.from)
	}
}

// returned ends the return on a leg.
func (w *walker) returned(st stream, t trip) {
	w.comeBack(st, t.legs, t.leg-1)
}

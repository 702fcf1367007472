package aws

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/network"
)

// maxBalancerDepth bounds load balancers behind load balancers: AWS allows an
// application load balancer behind a network load balancer, and no more.
const maxBalancerDepth = 3

// toBalancer tries a load balancer from a start: to its interfaces, through the
// listener that takes the packet, to its targets. With only set, just that
// target counts.
func (m *model) toBalancer(x question, s start, b *balancer, only *thing, depth int) []attempt {
	var out []attempt
	if only != nil && s.end.place.nic != nil && s.end.place.nic.owner == b.thing {
		return nil
	}
	l := b.listenerFor(x.what)
	// Where no listener takes the packet nothing gets to the target by this way:
	// what is said is how far one gets without it.
	idle := only != nil && b.known && (l == nil || !m.serves(l, only))
	for _, n := range b.nics {
		for i := range n.pairs {
			if idle {
				continue
			}
			g := goal{place{n, i}, true, true}
			for _, front := range m.toPlace(x, s, g) {
				front.vague = false
				if s.end.place.nic != nil {
					front.vague = true
				}
				front.via = only != nil && l != nil
				front.outs = m.behind(x, b, l, place{n, i}, front.outs, only, depth)
				out = append(out, front)
			}
		}
	}
	if len(b.nics) == 0 {
		w := &walker{m: m, trace: true}
		st := stream{fwd: network.Flows(network.Addrs(anyAddr), network.Addrs(anyAddr), x.what)}
		w.stop(st, trip{}, network.LayerLoadBalancer, b.id, "the subnets of "+b.id+" were not collected", network.Missing{Kind: "subnets", ID: b.id})
		out = append(out, attempt{outs: w.outs, vague: true})
	}
	if depth == 0 && s.end.outside {
		out = append(out, m.throughCDN(x, s, b, only)...)
	}
	return out
}

// behind turns outcomes at a load balancer's interface into outcomes at its
// targets: what got to the balancer is judged by its listener, then walks on.
func (m *model) behind(x question, b *balancer, l *listener, node place, front []outcome, only *thing, depth int) []outcome {
	var out []outcome
	for _, o := range front {
		if o.verdict == network.Blocked {
			if o.opens {
				let := o
				let.verdict, let.fix = network.Reachable, ""
				o.fix, o.opens = fixThen(o.fix, m.listen(x, b, l, node, let, only, depth))
			}
			out = append(out, o)
			continue
		}
		out = append(out, m.listen(x, b, l, node, o, only, depth)...)
	}
	return out
}

// listen judges one outcome that reached a load balancer.
func (m *model) listen(x question, b *balancer, l *listener, node place, o outcome, only *thing, depth int) []outcome {
	stopAt := func(v network.Verdict, summary, fix string, missing ...network.Missing) []outcome {
		o.verdict, o.fix = v, fix
		o.decision = network.Decision{Layer: network.LayerLoadBalancer, ID: b.id, Summary: summary}
		o.missing = append(slices.Clip(o.missing), missing...)
		return []outcome{o}
	}
	switch {
	case b.stopped != "":
		return stopAt(network.Blocked, b.stopped, "")
	case !b.known && l == nil:
		return stopAt(network.Unknown, "the listeners of "+b.id+" were not collected", "", network.Missing{Kind: "listeners", ID: b.id})
	case l == nil:
		return stopAt(network.Blocked, "no listener of "+b.id+" takes "+x.what.String(), "add a listener for "+x.what.String()+" to "+b.id)
	}
	var results []outcome
	for i := range l.forwards {
		f := &l.forwards[i]
		if f.limited && !o.set.Sources().Overlaps(f.sources) {
			continue
		}
		results = append(results, m.toTargets(x, b, l, f, node, o, only, depth)...)
	}
	if bestOutcome(results) != nil {
		out, rest := covered(o, results)
		if !rest.IsEmpty() {
			o.set = rest
			out = append(out, stopAt(network.Blocked, "no rule of the listener forwards what these sources send", "")...)
		}
		return out
	}
	switch {
	case l.unknown:
		return stopAt(network.Unknown, "the rules of the listener were not collected", "", network.Missing{Kind: "listener_rules", ID: b.id})
	case len(l.forwards) == 0 && l.itself != "":
		return stopAt(network.Blocked, "the listener answers itself ("+l.itself+"); no rule forwards", "add a rule that forwards to a target group")
	case len(l.forwards) == 0:
		return stopAt(network.Blocked, "no rule of the listener forwards", "")
	}
	return stopAt(network.Blocked, "no target is registered behind the listener", "register a target")
}

// covered cuts the flows that reached the balancer by what became of them
// behind it: some target may serve some clients and not others. Rest is what no
// rule forwards.
func covered(o outcome, results []outcome) (out []outcome, rest network.FlowSet) {
	rest = o.set
	for _, v := range []network.Verdict{network.Reachable, network.Unknown, network.Blocked} {
		for _, r := range results {
			if r.verdict != v {
				continue
			}
			part := r.set.Intersect(rest)
			if part.IsEmpty() {
				continue
			}
			rest = rest.Minus(part)
			r.set = part
			out = append(out, r)
		}
	}
	return out, rest
}

// bestOutcome prefers reachable to unknown to blocked, and among blocked ones
// the one that got furthest.
func bestOutcome(outs []outcome) *outcome {
	var best *outcome
	for i := range outs {
		if best == nil || better(&outs[i], best) {
			best = &outs[i]
		}
	}
	return best
}

func rank(v network.Verdict) int {
	switch v {
	case network.Reachable:
		return 2
	case network.Unknown:
		return 1
	}
	return 0
}

func better(a, b *outcome) bool {
	if ra, rb := rank(a.verdict), rank(b.verdict); ra != rb {
		return ra > rb
	}
	return a.verdict == network.Blocked && len(a.steps) > len(b.steps)
}

// toTargets walks from a load balancer to the targets of one rule.
func (m *model) toTargets(x question, b *balancer, l *listener, f *forward, node place, o outcome, only *thing, depth int) []outcome {
	note := fmt.Sprintf("listener %s, %s", l.takes, f.rule)
	if f.rule == "" {
		note = "listener " + l.takes.String()
	}
	if f.gate != "" {
		note += ", only after " + f.gate
	}
	o.steps = append(slices.Clip(o.steps), network.Hop{ID: b.id, Kind: "load_balancer", Note: note})
	if f.limited {
		o.set = o.set.FromAddrs(f.sources)
	}
	if !f.known {
		o.verdict = network.Unknown
		o.missing = append(slices.Clip(o.missing), network.Missing{Kind: "targets", ID: f.id})
		o.decision = network.Decision{Layer: network.LayerLoadBalancer, ID: b.id, Summary: "the targets of " + f.id + " were not collected"}
		return []outcome{o}
	}
	var out []outcome
	for i := range f.targets {
		t := &f.targets[i]
		if only != nil && t.thing != only && (t.next == nil || t.next.thing != only && !m.leadsTo(t.next, only)) {
			continue
		}
		out = append(out, m.toTarget(x, b, f, t, node, o, only, depth)...)
	}
	return out
}

// serves reports whether a listener may send to a thing.
func (m *model) serves(l *listener, only *thing) bool {
	return l.unknown || slices.ContainsFunc(l.forwards, func(f forward) bool {
		return !f.known || slices.ContainsFunc(f.targets, func(t forwardTarget) bool {
			return t.thing == only || t.next != nil && (t.next.thing == only || m.leadsTo(t.next, only))
		})
	})
}

func (m *model) leadsTo(b *balancer, t *thing) bool { return slices.Contains(m.frontings[t], b) }

func (m *model) toTarget(x question, b *balancer, f *forward, t *forwardTarget, node place, o outcome, only *thing, depth int) []outcome {
	unused := t.unused(f, node)
	switch {
	case unused != "":
		o.verdict, o.missing = network.Blocked, nil
		o.decision = network.Decision{Layer: network.LayerLoadBalancer, ID: b.id, Summary: unused}
		if f.zonal == TriYes && t.nic != nil && otherZone(t.nic.sub, node.nic.sub) {
			o.fix = "turn on cross-zone load balancing of " + b.id
		}
		return []outcome{o}
	case t.lambda:
		o.steps = append(slices.Clip(o.steps), network.Hop{ID: t.id, Kind: "function", Note: "invoked by the load balancer; the function's policy decides"})
		o.decision = network.Decision{Layer: network.LayerLoadBalancer, ID: b.id, Summary: "a rule forwards to the function"}
		return []outcome{o}
	case t.next != nil && depth < maxBalancerDepth:
		return m.toNextBalancer(x, t, node, o, only, depth)
	case t.nic == nil:
		o.verdict = network.Unknown
		o.missing = append(slices.Clip(o.missing), network.Missing{Kind: "target", ID: t.id})
		o.decision = network.Decision{Layer: network.LayerLoadBalancer, ID: b.id, Summary: "target " + t.id + " was not collected"}
		return []outcome{o}
	}
	var out []outcome
	for _, r := range m.forwarded(true, x.anon, node, o.set.Sources(), f, t) {
		joined := o
		joined.steps = append(slices.Clip(o.steps), r.steps...)
		joined.missing = mergeMissing(o.missing, r.missing)
		joined.decision, joined.fix = r.decision, r.fix
		if f.keep {
			joined.set = o.set.FromAddrs(r.set.Sources())
		}
		if joined.verdict = r.verdict; o.verdict == network.Unknown && r.verdict == network.Reachable {
			joined.verdict = network.Unknown
		}
		if t.health != "" && t.health != "healthy" {
			joined.steps = append(slices.Clip(joined.steps), network.Hop{ID: t.id, Kind: "target", Note: "health: " + t.health})
		}
		out = append(out, joined)
	}
	if f.keep {
		return out
	}
	return worstOfOneWay(out, node)
}

// worstOfOneWay joins outcomes of a sender whose address is only known to lie
// in a range: what is stopped for a part of the range is not known.
func worstOfOneWay(outs []outcome, node place) []outcome {
	if _, exact := node.pairOf().private.Single(); exact || len(outs) < 2 {
		return outs
	}
	passes, blocks := false, false
	for _, o := range outs {
		passes = passes || o.verdict != network.Blocked
		blocks = blocks || o.verdict == network.Blocked
	}
	if !passes || !blocks {
		return outs
	}
	var out []outcome
	for _, o := range outs {
		if o.verdict == network.Reachable {
			o.verdict = network.Unknown
			o.missing = append(slices.Clip(o.missing), network.Missing{Kind: "interfaces", ID: node.nic.owner.id})
		}
		if o.verdict != network.Blocked {
			out = append(out, o)
		}
	}
	return out
}

func mergeMissing(a, b []network.Missing) []network.Missing {
	out := slices.Clip(a)
	for _, x := range b {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// toNextBalancer goes on to a load balancer behind a load balancer.
func (m *model) toNextBalancer(x question, t *forwardTarget, node place, o outcome, only *thing, depth int) []outcome {
	y := x
	y.what, y.anon = t.port, false
	if only == t.next.thing {
		only = nil
	}
	var out []outcome
	for _, a := range m.toBalancer(y, start{end: end{place: node}}, t.next, only, depth+1) {
		for _, r := range a.outs {
			joined := o
			joined.steps = append(slices.Clip(o.steps), r.steps...)
			joined.missing = mergeMissing(o.missing, r.missing)
			joined.decision, joined.fix = r.decision, r.fix
			if joined.verdict = r.verdict; o.verdict == network.Unknown && r.verdict == network.Reachable {
				joined.verdict = network.Unknown
			}
			out = append(out, joined)
		}
	}
	return out
}

// throughCDN tries the content delivery networks that have a load balancer as
// an origin: outsiders reach the CDN, and the CDN the balancer.
func (m *model) throughCDN(x question, s start, b *balancer, only *thing) []attempt {
	var out []attempt
	for _, r := range m.cdnFront[b] {
		if open, _, _ := r.door.open(); open != TriYes || r.door.takes.Intersect(x.what).IsEmpty() {
			continue
		}
		addrs, _ := m.cdnSources()
		y := x
		y.what, y.anon = r.takes, true
		for _, a := range m.cdnAttempts(y, b, only, r, addrs) {
			a.universe, a.bySource = network.AddrSet{}, false
			a.vague, a.via = true, true
			first := []network.Hop{{ID: "internet", Kind: "internet", Note: "from anywhere"}, {ID: r.door.id, Kind: "cdn", Note: "takes requests" + r.door.authNote()}}
			for i := range a.outs {
				a.outs[i].steps = append(slices.Clone(first), a.outs[i].steps...)
			}
			out = append(out, a)
		}
	}
	return out
}

// cdnAttempts asks a load balancer from a CDN on each port the origin has.
func (m *model) cdnAttempts(x question, b *balancer, only *thing, r cdnRoute, addrs network.AddrSet) []attempt {
	var out []attempt
	for _, one := range r.takes {
		y := x
		y.what = network.NewServiceSet(one)
		s := start{end{cdn: true}, addrs}
		out = append(out, m.toBalancer(y, s, b, only, 1)...)
	}
	if r.origin.VPCOrigin != "" {
		for i := range out {
			for j := range out[i].outs {
				o := &out[i].outs[j]
				o.verdict = network.Unknown
				o.missing = append(o.missing, network.Missing{Kind: "vpc_origin", ID: r.origin.VPCOrigin})
			}
		}
	}
	return out
}

// doorAttempts tries a front door: whether packets get to it. What it demands
// of callers is its own matter, and noted.
func (m *model) doorAttempts(x question) []attempt {
	var out []attempt
	for _, d := range x.dst.door {
		out = append(out, m.toDoor(x, d))
	}
	return out
}

func (m *model) toDoor(x question, d *door) attempt {
	w := &walker{m: m, trace: true}
	src := x.src.addrs
	if src.IsEmpty() {
		src = network.Addrs(anyAddr)
	}
	st := stream{fwd: network.Flows(src, network.Addrs(anyAddr), x.what)}
	// Of a workload that has a front door the door says more than its interfaces.
	a := attempt{universe: asked(x, src), bySource: !x.src.addrs.IsEmpty(), vague: x.src.addrs.IsEmpty(), via: true}
	st = w.step(st, trip{}, x.src.ID, x.src.Kind, "asks")
	open, decision, fix := d.open()
	st.passed = decision
	taken := st
	taken.fwd = st.fwd.OnlyServices(d.takes)
	switch {
	case open == TriNo && d.Disabled == "" && x.src.Kind != KindInternet && len(x.src.things) > 0:
		m.privateDoor(w, st, x, d)
	case open == TriNo:
		w.block(st.fwd, st, trip{}, decision.Layer, d.id, decision.Summary, fix)
	case taken.fwd.IsEmpty():
		w.block(st.fwd, st, trip{}, d.layer(network.LayerEndpoint), d.id, d.id+" listens on "+d.takes.String()+" alone", "")
	case open == TriUnknown:
		w.stop(taken, trip{}, decision.Layer, d.id, decision.Summary, network.Missing{Kind: cmp.Or(d.Lacks, d.Kind), ID: d.id})
	case len(x.src.things) > 0:
		m.doorFromInside(w, taken, x, d)
	default:
		m.doorFromOutside(w, taken, d)
	}
	a.outs = w.outs
	return a
}

func (m *model) doorFromOutside(w *walker, st stream, d *door) {
	if d.limited {
		in := st.fwd.FromAddrs(d.allowed)
		w.block(st.fwd.Minus(in), st, trip{}, network.LayerFilter, d.id, d.id+" admits listed addresses alone", "add the source to the list of "+d.id)
		st.fwd = in
	}
	if st.fwd.IsEmpty() {
		return
	}
	st = w.step(st, trip{}, d.id, d.Kind, "public endpoint"+d.authNote())
	w.comeBack(st, nil, -1)
}

// doorFromInside goes to a public front door from a workload: it has to get out
// to the internet (or has the service's own way out).
func (m *model) doorFromInside(w *walker, st stream, x question, d *door) {
	best := m.byEndpoint(x, endpointServices[d.Kind])
	if best == nil {
		y := x
		y.dst, y.anon = m.internet("0.0.0.0/0"), true
		best = bestOf(m, y)
	}
	if best == nil {
		w.stop(st, trip{}, network.LayerRoute, d.id, "the source has no interface that was collected", network.Missing{Kind: "interfaces", ID: x.src.ID})
		return
	}
	o := *best
	o.set = st.fwd
	if o.verdict == network.Reachable {
		o.steps = append(o.steps, network.Hop{ID: d.id, Kind: d.Kind, Note: "public endpoint" + d.authNote()})
	}
	w.outs = append(w.outs, o)
}

// endpointServices are the ends of the names of the services by whose interface
// endpoints front doors are called: inside a VPC that has one with private DNS
// the service's name stands for its interfaces (AWS PrivateLink Guide, "AWS
// services that integrate with AWS PrivateLink", read 2026-11).
var endpointServices = map[string][]string{
	"sagemaker-endpoint": {".sagemaker.runtime"},
	"notebook":           {".notebook"},
	"studio":             {".studio"},
	"agentcore-runtime":  {".bedrock-agentcore"},
	"agentcore-gateway":  {".bedrock-agentcore.gateway"},
}

// privateServices are the same for front doors that answer on such endpoints
// alone: which of a VPC's is used makes no difference.
var privateServices = map[string][]string{"apigateway-rest": {".execute-api"}}

// byEndpoint goes to a front door by an interface endpoint of the source's VPC,
// to one of the services, if it has one; nil where it has none.
func (m *model) byEndpoint(x question, services []string) *outcome {
	var outs []outcome
	for _, id := range m.thingIDs {
		e := m.things[id].endpoint
		if e == nil || e.Kind != "Interface" || e.PrivateDNS == TriNo || !slices.ContainsFunc(services, func(s string) bool { return strings.HasSuffix(e.Service, s) }) {
			continue
		}
		if !slices.ContainsFunc(x.src.things, func(t *thing) bool {
			return slices.ContainsFunc(t.nics, func(n *nic) bool { return n.vpc != nil && n.vpc.id == e.VPC })
		}) {
			continue
		}
		y := x
		y.dst = thingFound(m.things[id])
		if o := bestOf(m, y); o != nil {
			outs = append(outs, *o)
		}
	}
	return bestOutcome(outs)
}

func bestOf(m *model, x question) *outcome {
	var outs []outcome
	for _, a := range m.attempts(x) {
		for _, o := range a.outs {
			if a.universe.IsEmpty() || !o.set.ToAddrs(a.universe).IsEmpty() {
				outs = append(outs, o)
			}
		}
	}
	return bestOutcome(outs)
}

// privateDoor reaches a private front door through the endpoints it names.
func (m *model) privateDoor(w *walker, st stream, x question, d *door) {
	var outs []outcome
	for _, id := range d.FrontDoor.Endpoints.Items {
		t := m.things[id]
		if t == nil {
			continue
		}
		y := x
		y.dst = thingFound(t)
		if o := bestOf(m, y); o != nil {
			outs = append(outs, *o)
		}
	}
	// Those that an API names only have names of their own in DNS; any other will
	// do (API Gateway Developer Guide, "Private REST APIs", read 2026-11).
	if o := m.byEndpoint(x, privateServices[d.Kind]); o != nil {
		outs = append(outs, *o)
	}
	if best := bestOutcome(outs); best != nil {
		o := *best
		o.set = st.fwd
		w.outs = append(w.outs, o)
		return
	}
	w.stop(st, trip{}, d.layer(network.LayerEndpoint), d.id, "which endpoints lead to "+d.id+" was not collected", network.Missing{Kind: "vpc_endpoint", ID: d.id})
}

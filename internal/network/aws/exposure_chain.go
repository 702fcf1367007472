package aws

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/network"
)

// nodeFront is what gets from outside to one address of a load balancer.
type nodeFront struct {
	node place
	in   admitted
}

func (e *estate) fronts(who asker, b *balancer) []nodeFront {
	var out []nodeFront
	if b.stopped != "" {
		return nil
	}
	for _, n := range b.nics {
		for j := range n.pairs {
			p := place{n, j}
			if a := e.at(who, p); !a.isEmpty() {
				out = append(out, nodeFront{p, a})
			}
		}
	}
	return out
}

// balancer exposes a load balancer and what is behind it.
func (e *estate) balancer(b *balancer) {
	fronts := e.fronts(fromInternet, b)
	if len(fronts) == 0 {
		return
	}
	x := Exposure{Kind: "load_balancer", Auth: AuthNone, Gate: b.waf}
	if b.waf != "" {
		x.Gate = "web ACL " + b.waf
	}
	x.Evidence = e.placeEvidence(fromInternet, fronts[0].node, fronts[0].in)
	e.behind(x, fronts, b, nil)
}

// behind exposes what listeners forward to, and the balancer itself where they
// forward to something that can be reached. Entry maps what the outsider sends
// to what the balancer gets, when something stands in front of it.
func (e *estate) behind(x Exposure, fronts []nodeFront, b *balancer, entry network.ServiceSet) {
	x.Chain = append(slices.Clip(x.Chain), ChainLink{b.graphID(), KindLB})
	if !b.known {
		var all admitted
		for _, f := range fronts {
			all = all.or(f.in)
		}
		e.add(toTarget(x, b.thing), uncertain(all, network.Missing{Kind: "listeners", ID: b.id}), nil)
		return
	}
	for i := range b.listeners {
		e.listener(x, fronts, b, &b.listeners[i], entry)
	}
}

func toTarget(x Exposure, t *thing) Exposure {
	x.Target, x.TargetID, x.TargetKind = t.graphID(), t.id, t.kind
	return x
}

// uncertain makes what surely gets through depend on a missing document.
func uncertain(a admitted, missing ...network.Missing) admitted {
	return admitted{maybe: a.sure.Union(a.maybe), missing: mergeMissing(a.missing, missing)}
}

func (e *estate) listener(x Exposure, fronts []nodeFront, b *balancer, l *listener, entry network.ServiceSet) {
	var whole admitted // of the balancer itself
	gated := true
	for i := range l.forwards {
		f := &l.forwards[i]
		y := x
		y.Auth, y.Gate = strongest(x.Auth, f.auth), joinGates(x.Gate, f.gate)
		if f.auth != AuthNone || f.gate != "" {
			y.Verdict = network.Conditional
		}
		y.Evidence = append(slices.Clip(x.Evidence), network.Evidence{Layer: network.LayerLoadBalancer, ID: b.id, Rule: strings.TrimSpace("listener " + l.takes.String() + " " + f.rule), Sentence: fmt.Sprintf("the listener on %s forwards to %s", l.takes, f.id), Doc: b.doc})
		a := e.forward(y, fronts, b, l, f, entry)
		whole = whole.or(a)
		gated = gated && y.Verdict == network.Conditional
	}
	if l.unknown && len(l.forwards) == 0 {
		for _, f := range fronts {
			whole = whole.or(uncertain(f.in.only(l.takes), network.Missing{Kind: "listener_rules", ID: b.id}))
		}
		gated = false
	}
	if whole.isEmpty() {
		return
	}
	y := toTarget(x, b.thing)
	if gated {
		y.Verdict, y.Auth, y.Gate = network.Conditional, strongest(x.Auth, l.forwards[0].auth), joinGates(x.Gate, l.forwards[0].gate)
	}
	y.Evidence = append(slices.Clip(x.Evidence), network.Evidence{Layer: network.LayerLoadBalancer, ID: b.id, Rule: "listener " + l.takes.String(), Sentence: "a listener takes " + l.takes.String() + " and a target behind it can be reached", Doc: b.doc})
	e.addEntry(y, whole, entry, l.takes)
}

// addEntry adds exposures whose entry is what the outsider sends to the first
// of the chain.
func (e *estate) addEntry(x Exposure, a admitted, entry, ports network.ServiceSet) {
	n := len(e.out)
	e.add(x, a, func(network.ServiceSet) network.ServiceSet { return ports })
	if !entry.IsEmpty() {
		for i := n; i < len(e.out); i++ {
			e.out[i].Entry = entry
			if x.Kind == "cdn" { // whoever asks the CDN gets to what the CDN gets to
				e.out[i].Audience, e.out[i].Sources = Anyone, []string{"0.0.0.0/0", "::/0"}
			}
		}
	}
}

func strongest(a, b Auth) Auth {
	if b != AuthNone && b != AuthUnknown {
		return b
	}
	return a
}

func joinGates(gates ...string) string {
	var out []string
	for _, g := range gates {
		if g != "" && !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return strings.Join(out, "; ")
}

// forward exposes the targets of one rule and returns what gets to any.
func (e *estate) forward(x Exposure, fronts []nodeFront, b *balancer, l *listener, f *forward, entry network.ServiceSet) admitted {
	var whole admitted
	if !f.known {
		for _, fr := range fronts {
			whole = whole.or(uncertain(limitedTo(fr.in.only(l.takes), f), network.Missing{Kind: "targets", ID: f.id}))
		}
		return whole
	}
	for i := range f.targets {
		t := &f.targets[i]
		var got admitted
		for _, fr := range fronts {
			in := limitedTo(fr.in.only(l.takes), f)
			if !in.isEmpty() {
				got = got.or(e.target(in, fr.node, b, f, t))
			}
		}
		if got.isEmpty() {
			continue
		}
		whole = whole.or(got)
		e.exposeTarget(x, fronts, b, f, t, got, l, entry)
	}
	return whole
}

func limitedTo(a admitted, f *forward) admitted {
	if f.limited {
		a.sure, a.maybe = a.sure.OnlyAddrs(f.sources), a.maybe.OnlyAddrs(f.sources)
	}
	return a
}

func (e *estate) exposeTarget(x Exposure, fronts []nodeFront, b *balancer, f *forward, t *forwardTarget, got admitted, l *listener, entry network.ServiceSet) {
	x.Evidence = slices.Clip(x.Evidence)
	switch {
	case t.lambda:
		x.Target, x.TargetID, x.TargetKind = t.id, t.id, "function"
	case t.next != nil:
		if len(x.Chain) < maxBalancerDepth {
			nodes := e.nodesBehind(got, t.next)
			e.behind(x, nodes, t.next, cmpServices(entry, l.takes))
		}
		return
	case t.thing != nil:
		x = toTarget(x, t.thing)
		x.Evidence = append(x.Evidence, e.targetEvidence(fronts[0].node, f, t)...)
	default:
		x.Target, x.TargetID, x.TargetKind = t.id, t.id, KindAddress
	}
	if t.health != "" && t.health != "healthy" {
		x.Gate = joinGates(x.Gate, "health of the target: "+t.health)
	}
	x.Chain = append(slices.Clip(x.Chain), ChainLink{x.Target, x.TargetKind})
	e.addEntry(x, got, entry, t.port)
}

func cmpServices(a, b network.ServiceSet) network.ServiceSet {
	if a.IsEmpty() {
		return b
	}
	return a
}

// nodesBehind are the interfaces of a load balancer behind another: what got
// through the first, on the ports of the second's listeners.
func (e *estate) nodesBehind(got admitted, next *balancer) []nodeFront {
	var takes network.ServiceSet
	for _, l := range next.listeners {
		takes = takes.Union(l.takes)
	}
	in := admitted{sure: network.Peers(got.sure.Addrs(), takes), maybe: network.Peers(got.maybe.Addrs(), takes), missing: got.missing}
	var out []nodeFront
	for _, n := range next.nics {
		for j := range n.pairs {
			out = append(out, nodeFront{place{n, j}, in})
		}
	}
	return out
}

func (e *estate) targetEvidence(node place, f *forward, t *forwardTarget) []network.Evidence {
	if t.nic.set.none || t.port.IsEmpty() {
		return nil
	}
	ctx := filterContext{m: e.m, groups: node.nic.set}
	id, text := t.nic.set.matching(false, node.pairOf().private.First(), t.port[0].From, &ctx)
	if text == "" {
		return nil
	}
	return []network.Evidence{{Layer: network.LayerSecurityGroup, ID: id, Rule: text, Sentence: "the target's security group " + text}}
}

// target is what gets from a load balancer's address to a target.
func (e *estate) target(in admitted, node place, b *balancer, f *forward, t *forwardTarget) admitted {
	if t.unused(f, node) != "" {
		return admitted{}
	}
	switch {
	case t.lambda:
		return in
	case t.next != nil:
		return e.toNodes(in, node, f, t)
	case t.nic == nil:
		return uncertain(in, network.Missing{Kind: "target", ID: t.id})
	}
	return e.toNIC(in, node, f, t, place{t.nic, t.pair})
}

// toNodes is what gets from a load balancer to another one's interfaces.
func (e *estate) toNodes(in admitted, node place, f *forward, t *forwardTarget) admitted {
	var out admitted
	if t.next.stopped != "" {
		return out
	}
	for _, n := range t.next.nics {
		for j := range n.pairs {
			if n.pairs[j].v6 == node.pairOf().v6 {
				out = out.or(e.toNIC(in, node, f, t, place{n, j}))
			}
		}
	}
	return out
}

func (e *estate) toNIC(in admitted, node place, f *forward, t *forwardTarget, to place) admitted {
	x := *t
	x.nic, x.pair = to.nic, to.pair
	if to.nic.owner.stopped != "" {
		return admitted{}
	}
	clients := in.sure.Addrs().Union(in.maybe.Addrs())
	outs := e.m.forwarded(false, true, node, clients, f, &x)
	if !f.keep {
		outs = worstOfOneWay(outs, node)
	}
	out := admitted{missing: in.missing}
	for _, o := range outs {
		if o.verdict == network.Blocked {
			continue
		}
		sure, maybe := in.sure, in.maybe
		if f.keep {
			from := o.set.Sources()
			sure, maybe = sure.OnlyAddrs(from), maybe.OnlyAddrs(from)
		}
		if o.verdict == network.Unknown {
			maybe, sure = maybe.Union(sure), network.PeerSet{}
			out.missing = mergeMissing(out.missing, o.missing)
		}
		out.sure, out.maybe = out.sure.Union(sure), out.maybe.Union(maybe)
	}
	out.maybe = out.maybe.Minus(out.sure)
	return out
}

// cdn exposes what load balancers let a content delivery network through to.
func (e *estate) cdn(b *balancer) {
	for _, r := range e.m.cdnFront[b] {
		open, _, _ := r.door.open()
		if open != TriYes {
			continue
		}
		var fronts []nodeFront
		who := e.fromCDN()
		if r.origin.VPCOrigin != "" {
			fronts = e.privateOrigin(b, r)
		} else {
			fronts = e.fronts(who, b)
		}
		for i := range fronts {
			fronts[i].in = fronts[i].in.only(r.takes)
		}
		fronts = slices.DeleteFunc(fronts, func(f nodeFront) bool { return f.in.isEmpty() })
		if len(fronts) == 0 {
			continue
		}
		x := Exposure{Kind: "cdn", Auth: cmp.Or(r.door.Auth, AuthNone), Gate: r.door.Gate, Chain: []ChainLink{{r.door.graphID(), "cloudfront"}}}
		if r.origin.Signed == TriYes {
			x.Verdict, x.Gate = network.Conditional, joinGates(x.Gate, "signed URLs or cookies")
		}
		x.Evidence = append([]network.Evidence{{Layer: network.LayerEndpoint, ID: r.door.id, Rule: "origin " + r.origin.Domain, Sentence: "the distribution is enabled and has " + cmp.Or(r.origin.Domain, b.id) + " as an origin", Doc: r.door.Doc}},
			e.placeEvidence(who, fronts[0].node, fronts[0].in)...)
		e.behind(x, fronts, b, r.door.takes)
	}
}

// privateOrigin is a CDN's way to a load balancer that is not public: by
// interfaces of the CDN's own, whose groups are not in the inventory.
func (e *estate) privateOrigin(b *balancer, r cdnRoute) []nodeFront {
	var out []nodeFront
	for _, n := range b.nics {
		for j := range n.pairs {
			in := admitted{maybe: network.Peers(network.Outside(), r.takes), missing: []network.Missing{{Kind: "vpc_origin", ID: r.origin.VPCOrigin}}}
			out = append(out, nodeFront{place{n, j}, in})
		}
	}
	return out
}

// door exposes a front door and what its routes lead to.
func (e *estate) door(d *door) {
	open, decision, _ := d.open()
	if open == TriNo {
		return
	}
	sources := network.AllAddrs()
	if d.limited {
		sources = d.allowed
	}
	a := admitted{sure: network.Peers(sources, d.takes)}
	if open == TriUnknown {
		a = uncertain(a, network.Missing{Kind: cmp.Or(d.Lacks, d.Kind), ID: d.id})
	}
	x := Exposure{Target: d.graphID(), TargetID: d.id, TargetKind: KindFrontDoor, Kind: "front_door", Gate: d.Gate, Chain: []ChainLink{{d.graphID(), d.Kind}},
		Evidence: []network.Evidence{{Layer: decision.Layer, ID: d.id, Sentence: decision.Summary, Doc: d.Doc}}}
	auth := d.Auth
	if auth == AuthUnknown && d.Kind == "cloudfront" {
		auth = AuthNone
	}
	e.addDoor(x, a, auth)
	for i := range d.Routes {
		e.doorRoute(x, a, d, &d.Routes[i], auth)
	}
	if d.Kind == "cloudfront" {
		e.doorOrigins(x, a, d)
	}
}

func (e *estate) addDoor(x Exposure, a admitted, auth Auth) {
	x.Auth = auth
	switch auth {
	case AuthNone:
	case AuthAPIKey:
		x.Gate = joinGates(x.Gate, "an API key is demanded, which identifies and does not authenticate")
	case AuthUnknown:
		a = uncertain(a, network.Missing{Kind: "authentication", ID: x.TargetID})
	default:
		x.Verdict, x.Gate = network.Conditional, joinGates(x.Gate, "callers authenticate: "+string(auth))
	}
	e.add(x, a, nil)
}

// doorRoute exposes what one route of a front door leads to.
func (e *estate) doorRoute(x Exposure, a admitted, d *door, r *FrontRoute, auth Auth) {
	if r.Target == "" || r.Live == TriNo {
		return
	}
	x.Target, x.TargetID, x.TargetKind = r.Target, r.Target, "route_target"
	x.Chain = append(slices.Clip(x.Chain), ChainLink{r.Target, "route_target"})
	x.Gate = joinGates(x.Gate, r.Note)
	if r.APIKey {
		x.Gate = joinGates(x.Gate, "an API key is demanded, which identifies and does not authenticate")
	}
	x.Evidence = append(slices.Clip(x.Evidence), network.Evidence{Layer: d.layer(network.LayerEndpoint), ID: d.id, Rule: r.ID, Sentence: "route " + r.ID + " leads to " + r.Target, Doc: d.Doc})
	e.addDoor(x, a, cmp.Or(r.Auth, auth))
}

// doorOrigins exposes front doors that a CDN has as origins.
func (e *estate) doorOrigins(x Exposure, a admitted, d *door) {
	for i := range d.Origins {
		o := &d.Origins[i]
		for _, other := range e.m.doors {
			if other == d || other.Domain == "" || !strings.EqualFold(other.Domain, o.Domain) || other.Disabled != "" || other.Public == TriNo {
				continue
			}
			y := x
			y.Kind, y.Target, y.TargetID = "cdn", other.graphID(), other.id
			y.Chain = append(slices.Clip(x.Chain), ChainLink{other.graphID(), other.Kind})
			if o.Signed == TriYes {
				y.Verdict, y.Gate = network.Conditional, joinGates(y.Gate, "signed URLs or cookies")
			}
			if other.Auth == AuthIAM && o.AccessControl != "" {
				y.Verdict, y.Auth, y.Gate = network.Conditional, AuthIAM, joinGates(y.Gate, "the CDN signs by origin access control "+o.AccessControl+"; the target's policy decides")
				e.add(y, a, nil)
				continue
			}
			e.addDoor(y, a, other.Auth)
		}
	}
}

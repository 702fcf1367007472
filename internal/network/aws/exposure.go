package aws

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/network"
)

// classKey names the class of interfaces that no rule can tell apart: same
// subnet, same groups.
func classKey(n *nic) string {
	k := n.subID
	switch {
	case n.noGroups:
		k += " ?"
	case n.set.none:
		k += " -"
	}
	if n.sub == nil && n.vpc != nil {
		k += " in " + n.vpc.id
	}
	if len(n.owner.notTold()) > 0 { // what is missing has a name of its own
		k += " state of " + n.owner.id
	}
	for _, g := range n.set.ids {
		k += " " + g
	}
	return k
}

// admitted is what gets through to something: surely, and what would if a
// document that is missing said so.
type admitted struct {
	sure    network.PeerSet
	maybe   network.PeerSet
	missing []network.Missing
}

func (a admitted) isEmpty() bool { return a.sure.IsEmpty() && a.maybe.IsEmpty() }

// or joins two ways: either is enough.
func (a admitted) or(b admitted) admitted {
	out := admitted{sure: a.sure.Union(b.sure), missing: mergeMissing(a.missing, b.missing)}
	out.maybe = a.maybe.Union(b.maybe).Minus(out.sure)
	return out
}

// oneOf joins ways of which one holds and nobody knows which.
func (a admitted) oneOf(b admitted, missing network.Missing) admitted {
	out := admitted{sure: a.sure.Intersect(b.sure), missing: mergeMissing(a.missing, b.missing)}
	out.maybe = a.sure.Union(b.sure).Union(a.maybe).Union(b.maybe).Minus(out.sure)
	if !out.maybe.IsEmpty() {
		out.missing = mergeMissing(out.missing, []network.Missing{missing})
	}
	return out
}

func (a admitted) only(s network.ServiceSet) admitted {
	a.sure, a.maybe = a.sure.OnlyServices(s), a.maybe.OnlyServices(s)
	return a
}

// estate computes exposures of the whole inventory; it remembers what is the
// same for all interfaces of a class.
type estate struct {
	m    *model
	memo map[estateKey]classFlows
	out  []Exposure
	// outside4 and outside6 are the outside but for the networks that were
	// collected: those are neither in nor out.
	outside4, outside6 network.AddrSet
}

// estateKey is a class, a family and who asks.
type estateKey struct {
	class  string
	v6     bool
	public Tri
	from   string // "internet", "cdn", or a zone's id
}

// classFlows is what becomes of everything sent to the addresses of a class.
type classFlows struct {
	space   network.AddrSet // destinations that it was computed for
	outs    []outcome
	uniform bool     // no outcome depends on the destination
	whole   admitted // of uniform ones
}

func (m *model) exposure() []Exposure {
	own := m.ownAddresses()
	e := &estate{m: m, memo: map[estateKey]classFlows{}, outside4: network.Outside4().Minus(own), outside6: network.Outside6().Minus(own)}
	zones := m.zones()
	for _, key := range m.thingIDs {
		t := m.things[key]
		if t.balancer != nil || t.internalUse || !t.accepts || t.stopped != "" || len(t.nics) == 0 {
			continue
		}
		e.direct(t)
		for _, z := range zones {
			e.partner(t, z)
		}
	}
	for _, b := range m.balancers {
		e.balancer(b)
		e.cdn(b)
	}
	for _, d := range m.doors {
		e.door(d)
	}
	slices.SortFunc(e.out, compareExposures)
	return e.out
}

func compareExposures(a, b Exposure) int {
	if c := cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Kind, b.Kind), compareChains(a.Chain, b.Chain),
		cmp.Compare(a.Audience, b.Audience), cmp.Compare(a.Zone, b.Zone), cmp.Compare(a.Verdict, b.Verdict)); c != 0 {
		return c
	}
	return cmp.Or(slices.Compare(a.Sources, b.Sources), compareServices(a.Entry, b.Entry), compareServices(a.Ports, b.Ports), cmp.Compare(a.Gate, b.Gate))
}

func compareChains(a, b []ChainLink) int {
	return slices.CompareFunc(a, b, func(x, y ChainLink) int { return cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(x.Kind, y.Kind)) })
}

func compareServices(a, b network.ServiceSet) int {
	return slices.CompareFunc(a, b, func(x, y network.ServiceRange) int {
		return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To))
	})
}

// asker is where an exposure comes from.
type asker struct {
	key   string
	end   end
	addrs network.AddrSet
	zone  *zone
}

var fromInternet = asker{key: "internet", end: end{outside: true}, addrs: network.AllAddrs()}

func (e *estate) fromCDN() asker {
	addrs, _ := e.m.cdnSources()
	return asker{key: "cdn", end: end{cdn: true}, addrs: addrs}
}

// at is what gets from an asker to one address of an interface.
func (e *estate) at(who asker, p place) admitted {
	pr := p.pairOf()
	if who.zone == nil && pr.hasPublic == TriNo || pr.carrier && who.zone == nil {
		return admitted{}
	}
	key := estateKey{class: classKey(p.nic), v6: pr.v6, public: pr.hasPublic, from: who.key}
	c, ok := e.memo[key]
	if !ok || !c.space.Covers(pr.private) {
		c = e.flows(who, p)
		if !ok {
			e.memo[key] = c
		}
	}
	if c.uniform {
		return c.whole
	}
	return summed(c.outs, pr.private)
}

// flows sends everything to the subnet of an interface, as if the interface had
// all of its addresses.
func (e *estate) flows(who asker, p place) classFlows {
	pr := p.pairOf()
	space := pr.private
	if p.nic.sub != nil {
		if whole := p.nic.sub.cidrs.Intersect(family(familyOf(pr.private))); whole.Covers(space) {
			space = whole
		}
	}
	w := &walker{m: e.m, anon: who.key != "cdn" && who.zone == nil, goal: end{place: p}}
	st := stream{fwd: network.Flows(who.addrs.Intersect(family(familyOf(pr.private))), space, network.AllServices())}
	t := trip{now: leg{from: who.end}}
	if who.zone != nil {
		w.fromZone(st, t, who.zone)
	} else {
		w.enterInternet(st, t, end{place: p})
	}
	c := classFlows{space: space, uniform: true}
	for _, o := range w.outs {
		if o.verdict == network.Blocked || o.set.IsEmpty() {
			continue
		}
		c.outs = append(c.outs, o)
		c.uniform = c.uniform && o.set.AlikeFor(space)
	}
	if c.uniform {
		c.whole = summed(c.outs, space)
	}
	return c
}

func summed(outs []outcome, dst network.AddrSet) admitted {
	var a admitted
	for _, o := range outs {
		set := o.set.ToAddrs(dst).BySource()
		switch {
		case set.IsEmpty():
		case o.verdict == network.Reachable:
			a.sure = a.sure.Union(set)
		case o.verdict == network.Unknown:
			a.maybe = a.maybe.Union(set)
			a.missing = mergeMissing(a.missing, o.missing)
		}
	}
	a.maybe = a.maybe.Minus(a.sure)
	return a
}

// total is what gets to a thing by any of its interfaces.
func (e *estate) total(who asker, t *thing) admitted {
	var all admitted
	for i, n := range t.nics {
		if n.detached {
			continue
		}
		var one admitted
		for j := range n.pairs {
			one = one.or(e.at(who, place{n, j}))
		}
		if i > 0 && t.oneOf {
			all = all.oneOf(one, network.Missing{Kind: "interfaces", ID: t.id})
			continue
		}
		all = all.or(one)
	}
	if !t.ports.IsEmpty() {
		all = all.only(t.ports)
	}
	return all
}

// part is a group of services that the same sources reach.
type part struct {
	sources network.AddrSet
	what    network.ServiceSet
}

// byAudience groups services by who reaches them.
func byAudience(p network.PeerSet) []part {
	var cuts []network.Service
	runs := p.Runs()
	for _, r := range runs {
		for _, s := range r.Services {
			cuts = append(cuts, s.From)
			if s.To+1 != 0 {
				cuts = append(cuts, s.To+1)
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var out []part
	for i, from := range cuts {
		addrs := p.AddrsWith(from)
		if addrs.IsEmpty() {
			continue
		}
		to := from
		if i+1 < len(cuts) {
			to = cuts[i+1] - 1
		}
		what := network.NewServiceSet(network.ServiceRange{From: from, To: to})
		j := slices.IndexFunc(out, func(x part) bool { return x.sources.Equal(addrs) })
		if j < 0 {
			out = append(out, part{addrs, what})
			continue
		}
		out[j].what = out[j].what.Union(what)
	}
	return out
}

// ownAddresses are the addresses of all networks that were collected.
func (m *model) ownAddresses() network.AddrSet {
	var rs []network.AddrRange
	for _, v := range m.vpcs {
		rs = append(rs, v.cidrs.Ranges()...)
	}
	return network.NewAddrSet(rs...)
}

// audience says who a set of outside sources is, in words of ranges. Addresses
// of one's own count as neither in nor out.
func (e *estate) audience(a network.AddrSet) (Audience, []string) {
	who := Addresses
	var list []string
	for _, f := range []struct {
		outside network.AddrSet
		all     string
		family  network.AddrSet
	}{{e.outside4, "0.0.0.0/0", network.AllV4()}, {e.outside6, "::/0", network.AllV6()}} {
		in := a.Intersect(f.family)
		rest := f.outside.Minus(in)
		switch {
		case in.Intersect(f.outside).IsEmpty():
		case rest.IsEmpty():
			who, list = Anyone, append(list, f.all)
		case size(rest)*2 <= size(f.outside):
			who, list = Anyone, append(list, partial(f.outside, in)...)
		default:
			list = append(list, partial(f.outside, in)...)
		}
	}
	return who, list
}

// add turns what gets to a target into exposures, on a template that says what
// and by which chain.
func (e *estate) add(x Exposure, a admitted, toPorts func(network.ServiceSet) network.ServiceSet) {
	for _, v := range []network.Verdict{network.Reachable, network.Unknown} {
		set := a.sure
		if v == network.Unknown {
			set = a.maybe
		}
		for _, p := range byAudience(set) {
			y := x
			if y.Zone != "" {
				y.Audience, y.Sources = Partner, p.sources.CIDRs()
			} else if y.Audience, y.Sources = e.audience(p.sources); len(y.Sources) == 0 {
				continue
			}
			y.Entry, y.Ports = p.what, p.what
			if toPorts != nil {
				y.Ports = toPorts(p.what)
			}
			if v == network.Unknown {
				y.Verdict, y.Missing = network.Unknown, sortMissing(append(slices.Clone(x.Missing), a.missing...))
			} else if y.Verdict == "" {
				y.Verdict = network.Reachable
			}
			e.out = append(e.out, y)
		}
	}
}

func (e *estate) direct(t *thing) {
	a := e.total(fromInternet, t)
	if a.isEmpty() {
		return
	}
	x := Exposure{Target: t.graphID(), TargetID: t.id, TargetKind: t.kind, Kind: "direct", Auth: AuthNone,
		Chain: []ChainLink{{t.graphID(), t.kind}}, Evidence: e.evidence(t, a)}
	e.add(x, a, nil)
}

// partner exposes a thing to a network of others.
func (e *estate) partner(t *thing, z *zone) {
	near := false
	for _, n := range t.nics {
		near = near || n.vpc != nil && e.m.zoneTouches(z, n.vpc)
	}
	if !near {
		return
	}
	addrs := z.addrs
	if addrs.IsEmpty() {
		addrs = network.AllAddrs()
	}
	a := e.total(asker{key: z.id, end: end{zone: z}, addrs: addrs, zone: z}, t)
	if a.isEmpty() {
		return
	}
	e.add(Exposure{Target: t.graphID(), TargetID: t.id, TargetKind: t.kind, Kind: "direct", Auth: AuthNone, Zone: z.id,
		Chain: []ChainLink{{t.graphID(), t.kind}}, Evidence: e.zoneEvidence(t, z)}, a, nil)
}

// zones are the networks of others that packets may come from, sorted.
func (m *model) zones() []*zone {
	var out []*zone
	for _, g := range sortedValues(m.gateways, func(g *gateway) string { return g.id }) {
		if g.kind == "vpn_gateway" {
			if z := m.zoneOf(g.id); z != nil {
				out = append(out, z)
			}
		}
	}
	for _, p := range sortedValues(m.peerings, func(p *Peering) string { return p.ID }) {
		if z := m.peerZone(p); z != nil && (p.Status == "" || strings.EqualFold(p.Status, "active")) {
			out = append(out, z)
		}
	}
	out = append(out, m.unmodelled("")...)
	for _, k := range sortedKeys(m.transit.attachments) {
		a := m.transit.attachments[k]
		if a.Kind == "peering" && len(m.transit.byID[a.ID]) > 1 || !usable(a.State) {
			continue // both sides were collected
		}
		if v := m.vpcs[a.Resource]; a.Kind != "vpc" || v == nil || !v.described {
			out = append(out, &zone{id: a.ID, kind: a.Kind, attachment: a})
		}
	}
	return out
}

// zoneTouches reports whether packets of a zone could come to a VPC at all.
func (m *model) zoneTouches(z *zone, v *vpc) bool {
	if z.attachment == nil {
		return z.vpc == v
	}
	for k := range m.transit.ofVPC {
		if k[1] == v.id {
			return true
		}
	}
	return false
}

// evidence says why a thing is open: one sentence a layer, for the first of its
// interfaces that lets anything in.
func (e *estate) evidence(t *thing, a admitted) []network.Evidence {
	for _, n := range t.nics {
		for j := range n.pairs {
			p := place{n, j}
			if x := e.at(fromInternet, p); !x.isEmpty() {
				return e.placeEvidence(fromInternet, p, x)
			}
		}
	}
	return nil
}

func (e *estate) placeEvidence(who asker, p place, a admitted) []network.Evidence {
	n, pr := p.nic, p.pairOf()
	set := a.sure
	if set.IsEmpty() {
		set = a.maybe
	}
	if o := set.OnlyAddrs(network.Outside()); !o.IsEmpty() {
		set = o
	}
	run := set.Runs()[0]
	peer, what := run.From, run.Services[0].From
	var out []network.Evidence
	switch {
	case pr.v6:
		out = append(out, network.Evidence{Layer: network.LayerNoAddress, ID: n.id, Rule: pr.private.String(), Sentence: "the interface has a global IPv6 address", Doc: n.owner.doc})
	case pr.public.IsValid():
		out = append(out, network.Evidence{Layer: network.LayerNoAddress, ID: n.id, Rule: pr.public.String(), Sentence: "the interface has the public address " + pr.public.String(), Doc: n.owner.doc})
	case pr.hasPublic == TriYes:
		out = append(out, network.Evidence{Layer: network.LayerNoAddress, ID: n.owner.id, Sentence: "it is internet-facing: it has public addresses", Doc: n.owner.doc})
	}
	if s := n.sub; s != nil {
		if s.table != nil && who.zone == nil {
			if i, ok := s.table.lookup.Lookup(peer); ok {
				r := s.table.routes[i]
				out = append(out, network.Evidence{Layer: network.LayerRoute, ID: s.table.id, Rule: r.Destination + " to " + r.Target, Sentence: fmt.Sprintf("subnet %s routes %s to %s", s.id, r.Destination, r.Target), Doc: s.table.doc})
			}
		}
		if s.acl != nil {
			out = append(out, network.Evidence{Layer: network.LayerNACL, ID: s.acl.id, Rule: s.acl.matching(false, peer, what), Sentence: "the subnet's network ACL lets it in and the answers out", Doc: s.acl.doc})
		}
	}
	if !n.set.none {
		ctx := filterContext{m: e.m, cdn: who.end.cdn}
		if id, text := n.set.matching(false, peer, what, &ctx); text != "" {
			doc := ""
			if g := e.m.groups[id]; g != nil {
				doc = g.doc
			}
			out = append(out, network.Evidence{Layer: network.LayerSecurityGroup, ID: id, Rule: text, Sentence: "the security group " + text, Doc: doc})
		}
	}
	return out
}

func (e *estate) zoneEvidence(t *thing, z *zone) []network.Evidence {
	return []network.Evidence{{Layer: network.LayerGateway, ID: z.id, Sentence: "routes lead between " + z.id + " (" + z.kind + ") and the subnet, and its filters admit the network behind it", Doc: t.doc}}
}

package aws

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/postern-sec/postern/internal/network"
)

// restrict keeps what a filter lets through, by the packet's destination or
// source as it is now.
func restrict(set network.FlowSet, t trip, byDestination bool, p network.PeerSet) network.FlowSet {
	override := t.from
	if byDestination {
		override = t.to
	}
	switch {
	case override.IsValid():
		return set.OnlyServices(p.At(override))
	case byDestination != t.back:
		return set.ToPeers(p)
	}
	return set.FromPeers(p)
}

// peers are the addresses that a filter will look at.
func peers(st stream, t trip, byDestination bool) network.AddrSet {
	override := t.from
	if byDestination {
		override = t.to
	}
	switch {
	case override.IsValid():
		return network.Addrs(override)
	case byDestination != t.back:
		return st.fwd.Destinations()
	}
	return st.fwd.Sources()
}

// only keeps the part of a stream whose destination (now) is among addrs.
func only(st stream, t trip, addrs network.AddrSet) stream { return onlyBy(st, t, true, addrs) }

// onlyBy does the same by destination or source.
func onlyBy(st stream, t trip, byDestination bool, addrs network.AddrSet) stream {
	override := t.from
	if byDestination {
		override = t.to
	}
	switch {
	case override.IsValid():
		if !addrs.Has(override) {
			st.fwd = network.FlowSet{}
		}
	case byDestination != t.back:
		st.fwd = st.fwd.ToAddrs(addrs)
	default:
		st.fwd = st.fwd.FromAddrs(addrs)
	}
	if t.back {
		st.answers = st.answers.Intersect(st.fwd.Answers())
	}
	return st
}

// filtered is what a filter does with a stream.
type filtered struct {
	pass    []stream        // surely let through, then what needs evidence
	blocked network.FlowSet // surely stopped
}

// filter lets through what sure holds; what only maybe holds goes on with the
// missing evidence noted.
func filter(st stream, t trip, byDestination bool, sure, maybe network.PeerSet, missing []network.Missing) filtered {
	var out filtered
	rest := st.fwd
	pass := func(p network.PeerSet, missing []network.Missing) {
		s := st
		if t.back {
			s.answers = restrict(st.answers, t, byDestination, p)
			s.fwd = rest.Answered(s.answers)
		} else {
			s.fwd = restrict(rest, t, byDestination, p)
		}
		if s.fwd.IsEmpty() {
			return
		}
		rest = rest.Minus(s.fwd)
		out.pass = append(out.pass, need(s, missing...))
	}
	pass(sure, nil)
	if !maybe.IsEmpty() && !rest.IsEmpty() {
		pass(maybe.Union(sure), missing)
	}
	out.blocked = rest
	return out
}

// sample words one flow of a blocked set as the filter saw it.
func (w *walker) sample(set network.FlowSet, t trip, byDestination bool) (peer netip.Addr, s network.Service) {
	if w.anon {
		// An address of the internet tells more than 0.0.0.0.
		if o := set.FromAddrs(network.Outside()); !o.IsEmpty() && byDestination == t.back {
			set = o
		} else if o := set.ToAddrs(network.Outside()); !o.IsEmpty() && byDestination != t.back {
			set = o
		}
	}
	src, dst, s, _ := set.Sample()
	peer = src
	if byDestination != t.back {
		peer = dst
	}
	if byDestination && t.to.IsValid() {
		peer = t.to
	}
	if !byDestination && t.from.IsValid() {
		peer = t.from
	}
	if t.back {
		s = answerTo(s)
	}
	return peer, s
}

// who words the other side that a filter looked at, of a set of flows.
func (w *walker) who(set network.FlowSet, peer netip.Addr, t trip, byDestination bool) string {
	overridden := t.from.IsValid()
	if byDestination {
		overridden = t.to.IsValid()
	}
	switch {
	case overridden:
		return peer.String()
	case w.anon && network.Outside6().Has(peer):
		return "the internet (IPv6)"
	case w.anon && network.Outside().Has(peer):
		return "the internet"
	}
	all := set.Sources()
	if byDestination != t.back {
		all = set.Destinations()
	}
	if _, one := all.Single(); one || len(all.CIDRs()) > 3 {
		return peer.String()
	}
	return all.String()
}

// answerTo is a service that the answer to s would have.
func answerTo(s network.Service) network.Service {
	switch p := s.Protocol(); {
	case network.HasPorts(p):
		return network.PortService(p, 49152) // any ephemeral port will do for words
	case p == network.ICMP && uint16(s)>>8 == 8:
		return network.ICMPService(p, 0, 0)
	case p == network.ICMPv6 && uint16(s)>>8 == 128:
		return network.ICMPService(p, 129, 0)
	}
	return s
}

// crossACL passes the border of a subnet, out of it or into it.
func (w *walker) crossACL(st stream, t trip, s *subnet, out bool, next func(stream)) {
	if s == nil {
		next(need(st, network.Missing{Kind: "subnet", ID: w.unknownSubnet(t)}))
		return
	}
	if s.acl == nil {
		next(need(st, network.Missing{Kind: "network_acl", ID: s.id}))
		return
	}
	side := &s.acl.in
	if out {
		side = &s.acl.out
	}
	var missing []network.Missing
	if len(side.open) > 0 {
		missing = side.missing(s.acl.id, st, t, out)
	}
	f := filter(st, t, out, side.sure, side.maybe, missing)
	for _, p := range f.pass {
		if w.trace {
			peer, what := w.sample(p.fwd, t, out)
			if t.back {
				_, _, what = w.sampleAnswer(p, t, out)
			}
			p = w.step(p, t, s.acl.id, "nacl", s.acl.matching(out, peer, what))
		}
		next(p)
	}
	if !f.blocked.IsEmpty() {
		summary, fix := "", ""
		if w.trace {
			peer, what := w.sample(f.blocked, t, out)
			summary = fmt.Sprintf("network ACL of %s, %s: %s", s.id, wayName(out), s.acl.matching(out, peer, what))
			fix = fmt.Sprintf("allow %s %s %s in %s (%s), before any rule that denies it", serviceSetOf(what, t), direction(out), w.who(f.blocked, peer, t, out), s.acl.id, wayName(out))
		}
		w.blockUnless(f.blocked, st, t, network.LayerNACL, s.acl.id, summary, fix, next)
	}
}

// sampleAnswer words one answer that passes.
func (w *walker) sampleAnswer(st stream, t trip, byDestination bool) (netip.Addr, netip.Addr, network.Service) {
	src, dst, _, _ := st.fwd.Sample()
	a := st.answers.FromAddrs(network.Addrs(src)).ToAddrs(network.Addrs(dst))
	fwdProto := network.Protocol(0)
	if _, _, s, ok := st.fwd.Sample(); ok {
		fwdProto = network.Protocol(s.Protocol())
	}
	if _, _, s, ok := a.OnlyServices(fwdProto).Sample(); ok {
		return src, dst, s
	}
	peer, s := w.sample(st.fwd, t, byDestination)
	return peer, peer, s
}

func serviceSetOf(s network.Service, t trip) string {
	if t.back && network.HasPorts(s.Protocol()) {
		return network.ProtocolName(s.Protocol()) + "/1024-65535"
	}
	return network.NewServiceSet(network.ServiceRange{From: s, To: s}).String()
}

func wayName(out bool) string {
	if out {
		return "outbound"
	}
	return "inbound"
}

// unknownSubnet names the subnet that a stream is on the border of.
func (w *walker) unknownSubnet(t trip) string {
	for _, e := range []end{w.target(t), t.now.to, t.now.from} {
		if e.place.nic != nil && e.place.nic.subID != "" {
			return e.place.nic.subID
		}
	}
	return "unknown"
}

// filterContext says whom a group's rules may refer to.
type filterContext struct {
	m      *model
	groups *groupSet // of the other side
	cdn    bool      // the other side is Amazon's content delivery network
	// foreign are the addresses of a peer's network in the same region that was not
	// collected: who in it has which groups is not known.
	foreign network.AddrSet
	list    string // the other side is a service that has the addresses of this prefix list
}

func (f *filterContext) partMatches(p rulePart, peer netip.Addr) bool {
	switch {
	case p.group != "":
		return f.groups != nil && f.groups.has(p.group)
	case p.list != "":
		if f.cdn && f.m.cdnPLs[p.list] || p.list == f.list {
			return true
		}
		l := f.m.lists[p.list]
		return l != nil && l.known && l.addrs.Has(peer)
	}
	return p.prefix.Contains(peer)
}

// crossGroups passes the security groups of an interface, out of it or into it.
// References to groups match by who sends (or receives), and only where the
// private addresses are still in the packet.
func (w *walker) crossGroups(st stream, t trip, n *nic, out bool, ctx filterContext, next func(stream)) {
	if n.noGroups {
		next(need(st, network.Missing{Kind: "security_groups", ID: n.nativeID()}))
		return
	}
	if n.set.none {
		next(st)
		return
	}
	set := n.set.compiled()
	side := &set.in
	if out {
		side = &set.out
	}
	f := w.filterGroups(st, t, out, side, set, ctx)
	for _, p := range f.pass {
		if w.trace {
			peer, what := w.sample(p.fwd, t, out)
			id, text := set.matching(out, peer, what, &ctx)
			if text == "" {
				text = "needs a document that was not collected"
			}
			p = w.step(p, t, id, "security_group", text)
			p.passed = network.Decision{Layer: network.LayerSecurityGroup, ID: id, Summary: text}
		}
		next(p)
	}
	if !f.blocked.IsEmpty() {
		summary, fix := "", ""
		if w.trace {
			peer, what := w.sample(f.blocked, t, out)
			summary = fmt.Sprintf("no %s rule of %s admits %s %s %s", ruleSide(out), set.label(), oneService(what), direction(out), w.who(f.blocked, peer, t, out))
			fix = fmt.Sprintf("add an %s rule for %s %s %s to %s", ruleSide(out), oneService(what), direction(out), w.who(f.blocked, peer, t, out), set.label())
		}
		w.blockUnless(f.blocked, st, t, network.LayerSecurityGroup, set.label(), summary, fix, next)
	}
}

// filterGroups lets through what a direction of groups admits. What leaves only
// because a rule names the receiver's group is marked: whether such a rule
// holds depends on the way.
func (w *walker) filterGroups(st stream, t trip, out bool, side *joined, set *groupSet, ctx filterContext) filtered {
	sure, maybe, missing := w.judge(side, set, st.fwd.Services(), ctx)
	if !out || ctx.groups == nil || len(side.groups) == 0 {
		return filter(st, t, out, sure, maybe, missing)
	}
	f := filter(st, t, out, side.peers, network.PeerSet{}, nil)
	if st.fwd = f.blocked; st.fwd.IsEmpty() {
		return f
	}
	byName := filter(st, t, out, sure, network.PeerSet{}, nil)
	for _, p := range byName.pass {
		p.named = set.label()
		f.pass = append(f.pass, p)
	}
	if st.fwd = byName.blocked; st.fwd.IsEmpty() {
		return filtered{pass: f.pass}
	}
	open := filter(st, t, out, sure, maybe, missing)
	return filtered{pass: append(f.pass, open.pass...), blocked: open.blocked}
}

// unnamed stops what left only by the name of the receiver's group, on ways
// across which egress rules cannot name groups.
func (w *walker) unnamed(st stream, t trip, way string) bool {
	if t.back || st.named == "" {
		return false
	}
	w.block(st.fwd, st, t, network.LayerSecurityGroup, st.named, "the egress rule of "+st.named+" names a group, which does not hold across "+way, "name addresses in the egress rule of "+st.named)
	return true
}

func ruleSide(out bool) string {
	if out {
		return "egress"
	}
	return "ingress"
}

func oneService(s network.Service) string {
	return network.NewServiceSet(network.ServiceRange{From: s, To: s}).String()
}

// judge works out what a direction of groups lets through for one other side. What
// is missing is told as far as it concerns the services asked for.
func (w *walker) judge(side *joined, set *groupSet, asked network.ServiceSet, ctx filterContext) (sure, maybe network.PeerSet, missing []network.Missing) {
	sure = side.peers
	var byRef network.ServiceSet
	if ctx.groups != nil {
		for id, what := range side.groups {
			if ctx.groups.has(id) {
				byRef = byRef.Union(what)
			}
		}
	}
	byRef = byRef.Union(side.lists[ctx.list])
	if ctx.cdn {
		for id := range w.m.cdnPLs {
			byRef = byRef.Union(side.lists[id])
		}
	}
	if !byRef.IsEmpty() {
		sure = sure.Union(network.Peers(network.AllAddrs(), byRef))
	}
	if !ctx.foreign.IsEmpty() {
		for _, id := range slices.Sorted(maps.Keys(side.groups)) {
			if w.m.groups[id] == nil && !side.groups[id].Intersect(asked).IsEmpty() {
				maybe = maybe.Union(network.Peers(ctx.foreign, side.groups[id]))
				missing = append(missing, network.Missing{Kind: "security_group", ID: id})
			}
		}
	}
	for _, o := range side.open {
		if o.amazon && (w.anon || ctx.cdn) || o.what.Intersect(asked).IsEmpty() {
			continue // AWS's own addresses are not anyone's
		}
		maybe = maybe.Union(network.Peers(o.addrs, o.what))
		missing = append(missing, o.missing)
	}
	if len(set.unknown) > 0 {
		maybe = network.Peers(network.AllAddrs(), network.AllServices())
		for _, id := range set.unknown {
			missing = append(missing, network.Missing{Kind: "security_group", ID: id})
		}
	}
	return sure, maybe, missing
}

package aws

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/network"
)

// class is the interfaces of one subnet with the same groups: no rule can tell
// them apart, but for rules on single addresses.
type class struct {
	key   string
	sub   *subnet
	set   *groupSet
	nics  []*nic
	addrs network.AddrSet
	group int  // index of its Group
	sends bool // has members that are a foothold
	takes bool // has members that accept connections
}

// senders are the classes of a subnet whose groups let out the same: as long as
// no rule refers to their groups by name, no receiver can tell them apart.
type senders struct {
	sub     *subnet
	classes []*class
	addrs   network.AddrSet
	group   int // index of their Group; -1 until an edge needs it
}

// fabric is the paths between subnets: routes, gateways and network ACLs, but
// no groups. All classes of two subnets share it.
type fabric struct {
	flows   network.FlowSet // surely carried
	maybe   network.FlowSet
	missing []network.Missing
	via     string
	refs    bool // groups may be referred to across it
}

// reaches works from the receivers back: whom do the rules of a class name, by
// address or by group, in the networks that are joined to its own.
func (m *model) reaches() Internal {
	r := &reacher{m: m, paths: map[[2]*subnet]*fabric{}, near: map[*vpc][]*vpc{}, alone: map[*nic]int{}, behindSeen: map[string]bool{}, joint: map[string]int{}}
	r.collect()
	for _, to := range r.classes {
		if to.takes {
			r.into(to)
		}
	}
	for _, b := range m.balancers {
		r.behind(b)
	}
	for _, e := range m.links {
		r.linked(e)
	}
	slices.SortFunc(r.out.Edges, func(a, b GroupEdge) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Via, b.Via), cmp.Compare(a.Verdict, b.Verdict), compareServices(a.Ports, b.Ports))
	})
	return r.out
}

type reacher struct {
	m          *model
	out        Internal
	classes    []*class
	senders    map[*vpc][]*senders
	named      map[namedKey][]*senders // by a group that all of them have
	joint      map[string]int          // Groups of several classes
	paths      map[[2]*subnet]*fabric
	near       map[*vpc][]*vpc
	behindSeen map[string]bool // edges behind load balancers, which many rules may make
	alone      map[*nic]int    // groups of single interfaces, made where rules tell members apart
}

// collect sorts interfaces into classes, and classes into senders. Load
// balancers and endpoints take connections and are nobody's foothold.
func (r *reacher) collect() {
	byKey := map[string]*class{}
	for _, n := range r.m.nicList {
		o := n.owner
		if n.sub == nil || o.internalUse || o.stopped != "" || n.detached || len(n.pairs) == 0 {
			continue
		}
		key := classKey(n)
		c := byKey[key]
		if c == nil {
			c = &class{key: key, sub: n.sub, set: n.set}
			byKey[key] = c
			r.classes = append(r.classes, c)
		}
		c.nics = append(c.nics, n)
		c.takes = c.takes || o.accepts
		c.sends = c.sends || o.balancer == nil && o.endpoint == nil
	}
	slices.SortFunc(r.classes, func(a, b *class) int { return cmp.Compare(a.key, b.key) })
	for _, c := range r.classes {
		c.addrs = addresses(c.nics)
		c.group = r.addGroup(c.sub, c.set.ids, c.nics)
	}
	r.collectSenders()
}

func (r *reacher) collectSenders() {
	r.senders, r.named = map[*vpc][]*senders{}, map[namedKey][]*senders{}
	byKey := map[string]*senders{}
	join := func(key string, c *class, list *[]*senders) {
		s := byKey[key]
		if s == nil {
			s = &senders{sub: c.sub, group: -1}
			byKey[key] = s
			*list = append(*list, s)
		}
		s.classes = append(s.classes, c)
		s.addrs = s.addrs.Union(c.addrs)
	}
	for _, c := range r.classes {
		if !c.sends {
			continue
		}
		key := c.sub.id + " " + r.letsOut(c)
		list := r.senders[c.sub.vpc]
		join(key, c, &list)
		r.senders[c.sub.vpc] = list
		for _, g := range c.set.ids {
			k := namedKey{c.sub.vpc, g}
			list := r.named[k]
			join(g+" "+key, c, &list)
			r.named[k] = list
		}
	}
}

// namedKey is a security group in a VPC.
type namedKey struct {
	vpc   *vpc
	group string
}

// groupOf is the Group of some senders, made when first needed.
func (r *reacher) groupOf(s *senders) int {
	if s.group >= 0 {
		return s.group
	}
	if len(s.classes) == 1 {
		s.group = s.classes[0].group
		return s.group
	}
	key := ""
	var nics []*nic
	for _, c := range s.classes {
		nics = append(nics, c.nics...)
		key += c.key + "\n"
	}
	i, ok := r.joint[key]
	if !ok {
		i = r.addGroup(s.sub, nil, nics)
		r.joint[key] = i
	}
	s.group = i
	return i
}

// letsOut is a text that is the same for classes whose groups let out the same.
// Rules that refer to groups or missing documents make a class unlike others.
func (r *reacher) letsOut(c *class) string {
	out := &c.set.compiled().out
	if c.set.none || len(out.groups) > 0 || len(out.open) > 0 || len(c.set.unknown) > 0 {
		return c.key
	}
	return out.peers.String()
}

func (r *reacher) addGroup(s *subnet, ids []string, nics []*nic) int {
	g := Group{Subnet: s.id, VPC: s.vpc.id, Groups: ids}
	for _, n := range nics {
		o := n.owner
		g.Members = append(g.Members, Member{ID: o.graphID(), Kind: o.kind, Sub: o.sub, Accepts: o.accepts})
	}
	slices.SortFunc(g.Members, func(a, b Member) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Kind, b.Kind)) })
	g.Members = slices.Compact(g.Members)
	r.out.Groups = append(r.out.Groups, g)
	return len(r.out.Groups) - 1
}

// single is the group of one interface.
func (r *reacher) single(n *nic) int {
	i, ok := r.alone[n]
	if !ok {
		i = r.addGroup(n.sub, n.set.ids, []*nic{n})
		r.alone[n] = i
	}
	return i
}

// neighbours are the VPCs that packets of a VPC may come from: itself, its
// peers, and those on the same transit gateways.
func (r *reacher) neighbours(v *vpc) []*vpc {
	if list, ok := r.near[v]; ok {
		return list
	}
	seen := map[*vpc]bool{v: true}
	for _, p := range r.m.peerings {
		for _, ends := range [][2]string{{p.Requester.VPC, p.Accepter.VPC}, {p.Accepter.VPC, p.Requester.VPC}} {
			if far := r.m.vpcs[ends[1]]; ends[0] == v.id && far != nil && far.described {
				seen[far] = true
			}
		}
	}
	if r.onTransit(v.id) {
		for k := range r.m.transit.ofVPC {
			if far := r.m.vpcs[k[1]]; far != nil && far.described {
				seen[far] = true
			}
		}
	}
	var list []*vpc
	for x := range seen {
		list = append(list, x)
	}
	slices.SortFunc(list, func(a, b *vpc) int { return cmp.Compare(a.id, b.id) })
	r.near[v] = list
	return list
}

func (r *reacher) onTransit(id string) bool {
	for k := range r.m.transit.ofVPC {
		if k[1] == id {
			return true
		}
	}
	return false
}

// admits is what the groups of a class take in, by address.
type admits struct {
	sure, maybe network.PeerSet
	missing     []network.Missing
}

// into adds the edges that end at a class.
func (r *reacher) into(to *class) {
	w := &walker{m: r.m}
	var in admits
	switch {
	case to.nics[0].noGroups:
		in.maybe = network.Peers(network.AllAddrs(), network.AllServices())
		in.missing = []network.Missing{{Kind: "security_groups", ID: to.nics[0].id}}
	case to.set.none:
		in.sure = network.Peers(network.AllAddrs(), network.AllServices())
	default:
		in.sure, in.maybe, in.missing = w.judge(&to.set.compiled().in, to.set, network.AllServices(), filterContext{m: r.m})
	}
	all := in.sure.Union(in.maybe).Addrs()
	references := to.set.compiled().in.groups
	ids := slices.Sorted(maps.Keys(references))
	for _, v := range r.neighbours(to.sub.vpc) {
		for _, s := range r.senders[v] {
			if all.Overlaps(s.addrs) {
				r.edge(s, to, in, nil)
			}
		}
		for _, id := range ids {
			for _, s := range r.named[namedKey{v, id}] {
				r.edge(s, to, in, references[id])
			}
		}
	}
}

// edge works out what some senders may send to a class: what its rules give to
// their addresses and, where named is not nil, to a group of theirs. One of
// their classes stands for all as far as egress goes.
func (r *reacher) edge(s *senders, to *class, in admits, named network.ServiceSet) {
	from, src := s.classes[0], s.addrs
	p := r.path(from.sub, to.sub)
	if p.flows.IsEmpty() && p.maybe.IsEmpty() {
		return
	}
	sure := in.sure
	if named != nil {
		if !p.refs {
			return
		}
		byName := network.Peers(src, named)
		if sure.OnlyAddrs(src).Equal(sure.OnlyAddrs(src).Union(byName)) {
			return // the edge by address says as much
		}
		sure = sure.Union(byName)
	}
	outSure, outMaybe, missing := r.letOut(from, to, p.refs && p.via != "transit_gateway")
	flows := p.flows.FromAddrs(src).ToAddrs(to.addrs)
	certain := flows.FromPeers(sure).ToPeers(outSure)
	possible := p.maybe.FromAddrs(src).ToAddrs(to.addrs).Union(flows).FromPeers(sure.Union(in.maybe)).ToPeers(outSure.Union(outMaybe)).Minus(certain)
	if certain.IsEmpty() && possible.IsEmpty() {
		return
	}
	if lacks := to.nics[0].owner.notTold(); len(lacks) > 0 { // of the sender a foothold says that it runs
		possible, certain = possible.Union(certain), network.FlowSet{}
		missing = mergeMissing(missing, lacks)
	}
	e := GroupEdge{From: r.groupOf(s), To: to.group, Via: p.via, Verdict: network.Reachable}
	r.add(e, certain, src, s.classes, to)
	e.Verdict, e.Missing = network.Unknown, sortMissing(mergeMissing(mergeMissing(p.missing, in.missing), missing))
	r.add(e, possible, src, s.classes, to)
}

// letOut is what a class's groups let out towards another class. Egress rules
// name groups inside a VPC and over a peering in one region, but not across a
// transit gateway.
func (r *reacher) letOut(from, to *class, byName bool) (sure, maybe network.PeerSet, missing []network.Missing) {
	all := network.Peers(network.AllAddrs(), network.AllServices())
	switch {
	case from.nics[0].noGroups:
		return network.PeerSet{}, all, []network.Missing{{Kind: "security_groups", ID: from.nics[0].id}}
	case from.set.none:
		return all, network.PeerSet{}, nil
	}
	w := &walker{m: r.m}
	ctx := filterContext{m: r.m}
	if byName {
		ctx.groups = to.set
	}
	return w.judge(&from.set.compiled().out, from.set, network.AllServices(), ctx)
}

// addresses are the private addresses of interfaces.
func addresses(nics []*nic) network.AddrSet {
	var rs []network.AddrRange
	for _, n := range nics {
		for _, p := range n.pairs {
			rs = append(rs, p.private.Ranges()...)
		}
	}
	return network.NewAddrSet(rs...)
}

// add makes edges of a set of flows: one between the groups where all members
// are alike, else one for each pair of interfaces that the rules name.
func (r *reacher) add(e GroupEdge, flows network.FlowSet, src network.AddrSet, members []*class, to *class) {
	if flows.IsEmpty() {
		return
	}
	if ports, alike := flows.Alike(src, to.addrs); alike {
		r.emit(e, flows, ports, members[0], to, to.nics)
		return
	}
	for _, c := range members {
		for _, a := range c.nics {
			mine := flows.FromAddrs(addresses([]*nic{a}))
			if mine.IsEmpty() {
				continue
			}
			for _, b := range to.nics {
				part := mine.ToAddrs(addresses([]*nic{b}))
				if !part.IsEmpty() {
					e.From, e.To = r.single(a), r.single(b)
					r.emit(e, part, part.Services(), c, to, []*nic{b})
				}
			}
		}
	}
}

// emit adds one edge, cut down to the ports that the receivers serve where all
// of them say which.
func (r *reacher) emit(e GroupEdge, flows network.FlowSet, ports network.ServiceSet, from, to *class, receivers []*nic) {
	var serve network.ServiceSet
	for _, n := range receivers {
		if n.owner.ports.IsEmpty() {
			serve = network.AllServices()
			break
		}
		serve = serve.Union(n.owner.ports)
	}
	if ports = ports.Intersect(serve); ports.IsEmpty() {
		return
	}
	e.Ports = ports
	src, _, what, _ := flows.OnlyServices(ports).Sample()
	ctx := filterContext{m: r.m, groups: from.set}
	if !to.set.none {
		if id, text := to.set.matching(false, src, what, &ctx); text != "" {
			e.Evidence = append(e.Evidence, network.Evidence{Layer: network.LayerSecurityGroup, ID: id, Rule: text, Sentence: "the receiver's security group " + text})
		}
	}
	e.Evidence = append(e.Evidence, network.Evidence{Layer: network.LayerRoute, ID: from.sub.id, Rule: e.Via, Sentence: "routes and network ACLs carry it from " + from.sub.id + " to " + to.sub.id + " and back (" + strings.ReplaceAll(e.Via, "_", " ") + ")"})
	r.out.Edges = append(r.out.Edges, e)
}

// behind adds the edges from a load balancer to its targets.
func (r *reacher) behind(b *balancer) {
	if b.stopped != "" {
		return
	}
	for i := range b.listeners {
		for j := range b.listeners[i].forwards {
			f := &b.listeners[i].forwards[j]
			for k := range f.targets {
				r.forward(b, f, &f.targets[k])
			}
		}
	}
}

func (r *reacher) forward(b *balancer, f *forward, t *forwardTarget) {
	if t.nic == nil || t.nic.sub == nil || t.nic.owner.stopped != "" {
		return
	}
	for _, n := range b.nics {
		if n.sub == nil || len(n.pairs) == 0 {
			continue
		}
		node := place{n, 0}
		best := bestOutcome(worstOfOneWay(r.m.forwarded(false, false, node, network.AllV4(), f, t), node))
		if best == nil || best.verdict == network.Blocked {
			continue
		}
		e := GroupEdge{From: r.single(n), To: r.single(t.nic), Ports: t.port, Via: "load_balancer", Verdict: best.verdict, Missing: sortMissing(best.missing),
			Evidence: []network.Evidence{{Layer: network.LayerLoadBalancer, ID: b.id, Rule: f.id, Sentence: "the load balancer forwards to it"}}}
		if key := fmt.Sprint(e.From, e.To, e.Ports, e.Verdict); !r.behindSeen[key] {
			r.behindSeen[key] = true
			r.out.Edges = append(r.out.Edges, e)
		}
	}
}

// linked adds the edges from an interface endpoint to the load balancers that its
// service offers.
func (r *reacher) linked(e *thing) {
	if e.stopped != "" {
		return
	}
	id := serviceID(e.endpoint.Service)
	for _, b := range r.m.balancers {
		service, ok := r.m.offers(e, b)
		if b.lbKind != "network" || b.stopped != "" || !ok || service != nil && !service.available() {
			continue
		}
		gaps := linkGaps(id, service)
		for _, from := range e.nics {
			for _, to := range b.nics {
				if from.sub == nil || to.sub == nil {
					continue
				}
				sure, maybe := r.m.linkPorts(e, b, to)
				if len(gaps) > 0 {
					sure, maybe = nil, maybe.Union(sure)
				}
				r.link(e, from, to, sure, network.Reachable, nil)
				r.link(e, from, to, maybe, network.Unknown, append(slices.Clip(gaps), linkRulesGap(b)...))
			}
		}
	}
}

// link adds one edge from an endpoint's interface to a load balancer's.
func (r *reacher) link(e *thing, from, to *nic, ports network.ServiceSet, v network.Verdict, missing []network.Missing) {
	if ports.IsEmpty() {
		return
	}
	id := serviceID(e.endpoint.Service)
	r.out.Edges = append(r.out.Edges, GroupEdge{From: r.single(from), To: r.single(to), Ports: ports, Via: "private_link", Verdict: v, Missing: missing,
		Evidence: []network.Evidence{{Layer: network.LayerEndpoint, ID: id, Rule: e.id, Sentence: "the endpoint leads to the service's load balancer"}}})
}

// path is the fabric between two subnets, walked once with interfaces that no
// group filters.
func (r *reacher) path(a, b *subnet) *fabric {
	if f, ok := r.paths[[2]*subnet{a, b}]; ok {
		return f
	}
	f := &fabric{}
	r.paths[[2]*subnet{a, b}] = f
	for _, fam := range []network.AddrSet{network.AllV4(), network.AllV6()} {
		src, dst := a.cidrs.Intersect(fam), b.cidrs.Intersect(fam)
		if src.IsEmpty() || dst.IsEmpty() {
			continue
		}
		from, to := probe(a, src), probe(b, dst)
		w := &walker{m: r.m, goal: end{place: to}}
		w.leave(stream{fwd: network.Flows(src, dst, network.AllServices())}, trip{now: leg{from: end{place: from}}}, from)
		for _, o := range w.outs {
			switch o.verdict {
			case network.Reachable:
				f.flows = f.flows.Union(o.set)
			case network.Unknown:
				f.maybe = f.maybe.Union(o.set)
				f.missing = mergeMissing(f.missing, o.missing)
			}
		}
	}
	f.via, f.refs = r.joined(a, b)
	return f
}

// probe is an interface that has all addresses of a subnet.
func probe(s *subnet, addrs network.AddrSet) place {
	n := &nic{id: s.id, kind: "probe", sub: s, subID: s.id, vpc: s.vpc, set: unfiltered, synthetic: true, pairs: []pair{{private: addrs, hasPublic: TriNo}}}
	n.owner = &thing{id: s.id, kind: KindSubnet, accepts: true, nics: []*nic{n}}
	return place{n, 0}
}

// joined says how two subnets are joined and whether groups may be referred to
// across: within a VPC, and over a peering within one region; over a transit
// gateway only where that is switched on.
func (r *reacher) joined(a, b *subnet) (via string, refs bool) {
	switch {
	case a == b:
		return "subnet", true
	case a.vpc == b.vpc:
		return "local", true
	}
	for _, p := range r.m.peerings {
		if p.Requester.VPC == a.vpc.id && p.Accepter.VPC == b.vpc.id || p.Requester.VPC == b.vpc.id && p.Accepter.VPC == a.vpc.id {
			if p.Status == "" || strings.EqualFold(p.Status, "active") {
				return "peering", a.vpc.region == b.vpc.region
			}
		}
	}
	w := &walker{m: r.m}
	for k, from := range r.m.transit.ofVPC {
		if k[1] == a.vpc.id {
			for _, to := range r.m.transit.ofVPC[[2]string{k[0], b.vpc.id}] {
				refs = refs || w.referencing(from[0], to)
			}
		}
	}
	return "transit_gateway", refs
}

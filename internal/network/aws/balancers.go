package aws

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/network"
)

// balancer is a compiled load balancer of either generation.
type balancer struct {
	*thing
	lbKind    string // application, network, gateway, classic
	public    bool   // scheme is internet-facing
	dns       string
	vpc       *vpc
	listeners []listener
	known     bool   // listeners were collected
	waf       string // a note
	crossZone Tri
	linkRules Tri // its groups' inbound rules look at what comes by AWS PrivateLink
}

// listener is what a load balancer does with packets of some services.
type listener struct {
	takes    network.ServiceSet
	port     int
	forwards []forward
	itself   string // what it answers with itself when nothing forwards
	unknown  bool   // rules were not collected: there may be more forwards
	mtls     bool
}

// forward is one target group that a listener may send to.
type forward struct {
	group    *TargetGroup // nil: not collected
	balancer *balancer
	id       string
	targets  []forwardTarget
	known    bool // targets were collected
	sources  network.AddrSet
	limited  bool // sources limits who is forwarded
	auth     Auth
	gate     string
	rule     string
	keep     bool // the client's address stays in the packet
	zonal    Tri  // cross-zone load balancing is off: a node serves the targets of its own zone
}

// forwardTarget is one member of a target group.
type forwardTarget struct {
	thing  *thing // nil: outside of the inventory (function, address)
	nic    *nic
	pair   int
	id     string // ARN of a function, address
	lambda bool
	next   *balancer
	port   network.ServiceSet
	health string
	gone   bool // an instance that the account does not have any more
}

// unused says why a balancer sends nothing to a target at all, or "". Targets
// that are unhealthy are no such case: where all are, they all get requests
// (Elastic Load Balancing, "Health checks for your target groups: target health
// status", read 2026-11).
func (t *forwardTarget) unused(f *forward, node place) string {
	switch {
	case t.thing != nil && t.thing.stopped != "":
		return "" // what stopped it says more
	case t.gone:
		return "target " + t.id + " does not exist any more"
	case t.health == "unused" || t.health == "draining":
		return "target " + t.id + " is " + t.health
	case f.zonal == TriYes && t.nic != nil && otherZone(t.nic.sub, node.nic.sub):
		return "target " + t.id + " is in another zone than " + node.nic.sub.id + ", and cross-zone load balancing is off"
	}
	return ""
}

func (m *model) compileBalancers() {
	for _, r := range m.regions {
		for i := range r.TargetGroups.Items {
			if g := &r.TargetGroups.Items[i]; m.targets[g.ID] == nil {
				m.targets[g.ID] = g
			}
		}
	}
	described := m.describedNICs()
	for _, r := range m.regions {
		for i := range r.LoadBalancers.Items {
			m.compileV2(r, &r.LoadBalancers.Items[i], described)
		}
		for i := range r.ClassicLoadBalancers.Items {
			m.compileClassic(r, &r.ClassicLoadBalancers.Items[i], described)
		}
	}
	slices.SortFunc(m.balancers, func(a, b *balancer) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.arn, b.arn))
	})
	for _, r := range m.regions {
		for i := range r.LoadBalancers.Items {
			x := &r.LoadBalancers.Items[i]
			if b := m.byBalARN[cmp.Or(x.ARN, x.ID)]; b != nil && b.listeners == nil {
				m.compileListeners(r, b, x)
			}
		}
	}
	m.indexFrontings()
}

// balancerText begins the description of a load balancer's interface; its name
// follows.
const balancerText = "ELB "

// describedNICs lists interfaces by the text "ELB NAME" that load balancers put
// in the description of theirs.
func (m *model) describedNICs() map[string][]*nic {
	out := map[string][]*nic{}
	for _, r := range m.regions {
		for i := range r.Interfaces.Items {
			x := &r.Interfaces.Items[i]
			if name, ok := strings.CutPrefix(x.Description, balancerText); ok {
				account, region := r.owner(x.Meta)
				key := account + " " + region + " " + name
				out[key] = append(out[key], m.nics[x.ID])
			}
		}
	}
	return out
}

func (m *model) compileV2(r *Region, x *LoadBalancer, described map[string][]*nic) {
	id := cmp.Or(x.ARN, x.ID)
	if id == "" || m.byBalARN[id] != nil {
		return
	}
	short := x.ID
	if _, after, ok := strings.Cut(x.ARN, ":loadbalancer/"); ok {
		short = after
	}
	kind := cmp.Or(x.Kind, balancerKind(short))
	t := &thing{id: id, arn: x.ARN, name: x.Name, kind: KindLB, sub: kind, doc: x.Doc, accepts: true}
	t.account, t.region = r.owner(x.Meta)
	if x.State != "" && !strings.HasPrefix(x.State, "active") && x.State != "provisioning" {
		t.stopped = "the load balancer is " + x.State
	}
	b := &balancer{thing: t, lbKind: kind, public: x.Scheme == "internet-facing", dns: strings.ToLower(x.DNSName), known: x.Listeners.Collected, waf: x.WAF, crossZone: x.CrossZone, linkRules: x.PrivateLinkRules}
	m.addBalancer(b, described[t.account+" "+t.region+" "+short], nodeSpec{
		subnets: x.Subnets, groups: x.Groups, vpc: x.VPC, unfiltered: kind == "network" || kind == "gateway", ipType: x.IPType,
	})
}

// balancerKind tells the kind of a load balancer by its ARN, where nothing but its
// listeners was collected.
func balancerKind(short string) string {
	prefix, _, _ := strings.Cut(short, "/")
	return map[string]string{"app": "application", "net": "network", "gwy": "gateway"}[prefix]
}

func (m *model) compileClassic(r *Region, x *ClassicLoadBalancer, described map[string][]*nic) {
	t := &thing{id: x.ID, arn: x.ARN, name: cmp.Or(x.Name, x.ID), kind: KindLB, sub: "classic", doc: x.Doc, accepts: true}
	t.account, t.region = r.owner(x.Meta)
	if t.arn == "" && t.account != "" {
		t.arn = "arn:" + partitionOf(t.region) + ":elasticloadbalancing:" + t.region + ":" + t.account + ":loadbalancer/" + x.ID
	}
	if m.byBalARN[t.arn] != nil {
		return
	}
	b := &balancer{thing: t, lbKind: "classic", public: x.Scheme == "internet-facing", dns: strings.ToLower(x.DNSName), known: true}
	m.addBalancer(b, described[t.account+" "+t.region+" "+x.ID], nodeSpec{subnets: x.Subnets, groups: x.Groups, vpc: x.VPC})
	for _, l := range x.Listeners {
		takes, ok := m.listenerPorts(r, x.ID, l.Protocol, l.Port)
		if !ok {
			continue
		}
		f := forward{id: x.ID, known: true, auth: AuthNone}
		port, ok := m.services(r, x.ID, "tcp", l.InstancePort, l.InstancePort)
		if !ok {
			continue
		}
		for _, i := range slices.Sorted(slices.Values(x.Instances)) {
			f.targets = append(f.targets, m.instanceTarget(i, port, ""))
		}
		b.listeners = append(b.listeners, listener{takes: takes, port: l.Port, forwards: []forward{f}})
	}
}

type nodeSpec struct {
	subnets, groups []string
	vpc, ipType     string
	unfiltered      bool
}

// addBalancer registers a load balancer with its interfaces: those that were
// collected, else one implied in each subnet.
func (m *model) addBalancer(b *balancer, found []*nic, spec nodeSpec) {
	b.thing.balancer = b
	if m.addThing(b.thing) != b.thing {
		return
	}
	m.balancers = append(m.balancers, b)
	m.byBalARN[b.graphID()] = b
	ids := append(m.attachedTo()[b.arn], m.attachedTo()[b.id]...)
	for _, id := range ids {
		if n := m.nics[id]; n != nil {
			found = append(found, n)
		}
	}
	for _, n := range found {
		m.claim(b.thing, n)
	}
	if len(b.nics) == 0 {
		public := TriOf(b.public)
		for _, s := range slices.Compact(slices.Sorted(slices.Values(spec.subnets))) {
			n := m.addSynthetic(b.thing, s, spec.vpc, spec.groups, public, spec.unfiltered)
			if spec.ipType == "dualstack-without-public-ipv4" {
				for i := range n.pairs {
					n.pairs[i].hasPublic = TriNo
				}
			}
			if strings.HasPrefix(spec.ipType, "dualstack") && n.sub != nil {
				if v6 := n.sub.cidrs.Intersect(network.AllV6()); !v6.IsEmpty() {
					n.pairs = append(n.pairs, pair{private: v6, hasPublic: public, v6: true})
				}
			}
		}
	}
	if len(b.nics) > 0 {
		b.vpc = b.nics[0].vpc
	}
	for _, n := range b.nics {
		if !n.synthetic && len(spec.groups) > 0 && n.noGroups {
			n.set, n.noGroups = m.groupSet(spec.groups), false
		}
		if spec.unfiltered && n.noGroups {
			n.noGroups = false
		}
	}
}

func (m *model) listenerPorts(r *Region, id, protocol string, port int) (network.ServiceSet, bool) {
	var protos []string
	switch strings.ToUpper(protocol) {
	case "HTTP", "HTTPS", "TCP", "TLS", "SSL":
		protos = []string{"tcp"}
	case "UDP", "QUIC":
		protos = []string{"udp"}
	case "TCP_UDP", "TCP_QUIC":
		protos = []string{"tcp", "udp"}
	default:
		m.warn("not_understood", r, id, "listener protocol "+clip(protocol))
		return nil, false
	}
	var out network.ServiceSet
	for _, p := range protos {
		s, ok := m.services(r, id, p, port, port)
		if !ok {
			return nil, false
		}
		out = out.Union(s)
	}
	return out, true
}

func (m *model) compileListeners(r *Region, b *balancer, x *LoadBalancer) {
	for _, in := range x.Listeners.Items {
		takes, ok := m.listenerPorts(r, b.id, in.Protocol, in.Port)
		if !ok {
			continue
		}
		l := listener{takes: takes, port: in.Port, mtls: in.MutualTLS, unknown: !in.Rules.Collected && b.lbKind == "application"}
		rules := slices.Clone(in.Rules.Items)
		slices.SortStableFunc(rules, func(a, c ListenerRule) int {
			return cmp.Or(cmp.Compare(priority(a.Priority), priority(c.Priority)), cmp.Compare(a.ARN, c.ARN))
		})
		shadowed := false
		for _, rule := range rules {
			if shadowed || strings.EqualFold(rule.Priority, "default") {
				continue
			}
			m.addActions(r, b, &l, rule.Actions, rule.Conditions, "rule "+rule.Priority)
			shadowed = matchesAll(rule.Conditions)
		}
		if !shadowed {
			m.addActions(r, b, &l, in.Default, nil, "default rule")
		}
		b.listeners = append(b.listeners, l)
	}
	slices.SortStableFunc(b.listeners, func(a, c listener) int { return a.port - c.port })
	if b.listeners == nil {
		b.listeners = []listener{}
	}
}

func priority(s string) int {
	n, err := parsePort(s)
	if err != nil {
		return 1 << 30
	}
	return n
}

// matchesAll reports whether a rule's conditions hold for every request, so
// that later rules never come to bear.
func matchesAll(cs []Condition) bool {
	for _, c := range cs {
		any := slices.ContainsFunc(c.Values, func(v string) bool {
			return v == "*" || c.Field == "path-pattern" && v == "/*"
		})
		if !any || c.Field != "path-pattern" && c.Field != "host-header" {
			return false
		}
	}
	return true
}

// addActions adds the forwards of one rule. Requests that must log in first are
// marked: what authenticates is not stopped by the network.
func (m *model) addActions(r *Region, b *balancer, l *listener, actions []Action, conditions []Condition, rule string) {
	auth, gate := AuthNone, ""
	if l.mtls {
		auth, gate = AuthMTLS, "mutual TLS"
	}
	sources, limited := network.AddrSet{}, false
	for _, c := range conditions {
		if c.Field == "source-ip" {
			sources, limited = m.cidrs(r, b.id+" "+rule, c.Values...), true
		}
		if c.Field == "http-header" {
			gate = strings.TrimPrefix(gate+", header "+c.Header+" of a certain value", ", ")
		}
	}
	for _, a := range actions {
		switch a.Kind {
		case "authenticate-oidc", "jwt-validation":
			if a.OnUnauthenticated != "allow" {
				auth, gate = AuthJWT, a.Kind
			}
		case "authenticate-cognito":
			if a.OnUnauthenticated != "allow" {
				auth, gate = AuthCognito, a.Kind
			}
		case "forward":
			for _, id := range a.TargetGroups {
				f := m.forward(r, b, id)
				f.auth, f.gate, f.rule, f.sources, f.limited = auth, gate, rule, sources, limited
				l.forwards = append(l.forwards, f)
			}
		case "redirect", "fixed-response":
			if l.itself == "" {
				l.itself = a.Kind
			}
		default:
			m.warn("not_understood", r, b.id, "listener action "+clip(a.Kind))
		}
	}
}

func (m *model) forward(r *Region, b *balancer, id string) forward {
	g := m.targets[id]
	f := forward{group: g, id: id, balancer: b}
	if g == nil {
		return f
	}
	// Health alone tells neither the kind of the targets nor their protocol.
	f.known = g.Targets.Collected && g.Kind != ""
	f.keep = keepsClient(b, g)
	f.zonal = zonal(b, g)
	for _, t := range g.Targets.Items {
		port, ok := m.targetPorts(r, b, g, cmp.Or(t.Port, g.Port))
		if !ok {
			continue
		}
		switch g.Kind {
		case "lambda":
			f.targets = append(f.targets, forwardTarget{id: t.ID, lambda: true, health: t.Health})
		case "alb":
			f.targets = append(f.targets, forwardTarget{id: t.ID, next: m.byBalARN[t.ID], port: port, health: t.Health})
		case "ip":
			f.targets = append(f.targets, m.addressTarget(r, g, t.ID, port, t.Health))
		default:
			x := m.instanceTarget(t.ID, port, t.Health)
			x.gone = x.thing == nil && r.Instances.Collected
			f.targets = append(f.targets, x)
		}
	}
	slices.SortStableFunc(f.targets, func(a, b forwardTarget) int { return cmp.Compare(a.id, b.id) })
	return f
}

// zonal reports whether a load balancer's nodes keep to the targets of their zone: by
// default a network load balancer's do, others' do not (Network Load Balancers,
// "Cross-zone load balancing", and Application Load Balancers, "Turn off cross-zone
// load balancing", read 2026-11). What a network load balancer's attributes say is
// not taken for granted.
func zonal(b *balancer, g *TargetGroup) Tri {
	cross := g.CrossZone
	if cross == TriUnknown {
		cross = b.crossZone
	}
	switch {
	case cross != TriUnknown:
		return TriOf(cross == TriNo)
	case b.lbKind == "network":
		return TriUnknown
	}
	return TriNo
}

// perhapsOtherZone makes what gets to a target unknown where the target is in another
// zone than the node and nobody told whether nodes serve those.
func perhapsOtherZone(outs []outcome, f *forward, x *forwardTarget, node place) []outcome {
	if f.zonal != TriUnknown || x.nic == nil || f.balancer == nil || !otherZone(x.nic.sub, node.nic.sub) {
		return outs
	}
	for i := range outs {
		if outs[i].verdict == network.Reachable {
			outs[i].verdict = network.Unknown
			outs[i].missing = mergeMissing(outs[i].missing, []network.Missing{{Kind: "load_balancer_attributes", ID: f.balancer.id}})
		}
	}
	return outs
}

func (m *model) targetPorts(r *Region, b *balancer, g *TargetGroup, port int) (network.ServiceSet, bool) {
	if g.Kind == "lambda" {
		return nil, true
	}
	return m.listenerPorts(r, g.ID, g.Protocol, port)
}

// keepsClient reports whether targets see the client's address (Network Load
// Balancers, "Client IP preservation", read 2026-11): never behind others;
// always for instance and alb targets unless switched off, and for ip targets
// of UDP.
func keepsClient(b *balancer, g *TargetGroup) bool {
	if b.lbKind != "network" {
		return false
	}
	if g.PreserveClientIP != TriUnknown {
		return g.PreserveClientIP == TriYes
	}
	switch g.Kind {
	case "instance", "alb":
		return true
	case "ip":
		return strings.Contains(g.Protocol, "UDP") || strings.Contains(g.Protocol, "QUIC")
	}
	return false
}

func otherZone(a, b *subnet) bool {
	return a != nil && b != nil && sameZone(a.zone, b.zone) == TriNo
}

func (m *model) instanceTarget(id string, port network.ServiceSet, health string) forwardTarget {
	x := forwardTarget{id: id, port: port, health: health, thing: m.things[id]}
	if x.thing != nil {
		x.nic = x.thing.primary
		if x.nic == nil && len(x.thing.nics) > 0 {
			x.nic = slices.MinFunc(x.thing.nics, func(a, b *nic) int { return cmp.Compare(a.id, b.id) })
		}
	}
	return x
}

// addressTarget finds the interface that has an address in the group's VPC.
func (m *model) addressTarget(r *Region, g *TargetGroup, text string, port network.ServiceSet, health string) forwardTarget {
	x := forwardTarget{id: text, port: port, health: health}
	a := m.addr(r, g.ID, text)
	if !a.IsValid() {
		return x
	}
	for _, p := range m.byPrivate[a] {
		if v := p.nic.vpc; v != nil && v.id == g.VPC || x.nic == nil && g.VPC == "" {
			x.nic, x.pair, x.thing = p.nic, p.pair, p.nic.owner
		}
	}
	if v := m.vpcs[g.VPC]; x.nic == nil && v != nil && v.described && !v.cidrs.Has(a) {
		if p, ok := m.beyond(v, a); ok {
			x.nic, x.pair, x.thing = p.nic, p.pair, p.nic.owner
		}
	}
	return x
}

// beyond finds the one interface that has an address in a VPC joined to v by a
// peering or a transit gateway: targets may be outside of the group's VPC (Elastic
// Load Balancing, "Target groups for your Network Load Balancers", IP addresses as
// target IDs, read 2026-11).
func (m *model) beyond(v *vpc, a netip.Addr) (place, bool) {
	var found []place
	for _, p := range m.byPrivate[a] {
		if p.nic.vpc != nil && m.joined(v.id, p.nic.vpc.id) {
			found = append(found, p)
		}
	}
	if len(found) != 1 {
		return place{}, false
	}
	return found[0], true
}

// joined reports whether two VPCs are ends of one peering or attached to one
// transit gateway.
func (m *model) joined(a, b string) bool {
	for _, p := range m.peerings {
		if p.Requester.VPC == a && p.Accepter.VPC == b || p.Requester.VPC == b && p.Accepter.VPC == a {
			return true
		}
	}
	for k := range m.transit.ofVPC {
		if k[1] == a && len(m.transit.ofVPC[[2]string{k[0], b}]) > 0 {
			return true
		}
	}
	return false
}

func (m *model) indexFrontings() {
	for _, b := range m.balancers {
		for _, l := range b.listeners {
			for _, f := range l.forwards {
				for _, t := range f.targets {
					front := t.thing
					if t.next != nil {
						front = t.next.thing
					}
					if front != nil && !slices.Contains(m.frontings[front], b) {
						m.frontings[front] = append(m.frontings[front], b)
					}
				}
			}
		}
	}
}

// listenerFor finds the listener that takes a service.
func (b *balancer) listenerFor(s network.ServiceSet) *listener {
	for i := range b.listeners {
		if b.listeners[i].takes.Covers(s) {
			return &b.listeners[i]
		}
	}
	return nil
}

// forwarded walks from a node of a load balancer to one target. Clients are
// who sent the packet: where the client's address is kept, the target's filters
// see it, and answers go back through the balancer without a route.
func (m *model) forwarded(trace, anon bool, node place, clients network.AddrSet, f *forward, x *forwardTarget) []outcome {
	goal := end{place: place{x.nic, x.pair}}
	dst := goal.place.pairOf().private
	w := &walker{m: m, trace: trace, anon: anon, goal: goal}
	if f.keep {
		st := stream{fwd: network.Flows(clients, dst, x.port)}
		if node.nic.vpc == x.nic.vpc || w.peered(st, node) {
			w.keepClient(st, node)
		}
		return perhapsOtherZone(w.outs, f, x, node)
	}
	w.anon = false
	st := stream{fwd: network.Flows(node.pairOf().private, dst, x.port)}
	w.leave(st, trip{now: leg{from: end{place: node}}, groups: node.nic.set}, node)
	return perhapsOtherZone(w.outs, f, x, node)
}

// peered reports whether a load balancer's node has its target across a peering
// of VPCs in one region, the only way out of its VPC that keeps the client's
// address: both sides need the route. Over anything else the address is not kept
// and nothing says what becomes of the packet (Network Load Balancers, "Client IP
// preservation", requirements and considerations, read 2026-11).
func (w *walker) peered(st stream, node place) bool {
	n := w.goal.place.nic
	p, ok := w.peeringTo(st, node.nic.sub, w.goal.place.pairOf().private)
	if !ok {
		return false
	}
	if n.vpc == nil || p.Requester.VPC != n.vpc.id && p.Accepter.VPC != n.vpc.id {
		w.block(st.fwd, st, trip{}, network.LayerGateway, p.ID, p.ID+" does not lead to the target", "")
		return false
	}
	if a, b := p.Requester.Region, p.Accepter.Region; a != b && a != "" && b != "" {
		w.notKept(st, p.ID)
		return false
	}
	back, ok := w.peeringTo(st, n.sub, node.pairOf().private)
	if ok && back != p {
		w.notKept(st, back.ID)
		return false
	}
	return ok
}

// peeringTo is the peering by which a subnet's route table sends to addresses.
func (w *walker) peeringTo(st stream, s *subnet, to network.AddrSet) (*Peering, bool) {
	if s == nil || s.table == nil {
		id := "unknown"
		if s != nil {
			id = s.id
		}
		w.stop(st, trip{}, network.LayerRoute, id, "the way between load balancer and target was not collected", network.Missing{Kind: "route_table", ID: id})
		return nil, false
	}
	part := s.table.split(to)[0]
	if len(part.missing) > 0 {
		w.stop(st, trip{}, network.LayerRoute, s.table.id, "whether there is a route to "+to.First().String()+" needs a prefix list", part.missing...)
		return nil, false
	}
	if part.route < 0 || s.table.routes[part.route].Blackhole {
		w.block(st.fwd, st, trip{}, network.LayerRoute, s.table.id, s.table.id+" has no route to "+to.First().String(), "add a route to "+to.First().String()+" in "+s.table.id)
		return nil, false
	}
	target := s.table.routes[part.route].Target
	if !strings.HasPrefix(target, "pcx-") {
		w.notKept(st, target)
		return nil, false
	}
	p := w.m.peerings[target]
	switch {
	case p == nil && w.m.collected(s.vpc, func(r *Region) bool { return r.Peerings.Collected }):
		w.block(st.fwd, st, trip{}, network.LayerGateway, target, target+" does not exist", "")
	case p == nil:
		w.stop(st, trip{}, network.LayerGateway, target, target+" was not collected", network.Missing{Kind: "peering", ID: target})
	case p.Status != "" && !strings.EqualFold(p.Status, "active"):
		w.block(st.fwd, st, trip{}, network.LayerGateway, target, target+" is "+p.Status, "accept "+target)
		return nil, false
	}
	return p, p != nil
}

func (w *walker) notKept(st stream, by string) {
	w.stop(st, trip{}, network.LayerLoadBalancer, by, "the target is to see the client's address, which is not kept over "+by, network.Missing{Kind: "client_address", ID: by})
}

// keepClient passes from a load balancer's subnet to the target with the
// client's address in the packet, and the answer back.
func (w *walker) keepClient(st stream, node place) {
	n := w.goal.place.nic
	t := trip{now: leg{from: end{place: node}, to: w.goal}, groups: node.nic.set, at: node.nic.sub, vpc: node.nic.vpc}
	same := n.sub != nil && n.sub == node.nic.sub
	border := func(st stream, t trip, s *subnet, out bool, next func(stream)) {
		if same {
			next(st)
			return
		}
		w.crossACL(st, t, s, out, next)
	}
	// The balancer's own groups look at what leaves it too (Network Load
	// Balancers, "Update the security groups", read 2026-11).
	out := func(next func(stream)) {
		w.crossGroups(st, t, node.nic, true, filterContext{m: w.m, groups: n.set}, func(st stream) { border(st, t, node.nic.sub, true, next) })
	}
	out(func(st stream) {
		border(st, t, n.sub, false, func(st stream) {
			w.crossGroups(st, t, n, false, filterContext{m: w.m, groups: t.groups}, func(st stream) {
				if n.owner.stopped != "" {
					w.block(st.fwd, st, t, network.LayerState, n.owner.id, n.owner.stopped, startFix(n.owner))
					return
				}
				st = w.step(st, t, n.nativeID(), "interface", "arrives at "+describe(w.goal.place)+" with the client's address")
				back := t
				back.back = true
				st.answers = st.fwd.Answers()
				border(st, back, n.sub, true, func(st stream) {
					border(st, back, node.nic.sub, false, func(st stream) {
						w.comeBack(st, nil, -1)
					})
				})
			})
		})
	})
}

// familyOf picks the pairs of an interface that speak the family of a set.
func familyOf(a network.AddrSet) (v4, v6 bool) {
	return a.Overlaps(network.AllV4()), a.Overlaps(network.AllV6())
}

func (b *balancer) String() string { return fmt.Sprintf("%s (%s)", b.id, b.lbKind) }

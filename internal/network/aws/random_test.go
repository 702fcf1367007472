package aws

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/postern-sec/postern/internal/longtest"
	"github.com/postern-sec/postern/internal/network"
)

// randomEstate makes a small estate of a few VPCs with everything that the
// simulator understands, mostly open and sometimes broken.
func randomEstate(r *rand.Rand) *Inventory {
	g := &generator{r: r, inv: &Inventory{}}
	g.t = &topology{inv: g.inv}
	g.t.enter("111111111111", "eu-test-1")
	g.reg = g.t.r
	vpcs := 2 + r.IntN(2)
	for v := range vpcs {
		g.vpc(v)
	}
	g.joins(vpcs)
	g.prefixLists()
	g.zones()
	for v := range vpcs {
		g.tables(v)
	}
	for v := range 2 {
		g.balancers(v)
	}
	g.doors()
	if g.one(11) {
		mode := g.pick("block-bidirectional", "block-ingress")
		g.reg.PublicAccessOptions = Known(PublicAccessOptions{Mode: mode})
		if g.one(2) {
			g.reg.PublicAccessExclusions.Add(PublicAccessExclusion{ID: "ex", Resource: g.pick("vpc-0", "subnet-0-0", "subnet-1-0"), Mode: g.pick("allow-bidirectional", "allow-egress")})
		}
	}
	return g.inv
}

type generator struct {
	r   *rand.Rand
	inv *Inventory
	t   *topology
	reg *Region
}

func (g *generator) one(n int) bool { return g.r.IntN(n) == 0 }

func (g *generator) pick(list ...string) string { return list[g.r.IntN(len(list))] }

func (g *generator) peer() string {
	return g.pick("0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.0.1.0/24", "203.0.113.0/24", "198.51.100.0/24", "0.0.0.0/1", "128.0.0.0/1")
}

func (g *generator) what() (string, int, int) {
	switch g.r.IntN(7) {
	case 0, 1, 2:
		return "-1", 0, 0
	case 3:
		return "tcp", 443, 443
	case 4:
		return "tcp", 0, 65535
	case 5:
		return "icmp", -1, -1
	}
	return "udp", 0, 1024
}

func (g *generator) vpc(v int) {
	id := fmt.Sprintf("vpc-%d", v)
	g.reg.VPCs.Add(VPC{ID: id, CIDRs: []string{fmt.Sprintf("10.%d.0.0/16", v)}, CIDRs6: []string{fmt.Sprintf("2600:1f18:%d::/48", v)}})
	if !g.one(12) {
		g.reg.InternetGateways.Add(InternetGateway{ID: fmt.Sprintf("igw-%d", v), VPCs: []string{id}})
	}
	g.reg.EgressOnlyGateways.Add(EgressOnlyGateway{ID: fmt.Sprintf("eigw-%d", v), VPCs: []string{id}})
	open := []ACLEntry{}
	for _, egress := range []bool{false, true} {
		open = append(open, ACLEntry{Number: 100, Egress: egress, Allow: true, Protocol: "-1", CIDR: "0.0.0.0/0"}, ACLEntry{Number: 101, Egress: egress, Allow: true, Protocol: "-1", CIDR: "::/0"})
	}
	g.reg.NetworkACLs.Add(NetworkACL{ID: fmt.Sprintf("acl-%d", v), VPC: id, Default: true, Entries: open})
	for k := range 3 {
		g.group(v, k)
	}
	for s := range 2 + g.r.IntN(2) {
		g.subnet(v, s)
	}
	g.reg.NATGateways.Add(NATGateway{ID: fmt.Sprintf("nat-%d", v), Subnet: fmt.Sprintf("subnet-%d-0", v), VPC: id, State: g.pick("available", "available", "available", "available", "available", "deleted"), Private: g.one(6),
		Addresses: []NATAddress{{Private: fmt.Sprintf("10.%d.0.200", v), Public: fmt.Sprintf("52.0.%d.200", v)}}})
	if g.one(3) {
		n := &g.reg.NATGateways.Items[len(g.reg.NATGateways.Items)-1]
		n.Regional, n.Subnet, n.Private, n.Table = true, "", false, "rtb-"+n.ID
	}
}

func (g *generator) group(v, k int) {
	x := SecurityGroup{ID: fmt.Sprintf("sg-%d-%d", v, k), VPC: fmt.Sprintf("vpc-%d", v)}
	if !g.one(4) {
		x.Ingress = []Rule{{Protocol: "-1", CIDRs: []string{g.pick("0.0.0.0/0", "0.0.0.0/0", g.peer()), "::/0"}}}
	}
	for range 1 + g.r.IntN(3) {
		proto, from, to := g.what()
		r := Rule{Protocol: proto, FromPort: from, ToPort: to}
		switch g.r.IntN(5) {
		case 0:
			r.Groups = []GroupRef{{Group: fmt.Sprintf("sg-%d-%d", g.r.IntN(2), g.r.IntN(3))}}
		case 1:
			r.PrefixLists = []string{g.pick("pl-0", "pl-1")}
		default:
			r.CIDRs = []string{g.peer(), "::/0"}
		}
		x.Ingress = append(x.Ingress, r)
	}
	if g.one(8) {
		proto, from, to := g.what()
		x.Egress = []Rule{{Protocol: proto, FromPort: from, ToPort: to, CIDRs: []string{g.peer()}}}
	} else {
		x.Egress = []Rule{{Protocol: "-1", CIDRs: []string{"0.0.0.0/0", "::/0"}}}
	}
	g.reg.SecurityGroups.Add(x)
}

func (g *generator) subnet(v, s int) {
	id := fmt.Sprintf("subnet-%d-%d", v, s)
	g.reg.Subnets.Add(Subnet{ID: id, VPC: fmt.Sprintf("vpc-%d", v), AZ: g.pick("a", "a", "b"), CIDR: fmt.Sprintf("10.%d.%d.0/24", v, s), CIDRs6: []string{fmt.Sprintf("2600:1f18:%d:%d::/64", v, s)}})
	if g.one(4) {
		a := NetworkACL{ID: "acl-" + id, VPC: fmt.Sprintf("vpc-%d", v), Subnets: []string{id}}
		for _, egress := range []bool{false, true} {
			for n := range 1 + g.r.IntN(3) {
				proto, from, to := g.what()
				e := ACLEntry{Number: 10*n + 5, Egress: egress, Allow: !g.one(4), Protocol: proto, FromPort: from, ToPort: to, ICMPType: -1, ICMPCode: -1, CIDR: g.peer()}
				if egress && proto == "tcp" {
					e.FromPort, e.ToPort = []int{1024, 32768, 0}[g.r.IntN(3)], []int{65535, 60999}[g.r.IntN(2)]
				}
				a.Entries = append(a.Entries, e)
			}
			if !g.one(4) {
				a.Entries = append(a.Entries, ACLEntry{Number: 300, Egress: egress, Allow: true, Protocol: "-1", CIDR: "0.0.0.0/0"}, ACLEntry{Number: 301, Egress: egress, Allow: true, Protocol: "-1", CIDR: "::/0"})
			}
		}
		g.reg.NetworkACLs.Add(a)
	}
	for k := range 2 {
		n := Interface{ID: fmt.Sprintf("eni-%d-%d-%d", v, s, k), VPC: fmt.Sprintf("vpc-%d", v), Subnet: id, Groups: []string{fmt.Sprintf("sg-%d-%d", v, g.r.IntN(3))}, SourceDestCheck: TriYes}
		p := PrivateAddress{Address: fmt.Sprintf("10.%d.%d.%d", v, s, 10+k)}
		if !g.one(4) {
			p.Public = fmt.Sprintf("52.%d.%d.%d", v, s, 10+k)
		}
		n.Private = []PrivateAddress{p}
		if g.one(2) {
			n.IPv6 = []string{netip.MustParseAddr(fmt.Sprintf("2600:1f18:%d:%d::%d", v, s, 10+k)).String()}
		}
		g.reg.Interfaces.Add(n)
		state := "running"
		if g.one(22) {
			state = "stopped"
		}
		g.reg.Instances.Add(Instance{ID: "i" + n.ID[3:], State: state, Interfaces: []string{n.ID}})
	}
}

// joins adds peerings and a transit gateway.
func (g *generator) joins(vpcs int) {
	side := func(v int) PeerSide {
		return PeerSide{VPC: fmt.Sprintf("vpc-%d", v), Account: "111111111111", Region: "eu-test-1"}
	}
	g.reg.Peerings.Add(Peering{ID: "pcx-0", Status: g.pick("active", "active", "active", "active", "deleted"), Requester: side(0), Accepter: side(1)})
	g.reg.TransitGateways.Add(TransitGateway{ID: "tgw-0", SecurityGroupReferencing: TriOf(g.one(2))})
	tables := []TransitGatewayRouteTable{{ID: "tgw-rtb-0", TransitGateway: "tgw-0"}, {ID: "tgw-rtb-1", TransitGateway: "tgw-0"}}
	for i := range tables {
		tables[i].Associations.Add()
		tables[i].Propagations.Add()
		tables[i].Routes.Add()
	}
	for v := range vpcs {
		a := TransitGatewayAttachment{ID: fmt.Sprintf("tgw-attach-%d", v), TransitGateway: "tgw-0", Kind: "vpc", Resource: fmt.Sprintf("vpc-%d", v), State: "available", Subnets: []string{fmt.Sprintf("subnet-%d-%d", v, g.r.IntN(2))}}
		g.reg.TransitGatewayAttachments.Add(a)
		if !g.one(8) {
			tables[g.r.IntN(2)].Associations.Add(a.ID)
		}
		for i := range tables {
			if !g.one(6) {
				tables[i].Routes.Add(TransitRoute{Destination: fmt.Sprintf("10.%d.0.0/16", v), Attachments: []string{a.ID}, Static: true})
			}
		}
	}
	if g.one(3) {
		tables[0].Routes.Add(TransitRoute{Destination: "10.1.1.0/24", Blackhole: true, Static: true})
	}
	if g.one(2) {
		tables[1].Routes.Add(TransitRoute{Destination: "0.0.0.0/0", Attachments: []string{"tgw-attach-0"}, Static: true})
	}
	g.reg.TransitGatewayRouteTables.Add(tables...)
}

func (g *generator) tables(v int) {
	main := RouteTable{ID: fmt.Sprintf("rtb-%d", v), VPC: fmt.Sprintf("vpc-%d", v), Main: true}
	g.routes(v, &main)
	g.reg.RouteTables.Add(main)
	if id := fmt.Sprintf("rtb-nat-%d", v); slices.ContainsFunc(g.reg.NATGateways.Items, func(n NATGateway) bool { return n.Table == id }) {
		x := RouteTable{ID: id, VPC: main.VPC}
		g.routes(v, &x)
		// In which zone it enters a transit gateway is said nowhere.
		x.Routes = slices.DeleteFunc(x.Routes, func(r Route) bool { return strings.HasPrefix(r.Target, "tgw-") })
		g.reg.RouteTables.Add(x)
	}
	for _, s := range g.reg.Subnets.Items {
		if s.VPC == main.VPC && g.one(2) {
			x := RouteTable{ID: "rtb-" + s.ID, VPC: s.VPC, Subnets: []string{s.ID}}
			g.routes(v, &x)
			g.reg.RouteTables.Add(x)
		}
	}
}

func (g *generator) routes(v int, t *RouteTable) {
	id := func(kind string) string { return fmt.Sprintf("%s-%d", kind, v) }
	add := func(dst, target string) {
		if !slices.ContainsFunc(t.Routes, func(r Route) bool { return r.Destination == dst }) {
			t.Routes = append(t.Routes, Route{Destination: dst, Target: target, Blackhole: g.one(40)})
		}
	}
	switch g.r.IntN(9) {
	case 0, 1, 2, 3, 8:
		add("0.0.0.0/0", id("igw"))
	case 4, 5:
		add("0.0.0.0/0", id("nat"))
	case 6:
		add("0.0.0.0/0", "tgw-0")
	}
	switch g.r.IntN(3) {
	case 0:
		add("::/0", id("igw"))
	case 1:
		add("::/0", id("eigw"))
	}
	for other := range 3 {
		if other == v || g.one(5) {
			continue
		}
		dst := fmt.Sprintf("10.%d.0.0/16", other)
		if v+other == 1 && !g.one(3) {
			add(dst, "pcx-0")
		} else {
			add(dst, g.pick("tgw-0", "tgw-0", "tgw-0", "pcx-0", id("nat")))
		}
	}
	if g.one(3) {
		add("203.0.113.0/24", g.pick("eni-0-0-0", "eni-1-0-0", "eni-gone", id("igw")))
	}
	if g.one(5) {
		add(fmt.Sprintf("10.%d.1.0/24", v), "eni-0-0-1") // overrides the local route
	}
	g.zoneRoutes(v, t)
}

// flowCase is one question for both.
type flowCase struct {
	from     *Interface // nil: src is on the internet
	src, dst netip.Addr
	pkt      packet4
}

func randomFlow(r *rand.Rand, inv *Inventory) flowCase {
	reg := inv.Regions[0]
	nics := reg.Interfaces.Items
	var f flowCase
	v6 := r.IntN(5) == 0
	a, b := &nics[r.IntN(len(nics))], &nics[r.IntN(len(nics))]
	outsideAddr := netip.MustParseAddr([]string{"203.0.113.7", "203.0.113.7", "8.8.8.8", "150.1.2.3"}[r.IntN(4)])
	if v6 {
		outsideAddr = netip.MustParseAddr("2a00:1450::7")
	}
	private := func(n *Interface) netip.Addr {
		if v6 && len(n.IPv6) > 0 {
			return netip.MustParseAddr(n.IPv6[0])
		}
		return netip.MustParseAddr(n.Private[0].Address)
	}
	f.src, f.dst = private(a), private(b)
	f.from = a
	switch r.IntN(12) {
	case 0, 1, 2, 3, 10: // from outside
		f.from, f.src = nil, outsideAddr
		if p := b.Private[0].Public; p != "" && !v6 {
			f.dst = netip.MustParseAddr(p)
		} else if r.IntN(2) == 0 {
			b = a
			f.from, f.src, f.dst = a, private(a), outsideAddr
		}
		if r.IntN(10) == 0 && !v6 {
			f.dst = netip.MustParseAddr(reg.NATGateways.Items[0].Addresses[0].Public)
		}
	case 4, 5: // to outside
		f.dst = outsideAddr
	case 6: // to a public address from inside
		if p := b.Private[0].Public; p != "" && !v6 {
			f.dst = netip.MustParseAddr(p)
		}
	}
	if f.src.Is4() != f.dst.Is4() {
		f.src, f.dst = netip.MustParseAddr(a.Private[0].Address), netip.MustParseAddr(b.Private[0].Address)
		f.from = a
	}
	f.pkt = packet4{src: f.src, dst: f.dst, proto: 6, dport: []int{443, 22, 8080}[r.IntN(3)]}
	switch r.IntN(8) {
	case 0:
		f.pkt.proto, f.pkt.dport = 17, 53
	case 1:
		if f.dst.Is4() {
			f.pkt.proto, f.pkt.dport = 1, 8<<8
		}
	case 2:
		if r.IntN(2) == 0 {
			f.pkt.proto, f.pkt.dport = 50, 0
		}
	}
	s := &simulator{inv: inv}
	if lb, _ := s.nodeAt(f.dst); lb != nil && r.IntN(4) > 0 { // most ask for what it listens to
		l := lb.Listeners.Items[0]
		f.pkt.proto, f.pkt.dport = map[string]int{"HTTP": 6, "TCP": 6, "UDP": 17}[l.Protocol], l.Port
	}
	return f
}

func (f flowCase) query() Query {
	q := Query{Source: f.src.String(), Destination: f.dst.String(), Protocol: fmt.Sprint(f.pkt.proto), Port: f.pkt.dport}
	return q
}

// literal asks the simulator: some ephemeral port of client and NAT gateway has
// to work.
func literal(inv *Inventory, f flowCase) (layer string, back bool) {
	s := &simulator{inv: inv}
	layer, back = s.anyPort(f.from, f.pkt)
	if lb, node := s.nodeAt(f.dst); lb != nil && layer == "" {
		return s.pastListener(node, f.src, lb, f.pkt)
	}
	return layer, back
}

// randomQuestion is a question with its literal answer; ok is false for packets
// to oneself.
func randomQuestion(r *rand.Rand, inv *Inventory) (q Query, layer string, back, ok bool) {
	if r.IntN(3) == 0 {
		q, layer, back = otherFlow(r, inv)
		return q, layer, back, q.Source != q.Destination
	}
	f := randomFlow(r, inv)
	if f.src == f.dst {
		return q, "", false, false
	}
	layer, back = literal(inv, f)
	return f.query(), layer, back, true
}

// TestAgreesWithLiteralPackets compares the engine with the literal simulator
// on random estates and flows. The seed is fixed: a failure repeats.
func TestAgreesWithLiteralPackets(t *testing.T) {
	estates, flows := 2150, 52
	if !longtest.Enabled() {
		estates = 200
	}
	r := rand.New(rand.NewPCG(20261123, 5))
	decided := map[string]int{}
	total, reachable, wrong := 0, 0, 0
	for e := range estates {
		inv := randomEstate(r)
		engine := New(inv)
		for range flows {
			q, layer, back, ok := randomQuestion(r, inv)
			if !ok {
				continue
			}
			a, err := engine.Reach(q)
			if err != nil {
				t.Fatal(err)
			}
			total++
			want := network.Blocked
			if layer == "" {
				want = network.Reachable
				reachable++
			} else {
				decided[layer]++
			}
			ok = a.Verdict == want && (layer == "" || string(a.DecidedBy.Layer) == layer && a.DecidedBy.Return == back)
			if !ok {
				if wrong++; wrong <= 12 {
					t.Errorf("estate %d: %v > %v %s/%d: literal %q back=%v, engine %s %s back=%v (%s) hops %s missing %v", e, q.Source, q.Destination, q.Protocol, q.Port,
						layer, back, a.Verdict, a.DecidedBy.Layer, a.DecidedBy.Return, a.DecidedBy.Summary, hopText(a.Hops), a.Missing)
				}
			}
		}
	}
	t.Logf("%d flows, %d wrong, reachable %.1f %%, decided %v", total, wrong, 100*float64(reachable)/float64(total), decided)
	if share := float64(reachable) / float64(total); share < 0.2 || share > 0.8 {
		t.Errorf("reachable share %.2f is out of bounds: the test has lost its teeth", share)
	}
	for _, layer := range []string{"route", "nacl", "security_group", "gateway", "nat", "no_address", "state", "bpa", "source_check", "load_balancer", "endpoint", "api_endpoint", "firewall"} {
		if float64(decided[layer]) < 0.02*float64(total) {
			t.Errorf("%s decides %d of %d flows: too few", layer, decided[layer], total)
		}
	}
}

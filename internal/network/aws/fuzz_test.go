package aws

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/postern-sec/postern/internal/network"
)

// decoder makes small estates from bytes: each choice takes one, so that the
// fuzzer's changes of the input are changes of the estate. A world of two or three
// VPCs is built in microseconds.
type decoder struct {
	bytes []byte
	text  string // foreign text that some choices put in
	reg   *Region
}

func (d *decoder) n(k int) int {
	if len(d.bytes) == 0 {
		return 0
	}
	b := int(d.bytes[0])
	d.bytes = d.bytes[1:]
	return b % k
}

func (d *decoder) pick(list ...string) string { return list[d.n(len(list))] }

func (d *decoder) cidr() string {
	return d.pick("0.0.0.0/0", "10.0.0.0/16", "10.1.0.0/16", "10.0.1.0/24", "203.0.113.0/24", "::/0", "128.0.0.0/1", "10.0.0.0/8", d.text)
}

func (d *decoder) target() string {
	return d.pick("igw-0", "igw-1", "nat-0", "nat-1", "pcx-0", "tgw-0", "vgw-0", "eni-0", "eni-1", "vpce-0", "vpce-1", "eigw-0", "lgw-0", "local", "cagw-0", "i-0", d.text)
}

func (d *decoder) proto() string { return d.pick("-1", "tcp", "udp", "icmp", "50", "58", d.text) }

func (d *decoder) port() int { return []int{0, 22, 443, 1024, 65535, -1, 8}[d.n(7)] }

// rules are random ones, in most cases beside one for everybody: a world where
// nothing gets through asks nothing of the way back.
func (d *decoder) rules() []Rule {
	var out []Rule
	if d.n(4) != 1 {
		out = []Rule{{Protocol: "-1", CIDRs: []string{"0.0.0.0/0", "::/0"}}}
	}
	for range d.n(3) {
		r := Rule{Protocol: d.proto(), FromPort: d.port(), ToPort: d.port()}
		switch d.n(4) {
		case 0, 1:
			r.CIDRs = []string{d.cidr()}
		case 2:
			r.Groups = []GroupRef{{Group: d.pick("sg-0", "sg-1", "sg-gone", d.text)}}
		default:
			r.PrefixLists = []string{d.pick("pl-0", "pl-1", d.text)}
		}
		out = append(out, r)
	}
	return out
}

// routes are random ones, in most cases beside those that lead out of the VPC and
// to the other one.
func (d *decoder) routes(v, most int) []Route {
	var out []Route
	if d.n(4) != 1 {
		out = append(out, Route{Destination: "0.0.0.0/0", Target: fmt.Sprintf("%s-%d", d.pick("igw", "nat"), v)},
			Route{Destination: fmt.Sprintf("10.%d.0.0/16", 1-v), Target: d.pick("pcx-0", "tgw-0")},
			Route{Destination: "pl-0", Target: fmt.Sprintf("vpce-%d", v)})
	}
	for range d.n(most) {
		out = append(out, Route{Destination: d.pick(d.cidr(), "pl-0", "pl-1"), Target: d.target(), Blackhole: d.n(16) == 1, Propagated: d.n(8) == 1})
	}
	return out
}

func (d *decoder) entries() []ACLEntry {
	var out []ACLEntry
	if d.n(4) != 1 {
		for _, egress := range []bool{false, true} {
			out = append(out, ACLEntry{Number: 101, Egress: egress, Allow: true, Protocol: "-1", CIDR: "0.0.0.0/0"}, ACLEntry{Number: 102, Egress: egress, Allow: true, Protocol: "-1", CIDR: "::/0"})
		}
	}
	for i := range d.n(3) {
		out = append(out, ACLEntry{Number: 100 + i/2, Egress: d.n(2) == 1, Allow: d.n(4) != 1, Protocol: d.proto(), CIDR: d.cidr(), FromPort: d.port(), ToPort: d.port()})
	}
	return out
}

// estate is the world of the bytes.
func (d *decoder) estate() *Inventory {
	inv := &Inventory{}
	t := &topology{inv: inv}
	t.enter("111111111111", "eu-test-1")
	d.reg = t.r
	for v := range 2 {
		d.vpc(v)
	}
	d.joins()
	d.reg.PrefixLists.Add(PrefixList{ID: "pl-0", Entries: Known(d.cidr())})
	if d.n(2) == 1 {
		d.reg.PrefixLists.Add(PrefixList{ID: "pl-1"})
	}
	switch d.n(6) {
	case 1:
		d.reg.PublicAccessOptions = Known(PublicAccessOptions{Mode: d.pick("block-bidirectional", "block-ingress", d.text)})
	case 2:
		d.reg.RouteTables = List[RouteTable]{}
	case 3:
		d.reg.NetworkACLs.Collected, d.reg.Peerings.Collected, d.reg.NATGateways.Collected = false, false, false
	}
	return inv
}

func (d *decoder) vpc(v int) {
	id := func(kind string) string { return fmt.Sprintf("%s-%d", kind, v) }
	r, vpc := d.reg, fmt.Sprintf("vpc-%d", v)
	r.VPCs.Add(VPC{ID: vpc, CIDRs: []string{fmt.Sprintf("10.%d.0.0/16", v)}, CIDRs6: []string{fmt.Sprintf("2600:1f18:%d::/48", v)}})
	r.Subnets.Add(Subnet{ID: id("subnet"), VPC: vpc, AZ: "a", CIDR: d.pick(fmt.Sprintf("10.%d.1.0/24", v), fmt.Sprintf("10.%d.1.0/24", v), fmt.Sprintf("10.%d.1.0/24", v), d.text)}, Subnet{ID: id("subnet-pub"), VPC: vpc, AZ: d.pick("a", "b"), CIDR: fmt.Sprintf("10.%d.0.0/24", v)})
	r.RouteTables.Add(RouteTable{ID: id("rtb"), VPC: vpc, Main: true, Routes: d.routes(v, 2)}, RouteTable{ID: id("rtb-pub"), VPC: vpc, Subnets: []string{id("subnet-pub")}, Routes: d.routes(v, 2)})
	if d.n(4) != 1 {
		r.InternetGateways.Add(InternetGateway{ID: id("igw"), VPCs: []string{vpc}})
	}
	if d.n(8) == 1 {
		r.RouteTables.Add(RouteTable{ID: id("rtb-edge"), VPC: vpc, Gateways: []string{id("igw")}, Routes: d.routes(v, 2)})
	}
	r.NetworkACLs.Add(NetworkACL{ID: id("acl"), VPC: vpc, Default: true, Entries: d.entries()})
	r.SecurityGroups.Add(SecurityGroup{ID: id("sg"), VPC: vpc, Ingress: d.rules(), Egress: d.rules()})
	n := Interface{ID: id("eni"), VPC: vpc, Subnet: d.pick(id("subnet"), id("subnet"), id("subnet-pub"), id("subnet"), d.text), Groups: []string{d.pick(id("sg"), id("sg"), "sg-0", d.text)}, SourceDestCheck: TriOf(d.n(4) != 1)}
	n.Private = []PrivateAddress{{Address: fmt.Sprintf("10.%d.1.10", v), Public: d.pick("", fmt.Sprintf("52.0.%d.10", v), fmt.Sprintf("52.0.%d.10", v), d.text)}}
	if d.n(3) == 1 {
		n.IPv6 = []string{fmt.Sprintf("2600:1f18:%d::10", v)}
	}
	r.Interfaces.Add(n)
	r.Instances.Add(Instance{ID: id("i"), State: d.pick("running", "running", "running", "running", "stopped", d.text), Interfaces: []string{id("eni")}})
	g := NATGateway{ID: id("nat"), VPC: vpc, Subnet: id("subnet-pub"), Addresses: []NATAddress{{Private: fmt.Sprintf("10.%d.0.200", v), Public: fmt.Sprintf("52.0.%d.200", v)}}}
	if d.n(3) == 1 {
		g.Regional, g.Subnet, g.Table = true, "", d.pick(id("rtb-pub"), "rtb-gone")
	}
	r.NATGateways.Add(g)
	r.Endpoints.Add(Endpoint{ID: id("vpce"), Kind: d.pick("Gateway", "GatewayLoadBalancer", "Interface"), VPC: vpc, Subnets: []string{id("subnet")}, Groups: []string{id("sg")}, Service: "com.amazonaws.eu-test-1.s3"})
}

func (d *decoder) joins() {
	r := d.reg
	r.Peerings.Add(Peering{ID: "pcx-0", Status: d.pick("active", "active", "active", "pending-acceptance", d.text), Requester: PeerSide{VPC: "vpc-0"}, Accepter: PeerSide{VPC: d.pick("vpc-1", "vpc-1", "vpc-1", "vpc-0", "vpc-gone")}})
	r.VPNGateways.Add(VPNGateway{ID: "vgw-0", VPCs: []string{d.pick("vpc-0", "vpc-1")}})
	r.EgressOnlyGateways.Add(EgressOnlyGateway{ID: "eigw-0", VPCs: []string{"vpc-0"}})
	r.TransitGateways.Add(TransitGateway{ID: "tgw-0", SecurityGroupReferencing: TriOf(d.n(2) == 1)})
	var ids []string
	for v := range 2 {
		a := TransitGatewayAttachment{ID: fmt.Sprintf("tgw-attach-%d", v), TransitGateway: "tgw-0", Kind: "vpc", Resource: fmt.Sprintf("vpc-%d", v), Subnets: []string{fmt.Sprintf("subnet-%d", v)}, State: d.pick("available", "available", "available", "available", d.text)}
		r.TransitGatewayAttachments.Add(a)
		ids = append(ids, a.ID)
	}
	x := TransitGatewayRouteTable{ID: "tgw-rtb-0", TransitGateway: "tgw-0", Associations: Known(ids[:2-d.n(8)/7]...), Propagations: Known(ids[:2-d.n(8)/6]...)}
	x.Routes = Known[TransitRoute]()
	for range d.n(3) {
		x.Routes.Add(TransitRoute{Destination: d.cidr(), Attachments: []string{d.pick(ids[0], ids[1], d.text)}, Static: true, Blackhole: d.n(8) == 1})
	}
	r.TransitGatewayRouteTables.Add(x)
	b := LoadBalancer{ID: "lb", Kind: "network", Scheme: "internet-facing", VPC: "vpc-0", Subnets: []string{"subnet-pub-0"}}
	b.Listeners = Known(Listener{Protocol: "TCP", Port: 443, Default: []Action{{Kind: "forward", TargetGroups: []string{"tg"}}}})
	r.LoadBalancers.Add(b)
	r.TargetGroups.Add(TargetGroup{ID: "tg", Kind: d.pick("ip", "instance"), Protocol: "TCP", Port: 443, VPC: "vpc-0", PreserveClientIP: TriOf(d.n(2) == 1), Targets: Known(Target{ID: d.pick("10.1.1.10", "10.0.1.10", "i-0", d.text), Port: 443})})
}

// question asks between ends of the world.
func (d *decoder) question() Query {
	ends := []string{"internet", "internet", "eni-0", "eni-1", "eni-0", "eni-1", "i-0", "i-1", "subnet-0", "vpc-1", "10.0.1.0/24", "203.0.113.9", "vgw-0", "nat-0", "lb", "lgw-0", "vpce-0", "10.1.1.10", "tgw-0", d.text}
	q := Query{Source: d.pick(ends...), Destination: d.pick(ends...), Protocol: d.pick("tcp", "tcp", "udp", "icmp", "-1", "50", d.text), Port: d.port()}
	q.AnyPort = d.n(8) == 1
	return q
}

// FuzzTrace asks questions of small estates with foreign text in them: no panic,
// a reason for every answer, and the whole estate's exposure and inside too.
func FuzzTrace(f *testing.F) {
	for i := range 64 {
		seed := make([]byte, 160)
		for k := range seed {
			seed[k] = byte(i*k*7 + k*k*(i+3) + i)
		}
		f.Add(seed, []string{"10.0.0.0/8", "1.2.3.4/99", "-1", "::ffff:10.0.0.0/104", "\xff", "igw-0"}[i%6])
	}
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		d := &decoder{bytes: data, text: text}
		q := d.question()
		e := New(d.estate())
		if a, err := e.Reach(q); err == nil {
			if a.Verdict == network.Unknown && len(a.Missing) == 0 || a.DecidedBy.Layer == "" {
				t.Fatalf("no reason: %+v", a)
			}
		}
		e.Exposure()
		e.Reaches()
	})
}

// TestDecodedWorlds: the fuzzer's worlds are worth it: questions of them have all
// three answers and walk past every kind of element.
func TestDecodedWorlds(t *testing.T) {
	verdicts, hops := map[network.Verdict]int{}, map[string]int{}
	r := rand.New(rand.NewPCG(1, 2))
	const worlds = 2000
	for range worlds {
		data := make([]byte, 200)
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		d := &decoder{bytes: data, text: "10.1.0.0/24"}
		q := d.question()
		a, err := New(d.estate()).Reach(q)
		if err != nil {
			continue
		}
		verdicts[a.Verdict]++
		for _, h := range a.Hops {
			hops[h.Kind]++
		}
	}
	for _, v := range []network.Verdict{network.Reachable, network.Blocked, network.Unknown} {
		if verdicts[v] < worlds/60 {
			t.Errorf("%d of %d answers are %s: the worlds are lopsided", verdicts[v], worlds, v)
		}
	}
	for _, k := range []string{"route_table", "nacl", "security_group", "internet_gateway", "nat_gateway", "peering", "transit_gateway", "vpc_endpoint", "interface"} {
		if hops[k] == 0 {
			t.Errorf("no answer walks past a %s: %v", k, hops)
		}
	}
	t.Log(verdicts, hops)
}

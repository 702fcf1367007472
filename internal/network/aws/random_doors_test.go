package aws

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strconv"
)

// prefixLists adds lists that rules and routes refer to.
func (g *generator) prefixLists() {
	g.reg.PrefixLists.Add(
		PrefixList{ID: "pl-0", Entries: Known("203.0.113.0/24", "10.1.0.0/16")},
		PrefixList{ID: "pl-1", Entries: Known("198.51.100.0/24", "8.8.8.0/24", "192.168.5.0/24")})
}

// zones puts a private network behind either a VPN gateway of one VPC or a VPN
// attachment of the transit gateway.
func (g *generator) zones() {
	if g.one(2) {
		gw := VPNGateway{ID: "vgw-0", VPCs: []string{"vpc-0"}}
		if g.one(8) {
			gw.VPCs = []string{"vpc-1"}
		}
		g.reg.VPNGateways.Add(gw)
		return
	}
	a := TransitGatewayAttachment{ID: "tgw-attach-vpn", TransitGateway: "tgw-0", Kind: "vpn", Resource: "vpn-0", State: "available"}
	g.reg.TransitGatewayAttachments.Add(a)
	tables := g.reg.TransitGatewayRouteTables.Items
	if !g.one(8) {
		tables[g.r.IntN(2)].Associations.Add(a.ID)
	}
	for i := range tables {
		if !g.one(6) {
			tables[i].Routes.Add(TransitRoute{Destination: "192.168.0.0/16", Attachments: []string{a.ID}})
		}
	}
}

// zoneRoutes lead to the private network, or elsewhere.
func (g *generator) zoneRoutes(v int, t *RouteTable) {
	dst, target := g.pick("192.168.0.0/16", "192.168.0.0/16", "192.168.5.0/24"), "tgw-0"
	if len(g.reg.VPNGateways.Items) > 0 && v == 0 {
		target = "vgw-0"
	}
	if !g.one(5) {
		t.Routes = append(t.Routes, Route{Destination: dst, Target: target, Propagated: target == "vgw-0"})
	}
	if g.one(6) { // by a list; a static route of the same length wins
		t.Routes = append(t.Routes, Route{Destination: "pl-1", Target: g.pick(fmt.Sprintf("igw-%d", v), fmt.Sprintf("nat-%d", v), "tgw-0")})
	}
}

// balancers puts two load balancers into each of the first two VPCs, each with
// one node and one target.
func (g *generator) balancers(v int) {
	for k, kind := range []string{"application", "network"} {
		id := fmt.Sprintf("%s/lb%d%d/0", map[string]string{"application": "app", "network": "net"}[kind], v, k)
		arn := "arn:aws:elasticloadbalancing:eu-test-1:111111111111:loadbalancer/" + id
		node := Interface{ID: fmt.Sprintf("eni-lb-%d-%d", v, k), Kind: "interface", VPC: fmt.Sprintf("vpc-%d", v), Subnet: fmt.Sprintf("subnet-%d-%d", v, g.r.IntN(2)), Description: "ELB " + id}
		private := PrivateAddress{Address: fmt.Sprintf("10.%d.%s.%d", v, node.Subnet[len(node.Subnet)-1:], 100+k)}
		scheme := "internal"
		if !g.one(4) {
			scheme, private.Public = "internet-facing", fmt.Sprintf("52.%d.9.%d", v, k)
		}
		node.Private = []PrivateAddress{private}
		if kind == "application" || g.one(2) {
			node.Groups = []string{fmt.Sprintf("sg-%d-%d", v, g.r.IntN(3))}
		} else {
			node.Kind = "network_load_balancer"
		}
		g.reg.Interfaces.Add(node)
		lb := LoadBalancer{Meta: Meta{ARN: arn}, ID: id, Kind: kind, Scheme: scheme, VPC: node.VPC, Subnets: []string{node.Subnet}, Groups: node.Groups, State: g.pick("active", "active", "active", "active", "active", "active", "active", "active", "active", "active", "active", "failed")}
		if kind == "network" && g.one(3) {
			lb.CrossZone = TriNo
		} else {
			lb.CrossZone = TriYes
		}
		tg := "tg-" + id
		lb.Listeners = Known(Listener{Protocol: g.pick("HTTP", "TCP"), Port: 443, Default: []Action{{Kind: "forward", TargetGroups: []string{tg}}}})
		if g.one(6) {
			lb.Listeners.Items[0].Default = []Action{{Kind: "fixed-response"}}
		}
		if kind == "network" {
			lb.Listeners.Items[0].Protocol = "TCP"
		}
		lb.Listeners.Items[0].Rules.Add()
		if g.one(3) {
			in := Listener{Protocol: lb.Listeners.Items[0].Protocol, Port: 8080, Default: []Action{{Kind: g.pick("redirect", "fixed-response")}}}
			in.Rules.Add()
			lb.Listeners.Add(in)
		}
		g.reg.LoadBalancers.Add(lb)
		g.reg.TargetGroups.Add(g.targetGroup(tg, kind, v))
	}
}

func (g *generator) targetGroup(id, kind string, v int) TargetGroup {
	t := TargetGroup{ID: id, Kind: "instance", Protocol: "TCP", Port: []int{443, 22, 8080}[g.r.IntN(3)], VPC: fmt.Sprintf("vpc-%d", v)}
	if kind == "application" {
		t.Protocol = "HTTP"
	} else if g.one(4) {
		t.PreserveClientIP = TriOf(g.one(2))
	}
	host := fmt.Sprintf("%d-%d-%d", v, g.r.IntN(2), g.r.IntN(2))
	target := Target{ID: "i-" + host, Health: g.pick("healthy", "healthy", "healthy", "unhealthy", "draining", "")}
	if g.one(3) {
		var a, b, c int
		if _, err := fmt.Sscanf(host, "%d-%d-%d", &a, &b, &c); err == nil {
			t.Kind, target.ID = "ip", fmt.Sprintf("10.%d.%d.%d", a, b, 10+c)
		}
	}
	t.Targets.Add()
	if !g.one(8) {
		t.Targets.Add(target)
	}
	return t
}

// doors adds front doors of every kind that differs.
func (g *generator) doors() {
	for k, kind := range []string{"apigateway-rest", "apigateway-http", "eks", "eks", "eks", "apprunner"} {
		d := FrontDoor{ID: "door-" + strconv.Itoa(k), Kind: kind, Public: TriOf(!g.one(6)), Auth: AuthNone}
		if g.one(6) {
			d.Disabled = "disabled"
		}
		if kind == "eks" {
			d.Disabled, d.AllowedCIDRs = "", Known(g.pick("10.0.0.0/8", "203.0.113.0/24", "198.51.100.0/24", "0.0.0.0/1", "0.0.0.0/0"))
		}
		if g.one(5) && kind != "eks" {
			d.Port = 8080
		}
		g.reg.FrontDoors.Add(d)
	}
}

// otherFlow is a question to a load balancer, to a front door or about the
// network behind a gateway, with the literal answer.
func otherFlow(r *rand.Rand, inv *Inventory) (q Query, layer string, back bool) {
	reg := inv.Regions[0]
	s := &simulator{inv: inv}
	outside := netip.MustParseAddr([]string{"203.0.113.7", "8.8.8.8", "150.1.2.3", "198.51.100.7"}[r.IntN(4)])
	port := []int{443, 443, 443, 443, 443, 443, 8080, 22}[r.IntN(8)]
	q = Query{Source: outside.String(), Protocol: "tcp", Port: port}
	p := packet4{src: outside, proto: 6, dport: port}
	nic := reg.Instances.Items[r.IntN(len(reg.Instances.Items))].Interfaces[0]
	host := find(reg.Interfaces.Items, func(x *Interface) bool { return x.ID == nic })
	switch r.IntN(9) {
	case 0, 1, 2, 8:
		lb := &reg.LoadBalancers.Items[r.IntN(len(reg.LoadBalancers.Items))]
		q.Destination = lb.ARN
		if lb.Scheme == "internal" && r.IntN(4) > 0 {
			q.Source = host.Private[0].Address
			layer, back = s.toBalancer(host, netip.MustParseAddr(q.Source), lb, p)
			return q, layer, back
		}
		layer, back = s.toBalancer(nil, outside, lb, p)
	case 3, 4, 5:
		d := &reg.FrontDoors.Items[r.IntN(len(reg.FrontDoors.Items))]
		q.Destination = d.ID
		layer = knock(d, outside, port)
	case 6:
		id := "tgw-attach-vpn"
		if len(reg.VPNGateways.Items) > 0 {
			id = "vgw-0"
		}
		q.Source, q.Destination = "192.168.5.5", host.Private[0].Address
		p.src, p.dst = netip.MustParseAddr(q.Source), netip.MustParseAddr(q.Destination)
		layer, back = tryPorts(p, func(p packet4, nat int) (string, bool) {
			s.natPort = nat
			return s.connectZone(id, p)
		})
	default:
		q.Source, q.Destination = host.Private[0].Address, "192.168.5.5"
		p.src, p.dst = netip.MustParseAddr(q.Source), netip.MustParseAddr(q.Destination)
		layer, back = s.anyPort(host, p)
	}
	return q, layer, back
}

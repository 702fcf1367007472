package aws

import (
	"net/netip"
	"slices"
	"strings"
)

// The simulator's load balancers, front doors and networks behind gateways, read
// as literally as the rest of it.

// vpn hands a packet to the network behind a gateway.
func (s *simulator) vpn(p packet4, vpc, id string) result {
	g := find(s.region().VPNGateways.Items, func(x *VPNGateway) bool { return x.ID == id })
	if g == nil || !slices.Contains(g.VPCs, vpc) {
		return drop("gateway")
	}
	return s.atZone(p, id)
}

// atZone is where a packet leaves what is known. An answer has to leave where
// the packet came in.
func (s *simulator) atZone(p packet4, id string) result {
	if s.reply && s.entered != id {
		return drop("route")
	}
	s.entered = id
	return result{outside: true, zone: id, pkt: p}
}

// fromZone brings a packet in by a gateway or an attachment.
func (s *simulator) fromZone(p packet4, id string) result {
	s.groups = nil
	s.entered = id
	if a := find(s.region().TransitGatewayAttachments.Items, func(x *TransitGatewayAttachment) bool { return x.ID == id }); a != nil {
		return s.switched(p, a, "")
	}
	g := find(s.region().VPNGateways.Items, func(x *VPNGateway) bool { return x.ID == id })
	v := g.VPCs[0]
	if !inAny(p.dst, s.vpc(v).CIDRs) {
		return drop("gateway")
	}
	return s.inVPC(p, v, nil)
}

// connectZone tries a connection from behind a gateway.
func (s *simulator) connectZone(id string, p packet4) (layer string, back bool) {
	s.sessions, s.gateway, s.reply, s.steps, s.outer = map[packet4]packet4{}, map[packet4]string{}, false, 0, false
	there := s.fromZone(p, id)
	if there.dropped != "" {
		return there.dropped, false
	}
	s.reply, s.steps = true, 0
	home := s.fromSubnet(replyTo(there.pkt), s.subnet(there.at.Subnet))
	switch {
	case home.dropped != "":
		return home.dropped, true
	case home.zone != id || home.pkt != replyTo(p):
		return "route", true
	}
	return "", false
}

// toBalancer tries a connection to a load balancer with one node, and from there
// to its targets.
func (s *simulator) toBalancer(from *Interface, client netip.Addr, lb *LoadBalancer, p packet4) (layer string, back bool) {
	node := find(s.region().Interfaces.Items, func(x *Interface) bool { return x.Description == "ELB "+lb.ID })
	p.dst = netip.MustParseAddr(node.Private[0].Address)
	if from == nil {
		if node.Private[0].Public == "" {
			return "no_address", false
		}
		p.dst = netip.MustParseAddr(node.Private[0].Public)
	}
	p.src = client
	if layer, back = s.anyPort(from, p); layer != "" {
		return layer, back
	}
	return s.pastListener(node, client, lb, p)
}

// pastListener takes a packet that is at a load balancer's node to its targets.
func (s *simulator) pastListener(node *Interface, client netip.Addr, lb *LoadBalancer, p packet4) (layer string, back bool) {
	l := find(lb.Listeners.Items, func(x *Listener) bool {
		return x.Port == p.dport && p.proto == map[string]int{"HTTP": 6, "TCP": 6, "UDP": 17}[x.Protocol]
	})
	if l == nil || l.Default[0].Kind != "forward" {
		return "load_balancer", false
	}
	g := find(s.region().TargetGroups.Items, func(x *TargetGroup) bool { return x.ID == l.Default[0].TargetGroups[0] })
	if len(g.Targets.Items) == 0 {
		return "load_balancer", false
	}
	return s.toTarget(node, client, lb, g, &g.Targets.Items[0])
}

// nodeAt is the load balancer that has a node at an address.
func (s *simulator) nodeAt(a netip.Addr) (*LoadBalancer, *Interface) {
	for i := range s.region().LoadBalancers.Items {
		lb := &s.region().LoadBalancers.Items[i]
		node := find(s.region().Interfaces.Items, func(x *Interface) bool { return x.Description == "ELB "+lb.ID })
		if node != nil && (node.Private[0].Address == a.String() || node.Private[0].Public == a.String()) {
			return lb, node
		}
	}
	return nil, nil
}

func (s *simulator) toTarget(node *Interface, client netip.Addr, lb *LoadBalancer, g *TargetGroup, t *Target) (string, bool) {
	var to *Interface
	if g.Kind == "ip" {
		to = s.hostAt(g.VPC, netip.MustParseAddr(t.ID))
	} else {
		i := find(s.region().Instances.Items, func(x *Instance) bool { return x.ID == t.ID })
		to = find(s.region().Interfaces.Items, func(x *Interface) bool { return x.ID == i.Interfaces[0] })
	}
	at, here := s.subnet(to.Subnet), s.subnet(node.Subnet)
	if !s.stopped(to) {
		switch {
		case t.Health == "draining" || t.Health == "unused":
			return "load_balancer", false
		case lb.CrossZone == TriNo && at.AZ != here.AZ:
			return "load_balancer", false
		}
	}
	p := packet4{src: netip.MustParseAddr(node.Private[0].Address), dst: netip.MustParseAddr(to.Private[0].Address), proto: 6, dport: g.Port}
	if g.Protocol == "UDP" {
		p.proto = 17
	}
	keep := lb.Kind == "network" && (g.Kind == "instance" || g.Protocol == "UDP")
	if g.PreserveClientIP != TriUnknown {
		keep = g.PreserveClientIP == TriYes && lb.Kind == "network"
	}
	if keep && at.VPC == here.VPC {
		p.src = client
		return s.preserved(node, to, here, at, p)
	}
	return s.anyPort(node, p)
}

// preserved sends a packet with the client's address from a node to a target,
// and the answer back to the node.
func (s *simulator) preserved(node, to *Interface, here, at *Subnet, p packet4) (string, bool) {
	apart := here.ID != at.ID
	if len(node.Groups) > 0 && !s.groupsAllow(node, true, p, to.Groups) {
		return "security_group", false
	}
	if apart && (!s.acl(here, true, p) || !s.acl(at, false, p)) {
		return "nacl", false
	}
	if !s.groupsAllow(to, false, p, node.Groups) {
		return "security_group", false
	}
	if s.stopped(to) {
		return "state", false
	}
	for _, port := range ephemeral {
		p.sport = port
		if answer := replyTo(p); !apart || s.acl(at, true, answer) && s.acl(here, false, answer) {
			return "", false
		}
	}
	return "nacl", true
}

var ephemeral = []int{49152, 1024, 65535, 61000, 32768}

// anyPort tries a connection with several client ports, as literal does.
func (s *simulator) anyPort(from *Interface, p packet4) (layer string, back bool) {
	return tryPorts(p, func(p packet4, nat int) (string, bool) {
		s.natPort = nat
		return s.connect(from, p)
	})
}

// tryPorts tries client and NAT ports until one works or something else than a
// network ACL stops them.
func tryPorts(p packet4, try func(p packet4, nat int) (string, bool)) (layer string, back bool) {
	ports := ephemeral
	if p.proto == 1 || p.proto == 50 {
		ports = []int{0}
	}
	first := true
	for _, nat := range ports {
		for _, port := range ports {
			p.sport = port
			l, b := try(p, nat)
			if l == "" {
				return "", false
			}
			if first {
				layer, back, first = l, b, false
			}
			if l != "nacl" {
				return l, b // no port changes that
			}
		}
	}
	return layer, back
}

// knock sends a request from outside to a front door.
func knock(d *FrontDoor, src netip.Addr, port int) string {
	api := strings.HasPrefix(d.Kind, "apigateway")
	name := func(layer string) string {
		if api {
			return "api_endpoint"
		}
		return layer
	}
	listens := d.Port == port || d.Port == 0 && port == 443
	switch {
	case d.Disabled != "":
		return name("state")
	case d.Public == TriNo || !listens:
		return name("endpoint")
	case d.AllowedCIDRs.Collected && !inAny(src, d.AllowedCIDRs.Items):
		return "firewall"
	}
	return ""
}

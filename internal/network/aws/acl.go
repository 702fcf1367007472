package aws

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/postern-sec/postern/internal/network"
)

// acl is a compiled network ACL. Rules are looked at by number, the first that
// matches decides, and what no rule matches is denied, whether the final rule
// is in the export or not (Amazon VPC User Guide, "Control subnet traffic with
// network access control lists", read 2026-11).
type acl struct {
	id, doc string
	in, out network.PeerSet // what is let in and out, by the address of the other side
	rules   []aclRule       // in order, both directions
}

// aclRule is one entry with its parsed parts.
type aclRule struct {
	number int
	egress bool
	allow  bool
	prefix netip.Prefix
	what   network.ServiceSet
	text   string
}

func (m *model) compileACLs() {
	for _, r := range m.regions {
		for i := range r.NetworkACLs.Items {
			x := &r.NetworkACLs.Items[i]
			if _, twice := m.acls[x.ID]; twice {
				continue
			}
			a := m.compileACL(r, x)
			m.acls[x.ID] = a
			if v := m.vpc(x.VPC); x.Default && v.defaultACL == nil {
				v.defaultACL = a
			}
			for _, id := range x.Subnets {
				s, ok := m.subnets[id]
				switch {
				case !ok:
					m.warn("contradiction", r, x.ID, "associated with "+clip(id)+", which no document describes")
				case s.acl != nil:
					m.warn("contradiction", r, x.ID, clip(id)+" is associated with "+s.acl.id+" too; that one counts")
				default:
					s.acl = a
				}
			}
		}
	}
	for _, v := range m.vpcs {
		v.aclsKnown = m.collected(v, func(r *Region) bool { return r.NetworkACLs.Collected })
		for _, s := range v.subnets {
			if s.acl == nil {
				s.acl = v.defaultACL // a subnet without an association of its own has the default one
			}
		}
	}
}

func (m *model) compileACL(r *Region, x *NetworkACL) *acl {
	a := &acl{id: x.ID, doc: x.Doc}
	for _, e := range x.Entries {
		if rule, ok := m.aclRule(r, x.ID, e); ok {
			a.rules = append(a.rules, rule)
		}
	}
	slices.SortStableFunc(a.rules, func(p, q aclRule) int { return p.number - q.number })
	for i := 1; i < len(a.rules); i++ {
		for j := i - 1; j >= 0 && a.rules[j].number == a.rules[i].number; j-- {
			if a.rules[j].egress == a.rules[i].egress {
				m.warn("contradiction", r, fmt.Sprintf("%s rule %d", x.ID, a.rules[i].number), "the rule number occurs twice; a deny of that number is looked at first")
				break
			}
		}
	}
	// AWS cannot hold one number twice; of contradicting documents the one that
	// denies is taken first, so that nothing is opened by a guess.
	slices.SortStableFunc(a.rules, func(p, q aclRule) int {
		if p.number != q.number {
			return p.number - q.number
		}
		return boolRank(p.allow) - boolRank(q.allow)
	})
	a.in, a.out = a.allowed(false), a.allowed(true)
	return a
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (m *model) aclRule(r *Region, id string, e ACLEntry) (aclRule, bool) {
	where := fmt.Sprintf("%s rule %d", id, e.Number)
	if e.CIDR == "" {
		m.warn("not_understood", r, where, "no CIDR")
		return aclRule{}, false
	}
	p, ok := m.cidr(r, where, e.CIDR)
	if !ok {
		return aclRule{}, false
	}
	from, to := e.FromPort, e.ToPort
	if proto, all, known := network.ParseProtocol(e.Protocol); known && !all && network.IsICMP(proto) {
		from, to = e.ICMPType, e.ICMPCode
	}
	what, ok := m.services(r, where, e.Protocol, from, to)
	if !ok {
		return aclRule{}, false
	}
	rule := aclRule{number: e.Number, egress: e.Egress, allow: e.Allow, prefix: p, what: what}
	effect := "denies"
	if e.Allow {
		effect = "allows"
	}
	rule.text = fmt.Sprintf("rule %d %s %s %s %s", e.Number, effect, what, direction(e.Egress), p)
	return rule, true
}

func direction(egress bool) string {
	if egress {
		return "to"
	}
	return "from"
}

// services reads a protocol with its port range, or ICMP type and code. A
// reversed range, a protocol without meaning or a port out of range matches
// nothing and is warned of.
func (m *model) services(r *Region, where, protocol string, from, to int) (network.ServiceSet, bool) {
	proto, all, ok := network.ParseProtocol(protocol)
	switch {
	case !ok:
		m.warn("not_understood", r, where, "protocol "+clip(protocol))
		return nil, false
	case all:
		return network.AllServices(), true
	case network.IsICMP(proto):
		if from > 255 || to > 255 {
			m.warn("not_understood", r, where, fmt.Sprintf("ICMP type %d code %d", from, to))
			return nil, false
		}
		return network.ICMPTypes(proto, from, to), true
	case !network.HasPorts(proto):
		return network.Protocol(proto), true
	case from == -1 && to == -1:
		return network.Protocol(proto), true // EC2 writes -1 for "all ports" too
	case from < 0 || to > 65535 || from > 65535 || to < 0:
		m.warn("not_understood", r, where, fmt.Sprintf("ports %d to %d", from, to))
		return nil, false
	case from > to:
		m.warn("not_understood", r, where, fmt.Sprintf("ports %d to %d are reversed: the rule matches nothing", from, to))
		return nil, false
	}
	return network.Ports(proto, uint16(from), uint16(to)), true
}

// allowed turns the ordered rules of one direction into the set that they let
// through.
func (a *acl) allowed(egress bool) network.PeerSet {
	var allow network.PeerSet
	for i := len(a.rules) - 1; i >= 0; i-- {
		rule := a.rules[i]
		if rule.egress != egress {
			continue
		}
		box := network.Peers(network.Prefixes(rule.prefix), rule.what)
		if rule.allow {
			allow = allow.Union(box)
		} else {
			allow = allow.Minus(box)
		}
	}
	return allow
}

// matching words the rule that decides on a flow.
func (a *acl) matching(egress bool, peer netip.Addr, s network.Service) string {
	for _, rule := range a.rules {
		if rule.egress == egress && rule.prefix.Contains(peer) && rule.what.Has(s) {
			return rule.text
		}
	}
	return "no rule matches (rule * denies)"
}

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
	in, out aclSide
	rules   []aclRule // in order, both directions
}

// aclSide is what one direction lets through, by the address of the other side.
type aclSide struct {
	sure  network.PeerSet
	maybe network.PeerSet // depends on rules that are not understood
	open  []aclRule       // those rules
}

// aclRule is one entry with its parsed parts.
type aclRule struct {
	number int
	egress bool
	allow  bool
	addrs  network.AddrSet
	what   network.ServiceSet
	text   string
	open   bool // not understood: it may match all of prefix and what, or nothing
}

func (r aclRule) box() network.PeerSet { return network.Peers(r.addrs, r.what) }

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
		a.rules = append(a.rules, m.aclRule(r, x.ID, e))
	}
	a.rules = m.contradicting(r, a)
	a.in, a.out = a.side(false), a.side(true)
	return a
}

// maxTwins is how many rules of one number are compared pair by pair; AWS holds
// one.
const maxTwins = 16

// contradicting puts before rules of one number that say different things of the
// same flows one that is not understood: AWS cannot hold a number twice, and
// which of the two is right is not known.
func (m *model) contradicting(r *Region, a *acl) []aclRule {
	byNumber := map[aclPlace][]aclRule{}
	for _, rule := range a.rules {
		k := aclPlace{rule.number, rule.egress}
		byNumber[k] = append(byNumber[k], rule)
	}
	var out []aclRule
	for k, twins := range byNumber {
		if len(twins) < 2 {
			continue
		}
		m.warn("contradiction", r, fmt.Sprintf("%s rule %d", a.id, k.number), "the rule number occurs twice")
		if len(twins) > maxTwins {
			out = append(out, undecided(k, network.AllAddrs(), network.AllServices())...)
			continue
		}
		for i, one := range twins {
			for _, other := range twins[i+1:] {
				if one.allow != other.allow {
					out = append(out, undecided(k, one.addrs.Intersect(other.addrs), one.what.Intersect(other.what))...)
				}
			}
		}
	}
	out = append(out, a.rules...)
	slices.SortStableFunc(out, func(p, q aclRule) int { return p.number - q.number })
	return out
}

// undecided are rules that may allow or deny.
func undecided(k aclPlace, addrs network.AddrSet, what network.ServiceSet) []aclRule {
	var out []aclRule
	for _, allow := range []bool{false, true} {
		out = append(out, aclRule{number: k.number, egress: k.egress, allow: allow, open: true, addrs: addrs, what: what, text: fmt.Sprintf("rule %d occurs twice", k.number)})
	}
	return out
}

// aclPlace is the place of a rule in its network ACL.
type aclPlace struct {
	number int
	egress bool
}

// aclRule reads a rule. One that is not understood may match whatever its
// readable parts leave open: dropping it could open what it denies or close what
// it allows.
func (m *model) aclRule(r *Region, id string, e ACLEntry) aclRule {
	where := fmt.Sprintf("%s rule %d", id, e.Number)
	rule := aclRule{number: e.Number, egress: e.Egress, allow: e.Allow, addrs: network.AllAddrs()}
	who := "an address that is not understood"
	if e.CIDR == "" {
		m.warn("not_understood", r, where, "no CIDR")
		rule.open = true
	} else if p, ok := m.cidr(r, where, e.CIDR); ok {
		rule.addrs, who = network.Prefixes(p), p.String()
	} else {
		rule.open = true
	}
	from, to := e.FromPort, e.ToPort
	if proto, all, known := network.ParseProtocol(e.Protocol); known && !all && network.IsICMP(proto) {
		from, to = e.ICMPType, e.ICMPCode
	}
	what, understood := m.services(r, where, e.Protocol, from, to)
	rule.what, rule.open = what, rule.open || !understood
	effect := "denies"
	if e.Allow {
		effect = "allows"
	}
	rule.text = fmt.Sprintf("rule %d %s %s %s %s", e.Number, effect, what, direction(e.Egress), who)
	return rule
}

func direction(egress bool) string {
	if egress {
		return "to"
	}
	return "from"
}

// services reads a protocol with its port range, or ICMP type and code. What is
// not understood is warned of; the services are then all that it could mean.
func (m *model) services(r *Region, where, protocol string, from, to int) (what network.ServiceSet, understood bool) {
	proto, all, ok := network.ParseProtocol(protocol)
	switch {
	case !ok:
		m.warn("not_understood", r, where, "protocol "+clip(protocol))
		return network.AllServices(), false
	case all:
		return network.AllServices(), true
	case network.IsICMP(proto):
		if from > 255 || to > 255 {
			m.warn("not_understood", r, where, fmt.Sprintf("ICMP type %d code %d", from, to))
			return network.Protocol(proto), false
		}
		return network.ICMPTypes(proto, from, to), true
	case !network.HasPorts(proto):
		return network.Protocol(proto), true
	case from == -1 && to == -1:
		return network.Protocol(proto), true // EC2 writes -1 for "all ports" too
	case from < 0 || to > 65535 || from > 65535 || to < 0:
		m.warn("not_understood", r, where, fmt.Sprintf("ports %d to %d", from, to))
		return network.Protocol(proto), false
	case from > to:
		m.warn("not_understood", r, where, fmt.Sprintf("ports %d to %d are reversed: what the rule means is not known", from, to))
		return network.Ports(proto, uint16(to), uint16(from)), false
	}
	return network.Ports(proto, uint16(from), uint16(to)), true
}

// side turns the ordered rules of one direction into the sets that they let
// through: surely, and if the rules that are not understood say so.
func (a *acl) side(egress bool) aclSide {
	var out aclSide
	for i := len(a.rules) - 1; i >= 0; i-- {
		rule := a.rules[i]
		if rule.egress != egress {
			continue
		}
		box := rule.box()
		switch {
		case rule.open && rule.allow:
			out.maybe = out.maybe.Union(box).Minus(out.sure)
		case rule.open:
			out.maybe = out.maybe.Union(out.sure.Intersect(box))
			out.sure = out.sure.Minus(box)
		case rule.allow:
			out.sure, out.maybe = out.sure.Union(box), out.maybe.Minus(box)
		default:
			out.sure, out.maybe = out.sure.Minus(box), out.maybe.Minus(box)
		}
		if rule.open {
			out.open = append(out.open, rule)
		}
	}
	return out
}

// missing names the rules of a direction that are not understood and could
// match some of the flows.
func (s *aclSide) missing(id string, st stream, t trip, out bool) []network.Missing {
	var list []network.Missing
	for _, rule := range s.open {
		set := st.fwd
		if t.back {
			set = st.answers
		}
		if !restrict(set, t, out, rule.box()).IsEmpty() {
			list = append(list, network.Missing{Kind: "network_acl_rule", ID: fmt.Sprintf("%s rule %d", id, rule.number)})
		}
	}
	return list
}

// matching words the rule that decides on a flow.
func (a *acl) matching(egress bool, peer netip.Addr, s network.Service) string {
	for _, rule := range a.rules {
		if rule.egress == egress && rule.addrs.Has(peer) && rule.what.Has(s) {
			if rule.open {
				return rule.text + ", which is not understood"
			}
			return rule.text
		}
	}
	return "no rule matches (rule * denies)"
}

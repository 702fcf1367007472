package aws

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/postern-sec/postern/internal/network"
)

// group is a compiled security group: allow lists only, the union of which
// counts, stateful (Amazon VPC User Guide, "Control traffic to your AWS
// resources using security groups", read 2026-11).
type group struct {
	id, name, account, region string
	vpc                       string
	doc                       string
	described                 bool
	in, out                   rules
}

// rules is one direction of a group.
type rules struct {
	peers  network.PeerSet               // by CIDR and by prefix lists that are known
	lists  map[string]network.ServiceSet // by prefix list id, known or not
	groups map[string]network.ServiceSet // by group id
	open   []openRule                    // rules of which a part is not known
	parts  []rulePart                    // for wording what matched
}

// openRule is a rule on a prefix list that was not collected, or one that is not
// understood: it admits some of these addresses and services, or nothing.
type openRule struct {
	missing network.Missing
	amazon  bool // AWS's own list: never "anyone"
	addrs   network.AddrSet
	what    network.ServiceSet
}

// rulePart is one source (or destination) of one rule.
type rulePart struct {
	rule   string
	prefix netip.Prefix // invalid when the part is a list or group
	list   string
	group  string
	what   network.ServiceSet
}

func (p rulePart) text(egress bool) string {
	who := p.prefix.String()
	switch {
	case p.list != "":
		who = p.list
	case p.group != "":
		who = p.group
	}
	verb := "admits"
	if egress {
		verb = "lets out"
	}
	t := fmt.Sprintf("%s %s %s %s", verb, p.what, direction(egress), who)
	if p.rule != "" {
		t = p.rule + " " + t
	}
	return t
}

func (m *model) compileGroups() {
	for _, r := range m.regions {
		for i := range r.SecurityGroups.Items {
			x := &r.SecurityGroups.Items[i]
			if old, ok := m.groups[x.ID]; ok && old.described {
				continue
			}
			g := &group{id: x.ID, name: x.Name, vpc: x.VPC, doc: x.Doc, described: true}
			g.account, g.region = r.owner(x.Meta)
			g.in = m.compileRules(r, x.ID+" ingress", x.Ingress)
			g.out = m.compileRules(r, x.ID+" egress", x.Egress)
			m.groups[x.ID] = g
		}
	}
	m.checkReferences()
}

// checkReferences warns of rules on groups that no document describes: they
// match nobody who was collected.
func (m *model) checkReferences() {
	for _, g := range m.groups {
		for _, side := range []*rules{&g.in, &g.out} {
			for id := range side.groups {
				if m.groups[id] == nil {
					m.warnings = append(m.warnings, Warning{Kind: "not_collected", Account: g.account, Region: g.region, ID: g.id, Message: "refers to group " + clip(id) + ", which was not collected"})
				}
			}
		}
	}
}

func (m *model) compileRules(r *Region, where string, in []Rule) rules {
	out := rules{lists: map[string]network.ServiceSet{}, groups: map[string]network.ServiceSet{}}
	ranges := map[string][]netip.Prefix{} // by service set, so that many CIDRs of one service cost one set
	whats := map[string]network.ServiceSet{}
	add := func(p netip.Prefix, what network.ServiceSet) {
		k := what.String()
		ranges[k] = append(ranges[k], p)
		whats[k] = what
	}
	for i, rule := range in {
		at := fmt.Sprintf("%s rule %d", where, i)
		if rule.ID != "" {
			at = where + " " + rule.ID
		}
		what, understood := m.services(r, at, rule.Protocol, rule.FromPort, rule.ToPort)
		if !understood {
			out.open = append(out.open, openRule{missing: ruleMissing(at), addrs: m.couldName(rule), what: what})
			continue
		}
		for _, c := range rule.CIDRs {
			p, ok := m.cidr(r, at, c)
			if !ok {
				out.open = append(out.open, openRule{missing: ruleMissing(at), addrs: network.AllAddrs(), what: what})
				continue
			}
			add(p, what)
			out.parts = append(out.parts, rulePart{rule: rule.ID, prefix: p, what: what})
		}
		for _, id := range rule.PrefixLists {
			l := m.lists[id]
			out.lists[id] = out.lists[id].Union(what)
			out.parts = append(out.parts, rulePart{rule: rule.ID, list: id, what: what})
			if l == nil || !l.known {
				out.open = append(out.open, openRule{missing: network.Missing{Kind: "prefix_list", ID: id}, amazon: l != nil && l.amazon, addrs: network.AllAddrs(), what: what})
				continue
			}
			for _, p := range l.prefixes {
				add(p, what)
			}
		}
		for _, ref := range rule.Groups {
			out.groups[ref.Group] = out.groups[ref.Group].Union(what)
			out.parts = append(out.parts, rulePart{rule: rule.ID, group: ref.Group, what: what})
		}
	}
	keys := make([]string, 0, len(ranges))
	for k := range ranges {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	sets := make([]network.PeerSet, len(keys))
	for i, k := range keys {
		sets[i] = network.Peers(network.Prefixes(ranges[k]...), whats[k])
	}
	out.peers = network.UnionPeers(sets)
	return out
}

func ruleMissing(at string) network.Missing {
	return network.Missing{Kind: "security_group_rule", ID: at}
}

// couldName are the addresses that a rule names, as far as it can be read: all
// where it names anything but plain CIDRs.
func (m *model) couldName(rule Rule) network.AddrSet {
	if len(rule.Groups) > 0 || len(rule.PrefixLists) > 0 {
		return network.AllAddrs()
	}
	var ps []netip.Prefix
	for _, c := range rule.CIDRs {
		p, _, err := network.ParseCIDR(c)
		if err != nil {
			return network.AllAddrs()
		}
		ps = append(ps, p)
	}
	return network.Prefixes(ps...)
}

// groupSet is the groups of an interface: their rules are joined. It is
// compiled when first used.
type groupSet struct {
	ids     []string // sorted
	members []*group // those that were described
	unknown []string // those that were not
	none    bool     // the interface has no filter at all (NAT gateway, load balancer without groups)
	once    sync.Once
	in, out joined
}

// joined is the union of one direction over the groups of a set.
type joined struct {
	peers  network.PeerSet
	lists  map[string]network.ServiceSet
	groups map[string]network.ServiceSet
	open   []openRule
}

// groupSet returns the shared set of the ids, in any order.
func (m *model) groupSet(ids []string) *groupSet {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	key := strings.Join(ids, " ")
	if s, ok := m.sets[key]; ok {
		return s
	}
	s := &groupSet{ids: ids}
	for _, id := range ids {
		if g, ok := m.groups[id]; ok && g.described {
			s.members = append(s.members, g)
		} else {
			s.unknown = append(s.unknown, id)
		}
	}
	m.sets[key] = s
	return s
}

// unfiltered is the set of interfaces that no group filters.
var unfiltered = &groupSet{none: true}

func (s *groupSet) compiled() *groupSet {
	s.once.Do(func() {
		s.in = joinRules(s.members, func(g *group) *rules { return &g.in })
		s.out = joinRules(s.members, func(g *group) *rules { return &g.out })
	})
	return s
}

func joinRules(gs []*group, side func(*group) *rules) joined {
	if len(gs) == 1 {
		r := side(gs[0])
		return joined{peers: r.peers, lists: r.lists, groups: r.groups, open: r.open}
	}
	j := joined{lists: map[string]network.ServiceSet{}, groups: map[string]network.ServiceSet{}}
	var sets []network.PeerSet
	for _, g := range gs {
		r := side(g)
		sets = append(sets, r.peers)
		for id, what := range r.lists {
			j.lists[id] = j.lists[id].Union(what)
		}
		for id, what := range r.groups {
			j.groups[id] = j.groups[id].Union(what)
		}
		j.open = append(j.open, r.open...)
	}
	j.peers = network.UnionPeers(sets)
	return j
}

// has reports whether the set holds a group.
func (s *groupSet) has(id string) bool {
	_, ok := slices.BinarySearch(s.ids, id)
	return ok
}

// label names the set in hops and decisions: its first group, or "none".
func (s *groupSet) label() string {
	if len(s.ids) == 0 {
		return "none"
	}
	return strings.Join(s.ids, ",")
}

// matching finds the rule that admits a flow, with the group that holds it.
func (s *groupSet) matching(egress bool, peer netip.Addr, what network.Service, f *filterContext) (group, text string) {
	for _, g := range s.members {
		r := &g.in
		if egress {
			r = &g.out
		}
		for _, p := range r.parts {
			if p.what.Has(what) && f.partMatches(p, peer) {
				return g.id, p.text(egress)
			}
		}
	}
	return s.label(), ""
}

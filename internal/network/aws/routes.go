package aws

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/network"
)

// table is a compiled route table.
type table struct {
	id     string
	vpc    *vpc
	doc    string
	routes []Route // as written; the prefix table's values index it
	lookup network.PrefixTable[int]
	// open are routes to prefix lists that were not collected: they may take
	// any address from a shorter match.
	open []openRoute
	// amazon are the lists of AWS services whose addresses were not collected
	// and that the table has a route to.
	amazon []string
}

// openRoute is a route whose destinations are not known.
type openRoute struct {
	route int
	list  string
}

func (m *model) compileRouteTables() {
	for _, r := range m.regions {
		for i := range r.RouteTables.Items {
			x := &r.RouteTables.Items[i]
			if _, twice := m.tables[x.ID]; !twice {
				m.compileTable(r, x)
			}
		}
	}
	for _, v := range m.vpcs {
		v.tablesKnown = m.collected(v, func(r *Region) bool { return r.RouteTables.Collected })
		for _, s := range v.subnets {
			if s.table == nil {
				s.table = v.main
			}
			if s.table == nil && v.tablesKnown {
				m.warn("contradiction", nil, s.id, "no route table: neither associated nor main, though route tables were collected")
			}
		}
	}
}

func (m *model) compileTable(r *Region, x *RouteTable) {
	v := m.vpc(x.VPC)
	t := &table{id: x.ID, vpc: v, doc: x.Doc, routes: x.Routes}
	m.tables[x.ID] = t
	var entries []network.PrefixEntry[int]
	order := preferred(x.Routes)
	for _, i := range order {
		entries = m.routeEntries(r, t, i, entries)
	}
	// Every table holds a local route for each block of its VPC, whether the
	// export shows it or not (Amazon VPC User Guide, "Route tables").
	for _, p := range m.missingLocals(v, x) {
		t.routes = append(slices.Clone(t.routes), Route{Destination: p.String(), Target: "local"})
		// Last: a route for the very block with a middlebox as its target has
		// replaced the local one.
		entries = append(entries, network.PrefixEntry[int]{Prefix: p, Value: len(t.routes) - 1})
	}
	t.lookup = network.NewPrefixTable(entries)
	if x.Main {
		if v.main != nil {
			m.warn("contradiction", r, x.ID, "second main route table of "+v.id+"; "+v.main.id+" counts")
		} else {
			v.main = t
		}
	}
	for _, id := range x.Subnets {
		s, ok := m.subnets[id]
		switch {
		case !ok:
			m.warn("contradiction", r, x.ID, "associated with "+clip(id)+", which no document describes")
		case s.table != nil:
			m.warn("contradiction", r, x.ID, clip(id)+" is associated with "+s.table.id+" too; that one counts")
		default:
			s.table = t
		}
	}
	for _, g := range x.Gateways {
		v.edge[g] = t
	}
}

// preferred orders routes so that of equal prefixes the one that AWS prefers
// comes first: local, then static, then propagated (Amazon VPC User Guide,
// "Route priority", read 2026-11).
func preferred(routes []Route) []int {
	order := make([]int, len(routes))
	for i := range order {
		order[i] = i
	}
	rank := func(r Route) int {
		switch {
		case r.Target == "local":
			return 0
		case !r.Propagated && !strings.HasPrefix(r.Destination, "pl-"):
			return 1
		case !r.Propagated:
			return 2
		}
		return 3
	}
	slices.SortStableFunc(order, func(a, b int) int { return rank(routes[a]) - rank(routes[b]) })
	return order
}

func (m *model) routeEntries(r *Region, t *table, i int, entries []network.PrefixEntry[int]) []network.PrefixEntry[int] {
	route := t.routes[i]
	if !strings.HasPrefix(route.Destination, "pl-") {
		if p, ok := m.cidr(r, t.id, route.Destination); ok {
			entries = append(entries, network.PrefixEntry[int]{Prefix: p, Value: i})
		}
		return entries
	}
	l, ok := m.lists[route.Destination]
	if ok && l.known {
		for _, p := range l.prefixes {
			entries = append(entries, network.PrefixEntry[int]{Prefix: p, Value: i})
		}
		return entries
	}
	if strings.HasPrefix(route.Target, "vpce-") || ok && l.amazon {
		// AWS's own lists hold addresses of AWS services alone: no answer to
		// an outsider needs them. A packet to a named address may.
		t.amazon = append(t.amazon, route.Destination)
		m.warn("not_collected", r, t.id, "entries of prefix list "+route.Destination+" were not collected: the route is left out")
		return entries
	}
	m.warn("not_collected", r, t.id, "entries of prefix list "+route.Destination+" were not collected")
	t.open = append(t.open, openRoute{i, route.Destination})
	return entries
}

// missingLocals are the blocks of the VPC that no local route of the table
// names.
func (m *model) missingLocals(v *vpc, x *RouteTable) []netip.Prefix {
	named := network.AddrSet{}
	for _, r := range x.Routes {
		if p, _, err := network.ParseCIDR(r.Destination); err == nil && r.Target == "local" {
			named = named.Union(network.Prefixes(p))
		}
	}
	var out []netip.Prefix
	for _, c := range v.cidrs.Minus(named).CIDRs() {
		out = append(out, netip.MustParsePrefix(c))
	}
	return out
}

// hop is one way that a part of the destinations takes.
type routePart struct {
	route   int // index into routes; -1: no route
	addrs   network.AddrSet
	missing []network.Missing // documents that could send it another way
}

// split cuts destinations by the route they take.
func (t *table) split(dst network.AddrSet) []routePart {
	parts, rest := t.lookup.Split(dst)
	var out []routePart
	for _, p := range parts {
		out = append(out, routePart{route: p.Value, addrs: p.Addrs, missing: t.couldTake(p.Value)})
	}
	if !rest.IsEmpty() {
		out = append(out, routePart{route: -1, addrs: rest, missing: t.couldTake(-1)})
	}
	return out
}

// amazonTake names AWS's lists that could hold an address to which the table has
// no other route.
func (t *table) amazonTake() []network.Missing {
	var out []network.Missing
	for _, l := range t.amazon {
		out = append(out, network.Missing{Kind: "prefix_list", ID: l})
	}
	return out
}

// couldTake names the prefix lists that could take destinations from a route.
func (t *table) couldTake(route int) []network.Missing {
	var out []network.Missing
	for _, o := range t.open {
		switch {
		case route >= 0 && t.routes[o.route].Target == t.routes[route].Target:
			continue // the same way in any case
		case route >= 0 && t.routes[route].Target == "local" && !canOverrideLocal(t.routes[o.route].Target):
			continue
		}
		out = append(out, network.Missing{Kind: "prefix_list", ID: o.list})
	}
	return out
}

// canOverrideLocal reports whether a route more specific than the local one may
// have the target (Amazon VPC User Guide, "Middlebox routing").
func canOverrideLocal(target string) bool {
	for _, p := range []string{"eni-", "i-", "vpce-", "nat-"} {
		if strings.HasPrefix(target, p) {
			return true
		}
	}
	return false
}

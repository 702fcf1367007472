package aws

import (
	"cmp"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/network"
)

// unmodelledKind names a route's target behind which nothing is known: a local
// gateway (Outposts), a core network (Cloud WAN), an Oracle database network, or
// what AWS adds next. It is empty for targets that the walk follows. Source:
// Amazon VPC User Guide, "Example routing options", read 2026-11.
func unmodelledKind(target string) string {
	kind, _, _ := strings.Cut(target, "-")
	switch kind {
	case "", "local", "igw", "eigw", "nat", "pcx", "tgw", "vgw", "eni", "i", "vpce", "cagw":
		return ""
	case "lgw":
		return "local_gateway"
	}
	switch {
	case strings.HasPrefix(target, "arn:") && strings.Contains(target, ":core-network/"):
		return "core_network"
	case strings.HasPrefix(target, "arn:") && strings.Contains(target, ":odb-network/"):
		return "odb_network"
	}
	return "gateway"
}

// unmodelled lists the networks behind such targets, one for each VPC that sends
// to one: packets may come from there, and whether they do is not known. An id
// narrows to one target.
func (m *model) unmodelled(id string) []*zone {
	by := map[[2]string]*zone{}
	for _, t := range m.tables {
		for _, r := range t.routes {
			kind := unmodelledKind(r.Target)
			if kind == "" || id != "" && r.Target != id || r.Blackhole {
				continue
			}
			key := [2]string{r.Target, t.vpc.id}
			if by[key] == nil {
				by[key] = &zone{id: r.Target, kind: kind, vpc: t.vpc, vague: true}
			}
			if p, _, err := network.ParseCIDR(r.Destination); err == nil {
				by[key].addrs = by[key].addrs.Union(network.Prefixes(p))
			} else if l := m.lists[r.Destination]; l != nil {
				by[key].addrs = by[key].addrs.Union(l.addrs)
			}
		}
	}
	var out []*zone
	for _, z := range by {
		out = append(out, z)
	}
	slices.SortFunc(out, func(a, b *zone) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.vpc.id, b.vpc.id)) })
	return out
}

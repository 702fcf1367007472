package aws

import (
	"cmp"
	"math"
	"net/netip"
	"slices"

	"github.com/postern-sec/postern/internal/network"
)

// tolerated is how many IPv4 addresses a block list may hold while the internet
// still counts as getting through: fewer than one in 256. For IPv6 it is the
// same share of the global unicast block.
const toleratedShare = 1.0 / 256

// decide joins the outcomes of all attempts to one answer.
func (m *model) decide(x question, attempts []attempt) Answer {
	var sure, maybe network.AddrSet
	var universe network.AddrSet
	var outs []outcome
	sets, near := false, false
	var settled *outcome
	for i := range attempts {
		a := &attempts[i]
		if a.universe.IsEmpty() {
			if o := m.single(a); o != nil && (settled == nil || tells(o, a.near, settled, near)) {
				settled, near = o, a.near
			}
			continue
		}
		sets = true
		universe = universe.Union(a.universe)
		for j := range a.outs {
			o := &a.outs[j]
			side := o.set.Destinations()
			if a.bySource {
				side = o.set.Sources()
			}
			switch o.verdict {
			case network.Reachable:
				sure = sure.Union(side)
			case network.Unknown:
				maybe = maybe.Union(side)
			}
			if side.Overlaps(a.universe) {
				k := *o
				switch {
				case a.via:
					k.weight = viaWeight
				case a.near:
					k.weight = nearWeight
				}
				k.share = size(side.Intersect(a.universe)) / size(familyAround(side, a.universe))
				k.addrs = side
				outs = append(outs, k)
			}
		}
	}
	if settled != nil && settled.verdict == network.Reachable || !sets {
		if settled == nil {
			return m.noWay(x)
		}
		return answer(*settled)
	}
	a := m.bySets(x, universe, sure, maybe, outs)
	if settled != nil && a.Verdict == network.Blocked && settled.verdict == network.Unknown {
		return answer(*settled)
	}
	return a
}

// tells reports whether outcome o says more than best: the better verdict, then
// the private way inside one VPC, which is the one that people mean, then the
// one that got further.
func tells(o *outcome, near bool, best *outcome, bestNear bool) bool {
	if rank(o.verdict) == rank(best.verdict) && near != bestNear {
		return near
	}
	return better(o, best)
}

// familyAround is the part of a universe that has the family of a set: shares
// of IPv4 and of IPv6 only compare when each is taken of its own family.
func familyAround(set, universe network.AddrSet) network.AddrSet {
	return universe.Intersect(family(familyOf(set.Intersect(universe))))
}

// viaWeight prefers what stopped a packet behind a load balancer that takes it
// to what stopped it at an address that nobody publishes.
const viaWeight = 1000

// nearWeight prefers the private way inside one VPC, which is the one that
// people mean.
const nearWeight = 1

// noWay answers where nothing could be tried: the two share no address family,
// or one has no interface.
func (m *model) noWay(x question) Answer {
	known := true
	var missing []network.Missing
	for _, f := range []*found{x.src, x.dst} {
		for _, t := range f.things {
			if len(t.nics) == 0 && t.kind == KindInstance && t.stopped == "" {
				known = false
				missing = append(missing, network.Missing{Kind: "interfaces", ID: t.id})
			}
		}
		if f.Kind == KindSubnet && len(f.things) == 0 {
			if s := m.subnets[f.ID]; !m.collected(s.vpc, func(r *Region) bool { return r.Interfaces.Collected || r.Instances.Collected }) {
				known = false
				missing = append(missing, network.Missing{Kind: "interfaces", ID: f.ID})
			}
		}
	}
	a := Answer{Verdict: network.Blocked, Missing: missing, DecidedBy: network.Decision{Layer: network.LayerNoAddress, ID: x.dst.ID, Summary: "source and destination share no kind of address"}}
	if !known {
		a.Verdict = network.Unknown
		a.DecidedBy.Summary = "the interfaces were not collected"
	}
	return a
}

// single joins the outcomes of an attempt between two points. Where an address
// is only known to lie in a range, all of the range has to agree.
func (m *model) single(a *attempt) *outcome {
	if len(a.outs) == 0 {
		return nil
	}
	best := *bestOutcome(a.outs)
	if len(a.outs) > 1 && best.verdict == network.Reachable {
		for _, o := range a.outs {
			if o.verdict != network.Reachable && !a.via {
				best.verdict = network.Unknown
				best.missing = append(slices.Clip(best.missing), network.Missing{Kind: "interfaces", ID: o.decision.ID})
				break
			}
		}
	}
	if a.via {
		best.weight = viaWeight
	}
	return &best
}

func answer(o outcome) Answer {
	a := Answer{Verdict: o.verdict, Hops: o.steps, DecidedBy: o.decision, Missing: sortMissing(o.missing), Fix: o.fix}
	if a.Verdict == network.Reachable {
		a.Missing, a.Fix = nil, ""
	}
	return a
}

func sortMissing(in []network.Missing) []network.Missing {
	out := slices.Clone(in)
	slices.SortFunc(out, func(a, b network.Missing) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
	return slices.Compact(out)
}

// bySets answers where a side is a set of addresses: reachable if all of a
// family gets through, blocked with the part that does if only some.
func (m *model) bySets(x question, universe, sure, maybe network.AddrSet, outs []outcome) Answer {
	families := []network.AddrSet{universe.Intersect(network.AllV4()), universe.Intersect(network.AllV6())}
	if !x.anon {
		families = []network.AddrSet{universe}
	}
	for _, want := range []network.Verdict{network.Reachable, network.Unknown} {
		through := sure
		if want == network.Unknown {
			through = sure.Union(maybe)
		}
		for _, u := range families {
			if !u.IsEmpty() && enough(x, u, through) {
				if o := pick(outs, want, u); o != nil {
					return answer(*o)
				}
			}
		}
	}
	o := pick(outs, network.Blocked, universe)
	if o == nil {
		if o = pick(outs, network.Unknown, universe); o == nil {
			return m.noWay(x)
		}
	}
	a := answer(*o)
	if a.Verdict != network.Blocked {
		return a
	}
	a.Partial = partial(universe, sure)
	for _, k := range outs {
		if k.verdict == network.Unknown {
			a.Missing = sortMissing(append(a.Missing, k.missing...))
		}
	}
	return a
}

// enough reports whether what gets through is all that was asked for. For the
// internet at large a small block list makes no difference; of what is behind a
// gateway one address will do.
func enough(x question, asked, through network.AddrSet) bool {
	if x.any {
		return through.Overlaps(asked)
	}
	rest := asked.Minus(through)
	if rest.IsEmpty() {
		return true
	}
	return x.anon && size(rest) <= size(asked)*toleratedShare
}

// size counts addresses; it is exact enough to compare shares.
func size(a network.AddrSet) float64 {
	var n float64
	for _, r := range a.Ranges() {
		n += value(r.To) - value(r.From) + 1
	}
	return n
}

func value(a netip.Addr) float64 {
	b := a.As16()
	if a.Is4() {
		v := a.As4()
		return float64(v[0])*(1<<24) + float64(v[1])*(1<<16) + float64(v[2])*(1<<8) + float64(v[3])
	}
	var v float64
	for i, x := range b {
		v += float64(x) * math.Pow(2, float64(8*(15-i)))
	}
	return v
}

// pick chooses the outcome that speaks for a verdict: behind a load balancer
// first, then the one that concerns most addresses, then the one that got
// furthest.
func pick(outs []outcome, v network.Verdict, within network.AddrSet) *outcome {
	var best *outcome
	for i := range outs {
		o := &outs[i]
		if o.verdict != v || !o.addrs.Overlaps(within) {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(o.weight, best.weight), cmp.Compare(parts(o.share), parts(best.share)), cmp.Compare(len(o.steps), len(best.steps))) > 0 {
			best = o
		}
	}
	return best
}

// parts is a share in steps too coarse for small exceptions to count.
func parts(share float64) int { return int(math.Round(share / toleratedShare)) }

// partial lists the ranges that get through, as written in rules rather than
// cut around private blocks that nobody outside has.
func partial(universe, sure network.AddrSet) []string {
	if sure.Intersect(universe).IsEmpty() {
		return nil
	}
	var out []network.AddrRange
	ranges := sure.Ranges()
	for i := 0; i < len(ranges); i++ {
		r := ranges[i]
		for i+1 < len(ranges) && r.To.BitLen() == ranges[i+1].From.BitLen() && gapIsNobody(universe, r.To, ranges[i+1].From) {
			i++
			r.To = ranges[i].To
		}
		if network.NewAddrSet(r).Overlaps(universe) {
			out = append(out, r)
		}
	}
	return network.NewAddrSet(out...).CIDRs()
}

func gapIsNobody(universe network.AddrSet, from, to netip.Addr) bool {
	return !network.NewAddrSet(network.AddrRange{From: from.Next(), To: to.Prev()}).Overlaps(universe)
}

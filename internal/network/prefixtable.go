package network

import (
	"net/netip"
	"slices"
)

// PrefixTable answers longest-prefix-match questions for addresses and for
// whole sets of addresses. The zero value matches nothing. It is immutable.
type PrefixTable[V comparable] struct{ runs []run[V] }

// PrefixEntry is one line of a table.
type PrefixEntry[V comparable] struct {
	Prefix netip.Prefix
	Value  V
}

// NewPrefixTable builds a table. Of several entries with the same prefix the
// first counts: callers put them in order of preference. The cost is
// n·log(n).
func NewPrefixTable[V comparable](entries []PrefixEntry[V]) PrefixTable[V] {
	in := slices.Clone(entries)
	for i := range in {
		in[i].Prefix = in[i].Prefix.Masked()
	}
	slices.SortStableFunc(in, func(a, b PrefixEntry[V]) int {
		if c := a.Prefix.Addr().Compare(b.Prefix.Addr()); c != 0 {
			return c
		}
		return a.Prefix.Bits() - b.Prefix.Bits()
	})
	in = slices.CompactFunc(in, func(a, b PrefixEntry[V]) bool { return a.Prefix == b.Prefix })

	g := algebra[V]{isEmpty: func(V) bool { return false }, equal: func(a, b V) bool { return a == b }}
	var out []run[V]
	var open []PrefixEntry[V] // prefixes around the current position, widest first
	var pos netip.Addr        // first address not yet written within the innermost open prefix
	closeTo := func(next netip.Addr) {
		for len(open) > 0 {
			top := open[len(open)-1]
			end := PrefixRange(top.Prefix).To
			if next.IsValid() && !end.Less(next) {
				return
			}
			if pos.IsValid() && pos.BitLen() == end.BitLen() && !end.Less(pos) {
				out = g.push(out, run[V]{AddrRange{pos, end}, top.Value})
				pos = end.Next()
			}
			open = open[:len(open)-1]
		}
	}
	for _, e := range in {
		from := e.Prefix.Addr()
		closeTo(from)
		if len(open) > 0 && pos.IsValid() && pos.Less(from) {
			out = g.push(out, run[V]{AddrRange{pos, from.Prev()}, open[len(open)-1].Value})
		}
		pos = from
		open = append(open, e)
	}
	closeTo(netip.Addr{})
	return PrefixTable[V]{out}
}

// Lookup returns the value of the longest prefix that holds the address.
func (t PrefixTable[V]) Lookup(a netip.Addr) (V, bool) {
	r, ok := at(t.runs, a)
	return r.Value, ok
}

// Part is the part of a set that one value answers for.
type Part[V comparable] struct {
	Value V
	Addrs AddrSet
}

// Split cuts a set into the parts that different values answer for, in order
// of their lowest address, and what no entry matches.
func (t PrefixTable[V]) Split(s AddrSet) (parts []Part[V], rest AddrSet) {
	g := algebra[V]{isEmpty: func(V) bool { return false }, equal: func(a, b V) bool { return a == b }}
	index := map[V]int{}
	var matched []run[struct{}]
	for _, r := range meet(g, s.runs, t.runs, func(_ struct{}, v V) V { return v }) {
		i, ok := index[r.Value]
		if !ok {
			i = len(parts)
			index[r.Value] = i
			parts = append(parts, Part[V]{Value: r.Value})
		}
		parts[i].Addrs.runs = addrAlgebra.push(parts[i].Addrs.runs, run[struct{}]{AddrRange: r.AddrRange})
		matched = addrAlgebra.push(matched, run[struct{}]{AddrRange: r.AddrRange})
	}
	return parts, s.Minus(AddrSet{matched})
}

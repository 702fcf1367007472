package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// AddrSet is an exact set of addresses of both families: sorted, disjoint
// ranges that do not touch. The zero value is empty. Sets are values.
type AddrSet struct{ runs []run[struct{}] }

var addrAlgebra = algebra[struct{}]{
	isEmpty: func(struct{}) bool { return false },
	equal:   func(_, _ struct{}) bool { return true },
}

var (
	allV4 = NewAddrSet(PrefixRange(netip.MustParsePrefix("0.0.0.0/0")))
	allV6 = NewAddrSet(PrefixRange(netip.MustParsePrefix("::/0")))
)

// AllV4 is every IPv4 address.
func AllV4() AddrSet { return allV4 }

// AllV6 is every IPv6 address.
func AllV6() AddrSet { return allV6 }

// AllAddrs is every address of both families.
func AllAddrs() AddrSet { return allV4.Union(allV6) }

// NewAddrSet returns the set of all addresses of the ranges, in any order and
// with any overlap. Ranges that are reversed or mix families hold nothing.
func NewAddrSet(ranges ...AddrRange) AddrSet {
	in := make([]AddrRange, 0, len(ranges))
	for _, r := range ranges {
		if r.From.IsValid() && r.From.BitLen() == r.To.BitLen() && !r.To.Less(r.From) {
			in = append(in, r)
		}
	}
	slices.SortFunc(in, func(a, b AddrRange) int { return a.From.Compare(b.From) })
	var out []run[struct{}]
	for _, r := range in {
		if n := len(out); n > 0 && out[n-1].To.BitLen() == r.From.BitLen() && (!out[n-1].To.Less(r.From) || adjacent(out[n-1].To, r.From)) {
			if out[n-1].To.Less(r.To) {
				out[n-1].To = r.To
			}
			continue
		}
		out = append(out, run[struct{}]{AddrRange: r})
	}
	return AddrSet{out}
}

// PrefixRange is all addresses of a prefix, host bits or not.
func PrefixRange(p netip.Prefix) AddrRange {
	from := p.Masked().Addr()
	if from.Is4() {
		b := from.As4()
		setHostBits(b[:], p.Bits())
		return AddrRange{from, netip.AddrFrom4(b)}
	}
	b := from.As16()
	setHostBits(b[:], p.Bits())
	return AddrRange{from, netip.AddrFrom16(b)}
}

func setHostBits(b []byte, bits int) {
	for i := range b {
		switch {
		case bits >= (i+1)*8:
		case bits <= i*8:
			b[i] = 0xff
		default:
			b[i] |= 0xff >> (bits - i*8)
		}
	}
}

// Prefixes is the set of all addresses of the prefixes.
func Prefixes(ps ...netip.Prefix) AddrSet {
	rs := make([]AddrRange, len(ps))
	for i, p := range ps {
		rs[i] = PrefixRange(p)
	}
	return NewAddrSet(rs...)
}

// Addrs is the set of the addresses given; invalid ones are left out.
func Addrs(as ...netip.Addr) AddrSet {
	rs := make([]AddrRange, 0, len(as))
	for _, a := range as {
		if a.IsValid() {
			rs = append(rs, AddrRange{a, a})
		}
	}
	return NewAddrSet(rs...)
}

// Ranges returns the sorted ranges. The caller may keep and change them.
func (s AddrSet) Ranges() []AddrRange {
	out := make([]AddrRange, len(s.runs))
	for i, r := range s.runs {
		out[i] = r.AddrRange
	}
	return out
}

// IsEmpty reports whether the set holds nothing.
func (s AddrSet) IsEmpty() bool { return len(s.runs) == 0 }

// Has reports whether the set holds the address.
func (s AddrSet) Has(a netip.Addr) bool {
	_, ok := at(s.runs, a)
	return ok
}

// Equal reports whether both sets hold the same addresses.
func (s AddrSet) Equal(t AddrSet) bool { return slices.Equal(s.runs, t.runs) }

// Union is what is in either set.
func (s AddrSet) Union(t AddrSet) AddrSet {
	switch {
	case s.IsEmpty():
		return t
	case t.IsEmpty():
		return s
	}
	return AddrSet{addrAlgebra.sweep(s.runs, t.runs, func(_, _ struct{}) struct{} { return struct{}{} })}
}

// Intersect is what is in both sets.
func (s AddrSet) Intersect(t AddrSet) AddrSet {
	return AddrSet{meet(addrAlgebra, s.runs, t.runs, func(_, _ struct{}) struct{} { return struct{}{} })}
}

// Minus is what is in s and not in t.
func (s AddrSet) Minus(t AddrSet) AddrSet {
	if s.IsEmpty() || t.IsEmpty() {
		return s
	}
	var out []run[struct{}]
	j := 0
	for _, r := range s.runs {
		if j < len(t.runs) && t.runs[j].To.Less(r.From) {
			j = skip(t.runs, j, r.From)
		}
		from, done := r.From, false
		for k := j; k < len(t.runs) && !r.To.Less(t.runs[k].From); k++ {
			cut := t.runs[k]
			if from.Less(cut.From) {
				out = append(out, run[struct{}]{AddrRange: AddrRange{from, cut.From.Prev()}})
			}
			if !cut.To.Less(r.To) {
				done = true
				break
			}
			from = cut.To.Next()
		}
		if !done {
			out = append(out, run[struct{}]{AddrRange: AddrRange{from, r.To}})
		}
	}
	return AddrSet{out}
}

// Covers reports whether all of t is in s.
func (s AddrSet) Covers(t AddrSet) bool { return t.Minus(s).IsEmpty() }

// Overlaps reports whether the sets share an address.
func (s AddrSet) Overlaps(t AddrSet) bool { return !s.Intersect(t).IsEmpty() }

// First is the lowest address, or the zero Addr of an empty set.
func (s AddrSet) First() netip.Addr {
	if s.IsEmpty() {
		return netip.Addr{}
	}
	return s.runs[0].From
}

// Single returns the only address of a set of one.
func (s AddrSet) Single() (netip.Addr, bool) {
	if len(s.runs) == 1 && s.runs[0].From == s.runs[0].To {
		return s.runs[0].From, true
	}
	return netip.Addr{}, false
}

// CIDRs writes the set as the fewest prefixes, sorted, v4 before v6.
func (s AddrSet) CIDRs() []string {
	var out []string
	for _, r := range s.runs {
		for _, p := range rangePrefixes(r.AddrRange) {
			out = append(out, p.String())
		}
	}
	return out
}

// String writes the CIDRs, separated by spaces.
func (s AddrSet) String() string { return strings.Join(s.CIDRs(), " ") }

// rangePrefixes splits a range into the fewest prefixes: from the left, the
// largest block that is aligned and fits.
func rangePrefixes(r AddrRange) []netip.Prefix {
	var out []netip.Prefix
	for from := r.From; ; {
		p := netip.PrefixFrom(from, from.BitLen())
		for p.Bits() > 0 {
			wider := netip.PrefixFrom(from, p.Bits()-1)
			if wider.Masked().Addr() != from || r.To.Less(PrefixRange(wider).To) {
				break
			}
			p = wider
		}
		out = append(out, p)
		end := PrefixRange(p).To
		if end == r.To {
			return out
		}
		from = end.Next()
	}
}

// notRouted are the IPv4 blocks that no packet from the internet comes from:
// IANA IPv4 Special-Purpose Address Registry (not globally reachable) and
// multicast. Documentation blocks stay in: examples and tests use them as
// outside addresses, and nobody else does.
var notRouted = Prefixes(
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("224.0.0.0/3"),
)

var (
	outside4 = allV4.Minus(notRouted)
	outside6 = Prefixes(netip.MustParsePrefix("2000::/3"))
)

// Outside4 is every IPv4 address that is somebody's on the internet.
func Outside4() AddrSet { return outside4 }

// Outside6 is the same for IPv6: the global unicast block 2000::/3.
func Outside6() AddrSet { return outside6 }

// Outside is both.
func Outside() AddrSet { return outside4.Union(outside6) }

// ParseCIDR understands "a.b.c.d/n", "x::/n" and single addresses. Host bits
// are cut off and IPv4-mapped IPv6 forms become IPv4; note then says so.
func ParseCIDR(s string) (p netip.Prefix, note string, err error) {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "/") {
		a, err := netip.ParseAddr(s)
		if err != nil || a.Zone() != "" {
			return netip.Prefix{}, "", fmt.Errorf("not an address or CIDR: %.60q", s)
		}
		if a.Is4In6() {
			a, note = a.Unmap(), "IPv4-mapped IPv6 address read as IPv4"
		}
		return netip.PrefixFrom(a, a.BitLen()), note, nil
	}
	p, err = netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, "", fmt.Errorf("not an address or CIDR: %.60q", s)
	}
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p, note = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96), "IPv4-mapped IPv6 block read as IPv4"
	}
	if p.Masked() != p {
		p, note = p.Masked(), "host bits cut off"
	}
	return p, note, nil
}

package network

import (
	"math/rand/v2"
	"net/netip"
	"testing"
)

// The tests compare sets with plain functions from points to yes or no, on the
// points where ranges begin and end and their neighbours.

func smallAddr(n byte) netip.Addr {
	switch {
	case n < 8:
		return netip.AddrFrom4([4]byte{0, 0, 0, n})
	case n < 12: // the end of the family
		return netip.AddrFrom4([4]byte{255, 255, 255, 244 + n})
	case n < 20:
		return netip.AddrFrom16([16]byte{15: n - 12})
	}
	var top [16]byte
	for i := range top {
		top[i] = 0xff
	}
	top[15] -= 23 - n
	return netip.AddrFrom16(top)
}

var points = func() (out []netip.Addr) {
	for n := range byte(24) {
		out = append(out, smallAddr(n))
	}
	return out
}()

var services = []Service{0, 1, 0xffff, 0x10000, PortService(TCP, 0), PortService(TCP, 1), PortService(TCP, 443), PortService(TCP, 65535), PortService(UDP, 0), ICMPService(ICMP, 8, 0), ICMPService(ICMP, 0, 0), maxService - 1, maxService}

func randomAddrs(r *rand.Rand) AddrSet {
	var rs []AddrRange
	for range r.IntN(5) {
		rs = append(rs, AddrRange{points[r.IntN(24)], points[r.IntN(24)]})
	}
	return NewAddrSet(rs...)
}

func randomServices(r *rand.Rand) ServiceSet {
	var rs []ServiceRange
	for range r.IntN(4) {
		rs = append(rs, ServiceRange{services[r.IntN(len(services))], services[r.IntN(len(services))]})
	}
	return NewServiceSet(rs...)
}

func randomPeers(r *rand.Rand) PeerSet {
	var out PeerSet
	for range r.IntN(4) {
		out = out.Union(Peers(randomAddrs(r), randomServices(r)))
	}
	return out
}

func randomFlows(r *rand.Rand) FlowSet {
	var out FlowSet
	for range r.IntN(4) {
		out = out.Union(Flows(randomAddrs(r), randomAddrs(r), randomServices(r)))
	}
	return out
}

// canonical fails when runs are out of order, touch with equal values or are
// empty.
func canonical[V any](t *testing.T, g algebra[V], runs []run[V]) {
	t.Helper()
	for i, r := range runs {
		if r.To.Less(r.From) || r.From.BitLen() != r.To.BitLen() || g.isEmpty(r.Value) {
			t.Fatalf("run %d is not canonical: %v", i, r)
		}
		if i > 0 && (!runs[i-1].To.Less(r.From) || adjacent(runs[i-1].To, r.From) && g.equal(runs[i-1].Value, r.Value)) {
			t.Fatalf("runs %d and %d are not canonical: %v %v", i-1, i, runs[i-1], r)
		}
	}
}

func checkAlgebra(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 7))
	a, b := randomAddrs(r), randomAddrs(r)
	for _, p := range points {
		x, y := a.Has(p), b.Has(p)
		if a.Union(b).Has(p) != (x || y) || a.Intersect(b).Has(p) != (x && y) || a.Minus(b).Has(p) != (x && !y) {
			t.Fatalf("seed %d: addresses %v and %v at %v", seed, a, b, p)
		}
	}
	s, u := randomServices(r), randomServices(r)
	for _, p := range services {
		x, y := s.Has(p), u.Has(p)
		if s.Union(u).Has(p) != (x || y) || s.Intersect(u).Has(p) != (x && y) || s.Minus(u).Has(p) != (x && !y) {
			t.Fatalf("seed %d: services %v and %v at %v", seed, s, u, p)
		}
	}
	p, q := randomPeers(r), randomPeers(r)
	f, g := randomFlows(r), randomFlows(r)
	for _, set := range []AddrSet{a.Union(b), a.Intersect(b), a.Minus(b)} {
		canonical(t, addrAlgebra, set.runs)
	}
	for _, set := range []PeerSet{p.Union(q), p.Intersect(q), p.Minus(q), p.OnlyAddrs(a), p.OnlyServices(s)} {
		canonical(t, peerAlgebra, set.runs)
	}
	for _, set := range []FlowSet{f.Union(g), f.Intersect(g), f.Minus(g), f.FromPeers(p), f.ToPeers(p), f.FromAddrs(a), f.ToAddrs(a), f.OnlyServices(s)} {
		canonical(t, flowAlgebra, set.runs)
	}
	for range 60 {
		src, dst, what := points[r.IntN(24)], points[r.IntN(24)], services[r.IntN(len(services))]
		x, y := f.Has(src, dst, what), g.Has(src, dst, what)
		checks := []struct {
			name      string
			got, want bool
		}{
			{"union", f.Union(g).Has(src, dst, what), x || y},
			{"intersect", f.Intersect(g).Has(src, dst, what), x && y},
			{"minus", f.Minus(g).Has(src, dst, what), x && !y},
			{"from peers", f.FromPeers(p).Has(src, dst, what), x && p.At(src).Has(what)},
			{"to peers", f.ToPeers(p).Has(src, dst, what), x && p.At(dst).Has(what)},
			{"from addresses", f.FromAddrs(a).Has(src, dst, what), x && a.Has(src)},
			{"to addresses", f.ToAddrs(a).Has(src, dst, what), x && a.Has(dst)},
			{"services", f.OnlyServices(s).Has(src, dst, what), x && s.Has(what)},
			{"peers minus", p.Minus(q).At(src).Has(what), p.At(src).Has(what) && !q.At(src).Has(what)},
		}
		for _, c := range checks {
			if c.got != c.want {
				t.Fatalf("seed %d: %s at %v %v %d: got %v", seed, c.name, src, dst, what, c.got)
			}
		}
	}
	if !f.Minus(g).Union(f.Intersect(g)).Equal(f) {
		t.Fatalf("seed %d: parts do not make the whole", seed)
	}
}

func TestAlgebra(t *testing.T) {
	for seed := range uint64(3000) {
		checkAlgebra(t, seed)
	}
}

func FuzzAlgebra(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { checkAlgebra(t, seed) })
}

func FuzzParseCIDR(f *testing.F) {
	for _, s := range []string{"10.0.0.1/8", "::ffff:10.0.0.0/104", "fe80::1%eth0", "0.0.0.0/0", "1.2.3.4/33", "::/0", " 1.2.3.4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, _, err := ParseCIDR(s)
		if err == nil && (p.Masked() != p || p.Addr().Zone() != "") {
			t.Fatalf("%q gave %v", s, p)
		}
	})
}

func TestParseCIDR(t *testing.T) {
	for _, c := range []struct {
		in, want string
		note     bool
	}{
		{"10.0.0.0/8", "10.0.0.0/8", false},
		{"10.1.2.3/8", "10.0.0.0/8", true},
		{"203.0.113.7", "203.0.113.7/32", false},
		{"::ffff:203.0.113.7", "203.0.113.7/32", true},
		{"::ffff:10.0.0.0/104", "10.0.0.0/8", true},
		{"2600::/12", "2600::/12", false},
		{"10.0.0.0/33", "", false},
		{"10.0.0", "", false},
		{"fe80::1%eth0", "", false},
		{"", "", false},
	} {
		p, note, err := ParseCIDR(c.in)
		switch {
		case c.want == "" && err == nil:
			t.Errorf("%q: no error, got %v", c.in, p)
		case c.want != "" && (err != nil || p.String() != c.want || (note != "") != c.note):
			t.Errorf("%q: got %v, note %q, error %v", c.in, p, note, err)
		}
	}
}

func TestServiceText(t *testing.T) {
	for want, s := range map[string]ServiceSet{
		"all":                 AllServices(),
		"none":                nil,
		"tcp/443":             Ports(TCP, 443, 443),
		"tcp/22,80-90 udp/53": Ports(TCP, 22, 22).Union(Ports(TCP, 80, 90)).Union(Ports(UDP, 53, 53)),
		"tcp":                 Protocol(TCP),
		"icmp/8":              ICMPTypes(ICMP, 8, -1),
		"icmp/8.0":            ICMPTypes(ICMP, 8, 0),
		"proto/50":            Protocol(50),
		"proto/0-5,7-255":     AllServices().Minus(Protocol(TCP)),
	} {
		if got := s.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAnswers(t *testing.T) {
	src, dst := Addrs(netip.MustParseAddr("203.0.113.1")), Addrs(netip.MustParseAddr("10.0.0.1"))
	all := Flows(src, dst, AllServices())
	for _, c := range []struct {
		name string
		back ServiceSet
		what Service
		want bool
	}{
		{"every answer", AllServices(), PortService(TCP, 443), true},
		{"one ephemeral port is enough", Ports(TCP, 2000, 2000), PortService(TCP, 443), true},
		{"a port below the ephemeral ones is not", Ports(TCP, 443, 443), PortService(TCP, 443), false},
		{"another protocol is not", Protocol(UDP), PortService(TCP, 443), false},
		{"echo with its reply", ICMPTypes(ICMP, 0, 0), ICMPService(ICMP, 8, 0), true},
		{"echo without", ICMPTypes(ICMP, 3, -1), ICMPService(ICMP, 8, 0), false},
		{"unreachable needs no answer", nil, ICMPService(ICMP, 3, 1), true},
		{"protocols without ports are answered in kind", Protocol(50), PortService(50, 0), true},
		{"and not otherwise", Protocol(51), PortService(50, 0), false},
	} {
		back := all.Answers().OnlyServices(c.back)
		if got := all.Answered(back).Has(src.First(), dst.First(), c.what); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

func TestPrefixTable(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for round := range 500 {
		var entries []PrefixEntry[int]
		for i := range r.IntN(12) {
			a := netip.AddrFrom4([4]byte{byte(r.IntN(4)), byte(r.IntN(4)) * 64, 0, byte(r.IntN(4))})
			entries = append(entries, PrefixEntry[int]{netip.PrefixFrom(a, []int{0, 1, 7, 8, 10, 16, 31, 32}[r.IntN(8)]), i})
		}
		table := NewPrefixTable(entries)
		for range 40 {
			a := netip.AddrFrom4([4]byte{byte(r.IntN(5)), byte(r.IntN(5)) * 50, 0, byte(r.IntN(5))})
			want, bits := -1, -1
			for _, e := range entries {
				if e.Prefix.Contains(a) && e.Prefix.Bits() > bits {
					want, bits = e.Value, e.Prefix.Bits()
				}
			}
			got, ok := table.Lookup(a)
			if ok != (bits >= 0) || ok && got != want {
				t.Fatalf("round %d: %v in %v: got %d %v, want %d", round, a, entries, got, ok, want)
			}
			parts, rest := table.Split(AllV4())
			for _, p := range parts {
				if p.Addrs.Has(a) != (ok && p.Value == got) {
					t.Fatalf("round %d: %v is in the wrong part", round, a)
				}
			}
			if rest.Has(a) == ok {
				t.Fatalf("round %d: %v is in rest: %v", round, a, rest.Has(a))
			}
		}
	}
}

package network

import (
	"net/netip"
	"slices"
	"strings"
)

// PeerSet says which addresses go with which services: the allow list of a
// filter, seen from one side. The zero value is empty. Equal sets are equal
// values. Sets are values.
type PeerSet struct{ runs []run[ServiceSet] }

var peerAlgebra = algebra[ServiceSet]{
	isEmpty: func(s ServiceSet) bool { return len(s) == 0 },
	equal:   ServiceSet.Equal,
}

// Peers is every address of a with every service of s.
func Peers(a AddrSet, s ServiceSet) PeerSet {
	if s.IsEmpty() || a.IsEmpty() {
		return PeerSet{}
	}
	out := make([]run[ServiceSet], len(a.runs))
	for i, r := range a.runs {
		out[i] = run[ServiceSet]{r.AddrRange, s}
	}
	return PeerSet{out}
}

// UnionPeers joins many sets; it costs far less than joining them one by one.
func UnionPeers(sets []PeerSet) PeerSet {
	switch len(sets) {
	case 0:
		return PeerSet{}
	case 1:
		return sets[0]
	}
	half := len(sets) / 2
	return UnionPeers(sets[:half]).Union(UnionPeers(sets[half:]))
}

// IsEmpty reports whether the set holds nothing.
func (p PeerSet) IsEmpty() bool { return len(p.runs) == 0 }

// Equal reports whether both sets are the same.
func (p PeerSet) Equal(q PeerSet) bool {
	return slices.EqualFunc(p.runs, q.runs, func(a, b run[ServiceSet]) bool {
		return a.AddrRange == b.AddrRange && a.Value.Equal(b.Value)
	})
}

// At is the services that go with an address.
func (p PeerSet) At(a netip.Addr) ServiceSet {
	r, _ := at(p.runs, a)
	return r.Value
}

// Union is what is in either set.
func (p PeerSet) Union(q PeerSet) PeerSet {
	switch {
	case p.IsEmpty():
		return q
	case q.IsEmpty():
		return p
	}
	return PeerSet{peerAlgebra.sweep(p.runs, q.runs, ServiceSet.Union)}
}

// Intersect is what is in both sets.
func (p PeerSet) Intersect(q PeerSet) PeerSet {
	return PeerSet{meet(peerAlgebra, p.runs, q.runs, ServiceSet.Intersect)}
}

// Minus is what is in p and not in q.
func (p PeerSet) Minus(q PeerSet) PeerSet {
	if p.IsEmpty() || q.IsEmpty() {
		return p
	}
	return PeerSet{peerAlgebra.sweep(p.runs, q.runs, ServiceSet.Minus)}
}

// OnlyAddrs keeps the addresses of a.
func (p PeerSet) OnlyAddrs(a AddrSet) PeerSet {
	return PeerSet{meet(peerAlgebra, p.runs, a.runs, func(s ServiceSet, _ struct{}) ServiceSet { return s })}
}

// OnlyServices keeps the services of s.
func (p PeerSet) OnlyServices(s ServiceSet) PeerSet {
	return PeerSet{mapRuns(peerAlgebra, p.runs, func(v ServiceSet) ServiceSet { return v.Intersect(s) })}
}

// Addrs is every address that has a service.
func (p PeerSet) Addrs() AddrSet {
	return AddrSet{mapRuns(addrAlgebra, p.runs, func(ServiceSet) struct{} { return struct{}{} })}
}

// AddrsWith is every address that has the service.
func (p PeerSet) AddrsWith(s Service) AddrSet {
	var out []run[struct{}]
	for _, r := range p.runs {
		if r.Value.Has(s) {
			out = addrAlgebra.push(out, run[struct{}]{AddrRange: r.AddrRange})
		}
	}
	return AddrSet{out}
}

// String writes the runs, "from-to services" each.
func (p PeerSet) String() string {
	var b strings.Builder
	for i, r := range p.runs {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(r.From.String() + "-" + r.To.String() + " " + r.Value.String())
	}
	return b.String()
}

// Services is every service that some address has.
func (p PeerSet) Services() ServiceSet {
	var out ServiceSet
	for _, r := range p.runs {
		out = out.Union(r.Value)
	}
	return out
}

// CommonServices is the services that every address of a has.
func (p PeerSet) CommonServices(a AddrSet) ServiceSet {
	if a.IsEmpty() {
		return nil
	}
	within := p.OnlyAddrs(a)
	if !within.Addrs().Covers(a) {
		return nil
	}
	out := AllServices()
	for _, r := range within.runs {
		out = out.Intersect(r.Value)
	}
	return out
}

// PeerRun is one range of addresses with its services.
type PeerRun struct {
	AddrRange
	Services ServiceSet
}

// Runs returns the set's runs in address order.
func (p PeerSet) Runs() []PeerRun {
	out := make([]PeerRun, len(p.runs))
	for i, r := range p.runs {
		out[i] = PeerRun{r.AddrRange, r.Value}
	}
	return out
}

func mapRuns[A, B any](g algebra[B], in []run[A], f func(A) B) []run[B] {
	var out []run[B]
	for _, r := range in {
		out = g.push(out, run[B]{r.AddrRange, f(r.Value)})
	}
	return out
}

// FlowSet is an exact set of flows: source, destination, service. The zero
// value is empty. Equal sets are equal values. Sets are values.
type FlowSet struct{ runs []run[PeerSet] } // by source; values by destination

var flowAlgebra = algebra[PeerSet]{isEmpty: PeerSet.IsEmpty, equal: PeerSet.Equal}

// Flows is every flow from src to dst with a service of s.
func Flows(src, dst AddrSet, s ServiceSet) FlowSet {
	to := Peers(dst, s)
	return FlowSet{mapRuns(flowAlgebra, src.runs, func(struct{}) PeerSet { return to })}
}

// IsEmpty reports whether the set holds nothing.
func (f FlowSet) IsEmpty() bool { return len(f.runs) == 0 }

// Equal reports whether both sets are the same.
func (f FlowSet) Equal(g FlowSet) bool {
	return slices.EqualFunc(f.runs, g.runs, func(a, b run[PeerSet]) bool {
		return a.AddrRange == b.AddrRange && a.Value.Equal(b.Value)
	})
}

// Has reports whether the set holds the flow.
func (f FlowSet) Has(src, dst netip.Addr, s Service) bool {
	r, _ := at(f.runs, src)
	return r.Value.At(dst).Has(s)
}

// Union is what is in either set.
func (f FlowSet) Union(g FlowSet) FlowSet {
	switch {
	case f.IsEmpty():
		return g
	case g.IsEmpty():
		return f
	}
	return FlowSet{flowAlgebra.sweep(f.runs, g.runs, PeerSet.Union)}
}

// Intersect is what is in both sets.
func (f FlowSet) Intersect(g FlowSet) FlowSet {
	return FlowSet{meet(flowAlgebra, f.runs, g.runs, PeerSet.Intersect)}
}

// Minus is what is in f and not in g.
func (f FlowSet) Minus(g FlowSet) FlowSet {
	if f.IsEmpty() || g.IsEmpty() {
		return f
	}
	return FlowSet{flowAlgebra.sweep(f.runs, g.runs, PeerSet.Minus)}
}

// FromPeers keeps the flows whose source and service are in p.
func (f FlowSet) FromPeers(p PeerSet) FlowSet {
	return FlowSet{meet(flowAlgebra, f.runs, p.runs, PeerSet.OnlyServices)}
}

// ToPeers keeps the flows whose destination and service are in p.
func (f FlowSet) ToPeers(p PeerSet) FlowSet {
	return FlowSet{mapRuns(flowAlgebra, f.runs, func(v PeerSet) PeerSet { return v.Intersect(p) })}
}

// FromAddrs keeps the flows whose source is in a.
func (f FlowSet) FromAddrs(a AddrSet) FlowSet {
	return FlowSet{meet(flowAlgebra, f.runs, a.runs, func(v PeerSet, _ struct{}) PeerSet { return v })}
}

// ToAddrs keeps the flows whose destination is in a.
func (f FlowSet) ToAddrs(a AddrSet) FlowSet {
	return FlowSet{mapRuns(flowAlgebra, f.runs, func(v PeerSet) PeerSet { return v.OnlyAddrs(a) })}
}

// OnlyServices keeps the flows whose service is in s.
func (f FlowSet) OnlyServices(s ServiceSet) FlowSet {
	if s.isAll() {
		return f
	}
	return FlowSet{mapRuns(flowAlgebra, f.runs, func(v PeerSet) PeerSet { return v.OnlyServices(s) })}
}

// Sources is every source; Destinations every destination; Services every
// service that occurs.
func (f FlowSet) Sources() AddrSet {
	return AddrSet{mapRuns(addrAlgebra, f.runs, func(PeerSet) struct{} { return struct{}{} })}
}

// Destinations is every destination that occurs.
func (f FlowSet) Destinations() AddrSet {
	var out AddrSet
	for _, r := range f.runs {
		out = out.Union(r.Value.Addrs())
	}
	return out
}

// Services is every service that occurs.
func (f FlowSet) Services() ServiceSet {
	var out ServiceSet
	for _, r := range f.runs {
		out = out.Union(r.Value.Services())
	}
	return out
}

// BySource is the set with destinations left out: which sources have which
// services to any of the destinations.
func (f FlowSet) BySource() PeerSet {
	return PeerSet{mapRuns(peerAlgebra, f.runs, PeerSet.Services)}
}

// ByDestination is the set with sources left out.
func (f FlowSet) ByDestination() PeerSet {
	sets := make([]PeerSet, len(f.runs))
	for i, r := range f.runs {
		sets[i] = r.Value
	}
	return UnionPeers(sets)
}

// AlikeFor reports whether the set treats all destinations of dst alike and has
// no others.
func (f FlowSet) AlikeFor(dst AddrSet) bool {
	for _, r := range f.runs {
		if !r.Value.Equal(Peers(dst, r.Value.runs[0].Value)) {
			return false
		}
	}
	return true
}

// Alike reports whether every source of src has the same services to every
// destination of dst, and which; alike is false for flows outside of the two.
func (f FlowSet) Alike(src, dst AddrSet) (services ServiceSet, alike bool) {
	if f.IsEmpty() {
		return nil, true
	}
	for _, fam := range []AddrSet{allV4, allV6} {
		// The two families never meet: each is judged for itself, and one is
		// enough to talk.
		s, d := src.Intersect(fam), dst.Intersect(fam)
		part := f.FromAddrs(s)
		if part.IsEmpty() {
			continue
		}
		what := part.runs[0].Value.runs[0].Value
		if !part.Equal(Flows(s, d, what)) {
			return nil, false
		}
		services = services.Union(what)
	}
	return services, true
}

// Sample returns the lowest flow of the set; ok is false when it is empty.
func (f FlowSet) Sample() (src, dst netip.Addr, s Service, ok bool) {
	if f.IsEmpty() {
		return src, dst, 0, false
	}
	r := f.runs[0]
	d := r.Value.runs[0]
	return r.From, d.From, d.Value[0].From, true
}

// Answers is the first set of answers to the flows: what a server may send
// back. TCP and UDP clients use the ephemeral ports 1024 to 65535 (Amazon VPC
// User Guide, "Custom network ACLs and other AWS services: ephemeral ports",
// read 2026-11); all else is answered in kind. The service of an answer is the
// client's port, the answer's ICMP type and code, or the protocol.
func (f FlowSet) Answers() FlowSet {
	return FlowSet{mapRuns(flowAlgebra, f.runs, func(v PeerSet) PeerSet { return Peers(v.Addrs(), answerServices) })}
}

var answerServices = AllServices().
	Minus(Ports(TCP, 0, 1023)).
	Minus(Ports(UDP, 0, 1023))

// Answered keeps the flows of f that still have an answer in back. Flows that
// need none (ICMP messages other than requests) are kept.
func (f FlowSet) Answered(back FlowSet) FlowSet {
	return FlowSet{flowAlgebra.sweep(f.runs, back.runs, func(fwd, back PeerSet) PeerSet {
		if fwd.IsEmpty() {
			return PeerSet{}
		}
		return PeerSet{peerAlgebra.sweep(fwd.runs, back.runs, answered)}
	})}
}

// icmpReplies maps ICMP requests to their replies (RFC 792, RFC 950, RFC 4443).
var icmpReplies = []struct{ protocol, request, reply uint8 }{
	{ICMP, 8, 0}, {ICMP, 13, 14}, {ICMP, 15, 16}, {ICMP, 17, 18}, {ICMPv6, 128, 129},
}

func answered(fwd, back ServiceSet) ServiceSet {
	if len(fwd) == 0 {
		return nil
	}
	if back.Covers(answerServices) {
		return fwd
	}
	// Protocols that nothing may be answered in; ICMP goes by type, below.
	drop := AllServices().Minus(back.wholeProtocols()).Minus(Protocol(ICMP)).Minus(Protocol(ICMPv6))
	for _, r := range icmpReplies {
		if !back.Has(ICMPService(r.protocol, r.reply, 0)) {
			drop = drop.Union(ICMPTypes(r.protocol, int(r.request), -1))
		}
	}
	return fwd.Minus(drop)
}

package network

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Service is one point of the service line: what a filter that looks at
// protocol and port (or ICMP type and code) can tell apart. The number is
// protocol<<16 | port for TCP, UDP and SCTP-like protocols, and
// protocol<<16 | type<<8 | code for ICMP and ICMPv6; protocols without ports
// occupy their whole block of 65536 points, of which no rule can cut a part.
//
// Source: IANA, "Assigned Internet Protocol Numbers", read 2026-11.
type Service uint32

// Protocol numbers that have ports or types.
const (
	ICMP   = 1
	TCP    = 6
	UDP    = 17
	ICMPv6 = 58

	maxService = Service(256<<16 - 1)
)

// PortService is the point of a protocol and port; the port of a protocol
// without ports is not looked at by anything.
func PortService(protocol uint8, port uint16) Service {
	return Service(protocol)<<16 | Service(port)
}

// ICMPService is the point of an ICMP (or ICMPv6) type and code.
func ICMPService(protocol, icmpType, code uint8) Service {
	return Service(protocol)<<16 | Service(icmpType)<<8 | Service(code)
}

// Protocol is the IP protocol number of s.
func (s Service) Protocol() uint8 { return uint8(s >> 16) }

// Port is the port of s; meaningful for TCP and UDP.
func (s Service) Port() uint16 { return uint16(s) }

// HasPorts reports whether a protocol has ports that filters look at.
func HasPorts(protocol uint8) bool { return protocol == TCP || protocol == UDP }

// IsICMP reports whether a protocol has ICMP types and codes.
func IsICMP(protocol uint8) bool { return protocol == ICMP || protocol == ICMPv6 }

// ServiceRange is the points From to To, both included.
type ServiceRange struct{ From, To Service }

// ServiceSet is an exact set of services: sorted, disjoint ranges that do not
// touch. The nil set is empty. Sets are values: no function changes one.
type ServiceSet []ServiceRange

// AllServices is every protocol and port.
func AllServices() ServiceSet { return ServiceSet{{0, maxService}} }

// Protocol is everything of one protocol.
func Protocol(p uint8) ServiceSet {
	return ServiceSet{{Service(p) << 16, Service(p)<<16 | 0xffff}}
}

// Ports is the ports from to to of a protocol; empty when from > to.
func Ports(protocol uint8, from, to uint16) ServiceSet {
	if from > to {
		return nil
	}
	return ServiceSet{{PortService(protocol, from), PortService(protocol, to)}}
}

// ICMPTypes is an ICMP type with a code; -1 stands for any type or any code.
func ICMPTypes(protocol uint8, icmpType, code int) ServiceSet {
	switch {
	case icmpType < 0:
		return Protocol(protocol)
	case code < 0:
		t := uint8(icmpType)
		return ServiceSet{{ICMPService(protocol, t, 0), ICMPService(protocol, t, 255)}}
	default:
		s := ICMPService(protocol, uint8(icmpType), uint8(code))
		return ServiceSet{{s, s}}
	}
}

// NewServiceSet returns the set of all points of the ranges, in any order and
// with any overlap. Ranges that are reversed hold nothing.
func NewServiceSet(ranges ...ServiceRange) ServiceSet {
	in := make([]ServiceRange, 0, len(ranges))
	for _, r := range ranges {
		if r.From <= r.To && r.From <= maxService {
			in = append(in, ServiceRange{r.From, min(r.To, maxService)})
		}
	}
	slices.SortFunc(in, func(a, b ServiceRange) int { return int(int64(a.From) - int64(b.From)) })
	var out ServiceSet
	for _, r := range in {
		if n := len(out); n > 0 && r.From <= out[n-1].To+1 {
			out[n-1].To = max(out[n-1].To, r.To)
			continue
		}
		out = append(out, r)
	}
	return out
}

// IsEmpty reports whether the set holds nothing.
func (s ServiceSet) IsEmpty() bool { return len(s) == 0 }

// Equal reports whether both sets hold the same points.
func (s ServiceSet) Equal(t ServiceSet) bool { return slices.Equal(s, t) }

// Has reports whether the set holds the point.
func (s ServiceSet) Has(p Service) bool {
	_, ok := slices.BinarySearchFunc(s, p, func(r ServiceRange, p Service) int {
		switch {
		case r.To < p:
			return -1
		case r.From > p:
			return 1
		}
		return 0
	})
	return ok
}

// Covers reports whether all of t is in s.
func (s ServiceSet) Covers(t ServiceSet) bool { return t.Minus(s).IsEmpty() }

// Union is what is in either set.
func (s ServiceSet) Union(t ServiceSet) ServiceSet {
	switch {
	case len(s) == 0:
		return t
	case len(t) == 0 || s.isAll():
		return s
	case t.isAll():
		return t
	}
	out := make(ServiceSet, 0, len(s)+len(t))
	i, j := 0, 0
	for i < len(s) || j < len(t) {
		var r ServiceRange
		if j >= len(t) || i < len(s) && s[i].From <= t[j].From {
			r, i = s[i], i+1
		} else {
			r, j = t[j], j+1
		}
		if n := len(out); n > 0 && r.From <= out[n-1].To+1 {
			out[n-1].To = max(out[n-1].To, r.To)
			continue
		}
		out = append(out, r)
	}
	return out
}

// Intersect is what is in both sets.
func (s ServiceSet) Intersect(t ServiceSet) ServiceSet {
	switch {
	case len(s) == 0 || len(t) == 0:
		return nil
	case s.isAll():
		return t
	case t.isAll():
		return s
	}
	var out ServiceSet
	for i, j := 0, 0; i < len(s) && j < len(t); {
		from, to := max(s[i].From, t[j].From), min(s[i].To, t[j].To)
		if from <= to {
			out = append(out, ServiceRange{from, to})
		}
		if s[i].To < t[j].To {
			i++
		} else {
			j++
		}
	}
	return out
}

// Minus is what is in s and not in t.
func (s ServiceSet) Minus(t ServiceSet) ServiceSet {
	if len(s) == 0 || len(t) == 0 {
		return s
	}
	if t.isAll() {
		return nil
	}
	var out ServiceSet
	j := 0
	for _, r := range s {
		from := r.From
		for j < len(t) && t[j].To < from {
			j++
		}
		done := false
		for k := j; k < len(t) && t[k].From <= r.To; k++ {
			if t[k].From > from {
				out = append(out, ServiceRange{from, t[k].From - 1})
			}
			if t[k].To >= r.To {
				done = true
				break
			}
			from = t[k].To + 1
		}
		if !done {
			out = append(out, ServiceRange{from, r.To})
		}
	}
	return out
}

// wholeProtocols is every service of each protocol that occurs in s.
func (s ServiceSet) wholeProtocols() ServiceSet {
	out := make([]ServiceRange, len(s))
	for i, r := range s {
		out[i] = ServiceRange{r.From &^ 0xffff, r.To | 0xffff}
	}
	return NewServiceSet(out...)
}

func (s ServiceSet) isAll() bool { return len(s) == 1 && s[0].From == 0 && s[0].To == maxService }

// Protocols are the protocol numbers that occur, ascending.
func (s ServiceSet) Protocols() []uint8 {
	var out []uint8
	for _, r := range s {
		for p := int(r.From.Protocol()); p <= int(r.To.Protocol()); p++ {
			if n := len(out); n == 0 || out[n-1] != uint8(p) {
				out = append(out, uint8(p))
			}
		}
	}
	return out
}

// String writes the set as "tcp/22,80-443 udp/53 icmp/8/0 proto/50", "all" or
// "none".
func (s ServiceSet) String() string {
	if s.isAll() {
		return "all"
	}
	if len(s) == 0 {
		return "none"
	}
	var parts []string
	for _, r := range s {
		parts = append(parts, r.strings()...)
	}
	return joinServices(parts)
}

// joinServices puts the ranges of one protocol behind its name once.
func joinServices(parts []string) string {
	var b strings.Builder
	last := ""
	for i, p := range parts {
		name, rest, _ := strings.Cut(p, "/")
		switch {
		case i > 0 && name == last && rest != "":
			b.WriteString("," + rest)
			continue
		case i > 0:
			b.WriteByte(' ')
		}
		b.WriteString(p)
		last = name
	}
	return b.String()
}

// strings splits a range at protocol borders and writes each piece; whole
// protocols in a row become one piece.
func (r ServiceRange) strings() []string {
	var out []string
	from := r.From
	for {
		p := from.Protocol()
		end := Service(p)<<16 | 0xffff
		if from&0xffff == 0 && r.To > end {
			last := uint8((r.To + 1) >> 16)
			if r.To == maxService {
				last = 255
			} else {
				last--
			}
			if last > p {
				out = append(out, fmt.Sprintf("proto/%d-%d", p, last))
				if end = Service(last)<<16 | 0xffff; end >= r.To {
					return out
				}
				from = end + 1
				continue
			}
		}
		end = min(end, r.To)
		out = append(out, pieceString(p, from, end))
		if end >= r.To {
			return out
		}
		from = end + 1
	}
}

func pieceString(p uint8, from, to Service) string {
	lo, hi := int(from&0xffff), int(to&0xffff)
	name := ProtocolName(p)
	switch {
	case lo == 0 && hi == 0xffff && name[0] >= '0' && name[0] <= '9':
		return "proto/" + name
	case lo == 0 && hi == 0xffff:
		return name
	case IsICMP(p) && lo == hi:
		return fmt.Sprintf("%s/%d.%d", name, lo>>8, lo&0xff)
	case IsICMP(p) && lo&0xff == 0 && hi&0xff == 0xff && lo>>8 == hi>>8:
		return fmt.Sprintf("%s/%d", name, lo>>8)
	case IsICMP(p):
		return fmt.Sprintf("%s/%d.%d-%d.%d", name, lo>>8, lo&0xff, hi>>8, hi&0xff)
	case lo == hi:
		return fmt.Sprintf("%s/%d", name, lo)
	default:
		return fmt.Sprintf("%s/%d-%d", name, lo, hi)
	}
}

// ProtocolName is the usual name of a protocol number, or the number.
func ProtocolName(p uint8) string {
	switch p {
	case ICMP:
		return "icmp"
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	case ICMPv6:
		return "icmpv6"
	}
	return strconv.Itoa(int(p))
}

// ParseProtocol understands a name or a number. All is true for "-1", "all"
// and "any"; ok is false when it is neither a name known nor 0..255.
func ParseProtocol(s string) (p uint8, all, ok bool) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "-1", "all", "any":
		return 0, true, true
	case "tcp":
		return TCP, false, true
	case "udp":
		return UDP, false, true
	case "icmp":
		return ICMP, false, true
	case "icmpv6", "icmp6", "ipv6-icmp":
		return ICMPv6, false, true
	}
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 8)
	if err != nil {
		return 0, false, false
	}
	return uint8(n), false, true
}

package network

import (
	"net/netip"
	"slices"
)

// AddrRange is the addresses From to To, both included and of one family. IPv4
// addresses sort before all IPv6 addresses.
type AddrRange struct{ From, To netip.Addr }

// run is a range of addresses with what holds for all of them.
type run[V any] struct {
	AddrRange
	Value V
}

// algebra says how values of runs behave: isEmpty values are left out, equal
// neighbours are joined.
type algebra[V any] struct {
	isEmpty func(V) bool
	equal   func(a, b V) bool
}

// adjacent reports whether b begins right after a ends, in one family.
func adjacent(a, b netip.Addr) bool { return a.Next() == b }

// push appends a run, joining it to the last one where both are the same.
func (g algebra[V]) push(out []run[V], r run[V]) []run[V] {
	if g.isEmpty(r.Value) {
		return out
	}
	if n := len(out); n > 0 && adjacent(out[n-1].To, r.From) && g.equal(out[n-1].Value, r.Value) {
		out[n-1].To = r.To
		return out
	}
	return append(out, r)
}

// sweep walks both lists in address order and combines what they say of each
// address; where one list says nothing, f gets the zero V.
func (g algebra[V]) sweep(a, b []run[V], f func(x, y V) V) []run[V] {
	var zero V
	out := make([]run[V], 0, len(a)+len(b))
	var x, y run[V]
	i, j := 0, 0
	hasX, hasY := len(a) > 0, len(b) > 0
	if hasX {
		x = a[0]
	}
	if hasY {
		y = b[0]
	}
	nextX := func() {
		if i++; i < len(a) {
			x = a[i]
		} else {
			hasX = false
		}
	}
	nextY := func() {
		if j++; j < len(b) {
			y = b[j]
		} else {
			hasY = false
		}
	}
	for hasX || hasY {
		switch {
		case !hasY || hasX && x.To.Less(y.From):
			out = g.push(out, run[V]{x.AddrRange, f(x.Value, zero)})
			nextX()
		case !hasX || y.To.Less(x.From):
			out = g.push(out, run[V]{y.AddrRange, f(zero, y.Value)})
			nextY()
		case x.From.Less(y.From):
			out = g.push(out, run[V]{AddrRange{x.From, y.From.Prev()}, f(x.Value, zero)})
			x.From = y.From
		case y.From.Less(x.From):
			out = g.push(out, run[V]{AddrRange{y.From, x.From.Prev()}, f(zero, y.Value)})
			y.From = x.From
		default:
			to := x.To
			if y.To.Less(to) {
				to = y.To
			}
			out = g.push(out, run[V]{AddrRange{x.From, to}, f(x.Value, y.Value)})
			endX, endY := x.To == to, y.To == to
			if endX {
				nextX()
			} else {
				x.From = to.Next()
			}
			if endY {
				nextY()
			} else {
				y.From = to.Next()
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// meet combines only where both lists say something. A short list against a
// long one costs short × log(long).
func meet[A, B, C any](g algebra[C], a []run[A], b []run[B], f func(A, B) C) []run[C] {
	var out []run[C]
	for i, j := 0, 0; i < len(a) && j < len(b); {
		if a[i].To.Less(b[j].From) {
			i = skip(a, i, b[j].From)
			continue
		}
		if b[j].To.Less(a[i].From) {
			j = skip(b, j, a[i].From)
			continue
		}
		from, to := a[i].From, a[i].To
		if from.Less(b[j].From) {
			from = b[j].From
		}
		if b[j].To.Less(to) {
			to = b[j].To
		}
		out = g.push(out, run[C]{AddrRange{from, to}, f(a[i].Value, b[j].Value)})
		if a[i].To == to {
			i++
		} else {
			j++
		}
	}
	return out
}

// skip finds the first run from index i on that ends at or after addr, by
// doubling steps and then halving.
func skip[V any](a []run[V], i int, addr netip.Addr) int {
	step := 1
	for i+step < len(a) && a[i+step].To.Less(addr) {
		i += step
		step *= 2
	}
	end := min(i+step+1, len(a))
	n, _ := slices.BinarySearchFunc(a[i:end], addr, func(r run[V], addr netip.Addr) int { return r.To.Compare(addr) })
	return i + n
}

// at returns the run that holds addr.
func at[V any](a []run[V], addr netip.Addr) (run[V], bool) {
	n, _ := slices.BinarySearchFunc(a, addr, func(r run[V], addr netip.Addr) int { return r.To.Compare(addr) })
	if n < len(a) && !addr.Less(a[n].From) {
		return a[n], true
	}
	return run[V]{}, false
}

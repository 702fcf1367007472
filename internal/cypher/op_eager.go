package cypher

import (
	"fmt"
	"sort"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// distinct lets the first of equivalent rows through.
type distinct struct {
	estimated
	input operator
	slots []ast.Slot
}

func (*distinct) describe() (string, string) { return "Distinct", "" }
func (d *distinct) inputs() []operator       { return []operator{d.input} }
func (d *distinct) open(rt *run) cursor {
	return &distinctCursor{input: rt.start(d.input), run: rt, slots: d.slots, seen: map[string]struct{}{}}
}

type distinctCursor struct {
	input cursor
	run   *run
	slots []ast.Slot
	seen  map[string]struct{}
	held  int64
}

func (c *distinctCursor) reset() {
	c.run.grow(-c.held)
	c.held = 0
	clear(c.seen)
	c.input.reset()
}

func (c *distinctCursor) next() bool {
	for c.input.next() {
		c.run.tick()
		key := c.run.key(c.slots)
		if _, known := c.seen[string(key)]; known {
			continue
		}
		c.seen[string(key)] = struct{}{}
		n := int64(len(key)) + 48
		c.held += n
		c.run.grow(n)
		return true
	}
	return false
}

// key is the grouping key of the slots in the run's scratch memory.
func (rt *run) key(slots []ast.Slot) []byte {
	rt.scratch = rt.scratch[:0]
	for _, s := range slots {
		rt.scratch = value.AppendKey(rt.scratch, rt.row[s])
	}
	rt.busy(len(rt.scratch) / 64)
	return rt.scratch
}

// order is one key of a sort.
type order struct {
	expr eval
	desc bool
}

// sorted sorts all rows; with a limit it keeps only the first ones, in a heap.
type sorted struct {
	estimated
	input       operator
	keys        []order
	slots       []ast.Slot
	skip, limit eval
	at          ast.Pos
	detail      string
}

func (s *sorted) describe() (string, string) {
	if s.limit != nil {
		return "Top", s.detail
	}
	return "Sort", s.detail
}
func (s *sorted) inputs() []operator { return []operator{s.input} }
func (s *sorted) open(rt *run) cursor {
	return &sortedCursor{input: rt.start(s.input), run: rt, op: s}
}

type sortedRow struct {
	keys, kept []Value
	number     int64 // of arrival, which makes the sort stable
}

type sortedCursor struct {
	input  cursor
	run    *run
	op     *sorted
	filled bool
	rows   []sortedRow
	at     int
	held   int64
}

func (c *sortedCursor) reset() {
	c.run.grow(-c.held)
	c.filled, c.rows, c.at, c.held = false, nil, 0, 0
	c.input.reset()
}

func (c *sortedCursor) less(a, b *sortedRow) bool {
	c.run.tick()
	for i := range c.op.keys {
		c.run.busy(int(a.keys[i].Size() / 64))
		if d := value.Compare(a.keys[i], b.keys[i]); d != 0 {
			return (d < 0) != c.op.keys[i].desc
		}
	}
	return a.number < b.number
}

func (c *sortedCursor) fill() {
	c.filled = true
	before := c.run.memory
	room := int64(-1)
	if limit := bound(c.run, c.op.limit, c.op.at, -1); limit >= 0 {
		room = limit + bound(c.run, c.op.skip, c.op.at, 0)
		if room < 0 {
			room = -1
		}
	}
	candidate := sortedRow{keys: make([]Value, len(c.op.keys))}
	for number := int64(0); room != 0 && c.input.next(); number++ {
		c.run.tick()
		for i, k := range c.op.keys {
			candidate.keys[i] = k.expr(c.run)
		}
		candidate.number = number
		if room > 0 && int64(len(c.rows)) == room {
			if c.less(&candidate, &c.rows[0]) {
				c.replaceWorst(candidate)
			}
			continue
		}
		c.push(candidate, room > 0)
	}
	sort.Slice(c.rows, func(i, j int) bool { return c.less(&c.rows[i], &c.rows[j]) })
	c.held = c.run.memory - before
}

// push keeps a copy of the candidate; with heap, the worst row is kept at the front.
func (c *sortedCursor) push(candidate sortedRow, heap bool) {
	candidate.keys = append([]Value(nil), candidate.keys...)
	c.run.grow(keptSize(candidate.keys))
	candidate.kept = c.run.keep(c.op.slots)
	c.rows = append(c.rows, candidate)
	if !heap {
		return
	}
	for i := len(c.rows) - 1; i > 0; {
		parent := (i - 1) / 2
		if !c.less(&c.rows[parent], &c.rows[i]) {
			return
		}
		c.rows[parent], c.rows[i] = c.rows[i], c.rows[parent]
		i = parent
	}
}

func (c *sortedCursor) replaceWorst(candidate sortedRow) {
	worst := &c.rows[0]
	c.run.grow(-keptSize(worst.keys) - keptSize(worst.kept))
	copy(worst.keys, candidate.keys)
	worst.number = candidate.number
	for i, s := range c.op.slots {
		worst.kept[i] = c.run.row[s]
	}
	c.run.grow(keptSize(worst.keys) + keptSize(worst.kept))
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(c.rows) {
			return
		}
		if child+1 < len(c.rows) && c.less(&c.rows[child], &c.rows[child+1]) {
			child++
		}
		if !c.less(&c.rows[i], &c.rows[child]) {
			return
		}
		c.rows[i], c.rows[child] = c.rows[child], c.rows[i]
		i = child
	}
}

func (c *sortedCursor) next() bool {
	if !c.filled {
		c.fill()
	}
	if c.at >= len(c.rows) {
		return false
	}
	c.run.tick()
	c.run.restore(c.op.slots, c.rows[c.at].kept)
	c.at++
	return true
}

// grouped aggregates rows by the keys; without keys there is exactly one group.
type grouped struct {
	estimated
	input    operator
	keys     []eval
	keySlots []ast.Slot
	aggs     []aggregate
}

func (g *grouped) describe() (string, string) {
	return "EagerAggregation", fmt.Sprintf("%d keys, %d aggregates", len(g.keys), len(g.aggs))
}
func (g *grouped) inputs() []operator { return []operator{g.input} }
func (g *grouped) open(rt *run) cursor {
	return &groupedCursor{input: rt.start(g.input), run: rt, op: g}
}

type group struct {
	keys   []Value
	states []accumulator
}

type groupedCursor struct {
	input  cursor
	run    *run
	op     *grouped
	filled bool
	groups []*group
	at     int
	held   int64
}

func (c *groupedCursor) reset() {
	c.run.grow(-c.held)
	c.filled, c.groups, c.at, c.held = false, nil, 0, 0
	c.input.reset()
}

func (c *groupedCursor) fill() {
	c.filled = true
	before := c.run.memory
	byKey := map[string]*group{}
	if len(c.op.keys) == 0 {
		c.groups = append(c.groups, c.newGroup(nil))
	}
	values := make([]Value, len(c.op.keys))
	for c.input.next() {
		c.run.tick()
		var g *group
		if len(values) == 0 {
			g = c.groups[0]
		} else {
			for i, k := range c.op.keys {
				values[i] = k(c.run)
			}
			c.run.scratch = c.run.scratch[:0]
			for i := range values {
				c.run.scratch = value.AppendKey(c.run.scratch, values[i])
			}
			c.run.busy(len(c.run.scratch) / 64)
			if g = byKey[string(c.run.scratch)]; g == nil {
				g = c.newGroup(values)
				c.run.grow(int64(len(c.run.scratch)) + 64)
				byKey[string(c.run.scratch)] = g
				c.groups = append(c.groups, g)
			}
		}
		for i := range c.op.aggs {
			c.op.aggs[i].add(c.run, &g.states[i])
		}
	}
	c.held = c.run.memory - before
}

func (c *groupedCursor) newGroup(keys []Value) *group {
	const stateBytes = 160
	g := &group{keys: append([]Value(nil), keys...), states: make([]accumulator, len(c.op.aggs))}
	c.run.grow(keptSize(g.keys) + int64(len(g.states))*stateBytes)
	return g
}

func (c *groupedCursor) next() bool {
	if !c.filled {
		c.fill()
	}
	if c.at >= len(c.groups) {
		return false
	}
	c.run.tick()
	g := c.groups[c.at]
	c.at++
	c.run.restore(c.op.keySlots, g.keys)
	for i := range c.op.aggs {
		c.run.row[c.op.aggs[i].slot] = c.op.aggs[i].result(c.run, &g.states[i])
	}
	return true
}

package cypher

import (
	"fmt"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// argument is the leaf of every plan: one row, which is what is bound outside.
type argument struct{ estimated }

func (*argument) describe() (string, string) { return "Argument", "" }
func (*argument) inputs() []operator         { return nil }
func (*argument) open(*run) cursor           { return &argumentCursor{} }

type argumentCursor struct{ done bool }

func (c *argumentCursor) reset() { c.done = false }
func (c *argumentCursor) next() bool {
	first := !c.done
	c.done = true
	return first
}

// filter lets the rows through for which all tests are true.
type filter struct {
	estimated
	input  operator
	tests  []test
	detail string
}

func (f *filter) describe() (string, string) { return "Filter", f.detail }
func (f *filter) inputs() []operator         { return []operator{f.input} }
func (f *filter) open(rt *run) cursor {
	return &filterCursor{cursor: rt.start(f.input), run: rt, tests: f.tests}
}

type filterCursor struct {
	cursor
	run   *run
	tests []test
}

func (c *filterCursor) next() bool {
	for c.cursor.next() {
		c.run.tick()
		if all(c.run, c.tests) {
			return true
		}
	}
	return false
}

func all(rt *run, tests []test) bool {
	for _, t := range tests {
		if !t(rt) {
			return false
		}
	}
	return true
}

// assign computes expressions into slots.
type assign struct {
	estimated
	input  operator
	slots  []ast.Slot
	exprs  []eval
	detail string
}

func (p *assign) describe() (string, string) { return "Projection", p.detail }
func (p *assign) inputs() []operator         { return []operator{p.input} }
func (p *assign) open(rt *run) cursor {
	return &assignCursor{cursor: rt.start(p.input), run: rt, op: p}
}

type assignCursor struct {
	cursor
	run *run
	op  *assign
}

func (c *assignCursor) next() bool {
	if !c.cursor.next() {
		return false
	}
	c.run.tick()
	for i, e := range c.op.exprs {
		c.run.row[c.op.slots[i]] = e(c.run)
	}
	return true
}

// unwind makes one row of each element of a list.
type unwind struct {
	estimated
	input operator
	list  eval
	slot  ast.Slot
}

func (*unwind) describe() (string, string) { return "Unwind", "" }
func (u *unwind) inputs() []operator       { return []operator{u.input} }
func (u *unwind) open(rt *run) cursor {
	return &unwindCursor{input: rt.start(u.input), run: rt, op: u}
}

type unwindCursor struct {
	input cursor
	run   *run
	op    *unwind
	items []Value
}

func (c *unwindCursor) reset() {
	c.items = nil
	c.input.reset()
}

func (c *unwindCursor) next() bool {
	for len(c.items) == 0 {
		if !c.input.next() {
			return false
		}
		v := c.op.list(c.run)
		switch v.Kind() {
		case value.List:
			c.items = v.List()
		case value.Null:
		default:
			c.items = []Value{v}
		}
		c.run.tick()
	}
	c.run.tick()
	c.run.row[c.op.slot] = c.items[0]
	c.items = c.items[1:]
	return true
}

// window is SKIP and LIMIT; either may be nil.
type window struct {
	estimated
	input       operator
	skip, limit eval
	at          ast.Pos
	detail      string
}

func (w *window) describe() (string, string) { return "Limit", w.detail }
func (w *window) inputs() []operator         { return []operator{w.input} }
func (w *window) open(rt *run) cursor {
	c := &windowCursor{input: rt.start(w.input), run: rt, op: w}
	c.begin()
	return c
}

type windowCursor struct {
	input      cursor
	run        *run
	op         *window
	skip, left int64
}

func (c *windowCursor) begin() {
	c.skip, c.left = bound(c.run, c.op.skip, c.op.at, 0), bound(c.run, c.op.limit, c.op.at, -1)
}

func (c *windowCursor) reset() {
	c.begin()
	c.input.reset()
}

func (c *windowCursor) next() bool {
	if c.left == 0 {
		return false
	}
	for ; c.skip > 0; c.skip-- {
		if !c.input.next() {
			return false
		}
	}
	if c.left > 0 {
		c.left--
	}
	return c.input.next()
}

// bound computes SKIP or LIMIT.
func bound(rt *run, e eval, at ast.Pos, missing int64) int64 {
	if e == nil {
		return missing
	}
	v := e(rt)
	if v.Kind() != value.Int {
		runtimeError(at, "SyntaxError", "InvalidArgumentType", "SKIP and LIMIT take an Integer, this is %s", v.Kind())
	}
	if v.Int() < 0 {
		runtimeError(at, "SyntaxError", "NegativeIntegerArgument", "SKIP and LIMIT cannot be negative")
	}
	return v.Int()
}

// optional gives the rows of an inner plan for each row, and one row of nulls when there is none.
type optional struct {
	estimated
	input, inner operator
	nulls        []ast.Slot
}

func (*optional) describe() (string, string) { return "OptionalApply", "" }
func (o *optional) inputs() []operator       { return []operator{o.input, o.inner} }
func (o *optional) open(rt *run) cursor {
	return &optionalCursor{input: rt.start(o.input), inner: rt.start(o.inner), run: rt, nulls: o.nulls}
}

type optionalCursor struct {
	input, inner cursor
	run          *run
	nulls        []ast.Slot
	active       bool
}

func (c *optionalCursor) reset() {
	c.active = false
	c.input.reset()
}

func (c *optionalCursor) next() bool {
	if c.active && c.inner.next() {
		return true
	}
	c.active = false
	if !c.input.next() {
		return false
	}
	c.run.tick()
	c.inner.reset()
	if c.inner.next() {
		c.active = true
		return true
	}
	for _, s := range c.nulls {
		c.run.row[s] = Value{}
	}
	return true
}

// apply gives the rows of an inner plan for each row of the input.
type apply struct {
	estimated
	input, inner operator
}

func (*apply) describe() (string, string) { return "Apply", "" }
func (a *apply) inputs() []operator       { return []operator{a.input, a.inner} }
func (a *apply) open(rt *run) cursor {
	return &applyCursor{input: rt.start(a.input), inner: rt.start(a.inner), run: rt}
}

type applyCursor struct {
	input, inner cursor
	run          *run
	active       bool
}

func (c *applyCursor) reset() {
	c.active = false
	c.input.reset()
}

func (c *applyCursor) next() bool {
	for {
		if c.active && c.inner.next() {
			return true
		}
		c.active = false
		if !c.input.next() {
			return false
		}
		c.run.tick()
		c.inner.reset()
		c.active = true
	}
}

// product joins every row of the input with every row of an inner plan that does not depend on it. The rows
// of the inner plan are computed once and kept. With keys, only rows with equal keys are joined.
type product struct {
	estimated
	input, inner operator
	slots        []ast.Slot // that the inner plan binds
	left, right  []eval     // the keys
	detail       string
}

func (p *product) describe() (string, string) {
	if len(p.left) > 0 {
		return "ValueHashJoin", p.detail
	}
	return "CartesianProduct", ""
}
func (p *product) inputs() []operator { return []operator{p.input, p.inner} }
func (p *product) open(rt *run) cursor {
	return &productCursor{input: rt.start(p.input), inner: rt.start(p.inner), run: rt, op: p}
}

type productCursor struct {
	input, inner cursor
	run          *run
	op           *product
	built        bool
	rows         [][]Value
	byKey        map[string][][]Value
	current      [][]Value
	held         int64
}

func (c *productCursor) reset() {
	// The inner plan may read what is bound outside of both, so it is computed again.
	c.run.grow(-c.held)
	c.built, c.rows, c.byKey, c.current, c.held = false, nil, nil, nil, 0
	c.input.reset()
}

func (c *productCursor) build() {
	c.built = true
	before := c.run.memory
	if len(c.op.left) > 0 {
		c.byKey = map[string][][]Value{}
	}
	c.inner.reset()
	for c.inner.next() {
		kept := c.run.keep(c.op.slots)
		if c.byKey == nil {
			c.rows = append(c.rows, kept)
			continue
		}
		if key, ok := c.key(c.op.right); ok {
			c.byKey[key] = append(c.byKey[key], kept)
		}
	}
	c.held = c.run.memory - before
}

// key is the join key of the row; false when one part is null or NaN, which equal nothing.
func (c *productCursor) key(parts []eval) (string, bool) {
	c.run.scratch = c.run.scratch[:0]
	for _, part := range parts {
		v := part(c.run)
		if value.Equal(v, v) != value.True {
			return "", false
		}
		c.run.scratch = value.AppendKey(c.run.scratch, v)
	}
	c.run.busy(len(c.run.scratch) / 64)
	return string(c.run.scratch), true
}

func (c *productCursor) next() bool {
	for len(c.current) == 0 {
		if !c.input.next() {
			return false
		}
		c.run.tick()
		if !c.built {
			c.build()
		}
		c.current = c.rows
		if c.byKey != nil {
			c.current = nil
			if key, ok := c.key(c.op.left); ok {
				c.current = c.byKey[key]
			}
		}
	}
	c.run.tick()
	c.run.restore(c.op.slots, c.current[0])
	c.current = c.current[1:]
	return true
}

// union gives the rows of its parts one after the other, moved into common slots.
type union struct {
	estimated
	parts []operator
	from  [][]ast.Slot
	to    []ast.Slot
}

func (*union) describe() (string, string) { return "Union", "" }
func (u *union) inputs() []operator       { return u.parts }
func (u *union) open(rt *run) cursor {
	c := &unionCursor{run: rt, op: u}
	for _, p := range u.parts {
		c.parts = append(c.parts, rt.start(p))
	}
	return c
}

type unionCursor struct {
	run   *run
	op    *union
	parts []cursor
	at    int
}

func (c *unionCursor) reset() {
	c.at = 0
	for _, p := range c.parts {
		p.reset()
	}
}

func (c *unionCursor) next() bool {
	for ; c.at < len(c.parts); c.at++ {
		if c.parts[c.at].next() {
			c.run.tick()
			for i, s := range c.op.from[c.at] {
				c.run.row[c.op.to[i]] = c.run.row[s]
			}
			return true
		}
	}
	return false
}

// names is the rows of a procedure that lists something.
type names struct {
	estimated
	input operator
	title string
	rows  func(g Graph) [][]Value
	slots []ast.Slot
}

func (n *names) describe() (string, string) { return "ProcedureCall", fmt.Sprintf("%s()", n.title) }
func (n *names) inputs() []operator         { return []operator{n.input} }
func (n *names) open(rt *run) cursor {
	return &namesCursor{input: rt.start(n.input), run: rt, op: n}
}

type namesCursor struct {
	input   cursor
	run     *run
	op      *names
	rows    [][]Value
	current [][]Value
}

func (c *namesCursor) reset() {
	c.current = nil
	c.input.reset()
}

func (c *namesCursor) next() bool {
	for len(c.current) == 0 {
		if !c.input.next() {
			return false
		}
		c.run.tick()
		if c.rows == nil {
			c.rows = c.op.rows(c.run.graph)
		}
		c.current = c.rows
	}
	c.run.tick()
	c.run.restore(c.op.slots, c.current[0])
	c.current = c.current[1:]
	return true
}

package cypher

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// run is the state of one execution: the row that all operators share, and the account of what was used.
//
// Every variable of a query has a slot of its own in the row, so operators write their results in place and
// nothing is copied between them; only an operator that must see all its input first (sort, aggregate,
// distinct) keeps copies of the slots that are read behind it.
type run struct {
	ctx    context.Context
	graph  Graph
	row    []Value
	params []Value

	steps     int64
	nextCheck int64
	maxSteps  int64
	memory    int64
	maxMemory int64
	deadline  time.Time

	subplans []cursor
	regexps  map[string]*matcher
	random   *rand.Rand
	profile  map[operator]*measure
	scratch  []byte
	args     []Value
}

// checkEvery is the number of steps between two looks at the clock and the context.
const checkEvery = 4096

// truncated ends a run at a limit; the rows produced so far stay valid.
type truncated struct{ at string }

// canceled ends a run because its context ended.
type canceled struct{ err error }

// tick counts one step of work.
func (rt *run) tick() {
	rt.steps++
	if rt.steps >= rt.nextCheck {
		rt.check()
	}
}

// ticks counts n steps at once.
func (rt *run) ticks(n int) {
	rt.steps += int64(n)
	if rt.steps >= rt.nextCheck {
		rt.check()
	}
}

// busy brings the next look at the clock and the context nearer, for work of n
// units (elements compared, letters read) that is not counted as steps: a step
// whose work grows with a value of the query must say so here.
func (rt *run) busy(n int) {
	rt.nextCheck -= int64(n)
	if rt.steps >= rt.nextCheck {
		rt.check()
	}
}

func (rt *run) check() {
	rt.nextCheck = rt.steps + checkEvery
	if rt.maxSteps > 0 {
		if rt.steps > rt.maxSteps {
			panic(truncated{TruncatedPaths})
		}
		rt.nextCheck = min(rt.nextCheck, rt.maxSteps+1)
	}
	if err := rt.ctx.Err(); err != nil {
		panic(canceled{err})
	}
	if !rt.deadline.IsZero() && time.Now().After(rt.deadline) {
		panic(truncated{TruncatedTime})
	}
}

// grow accounts for n bytes that are kept; a negative n gives them back.
func (rt *run) grow(n int64) {
	rt.memory += n
	if rt.maxMemory > 0 && rt.memory > rt.maxMemory {
		panic(truncated{TruncatedMemory})
	}
}

// fits refuses a value of n bytes that could not be kept, before it is made. A quarter of what is left must do: what
// it is made from is held beside it, and values that are gone are not collected at once.
func (rt *run) fits(n int64) {
	rt.ticks(int(min(n/256, 1<<30)))
	rt.room(n)
}

// room is fits for a value that is made piece by piece, each of which is counted.
func (rt *run) room(n int64) {
	if rt.maxMemory > 0 && n > (rt.maxMemory-rt.memory)/4 {
		panic(truncated{TruncatedMemory})
	}
}

// list makes a list value and accounts for its making.
func (rt *run) list(items []Value) Value {
	v := value.OfList(items)
	rt.fits(v.Size())
	return v
}

// cellBytes is the memory of one slot of a kept row.
const cellBytes = 24

// keep copies the slots into a slice of their own and accounts for it.
func (rt *run) keep(slots []ast.Slot) []Value {
	copied := make([]Value, len(slots))
	size := int64(len(slots))*cellBytes + cellBytes
	for i, s := range slots {
		copied[i] = rt.row[s]
		size += copied[i].Size()
	}
	rt.grow(size)
	return copied
}

// restore writes kept slots back into the row.
func (rt *run) restore(slots []ast.Slot, kept []Value) {
	for i, s := range slots {
		rt.row[s] = kept[i]
	}
}

func keptSize(kept []Value) int64 {
	size := int64(len(kept))*cellBytes + cellBytes
	for i := range kept {
		size += kept[i].Size()
	}
	return size
}

// cursor produces the rows of one operator into the shared row.
type cursor interface {
	// reset makes the cursor start anew, reading the slots that are bound outside as they are now.
	reset()
	// next writes the next row and says whether there is one.
	next() bool
}

// operator is one step of a plan; it is immutable and opens cursors for any number of runs at once.
type operator interface {
	describe() (name, detail string)
	inputs() []operator
	estimate() float64
	open(rt *run) cursor
}

// estimated is the planner's expectation of rows, embedded in every operator.
type estimated float64

func (e estimated) estimate() float64 { return float64(e) }

// measure is what a profiled run saw of an operator.
type measure struct {
	rows int64
	time time.Duration
}

// start opens a cursor, measured when the run is profiled.
func (rt *run) start(op operator) cursor {
	c := op.open(rt)
	if rt.profile == nil {
		return c
	}
	m := rt.profile[op]
	if m == nil {
		m = &measure{}
		rt.profile[op] = m
	}
	return &measured{cursor: c, measure: m}
}

type measured struct {
	cursor
	measure *measure
}

func (m *measured) next() bool {
	begin := time.Now()
	ok := m.cursor.next()
	m.measure.time += time.Since(begin)
	if ok {
		m.measure.rows++
	}
	return ok
}

// runtimeError ends the run with an error of the data.
func runtimeError(at ast.Pos, family, code, format string, args ...any) {
	panic(ast.Errorf(ast.Runtime, code, at, format, args...).Family(family))
}

package cypher

import "fmt"

// element is one part of a path pattern for building a machine: a relationship or a body, and the node behind it.
type element struct {
	hop  *hop
	body *body
	node []passing
}

// maxStates bounds how far the iterations of a path pattern are unfolded.
const maxStates = 2000

type emptyMove struct {
	to     int
	passed []passing
}

type machineBuilder struct {
	*machine
	raw   []move
	empty map[int][]emptyMove
	count int
}

// newMachine builds the automaton of a path pattern: it unfolds the iterations of its parts, loops where a part
// has no upper bound and enough iterations, and then removes the moves without a relationship.
func newMachine(elements []element) (*machine, error) {
	b := &machineBuilder{machine: &machine{selfContained: true}, empty: map[int][]emptyMove{}, count: 1}
	current := 0
	for _, e := range elements {
		next := b.state()
		if e.hop != nil {
			b.raw = append(b.raw, move{from: current, to: next, hop: e.hop, passed: e.node, part: -1})
		} else {
			b.bodies = append(b.bodies, e.body)
			b.selfContained = b.selfContained && e.body.selfContained
			b.repeat(current, next, e)
		}
		current = next
		if b.count > maxStates {
			return nil, fmt.Errorf("the path pattern unfolds into more than %d states", maxStates)
		}
	}
	b.accept = current
	b.finish()
	return b.machine, nil
}

func (b *machineBuilder) state() int {
	b.count++
	return b.count - 1
}

func (b *machineBuilder) repeat(current, next int, e element) {
	body, part := e.body, len(b.bodies)-1
	last := body.max
	if last < 0 {
		last = max(body.min, 1)
	}
	for i := 0; i <= last && b.count <= maxStates; i++ {
		if i >= body.min {
			b.empty[current] = append(b.empty[current], emptyMove{to: next, passed: e.node})
		}
		if i == last && body.max >= 0 {
			return
		}
		target := current
		if i < last {
			target = b.state()
		}
		at := current
		for j := range body.hops {
			to := target
			if j < len(body.hops)-1 {
				to = b.state()
			}
			b.raw = append(b.raw, move{from: at, to: to, hop: &body.hops[j], part: part})
			at = to
		}
		current = target
	}
}

// closure is the states reached from one without a relationship, itself first.
func (b *machineBuilder) closure(state int) []entry {
	entries := []entry{{state: state}}
	for i := 0; i < len(entries); i++ {
		for _, m := range b.empty[entries[i].state] {
			passed := append(append([]passing(nil), entries[i].passed...), m.passed...)
			entries = append(entries, entry{state: m.to, passed: passed})
		}
	}
	return entries
}

func (b *machineBuilder) finish() {
	b.states = make([]state, b.count)
	live := make([]bool, b.count)
	live[b.accept] = true
	for _, m := range b.raw {
		live[m.from] = true
	}
	for _, e := range b.closure(0) {
		if live[e.state] {
			b.start = append(b.start, e)
		}
	}
	for _, m := range b.raw {
		for _, e := range b.closure(m.to) {
			if !live[e.state] {
				continue
			}
			i := len(b.moves)
			b.moves = append(b.moves, move{from: m.from, to: e.state, hop: m.hop, part: m.part,
				passed: append(append([]passing(nil), m.passed...), e.passed...)})
			b.states[m.from].outMoves = append(b.states[m.from].outMoves, i)
			b.states[e.state].inMoves = append(b.states[e.state].inMoves, i)
		}
	}
}

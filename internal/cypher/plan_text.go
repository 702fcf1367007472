package cypher

import (
	"fmt"
	"strings"
	"time"
)

// Plan is one operator of a plan with the operators it reads from.
type Plan struct {
	// Operator is the operator's name, as in "NodeIndexSeek"; Detail what it works on.
	Operator string
	Detail   string
	// EstimatedRows is what the planner expected in all.
	EstimatedRows float64
	// Rows and Time (with the operators below) are filled by a profiled run only.
	Rows     int64
	Time     time.Duration
	Children []*Plan
}

func planText(op operator, profile map[operator]*measure) *Plan {
	p := &Plan{EstimatedRows: op.estimate()}
	p.Operator, p.Detail = op.describe()
	if m := profile[op]; m != nil {
		p.Rows, p.Time = m.rows, m.time
	}
	for _, input := range op.inputs() {
		if input != nil {
			p.Children = append(p.Children, planText(input, profile))
		}
	}
	return p
}

// Operators are the names of the operators in the plan, the last one first.
func (p *Plan) Operators() []string {
	names := []string{p.Operator}
	for _, child := range p.Children {
		names = append(names, child.Operators()...)
	}
	return names
}

// String draws the plan as a tree, one operator a line, with expected rows, and seen rows and time when profiled.
func (p *Plan) String() string {
	var b strings.Builder
	p.draw(&b, 0)
	return b.String()
}

func (p *Plan) draw(b *strings.Builder, depth int) {
	name := strings.Repeat("  ", depth) + p.Operator
	fmt.Fprintf(b, "%-44s %-40s estimated %.4g", name, p.Detail, p.EstimatedRows)
	if p.Rows > 0 || p.Time > 0 {
		fmt.Fprintf(b, ", rows %d, %v", p.Rows, p.Time.Round(time.Microsecond))
	}
	b.WriteByte('\n')
	for _, child := range p.Children {
		child.draw(b, depth+1)
	}
}

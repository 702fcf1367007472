package cypher

import "time"

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

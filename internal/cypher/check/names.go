package check

import (
	"strings"

	"github.com/postern-sec/postern/internal/cypher/ast"
)

// knownLabels warns of labels, or with types of relationship types, that the catalogue does not have.
func (c *checker) knownLabels(l *ast.LabelExpr, types bool) {
	for _, leaf := range l.Names(nil) {
		if types {
			c.known(leaf.Name, leaf.Pos, "relationship type", c.names.Types)
		} else {
			c.known(leaf.Name, leaf.Pos, "label", c.names.Labels)
		}
	}
}

func (c *checker) knownProperty(name string, at ast.Pos) {
	c.known(name, at, "property", c.names.Properties)
}

func (c *checker) known(name string, at ast.Pos, what string, all []string) {
	if len(all) == 0 {
		return
	}
	for _, k := range all {
		if k == name {
			return
		}
	}
	w := Warning{At: at, Message: "there is no " + what + " " + name + ": nothing will match it"}
	if near := nearest(name, all); near != "" {
		w.Suggestion = "did you mean " + near + "?"
		w.Message += "; " + w.Suggestion
	}
	c.warnings = append(c.warnings, w)
}

// nearest is the candidate that differs least from the name, "" when none is near. Of equal ones the first in order.
func nearest(name string, candidates []string) string {
	best, bestDistance := "", 1+max(2, len(name)/3)
	lower := strings.ToLower(name)
	for _, candidate := range candidates {
		d := distance(lower, strings.ToLower(candidate), bestDistance)
		if d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// distance is the number of inserted, removed, replaced and swapped bytes between a and b, or limit when it is not below.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, previous, current := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		current[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			current[j] = min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				current[j] = min(current[j], before[j-2]+1)
			}
		}
		before, previous, current = previous, current, before
	}
	return min(previous[len(b)], limit)
}

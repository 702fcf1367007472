package analysis

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/postern-sec/postern/schema"
)

// Break is a change that closes paths: removing one edge.
type Break struct {
	From string          `json:"from"`
	To   string          `json:"to"`
	Kind schema.EdgeKind `json:"kind"`
	// Effort is 1 (a setting) to 5 (a redesign).
	Effort int `json:"effort"`
	// Closes is how many of the listed paths use the edge.
	Closes int `json:"closes"`
	// Change is what to do, in words.
	Change string `json:"change"`
}

// remedy says how an edge of each kind is removed and at what effort, 1 to 5.
var remedy = map[schema.EdgeKind]struct {
	effort int
	change string // %s: from, %s: to
}{
	schema.Exposes:     {1, "stop %[1]s from reaching %[2]s: require authentication, narrow the allowed sources or remove the public front door"},
	schema.NetReaches:  {2, "filter the traffic from %[1]s to %[2]s"},
	schema.RunsAs:      {4, "give %[1]s another identity than %[2]s, with less"},
	schema.Assumes:     {1, "remove %[1]s from the trust policy of %[2]s, or its permission to assume it"},
	schema.Escalates:   {2, "take from %[1]s the permission that leads to %[2]s"},
	schema.LaunchesAs:  {2, "limit iam:PassRole of %[1]s so that it does not cover %[2]s"},
	schema.ExecutesOn:  {2, "take from %[1]s the permission to run code on %[2]s"},
	schema.ReadsSecret: {2, "take from %[1]s the permission to read %[2]s"},
	schema.Controls:    {2, "take from %[1]s the permission to change %[2]s"},
	schema.ReadsData:   {2, "take from %[1]s the permission to read %[2]s"},
	schema.WritesData:  {2, "take from %[1]s the permission to write to %[2]s"},
	schema.InvokesAI:   {2, "take from %[1]s the permission to invoke %[2]s"},
	schema.AIActsAs:    {3, "take from %[1]s the tool or role %[2]s"},
	schema.Derives:     {5, "rebuild %[1]s without %[2]s"},
}

// breakOf describes the removal of an edge.
func (p *Projection) breakOf(e *Edge, closes int) Break {
	r := remedy[e.Kind]
	from, to := p.Nodes[e.From].ID, p.Nodes[e.To].ID
	return Break{From: from, To: to, Kind: e.Kind, Effort: r.effort, Closes: closes, Change: fmt.Sprintf(r.change, from, to)}
}

// maxBreaks is how many changes are proposed for one path.
const maxBreaks = 3

// suggestBreaks gives each path the changes that close it: those that close the
// most of the listed paths for the least effort first.
func (p *Projection) suggestBreaks(paths []Path) {
	uses := map[int32]int{}
	for i := range paths {
		for _, e := range paths[i].edges {
			uses[e]++
		}
	}
	for i := range paths {
		edges := slices.Clone(paths[i].edges)
		slices.SortFunc(edges, func(a, b int32) int {
			ea, eb := remedy[p.Edges[a].Kind].effort, remedy[p.Edges[b].Kind].effort
			// closed paths per effort, compared without division
			return cmp.Or(cmp.Compare(uses[b]*ea, uses[a]*eb), cmp.Compare(ea, eb), cmp.Compare(a, b))
		})
		paths[i].Breaks = []Break{}
		for _, e := range edges[:min(maxBreaks, len(edges))] {
			paths[i].Breaks = append(paths[i].Breaks, p.breakOf(&p.Edges[e], uses[e]))
		}
	}
}

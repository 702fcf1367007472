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
	// Effort is 1 (a setting) to maxEffort (a redesign).
	Effort int `json:"effort"`
	// Closes is how many of the listed paths use the edge.
	Closes int `json:"closes"`
	// Change is what to do, in words.
	Change string `json:"change"`
}

// remedy is how an edge is removed and at what effort.
type remedy struct {
	effort int
	change string // %[1]s: from, %[2]s: to
}

// maxEffort is the most that a remedy takes.
const maxEffort = 5

// remedies of edges between the organisation's own nodes.
var remedies = map[schema.EdgeKind]remedy{
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

// outsiderRemedies are of edges from those who are not the organisation's: there
// is nothing to take from them, only a door to close.
var outsiderRemedies = map[schema.EdgeKind]remedy{
	schema.Assumes:    {1, "narrow the trust policy of %[2]s: it lets %[1]s in"},
	schema.ReadsData:  {1, "close %[2]s to %[1]s: block public access, or narrow the policy that lets it read"},
	schema.WritesData: {1, "close %[2]s to %[1]s: block public access, or narrow the policy that lets it write"},
	schema.InvokesAI:  {1, "require authentication of callers of %[2]s: %[1]s may invoke it"},
	schema.ExecutesOn: {1, "narrow the policy that lets %[1]s run code on %[2]s"},
	schema.Controls:   {1, "narrow the policy that lets %[1]s change %[2]s"},
}

// capabilityRemedy is of edges from administrators: their own permissions cannot
// be taken from them, a guardrail above the account can.
var capabilityRemedy = remedy{4, "deny what leads from %[1]s to %[2]s in an SCP or RCP, which administrators cannot change"}

func (p *Projection) remedy(e int32) remedy {
	from, kind := &p.Nodes[p.from[e]], p.class[e].kind()
	if r, ok := outsiderRemedies[kind]; ok && from.Entry {
		return r
	}
	if from.controls() {
		return capabilityRemedy
	}
	return remedies[kind]
}

// effort is what the removal of an edge costs.
func (p *Projection) effort(e int32) int { return p.remedy(e).effort }

// breakOf describes the removal of an edge.
func (p *Projection) breakOf(e int32, closes int) Break {
	r := p.remedy(e)
	from, to := p.Nodes[p.from[e]].ID, p.Nodes[p.to[e]].ID
	return Break{From: from, To: to, Kind: p.class[e].kind(), Effort: r.effort, Closes: closes, Change: fmt.Sprintf(r.change, from, to)}
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
			ea, eb := p.effort(a), p.effort(b)
			// closed paths per effort, compared without division
			return cmp.Or(cmp.Compare(uses[b]*ea, uses[a]*eb), cmp.Compare(ea, eb), cmp.Compare(a, b))
		})
		paths[i].Breaks = []Break{}
		for _, e := range edges[:min(maxBreaks, len(edges))] {
			paths[i].Breaks = append(paths[i].Breaks, p.breakOf(e, uses[e]))
		}
	}
}

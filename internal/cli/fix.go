package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/postern-sec/postern/internal/analysis"
)

func (a *app) chokePointsCmd() *cobra.Command {
	var s source
	var f pathFlags
	c := &cobra.Command{
		Use: "choke-points [PATH...]",
		Example: `  postern choke-points snapshot/
  postern choke-points --to ai --output json snapshot/`,
		Short: "Which change closes most ways, and the cheapest set of changes that closes all",
		Long: `Finds the nodes and edges that every path to some targets passes, those of most targets
first, and the cheapest set of changes that closes every path. Efforts go from 1 (a
setting) to 5 (a redesign). Paths of any length count, by default from outside to
training data.

Exact: points are the dominators of the targets, the set is a minimum cut weighted by
effort.`,
		Args: args(0, -1, "input PATHs or --store"),
		RunE: func(c *cobra.Command, in []string) error {
			p, err := a.projection(c.Context(), &s, in)
			if err != nil {
				return err
			}
			cp, err := p.ChokePoints(c.Context(), f.query())
			if err != nil {
				return usageIfQuery(err)
			}
			if a.output == "json" {
				return cmp.Or(writeJSON(a.Out, cp), a.done())
			}
			a.printChokePoints(cp)
			return a.done()
		},
	}
	s.flags(c)
	f.endFlags(c)
	return c
}

// closure is the choke points that close the same targets.
type closure struct {
	targets      []string
	edges, nodes []string // what every way passes
	best         *analysis.Break
}

// closures groups choke points by what they close, in their order.
func closures(points []analysis.ChokePoint) []*closure {
	var out []*closure
	by := map[string]*closure{}
	for _, x := range points {
		key := strings.Join(x.Targets, "\x00")
		g := by[key]
		if g == nil {
			g = &closure{targets: x.Targets}
			by[key] = g
			out = append(out, g)
		}
		switch {
		case x.Node != nil:
			g.nodes = append(g.nodes, string(x.Node.Kind)+" "+shortID(x.Node.ID))
		case g.best == nil: // the cheapest comes first
			g.best = x.Edge
		default:
			g.edges = append(g.edges, fmt.Sprintf("%s %s %s", shortID(x.Edge.From), x.Edge.Kind.Verb(), shortID(x.Edge.To)))
		}
	}
	return out
}

// listedClosures is how many groups of choke points are shown to people.
const listedClosures = 20

func (a *app) printChokePoints(cp *analysis.ChokePoints) {
	w := a.Out
	if cp.Targets == 0 {
		fmt.Fprintln(w, "No target is reached.")
		return
	}
	groups := closures(cp.Points)
	switch {
	case len(groups) == 0:
		fmt.Fprintf(w, "%s reached, each by ways that have nothing in common: no one change closes any.\n", isAre(cp.Targets, "target"))
	case len(groups[0].targets) == 1 && cp.Targets > 1:
		fmt.Fprintf(w, "%s reached, and no one change closes more than one of them:\n", isAre(cp.Targets, "target"))
	default:
		fmt.Fprintf(w, "%s reached. One change that closes the way to most of them:\n", isAre(cp.Targets, "target"))
	}
	for _, g := range groups[:min(listedClosures, len(groups))] {
		fmt.Fprintf(w, "\n  closes %d of %d: %s\n", len(g.targets), cp.Targets, printable(some(shortIDs(g.targets), 4)))
		if g.best != nil {
			fmt.Fprintf(w, "    effort %d: %s\n", g.best.Effort, printable(g.best.Change))
		}
		if len(g.edges) > 0 {
			fmt.Fprintf(w, "    or: %s\n", printable(some(g.edges, 3)))
		}
		if len(g.nodes) > 0 {
			fmt.Fprintf(w, "    every way passes %s\n", printable(some(g.nodes, 5)))
		}
	}
	if n := len(groups) - listedClosures; n > 0 {
		fmt.Fprintf(w, "\n  and %d more; --output json lists all.\n", n)
	}
	fmt.Fprintf(w, "\nThe cheapest set that closes all ways: %s, effort %d in all.\n", plural(len(cp.Cut), "change"), cp.Effort)
	for _, b := range cp.Cut {
		fmt.Fprintf(w, "  effort %d: %s\n", b.Effort, printable(b.Change))
	}
}

func isAre(n int, what string) string {
	if n == 1 {
		return plural(n, what) + " is"
	}
	return plural(n, what) + " are"
}

// some lists the first of many.
func some(list []string, n int) string {
	s := strings.Join(list[:min(n, len(list))], ", ")
	if more := len(list) - n; more > 0 {
		s += fmt.Sprintf(" and %d more", more)
	}
	return s
}

// shortID is the part of an id by which people know the thing.
func shortID(id string) string { return cmp.Or(id[strings.LastIndexAny(id, ":/")+1:], id) }

func shortIDs(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = shortID(id)
	}
	return out
}

func (a *app) blastRadiusCmd() *cobra.Command {
	var s source
	var f pathFlags
	c := &cobra.Command{
		Use: "blast-radius ID [PATH...]",
		Example: `  postern blast-radius arn:aws:iam::123456789012:role/app snapshot/
  postern blast-radius internet --store embedded:postern-data`,
		Short: "What an attacker reaches who holds a node",
		Long: `Lists every node that an attacker who holds the node ID reaches within --max-hops, nearest
first. ID may be any selector of postern paths: internet, kind=Role, …`,
		Args: args(1, -1, "a node id, then input PATHs or --store"),
		RunE: func(c *cobra.Command, in []string) error {
			if f.maxHops == 0 {
				return usagef("max hops must be 1 to %d, not 0", analysis.MaxMaxHops)
			}
			p, err := a.projection(c.Context(), &s, in[1:])
			if err != nil {
				return err
			}
			b, err := p.BlastRadius(in[0], f.query())
			if err != nil {
				return usageIfQuery(err)
			}
			if a.output == "json" {
				return cmp.Or(writeJSON(a.Out, b), a.done())
			}
			return cmp.Or(a.printBlastRadius(b), a.done())
		},
	}
	s.flags(c)
	f.assumeFlag(c)
	c.Flags().IntVar(&f.maxHops, "max-hops", analysis.DefaultMaxHops, fmt.Sprintf("steps, at most %d", analysis.MaxMaxHops))
	return c
}

func (a *app) printBlastRadius(b *analysis.BlastRadius) error {
	var rows [][]string
	training := 0
	for _, r := range b.Reached {
		mark := ""
		if r.TrainingData {
			mark = "training data"
			training++
		}
		rows = append(rows, []string{fmt.Sprint(r.Hops), string(r.Kind), r.ID, mark})
	}
	fmt.Fprintf(a.Out, "%s reached from %s within %s; %d of them training data.\n", isAre(b.Total, "node"), printable(b.Origin), plural(b.MaxHops, "step"), training)
	if b.Truncated {
		fmt.Fprintln(a.Out, "More lies beyond; --max-hops widens the search.")
	}
	if len(rows) == 0 {
		return nil
	}
	return table(a.Out, []string{"steps", "kind", "id", ""}, rows)
}

func (a *app) whatIfCmd() *cobra.Command {
	var s source
	var f pathFlags
	var remove []string
	c := &cobra.Command{
		Use:   "what-if --remove EDGE... [PATH...]",
		Short: "Which ways stay open when edges are removed",
		Long: `Says which pairs of a start and a target, by default outside and training data, are
connected now, and which no longer are when edges are removed. Paths of any length count.

EDGE is 'FROM -KIND-> TO': the ids of both ends and the kind of the edge between them, as
postern choke-points --output json and postern paths --output json give them (from, kind,
to). KIND may be *, for all edges from the one to the other. An edge that is not in the
graph is an error that names those that are.`,
		Example: `  postern what-if snapshot/ --remove 'internet -EXPOSES-> arn:aws:lambda:eu-west-1:111122223333:function:api'
  postern what-if snapshot/ --remove 'arn:aws:iam::111122223333:role/app -*-> arn:aws:s3:::train' --from internet`,
		Args: args(0, -1, "--remove, then input PATHs or --store"),
		RunE: func(c *cobra.Command, in []string) error {
			if len(remove) == 0 {
				return usagef("what-if wants --remove 'FROM -KIND-> TO'")
			}
			p, err := a.projection(c.Context(), &s, in)
			if err != nil {
				return err
			}
			r, err := p.WhatIf(c.Context(), f.query(), remove)
			if err != nil {
				return usageIfQuery(err)
			}
			if a.output == "json" {
				return cmp.Or(writeJSON(a.Out, r), a.done())
			}
			a.printWhatIf(r)
			return a.done()
		},
	}
	s.flags(c)
	f.endFlags(c)
	c.Flags().StringArrayVar(&remove, "remove", nil, "an edge as 'FROM -KIND-> TO', KIND may be *; repeatable")
	return c
}

func (a *app) printWhatIf(r *analysis.WhatIf) {
	for _, b := range r.Removed {
		fmt.Fprintf(a.Out, "Without %s:\n", printable(analysis.EdgeName(b.From, b.Kind, b.To)))
	}
	fmt.Fprintf(a.Out, "%s of a start and a target connected before, %d after.\n", isAre(r.Before, "pair"), r.After)
	for _, x := range r.Closed {
		fmt.Fprintf(a.Out, "  closed: %s → %s\n", printable(x.Entry), printable(x.Target))
	}
	if len(r.Closed) == 0 && r.Before > 0 {
		fmt.Fprintln(a.Out, "Nothing is closed: other ways lead there. postern choke-points finds what closes most.")
	}
}

package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/postern-sec/postern/internal/analysis"
	"github.com/postern-sec/postern/schema"
)

// pathFlags are the flags of a path query.
type pathFlags struct {
	from, to, assume []string
	maxHops, k       int
	derivative       bool
}

func (f *pathFlags) flags(c *cobra.Command) {
	f.endFlags(c)
	c.Flags().IntVar(&f.maxHops, "max-hops", analysis.DefaultMaxHops, fmt.Sprintf("longest path in steps, at most %d", analysis.MaxMaxHops))
}

func (f *pathFlags) endFlags(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.from, "from", nil, "where paths start: a node id, kind=KIND, outside, internet, training-data, ai, admin; repeatable (default outside)")
	c.Flags().StringArrayVar(&f.to, "to", nil, "where paths end, spelled the same; repeatable (default training-data)")
	f.assumeFlag(c)
}

func (f *pathFlags) assumeFlag(c *cobra.Command) {
	c.Flags().StringSliceVar(&f.assume, "assume", []string{"vulnerability", "user_action"}, "what steps may assume: none, vulnerability, user_action, credential")
	c.Flags().BoolVar(&f.derivative, "derivative", false, "also walk from models to the data they were trained on")
}

func (f *pathFlags) query() analysis.PathQuery {
	q := analysis.PathQuery{From: f.from, To: f.to, MaxHops: f.maxHops, K: f.k, Derivative: f.derivative, Assume: []schema.Assumption{}}
	for _, x := range f.assume {
		if x != string(schema.AssumesNothing) {
			q.Assume = append(q.Assume, schema.Assumption(x))
		}
	}
	return q
}

// pathRequest is one line of a batch.
type pathRequest struct {
	From    oneOrMany `json:"from"`
	To      oneOrMany `json:"to"`
	MaxHops int       `json:"max_hops"`
	K       int       `json:"k"`
	Assume  oneOrMany `json:"assume"`
}

func (a *app) pathsCmd() *cobra.Command {
	var s source
	var f pathFlags
	var batchFile string
	c := &cobra.Command{
		Use:   "paths [PATH...]",
		Short: "Find attack paths and the proof of each step",
		Long: `Finds the cheapest attack paths between two sets of nodes, by default from outside
(everyone who needs no invitation) to training data, and prints the proof of every
step. Asks a published graph (--store) or reads input PATHs into memory.`,
		Example: `  postern paths snapshot/
  postern paths snapshot/ --from internet --to arn:aws:s3:::my-bucket
  postern paths --store embedded:postern-data --to kind=ModelEndpoint --k 10 --output json`,
		Args: args(0, -1, "input PATHs or --store"),
		RunE: func(c *cobra.Command, in []string) error {
			p, err := a.projection(c.Context(), &s, in)
			if err != nil {
				return err
			}
			if batchFile != "" {
				return batch(c.Context(), a, batchFile, func(q pathRequest) (any, error) {
					return a.findPaths(c.Context(), p, mergeRequest(f.query(), q))
				})
			}
			found, err := a.findPaths(c.Context(), p, f.query())
			if err != nil {
				return err
			}
			if a.output == "json" {
				err = writeJSON(a.Out, found)
			} else {
				err = a.printPaths(found)
			}
			if err != nil {
				return err
			}
			return a.done()
		},
	}
	s.flags(c)
	f.flags(c)
	c.Flags().IntVar(&f.k, "k", analysis.DefaultK, fmt.Sprintf("paths for each pair of start and target, at most %d", analysis.MaxK))
	c.Flags().StringVar(&batchFile, "batch", "", "file with one JSON request a line; answers one JSON a line")
	return c
}

func mergeRequest(q analysis.PathQuery, r pathRequest) analysis.PathQuery {
	if len(r.From) > 0 {
		q.From = r.From
	}
	if len(r.To) > 0 {
		q.To = r.To
	}
	q.MaxHops, q.K = cmp.Or(r.MaxHops, q.MaxHops), cmp.Or(r.K, q.K)
	if len(r.Assume) > 0 {
		q.Assume = []schema.Assumption{}
		for _, x := range r.Assume {
			if x != string(schema.AssumesNothing) {
				q.Assume = append(q.Assume, schema.Assumption(x))
			}
		}
	}
	return q
}

func (a *app) findPaths(ctx context.Context, p *analysis.Projection, q analysis.PathQuery) (*analysis.PathAnswer, error) {
	found, err := p.Paths(ctx, q)
	if err != nil {
		return nil, usageIfQuery(err)
	}
	return found, nil
}

// printPaths writes each path as a sentence, with the proof under each step.
func (a *app) printPaths(found *analysis.PathAnswer) error {
	w := a.Out
	if len(found.Paths) == 0 {
		fmt.Fprintln(w, "No path found.")
	}
	for i := range found.Paths {
		p := &found.Paths[i]
		fmt.Fprintf(w, "%d. %s  %s\n", i+1, a.severity(p.Severity), sentence(p))
		fmt.Fprintf(w, "   %s, confidence %s, score %.1f, fingerprint %s\n", p.Verdict, p.Confidence, p.Score, p.Fingerprint)
		for j := range p.Edges {
			a.printStep(j, p)
		}
		if len(p.Breaks) > 0 {
			b := p.Breaks[0]
			fmt.Fprintf(w, "   To close it: %s (closes %s listed here).\n", printable(b.Change), plural(b.Closes, "path"))
		}
		fmt.Fprintln(w)
	}
	if !found.Exhaustive {
		fmt.Fprintf(w, "Not all paths are listed: cut at %s. --k and --max-hops widen the search.\n", *found.TruncatedAt)
	}
	return nil
}

func (a *app) printStep(i int, p *analysis.Path) {
	e := &p.Edges[i]
	to := p.Nodes[i+1]
	line := fmt.Sprintf("%s %s %s %s", shortName(p.Nodes[i]), e.Kind.Verb(), to.Kind, shortName(to))
	var notes []string
	if len(e.Ports) > 0 {
		notes = append(notes, strings.Join(e.Ports, ", "))
	}
	if len(e.Sources) > 0 {
		notes = append(notes, "from "+strings.Join(e.Sources, ", "))
	}
	notes = append(notes, strings.Join(e.Techniques, ", "))
	if e.Assumes != schema.AssumesNothing {
		notes = append(notes, "assumes "+strings.ReplaceAll(string(e.Assumes), "_", " "))
	}
	if e.Verdict != schema.Allow {
		notes = append(notes, "only if "+strings.Join(e.Witness, " and "))
	}
	fmt.Fprintf(a.Out, "     %d) %s  %s\n", i+1, printable(line), a.paint("2", printable("["+strings.Join(notes, "; ")+"]")))
	for _, ev := range e.Evidence {
		ref := ev.Document
		if ev.Statement != "" {
			ref += " " + ev.Statement
		}
		fmt.Fprintf(a.Out, "          %s\n          %s\n", printable(ev.Summary), a.paint("2", printable("("+ref+")")))
	}
}

// sentence says a path in one line.
func sentence(p *analysis.Path) string {
	verb := map[string]string{"disclosure": "read", "poisoning": "change", "derivation": "learn about", "invocation": "query", "exposure": "reach", "control": "take over"}[p.Impact]
	may := "can"
	if p.Verdict != schema.Allow {
		may = "may be able to"
	}
	target := p.Nodes[len(p.Nodes)-1]
	return printable(fmt.Sprintf("%s %s %s %s %s in %s", who(p.Nodes[0]), may, verb, target.Kind, shortName(target), plural(p.Hops, "step")))
}

// who names the start of a path for people.
func who(n analysis.PathNode) string {
	switch n.ID {
	case schema.InternetID:
		return "Anyone on the internet"
	case schema.AnyAWSAccountID:
		return "Any AWS customer"
	case schema.AnyGitHubID:
		return "Any GitHub user"
	case schema.AnyGoogleAccountID:
		return "Anyone with a Google account"
	}
	return string(n.Kind) + " " + shortName(n)
}

// shortName is a node's name, or its id when the name says less.
func shortName(n analysis.PathNode) string { return cmp.Or(n.Name, n.ID) }

func (a *app) severity(s schema.Severity) string {
	colour := map[schema.Severity]string{schema.SeverityCritical: "1;31", schema.SeverityHigh: "31", schema.SeverityMedium: "33", schema.SeverityLow: "36"}[s]
	return a.paint(colour, fmt.Sprintf("%-8s", s))
}

// oneOrMany is a JSON string or a list of strings.
type oneOrMany []string

// UnmarshalJSON reads either form; null is none.
func (o *oneOrMany) UnmarshalJSON(b []byte) error {
	return unmarshalOneOrMany(b, (*[]string)(o))
}

func (a *app) chokePointsCmd() *cobra.Command {
	var s source
	var f pathFlags
	c := &cobra.Command{
		Use:   "choke-points [PATH...]",
		Short: "Which node or edge most paths pass, and the cheapest set of changes that closes all",
		Args:  args(0, -1, "input PATHs or --store"),
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
			return cmp.Or(a.printChokePoints(cp), a.done())
		},
	}
	s.flags(c)
	f.endFlags(c)
	return c
}

func (a *app) printChokePoints(cp *analysis.ChokePoints) error {
	if cp.Targets == 0 {
		_, err := fmt.Fprintln(a.Out, "No target is reached.")
		return err
	}
	var rows [][]string
	for _, x := range cp.Points {
		what, change := "", ""
		if x.Edge != nil {
			what, change = analysis.EdgeName(x.Edge.From, x.Edge.Kind, x.Edge.To), x.Edge.Change
		} else {
			what = x.Node.ID
		}
		rows = append(rows, []string{fmt.Sprintf("%d/%d", len(x.Targets), cp.Targets), what, change})
	}
	if err := table(a.Out, []string{"targets", "every path passes", "change"}, rows); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "\nTo close all ways (effort %d):\n", cp.Effort)
	for _, b := range cp.Cut {
		fmt.Fprintf(a.Out, "  %d  %s\n", b.Effort, printable(b.Change))
	}
	return nil
}

func (a *app) blastRadiusCmd() *cobra.Command {
	var s source
	var f pathFlags
	c := &cobra.Command{
		Use:   "blast-radius ID [PATH...]",
		Short: "What an attacker reaches who holds a node",
		Args:  args(1, -1, "a node id, then input PATHs or --store"),
		RunE: func(c *cobra.Command, in []string) error {
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
			var rows [][]string
			for _, r := range b.Reached {
				mark := ""
				if r.TrainingData {
					mark = "training data"
				}
				rows = append(rows, []string{fmt.Sprint(r.Hops), string(r.Kind), r.ID, mark})
			}
			fmt.Fprintf(a.Out, "%s reached from %s within %s.\n", plural(b.Total, "node"), printable(in[0]), plural(b.MaxHops, "step"))
			if b.Truncated {
				fmt.Fprintln(a.Out, "More lies beyond; --max-hops widens the search.")
			}
			return cmp.Or(table(a.Out, []string{"steps", "kind", "id", ""}, rows), a.done())
		},
	}
	s.flags(c)
	f.assumeFlag(c)
	c.Flags().IntVar(&f.maxHops, "max-hops", analysis.DefaultMaxHops, fmt.Sprintf("steps, at most %d", analysis.MaxMaxHops))
	return c
}

func (a *app) whatIfCmd() *cobra.Command {
	var s source
	var f pathFlags
	var remove []string
	c := &cobra.Command{
		Use:     "what-if --remove EDGE... [PATH...]",
		Short:   "Which ways stay open when edges are removed",
		Example: `  postern what-if snapshot/ --remove 'internet -EXPOSES-> arn:aws:lambda:…:function:api'`,
		Args:    args(0, -1, "--remove, then input PATHs or --store"),
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
			fmt.Fprintf(a.Out, "%s connected before, %d after.\n", plural(r.Before, "pair"), r.After)
			for _, x := range r.Closed {
				fmt.Fprintf(a.Out, "  closed: %s → %s\n", printable(x.Entry), printable(x.Target))
			}
			return a.done()
		},
	}
	s.flags(c)
	f.endFlags(c)
	c.Flags().StringArrayVar(&remove, "remove", nil, "an edge as 'FROM -KIND-> TO', KIND may be *; repeatable")
	return c
}

package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/internal/analysis"
	"github.com/postern-sec/postern/schema"
)

// analysisReport is what analyze prints as JSON. Its shape is a contract.
type analysisReport struct {
	Run    string `json:"run"`
	Hash   string `json:"hash"`
	Assets struct {
		Total  int            `json:"total"`
		ByKind map[string]int `json:"by_kind"`
	} `json:"assets"`
	Edges struct {
		Total  int            `json:"total"`
		ByKind map[string]int `json:"by_kind"`
	} `json:"edges"`
	Coverage   graph.Coverage          `json:"coverage"`
	Paths      map[schema.Severity]int `json:"paths"`
	Findings   map[schema.Severity]int `json:"findings"`
	Exhaustive bool                    `json:"exhaustive"`
}

func (a *app) analyzeCmd() *cobra.Command {
	var s source
	var failOn string
	c := &cobra.Command{
		Use:   "analyze PATH...",
		Short: "Read snapshots or other tools' files, find paths, list what could not be read",
		Long: `Reads every PATH (files, folders, archives; what they are is detected from their
content), makes the graph, and says what was found: assets, edges, attack paths to
training data by severity, and what could not be read. With --store the graph is
published there, atomically: readers see the old one or the new one.`,
		Example: `  postern analyze snapshot/
  postern analyze gaad.json describe-outputs/ --store embedded:postern-data
  postern analyze snapshot/ --fail-on high --output json`,
		Args: args(1, -1, "at least one input PATH"),
		RunE: func(c *cobra.Command, paths []string) error {
			if failOn != "" && schema.Severity(failOn).Rank() >= len(schema.Severities()) {
				return usagef("--fail-on %q: low, medium, high or critical", failOn)
			}
			return a.analyze(c.Context(), &s, paths, schema.Severity(failOn))
		},
	}
	s.flags(c)
	c.Flags().StringVar(&failOn, "fail-on", "", "exit 3 when a path is at least this severe: low, medium, high, critical")
	return c
}

func (a *app) analyze(ctx context.Context, s *source, paths []string, failOn schema.Severity) error {
	start := time.Now()
	g, _, err := a.analyse(ctx, s.input, paths)
	if err != nil {
		return err
	}
	g = g.WithRun(stampRun(start))
	p, err := analysis.FromGraph(g)
	if err != nil {
		return err
	}
	found, err := p.Paths(ctx, analysis.PathQuery{})
	if err != nil {
		return err
	}
	if s.store != "" {
		if err := a.publish(ctx, s, g); err != nil {
			return err
		}
	}
	r := report(g, found)
	if a.output == "json" {
		err = writeJSON(a.Out, r)
	} else {
		a.printSummary(g, r, found)
		err = printGaps(a.Out, r.Coverage)
	}
	if err != nil {
		return err
	}
	if failOn != "" && slices.ContainsFunc(found.Paths, func(p analysis.Path) bool { return p.Severity.Rank() <= failOn.Rank() }) {
		return exitCode(exitMatched)
	}
	return a.done()
}

func (a *app) publish(ctx context.Context, s *source, g *graph.Graph) error {
	st, err := a.openStore(ctx, s)
	if err != nil {
		return err
	}
	defer st.Close(context.WithoutCancel(ctx))
	if err := st.Publish(ctx, g); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	a.notef("published %s and %s to %s", plural(len(g.Nodes()), "node"), plural(len(g.Edges()), "edge"), s.store)
	return nil
}

func report(g *graph.Graph, found *analysis.PathAnswer) analysisReport {
	var r analysisReport
	r.Run, r.Hash, r.Coverage, r.Exhaustive = g.Run().ID, g.Hash(), g.Coverage(), found.Exhaustive
	r.Assets.ByKind, r.Edges.ByKind = map[string]int{}, map[string]int{}
	for _, n := range g.Nodes() {
		r.Assets.Total++
		r.Assets.ByKind[string(n.Kind)]++
	}
	for _, e := range g.Edges() {
		r.Edges.Total++
		r.Edges.ByKind[string(e.Kind)]++
	}
	r.Paths, r.Findings = map[schema.Severity]int{}, map[schema.Severity]int{}
	for _, s := range schema.Severities() {
		r.Paths[s], r.Findings[s] = 0, 0
	}
	for _, p := range found.Paths {
		r.Paths[p.Severity]++
	}
	return r
}

func (a *app) printSummary(g *graph.Graph, r analysisReport, found *analysis.PathAnswer) {
	w := a.Out
	fmt.Fprintf(w, "Read %s; %s and %s.\n\n", plural(r.Coverage.OK, "document"), plural(r.Assets.Total, "asset"), plural(r.Edges.Total, "edge"))
	training := 0
	for _, n := range g.Nodes() {
		if slices.Contains(n.Extra, schema.LabelTrainingData) {
			training++
		}
	}
	fmt.Fprintf(w, "Training data: %s, known by lineage or declaration.\n", plural(training, "store"))
	fmt.Fprintf(w, "Ways from outside to it: %s", plural(len(found.Paths), "path"))
	for _, s := range schema.Severities() {
		if r.Paths[s] > 0 {
			fmt.Fprintf(w, ", %d %s", r.Paths[s], s)
		}
	}
	fmt.Fprintln(w, ".")
	if !found.Exhaustive {
		fmt.Fprintf(w, "Not all paths are listed (%s); postern paths has --k and --max-hops.\n", *found.TruncatedAt)
	}
	for i := range found.Paths {
		p := &found.Paths[i]
		fmt.Fprintf(w, "  %s  %s\n", a.severity(p.Severity), sentence(p))
	}
	fmt.Fprintln(w)
}

// printGaps lists what could not be read, the same reason once for all that it
// concerns; the JSON output lists each.
func printGaps(w io.Writer, c graph.Coverage) error {
	if len(c.Gaps) == 0 {
		_, err := fmt.Fprintln(w, "Everything that was given was read and understood.")
		return err
	}
	fmt.Fprintf(w, "Not read or not understood (%d): what hangs on these is unknown, not safe.\n", len(c.Gaps))
	type reason struct{ kind, call, message string }
	var order []reason
	where := map[reason][]string{}
	for _, g := range c.Gaps {
		r := reason{string(g.Kind), g.Service, g.Message}
		if g.Operation != "" {
			r.call += ":" + g.Operation
		}
		if where[r] == nil {
			order = append(order, r)
		}
		where[r] = append(where[r], strings.TrimSpace(cmp.Or(g.Resource, g.File, g.Account+" "+g.Region)))
	}
	slices.SortStableFunc(order, func(a, b reason) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.call, b.call), cmp.Compare(a.message, b.message))
	})
	var rows [][]string
	for _, r := range order {
		places := where[r]
		at := strings.Join(places[:min(gapPlaces, len(places))], ", ")
		if n := len(places) - gapPlaces; n > 0 {
			at += fmt.Sprintf(" and %d more", n)
		}
		rows = append(rows, []string{r.kind, r.call, r.message, at})
	}
	return table(w, []string{"kind", "call", "reason", "where"}, rows)
}

// gapPlaces is how many places are named for one reason.
const gapPlaces = 2

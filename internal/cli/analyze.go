package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
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
	Diff       *pathDiff               `json:"diff,omitempty"` // with --diff
}

// analyzeFlags are what analyze does beside analysing.
type analyzeFlags struct{ failOn, diff, out string }

func (a *app) analyzeCmd() *cobra.Command {
	var s source
	var f analyzeFlags
	c := &cobra.Command{
		Use:   "analyze PATH...",
		Short: "Read snapshots or other tools' files, find paths, list what could not be read",
		Long: `Reads every PATH (files, folders, archives; what they are is detected from their
content), makes the graph, and says what was found: assets, edges, attack paths to
training data by severity, and what could not be read. With --store the graph is
published there, atomically: readers see the old one or the new one.

With --diff the paths of an earlier state are compared, an input PATH of then or a
published graph (which may be the one of --store: it is read before it is replaced).
Paths are the same when they go the same way. --output sarif writes the paths as
SARIF 2.1.0.`,
		Example: `  postern analyze snapshot/
  postern analyze gaad.json describe-outputs/ --store embedded:postern-data
  postern analyze snapshot/ --fail-on high --output json
  postern analyze today/ --diff yesterday/
  postern analyze snapshot/ --output sarif --out paths.sarif`,
		Annotations: map[string]string{"formats": "table,json,sarif"},
		Args:        args(1, -1, "at least one input PATH"),
		RunE: func(c *cobra.Command, paths []string) error {
			if f.failOn != "" && schema.Severity(f.failOn).Rank() >= len(schema.Severities()) {
				return usagef("--fail-on %q: low, medium, high or critical", f.failOn)
			}
			return a.analyze(c.Context(), &s, paths, f)
		},
	}
	s.flags(c)
	c.Flags().StringVar(&f.failOn, "fail-on", "", "exit 3 when a path is at least this severe: low, medium, high, critical")
	c.Flags().StringVar(&f.diff, "diff", "", "earlier input PATH or published graph to compare paths with")
	c.Flags().StringVar(&f.out, "out", "", "file to write the answer to instead of standard output")
	return c
}

func (a *app) analyze(ctx context.Context, s *source, paths []string, f analyzeFlags) error {
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
	r := report(g, found)
	if f.diff != "" {
		before, err := a.previous(ctx, s, f.diff)
		if err != nil {
			return err
		}
		r.Diff = diffPaths(before, found)
	}
	if s.store != "" {
		if err := a.publish(ctx, s, g); err != nil {
			return err
		}
	}
	if err := a.toFile(f.out, func(w io.Writer) error { return a.writeReport(w, g, r, found) }); err != nil {
		return err
	}
	failOn := schema.Severity(f.failOn)
	if failOn != "" && slices.ContainsFunc(found.Paths, func(p analysis.Path) bool { return p.Severity.Rank() <= failOn.Rank() }) {
		return exitCode(exitMatched)
	}
	return a.done()
}

// writeReport writes the answer of analyze in the format that was asked for.
func (a *app) writeReport(w io.Writer, g *graph.Graph, r analysisReport, found *analysis.PathAnswer) error {
	switch a.output {
	case "json":
		return writeJSON(w, r)
	case "sarif":
		return writeSARIF(w, found)
	}
	a.printSummary(w, g, r, found)
	return printGaps(w, r.Coverage)
}

// toFile lets write write to a file, or to the output without one.
func (a *app) toFile(name string, write func(io.Writer) error) error {
	if name == "" {
		return write(a.Out)
	}
	f, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
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

func (a *app) printSummary(w io.Writer, g *graph.Graph, r analysisReport, found *analysis.PathAnswer) {
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
	if r.Diff != nil {
		a.printDiff(w, r.Diff)
	}
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

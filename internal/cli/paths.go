package cli

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/postern-sec/postern/internal/analysis"
	"github.com/postern-sec/postern/schema"
)

// pathFlags are the flags of a path query.
type pathFlags struct {
	from, to, assume []string
	maxHops, k       int
	derivative       bool
	timeout          time.Duration
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
	MaxHops *int      `json:"max_hops"`
	K       *int      `json:"k"`
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
step. Asks a published graph (--store) or reads input PATHs into memory.

Where paths start and end: the id of any node, as the cloud writes it (an ARN); kind=KIND,
all nodes of a kind; outside, everyone who needs no invitation (the internet, any AWS
customer, any GitHub user); internet, the anonymous caller alone; training-data; ai, all AI
resources; admin, full control of any account. Several are united.

A path visits no node twice. Of each pair of start and target the --k cheapest are listed,
the worst pair first; "exhaustive" says that there are no others within --max-hops, and
"truncated_at" what left some out. A path to training data ends by reading, changing or
deriving from it. A path of another outsider that the anonymous caller surely walks too is
told once.

A line of --batch: {"from": "internet", "to": ["ARN", "ai"], "max_hops": 8, "k": 3, "assume": "none"};
what is left out is as the flags say.`,
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
					return f.with(q).find(c.Context(), p)
				})
			}
			found, err := f.find(c.Context(), p)
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
	c.Flags().DurationVar(&f.timeout, "timeout", 0, "stop searching after this long, e.g. 30s, and say that the answer is cut (default no limit)")
	c.Flags().StringVar(&batchFile, "batch", "", "file with one JSON request a line; answers one JSON a line")
	return c
}

// with is f changed as one request of a batch says.
func (f pathFlags) with(r pathRequest) pathFlags {
	if len(r.From) > 0 {
		f.from = r.From
	}
	if len(r.To) > 0 {
		f.to = r.To
	}
	if r.MaxHops != nil {
		f.maxHops = *r.MaxHops
	}
	if r.K != nil {
		f.k = *r.K
	}
	if len(r.Assume) > 0 {
		f.assume = r.Assume
	}
	return f
}

// find answers; a limit that was named as 0 is out of bounds, not left to the
// default.
func (f pathFlags) find(ctx context.Context, p *analysis.Projection) (*analysis.PathAnswer, error) {
	q := f.query()
	if q.K == 0 || q.MaxHops == 0 {
		return nil, usagef("k must be 1 to %d and max hops 1 to %d, not 0", analysis.MaxK, analysis.MaxMaxHops)
	}
	if f.timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, f.timeout)
		defer stop()
	}
	found, err := p.Paths(ctx, q)
	if err != nil {
		return nil, usageIfQuery(err)
	}
	return found, nil
}

// printPaths writes each path as a sentence, with the proof under each step.
func (a *app) printPaths(found *analysis.PathAnswer) error {
	w := bufio.NewWriterSize(a.Out, 1<<16)
	if len(found.Paths) == 0 {
		fmt.Fprintln(w, "No path found.")
	}
	for i := range found.Paths {
		p := &found.Paths[i]
		fmt.Fprintf(w, "%d. %s  %s\n", i+1, a.severity(p.Severity), sentence(p))
		fmt.Fprintf(w, "   %s, confidence %s, score %.1f, fingerprint %s\n", p.Verdict, p.Confidence, p.Score, p.Fingerprint)
		for j := range p.Edges {
			a.printStep(w, j, p)
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
	return w.Flush()
}

func (a *app) printStep(w io.Writer, i int, p *analysis.Path) {
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
	fmt.Fprintf(w, "     %d) %s  %s\n", i+1, printable(line), a.paint("2", printable("["+strings.Join(notes, "; ")+"]")))
	for _, ev := range e.Evidence {
		ref := ev.Document
		if ev.Statement != "" {
			ref += " " + ev.Statement
		}
		fmt.Fprintf(w, "          %s\n          %s\n", printable(ev.Summary), a.paint("2", printable("("+ref+")")))
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

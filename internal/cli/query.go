package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/queries"
)

// queryAnswer is what query prints as JSON. Its shape is a contract.
type queryAnswer struct {
	Columns     []string `json:"columns"`
	Rows        [][]any  `json:"rows"`
	Exhaustive  bool     `json:"exhaustive"`
	TruncatedAt *string  `json:"truncated_at"`
}

func (a *app) queryCmd() *cobra.Command {
	var s source
	var expr string
	var params, input []string
	var limits graph.Limits
	var memory int64
	var explain, profile bool
	c := &cobra.Command{
		Use:   "query FILE.cypher | -e 'MATCH …' | ID",
		Short: "Ask the graph with read-only Cypher",
		Long: `Runs a read-only query: a file, the text after -e, or a shipped question by its id
(postern queries lists them). Asks a published graph (--store) or reads --input PATHs
into memory. The dialect is a named subset of openCypher; anything outside it is an
error with line and column.`,
		Example: `  postern query -e 'MATCH (n:TrainingData) RETURN n.id ORDER BY n.id' --store embedded:postern-data
  postern query blast-radius --param id=internet --input snapshot/
  postern query mine.cypher --input gaad.json --input vpcs/ --explain`,
		Args: args(0, 1, "a file, an id or -e"),
		RunE: func(c *cobra.Command, got []string) error {
			text, err := queryText(got, expr)
			if err != nil {
				return err
			}
			values, err := queryParams(params)
			if err != nil {
				return err
			}
			limits.Memory = memory << 20
			st, err := a.graphStore(c.Context(), &s, input)
			if err != nil {
				return err
			}
			defer st.Close(context.WithoutCancel(c.Context()))
			r, err := st.Query(c.Context(), graph.Query{Text: text, Params: values, Limits: limits, Explain: explain, Profile: profile})
			if err != nil {
				return err
			}
			return cmp.Or(a.printResult(r, explain), a.done())
		},
	}
	s.flags(c)
	c.Flags().StringArrayVar(&input, "input", nil, "input PATH to read instead of a store; repeatable")
	c.Flags().StringVarP(&expr, "expression", "e", "", "the query itself")
	c.Flags().StringArrayVar(&params, "param", nil, "parameter as key=value; the value is JSON, or a string; repeatable")
	c.Flags().IntVar(&limits.Rows, "max-rows", 0, "most rows of the answer (0: the store's default)")
	c.Flags().DurationVar(&limits.Time, "timeout", 30*time.Second, "longest time the query may take")
	c.Flags().Int64Var(&memory, "max-memory", 0, "most memory the query may hold, in MiB (0: the store's default)")
	c.Flags().BoolVar(&explain, "explain", false, "show the plan, do not run it")
	c.Flags().BoolVar(&profile, "profile", false, "run it and show the plan with what each operator did")
	return c
}

func queryText(got []string, expr string) (string, error) {
	switch {
	case expr != "" && len(got) > 0:
		return "", usagef("give either -e or a file, not both")
	case expr != "":
		return expr, nil
	case len(got) == 0:
		return "", usagef("give a file, the id of a shipped question, or -e 'MATCH …'")
	}
	if q, ok := queries.Find(got[0]); ok {
		return q.Text, nil
	}
	b, err := os.ReadFile(got[0])
	if err != nil {
		return "", fmt.Errorf("%w (and no shipped question has this id; postern queries lists them)", err)
	}
	return string(b), nil
}

// queryParams reads key=value pairs: a value that is JSON is taken as such, any
// other as a string.
func queryParams(pairs []string) (map[string]any, error) {
	out := map[string]any{}
	for _, p := range pairs {
		k, v, ok := strings.Cut(p, "=")
		if !ok || k == "" {
			return nil, usagef("--param %q is not key=value", p)
		}
		out[k] = paramValue(v)
	}
	return out, nil
}

func paramValue(text string) any {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return text
	}
	if _, err := dec.Token(); err != io.EOF {
		return text
	}
	return numbers(v)
}

// numbers turns JSON numbers into integers where they are integers.
func numbers(v any) any {
	switch x := v.(type) {
	case json.Number:
		if i, err := x.Int64(); err == nil {
			return i
		}
		f, _ := x.Float64()
		return f
	case []any:
		for i := range x {
			x[i] = numbers(x[i])
		}
	case map[string]any:
		for k := range x {
			x[k] = numbers(x[k])
		}
	}
	return v
}

func (a *app) printResult(r *graph.Result, explain bool) error {
	for _, w := range r.Warnings {
		a.notef("warning: %s", w)
	}
	if r.Plan != "" {
		out := a.Out
		if !explain {
			out = a.Err
		}
		fmt.Fprintln(out, strings.TrimRight(r.Plan, "\n"))
		if explain {
			return nil
		}
	}
	if a.output == "json" {
		ans := queryAnswer{Columns: notNil(r.Columns), Rows: notNil(r.Rows), Exhaustive: r.Exhaustive}
		if r.TruncatedAt != "" {
			ans.TruncatedAt = &r.TruncatedAt
		}
		return writeJSON(a.Out, ans)
	}
	var rows [][]string
	for _, row := range r.Rows {
		var cells []string
		for _, v := range row {
			cells = append(cells, cell(v))
		}
		rows = append(rows, cells)
	}
	if err := table(a.Out, r.Columns, rows); err != nil {
		return err
	}
	if !r.Exhaustive {
		a.notef("not all rows: cut at %s; --max-rows, --timeout and --max-memory widen it", r.TruncatedAt)
	}
	return nil
}

// cell is a value for people: ids for nodes, arrows for paths.
func cell(v any) string {
	switch x := v.(type) {
	case nil:
		return "null"
	case string:
		return x
	case graph.NodeValue:
		return "(" + x.ID + ")"
	case graph.EdgeValue:
		return x.From + " -" + x.Kind + "-> " + x.To
	case graph.PathValue:
		var b strings.Builder
		for i, n := range x.Nodes {
			if i > 0 {
				fmt.Fprintf(&b, " -%s-> ", x.Edges[i-1].Kind)
			}
			b.WriteString(n.ID)
		}
		return b.String()
	case []any:
		var out []string
		for _, y := range x {
			out = append(out, cell(y))
		}
		return "[" + strings.Join(out, ", ") + "]"
	case map[string]any:
		b, err := json.Marshal(x)
		if err != nil {
			return err.Error()
		}
		return string(b)
	}
	return fmt.Sprint(v)
}

func (a *app) queriesCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "queries [ID]",
		Short: "List the shipped questions, or show one",
		Example: `  postern queries
  postern queries poisoning`,
		Args: args(0, 1, "at most one id"),
		RunE: func(_ *cobra.Command, got []string) error {
			if len(got) == 1 {
				q, ok := queries.Find(got[0])
				if !ok {
					return fmt.Errorf("no shipped question %q; postern queries lists them", got[0])
				}
				_, err := io.WriteString(a.Out, q.Text)
				return err
			}
			if a.output == "json" {
				return writeJSON(a.Out, queries.All())
			}
			var rows [][]string
			for _, q := range queries.All() {
				var ps []string
				for _, p := range q.Params {
					ps = append(ps, p.Name)
				}
				rows = append(rows, []string{q.ID, strings.Join(ps, ", "), q.Question})
			}
			return table(a.Out, []string{"id", "params", "question"}, rows)
		},
	}
}

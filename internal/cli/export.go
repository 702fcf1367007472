package cli

import (
	"bufio"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/postern-sec/postern/graph"
)

func (a *app) exportCmd() *cobra.Command {
	var s source
	var format string
	c := &cobra.Command{
		Use:   "export --format jsonl|graphml [PATH...]",
		Short: "Write the whole graph for other tools",
		Example: `  postern export snapshot/ > graph.jsonl
  postern export --format graphml --store embedded:postern-data > graph.graphml`,
		Args: args(0, -1, "input PATHs or --store"),
		RunE: func(c *cobra.Command, in []string) error {
			write := map[string]func(io.Writer, []graph.NodeValue, []graph.EdgeValue) error{"jsonl": writeGraphLines, "graphml": writeGraphML}[format]
			if write == nil {
				return usagef("--format %q: jsonl or graphml", format)
			}
			st, err := a.graphStore(c.Context(), &s, in)
			if err != nil {
				return err
			}
			defer st.Close(context.WithoutCancel(c.Context()))
			nodes, edges, err := wholeGraph(c.Context(), st)
			if err != nil {
				return err
			}
			out := bufio.NewWriter(a.Out)
			if err := write(out, nodes, edges); err != nil {
				return err
			}
			if err := out.Flush(); err != nil {
				return err
			}
			return a.done()
		},
	}
	s.flags(c)
	c.Flags().StringVar(&format, "format", "jsonl", "jsonl (one node or edge a line) or graphml")
	return c
}

// wholeGraph reads all nodes by id and all edges by from, kind, to.
func wholeGraph(ctx context.Context, st graph.Store) ([]graph.NodeValue, []graph.EdgeValue, error) {
	all := graph.Limits{Rows: -1, Memory: -1, Time: -1}
	ns, err := st.Query(ctx, graph.Query{Text: "MATCH (n:Asset) RETURN n ORDER BY n.id", Limits: all})
	if err != nil {
		return nil, nil, fmt.Errorf("read nodes: %w", err)
	}
	es, err := st.Query(ctx, graph.Query{Text: "MATCH (a:Asset)-[r]->(b:Asset) RETURN r ORDER BY a.id, type(r), b.id", Limits: all})
	if err != nil {
		return nil, nil, fmt.Errorf("read edges: %w", err)
	}
	nodes := make([]graph.NodeValue, len(ns.Rows))
	for i, r := range ns.Rows {
		nodes[i] = r[0].(graph.NodeValue)
	}
	edges := make([]graph.EdgeValue, len(es.Rows))
	for i, r := range es.Rows {
		edges[i] = r[0].(graph.EdgeValue)
	}
	return nodes, edges, nil
}

func writeGraphLines(w io.Writer, nodes []graph.NodeValue, edges []graph.EdgeValue) error {
	for _, n := range nodes {
		if err := writeJSONLine(w, struct {
			Type string `json:"type"`
			graph.NodeValue
		}{"node", n}); err != nil {
			return err
		}
	}
	for _, e := range edges {
		if err := writeJSONLine(w, struct {
			Type string `json:"type"`
			graph.EdgeValue
		}{"edge", e}); err != nil {
			return err
		}
	}
	return nil
}

// writeGraphML writes GraphML 1.0. Lists become text joined by newlines, since
// GraphML has no lists.
func writeGraphML(w io.Writer, nodes []graph.NodeValue, edges []graph.EdgeValue) error {
	nodeKeys, edgeKeys := keysOf(len(nodes), func(i int) map[string]any { return nodes[i].Properties }), keysOf(len(edges), func(i int) map[string]any { return edges[i].Properties })
	fmt.Fprint(w, xml.Header, `<graphml xmlns="http://graphml.graphdrawing.org/xmlns">`, "\n")
	fmt.Fprintln(w, `  <key id="labels" for="node" attr.name="labels" attr.type="string"/>`)
	for _, k := range nodeKeys {
		fmt.Fprintf(w, "  <key id=\"n-%s\" for=\"node\" attr.name=\"%s\" attr.type=\"string\"/>\n", escape(k), escape(k))
	}
	fmt.Fprintln(w, `  <key id="kind" for="edge" attr.name="kind" attr.type="string"/>`)
	for _, k := range edgeKeys {
		fmt.Fprintf(w, "  <key id=\"e-%s\" for=\"edge\" attr.name=\"%s\" attr.type=\"string\"/>\n", escape(k), escape(k))
	}
	fmt.Fprintln(w, `  <graph id="postern" edgedefault="directed">`)
	for _, n := range nodes {
		fmt.Fprintf(w, "    <node id=\"%s\">\n      <data key=\"labels\">%s</data>\n", escape(n.ID), escape(strings.Join(n.Labels, " ")))
		writeData(w, "n-", nodeKeys, n.Properties)
		fmt.Fprintln(w, "    </node>")
	}
	for i, e := range edges {
		fmt.Fprintf(w, "    <edge id=\"e%d\" source=\"%s\" target=\"%s\">\n      <data key=\"kind\">%s</data>\n", i, escape(e.From), escape(e.To), escape(e.Kind))
		writeData(w, "e-", edgeKeys, e.Properties)
		fmt.Fprintln(w, "    </edge>")
	}
	_, err := fmt.Fprintln(w, "  </graph>\n</graphml>")
	return err
}

func writeData(w io.Writer, prefix string, keys []string, props map[string]any) {
	for _, k := range keys {
		v, ok := props[k]
		if !ok {
			continue
		}
		text := fmt.Sprint(v)
		if l, ok := v.([]any); ok {
			var parts []string
			for _, x := range l {
				parts = append(parts, fmt.Sprint(x))
			}
			text = strings.Join(parts, "\n")
		}
		fmt.Fprintf(w, "      <data key=\"%s%s\">%s</data>\n", prefix, escape(k), escape(text))
	}
}

func escape(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil { // a Builder does not fail
		panic(err)
	}
	return b.String()
}

// keysOf lists the property keys of n maps, sorted, each once.
func keysOf(n int, props func(int) map[string]any) []string {
	seen := map[string]bool{}
	for i := range n {
		for k := range props(i) {
			seen[k] = true
		}
	}
	return sortedKeys(seen)
}

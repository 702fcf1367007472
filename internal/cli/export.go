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
	"github.com/postern-sec/postern/schema"
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
			write := map[string]func(io.Writer, eachOf) error{"jsonl": writeGraphLines, "graphml": writeGraphML}[format]
			if write == nil {
				return usagef("--format %q: jsonl or graphml", format)
			}
			st, err := a.graphStore(c.Context(), &s, in)
			if err != nil {
				return err
			}
			defer st.Close(context.WithoutCancel(c.Context()))
			out := bufio.NewWriterSize(a.Out, 1<<16)
			if err := write(out, wholeGraph(c.Context(), st)); err != nil {
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

// eachOf hands over all nodes by id, then all edges by from, kind, to.
type eachOf func(node func(graph.NodeValue) error, edge func(graph.EdgeValue) error) error

// wholeGraph hands over a store's graph, one by one where the store can.
func wholeGraph(ctx context.Context, st graph.Store) eachOf {
	s, ok := st.(graph.Scanner)
	if !ok {
		return func(node func(graph.NodeValue) error, edge func(graph.EdgeValue) error) error {
			return queryGraph(ctx, st, node, edge)
		}
	}
	return func(node func(graph.NodeValue) error, edge func(graph.EdgeValue) error) error {
		return s.Scan(ctx, func(n *graph.Node) error {
			v := graph.NodeValue{ID: n.ID, Labels: n.Labels(), Properties: n.Properties.Map()}
			v.Properties[schema.PropID.Name], v.Properties[schema.PropKind.Name] = n.ID, string(n.Kind)
			return node(v)
		}, func(_, _ uint32, e *graph.Edge) error {
			return edge(graph.EdgeValue{From: e.From, To: e.To, Kind: string(e.Kind), Properties: e.Properties.Map()})
		})
	}
}

func queryGraph(ctx context.Context, st graph.Store, node func(graph.NodeValue) error, edge func(graph.EdgeValue) error) error {
	all := graph.Limits{Rows: -1, Memory: -1, Time: -1}
	ns, err := st.Query(ctx, graph.Query{Text: "MATCH (n:Asset) RETURN n ORDER BY n.id", Limits: all})
	if err != nil {
		return fmt.Errorf("read nodes: %w", err)
	}
	es, err := st.Query(ctx, graph.Query{Text: "MATCH (a:Asset)-[r]->(b:Asset) RETURN r ORDER BY a.id, type(r), b.id", Limits: all})
	if err != nil {
		return fmt.Errorf("read edges: %w", err)
	}
	for _, r := range ns.Rows {
		if err := node(r[0].(graph.NodeValue)); err != nil {
			return err
		}
	}
	for _, r := range es.Rows {
		if err := edge(r[0].(graph.EdgeValue)); err != nil {
			return err
		}
	}
	return nil
}

func writeGraphLines(w io.Writer, each eachOf) error {
	return each(func(n graph.NodeValue) error {
		return writeJSONLine(w, struct {
			Type string `json:"type"`
			graph.NodeValue
		}{"node", n})
	}, func(e graph.EdgeValue) error {
		return writeJSONLine(w, struct {
			Type string `json:"type"`
			graph.EdgeValue
		}{"edge", e})
	})
}

// writeGraphML writes GraphML 1.0. Lists become text joined by newlines, since
// GraphML has no lists.
func writeGraphML(w io.Writer, each eachOf) error {
	// What properties there are stands in front of all nodes.
	var nodes []graph.NodeValue
	var edges []graph.EdgeValue
	err := each(func(n graph.NodeValue) error {
		nodes = append(nodes, n)
		return nil
	}, func(e graph.EdgeValue) error {
		edges = append(edges, e)
		return nil
	})
	if err != nil {
		return err
	}
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
	_, err = fmt.Fprintln(w, "  </graph>\n</graphml>")
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

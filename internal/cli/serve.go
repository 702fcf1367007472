package cli

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/embedded"
	"github.com/postern-sec/postern/internal/analysis"
	"github.com/postern-sec/postern/internal/demo"
	"github.com/postern-sec/postern/internal/pipeline"
	"github.com/postern-sec/postern/internal/server"
)

// defaultListen is where serve and demo listen.
const defaultListen = "127.0.0.1:8080"

func (a *app) serveCmd() *cobra.Command {
	var s source
	var listen, tokenFile string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve GraphQL and the explorer for a published graph",
		Long: `Serves the GraphQL API at /graphql and an explorer page at /, for the graph of --store
or of --input PATHs. On loopback no token is needed; on any other address one is:
from --token-file or POSTERN_TOKEN. A graph that is published meanwhile is shown at once.`,
		Example: `  postern serve --store embedded:postern-data
  POSTERN_TOKEN=… postern serve --store neo4j://graph.internal:7687 --listen 0.0.0.0:8080`,
		Args: args(0, 0, "no arguments"),
	}
	var input []string
	s.flags(c)
	c.Flags().StringArrayVar(&input, "input", nil, "input PATH to read instead of a store; repeatable")
	c.Flags().StringVar(&listen, "listen", defaultListen, "address to listen on")
	c.Flags().StringVar(&tokenFile, "token-file", "", "file with the token that clients must send (or POSTERN_TOKEN)")
	c.RunE = func(c *cobra.Command, _ []string) error {
		token, err := secretFrom(tokenFile, "POSTERN_TOKEN")
		if err != nil {
			return err
		}
		st, err := a.graphStore(c.Context(), &s, input)
		if err != nil {
			return err
		}
		return a.serve(c.Context(), st, listen, token)
	}
	return c
}

// serve serves a store until ctx ends, then closes it.
func (a *app) serve(ctx context.Context, st graph.Store, listen, token string) error {
	err := server.Serve(ctx, server.Config{Listen: listen, Token: token, Store: st, Ready: func(addr net.Addr) {
		fmt.Fprintf(a.Err, "Serving on http://%s/ (GraphQL at /graphql). Ctrl-C ends it.\n", addr)
	}})
	err = errors.Join(err, st.Close(context.WithoutCancel(ctx)))
	if errors.Is(err, server.ErrTokenNeeded) {
		return usageError{err}
	}
	return err
}

func (a *app) demoCmd() *cobra.Command {
	var listen string
	var noServe bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "Analyse the bundled estate and look around",
		Example: `  postern demo
  postern demo --no-serve --output json`,
		Long: `Analyses Brightwater, an estate that is part of this binary, in memory, prints its worst
paths, and serves the API and the explorer on 127.0.0.1:8080. Nothing else is needed and
nothing is written.`,
		Args: args(0, 0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			docs, gaps, err := demo.Documents(ctx)
			if err != nil {
				return err
			}
			g, _, err := pipeline.Run(ctx, docs, gaps, pipeline.Options{})
			if err != nil {
				return err
			}
			p, err := analysis.FromGraph(g)
			if err != nil {
				return err
			}
			found, err := p.Paths(ctx, analysis.PathQuery{})
			if err != nil {
				return err
			}
			if err := a.printDemo(g, found); err != nil || noServe {
				return err
			}
			return a.serve(ctx, embedded.FromGraph(g), listen, "")
		},
	}
	c.Flags().BoolVar(&noServe, "no-serve", false, "print and end")
	c.Flags().StringVar(&listen, "listen", defaultListen, "address to listen on")
	return c
}

// worst is how many paths demo prints in full.
const worst = 3

func (a *app) printDemo(g *graph.Graph, found *analysis.PathAnswer) error {
	if a.output == "json" {
		return writeJSON(a.Out, report(g, found))
	}
	fmt.Fprintf(a.Out, "Brightwater, the bundled estate (a snapshot of seven AWS accounts).\n\n")
	r := report(g, found)
	a.printSummary(a.Out, g, r, found)
	fmt.Fprintf(a.Out, "The worst, with proof:\n\n")
	few := *found
	few.Paths, few.Exhaustive = found.Paths[:min(worst, len(found.Paths))], true
	if err := a.printPaths(&few); err != nil {
		return err
	}
	return printGaps(a.Out, r.Coverage)
}

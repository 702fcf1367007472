package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/postern-sec/postern/internal/gen"
)

func (a *app) genCmd() *cobra.Command {
	var s source
	var scale int
	var seed uint64
	var out string
	c := &cobra.Command{
		Use:   "gen --scale N --out DIR",
		Short: "Make a synthetic estate of N resources, for benchmarks",
		Long: fmt.Sprintf(`Makes a synthetic AWS estate with the skew of real ones: hub roles, groups and policy
sets that most principals share, a long tail of policies of their own, a few ways in
from the internet, and stores that models are trained on.

With --out it is written as files of the AWS CLI, an account of up to 5,000 resources
at a time, in constant memory; postern analyze reads them. With --store the graph of
such an estate is made at once, N nodes and about %d edges a node with their proof, and
published: for measuring stores and searches at a million nodes and more.

The same scale and seed give the same bytes.`, gen.EdgesPerNode),
		Example: `  postern gen --scale 10000 --seed 1 --out estate && postern analyze estate
  postern gen --scale 100000 --store embedded:bench && postern paths --store embedded:bench --k 5`,
		Args: args(0, 0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if scale < 1 || (out == "") == (s.store == "") {
				return usagef("gen wants --scale of at least 1 and either --out DIR or --store")
			}
			if s.store != "" {
				return a.publishGenerated(c.Context(), &s, scale, seed)
			}
			if err := gen.Estate(c.Context(), out, scale, seed); err != nil {
				return err
			}
			_, err := fmt.Fprintf(a.Out, "%s in %s.\nNext: postern analyze %s\n", plural(scale, "resource"), out, out)
			return err
		},
	}
	s.storeFlags(c)
	c.Flags().IntVar(&scale, "scale", 10_000, "resources, or nodes of a graph")
	c.Flags().Uint64Var(&seed, "seed", 1, "the same seed gives the same bytes")
	c.Flags().StringVar(&out, "out", "", "folder to write files to")
	return c
}

func (a *app) publishGenerated(ctx context.Context, s *source, scale int, seed uint64) error {
	g, err := gen.Graph(scale, seed)
	if err != nil {
		return err
	}
	if err := a.publish(ctx, s, g); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Out, "%s and %s in %s.\nNext: postern paths --store %s\n", plural(len(g.Nodes()), "node"), plural(len(g.Edges()), "edge"), s.store, s.store)
	return err
}

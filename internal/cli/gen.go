package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/postern-sec/postern/internal/gen"
)

func (a *app) genCmd() *cobra.Command {
	var scale int
	var seed uint64
	var out string
	c := &cobra.Command{
		Use:   "gen --scale N --out DIR",
		Short: "Write a synthetic estate of N resources, for benchmarks",
		Args:  args(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			if out == "" || scale < 1 {
				return usagef("gen wants --out DIR and --scale of at least 1")
			}
			if err := gen.Estate(out, scale, seed); err != nil {
				return err
			}
			_, err := fmt.Fprintf(a.Out, "%s in %s.\nNext: postern analyze %s\n", plural(scale, "resource"), out, out)
			return err
		},
	}
	c.Flags().IntVar(&scale, "scale", 10_000, "resources")
	c.Flags().Uint64Var(&seed, "seed", 1, "the same seed gives the same bytes")
	c.Flags().StringVar(&out, "out", "", "folder to write to")
	return c
}

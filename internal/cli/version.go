package cli

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by the release build: -ldflags "-X .../internal/cli.version=1.2.3".
var version = "dev"

// Version is the tool's version with the commit it was built from.
func Version() string {
	v := version
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			v += "+" + s.Value[:12]
		}
	}
	return v
}

func (a *app) versionCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Example: `  postern version
  postern version --output json`,
		Args: args(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			if a.output == "json" {
				return writeJSON(a.Out, map[string]string{"version": Version()})
			}
			_, err := fmt.Fprintln(a.Out, "postern", Version())
			return err
		},
	}
}

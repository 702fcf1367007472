// Package cli is the command line: it joins the concrete parts (collectors,
// readers, stores, engines) and nothing else does. The commands, their JSON and
// their exit codes are a contract that other programs rely on.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/internal/analysis"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
)

// Exit codes.
const (
	exitDone         = 0
	exitError        = 1
	exitUsage        = 2
	exitMatched      = 3 // done, and something matched --fail-on
	exitIncomplete   = 4 // done but incomplete, with --strict-coverage
	exitUnauthorised = 5
)

// Streams are where a command reads and writes. Data goes to Out, talk to Err.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// exitCode is an error that only carries an exit code: what there was to say has
// been said.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// usageError is a mistake in how a command was called.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, a ...any) error { return usageError{fmt.Errorf(format, a...)} }

// errUnauthorised marks errors that end with exit code 5.
var errUnauthorised = errors.New("not authorised")

// Run runs the command line args (without the program's name) and returns the
// exit code.
func Run(ctx context.Context, args []string, s Streams) int {
	a := &app{Streams: s}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	err := root.ExecuteContext(ctx)
	var code exitCode
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &usage):
		fmt.Fprintf(s.Err, "postern: %v\n", err)
		return exitUsage
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(s.Err, "postern: interrupted")
		return exitError
	}
	fmt.Fprintf(s.Err, "postern: %v\n", err)
	if hint := hintFor(err); hint != "" {
		fmt.Fprintf(s.Err, "%s\n", hint)
	}
	if errors.Is(err, errUnauthorised) {
		return exitUnauthorised
	}
	return exitError
}

// hintFor says what to do next about an error.
func hintFor(err error) string {
	var sel *analysis.SelectorError
	switch {
	case errors.Is(err, graph.ErrNoGraph):
		return "Run postern analyze PATH... --store STORE first, or give input PATHs instead of --store."
	case errors.Is(err, graph.ErrLocked):
		return "Wait for the other process, or use another store directory."
	case errors.Is(err, graph.ErrCorrupt):
		return "Publish again: postern analyze PATH... --store STORE."
	case errors.Is(err, graph.ErrWrite):
		return "Remove the writing clause; Postern's graph is made by postern analyze alone."
	case errors.As(err, &sel):
		return "Ids are the cloud's own (ARNs); postern query -e 'MATCH (n:Asset) RETURN n.id' lists them."
	case errors.Is(err, iamaws.ErrBadRequest):
		return "See postern can --help for how principals, actions and resources are written."
	}
	return ""
}

// app is one run of the command line.
type app struct {
	Streams
	output     string // table or json
	config     string
	quiet      bool
	noColor    bool
	incomplete bool            // coverage gaps, and --strict-coverage was given
	noted      map[string]bool // members of batch requests that were complained of
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "postern",
		Short: "Find the ways from the internet to your AI training data, models and agents",
		Long: `Postern finds the ways from the internet to an organisation's AI training data,
models and agents, proves each step, and says which change closes most of them.

Start with the bundled estate:      postern demo
Look at your own account:           postern collect aws --out snapshot && postern paths snapshot
Or at files you already have:       postern paths gaad.json describe-outputs/

Configuration: defaults < --config file (YAML, keys are flag names) < POSTERN_* environment
variables (POSTERN_STORE for --store) < flags. Secrets come from files or the environment only.

Exit codes: 0 done, 1 error, 2 usage, 3 something matched --fail-on,
4 incomplete (--strict-coverage), 5 not authorised.`,
		SilenceErrors:              true,
		SuggestionsMinimumDistance: 2,
		SilenceUsage:               true,
		PersistentPreRunE:          a.configure,
		Args:                       cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, got []string) error {
			if len(got) == 0 {
				return c.Help()
			}
			msg := fmt.Sprintf("no such command: %s", got[0])
			if near := c.SuggestionsFor(got[0]); len(near) > 0 {
				msg += "; did you mean " + strings.Join(near, " or ") + "?"
			}
			return usagef("%s\nSee postern --help", msg)
		},
	}
	root.PersistentFlags().StringVarP(&a.output, "output", "o", "table", "table or json")
	root.PersistentFlags().StringVar(&a.config, "config", "", "configuration file (YAML; keys are flag names)")
	root.PersistentFlags().BoolVarP(&a.quiet, "quiet", "q", false, "no progress and no notes on stderr")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w\nSee %s --help", err, c.CommandPath())}
	})
	root.AddGroup(&cobra.Group{ID: "read", Title: "Read an estate:"}, &cobra.Group{ID: "ask", Title: "Ask:"},
		&cobra.Group{ID: "fix", Title: "Fix:"}, &cobra.Group{ID: "run", Title: "Run:"})
	for _, group := range []struct {
		id   string
		cmds []*cobra.Command
	}{
		{"read", []*cobra.Command{a.collectCmd(), a.analyzeCmd(), a.exportCmd(), a.doctorCmd()}},
		{"ask", []*cobra.Command{a.pathsCmd(), a.canCmd(), a.whoCanCmd(), a.whatCanCmd(), a.reachCmd(), a.queryCmd(), a.queriesCmd()}},
		{"fix", []*cobra.Command{a.chokePointsCmd(), a.blastRadiusCmd(), a.whatIfCmd()}},
		{"run", []*cobra.Command{a.demoCmd(), a.serveCmd(), a.genCmd(), a.versionCmd()}},
	} {
		for _, c := range group.cmds {
			c.GroupID = group.id
			root.AddCommand(c)
		}
	}
	return root
}

// args checks the number of arguments; max below 0 means any number.
func args(least, most int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, got []string) error {
		if len(got) < least || most >= 0 && len(got) > most {
			return usagef("%s wants %s; got %d argument(s)\nSee %s --help", c.CommandPath(), what, len(got), c.CommandPath())
		}
		return nil
	}
}

// notef writes a line for people to stderr.
func (a *app) notef(format string, v ...any) {
	if !a.quiet {
		fmt.Fprintf(a.Err, format+"\n", v...)
	}
}

// terminal reports whether w is a terminal.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

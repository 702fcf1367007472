package cli

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/spf13/cobra"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/embedded"
	"github.com/postern-sec/postern/graph/neo4j"
	"github.com/postern-sec/postern/ingest/read"
	"github.com/postern-sec/postern/internal/analysis"
	"github.com/postern-sec/postern/internal/pipeline"
)

// source is where a command finds its graph: a store, or input paths that are
// read into memory.
type source struct {
	store string
	neo4j neo4jFlags
	input inputFlags
}

// neo4jFlags are how to log in to Neo4j. The password comes from a file or from
// POSTERN_NEO4J_PASSWORD.
type neo4jFlags struct{ user, passwordFile, database string }

// inputFlags say how input files are taken.
type inputFlags struct {
	declarations string
	strict       bool
}

func (s *source) flags(c *cobra.Command) {
	s.storeFlags(c)
	s.input.flags(c)
}

func (s *source) storeFlags(c *cobra.Command) {
	c.Flags().StringVar(&s.store, "store", "", "published graph: embedded:DIR, or neo4j://HOST, bolt://HOST (+s, +ssc)")
	c.Flags().StringVar(&s.neo4j.user, "neo4j-user", "neo4j", "Neo4j user")
	c.Flags().StringVar(&s.neo4j.passwordFile, "neo4j-password-file", "", "file with the Neo4j password (or POSTERN_NEO4J_PASSWORD)")
	c.Flags().StringVar(&s.neo4j.database, "neo4j-database", "neo4j", "Neo4j database")
}

func (f *inputFlags) flags(c *cobra.Command) {
	c.Flags().StringVar(&f.declarations, "declare", "", "YAML file that declares training data and sensitivity of stores by id")
	c.Flags().BoolVar(&f.strict, "strict-coverage", false, "exit 4 when something could not be read")
}

// analyse reads input paths and makes the graph and the engines.
func (a *app) analyse(ctx context.Context, f inputFlags, paths []string) (*graph.Graph, *pipeline.Engines, error) {
	in, options, err := a.read(ctx, f, paths)
	if err != nil {
		return nil, nil, err
	}
	g, engines, err := pipeline.Run(ctx, in.Documents, in.Gaps, options)
	if err != nil {
		return nil, nil, err
	}
	a.noteGaps(f, len(g.Coverage().Gaps))
	return g, engines, nil
}

// engines reads input paths and makes the engines, without attack edges.
func (a *app) engines(ctx context.Context, f inputFlags, paths []string) (*pipeline.Engines, error) {
	in, options, err := a.read(ctx, f, paths)
	if err != nil {
		return nil, err
	}
	e, err := pipeline.Facts(ctx, in.Documents, in.Gaps, options)
	if err != nil {
		return nil, err
	}
	a.noteGaps(f, len(e.Facts.Graph.Gaps()))
	return e, nil
}

func (a *app) read(ctx context.Context, f inputFlags, paths []string) (*read.Inputs, pipeline.Options, error) {
	var o pipeline.Options
	in, err := read.Open(ctx, paths)
	if err == nil && f.declarations != "" {
		o.Declarations, err = pipeline.ReadDeclarations(f.declarations)
	}
	return in, o, err
}

// noteGaps says that something was not read, and remembers that the run is
// incomplete when that is to be an exit code; the command still answers.
func (a *app) noteGaps(f inputFlags, gaps int) {
	a.incomplete = f.strict && gaps > 0
	if gaps > 0 {
		a.notef("%s: what hangs on them is unknown, not safe. postern analyze lists them.", plural(gaps, "coverage gap"))
	}
}

// stampRun gives a graph's run its id and times, from the clock: they are not
// part of the graph's hash.
func stampRun(start time.Time) graph.Run {
	return graph.Run{ID: ulid.MustNew(ulid.Timestamp(start), ulid.DefaultEntropy()).String(), Start: start.UTC().Format(time.RFC3339), End: time.Now().UTC().Format(time.RFC3339)}
}

// projection returns the attack graph of the store or of the input paths.
func (a *app) projection(ctx context.Context, s *source, paths []string) (*analysis.Projection, error) {
	if s.store == "" {
		if len(paths) == 0 {
			return nil, usagef("give input PATHs or --store")
		}
		g, _, err := a.analyse(ctx, s.input, paths)
		if err != nil {
			return nil, err
		}
		return analysis.FromGraph(g)
	}
	if len(paths) > 0 {
		return nil, usagef("give either --store or input PATHs, not both")
	}
	st, err := a.openStore(ctx, s)
	if err != nil {
		return nil, err
	}
	defer st.Close(context.WithoutCancel(ctx))
	return analysis.Load(ctx, st)
}

// done is the error with which a command that has answered ends.
func (a *app) done() error {
	if a.incomplete {
		return exitCode(exitIncomplete)
	}
	return nil
}

// graphStore returns a store to ask: the published one, or one in memory made of
// the input paths.
func (a *app) graphStore(ctx context.Context, s *source, paths []string) (graph.Store, error) {
	if s.store != "" {
		if len(paths) > 0 {
			return nil, usagef("give either --store or input PATHs, not both")
		}
		return a.openStore(ctx, s)
	}
	if len(paths) == 0 {
		return nil, usagef("give input PATHs or --store")
	}
	g, _, err := a.analyse(ctx, s.input, paths)
	if err != nil {
		return nil, err
	}
	return embedded.FromGraph(g), nil
}

// openStore opens what --store names.
func (a *app) openStore(ctx context.Context, s *source) (graph.Store, error) {
	if dir, ok := strings.CutPrefix(s.store, "embedded:"); ok {
		if dir == "" {
			return nil, usagef("--store embedded:DIR lacks the directory")
		}
		return embedded.Open(dir, embedded.Options{})
	}
	u, err := url.Parse(s.store)
	if err != nil || !strings.HasPrefix(u.Scheme, "neo4j") && !strings.HasPrefix(u.Scheme, "bolt") {
		return nil, usagef("--store wants embedded:DIR, neo4j://HOST or bolt://HOST")
	}
	if u.User != nil {
		return nil, usagef("--store must not hold a password: use --neo4j-user and --neo4j-password-file")
	}
	password, err := secretFrom(s.neo4j.passwordFile, "POSTERN_NEO4J_PASSWORD")
	if err != nil {
		return nil, err
	}
	st, err := neo4j.Open(ctx, neo4j.Config{URI: s.store, User: s.neo4j.user, Password: password, Database: s.neo4j.database})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", s.store, err)
	}
	return st, nil
}

// secretFrom reads a secret from a file or, without one, from the environment.
func secretFrom(file, env string) (string, error) {
	if file == "" {
		return os.Getenv(env), nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read secret: %w", err)
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/postern-sec/postern/internal/analysis"
)

// pathDiff is what changed between two analyses. A path is the same when it goes
// the same way: nodes and kinds of edges.
type pathDiff struct {
	New       []analysis.Path `json:"new"`
	Closed    []analysis.Path `json:"closed"`
	Unchanged int             `json:"unchanged"`
}

// previous reads the paths of an earlier state, a store or input, as analyze finds
// them.
func (a *app) previous(ctx context.Context, s *source, what string) (*analysis.PathAnswer, error) {
	before := *s
	before.store = ""
	var inputs []string
	if strings.HasPrefix(what, "embedded:") || strings.HasPrefix(what, "neo4j") && strings.Contains(what, "://") || strings.HasPrefix(what, "bolt") && strings.Contains(what, "://") {
		before.store = what
	} else {
		inputs = []string{what}
	}
	quiet := a.quiet
	a.quiet = true // its gaps are not of this run
	p, err := a.projection(ctx, &before, inputs)
	a.quiet = quiet
	if err != nil {
		return nil, fmt.Errorf("--diff %s: %w", what, err)
	}
	return p.Paths(ctx, analysis.PathQuery{})
}

func diffPaths(before, now *analysis.PathAnswer) *pathDiff {
	d := &pathDiff{New: []analysis.Path{}, Closed: []analysis.Path{}}
	old := map[string]bool{}
	for _, p := range before.Paths {
		old[p.Fingerprint] = true
	}
	still := map[string]bool{}
	for _, p := range now.Paths {
		if old[p.Fingerprint] {
			still[p.Fingerprint] = true
			d.Unchanged++
		} else {
			d.New = append(d.New, p)
		}
	}
	for _, p := range before.Paths {
		if !still[p.Fingerprint] {
			d.Closed = append(d.Closed, p)
		}
	}
	return d
}

func (a *app) printDiff(w io.Writer, d *pathDiff) {
	fmt.Fprintf(w, "Against the earlier state: %d new, %d closed, %d unchanged.\n", len(d.New), len(d.Closed), d.Unchanged)
	for _, list := range []struct {
		sign  string
		paths []analysis.Path
	}{{"+", d.New}, {"-", d.Closed}} {
		for i := range list.paths {
			p := &list.paths[i]
			fmt.Fprintf(w, "  %s %s  %s  %s\n", list.sign, a.severity(p.Severity), sentence(p), p.Fingerprint)
		}
	}
	fmt.Fprintln(w)
}

// Package demo holds the bundled estate: a snapshot of Brightwater, seven AWS
// accounts that exist only on a moto server, with the truth about them.
//
// estate/build.py makes the accounts and writes what is true of them into
// estate/truth.json and estate/STORY.md; estate/refresh collects them with
// postern itself into estate/snapshot.tar.zst.
package demo

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/read"
)

//go:embed estate/snapshot.tar.zst
var archive []byte

// Documents reads the bundled snapshot.
func Documents(ctx context.Context) ([]ingest.Document, []graph.Gap, error) {
	dir, err := os.MkdirTemp("", "postern-demo-")
	if err != nil {
		return nil, nil, fmt.Errorf("demo: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "brightwater.tar.zst")
	if err := os.WriteFile(file, archive, 0o600); err != nil {
		return nil, nil, fmt.Errorf("demo: %w", err)
	}
	in, err := read.Open(ctx, []string{file})
	if err != nil {
		return nil, nil, fmt.Errorf("demo: %w", err)
	}
	return in.Documents, in.Gaps, nil
}

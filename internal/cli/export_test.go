package cli

import (
	"bytes"
	"context"
	"testing"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/embedded"
	"github.com/postern-sec/postern/internal/gen"
)

// queriesOnly is a store without Scan.
type queriesOnly struct{ graph.Store }

// TestExportByScan: a store that scans and one that is only asked export the same.
func TestExportByScan(t *testing.T) {
	g, err := gen.Graph(500, 1)
	if err != nil {
		t.Fatal(err)
	}
	s := embedded.FromGraph(g)
	defer s.Close(context.WithoutCancel(t.Context()))
	var scanned, asked bytes.Buffer
	for out, st := range map[*bytes.Buffer]graph.Store{&scanned: s, &asked: queriesOnly{s}} {
		if err := writeGraphLines(out, wholeGraph(t.Context(), st)); err != nil {
			t.Fatal(err)
		}
	}
	if scanned.Len() == 0 || scanned.String() != asked.String() {
		t.Errorf("%d bytes by scan, %d bytes by queries", scanned.Len(), asked.Len())
	}
}

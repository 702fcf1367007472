package read_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest/read"
	"github.com/postern-sec/postern/internal/sharedtest"
	"github.com/postern-sec/postern/schema"
)

// TestIAMVulnerable reads the export of a real account: the counts are those
// that its README states.
func TestIAMVulnerable(t *testing.T) {
	in, err := read.Open(t.Context(), []string{filepath.Join(sharedtest.Dir(t), "data", "iam-vulnerable")})
	if err != nil {
		t.Fatal(err)
	}
	inv := facts(in).AWSPermissions
	got := []int{len(inv.Users), len(inv.Groups), len(inv.Roles), len(inv.Policies)}
	for i, want := range []int{44, 5, 78, 84} {
		if got[i] != want {
			t.Errorf("users, groups, roles, policies: %v", got)
			break
		}
	}
}

// TestTreeOfTheCLI reads a tree that a program with the AWS SDK wrote, when
// one is there: every file of an operation that Postern maps is understood.
func TestTreeOfTheCLI(t *testing.T) {
	sharedtest.Dir(t)
	root := os.Getenv("ORACLE_DATA")
	if root == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			t.Skip(err)
		}
		root = filepath.Join(home, "oracle-data")
	}
	tree := filepath.Join(root, "meadow")
	if _, err := os.Stat(tree); err != nil {
		t.Skipf("no tree: %v", err)
	}
	in, err := read.Open(t.Context(), []string{tree})
	if err != nil {
		t.Fatal(err)
	}
	f := facts(in)
	g := f.Graph.Freeze(graph.Run{})
	for _, x := range g.Coverage().Gaps {
		if x.File != "" && filepath.Base(x.File) != "not-read.txt" && !strings.Contains(x.Message, "no meaning is known of") {
			t.Errorf("%s %s: %s", x.Kind, x.File, x.Message)
		}
	}
	if n := len(f.Graph.NodeIDs(schema.Bucket)); n != 54 {
		t.Errorf("%d buckets, want 54", n)
	}
}

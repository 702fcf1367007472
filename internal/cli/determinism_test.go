package cli_test

import (
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/postern-sec/postern/internal/gen"
	"github.com/postern-sec/postern/internal/longtest"
)

// TestSameBytes: the order in which files are given, the number of processors and
// the seeds of maps, which change with every run, do not show in any answer; nor
// does the store.
func TestSameBytes(t *testing.T) {
	generated := t.TempDir()
	if err := gen.Estate(t.Context(), generated, 400, 3); err != nil {
		t.Fatal(err)
	}
	t.Run("generated", func(t *testing.T) { sameBytes(t, filesBelow(t, generated)) })
	t.Run("bundled", func(t *testing.T) {
		longtest.Skip(t, "analyses the bundled estate a dozen times")
		sameBytes(t, []string{filepath.Join("..", "demo", "estate", "snapshot.tar.zst"), export(t)})
	})
}

func sameBytes(t *testing.T, inputs []string) {
	questions := [][]string{{"paths", "--k", "10"}, {"paths", "--from", "kind=Role", "--to", "training-data", "--to", "admin"},
		{"choke-points"}, {"blast-radius", "internet"}, {"export"}, {"export", "--format", "graphml"}}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	rnd := rand.New(rand.NewPCG(1, 1))
	ask := func(q []string, more ...string) string {
		t.Helper()
		args := slices.Concat(q, []string{"-q"}, more)
		if q[0] != "export" {
			args = append(args, "-o", "json")
		}
		code, out, errs := run(t, "", args...)
		if code != 0 || len(out) < 200 {
			t.Fatalf("%v: exit %d, %d bytes %s", q, code, len(out), errs)
		}
		return out
	}
	var first []string
	for round := range 4 {
		runtime.GOMAXPROCS(1 + round%2)
		rnd.Shuffle(len(inputs), func(i, j int) { inputs[i], inputs[j] = inputs[j], inputs[i] })
		store := "embedded:" + t.TempDir()
		answers := []string{withoutRun(t, ask([]string{"analyze", "--store", store}, inputs...))}
		for _, q := range questions {
			a := ask(q, "--store", store)
			answers = append(answers, a)
			if round == 0 && ask(q, inputs...) != a {
				t.Errorf("%v: files in memory give other bytes than a store", q)
			}
		}
		if round == 0 {
			first = answers
		}
		for i := range answers {
			if answers[i] != first[i] {
				t.Errorf("round %d: other bytes for question %d", round, i)
			}
		}
	}
}

// withoutRun removes the id of the run, which holds the time.
func withoutRun(t *testing.T, out string) string {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(out), &m); err != nil {
		t.Fatal(err)
	}
	delete(m, "run")
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func filesBelow(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/storetest"
	"github.com/postern-sec/postern/internal/longtest"
)

// publisherDir makes the test binary publish graphs to the directory it names
// until it is killed.
const publisherDir = "POSTERN_TEST_PUBLISH_TO"

func TestMain(m *testing.M) {
	if dir := os.Getenv(publisherDir); dir != "" {
		publishForever(dir)
	}
	os.Exit(m.Run())
}

func numberedGraph(n int) *graph.Graph { return storetest.Numbered(n, 600) }

func publishForever(dir string) {
	s, err := Open(dir, Options{})
	for n := 1; err == nil; n++ {
		err = s.Publish(context.Background(), numberedGraph(n))
		fmt.Println("published", n)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func checkWhole(t *testing.T, s *Store) {
	t.Helper()
	n := storetest.Whole(t, s)
	f, err := s.graph(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	compare(t, f, numberedGraph(n))
}

// TestKilledPublisher kills a publishing process at 20 moments; each time the
// graph must be whole, and the next publisher must go on.
func TestKilledPublisher(t *testing.T) {
	longtest.Skip(t, "starts 20 processes")
	dir := t.TempDir()
	reader, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close(t.Context())
	if err := reader.Publish(t.Context(), numberedGraph(1)); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		killPublisher(t, dir, time.Duration(rng.IntN(12_000))*time.Microsecond)
		checkWhole(t, reader)
		fresh, err := Open(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		checkWhole(t, fresh)
		if err := fresh.Publish(t.Context(), numberedGraph(2)); err != nil {
			t.Fatalf("publish after a kill: %v", err)
		}
		checkWhole(t, reader)
		fresh.Close(t.Context())
		onlyCurrent(t, dir)
	}
}

// killPublisher lets a process publish, and kills it a while after its first
// graph.
func killPublisher(t *testing.T, dir string, after time.Duration) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), publisherDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 8)); err != nil {
		t.Fatalf("the publisher ended: %v", err)
	}
	time.Sleep(after)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, out)
	_ = cmd.Wait() // it was killed
}

// onlyCurrent checks that old versions and leftovers are gone.
func onlyCurrent(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	graphs := 0
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), graphPrefix) {
			graphs++
		}
	}
	if graphs != 1 {
		t.Errorf("%d graph files, want 1", graphs)
	}
}

// TestDamagedStore damages what lies in the directory: a clean error, and the
// next publish repairs it.
func TestDamagedStore(t *testing.T) {
	current := func(dir string) string {
		raw, err := readPointer(dir)
		if err != nil {
			t.Fatal(err)
		}
		p, err := decodePointer(raw)
		if err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, p.file)
	}
	patch := func(path string, change func([]byte) []byte) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, change(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, damage := range map[string]func(dir string){
		"file cut":     func(dir string) { patch(current(dir), func(b []byte) []byte { return b[:len(b)/2] }) },
		"file empty":   func(dir string) { patch(current(dir), func(b []byte) []byte { return nil }) },
		"file longer":  func(dir string) { patch(current(dir), func(b []byte) []byte { return append(b, 0) }) },
		"bit in file":  func(dir string) { patch(current(dir), func(b []byte) []byte { b[len(b)/3] ^= 16; return b }) },
		"bit in last":  func(dir string) { patch(current(dir), func(b []byte) []byte { b[len(b)-1] ^= 1; return b }) },
		"file missing": func(dir string) { os.Remove(current(dir)) },
		"bit in pointer": func(dir string) {
			patch(filepath.Join(dir, pointerName), func(b []byte) []byte { b[20] ^= 1; return b })
		},
		"pointer cut":   func(dir string) { patch(filepath.Join(dir, pointerName), func(b []byte) []byte { return b[:30] }) },
		"pointer empty": func(dir string) { patch(filepath.Join(dir, pointerName), func(b []byte) []byte { return nil }) },
		"pointer foreign": func(dir string) {
			patch(filepath.Join(dir, pointerName), func([]byte) []byte { return []byte("../../etc/passwd\n") })
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s, err := Open(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Publish(t.Context(), numberedGraph(1)); err != nil {
				t.Fatal(err)
			}
			damage(dir)
			fresh, err := Open(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := fresh.Describe(t.Context()); !errors.Is(err, graph.ErrCorrupt) {
				t.Fatalf("%v, want ErrCorrupt", err)
			}
			if err := fresh.Publish(t.Context(), numberedGraph(2)); err != nil {
				t.Fatal(err)
			}
			checkWhole(t, fresh)
			checkWhole(t, s)
			onlyCurrent(t, dir)
		})
	}
}

// TestPointerBits flips every bit of the pointer.
func TestPointerBits(t *testing.T) {
	raw := pointer{file: graphName(12), size: 4711, sum: 0xdeadbeef}.encode()
	if p, err := decodePointer(raw); err != nil || p.file != graphName(12) || p.size != 4711 || p.sum != 0xdeadbeef {
		t.Fatalf("%v, %v", p, err)
	}
	for i := range len(raw) * 8 {
		b := []byte(string(raw))
		b[i/8] ^= 1 << (i % 8)
		if _, err := decodePointer(b); !errors.Is(err, graph.ErrCorrupt) {
			t.Errorf("bit %d: %v, want ErrCorrupt", i, err)
		}
	}
}

func TestLocked(t *testing.T) {
	dir := t.TempDir()
	release, err := lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Publish(t.Context(), numberedGraph(1)); !errors.Is(err, graph.ErrLocked) {
		t.Errorf("%v, want ErrLocked", err)
	}
	if _, err := s.Describe(t.Context()); !errors.Is(err, graph.ErrNoGraph) {
		t.Errorf("%v, want ErrNoGraph", err)
	}
	release()
	if err := s.Publish(t.Context(), numberedGraph(1)); err != nil {
		t.Error(err)
	}
}

// TestNoticesPublishedGraph: a store that runs sees what another process
// publishes, and a query that runs keeps its graph.
func TestNoticesPublishedGraph(t *testing.T) {
	dir := t.TempDir()
	a, _ := Open(dir, Options{})
	b, _ := Open(dir, Options{})
	for n := 1; n < 4; n++ {
		if err := a.Publish(t.Context(), numberedGraph(n)); err != nil {
			t.Fatal(err)
		}
		old, err := b.graph(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Publish(t.Context(), numberedGraph(n+1)); err != nil {
			t.Fatal(err)
		}
		compare(t, old, numberedGraph(n))
		checkWhole(t, b)
		if d, err := b.Describe(t.Context()); err != nil || d.Run != numberedGraph(n+1).Run() {
			t.Errorf("run %s, %v", d.Run.ID, err)
		}
	}
}

func TestOpenRefusesFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{path, ""} {
		if _, err := Open(dir, Options{}); err == nil {
			t.Errorf("%q: no error", dir)
		}
	}
}

func BenchmarkPublish(b *testing.B) {
	for _, edges := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(edges), func(b *testing.B) {
			g := estate(b, edges/10, edges)
			s, err := Open(b.TempDir(), Options{})
			if err != nil {
				b.Fatal(err)
			}
			runtime.GC() // what making the estate left behind is not the store's
			for b.Loop() {
				if err := s.Publish(b.Context(), g); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(edges)*float64(b.N)/b.Elapsed().Seconds(), "edges/s")
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	const edges = 1_000_000
	dir := b.TempDir()
	s, err := Open(dir, Options{})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Publish(b.Context(), estate(b, edges/10, edges)); err != nil {
		b.Fatal(err)
	}
	s.Close(b.Context())
	var fresh *Store
	for b.Loop() {
		fresh, _ = Open(dir, Options{})
		if _, err := fresh.Describe(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(edges)*float64(b.N)/b.Elapsed().Seconds(), "edges/s")
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/edges, "B/edge")
	runtime.KeepAlive(fresh)
}

// BenchmarkEdges is the query by which path analysis loads all attack edges.
func BenchmarkEdges(b *testing.B) {
	const edges = 200_000
	s := FromGraph(estate(b, edges/10, edges))
	q := graph.Query{Text: "MATCH (a)-[r:ASSUMES|RUNS_AS|READS_DATA|WRITES_DATA]->(b) RETURN a.id AS a, type(r) AS r, b.id AS b, r.verdict AS v ORDER BY a, r, b",
		Limits: graph.Limits{Rows: -1, Memory: -1}}
	rows := 0
	for b.Loop() {
		r, err := s.Query(b.Context(), q)
		if err != nil || !r.Exhaustive {
			b.Fatal(r, err)
		}
		rows = len(r.Rows)
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

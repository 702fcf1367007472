package neo4j

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/storetest"
	"github.com/postern-sec/postern/internal/neo4jtest"
)

// publisherURI makes the test binary publish numbered graphs to the server it
// names until it is killed.
const publisherURI = "POSTERN_TEST_PUBLISH_TO"

func TestMain(m *testing.M) {
	if uri := os.Getenv(publisherURI); uri != "" {
		publishForever(uri)
	}
	// The memory that docker-compose.yml gives a server.
	neo4jtest.Configure(neo4jtest.Options{Heap: "2g", PageCache: "1g"})
	os.Exit(neo4jtest.Main(m))
}

const numberedSize = 600

func publishForever(uri string) {
	ctx := context.Background()
	s, err := Open(ctx, Config{URI: uri})
	fmt.Println("opened")
	for n := 1; err == nil; n++ {
		err = s.Publish(ctx, storetest.Numbered(n, numberedSize))
		if errors.Is(err, graph.ErrLocked) { // the one killed before is being rolled back
			err = nil
		}
	}
	fmt.Println(err)
	os.Exit(1)
}

// TestKilledPublisher kills a publishing process at 20 moments. The graph must
// be whole each time, and the next publisher must go on.
func TestKilledPublisher(t *testing.T) {
	s := open(t)
	defer s.Close(t.Context())
	if err := s.Publish(t.Context(), storetest.Numbered(0, numberedSize)); err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	seen := map[int]bool{}
	for i := range 20 {
		killPublisher(t, s.config.URI, time.Duration(rng.IntN(2500))*time.Millisecond)
		seen[storetest.Whole(t, s)] = true
		if i%5 == 4 {
			if err := s.Publish(t.Context(), storetest.Numbered(100+i, numberedSize)); err != nil {
				t.Fatalf("publish after a kill: %v", err)
			}
			if n := storetest.Whole(t, s); n != 100+i {
				t.Errorf("graph %d after a publish of %d", n, 100+i)
			}
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("graphs seen: %v", seen)
}

func killPublisher(t *testing.T, uri string, after time.Duration) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), publisherURI+"="+uri)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 6)); err != nil {
		t.Fatalf("the publisher ended: %v", err)
	}
	time.Sleep(after)
	_ = cmd.Process.Kill() // it may have ended
	rest, _ := io.ReadAll(out)
	_ = cmd.Wait()
	if len(rest) > 2 {
		t.Fatalf("the publisher failed: %s", rest)
	}
}

// TestDeadBetweenSteps leaves what publishers leave that die between the steps
// of guard.go. Readers and the next publisher must find out.
func TestDeadBetweenSteps(t *testing.T) {
	s := open(t)
	defer s.Close(t.Context())
	if err := s.Publish(t.Context(), storetest.Numbered(1, 100)); err != nil {
		t.Fatal(err)
	}
	if err := s.announce(t.Context(), "dead"); err != nil {
		t.Fatal(err)
	}
	if n := storetest.Whole(t, s); n != 1 {
		t.Errorf("graph %d", n)
	}
	if err := s.Publish(t.Context(), storetest.Numbered(2, 100)); err != nil {
		t.Fatal(err)
	}
	if n := storetest.Whole(t, s); n != 2 {
		t.Errorf("graph %d", n)
	}
	session := s.session(t.Context(), driver.AccessModeRead)
	defer session.Close(t.Context())
	g, err := look(t.Context(), runsAlone{session})
	if err != nil || g.token != "" {
		t.Errorf("readers still wait for %q: %v", g.token, err)
	}
}

// TestWaitsForCommit holds a publisher between its announcement and its
// commit; a reader must wait for it and then see the new graph.
func TestWaitsForCommit(t *testing.T) {
	s := open(t)
	defer s.Close(t.Context())
	if err := s.Publish(t.Context(), storetest.Numbered(1, 100)); err != nil {
		t.Fatal(err)
	}
	session := s.session(t.Context(), driver.AccessModeWrite)
	defer session.Close(t.Context())
	tx, err := session.BeginTransaction(t.Context(), driver.WithTxMetadata(map[string]any{tokenKey: "slow"}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Run(t.Context(), "MATCH (n:Asset) SET n.name = 'new'", nil); err != nil {
		t.Fatal(err)
	}
	if err := s.announce(t.Context(), "slow"); err != nil {
		t.Fatal(err)
	}
	var committed atomic.Bool
	var done sync.WaitGroup
	done.Go(func() {
		r, err := s.Query(t.Context(), graph.Query{Text: "MATCH (n:Asset) RETURN DISTINCT n.name"})
		if err != nil || len(r.Rows) != 1 || r.Rows[0][0] != "new" || !committed.Load() {
			t.Errorf("%v, %v, committed %v", r, err, committed.Load())
		}
	})
	time.Sleep(3 * time.Second) // longer than a reader waits before it asks whether the publisher lives
	committed.Store(true)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.conclude(t.Context()); err != nil {
		t.Fatal(err)
	}
	done.Wait()
}

// TestReadersSeeOneGraph is the conformance case with differences so large
// that the server applies them for a while. Without the guard it fails.
func TestReadersSeeOneGraph(t *testing.T) {
	s := open(t)
	defer s.Close(t.Context())
	const size = 6000
	if err := s.Publish(t.Context(), storetest.Numbered(0, size)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	var answers, mixes atomic.Int64
	for range 2 {
		readers.Go(func() {
			for ctx.Err() == nil {
				r, err := s.Query(ctx, graph.Query{Text: "MATCH (a:Role)-[r:PART_OF]->(b:Role) RETURN a.name, r.uri, b.name, count(*)"})
				if ctx.Err() != nil {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				answers.Add(1)
				if len(r.Rows) != 1 || r.Rows[0][0] != r.Rows[0][1] || r.Rows[0][0] != r.Rows[0][2] {
					mixes.Add(1)
					t.Errorf("a mix: %v", r.Rows)
				}
			}
		})
	}
	for n := 1; n <= 5; n++ {
		if err := s.Publish(t.Context(), storetest.Numbered(n, size)); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	readers.Wait()
	t.Logf("%d answers, %d mixes", answers.Load(), mixes.Load())
}

func TestLocked(t *testing.T) {
	s := open(t)
	defer s.Close(t.Context())
	if err := s.Publish(t.Context(), storetest.Numbered(1, 100)); err != nil {
		t.Fatal(err)
	}
	release, err := s.lock(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Publish(t.Context(), storetest.Numbered(2, 100)); !errors.Is(err, graph.ErrLocked) {
		t.Errorf("%v, want ErrLocked", err)
	}
	if n := storetest.Whole(t, s); n != 1 {
		t.Errorf("graph %d", n)
	}
	release()
	if err := s.Publish(t.Context(), storetest.Numbered(2, 100)); err != nil {
		t.Error(err)
	}
}

// TestForeignDatabase: a database that others use is left alone.
func TestForeignDatabase(t *testing.T) {
	s := open(t)
	defer s.Close(t.Context())
	if _, err := s.write(t.Context(), "CREATE (:Person {name: 'x'})", nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Publish(t.Context(), storetest.Numbered(1, 100)); !errors.Is(err, ErrForeign) {
		t.Errorf("%v, want ErrForeign", err)
	}
	row, err := s.readOne(t.Context(), "MATCH (n) RETURN count(n) AS n", nil)
	if err != nil || row["n"] != int64(1) {
		t.Errorf("%v, %v", row, err)
	}
}

// TestChangedByHand: what somebody changes in the database is put right by the
// next publish.
func TestChangedByHand(t *testing.T) {
	for name, text := range map[string]string{
		"edge gone":        "MATCH (:Role)-[r]->() WITH r LIMIT 1 DELETE r",
		"node gone":        "MATCH (n:Role) WITH n LIMIT 1 DETACH DELETE n",
		"node more":        "CREATE (:Asset:Role {id: 'more', kind: 'Role'})",
		"edge more":        "MATCH (a:Role), (b:Role) WITH a, b LIMIT 1 CREATE (a)-[:ASSUMES]->(b)",
		"manifest gone":    "MATCH (m:PosternManifest) DELETE m",
		"manifest damaged": "MATCH (m:PosternManifest) SET m.content = null",
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			defer s.Close(t.Context())
			if err := s.Publish(t.Context(), storetest.Numbered(1, 100)); err != nil {
				t.Fatal(err)
			}
			if _, err := s.write(t.Context(), text, nil); err != nil {
				t.Fatal(err)
			}
			if err := s.Publish(t.Context(), storetest.Numbered(2, 100)); err != nil {
				t.Fatal(err)
			}
			if n := storetest.Whole(t, s); n != 2 {
				t.Errorf("graph %d", n)
			}
			if err := s.Publish(t.Context(), storetest.Numbered(3, 100)); err != nil {
				t.Fatal(err)
			}
			storetest.Whole(t, s)
		})
	}
}

// TestResume stops the first load in the middle; there is no graph then, and
// the next publish goes on from what is there.
func TestResume(t *testing.T) {
	s := open(t, func(c *Config) { c.BatchRows = 50 })
	defer s.Close(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	g := storetest.Numbered(1, 2000)
	go func() {
		for {
			row, err := s.readOne(t.Context(), "MATCH ()-[r]->() RETURN count(r) AS n", nil)
			if n, _ := row["n"].(int64); err != nil || n > 200 {
				cancel()
				return
			}
		}
	}()
	if err := s.Publish(ctx, g); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want context.Canceled", err)
	}
	if _, err := s.Query(t.Context(), graph.Query{Text: "MATCH (n) RETURN n"}); !errors.Is(err, graph.ErrNoGraph) {
		t.Errorf("%v, want ErrNoGraph", err)
	}
	if err := s.Publish(t.Context(), storetest.Numbered(2, 2000)); err != nil {
		t.Fatal(err)
	}
	if n := storetest.Whole(t, s); n != 2 {
		t.Errorf("graph %d", n)
	}
}

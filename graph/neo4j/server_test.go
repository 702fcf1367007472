package neo4j

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/storetest"
	"github.com/postern-sec/postern/internal/longtest"
	"github.com/postern-sec/postern/internal/neo4jtest"
)

func TestNewEnough(t *testing.T) {
	for version, want := range map[string]bool{
		"5.26.30": true, "5.26.0": true, "5.27.0-aura": true, "2025.01.0": true, "2026.10.1": true,
		"5.25.1": false, "5.9.0": false, "4.4.40": false, "": false, "x": false, "5": false, "5.x": false,
	} {
		if got := newEnough(version); got != want {
			t.Errorf("%q: %v, want %v", version, got, want)
		}
	}
}

func TestConfig(t *testing.T) {
	for _, c := range []struct {
		config Config
		want   string // part of the message; "" for none
	}{
		{Config{URI: "bolt://localhost:7687"}, ""},
		{Config{URI: "neo4j+s://x.databases.neo4j.io", User: "neo4j", Password: "secret"}, ""},
		{Config{URI: "bolt+ssc://h", User: "neo4j", PasswordFile: "f"}, ""},
		{Config{}, "must look like"},
		{Config{URI: "http://localhost:7474"}, "must look like"},
		{Config{URI: "bolt://"}, "must look like"},
		{Config{URI: "bolt://neo4j:hunter2@h"}, "do not belong"},
		{Config{URI: "bolt://h", Password: "p"}, "without a user"},
		{Config{URI: "bolt://h", User: "u", Password: "p", PasswordFile: "f"}, "not both"},
		{Config{URI: "bolt://h", BatchRows: -1}, "negative"},
	} {
		err := c.config.Validate()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v, want %q", c.config, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the message shows the password: %v", err)
		}
	}
}

func TestExplain(t *testing.T) {
	server := func(code string) error { return &driver.Neo4jError{Code: code, Msg: "x"} }
	for _, c := range []struct {
		err, want error
	}{
		{server("Neo.ClientError.Security.Unauthorized"), ErrAuth},
		{server("Neo.ClientError.Security.AuthenticationRateLimit"), ErrAuth},
		{server("Neo.TransientError.General.MemoryPoolOutOfMemoryError"), ErrMemory},
		{server("Neo.TransientError.General.DatabaseUnavailable"), ErrServer},
		{&driver.ConnectivityError{Inner: errors.New("refused")}, ErrServer},
		{context.Canceled, context.Canceled},
		{ErrRebuilding, graph.ErrNoGraph},
	} {
		if got := explain(c.err); !errors.Is(got, c.want) {
			t.Errorf("%v: %v, want %v", c.err, got, c.want)
		}
	}
	if explain(nil) != nil {
		t.Error("an error out of nothing")
	}
}

func TestNoServer(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if _, err := Open(ctx, Config{URI: "bolt://127.0.0.1:1"}); !errors.Is(err, ErrServer) {
		t.Errorf("%v, want ErrServer", err)
	}
}

// own starts a server for one test: with a password, little memory, or to be
// killed.
func own(t *testing.T, o neo4jtest.Options) *neo4jtest.Server {
	t.Helper()
	longtest.Skip(t, "needs a Neo4j server of its own")
	server, err := neo4jtest.Start(t.Context(), o)
	if errors.Is(err, neo4jtest.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// TestServerFaults uses one small server with a password: it refuses a wrong
// one, refuses a difference that does not fit its memory, and is killed and
// started again while a graph is published.
func TestServerFaults(t *testing.T) {
	const password = "correct horse"
	home := t.TempDir()
	options := neo4jtest.Options{Home: home, Password: password, Settings: []string{"db.memory.transaction.max=24m"}}
	server := own(t, options)
	if _, err := Open(t.Context(), Config{URI: server.URI, User: "neo4j", Password: "wrong battery"}); !errors.Is(err, ErrAuth) {
		t.Errorf("wrong password: %v, want ErrAuth", err)
	}
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), Config{URI: server.URI, User: "neo4j", PasswordFile: file, BatchRows: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Publish(t.Context(), storetest.Numbered(1, 24_000)); err != nil {
		t.Fatalf("first load, in steps: %v", err)
	}
	if err := s.Publish(t.Context(), storetest.Numbered(2, 24_000)); !errors.Is(err, ErrMemory) {
		t.Fatalf("difference beyond memory: %v, want ErrMemory", err)
	}
	if n := storetest.Whole(t, s); n != 1 {
		t.Errorf("graph %d", n)
	}
	s.config.Rebuild = true
	if err := s.Publish(t.Context(), storetest.Numbered(2, 24_000)); err != nil {
		t.Fatalf("rebuild: %v", err)
	}
	if n := storetest.Whole(t, s); n != 2 {
		t.Errorf("graph %d", n)
	}
	published := make(chan error, 1)
	go func() { published <- s.Publish(t.Context(), storetest.Numbered(4, 1000)) }()
	time.Sleep(300 * time.Millisecond)
	server.Kill()
	if err := <-published; err == nil {
		t.Log("the publish was done before the server died")
	} else if !errors.Is(err, ErrServer) {
		t.Errorf("server killed: %v, want ErrServer", err)
	}
	if _, err := s.Query(t.Context(), graph.Query{Text: "RETURN 1"}); !errors.Is(err, ErrServer) {
		t.Errorf("query without a server: %v, want ErrServer", err)
	}
	s.Close(t.Context())
	again := own(t, options)
	if s, err = Open(t.Context(), Config{URI: again.URI, User: "neo4j", Password: password, Rebuild: true}); err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	if n := storetest.Whole(t, s); n != 2 && n != 4 {
		t.Errorf("graph %d", n)
	}
	if err := s.Publish(t.Context(), storetest.Numbered(5, 1000)); err != nil {
		t.Fatalf("publish after the server came back: %v", err)
	}
	if n := storetest.Whole(t, s); n != 5 {
		t.Errorf("graph %d", n)
	}
}

package neo4jtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/postern-sec/postern/internal/longtest"
)

var shared struct {
	sync.Mutex
	options Options
	server  *Server
	err     error
}

// Main runs the tests of a package and ends the server that Shared started.
// Call it from TestMain: os.Exit(neo4jtest.Main(m)).
func Main(m *testing.M) int {
	code := m.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.server != nil {
		if err := shared.server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return max(code, 1)
		}
	}
	return code
}

// Configure says how Shared starts the server of the test package. Call it
// from TestMain, before any test.
func Configure(o Options) { shared.options = o }

// Shared returns the server of the test package, starting it when this is the
// first call. It skips the test under -short and where no server can be had.
// The tests share one database: each clears it before use, and none runs in
// parallel with another.
func Shared(t testing.TB) *Server {
	t.Helper()
	longtest.Skip(t, "needs a Neo4j server")
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil && shared.err == nil {
		shared.server, shared.err = Start(context.WithoutCancel(t.Context()), shared.options)
	}
	if errors.Is(shared.err, ErrUnavailable) {
		t.Skip(shared.err)
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.server
}

package neo4j

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"
	driverconfig "github.com/neo4j/neo4j-go-driver/v5/neo4j/config"
)

// Store is the store on a Neo4j server. It implements graph.Store and is safe
// for concurrent use.
type Store struct {
	config    Config
	driver    driver.DriverWithContext
	bookmarks driver.BookmarkManager

	// publishing lets one goroutine of this process publish at a time; other
	// processes are kept out by the lock in the database.
	publishing sync.Mutex

	mu      sync.Mutex
	closed  bool
	closing chan struct{}
	running sync.WaitGroup
}

var errClosed = errors.New("the store is closed")

// Open connects to a server and checks that it is new enough. It writes
// nothing.
func Open(ctx context.Context, config Config) (*Store, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	config = config.withDefaults()
	password, err := config.password()
	if err != nil {
		return nil, fmt.Errorf("open neo4j: %w", err)
	}
	roots, err := config.roots()
	if err != nil {
		return nil, fmt.Errorf("open neo4j: %w", err)
	}
	auth := driver.NoAuth()
	if config.User != "" {
		auth = driver.BasicAuth(config.User, password, "")
	}
	d, err := driver.NewDriverWithContext(config.URI, auth, func(c *driverconfig.Config) {
		c.UserAgent = "postern"
		c.TelemetryDisabled = true
		if roots != nil {
			c.TlsConfig = tlsConfig(roots)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("open neo4j: %w", err)
	}
	s := &Store{config: config, driver: d, closing: make(chan struct{}), bookmarks: driver.NewBookmarkManager(driver.BookmarkManagerConfig{})}
	if err := s.checkServer(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open neo4j: %w", explain(err)), d.Close(ctx))
	}
	return s, nil
}

// oldest is the oldest version that knows all of the dialect: SHORTEST k came
// with 5.21, CALL with a variable list with 5.23, and 5.26 is the line with
// long-term support. Source: Neo4j Cypher manual, "Additions, deprecations,
// removals, and compatibility", read 2026-11.
const oldestMajor, oldestMinor = 5, 26

func (s *Store) checkServer(ctx context.Context) error {
	row, err := s.readOne(ctx, "CALL dbms.components() YIELD name, versions, edition WHERE name = 'Neo4j Kernel' RETURN versions[0] AS version, edition", nil)
	if err != nil {
		return err
	}
	if row == nil {
		return errors.New("the server does not say which Neo4j it is")
	}
	version, _ := row["version"].(string)
	if !newEnough(version) {
		return fmt.Errorf("the server is Neo4j %s; %d.%d or newer is needed", version, oldestMajor, oldestMinor)
	}
	return nil
}

// newEnough reads versions such as 5.26.30 and 2025.01.0.
func newEnough(version string) bool {
	parts := strings.Split(strings.SplitN(version, "-", 2)[0], ".")
	if len(parts) < 2 {
		return false
	}
	major, err := strconv.Atoi(parts[0])
	if err != nil {
		return false
	}
	minor, err := strconv.Atoi(parts[1])
	if err != nil {
		return false
	}
	return major > oldestMajor || major == oldestMajor && minor >= oldestMinor
}

// session opens a session. All share the bookmarks, so in a cluster a query
// sees what was published through this store before.
func (s *Store) session(ctx context.Context, mode driver.AccessMode) driver.SessionWithContext {
	return s.driver.NewSession(ctx, driver.SessionConfig{AccessMode: mode, DatabaseName: s.config.Database, BookmarkManager: s.bookmarks, FetchSize: 4000})
}

// readOne runs a small query of the store's own and returns its first row.
func (s *Store) readOne(ctx context.Context, text string, params map[string]any) (map[string]any, error) {
	session := s.session(ctx, driver.AccessModeRead)
	defer session.Close(ctx)
	result, err := session.Run(ctx, text, params)
	if err != nil {
		return nil, err
	}
	return firstRow(ctx, result)
}

// write runs a small statement of the store's own in a transaction of its own.
func (s *Store) write(ctx context.Context, text string, params map[string]any) (map[string]any, error) {
	session := s.session(ctx, driver.AccessModeWrite)
	defer session.Close(ctx)
	result, err := session.Run(ctx, text, params)
	if err != nil {
		return nil, err
	}
	return firstRow(ctx, result)
}

// firstRow returns the first row, nil when there is none, and waits for the
// end of the statement.
func firstRow(ctx context.Context, result driver.ResultWithContext) (map[string]any, error) {
	var row map[string]any
	if result.Next(ctx) {
		row = result.Record().AsMap()
	}
	if _, err := result.Consume(ctx); err != nil {
		return nil, err
	}
	return row, result.Err()
}

// begin counts a call that Close waits for, and returns a context that ends
// when the store is closed.
func (s *Store) begin(ctx context.Context) (context.Context, func(), error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, errClosed
	}
	s.running.Add(1)
	ctx, cancel := context.WithCancelCause(ctx)
	stopped := make(chan struct{})
	go func() {
		select {
		case <-s.closing:
			cancel(errClosed)
		case <-stopped:
		}
	}()
	return ctx, func() { close(stopped); cancel(nil); s.running.Done() }, nil
}

// Close implements graph.Store.
func (s *Store) Close(ctx context.Context) error {
	s.mu.Lock()
	first := !s.closed
	if first {
		s.closed = true
		close(s.closing)
	}
	s.mu.Unlock()
	s.running.Wait()
	if !first {
		return nil
	}
	if err := s.driver.Close(ctx); err != nil {
		return fmt.Errorf("close neo4j: %w", err)
	}
	return nil
}

// pause waits, or returns the context's error.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

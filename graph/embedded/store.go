package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/postern-sec/postern/graph"
)

// Options of a store. The zero value is ready to use.
type Options struct {
	// Limits bound queries that set none; a zero field means a limit that
	// suits a person asking one question (100,000 rows, 1 GiB, 60 seconds).
	Limits graph.Limits
}

// Store is the embedded store. It implements graph.Store and is safe for
// concurrent use.
type Store struct {
	dir     string // "": in memory only
	options Options

	// publishing lets one goroutine of this process publish at a time; other
	// processes are kept out by the lock file.
	publishing sync.Mutex

	mu      sync.Mutex
	current *frozen
	raw     []byte // the pointer that current was found by
	failure error  // of FromGraph
	loading *loading

	running sync.WaitGroup
	closing chan struct{}
	closed  bool
}

var errClosed = errors.New("the store is closed")

// Open returns the store in a directory, which need not exist yet and is
// written to by Publish alone. A damaged store opens too; its queries return
// ErrCorrupt, and Publish replaces what is damaged.
func Open(dir string, options Options) (*Store, error) {
	if dir == "" {
		return nil, errors.New("open store: no directory given")
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("open store: %s is not a directory", dir)
	}
	return &Store{dir: dir, options: options, closing: make(chan struct{})}, nil
}

// FromGraph returns a store that holds g in memory and writes nothing. Publish
// replaces the graph in memory. A graph that cannot be held (it has values of
// foreign types, which no builder makes) is reported by every method.
func FromGraph(g *graph.Graph) *Store {
	s := &Store{closing: make(chan struct{})}
	s.current, s.failure = freeze(g)
	return s
}

// Publish implements graph.Store.
func (s *Store) Publish(ctx context.Context, g *graph.Graph) error {
	s.publishing.Lock()
	defer s.publishing.Unlock()
	if err := s.begin(); err != nil {
		return err
	}
	defer s.running.Done()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("publish graph: %w", err)
	}
	var raw []byte
	if s.dir != "" {
		if err := os.MkdirAll(s.dir, 0o700); err != nil {
			return fmt.Errorf("publish graph: %w", err)
		}
		release, err := lock(s.dir)
		if err != nil {
			return fmt.Errorf("publish graph: %w", err)
		}
		defer release()
	}
	var f *frozen
	var err error
	if s.dir == "" {
		f, err = freeze(g)
	} else {
		f, raw, err = publish(ctx, s.dir, g)
	}
	if err != nil {
		return fmt.Errorf("publish graph: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current, s.raw, s.failure = f, raw, nil
	return nil
}

// begin counts a call that Close waits for.
func (s *Store) begin() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	s.running.Add(1)
	return nil
}

// loading is the reading of a graph file that several queries may wait for.
type loading struct {
	done  chan struct{} // closed when graph and err are set
	graph *frozen
	err   error
}

// graph returns the graph that is current now, loading it when another process
// has published one. It returns when ctx ends; what it began to load goes on for
// the next query.
func (s *Store) graph(ctx context.Context) (*frozen, error) {
	for {
		f, l, began, err := s.currentOrLoading()
		if l == nil {
			return f, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-l.done:
		}
		// What another query began to load may have been replaced since.
		if began {
			return l.graph, l.err
		}
	}
}

// currentOrLoading returns the current graph if it is loaded, else the loading of
// it and whether this call began it.
func (s *Store) currentOrLoading() (f *frozen, l *loading, began bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure != nil {
		return nil, nil, false, s.failure
	}
	if s.dir == "" {
		return s.current, nil, false, nil
	}
	raw, err := readPointer(s.dir)
	if err != nil {
		return nil, nil, false, err
	}
	if s.current != nil && string(raw) == string(s.raw) {
		return s.current, nil, false, nil
	}
	if s.loading != nil {
		return nil, s.loading, false, nil
	}
	s.loading = &loading{done: make(chan struct{})}
	s.running.Add(1) // by a caller that Close waits for already
	go s.load(s.loading)
	return nil, s.loading, true, nil
}

func (s *Store) load(l *loading) {
	defer s.running.Done()
	f, raw, err := load(s.dir)
	l.graph, l.err = f, err
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.current, s.raw = f, raw
	}
	s.loading = nil
	close(l.done)
}

// Describe implements graph.Store.
func (s *Store) Describe(ctx context.Context) (graph.Description, error) {
	if err := s.begin(); err != nil {
		return graph.Description{}, err
	}
	defer s.running.Done()
	if err := ctx.Err(); err != nil {
		return graph.Description{}, err
	}
	f, err := s.graph(ctx)
	if err != nil {
		return graph.Description{}, fmt.Errorf("describe graph: %w", err)
	}
	return f.describe(), nil
}

// Close implements graph.Store. It waits until what runs has ended.
func (s *Store) Close(context.Context) error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.closing)
	}
	s.mu.Unlock()
	s.running.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current, s.raw = nil, nil
	return nil
}

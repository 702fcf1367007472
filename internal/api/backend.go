package api

import (
	"context"
	"errors"
	"sync"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/internal/analysis"
)

// Resolver answers from one store. Safe for concurrent use.
type Resolver struct {
	store graph.Store

	mu   sync.Mutex
	last *attackGraph
}

// attackGraph is the attack graph of the published graph with that hash.
type attackGraph struct {
	hash string
	*analysis.Projection
}

// NewResolver returns a resolver that asks store.
func NewResolver(store graph.Store) *Resolver { return &Resolver{store: store} }

// attacks returns the attack graph of the current graph, read once for each
// published graph.
func (r *Resolver) attacks(ctx context.Context) (*attackGraph, error) {
	d, err := r.store.Describe(ctx)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last != nil && r.last.hash == d.Hash {
		return r.last, nil
	}
	p, err := analysis.Load(ctx, r.store)
	if err != nil {
		return nil, err
	}
	r.last = &attackGraph{d.Hash, p}
	return r.last, nil
}

// Error codes that clients may rely on, in extensions.code.
const (
	codeBadInput    = "BAD_INPUT"
	codeNotFound    = "NOT_FOUND"
	codeNoGraph     = "NO_GRAPH"
	codeConflict    = "CONFLICT"
	codeTimeout     = "TIMEOUT"
	codeLimit       = "LIMIT"
	codeUnavailable = "BACKEND_UNAVAILABLE"
	codeInternal    = "INTERNAL"
)

// apiError is an error whose text may be shown to clients.
type apiError struct {
	code, message string
}

func (e *apiError) Error() string { return e.message }

func badInput(message string) error { return &apiError{codeBadInput, message} }

// present turns any error into one that is safe to show: what the client did
// wrong is said, what went wrong inside is not.
func present(err error) *gqlerror.Error {
	var shown *gqlerror.Error
	var mine *apiError
	var selector *analysis.SelectorError
	code, message := codeInternal, "internal error"
	switch {
	case errors.As(err, &mine):
		code, message = mine.code, mine.message
	case errors.As(err, &selector):
		code, message = codeBadInput, selector.Error()
	case errors.Is(err, analysis.ErrBadQuery):
		code, message = codeBadInput, innerText(err)
	case errors.Is(err, graph.ErrNoGraph):
		code, message = codeNoGraph, "no graph has been published yet"
	case errors.Is(err, graph.ErrCorrupt):
		code, message = codeUnavailable, "the stored graph is damaged"
	case errors.Is(err, context.DeadlineExceeded):
		code, message = codeTimeout, "the request took too long"
	case errors.As(err, &shown) && shown.Unwrap() == nil: // of the parser, validation or a guard
		if shown.Extensions == nil {
			shown.Extensions = map[string]any{}
		}
		if _, ok := shown.Extensions["code"]; !ok {
			shown.Extensions["code"] = codeBadInput
		}
		return shown
	}
	out := &gqlerror.Error{Message: message, Extensions: map[string]any{"code": code}}
	if shown != nil {
		out.Path, out.Locations = shown.Path, shown.Locations
	}
	return out
}

// innerText is an error's text without what the GraphQL library puts before it.
func innerText(err error) string {
	var shown *gqlerror.Error
	if errors.As(err, &shown) && shown.Unwrap() != nil {
		return shown.Unwrap().Error()
	}
	return err.Error()
}

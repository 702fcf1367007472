package api

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Limits of one request.
const (
	maxBody     = 128 << 10 // bytes
	maxTokens   = 2000
	maxDepth    = 12
	maxAliases  = 15
	maxRoots    = 8
	maxExpanded = 2000   // fields after fragments are spread
	maxCost     = 10_000 // fields × the first of the lists they stand in
	parsedCache = 1000   // documents
)

// guard refuses operations that are too deep, too wide or too dear before
// anything else walks them: gqlgen's own complexity extension expands nested
// fragments without memory and can itself be made to run for hours.
type guard struct{}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationContextMutator
} = guard{}

// ExtensionName names the guard to gqlgen.
func (guard) ExtensionName() string { return "Guard" }

// Validate accepts every schema.
func (guard) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext refuses the operation or lets it pass unchanged.
func (guard) MutateOperationContext(_ context.Context, o *graphql.OperationContext) *gqlerror.Error {
	w := walker{fragments: map[string]measure{}, variables: o.Variables}
	m := w.selection(o.Operation.SelectionSet)
	for _, check := range []struct {
		what      string
		got, most int
	}{
		{"depth", m.depth, maxDepth},
		{"number of aliases", m.aliases, maxAliases},
		{"number of fields", m.fields, maxExpanded},
		{"number of root fields", len(o.Operation.SelectionSet), maxRoots},
		{"cost", m.cost, maxCost},
	} {
		if check.got > check.most {
			return &gqlerror.Error{Message: fmt.Sprintf("the query's %s is above %d", check.what, check.most), Extensions: map[string]any{"code": codeLimit}}
		}
	}
	return nil
}

// measure is what a selection comes to when its fragments are spread. Sums
// saturate at ceiling, so they cannot overflow.
type measure struct{ depth, aliases, fields, cost int }

const ceiling = 1 << 30

func add(a, b int) int { return min(a+b, ceiling) }

func (m *measure) join(o measure) {
	m.depth = max(m.depth, o.depth)
	m.aliases, m.fields, m.cost = add(m.aliases, o.aliases), add(m.fields, o.fields), add(m.cost, o.cost)
}

// walker measures each fragment once, however often it is spread.
type walker struct {
	fragments map[string]measure
	variables map[string]any
}

func (w *walker) selection(set ast.SelectionSet) measure {
	var m measure
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			m.join(w.field(s))
		case *ast.InlineFragment:
			m.join(w.selection(s.SelectionSet))
		case *ast.FragmentSpread:
			f, ok := w.fragments[s.Name]
			if !ok && s.Definition != nil { // validation has refused cycles
				f = w.selection(s.Definition.SelectionSet)
				w.fragments[s.Name] = f
			}
			m.join(f)
		}
	}
	return m
}

func (w *walker) field(f *ast.Field) measure {
	m := w.selection(f.SelectionSet)
	// The usual introspection query follows ofType through eight wrappers, which
	// costs nothing; its lists are bounded by the parser's own rule.
	if f.ObjectDefinition == nil || f.ObjectDefinition.Name != "__Type" || f.Name != "ofType" {
		m.depth++
	}
	m.fields = add(m.fields, 1)
	if f.Alias != f.Name {
		m.aliases = add(m.aliases, 1)
	}
	times := 1
	if f.Definition != nil && f.Definition.Arguments.ForName("first") != nil {
		times = w.first(f)
	}
	m.cost = min(add(1, m.cost)*times, ceiling)
	return m
}

// first is the value of a list's page size, given or default.
func (w *walker) first(f *ast.Field) int {
	args := f.ArgumentMap(w.variables)
	if n, ok := args["first"].(int64); ok && n > 0 {
		return int(min(n, maxRows))
	}
	return maxPage
}

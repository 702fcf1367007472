package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/postern-sec/postern/internal/api/generated"
)

// requestTime bounds one request, waiting for its turn included.
const requestTime = 10 * time.Second

// maxRunning is how many requests are answered at a time; the others wait.
const maxRunning = 16

// Handler serves GraphQL over POST. Requests must say that they are JSON, which
// a form of another site cannot.
func Handler(r *Resolver) http.Handler {
	srv := handler.New(generated.NewExecutableSchema(generated.Config{Resolvers: r}))
	srv.AddTransport(transport.POST{})
	srv.SetParserTokenLimit(maxTokens)
	srv.SetQueryCache(lru.New[*ast.QueryDocument](parsedCache))
	srv.SetDisableSuggestion(true)
	srv.Use(guard{})
	srv.Use(extension.Introspection{}) // the schema is public: it is in the repository
	srv.SetErrorPresenter(func(_ context.Context, err error) *gqlerror.Error { return present(err) })
	srv.SetRecoverFunc(func(context.Context, any) error { return &apiError{codeInternal, "internal error"} })
	slots := make(chan struct{}, maxRunning)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			refuse(w, http.StatusMethodNotAllowed, codeBadInput, "GraphQL is asked by POST")
			return
		}
		if t, _, err := mime.ParseMediaType(req.Header.Get("Content-Type")); err != nil || t != "application/json" {
			refuse(w, http.StatusUnsupportedMediaType, codeBadInput, "the content type must be application/json")
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxBody))
		if err != nil {
			refuse(w, http.StatusRequestEntityTooLarge, codeLimit, fmt.Sprintf("the request's body is larger than %d bytes, or broke off", maxBody))
			return
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
		ctx, cancel := context.WithTimeout(req.Context(), requestTime)
		defer cancel()
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		case <-ctx.Done():
			w.Header().Set("Retry-After", "1")
			refuse(w, http.StatusServiceUnavailable, codeLimit, "too many requests are under way")
			return
		}
		srv.ServeHTTP(w, req.WithContext(ctx))
	})
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	err := json.NewEncoder(w).Encode(map[string]any{"errors": []any{map[string]any{"message": message, "extensions": map[string]any{"code": code}}}})
	if err != nil { // the client is gone
		return
	}
}

// Package server serves Postern over HTTP: the GraphQL API, the explorer page,
// health. On loopback it needs no token; on any other address it refuses to
// start without one.
package server

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/internal/api"
	"github.com/postern-sec/postern/web"
)

// Config is how to serve. Listen is host:port; port 0 takes a free one.
type Config struct {
	Listen string
	// Token is what clients send as "Authorization: Bearer …". Empty is allowed on
	// loopback addresses only.
	Token string
	Store graph.Store
	// Ready is called once with the address that is listened on.
	Ready func(addr net.Addr)
}

// Time limits of connections.
const (
	readHeaderTime = 5 * time.Second
	readTime       = 30 * time.Second
	writeTime      = 60 * time.Second
	idleTime       = 120 * time.Second
	shutdownTime   = 20 * time.Second
	maxHeader      = 64 << 10
)

// ErrTokenNeeded says that an address which others can reach was to be served
// without a token.
var ErrTokenNeeded = errors.New("a token is needed on addresses that are not loopback: set POSTERN_TOKEN or --token-file")

// Serve serves until ctx ends, then finishes the requests that run.
func Serve(ctx context.Context, c Config) error {
	loopback, err := isLoopback(c.Listen)
	if err != nil {
		return err
	}
	if !loopback && c.Token == "" {
		return ErrTokenNeeded
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: Handler(c), ReadHeaderTimeout: readHeaderTime, ReadTimeout: readTime, WriteTimeout: writeTime,
		IdleTimeout: idleTime, MaxHeaderBytes: maxHeader}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	if c.Ready != nil {
		c.Ready(l.Addr())
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	err = srv.Shutdown(stop)
	if serveErr := <-done; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return err
}

// isLoopback reports whether host:port is reachable from this machine alone.
func isLoopback(listen string) (bool, error) {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false, fmt.Errorf("listen address %q: %w", listen, err)
	}
	if host == "localhost" {
		return true, nil
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback(), nil
}

// Handler is what Serve serves, without the listener.
func Handler(c Config) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/graphql", c.authorised(api.Handler(api.NewResolver(c.Store))))
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", c.ready)
	mux.HandleFunc("GET /{$}", static("text/html; charset=utf-8", "explorer.html"))
	mux.HandleFunc("GET /explorer.js", static("text/javascript; charset=utf-8", "explorer.js"))
	mux.HandleFunc("GET /explorer.css", static("text/css; charset=utf-8", "explorer.css"))
	mux.HandleFunc("GET /explorer.svg", static("image/svg+xml", "explorer.svg"))
	return secured(c.ownHost(mux))
}

// ready says whether a graph can be asked.
func (c Config) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readHeaderTime)
	defer cancel()
	if _, err := c.Store.Describe(ctx); err != nil && !errors.Is(err, graph.ErrNoGraph) {
		http.Error(w, "the store does not answer", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}

func static(contentType, name string) http.HandlerFunc {
	body, err := web.Files.ReadFile(name)
	if err != nil { // built in
		panic(err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		if _, err := w.Write(body); err != nil { // the client is gone
			return
		}
	}
}

// authorised lets requests with the token through, or all when there is none.
func (c Config) authorised(next http.Handler) http.Handler {
	if c.Token == "" {
		return next
	}
	want := sha256.Sum256([]byte(c.Token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		got := sha256.Sum256([]byte(token))
		if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
			w.Header().Set("WWW-Authenticate", `Bearer realm="postern"`)
			http.Error(w, `{"errors":[{"message":"not authorised","extensions":{"code":"UNAUTHENTICATED"}}]}`, http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ownHost refuses requests for other host names when there is no token, so that
// a web site cannot make a browser talk to this server under a name of its own
// (DNS rebinding).
func (c Config) ownHost(next http.Handler) http.Handler {
	if c.Token != "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(r.Host); err == nil {
			host = h
		}
		ip := net.ParseIP(strings.Trim(host, "[]"))
		if host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "this server answers to localhost only", http.StatusMisdirectedRequest)
			return
		}
		if o := r.Header.Get("Origin"); o != "" && o != "http://"+r.Host {
			http.Error(w, "requests of other sites are refused", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// secured sets the headers that keep the page from loading anything from
// elsewhere.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

package server_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/postern-sec/postern/graph/embedded"
	"github.com/postern-sec/postern/graph/graphtext"
	"github.com/postern-sec/postern/internal/server"
)

func config(t *testing.T, token string) server.Config {
	t.Helper()
	g, err := graphtext.Parse("g", "internet Internet +Entry")
	if err != nil {
		t.Fatal(err)
	}
	return server.Config{Listen: "127.0.0.1:0", Token: token, Store: embedded.FromGraph(g)}
}

func TestOtherAddressesNeedAToken(t *testing.T) {
	for _, listen := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:80", "postern.example:80"} {
		c := config(t, "")
		c.Listen = listen
		if err := server.Serve(t.Context(), c); !errors.Is(err, server.ErrTokenNeeded) {
			t.Errorf("%s: %v", listen, err)
		}
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	c := config(t, "")
	addr := make(chan net.Addr, 1)
	c.Ready = func(a net.Addr) { addr <- a }
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, c) }()
	r, err := http.Get("http://" + (<-addr).String() + "/livez")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func do(t *testing.T, h http.Handler, method, path, host string, header map[string]string, body string) (int, string, http.Header) {
	t.Helper()
	req := httptest.NewRequest(method, "http://"+host+path, strings.NewReader(body))
	for k, v := range header {
		req.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	b, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(b), w.Header()
}

func TestTokens(t *testing.T) {
	h := server.Handler(config(t, "correct horse"))
	query := `{"query":"{run{id}}"}`
	for _, tc := range []struct {
		auth string
		want int
	}{{"Bearer correct horse", 200}, {"bearer correct horse", 200}, {"", 401}, {"Bearer ", 401}, {"Bearer correct", 401}, {"Basic correct horse", 401}} {
		code, _, _ := do(t, h, "POST", "/graphql", "postern.example", map[string]string{"Content-Type": "application/json", "Authorization": tc.auth}, query)
		if code != tc.want {
			t.Errorf("%q: %d, want %d", tc.auth, code, tc.want)
		}
	}
}

// TestOtherSitesAreRefused: without a token, a web page elsewhere must not make
// the visitor's browser ask this server.
func TestOtherSitesAreRefused(t *testing.T) {
	h := server.Handler(config(t, ""))
	query := `{"query":"{run{id}}"}`
	for _, tc := range []struct {
		host, origin string
		want         int
	}{{"localhost:8080", "", 200}, {"127.0.0.1:8080", "http://127.0.0.1:8080", 200}, {"[::1]:8080", "", 200},
		{"rebound.example", "", 421}, {"127.0.0.1:8080", "http://evil.example", 403}, {"127.0.0.1.evil.example", "", 421}} {
		code, _, _ := do(t, h, "POST", "/graphql", tc.host, map[string]string{"Content-Type": "application/json", "Origin": tc.origin}, query)
		if code != tc.want {
			t.Errorf("%s from %q: %d, want %d", tc.host, tc.origin, code, tc.want)
		}
	}
}

// TestPageLoadsNothingFromElsewhere reads the page and its policy.
func TestPageLoadsNothingFromElsewhere(t *testing.T) {
	h := server.Handler(config(t, ""))
	for _, path := range []string{"/", "/explorer.js", "/explorer.css"} {
		code, body, header := do(t, h, "GET", path, "localhost", nil, "")
		if code != 200 || strings.Contains(body, "://") {
			t.Errorf("%s: %d, or it names another place", path, code)
		}
		if csp := header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
	for path, want := range map[string]int{"/livez": 200, "/readyz": 200, "/nothing": 404} {
		if code, _, _ := do(t, h, "GET", path, "localhost", nil, ""); code != want {
			t.Errorf("%s: %d, want %d", path, code, want)
		}
	}
}

package server_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/postern-sec/postern/graph/embedded"
	"github.com/postern-sec/postern/graph/graphtext"
	"github.com/postern-sec/postern/internal/longtest"
	"github.com/postern-sec/postern/internal/server"
)

// TestPageInABrowser: a real Chromium shows the paths.
func TestPageInABrowser(t *testing.T) {
	longtest.Skip(t, "starts a browser")
	chrome := os.Getenv("CHROME_PATH")
	if chrome == "" {
		var err error
		if chrome, err = exec.LookPath("chromium"); err != nil {
			t.Skipf("no browser: %v; CHROME_PATH names one", err)
		}
	}
	g, err := graphtext.Parse("g", "internet Internet +Entry\nb Bucket name=<b>&\"x\" +TrainingData\ninternet -READS_DATA-> b")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	addr, done := make(chan net.Addr, 1), make(chan error, 1)
	go func() {
		done <- server.Serve(ctx, server.Config{Listen: "127.0.0.1:0", Store: embedded.FromGraph(g), Ready: func(a net.Addr) { addr <- a }})
	}()
	limit, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(limit, chrome, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(), "--virtual-time-budget=10000", "--dump-dom", "http://"+(<-addr).String()+"/")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2 nodes, 1 edges", "disclosure of b in 1 steps", "1 paths", "internet READS_DATA b"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the page does not show %q\n%s", want, out)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

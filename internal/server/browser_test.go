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

// TestPageInABrowser: a real Chromium shows each view, and a hostile name as
// text.
func TestPageInABrowser(t *testing.T) {
	longtest.Skip(t, "starts a browser")
	chrome := os.Getenv("CHROME_PATH")
	if chrome == "" {
		var err error
		if chrome, err = exec.LookPath("chromium"); err != nil {
			t.Skipf("no browser: %v; CHROME_PATH names one", err)
		}
	}
	g, err := graphtext.Parse("g", "internet Internet +Entry\nb Bucket name=<img/src=x/onerror=alert(1)> +TrainingData\ninternet -READS_DATA-> b")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	addr, done := make(chan net.Addr, 1), make(chan error, 1)
	go func() {
		done <- server.Serve(ctx, server.Config{Listen: "127.0.0.1:0", Store: embedded.FromGraph(g), Ready: func(a net.Addr) { addr <- a }})
	}()
	limit, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	base := "http://" + (<-addr).String() + "/"
	for view, wants := range map[string][]string{
		"":                 {"2 nodes, 1 edge", "Anyone on the internet can read Bucket &lt;img/src=x/onerror=alert(1)&gt; in 1 step", "1 of 1", "READS_DATA"},
		"#/node/b":         {"Paths to here", "from ←", "&lt;img/src=x"},
		"#/search?q=onerr": {"1 of 1", "&lt;img/src=x"},
		"#/coverage":       {"0 of 0"},
		"#/fix":            {"closes all paths"},
		"#/ask":            {"GraphQL", "Ask a question"},
	} {
		cmd := exec.CommandContext(limit, chrome, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(), "--virtual-time-budget=10000", "--dump-dom", base+view)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(out), want) {
				t.Errorf("%s does not show %q\n%s", view, want, out)
			}
		}
		if strings.Contains(string(out), "<img") {
			t.Errorf("%s made markup of a node's name\n%s", view, out)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

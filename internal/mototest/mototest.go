// Package mototest starts moto, a server that imitates AWS, for tests.
//
// What moto can and cannot imitate is its own affair: a test says what it needs
// and checks that it got it. moto does not enforce permissions.
package mototest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/postern-sec/postern/internal/longtest"
)

// VenvEnv names an environment variable for the Python environment that has
// moto[server,all]; without it, moto-venv in the user's home is used.
const VenvEnv = "MOTO_VENV"

// startLimit bounds how long the server may take to answer.
const startLimit = 60 * time.Second

// logLimit bounds what of a server's log a failed test shows, in bytes.
const logLimit = 16 << 10

// Server is a running moto server, with its state to itself.
type Server struct {
	// URL is its endpoint, by address: the SDKs then use path-style buckets.
	URL string
}

// Start starts a server that ends with the test. It skips the test under -short,
// since a server takes seconds, and where moto is not installed.
func Start(t testing.TB) *Server {
	t.Helper()
	longtest.Skip(t, "starts moto")
	bin, err := find()
	if err != nil {
		t.Skip(err)
	}
	log := &serverLog{address: make(chan string, 1)}
	cmd := exec.Command(bin, "-H", "127.0.0.1", "-p", "0")
	cmd.Env = append(os.Environ(), "MOTO_IAM_LOAD_MANAGED_POLICIES=true")
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Skipf("moto does not start: %v", err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		stop(cmd, ended)
		if t.Failed() {
			t.Logf("moto's own errors:\n%s", tracebacks(log.String()))
		}
	})
	select {
	case url := <-log.address:
		return &Server{URL: url}
	case <-ended:
		t.Fatalf("moto ended before it listened: %s", log)
	case <-time.After(startLimit):
		t.Fatalf("moto does not listen after %s: %s", startLimit, log)
	}
	return nil
}

// serverLog keeps what a server prints and finds the address in it. The server
// chooses its port itself: one that was free a moment ago may belong to the
// server of another test by now.
type serverLog struct {
	address chan string // gets the one address

	mu    sync.Mutex
	text  strings.Builder
	found bool
}

var listening = regexp.MustCompile(`Running on (http://127\.0\.0\.1:[0-9]+)\s`)

func (l *serverLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	if !l.found {
		if m := listening.FindStringSubmatch(l.text.String()); m != nil {
			l.found = true
			l.address <- m[1]
		}
	}
	return len(p), nil
}

func (l *serverLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Venv returns the Python environment that has moto, for scripts that build
// estates. It skips the test where there is none.
func Venv(t testing.TB) string {
	t.Helper()
	bin, err := find()
	if err != nil {
		t.Skip(err)
	}
	return filepath.Dir(filepath.Dir(bin))
}

// find gives the moto_server program.
func find() (string, error) {
	venv := os.Getenv(VenvEnv)
	if venv == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("moto is not there: %w", err)
		}
		venv = filepath.Join(home, "moto-venv")
	}
	bin := filepath.Join(venv, "bin", "moto_server")
	if _, err := os.Stat(bin); err != nil {
		return "", fmt.Errorf("moto is not there (%s names its environment; pip install 'moto[server,all]'): %w", VenvEnv, err)
	}
	return bin, nil
}

// tracebacks gives the ends of the Python errors in a server's log, at most
// logLimit bytes of them: a call that moto fails on looks to a test like any
// other difference.
func tracebacks(log string) string {
	var out strings.Builder
	in := false
	for line := range strings.Lines(log) {
		in = in || strings.HasPrefix(line, "Traceback ")
		if !in {
			continue
		}
		if out.Len() > logLimit {
			return out.String() + "..."
		}
		out.WriteString(line)
		in = strings.HasPrefix(line, " ") || strings.HasPrefix(line, "Traceback ")
	}
	return out.String()
}

// stop ends a server and waits for it.
func stop(cmd *exec.Cmd, ended <-chan struct{}) {
	_ = cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		_ = cmd.Process.Kill()
		<-ended
	}
}

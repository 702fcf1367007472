// Package mototest starts moto, a server that imitates AWS, for tests.
//
// What moto can and cannot imitate is its own affair: a test says what it needs
// and checks that it got it. moto does not enforce permissions.
package mototest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
	port, err := freePort(t.Context())
	if err != nil {
		t.Fatalf("moto: %v", err)
	}
	var log strings.Builder
	cmd := exec.Command(bin, "-H", "127.0.0.1", "-p", fmt.Sprint(port))
	cmd.Env = append(os.Environ(), "MOTO_IAM_LOAD_MANAGED_POLICIES=true")
	cmd.Stdout, cmd.Stderr = nil, &log
	if err := cmd.Start(); err != nil {
		t.Skipf("moto does not start: %v", err)
	}
	t.Cleanup(func() { stop(cmd) })
	s := &Server{URL: fmt.Sprintf("http://127.0.0.1:%d", port)}
	if err := s.wait(t.Context()); err != nil {
		stop(cmd)
		t.Fatalf("moto: %v\n%s", err, log.String())
	}
	return s
}

// Environment is what a command needs to collect from the server: its endpoint,
// credentials of one of its accounts, and nothing of the machine's own.
//
// Account-level S3 is called at a host named for the account, which nothing
// resolves; moto answers proxy requests, so it is its own proxy. What moto does
// not know is a 500, which would be retried.
func (s *Server) Environment(account string) []string {
	keep := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.DevNull, "TMPDIR=" + os.TempDir()}
	return append(keep, "AWS_ENDPOINT_URL="+s.URL, "AWS_ACCESS_KEY_ID="+account, "AWS_SECRET_ACCESS_KEY=test",
		"AWS_REGION=us-east-1", "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_MAX_ATTEMPTS=1", "HTTP_PROXY="+s.URL, "NO_PROXY=")
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

// wait returns when the server answers.
func (s *Server) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/moto-api/", nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			return resp.Body.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no answer in %s: %w", startLimit, err)
		case <-tick.C:
		}
	}
}

func freePort(ctx context.Context) (int, error) {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// stop ends a server and waits for it.
func stop(cmd *exec.Cmd) {
	_ = cmd.Process.Signal(syscall.SIGTERM)
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		_ = cmd.Process.Kill()
		<-done
	}
}

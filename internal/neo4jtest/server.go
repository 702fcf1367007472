// Package neo4jtest runs a real Neo4j Community server for tests and
// measurements, without a container engine: Maven downloads the server's jars
// into the user's cache once, and the server runs as a process of its own on a
// free port of the loopback interface.
//
// The server is licensed under the GPLv3. It is spoken to over Bolt only;
// nothing of it is linked, built or shipped.
//
// A test package that needs a server calls Main in its TestMain and Shared in
// its tests: one server a package, started when the first test asks for it,
// gone when the tests end. Tests are skipped, with the reason, under -short
// and where java or mvn is missing.
package neo4jtest

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// pom names the one version that is downloaded.
//
//go:embed pom.xml
var pom []byte

var versionPattern = regexp.MustCompile(`<version>(5\.[0-9.]+)</version>`)

// Version is the version of the server, e.g. 5.26.30.
func Version() string { return string(versionPattern.FindSubmatch(pom)[1]) }

// ErrUnavailable is returned where java or mvn is missing.
var ErrUnavailable = errors.New("no Neo4j server can be started here")

// Options of a server. The zero value is what tests want.
type Options struct {
	// Home holds data, configuration and logs; it is kept. Empty: a temporary
	// directory that Stop removes.
	Home string
	// Port of Bolt; 0 takes a free one.
	Port int
	// Password of user neo4j, 8 characters or more, read when a home is used
	// for the first time. Empty: no authentication.
	Password string
	// Heap and PageCache as the JVM writes them. Empty: 1g and 128m.
	Heap, PageCache string
	// Settings are further lines of neo4j.conf.
	Settings []string
	// Java are further arguments of the JVM.
	Java []string
}

// Server is a running server.
type Server struct {
	// URI is its address, bolt://127.0.0.1:port.
	URI string
	// Home is its directory.
	Home string

	temporary bool
	process   *process
}

// startLimit bounds how long a start may take; loaded machines have needed
// minutes.
const startLimit = 5 * time.Minute

// Start downloads the server if that was not done before, starts it and waits
// until it answers. The process dies with this one where the system allows it.
func Start(ctx context.Context, o Options) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	java, err := findJava(ctx)
	if err != nil {
		return nil, err
	}
	jars, err := install(ctx)
	if err != nil {
		return nil, err
	}
	s := &Server{Home: o.Home}
	if s.Home == "" {
		s.temporary = true
		if s.Home, err = os.MkdirTemp("", "postern-neo4j-"); err != nil {
			return nil, fmt.Errorf("start neo4j: %w", err)
		}
	}
	if err := s.start(ctx, java, jars, o); err != nil {
		return nil, errors.Join(fmt.Errorf("start neo4j: %w", err), s.Stop())
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, java, jars string, o Options) error {
	port := o.Port
	if port == 0 {
		var err error
		if port, err = freePort(); err != nil {
			return err
		}
	}
	if err := s.configure(port, o); err != nil {
		return err
	}
	classes, err := classPath(jars)
	if err != nil {
		return err
	}
	if o.Password != "" {
		if err := s.setPassword(ctx, java, classes, o.Password); err != nil {
			return err
		}
	}
	log, err := os.Create(filepath.Join(s.Home, "logs", "console.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	args := append([]string{"-cp", classes, "-Xms128m", "-Xmx" + or(o.Heap, "1g"), "-XX:+UseG1GC", "-XX:+DisableExplicitGC",
		"-Dfile.encoding=UTF-8", "-Dlog4j2.disable.jmx=true", "-Dio.netty.tryReflectionSetAccessible=true"}, opens...)
	args = append(args, o.Java...)
	args = append(args, "org.neo4j.server.CommunityEntryPoint", "--home-dir="+s.Home, "--config-dir="+filepath.Join(s.Home, "conf"))
	if s.process, err = startProcess(java, args, log); err != nil {
		return err
	}
	s.URI = fmt.Sprintf("bolt://127.0.0.1:%d", port)
	return s.wait(ctx, port)
}

// opens are the packages of the JDK that the official launcher opens.
var opens = []string{"--add-opens=java.base/java.nio=ALL-UNNAMED", "--add-opens=java.base/java.io=ALL-UNNAMED", "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"}

func (s *Server) configure(port int, o Options) error {
	for _, dir := range []string{"conf", "logs"} {
		if err := os.MkdirAll(filepath.Join(s.Home, dir), 0o700); err != nil {
			return err
		}
	}
	lines := append([]string{
		fmt.Sprintf("dbms.security.auth_enabled=%t", o.Password != ""),
		"server.default_listen_address=127.0.0.1",
		fmt.Sprintf("server.bolt.listen_address=127.0.0.1:%d", port),
		"server.http.enabled=false",
		"server.https.enabled=false",
		"dbms.usage_report.enabled=false",
		"server.memory.pagecache.size=" + or(o.PageCache, "128m"),
		"db.tx_log.preallocate=false",
		"db.tx_log.rotation.retention_policy=keep_none",
		"db.logs.query.enabled=OFF",
		"server.logs.gc.enabled=false",
		// Without these two every stop takes ten seconds longer.
		"internal.dbms.bolt.netty_server_shutdown_quiet_period=0",
		"internal.dbms.bolt.netty_server_shutdown_timeout=1",
	}, o.Settings...)
	return os.WriteFile(filepath.Join(s.Home, "conf", "neo4j.conf"), []byte(strings.Join(lines, "\n")+"\n"), 0o600)
}

func (s *Server) setPassword(ctx context.Context, java, classes, password string) error {
	if _, err := os.Stat(filepath.Join(s.Home, "data", "databases")); err == nil {
		return nil
	}
	args := append([]string{"-cp", classes}, opens...)
	cmd := exec.CommandContext(ctx, java, append(args, "org.neo4j.cli.AdminTool", "dbms", "set-initial-password", password)...)
	cmd.Env = append(os.Environ(), "NEO4J_HOME="+s.Home, "NEO4J_CONF="+filepath.Join(s.Home, "conf"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("set the first password: %w: %s", err, bytes.TrimSpace(out))
	}
	return nil
}

// wait returns when the server answers a Bolt handshake.
func (s *Server) wait(ctx context.Context, port int) error {
	for !answers(port) {
		select {
		case <-s.process.done:
			log, err := os.ReadFile(filepath.Join(s.Home, "logs", "console.log"))
			return errors.Join(fmt.Errorf("the server ended: %s", tail(log)), err)
		case <-ctx.Done():
			return fmt.Errorf("no answer: %w", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

// answers tries a Bolt handshake: magic, then four proposed versions; the
// server answers with the one it takes. Source: Bolt protocol manual,
// "Handshake", read 2026-11.
func answers(port int) bool {
	conn, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Second)
	if err != nil {
		return false
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return false
	}
	hello := []byte{0x60, 0x60, 0xb0, 0x17, 0, 4, 4, 5, 0, 0, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0}
	if _, err := conn.Write(hello); err != nil {
		return false
	}
	var got [4]byte
	_, err = io.ReadFull(conn, got[:])
	return err == nil && got != [4]byte{}
}

// Kill ends the server at once, as a crash would. Its home stays.
func (s *Server) Kill() { s.process.kill() }

// Stop ends the server and removes its home if it was a temporary one. It may
// be called more than once.
func (s *Server) Stop() error {
	if s.process != nil {
		s.process.stop(!s.temporary)
	}
	if s.temporary {
		if err := os.RemoveAll(s.Home); err != nil {
			return fmt.Errorf("stop neo4j: %w", err)
		}
	}
	return nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func classPath(jars string) (string, error) {
	files, err := filepath.Glob(filepath.Join(jars, "*.jar"))
	if err != nil {
		return "", err
	}
	slices.Sort(files)
	return strings.Join(files, string(os.PathListSeparator)), nil
}

func tail(b []byte) string { return string(bytes.TrimSpace(b[max(0, len(b)-2000):])) }

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

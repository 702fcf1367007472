package neo4jtest

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func TestVersion(t *testing.T) {
	if v := Version(); !strings.HasPrefix(v, "5.26.") {
		t.Errorf("version %q, want one of the 5.26 line", v)
	}
}

func TestShared(t *testing.T) {
	s := Shared(t)
	port, err := strconv.Atoi(s.URI[strings.LastIndexByte(s.URI, ':')+1:])
	if err != nil || !answers(port) {
		t.Errorf("%s does not answer: %v", s.URI, err)
	}
	if again := Shared(t); again != s {
		t.Error("a second server")
	}
}

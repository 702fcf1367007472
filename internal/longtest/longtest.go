// Package longtest marks tests that take longer than an edit-test loop should:
// those that start servers, browsers and processes, or try a hundred thousand
// cases. `make test` runs them all.
package longtest

import (
	"os"
	"testing"
)

// Env is the environment variable that lets long tests run.
const Env = "POSTERN_LONG"

// Enabled reports whether long tests run.
func Enabled() bool { return os.Getenv(Env) != "" && !testing.Short() }

// Skip skips the test unless long tests run. why says what makes it long.
func Skip(t testing.TB, why string) {
	t.Helper()
	if !Enabled() {
		t.Skip(why + "; make test runs it, or " + Env + "=1")
	}
}

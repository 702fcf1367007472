// Package sharedtest finds the reference data that tests read and that is not
// part of the repository.
package sharedtest

import (
	"os"
	"path/filepath"
	"testing"
)

// Dir returns the folder of shared reference data: POSTERN_SHARED, or the
// folder named shared beside a parent of the working directory that holds
// shared/design. It skips the test when there is none.
func Dir(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("POSTERN_SHARED"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Skipf("shared reference data: %v", err)
	}
	for {
		candidate := filepath.Join(dir, "shared")
		if _, err := os.Stat(filepath.Join(candidate, "design")); err == nil {
			return candidate
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Skip("no shared reference data beside the repository; set POSTERN_SHARED")
		}
		dir = parent
	}
}

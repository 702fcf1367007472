//go:build !unix

package snapshot

import "os"

// lock opens the lock file. Systems without advisory locks that end with the
// process get none: a lock that outlives a killed run would forbid to resume it.
func lock(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
}

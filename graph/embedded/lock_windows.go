package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"

	"github.com/postern-sec/postern/graph"
)

// lock takes the directory's one lock for publishers and returns its release.
// The system frees it when the process dies.
func lock(dir string) (release func(), err error) {
	file, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the store: %w", err)
	}
	flags := uint32(windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY)
	err = windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, new(windows.Overlapped))
	if err != nil {
		file.Close()
		if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
			return nil, graph.ErrLocked
		}
		return nil, fmt.Errorf("lock the store: %w", err)
	}
	return func() { file.Close() }, nil
}

// syncDir does nothing: Windows has no way to flush a directory, and NTFS
// journals renames.
func syncDir(string) error { return nil }

package snapshot

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// writeFile writes root/name so that it is whole or not there: a temporary
// file in the same folder, synced, then renamed.
func writeFile(root, name string, body []byte) (err error) {
	target := filepath.Join(root, filepath.FromSlash(name))
	dir := filepath.Dir(target)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, tempPrefix)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(body); err != nil {
		_ = f.Close()
		return err
	}
	if err = f.Sync(); err != nil {
		_ = f.Close()
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), target)
}

// openRegular opens a file for reading. A pipe or device is refused: opening one
// may wait for ever, and reading one may never end.
func openRegular(name string) (*os.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("not a regular file")}
	}
	return os.Open(name)
}

// syncDir makes the names in a folder durable. Systems that cannot sync a
// folder say so with an error that is no reason to stop.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = f.Sync()
	return f.Close()
}

// promote moves a committed run from the stage into place. Each step leaves a
// state from which calling it again ends the same: parts are in the stage or in
// place, and the stage's manifest, which readers prefer, is moved last.
func promote(dir string) error {
	stage := filepath.Join(dir, stageName)
	next, err := topFolders(filepath.Join(stage, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	last, err := topFolders(filepath.Join(dir, manifestName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for top := range next {
		delete(last, top)
		from, to := filepath.Join(stage, top), filepath.Join(dir, top)
		if _, err := os.Lstat(from); errors.Is(err, fs.ErrNotExist) {
			continue // moved before
		}
		if err := os.RemoveAll(to); err != nil {
			return err
		}
		if err := os.Rename(from, to); err != nil {
			return err
		}
	}
	for top := range last {
		if err := os.RemoveAll(filepath.Join(dir, top)); err != nil {
			return err
		}
	}
	if err := syncDir(dir); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(stage, manifestName), filepath.Join(dir, manifestName)); err != nil {
		return err
	}
	if err := os.RemoveAll(stage); err != nil {
		return err
	}
	return syncDir(dir)
}

// topFolders are the folders directly below the root in which a manifest's
// parts are: all that a snapshot owns in its folder.
func topFolders(manifest string) (map[string]bool, error) {
	f, err := openRegular(manifest)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, _, err := readManifest(f)
	if err != nil {
		return nil, err
	}
	tops := map[string]bool{}
	for _, p := range m.Parts {
		top, _, _ := strings.Cut(p.Path, "/")
		tops[top] = true
	}
	return tops, nil
}

// ours refuses a folder that holds anything but a snapshot: Finish would
// replace what is not its own.
func ours(dir string) error {
	for _, n := range []string{filepath.Join(stageName, manifestName), manifestName} {
		if _, err := os.Stat(filepath.Join(dir, n)); err == nil {
			_, err := topFolders(filepath.Join(dir, n))
			return err
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != stageName && e.Name() != lockName {
			return fmt.Errorf("the folder holds %q: %w", e.Name(), ErrNotSnapshot)
		}
	}
	return nil
}

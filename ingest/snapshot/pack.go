package snapshot

import (
	"archive/tar"
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
)

// Pack writes the finished snapshot in dir as one file, .tar.zst or .zip by its
// name. Parts that are missing or changed are an error that names them: an
// archive is as whole as its manifest says. The same snapshot gives the same
// bytes.
func Pack(dir, archive string) (err error) {
	s, err := openFolder(dir)
	if err != nil {
		return fmt.Errorf("pack %s: %w", dir, err)
	}
	if s.Manifest.Finished.IsZero() {
		return fmt.Errorf("pack %s: the collection was interrupted; run it again to complete it", dir)
	}
	add, finish, err := packer(archive)
	if err != nil {
		return fmt.Errorf("pack %s: %w", dir, err)
	}
	f, err := os.CreateTemp(filepath.Dir(archive), tempPrefix)
	if err != nil {
		return fmt.Errorf("pack %s: %w", dir, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
			err = fmt.Errorf("pack %s: %w", dir, err)
		}
	}()
	add(f)
	if err = s.pack(finish.add); err != nil {
		return err
	}
	if err = finish.close(); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), archive)
}

// pack gives the manifest and then the parts, in path order.
func (s *Snapshot) pack(add func(name string, body []byte) error) error {
	var m strings.Builder
	if err := s.Manifest.write(&m); err != nil {
		return err
	}
	if err := add(manifestName, []byte(m.String())); err != nil {
		return err
	}
	return s.packParts(add)
}

// packParts adds the parts as they stand on disk, and fails on the first that is
// not what the manifest says.
func (s *Snapshot) packParts(add func(string, []byte) error) error {
	expected := make(map[string]Part, len(s.Manifest.Parts))
	for _, p := range s.Manifest.Parts {
		expected[p.Path] = p
	}
	var failed error
	err := s.source.each(func(name string, body func() ([]byte, error)) bool {
		p, listed := expected[name]
		if !listed {
			return true
		}
		delete(expected, name)
		var b []byte
		if b, failed = body(); failed == nil && sum(b) != p.SHA256 {
			failed = errors.New("changed since it was collected")
		}
		if failed == nil {
			failed = add(name, b)
		}
		if failed != nil {
			failed = fmt.Errorf("%s: %w", name, failed)
		}
		return failed == nil
	})
	if failed != nil {
		return failed
	}
	if err != nil {
		return err
	}
	for _, name := range sortedKeys(expected) {
		return fmt.Errorf("%s: missing", name)
	}
	return nil
}

// archiveWriter writes one kind of archive.
type archiveWriter struct {
	add   func(name string, body []byte) error
	close func() error
}

// packer returns what opens an archive of the kind that a name ends in, and the
// writer that is ready after it.
func packer(name string) (func(io.Writer), *archiveWriter, error) {
	w := &archiveWriter{}
	switch {
	case strings.HasSuffix(name, ".zip"):
		return func(out io.Writer) { w.zip(out) }, w, nil
	case strings.HasSuffix(name, ".tar.zst"):
		return func(out io.Writer) { w.tar(out) }, w, nil
	}
	return nil, nil, fmt.Errorf("%s: an archive is a .tar.zst or a .zip", filepath.Base(name))
}

func (w *archiveWriter) zip(out io.Writer) {
	z := zip.NewWriter(out)
	w.close = z.Close
	w.add = func(name string, body []byte) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		_, err = f.Write(body)
		return err
	}
}

func (w *archiveWriter) tar(out io.Writer) {
	z, err := zstd.NewWriter(out, zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic("snapshot: the encoder's options are wrong: " + err.Error())
	}
	t := tar.NewWriter(z)
	w.close = func() error {
		if err := t.Close(); err != nil {
			return err
		}
		return z.Close()
	}
	w.add = func(name string, body []byte) error {
		h := tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(body)), Mode: 0o600, ModTime: time.Unix(0, 0), Format: tar.FormatPAX}
		if err := t.WriteHeader(&h); err != nil {
			return err
		}
		_, err := t.Write(body)
		return err
	}
}

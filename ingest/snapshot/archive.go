package snapshot

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// archiveKind tells an archive by its first bytes: "zip", "zstd" or "".
func archiveKind(name string) string {
	f, err := openRegular(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	head := make([]byte, 4)
	if _, err := io.ReadFull(f, head); err != nil {
		return ""
	}
	switch {
	case bytes.Equal(head, []byte("PK\x03\x04")):
		return "zip"
	case bytes.Equal(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return "zstd"
	}
	return ""
}

func openArchive(name string) (*Snapshot, error) {
	var a archive
	switch archiveKind(name) {
	case "zip":
		a.walk = func(visit visitor) error { return walkZip(name, visit) }
	case "zstd":
		a.walk = func(visit visitor) error { return walkTar(name, visit) }
	default:
		return nil, ErrNotSnapshot
	}
	m, changed, err := a.manifest()
	if err != nil {
		return nil, err
	}
	return newSnapshot(m, changed, a), nil
}

// visitor sees one regular file of an archive; it stops the walk by errStop.
type visitor func(name string, size int64, r io.Reader) error

var errStop = errors.New("stop")

// archive is a snapshot in one file. prefix is the folder of the archive in
// which the snapshot is, with a slash, or empty.
type archive struct {
	walk   func(visitor) error
	prefix string
}

// manifest finds the snapshot's manifest, the outermost one of the archive.
// Pack writes it first, so that is where the search usually ends.
func (a *archive) manifest() (*Manifest, bool, error) {
	var m *Manifest
	var changed bool
	depth := -1
	err := a.walk(func(name string, size int64, r io.Reader) error {
		n := strings.Count(name, "/")
		if !clean(name) || path.Base(name) != manifestName || depth >= 0 && n >= depth {
			return nil
		}
		got, edited, err := readManifest(r)
		if err != nil {
			return err
		}
		m, changed, depth = got, edited, n
		a.prefix = strings.TrimSuffix(name, manifestName)
		if n == 0 {
			return errStop
		}
		return nil
	})
	switch {
	case m != nil:
		return m, changed, nil // damage behind it is found by reading
	case err != nil && !errors.Is(err, errStop):
		return nil, false, err
	}
	return nil, false, ErrNotSnapshot
}

func (a archive) each(yield func(string, func() ([]byte, error)) bool) error {
	err := a.walk(func(name string, size int64, r io.Reader) error {
		rel, inside := strings.CutPrefix(name, a.prefix)
		if !inside || rel == manifestName || strings.HasPrefix(path.Base(rel), ".") {
			return nil
		}
		if !yield(rel, func() ([]byte, error) { return readPart(r, size) }) {
			return errStop
		}
		return nil
	})
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// readPart reads a part of the given size, or says that it is too large.
func readPart(r io.Reader, size int64) ([]byte, error) {
	if size > MaxPartBytes {
		return nil, fmt.Errorf("%d bytes are more than %d", size, MaxPartBytes)
	}
	var b bytes.Buffer
	if size > 0 && size < 1<<20 {
		b.Grow(int(size) + bytes.MinRead)
	}
	n, err := io.Copy(&b, io.LimitReader(r, MaxPartBytes+1))
	switch {
	case n > MaxPartBytes:
		return nil, fmt.Errorf("more than %d bytes", MaxPartBytes)
	case err != nil:
		return nil, fmt.Errorf("after %d bytes: %w", n, err)
	}
	return b.Bytes(), nil
}

// walkTar visits the regular files of a tar file compressed with zstd.
func walkTar(name string, visit visitor) error {
	f, err := openRegular(name)
	if err != nil {
		return err
	}
	defer f.Close()
	in := &counter{r: f}
	z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
	if err != nil {
		return err
	}
	defer z.Close()
	t := tar.NewReader(&bounded{r: z, compressed: in})
	for entries := 0; ; entries++ {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if entries >= MaxArchiveEntries {
			return fmt.Errorf("more than %d entries", MaxArchiveEntries)
		}
		if h.Typeflag != tar.TypeReg {
			continue // folders, and links, which nothing here follows
		}
		name, err := cleanName(h.Name)
		if err != nil {
			err = visit(name, 0, failing{err})
		} else {
			err = visit(name, h.Size, t)
		}
		if err != nil {
			return err
		}
	}
}

// walkZip visits the regular files of a zip file in name order.
func walkZip(name string, visit visitor) error {
	z, err := zip.OpenReader(name)
	if err != nil {
		return err
	}
	defer z.Close()
	if len(z.File) > MaxArchiveEntries {
		return fmt.Errorf("more than %d entries", MaxArchiveEntries)
	}
	files := slices.Clone(z.File)
	slices.SortStableFunc(files, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	var total int64
	for _, f := range files {
		if !f.Mode().IsRegular() {
			continue
		}
		n, err := visitZip(f, total, visit)
		if err != nil {
			return err
		}
		total += n
	}
	return nil
}

// visitZip visits one entry of a zip file and returns how much was read of it.
// An entry that cannot be opened or is damaged is the visitor's to report.
func visitZip(f *zip.File, before int64, visit visitor) (int64, error) {
	name, err := cleanName(f.Name)
	var r io.ReadCloser
	if err == nil {
		r, err = f.Open()
	}
	if err != nil {
		return 0, visit(name, 0, failing{err})
	}
	defer r.Close()
	b := &bounded{r: r, total: before, compressed: &counter{n: int64(f.CompressedSize64)}}
	err = visit(name, int64(min(f.UncompressedSize64, MaxPartBytes+1)), b)
	return b.n, err
}

// cleanName refuses names that would leave the archive's root. It returns them
// as they are, so that they can be told of.
func cleanName(name string) (string, error) {
	clean := path.Clean(name)
	if strings.ContainsAny(name, "\\\x00") || path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") {
		return name, fmt.Errorf("entry %q leaves the archive", name)
	}
	return clean, nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// counter counts the compressed bytes that were read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// bounded ends a decompression that grows beyond the limits.
type bounded struct {
	r          io.Reader
	n          int64 // read here
	total      int64 // read before, of the same archive
	compressed *counter
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	switch {
	case b.total+b.n > MaxArchiveBytes:
		return n, fmt.Errorf("more than %d bytes uncompressed", int64(MaxArchiveBytes))
	case b.n > ratioFloor && b.n > MaxRatio*max(b.compressed.n, 1):
		return n, fmt.Errorf("grows more than %d times by decompression", MaxRatio)
	}
	return n, err
}

// clean reports whether name is one that cleanName lets through as it is.
func clean(name string) bool {
	_, err := cleanName(name)
	return err == nil
}

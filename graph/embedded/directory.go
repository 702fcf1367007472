package embedded

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/postern-sec/postern/graph"
)

// Names in a store's directory.
const (
	pointerName = "CURRENT"
	lockName    = "LOCK"
	graphPrefix = "graph-"
	graphSuffix = ".postern"
	tempSuffix  = ".tmp"
)

// pointer is what the file CURRENT says: which graph file is current. The
// text carries a checksum, so a damaged pointer leads nowhere instead of
// elsewhere.
type pointer struct {
	file string
	size int64
	sum  uint32 // of the graph file's header and table
}

const pointerTitle = "postern graph 1"

func (p pointer) encode() []byte {
	body := fmt.Sprintf("%s\n%s\n%d\n%08x\n", pointerTitle, p.file, p.size, p.sum)
	return fmt.Appendf(nil, "%s%08x\n", body, crc32.Checksum([]byte(body), castagnoli))
}

func decodePointer(b []byte) (pointer, error) {
	lines := strings.Split(string(b), "\n")
	if len(lines) != 6 || lines[0] != pointerTitle {
		return pointer{}, damaged("%s is not a pointer to a graph", pointerName)
	}
	size, err := strconv.ParseInt(lines[2], 10, 64)
	if err != nil {
		return pointer{}, damaged("%s: %v", pointerName, err)
	}
	sum, err := strconv.ParseUint(lines[3], 16, 32)
	if err != nil {
		return pointer{}, damaged("%s: %v", pointerName, err)
	}
	p := pointer{file: lines[1], size: size, sum: uint32(sum)}
	if _, ok := sequence(p.file); !ok || string(p.encode()) != string(b) {
		return pointer{}, damaged("checksum of %s does not fit", pointerName)
	}
	return p, nil
}

// sequence is the number in the name of a graph file.
func sequence(name string) (uint64, bool) {
	s, ok := strings.CutPrefix(name, graphPrefix)
	if !ok {
		return 0, false
	}
	if s, ok = strings.CutSuffix(s, graphSuffix); !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 64)
	return n, err == nil
}

func graphName(n uint64) string { return fmt.Sprintf("%s%08d%s", graphPrefix, n, graphSuffix) }

// readPointer returns the bytes of the pointer file, or ErrNoGraph.
func readPointer(dir string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(dir, pointerName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, graph.ErrNoGraph
	case err != nil:
		return nil, fmt.Errorf("read the pointer to the graph: %w", err)
	}
	return b, nil
}

// load opens the current graph and returns it with the pointer it was found
// by. A publisher may remove the file between the look at the pointer and the
// opening; then the pointer has changed and is read again.
func load(dir string) (*frozen, []byte, error) {
	var seen string
	for {
		raw, err := readPointer(dir)
		if err != nil {
			return nil, nil, err
		}
		p, err := decodePointer(raw)
		if err != nil {
			return nil, nil, err
		}
		f, err := loadFile(filepath.Join(dir, p.file), p)
		if errors.Is(err, fs.ErrNotExist) && string(raw) != seen {
			seen = string(raw)
			continue
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = damaged("%s is missing", p.file)
		}
		if err != nil {
			return nil, nil, err
		}
		return f, raw, nil
	}
}

func loadFile(path string, p pointer) (*frozen, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open graph: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("open graph: %w", err)
	}
	if info.Size() != p.size {
		return nil, damaged("%s has %d bytes, should have %d", p.file, info.Size(), p.size)
	}
	b := aligned(int(p.size))
	if _, err := io.ReadFull(file, b); err != nil {
		return nil, damaged("%s: %v", p.file, err)
	}
	if len(b) < headerSize || headerSum(b) != p.sum {
		return nil, damaged("%s is not the file that %s names", p.file, pointerName)
	}
	f, err := decode(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.file, err)
	}
	return f, nil
}

// headerSum is the checksum that a graph file's header carries.
func headerSum(file []byte) uint32 {
	return uint32(file[24]) | uint32(file[25])<<8 | uint32(file[26])<<16 | uint32(file[27])<<24
}

// publish makes g the current graph. The caller holds the lock. Whatever the
// moment at which it dies, CURRENT names a whole file: the graph is on disk before
// the pointer is, and a rename replaces the pointer at once. The disk works while
// indexes are made.
func publish(ctx context.Context, dir string, g *graph.Graph) (*frozen, []byte, error) {
	next, err := nextSequence(dir)
	if err != nil {
		return nil, nil, err
	}
	name := graphName(next)
	p := pointer{file: name}
	var f *frozen
	err = replaceFile(filepath.Join(dir, name), func(w *os.File) error {
		written := make(chan error, 1)
		var err error
		f, err = freezeWhile(g, func(f *frozen, whole <-chan struct{}) {
			var err error
			p.size, p.sum, err = f.write(contextWriter{ctx, w}, whole)
			written <- err
		})
		if err != nil {
			return err
		}
		if err := <-written; err != nil {
			return fmt.Errorf("write graph: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	raw := p.encode()
	err = replaceFile(filepath.Join(dir, pointerName), func(w *os.File) error {
		_, err := w.Write(raw)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("write the pointer to the graph: %w", err)
	}
	collect(dir, name)
	return f, raw, nil
}

// contextWriter stops a long write when its context ends.
type contextWriter struct {
	ctx context.Context
	w   io.WriterAt
}

func (c contextWriter) WriteAt(b []byte, at int64) (int, error) {
	const piece = 8 << 20
	done := 0
	for {
		if err := c.ctx.Err(); err != nil {
			return done, err
		}
		n, err := c.w.WriteAt(b[done:min(done+piece, len(b))], at+int64(done))
		if done += n; err != nil || done == len(b) {
			return done, err
		}
	}
}

// replaceFile writes a file beside path, makes it durable and renames it.
func replaceFile(path string, write func(*os.File) error) error {
	file, err := os.OpenFile(path+tempSuffix, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(path+tempSuffix, path)
	}
	if err != nil {
		os.Remove(path + tempSuffix)
		return err
	}
	return syncDir(filepath.Dir(path))
}

func nextSequence(dir string) (uint64, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, fmt.Errorf("read the store's directory: %w", err)
	}
	var last uint64
	for _, e := range entries {
		if n, ok := sequence(strings.TrimSuffix(e.Name(), tempSuffix)); ok {
			last = max(last, n)
		}
	}
	return last + 1, nil
}

// collect removes the graph files that are not current, those of publishers
// that died included. Readers hold what they need in memory. A file that
// cannot be removed now is removed after the next publish.
func collect(dir, keep string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if _, ok := sequence(strings.TrimSuffix(e.Name(), tempSuffix)); ok && e.Name() != keep {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

package snapshot

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/redact"
)

// Snapshot is a collection that can be read. It is not safe for concurrent use.
type Snapshot struct {
	// Manifest says what the snapshot should hold. Finished is zero if the run
	// was interrupted.
	Manifest Manifest
	// Mend, set before Documents is called, sees each part that is what the
	// manifest says, before secrets are looked for in it: it may take out what
	// cannot be read and say so in Partial. ErrUnread, and any other error, costs
	// the part; only the latter becomes a gap of the snapshot. Nil mends nothing.
	Mend func(*ingest.Document) error

	source source
	gaps   []graph.Gap // of the manifest
	damage []graph.Gap // found while reading
	read   bool
}

// ErrUnread says that a part is not read and that whoever mends has told why.
var ErrUnread = errors.New("not read")

// source is where parts are: a folder, or an archive.
type source interface {
	// each gives the files of the snapshot once, by name below its root.
	// body reads one, and reports a file that is larger than allowed.
	each(yield func(name string, body func() ([]byte, error)) bool) error
}

// Is reports whether path looks like a snapshot: a folder with a manifest or an
// interrupted run, or a file that begins like an archive. Open tells for sure.
func Is(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return false
	}
	if !info.IsDir() {
		return archiveKind(path) != ""
	}
	for _, n := range []string{manifestName, filepath.Join(stageName, manifestName), filepath.Join(stageName, journalName)} {
		if n == manifestName && !isManifest(filepath.Join(path, n)) {
			continue
		}
		if _, err := os.Stat(filepath.Join(path, n)); err == nil {
			return true
		}
	}
	return false
}

// isManifest tells a manifest of ours from another tool's by its beginning.
func isManifest(name string) bool {
	f, err := openRegular(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 256)
	n, _ := f.Read(head)
	return strings.Contains(string(head[:n]), `"`+formatName+`"`)
}

// Open opens the snapshot at path: a folder, or an archive that Pack or another
// tool made of one. It returns ErrNotSnapshot if there is no manifest. Parts are
// read by Documents only.
func Open(path string) (*Snapshot, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	var s *Snapshot
	if info.IsDir() {
		s, err = openFolder(path)
	} else {
		s, err = openArchive(path)
	}
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", path, err)
	}
	for _, m := range s.Manifest.Gaps {
		s.gaps = append(s.gaps, m.gap())
	}
	return s, nil
}

// Documents gives the documents of the snapshot, those of a folder, of a zip and
// of Pack's archives in path order; it stops when yield returns false. Parts that
// cannot be read become gaps. The error says that the archive itself could not be
// read to its end; what was given before is valid.
func (s *Snapshot) Documents(yield func(ingest.Document) bool) error {
	s.damage = nil
	expected := make(map[string]Part, len(s.Manifest.Parts))
	for _, p := range s.Manifest.Parts {
		expected[p.Path] = p
	}
	seen := make(map[string]bool, len(expected))
	stopped := false
	err := s.source.each(func(name string, body func() ([]byte, error)) bool {
		p, listed := expected[name]
		switch {
		case !listed:
			s.found(Key{}, graph.GapNotUnderstood, name, "not listed in the manifest")
			return true
		case seen[name]:
			s.found(p.Key, graph.GapError, name, "is in the archive twice; the first was read")
			return true
		}
		seen[name] = true
		if d, ok := s.readable(p, body); ok {
			stopped = !yield(d)
		}
		return !stopped
	})
	if stopped {
		return nil
	}
	for _, p := range s.Manifest.Parts {
		if !seen[p.Path] {
			s.found(p.Key, graph.GapError, p.Path, "missing: the manifest lists it")
		}
	}
	s.read = true
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	return nil
}

// readable reads one part; one that cannot be read becomes a gap.
func (s *Snapshot) readable(p Part, body func() ([]byte, error)) (ingest.Document, bool) {
	d, err := s.document(p, body)
	if err != nil && !errors.Is(err, ErrUnread) {
		s.found(p.Key, graph.GapError, p.Path, err.Error())
	}
	return d, err == nil
}

// document reads one part and compares it with the manifest.
func (s *Snapshot) document(p Part, read func() ([]byte, error)) (ingest.Document, error) {
	body, err := read()
	if err != nil {
		return ingest.Document{}, err
	}
	switch {
	case int64(len(body)) < p.Bytes:
		return ingest.Document{}, fmt.Errorf("truncated: %d bytes of %d", len(body), p.Bytes)
	case sum(body) != p.SHA256:
		return ingest.Document{}, errors.New("changed since it was collected: its hash is not the manifest's")
	}
	d, err := p.document(s.Manifest.Provider, s.Manifest.Finished, body)
	if err != nil || d.Failure != nil {
		return d, err
	}
	if s.Mend != nil {
		if err := s.Mend(&d); err != nil {
			return ingest.Document{}, err
		}
	}
	// What Postern wrote is clean and comes back as it is; what somebody else put
	// into this form is cleaned, and refused when it is not JSON or nests too deep.
	d.Body, _, err = redact.Document(d.Service, d.Operation, d.Body)
	return d, err
}

func (s *Snapshot) found(k Key, kind graph.GapKind, file, message string) {
	s.damage = append(s.damage, k.gap(kind, file, message))
}

// Gaps returns what was not collected, and the parts that could not be read. It
// reads the snapshot if Documents has not been called to its end.
func (s *Snapshot) Gaps() []graph.Gap {
	if !s.read {
		if err := s.Documents(func(ingest.Document) bool { return true }); err != nil {
			s.damage = append(s.damage, graph.Gap{Kind: graph.GapError, File: manifestName, Message: err.Error()})
		}
	}
	return append(slices.Clone(s.gaps), s.damage...)
}

// openFolder opens a folder: its finished snapshot, or what there is of an
// interrupted first run.
func openFolder(dir string) (*Snapshot, error) {
	stage := filepath.Join(dir, stageName)
	// A stage with a manifest is a finished run that was not moved to its end:
	// parts are here or there.
	for _, at := range []struct {
		manifest string
		roots    []string
	}{
		{filepath.Join(stage, manifestName), []string{stage, dir}},
		{filepath.Join(dir, manifestName), []string{dir}},
	} {
		f, err := openRegular(at.manifest)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		m, changed, err := readManifest(f)
		_ = f.Close()
		if err != nil {
			return nil, err
		}
		return newSnapshot(m, changed, folder{at.roots, m.Parts}), nil
	}
	head, parts := readJournal(filepath.Join(stage, journalName))
	if head == nil {
		return nil, ErrNotSnapshot
	}
	return interrupted(head, parts, stage), nil
}

func newSnapshot(m *Manifest, changed bool, src source) *Snapshot {
	s := &Snapshot{Manifest: *m, source: src}
	if changed {
		s.gaps = append(s.gaps, graph.Gap{Kind: graph.GapError, File: manifestName,
			Message: "changed since it was written: its content hash is not that of its parts"})
	}
	return s
}

// interrupted makes a snapshot of a run that did not finish.
func interrupted(head *journalHead, parts []Part, stage string) *Snapshot {
	m := Manifest{Provider: head.Provider, Scope: head.Scope, Started: head.Started, Tool: head.Tool}
	last := map[string]Part{} // a part that was written again is noted again
	for _, p := range parts {
		if p.check() == nil {
			last[p.Path] = p
		}
	}
	for _, p := range last {
		m.Parts = append(m.Parts, p)
	}
	m.seal()
	return &Snapshot{Manifest: m, source: folder{roots: []string{stage}}, gaps: []graph.Gap{{Kind: graph.GapNotCollected,
		File: stageName, Message: "the collection was interrupted; run it again to complete it"}}}
}

// folder is a snapshot's tree. Its roots are searched in order; in those after
// the first, only the files of parts are looked at: the others are of the
// snapshot that is being replaced.
type folder struct {
	roots []string
	parts []Part
}

func (f folder) each(yield func(string, func() ([]byte, error)) bool) error {
	listed := map[string]bool{}
	for _, p := range f.parts {
		listed[p.Path] = true
	}
	var roots []*os.Root
	names := map[string]int{} // which root has the file
	for i, dir := range f.roots {
		r, err := os.OpenRoot(dir)
		if err != nil {
			return err
		}
		defer r.Close()
		roots = append(roots, r)
		if err := list(r, func(name string) {
			if _, there := names[name]; !there && (i == 0 || listed[name]) {
				names[name] = i
			}
		}); err != nil {
			return err
		}
	}
	for _, name := range sortedKeys(names) {
		root := roots[names[name]]
		if !yield(name, func() ([]byte, error) { return readRegular(root, name) }) {
			return nil
		}
	}
	return nil
}

// list names the files below a root, without hidden ones and the manifest.
func list(r *os.Root, add func(string)) error {
	return fs.WalkDir(r.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil && name == ".":
			return err
		case err != nil: // its parts are missed by name
			return fs.SkipDir
		case name == "." || name == manifestName || name == journalName:
			return nil
		case strings.HasPrefix(path.Base(name), "."):
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		case e.IsDir():
			return nil
		}
		add(name)
		return nil
	})
}

// readRegular reads a file that is one: no link out of the snapshot, no device.
func readRegular(r *os.Root, name string) ([]byte, error) {
	info, err := r.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	f, err := r.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readPart(f, info.Size())
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

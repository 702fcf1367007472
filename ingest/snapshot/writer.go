package snapshot

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/redact"
)

// MaxResumeAge is how old a run may be to be resumed. What is older describes
// another state of the estate and is asked again.
const MaxResumeAge = 24 * time.Hour

// Options of a run.
type Options struct {
	Provider string // aws, azure, gcp
	Tool     Tool
	// Scope says what is collected, in the collector's words. A run is resumed
	// only by one of the same scope.
	Scope string
	// Started is when the run begins.
	Started time.Time
	// Afresh asks everything again instead of resuming a run that was killed.
	Afresh bool
}

// Writer writes one run. Its methods may be called concurrently.
type Writer struct {
	dir, stage string
	options    Options
	lock       *os.File

	mu      sync.Mutex
	journal *os.File
	held    map[string]Part // whole parts of the run being resumed, by path
	parts   map[string]Part // parts of this run, by path
	misses  []Miss
	closed  bool
}

// Create begins a run that Finish will put into dir, or goes on with one of the
// same scope that was killed there. dir may hold an earlier snapshot, which stays
// readable until Finish replaces it; a folder that holds anything else is
// refused with ErrNotSnapshot. It returns ErrBusy while another run writes there.
func Create(dir string, o Options) (*Writer, error) {
	w := &Writer{dir: dir, stage: filepath.Join(dir, stageName), options: o, held: map[string]Part{}, parts: map[string]Part{}}
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = ours(dir)
	}
	if err == nil {
		w.lock, err = lock(filepath.Join(dir, lockName))
	}
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", dir, err)
	}
	if err := w.begin(); err != nil {
		_ = w.Close()
		return nil, fmt.Errorf("snapshot %s: %w", dir, err)
	}
	return w, nil
}

func (w *Writer) begin() error {
	if err := promote(w.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(w.stage, 0o700); err != nil {
		return err
	}
	head, held := readJournal(filepath.Join(w.stage, journalName))
	resume := head != nil && !w.options.Afresh && head.Scope == w.options.Scope && head.Provider == w.options.Provider &&
		w.options.Started.Sub(head.Started) < MaxResumeAge
	if resume {
		w.options.Started = head.Started
		for _, p := range held {
			if w.whole(p) {
				w.held[p.Path] = p
			}
		}
	}
	return w.clean()
}

// whole reports whether a part of a killed run is there as it was written.
func (w *Writer) whole(p Part) bool {
	if p.check() != nil {
		return false
	}
	b, err := os.ReadFile(filepath.Join(w.stage, filepath.FromSlash(p.Path)))
	return err == nil && sum(b) == p.SHA256
}

// clean removes everything from the stage but the parts held, and begins a
// journal that lists them.
func (w *Writer) clean() error {
	var stale []string
	err := filepath.WalkDir(w.stage, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(w.stage, name)
		if _, keep := w.held[filepath.ToSlash(rel)]; !keep {
			stale = append(stale, name)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, name := range stale {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	head := journalHead{Provider: w.options.Provider, Scope: w.options.Scope, Started: w.options.Started, Tool: w.options.Tool}
	w.journal, err = beginJournal(w.stage, head, w.held)
	return err
}

// Held counts the parts of a killed run that need not be asked for again.
func (w *Writer) Held() int { return len(w.held) }

// Has returns the answer to a call that the run being resumed has already got.
// The document is then part of this run too.
func (w *Writer) Has(k Key) (ingest.Document, bool) {
	k.Region = cmp.Or(k.Region, "global")
	w.mu.Lock()
	p, ok := w.held[k.Path()]
	w.mu.Unlock()
	if !ok || compareKeys(p.Key, k) != 0 {
		return ingest.Document{}, false
	}
	body, err := os.ReadFile(filepath.Join(w.stage, filepath.FromSlash(p.Path)))
	if err != nil || sum(body) != p.SHA256 {
		return ingest.Document{}, false
	}
	d, err := p.document(w.options.Provider, time.Time{}, body)
	if err != nil {
		return ingest.Document{}, false
	}
	w.mu.Lock()
	w.parts[p.Path] = p
	w.mu.Unlock()
	return d, true
}

// Write stores the answer to a call, without its secrets, and returns it as it
// was stored. A document with a Failure says that there is none.
func (w *Writer) Write(d ingest.Document) (ingest.Document, error) {
	p := Part{Key: KeyOf(d), Outcome: OK}
	p.Path = p.Key.Path()
	body := d.Body
	if d.Failure != nil {
		p.Outcome = None
		var a absent
		a.Error.Code = d.Failure.Code
		a.Error.Message, _ = redact.Text(d.Failure.Message)
		var err error
		if body, err = json.Marshal(a); err != nil {
			return d, fmt.Errorf("snapshot: write %s: %w", p.Path, err)
		}
		d.Failure = &ingest.Failure{Code: a.Error.Code, Message: a.Error.Message}
	} else {
		clean, _, err := redact.Document(d.Service, d.Operation, body)
		if err != nil {
			return d, fmt.Errorf("%w: %w", ErrRefused, err)
		}
		body, d.Body = clean, clean
	}
	if len(body) > MaxPartBytes {
		return d, fmt.Errorf("%w: %d bytes are more than %d", ErrRefused, len(body), MaxPartBytes)
	}
	p.SHA256, p.Bytes = sum(body), int64(len(body))
	if err := writeFile(w.stage, p.Path, body); err != nil {
		return d, fmt.Errorf("snapshot: write %s: %w", p.Path, err)
	}
	return d, w.note(p)
}

// note adds a part to the run and to its journal.
func (w *Writer) note(p Part) error {
	line, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.parts[p.Path] = p
	// One write a line: what a kill cuts off is the last line, which readers
	// ignore. It is not synced: a line that a power failure loses is asked again.
	if _, err := w.journal.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("snapshot: journal: %w", err)
	}
	return nil
}

// Miss records a call that did not answer. It is asked again when the run is
// resumed.
func (w *Writer) Miss(k Key, kind graph.GapKind, f ingest.Failure) {
	k.Region = cmp.Or(k.Region, "global")
	message, _ := redact.Text(f.Message)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.misses = append(w.misses, Miss{k, kind, f.Code, message})
}

// Finish writes the manifest and puts the run into place. end is when the run
// ended. The writer is closed.
func (w *Writer) Finish(end time.Time) (*Manifest, error) {
	defer w.Close()
	m := &Manifest{Tool: w.options.Tool, Provider: w.options.Provider, Scope: w.options.Scope,
		Started: w.options.Started.UTC(), Finished: end.UTC(), Gaps: w.misses}
	for name, p := range w.held {
		if _, used := w.parts[name]; !used { // of a resource that is no more
			if err := os.Remove(filepath.Join(w.stage, filepath.FromSlash(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("snapshot: drop %s: %w", p.Path, err)
			}
		}
	}
	for _, p := range w.parts {
		m.Parts = append(m.Parts, p)
	}
	m.seal()
	if err := w.commit(m); err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", w.dir, err)
	}
	return m, nil
}

// commit makes the run durable. The renaming of the manifest inside the stage
// is the moment from which the run counts; what follows can be repeated.
func (w *Writer) commit(m *Manifest) error {
	dirs := map[string]bool{w.stage: true}
	for _, p := range m.Parts {
		for d := path.Dir(p.Path); d != "."; d = path.Dir(d) {
			dirs[filepath.Join(w.stage, filepath.FromSlash(d))] = true
		}
	}
	for d := range dirs {
		if err := syncDir(d); err != nil {
			return err
		}
	}
	var text strings.Builder
	if err := m.write(&text); err != nil {
		return err
	}
	if err := writeFile(w.stage, manifestName, []byte(text.String())); err != nil {
		return err
	}
	if err := syncDir(w.stage); err != nil {
		return err
	}
	return promote(w.dir)
}

// Close gives up the run if it was not finished; what was written stays to be
// resumed.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	var errs []error
	if w.journal != nil {
		errs = append(errs, w.journal.Close())
	}
	return errors.Join(append(errs, w.lock.Close())...)
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

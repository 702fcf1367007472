package snapshot

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
)

// Outcome is how a call that has a part ended.
type Outcome string

// Outcomes. Calls that failed otherwise have no part: they are gaps.
const (
	OK   Outcome = "ok"   // answered
	None Outcome = "none" // asked, and there is none
)

// Part is one answer in a snapshot.
type Part struct {
	Key
	Path    string  `json:"path"` // below the snapshot's root, with forward slashes
	SHA256  string  `json:"sha256"`
	Bytes   int64   `json:"bytes"`
	Outcome Outcome `json:"outcome"`
}

// Miss is a call that did not answer.
type Miss struct {
	Key
	Kind    graph.GapKind `json:"outcome"`
	Code    string        `json:"code,omitempty"`
	Message string        `json:"message"`
}

// Tool says which program made a snapshot.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Manifest says what a snapshot holds.
type Manifest struct {
	Format   string `json:"format"` // always "postern-snapshot"
	Version  int    `json:"version"`
	Tool     Tool   `json:"tool"`
	Provider string `json:"provider"`
	// Scope is what the run was asked to collect, in the collector's words.
	Scope string `json:"scope,omitempty"`
	// Started and Finished are the run's times: the only ones in a snapshot. A
	// run that was resumed began when its first part was asked for.
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"`
	// ContentSHA256 is the hash over parts and gaps, and over nothing else.
	ContentSHA256 string `json:"content_sha256"`
	Parts         []Part `json:"parts"` // by path, each once
	Gaps          []Miss `json:"gaps"`  // by account, region, service, operation, parameters
}

const formatName = "postern-snapshot"

// seal sorts the manifest and sets its hash.
func (m *Manifest) seal() {
	m.Format, m.Version = formatName, Version
	slices.SortFunc(m.Parts, func(a, b Part) int { return cmp.Compare(a.Path, b.Path) })
	slices.SortFunc(m.Gaps, func(a, b Miss) int {
		return cmp.Or(compareKeys(a.Key, b.Key), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	if m.Parts == nil {
		m.Parts = []Part{}
	}
	if m.Gaps == nil {
		m.Gaps = []Miss{}
	}
	m.ContentSHA256 = m.content()
}

func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Service, b.Service),
		cmp.Compare(a.Operation, b.Operation), slices.Compare(a.Parameters, b.Parameters))
}

// content is the hash of what was answered and what was not.
func (m *Manifest) content() string {
	h := sha256.New()
	w := bufio.NewWriter(h)
	enc := json.NewEncoder(w)
	for _, p := range m.Parts {
		_ = enc.Encode(p) // strings and numbers into memory: no error is possible
	}
	for _, g := range m.Gaps {
		_ = enc.Encode(g)
	}
	_ = w.Flush()
	return hex.EncodeToString(h.Sum(nil))
}

// write writes the manifest, one part and one gap a line, so that two manifests
// can be compared by eye.
func (m *Manifest) write(w io.Writer) error {
	head := *m
	head.Parts, head.Gaps = nil, nil
	b, err := json.MarshalIndent(head, "", " ")
	if err != nil {
		return err
	}
	s := strings.TrimSuffix(string(b), ",\n \"parts\": null,\n \"gaps\": null\n}")
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s,\n \"parts\": [", s)
	if err := lines(out, m.Parts); err != nil {
		return err
	}
	fmt.Fprint(out, "],\n \"gaps\": [")
	if err := lines(out, m.Gaps); err != nil {
		return err
	}
	fmt.Fprint(out, "]\n}\n")
	return out.Flush()
}

func lines[T any](w io.Writer, items []T) error {
	for i, it := range items {
		b, err := json.Marshal(it)
		if err != nil {
			return err
		}
		end := ","
		if i == len(items)-1 {
			end = "\n "
		}
		if _, err := fmt.Fprintf(w, "\n  %s%s", b, end); err != nil {
			return err
		}
	}
	return nil
}

// readManifest reads and checks a manifest. changed says that it was edited
// after it was written.
func readManifest(r io.Reader) (m *Manifest, changed bool, err error) {
	m = &Manifest{}
	limited := &io.LimitedReader{R: r, N: MaxManifestBytes}
	if err := json.NewDecoder(limited).Decode(m); err != nil {
		return nil, false, fmt.Errorf("%s: %w", manifestName, err)
	}
	switch {
	case m.Format != formatName:
		return nil, false, fmt.Errorf("%s: format %q: %w", manifestName, m.Format, ErrNotSnapshot)
	case m.Version < 1:
		return nil, false, fmt.Errorf("%s: version %d is no version of the format (it is missing, or was edited)", manifestName, m.Version)
	case m.Version > Version:
		return nil, false, fmt.Errorf("%s: format version %d was made by a later Postern; this one reads up to %d", manifestName, m.Version, Version)
	}
	claimed := m.ContentSHA256
	m.seal()
	for i, p := range m.Parts {
		if err := p.check(); err != nil {
			return nil, false, fmt.Errorf("%s: part %d: %w", manifestName, i, err)
		}
		if i > 0 && m.Parts[i-1].Path == p.Path {
			return nil, false, fmt.Errorf("%s: part %q is listed twice", manifestName, p.Path)
		}
	}
	return m, claimed != m.ContentSHA256, nil
}

// check refuses parts whose path leaves the snapshot or hides in it.
func (p Part) check() error {
	if path.Clean(p.Path) != p.Path || path.IsAbs(p.Path) || !strings.Contains(p.Path, "/") || strings.ContainsAny(p.Path, "\\\x00:") {
		return fmt.Errorf("path %q is not allowed", p.Path)
	}
	for _, e := range strings.Split(p.Path, "/") {
		if strings.HasPrefix(e, ".") {
			return fmt.Errorf("path %q is not allowed", p.Path)
		}
	}
	if p.Bytes < 0 || p.Bytes > MaxPartBytes {
		return fmt.Errorf("%s: %d bytes are more than %d", p.Path, p.Bytes, MaxPartBytes)
	}
	return nil
}

// gap is what a miss means for the coverage.
func (m Miss) gap() graph.Gap {
	msg := m.Message
	switch {
	case m.Code != "" && msg != "":
		msg = m.Code + ": " + msg
	case m.Code != "":
		msg = m.Code
	}
	return m.Key.gap(m.Kind, "", msg)
}

func (k Key) gap(kind graph.GapKind, file, message string) graph.Gap {
	return graph.Gap{Kind: kind, Account: k.Account, Region: k.Region, Service: k.Service, Operation: k.Operation,
		Resource: strings.Join(k.Parameters, "/"), File: file, Message: message}
}

// absent is the body of a part whose outcome is None.
type absent struct {
	Error struct {
		Code    string
		Message string
	}
}

// document makes the document of a part from its body.
func (p Part) document(provider string, at time.Time, body []byte) (ingest.Document, error) {
	d := ingest.Document{Provider: provider, Account: p.Account, Region: p.Region, Service: p.Service, Operation: p.Operation,
		Parameters: p.Parameters, Source: p.Path, ReadAt: at}
	if p.Outcome == None {
		var a absent
		if err := json.Unmarshal(body, &a); err != nil {
			return d, err
		}
		d.Failure = &ingest.Failure{Code: a.Error.Code, Message: a.Error.Message}
		return d, nil
	}
	d.Body = body
	return d, nil
}

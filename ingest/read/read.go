package read

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/aws"
	"github.com/postern-sec/postern/ingest/redact"
)

// Inputs is what was found in the paths of a run.
type Inputs struct {
	// Documents are in the order of ingest.SortDocuments.
	Documents []ingest.Document
	// Gaps name every file, or value of a file, that was not read, with the
	// reason.
	Gaps []graph.Gap

	named map[string][]accountName // folder: accounts listed there
}

// Open reads files, folders and archives. It returns an error when a path cannot
// be opened at all or ctx ends; anything wrong inside is a gap. Secrets are
// removed from every document. The result does not depend on the order of paths
// or files.
func Open(ctx context.Context, paths []string) (*Inputs, error) {
	in := &Inputs{named: map[string][]accountName{}}
	var drafts []draft
	for i, root := range sources(paths) {
		more, err := in.open(ctx, fmt.Sprintf("P%d", i), root)
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, more...)
	}
	in.resolve(drafts)
	ingest.SortDocuments(in.Documents)
	in.Gaps = graph.NewCoverage(0, in.Gaps).Gaps
	return in, nil
}

func (in *Inputs) gap(g graph.Gap) { in.Gaps = append(in.Gaps, g) }

// source is a path that the user gave, and how files below it are called.
type source struct {
	path   string
	prefix string
}

// sources orders the paths and gives each a prefix for its files when there are
// several, so that files of the same name are told apart.
func sources(paths []string) []source {
	paths = slices.Clone(paths)
	slices.Sort(paths)
	paths = slices.Compact(paths)
	var out []source
	for _, p := range paths {
		s := source{path: p}
		if len(paths) > 1 {
			s.prefix = filepath.ToSlash(filepath.Clean(p))
		}
		out = append(out, s)
	}
	return out
}

func (in *Inputs) open(ctx context.Context, unit string, s source) ([]draft, error) {
	absolute, err := filepath.Abs(s.path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(absolute)
	if err != nil {
		return nil, err
	}
	if resolved, err := filepath.EvalSymlinks(absolute); err == nil && info.IsDir() {
		absolute = resolved
	}
	outer := lastParts(absolute)
	if !info.IsDir() {
		name := filepath.Base(absolute)
		if s.prefix != "" {
			name = s.prefix
		}
		if in.snapshot(absolute, name, false) {
			return nil, nil
		}
		return in.file(absolute, name, placeOf(unit, outer[:len(outer)-1], outer[len(outer)-1:])), nil
	}
	var drafts []draft
	err = filepath.WalkDir(absolute, func(path string, entry fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		rel, _ := filepath.Rel(absolute, path)
		rel = filepath.ToSlash(rel)
		name := rel
		if s.prefix != "" {
			name = strings.TrimSuffix(s.prefix+"/"+rel, "/.")
		}
		switch {
		case err != nil:
			in.gap(graph.Gap{Kind: graph.GapError, File: name, Message: message(err)})
			if entry != nil && entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir() && entry.Name() == ".git":
			in.gap(graph.Gap{Kind: graph.GapNotUnderstood, File: name, Message: "a version control folder: not read"})
			return fs.SkipDir
		case entry.IsDir() && in.snapshot(path, name, true):
			return fs.SkipDir
		case entry.IsDir(), in.snapshot(path, name, false):
			return nil
		}
		drafts = append(drafts, in.file(path, name, placeOf(unit, outer, strings.Split(rel, "/")))...)
		return nil
	})
	return drafts, err
}

// lastParts are the last components of a path: an account's or region's folder
// may itself be what the user gave.
func lastParts(absolute string) []string {
	const enough = 4
	parts := strings.Split(strings.Trim(filepath.ToSlash(absolute), "/"), "/")
	return parts[max(0, len(parts)-enough):]
}

// file is one file that is being read.
type file struct {
	inputs *Inputs
	name   string
	place  *place
	data   []byte
	nth    int // of the value that is being read, from 1
	many   bool
	part   bool // elements of the value that is being read were left out
}

// draft makes a document of an operation's answer.
func (f *file) draft(op aws.Operation, body []byte, fail *ingest.Failure) draft {
	name := f.name
	if f.many {
		name = fmt.Sprintf("%s#%d", f.name, f.nth)
	}
	return draft{place: f.place, global: op.Global, doc: ingest.Document{Provider: "aws", Service: op.Service, Operation: op.Name,
		Parameters: f.place.parameters, Source: name, Body: body, Failure: fail, Partial: f.part}}
}

// file reads one file; what it does not understand becomes gaps.
func (in *Inputs) file(path, name string, p place) []draft {
	f := &file{inputs: in, name: name, place: &p}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		f.gap(graph.GapError, message(err))
		return nil
	case info.IsDir():
		f.gap(graph.GapNotUnderstood, "a link to a folder: not followed")
		return nil
	case !info.Mode().IsRegular():
		f.gap(graph.GapNotUnderstood, "not a regular file")
		return nil
	}
	f.data, err = load(path)
	if err != nil {
		f.gap(graph.GapError, message(err))
	}
	if f.data == nil {
		return nil
	}
	return f.safe(f.values())
}

// safe removes secrets from drafts before anything else sees them. A document
// that cannot be searched for secrets does not enter.
func (f *file) safe(drafts []draft) []draft {
	out := drafts[:0]
	for _, d := range drafts {
		if d.doc.Body == nil {
			out = append(out, d)
			continue
		}
		body, _, err := redact.Document(d.doc.Service, d.doc.Operation, d.doc.Body)
		if err != nil {
			f.inputs.gap(graph.Gap{Kind: graph.GapNotUnderstood, Service: d.doc.Service, Operation: d.doc.Operation, File: d.doc.Source, Message: err.Error()})
			continue
		}
		d.doc.Body = body
		out = append(out, d)
	}
	return out
}

// message is an error without the path, which the gap names already.
func message(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Op + ": " + p.Err.Error()
	}
	return err.Error()
}

// gap says what is wrong with the file, and what it would have answered as far
// as its names tell.
func (f *file) gap(kind graph.GapKind, message string) {
	g := graph.Gap{Kind: kind, File: f.name, Message: message, Account: f.place.account}
	if len(f.place.operations) == 1 {
		g.Region, g.Service, g.Operation = f.place.region, f.place.operations[0].Service, f.place.operations[0].Name
	}
	f.inputs.gap(g)
}

// gapAt reports something at a place of the file.
func (f *file) gapAt(kind graph.GapKind, offset int, message string) {
	e := &syntaxError{offset: offset}
	f.gap(kind, f.name+":"+e.at(f.data)+": "+message)
}

// values reads the values of a file one after the other.
func (f *file) values() []draft {
	switch {
	case len(strings.TrimSpace(string(f.data[:min(len(f.data), 4096)]))) == 0 && len(f.data) <= 4096:
		f.gap(graph.GapError, "the file is empty")
		return nil
	case !startsLikeJSON(f.data) && !json.Valid(head(f.data)):
		return f.text()
	}
	if at := brokenUTF8(f.data); at >= 0 {
		f.gapAt(graph.GapNotUnderstood, at, "not UTF-8; the byte is read as \uFFFD")
	}
	values := f.scan()
	f.many = len(values) > 1
	var out []draft
	strange := 0
	for i, v := range values {
		f.nth, f.part = i+1, v.mends.elements > 0
		drafts, why := f.value(v)
		out = append(out, drafts...)
		if why == "" {
			continue
		}
		if strange++; strange <= MaxGapsPerFile {
			f.gapAt(graph.GapNotUnderstood, v.start, why)
		}
	}
	if strange > MaxGapsPerFile {
		f.gap(graph.GapNotUnderstood, fmt.Sprintf("%d more values were not understood", strange-MaxGapsPerFile))
	}
	return out
}

// mended reports what was wrong inside a value. n counts what was reported.
func (f *file) mended(v *value, n *int) {
	for _, e := range v.mends.first {
		f.fault(n, e)
	}
	if more := v.mends.faults - len(v.mends.first); more > 0 {
		f.gapAt(graph.GapNotUnderstood, v.start, fmt.Sprintf("%d more policies or elements of lists were not understood", more))
	}
}

// fault reports one thing that is wrong at a place of the file.
func (f *file) fault(n *int, e *syntaxError) {
	if *n++; *n <= MaxGapsPerFile {
		f.gapAt(graph.GapNotUnderstood, e.offset, e.message)
	}
}

// scan splits the file into values. Wrong syntax ends it, but in a file of one
// value a line the next line is tried.
func (f *file) scan() []*value {
	var values []*value
	lines := strings.Contains(strings.ToLower(f.name), ".ndjson") || strings.Contains(strings.ToLower(f.name), ".jsonl")
	s := newScanner(f.data)
	wrong := 0
	for {
		v, err := s.next()
		switch {
		case err == nil && v == nil:
			return values
		case err == nil && v.wrong == nil:
			values = append(values, v)
			f.mended(v, &wrong)
			continue
		case err == nil:
			err = v.wrong.syntaxError("")
			f.fault(&wrong, err)
			continue
		}
		f.fault(&wrong, err)
		if !lines {
			return values
		}
		s.pos = err.offset
		s.nextLine()
	}
}

// value asks the formats; why says why none understood it.
func (f *file) value(v *value) (drafts []draft, why string) {
	for _, format := range formats {
		drafts, mine, err := format.read(f, v)
		if err != nil {
			return nil, err.Error()
		}
		if mine {
			return drafts, ""
		}
	}
	switch {
	case v.kind == '[':
		return nil, fmt.Sprintf("an array of %d elements that no reader knows", v.elements)
	case v.kind == '{' && len(v.keys) == 0:
		return nil, "an empty object, in a file whose name says nothing"
	case v.kind == '{':
		return nil, "no reader knows an object with " + listed(v.keys)
	}
	return nil, "a single value, not an answer of a provider"
}

func startsLikeJSON(data []byte) bool {
	s := newScanner(data)
	s.space()
	for s.pos < len(data) && data[s.pos] == '#' {
		s.nextLine()
		s.space()
	}
	return s.pos < len(data) && strings.IndexByte(`{["`, data[s.pos]) >= 0
}

// text reads a file that is not JSON: the error text of a failed call, or IAM's
// credential report as a table.
func (f *file) text() []draft {
	const most = 64 << 10
	if strings.HasPrefix(string(head(f.data)), "user,arn,user_creation_time,") {
		if op, ok := aws.FindOperation("iam", "GetCredentialReport"); ok {
			body, err := json.Marshal(map[string]string{"Content": base64.StdEncoding.EncodeToString(f.data)})
			if err == nil {
				return []draft{f.draft(op, body, nil)}
			}
		}
	}
	if len(f.data) <= most {
		drafts, mine, err := readErrorText(f, string(f.data))
		if err != nil {
			f.gap(graph.GapNotUnderstood, err.Error())
			return nil
		}
		if mine {
			return drafts
		}
	}
	if isArchive(f.data) {
		f.gap(graph.GapNotUnderstood, "an archive that is no snapshot: unpack it, and give the folder")
		return nil
	}
	f.gapAt(graph.GapNotUnderstood, 0, "not JSON, and not the text of a failed call")
	return nil
}

// isArchive recognises tar files and empty zip files; others are tried as
// snapshots first.
func isArchive(data []byte) bool {
	return len(data) > 262 && string(data[257:262]) == "ustar" || strings.HasPrefix(string(head(data)), "PK\x05\x06")
}

package read

import (
	"errors"
	"fmt"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/aws"
	"github.com/postern-sec/postern/ingest/snapshot"
)

// snapshot reads one of Postern's own snapshots, a folder or an archive. It
// reports false when it is none; an archive that is none is reported.
func (in *Inputs) snapshot(path, name string, folder bool) bool {
	if !snapshot.Is(path) {
		return false
	}
	s, err := snapshot.Open(path)
	if err != nil {
		if errors.Is(err, snapshot.ErrNotSnapshot) {
			in.gap(graph.Gap{Kind: graph.GapNotUnderstood, File: name, Message: "looks like a snapshot and is none: an archive of other files is not looked into; unpack it, and give the folder"})
			return !folder // its files may still be understood one by one
		}
		if inner := errors.Unwrap(err); inner != nil {
			err = inner // without the path, which the gap names
		}
		in.gap(graph.Gap{Kind: graph.GapError, File: name, Message: message(err)})
		return !folder
	}
	if s.Manifest.Provider != "aws" {
		in.gap(graph.Gap{Kind: graph.GapNotUnderstood, File: name, Message: fmt.Sprintf("a snapshot of provider %.40q: no reader for it", s.Manifest.Provider)})
		return true
	}
	prefix := ""
	if name != "." {
		prefix = name + "/"
	}
	s.Mend = in.mend(prefix)
	err = s.Documents(func(d ingest.Document) bool {
		d.Source = prefix + d.Source
		in.Documents = append(in.Documents, d)
		return true
	})
	if err != nil {
		in.gap(graph.Gap{Kind: graph.GapError, File: name, Message: message(err)})
	}
	for _, g := range s.Gaps() {
		if g.File != "" {
			g.File = prefix + g.File
		}
		in.gap(g)
	}
	return true
}

// mend holds the parts of a snapshot to what every other file is held to: whoever
// wrote the manifest may have written anything, with the right hash.
func (in *Inputs) mend(prefix string) func(*ingest.Document) error {
	return func(d *ingest.Document) error {
		f := &file{inputs: in, name: prefix + d.Source, data: d.Body, place: &place{account: d.Account, region: d.Region}}
		if op, ok := aws.FindOperation(d.Service, d.Operation); ok {
			f.place.operations = []aws.Operation{op}
		}
		if at := brokenUTF8(f.data); at >= 0 {
			f.gapAt(graph.GapNotUnderstood, at, "not UTF-8; the byte is read as \uFFFD")
		}
		told := len(in.Gaps)
		values := f.scan()
		switch {
		case len(values) == 0 && len(in.Gaps) > told:
			return snapshot.ErrUnread
		case len(values) != 1:
			return fmt.Errorf("%d JSON values where one should stand", len(values))
		}
		d.Body, d.Partial = values[0].body, d.Partial || values[0].mends.elements > 0
		return nil
	}
}

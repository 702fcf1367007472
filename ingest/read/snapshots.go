package read

import (
	"errors"
	"fmt"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
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

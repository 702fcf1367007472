package read_test

import (
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/read"
	"github.com/postern-sec/postern/ingest/snapshot"
)

// TestSnapshots reads one snapshot as a folder, inside another folder and as
// archives: each time the same facts.
func TestSnapshots(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "in", "snap")
	writeSnapshot(t, folder,
		ingest.Document{Provider: "aws", Account: account, Region: "global", Service: "s3api", Operation: "ListBuckets", Body: json.RawMessage(good)},
		ingest.Document{Provider: "aws", Account: account, Region: "global", Service: "s3api", Operation: "GetBucketPolicy", Parameters: []string{"kept"},
			Failure: &ingest.Failure{Code: "NoSuchBucketPolicy", Message: "none"}})
	paths := []string{folder, filepath.Join(dir, "in")}
	for _, name := range []string{"a.tar.zst", "a.zip"} {
		if err := snapshot.Pack(folder, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, filepath.Join(dir, name))
	}
	for _, path := range paths {
		in, err := read.Open(t.Context(), []string{path})
		if err != nil {
			t.Fatal(err)
		}
		r := facts(in).AWSPermissions.Resources["arn:aws:s3:::kept"]
		if len(in.Documents) != 2 || r == nil || r.Policy.State.String() != "none" || len(in.Gaps) > 0 {
			t.Errorf("%s: %d documents, bucket %+v, gaps %v", path, len(in.Documents), r, in.Gaps)
		}
	}
}

// writeSnapshot makes a whole snapshot of some documents in a folder.
func writeSnapshot(t *testing.T, folder string, docs ...ingest.Document) {
	t.Helper()
	at := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	w, err := snapshot.Create(folder, snapshot.Options{Provider: "aws", Scope: "test", Started: at})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range docs {
		if _, err := w.Write(d); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Finish(at); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

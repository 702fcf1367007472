package snapshot

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/internal/longtest"
)

var began = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func options() Options {
	return Options{Provider: "aws", Tool: Tool{"postern", "test"}, Scope: "s", Started: began}
}

// answers is a small collection.
func answers() []ingest.Document {
	doc := func(region, service, operation, body string, parameters ...string) ingest.Document {
		return ingest.Document{Provider: "aws", Account: "111122223333", Region: region, Service: service, Operation: operation, Parameters: parameters, Body: json.RawMessage(body)}
	}
	none := doc("", "s3api", "GetBucketPolicy", "", "b2")
	none.Body, none.Failure = nil, &ingest.Failure{Code: "NoSuchBucketPolicy", Message: "The bucket policy does not exist"}
	return []ingest.Document{
		doc("us-east-1", "ec2", "DescribeVpcs", `{"Vpcs":[]}`),
		doc("", "s3api", "ListBuckets", `{"Buckets":[{"Name":"b1"},{"Name":"b2"}]}`),
		doc("", "s3api", "GetBucketPolicy", `{"Policy":"{}"}`, "b1"),
		none,
		doc("us-east-1", "lambda", "GetPolicy", `{"Policy":"x"}`, "arn:aws:lambda:us-east-1:111122223333:function:a/b"),
		doc("us-east-1", "ecs", "DescribeTasks", `{"tasks":[]}`, "cluster/1", ".."),
	}
}

// write makes a finished snapshot of docs.
func write(t testing.TB, dir string, docs []ingest.Document) *Manifest {
	t.Helper()
	w, err := Create(dir, options())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range docs {
		if _, err := w.Write(d); err != nil {
			t.Fatal(err)
		}
	}
	w.Miss(Key{Account: "111122223333", Region: "us-east-1", Service: "kms", Operation: "ListKeys"}, graph.GapDenied, ingest.Failure{Code: "AccessDeniedException", Message: "no"})
	m, err := w.Finish(began.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// read gives a snapshot's documents by source, and its gaps.
func read(t testing.TB, path string) (map[string]ingest.Document, []graph.Gap, error) {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		return nil, nil, err
	}
	docs := map[string]ingest.Document{}
	err = s.Documents(func(d ingest.Document) bool {
		docs[d.Source] = d
		return true
	})
	return docs, s.Gaps(), err
}

func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "s")
	m := write(t, root, answers())
	want := map[string]ingest.Document{}
	for _, d := range answers() {
		d.Source, d.ReadAt, d.Region = KeyOf(d).Path(), began.Add(time.Minute), KeyOf(d).Region
		want[d.Source] = d
	}
	wantGaps := []graph.Gap{{Kind: graph.GapDenied, Account: "111122223333", Region: "us-east-1", Service: "kms", Operation: "ListKeys", Message: "AccessDeniedException: no"}}
	paths := []string{root}
	for _, name := range []string{"s.tar.zst", "s.zip"} {
		if err := Pack(root, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, filepath.Join(dir, name))
	}
	for _, p := range paths {
		got, gaps, err := read(t, p)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", p, d)
		}
		if d := cmp.Diff(wantGaps, gaps); d != "" {
			t.Errorf("%s: %s", p, d)
		}
		if !Is(p) {
			t.Errorf("Is(%s) is false", p)
		}
	}
	for _, name := range []string{
		"111122223333/us-east-1/ec2-describe-vpcs.json", "111122223333/global/s3api-get-bucket-policy/b1.json",
		"111122223333/us-east-1/lambda-get-policy/arn%3Aaws%3Alambda%3Aus-east-1%3A111122223333%3Afunction%3Aa%2Fb.json",
		"111122223333/us-east-1/ecs-describe-tasks/cluster%2F1/%2E..json",
	} {
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(name))); err != nil {
			t.Error(err)
		}
	}
	b, err := os.ReadFile(filepath.Join(root, "111122223333/global/s3api-get-bucket-policy/b2.json"))
	if err != nil || !bytes.Contains(b, []byte("NoSuchBucketPolicy")) {
		t.Errorf("%s %v", b, err)
	}
	if len(m.Parts) != len(answers()) || m.Finished != began.Add(time.Minute) {
		t.Errorf("%+v", m)
	}
}

func TestArchivesAreReproducible(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "s"), answers())
	for _, kind := range []string{".zip", ".tar.zst"} {
		var last []byte
		for range 2 {
			name := filepath.Join(dir, "a"+kind)
			if err := Pack(filepath.Join(dir, "s"), name); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(name)
			if err != nil || last != nil && !bytes.Equal(b, last) {
				t.Errorf("%s: differs %v", kind, err)
			}
			last = b
		}
	}
}

// TestArchiveOfAFolder reads an archive that other tools made, with the folder
// itself in it and the manifest anywhere.
func TestArchiveOfAFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "s"), answers())
	name := filepath.Join(dir, "other.zip")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	if err := z.AddFS(os.DirFS(dir)); err != nil && !strings.Contains(err.Error(), "other.zip") {
		t.Fatal(err)
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	docs, _, err := read(t, name)
	if err != nil || len(docs) != len(answers()) {
		t.Errorf("%d documents, %v", len(docs), err)
	}
}

// TestDamageIsNamed changes one thing of a snapshot and expects one gap that
// names it, and the other documents.
func TestDamageIsNamed(t *testing.T) {
	const victim = "111122223333/global/s3api-list-buckets.json"
	for name, tc := range map[string]struct {
		do   func(file string) error
		gap  string
		file string
		docs int
	}{
		"truncated": {func(f string) error { return os.Truncate(f, 5) }, "truncated: 5 bytes of", victim, 5},
		"emptied":   {func(f string) error { return os.Truncate(f, 0) }, "truncated: 0 bytes of", victim, 5},
		"changed": {func(f string) error {
			return os.WriteFile(f, []byte(`{"Buckets":[{"Name":"b1"},{"Name":"b3"}]}`), 0o600)
		}, "changed since", victim, 5},
		"grown":       {func(f string) error { return appendTo(f, "  ") }, "changed since", victim, 5},
		"missing":     {os.Remove, "missing", victim, 5},
		"linked away": {func(f string) error { return errors.Join(os.Remove(f), os.Symlink("/etc/passwd", f)) }, "not a regular file", victim, 5},
		"added": {func(f string) error {
			return os.WriteFile(filepath.Join(filepath.Dir(f), "iam-x.json"), []byte("{}"), 0o600)
		},
			"not listed", "111122223333/global/iam-x.json", 6},
	} {
		t.Run(name, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "s")
			write(t, root, answers())
			if err := tc.do(filepath.Join(root, filepath.FromSlash(victim))); err != nil {
				t.Fatal(err)
			}
			docs, gaps, err := read(t, root)
			if err != nil || len(docs) != tc.docs || len(gaps) != 2 {
				t.Fatalf("%d documents, gaps %v, error %v", len(docs), gaps, err)
			}
			if g := gaps[1]; g.File != tc.file || !strings.HasPrefix(g.Message, tc.gap) {
				t.Errorf("%+v", g)
			}
			if tc.gap != "not listed" {
				if err := Pack(root, filepath.Join(t.TempDir(), "x.zip")); err == nil || !strings.Contains(err.Error(), tc.file) {
					t.Errorf("pack: %v", err)
				}
			}
		})
	}
}

func appendTo(name, s string) error {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(s)
	return errors.Join(err, f.Close())
}

func TestManifestIsChecked(t *testing.T) {
	for name, tc := range map[string]struct{ old, new, want string }{
		"an outcome was edited":    {`"kind":`, `"kind":`, ""},
		"a gap was taken out":      {`AccessDeniedException`, `Harmless`, "changed since it was written"},
		"another format":           {`"postern-snapshot"`, `"other"`, "not a snapshot"},
		"a later version":          {`"version": 1`, `"version": 2`, "later Postern"},
		"no version":               {`"version": 1`, `"versoin": 1`, "version 0 is no version of the format"},
		"a path that leaves":       {`111122223333/us-east-1/ec2-describe-vpcs.json`, `../us-east-1/ec2-describe-vpcs.json`, "not allowed"},
		"a path that is absolute":  {`111122223333/us-east-1/ec2-describe-vpcs.json`, `/etc/passwd`, "not allowed"},
		"a path that is hidden":    {`111122223333/us-east-1/ec2-describe-vpcs.json`, `.git/config`, "not allowed"},
		"a part listed twice":      {`111122223333/us-east-1/ec2-describe-vpcs.json`, `111122223333/global/s3api-list-buckets.json`, "twice"},
		"not JSON":                 {`"parts": [`, `"parts": `, "manifest.json"},
		"sizes that are too large": {`"bytes":11`, `"bytes":99999999999`, "more than"},
	} {
		t.Run(name, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "s")
			write(t, root, answers())
			file := filepath.Join(root, manifestName)
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if tc.want != "" && !bytes.Contains(b, []byte(tc.old)) {
				t.Fatalf("the manifest has no %s", tc.old)
			}
			if err := os.WriteFile(file, bytes.Replace(b, []byte(tc.old), []byte(tc.new), 1), 0o600); err != nil {
				t.Fatal(err)
			}
			docs, gaps, err := read(t, root)
			text := ""
			for _, g := range gaps {
				text += g.Message + "\n"
			}
			if err != nil {
				text += err.Error()
			} else if len(docs) != 6 {
				t.Errorf("%d documents", len(docs))
			}
			if !strings.Contains(text, tc.want) {
				t.Errorf("want %q in %q", tc.want, text)
			}
		})
	}
}

func TestSecretsAreNotWritten(t *testing.T) {
	root := filepath.Join(t.TempDir(), "s")
	secret := "hunter2-" + "hunter2"
	d := answers()[0]
	d.Service, d.Operation = "lambda", "ListFunctions"
	d.Body = json.RawMessage(`{"Functions":[{"FunctionName":"f","Environment":{"Variables":{"DB_PASSWORD":"` + secret + `"}}}]}`)
	none := answers()[3]
	none.Failure.Message = "see https://u:" + secret + "@host/"
	write(t, root, []ingest.Document{d, none})
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		if bytes.Contains(b, []byte(secret)) {
			t.Errorf("%s holds the secret", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestRefusedDocuments(t *testing.T) {
	w, err := Create(t.TempDir(), options())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, body := range []string{"", "{", strings.Repeat("[", 5000) + strings.Repeat("]", 5000)} {
		d := answers()[0]
		d.Body = json.RawMessage(body)
		if _, err := w.Write(d); !errors.Is(err, ErrRefused) {
			t.Errorf("%.10q: %v", body, err)
		}
	}
}

func TestResume(t *testing.T) {
	dir := t.TempDir()
	whole := write(t, filepath.Join(dir, "whole"), answers())
	root := filepath.Join(dir, "s")
	w, err := Create(root, options())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Create(root, options()); !errors.Is(err, ErrBusy) {
		t.Errorf("a second writer: %v", err)
	}
	docs := answers()
	gone := docs[0]
	gone.Operation, gone.Parameters = "DescribeOfSomethingThatIsNoMore", []string{"x"}
	for _, d := range append(docs[:3:3], gone) {
		if _, err := w.Write(d); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil { // dies
		t.Fatal(err)
	}
	// What a kill leaves: a torn line in the journal, a temporary file, and a part
	// that reached the disk in part only.
	if err := errors.Join(appendTo(filepath.Join(root, stageName, journalName), `{"path":"1111`),
		os.WriteFile(filepath.Join(root, stageName, "111122223333", tempPrefix+"1"), []byte("x"), 0o600),
		os.Truncate(filepath.Join(root, stageName, filepath.FromSlash(KeyOf(docs[1]).Path())), 3)); err != nil {
		t.Fatal(err)
	}
	if got, gaps, err := read(t, root); err != nil || len(got) != 3 || len(gaps) != 2 || gaps[0].Kind != graph.GapNotCollected {
		t.Errorf("interrupted: %d documents, %v, %v", len(got), gaps, err)
	}
	later := options()
	later.Started = began.Add(time.Hour)
	if w, err = Create(root, later); err != nil {
		t.Fatal(err)
	}
	if w.Held() != 3 {
		t.Errorf("%d parts held", w.Held())
	}
	for i, d := range docs {
		got, held := w.Has(KeyOf(d))
		if held != (i == 0 || i == 2) || held && string(got.Body) != string(d.Body) {
			t.Errorf("%d: held %v, %s", i, held, got.Body)
		}
		if !held {
			if _, err := w.Write(d); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.Miss(Key{Account: "111122223333", Region: "us-east-1", Service: "kms", Operation: "ListKeys"}, graph.GapDenied, ingest.Failure{Code: "AccessDeniedException", Message: "no"})
	m, err := w.Finish(began.Add(2 * time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if m.ContentSHA256 != whole.ContentSHA256 {
		t.Errorf("the hash of the resumed run differs")
	}
	if !m.Started.Equal(began) {
		t.Errorf("started %s", m.Started)
	}
	a, b := tree(t, filepath.Join(dir, "whole")), tree(t, root)
	delete(a, manifestName)
	delete(b, manifestName)
	if d := cmp.Diff(a, b); d != "" {
		t.Error(d)
	}
}

func tree(t testing.TB, root string) map[string]string {
	files := map[string]string{}
	if err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		rel, _ := filepath.Rel(root, name)
		files[filepath.ToSlash(rel)] = string(b)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return files
}

func TestResumeNotWhenItIsAnotherRun(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"other scope": func(o *Options) { o.Scope = "other" },
		"too old":     func(o *Options) { o.Started = began.Add(MaxResumeAge) },
		"afresh":      func(o *Options) { o.Afresh = true },
	} {
		root := t.TempDir()
		w, err := Create(root, options())
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Write(answers()[0])
		if err := errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		o := options()
		change(&o)
		if w, err = Create(root, o); err != nil {
			t.Fatal(err)
		}
		if w.Held() != 0 {
			t.Errorf("%s: %d held", name, w.Held())
		}
		_ = w.Close()
	}
}

// TestPreviousStaysReadable runs again into a folder that holds a snapshot.
func TestPreviousStaysReadable(t *testing.T) {
	root := t.TempDir()
	first := write(t, root, answers())
	w, err := Create(root, options())
	if err != nil {
		t.Fatal(err)
	}
	other := answers()[0]
	other.Account = "444455556666"
	if _, err := w.Write(other); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(root); err != nil || s.Manifest.ContentSHA256 != first.ContentSHA256 {
		t.Fatalf("%v", err)
	}
	if docs, _, err := read(t, root); err != nil || len(docs) != 6 {
		t.Errorf("%d documents, %v", len(docs), err)
	}
	if _, err := w.Finish(began); err != nil {
		t.Fatal(err)
	}
	docs, gaps, err := read(t, root)
	if err != nil || len(docs) != 1 || len(gaps) != 0 {
		t.Errorf("%d documents, %v, %v", len(docs), gaps, err)
	}
	if _, err := os.Stat(filepath.Join(root, "111122223333")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the previous run's parts are still there: %v", err)
	}
}

// TestPromotionCanStopAnywhere stops the moving of a committed run after each of
// its steps: readers see all of it each time, and the next run completes it.
func TestPromotionCanStopAnywhere(t *testing.T) {
	second := answers()
	second[0].Account = "444455556666"
	for step := range 4 {
		root := t.TempDir()
		write(t, root, answers())
		next := write(t, filepath.Join(root, stageName, "x"), second)
		// The stage as commit leaves it.
		stage := filepath.Join(root, stageName)
		for _, e := range []string{"111122223333", "444455556666", manifestName} {
			if err := os.Rename(filepath.Join(stage, "x", e), filepath.Join(stage, e)); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.RemoveAll(filepath.Join(stage, "x")); err != nil {
			t.Fatal(err)
		}
		steps := []func() error{
			func() error { return os.RemoveAll(filepath.Join(root, "111122223333")) },
			func() error {
				return os.Rename(filepath.Join(stage, "111122223333"), filepath.Join(root, "111122223333"))
			},
			func() error {
				return os.Rename(filepath.Join(stage, "444455556666"), filepath.Join(root, "444455556666"))
			},
		}
		for _, do := range steps[:step] {
			if err := do(); err != nil {
				t.Fatal(err)
			}
		}
		for _, when := range []string{"stopped", "completed"} {
			s, err := Open(root)
			if err != nil || s.Manifest.ContentSHA256 != next.ContentSHA256 {
				t.Fatalf("%s after step %d: %v", when, step, err)
			}
			if docs, gaps, err := read(t, root); err != nil || len(docs) != 6 || len(gaps) != 1 {
				t.Errorf("%s after step %d: %d documents, %v, %v", when, step, len(docs), gaps, err)
			}
			w, err := Create(root, options())
			if err != nil {
				t.Fatal(err)
			}
			_ = w.Close()
		}
	}
}

func TestForeignFoldersAreRefused(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "mine.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(root, options()); !errors.Is(err, ErrNotSnapshot) {
		t.Errorf("%v", err)
	}
	if e, err := os.ReadDir(root); err != nil || len(e) != 1 {
		t.Errorf("left %v %v", e, err)
	}
	if _, err := Open(root); !errors.Is(err, ErrNotSnapshot) || Is(root) {
		t.Errorf("%v", err)
	}
	if err := os.WriteFile(filepath.Join(root, manifestName), []byte(`{"manifest_version": 3}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if Is(root) {
		t.Error("another tool's manifest passes for ours")
	}
	if _, err := Create(root, options()); !errors.Is(err, ErrNotSnapshot) {
		t.Errorf("%v", err)
	}
}

// TestKillNine kills a writing process at random moments, 20 times, and expects
// the run that is left to end with the hash of an undisturbed one.
func TestKillNine(t *testing.T) {
	if dir := os.Getenv("POSTERN_TEST_WRITE"); dir != "" {
		writeMany(t, dir)
		return
	}
	longtest.Skip(t, "starts processes")
	dir := t.TempDir()
	want := write(t, filepath.Join(dir, "whole"), many())
	root := filepath.Join(dir, "s")
	kills := 0
	for i := range 20 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKillNine$")
		cmd.Env = append(os.Environ(), "POSTERN_TEST_WRITE="+root)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(5+i*i*2)*time.Millisecond, func() { _ = cmd.Process.Kill() })
		if err := cmd.Wait(); err != nil {
			kills++
		}
		timer.Stop()
		if i%5 == 4 {
			// Whatever moment it was, what can be read is whole.
			_, gaps, err := read(t, root)
			if err != nil && !errors.Is(err, ErrNotSnapshot) {
				t.Errorf("after kill %d: %v", i, err)
			}
			for _, g := range gaps {
				if g.Kind == graph.GapError {
					t.Errorf("after kill %d: %v", i, g)
				}
			}
		}
	}
	t.Logf("%d runs of 20 were killed", kills)
	writeMany(t, root)
	s, err := Open(root)
	if err != nil {
		t.Fatal(err)
	}
	if s.Manifest.ContentSHA256 != want.ContentSHA256 {
		t.Error("the hash differs from that of an undisturbed run")
	}
}

func many() []ingest.Document {
	var docs []ingest.Document
	for i := range 400 {
		d := answers()[2]
		d.Parameters = []string{"bucket-" + string(rune('a'+i%26)) + strings.Repeat("x", i)}
		d.Body = json.RawMessage(`{"Policy":"` + strings.Repeat("p", i*3) + `"}`)
		docs = append(docs, d)
	}
	return docs
}

func writeMany(t *testing.T, dir string) {
	w, err := Create(dir, options())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range many() {
		if _, held := w.Has(KeyOf(d)); held {
			continue
		}
		if _, err := w.Write(d); err != nil {
			t.Fatal(err)
		}
	}
	w.Miss(Key{Account: "111122223333", Region: "us-east-1", Service: "kms", Operation: "ListKeys"}, graph.GapDenied, ingest.Failure{Code: "AccessDeniedException", Message: "no"})
	if _, err := w.Finish(began.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
}

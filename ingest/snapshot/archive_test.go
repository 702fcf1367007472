package snapshot

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// zeros gives n zero bytes.
type zeros struct{ n int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.n == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.n)
	clear(p[:n])
	z.n -= n
	return int(n), nil
}

// entry is a file of a hand-made archive.
type entry struct {
	name string
	body io.Reader
	size int64
	link string
}

func fileEntry(name, body string) entry {
	return entry{name: name, body: strings.NewReader(body), size: int64(len(body))}
}

func makeZip(t testing.TB, file string, entries []entry) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		w, err := z.Create(e.name)
		if err == nil {
			_, err = io.Copy(w, e.body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), os.WriteFile(file, b.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func makeTar(t testing.TB, file string, entries []entry) {
	t.Helper()
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	for _, e := range entries {
		h := tar.Header{Name: e.name, Size: e.size, Mode: 0o600, Typeflag: tar.TypeReg}
		if e.link != "" {
			h.Typeflag, h.Linkname = tar.TypeSymlink, e.link
		}
		err := w.WriteHeader(&h)
		if err == nil && e.body != nil {
			_, err = io.Copy(w, e.body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close(), os.WriteFile(file, b.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// snapshotEntries are the files of a good snapshot, the manifest first.
func snapshotEntries(t testing.TB) []entry {
	root := filepath.Join(t.TempDir(), "s")
	write(t, root, answers())
	files := tree(t, root)
	entries := []entry{fileEntry(manifestName, files[manifestName])}
	for _, name := range sortedKeys(files) {
		if name != manifestName && name != lockName {
			entries = append(entries, fileEntry(name, files[name]))
		}
	}
	return entries
}

func TestHostileArchives(t *testing.T) {
	const big = 100 << 20
	for name, tc := range map[string]struct {
		change func([]entry) []entry
		docs   int
		want   string // in a gap or the error
	}{
		"untouched": {func(e []entry) []entry { return e }, 6, ""},
		"a name that leaves": {func(e []entry) []entry {
			return append(e[:1:1], append([]entry{fileEntry("../../etc/cron.d/x", "x")}, e[1:]...)...)
		},
			6, "../../etc/cron.d/x not listed"},
		"a name with backslashes": {func(e []entry) []entry { return append(e, fileEntry(`a\..\x`, "x")) }, 6, `a\..\x not listed`},
		"a file twice":            {func(e []entry) []entry { return append(e, fileEntry(e[1].name, "x")) }, 6, "twice"},
		"a file more":             {func(e []entry) []entry { return append(e, fileEntry("zz/x.json", "x")) }, 6, "not listed"},
		"a part that is a bomb": {func(e []entry) []entry {
			e[1] = entry{name: e[1].name, body: &zeros{big}, size: big}
			return e
		}, 5, "times by decompression"},
		"no manifest": {func(e []entry) []entry { return e[1:] }, 0, "not a snapshot"},
	} {
		for _, kind := range []string{".zip", ".tar.zst"} {
			t.Run(name+kind, func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "a"+kind)
				entries := tc.change(snapshotEntries(t))
				if kind == ".zip" {
					makeZip(t, file, entries)
				} else {
					makeTar(t, file, entries)
				}
				docs, gaps, err := read(t, file)
				said := fmt.Sprint(gaps, err)
				if !strings.Contains(said, tc.want) {
					t.Errorf("want %q in %.500s", tc.want, said)
				}
				// A tar is one stream: what is behind the damage is lost, and said so.
				if len(docs) != tc.docs && !(kind == ".tar.zst" && strings.Contains(said, "missing") && tc.docs > 0) {
					t.Errorf("%d documents: %.500s", len(docs), said)
				}
			})
		}
	}
}

func TestTruncatedArchive(t *testing.T) {
	root := filepath.Join(t.TempDir(), "s")
	write(t, root, many())
	for _, kind := range []string{".zip", ".tar.zst"} {
		file := filepath.Join(t.TempDir(), "a"+kind)
		if err := Pack(root, file); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []int64{0, 3, 100, info.Size() / 2, info.Size() - 1} {
			if err := os.Truncate(file, part); err != nil {
				t.Fatal(err)
			}
			docs, gaps, err := read(t, file)
			if err == nil && len(docs)+len(gaps) < 401 {
				t.Errorf("%s cut to %d: %d documents, %d gaps and no error", kind, part, len(docs), len(gaps))
			}
			if err := Pack(root, file); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestTarLinksAreNotFollowed(t *testing.T) {
	entries := snapshotEntries(t)
	file := filepath.Join(t.TempDir(), "a.tar.zst")
	entries[1] = entry{name: entries[1].name, link: "/etc/passwd"}
	makeTar(t, file, entries)
	docs, gaps, err := read(t, file)
	if err != nil || len(docs) != 5 || len(gaps) != 2 || !strings.Contains(gaps[1].Message, "missing") {
		t.Errorf("%d %v %v", len(docs), gaps, err)
	}
}

func TestKebab(t *testing.T) {
	for in, want := range map[string]string{
		"DescribeVpcs": "describe-vpcs", "GetAccountAuthorizationDetails": "get-account-authorization-details",
		"ListOpenIDConnectProviders": "list-open-id-connect-providers", "ListSAMLProviders": "list-saml-providers",
		"DescribeDBInstances": "describe-db-instances", "ListMFADevices": "list-mfa-devices", "ListObjectsV2": "list-objects-v2",
		"ListWebACLs": "list-web-acls", "GetIPSet": "get-ip-set", "": "", "A": "a", "AB": "ab", "ABs": "abs",
	} {
		if got := Kebab(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestPathIsOneFilePerKey(t *testing.T) {
	seen := map[string]Key{}
	for _, p := range [][]string{nil, {""}, {"a"}, {"a", "b"}, {"a/b"}, {"a%2Fb"}, {"."}, {".."}, {"A"}, {strings.Repeat("x", 3000)}, {strings.Repeat("x", 3000) + "y"}, {"\x00"}, {"ü"}} {
		k := Key{Account: "1", Region: "r", Service: "s", Operation: "Op", Parameters: p}
		path := k.Path()
		if err := (Part{Path: path}).check(); err != nil {
			t.Errorf("%q: %v", p, err)
		}
		if other, dup := seen[path]; dup {
			t.Errorf("%q and %q are both %s", p, other.Parameters, path)
		}
		seen[path] = k
		for _, e := range strings.Split(path, "/") {
			if len(e) > 255 {
				t.Errorf("%q: a name of %d bytes", p, len(e))
			}
		}
	}
}

func FuzzManifest(f *testing.F) {
	var b strings.Builder
	m := Manifest{Provider: "aws", Parts: []Part{{Key: Key{Account: "1"}, Path: "1/x.json"}}}
	m.seal()
	if err := m.write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.String())
	f.Fuzz(func(t *testing.T, in string) {
		m, _, err := readManifest(strings.NewReader(in))
		if err != nil {
			return
		}
		for _, p := range m.Parts {
			if !filepath.IsLocal(filepath.FromSlash(p.Path)) {
				t.Errorf("path %q leaves the snapshot", p.Path)
			}
		}
		var out strings.Builder
		if err := m.write(&out); err != nil {
			t.Fatal(err)
		}
		if _, changed, err := readManifest(strings.NewReader(out.String())); err != nil || changed {
			t.Errorf("written and read again: changed %v, %v\n%s", changed, err, out.String())
		}
	})
}

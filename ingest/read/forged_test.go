package read_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/read"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
)

// forge makes a snapshot in which the account's identities are what the attacker
// wrote, with the hash that goes with it.
func forge(t *testing.T, body string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "snap")
	writeSnapshot(t, dir,
		ingest.Document{Provider: "aws", Account: account, Region: "global", Service: "s3api", Operation: "ListBuckets", Body: json.RawMessage(good)},
		ingest.Document{Provider: "aws", Account: account, Region: "global", Service: "iam", Operation: "GetAccountAuthorizationDetails", Body: json.RawMessage(`{}`)})
	var part string
	if err := filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if strings.Contains(p, "authorization-details") {
			part = p
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	manifest := filepath.Join(dir, "manifest.json")
	text, old := readText(t, manifest), readText(t, part)
	forged := strings.Replace(text, hash(old), hash(body), 1)
	if forged == text {
		t.Fatal("the manifest does not name the part's hash")
	}
	write(t, part, []byte(body))
	write(t, manifest, []byte(forged))
	return dir
}

func hash(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

func readText(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// zipFolder packs a folder as any tool would.
func zipFolder(t *testing.T, dir string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if err := z.AddFS(os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	out := dir + ".zip"
	write(t, out, b.Bytes())
	return out
}

// TestForgedSnapshot: the parts of a snapshot are held to what other files are
// held to, whatever their hashes say: a hostile policy costs that policy, what
// cannot be read costs the part, and both are told with the part's name.
func TestForgedSnapshot(t *testing.T) {
	deep := strings.Repeat(`[`, 10_000) + strings.Repeat(`]`, 10_000)
	tests := []struct {
		name, body, want string
		roles            int
	}{
		{"deep nesting in a policy", gaad(20, map[int]string{7: role(7, `"Action":"s3:GetObject"`, `"Action":`+deep)}), "nested deeper than 200, in RoleDetailList[7]", 20},
		{"a repeated member in a policy", gaad(20, map[int]string{7: role(7, `"Effect":"Allow"`, `"Effect":"Deny","Effect":"Allow"`)}), `member "Effect" is there twice`, 20},
		{"broken UTF-8", strings.Replace(gaad(20, nil), `"Version"`, "\"Id\":\"\xff\",\"Version\"", 1), "not UTF-8", 20},
		{"NUL", strings.Replace(gaad(20, nil), `"Version"`, "\x00\"Version\"", 1), `'\x00' where`, 0},
		{"deep nesting outside", `{"x":` + deep + `}`, "nested deeper than 200", 0},
		{"two values", gaad(1, nil) + gaad(1, nil), "2 JSON values", 0},
		{"nothing", "  ", "0 JSON values", 0},
	}
	for _, x := range tests {
		t.Run(x.name, func(t *testing.T) {
			dir := forge(t, x.body)
			for _, path := range []string{dir, zipFolder(t, dir)} {
				in, err := read.Open(t.Context(), []string{path})
				if err != nil {
					t.Fatal(err)
				}
				f := facts(in)
				if f.AWSPermissions.Resources["arn:aws:s3:::kept"] == nil || len(f.AWSPermissions.Roles) != x.roles {
					t.Errorf("%s: %d roles, not %d, or the part beside it was not read", path, len(f.AWSPermissions.Roles), x.roles)
				}
				all := messages(in.Gaps)
				if !strings.Contains(all, x.want) || !strings.Contains(all, "authorization-details") {
					t.Errorf("%s: no gap says %q:\n%s", path, x.want, all)
				}
				if strings.Contains(x.name, "in a policy") {
					if v, w := verdict(t, f, 7, "s3:PutObject"), verdict(t, f, 8, "s3:PutObject"); v != iamaws.Unknown || w != iamaws.Deny {
						t.Errorf("%s: the hostile policy is %s, the one beside it %s", path, v, w)
					}
				}
			}
		})
	}
}

package read_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest/read"
)

// good is a file that must be read whatever lies beside it.
const good = `{"Buckets":[{"Name":"kept"}],"Owner":{"ID":"x"}}`

func zipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestHostile reads files that no provider wrote. Each leaves a gap with its
// name and a reason, quickly, and the file beside it is read.
func TestHostile(t *testing.T) {
	deep := strings.Repeat(`[`, 10_000) + strings.Repeat(`]`, 10_000)
	deepObject := strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat(`}`, 10_000)
	tests := []struct {
		name, file string
		data       []byte
		want       string // part of the gap's message
	}{
		{"empty", "a.json", nil, "the file is empty"},
		{"blank", "a.json", []byte(" \n\t"), "the file is empty"},
		{"truncated", "a.json", []byte("{\"Vpcs\":[\n  {\"VpcId\":\"vp"), "a.json:2:15: the file ends inside a string"},
		{"truncated value", "a.json", []byte(`{"Vpcs":[{"VpcId":"v"}`), "a.json:1:23: the file ends inside a value"},
		{"deep array", "a.json", []byte(deep), "a.json:1:201: nested deeper than 200"},
		{"deep object", "ec2-describe-vpcs.json", []byte(deepObject), "nested deeper than 200"},
		{"long array", "a.json", []byte("[" + strings.Repeat("0,", 1_000_001) + "0]"), "more than 1000000 elements"},
		{"long array in an answer", "ec2-describe-vpcs.json", []byte(`{"Vpcs":[` + strings.Repeat("{},", 1_000_001) + "{}]}"), "more than 1000000 elements"},
		{"scalars where objects should stand", "ec2-describe-vpcs.json", []byte(`{"Vpcs":[1,2,3]}`), "cannot unmarshal number"},
		{"NUL", "a.json", []byte("{\"Vpcs\":[]\x00}"), `'\x00' where a comma or } should stand`},
		{"NUL in a string", "a.json", []byte("{\"Vpcs\":\"\x00\"}"), "control character"},
		{"broken UTF-8", "ec2-describe-vpcs.json", []byte("{\"Vpcs\":[],\"a\":\"\xff\"}"), "not UTF-8"},
		{"repeated member", "a.json", []byte(`{"Policy":"a","Policy":"b"}`), `a.json:1:15: member "Policy" is there twice`},
		{"huge number", "ec2-describe-nat-gateways.json", []byte(`{"NatGateways":[{"NatGatewayId":"n","State":1` + strings.Repeat("0", 5000) + `}]}`), "cannot unmarshal number"},
		{"bad number", "a.json", []byte(`{"a":01}`), "a comma or }"},
		{"text", "a.json", []byte("hello"), "not JSON"},
		{"binary", "a.json", []byte{0x7f, 'E', 'L', 'F', 1, 1}, "not JSON"},
		{"scalar", "a.json", []byte(`"x"`), "a single value"},
		{"two documents, the second broken", "a.json", []byte("{\"Vpcs\":[]}\n{\"Vpcs\":"), "a.json:2:9: the file ends inside a value"},
		{"gzip cut off", "a.json.gz", zipped(t, []byte(good))[:20], "gzip"},
		{"gzip bomb", "a.json.gz", zipped(t, bytes.Repeat([]byte(" "), 80<<20)), "gzip: more than"},
		{"not an answer", "a.json", []byte(`{"foo":1,"bar":2}`), "no reader knows an object with foo, bar"},
		{"array of arrays", "a.json", []byte(`[[1],[2]]`), "an array of 2 elements that no reader knows"},
		{"an operation nobody maps", "workspaces-describe-workspaces.json", []byte(`{"Workspaces":[]}`), "no meaning is known of workspaces-describe-workspaces"},
		{"a parameter behind a dash", "s3api-get-bucket-policy-b1.json", []byte(`{"Policy":"{}"}`), "name it s3api-get-bucket-policy/b1.json"},
		{"a policy that is not JSON", "gaad.json", []byte(`{"RoleDetailList":[{"Arn":"arn:aws:iam::111122223333:role/r","RoleName":"r","AssumeRolePolicyDocument":"{{"}],"UserDetailList":[],"GroupDetailList":[],"Policies":[]}`), "is not JSON"},
		{"a GAAD with entries that are none", "gaad.json", []byte(`{"RoleDetailList":[1,null,{"Arn":[]},{"Arn":"x"}],"UserDetailList":[{}],"Policies":[{"Arn":""}]}`), "an entry of the list was left out"},
		{"an archive that is none", "a.zip", []byte("PK\x03\x04not a zip at all"), "a.zip"},
		{"a tar file", "a.tar", append(append(make([]byte, 257), "ustar"...), make([]byte, 250)...), "unpack it"},
		{"a zip file without files", "a.zip", append([]byte("PK\x05\x06"), make([]byte, 18)...), "unpack it"},
		{"utf-16 text", "a.json", []byte{0xff, 0xfe, 'h', 0, 'i', 0}, "not JSON"},
	}
	for _, x := range tests {
		t.Run(x.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "111122223333", "us-east-1")
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, "s3api-list-buckets.json"), []byte(good))
			write(t, filepath.Join(dir, x.file), x.data)
			start := time.Now()
			in, err := read.Open(t.Context(), []string{dir})
			if err != nil {
				t.Fatal(err)
			}
			f := facts(in)
			if took := time.Since(start); took > 5*time.Minute { // a second, on an idle machine
				t.Errorf("took %v", took)
			}
			if f.AWSPermissions.Resources["arn:aws:s3:::kept"] == nil {
				t.Error("the file beside it was not read")
			}
			for _, g := range f.Graph.Freeze(graph.Run{}).Coverage().Gaps {
				if strings.HasPrefix(g.File, x.file) && strings.Contains(g.Message+g.File, x.want) {
					return
				}
			}
			t.Errorf("no gap of %s says %q: %v", x.file, x.want, in.Gaps)
		})
	}
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestSpecialFiles: links to folders, devices and unreadable things are named.
func TestSpecialFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "s3api-list-buckets.json"), []byte(good))
	for from, to := range map[string]string{"loop": dir, "nowhere": filepath.Join(dir, "missing"), "zero": "/dev/zero"} {
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			t.Skipf("no symbolic links: %v", err)
		}
	}
	in, err := read.Open(t.Context(), []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"loop": "a link to a folder: not followed", "zero": "not a regular file", "nowhere": "no such file"}
	for _, g := range in.Gaps {
		if strings.Contains(g.Message, want[g.File]) {
			delete(want, g.File)
		}
	}
	if len(want) > 0 {
		t.Errorf("not reported: %v; gaps %v", want, in.Gaps)
	}
}

func TestPathThatIsNotThere(t *testing.T) {
	if _, err := read.Open(t.Context(), []string{filepath.Join(t.TempDir(), "x")}); err == nil {
		t.Error("no error")
	}
}

// FuzzOpen reads any bytes under names that mean something and names that do
// not: it ends, and what it makes can be mapped.
func FuzzOpen(f *testing.F) {
	names := []string{"x.json", "ec2-describe-vpcs.json", "iam-get-account-authorization-details.json", "s3api-get-bucket-policy/b.json", "Vpcs.json", "config.json",
		"kms-list-grants/k.json", "lambda-get-policy/f", "organizations-list-policies-for-target/r-1.json", "sts-get-caller-identity.json"}
	for i := range names {
		f.Add(uint8(i), []byte(good))
	}
	f.Add(uint8(2), []byte(`{"RoleDetailList":[{"Arn":"arn:aws:iam::111122223333:role/r"}]}`))
	f.Add(uint8(3), []byte("An error occurred (NoSuchBucketPolicy) when calling the GetBucketPolicy operation: x"))
	f.Add(uint8(0), []byte("[{\"Vpcs\":[]},\n# x\n{}]"))
	f.Add(uint8(2), []byte(`{"RoleDetailList":[{"Arn":"arn:aws:iam::111122223333:role/r","Arn":"x"},{"AssumeRolePolicyDocument":{"Statement":1,"Statement":2}}]}`))
	f.Add(uint8(0), []byte("[{\"Vpcs\":[{\"a\":1,\"a\":2} ,{\"b\":"+strings.Repeat("[", 250)+strings.Repeat("]", 250)+"}]}]"))
	f.Fuzz(func(t *testing.T, name uint8, data []byte) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "111122223333", names[int(name)%len(names)]), data)
		in, err := read.Open(t.Context(), []string{dir})
		if err != nil {
			t.Fatal(err)
		}
		if len(in.Documents)+len(in.Gaps) == 0 {
			t.Error("the file was skipped in silence")
		}
		for _, d := range in.Documents {
			if d.Body != nil && !json.Valid(d.Body) {
				t.Errorf("%s: a document that is not JSON: %q", d.Source, d.Body)
			}
		}
		facts(in).Graph.Freeze(graph.Run{})
	})
}

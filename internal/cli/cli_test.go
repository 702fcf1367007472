package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/postern-sec/postern/internal/cli"
)

// run runs a command line and returns its exit code and what it wrote.
func run(t *testing.T, stdin string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = cli.Run(t.Context(), args, cli.Streams{In: strings.NewReader(stdin), Out: &o, Err: &e})
	return code, o.String(), e.String()
}

// export is a small account in files as other tools write them: a public
// function whose role reads a bucket that a job trains on.
func export(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	const acc = "111122223333"
	write := func(name, text string) {
		t.Helper()
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(acc+"/us-east-1/iam-get-account-authorization-details.json", `{"UserDetailList":[],"GroupDetailList":[],"Policies":[],"RoleDetailList":[
 {"RoleName":"app","RoleId":"AROAEXAMPLE","Arn":"arn:aws:iam::111122223333:role/app","Path":"/","AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]},
  "InstanceProfileList":[],"AttachedManagedPolicies":[],"Tags":[],"RolePolicyList":[{"PolicyName":"read","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::train-set/*","Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}}]}}]}]}`)
	write(acc+"/us-east-1/s3api-list-buckets.json", `{"Buckets":[{"Name":"train-set"}]}`)
	write(acc+"/us-east-1/s3api-get-bucket-policy/train-set.json", `{"Policy":""}`)
	write(acc+"/us-east-1/lambda-list-functions.json", `{"Functions":[{"FunctionName":"open","FunctionArn":"arn:aws:lambda:us-east-1:111122223333:function:open","Role":"arn:aws:iam::111122223333:role/app","Runtime":"python3.12"}]}`)
	write(acc+"/us-east-1/lambda-get-policy/open.json", `{"Policy":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"u\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":[\"lambda:InvokeFunctionUrl\",\"lambda:InvokeFunction\"],\"Resource\":\"arn:aws:lambda:us-east-1:111122223333:function:open\"}]}"}`)
	write(acc+"/us-east-1/lambda-get-function-url-config/open.json", `{"FunctionUrl":"https://x.lambda-url.us-east-1.on.aws/","FunctionArn":"arn:aws:lambda:us-east-1:111122223333:function:open","AuthType":"NONE","CreationTime":"2025-01-01T00:00:00Z"}`)
	write(acc+"/us-east-1/sagemaker-describe-training-job/j.json", `{"TrainingJobName":"j","TrainingJobArn":"arn:aws:sagemaker:us-east-1:111122223333:training-job/j","TrainingJobStatus":"Completed","RoleArn":"arn:aws:iam::111122223333:role/trainer","InputDataConfig":[{"ChannelName":"train","DataSource":{"S3DataSource":{"S3DataType":"S3Prefix","S3Uri":"s3://train-set/x/"}}}],"OutputDataConfig":{"S3OutputPath":"s3://out/"}}`)
	write("notes.txt", "not an answer of AWS")
	return dir
}

const (
	bucket   = "arn:aws:s3:::train-set"
	function = "arn:aws:lambda:us-east-1:111122223333:function:open"
	role     = "arn:aws:iam::111122223333:role/app"
)

func TestPathsOfAnExport(t *testing.T) {
	dir := export(t)
	code, out, _ := run(t, "", "paths", dir, "--output", "json")
	var ans struct {
		Exhaustive  *bool
		TruncatedAt *string `json:"truncated_at"`
		Paths       []struct {
			Fingerprint, Severity, Verdict, Confidence, Impact, Entry, Target string
			Score                                                             float64
			Hops                                                              int
			Nodes                                                             []struct{ ID, Kind, Name string }
			Edges                                                             []struct {
				From, To, Kind, Verdict, Assumes string
				Techniques                       []string
				Evidence                         []struct{ Document, Summary string }
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &ans); err != nil || code != 0 {
		t.Fatalf("exit %d: %v\n%s", code, err, out)
	}
	if len(ans.Paths) != 1 || ans.Exhaustive == nil {
		t.Fatalf("%d paths\n%s", len(ans.Paths), out)
	}
	p := ans.Paths[0]
	var ids []string
	for _, n := range p.Nodes {
		ids = append(ids, n.ID)
	}
	if want := []string{"internet", function, role, bucket}; !slices.Equal(ids, want) {
		t.Errorf("nodes %v", ids)
	}
	if p.Impact != "disclosure" || p.Entry != "internet" || p.Target != bucket || p.Hops != 3 || p.Fingerprint == "" || p.Severity == "" {
		t.Errorf("%+v", p)
	}
	for _, e := range p.Edges {
		if len(e.Evidence) == 0 || len(e.Techniques) == 0 || e.Verdict == "" || e.Assumes == "" {
			t.Errorf("no proof: %+v", e)
		}
	}
	again, twice, _ := run(t, "", "paths", dir, "--output", "json")
	if again != 0 || twice != out {
		t.Error("two runs differ")
	}
	code, out, _ = run(t, "", "paths", dir)
	if code != 0 || !strings.Contains(out, "Anyone on the internet") || !strings.Contains(out, "Bucket train-set in 3 steps") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

func TestExitCodes(t *testing.T) {
	dir := export(t)
	session := filepath.Join(t.TempDir(), "session.json")
	if err := os.WriteFile(session, []byte(`{"Version":"2012-10-17","Statement":[{"Action":"s3:*","Resource":"*"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		args []string
		want int
		says string // in stderr
	}{
		{"done", []string{"paths", dir}, 0, ""},
		{"nothing found", []string{"paths", dir, "--to", "admin"}, 0, ""},
		{"no such path", []string{"paths", filepath.Join(dir, "gone")}, 1, "no such file"},
		{"no input", []string{"paths"}, 2, "--store"},
		{"both inputs", []string{"paths", dir, "--store", "embedded:x"}, 2, "not both"},
		{"unknown node", []string{"paths", dir, "--to", "arn:aws:s3:::train-sett"}, 1, "no node"},
		{"unknown kind", []string{"paths", dir, "--to", "kind=bucket"}, 1, "kind=Bucket"},
		{"too many hops", []string{"paths", dir, "--max-hops", "16"}, 2, "between 1 and 15"},
		{"no hops", []string{"paths", dir, "--max-hops", "0"}, 2, "not 0"},
		{"no paths", []string{"paths", dir, "--k", "0"}, 2, "not 0"},
		{"unknown assumption", []string{"paths", dir, "--assume", "luck"}, 2, "vulnerability"},
		{"near miss in the middle of a name", []string{"paths", dir, "--to", "arn:aws:s3:::trian-set"}, 1, bucket},
		{"edge misspelt", []string{"what-if", dir, "--remove", "internet>" + function}, 2, "FROM -KIND-> TO"},
		{"edge of another kind", []string{"what-if", dir, "--remove", "internet -ASSUMES-> " + function}, 1, "internet -EXPOSES-> " + function},
		{"edge from an unknown node", []string{"what-if", dir, "--remove", "arn:aws:iam::111122223333:role/ap -READS_DATA-> " + bucket}, 1, role + " -READS_DATA-> " + bucket},
		{"export in a format to come", []string{"export", dir, "--format", "parquet"}, 2, "jsonl or graphml"},
		{"too many paths", []string{"paths", dir, "--k", "51"}, 2, "between 1 and 50"},
		{"unknown flag", []string{"paths", dir, "--frm", "x"}, 2, "--help"},
		{"unknown command", []string{"pahts"}, 2, "paths"},
		{"unknown format", []string{"paths", dir, "-o", "xml"}, 2, "table, json"},
		{"fail-on matches", []string{"analyze", dir, "--fail-on", "low"}, 3, ""},
		{"fail-on does not match", []string{"analyze", dir, "--fail-on", "critical"}, 0, ""},
		{"fail-on misspelt", []string{"analyze", dir, "--fail-on", "hihg"}, 2, "critical"},
		{"incomplete", []string{"analyze", dir, "--strict-coverage"}, 4, ""},
		{"no graph yet", []string{"query", "-e", "RETURN 1", "--store", "embedded:" + t.TempDir()}, 1, "analyze"},
		{"writing query", []string{"query", "-e", "CREATE (n)", "--input", dir}, 1, "CREATE"},
		{"password in the URL", []string{"paths", "--store", "neo4j://u:p@host"}, 2, "must not hold a password"},
		{"serve for all without a token", []string{"serve", "--input", dir, "--listen", "0.0.0.0:0"}, 2, "token"},
		{"session policy without an effect", []string{"can", role, "s3:GetObject", bucket + "/x", dir, "--session-policy", session}, 1, "no Effect"},
		{"wrong principal", []string{"can", "arn:aws:iam::111122223333:role/ap", "s3:GetObject", bucket + "/x", dir}, 1, role},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, out, errs := run(t, "", tc.args...)
			if code != tc.want || !strings.Contains(errs, tc.says) {
				t.Errorf("exit %d, want %d; stderr %q wants %q\n%.300s", code, tc.want, errs, tc.says, out)
			}
		})
	}
}

func TestCan(t *testing.T) {
	dir := export(t)
	code, out, _ := run(t, "", "can", role, "s3:GetObject", bucket+"/k", dir, "-o", "json")
	var ans map[string]any
	if err := json.Unmarshal([]byte(out), &ans); err != nil || code != 0 {
		t.Fatalf("exit %d: %v", code, err)
	}
	if ans["verdict"] != "allow" || ans["principal"] != role || ans["action"] != "s3:GetObject" {
		t.Errorf("%s", out)
	}
	for _, k := range []string{"conditions", "because", "missing"} {
		if _, ok := ans[k].([]any); !ok {
			t.Errorf("%s is no list: %v", k, ans[k])
		}
	}
	because := ans["because"].([]any)[0].(map[string]any)
	if because["layer"] != "identity" || because["effect"] != "allow" || because["statement"] != "Read" {
		t.Errorf("because: %v", because)
	}
}

// TestBatch: one answer a line in order, wrong ones too, ids echoed.
// TestTextMarks: what Windows writes before a text, and UTF-16, is read as the same
// text, in batches and in session policies.
func TestTextMarks(t *testing.T) {
	dir := export(t)
	request := `{"principal":"` + role + `","action":"s3:GetObject","resource":"` + bucket + `/k"}`
	utf16 := func(s string) string {
		out := "\xFF\xFE"
		for _, r := range s {
			out += string([]byte{byte(r), byte(r >> 8)})
		}
		return out
	}
	for name, in := range map[string]string{"plain": request, "marked": "\uFEFF" + request, "UTF-16": utf16(request), "two lines": "\uFEFF" + request + "\r\n" + request + "\r\n"} {
		code, out, _ := run(t, in, "can", "--batch", "-", dir)
		if code != 0 || strings.Contains(out, `"error"`) || !strings.Contains(out, `"verdict":"allow"`) {
			t.Errorf("%s: exit %d, %s", name, code, out)
		}
	}
	if _, out, _ := run(t, "", "can", "--batch", "-", dir); out != "" {
		t.Errorf("no request is answered: %s", out)
	}
	session := filepath.Join(t.TempDir(), "session.json")
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}`
	for name, text := range map[string]string{"marked": "\uFEFF" + policy, "UTF-16": utf16(policy)} {
		if err := os.WriteFile(session, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		code, out, errs := run(t, "", "can", role, "s3:GetObject", bucket+"/k", dir, "--session-policy", session)
		if code != 0 || !strings.HasPrefix(out, "deny") {
			t.Errorf("session policy %s: exit %d, %s %s", name, code, out, errs)
		}
	}
}

func TestBatch(t *testing.T) {
	dir := export(t)
	in := strings.Join([]string{
		`{"id":7,"principal":"` + role + `","action":"s3:GetObject","resource":"` + bucket + `/k"}`,
		`not json`,
		`{"principal":"` + role + `","action":"s3:PutObject","resource":"` + bucket + `/k","context":{"aws:SourceIp":"203.0.113.7","k":["a","b"]},"absent":["x"]}`,
		`{"id":"z","principal":"nobody at all","action":"s3:GetObject","resource":"*"}`,
		`{"id":8,"principal":5,"action":"s3:GetObject","resource":"*"}`,
		`{"id":9,"principal":"` + role + `","action":"s3:GetObject","resource":"` + bucket + `/k","context":{"aws:EpochTime":1719792000,"aws:MultiFactorAuthPresent":true,"n":[1,null]}}`,
	}, "\n")
	code, out, _ := run(t, in, "can", "--batch", "-", dir)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != 0 || len(lines) != 6 {
		t.Fatalf("exit %d, %d lines\n%s", code, len(lines), out)
	}
	var got []map[string]any
	for _, l := range lines {
		var m map[string]any
		if err := json.Unmarshal([]byte(l), &m); err != nil {
			t.Fatalf("%v: %s", err, l)
		}
		got = append(got, m)
	}
	if err, _ := got[5]["error"].(string); got[5]["id"] != 9.0 || !strings.Contains(err, "list of strings") {
		t.Errorf("%v", got[5])
	}
	if got[4]["id"] != 8.0 || got[4]["error"] == nil {
		t.Errorf("%v", got[4])
	}
	if got[0]["id"] != 7.0 || got[0]["verdict"] != "allow" {
		t.Errorf("%v", got[0])
	}
	if got[1]["error"] == nil || got[3]["error"] == nil || got[3]["id"] != "z" {
		t.Errorf("%v %v", got[1], got[3])
	}
	if got[2]["verdict"] != "deny" || got[2]["id"] != nil {
		t.Errorf("%v", got[2])
	}
	for _, tc := range []struct{ cmd, line, want string }{
		{"who-can", `{"action":"s3:GetObject","resource":"` + bucket + `/k"}`, `"id":"` + role + `","verdict":"allow"`},
		{"paths", `{"from":"internet","to":"` + bucket + `","max_hops":5,"k":1}`, `"target":"` + bucket + `"`},
		{"paths", `{"from":"internet","to":"nowhere"}`, `"error":`},
		{"paths", `{"k":51}`, `"error":"bad path query: k 51`},
		{"paths", `{"k":0}`, `"error":"k must be 1`},
		{"paths", `{"max_hops":16}`, `"error":"bad path query: max hops 16`},
		{"paths", `{"max_hops":2}`, `"exhaustive":false,"truncated_at":"depth","paths":[]`},
		{"paths", `{"assume":"none"}`, `"exhaustive":true,"truncated_at":null,"paths":[]`},
		{"paths", `{"assume":["luck"]}`, `"error":`},
		{"paths", `{"id":[1],"to":7}`, `{"id":[1],"error":`},
		{"reach", `{"source":"internet","destination":"i-0","protocol":"tcp","port":22}`, `"error":`},
	} {
		code, out, errs := run(t, tc.line, tc.cmd, "--batch", "-", dir)
		if code != 0 || !strings.Contains(out, tc.want) {
			t.Errorf("%s: exit %d, %s %s", tc.cmd, code, out, errs)
		}
	}
}

// TestStoresAgree: what files answer in memory, a published graph answers too.
func TestStoresAgree(t *testing.T) {
	dir, store := export(t), "embedded:"+t.TempDir()
	if code, _, errs := run(t, "", "analyze", dir, "--store", store); code != 0 {
		t.Fatal(errs)
	}
	for _, q := range [][]string{{"paths", "-o", "json"}, {"choke-points", "-o", "json"}, {"export"}, {"export", "--format", "graphml"}, {"blast-radius", "internet", "-o", "json"},
		{"what-if", "-o", "json", "--remove", "internet -EXPOSES-> " + function}} {
		_, want, _ := run(t, "", append(slices.Clone(q), dir)...)
		code, got, errs := run(t, "", append(slices.Clone(q), "--store", store)...)
		if code != 0 || got != want || want == "" {
			t.Errorf("%v: exit %d, answers differ\n%s", q, code, errs)
		}
	}
	code, out, _ := run(t, "", "query", "-e", "MATCH (n:TrainingData) RETURN n.id AS id", "--store", store, "-o", "json")
	if code != 0 || strings.Join(strings.Fields(out), "") != `{"columns":["id"],"rows":[["`+bucket+`"]],"exhaustive":true,"truncated_at":null}` {
		t.Errorf("exit %d\n%s", code, out)
	}
	if code, out, _ := run(t, "", "query", "blast-radius", "--param", "id=internet", "--store", store); code != 0 || !strings.Contains(out, bucket) {
		t.Errorf("exit %d\n%s", code, out)
	}
}

// TestNothingIsIgnored: a file that is not understood is listed with its name.
func TestNothingIsIgnored(t *testing.T) {
	code, out, _ := run(t, "", "analyze", export(t), "-o", "json")
	var ans struct {
		Assets   struct{ Total int }
		Coverage struct {
			OK   int
			Gaps []struct{ Kind, File, Message string }
		}
	}
	if err := json.Unmarshal([]byte(out), &ans); err != nil || code != 0 {
		t.Fatal(code, err)
	}
	if ans.Coverage.OK < 6 || ans.Assets.Total < 4 {
		t.Errorf("%+v", ans)
	}
	for _, g := range ans.Coverage.Gaps {
		if strings.HasSuffix(g.File, "notes.txt") && g.Message != "" {
			return
		}
	}
	t.Error("notes.txt is not among the gaps")
}

func TestConfiguration(t *testing.T) {
	dir := export(t)
	file := filepath.Join(t.TempDir(), "c.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("output: json\nk: 2\n")
	if code, out, errs := run(t, "", "paths", dir, "--config", file); code != 0 || !strings.HasPrefix(out, "{") {
		t.Errorf("exit %d %s", code, errs)
	}
	t.Setenv("POSTERN_OUTPUT", "table")
	if code, out, _ := run(t, "", "paths", dir, "--config", file); code != 0 || strings.HasPrefix(out, "{") {
		t.Errorf("the environment does not win over the file: exit %d", code)
	}
	if code, out, _ := run(t, "", "paths", dir, "--config", file, "-o", "json"); code != 0 || !strings.HasPrefix(out, "{") {
		t.Errorf("the flag does not win over the environment: exit %d", code)
	}
	write("outptu: json\nk: [1\n")
	if code, _, errs := run(t, "", "paths", dir, "--config", file); code != 2 || !strings.Contains(errs, "c.yaml") {
		t.Errorf("exit %d %s", code, errs)
	}
	write("k: 2\noutptu: json\n")
	if code, _, errs := run(t, "", "paths", dir, "--config", file); code != 2 || !strings.Contains(errs, "c.yaml:2:1: no such setting: outptu") {
		t.Errorf("exit %d %s", code, errs)
	}
}

// TestHelpTeaches: every command says what it does and how it is called.
func TestHelpTeaches(t *testing.T) {
	for _, cmd := range []string{"", "collect", "collect aws", "analyze", "export", "doctor", "doctor aws", "paths", "can", "who-can", "what-can", "reach", "query", "queries",
		"choke-points", "blast-radius", "what-if", "demo", "serve", "gen", "version"} {
		code, out, _ := run(t, "", append(strings.Fields(cmd), "--help")...)
		taught := strings.Contains(out, "Examples:") || slices.Contains([]string{"", "version", "queries", "demo", "serve"}, cmd)
		if code != 0 || !strings.Contains(out, "Usage:") || !taught {
			t.Errorf("%q: exit %d\n%s", cmd, code, out)
		}
	}
	if code, out, _ := run(t, "", "doctor", "aws"); code != 0 || !strings.Contains(out, "sagemaker:DescribeTrainingJob") {
		t.Errorf("doctor aws: exit %d", code)
	}
	if code, out, _ := run(t, "", "version"); code != 0 || !strings.HasPrefix(out, "postern ") {
		t.Errorf("version: exit %d %s", code, out)
	}
}

// TestTerminalIsNotSteered: a name with an escape sequence is shown without it.
func TestTerminalIsNotSteered(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "b.json"), []byte(`{"Buckets":[{"Name":"x\u001b[2Jy"}]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	_, out, _ := run(t, "", "query", "-e", "MATCH (n) RETURN n.id, n.name", "--input", dir)
	if strings.Contains(out, "\x1b") {
		t.Errorf("%q", out)
	}
}

package cli_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/postern-sec/postern/internal/longtest"
	"github.com/postern-sec/postern/internal/mototest"
	"github.com/postern-sec/postern/internal/neo4jtest"
	"github.com/postern-sec/postern/internal/sharedtest"
)

func TestMain(m *testing.M) { os.Exit(neo4jtest.Main(m)) }

// binary builds postern once for the tests that need it as a process.
func binary(t *testing.T) string {
	t.Helper()
	longtest.Skip(t, "builds the binary and runs it for minutes")
	file := filepath.Join(t.TempDir(), "postern")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", file, "../../cmd/postern").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return file
}

// TestMeadow runs the reference estate: built on moto, collected by postern,
// read from AWS CLI files, and compared with its truth.
func TestMeadow(t *testing.T) {
	postern, shared, venv := binary(t), sharedtest.Dir(t), mototest.Venv(t)
	data := t.TempDir()
	cmd := exec.CommandContext(t.Context(), filepath.Join(venv, "bin", "python"), filepath.Join(shared, "estate", "check.py"), filepath.Join(shared, "estate", "meadow"))
	cmd.Env = append(os.Environ(), "POSTERN="+postern, "MOTO_VENV="+venv, "ORACLE_DATA="+data)
	out, err := cmd.CombinedOutput()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if last := lines[len(lines)-1]; err != nil || !strings.HasPrefix(last, "PASS 80/80") {
		t.Fatalf("%v\n%s", err, out)
	}
	storesAgree(t, filepath.Join(data, "meadow"))
}

// storesAgree: files in memory, the embedded store and a real Neo4j give the
// same bytes.
func storesAgree(t *testing.T, input string) {
	t.Helper()
	stores := []string{"embedded:" + t.TempDir(), neo4jtest.Shared(t).URI}
	for _, s := range stores {
		if code, _, errs := run(t, "", "analyze", input, "--store", s, "--neo4j-user="); code != 0 {
			t.Fatalf("%s: %s", s, errs)
		}
	}
	for _, q := range [][]string{{"paths", "-o", "json", "--k", "10"}, {"choke-points", "-o", "json"}, {"blast-radius", "internet", "-o", "json"}, {"export"},
		{"query", "internet-to-training-data", "-o", "json"}, {"query", "exposed", "-o", "json"}} {
		var answers []string
		for _, s := range stores {
			code, out, errs := run(t, "", append(q, "--store", s, "--neo4j-user=")...)
			if code != 0 || out == "" {
				t.Fatalf("%v on %s: exit %d %s", q, s, code, errs)
			}
			answers = append(answers, out)
		}
		if answers[0] != answers[1] {
			t.Errorf("%v: the stores differ (%d and %d bytes)", q, len(answers[0]), len(answers[1]))
		}
		if q[0] == "query" {
			continue
		}
		if code, out, _ := run(t, "", append(q, input)...); code != 0 || out != answers[0] {
			t.Errorf("%v: files in memory answer otherwise", q)
		}
	}
}

// TestKilledAnalyses kills analyze at random moments: the graph published before
// answers all the while, and an undisturbed run then gives what it always gives.
func TestKilledAnalyses(t *testing.T) {
	postern := binary(t)
	before, after := export(t), filepath.Join("..", "demo", "estate", "snapshot.tar.zst")
	store := "embedded:" + t.TempDir()
	analyze := func(input string) time.Duration {
		t.Helper()
		start := time.Now()
		if out, err := exec.CommandContext(t.Context(), postern, "analyze", input, "--store", store, "-q").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return time.Since(start)
	}
	answer := func() string {
		t.Helper()
		var out, errs bytes.Buffer
		cmd := exec.CommandContext(t.Context(), postern, "paths", "--store", store, "-o", "json")
		cmd.Stdout, cmd.Stderr = &out, &errs
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v\n%s", err, errs.String())
		}
		return out.String()
	}
	took := analyze(after)
	last := answer()
	analyze(before)
	first := answer()
	if first == last {
		t.Fatal("the two estates answer alike: nothing is shown")
	}
	rnd := rand.New(rand.NewPCG(20, 26))
	killed := 0
	for runs := 0; killed < 20; runs++ {
		if runs == 200 {
			t.Fatalf("only %d of %d runs were killed", killed, runs)
		}
		cmd := exec.CommandContext(t.Context(), postern, "analyze", after, "--store", store, "-q")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rnd.Int64N(int64(took))))
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			killed++
		} else {
			took = took*3/4 + 1 // the machine has become faster than it was
		}
		switch answer() {
		case first:
		case last: // it was published in time
			analyze(before)
		default:
			t.Fatal("an answer that neither graph gives")
		}
	}
	analyze(after)
	if answer() != last {
		t.Error("the run after the kills gives another graph")
	}
}

// TestBadInput: each bad file gives a gap that names it, and the rest is
// analysed.
func TestBadInput(t *testing.T) {
	bad := map[string]string{
		"empty.json":     "",
		"truncated.json": `{"Vpcs":[{"VpcId":"vpc-1","CidrBlock":"10.`,
		"deep.json":      `{"Buckets":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + "}",
		"policy.json":    `{"RoleDetailList":[{"RoleName":"bad","RoleId":"AROAB","Arn":"arn:aws:iam::111122223333:role/bad","Path":"/","AssumeRolePolicyDocument":"{not json","RolePolicyList":[],"AttachedManagedPolicies":[],"InstanceProfileList":[]}],"UserDetailList":[],"GroupDetailList":[],"Policies":[]}`,
		"unknown.json":   `{"Frobs":[{"FrobId":"f-1"}]}`,
		"nul.json":       "{\"Buckets\":[{\"Name\":\"a\x00b\"}]}",
		"utf8.json":      "{\"Buckets\":[{\"Name\":\"a\xff\"}]}",
		"number.json":    `{"Vpcs":1e999}`,
	}
	for name, text := range bad {
		t.Run(name, func(t *testing.T) {
			dir := export(t)
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			code, out, errs := run(t, "", "analyze", dir, "-o", "json")
			if code != 0 {
				t.Fatalf("exit %d: %s", code, errs)
			}
			if !strings.Contains(out, name) {
				t.Errorf("no gap names %s", name)
			}
			if !strings.Contains(out, `"high": 1`) {
				t.Errorf("the path of the good files is gone\n%.2000s", out)
			}
		})
	}
}

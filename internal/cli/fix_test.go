package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestChokePointsSayWhatToDo: the change comes first, then what else would do.
func TestChokePointsSayWhatToDo(t *testing.T) {
	dir := export(t)
	code, out, errs := run(t, "", "choke-points", dir)
	for _, want := range []string{"1 target is reached", "closes 1 of 1: train-set", "effort 1: stop internet from reaching " + function,
		"every way passes", "Function open", "Role app", "1 change, effort 1"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("exit %d, no %q\n%s%s", code, want, out, errs)
		}
	}
	code, out, _ = run(t, "", "what-if", dir, "--remove", "internet -*-> "+function)
	if code != 0 || !strings.Contains(out, "1 pair is") && !strings.Contains(out, "0 after") || !strings.Contains(out, "closed: internet → "+bucket) {
		t.Errorf("exit %d\n%s", code, out)
	}
	code, out, _ = run(t, "", "blast-radius", role, dir)
	if code != 0 || !strings.Contains(out, "1 of them training data") || !strings.Contains(out, bucket) {
		t.Errorf("exit %d\n%s", code, out)
	}
}

// TestWhatIfIsRecomputed: what is said to close a way does so in an estate without
// the edge.
func TestWhatIfIsRecomputed(t *testing.T) {
	dir := export(t)
	_, out, _ := run(t, "", "what-if", dir, "-o", "json", "--remove", "internet -EXPOSES-> "+function)
	var w struct {
		Before int `json:"pairs_before"`
		After  int `json:"pairs_after"`
		Closed []struct{ Entry, Target string }
	}
	if err := json.Unmarshal([]byte(out), &w); err != nil || w.Before != 1 || w.After != 0 || len(w.Closed) != 1 || w.Closed[0].Target != bucket {
		t.Fatalf("%v\n%s", err, out)
	}
	closeTheURL(t, dir)
	if _, out, _ := run(t, "", "paths", dir, "-o", "json"); !strings.Contains(out, `"paths": []`) {
		t.Errorf("the way is open without its first edge\n%s", out)
	}
}

// closeTheURL takes the public endpoint of the export away, and the policy that
// lets everyone call the function.
func closeTheURL(t *testing.T, dir string) {
	t.Helper()
	place := filepath.Join(dir, "111122223333", "us-east-1")
	if err := os.Remove(filepath.Join(place, "lambda-get-function-url-config", "open.json")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(place, "lambda-get-policy", "open.json"), []byte(`{"Policy":""}`), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestDiff: what is new and what is closed, against input and against a store that
// the same run replaces.
func TestDiff(t *testing.T) {
	before, after := export(t), export(t)
	closeTheURL(t, after)
	store := "embedded:" + t.TempDir()
	if code, _, errs := run(t, "", "analyze", before, "--store", store, "-q"); code != 0 {
		t.Fatal(errs)
	}
	type answer struct {
		Diff struct {
			New, Closed []struct{ Fingerprint, Target string }
			Unchanged   int
		}
	}
	diff := func(args ...string) (a answer) {
		t.Helper()
		code, out, errs := run(t, "", append([]string{"analyze", "-q", "-o", "json"}, args...)...)
		if err := json.Unmarshal([]byte(out), &a); err != nil || code != 0 {
			t.Fatalf("exit %d %v %s", code, err, errs)
		}
		return a
	}
	if d := diff(before, "--diff", before).Diff; d.Unchanged != 1 || len(d.New)+len(d.Closed) != 0 {
		t.Errorf("the same: %+v", d)
	}
	if d := diff(before, "--diff", after).Diff; len(d.New) != 1 || len(d.Closed) != 0 || d.New[0].Target != bucket {
		t.Errorf("opened: %+v", d)
	}
	if d := diff(after, "--diff", store, "--store", store).Diff; len(d.Closed) != 1 || len(d.New) != 0 {
		t.Errorf("closed: %+v", d)
	}
	if d := diff(after, "--diff", store).Diff; len(d.Closed)+len(d.New)+d.Unchanged != 0 {
		t.Errorf("the store was not replaced: %+v", d)
	}
	if code, out, _ := run(t, "", "analyze", after, "--diff", before, "-q"); code != 0 || !strings.Contains(out, "0 new, 1 closed, 0 unchanged") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if code, _, errs := run(t, "", "analyze", after, "--diff", filepath.Join(after, "gone")); code != 1 || !strings.Contains(errs, "--diff") {
		t.Errorf("exit %d %s", code, errs)
	}
}

// TestSARIF: the log names its version and the rule of each result, and a path
// goes step by step.
func TestSARIF(t *testing.T) {
	file := filepath.Join(t.TempDir(), "paths.sarif")
	if code, out, errs := run(t, "", "analyze", export(t), "-o", "sarif", "--out", file, "-q"); code != 0 || out != "" {
		t.Fatalf("exit %d %s%s", code, out, errs)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name  string
					Rules []struct{ ID string }
				}
			}
			Results []struct {
				RuleID, Level string
				Message       struct{ Text string }
				Locations     []struct {
					LogicalLocations []struct{ FullyQualifiedName string }
				}
				CodeFlows []struct {
					ThreadFlows []struct{ Locations []any }
				}
				Fingerprints map[string]string
			}
		}
	}
	if err := json.Unmarshal(text, &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || len(log.Runs[0].Results) != 1 {
		t.Fatalf("%s", text)
	}
	r := log.Runs[0].Results[0]
	known := slices.ContainsFunc(log.Runs[0].Tool.Driver.Rules, func(x struct{ ID string }) bool { return x.ID == r.RuleID })
	if !known || r.Level != "error" || r.Locations[0].LogicalLocations[0].FullyQualifiedName != bucket || len(r.CodeFlows[0].ThreadFlows[0].Locations) != 4 ||
		r.Fingerprints["postern/path"] == "" || !strings.Contains(r.Message.Text, "Anyone on the internet can read") {
		t.Errorf("%s", text)
	}
	if code, _, errs := run(t, "", "analyze", export(t), "-o", "ocsf"); code != 2 || !strings.Contains(errs, "table, json, sarif") {
		t.Errorf("ocsf: exit %d %s", code, errs)
	}
}

package aws

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
)

var updateMeaning = flag.Bool("update-meaning", false, "write testdata/meaning/*/want.txt anew; read the difference before you commit it")

// caseAnswer is one document of a case.
type caseAnswer struct {
	Service, Operation string
	Region             string // us-east-1 when empty
	Parameters         []string
	Failure            *ingest.Failure
	Body               json.RawMessage
}

const testAccount = "111122223333"

// TestMeaning maps the answers of each folder of testdata/meaning and compares
// all that they mean with want.txt, so that a fact too many fails like one too
// few. A new case is a new folder.
func TestMeaning(t *testing.T) {
	cases, err := filepath.Glob("testdata/meaning/*/in.json")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, in := range cases {
		t.Run(filepath.Base(filepath.Dir(in)), func(t *testing.T) {
			docs := readAnswers(t, in)
			got := meaning(docs)
			slices.Reverse(docs)
			if d := cmp.Diff(got, meaning(docs)); d != "" {
				t.Errorf("another order of documents means something else:\n%s", d)
			}
			for i := range docs { // no fact may need that another call was made
				meaning(docs[i : i+1])
				meaning(slices.Delete(slices.Clone(docs), i, i+1))
			}
			file := filepath.Join(filepath.Dir(in), "want.txt")
			if *updateMeaning {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
				t.Errorf("meaning (-want +got; run with -update-meaning to accept):\n%s", d)
			}
			if strings.Contains(got, "NEVER-KEPT") {
				t.Error("a value that must never be kept is in the facts")
			}
		})
	}
}

func readAnswers(t *testing.T, file string) []ingest.Document {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var l []caseAnswer
	if err := json.Unmarshal(b, &l); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var docs []ingest.Document
	for i, a := range l {
		region := a.Region
		if region == "" {
			region = "us-east-1"
		}
		docs = append(docs, ingest.Document{Provider: "aws", Account: testAccount, Region: region, Service: a.Service, Operation: a.Operation,
			Parameters: a.Parameters, Failure: a.Failure, Body: a.Body, Source: fmt.Sprintf("%02d", i)})
	}
	return docs
}

// meaning writes all facts of some documents, one a line.
func meaning(docs []ingest.Document) string {
	f := ingest.NewFacts()
	Map(docs, f)
	var out []string
	g := f.Graph.Freeze(graph.Run{})
	for _, n := range g.Nodes() {
		out = append(out, "node "+string(n.Kind)+" "+n.ID+properties(n.Properties))
	}
	for _, e := range g.Edges() {
		if e.Kind != "IN_ACCOUNT" {
			out = append(out, "edge "+e.From+" "+string(e.Kind)+" "+e.To+properties(e.Properties))
		}
	}
	for _, w := range f.Workloads {
		out = append(out, "workload "+compact(struct {
			ID    string
			State ingest.RunState
			Roles []string
			Rest  any
		}{w.ID, w.State, roleList(w.Roles), []any{w.Instance, w.IMDS, w.Attributes, w.Code}}))
	}
	for _, x := range f.Tools {
		out = append(out, strings.TrimRight(fmt.Sprintf("tool %s -> %s %s %s %s", x.Agent, x.Tool, x.Role, x.Action, x.Variant), " "))
	}
	for _, x := range f.Copies {
		out = append(out, "copy "+x.Copy+" of "+x.Original)
	}
	for _, x := range f.Keys {
		out = append(out, fmt.Sprintf("key of %s in %s of %s active=%v secret=%v", x.User, x.Where, x.Holder, x.Active, x.Secret))
	}
	for _, id := range sortedKeys(f.IdentityPools) {
		p := *f.IdentityPools[id]
		p.Evidence = graph.Evidence{}
		out = append(out, "pool "+compact(p))
	}
	for _, x := range f.Flows {
		out = append(out, strings.TrimRight(fmt.Sprintf("flow %s %s -> %s [%s] %s %s", x.Kind, x.From, x.To, x.Use, x.Confidence, x.Name), " "))
	}
	for _, x := range f.Stores {
		out = append(out, "store "+x.ID+" "+compact(x.KMSKeys))
	}
	for _, r := range f.AWSNetwork.Regions {
		var lists map[string]json.RawMessage
		b, _ := json.Marshal(r)
		_ = json.Unmarshal(b, &lists)
		for name, raw := range lists {
			var l struct {
				Collected bool
				Items     []json.RawMessage
			}
			if json.Unmarshal(raw, &l) != nil || !l.Collected && len(l.Items) == 0 {
				continue
			}
			if l.Collected && len(l.Items) == 0 {
				out = append(out, "net "+name+" none")
			}
			for _, item := range l.Items {
				out = append(out, "net "+r.Region+" "+name+" "+brief(item))
			}
		}
	}
	for id, a := range f.AWSPermissions.Accounts {
		if p := a.S3OrganizationPolicy; p.Collected() {
			out = append(out, fmt.Sprintf("account %s s3 policy %s %t", id, p.State, p.Value))
		}
	}
	for arn, r := range f.AWSPermissions.Resources {
		line := "permissions " + arn + " policy " + r.Policy.State.String() + " " + string(r.Policy.Value.JSON)
		for _, d := range r.Further {
			line += " further " + d.ID + " " + string(d.JSON)
		}
		if r.Lambda != nil {
			line += " url " + r.Lambda.URL.State.String() + " " + r.Lambda.URL.Value.AuthType + " " + r.Lambda.URL.Value.Created
		}
		if r.Model != nil {
			line += " models " + compact(r.Model.Models.Value)
		}
		out = append(out, line)
	}
	for id, e := range f.AWSPermissions.Endpoints {
		out = append(out, "endpoint policy "+id+" "+e.VPC+" "+e.Service+" "+e.Policy.State.String()+" "+string(e.Policy.Value.JSON))
	}
	for _, x := range f.Graph.Gaps() {
		if x.File == "" { // what nobody asked for, which is no mapper's to say
			continue
		}
		out = append(out, "gap "+string(x.Kind)+" "+x.Service+" "+x.Operation+" "+x.Resource+" "+x.Message)
	}
	slices.Sort(out)
	return strings.Join(out, "\n") + "\n"
}

func roleList(l []ingest.RoleUse) []string {
	var out []string
	for _, r := range l {
		out = append(out, r.Role+" ("+r.Via+")")
	}
	slices.Sort(out)
	return out
}

func properties(p graph.Properties) string {
	var out []string
	for _, x := range p {
		switch x.Key {
		case "collected", "environment", "region", "resource_type", "name", "gaps":
			if x.Key != "collected" || x.Value != false {
				continue
			}
		}
		out = append(out, fmt.Sprintf(" %s=%v", x.Key, x.Value))
	}
	return strings.Join(out, "")
}

func compact(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// brief drops the zero members and what every item has.
func brief(raw json.RawMessage) string {
	var v map[string]any
	_ = json.Unmarshal(raw, &v)
	for _, k := range []string{"Account", "Region", "Doc", "Name"} {
		delete(v, k)
	}
	return compact(withoutZero(v))
}

func withoutZero(v any) any {
	switch x := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range x {
			if e = withoutZero(e); e != nil {
				out[k] = e
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		var out []any
		for _, e := range x {
			if e = withoutZero(e); e != nil {
				out = append(out, e)
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case string:
		if x == "" {
			return nil
		}
	case float64:
		if x == 0 {
			return nil
		}
	case bool:
		if !x {
			return nil
		}
	}
	return v
}

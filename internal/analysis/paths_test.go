package analysis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/postern-sec/postern/internal/longtest"
	"github.com/postern-sec/postern/schema"
)

// chain is internet → function → role → bucket, the simplest path there is.
func chain(t *testing.T, change func(nodes []Node, edges []Edge)) *Projection {
	t.Helper()
	nodes := []Node{
		{ID: "arn:aws:iam::1:role/app", Name: "app", Kind: schema.Role, Environment: "1"},
		{ID: "arn:aws:lambda:r:1:function:api", Name: "api", Kind: schema.Function, Environment: "1"},
		{ID: "arn:aws:s3:::train-set", Name: "train-set", Kind: schema.Bucket, Environment: "1", Training: true},
		{ID: schema.InternetID, Name: "the internet", Kind: schema.Internet, Entry: true},
	}
	edges := []Edge{
		{From: 3, To: 1, Kind: schema.Exposes, Assumes: schema.AssumesVulnerability},
		{From: 1, To: 0, Kind: schema.RunsAs},
		{From: 0, To: 2, Kind: schema.ReadsData},
	}
	for i := range edges {
		edges[i].Verdict, edges[i].Confidence, edges[i].Cost, edges[i].Techniques = schema.Allow, schema.High, 1, []string{"t"}
		if edges[i].Assumes == "" {
			edges[i].Assumes = schema.AssumesNothing
		}
	}
	if change != nil {
		change(nodes, edges)
	}
	b := newBuilder(slices.Clone(nodes))
	for _, e := range edges {
		if err := b.add(nodes[e.From].ID, nodes[e.To].ID, e); err != nil {
			t.Fatal(err)
		}
	}
	return b.finish()
}

func onePath(t *testing.T, p *Projection, q PathQuery) Path {
	t.Helper()
	ans, err := p.Paths(t.Context(), q)
	if err != nil || len(ans.Paths) != 1 {
		t.Fatalf("%v, %+v", err, ans)
	}
	return ans.Paths[0]
}

// TestFingerprints: renaming and proof change neither, another node in the middle
// changes the exact one alone, another target or kind of step both.
func TestFingerprints(t *testing.T) {
	base := onePath(t, chain(t, nil), PathQuery{})
	for _, tc := range []struct {
		name          string
		change        func(nodes []Node, edges []Edge)
		exact, family bool // the same
	}{
		{"renamed", func(n []Node, _ []Edge) {
			for i := range n {
				n[i].Name += " renamed"
			}
		}, true, true},
		{"other proof, cost, verdict and sensitivity", func(n []Node, e []Edge) {
			e[2].Evidence, e[2].Cost, e[2].Verdict, n[2].Sensitivity = []string{"{}"}, 4, schema.Conditional, "restricted"
		}, true, true},
		{"another role", func(n []Node, _ []Edge) { n[0].ID += "-2" }, false, true},
		{"another target", func(n []Node, _ []Edge) { n[2].ID += "-2" }, false, false},
		{"another kind of step", func(_ []Node, e []Edge) { e[2].Kind = schema.WritesData }, false, false},
		{"another entry", func(n []Node, _ []Edge) { n[3].ID, n[3].Kind = schema.AnyAWSAccountID, schema.ExternalPrincipal }, false, false},
	} {
		p := onePath(t, chain(t, tc.change), PathQuery{})
		if (p.Fingerprint == base.Fingerprint) != tc.exact || (p.Family == base.Family) != tc.family {
			t.Errorf("%s: exact the same: %v, family the same: %v", tc.name, p.Fingerprint == base.Fingerprint, p.Family == base.Family)
		}
	}
}

// TestScore: what makes an attacker's life harder or the target less worth lowers
// the score, each by itself.
func TestScore(t *testing.T) {
	base := onePath(t, chain(t, nil), PathQuery{})
	for name, change := range map[string]func(nodes []Node, edges []Edge){
		"conditional":       func(_ []Node, e []Edge) { e[2].Verdict = schema.Conditional },
		"medium confidence": func(_ []Node, e []Edge) { e[1].Confidence = schema.Medium },
		"public data":       func(n []Node, _ []Edge) { n[2].Sensitivity = "public" },
		"internal data":     func(n []Node, _ []Edge) { n[2].Sensitivity = "internal" },
		"harder step":       func(_ []Node, e []Edge) { e[1].Kind = schema.LaunchesAs },
	} {
		p := onePath(t, chain(t, change), PathQuery{})
		if p.Score >= base.Score || len(p.Factors) == 0 {
			t.Errorf("%s: %.1f, without %.1f", name, p.Score, base.Score)
		}
	}
	poisoned := onePath(t, chain(t, func(_ []Node, e []Edge) { e[2].Kind = schema.WritesData }), PathQuery{})
	if poisoned.Score <= base.Score || poisoned.Impact != "poisoning" || base.Impact != "disclosure" {
		t.Errorf("poisoning %.1f %s, disclosure %.1f %s", poisoned.Score, poisoned.Impact, base.Score, base.Impact)
	}
	for score, want := range map[float64]schema.Severity{100: schema.SeverityCritical, 75: schema.SeverityCritical, 74.9: schema.SeverityHigh, 55: schema.SeverityHigh,
		54.9: schema.SeverityMedium, 30: schema.SeverityMedium, 29.9: schema.SeverityLow, 0: schema.SeverityLow} {
		if got := severity(score); got != want {
			t.Errorf("%.1f is %s", score, got)
		}
	}
}

// TestBreaks: a change that closes more of what is listed comes first; what is
// proposed can be done by whoever owns the estate.
func TestBreaks(t *testing.T) {
	p := onePath(t, chain(t, nil), PathQuery{})
	if len(p.Breaks) != 3 || p.Breaks[0].Kind != schema.Exposes || p.Breaks[0].Effort != 1 || p.Breaks[0].Closes != 1 {
		t.Errorf("%+v", p.Breaks)
	}
	direct := onePath(t, chain(t, func(_ []Node, e []Edge) { e[2].From = 3 }), PathQuery{})
	if b := direct.Breaks[0]; b.Effort != 1 || !strings.Contains(b.Change, "block public access") {
		t.Errorf("from the internet: %+v", b)
	}
	admin := onePath(t, chain(t, func(n []Node, _ []Edge) { n[0].ID, n[0].Kind = schema.AdminCapabilityID("1"), schema.Capability }), PathQuery{})
	last := admin.Breaks[slices.IndexFunc(admin.Breaks, func(b Break) bool { return b.Kind == schema.ReadsData })]
	if last.Effort <= 2 || !strings.Contains(last.Change, "SCP") {
		t.Errorf("from an administrator: %+v", last)
	}
}

func TestSelectors(t *testing.T) {
	p := chain(t, nil)
	for sel, want := range map[string]string{
		SelectOutside: "internet", SelectInternet: "internet", SelectTrainingData: "arn:aws:s3:::train-set", SelectAI: "", SelectAdmin: "",
		"kind=Role": "arn:aws:iam::1:role/app", "kind=Notebook": "", "arn:aws:s3:::train-set": "arn:aws:s3:::train-set",
	} {
		got, err := p.Select([]string{sel, sel})
		if err != nil || strings.Join(p.ids(got), " ") != want {
			t.Errorf("%s: %v %v", sel, p.ids(got), err)
		}
	}
	for sel, near := range map[string]string{
		"arn:aws:s3:::trian-set": "arn:aws:s3:::train-set", "arn:aws:iam::2:role/app": "arn:aws:iam::1:role/app", "train": "arn:aws:s3:::train-set",
		"kind=role": "kind=Role", "arn:aws:iam::1:role/something-else": "", "": "", "Internet ": "internet",
	} {
		_, err := p.Select([]string{sel})
		var e *SelectorError
		if !errors.As(err, &e) || strings.Join(e.Nearest, " ") != near {
			t.Errorf("%q: %v", sel, err)
		}
	}
}

// TestQueriesOutOfBounds: they are errors, not other queries.
func TestQueriesOutOfBounds(t *testing.T) {
	p := chain(t, nil)
	for _, q := range []PathQuery{{K: -1}, {K: MaxK + 1}, {MaxHops: -1}, {MaxHops: MaxMaxHops + 1}, {Assume: []schema.Assumption{"luck"}}} {
		if _, err := p.Paths(t.Context(), q); !errors.Is(err, ErrBadQuery) {
			t.Errorf("%+v: %v", q, err)
		}
	}
	if _, err := p.Paths(t.Context(), PathQuery{K: MaxK, MaxHops: MaxMaxHops}); err != nil {
		t.Error(err)
	}
}

// TestNamedTargetOfAnAdministrator: who controls the account reaches what is asked
// for by name, in paths, choke points and what-if alike, and a set never grows by
// it.
func TestNamedTargetOfAnAdministrator(t *testing.T) {
	p := chain(t, func(n []Node, e []Edge) {
		n[0].ID, n[0].Kind, n[2].Training = schema.AdminCapabilityID("1"), schema.Capability, false
		e[2] = Edge{From: 0, To: 3, Kind: schema.Controls, Verdict: schema.Allow, Assumes: schema.AssumesNothing, Confidence: schema.High, Cost: 1}
	})
	q := PathQuery{To: []string{"arn:aws:s3:::train-set"}}
	if x := onePath(t, p, q); x.Verdict != schema.Conditional || x.Hops != 3 || len(x.Edges[2].Evidence) == 0 {
		t.Errorf("%+v", x)
	}
	if cp, err := p.ChokePoints(t.Context(), q); err != nil || cp.Targets != 1 || cp.Effort != 1 {
		t.Errorf("%v %+v", err, cp)
	}
	if w, err := p.WhatIf(t.Context(), q, []string{EdgeName(schema.AdminCapabilityID("1"), schema.ReadsData, "arn:aws:s3:::train-set")}); err != nil || w.Before != 1 || w.After != 0 {
		t.Errorf("%v %+v", err, w)
	}
	if ans, err := p.Paths(t.Context(), PathQuery{To: []string{"kind=Bucket"}}); err != nil || len(ans.Paths) != 0 {
		t.Errorf("%v %+v", err, ans)
	}
}

// TestTimeIsSaid: a search that was stopped says so and is no error.
func TestTimeIsSaid(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	ans, err := chain(t, nil).Paths(ctx, PathQuery{})
	if err != nil || ans.Exhaustive || ans.TruncatedAt == nil || *ans.TruncatedAt != "time" || ans.Paths == nil {
		t.Errorf("%v %+v", err, ans)
	}
}

// TestAnswerIsBounded: more pairs than an answer may hold are cut, and it says so.
func TestAnswerIsBounded(t *testing.T) {
	longtest.Skip(t, "makes a hundred thousand paths")
	const side = 330 // squared, more than maxListed
	var nodes []Node
	for i := range side {
		nodes = append(nodes, Node{ID: fmt.Sprintf("a%03d", i), Kind: schema.User}, Node{ID: fmt.Sprintf("b%03d", i), Kind: schema.Role})
	}
	nodes = append(nodes, Node{ID: "hub", Kind: schema.Group})
	b := newBuilder(nodes)
	for i := range side {
		for _, ends := range [][2]string{{fmt.Sprintf("a%03d", i), "hub"}, {"hub", fmt.Sprintf("b%03d", i)}} {
			if err := b.add(ends[0], ends[1], Edge{Kind: schema.Assumes, Verdict: schema.Allow, Assumes: schema.AssumesNothing, Cost: 1}); err != nil {
				t.Fatal(err)
			}
		}
	}
	ans, err := b.finish().Paths(t.Context(), PathQuery{From: []string{"kind=User"}, To: []string{"kind=Role"}})
	if err != nil || len(ans.Paths) != maxListed || ans.Exhaustive || *ans.TruncatedAt != "paths" {
		t.Errorf("%v, %d paths, exhaustive %v", err, len(ans.Paths), ans.Exhaustive)
	}
}

package analysis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// Bounds of a path query.
const (
	DefaultMaxHops = 8
	MaxMaxHops     = 15
	DefaultK       = 3
	MaxK           = 50
)

// PathQuery asks for paths from any of From to any of To. The zero value asks
// the default question: from outside to training data.
type PathQuery struct {
	From, To []string // selectors; empty: outside, training-data
	MaxHops  int      // 1 to MaxMaxHops; 0: DefaultMaxHops
	K        int      // paths for each pair, 1 to MaxK; 0: DefaultK
	// Assume lists what edges may assume beside nothing; nil: vulnerability and
	// user action.
	Assume []schema.Assumption
	// Derivative also walks DERIVES edges from models, which tell something of
	// the data they were trained on but do not hold it.
	Derivative bool
}

// DefaultAssume is what paths may assume unless told otherwise.
func DefaultAssume() []schema.Assumption {
	return []schema.Assumption{schema.AssumesVulnerability, schema.AssumesUserAction}
}

// PathAnswer is the answer to a PathQuery. Its JSON is a contract.
type PathAnswer struct {
	// Exhaustive: every path within MaxHops is listed.
	Exhaustive bool `json:"exhaustive"`
	// TruncatedAt is what cut the answer: depth (some target is reachable only by
	// longer paths), paths (a pair has more than K) or time; nil if nothing did.
	TruncatedAt *string `json:"truncated_at"`
	Paths       []Path  `json:"paths"` // the worst first
}

// Path is attack edges end to end. Its JSON is a contract.
type Path struct {
	Fingerprint string            `json:"fingerprint"`
	Family      string            `json:"family"`
	Severity    schema.Severity   `json:"severity"`
	Score       float64           `json:"score"`
	Factors     []Factor          `json:"score_factors"`
	Verdict     schema.Verdict    `json:"verdict"`
	Confidence  schema.Confidence `json:"confidence"`
	Impact      string            `json:"impact"`
	Hops        int               `json:"hops"`
	Entry       string            `json:"entry"`
	Target      string            `json:"target"`
	Nodes       []PathNode        `json:"nodes"`
	Edges       []PathEdge        `json:"edges"`
	Breaks      []Break           `json:"breaks"`

	edges []int32
	cost  int32
}

// PathNode is a node of a path.
type PathNode struct {
	ID   string          `json:"id"`
	Kind schema.NodeKind `json:"kind"`
	Name string          `json:"name"`
}

// PathEdge is a step of a path with its proof.
type PathEdge struct {
	From       string            `json:"from"`
	To         string            `json:"to"`
	Kind       schema.EdgeKind   `json:"kind"`
	Techniques []string          `json:"techniques"`
	Verdict    schema.Verdict    `json:"verdict"`
	Witness    []string          `json:"witness,omitempty"`
	Assumes    schema.Assumption `json:"assumes"`
	Confidence schema.Confidence `json:"confidence"`
	AttackIDs  []string          `json:"attack_ids,omitempty"`
	Ports      []string          `json:"ports,omitempty"`
	Sources    []string          `json:"sources,omitempty"`
	Evidence   []graph.Evidence  `json:"evidence"`
}

// ErrBadQuery says that a PathQuery is out of bounds.
var ErrBadQuery = errors.New("bad path query")

func (q PathQuery) withDefaults() (PathQuery, error) {
	if len(q.From) == 0 {
		q.From = []string{SelectOutside}
	}
	if len(q.To) == 0 {
		q.To = []string{SelectTrainingData}
	}
	q.MaxHops, q.K = cmp.Or(q.MaxHops, DefaultMaxHops), cmp.Or(q.K, DefaultK)
	if q.Assume == nil {
		q.Assume = DefaultAssume()
	}
	if q.MaxHops < 1 || q.MaxHops > MaxMaxHops {
		return q, fmt.Errorf("%w: max hops %d is not between 1 and %d", ErrBadQuery, q.MaxHops, MaxMaxHops)
	}
	if q.K < 1 || q.K > MaxK {
		return q, fmt.Errorf("%w: k %d is not between 1 and %d", ErrBadQuery, q.K, MaxK)
	}
	for _, a := range q.Assume {
		if a.Rank() >= len(schema.Assumptions()) {
			return q, fmt.Errorf("%w: %q is not an assumption; they are %v", ErrBadQuery, a, schema.Assumptions())
		}
	}
	return q, nil
}

// Paths answers q: for each pair of an entry and a target up to K paths,
// cheapest first, the whole sorted with the worst first. Pairs that are not
// connected cost nothing: what an entry reaches is known before any path is
// looked for. When ctx ends, what was found is returned with TruncatedAt time.
func (p *Projection) Paths(ctx context.Context, q PathQuery) (*PathAnswer, error) {
	a, err := p.ask(q)
	if err != nil {
		return nil, err
	}
	run := pathRun{question: a, cut: map[string]bool{}}
	run.all(ctx)
	return run.answer(), nil
}

// question is a query whose words have been looked up.
type question struct {
	p        *Projection // with the steps of capabilities to what was named
	q        PathQuery
	walk     *walk
	from, to []int32
}

func (p *Projection) ask(q PathQuery) (*question, error) {
	q, err := q.withDefaults()
	if err != nil {
		return nil, err
	}
	from, err := p.selectNodes(q.From)
	if err != nil {
		return nil, err
	}
	to, err := p.selectNodes(q.To)
	if err != nil {
		return nil, err
	}
	return &question{p: p.withCapabilitySteps(to), q: q, walk: walkOf(q), from: from.nodes, to: to.nodes}, nil
}

// verbatim reports whether a node of this kind holds the content it derives
// from, not only a trace of it.
func verbatim(k schema.NodeKind) bool {
	switch k {
	case schema.VectorIndex, schema.KnowledgeBase, schema.InvocationLog, schema.AgentMemory, schema.Snapshot, schema.FeatureStore:
		return true
	}
	return k.In(schema.DataStore)
}

type pathRun struct {
	*question
	found []Path
	cut   map[string]bool
	own   []*scratch // by worker
}

// maxListed bounds the paths of one answer.
const maxListed = 100_000

// blockOfPairs is how many pairs are searched before the bound is looked at.
const blockOfPairs = 1024

// all searches every pair. The side with fewer nodes is the anchor.
func (r *pathRun) all(ctx context.Context) {
	anchors, starts := r.to, r.from
	backward := len(r.from) <= len(r.to)
	if backward {
		anchors, starts = r.from, r.to
	}
	for _, anchor := range anchors {
		s := newSearch(r.p, r.walk, anchor, backward)
		for some := range slices.Chunk(s.reachable(starts), blockOfPairs) {
			if r.block(ctx, s, some); len(r.found) > maxListed {
				r.found = r.found[:maxListed]
				r.cut["paths"] = true
				return
			}
			if r.cut["time"] {
				return
			}
		}
	}
}

// pairFound is what the search for one pair found.
type pairFound struct {
	paths []Path
	cut   string
}

// block searches from some starts to the search's anchor, on all processors; what
// is found does not depend on their number.
func (r *pathRun) block(ctx context.Context, s *search, starts []int32) {
	found := make([]pairFound, len(starts))
	var next atomic.Int64
	var workers sync.WaitGroup
	for w := range min(runtime.GOMAXPROCS(0), len(starts)) {
		if w == len(r.own) {
			r.own = append(r.own, newScratch(len(r.p.Nodes)))
		}
		own := r.own[w]
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(starts); i = int(next.Add(1)) - 1 {
				found[i] = r.pair(ctx, s, own, starts[i])
			}
		})
	}
	workers.Wait()
	for i := range found {
		r.found = append(r.found, found[i].paths...)
		if found[i].cut != "" {
			r.cut[found[i].cut] = true
		}
	}
}

func (r *pathRun) pair(ctx context.Context, s *search, own *scratch, start int32) pairFound {
	entry, target := start, s.anchor
	if s.backward {
		entry, target = s.anchor, start
	}
	var out pairFound
	routes, more, err := s.shortest(ctx, own, start, r.q.K, r.q.MaxHops)
	switch {
	case err != nil:
		out.cut = "time"
	case more:
		out.cut = "paths"
	case len(routes) == 0 && s.connected(start):
		out.cut = "depth"
	}
	for _, x := range routes {
		edges := slices.Clone(x.edges)
		if s.backward {
			slices.Reverse(edges)
		}
		out.paths = append(out.paths, r.p.path(entry, target, edges, x.cost))
	}
	return out
}

// dropEchoes leaves out paths of an outsider that the anonymous caller walks
// too, step by step: every outsider is on the internet, so they say nothing new.
func (r *pathRun) dropEchoes() {
	anonymous := map[string]bool{}
	key := func(p *Path) string {
		var b strings.Builder
		for _, n := range p.Nodes[1:] {
			b.WriteString(n.ID)
			b.WriteByte(0)
		}
		b.WriteString(p.Impact)
		return b.String()
	}
	for i := range r.found {
		if r.found[i].Entry == schema.InternetID && r.found[i].Verdict == schema.Allow {
			anonymous[key(&r.found[i])] = true
		}
	}
	r.found = slices.DeleteFunc(r.found, func(p Path) bool { return p.Entry != schema.InternetID && anonymous[key(&p)] })
}

func (r *pathRun) answer() *PathAnswer {
	r.dropEchoes()
	a := &PathAnswer{Exhaustive: len(r.cut) == 0, Paths: r.found}
	for _, why := range []string{"time", "paths", "depth"} {
		if r.cut[why] {
			a.TruncatedAt = &why
			break
		}
	}
	if a.Paths == nil {
		a.Paths = []Path{}
	}
	r.p.suggestBreaks(a.Paths)
	slices.SortFunc(a.Paths, func(x, y Path) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.cost, y.cost), cmp.Compare(x.Hops, y.Hops),
			cmp.Compare(x.Target, y.Target), cmp.Compare(x.Entry, y.Entry), slices.Compare(x.edges, y.edges))
	})
	return a
}

// path describes the path that edges make.
func (p *Projection) path(entry, target int32, edges []int32, cost int32) Path {
	out := Path{Entry: p.Nodes[entry].ID, Target: p.Nodes[target].ID, Hops: len(edges), Verdict: schema.Allow, Confidence: schema.High, edges: edges, cost: cost}
	add := func(n int32) {
		out.Nodes = append(out.Nodes, PathNode{p.Nodes[n].ID, p.Nodes[n].Kind, cmp.Or(p.Nodes[n].Name, p.Nodes[n].ID)})
	}
	add(entry)
	for _, i := range edges {
		e := p.Edge(i)
		add(e.To)
		out.Edges = append(out.Edges, p.pathEdge(&e))
		if e.Verdict != schema.Allow {
			out.Verdict = schema.Conditional
		}
		if e.Confidence.Rank() > out.Confidence.Rank() {
			out.Confidence = e.Confidence
		}
	}
	out.Impact = impact(p.class[edges[len(edges)-1]].kind())
	out.Score, out.Factors = p.score(target, edges)
	out.Severity = severity(out.Score)
	out.Fingerprint, out.Family = p.fingerprints(entry, target, edges)
	return out
}

func (p *Projection) pathEdge(e *Edge) PathEdge {
	out := PathEdge{From: p.Nodes[e.From].ID, To: p.Nodes[e.To].ID, Kind: e.Kind, Techniques: orEmpty(e.Techniques), Verdict: e.Verdict, Witness: e.Witness,
		Assumes: e.Assumes, Confidence: e.Confidence, AttackIDs: e.AttackIDs, Ports: e.Ports, Sources: e.Sources, Evidence: []graph.Evidence{}}
	for _, s := range e.Evidence {
		ev, err := graph.DecodeEvidence(s)
		if err != nil { // stored by something else than Postern: show it as it is
			ev = graph.Evidence{Summary: s}
		}
		out.Evidence = append(out.Evidence, ev)
	}
	return out
}

// impact is what the last step of a path does to its target.
func impact(k schema.EdgeKind) string {
	switch k {
	case schema.ReadsData, schema.ReadsSecret:
		return "disclosure"
	case schema.WritesData:
		return "poisoning"
	case schema.Derives:
		return "derivation"
	case schema.InvokesAI:
		return "invocation"
	case schema.Exposes, schema.NetReaches:
		return "exposure"
	}
	return "control"
}

// withCapabilitySteps adds, for each target that was named by id, the step to
// it from the admin capability of its environment: capabilities lead only to
// sensitive stores and AI assets in the graph, but a target that somebody asks
// about by name is reached whatever its sensitivity.
func (p *Projection) withCapabilitySteps(to selection) *Projection {
	var more []Edge
	for _, t := range to.nodes {
		n := &p.Nodes[t]
		c, ok := p.Find(schema.AdminCapabilityID(n.Environment))
		if !to.named[t] || !ok || c == t || slices.Contains(p.inFrom[p.inStart[t]:p.inStart[t+1]], c) {
			continue
		}
		ev := graph.Evidence{Document: p.Nodes[c].ID, Summary: fmt.Sprintf("an administrator of %s can give itself access to everything there that no SCP or RCP takes away", n.Environment)}
		more = append(more, Edge{From: c, To: t, Kind: capabilityStep(n.Kind), Verdict: schema.Conditional, Assumes: schema.AssumesNothing, Confidence: schema.Medium, Cost: 1,
			Techniques: []string{"capability-admin"}, Witness: []string{"no SCP or RCP denies it to administrators of the account"}, Evidence: []string{ev.Encode()}})
	}
	if len(more) == 0 {
		return p
	}
	return p.with(more)
}

func capabilityStep(k schema.NodeKind) schema.EdgeKind {
	switch {
	case k.In(schema.DataStore):
		return schema.ReadsData
	case k.In(schema.Secret):
		return schema.ReadsSecret
	case k.In(schema.Workload):
		return schema.ExecutesOn
	case k.In(schema.Principal):
		return schema.Assumes
	}
	return schema.Controls
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

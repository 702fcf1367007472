package graph

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/postern-sec/postern/schema"
)

// TestMerge: the leading way speaks for the edge, each text of a proof is there
// once, the leader's first, and the order in which ways were found is not seen.
func TestMerge(t *testing.T) {
	ev := func(docs ...string) (out []Evidence) {
		for _, d := range docs {
			out = append(out, Evidence{Document: d, Summary: "s"})
		}
		return out
	}
	shared := ev("b", "a", "b")
	way := func(technique string, cost int, v schema.Verdict, proof []Evidence) AttackEdge {
		return AttackEdge{From: "x", To: "y", Kind: schema.Assumes, Technique: technique, Cost: cost, Verdict: v, Confidence: schema.High, Assumes: schema.AssumesNothing, Evidence: proof}
	}
	ways := []AttackEdge{way("t3", 1, schema.Conditional, ev("c", "a")), way("t2", 2, schema.Allow, shared), way("t1", 2, schema.Allow, ev("d", "a")),
		way("t2", 2, schema.Allow, shared[:1]), way("t2", 2, schema.Allow, shared)}
	ways[0].Witness, ways[0].AttackIDs = []string{"w"}, []string{"T2", "T1"}
	ways[4].Ports = []string{"tcp/1"} // no leader: t1 is
	for range 20 {
		rand.Shuffle(len(ways), func(i, j int) { ways[i], ways[j] = ways[j], ways[i] })
		b := NewBuilder()
		b.Node("x", schema.Role)
		b.Node("y", schema.Role)
		for _, w := range ways {
			b.Attack(w)
		}
		p := b.Freeze(Run{}).Edges()[0].Properties
		var docs []string
		for _, s := range p.List(schema.PropEvidence.Name) {
			e, err := DecodeEvidence(s)
			if err != nil {
				t.Fatal(err)
			}
			docs = append(docs, e.Document)
		}
		if !slices.Equal(docs, []string{"d", "a", "b", "c"}) || !slices.Equal(p.List(schema.PropTechniques.Name), []string{"t1", "t2", "t3"}) ||
			!slices.Equal(p.List(schema.PropAttackIDs.Name), []string{"T1", "T2"}) ||
			p.Text(schema.PropVerdict.Name) != "allow" || p.List(schema.PropWitness.Name) != nil || p.List(schema.PropPorts.Name) != nil {
			t.Fatalf("documents %v, %v", docs, p)
		}
	}
}

// TestMergeTies: of ways alike in all but their ports the order does not decide.
func TestMergeTies(t *testing.T) {
	for _, ports := range [][]string{{"tcp/1", "tcp/2"}, {"tcp/2", "tcp/1"}} {
		b := NewBuilder()
		b.Node("x", schema.Role)
		b.Node("y", schema.Role)
		for _, p := range ports {
			b.Attack(AttackEdge{From: "x", To: "y", Kind: schema.Assumes, Technique: "t", Verdict: schema.Allow, Evidence: []Evidence{{Document: "d", Summary: "s"}}, Ports: []string{p}})
		}
		if got := b.Freeze(Run{}).Edges()[0].Properties.List(schema.PropPorts.Name); !slices.Equal(got, []string{"tcp/1"}) {
			t.Errorf("ports %v", got)
		}
	}
}

package analysis

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"

	"github.com/postern-sec/postern/schema"
)

// Factor is one part of a path's score, with its reason.
type Factor struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Reason string  `json:"reason"`
}

// ease is how surely an attacker makes a step of each kind, from 0 to 1. Kinds
// that are not listed are certain.
var ease = map[schema.EdgeKind]float64{
	schema.NetReaches: 0.9, schema.Assumes: 0.95, schema.Escalates: 0.9, schema.LaunchesAs: 0.8, schema.ExecutesOn: 0.85,
	schema.ReadsSecret: 0.9, schema.Controls: 0.8, schema.AIActsAs: 0.8, schema.Derives: 0.3,
}

var assumedEase = map[schema.Assumption]float64{
	schema.AssumesNothing: 1, schema.AssumesUserAction: 0.5, schema.AssumesVulnerability: 0.6, schema.AssumesCredential: 0.3,
}

var confidentEase = map[schema.Confidence]float64{schema.High: 1, schema.Medium: 0.7, schema.Low: 0.4}

// conditionalEase is the part of a step's ease that is left when a condition
// must hold that nothing shows to hold.
const conditionalEase = 0.6

// sensitivityWeight: what is not classified counts as the most sensitive, since
// not knowing is no reason to sleep.
var sensitivityWeight = map[string]float64{"restricted": 1, "confidential": 0.9, "internal": 0.7, "public": 0.2}

var impactWeight = map[string]float64{"disclosure": 0.8, "poisoning": 1, "derivation": 0.5, "invocation": 0.5, "exposure": 0.4, "control": 0.9}

// score rates a path from 0 to 100: 100 × sensitivity × impact × value of the
// target × √(product of the steps' ease). The root keeps a long chain of
// certain steps near the top.
func (p *Projection) score(target int32, edges []int32) (float64, []Factor) {
	n := &p.Nodes[target]
	sens, known := sensitivityWeight[n.Sensitivity]
	if !known {
		sens = 1
	}
	kind := impact(p.class[edges[len(edges)-1]].kind())
	worth, why := 0.7, "the target is not known to hold training data"
	if n.Training || n.Kind.In(schema.AIResource) || n.controls() {
		worth, why = 1, fmt.Sprintf("the target is %s", article(n))
	}
	product, hardest, hard := 1.0, 1.0, "every step is certain"
	for _, i := range edges {
		e := p.Edge(i)
		x := e.ease()
		product *= x
		if x < hardest {
			hardest, hard = x, fmt.Sprintf("the hardest step is %s to %s (%s, assumes %s)", e.Kind, p.Nodes[e.To].ID, e.Verdict, e.Assumes)
		}
	}
	steps := math.Sqrt(product)
	total := math.Round(1000*sens*impactWeight[kind]*worth*steps) / 10
	return total, []Factor{
		{"sensitivity", sens, "sensitivity of the target: " + orUnknown(n.Sensitivity)},
		{"impact", impactWeight[kind], "what the last step does: " + kind},
		{"target", worth, why},
		{"steps", math.Round(1000*steps) / 1000, hard},
	}
}

func (e *Edge) ease() float64 {
	x, ok := ease[e.Kind]
	if !ok {
		x = 1
	}
	x *= assumedEase[e.Assumes] * confidentEase[e.Confidence]
	if e.Verdict != schema.Allow {
		x *= conditionalEase
	}
	return x
}

// controls reports whether a node is full control over an environment. What many
// principals may do alike is a capability too, and no target.
func (n *Node) controls() bool {
	_, ok := schema.CapabilityEnvironment(n.ID)
	return ok
}

func article(n *Node) string {
	switch {
	case n.Training:
		return "training data"
	case n.controls():
		return "full control of an account"
	}
	return "an AI resource"
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

// severity bands of the score.
func severity(score float64) schema.Severity {
	switch {
	case score >= 75:
		return schema.SeverityCritical
	case score >= 55:
		return schema.SeverityHigh
	case score >= 30:
		return schema.SeverityMedium
	}
	return schema.SeverityLow
}

// fingerprints names a path: exact by its ordered ids and kinds, family by what
// kind of path it is to which target, so that a path whose middle was renamed
// is still recognised.
func (p *Projection) fingerprints(entry, target int32, edges []int32) (exact, family string) {
	x, f := sha256.New(), sha256.New()
	fmt.Fprintf(x, "%q", p.Nodes[entry].ID)
	fmt.Fprintf(f, "%q %q %q", p.Nodes[entry].Kind, p.Nodes[entry].Environment, p.Nodes[target].ID)
	for _, i := range edges {
		e := p.Edge(i)
		fmt.Fprintf(x, " %s %q", e.Kind, p.Nodes[e.To].ID)
		fmt.Fprintf(f, " %s", e.Kind)
	}
	return hex.EncodeToString(x.Sum(nil)[:12]), hex.EncodeToString(f.Sum(nil)[:12])
}

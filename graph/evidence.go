package graph

import (
	"encoding/json"
	"fmt"

	"github.com/postern-sec/postern/schema"
)

// Evidence is what makes an edge or verdict true: a document, the statement or
// rule in it, and one sentence for people.
type Evidence struct {
	// Document names the source: an ARN, a policy's name, or service:operation
	// with the resource it was called for.
	Document string `json:"document"`
	// Statement is a statement id or index, a rule number, or a JSON path;
	// empty when the whole document is meant.
	Statement string `json:"statement,omitempty"`
	// Summary is one sentence.
	Summary string `json:"summary"`
}

// Encode gives the form in which evidence is stored as a property: one line of
// JSON.
func (e Evidence) Encode() string {
	b, err := json.Marshal(e)
	if err != nil { // strings always marshal
		panic(fmt.Sprintf("graph: encode evidence: %v", err))
	}
	return string(b)
}

// DecodeEvidence is the inverse of Encode.
func DecodeEvidence(s string) (Evidence, error) {
	var e Evidence
	if err := json.Unmarshal([]byte(s), &e); err != nil {
		return Evidence{}, fmt.Errorf("decode evidence: %w", err)
	}
	return e, nil
}

// AttackEdge is an edge that is a net gain for an attacker, with its proof.
type AttackEdge struct {
	From, To  string
	Kind      schema.EdgeKind
	Technique string // id in the catalogue
	Verdict   schema.Verdict
	// Witness holds the conditions of a conditional edge, in words or as
	// "key operator value, value".
	Witness    []string
	Assumes    schema.Assumption
	Confidence schema.Confidence
	Cost       int // 1 to 10
	AttackIDs  []string
	Evidence   []Evidence // at least one
	Ports      []string   // of network edges, e.g. tcp/443
	Sources    []string   // address ranges the edge is limited to; nil means anyone
	Variant    string
}

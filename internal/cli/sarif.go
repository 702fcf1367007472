package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/postern-sec/postern/internal/analysis"
	"github.com/postern-sec/postern/schema"
)

// The parts of SARIF 2.1.0 that attack paths need. Source: OASIS, "Static Analysis
// Results Interchange Format (SARIF) Version 2.1.0", sections 3.13 to 3.40. A path
// lies in no file: its places are logical locations, by the cloud's own ids.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string    `json:"id"`
		ShortDescription sarifText `json:"shortDescription"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		CodeFlows    []sarifFlow       `json:"codeFlows"`
		Fingerprints map[string]string `json:"fingerprints"`
		Properties   map[string]any    `json:"properties"`
	}
	sarifFlow struct {
		ThreadFlows []sarifThread `json:"threadFlows"`
	}
	sarifThread struct {
		Locations []sarifStep `json:"locations"`
	}
	sarifStep struct {
		Location sarifLocation `json:"location"`
	}
	sarifLocation struct {
		LogicalLocations []sarifPlace `json:"logicalLocations"`
		Message          *sarifText   `json:"message,omitempty"`
	}
	sarifPlace struct {
		Name string `json:"name"`
		Full string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
)

// impacts says what each impact of a path means; they are the rules of a SARIF
// log.
var impacts = []struct{ id, text string }{
	{"control", "An outsider can take over the target."},
	{"derivation", "An outsider can learn about training data from what was made of it."},
	{"disclosure", "An outsider can read training data."},
	{"exposure", "An outsider can reach the target."},
	{"invocation", "An outsider can query a model or an agent."},
	{"poisoning", "An outsider can change training data."},
}

// writeSARIF writes paths as results of one run.
func writeSARIF(w io.Writer, found *analysis.PathAnswer) error {
	var run sarifRun
	run.Tool.Driver = sarifDriver{Name: "Postern", Version: Version()}
	for _, i := range impacts {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{"path/" + i.id, sarifText{i.text}})
	}
	run.Results = make([]sarifResult, len(found.Paths))
	for i := range found.Paths {
		run.Results[i] = sarifOf(&found.Paths[i])
	}
	return writeJSON(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func sarifOf(p *analysis.Path) sarifResult {
	level := map[schema.Severity]string{schema.SeverityCritical: "error", schema.SeverityHigh: "error", schema.SeverityMedium: "warning", schema.SeverityLow: "note"}[p.Severity]
	steps := []sarifStep{{sarifAt(p.Nodes[0], "an attacker starts here")}}
	for i, e := range p.Edges {
		var proof []string
		for _, ev := range e.Evidence {
			proof = append(proof, ev.Summary)
		}
		steps = append(steps, sarifStep{sarifAt(p.Nodes[i+1], fmt.Sprintf("%s %s %s: %s", shortName(p.Nodes[i]), e.Kind.Verb(), shortName(p.Nodes[i+1]), strings.Join(proof, "; ")))})
	}
	target := sarifAt(p.Nodes[len(p.Nodes)-1], "")
	return sarifResult{RuleID: "path/" + p.Impact, Level: level, Message: sarifText{sentence(p) + "."}, Locations: []sarifLocation{target},
		CodeFlows:    []sarifFlow{{[]sarifThread{{steps}}}},
		Fingerprints: map[string]string{"postern/path": p.Fingerprint, "postern/family": p.Family},
		Properties:   map[string]any{"severity": p.Severity, "score": p.Score, "verdict": p.Verdict, "confidence": p.Confidence}}
}

func sarifAt(n analysis.PathNode, message string) sarifLocation {
	l := sarifLocation{LogicalLocations: []sarifPlace{{shortName(n), n.ID, "resource"}}}
	if message != "" {
		l.Message = &sarifText{printable(message)}
	}
	return l
}

package schema

import (
	"fmt"
	"strings"
)

// Markdown is the documentation page of the vocabulary, derived from the
// tables: docs/model.md.
func Markdown() string {
	var b strings.Builder
	p := func(format string, a ...any) { fmt.Fprintf(&b, format+"\n", a...) }
	p("<!-- Generated from package schema by go test ./schema -update. Do not edit. -->")
	p("# Nodes, edges and properties\n")
	p("A node has one kind, the labels of its kind's categories, and a unique `id`: the cloud's own.")
	p("Only attack edges are steps of a path; facts say what is configured.\n")
	p("## Categories\n\n| label | meaning |\n|---|---|")
	for _, c := range categories {
		p("| `%s` | %s |", c.Name, c.Doc)
	}
	p("| `%s` | Where an attacker starts without an invitation. |", LabelEntry)
	p("| `%s` | A data store that models are trained on or grounded in. |", LabelTrainingData)
	p("\n## Node kinds\n\n| kind | categories | meaning |\n|---|---|---|")
	for _, k := range nodeKinds {
		var c []string
		for _, x := range k.Categories {
			c = append(c, string(x))
		}
		p("| `%s` | %s | %s |", k.Name, strings.Join(c, ", "), k.Doc)
	}
	p("\n## Attack edges\n\n| kind | from | to | meaning |\n|---|---|---|---|")
	for _, k := range edgeKinds {
		if k.Attack {
			p("| `%s` | %s | %s | %s |", k.Name, k.From, k.To, k.Doc)
		}
	}
	p("\n## Facts\n\n| kind | from | to | lineage | meaning |\n|---|---|---|---|---|")
	for _, k := range edgeKinds {
		if !k.Attack {
			lineage := ""
			if k.Lineage {
				lineage = "yes"
			}
			p("| `%s` | %s | %s | %s | %s |", k.Name, k.From, k.To, lineage, k.Doc)
		}
	}
	p("\n## Properties\n\n| key | type | on | meaning |\n|---|---|---|---|")
	for _, x := range Properties() {
		var on []string
		if x.Node {
			on = append(on, "nodes")
		}
		if x.Edge {
			on = append(on, "edges")
		}
		if x.Indexed {
			on = append(on, "indexed")
		}
		p("| `%s` | %s | %s | %s |", x.Name, x.Type, strings.Join(on, ", "), x.Doc)
	}
	return b.String()
}

// GraphQL is the part of the API's contract that is derived from the tables:
// schema/graphql/vocabulary.graphqls.
func GraphQL() string {
	var b strings.Builder
	p := func(format string, a ...any) { fmt.Fprintf(&b, format+"\n", a...) }
	p("# Generated from package schema by go test ./schema -update. Do not edit.")
	p("\n\"The cross-cloud noun for a node.\"\nenum NodeKind {")
	for _, k := range nodeKinds {
		p("  %q\n  %s", k.Doc, k.Name)
	}
	p("}\n\n\"The type of an edge: the first %d are attack edges, the others facts.\"\nenum EdgeKind {", len(AttackEdgeKinds()))
	for _, k := range edgeKinds {
		p("  %q\n  %s", k.Doc, k.Name)
	}
	p("}\n\n\"A label of nodes beside their kind.\"\nenum Label {")
	for _, c := range categories {
		p("  %q\n  %s", c.Doc, c.Name)
	}
	p("  \"Where an attacker starts without an invitation.\"\n  %s", LabelEntry)
	p("  \"A data store that models are trained on or grounded in.\"\n  %s\n}", LabelTrainingData)
	p("\n\"What must be true beside the configuration for a step to be made.\"\nenum Assumption {")
	for _, a := range Assumptions() {
		p("  %s", a)
	}
	p("}\n\nenum Verdict {\n  %s\n  %s\n  %s\n  %s\n}", Allow, Conditional, Deny, Unknown)
	p("\nenum Severity {")
	for _, s := range Severities() {
		p("  %s", s)
	}
	p("}\n\nenum Confidence {\n  %s\n  %s\n  %s\n}", High, Medium, Low)
	return b.String()
}

package attack

import (
	"cmp"
	"fmt"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// Code in a workload has the workload's identity. Agents, gateways and knowledge
// bases run no code of a caller's: they act through their tools.
var (
	runsAs = &Technique{ID: "runs-001", Kind: schema.RunsAs, Title: "code in the workload obtains the role's credentials",
		Requires: []string{"the workload is configured with the role", "of instances: the metadata service is on"},
		Source:   "IAM User Guide, IAM roles for services; EC2 User Guide, Instance metadata", Cost: 1, AttackIDs: []string{"T1552.005", "T1078.004"}}
	callsTool = &Technique{ID: "tool-001", Kind: schema.AIActsAs, Title: "calls the tool for whoever talks to it",
		Requires: []string{"the tool is configured", "the role or the service may call it"},
		Source:   "Amazon Bedrock User Guide, Action groups; AgentCore Developer Guide, Gateway targets", Cost: 2, Confidence: schema.Medium,
		AttackIDs: []string{"AML.T0053", "AML.T0086"}}
)

var agentFamily = Family{Name: "identities of workloads and agents", Techniques: []*Technique{runsAs, callsTool}, derive: (*world).actAs}

func (w *world) actAs() error {
	for i := range w.f.Workloads {
		x := &w.f.Workloads[i]
		if !w.g.Has(x.ID) || x.State == ingest.StateFinished || !runsCode(x.Kind) {
			continue
		}
		for _, r := range x.Roles {
			w.runAs(x, r)
		}
	}
	for _, t := range w.f.Tools {
		w.callTool(t)
	}
	return w.ctx.Err()
}

// runsCode reports whether a kind of workload runs code that an attacker who has
// it can use.
func runsCode(k schema.NodeKind) bool {
	switch k {
	case schema.Agent, schema.AgentGateway, schema.KnowledgeBase, schema.Flow, schema.CustomizationJob:
		return false
	}
	return k.In(schema.Workload)
}

func (w *world) runAs(x *ingest.Workload, r ingest.RoleUse) {
	if r.Role == "" {
		return
	}
	f := shown(cmp.Or(r.Evidence.Document, x.Evidence.Document, x.ID), r.Evidence.Statement, cmp.Or(r.Evidence.Summary, fmt.Sprintf("%s of %s", r.Via, x.ID)))
	s := step{from: x.ID, to: r.Role, way: f.way()}
	if x.Kind == schema.VirtualMachine {
		switch x.IMDS {
		case "disabled":
			return
		case "optional":
			s.way.evidence = append(s.way.evidence, graph.Evidence{Document: x.ID, Summary: "IMDSv1 answers, so that a forged request is enough"})
		case "required":
			s.cost = 2
		}
	}
	w.g.Refer(r.Role, schema.Role)
	w.add(runsAs, s)
}

func (w *world) callTool(t ingest.ToolUse) {
	if !w.g.Has(t.Agent) || t.Tool == "" {
		return
	}
	w.g.Refer(t.Tool, t.ToolKind)
	s := step{from: t.Agent, to: t.Tool, variant: t.Variant, way: way{verdict: schema.Allow, evidence: []graph.Evidence{t.Evidence}}}
	if t.Action != "" {
		s.way = s.way.and(w.toolAllowed(t), nil)
	}
	if t.ToolKind == schema.Function {
		// Calling a function is not yet running code in it.
		s.assumes = schema.AssumesVulnerability
	}
	w.add(callsTool, s)
}

// toolAllowed is the best of the calls that are made: with the role named, with
// one of the agent's roles, or by the service itself, which a function's own
// policy lets in.
func (w *world) toolAllowed(t ingest.ToolUse) way {
	var roles []string
	if t.Role != "" {
		roles = append(roles, t.Role)
	} else if x := w.byID[t.Agent]; x != nil {
		for _, r := range x.Roles {
			roles = append(roles, r.Role)
		}
	}
	best := way{verdict: schema.Deny}
	try := func(principal string, o iamaws.Options) {
		d, err := w.perms.Can(iamaws.Request{Principal: principal, Action: t.Action, Resource: t.Tool, Options: o})
		if err != nil {
			d = iamaws.Decision{Verdict: iamaws.Unknown, Missing: []iamaws.Missing{{Kind: "principal", ID: principal}}}
		}
		if x := wayOfDecision(nil, d); x.verdict.Rank() < best.verdict.Rank() {
			best = x
		}
	}
	for _, r := range roles {
		try(r, w.options())
	}
	if service := serviceOf(t.Agent); service != "" {
		o := w.options()
		o.Context = map[string][]string{"aws:SourceArn": {t.Agent}, "aws:SourceAccount": {w.environmentOf(t.Agent).account}}
		try(service, o)
	}
	return best
}

// serviceOf is the service that calls an agent's tools.
func serviceOf(id string) string {
	a, ok := schema.ParseARN(id)
	if !ok {
		return ""
	}
	return a.Service + ".amazonaws.com"
}

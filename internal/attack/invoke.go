package attack

import (
	"slices"

	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// invocation is a way to query a model or an agent.
type invocation struct {
	Technique
	kind    schema.NodeKind
	service string
	// on is what the action is authorised on, for a node.
	on func(id string) string
	// when judges the workload, if it is one.
	when func(*ingest.Workload) fact
}

func invokeRow(id, title string, kind schema.NodeKind, service, action string, on func(string) string, when func(*ingest.Workload) fact, attackIDs ...string) *invocation {
	return &invocation{kind: kind, service: service, on: on, when: when, Technique: Technique{
		ID: id, Kind: schema.InvokesAI, Title: title, Needs: needs(onTarget, action), Source: "Service Authorization Reference", Cost: 1, AttackIDs: attackIDs}}
}

func sameID(id string) string { return id }

var invocations = []*invocation{
	invokeRow("invoke-001", "queries a model endpoint", schema.ModelEndpoint, "sagemaker", "sagemaker:InvokeEndpoint", sameID, notStopped, "AML.T0040", "AML.T0024"),
	invokeRow("invoke-002", "talks to an agent", schema.Agent, "bedrock", "bedrock:InvokeAgent", agentAliases, notStopped, "AML.T0040", "AML.T0051"),
	invokeRow("invoke-003", "calls an agent's runtime", schema.AgentRuntime, "bedrock-agentcore", "bedrock-agentcore:InvokeAgentRuntime", sameID, iamAuthorized, "AML.T0040", "AML.T0051"),
	invokeRow("invoke-004", "calls the tools of a gateway", schema.AgentGateway, "bedrock-agentcore", "bedrock-agentcore:InvokeGateway", sameID, iamAuthorized, "AML.T0053"),
	invokeRow("invoke-005", "runs a flow", schema.Flow, "bedrock", "bedrock:InvokeFlow", func(id string) string { return id + "/alias/*" }, notStopped, "AML.T0040"),
}

// invokeModel queries a Bedrock model; a profile routes to models that must all
// allow it.
var invokeModel = &Technique{ID: "invoke-006", Kind: schema.InvokesAI, Title: "queries a model", Needs: needs(onTarget, "bedrock:InvokeModel"),
	Requires: []string{"through an inference profile: every model it routes to allows it as well"},
	Source:   "Amazon Bedrock User Guide, Prerequisites for inference profiles", Cost: 1, AttackIDs: []string{"AML.T0040", "AML.T0034", "T1496.004"}}

var invokeFamily = Family{Name: "queries", Techniques: append(techniquesOf(invocations, func(i *invocation) *Technique { return &i.Technique }), invokeModel), derive: (*world).invoke}

func (w *world) invoke() error {
	for _, i := range invocations {
		for _, id := range w.g.NodeIDs(i.kind) {
			if err := w.ctx.Err(); err != nil {
				return err
			}
			a, ok := schema.ParseARN(id)
			if !ok || a.Service != i.service {
				continue
			}
			f := holds
			if x := w.byID[id]; x != nil {
				f = i.when(x)
			}
			on := i.on(id)
			w.grant(&i.Technique, plus(w.can(i.Needs[0].Action, on)[on], f), id)
		}
	}
	for _, id := range w.bedrockModels() {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		var ways []way
		for _, g := range w.perms.InvokeModel(id, w.options()) {
			ways = append(ways, wayOf(g, false))
		}
		w.grant(invokeModel, ways, id)
	}
	return nil
}

func (w *world) bedrockModels() []string {
	return slices.DeleteFunc(w.g.NodeIDs(schema.FoundationModel, schema.Model, schema.InferenceProfile, schema.ProvisionedThroughput), func(id string) bool {
		a, ok := schema.ParseARN(id)
		return !ok || a.Service != "bedrock"
	})
}

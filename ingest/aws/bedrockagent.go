package aws

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagent"

	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/redact"
	"github.com/postern-sec/postern/schema"
)

// bedrockAgentService is Bedrock's agents, flows and prompts; knowledge bases
// stand in bedrockagent_knowledge.go.
var bedrockAgentService = Service{
	Name: "bedrock-agent", LowerCamel: true,
	Prefix: "bedrock",
	Client: func(c aws.Config) any { return bedrockagent.NewFromConfig(c) },
	Calls: []Call{
		List("ListAgents", (*bedrockagent.Client).ListAgents, nil),
		Each("GetAgent", (*bedrockagent.Client).GetAgent, "ListAgents", "AgentSummaries.AgentId",
			func(in *bedrockagent.GetAgentInput, p []string) { in.AgentId = last(p) }),
		Each("ListAgentVersions", (*bedrockagent.Client).ListAgentVersions, "ListAgents", "AgentSummaries.AgentId",
			func(in *bedrockagent.ListAgentVersionsInput, p []string) { in.AgentId = last(p) }),
		Each("ListAgentAliases", (*bedrockagent.Client).ListAgentAliases, "ListAgents", "AgentSummaries.AgentId",
			func(in *bedrockagent.ListAgentAliasesInput, p []string) { in.AgentId = last(p) }),
		Each("ListAgentActionGroups", (*bedrockagent.Client).ListAgentActionGroups, "ListAgentVersions", "AgentVersionSummaries.AgentVersion",
			func(in *bedrockagent.ListAgentActionGroupsInput, p []string) {
				in.AgentId, in.AgentVersion = outer(p), last(p)
			}),
		Each("GetAgentActionGroup", (*bedrockagent.Client).GetAgentActionGroup, "ListAgentActionGroups", "ActionGroupSummaries.ActionGroupId",
			func(in *bedrockagent.GetAgentActionGroupInput, p []string) {
				in.AgentId, in.AgentVersion, in.ActionGroupId = &p[max(0, len(p)-3)], outer(p), last(p)
			}),
		Each("ListAgentKnowledgeBases", (*bedrockagent.Client).ListAgentKnowledgeBases, "ListAgentVersions", "AgentVersionSummaries.AgentVersion",
			func(in *bedrockagent.ListAgentKnowledgeBasesInput, p []string) {
				in.AgentId, in.AgentVersion = outer(p), last(p)
			}),
		Each("ListAgentCollaborators", (*bedrockagent.Client).ListAgentCollaborators, "ListAgentVersions", "AgentVersionSummaries.AgentVersion",
			func(in *bedrockagent.ListAgentCollaboratorsInput, p []string) {
				in.AgentId, in.AgentVersion = outer(p), last(p)
			}),
		List("ListKnowledgeBases", (*bedrockagent.Client).ListKnowledgeBases, nil),
		Each("GetKnowledgeBase", (*bedrockagent.Client).GetKnowledgeBase, "ListKnowledgeBases", "KnowledgeBaseSummaries.KnowledgeBaseId",
			func(in *bedrockagent.GetKnowledgeBaseInput, p []string) { in.KnowledgeBaseId = last(p) }),
		Each("ListDataSources", (*bedrockagent.Client).ListDataSources, "ListKnowledgeBases", "KnowledgeBaseSummaries.KnowledgeBaseId",
			func(in *bedrockagent.ListDataSourcesInput, p []string) { in.KnowledgeBaseId = last(p) }),
		Each("GetDataSource", (*bedrockagent.Client).GetDataSource, "ListDataSources", "DataSourceSummaries.DataSourceId",
			func(in *bedrockagent.GetDataSourceInput, p []string) {
				in.KnowledgeBaseId, in.DataSourceId = outer(p), last(p)
			}),
		List("ListFlows", (*bedrockagent.Client).ListFlows, nil),
		Each("GetFlow", (*bedrockagent.Client).GetFlow, "ListFlows", "FlowSummaries.Id",
			func(in *bedrockagent.GetFlowInput, p []string) { in.FlowIdentifier = last(p) }),
		List("ListPrompts", (*bedrockagent.Client).ListPrompts, nil),
		Each("GetPrompt", (*bedrockagent.Client).GetPrompt, "ListPrompts", "PromptSummaries.Id",
			func(in *bedrockagent.GetPromptInput, p []string) { in.PromptIdentifier = last(p) }),
	},
	Facts: map[string]Mapper{
		"ListAgents":              namesOf("agentSummaries", "AWS::Bedrock::Agent"),
		"GetAgent":                mapAgent,
		"ListAgentVersions":       names,
		"ListAgentAliases":        names, // which version an alias routes to changes nothing: all versions' tools are mapped
		"ListAgentActionGroups":   names,
		"GetAgentActionGroup":     mapActionGroup,
		"ListAgentKnowledgeBases": mapAgentKnowledge,
		"ListAgentCollaborators":  mapCollaborators,
		"ListKnowledgeBases":      names,
		"GetKnowledgeBase":        mapKnowledgeBase,
		"ListDataSources":         names,
		"GetDataSource":           mapKnowledgeSource,
		"ListFlows":               names,
		"GetFlow":                 mapFlow,
		"ListPrompts":             names,
		"GetPrompt":               mapPrompt,
	},
}

func (m *Mapping) agentARN(d ingest.Document, id string) string {
	return m.arnOf(d, "bedrock", "agent/", id)
}

func (m *Mapping) knowledgeARN(d ingest.Document, id string) string {
	return m.arnOf(d, "bedrock", "knowledge-base/", id)
}

// excerpt is the beginning of a text, without credentials.
func excerpt(s string) string {
	const most = 300
	s, _ = redact.Text(s)
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}

func mapAgent(m *Mapping, d ingest.Document) error {
	var v struct {
		Agent struct {
			AgentArn, AgentID, AgentName, AgentStatus, FoundationModel, Instruction string
			AgentResourceRoleArn, CustomerEncryptionKeyArn                          string
			GuardrailConfiguration                                                  struct{ GuardrailIdentifier, GuardrailVersion string }
			CustomOrchestration                                                     struct{ Executor struct{ Lambda string } }
			PromptOverrideConfiguration                                             struct{ OverrideLambda string }
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	x := v.Agent
	arn := first(x.AgentArn, m.agentARN(d, x.AgentID))
	if arn == "" {
		m.incomplete(d, "an agent without agentArn")
		return nil
	}
	d = in(d, arn)
	m.resource(d, arn, schema.Agent, "AWS::Bedrock::Agent", first(x.AgentName, x.AgentID)).Set(schema.PropStatus, x.AgentStatus).
		Set(schema.PropModelID, x.FoundationModel).Set(schema.PropInstruction, excerpt(x.Instruction))
	m.workload(d, ingest.Workload{ID: arn, Kind: schema.Agent, Roles: role(d, x.AgentResourceRoleArn, "service role"), State: agentState(x.AgentStatus), Instance: x.AgentID,
		Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: bedrockPrincipal}, Evidence: evidence(d, arn, "agent "+x.AgentName+" is "+first(x.AgentStatus, "in an unknown state"))})
	m.encrypted(d, arn, x.CustomerEncryptionKeyArn)
	m.usesModel(d, arn, schema.Agent, schema.UsesModel, x.FoundationModel, "")
	m.guarded(d, arn, schema.Agent, x.GuardrailConfiguration.GuardrailIdentifier, x.GuardrailConfiguration.GuardrailVersion)
	m.invokes(d, arn, "", x.CustomOrchestration.Executor.Lambda, "orchestration")
	m.invokes(d, arn, "", x.PromptOverrideConfiguration.OverrideLambda, "prompt override")
	return nil
}

func mapActionGroup(m *Mapping, d ingest.Document) error {
	var v struct {
		AgentActionGroup struct {
			AgentID, AgentVersion, ActionGroupID, ActionGroupName, ActionGroupState, ParentActionSignature string
			ActionGroupExecutor                                                                            struct{ Lambda, CustomControl string }
			APISchema                                                                                      struct {
				S3 *struct{ S3BucketName, S3ObjectKey string }
			}
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	x := v.AgentActionGroup
	if x.AgentID == "" || x.ActionGroupID == "" {
		m.incomplete(d, "an action group without agentId and actionGroupId")
		return nil
	}
	agent := m.agentARN(d, x.AgentID)
	m.Graph.Refer(agent, schema.Agent)
	id := agent + "/action-group/" + x.ActionGroupID
	n := m.resource(d, id, schema.AgentTool, "AWS::Bedrock::Agent.ActionGroup", first(x.ActionGroupName, x.ActionGroupID)).
		Set(schema.PropStatus, x.ActionGroupState).Set(schema.PropRuntime, first(x.ParentActionSignature, x.ActionGroupExecutor.CustomControl))
	m.link(id, schema.PartOf, agent, schema.Agent)
	if x.APISchema.S3 != nil {
		n.Set(schema.PropURI, "s3://"+x.APISchema.S3.S3BucketName+"/"+x.APISchema.S3.S3ObjectKey)
	}
	if x.ActionGroupState == "DISABLED" {
		return nil
	}
	m.link(id, schema.Targets, lambdaARN(x.ActionGroupExecutor.Lambda), schema.Function)
	// The function's resource policy lets the agent call it; the agent's role
	// needs nothing ("Use resource-based policies to allow Amazon Bedrock Agents
	// to invoke an action group Lambda function", Bedrock User Guide, read
	// 2026-11-23), which is for the permission engine to say.
	m.invokes(d, agent, "", x.ActionGroupExecutor.Lambda, first(x.ActionGroupName, x.ActionGroupID))
	return nil
}

// agentOf finds the agent of an answer for one version of it: the parameters are
// the agent's id and the version, or the agent's id alone.
func (m *Mapping) agentOf(d ingest.Document) string {
	if len(d.Parameters) == 0 {
		return ""
	}
	id := d.Parameters[max(0, len(d.Parameters)-2)]
	if id == "DRAFT" {
		return ""
	}
	return m.agentARN(d, id)
}

func mapAgentKnowledge(m *Mapping, d ingest.Document) error {
	var v struct {
		AgentKnowledgeBaseSummaries []struct{ KnowledgeBaseID, KnowledgeBaseState string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	agent := m.agentOf(d)
	if agent == "" {
		return needsParameter(d, "the agent's id")
	}
	m.Graph.Refer(agent, schema.Agent)
	for _, x := range v.AgentKnowledgeBaseSummaries {
		if x.KnowledgeBaseID == "" || x.KnowledgeBaseState == "DISABLED" {
			continue
		}
		kb := m.knowledgeARN(d, x.KnowledgeBaseID)
		m.flow(d, ingest.Flow{Kind: schema.Grounds, From: kb, FromKind: schema.KnowledgeBase, To: agent, ToKind: schema.Agent, Use: ingest.UseGrounding})
		m.tool(d, ingest.ToolUse{Agent: agent, Tool: kb, ToolKind: schema.KnowledgeBase, Action: "bedrock:Retrieve", Variant: x.KnowledgeBaseID})
	}
	return nil
}

func mapCollaborators(m *Mapping, d ingest.Document) error {
	var v struct {
		AgentCollaboratorSummaries []struct {
			AgentDescriptor  struct{ AliasArn string }
			CollaboratorName string
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	agent := m.agentOf(d)
	if agent == "" {
		return needsParameter(d, "the agent's id")
	}
	m.Graph.Refer(agent, schema.Agent)
	for _, x := range v.AgentCollaboratorSummaries {
		m.tool(d, ingest.ToolUse{Agent: agent, Tool: agentOfAlias(x.AgentDescriptor.AliasArn), ToolKind: schema.Agent, Action: "bedrock:InvokeAgent", Variant: x.CollaboratorName})
	}
	return nil
}

// agentOfAlias turns agent-alias/AGENT/ALIAS into agent/AGENT.
func agentOfAlias(alias string) string {
	a, ok := schema.ParseARN(alias)
	if !ok || a.ResourceType() != "agent-alias" {
		return ""
	}
	id, _, _ := strings.Cut(a.ResourceID(), "/")
	a.Resource = "agent/" + id
	return a.String()
}

// guardrailConfig is how nodes of flows name a guardrail.
type guardrailConfig struct{ GuardrailIdentifier string }

// flowNode is one node of a flow: the member of its type is set.
type flowNode struct {
	Name          string
	Configuration struct {
		KnowledgeBase *struct {
			KnowledgeBaseID, ModelID string
			GuardrailConfiguration   guardrailConfig
		}
		LambdaFunction *struct{ LambdaArn string }
		Agent          *struct{ AgentAliasArn string }
		Prompt         *struct {
			SourceConfiguration struct {
				Resource *struct{ PromptArn string }
				Inline   *struct{ ModelID string }
			}
			GuardrailConfiguration guardrailConfig
		}
		Storage, Retrieval *struct {
			ServiceConfiguration struct{ S3 *struct{ BucketName string } }
		}
	}
}

func mapFlow(m *Mapping, d ingest.Document) error {
	var v struct {
		Arn, ID, Name, Status, ExecutionRoleArn, CustomerEncryptionKeyArn string
		Definition                                                        struct{ Nodes []flowNode }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Arn == "" {
		m.incomplete(d, "a flow without arn")
		return nil
	}
	d = in(d, v.Arn)
	m.resource(d, v.Arn, schema.Flow, "AWS::Bedrock::Flow", first(v.Name, v.ID)).Set(schema.PropStatus, v.Status)
	m.workload(d, ingest.Workload{ID: v.Arn, Kind: schema.Flow, Roles: role(d, v.ExecutionRoleArn, "execution role"), State: flowState(v.Status), Instance: v.ID,
		Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: bedrockPrincipal}, Evidence: evidence(d, v.Arn, "flow "+v.Name)})
	m.encrypted(d, v.Arn, v.CustomerEncryptionKeyArn)
	for _, n := range v.Definition.Nodes {
		m.flowNode(d, v.Arn, n)
	}
	return nil
}

func flowState(status string) ingest.RunState {
	switch status {
	case "Prepared", "Preparing", "NotPrepared":
		return ingest.StateOnDemand
	case "Failed":
		return ingest.StateStopped
	}
	return ingest.StateUnknown
}

func (m *Mapping) flowNode(d ingest.Document, flow string, n flowNode) {
	c := n.Configuration
	if x := c.KnowledgeBase; x != nil && x.KnowledgeBaseID != "" {
		kb := m.knowledgeARN(d, x.KnowledgeBaseID)
		m.flow(d, ingest.Flow{Kind: schema.Grounds, From: kb, FromKind: schema.KnowledgeBase, To: flow, ToKind: schema.Flow, Use: ingest.UseGrounding, Name: n.Name})
		m.tool(d, ingest.ToolUse{Agent: flow, Tool: kb, ToolKind: schema.KnowledgeBase, Action: "bedrock:Retrieve", Variant: n.Name})
		m.usesModel(d, flow, schema.Flow, schema.UsesModel, x.ModelID, n.Name)
		m.guarded(d, flow, schema.Flow, x.GuardrailConfiguration.GuardrailIdentifier, n.Name)
	}
	if x := c.LambdaFunction; x != nil {
		m.invokes(d, flow, "", x.LambdaArn, n.Name)
	}
	if x := c.Agent; x != nil {
		m.tool(d, ingest.ToolUse{Agent: flow, Tool: agentOfAlias(x.AgentAliasArn), ToolKind: schema.Agent, Action: "bedrock:InvokeAgent", Variant: n.Name})
	}
	if x := c.Prompt; x != nil {
		if r := x.SourceConfiguration.Resource; r != nil {
			if r.PromptArn != "" { // a text, not something that acts: no ToolUse
				m.link(flow, schema.UsesTool, r.PromptArn, schema.Prompt)
				m.Graph.Edge(flow, schema.UsesTool, r.PromptArn).Set(schema.PropConfidence, string(schema.Derived)).Set(schema.PropVariant, n.Name)
			}
		}
		if i := x.SourceConfiguration.Inline; i != nil {
			m.usesModel(d, flow, schema.Flow, schema.UsesModel, i.ModelID, n.Name)
		}
		m.guarded(d, flow, schema.Flow, x.GuardrailConfiguration.GuardrailIdentifier, n.Name)
	}
	if x := c.Retrieval; x != nil && x.ServiceConfiguration.S3 != nil {
		m.flow(d, ingest.Flow{Kind: schema.Grounds, From: "s3://" + x.ServiceConfiguration.S3.BucketName + "/", FromKind: schema.Bucket, To: flow, ToKind: schema.Flow, Use: ingest.UseGrounding, Name: n.Name})
	}
	if x := c.Storage; x != nil && x.ServiceConfiguration.S3 != nil {
		m.flow(d, ingest.Flow{Kind: schema.Produced, From: flow, FromKind: schema.Flow, To: "s3://" + x.ServiceConfiguration.S3.BucketName + "/", ToKind: schema.Bucket, Use: ingest.UseOutput, Name: n.Name})
	}
}

func mapPrompt(m *Mapping, d ingest.Document) error {
	var v struct {
		Arn, ID, Name, CustomerEncryptionKeyArn string
		Variants                                []struct{ Name, ModelID string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Arn == "" {
		m.incomplete(d, "a prompt without arn")
		return nil
	}
	d = in(d, v.Arn)
	m.resource(d, v.Arn, schema.Prompt, "AWS::Bedrock::Prompt", first(v.Name, v.ID))
	m.encrypted(d, v.Arn, v.CustomerEncryptionKeyArn)
	for _, x := range v.Variants {
		m.usesModel(d, v.Arn, schema.Prompt, schema.UsesModel, x.ModelID, x.Name)
	}
	return nil
}

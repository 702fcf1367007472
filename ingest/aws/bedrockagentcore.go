package aws

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	agentcore "github.com/aws/aws-sdk-go-v2/service/bedrockagentcorecontrol"

	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

const agentcorePrincipal = "bedrock-agentcore.amazonaws.com"

// agentcoreService is Bedrock AgentCore: runtimes, gateways, memories, code
// interpreters and browsers.
var agentcoreService = Service{
	Name: "bedrock-agentcore-control", LowerCamel: true,
	Prefix: "bedrock-agentcore",
	Client: func(c aws.Config) any { return agentcore.NewFromConfig(c) },
	Calls: []Call{
		List("ListAgentRuntimes", (*agentcore.Client).ListAgentRuntimes, nil, Optional()),
		Each("GetAgentRuntime", (*agentcore.Client).GetAgentRuntime, "ListAgentRuntimes", "AgentRuntimes.AgentRuntimeId",
			func(in *agentcore.GetAgentRuntimeInput, p []string) { in.AgentRuntimeId = last(p) }),
		Each("GetResourcePolicy", (*agentcore.Client).GetResourcePolicy, "ListAgentRuntimes", "AgentRuntimes.AgentRuntimeArn",
			func(in *agentcore.GetResourcePolicyInput, p []string) { in.ResourceArn = last(p) }, NoneWhen(noAgentPolicy), Optional()),
		List("ListGateways", (*agentcore.Client).ListGateways, nil, Optional()),
		Each("GetGateway", (*agentcore.Client).GetGateway, "ListGateways", "Items.GatewayId",
			func(in *agentcore.GetGatewayInput, p []string) { in.GatewayIdentifier = last(p) }),
		Each("ListGatewayTargets", (*agentcore.Client).ListGatewayTargets, "ListGateways", "Items.GatewayId",
			func(in *agentcore.ListGatewayTargetsInput, p []string) { in.GatewayIdentifier = last(p) }),
		Each("GetGatewayTarget", (*agentcore.Client).GetGatewayTarget, "ListGatewayTargets", "Items.TargetId",
			func(in *agentcore.GetGatewayTargetInput, p []string) {
				in.GatewayIdentifier, in.TargetId = outer(p), last(p)
			}),
		Each("GetResourcePolicy", (*agentcore.Client).GetResourcePolicy, "GetGateway", "GatewayArn",
			func(in *agentcore.GetResourcePolicyInput, p []string) { in.ResourceArn = last(p) }, NoneWhen(noAgentPolicy), Optional()),
		List("ListMemories", (*agentcore.Client).ListMemories, nil, Optional()),
		Each("GetMemory", (*agentcore.Client).GetMemory, "ListMemories", "Memories.Id",
			func(in *agentcore.GetMemoryInput, p []string) { in.MemoryId = last(p) }),
		List("ListCodeInterpreters", (*agentcore.Client).ListCodeInterpreters, nil, Optional()),
		Each("GetCodeInterpreter", (*agentcore.Client).GetCodeInterpreter, "ListCodeInterpreters", "CodeInterpreterSummaries.CodeInterpreterId",
			func(in *agentcore.GetCodeInterpreterInput, p []string) { in.CodeInterpreterId = last(p) }),
		List("ListBrowsers", (*agentcore.Client).ListBrowsers, nil, Optional()),
		Each("GetBrowser", (*agentcore.Client).GetBrowser, "ListBrowsers", "BrowserSummaries.BrowserId",
			func(in *agentcore.GetBrowserInput, p []string) { in.BrowserId = last(p) }),
	},
	Facts: map[string]Mapper{
		"ListAgentRuntimes":    summaries(schema.AgentRuntime, "AWS::BedrockAgentCore::Runtime", "agentRuntimes", "agentRuntimeArn", "agentRuntimeName", "status"),
		"GetAgentRuntime":      mapAgentRuntime,
		"GetResourcePolicy":    mapAgentPolicy,
		"ListGateways":         names,
		"GetGateway":           mapAgentGateway,
		"ListGatewayTargets":   names,
		"GetGatewayTarget":     mapGatewayTarget,
		"ListMemories":         names,
		"GetMemory":            mapAgentMemory,
		"ListCodeInterpreters": summaries(schema.CodeInterpreter, "AWS::BedrockAgentCore::CodeInterpreter", "codeInterpreterSummaries", "codeInterpreterArn", "name", "status"),
		"GetCodeInterpreter":   mapCodeInterpreter,
		"ListBrowsers":         summaries(schema.Browser, "AWS::BedrockAgentCore::Browser", "browserSummaries", "browserArn", "name", "status"),
		"GetBrowser":           mapBrowser,
	},
}

const noAgentPolicy = "ResourceNotFoundException"

// agentNetwork is where AgentCore runs something.
type agentNetwork struct {
	NetworkMode                  string
	NetworkModeConfig, VpcConfig *vpcConfig
}

func (n agentNetwork) vpc() *vpcConfig {
	if n.VpcConfig != nil {
		return n.VpcConfig
	}
	return n.NetworkModeConfig
}

// agentState reads AgentCore's and Bedrock's states.
func agentState(status string) ingest.RunState {
	switch status {
	case "READY", "UPDATING", "ACTIVE", "PREPARED", "UPDATE_UNSUCCESSFUL", "UPDATE_FAILED", "NOT_PREPARED", "VERSIONING":
		return ingest.StateRunning
	case "CREATE_FAILED", "DELETING", "DELETE_FAILED", "DELETED", "FAILED", "DELETE_UNSUCCESSFUL":
		return ingest.StateStopped
	}
	return ingest.StateUnknown
}

// authorizer reads an AgentCore inbound authorisation. A runtime without an
// authorizer takes requests signed with IAM credentials ("Inbound Auth",
// Amazon Bedrock AgentCore Developer Guide, read 2026-11-23).
func authorizer(authorizerType string) (netaws.Auth, string) {
	switch authorizerType {
	case "NONE":
		return netaws.AuthNone, "none"
	case "AWS_IAM":
		return netaws.AuthIAM, "iam"
	case "CUSTOM_JWT":
		return netaws.AuthJWT, "jwt"
	}
	return netaws.AuthUnknown, ""
}

func mapAgentRuntime(m *Mapping, d ingest.Document) error {
	var v struct {
		AgentRuntimeArn, AgentRuntimeID, AgentRuntimeName, Status, RoleArn string
		NetworkConfiguration                                               agentNetwork
		AuthorizerConfiguration                                            struct{ CustomJWTAuthorizer json.RawMessage }
		ProtocolConfiguration                                              struct{ ServerProtocol string }
		EnvironmentVariables                                               map[string]json.RawMessage
		AgentRuntimeArtifact                                               struct {
			ContainerConfiguration *struct{ ContainerURI string }
			CodeConfiguration      *struct {
				Code struct {
					S3 *struct{ Bucket, Prefix string }
				}
			}
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	arn := v.AgentRuntimeArn
	if arn == "" {
		m.incomplete(d, "an agent runtime without agentRuntimeArn")
		return nil
	}
	d = in(d, arn)
	auth, word := netaws.AuthIAM, "iam"
	if c := string(v.AuthorizerConfiguration.CustomJWTAuthorizer); c != "" && c != "null" {
		auth, word = netaws.AuthJWT, "jwt"
	}
	m.resource(d, arn, schema.AgentRuntime, "AWS::BedrockAgentCore::Runtime", first(v.AgentRuntimeName, v.AgentRuntimeID)).
		Set(schema.PropStatus, v.Status).Set(schema.PropAuth, word).Set(schema.PropEndpointType, v.NetworkConfiguration.NetworkMode).
		Set(schema.PropRuntime, v.ProtocolConfiguration.ServerProtocol).Set(schema.PropVariables, sortedKeys(v.EnvironmentVariables)).
		Append(schema.PropSecretsFound, secretVariables(v.EnvironmentVariables)...)
	m.keysIn(d, arn, v.EnvironmentVariables)
	w := ingest.Workload{ID: arn, Kind: schema.AgentRuntime, Roles: role(d, v.RoleArn, "execution role"), State: agentState(v.Status), Instance: v.AgentRuntimeID,
		Attributes: agentAttributes(word, v.NetworkConfiguration.NetworkMode), Evidence: evidence(d, arn, "agent runtime "+v.AgentRuntimeName+" is "+v.Status)}
	if c := v.AgentRuntimeArtifact.ContainerConfiguration; c != nil {
		w.Code = append(w.Code, c.ContainerURI)
		w.Attributes[ingest.AttrMutableImage] = yesNo(mutableImage(c.ContainerURI))
	}
	if c := v.AgentRuntimeArtifact.CodeConfiguration; c != nil && c.Code.S3 != nil {
		w.Code = append(w.Code, "s3://"+c.Code.S3.Bucket+"/"+c.Code.S3.Prefix)
	}
	m.workload(d, w)
	m.agentPlaced(d, arn, "agentcore-runtime", v.AgentRuntimeID, v.NetworkConfiguration)
	f := m.door(d, arn, "agentcore-runtime", v.AgentRuntimeID)
	f.Name, f.Public, f.Auth = v.AgentRuntimeName, netaws.TriYes, auth
	f.Routes = []netaws.FrontRoute{{ID: "InvokeAgentRuntime", Auth: auth, Target: arn, Role: v.RoleArn, Live: netaws.TriOf(w.State != ingest.StateStopped)}}
	if f.Disabled = ""; w.State == ingest.StateStopped {
		f.Disabled = "runtime is " + v.Status
	}
	return nil
}

func agentAttributes(auth, mode string) map[ingest.Attribute]string {
	a := map[ingest.Attribute]string{ingest.AttrPassedTo: agentcorePrincipal}
	if auth != "" {
		a[ingest.AttrAuthorizer] = auth
	}
	if mode != "" {
		a[ingest.AttrNetworkMode] = mode
	}
	return a
}

// agentPlaced places what runs in a VPC. PUBLIC has a way to the internet by the
// service's own network (Amazon Bedrock AgentCore Control API Reference,
// NetworkConfiguration, networkMode, read 2026-11); of SANDBOX nothing is said.
func (m *Mapping) agentPlaced(d ingest.Document, arn, kind, id string, n agentNetwork) {
	p := n.vpc().placement()
	switch n.NetworkMode {
	case "PUBLIC":
		p.DirectInternet = netaws.TriYes
	case "VPC":
		p.DirectInternet = netaws.TriNo
	}
	p.Public = netaws.TriNo
	p.ID, p.Kind, p.Accepts = id, kind, netaws.TriNo // it is called through the service's own endpoint
	m.placed(d, arn, p)
}

func mapAgentPolicy(m *Mapping, d ingest.Document) error {
	var v struct{ Policy json.RawMessage }
	found, err := asked(d, &v, noAgentPolicy)
	if err != nil {
		return err
	}
	arn := d.Parameter()
	if !strings.HasPrefix(arn, "arn:") {
		return needsParameter(d, "the resource's ARN")
	}
	r := iamaws.Resource{ARN: arn, Account: in(d, arn).Account, Policy: iamaws.NoneOf[iamaws.Document]()}
	if found {
		r.Policy = m.policy(d, arn, arn, v.Policy)
	}
	m.AWSPermissions.AddResource(r)
	return nil
}

// agentGateways is what targets need of their gateway, by ARN.
type agentGateways struct{ role map[string]string }

func mapAgentGateway(m *Mapping, d ingest.Document) error {
	var v struct {
		GatewayArn, GatewayID, GatewayURL, Name, Status, RoleArn, AuthorizerType, ProtocolType, KmsKeyArn, WebACLArn string
		InterceptorConfigurations                                                                                    []struct {
			Interceptor struct{ Lambda struct{ Arn string } }
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	arn := v.GatewayArn
	if arn == "" {
		m.incomplete(d, "an AgentCore gateway without gatewayArn")
		return nil
	}
	d = in(d, arn)
	auth, word := authorizer(v.AuthorizerType)
	m.resource(d, arn, schema.AgentGateway, "AWS::BedrockAgentCore::Gateway", first(v.Name, v.GatewayID)).
		Set(schema.PropStatus, v.Status).Set(schema.PropAuth, word).Set(schema.PropDomain, host(v.GatewayURL)).Set(schema.PropRuntime, v.ProtocolType)
	m.encrypted(d, arn, v.KmsKeyArn)
	state := agentState(v.Status)
	m.workload(d, ingest.Workload{ID: arn, Kind: schema.AgentGateway, Roles: role(d, v.RoleArn, "service role"), State: state, Instance: v.GatewayID,
		Attributes: agentAttributes(word, ""), Evidence: evidence(d, arn, "gateway "+v.Name+" has the authorizer "+first(v.AuthorizerType, "(not said)"))})
	g := ingest.Memory[agentGateways](m.Facts)
	if g.role == nil {
		g.role = map[string]string{}
	}
	g.role[arn] = v.RoleArn
	f := m.door(d, arn, "agentcore-gateway", v.GatewayID)
	f.Name, f.Domain, f.Public, f.Auth = v.Name, host(v.GatewayURL), netaws.TriYes, auth
	if v.WebACLArn != "" {
		f.Gate = "web ACL"
	}
	if f.Disabled = ""; state == ingest.StateStopped {
		f.Disabled = "gateway is " + v.Status
	}
	for _, i := range v.InterceptorConfigurations {
		m.invokes(d, arn, v.RoleArn, i.Interceptor.Lambda.Arn, "interceptor")
	}
	return nil
}

// gatewayTarget is one target of a gateway: one member of Mcp is set.
type gatewayTarget struct {
	GatewayArn, TargetID, Name, Status string
	TargetConfiguration                struct {
		Mcp struct {
			Lambda                     *struct{ LambdaArn string }
			APIGateway                 *struct{ RestAPIID, Stage string }
			MCPServer                  *struct{ Endpoint string }
			OpenAPISchema, SmithyModel *struct {
				S3 *struct{ URI string }
			}
		}
	}
	CredentialProviderConfigurations []struct {
		CredentialProviderType string
		CredentialProvider     struct {
			OAuthCredentialProvider  *struct{ ProviderArn string }
			APIKeyCredentialProvider *struct{ ProviderArn string }
		}
	}
}

func mapGatewayTarget(m *Mapping, d ingest.Document) error {
	var v gatewayTarget
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.GatewayArn == "" || v.TargetID == "" {
		m.incomplete(d, "a gateway target without gatewayArn and targetId")
		return nil
	}
	gw := v.GatewayArn
	d = in(d, gw)
	m.Graph.Refer(gw, schema.AgentGateway)
	id := gw + "/target/" + v.TargetID
	n := m.resource(d, id, schema.AgentTool, "AWS::BedrockAgentCore::GatewayTarget", first(v.Name, v.TargetID)).Set(schema.PropStatus, v.Status)
	m.link(id, schema.PartOf, gw, schema.AgentGateway)
	mcp := v.TargetConfiguration.Mcp
	for _, s := range []*struct{ S3 *struct{ URI string } }{mcp.OpenAPISchema, mcp.SmithyModel} {
		if s != nil && s.S3 != nil {
			n.Set(schema.PropURI, s.S3.URI)
		}
	}
	if mcp.MCPServer != nil {
		n.Set(schema.PropDomain, host(mcp.MCPServer.Endpoint))
	}
	m.Later(func() {
		role := ingest.Memory[agentGateways](m.Facts).role[gw]
		route := netaws.FrontRoute{ID: first(v.Name, v.TargetID), Role: role, Live: netaws.TriOf(agentState(v.Status) != ingest.StateStopped)}
		switch {
		case mcp.Lambda != nil:
			route.Kind, route.Target = "lambda", lambdaARN(mcp.Lambda.LambdaArn)
			m.invokes(d, gw, role, mcp.Lambda.LambdaArn, route.ID)
			m.link(id, schema.Targets, route.Target, schema.Function)
		case mcp.APIGateway != nil && mcp.APIGateway.RestAPIID != "":
			route.Kind, route.Target = "api_gateway", schema.RestAPIARN(m.Partition, d.Region, mcp.APIGateway.RestAPIID)
			m.tool(d, ingest.ToolUse{Agent: gw, Tool: route.Target, ToolKind: schema.APIGateway, Role: role, Action: "execute-api:Invoke", Variant: route.ID})
		case mcp.MCPServer != nil:
			route.Kind, route.Target = "mcp_server", mcp.MCPServer.Endpoint
		case mcp.OpenAPISchema != nil:
			route.Kind = "openapi"
		case mcp.SmithyModel != nil:
			route.Kind = "smithy"
		}
		f := m.door(d, gw, "agentcore-gateway", strings.TrimPrefix(afterPart(gw, "gateway"), "/"))
		route.Auth = f.Auth
		f.Routes = append(f.Routes, route)
	})
	return nil
}

func mapAgentMemory(m *Mapping, d ingest.Document) error {
	var v struct {
		Memory struct{ Arn, ID, Name, Status, EncryptionKeyArn, MemoryExecutionRoleArn string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	x := v.Memory
	if x.Arn == "" {
		m.incomplete(d, "a memory without arn")
		return nil
	}
	d = in(d, x.Arn)
	m.resource(d, x.Arn, schema.AgentMemory, "AWS::BedrockAgentCore::Memory", first(x.Name, x.ID)).Set(schema.PropStatus, x.Status)
	m.AddStore(ingest.DataStore{ID: x.Arn, Kind: schema.AgentMemory, Account: d.Account, Region: d.Region, EncryptionKnown: true, Evidence: evidence(d, x.Arn, "memory "+x.Name)})
	m.encrypted(d, x.Arn, x.EncryptionKeyArn)
	if x.MemoryExecutionRoleArn != "" {
		m.link(x.Arn, schema.HasRole, x.MemoryExecutionRoleArn, schema.Role)
	}
	return nil
}

// sandbox is a code interpreter or browser.
type sandbox struct {
	Name, Status, ExecutionRoleArn string
	NetworkConfiguration           agentNetwork
}

func (m *Mapping) sandbox(d ingest.Document, arn, id string, kind schema.NodeKind, awsType, placement string, s sandbox) {
	d = in(d, arn)
	m.resource(d, arn, kind, awsType, first(s.Name, id)).Set(schema.PropStatus, s.Status).Set(schema.PropEndpointType, s.NetworkConfiguration.NetworkMode)
	m.workload(d, ingest.Workload{ID: arn, Kind: kind, Roles: role(d, s.ExecutionRoleArn, "execution role"), State: agentState(s.Status), Instance: id,
		Attributes: agentAttributes("iam", s.NetworkConfiguration.NetworkMode), Evidence: evidence(d, arn, s.Name+" is "+s.Status)})
	m.agentPlaced(d, arn, placement, id, s.NetworkConfiguration)
}

func mapCodeInterpreter(m *Mapping, d ingest.Document) error {
	var v struct {
		CodeInterpreterArn, CodeInterpreterID string
		sandbox
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.CodeInterpreterArn == "" {
		m.incomplete(d, "a code interpreter without codeInterpreterArn")
		return nil
	}
	m.sandbox(d, v.CodeInterpreterArn, v.CodeInterpreterID, schema.CodeInterpreter, "AWS::BedrockAgentCore::CodeInterpreter", "agentcore-code-interpreter", v.sandbox)
	return nil
}

func mapBrowser(m *Mapping, d ingest.Document) error {
	var v struct {
		BrowserArn, BrowserID string
		Recording             struct {
			Enabled    bool
			S3Location struct{ Bucket, Prefix string }
		}
		sandbox
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.BrowserArn == "" {
		m.incomplete(d, "a browser without browserArn")
		return nil
	}
	m.sandbox(d, v.BrowserArn, v.BrowserID, schema.Browser, "AWS::BedrockAgentCore::Browser", "agentcore-browser", v.sandbox)
	if r := v.Recording; r.Enabled && r.S3Location.Bucket != "" {
		m.logs(in(d, v.BrowserArn), v.BrowserArn, schema.Browser, "s3://"+r.S3Location.Bucket+"/"+r.S3Location.Prefix, "recordings")
	}
	return nil
}

package ingest

import (
	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// RunState says whether a workload runs now.
type RunState string

// Run states. The zero value means that no document tells.
const (
	StateUnknown  RunState = ""
	StateRunning  RunState = "running"   // InService, running, Active
	StateStopped  RunState = "stopped"   // stopped, failed, deleting
	StateOnDemand RunState = "on_demand" // runs when triggered: functions, job definitions
	StateFinished RunState = "finished"  // a run that is over: training jobs
)

// Workload is something that runs code with an identity: an instance, a
// function, a notebook, a job, an agent. Attack techniques that start or take
// over compute are rows over workloads by kind, so a new resource type needs a
// Workload and no new code.
type Workload struct {
	ID              string // node id
	Kind            schema.NodeKind
	Account, Region string
	// Roles are the identities its code obtains.
	Roles []RoleUse
	State RunState
	// Instance is the native id by which the network inventory knows it
	// (i-…, function name …), if it has one there.
	Instance string
	// IMDS of virtual machines: optional, required, disabled, or "" when not
	// known.
	IMDS string
	// Attributes are what single techniques ask for and no other: a key of
	// the constants below. Absent means not known.
	Attributes map[Attribute]string
	// Code lists where its code or model comes from: s3:// URIs, image
	// references, function package locations.
	Code []string
	// Evidence is the document that describes it.
	Evidence graph.Evidence
}

// Attribute is a fact about a workload that single techniques ask for.
type Attribute string

// Attributes. Values "true" and "false" unless said otherwise.
const (
	AttrSSMManaged      Attribute = "ssm_managed"       // Systems Manager's agent is online
	AttrDirectInternet  Attribute = "direct_internet"   // notebook: DirectInternetAccess
	AttrLifecycleConfig Attribute = "lifecycle_config"  // notebook: name of the attached lifecycle configuration
	AttrRootAccess      Attribute = "root_access"       // notebook: RootAccess
	AttrExecEnabled     Attribute = "exec_enabled"      // ECS: execute command
	AttrAuthorizer      Attribute = "authorizer"        // AgentCore: inbound authorisation, none | iam | jwt
	AttrNetworkMode     Attribute = "network_mode"      // AgentCore, Studio: PUBLIC, VPC, SANDBOX, PublicInternetOnly, VpcOnly; ECS: awsvpc, bridge, host, none
	AttrMutableImage    Attribute = "mutable_image"     // runs an image by a tag that can be moved
	AttrHost            Attribute = "host"              // ECS: node id of the machine the task runs on
	AttrDomainID        Attribute = "domain_id"         // Studio: domain of a user profile or space
	AttrPassedTo        Attribute = "passed_to_service" // service principal that runs it, e.g. sagemaker.amazonaws.com
	AttrFollowsLatest   Attribute = "follows_latest"    // launch template: a group starts machines from its latest version
	AttrFollowsDefault  Attribute = "follows_default"   // launch template: a group starts machines from its default version
)

// RoleUse is an identity that a workload's code obtains.
type RoleUse struct {
	Role string // ARN
	// Via says how: "execution role", "instance profile", "task role".
	Via      string
	Evidence graph.Evidence
}

// ToolUse says that an agent, gateway or pipeline acts through something: a
// Lambda function, a knowledge base, a collaborator.
type ToolUse struct {
	Agent, Tool string // node ids
	ToolKind    schema.NodeKind
	// Role is the identity that makes the call, when it is not the agent's only
	// one; the permission engine checks it. Empty: the agent's roles.
	Role string
	// Action is what the call needs on the tool, e.g. lambda:InvokeFunction;
	// empty when no permission of the role is asked for.
	Action   string
	Variant  string // name of the action group or target
	Evidence graph.Evidence
}

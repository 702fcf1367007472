package schema

import "slices"

// NodeKind is the cross-cloud noun for a node, e.g. Bucket for an S3 bucket and
// for a Cloud Storage bucket. Each node has exactly one kind; the provider's own
// type is the property resource_type.
type NodeKind string

// Category is a label that many kinds share. A node carries its kind and all
// categories of its kind as labels.
type Category string

// Categories. Container nodes are never steps of a path.
const (
	Asset       Category = "Asset"
	AIResource  Category = "AIResource"
	Workload    Category = "Workload"
	Principal   Category = "Principal"
	DataStore   Category = "DataStore"
	NetworkNode Category = "NetworkNode"
	Secret      Category = "Secret"
	Container   Category = "Container"
)

// CategoryInfo is one row of the table of categories.
type CategoryInfo struct {
	Name Category
	Doc  string
}

var categories = []CategoryInfo{
	{Asset, "Every node."},
	{AIResource, "Part of building, holding or serving a model or an agent."},
	{Workload, "Runs code, its own or a customer's, usually with an identity."},
	{Principal, "Can act: holds or receives permissions."},
	{DataStore, "Holds data that outlives a process."},
	{NetworkNode, "Carries, filters or addresses traffic."},
	{Secret, "A credential, or what protects one."},
	{Container, "Holds other resources; never a step of a path."},
}

// Labels of single nodes, beside kind and categories. They mark what path
// questions start from and end at.
const (
	// LabelEntry marks where an attacker starts without an invitation.
	LabelEntry = "Entry"
	// LabelTrainingData marks data stores whose training_data is not none.
	LabelTrainingData = "TrainingData"
)

// Node kinds. The table below gives each its categories and meaning.
const (
	Notebook              NodeKind = "Notebook"
	TrainingJob           NodeKind = "TrainingJob"
	ProcessingJob         NodeKind = "ProcessingJob"
	TuningJob             NodeKind = "TuningJob"
	BatchJob              NodeKind = "BatchJob"
	Pipeline              NodeKind = "Pipeline"
	Model                 NodeKind = "Model"
	ModelPackage          NodeKind = "ModelPackage"
	ModelRegistry         NodeKind = "ModelRegistry"
	ModelEndpoint         NodeKind = "ModelEndpoint"
	EndpointConfig        NodeKind = "EndpointConfig"
	Agent                 NodeKind = "Agent"
	AgentTool             NodeKind = "AgentTool"
	AgentRuntime          NodeKind = "AgentRuntime"
	AgentGateway          NodeKind = "AgentGateway"
	AgentMemory           NodeKind = "AgentMemory"
	CodeInterpreter       NodeKind = "CodeInterpreter"
	Browser               NodeKind = "Browser"
	KnowledgeBase         NodeKind = "KnowledgeBase"
	VectorIndex           NodeKind = "VectorIndex"
	Guardrail             NodeKind = "Guardrail"
	Prompt                NodeKind = "Prompt"
	Flow                  NodeKind = "Flow"
	FoundationModel       NodeKind = "FoundationModel"
	CustomizationJob      NodeKind = "CustomizationJob"
	ProvisionedThroughput NodeKind = "ProvisionedThroughput"
	InferenceProfile      NodeKind = "InferenceProfile"
	FeatureStore          NodeKind = "FeatureStore"
	Dataset               NodeKind = "Dataset"
	AIAccount             NodeKind = "AIAccount"
	AIDeployment          NodeKind = "AIDeployment"
	AIProject             NodeKind = "AIProject"
	AIWorkspace           NodeKind = "AIWorkspace"
	AICompute             NodeKind = "AICompute"
	AIDomain              NodeKind = "AIDomain"
	AIUserProfile         NodeKind = "AIUserProfile"
	AISpace               NodeKind = "AISpace"
	LabelingJob           NodeKind = "LabelingJob"
	Experiment            NodeKind = "Experiment"
	InvocationLog         NodeKind = "InvocationLog"

	VirtualMachine    NodeKind = "VirtualMachine"
	LaunchTemplate    NodeKind = "LaunchTemplate"
	Function          NodeKind = "Function"
	ContainerService  NodeKind = "ContainerService"
	ContainerTask     NodeKind = "ContainerTask"
	KubernetesCluster NodeKind = "KubernetesCluster"
	ServerlessApp     NodeKind = "ServerlessApp"
	BuildProject      NodeKind = "BuildProject"
	StateMachine      NodeKind = "StateMachine"
	ETLJob            NodeKind = "ETLJob"

	Bucket            NodeKind = "Bucket"
	Database          NodeKind = "Database"
	Warehouse         NodeKind = "Warehouse"
	Table             NodeKind = "Table"
	FileSystem        NodeKind = "FileSystem"
	Queue             NodeKind = "Queue"
	ContainerRegistry NodeKind = "ContainerRegistry"
	Snapshot          NodeKind = "Snapshot"

	User              NodeKind = "User"
	Group             NodeKind = "Group"
	Role              NodeKind = "Role"
	ServiceAccount    NodeKind = "ServiceAccount"
	ManagedIdentity   NodeKind = "ManagedIdentity"
	ServicePrincipal  NodeKind = "ServicePrincipal"
	FederatedProvider NodeKind = "FederatedProvider"
	ExternalPrincipal NodeKind = "ExternalPrincipal"
	Policy            NodeKind = "Policy"
	Capability        NodeKind = "Capability"

	Internet         NodeKind = "Internet"
	VirtualNetwork   NodeKind = "VirtualNetwork"
	Subnet           NodeKind = "Subnet"
	SecurityGroup    NodeKind = "SecurityGroup"
	NetworkACL       NodeKind = "NetworkACL"
	RouteTable       NodeKind = "RouteTable"
	Gateway          NodeKind = "Gateway"
	LoadBalancer     NodeKind = "LoadBalancer"
	NetworkInterface NodeKind = "NetworkInterface"
	PublicAddress    NodeKind = "PublicAddress"
	PrivateEndpoint  NodeKind = "PrivateEndpoint"
	FirewallRule     NodeKind = "FirewallRule"
	APIGateway       NodeKind = "APIGateway"
	CDN              NodeKind = "CDN"

	SecretValue   NodeKind = "SecretValue"
	EncryptionKey NodeKind = "EncryptionKey"
	AccessKey     NodeKind = "AccessKey"

	Organization       NodeKind = "Organization"
	OrganizationalUnit NodeKind = "OrganizationalUnit"
	Account            NodeKind = "Account"
	Subscription       NodeKind = "Subscription"
	Project            NodeKind = "Project"
	Folder             NodeKind = "Folder"
	ManagementGroup    NodeKind = "ManagementGroup"
	ResourceGroup      NodeKind = "ResourceGroup"
	Region             NodeKind = "Region"
)

// NodeKindInfo is one row of the table of node kinds.
type NodeKindInfo struct {
	Name NodeKind
	// Categories besides Asset, sorted.
	Categories []Category
	Doc        string
}

var nodeKinds = []NodeKindInfo{
	{Notebook, cats(AIResource, Workload), "A managed notebook server (SageMaker notebook instance, Vertex AI Workbench)."},
	{TrainingJob, cats(AIResource, Workload), "One run that trains a model from its input channels."},
	{ProcessingJob, cats(AIResource, Workload), "One run that prepares, checks or explains data."},
	{TuningJob, cats(AIResource, Workload), "A search over training jobs with different settings."},
	{BatchJob, cats(AIResource, Workload), "Inference over stored data (batch transform, batch prediction)."},
	{Pipeline, cats(AIResource, Workload), "A graph of steps that builds models."},
	{Model, cats(AIResource), "A model: containers, artifacts and how they are run."},
	{ModelPackage, cats(AIResource), "A registered version of a model."},
	{ModelRegistry, cats(AIResource), "A group of model versions."},
	{ModelEndpoint, cats(AIResource, Workload), "A model that answers requests."},
	{EndpointConfig, cats(AIResource), "Which models, in which variants, an endpoint serves."},
	{Agent, cats(AIResource, Workload), "A model that plans and calls tools."},
	{AgentTool, cats(AIResource), "What an agent may call: an action group, a gateway target."},
	{AgentRuntime, cats(AIResource, Workload), "Hosts an agent's code."},
	{AgentGateway, cats(AIResource, Workload), "Offers tools to agents over a protocol such as MCP."},
	{AgentMemory, cats(AIResource, DataStore), "What an agent remembers between sessions."},
	{CodeInterpreter, cats(AIResource, Workload), "A sandbox that runs code an agent wrote."},
	{Browser, cats(AIResource, Workload), "A browser that an agent drives."},
	{KnowledgeBase, cats(AIResource, Workload), "Retrieves passages of its data sources for a model."},
	{VectorIndex, cats(AIResource, DataStore), "Stores embeddings, and usually the text they were made of."},
	{Guardrail, cats(AIResource), "Filters what goes into and comes out of a model."},
	{Prompt, cats(AIResource), "A stored prompt."},
	{Flow, cats(AIResource, Workload), "A graph of prompts, models and tools."},
	{FoundationModel, cats(AIResource), "A model the provider or a vendor trained."},
	{CustomizationJob, cats(AIResource, Workload), "One run that fine-tunes a foundation model."},
	{ProvisionedThroughput, cats(AIResource), "Reserved capacity of a model."},
	{InferenceProfile, cats(AIResource), "Routes invocations to models in one or more regions."},
	{FeatureStore, cats(AIResource, DataStore), "Features for training and serving."},
	{Dataset, cats(AIResource, DataStore), "A registered data set."},
	{AIAccount, cats(AIResource), "An Azure OpenAI or AI services account."},
	{AIDeployment, cats(AIResource), "A model deployed in an AI account."},
	{AIProject, cats(AIResource), "A project of an AI platform."},
	{AIWorkspace, cats(AIResource), "A machine-learning workspace."},
	{AICompute, cats(AIResource, Workload), "Compute that belongs to an AI platform."},
	{AIDomain, cats(AIResource), "A SageMaker Studio domain."},
	{AIUserProfile, cats(AIResource, Workload), "A user's place in a Studio domain; its apps run with its role."},
	{AISpace, cats(AIResource, Workload), "A shared or private space of a Studio domain."},
	{LabelingJob, cats(AIResource, Workload), "People or models label data."},
	{Experiment, cats(AIResource), "A record of runs."},
	{InvocationLog, cats(AIResource, DataStore), "Prompts and completions, or captured inference data."},

	{VirtualMachine, cats(Workload), "A virtual machine."},
	{LaunchTemplate, cats(Workload), "Starts virtual machines: a launch template or configuration, or the Auto Scaling group that takes it."},
	{Function, cats(Workload), "A serverless function."},
	{ContainerService, cats(Workload), "A long-running container service."},
	{ContainerTask, cats(Workload), "A container task or its definition."},
	{KubernetesCluster, cats(Workload), "A Kubernetes cluster."},
	{ServerlessApp, cats(Workload), "A managed web application."},
	{BuildProject, cats(Workload), "Builds and runs code on demand."},
	{StateMachine, cats(Workload), "A workflow."},
	{ETLJob, cats(Workload), "Moves and transforms data."},

	{Bucket, cats(DataStore), "An object store."},
	{Database, cats(DataStore), "A database."},
	{Warehouse, cats(DataStore), "A data warehouse."},
	{Table, cats(DataStore), "A table outside a server of one's own."},
	{FileSystem, cats(DataStore), "A shared file system."},
	{Queue, cats(DataStore), "A queue or topic."},
	{ContainerRegistry, cats(DataStore), "A container image repository."},
	{Snapshot, cats(DataStore), "A copy of a disk or database at one time."},

	{User, cats(Principal), "A user of the cloud account itself."},
	{Group, cats(Principal), "A group of users."},
	{Role, cats(Principal), "An identity that others assume."},
	{ServiceAccount, cats(Principal), "A Google Cloud service account."},
	{ManagedIdentity, cats(Principal), "An Azure managed identity."},
	{ServicePrincipal, cats(Principal), "An application's identity, or a cloud service as a caller."},
	{FederatedProvider, cats(Principal), "An OIDC or SAML identity provider."},
	{ExternalPrincipal, cats(Principal), "Someone outside the organisation, named or symbolic."},
	{Policy, nil, "A managed policy document."},
	{Capability, cats(Principal), "What a self-escalated principal has gained, i.e. account admin, or what many principals of an account may do alike."},

	{Internet, cats(NetworkNode, Principal), "Anyone, without credentials."},
	{VirtualNetwork, cats(Container, NetworkNode), "A virtual network."},
	{Subnet, cats(Container, NetworkNode), "A subnet."},
	{SecurityGroup, cats(NetworkNode), "A stateful packet filter on interfaces."},
	{NetworkACL, cats(NetworkNode), "A stateless packet filter on subnets."},
	{RouteTable, cats(NetworkNode), "Routes of subnets."},
	{Gateway, cats(NetworkNode), "Joins networks: internet, NAT, transit, VPN gateway, peering."},
	{LoadBalancer, cats(NetworkNode), "Hands requests to targets."},
	{NetworkInterface, cats(NetworkNode), "A network interface."},
	{PublicAddress, cats(NetworkNode), "A public address."},
	{PrivateEndpoint, cats(NetworkNode), "A private way to a service."},
	{FirewallRule, cats(NetworkNode), "A firewall rule or policy."},
	{APIGateway, cats(NetworkNode), "A front door for APIs."},
	{CDN, cats(NetworkNode), "A content delivery network's distribution."},

	{SecretValue, cats(Secret), "A stored secret or secret parameter."},
	{EncryptionKey, cats(Secret), "A key of a key management service."},
	{AccessKey, cats(Secret), "A long-lived access key."},

	{Organization, cats(Container), "An AWS organisation or Google Cloud organisation."},
	{OrganizationalUnit, cats(Container), "A part of an AWS organisation."},
	{Account, cats(Container), "An AWS account."},
	{Subscription, cats(Container), "An Azure subscription."},
	{Project, cats(Container), "A Google Cloud project."},
	{Folder, cats(Container), "A Google Cloud folder."},
	{ManagementGroup, cats(Container), "An Azure management group."},
	{ResourceGroup, cats(Container), "An Azure resource group."},
	{Region, cats(Container), "A region."},
}

func cats(c ...Category) []Category { slices.Sort(c); return c }

var nodeKindIndex = func() map[NodeKind]NodeKindInfo {
	m := make(map[NodeKind]NodeKindInfo, len(nodeKinds))
	for _, k := range nodeKinds {
		m[k.Name] = k
	}
	return m
}()

// Categories returns all categories, in table order.
func Categories() []CategoryInfo { return slices.Clone(categories) }

// NodeKinds returns all node kinds, in table order.
func NodeKinds() []NodeKindInfo { return slices.Clone(nodeKinds) }

// Known reports whether k is in the table.
func (k NodeKind) Known() bool { _, ok := nodeKindIndex[k]; return ok }

// In reports whether k has category c. Every known kind is an Asset.
func (k NodeKind) In(c Category) bool {
	info, ok := nodeKindIndex[k]
	return ok && (c == Asset || slices.Contains(info.Categories, c))
}

// Labels returns the labels every node of kind k carries: the kind, Asset and
// the kind's categories, sorted.
func (k NodeKind) Labels() []string {
	out := []string{string(k), string(Asset)}
	for _, c := range nodeKindIndex[k].Categories {
		out = append(out, string(c))
	}
	slices.Sort(out)
	return out
}

// NodeLabels returns every label a node can have, sorted.
func NodeLabels() []string {
	out := []string{LabelEntry, LabelTrainingData}
	for _, c := range categories {
		out = append(out, string(c.Name))
	}
	for _, k := range nodeKinds {
		out = append(out, string(k.Name))
	}
	slices.Sort(out)
	return out
}

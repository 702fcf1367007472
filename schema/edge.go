package schema

import "slices"

// EdgeKind is the type of an edge: an attack edge or a fact.
type EdgeKind string

// Attack edge kinds: the only edges a path may use. Each is a net gain for an
// attacker.
const (
	Exposes     EdgeKind = "EXPOSES"
	NetReaches  EdgeKind = "NET_REACHES"
	RunsAs      EdgeKind = "RUNS_AS"
	Assumes     EdgeKind = "ASSUMES"
	Escalates   EdgeKind = "ESCALATES"
	LaunchesAs  EdgeKind = "LAUNCHES_AS"
	ExecutesOn  EdgeKind = "EXECUTES_ON"
	ReadsSecret EdgeKind = "READS_SECRET"
	Controls    EdgeKind = "CONTROLS"
	ReadsData   EdgeKind = "READS_DATA"
	WritesData  EdgeKind = "WRITES_DATA"
	InvokesAI   EdgeKind = "INVOKES_AI"
	AIActsAs    EdgeKind = "AI_ACTS_AS"
	Derives     EdgeKind = "DERIVES"
)

// Fact edge kinds: what is configured. Never steps of a path.
const (
	InAccount        EdgeKind = "IN_ACCOUNT"
	InNetwork        EdgeKind = "IN_NETWORK"
	InSubnet         EdgeKind = "IN_SUBNET"
	HasInterface     EdgeKind = "HAS_INTERFACE"
	HasSecurityGroup EdgeKind = "HAS_SECURITY_GROUP"
	HasAddress       EdgeKind = "HAS_ADDRESS"
	RoutesTo         EdgeKind = "ROUTES_TO"
	Targets          EdgeKind = "TARGETS"
	MemberOf         EdgeKind = "MEMBER_OF"
	HasPolicy        EdgeKind = "HAS_POLICY"
	HasBoundary      EdgeKind = "HAS_BOUNDARY"
	Trusts           EdgeKind = "TRUSTS"
	HasRole          EdgeKind = "HAS_ROLE"
	EncryptedBy      EdgeKind = "ENCRYPTED_BY"
	LogsTo           EdgeKind = "LOGS_TO"
	TrainedOn        EdgeKind = "TRAINED_ON"
	Produced         EdgeKind = "PRODUCED"
	Serves           EdgeKind = "SERVES"
	UsesModel        EdgeKind = "USES_MODEL"
	UsesTool         EdgeKind = "USES_TOOL"
	Grounds          EdgeKind = "GROUNDS"
	StoredIn         EdgeKind = "STORED_IN"
	RunsImage        EdgeKind = "RUNS_IMAGE"
	DerivedFrom      EdgeKind = "DERIVED_FROM"
	GuardedBy        EdgeKind = "GUARDED_BY"
	PartOf           EdgeKind = "PART_OF"
)

// EdgeKindInfo is one row of the table of edge kinds.
type EdgeKindInfo struct {
	Name EdgeKind
	// Attack is true for attack edges, false for facts.
	Attack bool
	// Lineage is true for facts that say where AI data comes from and goes
	// to; they carry confidence.
	Lineage bool
	// From and To say what stands at each end.
	From, To string
	// Verb joins the ends of an attack edge in a sentence: FROM verb TO.
	Verb string
	Doc  string
}

var edgeKinds = []EdgeKindInfo{
	{Exposes, true, false, "Internet or an outside zone", "asset", "reaches", "Reachable or usable by an unauthenticated outsider."},
	{NetReaches, true, false, "workload or zone", "workload, data store or endpoint", "connects to", "Can open a useful connection."},
	{RunsAs, true, false, "workload", "identity", "runs as", "Code in the workload obtains this identity."},
	{Assumes, true, false, "identity", "identity", "assumes", "Becomes the identity, without changing a policy."},
	{Escalates, true, false, "identity", "identity or capability", "escalates to", "Changes policy, membership or trust to gain the target."},
	{LaunchesAs, true, false, "identity", "identity", "launches compute as", "Starts new compute that runs as the identity."},
	{ExecutesOn, true, false, "identity", "workload", "runs code on", "Runs code on existing compute."},
	{ReadsSecret, true, false, "identity or workload", "credential", "reads the secret", "Obtains a credential for something else."},
	{Controls, true, false, "identity", "resource", "takes control of", "Can rewrite a resource's policy, keys or network so that access follows."},
	{ReadsData, true, false, "identity, workload or outsider", "data store or model", "reads", "Takes the data out."},
	{WritesData, true, false, "identity, workload or outsider", "data store or model", "writes to", "Changes the data: poisoning."},
	{InvokesAI, true, false, "identity or outsider", "model or agent", "invokes", "Can query a model or an agent."},
	{AIActsAs, true, false, "agent, gateway or pipeline", "identity or tool", "acts through", "Acts with this identity, or through this tool."},
	{Derives, true, false, "model, index or log", "data store", "tells of", "Holding the one yields information from the other."},

	{InAccount, false, false, "resource", "environment", "", "Belongs to an environment."},
	{InNetwork, false, false, "resource", "virtual network", "", "Lies in a network."},
	{InSubnet, false, false, "resource", "subnet", "", "Lies in a subnet."},
	{HasInterface, false, false, "workload", "network interface", "", "Has this interface."},
	{HasSecurityGroup, false, false, "interface or workload", "security group", "", "Is filtered by the group."},
	{HasAddress, false, false, "interface", "public address", "", "Has this address."},
	{RoutesTo, false, false, "subnet or route table", "gateway", "", "Has a route to it."},
	{Targets, false, false, "front door", "workload", "", "Hands requests to it."},
	{MemberOf, false, false, "user", "group", "", "Is a member."},
	{HasPolicy, false, false, "principal", "policy", "", "The policy is attached."},
	{HasBoundary, false, false, "principal", "policy", "", "The policy limits it."},
	{Trusts, false, false, "role", "principal", "", "The trust policy names it."},
	{HasRole, false, false, "workload", "identity", "", "Is configured to run with it."},
	{EncryptedBy, false, false, "resource", "key", "", "Is encrypted under the key."},
	{LogsTo, false, true, "AI resource", "log store", "", "Writes prompts, completions or captured data there."},
	{TrainedOn, false, true, "job or model", "data store", "", "Reads it as training, tuning or validation input."},
	{Produced, false, true, "job", "model or data store", "", "Wrote it."},
	{Serves, false, true, "endpoint or its configuration", "model", "", "Serves the model."},
	{UsesModel, false, true, "agent, job or knowledge base", "model", "", "Calls the model."},
	{UsesTool, false, true, "agent or gateway", "tool", "", "May call the tool."},
	{Grounds, false, true, "data store or knowledge base", "agent or knowledge base", "", "Gives it facts to answer from."},
	{StoredIn, false, true, "model, index or dataset", "data store", "", "Its bytes lie there."},
	{RunsImage, false, true, "workload or model", "container registry", "", "Runs an image from it."},
	{DerivedFrom, false, true, "model", "model", "", "Was fine-tuned or imported from it."},
	{GuardedBy, false, true, "agent or model", "guardrail", "", "Its traffic passes the guardrail."},
	{PartOf, false, false, "resource", "resource", "", "Is a part of it."},
}

var edgeKindIndex = func() map[EdgeKind]EdgeKindInfo {
	m := make(map[EdgeKind]EdgeKindInfo, len(edgeKinds))
	for _, k := range edgeKinds {
		m[k.Name] = k
	}
	return m
}()

// EdgeKinds returns all edge kinds, attack edges first, in table order.
func EdgeKinds() []EdgeKindInfo { return slices.Clone(edgeKinds) }

// Verb joins the ends of an attack edge in a sentence: FROM verb TO.
func (k EdgeKind) Verb() string { return edgeKindIndex[k].Verb }

// AttackEdgeKinds returns the kinds a path may use, in table order.
func AttackEdgeKinds() []EdgeKind {
	var out []EdgeKind
	for _, k := range edgeKinds {
		if k.Attack {
			out = append(out, k.Name)
		}
	}
	return out
}

// Known reports whether k is in the table.
func (k EdgeKind) Known() bool { _, ok := edgeKindIndex[k]; return ok }

// Attack reports whether a path may use edges of kind k.
func (k EdgeKind) Attack() bool { return edgeKindIndex[k].Attack }

// Lineage reports whether k says where AI data comes from or goes to.
func (k EdgeKind) Lineage() bool { return edgeKindIndex[k].Lineage }

package schema

import "slices"

// PropertyType is the type of a property's values. Maps and mixed lists are
// not among them: Neo4j cannot store them.
type PropertyType string

// Property types.
const (
	String     PropertyType = "string"
	Bool       PropertyType = "bool"
	Integer    PropertyType = "integer"
	Float      PropertyType = "float"
	StringList PropertyType = "list<string>"
)

// Property is a property key of nodes, edges or both. Values are one row each
// of the table below, which is their only home.
type Property struct {
	Name    string
	Type    PropertyType
	Node    bool // on nodes
	Edge    bool // on edges
	Indexed bool // stores look nodes up by it
	Doc     string
}

// Key is the name, for use in maps.
func (p *Property) Key() string { return p.Name }

var properties []*Property

func nodeProp(name string, t PropertyType, doc string) *Property {
	return addProp(Property{Name: name, Type: t, Node: true, Doc: doc})
}

func indexedProp(name string, t PropertyType, doc string) *Property {
	return addProp(Property{Name: name, Type: t, Node: true, Indexed: true, Doc: doc})
}

func edgeProp(name string, t PropertyType, doc string) *Property {
	return addProp(Property{Name: name, Type: t, Edge: true, Doc: doc})
}

func bothProp(name string, t PropertyType, doc string) *Property {
	return addProp(Property{Name: name, Type: t, Node: true, Edge: true, Doc: doc})
}

func addProp(p Property) *Property { properties = append(properties, &p); return &p }

// Properties of every node. PropID and PropKind are set by the graph itself.
var (
	PropID           = indexedProp("id", String, "The cloud's own id: an ARN, an Azure resource id in lower case, a Google Cloud full resource name, or a synthetic id. Unique.")
	PropKind         = indexedProp("kind", String, "The node's kind.")
	PropName         = indexedProp("name", String, "What people call it.")
	PropResourceType = nodeProp("resource_type", String, "The provider's own type, e.g. AWS::SageMaker::NotebookInstance.")
	PropEnvironment  = indexedProp("environment", String, "Id of the AWS account, Azure subscription or Google Cloud project it belongs to.")
	PropRegion       = nodeProp("region", String, "The region, empty for global resources.")
	PropCollected    = nodeProp("collected", Bool, "False: something refers to it, and no document describes it; nothing is known of it.")
	PropGaps         = nodeProp("gaps", StringList, "What could not be read or decided about this node, one sentence each.")
	PropTags         = nodeProp("tags", StringList, "Tags as key=value, sorted; values that look like secrets are replaced.")
	PropStatus       = nodeProp("status", String, "State in the provider's words, e.g. InService, Stopped.")
)

// Properties of data.
var (
	PropTrainingData     = nodeProp("training_data", String, "declared, derived, heuristic or none: whether models are trained on, or grounded in, what is stored here.")
	PropTrainingDataWhy  = nodeProp("training_data_why", StringList, "The lineage that makes it training data, one sentence each.")
	PropSensitivity      = nodeProp("sensitivity", String, "restricted, confidential, internal, public or unknown.")
	PropSensitivitySrc   = nodeProp("sensitivity_source", String, "tag, classifier or propagation.")
	PropEncryption       = nodeProp("encryption", String, "sse-s3, sse-kms, dsse-kms, none, or unknown.")
	PropKMSKey           = nodeProp("kms_key", String, "ARN or id of the key that encrypts it.")
	PropPublicAccess     = nodeProp("block_public_access", String, "What of S3 Block Public Access is on: all, some, none or unknown.")
	PropObjectOwnership  = nodeProp("object_ownership", String, "S3 object ownership setting.")
	PropOwnerAccount     = nodeProp("owner_account", String, "The account that owns it when that is not the account that refers to it.")
	PropSecretsFound     = nodeProp("secrets_found", StringList, "Where something that looks like a credential stands, and of what type; never its value.")
	PropDirectInternet   = nodeProp("direct_internet_access", Bool, "The notebook has a way out to the internet of its own.")
	PropRootAccess       = nodeProp("root_access", Bool, "Users of the notebook are root.")
	PropNetworkIsolation = nodeProp("network_isolation", Bool, "Containers may not call out.")
	PropIMDS             = nodeProp("imds", String, "optional: IMDSv1 answers; required: only IMDSv2; disabled; unknown.")
	PropHopLimit         = nodeProp("imds_hop_limit", Integer, "Hops an instance metadata answer may take.")
	PropRuntime          = nodeProp("runtime", String, "Language runtime, engine or framework.")
	PropEndpointType     = nodeProp("endpoint_type", String, "REGIONAL, EDGE, PRIVATE; internet-facing, internal.")
	PropAuth             = nodeProp("auth", String, "How a front door knows its callers: none, iam, jwt, lambda, api_key, …")
	PropDomain           = nodeProp("domain", String, "The DNS name it answers to.")
	PropAddress          = nodeProp("address", StringList, "IP addresses.")
	PropPrivateAddress   = nodeProp("private_address", StringList, "Private IP addresses.")
	PropCIDR             = nodeProp("cidr", StringList, "Address ranges.")
	PropServiceName      = nodeProp("service", String, "The provider's service, e.g. com.amazonaws.us-east-1.s3.")
	PropURI              = bothProp("uri", String, "Location of data or code, e.g. s3://bucket/prefix.")
	PropVariables        = nodeProp("variables", StringList, "Names of environment variables, sorted; never their values.")
	PropCreated          = nodeProp("created", String, "Creation time, RFC 3339, UTC.")
)

// Properties of principals.
var (
	PropUniqueID      = nodeProp("unique_id", String, "The provider's id that a re-created principal does not inherit.")
	PropTrustsPublic  = nodeProp("trusts_public", Bool, "The trust policy lets outsiders in.")
	PropHasAdmin      = nodeProp("admin", Bool, "Allowed every action on every resource of its account.")
	PropServiceLinked = nodeProp("service_linked", Bool, "Managed by an AWS service.")
)

// Properties of AI resources.
var (
	PropFramework   = nodeProp("framework", String, "Training image or algorithm.")
	PropProduction  = nodeProp("production", Bool, "An endpoint or agent serves it.")
	PropApproval    = nodeProp("approval", String, "Approval state of a model package.")
	PropInstruction = nodeProp("instruction", String, "First characters of an agent's instruction, credentials removed.")
	PropModelID     = nodeProp("model_id", String, "Id of the model it calls.")
	PropVariant     = edgeProp("variant", String, "Production or shadow variant, input channel, or data source the edge stands for.")
)

// Properties of edges.
var (
	PropTechniques = edgeProp("techniques", StringList, "How the gain is made: ids of the catalogue, the one that decides first.")
	PropVerdict    = edgeProp("verdict", String, "allow or conditional.")
	PropWitness    = edgeProp("witness", StringList, "The conditions that must hold, each key operator values, or a sentence.")
	PropAssumes    = edgeProp("assumes", String, "none, user_action, vulnerability or credential.")
	PropConfidence = edgeProp("confidence", String, "high, medium or low on attack edges; declared, derived or heuristic on lineage.")
	PropCost       = edgeProp("cost", Integer, "Effort for the attacker, 1 to 10.")
	PropAttackIDs  = edgeProp("attack_ids", StringList, "MITRE ATT&CK and ATLAS techniques.")
	PropEvidence   = edgeProp("evidence", StringList, "The proof, one JSON object each: document, statement, summary.")
	PropPorts      = edgeProp("ports", StringList, "Protocols and ports, e.g. tcp/443.")
	PropSources    = edgeProp("sources", StringList, "Address ranges the exposure is limited to; absent: anyone.")
)

// Properties returns all property keys, sorted by name.
func Properties() []*Property {
	out := slices.Clone(properties)
	slices.SortFunc(out, func(a, b *Property) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return out
}

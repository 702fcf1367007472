package aws

// Source names where a policy was read, so that a verdict can be checked by
// hand. Both fields are free text; they are only ever shown.
type Source struct {
	File      string // the document, relative to its snapshot or input folder
	Operation string // the API call it answers, e.g. "s3api get-bucket-policy"
}

// Document is one policy document exactly as it was read.
type Document struct {
	// ID names the policy in reasons: its ARN where it has one, else its name
	// (inline policies) or the ARN of the resource it hangs on. Empty is
	// replaced by the name of the owner.
	ID string
	// JSON is the policy text, already URL-decoded. It is parsed by the engine;
	// what cannot be parsed becomes a [Warning] and makes what hangs on it
	// unknown.
	JSON   []byte
	Source Source
}

// Inventory is everything the engine may know. Build it with [NewInventory] and
// the Add methods (which merge), or fill the maps directly. It must not change
// after [New] was given it. An Inventory is not safe for concurrent writing.
//
// Keys: principals and policies by ARN, accounts by their 12 digits,
// organisations by o-…, resources by ARN.
type Inventory struct {
	Accounts      map[string]*Account
	Organizations map[string]*Organization
	Users         map[string]*User
	Groups        map[string]*Group
	Roles         map[string]*Role
	Policies      map[string]*ManagedPolicy
	Providers     map[string]*Provider
	Resources     map[string]*Resource
	Endpoints     map[string]*VPCEndpoint // by vpce-…
}

// Account is one AWS account. An account that is only mentioned (a principal in
// a bucket policy) needs no entry.
type Account struct {
	ID        string
	Name      string
	Partition string // aws when empty

	// IAM is Known when users, groups, roles and policies of the account were
	// all listed (GAAD, or the list calls): then a principal that is not in the
	// inventory does not exist.
	IAM State
	// Listed holds the resource types (AWS::S3::Bucket, …) whose list was read
	// completely: a resource of such a type that is not in the inventory does
	// not exist in this account. For regional types: in all collected regions.
	Listed map[string]bool
	// Named holds the resource types of which a list names at least one. Most
	// types are told of by their resources and not here.
	Named map[string]bool
	// Organization is the organisation's id (o-…); None means that the account
	// is in no organisation.
	Organization Evidence[string]
	// S3BlockPublicAccess is the account's own setting (s3control); None means
	// that the account has no configuration, which is all off.
	S3BlockPublicAccess Evidence[BlockPublicAccess]
	// S3OrganizationPolicy is the S3 policy in force for the account by its
	// organisation: true switches all four settings on, false all four off, in
	// place of the account's own. None means that no S3 policy reaches the account.
	// Source: Organizations User Guide, "Amazon S3 policies".
	S3OrganizationPolicy Evidence[bool]
	// CanonicalID is the account's canonical user id as S3 ACLs write it.
	CanonicalID Evidence[string]
}

// Organization is one AWS organisation with its tree and its policies.
type Organization struct {
	ID                string // o-…
	ManagementAccount string // 12 digits; empty is unknown
	// FeatureSet is "ALL" or "CONSOLIDATED_BILLING"; in the latter there are no
	// SCPs or RCPs. Empty is unknown.
	FeatureSet string
	// Accounts is Known when every account of the organisation is among Nodes: an
	// account that is not is no member.
	Accounts State
	// Nodes are roots, units and accounts by id (r-…, ou-…, 12 digits).
	Nodes map[string]*OrgNode
	// Policies are the contents of SCPs and RCPs by policy id (p-…). AWS's own
	// p-FullAWSAccess and p-RCPFullAWSAccess need not be listed.
	Policies map[string]*OrgPolicy
}

// OrgNodeKind says what a node of an organisation's tree is.
type OrgNodeKind string

// Kinds of tree nodes.
const (
	OrgRoot    OrgNodeKind = "root"
	OrgUnit    OrgNodeKind = "unit"
	OrgAccount OrgNodeKind = "account"
)

// OrgNode is a root, an organisational unit or an account in the tree.
type OrgNode struct {
	ID     string
	Kind   OrgNodeKind
	Parent string // empty for a root, or when the parent is unknown
	Name   string
	// SCPs and RCPs are the ids of the policies attached here. An answer
	// without any policy is Known with an empty list or None: SCPs are then
	// switched off for the tree, since AWS keeps at least one on every target.
	SCPs Evidence[[]string]
	RCPs Evidence[[]string]
}

// OrgPolicyType tells service from resource control policies.
type OrgPolicyType string

// Types of organisation policies that decide permissions.
const (
	SCP OrgPolicyType = "SERVICE_CONTROL_POLICY"
	RCP OrgPolicyType = "RESOURCE_CONTROL_POLICY"
)

// OrgPolicy is one SCP or RCP.
type OrgPolicy struct {
	ID       string
	Name     string
	ARN      string
	Type     OrgPolicyType
	Document Evidence[Document]
}

// Identity is what users, groups and roles share.
type Identity struct {
	ARN  string
	Name string
	Path string // with leading and trailing slash; "/" when empty
	// ID is the unique id (AIDA…, AROA…, AGPA…); empty is unknown.
	ID string
	// Inline are the embedded policies; their Document.ID is the policy name.
	Inline Evidence[[]Document]
	// Attached are ARNs of managed policies.
	Attached Evidence[[]string]
	Source   Source
}

// User is an IAM user.
type User struct {
	Identity
	// Boundary is the ARN of the permissions boundary.
	Boundary Evidence[string]
	// Groups are ARNs of groups of the same account; bare names are accepted.
	Groups     Evidence[[]string]
	Tags       Evidence[map[string]string]
	AccessKeys Evidence[[]AccessKey]
	// LoginProfile is Known when a console password exists, None when not.
	LoginProfile Evidence[LoginProfile]
	// MFADevices are serial numbers.
	MFADevices Evidence[[]string]
}

// AccessKey is one long-term key of a user, without its secret.
type AccessKey struct {
	ID     string
	Active bool
}

// LoginProfile says that a user has a console password.
type LoginProfile struct {
	ResetRequired bool
}

// Group is an IAM group. Membership is kept at the users.
type Group struct {
	Identity
}

// Role is an IAM role.
type Role struct {
	Identity
	Trust    Evidence[Document]
	Boundary Evidence[string]
	Tags     Evidence[map[string]string]
	// InstanceProfiles are ARNs of the instance profiles that hold the role.
	InstanceProfiles Evidence[[]string]
	// MaxSessionSeconds is the maximal session duration; 0 is unknown.
	MaxSessionSeconds int
}

// ServiceLinked reports whether the role is a service-linked one, which SCPs and
// RCPs do not touch and nobody but its service can change.
func (r *Role) ServiceLinked() bool { return hasPathPrefix(r, "/aws-service-role/") }

// SSO reports whether the role belongs to a permission set of IAM Identity
// Center (path /aws-reserved/sso.amazonaws.com/), which only Identity Center
// can change.
func (r *Role) SSO() bool { return hasPathPrefix(r, "/aws-reserved/sso.amazonaws.com/") }

// ManagedPolicy is a customer-managed or AWS-managed policy.
type ManagedPolicy struct {
	ARN  string
	Name string
	Path string
	// DefaultVersion is the id of the version in force (v1…); the version with
	// IsDefault counts when it is empty.
	DefaultVersion string
	Versions       []PolicyVersion
	// AllVersions: Versions lists every version there is.
	AllVersions bool
	// AttachmentCount is how many principals carry it, as IAM says.
	AttachmentCount Evidence[int]
	Source          Source
}

// PolicyVersion is one version of a managed policy.
type PolicyVersion struct {
	ID        string
	IsDefault bool
	Document  Evidence[Document]
}

// Provider is an identity provider of an account.
type Provider struct {
	ARN         string
	Type        ProviderType
	URL         string             // OIDC: the issuer without https://
	ClientIDs   Evidence[[]string] // OIDC: accepted audiences
	Thumbprints Evidence[[]string] // OIDC
	Metadata    Evidence[Document] // SAML: the metadata document, not evaluated
	Tags        Evidence[map[string]string]
}

// ProviderType tells OIDC from SAML providers.
type ProviderType string

// Types of providers.
const (
	OIDC ProviderType = "oidc"
	SAML ProviderType = "saml"
)

// Resource is anything a policy can be asked about. A resource that nothing but
// its ARN is known of may be left out.
type Resource struct {
	ARN string
	// Account owns the resource; empty means that it follows from the ARN or is
	// unknown. Buckets must have it set: their ARNs name no account.
	Account string
	// Type is the provider's type, e.g. AWS::S3::Bucket.
	Type string
	// Policy is the resource's own policy: bucket, key, queue, topic, secret,
	// function, repository, model package group, … (a role's trust policy is at
	// the role). None means asked, and there is none.
	Policy Evidence[Document]
	// Further are additional policies of the same resource, by what they hang on:
	// a function's policies per alias or version. All of them count.
	Further []Document
	Tags    Evidence[map[string]string]

	S3     *S3Facts        // buckets only; nil is the zero value
	KMS    *KMSFacts       // keys only
	Lambda *LambdaFacts    // functions only
	Secret *SecretFacts    // secrets and parameters only
	Model  *InferenceFacts // Bedrock inference profiles only

	Source Source
}

// BlockPublicAccess is S3's four switches.
type BlockPublicAccess struct {
	BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets bool
}

// S3Facts is what decides about a bucket besides its policy. The zero value
// means that nothing was collected.
type S3Facts struct {
	BlockPublicAccess Evidence[BlockPublicAccess]
	ACL               Evidence[[]ACLGrant]
	// OwnerID is the owner's canonical user id, as in the ACL answer.
	OwnerID Evidence[string]
	// Ownership is BucketOwnerEnforced, BucketOwnerPreferred or ObjectWriter;
	// None means no ownership controls: ACLs are active (ObjectWriter).
	Ownership Evidence[string]
	// Region is the bucket's region.
	Region Evidence[string]
	// ABAC is whether aws:ResourceTag exists for this bucket.
	ABAC         Evidence[bool]
	Encryption   Evidence[S3Encryption]
	AccessPoints []AccessPoint
	// AccessPointsListed is Known when AccessPoints is complete.
	AccessPointsListed State
}

// S3Encryption is a bucket's default encryption.
type S3Encryption struct {
	// Algorithm is AES256, aws:kms or aws:kms:dsse.
	Algorithm string
	// KeyID is a key's ARN, id, alias or alias ARN as the answer writes it; empty
	// with aws:kms is the AWS-managed key aws/s3.
	KeyID string
}

// ACLGrant is one grant of a bucket's ACL.
type ACLGrant struct {
	// GranteeURI is the URI of a group (…/AllUsers, …/AuthenticatedUsers,
	// …/LogDelivery), GranteeID a canonical user id; exactly one is set.
	GranteeURI, GranteeID string
	// Permission is READ, WRITE, READ_ACP, WRITE_ACP or FULL_CONTROL.
	Permission string
}

// AccessPoint is an S3 access point of a bucket.
type AccessPoint struct {
	ARN   string
	Alias string
	// Account owns the access point.
	Account string
	// VPC is the VPC of a VPC-only access point; empty is internet.
	VPC               string
	Policy            Evidence[Document]
	BlockPublicAccess Evidence[BlockPublicAccess]
}

// KMSFacts is what decides about a key besides its policy.
type KMSFacts struct {
	Grants Evidence[[]KMSGrant]
	// State is Enabled, Disabled, PendingDeletion, …
	State Evidence[string]
	// Aliases are alias names with their prefix, e.g. alias/data.
	Aliases Evidence[[]string]
	// Manager is CUSTOMER or AWS.
	Manager Evidence[string]
}

// KMSGrant is one grant on a key.
type KMSGrant struct {
	ID, Name string
	// Grantee is a principal ARN or a service principal.
	Grantee string
	// Operations are names such as Decrypt, GenerateDataKey.
	Operations []string
	// EncryptionContextEquals and EncryptionContextSubset are the constraints.
	EncryptionContextEquals, EncryptionContextSubset map[string]string
}

// LambdaFacts is what decides about a function besides its policy.
type LambdaFacts struct {
	// URL is the function URL configuration; None means no URL.
	URL Evidence[FunctionURL]
}

// FunctionURL is a function URL's configuration.
type FunctionURL struct {
	AuthType string // NONE or AWS_IAM
	// Created is the time of creation, RFC 3339; empty is unknown. URLs created
	// from October 2025 on also need lambda:InvokeFunction.
	Created string
}

// SecretFacts is what decides about a secret or parameter besides its policy.
type SecretFacts struct {
	// KeyID is the KMS key that encrypts it, as the answer writes it; None is
	// the AWS-managed key, which the account's principals may use.
	KeyID Evidence[string]
}

// InferenceFacts is what an inference profile routes to.
type InferenceFacts struct {
	// Models are foundation-model ARNs, one for each routed region.
	Models Evidence[[]string]
}

// VPCEndpoint is an endpoint with its policy.
type VPCEndpoint struct {
	ID      string // vpce-…
	Account string
	VPC     string // vpc-…
	// Service is the service name, e.g. com.amazonaws.us-east-1.s3.
	Service string
	// Policy None means the default policy, which allows everything.
	Policy Evidence[Document]
}

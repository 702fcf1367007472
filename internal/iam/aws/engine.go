package aws

import (
	"errors"
	"fmt"
	"strings"
)

// Verdict is the answer to one question.
type Verdict string

// Verdicts. A path carries the weakest of its edges: allow < conditional <
// unknown < deny.
const (
	Allow       Verdict = "allow"
	Conditional Verdict = "conditional"
	Unknown     Verdict = "unknown"
	Deny        Verdict = "deny"
)

// Symbolic principals: outsiders who need no invitation.
const (
	// Anonymous is the caller without credentials.
	Anonymous = "*"
	// AnyAccount is some AWS customer outside the organisation.
	AnyAccount = "aws:any-account"
	// GitHubAny is any GitHub user's workflow, through GitHub's OIDC provider.
	GitHubAny = "github:any"
	// GoogleAny is any Google account, through accounts.google.com.
	GoogleAny = "google:any-account"
)

// Layer names one place a deciding policy sits.
type Layer string

// Layers, as cli.md writes them.
const (
	LayerIdentity Layer = "identity"
	LayerResource Layer = "resource"
	LayerBoundary Layer = "boundary"
	LayerSCP      Layer = "scp"
	LayerRCP      Layer = "rcp"
	LayerSession  Layer = "session"
	LayerTrust    Layer = "trust"
	LayerEndpoint Layer = "endpoint"
	LayerBPA      Layer = "bpa"
	LayerKMSGrant Layer = "kms_grant"
	LayerACL      Layer = "acl"
)

// Request is one question.
type Request struct {
	// Principal in any spelling of the command line: a user, role, role session,
	// federated user or account root ARN, 12 digits, a service principal, a
	// provider ARN, or a symbolic principal.
	Principal string
	// Action is service:Name, case-insensitive, without wildcards.
	Action string
	// Resource is an ARN, possibly with wildcards, or "*" for actions without a
	// resource (the principal's own account is meant).
	Resource string
	Options
}

// Options is what is known or assumed beyond the inventory. The zero value
// assumes nothing. Context keys are case-insensitive.
type Options struct {
	// Context holds known keys; it overrides what follows from the inventory.
	Context map[string][]string
	// Absent are keys known not to be in the request.
	Absent []string
	// SessionPolicies limit the session of the principal.
	SessionPolicies []Document
	// AttackerChooses resolves keys the caller is free to set (user agent,
	// referer, role session name, request tags, s3:prefix, …) in the caller's
	// favour instead of keeping them as conditions. An external id is a secret
	// between two parties: sts:ExternalId stays a condition.
	AttackerChooses bool
	// IncludeRoots adds account root users to lists.
	IncludeRoots bool
	// IncludeDenied adds denied principals to lists.
	IncludeDenied bool
}

// Decision answers a Request.
type Decision struct {
	Principal, Action, Resource string
	Verdict                     Verdict
	// Partial: only part of the (wildcard) resource is allowed. The verdict is
	// then conditional, even when Conditions is empty.
	Partial bool
	// Parts are the resource patterns that make a verdict partial.
	Parts []string
	// Conditions lists the context conditions of a conditional verdict, each once,
	// sorted. They are joined as Expression says.
	Conditions []Condition
	// Expression is the exact condition, AND/OR/NOT kept; nil unless the verdict is
	// conditional or unknown.
	Expression *Expression
	// Because names the statements that decided, or the layer that lacks an allow.
	Because []Reason
	// Missing is evidence that decided (unknown) or could change the answer.
	Missing []Missing
	// UnknownAction: the action is not in the service-authorisation table; it is
	// evaluated as written.
	UnknownAction bool
	// Layers is every layer's own answer, for --explain.
	Layers []LayerResult
}

// Condition is one condition on the request's context that must hold.
type Condition struct {
	Key      string   `json:"key"`
	Operator string   `json:"operator"`
	Values   []string `json:"values"`
}

// Expression is a condition tree: exactly one field is set.
type Expression struct {
	And []*Expression `json:"and,omitempty"`
	Or  []*Expression `json:"or,omitempty"`
	// Condition must hold.
	Condition *Condition `json:"condition,omitempty"`
	// Resource: the resource must match this pattern (wildcard requests), or
	// must not when NotResource is set.
	Resource    string `json:"resource,omitempty"`
	NotResource string `json:"not_resource,omitempty"`
	// Missing: this evidence must turn out in favour.
	Missing *Missing `json:"missing,omitempty"`
}

// Reason is one statement, or the lack of one, that decided.
type Reason struct {
	Layer     Layer  `json:"layer"`
	Effect    string `json:"effect"` // allow or deny
	Document  string `json:"document"`
	Statement string `json:"statement"` // Sid, or its index from 0; empty for "no statement"
	Summary   string `json:"summary"`
	// Source is where the document was read.
	Source Source `json:"-"`
}

// Missing is evidence that was not collected.
type Missing struct {
	// Kind is account, organization, principal, policy, resource_policy, tags, …
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// LayerResult is one layer's own answer.
type LayerResult struct {
	Layer   Layer   `json:"layer"`
	ID      string  `json:"id,omitempty"` // the level or document where there are several
	Verdict Verdict `json:"verdict"`      // allow, deny (explicit), conditional, unknown
	// Effect tells explicit_deny, conditional_deny, implicit_deny, allow,
	// conditional, unknown and not_applicable apart.
	Effect string `json:"effect"`
}

// Warning is something in a policy that could not be understood as written.
type Warning struct {
	Document string
	Source   Source
	Line     int // from 1; 0 is unknown
	Offset   int // bytes from 0
	Message  string
}

// String is document:line: message.
func (w Warning) String() string {
	if w.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", w.Document, w.Line, w.Message)
	}
	return w.Document + ": " + w.Message
}

// ErrBadRequest means that the question itself is wrong: an action that is no
// action, a principal that does not exist.
var ErrBadRequest = errors.New("bad request")

// UnknownPrincipalError reports an ARN of a collected account that does not
// exist there.
type UnknownPrincipalError struct {
	ARN     string
	Nearest []string // existing ARNs that look like it, best first, at most 5
}

// Error names the ARN and the nearest existing ones.
func (e *UnknownPrincipalError) Error() string {
	s := "principal " + e.ARN + " does not exist in its account"
	if len(e.Nearest) > 0 {
		s += "; nearest: " + strings.Join(e.Nearest, ", ")
	}
	return s
}

// Unwrap makes errors.Is(err, ErrBadRequest) hold.
func (e *UnknownPrincipalError) Unwrap() error { return ErrBadRequest }

// Grant says that principals may do an action on a resource, all with the same
// outcome. Grants are sorted by resource, then by first principal.
type Grant struct {
	Action   string
	Resource string
	// Principals are ids as Principals() writes them, sorted.
	Principals []string
	Verdict    Verdict // allow, conditional or unknown (deny with IncludeDenied)
	Partial    bool
	Parts      []string
	Conditions []Condition
	Expression *Expression
	// Witness says in words what must hold; empty for allow.
	Witness  string
	Evidence []Reason
	Missing  []Missing
}

// ActionOn is an action with the resource it is authorised on ("*" when none).
type ActionOn struct {
	Action, Resource string
}

// Exposure classifies who outside the organisation may act on a resource.
type Exposure struct {
	Resource string
	// Verdict for the anonymous caller and for any AWS customer, over the actions
	// asked, after block public access.
	Anonymous, AnyAccount Decision
	// Actions that the anonymous caller or any customer may do.
	Actions []string
	// Narrowing are the conditions that limit an otherwise public statement
	// (source address, VPC endpoint, organisation, …).
	Narrowing []Condition
	// PolicyPublic is AWS's own "is public" of the policy alone (S3: the rule of
	// "Blocking public access"), before block public access.
	PolicyPublic Verdict
	// Blocked says which block-public-access setting takes effect, empty if none.
	Blocked string
}

// Capability says what an administrator's policy would give a principal.
type Capability struct {
	Principal string
	// Gain is allow when self-escalation is a real gain: with AdministratorAccess
	// attached the principal could do what it cannot do now. Deny when a
	// boundary leaves nothing new, unknown when the boundary is not known.
	Gain Verdict
	// Unbounded: no boundary stands in the way (SCPs may still).
	Unbounded bool
	// Gained lists tracked actions that it would get more of although it would not
	// be an administrator.
	Gained []string
	// Because names the boundary or SCP that caps it.
	Because []Reason
	Missing []Missing
}

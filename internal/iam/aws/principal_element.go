package aws

import (
	"strings"

	"github.com/postern-sec/postern/schema"
)

// elementKind says what a Principal element names. Source: IAM User Guide, "AWS
// JSON policy elements: Principal".
type elementKind uint8

const (
	elementNobody    elementKind = iota // deleted principals, partial wildcards, nonsense
	elementAny                          // *
	elementAccount                      // 12 digits, or the account's root ARN
	elementUser                         // …:user/path/name
	elementRole                         // …:role/path/name
	elementSession                      // sts …:assumed-role/name/session
	elementFederated                    // sts …:federated-user/name
	elementService                      // lambda.amazonaws.com
	elementProvider                     // an OIDC or SAML provider's ARN, or its bare name
	elementCanonical                    // an S3 canonical user id
)

// principalElement is one value of Principal or NotPrincipal.
type principalElement struct {
	kind    elementKind
	text    string // the value as written (services and bare providers: lower case)
	account string
	role    string // sessions: the role's name, lower case
	session string
}

// newPrincipalElement reads one value under its type. It reports false for a
// value that can match nobody: wildcards inside a value are no wildcards here,
// and an AROA… or AIDA… id is what AWS leaves when a principal was deleted.
func newPrincipalElement(kind, text string) (principalElement, bool) {
	switch {
	case strings.EqualFold(kind, "AWS"):
		return awsElement(text)
	case strings.EqualFold(kind, "Service"):
		if text == "*" {
			return principalElement{}, false
		}
		return principalElement{kind: elementService, text: strings.ToLower(text)}, true
	case strings.EqualFold(kind, "Federated"):
		if text == "*" || text == "" {
			return principalElement{}, false
		}
		return principalElement{kind: elementProvider, text: text}, true
	case strings.EqualFold(kind, "CanonicalUser"):
		return principalElement{kind: elementCanonical, text: strings.ToLower(text)}, true
	}
	return principalElement{}, false
}

func awsElement(text string) (principalElement, bool) {
	if text == "*" {
		return principalElement{kind: elementAny}, true
	}
	if schema.IsAccountID(text) {
		return principalElement{kind: elementAccount, text: text, account: text}, true
	}
	arn, ok := schema.ParseARN(text)
	if !ok || strings.ContainsAny(text, "*?") {
		return principalElement{}, false
	}
	e := principalElement{text: text, account: arn.Account}
	switch {
	case arn.Service == "iam" && arn.Resource == "root":
		e.kind = elementAccount
	case arn.Service == "iam" && strings.HasPrefix(arn.Resource, "user/"):
		e.kind = elementUser
	case arn.Service == "iam" && strings.HasPrefix(arn.Resource, "role/"):
		e.kind = elementRole
	case arn.Service == "sts" && strings.HasPrefix(arn.Resource, "assumed-role/"):
		role, session, ok := strings.Cut(arn.Resource[len("assumed-role/"):], "/")
		if !ok || session == "" {
			return principalElement{}, false
		}
		e.kind, e.role, e.session = elementSession, strings.ToLower(role), session
	case arn.Service == "sts" && strings.HasPrefix(arn.Resource, "federated-user/"):
		e.kind = elementFederated
	case arn.Service == "iam" && (strings.HasPrefix(arn.Resource, "oidc-provider/") || strings.HasPrefix(arn.Resource, "saml-provider/")):
		e.kind = elementProvider
	case arn.Service == "iam" && strings.HasPrefix(arn.Resource, "group/"):
		return principalElement{}, false // groups are no principals
	default:
		return principalElement{}, false
	}
	return e, true
}

// strength says what an Allow that names the caller this way is worth in the
// caller's own account: table 1.3 of the rules, from IAM User Guide, "Policy
// evaluation logic" and "Permissions boundaries for IAM entities".
type strength uint8

const (
	strengthNone    strength = iota
	strengthAccount          // the account: delegates, the identity side must allow too
	strengthRole             // the role: limited by boundary and session policies
	strengthUser             // the user: limited by session policies, a federated session of it by the boundary too
	strengthDirect           // the session, everyone, a service, …: limited by nothing but denies
)

// matches says how the element names the caller. session is the session name
// that must hold for it to do so, empty when any will do.
func (p *principalElement) matches(c *caller, deny bool) (s strength, session string) {
	switch p.kind {
	case elementAny:
		return strengthDirect, ""
	case elementAccount:
		if c.account != "" && p.account == c.account && c.kind != callerService {
			return strengthAccount, ""
		}
	case elementUser:
		if p.text == c.arn && (c.kind == callerUser || c.kind == callerFederated) {
			return strengthUser, ""
		}
	case elementRole:
		if p.text == c.arn && c.isRole() {
			return strengthRole, ""
		}
	case elementSession:
		return p.matchesSession(c)
	case elementFederated:
		if c.kind == callerFederated && p.text == c.id {
			return strengthDirect, ""
		}
	case elementService:
		if c.kind == callerService && p.text == c.id {
			return strengthDirect, ""
		}
	case elementProvider:
		if c.provider != "" && sameProvider(p.text, c.provider) {
			return strengthDirect, ""
		}
	case elementCanonical:
		if c.canonical != "" && p.text == c.canonical {
			return strengthAccount, ""
		}
	}
	return strengthNone, ""
}

// matchesSession compares account, role name (the session ARN drops the role's
// path) and session name.
func (p *principalElement) matchesSession(c *caller) (strength, string) {
	if !c.isRole() || p.account != c.account || p.role != c.roleName {
		return strengthNone, ""
	}
	if c.session == p.session {
		return strengthDirect, ""
	}
	if c.session != "" {
		return strengthNone, ""
	}
	return strengthDirect, p.session
}

// sameProvider compares a Federated value with a provider: the same ARN, or the
// bare name of a built-in provider (accounts.google.com, cognito-identity…).
func sameProvider(element, provider string) bool {
	if element == provider {
		return true
	}
	return providerName(element) == providerName(provider) && (!strings.HasPrefix(element, "arn:") || !strings.HasPrefix(provider, "arn:"))
}

// providerName is the issuer's name: what follows oidc-provider/ in an ARN.
func providerName(s string) string {
	if i := strings.Index(s, ":oidc-provider/"); i >= 0 {
		return s[i+len(":oidc-provider/"):]
	}
	return s
}

package aws

import (
	"encoding/json"
	"strings"

	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// oneOrMany is a JSON string or a list of strings, as policies write principals.
type oneOrMany []string

// UnmarshalJSON takes both forms; anything else is no string and left out.
func (o *oneOrMany) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*o = oneOrMany{one}
		return nil
	}
	var many []string
	if json.Unmarshal(b, &many) == nil {
		*o = many
	}
	return nil
}

// trusts adds edges from a role to whom its trust policy names. They only show
// who is mentioned; what the policy allows is the permission engine's to say.
func (m *Mapping) trusts(role string, trust iamaws.Evidence[iamaws.Document]) {
	if !trust.Known() {
		return
	}
	var p struct{ Statement json.RawMessage }
	if json.Unmarshal(trust.Value.JSON, &p) != nil {
		return // reported where the policy was read
	}
	type statement struct {
		Effect    string
		Principal json.RawMessage
	}
	var many []statement
	if json.Unmarshal(p.Statement, &many) != nil {
		var one statement
		if json.Unmarshal(p.Statement, &one) != nil {
			return
		}
		many = []statement{one}
	}
	for _, s := range many {
		if s.Effect == "Allow" {
			m.trustsPrincipals(role, s.Principal)
		}
	}
}

func (m *Mapping) trustsPrincipals(role string, raw json.RawMessage) {
	var everyone string
	if json.Unmarshal(raw, &everyone) == nil {
		if everyone == "*" {
			m.link(role, schema.Trusts, schema.AnyAWSAccountID, schema.ExternalPrincipal)
		}
		return
	}
	var by map[string]oneOrMany
	if json.Unmarshal(raw, &by) != nil {
		return
	}
	for _, p := range by["AWS"] {
		m.trustsAWS(role, p)
	}
	for _, p := range by["Service"] {
		m.link(role, schema.Trusts, schema.ServicePrincipalID(p), schema.ServicePrincipal)
	}
	for _, p := range by["Federated"] {
		m.link(role, schema.Trusts, p, schema.FederatedProvider)
	}
}

func (m *Mapping) trustsAWS(role, p string) {
	arn, isARN := schema.ParseARN(p)
	switch {
	case p == "*":
		m.link(role, schema.Trusts, schema.AnyAWSAccountID, schema.ExternalPrincipal)
	case schema.IsAccountID(p):
		m.link(role, schema.Trusts, schema.AWSAccountID(m.Partition, p), schema.Account)
	case !isARN:
		// The unique id that is left in a policy when the principal is deleted.
		m.link(role, schema.Trusts, p, schema.ExternalPrincipal)
	case arn.Service == "iam" && arn.Resource == "root":
		m.link(role, schema.Trusts, p, schema.Account)
	case arn.Service == "iam" && strings.HasPrefix(arn.Resource, "user/"):
		m.link(role, schema.Trusts, p, schema.User)
	case arn.Service == "iam" && strings.HasPrefix(arn.Resource, "role/"):
		m.link(role, schema.Trusts, p, schema.Role)
	case arn.Service == "sts" && strings.HasPrefix(arn.Resource, "assumed-role/"):
		m.trustsSession(role, p, arn)
	default:
		m.link(role, schema.Trusts, p, schema.ExternalPrincipal)
	}
}

// trustsSession joins a role session to its role. A session's ARN leaves out
// the role's path, so the role is looked up by name.
func (m *Mapping) trustsSession(role, session string, arn schema.ARN) {
	name, _, _ := strings.Cut(strings.TrimPrefix(arn.Resource, "assumed-role/"), "/")
	if of := m.identityARN(schema.Role, arn.Account, name); of != "" {
		m.link(role, schema.Trusts, of, schema.Role)
		return
	}
	m.link(role, schema.Trusts, session, schema.ExternalPrincipal)
}

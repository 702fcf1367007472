package aws

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// s3Policies is the type of the policies by which an organisation sets block
// public access for its accounts. Source: Organizations User Guide, "Amazon S3
// policies".
const s3Policies iamaws.OrgPolicyType = "S3_POLICY"

// effectiveS3Policy asks for the S3 policy in force for the account itself, which
// every member may.
func effectiveS3Policy(c *organizations.Client, ctx context.Context, in *organizations.DescribeEffectivePolicyInput, o ...func(*organizations.Options)) (*organizations.DescribeEffectivePolicyOutput, error) {
	in.PolicyType = types.EffectivePolicyTypeS3Policy
	return c.DescribeEffectivePolicy(ctx, in, o...)
}

// mapEffectivePolicy reads the S3 policy in force; those of other types decide no
// permission. The answer names its account, or the file's name does (beside or
// instead of the type), or it is the asking account.
func mapEffectivePolicy(m *Mapping, d ingest.Document) error {
	var v struct {
		EffectivePolicy *struct {
			TargetID, PolicyType string
			PolicyContent        json.RawMessage
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	account, kind := d.Account, ""
	for _, p := range d.Parameters {
		if schema.IsAccountID(p) {
			account = p
		} else {
			kind = p
		}
	}
	e := v.EffectivePolicy
	switch {
	case e == nil && d.Failure != nil:
		// Postern's own collector asks for this type alone; others' files say so.
		if kind == "" || kind == string(s3Policies) {
			m.AWSPermissions.AddAccount(iamaws.Account{ID: account, S3OrganizationPolicy: iamaws.NoneOf[bool]()})
		}
		return nil
	case e == nil:
		return absent(m, d, "EffectivePolicy")
	case e.PolicyType != "":
		kind = e.PolicyType
	}
	if kind != string(s3Policies) {
		return nil
	}
	if schema.IsAccountID(e.TargetID) {
		account = e.TargetID
	}
	rule, ok := s3PolicyRule(e.PolicyContent)
	if !ok {
		m.gap(d, graph.GapNotUnderstood, "", "the S3 policy in force for account "+account+" is not understood; what depends on it is computed without it")
		return nil
	}
	m.AWSPermissions.AddAccount(iamaws.Account{ID: account, S3OrganizationPolicy: rule.evidence()})
	return nil
}

// s3Rule is what one S3 policy says.
type s3Rule struct {
	set    bool // it says anything
	all    bool // all four settings are on, else off
	closed bool // policies further down may not say otherwise
}

func (r s3Rule) evidence() iamaws.Evidence[bool] {
	if !r.set {
		return iamaws.NoneOf[bool]()
	}
	return iamaws.Of(r.all)
}

// s3PolicyRule reads a policy's content, with or without inheritance operators.
// Source: Organizations User Guide, "Amazon S3 policy syntax and examples".
func s3PolicyRule(raw json.RawMessage) (s3Rule, bool) {
	text, ok := policyText(raw)
	var p struct {
		Attributes *struct {
			Block json.RawMessage `json:"public_access_block_configuration"`
		} `json:"s3_attributes"`
	}
	if !ok || json.Unmarshal(text, &p) != nil {
		return s3Rule{}, false
	}
	if p.Attributes == nil || len(p.Attributes.Block) == 0 {
		return s3Rule{}, true
	}
	var set struct {
		Assign    string   `json:"@@assign"`
		Operators []string `json:"@@operators_allowed_for_child_policies"`
	}
	if json.Unmarshal(p.Attributes.Block, &set.Assign) != nil && json.Unmarshal(p.Attributes.Block, &set) != nil {
		return s3Rule{}, false
	}
	r := s3Rule{set: true, all: set.Assign == "all", closed: slices.Contains(set.Operators, "@@none")}
	return r, set.Assign == "all" || set.Assign == "none"
}

// inheritedS3Policies works the S3 policy in force out for the accounts of a tree
// whose levels were all asked for: the nearest level's says, unless one above
// closed the matter. DescribeEffectivePolicy, where it was asked, is believed first.
// Source: Organizations User Guide, "Understanding management policy inheritance".
func (m *Mapping) inheritedS3Policies(o *organization) {
	for _, id := range sortedKeys(o.nodes) {
		if o.nodes[id].Kind != iamaws.OrgAccount {
			continue
		}
		if have := m.AWSPermissions.Accounts[id]; have != nil && have.S3OrganizationPolicy.Collected() {
			continue
		}
		if rule, ok := o.s3RuleFor(id); ok {
			m.AWSPermissions.AddAccount(iamaws.Account{ID: id, S3OrganizationPolicy: rule.evidence()})
		}
	}
}

func (o *organization) s3RuleFor(account string) (s3Rule, bool) {
	var chain []string
	seen := map[string]bool{}
	for id := account; id != ""; id = o.nodes[id].Parent {
		if o.nodes[id] == nil || seen[id] {
			return s3Rule{}, false
		}
		seen[id] = true
		chain = append(chain, id)
	}
	if o.nodes[chain[len(chain)-1]].Kind != iamaws.OrgRoot {
		return s3Rule{}, false
	}
	var now s3Rule
	for _, id := range slices.Backward(chain) {
		here, ok := o.s3RuleAt(id)
		switch {
		case now.closed:
			return now, true
		case !ok:
			return s3Rule{}, false
		case here.set:
			now = here
		}
	}
	return now, true
}

// s3RuleAt is what the S3 policies attached to one level say together; it fails
// when they were not asked for, not read, or contradict each other. A level
// without any proves nothing unless the type is off: unlike SCPs, none need be
// attached, and the answers do not say for which types they were asked.
func (o *organization) s3RuleAt(id string) (s3Rule, bool) {
	attached := o.attached[id][s3Policies]
	if len(attached) == 0 {
		return s3Rule{}, o.typesKnown && !o.enabled[string(s3Policies)]
	}
	var out s3Rule
	for _, p := range attached {
		doc := o.policies[p].Document
		rule, ok := s3PolicyRule(doc.Value.JSON)
		if !doc.Known() || !ok || out.set && rule.set && out != rule {
			return s3Rule{}, false
		}
		if rule.set {
			out = rule
		}
	}
	return out, true
}

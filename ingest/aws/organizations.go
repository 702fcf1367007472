package aws

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// organizationsService reads the organisation's tree and its service and
// resource control policies. Only the management account and delegated
// administrators may ask for more than DescribeOrganization.
var organizationsService = Service{
	Name: "organizations", Global: true,
	Client: func(c aws.Config) any { return organizations.NewFromConfig(c) },
	Calls: []Call{
		List("DescribeOrganization", (*organizations.Client).DescribeOrganization, nil, NoneWhen("AWSOrganizationsNotInUseException")),
		List("ListRoots", (*organizations.Client).ListRoots, nil, NoneWhen("AWSOrganizationsNotInUseException")),
		List("ListAccounts", (*organizations.Client).ListAccounts, nil, NoneWhen("AWSOrganizationsNotInUseException")),
		List("DescribeEffectivePolicy", effectiveS3Policy, nil, NoneWhen("EffectivePolicyNotFoundException", "AWSOrganizationsNotInUseException")),
		List("ListPolicies", bothFilters, nil, NoneWhen("AWSOrganizationsNotInUseException", "PolicyTypeNotEnabledException")),
		Each("DescribePolicy", (*organizations.Client).DescribePolicy, "ListPolicies", "Policies.Id",
			func(in *organizations.DescribePolicyInput, p []string) { in.PolicyId = &p[0] }),
		Each("ListOrganizationalUnitsForParent", (*organizations.Client).ListOrganizationalUnitsForParent, "ListRoots", "Roots.Id",
			func(in *organizations.ListOrganizationalUnitsForParentInput, p []string) { in.ParentId = &p[0] },
			AlsoOver("ListOrganizationalUnitsForParent", "OrganizationalUnits.Id")),
		Each("ListAccountsForParent", (*organizations.Client).ListAccountsForParent, "ListRoots", "Roots.Id",
			func(in *organizations.ListAccountsForParentInput, p []string) { in.ParentId = &p[0] },
			AlsoOver("ListOrganizationalUnitsForParent", "OrganizationalUnits.Id")),
		Each("ListPoliciesForTarget", bothFiltersFor, "ListRoots", "Roots.Id",
			func(in *organizations.ListPoliciesForTargetInput, p []string) { in.TargetId = &p[0] },
			AlsoOver("ListOrganizationalUnitsForParent", "OrganizationalUnits.Id"), AlsoOver("ListAccounts", "Accounts.Id"),
			AlsoOver("ListAccountsForParent", "Accounts.Id")),
	},
	Facts: map[string]Mapper{
		"DescribeOrganization":             mapDescribeOrganization,
		"DescribeEffectivePolicy":          mapEffectivePolicy,
		"ListRoots":                        mapListRoots,
		"ListAccounts":                     mapListAccounts,
		"ListAccountsForParent":            mapAccountsForParent,
		"ListOrganizationalUnitsForParent": mapUnitsForParent,
		"ListPolicies":                     mapListOrgPolicies,
		"DescribePolicy":                   mapDescribeOrgPolicy,
		"ListPoliciesForTarget":            mapPoliciesForTarget,
	},
}

// policyFilters are the kinds of organisation policies that decide permissions.
var policyFilters = []types.PolicyType{types.PolicyTypeServiceControlPolicy, types.PolicyTypeResourceControlPolicy}

// bothFilters lists policies of both kinds as one answer; each entry carries its
// kind.
func bothFilters(c *organizations.Client, ctx context.Context, in *organizations.ListPoliciesInput, o ...func(*organizations.Options)) (*organizations.ListPoliciesOutput, error) {
	out := &organizations.ListPoliciesOutput{}
	for _, f := range policyFilters {
		pages := organizations.NewListPoliciesPaginator(c, &organizations.ListPoliciesInput{Filter: f})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx, o...)
			if err != nil {
				return nil, err
			}
			out.Policies = append(out.Policies, page.Policies...)
		}
	}
	return out, nil
}

// bothFiltersFor does the same for the policies attached to one target.
func bothFiltersFor(c *organizations.Client, ctx context.Context, in *organizations.ListPoliciesForTargetInput, o ...func(*organizations.Options)) (*organizations.ListPoliciesForTargetOutput, error) {
	out := &organizations.ListPoliciesForTargetOutput{}
	for _, f := range policyFilters {
		pages := organizations.NewListPoliciesForTargetPaginator(c, &organizations.ListPoliciesForTargetInput{TargetId: in.TargetId, Filter: f})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx, o...)
			if err != nil {
				return nil, err
			}
			out.Policies = append(out.Policies, page.Policies...)
		}
	}
	return out, nil
}

// organization gathers what the answers of one management account (or delegated
// administrator) say. Policy ids and even unit ids may repeat between
// organisations, so nothing is joined before it is known whose answer it is.
type organization struct {
	id         string // o-…
	managed    string // management account
	arn        string
	features   string
	typesKnown bool            // ListRoots was read
	enabled    map[string]bool // policy types switched on at the root
	nodes      map[string]*iamaws.OrgNode
	arns       map[string]string // node id: ARN
	policies   map[string]*iamaws.OrgPolicy
	attached   map[string]map[iamaws.OrgPolicyType][]string // target: type: policy ids
	asked      map[string]int                               // target: how many answers
	accounts   map[string]string                            // id: name
	// all: every account is named. Else it is known when both lists of every
	// parent were read to the end.
	all                 bool
	unitsOf, accountsOf map[string]bool
	from                ingest.Document
}

type organizationFacts struct {
	by map[string]*organization // by the account that was asked
}

func (m *Mapping) organization(d ingest.Document) *organization {
	all := ingest.Memory[organizationFacts](m.Facts)
	if all.by == nil {
		all.by = map[string]*organization{}
	}
	o := all.by[d.Account]
	if o == nil {
		o = &organization{enabled: map[string]bool{}, nodes: map[string]*iamaws.OrgNode{}, arns: map[string]string{}, policies: map[string]*iamaws.OrgPolicy{},
			attached: map[string]map[iamaws.OrgPolicyType][]string{}, asked: map[string]int{}, accounts: map[string]string{}, unitsOf: map[string]bool{}, accountsOf: map[string]bool{}, from: d}
		all.by[d.Account] = o
		m.Later(func() { m.finishOrganization(d.Account, o) })
	}
	return o
}

// learn takes the organisation's id and management account from an ARN such as
// arn:aws:organizations::111111111111:ou/o-abc/ou-def.
func (o *organization) learn(arn string) {
	a, ok := schema.ParseARN(arn)
	if !ok || a.Service != "organizations" || !schema.IsAccountID(a.Account) {
		return
	}
	for _, part := range strings.Split(a.Resource, "/") {
		if strings.HasPrefix(part, "o-") {
			o.id, o.managed = part, a.Account
		}
	}
}

func (o *organization) node(id string, kind iamaws.OrgNodeKind, arn, parent, name string) {
	n := o.nodes[id]
	if n == nil {
		n = &iamaws.OrgNode{ID: id}
		o.nodes[id] = n
	}
	if kind != "" {
		n.Kind = kind
	}
	if parent != "" {
		n.Parent = parent
	}
	if name != "" {
		n.Name = name
	}
	if arn != "" {
		o.arns[id] = arn
	}
	o.learn(arn)
}

type orgNodeAnswer struct {
	ID, Arn, Name string
	PolicyTypes   []struct{ Type, Status string }
}

func mapDescribeOrganization(m *Mapping, d ingest.Document) error {
	var v struct {
		Organization *struct{ ID, Arn, FeatureSet, MasterAccountID, MasterAccountArn string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Organization == nil {
		if d.Failure != nil {
			m.AWSPermissions.AddAccount(iamaws.Account{ID: d.Account, Organization: iamaws.NoneOf[string]()})
			return nil
		}
		return absent(m, d, "Organization")
	}
	o := m.organization(d)
	o.learn(v.Organization.Arn)
	o.id, o.arn, o.features = v.Organization.ID, v.Organization.Arn, v.Organization.FeatureSet
	if v.Organization.MasterAccountID != "" {
		o.managed = v.Organization.MasterAccountID
	}
	return nil
}

func mapListRoots(m *Mapping, d ingest.Document) error {
	var v struct{ Roots *[]orgNodeAnswer }
	if err := decode(d, &v); err != nil || v.Roots == nil {
		return err
	}
	m.organization(d).roots(*v.Roots)
	return nil
}

func (o *organization) roots(roots []orgNodeAnswer) {
	for _, r := range roots {
		o.node(r.ID, iamaws.OrgRoot, r.Arn, "", r.Name)
		o.typesKnown = true
		for _, t := range r.PolicyTypes {
			o.enabled[t.Type] = o.enabled[t.Type] || strings.EqualFold(t.Status, "ENABLED")
		}
	}
}

func mapListAccounts(m *Mapping, d ingest.Document) error {
	var v struct{ Accounts *[]orgNodeAnswer }
	if err := decode(d, &v); err != nil || v.Accounts == nil {
		return err
	}
	o := m.organization(d)
	o.accountsIn("", *v.Accounts)
	o.all = o.all || !continues(d.Body)
	return nil
}

func (o *organization) accountsIn(parent string, accounts []orgNodeAnswer) {
	for _, a := range accounts {
		o.node(a.ID, iamaws.OrgAccount, a.Arn, parent, a.Name)
		o.accounts[a.ID] = a.Name
	}
}

func mapAccountsForParent(m *Mapping, d ingest.Document) error {
	var v struct{ Accounts *[]orgNodeAnswer }
	if err := decode(d, &v); err != nil || v.Accounts == nil {
		return err
	}
	if d.Parameter() == "" {
		return needsParameter(d, "the parent's id")
	}
	o := m.organization(d)
	o.parentNode(d.Parameter())
	o.accountsIn(d.Parameter(), *v.Accounts)
	o.accountsOf[d.Parameter()] = o.accountsOf[d.Parameter()] || !continues(d.Body)
	return nil
}

// parentNode makes sure that a parent is in the tree, whatever says what it is.
func (o *organization) parentNode(id string) {
	kind := iamaws.OrgUnit
	if strings.HasPrefix(id, "r-") {
		kind = iamaws.OrgRoot
	}
	o.node(id, kind, "", "", "")
}

func mapUnitsForParent(m *Mapping, d ingest.Document) error {
	var v struct{ OrganizationalUnits *[]orgNodeAnswer }
	if err := decode(d, &v); err != nil || v.OrganizationalUnits == nil {
		return err
	}
	if d.Parameter() == "" {
		return needsParameter(d, "the parent's id")
	}
	o := m.organization(d)
	o.unitsIn(d.Parameter(), *v.OrganizationalUnits)
	o.unitsOf[d.Parameter()] = o.unitsOf[d.Parameter()] || !continues(d.Body)
	return nil
}

func (o *organization) unitsIn(parent string, units []orgNodeAnswer) {
	o.parentNode(parent)
	for _, u := range units {
		o.node(u.ID, iamaws.OrgUnit, u.Arn, parent, u.Name)
	}
}

type orgPolicyAnswer struct {
	ID, Arn, Name, Type string
}

func (o *organization) policy(p orgPolicyAnswer) *iamaws.OrgPolicy {
	have := o.policies[p.ID]
	if have == nil {
		have = &iamaws.OrgPolicy{ID: p.ID}
		o.policies[p.ID] = have
	}
	if p.Name != "" {
		have.Name = p.Name
	}
	if p.Arn != "" {
		have.ARN = p.Arn
	}
	if p.Type != "" {
		have.Type = iamaws.OrgPolicyType(p.Type)
	}
	o.learn(p.Arn)
	return have
}

func mapListOrgPolicies(m *Mapping, d ingest.Document) error {
	var v struct{ Policies *[]orgPolicyAnswer }
	if err := decode(d, &v); err != nil || v.Policies == nil {
		return err
	}
	o := m.organization(d)
	for _, p := range *v.Policies {
		o.policy(p)
	}
	return nil
}

func mapDescribeOrgPolicy(m *Mapping, d ingest.Document) error {
	var v struct {
		Policy *struct {
			PolicySummary orgPolicyAnswer
			Content       json.RawMessage
		}
	}
	if err := decode(d, &v); err != nil || v.Policy == nil {
		return err
	}
	p := v.Policy.PolicySummary
	if p.ID == "" {
		p.ID = d.Parameter()
	}
	if p.ID == "" {
		return needsParameter(d, "the policy's id")
	}
	id := p.ID
	if p.Arn != "" {
		id = p.Arn
	}
	if doc := m.policy(d, id, p.Arn, v.Policy.Content); doc.Known() {
		m.organization(d).policy(p).Document = doc
	}
	return nil
}

func mapPoliciesForTarget(m *Mapping, d ingest.Document) error {
	var v struct{ Policies *[]orgPolicyAnswer }
	if err := decode(d, &v); err != nil || v.Policies == nil {
		return err
	}
	if d.Parameter() == "" {
		return needsParameter(d, "the target's id")
	}
	m.organization(d).attach(d.Parameters[0], *v.Policies)
	return nil
}

func (o *organization) attach(target string, policies []orgPolicyAnswer) {
	if schema.IsAccountID(target) {
		o.node(target, iamaws.OrgAccount, "", "", "")
	} else {
		o.parentNode(target)
	}
	o.asked[target]++
	by := o.attached[target]
	if by == nil {
		by = map[iamaws.OrgPolicyType][]string{}
		o.attached[target] = by
	}
	for _, p := range policies {
		o.policy(p)
		t := iamaws.OrgPolicyType(p.Type)
		by[t] = sortedUnion(by[t], []string{p.ID})
	}
}

// attachedOf says what policies of one type hang on a target. AWS keeps at least
// one of a type that is switched on, so an answer without any proves nothing but
// that the type is off, if it was asked for at all: the root says so, or a
// second answer for the target (one for each filter).
func (o *organization) attachedOf(target string, t iamaws.OrgPolicyType) iamaws.Evidence[[]string] {
	ids := o.attached[target][t]
	switch {
	case len(ids) > 0:
		return iamaws.Of(ids)
	case o.asked[target] == 0:
		return iamaws.Evidence[[]string]{}
	case o.typesKnown && !o.enabled[string(t)], o.asked[target] > 1:
		return iamaws.NoneOf[[]string]()
	}
	return iamaws.Evidence[[]string]{}
}

// trustTypes forgets what the roots say of policy types when policies of a type
// that they call off are attached: the answer was shortened.
func (o *organization) trustTypes() {
	for _, by := range o.attached {
		for t, ids := range by {
			if len(ids) > 0 && !o.enabled[string(t)] {
				o.typesKnown = false
			}
		}
	}
}

// finishOrganization adds the organisation to the inventory and the graph.
func (m *Mapping) finishOrganization(asked string, o *organization) {
	if o.id == "" {
		m.gap(o.from, graph.GapNotUnderstood, "", "answers of an organisation whose id no document gives")
		return
	}
	out := m.AWSPermissions.AddOrganization(iamaws.Organization{ID: o.id, ManagementAccount: o.managed, FeatureSet: o.features})
	if o.complete() {
		out.Accounts = iamaws.Known
	}
	if o.arn == "" {
		o.arn = schema.ResourceARN(m.Partition, "organizations", "", o.managed, "organization/"+o.id)
	}
	org := m.Graph.Node(o.arn, schema.Organization).Set(schema.PropName, o.id).Set(schema.PropResourceType, "AWS::Organizations::Organization")
	o.trustTypes()
	for _, id := range sortedKeys(o.nodes) {
		n := o.nodes[id]
		n.SCPs, n.RCPs = o.attachedOf(id, iamaws.SCP), o.attachedOf(id, iamaws.RCP)
		out.AddNode(*n)
	}
	for _, id := range sortedKeys(o.policies) {
		if o.policies[id].Type != s3Policies {
			out.AddPolicy(*o.policies[id])
		}
	}
	m.inheritedS3Policies(o)
	members := []string{asked, o.managed}
	members = append(members, sortedKeys(o.accounts)...)
	for _, a := range members {
		if schema.IsAccountID(a) {
			m.AWSPermissions.AddAccount(iamaws.Account{ID: a, Organization: iamaws.Of(o.id)})
		}
	}
	m.organizationGraph(o, org.ID(), members)
}

// complete reports whether every account of the organisation is named, so that
// an account that is not is no member.
func (o *organization) complete() bool {
	if o.all || !o.typesKnown {
		return o.all
	}
	for id, n := range o.nodes {
		if n.Kind != iamaws.OrgAccount && (!o.unitsOf[id] || !o.accountsOf[id]) {
			return false
		}
	}
	return true
}

// organizationGraph adds the tree as containers, and its policies.
func (m *Mapping) organizationGraph(o *organization, org string, members []string) {
	at := map[string]string{}
	for _, id := range sortedKeys(o.nodes) {
		n := o.nodes[id]
		if n.Kind == iamaws.OrgAccount {
			at[id] = schema.AWSAccountID(m.Partition, id)
			m.Graph.Refer(at[id], schema.Account).Set(schema.PropEnvironment, id)
			m.nameAccount(id, n.Name, organizationName)
			continue
		}
		if at[id] = o.arns[id]; at[id] == "" {
			at[id] = o.arnOf(m.Partition, n)
		}
		t := "AWS::Organizations::OrganizationalUnit"
		if n.Kind == iamaws.OrgRoot {
			t = "AWS::Organizations::Root"
		}
		m.Graph.Node(at[id], schema.OrganizationalUnit).Set(schema.PropName, n.Name).Set(schema.PropResourceType, t)
	}
	for _, id := range members {
		if schema.IsAccountID(id) && at[id] == "" {
			// A member account sees of its organisation the management account's id
			// alone: nothing else may have named that account.
			account := schema.AWSAccountID(m.Partition, id)
			m.Graph.Refer(account, schema.Account).Set(schema.PropEnvironment, id)
			m.Graph.Edge(account, schema.PartOf, org)
		}
	}
	for _, id := range sortedKeys(at) {
		parent := at[o.nodes[id].Parent]
		if parent == "" {
			parent = org
		}
		m.Graph.Edge(at[id], schema.PartOf, parent)
		for _, t := range []iamaws.OrgPolicyType{iamaws.SCP, iamaws.RCP} {
			for _, p := range o.attached[id][t] {
				m.controlPolicy(o.policies[p], at[id])
			}
		}
	}
}

// arnOf is the ARN of a root or unit that only a file's name mentions.
func (o *organization) arnOf(partition string, n *iamaws.OrgNode) string {
	kind := "ou/"
	if n.Kind == iamaws.OrgRoot {
		kind = "root/"
	}
	return schema.ResourceARN(partition, "organizations", "", o.managed, kind+o.id+"/"+n.ID)
}

func (m *Mapping) controlPolicy(p *iamaws.OrgPolicy, target string) {
	if p.ARN == "" {
		return
	}
	m.Graph.Node(p.ARN, schema.Policy).Set(schema.PropName, p.Name).Set(schema.PropResourceType, "AWS::Organizations::Policy")
	m.Graph.Edge(target, schema.HasPolicy, p.ARN)
}

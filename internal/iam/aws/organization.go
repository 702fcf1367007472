package aws

import (
	"sort"
	"strconv"
	"strings"

	"github.com/postern-sec/postern/schema"
)

func itoa(n int) string { return strconv.Itoa(n) }

// accountInfo is an account with its place in an organisation.
type accountInfo struct {
	id    string
	iam   State
	facts *Account // nil for an account that is only mentioned

	orgID      Evidence[string]
	orgPath    Evidence[string] // o-…/r-…/ou-…/ as aws:PrincipalOrgPaths writes it
	management bool
	// scps and rcps are the levels from the root down to the account.
	scps, rcps []orgLevel
	// scpGaps and rcpGaps name what of the organisation was not collected. A
	// verdict is computed without it (inputs.md, Organisations).
	scpGaps, rcpGaps []Missing
}

// orgLevel is the policies of one type at one level of the tree.
type orgLevel struct {
	id      string
	refs    []*policyRef
	missing []Missing // policies attached here whose text was not collected
}

// AWS's own policies of the two types, which every organisation has.
// Source: Organizations User Guide, "Service control policies" and "Resource
// control policies".
const (
	fullAccessText = administratorText
	fullAccessSCP  = "p-FullAWSAccess"
	fullAccessRCP  = "p-RCPFullAWSAccess"
)

// account returns what is known of an account, making an empty entry for one
// that is only mentioned while compiling.
func (e *Engine) account(id string) *accountInfo {
	if a, ok := e.accounts[id]; ok {
		return a
	}
	return &accountInfo{id: id, scpGaps: []Missing{{Kind: "account", ID: id}}, rcpGaps: []Missing{{Kind: "account", ID: id}}}
}

func (e *Engine) compileAccounts() {
	for _, id := range sortedKeys(e.inv.Accounts) {
		a := e.inv.Accounts[id]
		e.accounts[id] = &accountInfo{id: id, iam: a.IAM, facts: a, orgID: a.Organization}
	}
	for arn := range e.inv.Users {
		e.memberOf(arn)
	}
	for arn := range e.inv.Roles {
		e.memberOf(arn)
	}
	for _, oid := range sortedKeys(e.inv.Organizations) {
		o := e.inv.Organizations[oid]
		for _, nid := range sortedKeys(o.Nodes) {
			if o.Nodes[nid].Kind == OrgAccount {
				e.member(nid).orgID = Of(oid)
			}
		}
		if o.ManagementAccount != "" {
			m := e.member(o.ManagementAccount)
			m.orgID, m.management = Of(oid), true
		}
	}
	for _, id := range sortedKeys(e.accounts) {
		e.placeAccount(e.accounts[id])
	}
}

// memberOf makes an entry for the account of a principal.
func (e *Engine) memberOf(arn string) {
	if a, ok := schema.ParseARN(arn); ok && a.Account != "" {
		e.member(a.Account)
	}
}

func (e *Engine) member(id string) *accountInfo {
	a, ok := e.accounts[id]
	if !ok {
		a = &accountInfo{id: id}
		e.accounts[id] = a
	}
	return a
}

// placeAccount finds the levels of policies above an account.
func (e *Engine) placeAccount(a *accountInfo) {
	if a.orgID.State == None || a.management {
		if a.management {
			e.orgPathOf(a)
		} else {
			a.orgPath = NoneOf[string]()
		}
		return
	}
	if !a.orgID.Known() {
		gap := []Missing{{Kind: "organization", ID: a.id}}
		a.scpGaps, a.rcpGaps = gap, gap
		return
	}
	chain, complete := e.orgPathOf(a)
	org := e.inv.Organizations[a.orgID.Value]
	if org == nil || !complete {
		gap := []Missing{{Kind: "organization", ID: a.orgID.Value}}
		a.scpGaps, a.rcpGaps = gap, gap
	}
	if org == nil || org.FeatureSet == "CONSOLIDATED_BILLING" {
		a.scpGaps, a.rcpGaps = nil, nil
		if org == nil {
			gap := []Missing{{Kind: "organization", ID: a.orgID.Value}}
			a.scpGaps, a.rcpGaps = gap, gap
		}
		return
	}
	a.scps = e.levels(org, chain, SCP, &a.scpGaps)
	a.rcps = e.levels(org, chain, RCP, &a.rcpGaps)
}

// orgPathOf walks from the account up to the root and returns the nodes from
// the root down. It is false when the tree has a hole (or a loop).
func (e *Engine) orgPathOf(a *accountInfo) ([]*OrgNode, bool) {
	org := e.inv.Organizations[a.orgID.Value]
	if org == nil {
		return nil, false
	}
	var chain []*OrgNode
	seen := map[string]bool{}
	for id := a.id; id != "" && !seen[id]; {
		seen[id] = true
		n := org.Nodes[id]
		if n == nil {
			return reversed(chain), false
		}
		chain = append(chain, n)
		id = n.Parent
	}
	chain = reversed(chain)
	if len(chain) == 0 || chain[0].Kind != OrgRoot {
		return chain, false
	}
	var path strings.Builder
	path.WriteString(org.ID + "/")
	for _, n := range chain {
		if n.Kind != OrgAccount {
			path.WriteString(n.ID + "/")
		}
	}
	a.orgPath = Of(path.String())
	return chain, true
}

func reversed(in []*OrgNode) []*OrgNode {
	out := make([]*OrgNode, 0, len(in))
	for i := len(in) - 1; i >= 0; i-- {
		out = append(out, in[i])
	}
	return out
}

// levels compiles the policies of one type along the chain. A level whose
// attachments were not collected, or that lists none while another level lists
// some (AWS keeps at least one on every target), is a gap, not "no policy".
func (e *Engine) levels(org *Organization, chain []*OrgNode, kind OrgPolicyType, gaps *[]Missing) []orgLevel {
	attached := func(n *OrgNode) Evidence[[]string] {
		if kind == SCP {
			return n.SCPs
		}
		return n.RCPs
	}
	used := false
	for _, n := range chain {
		used = used || len(attached(n).Value) > 0
	}
	var out []orgLevel
	for _, n := range chain {
		ids := attached(n)
		if ids.State == NotCollected || used && kind == SCP && len(ids.Value) == 0 {
			*gaps = append(*gaps, Missing{Kind: orgGapKind(kind), ID: n.ID})
			continue
		}
		if len(ids.Value) == 0 {
			continue
		}
		out = append(out, e.level(org, n.ID, kind, ids.Value))
	}
	if len(*gaps) > 0 {
		*gaps = append(*gaps, Missing{Kind: "organization", ID: org.ID})
	}
	sortMissing(gaps)
	return out
}

func orgGapKind(kind OrgPolicyType) string {
	if kind == SCP {
		return "scp"
	}
	return "rcp"
}

func (e *Engine) level(org *Organization, node string, kind OrgPolicyType, ids []string) orgLevel {
	l := orgLevel{id: node}
	layer := LayerSCP
	if kind == RCP {
		layer = LayerRCP
	}
	ids = append([]string(nil), ids...)
	sort.Strings(ids)
	for _, id := range ids {
		p := org.Policies[id]
		switch {
		case p != nil && p.Document.Known():
			name := p.Name
			if name == "" {
				name = id
			}
			d := p.Document.Value
			d.ID = name
			l.refs = append(l.refs, e.ref(layer, name, d))
		case id == fullAccessSCP || id == fullAccessRCP:
			l.refs = append(l.refs, e.ref(layer, id, Document{ID: strings.TrimPrefix(id, "p-"), JSON: []byte(fullAccessText)}))
		default:
			l.missing = append(l.missing, Missing{Kind: orgGapKind(kind), ID: id})
		}
	}
	return l
}

// sortMissing sorts and removes repeats.
func sortMissing(list *[]Missing) {
	l := *list
	sort.Slice(l, func(i, j int) bool { return l[i].Kind < l[j].Kind || l[i].Kind == l[j].Kind && l[i].ID < l[j].ID })
	out := l[:0]
	for i, m := range l {
		if i == 0 || m != l[i-1] {
			out = append(out, m)
		}
	}
	*list = out
}

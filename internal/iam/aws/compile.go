package aws

import (
	"sort"
	"strings"

	"github.com/postern-sec/postern/schema"
)

// Engine answers questions about one inventory. It is immutable and safe for
// concurrent use.
type Engine struct {
	inv      *Inventory
	atoms    *atomTable
	parsed   map[string]*policy // by text
	warnings []Warning
	warned   map[string]bool // by document id and text

	accounts    map[string]*accountInfo
	principals  []*principal // sorted by ARN
	callers     map[string]*caller
	rolesByName map[string]*caller // account/name, lower case
	sets        int                // number of distinct policy sets

	resources map[string]*resourceInfo // by ARN
	aliases   map[string]string        // KMS alias ARN → key ARN; access point alias → its ARN
	points    map[string]*accessPoint  // S3 access points by ARN
	endpoints map[string]*endpointInfo
	policied  map[string][]string // by service: resources whose own policy counts

	adminPolicy *policyRef
	index       *setIndex
	assumers    *assumerIndex
	hidesUnread bool            // see WithoutUnread
	left        map[string]bool // see Without
}

// policyRef is a policy where it hangs, with the name reasons give it.
type policyRef struct {
	pol    *policy
	id     string
	source Source
	layer  Layer
}

// principal is a compiled user or role.
type principal struct {
	arn, id, name string
	user          *User
	role          *Role
	identity      []*policyRef
	missing       []Missing // identity evidence that was not collected
	boundary      *policyRef
	boundaryState State // NotCollected also when the policy's text is missing
	boundaryID    string
	tags          Evidence[map[string]string]
	exempt        bool // service-linked: no SCP, no RCP
	noMFA         bool // a role that only services and identity providers assume
	set           int
}

// New compiles an inventory. It never fails: what cannot be parsed becomes a
// warning and makes what hangs on it unknown.
func New(inv *Inventory) *Engine {
	e := &Engine{
		inv: inv, atoms: newAtomTable(), parsed: map[string]*policy{}, warned: map[string]bool{},
		accounts: map[string]*accountInfo{}, callers: map[string]*caller{}, rolesByName: map[string]*caller{},
		resources: map[string]*resourceInfo{}, aliases: map[string]string{}, points: map[string]*accessPoint{},
		endpoints: map[string]*endpointInfo{},
	}
	e.adminPolicy = e.ref(LayerIdentity, administratorARN, Document{ID: administratorARN, JSON: []byte(administratorText)})
	e.compileAccounts()
	e.compilePrincipals()
	e.compileResources()
	e.compileEndpoints()
	e.notePolicied()
	sort.SliceStable(e.warnings, func(i, j int) bool {
		a, b := e.warnings[i], e.warnings[j]
		if a.Document != b.Document {
			return a.Document < b.Document
		}
		return a.Offset < b.Offset
	})
	e.index = newSetIndex(e)
	e.assumers = newAssumerIndex(e)
	return e
}

// Warnings lists what could not be understood, sorted by document and offset.
func (e *Engine) Warnings() []Warning { return e.warnings }

// Principals lists the ids of all users and roles of the inventory (with roots:
// also the root users of collected accounts), sorted.
func (e *Engine) Principals(roots bool) []string {
	out := make([]string, 0, len(e.principals))
	for _, p := range e.principals {
		out = append(out, p.arn)
	}
	if roots {
		out = append(out, e.roots()...)
		sort.Strings(out)
	}
	return out
}

// roots lists the root users of accounts of which something was collected.
func (e *Engine) roots() []string {
	var out []string
	for _, id := range sortedKeys(e.inv.Accounts) {
		if e.inv.Accounts[id].IAM == Known || len(e.inv.Accounts[id].Listed) > 0 {
			out = append(out, "arn:"+e.partitionOf(id)+":iam::"+id+":root")
		}
	}
	return out
}

// ref parses a document (once per text) and names it.
func (e *Engine) ref(layer Layer, owner string, doc Document) *policyRef {
	if doc.ID == "" {
		doc.ID = owner
	}
	r := &policyRef{id: doc.ID, source: doc.Source, layer: layer}
	text, short := string(doc.JSON), shortPlain
	key := text
	if layer == LayerIdentity || layer == LayerBoundary {
		short = shortCompleted
		key = "i" + text // no JSON text begins so
	}
	pol, ok := e.parsed[key]
	var warnings []Warning
	switch {
	case !ok:
		pol, warnings = parsePolicy(doc, short, e.atoms)
		e.parsed[key] = pol
	case pol.broken && !e.warned[doc.ID+"\x00"+text]:
		_, warnings = parsePolicy(doc, short, e.atoms)
	}
	if len(warnings) > 0 && !e.warned[doc.ID+"\x00"+text] {
		e.warned[doc.ID+"\x00"+text] = true
		e.warnings = append(e.warnings, warnings...)
	}
	r.pol = pol
	return r
}

func (e *Engine) compilePrincipals() {
	groups := map[string][]*policyRef{}
	groupMissing := map[string][]Missing{}
	for _, arn := range sortedKeys(e.inv.Groups) {
		g := e.inv.Groups[arn]
		groups[arn], groupMissing[arn] = e.identityPolicies(&g.Identity)
	}
	for _, arn := range sortedKeys(e.inv.Users) {
		u := e.inv.Users[arn]
		p := &principal{arn: arn, id: u.ID, name: u.Name, user: u, tags: u.Tags}
		p.identity, p.missing = e.identityPolicies(&u.Identity)
		e.addGroups(p, u, groups, groupMissing)
		e.setBoundary(p, u.Boundary)
		e.addCaller(p, callerUser)
	}
	for _, arn := range sortedKeys(e.inv.Roles) {
		r := e.inv.Roles[arn]
		p := &principal{arn: arn, id: r.ID, name: r.Name, role: r, tags: r.Tags, exempt: r.ServiceLinked(), noMFA: e.neverMFA(r)}
		p.identity, p.missing = e.identityPolicies(&r.Identity)
		e.setBoundary(p, r.Boundary)
		e.addCaller(p, callerRole)
	}
	sort.Slice(e.principals, func(i, j int) bool { return e.principals[i].arn < e.principals[j].arn })
	e.numberSets()
}

// neverMFA reports whether no AWS identity can assume the role: its trust policy
// is known and lets services and identity providers in only.
func (e *Engine) neverMFA(r *Role) bool {
	if !r.Trust.Known() {
		return false
	}
	trust := e.ref(LayerTrust, r.ARN, r.Trust.Value)
	if trust.pol.broken {
		return false
	}
	for _, s := range trust.pol.statements {
		if s.deny {
			continue
		}
		if s.notPrincipal {
			return false
		}
		for i := range s.principals {
			if k := s.principals[i].kind; k != elementService && k != elementProvider && k != elementNobody {
				return false
			}
		}
	}
	return true
}

// identityPolicies collects the inline and attached policies of an identity.
func (e *Engine) identityPolicies(i *Identity) (refs []*policyRef, missing []Missing) {
	if i.Inline.State == NotCollected {
		missing = append(missing, Missing{Kind: "inline_policies", ID: i.ARN})
	}
	for _, d := range i.Inline.Value {
		refs = append(refs, e.ref(LayerIdentity, i.ARN, d))
	}
	if i.Attached.State == NotCollected {
		missing = append(missing, Missing{Kind: "attached_policies", ID: i.ARN})
	}
	for _, arn := range i.Attached.Value {
		if ref := e.managed(LayerIdentity, arn); ref != nil {
			refs = append(refs, ref)
		} else {
			missing = append(missing, Missing{Kind: "policy", ID: arn})
		}
	}
	return refs, missing
}

func (e *Engine) addGroups(p *principal, u *User, groups map[string][]*policyRef, groupMissing map[string][]Missing) {
	if u.Groups.State == NotCollected {
		p.missing = append(p.missing, Missing{Kind: "group_membership", ID: u.ARN})
	}
	for _, g := range u.Groups.Value {
		arn := e.groupARN(g, u.ARN)
		refs, ok := groups[arn]
		if !ok {
			p.missing = append(p.missing, Missing{Kind: "group", ID: arn})
			continue
		}
		p.identity = append(p.identity, refs...)
		p.missing = append(p.missing, groupMissing[arn]...)
	}
}

// groupARN resolves a bare group name within the user's account.
func (e *Engine) groupARN(name, user string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	a, _ := schema.ParseARN(user)
	for _, arn := range sortedKeys(e.inv.Groups) {
		g, _ := schema.ParseARN(arn)
		if g.Account == a.Account && strings.EqualFold(arn[strings.LastIndexByte(arn, '/')+1:], name) {
			return arn
		}
	}
	return "arn:" + a.Partition + ":iam::" + a.Account + ":group/" + name
}

// administratorARN is AWS's AdministratorAccess. Its text has not changed since
// it was published and is public; it need not be in an export.
const (
	administratorARN  = "arn:aws:iam::aws:policy/AdministratorAccess"
	administratorText = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
)

// managed returns the default version of a managed policy, or nil when its text
// was not collected.
func (e *Engine) managed(layer Layer, arn string) *policyRef {
	p, ok := e.inv.Policies[arn]
	if ok {
		for _, v := range p.Versions {
			if !v.Document.Known() || !(v.ID != "" && v.ID == p.DefaultVersion || p.DefaultVersion == "" && (v.IsDefault || len(p.Versions) == 1)) {
				continue
			}
			d := v.Document.Value
			d.ID = arn
			return e.ref(layer, arn, d)
		}
	}
	if strings.HasSuffix(arn, ":iam::aws:policy/AdministratorAccess") {
		return &policyRef{pol: e.adminPolicy.pol, id: arn, layer: layer}
	}
	return nil
}

func (e *Engine) setBoundary(p *principal, b Evidence[string]) {
	p.boundaryState = b.State
	if !b.Known() {
		return
	}
	p.boundaryID = b.Value
	p.boundary = e.managed(LayerBoundary, b.Value)
	if p.boundary == nil {
		p.boundaryState = NotCollected
	}
}

func (e *Engine) addCaller(p *principal, kind callerKind) {
	a, _ := schema.ParseARN(p.arn)
	c := &caller{kind: kind, id: p.arn, arn: p.arn, account: a.Account, partition: a.Partition, info: e.account(a.Account), principal: p, canonical: e.canonical(a.Account)}
	if kind == callerRole {
		c.roleName = lastSegment(p.arn)
		e.rolesByName[a.Account+"/"+c.roleName] = c
	}
	e.principals = append(e.principals, p)
	e.callers[p.arn] = c
}

// numberSets gives principals with the same policies in the same account the
// same set number.
func (e *Engine) numberSets() {
	ids := map[string]int{}
	pols := map[*policy]int{}
	number := func(r *policyRef) string {
		n, ok := pols[r.pol]
		if !ok {
			n = len(pols)
			pols[r.pol] = n
		}
		return itoa(n)
	}
	for _, p := range e.principals {
		var parts []string
		for _, r := range p.identity {
			parts = append(parts, number(r)+"="+r.id)
		}
		sort.Strings(parts)
		for _, m := range p.missing {
			parts = append(parts, "!"+m.Kind+m.ID)
		}
		parts = append(parts, "b"+p.boundaryState.String()+p.boundaryID, e.callers[p.arn].account)
		if p.exempt {
			parts = append(parts, "exempt")
		}
		if p.noMFA {
			parts = append(parts, "no-mfa")
		}
		if p.user != nil {
			parts = append(parts, "user") // users may lack what roles always have: temporary credentials
		}
		key := strings.Join(parts, "|")
		n, ok := ids[key]
		if !ok {
			n = len(ids)
			ids[key] = n
		}
		p.set = n
	}
	e.sets = len(ids)
}

func (e *Engine) canonical(account string) string {
	if a := e.inv.Accounts[account]; a != nil && a.CanonicalID.Known() {
		return strings.ToLower(a.CanonicalID.Value)
	}
	return ""
}

func (e *Engine) partitionOf(account string) string {
	if a := e.inv.Accounts[account]; a != nil && a.Partition != "" {
		return a.Partition
	}
	return "aws"
}

func sortedKeys[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

package aws

import (
	"strings"
)

// NewInventory returns an empty inventory whose maps can be written to.
func NewInventory() *Inventory {
	return &Inventory{
		Accounts:      map[string]*Account{},
		Organizations: map[string]*Organization{},
		Users:         map[string]*User{},
		Groups:        map[string]*Group{},
		Roles:         map[string]*Role{},
		Policies:      map[string]*ManagedPolicy{},
		Providers:     map[string]*Provider{},
		Resources:     map[string]*Resource{},
		Endpoints:     map[string]*VPCEndpoint{},
	}
}

// The Add methods merge: the same thing from two documents adds up, a collected
// fact of the later call replaces the earlier one, and what the later call does
// not know stays. Feed documents in the order of the merge rule (the one that
// wins comes last). They return the entry kept in the inventory, which the
// caller may fill further. Empty keys are ignored and return a detached entry.

// AddAccount merges a into the account of its id.
func (inv *Inventory) AddAccount(a Account) *Account {
	have := entry(inv.Accounts, a.ID)
	have.ID = a.ID
	text(&have.Name, a.Name)
	text(&have.Partition, a.Partition)
	have.IAM = max(have.IAM, a.IAM)
	for t := range a.Listed {
		inv.MarkListed(a.ID, t)
	}
	for t := range a.Named {
		inv.MarkNamed(a.ID, t)
	}
	have.Organization = have.Organization.Merge(a.Organization)
	have.S3BlockPublicAccess = have.S3BlockPublicAccess.Merge(a.S3BlockPublicAccess)
	have.S3OrganizationPolicy = have.S3OrganizationPolicy.Merge(a.S3OrganizationPolicy)
	have.CanonicalID = have.CanonicalID.Merge(a.CanonicalID)
	return have
}

// MarkListed records that the list of a resource type was read completely in an
// account.
func (inv *Inventory) MarkListed(account, resourceType string) {
	have := entry(inv.Accounts, account)
	have.ID = account
	if have.Listed == nil {
		have.Listed = map[string]bool{}
	}
	have.Listed[resourceType] = true
}

// MarkNamed records that a list names a resource of a type in an account,
// whether or not more is known of it.
func (inv *Inventory) MarkNamed(account, resourceType string) {
	have := entry(inv.Accounts, account)
	have.ID = account
	if have.Named == nil {
		have.Named = map[string]bool{}
	}
	have.Named[resourceType] = true
}

// AddOrganization merges o into the organisation of its id.
func (inv *Inventory) AddOrganization(o Organization) *Organization {
	have := entry(inv.Organizations, o.ID)
	have.ID = o.ID
	text(&have.ManagementAccount, o.ManagementAccount)
	text(&have.FeatureSet, o.FeatureSet)
	have.Accounts = max(have.Accounts, o.Accounts)
	if have.Nodes == nil {
		have.Nodes = map[string]*OrgNode{}
	}
	if have.Policies == nil {
		have.Policies = map[string]*OrgPolicy{}
	}
	for _, n := range o.Nodes {
		have.AddNode(*n)
	}
	for _, p := range o.Policies {
		have.AddPolicy(*p)
	}
	return have
}

// AddNode merges n into the tree.
func (o *Organization) AddNode(n OrgNode) *OrgNode {
	if o.Nodes == nil {
		o.Nodes = map[string]*OrgNode{}
	}
	have := entry(o.Nodes, n.ID)
	have.ID = n.ID
	if n.Kind != "" {
		have.Kind = n.Kind
	}
	text(&have.Parent, n.Parent)
	text(&have.Name, n.Name)
	have.SCPs = have.SCPs.Merge(n.SCPs)
	have.RCPs = have.RCPs.Merge(n.RCPs)
	return have
}

// AddPolicy merges p into the organisation's policies.
func (o *Organization) AddPolicy(p OrgPolicy) *OrgPolicy {
	if o.Policies == nil {
		o.Policies = map[string]*OrgPolicy{}
	}
	have := entry(o.Policies, p.ID)
	have.ID = p.ID
	text(&have.Name, p.Name)
	text(&have.ARN, p.ARN)
	if p.Type != "" {
		have.Type = p.Type
	}
	have.Document = have.Document.Merge(p.Document)
	return have
}

// AddUser merges u into the user of its ARN.
func (inv *Inventory) AddUser(u User) *User {
	have := entry(inv.Users, u.ARN)
	have.Identity.merge(u.Identity)
	have.Boundary = have.Boundary.Merge(u.Boundary)
	have.Groups = have.Groups.Merge(u.Groups)
	have.Tags = have.Tags.Merge(u.Tags)
	have.AccessKeys = have.AccessKeys.Merge(u.AccessKeys)
	have.LoginProfile = have.LoginProfile.Merge(u.LoginProfile)
	have.MFADevices = have.MFADevices.Merge(u.MFADevices)
	return have
}

// AddGroup merges g into the group of its ARN.
func (inv *Inventory) AddGroup(g Group) *Group {
	have := entry(inv.Groups, g.ARN)
	have.Identity.merge(g.Identity)
	return have
}

// AddRole merges r into the role of its ARN.
func (inv *Inventory) AddRole(r Role) *Role {
	have := entry(inv.Roles, r.ARN)
	have.Identity.merge(r.Identity)
	have.Trust = have.Trust.Merge(r.Trust)
	have.Boundary = have.Boundary.Merge(r.Boundary)
	have.Tags = have.Tags.Merge(r.Tags)
	have.InstanceProfiles = have.InstanceProfiles.Merge(r.InstanceProfiles)
	have.MaxSessionSeconds = max(have.MaxSessionSeconds, r.MaxSessionSeconds)
	return have
}

// AddPolicy merges p into the managed policy of its ARN; versions add up by id.
func (inv *Inventory) AddPolicy(p ManagedPolicy) *ManagedPolicy {
	have := entry(inv.Policies, p.ARN)
	have.ARN = p.ARN
	text(&have.Name, p.Name)
	text(&have.Path, p.Path)
	text(&have.DefaultVersion, p.DefaultVersion)
	have.AttachmentCount = have.AttachmentCount.Merge(p.AttachmentCount)
	mergeSource(&have.Source, p.Source)
	have.AllVersions = have.AllVersions || p.AllVersions
	for _, v := range p.Versions {
		have.addVersion(v)
	}
	return have
}

func (p *ManagedPolicy) addVersion(v PolicyVersion) {
	for i := range p.Versions {
		if p.Versions[i].ID == v.ID {
			p.Versions[i].IsDefault = p.Versions[i].IsDefault || v.IsDefault
			p.Versions[i].Document = p.Versions[i].Document.Merge(v.Document)
			return
		}
	}
	p.Versions = append(p.Versions, v)
}

// AddProvider merges p into the provider of its ARN.
func (inv *Inventory) AddProvider(p Provider) *Provider {
	have := entry(inv.Providers, p.ARN)
	have.ARN = p.ARN
	if p.Type != "" {
		have.Type = p.Type
	}
	text(&have.URL, p.URL)
	have.ClientIDs = have.ClientIDs.Merge(p.ClientIDs)
	have.Thumbprints = have.Thumbprints.Merge(p.Thumbprints)
	have.Metadata = have.Metadata.Merge(p.Metadata)
	have.Tags = have.Tags.Merge(p.Tags)
	return have
}

// AddResource merges r into the resource of its ARN.
func (inv *Inventory) AddResource(r Resource) *Resource {
	have := entry(inv.Resources, r.ARN)
	have.ARN = r.ARN
	text(&have.Account, r.Account)
	text(&have.Type, r.Type)
	have.Policy = have.Policy.Merge(r.Policy)
	for _, d := range r.Further {
		have.addFurther(d)
	}
	have.Tags = have.Tags.Merge(r.Tags)
	mergeSource(&have.Source, r.Source)
	if r.S3 != nil {
		have.s3().merge(r.S3)
	}
	if r.KMS != nil {
		have.kms().merge(r.KMS)
	}
	if r.Lambda != nil {
		if have.Lambda == nil {
			have.Lambda = &LambdaFacts{}
		}
		have.Lambda.URL = have.Lambda.URL.Merge(r.Lambda.URL)
	}
	if r.Secret != nil {
		if have.Secret == nil {
			have.Secret = &SecretFacts{}
		}
		have.Secret.KeyID = have.Secret.KeyID.Merge(r.Secret.KeyID)
	}
	if r.Model != nil {
		if have.Model == nil {
			have.Model = &InferenceFacts{}
		}
		have.Model.Models = have.Model.Models.Merge(r.Model.Models)
	}
	return have
}

// addFurther keeps one copy of a policy that two documents show.
func (r *Resource) addFurther(d Document) {
	for i := range r.Further {
		if r.Further[i].ID == d.ID && string(r.Further[i].JSON) == string(d.JSON) {
			return
		}
	}
	r.Further = append(r.Further, d)
}

func (r *Resource) s3() *S3Facts {
	if r.S3 == nil {
		r.S3 = &S3Facts{}
	}
	return r.S3
}

func (r *Resource) kms() *KMSFacts {
	if r.KMS == nil {
		r.KMS = &KMSFacts{}
	}
	return r.KMS
}

func (f *S3Facts) merge(l *S3Facts) {
	f.BlockPublicAccess = f.BlockPublicAccess.Merge(l.BlockPublicAccess)
	f.ACL = f.ACL.Merge(l.ACL)
	f.OwnerID = f.OwnerID.Merge(l.OwnerID)
	f.Ownership = f.Ownership.Merge(l.Ownership)
	f.Region = f.Region.Merge(l.Region)
	f.ABAC = f.ABAC.Merge(l.ABAC)
	f.Encryption = f.Encryption.Merge(l.Encryption)
	f.AccessPointsListed = max(f.AccessPointsListed, l.AccessPointsListed)
	for _, ap := range l.AccessPoints {
		f.addAccessPoint(ap)
	}
}

func (f *S3Facts) addAccessPoint(ap AccessPoint) {
	for i := range f.AccessPoints {
		have := &f.AccessPoints[i]
		if have.ARN == ap.ARN {
			text(&have.Alias, ap.Alias)
			text(&have.Account, ap.Account)
			text(&have.VPC, ap.VPC)
			have.Policy = have.Policy.Merge(ap.Policy)
			have.BlockPublicAccess = have.BlockPublicAccess.Merge(ap.BlockPublicAccess)
			return
		}
	}
	f.AccessPoints = append(f.AccessPoints, ap)
}

func (f *KMSFacts) merge(l *KMSFacts) {
	f.Grants = f.Grants.Merge(l.Grants)
	f.State = f.State.Merge(l.State)
	f.Aliases = f.Aliases.Merge(l.Aliases)
	f.Manager = f.Manager.Merge(l.Manager)
}

// AddEndpoint merges e into the VPC endpoint of its id.
func (inv *Inventory) AddEndpoint(e VPCEndpoint) *VPCEndpoint {
	have := entry(inv.Endpoints, e.ID)
	have.ID = e.ID
	text(&have.Account, e.Account)
	text(&have.VPC, e.VPC)
	text(&have.Service, e.Service)
	have.Policy = have.Policy.Merge(e.Policy)
	return have
}

func (i *Identity) merge(l Identity) {
	text(&i.ARN, l.ARN)
	text(&i.Name, l.Name)
	text(&i.Path, l.Path)
	text(&i.ID, l.ID)
	i.Inline = i.Inline.Merge(l.Inline)
	i.Attached = i.Attached.Merge(l.Attached)
	mergeSource(&i.Source, l.Source)
}

func entry[T any](m map[string]*T, key string) *T {
	if have, ok := m[key]; ok {
		return have
	}
	have := new(T)
	if key != "" {
		m[key] = have
	}
	return have
}

func text(have *string, later string) {
	if later != "" {
		*have = later
	}
}

func mergeSource(have *Source, later Source) {
	text(&have.File, later.File)
	text(&have.Operation, later.Operation)
}

func hasPathPrefix(r *Role, prefix string) bool {
	if strings.HasPrefix(r.Path, prefix) {
		return true
	}
	// Documents that give only the ARN still carry the path in it.
	return strings.Contains(r.ARN, ":role"+prefix)
}

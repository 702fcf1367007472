package aws

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// iamService reads an account's principals and their policies. The collector
// asks for the account authorisation details (GAAD), which say nearly all; the
// other operations are what GAAD leaves out, and what others' files hold
// instead of it.
var iamService = Service{
	Name: "iam", Global: true,
	Client: func(c aws.Config) any { return iam.NewFromConfig(c) },
	Calls: []Call{
		List("GetAccountAuthorizationDetails", (*iam.Client).GetAccountAuthorizationDetails, func(in *iam.GetAccountAuthorizationDetailsInput) {
			in.Filter = []types.EntityType{types.EntityTypeUser, types.EntityTypeGroup, types.EntityTypeRole,
				types.EntityTypeLocalManagedPolicy, types.EntityTypeAWSManagedPolicy}
		}),
		List("ListOpenIDConnectProviders", (*iam.Client).ListOpenIDConnectProviders, nil),
		Each("GetOpenIDConnectProvider", (*iam.Client).GetOpenIDConnectProvider, "ListOpenIDConnectProviders", "OpenIDConnectProviderList.Arn",
			func(in *iam.GetOpenIDConnectProviderInput, p []string) { in.OpenIDConnectProviderArn = &p[0] }),
		List("ListSAMLProviders", (*iam.Client).ListSAMLProviders, nil),
		List("ListInstanceProfiles", (*iam.Client).ListInstanceProfiles, nil),
		Each("ListAccessKeys", (*iam.Client).ListAccessKeys, "GetAccountAuthorizationDetails", "UserDetailList.UserName",
			func(in *iam.ListAccessKeysInput, p []string) { in.UserName = &p[0] }, NoneWhen("NoSuchEntity")),
		Each("GetLoginProfile", (*iam.Client).GetLoginProfile, "GetAccountAuthorizationDetails", "UserDetailList.UserName",
			func(in *iam.GetLoginProfileInput, p []string) { in.UserName = &p[0] }, NoneWhen("NoSuchEntity")),
		Each("ListMFADevices", (*iam.Client).ListMFADevices, "GetAccountAuthorizationDetails", "UserDetailList.UserName",
			func(in *iam.ListMFADevicesInput, p []string) { in.UserName = &p[0] }, NoneWhen("NoSuchEntity")),
	},
	Facts: map[string]Mapper{
		"GetAccountAuthorizationDetails": mapAuthorizationDetails,
		"ListUsers":                      mapListUsers,
		"ListRoles":                      mapListRoles,
		"ListGroups":                     mapListGroups,
		"ListPolicies":                   mapListPolicies,
		"GetUser":                        mapGetUser,
		"GetRole":                        mapGetRole,
		"GetGroup":                       mapGetGroup,
		"GetPolicy":                      mapGetPolicy,
		"GetPolicyVersion":               mapGetPolicyVersion,
		"ListPolicyVersions":             mapListPolicyVersions,
		"ListGroupsForUser":              mapGroupsForUser,
		"ListAttachedUserPolicies":       attachedPolicies(schema.User),
		"ListAttachedGroupPolicies":      attachedPolicies(schema.Group),
		"ListAttachedRolePolicies":       attachedPolicies(schema.Role),
		"ListUserPolicies":               inlineNames(schema.User),
		"ListGroupPolicies":              inlineNames(schema.Group),
		"ListRolePolicies":               inlineNames(schema.Role),
		"GetUserPolicy":                  inlinePolicy(schema.User),
		"GetGroupPolicy":                 inlinePolicy(schema.Group),
		"GetRolePolicy":                  inlinePolicy(schema.Role),
		"ListAccessKeys":                 mapAccessKeys,
		"GetLoginProfile":                mapLoginProfile,
		"ListMFADevices":                 mapMFADevices,
		"GetCredentialReport":            mapCredentialReport,
		"ListOpenIDConnectProviders":     mapListOIDCProviders,
		"GetOpenIDConnectProvider":       mapGetOIDCProvider,
		"ListSAMLProviders":              mapListSAMLProviders,
		"GetSAMLProvider":                mapGetSAMLProvider,
		"ListInstanceProfiles":           mapListInstanceProfiles,
		"GetInstanceProfile":             mapGetInstanceProfile,
		"ListAccountAliases":             mapAccountAliases,
	},
}

// Resource types whose lists, read completely, say that what is not in them
// does not exist.
const (
	typeUser   = "AWS::IAM::User"
	typeGroup  = "AWS::IAM::Group"
	typeRole   = "AWS::IAM::Role"
	typePolicy = "AWS::IAM::ManagedPolicy"
)

// attachedPolicy is how IAM names a managed policy that hangs on a principal.
type attachedPolicy struct{ PolicyName, PolicyArn string }

// identity is what GAAD, Get* and List* say of users, groups and roles. Members
// that one of them does not show are absent, which the pointers keep apart from
// empty.
type identity struct {
	Path, Arn                       string
	CreateDate                      stamp
	UserName, UserID, GroupName     string
	GroupID, RoleName, RoleID       string
	UserPolicyList, GroupPolicyList []inlineDocument
	RolePolicyList                  []inlineDocument
	AttachedManagedPolicies         []attachedPolicy
	GroupList                       []string
	Tags                            []tag
	PermissionsBoundary             *struct{ PermissionsBoundaryArn string }
	AssumeRolePolicyDocument        json.RawMessage
	InstanceProfileList             []struct{ Arn string }
	MaxSessionDuration              int
}

type inlineDocument struct {
	PolicyName     string
	PolicyDocument json.RawMessage
}

// depth says how much of an identity a document shows.
type depth int

const (
	listed  depth = iota // ListUsers, ListRoles, ListGroups: no tags, no boundary
	got                  // GetUser, GetRole: tags and boundary
	details              // GAAD: everything but credentials
)

func mapAuthorizationDetails(m *Mapping, d ingest.Document) error {
	var v struct {
		UserDetailList, GroupDetailList, RoleDetailList, Policies *[]json.RawMessage
		IsTruncated                                               bool
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	// A member that is missing was not asked for (--filter); the last page of
	// several is the one that is not truncated.
	list := func(items *[]json.RawMessage, t string, do func([]json.RawMessage)) {
		if items == nil {
			return
		}
		do(*items)
		if !v.IsTruncated {
			m.AWSPermissions.MarkListed(d.Account, t)
		}
	}
	list(v.GroupDetailList, typeGroup, func(l []json.RawMessage) {
		m.identities(d, l, details, (*Mapping).group)
	})
	list(v.UserDetailList, typeUser, func(l []json.RawMessage) {
		m.identities(d, l, details, (*Mapping).user)
	})
	list(v.RoleDetailList, typeRole, func(l []json.RawMessage) {
		m.identities(d, l, details, (*Mapping).role)
	})
	list(v.Policies, typePolicy, func(l []json.RawMessage) {
		each(m, d, l, func(p managedPolicy) { m.managedPolicy(d, p) })
	})
	return nil
}

// identities adds the users, groups or roles of a list. One with a member of
// another type than IAM writes exists all the same: it is added as a list without
// details would, so that what hangs on the rest of it is unknown.
func (m *Mapping) identities(d ingest.Document, items []json.RawMessage, deep depth, add func(*Mapping, ingest.Document, identity, depth)) {
	for _, raw := range items {
		var i identity
		err := json.Unmarshal(raw, &i) // goes on behind a member of another type
		if err == nil {
			add(m, d, i, deep)
			continue
		}
		if _, ok := schema.ParseARN(i.Arn); !ok {
			m.lost(d, err)
			continue
		}
		m.gap(d, graph.GapNotUnderstood, i.Arn, "only that it exists was read: "+err.Error())
		name := i.Arn[strings.LastIndexByte(i.Arn, '/')+1:]
		add(m, d, identity{Arn: i.Arn, Path: i.Path, UserName: name, GroupName: name, RoleName: name, UserID: i.UserID, GroupID: i.GroupID, RoleID: i.RoleID}, listed)
	}
}

// identityNode adds the node of a user, group or role, and reports false for an
// entry without an ARN, or with one of another account.
func (m *Mapping) identityNode(d ingest.Document, i identity, kind schema.NodeKind, awsType, name, id string) (graph.NodeRef, bool) {
	arn, ok := schema.ParseARN(i.Arn)
	if !ok || arn.Service != "iam" {
		m.gap(d, graph.GapNotUnderstood, "", "an entry of kind "+string(kind)+" has no IAM ARN: "+quote(i.Arn))
		return graph.NodeRef{}, false
	}
	d.Account, d.Region = arn.Account, "global"
	n := m.resource(d, i.Arn, kind, awsType, name).
		Set(schema.PropUniqueID, id).Set(schema.PropCreated, string(i.CreateDate))
	return n, true
}

func (m *Mapping) user(d ingest.Document, i identity, deep depth) {
	n, ok := m.identityNode(d, i, schema.User, typeUser, i.UserName, i.UserID)
	if !ok {
		return
	}
	u := iamaws.User{Identity: m.identity(d, i, deep, i.UserName, i.UserID, i.UserPolicyList)}
	if deep >= got {
		u.Boundary, u.Tags = m.boundary(i), tagEvidence(i.Tags)
		n.Set(schema.PropTags, tagList(i.Tags))
	}
	if deep == details {
		// Bare names: a group's path is not in them, and the inventory takes both.
		u.Groups = iamaws.Of(append([]string{}, i.GroupList...))
	}
	m.AWSPermissions.AddUser(u)
}

func (m *Mapping) group(d ingest.Document, i identity, deep depth) {
	if _, ok := m.identityNode(d, i, schema.Group, typeGroup, i.GroupName, i.GroupID); !ok {
		return
	}
	m.AWSPermissions.AddGroup(iamaws.Group{Identity: m.identity(d, i, deep, i.GroupName, i.GroupID, i.GroupPolicyList)})
}

func (m *Mapping) role(d ingest.Document, i identity, deep depth) {
	n, ok := m.identityNode(d, i, schema.Role, typeRole, i.RoleName, i.RoleID)
	if !ok {
		return
	}
	r := iamaws.Role{Identity: m.identity(d, i, deep, i.RoleName, i.RoleID, i.RolePolicyList), MaxSessionSeconds: i.MaxSessionDuration}
	if i.AssumeRolePolicyDocument != nil {
		r.Trust = m.policy(d, i.Arn+" (trust policy)", i.Arn, i.AssumeRolePolicyDocument)
		m.compareTrust(d, i.Arn, r.Trust.Value.JSON)
	}
	if deep >= got {
		r.Boundary, r.Tags = m.boundary(i), tagEvidence(i.Tags)
		n.Set(schema.PropTags, tagList(i.Tags))
	}
	if deep == details {
		profiles := []string{}
		for _, p := range i.InstanceProfileList {
			profiles = append(profiles, p.Arn)
		}
		r.InstanceProfiles = iamaws.Of(profiles)
	}
	m.AWSPermissions.AddRole(r)
	if r.ServiceLinked() {
		n.Set(schema.PropServiceLinked, true)
	}
}

// identity is the shared part of a principal. Only GAAD shows policies; there,
// a list that is left out is empty.
func (m *Mapping) identity(d ingest.Document, i identity, deep depth, name, id string, inline []inlineDocument) iamaws.Identity {
	out := iamaws.Identity{ARN: i.Arn, Name: name, Path: i.Path, ID: id, Source: source(d)}
	if deep < details {
		return out
	}
	docs := []iamaws.Document{}
	for _, p := range inline {
		docs = append(docs, m.inlineDocument(d, i.Arn, p))
	}
	out.Inline = iamaws.Of(docs)
	attached := []string{}
	for _, p := range i.AttachedManagedPolicies {
		attached = append(attached, p.PolicyArn)
	}
	out.Attached = iamaws.Of(attached)
	m.compareDetails(d, i, out)
	return out
}

// inlineDocument keeps a policy that has no text as one that cannot be read.
func (m *Mapping) inlineDocument(d ingest.Document, owner string, p inlineDocument) iamaws.Document {
	e := m.policy(d, p.PolicyName, owner, p.PolicyDocument)
	if !e.Known() {
		m.gap(d, graph.GapNotUnderstood, owner, "inline policy "+p.PolicyName+" has no document; what depends on it is unknown")
		return iamaws.Document{ID: p.PolicyName, Source: source(d)}
	}
	return e.Value
}

func (m *Mapping) boundary(i identity) iamaws.Evidence[string] {
	if i.PermissionsBoundary == nil || i.PermissionsBoundary.PermissionsBoundaryArn == "" {
		return iamaws.NoneOf[string]()
	}
	return iamaws.Of(i.PermissionsBoundary.PermissionsBoundaryArn)
}

func tagEvidence(tags []tag) iamaws.Evidence[map[string]string] { return iamaws.Of(tagMap(tags)) }

// compareDetails reports two documents that describe one principal differently:
// two exports of one account at different times, or two accounts with one id.
func (m *Mapping) compareDetails(d ingest.Document, i identity, id iamaws.Identity) {
	var b strings.Builder
	for _, p := range id.Inline.Value {
		digest := canonicalDigest(p.JSON)
		b.WriteString(p.ID + "\x00" + string(digest[:]) + "\x00")
	}
	b.WriteString(strings.Join(id.Attached.Value, "\x00") + "\x00" + strings.Join(i.GroupList, "\x00"))
	m.compareWithEarlier(d, i.Arn, "policies", digest(b.String()))
}

// compareTrust reports two documents that show different trust policies of one
// role, whichever calls they answer.
func (m *Mapping) compareTrust(d ingest.Document, arn string, text []byte) {
	m.compareWithEarlier(d, arn, "trust policies", canonicalDigest(text))
}

func (m *Mapping) compareWithEarlier(d ingest.Document, arn, what string, digest [32]byte) {
	seen := ingest.Memory[principalsSeen](m.Facts)
	if seen.by == nil {
		seen.by = map[string]principalSeen{}
	}
	now := principalSeen{digest, d.Source}
	if old, ok := seen.by[what+" "+arn]; ok && old.digest != now.digest && old.file != now.file {
		m.gap(d, graph.GapContradiction, arn, what+" differ in "+old.file+" and "+now.file+"; the latter is used")
	}
	seen.by[what+" "+arn] = now
}

type principalsSeen struct{ by map[string]principalSeen }

type principalSeen struct {
	digest [32]byte
	file   string
}

func mapListUsers(m *Mapping, d ingest.Document) error {
	var v struct{ Users []json.RawMessage }
	return listIdentities(m, d, &v, func() []json.RawMessage { return v.Users }, typeUser, (*Mapping).user)
}

func mapListRoles(m *Mapping, d ingest.Document) error {
	var v struct{ Roles []json.RawMessage }
	return listIdentities(m, d, &v, func() []json.RawMessage { return v.Roles }, typeRole, (*Mapping).role)
}

func mapListGroups(m *Mapping, d ingest.Document) error {
	var v struct{ Groups []json.RawMessage }
	return listIdentities(m, d, &v, func() []json.RawMessage { return v.Groups }, typeGroup, (*Mapping).group)
}

func listIdentities(m *Mapping, d ingest.Document, v any, items func() []json.RawMessage, t string, add func(*Mapping, ingest.Document, identity, depth)) error {
	var page struct{ IsTruncated bool }
	if err := decode(d, v); err != nil {
		return err
	}
	m.identities(d, items(), listed, add)
	if decode(d, &page) == nil && !page.IsTruncated {
		m.AWSPermissions.MarkListed(d.Account, t)
	}
	return nil
}

func mapGetUser(m *Mapping, d ingest.Document) error {
	var v struct{ User *identity }
	if err := decode(d, &v); err != nil || v.User == nil {
		return err
	}
	m.user(d, *v.User, got)
	return nil
}

func mapGetRole(m *Mapping, d ingest.Document) error {
	var v struct{ Role *identity }
	if err := decode(d, &v); err != nil || v.Role == nil {
		return err
	}
	m.role(d, *v.Role, got)
	return nil
}

func mapGetGroup(m *Mapping, d ingest.Document) error {
	var v struct {
		Group *identity
		Users []identity
	}
	if err := decode(d, &v); err != nil || v.Group == nil {
		return err
	}
	m.group(d, *v.Group, listed)
	for _, u := range v.Users {
		m.user(d, u, listed)
		m.memberOf(u.Arn, v.Group.Arn)
	}
	return nil
}

// memberOf notes one group of a user. Alone it does not say that there are no
// others, so the user's groups stay not collected unless some answer lists them.
func (m *Mapping) memberOf(user, group string) {
	m.Later(func() {
		if u := m.AWSPermissions.Users[user]; u != nil && !u.Groups.Known() {
			m.link(user, schema.MemberOf, group, schema.Group)
		}
	})
}

// accountOf is the account of an ARN, or "".
func accountOf(arn string) string {
	a, _ := schema.ParseARN(arn)
	return a.Account
}

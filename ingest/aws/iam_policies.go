package aws

import (
	"encoding/json"
	"slices"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// managedPolicy is a managed policy as GAAD, ListPolicies and GetPolicy write
// it; only GAAD has versions.
type managedPolicy struct {
	PolicyName, Arn, Path, DefaultVersionID string
	AttachmentCount                         *int
	PermissionsBoundaryUsageCount           *int
	Tags                                    []tag
	PolicyVersionList                       []policyVersion
}

type policyVersion struct {
	VersionID        string
	IsDefaultVersion bool
	Document         json.RawMessage
}

// managedPolicy adds a policy. GAAD may list AWS's own policies whether
// attached or not, some 1,600 in each account: those that nothing uses say
// nothing about the account and are left out.
func (m *Mapping) managedPolicy(d ingest.Document, p managedPolicy) {
	arn, ok := schema.ParseARN(p.Arn)
	if !ok || arn.Service != "iam" {
		m.gap(d, graph.GapNotUnderstood, "", "a managed policy has no IAM ARN: "+quote(p.Arn))
		return
	}
	awsManaged := !schema.IsAccountID(arn.Account)
	if awsManaged && p.AttachmentCount != nil && *p.AttachmentCount == 0 && (p.PermissionsBoundaryUsageCount == nil || *p.PermissionsBoundaryUsageCount == 0) {
		return
	}
	n := m.Graph.Node(p.Arn, schema.Policy).Set(schema.PropResourceType, typePolicy).Set(schema.PropName, p.PolicyName)
	out := iamaws.ManagedPolicy{ARN: p.Arn, Name: p.PolicyName, Path: p.Path, DefaultVersion: p.DefaultVersionID, Source: source(d)}
	if !awsManaged {
		n.Set(schema.PropEnvironment, arn.Account).Set(schema.PropTags, tagList(p.Tags))
		m.inAccount(p.Arn, arn.Account)
		if p.AttachmentCount != nil {
			out.AttachmentCount = iamaws.Of(*p.AttachmentCount)
		}
	}
	for _, v := range p.PolicyVersionList {
		out.Versions = append(out.Versions, m.version(d, p.Arn, v))
	}
	out.AllVersions = p.PolicyVersionList != nil && d.Operation != "GetPolicyVersion"
	m.AWSPermissions.AddPolicy(out)
}

func (m *Mapping) version(d ingest.Document, arn string, v policyVersion) iamaws.PolicyVersion {
	out := iamaws.PolicyVersion{ID: v.VersionID, IsDefault: v.IsDefaultVersion}
	if doc := m.policy(d, arn, arn, v.Document); doc.Known() {
		out.Document = doc
	}
	return out
}

func mapListPolicies(m *Mapping, d ingest.Document) error {
	var v struct{ Policies []json.RawMessage }
	if err := decode(d, &v); err != nil {
		return err
	}
	each(m, d, v.Policies, func(p managedPolicy) { m.managedPolicy(d, p) })
	m.AWSPermissions.MarkListed(d.Account, typePolicy)
	return nil
}

func mapGetPolicy(m *Mapping, d ingest.Document) error {
	var v struct{ Policy *managedPolicy }
	if err := decode(d, &v); err != nil || v.Policy == nil {
		return err
	}
	m.managedPolicy(d, *v.Policy)
	return nil
}

// mapGetPolicyVersion reads an answer that names no policy: the first parameter
// does.
func mapGetPolicyVersion(m *Mapping, d ingest.Document) error {
	var v struct{ PolicyVersion *policyVersion }
	if err := decode(d, &v); err != nil || v.PolicyVersion == nil {
		return err
	}
	arn, err := policyParameter(d)
	if err != nil {
		return err
	}
	m.managedPolicy(d, managedPolicy{Arn: arn, PolicyVersionList: []policyVersion{*v.PolicyVersion}})
	return nil
}

func mapListPolicyVersions(m *Mapping, d ingest.Document) error {
	var v struct{ Versions []policyVersion }
	if err := decode(d, &v); err != nil {
		return err
	}
	arn, err := policyParameter(d)
	if err != nil {
		return err
	}
	m.managedPolicy(d, managedPolicy{Arn: arn, PolicyVersionList: v.Versions})
	return nil
}

func policyParameter(d ingest.Document) (string, error) {
	for _, p := range d.Parameters {
		if _, ok := schema.ParseARN(p); ok {
			return p, nil
		}
	}
	return "", needsParameter(d, "the policy's ARN")
}

// inlineFacts gathers the inline policies of principals that no GAAD describes:
// names come from one call, documents from one call each.
type inlineFacts struct {
	owners map[inlineOwner]*inlineOfOwner
}

type inlineOwner struct {
	kind          schema.NodeKind
	account, name string
}

type inlineOfOwner struct {
	listed bool
	names  []string
	docs   map[string]iamaws.Document
	from   ingest.Document
}

func (m *Mapping) inlineOf(d ingest.Document, kind schema.NodeKind, name string) *inlineOfOwner {
	all := ingest.Memory[inlineFacts](m.Facts)
	if all.owners == nil {
		all.owners = map[inlineOwner]*inlineOfOwner{}
	}
	key := inlineOwner{kind, d.Account, name}
	o := all.owners[key]
	if o == nil {
		o = &inlineOfOwner{docs: map[string]iamaws.Document{}, from: d}
		all.owners[key] = o
		m.Later(func() { m.finishInline(key, o) })
	}
	return o
}

// finishInline gives a principal its inline policies. A policy that was named
// and not fetched, or fetched without the list of names, stays as one that
// cannot be read, so that the principal's verdicts are unknown and not "no".
func (m *Mapping) finishInline(key inlineOwner, o *inlineOfOwner) {
	id := m.identityOf(key.kind, key.account, key.name)
	if id == nil {
		m.gap(o.from, graph.GapNotUnderstood, "", "inline policies of "+quote(key.name)+", which no document describes")
		return
	}
	if id.Inline.Known() {
		return // GAAD shows them all
	}
	for name := range o.docs {
		if !slices.Contains(o.names, name) {
			o.names = append(o.names, name)
		}
	}
	slices.Sort(o.names)
	docs := []iamaws.Document{}
	for _, name := range o.names {
		doc, ok := o.docs[name]
		if !ok {
			doc = iamaws.Document{ID: name}
			m.gap(o.from, graph.GapNotCollected, id.ARN, "inline policy "+name+" was not collected; what depends on it is unknown")
		}
		docs = append(docs, doc)
	}
	if !o.listed {
		docs = append(docs, iamaws.Document{ID: "inline policies that were not listed"})
		m.gap(o.from, graph.GapNotCollected, id.ARN, "the list of inline policies was not collected; what depends on it is unknown")
	}
	id.Inline = iamaws.Of(docs)
}

func inlineNames(kind schema.NodeKind) Mapper {
	return func(m *Mapping, d ingest.Document) error {
		var v struct{ PolicyNames *[]string }
		if err := decode(d, &v); err != nil || v.PolicyNames == nil {
			return err
		}
		if d.Parameter() == "" {
			return needsParameter(d, "the name of the principal")
		}
		o := m.inlineOf(d, kind, d.Parameter())
		o.listed, o.names = true, append(o.names, *v.PolicyNames...)
		return nil
	}
}

func inlinePolicy(kind schema.NodeKind) Mapper {
	return func(m *Mapping, d ingest.Document) error {
		var v struct {
			UserName, GroupName, RoleName, PolicyName string
			PolicyDocument                            json.RawMessage
		}
		if err := decode(d, &v); err != nil {
			return err
		}
		owner := v.UserName + v.GroupName + v.RoleName
		if owner == "" || v.PolicyName == "" {
			return needsParameter(d, "a principal and a policy name")
		}
		m.inlineOf(d, kind, owner).docs[v.PolicyName] = m.inlineDocument(d, owner, inlineDocument{v.PolicyName, v.PolicyDocument})
		return nil
	}
}

// attachedPolicies maps the managed policies of one principal.
func attachedPolicies(kind schema.NodeKind) Mapper {
	return func(m *Mapping, d ingest.Document) error {
		var v struct{ AttachedPolicies *[]attachedPolicy }
		if err := decode(d, &v); err != nil || v.AttachedPolicies == nil {
			return err
		}
		name := d.Parameter()
		if name == "" {
			return needsParameter(d, "the name of the principal")
		}
		m.Later(func() {
			id := m.identityOf(kind, d.Account, name)
			if id == nil {
				m.gap(d, graph.GapNotUnderstood, "", "attached policies of "+quote(name)+", which no document describes")
				return
			}
			if id.Attached.Known() {
				return
			}
			arns := []string{}
			for _, p := range *v.AttachedPolicies {
				arns = append(arns, p.PolicyArn)
			}
			id.Attached = iamaws.Of(arns)
		})
		return nil
	}
}

func mapGroupsForUser(m *Mapping, d ingest.Document) error {
	var v struct{ Groups *[]identity }
	if err := decode(d, &v); err != nil || v.Groups == nil {
		return err
	}
	name := d.Parameter()
	if name == "" {
		return needsParameter(d, "the user's name")
	}
	arns := []string{}
	for _, g := range *v.Groups {
		m.group(d, g, listed)
		arns = append(arns, g.Arn)
	}
	m.laterUser(d, name, func(u *iamaws.User) {
		if !u.Groups.Known() {
			u.Groups = iamaws.Of(arns)
		}
	})
	return nil
}

package aws

import (
	"strings"

	"github.com/postern-sec/postern/graph"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// principalEdges adds the edges of the principals of one partition. It runs when
// all documents are mapped, over what the inventory holds then: a document that
// a stronger one overrules leaves no edge.
func (m *Mapping) principalEdges() {
	inv := m.AWSPermissions
	for _, arn := range sortedKeys(inv.Users) {
		u := inv.Users[arn]
		if !m.mine(arn) {
			continue
		}
		m.policyEdges(&u.Identity, u.Boundary)
		for _, g := range u.Groups.Value {
			if !strings.HasPrefix(g, "arn:") {
				g = m.identityARN(schema.Group, accountOf(arn), g)
			}
			m.link(arn, schema.MemberOf, g, schema.Group)
		}
	}
	for _, arn := range sortedKeys(inv.Groups) {
		if m.mine(arn) {
			m.policyEdges(&inv.Groups[arn].Identity, iamaws.Evidence[string]{})
		}
	}
	for _, arn := range sortedKeys(inv.Roles) {
		r := inv.Roles[arn]
		if !m.mine(arn) {
			continue
		}
		m.policyEdges(&r.Identity, r.Boundary)
		m.trusts(arn, r.Trust)
	}
}

// mine reports whether an ARN is of the mapping's partition.
func (m *Mapping) mine(arn string) bool {
	a, ok := schema.ParseARN(arn)
	return ok && a.Partition == m.Partition
}

func (m *Mapping) policyEdges(i *iamaws.Identity, boundary iamaws.Evidence[string]) {
	for _, p := range i.Attached.Value {
		m.link(i.ARN, schema.HasPolicy, p, schema.Policy)
	}
	if boundary.Known() {
		m.link(i.ARN, schema.HasBoundary, boundary.Value, schema.Policy)
	}
}

// missingIdentity names the principals whose policies nobody asked for, as after
// ListRoles alone.
func (m *Mapping) missingIdentity() {
	gap := func(arn, operation, what string) {
		m.Graph.Gap(graph.Gap{Kind: graph.GapNotCollected, Account: accountOf(arn), Region: "global", Service: "iam", Operation: operation,
			Resource: arn, Message: what + " not collected; what depends on them is unknown"})
	}
	policies := func(i *iamaws.Identity, kind string) {
		if !i.Inline.Collected() {
			gap(i.ARN, "List"+kind+"Policies", "inline policies were")
		}
		if !i.Attached.Collected() {
			gap(i.ARN, "ListAttached"+kind+"Policies", "attached policies were")
		}
	}
	inv := m.AWSPermissions
	for _, arn := range sortedKeys(inv.Users) {
		policies(&inv.Users[arn].Identity, "User")
		if !inv.Users[arn].Groups.Collected() {
			gap(arn, "ListGroupsForUser", "groups were")
		}
	}
	for _, arn := range sortedKeys(inv.Groups) {
		policies(&inv.Groups[arn].Identity, "Group")
	}
	for _, arn := range sortedKeys(inv.Roles) {
		policies(&inv.Roles[arn].Identity, "Role")
	}
}

package attack

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// Two things act in paths that the permission engine knows no principal for: a
// member of a group (whoever adds itself gains what the group gives) and a
// capability (an administrator of an account). Each gets a stand-in: a user in
// a copy of the inventory who has exactly those rights, so that every question
// is asked once, of everyone. Their edges are drawn from the node they stand
// for, and nothing else ever sees them.

const (
	memberPath = "/postern/member-of/"
	adminPath  = "/postern/"
	adminName  = "administrator"
)

// anythingPolicy is what AWS's AdministratorAccess says.
//
// Source: AWS Managed Policy Reference, "AdministratorAccess", read 2026-11.
const anythingPolicy = `{"Version":"2012-10-17","Statement":[{"Sid":"AdministratorAccess","Effect":"Allow","Action":"*","Resource":"*"}]}`

func (w *world) addStandIns() {
	w.standIns = map[string]string{}
	inv := *w.f.AWSPermissions
	inv.Users = maps.Clone(inv.Users)
	if inv.Users == nil {
		inv.Users = map[string]*iamaws.User{}
	}
	for arn, g := range inv.Groups {
		w.addMember(&inv, arn, g)
	}
	for _, e := range w.principalAccounts() {
		w.addAdministrator(&inv, e)
	}
	w.addAPIs(&inv)
	w.inv = &inv
	all := iamaws.New(&inv)
	w.noteUnread(all.Unread())
	w.perms = all.WithoutUnread()
}

// addAPIs makes the resource policies of REST APIs findable under the ARN by
// which requests to an API are authorised.
//
// Source: Service Authorization Reference, "Amazon API Gateway" (execute-api),
// resource types, read 2026-11.
func (w *world) addAPIs(inv *iamaws.Inventory) {
	inv.Resources = maps.Clone(inv.Resources)
	for arn, r := range w.f.AWSPermissions.Resources {
		a, ok := schema.ParseARN(arn)
		if !ok || a.Service != "apigateway" || !strings.HasPrefix(a.Resource, "/restapis/") || r.Account == "" {
			continue
		}
		api := *r
		api.ARN = executeAPI(arn, r.Account)
		inv.Resources[api.ARN] = &api
	}
}

func (w *world) addMember(inv *iamaws.Inventory, group string, g *iamaws.Group) {
	a, ok := schema.ParseARN(group)
	if !ok {
		return
	}
	id := schema.ARN{Partition: a.Partition, Service: "iam", Account: a.Account, Resource: "user" + memberPath + g.Name}.String()
	inv.Users[id] = standIn(id, g.Name, memberPath, func(u *iamaws.User) {
		u.Groups = iamaws.Of([]string{group})
		u.Inline = iamaws.NoneOf[[]iamaws.Document]()
	})
	w.standIns[id] = group
	w.g.Refer(group, schema.Group)
}

func (w *world) addAdministrator(inv *iamaws.Inventory, e environment) {
	id := administratorARN(e)
	node := schema.AdminCapabilityID(e.account)
	inv.Users[id] = standIn(id, adminName, adminPath, func(u *iamaws.User) {
		u.Groups = iamaws.NoneOf[[]string]()
		u.Inline = iamaws.Of([]iamaws.Document{{ID: node, JSON: []byte(anythingPolicy)}})
	})
	w.standIns[id] = node
	w.admins[id] = true
	w.g.Node(node, schema.Capability).Set(schema.PropName, "administrator of "+e.account).Set(schema.PropEnvironment, e.account)
}

// administratorARN is the stand-in for an account's capability.
func administratorARN(e environment) string {
	return schema.ARN{Partition: e.partition, Service: "iam", Account: e.account, Resource: "user" + adminPath + adminName}.String()
}

func standIn(arn, name, path string, fill func(*iamaws.User)) *iamaws.User {
	u := &iamaws.User{
		Identity:     iamaws.Identity{ARN: arn, Name: name, Path: path, Attached: iamaws.NoneOf[[]string]()},
		Boundary:     iamaws.NoneOf[string](),
		Tags:         iamaws.NoneOf[map[string]string](),
		AccessKeys:   iamaws.NoneOf[[]iamaws.AccessKey](),
		LoginProfile: iamaws.NoneOf[iamaws.LoginProfile](),
		MFADevices:   iamaws.NoneOf[[]string](),
	}
	fill(u)
	return u
}

// isCapability reports whether a principal stands for an account's
// administrator.
func (w *world) isCapability(p string) bool {
	_, ok := schema.CapabilityEnvironment(w.standIns[p])
	return ok
}

// principalAccounts are the accounts that were collected, and those of all users
// and roles, sorted.
func (w *world) principalAccounts() []environment {
	inv := w.f.AWSPermissions
	seen := map[environment]bool{}
	for id, e := range w.f.Environments {
		if schema.IsAccountID(id) {
			seen[environment{cmp.Or(e.Partition, "aws"), id}] = true
		}
	}
	add := func(arn string) {
		if a, ok := schema.ParseARN(arn); ok && schema.IsAccountID(a.Account) {
			seen[environment{a.Partition, a.Account}] = true
		}
	}
	for arn := range inv.Users {
		add(arn)
	}
	for arn := range inv.Roles {
		add(arn)
	}
	out := slices.Collect(maps.Keys(seen))
	slices.SortFunc(out, func(a, b environment) int {
		return slices.Compare([]string{a.account, a.partition}, []string{b.account, b.partition})
	})
	return out
}

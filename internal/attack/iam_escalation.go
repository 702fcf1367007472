package attack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// rewrite is a way to give a principal any rights by writing to IAM. Done to
// oneself it leads to the account's capability; done to another principal it
// does when one can also become that principal.
type rewrite struct {
	Technique
	// of says whose rights change: users, roles, or a group's members.
	of subject
	// targets are what the action is done to, for a subject.
	targets func(*world, string) []string
	// self allows doing it to oneself; without, it takes a second step.
	self bool
	// then are the second steps: how one becomes the principal.
	then map[*second]string // technique id of the combination
	// any is a pattern of everything the action could be done to: who may do it
	// to all of them lacks only a second foothold.
	any string
}

type subject uint8

const (
	ofUser subject = iota
	ofRole
	ofEither
)

// second is how one becomes a principal whose rights one has changed.
type second struct {
	title   string
	actions []string
	role    bool
}

var (
	assumeIt = &second{"assumes it", []string{"sts:AssumeRole"}, true}
	retrust  = &second{"rewrites its trust policy", []string{"iam:UpdateAssumeRolePolicy"}, true}
	newKey   = &second{"creates an access key for it", []string{"iam:CreateAccessKey"}, false}
)

// Patterns of everything an IAM action could be done to.
const (
	anyUser   = "arn:{p}:iam::{a}:user/*"
	anyRole   = "arn:{p}:iam::{a}:role/*"
	anyGroup  = "arn:{p}:iam::{a}:group/*"
	anyPolicy = "arn:{p}:iam::{a}:policy/*"
)

func rewriteRow(id, title, action string, of subject, any string, targets func(*world, string) []string, then map[*second]string) *rewrite {
	return &rewrite{of: of, targets: targets, self: true, then: then, any: any, Technique: Technique{
		ID: id, Kind: schema.Escalates, Title: title, Needs: needs(onTarget, action),
		Requires: []string{"the boundary and the organisation's policies leave a gain"},
		Source:   sourceOf(id), Cost: 2, AttackIDs: []string{"T1098.003", "T1078.004"},
	}}
}

var rewrites = []*rewrite{
	rewriteRow("iam-001", "writes a new version of a policy attached to itself", "iam:CreatePolicyVersion", ofEither, anyPolicy, (*world).ownPolicies,
		map[*second]string{assumeIt: "iam-016", retrust: "iam-020"}),
	rewriteRow("iam-005", "writes an inline policy into its own role", "iam:PutRolePolicy", ofRole, anyRole, itself,
		map[*second]string{assumeIt: "iam-017", retrust: "iam-021"}),
	rewriteRow("iam-007", "writes an inline policy into its own user", "iam:PutUserPolicy", ofUser, anyUser, itself,
		map[*second]string{newKey: "iam-018"}),
	rewriteRow("iam-008", "attaches a policy to its own user", "iam:AttachUserPolicy", ofUser, anyUser, itself,
		map[*second]string{newKey: "iam-015"}),
	rewriteRow("iam-009", "attaches a policy to its own role", "iam:AttachRolePolicy", ofRole, anyRole, itself,
		map[*second]string{assumeIt: "iam-014", retrust: "iam-019"}),
	rewriteRow("iam-010", "attaches a policy to a group it is in", "iam:AttachGroupPolicy", ofUser, anyGroup, (*world).ownGroups, nil),
	rewriteRow("iam-011", "writes an inline policy into a group it is in", "iam:PutGroupPolicy", ofUser, anyGroup, (*world).ownGroups, nil),
}

// administrator is who needs no escalation.
var administrator = &Technique{
	ID: "admin-001", Kind: schema.Escalates, Title: "is an administrator of its account already",
	Requires: []string{"every action on every resource of the account is allowed"},
	Source:   "IAM User Guide, AdministratorAccess", Cost: 1, AttackIDs: []string{"T1078.004"},
}

// oldVersion makes an older, broader version of a policy the one in force.
var oldVersion = &Technique{
	ID: "policy-001", Kind: schema.Escalates, Title: "puts an older version of a policy attached to itself in force",
	Needs: needs(onTarget, "iam:SetDefaultPolicyVersion"), Requires: []string{"another version of the policy gives more"},
	Source: "IAM User Guide, Versioning IAM policies", Cost: 2, AttackIDs: []string{"T1098.003", "T1078.004"},
}

// combination is the technique of a rewrite of another principal followed by
// becoming it.
type combination struct {
	Technique
	first *rewrite
	then  *second
}

var combinations = func() []*combination {
	var out []*combination
	for _, r := range rewrites {
		for s, id := range r.then {
			out = append(out, &combination{first: r, then: s, Technique: Technique{
				ID: id, Kind: schema.Escalates, Needs: slices.Concat(r.Needs, needs(onTarget, s.actions...)),
				Title:    strings.NewReplacer("itself", "another principal", "its own", "another").Replace(r.Title) + " and " + s.title,
				Requires: r.Requires, Source: sourceOf(id), Cost: 3, AttackIDs: r.AttackIDs,
			}})
		}
	}
	slices.SortFunc(out, func(a, b *combination) int { return strings.Compare(a.ID, b.ID) })
	return out
}()

var escalationFamily = Family{Name: "account administration", Techniques: slices.Concat(
	[]*Technique{administrator}, techniquesOf(rewrites, func(r *rewrite) *Technique { return &r.Technique }),
	[]*Technique{oldVersion}, techniquesOf(combinations, func(c *combination) *Technique { return &c.Technique }), techniquesOf(unboundings, func(u *unbounding) *Technique { return &u.Technique })),
	derive: (*world).escalate}

func (w *world) escalate() error {
	admins := map[string]iamaws.Decision{}
	for _, p := range w.principals() {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		if d, is := w.alreadyAdmin(p); is {
			admins[p] = d
		}
	}
	w.noteOneCondition(admins)
	for _, r := range rewrites {
		w.rewriteSelf(r)
		w.secondFoothold(r)
	}
	w.oldVersions()
	for _, c := range combinations {
		w.combine(c)
	}
	w.unbind()
	return nil
}

// principals are all users and roles that can be attackers: stand-ins for
// capabilities are not.
func (w *world) principals() []string {
	out := slices.Concat(w.users, w.roles)
	out = slices.DeleteFunc(out, w.isCapability)
	slices.Sort(out)
	return out
}

// alreadyAdmin leads an administrator to its account's capability; it reports
// false for others.
func (w *world) alreadyAdmin(p string) (iamaws.Decision, bool) {
	if _, unread := w.unread[p]; unread {
		return iamaws.Decision{}, false
	}
	d, err := w.perms.EffectiveAdmin(p)
	if err != nil || d.Verdict == iamaws.Deny {
		return iamaws.Decision{}, false
	}
	from, ok := w.node(p)
	if !ok {
		return iamaws.Decision{}, false
	}
	if d.Verdict == iamaws.Allow {
		w.admins[p], w.ascends[p] = true, true
		w.g.Refer(from, "").Set(schema.PropHasAdmin, true)
	}
	w.add(administrator, step{from: from, to: schema.AdminCapabilityID(w.environmentOf(p).account), way: wayOfDecision([]string{p}, d)})
	return d, true
}

// gain is what account administration would add to a principal.
func (w *world) gain(p string) fact {
	c, err := w.perms.CapabilityCap(p)
	if err != nil {
		return fails
	}
	switch c.Gain {
	case iamaws.Allow:
		return holds
	case iamaws.Conditional:
		return onlyIf("what caps " + p + " leaves a gain")
	case iamaws.Unknown:
		return fact{verdict: schema.Unknown, missing: c.Missing}
	}
	return fails
}

func itself(_ *world, p string) []string { return []string{p} }

// ownPolicies are the customer-managed policies in force for a principal,
// directly or through groups. AWS's own policies cannot be changed.
func (w *world) ownPolicies(p string) []string {
	var out []string
	add := func(i *iamaws.Identity) {
		for _, arn := range i.Attached.Value {
			if a, ok := schema.ParseARN(arn); ok && a.Account != "aws" {
				out = append(out, arn)
			}
		}
	}
	if u := w.inv.Users[p]; u != nil {
		add(&u.Identity)
		for _, g := range w.ownGroups(p) {
			add(&w.inv.Groups[g].Identity)
		}
	}
	if r := w.inv.Roles[p]; r != nil && !r.SSO() {
		add(&r.Identity)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ownGroups are the collected groups a user is in.
func (w *world) ownGroups(p string) []string {
	u := w.inv.Users[p]
	if u == nil {
		return nil
	}
	a, _ := schema.ParseARN(p)
	var out []string
	for _, m := range u.Groups.Value {
		if w.inv.Groups[m] != nil {
			out = append(out, m)
			continue
		}
		if arn := w.groupNamed()[a.Account+"/"+m]; arn != "" {
			out = append(out, arn)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// groupNamed finds groups by account and name; memberships may be written as
// names.
func (w *world) groupNamed() map[string]string {
	if w.groups == nil {
		w.groups = map[string]string{}
		for arn, g := range w.inv.Groups {
			a, _ := schema.ParseARN(arn)
			w.groups[a.Account+"/"+g.Name] = arn
		}
	}
	return w.groups
}

func (r *rewrite) fits(w *world, p string) bool {
	user, role := w.inv.Users[p] != nil, w.inv.Roles[p] != nil && !w.inv.Roles[p].SSO()
	switch r.of {
	case ofUser:
		return user
	case ofRole:
		return role
	}
	return user || role
}

// changes are the targets of a rewrite for each principal whose rights it
// changes.
func (w *world) changes(r *rewrite) (of map[string][]string, all []string) {
	of = map[string][]string{}
	for _, p := range w.principals() {
		if !r.fits(w, p) {
			continue
		}
		if ts := r.targets(w, p); len(ts) > 0 {
			of[p] = ts
			all = append(all, ts...)
		}
	}
	slices.Sort(all)
	return of, slices.Compact(all)
}

func (w *world) rewriteSelf(r *rewrite) {
	of, all := w.changes(r)
	asked := w.allowing(r, all)
	for _, p := range w.principals() {
		for _, t := range of[p] {
			w.escalateBy(&r.Technique, p, p, only(asked[t], func(x string) bool { return x == p }), t)
		}
	}
}

// allowing asks who may do the rewrite to each target. An attached policy must
// be one that gives everything, or there is no such gain: a condition on
// iam:PolicyARN is judged for AdministratorAccess.
func (w *world) allowing(r *rewrite, targets []string) map[string][]way {
	action := r.Needs[0].Action
	if !strings.HasPrefix(action, "iam:Attach") {
		return w.can(action, targets...)
	}
	out := map[string][]way{}
	byPartition := map[string][]string{}
	for _, t := range targets {
		p := w.environmentOf(t).partition
		byPartition[p] = append(byPartition[p], t)
	}
	for p, ts := range byPartition {
		o := w.options()
		o.Context = map[string][]string{"iam:PolicyARN": {schema.ARN{Partition: p, Service: "iam", Account: "aws", Resource: "policy/AdministratorAccess"}.String()}}
		for _, g := range w.toAct(w.perms, action).Grants(action, ts, o) {
			out[g.Resource] = append(out[g.Resource], wayOf(g, strings.ContainsAny(g.Resource, "*?")))
		}
	}
	return out
}

// escalateBy leads p to its account's capability, if changing x leaves a gain.
func (w *world) escalateBy(t *Technique, p, x string, ways []way, target string) {
	if len(ways) == 0 || w.admins[p] {
		return
	}
	g := w.gain(x)
	if g.verdict == schema.Deny {
		return
	}
	from, ok := w.node(p)
	if !ok {
		return
	}
	f := g
	f.evidence = graph.Evidence{Document: target, Summary: fmt.Sprintf("%s: what is written there counts for %s", t.Title, x)}
	for _, y := range plus(ways, f) {
		if y.verdict == schema.Allow {
			w.ascends[p] = true
		}
		w.add(t, step{from: from, principal: p, to: schema.AdminCapabilityID(w.environmentOf(p).account), way: y})
	}
}

// oldVersions needs another version that gives more. Versions that were not
// read make it a condition; where all were read and none gives more, only who may
// do it to every policy of the account is left, waiting for someone to make one.
func (w *world) oldVersions() {
	var all []string
	of := map[string][]string{}
	for _, p := range w.principals() {
		of[p] = w.ownPolicies(p)
		all = append(all, of[p]...)
	}
	slices.Sort(all)
	asked := w.can("iam:SetDefaultPolicyVersion", slices.Compact(all)...)
	for _, p := range w.principals() {
		for _, t := range of[p] {
			ways := only(asked[t], func(x string) bool { return x == p })
			w.escalateBy(oldVersion, p, p, plus(ways, w.broaderVersion(t)), t)
		}
	}
	w.waitForVersions(of)
}

// waitForVersions is about principals that may put any version of any policy in
// force.
func (w *world) waitForVersions(policies map[string][]string) {
	for _, e := range w.accounts() {
		pattern := Need{On: anyPolicy}.on("", e)
		for _, g := range w.perms.Grants("iam:SetDefaultPolicyVersion", []string{pattern}, w.options()) {
			if g.Partial {
				continue
			}
			for _, p := range g.Principals {
				if w.admins[p] || w.environmentOf(p) != e || len(policies[p]) == 0 {
					continue
				}
				f := w.gain(p)
				from, ok := w.node(p)
				if !ok || f.verdict == schema.Deny {
					continue
				}
				x := wayOf(g, false).and(f.way(), []string{p}).and(onlyIf("someone makes a version of "+policies[p][0]+" that gives more").way(), []string{p})
				w.add(oldVersion, step{from: from, to: schema.AdminCapabilityID(e.account), way: x, confidence: schema.Low, cost: 7})
			}
		}
	}
}

func (w *world) broaderVersion(policy string) fact {
	p := w.inv.Policies[policy]
	if p == nil {
		return onlyIf("another version of " + policy + " gives more")
	}
	unread := !p.AllVersions
	for _, v := range p.Versions {
		if v.ID == p.DefaultVersion || p.DefaultVersion == "" && v.IsDefault {
			continue
		}
		if !v.Document.Known() {
			unread = true
		} else if givesEverything(v.Document.Value.JSON) {
			return shown(policy, v.ID, "version "+v.ID+" of the policy, not in force, allows every action")
		}
	}
	if unread {
		return onlyIf("a version of " + policy + " that was not read gives more")
	}
	return fails
}

// combine changes another principal and becomes it.
func (w *world) combine(c *combination) {
	of, all := w.changes(c.first)
	asked := w.allowing(c.first, all)
	found := map[string]foothold{} // by principal: one proof is enough
	changers := map[string][]way{} // of each target, without administrators
	var worth []string             // principals that somebody may change
	for _, x := range w.principals() {
		if len(of[x]) == 0 || w.inv.Roles[x] != nil != c.then.role || w.standIns[x] != "" || w.admins[x] {
			continue
		}
		for _, t := range of[x] {
			if _, done := changers[t]; !done {
				changers[t] = w.notAdmins(asked[t])
			}
			if len(changers[t]) > 0 {
				worth = append(worth, x)
				break
			}
		}
	}
	w.can(c.then.actions[0], w.unlessAssumed(c.then, worth)...)
	for _, x := range worth {
		become := w.secondStep(c.then, x)
		for _, t := range of[x] {
			for _, y := range w.insiders(x, join(changers[t], become)) {
				for _, p := range y.who {
					if old, ok := found[p]; p != x && (!ok || y.verdict.Rank() < old.way.verdict.Rank()) {
						found[p] = foothold{x, t, y}
					}
				}
			}
		}
	}
	for _, p := range w.principals() {
		if f, ok := found[p]; ok {
			w.escalateBy(&c.Technique, p, f.principal, []way{f.way}, f.target)
		}
	}
}

// unlessAssumed are the principals to ask the second step about in one go;
// assuming is asked by trust policies.
func (w *world) unlessAssumed(s *second, all []string) []string {
	if s == assumeIt {
		return nil
	}
	return all
}

type foothold struct {
	principal, target string
	way               way
}

// secondStep says who becomes x.
func (w *world) secondStep(s *second, x string) []way {
	switch s {
	case assumeIt:
		return w.assuming(x)
	case newKey:
		return plus(w.can("iam:CreateAccessKey", x)[x], w.keyFree(x))
	}
	if r := w.inv.Roles[x]; r == nil || r.SSO() {
		return nil
	}
	return w.can("iam:UpdateAssumeRolePolicy", x)[x]
}

// secondFoothold: who may rewrite every user, role, group or policy of the
// account and cannot do it to itself lacks only a principal to profit from it.
func (w *world) secondFoothold(r *rewrite) {
	for _, e := range w.accounts() {
		pattern := Need{On: r.any}.on("", e)
		for _, g := range w.perms.Grants(r.Needs[0].Action, []string{pattern}, w.options()) {
			if g.Partial {
				continue
			}
			for _, p := range g.Principals {
				if w.admins[p] || w.standIns[p] != "" || !w.real(p) || r.fits(w, p) && len(r.targets(w, p)) > 0 {
					continue
				}
				x := wayOf(g, false).and(onlyIf("the attacker also holds a principal of account "+e.account+" that the change is made for").way(), []string{p})
				from, ok := w.node(p)
				if ok && w.environmentOf(p) == e {
					w.add(&r.Technique, step{from: from, to: schema.AdminCapabilityID(e.account), way: x, confidence: schema.Low, cost: 7})
				}
			}
		}
	}
}

func (w *world) real(p string) bool { return w.inv.Users[p] != nil || w.inv.Roles[p] != nil }

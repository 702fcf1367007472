package attack

import (
	"maps"
	"slices"
	"strings"

	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// A resource's own policy that was not collected leaves two things open: it may
// deny what identity policies allow, and it may grant what they do not. The first
// is a condition on an edge that is otherwise true: the policy does not stop it.
// The second is a gap. They are told apart by asking again as if there were no
// such policy. Tools that loop over buckets leave no file for a bucket without a
// policy, so the first is common, and silence would hide most of what is true.

// granted asks the permission engine and, for what is unknown, asks again
// without the policies that are missing.
func (w *world) granted(ask func(*iamaws.Engine) []iamaws.Grant, chosen func(iamaws.Grant) bool) []resourceWay {
	var out []resourceWay
	var open []iamaws.Grant
	for _, g := range ask(w.perms) {
		if g.Verdict == iamaws.Unknown {
			open = append(open, g)
			continue
		}
		out = append(out, resourceWay{g, wayOf(g, chosen(g))})
	}
	if len(open) == 0 {
		return out
	}
	without := map[string][]iamaws.Grant{}
	for _, g := range ask(w.withoutMissing()) {
		if g.Verdict != iamaws.Unknown {
			without[g.Resource] = append(without[g.Resource], g)
		}
	}
	for _, g := range open {
		rest := g.Principals
		for _, a := range without[g.Resource] {
			who := intersect(g.Principals, a.Principals)
			if len(who) == 0 {
				continue
			}
			rest = slices.DeleteFunc(slices.Clone(rest), func(p string) bool { _, ok := slices.BinarySearch(who, p); return ok })
			x := wayOf(a, chosen(a))
			x = x.and(onlyIf(notCollected(g)+", not collected, does not stop it").way(), who)
			out = append(out, resourceWay{a, x})
		}
		if len(rest) > 0 {
			g.Principals = rest
			out = append(out, resourceWay{g, wayOf(g, chosen(g))})
		}
	}
	return out
}

// resourceWay is a way with the grant it comes from.
type resourceWay struct {
	grant iamaws.Grant
	way   way
}

// notCollected names what is missing for a grant.
func notCollected(g iamaws.Grant) string {
	var out []string
	for _, m := range g.Missing {
		out = append(out, strings.TrimSpace(strings.ReplaceAll(m.Kind, "_", " ")+" "+m.ID))
	}
	if len(out) == 0 {
		return "a document about " + g.Resource
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), ", ")
}

// withoutMissing is the engine over an inventory in which resource policies and
// Block Public Access configurations that were not collected do not exist. Key
// policies and trust policies always exist, so nothing can be said without them.
func (w *world) withoutMissing() *iamaws.Engine {
	if w.assumed != nil {
		return w.assumed
	}
	inv := *w.inv
	inv.Resources = maps.Clone(w.inv.Resources)
	for arn, r := range w.inv.Resources {
		if a, ok := schema.ParseARN(arn); ok && a.Service != "kms" {
			inv.Resources[arn] = withoutPolicy(r)
		}
	}
	inv.Accounts = maps.Clone(w.inv.Accounts)
	for id, a := range w.inv.Accounts {
		if !a.S3Block().Collected() {
			none := *a
			none.S3BlockPublicAccess = iamaws.NoneOf[iamaws.BlockPublicAccess]()
			inv.Accounts[id] = &none
		}
	}
	w.assumed = iamaws.New(&inv).WithoutUnread()
	return w.assumed
}

func withoutPolicy(r *iamaws.Resource) *iamaws.Resource {
	out := *r
	if !out.Policy.Collected() {
		out.Policy = iamaws.NoneOf[iamaws.Document]()
	}
	if out.S3 != nil && !out.S3.BlockPublicAccess.Collected() {
		s3 := *out.S3
		s3.BlockPublicAccess = iamaws.NoneOf[iamaws.BlockPublicAccess]()
		out.S3 = &s3
	}
	return &out
}

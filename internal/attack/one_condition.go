package attack

import (
	"encoding/json"
	"slices"
	"strings"

	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// An administrator whose every permission in IAM hangs on one condition of the request
// (its network, the time, MFA) leads to its account's capability under that
// condition. Whatever else it may do in IAM hangs on the same condition and gains
// less, so that the edge to the capability stands for all of it, as an
// administrator's does. Where an account has more than maxLaunched of them, each
// with a condition of its own, everything they may do to each other would be a
// product that says nothing more. Fewer keep their edges.

// requestKeys are condition keys that are about where and when a request is made,
// so that one value answers every action on every resource alike.
//
// Source: IAM User Guide, "AWS global condition context keys", properties of the
// network, and of the request, read 2026-11.
var requestKeys = []string{"aws:sourceip", "aws:vpcsourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:multifactorauthpresent", "aws:multifactorauthage",
	"aws:currenttime", "aws:epochtime", "aws:tokenissuetime", "aws:securetransport"}

// noteOneCondition finds those administrators once it is known who is one under
// which conditions.
func (w *world) noteOneCondition(admins map[string]iamaws.Decision) {
	conditions := w.policyConditions()
	byAccount := map[environment][]string{}
	for p, d := range admins {
		if d.Verdict == iamaws.Conditional && !d.Partial && len(d.Conditions) > 0 && w.oneCondition(p, conditions) {
			e := w.environmentOf(p)
			byAccount[e] = append(byAccount[e], p)
		}
	}
	left := map[string]bool{}
	for _, ps := range byAccount {
		if len(ps) <= maxLaunched {
			continue
		}
		for _, p := range ps {
			left[p] = true
			w.bound[p] = wayOfDecision([]string{p}, admins[p]).witness
		}
	}
	if len(left) > 0 {
		w.inIAM = w.perms.Without(left)
	}
}

// oneCondition reports whether everything that a principal's policies allow of IAM
// hangs on one and the same condition of the request.
func (w *world) oneCondition(p string, of map[string][]string) bool {
	var all []string
	read := func(i iamaws.Identity) bool {
		if !i.Attached.Collected() || !i.Inline.Collected() {
			return false
		}
		for _, d := range i.Inline.Value {
			all = append(all, conditionsIn(d.JSON)...)
		}
		for _, arn := range i.Attached.Value {
			cs, have := of[arn]
			if !have {
				return false
			}
			all = append(all, cs...)
		}
		return true
	}
	switch u, r := w.inv.Users[p], w.inv.Roles[p]; {
	case u != nil:
		if !read(u.Identity) {
			return false
		}
		for _, g := range w.ownGroups(p) {
			if !read(w.inv.Groups[g].Identity) {
				return false
			}
		}
	case r != nil:
		if !read(r.Identity) {
			return false
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return len(all) == 1 && all[0] != ""
}

// policyConditions is conditionsIn of each managed policy.
func (w *world) policyConditions() map[string][]string {
	out := map[string][]string{}
	for arn, p := range w.inv.Policies {
		for _, v := range p.Versions {
			if v.ID == p.DefaultVersion || p.DefaultVersion == "" && v.IsDefault {
				out[arn] = conditionsIn(v.Document.Value.JSON)
			}
		}
	}
	return out
}

// conditionsIn are the conditions of a policy's statements that allow something of
// IAM, written alike; empty for a statement without one, with one on anything but the request,
// and for what is not read plainly.
func conditionsIn(document []byte) []string {
	var doc struct{ Statement json.RawMessage }
	type statement struct {
		Effect    string
		Action    json.RawMessage
		Condition map[string]map[string]any
	}
	var list []statement
	if json.Unmarshal(document, &doc) != nil {
		return []string{""}
	}
	if json.Unmarshal(doc.Statement, &list) != nil {
		var one statement
		if json.Unmarshal(doc.Statement, &one) != nil {
			return []string{""}
		}
		list = []statement{one}
	}
	var out []string
	for _, s := range list {
		if s.Effect == "Deny" || !speaksOfIAM(s.Action) {
			continue
		}
		out = append(out, requestCondition(s.Condition))
	}
	return out
}

// speaksOfIAM reports whether an Action element may name an action of IAM; one
// that is missing or not read plainly may.
func speaksOfIAM(action json.RawMessage) bool {
	list, ok := oneOrMany(action)
	return !ok || slices.ContainsFunc(list, func(a string) bool { return globsMeet(strings.ToLower(a), "iam:*") })
}

func requestCondition(c map[string]map[string]any) string {
	for _, keys := range c {
		for key := range keys {
			if !slices.Contains(requestKeys, strings.ToLower(key)) {
				return ""
			}
		}
	}
	text, err := json.Marshal(c)
	if err != nil || len(c) == 0 {
		return ""
	}
	return string(text)
}

// standsFor reports whether a principal's edge to its account's capability stands
// for what it may do by a way.
func (w *world) standsFor(p string, x way) bool {
	if w.admins[p] {
		return true
	}
	under, ok := w.bound[p]
	return ok && x.verdict == schema.Conditional && !slices.ContainsFunc(under, func(c string) bool { return !slices.Contains(x.witness, c) })
}

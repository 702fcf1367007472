package attack

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// A permission that hangs on a tag of the resource is held by whoever may set
// that tag: the attacker tags the resource and has it. Every question of who may
// do something on a named resource is therefore asked again as if the resource
// had the tag, of those who have such a permission and may set that very tag.
// A tag that a policy forbids is overwritten in the same way. Tags that must be
// absent, and tags of the caller, are left as they are.
//
// Source: IAM User Guide, "Controlling access to AWS resources using tags";
// Service Authorization Reference, actions of the access level Tagging, read
// 2026-11.
type tagged struct{ key, tag, value string } // key as the condition writes it

// taggings are the actions that set a tag, by service and resource type; the
// first that fits counts.
var taggings = []struct{ service, resourceType, action, pattern string }{
	{"iam", "user", "iam:TagUser", "arn:{p}:iam::{a}:user/*"},
	{"iam", "role", "iam:TagRole", "arn:{p}:iam::{a}:role/*"},
	{"ec2", "", "ec2:CreateTags", anyInstance},
	{"lambda", "function", "lambda:TagResource", anyFunction},
	{"sagemaker", "", "sagemaker:AddTags", anySageMaker + "*"},
	{"secretsmanager", "secret", "secretsmanager:TagResource", "arn:{p}:secretsmanager:*:{a}:secret:*"},
	{"ssm", "parameter", "ssm:AddTagsToResource", "arn:{p}:ssm:*:{a}:parameter/*"},
	{"bedrock", "", "bedrock:TagResource", "arn:{p}:bedrock:*:{a}:*"},
	{"bedrock-agentcore", "", "bedrock-agentcore:TagResource", anyAgentCore + "*"},
	{"ecs", "", "ecs:TagResource", anyECS + "*"},
	{"states", "", "states:TagResource", anyStates + "*"},
	{"glue", "", "glue:TagResource", anyGlue + "*"},
	{"kms", "key", "kms:TagResource", "arn:{p}:kms:*:{a}:key/*"},
}

// maxTagged bounds the tags that are tried, the first in order.
const maxTagged = 32

// tagsAtHand are the tags that permissions hang on, each with who has such a
// permission, sorted by tag.
type tagsAtHand struct {
	tags    []tagged
	holders map[tagged][]string
	setters map[string][]string // service, resource type, account, tag: who may set it on something
}

// retagged is who may do an action on named resources once they have set a tag
// on them, beside those who may without.
func (w *world) retagged(action string, resources []string) map[string][]way {
	if w.tags == nil {
		w.noteTags()
	}
	out := map[string][]way{}
	for _, t := range w.tags.tags {
		for set, on := range w.settable(t, resources) {
			w.afterTagging(t, set, action, on, out)
		}
	}
	return out
}

// settable groups the resources on which some holder of the tag may set it, by
// the action that sets it.
func (w *world) settable(t tagged, resources []string) map[string][]string {
	out := map[string][]string{}
	for _, r := range resources {
		if strings.ContainsAny(r, "*?") {
			continue
		}
		a, ok := schema.ParseARN(r)
		if !ok || !schema.IsAccountID(a.Account) {
			continue
		}
		for _, g := range taggings {
			if g.service == a.Service && (g.resourceType == "" || g.resourceType == a.ResourceType()) {
				if len(w.setters(t, g.action, Need{On: g.pattern}.on("", environment{a.Partition, a.Account}))) > 0 {
					out[g.action] = append(out[g.action], r)
				}
				break
			}
		}
	}
	return out
}

// setters are the holders of a tag who may set it on something.
func (w *world) setters(t tagged, action, pattern string) []string {
	k := strings.Join([]string{t.key, t.value, action, pattern}, "\x00")
	who, done := w.tags.setters[k]
	if !done {
		for _, g := range w.perms.Grants(action, []string{pattern}, w.setting(t)) {
			if g.Verdict == iamaws.Allow || g.Verdict == iamaws.Conditional {
				who = append(who, intersect(w.tags.holders[t], g.Principals)...)
			}
		}
		slices.Sort(who)
		who = slices.Compact(who)
		w.tags.setters[k] = who
	}
	return who
}

// setting are the options of a request that sets one tag.
func (w *world) setting(t tagged) iamaws.Options {
	o := w.options()
	o.Context = map[string][]string{"aws:RequestTag/" + t.tag: {t.value}, "aws:TagKeys": {t.tag}}
	return o
}

// afterTagging joins who may set the tag on each resource with who may do the
// action on it once it is set, into out.
func (w *world) afterTagging(t tagged, set, action string, resources []string, out map[string][]way) {
	o := w.options()
	o.Context = map[string][]string{"aws:ResourceTag/" + t.tag: {t.value}, t.key: {t.value}}
	doers := w.waysOn(action, resources, o)
	setters := w.waysOn(set, resources, w.setting(t))
	for _, r := range resources {
		may := only(setters[r], func(p string) bool { _, ok := slices.BinarySearch(w.tags.holders[t], p); return ok })
		ways := only(join(doers[r], may), func(p string) bool { return !w.mayAlready(p, action, r) })
		for _, x := range ways {
			x.effort++
			x.evidence = append(x.evidence, graph.Evidence{Document: r, Summary: fmt.Sprintf("the attacker sets the tag %s=%s on it first, by %s", t.tag, t.value, set)})
			out[r] = append(out[r], x)
		}
	}
}

// waysOn is who may do an action on resources, without what is not known.
func (w *world) waysOn(action string, resources []string, o iamaws.Options) map[string][]way {
	out := map[string][]way{}
	for _, g := range w.perms.Grants(action, resources, o) {
		if x := wayOf(g, false); x.verdict == schema.Allow || x.verdict == schema.Conditional {
			out[g.Resource] = append(out[g.Resource], x)
		}
	}
	return out
}

// mayAlready reports whether a principal needs no tag for it.
func (w *world) mayAlready(principal, action, resource string) bool {
	return slices.ContainsFunc(w.asked[action+"\x00"+resource], func(x way) bool {
		_, in := slices.BinarySearch(x.who, principal)
		return in && (x.verdict == schema.Allow || x.verdict == schema.Conditional)
	})
}

// noteTags reads the tags that permissions hang on out of all policies.
func (w *world) noteTags() {
	w.tags = &tagsAtHand{holders: map[tagged][]string{}, setters: map[string][]string{}}
	of := map[string][]tagged{} // by managed policy
	for arn, p := range w.inv.Policies {
		for _, v := range p.Versions {
			if v.ID == p.DefaultVersion || p.DefaultVersion == "" && v.IsDefault {
				of[arn] = tagsIn(v.Document.Value.JSON)
			}
		}
	}
	in := func(i iamaws.Identity) []tagged {
		var out []tagged
		for _, d := range i.Inline.Value {
			out = append(out, tagsIn(d.JSON)...)
		}
		for _, arn := range i.Attached.Value {
			out = append(out, of[arn]...)
		}
		return out
	}
	groups := map[string][]tagged{}
	for arn, g := range w.inv.Groups {
		groups[arn] = in(g.Identity)
	}
	hold := func(principal string, ts []tagged) {
		for _, t := range ts {
			w.tags.holders[t] = append(w.tags.holders[t], principal)
		}
	}
	for _, arn := range w.users {
		hold(arn, in(w.inv.Users[arn].Identity))
		for _, g := range w.inv.Users[arn].Groups.Value {
			hold(arn, groups[g])
		}
	}
	for _, arn := range w.roles {
		hold(arn, in(w.inv.Roles[arn].Identity))
	}
	for t, who := range w.tags.holders {
		slices.Sort(who)
		w.tags.holders[t] = slices.Compact(who)
		w.tags.tags = append(w.tags.tags, t)
	}
	slices.SortFunc(w.tags.tags, func(a, b tagged) int {
		return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.value, b.value))
	})
	w.leaveTags(maxTagged)
}

// leaveTags keeps so many of the tags and tells the holders of the rest.
func (w *world) leaveTags(n int) {
	if len(w.tags.tags) <= n {
		return
	}
	for _, t := range w.tags.tags[n:] {
		for _, p := range w.tags.holders[t] {
			if from, ok := w.node(p); ok {
				w.note(from, fmt.Sprintf("permissions of it hang on the tag %s: whether it may set that tag was not tried, more than %d tags being named", t.tag, n))
			}
		}
	}
	w.tags.tags = w.tags.tags[:n]
}

// otherValue is what a tag is overwritten with that must not have some value. No
// policy is likely to name it.
const otherValue = "-"

// tagsIn lists the tags of resources that a policy asks for: by a plain value in
// an allowing statement, or as another than some in a denying one.
func tagsIn(document []byte) []tagged {
	if !bytes.Contains(bytes.ToLower(document), []byte("resourcetag/")) {
		return nil
	}
	var doc struct{ Statement json.RawMessage }
	if json.Unmarshal(document, &doc) != nil {
		return nil
	}
	type statement struct {
		Effect    string
		Condition map[string]map[string]json.RawMessage
	}
	var list []statement
	if json.Unmarshal(doc.Statement, &list) != nil {
		var one statement
		if json.Unmarshal(doc.Statement, &one) != nil {
			return nil
		}
		list = []statement{one}
	}
	var out []tagged
	for _, s := range list {
		for operator, keys := range s.Condition {
			must, mustNot := asksForValue(operator), asksForOther(operator)
			if s.Effect == "Deny" {
				must, mustNot = mustNot, must
			}
			if !must && !mustNot {
				continue
			}
			for key, raw := range keys {
				i := strings.Index(strings.ToLower(key), ":resourcetag/")
				values, ok := oneOrMany(raw)
				if i < 0 || !ok {
					continue
				}
				name := key[i+len(":resourcetag/"):]
				if mustNot {
					out = append(out, tagged{key, name, otherValue})
					continue
				}
				for _, v := range values {
					if !strings.ContainsAny(v, "*?$") {
						out = append(out, tagged{key, name, v})
					}
				}
			}
		}
	}
	return out
}

// asksForValue: operators that a value given in the policy satisfies.
func asksForValue(operator string) bool {
	o := strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(operator), "ifexists"), "foranyvalue:")
	return o == "stringequals" || o == "stringlike" || o == "stringequalsignorecase"
}

// asksForOther: operators that another value than those in the policy satisfies.
func asksForOther(operator string) bool {
	o := strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(operator), "ifexists"), "forallvalues:")
	return o == "stringnotequals" || o == "stringnotlike" || o == "stringnotequalsignorecase"
}

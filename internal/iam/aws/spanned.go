package aws

import (
	"slices"
	"strings"
)

// maxSpanned bounds how many resources one wildcard request is asked of one by
// one. A request that spans more is unknown beyond what identity policies deny.
const maxSpanned = 1000

// spanned narrows the answer of a wildcard request by every resource of the
// caller's account that it reaches and that has a policy of its own: wherever the
// request means that resource, the resource's own answer counts.
func (v *eval) spanned(x expr) expr {
	base, layers := v.t, v.layers
	reached := v.e.reached(&base, v.c.account)
	if len(reached) > maxSpanned {
		return v.and(x, v.unknownAllow(Missing{Kind: "resources", ID: unwild(base.text)}))
	}
	part := v.part
	for i, arn := range reached {
		asked := within(arn, &base, v.action)
		if asked == "" {
			continue
		}
		v.t = v.e.targetFor(v.action, asked, v.c)
		v.part = part + 1 + i
		hits, levels := v.marks()
		y := v.formula()
		if y == exprTrue {
			v.cut(hits, levels)
			continue
		}
		v.cutLevels(levels)
		x = v.and(x, v.or(v.not(v.extraFact(fact{part: wild(asked)})), y))
	}
	v.t, v.layers, v.part = base, layers, part
	return x
}

// reached lists the resources of the account whose own policy counts and whose
// ARN the request's pattern matches, in part or whole.
func (e *Engine) reached(t *target, account string) []string {
	var out []string
	pattern := t.text
	if t.service == "s3" {
		head, tail, _ := strings.Cut(t.text, ":::")
		bucket, _, _ := strings.Cut(tail, "/")
		pattern = head + ":::" + bucket
	}
	for _, arn := range e.policied[t.service] {
		info := e.resources[arn]
		if info.account == account && patternsOverlap(pattern, arn) {
			out = append(out, arn)
		}
	}
	return out
}

// within is what the request means inside one resource: for a bucket, its
// objects when the request is about objects.
func within(arn string, t *target, action string) string {
	if t.service != "s3" {
		return arn
	}
	_, key, has := strings.Cut(t.arn.Resource, "/")
	if has {
		return arn + "/" + key
	}
	if a, ok := reference().actions[action]; ok && slices.Contains(a.types, "object") {
		return arn + "/*"
	}
	return arn
}

// marks, cut and cutLevels let a trace forget evaluations that decided nothing.
func (v *eval) marks() (hits, levels int) {
	if v.trace == nil {
		return 0, 0
	}
	return len(v.trace.hits), len(v.trace.levels)
}

func (v *eval) cut(hits, levels int) {
	if v.trace != nil {
		v.trace.hits, v.trace.levels = v.trace.hits[:hits], v.trace.levels[:levels]
	}
}

func (v *eval) cutLevels(levels int) {
	if v.trace != nil {
		v.trace.levels = v.trace.levels[:levels]
	}
}

// notePolicied lists, by service, the resources whose own policy can stand
// against an identity allow, sorted.
func (e *Engine) notePolicied() {
	e.policied = map[string][]string{}
	for _, arn := range sortedKeys(e.resources) {
		info := e.resources[arn]
		if len(info.refs) == 0 && info.state != NotCollected && !info.gated {
			continue
		}
		service := strings.SplitN(arn, ":", 4)
		if len(service) == 4 {
			e.policied[service[2]] = append(e.policied[service[2]], arn)
		}
	}
}

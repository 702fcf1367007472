package aws

import (
	"slices"
	"strings"

	"github.com/postern-sec/postern/schema"
)

// maxSpanned bounds how many resources one wildcard request is asked of one by
// one. A request that spans more is unknown beyond what identity policies deny.
const maxSpanned = 1000

// spanned narrows the answer of a wildcard request by every resource that it
// reaches and that has a policy of its own: wherever the request means that
// resource, the resource's own answer counts. Where nothing is allowed in
// general, what those resources allow is left.
func (v *eval) spanned(x expr) expr {
	if v.fixed() {
		return x
	}
	base, layers := v.t, v.layers
	reached := v.e.reached(&base)
	nothing, everywhere, some := x == exprFalse, x == exprTrue, exprFalse
	if len(reached) > maxSpanned {
		some = v.unknownAllow(Missing{Kind: "resources", ID: unwild(base.text)})
		if nothing && !layers.refused() {
			return some
		}
		return v.and(x, some)
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
		if nothing && y == exprFalse || x == exprTrue && y == exprTrue {
			v.cut(hits, levels) // as everywhere else
			continue
		}
		v.cutLevels(levels)
		here := v.partOf(&base, asked)
		x = v.and(x, v.or(v.not(here), y))
		some = v.or(some, v.and(here, y))
	}
	if !everywhere {
		x = v.or(x, some)
	}
	v.t, v.layers, v.part = base, layers, part
	return x
}

// refused reports whether a layer of the caller's side denies outright.
func (l *layers) refused() bool {
	return l.idDeny == exprTrue || l.boundaryDeny == exprTrue || l.sessionDeny == exprTrue || l.scpDeny == exprTrue || l.scpAllow == exprFalse
}

// fixed reports whether policies do not decide the request.
func (v *eval) fixed() bool {
	_, ok := v.fixedAnswer()
	return ok
}

// partOf holds for the part of the request that means the resource: all of it
// when the request's pattern stands for that resource's parts alone.
func (v *eval) partOf(base *target, asked string) expr {
	if g := newGlob(wild(asked)); g.match(base.text) {
		return exprTrue
	}
	return v.extraFact(fact{part: wild(asked)})
}

// reached lists the resources whose ARN the request's pattern matches, in part or
// whole, and whose own policy counts: in the account that the request is for the
// policy that is there, in every other account a missing one too, for there
// nothing is allowed without.
func (e *Engine) reached(t *target) []string {
	var out []string
	for _, arn := range e.overlapping(t) {
		info := e.resources[arn]
		if info.account == t.account && info.hasSay() || info.account != t.account && t.anyAccount() {
			out = append(out, arn)
		}
	}
	return out
}

// hasSay reports whether the resource's own policy can stand against an identity
// allow, or let in.
func (r *resourceInfo) hasSay() bool {
	return len(r.refs) > 0 || r.state == NotCollected || r.gated
}

// anyAccount reports whether a pattern leaves the account open, as the ARNs of
// buckets do.
func (t *target) anyAccount() bool {
	return t.isARN && (t.arn.Account == "" || strings.ContainsAny(t.arn.Account, "*?"))
}

// overlapping lists the resources with a policy, or room for one, that the
// request's pattern matches, in part or whole, whosever they are.
func (e *Engine) overlapping(t *target) []string {
	var out []string
	pattern := t.text
	if t.service == "s3" && t.arn.Account == "" {
		head, tail, _ := strings.Cut(t.text, ":::")
		bucket, _, _ := strings.Cut(tail, "/")
		pattern = head + ":::" + bucket
	}
	for _, arn := range e.policied[t.service] {
		if patternsOverlap(pattern, arn) {
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

// notePolicied lists, by service, the resources that take a policy of their own,
// sorted.
func (e *Engine) notePolicied() {
	e.policied = map[string][]string{}
	for _, arn := range sortedKeys(e.resources) {
		a, ok := schema.ParseARN(arn)
		if ok && (e.resources[arn].hasSay() || takesPolicy(a)) {
			e.policied[a.Service] = append(e.policied[a.Service], arn)
		}
	}
}

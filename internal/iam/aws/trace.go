package aws

import (
	"sort"
	"strings"
)

// trace collects, for one evaluation, the statements that matched. Deciding
// without it costs nothing.
type trace struct {
	hits   []hit
	levels []levelHit
}

// hit is a statement that matched, wholly (x is exprTrue) or under a condition.
type hit struct {
	layer  Layer
	ref    *policyRef
	stmt   *statement
	x      expr
	level  string // SCP and RCP: the node of the organisation
	direct bool   // resource policies: names the caller itself, not its account
	note   string // for hits without a statement (grants, ACLs, block public access)
	id     string
}

type levelHit struct {
	layer Layer
	id    string
	allow expr
	deny  expr
}

func (v *eval) record(r *policyRef, s *statement, x expr, level string) {
	if v.trace != nil && x != exprFalse {
		v.trace.hits = append(v.trace.hits, hit{layer: r.layer, ref: r, stmt: s, x: x, level: level})
	}
}

func (v *eval) recordNamed(r *policyRef, s *statement, x expr, named *resourceSide) {
	if v.trace != nil && x != exprFalse {
		direct := named.direct != exprFalse || named.user != exprFalse || named.role != exprFalse
		v.trace.hits = append(v.trace.hits, hit{layer: r.layer, ref: r, stmt: s, x: x, direct: direct})
	}
}

func (v *eval) recordLevel(layer Layer, id string, allow, deny expr) {
	if v.trace != nil {
		v.trace.levels = append(v.trace.levels, levelHit{layer, id, allow, deny})
	}
}

func (v *eval) recordGrant(key string, g *kmsGrant, x expr) {
	if v.trace != nil {
		v.trace.hits = append(v.trace.hits, hit{layer: LayerKMSGrant, id: key, note: "grant " + g.id, x: x, direct: true})
	}
}

func (v *eval) recordACL(permission string, x expr) {
	if v.trace != nil {
		v.trace.hits = append(v.trace.hits, hit{layer: LayerACL, id: v.t.info.arn, note: "ACL " + permission, x: x, direct: true})
	}
}

func (v *eval) recordBlocked(setting string, x expr) {
	if v.trace != nil {
		v.trace.hits = append(v.trace.hits, hit{layer: LayerBPA, id: v.t.info.arn, note: setting, x: x})
	}
}

var layerOrder = map[Layer]int{
	LayerRCP: 0, LayerSCP: 1, LayerResource: 2, LayerTrust: 2, LayerKMSGrant: 3, LayerACL: 3, LayerBPA: 4,
	LayerIdentity: 5, LayerBoundary: 6, LayerSession: 7, LayerEndpoint: 8,
}

// because explains a verdict.
func (v *eval) because(verdict Verdict, f *form) []Reason {
	var out []Reason
	if verdict == Deny {
		out = v.denied()
	} else {
		out = v.allowed()
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.Effect != b.Effect {
			return a.Effect == "deny"
		}
		if layerOrder[a.Layer] != layerOrder[b.Layer] {
			return layerOrder[a.Layer] < layerOrder[b.Layer]
		}
		if a.Document != b.Document {
			return a.Document < b.Document
		}
		return a.Statement < b.Statement
	})
	return dedupeReasons(out)
}

func dedupeReasons(in []Reason) []Reason {
	var out []Reason
	for i, r := range in {
		if i == 0 || r != in[i-1] {
			out = append(out, r)
		}
	}
	return out
}

// denied names the explicit denies, else the first layer without an allow.
func (v *eval) denied() []Reason {
	var out []Reason
	for i := range v.trace.hits {
		h := &v.trace.hits[i]
		if h.stmt != nil && h.stmt.deny && v.simplify(h.x).kind == formTrue {
			out = append(out, v.reason(h))
		}
	}
	if len(out) > 0 {
		return out
	}
	if r, ok := v.fixedReason(); ok {
		return []Reason{r}
	}
	if r, ok := v.lacking(); ok {
		return []Reason{r}
	}
	// Every layer has an allow, and conditions exclude each other.
	for i := range v.trace.hits {
		h := &v.trace.hits[i]
		out = append(out, v.reason(h))
	}
	return out
}

// fixedReason explains the answers that no policy decides.
func (v *eval) fixedReason() (Reason, bool) {
	if _, fixed := v.fixedAnswer(); !fixed {
		return Reason{}, false
	}
	r := Reason{Layer: LayerResource, Effect: "deny", Document: v.target()}
	switch {
	case strings.HasPrefix(v.action, "sts:assumerole") && v.c.kind == callerRoot:
		r.Layer, r.Summary = LayerTrust, "the root user cannot assume roles"
	case v.wrongCredentials():
		r.Layer, r.Summary = LayerIdentity, "STS takes no "+v.shown()+" with the credentials of "+v.c.id
	case v.otherPartition():
		r.Summary = "the caller is of partition " + v.c.partition + " and the resource of partition " + v.t.arn.Partition
	case v.foreign():
		r.Summary = v.shown() + " works only for principals of the account that owns the resource, " + v.t.account
	case v.c.kind == callerAnonymous && v.action == "lambda:invokefunctionurl":
		r.Summary = "the function has no URL that takes unsigned requests"
	case v.c.kind == callerAnonymous && anonymousNever(v):
		r.Summary = "the service takes no request without credentials"
	default:
		r.Summary = "only AWS can change this resource"
	}
	return r, true
}

func (v *eval) target() string { return unwild(v.t.text) }

// shown is the action as AWS spells it, when it is known.
func (v *eval) shown() string { return actionName(v.action) }

// lacking finds the first layer whose allow is missing, in AWS's order.
func (v *eval) lacking() (Reason, bool) {
	l := &v.layers
	none := func(x expr) bool { return v.simplify(x).kind == formFalse }
	for _, lv := range v.trace.levels {
		if none(lv.allow) {
			return v.noAllow(lv.layer, lv.id, "no service control policy at "+lv.id+" allows"), true
		}
	}
	if none(l.endpointAllow) {
		return v.noAllow(LayerEndpoint, strings.Join(v.over["aws:sourcevpce"], ","), "the endpoint's policy does not allow"), true
	}
	if r, ok := v.lackingResource(none); ok {
		return r, true
	}
	if !v.c.authenticated() {
		return Reason{}, false
	}
	if none(l.idAllow) {
		return v.noAllow(LayerIdentity, v.c.arn, "no identity policy allows"), true
	}
	if none(l.boundaryAllow) {
		return v.noAllow(LayerBoundary, v.c.principal.boundaryID, "the permissions boundary does not allow"), true
	}
	if none(l.sessionAllow) {
		return v.noAllow(LayerSession, v.session[0].id, "no session policy allows"), true
	}
	return Reason{}, false
}

// lackingResource explains a resource policy that does not let the caller in
// where it must.
func (v *eval) lackingResource(none func(expr) bool) (Reason, bool) {
	l := &v.layers
	layer := LayerResource
	if v.t.gate && isRoleARN(v.t.arn) {
		layer = LayerTrust
	}
	doc := v.target()
	if v.t.info != nil {
		doc = v.t.info.arn
	}
	anyAllow := l.any(v)
	if !none(anyAllow) && !none(l.blocked) && none(v.and(anyAllow, v.not(l.blocked))) {
		setting, whose := v.blockingLevel()
		return Reason{Layer: LayerBPA, Effect: "deny", Document: setting, Statement: "RestrictPublicBuckets",
			Summary: "block public access of " + whose + " stops what the public policy grants to other accounts"}, true
	}
	if l.sameAccount && !v.t.gate && !v.foreignPoint() || !none(v.or(anyAllow, v.or(l.grant, l.acl))) {
		return Reason{}, false
	}
	text := "the resource's policy does not allow " + v.c.id
	switch {
	case layer == LayerTrust:
		text = "the role's trust policy does not allow " + v.c.id
	case v.t.service == "kms":
		text = "the key policy allows neither " + v.c.id + " nor its account, and identity policies alone do not count;"
	case !l.sameAccount && v.c.authenticated():
		text = "the resource is another account's and its policy does not allow " + v.c.id
	}
	return v.noAllow(layer, doc, text), true
}

// blockingLevel names the bucket, access point, account or organisation whose
// setting blocks, by its id and in words.
func (v *eval) blockingLevel() (id, words string) {
	a := v.e.account(v.t.account)
	switch {
	case a.facts == nil || !a.facts.S3Block().Value.RestrictPublicBuckets:
		return v.t.info.arn, v.t.info.arn
	case !a.facts.S3OrganizationPolicy.Value:
		return v.t.account, v.t.account
	case a.orgID.Known():
		return a.orgID.Value, "organisation " + a.orgID.Value + " (its S3 policy for account " + v.t.account + ")"
	}
	return v.t.account, v.t.account + " (its organisation's S3 policy)"
}

func (v *eval) noAllow(layer Layer, document, text string) Reason {
	return Reason{Layer: layer, Effect: "deny", Document: document, Summary: text + " " + v.shown() + " on " + v.target()}
}

// allowed names the statements that allow, and the denies that hold only under a
// condition.
func (v *eval) allowed() []Reason {
	var out []Reason
	sure := map[Layer]bool{}
	for i := range v.trace.hits {
		h := &v.trace.hits[i]
		if h.x == exprTrue && (h.stmt == nil || !h.stmt.deny) {
			sure[h.layer] = true
		}
	}
	for i := range v.trace.hits {
		h := &v.trace.hits[i]
		switch {
		case h.layer == LayerSCP && h.stmt != nil && !h.stmt.deny:
			continue
		case h.stmt != nil && !h.stmt.deny && sure[h.layer] && h.x != exprTrue:
			continue // a statement without a condition already allows it
		case h.layer == LayerBPA:
			continue
		}
		out = append(out, v.reason(h))
	}
	if _, fixed := v.fixedAnswer(); fixed {
		out = append(out, Reason{Layer: LayerIdentity, Effect: "allow", Document: v.c.id, Summary: v.shown() + " needs no permission"})
	}
	if v.c.kind == callerRoot && v.layers.sameAccount {
		out = append(out, Reason{Layer: LayerIdentity, Effect: "allow", Document: v.c.arn, Summary: "the root user of the account may do everything that no policy denies"})
	}
	return out
}

// reason turns a hit into a sentence.
func (v *eval) reason(h *hit) Reason {
	r := Reason{Layer: h.layer, Effect: "allow", Document: h.id, Statement: h.note}
	verb := "allows"
	if h.ref != nil {
		r.Document, r.Source = h.ref.id, h.ref.source
	}
	if h.stmt != nil {
		r.Statement = h.stmt.name()
		if h.stmt.deny {
			r.Effect, verb = "deny", "denies"
		}
	}
	if h.layer == LayerBPA {
		r.Effect, verb = "deny", "stops"
	}
	what := r.Document
	if r.Statement != "" {
		what = "statement " + r.Statement + " of " + what
	}
	r.Summary = layerWords[h.layer] + " " + what + " " + verb + " " + v.shown() + " on " + v.target()
	if h.level != "" {
		r.Summary += " (attached to " + h.level + ")"
	}
	if f := v.simplify(h.x); f.kind > formTrue {
		if words := v.words(f); words != "" {
			r.Summary += " if " + words
		}
	}
	return r
}

var layerWords = map[Layer]string{
	LayerIdentity: "identity policy:", LayerResource: "resource policy:", LayerBoundary: "permissions boundary:",
	LayerSCP: "service control policy:", LayerRCP: "resource control policy:", LayerSession: "session policy:",
	LayerTrust: "trust policy:", LayerEndpoint: "endpoint policy:", LayerBPA: "block public access:",
	LayerKMSGrant: "KMS:", LayerACL: "bucket ACL:",
}

// words writes a form as a sentence.
func (v *eval) words(f *form) string {
	switch f.kind {
	case formLiteral:
		return v.literalWords(f.lit)
	case formAnd, formOr:
		sep := " and "
		if f.kind == formOr {
			sep = " or "
		}
		parts := make([]string, len(f.kids))
		for i, k := range f.kids {
			parts[i] = v.words(k)
			if k.kind == formAnd || k.kind == formOr {
				parts[i] = "(" + parts[i] + ")"
			}
		}
		sort.Strings(parts)
		return strings.Join(parts, sep)
	}
	return ""
}

func (v *eval) literalWords(l literal) string {
	f := v.factOf(l)
	switch {
	case f.atom != nil:
		var words []string
		for _, c := range f.atom.conditions(l.negative()) {
			words = append(words, c.Operator+" "+c.Key+" "+strings.Join(c.Values, ", "))
		}
		return strings.Join(words, " and ")
	case f.missing != nil:
		return f.missing.Kind + " " + f.missing.ID + " (not collected) does not stand against it"
	case l.negative():
		return "the resource does not match " + unwild(f.part)
	}
	return "the resource matches " + unwild(f.part)
}

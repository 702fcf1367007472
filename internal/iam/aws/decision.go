package aws

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Can answers one request. The error wraps ErrBadRequest (unknown principal of a
// collected account, malformed action or resource).
func (e *Engine) Can(q Request) (Decision, error) {
	c, err := e.resolve(q.Principal)
	if err != nil {
		return Decision{}, err
	}
	action, err := checkAction(q.Action)
	if err != nil {
		return Decision{}, err
	}
	if err := checkResource(q.Resource); err != nil {
		return Decision{}, err
	}
	v := acquire()
	defer v.done()
	v.begin(e, c, action, e.targetFor(action, q.Resource, c))
	v.options(q.Options)
	d := v.decision()
	d.Principal, d.Action, d.Resource = c.id, q.Action, q.Resource
	return d, nil
}

// checkAction returns the action in lower case.
func checkAction(action string) (string, error) {
	a := strings.ToLower(strings.TrimSpace(action))
	service, name, ok := strings.Cut(a, ":")
	if !ok || service == "" || name == "" || strings.ContainsAny(a, "*? \t") || strings.Contains(name, ":") {
		return "", fmt.Errorf("%w: %q is no action (service:Name, without wildcards)", ErrBadRequest, action)
	}
	if same, ok := authorisedAs[a]; ok {
		return same, nil
	}
	return a, nil
}

// authorisedAs are operations that have no action of their own.
// Source: Bedrock User Guide, "Prerequisites for running model inference" and
// Bedrock API Reference, Converse, ConverseStream.
var authorisedAs = map[string]string{
	"bedrock:converse": "bedrock:invokemodel", "bedrock:conversestream": "bedrock:invokemodelwithresponsestream",
	"bedrock:invokemodelwithbidirectionalstream": "bedrock:invokemodel",
}

func checkResource(r string) error {
	if r == "*" || !isWild(r) && strings.HasPrefix(r, "arn:") && strings.Count(r, ":") >= 5 {
		return nil
	}
	return fmt.Errorf("%w: %q is no resource (an ARN, or * for actions without one)", ErrBadRequest, r)
}

// targetFor resolves the resource as the action sees it: an action without
// resource-level permissions is authorised on "*", whatever resource it touches,
// and only a statement that covers everything matches it.
// Source: Service Authorization Reference, actions without resource types.
func (e *Engine) targetFor(action, resource string, c *caller) target {
	if resource == "*" || resourceless(action) {
		t := target{text: "*", account: c.account, state: None}
		if resource == "*" && !resourceless(action) {
			t.text = everything
		}
		if t.text == everything && spansKeys(action) {
			e.allKeys(&t)
		}
		return t
	}
	resource, alias := e.keyBehind(action, resource)
	t := e.target(resource, c.account)
	if alias {
		t.state, t.gate, t.gaps, t.plain, t.spans = None, false, nil, true, false
		return t
	}
	if isRoleARN(t.arn) && t.isARN && !strings.HasPrefix(action, "sts:") {
		// A trust policy speaks of assuming the role only; whoever changes or passes
		// the role needs identity policies.
		t.state, t.gate, t.gaps = None, false, nil
		t.plain, t.spans = true, false
	}
	return t
}

// options folds the request's own knowledge in.
func (v *eval) options(o Options) {
	v.attacker = o.AttackerChooses
	if len(o.Context) > 0 {
		v.over = make(map[string][]string, len(o.Context))
		for k, vals := range o.Context {
			clean := make([]string, len(vals))
			for i, val := range vals {
				clean[i] = cleanText(val)
			}
			v.over[strings.ToLower(k)] = clean
		}
	}
	if len(o.Absent) > 0 {
		v.absent = make(map[string]bool, len(o.Absent))
		for _, k := range o.Absent {
			v.absent[strings.ToLower(k)] = true
		}
	}
	for i, d := range o.SessionPolicies {
		if d.ID == "" {
			d.ID = "session-policy-" + itoa(i)
		}
		v.session = append(v.session, v.e.sessionPolicy(d))
	}
}

// CheckPolicy says what of a policy cannot be understood; sound is false when
// some of it would not count, which AWS refuses in a policy given with a request.
func CheckPolicy(d Document) (warnings []Warning, sound bool) {
	pol, warnings := parsePolicy(d, shortRefused, newAtomTable())
	return warnings, !pol.broken
}

// sessionPolicy parses a policy given with a request. Its conditions are kept
// out of the engine's atom table, which does not change after New.
func (e *Engine) sessionPolicy(d Document) *policyRef {
	pol, _ := parsePolicy(d, shortRefused, newAtomTable())
	for _, s := range pol.statements {
		for i := range s.clauses {
			s.clauses[i].atom.id = -1
		}
	}
	return &policyRef{pol: pol, id: d.ID, source: d.Source, layer: LayerSession}
}

// decision evaluates with reasons.
func (v *eval) decision() Decision {
	v.reset()
	v.trace = &trace{}
	x := v.decide()
	f := v.simplify(x)
	verdict, g := v.verdictOf(f)
	d := Decision{Verdict: verdict}
	d.Because = v.because(verdict, f)
	d.Missing = v.missing(verdict, f)
	if verdict == Conditional || verdict == Unknown {
		v.describe(&d, g)
	}
	d.Layers = v.layerResults()
	_, known := reference().actions[v.action]
	d.UnknownAction = !known
	return d
}

// verdict decides without reasons.
func (v *eval) verdict() Verdict {
	switch x := v.decide(); x {
	case exprFalse:
		return Deny
	case exprTrue:
		return Allow
	default:
		verdict, _ := v.verdictOf(v.simplify(x))
		return verdict
	}
}

// verdictOf reads a simplified form. Evidence that was not collected makes it
// unknown unless the answer is better without any help from it: then what holds
// without it is returned.
func (v *eval) verdictOf(f *form) (Verdict, *form) {
	switch f.kind {
	case formFalse:
		return Deny, f
	case formTrue:
		return Allow, f
	}
	if !v.hasMissing(f) {
		return Conditional, f
	}
	g := v.reduce(v.withoutHelp(f))
	switch g.kind {
	case formFalse:
		return Unknown, f
	case formTrue:
		return Allow, g
	}
	return Conditional, g
}

func (v *eval) hasMissing(f *form) bool {
	if f.kind == formLiteral {
		return v.factOf(f.lit).missing != nil
	}
	for _, k := range f.kids {
		if v.hasMissing(k) {
			return true
		}
	}
	return false
}

// withoutHelp assumes the worst of what was not collected.
func (v *eval) withoutHelp(f *form) *form {
	switch f.kind {
	case formLiteral:
		if v.factOf(f.lit).missing != nil {
			return falseForm
		}
		return f
	case formAnd, formOr:
		out := &form{kind: f.kind}
		for _, k := range f.kids {
			out.kids = append(out.kids, v.withoutHelp(k))
		}
		return out
	}
	return f
}

// describe writes the residue into the decision.
func (v *eval) describe(d *Decision, f *form) {
	d.Expression = v.expression(f)
	conditions, parts := map[string]Condition{}, map[string]bool{}
	v.collect(f, conditions, parts)
	for _, k := range sortedKeys(conditions) {
		d.Conditions = append(d.Conditions, conditions[k])
	}
	d.Parts = sortedKeys(parts)
	d.Partial = len(d.Parts) > 0
}

func (v *eval) collect(f *form, conditions map[string]Condition, parts map[string]bool) {
	if f.kind != formLiteral {
		for _, k := range f.kids {
			v.collect(k, conditions, parts)
		}
		return
	}
	switch x := v.factOf(f.lit); {
	case x.atom != nil:
		for _, c := range x.atom.conditions(f.lit.negative()) {
			conditions[strings.ToLower(c.Key)+"\x00"+c.Operator+"\x00"+strings.Join(c.Values, "\x00")] = c
		}
	case x.part != "" && f.lit.negative():
		parts["!"+unwild(x.part)] = true
	case x.part != "":
		parts[unwild(x.part)] = true
	}
}

func (v *eval) expression(f *form) *Expression {
	switch f.kind {
	case formLiteral:
		return v.literalExpression(f.lit)
	case formAnd, formOr:
		var kids []*Expression
		for _, k := range f.kids {
			kid := v.expression(k)
			if f.kind == formAnd && kid.And != nil {
				kids = append(kids, kid.And...) // of one negated literal
				continue
			}
			kids = append(kids, kid)
		}
		sort.SliceStable(kids, func(i, j int) bool { return kids[i].text() < kids[j].text() })
		// What a document may allow and what it may deny are two facts with one name.
		kids = slices.CompactFunc(kids, func(a, b *Expression) bool { return a.text() == b.text() })
		if len(kids) == 1 {
			return kids[0]
		}
		if f.kind == formAnd {
			return &Expression{And: kids}
		}
		return &Expression{Or: kids}
	}
	return nil
}

func (v *eval) literalExpression(l literal) *Expression {
	f := v.factOf(l)
	switch {
	case f.atom != nil:
		both := f.atom.conditions(l.negative())
		if len(both) == 1 {
			return &Expression{Condition: &both[0]}
		}
		return &Expression{And: []*Expression{{Condition: &both[0]}, {Condition: &both[1]}}}
	case f.missing != nil:
		m := *f.missing
		return &Expression{Missing: &m}
	case l.negative():
		return &Expression{NotResource: unwild(f.part)}
	}
	return &Expression{Resource: unwild(f.part)}
}

// text orders expressions.
func (x *Expression) text() string {
	switch {
	case x == nil:
		return ""
	case x.Condition != nil:
		return "1" + strings.ToLower(x.Condition.Key) + " " + x.Condition.Operator + " " + strings.Join(x.Condition.Values, ",")
	case x.Resource != "":
		return "2" + x.Resource
	case x.NotResource != "":
		return "3" + x.NotResource
	case x.Missing != nil:
		return "4" + x.Missing.Kind + x.Missing.ID
	}
	var b strings.Builder
	b.WriteByte('5')
	for _, k := range append(append([]*Expression(nil), x.And...), x.Or...) {
		b.WriteString("(" + k.text() + ")")
	}
	return b.String()
}

// missing lists the evidence that decided, and what could change the answer.
func (v *eval) missing(verdict Verdict, f *form) []Missing {
	var out []Missing
	v.collectMissing(f, &out)
	if verdict != Deny {
		out = append(out, v.t.gaps...)
		out = append(out, v.objectOwnerGap()...)
		if a := v.c.info; a != nil && v.c.authenticated() && !a.management && !v.exempt() {
			out = append(out, a.scpGaps...)
		}
		if v.underRCPs() {
			if a := v.e.account(v.t.account); !a.management {
				out = append(out, a.rcpGaps...)
			}
		}
		if v.c.hasIdentity() && v.c.principal == nil {
			out = append(out, Missing{Kind: "principal", ID: v.c.arn})
		}
	} else {
		out = append(out, v.couldAllow()...)
	}
	sortMissing(&out)
	return out
}

// couldAllow is evidence outside the policies that could turn a deny around.
func (v *eval) couldAllow() []Missing {
	if v.objectACLGap() {
		return []Missing{{Kind: "object_acl", ID: v.t.info.arn}}
	}
	if i := v.t.info; v.t.service == "kms" && i != nil && i.facts != nil && (i.facts.KMS == nil || !i.facts.KMS.Grants.Collected()) {
		return []Missing{{Kind: "kms_grants", ID: i.arn}}
	}
	return nil
}

func (v *eval) collectMissing(f *form, out *[]Missing) {
	if f.kind == formLiteral {
		if m := v.factOf(f.lit).missing; m != nil {
			*out = append(*out, *m)
		}
	}
	for _, k := range f.kids {
		v.collectMissing(k, out)
	}
}

// layerResults tells each layer's own answer.
func (v *eval) layerResults() []LayerResult {
	l := &v.layers
	var out []LayerResult
	add := func(layer Layer, id string, allow, deny expr, applies bool) {
		out = append(out, v.layerResult(layer, id, allow, deny, applies))
	}
	for _, lv := range v.trace.levels {
		add(lv.layer, lv.id, lv.allow, lv.deny, true)
	}
	resource := LayerResource
	if v.t.info != nil && v.t.info.role != nil {
		resource = LayerTrust
	}
	add(LayerRCP, "", exprTrue, l.rcpDeny, l.rcpDeny != exprFalse)
	add(resource, "", l.any(v), l.resDeny, v.t.info != nil || v.t.state == NotCollected)
	if v.t.service == "s3" {
		add(LayerBPA, "", v.not(l.blocked), exprFalse, l.blocked != exprFalse)
		add(LayerACL, "", l.acl, exprFalse, l.acl != exprFalse)
	}
	if v.t.service == "kms" {
		add(LayerKMSGrant, "", l.grant, exprFalse, l.grant != exprFalse)
	}
	add(LayerIdentity, "", l.idAllow, l.idDeny, v.c.authenticated())
	p := v.c.principal
	add(LayerBoundary, "", l.boundaryAllow, l.boundaryDeny, p != nil && p.boundaryState != None)
	add(LayerSession, "", l.sessionAllow, l.sessionDeny, len(v.session) > 0)
	add(LayerEndpoint, "", l.endpointAllow, l.endpointDeny, len(v.over["aws:sourcevpce"]) > 0)
	return out
}

func (v *eval) layerResult(layer Layer, id string, allow, deny expr, applies bool) LayerResult {
	r := LayerResult{Layer: layer, ID: id, Effect: "not_applicable", Verdict: Allow}
	if !applies {
		return r
	}
	d := v.simplify(deny)
	switch none := v.simplify(allow).kind == formFalse; {
	case d.kind == formTrue:
		r.Verdict, r.Effect = Deny, "explicit_deny"
		return r
	case d.kind != formFalse && none:
		// Nothing is allowed here; what is denied hangs on a condition.
		r.Verdict, r.Effect = Deny, "conditional_deny"
		return r
	}
	r.Verdict, _ = v.verdictOf(v.simplify(v.and(allow, v.not(deny))))
	r.Effect = string(r.Verdict)
	if r.Verdict == Deny {
		r.Effect = "implicit_deny"
	}
	return r
}

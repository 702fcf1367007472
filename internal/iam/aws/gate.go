package aws

import (
	"slices"
	"sort"
	"strings"
)

// part is one request of a composite gate. Its caller is the gate's, unless
// service is set: then it asks whether that service may (a role's trust).
type part struct {
	action   string // lower case
	resource string
	service  string
	over     map[string][]string // facts of this request
}

// gate is a decision that several requests make together. All parts must be
// allowed; a part with alternatives when one of them is.
type gate struct {
	action, resource string // how grants name it
	parts            []part
	// instead are other ways to the same end, each a full list of parts (S3
	// access points).
	instead [][]part
	// unknown and gaps are evidence that is missing for the gate itself: the
	// first decides, the second is only reported.
	unknown, gaps []Missing
	// closed says why nobody passes; empty when the parts decide.
	closed string
}

// allParts lists the parts of the gate and of its alternatives.
func (g *gate) allParts() []part {
	out := append([]part(nil), g.parts...)
	for _, alt := range g.instead {
		out = append(out, alt...)
	}
	return out
}

// ask evaluates one part in v's arena.
func (v *eval) ask(c *caller, p *part, o *Options, n int) expr {
	e := v.e
	over, absent, session := v.over, v.absent, v.session
	asked := c
	if p.service != "" {
		asked = &caller{kind: callerService, id: p.service}
		v.session = nil
	}
	action := p.action
	switch action {
	case managedKeyAction:
		return constant(c.account != "" && c.account == p.resource)
	case assumeAction:
		action = assumeActionOf(c)
	}
	v.c, v.action, v.part = asked, action, n
	v.t = e.targetFor(action, p.resource, c)
	v.attacker = o.AttackerChooses
	if len(p.over) > 0 {
		merged := make(map[string][]string, len(p.over)+len(over))
		for k, vals := range over {
			merged[k] = vals
		}
		for k, vals := range p.over {
			merged[k] = vals
		}
		v.over = merged
	}
	x := v.decide()
	v.over, v.absent, v.session = over, absent, session
	return x
}

// gateExpr evaluates the whole gate for a caller.
func (v *eval) gateExpr(c *caller, g *gate, o *Options) expr {
	if g.closed != "" {
		return exprFalse
	}
	x := v.allParts(c, g.parts, o)
	for _, alt := range g.instead {
		x = v.or(x, v.allParts(c, alt, o))
	}
	for i := range g.unknown {
		x = v.and(x, v.not(v.unknownDeny(g.unknown[i])))
	}
	return x
}

func (v *eval) allParts(c *caller, parts []part, o *Options) expr {
	x := exprTrue
	for i := range parts {
		x = v.and(x, v.ask(c, &parts[i], o, i))
		if x == exprFalse {
			break
		}
	}
	return x
}

// gateDecision evaluates a gate with reasons: those of all parts when it lets
// the caller through, those of the first part that does not otherwise.
func (e *Engine) gateDecision(c *caller, g *gate, o *Options) Decision {
	v := acquire()
	defer v.done()
	v.begin(e, c, "", target{})
	v.options(*o)
	v.trace = &trace{}
	d := Decision{Principal: c.id, Action: g.action, Resource: g.resource}
	x := exprFalse
	if g.closed != "" {
		d.Because = []Reason{{Layer: LayerResource, Effect: "deny", Document: g.resource, Summary: g.closed}}
	} else {
		x = v.reasonedParts(c, g, o, &d)
	}
	f := v.simplify(x)
	verdict, rest := v.verdictOf(f)
	d.Verdict = verdict
	v.collectMissing(f, &d.Missing)
	if verdict != Deny {
		d.Missing = append(d.Missing, g.gaps...)
	}
	sortMissing(&d.Missing)
	if verdict == Conditional || verdict == Unknown {
		v.describe(&d, rest)
	}
	return d
}

// reasonedParts evaluates all parts and collects their reasons.
func (v *eval) reasonedParts(c *caller, g *gate, o *Options, d *Decision) expr {
	x := exprTrue
	for i := range g.parts {
		v.trace.hits, v.trace.levels = nil, nil
		y := v.ask(c, &g.parts[i], o, i)
		f := v.simplify(y)
		verdict, _ := v.verdictOf(f)
		if g.parts[i].action == managedKeyAction {
			if verdict == Deny {
				d.Because = []Reason{{Layer: LayerResource, Effect: "deny", Document: "aws-managed-key",
					Summary: "the data is encrypted with an AWS-managed key, which only principals of account " + g.parts[i].resource + " can use"}}
				d.Missing = nil
				return exprFalse
			}
			continue
		}
		reasons := v.because(verdict, f)
		missing := v.missing(verdict, f)
		if verdict == Deny && len(g.instead) == 0 {
			d.Because, d.Missing = reasons, missing
			return exprFalse
		}
		d.Because = append(d.Because, reasons...)
		d.Missing = append(d.Missing, missing...)
		x = v.and(x, y)
	}
	if len(g.instead) > 0 {
		x = v.reasonedAlternatives(c, g, o, d, x)
	}
	for i := range g.unknown {
		x = v.and(x, v.not(v.unknownDeny(g.unknown[i])))
	}
	d.Because = uniqueReasons(d.Because)
	return x
}

func (v *eval) reasonedAlternatives(c *caller, g *gate, o *Options, d *Decision, x expr) expr {
	direct := v.simplify(x).kind != formFalse
	for _, alt := range g.instead {
		v.trace.hits, v.trace.levels = nil, nil
		y := v.allParts(c, alt, o)
		f := v.simplify(y)
		if f.kind == formFalse {
			continue
		}
		if verdict, _ := v.verdictOf(f); !direct {
			d.Because = append(d.Because[:0], v.because(verdict, f)...)
			direct = true
		}
		x = v.or(x, y)
	}
	return x
}

func uniqueReasons(in []Reason) []Reason {
	seen := map[Reason]bool{}
	out := in[:0]
	for _, r := range in {
		if !seen[r] {
			seen[r] = true
			out = append(out, r)
		}
	}
	return out
}

// gateGrants evaluates a gate for every caller that could pass and groups those
// with the same outcome.
func (e *Engine) gateGrants(g *gate, o *Options) []Grant {
	return e.gateGrantsTo(g, o, nil)
}

// gateGrantsTo is gateGrants for some of the users and roles, all when to is nil;
// others are asked always.
func (e *Engine) gateGrantsTo(g *gate, o *Options, to *trusted) []Grant {
	v := acquire()
	defer v.done()
	r := &grantRun{e: e, g: g, o: o, v: v, groups: map[string]*Grant{}, shared: e.newMemo(g.allParts())}
	if to == nil {
		for i := range e.index.classes {
			r.class(&e.index.classes[i])
		}
	} else {
		for _, i := range to.classes {
			r.class(&e.index.classes[i])
		}
		for _, c := range to.callers {
			r.one(c)
		}
	}
	for _, c := range e.others(g, o) {
		r.one(c)
	}
	return sortedGrants(r.groups)
}

// grantRun is the work of one gate over all callers.
type grantRun struct {
	e      *Engine
	g      *gate
	o      *Options
	v      *eval
	shared *memo
	groups map[string]*Grant
}

// class evaluates one policy set: once for all its principals, unless the
// question looks at them one by one.
func (r *grantRun) class(cl *class) {
	var d Decision
	have := false
	for _, c := range cl.callers {
		if !r.shared.shares(c) {
			r.one(c)
			continue
		}
		if !have {
			d, have = r.decide(c), true
			if d.Verdict == Deny && !r.o.IncludeDenied && len(r.shared.named) == 0 {
				return
			}
		}
		if d.Verdict == Deny && r.o.IncludeDenied {
			d = r.decide(c) // a denial names the principal itself
		}
		r.add(&d, c.id)
	}
}

func (r *grantRun) one(c *caller) {
	d := r.decide(c)
	r.add(&d, c.id)
}

func (r *grantRun) decide(c *caller) Decision {
	if !r.o.IncludeDenied {
		r.v.begin(r.e, c, "", target{})
		r.v.options(*r.o)
		if r.v.gateExpr(c, r.g, r.o) == exprFalse {
			return Decision{Verdict: Deny}
		}
	}
	return r.e.gateDecision(c, r.g, r.o)
}

func (r *grantRun) add(d *Decision, id string) {
	if d.Verdict == Deny && !r.o.IncludeDenied {
		return
	}
	addGrant(r.groups, r.g, d, id)
}

func addGrant(groups map[string]*Grant, g *gate, d *Decision, ids ...string) {
	key := outcomeKey(d)
	have, ok := groups[key]
	if !ok {
		have = &Grant{Action: g.action, Resource: g.resource, Verdict: d.Verdict, Partial: d.Partial, Parts: d.Parts,
			Conditions: d.Conditions, Expression: d.Expression, Witness: witness(d), Evidence: d.Because, Missing: d.Missing}
		groups[key] = have
		have.Principals = slices.Clip(ids) // shared until another set is added
		return
	}
	have.Principals = append(have.Principals, ids...)
}

func sortedGrants(groups map[string]*Grant) []Grant {
	out := make([]Grant, 0, len(groups))
	for _, have := range groups {
		if !slices.IsSorted(have.Principals) {
			sort.Strings(have.Principals)
		}
		out = append(out, *have)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Principals[0] < out[j].Principals[0] })
	return out
}

// outcomeKey is equal for decisions that differ in the principal alone.
func outcomeKey(d *Decision) string {
	var b strings.Builder
	b.WriteString(string(d.Verdict) + "\x00" + d.Expression.text() + "\x00" + strings.Join(d.Parts, ","))
	for _, r := range d.Because {
		b.WriteString("\x00" + string(r.Layer) + r.Document + "\x01" + r.Statement + r.Source.File)
	}
	for _, m := range d.Missing {
		b.WriteString("\x00" + m.Kind + m.ID)
	}
	return b.String()
}

// witness says in words what must hold.
func witness(d *Decision) string {
	return d.Expression.String()
}

// String writes an expression as a sentence, empty for none.
func (x *Expression) String() string {
	switch {
	case x == nil:
		return ""
	case x.Condition != nil:
		return x.Condition.Operator + " " + x.Condition.Key + " " + strings.Join(x.Condition.Values, ", ")
	case x.Resource != "":
		return "the resource matches " + x.Resource
	case x.NotResource != "":
		return "the resource does not match " + x.NotResource
	case x.Missing != nil:
		return x.Missing.Kind + " " + x.Missing.ID + " (not collected) is in favour"
	}
	kids, sep := x.And, " and "
	if x.Or != nil {
		kids, sep = x.Or, " or "
	}
	parts := make([]string, len(kids))
	for i, k := range kids {
		parts[i] = k.String()
		if k.And != nil || k.Or != nil {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, sep)
}

// candidates lists the callers that may pass a gate, sorted by id.
func (e *Engine) candidates(g *gate, o *Options) []*caller {
	out := make([]*caller, 0, len(e.principals))
	for _, p := range e.principals {
		if !e.hides(p) {
			out = append(out, e.callers[p.arn])
		}
	}
	out = append(out, e.others(g, o)...)
	sort.SliceStable(out, func(i, j int) bool { return out[i].id < out[j].id })
	return out
}

// others lists the callers besides users and roles: root users, when asked for,
// and the outsiders that the first part's resource may let in.
func (e *Engine) others(g *gate, o *Options) []*caller {
	var out []*caller
	if o.IncludeRoots {
		for _, id := range e.roots() {
			if c, err := e.resolve(id); err == nil {
				out = append(out, c)
			}
		}
	}
	return append(out, e.outsiders(&g.parts[0])...)
}

// outsiders lists the callers from outside that the policy of a request's
// resource may let in, or those of all resources that its wildcards reach: the
// symbols, and every external principal by the name the policy gives it.
func (e *Engine) outsiders(p *part) []*caller {
	t := e.targetFor(p.action, p.resource, &caller{})
	infos := []*resourceInfo{t.info}
	if t.spans {
		infos = nil
		for _, arn := range e.overlapping(&t) {
			infos = append(infos, e.resources[arn])
		}
	}
	ids := map[string]bool{}
	for _, info := range infos {
		if info != nil {
			e.outsidersOf(info, ids)
		}
	}
	var out []*caller
	for _, id := range sortedKeys(ids) {
		if c, err := e.resolve(id); err == nil {
			out = append(out, c)
		}
	}
	return out
}

func (e *Engine) outsidersOf(info *resourceInfo, ids map[string]bool) {
	ids[Anonymous], ids[AnyAccount] = true, true
	refs := append([]*policyRef(nil), info.refs...)
	if info.facts != nil && info.facts.S3 != nil {
		for i := range info.facts.S3.AccessPoints {
			if p := e.points[info.facts.S3.AccessPoints[i].ARN]; p != nil {
				refs = append(refs, p.refs...)
			}
		}
		for _, g := range info.facts.S3.ACL.Value {
			e.canonicalOutsider(g.GranteeID, ids)
		}
	}
	for _, ref := range refs {
		for _, s := range ref.pol.statements {
			e.outsidersNamed(s, ids)
		}
	}
	for i := range info.grants {
		e.outsider(&info.grants[i].grantee, ids)
	}
}

// outsidersNamed adds the external principals that a statement lets in.
func (e *Engine) outsidersNamed(s *statement, ids map[string]bool) {
	if s.deny || s.notPrincipal {
		return
	}
	for i := range s.principals {
		e.outsider(&s.principals[i], ids)
	}
	if s.opensToEveryone() {
		e.outsidersMeant(s, ids)
	}
}

func (e *Engine) outsider(p *principalElement, ids map[string]bool) {
	switch p.kind {
	case elementService:
		ids[p.text] = true
	case elementProvider:
		ids[p.text] = true
		switch providerName(p.text) {
		case githubProvider:
			ids[GitHubAny] = true
		case "accounts.google.com":
			ids[GoogleAny] = true
		}
	case elementAccount, elementUser, elementRole, elementSession, elementFederated:
		if e.account(p.account).iam != Known {
			ids[p.text] = true
		}
	case elementCanonical:
		e.canonicalOutsider(p.text, ids)
	}
}

// canonicalOutsider adds a canonical user id that is no collected account's.
func (e *Engine) canonicalOutsider(id string, ids map[string]bool) {
	if isCanonicalID(id) && e.account(e.canonicalCaller(id).account).iam != Known {
		ids[strings.ToLower(id)] = true
	}
}

// outsidersMeant adds the external accounts, principals and services to which
// conditions narrow a statement for everyone.
func (e *Engine) outsidersMeant(s *statement, ids map[string]bool) {
	for i := range s.clauses {
		c := &s.clauses[i]
		if c.neg {
			continue
		}
		for j := range c.atom.values {
			if val := &c.atom.values[j]; val.tpl.kind == static && !isWild(val.tpl.text) {
				e.outsiderMeant(c.atom.key, val.tpl.text, ids)
			}
		}
	}
}

func (e *Engine) outsiderMeant(key, value string, ids map[string]bool) {
	switch key {
	case "aws:principalaccount", "kms:calleraccount", "aws:principalarn":
		if p, ok := awsElement(value); ok {
			e.outsider(&p, ids)
		}
	case "aws:principalservicename", "aws:principalservicenameslist":
		if isServicePrincipal(value) {
			ids[strings.ToLower(value)] = true
		}
	}
}

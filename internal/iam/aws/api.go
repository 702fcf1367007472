package aws

import "sort"

// WhoCan answers for every principal, insiders one by one and outsiders by their
// symbols, sorted by id.
func (e *Engine) WhoCan(action, resource string, o Options) ([]Decision, []Missing, error) {
	a, err := checkAction(action)
	if err != nil {
		return nil, nil, err
	}
	if err := checkResource(resource); err != nil {
		return nil, nil, err
	}
	g := &gate{action: action, resource: resource, parts: []part{{action: a, resource: resource}}}
	var out []Decision
	var missing []Missing
	v := acquire()
	defer v.done()
	shared := e.newMemo(g.parts)
	for _, c := range e.candidates(g, &o) {
		d, ok := shared.decision(c)
		if !ok {
			v.e = e
			d = v.whoDecision(c, &g.parts[0], &o)
			d.Action, d.Resource = action, resource
			if d.Verdict != Deny || !o.IncludeDenied { // a denial names the principal itself
				shared.keepDecision(c, d)
			}
		}
		if d.Verdict == Deny && !o.IncludeDenied {
			continue
		}
		missing = append(missing, d.Missing...)
		out = append(out, d)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Principal < out[j].Principal })
	sortMissing(&missing)
	return out, missing, nil
}

// whoDecision decides one caller; a deny that is not asked for costs no reasons.
func (v *eval) whoDecision(c *caller, p *part, o *Options) Decision {
	e := v.e
	v.begin(e, c, p.action, e.targetFor(p.action, p.resource, c))
	v.options(*o)
	if v.verdict() == Deny && !o.IncludeDenied {
		return Decision{Principal: c.id, Verdict: Deny}
	}
	d := v.decision()
	d.Principal = c.id
	return d
}

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
	home := e.homeOf(resource)
	for _, c := range e.candidates(g, &o) {
		d, ok := shared.decision(c)
		if !ok {
			v.e = e
			d = v.whoDecision(c, &g.parts[0], &o, home)
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
func (v *eval) whoDecision(c *caller, p *part, o *Options, home string) Decision {
	e := v.e
	t := e.targetFor(p.action, p.resource, c)
	if home != "" && c.account != home && t.account == c.account {
		t.account, t.state = home, NotCollected
		t.gaps = append(t.gaps, Missing{Kind: "resource", ID: "arn:" + t.arn.Partition + ":s3:::" + t.bucket})
	}
	v.begin(e, c, p.action, t)
	v.options(*o)
	if v.verdict() == Deny && !o.IncludeDenied {
		return Decision{Principal: c.id, Verdict: Deny}
	}
	d := v.decision()
	d.Principal = c.id
	return d
}

// homeOf places a bucket that nothing describes. A question about one principal
// takes it to be in the principal's account; a list of principals needs one owner
// for all, and takes the account that holds most of them. For the others the
// answer is unknown. Empty means that the resource places itself, or that no
// account stands out.
func (e *Engine) homeOf(resource string) string {
	t := e.target(resource, "")
	if t.service != "s3" || t.info != nil || t.bucket == "" || t.account != "" {
		return ""
	}
	count := map[string]int{}
	for _, p := range e.principals {
		if c := e.callers[p.arn]; !apart(c.partition, t.arn.Partition) {
			count[c.account]++
		}
	}
	best, tie := "", false
	for _, id := range sortedKeys(count) {
		switch {
		case best == "" || count[id] > count[best]:
			best, tie = id, false
		case count[id] == count[best]:
			tie = true
		}
	}
	if tie {
		return ""
	}
	return best
}

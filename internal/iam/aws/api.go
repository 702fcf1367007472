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
	for _, c := range e.candidates(g, &o) {
		v := acquire()
		v.begin(e, c, a, e.targetFor(a, resource, c))
		v.options(o)
		verdict := v.verdict()
		if verdict != Deny || o.IncludeDenied {
			v.begin(e, c, a, e.targetFor(a, resource, c))
			v.options(o)
			d := v.decision()
			d.Principal, d.Action, d.Resource = c.id, action, resource
			missing = append(missing, d.Missing...)
			out = append(out, d)
		}
		v.done()
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Principal < out[j].Principal })
	sortMissing(&missing)
	return out, missing, nil
}

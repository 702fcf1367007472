package aws

import (
	"encoding/binary"
	"sort"
	"strings"
)

// Grants answers the set question behind attack edges: who may do action on which
// of the resources. Resources that identity policies decide are answered by
// policy sets; only the pairs that are granted cost a look at the reasons, and of
// pairs whose answers differ in the resource's name alone only the first.
// Principals is shared between grants on such resources and must not be changed.
func (e *Engine) Grants(action string, resources []string, o Options) []Grant {
	a, err := checkAction(action)
	if err != nil {
		return nil
	}
	var good []string
	for _, r := range resources {
		if checkResource(r) == nil {
			good = append(good, r)
		}
	}
	u := e.Universe(good)
	oneByOne := u.special(a)
	if resourceless(a) || o.IncludeDenied || o.IncludeRoots {
		oneByOne = u.all
	}
	x, err := u.access(action, &o, true)
	if err != nil {
		return nil
	}
	r := &grantsRun{e: e, u: u, o: &o, action: action, checked: a, entries: x.Entries, first: map[cell]decided{}, columns: map[string]column{}}
	r.cells = make([][]cell, len(u.arns))
	if len(x.Resources) == len(u.arns) {
		r.fill(oneByOne)
	}
	var out []Grant
	for i := range u.arns {
		if oneByOne.has(i) {
			out = append(out, e.gateGrants(r.gate(i), &o)...)
		} else {
			out = append(out, r.grants(i)...)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Resource < out[j].Resource })
	return out
}

// grantsRun is the work of one Grants question on the resources that identity
// policies decide.
type grantsRun struct {
	e               *Engine
	u               *Universe
	o               *Options
	action, checked string
	entries         []AccessEntry
	cells           [][]cell          // of each resource, by entry
	first           map[cell]decided  // the first decision of each alike part
	columns         map[string]column // the first answer for each list of cells
}

// cell says that an entry holds a resource, and in which of the entry's alike
// parts it is; -1 is none.
type cell struct{ entry, part int32 }

// decided is a decision about a resource.
type decided struct {
	Decision
	resource string
	movable  bool // it holds for another resource, when that is named instead
}

// column is the whole answer for a resource.
type column struct {
	resource string
	grants   []Grant
}

func (r *grantsRun) gate(i int) *gate {
	return &gate{action: r.action, resource: r.u.arns[i], parts: []part{{action: r.checked, resource: r.u.arns[i]}}}
}

// fill finds the cells of every resource but those that are asked one by one.
func (r *grantsRun) fill(oneByOne bitset) {
	for k := range r.entries {
		en := &r.entries[k]
		alone := en.set.clone()
		for p, part := range en.alike {
			alone.andNot(part)
			part.each(func(i int) { r.cells[i] = append(r.cells[i], cell{int32(k), int32(p)}) })
		}
		alone.each(func(i int) { r.cells[i] = append(r.cells[i], cell{int32(k), -1}) })
	}
	oneByOne.each(func(i int) { r.cells[i] = nil })
}

// grants answers for one resource.
func (r *grantsRun) grants(i int) []Grant {
	if len(r.cells[i]) == 0 {
		return nil
	}
	key, whole := columnKey(r.cells[i])
	if c, have := r.columns[key]; whole && have {
		return c.moved(r.u.arns[i])
	}
	groups := map[string]*Grant{}
	g := r.gate(i)
	for _, c := range r.cells[i] {
		d, ok := r.decide(c, g)
		if !ok {
			continue
		}
		whole = whole && d.movable
		addGrant(groups, g, &d.Decision, r.entries[c.entry].Principals...)
	}
	out := sortedGrants(groups)
	if whole {
		r.columns[key] = column{g.resource, out}
	}
	return out
}

// columnKey writes cells as text; whole is false when one is in no alike part.
func columnKey(cells []cell) (key string, whole bool) {
	b := make([]byte, 0, 8*len(cells))
	for _, c := range cells {
		if c.part < 0 {
			return "", false
		}
		b = binary.LittleEndian.AppendUint32(b, uint32(c.entry))
		b = binary.LittleEndian.AppendUint32(b, uint32(c.part))
	}
	return string(b), true
}

// decide decides one cell. An entry's principals have one policy set, so the
// first one's reasons are everybody's.
func (r *grantsRun) decide(c cell, g *gate) (decided, bool) {
	if have, ok := r.first[c]; ok && have.movable {
		have.Because = movedReasons(have.Because, have.resource, g.resource)
		have.resource = g.resource
		return have, true
	}
	who, err := r.e.resolve(r.entries[c.entry].Principals[0])
	if err != nil {
		return decided{}, false
	}
	d := decided{Decision: r.e.gateDecision(who, g, r.o), resource: g.resource}
	d.movable = c.part >= 0 && d.nameOnly(g.resource)
	if c.part >= 0 {
		r.first[c] = d
	}
	return d, true
}

// nameOnly reports whether a decision holds a resource in the sentences of its
// reasons only, once in each.
func (d *Decision) nameOnly(resource string) bool {
	if d.Verdict != Allow || d.Partial || len(d.Parts) > 0 || len(d.Conditions) > 0 || d.Expression != nil {
		return false
	}
	for i := range d.Missing {
		if strings.Contains(d.Missing[i].ID, resource) {
			return false
		}
	}
	for i := range d.Because {
		if strings.Count(d.Because[i].Summary, resource) != 1 || strings.Contains(d.Because[i].Document, resource) {
			return false
		}
	}
	return true
}

func movedReasons(in []Reason, from, to string) []Reason {
	out := make([]Reason, len(in))
	for i, r := range in {
		r.Summary = strings.Replace(r.Summary, from, to, 1)
		out[i] = r
	}
	return out
}

// moved is the column's answer for another resource.
func (c column) moved(to string) []Grant {
	out := make([]Grant, len(c.grants))
	for i, g := range c.grants {
		g.Resource, g.Evidence = to, movedReasons(g.Evidence, c.resource, to)
		out[i] = g
	}
	return out
}

package attack

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// way says who can do something, all with one outcome. Ways are values: joining
// makes new ones.
type way struct {
	who      []string // principals as the permission engine writes them, sorted
	verdict  schema.Verdict
	witness  []string // of a conditional verdict
	evidence []graph.Evidence
	missing  []iamaws.Missing // of an unknown verdict
	// parts are, by what was asked, the parts of it that are allowed; what is
	// not listed is allowed as a whole.
	parts map[string][]string
	// why looks up what evidence lacks, where ways of many were put together:
	// what lets one principal do it. Nil: evidence is whole.
	why func(principal string) []graph.Evidence
	// effort is what it costs the attacker beside what the technique does.
	effort int
}

// onlyOn begins the witness of what is allowed on a part of a resource.
const onlyOn = "only on "

// wayOf is a grant as a way. With chosen, the attacker picks the resource: an
// action allowed on some resources of the pattern is allowed.
func wayOf(g iamaws.Grant, chosen bool) way {
	w := way{who: g.Principals, verdict: schema.Verdict(g.Verdict), missing: g.Missing}
	for _, c := range g.Conditions {
		w.witness = append(w.witness, conditionText(c))
	}
	if g.Partial && chosen && !slices.ContainsFunc(g.Parts, func(p string) bool { return sameShape(p, g.Resource) }) {
		w.verdict = schema.Deny
	}
	if g.Partial && len(g.Conditions) == 0 && w.verdict == schema.Conditional {
		if chosen {
			w.verdict = schema.Allow
			w.parts = map[string][]string{g.Resource: g.Parts}
		} else {
			w.witness = append(w.witness, onlyOn+strings.Join(g.Parts, ", "))
		}
	}
	if w.verdict == schema.Conditional && len(w.witness) == 0 && g.Witness != "" {
		w.witness = []string{g.Witness}
	}
	w.evidence = reasons(g.Evidence, g.Action, g.Resource)
	return w
}

// sameShape reports whether a part of what is allowed can name something of a
// pattern's type. As plain text two patterns with wildcards nearly always meet:
// the region's * would have to hold a whole other resource.
func sameShape(part, pattern string) bool {
	a, b := strings.SplitN(part, ":", 6), strings.SplitN(pattern, ":", 6)
	if len(a) < 6 || len(b) < 6 {
		return globsMeet(part, pattern)
	}
	for i := range a {
		if !globsMeet(a[i], b[i]) {
			return false
		}
	}
	return true
}

// wayOfDecision is a decision about one principal as a way.
func wayOfDecision(who []string, d iamaws.Decision) way {
	w := way{who: who, verdict: schema.Verdict(d.Verdict), missing: d.Missing}
	for _, c := range d.Conditions {
		w.witness = append(w.witness, conditionText(c))
	}
	if w.verdict == schema.Conditional && len(w.witness) == 0 {
		w.witness = []string{"only on part of " + d.Resource}
	}
	w.evidence = reasons(d.Because, d.Action, d.Resource)
	return w
}

// conditionText writes a condition as key operator values.
func conditionText(c iamaws.Condition) string {
	return strings.TrimSpace(c.Key + " " + c.Operator + " " + strings.Join(c.Values, ", "))
}

// reasons writes the statements that decided as evidence.
func reasons(rs []iamaws.Reason, action, resource string) []graph.Evidence {
	var out []graph.Evidence
	for _, r := range rs {
		summary := r.Summary
		if summary == "" {
			summary = fmt.Sprintf("%s policy %ss %s on %s", r.Layer, r.Effect, action, resource)
		}
		out = append(out, graph.Evidence{Document: cmp.Or(r.Document, string(r.Layer)), Statement: r.Statement, Summary: summary})
	}
	if len(out) == 0 {
		out = append(out, graph.Evidence{Document: "permissions", Summary: action + " on " + resource})
	}
	return out
}

// join is who can do both.
func join(a, b []way) []way {
	var out []way
	sharing := sharers(a, b)
	for i, x := range a {
		for _, y := range sharing(i) {
			if x.verdict == schema.Deny || y.verdict == schema.Deny {
				continue
			}
			if who := intersect(x.who, y.who); len(who) > 0 {
				if z := x.and(y, who); z.verdict != schema.Deny {
					out = append(out, z)
				}
			}
		}
	}
	return out
}

// sharers gives the ways of b that share a principal with a[i], in order. Where every
// principal has a policy of its own, ways are as many as principals, and few pairs
// of them share one; short lists are compared as they are.
func sharers(a, b []way) func(i int) []way {
	const few = 8
	if len(a) <= few || len(b) <= few {
		return func(int) []way { return b }
	}
	of := map[string][]int{}
	for j, y := range b {
		for _, p := range y.who {
			of[p] = append(of[p], j)
		}
	}
	return func(i int) []way {
		var at []int
		for _, p := range a[i].who {
			at = append(at, of[p]...)
		}
		slices.Sort(at)
		at = slices.Compact(at)
		out := make([]way, len(at))
		for k, j := range at {
			out[k] = b[j]
		}
		return out
	}
}

func (x way) and(y way, who []string) way {
	verdict := weakest(x.verdict, y.verdict)
	parts, ok := sameParts(x.parts, y.parts)
	if !ok {
		verdict = schema.Deny
	}
	return way{
		who:      who,
		parts:    parts,
		verdict:  verdict,
		witness:  union(x.witness, y.witness),
		evidence: append(slices.Clone(x.evidence), y.evidence...),
		missing:  append(slices.Clone(x.missing), y.missing...),
		effort:   max(x.effort, y.effort),
		why:      bothWhy(x.why, y.why),
	}
}

// sameParts joins what each side is allowed on: two actions on what the attacker
// makes must be allowed on the same thing. It reports false when no thing is in
// both.
func sameParts(x, y map[string][]string) (map[string][]string, bool) {
	if len(x) == 0 {
		return y, true
	}
	if len(y) == 0 {
		return x, true
	}
	out := maps.Clone(x)
	for on, parts := range y {
		have, both := x[on]
		if !both {
			out[on] = parts
			continue
		}
		met := slices.DeleteFunc(slices.Clone(have), func(p string) bool {
			return !slices.ContainsFunc(parts, func(q string) bool { return oneThing(p, q) })
		})
		if len(met) == 0 {
			return nil, false
		}
		out[on] = met
	}
	return out, true
}

// oneThing reports whether two patterns can mean the same thing. A function's
// version or alias is the function.
func oneThing(a, b string) bool {
	return sameShape(a, b) || sameShape(a+":*", b) || sameShape(a, b+":*")
}

// plus adds a fact that everyone in the ways shares.
func plus(ws []way, f fact) []way {
	if f.verdict == schema.Deny {
		return nil
	}
	out := make([]way, 0, len(ws))
	for _, w := range ws {
		out = append(out, w.and(f.way(), w.who))
	}
	return out
}

// fact is a precondition that is no permission: a state, a trust, a limit.
type fact struct {
	verdict  schema.Verdict
	witness  string // of conditional
	evidence graph.Evidence
	missing  []iamaws.Missing // of unknown
}

func (f fact) way() way {
	w := way{verdict: f.verdict, missing: f.missing}
	if f.witness != "" {
		w.witness = []string{f.witness}
	}
	if f.evidence.Summary != "" {
		w.evidence = []graph.Evidence{f.evidence}
	}
	return w
}

var (
	holds = fact{verdict: schema.Allow}
	fails = fact{verdict: schema.Deny}
)

func shown(document, statement, summary string) fact {
	return fact{verdict: schema.Allow, evidence: graph.Evidence{Document: document, Statement: statement, Summary: summary}}
}

func onlyIf(witness string) fact { return fact{verdict: schema.Conditional, witness: witness} }

// weakest is the verdict of a conjunction.
func weakest(a, b schema.Verdict) schema.Verdict {
	if a.Rank() >= b.Rank() {
		return a
	}
	return b
}

// intersect is what is in both sorted lists.
func intersect(a, b []string) []string {
	var out []string
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch c := cmp.Compare(a[i], b[j]); {
		case c < 0:
			i++
		case c > 0:
			j++
		default:
			out = append(out, a[i])
			i, j = i+1, j+1
		}
	}
	return out
}

func union(a, b []string) []string {
	out := append(slices.Clone(a), b...)
	slices.Sort(out)
	return slices.Compact(out)
}

// only keeps the principals for which keep is true.
func only(ws []way, keep func(principal string) bool) []way {
	var out []way
	for _, w := range ws {
		who := slices.DeleteFunc(slices.Clone(w.who), func(p string) bool { return !keep(p) })
		if len(who) > 0 {
			w.who = who
			out = append(out, w)
		}
	}
	return out
}

// globsMeet reports whether some string matches both patterns, where * stands
// for any characters and ? for one.
func globsMeet(a, b string) bool {
	// reach[j]: the part of a read so far and b[:j] can match the same string.
	reach := make([]bool, len(b)+1)
	reach[0] = true
	for j := 1; j <= len(b) && b[j-1] == '*'; j++ {
		reach[j] = true
	}
	for i := range len(a) {
		next := make([]bool, len(b)+1)
		next[0] = reach[0] && a[i] == '*'
		for j := 1; j <= len(b); j++ {
			x, y := a[i], b[j-1]
			switch {
			case x == '*' || y == '*':
				next[j] = x == '*' && (reach[j] || next[j-1]) || y == '*' && (next[j-1] || reach[j]) || reach[j-1]
			case x == '?' || y == '?' || x == y:
				next[j] = reach[j-1]
			}
		}
		reach = next
	}
	return reach[len(b)]
}

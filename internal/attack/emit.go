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

// step is an edge before it has its technique: who gains what, and why.
type step struct {
	from, to string // node ids that exist
	// principal is whose proof is looked up if the way has none; empty: from.
	principal string
	way       way
	ports     []string
	sources   []string
	variant   string
	// assumes raises what the technique assumes.
	assumes schema.Assumption
	// confidence lowers the technique's.
	confidence schema.Confidence
	cost       int // instead of the technique's, if not zero
}

// add adds an edge by technique t, or records what is not known.
func (w *world) add(t *Technique, s step) {
	if s.from == s.to || s.way.verdict == schema.Deny {
		return
	}
	if s.way.verdict == schema.Unknown {
		w.unknown(t, s.from, s.to, s.way.missing)
		return
	}
	if w.g.Kind(s.from).In(schema.Container) || w.g.Kind(s.to).In(schema.Container) {
		return
	}
	e := graph.AttackEdge{
		From: s.from, To: s.to, Kind: t.Kind, Technique: t.ID, Verdict: s.way.verdict,
		Assumes: t.assumes(), Confidence: t.confidence(), Cost: t.Cost, AttackIDs: t.AttackIDs,
		Evidence: s.way.proof(cmp.Or(s.principal, s.from)), Ports: s.ports, Sources: s.sources, Variant: s.variant,
	}
	if e.Verdict == schema.Conditional {
		e.Witness = s.way.witness
		e.Cost = min(e.Cost+1, 10)
	}
	if s.assumes.Rank() > e.Assumes.Rank() && s.assumes != "" {
		e.Assumes = s.assumes
	}
	if s.confidence != "" && s.confidence.Rank() > e.Confidence.Rank() {
		e.Confidence = s.confidence
	}
	if s.cost != 0 {
		e.Cost = s.cost
	}
	e.Cost = min(e.Cost+s.way.effort, 10)
	if len(e.Evidence) == 0 {
		e.Evidence = []graph.Evidence{{Document: t.ID, Summary: t.Title}}
	}
	w.g.Attack(e)
	w.noteGain(e)
	w.noteLeaving(e.From, e.To, e.Verdict)
}

// grant adds an edge from each principal of the ways to a node.
func (w *world) grant(t *Technique, ws []way, to string) {
	for _, x := range ws {
		for _, p := range x.who {
			if from, ok := w.node(p); ok {
				w.add(t, step{from: from, principal: p, to: to, way: x})
			}
		}
	}
}

// node is the graph's node of a principal as the permission engine writes it.
// It reports false for callers that no attacker is: services, and roles that
// only AWS's services can assume.
func (w *world) node(p string) (string, bool) {
	switch {
	case w.standIns[p] != "":
		return w.standIns[p], true
	case p == iamaws.Anonymous:
		return schema.InternetID, true
	case w.inv.Users[p] != nil:
		w.g.Refer(p, schema.User)
		return p, true
	case w.inv.Roles[p] != nil:
		w.g.Refer(p, schema.Role)
		return p, !w.inv.Roles[p].ServiceLinked()
	case isOutsider(p):
		return w.entry(p), true
	case w.inv.Providers[p] != nil || strings.Contains(p, "-provider/"):
		w.g.Refer(p, schema.FederatedProvider)
		return p, true
	}
	return w.external(p)
}

func isOutsider(p string) bool {
	return p == iamaws.AnyAccount || p == iamaws.GoogleAny || strings.HasSuffix(p, ":any") && !strings.HasPrefix(p, "arn:")
}

// external is a principal of an account that was not collected, or a whole such
// account. Accounts that were collected stand for their principals, who have
// edges of their own.
func (w *world) external(p string) (string, bool) {
	if a, ok := schema.ParseARN(p); ok {
		if a.Resource != "root" {
			if !schema.IsAccountID(a.Account) {
				return "", false
			}
			w.g.Refer(p, schema.ExternalPrincipal)
			return p, true
		}
		p = a.Account
	}
	if !schema.IsAccountID(p) || w.collected(p) {
		return "", false
	}
	w.g.Refer(p, schema.ExternalPrincipal).Set(schema.PropName, "account "+p)
	return p, true
}

func (w *world) collected(account string) bool {
	a := w.inv.Accounts[account]
	return a != nil && a.IAM == iamaws.Known
}

// openKey is a question without an answer: a technique on a node, for want of
// what. One key stands for all principals it is open for.
type openKey struct{ technique, title, to, lacks string }

// unknown records that it is not known whether an edge is true.
func (w *world) unknown(t *Technique, from, to string, missing []iamaws.Missing) {
	k := openKey{t.ID, t.Title, to, lacking(missing)}
	if w.open[k] == nil {
		w.open[k] = map[string]bool{}
	}
	w.open[k][from] = true
}

// lacking names what is missing, the first of it.
func lacking(missing []iamaws.Missing) string {
	var lacks []string
	for _, m := range missing {
		lacks = append(lacks, strings.TrimSpace(m.Kind+" "+m.ID))
	}
	slices.Sort(lacks)
	lacks = slices.Compact(lacks)
	const enough = 6
	if len(lacks) > enough {
		lacks = append(lacks[:enough], fmt.Sprintf("%d more", len(lacks)-enough))
	}
	if len(lacks) == 0 {
		return "evidence that was not collected"
	}
	return strings.Join(lacks, ", ")
}

// flushOpen writes open questions: on the node gained once for what is missing,
// with every technique that hangs on it; on each principal once a technique, with
// how many nodes it concerns.
func (w *world) flushOpen() {
	concerns := map[string]map[string]int{}    // principal, technique in words: nodes
	hanging := map[[2]string]map[string]bool{} // node and what is missing: techniques in words
	for k, who := range w.open {
		what := fmt.Sprintf("%s (%s)", k.technique, k.title)
		at := [2]string{k.to, k.lacks}
		if hanging[at] == nil {
			hanging[at] = map[string]bool{}
		}
		hanging[at][what+" for "+several(slices.Sorted(maps.Keys(who)))] = true
		for from := range who {
			if concerns[from] == nil {
				concerns[from] = map[string]int{}
			}
			concerns[from][what]++
		}
	}
	for at, texts := range hanging {
		w.note(at[0], fmt.Sprintf("for want of %s it is not decided: %s", at[1], strings.Join(slices.Sorted(maps.Keys(texts)), "; ")))
	}
	for from, by := range concerns {
		if !w.g.Has(from) || isOutsider(from) || from == schema.InternetID {
			continue
		}
		var texts []string
		for what, n := range by {
			texts = append(texts, fmt.Sprintf("%s is not decided on %d nodes for want of evidence that was not collected", what, n))
		}
		w.g.Refer(from, "").Append(schema.PropGaps, texts...)
	}
}

// several names the first of a list.
func several(names []string) string {
	const shown = 3
	list := strings.Join(names[:min(shown, len(names))], ", ")
	if len(names) > shown {
		list += fmt.Sprintf(" and %d more", len(names)-shown)
	}
	return list
}

// note puts a sentence on a node, and into the coverage.
func (w *world) note(id, text string) {
	if w.gaps[id] == nil {
		w.gaps[id] = map[string]bool{}
	}
	w.gaps[id][text] = true
}

// flushGaps writes the notes. Outsiders carry none: the other end has it.
func (w *world) flushGaps() {
	w.flushOpen()
	w.tellUnread()
	for _, id := range slices.Sorted(maps.Keys(w.gaps)) {
		if !w.g.Has(id) {
			continue
		}
		texts := slices.Sorted(maps.Keys(w.gaps[id]))
		if isOutsider(id) || id == schema.InternetID {
			continue
		}
		w.g.Refer(id, "").Append(schema.PropGaps, texts...)
		a, _ := schema.ParseARN(id)
		for _, text := range texts {
			w.g.Gap(graph.Gap{Kind: graph.GapNotCollected, Account: w.environmentOf(id).account, Region: a.Region, Service: "attack",
				Operation: "derive", Resource: id, Message: text})
		}
	}
}

package attack

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// Roles that one principal may launch compute with can be thousands, and so can
// such principals: their product is millions of edges. Whoever gains more than
// maxLaunched roles by a technique keeps an edge to every sort of role, not to every
// role. Roles are of one sort whose edges lead to the same ends, and that may start
// the same compute with the same roles themselves, whatever policies say so: then
// what is reached from one is reached from each. One of each sort stands for the
// rest, and its edge says for how many.
const maxLaunched = 25

// whoKey tells lists of principals apart by what they share in memory; joins of
// the same lists give the same list (see meet).
type whoKey struct {
	first *string
	n     int
}

func keyOf(who []string) whoKey {
	if len(who) == 0 {
		return whoKey{}
	}
	return whoKey{&who[0], len(who)}
}

// meet is intersect of lists that come again and again. The result is shared and
// must not be changed.
func (w *world) meet(a, b []string) []string {
	k := [2]whoKey{keyOf(a), keyOf(b)}
	if who, done := w.meets[k]; done {
		return who
	}
	who := intersect(a, b)
	w.meets[k] = who
	return who
}

// joinShared is join for many targets with the same lists of principals.
func (w *world) joinShared(a, b []way) []way {
	var out []way
	sharing := sharers(a, b)
	for i, x := range a {
		for _, y := range sharing(i) {
			if x.verdict == schema.Deny || y.verdict == schema.Deny {
				continue
			}
			if who := w.meet(x.who, y.who); len(who) > 0 {
				if z := x.and(y, who); z.verdict != schema.Deny {
					out = append(out, z)
				}
			}
		}
	}
	return out
}

// alike is equal for roles that stand for each other.
type alike struct {
	gains, starts uint64
	unread        bool
	verdict       schema.Verdict
}

func (w *world) alike(role string, v schema.Verdict) alike {
	_, unread := w.unread[role]
	return alike{w.settled[role], w.starts[role], unread, v}
}

// settle remembers, before the first edge to a role that may stand for others is
// added, what every node leads to so far and what compute it may start with which
// roles. Edges of that sort do not count afterwards: two that lead to each other
// would differ by that alone.
func (w *world) settle() {
	if w.starts != nil {
		return
	}
	w.settled, w.starts = maps.Clone(w.gains), map[string]uint64{}
	note := func(ws []way, what string) {
		for _, x := range ws {
			h := hashOf(append([]string{what, string(x.verdict)}, x.witness...)...)
			for _, p := range x.who {
				w.starts[p] += h
			}
		}
	}
	for _, e := range w.accounts() {
		for _, l := range launches {
			note(w.who(l.Needs, "", e), l.ID+e.account)
		}
		for _, t := range takeovers {
			if t.listed != "" && w.onlyIAM(e) {
				note(w.overAny(t, e), t.ID+e.account)
			}
		}
	}
	if len(w.starts) > 0 {
		w.settlePassed()
	}
}

// settlePassed adds to what principals start which roles they pass. Lists of
// principals are shared by many roles, so a list is summed up first.
func (w *world) settlePassed() {
	type list struct {
		who  []string
		hash uint64
	}
	for _, service := range launchServices() {
		lists := map[whoKey]*list{}
		for role, ws := range w.passers(service) {
			for _, x := range ws {
				k := keyOf(x.who)
				if lists[k] == nil {
					lists[k] = &list{who: x.who}
				}
				lists[k].hash += hashOf(append([]string{service, role, string(x.verdict)}, x.witness...)...)
			}
		}
		passes := map[string]uint64{}
		for _, l := range lists {
			for _, p := range l.who {
				passes[p] += l.hash
			}
		}
		for p, h := range passes {
			if start, ok := w.starts[p]; ok {
				w.starts[p] = start + hashOf(service, strconv.FormatUint(h, 16))
			}
		}
	}
}

// noteGain remembers what a node leads to, in any order.
func (w *world) noteGain(e graph.AttackEdge) {
	w.gains[e.From] += hashOf(append([]string{string(e.Kind), e.To, e.Technique, string(e.Verdict)}, e.Witness...)...)
}

func hashOf(parts ...string) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a, 64 bits
	h := uint64(offset)
	for _, s := range parts {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * prime
		}
		h *= prime // a byte 0 between parts
	}
	return h
}

// crowd is a list of principals, parted by what is kept of their edges.
type crowd struct {
	who []string
	// few keep all edges, ascending only those to roles that lead to the
	// account's capability, many those to some of each sort.
	few, ascending, many []string
	ascended             int              // targets that ascending have edges to
	kept                 map[alike]string // by sort: the target that many have an edge to
}

// spreadAlike adds the edges of a technique to many roles of one account.
func (w *world) spreadAlike(t *Technique, all []gained) {
	crowds := map[whoKey]*crowd{}
	reach := map[string]*spreadOf{}
	type outcome struct {
		who     whoKey
		verdict schema.Verdict
		ascends bool
	}
	counts := map[outcome]int{}
	for _, x := range all {
		for _, y := range x.ways {
			k := keyOf(y.who)
			if crowds[k] == nil {
				crowds[k] = &crowd{who: y.who, kept: map[alike]string{}}
			}
			counts[outcome{k, y.verdict, w.ascends[x.target]}]++
		}
	}
	for o, n := range counts {
		for _, p := range crowds[o.who].who {
			s := reach[p]
			if s == nil {
				s = &spreadOf{best: 3, bestAdmin: 3}
				reach[p] = s
			}
			s.count += n
			s.best = min(s.best, o.verdict.Rank())
			if o.ascends {
				s.bestAdmin = min(s.bestAdmin, o.verdict.Rank())
			}
		}
	}
	for _, c := range crowds {
		c.part(reach)
	}
	sorts := map[alike]int{}
	for _, x := range all {
		for _, v := range verdictsOf(x.ways) {
			sorts[w.alike(x.target, v)]++
		}
	}
	var pairs []pair
	for _, x := range all {
		for _, y := range x.ways {
			pairs = w.spreadOne(t, crowds[keyOf(y.who)], x.target, y, sorts, pairs)
		}
	}
	w.grantPairs(t, pairs)
}

func verdictsOf(ws []way) []schema.Verdict {
	var out []schema.Verdict
	for _, x := range ws {
		if !slices.Contains(out, x.verdict) {
			out = append(out, x.verdict)
		}
	}
	return out
}

func (c *crowd) part(reach map[string]*spreadOf) {
	for _, p := range c.who {
		switch s := reach[p]; {
		case s.count <= maxLaunched:
			c.few = append(c.few, p)
		case s.bestAdmin <= s.best && s.bestAdmin <= schema.Conditional.Rank():
			c.ascending = append(c.ascending, p)
		default:
			c.many = append(c.many, p)
		}
	}
}

// spreadOne adds the edges of one way to one role; those of the many it adds to
// the pairs.
func (w *world) spreadOne(t *Technique, c *crowd, role string, x way, sorts map[alike]int, pairs []pair) []pair {
	x.who = c.few
	w.grant(t, []way{x}, role)
	if len(c.ascending) > 0 && w.ascends[role] && c.ascended < keptAdmins {
		c.ascended++
		x.who = c.ascending
		w.grant(t, []way{x}, role)
	}
	if len(c.many) == 0 {
		return pairs
	}
	sort := w.alike(role, x.verdict)
	switch first, had := c.kept[sort]; {
	case !had:
		c.kept[sort] = role
		x.who = c.many
	case first != "" && slices.Contains(c.many, first):
		x.who = []string{first} // which cannot stand for the rest to itself
		c.kept[sort] = ""
	default:
		return pairs
	}
	if n := sorts[sort]; n > 1 {
		x.evidence = append(slices.Clone(x.evidence), graph.Evidence{Document: role,
			Summary: fmt.Sprintf("stands for %d roles that open the same ways and have no edge of their own by this technique", n)})
	}
	return append(pairs, pair{role, x})
}

package attack

import (
	"slices"

	"github.com/postern-sec/postern/schema"
)

// maxSpread is up to how many principals of one account another one's edges by
// one technique are all kept. Whoever may become more of them, and an
// administrator among them (or one that can make itself one), has the account:
// from there everything is reached that the others reach in it, and thousands of
// principals that may each become thousands of others need no millions of edges.
const maxSpread = 100

// keptAdmins is how many administrators stand for the rest.
const keptAdmins = 3

// gained is who gains one target.
type gained struct {
	target string
	ways   []way
}

// spread adds the edges of a technique to many principals of one account.
func (w *world) spread(t *Technique, all []gained) {
	reach := map[string]*spreadOf{}
	for _, x := range all {
		for _, y := range x.ways {
			for _, p := range y.who {
				s := reach[p]
				if s == nil {
					s = &spreadOf{best: 3, bestAdmin: 3}
					reach[p] = s
				}
				s.count++
				s.best = min(s.best, y.verdict.Rank())
				if w.ascends[x.target] {
					s.bestAdmin = min(s.bestAdmin, y.verdict.Rank())
				}
			}
		}
	}
	var pairs []pair
	for _, x := range all {
		ways := only(x.ways, func(p string) bool {
			s := reach[p]
			if s.count <= maxSpread || s.bestAdmin > s.best || s.bestAdmin > schema.Conditional.Rank() {
				return true
			}
			return w.ascends[x.target] && s.kept < keptAdmins
		})
		for _, y := range ways {
			for _, p := range y.who {
				reach[p].kept++
			}
			pairs = append(pairs, pair{x.target, y})
		}
	}
	w.grantPairs(t, pairs)
}

// spreadOf is what one principal gains by a technique.
type spreadOf struct {
	count, kept     int
	best, bestAdmin int // rank of the best verdict
}

// sameAccount keeps targets of one account together; spread is called once for
// each.
func (w *world) sameAccount(all []gained) [][]gained {
	by := map[string][]gained{}
	var accounts []string
	for _, x := range all {
		a := w.environmentOf(x.target).account
		if by[a] == nil {
			accounts = append(accounts, a)
		}
		by[a] = append(by[a], x)
	}
	slices.Sort(accounts)
	out := make([][]gained, 0, len(accounts))
	for _, a := range accounts {
		out = append(out, by[a])
	}
	return out
}

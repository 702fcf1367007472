package attack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// manyWays is up to how many ways of doing one thing are kept apart. Where each of
// hundreds of principals has a policy of its own that allows it, ways differ by
// their proofs alone: they are told as one, and the proof is looked up for those
// principals whose edges are made.
const manyWays = 25

// asking is how many resources a question is asked of at once; ways of doing
// something to thousands of them are told as one in between.
const asking = 512

// together tells ways that differ by who and why as one, if they are many. why
// looks up one principal's proof.
func together(ws []way, why func(principal string) []graph.Evidence) []way {
	if len(ws) <= manyWays {
		return ws
	}
	at := map[string]int{}
	var out []way
	for _, x := range ws {
		if x.why != nil || x.verdict == schema.Unknown || len(x.missing) > 0 {
			out = append(out, x)
			continue
		}
		key := strings.Join([]string{string(x.verdict), fmt.Sprint(x.effort, x.parts), strings.Join(x.witness, "\x00")}, "\x01")
		i, have := at[key]
		if !have {
			at[key] = len(out)
			out = append(out, x)
			continue
		}
		if out[i].why == nil {
			out[i].who = slices.Clone(out[i].who) // the engine's lists are shared
		}
		out[i].who, out[i].why, out[i].evidence = append(out[i].who, x.who...), why, nil
	}
	for i := range out {
		if out[i].why != nil {
			slices.Sort(out[i].who)
			out[i].who = slices.Compact(out[i].who)
		}
	}
	return out
}

// because looks up why a principal may do something.
func (w *world) because(action, resource string, o iamaws.Options) func(string) []graph.Evidence {
	return func(p string) []graph.Evidence {
		d, err := w.perms.Can(iamaws.Request{Principal: p, Action: action, Resource: resource, Options: o})
		if err != nil {
			return reasons(nil, action, resource)
		}
		return reasons(d.Because, action, resource)
	}
}

// proof is a way's evidence for one of its principals.
func (x way) proof(principal string) []graph.Evidence {
	if x.why == nil {
		return x.evidence
	}
	return slices.Concat(x.why(principal), x.evidence)
}

// bothWhy looks up both proofs; either may be nil.
func bothWhy(a, b func(string) []graph.Evidence) func(string) []graph.Evidence {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return func(p string) []graph.Evidence { return slices.Concat(a(p), b(p)) }
}

// whyOf looks a principal's proof up in ways that are kept apart.
func whyOf(ws []way) func(string) []graph.Evidence {
	return func(p string) []graph.Evidence {
		for _, x := range ws {
			if _, in := slices.BinarySearch(x.who, p); in {
				return x.proof(p)
			}
		}
		return nil
	}
}

// shareList gives equal lists of principals one place in memory (see whoKey).
func (w *world) shareList(who []string) []string {
	h := hashOf(who...)
	for _, have := range w.lists[h] {
		if slices.Equal(have, who) {
			return have
		}
	}
	w.lists[h] = append(w.lists[h], who)
	return who
}

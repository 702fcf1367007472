package attack

import (
	"github.com/postern-sec/postern/graph"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// Of a principal with a policy that cannot be read nothing is allowed for sure, so
// no edge leaves it by its permissions, and everything it might do is unknown. That
// is said once of it, and once of each thing in its account that it might do
// something to, not of every technique and target: an export in which every second
// principal is like that would cost their product.

func (w *world) noteUnread(list []iamaws.Unread) {
	w.unread = map[string]iamaws.Unread{}
	for _, u := range list {
		w.unread[u.Principal] = u
	}
}

// tellUnread writes what noteUnread found: a gap for each principal, a sentence on
// whatever it may act on.
func (w *world) tellUnread() {
	byAccount := map[string][]string{}
	for _, p := range w.principals() {
		u, unread := w.unread[p]
		from, ok := w.node(p)
		if !unread || !ok {
			continue
		}
		text := "for want of " + lacking(u.Missing) + " it is not decided what it may do: every technique is open, on every target"
		if u.Bounded {
			text += ", that its own policies allow"
		}
		w.g.Refer(from, "").Append(schema.PropGaps, text)
		account := w.environmentOf(p).account
		w.g.Gap(graph.Gap{Kind: graph.GapNotCollected, Account: account, Service: "attack", Operation: "derive",
			Resource: from, File: u.Source.File, Message: text})
		byAccount[account] = append(byAccount[account], from)
	}
	if len(byAccount) == 0 {
		return
	}
	for _, id := range w.g.NodeIDs() {
		if who := byAccount[w.environmentOf(id).account]; len(who) > 0 && w.actedOn(id) {
			w.g.Refer(id, "").Append(schema.PropGaps, "it is not decided what "+several(who)+" may do to it: not all of their policies are known")
		}
	}
}

// actedOn reports whether techniques lead to nodes of its kind.
func (w *world) actedOn(id string) bool {
	k := w.g.Kind(id)
	return k.In(schema.DataStore) || k.In(schema.AIResource) || k.In(schema.Workload) || k.In(schema.Principal) || id == schema.AdminCapabilityID(w.environmentOf(id).account)
}

package attack

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/internal/lineage"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// Options is what Derive needs beside facts and engines.
type Options struct {
	// Lineage is what lineage.Derive returned for the same facts; nil: nothing
	// is known of lineage, and no data is training data but what the graph's
	// declarations say.
	Lineage *lineage.Lineage
}

// Derive adds attack edges, entries and capability nodes to facts.Graph, and a
// gap wherever an answer is unknown. It returns an error only when ctx is
// cancelled; facts are then incomplete and to be thrown away.
func Derive(ctx context.Context, facts *ingest.Facts, perms *iamaws.Engine, net *netaws.Engine, o Options) error {
	w := newWorld(ctx, facts, perms, net, o)
	w.addEntries()
	for _, f := range families {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("derive attack edges: %w", err)
		}
		if err := f.derive(w); err != nil {
			return fmt.Errorf("derive attack edges, %s: %w", f.Name, err)
		}
	}
	w.flushGaps()
	return nil
}

// environment is the account something belongs to.
type environment struct{ partition, account string }

// world is what drivers work with: facts, engines, and indexes over them.
type world struct {
	ctx   context.Context
	f     *ingest.Facts
	g     *graph.Builder
	inv   *iamaws.Inventory // with stand-ins
	perms *iamaws.Engine    // over inv
	// assumed is perms without policies that were not collected; made when
	// first needed.
	assumed *iamaws.Engine
	// unboundEngine is perms without permissions boundaries, and bounded who has
	// one; made when first needed.
	unboundEngine *iamaws.Engine
	bounded       []string
	net           *netaws.Engine
	line          *lineage.Lineage

	standIns  map[string]string        // principal → node it stands for
	unread    map[string]iamaws.Unread // principals that may do nobody knows what
	users     []string                 // ARNs, sorted, stand-ins included
	roles     []string                 // ARNs, sorted, without those only AWS can change
	workloads map[schema.NodeKind][]*ingest.Workload
	byID      map[string]*ingest.Workload
	groups    map[string]string           // account and name: ARN; made when first needed
	asked     map[string][]way            // action + "\x00" + resource
	objectsOf map[string]*objectGrants    // by bucket
	admins    map[string]bool             // principals that are administrators already
	bound     map[string][]string         // administrators under one condition: its witness; see noteOneCondition
	inIAM     *iamaws.Engine              // perms without those in bound, for what is done in IAM
	ascends   map[string]bool             // principals that are administrators or can make themselves one
	callable  map[string]bool             // functions that anyone may call by their URL
	gains     map[string]uint64           // what each node leads to so far
	meets     map[[2]whoKey][]string      // intersections made so far
	settled   map[string]uint64           // gains, when settle was called
	starts    map[string]uint64           // what compute principals may start with which roles; made by settle
	passed    map[string]map[string][]way // what passers has answered
	trusted   map[string][]trust          // what trusting has answered
	tags      *tagsAtHand                 // tags that permissions hang on; made when first needed
	leaving   map[string]map[string]int   // principals and capabilities: what they lead to in other accounts, with the best verdict's rank
	lists     map[uint64][][]string       // lists of principals by content; see shareList
	present   map[accountType]string      // one resource of each type; made when first needed
	gaps      map[string]map[string]bool
	open      map[openKey]map[string]bool // questions without an answer: principals
}

func newWorld(ctx context.Context, f *ingest.Facts, perms *iamaws.Engine, net *netaws.Engine, o Options) *world {
	w := &world{
		ctx: ctx, f: f, g: f.Graph, perms: perms, net: net, line: o.Lineage,
		workloads: map[schema.NodeKind][]*ingest.Workload{}, byID: map[string]*ingest.Workload{},
		asked: map[string][]way{}, trusted: map[string][]trust{}, passed: map[string]map[string][]way{}, objectsOf: map[string]*objectGrants{}, admins: map[string]bool{}, bound: map[string][]string{}, ascends: map[string]bool{}, gains: map[string]uint64{}, meets: map[[2]whoKey][]string{}, leaving: map[string]map[string]int{}, lists: map[uint64][][]string{}, callable: map[string]bool{}, gaps: map[string]map[string]bool{}, open: map[openKey]map[string]bool{},
	}
	if w.line == nil {
		w.line = &lineage.Lineage{}
	}
	w.g.SetSource(graph.Source{})
	w.addStandIns()
	for arn := range w.inv.Users {
		w.users = append(w.users, arn)
	}
	for arn, r := range w.inv.Roles {
		if !r.ServiceLinked() {
			w.roles = append(w.roles, arn)
		}
	}
	slices.Sort(w.users)
	slices.Sort(w.roles)
	for i := range f.Workloads {
		x := &f.Workloads[i]
		w.workloads[x.Kind] = append(w.workloads[x.Kind], x)
		w.byID[x.ID] = x
	}
	for _, l := range w.workloads {
		slices.SortFunc(l, func(a, b *ingest.Workload) int { return strings.Compare(a.ID, b.ID) })
	}
	return w
}

// addEntries makes sure that the outsiders who need no invitation exist.
func (w *world) addEntries() {
	for _, id := range schema.OutsideIDs() {
		w.entry(id)
	}
}

// entry adds an outsider who needs no invitation and returns its id.
func (w *world) entry(id string) string {
	kind, name := schema.ExternalPrincipal, "any identity of "+strings.TrimSuffix(id, ":any")
	switch id {
	case schema.InternetID:
		kind, name = schema.Internet, "the internet"
	case schema.AnyAWSAccountID:
		name = "any AWS account"
	case schema.AnyGoogleAccountID:
		name = "any Google account"
	case schema.AnyGitHubID:
		name = "any GitHub repository"
	}
	w.g.Node(id, kind).Set(schema.PropName, name).Label(schema.LabelEntry)
	return id
}

// environmentOf is the account an ARN belongs to, from the ARN, else from the
// node's own property.
func (w *world) environmentOf(id string) environment {
	a, ok := schema.ParseARN(id)
	e := environment{partition: "aws"}
	if ok {
		e.partition = a.Partition
		if schema.IsAccountID(a.Account) {
			e.account = a.Account
			return e
		}
	}
	if w.g.Has(id) {
		if s, ok := w.g.Refer(id, "").Get(schema.PropEnvironment).(string); ok {
			e.account = s
		}
	}
	if e.account == "" {
		if r := w.inv.Resources[id]; r != nil {
			e.account = r.Account
		}
	}
	return e
}

// accounts are the accounts whose principals were collected, sorted.
func (w *world) accounts() []environment {
	seen := map[environment]bool{}
	var out []environment
	for _, list := range [][]string{w.users, w.roles} {
		for _, arn := range list {
			if e := w.environmentOf(arn); !seen[e] {
				seen[e] = true
				out = append(out, e)
			}
		}
	}
	slices.SortFunc(out, func(a, b environment) int { return strings.Compare(a.account+a.partition, b.account+b.partition) })
	return out
}

// options of all questions: what an attacker is free to choose is chosen in the
// attacker's favour.
func (w *world) options() iamaws.Options { return iamaws.Options{AttackerChooses: true} }

// can says for each resource who may do the action on it. A resource with
// wildcards stands for what the attacker makes or picks.
func (w *world) can(action string, resources ...string) map[string][]way {
	var ask []string
	for _, r := range resources {
		if _, ok := w.asked[action+"\x00"+r]; !ok {
			ask = append(ask, r)
			w.asked[action+"\x00"+r] = nil
		}
	}
	if len(ask) > 0 {
		for some := range slices.Chunk(ask, asking) {
			grants := func(e *iamaws.Engine) []iamaws.Grant { return w.toAct(e, action).Grants(action, some, w.options()) }
			for _, x := range w.granted(grants, func(g iamaws.Grant) bool { return strings.ContainsAny(g.Resource, "*?") }) {
				key := action + "\x00" + x.grant.Resource
				w.asked[key] = append(w.asked[key], x.way)
			}
			for _, r := range some {
				w.asked[action+"\x00"+r] = together(w.asked[action+"\x00"+r], w.because(action, r, w.options()))
			}
		}
		for r, ways := range w.retagged(action, ask) {
			w.asked[action+"\x00"+r] = append(w.asked[action+"\x00"+r], ways...)
		}
	}
	out := make(map[string][]way, len(resources))
	for _, r := range resources {
		out[r] = w.asked[action+"\x00"+r]
	}
	return out
}

// toAct is the engine to ask who may do an action.
func (w *world) toAct(e *iamaws.Engine, action string) *iamaws.Engine {
	if e == w.perms && w.inIAM != nil && strings.HasPrefix(action, "iam:") {
		return w.inIAM
	}
	return e
}

// who says who holds all the needs of a technique on a target.
func (w *world) who(ns []Need, target string, e environment) []way {
	var out []way
	for i, n := range ns {
		r := n.on(target, e)
		ws := w.can(n.Action, r)[r]
		if i == 0 {
			out = ws
		} else {
			out = join(out, ws)
		}
		if len(out) == 0 {
			return nil
		}
	}
	return out
}

// ask prepares the answers for many targets at once.
func (w *world) ask(ns []Need, targets []string) {
	for _, n := range ns {
		rs := make([]string, 0, len(targets))
		for _, t := range targets {
			rs = append(rs, n.on(t, w.environmentOf(t)))
		}
		slices.Sort(rs)
		w.can(n.Action, slices.Compact(rs)...)
	}
}

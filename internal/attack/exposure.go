package attack

import (
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/internal/network"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

func exposeRow(id, title string, assumes schema.Assumption, cost int, requires []string, ids ...string) *Technique {
	return &Technique{ID: id, Kind: schema.Exposes, Title: title, Requires: requires, Assumes: assumes, Cost: cost, AttackIDs: ids,
		Source: "Amazon VPC User Guide; Elastic Load Balancing and CloudFront guides"}
}

var (
	exposedAddress = exposeRow("expose-001", "answers on a public address", schema.AssumesVulnerability, 3,
		[]string{"a public address", "a route to an internet gateway", "the security group takes the packet", "the network ACL lets it and its answer through", "it runs"}, "T1190")
	exposedDoor = exposeRow("expose-002", "is a front door that anyone may send requests to", schema.AssumesNothing, 1,
		[]string{"it is internet-facing", "it is enabled"}, "T1190")
	exposedBehind = exposeRow("expose-003", "answers requests that a public front door hands on", schema.AssumesVulnerability, 3,
		[]string{"the front door can be reached", "it hands requests on without authentication", "what filters the target lets the front door in"}, "T1190")
	exposedStore = exposeRow("expose-004", "is a data store that listens on a public address", schema.AssumesCredential, 4,
		[]string{"a public address that can be reached", "a user name and password, or a flaw"}, "T1133")
)

var exposureFamily = Family{Name: "exposure by network", Techniques: []*Technique{exposedAddress, exposedDoor, exposedBehind, exposedStore}, derive: (*world).exposures}

func (w *world) exposures() error {
	if w.net == nil {
		return nil
	}
	for _, x := range w.net.Exposure() {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		if x.Kind != "front_door" && x.Audience != netaws.Partner {
			w.exposure(x)
		}
	}
	return nil
}

// exposure adds the steps from the internet through each front door to the
// target. Who may not come in without a credential is no exposure.
func (w *world) exposure(x netaws.Exposure) {
	if x.Auth != netaws.AuthNone && x.Auth != netaws.AuthUnknown && x.Auth != netaws.AuthAPIKey {
		return
	}
	var links []string
	for _, l := range x.Chain {
		if id := w.link(l); id != "" {
			links = append(links, id)
		}
	}
	if len(links) == 0 {
		return
	}
	whole := w.exposureWay(x)
	from := schema.InternetID
	for i, to := range links {
		last := i == len(links)-1
		s := step{from: from, to: to, way: whole, ports: ports(x, last)}
		if x.Audience == netaws.Addresses {
			s.sources = x.Sources
		}
		if !last {
			// How the last hop is guarded is no matter of the hops before it.
			s.way.verdict, s.way.witness = schema.Allow, nil
			if x.Audience == netaws.Addresses {
				s.way = s.way.and(fromAddresses(x).way(), nil)
			}
		}
		w.add(w.exposeTechnique(to, i), s)
		from = to
	}
}

// exposeTechnique is what a hop is: a door, a workload or a store.
func (w *world) exposeTechnique(to string, hop int) *Technique {
	switch k := w.g.Kind(to); {
	case k == schema.LoadBalancer || k == schema.CDN || k == schema.APIGateway:
		return exposedDoor
	case k.In(schema.DataStore) && !k.In(schema.Workload):
		return exposedStore
	case hop == 0:
		return exposedAddress
	}
	return exposedBehind
}

// ports is what arrives: at the target, or at the first hop.
func ports(x netaws.Exposure, last bool) []string {
	set := x.Entry
	if last {
		set = x.Ports
	}
	return strings.Fields(set.String())
}

func fromAddresses(x netaws.Exposure) fact {
	return onlyIf("the source address is in " + strings.Join(x.Sources, ", "))
}

// exposureWay is an exposure's verdict with what proves it.
func (w *world) exposureWay(x netaws.Exposure) way {
	out := way{verdict: schema.Allow}
	for _, e := range x.Evidence {
		doc := e.ID
		if e.Doc != "" {
			doc = e.Doc + " " + e.ID
		}
		out.evidence = append(out.evidence, graph.Evidence{Document: strings.TrimSpace(doc), Statement: e.Rule, Summary: e.Sentence})
	}
	switch x.Verdict {
	case network.Conditional:
		out = out.and(onlyIf(orElse(x.Gate, "the front door lets the request through")).way(), nil)
	case network.Unknown:
		f := fact{verdict: schema.Unknown}
		for _, m := range x.Missing {
			f.missing = append(f.missing, iamaws.Missing{Kind: m.Kind, ID: m.ID})
		}
		out = out.and(f.way(), nil)
	case network.Blocked:
		out.verdict = schema.Deny
	}
	if x.Audience == netaws.Addresses {
		out = out.and(fromAddresses(x).way(), nil)
	}
	return out
}

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// link is the node of an element of a chain; "" for what is no node and no step.
func (w *world) link(l netaws.ChainLink) string {
	if w.g.Has(l.ID) {
		if w.g.Kind(l.ID).In(schema.Container) {
			return ""
		}
		return l.ID
	}
	kind := map[string]schema.NodeKind{
		"load_balancer": schema.LoadBalancer, "cloudfront": schema.CDN, "instance": schema.VirtualMachine, "function": schema.Function,
	}[l.Kind]
	if kind == "" || !strings.HasPrefix(l.ID, "arn:") {
		return ""
	}
	w.g.Refer(l.ID, kind)
	return l.ID
}

// Inside.

var netReaches = &Technique{ID: "network-001", Kind: schema.NetReaches, Title: "opens connections to another workload", Assumes: schema.AssumesVulnerability,
	Requires: []string{"a route there and back", "the security groups and network ACLs let it through", "something listens"},
	Source:   "Amazon VPC User Guide", Cost: 5, AttackIDs: []string{"T1021.007"}}

var networkFamily = Family{Name: "inside the network", Techniques: []*Technique{netReaches}, derive: (*world).inside}

// maxPairs bounds the edges between two groups of workloads that no rule tells
// apart; what is left out is a coverage gap.
const maxPairs = 4096

func (w *world) inside() error {
	if w.net == nil {
		return nil
	}
	in := w.net.Reaches()
	for _, e := range in.Edges {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		from, to := w.attackers(in.Groups[e.From]), w.prizes(in.Groups[e.To])
		if len(from)*len(to) > maxPairs {
			w.g.Gap(graph.Gap{Kind: graph.GapNotUnderstood, Service: "attack", Operation: "network", Resource: in.Groups[e.To].Subnet,
				Message: "NET_REACHES: too many workloads on both sides; only the first of them were joined"})
			from = from[:max(1, min(len(from), maxPairs/max(1, len(to))))]
			to = to[:min(len(to), maxPairs)]
		}
		x := insideWay(e)
		for _, a := range from {
			for _, b := range to {
				w.add(netReaches, step{from: a, to: b, way: x, ports: strings.Fields(e.Ports.String())})
			}
		}
	}
	return nil
}

func insideWay(e netaws.GroupEdge) way {
	x := way{verdict: schema.Allow}
	for _, ev := range e.Evidence {
		x.evidence = append(x.evidence, graph.Evidence{Document: strings.TrimSpace(ev.Doc + " " + ev.ID), Statement: ev.Rule, Summary: ev.Sentence})
	}
	if e.Verdict == network.Unknown {
		x.verdict = schema.Unknown
		for _, m := range e.Missing {
			x.missing = append(x.missing, iamaws.Missing{Kind: m.Kind, ID: m.ID})
		}
	}
	return x
}

// attackers are members that run code.
func (w *world) attackers(g netaws.Group) []string {
	var out []string
	for _, m := range g.Members {
		if w.byID[m.ID] != nil && runsCode(w.byID[m.ID].Kind) {
			out = append(out, m.ID)
		}
	}
	return out
}

// prizes are members behind which there is an identity or data.
func (w *world) prizes(g netaws.Group) []string {
	var out []string
	for _, m := range g.Members {
		x := w.byID[m.ID]
		if m.Accepts && w.g.Has(m.ID) && (x != nil && len(x.Roles) > 0 || w.g.Kind(m.ID).In(schema.DataStore)) {
			out = append(out, m.ID)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

package aws

import (
	"cmp"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/network"
)

// serviceID is the vpce-svc-… of an endpoint's service name, empty for AWS's own
// services.
func serviceID(name string) string {
	id := name[strings.LastIndexByte(name, '.')+1:]
	if strings.HasPrefix(id, "vpce-svc-") {
		return id
	}
	return ""
}

func (m *model) compileLinks() {
	for _, r := range m.regions {
		for i := range r.EndpointServices.Items {
			x := &r.EndpointServices.Items[i]
			if m.shared[x.ID] == nil {
				m.shared[x.ID] = x
			}
		}
	}
	for _, t := range m.things {
		if t.endpoint != nil && t.endpoint.Kind == "Interface" && serviceID(t.endpoint.Service) != "" {
			m.links = append(m.links, t)
		}
	}
	slices.SortFunc(m.links, func(a, b *thing) int { return cmp.Compare(a.id, b.id) })
}

// byPrivateLink tries the interface endpoints behind which a thing is: its load
// balancer, or itself, is offered as an endpoint service. The connection goes one
// way, by the endpoint's interfaces, and whoever is behind sees the load balancer's
// address (AWS PrivateLink Guide, "Share your services through AWS PrivateLink",
// and Network Load Balancers, "Client IP preservation", read 2026-11).
func (m *model) byPrivateLink(x question, s start, t *thing) []attempt {
	if len(m.links) == 0 || s.end.outside || s.end.cdn {
		return nil
	}
	fronts, only := m.inFront(t), t
	if t.balancer != nil {
		fronts, only = append(fronts, t.balancer), nil
	}
	var out []attempt
	for _, b := range fronts {
		if b.lbKind != "network" {
			continue
		}
		behind := only
		if b == t.balancer {
			behind = nil
		}
		for _, e := range m.links {
			if service, ok := m.offers(e, b); ok {
				out = append(out, m.throughLink(x, s, e, service, b, behind)...)
			}
		}
	}
	return out
}

// offers reports whether an endpoint's service may be a load balancer's; the
// service is nil when its account's services were not collected.
func (m *model) offers(e *thing, b *balancer) (*EndpointService, bool) {
	if s := m.shared[serviceID(e.endpoint.Service)]; s != nil {
		return s, slices.Contains(s.Balancers, b.thing.arn)
	}
	if e.region != b.thing.region {
		return nil, false // a service and its endpoints are in one region
	}
	for _, r := range m.regions {
		if r.Account == b.thing.account && r.Region == b.thing.region {
			return nil, !r.EndpointServices.Collected
		}
	}
	return nil, true
}

func (s *EndpointService) available() bool {
	return s.State == "" || strings.EqualFold(s.State, "available")
}

// linkGaps names what is not known of the way from a service to a load balancer:
// which ones it offers.
func linkGaps(id string, service *EndpointService) []network.Missing {
	if service == nil {
		return []network.Missing{{Kind: "endpoint_service", ID: id}}
	}
	return nil
}

// linkRulesGap is why who inside sends by AWS PrivateLink to a load balancer with
// groups is not known: its rules look at who that is.
func linkRulesGap(b *balancer) []network.Missing {
	if b.linkRules == TriNo {
		return nil
	}
	return []network.Missing{{Kind: "private_link_inbound_rules", ID: b.id}}
}

func (m *model) throughLink(x question, s start, e *thing, service *EndpointService, b *balancer, only *thing) []attempt {
	var out []attempt
	l := b.listenerFor(x.what).forOthers()
	for _, n := range e.nics {
		for i := range n.pairs {
			for _, front := range m.toPlace(x, s, goal{place{n, i}, true, false}) {
				front.vague, front.via = true, only != nil && l != nil
				front.outs = m.offered(x, s, front.outs, e, service, b, l, only)
				out = append(out, front)
			}
		}
	}
	return out
}

// forOthers is a listener as endpoints see it: the client's address is not kept.
func (l *listener) forOthers() *listener {
	if l == nil {
		return nil
	}
	c := *l
	c.forwards = slices.Clone(l.forwards)
	for i := range c.forwards {
		c.forwards[i].keep = false
	}
	return &c
}

// offered turns outcomes at an endpoint's interface into outcomes behind the
// service's load balancer.
func (m *model) offered(x question, s start, front []outcome, e *thing, service *EndpointService, b *balancer, l *listener, only *thing) []outcome {
	var out []outcome
	for _, o := range front {
		if o.verdict == network.Blocked {
			out = append(out, o)
			continue
		}
		id := serviceID(e.endpoint.Service)
		o.steps = append(slices.Clip(o.steps), network.Hop{ID: id, Kind: "endpoint_service", Note: "by AWS PrivateLink"})
		if gaps := linkGaps(id, service); len(gaps) > 0 {
			o.verdict, o.missing = network.Unknown, append(slices.Clip(o.missing), gaps...)
		}
		switch {
		case service == nil:
			o.decision = network.Decision{Layer: network.LayerEndpoint, ID: id, Summary: "which load balancers " + id + " offers was not collected"}
			out = append(out, o)
			continue
		case !service.available():
			o.verdict = network.Blocked
			o.decision = network.Decision{Layer: network.LayerEndpoint, ID: id, Summary: id + " is " + service.State}
			out = append(out, o)
			continue
		}
		for _, n := range b.nics {
			for i := range n.pairs {
				for _, in := range m.admitted(b, place{n, i}, s.end.place.nic, o) {
					if in.verdict == network.Blocked {
						out = append(out, in)
						continue
					}
					out = append(out, m.listen(x, b, l, place{n, i}, in, only, 0)...)
				}
			}
		}
	}
	return out
}

// admitted is what a load balancer's groups let in of what comes by AWS
// PrivateLink. Their inbound rules count unless that is switched off, which is not
// the default, and see "the private IP address of the client, not the endpoint
// interface" (Network Load Balancers, "Update the security groups for your Network
// Load Balancer", considerations, and Elastic Load Balancing API Reference,
// SetSecurityGroups, EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic, read
// 2026-11). Whether a rule may name the client's group nobody says.
func (m *model) admitted(b *balancer, node place, client *nic, o outcome) []outcome {
	n := node.nic
	if b.linkRules == TriNo || n.set.none && !n.noGroups {
		return []outcome{o}
	}
	w := &walker{m: m, trace: true}
	st := stream{fwd: o.set, steps: o.steps, missing: o.missing, passed: o.decision}
	w.crossGroups(st, trip{}, n, false, filterContext{m: m}, func(st stream) {
		in := o
		in.set, in.steps, in.missing = st.fwd, st.steps, st.missing
		if len(in.missing) > len(o.missing) {
			in.verdict = network.Unknown
		}
		w.outs = append(w.outs, in)
	})
	out := w.outs
	for i := range out {
		if gaps := linkDoubts(b, n, client, o); out[i].verdict == network.Blocked && len(gaps) > 0 {
			out[i].verdict, out[i].missing, out[i].fix = network.Unknown, mergeMissing(o.missing, gaps), ""
		} else if out[i].verdict == network.Reachable && translated(o) && b.linkRules == TriYes {
			out[i].verdict, out[i].missing = network.Unknown, []network.Missing{{Kind: "client_address", ID: b.id}}
		}
	}
	return out
}

// linkDoubts names why what a load balancer's groups would stop may get through by
// AWS PrivateLink all the same.
func linkDoubts(b *balancer, n, client *nic, o outcome) []network.Missing {
	var out []network.Missing
	if b.linkRules == TriUnknown {
		out = append(out, network.Missing{Kind: "private_link_inbound_rules", ID: b.id})
	}
	if translated(o) {
		out = append(out, network.Missing{Kind: "client_address", ID: b.id})
	}
	if n.set.none || client == nil {
		return out
	}
	for _, id := range client.set.ids {
		if !n.set.compiled().in.groups[id].IsEmpty() {
			out = append(out, network.Missing{Kind: "private_link_group_reference", ID: id})
		}
	}
	return out
}

// translated reports whether the client's address was changed on the way.
func translated(o outcome) bool {
	return slices.ContainsFunc(o.steps, func(h network.Hop) bool { return h.Kind == "nat_gateway" })
}

// linkPorts is what clients of an endpoint can send to a load balancer: surely, if
// its rules admit all of the endpoint's VPC, or perhaps. Who uses the endpoint is
// not asked here.
func (m *model) linkPorts(e *thing, b *balancer, n *nic) (sure, maybe network.ServiceSet) {
	var takes network.ServiceSet
	for _, l := range b.listeners {
		takes = takes.Union(l.takes)
	}
	if b.linkRules == TriNo || n.set.none && !n.noGroups {
		return takes, nil
	}
	if n.noGroups || n.set.none {
		return nil, takes
	}
	w := &walker{m: m}
	in, open, _ := w.judge(&n.set.compiled().in, n.set, takes, filterContext{m: m})
	if v := e.nics[0].vpc; v != nil && !v.cidrs.IsEmpty() {
		sure = in.CommonServices(v.cidrs).Intersect(takes)
	}
	maybe = in.Union(open).Services()
	for _, what := range n.set.compiled().in.groups {
		maybe = maybe.Union(what)
	}
	if b.linkRules == TriUnknown {
		maybe = takes
	}
	return sure, maybe.Intersect(takes).Minus(sure)
}

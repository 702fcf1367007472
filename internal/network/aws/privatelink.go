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
// which ones it offers, and whether the load balancer's groups look at traffic of
// endpoints, an attribute that no describe call of the inventory tells.
func linkGaps(id string, service *EndpointService, b *balancer) []network.Missing {
	switch {
	case service == nil:
		return []network.Missing{{Kind: "endpoint_service", ID: id}}
	case b.hasGroups():
		return []network.Missing{{Kind: "private_link_inbound_rules", ID: b.id}}
	}
	return nil
}

func (m *model) throughLink(x question, s start, e *thing, service *EndpointService, b *balancer, only *thing) []attempt {
	var out []attempt
	l := b.listenerFor(x.what).forOthers()
	for _, n := range e.nics {
		for i := range n.pairs {
			for _, front := range m.toPlace(x, s, goal{place{n, i}, true, false}) {
				front.vague, front.via = true, only != nil && l != nil
				front.outs = m.offered(x, front.outs, e, service, b, l, only)
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
func (m *model) offered(x question, front []outcome, e *thing, service *EndpointService, b *balancer, l *listener, only *thing) []outcome {
	var out []outcome
	for _, o := range front {
		if o.verdict == network.Blocked {
			out = append(out, o)
			continue
		}
		id := serviceID(e.endpoint.Service)
		o.steps = append(slices.Clip(o.steps), network.Hop{ID: id, Kind: "endpoint_service", Note: "by AWS PrivateLink"})
		if gaps := linkGaps(id, service, b); len(gaps) > 0 {
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
				out = append(out, m.listen(x, b, l, place{n, i}, o, only, 0)...)
			}
		}
	}
	return out
}

func (b *balancer) hasGroups() bool {
	return slices.ContainsFunc(b.nics, func(n *nic) bool { return n.set != unfiltered || n.noGroups })
}

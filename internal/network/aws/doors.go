package aws

import (
	"cmp"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/network"
)

// door is a compiled front door.
type door struct {
	*FrontDoor
	id, arn         string
	account, region string
	takes           network.ServiceSet
	allowed         network.AddrSet
	limited         bool // only allowed may send
}

func (d *door) graphID() string { return cmp.Or(d.arn, d.id) }

// cdnRoute is a way from a content delivery network to a load balancer or an
// interface.
type cdnRoute struct {
	door   *door
	origin *FrontOrigin
	takes  network.ServiceSet // what the origin is asked on
}

func (m *model) compileDoors() {
	seen := map[string]bool{}
	for _, r := range m.regions {
		for i := range r.FrontDoors.Items {
			x := &r.FrontDoors.Items[i]
			d := &door{FrontDoor: x, id: cmp.Or(x.ID, x.ARN), arn: x.ARN}
			d.account, d.region = r.owner(x.Meta)
			if key := d.graphID() + " " + x.Kind; seen[key] {
				continue
			} else {
				seen[key] = true
			}
			d.takes = doorPorts(x)
			if d.limited = x.AllowedCIDRs.Collected; d.limited {
				d.allowed = m.cidrs(r, d.id, x.AllowedCIDRs.Items...)
			}
			m.doors = append(m.doors, d)
		}
	}
	slices.SortFunc(m.doors, func(a, b *door) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.arn, b.arn), cmp.Compare(a.Kind, b.Kind))
	})
	m.linkOrigins()
}

// doorPorts is what a front door listens on. CDNs take plain HTTP too.
func doorPorts(x *FrontDoor) network.ServiceSet {
	port := x.Port
	if port <= 0 || port > 65535 {
		port = 443
	}
	out := network.Ports(network.TCP, uint16(port), uint16(port))
	if x.Kind == "cloudfront" {
		out = out.Union(network.Ports(network.TCP, 80, 80))
	}
	return out
}

// linkOrigins finds the load balancers and interfaces that CDNs have as
// origins, by host name.
func (m *model) linkOrigins() {
	byName := map[string]*balancer{}
	for _, b := range m.balancers {
		if b.dns != "" {
			byName[b.dns] = b
		}
	}
	for _, d := range m.doors {
		for i := range d.Origins {
			o := &d.Origins[i]
			name := strings.TrimPrefix(strings.ToLower(strings.TrimSuffix(o.Domain, ".")), "dualstack.")
			b := byName[name]
			if o.VPCOrigin != "" && b == nil {
				b = m.byBalARN[o.VPCOrigin]
			}
			if b != nil {
				m.cdnFront[b] = append(m.cdnFront[b], cdnRoute{door: d, origin: o, takes: originPorts(o)})
			}
		}
	}
}

// originPorts is what a CDN asks an origin on (Amazon CloudFront, "Origin
// settings": protocol policy and ports).
func originPorts(o *FrontOrigin) network.ServiceSet {
	http, https := cmp.Or(o.HTTPPort, 80), cmp.Or(o.HTTPSPort, 443)
	var out network.ServiceSet
	if o.Protocol != "https-only" && http > 0 && http <= 65535 {
		out = out.Union(network.Ports(network.TCP, uint16(http), uint16(http)))
	}
	if o.Protocol != "http-only" && https > 0 && https <= 65535 {
		out = out.Union(network.Ports(network.TCP, uint16(https), uint16(https)))
	}
	return out
}

// cdnSources are the addresses that Amazon's CDN asks origins from: those of
// its prefix list where the entries were collected, else any.
func (m *model) cdnSources() (addrs network.AddrSet, known bool) {
	for id := range m.cdnPLs {
		if l := m.lists[id]; l.known {
			addrs = addrs.Union(l.addrs)
			known = true
		}
	}
	if !known {
		return network.Outside(), false
	}
	return addrs, true
}

// open reports whether outsiders can send to a front door, and what stops them
// if not.
func (d *door) open() (Tri, network.Decision, string) {
	if d.Disabled != "" {
		return TriNo, network.Decision{Layer: d.layer(network.LayerState), ID: d.id, Summary: d.Disabled}, "enable " + d.id
	}
	switch d.Public {
	case TriYes:
		return TriYes, network.Decision{Layer: d.layer(network.LayerEndpoint), ID: d.id, Summary: d.Kind + " answers on a public endpoint" + d.authNote()}, ""
	case TriNo:
		return TriNo, network.Decision{Layer: d.layer(network.LayerEndpoint), ID: d.id, Summary: d.Kind + " answers on private endpoints alone"}, "give " + d.id + " a public endpoint"
	}
	return TriUnknown, network.Decision{Layer: d.layer(network.LayerEndpoint), ID: d.id, Summary: "whether " + d.id + " is public was not collected"}, ""
}

func (d *door) authNote() string {
	switch d.Auth {
	case AuthUnknown:
		return ""
	case AuthNone:
		return " without authentication"
	}
	return "; callers authenticate by " + string(d.Auth)
}

// layer is the layer that speaks for a front door: APIs have one of their own.
func (d *door) layer(other network.Layer) network.Layer {
	if strings.HasPrefix(d.Kind, "apigateway") {
		return network.LayerAPIEndpoint
	}
	return other
}

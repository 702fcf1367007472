package aws

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/postern-sec/postern/internal/network"
)

// model is the compiled inventory: ids resolved to pointers, CIDR text to sets,
// rule lists to sets. It is immutable after compile.
type model struct {
	warnings []Warning
	regions  []*Region // sorted by account and region

	vpcs      map[string]*vpc
	subnets   map[string]*subnet
	tables    map[string]*table
	acls      map[string]*acl
	groups    map[string]*group
	lists     map[string]*prefixList
	nats      map[string]*nat
	peerings  map[string]*Peering
	vpnLinks  map[string]*VPNConnection
	gateways  map[string]*gateway // igw-, eigw-, cagw-, vgw-
	endpoints map[string]*Endpoint
	shared    map[string]*EndpointService // by vpce-svc-…
	links     []*thing                    // interface endpoints to services that are not AWS's own, by id

	transit transit

	sets        map[string]*groupSet // by sorted, joined ids
	nics        map[string]*nic
	nicList     []*nic              // sorted by id; synthetic ones included
	attachments map[string][]string // while compiling: interfaces by what they are attached to
	things      map[string]*thing
	byARN       map[string]*thing
	thingIDs    []string // sorted keys of things

	byPublic  map[netip.Addr][]place
	byPrivate map[netip.Addr][]place

	balancers []*balancer // sorted by id
	byBalARN  map[string]*balancer
	targets   map[string]*TargetGroup
	frontings map[*thing][]*balancer // load balancers in front of a thing, sorted by id
	cdnFront  map[*balancer][]cdnRoute

	doors  []*door // sorted by id
	cdnPLs map[string]bool
}

// gateway is anything that is attached to VPCs as a whole.
type gateway struct {
	id, kind string
	vpcs     []string
}

func compile(inv *Inventory) *model {
	m := &model{
		vpcs: map[string]*vpc{}, subnets: map[string]*subnet{}, tables: map[string]*table{}, acls: map[string]*acl{},
		groups: map[string]*group{}, lists: map[string]*prefixList{}, nats: map[string]*nat{}, peerings: map[string]*Peering{},
		vpnLinks: map[string]*VPNConnection{}, gateways: map[string]*gateway{}, endpoints: map[string]*Endpoint{}, shared: map[string]*EndpointService{},
		sets: map[string]*groupSet{}, nics: map[string]*nic{}, things: map[string]*thing{}, byARN: map[string]*thing{},
		byPublic: map[netip.Addr][]place{}, byPrivate: map[netip.Addr][]place{},
		byBalARN: map[string]*balancer{}, targets: map[string]*TargetGroup{}, frontings: map[*thing][]*balancer{}, cdnFront: map[*balancer][]cdnRoute{},
		cdnPLs: map[string]bool{},
	}
	if inv != nil {
		for _, r := range inv.Regions {
			if r != nil {
				m.regions = append(m.regions, r)
			}
		}
	}
	slices.SortStableFunc(m.regions, func(a, b *Region) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region))
	})
	m.compilePrefixLists()
	m.compileNetworks()
	m.compileRouteTables()
	m.compileACLs()
	m.compileGroups()
	m.compileGateways()
	m.compilePublicAccess()
	m.compileTransit()
	m.compileInterfaces()
	m.indexAddresses()
	m.compileBalancers()
	m.compileDoors()
	m.compileLinks()
	m.sortAll()
	return m
}

func (m *model) warn(kind string, r *Region, id, message string) {
	w := Warning{Kind: kind, ID: id, Message: message}
	if r != nil {
		w.Account, w.Region = r.Account, r.Region
	}
	m.warnings = append(m.warnings, w)
}

func (m *model) warned() []Warning {
	out := slices.Clone(m.warnings)
	if len(out) > 0 {
		docs := m.documents()
		for i := range out {
			id, _, _ := strings.Cut(out[i].ID, " ")
			out[i].Doc = docs[id]
		}
	}
	slices.SortFunc(out, func(a, b Warning) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region), cmp.Compare(a.ID, b.ID),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(out)
}

// documents says where the resources were read that warnings speak of.
func (m *model) documents() map[string]string {
	docs := map[string]string{}
	add := func(id, doc string) {
		if docs[id] == "" {
			docs[id] = doc
		}
	}
	for _, r := range m.regions {
		for _, x := range r.VPCs.Items {
			add(x.ID, x.Doc)
		}
		for _, x := range r.Subnets.Items {
			add(x.ID, x.Doc)
		}
		for _, x := range r.RouteTables.Items {
			add(x.ID, x.Doc)
		}
		for _, x := range r.NetworkACLs.Items {
			add(x.ID, x.Doc)
		}
		for _, x := range r.SecurityGroups.Items {
			add(x.ID, x.Doc)
		}
		for _, x := range r.PrefixLists.Items {
			add(x.ID, x.Doc)
		}
		for _, x := range r.Interfaces.Items {
			add(x.ID, x.Doc)
		}
		for _, x := range r.TransitGatewayRouteTables.Items {
			add(x.ID, x.Doc)
		}
	}
	return docs
}

// cidr parses CIDR text that a resource holds; ok is false, with a warning,
// when it is none.
func (m *model) cidr(r *Region, id, text string) (netip.Prefix, bool) {
	p, note, err := network.ParseCIDR(text)
	if err != nil {
		m.warn("not_understood", r, id, err.Error())
		return netip.Prefix{}, false
	}
	if note != "" {
		m.warn("not_understood", r, id, text+": "+note)
	}
	return p, true
}

func (m *model) cidrs(r *Region, id string, texts ...string) network.AddrSet {
	var ps []netip.Prefix
	for _, t := range texts {
		if t == "" {
			continue
		}
		if p, ok := m.cidr(r, id, t); ok {
			ps = append(ps, p)
		}
	}
	return network.Prefixes(ps...)
}

// addr parses an address that a resource holds; empty text is no address.
func (m *model) addr(r *Region, id, text string) netip.Addr {
	if text == "" {
		return netip.Addr{}
	}
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" {
		m.warn("not_understood", r, id, "not an address: "+clip(text))
		return netip.Addr{}
	}
	return a.Unmap()
}

// clip bounds foreign text in messages.
func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}

// owner fills the blanks of a resource's Meta from its Region.
func (r *Region) owner(x Meta) (account, region string) {
	return cmp.Or(x.Account, r.Account), cmp.Or(x.Region, r.Region)
}

// prefixList is a compiled prefix list.
type prefixList struct {
	id, name string
	known    bool
	amazon   bool // AWS's own list
	prefixes []netip.Prefix
	addrs    network.AddrSet
}

const cdnListName = "com.amazonaws.global.cloudfront.origin-facing"

func (m *model) compilePrefixLists() {
	for _, r := range m.regions {
		for i := range r.PrefixLists.Items {
			p := &r.PrefixLists.Items[i]
			if old, ok := m.lists[p.ID]; ok && (old.known || !p.Entries.Collected) {
				continue
			}
			l := &prefixList{id: p.ID, name: p.Name, known: p.Entries.Collected, amazon: p.Account == "AWS" || isAmazonList(p.Name)}
			for _, e := range p.Entries.Items {
				if c, ok := m.cidr(r, p.ID, e); ok {
					l.prefixes = append(l.prefixes, c)
				}
			}
			// AWS's own lists are never empty: an empty answer says that the
			// entries are not known.
			if l.amazon && len(l.prefixes) == 0 {
				l.known = false
			}
			l.addrs = network.Prefixes(l.prefixes...)
			m.lists[p.ID] = l
			if isCDNList(p.Name) {
				m.cdnPLs[p.ID] = true
			}
		}
	}
}

func isAmazonList(name string) bool {
	return len(name) > 14 && name[:14] == "com.amazonaws."
}

func isCDNList(name string) bool {
	return name == cdnListName || name == "com.amazonaws.global.ipv6.cloudfront.origin-facing"
}

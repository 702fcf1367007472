package network

// Verdict says whether a packet gets there and its answer back.
type Verdict string

// The verdicts. The zero value is none of them.
const (
	Reachable   Verdict = "reachable"
	Blocked     Verdict = "blocked"
	Unknown     Verdict = "unknown"     // evidence is missing; see Missing
	Conditional Verdict = "conditional" // exposures only: reachable if a named condition holds
)

// Layer names the kind of thing that lets a packet through or stops it.
type Layer string

// The layers. Their spelling is part of the command line's contract.
const (
	LayerRoute         Layer = "route"          // a subnet's route table has no (usable) route
	LayerNACL          Layer = "nacl"           // stateless filter of a subnet
	LayerSecurityGroup Layer = "security_group" // stateful filter of an interface
	LayerGateway       Layer = "gateway"        // internet, transit, VPN gateway or peering
	LayerNAT           Layer = "nat"            // address translation
	LayerLoadBalancer  Layer = "load_balancer"  // no listener, rule or target
	LayerNoAddress     Layer = "no_address"     // no address that works there
	LayerBPA           Layer = "bpa"            // VPC block public access
	LayerState         Layer = "state"          // stopped, failed, disabled
	LayerSourceCheck   Layer = "source_check"   // source/destination check of a forwarding interface
	LayerAppliance     Layer = "appliance"      // middlebox whose rules are not known
	LayerEndpoint      Layer = "endpoint"       // VPC endpoint or the edge of a managed service
	LayerAPIEndpoint   Layer = "api_endpoint"   // an API that is private or switched off
	LayerFilter        Layer = "firewall"       // a firewall service, an allow list of a front door
)

// Hop is one element on the way, in packet order.
type Hop struct {
	ID   string `json:"id"`   // native id
	Kind string `json:"kind"` // internet, interface, security_group, nacl, route_table, internet_gateway …
	Note string `json:"note"` // the rule that matched, in words
	// Return says that the hop is on the way back of the answer.
	Return bool `json:"return,omitempty"`
}

// Decision names the layer that decided.
type Decision struct {
	Layer   Layer  `json:"layer"`
	ID      string `json:"id"`
	Summary string `json:"summary"`
	Return  bool   `json:"return,omitempty"` // decided on the way back
}

// Missing is a document that was not collected and could change the answer.
type Missing struct {
	Kind string `json:"kind"` // route_tables, prefix_list, security_group, interfaces …
	ID   string `json:"id"`   // the resource, or account/region of a list
}

// Evidence is one fact that makes an exposure true.
type Evidence struct {
	Layer    Layer  // what kind of rule it is
	ID       string // native id of the resource that holds the rule
	Rule     string // rule, route or entry, as written
	Sentence string // one sentence for people
	Doc      string // the document it was read in, when the mapper gave one
}

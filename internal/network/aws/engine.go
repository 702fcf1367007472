package aws

import (
	"github.com/postern-sec/postern/internal/network"
)

// Warning is something in the inventory that is wrong, contradictory or taken
// as its default for want of evidence. A warning never makes a verdict.
type Warning struct {
	Kind    string // not_collected, not_understood, contradiction
	Account string
	Region  string
	ID      string // the resource, with the rule or route where it matters
	Doc     string // where the resource was read, when the mapper gave it
	Message string
}

// Engine answers questions about one inventory. It is immutable after New and
// safe for concurrent use.
type Engine struct {
	*model
	warnings []Warning
}

// New compiles an inventory. It never fails: what cannot be understood becomes
// a warning, and the flows that would need it become unknown. The cost is
// linear in the inventory.
func New(inv *Inventory) *Engine {
	m := compile(inv)
	return &Engine{model: m, warnings: m.warned()}
}

// Warnings returns what New could not take as it stood, sorted. The caller
// must not change it.
func (e *Engine) Warnings() []Warning { return e.warnings }

// Query is one question. Source and Destination are spelled as Resolve takes
// them.
type Query struct {
	Source      string
	Destination string
	Protocol    string // tcp (default), udp, icmp, icmpv6, a number, or -1 for any
	// Port is the destination port of TCP and UDP; zero means 443 unless
	// AnyPort is set. It is ignored for other protocols.
	Port    int
	AnyPort bool
	// ICMPType and ICMPCode are read when HasICMP is set; otherwise icmp means
	// an echo request.
	HasICMP  bool
	ICMPType int // 0..255
	ICMPCode int // -1 = any
}

// Answer is the verdict on a Query with the way the packet takes.
type Answer struct {
	Source      string // as resolved: native id, address, CIDR or "internet"
	Destination string
	Protocol    string
	Port        int
	Verdict     network.Verdict // reachable, blocked or unknown
	Hops        []network.Hop   // in packet order; of a blocked flow, what was passed
	DecidedBy   network.Decision
	// Partial lists the source (or, towards the outside, destination) ranges
	// that get through when only some of those asked for do; Verdict is then
	// blocked. Empty when all or none get through.
	Partial []string
	Missing []network.Missing
	Fix     string // of a blocked flow: the one change that would open it; may be empty
}

// Reach answers one question. It returns an error only when the question
// cannot be understood: see Resolve's errors.
func (e *Engine) Reach(q Query) (Answer, error) { return e.reach(q) }

// Endpoint kinds that Resolve returns.
const (
	KindInternet    = "internet"
	KindAddress     = "address"
	KindCIDR        = "cidr"
	KindInterface   = "interface"
	KindInstance    = "instance"
	KindSubnet      = "subnet"
	KindVPC         = "vpc"
	KindPlacement   = "placement"
	KindLB          = "load_balancer"
	KindFrontDoor   = "front_door"
	KindVPCEndpoint = "vpc_endpoint"
	KindNAT         = "nat_gateway"
	KindZone        = "zone" // what lies behind a VPN gateway, a VPN connection or a peering that was not collected
)

// Resolved is what a spelling stands for.
type Resolved struct {
	ID      string // native id, address, CIDR or "internet"
	ARN     string // the graph's id; empty for addresses, CIDRs and "internet"
	Kind    string // one of the Kind constants
	Account string
	Region  string
}

// Resolve finds what a spelling stands for: a native id, ARN, address, CIDR,
// "internet", a host name of a load balancer or front door, or a name that only
// one resource has. The error is a *NameError when nothing or more than one
// thing has the name; it lists the candidates.
func (e *Engine) Resolve(name string) (Resolved, error) { return e.resolve(name) }

// Audience is who is on the other side of an exposure.
type Audience string

// The audiences.
const (
	Anyone    Audience = "anyone"    // every public address, or all but small exceptions: see Exposure.Sources
	Addresses Audience = "addresses" // named outside ranges only
	Partner   Audience = "partner"   // behind a VPN, Direct Connect or a VPC that is not ours
)

// Exposure is one way from outside to one target. Several exposures of one
// target differ in chain or audience.
type Exposure struct {
	Target     string // graph id (ARN) of the last of the chain
	TargetID   string // native id
	TargetKind string // one of the Kind constants, or "function" for functions behind a load balancer, "route_target" for what a front door's route leads to
	Kind       string // direct, load_balancer, cdn, front_door
	// Chain is the way in, outermost first, ending with the target: for
	// example distribution, load balancer, instance. IDs are graph ids.
	Chain    []ChainLink
	Audience Audience
	// Sources are the source ranges, v4 before v6, merged and sorted; for
	// Anyone "0.0.0.0/0" and "::/0" stand for everything outside.
	Sources []string
	Zone    string // of Partner: the gateway, peering or connection
	// Entry is what the outsider sends to the first of the chain; Ports is
	// what arrives at the target (a listener may change the port).
	Entry network.ServiceSet
	Ports network.ServiceSet
	// Verdict is reachable, conditional (Gate says on what) or unknown
	// (Missing says for want of what).
	Verdict  network.Verdict
	Auth     Auth   // how the way in authenticates callers; none, when it does not
	Gate     string // in words: authentication, WAF, header secrets; empty = none known
	Missing  []network.Missing
	Evidence []network.Evidence
}

// ChainLink is one element of an exposure's chain.
type ChainLink struct {
	ID   string // graph id (ARN)
	Kind string // cloudfront, load_balancer, instance, …
}

// Exposure returns everything that can be reached from outside, for the whole
// estate at once, sorted by target, chain and audience. What is blocked is not
// listed; what is unknown is, with what is missing. The caller must not change
// the result.
func (e *Engine) Exposure() []Exposure { return e.exposure() }

// Group is a set of workload interfaces that no rule can tell apart: same
// subnet, same security groups, same kind of use.
type Group struct {
	Subnet  string
	VPC     string
	Groups  []string // security groups, sorted
	Members []Member // sorted by ID
}

// Member is one workload of a Group.
type Member struct {
	ID   string // graph id: instance, placement, load balancer or interface
	Kind string // one of the Kind constants
	Sub  string // Placement.Kind or Interface.Kind: lambda, rds …
	// Accepts is false for what never takes connections (functions).
	Accepts bool
}

// GroupEdge says that every member of From can open connections to every
// accepting member of To.
type GroupEdge struct {
	From, To int // indexes into Internal.Groups; equal for a group that reaches itself
	Ports    network.ServiceSet
	Via      string          // local, peering, transit_gateway, subnet, load_balancer, private_link
	Verdict  network.Verdict // reachable or unknown
	Missing  []network.Missing
	Evidence []network.Evidence
}

// Internal is who inside can reach whom, grouped.
type Internal struct {
	Groups []Group
	Edges  []GroupEdge // sorted by From, To, Via
}

// Reaches returns who inside can open useful connections to whom. Pairs of
// groups that no rule connects are never looked at. The caller must not change
// the result.
func (e *Engine) Reaches() Internal { return e.reaches() }

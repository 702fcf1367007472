package aws

import "slices"

// Tri is a fact that may be unknown. The zero value is TriUnknown: nobody said.
type Tri uint8

const (
	TriUnknown Tri = iota // not collected, or the document leaves it out
	TriNo
	TriYes
)

// TriOf turns a fact that is known into a Tri.
func TriOf(b bool) Tri {
	if b {
		return TriYes
	}
	return TriNo
}

// List is a list that may not have been collected. The zero value was not
// collected; Collected with no Items is "asked, and there is none". That
// difference decides many negatives.
type List[T any] struct {
	Collected bool
	Items     []T
}

// Add appends items and marks the list as collected; Add() alone says "none".
func (l *List[T]) Add(items ...T) {
	l.Collected = true
	l.Items = append(l.Items, items...)
}

// Known returns a collected list of the items given.
func Known[T any](items ...T) List[T] {
	return List[T]{Collected: true, Items: items}
}

// Meta is what every resource carries beside its native id.
type Meta struct {
	ARN     string // the node's id in the graph; empty: derived from ID where AWS defines a form, else ID
	Account string // owner, 12 digits; empty: the account of the Region it stands in
	Region  string // empty: the region of the Region it stands in
	Name    string // Name tag or the service's name; used to find it, never to judge it
	Doc     string // where it was read; opaque, returned in evidence
}

// Inventory is what the engine judges. Mappers fill it, one Region for each
// account and region that was read; the order of anything in it does not
// matter. The engine does not change it and keeps no reference to its slices'
// headers after New returns.
type Inventory struct {
	Regions []*Region
}

// At returns the Region of an account and region and makes it when it is not
// there yet. Not safe for concurrent use.
func (inv *Inventory) At(account, region string) *Region {
	i := slices.IndexFunc(inv.Regions, func(r *Region) bool { return r.Account == account && r.Region == region })
	if i >= 0 {
		return inv.Regions[i]
	}
	r := &Region{Account: account, Region: region}
	inv.Regions = append(inv.Regions, r)
	return r
}

// Region holds what one account's describe calls in one region answered. Each
// list stands for one call: not collected, empty or filled. A shared subnet and
// its VPC may stand in the owner's Region and in the participants'; the same id
// twice is one resource. Global services (CloudFront) stand under any region
// name, by custom "us-east-1" or "global".
type Region struct {
	Account string
	Region  string

	// Zones are the availability zones as the account names them.
	Zones              List[Zone]
	VPCs               List[VPC]
	Subnets            List[Subnet]
	RouteTables        List[RouteTable]
	NetworkACLs        List[NetworkACL]
	SecurityGroups     List[SecurityGroup]
	PrefixLists        List[PrefixList]
	InternetGateways   List[InternetGateway]
	EgressOnlyGateways List[EgressOnlyGateway]
	CarrierGateways    List[InternetGateway] // same shape: attached to VPCs
	NATGateways        List[NATGateway]
	VPNGateways        List[VPNGateway]
	VPNConnections     List[VPNConnection]
	Peerings           List[Peering]

	TransitGateways           List[TransitGateway]
	TransitGatewayAttachments List[TransitGatewayAttachment]
	TransitGatewayRouteTables List[TransitGatewayRouteTable]

	Endpoints List[Endpoint] // ec2 describe-vpc-endpoints
	// EndpointServices are the account's own: what others reach by interface
	// endpoints (ec2 describe-vpc-endpoint-service-configurations).
	EndpointServices List[EndpointService]
	Interfaces       List[Interface]
	Addresses        List[Address]
	Instances        List[Instance]

	LoadBalancers        List[LoadBalancer] // elbv2
	ClassicLoadBalancers List[ClassicLoadBalancer]
	TargetGroups         List[TargetGroup]

	// PublicAccessOptions is describe-vpc-block-public-access-options: one item
	// when collected. Not collected is taken as off (the default of every
	// account), and the engine says so in Warnings.
	PublicAccessOptions    List[PublicAccessOptions]
	PublicAccessExclusions List[PublicAccessExclusion]

	Placements List[Placement] // workloads and data stores that live in subnets
	FrontDoors List[FrontDoor] // what answers requests outside of any subnet
}

// VPC is a virtual network. CIDRs lists all associated blocks (v4), also
// secondary ones; CIDRs6 the IPv6 blocks.
type VPC struct {
	Meta
	ID     string
	CIDRs  []string
	CIDRs6 []string
}

// Zone is an availability zone: its name in one account, and its id in all.
type Zone struct {
	ID   string // use1-az1
	Name string // us-east-1a
}

// Subnet is a part of a VPC in one availability zone.
type Subnet struct {
	Meta
	ID     string
	VPC    string
	AZ     string // its name, which accounts map to zones each in their own way
	AZID   string // the zone's id, the same for all accounts; empty: see Region.Zones
	CIDR   string // empty for IPv6-only subnets
	CIDRs6 []string
}

// RouteTable routes the traffic that leaves the subnets, or enters by the
// gateways, it is associated with.
type RouteTable struct {
	Meta
	ID       string
	VPC      string
	Main     bool     // has the VPC's main association
	Subnets  []string // explicit subnet associations
	Gateways []string // gateway (edge) associations: igw-…, vgw-…
	Routes   []Route
}

// Route is one route of a subnet or gateway route table.
type Route struct {
	Destination string // CIDR v4 or v6, or a prefix list id (pl-…)
	Target      string // "local", or the id of what follows: igw-, eigw-, nat-, pcx-, tgw-, vgw-, eni-, i-, vpce-, lgw-, cagw-, a core network ARN
	Blackhole   bool   // State is blackhole
	Propagated  bool   // Origin is EnableVgwRoutePropagation
}

// NetworkACL is a stateless filter at the border of subnets.
type NetworkACL struct {
	Meta
	ID      string
	VPC     string
	Default bool
	Subnets []string
	Entries []ACLEntry
}

// ACLEntry is one numbered rule. The final deny (32767) may be there or not: it
// holds in any case.
type ACLEntry struct {
	Number   int
	Egress   bool
	Allow    bool
	Protocol string // number, "-1" = all; names are understood
	CIDR     string // v4 or v6
	FromPort int    // of TCP and UDP; ignored for others
	ToPort   int
	ICMPType int // of ICMP and ICMPv6; -1 = any
	ICMPCode int // -1 = any
}

// SecurityGroup is a stateful allow list on interfaces.
type SecurityGroup struct {
	Meta
	ID      string
	VPC     string
	VPCs    []string // further VPCs the group is associated with
	Ingress []Rule
	Egress  []Rule
}

// Rule is one permission of a security group as EC2 writes it: FromPort and
// ToPort are ICMP type and code when Protocol is icmp or icmpv6, -1 = any.
type Rule struct {
	ID          string // sgr-… when known
	Protocol    string // "tcp", "6", "-1", …
	FromPort    int
	ToPort      int
	CIDRs       []string // v4 or v6
	PrefixLists []string // pl-…
	Groups      []GroupRef
}

// GroupRef names a group whose members' private addresses a rule admits.
type GroupRef struct {
	Group   string
	Account string // owner when the rule says; empty: unknown or the same
	VPC     string // the peer's VPC when the rule says
	Peering string // pcx-… when the rule says
}

// PrefixList is a named set of CIDRs. AWS's own lists have Account "AWS" and
// names such as com.amazonaws.global.cloudfront.origin-facing.
type PrefixList struct {
	Meta
	ID      string
	Entries List[string] // CIDRs v4 or v6
}

// InternetGateway is an internet (or carrier) gateway and the VPCs it is
// attached to.
type InternetGateway struct {
	Meta
	ID   string
	VPCs []string // attachments in state available/attached
}

// EgressOnlyGateway lets IPv6 out and only answers in.
type EgressOnlyGateway struct {
	Meta
	ID   string
	VPCs []string
}

// NATGateway translates sources. Public ones leave by an internet gateway,
// private ones stay on private networks.
type NATGateway struct {
	Meta
	ID        string
	VPC       string
	Subnet    string // empty for a regional NAT gateway
	Regional  bool   // AvailabilityMode regional: of the VPC as a whole, in no subnet
	Table     string // of a regional one: its own route table
	State     string // available, pending, failed, deleting, deleted; empty = unknown
	Private   bool   // ConnectivityType private
	Addresses []NATAddress
}

// NATAddress is one pair of addresses of a NAT gateway.
type NATAddress struct {
	Private   string
	Public    string // empty for private gateways
	Interface string // eni-…
}

// VPNGateway is a virtual private gateway (VPN and Direct Connect).
type VPNGateway struct {
	Meta
	ID   string
	VPCs []string // attached
}

// VPNConnection ties a customer gateway to a VPNGateway or TransitGateway.
type VPNConnection struct {
	Meta
	ID              string
	Gateway         string // vgw-… or tgw-…
	CustomerGateway string
	State           string
	Routes          []string // static routes: the remote CIDRs
}

// Peering joins two VPCs.
type Peering struct {
	Meta
	ID        string
	Status    string // active, pending-acceptance, deleted, …
	Requester PeerSide
	Accepter  PeerSide
}

// PeerSide is one end of a peering, known even when its account was not
// collected.
type PeerSide struct {
	VPC     string
	Account string
	Region  string
	CIDRs   []string // v4 and v6
}

// TransitGateway is a regional router.
type TransitGateway struct {
	Meta
	ID                       string
	SecurityGroupReferencing Tri // Options.SecurityGroupReferencingSupport; unknown = off, the default
}

// TransitGatewayAttachment ties something to a transit gateway.
type TransitGatewayAttachment struct {
	Meta
	ID              string
	TransitGateway  string
	Kind            string // vpc, vpn, direct-connect-gateway, peering, connect, tgw-peering
	Resource        string // vpc-…, vpn-…, the peer's transit gateway …
	ResourceAccount string
	ResourceRegion  string
	PeerAttachment  string   // of peering attachments: the attachment id on the other side, when it differs
	Subnets         []string // of VPC attachments
	State           string   // available, …; empty = available
	Appliance       Tri      // appliance mode
	GroupReferences Tri      // SecurityGroupReferencingSupport of the attachment; unknown = on, the default
	RouteTable      string   // the transit gateway route table it is associated with, where its own description says so
}

// TransitGatewayRouteTable routes what its associated attachments send.
type TransitGatewayRouteTable struct {
	Meta
	ID             string
	TransitGateway string
	Associations   List[string] // attachment ids
	Propagations   List[string] // attachment ids that propagate into it
	Routes         List[TransitRoute]
	CutOff         bool // the search found more routes than it answered
}

// TransitRoute is one route of a transit gateway route table.
type TransitRoute struct {
	Destination string   // CIDR or pl-…
	Attachments []string // where to; several with equal cost
	Static      bool
	Blackhole   bool
}

// Endpoint is a VPC endpoint. Its policy is the permission engine's matter.
type Endpoint struct {
	Meta
	ID          string
	Kind        string // Gateway, Interface, GatewayLoadBalancer, Resource, ServiceNetwork
	VPC         string
	Service     string // com.amazonaws.REGION.s3 …
	State       string // available, …; empty = available
	RouteTables []string
	Subnets     []string
	Interfaces  []string
	Groups      []string
	PrivateDNS  Tri
}

// EndpointService offers load balancers to the interface endpoints of others.
type EndpointService struct {
	Meta
	ID        string   // vpce-svc-…
	State     string   // Available, …; empty = available
	Balancers []string // ARNs of network load balancers
}

// Interface is an elastic network interface.
type Interface struct {
	Meta
	ID              string
	Kind            string // InterfaceType: interface, lambda, nat_gateway, network_load_balancer, vpc_endpoint, …
	VPC             string
	Subnet          string
	Groups          []string
	Private         []PrivateAddress // first is the primary
	IPv6            []string
	SourceDestCheck Tri
	Instance        string // attachment; empty when not attached to an instance
	AttachedTo      string // what it serves when the mapper knows (ARN of a function, load balancer, endpoint, database …)
	Requester       string // RequesterId
	Description     string
	Detached        bool // Status is available: attached to nothing
}

// PrivateAddress is an IPv4 address of an interface with what is associated.
type PrivateAddress struct {
	Address string
	Public  string // public, elastic or carrier address; empty = none
	Carrier bool   // Public is a carrier address: it works through a carrier gateway only
}

// Address is an elastic IP address.
type Address struct {
	Meta
	ID        string // eipalloc-…
	Public    string
	Private   string // associated private address
	Interface string
	Instance  string
	Carrier   bool
}

// Instance is a virtual machine; its interfaces hold the addresses.
type Instance struct {
	Meta
	ID         string
	State      string // running, stopped, …; empty = unknown, taken as running with a note
	Interfaces []string
	// Inline describes the interfaces when describe-network-interfaces was not
	// collected; ids that Interfaces lists win over it.
	Inline []Interface
}

// LoadBalancer is an application, network or gateway load balancer.
type LoadBalancer struct {
	Meta
	ID        string // app/NAME/HASH; empty: taken from the ARN
	Kind      string // application, network, gateway
	DNSName   string
	Scheme    string // internet-facing, internal
	VPC       string
	Subnets   []string
	Groups    []string // empty for network load balancers without groups
	State     string   // active, …; empty = active
	IPType    string   // ipv4, dualstack, dualstack-without-public-ipv4
	CrossZone Tri      // attribute load_balancing.cross_zone.enabled; unknown = not collected, and no zone is kept apart
	// PrivateLinkRules is EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic of a
	// network load balancer with groups; unknown = not collected.
	PrivateLinkRules Tri
	Listeners        List[Listener]
	WAF              string // web ACL when known; a note, never a verdict
}

// Listener takes packets on one port.
type Listener struct {
	ARN      string
	Protocol string // HTTP, HTTPS, TCP, TLS, UDP, TCP_UDP, GENEVE, QUIC, TCP_QUIC
	Port     int
	// MutualTLS is true when clients must show a certificate that is verified.
	MutualTLS bool
	Default   []Action
	Rules     List[ListenerRule] // without the default rule; not collected = there may be more
}

// ListenerRule is a rule above the default one.
type ListenerRule struct {
	ARN        string
	Priority   string
	Conditions []Condition
	Actions    []Action
}

// Condition is one condition of a listener rule.
type Condition struct {
	Field  string   // path-pattern, host-header, source-ip, http-header, query-string, http-request-method
	Header string   // of http-header
	Values []string // CIDRs of source-ip
}

// Action is what a listener does, in order.
type Action struct {
	Kind         string   // forward, authenticate-oidc, authenticate-cognito, jwt-validation, redirect, fixed-response
	TargetGroups []string // ARNs of forward
	// OnUnauthenticated is deny, allow or authenticate (of authenticate
	// actions); allow lets the unauthenticated through.
	OnUnauthenticated string
}

// ClassicLoadBalancer is a load balancer of the first generation.
type ClassicLoadBalancer struct {
	Meta
	ID        string // its name
	DNSName   string
	Scheme    string // internet-facing, internal
	VPC       string
	Subnets   []string
	Groups    []string
	Listeners []ClassicListener
	Instances []string
}

// ClassicListener maps a port of the balancer to a port of the instances.
type ClassicListener struct {
	Protocol     string // HTTP, HTTPS, TCP, SSL
	Port         int
	InstancePort int
}

// TargetGroup is where load balancers forward to.
type TargetGroup struct {
	Meta
	ID               string // ARN
	Kind             string // instance, ip, lambda, alb
	Protocol         string
	Port             int
	VPC              string
	CrossZone        Tri // attribute load_balancing.cross_zone.enabled; unknown = as the load balancer's
	PreserveClientIP Tri // attribute preserve_client_ip.enabled; unknown = the default of kind and protocol
	Targets          List[Target]
}

// Target is a member of a target group.
type Target struct {
	ID     string // i-…, address, function ARN, load balancer ARN
	Port   int    // 0 = the group's
	AZ     string // "all" for addresses outside of the VPC
	Health string // healthy, unhealthy, unused …; a note
}

// PublicAccessOptions is VPC block public access of an account in a region.
type PublicAccessOptions struct {
	Mode string // off, block-bidirectional, block-ingress
}

// PublicAccessExclusion exempts a VPC or subnet.
type PublicAccessExclusion struct {
	ID       string
	Resource string // ARN or id of a VPC or subnet
	Mode     string // allow-bidirectional, allow-egress
	State    string // create-complete, update-complete …; others do not count; empty = complete
}

// Placement is a workload or data store that lives in subnets through
// interfaces of its own, whether or not those interfaces were collected:
// functions, notebooks, endpoints, jobs, containers, databases, file systems.
type Placement struct {
	Meta
	ID         string // native id (a name is enough); ARN in Meta
	Kind       string // the provider's type in short: lambda, sagemaker-notebook, ecs-service, rds, redshift, opensearch, efs …
	VPC        string // may be empty: taken from Subnets
	Subnets    []string
	Groups     []string
	Interfaces []string // eni-… when known; then their addresses and groups count
	// AZ narrows Subnets to the ones in that zone when the workload has one
	// interface somewhere among Subnets (a single-AZ database). Empty: unknown.
	AZ string
	// Each says that it has an interface in every subnet (file system mount
	// targets, multi-AZ workloads); false: in one of them, which is not known.
	Each bool
	// Accepts says whether connections can be opened to it at all: functions
	// never accept. Unknown counts as yes.
	Accepts Tri
	// Ports are the service's ports ("tcp/5432"); empty: any.
	Ports []string
	// Public says that its interfaces get public addresses
	// (PubliclyAccessible, assignPublicIp). Unknown: unknown.
	Public Tri
	// Pattern says that it stands for workloads that are placed themselves (a Studio
	// domain for its apps): it can be asked for, and counts nowhere else.
	Pattern bool
	// DirectInternet is egress by the service's own network beside the VPC
	// (notebook DirectInternetAccess, Studio PublicInternetOnly). It never
	// opens anything from outside.
	DirectInternet Tri
	State          string // as the service says; "stopped" and the like block
	Stopped        Tri    // the mapper's reading of State
}

// FrontDoor is what answers requests at the provider's own edge rather than on
// an interface: API Gateway, function URLs, CloudFront, App Runner, AgentCore
// gateways and runtimes, EKS and OpenSearch endpoints, notebook and Studio
// URLs, public service endpoints.
//
// It carries what the network side needs. Whether a resource policy lets "*",
// an API or a distribution invoke a target is the permission engine's answer.
type FrontDoor struct {
	Meta
	ID     string // native id: API id, distribution id, function name, cluster name …
	Kind   string // apigateway-rest, apigateway-http, apigateway-websocket, function-url, cloudfront, apprunner, agentcore-gateway, agentcore-runtime, eks, opensearch, notebook, studio, sagemaker-endpoint, bedrock-runtime, …
	Domain string // host name clients use, when known
	// Names are further host names (aliases, custom domains).
	Names []string
	Port  int // 0 = 443
	// Public: TriYes when anyone may send packets to it, TriNo when it answers
	// on private paths only (PRIVATE API, private ingress, VpcOnly).
	Public Tri
	// Lacks names the documents that would tell Public where it is unknown; empty =
	// those of Kind.
	Lacks string
	// Disabled is the reason why it does not answer at all ("execute-api
	// endpoint disabled", "distribution disabled", "stopped", "not deployed");
	// empty = it answers.
	Disabled string
	// AllowedCIDRs restricts who may send (EKS publicAccessCidrs, an IP access
	// list). Not collected = no restriction known of; collected = these only.
	AllowedCIDRs List[string]
	// VPCs and Endpoints through which a private front door is reached.
	VPCs      List[string]
	Endpoints List[string]
	Auth      Auth
	Gate      string // note in words: WAF, API key, signed URLs, geo restriction, mTLS …
	Routes    []FrontRoute
	Origins   []FrontOrigin
}

// Auth is how a front door or one of its routes authenticates callers.
type Auth string

// The ways of authentication. The zero value is AuthUnknown.
const (
	AuthUnknown Auth = ""
	AuthNone    Auth = "none"
	AuthIAM     Auth = "iam"
	AuthJWT     Auth = "jwt"
	AuthLambda  Auth = "lambda"
	AuthAPIKey  Auth = "api_key" // identifies, does not authenticate
	AuthCognito Auth = "cognito"
	AuthMTLS    Auth = "mtls"
)

// FrontRoute is one method or route of a front door with its target.
type FrontRoute struct {
	ID     string // "POST /ask", "$default"
	Auth   Auth
	APIKey bool   // an API key is demanded as well
	Target string // ARN of the function, model endpoint, state machine, load balancer listener …; URL of an HTTP integration; empty = unknown
	Role   string // credentials the integration uses, when it uses any
	Kind   string // integration type as the service writes it: AWS_PROXY, HTTP, MOCK …
	// VPCLink is the link that HTTP integrations take into a VPC.
	VPCLink string
	// Live is false when no stage serves the route.
	Live Tri
	Note string
}

// FrontOrigin is one origin of a CDN.
type FrontOrigin struct {
	ID            string
	Domain        string // host name of the origin
	Path          string
	Protocol      string   // http-only, https-only, match-viewer
	HTTPPort      int      // 0 = 80
	HTTPSPort     int      // 0 = 443
	AccessControl string   // origin access control or identity id; empty = none known
	Headers       []string // names of custom headers the CDN adds: the origin may demand a secret there
	VPCOrigin     string   // ARN of the private resource behind a VPC origin
	// Signed is TriYes when every behaviour that leads to this origin demands
	// signed URLs or cookies (trusted key groups or signers).
	Signed Tri
}

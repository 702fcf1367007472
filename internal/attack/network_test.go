package attack

import (
	"slices"
	"strings"
	"testing"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// site is a VPC with a public and a private subnet: a web server, a load
// balancer with an application behind it, a worker and a database. Each case
// changes one fact of it.
type site struct {
	region *netaws.Region
	web    *netaws.Instance
}

func newSite(inv *netaws.Inventory) *site {
	r := inv.At(testAccount, testRegion)
	meta := func(resource string) netaws.Meta {
		return netaws.Meta{ARN: schema.EC2ARN("aws", testRegion, testAccount, resource), Account: testAccount, Region: testRegion}
	}
	r.VPCs.Add(netaws.VPC{Meta: meta("vpc/vpc-1"), ID: "vpc-1", CIDRs: []string{"10.0.0.0/16"}})
	r.Subnets.Add(netaws.Subnet{Meta: meta("subnet/subnet-a"), ID: "subnet-a", VPC: "vpc-1", AZ: "a", CIDR: "10.0.1.0/24"},
		netaws.Subnet{Meta: meta("subnet/subnet-b"), ID: "subnet-b", VPC: "vpc-1", AZ: "b", CIDR: "10.0.2.0/24"})
	r.InternetGateways.Add(netaws.InternetGateway{Meta: meta("internet-gateway/igw-1"), ID: "igw-1", VPCs: []string{"vpc-1"}})
	local := netaws.Route{Destination: "10.0.0.0/16", Target: "local"}
	r.RouteTables.Add(netaws.RouteTable{ID: "rtb-main", VPC: "vpc-1", Main: true, Routes: []netaws.Route{local}},
		netaws.RouteTable{ID: "rtb-public", VPC: "vpc-1", Subnets: []string{"subnet-a", "subnet-b"}, Routes: []netaws.Route{local, {Destination: "0.0.0.0/0", Target: "igw-1"}}})
	open := []netaws.ACLEntry{{Number: 100, Allow: true, Protocol: "-1", CIDR: "0.0.0.0/0"}, {Number: 100, Egress: true, Allow: true, Protocol: "-1", CIDR: "0.0.0.0/0"}}
	r.NetworkACLs.Add(netaws.NetworkACL{ID: "acl-1", VPC: "vpc-1", Default: true, Subnets: []string{"subnet-a", "subnet-b"}, Entries: open})
	out := []netaws.Rule{{Protocol: "-1", CIDRs: []string{"0.0.0.0/0"}}}
	r.SecurityGroups.Add(
		netaws.SecurityGroup{ID: "sg-web", VPC: "vpc-1", Ingress: []netaws.Rule{{Protocol: "tcp", FromPort: 443, ToPort: 443, CIDRs: []string{"0.0.0.0/0"}}}, Egress: out},
		netaws.SecurityGroup{ID: "sg-lb", VPC: "vpc-1", Ingress: []netaws.Rule{{Protocol: "tcp", FromPort: 80, ToPort: 80, CIDRs: []string{"0.0.0.0/0"}}}, Egress: out},
		netaws.SecurityGroup{ID: "sg-app", VPC: "vpc-1", Ingress: []netaws.Rule{{Protocol: "tcp", FromPort: 8080, ToPort: 8080, Groups: []netaws.GroupRef{{Group: "sg-lb"}}}}, Egress: out},
		netaws.SecurityGroup{ID: "sg-worker", VPC: "vpc-1", Ingress: []netaws.Rule{{Protocol: "tcp", FromPort: 9000, ToPort: 9000, Groups: []netaws.GroupRef{{Group: "sg-web"}}}}, Egress: out})
	instance := func(id, address, public, group string) {
		r.Instances.Add(netaws.Instance{Meta: meta("instance/" + id), ID: id, State: "running", Inline: []netaws.Interface{{ID: "eni-" + id, VPC: "vpc-1", Subnet: "subnet-a",
			Groups: []string{group}, Private: []netaws.PrivateAddress{{Address: address, Public: public}}, Instance: id}}})
	}
	instance("i-web", "10.0.1.10", "203.0.113.10", "sg-web")
	instance("i-app", "10.0.1.11", "", "sg-app")
	instance("i-worker", "10.0.1.12", "", "sg-worker")
	r.Interfaces.Add()
	lb := netaws.Meta{ARN: balancerARN, Account: testAccount, Region: testRegion}
	r.LoadBalancers.Add(netaws.LoadBalancer{Meta: lb, ID: "app/front/1", Kind: "application", DNSName: "front.example", Scheme: "internet-facing", VPC: "vpc-1",
		Subnets: []string{"subnet-a", "subnet-b"}, Groups: []string{"sg-lb"}, State: "active",
		Listeners: netaws.Known(netaws.Listener{ARN: "listener", Protocol: "HTTP", Port: 80, Default: []netaws.Action{{Kind: "forward", TargetGroups: []string{"tg"}}}, Rules: netaws.Known[netaws.ListenerRule]()})})
	r.TargetGroups.Add(netaws.TargetGroup{ID: "tg", Kind: "instance", Protocol: "HTTP", Port: 8080, VPC: "vpc-1", Targets: netaws.Known(netaws.Target{ID: "i-app", Port: 8080})})
	r.Placements.Add(netaws.Placement{Meta: netaws.Meta{ARN: name("database/d"), Account: testAccount, Region: testRegion}, ID: "d", Kind: "rds", VPC: "vpc-1", Subnets: []string{"subnet-a", "subnet-b"},
		Groups: []string{"sg-web"}, Accepts: netaws.TriYes, Ports: []string{"tcp/443"}, Public: netaws.TriYes, State: "available", Stopped: netaws.TriNo, Each: true})
	return &site{region: r, web: &r.Instances.Items[0]}
}

const balancerARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/front/1"

func deriveSite(t *testing.T, change func(*site)) *graph.Graph {
	t.Helper()
	s := newStory(t)
	for _, f := range []string{"role/web", "role/app", "role/worker", "database/d exists"} {
		s.tell(f)
	}
	for _, x := range []string{"web", "app", "worker"} {
		s.workload("instance/i-"+x, func(w *ingest.Workload) {
			w.State, w.Roles = ingest.StateRunning, []ingest.RoleUse{{Role: name("role/" + x), Via: "instance profile"}}
		})
	}
	s.f.Graph.Node(balancerARN, schema.LoadBalancer)
	x := newSite(s.f.AWSNetwork)
	if change != nil {
		change(x)
	}
	return s.derive()
}

// TestNetworkCompositions: each technique of the network has its edge, and loses
// it with each fact.
func TestNetworkCompositions(t *testing.T) {
	group := func(id string, change func(*netaws.SecurityGroup)) func(*site) {
		return func(s *site) {
			for i := range s.region.SecurityGroups.Items {
				if s.region.SecurityGroups.Items[i].ID == id {
					change(&s.region.SecurityGroups.Items[i])
				}
			}
		}
	}
	closed := func(g *netaws.SecurityGroup) { g.Ingress = nil }
	noRoute := func(s *site) { s.region.RouteTables.Items[1].Routes = s.region.RouteTables.Items[1].Routes[:1] }
	noReturn := func(s *site) { s.region.NetworkACLs.Items[0].Entries = s.region.NetworkACLs.Items[0].Entries[:1] }
	for _, c := range []struct {
		technique, edge string
		gone            map[string]func(*site)
	}{
		{"expose-001", "internet EXPOSES " + name("instance/i-web"), map[string]func(*site){
			"no public address": func(s *site) { s.web.Inline[0].Private[0].Public = "" },
			"no route":          noRoute, "group closed": group("sg-web", closed), "answers are stopped": noReturn,
			"stopped": func(s *site) { s.web.State = "stopped" },
		}},
		{"expose-002", "internet EXPOSES " + balancerARN, map[string]func(*site){
			"internal":     func(s *site) { s.region.LoadBalancers.Items[0].Scheme = "internal" },
			"group closed": group("sg-lb", closed), "no route": noRoute,
		}},
		{"expose-003", balancerARN + " EXPOSES " + name("instance/i-app"), map[string]func(*site){
			"the target's group is closed": group("sg-app", closed),
			"no target":                    func(s *site) { s.region.TargetGroups.Items[0].Targets = netaws.Known[netaws.Target]() },
			"authenticates": func(s *site) {
				l := &s.region.LoadBalancers.Items[0].Listeners.Items[0]
				l.Default = append([]netaws.Action{{Kind: "authenticate-oidc", OnUnauthenticated: "authenticate"}}, l.Default...)
			},
		}},
		{"expose-004", "internet EXPOSES " + name("database/d"), map[string]func(*site){
			"not public": func(s *site) { s.region.Placements.Items[0].Public = netaws.TriNo },
			"no route":   noRoute,
		}},
		{"network-001", name("instance/i-web") + " NET_REACHES " + name("instance/i-worker"), map[string]func(*site){
			"group closed": group("sg-worker", closed), "another group": group("sg-worker", func(g *netaws.SecurityGroup) { g.Ingress[0].Groups[0].Group = "sg-lb" }),
		}},
	} {
		t.Run(c.technique, func(t *testing.T) {
			if g := deriveSite(t, nil); !hasEdge(g, c.edge, c.technique) {
				t.Fatalf("no %s; edges:\n%s", c.edge, attackEdges(g))
			}
			for why, change := range c.gone {
				if g := deriveSite(t, change); hasEdge(g, c.edge, c.technique) {
					t.Errorf("%s: still there", why)
				}
			}
		})
	}
}

func hasEdge(g *graph.Graph, edge, technique string) bool {
	p := strings.Fields(edge)
	return slices.ContainsFunc(g.Edges(), func(e graph.Edge) bool {
		return e.From == p[0] && string(e.Kind) == p[1] && e.To == p[2] && slices.Contains(e.Properties.List(schema.PropTechniques.Name), technique)
	})
}

// TestSpread: whoever may become very many principals, an administrator among
// them, has edges to the administrators only; without one, to all.
func TestSpread(t *testing.T) {
	for _, admin := range []bool{false, true} {
		s := newStory(t)
		s.tell("role/attacker")
		s.tell("role/attacker may iam:UpdateAssumeRolePolicy on *")
		for i := range 2 * maxSpread {
			s.tell("role/r" + string(rune('a'+i/10)) + string(rune('0'+i%10)))
		}
		if admin {
			s.tell("role/zadmin")
			s.tell("role/zadmin may * on *")
		}
		n := 0
		for _, e := range s.derive().Edges() {
			if e.Kind == schema.Assumes && e.From == name("role/attacker") {
				n++
				if admin && e.To != name("role/zadmin") {
					t.Errorf("an edge to %s beside the administrator", e.To)
				}
			}
		}
		if want := map[bool]int{false: 2 * maxSpread, true: 1}[admin]; n != want {
			t.Errorf("administrator %v: %d edges, want %d", admin, n, want)
		}
	}
}

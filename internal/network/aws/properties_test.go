package aws

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/postern-sec/postern/internal/network"
)

// clone copies an inventory deeply.
func clone(t *testing.T, inv *Inventory) *Inventory {
	t.Helper()
	b, err := json.Marshal(inv)
	if err != nil {
		t.Fatal(err)
	}
	out := &Inventory{}
	if err := json.Unmarshal(b, out); err != nil {
		t.Fatal(err)
	}
	return out
}

func verdict(t *testing.T, e *Engine, q Query) Answer {
	t.Helper()
	a, err := e.Reach(q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestMetamorphic changes estates in ways whose effect is known beforehand.
func TestMetamorphic(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 5))
	only := func(name string, before, after Answer, q Query, bad bool) {
		t.Helper()
		if bad {
			t.Errorf("%s: %s > %s %s/%d was %s (%s), is %s (%s)", name, q.Source, q.Destination, q.Protocol, q.Port, before.Verdict, before.DecidedBy.Layer, after.Verdict, after.DecidedBy.Layer)
		}
	}
	for range 150 {
		inv := randomEstate(r)
		base := New(inv)

		denied := clone(t, inv)
		acls := denied.Regions[0].NetworkACLs.Items
		k := r.IntN(len(acls))
		acls[k].Entries = append(acls[k].Entries, ACLEntry{Number: 1 + r.IntN(300), Egress: r.IntN(2) == 0, Protocol: "-1", CIDR: []string{"0.0.0.0/0", "203.0.113.0/24", "10.0.0.0/8"}[r.IntN(3)]})
		withDeny := New(denied)

		opened := clone(t, inv)
		for i := range opened.Regions[0].SecurityGroups.Items {
			g := &opened.Regions[0].SecurityGroups.Items[i]
			all := Rule{Protocol: "-1", CIDRs: []string{"0.0.0.0/0", "::/0"}}
			g.Ingress, g.Egress = append(g.Ingress, all), append(g.Egress, all)
		}
		withOpen := New(opened)

		holed := clone(t, inv)
		tables := holed.Regions[0].RouteTables.Items
		k = r.IntN(len(tables))
		tables[k].Routes = append(tables[k].Routes, Route{Destination: []string{"203.0.113.0/25", "10.1.1.0/25", "8.8.8.0/24"}[r.IntN(3)], Target: "eni-none", Blackhole: true})
		withHole := New(holed)

		for range 40 {
			q, _, _, ok := randomQuestion(r, inv)
			if !ok {
				continue
			}
			a := verdict(t, base, q)
			d := verdict(t, withDeny, q)
			only("a rule that denies opens", a, d, q, a.Verdict == network.Blocked && d.Verdict != network.Blocked)
			h := verdict(t, withHole, q)
			only("a more specific blackhole opens", a, h, q, a.Verdict == network.Blocked && h.Verdict != network.Blocked)
			o := verdict(t, withOpen, q)
			only("opening groups closes", a, o, q, a.Verdict == network.Reachable && o.Verdict != network.Reachable)
			only("opening groups makes a route", a, o, q, a.Verdict == network.Blocked && a.DecidedBy.Layer != network.LayerSecurityGroup && o.Verdict != network.Blocked)
		}
	}
}

// renamed replaces the native ids of an estate by others that sort differently.
func renamed(t *testing.T, inv *Inventory) *Inventory {
	t.Helper()
	b, err := json.Marshal(inv)
	if err != nil {
		t.Fatal(err)
	}
	s := string(b)
	for _, kind := range []string{"vpc", "subnet", "eni", "sg", "acl", "rtb", "igw", "nat", "pcx", "tgw-attach", "tgw-rtb", "eigw"} {
		s = strings.ReplaceAll(s, `"`+kind+"-", `"`+kind+"-z9")
	}
	out := &Inventory{}
	if err := json.Unmarshal([]byte(s), out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestNamesAndOrderDoNotMatter renames everything, and shuffles every list.
func TestNamesAndOrderDoNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 5))
	for range 60 {
		inv := randomEstate(r)
		other := clone(t, inv)
		v := reflect.ValueOf(other.Regions[0]).Elem()
		for i := range v.NumField() {
			if v.Field(i).Kind() == reflect.Struct {
				items := v.Field(i).FieldByName("Items")
				r.Shuffle(items.Len(), reflect.Swapper(items.Interface()))
			}
		}
		a, b, c := New(inv), New(other), New(renamed(t, inv))
		if x, y := a.Exposure(), b.Exposure(); !reflect.DeepEqual(x, y) {
			t.Fatalf("the order of the inventory changes exposures: %d and %d", len(x), len(y))
		}
		if x, y := a.Reaches(), b.Reaches(); !reflect.DeepEqual(x, y) {
			t.Fatal("the order of the inventory changes internal reach")
		}
		for range 40 {
			q, _, _, ok := randomQuestion(r, inv)
			if !ok {
				continue
			}
			x, y, z := verdict(t, a, q), verdict(t, b, q), verdict(t, c, q)
			if !reflect.DeepEqual(x, y) {
				t.Fatalf("the order of the inventory changes an answer: %+v %+v", x, y)
			}
			if x.Verdict != z.Verdict || x.DecidedBy.Layer != z.DecidedBy.Layer || len(x.Hops) != len(z.Hops) {
				t.Fatalf("names change an answer: %+v %+v", x, z)
			}
		}
	}
}

// TestExposureAgreesWithReach compares the sets of the exposure model with
// questions about single packets.
func TestExposureAgreesWithReach(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 5))
	checked := 0
	for range 150 {
		inv := randomEstate(r)
		e := New(inv)
		open := map[string][]Exposure{}
		for _, x := range e.Exposure() {
			if x.Zone == "" {
				open[x.TargetID] = append(open[x.TargetID], x)
			}
		}
		for _, i := range inv.Regions[0].Instances.Items {
			for _, src := range []string{"203.0.113.7", "8.8.8.8", "150.1.2.3", "2a00:1450::7"} {
				for _, port := range []int{443, 22, 8080} {
					a := verdict(t, e, Query{Source: src, Destination: i.ID, Port: port})
					in := slices.ContainsFunc(open[i.ID], func(x Exposure) bool {
						return x.Verdict == network.Reachable && x.Entry.Has(network.PortService(network.TCP, uint16(port))) && inAny(netip.MustParseAddr(src), x.Sources)
					})
					if checked++; in != (a.Verdict == network.Reachable) {
						t.Fatalf("%s > %s tcp/%d: exposure %v, reach %s by %s\n%s", src, i.ID, port, in, a.Verdict, a.DecidedBy.Summary, strings.Join(exposureLines(e), "\n"))
					}
				}
			}
		}
	}
	t.Logf("%d questions", checked)
}

func address(inv *Inventory, nic string) string {
	return find(inv.Regions[0].Interfaces.Items, func(x *Interface) bool { return x.ID == nic }).Private[0].Address
}

// TestReachesAgreesWithReach does the same for reach inside.
func TestReachesAgreesWithReach(t *testing.T) {
	r := rand.New(rand.NewPCG(14, 5))
	checked, reached := 0, 0
	for range 60 {
		inv := randomEstate(r)
		// Private addresses alone: inside reach does not go by the internet.
		for i := range inv.Regions[0].Interfaces.Items {
			inv.Regions[0].Interfaces.Items[i].Private[0].Public = ""
			inv.Regions[0].Interfaces.Items[i].IPv6 = nil
		}
		e := New(inv)
		in := e.Reaches()
		type pair struct{ from, to string }
		ports := map[pair]network.ServiceSet{}
		for _, x := range in.Edges {
			if x.Verdict != network.Reachable {
				continue
			}
			for _, a := range in.Groups[x.From].Members {
				for _, b := range in.Groups[x.To].Members {
					ports[pair{a.ID, b.ID}] = ports[pair{a.ID, b.ID}].Union(x.Ports)
				}
			}
		}
		list := inv.Regions[0].Instances.Items
		for range 60 {
			a, b := list[r.IntN(len(list))], list[r.IntN(len(list))]
			if a.ID == b.ID {
				continue
			}
			port := []int{443, 22}[r.IntN(2)]
			ra, _ := e.Resolve(a.ID)
			rb, _ := e.Resolve(b.ID)
			// By its address: a load balancer in front is another edge.
			x := verdict(t, e, Query{Source: a.ID, Destination: address(inv, b.Interfaces[0]), Port: port})
			got := ports[pair{ra.ARN, rb.ARN}].Has(network.PortService(network.TCP, uint16(port)))
			checked++
			if x.Verdict == network.Reachable {
				reached++
			}
			if nat := slices.ContainsFunc(x.Hops, func(h network.Hop) bool { return h.Kind == "nat_gateway" }); !nat && got != (x.Verdict == network.Reachable) {
				t.Fatalf("%s > %s tcp/%d: edge %v, reach %s by %s (%s)", a.ID, b.ID, port, got, x.Verdict, x.DecidedBy.Layer, hopText(x.Hops))
			}
		}
	}
	t.Logf("%d questions, %d reachable", checked, reached)
}

// TestUnknownOnlyWhereNeeded removes one list at a time: no answer may flip
// between reachable and blocked for want of evidence.
func TestUnknownOnlyWhereNeeded(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 5))
	for _, list := range []string{"RouteTables", "NetworkACLs", "SecurityGroups", "InternetGateways", "NATGateways", "Peerings", "TransitGatewayAttachments", "TransitGatewayRouteTables", "PrefixLists", "TargetGroups", "VPNGateways"} {
		unknown := 0
		for range 40 {
			inv := randomEstate(r)
			less := clone(t, inv)
			reflect.ValueOf(less.Regions[0]).Elem().FieldByName(list).SetZero()
			a, b := New(inv), New(less)
			for range 40 {
				q, _, _, ok := randomQuestion(r, inv)
				if !ok || list == "NATGateways" && q.Destination == inv.Regions[0].NATGateways.Items[0].Addresses[0].Public {
					continue // an address that no document names is taken as somebody else's
				}
				x, y := verdict(t, a, q), verdict(t, b, q)
				if y.Verdict == network.Unknown {
					if unknown++; len(y.Missing) == 0 {
						t.Errorf("%s: unknown, and nothing is missing: %s > %s %s", list, q.Source, q.Destination, y.DecidedBy.Summary)
					}
				} else if x.Verdict != y.Verdict {
					t.Errorf("without %s %s > %s %s/%d is %s by %s (%s), with it %s by %s (%s)", list, q.Source, q.Destination, q.Protocol, q.Port, y.Verdict, y.DecidedBy.Layer, y.DecidedBy.Summary, x.Verdict, x.DecidedBy.Layer, x.DecidedBy.Summary)
				}
			}
		}
		if unknown == 0 && list != "PrefixLists" {
			t.Errorf("without %s nothing is unknown", list)
		}
	}
}

// TestOutcomesPartition sends sets and checks that what becomes of them are
// disjoint parts that make the whole.
func TestOutcomesPartition(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 5))
	for range 150 {
		m := compile(randomEstate(r))
		for range 10 {
			a, b := m.nicList[r.IntN(len(m.nicList))], m.nicList[r.IntN(len(m.nicList))]
			checkPartition(t, m, place{a, 0}, end{outside: true}, network.AllV4())
			if dst := b.pairs[0].private; a != b {
				checkPartition(t, m, place{a, 0}, end{place: place{b, 0}}, dst)
			}
		}
	}
}

func checkPartition(t *testing.T, m *model, from place, to end, dst network.AddrSet) {
	t.Helper()
	w := &walker{m: m, goal: to}
	all := network.Flows(from.pairOf().private, dst, network.AllServices())
	w.leave(stream{fwd: all}, trip{now: leg{from: end{place: from}}, groups: from.nic.set}, from)
	var sum network.FlowSet
	for _, o := range w.outs {
		if !sum.Intersect(o.set).IsEmpty() {
			t.Fatalf("parts overlap: %s", o.decision.Summary)
		}
		sum = sum.Union(o.set)
	}
	if !sum.Equal(all) {
		t.Fatalf("parts do not make the whole: %v of %v", sum.Destinations(), dst)
	}
}

// TestHostileInventory feeds what no AWS account holds: warnings, no panic, and
// no flow opened by a guess.
func TestHostileInventory(t *testing.T) {
	lines := strings.Split(`vpc vpc-a 10.0.0.0/16 10.0.0.0/16 ::ffff:10.9.0.0/112
igw igw-a vpc-a
subnet subnet-a vpc-a 10.0.1.0/24 az=a
subnet subnet-o vpc-a 10.0.1.128/25 az=a
subnet subnet-x vpc-a 192.168.0.0/24 az=a
rtb rtb-a vpc-a main 0.0.0.0/1>igw-a 128.0.0.0/1>igw-a 10.77.0.9/8>pcx-loop nonsense>igw-a
rtb rtb-2 vpc-a main
acl acl-a vpc-a default in=100+tcp/443@0.0.0.0/0 in=100-tcp/443@0.0.0.0/0 in=200+tcp/90-80@0.0.0.0/0 in=300+all@0.0.0.0/0 out=1+all@0.0.0.0/0
sg sg-a vpc-a in=tcp/500-100@0.0.0.0/0 in=nonsense/1@192.0.2.0/24 in=tcp/22@sg-foreign in=tcp/80@not-a-cidr in=tcp/8080@203.0.113.9/24 out=all@0.0.0.0/0
eni eni-a subnet-a 10.0.1.10=198.51.100.10 sg=sg-a
pcx pcx-loop vpc-a vpc-a status=active`, "\n")
	inv, err := parseTopology(lines)
	if err != nil {
		t.Fatal(err)
	}
	e := New(inv)
	all := fmt.Sprint(e.Warnings())
	for _, want := range []string{"IPv4-mapped", "overlap", "outside of the CIDRs", "second main", "host bits", "nonsense", "occurs twice", "reversed", "not-a-cidr", "sg-foreign"} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning says %q: %v", want, e.Warnings())
		}
	}
	for _, c := range []struct {
		src  string
		port int
		want network.Verdict
	}{
		{"internet", 443, network.Unknown}, {"internet", 22, network.Blocked}, {"internet", 80, network.Unknown}, {"internet", 200, network.Unknown}, {"internet", 600, network.Blocked},
		{"192.0.2.9", 600, network.Unknown}, {"203.0.113.200", 8080, network.Reachable},
	} {
		if a := verdict(t, e, Query{Source: c.src, Destination: "eni-a", Port: c.port}); a.Verdict != c.want {
			t.Errorf("%s tcp/%d: %s by %s", c.src, c.port, a.Verdict, a.DecidedBy.Summary)
		}
	}
}

// TestManyRules compiles a group of 10,000 rules and a network ACL of 2,000.
func TestManyRules(t *testing.T) {
	inv, err := parseTopology(readLines(t, "testdata/internet-gateway/topology.txt"))
	if err != nil {
		t.Fatal(err)
	}
	reg := inv.Regions[0]
	g := &reg.SecurityGroups.Items[0]
	g.Ingress = nil
	for i := range 10_000 {
		g.Ingress = append(g.Ingress, Rule{Protocol: "tcp", FromPort: i, ToPort: i + i%50, CIDRs: []string{fmt.Sprintf("%d.%d.%d.0/24", 1+i%200, i/200, i%256)}})
	}
	for i := range 2_000 {
		reg.NetworkACLs.Items[0].Entries = append(reg.NetworkACLs.Items[0].Entries, ACLEntry{Number: 200 + i, Allow: i%2 == 0, Protocol: "tcp", FromPort: i, ToPort: i + 9, CIDR: fmt.Sprintf("%d.0.0.0/8", 1+i%200)})
	}
	e := New(inv)
	if a := verdict(t, e, Query{Source: "48.0.47.9", Destination: "i-a", Port: 47}); a.Verdict != network.Reachable {
		t.Errorf("%s by %s", a.Verdict, a.DecidedBy.Summary)
	}
	if len(e.Exposure()) == 0 {
		t.Error("nothing is exposed")
	}
}

func TestResolve(t *testing.T) {
	inv, err := parseTopology(append(readLines(t, "testdata/meadow/topology.txt"), "instance i-twin1 name=twin", "instance i-twin2 name=twin"))
	if err != nil {
		t.Fatal(err)
	}
	e := New(inv)
	for spelling, want := range map[string]string{
		"i-app": "i-app", "internet": "internet", "10.60.1.0/24": "10.60.1.0/24", "54.1.2.3": "54.1.2.3", "subnet-pub": "subnet-pub", "vpc-lab": "vpc-lab",
		"arn:aws:ec2:eu-test-1:111111111111:instance/i-app": "i-app", "nat-lab": "nat-lab", "DIST": "DIST",
		"labeling-1.eu.elb.amazonaws.com": "arn:aws:elasticloadbalancing:eu-test-1:111111111111:loadbalancer/labeling",
	} {
		if r, err := e.Resolve(spelling); err != nil || r.ID != want {
			t.Errorf("%s: %+v, %v", spelling, r, err)
		}
	}
	for _, spelling := range []string{"twin", "i-ap", "arn:aws:ec2:eu-test-1:999999999999:instance/i-app", "", strings.Repeat("x", 5000)} {
		_, err := e.Resolve(spelling)
		if err == nil {
			t.Errorf("%.20s: no error", spelling)
			continue
		}
		var n *NameError
		if !errors.As(err, &n) {
			t.Errorf("%s: %v", spelling, err)
			continue
		}
		if spelling == "twin" && (!n.Ambiguous || len(n.Candidates) != 2) || spelling == "i-ap" && !slices.Contains(n.Candidates, "i-app") {
			t.Errorf("%s: %v", spelling, err)
		}
	}
}

package aws

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/postern-sec/postern/internal/network"
)

// topology reads the text form of an inventory that the data folders use; its
// grammar is testdata/README.md.
type topology struct {
	inv *Inventory
	r   *Region
}

func parseTopology(lines []string) (*Inventory, error) {
	t := &topology{inv: &Inventory{}}
	t.enter("111111111111", "eu-test-1")
	for i, line := range lines {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if err := t.line(f); err != nil {
			return nil, fmt.Errorf("line %d: %s: %w", i+1, strings.TrimSpace(line), err)
		}
	}
	return t.inv, nil
}

// enter switches to an account and region where everything was collected.
func (t *topology) enter(account, region string) {
	fresh := true
	for _, r := range t.inv.Regions {
		fresh = fresh && (r.Account != account || r.Region != region)
	}
	t.r = t.inv.At(account, region)
	if fresh {
		v := reflect.ValueOf(t.r).Elem()
		for i := range v.NumField() {
			if c := v.Field(i); c.Kind() == reflect.Struct {
				c.FieldByName("Collected").SetBool(true)
			}
		}
		t.r.PublicAccessOptions.Items = []PublicAccessOptions{{Mode: "off"}}
	}
}

// words are a line's bare words and its key=value pairs.
type words struct {
	bare []string
	keys map[string][]string
}

func split(f []string) words {
	w := words{keys: map[string][]string{}}
	for _, x := range f {
		k, v, ok := strings.Cut(x, "=")
		if !ok || strings.ContainsAny(k, "./:") {
			w.bare = append(w.bare, x)
			continue
		}
		w.keys[k] = append(w.keys[k], strings.Split(v, ",")...)
	}
	return w
}

func (w words) at(i int) string {
	if i < len(w.bare) {
		return w.bare[i]
	}
	return ""
}

func (w words) one(k string) string {
	if v := w.keys[k]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (w words) flag(s string) bool { return slices.Contains(w.bare, s) }

func (w words) tri(k string) Tri {
	switch w.one(k) {
	case "yes":
		return TriYes
	case "no":
		return TriNo
	}
	return TriUnknown
}

func (t *topology) line(f []string) error {
	w := split(f[1:])
	id := w.at(0)
	switch f[0] {
	case "in":
		t.enter(id, w.at(1))
	case "unknown":
		v := reflect.ValueOf(t.r).Elem().FieldByName(id)
		if !v.IsValid() {
			return fmt.Errorf("no list %s", id)
		}
		v.SetZero()
	case "vpc":
		v := VPC{ID: id, Meta: Meta{Name: w.one("name")}}
		for _, c := range w.bare[1:] {
			if strings.Contains(c, "::") {
				v.CIDRs6 = append(v.CIDRs6, c)
			} else {
				v.CIDRs = append(v.CIDRs, c)
			}
		}
		t.r.VPCs.Add(v)
	case "subnet":
		s := Subnet{ID: id, VPC: w.at(1), AZ: w.one("az"), AZID: w.one("azid")}
		for _, c := range w.bare[2:] {
			if strings.Contains(c, "::") {
				s.CIDRs6 = append(s.CIDRs6, c)
			} else {
				s.CIDR = c
			}
		}
		t.r.Subnets.Add(s)
	case "zone":
		t.r.Zones.Add(Zone{ID: w.at(1), Name: id})
	case "rtb":
		x := RouteTable{ID: id, VPC: w.at(1), Main: w.flag("main"), Subnets: w.keys["subnets"], Gateways: w.keys["gateways"]}
		for _, b := range w.bare[2:] {
			if dst, target, ok := strings.Cut(b, ">"); ok {
				r := Route{Destination: dst, Target: strings.TrimRight(target, "!~")}
				r.Blackhole, r.Propagated = strings.HasSuffix(target, "!"), strings.HasSuffix(target, "~")
				x.Routes = append(x.Routes, r)
			}
		}
		t.r.RouteTables.Add(x)
	case "acl":
		return t.acl(id, w)
	case "sg":
		return t.sg(id, w)
	case "pl":
		p := PrefixList{ID: id, Meta: Meta{Name: w.one("name"), Account: w.one("owner")}}
		if !w.flag("uncollected") {
			p.Entries = Known(w.bare[1:]...)
		}
		t.r.PrefixLists.Add(p)
	case "igw":
		t.r.InternetGateways.Add(InternetGateway{ID: id, VPCs: w.bare[1:]})
	case "cagw":
		t.r.CarrierGateways.Add(InternetGateway{ID: id, VPCs: w.bare[1:]})
	case "eigw":
		t.r.EgressOnlyGateways.Add(EgressOnlyGateway{ID: id, VPCs: w.bare[1:]})
	case "vgw":
		t.r.VPNGateways.Add(VPNGateway{ID: id, VPCs: w.bare[1:]})
	case "vpn":
		t.r.VPNConnections.Add(VPNConnection{ID: id, Gateway: w.at(1), Routes: w.bare[2:], CustomerGateway: w.one("cgw")})
	case "nat":
		n := NATGateway{ID: id, Subnet: w.at(1), State: w.one("state"), Private: w.flag("private"), Table: w.one("table")}
		if n.Regional = strings.HasPrefix(n.Subnet, "vpc-"); n.Regional {
			n.VPC, n.Subnet = n.Subnet, ""
		}
		n.Addresses = []NATAddress{{Private: w.at(2), Public: w.one("public"), Interface: w.one("eni")}}
		t.r.NATGateways.Add(n)
	case "pcx":
		p := Peering{ID: id, Status: w.one("status"), Requester: t.side(w.at(1), w.keys["a"]), Accepter: t.side(w.at(2), w.keys["b"])}
		if r := w.one("bregion"); r != "" {
			p.Requester.Region, p.Accepter.Region = t.r.Region, r
		}
		t.r.Peerings.Add(p)
	case "eni":
		return t.eni(id, w)
	case "eip":
		t.r.Addresses.Add(Address{ID: id, Public: w.at(1), Interface: w.one("eni"), Private: w.one("private")})
	case "instance":
		i := Instance{ID: id, State: w.one("state"), Interfaces: w.bare[1:], Meta: Meta{Name: w.one("name")}}
		if i.State == "" {
			i.State = "running"
		}
		t.r.Instances.Add(i)
	case "tgw":
		t.r.TransitGateways.Add(TransitGateway{ID: id, SecurityGroupReferencing: TriOf(w.flag("references"))})
	case "attach":
		a := TransitGatewayAttachment{ID: id, TransitGateway: w.at(1), Kind: w.one("kind"), Resource: w.at(2), Subnets: w.keys["subnets"], State: w.one("state"), PeerAttachment: w.one("peer"), Appliance: w.tri("appliance"), RouteTable: w.one("table")}
		if a.Kind == "" {
			a.Kind = "vpc"
		}
		t.r.TransitGatewayAttachments.Add(a)
	case "tgwrtb":
		t.transitTable(id, w)
	case "endpoint":
		t.r.Endpoints.Add(Endpoint{ID: id, Kind: w.at(1), VPC: w.at(2), Service: w.one("service"), Subnets: w.keys["subnets"], Groups: w.keys["sg"], Interfaces: w.keys["eni"], State: w.one("state"), PrivateDNS: w.tri("dns")})
	case "service":
		t.r.EndpointServices.Add(EndpointService{ID: id, State: w.one("state"), Balancers: balancerARNs(w.keys["lb"])})
	case "bpa":
		t.r.PublicAccessOptions = Known(PublicAccessOptions{Mode: id})
	case "bpa-exclude":
		t.r.PublicAccessExclusions.Add(PublicAccessExclusion{ID: "vpcbpa-exclude-1", Resource: id, Mode: w.at(1), State: w.one("state")})
	case "lb":
		return t.lb(id, w)
	case "elb":
		return t.classic(id, w)
	case "tg":
		return t.tg(id, w)
	case "place":
		t.r.Placements.Add(Placement{ID: id, Kind: w.at(1), Subnets: w.keys["subnets"], Groups: w.keys["sg"], Interfaces: w.keys["eni"], AZ: w.one("az"),
			Each: w.flag("each"), Pattern: w.flag("pattern"), Accepts: w.tri("accepts"), Ports: w.keys["ports"], Public: w.tri("public"), Stopped: w.tri("stopped"), State: w.one("state"), DirectInternet: w.tri("direct")})
	case "door":
		return t.door(id, w)
	default:
		return fmt.Errorf("unknown word %q", f[0])
	}
	return nil
}

func (t *topology) side(vpc string, cidrs []string) PeerSide {
	s := PeerSide{VPC: vpc, CIDRs: cidrs}
	for _, r := range t.inv.Regions {
		for _, v := range r.VPCs.Items {
			if v.ID == vpc {
				s.Account, s.Region = r.Account, r.Region
			}
		}
	}
	return s
}

// ports reads "tcp/80-90", "icmp/8.0", "all", "50".
func ports(s string) (proto string, from, to int, err error) {
	proto, rest, ok := strings.Cut(s, "/")
	if proto == "all" {
		proto = "-1"
	}
	if !ok {
		return proto, -1, -1, nil
	}
	sep := "-"
	if strings.HasPrefix(proto, "icmp") {
		sep = "."
	}
	a, b, two := strings.Cut(rest, sep)
	if from, err = strconv.Atoi(a); err != nil {
		return
	}
	to = from
	if sep == "." {
		to = -1
	}
	if two {
		to, err = strconv.Atoi(b)
	}
	return
}

func (t *topology) acl(id string, w words) error {
	a := NetworkACL{ID: id, VPC: w.at(1), Default: w.flag("default"), Subnets: w.keys["subnets"]}
	if w.flag("open") {
		for _, egress := range []bool{false, true} {
			a.Entries = append(a.Entries, ACLEntry{Number: 100, Egress: egress, Allow: true, Protocol: "-1", CIDR: "0.0.0.0/0"},
				ACLEntry{Number: 101, Egress: egress, Allow: true, Protocol: "-1", CIDR: "::/0"})
		}
	}
	for _, way := range []string{"in", "out"} {
		for _, rule := range w.keys[way] {
			i := strings.IndexAny(rule, "+-")
			what, cidr, ok := strings.Cut(rule[i+1:], "@")
			if i < 0 || !ok {
				return fmt.Errorf("rule %q", rule)
			}
			e := ACLEntry{Egress: way == "out", Allow: rule[i] == '+', CIDR: cidr}
			var err error
			if e.Number, err = strconv.Atoi(rule[:i]); err != nil {
				return err
			}
			if e.Protocol, e.FromPort, e.ToPort, err = ports(what); err != nil {
				return err
			}
			e.ICMPType, e.ICMPCode = e.FromPort, e.ToPort
			a.Entries = append(a.Entries, e)
		}
	}
	t.r.NetworkACLs.Add(a)
	return nil
}

func (t *topology) sg(id string, w words) error {
	g := SecurityGroup{ID: id, VPC: w.at(1)}
	for _, way := range []string{"in", "out"} {
		for _, rule := range w.keys[way] {
			what, who, ok := strings.Cut(rule, "@")
			if !ok {
				return fmt.Errorf("rule %q", rule)
			}
			var r Rule
			var err error
			if r.Protocol, r.FromPort, r.ToPort, err = ports(what); err != nil {
				return err
			}
			switch {
			case strings.HasPrefix(who, "sg-"):
				r.Groups = []GroupRef{{Group: who}}
			case strings.HasPrefix(who, "pl-"):
				r.PrefixLists = []string{who}
			default:
				r.CIDRs = []string{who}
			}
			if way == "in" {
				g.Ingress = append(g.Ingress, r)
			} else {
				g.Egress = append(g.Egress, r)
			}
		}
	}
	t.r.SecurityGroups.Add(g)
	return nil
}

func (t *topology) eni(id string, w words) error {
	n := Interface{ID: id, Subnet: w.at(1), Groups: w.keys["sg"], SourceDestCheck: w.tri("check"), Kind: w.one("kind"), Instance: w.one("instance"), AttachedTo: w.one("to"), Detached: w.flag("detached"), Description: strings.Join(w.keys["description"], ","), Requester: w.one("requester")}
	for _, r := range t.inv.Regions {
		for _, s := range r.Subnets.Items {
			if s.ID == n.Subnet {
				n.VPC = s.VPC
			}
		}
	}
	for _, a := range w.bare[2:] {
		if a == "detached" {
			continue
		}
		private, public, _ := strings.Cut(a, "=")
		if strings.Contains(private, ":") {
			n.IPv6 = append(n.IPv6, a)
			continue
		}
		p := PrivateAddress{Address: private, Public: strings.TrimPrefix(public, "carrier:")}
		p.Carrier = p.Public != public
		n.Private = append(n.Private, p)
	}
	t.r.Interfaces.Add(n)
	return nil
}

func (t *topology) transitTable(id string, w words) {
	x := TransitGatewayRouteTable{ID: id, TransitGateway: w.at(1), Associations: Known(w.keys["assoc"]...), Propagations: Known(w.keys["prop"]...), CutOff: w.flag("cutoff")}
	x.Routes.Add()
	for _, b := range w.bare[2:] {
		switch dst, target, ok := strings.Cut(b, ">"); {
		case ok:
			r := TransitRoute{Destination: dst, Static: !strings.HasSuffix(target, "~"), Blackhole: target == "!"}
			if target = strings.TrimRight(target, "!~"); target != "" {
				r.Attachments = strings.Split(target, "+")
			}
			x.Routes.Add(r)
		case b == "uncollected":
			x.Routes = List[TransitRoute]{}
		case b == "unpropagated":
			x.Propagations = List[string]{}
		case b == "unassociated":
			x.Associations = List[string]{}
		}
	}
	t.r.TransitGatewayRouteTables.Add(x)
}

func (t *topology) lb(name string, w words) error {
	l := LoadBalancer{Meta: Meta{Name: name, ARN: "arn:aws:elasticloadbalancing:eu-test-1:111111111111:loadbalancer/" + name}, Kind: w.at(1), Scheme: w.at(2),
		Subnets: w.keys["subnets"], Groups: w.keys["sg"], DNSName: w.one("dns"), State: w.one("state"), CrossZone: w.tri("crosszone"), IPType: w.one("ip"), PrivateLinkRules: w.tri("linkrules")}
	if w.flag("uncollected") {
		t.r.LoadBalancers.Add(l)
		return nil
	}
	l.Listeners.Add()
	for _, x := range w.keys["listen"] {
		head, acts, _ := strings.Cut(x, ">")
		proto, port, _ := strings.Cut(head, ":")
		n, err := strconv.Atoi(port)
		if err != nil {
			return err
		}
		in := Listener{Protocol: proto, Port: n}
		in.Rules.Add()
		for _, a := range strings.Split(acts, "+") {
			switch a {
			case "oidc":
				in.Default = append(in.Default, Action{Kind: "authenticate-oidc", OnUnauthenticated: "authenticate"})
			case "redirect", "fixed-response":
				in.Default = append(in.Default, Action{Kind: a})
			case "":
			default:
				in.Default = append(in.Default, Action{Kind: "forward", TargetGroups: []string{a}})
			}
		}
		l.Listeners.Add(in)
	}
	for _, x := range w.keys["rule"] { // port:source-ip or host:target group
		p := strings.SplitN(x, "|", 3)
		for i := range l.Listeners.Items {
			if strconv.Itoa(l.Listeners.Items[i].Port) == p[0] {
				field := "path-pattern"
				if strings.Contains(p[1], "/") && p[1][0] != '/' {
					field = "source-ip"
				}
				r := ListenerRule{Priority: strconv.Itoa(len(l.Listeners.Items[i].Rules.Items) + 1), Conditions: []Condition{{Field: field, Values: []string{p[1]}}}}
				if r.Actions = []Action{{Kind: "forward", TargetGroups: []string{p[2]}}}; p[2] == "fixed-response" {
					r.Actions = []Action{{Kind: p[2]}}
				}
				l.Listeners.Items[i].Rules.Add(r)
			}
		}
	}
	t.r.LoadBalancers.Add(l)
	return nil
}

func (t *topology) classic(name string, w words) error {
	l := ClassicLoadBalancer{ID: name, Scheme: w.at(1), Subnets: w.keys["subnets"], Groups: w.keys["sg"], Instances: w.keys["instances"], DNSName: w.one("dns")}
	for _, x := range w.keys["listen"] {
		var in ClassicListener
		if _, err := fmt.Sscanf(strings.ReplaceAll(x, ":", " "), "%s %d %d", &in.Protocol, &in.Port, &in.InstancePort); err != nil {
			return err
		}
		l.Listeners = append(l.Listeners, in)
	}
	t.r.ClassicLoadBalancers.Add(l)
	return nil
}

func (t *topology) tg(name string, w words) error {
	g := TargetGroup{ID: name, Kind: w.at(1), CrossZone: w.tri("crosszone"), PreserveClientIP: w.tri("keep"), VPC: w.one("vpc")}
	proto, port, _ := strings.Cut(w.at(2), ":")
	g.Protocol = proto
	g.Port, _ = strconv.Atoi(port)
	if !w.flag("uncollected") {
		g.Targets.Add()
		for _, x := range w.keys["targets"] {
			id, health, _ := strings.Cut(x, "!")
			g.Targets.Add(Target{ID: id, Health: health})
		}
	}
	t.r.TargetGroups.Add(g)
	return nil
}

func (t *topology) door(id string, w words) error {
	d := FrontDoor{ID: id, Kind: w.at(1), Meta: Meta{ARN: w.one("arn")}, Public: w.tri("public"), Domain: w.one("domain"), Auth: Auth(w.one("auth")), Lacks: w.one("lacks"), Disabled: strings.Join(w.keys["disabled"], " ")}
	for _, o := range w.keys["origin"] {
		domain, proto, _ := strings.Cut(o, "|")
		d.Origins = append(d.Origins, FrontOrigin{ID: domain, Domain: domain, Protocol: proto})
	}
	if c, ok := w.keys["from"]; ok {
		d.AllowedCIDRs = Known(c...)
	}
	if e, ok := w.keys["endpoints"]; ok {
		d.Endpoints = Known(e...)
	}
	t.r.FrontDoors.Add(d)
	return nil
}

// TestRules runs every data folder: a topology and cases, each of which changes
// some lines and says what must come out.
func TestRules(t *testing.T) {
	dirs, err := filepath.Glob("testdata/*/topology.txt")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no data folders: %v", err)
	}
	for _, file := range dirs {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) { runFolder(t, file) })
	}
}

func readLines(t *testing.T, file string) []string {
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimRight(string(b), "\n"), "\n")
}

// ruleCase is one "case" of cases.txt.
type ruleCase struct {
	name     string
	drop     []string
	add      []string
	expected []string
}

func parseCases(lines []string) (out []ruleCase) {
	for _, l := range lines {
		l, _, _ = strings.Cut(l, " #")
		trimmed := strings.TrimSpace(l)
		switch {
		case trimmed == "" || strings.HasPrefix(trimmed, "#"):
		case strings.HasPrefix(trimmed, "case "):
			out = append(out, ruleCase{name: trimmed[5:]})
		case strings.HasPrefix(trimmed, "- "):
			out[len(out)-1].drop = append(out[len(out)-1].drop, trimmed[2:])
		case strings.HasPrefix(trimmed, "+ "):
			out[len(out)-1].add = append(out[len(out)-1].add, trimmed[2:])
		default:
			out[len(out)-1].expected = append(out[len(out)-1].expected, trimmed)
		}
	}
	return out
}

func runFolder(t *testing.T, file string) {
	base := readLines(t, file)
	for _, c := range parseCases(readLines(t, filepath.Join(filepath.Dir(file), "cases.txt"))) {
		t.Run(c.name, func(t *testing.T) {
			lines := slices.Clone(base)
			for _, d := range c.drop {
				n := len(lines)
				lines = slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, d) })
				if len(lines) == n {
					t.Fatalf("no line begins with %q", d)
				}
			}
			inv, err := parseTopology(append(lines, c.add...))
			if err != nil {
				t.Fatal(err)
			}
			e := New(inv)
			for _, x := range c.expected {
				checkLine(t, e, x)
			}
		})
	}
}

// checkLine checks one expectation: "SOURCE > DESTINATION SERVICE = VERDICT
// LAYER [back] [word=value …]".
func checkLine(t *testing.T, e *Engine, line string) {
	t.Helper()
	ask, want, ok := strings.Cut(line, " = ")
	want, fix, hasFix := strings.Cut(want, " fix: ")
	if rest, is := strings.CutPrefix(line, "exposed "); is {
		checkExposed(t, e, rest)
		return
	}
	f := strings.Fields(ask)
	if !ok || len(f) != 4 || f[1] != ">" {
		t.Fatalf("cannot read %q", line)
	}
	q := Query{Source: f[0], Destination: f[2]}
	proto, from, to, err := ports(f[3])
	if err != nil {
		t.Fatal(err)
	}
	q.Protocol = proto
	if strings.HasPrefix(proto, "icmp") && from >= 0 {
		q.HasICMP, q.ICMPType, q.ICMPCode = true, from, to
	} else {
		q.Port = max(from, 0)
	}
	a, err := e.Reach(q)
	if err != nil {
		t.Errorf("%s: %v", line, err)
		return
	}
	w := split(strings.Fields(want))
	got := []string{string(a.Verdict), string(a.DecidedBy.Layer)}
	for i, x := range w.bare {
		if x == "back" {
			if !a.DecidedBy.Return {
				t.Errorf("%s: got %v, not on the way back (%s)", line, got, a.DecidedBy.Summary)
			}
		} else if i < 2 && x != "*" && got[i] != x {
			t.Errorf("%s: got %v (%s), hops %s, missing %v", line, got, a.DecidedBy.Summary, hopText(a.Hops), a.Missing)
			return
		}
	}
	if a.DecidedBy.Return && !w.flag("back") && a.Verdict == network.Blocked {
		t.Errorf("%s: decided on the way back: %s", line, a.DecidedBy.Summary)
	}
	if id := w.one("by"); id != "" && a.DecidedBy.ID != id {
		t.Errorf("%s: decided by %s, want %s", line, a.DecidedBy.ID, id)
	}
	if hops, ok := w.keys["hops"]; ok && !slices.Equal(hopIDs(a.Hops), hops) {
		t.Errorf("%s: hops\n got %s\nwant %s", line, strings.Join(hopIDs(a.Hops), ","), strings.Join(hops, ","))
	}
	if hasFix && a.Fix != strings.TrimPrefix(fix, "none") {
		t.Errorf("%s:\n got %q\nwant %q", ask, a.Fix, fix)
	}
	if p, ok := w.keys["partial"]; ok && !slices.Equal(a.Partial, p) {
		t.Errorf("%s: partial %v, want %v", line, a.Partial, p)
	}
	if l, ok := w.keys["lacks"]; ok {
		var got []string
		for _, x := range a.Missing {
			got = append(got, x.Kind+"/"+x.ID)
		}
		if !slices.Equal(got, l) {
			t.Errorf("%s: missing %v, want %v", line, got, l)
		}
	}
	if kind := w.one("missing"); kind != "" && !slices.ContainsFunc(a.Missing, func(x network.Missing) bool { return x.Kind == kind }) {
		t.Errorf("%s: missing %v, want %s", line, a.Missing, kind)
	}
}

func hopIDs(hops []network.Hop) []string {
	out := []string{}
	for _, h := range hops {
		id := h.ID
		if h.Return {
			id = "<" + id
		}
		out = append(out, id)
	}
	return out
}

func hopText(hops []network.Hop) string { return strings.Join(hopIDs(hops), ",") }

func balancerARNs(names []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, "arn:aws:elasticloadbalancing:eu-test-1:111111111111:loadbalancer/"+n)
	}
	return out
}

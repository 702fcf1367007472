package aws

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// largeEstate makes n interfaces in n/200 VPCs with n/20 groups, peered in a
// chain, a fifth of them with public addresses.
func largeEstate(n int) *Inventory {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	inv := &Inventory{}
	vpcs, perVPC := max(n/200, 1), 200
	for v := range vpcs {
		reg := inv.At(fmt.Sprintf("%012d", v/10), "eu-test-1")
		id := func(kind string) string { return fmt.Sprintf("%s-%d", kind, v) }
		third := v % 256
		reg.VPCs.Add(VPC{ID: id("vpc"), CIDRs: []string{fmt.Sprintf("10.%d.0.0/16", third)}})
		reg.InternetGateways.Add(InternetGateway{ID: id("igw"), VPCs: []string{id("vpc")}})
		reg.NetworkACLs.Add(NetworkACL{ID: id("acl"), VPC: id("vpc"), Default: true, Entries: []ACLEntry{
			{Number: 90, Allow: false, Protocol: "tcp", FromPort: 3389, ToPort: 3389, CIDR: "0.0.0.0/0"},
			{Number: 100, Allow: true, Protocol: "-1", CIDR: "0.0.0.0/0"}, {Number: 100, Egress: true, Allow: true, Protocol: "-1", CIDR: "0.0.0.0/0"}}})
		reg.RouteTables.Add(RouteTable{ID: id("rtb"), VPC: id("vpc"), Main: true, Routes: []Route{{Destination: "0.0.0.0/0", Target: id("igw")},
			{Destination: fmt.Sprintf("10.%d.0.0/16", (third+1)%256), Target: id("pcx")}}})
		reg.PublicAccessOptions = Known(PublicAccessOptions{Mode: "off"})
		reg.Peerings.Add(Peering{ID: id("pcx"), Status: "active", Requester: PeerSide{VPC: id("vpc")}, Accepter: PeerSide{VPC: fmt.Sprintf("vpc-%d", (v+1)%vpcs)}})
		for g := range 10 {
			x := SecurityGroup{ID: fmt.Sprintf("sg-%d-%d", v, g), VPC: id("vpc"), Egress: []Rule{{Protocol: "-1", CIDRs: []string{"0.0.0.0/0"}}}}
			for range 4 {
				c := fmt.Sprintf("%d.%d.%d.0/24", 1+r.IntN(200), r.IntN(256), r.IntN(256))
				if r.IntN(4) == 0 {
					c = "0.0.0.0/0"
				}
				p := 1 + r.IntN(9000)
				x.Ingress = append(x.Ingress, Rule{Protocol: "tcp", FromPort: p, ToPort: p + r.IntN(10), CIDRs: []string{c}})
			}
			x.Ingress = append(x.Ingress, Rule{Protocol: "tcp", FromPort: 5432, ToPort: 5432, Groups: []GroupRef{{Group: fmt.Sprintf("sg-%d-%d", v, r.IntN(10))}}})
			reg.SecurityGroups.Add(x)
		}
		for s := range 6 {
			reg.Subnets.Add(Subnet{ID: fmt.Sprintf("subnet-%d-%d", v, s), VPC: id("vpc"), AZ: "a", CIDR: fmt.Sprintf("10.%d.%d.0/24", third, s)})
		}
		for i := range perVPC {
			s := i % 6
			x := Interface{ID: fmt.Sprintf("eni-%d-%d", v, i), VPC: id("vpc"), Subnet: fmt.Sprintf("subnet-%d-%d", v, s), SourceDestCheck: TriYes,
				Groups: []string{fmt.Sprintf("sg-%d-%d", v, r.IntN(10)), fmt.Sprintf("sg-%d-%d", v, r.IntN(10))}}
			p := PrivateAddress{Address: fmt.Sprintf("10.%d.%d.%d", third, s, 4+i/6)}
			if r.IntN(5) == 0 {
				p.Public = fmt.Sprintf("52.%d.%d.%d", v/256, third, i)
			}
			x.Private = []PrivateAddress{p}
			reg.Interfaces.Add(x)
			reg.Instances.Add(Instance{ID: fmt.Sprintf("i-%d-%d", v, i), State: "running", Interfaces: []string{x.ID}})
		}
	}
	return inv
}

// BenchmarkExposure compiles an estate and computes its whole exposure.
func BenchmarkExposure(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			inv := largeEstate(n)
			b.ResetTimer()
			for range b.N {
				if len(New(inv).Exposure()) == 0 {
					b.Fatal("nothing is exposed")
				}
			}
		})
	}
}

// BenchmarkReach answers one question of a large estate after loading.
func BenchmarkReach(b *testing.B) {
	e := New(largeEstate(100_000))
	b.ResetTimer()
	for i := range b.N {
		if _, err := e.Reach(Query{Source: "internet", Destination: fmt.Sprintf("i-%d-%d", i%500, i%200)}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReaches computes who inside reaches whom.
func BenchmarkReaches(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			e := New(largeEstate(n))
			b.ResetTimer()
			for range b.N {
				if len(e.Reaches().Edges) == 0 {
					b.Fatal("nothing is reached")
				}
			}
		})
	}
}

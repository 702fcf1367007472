package aws

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"

	"github.com/postern-sec/postern/ingest"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// elbService is load balancers of the first generation.
var elbService = Service{
	Name:   "elb",
	Prefix: "elasticloadbalancing",
	Client: func(c aws.Config) any { return elb.NewFromConfig(c) },
	Calls: []Call{
		List("DescribeLoadBalancers", (*elb.Client).DescribeLoadBalancers, nil),
	},
	Facts: map[string]Mapper{
		"DescribeLoadBalancers": mapClassicBalancers,
	},
}

func mapClassicBalancers(m *Mapping, d ingest.Document) error {
	var v struct {
		LoadBalancerDescriptions []struct {
			LoadBalancerName, DNSName, Scheme, VPCID string
			Subnets, SecurityGroups                  []string
			ListenerDescriptions                     []struct {
				Listener struct {
					Protocol                       string
					LoadBalancerPort, InstancePort int
				}
			}
			Instances []struct{ InstanceID string }
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.LoadBalancerDescriptions == nil {
		return absent(m, d, "LoadBalancerDescriptions")
	}
	r := m.network(d)
	r.ClassicLoadBalancers.Add()
	for _, x := range v.LoadBalancerDescriptions {
		if x.LoadBalancerName == "" {
			m.incomplete(d, "a load balancer without LoadBalancerName")
			continue
		}
		arn := m.arnOf(d, "elasticloadbalancing", "loadbalancer/", x.LoadBalancerName)
		n := m.resource(d, arn, schema.LoadBalancer, "AWS::ElasticLoadBalancing::LoadBalancer", x.LoadBalancerName)
		n.Set(schema.PropDomain, x.DNSName).Set(schema.PropEndpointType, x.Scheme)
		lb := netaws.ClassicLoadBalancer{Meta: meta(d, arn, x.LoadBalancerName), ID: x.LoadBalancerName, DNSName: x.DNSName, Scheme: x.Scheme, VPC: x.VPCID,
			Subnets: sorted(x.Subnets), Groups: sorted(x.SecurityGroups)}
		for _, l := range x.ListenerDescriptions {
			lb.Listeners = append(lb.Listeners, netaws.ClassicListener{Protocol: l.Listener.Protocol, Port: l.Listener.LoadBalancerPort, InstancePort: l.Listener.InstancePort})
		}
		for _, i := range x.Instances {
			lb.Instances = append(lb.Instances, i.InstanceID)
		}
		lb.Instances = sorted(lb.Instances)
		*at(m, &r.ClassicLoadBalancers, x.LoadBalancerName) = lb
		m.joinEC2(d, arn, schema.InNetwork, ec2VPC, x.VPCID)
		m.joinEC2(d, arn, schema.InSubnet, ec2Subnet, lb.Subnets...)
		m.joinEC2(d, arn, schema.HasSecurityGroup, ec2Group, lb.Groups...)
		m.joinEC2(d, arn, schema.Targets, ec2Instance, lb.Instances...)
	}
	return nil
}

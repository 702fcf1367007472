package aws

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"github.com/postern-sec/postern/ingest"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// elbv2Service is application, network and gateway load balancers.
var elbv2Service = Service{
	Name:   "elbv2",
	Prefix: "elasticloadbalancing",
	Client: func(c aws.Config) any { return elbv2.NewFromConfig(c) },
	Calls: []Call{
		List("DescribeLoadBalancers", (*elbv2.Client).DescribeLoadBalancers, nil),
		Each("DescribeLoadBalancerAttributes", (*elbv2.Client).DescribeLoadBalancerAttributes, "DescribeLoadBalancers", "LoadBalancers.LoadBalancerArn",
			func(in *elbv2.DescribeLoadBalancerAttributesInput, p []string) { in.LoadBalancerArn = last(p) }),
		Each("DescribeListeners", (*elbv2.Client).DescribeListeners, "DescribeLoadBalancers", "LoadBalancers.LoadBalancerArn",
			func(in *elbv2.DescribeListenersInput, p []string) { in.LoadBalancerArn = last(p) }),
		Each("DescribeRules", (*elbv2.Client).DescribeRules, "DescribeListeners", "Listeners.ListenerArn",
			func(in *elbv2.DescribeRulesInput, p []string) { in.ListenerArn = last(p) }),
		List("DescribeTargetGroups", (*elbv2.Client).DescribeTargetGroups, nil),
		Each("DescribeTargetGroupAttributes", (*elbv2.Client).DescribeTargetGroupAttributes, "DescribeTargetGroups", "TargetGroups.TargetGroupArn",
			func(in *elbv2.DescribeTargetGroupAttributesInput, p []string) { in.TargetGroupArn = last(p) }),
		Each("DescribeTargetHealth", (*elbv2.Client).DescribeTargetHealth, "DescribeTargetGroups", "TargetGroups.TargetGroupArn",
			func(in *elbv2.DescribeTargetHealthInput, p []string) { in.TargetGroupArn = last(p) }),
	},
	Facts: map[string]Mapper{
		"DescribeLoadBalancers":          mapLoadBalancers,
		"DescribeLoadBalancerAttributes": mapBalancerAttributes,
		"DescribeListeners":              mapListeners,
		"DescribeListenerAttributes":     names, // headers and timeouts: nothing of who gets through
		"DescribeRules":                  mapListenerRules,
		"DescribeTargetGroups":           mapTargetGroups,
		"DescribeTargetGroupAttributes":  mapTargetGroupAttributes,
		"DescribeTargetHealth":           mapTargetHealth,
	},
}

// afterPart is what follows the first "kind/" in an ARN: app/NAME/HASH.
func afterPart(arn, kind string) string {
	_, rest, _ := strings.Cut(arn, kind+"/")
	return rest
}

func mapLoadBalancers(m *Mapping, d ingest.Document) error {
	var v struct {
		LoadBalancers []struct {
			LoadBalancerArn, LoadBalancerName, DNSName string
			Scheme, VpcID, Type, IPAddressType         string
			State                                      struct{ Code string }
			SecurityGroups                             []string
			EnforcePrivateLink                         string `json:"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"`
			AvailabilityZones                          []struct {
				SubnetID              string
				LoadBalancerAddresses []struct{ IPAddress string }
			}
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.LoadBalancers == nil {
		return absent(m, d, "LoadBalancers")
	}
	m.network(d).LoadBalancers.Add()
	for _, x := range v.LoadBalancers {
		if x.LoadBalancerArn == "" {
			m.incomplete(d, "a load balancer without LoadBalancerArn")
			continue
		}
		n := m.resource(d, x.LoadBalancerArn, schema.LoadBalancer, "AWS::ElasticLoadBalancingV2::LoadBalancer", x.LoadBalancerName)
		lb := m.balancer(d, x.LoadBalancerArn)
		lb.Name, lb.Kind, lb.DNSName, lb.Scheme, lb.VPC = x.LoadBalancerName, x.Type, x.DNSName, x.Scheme, x.VpcID
		lb.State, lb.IPType, lb.Groups = x.State.Code, x.IPAddressType, sorted(x.SecurityGroups)
		switch x.EnforcePrivateLink {
		case "on":
			lb.PrivateLinkRules = netaws.TriYes
		case "off":
			lb.PrivateLinkRules = netaws.TriNo
		}
		var addresses []string
		lb.Subnets = nil
		for _, z := range x.AvailabilityZones {
			lb.Subnets = append(lb.Subnets, z.SubnetID)
			for _, a := range z.LoadBalancerAddresses {
				addresses = append(addresses, a.IPAddress)
			}
		}
		lb.Subnets = sorted(lb.Subnets)
		n.Set(schema.PropDomain, x.DNSName).Set(schema.PropEndpointType, x.Scheme).Set(schema.PropStatus, x.State.Code).Set(schema.PropAddress, sorted(addresses))
		m.joinEC2(d, n.ID(), schema.InNetwork, ec2VPC, x.VpcID)
		m.joinEC2(d, n.ID(), schema.InSubnet, ec2Subnet, lb.Subnets...)
		m.joinEC2(d, n.ID(), schema.HasSecurityGroup, ec2Group, lb.Groups...)
	}
	return nil
}

// balancer returns the load balancer with this ARN, to be filled.
func (m *Mapping) balancer(d ingest.Document, arn string) *netaws.LoadBalancer {
	lb := at(m, &m.network(d).LoadBalancers, arn)
	if lb.ARN == "" {
		lb.Meta = meta(d, arn, "")
		lb.ID = afterPart(arn, "loadbalancer")
	}
	return lb
}

// listener returns a listener of a balancer, to be filled.
func listener(lb *netaws.LoadBalancer, arn string) *netaws.Listener {
	i := slices.IndexFunc(lb.Listeners.Items, func(l netaws.Listener) bool { return l.ARN == arn })
	if i < 0 {
		i = len(lb.Listeners.Items)
		lb.Listeners.Items = append(lb.Listeners.Items, netaws.Listener{ARN: arn})
	}
	return &lb.Listeners.Items[i]
}

// balancerAction is what a listener or rule does.
type balancerAction struct {
	Type           string
	Order          int
	TargetGroupArn string
	ForwardConfig  struct {
		TargetGroups []struct {
			TargetGroupArn string
			Weight         *int
		}
	}
	AuthenticateOidcConfig, AuthenticateCognitoConfig struct{ OnUnauthenticatedRequest string }
}

func actions(l []balancerAction) []netaws.Action {
	l = slices.Clone(l)
	slices.SortStableFunc(l, func(a, b balancerAction) int { return cmp.Compare(a.Order, b.Order) })
	var out []netaws.Action
	for _, x := range l {
		a := netaws.Action{Kind: x.Type, OnUnauthenticated: cmp.Or(x.AuthenticateOidcConfig.OnUnauthenticatedRequest, x.AuthenticateCognitoConfig.OnUnauthenticatedRequest)}
		groups := []string{x.TargetGroupArn}
		for _, g := range x.ForwardConfig.TargetGroups {
			if g.Weight == nil || *g.Weight > 0 || len(x.ForwardConfig.TargetGroups) == 1 {
				groups = append(groups, g.TargetGroupArn)
			}
		}
		a.TargetGroups = sorted(groups)
		out = append(out, a)
	}
	return out
}

func mapListeners(m *Mapping, d ingest.Document) error {
	var v struct {
		Listeners []struct {
			ListenerArn, LoadBalancerArn, Protocol string
			Port                                   int
			DefaultActions                         []balancerAction
			MutualAuthentication                   struct{ Mode string }
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Listeners == nil {
		return absent(m, d, "Listeners")
	}
	if p := d.Parameter(); p != "" {
		m.balancer(d, m.arnOf(d, "elasticloadbalancing", "loadbalancer/", p)).Listeners.Add()
	}
	for _, x := range v.Listeners {
		if x.LoadBalancerArn == "" || x.ListenerArn == "" {
			m.incomplete(d, "a listener without ListenerArn and LoadBalancerArn")
			continue
		}
		lb := m.balancer(d, x.LoadBalancerArn)
		lb.Listeners.Add()
		l := listener(lb, x.ListenerArn)
		l.Protocol, l.Port, l.MutualTLS, l.Default = x.Protocol, x.Port, x.MutualAuthentication.Mode == "verify", actions(x.DefaultActions)
		m.forwards(d, lb.ARN, l.Default)
	}
	return nil
}

// forwards joins a balancer to what its actions forward to, when the targets
// are known.
func (m *Mapping) forwards(d ingest.Document, lb string, actions []netaws.Action) {
	for _, a := range actions {
		for _, arn := range a.TargetGroups {
			m.Later(func() {
				m.Graph.Refer(lb, schema.LoadBalancer)
				group := at(m, &m.network(d).TargetGroups, arn)
				for _, t := range group.Targets.Items {
					switch {
					case strings.HasPrefix(t.ID, "i-"):
						m.link(lb, schema.Targets, m.ec2ARN(d, ec2Instance, t.ID), schema.VirtualMachine)
					case lambdaARN(t.ID) != "":
						m.link(lb, schema.Targets, lambdaARN(t.ID), schema.Function)
					case strings.Contains(t.ID, ":loadbalancer/"):
						m.link(lb, schema.Targets, t.ID, schema.LoadBalancer)
					}
				}
			})
		}
	}
}

// listenerOfRule turns the ARN of a rule into its listener's: listener-rule/app/
// NAME/HASH/LISTENER/RULE belongs to listener/app/NAME/HASH/LISTENER.
func listenerOfRule(rule string) string {
	i := strings.LastIndex(rule, "/")
	if i < 0 || !strings.Contains(rule, ":listener-rule/") {
		return ""
	}
	return strings.Replace(rule[:i], ":listener-rule/", ":listener/", 1)
}

// balancerOfListener turns the ARN of a listener into its balancer's.
func balancerOfListener(listener string) string {
	i := strings.LastIndex(listener, "/")
	if i < 0 || !strings.Contains(listener, ":listener/") {
		return ""
	}
	return strings.Replace(listener[:i], ":listener/", ":loadbalancer/", 1)
}

func mapListenerRules(m *Mapping, d ingest.Document) error {
	type values struct{ Values []string }
	var v struct {
		Rules []struct {
			RuleArn, Priority string
			IsDefault         bool
			Actions           []balancerAction
			Conditions        []struct {
				Field                                                                        string
				Values                                                                       []string
				HostHeaderConfig, PathPatternConfig, SourceIPConfig, HTTPRequestMethodConfig values
				HTTPHeaderConfig                                                             struct {
					HTTPHeaderName string
					Values         []string
				}
				QueryStringConfig struct{ Values []struct{ Key, Value string } }
			}
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Rules == nil {
		return absent(m, d, "Rules")
	}
	seen := map[string]bool{}
	for _, x := range v.Rules {
		arn := cmp.Or(listenerOfRule(x.RuleArn), d.Parameter())
		owner := balancerOfListener(arn)
		if owner == "" {
			m.incomplete(d, "a rule that does not name its listener")
			continue
		}
		lb := m.balancer(d, owner)
		l := listener(lb, arn)
		if !seen[arn] { // the answer is complete for its listener; an earlier one is replaced
			seen[arn], l.Rules = true, netaws.Known[netaws.ListenerRule]()
		}
		if x.IsDefault || x.Priority == "default" {
			continue
		}
		r := netaws.ListenerRule{ARN: x.RuleArn, Priority: x.Priority, Actions: actions(x.Actions)}
		for _, c := range x.Conditions {
			vals := slices.Concat(c.Values, c.HostHeaderConfig.Values, c.PathPatternConfig.Values, c.SourceIPConfig.Values, c.HTTPRequestMethodConfig.Values, c.HTTPHeaderConfig.Values)
			for _, q := range c.QueryStringConfig.Values {
				vals = append(vals, strings.TrimPrefix(q.Key+"="+q.Value, "="))
			}
			r.Conditions = append(r.Conditions, netaws.Condition{Field: c.Field, Header: c.HTTPHeaderConfig.HTTPHeaderName, Values: sorted(vals)})
		}
		l.Rules.Add(r)
		m.forwards(d, lb.ARN, r.Actions)
	}
	return nil
}

// targetGroup returns the target group with this ARN, to be filled.
func (m *Mapping) targetGroup(d ingest.Document, arn string) *netaws.TargetGroup {
	g := at(m, &m.network(d).TargetGroups, arn)
	if g.ID == "" {
		g.ID, g.Meta = arn, meta(d, arn, "")
	}
	return g
}

func mapTargetGroups(m *Mapping, d ingest.Document) error {
	var v struct {
		TargetGroups []struct {
			TargetGroupArn, TargetGroupName, Protocol, VpcID, TargetType string
			Port                                                         int
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.TargetGroups == nil {
		return absent(m, d, "TargetGroups")
	}
	m.network(d).TargetGroups.Add()
	for _, x := range v.TargetGroups {
		if x.TargetGroupArn == "" {
			m.incomplete(d, "a target group without TargetGroupArn")
			continue
		}
		g := m.targetGroup(d, x.TargetGroupArn)
		g.Name, g.Kind, g.Protocol, g.Port, g.VPC = x.TargetGroupName, x.TargetType, x.Protocol, x.Port, x.VpcID
	}
	return nil
}

func mapTargetGroupAttributes(m *Mapping, d ingest.Document) error {
	var v struct{ Attributes []tag }
	if err := decode(d, &v); err != nil {
		return err
	}
	if d.Parameter() == "" {
		return needsParameter(d, "the target group's ARN")
	}
	g := m.targetGroup(d, d.Parameter())
	if s, ok := tagMap(v.Attributes)["preserve_client_ip.enabled"]; ok {
		g.PreserveClientIP = netaws.TriOf(s == "true")
	}
	if s, ok := tagMap(v.Attributes)[crossZoneKey]; ok && s != "use_load_balancer_configuration" {
		g.CrossZone = netaws.TriOf(s == "true")
	}
	return nil
}

// crossZoneKey is the attribute of balancers and target groups that lets a node
// send to targets of other zones.
const crossZoneKey = "load_balancing.cross_zone.enabled"

func mapBalancerAttributes(m *Mapping, d ingest.Document) error {
	var v struct{ Attributes []tag }
	if err := decode(d, &v); err != nil {
		return err
	}
	if d.Parameter() == "" {
		return needsParameter(d, "the load balancer's ARN")
	}
	if s, ok := tagMap(v.Attributes)[crossZoneKey]; ok {
		m.balancer(d, m.arnOf(d, "elasticloadbalancing", "loadbalancer/", d.Parameter())).CrossZone = netaws.TriOf(s == "true")
	}
	return nil
}

func mapTargetHealth(m *Mapping, d ingest.Document) error {
	var v struct {
		TargetHealthDescriptions []struct {
			Target struct {
				ID               string `json:"Id"`
				Port             int
				AvailabilityZone string
			}
			TargetHealth struct{ State string }
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.TargetHealthDescriptions == nil {
		return absent(m, d, "TargetHealthDescriptions")
	}
	if d.Parameter() == "" {
		return needsParameter(d, "the target group's ARN")
	}
	g := m.targetGroup(d, d.Parameter())
	g.Targets = netaws.Known[netaws.Target]()
	for _, x := range v.TargetHealthDescriptions {
		g.Targets.Add(netaws.Target{ID: x.Target.ID, Port: x.Target.Port, AZ: x.Target.AvailabilityZone, Health: x.TargetHealth.State})
	}
	return nil
}

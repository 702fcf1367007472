package aws

import (
	"cmp"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// autoscalingService is groups of machines and what they are started from. The
// machines themselves are EC2's.
var autoscalingService = Service{
	Name:   "autoscaling",
	Client: func(c aws.Config) any { return autoscaling.NewFromConfig(c) },
	Calls: []Call{
		List("DescribeAutoScalingGroups", (*autoscaling.Client).DescribeAutoScalingGroups, nil),
		List("DescribeLaunchConfigurations", (*autoscaling.Client).DescribeLaunchConfigurations, nil),
	},
	Facts: map[string]Mapper{
		"DescribeAutoScalingGroups":    mapAutoScalingGroups,
		"DescribeLaunchConfigurations": mapLaunchConfigurations,
		// Which group an instance is of stands in the groups; so do their tags.
		"DescribeAutoScalingInstances": names,
		"DescribeTags":                 names,
	},
}

// templateUse names the launch template of a group and the version it takes.
type templateUse struct{ LaunchTemplateID, LaunchTemplateName, Version string }

type autoScalingGroup struct {
	AutoScalingGroupARN, AutoScalingGroupName, LaunchConfigurationName, Status string
	MaxSize                                                                    *int
	LaunchTemplate                                                             *templateUse
	MixedInstancesPolicy                                                       *struct {
		LaunchTemplate struct {
			LaunchTemplateSpecification templateUse
			Overrides                   []struct{ LaunchTemplateSpecification *templateUse }
		}
	}
	Tags []tag
}

// templates lists the launch templates that a group takes.
func (g autoScalingGroup) templates() []templateUse {
	var out []templateUse
	if g.LaunchTemplate != nil {
		out = append(out, *g.LaunchTemplate)
	}
	if p := g.MixedInstancesPolicy; p != nil {
		out = append(out, p.LaunchTemplate.LaunchTemplateSpecification)
		for _, o := range p.LaunchTemplate.Overrides {
			if o.LaunchTemplateSpecification != nil {
				out = append(out, *o.LaunchTemplateSpecification)
			}
		}
	}
	return out
}

func mapAutoScalingGroups(m *Mapping, d ingest.Document) error {
	var v struct{ AutoScalingGroups []json.RawMessage }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.AutoScalingGroups == nil {
		return absent(m, d, "AutoScalingGroups")
	}
	each(m, d, v.AutoScalingGroups, func(g autoScalingGroup) {
		if g.AutoScalingGroupARN == "" {
			m.incomplete(d, "an Auto Scaling group without AutoScalingGroupARN")
			return
		}
		m.autoScalingGroup(in(d, g.AutoScalingGroupARN), g)
	})
	if len(v.AutoScalingGroups) > 0 {
		m.AWSPermissions.MarkNamed(d.Account, "AWS::AutoScaling::AutoScalingGroup")
	}
	m.AWSPermissions.MarkListed(d.Account, "AWS::AutoScaling::AutoScalingGroup")
	if m.before == nil { // nothing was left out
		m.groups().listed[d.Account+" "+d.Region] = true
	}
	return nil
}

func (m *Mapping) autoScalingGroup(d ingest.Document, g autoScalingGroup) {
	arn := g.AutoScalingGroupARN
	m.resource(d, arn, schema.LaunchTemplate, "AWS::AutoScaling::AutoScalingGroup", g.AutoScalingGroupName).
		Set(schema.PropTags, tagList(g.Tags)).Set(schema.PropStatus, g.Status)
	if g.LaunchConfigurationName != "" {
		m.Later(func() {
			config := cmp.Or(ingest.Memory[launchConfigurations](m.Facts).arns[d.Account+" "+d.Region+" "+g.LaunchConfigurationName],
				schema.ResourceARN(m.Partition, "autoscaling", d.Region, d.Account, "launchConfiguration:*:launchConfigurationName/"+g.LaunchConfigurationName))
			m.partOf(config, arn)
		})
	}
	groups := m.groups()
	for _, t := range g.templates() {
		if t.LaunchTemplateID == "" {
			continue // answers name the id beside the name
		}
		template := schema.EC2ARN(m.Partition, d.Region, d.Account, ec2LaunchTemplate.arnType+"/"+t.LaunchTemplateID)
		m.partOf(template, arn)
		if g.MaxSize == nil || *g.MaxSize > 0 {
			groups.follow(template, t.Version)
		}
	}
}

// partOf joins what a group starts machines from to the group.
func (m *Mapping) partOf(template, group string) {
	m.Graph.Refer(template, schema.LaunchTemplate)
	m.Graph.Edge(template, schema.PartOf, group)
}

// groupFacts is what is known of groups: where they were listed, and the
// templates of which one takes whatever version is the latest or the default.
type groupFacts struct {
	listed            map[string]bool // account and region
	latest, byDefault map[string]bool // templates' ARNs
}

func (m *Mapping) groups() *groupFacts {
	g := ingest.Memory[groupFacts](m.Facts)
	if g.listed == nil {
		g.listed, g.latest, g.byDefault = map[string]bool{}, map[string]bool{}, map[string]bool{}
	}
	return g
}

// follow notes that a group takes a version of a template. "$Latest" follows
// every new version, "$Default" whatever is made the default; without a version
// the default is meant.
//
// Source: Amazon EC2 Auto Scaling API Reference, LaunchTemplateSpecification,
// read 2026-11-28.
func (g *groupFacts) follow(template, version string) {
	switch version {
	case "$Latest":
		g.latest[template] = true
	case "$Default", "":
		g.byDefault[template] = true
	}
}

// followed tells a template whether groups start machines from it.
func (m *Mapping) followed(d ingest.Document, template string) {
	m.Later(func() {
		g := m.groups()
		attributes := map[ingest.Attribute]string{}
		for a, by := range map[ingest.Attribute]map[string]bool{ingest.AttrFollowsLatest: g.latest, ingest.AttrFollowsDefault: g.byDefault} {
			if by[template] || g.listed[d.Account+" "+d.Region] {
				attributes[a] = yesNo(by[template])
			}
		}
		m.AddWorkload(ingest.Workload{ID: template, Kind: schema.LaunchTemplate, Attributes: attributes})
	})
}

// launchConfigurations finds launch configurations by name: their ARNs hold an
// id that groups do not know.
type launchConfigurations struct{ arns map[string]string }

func mapLaunchConfigurations(m *Mapping, d ingest.Document) error {
	var v struct {
		LaunchConfigurations []struct {
			LaunchConfigurationARN, LaunchConfigurationName, IamInstanceProfile string
			UserData                                                            json.RawMessage
			SecurityGroups                                                      []string
			MetadataOptions                                                     *launchMetadata
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.LaunchConfigurations == nil {
		return absent(m, d, "LaunchConfigurations")
	}
	known := ingest.Memory[launchConfigurations](m.Facts)
	if known.arns == nil {
		known.arns = map[string]string{}
	}
	for _, x := range v.LaunchConfigurations {
		if x.LaunchConfigurationARN == "" {
			m.incomplete(d, "a launch configuration without LaunchConfigurationARN")
			continue
		}
		d, arn := in(d, x.LaunchConfigurationARN), x.LaunchConfigurationARN
		known.arns[d.Account+" "+d.Region+" "+x.LaunchConfigurationName] = arn
		m.resource(d, arn, schema.LaunchTemplate, "AWS::AutoScaling::LaunchConfiguration", x.LaunchConfigurationName).
			Append(schema.PropSecretsFound, secretText("user data", x.UserData)...).Set(schema.PropIMDS, x.MetadataOptions.imds())
		m.joinEC2(d, arn, schema.HasSecurityGroup, ec2Group, sorted(x.SecurityGroups)...)
		m.launches(d, arn, "launch configuration "+x.LaunchConfigurationName, x.MetadataOptions.imds(), m.profileARN(d, launchProfile{Name: x.IamInstanceProfile}))
	}
	return nil
}

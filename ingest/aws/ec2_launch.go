package aws

import (
	"encoding/json"
	"strings"

	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

var ec2LaunchTemplate = ec2Kind{"launch-template", schema.LaunchTemplate, "AWS::EC2::LaunchTemplate"}

// launchProfile is the instance profile that a template or configuration names:
// by ARN, or by name alone.
type launchProfile struct{ Arn, Name string }

func (m *Mapping) profileARN(d ingest.Document, p launchProfile) string {
	if p.Arn != "" || p.Name == "" {
		return p.Arn
	}
	if strings.HasPrefix(p.Name, "arn:") {
		return p.Name
	}
	return schema.ResourceARN(m.Partition, "iam", "", d.Account, "instance-profile/"+p.Name)
}

// launchMetadata is how the metadata service of machines to come answers. A
// template that says nothing leaves it to the image and the account, so absent
// is not known.
type launchMetadata struct {
	HTTPTokens, HTTPEndpoint string
	HTTPPutResponseHopLimit  int
}

func (o *launchMetadata) imds() string {
	switch {
	case o == nil:
		return ""
	case o.HTTPEndpoint == "disabled":
		return "disabled"
	}
	return o.HTTPTokens
}

type launchTemplateVersion struct {
	LaunchTemplateID, LaunchTemplateName string
	VersionNumber                        int
	DefaultVersion                       bool
	LaunchTemplateData                   struct {
		IamInstanceProfile launchProfile
		ImageID            string
		UserData           json.RawMessage
		MetadataOptions    *launchMetadata
		SecurityGroupIDs   []string
		NetworkInterfaces  []struct {
			SubnetID string
			Groups   []string
		}
		TagSpecifications []struct {
			ResourceType string
			Tags         []tag
		}
	}
}

func mapLaunchTemplates(m *Mapping, d ingest.Document) error {
	var v struct {
		LaunchTemplates []struct {
			LaunchTemplateID, LaunchTemplateName string
			Tags                                 []tag
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.LaunchTemplates == nil {
		return absent(m, d, "LaunchTemplates")
	}
	if len(v.LaunchTemplates) > 0 {
		m.leftOut(d) // what they start is in their versions, answers of their own
	}
	m.AWSPermissions.MarkListed(d.Account, "AWS::EC2::LaunchTemplate")
	for _, x := range v.LaunchTemplates {
		if x.LaunchTemplateID == "" {
			m.incomplete(d, "a launch template without LaunchTemplateId")
			continue
		}
		n, _ := m.ec2Object(d, ec2LaunchTemplate, x.LaunchTemplateID, "", x.Tags)
		n.Set(schema.PropName, x.LaunchTemplateName)
	}
	return nil
}

// mapLaunchTemplateVersions reads what machines are started from. Every version
// that is shown can be chosen, so its profile counts; secrets are looked for in
// all of them.
func mapLaunchTemplateVersions(m *Mapping, d ingest.Document) error {
	var v struct{ LaunchTemplateVersions []launchTemplateVersion }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.LaunchTemplateVersions == nil {
		return absent(m, d, "LaunchTemplateVersions")
	}
	for _, x := range v.LaunchTemplateVersions {
		if x.LaunchTemplateID == "" {
			m.incomplete(d, "a launch template's version without LaunchTemplateId")
			continue
		}
		m.launchTemplate(d, x)
	}
	return nil
}

func (m *Mapping) launchTemplate(d ingest.Document, x launchTemplateVersion) {
	arn := schema.EC2ARN(m.Partition, d.Region, d.Account, ec2LaunchTemplate.arnType+"/"+x.LaunchTemplateID)
	data := x.LaunchTemplateData
	n := m.resource(d, arn, ec2LaunchTemplate.kind, ec2LaunchTemplate.awsType, x.LaunchTemplateName).
		Append(schema.PropSecretsFound, secretText("user data", data.UserData)...)
	groups := data.SecurityGroupIDs
	for _, i := range data.NetworkInterfaces {
		groups = append(groups, i.Groups...)
		m.joinEC2(d, arn, schema.InSubnet, ec2Subnet, i.SubnetID)
	}
	m.joinEC2(d, arn, schema.HasSecurityGroup, ec2Group, sorted(groups)...)
	imds := ""
	if x.DefaultVersion {
		imds = data.MetadataOptions.imds()
		n.Set(schema.PropIMDS, imds)
	}
	m.launches(d, arn, "launch template "+x.LaunchTemplateName, imds, m.profileARN(d, data.IamInstanceProfile))
	m.followed(d, arn)
}

// launches adds what starts machines with the role of an instance profile.
func (m *Mapping) launches(d ingest.Document, arn, what, imds, profile string) {
	m.workload(d, ingest.Workload{ID: arn, Kind: schema.LaunchTemplate, State: ingest.StateOnDemand, IMDS: imds,
		Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: "ec2.amazonaws.com"}, Evidence: evidence(d, arn, what)})
	m.profile(d, arn, profile)
}

// mapInstanceAttribute reads one attribute of an instance. User data is the one
// that no other call shows; security groups are repeated for folders that hold
// no describe-instances. The others (sourceDestCheck, disableApiTermination, …)
// say nothing that describe-instances does not say of the interface they are
// meant for, or nothing of access.
func mapInstanceAttribute(m *Mapping, d ingest.Document) error {
	var v struct {
		InstanceID string
		UserData   json.RawMessage
		Groups     []struct{ GroupID string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.InstanceID == "" {
		m.incomplete(d, "an instance's attribute without InstanceId")
		return nil
	}
	m.Later(func() {
		arn := m.ec2ARN(d, ec2Instance, v.InstanceID)
		m.Graph.Refer(arn, ec2Instance.kind).Append(schema.PropSecretsFound, secretText("user data", v.UserData)...)
	})
	for _, g := range v.Groups {
		m.Later(func() {
			m.joinEC2(d, m.ec2ARN(d, ec2Instance, v.InstanceID), schema.HasSecurityGroup, ec2Group, g.GroupID)
		})
	}
	return nil
}

// secretText says what looks like a secret in a text that is never kept: the
// redactor leaves the types in its place. raw is the text, or EC2's
// {"Value": …} around it.
func secretText(where string, raw json.RawMessage) []string {
	var wrapped struct{ Value string }
	text := ""
	if json.Unmarshal(raw, &text) != nil && json.Unmarshal(raw, &wrapped) == nil {
		text = wrapped.Value
	}
	types := typesOf(text)
	if len(types) == 0 {
		return nil
	}
	return []string{where + ": " + strings.Join(types, ",")}
}

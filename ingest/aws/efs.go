package aws

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/efs"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

const typeFileSystem = "AWS::EFS::FileSystem"

// efsService reads file systems and their policies. A file system without a
// policy is open to every client that reaches a mount target.
var efsService = Service{
	Name: "efs", Prefix: "elasticfilesystem",
	Client: func(c aws.Config) any { return efs.NewFromConfig(c) },
	Calls: []Call{
		List("DescribeFileSystems", (*efs.Client).DescribeFileSystems, nil),
		Each("DescribeFileSystemPolicy", (*efs.Client).DescribeFileSystemPolicy, "DescribeFileSystems", "FileSystems.FileSystemId",
			func(in *efs.DescribeFileSystemPolicyInput, p []string) { in.FileSystemId = last(p) }, NoneWhen("PolicyNotFound")),
		Each("DescribeMountTargets", (*efs.Client).DescribeMountTargets, "DescribeFileSystems", "FileSystems.FileSystemId",
			func(in *efs.DescribeMountTargetsInput, p []string) { in.FileSystemId = last(p) }),
	},
	Facts: map[string]Mapper{
		"DescribeFileSystems":      mapFileSystems,
		"DescribeFileSystemPolicy": mapFileSystemPolicy,
		"DescribeMountTargets":     mapMountTargets,
	},
}

type fileSystemAnswer struct {
	FileSystemID, FileSystemArn, OwnerID, Name, KmsKeyID string
	Encrypted                                            bool
	Tags                                                 *[]tag
}

func mapFileSystems(m *Mapping, d ingest.Document) error {
	var v struct{ FileSystems *[]json.RawMessage }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.FileSystems == nil {
		return absent(m, d, "FileSystems")
	}
	each(m, d, *v.FileSystems, func(f fileSystemAnswer) { m.fileSystem(d, f) })
	m.AWSPermissions.MarkListed(d.Account, typeFileSystem)
	return nil
}

func (m *Mapping) fileSystem(d ingest.Document, f fileSystemAnswer) {
	arn := f.FileSystemArn
	if arn == "" && f.FileSystemID != "" {
		arn = schema.ResourceARN(m.Partition, "elasticfilesystem", d.Region, d.Account, "file-system/"+f.FileSystemID)
	}
	if _, ok := schema.ParseARN(arn); !ok {
		m.gap(d, graph.GapNotUnderstood, "", "a file system has no id")
		return
	}
	r := iamaws.Resource{}
	if f.Tags != nil {
		r.Tags = tagEvidence(*f.Tags)
	}
	name := f.Name
	if name == "" {
		name = lastPart(arn)
	}
	n := m.store(d, arn, schema.FileSystem, typeFileSystem, name, r)
	if f.Tags != nil {
		n.Set(schema.PropTags, tagList(*f.Tags))
	}
	if !f.Encrypted && f.KmsKeyID == "" {
		return
	}
	m.encryptedBy(in(d, arn), arn, f.KmsKeyID, "alias/aws/elasticfilesystem", in(d, arn).Region)
}

func mapFileSystemPolicy(m *Mapping, d ingest.Document) error {
	var v struct {
		FileSystemID string
		Policy       json.RawMessage
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	id := v.FileSystemID
	if id == "" {
		id = d.Parameter()
	}
	if id == "" {
		return needsParameter(d, "the file system's id")
	}
	arn := id
	if !strings.HasPrefix(id, "arn:") {
		arn = schema.ResourceARN(m.Partition, "elasticfilesystem", d.Region, d.Account, "file-system/"+id)
	}
	m.AWSPermissions.AddResource(iamaws.Resource{ARN: arn, Account: accountOf(arn), Type: typeFileSystem, Policy: m.policy(d, arn, arn, v.Policy)})
	m.Graph.Refer(arn, schema.FileSystem)
	return nil
}

// mounted says by which interfaces and subnets clients reach a file system: by its
// mount targets, at the NFS port alone (Amazon EFS User Guide, "Security
// considerations for network access", read 2026-11). A mount target never has a
// public address (the same page).
func (m *Mapping) mounted(d ingest.Document, arn, vpc, subnet, eni string, groups []string) {
	if _, ok := schema.ParseARN(arn); !ok {
		return
	}
	d = in(d, arn)
	p := at(m, &m.network(d).Placements, "efs "+arn)
	p.Meta = meta(d, arn, p.Name)
	p.ID, p.Kind, p.Each, p.Accepts, p.Ports, p.Public = lastPart(arn), "efs", true, netaws.TriYes, []string{"tcp/2049"}, netaws.TriNo
	if p.VPC == "" {
		p.VPC = vpc
	}
	p.Subnets = sorted(append(p.Subnets, subnet))
	p.Interfaces = sorted(append(p.Interfaces, eni))
	p.Groups = sorted(append(p.Groups, groups...))
	m.Graph.Refer(arn, schema.FileSystem)
	m.joinEC2(d, arn, schema.InNetwork, ec2VPC, vpc)
	m.joinEC2(d, arn, schema.InSubnet, ec2Subnet, subnet)
	m.joinEC2(d, arn, schema.HasInterface, ec2Interface, eni)
	m.joinEC2(d, arn, schema.HasSecurityGroup, ec2Group, groups...)
}

func mapMountTargets(m *Mapping, d ingest.Document) error {
	var v struct {
		MountTargets *[]json.RawMessage
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.MountTargets == nil {
		return absent(m, d, "MountTargets")
	}
	type answer struct{ FileSystemID, OwnerID, SubnetID, VpcID, NetworkInterfaceID, LifeCycleState string }
	each(m, d, *v.MountTargets, func(a answer) {
		if a.FileSystemID == "" {
			m.incomplete(d, "a mount target without FileSystemId")
			return
		}
		if inForce(a.LifeCycleState) {
			m.mounted(d, m.arnOf(d, "elasticfilesystem", "file-system/", a.FileSystemID), a.VpcID, a.SubnetID, a.NetworkInterfaceID, nil)
		}
	})
	return nil
}

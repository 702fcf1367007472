package aws

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/efs"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
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
	},
	Facts: map[string]Mapper{
		"DescribeFileSystems":      mapFileSystems,
		"DescribeFileSystemPolicy": mapFileSystemPolicy,
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

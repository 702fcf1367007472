package aws

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"

	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

const typeRepository = "AWS::ECR::Repository"

// ecrService reads image repositories and their policies.
var ecrService = Service{
	Name: "ecr", LowerCamel: true,
	Client: func(c aws.Config) any { return ecr.NewFromConfig(c) },
	Calls: []Call{
		List("DescribeRepositories", (*ecr.Client).DescribeRepositories, nil),
		Each("GetRepositoryPolicy", (*ecr.Client).GetRepositoryPolicy, "DescribeRepositories", "Repositories.RepositoryName",
			func(in *ecr.GetRepositoryPolicyInput, p []string) { in.RepositoryName = last(p) }, NoneWhen("RepositoryPolicyNotFoundException")),
		Each("ListTagsForResource", (*ecr.Client).ListTagsForResource, "DescribeRepositories", "Repositories.RepositoryArn",
			func(in *ecr.ListTagsForResourceInput, p []string) { in.ResourceArn = last(p) }),
	},
	Facts: map[string]Mapper{
		"DescribeRepositories": mapDescribeRepositories,
		"GetRepositoryPolicy":  mapRepositoryPolicy,
		"ListTagsForResource":  mapRepositoryTags,
	},
}

func mapDescribeRepositories(m *Mapping, d ingest.Document) error {
	var v struct {
		Repositories *[]struct {
			RepositoryArn, RepositoryName, RepositoryURI, ImageTagMutability string
			EncryptionConfiguration                                          struct{ EncryptionType, KmsKey string }
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Repositories == nil {
		return absent(m, d, "repositories")
	}
	for _, r := range *v.Repositories {
		if _, ok := schema.ParseARN(r.RepositoryArn); !ok {
			continue
		}
		n := m.store(d, r.RepositoryArn, schema.ContainerRegistry, typeRepository, r.RepositoryName, iamaws.Resource{}).Set(schema.PropURI, r.RepositoryURI)
		switch {
		case strings.HasPrefix(r.EncryptionConfiguration.EncryptionType, "KMS"):
			n.Set(schema.PropEncryption, "sse-kms")
			m.encryptedBy(d, r.RepositoryArn, r.EncryptionConfiguration.KmsKey, "alias/aws/ecr", in(d, r.RepositoryArn).Region)
		case r.EncryptionConfiguration.EncryptionType != "":
			n.Set(schema.PropEncryption, "sse-s3")
		}
		m.AddStore(ingest.DataStore{ID: r.RepositoryArn, EncryptionKnown: r.EncryptionConfiguration.EncryptionType != "",
			ImmutableTags: r.ImageTagMutability == "IMMUTABLE"})
	}
	m.AWSPermissions.MarkListed(d.Account, typeRepository)
	return nil
}

func mapRepositoryPolicy(m *Mapping, d ingest.Document) error {
	var v struct {
		RepositoryName string
		PolicyText     json.RawMessage
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	name := v.RepositoryName
	if name == "" {
		name = d.Parameter()
	}
	if name == "" {
		return needsParameter(d, "the repository's name")
	}
	arn := m.arnOf(d, "ecr", "repository/", name)
	m.store(d, arn, schema.ContainerRegistry, typeRepository, afterSlash(arn), iamaws.Resource{Policy: m.policy(d, arn, arn, v.PolicyText)})
	return nil
}

func mapRepositoryTags(m *Mapping, d ingest.Document) error {
	var v struct{ Tags []tag }
	if err := decode(d, &v); err != nil {
		return err
	}
	if d.Parameter() == "" {
		return needsParameter(d, "the repository's ARN")
	}
	arn := m.parameterARN(d, "ecr", "repository/")
	n := m.store(d, arn, schema.ContainerRegistry, typeRepository, afterSlash(arn), iamaws.Resource{Tags: tagEvidence(v.Tags)})
	m.tagged(d, n, schema.ContainerRegistry, v.Tags)
	return nil
}

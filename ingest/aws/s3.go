package aws

import (
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

const typeBucket = "AWS::S3::Bucket"

// s3Service reads buckets and what decides about them. NoSuchBucket is among
// the codes of no call: a bucket that went away between two calls is an error.
var s3Service = Service{
	Name: "s3api", Prefix: "s3", Global: true,
	Client: func(c aws.Config) any { return s3.NewFromConfig(c) },
	Calls: []Call{
		List("ListBuckets", (*s3.Client).ListBuckets, nil, Needs("ListAllMyBuckets")),
		Each("GetBucketLocation", (*s3.Client).GetBucketLocation, "ListBuckets", "Buckets.Name",
			func(in *s3.GetBucketLocationInput, p []string) { in.Bucket = &p[0] }),
		Each("GetBucketPolicy", (*s3.Client).GetBucketPolicy, "ListBuckets", "Buckets.Name",
			func(in *s3.GetBucketPolicyInput, p []string) { in.Bucket = &p[0] }, NoneWhen("NoSuchBucketPolicy")),
		Each("GetPublicAccessBlock", (*s3.Client).GetPublicAccessBlock, "ListBuckets", "Buckets.Name",
			func(in *s3.GetPublicAccessBlockInput, p []string) { in.Bucket = &p[0] },
			Needs("GetBucketPublicAccessBlock"), NoneWhen("NoSuchPublicAccessBlockConfiguration")),
		Each("GetBucketAcl", (*s3.Client).GetBucketAcl, "ListBuckets", "Buckets.Name",
			func(in *s3.GetBucketAclInput, p []string) { in.Bucket = &p[0] }),
		Each("GetBucketOwnershipControls", (*s3.Client).GetBucketOwnershipControls, "ListBuckets", "Buckets.Name",
			func(in *s3.GetBucketOwnershipControlsInput, p []string) { in.Bucket = &p[0] }, NoneWhen("OwnershipControlsNotFoundError")),
		Each("GetBucketEncryption", (*s3.Client).GetBucketEncryption, "ListBuckets", "Buckets.Name",
			func(in *s3.GetBucketEncryptionInput, p []string) { in.Bucket = &p[0] },
			Needs("GetEncryptionConfiguration"), NoneWhen("ServerSideEncryptionConfigurationNotFoundError")),
		Each("GetBucketTagging", (*s3.Client).GetBucketTagging, "ListBuckets", "Buckets.Name",
			func(in *s3.GetBucketTaggingInput, p []string) { in.Bucket = &p[0] }, NoneWhen("NoSuchTagSet")),
		Each("GetBucketAbac", (*s3.Client).GetBucketAbac, "ListBuckets", "Buckets.Name",
			func(in *s3.GetBucketAbacInput, p []string) { in.Bucket = &p[0] }),
	},
	Facts: map[string]Mapper{
		"ListBuckets":                mapListBuckets,
		"GetBucketLocation":          mapBucketLocation,
		"GetBucketPolicy":            mapBucketPolicy,
		"GetPublicAccessBlock":       mapBucketPublicAccessBlock,
		"GetBucketAcl":               mapBucketACL,
		"GetBucketOwnershipControls": mapBucketOwnership,
		"GetBucketEncryption":        mapBucketEncryption,
		"GetBucketTagging":           mapBucketTagging,
		"GetBucketAbac":              mapBucketABAC,
	},
}

func mapListBuckets(m *Mapping, d ingest.Document) error {
	var v struct {
		Buckets *[]struct{ Name, BucketRegion string }
		Owner   struct{ ID string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Buckets == nil {
		return absent(m, d, "Buckets")
	}
	for _, b := range *v.Buckets {
		if b.Name == "" {
			continue
		}
		n := m.bucket(d, b.Name, iamaws.Resource{Account: d.Account})
		n.Set(schema.PropRegion, b.BucketRegion)
	}
	a := iamaws.Account{ID: d.Account}
	if v.Owner.ID != "" {
		a.CanonicalID = iamaws.Of(v.Owner.ID)
	}
	m.AWSPermissions.AddAccount(a)
	m.AWSPermissions.MarkListed(d.Account, typeBucket)
	return nil
}

// bucket adds a bucket's node and merges r into the inventory. Only the list of
// buckets says for sure whose a bucket is; an answer about one bucket is the
// asking account's unless the list of another says otherwise.
func (m *Mapping) bucket(d ingest.Document, name string, r iamaws.Resource) graph.NodeRef {
	r.ARN, r.Type, r.Source = schema.BucketARN(m.Partition, name), typeBucket, source(d)
	owner := d.Account
	if have := m.AWSPermissions.Resources[r.ARN]; have != nil && have.Account != "" && r.Account == "" {
		owner = have.Account
	}
	r.Account = owner
	m.AWSPermissions.AddResource(r)
	d.Account, d.Region = owner, "global"
	m.AddStore(ingest.DataStore{ID: r.ARN, Kind: schema.Bucket, Account: owner, Evidence: evidence(d, r.ARN, "bucket of account "+owner)})
	return m.resource(d, r.ARN, schema.Bucket, typeBucket, name)
}

func bucketParameter(d ingest.Document) (string, error) {
	if d.Parameter() == "" {
		return "", needsParameter(d, "the bucket's name")
	}
	if arn, ok := schema.ParseARN(d.Parameter()); ok {
		return arn.Resource, nil
	}
	return d.Parameter(), nil
}

func mapBucketLocation(m *Mapping, d ingest.Document) error {
	var v struct{ LocationConstraint *string }
	name, err := bucketParameter(d)
	if err != nil {
		return err
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	// S3 API reference, GetBucketLocation: null is us-east-1, EU is eu-west-1.
	region := "us-east-1"
	if v.LocationConstraint != nil && *v.LocationConstraint != "" {
		region = *v.LocationConstraint
	}
	if region == "EU" {
		region = "eu-west-1"
	}
	n := m.bucket(d, name, iamaws.Resource{S3: &iamaws.S3Facts{Region: iamaws.Of(region)}}).Set(schema.PropRegion, region)
	m.AddStore(ingest.DataStore{ID: n.ID(), Region: region})
	return nil
}

func mapBucketPolicy(m *Mapping, d ingest.Document) error {
	var v struct{ Policy json.RawMessage }
	name, err := bucketParameter(d)
	if err != nil {
		return err
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	arn := schema.BucketARN(m.Partition, name)
	m.bucket(d, name, iamaws.Resource{Policy: m.policy(d, arn, arn, v.Policy)})
	return nil
}

type publicAccessBlock struct {
	BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets bool
}

// evidence of the four switches; none is all off.
func (b *publicAccessBlock) evidence() iamaws.Evidence[iamaws.BlockPublicAccess] {
	if b == nil {
		return iamaws.NoneOf[iamaws.BlockPublicAccess]()
	}
	return iamaws.Of(iamaws.BlockPublicAccess(*b))
}

// word is the value of the block_public_access property.
func (b *publicAccessBlock) word() string {
	switch {
	case b == nil || *b == publicAccessBlock{}:
		return "none"
	case *b == publicAccessBlock{true, true, true, true}:
		return "all"
	}
	return "some"
}

func mapBucketPublicAccessBlock(m *Mapping, d ingest.Document) error {
	var v struct{ PublicAccessBlockConfiguration *publicAccessBlock }
	name, err := bucketParameter(d)
	if err != nil {
		return err
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	b := v.PublicAccessBlockConfiguration
	m.bucket(d, name, iamaws.Resource{S3: &iamaws.S3Facts{BlockPublicAccess: b.evidence()}}).Set(schema.PropPublicAccess, b.word())
	return nil
}

func mapBucketACL(m *Mapping, d ingest.Document) error {
	var v struct {
		Owner  struct{ ID string }
		Grants *[]struct {
			Permission string
			Grantee    struct{ ID, URI string }
		}
	}
	name, err := bucketParameter(d)
	if err != nil {
		return err
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	facts := &iamaws.S3Facts{}
	if v.Owner.ID != "" {
		facts.OwnerID = iamaws.Of(v.Owner.ID)
	}
	if v.Grants == nil {
		return absent(m, d, "Grants")
	}
	grants := []iamaws.ACLGrant{}
	for _, g := range *v.Grants {
		grants = append(grants, iamaws.ACLGrant{GranteeURI: g.Grantee.URI, GranteeID: g.Grantee.ID, Permission: g.Permission})
	}
	facts.ACL = iamaws.Of(grants)
	m.bucket(d, name, iamaws.Resource{S3: facts})
	return nil
}

func mapBucketOwnership(m *Mapping, d ingest.Document) error {
	var v struct {
		OwnershipControls *struct {
			Rules []struct{ ObjectOwnership string }
		}
	}
	name, err := bucketParameter(d)
	if err != nil {
		return err
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	ownership := iamaws.NoneOf[string]()
	if v.OwnershipControls != nil && len(v.OwnershipControls.Rules) > 0 {
		ownership = iamaws.Of(v.OwnershipControls.Rules[0].ObjectOwnership)
	}
	m.bucket(d, name, iamaws.Resource{S3: &iamaws.S3Facts{Ownership: ownership}}).Set(schema.PropObjectOwnership, ownership.Value)
	return nil
}

func mapBucketEncryption(m *Mapping, d ingest.Document) error {
	var v struct {
		ServerSideEncryptionConfiguration *struct {
			Rules []struct {
				ApplyServerSideEncryptionByDefault *struct{ SSEAlgorithm, KMSMasterKeyID string }
			}
		}
	}
	name, err := bucketParameter(d)
	if err != nil {
		return err
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	e := iamaws.NoneOf[iamaws.S3Encryption]()
	if c := v.ServerSideEncryptionConfiguration; c != nil {
		for _, r := range c.Rules {
			if by := r.ApplyServerSideEncryptionByDefault; by != nil {
				e = iamaws.Of(iamaws.S3Encryption{Algorithm: by.SSEAlgorithm, KeyID: by.KMSMasterKeyID})
			}
		}
	}
	n := m.bucket(d, name, iamaws.Resource{S3: &iamaws.S3Facts{Encryption: e}}).Set(schema.PropEncryption, encryptionWord(e))
	m.AddStore(ingest.DataStore{ID: n.ID(), EncryptionKnown: true})
	if e.Known() && e.Value.Algorithm != "AES256" {
		m.Later(func() {
			// A key that is named by id or alias lies in the bucket's region.
			region, _ := n.Get(schema.PropRegion).(string)
			m.encryptedBy(d, n.ID(), e.Value.KeyID, "alias/aws/s3", region)
		})
	}
	return nil
}

// encryptionWord is the value of the encryption property. S3 encrypts new
// objects with SSE-S3 where nothing is configured, since January 2023; what was
// stored before may be plain, so "none" is what the configuration says.
func encryptionWord(e iamaws.Evidence[iamaws.S3Encryption]) string {
	if !e.Known() {
		return "none"
	}
	switch e.Value.Algorithm {
	case "AES256":
		return "sse-s3"
	case "aws:kms":
		return "sse-kms"
	case "aws:kms:dsse":
		return "dsse-kms"
	}
	return "unknown"
}

func mapBucketTagging(m *Mapping, d ingest.Document) error {
	var v struct{ TagSet []tag }
	name, err := bucketParameter(d)
	if err != nil {
		return err
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	n := m.bucket(d, name, iamaws.Resource{Tags: tagEvidence(v.TagSet)})
	m.tagged(d, n, schema.Bucket, v.TagSet)
	return nil
}

func mapBucketABAC(m *Mapping, d ingest.Document) error {
	var v struct {
		AbacStatus *struct{ Status string }
	}
	name, err := bucketParameter(d)
	if err != nil {
		return err
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.AbacStatus == nil {
		return absent(m, d, "AbacStatus")
	}
	m.bucket(d, name, iamaws.Resource{S3: &iamaws.S3Facts{ABAC: iamaws.Of(v.AbacStatus.Status == "Enabled")}})
	return nil
}

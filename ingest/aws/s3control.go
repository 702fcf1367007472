package aws

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// s3Control is the client of s3control with the account that every one of its
// calls must name.
type s3Control struct {
	*s3control.Client
	who *sts.Client
}

func (c *s3Control) account(ctx context.Context) (*string, error) {
	me, err := c.who.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, err
	}
	return me.Account, nil
}

func (c *s3Control) publicAccessBlock(ctx context.Context, in *s3control.GetPublicAccessBlockInput, o ...func(*s3control.Options)) (*s3control.GetPublicAccessBlockOutput, error) {
	var err error
	if in.AccountId, err = c.account(ctx); err != nil {
		return nil, err
	}
	return c.GetPublicAccessBlock(ctx, in, o...)
}

func (c *s3Control) accessPoints(ctx context.Context, in *s3control.ListAccessPointsInput, o ...func(*s3control.Options)) (*s3control.ListAccessPointsOutput, error) {
	var err error
	if in.AccountId, err = c.account(ctx); err != nil {
		return nil, err
	}
	return c.ListAccessPoints(ctx, in, o...)
}

func (c *s3Control) accessPoint(ctx context.Context, in *s3control.GetAccessPointInput, o ...func(*s3control.Options)) (*s3control.GetAccessPointOutput, error) {
	var err error
	if in.AccountId, err = c.account(ctx); err != nil {
		return nil, err
	}
	return c.GetAccessPoint(ctx, in, o...)
}

func (c *s3Control) accessPointPolicy(ctx context.Context, in *s3control.GetAccessPointPolicyInput, o ...func(*s3control.Options)) (*s3control.GetAccessPointPolicyOutput, error) {
	var err error
	if in.AccountId, err = c.account(ctx); err != nil {
		return nil, err
	}
	return c.GetAccessPointPolicy(ctx, in, o...)
}

// s3controlService reads the account's own Block Public Access and its access
// points, which are regional.
var s3controlService = Service{
	Name: "s3control", Prefix: "s3",
	Client: func(c aws.Config) any { return &s3Control{s3control.NewFromConfig(c), sts.NewFromConfig(c)} },
	Calls: []Call{
		List("GetPublicAccessBlock", (*s3Control).publicAccessBlock, nil, HomeOnly(),
			Needs("GetAccountPublicAccessBlock"), NoneWhen("NoSuchPublicAccessBlockConfiguration")),
		List("ListAccessPoints", (*s3Control).accessPoints, nil),
		Each("GetAccessPoint", (*s3Control).accessPoint, "ListAccessPoints", "AccessPointList.Name",
			func(in *s3control.GetAccessPointInput, p []string) { in.Name = &p[0] }),
		Each("GetAccessPointPolicy", (*s3Control).accessPointPolicy, "ListAccessPoints", "AccessPointList.Name",
			func(in *s3control.GetAccessPointPolicyInput, p []string) { in.Name = &p[0] }, NoneWhen("NoSuchAccessPointPolicy")),
	},
	Facts: map[string]Mapper{
		"GetPublicAccessBlock": mapAccountPublicAccessBlock,
		"ListAccessPoints":     mapListAccessPoints,
		"GetAccessPoint":       mapGetAccessPoint,
		"GetAccessPointPolicy": mapAccessPointPolicy,
	},
}

func mapAccountPublicAccessBlock(m *Mapping, d ingest.Document) error {
	var v struct{ PublicAccessBlockConfiguration *publicAccessBlock }
	if err := decode(d, &v); err != nil {
		return err
	}
	b := v.PublicAccessBlockConfiguration
	m.AWSPermissions.AddAccount(iamaws.Account{ID: d.Account, S3BlockPublicAccess: b.evidence()})
	m.Graph.Refer(schema.AWSAccountID(m.Partition, d.Account), schema.Account).Set(schema.PropPublicAccess, b.word())
	return nil
}

type accessPointAnswer struct {
	Name, Bucket, BucketAccountID, AccessPointArn, Alias, NetworkOrigin string
	VpcConfiguration                                                    struct{ VpcID string }
	PublicAccessBlockConfiguration                                      *publicAccessBlock
}

// apState holds access points until their buckets are known: the policy of one
// names only the access point.
type apState struct {
	buckets map[string]string // access point ARN: bucket
}

func (m *Mapping) accessPoint(d ingest.Document, a accessPointAnswer) {
	if a.Bucket == "" || a.Name == "" {
		return
	}
	if a.AccessPointArn == "" {
		a.AccessPointArn = schema.ResourceARN(m.Partition, "s3", d.Region, d.Account, "accesspoint/"+a.Name)
	}
	state := ingest.Memory[apState](m.Facts)
	if state.buckets == nil {
		state.buckets = map[string]string{}
	}
	state.buckets[a.AccessPointArn] = a.Bucket
	ap := iamaws.AccessPoint{ARN: a.AccessPointArn, Alias: a.Alias, Account: d.Account, VPC: a.VpcConfiguration.VpcID}
	if a.PublicAccessBlockConfiguration != nil {
		ap.BlockPublicAccess = a.PublicAccessBlockConfiguration.evidence()
	}
	// A bucket of another account stays that account's: only the ARN is known.
	m.AWSPermissions.AddResource(iamaws.Resource{ARN: schema.BucketARN(m.Partition, a.Bucket), Account: a.BucketAccountID, Type: typeBucket,
		S3: &iamaws.S3Facts{AccessPoints: []iamaws.AccessPoint{ap}}})
	m.Graph.Refer(schema.BucketARN(m.Partition, a.Bucket), schema.Bucket)
}

func mapListAccessPoints(m *Mapping, d ingest.Document) error {
	var v struct{ AccessPointList *[]accessPointAnswer }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.AccessPointList == nil {
		return absent(m, d, "AccessPointList")
	}
	for _, a := range *v.AccessPointList {
		m.accessPoint(d, a)
	}
	listed := ingest.Memory[accessPointLists](m.Facts)
	if listed.regions == nil {
		listed.regions = map[string]bool{}
	}
	listed.regions[d.Account+" "+d.Region] = true
	return nil
}

// accessPointLists remembers where access points were listed: a bucket's access
// points are all in its region.
type accessPointLists struct {
	regions map[string]bool
}

// finishAccessPoints says for each bucket whether its own account's access
// points are known. Those of other accounts need their account's list.
func (m *Mapping) finishAccessPoints() {
	listed := ingest.Memory[accessPointLists](m.Facts).regions
	for arn, r := range m.AWSPermissions.Resources {
		if r.Type != typeBucket || r.Account == "" {
			continue
		}
		region, _ := m.Graph.Refer(arn, schema.Bucket).Get(schema.PropRegion).(string)
		if listed[r.Account+" "+region] {
			m.AWSPermissions.AddResource(iamaws.Resource{ARN: arn, S3: &iamaws.S3Facts{AccessPointsListed: iamaws.Known}})
		}
	}
}

func mapGetAccessPoint(m *Mapping, d ingest.Document) error {
	var v accessPointAnswer
	if err := decode(d, &v); err != nil {
		return err
	}
	m.accessPoint(d, v)
	return nil
}

func mapAccessPointPolicy(m *Mapping, d ingest.Document) error {
	var v struct{ Policy json.RawMessage }
	if err := decode(d, &v); err != nil {
		return err
	}
	arn := d.Parameter()
	if arn == "" {
		return needsParameter(d, "the access point's name")
	}
	if _, ok := schema.ParseARN(arn); !ok {
		arn = schema.ResourceARN(m.Partition, "s3", d.Region, d.Account, "accesspoint/"+arn)
	}
	policy := m.policy(d, arn, arn, v.Policy)
	m.Later(func() {
		bucket := ingest.Memory[apState](m.Facts).buckets[arn]
		if bucket == "" {
			m.gap(d, graph.GapNotCollected, "", "the policy of "+arn+", whose bucket no document names")
			return
		}
		m.AWSPermissions.AddResource(iamaws.Resource{ARN: schema.BucketARN(m.Partition, bucket), Type: typeBucket,
			S3: &iamaws.S3Facts{AccessPoints: []iamaws.AccessPoint{{ARN: arn, Account: d.Account, Policy: policy}}}})
	})
	return nil
}

package aws

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"

	"github.com/postern-sec/postern/ingest"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// cloudfrontService is content delivery networks. Values of custom headers, in
// which distributions show a secret to their origins, are never read.
var cloudfrontService = Service{
	Name:   "cloudfront",
	Global: true,
	Client: func(c aws.Config) any { return cloudfront.NewFromConfig(c) },
	Calls: []Call{
		List("ListDistributions", (*cloudfront.Client).ListDistributions, nil),
		List("ListVpcOrigins", (*cloudfront.Client).ListVpcOrigins, nil, Optional()),
	},
	Facts: map[string]Mapper{
		"ListDistributions": mapDistributions,
		"GetDistribution":   mapDistribution,
		"ListVpcOrigins":    mapVPCOrigins,
	},
}

// vpcOrigins holds the private resources behind VPC origins, by origin id.
type vpcOrigins struct{ endpoint map[string]string }

type cacheBehavior struct {
	TargetOriginID   string
	TrustedSigners   struct{ Enabled bool }
	TrustedKeyGroups struct{ Enabled bool }
}

type originItems struct {
	Items []struct {
		ID                    string
		DomainName            string
		OriginPath            string
		OriginAccessControlID string
		S3OriginConfig        *struct{ OriginAccessIdentity string }
		CustomOriginConfig    *struct {
			HTTPPort, HTTPSPort  int
			OriginProtocolPolicy string
		}
		VpcOriginConfig *struct{ VpcOriginID string }
		CustomHeaders   struct{ Items []struct{ HeaderName string } }
	}
}

// distribution is a distribution as the list shows it; GetDistribution shows the
// same members, one level deeper.
type distribution struct {
	ID, ARN, DomainName, Status, WebACLID string
	Enabled                               *bool
	Aliases                               struct{ Items []string }
	Origins                               originItems
	DefaultCacheBehavior                  cacheBehavior
	CacheBehaviors                        struct{ Items []cacheBehavior }
	Restrictions                          struct {
		GeoRestriction struct{ RestrictionType string }
	}
}

func mapDistributions(m *Mapping, d ingest.Document) error {
	var v struct {
		DistributionList *struct{ Items []distribution }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.DistributionList == nil {
		return absent(m, d, "DistributionList")
	}
	for _, x := range v.DistributionList.Items {
		m.distribution(d, x)
	}
	return nil
}

func mapDistribution(m *Mapping, d ingest.Document) error {
	var v struct {
		Distribution struct {
			ID, ARN, DomainName, Status string
			DistributionConfig          distribution
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	x := v.Distribution.DistributionConfig
	x.ID, x.ARN, x.DomainName, x.Status = v.Distribution.ID, v.Distribution.ARN, v.Distribution.DomainName, v.Distribution.Status
	m.distribution(d, x)
	return nil
}

func (m *Mapping) distribution(d ingest.Document, x distribution) {
	if x.ID == "" {
		m.incomplete(d, "a distribution without Id")
		return
	}
	arn := first(x.ARN, schema.ResourceARN(m.Partition, "cloudfront", "", d.Account, "distribution/"+x.ID))
	n := m.resource(d, arn, schema.CDN, "AWS::CloudFront::Distribution", first(first(sorted(x.Aliases.Items)...), x.DomainName, x.ID))
	n.Set(schema.PropDomain, x.DomainName).Set(schema.PropStatus, x.Status)
	f := m.door(d, arn, "cloudfront", x.ID)
	f.Domain, f.Names, f.Public, f.Auth = x.DomainName, sorted(x.Aliases.Items), netaws.TriYes, netaws.AuthNone
	f.Disabled = ""
	if x.Enabled != nil && !*x.Enabled {
		f.Disabled = "distribution disabled"
	}
	var gates []string
	if x.WebACLID != "" {
		gates = append(gates, "web ACL")
	}
	if t := x.Restrictions.GeoRestriction.RestrictionType; t != "" && t != "none" {
		gates = append(gates, "geographic restriction")
	}
	f.Gate = strings.Join(gates, ", ")
	f.Origins = nil
	for _, o := range x.Origins.Items {
		y := netaws.FrontOrigin{ID: o.ID, Domain: o.DomainName, Path: o.OriginPath, AccessControl: o.OriginAccessControlID, Signed: x.signed(o.ID)}
		if o.S3OriginConfig != nil {
			y.AccessControl = first(y.AccessControl, o.S3OriginConfig.OriginAccessIdentity)
		}
		if c := o.CustomOriginConfig; c != nil {
			y.HTTPPort, y.HTTPSPort, y.Protocol = c.HTTPPort, c.HTTPSPort, c.OriginProtocolPolicy
		}
		for _, h := range o.CustomHeaders.Items {
			y.Headers = append(y.Headers, h.HeaderName)
		}
		f.Origins = append(f.Origins, y)
		if o.VpcOriginConfig != nil {
			i, id := len(f.Origins)-1, o.VpcOriginConfig.VpcOriginID
			m.Later(func() {
				f := at(m, &m.network(d).FrontDoors, "cloudfront "+arn)
				if i < len(f.Origins) && f.Origins[i].ID == o.ID {
					f.Origins[i].VPCOrigin = first(ingest.Memory[vpcOrigins](m.Facts).endpoint[id], id)
				}
			})
		}
		m.joinOrigin(d, arn, o.DomainName)
	}
}

// signed reports whether every behaviour that leads to an origin demands signed
// URLs or cookies.
func (x distribution) signed(origin string) netaws.Tri {
	answer := netaws.TriUnknown
	for _, b := range append([]cacheBehavior{x.DefaultCacheBehavior}, x.CacheBehaviors.Items...) {
		if b.TargetOriginID != origin {
			continue
		}
		if !b.TrustedSigners.Enabled && !b.TrustedKeyGroups.Enabled {
			return netaws.TriNo
		}
		answer = netaws.TriYes
	}
	return answer
}

// joinOrigin joins a distribution to the bucket, load balancer or API that an
// origin's host name stands for.
func (m *Mapping) joinOrigin(d ingest.Document, arn, domain string) {
	if bucket := bucketOfHost(domain); bucket != "" {
		m.link(arn, schema.Targets, schema.BucketARN(m.Partition, bucket), schema.Bucket)
		return
	}
	m.Later(func() {
		for _, r := range m.AWSNetwork.Regions {
			for _, lb := range r.LoadBalancers.Items {
				if lb.DNSName != "" && strings.EqualFold(lb.DNSName, domain) {
					m.link(arn, schema.Targets, lb.ARN, schema.LoadBalancer)
				}
			}
			for _, f := range r.FrontDoors.Items {
				if f.ARN != arn && f.Domain != "" && strings.EqualFold(f.Domain, domain) {
					m.link(arn, schema.Targets, f.ARN, m.Graph.Kind(f.ARN))
				}
			}
		}
	})
}

// bucketOfHost finds the bucket in NAME.s3.amazonaws.com, NAME.s3.REGION.…,
// NAME.s3-REGION.… and the website forms of these; "" for other hosts.
func bucketOfHost(h string) string {
	if !strings.Contains(h, ".amazonaws.com") {
		return ""
	}
	for _, sep := range []string{".s3.", ".s3-"} {
		if i := strings.LastIndex(h, sep); i > 0 {
			return h[:i]
		}
	}
	return ""
}

func mapVPCOrigins(m *Mapping, d ingest.Document) error {
	var v struct {
		VpcOriginList struct {
			Items []struct{ ID, OriginEndpointArn string }
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	o := ingest.Memory[vpcOrigins](m.Facts)
	if o.endpoint == nil {
		o.endpoint = map[string]string{}
	}
	for _, x := range v.VpcOriginList.Items {
		o.endpoint[x.ID] = x.OriginEndpointArn
	}
	return nil
}

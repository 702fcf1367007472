package aws

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

const typeParameter = "AWS::SSM::Parameter"

// ssmService reads which parameters exist, never their values, and which
// machines Systems Manager can reach.
var ssmService = Service{
	Name:   "ssm",
	Client: func(c aws.Config) any { return ssm.NewFromConfig(c) },
	Calls: []Call{
		List("DescribeParameters", (*ssm.Client).DescribeParameters, nil),
		List("DescribeInstanceInformation", (*ssm.Client).DescribeInstanceInformation, nil),
	},
	Facts: map[string]Mapper{
		"DescribeParameters":          mapDescribeParameters,
		"DescribeInstanceInformation": mapInstanceInformation,
	},
}

// mapDescribeParameters adds secure strings as secrets. Other parameters are
// known to the permission engine only: nothing says that they are secret.
func mapDescribeParameters(m *Mapping, d ingest.Document) error {
	var v struct {
		Parameters *[]struct{ Name, ARN, Type, KeyID string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Parameters == nil {
		return absent(m, d, "Parameters")
	}
	for _, p := range *v.Parameters {
		if p.ARN == "" {
			// SSM user guide, "Parameter ARNs": the slash before a path's name
			// is the one behind "parameter".
			p.ARN = schema.ResourceARN(m.Partition, "ssm", d.Region, d.Account, "parameter/"+strings.TrimPrefix(p.Name, "/"))
		}
		r := iamaws.Resource{ARN: p.ARN, Account: accountOf(p.ARN), Type: typeParameter, Source: source(d)}
		if p.Type != "SecureString" {
			m.AWSPermissions.AddResource(r)
			continue
		}
		r.Secret = &iamaws.SecretFacts{KeyID: iamaws.NoneOf[string]()}
		if p.KeyID != "" && p.KeyID != "alias/aws/ssm" {
			r.Secret.KeyID = iamaws.Of(p.KeyID)
		}
		m.AWSPermissions.AddResource(r)
		at := in(d, p.ARN)
		m.resource(at, p.ARN, schema.SecretValue, typeParameter, p.Name)
		m.encryptedBy(at, p.ARN, p.KeyID, "alias/aws/ssm", at.Region)
	}
	m.AWSPermissions.MarkListed(d.Account, typeParameter)
	return nil
}

// mapInstanceInformation says which instances run the agent. A machine that the
// complete list leaves out is not managed.
func mapInstanceInformation(m *Mapping, d ingest.Document) error {
	var v struct {
		InstanceInformationList *[]struct{ InstanceID, PingStatus, ResourceType string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.InstanceInformationList == nil {
		return absent(m, d, "InstanceInformationList")
	}
	online := map[string]bool{}
	for _, i := range *v.InstanceInformationList {
		online[i.InstanceID] = i.PingStatus == "Online"
	}
	m.Later(func() {
		for i := range m.Workloads {
			w := &m.Workloads[i]
			if w.Kind != schema.VirtualMachine || w.Account != d.Account || w.Region != d.Region {
				continue
			}
			if w.Attributes == nil {
				w.Attributes = map[ingest.Attribute]string{}
			}
			w.Attributes[ingest.AttrSSMManaged] = yesNo(online[lastPart(w.ID)])
		}
	})
	return nil
}

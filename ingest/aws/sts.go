package aws

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// stsService says who was asked. GetCallerIdentity needs no permission.
// Source: AWS STS API Reference, GetCallerIdentity, read 2026-11-23.
var stsService = Service{
	Name:   "sts",
	Global: true,
	Client: func(c aws.Config) any { return sts.NewFromConfig(c) },
	Calls: []Call{
		List("GetCallerIdentity", (*sts.Client).GetCallerIdentity, nil),
	},
	Facts: map[string]Mapper{
		"GetCallerIdentity": mapCallerIdentity,
	},
}

// mapCallerIdentity makes the account's node: that it was asked is all that the
// answer says which the account's other documents do not.
func mapCallerIdentity(m *Mapping, d ingest.Document) error {
	var v struct{ Account string }
	if err := decode(d, &v); err != nil {
		return err
	}
	if schema.IsAccountID(v.Account) {
		m.Graph.Node(schema.AWSAccountID(m.Partition, v.Account), schema.Account).Set(schema.PropEnvironment, v.Account)
	}
	return nil
}

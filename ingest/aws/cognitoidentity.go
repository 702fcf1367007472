package aws

import (
	"cmp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity"

	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// cognitoIdentityService is identity pools: who is given credentials of a role,
// and whether guests are.
var cognitoIdentityService = Service{
	Name:   "cognito-identity",
	Client: func(c aws.Config) any { return cognitoidentity.NewFromConfig(c) },
	Calls: []Call{
		// The API asks for a page size. It allows 60.
		List("ListIdentityPools", (*cognitoidentity.Client).ListIdentityPools, func(in *cognitoidentity.ListIdentityPoolsInput) { in.MaxResults = aws.Int32(60) }, Optional()),
		Each("DescribeIdentityPool", (*cognitoidentity.Client).DescribeIdentityPool, "ListIdentityPools", "IdentityPools.IdentityPoolId",
			func(in *cognitoidentity.DescribeIdentityPoolInput, p []string) { in.IdentityPoolId = last(p) }),
		Each("GetIdentityPoolRoles", (*cognitoidentity.Client).GetIdentityPoolRoles, "ListIdentityPools", "IdentityPools.IdentityPoolId",
			func(in *cognitoidentity.GetIdentityPoolRolesInput, p []string) { in.IdentityPoolId = last(p) }),
	},
	Facts: map[string]Mapper{
		"ListIdentityPools":    names,
		"DescribeIdentityPool": mapIdentityPool,
		"GetIdentityPoolRoles": mapIdentityPoolRoles,
	},
}

// poolARN: Service Authorization Reference, Amazon Cognito Identity.
func (m *Mapping) poolARN(d ingest.Document, id string) string {
	return schema.ResourceARN(m.Partition, "cognito-identity", d.Region, d.Account, "identitypool/"+id)
}

func mapIdentityPool(m *Mapping, d ingest.Document) error {
	var v struct {
		IdentityPoolID, IdentityPoolName string
		AllowUnauthenticatedIdentities   *bool
		AllowClassicFlow                 *bool
		IdentityPoolTags                 map[string]string
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	id := v.IdentityPoolID
	if id == "" {
		m.incomplete(d, "an identity pool without IdentityPoolId")
		return nil
	}
	arn := m.poolARN(d, id)
	auth := ""
	if v.AllowUnauthenticatedIdentities != nil {
		if auth = "required"; *v.AllowUnauthenticatedIdentities {
			auth = "none"
		}
	}
	m.resource(d, arn, schema.FederatedProvider, "AWS::Cognito::IdentityPool", v.IdentityPoolName).Set(schema.PropTags, mapTags(v.IdentityPoolTags)).Set(schema.PropAuth, auth)
	p := m.Pool(id)
	p.Guests, p.Classic = cmp.Or(v.AllowUnauthenticatedIdentities, p.Guests), cmp.Or(v.AllowClassicFlow, p.Classic)
	p.Evidence = evidence(d, arn, "identity pool "+v.IdentityPoolName+": unauthenticated identities "+map[string]string{"none": "are let in", "required": "are not let in"}[auth])
	return nil
}

func mapIdentityPoolRoles(m *Mapping, d ingest.Document) error {
	var v struct {
		IdentityPoolID string
		Roles          map[string]string
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	id := cmp.Or(v.IdentityPoolID, d.Parameter())
	if id == "" {
		return needsParameter(d, "the identity pool's id")
	}
	arn := m.poolARN(d, id)
	m.Graph.Refer(arn, schema.FederatedProvider)
	for _, r := range sortedValues(v.Roles) {
		m.link(arn, schema.HasRole, r, schema.Role)
	}
	p := m.Pool(id)
	p.GuestRole, p.RolesKnown = v.Roles["unauthenticated"], true
	return nil
}

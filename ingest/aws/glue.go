package aws

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"

	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// glueService is Glue's jobs, development endpoints and databases.
var glueService = Service{
	Name:   "glue",
	Client: func(c aws.Config) any { return glue.NewFromConfig(c) },
	Calls: []Call{
		List("GetJobs", (*glue.Client).GetJobs, nil),
		List("GetTriggers", (*glue.Client).GetTriggers, nil),
		List("GetDevEndpoints", (*glue.Client).GetDevEndpoints, nil, Optional()),
		List("GetDatabases", (*glue.Client).GetDatabases, nil),
	},
	Facts: map[string]Mapper{
		"GetJobs":           mapGlueJobs,
		"GetTriggers":       names, // a trigger adds no way: whoever may start a trigger's job may start the job
		"GetDevEndpoints":   mapDevEndpoints,
		"GetDatabases":      mapGlueDatabases,
		"GetResourcePolicy": mapCatalogPolicy,
	},
}

func mapGlueJobs(m *Mapping, d ingest.Document) error {
	var v struct {
		Jobs []struct {
			Name, Role       string
			Command          struct{ ScriptLocation string }
			DefaultArguments map[string]json.RawMessage
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Jobs == nil {
		return absent(m, d, "Jobs")
	}
	m.AWSPermissions.MarkListed(d.Account, "AWS::Glue::Job")
	for _, x := range v.Jobs {
		if x.Name == "" {
			m.incomplete(d, "a job without Name")
			continue
		}
		arn := m.arnOf(d, "glue", "job/", x.Name)
		m.resource(d, arn, schema.ETLJob, "AWS::Glue::Job", x.Name).Append(schema.PropSecretsFound, secretVariables(x.DefaultArguments)...)
		m.workload(d, ingest.Workload{ID: arn, Kind: schema.ETLJob, State: ingest.StateOnDemand, Roles: role(d, m.roleARN(d, x.Role), "job role"), Instance: x.Name,
			Code: []string{x.Command.ScriptLocation}, Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: "glue.amazonaws.com"}, Evidence: evidence(d, arn, "job "+x.Name)})
	}
	return nil
}

func mapDevEndpoints(m *Mapping, d ingest.Document) error {
	var v struct {
		DevEndpoints []struct {
			EndpointName, RoleArn, Status, SubnetID, PublicAddress, PrivateAddress string
			SecurityGroupIDs                                                       []string
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.DevEndpoints == nil {
		return absent(m, d, "DevEndpoints")
	}
	m.AWSPermissions.MarkListed(d.Account, "AWS::Glue::DevEndpoint")
	for _, x := range v.DevEndpoints {
		if x.EndpointName == "" {
			m.incomplete(d, "a development endpoint without EndpointName")
			continue
		}
		arn := m.arnOf(d, "glue", "devEndpoint/", x.EndpointName)
		state := runState(strings.ReplaceAll(x.Status, "PROVISIONING", "pending"))
		m.resource(d, arn, schema.ETLJob, "AWS::Glue::DevEndpoint", x.EndpointName).Set(schema.PropStatus, x.Status).
			Set(schema.PropDomain, x.PublicAddress).Set(schema.PropPrivateAddress, sorted([]string{x.PrivateAddress}))
		m.workload(d, ingest.Workload{ID: arn, Kind: schema.ETLJob, State: state, Roles: role(d, m.roleARN(d, x.RoleArn), "endpoint role"), Instance: x.EndpointName,
			Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: "glue.amazonaws.com"}, Evidence: evidence(d, arn, "development endpoint "+x.EndpointName+" is "+x.Status)})
		p := (&vpcConfig{Subnets: []string{x.SubnetID}, SecurityGroups: x.SecurityGroupIDs}).placement()
		p.ID, p.Kind, p.State, p.Stopped = x.EndpointName, "glue-dev-endpoint", x.Status, stopped(state)
		m.placed(d, arn, p)
	}
	return nil
}

func mapGlueDatabases(m *Mapping, d ingest.Document) error {
	var v struct {
		DatabaseList []struct{ Name, LocationURI string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.DatabaseList == nil {
		return absent(m, d, "DatabaseList")
	}
	for _, x := range v.DatabaseList {
		if x.Name == "" {
			m.incomplete(d, "a database without Name")
			continue
		}
		arn := m.arnOf(d, "glue", "database/", x.Name)
		m.resource(d, arn, schema.Database, "AWS::Glue::Database", x.Name).Set(schema.PropURI, x.LocationURI)
		if strings.HasPrefix(x.LocationURI, "s3") {
			m.flow(d, ingest.Flow{Kind: schema.StoredIn, From: arn, FromKind: schema.Database, To: "s3" + strings.TrimLeft(x.LocationURI[2:], "an"), ToKind: schema.Bucket, Use: ingest.UseOutput, Name: "tables"})
		}
	}
	return nil
}

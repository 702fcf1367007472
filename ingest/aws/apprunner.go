package aws

import (
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apprunner"

	"github.com/postern-sec/postern/ingest"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// apprunnerService is App Runner.
var apprunnerService = Service{
	Name:   "apprunner",
	Client: func(c aws.Config) any { return apprunner.NewFromConfig(c) },
	Calls: []Call{
		List("ListServices", (*apprunner.Client).ListServices, nil, Optional()),
		Each("DescribeService", (*apprunner.Client).DescribeService, "ListServices", "ServiceSummaryList.ServiceArn",
			func(in *apprunner.DescribeServiceInput, p []string) { in.ServiceArn = last(p) }),
		List("ListVpcConnectors", (*apprunner.Client).ListVpcConnectors, nil, Optional()),
	},
	Facts: map[string]Mapper{
		"ListServices":      summaries(schema.ServerlessApp, "AWS::AppRunner::Service", "ServiceSummaryList", "ServiceArn", "ServiceName", "Status"),
		"DescribeService":   mapAppRunner,
		"ListVpcConnectors": mapVPCConnectors,
	},
}

// vpcConnectors is where services' ways out lie, by connector ARN.
type vpcConnectors struct{ byARN map[string]vpcConfig }

func mapVPCConnectors(m *Mapping, d ingest.Document) error {
	var v struct {
		VpcConnectors []struct {
			VpcConnectorArn string
			vpcConfig
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	all := ingest.Memory[vpcConnectors](m.Facts)
	if all.byARN == nil {
		all.byARN = map[string]vpcConfig{}
	}
	for _, x := range v.VpcConnectors {
		all.byARN[x.VpcConnectorArn] = x.vpcConfig
	}
	return nil
}

func mapAppRunner(m *Mapping, d ingest.Document) error {
	var v struct {
		Service struct {
			ServiceArn, ServiceName, ServiceURL, Status string
			SourceConfiguration                         struct {
				ImageRepository struct {
					ImageIdentifier    string
					ImageConfiguration struct{ RuntimeEnvironmentVariables map[string]json.RawMessage }
				}
				CodeRepository struct {
					RepositoryURL     string
					CodeConfiguration struct {
						CodeConfigurationValues struct{ RuntimeEnvironmentVariables map[string]json.RawMessage }
					}
				}
			}
			InstanceConfiguration struct{ InstanceRoleArn string }
			NetworkConfiguration  struct {
				IngressConfiguration struct{ IsPubliclyAccessible *bool }
				EgressConfiguration  struct{ EgressType, VpcConnectorArn string }
			}
			EncryptionConfiguration struct{ KmsKey string }
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	x := v.Service
	arn := x.ServiceArn
	if arn == "" {
		m.incomplete(d, "a service without ServiceArn")
		return nil
	}
	d = in(d, arn)
	src := x.SourceConfiguration
	variables := src.ImageRepository.ImageConfiguration.RuntimeEnvironmentVariables
	if variables == nil {
		variables = src.CodeRepository.CodeConfiguration.CodeConfigurationValues.RuntimeEnvironmentVariables
	}
	m.resource(d, arn, schema.ServerlessApp, "AWS::AppRunner::Service", x.ServiceName).Set(schema.PropStatus, x.Status).Set(schema.PropDomain, host(x.ServiceURL)).
		Set(schema.PropVariables, sortedKeys(variables)).Append(schema.PropSecretsFound, secretVariables(variables)...)
	m.keysIn(d, arn, variables)
	state := runState(x.Status)
	w := ingest.Workload{ID: arn, Kind: schema.ServerlessApp, State: state, Roles: role(d, x.InstanceConfiguration.InstanceRoleArn, "instance role"), Instance: x.ServiceName,
		Code:       []string{src.ImageRepository.ImageIdentifier, src.CodeRepository.RepositoryURL},
		Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: "tasks.apprunner.amazonaws.com"}, Evidence: evidence(d, arn, "service "+x.ServiceName+" is "+x.Status)}
	if image := src.ImageRepository.ImageIdentifier; image != "" {
		w.Attributes[ingest.AttrMutableImage] = yesNo(mutableImage(image))
	}
	m.workload(d, w)
	m.encrypted(d, arn, x.EncryptionConfiguration.KmsKey)
	f := m.door(d, arn, "apprunner", x.ServiceName)
	f.Domain, f.Public, f.Auth = host(x.ServiceURL), tri(x.NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible), netaws.AuthNone
	f.Routes = []netaws.FrontRoute{{ID: "*", Auth: netaws.AuthNone, Target: arn, Role: "", Live: netaws.TriOf(state == ingest.StateRunning)}}
	if f.Disabled = ""; state == ingest.StateStopped {
		f.Disabled = "service is " + x.Status
	}
	// By default outgoing traffic is App Runner's own (AWS App Runner Developer Guide,
	// "Enabling VPC access for outgoing traffic", read 2026-11).
	if e := x.NetworkConfiguration.EgressConfiguration; e.EgressType == "DEFAULT" {
		m.placed(d, arn, netaws.Placement{ID: x.ServiceName, Kind: "apprunner", Accepts: netaws.TriNo, Public: netaws.TriNo, DirectInternet: netaws.TriYes,
			State: x.Status, Stopped: netaws.TriOf(state == ingest.StateStopped)})
	}
	if connector := x.NetworkConfiguration.EgressConfiguration.VpcConnectorArn; connector != "" {
		m.Later(func() {
			c := ingest.Memory[vpcConnectors](m.Facts).byARN[connector]
			p := c.placement()
			p.ID, p.Kind, p.Accepts = x.ServiceName, "apprunner", netaws.TriNo // the connector only leads out
			m.placed(d, arn, p)
		})
	}
	return nil
}

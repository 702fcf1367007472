package aws

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codebuild"

	"github.com/postern-sec/postern/ingest"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// codebuildService is build projects.
var codebuildService = Service{
	Name: "codebuild", LowerCamel: true,
	Client: func(c aws.Config) any { return codebuild.NewFromConfig(c) },
	Calls: []Call{
		List("ListProjects", (*codebuild.Client).ListProjects, nil),
		Each("BatchGetProjects", (*codebuild.Client).BatchGetProjects, "ListProjects", "Projects",
			func(in *codebuild.BatchGetProjectsInput, p []string) { in.Names = []string{*last(p)} }),
	},
	Facts: map[string]Mapper{
		"ListProjects":      namesOf("projects", "AWS::CodeBuild::Project"),
		"BatchGetProjects":  mapBuildProjects,
		"GetResourcePolicy": policyOf("AWS::CodeBuild::Project", "policy", "", "codebuild", "project/"),
	},
}

func mapBuildProjects(m *Mapping, d ingest.Document) error {
	var v struct {
		Projects []struct {
			Arn, Name, ServiceRole, EncryptionKey, ProjectVisibility string
			Source                                                   struct{ Type, Location string }
			Artifacts                                                struct{ Type, Location, Path string }
			Environment                                              struct {
				Image                string
				EnvironmentVariables []struct {
					Name, Type string
					Value      json.RawMessage
				}
			}
			VpcConfig *vpcConfig
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Projects == nil {
		return absent(m, d, "projects")
	}
	for _, x := range v.Projects {
		if x.Arn == "" {
			m.incomplete(d, "a project without arn")
			continue
		}
		d := in(d, x.Arn)
		variables := map[string]json.RawMessage{}
		all := map[string]json.RawMessage{}
		for _, e := range x.Environment.EnvironmentVariables {
			all[e.Name] = e.Value
			if e.Type == "" || e.Type == "PLAINTEXT" { // the others name a parameter or secret
				variables[e.Name] = e.Value
			}
		}
		m.resource(d, x.Arn, schema.BuildProject, "AWS::CodeBuild::Project", x.Name).Set(schema.PropVariables, sortedKeys(all)).
			Set(schema.PropFramework, x.Environment.Image).Append(schema.PropSecretsFound, secretVariables(variables)...)
		m.keysIn(d, x.Arn, variables)
		w := ingest.Workload{ID: x.Arn, Kind: schema.BuildProject, State: ingest.StateOnDemand, Roles: role(d, m.roleARN(d, x.ServiceRole), "service role"), Instance: x.Name,
			Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: "codebuild.amazonaws.com"}, Evidence: evidence(d, x.Arn, "project "+x.Name)}
		if x.Source.Location != "" {
			location := x.Source.Location
			if x.Source.Type == "S3" {
				location = "s3://" + strings.TrimPrefix(strings.TrimPrefix(location, "arn:"+m.Partition+":s3:::"), "s3://")
			}
			w.Code = append(w.Code, location)
		}
		w.Code = append(w.Code, x.Environment.Image)
		m.workload(d, w)
		m.encrypted(d, x.Arn, x.EncryptionKey)
		p := x.VpcConfig.placement()
		p.ID, p.Kind, p.Accepts = x.Name, "codebuild", netaws.TriNo
		m.placed(d, x.Arn, p)
	}
	return nil
}

package aws

import (
	"cmp"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/batch"

	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// batchService is Batch's job definitions, and whether there are queues to submit
// them to.
var batchService = Service{
	Name: "batch", LowerCamel: true,
	Client: func(c aws.Config) any { return batch.NewFromConfig(c) },
	Calls: []Call{
		List("DescribeJobDefinitions", (*batch.Client).DescribeJobDefinitions, func(in *batch.DescribeJobDefinitionsInput) { in.Status = aws.String("ACTIVE") }, Optional()),
		List("DescribeJobQueues", (*batch.Client).DescribeJobQueues, nil, Optional()),
	},
	Facts: map[string]Mapper{
		"DescribeJobDefinitions": mapJobDefinitions,
		"DescribeJobQueues":      mapJobQueues,
	},
}

const (
	typeJobDefinition = "AWS::Batch::JobDefinition"
	typeJobQueue      = "AWS::Batch::JobQueue"
)

// batchContainer is a container of a job definition, in each of the places where
// one may stand.
//
// Source: AWS Batch API Reference, JobDefinition, ContainerProperties,
// EcsTaskProperties and NodeRangeProperty, read 2026-11-28.
type batchContainer struct {
	Image, JobRoleArn string
	Environment       []struct {
		Name  string
		Value json.RawMessage
	}
}

type batchTasks struct {
	TaskProperties []struct {
		TaskRoleArn string
		Containers  []batchContainer
	}
}

type jobDefinition struct {
	JobDefinitionArn, JobDefinitionName, Status string
	ContainerProperties                         batchContainer
	EcsProperties                               batchTasks
	NodeProperties                              struct {
		NodeRangeProperties []struct {
			Container     batchContainer
			EcsProperties batchTasks
		}
	}
}

// containers are all containers of a definition; each has the role of its task.
func (j *jobDefinition) containers() []batchContainer {
	out := []batchContainer{j.ContainerProperties}
	add := func(t batchTasks) {
		for _, x := range t.TaskProperties {
			for _, c := range x.Containers {
				c.JobRoleArn = x.TaskRoleArn
				out = append(out, c)
			}
		}
	}
	add(j.EcsProperties)
	for _, n := range j.NodeProperties.NodeRangeProperties {
		out = append(out, n.Container)
		add(n.EcsProperties)
	}
	return out
}

func mapJobDefinitions(m *Mapping, d ingest.Document) error {
	var v struct{ JobDefinitions []jobDefinition }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.JobDefinitions == nil {
		return absent(m, d, "jobDefinitions")
	}
	m.AWSPermissions.MarkListed(d.Account, typeJobDefinition)
	for _, j := range v.JobDefinitions {
		if j.JobDefinitionArn == "" {
			m.incomplete(d, "a job definition without jobDefinitionArn")
			continue
		}
		m.jobDefinition(d, j)
	}
	return nil
}

func (m *Mapping) jobDefinition(d ingest.Document, j jobDefinition) {
	arn := j.JobDefinitionArn
	d = in(d, arn)
	n := m.resource(d, arn, schema.ContainerTask, typeJobDefinition, cmp.Or(j.JobDefinitionName, lastPart(arn))).Set(schema.PropStatus, j.Status)
	w := ingest.Workload{ID: arn, Kind: schema.ContainerTask, State: ingest.StateOnDemand, Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: ecsPrincipal},
		Evidence: evidence(d, arn, "job definition "+j.JobDefinitionName)}
	if j.Status == "INACTIVE" {
		w.State = ingest.StateFinished // cannot be submitted any more
	}
	var roles []string
	for _, c := range j.containers() {
		variables := map[string]json.RawMessage{}
		for _, e := range c.Environment {
			variables[e.Name] = e.Value
		}
		n.Append(schema.PropVariables, sortedKeys(variables)...).Append(schema.PropSecretsFound, secretVariables(variables)...)
		m.keysIn(d, arn, variables)
		roles = append(roles, c.JobRoleArn)
		w.Code = append(w.Code, c.Image)
		if mutableImage(c.Image) {
			w.Attributes[ingest.AttrMutableImage] = yesNo(true)
		}
	}
	w.Code = sorted(w.Code)
	for _, r := range sorted(roles) {
		w.Roles = append(w.Roles, role(d, r, "job role")...)
	}
	m.workload(d, w)
}

// mapJobQueues says whether there is a queue that takes jobs.
func mapJobQueues(m *Mapping, d ingest.Document) error {
	var v struct {
		JobQueues []struct{ JobQueueArn, State string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.JobQueues == nil {
		return absent(m, d, "jobQueues")
	}
	m.AWSPermissions.MarkListed(d.Account, typeJobQueue)
	for _, q := range v.JobQueues {
		if q.State != "DISABLED" {
			m.AWSPermissions.MarkNamed(d.Account, typeJobQueue)
		}
	}
	return nil
}

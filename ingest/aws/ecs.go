package aws

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"github.com/postern-sec/postern/ingest"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// ecsService is containers on ECS: clusters, services, tasks and the task
// definitions that these run.
var ecsService = Service{
	Name: "ecs", LowerCamel: true,
	Client: func(c aws.Config) any { return ecs.NewFromConfig(c) },
	Calls: []Call{
		List("ListClusters", (*ecs.Client).ListClusters, nil),
		Each("ListServices", (*ecs.Client).ListServices, "ListClusters", "ClusterArns",
			func(in *ecs.ListServicesInput, p []string) { in.Cluster = last(p) }),
		Each("DescribeServices", (*ecs.Client).DescribeServices, "ListServices", "ServiceArns",
			func(in *ecs.DescribeServicesInput, p []string) {
				in.Cluster, in.Services = outer(p), []string{*last(p)}
			}),
		Each("ListTasks", (*ecs.Client).ListTasks, "ListClusters", "ClusterArns",
			func(in *ecs.ListTasksInput, p []string) { in.Cluster = last(p) }),
		Each("DescribeTasks", (*ecs.Client).DescribeTasks, "ListTasks", "TaskArns",
			func(in *ecs.DescribeTasksInput, p []string) { in.Cluster, in.Tasks = outer(p), []string{*last(p)} }),
		Each("ListContainerInstances", (*ecs.Client).ListContainerInstances, "ListClusters", "ClusterArns",
			func(in *ecs.ListContainerInstancesInput, p []string) { in.Cluster = last(p) }),
		Each("DescribeContainerInstances", (*ecs.Client).DescribeContainerInstances, "ListContainerInstances", "ContainerInstanceArns",
			func(in *ecs.DescribeContainerInstancesInput, p []string) {
				in.Cluster, in.ContainerInstances = outer(p), []string{*last(p)}
			}),
		List("ListTaskDefinitions", (*ecs.Client).ListTaskDefinitions, nil),
		Each("DescribeTaskDefinition", (*ecs.Client).DescribeTaskDefinition, "ListTaskDefinitions", "TaskDefinitionArns",
			func(in *ecs.DescribeTaskDefinitionInput, p []string) { in.TaskDefinition = last(p) }),
	},
	Facts: map[string]Mapper{
		"ListClusters":               namesOf("clusterArns", typeECSCluster, typeECSTask, typeECSService, typeContainerInstance),
		"DescribeClusters":           names,
		"ListServices":               namesOf("serviceArns", typeECSService),
		"DescribeServices":           mapECSServices,
		"ListTasks":                  namesOf("taskArns", typeECSTask),
		"ListContainerInstances":     namesOf("containerInstanceArns", typeContainerInstance),
		"DescribeContainerInstances": mapContainerInstances,
		"DescribeTasks":              mapECSTasks,
		"ListTaskDefinitions":        namesOf("taskDefinitionArns", typeTaskDefinition),
		"DescribeTaskDefinition":     mapTaskDefinition,
	},
}

const ecsPrincipal = "ecs-tasks.amazonaws.com"

const (
	typeECSCluster        = "AWS::ECS::Cluster"
	typeECSTask           = "AWS::ECS::Task"
	typeECSService        = "AWS::ECS::Service"
	typeTaskDefinition    = "AWS::ECS::TaskDefinition"
	typeContainerInstance = "AWS::ECS::ContainerInstance"
)

// taskDefinitions is what services and tasks run, by ARN.
type taskDefinitions struct {
	byARN map[string]taskDefinition
}

type taskDefinition struct {
	TaskDefinitionArn, Family, TaskRoleArn, ExecutionRoleArn, NetworkMode, Status string
	Revision                                                                      int
	ContainerDefinitions                                                          []containerDefinition
}

type containerDefinition struct {
	Image       string
	Environment []struct {
		Name  string
		Value json.RawMessage
	}
}

func (c containerDefinition) variables() map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for _, e := range c.Environment {
		out[e.Name] = e.Value
	}
	return out
}

func (t taskDefinition) images() []string {
	var out []string
	for _, c := range t.ContainerDefinitions {
		out = append(out, c.Image)
	}
	return sorted(out)
}

func mapTaskDefinition(m *Mapping, d ingest.Document) error {
	var v struct{ TaskDefinition taskDefinition }
	if err := decode(d, &v); err != nil {
		return err
	}
	t := v.TaskDefinition
	arn := t.TaskDefinitionArn
	if arn == "" {
		m.incomplete(d, "a task definition without taskDefinitionArn")
		return nil
	}
	d = in(d, arn)
	all := ingest.Memory[taskDefinitions](m.Facts)
	if all.byARN == nil {
		all.byARN = map[string]taskDefinition{}
	}
	all.byARN[arn] = t
	n := m.resource(d, arn, schema.ContainerTask, typeTaskDefinition, cmp.Or(t.Family, lastPart(arn))).Set(schema.PropStatus, t.Status)
	for _, c := range t.ContainerDefinitions {
		variables := c.variables()
		n.Append(schema.PropVariables, sortedKeys(variables)...).Append(schema.PropSecretsFound, secretVariables(variables)...)
		m.keysIn(d, arn, variables)
	}
	w := ingest.Workload{ID: arn, Kind: schema.ContainerTask, State: ingest.StateOnDemand, Roles: role(d, t.TaskRoleArn, "task role"), Code: t.images(),
		Attributes: taskAttributes(t), Evidence: evidence(d, arn, "task definition "+t.Family)}
	if t.Status == "INACTIVE" {
		w.State = ingest.StateStopped
	}
	m.workload(d, w)
	return nil
}

func taskAttributes(t taskDefinition) map[ingest.Attribute]string {
	a := map[ingest.Attribute]string{ingest.AttrPassedTo: ecsPrincipal}
	if t.NetworkMode != "" {
		a[ingest.AttrNetworkMode] = t.NetworkMode
	}
	for _, image := range t.images() {
		if mutableImage(image) {
			a[ingest.AttrMutableImage] = yesNo(true)
		}
	}
	return a
}

// runsTask gives a service or task the role and images of its task definition.
func (m *Mapping) runsTask(d ingest.Document, id string, kind schema.NodeKind, definition string) {
	m.link(id, schema.PartOf, definition, schema.ContainerTask)
	m.Later(func() {
		t, ok := ingest.Memory[taskDefinitions](m.Facts).byARN[definition]
		if !ok {
			return
		}
		w := ingest.Workload{ID: id, Kind: kind, Roles: role(d, t.TaskRoleArn, "task role"), Code: t.images(), Attributes: taskAttributes(t)}
		for _, r := range w.Roles {
			m.link(id, schema.HasRole, r.Role, schema.Role)
		}
		for _, c := range t.ContainerDefinitions {
			m.keysIn(d, id, c.variables())
		}
		m.AddWorkload(w)
	})
}

func mapECSServices(m *Mapping, d ingest.Document) error {
	var v struct {
		Services []struct {
			ServiceArn, ServiceName, ClusterArn, TaskDefinition, Status string
			DesiredCount, RunningCount                                  int
			EnableExecuteCommand                                        *bool
			NetworkConfiguration                                        struct {
				AwsvpcConfiguration struct {
					Subnets, SecurityGroups []string
					AssignPublicIP          string
				}
			}
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	for _, x := range v.Services {
		if x.ServiceArn == "" {
			m.incomplete(d, "a service without serviceArn")
			continue
		}
		d := in(d, x.ServiceArn)
		m.resource(d, x.ServiceArn, schema.ContainerService, "AWS::ECS::Service", x.ServiceName).Set(schema.PropStatus, x.Status)
		state := ingest.StateRunning
		if x.Status != "ACTIVE" || x.DesiredCount == 0 && x.RunningCount == 0 {
			state = ingest.StateStopped
		}
		a := map[ingest.Attribute]string{ingest.AttrPassedTo: ecsPrincipal}
		if x.EnableExecuteCommand != nil {
			a[ingest.AttrExecEnabled] = yesNo(*x.EnableExecuteCommand)
		}
		m.workload(d, ingest.Workload{ID: x.ServiceArn, Kind: schema.ContainerService, State: state, Instance: x.ServiceName, Attributes: a,
			Evidence: evidence(d, x.ServiceArn, "service "+x.ServiceName+" is "+x.Status)})
		m.runsTask(d, x.ServiceArn, schema.ContainerService, x.TaskDefinition)
		c := x.NetworkConfiguration.AwsvpcConfiguration
		public := netaws.TriUnknown
		if c.AssignPublicIP != "" {
			public = netaws.TriOf(c.AssignPublicIP == "ENABLED")
		}
		m.placed(d, x.ServiceArn, netaws.Placement{ID: x.ServiceName, Kind: "ecs-service", Subnets: sorted(c.Subnets), Groups: sorted(c.SecurityGroups),
			Public: public, State: x.Status, Stopped: stopped(state)})
	}
	return nil
}

func mapECSTasks(m *Mapping, d ingest.Document) error {
	var v struct {
		Tasks []struct {
			TaskArn, TaskDefinitionArn, ContainerInstanceArn, LastStatus, Group string
			EnableExecuteCommand                                                *bool
			Attachments                                                         []struct {
				Type    string
				Details []struct{ Name, Value string }
			}
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	for _, x := range v.Tasks {
		if x.TaskArn == "" {
			m.incomplete(d, "a task without taskArn")
			continue
		}
		d := in(d, x.TaskArn)
		m.resource(d, x.TaskArn, schema.ContainerTask, "AWS::ECS::Task", lastPart(x.TaskArn)).Set(schema.PropStatus, x.LastStatus)
		state := runState(x.LastStatus)
		a := map[ingest.Attribute]string{ingest.AttrPassedTo: ecsPrincipal}
		if x.EnableExecuteCommand != nil {
			a[ingest.AttrExecEnabled] = yesNo(*x.EnableExecuteCommand)
		}
		m.workload(d, ingest.Workload{ID: x.TaskArn, Kind: schema.ContainerTask, State: state, Attributes: a, Evidence: evidence(d, x.TaskArn, "task of "+x.Group+" is "+x.LastStatus)})
		m.runsTask(d, x.TaskArn, schema.ContainerTask, x.TaskDefinitionArn)
		m.runsOn(x.TaskArn, x.ContainerInstanceArn)
		p := netaws.Placement{ID: lastPart(x.TaskArn), Kind: "ecs-task", State: x.LastStatus, Stopped: stopped(state)}
		for _, t := range x.Attachments {
			for _, y := range t.Details {
				switch y.Name {
				case "subnetId":
					p.Subnets = append(p.Subnets, y.Value)
				case "networkInterfaceId":
					p.Interfaces = append(p.Interfaces, y.Value)
				}
			}
		}
		m.placed(d, x.TaskArn, p)
	}
	return nil
}

// machines are the instances that container instances are, by the latter's ARN.
type machines struct{ of map[string]string }

// mapContainerInstances reads which machine each container instance of a cluster
// is. The machines themselves are EC2's; those of no instance are elsewhere.
func mapContainerInstances(m *Mapping, d ingest.Document) error {
	var v struct {
		ContainerInstances []struct{ ContainerInstanceArn, Ec2InstanceID string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	all := ingest.Memory[machines](m.Facts)
	if all.of == nil {
		all.of = map[string]string{}
	}
	for _, x := range v.ContainerInstances {
		switch {
		case x.ContainerInstanceArn == "":
			m.incomplete(d, "a container instance without containerInstanceArn")
		case strings.HasPrefix(x.Ec2InstanceID, "i-"):
			m.AWSPermissions.MarkNamed(d.Account, typeContainerInstance)
			all.of[x.ContainerInstanceArn] = m.arnOf(d, "ec2", "instance/", x.Ec2InstanceID)
		}
	}
	return nil
}

// runsOn says which machine a task runs on, once the machines are known.
func (m *Mapping) runsOn(task, containerInstance string) {
	m.Later(func() {
		if host := ingest.Memory[machines](m.Facts).of[containerInstance]; host != "" {
			m.AddWorkload(ingest.Workload{ID: task, Kind: schema.ContainerTask, Attributes: map[ingest.Attribute]string{ingest.AttrHost: host}})
		}
	})
}

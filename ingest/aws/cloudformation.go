package aws

import (
	"cmp"

	"github.com/aws/aws-sdk-go-v2/aws"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// cloudformationService is stacks and stack sets: whoever updates one acts with
// its service role. Templates and parameters are not read.
var cloudformationService = Service{
	Name:   "cloudformation",
	Client: func(c aws.Config) any { return cfn.NewFromConfig(c) },
	Calls: []Call{
		List("DescribeStacks", (*cfn.Client).DescribeStacks, nil),
		List("ListStackSets", (*cfn.Client).ListStackSets, nil),
		Each("DescribeStackSet", (*cfn.Client).DescribeStackSet, "ListStackSets", "Summaries.StackSetName",
			func(in *cfn.DescribeStackSetInput, p []string) { in.StackSetName = last(p) }),
		Each("ListStackInstances", (*cfn.Client).ListStackInstances, "ListStackSets", "Summaries.StackSetName",
			func(in *cfn.ListStackInstancesInput, p []string) { in.StackSetName = last(p) }),
	},
	Facts: map[string]Mapper{
		"DescribeStacks":     mapStacks,
		"ListStackSets":      namesOf("Summaries", "AWS::CloudFormation::StackSet"),
		"DescribeStackSet":   mapStackSet,
		"ListStackInstances": mapStackInstances,
	},
}

const cfnPrincipal = "cloudformation.amazonaws.com"

// stackState: a stack runs nothing by itself; it can be updated while it stands.
func stackState(status string) ingest.RunState {
	switch status {
	case "DELETE_COMPLETE", "DELETE_IN_PROGRESS", "DELETED":
		return ingest.StateStopped
	case "":
		return ingest.StateUnknown
	}
	return ingest.StateOnDemand
}

func mapStacks(m *Mapping, d ingest.Document) error {
	var v struct {
		Stacks []struct{ StackID, StackName, RoleARN, StackStatus string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Stacks == nil {
		return absent(m, d, "Stacks")
	}
	m.AWSPermissions.MarkListed(d.Account, "AWS::CloudFormation::Stack")
	for _, x := range v.Stacks {
		if x.StackID == "" {
			m.incomplete(d, "a stack without StackId")
			continue
		}
		d := in(d, x.StackID)
		m.resource(d, x.StackID, schema.BuildProject, "AWS::CloudFormation::Stack", x.StackName).Set(schema.PropStatus, x.StackStatus)
		m.workload(d, ingest.Workload{ID: x.StackID, Kind: schema.BuildProject, State: stackState(x.StackStatus), Roles: role(d, x.RoleARN, "service role"), Instance: x.StackName,
			Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: cfnPrincipal}, Evidence: evidence(d, x.StackID, "stack "+x.StackName+" is "+x.StackStatus)})
	}
	return nil
}

func mapStackSet(m *Mapping, d ingest.Document) error {
	var v struct {
		StackSet struct {
			StackSetARN, StackSetName, AdministrationRoleARN, ExecutionRoleName, PermissionModel, Status string
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	x := v.StackSet
	if x.StackSetARN == "" {
		m.incomplete(d, "a stack set without StackSetARN")
		return nil
	}
	d = in(d, x.StackSetARN)
	m.stackSets().of(x.StackSetARN).executionRole = executionRole(x.PermissionModel, x.ExecutionRoleName)
	m.resource(d, x.StackSetARN, schema.BuildProject, "AWS::CloudFormation::StackSet", x.StackSetName).Set(schema.PropStatus, x.Status)
	m.workload(d, ingest.Workload{ID: x.StackSetARN, Kind: schema.BuildProject, State: stackState(x.Status), Roles: role(d, x.AdministrationRoleARN, "administration role"), Instance: x.StackSetName,
		Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: cfnPrincipal}, Evidence: evidence(d, x.StackSetARN, "stack set "+x.StackSetName)})
	return nil
}

// stackSetFacts is what two calls say of a stack set.
type stackSetFacts struct{ sets map[string]*stackSet }

type stackSet struct {
	executionRole string // name in each target account; empty: not known, or the service's own
}

func (m *Mapping) stackSets() *stackSetFacts { return ingest.Memory[stackSetFacts](m.Facts) }

func (f *stackSetFacts) of(arn string) *stackSet {
	if f.sets == nil {
		f.sets = map[string]*stackSet{}
	}
	if f.sets[arn] == nil {
		f.sets[arn] = &stackSet{}
	}
	return f.sets[arn]
}

// executionRole is the role that a stack set's administration role assumes in
// each target account. A set that the service manages for an organisation has
// roles with generated names there, which no answer tells.
//
// Source: AWS CloudFormation User Guide, "Prerequisites: granting self-managed
// permissions", read 2026-11-28.
func executionRole(model, name string) string {
	if model == "SERVICE_MANAGED" {
		return ""
	}
	return cmp.Or(name, "AWSCloudFormationStackSetExecutionRole")
}

// mapStackInstances reads where a stack set has stacks: its template is run there
// with the execution role of each account.
func mapStackInstances(m *Mapping, d ingest.Document) error {
	var v struct {
		Summaries []struct{ StackSetID, StackID, Account, Region string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Summaries == nil {
		return absent(m, d, "Summaries")
	}
	accounts := map[string]bool{}
	for _, x := range v.Summaries {
		set := m.arnOf(d, "cloudformation", "stackset/", x.StackSetID)
		if set == "" || !schema.IsAccountID(x.Account) {
			m.incomplete(d, "a stack instance without StackSetId or Account")
			continue
		}
		if x.StackID != "" {
			m.Graph.Refer(x.StackID, schema.BuildProject)
			m.link(x.StackID, schema.PartOf, set, schema.BuildProject)
		}
		if accounts[set+x.Account] {
			continue
		}
		accounts[set+x.Account] = true
		m.Later(func() {
			name := m.stackSets().of(set).executionRole
			if name == "" {
				return
			}
			role := role(d, schema.ResourceARN(m.Partition, "iam", "", x.Account, "role/"+name), "execution role in account "+x.Account)
			m.workload(in(d, set), ingest.Workload{ID: set, Kind: schema.BuildProject, Roles: role})
		})
	}
	return nil
}

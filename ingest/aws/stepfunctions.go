package aws

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// stepFunctionsService is state machines: whoever changes one acts with its
// role. What a definition does is the role's to allow; the definition is not
// read.
var stepFunctionsService = Service{
	Name: "stepfunctions", Prefix: "states", LowerCamel: true,
	Client: func(c aws.Config) any { return sfn.NewFromConfig(c) },
	Calls: []Call{
		List("ListStateMachines", (*sfn.Client).ListStateMachines, nil),
		Each("DescribeStateMachine", (*sfn.Client).DescribeStateMachine, "ListStateMachines", "StateMachines.StateMachineArn",
			func(in *sfn.DescribeStateMachineInput, p []string) { in.StateMachineArn = last(p) }),
	},
	Facts: map[string]Mapper{
		"ListStateMachines":    mapListStateMachines,
		"DescribeStateMachine": mapStateMachine,
	},
}

const typeStateMachine = "AWS::StepFunctions::StateMachine"

func mapListStateMachines(m *Mapping, d ingest.Document) error {
	var v struct {
		StateMachines []struct{ StateMachineArn, Name string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.StateMachines == nil {
		return absent(m, d, "stateMachines")
	}
	for _, x := range v.StateMachines {
		if x.StateMachineArn == "" {
			m.incomplete(d, "a state machine without stateMachineArn")
			continue
		}
		m.resource(in(d, x.StateMachineArn), x.StateMachineArn, schema.StateMachine, typeStateMachine, x.Name)
	}
	m.AWSPermissions.MarkListed(d.Account, typeStateMachine)
	return nil
}

func mapStateMachine(m *Mapping, d ingest.Document) error {
	var v struct {
		StateMachineArn, Name, RoleArn, Status string
		EncryptionConfiguration                struct{ KmsKeyID string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	arn := v.StateMachineArn
	if arn == "" {
		m.incomplete(d, "a state machine without stateMachineArn")
		return nil
	}
	d = in(d, arn)
	m.resource(d, arn, schema.StateMachine, typeStateMachine, v.Name).Set(schema.PropStatus, v.Status)
	state := ingest.StateOnDemand
	if v.Status == "DELETING" {
		state = ingest.StateStopped
	}
	m.workload(d, ingest.Workload{ID: arn, Kind: schema.StateMachine, State: state, Roles: role(d, v.RoleArn, "execution role"), Instance: v.Name,
		Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: "states.amazonaws.com"}, Evidence: evidence(d, arn, "state machine "+v.Name+" runs with the role "+v.RoleArn)})
	m.encrypted(d, arn, v.EncryptionConfiguration.KmsKeyID)
	return nil
}

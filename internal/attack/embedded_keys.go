package attack

import (
	"fmt"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// keyRow is how the configuration of a kind of workload, and with it the access
// key in its environment, is read.
type keyRow struct {
	Technique
	service string // in the workload's ARN
	// resource is the resource type in it; empty takes all.
	resource string
}

// onAny: the action is authorised on no resource.
func (r *keyRow) onAny() *keyRow {
	for i := range r.Needs {
		r.Needs[i].On = "*"
	}
	return r
}

func (r *keyRow) of(resourceType string) *keyRow { r.resource = resourceType; return r }

func keyTechnique(id, title, service, action string) *keyRow {
	return &keyRow{service: service, Technique: Technique{ID: id, Kind: schema.Assumes, Title: title, Needs: needs(onTarget, action), Cost: 2, AttackIDs: []string{"T1552.001", "T1078.004"},
		Requires: []string{"the environment holds an active access key"}, Source: "Service Authorization Reference; AWS Lambda Developer Guide, environment variables"}}
}

var (
	keyRows = []*keyRow{
		keyTechnique("env-001", "reads a user's access key in a function's environment", "lambda", "lambda:GetFunctionConfiguration"),
		keyTechnique("env-002", "reads a user's access key in a build project's environment", "codebuild", "codebuild:BatchGetProjects"),
		keyTechnique("env-004", "reads a user's access key in a task definition's environment", "ecs", "ecs:DescribeTaskDefinition").of("task-definition").onAny(),
		keyTechnique("env-005", "reads a user's access key in a web service's environment", "apprunner", "apprunner:DescribeService"),
		keyTechnique("env-006", "reads a user's access key in an agent runtime's environment", "bedrock-agentcore", "bedrock-agentcore:GetAgentRuntime").of("runtime"),
		keyTechnique("env-007", "reads a user's access key in a training job's environment", "sagemaker", "sagemaker:DescribeTrainingJob").of("training-job"),
		keyTechnique("env-008", "reads a user's access key in a processing job's environment", "sagemaker", "sagemaker:DescribeProcessingJob").of("processing-job"),
	}
	holdsKey = &Technique{ID: "env-003", Kind: schema.RunsAs, Title: "code in the workload has a user's access key in its environment", Cost: 1, AttackIDs: []string{"T1552.001"},
		Requires: []string{"the environment holds an active access key"}, Source: "IAM User Guide, Manage access keys for IAM users"}
)

var keyFamily = Family{Name: "keys in environments", Techniques: append(techniquesOf(keyRows, func(r *keyRow) *Technique { return &r.Technique }), holdsKey), derive: (*world).embeddedKeys}

func (w *world) embeddedKeys() error {
	for _, k := range w.f.Keys {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		if !k.Active {
			continue
		}
		f := found(k)
		if x := w.byID[k.Holder]; x == nil || x.State != ingest.StateFinished { // nobody is in a job that is over
			w.add(holdsKey, step{from: k.Holder, to: k.User, way: f.way()})
		}
		a, _ := schema.ParseARN(k.Holder)
		for _, r := range keyRows {
			if r.service != a.Service || r.resource != "" && r.resource != a.ResourceType() {
				continue
			}
			ways := only(w.who(r.Needs, k.Holder, w.environmentOf(k.Holder)), func(p string) bool { return p != k.User })
			w.grant(&r.Technique, w.notAdmins(plus(ways, f)), k.User)
		}
	}
	return nil
}

// found is what is known of a key: its id alone signs nothing.
func found(k ingest.KeyFound) fact {
	f := fact{verdict: schema.Allow}
	if !k.Secret {
		f = onlyIf("the secret of the access key in " + k.Where + " of " + k.Holder + " is there too")
	}
	f.evidence = graph.Evidence{Document: k.Evidence.Document, Statement: k.Where, Summary: fmt.Sprintf("%s holds an access key of %s", k.Where, k.User)}
	return f
}

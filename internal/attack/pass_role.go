package attack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// launch is a way to start new compute that runs with a role: the service that
// the role must trust and be passed to, and what the principal must be allowed
// beside iam:PassRole.
//
// Sources: pathfinding.cloud, read 2026-11; for each action the Service
// Authorization Reference's "Actions defined by …" says what it is authorised
// on.
type launch struct {
	Technique
	service string
	// profile: the role must be in an instance profile.
	profile bool
	// hold is what the attacker must hold beside, in words; empty: nothing.
	hold string
	// through are resource types the way goes through and the attacker does not
	// make: the account must have one of each.
	through []string
}

const passRole = "iam:PassRole"

// Resource templates of what attackers make themselves.
const (
	anyInstance     = "arn:{p}:ec2:*:{a}:instance/*"
	anyFunction     = "arn:{p}:lambda:*:{a}:function:*"
	anySageMaker    = "arn:{p}:sagemaker:*:{a}:"
	anyStack        = "arn:{p}:cloudformation:*:{a}:stack/*"
	anyStackSet     = "arn:{p}:cloudformation:*:{a}:stackset/*"
	anyBuild        = "arn:{p}:codebuild:*:{a}:project/*"
	anyGlue         = "arn:{p}:glue:*:{a}:"
	anyECS          = "arn:{p}:ecs:*:{a}:"
	anyAgent        = "arn:{p}:bedrock:*:{a}:agent/*"
	anyAgentCore    = "arn:{p}:bedrock-agentcore:*:{a}:"
	anyKB           = "arn:{p}:bedrock:*:{a}:knowledge-base/*"
	anyStates       = "arn:{p}:states:*:{a}:"
	anyScalingGroup = "arn:{p}:autoscaling:*:{a}:autoScalingGroup:*"
	anyProfile      = "arn:{p}:iam::{a}:instance-profile/*"
	anyBatch        = "arn:{p}:batch:*:{a}:"
	anyImageBuilder = "arn:{p}:imagebuilder:*:{a}:"
	anyApplication  = "arn:{p}:emr-serverless:*:{a}:/applications/*"
)

// runInstances is authorised on everything an instance is made of.
//
// Source: Service Authorization Reference, "Actions defined by Amazon EC2",
// RunInstances, required resource types, read 2026-11.
var runInstances = []Need{
	{"ec2:RunInstances", anyInstance},
	{"ec2:RunInstances", "arn:{p}:ec2:*::image/*"},
	{"ec2:RunInstances", "arn:{p}:ec2:*:{a}:network-interface/*"},
	{"ec2:RunInstances", "arn:{p}:ec2:*:{a}:security-group/*"},
	{"ec2:RunInstances", "arn:{p}:ec2:*:{a}:subnet/*"},
	{"ec2:RunInstances", "arn:{p}:ec2:*:{a}:volume/*"},
}

func launchRow(id, title, service string, cost int, needs ...[]Need) *launch {
	return &launch{service: service, Technique: Technique{
		ID: id, Kind: schema.LaunchesAs, Title: title, Needs: slices.Concat(needs...),
		Requires: []string{
			passRole + " on the role, to " + service,
			"the role trusts " + service,
		},
		Source: sourceOf(id), Cost: cost, AttackIDs: []string{"T1078.004", "T1548.005"},
	}}
}

func (l *launch) inProfile() *launch {
	l.profile = true
	l.Requires = append(l.Requires, "an instance profile holds the role")
	return l
}

// holding says that the gain needs a second foothold.
func (l *launch) holding(what string) *launch {
	l.hold = what
	l.Requires = append(l.Requires, what)
	l.Confidence = schema.Medium
	return l
}

// by says that the way goes through something the account has already.
func (l *launch) by(types ...string) *launch {
	l.through = types
	for _, t := range types {
		l.Requires = append(l.Requires, "the account has an "+t)
	}
	return l
}

const runsOnInstance = "the attacker runs code on an instance of the account"

var (
	ec2Service = "ec2.amazonaws.com"
	smService  = "sagemaker.amazonaws.com"
	fnService  = "lambda.amazonaws.com"
	glue       = "glue.amazonaws.com"
	ecsTasks   = "ecs-tasks.amazonaws.com"
	cfn        = "cloudformation.amazonaws.com"
	builds     = "codebuild.amazonaws.com"
	bedrock    = "bedrock.amazonaws.com"
	agentCore  = "bedrock-agentcore.amazonaws.com"
)

var launches = []*launch{
	launchRow("ec2-001", "starts an instance with the role", ec2Service, 3, runInstances).inProfile(),
	launchRow("ec2-003", "requests a spot instance with the role", ec2Service, 3, needs("arn:{p}:ec2:*:{a}:spot-instances-request/*", "ec2:RequestSpotInstances")).inProfile(),
	launchRow("profile-001", "replaces the profile of a running instance", ec2Service, 4, needs(anyInstance, "ec2:AssociateIamInstanceProfile")).inProfile().holding(runsOnInstance),
	launchRow("profile-002", "replaces the profile association of a running instance", ec2Service, 4, needs(anyInstance, "ec2:ReplaceIamInstanceProfileAssociation")).inProfile().holding(runsOnInstance),
	launchRow("profile-003", "puts the role into an instance profile of its own and starts an instance with it", ec2Service, 4, runInstances,
		needs(anyProfile, "iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile")),
	launchRow("profile-004", "exchanges the role of an instance profile and starts an instance with it", ec2Service, 4, runInstances,
		needs(anyProfile, "iam:RemoveRoleFromInstanceProfile", "iam:AddRoleToInstanceProfile")).by(typeProfile),
	launchRow("imagebuilder-001", "builds a machine image on an instance with the role", ec2Service, 5,
		needs(anyImageBuilder+"component/*", "imagebuilder:CreateComponent"), needs(anyImageBuilder+"image-recipe/*", "imagebuilder:CreateImageRecipe"),
		needs(anyImageBuilder+"infrastructure-configuration/*", "imagebuilder:CreateInfrastructureConfiguration"), needs(anyImageBuilder+"image/*", "imagebuilder:CreateImage")).inProfile(),
	launchRow("autoscaling-001", "has a group of instances started with the role, by a launch configuration", ec2Service, 4,
		needs("arn:{p}:autoscaling:*:{a}:launchConfiguration:*", "autoscaling:CreateLaunchConfiguration"), needs(anyScalingGroup, "autoscaling:CreateAutoScalingGroup")).inProfile(),
	launchRow("autoscaling-002", "has a group of instances replaced by some with the role, by a launch configuration", ec2Service, 4,
		needs("arn:{p}:autoscaling:*:{a}:launchConfiguration:*", "autoscaling:CreateLaunchConfiguration"), needs(anyScalingGroup, "autoscaling:UpdateAutoScalingGroup")).inProfile().by("AWS::AutoScaling::AutoScalingGroup"),
	launchRow("ssm-003", "runs an automation document with the role", "ssm.amazonaws.com", 4,
		needs("arn:{p}:ssm:*:{a}:document/*", "ssm:CreateDocument"), needs("arn:{p}:ssm:*:{a}:automation-definition/*", "ssm:StartAutomationExecution")),

	launchRow("lambda-001", "creates a function with the role and invokes it", fnService, 3, needs(anyFunction, "lambda:CreateFunction", "lambda:InvokeFunction")),
	launchRow("lambda-002", "creates a function with the role and has a stream trigger it", fnService, 4,
		needs(anyFunction, "lambda:CreateFunction"), needs("*", "lambda:CreateEventSourceMapping")).holding("the role may read a stream or queue that the attacker can feed"),
	launchRow("lambda-006", "creates a function with the role and lets itself invoke it", fnService, 3, needs(anyFunction, "lambda:CreateFunction", "lambda:AddPermission")),

	launchRow("ecs-001", "runs a service with the task role in a new cluster", ecsTasks, 5,
		needs(anyECS+"cluster/*", "ecs:CreateCluster"), needs(anyECS+"task-definition/*", "ecs:RegisterTaskDefinition"), needs(anyECS+"service/*", "ecs:CreateService")),
	launchRow("ecs-002", "runs a task with the task role in a new cluster", ecsTasks, 5,
		needs(anyECS+"cluster/*", "ecs:CreateCluster"), needs(anyECS+"task-definition/*", "ecs:RegisterTaskDefinition"), needs(anyECS+"task-definition/*", "ecs:RunTask")),
	launchRow("ecs-003", "runs a service with the task role", ecsTasks, 5, needs(anyECS+"task-definition/*", "ecs:RegisterTaskDefinition"), needs(anyECS+"service/*", "ecs:CreateService")).by(typeCluster),
	launchRow("ecs-004", "runs a task with the task role", ecsTasks, 4, needs(anyECS+"task-definition/*", "ecs:RegisterTaskDefinition"), needs(anyECS+"task-definition/*", "ecs:RunTask")).by(typeCluster),
	launchRow("ecs-005", "starts a task with the task role on a container instance", ecsTasks, 5,
		needs(anyECS+"task-definition/*", "ecs:RegisterTaskDefinition"), needs(anyECS+"task-definition/*", "ecs:StartTask")).by(typeContainerInstance),
	launchRow("ecs-007", "makes its instance one of a cluster's and starts an existing task there, with the task role and commands of its own", ecsTasks, 6,
		needs(anyECS+"cluster/*", "ecs:RegisterContainerInstance"), needs(anyECS+"task-definition/*", "ecs:StartTask")).by(typeCluster, typeTaskDefinition).holding(runsOnInstance),
	launchRow("ecs-008", "runs an existing task with the task role and commands of its own", ecsTasks, 4, needs(anyECS+"task-definition/*", "ecs:RunTask")).by(typeCluster, typeTaskDefinition),
	launchRow("ecs-009", "starts an existing task on a container instance, with the task role and commands of its own", ecsTasks, 5,
		needs(anyECS+"task-definition/*", "ecs:StartTask")).by(typeContainerInstance, typeTaskDefinition),
	launchRow("service-001", "has a service run a task definition of its own with the task role", ecsTasks, 4,
		needs(anyECS+"task-definition/*", "ecs:RegisterTaskDefinition"), needs(anyECS+"service/*", "ecs:UpdateService")).by(typeECSService),

	launchRow("cloudformation-001", "creates a stack that acts with the role", cfn, 3, needs(anyStack, "cloudformation:CreateStack")),
	launchRow("cloudformation-003", "creates a stack set that acts with the role", cfn, 4, needs("*", "cloudformation:CreateStackSet"), needs(anyStackSet, "cloudformation:CreateStackInstances")),
	launchRow("cloudformation-004", "points a stack set at the role", cfn, 4, needs(anyStackSet, "cloudformation:UpdateStackSet")).by("AWS::CloudFormation::StackSet"),

	launchRow("codebuild-001", "creates a build project with the role and starts it", builds, 3, needs(anyBuild, "codebuild:CreateProject", "codebuild:StartBuild")),
	launchRow("codebuild-004", "creates a build project with the role and starts a batch", builds, 3, needs(anyBuild, "codebuild:CreateProject", "codebuild:StartBuildBatch")),

	launchRow("datapipeline-001", "runs a data pipeline with the role", "datapipeline.amazonaws.com", 5,
		needs("*", "datapipeline:CreatePipeline"), needs("arn:{p}:datapipeline:*:{a}:pipeline/*", "datapipeline:PutPipelineDefinition", "datapipeline:ActivatePipeline")),

	launchRow("glue-001", "creates a development endpoint with the role", glue, 4, needs("*", "glue:CreateDevEndpoint")),
	launchRow("glue-003", "creates an ETL job with the role and runs it", glue, 3, needs(anyGlue+"job/*", "glue:CreateJob", "glue:StartJobRun")),
	launchRow("glue-004", "creates an ETL job with the role and a trigger", glue, 4, needs(anyGlue+"job/*", "glue:CreateJob"), needs(anyGlue+"trigger/*", "glue:CreateTrigger")),
	launchRow("glue-005", "gives an ETL job the role and new code, and runs it", glue, 4, needs(anyGlue+"job/*", "glue:UpdateJob", "glue:StartJobRun")).by(typeGlueJob),
	launchRow("glue-006", "gives an ETL job the role and new code, and a trigger", glue, 4, needs(anyGlue+"job/*", "glue:UpdateJob"), needs(anyGlue+"trigger/*", "glue:CreateTrigger")).by(typeGlueJob),
	launchRow("glue-007", "opens an interactive session with the role", glue, 3, needs(anyGlue+"session/*", "glue:CreateSession", "glue:RunStatement")),

	launchRow("emr-001", "starts a cluster whose nodes have the role", ec2Service, 5, needs("*", "elasticmapreduce:RunJobFlow")).inProfile(),
	launchRow("emrserverless-001", "runs a serverless EMR job with the role", "emr-serverless.amazonaws.com", 4, needs("*", "emr-serverless:CreateApplication"), needs(anyApplication, "emr-serverless:StartJobRun")),
	launchRow("batch-001", "submits a batch job with the role", ecsTasks, 4,
		needs(anyBatch+"job-definition/*", "batch:RegisterJobDefinition", "batch:SubmitJob"), needs(anyBatch+"job-queue/*", "batch:SubmitJob")).by(typeJobQueue),
	launchRow("batch-003", "submits a batch job with the role to a queue of its own", ecsTasks, 5,
		needs(anyBatch+"job-definition/*", "batch:RegisterJobDefinition", "batch:SubmitJob"), needs(anyBatch+"job-queue/*", "batch:CreateJobQueue", "batch:SubmitJob"),
		needs(anyBatch+"compute-environment/*", "batch:CreateComputeEnvironment")),
	launchRow("gamelift-001", "has a fleet of game servers run a build of its own with the role", "gamelift.amazonaws.com", 5,
		needs("*", "gamelift:CreateBuild", "gamelift:CreateFleet"), needs("arn:{p}:gamelift:*:{a}:build/*", "gamelift:RequestUploadCredentials")),
	launchRow("apprunner-001", "creates a web service with the role", "tasks.apprunner.amazonaws.com", 4, needs("arn:{p}:apprunner:*:{a}:service/*", "apprunner:CreateService")),
	launchRow("braket-001", "runs a hybrid job with the role", "braket.amazonaws.com", 4, needs("arn:{p}:braket:*:{a}:job/*", "braket:CreateJob")),
	launchRow("omics-001", "runs a workflow of its own with the role", "omics.amazonaws.com", 4, needs("*", "omics:CreateWorkflow"), needs("arn:{p}:omics:*:{a}:run/*", "omics:StartRun")),
	launchRow("kinesisanalytics-001", "runs a stream application of its own with the role", "kinesisanalytics.amazonaws.com", 4,
		needs("*", "kinesisanalytics:CreateApplication"), needs("arn:{p}:kinesisanalytics:*:{a}:application/*", "kinesisanalytics:StartApplication")),
	launchRow("stepfunctions-001", "creates a state machine with the role and starts it", "states.amazonaws.com", 3, needs(anyStates+"stateMachine:*", "states:CreateStateMachine", "states:StartExecution")),
	launchRow("scheduler-001", "schedules a call that is made with the role", "scheduler.amazonaws.com", 4, needs("arn:{p}:scheduler:*:{a}:schedule/*", "scheduler:CreateSchedule")),

	launchRow("sagemaker-001", "creates a notebook with the role and opens it", smService, 3,
		needs(anySageMaker+"notebook-instance/*", "sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl")),
	launchRow("notebook-001", "creates a notebook with the role and a script that runs at its start", smService, 4,
		needs(anySageMaker+"notebook-instance/*", "sagemaker:CreateNotebookInstance"),
		needs(anySageMaker+"notebook-instance-lifecycle-config/*", "sagemaker:CreateNotebookInstanceLifecycleConfig")),
	launchRow("sagemaker-002", "starts a training job with the role", smService, 3, needs(anySageMaker+"training-job/*", "sagemaker:CreateTrainingJob")),
	launchRow("sagemaker-003", "starts a processing job with the role", smService, 3, needs(anySageMaker+"processing-job/*", "sagemaker:CreateProcessingJob")),
	launchRow("training-001", "starts a tuning job with the role", smService, 4, needs(anySageMaker+"hyper-parameter-tuning-job/*", "sagemaker:CreateHyperParameterTuningJob")),
	launchRow("training-002", "starts an AutoML job with the role", smService, 5, needs(anySageMaker+"automl-job/*", "sagemaker:CreateAutoMLJob")),
	launchRow("serving-001", "serves a container of its own with the role", smService, 4,
		needs(anySageMaker+"model/*", "sagemaker:CreateModel"), needs(anySageMaker+"endpoint-config/*", "sagemaker:CreateEndpointConfig"), needs(anySageMaker+"endpoint/*", "sagemaker:CreateEndpoint")),
	launchRow("serving-002", "runs a container of its own over a batch with the role", smService, 4,
		needs(anySageMaker+"model/*", "sagemaker:CreateModel"), needs(anySageMaker+"transform-job/*", "sagemaker:CreateTransformJob")),
	launchRow("pipeline-001", "creates a pipeline with the role and starts it", smService, 4,
		needs(anySageMaker+"pipeline/*", "sagemaker:CreatePipeline", "sagemaker:StartPipelineExecution")),
	launchRow("studio-001", "gives a Studio user the role and opens an app", smService, 5,
		needs(anySageMaker+"user-profile/*", "sagemaker:UpdateUserProfile", "sagemaker:CreatePresignedDomainUrl"), needs(anySageMaker+"app/*", "sagemaker:CreateApp")).by(typeUserProfile),
	launchRow("studio-003", "makes the role a Studio domain's default, and a user and an app that have it", smService, 5,
		needs(anySageMaker+"domain/*", "sagemaker:UpdateDomain"), needs(anySageMaker+"user-profile/*", "sagemaker:CreateUserProfile", "sagemaker:CreatePresignedDomainUrl"),
		needs(anySageMaker+"app/*", "sagemaker:CreateApp")).by("AWS::SageMaker::Domain"),
	launchRow("hyperpod-001", "creates a cluster with the role", smService, 5, needs(anySageMaker+"cluster/*", "sagemaker:CreateCluster")),

	launchRow("bedrock-001", "creates a code interpreter with the role and runs code in it", agentCore, 3,
		needs("*", "bedrock-agentcore:CreateCodeInterpreter"), needs(anyAgentCore+"code-interpreter-custom/*", "bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter")),
	launchRow("bedrock-003", "creates an agent runtime with the role and runs a command in it", agentCore, 5,
		needs("*", "bedrock-agentcore:CreateAgentRuntime"), needs(anyAgentCore+"runtime/*", "bedrock-agentcore:CreateAgentRuntimeEndpoint", "bedrock-agentcore:InvokeAgentRuntimeCommand"),
		needs(anyAgentCore+"workload-identity-directory/*", "bedrock-agentcore:CreateWorkloadIdentity")),
	launchRow("runtime-001", "gives an agent runtime the role and code of its own, and calls it", agentCore, 5,
		needs(anyAgentCore+"runtime/*", "bedrock-agentcore:UpdateAgentRuntime", "bedrock-agentcore:InvokeAgentRuntime")).by("AWS::BedrockAgentCore::Runtime"),
	launchRow("bedrock-005", "creates a harness with the role and runs a command in its runtime", agentCore, 5,
		needs("*", "bedrock-agentcore:CreateHarness", "bedrock-agentcore:CreateAgentRuntime"), needs(anyAgentCore+"harness/*", "bedrock-agentcore:GetHarness"),
		needs(anyAgentCore+"runtime/*", "bedrock-agentcore:CreateAgentRuntimeEndpoint", "bedrock-agentcore:GetAgentRuntime", "bedrock-agentcore:InvokeAgentRuntimeCommand"),
		needs(anyAgentCore+"workload-identity-directory/*", "bedrock-agentcore:CreateWorkloadIdentity")),
	launchRow("bedrock-006", "creates a browser with the role and drives it", agentCore, 5,
		needs("*", "bedrock-agentcore:CreateBrowser", "bedrock-agentcore:ConnectBrowserAutomationStream"), needs(anyAgentCore+"browser-custom/*", "bedrock-agentcore:StartBrowserSession")),
	launchRow("agent-001", "creates an agent with the role and talks to it", bedrock, 5,
		needs("*", "bedrock:CreateAgent"), needs(anyAgent, "bedrock:CreateAgentActionGroup", "bedrock:PrepareAgent"), needs("arn:{p}:bedrock:*:{a}:agent-alias/*", "bedrock:InvokeAgent")),
	launchRow("kb-001", "makes a knowledge base of whatever the role can read", bedrock, 5,
		needs("*", "bedrock:CreateKnowledgeBase"), needs(anyKB, "bedrock:CreateDataSource", "bedrock:StartIngestionJob", "bedrock:Retrieve")),
	launchRow("customization-001", "has a customisation job copy what the role can read", bedrock, 5,
		needs("arn:{p}:bedrock:*:{a}:custom-model/*", "bedrock:CreateModelCustomizationJob"), needs("arn:{p}:bedrock:*::foundation-model/*", "bedrock:CreateModelCustomizationJob")),
}

// sourceOf says where a technique is described, from its id: families that
// pathfinding.cloud has are cited there.
func sourceOf(id string) string {
	family, _, _ := strings.Cut(id, "-")
	switch family {
	case "iam", "sts", "ec2", "ssm", "lambda", "ecs", "cloudformation", "codebuild", "datapipeline", "glue", "emr", "emrserverless",
		"batch", "gamelift", "imagebuilder", "apprunner", "braket", "omics", "kinesisanalytics", "stepfunctions", "scheduler", "sagemaker", "bedrock", "ec2instanceconnect", "cognitoidentity", "codedeploy":
		return "pathfinding.cloud " + id
	}
	return "Service Authorization Reference; IAM User Guide, iam:PassRole"
}

var launchFamily = Family{Name: "new compute with a passed role", Techniques: techniquesOf(launches, func(l *launch) *Technique { return &l.Technique }), derive: (*world).launchAs}

func techniquesOf[T any](rows []T, get func(T) *Technique) []*Technique {
	out := make([]*Technique, len(rows))
	for i, r := range rows {
		out[i] = get(r)
	}
	return out
}

func (w *world) launchAs() error {
	w.settle()
	for _, service := range launchServices() {
		if err := w.launchService(service, w.trusting(service)); err != nil {
			return err
		}
	}
	return nil
}

// launchService joins who passes each role with who starts compute, by each row
// of the service. What a principal may start does not depend on the role, so it
// is asked once an account.
func (w *world) launchService(service string, trusting []trust) error {
	if len(trusting) == 0 {
		return nil
	}
	passers := w.passers(service)
	for _, l := range launches {
		if l.service != service {
			continue
		}
		starters := map[environment][]way{}
		var all []gained
		for _, r := range trusting {
			if err := w.ctx.Err(); err != nil {
				return err
			}
			e := w.environmentOf(r.role)
			if _, asked := starters[e]; !asked {
				ws := w.notAdmins(w.who(l.Needs, "", e))
				starters[e] = together(ws, whyOf(ws))
			}
			if ways := w.launching(l, r.role, passers[r.role], starters[e], r.fact); len(ways) > 0 {
				all = append(all, gained{r.role, ways})
			}
		}
		for _, in := range w.sameAccount(all) {
			w.spreadAlike(&l.Technique, in)
		}
	}
	return nil
}

func (w *world) launching(l *launch, role string, passers, starters []way, trust fact) []way {
	ways := plus(w.joinShared(starters, passers), trust)
	if l.profile {
		ways = plus(ways, w.profiled(role))
	}
	if l.hold != "" {
		ways = plus(ways, onlyIf(l.hold))
	}
	for _, t := range l.through {
		ways = plus(ways, w.has(w.environmentOf(role), t))
	}
	return ways // a role that launches as itself gains nothing, which add knows
}

func launchServices() []string {
	var out []string
	for _, l := range launches {
		out = append(out, l.service)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// passers says for each role that trusts a service who may pass it to the service.
func (w *world) passers(service string) map[string][]way {
	if out, known := w.passed[service]; known {
		return out
	}
	var roles []string
	for _, r := range w.trusting(service) {
		roles = append(roles, r.role)
	}
	o := w.options()
	o.Context = map[string][]string{"iam:PassedToService": {service}}
	out := map[string][]way{}
	w.passed[service] = out
	if len(roles) == 0 {
		return out
	}
	for some := range slices.Chunk(roles, asking) {
		for _, g := range w.toAct(w.perms, passRole).Grants(passRole, some, o) {
			out[g.Resource] = append(out[g.Resource], satisfied(wayOf(g, false), g.Conditions, "iam:AssociatedResourceArn"))
		}
		for _, r := range some {
			out[r] = together(out[r], w.because(passRole, r, o))
			for i := range out[r] {
				out[r][i].who = w.shareList(out[r][i].who)
			}
		}
	}
	return out
}

// satisfied drops conditions on a key whose value the attacker brings about by
// naming what is made.
func satisfied(x way, conditions []iamaws.Condition, key string) way {
	if x.verdict != schema.Conditional || len(conditions) == 0 {
		return x
	}
	for _, c := range conditions {
		if !strings.EqualFold(c.Key, key) || strings.Contains(strings.ToLower(c.Operator), "not") {
			return x
		}
	}
	x.verdict, x.witness = schema.Allow, nil
	return x
}

// trust is a role that lets a service of its own account assume it, and what that
// hangs on.
type trust struct {
	role string
	fact
}

// trusting lists the roles that let a service assume them, sorted. Many
// techniques ask it of the same service.
func (w *world) trusting(service string) []trust {
	if l, known := w.trusted[service]; known {
		return l
	}
	var out []trust
	for _, role := range w.roles {
		if f, ok := w.askTrust(role, service); ok {
			out = append(out, trust{role, f})
		}
	}
	w.trusted[service] = out
	return out
}

func (w *world) askTrust(role, service string) (fact, bool) {
	if w.perms.NeverTrusts(role, service) || w.perms.TrustUnread(role) { // of which assuming tells
		return fails, false
	}
	e := w.environmentOf(role)
	o := w.options()
	o.Context = map[string][]string{"aws:SourceAccount": {e.account}}
	d, err := w.perms.Trusts(role, service, o)
	if err != nil || d.Verdict == iamaws.Deny {
		return fails, false
	}
	x := satisfied(wayOfDecision(nil, d), d.Conditions, "aws:SourceArn")
	f := fact{verdict: x.verdict, missing: x.missing, evidence: graph.Evidence{Document: role, Statement: statementOf(d),
		Summary: fmt.Sprintf("the trust policy lets %s assume the role", service)}}
	f.witness = strings.Join(x.witness, " and ")
	return f, true
}

func statementOf(d iamaws.Decision) string {
	for _, r := range d.Because {
		if r.Layer == iamaws.LayerTrust && r.Effect == "allow" {
			return r.Statement
		}
	}
	return ""
}

// Resource types that ways of launching go through.
const (
	typeCluster           = "AWS::ECS::Cluster"
	typeContainerInstance = "AWS::ECS::ContainerInstance"
	typeECSService        = "AWS::ECS::Service"
	typeTaskDefinition    = "AWS::ECS::TaskDefinition"
	typeGlueJob           = "AWS::Glue::Job"
	typeUserProfile       = "AWS::SageMaker::UserProfile"
	typeJobQueue          = "AWS::Batch::JobQueue"
	typeProfile           = "AWS::IAM::InstanceProfile"
)

type accountType struct{ account, resourceType string }

// has says whether an account has something of a resource type.
func (w *world) has(e environment, resourceType string) fact {
	if w.present == nil {
		w.noteTypes()
	}
	a := w.inv.Accounts[e.account]
	id, found := w.present[accountType{e.account, resourceType}]
	switch {
	case found:
		return shown(id, "", "the account has an "+resourceType)
	case a != nil && a.Named[resourceType]:
		return shown(e.account, "", "a list of the account names an "+resourceType)
	case a != nil && a.Listed[resourceType]:
		return fails
	}
	return onlyIf(fmt.Sprintf("account %s has an %s, whose list was not collected", e.account, resourceType))
}

// noteTypes remembers one resource of each type and account: the first by id.
func (w *world) noteTypes() {
	w.present = map[accountType]string{}
	note := func(account, resourceType, id string) {
		k := accountType{account, resourceType}
		if have, ok := w.present[k]; !ok || id < have {
			w.present[k] = id
		}
	}
	for i := range w.f.Workloads {
		x := &w.f.Workloads[i]
		if x.State == ingest.StateFinished {
			continue
		}
		if t, ok := w.g.Refer(x.ID, x.Kind).Get(schema.PropResourceType).(string); ok {
			note(w.environmentOf(x.ID).account, t, x.ID)
		}
		if a, ok := schema.ParseARN(x.ID); ok && a.Service == "ecs" && (x.Kind == schema.ContainerService || a.ResourceType() == "task") {
			note(a.Account, typeCluster, x.ID) // services and tasks are in one
		}
	}
	for _, r := range w.inv.Roles {
		for _, p := range r.InstanceProfiles.Value {
			if a, ok := schema.ParseARN(p); ok {
				note(a.Account, typeProfile, p)
			}
		}
	}
}

// profiled says whether an instance profile holds the role.
func (w *world) profiled(role string) fact {
	r := w.inv.Roles[role]
	switch {
	case r == nil || !r.InstanceProfiles.Collected():
		return onlyIf("an instance profile holds " + role)
	case r.InstanceProfiles.State == iamaws.None || len(r.InstanceProfiles.Value) == 0:
		return fails
	}
	profile := slices.Min(r.InstanceProfiles.Value)
	return shown(profile, "", "the instance profile holds the role")
}

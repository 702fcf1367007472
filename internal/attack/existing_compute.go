package attack

import (
	"fmt"
	"slices"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// takeover is a way to run code on compute that exists.
type takeover struct {
	Technique
	kinds []schema.NodeKind
	// service narrows by the service in the workload's ARN; empty takes all.
	service string
	// types narrows by the resource type in the workload's ARN; empty takes all.
	types []string
	// when judges the workload's state and attributes.
	when func(*ingest.Workload) fact
	// listed is the resource type whose list tells which workloads there are,
	// and pattern what they look like: a principal that may take over any of
	// them is told of when the list was not read.
	listed, pattern string
	// also is who holds what else is needed, where that is more than permissions
	// on named things; nil: nothing.
	also func(w *world, target string) []way
}

func takeoverRow(id, title string, kinds []schema.NodeKind, service, listed, pattern string, when func(*ingest.Workload) fact, cost int, needs ...[]Need) *takeover {
	return &takeover{
		Technique: Technique{ID: id, Kind: schema.ExecutesOn, Title: title, Needs: slices.Concat(needs...), Source: sourceOf(id), Cost: cost,
			AttackIDs: []string{"T1651", "T1021.007"}},
		kinds: kinds, service: service, when: when, listed: listed, pattern: pattern,
	}
}

func (t *takeover) of(types ...string) *takeover                 { t.types = types; return t }
func (t *takeover) requires(facts ...string) *takeover           { t.Requires = facts; return t }
func (t *takeover) along(f func(*world, string) []way) *takeover { t.also = f; return t }
func (t *takeover) atlas(ids ...string) *takeover {
	t.AttackIDs = append(t.AttackIDs, ids...)
	return t
}

func kinds(k ...schema.NodeKind) []schema.NodeKind { return k }

var (
	machines  = kinds(schema.VirtualMachine)
	functions = kinds(schema.Function)
	notebooks = kinds(schema.Notebook)
	templates = kinds(schema.LaunchTemplate)
)

const (
	typeInstance = "AWS::EC2::Instance"
	typeFunction = "AWS::Lambda::Function"
	typeNotebook = "AWS::SageMaker::NotebookInstance"

	anyNotebook = anySageMaker + "notebook-instance/*"
	anyScript   = anySageMaker + "notebook-instance-lifecycle-config/*"
)

var takeovers = []*takeover{
	takeoverRow("ec2-002", "stops an instance, changes its user data, starts it", machines, "ec2", typeInstance, anyInstance, exists, 5,
		needs(onTarget, "ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances")),
	takeoverRow("ec2-004", "gives a launch template a default version with user data of its own", templates, "ec2", "AWS::EC2::LaunchTemplate", "arn:{p}:ec2:*:{a}:launch-template/*", followed(ingest.AttrFollowsDefault, "default"), 4,
		needs(onTarget, "ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate")).requires("an Auto Scaling group starts machines from the default version"),
	takeoverRow("template-001", "gives a launch template a latest version with user data of its own", templates, "ec2", "AWS::EC2::LaunchTemplate", "arn:{p}:ec2:*:{a}:launch-template/*", followed(ingest.AttrFollowsLatest, "latest"), 4,
		needs(onTarget, "ec2:CreateLaunchTemplateVersion")).requires("an Auto Scaling group starts machines from the latest version"),
	takeoverRow("ec2instanceconnect-003", "sends an SSH key to an instance", machines, "ec2", typeInstance, anyInstance, connectable, 5,
		needs(onTarget, "ec2-instance-connect:SendSSHPublicKey")).requires("the instance runs", "port 22 can be reached and the user's name is known"),
	takeoverRow("ssm-001", "opens a session on an instance", machines, "ec2", typeInstance, anyInstance, managed, 3,
		needs(onTarget, "ssm:StartSession")).requires("the instance runs", "Systems Manager's agent is online on it"),
	takeoverRow("ssm-002", "sends a command to an instance", machines, "ec2", typeInstance, anyInstance, managed, 3,
		needs(onTarget, "ssm:SendCommand"), needs("arn:{p}:ssm:*:*:document/*", "ssm:SendCommand")).along(sending("ssm:SendCommand")).requires("the document runs what the caller writes", "the instance runs", "Systems Manager's agent is online on it"),
	takeoverRow("association-001", "has an instance run a document again and again", machines, "ec2", typeInstance, anyInstance, managed, 4,
		needs(onTarget, "ssm:CreateAssociation"), needs("arn:{p}:ssm:*:*:document/*", "ssm:CreateAssociation")).along(sending("ssm:CreateAssociation")).requires("the document runs what the caller writes", "the instance runs", "Systems Manager's agent is online on it"),

	takeoverRow("codedeploy-001", "deploys a revision of its own to an instance of a deployment group", machines, "ec2", typeInstance, anyInstance, deployedTo, 4,
		needs("arn:{p}:codedeploy:*:{a}:deploymentgroup:*", "codedeploy:CreateDeployment"), needs("arn:{p}:codedeploy:*:{a}:application:*", "codedeploy:RegisterApplicationRevision"),
		needs("arn:{p}:codedeploy:*:{a}:deploymentconfig:*", "codedeploy:GetDeploymentConfig")).requires("the instance runs", "a deployment group of CodeDeploy deploys to it"),

	takeoverRow("lambda-003", "replaces a function's code and waits for a call", functions, "lambda", typeFunction, anyFunction, invokedByOthers, 4,
		needs(onTarget, "lambda:UpdateFunctionCode")).requires("the function is invoked by others"),
	takeoverRow("lambda-004", "replaces a function's code and invokes it", functions, "lambda", typeFunction, anyFunction, exists, 3,
		needs(onTarget, "lambda:UpdateFunctionCode", "lambda:InvokeFunction")),
	takeoverRow("lambda-005", "replaces a function's code and lets itself invoke it", functions, "lambda", typeFunction, anyFunction, exists, 3,
		needs(onTarget, "lambda:UpdateFunctionCode", "lambda:AddPermission")),
	takeoverRow("function-001", "puts a layer or a runtime wrapper of its own into a function", functions, "lambda", typeFunction, anyFunction, invokedByOthers, 4,
		needs(onTarget, "lambda:UpdateFunctionConfiguration")).requires("the function is invoked by others"),
	takeoverRow("function-002", "puts a layer of its own into a function and invokes it", functions, "lambda", typeFunction, anyFunction, exists, 4,
		needs(onTarget, "lambda:UpdateFunctionConfiguration", "lambda:InvokeFunction")),

	takeoverRow("codebuild-002", "starts a build with a build specification of its own", kinds(schema.BuildProject), "codebuild", "AWS::CodeBuild::Project", anyBuild, exists, 3,
		needs(onTarget, "codebuild:StartBuild")),
	takeoverRow("codebuild-003", "starts a batch of builds with a specification of its own", kinds(schema.BuildProject), "codebuild", "AWS::CodeBuild::Project", anyBuild, exists, 3,
		needs(onTarget, "codebuild:StartBuildBatch")),
	takeoverRow("cloudformation-002", "updates a stack that acts with a service role", kinds(schema.BuildProject), "cloudformation", "AWS::CloudFormation::Stack", anyStack, notStopped, 3,
		needs(onTarget, "cloudformation:UpdateStack")).of("stack"),
	takeoverRow("cloudformation-005", "changes a stack that acts with a service role by a change set", kinds(schema.BuildProject), "cloudformation", "AWS::CloudFormation::Stack", anyStack, notStopped, 3,
		needs(onTarget, "cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet")).of("stack"),
	takeoverRow("glue-002", "puts a key of its own on a development endpoint", kinds(schema.ETLJob), "glue", "AWS::Glue::DevEndpoint", anyGlue+"devEndpoint/*", notStopped, 3,
		needs(onTarget, "glue:UpdateDevEndpoint")).of("devEndpoint"),
	takeoverRow("apprunner-002", "has a web service run an image of its own", kinds(schema.ServerlessApp), "apprunner", "AWS::AppRunner::Service", "arn:{p}:apprunner:*:{a}:service/*", exists, 3,
		needs(onTarget, "apprunner:UpdateService")),
	takeoverRow("stepfunctions-002", "changes a state machine and starts it", kinds(schema.StateMachine), "states", "AWS::StepFunctions::StateMachine", anyStates+"stateMachine:*", exists, 3,
		needs(onTarget, "states:UpdateStateMachine", "states:StartExecution")),
	takeoverRow("ecs-006", "runs a command in a container", kinds(schema.ContainerTask, schema.ContainerService), "ecs", "AWS::ECS::Task", anyECS+"task/*", execEnabled, 3,
		needs(onTarget, "ecs:ExecuteCommand")).of("task", "service").requires("the task runs", "execute command is enabled"),

	takeoverRow("batch-002", "submits a job of an existing definition with commands of its own", kinds(schema.ContainerTask), "batch", "AWS::Batch::JobDefinition", anyBatch+"job-definition/*", notStopped, 3,
		needs(onTarget, "batch:SubmitJob"), needs(anyBatch+"job-queue/*", "batch:SubmitJob")).along(toAQueue).of("job-definition").requires("the account has a job queue"),

	takeoverRow("sagemaker-004", "opens a notebook by a presigned URL", notebooks, "sagemaker", typeNotebook, anyNotebook, running, 2,
		needs(onTarget, "sagemaker:CreatePresignedNotebookInstanceUrl")).requires("the notebook is in service"),
	takeoverRow("notebook-002", "starts a stopped notebook and opens it by a presigned URL", notebooks, "sagemaker", typeNotebook, anyNotebook, stopped, 3,
		needs(onTarget, "sagemaker:StartNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl")).requires("the notebook is stopped"),
	takeoverRow("sagemaker-005", "stops a notebook, gives it a script that runs at its start, starts it", notebooks, "sagemaker", typeNotebook, anyNotebook, exists, 4,
		needs(onTarget, "sagemaker:StopNotebookInstance", "sagemaker:UpdateNotebookInstance", "sagemaker:StartNotebookInstance"),
		needs(anyScript, "sagemaker:CreateNotebookInstanceLifecycleConfig")),
	takeoverRow("studio-002", "opens a Studio user's apps by a presigned URL", kinds(schema.AIUserProfile), "sagemaker", typeUserProfile, anySageMaker+"user-profile/*", notStopped, 2,
		needs(onTarget, "sagemaker:CreatePresignedDomainUrl")),
	takeoverRow("pipeline-002", "changes a pipeline and starts it", kinds(schema.Pipeline), "sagemaker", "AWS::SageMaker::Pipeline", anySageMaker+"pipeline/*", exists, 4,
		needs(onTarget, "sagemaker:UpdatePipeline", "sagemaker:StartPipelineExecution")),

	takeoverRow("bedrock-002", "runs code in a code interpreter", kinds(schema.CodeInterpreter), "bedrock-agentcore", "AWS::BedrockAgentCore::CodeInterpreter", anyAgentCore+"code-interpreter-custom/*", notStopped, 2,
		needs(onTarget, "bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter")).atlas("AML.T0050"),
	takeoverRow("bedrock-004", "runs a command in an agent runtime", kinds(schema.AgentRuntime), "bedrock-agentcore", "AWS::BedrockAgentCore::Runtime", anyAgentCore+"runtime/*", iamAuthorized, 2,
		needs(onTarget, "bedrock-agentcore:InvokeAgentRuntimeCommand")).requires("the runtime knows its callers by IAM").atlas("AML.T0050"),
	takeoverRow("bedrock-007", "drives an agent's browser", kinds(schema.Browser), "bedrock-agentcore", "AWS::BedrockAgentCore::Browser", anyAgentCore+"browser-custom/*", notStopped, 3,
		needs(onTarget, "bedrock-agentcore:StartBrowserSession"), needs("*", "bedrock-agentcore:ConnectBrowserAutomationStream")),
	takeoverRow("agent-002", "rewrites an agent and prepares it", kinds(schema.Agent), "bedrock", "AWS::Bedrock::Agent", anyAgent, exists, 4,
		needs(onTarget, "bedrock:UpdateAgent", "bedrock:PrepareAgent")).atlas("AML.T0081"),
	takeoverRow("agent-003", "gives an agent tools of its own and prepares it", kinds(schema.Agent), "bedrock", "AWS::Bedrock::Agent", anyAgent, exists, 4,
		needs(onTarget, "bedrock:UpdateAgentActionGroup", "bedrock:PrepareAgent")).atlas("AML.T0081"),
}

var takeoverFamily = Family{Name: "code on existing compute",
	Techniques: append(techniquesOf(takeovers, func(t *takeover) *Technique { return &t.Technique }), attachedScript, toolHijack),
	derive:     (*world).takeOver}

func (w *world) takeOver() error {
	for _, t := range takeovers {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		targets := w.targets(t)
		ids := make([]string, len(targets))
		for i, x := range targets {
			ids[i] = x.ID
		}
		w.ask(t.Needs, ids)
		for _, x := range targets {
			f := t.when(x)
			if f.verdict == schema.Deny {
				continue
			}
			ways := w.who(t.Needs, x.ID, w.environmentOf(x.ID))
			if t.also != nil {
				ways = join(ways, t.also(w, x.ID))
			}
			w.grant(&t.Technique, w.notAdmins(plus(ways, f)), x.ID)
		}
	}
	w.attachedScripts()
	w.hijackTools()
	w.settle()
	for _, t := range takeovers {
		w.unlisted(t)
	}
	return nil
}

func (w *world) notAdmins(ws []way) []way {
	var out []way
	for _, x := range ws {
		out = append(out, only([]way{x}, func(p string) bool { return !w.standsFor(p, x) })...)
	}
	return out
}

func (w *world) targets(t *takeover) []*ingest.Workload {
	var out []*ingest.Workload
	for _, k := range t.kinds {
		for _, x := range w.workloads[k] {
			a, ok := schema.ParseARN(x.ID)
			if ok && (t.service == "" || a.Service == t.service) && (len(t.types) == 0 || slices.Contains(t.types, a.ResourceType())) && x.State != ingest.StateFinished {
				out = append(out, x)
			}
		}
	}
	return out
}

// unlisted tells principals that may take over any workload of a kind in an
// account whose list of them was not read: whether there is one is not known.
// Where nothing but IAM was read of the account, that leaves a condition: that
// there is a workload with a role which its service may assume.
func (w *world) unlisted(t *takeover) {
	if t.listed == "" {
		return
	}
	for _, e := range w.accounts() {
		a := w.inv.Accounts[e.account]
		if a == nil || a.Listed[t.listed] || w.anyIn(t, e.account) {
			continue
		}
		ways := slices.DeleteFunc(w.notAdmins(w.overAny(t, e)), func(x way) bool { return x.verdict != schema.Allow && x.verdict != schema.Conditional })
		text := fmt.Sprintf("%s (%s): permitted, but the list of %s in account %s was not collected, so it is not known whether there is one", t.ID, t.Title, t.listed, e.account)
		for _, x := range ways {
			for _, p := range x.who {
				if from, ok := w.node(p); ok {
					w.note(from, text)
				}
			}
		}
		if w.onlyIAM(e) {
			w.presume(t, e, ways)
		}
	}
}

// overAny is who holds the needs of a takeover on some workload that may exist.
func (w *world) overAny(t *takeover, e environment) []way {
	pattern := Need{On: t.pattern}.on("", e)
	var ways []way
	for i, n := range t.Needs {
		on := pattern
		if n.chosen() {
			on = n.on("", e)
		}
		ws := w.can(n.Action, on)[on]
		if i == 0 {
			ways = ws
		} else {
			ways = join(ways, ws)
		}
	}
	return ways
}

// onlyIAM reports whether nothing that runs was listed in an account.
func (w *world) onlyIAM(e environment) bool {
	a := w.inv.Accounts[e.account]
	if a == nil {
		return false
	}
	listed := a.Listed
	return !listed[typeFunction] && !listed[typeInstance] && !listed[typeNotebook] &&
		!slices.ContainsFunc(w.f.Workloads, func(x ingest.Workload) bool { return x.Account == e.account })
}

// presume leads to the roles that a workload nobody listed may have.
func (w *world) presume(t *takeover, e environment, ways []way) {
	if len(ways) == 0 {
		return
	}
	service := map[string]string{"ecs": ecsTasks, "batch": ecsTasks, "ec2": ec2Service}[t.service]
	if service == "" {
		service = t.service + ".amazonaws.com"
	}
	presumed := t.Technique
	presumed.Confidence, presumed.Cost = schema.Low, min(t.Cost+3, 10)
	f := onlyIf(fmt.Sprintf("there is a %s in account %s, which was not collected, that runs as the role", t.listed, e.account))
	var all []gained
	for _, r := range w.trusting(service) {
		if w.environmentOf(r.role) != e {
			continue
		}
		f.evidence = r.evidence
		ws := plus(plus(ways, fact{verdict: r.verdict, witness: r.witness, missing: r.missing}), f)
		if service == ec2Service {
			ws = plus(ws, w.profiled(r.role))
		}
		for _, x := range t.Requires {
			ws = plus(ws, onlyIf(x))
		}
		all = append(all, gained{r.role, ws})
	}
	w.spreadAlike(&presumed, all)
}

func (w *world) anyIn(t *takeover, account string) bool {
	return slices.ContainsFunc(w.targets(t), func(x *ingest.Workload) bool { return x.Account == account })
}

// States and attributes that techniques ask for.

func exists(*ingest.Workload) fact { return holds }

func running(x *ingest.Workload) fact {
	switch x.State {
	case ingest.StateRunning, ingest.StateOnDemand:
		return fact{verdict: schema.Allow, evidence: stateEvidence(x, "runs")}
	case ingest.StateUnknown:
		return onlyIf(x.ID + " runs")
	}
	return fails
}

func notStopped(x *ingest.Workload) fact {
	if x.State == ingest.StateStopped {
		return fails
	}
	return holds
}

func stopped(x *ingest.Workload) fact {
	if x.State != ingest.StateStopped {
		return fails
	}
	return fact{verdict: schema.Allow, evidence: stateEvidence(x, "is stopped")}
}

func stateEvidence(x *ingest.Workload, state string) graph.Evidence {
	return graph.Evidence{Document: x.Evidence.Document, Statement: x.Evidence.Statement, Summary: x.ID + " " + state}
}

// followed: a template's version does something once a group starts a machine
// from it.
func followed(a ingest.Attribute, version string) func(*ingest.Workload) fact {
	return func(x *ingest.Workload) fact {
		switch x.Attributes[a] {
		case "true":
			return onlyIf("an Auto Scaling group starts a machine from " + x.ID)
		case "false":
			return fails
		}
		return onlyIf("an Auto Scaling group starts a machine from the " + version + " version of " + x.ID)
	}
}

// invokedByOthers: code that only others set off runs if they do.
func invokedByOthers(x *ingest.Workload) fact { return onlyIf(x.ID + " is invoked") }

func connectable(x *ingest.Workload) fact {
	if f := running(x); f.verdict == schema.Deny {
		return fails
	}
	return onlyIf("port 22 of " + x.ID + " can be reached and it runs EC2 Instance Connect")
}

func managed(x *ingest.Workload) fact {
	f := running(x)
	switch {
	case f.verdict == schema.Deny || x.Attributes[ingest.AttrSSMManaged] == "false":
		return fails
	case x.Attributes[ingest.AttrSSMManaged] == "true":
		return f
	}
	return onlyIf("Systems Manager's agent is online on " + x.ID)
}

// deployedTo: nothing that is read says which instances a deployment group means.
func deployedTo(x *ingest.Workload) fact {
	if f := running(x); f.verdict == schema.Deny {
		return fails
	}
	return onlyIf("a deployment group of CodeDeploy deploys to " + x.ID + ", and CodeDeploy's agent runs on it")
}

func execEnabled(x *ingest.Workload) fact {
	f := running(x)
	switch {
	case f.verdict == schema.Deny || x.Attributes[ingest.AttrExecEnabled] == "false":
		return fails
	case x.Attributes[ingest.AttrExecEnabled] == "true":
		return f
	}
	return onlyIf("execute command is enabled on " + x.ID)
}

func iamAuthorized(x *ingest.Workload) fact {
	switch x.Attributes[ingest.AttrAuthorizer] {
	case "iam":
		return notStopped(x)
	case "":
		return onlyIf("the inbound authorisation of " + x.ID + " is IAM")
	}
	return fails
}

// attachedScript rewrites the lifecycle configuration a notebook already has.
var attachedScript = &Technique{
	ID: "notebook-003", Kind: schema.ExecutesOn, Title: "rewrites the script that a notebook runs at its start, and restarts it",
	Needs: slices.Concat(needs(onTarget, "sagemaker:StopNotebookInstance", "sagemaker:StartNotebookInstance"),
		needs("the attached configuration", "sagemaker:UpdateNotebookInstanceLifecycleConfig")),
	Requires: []string{"a lifecycle configuration is attached to the notebook"},
	Source:   "Service Authorization Reference, Amazon SageMaker", Cost: 4, AttackIDs: []string{"T1651", "AML.T0011"},
}

func (w *world) attachedScripts() {
	for _, x := range w.workloads[schema.Notebook] {
		name := x.Attributes[ingest.AttrLifecycleConfig]
		a, ok := schema.ParseARN(x.ID)
		if !ok || name == "" {
			continue
		}
		config := schema.ResourceARN(a.Partition, "sagemaker", a.Region, a.Account, "notebook-instance-lifecycle-config/"+name)
		const action = "sagemaker:UpdateNotebookInstanceLifecycleConfig"
		ways := join(w.who(attachedScript.Needs[:2], x.ID, w.environmentOf(x.ID)), w.can(action, config)[config])
		ways = plus(ways, fact{verdict: schema.Allow, evidence: stateEvidence(x, "runs the lifecycle configuration "+name+" at its start")})
		w.grant(attachedScript, w.notAdmins(ways), x.ID)
	}
}

// toolHijack replaces the code of a function that an agent calls, and asks the
// agent.
var toolHijack = &Technique{
	ID: "agent-004", Kind: schema.ExecutesOn, Title: "replaces the code of an agent's tool and has the agent call it",
	Needs:    slices.Concat(needs(onTarget, "lambda:UpdateFunctionCode"), needs("an alias of the agent", "bedrock:InvokeAgent")),
	Requires: []string{"the function is a tool of the agent"},
	Source:   "HackTricks cloud, AWS Bedrock", Cost: 4, AttackIDs: []string{"T1651", "AML.T0053"},
}

func (w *world) hijackTools() {
	for _, t := range w.f.Tools {
		if t.ToolKind != schema.Function || t.Tool == "" || w.g.Kind(t.Agent) != schema.Agent {
			continue
		}
		alias := agentAliases(t.Agent)
		ways := join(w.can("lambda:UpdateFunctionCode", t.Tool)[t.Tool], w.can("bedrock:InvokeAgent", alias)[alias])
		ways = plus(ways, fact{verdict: schema.Allow, evidence: t.Evidence})
		w.grant(toolHijack, w.notAdmins(ways), t.Tool)
	}
}

// toAQueue is who may submit to a queue that the account has.
func toAQueue(w *world, definition string) []way {
	e := w.environmentOf(definition)
	on := Need{On: anyBatch + "job-queue/*"}.on("", e)
	return plus(w.can("batch:SubmitJob", on)[on], w.has(e, typeJobQueue))
}

// agentAliases is what bedrock:InvokeAgent is authorised on: any alias of the
// agent.
func agentAliases(agent string) string {
	a, _ := schema.ParseARN(agent)
	a.Resource = "agent-alias/" + a.ResourceID() + "/*"
	return a.String()
}

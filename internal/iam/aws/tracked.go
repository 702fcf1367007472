package aws

import (
	"sort"
	"strings"

	"github.com/postern-sec/postern/schema"
)

// TrackedAction is an action that attack edges ask about.
type TrackedAction struct {
	Action string
	// Resource is the shape of the ARN's resource part it is authorised on, with
	// its service: "s3:object", "iam:role", "*" for none.
	Service, Kind string
}

// tracked are the actions of the attack-edge catalogue, by what they give.
var tracked = []TrackedAction{
	// data
	{"s3:GetObject", "s3", "object"}, {"s3:PutObject", "s3", "object"}, {"s3:ListBucket", "s3", "bucket"},
	{"s3:PutBucketPolicy", "s3", "bucket"}, {"s3:DeleteBucketPolicy", "s3", "bucket"}, {"s3:PutBucketAcl", "s3", "bucket"},
	{"s3:PutReplicationConfiguration", "s3", "bucket"},
	{"kms:Decrypt", "kms", "key"}, {"kms:GenerateDataKey", "kms", "key"}, {"kms:PutKeyPolicy", "kms", "key"}, {"kms:CreateGrant", "kms", "key"},
	{"dynamodb:GetItem", "dynamodb", "table"}, {"dynamodb:Scan", "dynamodb", "table"},
	{"secretsmanager:GetSecretValue", "secretsmanager", "secret"}, {"secretsmanager:PutResourcePolicy", "secretsmanager", "secret"},
	{"ssm:GetParameter", "ssm", "parameter"},
	{"ecr:BatchGetImage", "ecr", "repository"}, {"ecr:PutImage", "ecr", "repository"},
	// identity
	{"sts:AssumeRole", "iam", "role"}, {"iam:PassRole", "iam", "role"}, {"iam:UpdateAssumeRolePolicy", "iam", "role"},
	{"iam:PutRolePolicy", "iam", "role"}, {"iam:AttachRolePolicy", "iam", "role"}, {"iam:DeleteRolePermissionsBoundary", "iam", "role"},
	{"iam:PutUserPolicy", "iam", "user"}, {"iam:AttachUserPolicy", "iam", "user"}, {"iam:CreateAccessKey", "iam", "user"},
	{"iam:CreateLoginProfile", "iam", "user"}, {"iam:UpdateLoginProfile", "iam", "user"}, {"iam:DeleteUserPermissionsBoundary", "iam", "user"},
	{"iam:AddUserToGroup", "iam", "group"}, {"iam:PutGroupPolicy", "iam", "group"}, {"iam:AttachGroupPolicy", "iam", "group"},
	{"iam:CreatePolicyVersion", "iam", "policy"}, {"iam:SetDefaultPolicyVersion", "iam", "policy"},
	// code
	{"ec2:RunInstances", "ec2", "instance"}, {"ssm:SendCommand", "ec2", "instance"}, {"ssm:StartSession", "ec2", "instance"},
	{"lambda:CreateFunction", "lambda", "function"}, {"lambda:UpdateFunctionCode", "lambda", "function"},
	{"lambda:UpdateFunctionConfiguration", "lambda", "function"}, {"lambda:InvokeFunction", "lambda", "function"}, {"lambda:AddPermission", "lambda", "function"},
	{"cloudformation:CreateStack", "cloudformation", "stack"}, {"codebuild:StartBuild", "codebuild", "project"}, {"glue:CreateJob", "glue", "job"},
	// AI
	{"sagemaker:CreateNotebookInstance", "sagemaker", "notebook-instance"}, {"sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker", "notebook-instance"},
	{"sagemaker:CreatePresignedDomainUrl", "sagemaker", "user-profile"}, {"sagemaker:CreateTrainingJob", "sagemaker", "training-job"},
	{"sagemaker:CreateProcessingJob", "sagemaker", "processing-job"}, {"sagemaker:InvokeEndpoint", "sagemaker", "endpoint"},
	{"sagemaker:GetRecord", "sagemaker", "feature-group"}, {"sagemaker:UpdateEndpoint", "sagemaker", "endpoint"},
	{"bedrock:InvokeModel", "bedrock", "foundation-model"}, {"bedrock:InvokeAgent", "bedrock", "agent-alias"}, {"bedrock:Retrieve", "bedrock", "knowledge-base"},
	{"bedrock:UpdateAgent", "bedrock", "agent"}, {"bedrock:CreateModelCustomizationJob", "bedrock", "model-customization-job"},
	{"bedrock-agentcore:InvokeAgentRuntime", "bedrock-agentcore", "runtime"}, {"bedrock-agentcore:InvokeCodeInterpreter", "bedrock-agentcore", "code-interpreter"},
}

// TrackedActions lists the actions attack edges ask about, sorted.
func TrackedActions() []TrackedAction {
	out := append([]TrackedAction(nil), tracked...)
	sort.Slice(out, func(i, j int) bool { return out[i].Action < out[j].Action })
	return out
}

// fits reports whether an action is authorised on resources like a.
func (t *TrackedAction) fits(a schema.ARN) bool {
	if a.Service != t.Service {
		return false
	}
	if t.Service == "s3" {
		return !strings.Contains(a.Resource, "/") || strings.HasPrefix(a.Resource, "accesspoint/")
	}
	return a.ResourceType() == t.Kind
}

// askOn is the ARN the action is authorised on for a resource of the inventory.
func (t *TrackedAction) askOn(arn string) string {
	if t.Kind == "object" {
		return arn + "/*"
	}
	return arn
}

// WhatCan answers for one principal over actions and resources. Nil actions are
// the tracked ones; nil resources are all of the inventory that fit an action (and
// users, groups, roles and policies), for an action that is not tracked by its
// resource types; an action that fits none is asked on "*".
func (e *Engine) WhatCan(principal string, actions, resources []string, o Options) ([]Grant, error) {
	c, err := e.resolve(principal)
	if err != nil {
		return nil, err
	}
	var out []Grant
	for _, t := range e.trackedOr(actions) {
		asked := e.resourcesFor(&t, resources)
		for _, r := range asked {
			a, err := checkAction(t.Action)
			if err != nil {
				return nil, err
			}
			if err := checkResource(r); err != nil {
				return nil, err
			}
			g := &gate{action: t.Action, resource: r, parts: []part{{action: a, resource: r}}}
			d := e.gateDecision(c, g, &o)
			if d.Verdict == Deny && !o.IncludeDenied {
				continue
			}
			out = append(out, Grant{Action: t.Action, Resource: r, Principals: []string{c.id}, Verdict: d.Verdict, Partial: d.Partial, Parts: d.Parts,
				Conditions: d.Conditions, Expression: d.Expression, Witness: witness(&d), Evidence: d.Because, Missing: d.Missing})
		}
	}
	return out, nil
}

func (e *Engine) trackedOr(actions []string) []TrackedAction {
	if actions == nil {
		return TrackedActions()
	}
	var out []TrackedAction
	for _, a := range actions {
		t := TrackedAction{Action: a}
		for _, k := range tracked {
			if strings.EqualFold(k.Action, a) {
				t = k
			}
		}
		out = append(out, t)
	}
	return out
}

func (e *Engine) resourcesFor(t *TrackedAction, given []string) []string {
	if given != nil {
		return given
	}
	var out []string
	forms := formsOf(strings.ToLower(t.Action))
	for _, arn := range e.universe() {
		a, ok := schema.ParseARN(arn)
		switch {
		case !ok:
		case t.Service == "": // not tracked
			if on := forms.askOn(a); on != "" {
				out = append(out, on)
			}
		case t.fits(a):
			out = append(out, t.askOn(arn))
		}
	}
	if len(out) == 0 {
		out = []string{"*"}
	}
	return out
}

// actionForms are the ARNs that an action is authorised on, by the resource types
// of the Service Authorization Reference. Objects are asked for by bucket.
type actionForms struct {
	forms   []glob
	objects bool
}

func formsOf(action string) actionForms {
	var f actionForms
	service, _, _ := strings.Cut(action, ":")
	for _, kind := range reference().actions[action].types {
		if service == "s3" && kind == "object" {
			f.objects = true
			continue
		}
		if form := reference().arns[service+"/"+kind]; form != "" {
			f.forms = append(f.forms, newGlob(openForm(form)))
		}
	}
	return f
}

// askOn is the ARN to ask about for a resource of the inventory; empty when the
// action is about other things.
func (f *actionForms) askOn(a schema.ARN) string {
	text := a.String()
	if f.objects && a.Service == "s3" && !strings.Contains(a.Resource, "/") {
		return text + "/*"
	}
	for i := range f.forms {
		if f.forms[i].match(text) {
			return text
		}
	}
	return ""
}

// openForm is the pattern of an ARN form: a star for every ${…}.
func openForm(form string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(form, "${")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteByte(wildStar)
		_, form, _ = strings.Cut(rest, "}")
	}
}

// universe lists the ARNs of everything that can be asked about, sorted.
func (e *Engine) universe() []string {
	set := map[string]bool{}
	for arn := range e.resources {
		set[arn] = true
	}
	for arn := range e.inv.Users {
		set[arn] = true
	}
	for arn := range e.inv.Groups {
		set[arn] = true
	}
	for arn := range e.inv.Policies {
		set[arn] = true
	}
	return sortedKeys(set)
}

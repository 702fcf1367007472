package aws

import (
	"sort"
	"strings"

	"github.com/postern-sec/postern/schema"
)

// publicActions are what "public" is asked about, by service: reading, writing,
// invoking. "/*" after an action asks it on the objects of a bucket.
var publicActions = map[string][]string{
	"s3":                {"s3:GetObject/*", "s3:PutObject/*", "s3:DeleteObject/*", "s3:ListBucket"},
	"lambda":            {"lambda:InvokeFunction"},
	"sqs":               {"sqs:ReceiveMessage", "sqs:SendMessage"},
	"sns":               {"sns:Publish", "sns:Subscribe"},
	"kms":               {"kms:Decrypt", "kms:CreateGrant", "kms:PutKeyPolicy"},
	"secretsmanager":    {"secretsmanager:GetSecretValue", "secretsmanager:PutResourcePolicy"},
	"ecr":               {"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:PutImage"},
	"iam":               {"sts:AssumeRole"},
	"es":                {"es:ESHttpGet", "es:ESHttpPost"},
	"execute-api":       {"execute-api:Invoke"},
	"elasticfilesystem": {"elasticfilesystem:ClientMount"},
	"dynamodb":          {"dynamodb:GetItem", "dynamodb:PutItem"},
	"kinesis":           {"kinesis:GetRecords", "kinesis:PutRecord"},
	"sagemaker":         {"sagemaker:DescribeModelPackage", "sagemaker:CreateModelPackage"},
	"bedrock-agentcore": {"bedrock-agentcore:InvokeAgentRuntime", "bedrock-agentcore:InvokeGateway"},
	"events":            {"events:PutEvents"},
	"backup":            {"backup:CopyIntoBackupVault"},
}

// Public classifies a resource for callers from outside, over the actions given
// (nil: the reading, writing and invoking actions of its type).
func (e *Engine) Public(resource string, actions []string) Exposure {
	a, _ := schema.ParseARN(resource)
	if actions == nil {
		actions = publicActions[a.Service]
	}
	out := Exposure{Resource: resource, PolicyPublic: Deny}
	out.Anonymous = Decision{Principal: Anonymous, Resource: resource, Verdict: Deny}
	out.AnyAccount = Decision{Principal: AnyAccount, Resource: resource, Verdict: Deny}
	open := map[string]bool{}
	conditions := map[string]Condition{}
	for _, act := range actions {
		name, objects := strings.CutSuffix(act, "/*")
		on := resource
		if objects {
			on += "/*"
		}
		for _, side := range []*Decision{&out.Anonymous, &out.AnyAccount} {
			d, err := e.Can(Request{Principal: side.Principal, Action: name, Resource: on})
			if err != nil {
				continue
			}
			if d.Verdict != Deny {
				open[name] = true
			}
			for _, c := range d.Conditions {
				conditions[c.Key+c.Operator+strings.Join(c.Values, ",")] = c
			}
			if rank(d.Verdict) < rank(side.Verdict) || side.Because == nil {
				*side = d
			}
			for _, r := range d.Because {
				if r.Layer == LayerBPA {
					out.Blocked = r.Document
				}
			}
		}
	}
	out.Actions = sortedKeys(open)
	for _, k := range sortedKeys(conditions) {
		out.Narrowing = append(out.Narrowing, conditions[k])
	}
	if t := e.target(resource, ""); t.info != nil {
		out.PolicyPublic = publicVerdict(bucketPolicyPublic(t.info.refs))
		if t.info.state == NotCollected {
			out.PolicyPublic = Unknown
		}
	}
	return out
}

func publicVerdict(s State) Verdict {
	switch s {
	case Known:
		return Allow
	case None:
		return Deny
	}
	return Unknown
}

// functionURLCutoff is when URLs began to need lambda:InvokeFunction too.
// Source: Lambda Developer Guide, "Control access to Lambda function URLs".
const functionURLCutoff = "2025-10-01"

// PublicURL says whether anyone can call the function's URL: AuthType NONE, and
// a policy that lets everyone call lambda:InvokeFunctionUrl and, for URLs created
// from October 2025 on, lambda:InvokeFunction. A URL of unknown age needs both to
// be allow.
func (e *Engine) PublicURL(function string) Decision {
	d := Decision{Principal: Anonymous, Action: "lambda:InvokeFunctionUrl", Resource: function, Verdict: Deny}
	info := e.resources[function]
	if info == nil || info.facts == nil || info.facts.Lambda == nil || !info.facts.Lambda.URL.Collected() {
		d.Verdict, d.Missing = Unknown, []Missing{{Kind: "function_url", ID: function}}
		return d
	}
	url := info.facts.Lambda.URL
	if !url.Known() || url.Value.AuthType != "NONE" {
		d.Because = []Reason{{Layer: LayerResource, Effect: "deny", Document: function, Summary: "the function has no URL without authentication"}}
		return d
	}
	o := Options{Context: map[string][]string{"lambda:FunctionUrlAuthType": {"NONE"}, "lambda:InvokedViaFunctionUrl": {"true"}}}
	g := &gate{action: d.Action, resource: function, parts: []part{{action: "lambda:invokefunctionurl", resource: function}}}
	created := url.Value.Created
	if created == "" || created >= functionURLCutoff {
		g.parts = append(g.parts, part{action: "lambda:invokefunction", resource: function})
	}
	c, _ := e.resolve(Anonymous)
	full := e.gateDecision(c, g, &o)
	if created != "" || full.Verdict != Deny {
		return full
	}
	// Without the date the old rule may hold.
	old := &gate{action: d.Action, resource: function, parts: g.parts[:1]}
	if half := e.gateDecision(c, old, &o); half.Verdict != Deny {
		half.Verdict, half.Missing = Unknown, append(half.Missing, Missing{Kind: "function_url_created", ID: function})
		return half
	}
	return full
}

// External lists the principals of other accounts, services and providers that a
// resource's policy names, as it writes them, sorted; "*" when it names everyone.
func (e *Engine) External(resource string) []string {
	var out []string
	for _, c := range e.outsiders(&part{resource: resource}) {
		if c.id != Anonymous && c.id != AnyAccount && !c.anyone {
			out = append(out, c.id)
		}
	}
	if t := e.target(resource, ""); t.info != nil && opensToEveryone(t.info.refs) {
		out = append(out, Anonymous)
	}
	sort.Strings(out)
	return out
}

func opensToEveryone(refs []*policyRef) bool {
	for _, r := range refs {
		for _, s := range r.pol.statements {
			if !s.deny && s.hasPrincipal && s.opensToEveryone() {
				return true
			}
		}
	}
	return false
}

package aws

import (
	"fmt"
	"sort"
	"strings"

	"github.com/postern-sec/postern/schema"
)

// ReadObject says who reads objects of the bucket: s3:GetObject and, where the
// default encryption is SSE-KMS, kms:Decrypt on the key; through the bucket or
// one of its access points. Partial grants cover part of the bucket (Parts).
func (e *Engine) ReadObject(bucket string, o Options) []Grant {
	return e.gateGrants(e.objectGate(bucket, "s3:GetObject", "kms:decrypt"), &o)
}

// WriteObject says who writes objects: s3:PutObject and, with SSE-KMS,
// kms:GenerateDataKey.
func (e *Engine) WriteObject(bucket string, o Options) []Grant {
	return e.gateGrants(e.objectGate(bucket, "s3:PutObject", "kms:generatedatakey"), &o)
}

// CanReadObject is ReadObject for one principal; object may be one object's ARN,
// a prefix with wildcard, or the bucket (all objects).
func (e *Engine) CanReadObject(principal, object string, o Options) (Decision, error) {
	return e.gateFor(principal, e.objectGate(object, "s3:GetObject", "kms:decrypt"), &o)
}

// CanWriteObject is WriteObject for one principal.
func (e *Engine) CanWriteObject(principal, object string, o Options) (Decision, error) {
	return e.gateFor(principal, e.objectGate(object, "s3:PutObject", "kms:generatedatakey"), &o)
}

func (e *Engine) gateFor(principal string, g *gate, o *Options) (Decision, error) {
	c, err := e.resolve(principal)
	if err != nil {
		return Decision{}, err
	}
	return e.gateDecision(c, g, o), nil
}

// objectGate joins the S3 action with the key's. An object of an SSE-KMS bucket
// is decrypted with the caller's own permission on the key.
// Source: S3 User Guide, "Using server-side encryption with AWS KMS keys".
func (e *Engine) objectGate(object, action, keyAction string) *gate {
	a, _ := schema.ParseARN(object)
	bucket, key, has := strings.Cut(a.Resource, "/")
	if !has {
		key = "*"
	}
	bucketARN := "arn:" + a.Partition + ":s3:::" + bucket
	g := &gate{action: action, resource: object, parts: []part{{action: strings.ToLower(action), resource: bucketARN + "/" + key}}}
	info := e.resources[bucketARN]
	if info == nil || info.facts == nil || info.facts.S3 == nil {
		g.gaps = append(g.gaps, Missing{Kind: "bucket_encryption", ID: bucketARN})
		return g
	}
	for i := range info.facts.S3.AccessPoints {
		ap := &info.facts.S3.AccessPoints[i]
		g.instead = append(g.instead, []part{{action: strings.ToLower(action), resource: ap.ARN + "/object/" + key}})
	}
	enc := info.facts.S3.Encryption
	switch {
	case enc.State == NotCollected:
		g.gaps = append(g.gaps, Missing{Kind: "bucket_encryption", ID: bucketARN})
	case enc.Known() && strings.HasPrefix(enc.Value.Algorithm, "aws:kms"):
		// S3 gives the object's or, with bucket keys, the bucket's ARN as context.
		e.addKey(g, enc.Value.KeyID, keyAction, keyUse{service: "s3", near: schema.ARN{Partition: a.Partition}, account: info.account,
			contextKey: "aws:s3:arn", contextValue: bucketARN + "\x00"})
	}
	return g
}

// keyUse says how a service uses a key for the caller.
type keyUse struct {
	service, account         string
	near                     schema.ARN // places key ids and aliases
	contextKey, contextValue string     // of the encryption context, in wildcard form
}

// addKey adds the KMS part of a gate whose data another service encrypts.
func (e *Engine) addKey(g *gate, keyID, action string, use keyUse) {
	account := use.account
	if keyID == "" || strings.HasPrefix(keyID, "alias/aws/") || strings.Contains(keyID, ":alias/aws/") {
		// The AWS-managed key lets the account's own principals through the service
		// and nobody else. Source: KMS Developer Guide, "AWS managed keys".
		g.sameAccountOnly(account)
		return
	}
	arn := e.keyARN(keyID, use.near, account)
	if arn == "" {
		g.unknown = append(g.unknown, Missing{Kind: "kms_key", ID: keyID})
		return
	}
	info := e.resources[arn]
	if info != nil && info.facts != nil && info.facts.KMS != nil {
		k := info.facts.KMS
		if k.Manager.Known() && k.Manager.Value == "AWS" {
			g.sameAccountOnly(account)
			return
		}
		if k.State.Known() && k.State.Value != "Enabled" {
			g.closed = "the key " + arn + " is " + k.State.Value
			return
		}
	}
	a, _ := schema.ParseARN(arn)
	domain := ".amazonaws.com"
	if a.Partition == "aws-cn" {
		domain += ".cn"
	}
	p := part{action: action, resource: arn, over: map[string][]string{
		"kms:viaservice": {use.service + "." + a.Region + domain},
		"kms:encryptioncontext:" + strings.ToLower(use.contextKey): {use.contextValue},
	}}
	g.parts = append(g.parts, p)
	for i := range g.instead {
		g.instead[i] = append(g.instead[i], p)
	}
}

// sameAccountOnly adds a part that only principals of the account pass.
func (g *gate) sameAccountOnly(account string) {
	p := part{action: managedKeyAction, resource: account}
	g.parts = append(g.parts, p)
	for i := range g.instead {
		g.instead[i] = append(g.instead[i], p)
	}
}

// managedKeyAction is the pseudo action of a part that asks whether the caller
// belongs to the account of an AWS-managed key.
const managedKeyAction = "postern:use-managed-key"

// ReadSecret says who reads a secret (secretsmanager:GetSecretValue) or a
// parameter (ssm:GetParameter), its KMS key included.
func (e *Engine) ReadSecret(secret string, o Options) []Grant {
	return e.gateGrants(e.secretGate(secret), &o)
}

// CanReadSecret is ReadSecret for one principal.
func (e *Engine) CanReadSecret(principal, secret string, o Options) (Decision, error) {
	return e.gateFor(principal, e.secretGate(secret), &o)
}

func (e *Engine) secretGate(secret string) *gate {
	a, _ := schema.ParseARN(secret)
	action := "secretsmanager:GetSecretValue"
	if a.Service == "ssm" {
		action = "ssm:GetParameter"
	}
	g := &gate{action: action, resource: secret, parts: []part{{action: strings.ToLower(action), resource: secret}}}
	info := e.resources[secret]
	if info == nil || info.facts == nil || info.facts.Secret == nil || !info.facts.Secret.KeyID.Collected() {
		g.gaps = append(g.gaps, Missing{Kind: "secret_key", ID: secret})
		return g
	}
	use := keyUse{service: a.Service, near: a, account: info.account, contextKey: "SecretARN", contextValue: secret}
	if a.Service == "ssm" {
		use.contextKey = "PARAMETER_ARN"
	}
	e.addKey(g, info.facts.Secret.KeyID.Value, "kms:decrypt", use)
	return g
}

// AssumeRole says who becomes the role: users and roles, services, identity
// providers, outsiders by their symbols.
func (e *Engine) AssumeRole(role string, o Options) []Grant {
	g := &gate{action: "sts:AssumeRole", resource: role, parts: []part{{action: assumeAction, resource: role}}}
	if t, ok := e.trustedBy(role); ok && !o.IncludeDenied {
		return e.gateGrantsTo(g, &o, &t)
	}
	return e.gateGrants(g, &o)
}

// CanAssumeRole is AssumeRole for one principal: the action is the one its kind
// uses (AssumeRole, AssumeRoleWithWebIdentity, AssumeRoleWithSAML).
func (e *Engine) CanAssumeRole(principal, role string, o Options) (Decision, error) {
	g := &gate{action: "sts:AssumeRole", resource: role, parts: []part{{action: assumeAction, resource: role}}}
	return e.gateFor(principal, g, &o)
}

// assumeAction is replaced by the action that the caller's kind uses.
const assumeAction = "sts:assumerole*"

// assumeActionOf names the STS action by which a caller assumes a role.
func assumeActionOf(c *caller) string {
	switch {
	case c.kind != callerProvider:
		return "sts:assumerole"
	case strings.Contains(c.provider, ":saml-provider/"):
		return "sts:assumerolewithsaml"
	default:
		return "sts:assumerolewithwebidentity"
	}
}

// Trusts says whether the role's trust policy lets a service, provider or
// outsider in; for principals of collected accounts their own side counts too.
func (e *Engine) Trusts(role, caller string, o Options) (Decision, error) {
	return e.CanAssumeRole(caller, role, o)
}

// PassRoleTo says whether principal may run code of a service with the role:
// iam:PassRole to the service, every action, and the role trusts the service.
// service is a service principal, e.g. lambda.amazonaws.com.
func (e *Engine) PassRoleTo(principal, role, service string, actions []ActionOn, o Options) (Decision, error) {
	g, err := passGate(role, service, actions)
	if err != nil {
		return Decision{}, err
	}
	return e.gateFor(principal, g, &o)
}

// PassRoleGrants is PassRoleTo for all principals at once.
func (e *Engine) PassRoleGrants(role, service string, actions []ActionOn, o Options) []Grant {
	g, err := passGate(role, service, actions)
	if err != nil {
		return nil
	}
	return e.gateGrants(g, &o)
}

// passGate: three conditions, which may sit in three policies. The service calls
// STS for a resource of the same account, which is what confused-deputy
// conditions in the trust policy ask for.
func passGate(role, service string, actions []ActionOn) (*gate, error) {
	a, _ := schema.ParseARN(role)
	g := &gate{action: "iam:PassRole", resource: role}
	g.parts = append(g.parts, part{action: "iam:passrole", resource: role, over: map[string][]string{"iam:passedtoservice": {service}}})
	if err := g.addActions(actions); err != nil {
		return nil, err
	}
	g.parts = append(g.parts, part{action: "sts:assumerole", resource: role, service: strings.ToLower(service), over: map[string][]string{
		"aws:sourceaccount": {a.Account}, "aws:sourcearn": {"arn:" + a.Partition + ":\x00:\x00:" + a.Account + ":\x00"},
	}})
	return g, nil
}

func (g *gate) addActions(actions []ActionOn) error {
	for _, act := range actions {
		action, err := checkAction(act.Action)
		if err != nil {
			return err
		}
		if err := checkResource(act.Resource); err != nil {
			return err
		}
		g.parts = append(g.parts, part{action: action, resource: act.Resource})
	}
	return nil
}

// All joins several requests into one decision for a principal: every action on
// its resource must be allowed.
func (e *Engine) All(principal string, actions []ActionOn, o Options) (Decision, error) {
	g, err := allGate(actions)
	if err != nil {
		return Decision{}, err
	}
	return e.gateFor(principal, g, &o)
}

// AllGrants is All for every principal at once; Action and Resource of the grants
// are the first action's.
func (e *Engine) AllGrants(actions []ActionOn, o Options) []Grant {
	g, err := allGate(actions)
	if err != nil {
		return nil
	}
	return e.gateGrants(g, &o)
}

func allGate(actions []ActionOn) (*gate, error) {
	if len(actions) == 0 {
		return nil, fmt.Errorf("%w: no action", ErrBadRequest)
	}
	g := &gate{action: actions[0].Action, resource: actions[0].Resource}
	return g, g.addActions(actions)
}

// InvokeModel says who may invoke a model; for an inference profile the profile
// and the model in every routed region must allow.
// Source: Bedrock User Guide, "Prerequisites for inference profiles".
func (e *Engine) InvokeModel(arn string, o Options) []Grant {
	return e.gateGrants(e.modelGate(arn), &o)
}

// CanInvokeModel is InvokeModel for one principal.
func (e *Engine) CanInvokeModel(principal, arn string, o Options) (Decision, error) {
	return e.gateFor(principal, e.modelGate(arn), &o)
}

func (e *Engine) modelGate(arn string) *gate {
	const action = "bedrock:InvokeModel"
	g := &gate{action: action, resource: arn, parts: []part{{action: strings.ToLower(action), resource: arn}}}
	a, _ := schema.ParseARN(arn)
	if !strings.HasSuffix(a.ResourceType(), "inference-profile") {
		return g
	}
	info := e.resources[arn]
	if info == nil || info.facts == nil || info.facts.Model == nil || !info.facts.Model.Models.Known() {
		g.unknown = append(g.unknown, Missing{Kind: "inference_profile", ID: arn})
		return g
	}
	models := append([]string(nil), info.facts.Model.Models.Value...)
	sort.Strings(models)
	for _, m := range models {
		g.parts = append(g.parts, part{action: strings.ToLower(action), resource: m, over: map[string][]string{"bedrock:inferenceprofilearn": {arn}}})
	}
	return g
}

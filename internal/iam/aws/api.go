package aws

// WhoCan answers for every principal, insiders one by one and outsiders by their
// symbols, sorted by id.
func (e *Engine) WhoCan(action, resource string, o Options) ([]Decision, []Missing, error) {
	return nil, nil, nil
}

// WhatCan answers for one principal over actions and resources (nil actions: the
// tracked actions; nil resources: all of the inventory that fit an action).
func (e *Engine) WhatCan(principal string, actions, resources []string, o Options) ([]Grant, error) {
	return nil, nil
}

// Grants answers the set question behind attack edges: who may do action on
// which of the resources, without a loop over principals and resources.
func (e *Engine) Grants(action string, resources []string, o Options) []Grant { return nil }

// ReadObject says who reads objects of the bucket: s3:GetObject and, where the
// default encryption is SSE-KMS, kms:Decrypt on the key.
func (e *Engine) ReadObject(bucket string, o Options) []Grant { return nil }

// WriteObject says who writes objects: s3:PutObject and, with SSE-KMS,
// kms:GenerateDataKey.
func (e *Engine) WriteObject(bucket string, o Options) []Grant { return nil }

// ReadSecret says who reads a secret or parameter, its KMS key included.
func (e *Engine) ReadSecret(secret string, o Options) []Grant { return nil }

// AssumeRole says who becomes the role: users and roles, services, identity
// providers, outsiders by their symbols.
func (e *Engine) AssumeRole(role string, o Options) []Grant { return nil }

// PassRoleTo says whether principal may run code of a service with the role:
// iam:PassRole to the service, every action, and the role trusts the service.
func (e *Engine) PassRoleTo(principal, role, service string, actions []ActionOn, o Options) (Decision, error) {
	return Decision{Verdict: Unknown}, nil
}

// PassRoleGrants is PassRoleTo for all principals at once.
func (e *Engine) PassRoleGrants(role, service string, actions []ActionOn, o Options) []Grant {
	return nil
}

// InvokeModel says who may invoke a model; for an inference profile the profile
// and the model in every routed region must allow.
func (e *Engine) InvokeModel(arn string, o Options) []Grant { return nil }

// All joins several gates into one decision for a principal: every action on its
// resource must be allowed.
func (e *Engine) All(principal string, actions []ActionOn, o Options) (Decision, error) {
	return Decision{Verdict: Unknown}, nil
}

// AllGrants is All for every principal at once; Resource is the first action's.
func (e *Engine) AllGrants(actions []ActionOn, o Options) []Grant { return nil }

// Public classifies a resource for callers from outside, over the actions given
// (nil: the reading, writing and invoking actions of its type).
func (e *Engine) Public(resource string, actions []string) Exposure { return Exposure{} }

// EffectiveAdmin says whether the principal may do everything in its account.
func (e *Engine) EffectiveAdmin(principal string) (Decision, error) {
	return Decision{Verdict: Unknown}, nil
}

// CapabilityCap says what AdministratorAccess attached to the principal would
// add: whether self-escalation is a real gain.
func (e *Engine) CapabilityCap(principal string) (Capability, error) {
	return Capability{Gain: Unknown}, nil
}

// CanAsAdmin answers as if AdministratorAccess were attached to the principal:
// what an escalation gives, capped by boundary, SCPs and resource policies.
func (e *Engine) CanAsAdmin(q Request) (Decision, error) { return Decision{Verdict: Unknown}, nil }

// Trusts says whether the role's trust policy lets a service, provider or
// principal in, whatever the caller's own side.
func (e *Engine) Trusts(role, caller string, o Options) (Decision, error) {
	return Decision{Verdict: Unknown}, nil
}

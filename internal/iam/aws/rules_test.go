package aws

import "testing"

var (
	readAll    = allow("", "s3:GetObject", "arn:aws:s3:::data/*")
	anyoneRead = allow("*", "s3:GetObject", "arn:aws:s3:::data/*")
	noRead     = allow("", "logs:*", "*")
)

const sessionA = "arn:aws:sts::111111111111:assumed-role/reader/job"

const linkedRole = "arn:aws:iam::111111111111:role/aws-service-role/sagemaker.amazonaws.com/AWSServiceRoleForSageMaker"

// linkedTarget adds a service-linked role.
func linkedTarget(i *Inventory) {
	i.AddRole(Role{Identity: Identity{ARN: linkedRole, Name: "AWSServiceRoleForSageMaker", Path: "/aws-service-role/sagemaker.amazonaws.com/", ID: "AROALINKED", Inline: NoneOf[[]Document](), Attached: NoneOf[[]string]()},
		Trust: Of(doc(stmt("Allow", `{"Service":"sagemaker.amazonaws.com"}`, "sts:AssumeRole", "", ""))), Boundary: NoneOf[string](), Tags: Of(map[string]string{})})
}

func bucketFor(p string) string { return allow(p, "s3:GetObject", "arn:aws:s3:::data/*") }

// rules1_3 is table 1.3: what a same-account Allow of a resource policy is worth.
// Source: IAM User Guide, "Policy evaluation logic", "AWS JSON policy elements:
// Principal".
var rules1_3 = []ruleCase{
	{rule: "1.3", name: "account alone delegates", w: world{bucket: bucketFor(acctA)}, who: roleA, want: Deny, layer: LayerIdentity},
	{rule: "1.3", name: "root ARN alone delegates", w: world{bucket: bucketFor(rootA)}, who: roleA, want: Deny},
	{rule: "1.3", name: "account with identity", w: world{bucket: bucketFor(rootA), id: readAll}, who: roleA, want: Allow},
	{rule: "1.3", name: "user ARN without identity", w: world{bucket: bucketFor(userA)}, who: userA, want: Allow, layer: LayerResource},
	{rule: "1.3", name: "user ARN is not limited by a boundary", w: world{bucket: bucketFor(userA), boundary: noRead}, who: userA, want: Allow},
	{rule: "1.3", name: "a federated session of the user is limited by its session policy", w: world{bucket: bucketFor(userA), session: noRead}, who: userA, want: Deny},
	{rule: "1.3", name: "role ARN without identity", w: world{bucket: bucketFor(roleA)}, who: roleA, want: Allow},
	{rule: "1.3", name: "role ARN is limited by a boundary", w: world{bucket: bucketFor(roleA), boundary: noRead}, who: roleA, want: Deny},
	{rule: "1.3", name: "role ARN is limited by a session policy", w: world{bucket: bucketFor(roleA), session: noRead}, who: roleA, want: Deny},
	{rule: "1.3", name: "session ARN is not limited by a boundary", w: world{bucket: bucketFor(sessionA), boundary: noRead}, who: sessionA, want: Allow},
	{rule: "1.3", name: "session ARN is not limited by a session policy", w: world{bucket: bucketFor(sessionA), session: noRead}, who: sessionA, want: Allow},
	{rule: "1.3", name: "session ARN for the role is conditional on the session's name", w: world{bucket: bucketFor(sessionA)}, who: roleA, want: Conditional, conds: "StringEquals sts:RoleSessionName job"},
	{rule: "1.3", name: "another session", w: world{bucket: bucketFor(sessionA)}, who: "arn:aws:sts::111111111111:assumed-role/reader/other", want: Deny},
	{rule: "1.3", name: "federated user session ARN", w: world{bucket: bucketFor("arn:aws:sts::111111111111:federated-user/ann"), boundary: noRead, session: noRead}, who: "arn:aws:sts::111111111111:federated-user/ann", want: Allow},
	{rule: "1.3", name: "user ARN for its federated session is limited by the boundary", w: world{bucket: bucketFor(userA), boundary: noRead}, who: "arn:aws:sts::111111111111:federated-user/ann", want: Deny},
	{rule: "1.3", name: "user ARN for its federated session within the boundary", w: world{bucket: bucketFor(userA), boundary: allow("", "s3:*", "*")}, who: "arn:aws:sts::111111111111:federated-user/ann", want: Allow},
	{rule: "1.3", name: "star is limited by no boundary", w: world{bucket: anyoneRead, boundary: noRead}, who: roleA, want: Allow},
	{rule: "1.3", name: "star is limited by no session policy", w: world{bucket: anyoneRead, session: noRead}, who: roleA, want: Allow},
	{rule: "1.3", name: "star is stopped by an explicit deny of the boundary", w: world{bucket: anyoneRead, boundary: noRead + "," + deny("", "s3:*", "*")}, who: roleA, want: Deny, layer: LayerBoundary},
	{rule: "1.3", name: "star with aws:PrincipalArn", w: world{bucket: iff(`{"ArnEquals":{"aws:PrincipalArn":"`+roleA+`"}}`, anyoneRead), boundary: noRead}, who: roleA, want: Allow},
	{rule: "1.3", name: "star with another aws:PrincipalArn", w: world{bucket: iff(`{"ArnEquals":{"aws:PrincipalArn":"`+roleB+`"}}`, anyoneRead)}, who: roleA, want: Deny},
	{rule: "1.3", name: "service principal: the resource policy alone", w: world{bucket: allow(`{"Service":"logging.s3.amazonaws.com"}`, "s3:PutObject", "arn:aws:s3:::data/*")}, who: "logging.s3.amazonaws.com", action: "s3:PutObject", on: object, want: Allow},
	{rule: "1.3", name: "another service", w: world{bucket: allow(`{"Service":"logging.s3.amazonaws.com"}`, "s3:PutObject", "arn:aws:s3:::data/*")}, who: "ec2.amazonaws.com", action: "s3:PutObject", on: object, want: Deny},
}

// rules1_2 is the order of layers and the organisation's rules.
// Source: IAM User Guide, "Policy evaluation logic"; Organizations User Guide, "SCP
// evaluation", "RCP evaluation".
var rules1_2 = []ruleCase{
	{rule: "1.2", name: "nothing allows", who: roleA, want: Deny, layer: LayerIdentity},
	{rule: "1.2", name: "identity allow", w: world{id: readAll}, who: roleA, want: Allow, layer: LayerIdentity},
	{rule: "1.2", name: "explicit deny in the identity policy", w: world{id: readAll + "," + deny("", "s3:*", "*")}, who: roleA, want: Deny, layer: LayerIdentity},
	{rule: "1.2", name: "explicit deny in the bucket policy", w: world{id: readAll, bucket: deny(roleA, "s3:GetObject", "arn:aws:s3:::data/*")}, who: roleA, want: Deny, layer: LayerResource},
	{rule: "1.2", name: "boundary lacks it", w: world{id: readAll, boundary: noRead}, who: roleA, want: Deny, layer: LayerBoundary},
	{rule: "1.2", name: "boundary allows it", w: world{id: readAll, boundary: allow("", "s3:*", "*")}, who: roleA, want: Allow},
	{rule: "1.2", name: "session policy lacks it", w: world{id: readAll, session: noRead}, who: roleA, want: Deny, layer: LayerSession},
	{rule: "1.2", name: "SCP at the root lacks it", w: world{id: readAll, scps: []string{noRead}}, who: roleA, want: Deny, layer: LayerSCP},
	{rule: "1.2", name: "SCP at the unit lacks it", w: world{id: readAll, scps: []string{"", noRead}}, who: roleA, want: Deny, layer: LayerSCP},
	{rule: "1.2", name: "SCP at the account denies it", w: world{id: readAll, scps: []string{"", "", deny("", "s3:GetObject", "*") + "," + allow("", "*", "*")}}, who: roleA, want: Deny, layer: LayerSCP},
	{rule: "1.2", name: "SCP binds the root user", w: world{scps: []string{noRead}}, who: rootA, want: Deny, layer: LayerSCP},
	{rule: "1.2", name: "SCP binds even what a bucket policy grants", w: world{bucket: bucketFor(roleA), scps: []string{noRead}}, who: roleA, want: Deny, layer: LayerSCP},
	{rule: "1.2", name: "SCP does not bind the management account", w: world{id: readAll, scps: []string{noRead}, mgmt: true}, who: roleA, want: Allow},
	{rule: "1.2", name: "SCP does not bind service-linked roles", w: world{id: readAll, scps: []string{noRead}, linked: true}, who: roleA, want: Allow},
	{rule: "1.2", name: "SCP of the resource's account does not bind callers from elsewhere", w: world{idB: readAll, bucket: bucketFor(roleB), scps: []string{"", noRead}}, who: roleB, want: Allow},
	{rule: "1.2", name: "RCP binds external callers", w: world{bucket: bucketFor(acctX), rcps: []string{iff(`{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`, deny("*", "s3:*", "*"))}}, who: AnyAccount, want: Deny},
	{rule: "1.2", name: "RCP does not bind service-linked roles of accounts that were not collected", w: world{bucket: anyoneRead, rcps: []string{deny("*", "s3:*", "*")}}, who: "arn:aws:iam::999999999999:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", want: Allow},
	{rule: "1.2", name: "RCP does not bind keys that AWS manages", w: world{id: allow("", "kms:*", "*"), key: allow(rootA, "kms:*", "*"), rcps: []string{deny("*", "kms:*", "*")}, mutate: func(i *Inventory) { i.Resources[keyA].KMS.Manager = Of("AWS") }}, who: roleA, action: "kms:Decrypt", on: keyA, want: Allow},
	{rule: "1.2", name: "RCP binds the account's own keys", w: world{id: allow("", "kms:*", "*"), key: allow(rootA, "kms:*", "*"), rcps: []string{deny("*", "kms:*", "*")}}, who: roleA, action: "kms:Decrypt", on: keyA, want: Deny, layer: LayerRCP},
	{rule: "1.2", name: "RCP does not bind the retiring of grants", w: world{id: allow("", "kms:*", "*"), key: allow(rootA, "kms:*", "*"), rcps: []string{deny("*", "kms:*", "*")}}, who: roleA, action: "kms:RetireGrant", on: keyA, want: Allow},
	{rule: "1.2", name: "RCP binds the revoking of grants", w: world{id: allow("", "kms:*", "*"), key: allow(rootA, "kms:*", "*"), rcps: []string{deny("*", "kms:*", "*")}}, who: roleA, action: "kms:RevokeGrant", on: keyA, want: Deny, layer: LayerRCP},
	{rule: "1.2", name: "RCP does not bind a service that assumes its linked role", w: world{rcps: []string{deny("*", "sts:*", "*")}, mutate: linkedTarget}, who: "sagemaker.amazonaws.com", action: "sts:AssumeRole", on: linkedRole, want: Allow},
	{rule: "1.2", name: "RCP binds a service that assumes another role", w: world{trust: stmt("Allow", `{"Service":"sagemaker.amazonaws.com"}`, "sts:AssumeRole", "", ""), rcps: []string{deny("*", "sts:*", "*")}}, who: "sagemaker.amazonaws.com", action: "sts:AssumeRole", on: target1, want: Deny, layer: LayerRCP},
	{rule: "1.2", name: "RCP binds the anonymous caller", w: world{bucket: anyoneRead, rcps: []string{"", deny("*", "s3:*", "*")}}, who: Anonymous, want: Deny, layer: LayerRCP},
	{rule: "1.2", name: "RCP that asks for the organisation lets it in", w: world{id: readAll, rcps: []string{iff(`{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`, deny("*", "s3:*", "*"))}}, who: roleA, want: Allow},
	{rule: "1.2", name: "RCP does not bind the management account's resources", w: world{bucket: anyoneRead, rcps: []string{deny("*", "s3:*", "*")}, mgmt: true}, who: Anonymous, want: Allow},
	{rule: "1.2", name: "RCP does not cover services outside its list", w: world{id: allow("", "sagemaker:*", "*"), rcps: []string{deny("*", "*", "*")}}, who: roleA, action: "sagemaker:InvokeEndpoint", on: "arn:aws:sagemaker:us-east-1:111111111111:endpoint/e", want: Allow},
	{rule: "1.2", name: "root user of the owner", who: rootA, want: Allow},
	{rule: "1.2", name: "root user and a deny of everyone", w: world{bucket: deny("*", "s3:GetObject", "arn:aws:s3:::data/*")}, who: rootA, want: Deny, layer: LayerResource},
	{rule: "1.2", name: "endpoint policy lacks it", w: world{id: readAll, endpoint: allow("*", "s3:ListBucket", "*")}, who: roleA, ctx: map[string][]string{"aws:SourceVpce": {"vpce-1"}}, want: Deny, layer: LayerEndpoint},
	{rule: "1.2", name: "endpoint policy has it", w: world{id: readAll, endpoint: allow("*", "s3:*", "*")}, who: roleA, ctx: map[string][]string{"aws:SourceVpce": {"vpce-1"}}, want: Allow},
	{rule: "1.2", name: "endpoint not named is not asked", w: world{id: readAll, endpoint: allow("*", "s3:ListBucket", "*")}, who: roleA, want: Allow},
	{rule: "1.2", name: "endpoint policy not collected", w: world{id: readAll, endpoint: "?"}, who: roleA, ctx: map[string][]string{"aws:SourceVpce": {"vpce-1"}}, want: Unknown},
}

// rules1_4 is the cross-account rule.
// Source: IAM User Guide, "Cross-account policy evaluation logic".
var rules1_4 = []ruleCase{
	{rule: "1.4", name: "both sides", w: world{idB: readAll, bucket: bucketFor(roleB)}, who: roleB, want: Allow},
	{rule: "1.4", name: "both sides, the account named", w: world{idB: readAll, bucket: bucketFor(acctB)}, who: roleB, want: Allow},
	{rule: "1.4", name: "resource side alone", w: world{bucket: bucketFor(roleB)}, who: roleB, want: Deny, layer: LayerIdentity},
	{rule: "1.4", name: "identity side alone", w: world{idB: readAll}, who: roleB, want: Deny, layer: LayerResource},
	{rule: "1.4", name: "star still needs the identity side", w: world{bucket: anyoneRead}, who: roleB, want: Deny, layer: LayerIdentity},
	{rule: "1.4", name: "anonymous passes on the resource side", w: world{bucket: anyoneRead}, who: Anonymous, want: Allow},
	{rule: "1.4", name: "any customer passes a star", w: world{bucket: anyoneRead}, who: AnyAccount, want: Allow},
	{rule: "1.4", name: "any customer is not account X", w: world{bucket: bucketFor(acctX)}, who: AnyAccount, want: Deny},
	{rule: "1.4", name: "account X as far as the resource side goes", w: world{bucket: bucketFor(acctX)}, who: roleX, want: Allow},
	{rule: "1.4", name: "account X is not let in", w: world{bucket: bucketFor(acctB)}, who: roleX, want: Deny},
	{rule: "1.4", name: "an outsider and a bucket nobody describes", who: Anonymous, action: "s3:GetObject", on: "arn:aws:s3:::elsewhere/k", want: Unknown},
	{rule: "1.4", name: "an outsider and a queue that does not exist", who: Anonymous, action: "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:111111111111:none", want: Deny},
	{rule: "1.4", name: "a service without resource policies", w: world{idB: allow("", "sagemaker:*", "*")}, who: roleB, action: "sagemaker:InvokeEndpoint", on: "arn:aws:sagemaker:us-east-1:111111111111:endpoint/e", want: Deny},
	{rule: "1.4", name: "a bucket nobody lists is not the caller's", w: world{id: allow("", "s3:*", "*")}, who: roleA, on: "arn:aws:s3:::elsewhere/k", action: "s3:GetObject", want: Unknown},
}

// rules1_5 are the services that differ.
// Sources: KMS Developer Guide, "Key policies", "Grants"; IAM User Guide, "How IAM
// roles differ from resource-based policies"; STS API Reference; Bedrock User Guide.
var rules1_5 = []ruleCase{
	{rule: "1.5", name: "KMS: identity with a delegating key policy", w: world{id: allow("", "kms:Decrypt", "*"), key: allow(rootA, "kms:*", "*")}, who: roleA, action: "kms:Decrypt", on: keyA, want: Allow},
	{rule: "1.5", name: "KMS: identity without the account in the key policy", w: world{id: allow("", "kms:Decrypt", "*"), key: allow(target1, "kms:*", "*")}, who: roleA, action: "kms:Decrypt", on: keyA, want: Deny, layer: LayerResource},
	{rule: "1.5", name: "KMS: the key policy names the role", w: world{key: allow(roleA, "kms:Decrypt", "*")}, who: roleA, action: "kms:Decrypt", on: keyA, want: Allow},
	{rule: "1.5", name: "KMS: the account alone delegates", w: world{key: allow(rootA, "kms:*", "*")}, who: roleA, action: "kms:Decrypt", on: keyA, want: Deny},
	{rule: "1.5", name: "KMS: key policy not collected", w: world{id: allow("", "kms:Decrypt", "*"), key: "?"}, who: roleA, action: "kms:Decrypt", on: keyA, want: Unknown},
	{rule: "1.5", name: "KMS: anonymous never", w: world{key: allow("*", "kms:*", "*")}, who: Anonymous, action: "kms:Decrypt", on: keyA, want: Deny},
	{rule: "1.5", name: "KMS: grant", w: world{key: allow(target1, "kms:*", "*"), grants: []KMSGrant{{ID: "g1", Grantee: roleA, Operations: []string{"Decrypt"}}}}, who: roleA, action: "kms:Decrypt", on: keyA, want: Allow, layer: LayerKMSGrant},
	{rule: "1.5", name: "KMS: grant of another operation", w: world{key: allow(target1, "kms:*", "*"), grants: []KMSGrant{{ID: "g1", Grantee: roleA, Operations: []string{"Encrypt"}}}}, who: roleA, action: "kms:Decrypt", on: keyA, want: Deny},
	{rule: "1.5", name: "KMS: grant with a constraint", w: world{key: allow(target1, "kms:*", "*"), grants: []KMSGrant{{ID: "g1", Grantee: roleA, Operations: []string{"Decrypt"}, EncryptionContextSubset: map[string]string{"d": "1"}}}}, who: roleA, action: "kms:Decrypt", on: keyA, want: Conditional, conds: "StringEquals kms:EncryptionContext:d 1"},
	{rule: "1.5", name: "KMS: ViaService is context", w: world{id: allow("", "kms:Decrypt", "*"), key: iff(`{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}`, allow(rootA, "kms:*", "*"))}, who: roleA, action: "kms:Decrypt", on: keyA, want: Conditional},
	{rule: "1.5", name: "trust names the role", w: world{trust: stmt("Allow", roleA, "sts:AssumeRole", "", "")}, who: roleA, action: "sts:AssumeRole", on: target1, want: Allow, layer: LayerTrust},
	{rule: "1.5", name: "trust names the account, identity allows", w: world{id: allow("", "sts:AssumeRole", "*"), trust: stmt("Allow", rootA, "sts:AssumeRole", "", "")}, who: roleA, action: "sts:AssumeRole", on: target1, want: Allow},
	{rule: "1.5", name: "trust names the account alone", w: world{trust: stmt("Allow", rootA, "sts:AssumeRole", "", "")}, who: roleA, action: "sts:AssumeRole", on: target1, want: Deny, layer: LayerIdentity},
	{rule: "1.5", name: "identity alone never assumes", w: world{id: allow("", "sts:AssumeRole", "*"), trust: stmt("Allow", `{"Service":"ec2.amazonaws.com"}`, "sts:AssumeRole", "", "")}, who: roleA, action: "sts:AssumeRole", on: target1, want: Deny, layer: LayerTrust},
	{rule: "1.5", name: "cross-account trust needs both", w: world{trust: stmt("Allow", roleB, "sts:AssumeRole", "", "")}, who: roleB, action: "sts:AssumeRole", on: target1, want: Deny, layer: LayerIdentity},
	{rule: "1.5", name: "cross-account trust with both", w: world{idB: allow("", "sts:AssumeRole", target1), trust: stmt("Allow", roleB, "sts:AssumeRole", "", "")}, who: roleB, action: "sts:AssumeRole", on: target1, want: Allow},
	{rule: "1.5", name: "star in trust: same account without identity", w: world{trust: stmt("Allow", `{"AWS":"*"}`, "sts:AssumeRole", "", "")}, who: roleA, action: "sts:AssumeRole", on: target1, want: Allow},
	{rule: "1.5", name: "star in trust: any customer", w: world{trust: stmt("Allow", `{"AWS":"*"}`, "sts:AssumeRole", "", "")}, who: AnyAccount, action: "sts:AssumeRole", on: target1, want: Allow},
	{rule: "1.5", name: "star in trust: anonymous has no credentials to assume with", w: world{trust: stmt("Allow", `{"AWS":"*"}`, "sts:AssumeRole", "", "")}, who: Anonymous, action: "sts:AssumeRole", on: target1, want: Deny},
	{rule: "1.5", name: "named third party with external id", w: world{trust: stmt("Allow", acctX, "sts:AssumeRole", "", `{"StringEquals":{"sts:ExternalId":"s"}}`)}, who: acctX, action: "sts:AssumeRole", on: target1, want: Conditional, conds: "StringEquals sts:ExternalId s"},
	{rule: "1.5", name: "the root user assumes no role", w: world{trust: stmt("Allow", rootA, "sts:AssumeRole", "", "")}, who: rootA, action: "sts:AssumeRole", on: target1, want: Deny},
	{rule: "1.5", name: "GetCallerIdentity cannot be denied", w: world{id: deny("", "*", "*")}, who: roleA, action: "sts:GetCallerIdentity", on: "*", want: Allow},
	{rule: "1.5", name: "AWS-managed policies are immutable (fp4)", w: world{id: allow("", "*", "*")}, who: roleA, action: "iam:CreatePolicyVersion", on: "arn:aws:iam::aws:policy/fp4-x", want: Deny},
	{rule: "1.5", name: "aws-reserved roles are immutable", w: world{id: allow("", "*", "*")}, who: roleA, action: "iam:PutRolePolicy", on: "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x_1", want: Deny},
	{rule: "1.5", name: "foundation models have no account", w: world{id: allow("", "bedrock:InvokeModel", "arn:aws:bedrock:*::foundation-model/*")}, who: roleA, action: "bedrock:InvokeModel", on: "arn:aws:bedrock:us-east-1::foundation-model/m", want: Allow},
	{rule: "1.5", name: "REST API: the short resource form", w: world{mutate: restAPI(allow("*", "execute-api:Invoke", "execute-api:/live/POST/*"))}, who: Anonymous, action: "execute-api:Invoke", on: apiPath, want: Allow},
	{rule: "1.5", name: "REST API: another stage", w: world{mutate: restAPI(allow("*", "execute-api:Invoke", "execute-api:/test/*"))}, who: Anonymous, action: "execute-api:Invoke", on: apiPath, want: Deny},
	{rule: "1.5", name: "REST API: one VPC only", w: world{mutate: restAPI(allow("*", "execute-api:Invoke", "execute-api:/*") + "," + iff(cond("StringNotEquals", "aws:SourceVpc", "vpc-1"), deny("*", "execute-api:Invoke", "execute-api:/*")))}, who: Anonymous, action: "execute-api:Invoke", on: apiPath, want: Conditional, conds: "StringEquals aws:SourceVpc vpc-1"},
	{rule: "1.5", name: "SNS's default policy lets the owner's account in only", w: world{mutate: topic}, who: AnyAccount, action: "sns:Publish", on: topicARN, want: Deny},
	{rule: "1.5", name: "SNS's default policy for the owner's account", w: world{mutate: topic}, who: roleA, action: "sns:Publish", on: topicARN, want: Allow},
	{rule: "1.5", name: "a trust policy does not decide iam:PassRole", w: world{id: allow("", "iam:PassRole", "*"), trust: stmt("Allow", `{"Service":"ec2.amazonaws.com"}`, "sts:AssumeRole", "", "")}, who: roleA, action: "iam:PassRole", on: target1, want: Allow},
}

const (
	apiPath  = "arn:aws:execute-api:us-east-1:111111111111:abc123/live/POST/ask"
	topicARN = "arn:aws:sns:us-east-1:111111111111:t"
)

// restAPI adds a REST API with a resource policy.
func restAPI(policy string) func(*Inventory) {
	return func(i *Inventory) {
		i.AddResource(Resource{ARN: "arn:aws:apigateway:us-east-1::/restapis/abc123", Account: acctA, Policy: Of(doc(policy))})
	}
}

// topic adds a topic with the policy that SNS gives it.
func topic(i *Inventory) {
	i.AddResource(Resource{ARN: topicARN, Policy: Of(doc(iff(cond("StringEquals", "AWS:SourceOwner", acctA), allow(`{"AWS":"*"}`, `["SNS:Publish","SNS:Subscribe"]`, topicARN))))})
}

// rules1_6 is the matching of principals.
// Source: IAM User Guide, "AWS JSON policy elements: Principal", "NotPrincipal",
// "IAM identifiers".
var rules1_6 = []ruleCase{
	{rule: "1.6", name: "partial wildcard matches nobody (warning)", w: world{bucket: bucketFor("arn:aws:iam::111111111111:role/*")}, who: roleA, want: Deny},
	{rule: "1.6", name: "NotPrincipal with Allow is everyone else", w: world{bucket: `{"Effect":"Allow","NotPrincipal":{"AWS":"` + userA + `"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*"}`}, who: Anonymous, want: Allow},
	{rule: "1.6", name: "NotPrincipal with Allow leaves the listed out", w: world{bucket: `{"Effect":"Allow","NotPrincipal":{"AWS":"` + userA + `"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*"}`}, who: userA, want: Deny},
	{rule: "1.6", name: "NotPrincipal with Deny spares the listed", w: world{id: readAll, bucket: `{"Effect":"Deny","NotPrincipal":{"AWS":["` + roleA + `","` + rootA + `"]},"Action":"s3:*","Resource":"arn:aws:s3:::data/*"}`}, who: roleA, want: Allow},
	{rule: "1.6", name: "NotPrincipal with Deny: a user without its account may be denied", w: world{id: readAll, idB: readAll, bucket: `{"Effect":"Deny","NotPrincipal":{"AWS":["` + userA + `"]},"Action":"s3:*","Resource":"arn:aws:s3:::data/*"}`}, who: userA, want: Unknown, gaps: "not_principal " + rootA},
	{rule: "1.6", name: "NotPrincipal with Deny: a user with another account may be denied", w: world{id: readAll, idB: readAll, bucket: `{"Effect":"Deny","NotPrincipal":{"AWS":["` + userA + `","222222222222"]},"Action":"s3:*","Resource":"arn:aws:s3:::data/*"}`}, who: userA, want: Unknown},
	{rule: "1.6", name: "NotPrincipal with Deny: the account by its number", w: world{id: readAll, idB: readAll, bucket: `{"Effect":"Deny","NotPrincipal":{"AWS":["` + userA + `","111111111111"]},"Action":"s3:*","Resource":"arn:aws:s3:::data/*"}`}, who: userA, want: Allow},
	{rule: "1.6", name: "NotPrincipal with Deny: a session and its account without the role may be denied", w: world{id: readAll, idB: readAll, bucket: `{"Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:sts::111111111111:assumed-role/reader/s","` + rootA + `"]},"Action":"s3:*","Resource":"arn:aws:s3:::data/*"}`}, who: "arn:aws:sts::111111111111:assumed-role/reader/s", want: Unknown, gaps: "not_principal " + roleA},
	{rule: "1.6", name: "NotPrincipal with Deny: session, role and account", w: world{id: readAll, idB: readAll, bucket: `{"Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:sts::111111111111:assumed-role/reader/s","` + roleA + `","` + rootA + `"]},"Action":"s3:*","Resource":"arn:aws:s3:::data/*"}`}, who: "arn:aws:sts::111111111111:assumed-role/reader/s", want: Allow},
	{rule: "1.6", name: "NotPrincipal with Deny: whoever is not listed at all is denied", w: world{id: readAll, idB: readAll, bucket: `{"Effect":"Deny","NotPrincipal":{"AWS":["` + userA + `"]},"Action":"s3:*","Resource":"arn:aws:s3:::data/*"}`}, who: roleA, want: Deny, layer: LayerResource},
	{rule: "1.6", name: "NotPrincipal with Deny: the account does not spare its users", w: world{id: readAll, bucket: `{"Effect":"Deny","NotPrincipal":{"AWS":["` + roleA + `","` + rootA + `"]},"Action":"s3:*","Resource":"arn:aws:s3:::data/*"}`}, who: userA, want: Deny, layer: LayerResource},
	{rule: "1.6", name: "no Principal matches nobody", w: world{bucket: allow("", "s3:GetObject", "arn:aws:s3:::data/*")}, who: roleA, want: Deny},
	{rule: "1.6", name: "bare digits equal the root ARN", w: world{id: readAll, bucket: deny(acctA, "s3:GetObject", "*")}, who: roleA, want: Deny, layer: LayerResource},
	{rule: "1.6", name: "a deleted principal's id matches nobody (warning)", w: world{bucket: bucketFor("AROAREADER")}, who: roleA, want: Deny},
	{rule: "1.6", name: "session ARN drops the role's path", w: world{id: readAll}, who: sessionA, want: Allow},
	{rule: "1.6", name: "PrincipalArn of a session is the role's ARN", w: world{bucket: iff(`{"StringEquals":{"aws:PrincipalArn":"`+roleA+`"}}`, anyoneRead)}, who: sessionA, want: Allow},
	{rule: "1.6", name: "userid of a session", w: world{bucket: iff(`{"StringEquals":{"aws:userid":"AROAREADER:job"}}`, anyoneRead)}, who: sessionA, want: Allow},
	{rule: "1.6", name: "userid of a role matches its id with a star", w: world{bucket: iff(`{"StringLike":{"aws:userid":"AROAREADER:*"}}`, anyoneRead)}, who: roleA, want: Allow},
	{rule: "1.6", name: "userid of a role with a session is conditional", w: world{bucket: iff(`{"StringLike":{"aws:userid":"AROAREADER:job"}}`, anyoneRead)}, who: roleA, want: Conditional},
	{rule: "1.6", name: "userid of another role", w: world{bucket: iff(`{"StringLike":{"aws:userid":"AROAOTHER:*"}}`, anyoneRead)}, who: roleA, want: Deny},
	{rule: "1.6", name: "aws:username is a user's", w: world{id: allow("", "s3:GetObject", "arn:aws:s3:::data/${aws:username}*")}, who: userA, action: "s3:GetObject", on: "arn:aws:s3:::data/ann/x", want: Allow},
	{rule: "1.6", name: "aws:username never resolves for roles", w: world{id: allow("", "s3:GetObject", "arn:aws:s3:::data/${aws:username}*")}, who: roleA, want: Deny},
	{rule: "1.6", name: "canonical user", w: world{idB: readAll, bucket: allow(`{"CanonicalUser":"bbbb"}`, "s3:GetObject", "arn:aws:s3:::data/*")}, who: roleB, want: Allow},
	{rule: "1.6", name: "OIDC: github with no sub", w: world{trust: github(`{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}}`)}, who: GitHubAny, action: "sts:AssumeRoleWithWebIdentity", on: target1, want: Allow},
	{rule: "1.6", name: "OIDC: github repo:*", w: world{trust: github(githubSub("StringLike", "repo:*"))}, who: GitHubAny, action: "sts:AssumeRoleWithWebIdentity", on: target1, want: Allow},
	{rule: "1.6", name: "OIDC: github repo:org* lets other organisations in", w: world{trust: github(githubSub("StringLike", "repo:org*"))}, who: GitHubAny, action: "sts:AssumeRoleWithWebIdentity", on: target1, want: Allow},
	{rule: "1.6", name: "OIDC: github repo:org/*", w: world{trust: github(githubSub("StringLike", "repo:org/*"))}, who: GitHubAny, action: "sts:AssumeRoleWithWebIdentity", on: target1, want: Deny},
	{rule: "1.6", name: "OIDC: github one branch", w: world{trust: github(githubSub("StringEquals", "repo:org/r:ref:refs/heads/main"))}, who: GitHubAny, action: "sts:AssumeRoleWithWebIdentity", on: target1, want: Deny},
	{rule: "1.6", name: "OIDC: ForAllValues on sub is no condition", w: world{trust: github(githubSub("ForAllValues:StringLike", "repo:org/*"))}, who: GitHubAny, action: "sts:AssumeRoleWithWebIdentity", on: target1, want: Allow},
	{rule: "1.6", name: "OIDC: the provider itself is conditional on the claims", w: world{trust: github(githubSub("StringEquals", "repo:org/r:ref:refs/heads/main"))}, who: githubARN, action: "sts:AssumeRoleWithWebIdentity", on: target1, want: Conditional},
	{rule: "1.6", name: "OIDC: another provider", w: world{trust: github("")}, who: "arn:aws:iam::111111111111:oidc-provider/example.com", action: "sts:AssumeRoleWithWebIdentity", on: target1, want: Deny},
	{rule: "1.6", name: "service principal is an exact string", w: world{trust: stmt("Allow", `{"Service":"sagemaker.amazonaws.com"}`, "sts:AssumeRole", "", "")}, who: "sagemaker.amazonaws.com", action: "sts:AssumeRole", on: target1, want: Allow},
}

const githubARN = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"

func github(condition string) string {
	return stmt("Allow", `{"Federated":"`+githubARN+`"}`, "sts:AssumeRoleWithWebIdentity", "", condition)
}

func githubSub(op, sub string) string {
	aud := `"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"`
	s := `"token.actions.githubusercontent.com:sub":"` + sub + `"`
	if op == "StringEquals" {
		return `{"StringEquals":{` + aud + `,` + s + `}}`
	}
	return `{"StringEquals":{` + aud + `},"` + op + `":{` + s + `}}`
}

func TestRules(t *testing.T) {
	for _, table := range allRules() {
		for _, c := range table {
			t.Run(c.rule+" "+c.name, c.run)
		}
	}
}

func allRules() [][]ruleCase {
	return [][]ruleCase{rules1_2, rules1_3, rules1_4, rules1_5, rules1_6, rules1_7, rules1_8, rules1_9, rules1_10, rules1_11, rulesFurther, rulesPublic, rulesOwnership, rulesResidue}
}

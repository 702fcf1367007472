package aws

// withCatalog sets the policy of account A's Glue Data Catalog.
func withCatalog(policy string) func(*Inventory) {
	return func(i *Inventory) {
		i.AddResource(Resource{ARN: "arn:aws:glue:us-east-1:111111111111:catalog", Account: acctA, Type: "AWS::Glue::Catalog", Policy: policyEvidence(policy)})
	}
}

const queueA = "arn:aws:sqs:us-east-1:111111111111:q"

func withQueue(policy string) func(*Inventory) {
	return func(i *Inventory) {
		i.AddResource(Resource{ARN: queueA, Account: acctA, Type: "AWS::SQS::Queue", Policy: policyEvidence(policy)})
	}
}

func withFunction(policy string, url Evidence[FunctionURL]) func(*Inventory) {
	return func(i *Inventory) {
		i.AddResource(Resource{ARN: "arn:aws:lambda:us-east-1:111111111111:function:f", Account: acctA, Type: "AWS::Lambda::Function", Policy: policyEvidence(policy), Lambda: &LambdaFacts{URL: url}})
		i.MarkListed(acctA, "AWS::Lambda::Function")
	}
}

const fnA = "arn:aws:lambda:us-east-1:111111111111:function:f"
const keyAlias = "arn:aws:kms:us-east-1:111111111111:alias/data"

func withAlias(i *Inventory) { i.Resources[keyA].KMS.Aliases = Of([]string{"alias/data"}) }

func serviceRole(i *Inventory) {
	i.AddRole(Role{Identity: Identity{ARN: "arn:aws:iam::111111111111:role/svc", Name: "svc", ID: "AROASVC", Inline: i.Roles[roleA].Inline, Attached: NoneOf[[]string]()},
		Trust: Of(doc(stmt("Allow", `{"Service":"lambda.amazonaws.com"}`, "sts:AssumeRole", "", ""))), Boundary: NoneOf[string](), Tags: Of(map[string]string{})})
}

const svcRole = "arn:aws:iam::111111111111:role/svc"

func withAP(apPolicy string, vpc string) func(*Inventory) {
	return func(i *Inventory) {
		i.Resources[bucket].S3.AccessPoints = []AccessPoint{{ARN: "arn:aws:s3:us-east-1:111111111111:accesspoint/ap", Alias: "ap-xyz-s3alias", Account: acctA, VPC: vpc, Policy: policyEvidence(apPolicy), BlockPublicAccess: Of(BlockPublicAccess{})}}
	}
}

const apObj = "arn:aws:s3:us-east-1:111111111111:accesspoint/ap/object/k"

var delegated = iff(`{"StringEquals":{"s3:DataAccessPointAccount":"111111111111"}}`, allow(`{"AWS":"*"}`, "s3:*", `["arn:aws:s3:::data","arn:aws:s3:::data/*"]`))

const (
	runtimeARN = "arn:aws:bedrock-agentcore:us-east-1:111111111111:runtime/agent-abc"
	groupARN   = "arn:aws:sagemaker:us-east-1:111111111111:model-package-group/g"
)

func agentRuntime(policy string) func(*Inventory) {
	return func(i *Inventory) {
		i.AddResource(Resource{ARN: runtimeARN, Account: acctA, Type: "AWS::BedrockAgentCore::Runtime", Policy: policyEvidence(policy)})
	}
}

func packageGroup(policy string) func(*Inventory) {
	return func(i *Inventory) {
		i.AddResource(Resource{ARN: groupARN, Account: acctA, Type: "AWS::SageMaker::ModelPackageGroup", Policy: policyEvidence(policy)})
		i.MarkListed(acctA, "AWS::SageMaker::ModelPackageGroup")
	}
}

func blockedAP(i *Inventory) {
	withAP(allow("*", "s3:GetObject", apObj), "")(i)
	i.Resources[bucket].S3.AccessPoints[0].BlockPublicAccess = Of(blockAll)
}

// rulesPublic asks S3's definition of public through its effect: with
// RestrictPublicBuckets, a policy that is public stops even its fixed grant to
// another account, and one that is not leaves it. One row for each key.
// Source: S3 User Guide, "Blocking public access to your Amazon S3 storage", the
// meaning of "public".
var rulesPublic = func() []ruleCase {
	row := func(name, condition string, want Verdict) ruleCase {
		c := ruleCase{rule: "1.9", name: "public: " + name, who: roleB, want: want,
			w: world{idB: readAll, bucket: iff(condition, listAll) + "," + bucketFor(roleB), bpa: &blockAll}}
		if want == Deny {
			c.layer = LayerBPA
		}
		return c
	}
	return []ruleCase{
		row("an organisation is none", cond("StringEquals", "aws:PrincipalOrgID", "o-9"), Allow),
		row("an organisation by pattern is", cond("StringLike", "aws:PrincipalOrgID", "o-*"), Deny),
		row("a path of an organisation is none", cond("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-9/r-1/*"), Allow),
		row("an account is none", cond("StringEquals", "aws:PrincipalAccount", acctX), Allow),
		row("a principal's ARN with a literal account is none", cond("ArnLike", "aws:PrincipalArn", "arn:aws:iam::999999999999:role/*"), Allow),
		row("a principal's ARN with any account is", cond("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/x"), Deny),
		row("a VPC is none", cond("StringEquals", "aws:SourceVpc", "vpc-9"), Allow),
		row("an endpoint is none", cond("StringEquals", "aws:SourceVpce", "vpce-9"), Allow),
		row("an endpoint by variable is", cond("StringEquals", "aws:SourceVpce", "${aws:PrincipalTag/vpce}"), Deny),
		row("a negated endpoint is", cond("StringNotEquals", "aws:SourceVpce", "vpce-9"), Deny),
		row("IfExists is", cond("StringEqualsIfExists", "aws:SourceVpce", "vpce-9"), Deny),
		row("ForAllValues is", cond("ForAllValues:StringEquals", "aws:SourceVpce", "vpce-9"), Deny),
		row("an /8 is none", cond("IpAddress", "aws:SourceIp", "203.0.0.0/8"), Allow),
		row("a /7 is", cond("IpAddress", "aws:SourceIp", "202.0.0.0/7"), Deny),
		row("one wide range of two is", cond("IpAddress", "aws:SourceIp", `["203.0.113.0/24","0.0.0.0/0"]`), Deny),
		row("private space is none", cond("IpAddress", "aws:SourceIp", "172.16.0.0/12"), Allow),
		row("an IPv6 /32 is none", cond("IpAddress", "aws:SourceIp", "2001:db8::/32"), Allow),
		row("an IPv6 /31 is", cond("IpAddress", "aws:SourceIp", "2001:db8::/31"), Deny),
		row("a source ARN is none", cond("ArnEquals", "aws:SourceArn", "arn:aws:sns:us-east-1:111111111111:t"), Allow),
		row("a source ARN of any account is", cond("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:t"), Deny),
		row("a source account is none", cond("StringEquals", "aws:SourceAccount", acctA), Allow),
		row("a source owner is none", cond("StringEquals", "aws:SourceOwner", acctX), Allow),
		row("a user id is none", cond("StringEquals", "aws:userid", "AIDAX"), Allow),
		row("a role's id with any session is", cond("StringLike", "aws:userid", "AROAX:*"), Deny),
		row("an encryption key is none", cond("StringEquals", "s3:x-amz-server-side-encryption-aws-kms-key-id", keyA), Allow),
		row("an access point is none", cond("StringEquals", "s3:DataAccessPointArn", "arn:aws:s3:us-east-1:111111111111:accesspoint/ap"), Allow),
		row("an access point's name may be a pattern", cond("ArnLike", "s3:DataAccessPointArn", "arn:aws:s3:us-east-1:111111111111:accesspoint/*"), Allow),
		row("access points of an account are none", cond("StringEquals", "s3:DataAccessPointAccount", acctA), Allow),
		row("secure transport is", cond("Bool", "aws:SecureTransport", "true"), Deny),
		row("a referer is", cond("StringEquals", "aws:Referer", "https://example.com"), Deny),
		row("a user agent is", cond("StringEquals", "aws:UserAgent", "x"), Deny),
		row("a time is", cond("DateLessThan", "aws:CurrentTime", "2030-01-01T00:00:00Z"), Deny),
		row("a prefix is", cond("StringEquals", "s3:prefix", "a/"), Deny),
		row("a tag is", cond("StringEquals", "aws:PrincipalTag/team", "ml"), Deny),
		row("one limiting key beside another that is not", `{"StringEquals":{"aws:SourceVpce":"vpce-9","aws:UserAgent":"x"}}`, Allow),
	}
}()

// allMembers says that the organisation's accounts are all known.
func allMembers(i *Inventory) { i.Organizations["o-1"].Accounts = Known }

// rulesFurther are cases of the rules beyond one row each, as other accounts bring
// them: services, tags, sessions, wildcards, block public access.
// Sources: IAM User Guide, "Policy evaluation logic", "AWS JSON policy elements:
// Principal" and "NotPrincipal", "Condition operators", "AWS global condition
// context keys"; KMS Developer Guide, "Controlling access to aliases", "Grants",
// "Allowing users in other accounts to use a KMS key"; S3 User Guide, "Configuring
// IAM policies for using access points", "Blocking public access"; S3 API
// Reference, PutBucketPolicy; IAM User Guide, "Variables and tags", policy
// variables with no value; Lambda Developer Guide, "Control access to Lambda
// function URLs"; SQS Developer Guide, "Basic examples of Amazon SQS policies".
var rulesFurther = []ruleCase{
	{rule: "1.2", name: "root rewrites a bucket policy that denies everyone", w: world{bucket: deny("*", "s3:*", `["arn:aws:s3:::data","arn:aws:s3:::data/*"]`)}, who: rootA, action: "s3:PutBucketPolicy", on: bucket, want: Allow},
	{rule: "1.2", name: "root deletes a bucket policy that denies everyone", w: world{bucket: deny("*", "s3:*", `["arn:aws:s3:::data","arn:aws:s3:::data/*"]`)}, who: rootA, action: "s3:DeleteBucketPolicy", on: bucket, want: Allow},
	{rule: "1.2", name: "the root user does nothing else against a deny", w: world{bucket: deny("*", "s3:*", `["arn:aws:s3:::data","arn:aws:s3:::data/*"]`)}, who: rootA, action: "s3:ListBucket", on: bucket, want: Deny},
	{rule: "1.2", name: "root rewrite, SCP stops", w: world{bucket: deny("*", "s3:*", `["arn:aws:s3:::data","arn:aws:s3:::data/*"]`), scps: []string{deny("", "s3:PutBucketPolicy", "*") + "," + allow("", "*", "*")}}, who: rootA, action: "s3:PutBucketPolicy", on: bucket, want: Deny},
	{rule: "1.2", name: "endpoint VpceAccount", w: world{endpoint: allow("*", "*", "*"), id: iff(cond("StringEquals", "aws:VpceAccount", acctA), readAll)}, who: roleA, ctx: ctx("aws:SourceVpce", "vpce-1"), want: Allow},
	{rule: "1.8", name: "not every service tells the endpoint's owner", w: world{id: iff(cond("StringEquals", "aws:VpceAccount", acctA), allow("", "sqs:*", "*")), mutate: func(i *Inventory) {
		i.AddEndpoint(VPCEndpoint{ID: "vpce-2", Account: acctA, VPC: "vpc-1", Service: "com.amazonaws.us-east-1.sqs", Policy: NoneOf[Document]()})
	}}, who: roleA, action: "sqs:ListQueues", on: "*", ctx: ctx("aws:SourceVpce", "vpce-2"), want: Conditional, conds: "StringEquals aws:VpceAccount 111111111111"},
	{rule: "1.2", name: "endpoint SourceVpc follows", w: world{endpoint: allow("*", "*", "*"), id: iff(cond("StringEquals", "aws:SourceVpc", "vpc-1"), readAll)}, who: roleA, ctx: ctx("aws:SourceVpce", "vpce-1"), want: Allow},
	{rule: "1.2", name: "endpoint VpceOrgID", w: world{endpoint: allow("*", "*", "*"), id: iff(cond("StringEquals", "aws:VpceOrgID", "o-1"), readAll)}, who: roleA, ctx: ctx("aws:SourceVpce", "vpce-1"), want: Allow},
	{rule: "1.2", name: "endpoint deny", w: world{endpoint: allow("*", "*", "*") + "," + deny("*", "s3:GetObject", object), id: readAll}, who: roleA, ctx: ctx("aws:SourceVpce", "vpce-1"), want: Deny, layer: LayerEndpoint},
	{rule: "1.2", name: "endpoint names role", w: world{endpoint: allow(roleA, "s3:*", "*"), id: readAll}, who: roleA, ctx: ctx("aws:SourceVpce", "vpce-1"), want: Allow},
	{rule: "1.2", name: "endpoint names the account", w: world{endpoint: allow(rootA, "s3:*", "*"), id: readAll}, who: roleA, ctx: ctx("aws:SourceVpce", "vpce-1"), want: Allow},
	{rule: "1.2", name: "endpoint names another", w: world{endpoint: allow(roleB, "s3:*", "*"), id: readAll}, who: roleA, ctx: ctx("aws:SourceVpce", "vpce-1"), want: Deny},
	{rule: "1.2", name: "SourceVpce absent: SourceVpc absent too", w: world{id: iff(cond("StringEquals", "aws:SourceVpc", "vpc-1"), readAll)}, who: roleA, absent: []string{"aws:SourceVpce"}, want: Conditional},
	{rule: "1.2", name: "SCP deny with NotAction and a PrincipalArn exception", w: world{id: allow("", "*", "*"), scps: []string{allow("", "*", "*") + `,{"Effect":"Deny","NotAction":["iam:*"],"Resource":"*","Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/app/*"}}}`}}, who: roleA, want: Allow},
	{rule: "1.2", name: "SCP deny with NotAction and a PrincipalArn exception: user", w: world{id: allow("", "*", "*"), scps: []string{allow("", "*", "*") + `,{"Effect":"Deny","NotAction":["iam:*"],"Resource":"*","Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/app/*"}}}`}}, who: userA, want: Deny, layer: LayerSCP},
	{rule: "1.2", name: "SCP does not touch anonymous", w: world{bucket: anyoneRead, scps: []string{noRead}}, who: Anonymous, want: Allow},
	{rule: "1.2", name: "SCP does not touch service principals", w: world{bucket: allow(`{"Service":"logging.s3.amazonaws.com"}`, "s3:PutObject", "arn:aws:s3:::data/*"), scps: []string{noRead}}, who: "logging.s3.amazonaws.com", action: "s3:PutObject", on: object, want: Allow},
	{rule: "1.2", name: "SCP on principal crossing accounts", w: world{id: allow("", "s3:*", "*"), scps: []string{noRead}, mutate: func(i *Inventory) {
		i.AddResource(Resource{ARN: "arn:aws:s3:::bb", Account: acctB, Type: "AWS::S3::Bucket", Policy: policyEvidence(allow(roleA, "s3:*", "arn:aws:s3:::bb/*")), S3: &S3Facts{BlockPublicAccess: NoneOf[BlockPublicAccess](), Ownership: Of("BucketOwnerEnforced")}})
	}}, who: roleA, action: "s3:GetObject", on: "arn:aws:s3:::bb/k", want: Deny, layer: LayerSCP},
	{rule: "1.2", name: "RCP of the caller's account does not count elsewhere", w: world{id: allow("", "s3:*", "*"), rcps: []string{"", deny("*", "s3:*", "*")}, mutate: func(i *Inventory) {
		i.AddResource(Resource{ARN: "arn:aws:s3:::bb", Account: acctB, Type: "AWS::S3::Bucket", Policy: policyEvidence(allow(roleA, "s3:*", "arn:aws:s3:::bb/*")), S3: &S3Facts{BlockPublicAccess: NoneOf[BlockPublicAccess](), Ownership: Of("BucketOwnerEnforced")}})
	}}, who: roleA, action: "s3:GetObject", on: "arn:aws:s3:::bb/k", want: Allow},
	{rule: "1.2", name: "RCP confused deputy: service with source account", w: world{bucket: allow(`{"Service":"cloudtrail.amazonaws.com"}`, "s3:PutObject", "arn:aws:s3:::data/*"), rcps: []string{iff(`{"StringNotEqualsIfExists":{"aws:SourceOrgID":"o-1"},"Null":{"aws:SourceAccount":"false"},"Bool":{"aws:PrincipalIsAWSService":"true"}}`, deny("*", "s3:*", "*"))}}, who: "cloudtrail.amazonaws.com", action: "s3:PutObject", on: object, ctx: map[string][]string{"aws:SourceAccount": {acctX}, "aws:SourceOrgID": {"o-9"}}, want: Deny, layer: LayerRCP},
	{rule: "1.2", name: "RCP confused deputy: user", w: world{id: readAll, rcps: []string{iff(`{"StringNotEqualsIfExists":{"aws:SourceOrgID":"o-1"},"Null":{"aws:SourceAccount":"false"},"Bool":{"aws:PrincipalIsAWSService":"true"}}`, deny("*", "s3:*", "*"))}}, who: roleA, want: Allow},
	{rule: "1.2", name: "RCP on sts:AssumeRole by an external", w: world{trust: stmt("Allow", acctX, "sts:AssumeRole", "", ""), rcps: []string{iff(`{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}`, deny("*", "sts:AssumeRole", "*"))}}, who: roleX, action: "sts:AssumeRole", on: target1, want: Conditional},
	{rule: "1.2", name: "ResourceOrgID", w: world{id: iff(cond("StringEquals", "aws:ResourceOrgID", "${aws:PrincipalOrgID}"), readAll)}, who: roleA, want: Allow},
	{rule: "1.2", name: "ResourceAccount", w: world{id: iff(cond("StringEquals", "aws:ResourceAccount", acctB), readAll)}, who: roleA, want: Deny},
	{rule: "1.8", name: "EBS direct calls carry no resource account", w: world{id: allow("", "*", "*"), scps: []string{iff(cond("StringNotEquals", "aws:ResourceAccount", acctA), deny("", "*", "*")) + "," + allow("", "*", "*")}}, who: roleA, action: "ebs:GetSnapshotBlock", on: "arn:aws:ec2:us-east-1::snapshot/snap-1", want: Deny, layer: LayerSCP},
	{rule: "1.8", name: "copying a snapshot carries no resource account", w: world{id: iff(cond("StringEquals", "aws:ResourceAccount", acctA), allow("", "ec2:*", "*"))}, who: roleA, action: "ec2:CopySnapshot", on: "arn:aws:ec2:us-east-1:111111111111:snapshot/snap-1", want: Deny},
	{rule: "1.8", name: "deleting a snapshot does", w: world{id: iff(cond("StringEquals", "aws:ResourceAccount", acctA), allow("", "ec2:*", "*"))}, who: roleA, action: "ec2:DeleteSnapshot", on: "arn:aws:ec2:us-east-1:111111111111:snapshot/snap-1", want: Allow},
	{rule: "1.8", name: "creating a volume may", w: world{id: iff(cond("StringEquals", "aws:ResourceOrgID", "o-1"), allow("", "ec2:*", "*"))}, who: roleA, action: "ec2:CreateVolume", on: "arn:aws:ec2:us-east-1:111111111111:volume/*", want: Conditional},
	{rule: "1.2", name: "PrincipalOrgPaths", w: world{idB: readAll, bucket: iff(cond("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-1/r-1/*"), anyoneRead)}, who: roleB, want: Allow},
	{rule: "1.2", name: "PrincipalOrgPaths not in ou", w: world{idB: readAll, bucket: iff(cond("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-1/r-1/ou-1/*"), anyoneRead)}, who: roleB, want: Deny},
	{rule: "1.2", name: "PrincipalType", w: world{id: iff(cond("StringEquals", "aws:PrincipalType", "AssumedRole"), readAll)}, who: roleA, want: Allow},
	{rule: "1.2", name: "PrincipalIsAWSService", w: world{bucket: iff(cond("Bool", "aws:PrincipalIsAWSService", "true"), anyoneRead)}, who: Anonymous, want: Deny},
	{rule: "1.3", name: "session on role, cross account", w: world{idB: readAll, bucket: bucketFor(roleB), session: noRead}, who: roleB, want: Deny, layer: LayerSession},
	{rule: "1.3", name: "session explicit deny beats session-arn grant", w: world{bucket: bucketFor(sessionA), session: deny("", "s3:*", "*")}, who: sessionA, want: Deny},
	{rule: "1.3", name: "session cannot grant", w: world{session: readAll}, who: roleA, want: Deny, layer: LayerIdentity},
	{rule: "1.3", name: "boundary cannot grant", w: world{boundary: readAll}, who: roleA, want: Deny, layer: LayerIdentity},
	{rule: "1.3", name: "boundary cross-account implicit deny", w: world{id: allow("", "s3:*", "*"), boundary: noRead, mutate: func(i *Inventory) {
		i.AddResource(Resource{ARN: "arn:aws:s3:::bb", Account: acctB, Type: "AWS::S3::Bucket", Policy: policyEvidence(allow(roleA, "s3:*", "arn:aws:s3:::bb/*")), S3: &S3Facts{BlockPublicAccess: NoneOf[BlockPublicAccess](), Ownership: Of("BucketOwnerEnforced")}})
	}}, who: roleA, action: "s3:GetObject", on: "arn:aws:s3:::bb/k", want: Deny, layer: LayerBoundary},
	{rule: "1.3", name: "cross-account session ARN with boundary", w: world{id: allow("", "s3:*", "*"), boundary: noRead, mutate: func(i *Inventory) {
		i.AddResource(Resource{ARN: "arn:aws:s3:::bb", Account: acctB, Type: "AWS::S3::Bucket", Policy: policyEvidence(allow(sessionA, "s3:*", "arn:aws:s3:::bb/*")), S3: &S3Facts{BlockPublicAccess: NoneOf[BlockPublicAccess](), Ownership: Of("BucketOwnerEnforced")}})
	}}, who: sessionA, action: "s3:GetObject", on: "arn:aws:s3:::bb/k", want: Deny},
	{rule: "1.5", name: "alias ARN stands for its key", w: world{id: allow("", "kms:Decrypt", keyA), key: allow(rootA, "kms:*", "*"), mutate: withAlias}, who: roleA, action: "kms:Decrypt", on: keyAlias, want: Allow},
	{rule: "1.5", name: "a policy naming the alias does not cover the key", w: world{id: allow("", "kms:Decrypt", keyAlias), key: allow(rootA, "kms:*", "*"), mutate: withAlias}, who: roleA, action: "kms:Decrypt", on: keyAlias, want: Deny},
	{rule: "1.5", name: "CreateAlias on the alias is identity only", w: world{id: allow("", "kms:CreateAlias", keyAlias), key: allow(target1, "kms:*", "*"), mutate: withAlias}, who: roleA, action: "kms:DeleteAlias", on: keyAlias, want: Deny},
	{rule: "1.5", name: "DeleteAlias on the alias is identity only", w: world{id: allow("", "kms:DeleteAlias", keyAlias), key: allow(target1, "kms:*", "*"), mutate: withAlias}, who: roleA, action: "kms:DeleteAlias", on: keyAlias, want: Allow},
	{rule: "1.5", name: "CreateAlias of a new alias", w: world{id: allow("", "kms:CreateAlias", "*")}, who: roleA, action: "kms:CreateAlias", on: "arn:aws:kms:us-east-1:111111111111:alias/new", want: Allow},
	{rule: "1.5", name: "aws aliases are AWS's", w: world{id: allow("", "kms:*", "*")}, who: roleA, action: "kms:DeleteAlias", on: "arn:aws:kms:us-east-1:111111111111:alias/aws/s3", want: Deny},
	{rule: "1.5", name: "KMS: ListKeys follows the default rule", w: world{id: allow("", "kms:ListKeys", "*")}, who: roleA, action: "kms:ListKeys", on: "*", want: Allow},
	{rule: "1.5", name: "KMS: CreateKey follows the default rule", w: world{id: allow("", "kms:CreateKey", "*")}, who: roleA, action: "kms:CreateKey", on: "*", want: Allow},
	{rule: "1.5", name: "kms:Decrypt on star, key delegates", w: world{id: allow("", "kms:Decrypt", "*"), key: allow(rootA, "kms:*", "*")}, who: roleA, action: "kms:Decrypt", on: "*", want: Allow},
	{rule: "1.5", name: "kms:Decrypt on star, one key does not", w: world{id: allow("", "kms:Decrypt", "*"), key: allow(target1, "kms:*", "*")}, who: roleA, action: "kms:Decrypt", on: "*", want: Conditional},
	{rule: "1.5", name: "kms principal star with caller account", w: world{key: iff(`{"StringEquals":{"kms:CallerAccount":"111111111111"}}`, allow(`{"AWS":"*"}`, "kms:Decrypt", "*"))}, who: roleA, action: "kms:Decrypt", on: keyA, want: Allow},
	{rule: "1.5", name: "kms principal star with another caller account", w: world{key: iff(`{"StringEquals":{"kms:CallerAccount":"222222222222"}}`, allow(`{"AWS":"*"}`, "kms:Decrypt", "*"))}, who: roleA, action: "kms:Decrypt", on: keyA, want: Deny},
	{rule: "1.5", name: "KMS: another account, both sides", w: world{idB: allow("", "kms:Decrypt", keyA), key: allow(acctB, "kms:*", "*")}, who: roleB, action: "kms:Decrypt", on: keyA, want: Allow},
	{rule: "1.5", name: "KMS: another account needs its identity side", w: world{key: allow(roleB, "kms:*", "*")}, who: roleB, action: "kms:Decrypt", on: keyA, want: Deny},
	{rule: "1.5", name: "KMS: deleting a key does not cross accounts", w: world{idB: allow("", "kms:*", "*"), key: allow(acctB, "kms:*", "*")}, who: roleB, action: "kms:ScheduleKeyDeletion", on: keyA, want: Deny},
	{rule: "1.5", name: "KMS: grant to a service", w: world{key: allow(target1, "kms:*", "*"), grants: []KMSGrant{{ID: "g1", Grantee: "dynamodb.us-east-1.amazonaws.com", Operations: []string{"Decrypt"}}}}, who: "dynamodb.us-east-1.amazonaws.com", action: "kms:Decrypt", on: keyA, want: Allow},
	{rule: "1.5", name: "kms grant to session ARN", w: world{key: allow(target1, "kms:*", "*"), grants: []KMSGrant{{ID: "g1", Grantee: sessionA, Operations: []string{"Decrypt"}}}}, who: roleA, action: "kms:Decrypt", on: keyA, want: Conditional},
	{rule: "1.5", name: "kms grant and explicit deny", w: world{key: allow(target1, "kms:*", "*"), id: deny("", "kms:Decrypt", "*"), grants: []KMSGrant{{ID: "g1", Grantee: roleA, Operations: []string{"Decrypt"}}}}, who: roleA, action: "kms:Decrypt", on: keyA, want: Deny},
	{rule: "1.5", name: "KMS: the root user through the root statement", w: world{key: allow(rootA, "kms:*", "*")}, who: rootA, action: "kms:PutKeyPolicy", on: keyA, want: Allow},
	{rule: "1.5", name: "KMS: the root user without the root statement", w: world{key: allow(target1, "kms:*", "*")}, who: rootA, action: "kms:PutKeyPolicy", on: keyA, want: Deny},
	{rule: "1.5", name: "a role that does not exist", w: world{id: allow("", "sts:AssumeRole", "*")}, who: roleA, action: "sts:AssumeRole", on: "arn:aws:iam::111111111111:role/none", want: Allow},
	{rule: "1.5", name: "a role of an account not collected", w: world{id: allow("", "sts:AssumeRole", "*")}, who: roleA, action: "sts:AssumeRole", on: roleX, want: Unknown},
	{rule: "1.5", name: "role of not collected, no identity", w: world{}, who: roleA, action: "sts:AssumeRole", on: roleX, want: Deny},
	{rule: "1.5", name: "sts:TagSession same account trust names", w: world{trust: stmt("Allow", roleA, `["sts:AssumeRole","sts:TagSession"]`, "", "")}, who: roleA, action: "sts:TagSession", on: target1, want: Allow},
	{rule: "1.5", name: "PassRole of an SSO role", w: world{id: allow("", "*", "*")}, who: roleA, action: "iam:PassRole", on: "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x_1", want: Deny},
	{rule: "1.5", name: "GetRole of an SSO role", w: world{id: allow("", "*", "*")}, who: roleA, action: "iam:GetRole", on: "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x_1", want: Allow},
	{rule: "1.5", name: "no service-linked role in place of an SSO role", w: world{id: allow("", "*", "*")}, who: roleA, action: "iam:CreateServiceLinkedRole", on: "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_A_1", want: Deny},
	{rule: "1.5", name: "a service-linked role where they belong", w: world{id: allow("", "*", "*")}, who: roleA, action: "iam:CreateServiceLinkedRole", on: "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", want: Allow},
	{rule: "1.5", name: "a service-linked role may be deleted", w: world{id: allow("", "*", "*")}, who: roleA, action: "iam:DeleteServiceLinkedRole", on: "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", want: Allow},
	{rule: "1.5", name: "a service-linked role takes no policy", w: world{id: allow("", "*", "*")}, who: roleA, action: "iam:PutRolePolicy", on: "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", want: Deny},
	{rule: "1.5", name: "attach AWS policy to role", w: world{id: allow("", "*", "*")}, who: roleA, action: "iam:AttachRolePolicy", on: target1, want: Allow},
	{rule: "1.5", name: "lambda policy with a bare account id and a principal with identity", w: world{idB: allow("", "lambda:*", "*"), mutate: withFunction(allow("222222222222", "lambda:InvokeFunction", fnA), NoneOf[FunctionURL]())}, who: roleB, action: "lambda:InvokeFunction", on: fnA, want: Allow},
	{rule: "1.5", name: "lambda policy with a bare account id, no identity", w: world{mutate: withFunction(allow("222222222222", "lambda:InvokeFunction", fnA), NoneOf[FunctionURL]())}, who: roleB, action: "lambda:InvokeFunction", on: fnA, want: Deny},
	{rule: "1.5", name: "lambda own account bare", w: world{mutate: withFunction(allow(acctA, "lambda:InvokeFunction", fnA), NoneOf[FunctionURL]())}, who: roleA, action: "lambda:InvokeFunction", on: fnA, want: Deny},
	{rule: "1.5", name: "lambda service with SourceArn", w: world{mutate: withFunction(iff(cond("ArnLike", "AWS:SourceArn", "arn:aws:s3:::data"), allow(`{"Service":"s3.amazonaws.com"}`, "lambda:InvokeFunction", fnA)), NoneOf[FunctionURL]())}, who: "s3.amazonaws.com", action: "lambda:InvokeFunction", on: fnA, want: Conditional, conds: "ArnLike AWS:SourceArn arn:aws:s3:::data"},
	{rule: "1.5", name: "lambda service with SourceArn given", w: world{mutate: withFunction(iff(cond("ArnLike", "AWS:SourceArn", "arn:aws:s3:::data"), allow(`{"Service":"s3.amazonaws.com"}`, "lambda:InvokeFunction", fnA)), NoneOf[FunctionURL]())}, who: "s3.amazonaws.com", action: "lambda:InvokeFunction", on: fnA, ctx: ctx("aws:sourcearn", "arn:aws:s3:::data"), want: Allow},
	{rule: "1.5", name: "function URL NONE", w: world{mutate: withFunction(iff(cond("StringEquals", "lambda:FunctionUrlAuthType", "NONE"), allow("*", "lambda:InvokeFunctionUrl", fnA)), Of(FunctionURL{AuthType: "NONE"}))}, who: Anonymous, action: "lambda:InvokeFunctionUrl", on: fnA, want: Allow},
	{rule: "1.5", name: "function URL IAM, policy NONE", w: world{mutate: withFunction(iff(cond("StringEquals", "lambda:FunctionUrlAuthType", "NONE"), allow("*", "lambda:InvokeFunctionUrl", fnA)), Of(FunctionURL{AuthType: "AWS_IAM"}))}, who: Anonymous, action: "lambda:InvokeFunctionUrl", on: fnA, want: Deny},
	{rule: "1.5", name: "function URL IAM, policy star without condition: anonymous", w: world{mutate: withFunction(allow("*", "lambda:InvokeFunctionUrl", fnA), Of(FunctionURL{AuthType: "AWS_IAM"}))}, who: Anonymous, action: "lambda:InvokeFunctionUrl", on: fnA, want: Deny},
	{rule: "1.5", name: "no function URL", w: world{mutate: withFunction(allow("*", "lambda:InvokeFunctionUrl", fnA), NoneOf[FunctionURL]())}, who: Anonymous, action: "lambda:InvokeFunctionUrl", on: fnA, want: Deny},
	{rule: "1.5", name: "function version", w: world{id: allow("", "lambda:InvokeFunction", fnA+":*"), mutate: withFunction("", NoneOf[FunctionURL]())}, who: roleA, action: "lambda:InvokeFunction", on: fnA + ":7", want: Allow},
	{rule: "1.5", name: "Glue: the catalog's policy speaks of a table", w: world{idB: allow("", "glue:*", "*"), mutate: withCatalog(allow(roleB, "glue:GetTable", "arn:aws:glue:us-east-1:111111111111:table/db/*"))}, who: roleB, action: "glue:GetTable", on: "arn:aws:glue:us-east-1:111111111111:table/db/t", want: Allow},
	{rule: "1.5", name: "Glue: the catalog's policy speaks of another database", w: world{idB: allow("", "glue:*", "*"), mutate: withCatalog(allow(roleB, "glue:GetTable", "arn:aws:glue:us-east-1:111111111111:table/other/*"))}, who: roleB, action: "glue:GetTable", on: "arn:aws:glue:us-east-1:111111111111:table/db/t", want: Deny},
	{rule: "1.5", name: "Glue: the catalog's policy denies within the account", w: world{id: allow("", "glue:*", "*"), mutate: withCatalog(deny(roleA, "glue:*", "arn:aws:glue:us-east-1:111111111111:table/db/t"))}, who: roleA, action: "glue:GetTable", on: "arn:aws:glue:us-east-1:111111111111:table/db/t", want: Deny, layer: LayerResource},
	{rule: "1.5", name: "Glue: a job has nothing to do with the catalog", w: world{id: allow("", "glue:*", "*"), mutate: withCatalog(deny("*", "glue:*", "*"))}, who: roleA, action: "glue:StartJobRun", on: "arn:aws:glue:us-east-1:111111111111:job/j", want: Allow},
	{rule: "1.5", name: "queue anonymous", w: world{mutate: withQueue(allow("*", "sqs:SendMessage", queueA))}, who: Anonymous, action: "sqs:SendMessage", on: queueA, want: Allow},
	{rule: "1.5", name: "queue from topic", w: world{mutate: withQueue(iff(cond("ArnEquals", "aws:SourceArn", topicARN), allow("*", "sqs:SendMessage", queueA)))}, who: Anonymous, action: "sqs:SendMessage", on: queueA, want: Conditional},
	{rule: "1.5", name: "queue from topic service", w: world{mutate: withQueue(iff(cond("ArnEquals", "aws:SourceArn", topicARN), allow(`{"Service":"sns.amazonaws.com"}`, "sqs:SendMessage", queueA)))}, who: "sns.amazonaws.com", action: "sqs:SendMessage", on: queueA, want: Conditional},
	{rule: "1.5", name: "queue SourceAccount other", w: world{mutate: withQueue(iff(cond("StringEquals", "aws:SourceAccount", acctA), allow(`{"Service":"sns.amazonaws.com"}`, "sqs:SendMessage", queueA)))}, who: "sns.amazonaws.com", action: "sqs:SendMessage", on: queueA, ctx: ctx("aws:SourceAccount", acctB), want: Deny},
	{rule: "1.5", name: "queue role named same acct", w: world{mutate: withQueue(allow(roleA, "sqs:SendMessage", queueA))}, who: roleA, action: "sqs:SendMessage", on: queueA, want: Allow},
	{rule: "1.5", name: "inference profile alone", w: world{id: allow("", "bedrock:InvokeModel", "arn:aws:bedrock:us-east-1:111111111111:inference-profile/us.m")}, who: roleA, action: "bedrock:InvokeModel", on: "arn:aws:bedrock:us-east-1:111111111111:inference-profile/us.m", want: Allow},
	{rule: "1.5", name: "a foundation model is every caller's", w: world{idB: allow("", "bedrock:*", "*")}, who: roleB, action: "bedrock:InvokeModel", on: "arn:aws:bedrock:us-east-1::foundation-model/m", want: Allow},
	{rule: "1.5", name: "foundation model with account wildcard", w: world{id: allow("", "bedrock:InvokeModel", "arn:aws:bedrock:*:*:foundation-model/*")}, who: roleA, action: "bedrock:InvokeModel", on: "arn:aws:bedrock:us-east-1::foundation-model/m", want: Allow},
	{rule: "1.5", name: "foundation model with literal account", w: world{id: allow("", "bedrock:InvokeModel", "arn:aws:bedrock:us-east-1:111111111111:foundation-model/*")}, who: roleA, action: "bedrock:InvokeModel", on: "arn:aws:bedrock:us-east-1::foundation-model/m", want: Deny},
	{rule: "1.5", name: "InferenceProfileArn condition", w: world{id: iff(cond("StringLike", "bedrock:InferenceProfileArn", "arn:aws:bedrock:*:111111111111:inference-profile/*"), allow("", "bedrock:InvokeModel", "*"))}, who: roleA, action: "bedrock:InvokeModel", on: "arn:aws:bedrock:us-east-1::foundation-model/m", want: Conditional},
	{rule: "1.5", name: "Converse is InvokeModel", w: world{id: allow("", "bedrock:InvokeModel", "*")}, who: roleA, action: "bedrock:Converse", on: "arn:aws:bedrock:us-east-1::foundation-model/m", want: Allow},
	{rule: "1.5", name: "ConverseStream", w: world{id: allow("", "bedrock:InvokeModelWithResponseStream", "*")}, who: roleA, action: "bedrock:ConverseStream", on: "arn:aws:bedrock:us-east-1::foundation-model/m", want: Allow},
	{rule: "1.6", name: "NotPrincipal deny and a boundary", w: world{id: readAll, boundary: allow("", "*", "*"), bucket: `{"Effect":"Deny","NotPrincipal":{"AWS":["` + roleA + `","` + rootA + `"]},"Action":"s3:*","Resource":"arn:aws:s3:::data/*"}`}, who: roleA, want: Deny},
	{rule: "1.6", name: "NotPrincipal deny role+account no boundary", w: world{id: readAll, bucket: `{"Effect":"Deny","NotPrincipal":{"AWS":["` + roleA + `","` + rootA + `"]},"Action":"s3:*","Resource":"arn:aws:s3:::data/*"}`}, who: roleA, want: Allow},
	{rule: "1.6", name: "NotPrincipal deny root only, root user spared", w: world{bucket: `{"Effect":"Deny","NotPrincipal":{"AWS":["` + rootA + `"]},"Action":"s3:*","Resource":"arn:aws:s3:::data/*"}`}, who: rootA, want: Allow},
	{rule: "1.6", name: "NotPrincipal deny: service not listed", w: world{bucket: `{"Effect":"Deny","NotPrincipal":{"AWS":["` + rootA + `"]},"Action":"s3:*","Resource":"arn:aws:s3:::data/*"},` + allow(`{"Service":"logging.s3.amazonaws.com"}`, "s3:PutObject", "arn:aws:s3:::data/*")}, who: "logging.s3.amazonaws.com", action: "s3:PutObject", on: object, want: Deny},
	{rule: "1.6", name: "federated user of a user named in the bucket policy", w: world{bucket: bucketFor(userA)}, who: "arn:aws:sts::111111111111:federated-user/ann", want: Allow},
	{rule: "1.6", name: "federated userid", w: world{bucket: iff(cond("StringEquals", "aws:userid", "111111111111:ann"), anyoneRead)}, who: "arn:aws:sts::111111111111:federated-user/ann", want: Allow},
	{rule: "1.6", name: "Cognito: the audience is a condition", w: world{trust: stmt("Allow", `{"Federated":"cognito-identity.amazonaws.com"}`, "sts:AssumeRoleWithWebIdentity", "", `{"StringEquals":{"cognito-identity.amazonaws.com:aud":"us-east-1:x"}}`)}, who: "cognito-identity.amazonaws.com", action: "sts:AssumeRoleWithWebIdentity", on: target1, want: Conditional},
	{rule: "1.6", name: "SAML: the audience is a condition", w: world{trust: stmt("Allow", `{"Federated":"arn:aws:iam::111111111111:saml-provider/idp"}`, "sts:AssumeRoleWithSAML", "", `{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}`)}, who: "arn:aws:iam::111111111111:saml-provider/idp", action: "sts:AssumeRoleWithSAML", on: target1, want: Conditional},
	{rule: "1.6", name: "principal list", w: world{bucket: allow(`{"AWS":["`+roleB+`","`+roleA+`"]}`, "s3:GetObject", "arn:aws:s3:::data/*")}, who: roleA, want: Allow},
	{rule: "1.6", name: "principal AWS list with star", w: world{bucket: allow(`{"AWS":["*"]}`, "s3:GetObject", "arn:aws:s3:::data/*")}, who: Anonymous, want: Allow},
	{rule: "1.6", name: "origin access identity", w: world{bucket: allow("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1", "s3:GetObject", "arn:aws:s3:::data/*")}, who: "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1", want: Allow},
	{rule: "1.6", name: "origin access control: the service under a condition", w: world{bucket: iff(cond("StringEquals", "AWS:SourceArn", "arn:aws:cloudfront::111111111111:distribution/E1"), allow(`{"Service":"cloudfront.amazonaws.com"}`, "s3:GetObject", "arn:aws:s3:::data/*"))}, who: "cloudfront.amazonaws.com", want: Conditional},
	{rule: "1.6", name: "role ARN without path does not match", w: world{bucket: bucketFor("arn:aws:iam::111111111111:role/reader")}, who: roleA, want: Deny},
	{rule: "1.6", name: "deny on role ARN binds sessions", w: world{id: readAll, bucket: deny(roleA, "s3:GetObject", "arn:aws:s3:::data/*")}, who: sessionA, want: Deny},
	{rule: "1.6", name: "deny on a session binds only it", w: world{id: readAll, bucket: deny(sessionA, "s3:GetObject", "arn:aws:s3:::data/*")}, who: "arn:aws:sts::111111111111:assumed-role/reader/other", want: Allow},
	{rule: "1.6", name: "deny on a session: the role is conditional", w: world{id: readAll, bucket: deny(sessionA, "s3:GetObject", "arn:aws:s3:::data/*")}, who: roleA, want: Conditional},
	{rule: "1.6", name: "deny on account binds roles", w: world{id: readAll, bucket: deny(rootA, "s3:GetObject", "arn:aws:s3:::data/*")}, who: roleA, want: Deny},
	{rule: "1.7", name: "wildcard over queues of another account: one lets in", w: world{idB: allow("", "sqs:*", "*"), mutate: withQueue(allow(acctB, "sqs:SendMessage", queueA))}, who: roleB, action: "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:111111111111:*", want: Conditional},
	{rule: "1.7", name: "wildcard over queues of another account: none lets in", w: world{idB: allow("", "sqs:*", "*"), mutate: withQueue(allow(acctA, "sqs:SendMessage", queueA))}, who: roleB, action: "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:111111111111:*", want: Deny},
	{rule: "1.7", name: "wildcard over keys: one key policy names the role", w: world{key: allow(roleA, "kms:Decrypt", "*")}, who: roleA, action: "kms:Decrypt", on: "arn:aws:kms:us-east-1:111111111111:key/*", want: Conditional},
	{rule: "1.7", name: "wildcard over keys: none", w: world{key: allow(roleB, "kms:Decrypt", "*")}, who: roleA, action: "kms:Decrypt", on: "arn:aws:kms:us-east-1:111111111111:key/*", want: Deny},
	{rule: "1.7", name: "wildcard over roles: one trusts the role", w: world{trust: stmt("Allow", roleA, "sts:AssumeRole", "", "")}, who: roleA, action: "sts:AssumeRole", on: "arn:aws:iam::111111111111:role/t*", want: Conditional},
	{rule: "1.7", name: "SetQueueAttributes does not cross accounts", w: world{idB: allow("", "sqs:*", "*"), mutate: withQueue(allow(acctB, "sqs:*", queueA))}, who: roleB, action: "sqs:SetQueueAttributes", on: queueA, want: Deny},
	{rule: "1.7", name: "PutBucketPolicy does not cross accounts", w: world{idB: allow("", "s3:*", "*"), bucket: allow(acctB, "s3:*", bucket)}, who: roleB, action: "s3:PutBucketPolicy", on: bucket, want: Deny},
	{rule: "1.7", name: "PutBucketAcl crosses accounts", w: world{idB: allow("", "s3:*", "*"), bucket: allow(acctB, "s3:*", bucket)}, who: roleB, action: "s3:PutBucketAcl", on: bucket, want: Allow},
	{rule: "1.7", name: "PutBucketPolicy not for everyone either", w: world{bucket: allow("*", "s3:*", bucket)}, who: AnyAccount, action: "s3:PutBucketPolicy", on: bucket, want: Deny},
	{rule: "1.7", name: "variable StringNotEquals unresolved Deny", w: world{id: readAll + "," + iff(cond("StringNotEquals", "aws:SourceVpce", "${aws:PrincipalTag/vpce}"), deny("", "s3:*", "*"))}, who: roleA, ctx: ctx("aws:SourceVpce", "vpce-9"), want: Deny},
	{rule: "1.7", name: "userid variable", w: world{id: allow("", "s3:GetObject", "arn:aws:s3:::data/${aws:userid}/*")}, who: userA, action: "s3:GetObject", on: "arn:aws:s3:::data/AIDAANN/x", want: Allow},
	{rule: "1.7", name: "userid variable session", w: world{id: allow("", "s3:GetObject", "arn:aws:s3:::data/${aws:userid}/*")}, who: sessionA, action: "s3:GetObject", on: "arn:aws:s3:::data/AROAREADER:job/x", want: Allow},
	{rule: "1.7", name: "PrincipalAccount variable", w: world{id: allow("", "s3:GetObject", "arn:aws:s3:::data/${aws:PrincipalAccount}/*")}, who: roleA, action: "s3:GetObject", on: "arn:aws:s3:::data/111111111111/x", want: Allow},
	{rule: "1.7", name: "variable value with a star is literal", w: world{tags: map[string]string{"t": "*"}, id: allow("", "s3:GetObject", "arn:aws:s3:::data/${aws:PrincipalTag/t}")}, who: roleA, want: Deny},
	{rule: "1.7", name: "escaped question mark", w: world{id: allow("", "s3:GetObject", "arn:aws:s3:::data/${?}")}, who: roleA, want: Deny},
	{rule: "1.7", name: "s3:prefix variable", w: world{id: iff(cond("StringLike", "s3:prefix", "${aws:username}/*"), allow("", "s3:ListBucket", bucket))}, who: userA, action: "s3:ListBucket", on: bucket, ctx: ctx("s3:prefix", "ann/x"), want: Allow},
	{rule: "1.7", name: "s3:prefix variable other", w: world{id: iff(cond("StringLike", "s3:prefix", "${aws:username}/*"), allow("", "s3:ListBucket", bucket))}, who: userA, action: "s3:ListBucket", on: bucket, ctx: ctx("s3:prefix", "bob/x"), want: Deny},
	{rule: "1.7", name: "ListAllMyBuckets with bucket ARN", w: world{id: allow("", "s3:*", "arn:aws:s3:::*")}, who: roleA, action: "s3:ListAllMyBuckets", on: "*", want: Deny},
	{rule: "1.7", name: "ListAllMyBuckets NotResource", w: world{id: `{"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::x"}`}, who: roleA, action: "s3:ListAllMyBuckets", on: "*", want: Allow},
	{rule: "1.7", name: "ListAllMyBuckets NotResource star", w: world{id: `{"Effect":"Allow","Action":"s3:*","NotResource":"*"}`}, who: roleA, action: "s3:ListAllMyBuckets", on: "*", want: Deny},
	{rule: "1.7", name: "ListAllMyBuckets deny specific", w: world{id: allow("", "*", "*") + "," + deny("", "s3:ListAllMyBuckets", "arn:aws:s3:::x")}, who: roleA, action: "s3:ListAllMyBuckets", on: "*", want: Allow},
	{rule: "1.7", name: "ListAllMyBuckets deny notresource", w: world{id: allow("", "*", "*") + `,{"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::x"}`}, who: roleA, action: "s3:ListAllMyBuckets", on: "*", want: Deny},
	{rule: "1.7", name: "action with whitespace (warning)", w: world{id: allow("", "s3:GetObject ", "*")}, who: roleA, want: Deny},
	{rule: "1.7", name: "empty action name (warning)", w: world{id: allow("", "s3:", "*")}, who: roleA, want: Deny},
	{rule: "1.7", name: "pattern question mark needs one char", w: world{id: allow("", "s3:GetObject?", "*")}, who: roleA, want: Deny},
	{rule: "1.7", name: "resource question mark", w: world{id: allow("", "s3:GetObject", "arn:aws:s3:::dat?/k")}, who: roleA, want: Allow},
	{rule: "1.7", name: "incomplete ARN in an identity policy is completed", w: world{id: allow("", "s3:*", "arn:aws:s3")}, who: roleA, want: Allow},
	{rule: "1.7", name: "incomplete ARN up to the account", w: world{id: allow("", "kms:Decrypt", "arn:aws:kms:us-east-1:111111111111"), key: allow(acctA, "kms:*", "*")}, who: roleA, action: "kms:Decrypt", on: keyA, want: Allow},
	{rule: "1.7", name: "incomplete ARN of another region", w: world{id: allow("", "kms:Decrypt", "arn:aws:kms:eu-west-1"), key: allow(acctA, "kms:*", "*")}, who: roleA, action: "kms:Decrypt", on: keyA, want: Deny},
	{rule: "1.7", name: "incomplete ARN of another service", w: world{id: allow("", "*", "arn:aws:sqs")}, who: roleA, want: Deny},
	{rule: "1.7", name: "incomplete ARN in a boundary", w: world{id: readAll, boundary: allow("", "s3:*", "arn:aws:s3")}, who: roleA, want: Allow},
	{rule: "1.7", name: "incomplete ARN in a Deny", w: world{id: readAll + "," + deny("", "s3:*", "arn:aws:s3")}, who: roleA, want: Deny, layer: LayerIdentity},
	{rule: "1.7", name: "incomplete ARN in NotResource", w: world{id: `{"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3"}`}, who: roleA, want: Deny},
	{rule: "1.7", name: "incomplete ARN in a bucket policy is a pattern as written", w: world{bucket: allow(roleA, "s3:*", "arn:aws:s3")}, who: roleA, want: Deny},
	{rule: "1.7", name: "the same text as identity and as bucket policy", w: world{id: allow("", "s3:*", "arn:aws:s3"), bucket: allow("", "s3:*", "arn:aws:s3")}, who: roleA, want: Allow, layer: LayerIdentity},
	{rule: "1.7", name: "incomplete ARN in a session policy is refused (warning)", w: world{id: readAll, session: allow("", "s3:*", "arn:aws:s3")}, who: roleA, want: Unknown},
	{rule: "1.7", name: "ARN with a star at the end in a session policy", w: world{id: readAll, session: allow("", "s3:*", "arn:aws:s3:*")}, who: roleA, want: Allow},
	{rule: "1.7", name: "GetSessionToken needs no permission", w: world{}, who: userA, action: "sts:GetSessionToken", on: "*", want: Allow},
	{rule: "1.5", name: "a role's session gets no session token", w: world{id: allow("", "*", "*")}, who: roleA, action: "sts:GetSessionToken", on: "*", want: Deny, layer: LayerIdentity},
	{rule: "1.5", name: "a role's session gets no federation token", w: world{id: allow("", "*", "*")}, who: sessionA, action: "sts:GetFederationToken", on: "arn:aws:sts::111111111111:federated-user/x", want: Deny},
	{rule: "1.5", name: "a user gets a federation token", w: world{id: allow("", "*", "*")}, who: userA, action: "sts:GetFederationToken", on: "arn:aws:sts::111111111111:federated-user/x", want: Allow},
	{rule: "1.5", name: "a federated user assumes no role", w: world{id: allow("", "*", "*"), trust: stmt("Allow", rootA, "sts:AssumeRole", "", "")}, who: "arn:aws:sts::111111111111:federated-user/ann", action: "sts:AssumeRole", on: target1, want: Deny},
	{rule: "1.5", name: "its user does", w: world{id: allow("", "*", "*"), trust: stmt("Allow", rootA, "sts:AssumeRole", "", "")}, who: userA, action: "sts:AssumeRole", on: target1, want: Allow},
	{rule: "1.5", name: "a web identity is no user", w: world{id: allow("", "*", "*"), trust: stmt("Allow", userA, "sts:AssumeRoleWithWebIdentity", "", "")}, who: userA, action: "sts:AssumeRoleWithWebIdentity", on: target1, want: Deny, layer: LayerIdentity},
	{rule: "1.5", name: "a service has no SAML assertion", w: world{trust: stmt("Allow", `{"Service":"ec2.amazonaws.com"}`, "sts:AssumeRoleWithSAML", "", "")}, who: "ec2.amazonaws.com", action: "sts:AssumeRoleWithSAML", on: target1, want: Deny},
	{rule: "1.5", name: "a provider's identity has no AWS credentials", w: world{trust: stmt("Allow", `{"Federated":"`+githubARN+`"}`, "sts:AssumeRole", "", "")}, who: githubARN, action: "sts:AssumeRole", on: target1, want: Deny, layer: LayerIdentity},
	{rule: "1.7", name: "s3:BucketTag is the bucket's tag", w: world{id: iff(cond("StringEquals", "s3:BucketTag/team", "ml"), readAll), mutate: func(i *Inventory) { i.Resources[bucket].S3.ABAC = Of(true) }}, who: roleA, want: Allow},
	{rule: "1.7", name: "object tag is unknown", w: world{id: iff(cond("StringEquals", "s3:ExistingObjectTag/x", "1"), readAll)}, who: roleA, want: Conditional},
	{rule: "1.8", name: "service role never has MFA", w: world{id: iff(cond("Bool", "aws:MultiFactorAuthPresent", "true"), readAll), mutate: serviceRole}, who: svcRole, want: Deny},
	{rule: "1.8", name: "service role MFA age", w: world{id: iff(cond("NumericLessThan", "aws:MultiFactorAuthAge", "3600"), readAll), mutate: serviceRole}, who: svcRole, want: Deny},
	{rule: "1.8", name: "service role deny without MFA", w: world{id: readAll + "," + iff(cond("BoolIfExists", "aws:MultiFactorAuthPresent", "false"), deny("", "*", "*")), mutate: serviceRole}, who: svcRole, want: Deny},
	{rule: "1.8", name: "role that people assume may have MFA", w: world{id: iff(cond("Bool", "aws:MultiFactorAuthPresent", "true"), readAll), mutate: func(i *Inventory) { i.Roles[roleA].Trust = Of(doc(stmt("Allow", rootA, "sts:AssumeRole", "", ""))) }}, who: roleA, want: Conditional},
	{rule: "1.8", name: "anonymous has no MFA", w: world{bucket: iff(cond("Bool", "aws:MultiFactorAuthPresent", "true"), anyoneRead)}, who: Anonymous, want: Deny},
	{rule: "1.8", name: "a user may have MFA", w: world{id: iff(cond("Bool", "aws:MultiFactorAuthPresent", "true"), readAll)}, who: userA, want: Conditional},
	{rule: "1.8", name: "user's tags are known to IAM", w: world{tags: map[string]string{"x": "1"}, id: iff(cond("StringEquals", "aws:ResourceTag/x", "1"), allow("", "iam:CreateAccessKey", "*"))}, who: roleA, action: "iam:CreateAccessKey", on: userA, want: Allow},
	{rule: "1.8", name: "user's tags are known to IAM: other", w: world{tags: map[string]string{"x": "2"}, id: iff(cond("StringEquals", "iam:ResourceTag/x", "1"), allow("", "iam:CreateAccessKey", "*"))}, who: roleA, action: "iam:CreateAccessKey", on: userA, want: Deny},
	{rule: "1.8", name: "tags of a role: none", w: world{id: iff(cond("StringEquals", "iam:ResourceTag/x", "1"), allow("", "iam:PassRole", "*"))}, who: roleA, action: "iam:PassRole", on: target1, want: Deny},
	{rule: "1.8", name: "IAM is in us-east-1", w: world{id: allow("", "*", "*"), scps: []string{iff(cond("StringNotEquals", "aws:RequestedRegion", "eu-west-1"), deny("", "*", "*")) + "," + allow("", "*", "*")}}, who: roleA, action: "iam:CreateUser", on: "arn:aws:iam::111111111111:user/new", want: Deny},
	{rule: "1.8", name: "region of an ARN", w: world{id: allow("", "*", "*"), scps: []string{iff(cond("StringNotEquals", "aws:RequestedRegion", "eu-west-1"), deny("", "*", "*")) + "," + allow("", "*", "*")}}, who: roleA, action: "sqs:SendMessage", on: "arn:aws:sqs:eu-west-1:111111111111:q", want: Allow},
	{rule: "1.8", name: "region of a bucket unknown", w: world{id: allow("", "*", "*"), scps: []string{iff(cond("StringNotEquals", "aws:RequestedRegion", "eu-west-1"), deny("", "*", "*")) + "," + allow("", "*", "*")}}, who: roleA, want: Conditional},
	{rule: "1.8", name: "ForAllValues with Null guard", w: world{id: iff(`{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]},"Null":{"aws:TagKeys":"false"}}`, readAll)}, who: roleA, absent: []string{"aws:TagKeys"}, want: Deny},
	{rule: "1.8", name: "Null of both values is no condition", w: world{id: iff(cond("Null", "aws:TagKeys", `["true","false"]`), readAll)}, who: roleA, ctx: ctx("aws:TagKeys", "a"), want: Allow},
	{rule: "1.8", name: "Null of both values in a Deny", w: world{id: readAll + "," + iff(cond("Null", "aws:TagKeys", `["true","false"]`), deny("", "s3:*", "*"))}, who: roleA, absent: []string{"aws:TagKeys"}, want: Deny},
	{rule: "1.8", name: "ForAllValues:StringLike", w: idIf("ForAllValues:StringLike", "aws:TagKeys", "a*"), who: roleA, ctx: ctx("aws:TagKeys", "ab", "ac"), want: Allow},
	{rule: "1.8", name: "ForAnyValue:StringNotLike none outside", w: idIf("ForAnyValue:StringNotLike", "aws:TagKeys", "a*"), who: roleA, ctx: ctx("aws:TagKeys", "ab", "ac"), want: Deny},
	{rule: "1.8", name: "ForAnyValue:StringNotEquals absent", w: idIf("ForAnyValue:StringNotEquals", "aws:TagKeys", "a"), who: roleA, absent: []string{"aws:TagKeys"}, want: Deny},
	{rule: "1.8", name: "ForAllValues:StringNotEquals one listed", w: idIf("ForAllValues:StringNotEquals", "aws:TagKeys", "a"), who: roleA, ctx: ctx("aws:TagKeys", "a", "b"), want: Deny},
	{rule: "1.8", name: "ForAnyValue IfExists absent", w: idIf("ForAnyValue:StringEqualsIfExists", "aws:TagKeys", "a"), who: roleA, absent: []string{"aws:TagKeys"}, want: Allow},
	{rule: "1.8", name: "BoolIfExists false absent", w: world{id: readAll + "," + iff(cond("BoolIfExists", "aws:MultiFactorAuthPresent", "false"), deny("", "*", "*"))}, who: userA, absent: []string{"aws:MultiFactorAuthPresent"}, want: Deny},
	{rule: "1.8", name: "Bool false absent", w: world{id: readAll + "," + iff(cond("Bool", "aws:MultiFactorAuthPresent", "false"), deny("", "*", "*"))}, who: userA, absent: []string{"aws:MultiFactorAuthPresent"}, want: Allow},
	{rule: "1.8", name: "NumericNotEquals absent", w: idIf("NumericNotEquals", "a:b", "1"), who: roleA, absent: []string{"a:b"}, want: Allow},
	{rule: "1.8", name: "NumericLessThanEquals", w: idIf("NumericLessThanEquals", "s3:max-keys", "10"), who: roleA, ctx: ctx("s3:max-keys", "10.0"), want: Allow},
	{rule: "1.8", name: "NumericEquals negative", w: idIf("NumericEquals", "a:b", "-5"), who: roleA, ctx: ctx("a:b", "-5"), want: Allow},
	{rule: "1.8", name: "DateNotEquals absent", w: idIf("DateNotEquals", "a:b", "2024-01-01T00:00:00Z"), who: roleA, absent: []string{"a:b"}, want: Allow},
	{rule: "1.8", name: "DateEquals tz", w: idIf("DateEquals", "a:b", "2024-01-01T00:00:00Z"), who: roleA, ctx: ctx("a:b", "2024-01-01T02:00:00+02:00"), want: Allow},
	{rule: "1.8", name: "DateLessThanEquals", w: idIf("DateLessThanEquals", "aws:CurrentTime", "2024-06-30T23:59:59Z"), who: roleA, ctx: ctx("aws:CurrentTime", "2024-06-30T23:59:59Z"), want: Allow},
	{rule: "1.8", name: "EpochTime follows CurrentTime", w: idIf("NumericLessThan", "aws:EpochTime", "1719792000"), who: roleA, ctx: ctx("aws:CurrentTime", "2024-06-30T00:00:00Z"), want: Allow},
	{rule: "1.8", name: "IpAddress single", w: idIf("IpAddress", "aws:SourceIp", "203.0.113.7"), who: roleA, ctx: ctx("aws:SourceIp", "203.0.113.7"), want: Allow},
	{rule: "1.8", name: "IpAddress v6 compressed", w: idIf("IpAddress", "aws:SourceIp", "2001:0DB8:1234:5678::/64"), who: roleA, ctx: ctx("aws:SourceIp", "2001:db8:1234:5678::9"), want: Allow},
	{rule: "1.8", name: "IpAddress v6 against v4 range", w: idIf("IpAddress", "aws:SourceIp", "0.0.0.0/0"), who: roleA, ctx: ctx("aws:SourceIp", "2001:db8::1"), want: Deny},
	{rule: "1.8", name: "NotIpAddress v6 against v4 range", w: idIf("NotIpAddress", "aws:SourceIp", "0.0.0.0/0"), who: roleA, ctx: ctx("aws:SourceIp", "2001:db8::1"), want: Allow},
	{rule: "1.8", name: "NotIpAddress through an endpoint", w: world{id: readAll + "," + iff(cond("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"), deny("", "*", "*"))}, who: roleA, ctx: ctx("aws:SourceVpce", "vpce-9"), want: Deny},
	{rule: "1.8", name: "ArnLike lone star in account", w: idIf("ArnLike", "aws:SourceArn", "arn:aws:sns:*:111111111111:t*"), who: roleA, ctx: ctx("aws:SourceArn", "arn:aws:sns:eu-west-1:111111111111:topic"), want: Allow},
	{rule: "1.8", name: "ArnLike across segments (warning)", w: idIf("ArnLike", "aws:SourceArn", "arn:aws:sns:*:topic"), who: roleA, ctx: ctx("aws:SourceArn", "arn:aws:sns:eu-west-1:111111111111:topic"), want: Deny},
	{rule: "1.8", name: "ArnNotEquals absent", w: idIf("ArnNotEquals", "aws:SourceArn", "arn:aws:sns:*:1:t"), who: roleA, absent: []string{"aws:SourceArn"}, want: Allow},
	{rule: "1.8", name: "StringLike case", w: idIf("StringLike", "a:b", "Ab*"), who: roleA, ctx: ctx("a:b", "abc"), want: Deny},
	{rule: "1.8", name: "StringNotEqualsIgnoreCase", w: idIf("StringNotEqualsIgnoreCase", "a:b", "ABC"), who: roleA, ctx: ctx("a:b", "abc"), want: Deny},
	{rule: "1.8", name: "empty condition block", w: world{id: iff(`{}`, readAll)}, who: roleA, want: Allow},
	{rule: "1.8", name: "operator with empty map", w: world{id: iff(`{"StringEquals":{}}`, readAll)}, who: roleA, want: Allow},
	{rule: "1.8", name: "empty value list positive", w: world{id: iff(`{"StringEquals":{"a:b":[]}}`, readAll)}, who: roleA, ctx: ctx("a:b", "x"), want: Deny},
	{rule: "1.8", name: "empty value list negative", w: world{id: iff(`{"StringNotEquals":{"a:b":[]}}`, readAll)}, who: roleA, ctx: ctx("a:b", "x"), want: Allow},
	{rule: "1.8", name: "operator names ignore case", w: idIf("stringequals", "a:b", "x"), who: roleA, ctx: ctx("a:b", "x"), want: Allow},
	{rule: "1.8", name: "ForAllValues on an empty string is on nothing", w: idIf("ForAllValues:StringEquals", "aws:TagKeys", "a"), who: roleA, ctx: ctx("aws:TagKeys", ""), want: Allow},
	{rule: "1.8", name: "ForAnyValue on an empty string is on nothing", w: idIf("ForAnyValue:StringLike", "aws:TagKeys", "*"), who: roleA, ctx: ctx("aws:TagKeys", ""), want: Deny},
	{rule: "1.8", name: "an inverted operator matches a variable without a value", w: world{id: iff(cond("StringNotEquals", "aws:SourceVpce", "${aws:PrincipalTag/vpce}"), readAll)}, who: roleA, ctx: ctx("aws:SourceVpce", "vpce-9"), want: Allow},
	{rule: "1.7", name: "NotResource with a variable without a value leaves nothing out", w: world{id: `{"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::data/${aws:PrincipalTag/none}"}`}, who: roleA, want: Allow},
	{rule: "1.9", name: "an account that is none of the organisation's", w: world{bucket: iff(cond("StringEquals", "aws:PrincipalOrgID", "o-1"), anyoneRead), mutate: allMembers}, who: roleX, want: Deny},
	{rule: "1.9", name: "an account that may be one of the organisation's", w: world{bucket: iff(cond("StringEquals", "aws:PrincipalOrgID", "o-1"), anyoneRead)}, who: roleX, want: Conditional},
	{rule: "1.9", name: "an account that is none of the organisation's, and a path", w: world{bucket: iff(cond("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-1/*"), anyoneRead), mutate: allMembers}, who: roleX, want: Deny},
	{rule: "1.9", name: "RCP against those who are none of the organisation's", w: world{bucket: anyoneRead, rcps: []string{iff(cond("StringNotEqualsIfExists", "aws:PrincipalOrgID", "o-1"), deny("*", "s3:*", "*"))}, mutate: allMembers}, who: roleX, want: Deny, layer: LayerRCP},
	{rule: "1.9", name: "another organisation's may be the account's", w: world{bucket: iff(cond("StringEquals", "aws:PrincipalOrgID", `["o-1","o-2"]`), anyoneRead), mutate: allMembers}, who: roleX, want: Conditional},
	{rule: "1.9", name: "a condition on the resource's organisation: none of ours", w: world{id: iff(cond("StringEquals", "aws:ResourceOrgID", "o-1"), allow("", "sqs:*", "*")), mutate: allMembers}, who: roleA, action: "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:999999999999:q", want: Deny},
	{rule: "1.10", name: "AP: same account identity on AP, bucket delegates", w: world{id: allow("", "s3:GetObject", apObj), bucket: delegated, mutate: withAP("", "")}, who: roleA, action: "s3:GetObject", on: apObj, want: Allow},
	{rule: "1.10", name: "AP: cross account both policies and identity", w: world{idB: allow("", "s3:GetObject", "*"), bucket: delegated, mutate: withAP(allow(roleB, "s3:GetObject", apObj), "")}, who: roleB, action: "s3:GetObject", on: apObj, want: Allow},
	{rule: "1.10", name: "AP: cross account, bucket does not delegate", w: world{idB: allow("", "s3:GetObject", "*"), mutate: withAP(allow(roleB, "s3:GetObject", apObj), "")}, who: roleB, action: "s3:GetObject", on: apObj, want: Deny},
	{rule: "1.10", name: "AP: AP policy lacks", w: world{idB: allow("", "s3:GetObject", "*"), bucket: delegated, mutate: withAP("", "")}, who: roleB, action: "s3:GetObject", on: apObj, want: Deny},
	{rule: "1.10", name: "AP by alias", w: world{idB: allow("", "s3:GetObject", "*"), bucket: delegated, mutate: withAP(allow(roleB, "s3:GetObject", apObj), "")}, who: roleB, action: "s3:GetObject", on: "arn:aws:s3:::ap-xyz-s3alias/k", want: Allow},
	{rule: "1.10", name: "AP: delegated bucket is not readable directly from elsewhere", w: world{idB: allow("", "s3:GetObject", "*"), bucket: delegated, mutate: withAP(allow(roleB, "s3:GetObject", apObj), "")}, who: roleB, want: Deny},
	{rule: "1.10", name: "AP: VPC only", w: world{idB: allow("", "s3:GetObject", "*"), bucket: delegated, mutate: withAP(allow(roleB, "s3:GetObject", apObj), "vpc-1")}, who: roleB, action: "s3:GetObject", on: apObj, want: Conditional, conds: "StringEquals aws:SourceVpc vpc-1"},
	{rule: "1.10", name: "AP: anonymous public AP", w: world{bucket: delegated, mutate: withAP(allow("*", "s3:GetObject", apObj), "")}, who: Anonymous, action: "s3:GetObject", on: apObj, want: Allow},
	{rule: "1.10", name: "AP: VPC anonymous", w: world{bucket: delegated, mutate: withAP(allow("*", "s3:GetObject", apObj), "vpc-1")}, who: Anonymous, action: "s3:GetObject", on: apObj, want: Deny},
	{rule: "1.10", name: "AP: bucket policy denies the direct way", w: world{id: readAll, bucket: iff(`{"StringNotEquals":{"s3:DataAccessPointAccount":"111111111111"}}`, deny("*", "s3:*", `["arn:aws:s3:::data","arn:aws:s3:::data/*"]`)), mutate: withAP("", "")}, who: roleA, want: Deny},
	{rule: "1.10", name: "BPA: a userid pattern does not limit", w: world{idB: readAll, bucket: iff(cond("StringLike", "aws:userid", "AROAB:*"), listAll) + "," + bucketFor(roleB), bpa: &blockAll}, who: roleB, want: Deny, layer: LayerBPA},
	{rule: "1.10", name: "BPA SourceAccount limits", w: world{idB: readAll, bucket: iff(cond("StringEquals", "aws:SourceAccount", acctB), listAll) + "," + bucketFor(roleB), bpa: &blockAll}, who: roleB, want: Allow},
	{rule: "1.10", name: "BPA SourceVpc wildcard does not limit", w: world{idB: readAll, bucket: iff(cond("StringLike", "aws:SourceVpc", "vpc-*"), listAll) + "," + bucketFor(roleB), bpa: &blockAll}, who: roleB, want: Deny, layer: LayerBPA},
	{rule: "1.10", name: "BPA spares services", w: world{bucket: listAll + "," + allow(`{"Service":"logging.s3.amazonaws.com"}`, "s3:PutObject", "arn:aws:s3:::data/*"), bpa: &blockAll}, who: "logging.s3.amazonaws.com", action: "s3:PutObject", on: object, want: Allow},
	{rule: "1.10", name: "BPA NotPrincipal allow is public", w: world{idB: readAll, bucket: `{"Effect":"Allow","NotPrincipal":{"AWS":"` + userA + `"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*"}`, bpa: &blockAll}, who: roleB, want: Deny, layer: LayerBPA},
	{rule: "1.10", name: "BPA Principal map star", w: world{bucket: allow(`{"AWS":"*"}`, "s3:GetObject", "arn:aws:s3:::data/*"), bpa: &blockAll}, who: AnyAccount, want: Deny},
	{rule: "1.5", name: "AgentCore: everyone from one VPC is a condition", w: world{mutate: agentRuntime(iff(cond("StringEquals", "aws:SourceVpc", "vpc-1"), allow("*", "bedrock-agentcore:InvokeAgentRuntime", runtimeARN)))}, who: Anonymous, action: "bedrock-agentcore:InvokeAgentRuntime", on: runtimeARN, want: Conditional, conds: "StringEquals aws:SourceVpc vpc-1"},
	{rule: "1.5", name: "AgentCore: a runtime's policy lets another account in", w: world{idB: allow("", "bedrock-agentcore:*", "*"), mutate: agentRuntime(allow(acctB, "bedrock-agentcore:InvokeAgentRuntime", runtimeARN))}, who: roleB, action: "bedrock-agentcore:InvokeAgentRuntime", on: runtimeARN, want: Allow},
	{rule: "1.5", name: "custom models take no policy", w: world{idB: allow("", "bedrock:*", "*")}, who: roleB, action: "bedrock:InvokeModel", on: "arn:aws:bedrock:us-east-1:111111111111:custom-model/m/1", want: Deny},
	{rule: "1.5", name: "model package: its group's policy counts", w: world{idB: allow("", "sagemaker:*", "*"), mutate: packageGroup(allow(acctB, "sagemaker:DescribeModelPackage", "arn:aws:sagemaker:us-east-1:111111111111:model-package/g/*"))}, who: roleB, action: "sagemaker:DescribeModelPackage", on: "arn:aws:sagemaker:us-east-1:111111111111:model-package/g/1", want: Allow},
	{rule: "1.5", name: "model package: another group's policy does not", w: world{idB: allow("", "sagemaker:*", "*"), mutate: packageGroup("")}, who: roleB, action: "sagemaker:DescribeModelPackage", on: "arn:aws:sagemaker:us-east-1:111111111111:model-package/g/1", want: Deny},
	{rule: "1.6", name: "a service without a source condition is not public", w: world{bucket: allow(`{"Service":"logging.s3.amazonaws.com"}`, "s3:PutObject", "arn:aws:s3:::data/*")}, who: AnyAccount, action: "s3:PutObject", on: object, want: Deny},
	{rule: "1.6", name: "OIDC: github any branch of one repository", w: world{trust: github(githubSub("StringLike", "repo:org/r:*"))}, who: GitHubAny, action: "sts:AssumeRoleWithWebIdentity", on: target1, want: Deny},
	{rule: "1.6", name: "OIDC: github a lone star", w: world{trust: github(githubSub("StringLike", "*"))}, who: GitHubAny, action: "sts:AssumeRoleWithWebIdentity", on: target1, want: Allow},
	{rule: "1.6", name: "OIDC: github one environment", w: world{trust: github(githubSub("StringEquals", "repo:org/r:environment:prod"))}, who: GitHubAny, action: "sts:AssumeRoleWithWebIdentity", on: target1, want: Deny},
	{rule: "1.6", name: "OIDC: case matters in sub", w: world{trust: github(githubSub("StringLike", "repo:Org/*"))}, who: githubARN, action: "sts:AssumeRoleWithWebIdentity", on: target1, ctx: map[string][]string{"token.actions.githubusercontent.com:aud": {"sts.amazonaws.com"}, "token.actions.githubusercontent.com:sub": {"repo:org/r:ref:refs/heads/main"}}, want: Deny},
	{rule: "1.6", name: "OIDC: the claims said", w: world{trust: github(githubSub("StringLike", "repo:org/*"))}, who: githubARN, action: "sts:AssumeRoleWithWebIdentity", on: target1, ctx: map[string][]string{"token.actions.githubusercontent.com:aud": {"sts.amazonaws.com"}, "token.actions.githubusercontent.com:sub": {"repo:org/r:ref:refs/heads/main"}}, want: Allow},
	{rule: "1.10", name: "ACL: no ownership controls leave ACLs active", w: world{acl: []ACLGrant{{GranteeURI: aclAllUsers, Permission: "READ"}}, mutate: func(i *Inventory) { i.Resources[bucket].S3.Ownership = NoneOf[string]() }}, who: Anonymous, action: "s3:ListBucket", on: bucket, want: Allow, layer: LayerACL},
	{rule: "1.10", name: "ACL: ownership controls not collected", w: world{acl: []ACLGrant{{GranteeURI: aclAllUsers, Permission: "READ"}}, mutate: func(i *Inventory) { i.Resources[bucket].S3.Ownership = Evidence[string]{} }}, who: Anonymous, action: "s3:ListBucket", on: bucket, want: Unknown},
	{rule: "1.10", name: "ACL: WRITE_ACP changes the ACL", w: world{acl: []ACLGrant{{GranteeURI: aclAllUsers, Permission: "WRITE_ACP"}}, ownership: "ObjectWriter"}, who: Anonymous, action: "s3:PutBucketAcl", on: bucket, want: Allow},
	{rule: "1.10", name: "ACL: FULL_CONTROL is all of it", w: world{idB: allow("", "s3:*", "*"), acl: []ACLGrant{{GranteeID: "bbbb", Permission: "FULL_CONTROL"}}, ownership: "BucketOwnerPreferred"}, who: roleB, action: "s3:GetBucketAcl", on: bucket, want: Allow},
	{rule: "1.10", name: "ACL: another account needs its identity side too", w: world{acl: []ACLGrant{{GranteeID: "bbbb", Permission: "READ"}}, ownership: "ObjectWriter"}, who: roleB, action: "s3:ListBucket", on: bucket, want: Deny, layer: LayerIdentity},
	{rule: "1.10", name: "ACL: AuthenticatedUsers and IgnorePublicAcls of the account", w: world{acl: []ACLGrant{{GranteeURI: aclAuthenticatedUsers, Permission: "READ"}}, ownership: "ObjectWriter", accountBPA: Of(BlockPublicAccess{IgnorePublicAcls: true})}, who: AnyAccount, action: "s3:ListBucket", on: bucket, want: Deny},
	{rule: "1.10", name: "an access point's own block public access", w: world{bucket: delegated, mutate: blockedAP}, who: Anonymous, action: "s3:GetObject", on: apObj, want: Deny, layer: LayerBPA},
}

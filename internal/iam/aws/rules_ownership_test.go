package aws

import (
	"strings"
	"testing"
)

const (
	fsA  = "arn:aws:elasticfilesystem:us-east-1:111111111111:file-system/fs-1"
	apB  = "arn:aws:s3:us-east-1:222222222222:accesspoint/theirs"
	apBO = apB + "/object/k"
)

func withFileSystem(policy string) func(*Inventory) {
	return func(i *Inventory) {
		i.AddResource(Resource{ARN: fsA, Account: acctA, Type: "AWS::EFS::FileSystem", Policy: policyEvidence(policy)})
	}
}

// s3Policy says what the organisation's S3 policy is for account A, and what the
// account's own setting is.
func s3Policy(p Evidence[bool], own Evidence[BlockPublicAccess]) func(*Inventory) {
	return func(i *Inventory) {
		i.Accounts[acctA].S3OrganizationPolicy, i.Accounts[acctA].S3BlockPublicAccess = p, own
	}
}

// withForeignAP adds an access point that account B made for A's bucket.
func withForeignAP(policy string) func(*Inventory) {
	return func(i *Inventory) {
		i.Resources[bucket].S3.AccessPoints = []AccessPoint{{ARN: apB, Account: acctB, Policy: policyEvidence(policy), BlockPublicAccess: Of(BlockPublicAccess{})}}
		i.Accounts[acctB].S3BlockPublicAccess = NoneOf[BlockPublicAccess]()
	}
}

// foreignAPBlocked is an access point of account B that everyone may use, with the
// account's block public access.
func foreignAPBlocked(set Evidence[BlockPublicAccess]) func(*Inventory) {
	return func(i *Inventory) {
		withForeignAP(allow("*", "s3:GetObject", apBO))(i)
		i.Accounts[acctB].S3BlockPublicAccess = set
	}
}

var delegatedToB = iff(`{"StringEquals":{"s3:DataAccessPointAccount":"222222222222"}}`, allow(`{"AWS":"*"}`, "s3:GetObject", "arn:aws:s3:::data/*"))

func delegatedIf(condition string) string {
	return iff(condition, allow("*", "s3:*", `["arn:aws:s3:::data","arn:aws:s3:::data/*"]`))
}

// grantedTo is a key whose policy lets nobody here in, with one grant.
func grantedTo(grantee string, w world) world {
	w.key, w.grants = allow(target1, "kms:*", "*"), []KMSGrant{{ID: "g1", Grantee: grantee, Operations: []string{"Decrypt"}}}
	return w
}

// rulesOwnership are rules on who owns what: the organisation above the account,
// objects and access points of other accounts, file systems that nobody guards,
// grants across accounts, and endpoints of one service.
var rulesOwnership = []ruleCase{
	// Source: Organizations User Guide, "Amazon S3 policies"
	// (orgs_manage_policies_s3.html) and "Amazon S3 policy syntax and examples".
	{rule: "1.10", name: "organisation's S3 policy: all, over an account without a setting", w: world{bucket: anyoneRead, mutate: s3Policy(Of(true), NoneOf[BlockPublicAccess]())}, who: Anonymous, want: Deny, layer: LayerBPA},
	{rule: "1.10", name: "organisation's S3 policy: all, the account's setting not collected", w: world{bucket: anyoneRead, mutate: s3Policy(Of(true), Evidence[BlockPublicAccess]{})}, who: Anonymous, want: Deny, layer: LayerBPA},
	{rule: "1.10", name: "organisation's S3 policy: all ignores public ACLs", w: world{acl: []ACLGrant{{GranteeURI: aclAllUsers, Permission: "READ"}}, ownership: "ObjectWriter", mutate: s3Policy(Of(true), NoneOf[BlockPublicAccess]())}, who: Anonymous, action: "s3:ListBucket", on: bucket, want: Deny},
	{rule: "1.10", name: "organisation's S3 policy: all leaves the owner's account", w: world{id: readAll, bucket: anyoneRead, mutate: s3Policy(Of(true), NoneOf[BlockPublicAccess]())}, who: roleA, want: Allow},
	{rule: "1.10", name: "organisation's S3 policy: none takes the account's setting's place", w: world{bucket: anyoneRead, mutate: s3Policy(Of(false), Evidence[BlockPublicAccess]{})}, who: Anonymous, want: Allow},
	{rule: "1.10", name: "organisation's S3 policy: none leaves the bucket's own setting", w: world{bucket: anyoneRead, bpa: &blockAll, mutate: s3Policy(Of(false), Evidence[BlockPublicAccess]{})}, who: Anonymous, want: Deny, layer: LayerBPA},
	{rule: "1.10", name: "organisation's S3 policy: none, and the account's effective setting says otherwise", w: world{bucket: anyoneRead, mutate: s3Policy(Of(false), Of(blockAll))}, who: Anonymous, want: Deny, layer: LayerBPA},
	{rule: "1.10", name: "organisation's S3 policy: none reaches the account, whose setting is not collected", w: world{bucket: anyoneRead, mutate: s3Policy(NoneOf[bool](), Evidence[BlockPublicAccess]{})}, who: Anonymous, want: Unknown},
	{rule: "1.10", name: "organisation's S3 policy not collected: the account's answer is the effective one", w: world{bucket: anyoneRead, mutate: s3Policy(Evidence[bool]{}, NoneOf[BlockPublicAccess]())}, who: Anonymous, want: Allow},

	// Source: S3 User Guide, "Blocking public access to your Amazon S3 storage": "This
	// setting doesn't affect existing ... ACLs".
	{rule: "1.10", name: "BlockPublicAcls closes no existing hole", w: world{acl: []ACLGrant{{GranteeURI: aclAllUsers, Permission: "READ"}}, ownership: "ObjectWriter", bpa: &BlockPublicAccess{BlockPublicAcls: true}}, who: Anonymous, action: "s3:ListBucket", on: bucket, want: Allow},
	{rule: "1.9", name: "public: Facebook's identities are everyone", w: world{idB: readAll, bucket: allow(`{"Federated":"graph.facebook.com"}`, "s3:GetObject", "arn:aws:s3:::data/*") + "," + bucketFor(roleB), bpa: &blockAll}, who: roleB, want: Deny, layer: LayerBPA},

	// Source: S3 User Guide, "Bucket policies for Amazon S3" (bucket-policies.html).
	{rule: "1.10", name: "ACLs active: an allow depends on the object's owner", w: world{bucket: anyoneRead, ownership: "ObjectWriter"}, who: Anonymous, want: Allow, gaps: "object_owner " + bucket},
	{rule: "1.10", name: "ACLs active: so does the bucket's own account's", w: world{id: readAll, ownership: "BucketOwnerPreferred"}, who: roleA, want: Allow, gaps: "object_owner " + bucket},
	{rule: "1.10", name: "ACLs active: the bucket's deny counts whoever owns the object", w: world{id: readAll, bucket: deny("*", "s3:GetObject", "arn:aws:s3:::data/*"), ownership: "ObjectWriter"}, who: roleA, want: Deny},
	{rule: "1.10", name: "ACLs active: writing an object depends on no owner", w: world{id: allow("", "s3:PutObject", "*"), ownership: "ObjectWriter"}, who: roleA, action: "s3:PutObject", on: object, want: Allow, gaps: "none"},
	{rule: "1.10", name: "ACLs active: neither does the list", w: world{id: allow("", "s3:ListBucket", "*"), ownership: "ObjectWriter"}, who: roleA, action: "s3:ListBucket", on: bucket, want: Allow, gaps: "none"},
	{rule: "1.10", name: "BucketOwnerEnforced: all objects are the bucket owner's", w: world{bucket: anyoneRead}, who: Anonymous, want: Allow, gaps: "none"},
	{rule: "1.10", name: "ownership controls not collected are named", w: world{id: readAll, mutate: func(i *Inventory) { i.Resources[bucket].S3.Ownership = Evidence[string]{} }}, who: roleA, want: Allow, gaps: "ownership_controls " + bucket},
	{rule: "1.10", name: "no ownership controls: ACLs are active", w: world{id: readAll, mutate: func(i *Inventory) { i.Resources[bucket].S3.Ownership = NoneOf[string]() }}, who: roleA, want: Allow, gaps: "object_owner " + bucket},
	{rule: "1.10", name: "ACLs active: an object's own ACL may let another account in", w: world{idB: readAll, ownership: "ObjectWriter"}, who: roleB, want: Deny, gaps: "object_acl " + bucket},
	{rule: "1.10", name: "ACLs disabled: no object has an ACL", w: world{idB: readAll}, who: roleB, want: Deny, gaps: "none"},

	// Source: S3 User Guide, "Creating access points for buckets in another account"
	// and "Configuring IAM policies for using access points" (access-points-policies.html).
	{rule: "1.10", name: "AP of another account: its own principals, the bucket delegates", w: world{idB: allow("", "s3:GetObject", apBO), bucket: delegatedToB, mutate: withForeignAP("")}, who: roleB, action: "s3:GetObject", on: apBO, want: Allow},
	{rule: "1.10", name: "AP of another account: the bucket does not delegate", w: world{idB: allow("", "s3:GetObject", apBO), bucket: delegated, mutate: withForeignAP("")}, who: roleB, action: "s3:GetObject", on: apBO, want: Deny, layer: LayerResource},
	{rule: "1.10", name: "AP of another account: its own principals need an identity policy", w: world{bucket: delegatedToB, mutate: withForeignAP(allow(roleB, "s3:GetObject", apBO))}, who: roleB, action: "s3:GetObject", on: apBO, want: Deny, layer: LayerIdentity},
	{rule: "1.10", name: "AP of another account: its policy's deny", w: world{idB: allow("", "s3:GetObject", apBO), bucket: delegatedToB, mutate: withForeignAP(deny("*", "s3:*", apBO))}, who: roleB, action: "s3:GetObject", on: apBO, want: Deny, layer: LayerResource},
	{rule: "1.10", name: "AP of another account: the bucket owner's principals need the access point's policy", w: world{id: allow("", "s3:*", "*"), bucket: delegatedToB, mutate: withForeignAP("")}, who: roleA, action: "s3:GetObject", on: apBO, want: Deny, layer: LayerResource},
	{rule: "1.10", name: "AP of another account: with it", w: world{id: allow("", "s3:*", "*"), bucket: delegatedToB, mutate: withForeignAP(allow(acctA, "s3:GetObject", apBO))}, who: roleA, action: "s3:GetObject", on: apBO, want: Allow},
	{rule: "1.10", name: "AP of another account: and an identity policy", w: world{bucket: delegatedToB, mutate: withForeignAP(allow(roleA, "s3:GetObject", apBO))}, who: roleA, action: "s3:GetObject", on: apBO, want: Deny, layer: LayerIdentity},
	{rule: "1.10", name: "AP of another account: an RCP of the access point's account", w: world{id: allow("", "s3:*", "*"), bucket: delegatedToB, mutate: func(i *Inventory) {
		withForeignAP(allow(acctA, "s3:GetObject", apBO))(i)
		i.Organizations["o-1"].AddPolicy(OrgPolicy{ID: "p-b", Name: "b", Type: RCP, Document: Of(doc(deny("*", "s3:*", "*")))})
		i.Organizations["o-1"].Nodes[acctB].RCPs = Of([]string{fullAccessRCP, "p-b"})
	}}, who: roleA, action: "s3:GetObject", on: apBO, want: Deny, layer: LayerRCP},
	{rule: "1.10", name: "AP of another account: the bucket's policy not collected", w: world{idB: allow("", "s3:GetObject", apBO), bucket: "?", mutate: withForeignAP("")}, who: roleB, action: "s3:GetObject", on: apBO, want: Unknown},
	{rule: "1.10", name: "AP of another account: a third account needs both policies", w: world{bucket: delegatedToB, mutate: withForeignAP(allow("*", "s3:GetObject", apBO))}, who: roleX, action: "s3:GetObject", on: apBO, want: Allow},
	{rule: "1.10", name: "AP of another account: its account blocks public access", w: world{bucket: delegatedToB, mutate: foreignAPBlocked(Of(blockAll))}, who: Anonymous, action: "s3:GetObject", on: apBO, want: Deny, layer: LayerBPA},
	{rule: "1.10", name: "AP of another account: its account blocks public access, a third account's too", w: world{bucket: delegatedToB, mutate: foreignAPBlocked(Of(blockAll))}, who: roleX, action: "s3:GetObject", on: apBO, want: Deny, layer: LayerBPA},
	{rule: "1.10", name: "AP of another account: its account blocks public access, its own principals are none", w: world{idB: allow("", "s3:GetObject", apBO), bucket: delegatedToB, mutate: foreignAPBlocked(Of(blockAll))}, who: roleB, action: "s3:GetObject", on: apBO, want: Allow},
	{rule: "1.10", name: "AP of another account: its account blocks nothing", w: world{bucket: delegatedToB, mutate: foreignAPBlocked(Of(BlockPublicAccess{BlockPublicPolicy: true}))}, who: Anonymous, action: "s3:GetObject", on: apBO, want: Allow},
	{rule: "1.10", name: "AP of another account: its account's setting not collected", w: world{bucket: delegatedToB, mutate: foreignAPBlocked(Evidence[BlockPublicAccess]{})}, who: Anonymous, action: "s3:GetObject", on: apBO, want: Unknown, gaps: "block_public_access " + acctB},
	{rule: "1.10", name: "AP of another account: a third account the access point does not name", w: world{bucket: delegatedToB, mutate: withForeignAP("")}, who: roleX, action: "s3:GetObject", on: apBO, want: Deny},

	// Source: S3 User Guide, "Delegating access control to access points"
	// (access-points-policies.html#access-points-delegating-control).
	{rule: "1.10", name: "delegated by the access point's ARN", w: world{bucket: delegatedIf(cond("ArnLike", "s3:DataAccessPointArn", "arn:aws:s3:us-east-1:111111111111:accesspoint/*")), mutate: withAP(allow("*", "s3:GetObject", apObj), "")}, who: Anonymous, action: "s3:GetObject", on: apObj, want: Allow},
	{rule: "1.10", name: "delegated to another access point", w: world{bucket: delegatedIf(cond("ArnLike", "s3:DataAccessPointArn", "arn:aws:s3:us-east-1:111111111111:accesspoint/other")), mutate: withAP(allow("*", "s3:GetObject", apObj), "")}, who: Anonymous, action: "s3:GetObject", on: apObj, want: Deny},
	{rule: "1.10", name: "delegated to access points of a VPC: this one is of the internet", w: world{bucket: delegatedIf(cond("StringEquals", "s3:AccessPointNetworkOrigin", "VPC")), mutate: withAP(allow("*", "s3:GetObject", apObj), "")}, who: Anonymous, action: "s3:GetObject", on: apObj, want: Deny},
	{rule: "1.10", name: "delegated to access points of a VPC", w: world{idB: allow("", "s3:GetObject", "*"), bucket: delegatedIf(cond("StringEquals", "s3:AccessPointNetworkOrigin", "VPC")), mutate: withAP(allow(roleB, "s3:GetObject", apObj), "vpc-1")}, who: roleB, action: "s3:GetObject", on: apObj, ctx: ctx("aws:SourceVpc", "vpc-1"), want: Allow},
	{rule: "1.10", name: "delegated: the way past the access points stays closed", w: world{bucket: delegatedIf(cond("ArnLike", "s3:DataAccessPointArn", "arn:aws:s3:us-east-1:111111111111:accesspoint/*")), mutate: withAP(allow("*", "s3:GetObject", apObj), "")}, who: Anonymous, want: Deny},

	// Source: Amazon EFS User Guide, "Using IAM to control access to file systems"
	// (iam-access-control-nfs-efs.html), default EFS file system policy.
	{rule: "1.5", name: "EFS without a policy: anyone who reaches a mount target", w: world{mutate: withFileSystem("")}, who: Anonymous, action: "elasticfilesystem:ClientMount", on: fsA, want: Conditional, conds: "Bool elasticfilesystem:AccessedViaMountTarget true"},
	{rule: "1.5", name: "EFS without a policy: writing as root, through a mount target", w: world{mutate: withFileSystem("")}, who: Anonymous, action: "elasticfilesystem:ClientRootAccess", on: fsA, ctx: ctx("elasticfilesystem:AccessedViaMountTarget", "true"), want: Allow},
	{rule: "1.5", name: "EFS without a policy: no identity is asked, so none is denied", w: world{id: deny("", "*", "*"), scps: []string{deny("", "elasticfilesystem:*", "*")}, mutate: withFileSystem("")}, who: roleA, action: "elasticfilesystem:ClientWrite", on: fsA, ctx: ctx("elasticfilesystem:AccessedViaMountTarget", "true"), want: Allow},
	{rule: "1.5", name: "EFS without a policy: management is by identity", w: world{mutate: withFileSystem("")}, who: roleA, action: "elasticfilesystem:DeleteFileSystem", on: fsA, want: Deny, layer: LayerIdentity},
	{rule: "1.5", name: "EFS without a policy: not by the API from outside", w: world{mutate: withFileSystem("")}, who: AnyAccount, action: "elasticfilesystem:DescribeFileSystemPolicy", on: fsA, want: Deny},
	{rule: "1.5", name: "EFS with a policy: it alone decides", w: world{mutate: withFileSystem(allow(roleA, "elasticfilesystem:ClientMount", fsA))}, who: Anonymous, action: "elasticfilesystem:ClientMount", on: fsA, want: Deny},
	{rule: "1.5", name: "EFS with a policy: the role it names", w: world{mutate: withFileSystem(allow(roleA, "elasticfilesystem:ClientMount", fsA))}, who: roleA, action: "elasticfilesystem:ClientMount", on: fsA, want: Allow},
	{rule: "1.5", name: "EFS: the policy not collected", w: world{mutate: withFileSystem("?")}, who: Anonymous, action: "elasticfilesystem:ClientMount", on: fsA, want: Unknown},
	{rule: "1.5", name: "EFS: a file system nobody describes", who: Anonymous, action: "elasticfilesystem:ClientMount", on: fsA, want: Unknown},

	// Sources: EC2 Auto Scaling User Guide, "Required AWS KMS key policy for use with
	// encrypted volumes", example 2 (key-policy-requirements-EBS-encryption.html);
	// KMS Developer Guide, "Grants in AWS KMS" (grants.html).
	{rule: "1.5", name: "KMS: a grant to another account's role needs no identity policy", w: grantedTo(roleB, world{}), who: roleB, action: "kms:Decrypt", on: keyA, want: Allow, layer: LayerKMSGrant},
	{rule: "1.5", name: "KMS: a grant to another account's role, another operation", w: grantedTo(roleB, world{}), who: roleB, action: "kms:Encrypt", on: keyA, want: Deny},
	{rule: "1.5", name: "KMS: a grant to another account's role, whose identity policy denies", w: grantedTo(roleB, world{idB: deny("", "kms:*", "*")}), who: roleB, action: "kms:Decrypt", on: keyA, want: Deny, layer: LayerIdentity},
	{rule: "1.5", name: "KMS: a grant to another account's role, whose session policy lacks it", w: grantedTo(roleB, world{session: allow("", "s3:*", "*")}), who: roleB, action: "kms:Decrypt", on: keyA, want: Deny},
	{rule: "1.5", name: "KMS: a grant to another account is its identity policies' to hand on", w: grantedTo("arn:aws:iam::222222222222:root", world{}), who: roleB, action: "kms:Decrypt", on: keyA, want: Deny},
	{rule: "1.5", name: "KMS: a grant to another account and an identity policy", w: grantedTo("arn:aws:iam::222222222222:root", world{idB: allow("", "kms:Decrypt", "*")}), who: roleB, action: "kms:Decrypt", on: keyA, want: Allow},
	{rule: "1.5", name: "KMS: a grant to the own account is no grant to everyone in it", w: grantedTo(rootA, world{}), who: roleA, action: "kms:Decrypt", on: keyA, want: Deny},

	// Source: VPC User Guide (AWS PrivateLink), "Control access to VPC endpoints using
	// endpoint policies".
	{rule: "1.2", name: "endpoint of another service is not asked", w: world{id: allow("", "sqs:*", "*"), endpoint: allow("*", "s3:*", "*")}, who: roleA, action: "sqs:SendMessage", on: queueA, ctx: ctx("aws:SourceVpce", "vpce-1"), want: Allow},
	{rule: "1.2", name: "endpoint of the service is asked", w: world{id: allow("", "sqs:*", "*"), endpoint: allow("*", "s3:*", "*"), mutate: ofService("com.amazonaws.us-east-1.sqs")}, who: roleA, action: "sqs:SendMessage", on: queueA, ctx: ctx("aws:SourceVpce", "vpce-1"), want: Deny, layer: LayerEndpoint},
	{rule: "1.2", name: "endpoint of a service by another name", w: world{id: allow("", "bedrock:*", "*"), endpoint: allow("*", "s3:*", "*"), mutate: ofService("com.amazonaws.us-east-1.bedrock-runtime")}, who: roleA, action: "bedrock:InvokeModel", on: "arn:aws:bedrock:us-east-1::foundation-model/m", ctx: ctx("aws:SourceVpce", "vpce-1"), want: Deny, layer: LayerEndpoint},
	{rule: "1.2", name: "endpoint of a service nobody names is asked", w: world{id: allow("", "sqs:*", "*"), endpoint: allow("*", "s3:*", "*"), mutate: ofService("")}, who: roleA, action: "sqs:SendMessage", on: queueA, ctx: ctx("aws:SourceVpce", "vpce-1"), want: Deny, layer: LayerEndpoint},
}

func ofService(name string) func(*Inventory) {
	return func(i *Inventory) { i.Endpoints["vpce-1"].Service = name }
}

// TestBlockingLevel: a reason names whose setting blocks.
func TestBlockingLevel(t *testing.T) {
	for _, c := range []struct {
		w    world
		want string
	}{
		{world{bucket: anyoneRead, mutate: s3Policy(Of(true), NoneOf[BlockPublicAccess]())}, "o-1"},
		{world{bucket: anyoneRead, mutate: s3Policy(Of(false), Of(blockAll))}, acctA},
		{world{bucket: anyoneRead, bpa: &blockAll}, bucket},
	} {
		d, err := New(c.w.inventory()).Can(Request{Principal: Anonymous, Action: "s3:GetObject", Resource: object})
		if err != nil || len(d.Because) == 0 || d.Because[0].Document != c.want || !strings.Contains(d.Because[0].Summary, c.want) {
			t.Errorf("%+v %v, want %s named", d.Because, err, c.want)
		}
	}
}

func TestEndpointService(t *testing.T) {
	for name, want := range map[string]string{
		"com.amazonaws.us-east-1.s3": "s3", "com.amazonaws.s3-global.accesspoint": "s3", "com.amazonaws.us-east-1.ecr.dkr": "ecr",
		"cn.com.amazonaws.cn-north-1.sqs": "sqs", "aws.sagemaker.us-east-1.notebook": "sagemaker", "com.amazonaws.us-east-1.sagemaker.runtime": "sagemaker",
		"com.amazonaws.us-east-1.monitoring": "cloudwatch", "com.amazonaws.vpce.us-east-1.vpce-svc-1": "", "s3": "", "": "",
		"com.amazonaws.us-east-1.kinesis-firehose": "firehose", "com.amazonaws.us-east-1.execute-api": "execute-api",
	} {
		if got := endpointService(name); got != want {
			t.Errorf("%s carries %q, want %q", name, got, want)
		}
	}
}

// jointCase is a row for an API call that needs several permissions at once.
type jointCase struct {
	rule, name string
	w          world
	who        string
	actions    []ActionOn
	o          Options
	want       Verdict
}

const (
	image  = "arn:aws:ec2:us-east-1::image/ami-1"
	inst   = "arn:aws:ec2:us-east-1:111111111111:instance/*"
	subnet = "arn:aws:ec2:us-east-1:111111111111:subnet/subnet-1"
	volume = "arn:aws:ec2:us-east-1:111111111111:volume/*"
	group  = "arn:aws:ec2:us-east-1:111111111111:security-group/sg-1"
	nic    = "arn:aws:ec2:us-east-1:111111111111:network-interface/*"
)

var (
	copyObject   = []ActionOn{{"s3:GetObject", object}, {"s3:PutObject", "arn:aws:s3:::copies/k"}}
	runInstances = []ActionOn{{"ec2:RunInstances", image}, {"ec2:RunInstances", inst}, {"ec2:RunInstances", subnet}, {"ec2:RunInstances", volume}, {"ec2:RunInstances", group}, {"ec2:RunInstances", nic}}
)

// withCopies adds a second bucket, account B's when foreign.
func withCopies(account, policy string) func(*Inventory) {
	return func(i *Inventory) {
		i.AddResource(Resource{ARN: "arn:aws:s3:::copies", Account: account, Type: "AWS::S3::Bucket", Policy: policyEvidence(policy),
			S3: &S3Facts{BlockPublicAccess: NoneOf[BlockPublicAccess](), ACL: NoneOf[[]ACLGrant](), Ownership: Of("BucketOwnerEnforced")}})
	}
}

var jointRules = []jointCase{
	// Source: S3 API Reference, CopyObject, permissions: s3:GetObject on the source
	// object and s3:PutObject on the destination.
	{rule: "1.7", name: "multi-resource APIs, all must pass: CopyObject with both", w: world{id: allow("", "s3:GetObject", "arn:aws:s3:::data/*") + "," + allow("", "s3:PutObject", "arn:aws:s3:::copies/*"), mutate: withCopies(acctA, "")}, who: roleA, actions: copyObject, want: Allow},
	{rule: "1.7", name: "multi-resource APIs, all must pass: CopyObject, the source alone", w: world{id: allow("", "s3:GetObject", "*"), mutate: withCopies(acctA, "")}, who: roleA, actions: copyObject, want: Deny},
	{rule: "1.7", name: "multi-resource APIs, all must pass: CopyObject, the destination alone", w: world{id: allow("", "s3:PutObject", "*"), mutate: withCopies(acctA, "")}, who: roleA, actions: copyObject, want: Deny},
	{rule: "1.7", name: "multi-resource APIs, all must pass: CopyObject, each under its own condition", w: world{id: iff(cond("StringEquals", "aws:SourceVpce", "vpce-9"), allow("", "s3:GetObject", "*")) + "," + iff(cond("StringEquals", "aws:SourceVpce", "vpce-8"), allow("", "s3:PutObject", "*")), mutate: withCopies(acctA, "")}, who: roleA, actions: copyObject, want: Deny},
	{rule: "1.7", name: "multi-resource APIs, all must pass: CopyObject into another account's bucket that lets it", w: world{id: allow("", "s3:*", "*"), mutate: withCopies(acctB, allow(roleA, "s3:PutObject", "arn:aws:s3:::copies/*"))}, who: roleA, actions: copyObject, want: Allow},
	{rule: "1.7", name: "multi-resource APIs, all must pass: CopyObject into another account's bucket that does not", w: world{id: allow("", "s3:*", "*"), mutate: withCopies(acctB, "")}, who: roleA, actions: copyObject, want: Deny},
	{rule: "1.7", name: "multi-resource APIs, all must pass: CopyObject, one policy not collected", w: world{id: allow("", "s3:*", "*"), mutate: withCopies(acctA, "?")}, who: roleA, actions: copyObject, want: Unknown},
	// Source: EC2 User Guide, "Example policies to control access to the Amazon EC2
	// API", launch instances (RunInstances): the call is authorised on each resource.
	{rule: "1.7", name: "multi-resource APIs, all must pass: RunInstances on each resource", w: world{id: allow("", "ec2:RunInstances", `["`+image+`","arn:aws:ec2:*:111111111111:*"]`)}, who: roleA, actions: runInstances, want: Allow},
	{rule: "1.7", name: "multi-resource APIs, all must pass: RunInstances without the image", w: world{id: allow("", "ec2:RunInstances", "arn:aws:ec2:*:111111111111:*")}, who: roleA, actions: runInstances, want: Deny},
	{rule: "1.7", name: "multi-resource APIs, all must pass: RunInstances, the subnet denied", w: world{id: allow("", "ec2:*", "*") + "," + deny("", "ec2:RunInstances", subnet)}, who: roleA, actions: runInstances, want: Deny},
	// Source: SageMaker AI Developer Guide, "SageMaker API permissions":
	// CreateTrainingJob needs iam:PassRole on the job's role.
	{rule: "1.7", name: "multi-resource APIs, all must pass: CreateTrainingJob with the role passed", w: world{id: allow("", "sagemaker:CreateTrainingJob", "*") + "," + iff(cond("StringEquals", "iam:PassedToService", "sagemaker.amazonaws.com"), allow("", "iam:PassRole", target1))}, who: roleA, actions: trainingJob, o: Options{Context: ctx("iam:PassedToService", "sagemaker.amazonaws.com")}, want: Allow},
	{rule: "1.7", name: "multi-resource APIs, all must pass: CreateTrainingJob, the role passed to another service", w: world{id: allow("", "sagemaker:CreateTrainingJob", "*") + "," + iff(cond("StringEquals", "iam:PassedToService", "lambda.amazonaws.com"), allow("", "iam:PassRole", target1))}, who: roleA, actions: trainingJob, o: Options{Context: ctx("iam:PassedToService", "sagemaker.amazonaws.com")}, want: Deny},
	{rule: "1.7", name: "multi-resource APIs, all must pass: CreateTrainingJob without PassRole", w: world{id: allow("", "sagemaker:CreateTrainingJob", "*")}, who: roleA, actions: trainingJob, want: Deny},
}

var trainingJob = []ActionOn{{"sagemaker:CreateTrainingJob", "arn:aws:sagemaker:us-east-1:111111111111:training-job/t"}, {"iam:PassRole", target1}}

// TestJointRules asks each row of one principal and of all of them: both ways
// give one verdict.
func TestJointRules(t *testing.T) {
	for i := range jointRules {
		c := &jointRules[i]
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			e := New(c.w.inventory())
			d, err := e.All(c.who, c.actions, c.o)
			if err != nil {
				t.Fatal(err)
			}
			if d.Verdict != c.want {
				t.Fatalf("%s, want %s: %+v %v", d.Verdict, c.want, d.Because, d.Missing)
			}
			all := Deny
			for _, g := range e.AllGrants(c.actions, c.o) {
				if strings.Contains(strings.Join(g.Principals, " "), c.who) {
					all = g.Verdict
				}
			}
			if all != c.want {
				t.Errorf("%s among all principals, want %s", all, c.want)
			}
		})
	}
}

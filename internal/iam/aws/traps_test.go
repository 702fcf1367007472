package aws

import "testing"

// traps are the correctness traps 1-15 and 22 of the rules (§7.4), one or more
// cases each; the composite ones have tests of their own, see coverage_test.go.
var traps = []ruleCase{
	{rule: "7.4/1", name: "account principal grants nothing without identity", w: world{bucket: bucketFor(rootA)}, who: userA, want: Deny},
	{rule: "7.4/1", name: "user ARN does", w: world{bucket: bucketFor(userA)}, who: userA, want: Allow},
	{rule: "7.4/1", name: "role ARN does", w: world{bucket: bucketFor(roleA)}, who: roleA, want: Allow},
	{rule: "7.4/2", name: "boundary limits a role-ARN grant", w: world{bucket: bucketFor(roleA), boundary: noRead}, who: roleA, want: Deny},
	{rule: "7.4/2", name: "boundary does not limit a user-ARN grant", w: world{bucket: bucketFor(userA), boundary: noRead}, who: userA, want: Allow},
	{rule: "7.4/2", name: "boundary does not limit a session-ARN grant", w: world{bucket: bucketFor(sessionA), boundary: noRead}, who: sessionA, want: Allow},
	{rule: "7.4/2", name: "boundary does not limit a star grant", w: world{bucket: anyoneRead, boundary: noRead}, who: userA, want: Allow},
	{rule: "7.4/3", name: "trust naming the caller suffices", w: world{trust: stmt("Allow", userA, "sts:AssumeRole", "", "")}, who: userA, action: "sts:AssumeRole", on: target1, want: Allow},
	{rule: "7.4/3", name: "trust by account needs identity", w: world{trust: stmt("Allow", acctA, "sts:AssumeRole", "", "")}, who: userA, action: "sts:AssumeRole", on: target1, want: Deny},
	{rule: "7.4/3", name: "identity alone never", w: world{id: allow("", "sts:*", "*")}, who: userA, action: "sts:AssumeRole", on: target1, want: Deny},
	{rule: "7.4/4", name: "cross-account: the star notwithstanding", w: world{bucket: anyoneRead}, who: roleB, want: Deny},
	{rule: "7.4/4", name: "cross-account: both", w: world{bucket: anyoneRead, idB: readAll}, who: roleB, want: Allow},
	{rule: "7.4/4", name: "anonymous: the resource side only", w: world{bucket: anyoneRead}, who: Anonymous, want: Allow},
	{rule: "7.4/5", name: "KMS identity without a root statement", w: world{id: allow("", "kms:*", "*"), key: allow(target1, "kms:*", "*")}, who: roleA, action: "kms:Decrypt", on: keyA, want: Deny},
	{rule: "7.4/6", name: "SCP is AND over levels", w: world{id: readAll, scps: []string{allow("", "s3:*", "*"), allow("", "ec2:*", "*")}}, who: roleA, want: Deny, layer: LayerSCP},
	{rule: "7.4/6", name: "SCP is absent in the management account", w: world{id: readAll, scps: []string{noRead}, mgmt: true}, who: roleA, want: Allow},
	{rule: "7.4/6", name: "SCP skips service-linked roles", w: world{id: readAll, scps: []string{noRead}, linked: true}, who: roleA, want: Allow},
	{rule: "7.4/6", name: "RCP hits external callers", w: world{bucket: anyoneRead, rcps: []string{deny("*", "s3:*", "*")}}, who: AnyAccount, want: Deny, layer: LayerRCP},
	{rule: "7.4/7", name: "negated operator on a missing key", w: idIf("StringNotLike", "a:b", "x"), who: roleA, absent: []string{"a:b"}, want: Allow},
	{rule: "7.4/7", name: "ForAllValues on a missing key", w: idIf("ForAllValues:StringEquals", "a:b", "x"), who: roleA, absent: []string{"a:b"}, want: Allow},
	{rule: "7.4/7", name: "IfExists on a missing key", w: idIf("NumericEqualsIfExists", "a:b", "1"), who: roleA, absent: []string{"a:b"}, want: Allow},
	{rule: "7.4/7", name: "Null on a missing key", w: idIf("Null", "a:b", "true"), who: roleA, absent: []string{"a:b"}, want: Allow},
	{rule: "7.4/8", name: "Deny by StringNotEquals aws:SourceVpce is conditional", w: world{id: readAll, bucket: iff(cond("StringNotEquals", "aws:SourceVpce", "vpce-9"), deny("*", "s3:*", "*"))}, who: roleA, want: Conditional, conds: "StringEquals aws:SourceVpce vpce-9"},
	{rule: "7.4/9", name: "Deny NotAction leaves ec2:Describe", w: world{id: allow("", "*", "*") + `,{"Effect":"Deny","NotAction":"ec2:Describe*","Resource":"*"}`}, who: roleA, action: "ec2:DescribeInstances", on: "*", want: Allow},
	{rule: "7.4/9", name: "Deny NotAction denies the rest", w: world{id: allow("", "*", "*") + `,{"Effect":"Deny","NotAction":"ec2:Describe*","Resource":"*"}`}, who: roleA, action: "ec2:RunInstances", on: "*", want: Deny},
	{rule: "7.4/9", name: "NotResource complement", w: world{id: `{"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::other/*"}`}, who: roleA, want: Allow},
	{rule: "7.4/10", name: "object and bucket ARN differ", w: world{id: allow("", "s3:*", bucket)}, who: roleA, want: Deny},
	{rule: "7.4/10", name: "b* covers more buckets and their objects", w: world{id: allow("", "s3:*", "arn:aws:s3:::da*")}, who: roleA, want: Allow},
	{rule: "7.4/10", name: "case", w: world{id: allow("", "s3:*", "arn:aws:s3:::DATA/*")}, who: roleA, want: Deny},
	{rule: "7.4/10", name: "a star crosses /", w: world{id: allow("", "s3:*", "arn:aws:s3:::*z")}, who: roleA, action: "s3:GetObject", on: "arn:aws:s3:::data/x/y/z", want: Allow},
	{rule: "7.4/11", name: "absent key kills the statement", w: world{id: allow("", "s3:*", "arn:aws:s3:::data/${aws:PrincipalTag/team}*")}, who: roleA, want: Deny},
	{rule: "7.4/11", name: "2008: literal", w: world{id: `{"Version":"2008-10-17","Statement":` + allow("", "s3:*", "arn:aws:s3:::data/${x}") + `}`}, who: roleA, action: "s3:GetObject", on: "arn:aws:s3:::data/${x}", want: Allow},
	{rule: "7.4/11", name: "default", w: world{id: allow("", "s3:*", "arn:aws:s3:::data/${aws:PrincipalTag/team, 'k'}")}, who: roleA, want: Allow},
	{rule: "7.4/14", name: "wrong audience is somebody else's token", w: world{trust: github(`{"StringEquals":{"accounts.google.com:aud":"x"}}`)}, who: githubARN, action: "sts:AssumeRoleWithWebIdentity", on: target1, want: Conditional},
	{rule: "7.4/15", name: "deleted principal never matches (warning)", w: world{trust: stmt("Allow", "AROAREADER", "sts:AssumeRole", "", "")}, who: roleA, action: "sts:AssumeRole", on: target1, want: Deny},
	{rule: "7.4/15", name: "session ARN of a role with a path", w: world{bucket: bucketFor(sessionA)}, who: sessionA, want: Allow},
	{rule: "7.4/15", name: "AWS-managed policy", w: world{id: allow("", "iam:*", "*")}, who: roleA, action: "iam:SetDefaultPolicyVersion", on: "arn:aws:iam::aws:policy/X", want: Deny},
	{rule: "7.4/22", name: "no account block public access", w: world{bucket: anyoneRead, mutate: func(i *Inventory) { i.Accounts[acctA].S3BlockPublicAccess = Evidence[BlockPublicAccess]{} }}, who: Anonymous, want: Unknown},
	{rule: "7.4/22", name: "no bucket block public access", w: world{bucket: anyoneRead, mutate: func(i *Inventory) { i.Resources[bucket].S3.BlockPublicAccess = Evidence[BlockPublicAccess]{} }}, who: Anonymous, want: Unknown},
	{rule: "7.4/22", name: "unread group membership", w: world{mutate: func(i *Inventory) { i.Users[userA].Groups = Evidence[[]string]{} }}, who: userA, want: Unknown},
	{rule: "7.4/22", name: "role of an account that was not collected", w: world{}, who: roleX, action: "sagemaker:InvokeEndpoint", on: "arn:aws:sagemaker:us-east-1:999999999999:endpoint/e", want: Unknown},
}

func TestTraps(t *testing.T) {
	for _, c := range traps {
		t.Run(c.rule+" "+c.name, c.run)
	}
}

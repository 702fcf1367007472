package aws

// rules1_7 is the matching of actions, resources and variables.
// Source: IAM User Guide, "IAM JSON policy elements: Action", "Resource",
// "NotAction", "NotResource", "Variables and tags".
var rules1_7 = []ruleCase{
	{rule: "1.7", name: "actions ignore case", w: world{id: allow("", "S3:getobject", "*")}, who: roleA, want: Allow},
	{rule: "1.7", name: "actions take * and ?", w: world{id: allow("", "s3:?et*ject", "*")}, who: roleA, want: Allow},
	{rule: "1.7", name: "resources do not ignore case", w: world{id: allow("", "s3:GetObject", "arn:aws:s3:::Data/*")}, who: roleA, want: Deny},
	{rule: "1.7", name: "a star crosses / and :", w: world{id: allow("", "s3:GetObject", "arn:aws:s3:::d*")}, who: roleA, want: Allow},
	{rule: "1.7", name: "bucket ARN does not cover objects", w: world{id: allow("", "s3:GetObject", "arn:aws:s3:::data")}, who: roleA, want: Deny},
	{rule: "1.7", name: "object pattern does not cover the bucket", w: world{id: allow("", "s3:ListBucket", "arn:aws:s3:::data/*")}, who: roleA, action: "s3:ListBucket", on: bucket, want: Deny},
	{rule: "1.7", name: "NotAction grants everything else", w: world{id: `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`}, who: roleA, want: Allow},
	{rule: "1.7", name: "NotAction leaves its list out", w: world{id: `{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}`}, who: roleA, want: Deny},
	{rule: "1.7", name: "Deny NotAction leaves only its list", w: world{id: allow("", "*", "*") + `,{"Effect":"Deny","NotAction":"ec2:Describe*","Resource":"*"}`}, who: roleA, want: Deny},
	{rule: "1.7", name: "Deny NotResource denies all others", w: world{id: allow("", "*", "*") + `,{"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::other/*"}`}, who: roleA, want: Deny},
	{rule: "1.7", name: "Deny NotResource spares its list", w: world{id: allow("", "*", "*") + `,{"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::data/*"}`}, who: roleA, want: Allow},
	{rule: "1.7", name: "Allow NotResource", w: world{id: `{"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::data/*"}`}, who: roleA, want: Deny},
	{rule: "1.7", name: "action without resources needs a star", w: world{id: allow("", "ec2:DescribeInstances", "arn:aws:ec2:*:*:instance/*")}, who: roleA, action: "ec2:DescribeInstances", on: "*", want: Deny},
	{rule: "1.7", name: "2008 version: variables are plain text", w: world{id: `{"Version":"2008-10-17","Statement":[` + allow("", "s3:GetObject", "arn:aws:s3:::data/${aws:username}/*") + `]}`}, who: userA, action: "s3:GetObject", on: "arn:aws:s3:::data/ann/x", want: Deny},
	{rule: "1.7", name: "2008 version: the text itself", w: world{id: `{"Version":"2008-10-17","Statement":[` + allow("", "s3:GetObject", "arn:aws:s3:::data/${aws:username}/*") + `]}`}, who: userA, action: "s3:GetObject", on: "arn:aws:s3:::data/${aws:username}/x", want: Allow},
	{rule: "1.7", name: "default of an absent variable", w: world{id: allow("", "s3:GetObject", "arn:aws:s3:::data/${aws:username, 'shared'}/*")}, who: roleA, action: "s3:GetObject", on: "arn:aws:s3:::data/shared/x", want: Allow},
	{rule: "1.7", name: "literal star", w: world{id: allow("", "s3:GetObject", "arn:aws:s3:::data/${*}")}, who: roleA, want: Deny},
	{rule: "1.7", name: "literal dollar", w: world{id: allow("", "s3:GetObject", "arn:aws:s3:::data/${$}x")}, who: roleA, action: "s3:GetObject", on: "arn:aws:s3:::data/$x", want: Allow},
	{rule: "1.7", name: "principal tag variable", w: world{tags: map[string]string{"team": "ml"}, id: allow("", "s3:GetObject", "arn:aws:s3:::data/${aws:PrincipalTag/team}/*")}, who: roleA, action: "s3:GetObject", on: "arn:aws:s3:::data/ml/x", want: Allow},
	{rule: "1.7", name: "unknown variable is a condition", w: world{id: allow("", "s3:GetObject", "arn:aws:s3:::data/${aws:SourceVpc}/x")}, who: roleA, action: "s3:GetObject", on: "arn:aws:s3:::data/vpc-1/x", want: Conditional, conds: "StringEquals aws:SourceVpc vpc-1"},
	{rule: "1.7", name: "wildcard request: all of it", w: world{id: readAll}, who: roleA, action: "s3:GetObject", on: "arn:aws:s3:::data/*", want: Allow},
	{rule: "1.7", name: "wildcard request: part of it", w: world{id: allow("", "s3:GetObject", "arn:aws:s3:::data/a/*")}, who: roleA, action: "s3:GetObject", on: "arn:aws:s3:::data/*", want: Conditional},
	{rule: "1.7", name: "wildcard request: none of it", w: world{id: allow("", "s3:GetObject", "arn:aws:s3:::other/a/*")}, who: roleA, action: "s3:GetObject", on: "arn:aws:s3:::data/*", want: Deny},
	{rule: "1.7", name: "wildcard request: all but a denied part", w: world{id: readAll + "," + deny("", "s3:GetObject", "arn:aws:s3:::data/secret/*")}, who: roleA, action: "s3:GetObject", on: "arn:aws:s3:::data/*", want: Conditional},
	{rule: "1.7", name: "wildcard request over buckets: one bucket's policy denies", w: world{id: allow("", "s3:*", "*"), bucket: deny("*", "s3:GetObject", "arn:aws:s3:::data/*")}, who: roleA, action: "s3:GetObject", on: "arn:aws:s3:::d*/*", want: Conditional},
	{rule: "1.7", name: "wildcard request over buckets: no policy is against it", w: world{id: allow("", "s3:*", "*"), bucket: allow(roleB, "s3:GetObject", "arn:aws:s3:::data/*")}, who: roleA, action: "s3:GetObject", on: "arn:aws:s3:::d*/*", want: Allow},
	{rule: "1.7", name: "wildcard request over buckets: another account's without a policy", w: world{idB: allow("", "s3:*", "*")}, who: roleB, action: "s3:GetObject", on: "arn:aws:s3:::d*/*", want: Conditional},
	{rule: "1.7", name: "wildcard request over buckets: another account's that lets in", w: world{idB: allow("", "s3:*", "*"), bucket: allow(roleB, "s3:GetObject", "arn:aws:s3:::data/*")}, who: roleB, action: "s3:GetObject", on: "arn:aws:s3:::d*/*", want: Allow},
	{rule: "1.7", name: "wildcard request over buckets: the anonymous caller gets in at one", w: world{bucket: anyoneRead}, who: Anonymous, action: "s3:GetObject", on: "arn:aws:s3:::d*/*", want: Conditional, gaps: "bucket_policy arn:aws:s3:::d*/*"},
	{rule: "1.7", name: "wildcard request over buckets: the anonymous caller gets in at none that is known", who: Anonymous, action: "s3:GetObject", on: "arn:aws:s3:::d*/*", want: Unknown},
	{rule: "1.7", name: "wildcard request over accounts: another account's queue", w: world{idB: allow("", "sqs:*", "*"), mutate: withQueue("")}, who: roleB, action: "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:*:q*", want: Conditional},
	{rule: "1.7", name: "wildcard request over accounts: another account's queue that lets in", w: world{idB: allow("", "sqs:*", "*"), mutate: withQueue(allow(acctB, "sqs:*", "*"))}, who: roleB, action: "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:*:q*", want: Allow},
	{rule: "1.7", name: "wildcard request over one account: the other's queue is none of it", w: world{idB: allow("", "sqs:*", "*"), mutate: withQueue("")}, who: roleB, action: "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:222222222222:q*", want: Allow},
	{rule: "1.7", name: "wildcard request over keys: each key policy counts", w: world{id: allow("", "kms:*", "*"), key: allow(target1, "kms:*", "*")}, who: roleA, action: "kms:Decrypt", on: "arn:aws:kms:us-east-1:111111111111:key/*", want: Conditional},
	{rule: "1.7", name: "wildcard request over roles: trust counts", w: world{id: allow("", "sts:AssumeRole", "*"), trust: stmt("Allow", `{"Service":"ec2.amazonaws.com"}`, "sts:AssumeRole", "", "")}, who: roleA, action: "sts:AssumeRole", on: "arn:aws:iam::111111111111:role/t*", want: Conditional},
	{rule: "1.7", name: "wildcard request: the allowed part is denied", w: world{id: allow("", "s3:GetObject", "arn:aws:s3:::data/a/*") + "," + deny("", "s3:GetObject", "arn:aws:s3:::data/a*")}, who: roleA, action: "s3:GetObject", on: "arn:aws:s3:::data/*", want: Deny},
}

func cond(op, key, value string) string { return `{"` + op + `":{"` + key + `":` + list(value) + `}}` }

func idIf(op, key, value string) world { return world{id: iff(cond(op, key, value), readAll)} }

func ctx(key string, values ...string) map[string][]string { return map[string][]string{key: values} }

// rules1_8 is the table of operators and missing keys.
// Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and
// "Multivalued context keys".
var rules1_8 = []ruleCase{
	{rule: "1.8", name: "positive on a missing key", w: idIf("StringEquals", "aws:SourceVpce", "vpce-9"), who: roleA, absent: []string{"aws:SourceVpce"}, want: Deny},
	{rule: "1.8", name: "positive on a present key", w: idIf("StringEquals", "aws:SourceVpce", "vpce-9"), who: roleA, ctx: ctx("aws:sourceVPCE", "vpce-9"), want: Allow},
	{rule: "1.8", name: "positive on an unknown key", w: idIf("StringEquals", "aws:SourceVpce", "vpce-9"), who: roleA, want: Conditional, conds: "StringEquals aws:SourceVpce vpce-9"},
	{rule: "1.8", name: "negated on a missing key", w: idIf("StringNotEquals", "aws:SourceVpce", "vpce-9"), who: roleA, absent: []string{"aws:SourceVpce"}, want: Allow},
	{rule: "1.8", name: "IfExists on a missing key", w: idIf("StringEqualsIfExists", "aws:SourceVpce", "vpce-9"), who: roleA, absent: []string{"aws:SourceVpce"}, want: Allow},
	{rule: "1.8", name: "IfExists on another value", w: idIf("StringEqualsIfExists", "aws:SourceVpce", "vpce-9"), who: roleA, ctx: ctx("aws:SourceVpce", "vpce-2"), want: Deny},
	{rule: "1.8", name: "Null true on a missing key", w: idIf("Null", "aws:SourceVpce", "true"), who: roleA, absent: []string{"aws:SourceVpce"}, want: Allow},
	{rule: "1.8", name: "Null false on a missing key", w: idIf("Null", "aws:SourceVpce", "false"), who: roleA, absent: []string{"aws:SourceVpce"}, want: Deny},
	{rule: "1.8", name: "Null false on a present key", w: idIf("Null", "aws:SourceVpce", "false"), who: roleA, ctx: ctx("aws:SourceVpce", "x"), want: Allow},
	{rule: "1.8", name: "ForAllValues on a missing key", w: idIf("ForAllValues:StringEquals", "aws:TagKeys", `["a","b"]`), who: roleA, absent: []string{"aws:TagKeys"}, want: Allow},
	{rule: "1.8", name: "ForAllValues all within", w: idIf("ForAllValues:StringEquals", "aws:TagKeys", `["a","b"]`), who: roleA, ctx: ctx("aws:TagKeys", "a", "b"), want: Allow},
	{rule: "1.8", name: "ForAllValues one outside", w: idIf("ForAllValues:StringEquals", "aws:TagKeys", `["a","b"]`), who: roleA, ctx: ctx("aws:TagKeys", "a", "c"), want: Deny},
	{rule: "1.8", name: "ForAnyValue on a missing key", w: idIf("ForAnyValue:StringEquals", "aws:TagKeys", `["a","b"]`), who: roleA, absent: []string{"aws:TagKeys"}, want: Deny},
	{rule: "1.8", name: "ForAnyValue one within", w: idIf("ForAnyValue:StringEquals", "aws:TagKeys", `["a","b"]`), who: roleA, ctx: ctx("aws:TagKeys", "a", "c"), want: Allow},
	{rule: "1.8", name: "ForAnyValue negated: one outside", w: idIf("ForAnyValue:StringNotEquals", "aws:TagKeys", `["a","b"]`), who: roleA, ctx: ctx("aws:TagKeys", "a", "c"), want: Allow},
	{rule: "1.8", name: "ForAllValues negated on a missing key", w: idIf("ForAllValues:StringNotEquals", "aws:TagKeys", `["a","b"]`), who: roleA, absent: []string{"aws:TagKeys"}, want: Allow},
	{rule: "1.8", name: "several values are alternatives", w: idIf("StringEquals", "aws:SourceVpce", `["vpce-1","vpce-9"]`), who: roleA, ctx: ctx("aws:SourceVpce", "vpce-9"), want: Allow},
	{rule: "1.8", name: "negated with several values: none may match", w: idIf("StringNotEquals", "aws:SourceVpce", `["vpce-7","vpce-9"]`), who: roleA, ctx: ctx("aws:SourceVpce", "vpce-9"), want: Deny},
	{rule: "1.8", name: "keys ignore case", w: idIf("StringEquals", "AWS:sourcevpce", "vpce-9"), who: roleA, ctx: ctx("aws:SourceVpce", "vpce-9"), want: Allow},
	{rule: "1.8", name: "StringEquals minds case", w: idIf("StringEquals", "aws:SourceVpce", "VPCE-9"), who: roleA, ctx: ctx("aws:SourceVpce", "vpce-9"), want: Deny},
	{rule: "1.8", name: "StringEqualsIgnoreCase", w: idIf("StringEqualsIgnoreCase", "aws:SourceVpce", "VPCE-9"), who: roleA, ctx: ctx("aws:SourceVpce", "vpce-9"), want: Allow},
	{rule: "1.8", name: "StringEquals takes no wildcards", w: idIf("StringEquals", "aws:SourceVpce", "vpce-*"), who: roleA, ctx: ctx("aws:SourceVpce", "vpce-9"), want: Deny},
	{rule: "1.8", name: "StringLike takes wildcards", w: idIf("StringLike", "aws:SourceVpce", "vpce-?"), who: roleA, ctx: ctx("aws:SourceVpce", "vpce-9"), want: Allow},
	{rule: "1.8", name: "NumericLessThan", w: idIf("NumericLessThan", "s3:max-keys", "10"), who: roleA, ctx: ctx("s3:max-keys", "9.5"), want: Allow},
	{rule: "1.8", name: "NumericGreaterThanEquals at the bound", w: idIf("NumericGreaterThanEquals", "s3:max-keys", "10"), who: roleA, ctx: ctx("s3:max-keys", "10"), want: Allow},
	{rule: "1.8", name: "a range of addresses that is none is never decided (warning)", w: idIf("IpAddress", "aws:SourceIp", "10.0.0.0/99"), who: roleA, ctx: ctx("aws:SourceIp", "10.0.0.1"), want: Conditional},
	{rule: "1.8", name: "a range of addresses that is none, negated (warning)", w: idIf("NotIpAddress", "aws:SourceIp", "10.0.0.0/99"), who: roleA, ctx: ctx("aws:SourceIp", "10.0.0.1"), want: Conditional},
	{rule: "1.8", name: "a range of addresses that is none beside one that matches (warning)", w: idIf("IpAddress", "aws:SourceIp", `["10.0.0.0/99","192.0.2.0/24"]`), who: roleA, ctx: ctx("aws:SourceIp", "192.0.2.1"), want: Allow},
	{rule: "1.8", name: "a range of addresses that is none, on a missing key (warning)", w: idIf("IpAddress", "aws:SourceIp", "10.0.0.0/99"), who: roleA, absent: []string{"aws:SourceIp"}, want: Deny},
	{rule: "1.8", name: "a date of the policy that is none, negated (warning)", w: idIf("DateNotEquals", "aws:CurrentTime", "someday"), who: roleA, ctx: ctx("aws:CurrentTime", "2026-01-01T00:00:00Z"), want: Conditional},
	{rule: "1.8", name: "a number that is none", w: idIf("NumericEquals", "s3:max-keys", "10"), who: roleA, ctx: ctx("s3:max-keys", "ten"), want: Deny},
	{rule: "1.8", name: "dates", w: idIf("DateGreaterThan", "aws:CurrentTime", "2026-01-01T00:00:00Z"), who: roleA, ctx: ctx("aws:CurrentTime", "2026-02-01T00:00:00Z"), want: Allow},
	{rule: "1.8", name: "dates in epoch seconds", w: idIf("DateLessThan", "aws:CurrentTime", "1767225600"), who: roleA, ctx: ctx("aws:CurrentTime", "2026-02-01T00:00:00Z"), want: Deny},
	{rule: "1.8", name: "aws:CurrentTime unsaid is unknown", w: idIf("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"), who: roleA, want: Conditional},
	{rule: "1.8", name: "Bool", w: idIf("Bool", "aws:MultiFactorAuthPresent", "true"), who: roleA, ctx: ctx("aws:MultiFactorAuthPresent", "True"), want: Allow},
	{rule: "1.8", name: "BoolIfExists on a missing key", w: idIf("BoolIfExists", "aws:MultiFactorAuthPresent", "true"), who: roleA, absent: []string{"aws:MultiFactorAuthPresent"}, want: Allow},
	{rule: "1.8", name: "SecureTransport is known", w: world{id: readAll, bucket: iff(cond("Bool", "aws:SecureTransport", "false"), deny("*", "s3:*", "*"))}, who: roleA, want: Allow},
	{rule: "1.8", name: "IpAddress within", w: idIf("IpAddress", "aws:SourceIp", "10.0.0.0/8"), who: roleA, ctx: ctx("aws:SourceIp", "10.1.2.3"), want: Allow},
	{rule: "1.8", name: "IpAddress outside", w: idIf("IpAddress", "aws:SourceIp", "10.0.0.0/8"), who: roleA, ctx: ctx("aws:SourceIp", "11.1.2.3"), want: Deny},
	{rule: "1.8", name: "aws:SourceIp is absent through an endpoint", w: idIf("IpAddress", "aws:SourceIp", "0.0.0.0/0"), who: roleA, ctx: ctx("aws:SourceVpce", "vpce-9"), want: Deny},
	{rule: "1.8", name: "NotIpAddress", w: idIf("NotIpAddress", "aws:SourceIp", "10.0.0.0/8"), who: roleA, ctx: ctx("aws:SourceIp", "11.1.2.3"), want: Allow},
	{rule: "1.8", name: "IPv4 and IPv6 are distinct", w: idIf("IpAddress", "aws:SourceIp", "::ffff:0:0/96"), who: roleA, ctx: ctx("aws:SourceIp", "10.0.0.1"), want: Deny},
	{rule: "1.8", name: "IPv6", w: idIf("IpAddress", "aws:SourceIp", "2001:db8::/32"), who: roleA, ctx: ctx("aws:SourceIp", "2001:db8::1"), want: Allow},
	{rule: "1.8", name: "ArnLike: a star does not cross : (warning)", w: idIf("ArnLike", "aws:SourceArn", "arn:aws:s3*"), who: roleA, ctx: ctx("aws:SourceArn", "arn:aws:s3:::data"), want: Deny},
	{rule: "1.8", name: "ArnLike: a star crosses / in the resource", w: idIf("ArnLike", "aws:SourceArn", "arn:aws:iam::1:role/*r"), who: roleA, ctx: ctx("aws:SourceArn", "arn:aws:iam::1:role/path/r"), want: Allow},
	{rule: "1.8", name: "ArnEquals: a name does not match a path", w: idIf("ArnEquals", "aws:SourceArn", "arn:aws:iam::1:role/r"), who: roleA, ctx: ctx("aws:SourceArn", "arn:aws:iam::1:role/path/r"), want: Deny},
	{rule: "1.8", name: "ArnEquals takes wildcards", w: idIf("ArnEquals", "aws:SourceArn", "arn:aws:iam::*:role/r"), who: roleA, ctx: ctx("aws:SourceArn", "arn:aws:iam::1:role/r"), want: Allow},
	{rule: "1.8", name: "BinaryEquals", w: idIf("BinaryEquals", "x:key", "QmluYXJ5"), who: roleA, ctx: ctx("x:key", "QmluYXJ5"), want: Allow},
	{rule: "1.8", name: "operators and keys are joined by AND", w: world{id: iff(`{"StringEquals":{"a:b":"1","a:c":"2"},"Bool":{"a:d":"true"}}`, readAll)}, who: roleA, ctx: map[string][]string{"a:b": {"1"}, "a:c": {"2"}, "a:d": {"false"}}, want: Deny},
	{rule: "1.8", name: "unknown operator: the policy is not understood (warning)", w: idIf("StringSounds", "aws:SourceVpce", "x"), who: roleA, want: Unknown, gaps: "policy role-inline"},
	{rule: "1.8", name: "unknown operator: a sound statement beside it may still be denied (warning)", w: world{id: readAll + "," + iff(cond("StringSounds", "aws:SourceVpce", "x"), deny("", "*", "*"))}, who: roleA, want: Unknown, gaps: "policy role-inline"},
	{rule: "1.8", name: "unknown operator: a sound policy denies all the same (warning)", w: world{id: iff(cond("StringSounds", "aws:SourceVpce", "x"), readAll) + "," + deny("", "s3:*", "*")}, who: roleA, want: Deny, layer: LayerIdentity},
	{rule: "1.8", name: "Null is true or false (warning)", w: idIf("Null", "aws:SourceVpce", "perhaps"), who: roleA, want: Unknown},
	{rule: "1.8", name: "the value's only variable is absent: nothing to equal", w: idIf("StringEquals", "s3:prefix", "${aws:PrincipalTag/none}"), who: roleA, want: Deny},
	{rule: "1.8", name: "the value's only variable is absent: IfExists holds without the key", w: idIf("StringEqualsIfExists", "s3:prefix", "${aws:PrincipalTag/none}"), who: roleA, want: Conditional, conds: "Null s3:prefix true"},
	{rule: "1.8", name: "one variable of two is absent: the other value is left", w: idIf("StringEquals", "s3:prefix", `["${aws:PrincipalTag/none}","a"]`), who: roleA, want: Conditional, conds: "StringEquals s3:prefix a"},
	{rule: "1.8", name: "token time: the role (fn3)", w: idIf("DateGreaterThan", "aws:TokenIssueTime", "2020-01-01T00:00:01Z"), who: roleA, want: Allow},
	{rule: "1.8", name: "token time: the user only with a session (fn3)", w: idIf("DateGreaterThan", "aws:TokenIssueTime", "2020-01-01T00:00:01Z"), who: userA, want: Conditional},
	{rule: "1.8", name: "token time: never again before 2020 (fp5)", w: idIf("DateLessThan", "aws:TokenIssueTime", "2020-01-01T00:00:01Z"), who: userA, want: Deny},
	{rule: "1.8", name: "variable in a value", w: world{tags: map[string]string{"vpce": "vpce-9"}, id: iff(cond("StringEquals", "aws:SourceVpce", "${aws:PrincipalTag/vpce}"), readAll)}, who: roleA, ctx: ctx("aws:SourceVpce", "vpce-9"), want: Allow},
	{rule: "1.8", name: "absent variable in a value", w: world{id: iff(cond("StringEquals", "aws:SourceVpce", "${aws:PrincipalTag/vpce}"), readAll)}, who: roleA, ctx: ctx("aws:SourceVpce", "vpce-9"), want: Deny},
	{rule: "1.8", name: "ABAC: principal tag equals resource tag", w: world{tags: map[string]string{"team": "ml"}, id: iff(cond("StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}"), allow("", "sqs:*", "*"))}, who: roleA, action: "sqs:SendMessage", on: "arn:aws:sqs:us-east-1:111111111111:q", want: Conditional},
}

// rules1_9 are the keys that decide "public".
// Source: S3 User Guide, "Blocking public access", the meaning of "public".
var rules1_9 = []ruleCase{
	{rule: "1.9", name: "PrincipalOrgID keeps any customer out", w: world{bucket: iff(cond("StringEquals", "aws:PrincipalOrgID", "o-1"), anyoneRead)}, who: AnyAccount, want: Deny},
	{rule: "1.9", name: "PrincipalOrgID lets the organisation in", w: world{idB: readAll, bucket: iff(cond("StringEquals", "aws:PrincipalOrgID", "o-1"), anyoneRead)}, who: roleB, want: Allow},
	{rule: "1.9", name: "wildcard PrincipalOrgID narrows nothing", w: world{bucket: iff(cond("StringLike", "aws:PrincipalOrgID", "o-*"), anyoneRead)}, who: AnyAccount, want: Allow},
	{rule: "1.9", name: "PrincipalOrgID keeps the anonymous caller out", w: world{bucket: iff(cond("StringEquals", "aws:PrincipalOrgID", "o-1"), anyoneRead)}, who: Anonymous, want: Deny},
	{rule: "1.9", name: "PrincipalAccount", w: world{bucket: iff(cond("StringEquals", "aws:PrincipalAccount", acctB), anyoneRead)}, who: AnyAccount, want: Deny},
	{rule: "1.9", name: "PrincipalArn with a wildcard account", w: world{bucket: iff(cond("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/x"), anyoneRead)}, who: AnyAccount, want: Allow},
	{rule: "1.9", name: "PrincipalArn with a literal account", w: world{bucket: iff(cond("ArnLike", "aws:PrincipalArn", "arn:aws:iam::222222222222:role/*"), anyoneRead)}, who: AnyAccount, want: Deny},
	{rule: "1.9", name: "SourceVpce is a condition", w: world{bucket: iff(cond("StringEquals", "aws:SourceVpce", "vpce-9"), anyoneRead)}, who: Anonymous, want: Conditional, conds: "StringEquals aws:SourceVpce vpce-9"},
	{rule: "1.9", name: "SourceIp is a condition", w: world{bucket: iff(cond("IpAddress", "aws:SourceIp", "203.0.113.0/24"), anyoneRead)}, who: Anonymous, want: Conditional, conds: "IpAddress aws:SourceIp 203.0.113.0/24"},
	{rule: "1.9", name: "SecureTransport narrows nothing", w: world{bucket: iff(cond("Bool", "aws:SecureTransport", "true"), anyoneRead)}, who: Anonymous, want: Allow},
	{rule: "1.9", name: "Deny by NotIpAddress with an unknown address", w: world{bucket: anyoneRead + "," + iff(cond("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"), deny("*", "s3:*", "*"))}, who: Anonymous, want: Conditional, conds: "IpAddress aws:SourceIp 203.0.113.0/24"},
	{rule: "1.9", name: "principal tags of outsiders are their own", w: world{bucket: iff(cond("StringEquals", "aws:PrincipalTag/team", "ml"), anyoneRead)}, who: AnyAccount, want: Allow},
}

var blockAll = BlockPublicAccess{true, true, true, true}

const listAll = `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*"}`

// rules1_10 are S3's own.
// Source: S3 User Guide, "Blocking public access", "Controlling ownership of
// objects", "Access control list (ACL) overview".
var rules1_10 = []ruleCase{
	{rule: "1.10", name: "RestrictPublicBuckets on the bucket", w: world{bucket: listAll, bpa: &BlockPublicAccess{RestrictPublicBuckets: true}}, who: Anonymous, want: Deny, layer: LayerBPA},
	{rule: "1.10", name: "RestrictPublicBuckets on the account", w: world{bucket: listAll, accountBPA: Of(BlockPublicAccess{RestrictPublicBuckets: true})}, who: Anonymous, want: Deny, layer: LayerBPA},
	{rule: "1.10", name: "BlockPublicPolicy closes no existing hole", w: world{bucket: listAll, bpa: &BlockPublicAccess{BlockPublicPolicy: true, BlockPublicAcls: true}}, who: Anonymous, want: Allow},
	{rule: "1.10", name: "RestrictPublicBuckets stops fixed cross-account grants of a public policy", w: world{idB: readAll, bucket: listAll + "," + bucketFor(roleB), bpa: &blockAll}, who: roleB, want: Deny, layer: LayerBPA},
	{rule: "1.10", name: "RestrictPublicBuckets leaves a policy that is not public", w: world{idB: readAll, bucket: bucketFor(roleB), bpa: &blockAll}, who: roleB, want: Allow},
	{rule: "1.10", name: "RestrictPublicBuckets leaves the owner's account", w: world{bucket: listAll, bpa: &blockAll}, who: roleA, want: Allow},
	{rule: "1.10", name: "account setting not collected", w: world{bucket: listAll, mutate: func(i *Inventory) { i.Accounts[acctA].S3BlockPublicAccess = Evidence[BlockPublicAccess]{} }}, who: Anonymous, want: Unknown},
	{rule: "1.10", name: "a /1 range is public", w: world{idB: readAll, bucket: iff(cond("IpAddress", "aws:SourceIp", "0.0.0.0/1"), listAll) + "," + bucketFor(roleB), bpa: &blockAll}, who: roleB, want: Deny, layer: LayerBPA},
	{rule: "1.10", name: "a /24 range is not public", w: world{idB: readAll, bucket: iff(cond("IpAddress", "aws:SourceIp", "203.0.113.0/24"), listAll) + "," + bucketFor(roleB), bpa: &blockAll}, who: roleB, want: Allow},
	{rule: "1.10", name: "ACL: AllUsers may list", w: world{acl: []ACLGrant{{GranteeURI: aclAllUsers, Permission: "READ"}}, ownership: "ObjectWriter"}, who: Anonymous, action: "s3:ListBucket", on: bucket, want: Allow, layer: LayerACL},
	{rule: "1.10", name: "ACL: READ of a bucket reads no objects", w: world{acl: []ACLGrant{{GranteeURI: aclAllUsers, Permission: "READ"}}, ownership: "ObjectWriter"}, who: Anonymous, want: Deny},
	{rule: "1.10", name: "ACL: BucketOwnerEnforced disables ACLs", w: world{acl: []ACLGrant{{GranteeURI: aclAllUsers, Permission: "READ"}}}, who: Anonymous, action: "s3:ListBucket", on: bucket, want: Deny},
	{rule: "1.10", name: "ACL: IgnorePublicAcls", w: world{acl: []ACLGrant{{GranteeURI: aclAllUsers, Permission: "READ"}}, ownership: "ObjectWriter", bpa: &BlockPublicAccess{IgnorePublicAcls: true}}, who: Anonymous, action: "s3:ListBucket", on: bucket, want: Deny},
	{rule: "1.10", name: "ACL: AuthenticatedUsers is any customer", w: world{acl: []ACLGrant{{GranteeURI: aclAuthenticatedUsers, Permission: "WRITE"}}, ownership: "ObjectWriter"}, who: AnyAccount, action: "s3:PutObject", on: object, want: Allow},
	{rule: "1.10", name: "ACL: AuthenticatedUsers is not the anonymous caller", w: world{acl: []ACLGrant{{GranteeURI: aclAuthenticatedUsers, Permission: "READ"}}, ownership: "ObjectWriter"}, who: Anonymous, action: "s3:ListBucket", on: bucket, want: Deny},
	{rule: "1.10", name: "ACL: another account by canonical id", w: world{idB: allow("", "s3:*", "*"), acl: []ACLGrant{{GranteeID: "bbbb", Permission: "READ"}}, ownership: "ObjectWriter"}, who: roleB, action: "s3:ListBucket", on: bucket, want: Allow},
	{rule: "1.10", name: "bucket tags need ABAC", w: world{id: iff(cond("StringEquals", "aws:ResourceTag/team", "ml"), readAll), mutate: func(i *Inventory) { i.Resources[bucket].S3.ABAC = Of(false) }}, who: roleA, want: Deny},
	{rule: "1.10", name: "bucket tags with ABAC", w: world{id: iff(cond("StringEquals", "aws:ResourceTag/team", "ml"), readAll), mutate: func(i *Inventory) { i.Resources[bucket].S3.ABAC = Of(true) }}, who: roleA, want: Allow},
	{rule: "1.10", name: "bucket tags, ABAC not collected", w: world{id: iff(cond("StringEquals", "aws:ResourceTag/team", "ml"), readAll)}, who: roleA, want: Conditional},
}

// rules1_11 is the logic of what is not known.
var rules1_11 = []ruleCase{
	{rule: "1.11", name: "a conditional deny is a condition", w: world{id: readAll, bucket: iff(cond("StringNotEquals", "aws:SourceVpce", "vpce-9"), deny("*", "s3:*", "*"))}, who: roleA, want: Conditional, conds: "StringEquals aws:SourceVpce vpce-9"},
	{rule: "1.11", name: "the same deny with the endpoint", w: world{id: readAll, bucket: iff(cond("StringNotEquals", "aws:SourceVpce", "vpce-9"), deny("*", "s3:*", "*"))}, who: roleA, ctx: ctx("aws:SourceVpce", "vpce-9"), want: Allow},
	{rule: "1.11", name: "the same deny without any endpoint", w: world{id: readAll, bucket: iff(cond("StringNotEquals", "aws:SourceVpce", "vpce-9"), deny("*", "s3:*", "*"))}, who: roleA, absent: []string{"aws:SourceVpce"}, want: Deny, layer: LayerResource},
	{rule: "1.11", name: "an unconditional allow beside a conditional one", w: world{id: readAll + "," + iff(cond("StringEquals", "a:b", "1"), readAll)}, who: roleA, want: Allow},
	{rule: "1.11", name: "two conditional allows are OR", w: world{id: iff(cond("StringEquals", "a:b", "1"), readAll) + "," + iff(cond("StringEquals", "a:c", "2"), readAll)}, who: roleA, want: Conditional, conds: "StringEquals a:b 1; StringEquals a:c 2"},
	{rule: "1.11", name: "allow and deny on the same condition is deny", w: world{id: iff(cond("StringEquals", "a:b", "1"), readAll) + "," + iff(cond("StringEquals", "a:b", "1"), deny("", "s3:*", "*"))}, who: roleA, want: Deny},
	{rule: "1.11", name: "contradictory equalities are deny", w: world{id: iff(cond("StringEquals", "a:b", "1"), readAll), bucket: iff(cond("StringNotEquals", "a:b", "2"), deny("*", "s3:*", "*"))}, who: roleA, want: Deny},
	{rule: "1.11", name: "disjoint ranges are deny", w: world{id: iff(cond("IpAddress", "aws:SourceIp", "10.0.0.0/8"), readAll), bucket: iff(cond("NotIpAddress", "aws:SourceIp", "192.168.0.0/16"), deny("*", "s3:*", "*"))}, who: roleA, want: Deny},
	{rule: "1.11", name: "complementary allows are allow", w: world{id: iff(cond("StringEquals", "a:b", "1"), readAll) + "," + iff(cond("StringNotEquals", "a:b", "1"), readAll)}, who: roleA, want: Allow},
	{rule: "1.11", name: "an implied condition is dropped", w: world{id: iff(cond("StringEquals", "a:b", "10"), readAll), boundary: iff(cond("StringLike", "a:b", "1*"), readAll)}, who: roleA, want: Conditional, conds: "StringEquals a:b 10"},
	{rule: "1.11", name: "bucket policy not collected", w: world{id: readAll, bucket: "?"}, who: roleA, want: Unknown},
	{rule: "1.11", name: "bucket policy not collected, SCP denies anyway", w: world{id: readAll, bucket: "?", scps: []string{noRead}}, who: roleA, want: Deny},
	{rule: "1.11", name: "unparsable identity policy (warning)", w: world{id: `{"Statement":[{"Action":"s3:*"}]}`}, who: roleA, want: Unknown},
	{rule: "1.11", name: "unparsable identity policy beside an explicit deny (warning)", w: world{id: `{"Statement":[{"Action":"s3:*"},` + deny("", "s3:*", "*") + `]}`}, who: roleA, want: Deny},
	{rule: "1.11", name: "attached policy whose text is missing", w: world{id: readAll, mutate: func(i *Inventory) { i.Roles[roleA].Attached = Of([]string{"arn:aws:iam::aws:policy/Foo"}) }}, who: roleA, want: Unknown},
	{rule: "1.11", name: "boundary not collected", w: world{id: readAll, mutate: func(i *Inventory) { i.Roles[roleA].Boundary = Evidence[string]{} }}, who: roleA, want: Unknown},
	{rule: "1.11", name: "organisation not collected is computed without", w: world{id: readAll, mutate: func(i *Inventory) { i.Organizations = map[string]*Organization{} }}, who: roleA, want: Allow},
}

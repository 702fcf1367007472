package aws

import "strings"

// says is an identity policy of statements.
func says(statements ...string) world { return world{id: strings.Join(statements, ",")} }

func allowIf(conditions string) string { return iff(conditions, readAll) }
func denyIf(conditions string) string  { return iff(conditions, deny("", "s3:GetObject", "*")) }

// rulesResidue are conditions that meet: what no request fulfils is a deny, what
// every request fulfils an allow, and the near miss beside each stays conditional.
// Source: IAM User Guide, "IAM JSON policy elements: Condition operators",
// "Multivalued context keys", "AWS global condition context keys", availability.
var rulesResidue = []ruleCase{
	{rule: "1.8", name: "through an endpoint and from a public address", w: says(allowIf(`{"StringEquals":{"aws:SourceVpce":"vpce-9"},"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`)), who: roleA, want: Deny},
	{rule: "1.8", name: "through an endpoint or from a public address", w: says(allowIf(cond("StringEquals", "aws:SourceVpce", "vpce-9")), allowIf(cond("IpAddress", "aws:SourceIp", "203.0.113.0/24"))), who: roleA, want: Conditional},
	{rule: "1.8", name: "through an endpoint, from no other public address", w: says(allowIf(cond("StringEquals", "aws:SourceVpce", "vpce-9")), denyIf(cond("IpAddress", "aws:SourceIp", "203.0.113.0/24"))), who: roleA, want: Conditional, conds: "StringEquals aws:SourceVpce vpce-9"},
	{rule: "1.8", name: "from a VPC without an endpoint", w: says(allowIf(`{"StringEquals":{"aws:SourceVpc":"vpc-9"},"Null":{"aws:SourceVpce":"true"}}`)), who: roleA, want: Deny},
	{rule: "1.8", name: "from a VPC by any endpoint", w: says(allowIf(`{"StringEquals":{"aws:SourceVpc":"vpc-9"},"Null":{"aws:SourceVpce":"false"}}`)), who: roleA, want: Conditional},
	{rule: "1.8", name: "an endpoint of another VPC", w: world{endpoint: allow("*", "*", "*"), id: allowIf(`{"StringEquals":{"aws:SourceVpce":"vpce-1","aws:SourceVpc":"vpc-2"}}`)}, who: roleA, want: Deny},
	{rule: "1.8", name: "an endpoint of that VPC", w: world{endpoint: allow("*", "*", "*"), id: allowIf(`{"StringEquals":{"aws:SourceVpce":"vpce-1","aws:SourceVpc":["vpc-2","vpc-1"]}}`)}, who: roleA, want: Conditional},
	{rule: "1.8", name: "an endpoint nobody collected may be of that VPC", w: world{endpoint: allow("*", "*", "*"), id: allowIf(`{"StringEquals":{"aws:SourceVpce":["vpce-1","vpce-8"],"aws:SourceVpc":"vpc-2"}}`)}, who: roleA, want: Conditional},
	{rule: "1.8", name: "called by a service and not by a service", w: says(allowIf(`{"Bool":{"aws:ViaAWSService":"false"},"ForAnyValue:StringEquals":{"aws:CalledVia":"athena.amazonaws.com"}}`)), who: roleA, want: Deny},
	{rule: "1.8", name: "called by a service", w: says(allowIf(`{"Bool":{"aws:ViaAWSService":"true"},"ForAnyValue:StringEquals":{"aws:CalledVia":"athena.amazonaws.com"}}`)), who: roleA, want: Conditional},
	{rule: "1.8", name: "the age of an MFA that was not", w: says(allowIf(`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"},"NumericLessThan":{"aws:MultiFactorAuthAge":"300"}}`)), who: userA, want: Deny},
	{rule: "1.8", name: "the age of an MFA, if there was one", w: says(allowIf(`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"},"NumericLessThanIfExists":{"aws:MultiFactorAuthAge":"300"}}`)), who: userA, want: Conditional},
	{rule: "1.8", name: "below a bound and not below a greater one", w: says(allowIf(cond("NumericLessThan", "s3:max-keys", "10")), denyIf(cond("NumericLessThanEquals", "s3:max-keys", "20"))), who: roleA, want: Deny},
	{rule: "1.8", name: "below a bound and not below a smaller one", w: says(allowIf(cond("NumericLessThan", "s3:max-keys", "10")), denyIf(cond("NumericLessThan", "s3:max-keys", "5"))), who: roleA, want: Conditional},
	{rule: "1.8", name: "before a day or from it on: time is always told", w: says(allowIf(cond("DateLessThan", "aws:CurrentTime", "2030-01-01T00:00:00Z")), allowIf(cond("DateGreaterThanEquals", "aws:CurrentTime", "2030-01-01T00:00:00Z"))), who: roleA, want: Allow},
	{rule: "1.8", name: "below a number or from it on: the key may be missing", w: says(allowIf(cond("NumericLessThan", "s3:max-keys", "10")), allowIf(cond("NumericGreaterThanEquals", "s3:max-keys", "10"))), who: roleA, want: Conditional},
	{rule: "1.8", name: "ArnLike and ArnEquals are one", w: says(allowIf(cond("ArnLike", "aws:SourceArn", "arn:aws:sns:us-east-1:1:t")), denyIf(cond("ArnEquals", "aws:SourceArn", "arn:aws:sns:us-east-1:1:*"))), who: roleA, want: Deny},
	{rule: "1.8", name: "ArnLike and another ArnEquals", w: says(allowIf(cond("ArnLike", "aws:SourceArn", "arn:aws:sns:us-east-1:1:*")), denyIf(cond("ArnEquals", "aws:SourceArn", "arn:aws:sns:us-east-1:1:t"))), who: roleA, want: Conditional},
	{rule: "1.8", name: "two names apart, whatever their case", w: says(allowIf(cond("StringEqualsIgnoreCase", "aws:RequestTag/a", "X")), denyIf(cond("StringNotEqualsIgnoreCase", "aws:RequestTag/a", "y"))), who: roleA, want: Deny},
	{rule: "1.8", name: "two spellings of one name", w: says(allowIf(cond("StringEqualsIgnoreCase", "aws:RequestTag/a", "X")), denyIf(cond("StringNotEqualsIgnoreCase", "aws:RequestTag/a", "x"))), who: roleA, want: Conditional},
	{rule: "1.8", name: "a name of any case and one in it", w: says(allowIf(cond("StringEqualsIgnoreCase", "aws:RequestTag/a", "X")), denyIf(cond("StringNotEquals", "aws:RequestTag/a", "x"))), who: roleA, want: Conditional},
	{rule: "1.8", name: "missing, or anything at all", w: says(allowIf(cond("Null", "aws:RequestTag/a", "true")), allowIf(cond("StringLike", "aws:RequestTag/a", "*"))), who: roleA, want: Allow},
	{rule: "1.8", name: "missing, or anything of one character", w: says(allowIf(cond("Null", "aws:RequestTag/a", "true")), allowIf(cond("StringLike", "aws:RequestTag/a", "?"))), who: roleA, want: Conditional},
	{rule: "1.8", name: "IfExists on a key that must be there is the plain operator", w: says(allowIf(`{"StringEqualsIfExists":{"aws:RequestTag/a":"x"},"Null":{"aws:RequestTag/a":"false"}}`), denyIf(cond("StringEquals", "aws:RequestTag/a", "x"))), who: roleA, want: Deny},
	{rule: "1.8", name: "a deny that takes a missing key leaves a key that is there", w: says(readAll, denyIf(cond("StringLikeIfExists", "s3:prefix", "a*"))), who: roleA, want: Conditional, conds: "Null s3:prefix false; StringNotLike s3:prefix a*"},
	{rule: "1.8", name: "a deny that does not take a missing key leaves it", w: says(readAll, denyIf(cond("StringLike", "s3:prefix", "a*"))), who: roleA, want: Conditional, conds: "StringNotLike s3:prefix a*"},
	{rule: "1.8", name: "a deny below one of two numbers leaves the greater", w: says(readAll, denyIf(cond("NumericLessThan", "s3:max-keys", `["5","10"]`))), who: roleA, want: Conditional, conds: "NumericGreaterThanEqualsIfExists s3:max-keys 10"},
	{rule: "1.8", name: "true or false is there", w: says(allowIf(cond("Bool", "aws:MultiFactorAuthPresent", `["true","false"]`))), who: roleA, want: Conditional, conds: "Null aws:MultiFactorAuthPresent false"},
	{rule: "1.8", name: "true or false, if it is there", w: says(allowIf(cond("BoolIfExists", "aws:MultiFactorAuthPresent", `["true","false"]`))), who: roleA, want: Allow},
	{rule: "1.8", name: "all values are something", w: says(allowIf(cond("ForAllValues:StringLike", "aws:TagKeys", "*"))), who: roleA, want: Allow},
	{rule: "1.8", name: "some value is something", w: says(allowIf(cond("ForAnyValue:StringLike", "aws:TagKeys", "*"))), who: roleA, want: Conditional},
	{rule: "1.8", name: "some value, of none", w: says(allowIf(`{"ForAnyValue:StringEquals":{"aws:TagKeys":"a"},"Null":{"aws:TagKeys":"true"}}`)), who: roleA, want: Deny},
	{rule: "1.8", name: "all values, of none", w: says(allowIf(`{"ForAllValues:StringEquals":{"aws:TagKeys":"a"},"Null":{"aws:TagKeys":"true"}}`)), who: roleA, want: Conditional},
	{rule: "1.8", name: "some value that no value may be", w: says(allowIf(`{"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]},"ForAllValues:StringLike":{"aws:TagKeys":"c*"}}`)), who: roleA, want: Deny},
	{rule: "1.8", name: "some value that one may be", w: says(allowIf(`{"ForAnyValue:StringEquals":{"aws:TagKeys":["a","c1"]},"ForAllValues:StringLike":{"aws:TagKeys":"c*"}}`)), who: roleA, want: Conditional},
	{rule: "1.8", name: "some value, each of which is forbidden", w: says(allowIf(cond("ForAnyValue:StringEquals", "aws:TagKeys", "a")), denyIf(cond("ForAnyValue:StringLike", "aws:TagKeys", "a*"))), who: roleA, want: Deny},
}

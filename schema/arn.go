package schema

import "strings"

// ARN is an Amazon Resource Name split into its six parts. The zero value is
// not an ARN. Partition is never assumed: aws, aws-cn, aws-us-gov and those to
// come are equal here.
//
// Source: AWS General Reference, "Identify AWS resources with Amazon Resource
// Names (ARNs)", read 2026-11.
type ARN struct {
	Partition string // aws, aws-cn, aws-us-gov, …
	Service   string // iam, s3, …
	Region    string // empty for global services
	Account   string // 12 digits, "aws", or empty (S3 buckets, foundation models)
	Resource  string // all that follows the fifth colon, colons and slashes included
}

// ParseARN splits s. It reports false when s does not have six parts or does
// not begin with "arn:". Wildcards inside the parts are kept as they are.
func ParseARN(s string) (ARN, bool) {
	rest, ok := strings.CutPrefix(s, "arn:")
	if !ok {
		return ARN{}, false
	}
	var p [4]string // not strings.SplitN: this is asked millions of times, and keeps nothing
	for i := range p {
		if p[i], rest, ok = strings.Cut(rest, ":"); !ok {
			return ARN{}, false
		}
	}
	if p[0] == "" || p[1] == "" || rest == "" {
		return ARN{}, false
	}
	return ARN{Partition: p[0], Service: p[1], Region: p[2], Account: p[3], Resource: rest}, true
}

// String is the inverse of ParseARN.
func (a ARN) String() string {
	return "arn:" + a.Partition + ":" + a.Service + ":" + a.Region + ":" + a.Account + ":" + a.Resource
}

// ResourceType is what stands before the first '/' or ':' of the resource
// part ("role" of role/path/name, "function" of function:name), or "" when the
// resource part has neither.
func (a ARN) ResourceType() string {
	if i := strings.IndexAny(a.Resource, "/:"); i >= 0 {
		return a.Resource[:i]
	}
	return ""
}

// ResourceID is what follows the first '/' or ':' of the resource part, or the
// whole resource part when it has neither.
func (a ARN) ResourceID() string {
	if i := strings.IndexAny(a.Resource, "/:"); i >= 0 {
		return a.Resource[i+1:]
	}
	return a.Resource
}

// IsAccountID reports whether s is a 12-digit AWS account id.
func IsAccountID(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

package aws

import (
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Operation is an operation whose answers Postern understands, from its own
// collector or from others' files.
type Operation struct {
	Service string // the AWS CLI's name
	Prefix  string // of IAM actions and, nearly always, of ARNs
	Name    string // the API's name
	Global  bool
	// Keys are the top-level members of the answer, lower case, without those
	// of paging. Empty when they are not known.
	Keys []string
	// Parameter says that the call is made for one resource.
	Parameter bool
	// None are the error codes that mean "there is none".
	None []string
}

// Operations lists the operations that have a mapper, sorted by service and
// name. Callers must not change the list.
var Operations = sync.OnceValue(func() []Operation {
	var out []Operation
	for _, s := range Services {
		for name := range s.Facts {
			o := Operation{Service: s.Name, Prefix: s.Prefix, Name: name, Global: s.Global}
			if o.Prefix == "" {
				o.Prefix = s.Name
			}
			for _, c := range s.Calls {
				if c.Operation != name {
					continue
				}
				o.Keys = sortedUnion(o.Keys, answerKeys(c.Output))
				o.None = append(o.None, c.None...)
				o.Parameter = c.Over != ""
			}
			if a, ok := otherAnswers[s.Name+" "+name]; ok {
				o.Keys, o.Parameter, o.None = sortedUnion(o.Keys, a.keys), o.Parameter || a.parameter, append(o.None, a.none...)
			}
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b Operation) int { return strings.Compare(a.Service+" "+a.Name, b.Service+" "+b.Name) })
	return out
})

// FindOperation finds an operation by the names that files are given: the CLI's
// or the API's, in any case, with s3 for s3api. It reports false when no mapper
// knows it.
func FindOperation(service, operation string) (Operation, bool) {
	o, ok := operationIndex()[operationIndexKey(service, operation)]
	return o, ok
}

// serviceAliases are other names under which tools store a service's answers.
var serviceAliases = map[string]string{"s3": "s3api", "elasticloadbalancing": "elb", "elasticloadbalancingv2": "elbv2", "sfn": "stepfunctions", "states": "stepfunctions", "apprunner-v1": "apprunner"}

// ServiceNames lists the names that a service's files may begin with, longest
// first, aliases included.
var ServiceNames = sync.OnceValue(func() []string {
	seen := map[string]bool{}
	for _, s := range Services {
		seen[s.Name] = true
	}
	for alias, name := range serviceAliases {
		if seen[name] {
			seen[alias] = true
		}
	}
	out := sortedKeys(seen)
	slices.SortStableFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out
})

func operationIndexKey(service, operation string) string {
	service = strings.ToLower(service)
	if name, ok := serviceAliases[service]; ok {
		service = name
	}
	return service + " " + operationKey(strings.ReplaceAll(operation, "_", "-"))
}

var operationIndex = sync.OnceValue(func() map[string]Operation {
	out := map[string]Operation{}
	for _, o := range Operations() {
		out[operationIndexKey(o.Service, o.Name)] = o
	}
	return out
})

// pagingKeys are members of answers that say nothing of what is answered.
var pagingKeys = []string{"resultmetadata", "nexttoken", "marker", "nextmarker", "istruncated", "maxitems", "maxkeys", "position",
	"continuationtoken", "nextcontinuationtoken", "lastevaluatedtablename", "responsemetadata", "truncated"}

// Paging reports whether a top-level member belongs to paging or to the
// transport.
func Paging(key string) bool { return slices.Contains(pagingKeys, strings.ToLower(key)) }

// answerKeys are the members of an SDK output type, lower case.
func answerKeys(t reflect.Type) []string {
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	var out []string
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() && !Paging(f.Name) {
			out = append(out, strings.ToLower(f.Name))
		}
	}
	return out
}

type otherAnswer struct {
	keys      []string
	parameter bool
	none      []string
}

// otherAnswers are the answers of operations that Postern's collector does not
// call, because another call says more, and that others' files hold.
var otherAnswers = map[string]otherAnswer{
	"iam ListUsers":                                  {keys: []string{"users"}},
	"iam ListRoles":                                  {keys: []string{"roles"}},
	"iam ListGroups":                                 {keys: []string{"groups"}},
	"iam ListPolicies":                               {keys: []string{"policies"}},
	"iam GetUser":                                    {keys: []string{"user"}, parameter: true},
	"iam GetRole":                                    {keys: []string{"role"}, parameter: true},
	"iam GetGroup":                                   {keys: []string{"group", "users"}, parameter: true},
	"iam GetPolicy":                                  {keys: []string{"policy"}, parameter: true},
	"iam GetPolicyVersion":                           {keys: []string{"policyversion"}, parameter: true},
	"iam ListPolicyVersions":                         {keys: []string{"versions"}, parameter: true},
	"iam ListGroupsForUser":                          {keys: []string{"groups"}, parameter: true},
	"iam ListAttachedUserPolicies":                   {keys: []string{"attachedpolicies"}, parameter: true},
	"iam ListAttachedGroupPolicies":                  {keys: []string{"attachedpolicies"}, parameter: true},
	"iam ListAttachedRolePolicies":                   {keys: []string{"attachedpolicies"}, parameter: true},
	"iam ListUserPolicies":                           {keys: []string{"policynames"}, parameter: true},
	"iam ListGroupPolicies":                          {keys: []string{"policynames"}, parameter: true},
	"iam ListRolePolicies":                           {keys: []string{"policynames"}, parameter: true},
	"glue GetResourcePolicy":                         {keys: []string{"policyinjson", "policyhash"}, none: []string{"EntityNotFoundException"}},
	"backup GetBackupVaultAccessPolicy":              {keys: []string{"backupvaultname", "backupvaultarn", "policy"}, parameter: true, none: []string{"ResourceNotFoundException"}},
	"events DescribeEventBus":                        {parameter: true},
	"kinesis GetResourcePolicy":                      {parameter: true},
	"codebuild GetResourcePolicy":                    {parameter: true, none: []string{"ResourceNotFoundException"}},
	"s3tables GetTableBucketPolicy":                  {parameter: true, none: []string{"NotFoundException"}},
	"acm-pca GetPolicy":                              {parameter: true, none: []string{"ResourceNotFoundException"}},
	"lambda GetLayerVersionPolicy":                   {parameter: true, none: []string{"ResourceNotFoundException"}},
	"iam GetUserPolicy":                              {keys: []string{"username", "policyname", "policydocument"}, parameter: true},
	"iam GetGroupPolicy":                             {keys: []string{"groupname", "policyname", "policydocument"}, parameter: true},
	"iam GetRolePolicy":                              {keys: []string{"rolename", "policyname", "policydocument"}, parameter: true},
	"iam GetCredentialReport":                        {keys: []string{"content", "reportformat", "generatedtime"}},
	"iam GetSAMLProvider":                            {keys: []string{"samlmetadatadocument", "createdate", "validuntil", "tags", "samlprovideruuid", "assertionencryptionmode", "privatekeylist"}, parameter: true},
	"iam GetInstanceProfile":                         {keys: []string{"instanceprofile"}, parameter: true},
	"iam ListAccountAliases":                         {keys: []string{"accountaliases"}},
	"ec2 DescribeLaunchTemplates":                    {keys: []string{"launchtemplates"}},
	"autoscaling DescribeAutoScalingInstances":       {keys: []string{"autoscalinginstances"}},
	"autoscaling DescribeTags":                       {keys: []string{"tags"}},
	"es DescribeDomain":                              {keys: []string{"domainstatus"}, parameter: true},
	"es DescribeDomains":                             {keys: []string{"domainstatuslist"}},
	"elbv2 DescribeListenerAttributes":               {keys: []string{"attributes"}, parameter: true},
	"opensearchserverless ListVpcEndpoints":          {keys: []string{"vpcendpointsummaries"}},
	"organizations ListAccountsForParent":            {keys: []string{"accounts"}, parameter: true},
	"organizations ListOrganizationalUnitsForParent": {keys: []string{"organizationalunits"}, parameter: true},
	"organizations ListPoliciesForTarget":            {keys: []string{"policies"}, parameter: true},
}

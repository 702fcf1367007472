package aws

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// noLambda is the code with which Lambda says that a function has no policy or
// no URL.
const noLambda = "ResourceNotFoundException"

// lambdaService is functions, who may invoke them, and their URLs. GetFunction
// is not called: its answer holds a signed URL of the code.
var lambdaService = Service{
	Name:   "lambda",
	Client: func(c aws.Config) any { return lambda.NewFromConfig(c) },
	Calls: []Call{
		List("ListFunctions", (*lambda.Client).ListFunctions, nil),
		Each("GetPolicy", (*lambda.Client).GetPolicy, "ListFunctions", "Functions.FunctionName",
			func(in *lambda.GetPolicyInput, p []string) { in.FunctionName = last(p) }, NoneWhen(noLambda)),
		Each("GetFunctionUrlConfig", (*lambda.Client).GetFunctionUrlConfig, "ListFunctions", "Functions.FunctionName",
			func(in *lambda.GetFunctionUrlConfigInput, p []string) { in.FunctionName = last(p) }, NoneWhen(noLambda)),
		Each("ListAliases", (*lambda.Client).ListAliases, "ListFunctions", "Functions.FunctionName",
			func(in *lambda.ListAliasesInput, p []string) { in.FunctionName = last(p) }),
		Each("GetPolicy", (*lambda.Client).GetPolicy, "ListAliases", "Aliases.AliasArn",
			func(in *lambda.GetPolicyInput, p []string) { in.FunctionName = last(p) }, NoneWhen(noLambda)),
		Each("GetFunctionUrlConfig", (*lambda.Client).GetFunctionUrlConfig, "ListAliases", "Aliases.AliasArn",
			func(in *lambda.GetFunctionUrlConfigInput, p []string) {
				fn, alias := splitQualifier(*last(p))
				in.FunctionName, in.Qualifier = &fn, &alias
			}, NoneWhen(noLambda)),
		Each("ListTags", (*lambda.Client).ListTags, "ListFunctions", "Functions.FunctionArn",
			func(in *lambda.ListTagsInput, p []string) { in.Resource = last(p) }),
		List("ListEventSourceMappings", (*lambda.Client).ListEventSourceMappings, nil),
	},
	Facts: map[string]Mapper{
		"ListFunctions":            mapFunctions,
		"GetFunctionConfiguration": mapFunctionConfiguration,
		"GetFunction":              mapFunction,
		"GetPolicy":                mapFunctionPolicy,
		"GetLayerVersionPolicy":    mapLayerPolicy,
		"GetFunctionUrlConfig":     mapFunctionURL,
		"ListFunctionUrlConfigs":   mapFunctionURLs,
		"ListAliases":              mapFunctionAliases,
		"ListEventSourceMappings":  mapEventSources,
		"ListTags":                 mapTagsOf,
	},
}

// splitQualifier parts a function's ARN from the alias or version at its end.
func splitQualifier(s string) (function, qualifier string) {
	if base := lambdaARN(s); base != "" {
		return base, strings.TrimPrefix(strings.TrimPrefix(s, base), ":")
	}
	function, qualifier, _ = strings.Cut(s, ":")
	return function, qualifier
}

// function is a function's configuration, without what its environment holds
// once the names are read.
type function struct {
	FunctionName, FunctionArn, Runtime, Role  string
	State, PackageType, KMSKeyArn, CodeSha256 string
	VpcConfig                                 *vpcConfig
	Environment                               struct{ Variables map[string]json.RawMessage }
	Layers                                    []struct{ Arn string }
}

func mapFunctions(m *Mapping, d ingest.Document) error {
	var v struct{ Functions []function }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Functions == nil {
		return absent(m, d, "Functions")
	}
	m.AWSPermissions.MarkListed(d.Account, "AWS::Lambda::Function")
	for _, f := range v.Functions {
		m.function(d, f, "")
	}
	return nil
}

func mapFunctionConfiguration(m *Mapping, d ingest.Document) error {
	var f function
	if err := decode(d, &f); err != nil {
		return err
	}
	m.function(d, f, "")
	return nil
}

func mapFunction(m *Mapping, d ingest.Document) error {
	var v struct {
		Configuration function
		Code          struct{ ImageURI string } // Location is a signed URL and is not read
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	m.function(d, v.Configuration, v.Code.ImageURI)
	return nil
}

func (m *Mapping) function(d ingest.Document, f function, image string) {
	arn := lambdaARN(f.FunctionArn)
	if arn == "" {
		m.incomplete(d, "a function without FunctionArn")
		return
	}
	d = in(d, arn)
	n := m.resource(d, arn, schema.Function, "AWS::Lambda::Function", f.FunctionName)
	n.Set(schema.PropRuntime, f.Runtime).Set(schema.PropStatus, f.State).
		Set(schema.PropVariables, slices.Sorted(maps.Keys(f.Environment.Variables))).
		Append(schema.PropSecretsFound, secretVariables(f.Environment.Variables)...)
	m.keysIn(d, arn, f.Environment.Variables)
	m.encrypted(d, arn, f.KMSKeyArn)
	w := ingest.Workload{ID: arn, Kind: schema.Function, State: ingest.StateOnDemand, Instance: f.FunctionName, Roles: role(d, f.Role, "execution role"),
		Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: "lambda.amazonaws.com"},
		Evidence:   evidence(d, arn, "function "+f.FunctionName+" runs with the role "+cmp.Or(f.Role, "(not said)"))}
	if f.State == "Failed" {
		w.State = ingest.StateStopped
	}
	for _, l := range f.Layers {
		w.Code = append(w.Code, l.Arn)
	}
	if image != "" {
		w.Code = append(w.Code, image)
		w.Attributes[ingest.AttrMutableImage] = yesNo(mutableImage(image))
	}
	m.workload(d, w)
	m.AWSPermissions.AddResource(iamaws.Resource{ARN: arn, Account: d.Account, Type: "AWS::Lambda::Function", Source: source(d)})
	p := f.VpcConfig.placement()
	p.ID, p.Kind, p.Each, p.Accepts = f.FunctionName, "lambda", true, netaws.TriNo
	// Lambda Developer Guide, "Giving Lambda functions access to resources in an
	// Amazon VPC": in a VPC a function has the way out that its subnets have,
	// outside of one that of the service.
	p.DirectInternet, p.Public = netaws.TriOf(len(p.Subnets) == 0), netaws.TriNo
	m.placed(d, arn, p)
}

func mapFunctionPolicy(m *Mapping, d ingest.Document) error {
	var v struct{ Policy json.RawMessage }
	found, err := asked(d, &v, noLambda)
	if err != nil {
		return err
	}
	if d.Parameter() == "" {
		return needsParameter(d, "the function")
	}
	name, qualifier := splitQualifier(d.Parameter())
	arn := m.arnOf(d, "lambda", "function:", name)
	r := iamaws.Resource{ARN: arn, Account: in(d, arn).Account, Type: "AWS::Lambda::Function"}
	switch {
	case qualifier == "" && found:
		r.Policy = m.policy(d, arn, arn, v.Policy)
	case qualifier == "":
		r.Policy = iamaws.NoneOf[iamaws.Document]()
	case found:
		if p := m.policy(d, arn+":"+qualifier, arn, v.Policy); p.Known() {
			r.Further = []iamaws.Document{p.Value}
		}
	}
	m.AWSPermissions.AddResource(r)
	return nil
}

// functionURL is the configuration of a function URL.
type functionURL struct {
	FunctionURL, FunctionArn, AuthType string
	CreationTime                       stamp
}

func mapFunctionURL(m *Mapping, d ingest.Document) error {
	var v functionURL
	found, err := asked(d, &v, noLambda)
	if err != nil {
		return err
	}
	if !found || v.AuthType == "" {
		return m.noFunctionURL(d)
	}
	m.functionURL(d, v)
	return nil
}

func mapFunctionURLs(m *Mapping, d ingest.Document) error {
	var v struct{ FunctionURLConfigs []functionURL }
	found, err := asked(d, &v, noLambda)
	if err != nil {
		return err
	}
	if found && v.FunctionURLConfigs == nil {
		return absent(m, d, "FunctionUrlConfigs")
	}
	if len(v.FunctionURLConfigs) == 0 {
		return m.noFunctionURL(d)
	}
	for _, u := range v.FunctionURLConfigs {
		m.functionURL(d, u)
	}
	return nil
}

// noFunctionURL records that a function was asked for its URL and has none. That
// an alias has none says nothing of the function's own.
func (m *Mapping) noFunctionURL(d ingest.Document) error {
	if d.Parameter() == "" {
		return needsParameter(d, "the function")
	}
	name, qualifier := splitQualifier(d.Parameter())
	if qualifier != "" {
		return nil
	}
	arn := m.arnOf(d, "lambda", "function:", name)
	if r := m.AWSPermissions.Resources[arn]; r != nil && r.Lambda != nil && r.Lambda.URL.Known() {
		return nil // an alias of it has one
	}
	m.AWSPermissions.AddResource(iamaws.Resource{ARN: arn, Account: in(d, arn).Account, Type: "AWS::Lambda::Function",
		Lambda: &iamaws.LambdaFacts{URL: iamaws.NoneOf[iamaws.FunctionURL]()}})
	return nil
}

func (m *Mapping) functionURL(d ingest.Document, u functionURL) {
	name, qualifier := splitQualifier(cmp.Or(u.FunctionArn, d.Parameter()))
	arn := m.arnOf(d, "lambda", "function:", name)
	if arn == "" {
		m.incomplete(d, "a function URL without FunctionArn")
		return
	}
	d = in(d, arn)
	m.AWSPermissions.AddResource(iamaws.Resource{ARN: arn, Account: d.Account, Type: "AWS::Lambda::Function",
		Lambda: &iamaws.LambdaFacts{URL: iamaws.Of(iamaws.FunctionURL{AuthType: u.AuthType, Created: string(u.CreationTime)})}})
	auth := netaws.AuthUnknown
	switch u.AuthType {
	case "NONE":
		auth = netaws.AuthNone
	case "AWS_IAM":
		auth = netaws.AuthIAM
	}
	_, fn, _ := strings.Cut(arn, ":function:")
	f := at(m, &m.network(d).FrontDoors, "function-url "+arn+":"+qualifier)
	f.Meta, f.ID, f.Kind = meta(d, arn, fn), fn, "function-url"
	f.Domain = host(u.FunctionURL)
	f.Public, f.Auth = netaws.TriYes, auth
	f.Routes = []netaws.FrontRoute{{ID: cmp.Or(qualifier, "$LATEST"), Auth: auth, Target: arn, Kind: "function-url", Live: netaws.TriYes}}
	m.Graph.Refer(arn, schema.Function).Set(schema.PropDomain, f.Domain).Set(schema.PropAuth, string(auth))
}

// host is the host name of a URL.
func host(url string) string {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		rest = url
	}
	h, _, _ := strings.Cut(rest, "/")
	return h
}

// mapFunctionAliases is read for the ARNs that policies are asked for by; an
// alias itself is no resource of the graph.
func mapFunctionAliases(*Mapping, ingest.Document) error { return nil }

func mapEventSources(m *Mapping, d ingest.Document) error {
	var v struct {
		EventSourceMappings []struct{ EventSourceArn, FunctionArn, State string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	for _, x := range v.EventSourceMappings {
		fn := lambdaARN(x.FunctionArn)
		a, ok := schema.ParseARN(x.EventSourceArn)
		if fn == "" || !ok || x.State == "Disabled" {
			continue
		}
		kind := schema.Queue
		switch a.Service {
		case "dynamodb":
			kind = schema.Table
			a.Resource, _, _ = strings.Cut(a.Resource, "/stream/")
		case "rds", "docdb":
			kind = schema.Database
		}
		m.Graph.Refer(a.String(), kind)
		m.link(a.String(), schema.Targets, fn, schema.Function)
	}
	return nil
}

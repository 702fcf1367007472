package aws

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// apigatewayService is REST APIs. All its reads need apigateway:GET.
var apigatewayService = Service{
	Name: "apigateway", LowerCamel: true,
	Client: func(c aws.Config) any { return apigateway.NewFromConfig(c) },
	Calls: []Call{
		List("GetRestApis", (*apigateway.Client).GetRestApis, func(in *apigateway.GetRestApisInput) { in.Limit = aws.Int32(500) }, Needs("GET")),
		Each("GetResources", (*apigateway.Client).GetResources, "GetRestApis", "Items.Id",
			func(in *apigateway.GetResourcesInput, p []string) {
				in.RestApiId, in.Limit, in.Embed = last(p), aws.Int32(500), []string{"methods"}
			}, Needs("GET")),
		Each("GetStages", (*apigateway.Client).GetStages, "GetRestApis", "Items.Id",
			func(in *apigateway.GetStagesInput, p []string) { in.RestApiId = last(p) }, Needs("GET")),
		Each("GetAuthorizers", (*apigateway.Client).GetAuthorizers, "GetRestApis", "Items.Id",
			func(in *apigateway.GetAuthorizersInput, p []string) { in.RestApiId = last(p) }, Needs("GET")),
		List("GetDomainNames", (*apigateway.Client).GetDomainNames, func(in *apigateway.GetDomainNamesInput) { in.Limit = aws.Int32(500) }, Needs("GET")),
		Each("GetBasePathMappings", (*apigateway.Client).GetBasePathMappings, "GetDomainNames", "Items.DomainName",
			func(in *apigateway.GetBasePathMappingsInput, p []string) {
				in.DomainName, in.Limit = last(p), aws.Int32(500)
			}, Needs("GET"), NoneWhen("NotFoundException")),
	},
	Facts: map[string]Mapper{
		"GetRestApis":         mapRestAPIs,
		"GetRestApi":          mapRestAPI,
		"GetResources":        mapRestResources,
		"GetStages":           mapRestStages,
		"GetAuthorizers":      mapRestAuthorizers,
		"GetDomainNames":      mapAPIDomains,
		"GetBasePathMappings": mapBasePaths,
	},
}

const restDoor = "apigateway-rest"

// restAPI is a REST API.
type restAPI struct {
	ID, Name                  string
	Policy                    json.RawMessage
	DisableExecuteAPIEndpoint bool
	EndpointConfiguration     struct {
		Types          []string
		VpcEndpointIDs []string
	}
	Tags map[string]string
}

func mapRestAPIs(m *Mapping, d ingest.Document) error {
	var v struct{ Items []restAPI }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Items == nil {
		return absent(m, d, "items")
	}
	for _, x := range v.Items {
		m.restAPI(d, x)
	}
	return nil
}

func mapRestAPI(m *Mapping, d ingest.Document) error {
	var x restAPI
	if err := decode(d, &x); err != nil {
		return err
	}
	m.restAPI(d, x)
	return nil
}

func (m *Mapping) restAPI(d ingest.Document, x restAPI) {
	if x.ID == "" {
		m.incomplete(d, "a REST API without id")
		return
	}
	arn := schema.RestAPIARN(m.Partition, d.Region, x.ID)
	n := m.resource(d, arn, schema.APIGateway, "AWS::ApiGateway::RestApi", first(x.Name, x.ID))
	n.Set(schema.PropTags, mapTags(x.Tags)).Set(schema.PropEndpointType, strings.Join(sorted(x.EndpointConfiguration.Types), ","))
	f := m.door(d, arn, restDoor, x.ID)
	f.Name, f.Domain = x.Name, executeAPIHost(m.Partition, d.Region, x.ID)
	n.Set(schema.PropDomain, f.Domain)
	switch {
	case len(x.EndpointConfiguration.Types) == 0:
		f.Public = netaws.TriUnknown
	default:
		f.Public = netaws.TriOf(!slices.Contains(x.EndpointConfiguration.Types, "PRIVATE"))
	}
	if ids := sorted(x.EndpointConfiguration.VpcEndpointIDs); len(ids) > 0 {
		f.Endpoints = netaws.Known(ids...)
	}
	if x.DisableExecuteAPIEndpoint {
		m.withoutOwnHost(d, arn, restDoor)
	}
	m.doorTargets(d, arn, restDoor)
	// Permissions name the API by its execute-api ARN, the graph by its own.
	policy := m.policy(d, arn, arn, m.restPolicy(d, x))
	for _, id := range []string{arn, schema.ResourceARN(m.Partition, "execute-api", d.Region, d.Account, x.ID)} {
		m.AWSPermissions.AddResource(iamaws.Resource{ARN: id, Account: d.Account, Type: "AWS::ApiGateway::RestApi", Policy: policy, Source: source(d)})
	}
}

// executeAPIHost is the name every API answers to unless that is disabled.
func executeAPIHost(partition, region, id string) string {
	suffix := ".amazonaws.com"
	if partition == "aws-cn" {
		suffix += ".cn"
	}
	return id + ".execute-api." + region + suffix
}

// domainsListed holds the accounts and regions whose custom domain names were
// listed.
type domainsListed struct{ in map[string]bool }

// withoutOwnHost says that an API does not answer to its execute-api name. It
// still answers to custom domain names: without one it answers nobody, and when
// they were not listed that is not known.
func (m *Mapping) withoutOwnHost(d ingest.Document, arn, kind string) {
	m.Later(func() {
		f := at(m, &m.network(d).FrontDoors, kind+" "+arn)
		f.Domain = ""
		switch {
		case len(f.Names) > 0:
		case ingest.Memory[domainsListed](m.Facts).in[d.Account+" "+d.Region]:
			f.Disabled = "execute-api endpoint disabled, and no custom domain name leads to it"
		case f.Public == netaws.TriYes:
			f.Public, f.Lacks = netaws.TriUnknown, "custom_domain_names"
			m.gap(d, graph.GapNotCollected, arn, "its execute-api endpoint is disabled, and whether a custom domain name leads to it was not collected")
		}
	})
}

// restPolicy gives an API's policy. API Gateway writes it as a string whose
// quotes are escaped once more (API Gateway API Reference, RestApi, policy), and
// takes "execute-api:/…" for the ARN of the API itself, which it completes when
// the policy is saved ("Control access to a REST API with API Gateway resource
// policies", Amazon API Gateway Developer Guide, read 2026-11-23).
func (m *Mapping) restPolicy(d ingest.Document, x restAPI) json.RawMessage {
	text, ok := policyText(x.Policy)
	if !ok {
		return nil
	}
	if !json.Valid(text) {
		var plain string
		if json.Unmarshal([]byte(`"`+string(text)+`"`), &plain) == nil {
			text = []byte(plain)
		}
	}
	own := schema.ResourceARN(m.Partition, "execute-api", d.Region, d.Account, x.ID)
	return json.RawMessage(strings.ReplaceAll(string(text), `"execute-api:/`, `"`+own+`/`))
}

// mapTags gives tags that are written as an object.
func mapTags(tags map[string]string) []string {
	var l []tag
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		l = append(l, tag{k, tags[k]})
	}
	return tagList(l)
}

// doorTargets joins a front door to what its routes lead to, once all routes
// are known.
func (m *Mapping) doorTargets(d ingest.Document, arn, kind string) {
	m.Later(func() {
		m.Later(func() { // after the integrations are joined to their routes
			for _, r := range at(m, &m.network(d).FrontDoors, kind+" "+arn).Routes {
				if k := targetKind(r.Target); k != "" {
					m.link(arn, schema.Targets, r.Target, k)
				}
			}
		})
	})
}

// targetKind is the node kind of what a route or rule leads to, by its ARN; ""
// for what is no node.
func targetKind(arn string) schema.NodeKind {
	a, ok := schema.ParseARN(arn)
	if !ok {
		return ""
	}
	switch a.Service + ":" + a.ResourceType() {
	case "lambda:function":
		return schema.Function
	case "sagemaker:endpoint":
		return schema.ModelEndpoint
	case "states:stateMachine":
		return schema.StateMachine
	case "elasticloadbalancing:loadbalancer":
		return schema.LoadBalancer
	case "bedrock:foundation-model":
		return schema.FoundationModel
	case "bedrock:agent":
		return schema.Agent
	case "dynamodb:table":
		return schema.Table
	}
	switch a.Service {
	case "sqs", "sns":
		return schema.Queue
	case "s3":
		return schema.Bucket
	}
	return ""
}

// restAuth reads a method's authorizationType.
func restAuth(s string) netaws.Auth {
	switch s {
	case "NONE":
		return netaws.AuthNone
	case "AWS_IAM":
		return netaws.AuthIAM
	case "CUSTOM":
		return netaws.AuthLambda
	case "COGNITO_USER_POOLS":
		return netaws.AuthCognito
	case "JWT":
		return netaws.AuthJWT
	}
	return netaws.AuthUnknown
}

func mapRestResources(m *Mapping, d ingest.Document) error {
	type integration struct{ Type, URI, Credentials, ConnectionType, ConnectionID string }
	var v struct {
		Items []struct {
			Path            string
			ResourceMethods map[string]struct {
				AuthorizationType string
				APIKeyRequired    bool
				MethodIntegration *integration
			}
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Items == nil {
		return absent(m, d, "items")
	}
	if d.Parameter() == "" {
		return needsParameter(d, "the API's id")
	}
	var routes []netaws.FrontRoute
	for _, x := range v.Items {
		for _, verb := range slices.Sorted(maps.Keys(x.ResourceMethods)) {
			y := x.ResourceMethods[verb]
			r := netaws.FrontRoute{ID: verb + " " + x.Path, Auth: restAuth(y.AuthorizationType), APIKey: y.APIKeyRequired}
			if i := y.MethodIntegration; i != nil {
				r.Kind = i.Type
				m.integrate(d, &r, i.URI, i.Credentials)
				if i.ConnectionType == "VPC_LINK" {
					r.VPCLink = i.ConnectionID
				}
			}
			routes = append(routes, r)
		}
	}
	arn := schema.RestAPIARN(m.Partition, d.Region, d.Parameter())
	m.Graph.Refer(arn, schema.APIGateway)
	f := m.door(d, arn, restDoor, d.Parameter())
	f.Routes = routes
	m.routeAuth(d, arn, restDoor)
	return nil
}

// routeAuth gives the front door the way of authentication of its most open
// route.
func (m *Mapping) routeAuth(d ingest.Document, arn, kind string) {
	m.Later(func() {
		f := at(m, &m.network(d).FrontDoors, kind+" "+arn)
		if len(f.Routes) == 0 {
			return
		}
		auth := f.Routes[0].Auth
		for _, r := range f.Routes {
			if r.Auth == netaws.AuthNone {
				auth = netaws.AuthNone
			}
		}
		f.Auth = auth
		m.Graph.Refer(arn, schema.APIGateway).Set(schema.PropAuth, string(auth))
	})
}

// integrate fills a route's target and role from an integration's URI and
// credentials.
func (m *Mapping) integrate(d ingest.Document, r *netaws.FrontRoute, uri, credentials string) {
	r.Target = m.integrationTarget(d, uri)
	if r.Target == "" && uri != "" {
		r.Note = "leads to " + uri
	}
	switch a, ok := schema.ParseARN(credentials); {
	case credentials == "":
	case ok && a.Service == "iam" && a.ResourceType() == "role" && !strings.Contains(credentials, "*"):
		r.Role = credentials
	default: // arn:aws:iam::*:user/* passes the caller's own identity on
		r.Note = strings.TrimPrefix(r.Note+"; with the caller's own credentials", "; ")
	}
}

// integrationTarget finds what an integration calls. URIs of AWS integrations
// are arn:aws:apigateway:REGION:[SUBDOMAIN.]SERVICE:path|action/WHAT (API
// Gateway API Reference, Integration, uri). "" when the URI does not say.
func (m *Mapping) integrationTarget(d ingest.Document, uri string) string {
	if fn := lambdaARN(uri); fn != "" {
		return fn
	}
	a, ok := schema.ParseARN(uri)
	if !ok {
		if isLocation(uri) && !strings.Contains(uri, "${stageVariables.") {
			return uri
		}
		return ""
	}
	if a.Service != "apigateway" {
		return uri // an HTTP API names a listener, queue or function directly
	}
	how, what, _ := strings.Cut(a.Resource, "/")
	if how != "path" { // an action names its target in the request
		return ""
	}
	// The part where ARNs have the account holds the service here.
	service := a.Account
	what = strings.TrimLeft(what, "/")
	part := strings.Split(what, "/")
	region := first(a.Region, d.Region)
	whole := func(n int) bool {
		return len(part) > n && !strings.ContainsAny(part[n], "{}$") && part[n] != ""
	}
	switch {
	case service == "runtime.sagemaker" && whole(1) && part[0] == "endpoints":
		return schema.ResourceARN(m.Partition, "sagemaker", region, d.Account, "endpoint/"+strings.ToLower(part[1]))
	case service == "s3" && whole(0):
		return schema.BucketARN(m.Partition, part[0])
	case service == "sqs" && whole(1) && schema.IsAccountID(part[0]):
		return schema.ResourceARN(m.Partition, "sqs", region, part[0], part[1])
	case service == "bedrock-runtime" && whole(1) && part[0] == "model":
		return schema.ResourceARN(m.Partition, "bedrock", region, "", "foundation-model/"+part[1])
	case service == "bedrock-agent-runtime" && whole(1) && part[0] == "agents":
		return schema.ResourceARN(m.Partition, "bedrock", region, d.Account, "agent/"+part[1])
	}
	return ""
}

func mapRestStages(m *Mapping, d ingest.Document) error {
	var v struct {
		Item []struct{ StageName, WebACLArn string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Item == nil {
		return absent(m, d, "item")
	}
	if d.Parameter() == "" {
		return needsParameter(d, "the API's id")
	}
	arn := schema.RestAPIARN(m.Partition, d.Region, d.Parameter())
	gate := false
	for _, s := range v.Item {
		gate = gate || s.WebACLArn != ""
	}
	m.staged(d, arn, restDoor, len(v.Item) > 0, gate)
	return nil
}

// staged says whether any stage serves the routes of an API.
func (m *Mapping) staged(d ingest.Document, arn, kind string, live, waf bool) {
	m.Later(func() {
		f := at(m, &m.network(d).FrontDoors, kind+" "+arn)
		for i := range f.Routes {
			f.Routes[i].Live = netaws.TriOf(live)
		}
		if !live {
			f.Disabled = "not deployed: the API has no stage"
		}
		if waf {
			f.Gate = "web ACL on a stage"
		}
	})
}

// mapRestAuthorizers joins an API to the functions that judge its callers.
func mapRestAuthorizers(m *Mapping, d ingest.Document) error {
	var v struct {
		Items []struct{ AuthorizerURI string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if d.Parameter() == "" {
		return needsParameter(d, "the API's id")
	}
	arn := schema.RestAPIARN(m.Partition, d.Region, d.Parameter())
	m.Graph.Refer(arn, schema.APIGateway)
	for _, x := range v.Items {
		m.link(arn, schema.Targets, lambdaARN(x.AuthorizerURI), schema.Function)
	}
	return nil
}

// mapAPIDomains notes that the names were listed; what they lead to is told by
// their mappings.
func mapAPIDomains(m *Mapping, d ingest.Document) error {
	l := ingest.Memory[domainsListed](m.Facts)
	if l.in == nil {
		l.in = map[string]bool{}
	}
	l.in[d.Account+" "+d.Region] = true
	return nil
}

func mapBasePaths(m *Mapping, d ingest.Document) error {
	var v struct{ Items []struct{ RestAPIID string } }
	found, err := asked(d, &v, "NotFoundException")
	if err != nil || !found {
		return err
	}
	if d.Parameter() == "" {
		return needsParameter(d, "the domain name")
	}
	for _, x := range v.Items {
		if x.RestAPIID == "" || x.RestAPIID == "none" {
			continue
		}
		arn := schema.RestAPIARN(m.Partition, d.Region, x.RestAPIID)
		f := at(m, &m.network(d).FrontDoors, restDoor+" "+arn)
		f.Names = sorted(append(f.Names, d.Parameter()))
	}
	return nil
}

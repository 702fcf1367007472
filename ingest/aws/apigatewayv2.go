package aws

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"

	"github.com/postern-sec/postern/ingest"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// apigatewayv2Service is HTTP and WebSocket APIs. All its reads need
// apigateway:GET.
var apigatewayv2Service = Service{
	Name:   "apigatewayv2",
	Prefix: "apigateway",
	Client: func(c aws.Config) any { return apigatewayv2.NewFromConfig(c) },
	Calls: []Call{
		List("GetApis", (*apigatewayv2.Client).GetApis, nil, Needs("GET")),
		Each("GetRoutes", (*apigatewayv2.Client).GetRoutes, "GetApis", "Items.ApiId",
			func(in *apigatewayv2.GetRoutesInput, p []string) { in.ApiId = last(p) }, Needs("GET")),
		Each("GetIntegrations", (*apigatewayv2.Client).GetIntegrations, "GetApis", "Items.ApiId",
			func(in *apigatewayv2.GetIntegrationsInput, p []string) { in.ApiId = last(p) }, Needs("GET")),
		Each("GetStages", (*apigatewayv2.Client).GetStages, "GetApis", "Items.ApiId",
			func(in *apigatewayv2.GetStagesInput, p []string) { in.ApiId = last(p) }, Needs("GET")),
		Each("GetAuthorizers", (*apigatewayv2.Client).GetAuthorizers, "GetApis", "Items.ApiId",
			func(in *apigatewayv2.GetAuthorizersInput, p []string) { in.ApiId = last(p) }, Needs("GET")),
		List("GetDomainNames", (*apigatewayv2.Client).GetDomainNames, nil, Needs("GET")),
		Each("GetApiMappings", (*apigatewayv2.Client).GetApiMappings, "GetDomainNames", "Items.DomainName",
			func(in *apigatewayv2.GetApiMappingsInput, p []string) { in.DomainName = last(p) }, Needs("GET"), NoneWhen("NotFoundException")),
	},
	Facts: map[string]Mapper{
		"GetApis":         mapHTTPAPIs,
		"GetRoutes":       mapHTTPRoutes,
		"GetIntegrations": mapHTTPIntegrations,
		"GetStages":       mapHTTPStages,
		"GetAuthorizers":  mapHTTPAuthorizers,
		"GetDomainNames":  mapAPIDomains,
		"GetApiMappings":  mapAPIMappings,
	},
}

// httpDoor is the kind of front door of HTTP and WebSocket APIs while they are
// joined; mapHTTPAPIs writes the kind that the protocol gives.
const httpDoor = "apigateway-http"

// httpIntegrations is what routes lead to, by API and integration id.
type httpIntegrations struct {
	byAPI map[string]map[string]httpIntegration
}

type httpIntegration struct {
	IntegrationID, IntegrationType, IntegrationSubtype, IntegrationURI string
	CredentialsArn, ConnectionType, ConnectionID                       string
	RequestParameters                                                  map[string]string
}

func mapHTTPAPIs(m *Mapping, d ingest.Document) error {
	var v struct {
		Items []struct {
			APIID                           string `json:"ApiId"`
			Name, ProtocolType, APIEndpoint string
			DisableExecuteAPIEndpoint       bool
			Tags                            map[string]string
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Items == nil {
		return absent(m, d, "Items")
	}
	for _, x := range v.Items {
		if x.APIID == "" {
			m.incomplete(d, "an API without ApiId")
			continue
		}
		arn := schema.HTTPAPIARN(m.Partition, d.Region, x.APIID)
		n := m.resource(d, arn, schema.APIGateway, "AWS::ApiGatewayV2::Api", first(x.Name, x.APIID))
		f := m.httpDoor(d, x.APIID)
		f.Name, f.Domain, f.Public = x.Name, first(host(x.APIEndpoint), executeAPIHost(m.Partition, d.Region, x.APIID)), netaws.TriYes
		if x.ProtocolType == "WEBSOCKET" {
			f.Kind = "apigateway-websocket"
		}
		n.Set(schema.PropTags, mapTags(x.Tags)).Set(schema.PropDomain, f.Domain).Set(schema.PropEndpointType, "REGIONAL")
		if x.DisableExecuteAPIEndpoint {
			m.withoutOwnHost(d, arn, httpDoor)
		}
		m.doorTargets(d, arn, httpDoor)
	}
	return nil
}

// httpDoor returns the front door of an API, to be filled.
func (m *Mapping) httpDoor(d ingest.Document, id string) *netaws.FrontDoor {
	arn := schema.HTTPAPIARN(m.Partition, d.Region, id)
	f := at(m, &m.network(d).FrontDoors, httpDoor+" "+arn)
	if f.ID == "" {
		f.Meta, f.ID, f.Kind = meta(d, arn, id), id, httpDoor
	}
	return f
}

func mapHTTPRoutes(m *Mapping, d ingest.Document) error {
	type httpRoute struct {
		RouteKey, AuthorizationType, Target string
		APIKeyRequired                      bool
	}
	var v struct{ Items []httpRoute }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Items == nil {
		return absent(m, d, "Items")
	}
	id := d.Parameter()
	if id == "" {
		return needsParameter(d, "the API's id")
	}
	f := m.httpDoor(d, id)
	m.Graph.Refer(f.ARN, schema.APIGateway)
	f.Routes = nil
	for _, x := range v.Items {
		f.Routes = append(f.Routes, netaws.FrontRoute{ID: x.RouteKey, Auth: restAuth(x.AuthorizationType), APIKey: x.APIKeyRequired, Note: x.Target})
	}
	m.Later(func() {
		f := m.httpDoor(d, id)
		for i := range f.Routes {
			m.integrateRoute(d, id, &f.Routes[i])
		}
	})
	m.routeAuth(d, f.ARN, httpDoor)
	return nil
}

// integrateRoute replaces a route's note, the name of its integration, by what
// the integration says.
func (m *Mapping) integrateRoute(d ingest.Document, api string, r *netaws.FrontRoute) {
	name, ok := strings.CutPrefix(r.Note, "integrations/")
	if !ok {
		return
	}
	x, ok := ingest.Memory[httpIntegrations](m.Facts).byAPI[schema.HTTPAPIARN(m.Partition, d.Region, api)][name]
	if !ok {
		return
	}
	r.Note, r.Kind = "", x.IntegrationType
	uri := x.IntegrationURI
	if uri == "" && x.IntegrationSubtype != "" { // a first-class integration names its target in a parameter
		p := x.RequestParameters
		uri = first(p["StateMachineArn"], p["QueueUrl"], p["TopicArn"])
		r.Kind += " " + x.IntegrationSubtype
	}
	m.integrate(d, r, uri, x.CredentialsArn)
	if queue := queueARN(m.Partition, r.Target); queue != "" {
		r.Target = queue
	}
	if x.ConnectionType == "VPC_LINK" {
		r.VPCLink = x.ConnectionID
	}
}

// queueARN turns a queue's URL https://sqs.REGION.amazonaws.com/ACCOUNT/NAME
// into its ARN; "" for anything else.
func queueARN(partition, url string) string {
	p := strings.Split(url, "/")
	if len(p) != 5 || !strings.HasPrefix(p[2], "sqs.") || !schema.IsAccountID(p[3]) {
		return ""
	}
	h := strings.Split(p[2], ".")
	return schema.ResourceARN(partition, "sqs", h[1], p[3], p[4])
}

func mapHTTPIntegrations(m *Mapping, d ingest.Document) error {
	var v struct{ Items []httpIntegration }
	if err := decode(d, &v); err != nil {
		return err
	}
	if d.Parameter() == "" {
		return needsParameter(d, "the API's id")
	}
	all := ingest.Memory[httpIntegrations](m.Facts)
	if all.byAPI == nil {
		all.byAPI = map[string]map[string]httpIntegration{}
	}
	byID := map[string]httpIntegration{}
	for _, x := range v.Items {
		byID[x.IntegrationID] = x
	}
	all.byAPI[schema.HTTPAPIARN(m.Partition, d.Region, d.Parameter())] = byID
	return nil
}

func mapHTTPStages(m *Mapping, d ingest.Document) error {
	var v struct {
		Items []struct {
			StageName    string
			AutoDeploy   bool
			DeploymentID string
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Items == nil {
		return absent(m, d, "Items")
	}
	if d.Parameter() == "" {
		return needsParameter(d, "the API's id")
	}
	m.staged(d, schema.HTTPAPIARN(m.Partition, d.Region, d.Parameter()), httpDoor, len(v.Items) > 0, false)
	return nil
}

func mapHTTPAuthorizers(m *Mapping, d ingest.Document) error {
	var v struct {
		Items []struct{ AuthorizerURI string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if d.Parameter() == "" {
		return needsParameter(d, "the API's id")
	}
	arn := schema.HTTPAPIARN(m.Partition, d.Region, d.Parameter())
	m.Graph.Refer(arn, schema.APIGateway)
	for _, x := range v.Items {
		m.link(arn, schema.Targets, lambdaARN(x.AuthorizerURI), schema.Function)
	}
	return nil
}

func mapAPIMappings(m *Mapping, d ingest.Document) error {
	var v struct{ Items []struct{ APIID string } }
	found, err := asked(d, &v, "NotFoundException")
	if err != nil || !found {
		return err
	}
	if d.Parameter() == "" {
		return needsParameter(d, "the domain name")
	}
	for _, x := range v.Items {
		if x.APIID == "" {
			continue
		}
		f := m.httpDoor(d, x.APIID)
		f.Names = sorted(append(f.Names, d.Parameter()))
	}
	return nil
}

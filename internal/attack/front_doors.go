package attack

import (
	"cmp"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

var (
	openURL = exposeRow("expose-005", "has a function URL that anyone may call", schema.AssumesVulnerability, 2,
		[]string{"the URL's AuthType is NONE", "the function's policy lets * call the URL"}, "T1190")
	openFunction = exposeRow("expose-006", "is a function that any AWS account may invoke", schema.AssumesVulnerability, 2,
		[]string{"the function's policy lets * invoke it and no condition narrows it"}, "T1190")
	openAPI = exposeRow("expose-007", "is an API with a route that asks for no authentication", schema.AssumesNothing, 1,
		[]string{"the API is not private and answers on some name", "a stage serves it", "a route without authentication", "no resource policy keeps anyone out"}, "T1190")
	behindAPI = exposeRow("expose-008", "is called by an open route of an API", schema.AssumesVulnerability, 2,
		[]string{"the route leads to it", "its policy or the integration's role lets the API call it"}, "T1190")
	openGateway = exposeRow("expose-009", "is an agents' gateway or runtime that asks for no authentication", schema.AssumesNothing, 1,
		[]string{"the inbound authoriser is NONE"}, "T1190", "AML.T0049")
	openBucket = exposeRow("expose-010", "is a bucket that anyone may read or write", schema.AssumesNothing, 1,
		[]string{"the policy or ACL grants it to everyone", "Block Public Access is off on bucket and account", "the objects are not under a KMS key"}, "T1530")
	openDistribution = exposeRow("expose-011", "is a distribution that answers anyone", schema.AssumesNothing, 1,
		[]string{"the distribution is enabled", "it needs no signed URL"}, "T1190")

	anonymousRead = dataRow("s3-004", schema.ReadsData, "anyone reads the bucket's objects", 1, []string{"T1530"},
		[]string{"the policy or ACL grants it to everyone", "Block Public Access is off on bucket and account", "the objects are not under a KMS key"}, needs("{target}/*", "s3:GetObject"))
	anonymousWrite = dataRow("s3-005", schema.WritesData, "anyone writes objects into the bucket", 1, []string{"T1565.001"},
		[]string{"the policy or ACL grants it to everyone", "Block Public Access is off on bucket and account"}, needs("{target}/*", "s3:PutObject"))
	cdnRead = dataRow("cdn-001", schema.ReadsData, "a distribution hands out the bucket's objects", 1, []string{"T1530"},
		[]string{"the bucket is an origin of the distribution", "the bucket's policy lets the distribution read", "no signed URL is needed"}, needs("{target}/*", "s3:GetObject"))
	apiInvokes = &Technique{ID: "api-001", Kind: schema.InvokesAI, Title: "an open route of an API queries the model for anyone",
		Requires: []string{"the route asks for no authentication and leads to the endpoint", "the integration's role may invoke it"},
		Source:   "Amazon API Gateway Developer Guide, AWS service integrations", Cost: 1, AttackIDs: []string{"T1190", "AML.T0040", "AML.T0024"}}
)

var doorFamily = Family{Name: "front doors", Techniques: []*Technique{openURL, openFunction, openAPI, behindAPI, openGateway, openBucket, openDistribution, anonymousRead, anonymousWrite, cdnRead, cdnCalls, apiInvokes,
	openService, openCluster, openSearch, anonymousSearch},
	derive: (*world).doors}

func (w *world) doors() error {
	for _, r := range w.f.AWSNetwork.Regions {
		for i := range r.FrontDoors.Items {
			if err := w.ctx.Err(); err != nil {
				return err
			}
			w.door(&r.FrontDoors.Items[i])
		}
	}
	w.openFunctions()
	w.openBuckets()
	return w.ctx.Err()
}

func (w *world) door(d *netaws.FrontDoor) {
	id := cmp.Or(d.ARN, d.ID)
	if !w.g.Has(id) || d.Disabled != "" || d.Public == netaws.TriNo {
		return
	}
	open := doorOpen(d)
	switch {
	case d.Kind == "function-url":
		w.functionURL(d, id, open)
	case strings.HasPrefix(d.Kind, "apigateway"):
		w.api(d, id, open)
	case d.Kind == "cloudfront":
		w.distribution(d, id, open)
	case strings.HasPrefix(d.Kind, "agentcore"):
		w.agentDoor(d, id, open)
	case d.Kind == "apprunner":
		w.service(d, id, open)
	case d.Kind == "eks":
		w.cluster(d, id, open)
	case d.Kind == "opensearch":
		w.searchDomain(d, id, open)
	}
}

// doorOpen is how much of the outside gets to a door at all.
func doorOpen(d *netaws.FrontDoor) way {
	x := way{verdict: schema.Allow, evidence: []graph.Evidence{{Document: strings.TrimSpace(d.Doc + " " + d.ID), Summary: d.Kind + " " + cmp.Or(d.Domain, d.ID) + " answers on a public endpoint"}}}
	if d.Public == netaws.TriUnknown {
		x = x.and(fact{verdict: schema.Unknown, missing: []iamaws.Missing{{Kind: "endpoint_type", ID: d.ID}}}.way(), nil)
	}
	if l := d.AllowedCIDRs; l.Collected && !slices.Contains(l.Items, "0.0.0.0/0") && !slices.Contains(l.Items, "::/0") {
		if len(l.Items) == 0 {
			x.verdict = schema.Deny
		} else {
			x = x.and(onlyIf("the source address is in "+strings.Join(l.Items, ", ")).way(), nil)
		}
	}
	return x
}

// urlCreatedBefore is when function URLs began to need lambda:InvokeFunction
// beside lambda:InvokeFunctionUrl.
//
// Source: AWS Lambda Developer Guide, "Control access to Lambda function URLs",
// read 2026-11.
const urlCreatedBefore = "2025-10"

func (w *world) functionURL(d *netaws.FrontDoor, id string, open way) {
	if d.Auth == netaws.AuthUnknown {
		open = open.and(fact{verdict: schema.Unknown, missing: []iamaws.Missing{{Kind: "function_url", ID: id}}}.way(), nil)
	} else if d.Auth != netaws.AuthNone {
		return
	}
	open.evidence = append(open.evidence, graph.Evidence{Document: strings.TrimSpace(d.Doc + " " + d.ID), Summary: "the function URL's AuthType is " + strings.ToUpper(string(d.Auth))})
	o := w.options()
	o.Context = map[string][]string{"lambda:FunctionUrlAuthType": {"NONE"}, "lambda:InvokedViaFunctionUrl": {"true"}}
	x := open.and(w.may(iamaws.Anonymous, "lambda:InvokeFunctionUrl", id, o), nil)
	if x.verdict == schema.Deny {
		return
	}
	created := w.urlCreated(id)
	if created == "" || created >= urlCreatedBefore {
		both := w.may(iamaws.Anonymous, "lambda:InvokeFunction", id, o)
		if both.verdict == schema.Deny && created == "" {
			both = onlyIf("the URL was created before October 2025, when lambda:InvokeFunction was not asked for").way()
		}
		x = x.and(both, nil)
	}
	if x.verdict == schema.Allow {
		w.callable[id] = true
	}
	w.add(openURL, step{from: schema.InternetID, to: id, way: x})
}

// may is a decision about one caller.
func (w *world) may(principal, action, resource string, o iamaws.Options) way {
	d, err := w.perms.Can(iamaws.Request{Principal: principal, Action: action, Resource: resource, Options: o})
	if err != nil {
		return way{verdict: schema.Unknown, missing: []iamaws.Missing{{Kind: "principal", ID: principal}}}
	}
	return wayOfDecision(nil, d)
}

// api leads through each open route of an API.
func (w *world) api(d *netaws.FrontDoor, id string, open way) {
	for i := range d.Routes {
		r := &d.Routes[i]
		x := open
		switch {
		case r.Live == netaws.TriNo:
			continue
		case r.Auth == netaws.AuthUnknown:
			x = x.and(fact{verdict: schema.Unknown, missing: []iamaws.Missing{{Kind: "route_authorization", ID: id + " " + r.ID}}}.way(), nil)
		case r.Auth != netaws.AuthNone && r.Auth != netaws.AuthAPIKey:
			continue
		}
		if r.Live == netaws.TriUnknown {
			x = x.and(onlyIf("a stage serves "+r.ID).way(), nil)
		}
		if r.APIKey || r.Auth == netaws.AuthAPIKey {
			x = x.and(onlyIf("an API key of "+d.ID+" is known").way(), nil)
		}
		x.evidence = append(x.evidence, graph.Evidence{Document: strings.TrimSpace(d.Doc + " " + d.ID), Statement: r.ID, Summary: "route " + r.ID + " asks for no authentication"})
		x = x.and(w.apiPolicy(d, id, r), nil)
		w.add(openAPI, step{from: schema.InternetID, to: id, way: x})
		w.routeTarget(d, id, r, x)
	}
}

// apiPolicy is what the API's resource policy says to the anonymous caller; an
// API without one keeps nobody out.
//
// Source: API Gateway Developer Guide, "How API Gateway resource policies affect
// authorization workflow", read 2026-11.
func (w *world) apiPolicy(d *netaws.FrontDoor, id string, r *netaws.FrontRoute) way {
	res := w.inv.Resources[id]
	switch {
	case d.Kind != "apigateway-rest" || res != nil && res.Policy.State == iamaws.None:
		return holds.way()
	case res == nil || !res.Policy.Known():
		return fact{verdict: schema.Unknown, missing: []iamaws.Missing{{Kind: "resource_policy", ID: id}}}.way()
	}
	return w.may(iamaws.Anonymous, "execute-api:Invoke", executeAPI(id, res.Account)+"/*/"+routePath(r), w.options())
}

// executeAPI is the ARN by which permissions name an API.
func executeAPI(api, account string) string {
	a, _ := schema.ParseARN(api)
	return schema.ResourceARN(a.Partition, "execute-api", a.Region, account, a.Resource[strings.LastIndex(a.Resource, "/")+1:])
}

// routePath writes "POST /ask" as POST/ask and what stands for any route as *.
func routePath(r *netaws.FrontRoute) string {
	verb, path, ok := strings.Cut(r.ID, " ")
	if !ok {
		return "*"
	}
	if verb == "ANY" {
		verb = "*"
	}
	return verb + path
}

func (w *world) routeTarget(d *netaws.FrontDoor, id string, r *netaws.FrontRoute, open way) {
	a, ok := schema.ParseARN(r.Target)
	if !ok || !w.g.Has(r.Target) {
		return
	}
	calls, ok := targetAction[a.Service+":"+a.ResourceType()]
	if !ok {
		return
	}
	x := way{verdict: open.verdict, witness: open.witness, missing: open.missing, evidence: open.evidence}
	if r.Role != "" {
		x = x.and(w.may(r.Role, calls.action, r.Target, w.options()), nil)
	} else if a.Service == "lambda" {
		x = x.and(w.apiMayInvoke(d, id, r), nil)
	}
	w.add(calls.technique(), step{from: id, to: r.Target, way: x, variant: r.ID})
}

// targetAction is what an integration does to its target.
var targetAction = map[string]struct {
	action    string
	technique func() *Technique
}{
	"lambda:function":          {"lambda:InvokeFunction", func() *Technique { return behindAPI }},
	"sagemaker:endpoint":       {"sagemaker:InvokeEndpoint", func() *Technique { return apiInvokes }},
	"bedrock:foundation-model": {"bedrock:InvokeModel", func() *Technique { return apiInvokes }},
	"bedrock:agent":            {"bedrock:InvokeAgent", func() *Technique { return apiInvokes }},
}

// apiMayInvoke says whether a function's policy lets the API call it. Policies
// pin stage, method and path by aws:SourceArn; which stage a call comes by is the
// caller's choice, so a pattern that meets the route's is enough.
func (w *world) apiMayInvoke(d *netaws.FrontDoor, id string, r *netaws.FrontRoute) way {
	account := cmp.Or(d.Account, w.environmentOf(id).account)
	o := w.options()
	o.Context = map[string][]string{"aws:SourceAccount": {account}}
	dec, err := w.perms.Can(iamaws.Request{Principal: "apigateway.amazonaws.com", Action: "lambda:InvokeFunction", Resource: r.Target, Options: o})
	if err != nil {
		return fails.way()
	}
	x := wayOfDecision(nil, dec)
	if x.verdict != schema.Conditional {
		return x
	}
	source := executeAPI(id, account) + "/*/" + routePath(r)
	for _, c := range dec.Conditions {
		if !strings.EqualFold(c.Key, "aws:SourceArn") {
			return x
		}
		if slices.ContainsFunc(c.Values, func(v string) bool { return routeMeets(v, source) }) {
			x.verdict, x.witness = schema.Allow, nil
			return x
		}
	}
	return way{verdict: schema.Deny}
}

// routeMeets reports whether a pattern of a policy covers some call of a route:
// API/STAGE/VERB/PATH are matched one by one, as far as the pattern goes.
//
// Source: API Gateway Developer Guide, "Control access for invoking an API",
// resource format of execute-api, read 2026-11.
func routeMeets(pattern, route string) bool {
	a, ok := schema.ParseARN(pattern)
	b, _ := schema.ParseARN(route)
	if !ok {
		return globsMeet(pattern, route)
	}
	if !globsMeet(a.Service, b.Service) || !globsMeet(a.Region, b.Region) || !globsMeet(a.Account, b.Account) {
		return false
	}
	p, q := strings.SplitN(a.Resource, "/", 4), strings.SplitN(b.Resource, "/", 4)
	for i := range p {
		if i == len(p)-1 && strings.HasSuffix(p[i], "*") {
			return globsMeet(p[i], strings.Join(q[min(i, len(q)-1):], "/"))
		}
		if i >= len(q) || !globsMeet(p[i], q[i]) {
			return false
		}
	}
	return len(p) == len(q)
}

// distribution leads to the buckets a CDN hands out, and to what only it may
// call. Load balancers behind it are the network engine's.
func (w *world) distribution(d *netaws.FrontDoor, id string, open way) {
	for i := range d.Origins {
		o := &d.Origins[i]
		x := open
		switch o.Signed {
		case netaws.TriYes:
			continue
		case netaws.TriUnknown:
			x = x.and(onlyIf("no signed URL is asked for").way(), nil)
		}
		if fn, ok := w.originFunction(o.Domain); ok {
			w.distributionCalls(d, id, o, fn, x)
			continue
		}
		bucket, ok := w.originBucket(o.Domain)
		if !ok {
			continue
		}
		read := w.cdnMayRead(d, id, o, bucket)
		if read.verdict == schema.Deny {
			continue
		}
		w.add(openDistribution, step{from: schema.InternetID, to: id, way: x})
		x = x.and(read, nil)
		w.add(cdnRead, step{from: id, to: bucket, way: x, variant: o.ID})
	}
}

// originBucket finds the bucket of an S3 origin by its host name:
// NAME.s3.amazonaws.com, NAME.s3.REGION.amazonaws.com, NAME.s3-REGION….
func (w *world) originBucket(domain string) (string, bool) {
	for _, sep := range []string{".s3.", ".s3-"} {
		name, rest, ok := strings.Cut(domain, sep)
		if !ok || strings.HasPrefix(rest, "website") || !strings.Contains(rest, "amazonaws.com") {
			continue
		}
		for _, partition := range []string{"aws", "aws-cn", "aws-us-gov"} {
			if id := schema.BucketARN(partition, name); w.g.Has(id) {
				return id, true
			}
		}
	}
	return "", false
}

// cdnMayRead asks for both ways a distribution signs its requests: origin access
// control (the service, with the distribution as source) and the older origin
// access identity.
func (w *world) cdnMayRead(d *netaws.FrontDoor, id string, o *netaws.FrontOrigin, bucket string) way {
	opts := w.options()
	opts.Context = map[string][]string{"aws:SourceArn": {id}, "aws:SourceAccount": {cmp.Or(d.Account, w.environmentOf(id).account)}}
	best := way{verdict: schema.Deny}
	callers := []string{iamaws.Anonymous}
	if o.AccessControl != "" {
		partition := w.environmentOf(bucket).partition
		callers = []string{"cloudfront.amazonaws.com",
			schema.ARN{Partition: partition, Service: "iam", Account: "cloudfront", Resource: "user/CloudFront Origin Access Identity " + o.AccessControl}.String()}
	}
	for _, c := range callers {
		dec, err := w.perms.Can(iamaws.Request{Principal: c, Action: "s3:GetObject", Resource: bucket + "/*", Options: opts})
		if err != nil {
			continue
		}
		if x := wayOfDecision(nil, dec); x.verdict.Rank() < best.verdict.Rank() {
			best = x
		}
	}
	return best
}

func (w *world) agentDoor(d *netaws.FrontDoor, id string, open way) {
	switch d.Auth {
	case netaws.AuthNone:
		open.evidence = append(open.evidence, graph.Evidence{Document: strings.TrimSpace(d.Doc + " " + d.ID), Summary: "the inbound authoriser is NONE: it answers anyone"})
	case netaws.AuthUnknown:
		open = open.and(fact{verdict: schema.Unknown, missing: []iamaws.Missing{{Kind: "authorizer", ID: id}}}.way(), nil)
	default:
		return
	}
	w.add(openGateway, step{from: schema.InternetID, to: id, way: open})
}

// openFunctions are functions that any AWS customer may invoke by their policy.
// Of one that anyone may call by its URL that is nothing new.
func (w *world) openFunctions() {
	for _, x := range w.workloads[schema.Function] {
		a, ok := schema.ParseARN(x.ID)
		if !ok || a.Service != "lambda" || w.callable[x.ID] {
			continue
		}
		r := w.inv.Resources[x.ID]
		if r == nil || !r.Policy.Known() && len(r.Further) == 0 {
			continue
		}
		o := w.options()
		o.Absent = []string{"lambda:FunctionUrlAuthType"}
		o.Context = map[string][]string{"lambda:InvokedViaFunctionUrl": {"false"}}
		if y := w.may(iamaws.AnyAccount, "lambda:InvokeFunction", x.ID, o); y.verdict != schema.Unknown {
			w.add(openFunction, step{from: schema.AnyAWSAccountID, to: x.ID, way: y})
		}
	}
}

// openBuckets are buckets that anyone may read or write. What the anonymous
// caller may do, every AWS customer may as well: that needs no second edge.
func (w *world) openBuckets() {
	uses := w.uses()
	for _, b := range w.g.NodeIDs(schema.Bucket) {
		if w.inv.Resources[b] == nil {
			continue
		}
		use := uses[b]
		if use == nil {
			use = &bucketUse{}
		}
		w.openBucket(b, anonymousRead, located(b, w.objects(b).reads, use))
		w.openBucket(b, anonymousWrite, located(b, w.objects(b).writes, use))
	}
}

func (w *world) openBucket(b string, t *Technique, rs []resourceWay) {
	best := 3
	for _, caller := range []string{iamaws.Anonymous, iamaws.AnyAccount} {
		from, _ := w.node(caller)
		for _, r := range rs {
			x := r.way
			if !slices.Contains(x.who, caller) || x.verdict.Rank() >= best {
				continue
			}
			best = x.verdict.Rank()
			w.add(openBucket, step{from: from, to: b, way: x})
			w.add(t, step{from: from, to: b, way: x})
		}
	}
}

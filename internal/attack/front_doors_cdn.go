package attack

import (
	"cmp"
	"strings"

	"github.com/postern-sec/postern/graph"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// cdnCalls is for function URLs that only a distribution may call: it signs the
// requests it passes on, whoever sent them.
var cdnCalls = exposeRow("cdn-002", "is a function whose URL a distribution calls for anyone", schema.AssumesVulnerability, 2,
	[]string{"the URL is an origin of the distribution, with origin access control", "the function's policy lets the distribution call it", "no signed URL is needed"}, "T1190")

// originFunction finds the function of an origin by the host name of its URL.
func (w *world) originFunction(domain string) (string, bool) {
	if !strings.Contains(domain, ".lambda-url.") {
		return "", false
	}
	for _, r := range w.f.AWSNetwork.Regions {
		for i := range r.FrontDoors.Items {
			d := &r.FrontDoors.Items[i]
			if d.Kind == "function-url" && strings.EqualFold(d.Domain, domain) && w.g.Has(cmp.Or(d.ARN, d.ID)) {
				return cmp.Or(d.ARN, d.ID), true
			}
		}
	}
	return "", false
}

// distributionCalls leads through a distribution to the function behind a URL
// that takes signed requests only. A URL that takes any is reached without it.
//
// Source: Amazon CloudFront Developer Guide, "Restrict access to an AWS Lambda
// function URL origin", read 2026-11.
func (w *world) distributionCalls(d *netaws.FrontDoor, id string, o *netaws.FrontOrigin, function string, open way) {
	if o.AccessControl == "" || w.callable[function] {
		return
	}
	opts := w.options()
	opts.Context = map[string][]string{"aws:SourceArn": {id}, "aws:SourceAccount": {cmp.Or(d.Account, w.environmentOf(id).account)},
		"lambda:FunctionUrlAuthType": {"AWS_IAM"}, "lambda:InvokedViaFunctionUrl": {"true"}}
	const service = "cloudfront.amazonaws.com"
	x := open.and(w.may(service, "lambda:InvokeFunctionUrl", function, opts), nil)
	if created := w.urlCreated(function); x.verdict != schema.Deny && (created == "" || created >= urlCreatedBefore) {
		both := w.may(service, "lambda:InvokeFunction", function, opts)
		if both.verdict == schema.Deny && created == "" {
			both = onlyIf("the URL was created before October 2025, when lambda:InvokeFunction was not asked for").way()
		}
		x = x.and(both, nil)
	}
	if x.verdict == schema.Deny {
		return
	}
	x.evidence = append(x.evidence, graph.Evidence{Document: strings.TrimSpace(d.Doc + " " + d.ID), Statement: o.ID, Summary: "the distribution signs the requests it passes on to " + o.Domain})
	w.add(openDistribution, step{from: schema.InternetID, to: id, way: open})
	w.add(cdnCalls, step{from: id, to: function, way: x, variant: o.ID})
}

// urlCreated is when a function's URL was created; empty is unknown.
func (w *world) urlCreated(function string) string {
	if r := w.inv.Resources[function]; r != nil && r.Lambda != nil {
		return r.Lambda.URL.Value.Created
	}
	return ""
}

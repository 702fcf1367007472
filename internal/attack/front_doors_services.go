package attack

import (
	"strings"

	"github.com/postern-sec/postern/graph"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// Front doors of managed services that answer by a name of their own. Notebook
// and Studio URLs, model endpoints and serverless collections are none: there
// AWS itself authenticates every caller, and what a credential opens is the
// permission engine's answer.
var (
	openService = exposeRow("expose-012", "is a service that answers anyone on a name of its own", schema.AssumesVulnerability, 2,
		[]string{"the service is publicly accessible", "it runs"}, "T1190")
	openCluster = exposeRow("expose-013", "is a cluster whose API server listens on the internet", schema.AssumesCredential, 4,
		[]string{"public endpoint access is on", "the source is among the addresses that may", "a credential that the cluster takes, or a flaw"}, "T1133")
	openSearch = exposeRow("expose-014", "is a search domain that answers anyone", schema.AssumesNothing, 1,
		[]string{"the domain is in no VPC", "its access policy lets everyone in"}, "T1190")

	anonymousSearch = dataRow("es-001", schema.ReadsData, "anyone reads the domain's indexes", 1, []string{"T1530"},
		[]string{"the domain is in no VPC", "its access policy lets everyone in", "no fine-grained access control"}, needs("{target}/*", "es:ESHttpGet"))
)

// service leads to a service with public ingress that asks nobody who they are.
//
// Source: AWS App Runner Developer Guide, "Enabling Private endpoints for
// incoming traffic": public endpoints are the default, read 2026-11.
func (w *world) service(d *netaws.FrontDoor, id string, open way) {
	if d.Auth == netaws.AuthNone {
		w.add(openService, step{from: schema.InternetID, to: id, way: open})
	}
}

// cluster leads to a cluster's API server, which listens to whoever its list
// admits and then asks for a credential.
//
// Source: Amazon EKS User Guide, "Cluster API server endpoint", read 2026-11.
func (w *world) cluster(d *netaws.FrontDoor, id string, open way) {
	s := step{from: schema.InternetID, to: id, way: open, ports: []string{"tcp/443"}}
	if open.verdict == schema.Conditional {
		s.sources = d.AllowedCIDRs.Items
	}
	if open.verdict != schema.Deny {
		w.add(openCluster, s)
	}
}

// searchDomain leads to a public domain that its access policy opens to
// everyone.
//
// Source: Amazon OpenSearch Service Developer Guide, "Identity and Access
// Management: resource-based policies", read 2026-11.
func (w *world) searchDomain(d *netaws.FrontDoor, id string, open way) {
	x := open.and(w.may(iamaws.Anonymous, "es:ESHttpGet", id+"/*", w.options()), nil)
	if x.verdict == schema.Deny {
		return
	}
	w.add(openSearch, step{from: schema.InternetID, to: id, way: x})
	if d.Gate != "" {
		x = x.and(onlyIf(d.Gate).way(), nil)
	}
	x.evidence = append(x.evidence, graph.Evidence{Document: strings.TrimSpace(d.Doc + " " + d.ID), Summary: "the domain answers at " + orElse(d.Domain, d.ID) + ", outside of any VPC"})
	w.add(anonymousSearch, step{from: schema.InternetID, to: id, way: x})
}

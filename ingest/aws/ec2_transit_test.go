package aws

import (
	"testing"

	"github.com/postern-sec/postern/ingest"
)

// TestTransitPeeringSides: both sides of a peering have one attachment id; where
// one account and region holds both gateways, both are kept.
func TestTransitPeeringSides(t *testing.T) {
	const body = `{"TransitGatewayPeeringAttachments":[{"TransitGatewayAttachmentId":"tgw-attach-p","State":"available",
		"RequesterTgwInfo":{"TransitGatewayId":"tgw-1","OwnerId":"111122223333","Region":"eu-west-1"},
		"AccepterTgwInfo":{"TransitGatewayId":"tgw-2","OwnerId":"111122223333","Region":"eu-west-1"}}]}`
	f := ingest.NewFacts()
	Map([]ingest.Document{{Provider: "aws", Account: "111122223333", Region: "eu-west-1", Service: "ec2",
		Operation: "DescribeTransitGatewayPeeringAttachments", Source: "peerings.json", Body: []byte(body)}}, f)
	far := map[string]string{}
	for _, a := range f.AWSNetwork.At("111122223333", "eu-west-1").TransitGatewayAttachments.Items {
		far[a.TransitGateway] = a.Resource
	}
	if len(far) != 2 || far["tgw-1"] != "tgw-2" || far["tgw-2"] != "tgw-1" {
		t.Errorf("sides %v", far)
	}
}

// TestTransitRoutesCutOff: a search that says that there are more routes is not
// all of the table.
func TestTransitRoutesCutOff(t *testing.T) {
	f := ingest.NewFacts()
	Map([]ingest.Document{{Provider: "aws", Account: "111122223333", Region: "eu-west-1", Service: "ec2", Operation: "SearchTransitGatewayRoutes",
		Parameters: []string{"tgw-rtb-1"}, Source: "routes.json", Body: []byte(`{"Routes":[],"AdditionalRoutesAvailable":true}`)}}, f)
	tables := f.AWSNetwork.At("111122223333", "eu-west-1").TransitGatewayRouteTables.Items
	if len(tables) != 1 || !tables[0].CutOff {
		t.Errorf("tables %+v", tables)
	}
}

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

// TestTransitAssociationTold: an attachment says itself which route table it is
// associated with; one that is disassociated has none.
func TestTransitAssociationTold(t *testing.T) {
	f := ingest.NewFacts()
	Map([]ingest.Document{{Provider: "aws", Account: "111122223333", Region: "eu-west-1", Service: "ec2", Operation: "DescribeTransitGatewayAttachments",
		Source: "attachments.json", Body: []byte(`{"TransitGatewayAttachments":[
			{"TransitGatewayAttachmentId":"tgw-attach-1","TransitGatewayId":"tgw-1","ResourceType":"vpc","Association":{"State":"associated","TransitGatewayRouteTableId":"tgw-rtb-1"}},
			{"TransitGatewayAttachmentId":"tgw-attach-2","TransitGatewayId":"tgw-1","ResourceType":"vpc","Association":{"State":"disassociated","TransitGatewayRouteTableId":"tgw-rtb-1"}},
			{"TransitGatewayAttachmentId":"tgw-attach-3","TransitGatewayId":"tgw-1","ResourceType":"vpc"}]}`)}}, f)
	told := map[string]string{}
	for _, a := range f.AWSNetwork.At("111122223333", "eu-west-1").TransitGatewayAttachments.Items {
		told[a.ID] = a.RouteTable
	}
	if len(told) != 3 || told["tgw-attach-1"] != "tgw-rtb-1" || told["tgw-attach-2"] != "" || told["tgw-attach-3"] != "" {
		t.Errorf("told %v", told)
	}
}

// TestPrefixListsOfEitherCall: the answers of both calls that list prefix lists
// have one member, and a file need not say which of them it is of.
func TestPrefixListsOfEitherCall(t *testing.T) {
	for _, c := range []struct {
		list, account string
		known         bool
	}{
		{`{"PrefixListId":"pl-1","PrefixListName":"com.amazonaws.eu-west-1.s3","Cidrs":["52.218.0.0/17"]}`, "AWS", true},
		{`{"PrefixListId":"pl-1","PrefixListName":"com.amazonaws.eu-west-1.s3","PrefixListArn":"arn:aws:ec2:eu-west-1:aws:prefix-list/pl-1","OwnerId":"AWS"}`, "AWS", false},
		{`{"PrefixListId":"pl-1","PrefixListName":"offices","PrefixListArn":"arn:aws:ec2:eu-west-1:111122223333:prefix-list/pl-1","OwnerId":"111122223333"}`, "111122223333", false},
	} {
		f := ingest.NewFacts()
		Map([]ingest.Document{{Provider: "aws", Account: "111122223333", Region: "eu-west-1", Service: "ec2", Operation: "DescribeManagedPrefixLists",
			Source: "PrefixLists.json", Body: []byte(`{"PrefixLists":[` + c.list + `]}`)}}, f)
		lists := f.AWSNetwork.At("111122223333", "eu-west-1").PrefixLists.Items
		if len(lists) != 1 || lists[0].Account != c.account || lists[0].Entries.Collected != c.known {
			t.Errorf("%s: %+v", c.list, lists)
		}
	}
}

// TestTransitPropagationStates: what is switched off propagates nothing, and a state
// that is not known leaves the table open.
func TestTransitPropagationStates(t *testing.T) {
	for _, c := range []struct {
		state            string
		propagates, open bool
	}{
		{"enabled", true, false}, {"enabling", true, false}, {"disabled", false, false}, {"disabling", false, false}, {"not-enabled", false, true},
	} {
		f := ingest.NewFacts()
		Map([]ingest.Document{{Provider: "aws", Account: "111122223333", Region: "eu-west-1", Service: "ec2", Operation: "GetTransitGatewayRouteTablePropagations",
			Parameters: []string{"tgw-rtb-1"}, Source: "propagations.json",
			Body: []byte(`{"TransitGatewayRouteTablePropagations":[{"TransitGatewayAttachmentId":"tgw-attach-1","State":"` + c.state + `"}]}`)}}, f)
		tables := f.AWSNetwork.At("111122223333", "eu-west-1").TransitGatewayRouteTables.Items
		if len(tables) != 1 || len(tables[0].Propagations.Items) == 1 != c.propagates || tables[0].CutOff != c.open {
			t.Errorf("%s: %+v", c.state, tables)
		}
	}
}

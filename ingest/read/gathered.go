package read

import (
	"encoding/json"
	"strings"

	"github.com/postern-sec/postern/ingest/aws"
)

// gathered is a file that holds, in one list, the answers to a call that is made
// for one resource at a time, each with what it was made for beside it. Network
// analysers keep these calls so, because the flat layout has no folder to name the
// resource by.
type gathered struct {
	service, operation string
	of                 string // the member that names the resource
}

// gatheredLists are known by the member that holds the list, lower case.
var gatheredLists = map[string]gathered{
	"loadbalancerattributes":     {"elbv2", "DescribeLoadBalancerAttributes", "LoadBalancerArn"},
	"loadbalancerlisteners":      {"elbv2", "DescribeListeners", "LoadBalancerArn"},
	"loadbalancertargethealth":   {"elbv2", "DescribeTargetHealth", "TargetGroupArn"},
	"transitgatewaypropagations": {"ec2", "GetTransitGatewayRouteTablePropagations", "TransitGatewayRouteTableId"},
	"transitgatewaystaticroutes": {"ec2", "SearchTransitGatewayRoutes", "TransitGatewayRouteTableId"},
}

// readGathered makes a document of each answer of a gathered list. It reports
// false for anything else.
func readGathered(f *file, keys []string, body []byte) ([]draft, bool) {
	if len(keys) != 1 {
		return nil, false
	}
	g, ok := gatheredLists[keys[0]]
	if !ok {
		return nil, false
	}
	op, ok := aws.FindOperation(g.service, g.operation)
	if !ok {
		return nil, false
	}
	var lists map[string]json.RawMessage
	if json.Unmarshal(body, &lists) != nil {
		return nil, false
	}
	var answers []json.RawMessage
	for k, v := range lists {
		if strings.EqualFold(k, keys[0]) && json.Unmarshal(v, &answers) != nil {
			return nil, false
		}
	}
	out := []draft{}
	for _, a := range answers {
		// Without its resource the mapper says what is missing.
		d := f.draft(op, a, nil)
		d.doc.Parameters = nil
		if of := memberText(a, g.of); of != "" {
			d.doc.Parameters = []string{of}
		}
		out = append(out, d)
	}
	return out, true
}

// memberText is a text member of an object, "" if it has none of that name.
func memberText(object json.RawMessage, name string) string {
	var members map[string]json.RawMessage
	if json.Unmarshal(object, &members) != nil {
		return ""
	}
	var text string
	for k, v := range members {
		if strings.EqualFold(k, name) && json.Unmarshal(v, &text) == nil && text != "" {
			return text
		}
	}
	return ""
}

package aws

import (
	"cmp"
	"strings"

	"github.com/postern-sec/postern/ingest"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// workload adds a workload and its edges to its roles. Account, region and
// evidence are the document's when they are not set.
func (m *Mapping) workload(d ingest.Document, w ingest.Workload) {
	w.Account, w.Region = cmp.Or(w.Account, d.Account), cmp.Or(w.Region, d.Region)
	if w.Evidence.Document == "" {
		w.Evidence = evidence(d, d.Parameter(), string(w.Kind)+" "+w.ID)
	}
	for _, r := range w.Roles {
		m.link(w.ID, schema.HasRole, r.Role, schema.Role)
	}
	w.Code = sorted(w.Code)
	for _, image := range w.Code {
		m.runsImage(d, w.ID, w.Kind, image)
	}
	m.AddWorkload(w)
}

// role is the one role of a workload, or none when arn is empty.
func role(d ingest.Document, arn, via string) []ingest.RoleUse {
	if !strings.HasPrefix(arn, "arn:") {
		return nil
	}
	return []ingest.RoleUse{{Role: arn, Via: via, Evidence: evidence(d, d.Parameter(), via+" "+arn)}}
}

// roleARN completes a role that is given by name alone, as CodeBuild and Glue
// accept it; a name may carry its path.
func (m *Mapping) roleARN(d ingest.Document, r string) string {
	if r == "" || strings.HasPrefix(r, "arn:") {
		return r
	}
	return schema.ResourceARN(m.Partition, "iam", "", d.Account, "role/"+strings.TrimPrefix(r, "/"))
}

// vpcConfig is the members by which services place a workload in a VPC.
type vpcConfig struct {
	VpcID            string `json:"VpcId"`
	Subnets          []string
	SubnetIDs        []string `json:"SubnetIds"`
	SecurityGroupIDs []string `json:"SecurityGroupIds"`
	SecurityGroups   []string
}

func (v *vpcConfig) subnets() []string {
	if v == nil {
		return nil
	}
	return sorted(append(v.Subnets, v.SubnetIDs...))
}

func (v *vpcConfig) groups() []string {
	if v == nil {
		return nil
	}
	return sorted(append(v.SecurityGroups, v.SecurityGroupIDs...))
}

func (v *vpcConfig) placement() netaws.Placement {
	if v == nil {
		return netaws.Placement{}
	}
	return netaws.Placement{VPC: v.VpcID, Subnets: v.subnets(), Groups: v.groups()}
}

// placed says that a workload lives in subnets, to the network engine and in
// the graph. Outside of any VPC it counts if it has a way out all the same.
func (m *Mapping) placed(d ingest.Document, arn string, p netaws.Placement) {
	if len(p.Subnets) == 0 && len(p.Interfaces) == 0 && p.DirectInternet != netaws.TriYes {
		return
	}
	p.Meta = meta(d, arn, p.ID)
	*at(m, &m.network(d).Placements, p.Kind+" "+arn) = p
	m.joinEC2(d, arn, schema.InNetwork, ec2VPC, p.VPC)
	m.joinEC2(d, arn, schema.InSubnet, ec2Subnet, p.Subnets...)
	m.joinEC2(d, arn, schema.HasSecurityGroup, ec2Group, p.Groups...)
	m.joinEC2(d, arn, schema.HasInterface, ec2Interface, p.Interfaces...)
}

// door returns the front door with this ARN, to be filled.
func (m *Mapping) door(d ingest.Document, arn, kind, id string) *netaws.FrontDoor {
	f := at(m, &m.network(d).FrontDoors, kind+" "+arn)
	f.Meta = meta(d, arn, cmp.Or(f.Name, id))
	f.ID, f.Kind = id, kind
	return f
}

// flow adds a statement about where AI data comes from or goes to. Ends that
// are empty make no statement.
func (m *Mapping) flow(d ingest.Document, f ingest.Flow) {
	if f.From == "" || f.To == "" {
		return
	}
	f.Account, f.Region = cmp.Or(f.Account, d.Account), cmp.Or(f.Region, d.Region)
	f.Confidence = cmp.Or(f.Confidence, schema.Derived)
	if f.Evidence.Document == "" {
		f.Evidence = evidence(d, d.Parameter(), sentence(f))
	}
	for _, end := range []struct {
		id   string
		kind schema.NodeKind
	}{{f.From, f.FromKind}, {f.To, f.ToKind}} {
		if !isLocation(end.id) {
			m.Graph.Refer(end.id, end.kind)
		}
	}
	m.Flows = append(m.Flows, f)
}

func sentence(f ingest.Flow) string {
	s := f.From + " " + string(f.Kind) + " " + f.To
	if f.Name != "" {
		s += " (" + f.Name + ")"
	}
	return s
}

// isLocation reports whether a flow's end is a place in a store, not a node.
func isLocation(s string) bool {
	return strings.Contains(s, "://")
}

// s3URI gives the s3:// form of a location, which SageMaker also takes as an
// https URL of S3 (path style or virtual-hosted; "S3 URI" in the API reference
// of ModelDataUrl). Anything else is returned as it is.
func s3URI(s string) string {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		return s
	}
	host, path, _ := strings.Cut(rest, "/")
	if bucket, endpoint, ok := strings.Cut(host, ".s3"); ok && strings.Contains(endpoint, ".amazonaws.com") {
		return "s3://" + bucket + "/" + path
	}
	if strings.HasPrefix(host, "s3") && strings.Contains(host, ".amazonaws.com") {
		return "s3://" + path
	}
	return s
}

// runsImage says that a workload or model runs a container image of ECR. Other
// registries are outside of the cloud and have no node.
func (m *Mapping) runsImage(d ingest.Document, id string, kind schema.NodeKind, image string) {
	repository, ok := ecrRepository(m.Partition, image)
	if !ok {
		return
	}
	m.flow(d, ingest.Flow{Kind: schema.RunsImage, From: id, FromKind: kind, To: repository, ToKind: schema.ContainerRegistry, Use: ingest.UseCode, Name: image})
}

// ecrRepository gives the ARN of the repository of an image reference of the
// form ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME[:TAG|@DIGEST].
func ecrRepository(partition, image string) (string, bool) {
	host, name, ok := strings.Cut(image, "/")
	if !ok {
		return "", false
	}
	p := strings.Split(host, ".")
	if len(p) < 5 || !schema.IsAccountID(p[0]) || p[1] != "dkr" || !strings.HasPrefix(p[2], "ecr") {
		return "", false
	}
	name, _, _ = strings.Cut(name, "@")
	name, _, _ = strings.Cut(name, ":")
	if name == "" {
		return "", false
	}
	return schema.ResourceARN(partition, "ecr", p[3], p[0], "repository/"+name), true
}

// mutableImage reports whether an image reference names a tag, which can be
// moved to other bytes, rather than a digest.
func mutableImage(image string) bool {
	return image != "" && !strings.HasPrefix(image, "s3://") && !strings.Contains(image, "@sha256:")
}

// tool says that an agent, gateway or pipeline acts through something, and
// refers to it.
func (m *Mapping) tool(d ingest.Document, t ingest.ToolUse) {
	if t.Agent == "" || t.Tool == "" {
		return
	}
	if t.Evidence.Document == "" {
		t.Evidence = evidence(d, d.Parameter(), t.Agent+" uses "+t.Tool)
	}
	m.Graph.Refer(t.Tool, t.ToolKind)
	m.Graph.Edge(t.Agent, schema.UsesTool, t.Tool).Set(schema.PropConfidence, string(schema.Derived)).Set(schema.PropVariant, t.Variant)
	m.Tools = append(m.Tools, t)
}

// lambdaARN gives the function's own ARN of what an integration, action group or
// target names: an ARN with or without qualifier, or the API Gateway form
// arn:aws:apigateway:REGION:lambda:path/…/functions/ARN/invocations.
func lambdaARN(s string) string {
	if _, rest, ok := strings.Cut(s, "/functions/"); ok {
		s, _, _ = strings.Cut(rest, "/invocations")
	}
	a, ok := schema.ParseARN(s)
	if !ok || a.Service != "lambda" {
		return ""
	}
	p := strings.Split(a.Resource, ":")
	if len(p) < 2 || p[0] != "function" || strings.Contains(p[1], "${") { // a stage variable chooses the function
		return ""
	}
	a.Resource = "function:" + p[1]
	return a.String()
}

// invokes adds a tool that is a Lambda function, called with lambda:InvokeFunction.
func (m *Mapping) invokes(d ingest.Document, agent, role, function, name string) {
	m.tool(d, ingest.ToolUse{Agent: agent, Tool: lambdaARN(function), ToolKind: schema.Function, Role: role, Action: "lambda:InvokeFunction", Variant: name})
}

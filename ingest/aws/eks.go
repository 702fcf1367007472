package aws

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"

	"github.com/postern-sec/postern/ingest"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// eksService is Kubernetes clusters, seen from AWS.
var eksService = Service{
	Name: "eks", LowerCamel: true,
	Client: func(c aws.Config) any { return eks.NewFromConfig(c) },
	Calls: []Call{
		List("ListClusters", (*eks.Client).ListClusters, nil),
		Each("DescribeCluster", (*eks.Client).DescribeCluster, "ListClusters", "Clusters",
			func(in *eks.DescribeClusterInput, p []string) { in.Name = last(p) }),
		Each("ListNodegroups", (*eks.Client).ListNodegroups, "ListClusters", "Clusters",
			func(in *eks.ListNodegroupsInput, p []string) { in.ClusterName = last(p) }),
		Each("DescribeNodegroup", (*eks.Client).DescribeNodegroup, "ListNodegroups", "Nodegroups",
			func(in *eks.DescribeNodegroupInput, p []string) { in.ClusterName, in.NodegroupName = outer(p), last(p) }),
		Each("ListPodIdentityAssociations", (*eks.Client).ListPodIdentityAssociations, "ListClusters", "Clusters",
			func(in *eks.ListPodIdentityAssociationsInput, p []string) { in.ClusterName = last(p) }, Optional()),
		Each("DescribePodIdentityAssociation", (*eks.Client).DescribePodIdentityAssociation, "ListPodIdentityAssociations", "Associations.AssociationId",
			func(in *eks.DescribePodIdentityAssociationInput, p []string) {
				in.ClusterName, in.AssociationId = outer(p), last(p)
			}, Optional()),
	},
	Facts: map[string]Mapper{
		"ListClusters":                   names,
		"DescribeCluster":                mapEKSCluster,
		"ListNodegroups":                 names,
		"DescribeNodegroup":              mapNodeGroup,
		"ListPodIdentityAssociations":    names,
		"DescribePodIdentityAssociation": mapPodIdentity,
	},
}

func mapEKSCluster(m *Mapping, d ingest.Document) error {
	var v struct {
		Cluster struct {
			Arn, Name, Status, Endpoint string
			ResourcesVpcConfig          struct {
				vpcConfig
				ClusterSecurityGroupID                      string
				EndpointPublicAccess, EndpointPrivateAccess *bool
				PublicAccessCidrs                           []string
			}
			EncryptionConfig []struct{ Provider struct{ KeyArn string } }
			Tags             map[string]string
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	x := v.Cluster
	arn := x.Arn
	if arn == "" {
		m.incomplete(d, "a cluster without arn")
		return nil
	}
	d = in(d, arn)
	m.resource(d, arn, schema.KubernetesCluster, "AWS::EKS::Cluster", x.Name).Set(schema.PropStatus, x.Status).Set(schema.PropDomain, host(x.Endpoint)).Set(schema.PropTags, mapTags(x.Tags))
	state := runState(x.Status)
	m.workload(d, ingest.Workload{ID: arn, Kind: schema.KubernetesCluster, State: state, Instance: x.Name,
		Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: "eks.amazonaws.com"}, Evidence: evidence(d, arn, "cluster "+x.Name+" is "+x.Status)})
	for _, e := range x.EncryptionConfig {
		m.encrypted(d, arn, e.Provider.KeyArn)
	}
	vpc := x.ResourcesVpcConfig
	vpc.SecurityGroupIDs = append(vpc.SecurityGroupIDs, vpc.ClusterSecurityGroupID)
	p := vpc.placement()
	p.ID, p.Kind, p.Ports, p.State, p.Stopped = x.Name, "eks", []string{"tcp/443"}, x.Status, stopped(state)
	p.Public = netaws.TriNo // the public endpoint is not on the cluster's own interfaces
	m.placed(d, arn, p)
	f := m.door(d, arn, "eks", x.Name)
	f.Domain, f.Public, f.Auth = host(x.Endpoint), tri(vpc.EndpointPublicAccess), netaws.AuthIAM
	if len(vpc.PublicAccessCidrs) > 0 {
		f.AllowedCIDRs = netaws.Known(sorted(vpc.PublicAccessCidrs)...)
	}
	if f.Disabled = ""; state == ingest.StateStopped {
		f.Disabled = "cluster is " + x.Status
	}
	return nil
}

// ofCluster gives a cluster's workload a further role.
func (m *Mapping) ofCluster(d ingest.Document, cluster, roleArn, via string) {
	if cluster == "" || roleArn == "" {
		return
	}
	arn := m.arnOf(d, "eks", "cluster/", cluster)
	m.Graph.Refer(arn, schema.KubernetesCluster)
	m.workload(d, ingest.Workload{ID: arn, Kind: schema.KubernetesCluster, Roles: role(d, roleArn, via)})
}

func mapNodeGroup(m *Mapping, d ingest.Document) error {
	var v struct {
		Nodegroup struct{ ClusterName, NodegroupName, NodeRole string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	m.ofCluster(d, v.Nodegroup.ClusterName, v.Nodegroup.NodeRole, "node role of "+v.Nodegroup.NodegroupName)
	return nil
}

func mapPodIdentity(m *Mapping, d ingest.Document) error {
	var v struct {
		Association struct{ ClusterName, Namespace, ServiceAccount, RoleArn string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	a := v.Association
	m.ofCluster(d, a.ClusterName, a.RoleArn, "pod identity of "+a.Namespace+"/"+a.ServiceAccount)
	return nil
}

package aws

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// ec2Service is networks and virtual machines. What its answers mean stands in
// ec2_network.go, ec2_gateways.go, ec2_transit.go and ec2_instances.go.
var ec2Service = Service{
	Name:   "ec2",
	Client: func(c aws.Config) any { return ec2.NewFromConfig(c) },
	Calls: []Call{
		List("DescribeVpcs", (*ec2.Client).DescribeVpcs, nil),
		List("DescribeAvailabilityZones", (*ec2.Client).DescribeAvailabilityZones, nil),
		List("DescribeSubnets", (*ec2.Client).DescribeSubnets, nil),
		List("DescribeRouteTables", (*ec2.Client).DescribeRouteTables, nil),
		List("DescribeNetworkAcls", (*ec2.Client).DescribeNetworkAcls, nil),
		List("DescribeSecurityGroups", (*ec2.Client).DescribeSecurityGroups, nil),
		List("DescribeSecurityGroupVpcAssociations", (*ec2.Client).DescribeSecurityGroupVpcAssociations, nil, Optional()),
		List("DescribeManagedPrefixLists", (*ec2.Client).DescribeManagedPrefixLists, nil),
		Each("GetManagedPrefixListEntries", (*ec2.Client).GetManagedPrefixListEntries, "DescribeManagedPrefixLists", "PrefixLists.PrefixListId",
			func(in *ec2.GetManagedPrefixListEntriesInput, p []string) { in.PrefixListId = last(p) }),
		List("DescribeInternetGateways", (*ec2.Client).DescribeInternetGateways, nil),
		List("DescribeEgressOnlyInternetGateways", (*ec2.Client).DescribeEgressOnlyInternetGateways, nil),
		List("DescribeCarrierGateways", (*ec2.Client).DescribeCarrierGateways, nil, Optional()),
		List("DescribeNatGateways", (*ec2.Client).DescribeNatGateways, nil),
		List("DescribeVpnGateways", (*ec2.Client).DescribeVpnGateways, nil),
		List("DescribeCustomerGateways", (*ec2.Client).DescribeCustomerGateways, nil),
		List("DescribeVpnConnections", (*ec2.Client).DescribeVpnConnections, nil),
		List("DescribeVpcPeeringConnections", (*ec2.Client).DescribeVpcPeeringConnections, nil),
		List("DescribeVpcEndpoints", (*ec2.Client).DescribeVpcEndpoints, nil),
		List("DescribeVpcEndpointServiceConfigurations", (*ec2.Client).DescribeVpcEndpointServiceConfigurations, nil),
		List("DescribeVpcBlockPublicAccessOptions", (*ec2.Client).DescribeVpcBlockPublicAccessOptions, nil),
		List("DescribeVpcBlockPublicAccessExclusions", (*ec2.Client).DescribeVpcBlockPublicAccessExclusions, nil),
		List("DescribeNetworkInterfaces", (*ec2.Client).DescribeNetworkInterfaces, nil),
		List("DescribeAddresses", (*ec2.Client).DescribeAddresses, nil),
		List("DescribeInstances", (*ec2.Client).DescribeInstances, nil),
		Each("DescribeInstanceAttribute", (*ec2.Client).DescribeInstanceAttribute, "DescribeInstances", "Reservations.Instances.InstanceId",
			func(in *ec2.DescribeInstanceAttributeInput, p []string) {
				in.InstanceId, in.Attribute = last(p), types.InstanceAttributeNameUserData
			}),
		// Without a template's id these versions are those of all templates.
		List("DescribeLaunchTemplateVersions", (*ec2.Client).DescribeLaunchTemplateVersions,
			func(in *ec2.DescribeLaunchTemplateVersionsInput) { in.Versions = []string{"$Latest", "$Default"} }),
		List("DescribeSnapshots", (*ec2.Client).DescribeSnapshots, func(in *ec2.DescribeSnapshotsInput) { in.OwnerIds = []string{"self"} }),
		Each("DescribeSnapshotAttribute", (*ec2.Client).DescribeSnapshotAttribute, "DescribeSnapshots", "Snapshots.SnapshotId",
			func(in *ec2.DescribeSnapshotAttributeInput, p []string) {
				in.SnapshotId, in.Attribute = last(p), types.SnapshotAttributeNameCreateVolumePermission
			}, Filtered(declared)),
		List("DescribeImages", (*ec2.Client).DescribeImages, func(in *ec2.DescribeImagesInput) { in.Owners = []string{"self"} }),
		Each("DescribeImageAttribute", (*ec2.Client).DescribeImageAttribute, "DescribeImages", "Images.ImageId",
			func(in *ec2.DescribeImageAttributeInput, p []string) {
				in.ImageId, in.Attribute = last(p), types.ImageAttributeNameLaunchPermission
			}, Filtered(declared)),
		List("DescribeIamInstanceProfileAssociations", (*ec2.Client).DescribeIamInstanceProfileAssociations, nil),
		List("DescribeTransitGateways", (*ec2.Client).DescribeTransitGateways, nil),
		List("DescribeTransitGatewayAttachments", (*ec2.Client).DescribeTransitGatewayAttachments, nil),
		List("DescribeTransitGatewayVpcAttachments", (*ec2.Client).DescribeTransitGatewayVpcAttachments, nil),
		List("DescribeTransitGatewayPeeringAttachments", (*ec2.Client).DescribeTransitGatewayPeeringAttachments, nil),
		List("DescribeTransitGatewayRouteTables", (*ec2.Client).DescribeTransitGatewayRouteTables, nil),
		Each("GetTransitGatewayRouteTableAssociations", (*ec2.Client).GetTransitGatewayRouteTableAssociations, "DescribeTransitGatewayRouteTables", "TransitGatewayRouteTables.TransitGatewayRouteTableId",
			func(in *ec2.GetTransitGatewayRouteTableAssociationsInput, p []string) {
				in.TransitGatewayRouteTableId = last(p)
			}),
		Each("GetTransitGatewayRouteTablePropagations", (*ec2.Client).GetTransitGatewayRouteTablePropagations, "DescribeTransitGatewayRouteTables", "TransitGatewayRouteTables.TransitGatewayRouteTableId",
			func(in *ec2.GetTransitGatewayRouteTablePropagationsInput, p []string) {
				in.TransitGatewayRouteTableId = last(p)
			}),
		Each("SearchTransitGatewayRoutes", (*ec2.Client).SearchTransitGatewayRoutes, "DescribeTransitGatewayRouteTables", "TransitGatewayRouteTables.TransitGatewayRouteTableId",
			func(in *ec2.SearchTransitGatewayRoutesInput, p []string) {
				in.TransitGatewayRouteTableId = last(p)
				in.Filters = []types.Filter{{Name: aws.String("type"), Values: []string{"static", "propagated"}}}
				in.MaxResults = aws.Int32(1000)
			}),
	},
	Facts: map[string]Mapper{
		"DescribeVpcs":                             mapVPCs,
		"DescribeAvailabilityZones":                mapAvailabilityZones,
		"DescribeCustomerGateways":                 mapCustomerGateways,
		"DescribeSubnets":                          mapSubnets,
		"DescribeRouteTables":                      mapRouteTables,
		"DescribeNetworkAcls":                      mapNetworkACLs,
		"DescribeSecurityGroups":                   mapSecurityGroups,
		"DescribeSecurityGroupVpcAssociations":     mapGroupAssociations,
		"DescribeManagedPrefixLists":               mapManagedPrefixLists,
		"DescribePrefixLists":                      mapPrefixLists,
		"GetManagedPrefixListEntries":              mapPrefixListEntries,
		"DescribeInternetGateways":                 mapInternetGateways,
		"DescribeEgressOnlyInternetGateways":       mapEgressOnlyGateways,
		"DescribeCarrierGateways":                  mapCarrierGateways,
		"DescribeNatGateways":                      mapNATGateways,
		"DescribeVpnGateways":                      mapVPNGateways,
		"DescribeVpnConnections":                   mapVPNConnections,
		"DescribeVpcPeeringConnections":            mapPeerings,
		"DescribeVpcEndpoints":                     mapEndpoints,
		"DescribeVpcEndpointServiceConfigurations": mapEndpointServices,
		"DescribeVpcBlockPublicAccessOptions":      mapPublicAccessOptions,
		"DescribeVpcBlockPublicAccessExclusions":   mapPublicAccessExclusions,
		"DescribeNetworkInterfaces":                mapInterfaces,
		"DescribeAddresses":                        mapAddresses,
		"DescribeInstances":                        mapInstances,
		"DescribeInstanceAttribute":                mapInstanceAttribute,
		"DescribeSnapshots":                        mapSnapshots,
		"DescribeSnapshotAttribute":                mapSnapshotAttribute,
		"DescribeImages":                           mapImages,
		"DescribeImageAttribute":                   mapImageAttribute,
		"DescribeLaunchTemplates":                  mapLaunchTemplates,
		"DescribeLaunchTemplateVersions":           mapLaunchTemplateVersions,
		"DescribeIamInstanceProfileAssociations":   mapProfileAssociations,
		"DescribeTransitGateways":                  mapTransitGateways,
		"DescribeTransitGatewayAttachments":        mapTransitAttachments,
		"DescribeTransitGatewayVpcAttachments":     mapTransitVPCAttachments,
		"DescribeTransitGatewayPeeringAttachments": mapTransitPeerings,
		"DescribeTransitGatewayRouteTables":        mapTransitRouteTables,
		"GetTransitGatewayRouteTableAssociations":  mapTransitAssociations,
		"GetTransitGatewayRouteTablePropagations":  mapTransitPropagations,
		"SearchTransitGatewayRoutes":               mapTransitRoutes,
	},
}

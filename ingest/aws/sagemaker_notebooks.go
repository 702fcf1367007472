package aws

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/postern-sec/postern/ingest"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

func mapNotebook(m *Mapping, d ingest.Document) error {
	var v struct {
		NotebookInstanceArn, NotebookInstanceName, NotebookInstanceStatus, URL string
		SubnetID, RoleArn, KmsKeyID, NetworkInterfaceID                        string
		SecurityGroups, AdditionalCodeRepositories                             []string
		NotebookInstanceLifecycleConfigName, DirectInternetAccess, RootAccess  string
		DefaultCodeRepository, PlatformIdentifier                              string
		InstanceMetadataServiceConfiguration                                   struct{ MinimumInstanceMetadataServiceVersion string }
		CreationTime                                                           stamp
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	arn := v.NotebookInstanceArn
	if arn == "" {
		m.incomplete(d, "a notebook without NotebookInstanceArn")
		return nil
	}
	d = in(d, arn)
	m.given(arn)
	imds := map[string]string{"1": "optional", "2": "required"}[v.InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion]
	n := m.resource(d, arn, schema.Notebook, "AWS::SageMaker::NotebookInstance", v.NotebookInstanceName).
		Set(schema.PropStatus, v.NotebookInstanceStatus).Set(schema.PropDomain, host(v.URL)).Set(schema.PropIMDS, imds).
		Set(schema.PropRuntime, v.PlatformIdentifier).Set(schema.PropCreated, string(v.CreationTime))
	attributes := map[ingest.Attribute]string{ingest.AttrPassedTo: sagemakerPrincipal}
	if v.DirectInternetAccess != "" {
		n.Set(schema.PropDirectInternet, v.DirectInternetAccess == "Enabled")
		attributes[ingest.AttrDirectInternet] = yesNo(v.DirectInternetAccess == "Enabled")
	}
	if v.RootAccess != "" {
		n.Set(schema.PropRootAccess, v.RootAccess == "Enabled")
		attributes[ingest.AttrRootAccess] = yesNo(v.RootAccess == "Enabled")
	}
	if v.NotebookInstanceLifecycleConfigName != "" {
		attributes[ingest.AttrLifecycleConfig] = v.NotebookInstanceLifecycleConfigName
	}
	m.encrypted(d, arn, v.KmsKeyID)
	state := runState(v.NotebookInstanceStatus)
	m.workload(d, ingest.Workload{ID: arn, Kind: schema.Notebook, Roles: role(d, v.RoleArn, "execution role"), State: state, Instance: v.NotebookInstanceName,
		IMDS: imds, Attributes: attributes, Code: append(v.AdditionalCodeRepositories, v.DefaultCodeRepository),
		Evidence: evidence(d, arn, "notebook "+v.NotebookInstanceName+" is "+cmp.Or(v.NotebookInstanceStatus, "in an unknown state"))})
	direct := netaws.TriUnknown
	if v.DirectInternetAccess != "" {
		direct = netaws.TriOf(v.DirectInternetAccess == "Enabled")
	}
	m.placed(d, arn, netaws.Placement{ID: v.NotebookInstanceName, Kind: "sagemaker-notebook", Subnets: sorted([]string{v.SubnetID}), Groups: sorted(v.SecurityGroups),
		Interfaces: sorted([]string{v.NetworkInterfaceID}), DirectInternet: direct, Public: netaws.TriNo, State: v.NotebookInstanceStatus, Stopped: stopped(state)})
	f := m.door(d, arn, "notebook", v.NotebookInstanceName)
	f.Domain, f.Public, f.Auth = host(v.URL), netaws.TriYes, netaws.AuthIAM
	f.Gate = "presigned URL"
	if f.Disabled = ""; state == ingest.StateStopped {
		f.Disabled = "notebook is " + v.NotebookInstanceStatus
	}
	return nil
}

// studioJoins is what Studio's profiles, spaces and apps inherit, by domain id
// and by domain id and profile.
type studioJoins struct {
	domain  map[string]studioDomain
	profile map[string]string // domain/profile, role of its own
}

type userSettings struct {
	ExecutionRole  string
	SecurityGroups []string
}

type studioDomain struct {
	DomainArn, DomainID, DomainName, Status, URL, VpcID, AppNetworkAccessType, AuthMode string
	KmsKeyID, HomeEfsFileSystemID, HomeEfsFileSystemKmsKeyID                            string
	SubnetIDs                                                                           []string
	DefaultUserSettings, DefaultSpaceSettings                                           userSettings
}

func mapDomain(m *Mapping, d ingest.Document) error {
	var v studioDomain
	if err := decode(d, &v); err != nil {
		return err
	}
	arn := v.DomainArn
	if arn == "" {
		m.incomplete(d, "a Studio domain without DomainArn")
		return nil
	}
	d = in(d, arn)
	v.DomainID = cmp.Or(v.DomainID, afterPart(arn, "domain"))
	j := &m.joins().studio
	if j.domain == nil {
		j.domain = map[string]studioDomain{}
	}
	j.domain[v.DomainID] = v
	n := m.resource(d, arn, schema.AIDomain, "AWS::SageMaker::Domain", cmp.Or(v.DomainName, v.DomainID)).
		Set(schema.PropStatus, v.Status).Set(schema.PropDomain, host(v.URL)).Set(schema.PropEndpointType, v.AppNetworkAccessType).Set(schema.PropAuth, strings.ToLower(v.AuthMode))
	m.encrypted(d, arn, v.KmsKeyID, v.HomeEfsFileSystemKmsKeyID)
	for _, r := range sorted([]string{v.DefaultUserSettings.ExecutionRole, v.DefaultSpaceSettings.ExecutionRole}) {
		m.link(n.ID(), schema.HasRole, r, schema.Role)
	}
	if v.HomeEfsFileSystemID != "" {
		m.flow(d, ingest.Flow{Kind: schema.StoredIn, From: arn, FromKind: schema.AIDomain, To: m.arnOf(d, "elasticfilesystem", "file-system/", v.HomeEfsFileSystemID),
			ToKind: schema.FileSystem, Use: ingest.UseCode, Name: "home directories"})
	}
	m.joinEC2(d, arn, schema.InNetwork, ec2VPC, v.VpcID)
	m.joinEC2(d, arn, schema.InSubnet, ec2Subnet, v.SubnetIDs...)
	f := m.door(d, arn, "studio", v.DomainID)
	f.Name, f.Domain, f.Public, f.Auth, f.Gate = v.DomainName, host(v.URL), netaws.TriYes, netaws.AuthIAM, "presigned URL or single sign-on"
	// Its apps share its network (Amazon SageMaker AI Developer Guide, "Connect Studio
	// notebooks in a VPC to external resources", read 2026-11).
	*at(m, &m.network(d).Placements, "sagemaker-domain "+arn) = netaws.Placement{Meta: meta(d, arn, v.DomainName), ID: v.DomainID, Kind: "sagemaker-domain", Pattern: true, VPC: v.VpcID,
		Subnets: sorted(v.SubnetIDs), Groups: sorted(v.DefaultUserSettings.SecurityGroups), DirectInternet: directInternet(v.AppNetworkAccessType), Public: netaws.TriNo}
	return nil
}

// directInternet reads a domain's network mode: whether its apps have a way to the
// internet by SageMaker's own network.
func directInternet(mode string) netaws.Tri {
	if mode == "" {
		return netaws.TriUnknown
	}
	return netaws.TriOf(mode == "PublicInternetOnly")
}

// studioWorkload adds a profile, space or app. Its role, when it has none of its
// own, and its network are the domain's.
func (m *Mapping) studioWorkload(d ingest.Document, arn string, kind schema.NodeKind, domain, state string, groups []string, roleOf func(studioDomain) (arn, via string)) {
	m.workload(d, ingest.Workload{ID: arn, Kind: kind, State: runState(state),
		Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: sagemakerPrincipal, ingest.AttrDomainID: domain},
		Evidence:   evidence(d, arn, "Studio domain "+domain+" holds it; it is "+cmp.Or(state, "in an unknown state"))})
	m.Later(func() {
		s := m.joins().studio.domain[domain]
		w := ingest.Workload{ID: arn, Kind: kind}
		if s.AppNetworkAccessType != "" {
			w.Attributes = map[ingest.Attribute]string{ingest.AttrNetworkMode: s.AppNetworkAccessType}
		}
		r, via := roleOf(s)
		w.Roles = role(d, r, via)
		for _, x := range w.Roles {
			m.link(arn, schema.HasRole, x.Role, schema.Role)
		}
		m.AddWorkload(w)
		if s.DomainArn != "" {
			m.link(arn, schema.PartOf, s.DomainArn, schema.AIDomain)
		}
		if len(groups) == 0 {
			groups = s.DefaultUserSettings.SecurityGroups
		}
		m.placed(d, arn, netaws.Placement{ID: lastPart(arn), Kind: "sagemaker-studio", VPC: s.VpcID, Subnets: sorted(s.SubnetIDs), Groups: sorted(groups),
			DirectInternet: directInternet(s.AppNetworkAccessType), Public: netaws.TriNo, State: state, Stopped: stopped(runState(state))})
	})
}

func mapUserProfile(m *Mapping, d ingest.Document) error {
	var v struct {
		UserProfileArn, UserProfileName, DomainID, Status string
		UserSettings                                      userSettings
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.UserProfileArn == "" {
		m.incomplete(d, "a user profile without UserProfileArn")
		return nil
	}
	d = in(d, v.UserProfileArn)
	m.resource(d, v.UserProfileArn, schema.AIUserProfile, "AWS::SageMaker::UserProfile", v.UserProfileName).Set(schema.PropStatus, v.Status)
	j := &m.joins().studio
	if j.profile == nil {
		j.profile = map[string]string{}
	}
	j.profile[v.DomainID+"/"+v.UserProfileName] = v.UserSettings.ExecutionRole
	m.studioWorkload(d, v.UserProfileArn, schema.AIUserProfile, v.DomainID, v.Status, v.UserSettings.SecurityGroups, m.profileRole(v.DomainID, v.UserProfileName))
	return nil
}

// profileRole finds the role of a profile: its own, else the domain's default.
func (m *Mapping) profileRole(domain, profile string) func(studioDomain) (string, string) {
	return func(s studioDomain) (string, string) {
		if own := m.joins().studio.profile[domain+"/"+profile]; own != "" {
			return own, "execution role of the profile"
		}
		return s.DefaultUserSettings.ExecutionRole, "default execution role of the domain"
	}
}

// spaceRole finds the role of a space: its owner's when it is private, else the
// one the domain sets for shared spaces ("Amazon SageMaker Studio spaces",
// SageMaker AI Developer Guide, read 2026-11-23).
func (m *Mapping) spaceRole(domain, owner, sharing string) func(studioDomain) (string, string) {
	if sharing != "Shared" && owner != "" {
		return m.profileRole(domain, owner)
	}
	return func(s studioDomain) (string, string) {
		return s.DefaultSpaceSettings.ExecutionRole, "execution role of the domain's shared spaces"
	}
}

func mapSpace(m *Mapping, d ingest.Document) error {
	var v struct {
		SpaceArn, SpaceName, DomainID, Status string
		OwnershipSettings                     struct{ OwnerUserProfileName string }
		SpaceSharingSettings                  struct{ SharingType string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.SpaceArn == "" {
		m.incomplete(d, "a space without SpaceArn")
		return nil
	}
	d = in(d, v.SpaceArn)
	m.resource(d, v.SpaceArn, schema.AISpace, "AWS::SageMaker::Space", v.SpaceName).Set(schema.PropStatus, v.Status)
	m.studioWorkload(d, v.SpaceArn, schema.AISpace, v.DomainID, v.Status, nil, m.spaceRole(v.DomainID, v.OwnershipSettings.OwnerUserProfileName, v.SpaceSharingSettings.SharingType))
	return nil
}

type studioApp struct{ AppArn, AppName, AppType, DomainID, UserProfileName, SpaceName, Status string }

// key tells an app from all others of its account and region.
func (v studioApp) key() string {
	return strings.ToLower(strings.Join([]string{v.DomainID, v.UserProfileName, v.SpaceName, v.AppType, v.AppName}, "/"))
}

// appsDescribed holds the apps that DescribeApp named.
type appsDescribed struct{ keys map[string]bool }

func mapApp(m *Mapping, d ingest.Document) error {
	var v studioApp
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.AppArn == "" {
		m.incomplete(d, "an app without AppArn")
		return nil
	}
	described := ingest.Memory[appsDescribed](m.Facts)
	if described.keys == nil {
		described.keys = map[string]bool{}
	}
	d = in(d, v.AppArn)
	described.keys[d.Account+" "+d.Region+" "+v.key()] = true
	m.app(d, v)
	return nil
}

// mapApps reads the list, which says all of an app but its ARN. Source: Amazon
// SageMaker API Reference, AppDetails; Service Authorization Reference, resource
// types of SageMaker AI (app); read 2026-11-28.
func mapApps(m *Mapping, d ingest.Document) error {
	var v struct{ Apps *[]json.RawMessage }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Apps == nil {
		return absent(m, d, "Apps")
	}
	each(m, d, *v.Apps, func(a studioApp) {
		owner := cmp.Or(a.UserProfileName, a.SpaceName)
		if a.DomainID == "" || owner == "" || a.AppName == "" {
			m.incomplete(d, "an app without its domain, owner or name")
			return
		}
		m.Later(func() {
			if ingest.Memory[appsDescribed](m.Facts).keys[d.Account+" "+d.Region+" "+a.key()] {
				return
			}
			a.AppArn = m.arnOf(d, "sagemaker", "app/"+a.DomainID+"/"+owner+"/"+strings.ToLower(a.AppType)+"/", a.AppName)
			m.app(d, a)
		})
	})
	return nil
}

func (m *Mapping) app(d ingest.Document, v studioApp) {
	m.resource(d, v.AppArn, schema.AICompute, "AWS::SageMaker::App", v.AppName).Set(schema.PropStatus, v.Status).Set(schema.PropRuntime, v.AppType)
	if v.UserProfileName == "" { // the space's owner is told by the space
		m.link(v.AppArn, schema.PartOf, m.arnOf(d, "sagemaker", "space/"+v.DomainID+"/", v.SpaceName), schema.AISpace)
		m.Later(func() {
			m.Later(func() { m.inheritRoles(d, v.AppArn, m.arnOf(d, "sagemaker", "space/"+v.DomainID+"/", v.SpaceName)) })
		})
	}
	roleOf := func(studioDomain) (string, string) { return "", "" }
	if v.UserProfileName != "" {
		m.link(v.AppArn, schema.PartOf, m.arnOf(d, "sagemaker", "user-profile/"+v.DomainID+"/", v.UserProfileName), schema.AIUserProfile)
		roleOf = m.profileRole(v.DomainID, v.UserProfileName)
	}
	m.studioWorkload(d, v.AppArn, schema.AICompute, v.DomainID, v.Status, nil, roleOf)
}

// inheritRoles gives a workload the roles of another.
func (m *Mapping) inheritRoles(d ingest.Document, id, of string) {
	for _, w := range m.Workloads {
		if w.ID != of {
			continue
		}
		for _, r := range w.Roles {
			m.link(id, schema.HasRole, r.Role, schema.Role)
		}
		m.AddWorkload(ingest.Workload{ID: id, Kind: m.Graph.Kind(id), Roles: w.Roles})
		return
	}
}

package aws

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

// modelJoins is what endpoints need of other documents, by ARN in lower case:
// SageMaker writes resource names in ARNs in lower case, whatever the name.
type modelJoins struct {
	arn     map[string]string // lower-case ARN, the ARN as given
	model   map[string]modelFacts
	configs map[string]endpointConfig
}

// modelFacts is how a model runs wherever it is deployed.
type modelFacts struct {
	role string
	code []string
	vpc  *vpcConfig
}

// sageARN is the ARN of a SageMaker resource that is named by its name alone:
// the one a document gave for it, else the form SageMaker uses.
func (m *Mapping) sageARN(d ingest.Document, kind, name string) string {
	if name == "" || strings.HasPrefix(name, "arn:") {
		return name
	}
	arn := schema.ResourceARN(m.Partition, "sagemaker", d.Region, d.Account, kind+"/"+strings.ToLower(name))
	return cmp.Or(m.joins().models.arn[strings.ToLower(arn)], arn)
}

// given remembers an ARN as a document writes it.
func (m *Mapping) given(arn string) {
	j := &m.joins().models
	if j.arn == nil {
		j.arn = map[string]string{}
	}
	j.arn[strings.ToLower(arn)] = arn
}

// container is one container of a model or model package.
type container struct {
	Image, ModelDataURL, ModelPackageName string
	ModelDataSource                       *dataSource
	AdditionalModelDataSources            []dataSource
	Environment                           map[string]json.RawMessage
}

// artifacts lists where a container's model bytes lie.
func (c container) artifacts() []string {
	out := []string{s3URI(c.ModelDataURL)}
	sources := c.AdditionalModelDataSources
	if c.ModelDataSource != nil {
		sources = append(slices.Clone(sources), *c.ModelDataSource)
	}
	for _, s := range sources {
		if s.S3DataSource != nil {
			out = append(out, s3URI(s.S3DataSource.S3URI))
		}
	}
	return sorted(out)
}

// contains adds what the containers of a model hold and run, and returns it as
// the code of whatever runs the model.
func (m *Mapping) contains(d ingest.Document, id string, kind schema.NodeKind, containers []container) []string {
	var code []string
	n := m.Graph.Refer(id, kind)
	for _, c := range containers {
		for _, uri := range c.artifacts() {
			m.flow(d, ingest.Flow{Kind: schema.StoredIn, From: id, FromKind: kind, To: uri, ToKind: schema.Bucket, Use: ingest.UseArtifact, Name: "model data"})
			code = append(code, uri)
		}
		if c.Image != "" {
			m.runsImage(d, id, kind, c.Image)
			code = append(code, c.Image)
			n.Set(schema.PropFramework, c.Image)
		}
		if p := m.sageARN(d, "model-package", c.ModelPackageName); p != "" {
			m.flow(d, ingest.Flow{Kind: schema.DerivedFrom, From: id, FromKind: kind, To: p, ToKind: schema.ModelPackage, Use: ingest.UseArtifact})
		}
		n.Append(schema.PropSecretsFound, secretVariables(c.Environment)...)
	}
	return sorted(code)
}

func mapModel(m *Mapping, d ingest.Document) error {
	var v struct {
		ModelArn, ModelName, ExecutionRoleArn string
		PrimaryContainer                      *container
		Containers                            []container
		VpcConfig                             *vpcConfig
		EnableNetworkIsolation                *bool
		CreationTime                          stamp
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.ModelArn == "" {
		m.incomplete(d, "a model without ModelArn")
		return nil
	}
	d = in(d, v.ModelArn)
	m.given(v.ModelArn)
	n := m.resource(d, v.ModelArn, schema.Model, "AWS::SageMaker::Model", v.ModelName).Set(schema.PropCreated, string(v.CreationTime))
	if v.EnableNetworkIsolation != nil {
		n.Set(schema.PropNetworkIsolation, *v.EnableNetworkIsolation)
	}
	all := v.Containers
	if v.PrimaryContainer != nil {
		all = append([]container{*v.PrimaryContainer}, all...)
	}
	facts := modelFacts{role: v.ExecutionRoleArn, code: m.contains(d, v.ModelArn, schema.Model, all), vpc: v.VpcConfig}
	if v.ExecutionRoleArn != "" {
		m.link(v.ModelArn, schema.HasRole, v.ExecutionRoleArn, schema.Role)
	}
	j := &m.joins().models
	if j.model == nil {
		j.model = map[string]modelFacts{}
	}
	j.model[strings.ToLower(v.ModelArn)] = facts
	return nil
}

// runsModel joins what runs a model to the model, and gives it the model's role,
// code and network. Call it from Later.
func (m *Mapping) runsModel(d ingest.Document, id string, kind schema.NodeKind, edge schema.EdgeKind, model, variant string) {
	arn := m.sageARN(d, "model", model)
	m.flow(d, ingest.Flow{Kind: edge, From: id, FromKind: kind, To: arn, ToKind: schema.Model, Use: ingest.UseServing, Name: variant})
	f, ok := m.joins().models.model[strings.ToLower(arn)]
	if !ok {
		return
	}
	w := ingest.Workload{ID: id, Kind: kind, Roles: role(d, f.role, "execution role of the model"), Code: f.code}
	for _, c := range f.code {
		if !strings.HasPrefix(c, "s3://") && mutableImage(c) {
			w.Attributes = map[ingest.Attribute]string{ingest.AttrMutableImage: yesNo(true)}
		}
	}
	for _, r := range w.Roles {
		m.link(id, schema.HasRole, r.Role, schema.Role)
	}
	m.AddWorkload(w)
	p := f.vpc.placement()
	// Containers use their interfaces to call out; requests come by the service.
	p.ID, p.Kind, p.Accepts = strings.TrimPrefix(afterPart(id, "endpoint"), "/"), "sagemaker-endpoint", netaws.TriNo
	if kind != schema.ModelEndpoint {
		p.ID, p.Kind, p.Accepts = id, "sagemaker-job", netaws.TriUnknown
	}
	p.Public = netaws.TriNo
	m.placed(d, id, p)
}

// variant is one production or shadow variant.
type variant struct {
	VariantName, ModelName string
	EnableSSMAccess        bool
}

// endpointConfig is what an endpoint's configuration says about the endpoint.
type endpointConfig struct {
	EndpointConfigArn, EndpointConfigName, KmsKeyID, ExecutionRoleArn string
	ProductionVariants, ShadowProductionVariants                      []variant
	VpcConfig                                                         *vpcConfig
	EnableNetworkIsolation                                            *bool
	DataCaptureConfig                                                 *struct {
		EnableCapture              *bool
		DestinationS3URI, KmsKeyID string
	}
	AsyncInferenceConfig *struct {
		OutputConfig struct{ S3OutputPath, S3FailurePath, KmsKeyID string }
	}
}

// variants lists all variants; shadow variants run on copies of real requests.
func (c endpointConfig) variants() []variant {
	return slices.Concat(c.ProductionVariants, c.ShadowProductionVariants)
}

func mapEndpointConfig(m *Mapping, d ingest.Document) error {
	var v endpointConfig
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.EndpointConfigArn == "" {
		m.incomplete(d, "an endpoint configuration without EndpointConfigArn")
		return nil
	}
	arn := v.EndpointConfigArn
	d = in(d, arn)
	m.given(arn)
	n := m.resource(d, arn, schema.EndpointConfig, "AWS::SageMaker::EndpointConfig", v.EndpointConfigName)
	if v.EnableNetworkIsolation != nil {
		n.Set(schema.PropNetworkIsolation, *v.EnableNetworkIsolation)
	}
	j := &m.joins().models
	if j.configs == nil {
		j.configs = map[string]endpointConfig{}
	}
	j.configs[strings.ToLower(arn)] = v
	m.encrypted(d, arn, v.KmsKeyID)
	if v.ExecutionRoleArn != "" {
		m.link(arn, schema.HasRole, v.ExecutionRoleArn, schema.Role)
	}
	m.captures(d, arn, schema.EndpointConfig, v)
	for _, x := range v.variants() {
		if x.ModelName == "" { // its models come as inference components
			continue
		}
		m.Later(func() {
			m.flow(d, ingest.Flow{Kind: schema.Serves, From: arn, FromKind: schema.EndpointConfig, To: m.sageARN(d, "model", x.ModelName), ToKind: schema.Model,
				Use: ingest.UseServing, Name: x.VariantName})
		})
	}
	return nil
}

// captures adds where an endpoint writes requests and answers.
func (m *Mapping) captures(d ingest.Document, id string, kind schema.NodeKind, c endpointConfig) {
	if dc := c.DataCaptureConfig; dc != nil && (dc.EnableCapture == nil || *dc.EnableCapture) {
		m.logs(d, id, kind, dc.DestinationS3URI, "data capture")
		m.encrypted(d, id, dc.KmsKeyID)
	}
	if a := c.AsyncInferenceConfig; a != nil {
		m.logs(d, id, kind, a.OutputConfig.S3OutputPath, "asynchronous answers")
		m.logs(d, id, kind, a.OutputConfig.S3FailurePath, "asynchronous failures")
		m.encrypted(d, id, a.OutputConfig.KmsKeyID)
	}
}

func mapModelEndpoint(m *Mapping, d ingest.Document) error {
	var v struct {
		EndpointArn, EndpointName, EndpointStatus, EndpointConfigName string
		CreationTime                                                  stamp
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.EndpointArn == "" {
		m.incomplete(d, "an endpoint without EndpointArn")
		return nil
	}
	arn := v.EndpointArn
	d = in(d, arn)
	m.given(arn)
	m.resource(d, arn, schema.ModelEndpoint, "AWS::SageMaker::Endpoint", v.EndpointName).Set(schema.PropStatus, v.EndpointStatus).Set(schema.PropCreated, string(v.CreationTime))
	// Whoever may call the API reaches it, wherever its containers run (Amazon
	// SageMaker AI Developer Guide, "Invoke models for real-time inference").
	f := m.door(d, arn, "sagemaker-endpoint", v.EndpointName)
	f.Public, f.Auth, f.Disabled = netaws.TriYes, netaws.AuthIAM, ""
	if runState(v.EndpointStatus) == ingest.StateStopped {
		f.Disabled = "endpoint is " + v.EndpointStatus
	}
	m.workload(d, ingest.Workload{ID: arn, Kind: schema.ModelEndpoint, State: runState(v.EndpointStatus), Instance: v.EndpointName,
		Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: sagemakerPrincipal}, Evidence: evidence(d, arn, "endpoint "+v.EndpointName+" is "+v.EndpointStatus)})
	m.Later(func() {
		config := m.sageARN(d, "endpoint-config", v.EndpointConfigName)
		m.flow(d, ingest.Flow{Kind: schema.Serves, From: arn, FromKind: schema.ModelEndpoint, To: config, ToKind: schema.EndpointConfig, Use: ingest.UseServing})
		c, ok := m.joins().models.configs[strings.ToLower(config)]
		if !ok {
			return
		}
		for _, x := range c.variants() {
			if x.ModelName != "" {
				m.runsModel(d, arn, schema.ModelEndpoint, schema.Serves, x.ModelName, x.VariantName)
			}
			if x.EnableSSMAccess {
				m.AddWorkload(ingest.Workload{ID: arn, Kind: schema.ModelEndpoint, Attributes: map[ingest.Attribute]string{ingest.AttrSSMManaged: yesNo(true)}})
			}
		}
		m.captures(d, arn, schema.ModelEndpoint, c)
		if r := role(d, c.ExecutionRoleArn, "execution role of the endpoint configuration"); len(r) > 0 {
			m.link(arn, schema.HasRole, c.ExecutionRoleArn, schema.Role)
			m.AddWorkload(ingest.Workload{ID: arn, Kind: schema.ModelEndpoint, Roles: r})
		}
	})
	return nil
}

func mapInferenceComponent(m *Mapping, d ingest.Document) error {
	var v struct {
		InferenceComponentArn, InferenceComponentName, EndpointArn, EndpointName, VariantName string
		Specification                                                                         struct {
			ModelName string
			Container struct {
				ArtifactURL   string
				DeployedImage struct{ SpecifiedImage string }
			}
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	endpoint := cmp.Or(v.EndpointArn, m.sageARN(d, "endpoint", v.EndpointName))
	if endpoint == "" {
		m.incomplete(d, "an inference component without EndpointArn")
		return nil
	}
	d = in(d, endpoint)
	m.Graph.Refer(endpoint, schema.ModelEndpoint)
	c := v.Specification.Container
	if v.Specification.ModelName == "" && c.ArtifactURL == "" && c.DeployedImage.SpecifiedImage == "" {
		return nil
	}
	if v.Specification.ModelName == "" { // a model of its own, named by the component
		id := v.InferenceComponentArn
		if id == "" {
			return nil
		}
		m.resource(d, id, schema.Model, "AWS::SageMaker::InferenceComponent", v.InferenceComponentName)
		code := m.contains(d, id, schema.Model, []container{{Image: c.DeployedImage.SpecifiedImage, ModelDataURL: c.ArtifactURL}})
		m.flow(d, ingest.Flow{Kind: schema.Serves, From: endpoint, FromKind: schema.ModelEndpoint, To: id, ToKind: schema.Model, Use: ingest.UseServing, Name: v.VariantName})
		m.AddWorkload(ingest.Workload{ID: endpoint, Kind: schema.ModelEndpoint, Account: d.Account, Region: d.Region, Code: code})
		return nil
	}
	m.Later(func() {
		m.runsModel(d, endpoint, schema.ModelEndpoint, schema.Serves, v.Specification.ModelName, cmp.Or(v.InferenceComponentName, v.VariantName))
	})
	return nil
}

func mapModelPackageGroup(m *Mapping, d ingest.Document) error {
	var v struct{ ModelPackageGroupArn, ModelPackageGroupName, ModelPackageGroupStatus string }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.ModelPackageGroupArn == "" {
		m.incomplete(d, "a model package group without ModelPackageGroupArn")
		return nil
	}
	d = in(d, v.ModelPackageGroupArn)
	m.given(v.ModelPackageGroupArn)
	m.resource(d, v.ModelPackageGroupArn, schema.ModelRegistry, "AWS::SageMaker::ModelPackageGroup", v.ModelPackageGroupName).Set(schema.PropStatus, v.ModelPackageGroupStatus)
	return nil
}

// noModelPolicy are the codes with which SageMaker says that a group has no
// policy.
var noModelPolicy = []string{"ResourceNotFound", "ResourceNotFoundException", "ValidationException"}

func mapModelPackageGroupPolicy(m *Mapping, d ingest.Document) error {
	var v struct{ ResourcePolicy json.RawMessage }
	found, err := asked(d, &v, noModelPolicy...)
	if err != nil {
		return err
	}
	if d.Parameter() == "" {
		return needsParameter(d, "the model package group")
	}
	arn := m.sageARN(d, "model-package-group", d.Parameter())
	r := iamaws.Resource{ARN: arn, Account: in(d, arn).Account, Type: "AWS::SageMaker::ModelPackageGroup", Policy: iamaws.NoneOf[iamaws.Document]()}
	if found {
		r.Policy = m.policy(d, arn, arn, v.ResourcePolicy)
	}
	m.AWSPermissions.AddResource(r)
	return nil
}

func mapModelPackage(m *Mapping, d ingest.Document) error {
	var v struct {
		ModelPackageArn, ModelPackageName, ModelPackageGroupName, ModelPackageStatus, ModelApprovalStatus string
		InferenceSpecification                                                                            struct{ Containers []container }
		SourceAlgorithmSpecification                                                                      struct {
			SourceAlgorithms []container
		}
		MetadataProperties struct{ GeneratedBy string }
		SecurityConfig     struct{ KmsKeyID string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.ModelPackageArn == "" {
		m.incomplete(d, "a model package without ModelPackageArn")
		return nil
	}
	arn := v.ModelPackageArn
	d = in(d, arn)
	m.given(arn)
	m.resource(d, arn, schema.ModelPackage, "AWS::SageMaker::ModelPackage", cmp.Or(v.ModelPackageName, v.ModelPackageGroupName, afterPart(arn, "model-package"))).
		Set(schema.PropStatus, v.ModelPackageStatus).Set(schema.PropApproval, v.ModelApprovalStatus)
	m.contains(d, arn, schema.ModelPackage, slices.Concat(v.InferenceSpecification.Containers, v.SourceAlgorithmSpecification.SourceAlgorithms))
	m.encrypted(d, arn, v.SecurityConfig.KmsKeyID)
	if v.ModelPackageGroupName != "" {
		m.link(arn, schema.PartOf, m.sageARN(d, "model-package-group", v.ModelPackageGroupName), schema.ModelRegistry)
	}
	if by := v.MetadataProperties.GeneratedBy; strings.Contains(by, ":training-job/") {
		m.flow(d, ingest.Flow{Kind: schema.Produced, From: by, FromKind: schema.TrainingJob, To: arn, ToKind: schema.ModelPackage, Use: ingest.UseArtifact})
	}
	return nil
}

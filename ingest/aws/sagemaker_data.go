package aws

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

func mapFeatureGroup(m *Mapping, d ingest.Document) error {
	var v struct {
		FeatureGroupArn, FeatureGroupName, FeatureGroupStatus, RoleArn string
		OfflineStoreConfig                                             struct {
			S3StorageConfig struct{ S3URI, ResolvedOutputS3URI, KmsKeyID string }
		}
		OnlineStoreConfig struct{ SecurityConfig struct{ KmsKeyID string } }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	arn := v.FeatureGroupArn
	if arn == "" {
		m.incomplete(d, "a feature group without FeatureGroupArn")
		return nil
	}
	d = in(d, arn)
	m.given(arn)
	m.resource(d, arn, schema.FeatureStore, "AWS::SageMaker::FeatureGroup", v.FeatureGroupName).Set(schema.PropStatus, v.FeatureGroupStatus)
	m.AddStore(ingest.DataStore{ID: arn, Kind: schema.FeatureStore, Account: d.Account, Region: d.Region, EncryptionKnown: true, Evidence: evidence(d, arn, "feature group "+v.FeatureGroupName)})
	off := v.OfflineStoreConfig.S3StorageConfig
	m.flow(d, ingest.Flow{Kind: schema.StoredIn, From: arn, FromKind: schema.FeatureStore, To: s3URI(cmp.Or(off.ResolvedOutputS3URI, off.S3URI)), ToKind: schema.Bucket,
		Use: ingest.UseFeature, Name: "offline store"})
	m.encrypted(d, arn, off.KmsKeyID, v.OnlineStoreConfig.SecurityConfig.KmsKeyID)
	if v.RoleArn != "" {
		m.link(arn, schema.HasRole, v.RoleArn, schema.Role)
	}
	return nil
}

// mapPipeline reads a pipeline and, as far as its definition says it literally
// or by a parameter's default, the roles, inputs and functions of its steps.
func mapPipeline(m *Mapping, d ingest.Document) error {
	var v struct{ PipelineArn, PipelineName, PipelineStatus, RoleArn, PipelineDefinition string }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.PipelineArn == "" {
		m.incomplete(d, "a pipeline without PipelineArn")
		return nil
	}
	d = in(d, v.PipelineArn)
	m.resource(d, v.PipelineArn, schema.Pipeline, "AWS::SageMaker::Pipeline", v.PipelineName).Set(schema.PropStatus, v.PipelineStatus)
	j := &job{arn: v.PipelineArn, kind: schema.Pipeline, w: ingest.Workload{ID: v.PipelineArn, Kind: schema.Pipeline, State: ingest.StateOnDemand,
		Roles: role(d, v.RoleArn, "execution role"), Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: sagemakerPrincipal},
		Evidence: evidence(d, v.PipelineArn, "pipeline "+v.PipelineName)}}
	if v.PipelineDefinition != "" {
		m.pipelineSteps(d, j, v.PipelineDefinition)
	}
	m.workload(d, j.w)
	return nil
}

type pipelineStep struct {
	Name, Type  string
	Arguments   json.RawMessage
	FunctionArn string
	IfSteps     []pipelineStep
	ElseSteps   []pipelineStep
}

func (m *Mapping) pipelineSteps(d ingest.Document, j *job, definition string) {
	var raw any
	if err := json.Unmarshal([]byte(definition), &raw); err != nil {
		m.gap(d, graph.GapNotUnderstood, j.arn, "the pipeline's definition is not JSON: "+err.Error())
		return
	}
	b, err := json.Marshal(literal(raw, parameterDefaults(raw)))
	if err != nil {
		m.gap(d, graph.GapNotUnderstood, j.arn, "the pipeline's definition: "+err.Error())
		return
	}
	var v struct{ Steps []pipelineStep }
	if err := json.Unmarshal(b, &v); err != nil {
		m.gap(d, graph.GapNotUnderstood, j.arn, "the pipeline's definition: "+err.Error())
	}
	for _, s := range v.Steps {
		m.pipelineStep(d, j, s)
	}
}

// pipelineStep adds what one step reads, writes and runs as. Members that a
// definition computes at run time are absent (see literal).
func (m *Mapping) pipelineStep(d ingest.Document, j *job, s pipelineStep) {
	for _, nested := range [][]pipelineStep{s.IfSteps, s.ElseSteps} {
		for _, x := range nested {
			m.pipelineStep(d, j, x)
		}
	}
	understood := func(v any) bool {
		if len(s.Arguments) == 0 || json.Unmarshal(s.Arguments, v) != nil {
			m.gap(d, graph.GapNotUnderstood, j.arn, "step "+s.Name+" of the pipeline")
			return false
		}
		return true
	}
	switch s.Type {
	case "Training":
		var t trainingSpec
		if understood(&t) {
			t.DefinitionName = s.Name
			m.trains(d, j, t)
		}
	case "Processing":
		var p processingSpec
		if understood(&p) {
			m.processes(d, j, p)
		}
	case "Tuning":
		var t struct {
			TrainingJobDefinition  *trainingSpec
			TrainingJobDefinitions []trainingSpec
		}
		if understood(&t) {
			if t.TrainingJobDefinition != nil {
				t.TrainingJobDefinitions = append(t.TrainingJobDefinitions, *t.TrainingJobDefinition)
			}
			for _, x := range t.TrainingJobDefinitions {
				x.DefinitionName = cmp.Or(x.DefinitionName, s.Name)
				m.trains(d, j, x)
			}
		}
	case "Model":
		var t struct{ ExecutionRoleArn string }
		if len(s.Arguments) > 0 && understood(&t) {
			j.w.Roles = append(j.w.Roles, role(d, t.ExecutionRoleArn, "execution role of step "+s.Name)...)
		}
	case "Condition":
		var t struct{ IfSteps, ElseSteps []pipelineStep }
		if len(s.Arguments) > 0 && understood(&t) {
			for _, x := range append(t.IfSteps, t.ElseSteps...) {
				m.pipelineStep(d, j, x)
			}
		}
	case "Lambda":
		m.invokes(d, j.arn, "", s.FunctionArn, s.Name)
	}
}

// parameterDefaults gives the default values of a definition's parameters.
func parameterDefaults(definition any) map[string]any {
	out := map[string]any{}
	top, _ := definition.(map[string]any)
	list, _ := top["Parameters"].([]any)
	for _, p := range list {
		if p, ok := p.(map[string]any); ok {
			if name, ok := p["Name"].(string); ok && p["DefaultValue"] != nil {
				out["Parameters."+name] = p["DefaultValue"]
			}
		}
	}
	return out
}

// literal replaces the expressions of a pipeline definition by what they stand
// for: {"Get": "Parameters.X"} by the parameter's default, {"Std:Join": …} by
// the joined text. What only a run decides is removed. Source: "Pipeline
// definition JSON schema", Amazon SageMaker Pipelines, read 2026-11-23.
func literal(v any, defaults map[string]any) any {
	switch x := v.(type) {
	case []any:
		out := make([]any, 0, len(x))
		for _, e := range x {
			if l := literal(e, defaults); l != nil {
				out = append(out, l)
			}
		}
		return out
	case map[string]any:
		if name, ok := x["Get"].(string); ok && len(x) == 1 {
			return defaults[name]
		}
		if join, ok := x["Std:Join"].(map[string]any); ok && len(x) == 1 {
			return joined(join, defaults)
		}
		out := map[string]any{}
		for k, e := range x {
			if l := literal(e, defaults); l != nil {
				out[k] = l
			}
		}
		return out
	}
	return v
}

// joined is the text of a Std:Join, or nil when a part of it is not known.
func joined(join map[string]any, defaults map[string]any) any {
	on, _ := join["On"].(string)
	values, _ := join["Values"].([]any)
	var parts []string
	for _, p := range values {
		s, ok := literal(p, defaults).(string)
		if !ok {
			return nil
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, on)
}

// mapCluster reads a HyperPod cluster. Its nodes are managed by Systems Manager
// and run the lifecycle scripts of a bucket as root ("SageMaker HyperPod",
// SageMaker AI Developer Guide, read 2026-11-23).
func mapCluster(m *Mapping, d ingest.Document) error {
	var v struct {
		ClusterArn, ClusterName, ClusterStatus string
		InstanceGroups                         []struct {
			InstanceGroupName, ExecutionRole string
			LifeCycleConfig                  struct{ SourceS3URI string }
			OverrideVpcConfig                *vpcConfig
		}
		VpcConfig *vpcConfig
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.ClusterArn == "" {
		m.incomplete(d, "a cluster without ClusterArn")
		return nil
	}
	d = in(d, v.ClusterArn)
	m.resource(d, v.ClusterArn, schema.AICompute, "AWS::SageMaker::Cluster", v.ClusterName).Set(schema.PropStatus, v.ClusterStatus)
	w := ingest.Workload{ID: v.ClusterArn, Kind: schema.AICompute, State: runState(v.ClusterStatus), Instance: v.ClusterName,
		Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: sagemakerPrincipal, ingest.AttrSSMManaged: yesNo(true)},
		Evidence:   evidence(d, v.ClusterArn, "cluster "+v.ClusterName+" is "+v.ClusterStatus)}
	vpc := v.VpcConfig
	for _, g := range v.InstanceGroups {
		w.Roles = append(w.Roles, role(d, g.ExecutionRole, "execution role of instance group "+g.InstanceGroupName)...)
		w.Code = append(w.Code, s3URI(g.LifeCycleConfig.SourceS3URI))
		if vpc == nil {
			vpc = g.OverrideVpcConfig
		}
	}
	m.workload(d, w)
	p := vpc.placement()
	p.ID, p.Kind, p.State, p.Stopped = v.ClusterName, "sagemaker-cluster", v.ClusterStatus, stopped(w.State)
	m.placed(d, v.ClusterArn, p)
	return nil
}

func mapMonitoringSchedule(m *Mapping, d ingest.Document) error {
	var v struct {
		MonitoringScheduleArn, MonitoringScheduleName, MonitoringScheduleStatus, EndpointName string
		MonitoringScheduleConfig                                                              struct {
			MonitoringJobDefinition struct {
				RoleArn                    string
				MonitoringAppSpecification struct{ ImageURI string }
				MonitoringOutputConfig     struct {
					KmsKeyID          string
					MonitoringOutputs []struct{ S3Output s3Source }
				}
				NetworkConfig struct{ VpcConfig *vpcConfig }
			}
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.MonitoringScheduleArn == "" {
		m.incomplete(d, "a monitoring schedule without MonitoringScheduleArn")
		return nil
	}
	d = in(d, v.MonitoringScheduleArn)
	def := v.MonitoringScheduleConfig.MonitoringJobDefinition
	j := m.startJob(d, v.MonitoringScheduleArn, schema.ProcessingJob, "AWS::SageMaker::MonitoringSchedule", v.MonitoringScheduleName, v.MonitoringScheduleStatus)
	j.w.Roles = role(d, def.RoleArn, "execution role")
	j.image(def.MonitoringAppSpecification.ImageURI)
	for _, o := range def.MonitoringOutputConfig.MonitoringOutputs {
		m.writes(d, j, o.S3Output.S3URI, ingest.UseOutput, "report")
	}
	m.encrypted(d, j.arn, def.MonitoringOutputConfig.KmsKeyID)
	m.finishJob(d, j, v.MonitoringScheduleName, "sagemaker-monitoring", def.NetworkConfig.VpcConfig)
	return nil
}

func mapTrackingServer(m *Mapping, d ingest.Document) error {
	var v struct {
		TrackingServerArn, TrackingServerName, TrackingServerStatus, ArtifactStoreURI, RoleArn, TrackingServerURL string
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	arn := v.TrackingServerArn
	if arn == "" {
		m.incomplete(d, "a tracking server without TrackingServerArn")
		return nil
	}
	d = in(d, arn)
	m.resource(d, arn, schema.AICompute, "AWS::SageMaker::MlflowTrackingServer", v.TrackingServerName).Set(schema.PropStatus, v.TrackingServerStatus).Set(schema.PropDomain, host(v.TrackingServerURL))
	state := runState(strings.ReplaceAll(v.TrackingServerStatus, "Created", "Running"))
	m.workload(d, ingest.Workload{ID: arn, Kind: schema.AICompute, Roles: role(d, v.RoleArn, "execution role"), State: state,
		Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: sagemakerPrincipal}, Evidence: evidence(d, arn, "MLflow tracking server "+v.TrackingServerName)})
	m.flow(d, ingest.Flow{Kind: schema.StoredIn, From: arn, FromKind: schema.AICompute, To: s3URI(v.ArtifactStoreURI), ToKind: schema.Bucket, Use: ingest.UseOutput, Name: "artifacts"})
	return nil
}

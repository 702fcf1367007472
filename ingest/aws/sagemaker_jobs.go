package aws

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/postern-sec/postern/ingest"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

const sagemakerPrincipal = "sagemaker.amazonaws.com"

// s3Source is SageMaker's S3DataSource.
type s3Source struct{ S3URI, S3DataType string }

// manifest reports whether the location is a list of objects that lie elsewhere.
//
// Source: SageMaker API, S3DataSource, S3DataType, read 2026-11.
func (s *s3Source) manifest() bool {
	return s != nil && strings.HasSuffix(s.S3DataType, "ManifestFile")
}

// dataSource is where a channel's data comes from: one member is set.
type dataSource struct {
	S3DataSource         *s3Source
	FileSystemDataSource *struct{ FileSystemID, FileSystemType string }
	DatasetSource        *struct{ DatasetArn string }
}

type channel struct {
	ChannelName, ChannelType string
	DataSource               dataSource
}

type outputConfig struct{ S3OutputPath, KmsKeyID string }

type resourceConfig struct{ VolumeKmsKeyID string }

// trainingSpec is what a training job and each definition of a tuning job say
// alike.
type trainingSpec struct {
	DefinitionName         string
	RoleArn                string
	AlgorithmSpecification struct{ TrainingImage, AlgorithmName string }
	InputDataConfig        []channel
	OutputDataConfig       outputConfig
	ResourceConfig         resourceConfig
	VpcConfig              *vpcConfig
	EnableNetworkIsolation *bool
	CheckpointConfig       struct{ S3URI string }
	HyperParameters        map[string]json.RawMessage
	StaticHyperParameters  map[string]json.RawMessage
	Environment            map[string]json.RawMessage
}

// jobState reads a job's status: jobs that are over cannot be taken over.
func jobState(status string) ingest.RunState {
	switch strings.ToLower(status) {
	case "inprogress", "stopping", "pending", "starting", "initializing", "submitted", "validating", "scheduled":
		return ingest.StateRunning
	case "completed", "failed", "stopped", "partiallycompleted", "expired":
		return ingest.StateFinished
	}
	return ingest.StateUnknown
}

// channelUse tells validation channels from training ones by name, which is all
// that SageMaker's API has for it. Both make training data.
func channelUse(name string) ingest.Use {
	n := strings.ToLower(name)
	for _, s := range []string{"valid", "test", "eval"} {
		if strings.Contains(n, s) {
			return ingest.UseValidation
		}
	}
	return ingest.UseTraining
}

// job is a job under construction.
type job struct {
	arn  string
	kind schema.NodeKind
	w    ingest.Workload
}

// startJob adds the node of a job and begins its workload.
func (m *Mapping) startJob(d ingest.Document, arn string, kind schema.NodeKind, awsType, name, status string) *job {
	m.resource(d, arn, kind, awsType, name).Set(schema.PropStatus, status)
	return &job{arn: arn, kind: kind, w: ingest.Workload{ID: arn, Kind: kind, State: jobState(status),
		Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: sagemakerPrincipal},
		Evidence:   evidence(d, arn, awsType+" "+name)}}
}

// image adds a container image that the job runs.
func (j *job) image(image string) {
	if image == "" {
		return
	}
	j.w.Code = append(j.w.Code, image)
	if mutableImage(image) {
		j.w.Attributes[ingest.AttrMutableImage] = yesNo(true)
	} else if j.w.Attributes[ingest.AttrMutableImage] == "" {
		j.w.Attributes[ingest.AttrMutableImage] = yesNo(false)
	}
}

// reads adds one input.
func (m *Mapping) reads(d ingest.Document, j *job, src dataSource, use ingest.Use, name string) {
	to, kind := m.dataOf(d, src)
	m.flow(d, ingest.Flow{Kind: schema.TrainedOn, From: j.arn, FromKind: j.kind, To: to, ToKind: kind, Use: use, Name: name,
		Manifest: src.S3DataSource.manifest()})
}

// dataOf resolves a data source to a location or a node.
func (m *Mapping) dataOf(d ingest.Document, src dataSource) (string, schema.NodeKind) {
	switch {
	case src.S3DataSource != nil && src.S3DataSource.S3URI != "":
		return s3URI(src.S3DataSource.S3URI), schema.Bucket
	case src.FileSystemDataSource != nil && src.FileSystemDataSource.FileSystemID != "":
		service := "elasticfilesystem"
		if strings.HasPrefix(src.FileSystemDataSource.FileSystemType, "FSx") {
			service = "fsx"
		}
		return m.arnOf(d, service, "file-system/", src.FileSystemDataSource.FileSystemID), schema.FileSystem
	case src.DatasetSource != nil:
		return src.DatasetSource.DatasetArn, schema.Dataset
	}
	return "", ""
}

// writes adds one output.
func (m *Mapping) writes(d ingest.Document, j *job, uri string, use ingest.Use, name string) {
	if uri == "" {
		return
	}
	m.flow(d, ingest.Flow{Kind: schema.Produced, From: j.arn, FromKind: j.kind, To: s3URI(uri), ToKind: schema.Bucket, Use: use, Name: name})
}

// finish hands the job over, with its place in the network.
func (m *Mapping) finishJob(d ingest.Document, j *job, name, placement string, vpc *vpcConfig) {
	m.workload(d, j.w)
	p := vpc.placement()
	p.ID, p.Kind, p.Accepts = name, placement, netaws.TriUnknown
	p.State, p.Stopped = string(j.w.State), stopped(j.w.State)
	m.placed(d, j.arn, p)
}

// stopped tells the network engine whether something does not run now.
func stopped(s ingest.RunState) netaws.Tri {
	switch s {
	case ingest.StateRunning, ingest.StateOnDemand:
		return netaws.TriNo
	case ingest.StateStopped, ingest.StateFinished:
		return netaws.TriYes
	}
	return netaws.TriUnknown
}

// trains adds what a training specification says.
func (m *Mapping) trains(d ingest.Document, j *job, s trainingSpec) {
	j.w.Roles = append(j.w.Roles, role(d, s.RoleArn, "execution role")...)
	j.image(s.AlgorithmSpecification.TrainingImage)
	prefix := ""
	if s.DefinitionName != "" {
		prefix = s.DefinitionName + "/"
	}
	for _, c := range s.InputDataConfig {
		m.reads(d, j, c.DataSource, channelUse(c.ChannelName), prefix+c.ChannelName)
	}
	m.writes(d, j, s.OutputDataConfig.S3OutputPath, ingest.UseOutput, prefix+"output")
	m.writes(d, j, s.CheckpointConfig.S3URI, ingest.UseCheckpoint, prefix+"checkpoint")
	for _, h := range []map[string]json.RawMessage{s.HyperParameters, s.StaticHyperParameters} {
		// The SageMaker Python SDK passes the script's archive in this one.
		var code string
		if json.Unmarshal(h["sagemaker_submit_directory"], &code) == nil {
			if code = strings.Trim(code, `"`); strings.HasPrefix(code, "s3://") {
				j.w.Code = append(j.w.Code, code)
			}
		}
	}
	m.encrypted(d, j.arn, s.OutputDataConfig.KmsKeyID, s.ResourceConfig.VolumeKmsKeyID)
	n := m.Graph.Refer(j.arn, j.kind)
	n.Set(schema.PropFramework, cmp.Or(s.AlgorithmSpecification.TrainingImage, s.AlgorithmSpecification.AlgorithmName)).
		Append(schema.PropSecretsFound, secretVariables(s.Environment)...)
	m.keysIn(d, j.arn, s.Environment)
	if s.EnableNetworkIsolation != nil {
		n.Set(schema.PropNetworkIsolation, *s.EnableNetworkIsolation)
	}
}

func mapTrainingJob(m *Mapping, d ingest.Document) error {
	var v struct {
		TrainingJobArn, TrainingJobName, TrainingJobStatus string
		trainingSpec
		ModelArtifacts        struct{ S3ModelArtifacts string }
		DebugHookConfig       struct{ S3OutputPath string }
		OutputModelPackageArn string
		RemoteDebugConfig     struct{ EnableRemoteDebug bool }
		CreationTime          stamp
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.TrainingJobArn == "" {
		m.incomplete(d, "a training job without TrainingJobArn")
		return nil
	}
	d = in(d, v.TrainingJobArn)
	j := m.startJob(d, v.TrainingJobArn, schema.TrainingJob, "AWS::SageMaker::TrainingJob", v.TrainingJobName, v.TrainingJobStatus)
	m.trains(d, j, v.trainingSpec)
	m.writes(d, j, v.ModelArtifacts.S3ModelArtifacts, ingest.UseArtifact, "model")
	m.writes(d, j, v.DebugHookConfig.S3OutputPath, ingest.UseOutput, "debugger")
	m.flow(d, ingest.Flow{Kind: schema.Produced, From: j.arn, FromKind: j.kind, To: v.OutputModelPackageArn, ToKind: schema.ModelPackage, Use: ingest.UseArtifact, Name: "model package"})
	if v.RemoteDebugConfig.EnableRemoteDebug {
		j.w.Attributes[ingest.AttrSSMManaged] = yesNo(true)
	}
	m.Graph.Refer(j.arn, j.kind).Set(schema.PropCreated, string(v.CreationTime))
	m.finishJob(d, j, v.TrainingJobName, "sagemaker-training", v.VpcConfig)
	return nil
}

func mapTuningJob(m *Mapping, d ingest.Document) error {
	var v struct {
		HyperParameterTuningJobArn, HyperParameterTuningJobName, HyperParameterTuningJobStatus string
		TrainingJobDefinition                                                                  *trainingSpec
		TrainingJobDefinitions                                                                 []trainingSpec
		BestTrainingJob                                                                        struct{ TrainingJobArn string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.HyperParameterTuningJobArn == "" {
		m.incomplete(d, "a tuning job without HyperParameterTuningJobArn")
		return nil
	}
	d = in(d, v.HyperParameterTuningJobArn)
	j := m.startJob(d, v.HyperParameterTuningJobArn, schema.TuningJob, "AWS::SageMaker::HyperParameterTuningJob", v.HyperParameterTuningJobName, v.HyperParameterTuningJobStatus)
	all := v.TrainingJobDefinitions
	if v.TrainingJobDefinition != nil {
		all = append(all, *v.TrainingJobDefinition)
	}
	var vpc *vpcConfig
	for _, s := range all {
		m.trains(d, j, s)
		if s.VpcConfig != nil {
			vpc = s.VpcConfig
		}
	}
	if best := v.BestTrainingJob.TrainingJobArn; strings.HasPrefix(best, "arn:") {
		m.Graph.Refer(best, schema.TrainingJob)
		m.Graph.Edge(best, schema.PartOf, j.arn)
	}
	m.finishJob(d, j, v.HyperParameterTuningJobName, "sagemaker-tuning", vpc)
	return nil
}

// processingSpec is what a processing job and a pipeline step of that type say
// alike.
type processingSpec struct {
	RoleArn          string
	ProcessingInputs []struct {
		InputName         string
		S3Input           *s3Source
		DatasetDefinition *struct {
			AthenaDatasetDefinition   *struct{ Catalog, Database, OutputS3URI string }
			RedshiftDatasetDefinition *struct{ ClusterID, Database, ClusterRoleArn, OutputS3URI string }
		}
	}
	ProcessingOutputConfig struct {
		KmsKeyID string
		Outputs  []struct {
			OutputName         string
			S3Output           *s3Source
			FeatureStoreOutput *struct{ FeatureGroupName string }
		}
	}
	ProcessingResources struct {
		ClusterConfig struct{ VolumeKmsKeyID string }
	}
	AppSpecification struct{ ImageURI string }
	NetworkConfig    struct {
		EnableNetworkIsolation *bool
		VpcConfig              *vpcConfig
	}
	Environment map[string]json.RawMessage
}

// codeInput reports whether a processing input is the script that runs: the
// SageMaker Python SDK's processors name it so.
func codeInput(name string) bool {
	return name == "code" || name == "entrypoint"
}

func (m *Mapping) processes(d ingest.Document, j *job, s processingSpec) {
	j.w.Roles = append(j.w.Roles, role(d, s.RoleArn, "execution role")...)
	j.image(s.AppSpecification.ImageURI)
	for _, x := range s.ProcessingInputs {
		switch def := x.DatasetDefinition; {
		case x.S3Input != nil && codeInput(x.InputName):
			j.w.Code = append(j.w.Code, s3URI(x.S3Input.S3URI))
		case x.S3Input != nil:
			m.reads(d, j, dataSource{S3DataSource: x.S3Input}, ingest.UsePreparation, x.InputName)
		case def != nil && def.AthenaDatasetDefinition != nil && def.AthenaDatasetDefinition.Database != "":
			m.flow(d, ingest.Flow{Kind: schema.TrainedOn, From: j.arn, FromKind: j.kind, ToKind: schema.Database, Use: ingest.UsePreparation, Name: x.InputName,
				To: m.arnOf(d, "glue", "database/", def.AthenaDatasetDefinition.Database)})
		case def != nil && def.RedshiftDatasetDefinition != nil && def.RedshiftDatasetDefinition.ClusterID != "":
			m.flow(d, ingest.Flow{Kind: schema.TrainedOn, From: j.arn, FromKind: j.kind, ToKind: schema.Warehouse, Use: ingest.UsePreparation, Name: x.InputName,
				To: m.arnOf(d, "redshift", "cluster:", def.RedshiftDatasetDefinition.ClusterID)})
		}
	}
	for _, x := range s.ProcessingOutputConfig.Outputs {
		if x.S3Output != nil {
			m.writes(d, j, x.S3Output.S3URI, ingest.UseOutput, x.OutputName)
		}
		if x.FeatureStoreOutput != nil && x.FeatureStoreOutput.FeatureGroupName != "" {
			m.flow(d, ingest.Flow{Kind: schema.Produced, From: j.arn, FromKind: j.kind, ToKind: schema.FeatureStore, Use: ingest.UseOutput, Name: x.OutputName,
				To: m.sageARN(d, "feature-group", x.FeatureStoreOutput.FeatureGroupName)})
		}
	}
	m.encrypted(d, j.arn, s.ProcessingOutputConfig.KmsKeyID, s.ProcessingResources.ClusterConfig.VolumeKmsKeyID)
	n := m.Graph.Refer(j.arn, j.kind)
	n.Set(schema.PropFramework, s.AppSpecification.ImageURI).Append(schema.PropSecretsFound, secretVariables(s.Environment)...)
	m.keysIn(d, j.arn, s.Environment)
	if i := s.NetworkConfig.EnableNetworkIsolation; i != nil {
		n.Set(schema.PropNetworkIsolation, *i)
	}
}

func mapProcessingJob(m *Mapping, d ingest.Document) error {
	var v struct {
		ProcessingJobArn, ProcessingJobName, ProcessingJobStatus string
		processingSpec
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.ProcessingJobArn == "" {
		m.incomplete(d, "a processing job without ProcessingJobArn")
		return nil
	}
	d = in(d, v.ProcessingJobArn)
	j := m.startJob(d, v.ProcessingJobArn, schema.ProcessingJob, "AWS::SageMaker::ProcessingJob", v.ProcessingJobName, v.ProcessingJobStatus)
	m.processes(d, j, v.processingSpec)
	m.finishJob(d, j, v.ProcessingJobName, "sagemaker-processing", v.NetworkConfig.VpcConfig)
	return nil
}

func mapTransformJob(m *Mapping, d ingest.Document) error {
	var v struct {
		TransformJobArn, TransformJobName, TransformJobStatus, ModelName string
		TransformInput                                                   struct{ DataSource dataSource }
		TransformOutput                                                  outputConfig
		TransformResources                                               resourceConfig
		DataCaptureConfig                                                struct{ DestinationS3URI, KmsKeyID string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.TransformJobArn == "" {
		m.incomplete(d, "a transform job without TransformJobArn")
		return nil
	}
	d = in(d, v.TransformJobArn)
	j := m.startJob(d, v.TransformJobArn, schema.BatchJob, "AWS::SageMaker::TransformJob", v.TransformJobName, v.TransformJobStatus)
	from, kind := m.dataOf(d, v.TransformInput.DataSource)
	m.flow(d, ingest.Flow{Kind: schema.Grounds, From: from, FromKind: kind, To: j.arn, ToKind: j.kind, Use: ingest.UseInference, Name: "input"})
	m.writes(d, j, v.TransformOutput.S3OutputPath, ingest.UseOutput, "output")
	m.logs(d, j.arn, j.kind, v.DataCaptureConfig.DestinationS3URI, "data capture")
	m.encrypted(d, j.arn, v.TransformOutput.KmsKeyID, v.TransformResources.VolumeKmsKeyID, v.DataCaptureConfig.KmsKeyID)
	m.finishJob(d, j, v.TransformJobName, "sagemaker-transform", nil)
	if v.ModelName != "" {
		m.Later(func() { m.runsModel(d, j.arn, j.kind, schema.UsesModel, v.ModelName, "") })
	}
	return nil
}

// logs says that prompts, answers or captured requests go to a location.
func (m *Mapping) logs(d ingest.Document, id string, kind schema.NodeKind, uri, name string) {
	if uri == "" {
		return
	}
	m.flow(d, ingest.Flow{Kind: schema.LogsTo, From: id, FromKind: kind, To: s3URI(uri), ToKind: schema.Bucket, Use: ingest.UseLog, Name: name})
}

func mapAutoMLJob(m *Mapping, d ingest.Document) error {
	type security struct {
		VolumeKmsKeyID string
		VpcConfig      *vpcConfig
	}
	var v struct {
		AutoMLJobArn, AutoMLJobName, AutoMLJobStatus, RoleArn string
		InputDataConfig, AutoMLJobInputDataConfig             []channel
		OutputDataConfig                                      outputConfig
		SecurityConfig                                        *security
		AutoMLJobConfig                                       struct{ SecurityConfig *security }
		BestCandidate                                         struct {
			InferenceContainers []container
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.AutoMLJobArn == "" {
		m.incomplete(d, "an AutoML job without AutoMLJobArn")
		return nil
	}
	d = in(d, v.AutoMLJobArn)
	j := m.startJob(d, v.AutoMLJobArn, schema.TrainingJob, "AWS::SageMaker::AutoMLJob", v.AutoMLJobName, v.AutoMLJobStatus)
	j.w.Roles = role(d, v.RoleArn, "execution role")
	for _, c := range append(v.InputDataConfig, v.AutoMLJobInputDataConfig...) {
		m.reads(d, j, c.DataSource, channelUse(c.ChannelType), cmp.Or(c.ChannelName, c.ChannelType, "training"))
	}
	m.writes(d, j, v.OutputDataConfig.S3OutputPath, ingest.UseOutput, "output")
	for _, c := range v.BestCandidate.InferenceContainers {
		m.writes(d, j, c.ModelDataURL, ingest.UseArtifact, "best candidate")
	}
	s := v.SecurityConfig
	if s == nil {
		s = v.AutoMLJobConfig.SecurityConfig
	}
	if s == nil {
		s = &security{}
	}
	m.encrypted(d, j.arn, v.OutputDataConfig.KmsKeyID, s.VolumeKmsKeyID)
	m.finishJob(d, j, v.AutoMLJobName, "sagemaker-automl", s.VpcConfig)
	return nil
}

func mapCompilationJob(m *Mapping, d ingest.Document) error {
	var v struct {
		CompilationJobArn, CompilationJobName, CompilationJobStatus, RoleArn string
		OutputConfig                                                         struct{ S3OutputLocation, KmsKeyID string }
		VpcConfig                                                            *vpcConfig
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.CompilationJobArn == "" {
		m.incomplete(d, "a compilation job without CompilationJobArn")
		return nil
	}
	d = in(d, v.CompilationJobArn)
	j := m.startJob(d, v.CompilationJobArn, schema.ProcessingJob, "AWS::SageMaker::CompilationJob", v.CompilationJobName, v.CompilationJobStatus)
	j.w.Roles = role(d, v.RoleArn, "execution role")
	m.writes(d, j, v.OutputConfig.S3OutputLocation, ingest.UseArtifact, "output")
	m.encrypted(d, j.arn, v.OutputConfig.KmsKeyID)
	m.finishJob(d, j, v.CompilationJobName, "sagemaker-compilation", v.VpcConfig)
	return nil
}

func mapLabelingJob(m *Mapping, d ingest.Document) error {
	var v struct {
		LabelingJobArn, LabelingJobName, LabelingJobStatus, RoleArn string
		InputConfig                                                 struct {
			DataSource struct {
				S3DataSource struct{ ManifestS3URI string }
			}
		}
		OutputConfig    outputConfig
		HumanTaskConfig struct {
			WorkteamArn, PreHumanTaskLambdaArn string
			AnnotationConsolidationConfig      struct{ AnnotationConsolidationLambdaArn string }
		}
		LabelingJobOutput struct{ OutputDatasetS3URI string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.LabelingJobArn == "" {
		m.incomplete(d, "a labeling job without LabelingJobArn")
		return nil
	}
	d = in(d, v.LabelingJobArn)
	j := m.startJob(d, v.LabelingJobArn, schema.LabelingJob, "AWS::SageMaker::LabelingJob", v.LabelingJobName, v.LabelingJobStatus)
	j.w.Roles = role(d, v.RoleArn, "execution role")
	m.reads(d, j, dataSource{S3DataSource: &s3Source{v.InputConfig.DataSource.S3DataSource.ManifestS3URI, "ManifestFile"}}, ingest.UsePreparation, "manifest")
	m.writes(d, j, v.OutputConfig.S3OutputPath, ingest.UseOutput, "output")
	m.writes(d, j, v.LabelingJobOutput.OutputDatasetS3URI, ingest.UseOutput, "labels")
	m.encrypted(d, j.arn, v.OutputConfig.KmsKeyID)
	m.finishJob(d, j, v.LabelingJobName, "sagemaker-labeling", nil)
	m.invokes(d, j.arn, "", v.HumanTaskConfig.PreHumanTaskLambdaArn, "before the human task")
	m.invokes(d, j.arn, "", v.HumanTaskConfig.AnnotationConsolidationConfig.AnnotationConsolidationLambdaArn, "annotation consolidation")
	return nil
}

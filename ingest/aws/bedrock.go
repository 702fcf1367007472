package aws

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"

	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

const bedrockPrincipal = "bedrock.amazonaws.com"

// bedrockService is Bedrock's models and what is done with them. Foundation
// models are not listed: only those that something uses matter.
var bedrockService = Service{
	Name: "bedrock", LowerCamel: true,
	Client: func(c aws.Config) any { return bedrock.NewFromConfig(c) },
	Calls: []Call{
		List("ListCustomModels", (*bedrock.Client).ListCustomModels, nil),
		Each("GetCustomModel", (*bedrock.Client).GetCustomModel, "ListCustomModels", "ModelSummaries.ModelArn",
			func(in *bedrock.GetCustomModelInput, p []string) { in.ModelIdentifier = last(p) }),
		List("ListModelCustomizationJobs", (*bedrock.Client).ListModelCustomizationJobs, nil),
		Each("GetModelCustomizationJob", (*bedrock.Client).GetModelCustomizationJob, "ListModelCustomizationJobs", "ModelCustomizationJobSummaries.JobArn",
			func(in *bedrock.GetModelCustomizationJobInput, p []string) { in.JobIdentifier = last(p) }),
		List("ListImportedModels", (*bedrock.Client).ListImportedModels, nil, Optional()),
		Each("GetImportedModel", (*bedrock.Client).GetImportedModel, "ListImportedModels", "ModelSummaries.ModelArn",
			func(in *bedrock.GetImportedModelInput, p []string) { in.ModelIdentifier = last(p) }),
		List("ListModelImportJobs", (*bedrock.Client).ListModelImportJobs, nil, Optional()),
		Each("GetModelImportJob", (*bedrock.Client).GetModelImportJob, "ListModelImportJobs", "ModelImportJobSummaries.JobArn",
			func(in *bedrock.GetModelImportJobInput, p []string) { in.JobIdentifier = last(p) }),
		List("GetModelInvocationLoggingConfiguration", (*bedrock.Client).GetModelInvocationLoggingConfiguration, nil),
		List("ListGuardrails", (*bedrock.Client).ListGuardrails, nil),
		Each("GetGuardrail", (*bedrock.Client).GetGuardrail, "ListGuardrails", "Guardrails.Id",
			func(in *bedrock.GetGuardrailInput, p []string) { in.GuardrailIdentifier = last(p) }),
		List("ListInferenceProfiles", (*bedrock.Client).ListInferenceProfiles, nil),
		List("ListProvisionedModelThroughputs", (*bedrock.Client).ListProvisionedModelThroughputs, nil, Optional()),
		List("ListModelInvocationJobs", (*bedrock.Client).ListModelInvocationJobs, nil, Optional()),
	},
	Facts: map[string]Mapper{
		"ListCustomModels":                       summaries(schema.Model, "AWS::Bedrock::CustomModel", "modelSummaries", "modelArn", "modelName", "modelStatus"),
		"GetCustomModel":                         mapCustomModel,
		"ListModelCustomizationJobs":             summaries(schema.CustomizationJob, "AWS::Bedrock::ModelCustomizationJob", "modelCustomizationJobSummaries", "jobArn", "jobName", "status"),
		"GetModelCustomizationJob":               mapCustomizationJob,
		"ListImportedModels":                     summaries(schema.Model, "AWS::Bedrock::ImportedModel", "modelSummaries", "modelArn", "modelName", ""),
		"GetImportedModel":                       mapImportedModel,
		"ListModelImportJobs":                    summaries(schema.CustomizationJob, "AWS::Bedrock::ModelImportJob", "modelImportJobSummaries", "jobArn", "jobName", "status"),
		"GetModelImportJob":                      mapImportJob,
		"GetModelInvocationLoggingConfiguration": mapInvocationLogging,
		"ListGuardrails":                         summaries(schema.Guardrail, "AWS::Bedrock::Guardrail", "guardrails", "arn", "name", "status"),
		"GetGuardrail":                           mapGuardrail,
		"ListInferenceProfiles":                  mapInferenceProfiles,
		"GetInferenceProfile":                    mapInferenceProfile,
		"ListProvisionedModelThroughputs":        mapProvisionedModels,
		"ListModelInvocationJobs":                mapInvocationJobs,
		"GetModelInvocationJob":                  mapInvocationJob,
	},
}

// modelARN is the ARN of a model as Bedrock's APIs name it: ARN, id of a
// foundation model, or id of an inference profile, which begins with the part of
// the world it routes in ("Supported Regions and models for inference profiles",
// Amazon Bedrock User Guide, read 2026-11-23).
func (m *Mapping) modelARN(d ingest.Document, id string) string {
	if i := strings.LastIndex(id, "arn:"); i >= 0 {
		return id[i:]
	}
	if id == "" {
		return ""
	}
	area, rest, _ := strings.Cut(id, ".")
	switch area {
	case "us", "eu", "apac", "global", "us-gov", "jp", "au", "ca":
		if strings.Contains(rest, ".") {
			return m.arnOf(d, "bedrock", "inference-profile/", id)
		}
	}
	return schema.ResourceARN(m.Partition, "bedrock", d.Region, "", "foundation-model/"+id)
}

// modelKind is the node kind of what a model ARN names.
func modelKind(arn string) schema.NodeKind {
	a, _ := schema.ParseARN(arn)
	switch a.ResourceType() {
	case "foundation-model":
		return schema.FoundationModel
	case "inference-profile", "application-inference-profile":
		return schema.InferenceProfile
	case "provisioned-model", "custom-model-deployment":
		return schema.ProvisionedThroughput
	case "endpoint":
		return schema.ModelEndpoint
	case "prompt":
		return schema.Prompt
	}
	return schema.Model
}

// usesModel says that something calls a model.
func (m *Mapping) usesModel(d ingest.Document, id string, kind schema.NodeKind, edge schema.EdgeKind, model, name string) {
	arn := m.modelARN(d, model)
	if arn == "" {
		return
	}
	if modelKind(arn) == schema.FoundationModel {
		m.Graph.Refer(arn, schema.FoundationModel).Set(schema.PropName, afterPart(arn, "foundation-model"))
	}
	m.flow(d, ingest.Flow{Kind: edge, From: id, FromKind: kind, To: arn, ToKind: modelKind(arn), Use: ingest.UseServing, Name: name})
}

type s3Location struct{ S3URI string }

// customization is the data of a custom model and of the job that made it.
type customization struct {
	BaseModelArn       string
	TrainingDataConfig struct {
		S3URI                string
		InvocationLogsConfig struct{ InvocationLogSource s3Location }
	}
	ValidationDataConfig struct{ Validators []s3Location }
	OutputDataConfig     s3Location
}

func (m *Mapping) customized(d ingest.Document, id string, kind schema.NodeKind, c customization) {
	add := func(uri string, use ingest.Use, name string) {
		m.flow(d, ingest.Flow{Kind: schema.TrainedOn, From: id, FromKind: kind, To: uri, ToKind: schema.Bucket, Use: use, Name: name})
	}
	add(c.TrainingDataConfig.S3URI, ingest.UseTraining, "training")
	add(c.TrainingDataConfig.InvocationLogsConfig.InvocationLogSource.S3URI, ingest.UseTraining, "invocation logs")
	for _, v := range c.ValidationDataConfig.Validators {
		add(v.S3URI, ingest.UseValidation, "validation")
	}
}

func mapCustomModel(m *Mapping, d ingest.Document) error {
	var v struct {
		ModelArn, ModelName, JobArn, ModelKmsKeyArn, ModelStatus, CustomizationType string
		customization
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.ModelArn == "" {
		m.incomplete(d, "a custom model without modelArn")
		return nil
	}
	d = in(d, v.ModelArn)
	m.resource(d, v.ModelArn, schema.Model, "AWS::Bedrock::CustomModel", v.ModelName).Set(schema.PropStatus, v.ModelStatus).Set(schema.PropFramework, v.CustomizationType)
	m.customized(d, v.ModelArn, schema.Model, v.customization)
	m.derivedFrom(d, v.ModelArn, v.BaseModelArn)
	m.encrypted(d, v.ModelArn, v.ModelKmsKeyArn)
	m.flow(d, ingest.Flow{Kind: schema.Produced, From: v.JobArn, FromKind: schema.CustomizationJob, To: v.ModelArn, ToKind: schema.Model, Use: ingest.UseArtifact})
	return nil
}

func (m *Mapping) derivedFrom(d ingest.Document, model, base string) {
	if base = m.modelARN(d, base); base != "" {
		m.flow(d, ingest.Flow{Kind: schema.DerivedFrom, From: model, FromKind: schema.Model, To: base, ToKind: modelKind(base), Use: ingest.UseArtifact})
	}
}

// bedrockJob begins a job of Bedrock.
func (m *Mapping) bedrockJob(d ingest.Document, arn string, kind schema.NodeKind, awsType, name, status, roleArn string) *job {
	j := m.startJob(d, arn, kind, awsType, name, status)
	j.w.Attributes[ingest.AttrPassedTo] = bedrockPrincipal
	j.w.Roles = role(d, roleArn, "service role")
	return j
}

func mapCustomizationJob(m *Mapping, d ingest.Document) error {
	var v struct {
		JobArn, JobName, Status, RoleArn, OutputModelArn, OutputModelKmsKeyArn string
		VpcConfig                                                              *vpcConfig
		customization
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.JobArn == "" {
		m.incomplete(d, "a customisation job without jobArn")
		return nil
	}
	d = in(d, v.JobArn)
	j := m.bedrockJob(d, v.JobArn, schema.CustomizationJob, "AWS::Bedrock::ModelCustomizationJob", v.JobName, v.Status, v.RoleArn)
	m.customized(d, j.arn, j.kind, v.customization)
	m.writes(d, j, v.OutputDataConfig.S3URI, ingest.UseOutput, "output")
	m.encrypted(d, j.arn, v.OutputModelKmsKeyArn)
	m.usesModel(d, j.arn, j.kind, schema.UsesModel, v.BaseModelArn, "base model")
	m.finishJob(d, j, v.JobName, "bedrock-customization", v.VpcConfig)
	if v.OutputModelArn != "" {
		m.flow(d, ingest.Flow{Kind: schema.Produced, From: j.arn, FromKind: j.kind, To: v.OutputModelArn, ToKind: schema.Model, Use: ingest.UseArtifact})
		m.derivedFrom(d, v.OutputModelArn, v.BaseModelArn)
	}
	return nil
}

type importSource struct{ S3DataSource s3Location }

func mapImportedModel(m *Mapping, d ingest.Document) error {
	var v struct {
		ModelArn, ModelName, JobArn, ModelKmsKeyArn, ModelArchitecture string
		ModelDataSource                                                importSource
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.ModelArn == "" {
		m.incomplete(d, "an imported model without modelArn")
		return nil
	}
	d = in(d, v.ModelArn)
	m.resource(d, v.ModelArn, schema.Model, "AWS::Bedrock::ImportedModel", v.ModelName).Set(schema.PropFramework, v.ModelArchitecture)
	m.flow(d, ingest.Flow{Kind: schema.StoredIn, From: v.ModelArn, FromKind: schema.Model, To: v.ModelDataSource.S3DataSource.S3URI, ToKind: schema.Bucket, Use: ingest.UseArtifact, Name: "imported from"})
	m.encrypted(d, v.ModelArn, v.ModelKmsKeyArn)
	m.flow(d, ingest.Flow{Kind: schema.Produced, From: v.JobArn, FromKind: schema.CustomizationJob, To: v.ModelArn, ToKind: schema.Model, Use: ingest.UseArtifact})
	return nil
}

func mapImportJob(m *Mapping, d ingest.Document) error {
	var v struct {
		JobArn, JobName, Status, RoleArn, ImportedModelArn, ImportedModelKmsKeyArn string
		ModelDataSource                                                            importSource
		VpcConfig                                                                  *vpcConfig
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.JobArn == "" {
		m.incomplete(d, "an import job without jobArn")
		return nil
	}
	d = in(d, v.JobArn)
	j := m.bedrockJob(d, v.JobArn, schema.CustomizationJob, "AWS::Bedrock::ModelImportJob", v.JobName, v.Status, v.RoleArn)
	if uri := v.ModelDataSource.S3DataSource.S3URI; uri != "" {
		j.w.Code = append(j.w.Code, uri)
	}
	m.encrypted(d, j.arn, v.ImportedModelKmsKeyArn)
	m.finishJob(d, j, v.JobName, "bedrock-import", v.VpcConfig)
	m.flow(d, ingest.Flow{Kind: schema.Produced, From: j.arn, FromKind: j.kind, To: v.ImportedModelArn, ToKind: schema.Model, Use: ingest.UseArtifact})
	return nil
}

type logBucket struct{ BucketName, KeyPrefix string }

func (b *logBucket) uri() string {
	if b == nil || b.BucketName == "" {
		return ""
	}
	return "s3://" + b.BucketName + "/" + b.KeyPrefix
}

// mapInvocationLogging reads where an account's prompts and completions go in a
// region. An answer without a configuration means that nothing is logged.
func mapInvocationLogging(m *Mapping, d ingest.Document) error {
	var v struct {
		LoggingConfig *struct {
			S3Config         *logBucket
			CloudWatchConfig *struct {
				LogGroupName, RoleArn     string
				LargeDataDeliveryS3Config *logBucket
			}
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.LoggingConfig == nil {
		return nil
	}
	// Bedrock has one configuration in each region, and no ARN for it.
	id := schema.ResourceARN(m.Partition, "bedrock", d.Region, d.Account, "model-invocation-logging")
	m.resource(d, id, schema.InvocationLog, "AWS::Bedrock::ModelInvocationLoggingConfiguration", "model invocation logging")
	m.logs(d, id, schema.InvocationLog, v.LoggingConfig.S3Config.uri(), "prompts and completions")
	if c := v.LoggingConfig.CloudWatchConfig; c != nil {
		m.logs(d, id, schema.InvocationLog, c.LargeDataDeliveryS3Config.uri(), "large prompts and completions")
		if c.LogGroupName != "" {
			group := schema.ResourceARN(m.Partition, "logs", d.Region, d.Account, "log-group:"+c.LogGroupName)
			m.resource(d, group, schema.InvocationLog, "AWS::Logs::LogGroup", c.LogGroupName)
			m.flow(d, ingest.Flow{Kind: schema.LogsTo, From: id, FromKind: schema.InvocationLog, To: group, ToKind: schema.InvocationLog, Use: ingest.UseLog, Name: "prompts and completions"})
		}
		m.link(id, schema.HasRole, c.RoleArn, schema.Role)
	}
	return nil
}

func mapGuardrail(m *Mapping, d ingest.Document) error {
	var v struct{ GuardrailArn, GuardrailID, Name, Status, KmsKeyArn string }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.GuardrailArn == "" {
		m.incomplete(d, "a guardrail without guardrailArn")
		return nil
	}
	d = in(d, v.GuardrailArn)
	m.resource(d, v.GuardrailArn, schema.Guardrail, "AWS::Bedrock::Guardrail", first(v.Name, v.GuardrailID)).Set(schema.PropStatus, v.Status)
	m.encrypted(d, v.GuardrailArn, v.KmsKeyArn)
	return nil
}

// guardrailARN completes a guardrail that is given by its id.
func (m *Mapping) guardrailARN(d ingest.Document, id string) string {
	return m.arnOf(d, "bedrock", "guardrail/", id)
}

func (m *Mapping) guarded(d ingest.Document, id string, kind schema.NodeKind, guardrail, name string) {
	m.flow(d, ingest.Flow{Kind: schema.GuardedBy, From: id, FromKind: kind, To: m.guardrailARN(d, guardrail), ToKind: schema.Guardrail, Use: ingest.UseServing, Name: name})
}

type inferenceProfile struct {
	InferenceProfileArn, InferenceProfileID, InferenceProfileName, Status, Type string
	Models                                                                      []struct{ ModelArn string }
}

func mapInferenceProfiles(m *Mapping, d ingest.Document) error {
	var v struct{ InferenceProfileSummaries []inferenceProfile }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.InferenceProfileSummaries == nil {
		return absent(m, d, "inferenceProfileSummaries")
	}
	for _, x := range v.InferenceProfileSummaries {
		m.inferenceProfile(d, x)
	}
	return nil
}

func mapInferenceProfile(m *Mapping, d ingest.Document) error {
	var x inferenceProfile
	if err := decode(d, &x); err != nil {
		return err
	}
	m.inferenceProfile(d, x)
	return nil
}

func (m *Mapping) inferenceProfile(d ingest.Document, x inferenceProfile) {
	arn := x.InferenceProfileArn
	if arn == "" {
		m.incomplete(d, "an inference profile without inferenceProfileArn")
		return
	}
	m.resource(d, arn, schema.InferenceProfile, "AWS::Bedrock::"+map[bool]string{true: "ApplicationInferenceProfile", false: "InferenceProfile"}[x.Type == "APPLICATION"],
		first(x.InferenceProfileName, x.InferenceProfileID)).Set(schema.PropStatus, x.Status)
	var models []string
	for _, y := range x.Models {
		models = append(models, y.ModelArn)
		m.usesModel(d, arn, schema.InferenceProfile, schema.UsesModel, y.ModelArn, "")
	}
	m.AWSPermissions.AddResource(iamaws.Resource{ARN: arn, Account: d.Account, Type: "AWS::Bedrock::InferenceProfile",
		Model: &iamaws.InferenceFacts{Models: iamaws.Of(sorted(models))}, Source: source(d)})
}

func mapProvisionedModels(m *Mapping, d ingest.Document) error {
	var v struct {
		ProvisionedModelSummaries []struct{ ProvisionedModelArn, ProvisionedModelName, ModelArn, Status string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.ProvisionedModelSummaries == nil {
		return absent(m, d, "provisionedModelSummaries")
	}
	for _, x := range v.ProvisionedModelSummaries {
		if x.ProvisionedModelArn == "" {
			m.incomplete(d, "a provisioned throughput without provisionedModelArn")
			continue
		}
		m.resource(d, x.ProvisionedModelArn, schema.ProvisionedThroughput, "AWS::Bedrock::ProvisionedModelThroughput", x.ProvisionedModelName).Set(schema.PropStatus, x.Status)
		m.usesModel(d, x.ProvisionedModelArn, schema.ProvisionedThroughput, schema.Serves, x.ModelArn, "")
	}
	return nil
}

// invocationJob is a batch inference job.
type invocationJob struct {
	JobArn, JobName, ModelID, RoleArn, Status string
	InputDataConfig                           struct{ S3InputDataConfig s3Location }
	OutputDataConfig                          struct {
		S3OutputDataConfig struct{ S3URI, S3EncryptionKeyID string }
	}
	VpcConfig *vpcConfig
}

func mapInvocationJobs(m *Mapping, d ingest.Document) error {
	var v struct{ InvocationJobSummaries []invocationJob }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.InvocationJobSummaries == nil {
		return absent(m, d, "invocationJobSummaries")
	}
	for _, x := range v.InvocationJobSummaries {
		m.invocationJob(d, x)
	}
	return nil
}

func mapInvocationJob(m *Mapping, d ingest.Document) error {
	var x invocationJob
	if err := decode(d, &x); err != nil {
		return err
	}
	m.invocationJob(d, x)
	return nil
}

func (m *Mapping) invocationJob(d ingest.Document, x invocationJob) {
	if x.JobArn == "" {
		m.incomplete(d, "a batch inference job without jobArn")
		return
	}
	j := m.bedrockJob(d, x.JobArn, schema.BatchJob, "AWS::Bedrock::ModelInvocationJob", x.JobName, x.Status, x.RoleArn)
	m.flow(d, ingest.Flow{Kind: schema.Grounds, From: x.InputDataConfig.S3InputDataConfig.S3URI, FromKind: schema.Bucket, To: j.arn, ToKind: j.kind, Use: ingest.UseInference, Name: "input"})
	m.writes(d, j, x.OutputDataConfig.S3OutputDataConfig.S3URI, ingest.UseOutput, "output")
	m.encrypted(d, j.arn, x.OutputDataConfig.S3OutputDataConfig.S3EncryptionKeyID)
	m.usesModel(d, j.arn, j.kind, schema.UsesModel, x.ModelID, "")
	m.finishJob(d, j, x.JobName, "bedrock-batch", x.VpcConfig)
}

package lineage

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

const (
	job      = "arn:aws:sagemaker:eu-west-1:111122223333:training-job/churn"
	other    = "arn:aws:sagemaker:eu-west-1:111122223333:training-job/churn-2"
	prep     = "arn:aws:sagemaker:eu-west-1:111122223333:processing-job/clean"
	model    = "arn:aws:sagemaker:eu-west-1:111122223333:model/churn"
	endpoint = "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/churn"
	config   = "arn:aws:sagemaker:eu-west-1:111122223333:endpoint-config/churn"
	kb       = "arn:aws:bedrock:eu-west-1:111122223333:knowledge-base/KB1"
)

func flow(kind schema.EdgeKind, from string, fromKind schema.NodeKind, to string, toKind schema.NodeKind, use ingest.Use) ingest.Flow {
	return ingest.Flow{Kind: kind, From: from, To: to, FromKind: fromKind, ToKind: toKind, Use: use, Account: "111122223333",
		Confidence: schema.Derived, Evidence: graph.Evidence{Document: "d", Summary: string(kind) + " " + to}}
}

func derive(flows ...ingest.Flow) (*ingest.Facts, *Lineage) {
	f := ingest.NewFacts()
	f.Environments["111122223333"] = ingest.Environment{ID: "111122223333", Partition: "aws"}
	for _, b := range []string{"raw", "out", "training-data-archive"} {
		f.Graph.Node("arn:aws:s3:::"+b, schema.Bucket)
	}
	f.Flows = flows
	return f, Derive(f)
}

func property(f *ingest.Facts, id string, p *schema.Property) string {
	s, _ := f.Graph.Refer(id, schema.Bucket).Get(p).(string)
	return s
}

// TestTrainingData: only what is read to train, tune, prepare or ground counts,
// or what the owner declares; never a name or an output.
func TestTrainingData(t *testing.T) {
	for _, c := range []struct {
		name  string
		flows []ingest.Flow
		want  map[string]string
	}{
		{"nothing refers to it, whatever its name", nil, map[string]string{"training-data-archive": "none", "raw": "none"}},
		{"input channel", []ingest.Flow{flow(schema.TrainedOn, job, schema.TrainingJob, "s3://raw/train/", schema.Bucket, ingest.UseTraining)}, map[string]string{"raw": "derived"}},
		{"output", []ingest.Flow{flow(schema.Produced, job, schema.TrainingJob, "s3://out/models/", schema.Bucket, ingest.UseOutput)}, map[string]string{"out": "none"}},
		{"log", []ingest.Flow{flow(schema.LogsTo, endpoint, schema.ModelEndpoint, "s3://out/capture/", schema.Bucket, ingest.UseLog)}, map[string]string{"out": "none"}},
		{"output of one job and input of another", []ingest.Flow{
			flow(schema.Produced, prep, schema.ProcessingJob, "s3://out/clean/", schema.Bucket, ingest.UseOutput),
			flow(schema.TrainedOn, job, schema.TrainingJob, "s3://out/clean/", schema.Bucket, ingest.UseTraining)}, map[string]string{"out": "derived"}},
		{"preparation", []ingest.Flow{flow(schema.TrainedOn, prep, schema.ProcessingJob, "s3://raw/", schema.Bucket, ingest.UsePreparation)}, map[string]string{"raw": "derived"}},
		{"grounding, by bucket ARN", []ingest.Flow{flow(schema.Grounds, "arn:aws:s3:::raw", schema.Bucket, kb, schema.KnowledgeBase, ingest.UseGrounding)}, map[string]string{"raw": "derived"}},
		{"offline store", []ingest.Flow{flow(schema.StoredIn, "arn:aws:sagemaker:eu-west-1:111122223333:feature-group/f", schema.FeatureStore, "s3://raw/f", schema.Bucket, ingest.UseFeature)}, map[string]string{"raw": "derived"}},
		{"a bucket nobody collected", []ingest.Flow{flow(schema.TrainedOn, job, schema.TrainingJob, "s3://theirs/x", schema.Bucket, ingest.UseTraining)}, map[string]string{"theirs": "derived"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, l := derive(c.flows...)
			for b, want := range c.want {
				id := "arn:aws:s3:::" + b
				if got := property(f, id, schema.PropTrainingData); got != want {
					t.Errorf("%s: training_data %q, want %q", b, got, want)
				}
				if listed := slices.Contains(l.TrainingData, id); listed != (want != "none") {
					t.Errorf("%s listed as training data: %v", b, listed)
				}
			}
			g := f.Graph.Freeze(graph.Run{})
			for _, n := range g.Nodes() {
				if labelled := slices.Contains(n.Extra, schema.LabelTrainingData); labelled != (n.Properties.List(schema.PropTrainingDataWhy.Name) != nil) {
					t.Errorf("%s: label %v without its reason, or the other way round", n.ID, labelled)
				}
			}
		})
	}
}

func TestDeclared(t *testing.T) {
	f := ingest.NewFacts()
	f.Graph.Node("arn:aws:s3:::raw", schema.Bucket)
	f.Declarations = []ingest.Declaration{{Store: "arn:aws:s3:::raw", Kind: schema.Bucket, TrainingData: true, Sensitivity: "restricted", Evidence: graph.Evidence{Summary: "tagged"}}}
	Derive(f)
	if got := property(f, "arn:aws:s3:::raw", schema.PropTrainingData); got != "declared" {
		t.Errorf("training_data %q", got)
	}
	if got := property(f, "arn:aws:s3:::raw", schema.PropSensitivity); got != "restricted" {
		t.Errorf("sensitivity %q", got)
	}
}

// TestArtifacts: a model belongs to the job whose output holds its bytes; jobs
// that share an output prefix are told apart by their own folder.
func TestArtifacts(t *testing.T) {
	out := func(j, uri string) ingest.Flow {
		return flow(schema.Produced, j, schema.TrainingJob, uri, schema.Bucket, ingest.UseOutput)
	}
	in := flow(schema.TrainedOn, job, schema.TrainingJob, "s3://raw/train/", schema.Bucket, ingest.UseTraining)
	at := func(uri string) ingest.Flow {
		return flow(schema.StoredIn, model, schema.Model, uri, schema.Bucket, ingest.UseArtifact)
	}
	for _, c := range []struct {
		name  string
		flows []ingest.Flow
		want  []string // producers with confidence
	}{
		{"the artifact itself", []ingest.Flow{out(job, "s3://out/churn/output/model.tar.gz"), at("s3://out/churn/output/model.tar.gz")}, []string{job + " derived"}},
		{"below the output", []ingest.Flow{out(job, "s3://out/"), at("s3://out/churn/output/model.tar.gz")}, []string{job + " heuristic"}},
		{"shared output, own folder", []ingest.Flow{out(job, "s3://out/"), out(other, "s3://out/"), at("s3://out/churn-2/output/model.tar.gz")}, []string{other + " heuristic"}},
		{"longest prefix", []ingest.Flow{out(job, "s3://out/a"), out(other, "s3://out/a/b"), at("s3://out/a/b/model.tar.gz")}, []string{other + " heuristic"}},
		{"no whole segment", []ingest.Flow{out(job, "s3://out/chur"), at("s3://out/churned/model.tar.gz")}, nil},
		{"another bucket", []ingest.Flow{out(job, "s3://out/m/"), at("s3://raw/m/model.tar.gz")}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, l := derive(append(c.flows, in)...)
			var got []string
			trained := false
			for _, x := range l.Links {
				if x.Kind == schema.Produced && x.To == model {
					got = append(got, x.From+" "+string(x.Confidence))
				}
				trained = trained || x.Kind == schema.TrainedOn && x.From == model && x.To == "arn:aws:s3:::raw"
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if want := slices.ContainsFunc(c.want, func(s string) bool { return strings.HasPrefix(s, job+" ") }); trained != want {
				t.Errorf("the model was trained on the job's data: %v, want %v", trained, want)
			}
		})
	}
}

func TestProduction(t *testing.T) {
	direct := flow(schema.Serves, endpoint, schema.ModelEndpoint, model, schema.Model, ingest.UseServing)
	byConfig := []ingest.Flow{flow(schema.Serves, config, schema.EndpointConfig, model, schema.Model, ingest.UseServing),
		flow(schema.UsesModel, endpoint, schema.ModelEndpoint, config, schema.EndpointConfig, ingest.UseServing)}
	for name, c := range map[string]struct {
		flows []ingest.Flow
		want  any
	}{"endpoint": {[]ingest.Flow{direct}, true}, "configuration in use": {byConfig, true}, "configuration unused": {byConfig[:1], nil}} {
		f, _ := derive(c.flows...)
		if got := f.Graph.Refer(model, schema.Model).Get(schema.PropProduction); got != c.want {
			t.Errorf("%s: production %v, want %v", name, got, c.want)
		}
	}
}

func TestSensitivityFollowsPreparation(t *testing.T) {
	f := ingest.NewFacts()
	f.Flows = []ingest.Flow{flow(schema.TrainedOn, prep, schema.ProcessingJob, "s3://raw/", schema.Bucket, ingest.UsePreparation),
		flow(schema.Produced, prep, schema.ProcessingJob, "s3://out/clean/", schema.Bucket, ingest.UseOutput)}
	f.Declarations = []ingest.Declaration{{Store: "arn:aws:s3:::raw", Kind: schema.Bucket, Sensitivity: "confidential"}}
	Derive(f)
	if got := property(f, "arn:aws:s3:::out", schema.PropSensitivity) + " " + property(f, "arn:aws:s3:::out", schema.PropSensitivitySrc); got != "confidential propagation" {
		t.Errorf("got %q", got)
	}
}

func TestLocations(t *testing.T) {
	f := ingest.NewFacts()
	f.Environments["1"] = ingest.Environment{Partition: "aws-cn"}
	f.AWSPermissions.AddResource(iamaws.Resource{ARN: "arn:aws:s3:::raw", S3: &iamaws.S3Facts{AccessPoints: []iamaws.AccessPoint{
		{ARN: "arn:aws:s3:eu-west-1:111122223333:accesspoint/ap", Alias: "ap-xyz-s3alias"}}}})
	l := newLocator(f)
	for _, c := range []struct {
		in, account, bucket, prefix string
		ok                          bool
	}{
		{"s3://b/k/l", "2", "arn:aws:s3:::b", "k/l", true},
		{"s3://b", "1", "arn:aws-cn:s3:::b", "", true},
		{"arn:aws-us-gov:s3:::b/k", "2", "arn:aws-us-gov:s3:::b", "k", true},
		{"s3://ap-xyz-s3alias/k", "2", "arn:aws:s3:::raw", "k", true},
		{"arn:aws:s3:eu-west-1:111122223333:accesspoint/ap/object/k", "2", "arn:aws:s3:::raw", "k", true},
		{"arn:aws:s3:eu-west-1:111122223333:accesspoint/no/object/k", "2", "", "k", false},
		{"s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/ap/k/l", "2", "arn:aws:s3:::raw", "k/l", true},
		{"s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/no/k", "2", "", "k", false},
		{"s3://unknown-xyz-s3alias/k", "2", "", "", false}, // no bucket is called so
		{"https://example.org/x", "2", "", "", false},
		{"s3://", "2", "", "", false},
		{"s3://b*/x", "2", "", "", false},
	} {
		got, ok := l.find(c.in, c.account)
		if ok != c.ok || got.bucket != c.bucket || got.prefix != c.prefix {
			t.Errorf("find(%q) = %+v, %v", c.in, got, ok)
		}
	}
}

func TestUnknownLocationIsAGap(t *testing.T) {
	f, l := derive(flow(schema.TrainedOn, job, schema.TrainingJob, "hdfs://x", "", ingest.UseTraining))
	if len(l.Links) != 0 || len(f.Graph.Gaps()) != 1 || f.Graph.Gaps()[0].Resource != "hdfs://x" {
		t.Errorf("links %v, gaps %v", l.Links, f.Graph.Gaps())
	}
}

// TestTwiceIsOnce: nothing is added by deriving again, and the order of flows
// does not matter.
// TestManifestIsAGap: what a manifest lists is training data whose stores are not
// known. Where the location holds the data itself, nothing is missing.
func TestManifestIsAGap(t *testing.T) {
	for _, manifest := range []bool{false, true} {
		x := flow(schema.TrainedOn, job, schema.TrainingJob, "s3://raw/train.manifest", schema.Bucket, ingest.UseTraining)
		x.Manifest = manifest
		f, _ := derive(x)
		gaps := f.Graph.Freeze(graph.Run{}).Coverage().Gaps
		if missing := len(gaps) == 1 && gaps[0].Kind == graph.GapNotCollected && gaps[0].Resource == job && strings.Contains(gaps[0].Message, "s3://raw/train.manifest"); missing != manifest {
			t.Errorf("manifest %v: %v", manifest, gaps)
		}
	}
}

func TestTwiceIsOnce(t *testing.T) {
	flows := []ingest.Flow{
		flow(schema.TrainedOn, job, schema.TrainingJob, "s3://raw/train/", schema.Bucket, ingest.UseTraining),
		flow(schema.Produced, job, schema.TrainingJob, "s3://out/churn/model.tar.gz", schema.Bucket, ingest.UseArtifact),
		flow(schema.StoredIn, model, schema.Model, "s3://out/churn/model.tar.gz", schema.Bucket, ingest.UseArtifact),
	}
	f, _ := derive(flows...)
	once := f.Graph.Freeze(graph.Run{}).Hash()
	Derive(f)
	if f.Graph.Freeze(graph.Run{}).Hash() != once {
		t.Error("a second derivation changes the graph")
	}
	slices.Reverse(flows)
	g, _ := derive(flows...)
	if g.Graph.Freeze(graph.Run{}).Hash() != once {
		t.Error("the order of flows matters")
	}
}

func FuzzLocation(f *testing.F) {
	f.Add("s3://b/k")
	f.Add("arn:aws:s3:::b/k")
	l := newLocator(ingest.NewFacts())
	f.Fuzz(func(t *testing.T, s string) {
		if at, ok := l.find(s, "1"); ok && (at.bucket == "" || strings.ContainsAny(at.bucket, "*?")) {
			t.Errorf("%q resolves to %+v", s, at)
		}
	})
}

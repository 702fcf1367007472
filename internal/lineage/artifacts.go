package lineage

import (
	"fmt"
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// linkArtifacts joins models to the jobs that wrote them. A job says where it
// writes (PRODUCED to a location), a model where its bytes lie (STORED_IN a
// location). The same location on both sides is derived; the longest output
// prefix that holds the model's bytes is a heuristic, since anyone may have
// put a file there.
//
// Source: SageMaker API, S3ModelArtifacts and ModelDataUrl; the layout
// OUTPUT/JOB-NAME/output/model.tar.gz is that of "Training Output", read
// 2026-11.
func (d *deriver) linkArtifacts() {
	outputs := map[string][]*Link{} // by bucket
	for i := range d.links {
		l := &d.links[i]
		if l.Kind == schema.Produced && l.toAt.bucket != "" && isJob(d.g.Kind(l.From)) {
			outputs[l.To] = append(outputs[l.To], l)
		}
	}
	var found []Link
	for i := range d.links {
		l := &d.links[i]
		if l.Kind == schema.StoredIn && l.toAt.bucket != "" && isModel(d.g.Kind(l.From)) {
			found = append(found, d.producers(l, outputs[l.To])...)
		}
	}
	d.links = append(d.links, found...)
}

// producers are the jobs whose output holds the artifact: those with the
// longest matching prefix.
func (d *deriver) producers(artifact *Link, outputs []*Link) []Link {
	var best []Link
	longest := -1
	for _, o := range outputs {
		n, ok := d.outputHolds(o, artifact.toAt)
		if !ok || n < longest {
			continue
		}
		if n > longest {
			longest, best = n, nil
		}
		confidence := schema.Heuristic
		if strings.TrimRight(o.toAt.prefix, "/") == strings.TrimRight(artifact.toAt.prefix, "/") && artifact.toAt.prefix != "" {
			confidence = schema.Derived
		}
		best = append(best, Link{
			Kind: schema.Produced, From: o.From, To: artifact.From, URI: artifact.URI, Use: ingest.UseArtifact,
			Confidence: confidence,
			Evidence: graph.Evidence{Document: artifact.Evidence.Document,
				Summary: fmt.Sprintf("the model's data %s lies at the output %s of the job", artifact.URI, o.URI)},
		})
	}
	return best
}

// outputHolds matches an output with the job's own folder below it first, so
// that jobs that share one output prefix are told apart.
func (d *deriver) outputHolds(o *Link, at location) (int, bool) {
	if name := d.shortName(o.From); name != "" {
		own := o.toAt
		own.prefix = strings.TrimLeft(strings.TrimRight(own.prefix, "/")+"/"+name, "/")
		if n, ok := own.under(at); ok {
			return n, true
		}
	}
	return o.toAt.under(at)
}

// shortName is what people call a job: its name, else the end of its id.
func (d *deriver) shortName(id string) string {
	if name, ok := d.g.Refer(id, "").Get(schema.PropName).(string); ok {
		return name
	}
	return id[strings.LastIndexAny(id, "/:")+1:]
}

// throughJobs gives a model the data of the job that made it.
func (d *deriver) throughJobs() {
	inputs := map[string][]*Link{} // by job
	for i := range d.links {
		if l := &d.links[i]; l.Kind == schema.TrainedOn && isJob(d.g.Kind(l.From)) {
			inputs[l.From] = append(inputs[l.From], l)
		}
	}
	var found []Link
	for i := range d.links {
		l := &d.links[i]
		if l.Kind != schema.Produced || !isModel(d.g.Kind(l.To)) {
			continue
		}
		for _, in := range inputs[l.From] {
			if in.Use != ingest.UseTraining && in.Use != ingest.UseValidation {
				continue
			}
			found = append(found, Link{
				Kind: schema.TrainedOn, From: l.To, To: in.To, URI: in.URI, Use: in.Use, Name: in.Name,
				Confidence: weaker(l.Confidence, in.Confidence), Evidence: in.Evidence, toAt: in.toAt,
			})
		}
	}
	d.links = append(d.links, found...)
}

func isJob(k schema.NodeKind) bool {
	switch k {
	case schema.TrainingJob, schema.TuningJob, schema.ProcessingJob, schema.CustomizationJob, schema.Pipeline, schema.BatchJob, schema.LabelingJob:
		return true
	}
	return false
}

func isModel(k schema.NodeKind) bool {
	return k == schema.Model || k == schema.ModelPackage || k == schema.FoundationModel
}

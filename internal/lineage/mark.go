package lineage

import (
	"maps"
	"slices"

	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// maxReasons bounds the sentences kept for one store; a bucket that a thousand
// jobs read needs no thousand reasons.
const maxReasons = 32

// reason is why a store holds training data.
type reason struct {
	confidence schema.LineageConfidence
	sentences  map[string]bool
}

// markTrainingData sets training_data on every data store: the strongest
// confidence of what reads it to train, tune, prepare or ground, or none. It
// returns the ids of those that are training data, sorted.
func (d *deriver) markTrainingData() []string {
	reasons := map[string]*reason{}
	add := func(store string, c schema.LineageConfidence, sentence string) {
		r := reasons[store]
		if r == nil {
			r = &reason{c, map[string]bool{}}
			reasons[store] = r
		}
		if rank(c) < rank(r.confidence) {
			r.confidence = c
		}
		r.sentences[sentence] = true
	}
	for i := range d.links {
		l := &d.links[i]
		if l.Use.TrainingData() && d.g.Kind(l.store()).In(schema.DataStore) {
			add(l.store(), l.Confidence, sentence(l))
		}
	}
	for _, dec := range d.f.Declarations {
		if dec.TrainingData && dec.Store != "" {
			d.g.Refer(dec.Store, dec.Kind)
			add(dec.Store, schema.Declared, dec.Evidence.Summary)
		}
	}
	for _, id := range d.g.NodeIDs() {
		if d.g.Kind(id).In(schema.DataStore) {
			d.mark(id, reasons[id])
		}
	}
	return slices.Sorted(maps.Keys(reasons))
}

func (d *deriver) mark(id string, r *reason) {
	n := d.g.Refer(id, d.g.Kind(id))
	if r == nil {
		n.Set(schema.PropTrainingData, "none")
		return
	}
	why := slices.Sorted(maps.Keys(r.sentences))
	if len(why) > maxReasons {
		why = why[:maxReasons]
	}
	n.Set(schema.PropTrainingData, string(r.confidence)).Set(schema.PropTrainingDataWhy, why).Label(schema.LabelTrainingData)
}

// sentence says why a link makes training data, with who uses it.
func sentence(l *Link) string {
	if l.Evidence.Summary != "" {
		return l.Evidence.Summary + " (" + l.user() + ")"
	}
	return string(l.Use) + " input of " + l.user()
}

// sensitivities from the least to the most sensitive.
var sensitivities = []string{"unknown", "public", "internal", "confidential", "restricted"}

// markSensitivity applies what owners declared, and gives what a job prepared
// from a store the sensitivity of that store.
func (d *deriver) markSensitivity() {
	declared := map[string]bool{}
	for _, dec := range d.f.Declarations {
		if dec.Sensitivity == "" || dec.Store == "" || slices.Index(sensitivities, dec.Sensitivity) < 0 {
			continue
		}
		d.raise(dec.Store, dec.Sensitivity)
		declared[dec.Store] = true
	}
	inputs, outputs := map[string][]string{}, map[string][]string{}
	for i := range d.links {
		l := &d.links[i]
		switch {
		case l.Kind == schema.TrainedOn && d.g.Kind(l.From) == schema.ProcessingJob:
			inputs[l.From] = append(inputs[l.From], l.To)
		case l.Kind == schema.Produced && d.g.Kind(l.From) == schema.ProcessingJob && l.Use != ingest.UseArtifact:
			outputs[l.From] = append(outputs[l.From], l.To)
		}
	}
	// Each round carries sensitivity one job further; levels only rise, so there
	// are at most as many rounds as jobs in a row.
	for changed := true; changed; {
		changed = false
		for job, in := range inputs {
			for _, from := range in {
				for _, to := range outputs[job] {
					if !declared[to] && d.raise(to, d.sensitive[from]) {
						changed = true
					}
				}
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(d.sensitive)) {
		source := "propagation"
		if declared[id] {
			source = "tag"
		}
		n := d.g.Refer(id, schema.Bucket)
		if n.Get(schema.PropSensitivity) == nil || declared[id] {
			n.Set(schema.PropSensitivity, d.sensitive[id]).Set(schema.PropSensitivitySrc, source)
		}
	}
}

// raise lifts a store's sensitivity and reports whether it changed.
func (d *deriver) raise(id, to string) bool {
	if slices.Index(sensitivities, to) <= slices.Index(sensitivities, d.sensitive[id]) {
		return false
	}
	d.sensitive[id] = to
	return true
}

// markProduction marks the models that endpoints serve and agents call. What an
// endpoint configuration serves counts when an endpoint uses the configuration.
func (d *deriver) markProduction() {
	serving := map[string]bool{}
	for i := range d.links {
		if l := &d.links[i]; d.g.Kind(l.From) == schema.ModelEndpoint && d.g.Kind(l.To) == schema.EndpointConfig {
			serving[l.To] = true
		}
	}
	for i := range d.links {
		l := &d.links[i]
		live := false
		switch d.g.Kind(l.From) {
		case schema.ModelEndpoint, schema.Agent, schema.AgentRuntime, schema.Flow, schema.ProvisionedThroughput:
			live = l.Kind == schema.Serves || l.Kind == schema.UsesModel
		case schema.EndpointConfig:
			live = l.Kind == schema.Serves && serving[l.From]
		}
		if live && (isModel(d.g.Kind(l.To)) || d.g.Kind(l.To) == schema.InferenceProfile) {
			d.g.Refer(l.To, schema.Model).Set(schema.PropProduction, true)
		}
	}
}

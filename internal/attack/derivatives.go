package attack

import (
	"cmp"
	"fmt"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/internal/lineage"
	"github.com/postern-sec/postern/schema"
)

// What holding one thing tells of another. Verbatim copies (indexes, logs,
// snapshots) are of medium confidence, models that may remember are low: a
// question that wants the data itself must leave the latter out.
func derivesRow(id, title string, c schema.Confidence, cost int, requires string, ids ...string) *Technique {
	return &Technique{ID: id, Kind: schema.Derives, Title: title, Requires: []string{requires}, Confidence: c, Cost: cost, AttackIDs: ids,
		Source: "MITRE ATLAS"}
}

var (
	derivesTrained = derivesRow("derive-001", "the model may give back what it was trained on", schema.Low, 8, "the model was trained on the data", "AML.T0024.000", "AML.T0024.001")
	derivesTuned   = derivesRow("derive-002", "the model was made from another", schema.Low, 6, "the model was fine-tuned or imported from it", "AML.T0024.002")
	derivesIndex   = derivesRow("derive-003", "the index holds passages of its source", schema.Medium, 2, "the source feeds the knowledge base or index", "AML.T0085.000")
	derivesLog     = derivesRow("derive-004", "the log holds passages that were retrieved", schema.Low, 5, "an agent or knowledge base whose prompts are logged is grounded in the data", "AML.T0057")
	derivesServed  = derivesRow("derive-005", "answers of what serves a model tell of the model", schema.Low, 6, "the endpoint or agent serves the model", "AML.T0024.002")
	derivesCopy    = derivesRow("derive-006", "the copy holds what the original holds", schema.Medium, 2, "it was copied from it", "T1537")
	derivesStored  = derivesRow("derive-007", "the model's bytes lie in the store", schema.Medium, 2, "the model's artifacts are stored there", "AML.T0044")
	derivesFeature = derivesRow("derive-008", "the feature group holds what its offline store holds", schema.Medium, 2, "the offline store of the group", "AML.T0036")
)

var derivativeFamily = Family{Name: "derivatives", Techniques: []*Technique{derivesTrained, derivesTuned, derivesIndex, derivesLog, derivesServed, derivesCopy, derivesStored, derivesFeature}, derive: (*world).derivatives}

func (w *world) derivatives() error {
	sources := map[string][]lineage.Link{} // by who is grounded
	for _, l := range w.line.Links {
		if l.Kind == schema.Grounds {
			sources[l.To] = append(sources[l.To], l)
		}
	}
	for _, l := range w.line.Links {
		w.derivative(l, sources)
	}
	return w.ctx.Err()
}

func (w *world) derivative(l lineage.Link, sources map[string][]lineage.Link) {
	from, to := w.g.Kind(l.From), w.g.Kind(l.To)
	switch l.Kind {
	case schema.TrainedOn:
		if (from == schema.Model || from == schema.ModelPackage) && to.In(schema.DataStore) {
			w.derived(derivesTrained, l.From, l.To, l)
		}
	case schema.DerivedFrom:
		t := derivesTuned
		if from.In(schema.DataStore) && to.In(schema.DataStore) {
			t = derivesCopy
		}
		w.derived(t, l.From, l.To, l)
	case schema.Grounds:
		if from.In(schema.DataStore) && (to == schema.KnowledgeBase || to == schema.VectorIndex) {
			w.derived(derivesIndex, l.To, l.From, l)
		}
	case schema.StoredIn:
		w.storedIn(l, sources)
	case schema.Serves, schema.UsesModel:
		w.served(l)
	case schema.LogsTo:
		for _, s := range w.grounding(l.From, sources) {
			w.derived(derivesLog, l.To, s.From, l)
		}
	}
}

func (w *world) storedIn(l lineage.Link, sources map[string][]lineage.Link) {
	switch k := w.g.Kind(l.From); k {
	case schema.Model, schema.ModelPackage:
		w.derived(derivesStored, l.To, l.From, l)
	case schema.FeatureStore:
		w.derived(derivesFeature, l.From, l.To, l)
	case schema.KnowledgeBase:
		for _, s := range sources[l.From] {
			w.derived(derivesIndex, l.To, s.From, s)
		}
	}
}

func (w *world) served(l lineage.Link) {
	if k := w.g.Kind(l.To); k != schema.Model && k != schema.ModelPackage {
		return
	}
	switch w.g.Kind(l.From) {
	case schema.ModelEndpoint, schema.Agent, schema.ProvisionedThroughput:
		w.derived(derivesServed, l.From, l.To, l)
	case schema.EndpointConfig:
		for _, e := range w.endpointsOf(l.From) {
			w.derived(derivesServed, e, l.To, l)
		}
	}
}

// grounding is what the answers of a logged resource are grounded in, through
// the knowledge bases of an agent.
func (w *world) grounding(id string, sources map[string][]lineage.Link) []lineage.Link {
	out := append([]lineage.Link(nil), sources[id]...)
	for _, s := range sources[id] {
		out = append(out, sources[s.From]...)
	}
	var stores []lineage.Link
	for _, s := range out {
		if w.g.Kind(s.From).In(schema.DataStore) {
			stores = append(stores, s)
		}
	}
	return stores
}

func (w *world) derived(t *Technique, from, to string, l lineage.Link) {
	if l.Use == ingest.UseCode || from == to {
		return
	}
	ev := l.Evidence
	ev.Document, ev.Summary = cmp.Or(ev.Document, "lineage"), cmp.Or(ev.Summary, fmt.Sprintf("%s %s %s", l.From, l.Kind, l.To))
	s := step{from: from, to: to, way: way{verdict: schema.Allow, evidence: []graph.Evidence{ev}}, variant: l.Name}
	if l.Confidence == schema.Heuristic {
		s.confidence = schema.Low
	}
	w.add(t, s)
}

package ingest

import (
	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// Flow is one statement about where AI data comes from or goes to, as a job,
// model, endpoint, agent or knowledge base states it. internal/lineage turns
// flows into lineage edges and derives training data from them.
type Flow struct {
	Kind schema.EdgeKind // a lineage kind: TRAINED_ON, PRODUCED, SERVES, GROUNDS, LOGS_TO, …
	// From and To are as the direction of Kind says. One of them may be a
	// location instead of a node id: an s3:// URI, which is resolved to the
	// bucket that holds it.
	From, To         string
	FromKind, ToKind schema.NodeKind // of the node, or of the store a location resolves to
	// Use says what the data is for, which decides whether it makes its store
	// training data.
	Use Use
	// Name is the channel, variant or data source.
	Name string
	// Manifest: the location is a list of where the data lies, which is not read.
	Manifest   bool
	Confidence schema.LineageConfidence
	Account    string // of the resource that states it
	Region     string
	Evidence   graph.Evidence
}

// Use is what data is for.
type Use string

// Uses. Training, Validation, Preparation and Grounding make a store training
// data; the others do not.
const (
	UseTraining    Use = "training"    // input channel of a training, tuning or customisation job
	UseValidation  Use = "validation"  // validation or test channel
	UsePreparation Use = "preparation" // input of a processing or labelling job
	UseGrounding   Use = "grounding"   // data source of a knowledge base
	UseFeature     Use = "feature"     // offline store of a feature group
	UseOutput      Use = "output"      // artifacts, results
	UseArtifact    Use = "artifact"    // a model's own bytes
	UseInference   Use = "inference"   // input of batch inference
	UseLog         Use = "log"         // prompts, completions, captured requests
	UseCheckpoint  Use = "checkpoint"  // state of a job between runs
	UseCode        Use = "code"        // what a job executes
	UseServing     Use = "serving"     // which model answers, which tool is called
)

// TrainingData reports whether data used for u is training data.
func (u Use) TrainingData() bool {
	switch u {
	case UseTraining, UseValidation, UsePreparation, UseGrounding, UseFeature:
		return true
	}
	return false
}

// Declaration says that the owner declared a store to be training data, or its
// sensitivity, by tag or in a configuration file.
type Declaration struct {
	Store        string // node id
	Kind         schema.NodeKind
	TrainingData bool
	Sensitivity  string
	Evidence     graph.Evidence
}

// DataStore is what the engines must know of a place that holds data.
type DataStore struct {
	ID              string
	Kind            schema.NodeKind
	Account, Region string
	// KMSKeys are the keys under which it is encrypted; EncryptionKnown is
	// false when that was not collected.
	KMSKeys         []string
	EncryptionKnown bool
	// ImmutableTags: an image repository that lets no tag be moved.
	ImmutableTags bool
	Evidence      graph.Evidence
}

package attack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/internal/lineage"
	"github.com/postern-sec/postern/schema"
)

func dataRow(id string, kind schema.EdgeKind, title string, cost int, ids []string, requires []string, ns ...[]Need) *Technique {
	return &Technique{ID: id, Kind: kind, Title: title, Needs: slices.Concat(ns...), Requires: requires, Cost: cost, AttackIDs: ids,
		Source: "Service Authorization Reference"}
}

var (
	readObjects = dataRow("s3-001", schema.ReadsData, "reads the bucket's objects", 1, []string{"T1530"},
		[]string{"with SSE-KMS: kms:Decrypt on the key"}, needs("{target}/*", "s3:GetObject"))
	writeObjects = dataRow("s3-002", schema.WritesData, "writes objects into the bucket", 2, []string{"T1565.001"},
		[]string{"with SSE-KMS: kms:GenerateDataKey on the key"}, needs("{target}/*", "s3:PutObject"))
	poisonData = dataRow("poison-001", schema.WritesData, "changes what a model is trained on", 2, []string{"T1565.001", "AML.T0020"},
		[]string{"a training, tuning or processing job reads the bucket"}, needs("{target}/*", "s3:PutObject"))
	poisonKnowledge = dataRow("poison-002", schema.WritesData, "changes what a knowledge base answers from", 2, []string{"AML.T0070", "AML.T0066"},
		[]string{"the bucket is a data source of a knowledge base"}, needs("{target}/*", "s3:PutObject"))
	readLogs = dataRow("log-001", schema.ReadsData, "reads prompts and completions, or captured requests", 1, []string{"T1530", "AML.T0057"},
		[]string{"invocation logging or data capture writes there"}, needs("{target}/*", "s3:GetObject"))
	readModel = dataRow("model-001", schema.ReadsData, "copies the model's artifacts", 2, []string{"AML.T0044", "AML.T0035", "T1530"},
		[]string{"the model's data lies in the bucket"}, needs("the bucket's objects", "s3:GetObject"))
	swapModel = dataRow("model-002", schema.ExecutesOn, "replaces the model's artifacts, which run code where they are loaded", 5, []string{"AML.T0018.002", "T1525"},
		[]string{"the endpoint serves a model whose data lies in the bucket", "the endpoint is deployed again"}, needs("the bucket's objects", "s3:PutObject"))
	swapImage = dataRow("image-001", schema.ExecutesOn, "replaces a container image that is run by a movable tag", 5, []string{"T1525", "AML.T0010.004"},
		[]string{"the workload runs an image of the repository by a tag", "the image is pulled again"}, needs("the repository", "ecr:PutImage"))
)

// storeRow is how a kind of store other than a bucket is read or written.
type storeRow struct {
	Technique
	kind    schema.NodeKind
	service string
}

func storeTechnique(kind schema.NodeKind, service string, t *Technique) *storeRow {
	return &storeRow{Technique: *t, kind: kind, service: service}
}

var storeRows = []*storeRow{
	storeTechnique(schema.FeatureStore, "sagemaker", dataRow("feature-001", schema.ReadsData, "reads a feature group's records", 2, []string{"AML.T0036"}, nil, needs(onTarget, "sagemaker:GetRecord"))),
	storeTechnique(schema.FeatureStore, "sagemaker", dataRow("feature-002", schema.WritesData, "writes a feature group's records", 2, []string{"AML.T0020"}, nil, needs(onTarget, "sagemaker:PutRecord"))),
	storeTechnique(schema.KnowledgeBase, "bedrock", dataRow("kb-002", schema.ReadsData, "retrieves passages from a knowledge base", 1, []string{"AML.T0085.000"}, nil, needs(onTarget, "bedrock:Retrieve"))),
	// OpenSearch Serverless asks IAM for the API and the collection's data access
	// policy for the document. Source: Amazon OpenSearch Service Developer Guide,
	// "Data access control for Amazon OpenSearch Serverless", read 2026-11-28.
	storeTechnique(schema.VectorIndex, "aoss", dataRow("vector-001", schema.ReadsData, "reads a collection's documents", 2, []string{"T1530", "AML.T0085.000"}, nil, needs(onTarget, "aoss:APIAccessAll", "aoss:ReadDocument"))),
	storeTechnique(schema.VectorIndex, "aoss", dataRow("vector-002", schema.WritesData, "writes documents of its own into a collection", 2, []string{"AML.T0070"}, nil, needs(onTarget, "aoss:APIAccessAll", "aoss:WriteDocument"))),
	storeTechnique(schema.VectorIndex, "s3vectors", dataRow("vector-003", schema.ReadsData, "reads an index's vectors and what is stored with them", 2, []string{"T1530", "AML.T0085.000"}, nil, needs(onTarget, "s3vectors:GetVectors"))),
	storeTechnique(schema.VectorIndex, "s3vectors", dataRow("vector-004", schema.WritesData, "puts vectors of its own into an index", 2, []string{"AML.T0070"}, nil, needs(onTarget, "s3vectors:PutVectors"))),
	storeTechnique(schema.Table, "dynamodb", dataRow("dynamodb-001", schema.ReadsData, "reads a table", 1, []string{"T1530"}, nil, needs(onTarget, "dynamodb:Scan"))),
	storeTechnique(schema.Table, "dynamodb", dataRow("dynamodb-002", schema.WritesData, "writes to a table", 2, []string{"T1565.001"}, nil, needs(onTarget, "dynamodb:PutItem"))),
	storeTechnique(schema.ContainerRegistry, "ecr", dataRow("ecr-001", schema.ReadsData, "pulls images", 1, []string{"T1530"}, nil, needs(onTarget, "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"))),
	storeTechnique(schema.ContainerRegistry, "ecr", dataRow("ecr-002", schema.WritesData, "pushes images", 2, []string{"T1525"}, nil, needs(onTarget, "ecr:PutImage", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload"))),
}

var dataFamily = Family{Name: "data",
	Techniques: append([]*Technique{readObjects, writeObjects, poisonData, poisonKnowledge, readLogs, readModel, swapModel, swapImage},
		techniquesOf(storeRows, func(r *storeRow) *Technique { return &r.Technique })...),
	derive: (*world).data}

func (w *world) data() error {
	uses := w.uses()
	for _, b := range w.worthwhile(schema.Bucket) {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		w.bucketData(b, uses[b])
	}
	for _, r := range storeRows {
		targets := w.worthwhile(r.kind)
		targets = slices.DeleteFunc(targets, func(id string) bool { a, ok := schema.ParseARN(id); return !ok || a.Service != r.service })
		w.ask(r.Needs, targets)
		for _, id := range targets {
			w.grant(&r.Technique, w.who(r.Needs, id, w.environmentOf(id)), id)
		}
	}
	w.swapImages()
	return nil
}

// bucketUse is what AI resources do with a bucket.
type bucketUse struct {
	trains, grounds, logs bool
	locations             []string       // of training data, as s3:// URIs; "" is anywhere in the bucket
	logged                []string       // of logs
	used                  []string       // of all that AI resources read and write there
	models                []lineage.Link // STORED_IN the bucket
}

func (w *world) uses() map[string]*bucketUse {
	out := map[string]*bucketUse{}
	at := func(id string) *bucketUse {
		if out[id] == nil {
			out[id] = &bucketUse{}
		}
		return out[id]
	}
	for _, l := range w.line.Links {
		uri := l.URI
		if l.Manifest { // the objects it lists lie anywhere
			uri = ""
		}
		store := l.To
		if l.Kind == schema.Grounds {
			store = l.From
		}
		if w.g.Kind(store) != schema.Bucket {
			continue
		}
		b := at(store)
		b.used = append(b.used, uri)
		switch {
		case l.Use == ingest.UseGrounding && l.Kind == schema.Grounds:
			b.grounds = true
			b.locations = append(b.locations, uri)
		case l.Use.TrainingData():
			b.trains = true
			b.locations = append(b.locations, uri)
		case l.Use == ingest.UseLog:
			b.logs = true
			b.logged = append(b.logged, uri)
		case l.Kind == schema.StoredIn:
			if k := w.g.Kind(l.From); k == schema.Model || k == schema.ModelPackage {
				b.models = append(b.models, l)
			}
		}
	}
	for _, d := range w.f.Declarations { // owners speak of the whole bucket
		if d.TrainingData || d.Sensitivity != "" {
			b := at(d.Store)
			b.used = append(b.used, "")
			if d.TrainingData {
				b.locations = append(b.locations, "")
			}
		}
	}
	return out
}

// worthwhile are the stores of a kind that an attacker of AI wants: training
// data, whatever an AI resource reads or writes, and what owners call
// confidential or restricted. AI resources always count.
func (w *world) worthwhile(kind schema.NodeKind) []string {
	var out []string
	for _, id := range w.g.NodeIDs(kind) {
		if kind.In(schema.AIResource) || w.isWorthwhile(id) {
			out = append(out, id)
		}
	}
	return out
}

func (w *world) isWorthwhile(id string) bool {
	if _, ok := slices.BinarySearch(w.line.Stores, id); ok {
		return true
	}
	n := w.g.Refer(id, "")
	training, _ := n.Get(schema.PropTrainingData).(string)
	sensitivity, _ := n.Get(schema.PropSensitivity).(string)
	return training != "" && training != "none" || sensitivity == "restricted" || sensitivity == "confidential"
}

func (w *world) bucketData(b string, use *bucketUse) {
	if use == nil {
		use = &bucketUse{}
	}
	reads := w.objectWays(b, w.objects(b).reads, use)
	writes := w.objectWays(b, w.objects(b).writes, use)
	poisons := w.objectWays(b, w.objects(b).writes, &bucketUse{locations: use.locations, used: use.locations})
	w.grant(readObjects, reads, b)
	w.grant(writeObjects, writes, b)
	if use.logs {
		w.grant(readLogs, w.objectWays(b, w.objects(b).reads, &bucketUse{locations: use.logged, used: use.logged}), b)
	}
	if use.trains {
		w.grant(poisonData, poisons, b)
	}
	if use.grounds {
		w.grant(poisonKnowledge, poisons, b)
	}
	for _, m := range use.models {
		stored := fact{verdict: schema.Allow, evidence: m.Evidence}
		at := &bucketUse{locations: []string{m.URI}, used: []string{m.URI}}
		w.grant(readModel, plus(w.objectWays(b, w.objects(b).reads, at), stored), m.From)
		w.swapModels(m, plus(w.objectWays(b, w.objects(b).writes, at), stored))
	}
}

// objectWays are grants on a bucket's objects. Who gets at part of a bucket only
// does so for sure when what is used lies in that part, and gets at none of it
// when all that is used surely lies elsewhere.
func (w *world) objectWays(bucket string, rs []resourceWay, use *bucketUse) []way {
	var out []way
	for _, r := range located(bucket, rs, use) {
		out = append(out, r.way)
	}
	// Outsiders have techniques of their own: see openBuckets.
	return only(out, func(p string) bool { return p != iamaws.Anonymous && p != iamaws.AnyAccount })
}

// located judges grants on part of a bucket by what lies in that part.
func located(bucket string, rs []resourceWay, use *bucketUse) []resourceWay {
	var out []resourceWay
	for _, r := range rs {
		g, x := r.grant, r.way
		if g.Partial && elsewhere(bucket, g.Parts, use.used) {
			continue
		}
		if g.Verdict == iamaws.Conditional && g.Partial && len(g.Conditions) == 0 && x.verdict == schema.Conditional && holdsTraining(bucket, g.Parts, use.locations) {
			x.witness = slices.DeleteFunc(slices.Clone(x.witness), func(s string) bool { return strings.HasPrefix(s, onlyOn) })
			if len(x.witness) == 0 {
				x.verdict = schema.Allow
			}
			x.evidence = append(x.evidence, graph.Evidence{Document: bucket, Summary: "training data lies in " + strings.Join(g.Parts, ", ")})
		}
		out = append(out, resourceWay{g, x})
	}
	return out
}

// objectGrants is who reads and writes a bucket's objects.
type objectGrants struct{ reads, writes []resourceWay }

func (w *world) objects(bucket string) *objectGrants {
	if w.objectsOf[bucket] == nil {
		part := func(iamaws.Grant) bool { return false }
		w.objectsOf[bucket] = &objectGrants{
			w.granted(func(e *iamaws.Engine) []iamaws.Grant { return e.ReadObject(bucket, w.options()) }, part),
			w.granted(func(e *iamaws.Engine) []iamaws.Grant { return e.WriteObject(bucket, w.options()) }, part),
		}
	}
	return w.objectsOf[bucket]
}

// elsewhere reports whether every location is known and none is in the parts.
func elsewhere(bucket string, parts, locations []string) bool {
	if len(locations) == 0 || len(parts) == 0 {
		return false
	}
	for _, l := range locations {
		if _, key, ok := strings.Cut(strings.TrimPrefix(l, "s3://"), "/"); !ok || key == "" {
			return false
		}
	}
	return !holdsTraining(bucket, parts, locations)
}

// holdsTraining reports whether one of the parts (ARN patterns) meets one of the
// locations of training data.
func holdsTraining(bucket string, parts, locations []string) bool {
	for _, l := range locations {
		_, key, ok := strings.Cut(strings.TrimPrefix(l, "s3://"), "/")
		if !ok && l == "" {
			continue
		}
		if slices.ContainsFunc(parts, func(p string) bool { return globsMeet(p, bucket+"/"+key+"*") }) {
			return true
		}
	}
	return false
}

// swapModels: whoever writes the artifacts of a served model runs code in the
// endpoint once it is deployed again.
func (w *world) swapModels(m lineage.Link, writes []way) {
	for _, e := range w.servedBy(m.From) {
		again := onlyIf(e + " is deployed again")
		again.evidence = graph.Evidence{Document: m.From, Summary: "the endpoint serves the model " + m.From}
		w.grant(swapModel, w.notAdmins(plus(writes, again)), e)
	}
}

// servedBy are the endpoints that serve a model, directly or by their
// configuration, sorted.
func (w *world) servedBy(model string) []string {
	var out []string
	for _, l := range w.line.Links {
		if l.Kind != schema.Serves || l.To != model {
			continue
		}
		switch w.g.Kind(l.From) {
		case schema.ModelEndpoint:
			out = append(out, l.From)
		case schema.EndpointConfig:
			out = append(out, w.endpointsOf(l.From)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (w *world) endpointsOf(config string) []string {
	var out []string
	for _, l := range w.line.Links {
		if l.To == config && w.g.Kind(l.From) == schema.ModelEndpoint {
			out = append(out, l.From)
		}
	}
	return out
}

// swapImages: whoever pushes to the repository of a movable tag runs code where
// the image is pulled next.
func (w *world) swapImages() {
	push := needs(onTarget, "ecr:PutImage", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload")
	for _, l := range w.line.Links {
		if l.Kind != schema.RunsImage || w.g.Kind(l.To) != schema.ContainerRegistry {
			continue
		}
		targets := []string{l.From}
		if k := w.g.Kind(l.From); k == schema.Model || k == schema.ModelPackage {
			targets = w.servedBy(l.From)
		}
		for _, t := range targets {
			x := w.byID[t]
			if x == nil || x.State == ingest.StateFinished || x.Attributes[ingest.AttrMutableImage] == "false" {
				continue
			}
			ways := w.who(push, l.To, w.environmentOf(l.To))
			if w.immutableTags(l.To) {
				ways = join(ways, slices.Concat(w.can("ecr:BatchDeleteImage", l.To)[l.To], w.can("ecr:PutImageTagMutability", l.To)[l.To]))
			}
			again := onlyIf("the image is pulled again by " + t)
			again.evidence = graph.Evidence{Document: l.Evidence.Document, Summary: fmt.Sprintf("%s runs an image of %s", t, l.To)}
			w.grant(swapImage, w.notAdmins(plus(ways, again)), t)
		}
	}
}

// immutableTags reports whether a repository refuses to move a tag: then the old
// image must be deleted first, or the setting changed.
//
// Source: Amazon ECR User Guide, "Preventing image tags from being overwritten",
// read 2026-11.
func (w *world) immutableTags(repository string) bool {
	return slices.ContainsFunc(w.f.Stores, func(s ingest.DataStore) bool { return s.ID == repository && s.ImmutableTags })
}

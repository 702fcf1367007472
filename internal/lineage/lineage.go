package lineage

import (
	"cmp"
	"slices"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// Link is a flow with both ends resolved to nodes.
type Link struct {
	Kind     schema.EdgeKind
	From, To string // node ids
	// URI is the location that was resolved; empty when the flow named nodes.
	URI        string
	Use        ingest.Use
	Name       string // channel, variant or data source
	Confidence schema.LineageConfidence
	// Manifest: URI is a list of where the data lies, which was not read.
	Manifest bool
	Evidence graph.Evidence

	fromAt, toAt location
}

// Lineage is what was derived: every link, sorted by kind, from, to, name and
// URI. The caller must not change it.
type Lineage struct {
	Links []Link
	// TrainingData are the ids of the stores that hold training data, sorted.
	TrainingData []string
	// Stores are the ids of all stores that some AI resource reads or writes,
	// sorted.
	Stores []string
}

// Derive adds lineage edges to facts.Graph and marks training data, its reasons,
// sensitivity and what is in production. Running it twice adds nothing.
func Derive(facts *ingest.Facts) *Lineage {
	d := &deriver{f: facts, g: facts.Graph, at: newLocator(facts), sensitive: map[string]string{}}
	for _, flow := range facts.Flows {
		d.resolve(flow)
	}
	d.linkArtifacts()
	d.throughJobs()
	d.sort()
	for i := range d.links {
		d.addEdge(&d.links[i])
	}
	l := &Lineage{Links: d.links}
	l.TrainingData = d.markTrainingData()
	l.Stores = d.stores()
	d.markSensitivity()
	d.markProduction()
	return l
}

type deriver struct {
	f         *ingest.Facts
	g         *graph.Builder
	at        *locator
	links     []Link
	sensitive map[string]string
}

// resolve turns one flow into a link; a location that means nothing becomes a
// coverage gap.
func (d *deriver) resolve(f ingest.Flow) {
	l := Link{Kind: f.Kind, Use: f.Use, Name: f.Name, Manifest: f.Manifest, Confidence: cmp.Or(f.Confidence, schema.Derived), Evidence: f.Evidence}
	if !f.Kind.Lineage() && f.Kind != schema.PartOf {
		d.gap(f, f.From, "a flow of kind "+string(f.Kind)+" is no lineage")
		return
	}
	var ok bool
	var uri string
	if l.From, l.fromAt, uri, ok = d.end(f.From, f.FromKind, f.Account); !ok {
		d.gap(f, f.From, "the source "+f.From+" is no location that is known")
		return
	}
	l.URI = uri
	if l.To, l.toAt, uri, ok = d.end(f.To, f.ToKind, f.Account); !ok {
		d.gap(f, f.To, "the destination "+f.To+" is no location that is known")
		return
	}
	l.URI = cmp.Or(uri, l.URI)
	d.links = append(d.links, l)
	if f.Manifest && f.Use.TrainingData() {
		d.g.Gap(graph.Gap{Kind: graph.GapNotCollected, Account: f.Account, Region: f.Region, Service: "lineage", Operation: string(f.Kind), Resource: l.From, File: f.Evidence.Document,
			Message: "the objects that " + cmp.Or(l.URI, l.To) + " lists are used for " + string(f.Use) + " too; the list is not read, so the stores that hold them are not known as training data"})
	}
}

// end resolves one end of a flow and makes sure that its node exists.
func (d *deriver) end(s string, kind schema.NodeKind, account string) (id string, at location, uri string, ok bool) {
	if s == "" {
		return "", location{}, "", false
	}
	if d.g.Has(s) {
		if at, ok := d.at.find(s, account); ok && at.bucket == s {
			return s, at, "", true
		}
		return s, location{}, "", true
	}
	if at, ok := d.at.find(s, account); ok {
		d.g.Refer(at.bucket, schema.Bucket)
		return at.bucket, at, s, true
	}
	if kind == "" {
		return "", location{}, "", false
	}
	d.g.Refer(s, kind)
	return s, location{}, "", true
}

func (d *deriver) gap(f ingest.Flow, resource, message string) {
	d.g.Gap(graph.Gap{Kind: graph.GapNotUnderstood, Account: f.Account, Region: f.Region, Service: "lineage",
		Operation: string(f.Kind), Resource: resource, File: f.Evidence.Document, Message: message})
}

func (d *deriver) addEdge(l *Link) {
	e := d.g.Edge(l.From, l.Kind, l.To)
	if !l.Kind.Lineage() {
		return
	}
	e.Set(schema.PropConfidence, string(l.Confidence)).
		Set(schema.PropVariant, l.Name).
		Set(schema.PropURI, l.URI).
		Set(schema.PropEvidence, []string{l.Evidence.Encode()})
}

func (d *deriver) sort() {
	slices.SortFunc(d.links, compareLinks)
	d.links = slices.CompactFunc(d.links, func(a, b Link) bool { return compareLinks(a, b) == 0 })
}

func compareLinks(a, b Link) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.URI, b.URI), cmp.Compare(a.Use, b.Use), cmp.Compare(rank(a.Confidence), rank(b.Confidence)),
		cmp.Compare(a.Evidence.Encode(), b.Evidence.Encode()))
}

// rank orders lineage confidences from the strongest, 0.
func rank(c schema.LineageConfidence) int {
	switch c {
	case schema.Declared:
		return 0
	case schema.Derived:
		return 1
	}
	return 2
}

// weaker is the weaker of two confidences.
func weaker(a, b schema.LineageConfidence) schema.LineageConfidence {
	if rank(a) >= rank(b) {
		return a
	}
	return b
}

// store is the end of a link that holds the data, as the direction of its kind
// says: "GROUNDS" runs from the data to who is grounded in it, all others to
// the data.
func (l *Link) store() string {
	if l.Kind == schema.Grounds {
		return l.From
	}
	return l.To
}

// user is the other end.
func (l *Link) user() string {
	if l.Kind == schema.Grounds {
		return l.To
	}
	return l.From
}

// stores lists every data store that a link touches.
func (d *deriver) stores() []string {
	var out []string
	for i := range d.links {
		if s := d.links[i].store(); d.g.Kind(s).In(schema.DataStore) {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

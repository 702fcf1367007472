package neo4j

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// fingerprint is the first half of a SHA-256 over all that the database keeps
// of a node or an edge.
type fingerprint [16]byte

// entry is what is known of a published node: its fingerprint, its labels, and
// the fingerprints of the edges that leave it.
type entry struct {
	id     string
	labels string // joined by a comma, sorted
	print  fingerprint
	edges  []edgeEntry // by kind, to
}

type edgeEntry struct {
	kind, to string
	print    fingerprint
}

func compareEdgeEntries(a, b edgeEntry) int {
	return cmp.Or(strings.Compare(a.kind, b.kind), strings.Compare(a.to, b.to))
}

func compareEntries(a, b entry) int { return strings.Compare(a.id, b.id) }

// printNode takes labels, which a new version of the schema may change without
// a change of the node, into account.
func printNode(id string, labels []string, p graph.Properties) fingerprint {
	full := graph.Node{ID: id, Extra: labels, Properties: p}.Fingerprint()
	return fingerprint(full[:16])
}

func printEdge(e graph.Edge) fingerprint {
	full := e.Fingerprint()
	return fingerprint(full[:16])
}

// stored returns the properties of a node that the database keeps: a property
// named id or kind beside the node's own would be a second truth.
func stored(p graph.Properties) graph.Properties {
	for i := range p {
		if p[i].Key == schema.PropID.Name || p[i].Key == schema.PropKind.Name {
			return slices.DeleteFunc(slices.Clone(p), func(x graph.Property) bool {
				return x.Key == schema.PropID.Name || x.Key == schema.PropKind.Name
			})
		}
	}
	return p
}

// entries lists a graph's nodes with their edges, by id.
func entries(g *graph.Graph) []entry {
	nodes, edges := g.Nodes(), g.Edges()
	out := make([]entry, len(nodes))
	next := 0
	for i := range nodes {
		n := &nodes[i]
		labels := n.Labels()
		out[i] = entry{id: n.ID, labels: strings.Join(labels, ","), print: printNode(n.ID, labels, withKind(stored(n.Properties), string(n.Kind)))}
		for ; next < len(edges) && edges[next].From == n.ID; next++ {
			e := &edges[next]
			out[i].edges = append(out[i].edges, edgeEntry{kind: string(e.Kind), to: e.To, print: printEdge(*e)})
		}
	}
	return out
}

// withKind adds the kind, which the database keeps as a property.
func withKind(p graph.Properties, kind string) graph.Properties {
	return append(graph.Properties{{Key: schema.PropKind.Name, Value: kind}}, p...)
}

// bucketOf says in which part of the manifest a node and its edges are kept.
func bucketOf(id string, buckets int) int {
	h := fnv.New64a()
	h.Write([]byte(id)) // a hash never fails
	return int(h.Sum64() % uint64(buckets))
}

package neo4j

import (
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
)

// difference is what turns the stored graph into the new one. Everything in it
// is in the order of ids.
type difference struct {
	dropEdges []edgeID
	dropNodes []string
	addNodes  []string
	setNodes  []nodeChange
	addEdges  []edgeID
	setEdges  []edgeID
}

type edgeID struct{ from, kind, to string }

// nodeChange is a node that stays; old are the labels it has now.
type nodeChange struct{ id, old string }

func (d *difference) size() int {
	return len(d.dropEdges) + len(d.dropNodes) + len(d.addNodes) + len(d.setNodes) + len(d.addEdges) + len(d.setEdges)
}

// add compares stored and wanted entries, both sorted by id.
func (d *difference) add(old, wanted []entry) {
	for len(old) > 0 || len(wanted) > 0 {
		switch {
		case len(wanted) == 0 || len(old) > 0 && old[0].id < wanted[0].id:
			d.dropNodes = append(d.dropNodes, old[0].id)
			d.edges(old[0].id, old[0].edges, nil)
			old = old[1:]
		case len(old) == 0 || wanted[0].id < old[0].id:
			d.addNodes = append(d.addNodes, wanted[0].id)
			d.edges(wanted[0].id, nil, wanted[0].edges)
			wanted = wanted[1:]
		default:
			if old[0].print != wanted[0].print {
				d.setNodes = append(d.setNodes, nodeChange{old[0].id, old[0].labels})
			}
			d.edges(old[0].id, old[0].edges, wanted[0].edges)
			old, wanted = old[1:], wanted[1:]
		}
	}
}

func (d *difference) edges(from string, old, wanted []edgeEntry) {
	for len(old) > 0 || len(wanted) > 0 {
		c := 0
		switch {
		case len(wanted) == 0:
			c = -1
		case len(old) == 0:
			c = 1
		default:
			c = compareEdgeEntries(old[0], wanted[0])
		}
		switch {
		case c < 0:
			d.dropEdges = append(d.dropEdges, edgeID{from, old[0].kind, old[0].to})
			old = old[1:]
		case c > 0:
			d.addEdges = append(d.addEdges, edgeID{from, wanted[0].kind, wanted[0].to})
			wanted = wanted[1:]
		default:
			if old[0].print != wanted[0].print {
				d.setEdges = append(d.setEdges, edgeID{from, old[0].kind, old[0].to})
			}
			old, wanted = old[1:], wanted[1:]
		}
	}
}

// sort puts the parts, which were added bucket by bucket, in order.
func (d *difference) sort() {
	for _, ids := range []*[]edgeID{&d.dropEdges, &d.addEdges, &d.setEdges} {
		slices.SortFunc(*ids, compareEdgeIDs)
	}
	slices.Sort(d.dropNodes)
	slices.Sort(d.addNodes)
	slices.SortFunc(d.setNodes, func(a, b nodeChange) int { return strings.Compare(a.id, b.id) })
}

func compareEdgeIDs(a, b edgeID) int {
	if c := strings.Compare(a.from, b.from); c != 0 {
		return c
	}
	if c := strings.Compare(a.kind, b.kind); c != 0 {
		return c
	}
	return strings.Compare(a.to, b.to)
}

// findEdge returns the edge of g with the given id.
func findEdge(g *graph.Graph, id edgeID) *graph.Edge {
	edges := g.Edges()
	i, ok := slices.BinarySearchFunc(edges, id, func(e graph.Edge, id edgeID) int {
		return compareEdgeIDs(edgeID{e.From, string(e.Kind), e.To}, id)
	})
	if !ok {
		return nil
	}
	return &edges[i]
}

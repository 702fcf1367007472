package embedded

import (
	"math/bits"
)

// check proves that the numbers of a decoded file lie where they may, so that
// no query can read outside an array. Checksums find damage; this finds a file
// that was made by something else.
func (f *frozen) check(h head) error {
	nodes, edges := int(h.Nodes), int(h.Edges)
	switch {
	case len(f.labels.set) != nodes || !below(f.labels.set, len(h.LabelSets)):
		return damaged("labels")
	case len(f.from) != edges || len(f.to) != edges || len(f.typ) != edges:
		return damaged("edges")
	case !below(f.from, nodes) || !below(f.to, nodes) || !below(f.typ, len(h.Types)):
		return damaged("ends of edges")
	case len(f.in.far) != edges || len(f.in.edge) != edges || !below(f.in.far, nodes) || !below(f.in.edge, edges):
		return damaged("incoming edges")
	}
	if err := f.checkText(nodes); err != nil {
		return err
	}
	for _, a := range []*adjacency{&f.out, &f.in} {
		if !a.valid(nodes, edges, len(h.Types)) {
			return damaged("rows of edges")
		}
	}
	for _, cs := range []columns{f.nodeColumns, f.edgeColumns} {
		for k := range cs {
			for i := range cs[k] {
				if !f.validColumn(&cs[k][i]) {
					return damaged("column %s", h.Keys[k])
				}
			}
		}
	}
	for k, x := range f.indexes {
		if !validOffsets(x.starts, len(x.codes), len(x.nodes)) || !below(x.codes, f.text.len()) || !below(x.nodes, nodes) {
			return damaged("index on %s", h.Keys[k])
		}
	}
	return nil
}

func (f *frozen) checkText(nodes int) error {
	if len(f.text.offsets) == 0 || !validOffsets(f.text.offsets, len(f.text.offsets)-1, len(f.text.bytes)) || f.text.len() < nodes {
		return damaged("strings")
	}
	for i := 1; i < nodes; i++ {
		if f.text.at(uint32(i-1)) >= f.text.at(uint32(i)) {
			return damaged("ids are not in order")
		}
	}
	if len(f.lists.offsets) == 0 || !validOffsets(f.lists.offsets, len(f.lists.offsets)-1, len(f.lists.codes)) || !below(f.lists.codes, f.text.len()) {
		return damaged("lists")
	}
	return nil
}

func (f *frozen) validColumn(c *column) bool {
	n := int(c.rows)
	if c.present != nil {
		if len(c.present) != (n+63)/64 || n%64 != 0 && c.present[len(c.present)-1]>>(n%64) != 0 {
			return false
		}
		n = 0
		for _, w := range c.present {
			n += bits.OnesCount64(w)
		}
	}
	c.buildRank()
	switch {
	case c.len() != n:
		return false
	case c.kind == textColumn:
		return below(c.codes, f.text.len())
	case c.kind == listColumn:
		return below(c.codes, f.lists.len())
	case c.kind == boolColumn:
		return below(c.codes, 2)
	}
	return true
}

func (a *adjacency) valid(nodes, edges, types int) bool {
	if len(a.firstRun) != nodes+1 || len(a.runType) != len(a.runEnd) || !below(a.runType, types) {
		return false
	}
	if !validOffsets(a.firstRun, nodes, len(a.runType)) {
		return false
	}
	end := uint32(0)
	for _, e := range a.runEnd {
		if e < end {
			return false
		}
		end = e
	}
	return int(end) == edges
}

// validOffsets reports whether offsets cut total elements into n pieces.
func validOffsets[T number](offsets []T, n, total int) bool {
	if len(offsets) != n+1 || offsets[0] != 0 || uint64(offsets[n]) != uint64(total) {
		return false
	}
	for i := range n {
		if offsets[i] > offsets[i+1] {
			return false
		}
	}
	return true
}

func below[T number](s []T, limit int) bool {
	most := T(0)
	for _, n := range s {
		most = max(most, n)
	}
	return len(s) == 0 || uint64(most) < uint64(limit)
}

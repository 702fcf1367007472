package embedded

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/storetest"
	"github.com/postern-sec/postern/internal/cypher"
	"github.com/postern-sec/postern/internal/cypher/value"
)

func estate(t testing.TB, nodes, edges int) *graph.Graph {
	t.Helper()
	g, err := storetest.Estate(1, nodes, edges)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func encoded(t testing.TB, g *graph.Graph) []byte {
	t.Helper()
	f, err := freeze(g)
	if err != nil {
		t.Fatal(err)
	}
	whole := make(chan struct{})
	close(whole)
	var file memoryFile
	n, sum, err := f.write(&file, whole)
	if err != nil {
		t.Fatal(err)
	}
	if n != int64(len(file)) || sum != headerSum(file) {
		t.Fatalf("wrote %d bytes, header sum %x, says %d and %x", len(file), headerSum(file), n, sum)
	}
	return file
}

// memoryFile is an io.WriterAt.
type memoryFile []byte

func (m *memoryFile) WriteAt(b []byte, at int64) (int, error) {
	if n := int(at) + len(b); n > len(*m) {
		*m = append(*m, make([]byte, n-len(*m))...)
	}
	return copy((*m)[at:], b), nil
}

// inMemory copies a file to where decode wants it.
func inMemory(file []byte) []byte {
	b := aligned(len(file))
	copy(b, file)
	return b
}

// TestFrozenHoldsTheGraph compares what the query engine sees with the graph,
// before and after a way through a file.
func TestFrozenHoldsTheGraph(t *testing.T) {
	mixed, err := graph.New(graph.Run{ID: "r"}, []graph.Node{
		{ID: "a", Kind: "Role", Properties: graph.Properties{{Key: "name", Value: int64(1)}, {Key: "x", Value: 1.5}}},
		{ID: "b", Kind: "Role", Properties: graph.Properties{{Key: "name", Value: "1"}, {Key: "x", Value: []string{}}}},
	}, []graph.Edge{{From: "a", To: "a", Kind: "ASSUMES"}, {From: "a", To: "a", Kind: "CONTROLS"}}, graph.Coverage{})
	if err != nil {
		t.Fatal(err)
	}
	empty, err := graph.New(graph.Run{}, nil, nil, graph.Coverage{})
	if err != nil {
		t.Fatal(err)
	}
	for name, g := range map[string]*graph.Graph{"estate": estate(t, 300, 2000), "mixed types": mixed, "empty": empty} {
		t.Run(name, func(t *testing.T) {
			f, err := freeze(g)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, f, g)
			file := encoded(t, g)
			g2, err := decode(inMemory(file))
			if err != nil {
				t.Fatal(err)
			}
			compare(t, g2, g)
			if again := encoded(t, g); !bytes.Equal(file, again) {
				t.Error("the same graph gives two different files")
			}
		})
	}
}

func compare(t *testing.T, f *frozen, g *graph.Graph) {
	t.Helper()
	if f.NodeCount() != len(g.Nodes()) || f.EdgeCount() != len(g.Edges()) {
		t.Fatalf("%d nodes, %d edges", f.NodeCount(), f.EdgeCount())
	}
	for i, n := range g.Nodes() {
		if f.NodeID(uint32(i)) != n.ID {
			t.Fatalf("node %d is %s, not %s", i, f.NodeID(uint32(i)), n.ID)
		}
		var labels []string
		for _, l := range f.AppendNodeLabels(nil, uint32(i)) {
			labels = append(labels, f.Labels()[l])
		}
		want := storetest.NodeValue(n)
		if d := cmp.Diff(want.Labels, labels); d != "" {
			t.Errorf("labels of %s:\n%s", n.ID, d)
		}
		got := map[string]any{}
		for _, k := range f.AppendNodeKeys(nil, uint32(i)) {
			got[f.PropertyKeys()[k]] = plain(f.NodeProperty(uint32(i), k))
		}
		if d := cmp.Diff(want.Properties, got); d != "" {
			t.Errorf("properties of %s:\n%s", n.ID, d)
		}
	}
	for i, e := range g.Edges() {
		from, to := f.EdgeEnds(uint32(i))
		if f.NodeID(from) != e.From || f.NodeID(to) != e.To || f.Types()[f.EdgeType(uint32(i))] != string(e.Kind) {
			t.Errorf("edge %d is not %s -%s-> %s", i, e.From, e.Kind, e.To)
		}
		got := map[string]any{}
		for _, k := range f.AppendEdgeKeys(nil, uint32(i)) {
			got[f.PropertyKeys()[k]] = plain(f.EdgeProperty(uint32(i), k))
		}
		if d := cmp.Diff(e.Properties.Map(), got); d != "" {
			t.Errorf("properties of edge %d:\n%s", i, d)
		}
	}
	compareRows(t, f)
	compareCounts(t, f)
	compareIndexes(t, f)
}

func plain(v value.Value) any {
	switch v.Kind() {
	case value.String:
		return v.Str()
	case value.Bool:
		return v.IsTrue()
	case value.Int:
		return v.Int()
	case value.Float:
		return v.Float()
	case value.List:
		out := []any{}
		for _, x := range v.List() {
			out = append(out, plain(x))
		}
		return out
	}
	return fmt.Sprint(v.Kind())
}

// compareRows checks Neighbours against the plain list of edges.
func compareRows(t *testing.T, f *frozen) {
	t.Helper()
	type row struct{ typ, far, edge uint32 }
	for _, dir := range []cypher.Direction{cypher.Out, cypher.In} {
		want := make([][]row, f.NodeCount())
		for e := range uint32(f.EdgeCount()) {
			near, far := f.EdgeEnds(e)
			if dir == cypher.In {
				near, far = far, near
			}
			want[near] = append(want[near], row{uint32(f.EdgeType(e)), far, e})
		}
		for node := range uint32(f.NodeCount()) {
			slices.SortFunc(want[node], func(a, b row) int {
				return slices.Compare([]uint32{a.typ, a.far, a.edge}, []uint32{b.typ, b.far, b.edge})
			})
			var got []row
			for typ := range f.Types() {
				far, edge := f.Neighbours(node, cypher.TypeID(typ), dir)
				for i := range far {
					got = append(got, row{uint32(typ), far[i], edge[i]})
				}
			}
			if !slices.Equal(got, want[node]) {
				t.Fatalf("node %d, direction %d: %v, want %v", node, dir, got, want[node])
			}
			far, edge := f.Neighbours(node, cypher.AnyType, dir)
			if len(far) != len(got) || len(edge) != len(got) {
				t.Fatalf("node %d, direction %d: %d edges of all types, want %d", node, dir, len(far), len(got))
			}
			for i := range far {
				if far[i] != got[i].far || edge[i] != got[i].edge {
					t.Fatalf("node %d, direction %d: edge %d of all types differs", node, dir, i)
				}
			}
		}
	}
}

func compareCounts(t *testing.T, f *frozen) {
	t.Helper()
	for l := cypher.AnyLabel; int(l) < len(f.Labels()); l++ {
		for typ := cypher.AnyType; int(typ) < len(f.Types()); typ++ {
			var out, in int
			for e := range uint32(f.EdgeCount()) {
				if typ != cypher.AnyType && f.EdgeType(e) != typ {
					continue
				}
				from, to := f.EdgeEnds(e)
				if l == cypher.AnyLabel || f.HasLabel(from, l) {
					out++
				}
				if l == cypher.AnyLabel || f.HasLabel(to, l) {
					in++
				}
			}
			if f.EdgeCountOf(l, typ, cypher.Out) != out || f.EdgeCountOf(l, typ, cypher.In) != in {
				t.Fatalf("label %d, type %d: %d and %d edges, want %d and %d", l, typ, f.EdgeCountOf(l, typ, cypher.Out), f.EdgeCountOf(l, typ, cypher.In), out, in)
			}
		}
		if l == cypher.AnyLabel {
			continue
		}
		var want []uint32
		for n := range uint32(f.NodeCount()) {
			if f.HasLabel(n, l) {
				want = append(want, n)
			}
		}
		if !slices.Equal(f.NodesWithLabel(l), want) {
			t.Fatalf("nodes with label %s differ", f.Labels()[l])
		}
	}
}

func compareIndexes(t *testing.T, f *frozen) {
	t.Helper()
	for key, name := range f.PropertyKeys() {
		x := f.Index(cypher.AnyLabel, cypher.KeyID(key))
		if x == nil {
			continue
		}
		byValue := map[string][]uint32{}
		total := 0
		for n := range uint32(f.NodeCount()) {
			if v := f.NodeProperty(n, cypher.KeyID(key)); v.Kind() == value.String {
				byValue[v.Str()] = append(byValue[v.Str()], n)
				total++
			}
		}
		if x.Distinct() != len(byValue) || x.Len() != total {
			t.Errorf("index on %s: %d values of %d nodes, want %d of %d", name, x.Distinct(), x.Len(), len(byValue), total)
		}
		for v, want := range byValue {
			if got := x.Lookup(value.OfString(v)); !slices.Equal(got, want) {
				t.Errorf("index on %s: %q finds %v, want %v", name, v, got, want)
			}
		}
		for _, v := range []value.Value{{}, value.OfInt(1), value.OfString(""), value.OfString("zzz"), value.OfString("a ")} {
			if _, known := byValue[v.Str()]; known && v.Kind() == value.String {
				continue
			}
			if got := x.Lookup(v); len(got) != 0 {
				t.Errorf("index on %s: %v finds %v", name, v, got)
			}
		}
	}
}

// TestReadingDoesNotAllocate holds the store to the contract of cypher.Graph:
// its methods stand in the innermost loops of queries.
func TestReadingDoesNotAllocate(t *testing.T) {
	f, err := freeze(estate(t, 300, 2000))
	if err != nil {
		t.Fatal(err)
	}
	evidence, _ := f.KeyID("evidence")
	id, _ := f.KeyID("id")
	sum := 0
	read := func() {
		for e := range uint32(f.EdgeCount()) {
			from, _ := f.EdgeEnds(e)
			far, _ := f.Neighbours(from, f.EdgeType(e), cypher.Out)
			v := f.EdgeProperty(e, evidence)
			sum += len(far) + v.Len() + f.NodeProperty(from, id).Len() + len(f.Index(cypher.AnyLabel, id).Lookup(f.NodeProperty(from, id)))
		}
	}
	if n := testing.AllocsPerRun(3, read); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if sum == 0 {
		t.Error("nothing read")
	}
}

// TestDamage flips one bit at every offset of a small file and cuts it at
// every length: all of it must be noticed.
func TestDamage(t *testing.T) {
	file := encoded(t, estate(t, 20, 40))
	if _, err := decode(inMemory(file)); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for at := range file {
		b := inMemory(file)
		b[at] ^= 1 << rng.IntN(8)
		if _, err := decode(b); !errors.Is(err, graph.ErrCorrupt) {
			t.Fatalf("bit flipped at %d: %v, want ErrCorrupt", at, err)
		}
	}
	for n := range file {
		if _, err := decode(inMemory(file[:n])); !errors.Is(err, graph.ErrCorrupt) {
			t.Fatalf("cut at %d: %v, want ErrCorrupt", n, err)
		}
	}
	if _, err := decode(inMemory(append(slices.Clone(file), 0))); !errors.Is(err, graph.ErrCorrupt) {
		t.Fatalf("one byte more: %v, want ErrCorrupt", err)
	}
}

// FuzzDecode gives decode sections with foreign contents whose checksums fit.
func FuzzDecode(f *testing.F) {
	small, err := storetest.Estate(1, 8, 10)
	if err != nil {
		f.Fatal(err)
	}
	file := encoded(f, small)
	parts, err := fileParts(inMemory(file))
	if err != nil {
		f.Fatal(err)
	}
	for i := range parts {
		f.Add(uint16(i), uint32(3), []byte{0xff, 0xff, 0xff, 0x7f})
	}
	f.Fuzz(func(t *testing.T, section uint16, at uint32, patch []byte) {
		changed := slices.Clone(parts)
		i := int(section) % len(changed)
		p := slices.Clone(changed[i])
		if len(p) > 0 {
			start := int(at) % len(p)
			p = append(p[:start:start], append(patch, p[min(len(p), start+len(patch)):]...)...)
		}
		changed[i] = p
		var b bytes.Buffer
		table := table{at: uint64(headerSize + entrySize*len(changed))}
		for _, p := range changed {
			table.add(p)
		}
		b.Write(table.prefix())
		for _, p := range changed {
			b.Write(p)
			b.Write(padding(len(p)))
		}
		got, err := decode(inMemory(b.Bytes()))
		if err != nil {
			if !errors.Is(err, graph.ErrCorrupt) {
				t.Fatalf("%v is not ErrCorrupt", err)
			}
			return
		}
		readAll(got)
	})
}

// readAll touches everything a query may touch.
func readAll(f *frozen) {
	for n := range uint32(f.NodeCount()) {
		for _, k := range f.AppendNodeKeys(nil, n) {
			plain(f.NodeProperty(n, k))
		}
		for _, dir := range []cypher.Direction{cypher.Out, cypher.In} {
			far, edges := f.Neighbours(n, cypher.AnyType, dir)
			for i := range far {
				f.NodeID(far[i])
				f.EdgeEnds(edges[i])
				for _, k := range f.AppendEdgeKeys(nil, edges[i]) {
					plain(f.EdgeProperty(edges[i], k))
				}
			}
		}
	}
	f.describe()
}

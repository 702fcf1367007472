package embedded

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"unsafe"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/internal/cypher"
)

// The format of a graph file, all numbers little-endian:
//
//	header   magic, version, number of sections, size of the file, checksum of header and table
//	table    per section: offset, length without padding, checksum with padding
//	sections the head as JSON, then the arrays of frozen.sections in their order, each padded to 8 bytes
//
// Every byte of the file is covered by one of the checksums or compared.
const (
	magic         = "POSTGRPH"
	formatVersion = 1
	headerSize    = 32
	entrySize     = 24
	// maxSections bounds what a damaged header may ask for.
	maxSections = 1 << 16
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// head says what the sections mean.
type head struct {
	About       about          `json:"about"`
	Labels      []string       `json:"labels"`
	Types       []string       `json:"types"`
	Keys        []string       `json:"keys"`
	LabelSets   [][]int        `json:"label_sets"`
	Nodes       uint32         `json:"nodes"`
	Edges       uint32         `json:"edges"`
	NodeColumns []columnHead   `json:"node_columns"`
	EdgeColumns []columnHead   `json:"edge_columns"`
	Indexes     []cypher.KeyID `json:"indexes"`
}

type columnHead struct {
	Key  int        `json:"key"`
	Kind columnKind `json:"kind"`
	Full bool       `json:"full"`
}

// sections lists the arrays of f in the order of the file. What columns and
// indexes there are must be set before.
func (f *frozen) sections() []any {
	s := []any{&f.text.offsets, &f.text.bytes, &f.lists.offsets, &f.lists.codes, &f.labels.set,
		&f.from, &f.to, &f.typ, &f.out.firstRun, &f.out.runType, &f.out.runEnd,
		&f.in.firstRun, &f.in.runType, &f.in.runEnd, &f.in.far, &f.in.edge}
	for _, cs := range []columns{f.nodeColumns, f.edgeColumns} {
		for k := range cs {
			for i := range cs[k] {
				c := &cs[k][i]
				if c.present != nil {
					s = append(s, &c.present)
				}
				if c.kind.isCoded() {
					s = append(s, &c.codes)
				} else {
					s = append(s, &c.words)
				}
			}
		}
	}
	for _, k := range f.indexKeys() {
		x := f.indexes[k]
		s = append(s, &x.codes, &x.starts, &x.nodes)
	}
	return s
}

// sectionsOfIndex is how many sections an index takes; indexes come last.
const sectionsOfIndex = 3

func (k columnKind) isCoded() bool { return k == textColumn || k == listColumn || k == boolColumn }

func (f *frozen) indexKeys() []cypher.KeyID {
	var keys []cypher.KeyID
	for k := range f.indexes {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (f *frozen) head() head {
	h := head{About: f.about, Labels: f.labelNames, Types: f.typeNames, Keys: f.keyNames,
		Nodes: uint32(f.NodeCount()), Edges: uint32(f.EdgeCount()),
		NodeColumns: f.nodeColumns.heads(), EdgeColumns: f.edgeColumns.heads(), Indexes: f.indexKeys()}
	for _, s := range f.labels.sets {
		set := make([]int, len(s.ids))
		for i, l := range s.ids {
			set[i] = int(l)
		}
		h.LabelSets = append(h.LabelSets, set)
	}
	return h
}

func (cs columns) heads() []columnHead {
	var out []columnHead
	for k := range cs {
		for _, c := range cs[k] {
			out = append(out, columnHead{Key: k, Kind: c.kind, Full: c.present == nil})
		}
	}
	return out
}

// write writes f as a graph file and returns its size and the checksum in its
// header. All but the indexes must be there; those must be when whole is closed.
// The header, which says what all sections hold, is written last.
func (f *frozen) write(w io.WriterAt, whole <-chan struct{}) (int64, uint32, error) {
	head, err := json.Marshal(f.head())
	if err != nil {
		return 0, 0, fmt.Errorf("encode head: %w", err)
	}
	sections, early := f.sections(), len(f.sections())-sectionsOfIndex*len(f.indexes)
	t := table{at: uint64(headerSize + entrySize*(1+len(sections)))}
	out := bufio.NewWriterSize(io.NewOffsetWriter(w, int64(t.at)), 1<<20)
	add := func(part []byte) error {
		t.add(part)
		if _, err := out.Write(part); err != nil {
			return err
		}
		_, err := out.Write(padding(len(part)))
		return err
	}
	if err := add(head); err != nil {
		return 0, 0, err
	}
	for i, s := range sections {
		if i == early {
			<-whole
		}
		if err := add(littleEndian(s)); err != nil {
			return 0, 0, err
		}
	}
	if err := out.Flush(); err != nil {
		return 0, 0, err
	}
	prefix := t.prefix()
	if _, err := w.WriteAt(prefix, 0); err != nil {
		return 0, 0, err
	}
	return int64(t.at), headerSum(prefix), nil
}

// table is the table of a graph file in the making.
type table struct {
	entries []byte
	at      uint64 // where the next section begins; at last the size of the file
}

func (t *table) add(part []byte) {
	sum := crc32.Update(crc32.Checksum(part, castagnoli), castagnoli, padding(len(part)))
	t.entries = binary.LittleEndian.AppendUint64(t.entries, t.at)
	t.entries = binary.LittleEndian.AppendUint64(t.entries, uint64(len(part)))
	t.entries = binary.LittleEndian.AppendUint64(t.entries, uint64(sum))
	t.at += uint64(len(part) + len(padding(len(part))))
}

// prefix is the header and the table.
func (t *table) prefix() []byte {
	b := append([]byte(nil), magic...)
	b = binary.LittleEndian.AppendUint32(b, formatVersion)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(t.entries)/entrySize))
	b = binary.LittleEndian.AppendUint64(b, t.at)
	sum := crc32.Update(crc32.Checksum(b, castagnoli), castagnoli, t.entries)
	b = binary.LittleEndian.AppendUint64(b, uint64(sum))
	return append(b, t.entries...)
}

// padding is what follows n bytes up to a multiple of 8.
func padding(n int) []byte { return make([]byte, (8-n%8)%8) }

// damaged is an error about a graph file.
func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", graph.ErrCorrupt, fmt.Sprintf(format, args...))
}

// decode makes a frozen graph of the bytes of a graph file, whose memory it
// keeps. It returns ErrCorrupt unless all of it is as write made it, and never
// panics.
func decode(file []byte) (*frozen, error) {
	parts, err := fileParts(file)
	if err != nil {
		return nil, err
	}
	var h head
	if err := json.Unmarshal(parts[0], &h); err != nil {
		return nil, damaged("head: %v", err)
	}
	f, err := h.skeleton()
	if err != nil {
		return nil, err
	}
	sections := f.sections()
	if len(sections) != len(parts)-1 {
		return nil, damaged("%d sections instead of %d", len(parts)-1, len(sections))
	}
	for i, s := range sections {
		if !setLittleEndian(s, parts[i+1]) {
			return nil, damaged("section %d is not a whole number of elements", i+1)
		}
	}
	if err := f.check(h); err != nil {
		return nil, err
	}
	f.finish()
	return f, nil
}

// fileParts checks header, table and checksums and returns the sections.
func fileParts(file []byte) ([][]byte, error) {
	if len(file) < headerSize || string(file[:8]) != magic {
		return nil, damaged("not a graph file")
	}
	if v := binary.LittleEndian.Uint32(file[8:]); v != formatVersion {
		return nil, damaged("format version %d, this program reads %d", v, formatVersion)
	}
	n := int(binary.LittleEndian.Uint32(file[12:]))
	if size := binary.LittleEndian.Uint64(file[16:]); size != uint64(len(file)) {
		return nil, damaged("%d bytes, should be %d", len(file), size)
	}
	if n < 1 || n > maxSections || len(file) < headerSize+n*entrySize {
		return nil, damaged("%d sections", n)
	}
	table := file[headerSize : headerSize+n*entrySize]
	sum := crc32.Update(crc32.Checksum(file[:24], castagnoli), castagnoli, table)
	if binary.LittleEndian.Uint64(file[24:]) != uint64(sum) {
		return nil, damaged("checksum of the header does not fit")
	}
	at := uint64(headerSize + n*entrySize)
	parts := make([][]byte, n)
	for i := range parts {
		offset, length, want := binary.LittleEndian.Uint64(table[i*entrySize:]), binary.LittleEndian.Uint64(table[i*entrySize+8:]), binary.LittleEndian.Uint64(table[i*entrySize+16:])
		if offset != at || length > uint64(len(file)) || at+length > uint64(len(file)) {
			return nil, damaged("section %d lies outside", i)
		}
		end := at + length + uint64(len(padding(int(length))))
		if end > uint64(len(file)) || uint64(crc32.Checksum(file[at:end], castagnoli)) != want {
			return nil, damaged("checksum of section %d does not fit", i)
		}
		parts[i] = file[at : at+length : at+length]
		at = end
	}
	if at != uint64(len(file)) {
		return nil, damaged("%d bytes too many", uint64(len(file))-at)
	}
	return parts, nil
}

// skeleton makes the graph without its arrays.
func (h *head) skeleton() (*frozen, error) {
	f := &frozen{about: h.About, labelNames: h.Labels, typeNames: h.Types, keyNames: h.Keys, indexes: map[cypher.KeyID]*textIndex{}}
	for _, names := range [][]string{h.Labels, h.Types, h.Keys} {
		if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
			return nil, damaged("names are not in order")
		}
	}
	if _, ok := slices.BinarySearch(h.Keys, "id"); !ok {
		return nil, damaged("nodes have no id")
	}
	for _, set := range h.LabelSets {
		ids := make([]cypher.LabelID, len(set))
		for i, l := range set {
			if l < 0 || l >= len(h.Labels) || i > 0 && l <= set[i-1] {
				return nil, damaged("label %d of a set", l)
			}
			ids[i] = cypher.LabelID(l)
		}
		f.labels.sets = append(f.labels.sets, newLabelSet(ids, len(h.Labels)))
	}
	var err error
	if f.nodeColumns, err = skeletonColumns(h.NodeColumns, h.Nodes, len(h.Keys)); err != nil {
		return nil, err
	}
	if f.edgeColumns, err = skeletonColumns(h.EdgeColumns, h.Edges, len(h.Keys)); err != nil {
		return nil, err
	}
	for _, k := range h.Indexes {
		if k < 0 || int(k) >= len(h.Keys) || f.indexes[k] != nil {
			return nil, damaged("index on key %d", k)
		}
		f.indexes[k] = &textIndex{text: &f.text}
	}
	return f, nil
}

func skeletonColumns(heads []columnHead, rows uint32, keys int) (columns, error) {
	cs := make(columns, keys)
	for i, h := range heads {
		if h.Key < 0 || h.Key >= keys || h.Kind < textColumn || h.Kind > floatColumn || i > 0 && h.Key < heads[i-1].Key {
			return nil, damaged("column %d", i)
		}
		c := column{kind: h.Kind, rows: rows}
		if !h.Full {
			c.present = []uint64{}
		}
		cs[h.Key] = append(cs[h.Key], c)
	}
	return cs, nil
}

// aligned returns n bytes of new memory that numbers of any width may lie in.
func aligned(n int) []byte {
	words := make([]uint64, (n+7)/8+1)
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), n)
}

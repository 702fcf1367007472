package cypher

import "github.com/postern-sec/postern/internal/cypher/value"

// Value is one value of the language; see package value.
type Value = value.Value

// LabelID, TypeID and KeyID number a store's labels, edge types and property names from 0, densely.
// AnyLabel and AnyType stand for all of them where a method says so.
type (
	LabelID int32
	TypeID  int32
	KeyID   int32
)

// Wildcards for the methods of Graph that accept them.
const (
	AnyLabel LabelID = -1
	AnyType  TypeID  = -1
)

// Direction is the direction in which an edge is followed. The zero Direction is Out.
type Direction uint8

// Out follows an edge from its source to its target, In the other way, Both either way.
const (
	Out Direction = iota
	In
	Both
)

// Graph is what a store shows to the engine: one immutable graph with dense numbers for nodes and edges.
//
// A store implements it over columns and compressed rows; the engine calls the methods from many goroutines
// at once and in its innermost loops, so none of them locks, and none allocates except where said. Slices
// that a method returns belong to the store, stay valid and unchanged for the life of the Graph, and are
// never written by the engine. Numbers out of range are a caller's error and may panic.
type Graph interface {
	// NodeCount and EdgeCount are the number of nodes and edges; ids run from 0 to one below.
	NodeCount() int
	EdgeCount() int

	// Labels, Types and PropertyKeys are the names in use, indexed by LabelID, TypeID and KeyID. Node and
	// edge properties share one numbering.
	Labels() []string
	Types() []string
	PropertyKeys() []string

	// LabelID, TypeID and KeyID look a name up; false when the graph has no such name.
	LabelID(name string) (LabelID, bool)
	TypeID(name string) (TypeID, bool)
	KeyID(name string) (KeyID, bool)

	// NodesWithLabel is the nodes that carry the label, ascending. AnyLabel is not accepted.
	NodesWithLabel(label LabelID) []uint32
	// HasLabel says whether the node carries the label.
	HasLabel(node uint32, label LabelID) bool
	// AppendNodeLabels appends the node's labels to dst, ascending.
	AppendNodeLabels(dst []LabelID, node uint32) []LabelID

	// Neighbours is the far ends and the numbers of the edges of one type at a node, in one direction (Out
	// or In, never Both): two slices of equal length sorted by neighbour, then edge. A self-loop appears
	// once in each direction. With AnyType the edges of all types, sorted by type first.
	Neighbours(node uint32, typ TypeID, dir Direction) (nodes, edges []uint32)
	// EdgeEnds is the source and the target of an edge, EdgeType its type.
	EdgeEnds(edge uint32) (from, to uint32)
	EdgeType(edge uint32) TypeID

	// NodeID is the stable external id of a node, as results show it.
	NodeID(node uint32) string

	// NodeProperty and EdgeProperty are a property's value, null when absent. Strings and lists are shared
	// with the store, so reading one does not allocate.
	NodeProperty(node uint32, key KeyID) Value
	EdgeProperty(edge uint32, key KeyID) Value
	// AppendNodeKeys and AppendEdgeKeys append the keys that have a value, ascending.
	AppendNodeKeys(dst []KeyID, node uint32) []KeyID
	AppendEdgeKeys(dst []KeyID, edge uint32) []KeyID

	// Index is the equality index on a property of the nodes of one label, or with AnyLabel of all nodes;
	// nil when there is none.
	Index(label LabelID, key KeyID) Index

	// EdgeCountOf counts the edges of a type (or AnyType) whose source (Out) or target (In) carries the
	// label (or AnyLabel). It is exact and takes constant time; dir is never Both.
	EdgeCountOf(label LabelID, typ TypeID, dir Direction) int
}

// Index finds nodes by the value of one property. Values that are equal in the language (1 and 1.0) find the same nodes.
type Index interface {
	// Lookup is the nodes whose property equals v, ascending; nil for null. It may allocate only when v is a float.
	Lookup(v Value) []uint32
	// Distinct is the number of different values, at least 1 when the index is not empty.
	Distinct() int
	// Len is the number of nodes that have the property.
	Len() int
}

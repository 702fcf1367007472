package graph

import (
	"cmp"
	"slices"
)

// GapKind says why something is not known.
type GapKind string

// Gap kinds.
const (
	GapDenied        GapKind = "denied"         // the provider refused the call
	GapThrottled     GapKind = "throttled"      // the provider was asked too often
	GapNotEnabled    GapKind = "not_enabled"    // the service or region is not enabled
	GapError         GapKind = "error"          // the call or the file failed
	GapNotCollected  GapKind = "not_collected"  // nobody asked
	GapNotUnderstood GapKind = "not_understood" // read, and no meaning found in it
	GapContradiction GapKind = "contradiction"  // two documents disagree
)

// Gap is something that was not read or not understood, and why.
type Gap struct {
	Kind      GapKind `json:"kind"`
	Account   string  `json:"account"`
	Region    string  `json:"region"`
	Service   string  `json:"service"`
	Operation string  `json:"operation"`
	Resource  string  `json:"resource"`
	File      string  `json:"file"`
	Message   string  `json:"message"`
}

// Coverage is what was and was not read.
type Coverage struct {
	// OK counts the documents that were read and understood.
	OK   int   `json:"ok"`
	Gaps []Gap `json:"gaps"` // sorted, each once
}

func compareGaps(a, b Gap) int {
	return cmp.Or(
		cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Service, b.Service),
		cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.File, b.File),
		cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Message, b.Message))
}

// NewCoverage returns coverage with the gaps sorted and duplicates dropped. It
// keeps no reference to gaps.
func NewCoverage(ok int, gaps []Gap) Coverage {
	g := slices.Clone(gaps)
	slices.SortFunc(g, compareGaps)
	g = slices.Compact(g)
	if g == nil {
		g = []Gap{}
	}
	return Coverage{OK: ok, Gaps: g}
}

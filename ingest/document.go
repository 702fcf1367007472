// Package ingest holds what is common to reading a cloud: documents, what they
// mean (facts), and how a run turns the one into the other.
//
// A Document is one answer of a provider's API, whoever asked: Postern's own
// collectors, another tool's export, a test. The mappers beside each collector
// (ingest/aws, …) are pure functions from a document to Facts: nodes and fact
// edges of the graph, and, from the same document, the typed input of the
// engines. No engine reads anything back out of graph properties.
package ingest

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

// Document is one answer of a provider's API, or of a tool that recorded one.
type Document struct {
	Provider string // aws, azure, gcp
	// Account is the environment that was asked (12 digits for AWS); Region is
	// empty or "global" for global services.
	Account, Region string
	// Service is the AWS CLI's name (ec2, s3api, elbv2); Operation the API's own
	// (DescribeVpcs).
	Service, Operation string
	// Parameters are what the call was made for, outermost first, when the
	// operation answers for one resource: the bucket of GetBucketPolicy.
	Parameters []string
	// Source names the file the document came from, relative to what the user
	// gave, with "#n" for the nth document of a file.
	Source string
	// ReadAt is when the provider was asked; zero if not known.
	ReadAt time.Time
	// Body is the answer: JSON, checked for nesting and size by the reader. It
	// is nil when Failure is set.
	Body json.RawMessage
	// Partial says that the reader left elements of the answer's lists out,
	// because they cannot be trusted: the lists are not all there is.
	Partial bool
	// Failure says that the call was made and failed.
	Failure *Failure
}

// Failure is a call that failed.
type Failure struct {
	// Code is the provider's error code, e.g. NoSuchBucketPolicy, AccessDenied.
	Code string `json:"code"`
	// Message is the provider's message.
	Message string `json:"message"`
}

// Parameter returns the last parameter, or "".
func (d Document) Parameter() string {
	if len(d.Parameters) == 0 {
		return ""
	}
	return d.Parameters[len(d.Parameters)-1]
}

// SortDocuments puts documents into the order in which they are mapped: by
// precedence, weakest first (the later read time wins, then the last by source
// path), so that the result does not depend on the order they were read in.
func SortDocuments(docs []Document) {
	slices.SortStableFunc(docs, func(a, b Document) int {
		return cmp.Or(a.ReadAt.Compare(b.ReadAt), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Account, b.Account),
			cmp.Compare(a.Region, b.Region), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Operation, b.Operation),
			slices.Compare(a.Parameters, b.Parameters))
	})
}

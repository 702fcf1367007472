// Package cypher runs a closed, read-only subset of openCypher over an immutable graph in memory.
//
// The way of a query: package parser turns text into package ast's tree; package check resolves every name
// to a slot and refuses what the dialect lacks, with line and column; this package plans it against the
// graph's statistics and runs it. Nothing here writes, and nothing knows a store: a store implements Graph.
package cypher

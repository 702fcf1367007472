// Package storetest is the conformance suite of graph.Store: what the contract
// says, as tests that every implementation passes. A store's own tests call
// Run once.
//
// To add a case, write a function of the type of those in cases and add its
// row; both stores run it from then on.
package storetest

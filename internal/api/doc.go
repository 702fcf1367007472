// Package api is the GraphQL API: the contract in schema/graphql, resolvers that
// ask one store and its attack graph, and the guards that keep a request from
// costing more than it may.
//
// Resolvers check arguments, call one function and return. To add a field: write
// it in schema/graphql, run go tool gqlgen generate, fill in the resolver; a test
// fails while the generated code is stale.
package api

//go:generate go tool gqlgen generate

// Package neo4j is the store on a Neo4j server: Community or Enterprise 5.26
// and newer, Aura, a single server or a cluster. It is the only importer of
// the driver.
//
// The database holds exactly one graph, the current one, and belongs to
// Postern alone. Publish writes the difference to it in one transaction. Beside
// the graph there are four kinds of nodes of the store's own, without edges and
// without the label Asset: the lock, which one publisher holds; the guard,
// which readers look at before and after; the description; and the manifest,
// the fingerprints that a difference is computed against. Queries never see
// them: see hidden.go.
//
// Neo4j reads what was committed at the moment of reading, so a query that
// runs while a transaction is being applied would see a part of it. How readers
// are kept from that is told in guard.go and in internal/decisions/0003.
package neo4j

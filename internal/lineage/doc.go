// Package lineage says which data trained, grounds or feeds which model. It
// reads the flows that jobs, models, endpoints, agents and knowledge bases
// state (ingest.Flow), resolves the locations in them to the stores that hold
// them, links artifacts to the jobs that wrote them, and derives which stores
// hold training data.
//
// # Confidence
//
//   - declared: the owner says so, by a tag or in a configuration file;
//   - derived: a job, model or knowledge base names it;
//   - heuristic: a model's artifact lies under a job's output prefix.
//
// A name or a free tag never makes training data: a bucket that nothing trains
// on is not training data whatever it is called, and what a job writes is not
// either.
//
// To add a use of data: add it to ingest.Use and say there whether it makes
// training data. To add a spelling of locations: location.go.
package lineage

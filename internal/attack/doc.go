// Package attack turns facts into attack edges: each one a net gain for an
// attacker, with its technique, verdict and proof.
//
// # Words
//
//   - technique: one way to make a gain, a row of a table (Technique). Its id is
//     pathfinding.cloud's where that catalogue has one (iam-001, sagemaker-004),
//     else a family and number of our own (notebook-002).
//   - family: techniques that one driver derives, with the driver; one file a
//     family. families (families.go) is the one list of them.
//   - composition: the facts that together make an edge true. Remove one and the
//     edge goes; testdata/*.yaml says so for every technique.
//   - way: who can do something, under which verdict and witness, with evidence.
//     Ways are sets of principals, so nothing loops over principals times
//     resources; preconditions are joined by intersecting them.
//   - capability: full control over an account. Self-escalation leads there, if
//     what survives (boundary, service control policies) leaves a gain.
//
// # Example
//
// A role may sagemaker:CreateTrainingJob and iam:PassRole on another role that
// trusts sagemaker.amazonaws.com. The row sagemaker-002 of launches
// (pass_role.go) names service and actions; the driver asks the permission
// engine who can do each, joins the answers and the trust, and adds LAUNCHES_AS
// from everyone left to the passed role.
//
// # To add a technique
//
// Add a row to its family's table and a case to testdata/<id>.yaml, then run
// the tests with -update to refresh docs/techniques.md. A test fails for a row
// without a case, for a case whose edge stays when one of its facts is removed,
// and for a stale catalogue.
//
// # What is not known
//
// An unknown verdict never becomes an edge and never becomes nothing: it is a
// sentence in the property gaps of the nodes concerned, and a coverage gap.
package attack

// Package aws says what AWS policies allow: for a principal, an action and a
// resource it answers allow, conditional (under exactly which condition), deny
// (by which statement of which layer) or unknown (which evidence is missing).
// Importers call it iamaws.
//
// It is pure: no graph, no I/O, no SDK, no clock. Mappers fill an [Inventory]
// (typed, merge-friendly, every fact tri-state), [New] compiles it once, and
// the [Engine] answers; an Engine never changes and may be used by any number
// of goroutines.
//
// # Words
//
//   - verdict: allow, conditional, deny, unknown. Unknown is never safe and a
//     condition is never dropped.
//   - layer: one place a policy can sit (identity, boundary, session, SCP, RCP,
//     resource, trust, endpoint, block public access, ACL, KMS grant).
//   - residue: what is left of an expression over context keys after all known
//     facts are folded in; it is what makes a verdict conditional.
//   - symbolic principal: everyone who needs no invitation, one id each: the
//     anonymous caller ([Anonymous]), some AWS customer ([AnyAccount]), any
//     identity of a public provider ([GitHubAny], [GoogleAny]).
//
// # Two evaluators
//
// literal.go is the formula of AWS's page "Policy evaluation logic", written to
// be read beside it; sets.go answers set questions (who can, all pairs) by
// policy sets and resource sets. A differential test holds them together.
package aws

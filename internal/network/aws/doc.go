// Package aws says what a packet can reach on Amazon's networks: typed
// inventory in, verdicts, hops and exposures out. It is pure: no graph, no I/O,
// no SDK, no clock.
//
// The inventory (inventory.go) is filled by mappers. New compiles it once; all
// questions are then answered from the compiled form, by the same walk over
// sets of flows: a point set for Reach, everything outside for Exposure.
//
// Three-valued truth: a flow is let through, stopped, or it needs a document
// that was not collected. The last is never guessed: the walk goes on, and a
// later layer may still stop the flow for sure; if none does, the verdict is
// unknown and names what is missing.
//
// Rules are those of the Amazon VPC User Guide and its sister guides, read
// 2026-11; each rule names its page where it is implemented.
package aws

// Package redact removes secrets from documents before the first byte of them
// is stored, and keeps what an analysis needs: names, and the fact that a value
// looks like a secret of some type.
//
// Two rules, by where a value stands:
//
//   - Values that people put secrets into are always dropped, whatever they look
//     like: environment variables, user data, lifecycle scripts, parameters and
//     hyperparameters, job arguments, pre-shared keys, passwords, custom header
//     values. What is left is Dropped ("<redacted>") or, if the value looked like
//     a secret, Prefix and its types ("REDACTED:aws_access_key").
//   - Everything else (tags, descriptions, commands, addresses) is kept, except
//     the parts of it that look like a secret, which become Prefix and the type.
//
// Which member names are dropped is the table in places.go; how a secret looks
// is the table in types.go. To add one, add its row there; the tests of both
// tables fail on a row without an example.
//
// Redacting is idempotent: a redacted document comes back unchanged. It is
// linear in the size of the document and uses memory in proportion to what it
// changes. See internal/decisions/0005-secret-detection.md.
package redact

// Dropped stands for a value that was dropped and did not look like a secret.
const Dropped = "<redacted>"

// Prefix begins the mark that stands for a secret; the types follow, separated
// by commas.
const Prefix = "REDACTED:"

// MaxDepth is the deepest nesting of a document that is read. Answers of cloud
// APIs and infrastructure plans nest fewer than fifty levels deep.
const MaxDepth = 256

// maxFindings bounds the findings reported for one document; more than these
// are still redacted.
const maxFindings = 10_000

// Finding says where a secret was.
type Finding struct {
	// Path is the JSON pointer (RFC 6901) of the value.
	Path string
	Type Type
}

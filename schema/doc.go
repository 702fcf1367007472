// Package schema is Postern's vocabulary: node kinds, edge kinds, categories,
// property keys and the ids of everything, as tables. It imports nothing but
// the standard library, and everything else imports it: Go code, constraints,
// GraphQL enums, the documentation and the legend of the UI are derived from
// these tables.
//
// Stored names are forever. They are pinned in testdata/names.golden; read it
// aloud before you change it.
//
// To add a node kind, edge kind or property: add its constant and its row in
// the table of the same file, and run the package's tests with -update. The
// tests fail when a constant has no row or a row has no constant.
package schema

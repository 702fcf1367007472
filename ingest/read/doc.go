// Package read turns files into documents: outputs of the AWS CLI, of other
// tools that store provider answers, and Postern's own snapshots.
//
// # How a file is understood
//
// By its content: the top-level members of its JSON values are compared with
// those of the operations that the mappers know (ingest/aws.Operations). The
// names of the file and its folders help: they tell operations with equal
// answers apart, and say what a call was made for when the answer does not. They
// never decide alone: a file named ec2-describe-vpcs.json that holds instances
// is read as instances.
//
// # What is not understood
//
// Every file is either read or named in a gap with the reason; nothing is
// skipped in silence, and no file stops another. Files are foreign input: size,
// nesting and the number of elements are bounded by the constants of limits.go
// before anything is decoded, and an error names file, line and column. What is
// wrong with one policy costs that policy, what is wrong elsewhere in a list costs
// the entry of the list and makes the list incomplete (mend.go).
//
// # To add a provider
//
// Add a format to formats (format.go): a function that says whether a value is
// its, and what documents it makes. Formats are asked in order.
package read

package ingest

import "github.com/postern-sec/postern/graph"

// KeyFound says that a workload's configuration holds a user's access key. The
// key itself is known by a digest alone; see the package redact.
type KeyFound struct {
	Holder string // node id of the workload
	User   string // ARN of the key's owner
	Where  string // e.g. environment variable AWS_ACCESS_KEY_ID
	Active bool
	// Secret: something that looks like the key's secret stands beside it.
	Secret   bool
	Evidence graph.Evidence
}

package aws

import "github.com/postern-sec/postern/schema"

// openMountPolicy is what holds for a file system without a policy: "The default
// EFS file system policy does not use IAM to authenticate, and grants full access
// to any anonymous client that can connect to the file system using a mount
// target." Source: Amazon EFS User Guide, "Using IAM to control access to file
// systems", default EFS file system policy.
var openMountPolicy = Document{ID: "EFS default file system policy", JSON: []byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",` +
	`"Action":["elasticfilesystem:ClientMount","elasticfilesystem:ClientWrite","elasticfilesystem:ClientRootAccess"],"Resource":"*",` +
	`"Condition":{"Bool":{"elasticfilesystem:AccessedViaMountTarget":"true"}}}]}`)}

func isFileSystem(a schema.ARN) bool {
	return a.Service == "elasticfilesystem" && a.ResourceType() == "file-system"
}

// clientActions are what an NFS client does with a mounted file system.
var clientActions = map[string]bool{"elasticfilesystem:clientmount": true, "elasticfilesystem:clientwrite": true, "elasticfilesystem:clientrootaccess": true}

// openMount reports whether the request is a client's of a file system under the
// default policy: whoever reaches a mount target needs no identity, so that no
// policy of an identity or an organisation stops it.
func (v *eval) openMount() bool {
	return v.t.info != nil && v.t.info.open && clientActions[v.action]
}

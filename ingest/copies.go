package ingest

import "github.com/postern-sec/postern/graph"

// Copy says that a store is a copy of another at one time: a snapshot of a disk
// or database, an image of a machine. It makes neither of them training data;
// whoever reads the copy of what is, has it.
type Copy struct {
	Copy, Original string // node ids
	Evidence       graph.Evidence
}

// IdentityPool is what decides who becomes a guest of an identity pool, and as
// whom.
type IdentityPool struct {
	ID string // region:uuid
	// Guests says whether the pool lets identities in that nobody
	// authenticated; nil: not known.
	Guests *bool
	// Classic says whether tokens of the pool can be given to STS with a role of
	// the caller's choice; nil: not known.
	Classic *bool
	// GuestRole is the ARN of the role that guests are given. RolesKnown is
	// false when that was not collected.
	GuestRole  string
	RolesKnown bool
	Evidence   graph.Evidence
}

// Pool returns the identity pool with this id, to be filled.
func (f *Facts) Pool(id string) *IdentityPool {
	if f.IdentityPools == nil {
		f.IdentityPools = map[string]*IdentityPool{}
	}
	if f.IdentityPools[id] == nil {
		f.IdentityPools[id] = &IdentityPool{ID: id}
	}
	return f.IdentityPools[id]
}

package ingest

import (
	"cmp"
	"slices"
)

// storeIndex finds the stores added so far by id.
type storeIndex struct{ byID map[string]int }

// AddStore adds s, or merges it into the store with the same id: keys are
// united, and known encryption is not forgotten.
func (f *Facts) AddStore(s DataStore) {
	at := Memory[storeIndex](f)
	if at.byID == nil {
		at.byID = map[string]int{}
	}
	i, known := at.byID[s.ID]
	if !known {
		at.byID[s.ID] = len(f.Stores)
		s.KMSKeys = slices.Clone(s.KMSKeys)
		f.Stores = append(f.Stores, s)
		return
	}
	old := &f.Stores[i]
	old.Kind = cmp.Or(s.Kind, old.Kind)
	old.Account, old.Region = cmp.Or(s.Account, old.Account), cmp.Or(s.Region, old.Region)
	old.EncryptionKnown = old.EncryptionKnown || s.EncryptionKnown
	old.ImmutableTags = old.ImmutableTags || s.ImmutableTags
	old.KMSKeys = append(old.KMSKeys, s.KMSKeys...)
	slices.Sort(old.KMSKeys)
	old.KMSKeys = slices.Compact(old.KMSKeys)
	old.Evidence = cmp.Or(s.Evidence, old.Evidence)
}

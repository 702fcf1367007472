package attack

import (
	"slices"

	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// copyRow is how a kind of copy is read.
type copyRow struct {
	Technique
	service, resourceType string // in the copy's ARN
	// shared: only who it is shared with. Restoring a database within its own
	// account takes a way to the restored one, and who starts a machine from an
	// image of the own account is a matter of launching.
	shared bool
}

func copyTechnique(id, title, service, resourceType string, shared bool, action string) *copyRow {
	return &copyRow{Technique: Technique{ID: id, Kind: schema.ReadsData, Title: title, Needs: needs(onTarget, action), Cost: 3, AttackIDs: []string{"T1530", "T1537"},
		Requires: []string{"the copy holds what is worth reading"}, Source: "Amazon EC2 and RDS User Guides, sharing snapshots and images"}, service: service, resourceType: resourceType, shared: shared}
}

// Snapshots and images that others may use, and disks whose snapshots can be
// read block by block.
//
// Source: Amazon RDS User Guide, "Sharing a DB snapshot"; Amazon EBS User Guide,
// "Share an Amazon EBS snapshot", "Use EBS direct APIs"; Amazon EC2 User Guide,
// "Make your AMI publicly available", read 2026-11-28.
var copyRows = []*copyRow{
	copyTechnique("snapshot-001", "restores a database snapshot that is shared with it", "rds", "snapshot", true, "rds:RestoreDBInstanceFromDBSnapshot"),
	copyTechnique("snapshot-002", "restores a database cluster's snapshot that is shared with it", "rds", "cluster-snapshot", true, "rds:RestoreDBClusterFromSnapshot"),
	copyTechnique("ebs-001", "reads the blocks of a disk's snapshot", "ec2", "snapshot", false, "ebs:GetSnapshotBlock"),
	copyTechnique("image-002", "starts a machine of its own from an image that is shared with it", "ec2", "image", true, "ec2:RunInstances"),
}

var copyFamily = Family{Name: "copies", Techniques: techniquesOf(copyRows, func(r *copyRow) *Technique { return &r.Technique }), derive: (*world).copies}

func (w *world) copies() error {
	originals := map[string][]ingest.Copy{}
	for _, c := range w.f.Copies {
		originals[c.Copy] = append(originals[c.Copy], c)
	}
	var worth []string
	for _, id := range w.g.NodeIDs(schema.Snapshot) {
		if w.worthCopying(id, originals, map[string]bool{}) {
			worth = append(worth, id)
		}
	}
	for _, id := range worth {
		for _, c := range originals[id] {
			f := fact{verdict: schema.Allow, evidence: c.Evidence}
			w.add(derivesCopy, step{from: id, to: c.Original, way: f.way()})
		}
	}
	for _, r := range copyRows {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		w.readCopies(r, worth)
	}
	return nil
}

// worthCopying reports whether a copy, or what it is a copy of, is worthwhile.
func (w *world) worthCopying(id string, originals map[string][]ingest.Copy, seen map[string]bool) bool {
	if seen[id] {
		return false
	}
	seen[id] = true
	return w.isWorthwhile(id) || slices.ContainsFunc(originals[id], func(c ingest.Copy) bool { return w.worthCopying(c.Original, originals, seen) })
}

func (w *world) readCopies(r *copyRow, copies []string) {
	targets := slices.DeleteFunc(slices.Clone(copies), func(id string) bool {
		a, ok := schema.ParseARN(id)
		return !ok || a.Service != r.service || a.ResourceType() != r.resourceType
	})
	w.ask(r.Needs, targets)
	for _, id := range targets {
		e := w.environmentOf(id)
		ways := w.who(r.Needs, id, e)
		if r.shared {
			ways = only(ways, func(p string) bool { return isOutsider(p) || p != iamaws.Anonymous && accountIn(p) != e.account })
		}
		w.grant(&r.Technique, w.decrypting(ways, id, e), id)
	}
}

// accountIn is the account of a principal, which may be one itself.
func accountIn(p string) string {
	if a, ok := schema.ParseARN(p); ok {
		return a.Account
	}
	return p
}

// decrypting keeps the ways whose principals may use the keys of a store too.
func (w *world) decrypting(ways []way, id string, e environment) []way {
	for _, s := range w.f.Stores {
		if s.ID != id {
			continue
		}
		for _, key := range s.KMSKeys {
			if r := w.inv.Resources[key]; r == nil || !r.Policy.Collected() {
				ways = plus(ways, onlyIf("kms:Decrypt on "+key))
				continue
			}
			ways = join(ways, w.who(needs(onTarget, "kms:Decrypt"), key, e))
		}
	}
	return ways
}

package attack

import (
	"maps"
	"slices"
	"strings"

	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// What one thing alone keeps a principal from reading, and the principal may
// take that thing away: its own permissions boundary, or the policy and grants
// of the key. Neither makes it another principal, so the gain is the data.
var (
	unboundRead = &Technique{
		ID: "boundary-001", Kind: schema.ReadsData, Title: "deletes its own boundary and reads what its policies allow",
		Needs:    []Need{{"iam:DeleteRolePermissionsBoundary", "itself"}},
		Requires: []string{"without the boundary it may read the bucket's objects", "users: iam:DeleteUserPermissionsBoundary"},
		Source:   "IAM User Guide, Permissions boundaries; pathfinding.cloud iam-022, iam-023", Cost: 3, AttackIDs: []string{"T1098.003", "T1530"},
	}
	keyThenRead = &Technique{
		ID: "kms-001", Kind: schema.ReadsData, Title: "lets itself use the bucket's key, and reads",
		Needs:    slices.Concat(needs("{target}/*", "s3:GetObject"), needs("the bucket's key", "kms:CreateGrant")),
		Requires: []string{"the bucket's objects are under a customer's KMS key", "kms:PutKeyPolicy serves as well"},
		Source:   "AWS KMS Developer Guide, Grants in AWS KMS", Cost: 3, AttackIDs: []string{"T1098.003", "T1530"},
	}
)

var clearFamily = Family{Name: "what stands in the way of reading", Techniques: []*Technique{unboundRead, keyThenRead}, derive: (*world).clearTheWay}

func (w *world) clearTheWay() error {
	uses := w.uses()
	free := w.unbinders()
	for _, b := range w.worthwhile(schema.Bucket) {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		use := uses[b]
		if use == nil {
			use = &bucketUse{}
		}
		known := w.surely(b)
		w.readUnbound(b, use, free, known)
		w.readWithKey(b, use, known)
	}
	return nil
}

// surely are the principals that read a bucket without any of this.
func (w *world) surely(bucket string) map[string]bool {
	out := map[string]bool{}
	for _, r := range w.objects(bucket).reads {
		if r.way.verdict == schema.Allow {
			for _, p := range r.way.who {
				out[p] = true
			}
		}
	}
	return out
}

// unbinders are the bounded principals that may delete their own boundary, each
// with the proof.
func (w *world) unbinders() map[string]way {
	_, bounded := w.withoutBoundaries()
	out := map[string]way{}
	for _, t := range unboundings {
		asked := w.can(t.Needs[0].Action, bounded...)
		for _, p := range bounded {
			if (w.inv.Roles[p] != nil) != t.role {
				continue
			}
			for _, x := range only(asked[p], func(q string) bool { return q == p }) {
				if have, ok := out[p]; !ok || x.verdict.Rank() < have.verdict.Rank() {
					out[p] = x
				}
			}
		}
	}
	return out
}

func (w *world) readUnbound(bucket string, use *bucketUse, free map[string]way, known map[string]bool) {
	if len(free) == 0 {
		return
	}
	engine, _ := w.withoutBoundaries()
	var reads []resourceWay
	for _, g := range engine.ReadObject(bucket, w.options()) {
		reads = append(reads, resourceWay{g, wayOf(g, false)})
	}
	for _, x := range w.objectWays(bucket, reads, use) {
		for _, p := range x.who {
			if y, ok := free[p]; ok && !known[p] {
				w.grant(unboundRead, []way{x.and(y, []string{p})}, bucket)
			}
		}
	}
}

// readWithKey joins who may read the objects, the key left aside, with who may
// open the key to itself.
func (w *world) readWithKey(bucket string, use *bucketUse, known map[string]bool) {
	keys := w.customerKeys(bucket)
	if len(keys) == 0 {
		return
	}
	objects := func(e *iamaws.Engine) []iamaws.Grant {
		return e.Grants("s3:GetObject", []string{bucket + "/*"}, w.options())
	}
	ways := w.objectWays(bucket, w.granted(objects, func(iamaws.Grant) bool { return false }), use)
	for _, k := range keys {
		ways = join(ways, w.opensKey(k))
	}
	w.grant(keyThenRead, only(w.notAdmins(ways), func(p string) bool { return !known[p] }), bucket)
}

// customerKeys are the keys of a bucket, sorted; nil unless all are known.
func (w *world) customerKeys(bucket string) []string {
	for _, s := range w.f.Stores {
		if s.ID == bucket && s.EncryptionKnown {
			out := slices.Clone(s.KMSKeys)
			slices.Sort(out)
			return slices.DeleteFunc(out, func(k string) bool { return !strings.Contains(k, ":key/") })
		}
	}
	return nil
}

// opensKey is who may grant itself the use of a key or rewrite its policy. A
// caller asks for itself, not through a service, so a permission for grants of
// AWS resources only does not help.
//
// Source: AWS KMS Developer Guide, "kms:GrantIsForAWSResource", read 2026-11.
func (w *world) opensKey(key string) []way {
	o := w.options()
	o.Context = map[string][]string{"kms:GrantIsForAWSResource": {"false"}}
	o.Absent = []string{"kms:ViaService"}
	var out []way
	for _, action := range []string{"kms:CreateGrant", "kms:PutKeyPolicy"} {
		for _, g := range w.perms.Grants(action, []string{key}, o) {
			if x := wayOf(g, false); x.verdict == schema.Allow || x.verdict == schema.Conditional {
				out = append(out, x)
			}
		}
	}
	return out
}

// withoutBoundaries is the engine over an inventory in which no principal has a
// permissions boundary, and the principals that have one, sorted.
func (w *world) withoutBoundaries() (*iamaws.Engine, []string) {
	if w.unboundEngine != nil || w.bounded != nil {
		return w.unboundEngine, w.bounded
	}
	inv := *w.inv
	inv.Users, inv.Roles = maps.Clone(w.inv.Users), maps.Clone(w.inv.Roles)
	w.bounded = []string{}
	for arn, u := range w.inv.Users {
		if u.Boundary.Known() {
			free := *u
			free.Boundary = iamaws.NoneOf[string]()
			inv.Users[arn] = &free
			w.bounded = append(w.bounded, arn)
		}
	}
	for arn, r := range w.inv.Roles {
		if r.Boundary.Known() {
			free := *r
			free.Boundary = iamaws.NoneOf[string]()
			inv.Roles[arn] = &free
			w.bounded = append(w.bounded, arn)
		}
	}
	slices.Sort(w.bounded)
	if len(w.bounded) > 0 {
		w.unboundEngine = iamaws.New(&inv).WithoutUnread()
	}
	return w.unboundEngine, w.bounded
}

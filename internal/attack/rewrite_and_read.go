package attack

import (
	"fmt"

	"github.com/postern-sec/postern/graph"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// rewriteAndRead rewrites a bucket's policy to let oneself read, and reads. It
// gets around what the policy denies or does not grant, and around nothing else:
// organisation policies, boundaries and keys still hold.
var rewriteAndRead = &Technique{
	ID: "s3-003", Kind: schema.ReadsData, Title: "rewrites the bucket's policy to let itself read, and reads",
	Needs:    needs(onTarget, "s3:PutBucketPolicy"),
	Requires: []string{"the bucket is in the principal's account", "no boundary or organisation policy denies s3:GetObject", "the objects are not under a KMS key it may not use"},
	Source:   "Amazon S3 User Guide, Bucket policies", Cost: 4, AttackIDs: []string{"T1098.003", "T1530"},
}

func (w *world) rewriteAndRead() error {
	for _, b := range w.worthwhile(schema.Bucket) {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		account := w.environmentOf(b).account
		readers := map[string]bool{}
		for _, r := range w.objects(b).reads {
			if r.way.verdict == schema.Allow {
				for _, p := range r.way.who {
					readers[p] = true
				}
			}
		}
		for _, x := range w.can("s3:PutBucketPolicy", b)[b] {
			for _, p := range x.who {
				if !readers[p] && w.environmentOf(p).account == account && (w.real(p) || w.standIns[p] != "") {
					w.readAfterRewrite(p, b, x)
				}
			}
		}
	}
	return nil
}

func (w *world) readAfterRewrite(p, bucket string, x way) {
	f, ok := w.pastPolicy(p, "s3:GetObject", bucket+"/*")
	if !ok {
		return
	}
	key, ok := w.readsKey(p, bucket)
	if !ok {
		return
	}
	from, ok := w.node(p)
	if !ok {
		return
	}
	x = x.and(f.way(), x.who).and(key.way(), x.who)
	w.add(rewriteAndRead, step{from: from, principal: p, to: bucket, way: x})
}

// pastPolicy judges an action as if the resource's own policy allowed it: the
// other layers must not deny, and those that limit must allow. An identity
// policy need not, within one account.
func (w *world) pastPolicy(p, action, resource string) (fact, bool) {
	d, err := w.perms.Can(iamaws.Request{Principal: p, Action: action, Resource: resource, Options: w.options()})
	if err != nil {
		return fails, false
	}
	f := holds
	for _, l := range d.Layers {
		switch {
		case l.Layer == iamaws.LayerResource || l.Layer == iamaws.LayerBPA:
		case l.Effect == "explicit_deny":
			return fails, false
		case l.Layer == iamaws.LayerIdentity:
			if l.Verdict == iamaws.Unknown {
				f = fact{verdict: schema.Unknown, missing: d.Missing}
			}
		case l.Verdict == iamaws.Deny && l.Effect == "implicit_deny":
			return fails, false
		case l.Verdict == iamaws.Unknown:
			f = fact{verdict: schema.Unknown, missing: d.Missing}
		case l.Verdict == iamaws.Conditional && f.verdict == schema.Allow:
			f = onlyIf(fmt.Sprintf("%s leaves %s to %s", l.Layer, action, p))
		}
	}
	f.evidence = graph.Evidence{Document: resource, Summary: "nothing but the bucket's own policy keeps it from reading"}
	return f, true
}

// readsKey says whether a principal may use the key of a bucket's objects.
func (w *world) readsKey(p, bucket string) (fact, bool) {
	r := w.inv.Resources[bucket]
	if r == nil || r.S3 == nil || !r.S3.Encryption.Collected() {
		return fact{verdict: schema.Unknown, missing: []iamaws.Missing{{Kind: "bucket_encryption", ID: bucket}}}, true
	}
	e := r.S3.Encryption.Value
	if e.Algorithm == "" || e.Algorithm == "AES256" || e.KeyID == "" {
		return holds, true
	}
	for _, s := range w.f.Stores {
		if s.ID != bucket {
			continue
		}
		f := holds
		for _, key := range s.KMSKeys {
			d, err := w.perms.Can(iamaws.Request{Principal: p, Action: "kms:Decrypt", Resource: key, Options: w.options()})
			if err != nil || d.Verdict == iamaws.Deny {
				return fails, false
			}
			x := wayOfDecision([]string{p}, d)
			f = fact{verdict: weakest(f.verdict, x.verdict), missing: x.missing, evidence: x.evidence[0]}
			if f.verdict == schema.Conditional {
				f.witness = "the key " + key + " may be used"
			}
		}
		return f, true
	}
	return fails, false
}

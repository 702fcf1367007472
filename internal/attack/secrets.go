package attack

import (
	"slices"

	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

var (
	readSecret = &Technique{ID: "secret-001", Kind: schema.ReadsSecret, Title: "reads the secret", Needs: needs(onTarget, "secretsmanager:GetSecretValue"),
		Requires: []string{"with a customer's key: kms:Decrypt on it"}, Source: "Service Authorization Reference, AWS Secrets Manager", Cost: 1, AttackIDs: []string{"T1552.001"}}
	readParameter = &Technique{ID: "secret-002", Kind: schema.ReadsSecret, Title: "reads the secret parameter", Needs: needs(onTarget, "ssm:GetParameter"),
		Requires: []string{"kms:Decrypt on its key"}, Source: "Service Authorization Reference, AWS Systems Manager", Cost: 1, AttackIDs: []string{"T1552.001"}}
)

var secretFamily = Family{Name: "secrets", Techniques: []*Technique{readSecret, readParameter}, derive: (*world).secrets}

func (w *world) secrets() error {
	for _, id := range w.g.NodeIDs(schema.SecretValue) {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		a, ok := schema.ParseARN(id)
		if !ok {
			continue
		}
		t := readSecret
		if a.Service == "ssm" {
			t = readParameter
		}
		var ways []way
		for _, r := range w.granted(func(e *iamaws.Engine) []iamaws.Grant { return e.ReadSecret(id, w.options()) }, func(iamaws.Grant) bool { return false }) {
			ways = append(ways, r.way)
		}
		w.grant(t, ways, id)
	}
	return nil
}

// control is a way to rewrite who may use a resource.
type control struct {
	Technique
	kind    schema.NodeKind
	service string
}

func controlRow(id, title string, kind schema.NodeKind, service, action string) *control {
	return &control{kind: kind, service: service, Technique: Technique{ID: id, Kind: schema.Controls, Title: title, Needs: needs(onTarget, action),
		Source: "Service Authorization Reference", Cost: 3, AttackIDs: []string{"T1098.003"}}}
}

var controls = []*control{
	controlRow("control-001", "rewrites the bucket's policy", schema.Bucket, "s3", "s3:PutBucketPolicy"),
	controlRow("control-002", "deletes the bucket's policy and what it denies", schema.Bucket, "s3", "s3:DeleteBucketPolicy"),
	controlRow("control-003", "rewrites the bucket's access control list", schema.Bucket, "s3", "s3:PutBucketAcl"),
	controlRow("control-004", "rewrites the key's policy", schema.EncryptionKey, "kms", "kms:PutKeyPolicy"),
	controlRow("control-005", "grants itself the use of the key", schema.EncryptionKey, "kms", "kms:CreateGrant"),
	controlRow("control-006", "rewrites the secret's policy", schema.SecretValue, "secretsmanager", "secretsmanager:PutResourcePolicy"),
	controlRow("control-007", "rewrites the repository's policy", schema.ContainerRegistry, "ecr", "ecr:SetRepositoryPolicy"),
}

var controlFamily = Family{Name: "control of resources",
	Techniques: append(techniquesOf(controls, func(c *control) *Technique { return &c.Technique }), rewriteAndRead),
	derive:     (*world).control}

// control leads to what is worth controlling: stores and secrets that lead on,
// and the keys of those stores.
func (w *world) control() error {
	keys := w.keysOfStores()
	for _, c := range controls {
		targets := w.g.NodeIDs(c.kind)
		targets = slices.DeleteFunc(targets, func(id string) bool {
			a, ok := schema.ParseARN(id)
			return !ok || a.Service != c.service ||
				c.kind == schema.EncryptionKey && !keys[id] || c.kind.In(schema.DataStore) && !w.isWorthwhile(id)
		})
		w.ask(c.Needs, targets)
		for _, id := range targets {
			if err := w.ctx.Err(); err != nil {
				return err
			}
			ways := only(w.who(c.Needs, id, w.environmentOf(id)), func(p string) bool { return !w.isCapability(p) })
			w.grant(&c.Technique, ways, id)
		}
	}
	return w.rewriteAndRead()
}

// keysOfStores are the keys that encrypt worthwhile stores.
func (w *world) keysOfStores() map[string]bool {
	out := map[string]bool{}
	for _, s := range w.f.Stores {
		if w.isWorthwhile(s.ID) {
			for _, k := range s.KMSKeys {
				out[k] = true
			}
		}
	}
	return out
}

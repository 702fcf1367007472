package aws

import (
	"sort"
	"strings"

	"github.com/postern-sec/postern/schema"
)

// kmsGrant is a compiled grant: an allow path that no policy shows.
// Source: KMS Developer Guide, "Grants in AWS KMS".
type kmsGrant struct {
	id         string
	grantee    principalElement
	operations map[string]bool // lower-case action names with kms:
	clauses    []clause
}

func (e *Engine) compileKey(info *resourceInfo, arn schema.ARN) {
	info.gated = true
	f := info.facts.KMS
	if f == nil {
		return
	}
	for _, alias := range f.Aliases.Value {
		a := arn
		a.Resource = alias
		e.aliases[a.String()] = info.arn
	}
	for _, g := range f.Grants.Value {
		info.grants = append(info.grants, e.compileGrant(g))
	}
	sort.SliceStable(info.grants, func(i, j int) bool { return info.grants[i].id < info.grants[j].id })
}

func (e *Engine) compileGrant(g KMSGrant) kmsGrant {
	out := kmsGrant{id: g.ID, operations: map[string]bool{}}
	if strings.HasPrefix(g.Grantee, "arn:") || schema.IsAccountID(g.Grantee) {
		out.grantee, _ = newPrincipalElement("AWS", g.Grantee)
	} else {
		out.grantee, _ = newPrincipalElement("Service", g.Grantee)
	}
	for _, op := range g.Operations {
		out.operations["kms:"+strings.ToLower(op)] = true
	}
	for _, m := range []map[string]string{g.EncryptionContextEquals, g.EncryptionContextSubset} {
		for _, k := range sortedKeys(m) {
			c, _ := newClause("StringEquals", "kms:EncryptionContext:"+k, []string{m[k]}, false, e.atoms)
			out.clauses = append(out.clauses, c)
		}
	}
	return out
}

// everything is the resource "*" in wildcard form.
const everything = "\x00"

// spansKeys reports whether an action on "*" means every key of the account:
// identity policies alone never let anyone use a key.
func spansKeys(action string) bool {
	return strings.HasPrefix(action, "kms:") && !resourceless(action)
}

// allKeys makes a target of every key of the account. A list of keys that was
// not read is reported; it cannot be asked what it does not hold.
func (e *Engine) allKeys(t *target) {
	t.service, t.spans = "kms", true
	if !listed(e.account(t.account), "AWS::KMS::Key") {
		t.gaps = append(t.gaps, Missing{Kind: "key_policy", ID: "arn:" + e.partitionOf(t.account) + ":kms:*:" + t.account + ":key/*"})
	}
}

// kmsAliasActions are authorised on the alias by identity policies (and on the
// key besides, which is a request of its own). All other actions are authorised
// on the key behind an alias, never on the alias.
// Source: KMS Developer Guide, "Controlling access to aliases".
var kmsAliasActions = map[string]bool{"kms:createalias": true, "kms:updatealias": true, "kms:deletealias": true}

// keyBehind replaces an alias by its key where the action is authorised on the
// key; alias is true where the alias itself is the resource.
func (e *Engine) keyBehind(action, resource string) (behind string, alias bool) {
	if !strings.HasPrefix(action, "kms:") || !strings.Contains(resource, ":alias/") {
		return resource, false
	}
	if kmsAliasActions[action] {
		return resource, true
	}
	if key, ok := e.aliases[resource]; ok {
		return key, false
	}
	return resource, false
}

// keyARN resolves a key id, alias, alias ARN or key ARN as other services write
// them, in the region and account of the resource that names it. It is empty for
// a key id that cannot be placed.
func (e *Engine) keyARN(id string, near schema.ARN, account string) string {
	if strings.HasPrefix(id, "arn:") {
		if key, ok := e.aliases[id]; ok {
			return key
		}
		return id
	}
	suffix := ":key/" + id
	if strings.HasPrefix(id, "alias/") {
		suffix = ":" + id
	}
	if near.Region != "" {
		full := "arn:" + near.Partition + ":kms:" + near.Region + ":" + account + suffix
		if key, ok := e.aliases[full]; ok {
			return key
		}
		return full
	}
	// Buckets name no region: an id is unique, an alias is taken when one region
	// has it.
	var found []string
	for alias, key := range e.aliases {
		if strings.HasSuffix(alias, ":"+account+suffix) {
			found = append(found, key)
		}
	}
	for arn := range e.resources {
		if strings.HasSuffix(arn, suffix) && strings.Contains(arn, ":kms:") {
			found = append(found, arn)
		}
	}
	sort.Strings(found)
	if len(found) == 1 {
		return found[0]
	}
	return ""
}

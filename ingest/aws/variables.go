package aws

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/redact"
)

// secretName is what names of environment variables that hold credentials look
// like. A name is a hint, not a proof: the finding says that it is one.
var secretName = regexp.MustCompile(`(?i)(passw(or)?d|passphrase|secret|token|api_?key|access_?key|private_?key|credential|connection_?string|_pwd$|_dsn$)`)

// secretVariables names the variables that hold something that looks like a
// credential, by the value where it can still be judged (redacted documents
// keep the type) and otherwise by the name. Values are never kept.
func secretVariables(variables map[string]json.RawMessage) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		var v string
		if json.Unmarshal(variables[name], &v) != nil || v == "" {
			continue
		}
		types := strings.Join(typesOf(v), ",")
		switch {
		case types != "":
			out = append(out, "environment variable "+name+": "+types)
		case secretName.MatchString(name):
			out = append(out, "environment variable "+name+": named like a credential")
		}
	}
	return out
}

// typesOf are the types of secret that a value looks like, or looked like before
// it was redacted.
func typesOf(v string) []string {
	types, _, marked := redact.Mark(v)
	if !marked {
		_, types = redact.Text(v)
	}
	var out []string
	for _, t := range types {
		out = append(out, string(t))
	}
	return sorted(out)
}

// keysIn notes the access keys among the variables of a workload, for the users
// whose they are.
func (m *Mapping) keysIn(d ingest.Document, holder string, variables map[string]json.RawMessage) {
	secret := false
	keys := map[string]string{} // variable: digest
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		var v string
		if json.Unmarshal(variables[name], &v) != nil {
			continue
		}
		secret = secret || slices.Contains(typesOf(v), "aws_secret_key")
		if _, key, ok := redact.Mark(v); ok && key != "" {
			keys[name] = key
		}
	}
	if len(keys) > 0 {
		m.Later(func() { m.Later(func() { m.ownersOf(d, holder, keys, secret) }) }) // when users have their keys
	}
}

type keyOwners struct{ by map[string]keyOwner } // by digest

type keyOwner struct {
	user   string
	active bool
}

func (m *Mapping) ownersOf(d ingest.Document, holder string, keys map[string]string, secret bool) {
	owners := ingest.Memory[keyOwners](m.Facts)
	if owners.by == nil {
		owners.by = map[string]keyOwner{}
		for arn, u := range m.AWSPermissions.Users {
			for _, k := range u.AccessKeys.Value {
				owners.by[redact.KeyDigest(k.ID)] = keyOwner{arn, k.Active}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		where := "environment variable " + name
		o, known := owners.by[keys[name]]
		if !known {
			m.gap(d, graph.GapNotCollected, holder, "whose access key "+where+" holds is not known: no list of access keys shows it")
			continue
		}
		m.Keys = append(m.Keys, ingest.KeyFound{Holder: holder, User: o.user, Where: where, Active: o.active, Secret: secret, Evidence: evidence(d, holder, where+" holds an access key")})
	}
}

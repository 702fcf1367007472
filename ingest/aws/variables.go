package aws

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

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
		types, found := strings.CutPrefix(v, redact.Prefix)
		if !found {
			_, looks := redact.Text(v)
			var l []string
			for _, t := range looks {
				l = append(l, string(t))
			}
			types = strings.Join(sorted(l), ",")
		}
		switch {
		case types != "":
			out = append(out, "environment variable "+name+": "+types)
		case secretName.MatchString(name):
			out = append(out, "environment variable "+name+": named like a credential")
		}
	}
	return out
}

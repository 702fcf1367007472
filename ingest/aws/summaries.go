package aws

import (
	"encoding/json"
	"strings"

	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// summaries is the mapper of a list whose entries are described by a further
// call: it adds their nodes, so that what was listed and not described is known
// to exist. Members are the list's own and those of its entries that hold the
// ARN, the name and the status.
func summaries(kind schema.NodeKind, awsType, list, arn, name, status string) Mapper {
	return func(m *Mapping, d ingest.Document) error {
		var v map[string]json.RawMessage
		if err := decode(d, &v); err != nil {
			return err
		}
		raw, ok := member(v, list)
		if !ok {
			return absent(m, d, list)
		}
		var items []map[string]json.RawMessage
		if err := json.Unmarshal(raw, &items); err != nil {
			return err
		}
		for _, x := range items {
			id := text(x, arn)
			if !strings.HasPrefix(id, "arn:") {
				m.incomplete(d, "an entry of "+list+" without "+arn)
				continue
			}
			m.resource(in(d, id), id, kind, awsType, text(x, name)).Set(schema.PropStatus, text(x, status))
			m.given(id)
		}
		m.AWSPermissions.MarkListed(d.Account, awsType)
		return nil
	}
}

// names is the mapper of a list that holds nothing but names or ids which
// further calls are made for.
func names(*Mapping, ingest.Document) error { return nil }

// member finds a member of an object without regard to case, as JSON members
// are matched everywhere here.
func member(v map[string]json.RawMessage, name string) (json.RawMessage, bool) {
	if raw, ok := v[name]; ok {
		return raw, true
	}
	for _, k := range sortedKeys(v) {
		if strings.EqualFold(k, name) {
			return v[k], true
		}
	}
	return nil, false
}

func text(v map[string]json.RawMessage, name string) string {
	var s string
	if raw, ok := member(v, name); !ok || json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

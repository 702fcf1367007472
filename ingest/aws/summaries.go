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
// ARN, the name and the status; inner are types of what there is only within
// these.
func summaries(kind schema.NodeKind, awsType, list, arn, name, status string, inner ...string) Mapper {
	return func(m *Mapping, d ingest.Document) error {
		items, ok, err := entries[map[string]json.RawMessage](m, d, list)
		if !ok {
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
		if len(items) > 0 {
			m.AWSPermissions.MarkNamed(d.Account, awsType)
		} else {
			for _, t := range inner {
				m.AWSPermissions.MarkListed(d.Account, t)
			}
		}
		m.AWSPermissions.MarkListed(d.Account, awsType)
		return nil
	}
}

// entries reads the member list of an answer; ok is false where it is not there
// or not a list of T, which is then told of.
func entries[T any](m *Mapping, d ingest.Document, list string) (items []T, ok bool, err error) {
	var v map[string]json.RawMessage
	if err := decode(d, &v); err != nil {
		return nil, false, err
	}
	raw, ok := member(v, list)
	if !ok {
		return nil, false, absent(m, d, list)
	}
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, false, err
	}
	return items, true, nil
}

// names is the mapper of a list that holds nothing but names or ids which
// further calls are made for.
func names(*Mapping, ingest.Document) error { return nil }

// namesOf is names of a list of the first resource type. Empty, it says that the
// account has nothing of any of the types. One that names something says that
// much and no more: what it names is known where the further calls were made,
// and an empty list of another parent's children does not take it back.
func namesOf(list string, types ...string) Mapper {
	return func(m *Mapping, d ingest.Document) error {
		items, ok, err := entries[json.RawMessage](m, d, list)
		if !ok {
			return err
		}
		if len(items) > 0 {
			m.leftOut(d)
			m.AWSPermissions.MarkNamed(d.Account, types[0])
		}
		for _, t := range types {
			m.AWSPermissions.MarkListed(d.Account, t)
		}
		return nil
	}
}

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

package aws

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/snapshot"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
)

// policyText finds the policy in a member that services write in three ways: as
// a JSON object, as a string that holds JSON, and as the same string
// URL-encoded (IAM's API; RFC 3986, so a plus sign is a plus sign). It reports
// false when the member is absent, null or an empty string, which all mean that
// there is no policy. What is not JSON is returned as it stands.
func policyText(raw json.RawMessage) ([]byte, bool) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return nil, false
	}
	if raw[0] != '"' {
		return raw, true
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return raw, true
	}
	s = trimText(s)
	if strings.HasPrefix(s, "%") { // no JSON text begins so
		if u, err := url.PathUnescape(s); err == nil {
			s = trimText(u)
		}
	}
	return []byte(s), s != ""
}

// trimText takes white space and a byte order mark off, which editors put before
// the text that somebody then stored.
func trimText(s string) string {
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "\uFEFF"))
}

// policy reads the policy in raw. Absent is None: call it only for documents
// that would show the policy if there were one. A text that is not JSON stays
// known, so that what hangs on it becomes unknown, and is reported.
func (m *Mapping) policy(d ingest.Document, id, resource string, raw json.RawMessage) iamaws.Evidence[iamaws.Document] {
	text, ok := policyText(raw)
	if !ok {
		return iamaws.NoneOf[iamaws.Document]()
	}
	if !json.Valid(text) {
		m.gap(d, graph.GapNotUnderstood, resource, "policy "+id+" is not JSON; what depends on it is unknown")
	}
	return iamaws.Of(iamaws.Document{ID: id, JSON: text, Source: source(d)})
}

// source says where a policy was read, for verdicts.
func source(d ingest.Document) iamaws.Source {
	return iamaws.Source{File: d.Source, Operation: d.Service + " " + snapshot.Kebab(d.Operation)}
}

// gap records that something in d was not read or not understood.
func (m *Mapping) gap(d ingest.Document, kind graph.GapKind, resource, message string) {
	m.Graph.Gap(graph.Gap{Kind: kind, Account: d.Account, Region: d.Region, Service: d.Service, Operation: d.Operation,
		Resource: resource, File: d.Source, Message: message})
}

// each decodes the items of a list one by one, so that one malformed item costs
// no other: it becomes a gap, and the list is not complete.
func each[T any](m *Mapping, d ingest.Document, items []json.RawMessage, do func(T)) {
	for _, raw := range items {
		var v T
		if err := json.Unmarshal(raw, &v); err != nil {
			m.lost(d, err)
			continue
		}
		do(v)
	}
}

// lost notes that an entry of a document's list could not be read.
func (m *Mapping) lost(d ingest.Document, err error) {
	m.gap(d, graph.GapNotUnderstood, "", "an entry of the list was left out: "+err.Error())
	m.leftOut(d)
}

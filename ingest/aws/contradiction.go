package aws

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// maxContradictions bounds how many things of one call are reported one by one;
// the rest are counted.
const maxContradictions = 50

// contradictions reports what two files say differently in answer to one call:
// exports of one account at different times, or of two accounts that were given
// one id. docs are in the order in which they are mapped, so the latter is used.
// Principals are compared where they are mapped, since several calls name them.
func (m *Mapping) contradictions(docs []ingest.Document) {
	groups := map[string][]ingest.Document{}
	var order []string
	for _, d := range docs {
		if !schema.IsAccountID(d.Account) || d.Operation == "GetAccountAuthorizationDetails" {
			continue
		}
		call := callOf(d)
		if groups[call] == nil {
			order = append(order, call)
		}
		groups[call] = append(groups[call], d)
	}
	for _, call := range order {
		if files(groups[call]) > 1 {
			m.compareAnswers(groups[call])
		}
	}
}

// file is the file of a document, without its place in it.
func file(d ingest.Document) string {
	name, _, _ := strings.Cut(d.Source, "#")
	return name
}

func files(docs []ingest.Document) int {
	seen := map[string]bool{}
	for _, d := range docs {
		seen[file(d)] = true
	}
	return len(seen)
}

type saidBy struct {
	digest [sha256.Size]byte
	by     ingest.Document
}

func (m *Mapping) compareAnswers(docs []ingest.Document) {
	op, _ := FindOperation(docs[0].Service, docs[0].Operation)
	said := map[string]saidBy{}
	differ := 0
	for _, d := range docs {
		if d.Failure != nil && !slices.Contains(op.None, d.Failure.Code) {
			continue // refused: it says nothing
		}
		for _, t := range thingsIn(d, op) {
			old, there := said[t.name]
			said[t.name] = saidBy{t.digest, d}
			if !there || old.digest == t.digest || file(old.by) == file(d) {
				continue
			}
			if differ++; differ <= maxContradictions {
				m.gap(d, graph.GapContradiction, t.resource, t.what+" differs in "+old.by.Source+" and "+d.Source+"; the latter is used")
			}
		}
	}
	if differ > maxContradictions {
		m.gap(docs[len(docs)-1], graph.GapContradiction, "", fmt.Sprintf("%d more differ", differ-maxContradictions))
	}
}

// thing is something an answer says: an item of a list, or a member.
type thing struct {
	name, what, resource string
	digest               [sha256.Size]byte
}

func thingsIn(d ingest.Document, op Operation) []thing {
	var v map[string]json.RawMessage
	if d.Body != nil && json.Unmarshal(d.Body, &v) != nil {
		return nil
	}
	if op.Parameter && !strings.HasPrefix(op.Name, "List") {
		for _, k := range op.Keys { // asked, and there is none
			if !hasFold(v, k) && slices.Contains(omittedPolicies, k) {
				v = withMember(v, k)
			}
		}
	}
	var out []thing
	for _, name := range sortedKeys(v) {
		if Paging(name) {
			continue
		}
		raw := bytes.TrimSpace(v[name])
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			out = append(out, thing{strings.ToLower(name), name, parameterARN(d), canonicalDigest(raw)})
			continue
		}
		for _, e := range list {
			if id := idIn(name, e); id != "" {
				resource := ""
				if _, ok := schema.ParseARN(id); ok {
					resource = id
				}
				out = append(out, thing{name + "\x00" + id, id, resource, canonicalDigest(e)})
			}
		}
	}
	return out
}

// omittedPolicies are members that services leave out when there is no policy.
var omittedPolicies = []string{"policy", "resourcepolicy"}

func hasFold(v map[string]json.RawMessage, key string) bool {
	for name := range v {
		if strings.EqualFold(name, key) {
			return true
		}
	}
	return false
}

func withMember(v map[string]json.RawMessage, key string) map[string]json.RawMessage {
	out := map[string]json.RawMessage{key: json.RawMessage(`""`)}
	for name, raw := range v {
		out[name] = raw
	}
	return out
}

func parameterARN(d ingest.Document) string {
	if _, ok := schema.ParseARN(d.Parameter()); ok {
		return d.Parameter()
	}
	return ""
}

// idIn finds what identifies an item of a list: by the list's name, as services
// name ids (SecurityGroups: GroupId; Functions: FunctionArn; Buckets: Name).
func idIn(list string, item json.RawMessage) string {
	var v map[string]json.RawMessage
	if json.Unmarshal(item, &v) != nil {
		return ""
	}
	singular := strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(list), "list"), "s")
	byName := map[string]string{}
	for name, raw := range v {
		var s string
		if json.Unmarshal(raw, &s) == nil && s != "" {
			byName[strings.ToLower(name)] = s
		}
	}
	for _, k := range []string{singular + "arn", "arn", singular + "id", "id", "groupid", "networkaclid", "grantid", "keyid", singular + "name", "name"} {
		if s := byName[k]; s != "" {
			return s
		}
	}
	return ""
}

// passing are members that differ between two readings though nothing was
// changed.
var passing = map[string]bool{"rolelastused": true, "passwordlastused": true, "lastuseddate": true, "lastaccesseddate": true, "lastpingdatetime": true,
	"lastassociationexecutiondate": true, "lastsuccessfulassociationexecutiondate": true, "lastuseractivitytimestamp": true, "lasthealthcheckstatus": true,
	"generatedtime": true, "responsemetadata": true, "resultmetadata": true}

// canonicalDigest is equal for values that say the same: the order of members,
// white space, and a policy written as a string or as an object make no
// difference.
func canonicalDigest(raw []byte) [sha256.Size]byte {
	v, err := exactly(raw)
	if err != nil {
		return sha256.Sum256(raw)
	}
	b, err := json.Marshal(canonical(v))
	if err != nil { // what was decoded from JSON can be encoded
		return sha256.Sum256(raw)
	}
	return sha256.Sum256(b)
}

func canonical(v any) any {
	switch x := v.(type) {
	case map[string]any:
		for k, e := range x {
			if passing[strings.ToLower(k)] {
				delete(x, k)
				continue
			}
			x[k] = canonical(e)
		}
	case []any:
		for i, e := range x {
			x[i] = canonical(e)
		}
	case string:
		if strings.HasPrefix(x, "{") {
			if inner, err := exactly([]byte(x)); err == nil {
				return canonical(inner)
			}
		}
	}
	return v
}

// exactly decodes JSON with its numbers as they are written: ids of nineteen
// digits that differ in the last are not equal.
func exactly(raw []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, errors.New("more than one value")
	}
	return v, nil
}

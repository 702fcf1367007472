package aws

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
)

// continues reports whether an answer says that another page follows: it has a
// token for it, or a flag. Wrapped lists (CloudFront) are looked into.
func continues(body []byte) bool {
	// Nearly all answers have no such member; they are not decoded for it.
	if !bytes.Contains(body, []byte("oken")) && !bytes.Contains(body, []byte("arker")) && !bytes.Contains(body, []byte("runcated")) && !bytes.Contains(body, []byte("osition")) {
		return false
	}
	return pageFollows(body, true)
}

func pageFollows(body []byte, outermost bool) bool {
	var v map[string]json.RawMessage
	if json.Unmarshal(body, &v) != nil {
		return false
	}
	token, flagged, flag := false, false, false
	for name, raw := range v {
		raw = bytes.TrimSpace(raw)
		switch n := strings.ToLower(name); {
		case n == "istruncated" || n == "truncated":
			flagged, flag = true, bytes.Equal(raw, []byte("true"))
		case slices.Contains(nextTokens, n):
			token = token || len(raw) > 2 && raw[0] == '"'
		case outermost && strings.HasSuffix(n, "list") && len(raw) > 0 && raw[0] == '{':
			if pageFollows(raw, false) {
				return true
			}
		}
	}
	if flagged {
		return flag // where there is a flag, a marker may be that of this page
	}
	return token
}

// nextTokens are the members that hold the token of the next page, lower case.
var nextTokens = []string{"nexttoken", "nextmarker", "marker", "position", "lastevaluatedtablename"}

// callOf names the call that a document answers. Pages of one answer have the
// same.
func callOf(d ingest.Document) string {
	if op, ok := FindOperation(d.Service, d.Operation); ok {
		d.Service, d.Operation = op.Service, op.Name
		if op.Global {
			d.Region = "global"
		}
	}
	return strings.Join(append([]string{d.Account, d.Region, d.Service, d.Operation}, d.Parameters...), "\x00")
}

// pagesOf remembers, by call, a page after which another follows, and nil once a
// last page was seen.
type pagesOf map[string]*ingest.Document

// add notes a document and reports whether it is a whole answer or its last
// page.
func (p pagesOf) add(d ingest.Document) (last bool) {
	call := callOf(d)
	if !continues(d.Body) {
		p[call] = nil
		return true
	}
	if before, there := p[call]; !there || before != nil {
		p[call] = &d
	}
	return false
}

// cutOff reports answers whose last page is not there: what they do not name may
// exist all the same.
func (m *Mapping) cutOff(pages pagesOf) {
	for _, call := range slices.Sorted(maps.Keys(pages)) {
		if d := pages[call]; d != nil {
			m.gap(*d, graph.GapNotCollected, "", "the answer ends with a page that says another follows, which is not there: what is not in it is unknown")
		}
	}
}

package graph

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/postern-sec/postern/schema"
)

// Evidence is what makes an edge or verdict true: a document, the statement or
// rule in it, and one sentence for people.
type Evidence struct {
	// Document names the source: an ARN, a policy's name, or service:operation
	// with the resource it was called for.
	Document string `json:"document"`
	// Statement is a statement id or index, a rule number, or a JSON path;
	// empty when the whole document is meant.
	Statement string `json:"statement,omitempty"`
	// Summary is one sentence.
	Summary string `json:"summary"`
}

// Encode gives the form in which evidence is stored as a property: one line of
// JSON, the same bytes as encoding/json writes.
func (e Evidence) Encode() string {
	b := make([]byte, 0, len(`{"document":"","statement":"","summary":""}`)+len(e.Document)+len(e.Statement)+len(e.Summary)+16)
	b = append(b, `{"document":`...)
	b = appendJSON(b, e.Document)
	if e.Statement != "" {
		b = append(b, `,"statement":`...)
		b = appendJSON(b, e.Statement)
	}
	b = append(b, `,"summary":`...)
	b = appendJSON(b, e.Summary)
	return string(append(b, '}'))
}

// appendJSON appends s as a JSON string. What is not UTF-8 becomes U+FFFD; what
// is special to HTML or ends a line in JavaScript is escaped.
func appendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0 // what is not written yet
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if esc := escapes[c]; esc != "" {
				b = append(append(b, s[from:i]...), esc...)
				from = i + 1
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || r == '\u2028' || r == '\u2029' {
			b = append(append(b, s[from:i]...), fmt.Sprintf(`\u%04x`, r)...)
			from = i + n
		}
		i += n
	}
	return append(append(b, s[from:]...), '"')
}

// escapes are the ASCII characters that do not stand for themselves.
var escapes = func() (out [utf8.RuneSelf]string) {
	for _, c := range "<>&" {
		out[c] = fmt.Sprintf(`\u%04x`, c)
	}
	for c := range ' ' {
		out[c] = fmt.Sprintf(`\u%04x`, c)
	}
	for c, esc := range map[byte]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`} {
		out[c] = esc
	}
	return out
}()

// DecodeEvidence is the inverse of Encode.
func DecodeEvidence(s string) (Evidence, error) {
	var e Evidence
	if err := json.Unmarshal([]byte(s), &e); err != nil {
		return Evidence{}, fmt.Errorf("decode evidence: %w", err)
	}
	return e, nil
}

// AttackEdge is an edge that is a net gain for an attacker, with its proof.
type AttackEdge struct {
	From, To  string
	Kind      schema.EdgeKind
	Technique string // id in the catalogue
	Verdict   schema.Verdict
	// Witness holds the conditions of a conditional edge, in words or as
	// "key operator value, value".
	Witness    []string
	Assumes    schema.Assumption
	Confidence schema.Confidence
	Cost       int // 1 to 10
	AttackIDs  []string
	Evidence   []Evidence // at least one
	Ports      []string   // of network edges, e.g. tcp/443
	Sources    []string   // address ranges the edge is limited to; nil means anyone
	Variant    string
}

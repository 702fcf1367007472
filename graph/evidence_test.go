package graph

import (
	"encoding/json"
	"testing"
)

// FuzzEncode: evidence is encoded as encoding/json does it, whatever is in it.
func FuzzEncode(f *testing.F) {
	var ascii []byte
	for c := range byte(128) {
		ascii = append(ascii, c)
	}
	for _, s := range []string{"", string(ascii), "a\xffb\xc3", "\xed\xa0\x80", "\u2027\u2028\u2029\u202a", "\ufffd", "päß 🦊", "<a href=\"x\">&</a>\\"} {
		f.Add(s, "", s)
		f.Add("d", s, "s")
	}
	f.Fuzz(func(t *testing.T, document, statement, summary string) {
		e := Evidence{Document: document, Statement: statement, Summary: summary}
		want, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Encode(); got != string(want) {
			t.Errorf("%q: %s, want %s", e, got, want)
		}
	})
}

package snapshot

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strings"
	"unicode"

	"github.com/postern-sec/postern/ingest"
)

// Key names one call: who was asked, what, and for which resource.
type Key struct {
	Account    string   `json:"account"`
	Region     string   `json:"region"`
	Service    string   `json:"service"`
	Operation  string   `json:"operation"`
	Parameters []string `json:"parameters,omitempty"`
}

// KeyOf is the key of a document. A document without a region is global.
func KeyOf(d ingest.Document) Key {
	return Key{d.Account, cmp.Or(d.Region, "global"), d.Service, d.Operation, d.Parameters}
}

// maxName bounds a file name in bytes; file systems allow 255.
const maxName = 200

// Path is the call's place in a snapshot, with forward slashes.
func (k Key) Path() string {
	parts := []string{escape(k.Account), escape(cmp.Or(k.Region, "global")), escape(k.Service + "-" + Kebab(k.Operation))}
	for _, p := range k.Parameters {
		parts = append(parts, escape(p))
	}
	return path.Join(parts...) + ".json"
}

// escape makes a file name of any text: everything but letters, digits, "-", "_",
// "." and "~" is percent-encoded, and so is a leading dot. A name that would be
// too long keeps its beginning and ends in its hash.
func escape(s string) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '~', c == '.' && i > 0:
			b.WriteByte(c)
		default:
			b.WriteString("%" + string(hexDigits[c>>4]) + string(hexDigits[c&15]))
		}
	}
	name := b.String()
	switch {
	case name == "":
		return "%"
	case len(name) > maxName:
		sum := sha256.Sum256([]byte(s))
		return name[:maxName-33] + "~" + hex.EncodeToString(sum[:16])
	}
	return name
}

// Kebab spells an API operation as the AWS CLI does: DescribeDBInstances is
// describe-db-instances, ListOpenIDConnectProviders
// list-open-id-connect-providers. A word begins at an upper-case letter that
// follows a lower-case letter or a digit, or that ends a run of upper-case
// letters and is followed by a lower-case one; a run that ends in a plural s
// (ListACLs) is one word.
func Kebab(operation string) string {
	r := []rune(operation)
	plural := pluralRun(r)
	var b strings.Builder
	for i, c := range r {
		if i > 0 && unicode.IsUpper(c) && i <= plural {
			before := r[i-1]
			ends := unicode.IsUpper(before) && i+1 < len(r) && unicode.IsLower(r[i+1]) && i < plural
			if i == plural || ends || unicode.IsLower(before) || unicode.IsDigit(before) {
				b.WriteByte('-')
			}
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

// pluralRun is where the final run of two or more upper-case letters with a
// plural s begins, or the length if there is none.
func pluralRun(r []rune) int {
	n := len(r)
	if n < 3 || r[n-1] != 's' {
		return n
	}
	i := n - 1
	for i > 0 && unicode.IsUpper(r[i-1]) {
		i--
	}
	if n-1-i < 2 {
		return n
	}
	return i
}

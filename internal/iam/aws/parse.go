package aws

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Limits on foreign text. AWS's own quotas are far below (the largest policy is
// a 20 KB bucket policy or a 128 KB VPC endpoint policy), so whatever exceeds
// these is no policy AWS stores.
const (
	maxPolicyBytes = 4 << 20
	maxPolicyDepth = 24
)

// jsonValue is a parsed JSON value with its place, duplicate keys kept.
type jsonValue struct {
	offset int64
	kind   byte // s string, n number, b bool, 0 null, a array, o object
	text   string
	items  []jsonValue
	keys   []string
	// twice: a member of the object, or of one within it, is given twice. AWS
	// stores no such text, so nobody can say which one counts.
	twice bool
}

// policyParser parses one document and collects its warnings.
type policyParser struct {
	doc      Document
	short    shortARNs
	dec      *json.Decoder
	warnings []Warning
}

func (p *policyParser) warn(offset int64, format string, args ...any) {
	line := 0
	if o := int(offset); o >= 0 && o <= len(p.doc.JSON) {
		line = 1 + bytes.Count(p.doc.JSON[:o], []byte{'\n'})
	}
	p.warnings = append(p.warnings, Warning{
		Document: p.doc.ID, Source: p.doc.Source, Line: line, Offset: int(offset),
		Message: fmt.Sprintf(format, args...),
	})
}

// read parses the whole text into a value, or reports why it cannot.
func (p *policyParser) read() (jsonValue, bool) {
	text := p.doc.JSON
	switch {
	case len(text) > maxPolicyBytes:
		p.warn(0, "the policy has %d bytes; more than %d is not read", len(text), maxPolicyBytes)
		return jsonValue{}, false
	case !utf8.Valid(text):
		p.warn(int64(firstInvalid(text)), "the policy is not valid UTF-8")
		return jsonValue{}, false
	}
	p.dec = json.NewDecoder(bytes.NewReader(text))
	p.dec.UseNumber()
	v, err := p.value(0)
	if err != nil {
		p.warn(p.dec.InputOffset(), "the policy is not JSON: %v", err)
		return jsonValue{}, false
	}
	if _, err := p.dec.Token(); err != io.EOF {
		p.warn(p.dec.InputOffset(), "text follows the policy")
		return jsonValue{}, false
	}
	return v, true
}

func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(b)
}

func (p *policyParser) value(depth int) (jsonValue, error) {
	if depth > maxPolicyDepth {
		return jsonValue{}, fmt.Errorf("nested deeper than %d", maxPolicyDepth)
	}
	tok, err := p.dec.Token()
	if err != nil {
		return jsonValue{}, err
	}
	v := jsonValue{offset: p.dec.InputOffset()}
	switch t := tok.(type) {
	case string:
		v.kind, v.text = 's', cleanText(t)
	case json.Number:
		v.kind, v.text = 'n', t.String()
	case bool:
		v.kind, v.text = 'b', fmt.Sprint(t)
	case nil:
	case json.Delim:
		return p.compound(v, t, depth)
	}
	return v, nil
}

// cleanText keeps the two wildcard bytes out of policy text.
func cleanText(s string) string {
	if !isWild(s) {
		return s
	}
	return strings.NewReplacer("\x00", "\uFFFD", "\x01", "\uFFFD").Replace(s)
}

func (p *policyParser) compound(v jsonValue, open json.Delim, depth int) (jsonValue, error) {
	v.kind = 'a'
	if open == '{' {
		v.kind = 'o'
	}
	seen := map[string]bool{}
	for p.dec.More() {
		if v.kind == 'o' {
			key, err := p.dec.Token()
			if err != nil {
				return v, err
			}
			name := cleanText(key.(string))
			if seen[name] {
				p.warn(p.dec.InputOffset(), "member %q is given twice", name)
				v.twice = true
			}
			seen[name] = true
			v.keys = append(v.keys, name)
		}
		item, err := p.value(depth + 1)
		if err != nil {
			return v, err
		}
		v.twice = v.twice || item.twice && v.kind == 'o'
		v.items = append(v.items, item)
	}
	_, err := p.dec.Token()
	return v, err
}

// field finds a member by name. Element names are matched exactly; another
// spelling of the case is taken, with a warning, since a stored policy that AWS
// accepted must not lose its statement. One that is there in two spellings is
// given twice.
func (p *policyParser) field(v *jsonValue, name string) *jsonValue {
	var found *jsonValue
	for i, k := range v.keys {
		if !strings.EqualFold(k, name) {
			continue
		}
		if k != name {
			p.warn(v.items[i].offset, "element %q is written %q", name, k)
		}
		if found != nil {
			if !v.twice {
				p.warn(v.items[i].offset, "element %q is given twice", name)
			}
			v.twice = true
		}
		found = &v.items[i]
	}
	return found
}

// texts reads a scalar or a list of scalars as strings.
func (p *policyParser) texts(v *jsonValue, what string) ([]string, bool) {
	switch v.kind {
	case 's', 'n', 'b':
		return []string{v.text}, true
	case 'a':
		out := make([]string, 0, len(v.items))
		for i := range v.items {
			it := &v.items[i]
			if it.kind != 's' && it.kind != 'n' && it.kind != 'b' {
				p.warn(it.offset, "%s holds something that is not a string", what)
				return nil, false
			}
			out = append(out, it.text)
		}
		return out, true
	default:
		p.warn(v.offset, "%s is neither a string nor a list", what)
		return nil, false
	}
}

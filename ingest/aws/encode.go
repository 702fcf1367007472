package aws

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/aws/smithy-go/middleware"
)

// encode writes an answer of the SDK as the AWS CLI writes it: members that are
// absent are left out, times are RFC 3339 in UTC, bytes base64, a union is an
// object with the one member that is set. Lists and maps that stand directly in
// the answer are written even when they are absent: a call that answered without
// them has none, and "present and empty" is how a document says so.
func encode(s Service, out any) ([]byte, error) {
	e := encoder{service: s}
	v := reflect.ValueOf(out)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return nil, fmt.Errorf("encode: %T is no answer", out)
	}
	if err := e.object(v, true); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return e.b.Bytes(), nil
}

type encoder struct {
	service Service
	b       bytes.Buffer
}

var (
	timeType     = reflect.TypeFor[time.Time]()
	metadataType = reflect.TypeFor[middleware.Metadata]()
	documentType = reflect.TypeFor[interface{ MarshalSmithyDocument() ([]byte, error) }]()
)

// object writes a struct's members in the order of the SDK's type.
func (e *encoder) object(v reflect.Value, top bool) error {
	e.b.WriteByte('{')
	first := true
	for i := range v.NumField() {
		f, t := v.Field(i), v.Type().Field(i)
		if !t.IsExported() || t.Anonymous || f.Type() == metadataType || absentMember(f, top) {
			continue
		}
		if !first {
			e.b.WriteByte(',')
		}
		first = false
		e.text(e.spell(t.Name))
		e.b.WriteByte(':')
		if doc, ok := e.policy(t.Name, f); ok {
			e.b.WriteString(doc)
			continue
		}
		if err := e.value(f); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	e.b.WriteByte('}')
	return nil
}

// absentMember reports whether the answer did not have the member. Enumerations
// are strings in the SDK, empty when absent.
func absentMember(f reflect.Value, top bool) bool {
	switch f.Kind() {
	case reflect.Pointer, reflect.Interface:
		return f.IsNil()
	case reflect.Slice, reflect.Map:
		return f.IsNil() && (!top || f.Type().Elem().Kind() == reflect.Uint8)
	case reflect.String:
		return f.Len() == 0
	case reflect.Func, reflect.Chan:
		return true
	}
	return false
}

func (e *encoder) value(v reflect.Value) error {
	if v.Type() == timeType {
		e.text(v.Interface().(time.Time).UTC().Format(time.RFC3339Nano))
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			e.b.WriteString("null")
			return nil
		}
		return e.value(v.Elem())
	case reflect.Struct:
		return e.object(v, false)
	case reflect.Interface:
		return e.variant(v)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			e.text(base64.StdEncoding.EncodeToString(v.Bytes()))
			return nil
		}
		return e.list(v)
	case reflect.Map:
		return e.dictionary(v)
	case reflect.String:
		e.text(v.String())
		return nil
	}
	b, err := json.Marshal(v.Interface())
	if err != nil {
		return err
	}
	e.b.Write(b)
	return nil
}

func (e *encoder) list(v reflect.Value) error {
	e.b.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			e.b.WriteByte(',')
		}
		if err := e.value(v.Index(i)); err != nil {
			return fmt.Errorf("%d: %w", i, err)
		}
	}
	e.b.WriteByte(']')
	return nil
}

// dictionary writes a map, which in the SDK always has strings for keys, in the
// order of its keys. Keys are data and keep their case.
func (e *encoder) dictionary(v reflect.Value) error {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	e.b.WriteByte('{')
	for i, k := range keys {
		if i > 0 {
			e.b.WriteByte(',')
		}
		e.text(k.String())
		e.b.WriteByte(':')
		if err := e.value(v.MapIndex(k)); err != nil {
			return fmt.Errorf("%s: %w", k, err)
		}
	}
	e.b.WriteByte('}')
	return nil
}

// variant writes an interface: a document, or a union. The SDK's type of a
// union's member is named <Union>Member<Member> and holds it in Value; a member
// that is newer than the SDK is UnknownUnionMember and is written as the AWS CLI
// writes it.
func (e *encoder) variant(v reflect.Value) error {
	if v.IsNil() {
		e.b.WriteString("null")
		return nil
	}
	if v.Type().Implements(documentType) {
		return e.document(v)
	}
	c := v.Elem()
	for c.Kind() == reflect.Pointer && !c.IsNil() {
		c = c.Elem()
	}
	if c.Kind() != reflect.Struct {
		return fmt.Errorf("%s is neither a document nor a union", c.Type())
	}
	if tag := c.FieldByName("Tag"); tag.IsValid() && c.Type().Name() == "UnknownUnionMember" {
		e.b.WriteString(`{"SDK_UNKNOWN_MEMBER":{"name":`)
		e.text(tag.String())
		e.b.WriteString(`}}`)
		return nil
	}
	member, found := strings.CutPrefix(c.Type().Name(), v.Type().Name()+"Member")
	value := c.FieldByName("Value")
	if !found || !value.IsValid() {
		return fmt.Errorf("%s is neither a document nor a union", c.Type())
	}
	e.b.WriteByte('{')
	e.text(e.spell(member))
	e.b.WriteByte(':')
	if err := e.value(value); err != nil {
		return fmt.Errorf("%s: %w", member, err)
	}
	e.b.WriteByte('}')
	return nil
}

// document writes a member that holds JSON of any shape.
func (e *encoder) document(v reflect.Value) error {
	doc, ok := v.Interface().(interface{ MarshalSmithyDocument() ([]byte, error) })
	if !ok {
		return fmt.Errorf("%s is no document", v.Type())
	}
	b, err := doc.MarshalSmithyDocument()
	if err != nil {
		return err
	}
	if !json.Valid(b) {
		return fmt.Errorf("%s is not JSON", v.Type())
	}
	e.b.Write(b)
	return nil
}

// spell gives a member's name as the AWS CLI spells it for the service.
func (e *encoder) spell(name string) string {
	name = strings.TrimSuffix(name, "_") // the SDK's way out of Go's own names
	if !e.service.LowerCamel {
		return name
	}
	r, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(r)) + name[n:]
}

// policyMembers are IAM's members that hold a URL-encoded policy document, which
// the AWS CLI writes as an object. Source: IAM API Reference, PolicyDetail,
// RoleDetail, PolicyVersion, read 2026-11-23.
var policyMembers = []string{"PolicyDocument", "AssumeRolePolicyDocument", "Document"}

// maxPolicyDepth bounds the nesting of a policy that is written as an object. A
// deeper one is no policy; it stays the text it is, and costs nobody else's.
const maxPolicyDepth = 64

// policy gives an IAM policy document as JSON; not ok if the member is none, or
// is not JSON: then it is written as the text that was answered.
func (e *encoder) policy(name string, v reflect.Value) (string, bool) {
	if e.service.Name != "iam" || !slices.Contains(policyMembers, name) || v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.String {
		return "", false
	}
	doc, err := url.PathUnescape(v.Elem().String())
	if err != nil || !strings.HasPrefix(strings.TrimSpace(doc), "{") || nesting(doc) > maxPolicyDepth || !json.Valid([]byte(doc)) {
		return "", false
	}
	return doc, true
}

// nesting is an upper bound of a text's nesting as JSON.
func nesting(s string) int {
	depth, deepest := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '{', '[':
			depth++
			deepest = max(deepest, depth)
		case '}', ']':
			depth--
		}
	}
	return deepest
}

// text writes a JSON string, without escaping <, > and &.
func (e *encoder) text(s string) {
	enc := json.NewEncoder(&e.b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic("aws: a string is always JSON: " + err.Error())
	}
	e.b.Truncate(e.b.Len() - 1) // the encoder ends in a new line
}

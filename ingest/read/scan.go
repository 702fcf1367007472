package read

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/maphash"
)

// value is one JSON value of a file.
type value struct {
	start, end int
	kind       byte     // its first byte: { [ " t f n - or a digit
	keys       []string // of an object: its members, unquoted as they stand
	elements   int      // of an array

	body  []byte // the value as it is read on: without what mends took out
	mends mends
	wrong *fault // no part of the value can be told from the rest: it is not read
}

// syntaxError is an error at a place of a file.
type syntaxError struct {
	offset  int
	message string
}

// at gives the place as line:col, both from 1; the column counts bytes.
func (e *syntaxError) at(data []byte) string {
	before := data[:min(e.offset, len(data))]
	line := 1 + bytes.Count(before, []byte{'\n'})
	col := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Sprintf("%d:%d", line, col)
}

// scanner checks JSON without decoding it: syntax, nesting, number of elements,
// repeated members. It uses memory in proportion to the nesting and to the
// members of the objects that are open. Wrong syntax ends a value; what else is
// wrong costs the policy or the element of a list that it is in (mend.go).
type scanner struct {
	data  []byte
	pos   int
	seed  maphash.Seed
	stack []frame
}

// frame is an open object or array.
type frame struct {
	object   bool
	elements int
	names    []uint64            // hashes of members while they are few
	many     map[uint64]struct{} // and when they are not

	start     int    // where it begins
	name      []byte // of the member that is being read
	statement bool   // it has a member Statement
	comma     int    // before the element that is being read
	kept      bool   // an element before that comma stays
	cut       bool   // the element that was read last does not stay
	fault     *fault // the first fault that is not mended yet
	opaque    bool   // a fault for which it cannot stay as it stands
}

// fewNames is up to how many members are compared one by one.
const fewNames = 16

// keepKeys bounds the members that a value remembers; answers have fewer.
const keepKeys = 200

func newScanner(data []byte) *scanner { return &scanner{data: data, seed: maphash.MakeSeed()} }

// next scans the next value. It returns nil, nil at the end of the data. Lines
// between values that begin with # are comments.
func (s *scanner) next() (*value, *syntaxError) {
	s.space()
	for s.pos < len(s.data) && s.data[s.pos] == '#' {
		s.nextLine()
		s.space()
	}
	if s.pos == len(s.data) {
		return nil, nil
	}
	v := &value{start: s.pos, kind: s.data[s.pos]}
	s.stack = s.stack[:0]
	if err := s.scan(v); err != nil {
		return nil, err
	}
	v.end = s.pos
	v.body = v.mends.apply(s.data, v.start, v.end)
	return v, nil
}

// nextLine moves behind the next line end.
func (s *scanner) nextLine() {
	if i := bytes.IndexByte(s.data[s.pos:], '\n'); i >= 0 {
		s.pos += i + 1
		return
	}
	s.pos = len(s.data)
}

func (s *scanner) fail(format string, args ...any) *syntaxError {
	return &syntaxError{s.pos, fmt.Sprintf(format, args...)}
}

func (s *scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// scan reads one value, without recursion: nesting is the attacker's choice.
func (s *scanner) scan(v *value) *syntaxError {
	for {
		opened, err := s.begin(v)
		if err != nil {
			return err
		}
		if opened {
			continue // an element follows
		}
		more, err := s.after(v)
		if err != nil || !more {
			return err
		}
	}
}

// begin reads a scalar, or opens an object or array and, if it is not empty,
// stops before its first element.
func (s *scanner) begin(v *value) (opened bool, err *syntaxError) {
	if s.pos >= len(s.data) {
		return false, s.fail("the file ends inside a value")
	}
	switch c := s.data[s.pos]; {
	case c == '{' || c == '[':
		return s.open(v, c == '{')
	case c == '"':
		_, err = s.text()
		return false, err
	case c == '-' || c >= '0' && c <= '9':
		return false, s.number()
	default:
		return false, s.word()
	}
}

func (s *scanner) open(v *value, object bool) (bool, *syntaxError) {
	if len(s.stack) == MaxDepth {
		s.fault(s.pos, true, fmt.Sprintf("nested deeper than %d", MaxDepth))
		return false, s.skipValue()
	}
	s.push(object)
	s.pos++
	s.space()
	if s.pos < len(s.data) && (object && s.data[s.pos] == '}' || !object && s.data[s.pos] == ']') {
		return false, nil // after closes it
	}
	return true, s.element(v)
}

// push opens a frame, reusing the memory of an earlier one.
func (s *scanner) push(object bool) {
	if len(s.stack) < cap(s.stack) {
		s.stack = s.stack[:len(s.stack)+1]
		f := &s.stack[len(s.stack)-1]
		*f = frame{object: object, names: f.names[:0], start: s.pos}
		return
	}
	s.stack = append(s.stack, frame{object: object, start: s.pos})
}

// element counts an element of the innermost frame and reads its name.
func (s *scanner) element(v *value) *syntaxError {
	f := &s.stack[len(s.stack)-1]
	if f.elements++; f.elements == MaxElements+1 {
		s.fault(s.pos, true, fmt.Sprintf("more than %d elements in one list", MaxElements))
	}
	if len(s.stack) == 1 {
		v.elements = f.elements
	}
	s.space()
	if !f.object {
		return nil
	}
	if s.pos >= len(s.data) || s.data[s.pos] != '"' {
		return s.expected("a member's name")
	}
	start := s.pos
	name, err := s.text()
	if err != nil {
		return err
	}
	name = unescaped(name)
	f.name = name
	f.statement = f.statement || bytes.EqualFold(name, []byte("statement"))
	if f.elements <= MaxElements && f.repeated(maphash.Bytes(s.seed, name)) {
		s.fault(start, false, fmt.Sprintf("member %.80q is there twice", name))
	}
	if len(s.stack) == 1 && len(v.keys) < keepKeys {
		v.keys = append(v.keys, string(name))
	}
	s.space()
	if s.pos >= len(s.data) || s.data[s.pos] != ':' {
		return s.expected("a colon")
	}
	s.pos++
	s.space()
	return nil
}

// unescaped gives a member's name as it is meant: it may be spelled in several
// ways.
func unescaped(name []byte) []byte {
	if bytes.IndexByte(name, '\\') < 0 {
		return name
	}
	var s string
	if json.Unmarshal(append(append([]byte{'"'}, name...), '"'), &s) != nil {
		return name
	}
	return []byte(s)
}

// repeated notes a member's hash and reports whether it was there.
func (f *frame) repeated(h uint64) bool {
	if f.many != nil {
		_, there := f.many[h]
		f.many[h] = struct{}{}
		return there
	}
	for _, x := range f.names {
		if x == h {
			return true
		}
	}
	f.names = append(f.names, h)
	if len(f.names) > fewNames {
		f.many = make(map[uint64]struct{}, 2*len(f.names))
		for _, x := range f.names {
			f.many[x] = struct{}{}
		}
	}
	return false
}

// after closes frames and moves to the next element; more is false when the
// outermost value is complete.
func (s *scanner) after(v *value) (more bool, err *syntaxError) {
	for len(s.stack) > 0 {
		s.space()
		if s.pos >= len(s.data) {
			return false, s.fail("the file ends inside a value")
		}
		f := &s.stack[len(s.stack)-1]
		closing := byte(']')
		if f.object {
			closing = '}'
		}
		switch s.data[s.pos] {
		case closing:
			s.pos++
			s.leave(v)
		case ',':
			if f.elements == 0 {
				return false, s.expected("an element")
			}
			f.kept, f.cut = f.kept || !f.cut, false
			f.comma = s.pos
			s.pos++
			return true, s.element(v)
		default:
			return false, s.expected("a comma or " + string(closing))
		}
	}
	return false, nil
}

func (s *scanner) expected(what string) *syntaxError {
	if s.pos >= len(s.data) {
		return s.fail("the file ends where %s should stand", what)
	}
	return s.fail("%q where %s should stand", s.data[s.pos], what)
}

// text reads a string and returns what stands between its quotes.
func (s *scanner) text() ([]byte, *syntaxError) {
	start := s.pos + 1
	for i := start; i < len(s.data); i++ {
		switch c := s.data[i]; {
		case c == '"':
			s.pos = i + 1
			return s.data[start:i], nil
		case c == '\\':
			i++
		case c < 0x20:
			s.pos = i
			return nil, s.fail("control character %q in a string", c)
		}
	}
	s.pos = len(s.data)
	return nil, s.fail("the file ends inside a string")
}

func (s *scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.data) && s.data[s.pos] >= '0' && s.data[s.pos] <= '9' {
		s.pos++
	}
	return s.pos > start
}

func (s *scanner) skip(set string) bool {
	if s.pos < len(s.data) && bytes.IndexByte([]byte(set), s.data[s.pos]) >= 0 {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) number() *syntaxError {
	s.skip("-")
	if !s.skip("0") && !s.digits() {
		return s.expected("a digit")
	}
	if s.skip(".") && !s.digits() {
		return s.expected("a digit")
	}
	if s.skip("eE") {
		s.skip("+-")
		if !s.digits() {
			return s.expected("a digit")
		}
	}
	return nil
}

func (s *scanner) word() *syntaxError {
	for _, w := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(s.data[s.pos:], []byte(w)) {
			s.pos += len(w)
			return nil
		}
	}
	return s.expected("a JSON value")
}

// elementsOf splits an array that was scanned already.
func elementsOf(v *value) []*value {
	s := newScanner(v.body)
	s.pos = 1
	var out []*value
	for s.pos < len(v.body)-1 {
		if s.space(); s.data[s.pos] == ',' {
			s.pos++
			continue
		}
		if s.data[s.pos] == ']' {
			break
		}
		e, err := s.next()
		if err != nil || e == nil {
			break
		}
		out = append(out, e)
	}
	return out
}

package read

import (
	"fmt"
	"slices"
	"strings"
)

// What is wrong inside a value without breaking its syntax (a member that is
// there twice, nesting that no provider writes) costs as little as can be told:
//
//   - inside a policy, the policy. A repeated member stays: the permission
//     engine sees that nobody can say which of the two counts, and what hangs on
//     the policy is unknown. What cannot be carried on is replaced by a text
//     that is no policy, which has the same effect.
//   - elsewhere, the element of the outermost list of the answer: a role, a
//     bucket. It is left out, and the list does not count as complete. An inner
//     element alone would not do: a role without the one policy that denies is
//     another role.
//   - where there is no list, the value.

// fault is something wrong at a place of a value.
type fault struct {
	offset  int
	message string
	path    string // where it is, as RoleDetailList[3].Tags[0]
}

// syntaxError is the report of a fault; effect says what follows from it.
func (f *fault) syntaxError(effect string) *syntaxError {
	text := f.message
	if f.path != "" {
		text += ", in " + f.path
	}
	return &syntaxError{f.offset, text + effect}
}

// mends are what was taken out of a value.
type mends struct {
	edits    []cut
	first    []*syntaxError // at most MaxGapsPerFile
	faults   int            // policies and elements with a fault
	elements int            // that were left out
}

// cut replaces bytes of the file.
type cut struct {
	from, to int
	with     string
}

// apply gives the value without what was taken out. It is a part of data if
// nothing was.
func (m *mends) apply(data []byte, start, end int) []byte {
	if len(m.edits) == 0 {
		return data[start:end]
	}
	// Policies inside an element that was left out later go with it.
	slices.SortFunc(m.edits, func(a, b cut) int { return a.from - b.from })
	out := make([]byte, 0, end-start)
	for _, e := range m.edits {
		if e.from < start {
			continue
		}
		out = append(append(out, data[start:e.from]...), e.with...)
		start = e.to
	}
	return append(out, data[start:end]...)
}

func (m *mends) report(e *syntaxError) {
	if m.faults++; m.faults <= MaxGapsPerFile {
		m.first = append(m.first, e)
	}
}

// fault notes a fault of the innermost frame, or, with nothing open, of the
// value. opaque faults cannot be carried on as they stand.
func (s *scanner) fault(offset int, opaque bool, message string) {
	f := &s.stack[len(s.stack)-1]
	if f.fault == nil {
		f.fault = &fault{offset, message, s.path()}
	}
	f.opaque = f.opaque || opaque
}

// path writes where the innermost frame is.
func (s *scanner) path() string {
	const most = 200
	var b strings.Builder
	for _, f := range s.stack[:len(s.stack)-1] {
		switch {
		case !f.object:
			fmt.Fprintf(&b, "[%d]", f.elements-1)
		case plainName(f.name):
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.Write(f.name)
		default:
			fmt.Fprintf(&b, "[%.40q]", f.name)
		}
		if b.Len() > most {
			return strings.ToValidUTF8(b.String()[:most], "") + "…"
		}
	}
	return b.String()
}

func plainName(name []byte) bool {
	for _, c := range name {
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return len(name) > 0
}

// leave closes the innermost frame, whose last byte was read, and settles its
// faults or hands them to the frame around it.
func (s *scanner) leave(v *value) {
	f := s.stack[len(s.stack)-1]
	s.stack = s.stack[:len(s.stack)-1]
	switch around := len(s.stack) - 1; {
	case f.fault == nil:
	case around < 0:
		v.wrong = f.fault
	case s.policy(around, f):
		v.mends.report(f.fault.syntaxError(": the policy is not understood, and what depends on it is unknown"))
		if f.opaque {
			v.mends.edits = append(v.mends.edits, cut{f.start, s.pos, `"a policy that is not understood"`})
		}
	case s.list(around):
		v.mends.report(f.fault.syntaxError(": the entry of the list was left out"))
		v.mends.elements++
		v.mends.edits = append(v.mends.edits, s.without(around, f))
	default:
		outer := &s.stack[around]
		if outer.fault == nil {
			outer.fault = f.fault
		}
		outer.opaque = outer.opaque || f.opaque
	}
}

// policyNames are the members that hold a policy, lower case: services'
// API references, and the AWS CLI where it decodes what travels as a string.
var policyNames = []string{"policy", "policytext", "resourcepolicy", "repositorypolicy", "repositorypolicytext", "accesspolicies", "document", "content"}

// policy reports whether a frame that was closed is a policy: its member is
// called like one, and it looks like one.
func (s *scanner) policy(around int, f frame) bool {
	outer := &s.stack[around]
	if !f.object || !outer.object {
		return false
	}
	name := strings.ToLower(string(outer.name))
	return strings.HasSuffix(name, "policydocument") || f.statement && slices.Contains(policyNames, name)
}

// list reports whether a frame is the list whose elements are told apart: the
// outermost that is a member of an object, or, without one, the outermost.
func (s *scanner) list(i int) bool {
	if s.stack[i].object {
		return false
	}
	for j := 1; j < i; j++ {
		if !s.stack[j].object && s.stack[j-1].object {
			return false
		}
	}
	return i == 0 || s.stack[i-1].object
}

// without takes an element that was just read out of its list, with the comma
// that it does not need.
func (s *scanner) without(list int, f frame) cut {
	l := &s.stack[list]
	l.cut = true
	if l.kept {
		return cut{l.comma, s.pos, ""}
	}
	end := s.pos
	if s.space(); s.pos < len(s.data) && s.data[s.pos] == ',' {
		end = s.pos + 1
	}
	return cut{f.start, end, ""}
}

// maxSkipped bounds the nesting of what is skipped.
const maxSkipped = 1 << 20

// skipValue moves behind an object or array without looking at more than its
// strings and brackets; what it holds is not read.
func (s *scanner) skipValue() *syntaxError {
	var open []byte
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; c {
		case '"':
			if _, err := s.text(); err != nil {
				return err
			}
			continue
		case '{', '[':
			if len(open) == maxSkipped {
				return s.fail("nested deeper than %d", maxSkipped)
			}
			open = append(open, c+2) // its closing bracket, in ASCII
		case '}', ']':
			if open[len(open)-1] != c {
				return s.expected("a comma or " + string(open[len(open)-1]))
			}
			open = open[:len(open)-1]
		}
		if s.pos++; len(open) == 0 {
			return nil
		}
	}
	return s.fail("the file ends inside a value")
}

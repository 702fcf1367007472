package neo4j

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// scanner finds its way in the text of a query that has been parsed before, so
// it may trust what it meets.
type scanner struct {
	text string
	at   int
}

// blanks skips white space and comments.
func (s *scanner) blanks() {
	for s.at < len(s.text) {
		rest := s.text[s.at:]
		switch {
		case strings.HasPrefix(rest, "//"):
			s.skipPast("\n")
		case strings.HasPrefix(rest, "/*"):
			s.skipPast("*/")
		default:
			r, size := utf8.DecodeRuneInString(rest)
			if !unicode.IsSpace(r) {
				return
			}
			s.at += size
		}
	}
}

func (s *scanner) skipPast(mark string) {
	i := strings.Index(s.text[s.at+1:], mark)
	if i < 0 {
		s.at = len(s.text)
		return
	}
	s.at += 1 + i + len(mark)
}

// word skips a name, quoted or not. It reports whether there was one.
func (s *scanner) word() bool {
	start := s.at
	if s.at < len(s.text) && s.text[s.at] == '`' {
		for s.at++; s.at < len(s.text); s.at++ {
			if s.text[s.at] != '`' {
				continue
			}
			if !strings.HasPrefix(s.text[s.at:], "``") {
				s.at++
				return true
			}
			s.at++
		}
		return true
	}
	for s.at < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '_' && r != '$' {
			break
		}
		s.at += size
	}
	return s.at > start
}

// upper returns the word that stands here in upper case, without skipping it.
func (s *scanner) upper() string {
	look := *s
	look.word()
	return strings.ToUpper(s.text[s.at:look.at])
}

// labelEnd skips a label expression and returns where it ends: before a map, a
// WHERE behind an operand, or the closing bracket of the node.
func (s *scanner) labelEnd() int {
	depth, operand := 0, false
	end := s.at
	for {
		s.blanks()
		if s.at >= len(s.text) {
			return end
		}
		switch c := s.text[s.at]; {
		case c == '(':
			depth, operand = depth+1, false
			s.at++
		case c == ')' && depth == 0, c == '{':
			return end
		case c == ')':
			depth, operand = depth-1, true
			s.at++
		case c == '|' || c == '&' || c == '!' || c == ':':
			operand = false
			s.at++
		case c == '%':
			operand = true
			s.at++
		case operand || !s.word():
			return end
		default:
			operand = true
		}
		end = s.at
	}
}

// untilCallEnd skips the name of a procedure, its empty argument list, and
// YIELD with its columns. Behind it stand WHERE, another clause, or nothing.
func (s *scanner) untilCallEnd() {
	skip := func(symbol byte) bool {
		look := *s
		look.blanks()
		if look.at < len(s.text) && s.text[look.at] == symbol {
			s.at = look.at + 1
			return true
		}
		return false
	}
	s.blanks()
	for s.word() && skip('.') {
		s.blanks()
	}
	if skip('(') {
		skip(')')
	}
	look := *s
	look.blanks()
	if look.upper() != "YIELD" {
		return
	}
	look.word()
	*s = look
	if skip('*') {
		return
	}
	for {
		s.blanks()
		s.word()
		look := *s
		look.blanks()
		if look.upper() == "AS" {
			look.word()
			look.blanks()
			look.word()
			*s = look
		}
		if !skip(',') {
			return
		}
	}
}

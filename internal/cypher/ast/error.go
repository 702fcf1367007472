package ast

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Kind says at which stage a query was refused, and so who can mend it.
type Kind uint8

// The kinds of Error. Syntax, Semantic and Unsupported are found before anything runs; Runtime depends on
// the data; Limit is a bound of the engine itself.
const (
	Syntax Kind = iota
	Semantic
	Unsupported
	Runtime
	Limit
)

// String names the kind in lower case.
func (k Kind) String() string {
	return [...]string{"syntax", "semantic", "unsupported", "runtime", "limit"}[k]
}

// Error is a refusal of a query, with the place in its text.
type Error struct {
	// Line and Col count from 1; Col counts characters. Both are 0 when the error has no place.
	Line, Col int
	Kind      Kind
	// Code is the detail name that the openCypher TCK gives to this error, such as UndefinedVariable; it is
	// stable and fit for decisions in code. Type is the TCK's name of the family, such as SyntaxError.
	Code, Type string
	Message    string
	// Suggestion says what to write instead; "" when there is nothing to say.
	Suggestion string
	// Offset is the place as a byte offset, -1 when there is none.
	Offset int
}

// Error is line:col: message, with the suggestion behind it.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Line > 0 {
		fmt.Fprintf(&b, "%d:%d: ", e.Line, e.Col)
	}
	b.WriteString(e.Message)
	if e.Suggestion != "" {
		b.WriteString("; ")
		b.WriteString(e.Suggestion)
	}
	return b.String()
}

// Errorf makes an error of the family that belongs to the kind, at a byte offset of the text.
func Errorf(kind Kind, code string, at Pos, format string, args ...any) *Error {
	family := "SyntaxError"
	if kind == Runtime {
		family = "TypeError"
	}
	return &Error{Kind: kind, Code: code, Type: family, Offset: int(at), Message: fmt.Sprintf(format, args...)}
}

// Hint sets what to write instead and returns the error.
func (e *Error) Hint(format string, args ...any) *Error {
	e.Suggestion = fmt.Sprintf(format, args...)
	return e
}

// Family sets the TCK's name of the family and returns the error.
func (e *Error) Family(name string) *Error {
	e.Type = name
	return e
}

// Locate fills Line and Col from Offset.
func (e *Error) Locate(text string) *Error {
	if e.Offset >= 0 {
		e.Line, e.Col = Position(text, Pos(e.Offset))
	}
	return e
}

// Position turns a byte offset into a line and a column, both from 1; the column counts characters.
func Position(text string, at Pos) (line, col int) {
	offset := min(int(at), len(text))
	before := text[:offset]
	line = 1 + strings.Count(before, "\n")
	col = 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	return line, col
}

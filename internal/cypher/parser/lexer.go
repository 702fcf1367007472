package parser

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postern-sec/postern/internal/cypher/ast"
)

// tokenKind is the class of a token; operators and brackets are told apart by their text.
type tokenKind uint8

const (
	end tokenKind = iota
	word
	quotedWord
	integer
	float
	text
	parameter
	symbol
	badNumber
)

// token is one word of the query: the bytes from start to stop. For a bracket, match is the index of its partner, or -1.
type token struct {
	start, stop int32
	match       int32
	kind        tokenKind
}

// MaxText is the largest query that is read, in bytes.
const MaxText = 4 << 20

// symbols of two characters come before those of one that they begin with.
var symbols = []string{"..", "<>", "<=", ">=", "=~", "||", "::", "+=", "!="}

// lex cuts the text into tokens. The last token is always end.
func lex(source string) ([]token, *ast.Error) {
	if len(source) > MaxText {
		return nil, ast.Errorf(ast.Limit, "QueryTooLong", 0, "the query has %d bytes, at most %d are read", len(source), MaxText)
	}
	lx := lexer{source: source, tokens: make([]token, 0, len(source)/4+8)}
	for {
		if err := lx.skipBlank(); err != nil {
			return nil, err
		}
		if lx.at >= len(source) {
			break
		}
		if err := lx.next(); err != nil {
			return nil, err
		}
	}
	lx.add(end, lx.at)
	return lx.tokens, nil
}

type lexer struct {
	source string
	at     int
	tokens []token
	open   []int32
}

func (lx *lexer) add(kind tokenKind, start int) {
	lx.tokens = append(lx.tokens, token{kind: kind, start: int32(start), stop: int32(lx.at), match: -1})
}

func (lx *lexer) skipBlank() *ast.Error {
	for lx.at < len(lx.source) {
		rest := lx.source[lx.at:]
		switch {
		case rest[0] == ' ' || rest[0] == '\n' || rest[0] == '\t' || rest[0] == '\r':
			lx.at++
		case strings.HasPrefix(rest, "//"):
			if i := strings.IndexByte(rest, '\n'); i >= 0 {
				lx.at += i
			} else {
				lx.at = len(lx.source)
			}
		case strings.HasPrefix(rest, "/*"):
			i := strings.Index(rest[2:], "*/")
			if i < 0 {
				return ast.Errorf(ast.Syntax, "UnexpectedSyntax", ast.Pos(lx.at), "the comment is not closed").Hint("end it with */")
			}
			lx.at += i + 4
		default:
			r, size := utf8.DecodeRuneInString(rest)
			if r < utf8.RuneSelf || !unicode.IsSpace(r) {
				if r >= utf8.RuneSelf || !(r == '\f' || r == '\v' || r >= 0x1c && r <= 0x1f) {
					return nil
				}
			}
			lx.at += size
		}
	}
	return nil
}

func (lx *lexer) next() *ast.Error {
	start := lx.at
	c := lx.source[start]
	switch {
	case c == '\'' || c == '"':
		return lx.quoted(c, text)
	case c == '`':
		return lx.quoted(c, quotedWord)
	case c == '$':
		return lx.parameter()
	case isDigit(c), c == '.' && start+1 < len(lx.source) && isDigit(lx.source[start+1]) && !lx.afterOperand():
		return lx.number()
	}
	r, size := utf8.DecodeRuneInString(lx.source[start:])
	if r == utf8.RuneError && size <= 1 {
		return ast.Errorf(ast.Syntax, "InvalidUnicodeCharacter", ast.Pos(start), "the byte 0x%02x is not valid UTF-8", c)
	}
	if isNameStart(r) {
		lx.at = nameEnd(lx.source, start)
		lx.add(word, start)
		return nil
	}
	return lx.symbol(r, size)
}

// afterOperand says whether a dot here follows something that can have a property, as in `a.0`: not a number then.
func (lx *lexer) afterOperand() bool {
	if len(lx.tokens) == 0 {
		return false
	}
	last := lx.tokens[len(lx.tokens)-1]
	return int(last.stop) == lx.at && (last.kind == word || last.kind == quotedWord || lx.source[last.start] == ')' || lx.source[last.start] == ']')
}

func (lx *lexer) symbol(r rune, size int) *ast.Error {
	start := lx.at
	for _, s := range symbols {
		if strings.HasPrefix(lx.source[start:], s) {
			lx.at += len(s)
			lx.add(symbol, start)
			return nil
		}
	}
	if !strings.ContainsRune("()[]{}<>=+-*/%^.,:;|&!?", r) {
		if plain := plainSymbol(r); plain != 0 {
			return ast.Errorf(ast.Unsupported, "InvalidUnicodeCharacter", ast.Pos(start), "the character %q is not in the dialect", r).Hint("write %c", plain)
		}
		if r == '\\' && strings.HasPrefix(lx.source[start+1:], "u") {
			return ast.Errorf(ast.Unsupported, "InvalidUnicodeLiteral", ast.Pos(start), `\u stands only in strings`).Hint("write the character itself")
		}
		code := "UnexpectedSyntax"
		if r >= utf8.RuneSelf {
			code = "InvalidUnicodeCharacter"
		}
		return ast.Errorf(ast.Syntax, code, ast.Pos(start), "the character %q has no meaning here", r)
	}
	lx.at += size
	lx.add(symbol, start)
	lx.pair(r)
	return nil
}

// plainSymbol is what a dash or an arrow head of Neo4j stands for, 0 for other characters.
func plainSymbol(r rune) rune {
	switch r {
	case 0x00ad, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0xfe58, 0xfe63, 0xff0d:
		return '-'
	case 0x27e8, 0x3008, 0xfe64, 0xff1c:
		return '<'
	case 0x27e9, 0x3009, 0xfe65, 0xff1e:
		return '>'
	}
	return 0
}

// pair joins a closing bracket with its opening one, so that the parser can look behind a group in one step.
func (lx *lexer) pair(r rune) {
	self := int32(len(lx.tokens) - 1)
	switch r {
	case '(', '[', '{':
		lx.open = append(lx.open, self)
	case ')', ']', '}':
		if n := len(lx.open); n > 0 {
			lx.tokens[lx.open[n-1]].match, lx.tokens[self].match = self, lx.open[n-1]
			lx.open = lx.open[:n-1]
		}
	}
}

func (lx *lexer) quoted(quote byte, kind tokenKind) *ast.Error {
	start := lx.at
	for i := start + 1; i < len(lx.source); i++ {
		switch c := lx.source[i]; {
		case c == '\\' && kind == text:
			i++
		case c == quote && kind == quotedWord && i+1 < len(lx.source) && lx.source[i+1] == quote:
			i++
		case c == quote:
			lx.at = i + 1
			lx.add(kind, start)
			return nil
		}
	}
	return ast.Errorf(ast.Syntax, "UnexpectedSyntax", ast.Pos(start), "the quotation is not closed").Hint("end it with %c", quote)
}

func (lx *lexer) parameter() *ast.Error {
	start := lx.at
	lx.at++
	rest := lx.source[lx.at:]
	if strings.HasPrefix(rest, "`") {
		if err := lx.quoted('`', parameter); err != nil {
			return err
		}
		lx.tokens[len(lx.tokens)-1].start = int32(start)
		return nil
	}
	for lx.at < len(lx.source) {
		r, size := utf8.DecodeRuneInString(lx.source[lx.at:])
		if !isNamePart(r) {
			break
		}
		lx.at += size
	}
	if lx.at == start+1 && strings.HasPrefix(rest, "(") {
		return ast.Errorf(ast.Unsupported, "InvalidParameterUse", ast.Pos(start), "a label or type cannot be computed").Hint("write the name itself")
	}
	if blank := strings.TrimLeft(rest, " \t\r\n"); lx.at == start+1 && blank != rest {
		return ast.Errorf(ast.Unsupported, "UnexpectedSyntax", ast.Pos(start), "a blank behind $ is not in the dialect").Hint("write $name")
	}
	if lx.at == start+1 {
		return ast.Errorf(ast.Syntax, "UnexpectedSyntax", ast.Pos(start), "a parameter has a name").Hint("write $name")
	}
	lx.add(parameter, start)
	return nil
}

func (lx *lexer) number() *ast.Error {
	start, s := lx.at, lx.source
	i := start
	kind := integer
	if s[i] == '0' && i+1 < len(s) && (s[i+1]|0x20 == 'x' || s[i+1]|0x20 == 'o') {
		i += 2
		for i < len(s) && (isDigit(s[i]) || isLetter(s[i]) || s[i] == '_') {
			i++
		}
		lx.at = i
		lx.add(integer, start)
		return nil
	}
	for i < len(s) && (isDigit(s[i]) || s[i] == '_' && isDigit(s[i-1]) && i+1 < len(s) && isDigit(s[i+1])) {
		i++
	}
	if i+1 < len(s) && s[i] == '.' && isDigit(s[i+1]) {
		kind = float
		for i++; i < len(s) && (isDigit(s[i]) || s[i] == '_' && isDigit(s[i-1]) && i+1 < len(s) && isDigit(s[i+1])); i++ {
		}
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		j := i + 1
		if j < len(s) && (s[j] == '-' || s[j] == '+') {
			j++
		}
		if j < len(s) && isDigit(s[j]) {
			kind = float
			for i = j; i < len(s) && (isDigit(s[i]) || s[i] == '_' && i+1 < len(s) && isDigit(s[i+1])); i++ {
			}
		}
	}
	if i < len(s) && isLetter(s[i]) || i < len(s) && s[i] == '_' {
		// Whether this is a bad number or a bad name depends on what the parser wants here.
		i, kind = nameEnd(s, i), badNumber
	}
	lx.at = i
	lx.add(kind, start)
	return nil
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isNameStart(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.Is(unicode.Nl, r) || unicode.Is(unicode.Pc, r)
}

func isNamePart(r rune) bool {
	return isNameStart(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Mc, r) || unicode.Is(unicode.Sc, r)
}

func nameEnd(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isNamePart(r) {
			break
		}
		i += size
	}
	return i
}

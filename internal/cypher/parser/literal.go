package parser

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// unquote decodes the escapes of a string literal, quotes included.
func unquote(raw string, at ast.Pos) (string, *ast.Error) {
	body := raw[1 : len(raw)-1]
	if strings.IndexByte(body, '\\') < 0 {
		return body, nil
	}
	var b strings.Builder
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' {
			b.WriteByte(body[i])
			continue
		}
		i++
		if i >= len(body) {
			break
		}
		if plain := strings.IndexByte(`\'"bfnrt`+"`", body[i]); plain >= 0 {
			b.WriteByte("\\'\"\b\f\n\r\t`"[plain])
			continue
		}
		if body[i] != 'u' { // no escape: the backslash stands for itself, as in Neo4j
			b.WriteByte('\\')
			b.WriteByte(body[i])
			continue
		}
		unit, ok := hexUnit(body[i:])
		if !ok {
			return "", ast.Errorf(ast.Syntax, "InvalidUnicodeLiteral", at+ast.Pos(i), `\u needs 4 hexadecimal digits of a character`)
		}
		i += 4
		// Two halves of a character beyond the first 65,536 stand side by side.
		if i+2 < len(body) && body[i+1] == '\\' {
			if low, ok := hexUnit(body[i+2:]); ok && utf16.DecodeRune(unit, low) != unicode.ReplacementChar {
				unit, i = utf16.DecodeRune(unit, low), i+6
			}
		}
		// Neo4j reads \u before it looks for the end of a string, and keeps halves of characters, which no text in UTF-8 can hold.
		if utf16.IsSurrogate(unit) || unit == '\\' || unit == rune(raw[0]) {
			return "", ast.Errorf(ast.Unsupported, "InvalidUnicodeLiteral", at+ast.Pos(i), `\u for half a character, a backslash or the quotation mark around is not in the dialect`).
				Hint(`write the whole character; \\ and \%c for the others`, raw[0])
		}
		b.WriteRune(unit)
	}
	return b.String(), nil
}

// hexUnit reads u and four hexadecimal digits.
func hexUnit(s string) (rune, bool) {
	if len(s) < 5 || s[0] != 'u' {
		return 0, false
	}
	code, err := strconv.ParseUint(s[1:5], 16, 16)
	return rune(code), err == nil
}

// parseNumber reads an integer or float literal. A minus sign before it is passed in, because the smallest integer has no positive partner.
func parseNumber(raw string, kind tokenKind, negative bool, at ast.Pos) (value.Value, *ast.Error) {
	written := raw
	if !strings.HasSuffix(raw, "_") {
		raw = strings.ReplaceAll(raw, "_", "")
	}
	if kind == float {
		f, err := strconv.ParseFloat(raw, 64)
		if err != nil || math.IsInf(f, 0) {
			return value.Value{}, ast.Errorf(ast.Syntax, "FloatingPointOverflow", at, "%s is too large for a float", raw)
		}
		if negative {
			f = -f
		}
		return value.OfFloat(f), nil
	}
	base, digits := 10, raw
	if len(raw) > 1 && raw[0] == '0' {
		switch raw[1] {
		case 'x':
			base, digits = 16, raw[2:]
		case 'o':
			base, digits = 8, raw[2:]
		default:
			return value.Value{}, ast.Errorf(ast.Syntax, "InvalidNumberLiteral", at, "%s is not a number", written).
				Hint("write 0x for hexadecimal, 0o for octal, and no other number with a 0 in front")
		}
	}
	if strings.ContainsRune(digits, '_') {
		return value.Value{}, ast.Errorf(ast.Syntax, "InvalidNumberLiteral", at, "%q is not a number", raw)
	}
	if negative {
		digits = "-" + digits
	}
	n, err := strconv.ParseInt(digits, base, 64)
	if errors.Is(err, strconv.ErrRange) {
		return value.Value{}, ast.Errorf(ast.Syntax, "IntegerOverflow", at, "%s is outside the range of integers (64 bits)", raw)
	}
	if err != nil {
		return value.Value{}, ast.Errorf(ast.Syntax, "InvalidNumberLiteral", at, "%q is not a number", raw)
	}
	return value.OfInt(n), nil
}

var (
	nan = math.NaN()
	inf = math.Inf(1)
)

package cypher

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/postern-sec/postern/internal/cypher/value"
)

// str reads a string argument; an argument of another kind is an error.
func (c call) str(v Value) string {
	if v.Kind() != value.String {
		c.wrong(v)
	}
	return v.Str()
}

// count reads an argument that counts characters.
func (c call) count(v Value) int {
	if v.Kind() != value.Int {
		c.wrong(v)
	}
	if v.Int() < 0 {
		runtimeError(c.at, "ArgumentError", "NumberOutOfRange", "%s does not take a negative number", c.name)
	}
	return int(min(v.Int(), math.MaxInt32))
}

// allPresent makes a function that is null as soon as one argument is.
func allPresent(f function) function {
	return func(rt *run, c call, args []Value) Value {
		for i := range args {
			if args[i].IsNull() {
				return Value{}
			}
		}
		return f(rt, c, args)
	}
}

func mapString(f func(*run, string) string) function {
	return strict(func(rt *run, c call, v Value) Value {
		rt.ticks(v.Len() / 64)
		return value.OfString(f(rt, c.str(v)))
	})
}

// blanks are the characters that Java's Character.isWhitespace names: no space that does not break.
const blanks = "\t\n\v\f\r\x1c\x1d\x1e\x1f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000"

func trimming(f func(rt *run, s, cut string) string) function {
	return allPresent(func(rt *run, c call, args []Value) Value {
		if len(args) == 1 {
			return value.OfString(f(rt, c.str(args[0]), blanks))
		}
		return value.OfString(f(rt, c.str(args[0]), c.str(args[1])))
	})
}

func trimBoth(rt *run, s, cut string) string { return trimRight(rt, trimLeft(rt, s, cut), cut) }

var stringFunctions = map[string]function{
	"tolower": mapString(toLower), "lower": mapString(toLower),
	"toupper": mapString(toUpper), "upper": mapString(toUpper),
	"trim": trimming(trimBoth), "btrim": trimming(trimBoth),
	"ltrim": trimming(trimLeft), "rtrim": trimming(trimRight),
	"char_length": characters, "character_length": characters,
	"replace": allPresent(func(rt *run, c call, args []Value) Value {
		return value.OfString(replaceAll(rt, c.str(args[0]), c.str(args[1]), c.str(args[2])))
	}),
	"split": allPresent(func(rt *run, c call, args []Value) Value {
		parts := []string{c.str(args[0])}
		delimiters := []Value{args[1]}
		if args[1].Kind() == value.List {
			delimiters = args[1].List()
			if slices.ContainsFunc(delimiters, Value.IsNull) {
				return Value{}
			}
		}
		empty := false
		for _, d := range delimiters {
			empty = empty || c.str(d) == ""
			if parts[0] != "" && c.str(d) == parts[0] {
				return rt.list([]Value{value.OfString(""), value.OfString("")})
			}
		}
		for _, d := range delimiters {
			var next []string
			for _, part := range parts {
				if part == "" { // also by an empty delimiter
					next = append(next, part)
					continue
				}
				eachPart(rt, part, c.str(d), func(s string) {
					next = append(next, s)
					rt.room(int64(len(next)) * 2 * cellBytes)
				})
			}
			parts = next
		}
		items := make([]Value, 0, len(parts))
		for _, part := range parts {
			if part != "" || !empty || len(parts) == 1 { // an empty delimiter leaves no empty parts
				items = append(items, value.OfString(part))
			}
		}
		return rt.list(items)
	}),
	"left": allPresent(func(rt *run, c call, args []Value) Value {
		return value.OfString(cut(rt, c.str(args[0]), 0, c.count(args[1])))
	}),
	"right": allPresent(func(rt *run, c call, args []Value) Value {
		s, n := c.str(args[0]), c.count(args[1])
		return value.OfString(cut(rt, s, max(0, letterCount(rt, s)-n), n))
	}),
	"substring": allPresent(func(rt *run, c call, args []Value) Value {
		n := math.MaxInt32
		if len(args) == 3 {
			n = c.count(args[2])
		}
		return value.OfString(cut(rt, c.str(args[0]), c.count(args[1]), n))
	}),
}

// upperMany are the letters whose upper case is several characters, without the Greek ones with an iota below.
// Source: Unicode Character Database, SpecialCasing.txt, unconditional mappings.
var upperMany = strings.NewReplacer("ß", "SS", "ŉ", "ʼN", "ǰ", "J\u030c", "ΐ", "Ι\u0308\u0301", "ΰ", "Υ\u0308\u0301", "և", "ԵՒ",
	"ẖ", "H\u0331", "ẗ", "T\u0308", "ẘ", "W\u030a", "ẙ", "Y\u030a", "ẚ", "Aʾ", "ﬀ", "FF", "ﬁ", "FI", "ﬂ", "FL", "ﬃ", "FFI", "ﬄ", "FFL",
	"ﬅ", "ST", "ﬆ", "ST", "ﬓ", "ՄՆ", "ﬔ", "ՄԵ", "ﬕ", "ՄԻ", "ﬖ", "ՎՆ", "ﬗ", "ՄԽ")

func toUpper(rt *run, s string) string {
	return inPieces(rt, s, func(s string) string { return strings.ToUpper(upperMany.Replace(s)) })
}

var characters = strict(func(rt *run, c call, v Value) Value {
	return value.OfInt(int64(letterCount(rt, c.str(v))))
})

// cut is n characters of s from a start, fewer when s ends before.
func cut(rt *run, s string, start, n int) string {
	s = s[letterAt(rt, s, start):]
	return s[:letterAt(rt, s, n)]
}

// text is a string or number as a string, as toString and + write it.
func text(v Value) string {
	switch v.Kind() {
	case value.Int:
		return strconv.FormatInt(v.Int(), 10)
	case value.Float:
		return formatFloat(v.Float())
	case value.Bool:
		return strconv.FormatBool(v.IsTrue())
	}
	return v.Str()
}

// formatFloat writes floats as Java does, which Neo4j users expect: 1.0, 1.0E10, 1.0E-5.
func formatFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0 || math.Abs(f) >= 1e-3 && math.Abs(f) < 1e7:
		s := strconv.FormatFloat(f, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	shortest := strconv.FormatFloat(f, 'e', -1, 64)
	// Java writes at least two digits, the nearest ones: 4.9E-324.
	if two := strconv.FormatFloat(f, 'e', 1, 64); !strings.Contains(shortest, ".") {
		if same, err := strconv.ParseFloat(two, 64); err == nil && same == f {
			shortest = two
		}
	}
	mantissa, exponent, _ := strings.Cut(shortest, "e")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	n, err := strconv.Atoi(exponent)
	if err != nil {
		return mantissa
	}
	return mantissa + "E" + strconv.Itoa(n)
}

// toLower knows what Unicode's SpecialCasing.txt says beyond single letters: the dotted I keeps its dot, and a sigma
// that ends a word has a form of its own.
func toLower(rt *run, s string) string {
	if !strings.ContainsAny(s, "İΣ") {
		return inPieces(rt, s, strings.ToLower)
	}
	rt.room(4 * int64(len(s)))
	letters := []rune(s)
	var b strings.Builder
	for i, r := range letters {
		rt.busy(1)
		switch {
		case r == 'İ':
			b.WriteString("i\u0307")
		case r == 'Σ' && letterBeside(letters, i, -1) && !letterBeside(letters, i, 1):
			b.WriteRune('ς')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// letterBeside says whether the next that is not a mark or an apostrophe is a letter.
func letterBeside(letters []rune, at, step int) bool {
	for at += step; at >= 0 && at < len(letters); at += step {
		if r := letters[at]; !unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) && r != '\'' && r != '’' {
			return unicode.IsLetter(r)
		}
	}
	return false
}

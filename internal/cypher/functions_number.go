package cypher

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postern-sec/postern/internal/cypher/value"
)

func float1(f func(float64) float64) function {
	return strict(func(_ *run, c call, v Value) Value {
		if !v.IsNumber() {
			return c.wrong(v)
		}
		return value.OfFloat(f(v.Number()))
	})
}

func constant(f float64) function {
	return func(*run, call, []Value) Value { return value.OfFloat(f) }
}

var mathFunctions = map[string]function{
	"acos": float1(math.Acos), "asin": float1(math.Asin), "atan": float1(math.Atan),
	"cos": float1(math.Cos), "sin": float1(math.Sin), "tan": float1(math.Tan),
	"cot":      float1(func(x float64) float64 { return 1 / math.Tan(x) }),
	"degrees":  float1(func(x float64) float64 { return x * 180 / math.Pi }),
	"radians":  float1(func(x float64) float64 { return x / 180 * math.Pi }),
	"haversin": float1(func(x float64) float64 { return (1 - math.Cos(x)) / 2 }),
	"exp":      float1(math.Exp), "log": float1(math.Log), "log10": float1(math.Log10), "sqrt": float1(math.Sqrt),
	"ceil": float1(math.Ceil), "floor": float1(math.Floor), "round": allPresent(round),
	"e": constant(math.E), "pi": constant(math.Pi),
	"rand": func(rt *run, _ call, _ []Value) Value { return value.OfFloat(rt.random.Float64()) },
	"atan2": allPresent(func(_ *run, c call, args []Value) Value {
		for _, a := range args {
			if !a.IsNumber() {
				return c.wrong(a)
			}
		}
		return value.OfFloat(math.Atan2(args[0].Number(), args[1].Number()))
	}),
	"abs": strict(func(_ *run, c call, v Value) Value {
		switch v.Kind() {
		case value.Int:
			// The smallest integer has no positive partner and stays as it is, as in Java.
			if v.Int() < 0 {
				return value.OfInt(-v.Int())
			}
			return v
		case value.Float:
			return value.OfFloat(math.Abs(v.Float()))
		}
		return c.wrong(v)
	}),
	"sign": strict(func(_ *run, c call, v Value) Value {
		if !v.IsNumber() {
			return c.wrong(v)
		}
		switch f := v.Number(); {
		case f > 0:
			return value.OfInt(1)
		case f < 0:
			return value.OfInt(-1)
		}
		return value.OfInt(0)
	}),
	"isnan": strict(func(_ *run, c call, v Value) Value {
		if !v.IsNumber() {
			return c.wrong(v)
		}
		return value.OfBool(math.IsNaN(v.Number()))
	}),
}

// round rounds half towards positive infinity, or by a named mode in which HALF_UP is half away from zero, as Neo4j does.
func round(_ *run, c call, args []Value) Value {
	if !args[0].IsNumber() {
		return c.wrong(args[0])
	}
	x := args[0].Number()
	if len(args) == 1 {
		return value.OfFloat(math.Floor(x + 0.5))
	}
	if !args[1].IsNumber() {
		return c.wrong(args[1])
	}
	mode := ""
	if len(args) == 3 {
		mode = strings.ToUpper(c.str(args[2]))
	}
	if args[1].Number() < 0 {
		runtimeError(c.at, "ArgumentError", "NumberOutOfRange", "round takes no negative number of places")
	}
	scale := math.Pow(10, math.Trunc(args[1].Number()))
	y := x * scale
	if math.IsInf(y, 0) || math.IsNaN(y) {
		return value.OfFloat(x)
	}
	switch mode {
	case "":
		// Without a mode, whole numbers round half towards positive infinity, others half away from zero (measured on Neo4j 5.26).
		if scale == 1 {
			y = math.Floor(y + 0.5)
		} else {
			y = math.Round(y)
		}
	case "UP":
		y = math.Copysign(math.Ceil(math.Abs(y)), y)
	case "DOWN":
		y = math.Trunc(y)
	case "CEILING":
		y = math.Ceil(y)
	case "FLOOR":
		y = math.Floor(y)
	case "HALF_UP":
		y = math.Round(y)
	case "HALF_DOWN":
		y = math.Copysign(math.Ceil(math.Abs(y)-0.5), y)
	case "HALF_EVEN":
		y = math.RoundToEven(y)
	default:
		runtimeError(c.at, "ArgumentError", "InvalidArgumentValue", "round has no mode %s", mode)
	}
	return value.OfFloat(y / scale)
}

// conversion reads one value as another kind; false when the kind cannot be converted at all.
type conversion func(v Value) (Value, bool)

// converting makes toX (an error for kinds that cannot be converted) or, with null, toXOrNull.
func converting(f conversion, null bool) function {
	return strict(func(_ *run, c call, v Value) Value {
		converted, ok := f(v)
		if !ok && !null {
			return c.wrong(v)
		}
		return converted
	})
}

func convertingList(f conversion) function {
	return strict(func(rt *run, c call, v Value) Value {
		if v.Kind() != value.List {
			return c.wrong(v)
		}
		items := make([]Value, v.Len())
		for i, item := range v.List() {
			rt.busy(1)
			items[i], _ = f(item)
		}
		return rt.list(items)
	})
}

var conversionFunctions = map[string]function{
	"toboolean": converting(toBoolean, false), "tobooleanornull": converting(toBoolean, true), "tobooleanlist": convertingList(toBoolean),
	"tointeger": strictInteger, "tointegerornull": converting(toInteger, true), "tointegerlist": convertingList(toInteger),
	"tofloat": converting(toFloat, false), "tofloatornull": converting(toFloat, true), "tofloatlist": convertingList(toFloat),
	"tostring": converting(toString, false), "tostringornull": converting(toString, true), "tostringlist": convertingList(toString),
}

func toBoolean(v Value) (Value, bool) {
	switch v.Kind() {
	case value.Bool:
		return v, true
	case value.Int:
		return value.OfBool(v.Int() != 0), true
	case value.String:
		switch strings.ToLower(strings.TrimSpace(v.Str())) {
		case "true":
			return value.OfBool(true), true
		case "false":
			return value.OfBool(false), true
		}
		return Value{}, true
	}
	return Value{}, v.IsNull()
}

// strictInteger is toInteger, which refuses whole numbers outside the range of integers.
func strictInteger(rt *run, c call, args []Value) Value {
	if args[0].Kind() == value.String {
		s := asciiDigits(args[0].Str())
		_, err := strconv.ParseInt(s, 10, 64)
		f, isFloat := parseDecimal(s)
		if errors.Is(err, strconv.ErrRange) || err != nil && isFloat && math.Abs(f) >= 1<<63 {
			runtimeError(c.at, "TypeError", "IntegerOverflow", "%s is outside the range of integers", args[0].Str())
		}
	}
	return converting(toInteger, false)(rt, c, args)
}

func toInteger(v Value) (Value, bool) {
	switch v.Kind() {
	case value.Int:
		return v, true
	case value.Bool:
		if v.IsTrue() {
			return value.OfInt(1), true
		}
		return value.OfInt(0), true
	case value.Float:
		return truncate(v.Float()), true
	case value.String:
		// Unlike toFloat, toInteger takes no blanks around the number (measured on Neo4j 5.26).
		s := asciiDigits(v.Str())
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return value.OfInt(n), true
		}
		if f, ok := parseDecimal(s); ok {
			return truncate(f), true
		}
		return Value{}, true
	}
	return Value{}, v.IsNull()
}

// asciiDigits writes the decimal digits of every script as 0 to 9: Java's parsers of whole numbers read them all.
func asciiDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf || !unicode.Is(unicode.Nd, r) {
			return r
		}
		for zero := r; ; zero-- { // digits stand in tens that begin with the zero
			if !unicode.Is(unicode.Nd, zero-1) || (r-zero) == 9 {
				return '0' + (r - zero)
			}
		}
	}, s)
}

// truncate drops the fraction; a float outside the range of integers is the nearest integer, as in Java.
func truncate(f float64) Value {
	switch {
	case math.IsNaN(f):
		return value.OfInt(0)
	case f >= math.MaxInt64:
		return value.OfInt(math.MaxInt64)
	case f <= math.MinInt64:
		return value.OfInt(math.MinInt64)
	}
	return value.OfInt(int64(f))
}

func toFloat(v Value) (Value, bool) {
	switch v.Kind() {
	case value.Float:
		return v, true
	case value.Int:
		return value.OfFloat(float64(v.Int())), true
	case value.String:
		if f, ok := parseFloat(strings.TrimSpace(v.Str())); ok {
			return value.OfFloat(f), true
		}
		return Value{}, true
	}
	return Value{}, v.IsNull()
}

// parseDecimal reads digits with a point and an exponent and nothing else, as Java's BigDecimal does.
func parseDecimal(s string) (float64, bool) {
	if strings.Trim(s, "0123456789+-.eE") != "" || strings.ContainsFunc(s, func(r rune) bool { return r >= 'A' && r != 'E' && r != 'e' }) {
		return 0, false
	}
	return parseFloat(s)
}

// parseFloat reads what Java's Double.parseDouble reads: also the words NaN and Infinity, a letter f or d behind the
// number and hexadecimal with an exponent; not Go's underscores and other spellings. What is too large is infinite.
func parseFloat(s string) (float64, bool) {
	switch s {
	case "NaN":
		return math.NaN(), true
	case "Infinity", "+Infinity":
		return math.Inf(1), true
	case "-Infinity":
		return math.Inf(-1), true
	}
	if n := len(s) - 1; n > 0 && strings.IndexByte("fFdD", s[n]) >= 0 && !strings.ContainsAny(s, "xX") {
		s = s[:n]
	}
	if strings.ContainsAny(s, "_nNiI") || strings.ContainsAny(s, "xX") && !strings.ContainsAny(s, "pP") {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil || errors.Is(err, strconv.ErrRange)
}

func toString(v Value) (Value, bool) {
	switch v.Kind() {
	case value.String:
		return v, true
	case value.Int, value.Float, value.Bool:
		return value.OfString(text(v)), true
	}
	return Value{}, v.IsNull()
}

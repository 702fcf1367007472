package value

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxRegexp is the longest regular expression that is compiled, in bytes.
const MaxRegexp = 4096

// ErrRegexp is the cause of an error for a construct of Java's regular expressions that the dialect leaves out.
var ErrRegexp = errors.New("not in the regular expressions of the dialect")

// CompileRegexp compiles the right side of =~, which must match the whole string. The language is what Java's
// java.util.regex.Pattern and RE2 share: RE2 takes time linear in the text. What the two write differently is
// rewritten; what RE2 cannot do, or would do otherwise, is an ErrRegexp.
func CompileRegexp(pattern string) (*regexp.Regexp, error) {
	if len(pattern) > MaxRegexp {
		return nil, fmt.Errorf("the regular expression has %d bytes, at most %d are allowed", len(pattern), MaxRegexp)
	}
	t := translator{in: pattern}
	if err := t.all(); err != nil {
		return nil, err
	}
	re, err := regexp.Compile(`\A(?:` + t.out.String() + `)\z`)
	var syntaxError *syntax.Error
	if errors.As(err, &syntaxError) {
		return nil, fmt.Errorf("invalid regular expression: %s", syntaxError.Code)
	}
	return re, err
}

// translator rewrites an expression of Java as one of RE2, from left to right.
type translator struct {
	in  string
	at  int
	out strings.Builder
	// flags of the group at hand, and of those around it.
	flags flags
	stack []flags
	// repeated says that a quantifier was just read.
	repeated bool
}

// flags are the inline flags: fold case, also beyond ASCII, and let the dot match line ends.
type flags struct{ fold, unicode, dotall bool }

func leftOut(what string) error { return fmt.Errorf("%s: %w", what, ErrRegexp) }

func invalid(format string, args ...any) error {
	return fmt.Errorf("invalid regular expression: "+format, args...)
}

func (t *translator) all() error {
	for t.at < len(t.in) {
		repeated := t.repeated
		t.repeated = false
		if err := t.next(repeated); err != nil {
			return err
		}
	}
	return nil
}

// lineEnds are what Java's dot does not match.
const lineEnds = `\n\r\x{85}\x{2028}\x{2029}`

func (t *translator) next(repeated bool) error {
	r, size := utf8.DecodeRuneInString(t.in[t.at:])
	switch r {
	case '\\':
		return t.escape(false)
	case '[':
		return t.class()
	case '(':
		return t.open()
	case '*', '+', '?', '{':
		return t.repeat(repeated)
	}
	t.at += size
	switch r {
	case ')':
		if len(t.stack) == 0 {
			return invalid("unexpected )")
		}
		t.flags, t.stack = t.stack[len(t.stack)-1], t.stack[:len(t.stack)-1]
		t.out.WriteByte(')')
	case '|', '^', '$':
		t.out.WriteRune(r)
	case '.':
		if t.flags.dotall {
			t.out.WriteString("(?s:.)")
		} else {
			t.out.WriteString("[^" + lineEnds + "]")
		}
	default:
		t.literal(r)
	}
	return nil
}

// literal writes a character. Without the flag u, Java folds the case of ASCII letters only.
func (t *translator) literal(r rune) {
	lower := r | 0x20
	switch {
	case t.flags.fold && t.flags.unicode:
		t.out.WriteString("(?i:" + regexp.QuoteMeta(string(r)) + ")")
	case t.flags.fold && lower >= 'a' && lower <= 'z' && r < utf8.RuneSelf:
		fmt.Fprintf(&t.out, "[%c%c]", lower, lower&^0x20)
	default:
		t.out.WriteString(regexp.QuoteMeta(string(r)))
	}
}

var (
	repetition = regexp.MustCompile(`^(?:[*+?]|\{\d+(?:,\d*)?\})`)
	groupFlags = regexp.MustCompile(`^\(\?([a-zA-Z]*)(?:-([a-zA-Z]+))?([:)])`)
	groupName  = regexp.MustCompile(`^\(\?<[a-zA-Z][a-zA-Z0-9]*>`)
)

func (t *translator) repeat(repeated bool) error {
	q := repetition.FindString(t.in[t.at:])
	if q == "" || repeated {
		return invalid("unexpected %q", t.in[t.at:t.at+1])
	}
	t.out.WriteString(q)
	t.at += len(q)
	t.repeated = true
	switch rest := t.in[t.at:]; {
	case strings.HasPrefix(rest, "+"):
		return leftOut("possessive quantifiers")
	case strings.HasPrefix(rest, "?"): // who is greedy does not matter to a match of the whole string
		t.at++
	}
	return nil
}

func (t *translator) open() error {
	rest := t.in[t.at:]
	for _, p := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
		if strings.HasPrefix(rest, p) {
			return leftOut("look-around")
		}
	}
	if strings.HasPrefix(rest, "(?>") {
		return leftOut("atomic groups")
	}
	if name := groupName.FindString(rest); name != "" {
		return t.group(len(name), t.flags)
	}
	if !strings.HasPrefix(rest, "(?") {
		return t.group(1, t.flags)
	}
	m := groupFlags.FindStringSubmatch(rest)
	if m == nil {
		return invalid("unknown group %q", rest[:min(4, len(rest))])
	}
	inside := t.flags
	for on, letters := range map[bool]string{true: m[1], false: m[2]} {
		for _, f := range letters {
			switch f {
			case 'i':
				inside.fold = on
			case 'u':
				inside.unicode = on
			case 's':
				inside.dotall = on
			default:
				return leftOut(fmt.Sprintf("the flag %c", f))
			}
		}
	}
	if m[3] == ")" {
		t.at += len(m[0])
		t.flags = inside
		return nil
	}
	return t.group(len(m[0]), inside)
}

func (t *translator) group(length int, inside flags) error {
	t.stack = append(t.stack, t.flags)
	t.flags = inside
	t.at += length
	t.out.WriteString("(?:")
	return nil
}

// class copies [...]. Java nests classes and cuts them with &&; RE2 reads the same text otherwise.
func (t *translator) class() error {
	outer := &t.out
	if t.flags.fold {
		outer.WriteString("(?i:")
	}
	outer.WriteByte('[')
	t.at++
	if strings.HasPrefix(t.in[t.at:], "^") {
		outer.WriteByte('^')
		t.at++
	}
	for first := true; ; first = false {
		rest := t.in[t.at:]
		switch {
		case rest == "":
			return invalid("missing closing ]")
		case rest[0] == ']' && !first:
			t.at++
			outer.WriteByte(']')
			if t.flags.fold {
				outer.WriteByte(')')
			}
			return nil
		case rest[0] == '[':
			return leftOut("classes inside classes")
		case strings.HasPrefix(rest, "&&"):
			return leftOut("intersections of classes")
		case rest[0] == '\\':
			if err := t.escape(true); err != nil {
				return err
			}
		case rest[0] == '-':
			outer.WriteByte('-')
			t.at++
		default:
			r, size := utf8.DecodeRuneInString(rest)
			if r >= utf8.RuneSelf && t.flags.fold && !t.flags.unicode {
				return leftOut("letters beyond ASCII in a class under (?i); write (?iu)")
			}
			t.char(r, true)
			t.at += size
		}
	}
}

// ranges are the classes that Java writes with a letter, as the inside of a class of RE2.
var ranges = map[byte]string{
	'd': `0-9`, 'w': `0-9A-Za-z_`, 's': `\t\n\x0b\f\r `,
	'h': ` \t\x{a0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}`,
	'v': `\n\x0b\f\r\x{85}\x{2028}\x{2029}`,
}

// posix are Java's classes of ASCII characters by name.
var posix = map[string]string{
	"Lower": `a-z`, "Upper": `A-Z`, "ASCII": `\x00-\x7f`, "Alpha": `A-Za-z`, "Digit": `0-9`, "Alnum": `0-9A-Za-z`, "Punct": `!-/:-@\[-\x60{-~`,
	"Graph": `!-~`, "Print": ` -~`, "Blank": ` \t`, "Cntrl": `\x00-\x1f\x7f`, "XDigit": `0-9A-Fa-f`, "Space": `\t\n\x0b\f\r `,
}

var controls = map[byte]rune{'t': '\t', 'n': '\n', 'r': '\r', 'f': '\f', 'a': 7, 'e': 27}

// escape rewrites what begins with a backslash, inside a class or outside.
func (t *translator) escape(inClass bool) error {
	t.at++
	rest := t.in[t.at:]
	if rest == "" {
		return invalid("a backslash at the end")
	}
	c := rest[0]
	switch {
	case c == 'Q':
		t.quotation(inClass)
		return nil
	case c == 'p' || c == 'P':
		return t.property(inClass)
	case ranges[c|0x20] != "":
		if c < 'a' && inClass {
			return leftOut(`\` + string(c) + " in a class")
		}
		t.at++
		t.set(ranges[c|0x20], c < 'a', inClass)
		return nil
	case controls[c] != 0:
		t.at++
		t.char(controls[c], inClass)
		return nil
	case c == 'x' || c == 'u' || c == '0' || c == 'c':
		return t.code(inClass)
	case inClass && (c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '1' && c <= '9'):
		return invalid(`unknown escape \%c in a class`, c)
	case c >= '1' && c <= '9' || c == 'k':
		return leftOut("back-references")
	case c == 'b' || c == 'B' || c == 'A' || c == 'z':
		t.at++
		t.out.WriteString(`\` + string(c))
		return nil
	case c == 'R':
		t.at++
		t.out.WriteString(`(?:\r\n|[` + ranges['v'] + `])`)
		return nil
	case c == 'Z' || c == 'G' || c == 'X' || c == 'N':
		return leftOut(`\` + string(c))
	case c|0x20 >= 'a' && c|0x20 <= 'z':
		return invalid(`unknown escape \%c`, c)
	}
	r, size := utf8.DecodeRuneInString(rest)
	t.at += size
	t.char(r, inClass)
	return nil
}

// set writes a class of characters.
func (t *translator) set(inside string, negated, inClass bool) {
	switch {
	case inClass:
		t.out.WriteString(inside)
	case negated:
		t.out.WriteString("[^" + inside + "]")
	default:
		t.out.WriteString("[" + inside + "]")
	}
}

func (t *translator) char(r rune, inClass bool) {
	if inClass { // as a number, which needs no quoting
		fmt.Fprintf(&t.out, `\x{%x}`, r)
		return
	}
	t.literal(r)
}

// quotation writes what stands between \Q and \E as it is.
func (t *translator) quotation(inClass bool) {
	text, _, closed := strings.Cut(t.in[t.at+1:], `\E`)
	for _, r := range text {
		t.char(r, inClass)
	}
	t.at += 1 + len(text)
	if closed {
		t.at += 2
	}
}

var codes = regexp.MustCompile(`^(?:x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|c([@-_])|0([0-3]?[0-7]?[0-7]))`)

// code writes a character given by its number.
func (t *translator) code(inClass bool) error {
	m := codes.FindStringSubmatch(t.in[t.at:])
	if m == nil {
		return invalid("unknown character code")
	}
	t.at += len(m[0])
	if m[4] != "" {
		t.char(rune(m[4][0]^64), inClass)
		return nil
	}
	base := 16
	if m[5] != "" {
		base = 8
	}
	n, err := strconv.ParseUint(m[1]+m[2]+m[3]+m[5], base, 32)
	if err != nil || n > utf8.MaxRune {
		return invalid("unknown character code")
	}
	t.char(rune(n), inClass)
	return nil
}

var propertyName = regexp.MustCompile(`^([pP])(?:\{(\^?[A-Za-z_=]+)\}|([A-Z]))`)

// property writes \p{...}: ASCII classes by name, categories, and scripts, which Java begins with Is.
func (t *translator) property(inClass bool) error {
	m := propertyName.FindStringSubmatch(t.in[t.at:])
	if m == nil {
		return invalid("unknown character property")
	}
	t.at += len(m[0])
	name, negated := m[2]+m[3], m[1] == "P"
	if inside, ok := posix[name]; ok {
		if negated && inClass {
			return leftOut(`\P in a class`)
		}
		t.set(inside, negated, inClass)
		return nil
	}
	script := strings.TrimPrefix(name, "Is")
	if len(script) > 2 && script == name {
		return leftOut(`\p{` + name + `}`)
	}
	out := `\` + m[1] + `{` + script + `}`
	if _, err := regexp.Compile(out); err != nil {
		return leftOut(`\p{` + name + `}`)
	}
	t.out.WriteString(out)
	return nil
}

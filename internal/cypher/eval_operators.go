package cypher

import (
	"math"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

func (c *compiler) binary(e *ast.Binary) eval {
	at := e.Pos
	switch e.Op {
	case "AND", "OR", "XOR":
		return c.connective(e)
	case "IN":
		l, r := c.expr(e.L), c.expr(e.R)
		return func(rt *run) Value {
			x, list := l(rt), r(rt)
			items, ok := listOperand(list, at, "IN")
			if !ok {
				return Value{}
			}
			rt.ticks(len(items) / 8)
			return contains(rt, items, x).Value()
		}
	case "STARTS WITH", "ENDS WITH", "CONTAINS":
		l, r := c.expr(e.L), c.expr(e.R)
		find := map[string]func(*run, string, string) bool{
			"STARTS WITH": func(_ *run, a, b string) bool { return strings.HasPrefix(a, b) },
			"ENDS WITH":   func(_ *run, a, b string) bool { return strings.HasSuffix(a, b) },
			"CONTAINS":    func(rt *run, a, b string) bool { return indexOf(rt, a, b) >= 0 },
		}[e.Op]
		return func(rt *run) Value {
			a, b := l(rt), r(rt)
			if a.Kind() != value.String || b.Kind() != value.String {
				return Value{}
			}
			return value.OfBool(find(rt, a.Str(), b.Str()))
		}
	case "=~":
		return c.matches(e)
	}
	l, r := c.expr(e.L), c.expr(e.R)
	op := arithmetic[e.Op]
	if e.Op == "+" || e.Op == "||" {
		return func(rt *run) Value { return add(rt, at, l(rt), r(rt)) }
	}
	// An integer 0 divides nothing, no float and not null either, as in Neo4j; there a float that is written out is folded with it before.
	checked := e.Op == "/" && !(isFloat(e.L) && isLiteral(e.R))
	return func(rt *run) Value {
		a, b := l(rt), r(rt)
		if checked && b.Kind() == value.Int && b.Int() == 0 {
			divisionByZero(at)
		}
		if a.IsNull() || b.IsNull() {
			return Value{}
		}
		return op(at, a, b)
	}
}

func isLiteral(e ast.Expr) bool {
	_, ok := e.(*ast.Literal)
	return ok
}

func isFloat(e ast.Expr) bool {
	lit, ok := e.(*ast.Literal)
	return ok && lit.Value.Kind() == value.Float
}

func divisionByZero(at ast.Pos) {
	runtimeError(at, "ArithmeticError", "DivisionByZero", "division by zero")
}

func contains(rt *run, items []Value, x Value) value.Three {
	result := value.False
	for i := range items {
		rt.busy(1 + int(items[i].Size()/64))
		switch value.Equal(items[i], x) {
		case value.True:
			return value.True
		case value.Unknown:
			result = value.Unknown
		}
	}
	return result
}

// connective evaluates AND, OR and XOR; the right operand is left out where the left one decides.
func (c *compiler) connective(e *ast.Binary) eval {
	l, r, at, op := c.expr(e.L), c.expr(e.R), e.Pos, e.Op
	return func(rt *run) Value {
		a := logical(at, op, l(rt))
		if op == "AND" && a == value.False || op == "OR" && a == value.True {
			return a.Value()
		}
		b := logical(at, op, r(rt))
		switch op {
		case "AND":
			return min3(a, b).Value()
		case "OR":
			return min3(a.Not(), b.Not()).Not().Value()
		}
		if a == value.Unknown || b == value.Unknown {
			return Value{}
		}
		return value.OfBool(a != b)
	}
}

// min3 is conjunction.
func min3(a, b value.Three) value.Three {
	switch {
	case a == value.False || b == value.False:
		return value.False
	case a == value.True && b == value.True:
		return value.True
	}
	return value.Unknown
}

func (c *compiler) compare(e *ast.Compare) eval {
	operands, ops := c.exprs(e.Operands), e.Ops
	return func(rt *run) Value {
		result := value.True
		left := operands[0](rt)
		for i, op := range ops {
			right := operands[i+1](rt)
			result = min3(result, compareOp(rt, op, left, right))
			if result == value.False {
				break
			}
			left = right
		}
		return result.Value()
	}
}

// equal is value.Equal, with a look at the context before long lists.
func (rt *run) equal(a, b Value) value.Three {
	rt.weigh(a, b)
	return value.Equal(a, b)
}

func (rt *run) weigh(a, b Value) {
	if k := a.Kind(); k == value.List || k == value.Map {
		rt.busy(int(min(a.Size(), b.Size()) / 64))
	}
}

func compareOp(rt *run, op string, a, b Value) value.Three {
	rt.weigh(a, b)
	switch op {
	case "=":
		return value.Equal(a, b)
	case "<>":
		return value.Equal(a, b).Not()
	case ">", ">=":
		a, b = b, a
	}
	less, equal := value.Less(a, b)
	if op == "<=" || op == ">=" {
		return min3(less.Not(), equal.Not()).Not()
	}
	return less
}

// matcher is a compiled regular expression or the reason why there is none.
type matcher struct {
	re   *regexp.Regexp
	size int // instructions of its program, each of which a letter may pass
	err  error
}

// match makes a long match letter by letter, so that it ends with its context.
func (m *matcher) match(rt *run, s string) bool {
	const atOnce = 1 << 20
	if len(s)*m.size <= atOnce {
		return m.re.MatchString(s)
	}
	return m.re.MatchReader(&letters{Reader: strings.NewReader(s), run: rt, weight: 1 + m.size/16})
}

// programSize is the number of instructions of the program of an expression.
func programSize(re *regexp.Regexp) int {
	parsed, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return len(re.String())
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return len(re.String())
	}
	return len(prog.Inst)
}

// letters is the text of a match.
type letters struct {
	*strings.Reader
	run    *run
	weight int
}

func (l *letters) ReadRune() (rune, int, error) {
	l.run.busy(l.weight)
	return l.Reader.ReadRune()
}

func (c *compiler) matches(e *ast.Binary) eval {
	l, r, at := c.expr(e.L), c.expr(e.R), e.Pos
	return func(rt *run) Value {
		a, b := l(rt), r(rt)
		if a.Kind() != value.String || b.Kind() != value.String {
			return Value{}
		}
		m := rt.regexps[b.Str()]
		if m == nil {
			m = &matcher{}
			if m.re, m.err = value.CompileRegexp(b.Str()); m.err == nil {
				m.size = programSize(m.re)
			}
			rt.ticks(b.Len())
			if rt.regexps == nil || len(rt.regexps) > 64 {
				rt.regexps = map[string]*matcher{}
			}
			rt.regexps[b.Str()] = m
		}
		if m.err != nil {
			runtimeError(at, "ArgumentError", "InvalidArgumentValue", "%v", m.err)
		}
		rt.ticks(1 + a.Len()/16)
		return value.OfBool(m.match(rt, a.Str()))
	}
}

var arithmetic = map[string]func(ast.Pos, Value, Value) Value{
	"-": subtract, "*": multiply, "/": divide, "%": modulo, "^": power,
}

// add is + and ||: numbers, strings, lists.
func add(rt *run, at ast.Pos, a, b Value) Value {
	if a.IsNull() || b.IsNull() {
		return Value{}
	}
	switch {
	case a.Kind() == value.Int && b.Kind() == value.Int:
		x, y := a.Int(), b.Int()
		sum := x + y
		if (sum > x) != (y > 0) {
			overflow(at, "+")
		}
		return value.OfInt(sum)
	case a.IsNumber() && b.IsNumber():
		return value.OfFloat(a.Number() + b.Number())
	case a.Kind() == value.List || b.Kind() == value.List:
		return concatenate(rt, a, b)
	case textual(a) && textual(b):
		x, y := text(a), text(b)
		rt.fits(int64(len(x) + len(y)))
		return value.OfString(x + y)
	}
	runtimeError(at, "TypeError", "InvalidArgumentType", "%s and %s cannot be added", a.Kind(), b.Kind())
	return Value{}
}

func textual(v Value) bool { return v.Kind() == value.String || v.IsNumber() }

func concatenate(rt *run, a, b Value) Value {
	x, y := []Value{a}, []Value{b}
	if a.Kind() == value.List {
		x = a.List()
	}
	if b.Kind() == value.List {
		y = b.List()
	}
	rt.fits(int64(len(x)+len(y)) * cellBytes)
	return rt.list(append(append(make([]Value, 0, len(x)+len(y)), x...), y...))
}

func overflow(at ast.Pos, op string) {
	runtimeError(at, "ArithmeticError", "IntegerOverflow", "the result of %s is outside the range of integers", op)
}

// numbers refuses operands that are not numbers and says whether both are integers.
func numbers(at ast.Pos, op string, a, b Value) bool {
	if !a.IsNumber() || !b.IsNumber() {
		runtimeError(at, "TypeError", "InvalidArgumentType", "%s needs numbers, these are %s and %s", op, a.Kind(), b.Kind())
	}
	return a.Kind() == value.Int && b.Kind() == value.Int
}

func subtract(at ast.Pos, a, b Value) Value {
	if !numbers(at, "-", a, b) {
		return value.OfFloat(a.Number() - b.Number())
	}
	x, y := a.Int(), b.Int()
	difference := x - y
	if (difference < x) != (y > 0) {
		overflow(at, "-")
	}
	return value.OfInt(difference)
}

func multiply(at ast.Pos, a, b Value) Value {
	if !numbers(at, "*", a, b) {
		return value.OfFloat(a.Number() * b.Number())
	}
	x, y := a.Int(), b.Int()
	product := x * y
	if x != 0 && (product/x != y || x == -1 && y == math.MinInt64) {
		overflow(at, "*")
	}
	return value.OfInt(product)
}

func divide(at ast.Pos, a, b Value) Value {
	if !numbers(at, "/", a, b) {
		return value.OfFloat(a.Number() / b.Number())
	}
	// The smallest integer divided by -1 is itself, in Go as in Neo4j.
	return value.OfInt(a.Int() / b.Int())
}

func modulo(at ast.Pos, a, b Value) Value {
	if !numbers(at, "%", a, b) {
		return value.OfFloat(math.Mod(a.Number(), b.Number()))
	}
	if b.Int() == 0 {
		divisionByZero(at)
	}
	if b.Int() == -1 {
		return value.OfInt(0)
	}
	return value.OfInt(a.Int() % b.Int())
}

func power(at ast.Pos, a, b Value) Value {
	numbers(at, "^", a, b)
	return value.OfFloat(math.Pow(a.Number(), b.Number()))
}

package differential

import (
	"fmt"
	"strings"
)

// value is an expression of kind k, at most deep operators deep.
func (g *generator) value(k kind, deep int) string {
	if deep <= 0 || g.chance(3) {
		return g.leaf(k)
	}
	if g.chance(12) {
		return g.either(k, deep)
	}
	switch k {
	case integer:
		return g.integer(deep)
	case float:
		return g.float(deep)
	case text:
		return g.text(deep)
	case boolean:
		return g.boolean(deep)
	case integers:
		return g.integers(deep)
	case texts:
		return g.texts(deep)
	case object:
		return fmt.Sprintf("{a: %s, b: %s}", g.value(integer, deep-1), g.value(texts, deep-1))
	}
	return g.leaf(k)
}

// either is an expression that works for every kind.
func (g *generator) either(k kind, deep int) string {
	a, b := g.value(k, deep-1), g.value(k, deep-1)
	switch g.IntN(4) {
	case 0:
		return "coalesce(" + a + ", " + b + ")"
	case 1:
		return "CASE WHEN " + g.value(boolean, deep-1) + " THEN " + a + " ELSE " + b + " END"
	case 2:
		return "CASE " + g.value(integer, deep-1) + " WHEN 1, 2 THEN " + a + " WHEN " + g.value(integer, 0) + " THEN " + b + " END"
	}
	return "nullIf(" + a + ", " + b + ")"
}

// leaf is a variable, a property, a parameter or a literal.
func (g *generator) leaf(k kind) string {
	if v := g.variable(k); v != "" && g.chance(2) {
		return v
	}
	n, e := g.variable(node), g.variable(edge)
	switch k {
	case integer:
		if n != "" && g.chance(2) {
			return n + ".imds_hop_limit"
		}
		if e != "" && g.chance(2) {
			return e + g.pick(".cost", "['cost']")
		}
		return g.pick("0", "1", "2", "-1", "3", "0x10", "$i", "null", "$l[0]")
	case float:
		if n != "" && g.chance(2) {
			return n + ".score"
		}
		return g.pick("0.5", "1.0", "-2.25", "1e2", "2.5")
	case text:
		if n != "" && g.chance(2) {
			return n + g.pick(".id", ".name", ".name", ".kind")
		}
		if e != "" && g.chance(2) {
			return g.pick("type("+e+")", e+".verdict", e+".variant", "startNode("+e+").id", "endNode("+e+").name")
		}
		return g.pick("'alpha'", "'a'", "''", "\"it's\"", "$s", "'Gamma'", "'\\u0062eta'", "null")
	case boolean:
		if n != "" && g.chance(2) {
			return n + ".collected"
		}
		return g.pick("true", "false", "null", "1 = 1")
	case integers:
		return g.pick("[1, 2, 3]", "[]", "range(0, 3)", "range(3, 1, -1)", "[2, null, 1]", "$l", "[1, 1]")
	case texts:
		if n != "" && g.chance(2) {
			return n + ".tags"
		}
		if p := g.variable(path); p != "" && g.chance(2) {
			return "[x IN nodes(" + p + ") | x.id]"
		}
		if l := g.variable(edges); l != "" && g.chance(2) {
			return "[x IN " + l + " | x.variant]"
		}
		return g.pick("['a', 'b']", "['alpha', null]", "split('a,b,,c', ',')", "['n1', 'n2']")
	case bag:
		g.bags = true
		if n != "" {
			return "labels(" + n + ")"
		}
		return "['a']"
	case object:
		if n != "" && g.chance(2) {
			g.bags = true
			return g.pick(n+"{.id, .missing}", n+"{.*}", n+"{.name, two: 2}", "properties("+n+")")
		}
		return g.pick("{}", "{a: 1}", "{a: null, b: [1]}")
	}
	return "null"
}

func (g *generator) integer(deep int) string {
	deep--
	switch g.IntN(16) {
	case 0, 1:
		return "(" + g.value(integer, deep) + g.pick(" + ", " - ", " * ") + g.value(integer, deep) + ")"
	case 2:
		return "(" + g.value(integer, deep) + g.pick(" / 2", " % 3", " / -2", " % -2") + ")"
	case 3:
		return g.pick("abs", "sign") + "(" + g.value(integer, deep) + ")"
	case 4:
		return "size(" + g.value([]kind{text, integers, texts, bag}[g.IntN(4)], deep) + ")"
	case 5:
		return "toInteger(" + g.value([]kind{text, float, integer, boolean}[g.IntN(4)], deep) + ")"
	case 6:
		return g.pick("head", "last") + "(" + g.value(integers, deep) + ")"
	case 7:
		return g.value(integers, deep) + g.pick("[0]", "[-1]", "[1]", "[9]", "[null]")
	case 8:
		return "reduce(s = " + g.value(integer, 0) + ", x IN " + g.value(integers, deep) + " | s + x)"
	case 9:
		return "-" + g.value(integer, 0)
	case 10:
		if p := g.variable(path); p != "" {
			return "length(" + p + ")"
		}
		return g.value(object, 0) + ".a"
	case 11:
		if l := g.variable(edges); l != "" {
			return g.pick("size("+l+")", "reduce(s = 0, x IN "+l+" | s + coalesce(x.cost, 1))")
		}
		return "size(" + g.value(integers, deep) + " + " + g.value(integers, deep) + ")"
	case 12, 13:
		return g.subquery("COUNT")
	case 14:
		return g.comprehension()
	}
	if n := g.variable(node); n != "" && g.chance(2) {
		return "size(keys(" + n + "))"
	}
	return "char_length(" + g.value(text, deep) + ")"
}

func (g *generator) float(deep int) string {
	deep--
	switch g.IntN(8) {
	case 0, 1:
		return "(" + g.value(float, deep) + g.pick(" + ", " - ", " * ") + g.value([]kind{float, integer}[g.IntN(2)], deep) + ")"
	case 2:
		return "(" + g.value(float, deep) + g.pick(" / 2", " / 4.0", " % 2", " ^ 2") + ")"
	case 3:
		return g.pick("abs", "ceil", "floor", "round") + "(" + g.value(float, deep) + ")"
	case 4:
		return "round(" + g.value(float, deep) + ", " + g.pick("0", "1", "1, 'HALF_EVEN'", "0, 'DOWN'", "0, 'UP'") + ")"
	case 5:
		return "toFloat(" + g.value([]kind{text, integer, float}[g.IntN(3)], deep) + ")"
	case 6:
		return g.pick("sin", "cos", "atan", "exp", "radians", "degrees", "cot", "sqrt") + "(" + g.value(float, deep) + ")"
	}
	return "atan2(" + g.value(float, deep) + ", 2)"
}

func (g *generator) text(deep int) string {
	deep--
	switch g.IntN(11) {
	case 0, 1:
		return "(" + g.value(text, deep) + g.pick(" + ", " || ") + g.value(text, deep) + ")"
	case 2:
		return g.pick("toUpper", "toLower", "trim", "ltrim", "rtrim", "reverse", "lower", "upper") + "(" + g.value(text, deep) + ")"
	case 3:
		return g.pick("left", "right") + "(" + g.value(text, deep) + ", " + g.pick("0", "1", "2", "9") + ")"
	case 4:
		return "substring(" + g.value(text, deep) + ", " + g.pick("0", "1", "1, 1", "0, 9", "7") + ")"
	case 5:
		return "replace(" + g.value(text, deep) + ", " + g.pick("'a'", "'mm'", "'x'") + ", " + g.value(text, 0) + ")"
	case 6:
		return "toString(" + g.value([]kind{integer, boolean, text, float}[g.IntN(4)], deep) + ")"
	case 7:
		return g.value(texts, deep) + g.pick("[0]", "[1]", "[-1]")
	case 8:
		return g.pick("head", "last") + "(" + g.value(texts, deep) + ")"
	case 9:
		return "(" + g.value(text, deep) + " + " + g.value(integer, deep) + ")"
	}
	return "btrim(" + g.value(text, deep) + g.pick("", ", 'a'", ", 'ab'") + ")"
}

func (g *generator) boolean(deep int) string {
	deep--
	switch g.IntN(18) {
	case 0, 1:
		return "(" + g.value(boolean, deep) + g.pick(" AND ", " OR ", " XOR ") + g.value(boolean, deep) + ")"
	case 2:
		return "NOT " + g.value(boolean, deep)
	case 3, 4:
		k := []kind{integer, text, float}[g.IntN(3)]
		return "(" + g.value(k, deep) + g.pick(" < ", " <= ", " > ", " >= ", " = ", " <> ") + g.value(k, deep) + ")"
	case 5:
		k := kind(g.IntN(int(bag)))
		return "(" + g.value(k, deep) + g.pick(" = ", " <> ") + g.value(k, deep) + ")"
	case 6:
		return g.value([]kind{integer, text, boolean, texts}[g.IntN(4)], deep) + g.pick(" IS NULL", " IS NOT NULL")
	case 7:
		return "(" + g.value(integer, deep) + " IN " + g.value(integers, deep) + ")"
	case 8:
		return "(" + g.value(text, deep) + " IN " + g.value([]kind{texts, bag}[g.IntN(2)], deep) + ")"
	case 9:
		return "(" + g.value(text, deep) + g.pick(" STARTS WITH ", " ENDS WITH ", " CONTAINS ") + g.value(text, deep) + ")"
	case 10:
		return "(" + g.value(text, deep) + " =~ " + g.pick("'a.*'", "'(?i)gamma'", "'[a-m]+'", "'n[0-3]'", "''") + ")"
	case 11:
		return g.pick("any", "all", "none", "single") + "(x IN " + g.value(integers, deep) + " WHERE x" + g.pick(" > 1", " = 2", " IS NULL", " <> 3") + ")"
	case 12:
		return "(" + g.value(integer, 0) + g.pick(" < ", " <= ") + g.value(integer, deep) + g.pick(" < ", " <= ", " <> ") + g.value(integer, 0) + ")"
	case 13:
		if n := g.variable(node); n != "" {
			return n + ":" + g.labels()
		}
	case 14, 15:
		return g.subquery("EXISTS")
	case 16:
		if n := g.variable(node); n != "" {
			return g.pick("", "NOT ") + "(" + n + ")" + g.link(false) + g.pick("()", "(:Role)", "("+g.variable(node)+")")
		}
	}
	return g.pick("isEmpty("+g.value(text, deep)+")", "toBoolean("+g.value(text, deep)+")", "("+g.value(boolean, deep)+" = "+g.value(boolean, deep)+")")
}

func (g *generator) integers(deep int) string {
	deep--
	switch g.IntN(6) {
	case 0:
		return "[x IN " + g.value(integers, deep) + g.pick("", " WHERE x > 1", " WHERE x IS NOT NULL") + g.pick("", " | x * 2", " | x + "+g.value(integer, 0)) + "]"
	case 1:
		return "[" + g.value(integer, deep) + ", " + g.value(integer, deep) + "]"
	case 2:
		return "(" + g.value(integers, deep) + g.pick(" + ", " || ") + g.value(integers, deep) + ")"
	case 3:
		return g.value(integers, deep) + g.pick("[0..2]", "[1..]", "[..-1]", "[-2..]", "[3..1]")
	case 4:
		return g.pick("tail", "reverse") + "(" + g.value(integers, deep) + ")"
	}
	return "(" + g.value(integers, deep) + " + " + g.value(integer, deep) + ")"
}

func (g *generator) texts(deep int) string {
	deep--
	switch g.IntN(5) {
	case 0:
		return "[x IN " + g.value(texts, deep) + g.pick("", " WHERE x <> 'a'") + g.pick("", " | x + '!'", " | toUpper(x)") + "]"
	case 1:
		return "[" + g.value(text, deep) + ", " + g.value(text, deep) + "]"
	case 2:
		return "split(" + g.value(text, deep) + ", " + g.pick("'a'", "','", "' '") + ")"
	case 3:
		// Neo4j 5.26 does not reverse a list that is a property as it stands.
		return g.pick("tail(", "reverse([] + ") + g.value(texts, deep) + ")"
	}
	if g.nested < 2 {
		if n := g.variable(node); n != "" {
			return "COLLECT { MATCH (" + n + ")" + g.link(false) + "(t:Asset) RETURN t.id ORDER BY t.id }"
		}
	}
	return g.leaf(texts)
}

// subquery counts or tests a pattern.
func (g *generator) subquery(word string) string {
	if g.nested > 1 {
		return map[string]string{"COUNT": "1", "EXISTS": "true"}[word]
	}
	g.nested++
	outer := g.scope
	defer func() { g.nested--; g.scope = outer }()
	g.scope = append([]variable(nil), outer...)
	body := g.pattern(1)
	if g.chance(3) {
		body = "MATCH " + body + " WITH " + g.pick("*", "1 AS one", "*, 2 AS two") + " RETURN 1 AS x"
	} else if g.chance(2) {
		body += " WHERE " + g.value(boolean, 1)
	}
	return word + " { " + body + " }"
}

// comprehension is the size of a list made from a pattern.
func (g *generator) comprehension() string {
	n := g.variable(node)
	if n == "" {
		return "size([x IN [1, 2] WHERE x > 1 | x])"
	}
	return "size([(" + n + ")" + g.link(false) + "(z" + g.pick("", ":Role", ":Asset") + ")" + g.pick("", " WHERE z.name > 'b'") + " | z.id])"
}

func (g *generator) labels() string {
	a, b := labels[g.IntN(len(labels))], labels[g.IntN(len(labels))]
	return g.pick(a, a, a+"|"+b, "Asset", "Asset&"+b, "!"+a, "("+a+"|"+b+")&!Entry", "%")
}

// pattern is one path, or two.
func (g *generator) pattern(most int) string {
	groups := g.chance(4)
	out := g.part(groups)
	if most > 1 && g.chance(5) {
		out += ", " + g.part(groups)
	}
	return out
}

// part is a chain of up to three nodes. groups allows repeated parts, which do
// not go with variable length in one pattern.
func (g *generator) part(groups bool) string {
	var b strings.Builder
	name := ""
	if g.chance(5) {
		name = g.name("p")
		b.WriteString(name + " = ")
	}
	b.WriteString(g.node())
	for range g.IntN(3) {
		if groups && g.chance(2) {
			b.WriteString(g.group())
		} else {
			b.WriteString(g.link(true, groups))
		}
		b.WriteString(g.node())
	}
	if name != "" {
		g.add(name, path)
	}
	return b.String()
}

func (g *generator) node() string {
	if v := g.variable(node); v != "" && g.chance(3) {
		return "(" + v + ")"
	}
	if g.chance(5) {
		return "(" + g.pick("", ":"+g.labels()) + ")"
	}
	name := g.name("n")
	out := "(" + name
	if g.chance(3) {
		out += ":" + g.labels()
	}
	switch g.IntN(14) {
	case 0:
		out += " {" + g.pick("id: $id", "name: 'alpha'", "imds_hop_limit: 1, collected: true", "collected: false") + "}"
	case 1:
		out += " WHERE " + name + g.pick(".imds_hop_limit > 0", ".name STARTS WITH 'g'", ".tags[0] = 'a'", ".score IS NOT NULL")
	}
	g.add(name, node)
	return out + ")"
}

// link is a relationship. With variables it may bind one; group says that the
// quantified forms are wanted, else those with a star.
func (g *generator) link(binds bool, group ...bool) string {
	left, right := g.arrow()
	types := g.pick("", "", ":ASSUMES", ":READS_DATA|ASSUMES", ":!HAS_POLICY", ":ASSUMES|READS_DATA|HAS_POLICY")
	if !binds {
		return left + "[" + types + "]" + right
	}
	name, k := "", edge
	if g.chance(2) {
		name = g.name("e")
	}
	length, quantifier, where := "", "", ""
	switch {
	case !g.chance(4):
		where = g.pick("", "", "", "", "", " {cost: 1}", " {verdict: 'allow'}")
		if name != "" && where == "" && g.chance(4) {
			where = " WHERE " + name + g.pick(".cost > 1", ".verdict = 'allow'", ".cost IS NULL")
		}
	case len(group) > 0 && group[0]:
		k = edges
		quantifier = g.pick("{1,2}", "{2}", "{,2}", "{0,1}", "{1,3}")
	default:
		k = edges
		types = strings.ReplaceAll(types, "!", "") // star and type expression do not go together
		length = g.pick("*1..2", "*0..2", "*2", "*..2", "*1..3", "*0..1")
		where = g.pick("", "", " {verdict: 'allow'}")
	}
	if name != "" {
		g.add(name, k)
	}
	return left + "[" + name + types + length + where + "]" + right + quantifier
}

// group is a repeated part; its variables are lists afterwards.
func (g *generator) group() string {
	x, r, y := g.name("x"), g.name("e"), g.name("y")
	left, right := g.arrow()
	where := g.pick("", "", " WHERE "+r+".cost < 3", " WHERE "+x+".imds_hop_limit <= "+y+".imds_hop_limit", " WHERE "+x+" <> "+y)
	g.add(x, nodes)
	g.add(r, edges)
	g.add(y, nodes)
	return "((" + x + ")" + left + "[" + r + g.pick("", ":ASSUMES", ":!HAS_POLICY") + "]" + right + "(" + y + ")" + where + ")" + g.pick("{1,2}", "{0,2}", "{2}", "{1,3}")
}

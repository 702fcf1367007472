package tck

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"

	"github.com/postern-sec/postern/internal/cypher"
)

// expected reads one cell of a result table into the types of a cypher.Result; a path becomes a pathText.
type cellReader struct {
	text string
	at   int
}

// pathText is a path as the TCK writes it, in canonical form.
type pathText string

func readCell(text string) (v any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("cell %q: %v", text, r)
		}
	}()
	r := &cellReader{text: text}
	v = r.value()
	r.blank()
	if r.at != len(r.text) {
		panic("text behind the value")
	}
	return v, nil
}

func (r *cellReader) blank() {
	for r.at < len(r.text) && r.text[r.at] == ' ' {
		r.at++
	}
}

func (r *cellReader) accept(s string) bool {
	r.blank()
	if strings.HasPrefix(r.text[r.at:], s) {
		r.at += len(s)
		return true
	}
	return false
}

func (r *cellReader) need(s string) {
	if !r.accept(s) {
		panic("expected " + s + " at " + r.text[r.at:])
	}
}

func (r *cellReader) value() any {
	r.blank()
	switch {
	case r.accept("'"):
		return r.str()
	case strings.HasPrefix(r.text[r.at:], "[:"):
		return r.edge()
	case r.accept("["):
		list := []any{}
		for !r.accept("]") {
			list = append(list, r.value())
			r.accept(",")
		}
		return list
	case strings.HasPrefix(r.text[r.at:], "{"):
		return r.props()
	case strings.HasPrefix(r.text[r.at:], "("):
		return r.node()
	case r.accept("<"):
		return r.path()
	}
	return r.atom()
}

func (r *cellReader) atom() any {
	start := r.at
	for r.at < len(r.text) && !strings.ContainsRune(" ,]})>", rune(r.text[r.at])) {
		r.at++
	}
	word := r.text[start:r.at]
	switch word {
	case "null":
		return nil
	case "true", "false":
		return word == "true"
	case "NaN":
		return math.NaN()
	case "Inf":
		return math.Inf(1)
	case "-Inf":
		return math.Inf(-1)
	}
	if n, err := strconv.ParseInt(word, 10, 64); err == nil {
		return n
	}
	f, err := strconv.ParseFloat(word, 64)
	if err != nil {
		panic("no value: " + word)
	}
	return f
}

func (r *cellReader) str() string {
	var b strings.Builder
	for ; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; c {
		case '\\':
			r.at++
			b.WriteByte(r.text[r.at])
		case '\'':
			r.at++
			return b.String()
		default:
			b.WriteByte(c)
		}
	}
	panic("string not closed")
}

func (r *cellReader) name() string {
	r.blank()
	if r.accept("`") {
		end := strings.IndexByte(r.text[r.at:], '`')
		name := r.text[r.at : r.at+end]
		r.at += end + 1
		return name
	}
	start := r.at
	for r.at < len(r.text) && !strings.ContainsRune(" ,:{}()[]>-", rune(r.text[r.at])) {
		r.at++
	}
	return r.text[start:r.at]
}

func (r *cellReader) props() map[string]any {
	m := map[string]any{}
	if !r.accept("{") {
		return m
	}
	for !r.accept("}") {
		key := r.name()
		r.need(":")
		m[key] = r.value()
		r.accept(",")
	}
	return m
}

func (r *cellReader) node() cypher.Node {
	n := cypher.Node{Labels: []string{}}
	r.need("(")
	for r.accept(":") {
		n.Labels = append(n.Labels, r.name())
	}
	sort.Strings(n.Labels)
	n.Properties = r.props()
	r.need(")")
	return n
}

func (r *cellReader) edge() cypher.Edge {
	r.need("[:")
	e := cypher.Edge{Kind: r.name()}
	e.Properties = r.props()
	r.need("]")
	return e
}

func (r *cellReader) path() pathText {
	var b strings.Builder
	b.WriteString(canonical(r.node(), false))
	for !r.accept(">") {
		left := r.accept("<-")
		if !left {
			r.need("-")
		}
		e := canonical(r.edge(), false)
		r.need("-")
		right := r.accept(">")
		b.WriteString(arrow(e, left && !right))
		b.WriteString(canonical(r.node(), false))
	}
	return pathText(b.String())
}

func arrow(edge string, left bool) string {
	if left {
		return "<-" + edge + "-"
	}
	return "-" + edge + "->"
}

// canonical writes a value so that equal values have equal texts. With unordered, the order of list elements does not matter.
func canonical(v any, unordered bool) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		if v == 0 {
			return "f0" // of either sign
		}
		return "f" + strconv.FormatFloat(v, 'g', -1, 64)
	case string:
		return strconv.Quote(v)
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = canonical(v[i], unordered)
		}
		if unordered {
			sort.Strings(parts)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		parts := []string{}
		for k, x := range v {
			parts = append(parts, strconv.Quote(k)+": "+canonical(x, unordered))
		}
		sort.Strings(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	case cypher.Node:
		return "(:" + strings.Join(v.Labels, ":") + canonical(v.Properties, false) + ")"
	case cypher.Edge:
		return "[:" + v.Kind + canonical(v.Properties, false) + "]"
	case pathText:
		return "<" + string(v) + ">"
	case cypher.Path:
		text := canonical(v.Nodes[0], false)
		for i, e := range v.Edges {
			text += arrow(canonical(e, false), e.From != v.Nodes[i].ID) + canonical(v.Nodes[i+1], false)
		}
		return "<" + text + ">"
	}
	return fmt.Sprintf("%T?", v)
}

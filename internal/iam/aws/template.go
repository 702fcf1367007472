package aws

import "strings"

// template is text with policy variables. Source: IAM User Guide, "IAM policy
// elements: Variables and tags".
type template struct {
	raw  string
	text string // in wildcard form, when there are no variables
	g    glob   // compiled text, when there are no variables and wildcards count
	vars []templatePart
	kind templateKind
}

type templateKind uint8

const (
	static   templateKind = iota
	variable              // has variables
	never                 // a variable that cannot be read: matches nothing
)

// templatePart is literal text followed by a variable; the last part of a
// template may have no variable.
type templatePart struct {
	literal    string // in wildcard form
	key        string // lower case; empty when no variable follows
	shown      string // the key as written
	fallback   string // the default, ${key, 'default'}
	hasDefault bool
}

// newTemplate parses text whose '*' and '?' are wildcards.
func newTemplate(text string, variables bool) template {
	return parseTemplate(text, variables, true)
}

// parseTemplate splits text into literals and variables. Without variables
// (version 2008-10-17) a ${…} is plain text.
func parseTemplate(text string, variables, wildcards bool) template {
	literal := func(s string) string {
		if wildcards {
			return wild(s)
		}
		return s
	}
	t := template{raw: text}
	var parts []templatePart
	var b strings.Builder
	rest := text
	for variables {
		i := strings.Index(rest, "${")
		if i < 0 {
			break
		}
		end := strings.IndexByte(rest[i:], '}')
		if end < 0 {
			break
		}
		name := rest[i+2 : i+end]
		b.WriteString(literal(rest[:i]))
		rest = rest[i+end+1:]
		if name == "*" || name == "?" || name == "$" {
			b.WriteString(name)
			continue
		}
		part, ok := variablePart(name)
		if !ok {
			t.kind = never
			return t
		}
		part.literal = b.String()
		b.Reset()
		parts = append(parts, part)
	}
	b.WriteString(literal(rest))
	if len(parts) == 0 {
		t.text = b.String()
		if wildcards {
			t.g = newGlob(t.text)
		}
		return t
	}
	t.kind = variable
	t.vars = append(parts, templatePart{literal: b.String()})
	return t
}

// variablePart reads what stands between ${ and }: a key, or key, 'default'.
func variablePart(s string) (templatePart, bool) {
	key, def, has := strings.Cut(s, ",")
	key = strings.TrimSpace(key)
	if key == "" {
		return templatePart{}, false
	}
	p := templatePart{key: strings.ToLower(key), shown: key}
	if !has {
		return p, true
	}
	def = strings.TrimSpace(def)
	if len(def) < 2 || def[0] != '\'' || def[len(def)-1] != '\'' {
		return templatePart{}, false
	}
	p.fallback, p.hasDefault = def[1:len(def)-1], true
	return p, true
}

// dynamic reports whether the text depends on the request.
func (t *template) dynamic() bool { return t.kind == variable }

// filled is the outcome of filling a template's variables.
type filled uint8

const (
	fillDone    filled = iota // all variables known
	fillAbsent                // a variable is absent and has no default: nothing matches
	fillUnknown               // a variable is unknown; its place holds a star
)

// fill replaces the variables by their values, taken literally. A variable with
// several values does not resolve. For fillUnknown, unknown names the first
// unknown key, as written, and the text has a star in its place.
func (t *template) fill(v *eval) (text string, state filled, unknown string) {
	switch t.kind {
	case static:
		return t.text, fillDone, ""
	case never:
		return "", fillAbsent, ""
	}
	var b strings.Builder
	for _, p := range t.vars {
		b.WriteString(p.literal)
		if p.key == "" {
			continue
		}
		st, values := v.lookup(p.key)
		switch {
		case st == keyAbsent && p.hasDefault:
			b.WriteString(p.fallback)
		case st == keyAbsent, st == keyKnown && len(values) != 1:
			return "", fillAbsent, ""
		case st == keyKnown && !isWild(values[0]):
			b.WriteString(values[0])
		default:
			state = fillUnknown
			if unknown == "" {
				unknown = p.shown
			}
			b.WriteByte(wildStar)
		}
	}
	return b.String(), state, unknown
}

// needed is the value a lone unknown variable must have for the template to
// match text, when that is one value.
func (t *template) needed(v *eval, text string) (string, bool) {
	var before, after strings.Builder
	out := &before
	seen := false
	for _, p := range t.vars {
		out.WriteString(p.literal)
		if p.key == "" {
			continue
		}
		st, values := v.lookup(p.key)
		if st == keyKnown && len(values) == 1 && !isWild(values[0]) {
			out.WriteString(values[0])
			continue
		}
		if seen {
			return "", false
		}
		seen = true
		out = &after
	}
	pre, post := before.String(), after.String()
	if isWild(pre) || isWild(post) || isWild(text) || len(text) < len(pre)+len(post) ||
		!strings.HasPrefix(text, pre) || !strings.HasSuffix(text, post) {
		return "", false
	}
	return text[len(pre) : len(text)-len(post)], true
}

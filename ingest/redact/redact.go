package redact

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Document returns a document without its secrets, and where they were. service
// and operation are the AWS CLI's service and the API's operation, empty when
// not known: more is dropped then, never less. The answer shares no memory with
// body if anything was replaced, else it is body.
//
// The error says where body is not JSON, or that it nests deeper than MaxDepth;
// nothing of body may be stored then.
func Document(service, operation string, body json.RawMessage) (json.RawMessage, []Finding, error) {
	if !json.Valid(body) {
		return nil, nil, invalid(body)
	}
	w := walker{service: service, b: body}
	root := free
	if secretOperations[strings.ToLower(strings.ReplaceAll(operation, "-", ""))] {
		root = secret
	}
	if err := w.value(context{place: root}, "", 0); err != nil {
		return nil, nil, err
	}
	return w.apply(), w.found, nil
}

// secretOperations answer with nothing but a secret. Postern's collector calls
// none of them; folders of other tools may hold their answers.
var secretOperations = map[string]bool{
	"getsecretvalue": true, "batchgetsecretvalue": true, "getparameter": true, "getparameters": true, "getparametersbypath": true,
	"getpassworddata": true, "getauthorizationtoken": true, "getsessiontoken": true, "assumerole": true, "getfederationtoken": true,
	"createaccesskey": true, "getapikeys": true, "getapikey": true, "getclustercredentials": true,
}

// invalid says where a document stops being JSON.
func invalid(body []byte) error {
	err := json.Unmarshal(body, new(json.RawMessage))
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("not JSON at byte %d: %w", syntax.Offset, err)
	}
	return fmt.Errorf("not JSON: %w", err)
}

// walker goes through a valid document once and notes what to replace.
type walker struct {
	service string
	b       []byte
	i       int // next byte
	path    []string
	edits   []edit
	found   []Finding
}

// edit replaces b[from:to] with a string.
type edit struct {
	from, to int
	with     string
}

// context is where a value stands.
type context struct {
	place  place
	inList bool // the value is an element of a list
}

// member is a scalar member of an object.
type member struct {
	name     string // normalised
	raw      string
	from, to int
}

func (w *walker) value(c context, name string, depth int) error {
	if depth > MaxDepth {
		return fmt.Errorf("nested deeper than %d at byte %d", MaxDepth, w.i)
	}
	w.space()
	switch w.b[w.i] {
	case '{':
		return w.object(c, depth)
	case '[':
		return w.list(c, name, depth)
	}
	from := w.i
	w.scalar()
	w.leaf(c.place, member{name: name, raw: name, from: from, to: w.i})
	return nil
}

func (w *walker) list(c context, name string, depth int) error {
	w.i++        // [
	option := "" // the element before, if it is a command line option
	for n := 0; ; n++ {
		w.space()
		if w.b[w.i] == ']' {
			w.i++
			return nil
		}
		if w.b[w.i] == ',' {
			w.i++
		}
		w.space()
		w.path = append(w.path, strconv.Itoa(n))
		element, from := context{place: c.place, inList: true}, w.i
		if element.place == free && secretName(normalise(option)) {
			element.place = likely
		}
		err := w.value(element, cmp.Or(option, name), depth+1)
		if option = ""; w.b[from] == '"' && w.b[from+1] == '-' {
			option = text(w.b[from:w.i])
		}
		w.path = w.path[:len(w.path)-1]
		if err != nil {
			return err
		}
	}
}

// object walks an object. Scalars whose fate depends on their siblings are
// decided at its end: the value beside a name, and CodeBuild's environment.
func (w *walker) object(c context, depth int) error {
	w.i++ // {
	var scalars []member
	for {
		w.space()
		if w.b[w.i] == '}' {
			w.i++
			break
		}
		if w.b[w.i] == ',' {
			w.i++
			w.space()
		}
		from := w.i
		w.scalar()
		raw := text(w.b[from:w.i])
		m := member{name: normalise(raw), raw: raw}
		w.space()
		w.i++ // :
		w.space()
		if ch := w.b[w.i]; ch != '{' && ch != '[' {
			m.from = w.i
			w.scalar()
			m.to = w.i
			if scalars = append(scalars, m); c.place == free && !valueNames[m.name] && !slices.Contains(nameNames, m.name) {
				scalars = scalars[:len(scalars)-1] // decided at once
				w.leaf(scalarPlace(w.service, m), m)
			}
			continue
		}
		w.path = append(w.path, m.raw)
		err := w.value(context{place: w.below(c, m.name)}, m.raw, depth+1)
		w.path = w.path[:len(w.path)-1]
		if err != nil {
			return err
		}
	}
	w.decide(c, scalars)
	return nil
}

// below says what stands below a composite member of an object at c.
func (w *walker) below(c context, name string) place {
	own := placeOf(w.service, name)
	switch c.place {
	case free:
		if own == free && secretName(name) {
			return likely
		}
		return own
	case script:
		return script
	case settings, references:
		if c.inList && !valueNames[name] && name != "variables" && own == free {
			return free // valueFrom, and what else stands beside name and value
		}
		if own == secret {
			return secret
		}
	}
	return c.place
}

// scalarPlace says what a scalar member of an ordinary object is. Names that are
// settings, references or scripts mean so only for objects and lists: a tag
// named Environment is a tag.
func scalarPlace(service string, m member) place {
	switch {
	case placeOf(service, m.name) == secret:
		return secret
	case secretName(m.name):
		return likely
	}
	return free
}

// decide settles the scalars of an object.
func (w *walker) decide(c context, scalars []member) {
	switch c.place {
	case free:
		name := w.nameIn(scalars)
		for _, m := range scalars {
			p := free
			if valueNames[m.name] && name != "" {
				m.raw = name
				p = scalarPlace(w.service, member{name: normalise(name)})
			}
			w.leaf(p, m)
		}
	case settings, references:
		w.decideSettings(c, scalars)
	case script:
		for _, m := range scalars {
			p := free
			if m.name == "content" {
				p = secret
			}
			w.leaf(p, m)
		}
	case secret, likely:
		for _, m := range scalars {
			p := c.place
			if nameOnly := slices.Contains(nameNames, m.name) || m.name == "arn" || m.name == "type"; nameOnly {
				p = free
			}
			w.leaf(p, m)
		}
	}
}

// decideSettings settles the scalars of an object of settings: all are values,
// unless it is one of a list of settings, with a name of its own, or CodeBuild's
// environment.
func (w *walker) decideSettings(c context, scalars []member) {
	build := isBuild(scalars)
	name := w.nameIn(scalars)
	for _, m := range scalars {
		switch {
		case c.inList && name != "" && valueNames[m.name]:
			m.raw = name
			w.leaf(w.settingPlace(c.place, scalars), m)
		case c.inList && name != "", build:
			w.leaf(scalarPlace(w.service, m), m)
		default:
			w.leaf(c.place, m)
		}
	}
}

// settingPlace is the place of a value beside its name in a list of settings:
// free if its type says that it names where the secret is.
func (w *walker) settingPlace(p place, scalars []member) place {
	for _, m := range scalars {
		if m.name == "type" && referenceTypes[text(w.b[m.from:m.to])] {
			return free
		}
	}
	return p
}

// nameIn returns the name beside a value, or "".
func (w *walker) nameIn(scalars []member) string {
	for _, n := range nameNames {
		for _, m := range scalars {
			if m.name == n {
				return text(w.b[m.from:m.to])
			}
		}
	}
	return ""
}

func isBuild(scalars []member) bool {
	compute := false
	for _, m := range scalars {
		if !buildMembers[m.name] {
			return false
		}
		compute = compute || m.name == "computetype"
	}
	return compute
}

// leaf settles one scalar.
func (w *walker) leaf(p place, m member) {
	raw := w.b[m.from:m.to]
	if raw[0] != '"' {
		if (p == settings || p == references) && raw[0] != 't' && raw[0] != 'f' && raw[0] != 'n' {
			w.replace(m, Dropped, nil)
		}
		return
	}
	if p == free {
		if identifiers[m.name] || bytes.IndexByte(raw, '\\') < 0 && candidates(raw) == 0 {
			return
		}
		if clean, types := Text(text(raw)); len(types) > 0 {
			w.replace(m, clean, types)
		}
		return
	}
	v := text(raw)
	if v == "" || p == references && isLocation(v) {
		return
	}
	if _, done := marked(v); done {
		return
	}
	types := looksLike(m.raw, v)
	if decoded, ok := script64(v); ok && len(types) == 0 {
		_, types = Text(decoded)
	}
	if p == likely && len(types) == 0 && !secretive(v) {
		return // an ARN or a path: where the secret is, not the secret
	}
	w.replace(m, mark(types), types)
}

// isLocation reports whether v is an s3:// URI and nothing else.
func isLocation(v string) bool {
	if !strings.HasPrefix(v, "s3://") || strings.ContainsAny(v, "?@ \t\r\n\"'=") {
		return false
	}
	_, types := Text(v)
	return len(types) == 0
}

// script64 decodes user data and scripts, which are base64, to see what is in
// them.
func script64(v string) (string, bool) {
	if len(v) < 16 {
		return "", false
	}
	d, err := base64.StdEncoding.DecodeString(strings.TrimSpace(v))
	if err != nil || !utf8.Valid(d) {
		return "", false
	}
	return string(d), true
}

// replace notes that a scalar becomes the string with.
func (w *walker) replace(m member, with string, types []Type) {
	w.edits = append(w.edits, edit{m.from, m.to, with})
	for _, t := range types {
		if len(w.found) < maxFindings {
			w.found = append(w.found, Finding{w.pointer(m.raw), t})
		}
	}
}

// pointer is the JSON pointer of the member name below the walker's path.
func (w *walker) pointer(name string) string {
	var s strings.Builder
	for _, p := range append(slices.Clone(w.path), name) {
		s.WriteByte('/')
		s.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(p))
	}
	return s.String()
}

// apply returns the document with all edits made.
func (w *walker) apply() json.RawMessage {
	if len(w.edits) == 0 {
		return w.b
	}
	slices.SortFunc(w.edits, func(a, b edit) int { return a.from - b.from })
	var out bytes.Buffer
	out.Grow(len(w.b))
	last := 0
	for _, e := range w.edits {
		out.Write(w.b[last:e.from])
		out.Write(quote(e.with))
		last = e.to
	}
	out.Write(w.b[last:])
	return out.Bytes()
}

// quote writes a JSON string without escaping <, > and &.
func quote(s string) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic("redact: a string is always JSON: " + err.Error())
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// text is the value of a JSON string.
func text(raw []byte) string {
	if len(raw) < 2 || raw[0] != '"' {
		return string(raw)
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return "" // cannot be: the document is valid JSON
	}
	return s
}

// space skips white space.
func (w *walker) space() {
	for w.i < len(w.b) {
		switch w.b[w.i] {
		case ' ', '\t', '\r', '\n':
			w.i++
		default:
			return
		}
	}
}

// scalar skips a string, number or literal of a valid document.
func (w *walker) scalar() {
	if w.b[w.i] == '"' {
		for w.i++; w.b[w.i] != '"'; w.i++ {
			if w.b[w.i] == '\\' {
				w.i++
			}
		}
		w.i++
		return
	}
	for w.i < len(w.b) && !strings.ContainsRune(",]} \t\r\n", rune(w.b[w.i])) {
		w.i++
	}
}

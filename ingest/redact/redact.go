package redact

import (
	"bytes"
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
	if err := w.value(context{place: root}, &name{}, 0); err != nil {
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
	path    []step
	edits   []edit
	found   []Finding
	names   map[string]*name
}

// step is a member's name or an element's index on the way to a value.
type step struct {
	name  string
	index int // of an element; -1: a member
}

// name is what there is to know of a member's name.
type name struct {
	raw        string
	normalised string
	own        place // of what stands below it
	value      bool  // it is a value beside a name
	title      bool  // it is a name beside a value
	ends       bool  // it ends like a secret's name
}

// maxNames bounds the names that are remembered: answers repeat a few hundred,
// and a document of nothing but new names must not cost memory for each.
const maxNames = 10_000

// nameOf gives what there is to know of the name that raw quotes.
func (w *walker) nameOf(raw []byte) *name {
	if n, known := w.names[string(raw)]; known {
		return n
	}
	s := text(raw)
	n := &name{raw: s, normalised: normalise(s)}
	n.own = placeOf(w.service, n.normalised)
	n.value, n.title, n.ends = valueNames[n.normalised], slices.Contains(nameNames, n.normalised), secretName(n.normalised)
	if len(w.names) < maxNames {
		if w.names == nil {
			w.names = map[string]*name{}
		}
		w.names[string(raw)] = n
	}
	return n
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
	*name
	from, to int
}

// value walks one value. called is the name that it, or the list it is in, has.
func (w *walker) value(c context, called *name, depth int) error {
	if depth > MaxDepth {
		return fmt.Errorf("nested deeper than %d at byte %d", MaxDepth, w.i)
	}
	w.space()
	switch w.b[w.i] {
	case '{':
		return w.object(c, depth)
	case '[':
		return w.list(c, called, depth)
	}
	from := w.i
	w.scalar()
	w.leaf(c.place, member{called, from, w.i}, called.raw)
	return nil
}

func (w *walker) list(c context, called *name, depth int) error {
	w.i++ // [
	w.path = append(w.path, step{})
	defer func() { w.path = w.path[:len(w.path)-1] }()
	var option *name // the element before, if it is a command line option
	for n := 0; ; n++ {
		w.space()
		if w.b[w.i] == ']' {
			w.i++
			return nil
		}
		if w.b[w.i] == ',' {
			w.i++
			w.space()
		}
		w.path[len(w.path)-1].index = n
		element, title, from := context{c.place, true}, called, w.i
		if option != nil && secretOption(option) && element.place == free {
			element.place, title = likely, option
		}
		if err := w.value(element, title, depth+1); err != nil {
			return err
		}
		// An option with its value in itself says nothing of the next element.
		if option = nil; w.b[from] == '"' && w.b[from+1] == '-' && bytes.IndexByte(w.b[from:w.i], '=') < 0 {
			option = w.nameOf(w.b[from:w.i])
		}
	}
}

// object walks an object. Scalars whose fate depends on their siblings are
// decided at its end: the value beside a name, and CodeBuild's environment.
func (w *walker) object(c context, depth int) error {
	w.i++ // {
	w.path = append(w.path, step{index: -1})
	defer func() { w.path = w.path[:len(w.path)-1] }()
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
		m := member{name: w.nameOf(w.b[from:w.i])}
		w.path[len(w.path)-1].name = m.raw
		w.space()
		w.i++ // :
		w.space()
		if ch := w.b[w.i]; ch == '{' || ch == '[' {
			if err := w.value(context{place: c.below(m.name)}, m.name, depth+1); err != nil {
				return err
			}
			continue
		}
		m.from = w.i
		w.scalar()
		m.to = w.i
		if c.place == free && !m.value && !m.title {
			w.leaf(m.alone(), m, m.raw)
			continue
		}
		scalars = append(scalars, m)
	}
	w.decide(c, scalars)
	return nil
}

// below says what stands below a composite member of an object at c.
func (c context) below(n *name) place {
	switch c.place {
	case free:
		if n.own == free && n.ends {
			return likely
		}
		return n.own
	case settings, references:
		if c.inList && !n.value && n.normalised != "variables" && n.own == free {
			return free // valueFrom, and what else stands beside name and value
		}
		if n.own == secret {
			return secret
		}
	}
	return c.place
}

// alone says what a scalar of this name is in an ordinary object. Names that are
// settings, references or scripts mean so only for objects and lists: a tag
// named Environment is a tag.
func (n *name) alone() place {
	switch {
	case n.own == secret:
		return secret
	case n.ends:
		return likely
	}
	return free
}

// decide settles the scalars of an object.
func (w *walker) decide(c context, scalars []member) {
	switch c.place {
	case free:
		title := w.titleIn(scalars)
		for _, m := range scalars {
			if m.value && title != nil {
				w.leafAt(title.alone(), m, title.raw)
			} else {
				w.leafAt(free, m, m.raw)
			}
		}
	case settings, references:
		w.decideSettings(c, scalars)
	case script:
		for _, m := range scalars {
			p := free
			if m.normalised == "content" {
				p = secret
			}
			w.leafAt(p, m, m.raw)
		}
	case secret, likely:
		for _, m := range scalars {
			p := c.place
			if m.title || m.normalised == "arn" || m.normalised == "type" {
				p = free
			}
			w.leafAt(p, m, m.raw)
		}
	}
}

// decideSettings settles the scalars of an object of settings: all are values,
// unless it is one of a list of settings, with a name of its own, or CodeBuild's
// environment.
func (w *walker) decideSettings(c context, scalars []member) {
	build := isBuild(scalars)
	title := w.titleIn(scalars)
	named := c.inList && title != nil
	for _, m := range scalars {
		switch {
		case named && m.value:
			w.leafAt(w.settingPlace(c.place, scalars), m, title.raw)
		case named, build:
			w.leafAt(m.alone(), m, m.raw)
		default:
			w.leafAt(c.place, m, m.raw)
		}
	}
}

// settingPlace is the place of a value beside its name in a list of settings:
// free if its type says that it names where the secret is.
func (w *walker) settingPlace(p place, scalars []member) place {
	for _, m := range scalars {
		if m.normalised == "type" && referenceTypes[text(w.b[m.from:m.to])] {
			return free
		}
	}
	return p
}

// titleIn returns the name beside a value, or nil.
func (w *walker) titleIn(scalars []member) *name {
	for _, n := range nameNames {
		for _, m := range scalars {
			if m.normalised == n && w.b[m.from] == '"' && m.to > m.from+2 {
				return w.nameOf(w.b[m.from:m.to])
			}
		}
	}
	return nil
}

func isBuild(scalars []member) bool {
	compute := false
	for _, m := range scalars {
		if !buildMembers[m.normalised] {
			return false
		}
		compute = compute || m.normalised == "computetype"
	}
	return compute
}

// leafAt settles a scalar of the object that ended last.
func (w *walker) leafAt(p place, m member, called string) {
	w.path[len(w.path)-1].name = m.raw
	w.leaf(p, m, called)
}

// leaf settles the scalar at the walker's path. called is the name that says
// what it is: its own, or the one beside it.
func (w *walker) leaf(p place, m member, called string) {
	raw := w.b[m.from:m.to]
	if raw[0] != '"' {
		if (p == settings || p == references) && raw[0] != 't' && raw[0] != 'f' && raw[0] != 'n' {
			w.replace(m, Dropped, nil)
		}
		return
	}
	if p == free {
		if identifiers[m.normalised] || bytes.IndexByte(raw, '\\') < 0 && candidates(raw) == (bits{}) {
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
	types := looksLike(called, v)
	if decoded, ok := script64(v); ok && len(types) == 0 {
		_, types = Text(decoded)
	}
	if p == likely && len(types) == 0 && !secretive(v) {
		return // an ARN or a path: where the secret is, not the secret
	}
	w.replace(m, mark(types)+keyDigest(v), types)
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
			w.found = append(w.found, Finding{w.pointer(), t})
		}
	}
}

// pointer is the JSON pointer of the walker's path.
func (w *walker) pointer() string {
	var s strings.Builder
	for _, p := range w.path {
		s.WriteByte('/')
		if p.index >= 0 {
			s.WriteString(strconv.Itoa(p.index))
			continue
		}
		s.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(p.name))
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

package aws

import "strings"

// policy is one parsed document. It is shared by all that carry the same text.
type policy struct {
	statements []*statement
	// broken: some of the text could not be understood. What the rest says still
	// counts, but the policy may also allow or deny more.
	broken bool
	// variables: version 2012-10-17, in which ${…} is a variable.
	variables bool
}

// statement is one statement of a policy.
type statement struct {
	index   int
	sid     string
	deny    bool
	actions []glob // lower case
	// notAction, notResource, notPrincipal: the list is what is left out.
	notAction, notResource, notPrincipal bool
	resources                            []template
	hasPrincipal                         bool
	principals                           []principalElement
	clauses                              []clause
	// personal: it looks at who the caller is; resourceful: at the resource
	// beyond its ARN. See noteKeys.
	personal, resourceful bool
}

// name is the Sid, or the index in decimal.
func (s *statement) name() string {
	if s.sid != "" {
		return s.sid
	}
	return itoa(s.index)
}

// parsePolicy parses a document. atoms interns condition clauses.
func parsePolicy(doc Document, short shortARNs, atoms *atomTable) (*policy, []Warning) {
	p := policyParser{doc: doc, short: short}
	pol := &policy{}
	root, ok := p.read()
	if !ok {
		pol.broken = true
		return pol, p.warnings
	}
	if root.kind != 'o' {
		p.warn(root.offset, "the policy is not an object")
		pol.broken = true
		return pol, p.warnings
	}
	p.version(&root, pol)
	st := p.field(&root, "Statement")
	if root.twice {
		pol.broken = true
		return pol, p.warnings
	}
	if st == nil {
		p.warn(root.offset, "the policy has no Statement")
		pol.broken = true
		return pol, p.warnings
	}
	list := []jsonValue{*st}
	if st.kind == 'a' {
		list = st.items
	}
	for i := range list {
		s, ok := p.statement(&list[i], i, pol.variables, atoms)
		if !ok {
			pol.broken = true
			continue
		}
		pol.statements = append(pol.statements, s)
	}
	return pol, p.warnings
}

// version reads Version; without one the language is 2008-10-17, in which ${…}
// is plain text. Source: IAM User Guide, "IAM JSON policy elements: Version".
func (p *policyParser) version(root *jsonValue, pol *policy) {
	v := p.field(root, "Version")
	if v == nil {
		return
	}
	switch v.text {
	case "2012-10-17":
		pol.variables = true
	case "2008-10-17":
	default:
		p.warn(v.offset, "unknown policy version %q", v.text)
		pol.broken = true
	}
}

func (p *policyParser) statement(v *jsonValue, index int, variables bool, atoms *atomTable) (*statement, bool) {
	s := &statement{index: index}
	if v.kind != 'o' {
		p.warn(v.offset, "statement %d is not an object", index)
		return nil, false
	}
	p.unknownElements(v, index)
	if sid := p.field(v, "Sid"); sid != nil {
		s.sid = sid.text
	}
	ok := p.effect(v, s)
	ok = p.actionsOf(v, s) && ok
	ok = p.resourcesOf(v, s, variables) && ok
	ok = p.principalsOf(v, s) && ok
	ok = p.conditionsOf(v, s, variables, atoms) && ok
	s.noteKeys()
	return s, ok && !v.twice
}

var statementElements = []string{"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}

func (p *policyParser) unknownElements(v *jsonValue, index int) {
	for i, k := range v.keys {
		known := false
		for _, e := range statementElements {
			known = known || strings.EqualFold(k, e)
		}
		if !known {
			p.warn(v.items[i].offset, "statement %d has an unknown element %q", index, k)
		}
	}
}

func (p *policyParser) effect(v *jsonValue, s *statement) bool {
	e := p.field(v, "Effect")
	switch {
	case e == nil:
		p.warn(v.offset, "statement %d has no Effect", s.index)
		return false
	case e.text == "Allow":
		return true
	case e.text == "Deny":
		s.deny = true
		return true
	default:
		p.warn(e.offset, "statement %d has the Effect %q, neither Allow nor Deny", s.index, e.text)
		return false
	}
}

// oneOf reads an element or its Not form; both or none is an error when the
// element is required.
func (p *policyParser) oneOf(v *jsonValue, s *statement, name string, required bool) (values *jsonValue, not, ok bool) {
	plain, inverse := p.field(v, name), p.field(v, "Not"+name)
	switch {
	case plain != nil && inverse != nil:
		p.warn(inverse.offset, "statement %d has both %s and Not%s", s.index, name, name)
		return nil, false, false
	case plain == nil && inverse == nil:
		if required {
			p.warn(v.offset, "statement %d has neither %s nor Not%s", s.index, name, name)
		}
		return nil, false, !required
	case inverse != nil:
		return inverse, true, true
	default:
		return plain, false, true
	}
}

func (p *policyParser) actionsOf(v *jsonValue, s *statement) bool {
	list, not, ok := p.oneOf(v, s, "Action", true)
	if !ok {
		return false
	}
	s.notAction = not
	texts, ok := p.texts(list, "Action")
	if !ok {
		return false
	}
	for _, t := range texts {
		service, _, named := strings.Cut(t, ":")
		if t != "*" && (!named || service == "") {
			p.warn(list.offset, "statement %d: %q is not an action", s.index, t)
		}
		if named && service != "*" && strings.ContainsAny(service, "*?") {
			p.warn(list.offset, "statement %d: the service of %q has a wildcard, which AWS refuses", s.index, t)
			return false
		}
		s.actions = append(s.actions, newGlob(wild(strings.ToLower(t))))
	}
	return true
}

// resourcesOf reads Resource and NotResource. A statement without either covers
// the resource the policy hangs on (trust policies have none), that is: all.
func (p *policyParser) resourcesOf(v *jsonValue, s *statement, variables bool) bool {
	list, not, ok := p.oneOf(v, s, "Resource", false)
	if !ok {
		return false
	}
	if list == nil {
		s.resources = []template{newTemplate("*", false)}
		return true
	}
	s.notResource = not
	texts, ok := p.texts(list, "Resource")
	if !ok {
		return false
	}
	for _, t := range texts {
		full := completeARN(t)
		switch {
		case full == t || p.short == shortPlain:
		case p.short == shortRefused && strings.HasSuffix(t, "*"): // a star at the end crosses colons
		case p.short == shortRefused:
			p.warn(list.offset, "statement %d: the ARN %q is incomplete, which AWS refuses in a session policy", s.index, t)
			return false
		default:
			t = full
		}
		s.resources = append(s.resources, newTemplate(t, variables))
	}
	return true
}

// shortARNs says what an ARN with fewer than six fields means in Resource and
// NotResource. In identity-based policies (boundaries are such) AWS completes it;
// in a session policy it refuses it; elsewhere it is a pattern as written.
// Source: IAM User Guide, "IAM identifiers", IAM ARNs, and "Identify AWS resources
// with Amazon Resource Names (ARNs)", limitations on wildcard usage.
type shortARNs uint8

const (
	shortPlain shortARNs = iota
	shortCompleted
	shortRefused
)

// completeARN adds a star for every field that an ARN lacks: arn:aws:sqs means
// arn:aws:sqs:*:*:*. Colons within a variable separate nothing.
func completeARN(text string) string {
	if !strings.HasPrefix(text, "arn:") {
		return text
	}
	fields, inside := 1, false
	for i := range len(text) {
		switch {
		case text[i] == '{' && text[i-1] == '$':
			inside = true
		case text[i] == '}':
			inside = false
		case text[i] == ':' && !inside:
			fields++
		}
	}
	if fields >= 6 {
		return text
	}
	return text + strings.Repeat(":*", 6-fields)
}

func (p *policyParser) principalsOf(v *jsonValue, s *statement) bool {
	list, not, ok := p.oneOf(v, s, "Principal", false)
	if !ok {
		return false
	}
	if list == nil {
		return true
	}
	s.hasPrincipal, s.notPrincipal = true, not
	if list.kind == 's' {
		if list.text != "*" {
			p.warn(list.offset, "statement %d: the principal %q is neither * nor a map", s.index, list.text)
			return false
		}
		s.principals = []principalElement{{kind: elementAny}}
		return true
	}
	if list.kind != 'o' {
		p.warn(list.offset, "statement %d: Principal is neither * nor a map", s.index)
		return false
	}
	for i, k := range list.keys {
		texts, ok := p.texts(&list.items[i], "Principal "+k)
		if !ok {
			return false
		}
		for _, t := range texts {
			el, known := newPrincipalElement(k, t)
			if !known {
				p.warn(list.items[i].offset, "statement %d: the principal %s %q matches nobody", s.index, k, t)
			}
			s.principals = append(s.principals, el)
		}
	}
	return true
}

func (p *policyParser) conditionsOf(v *jsonValue, s *statement, variables bool, atoms *atomTable) bool {
	block := p.field(v, "Condition")
	if block == nil || block.kind == 0 {
		return true
	}
	if block.kind != 'o' {
		p.warn(block.offset, "statement %d: Condition is not a map", s.index)
		return false
	}
	ok := true
	for i, op := range block.keys {
		keys := &block.items[i]
		if keys.kind != 'o' {
			p.warn(keys.offset, "statement %d: the operator %s holds no map", s.index, op)
			ok = false
			continue
		}
		for j, key := range keys.keys {
			values, good := p.texts(&keys.items[j], "condition "+key)
			if !good {
				ok = false
				continue
			}
			c, err := newClause(op, key, values, variables, atoms)
			if err != nil {
				p.warn(keys.items[j].offset, "statement %d: %v", s.index, err)
			}
			switch {
			case c.atom == nil: // holds either way
			case c.atom.op == opUnknown:
				// AWS stores no policy with an operator that it does not know. Source:
				// IAM User Guide, "Grammar of the IAM JSON policy language".
				ok = false
			default:
				s.clauses = append(s.clauses, c)
			}
		}
	}
	return ok
}

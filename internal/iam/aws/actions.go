package aws

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"strings"
	"sync"
)

// actionsGZ is the table of service-authorisation facts; gen/main.go says where
// it comes from and how to refresh it.
//
//go:embed actions.gz
var actionsGZ []byte

// actionFacts is what AWS's Service Authorization Reference says of one action.
type actionFacts struct {
	name  string   // service:Name as AWS spells it
	level string   // Read, List, Write, Tagging, Permissions management
	types []string // resource types; none means no resource-level permissions
}

// actionTable is the whole reference.
type actionTable struct {
	source, date string
	actions      map[string]actionFacts // by lower-case name
	services     map[string]bool
	rcp          map[string]bool   // services that resource control policies cover
	arns         map[string]string // service/type → ARN form
}

// reference reads the table when it is first needed.
var reference = sync.OnceValue(func() *actionTable {
	t := &actionTable{actions: map[string]actionFacts{}, services: map[string]bool{}, rcp: map[string]bool{}, arns: map[string]string{}}
	t.load()
	return t
})

// load unpacks the built-in table.
func (t *actionTable) load() {
	z, err := gzip.NewReader(bytes.NewReader(actionsGZ))
	if err != nil {
		panic("built-in table of actions: " + err.Error())
	}
	text, err := io.ReadAll(z)
	if err != nil {
		panic("built-in table of actions: " + err.Error())
	}
	t.parse(string(text))
}

// parse reads the lines that gen writes.
func (t *actionTable) parse(text string) {
	service := ""
	for line := range strings.Lines(text) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		switch {
		case f[0] == "#" && len(f) == 3:
			t.source, t.date = f[1], f[2]
		case f[0] == "S" && len(f) == 3:
			service = f[1]
			t.services[service] = true
			t.rcp[service] = f[2] == "rcp"
		case f[0] == "A" && len(f) == 4:
			a := actionFacts{name: service + ":" + f[1], level: f[2]}
			if f[3] != "" {
				a.types = strings.Split(f[3], ",")
			}
			t.actions[strings.ToLower(a.name)] = a
		case f[0] == "T" && len(f) == 3:
			t.arns[service+"/"+f[1]] = f[2]
		}
	}
}

// ReferenceVersion names the data set of service-authorisation facts and its
// date (YYYY-MM-DD).
func ReferenceVersion() (source, date string) {
	t := reference()
	return t.source, t.date
}

// KnownAction returns an action as AWS spells it, its access level and the names
// of its resource types. It reports false for an action that the table does not
// hold; such actions are evaluated all the same.
func KnownAction(action string) (name, level string, resourceTypes []string, ok bool) {
	a, ok := reference().actions[strings.ToLower(action)]
	return a.name, a.level, append([]string(nil), a.types...), ok
}

// resourceless reports whether the action (lower case) has no resource-level
// permissions: then it is authorised on "*".
func resourceless(action string) bool {
	a, ok := reference().actions[action]
	return ok && len(a.types) == 0
}

// actionName is the action's spelling in AWS's reference, or as given.
func actionName(action string) string {
	if a, ok := reference().actions[action]; ok {
		return a.name
	}
	return action
}

// rcpCovers reports whether resource control policies apply to the action (lower
// case). Source: Organizations User Guide, "Resource control policies (RCPs)",
// services that support RCPs, as the table's date has it, and "Resources and
// entities not restricted by RCPs".
func rcpCovers(action string) bool {
	if action == "kms:retiregrant" {
		return false
	}
	service, _, _ := strings.Cut(action, ":")
	return reference().rcp[service]
}

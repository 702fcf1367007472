package attack

import (
	"strings"
	"testing"
)

// TestWayThroughWhatExists: a way that goes through something of the account is
// surely there when a list or a document names one, surely not when the list is
// empty, and a condition when nobody listed them.
func TestWayThroughWhatExists(t *testing.T) {
	for _, c := range []struct {
		name  string
		facts []string
		open  bool // the list was not read
		want  string
	}{
		{"none", nil, false, ""},
		{"a list names one", []string{"the account has an AWS::Glue::Job"}, false, "allow"},
		{"not listed", nil, true, "conditional"},
		{"another type", []string{"the account has an AWS::ECS::Service"}, false, ""},
	} {
		s := newStory(t)
		for _, f := range append([]string{"role/starter", "role/strong", "role/strong trusts glue.amazonaws.com", "role/starter may iam:PassRole on role/strong",
			"role/starter may glue:UpdateJob,glue:StartJobRun on *"}, c.facts...) {
			s.tell(f)
		}
		if c.open {
			delete(s.f.AWSPermissions.Accounts[testAccount].Listed, typeGlueJob)
		}
		got := attackEdges(s.derive())
		edge := name("role/starter") + " LAUNCHES_AS " + name("role/strong") + " glue-005"
		if has := strings.Contains(got, edge); has != (c.want != "") || has && !strings.Contains(got, edge+" "+c.want) {
			t.Errorf("%s: want %q of glue-005:\n%s", c.name, c.want, got)
		}
	}
}

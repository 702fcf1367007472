package attack

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/postern-sec/postern/schema"
)

// TestRetagged: who may set the tag that its permission hangs on has the
// permission; the tag must be that one, be set by the same principal and on the
// same thing. A tag that a policy forbids is overwritten.
func TestRetagged(t *testing.T) {
	const own = "role/tagger may iam:CreateAccessKey on user/prize if aws:ResourceTag/team StringEquals own"
	guarded := []string{"user/prize is tagged team=core", "role/tagger may iam:CreateAccessKey on *", "role/tagger may not iam:CreateAccessKey on * if aws:ResourceTag/team StringEquals core"}
	for _, c := range []struct {
		name  string
		facts []string
		want  bool
	}{
		{"may tag", []string{own, "role/tagger may iam:TagUser on *"}, true},
		{"may set that key", []string{own, "role/tagger may iam:TagUser on * if aws:TagKeys ForAllValues:StringEquals team"}, true},
		{"may set another key", []string{own, "role/tagger may iam:TagUser on * if aws:TagKeys ForAllValues:StringEquals project"}, false},
		{"may set another value", []string{own, "role/tagger may iam:TagUser on * if aws:RequestTag/team StringEquals guest"}, false},
		{"may tag what has the tag already", []string{own, "role/tagger may iam:TagUser on * if aws:ResourceTag/team StringEquals own"}, false},
		{"may tag another user", []string{own, "user/other", "role/tagger may iam:TagUser on user/other"}, false},
		{"another may tag", []string{own, "role/other", "role/other may iam:TagUser on *"}, false},
		{"may tag roles", []string{own, "role/tagger may iam:TagRole on *"}, false},
		{"a tag of the caller", []string{"role/tagger may iam:CreateAccessKey on user/prize if aws:PrincipalTag/team StringEquals own", "role/tagger may iam:TagUser on *"}, false},
		{"overwrites a tag that is denied", append([]string{"role/tagger may iam:TagUser on *"}, guarded...), true},
		{"a tag that is denied stays", guarded, false},
		{"a tag that is denied is denied to set too", append([]string{"role/tagger may iam:TagUser on *", "role/tagger may not iam:TagUser on user/prize if aws:ResourceTag/team StringEquals core"}, guarded...), false},
		{"overwrites a tag that must be another", []string{"user/prize is tagged team=core", "role/tagger may iam:CreateAccessKey on user/prize if aws:ResourceTag/team StringNotEquals core", "role/tagger may iam:TagUser on *"}, true},
		{"a tag that must be another stays", []string{"user/prize is tagged team=core", "role/tagger may iam:CreateAccessKey on user/prize if aws:ResourceTag/team StringNotEquals core"}, false},
		{"a member of a group", []string{"group/taggers", "group/taggers may iam:CreateAccessKey on user/prize if iam:ResourceTag/team StringEquals own", "group/taggers may iam:TagUser on user/prize", "user/tagger", "user/tagger is in group/taggers"}, true},
	} {
		s := newStory(t)
		for _, f := range append([]string{"role/tagger", "user/prize"}, c.facts...) {
			s.tell(f)
		}
		got := attackEdges(s.derive())
		if has := strings.Contains(got, "tagger ASSUMES "+name("user/prize")+" iam-002 allow"); has != c.want {
			t.Errorf("%s: edge %v, want %v:\n%s", c.name, has, c.want, got)
		}
	}
}

// TestManyTags: tags that are not tried any more are told of.
func TestManyTags(t *testing.T) {
	for _, n := range []int{maxTagged, maxTagged + 1} {
		s := newStory(t)
		s.tell("role/tagger")
		s.tell("user/prize")
		for i := range n {
			s.tell(fmt.Sprintf("role/tagger may iam:CreateAccessKey on user/prize if aws:ResourceTag/team StringEquals t%02d", i))
		}
		node, _ := s.derive().Node(name("role/tagger"))
		told := slices.ContainsFunc(node.Properties.List(schema.PropGaps.Name), func(x string) bool { return strings.Contains(x, "was not tried") })
		if told != (n > maxTagged) {
			t.Errorf("%d tags: told %v; gaps %v", n, told, node.Properties.List(schema.PropGaps.Name))
		}
	}
}

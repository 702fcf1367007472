package attack

import (
	"slices"
	"strings"
	"testing"

	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// TestUnlisted: whoever may take over any workload of a kind is told of when
// nobody listed them, and of nothing when the list was read and is empty.
func TestUnlisted(t *testing.T) {
	for _, listed := range []bool{true, false} {
		s := newStory(t)
		s.tell("role/attacker")
		s.tell("role/attacker may lambda:UpdateFunctionCode on *")
		s.tell("role/bystander")
		if !listed {
			delete(s.f.AWSPermissions.Accounts[testAccount].Listed, typeFunction)
		}
		g := s.derive()
		for who, want := range map[string]bool{"role/attacker": !listed, "role/bystander": false} {
			n, _ := g.Node(name(who))
			got := slices.ContainsFunc(n.Properties.List(schema.PropGaps.Name), func(x string) bool { return strings.HasPrefix(x, "lambda-003 ") })
			if got != want {
				t.Errorf("functions listed %v: %s has the gap: %v; gaps %v", listed, who, got, n.Properties.List(schema.PropGaps.Name))
			}
		}
	}
}

// TestOthersOfTheService: a job of Glue's is no development endpoint and a task
// definition no task; neither answers whether there is one.
func TestOthersOfTheService(t *testing.T) {
	for _, c := range []struct{ technique, action, listed, other, prize string }{
		{"glue-002", "glue:UpdateDevEndpoint", "AWS::Glue::DevEndpoint", "etl-job/nightly", "dev-endpoint/desk"},
		{"ecs-006", "ecs:ExecuteCommand", "AWS::ECS::Task", "task-definition/web:1", "task/t"},
	} {
		for _, listed := range []bool{true, false} {
			s := newStory(t)
			for _, f := range []string{"role/attacker", "role/strong", "role/attacker may " + c.action + " on *", c.other + " runs as role/strong"} {
				s.tell(f)
			}
			if listed {
				s.tell(c.prize + " runs as role/strong")
			} else {
				delete(s.f.AWSPermissions.Accounts[testAccount].Listed, c.listed)
			}
			g := s.derive()
			got := attackEdges(g)
			n, _ := g.Node(name("role/attacker"))
			gap := slices.ContainsFunc(n.Properties.List(schema.PropGaps.Name), func(x string) bool { return strings.HasPrefix(x, c.technique+" ") })
			if strings.Contains(got, "EXECUTES_ON "+name(c.other)) || strings.Contains(got, "EXECUTES_ON "+name(c.prize)) != listed || gap == listed {
				t.Errorf("%s, listed %v: gap %v; attack edges:\n%s", c.technique, listed, gap, got)
			}
		}
	}
}

// TestPresumed: where nothing but IAM was read, a workload that nobody listed may
// have any role that its service may assume; that is a condition, and one that
// no role of another service's meets. Where some inventory was read it is a gap.
func TestPresumed(t *testing.T) {
	for _, c := range []struct {
		name   string
		listed []string
		facts  []string
		want   bool
	}{
		{name: "only IAM", want: true},
		{name: "functions were listed", listed: []string{typeFunction}},
		{name: "something else was listed", listed: []string{typeInstance}},
		{name: "something runs in the account", facts: []string{"notebook/nb is running"}},
		{name: "the caller may not", facts: []string{"role/attacker may not lambda:UpdateFunctionCode on *"}},
		{name: "the caller is an administrator", facts: []string{"role/attacker may * on *"}},
	} {
		s := newStory(t)
		for _, f := range append([]string{"role/attacker", "role/bystander", "role/prize", "role/other", "role/attacker may lambda:UpdateFunctionCode on *",
			"role/prize trusts lambda.amazonaws.com", "role/other trusts ec2.amazonaws.com"}, c.facts...) {
			s.tell(f)
		}
		s.f.AWSPermissions.Accounts[testAccount].Listed = map[string]bool{}
		for _, l := range c.listed {
			s.f.AWSPermissions.Accounts[testAccount].Listed[l] = true
		}
		got := attackEdges(s.derive())
		if want := name("role/attacker") + " EXECUTES_ON " + name("role/prize") + " lambda-003 conditional"; strings.Contains(got, want) != c.want {
			t.Errorf("%s: presumed %v, want %v:\n%s", c.name, !c.want, c.want, got)
		}
		if strings.Contains(got, "EXECUTES_ON "+name("role/other")) || strings.Contains(got, name("role/bystander")+" EXECUTES_ON") {
			t.Errorf("%s: too much:\n%s", c.name, got)
		}
	}
}

// TestPolicyNotCollected: a policy nobody read may deny, which is a condition of
// what identity policies allow, and may grant, which is a gap and no edge.
func TestPolicyNotCollected(t *testing.T) {
	s := newStory(t)
	for _, f := range []string{"role/reader", "role/other", "bucket/raw exists", "training/job exists", "role/reader may s3:GetObject on bucket/raw/*", "training/job TRAINED_ON s3://raw/data/ for training"} {
		s.tell(f)
	}
	s.f.AWSPermissions.Resources[name("bucket/raw")].Policy.State = iamaws.NotCollected
	g := s.derive()
	verdicts := map[string]string{}
	for _, e := range g.Edges() {
		if e.Kind == schema.ReadsData && e.To == name("bucket/raw") {
			verdicts[e.From] = e.Properties.Text(schema.PropVerdict.Name)
			if len(e.Properties.List(schema.PropWitness.Name)) == 0 {
				t.Errorf("%s: no witness", e.From)
			}
		}
	}
	if verdicts[name("role/reader")] != "conditional" || verdicts[name("role/other")] != "" {
		t.Errorf("verdicts %v", verdicts)
	}
	for id, prefix := range map[string]string{"role/other": "s3-001 ", "bucket/raw": "s3-001 "} {
		n, _ := g.Node(name(id))
		if !slices.ContainsFunc(n.Properties.List(schema.PropGaps.Name), func(x string) bool { return strings.Contains(x, prefix) }) {
			t.Errorf("%s does not say what is not known: %v", id, n.Properties.List(schema.PropGaps.Name))
		}
	}
}

// TestEntriesAndCapabilities: entries exist always, whatever was collected.
func TestEntriesAndCapabilities(t *testing.T) {
	g := newStory(t).derive()
	for _, id := range schema.OutsideIDs() {
		n, ok := g.Node(id)
		if !ok || !slices.Contains(n.Extra, schema.LabelEntry) {
			t.Errorf("entry %s is missing or not labelled", id)
		}
	}
	if n, ok := g.Node(name("capability")); !ok || n.Kind != schema.Capability {
		t.Error("no capability of a collected account")
	}
}

// TestCapability: an administrator of the account reads what nothing denies it.
func TestCapability(t *testing.T) {
	for _, denied := range []bool{false, true} {
		s := newStory(t)
		for _, f := range []string{"bucket/raw exists", "bucket/plain exists", "training/job exists", "training/job TRAINED_ON s3://raw/data/ for training", "secret/db-abc exists"} {
			s.tell(f)
		}
		if denied {
			s.tell("bucket/raw denies * s3:GetObject")
			s.tell("bucket/raw denies * s3:PutBucketPolicy")
		}
		got := attackEdges(s.derive())
		if strings.Contains(got, "capability:111122223333/admin READS_DATA arn:aws:s3:::raw") == denied {
			t.Errorf("denied %v:\n%s", denied, got)
		}
		if !strings.Contains(got, "capability:111122223333/admin READS_SECRET "+name("secret/db-abc")) || strings.Contains(got, "arn:aws:s3:::plain") {
			t.Errorf("a capability leads to secrets and to data worth taking, and nowhere else:\n%s", got)
		}
		if strings.Contains(got, memberPath) || strings.Contains(got, "user"+adminPath) {
			t.Errorf("a stand-in is seen:\n%s", got)
		}
	}
}

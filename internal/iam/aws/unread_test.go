package aws

import (
	"slices"
	"testing"
)

// TestNothingToBound: a boundary limits nobody who is allowed nothing.
func TestNothingToBound(t *testing.T) {
	inv := world{id: deny("", "s3:*", "*")}.inventory()
	inv.Roles[roleA].Boundary = Of(boundaryARN)
	if u := New(inv).Unread(); len(u) > 0 {
		t.Errorf("unread: %v", u)
	}
}

// TestTrustUnread: whether anyone is let in is unknown without the text, and is not
// asked of a resource that is no role.
func TestTrustUnread(t *testing.T) {
	for text, want := range map[string]bool{"?": true, `{"Effect":"Perhaps"}`: true, allow("*", "sts:AssumeRole", ""): false} {
		e := New(world{trust: text}.inventory())
		if got := e.TrustUnread(target1); got != want {
			t.Errorf("%s: unread is %t", text, got)
		}
	}
	if New(world{}.inventory()).TrustUnread(bucket) {
		t.Error("a bucket has no trust policy")
	}
}

// TestUnread: a policy that cannot be read, or was not collected, makes its
// principal one of whom nothing is allowed; lists without the unread leave it out
// and change nothing for anybody else.
func TestUnread(t *testing.T) {
	reads := allow("", "s3:GetObject", bucket+"/*")
	broken := Document{ID: "p", JSON: []byte(`{"Statement":[` + reads + `,{"Effect":"Perhaps"}]}`), Source: Source{File: "f.json"}}
	for _, c := range []struct {
		name   string
		change func(*Inventory)
		want   []Missing // of the role; none: it is read
	}{
		{"all is read", func(*Inventory) {}, nil},
		{"a statement that nobody understands", func(inv *Inventory) { inv.Roles[roleA].Inline = Of([]Document{broken, broken}) }, []Missing{{"policy", "p"}}},
		{"inline policies not collected", func(inv *Inventory) { inv.Roles[roleA].Inline = Evidence[[]Document]{} }, []Missing{{"inline_policies", roleA}}},
		{"text of an attached policy not collected", func(inv *Inventory) { inv.Roles[roleA].Attached = Of([]string{boundaryARN}) }, []Missing{{"policy", boundaryARN}}},
		{"text of the boundary not collected", func(inv *Inventory) { inv.Roles[roleA].Boundary = Of(boundaryARN) }, []Missing{{"policy", boundaryARN}}},
		{"a boundary that nobody understands", func(inv *Inventory) {
			inv.AddPolicy(ManagedPolicy{ARN: boundaryARN, DefaultVersion: "v1", Versions: []PolicyVersion{{ID: "v1", IsDefault: true, Document: Of(broken)}}})
			inv.Roles[roleA].Boundary = Of(boundaryARN)
		}, []Missing{{"policy", boundaryARN}}},
		{"not known whether there is a boundary", func(inv *Inventory) { inv.Roles[roleA].Boundary = Evidence[string]{} }, nil},
		{"only the trust policy is not understood", func(inv *Inventory) { inv.Roles[roleA].Trust = Of(broken) }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			inv := world{id: reads}.inventory()
			c.change(inv)
			e := New(inv)
			var missing []Missing
			for _, u := range e.Unread() {
				if u.Principal != roleA {
					t.Errorf("%s is unread: %v", u.Principal, u.Missing)
					continue
				}
				missing = u.Missing
				if u.Bounded != (missing[0].ID == boundaryARN && inv.Roles[roleA].Boundary.Known()) {
					t.Errorf("bounded: %t", u.Bounded)
				}
				if missing[0].ID == "p" && u.Source.File != "f.json" {
					t.Errorf("unread because of %q, want f.json", u.Source.File)
				}
			}
			if !slices.Equal(missing, c.want) {
				t.Fatalf("missing %v, want %v", missing, c.want)
			}
			lists := func(e *Engine, principal string) bool {
				return slices.ContainsFunc(e.Grants("s3:GetObject", []string{object}, Options{}), func(g Grant) bool { return slices.Contains(g.Principals, principal) }) &&
					slices.ContainsFunc(e.ReadObject(bucket, Options{}), func(g Grant) bool { return slices.Contains(g.Principals, principal) })
			}
			less := e.WithoutUnread()
			if !lists(e, roleA) {
				t.Error("the engine itself must list the role")
			}
			if lists(less, roleA) != (len(c.want) == 0) {
				t.Errorf("without the unread the role is listed: %t", lists(less, roleA))
			}
			if !lists(less, userA) {
				t.Error("a user whose policies are read must be listed")
			}
			for _, x := range []*Engine{e, less} {
				d, err := x.Can(Request{Principal: roleA, Action: "s3:GetObject", Resource: object})
				if err != nil {
					t.Fatal(err)
				}
				if len(c.want) > 0 && d.Verdict != Unknown {
					t.Errorf("%s, want unknown", d.Verdict)
				}
			}
		})
	}
}

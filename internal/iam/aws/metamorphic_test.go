package aws

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
)

// answers are the verdicts of one world for all principals, actions and fitting
// resources.
type answers map[string]Verdict

func ask(t *testing.T, inv *Inventory, o Options, callers []string) answers {
	t.Helper()
	e := New(inv)
	out := answers{}
	for _, p := range callers {
		for _, a := range randomActions {
			for _, r := range randomResources {
				if sensible(a, r) {
					out[p+" "+a+" "+r] = e.literalVerdict(t, p, a, r, o)
				}
			}
		}
	}
	return out
}

// worlds runs f on seeded worlds.
func worlds(t *testing.T, n uint64, f func(t *testing.T, seed uint64, w *randomWorld, o Options)) {
	for seed := range n {
		w := newRandomWorld(5000 + seed)
		w.build()
		o := w.options()
		f(t, seed, w, o)
		if t.Failed() {
			return
		}
	}
}

// never reports the first question whose answer moved from a bad verdict to a
// good one.
func neverBetter(t *testing.T, seed uint64, before, after answers, what string) {
	t.Helper()
	for q, was := range before {
		now := after[q]
		if was == Deny && now != Deny || now == Allow && was != Allow {
			t.Fatalf("seed %d: %s moved %s from %s to %s", seed, what, q, was, now)
		}
	}
}

// TestDenyNeverAdds: adding a Deny, or removing an Allow, never adds access.
func TestDenyNeverAdds(t *testing.T) {
	worlds(t, 15, func(t *testing.T, seed uint64, w *randomWorld, o Options) {
		callers := callersAsked(New(w.inv))
		before := ask(t, w.inv, o, callers)
		role := w.inv.Roles[roleA]
		kept := role.Inline
		role.Inline = Of(append([]Document{named("more", Document{JSON: []byte(`{"Version":"2012-10-17","Statement":` + w.statement(false, 0, 40) + `}`)})}, kept.Value...))
		neverBetter(t, seed, before, ask(t, w.inv, o, callers), "a Deny")
		role.Inline = kept
		if len(kept.Value) > 0 {
			role.Inline = Of(kept.Value[1:])
			// Only when the document held no Deny is it a loss of Allows alone.
			if !strings.Contains(string(kept.Value[0].JSON), "Deny") && !strings.Contains(string(kept.Value[0].JSON), "Permit") {
				neverBetter(t, seed, before, ask(t, w.inv, o, callers), "removing Allows")
			}
		}
	})
}

// TestLimitsNeverAdd: an SCP, RCP, boundary or session policy never adds access.
func TestLimitsNeverAdd(t *testing.T) {
	worlds(t, 15, func(t *testing.T, seed uint64, w *randomWorld, o Options) {
		callers := callersAsked(New(w.inv))
		before := ask(t, w.inv, o, callers)
		if org := w.inv.Organizations["o-1"]; org != nil {
			org.AddPolicy(OrgPolicy{ID: "p-new", Name: "new", Type: SCP, Document: Of(w.document(false, 60, 20))})
			org.AddPolicy(OrgPolicy{ID: "p-newr", Name: "newr", Type: RCP, Document: Of(doc(deny("*", w.pick(randomActionPatterns...), "*")))})
			n := org.Nodes["r-1"]
			had := [2]Evidence[[]string]{n.SCPs, n.RCPs}
			n.RCPs = Of(append([]string{"p-newr"}, n.RCPs.Value...))
			neverBetter(t, seed, before, ask(t, w.inv, o, callers), "an RCP")
			n.SCPs, n.RCPs = Of([]string{"p-new"}), had[1]
			all := had[0]
			if len(all.Value) == 1 && all.Value[0] == fullAccessSCP {
				neverBetter(t, seed, before, ask(t, w.inv, o, callers), "an SCP in place of FullAWSAccess")
			}
			n.SCPs = had[0]
		}
		if role := w.inv.Roles[roleA]; role.Boundary.State == None {
			role.Boundary = Of(boundaryARN)
			neverBetter(t, seed, before, ask(t, w.inv, o, callers), "a boundary")
			role.Boundary = NoneOf[string]()
		}
		if len(o.SessionPolicies) == 0 {
			p := o
			p.SessionPolicies = []Document{w.document(false, 80, 20)}
			neverBetter(t, seed, before, ask(t, w.inv, p, callers), "a session policy")
		}
	})
}

// rename replaces text in every string and document of a value.
func rename(v reflect.Value, r *strings.Replacer) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			rename(v.Elem(), r)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			rename(v.Field(i), r)
		}
	case reflect.String:
		v.SetString(r.Replace(v.String()))
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(r.Replace(string(v.Bytes()))))
			return
		}
		for i := range v.Len() {
			rename(v.Index(i), r)
		}
	case reflect.Map:
		if v.IsNil() {
			return
		}
		out := reflect.MakeMap(v.Type())
		for _, k := range v.MapKeys() {
			nk, nv := reflect.New(k.Type()).Elem(), reflect.New(v.Type().Elem()).Elem()
			nk.Set(k)
			nv.Set(v.MapIndex(k))
			rename(nk, r)
			rename(nv, r)
			out.SetMapIndex(nk, nv)
		}
		v.Set(out)
	}
}

// TestRenaming: other account numbers, same answers.
func TestRenaming(t *testing.T) {
	r := strings.NewReplacer(acctA, "777777777777", acctB, "888888888888")
	worlds(t, 15, func(t *testing.T, seed uint64, w *randomWorld, o Options) {
		before := ask(t, w.inv, o, callersAsked(New(w.inv)))
		rename(reflect.ValueOf(w.inv), r)
		rename(reflect.ValueOf(&o), r)
		e := New(w.inv)
		for q, was := range before {
			parts := strings.SplitN(r.Replace(q), " ", 3)
			if now := e.literalVerdict(t, parts[0], parts[1], parts[2], o); now != was {
				t.Fatalf("seed %d: %s is %s, renamed %s", seed, q, was, now)
			}
		}
	})
}

// reshape rewrites the statements of every identity policy.
func reshape(inv *Inventory, f func([]map[string]any) []map[string]any) {
	change := func(i *Identity) {
		for k := range i.Inline.Value {
			var p map[string]any
			if json.Unmarshal(i.Inline.Value[k].JSON, &p) != nil {
				continue
			}
			var list []map[string]any
			switch s := p["Statement"].(type) {
			case []any:
				for _, x := range s {
					list = append(list, x.(map[string]any))
				}
			case map[string]any:
				list = append(list, s)
			}
			p["Statement"] = f(list)
			i.Inline.Value[k].JSON, _ = json.Marshal(p)
		}
	}
	for _, u := range inv.Users {
		change(&u.Identity)
	}
	for _, r := range inv.Roles {
		change(&r.Identity)
	}
	for _, g := range inv.Groups {
		change(&g.Identity)
	}
}

// splitBy makes one statement of each member of a list element.
func splitBy(element string) func([]map[string]any) []map[string]any {
	return func(in []map[string]any) []map[string]any {
		var out []map[string]any
		for _, s := range in {
			list, ok := s[element].([]any)
			if !ok {
				out = append(out, s)
				continue
			}
			for _, member := range list {
				one := maps.Clone(s)
				one[element] = member
				out = append(out, one)
			}
		}
		return out
	}
}

// TestReshaping: permuting statements and splitting them by action or resource
// changes nothing.
func TestReshaping(t *testing.T) {
	for name, f := range map[string]func([]map[string]any) []map[string]any{
		"reversed": func(in []map[string]any) []map[string]any {
			for i, j := 0, len(in)-1; i < j; i, j = i+1, j-1 {
				in[i], in[j] = in[j], in[i]
			}
			return in
		},
		"split by action":   splitBy("Action"),
		"split by resource": splitBy("Resource"),
	} {
		t.Run(name, func(t *testing.T) {
			worlds(t, 12, func(t *testing.T, seed uint64, w *randomWorld, o Options) {
				callers := callersAsked(New(w.inv))
				before := ask(t, w.inv, o, callers)
				reshape(w.inv, f)
				after := ask(t, w.inv, o, callers)
				for q, was := range before {
					if after[q] != was {
						t.Fatalf("seed %d: %s was %s, is %s", seed, q, was, after[q])
					}
				}
			})
		})
	}
}

// TestPermutedPolicies: the order of policies changes nothing.
func TestPermutedPolicies(t *testing.T) {
	worlds(t, 12, func(t *testing.T, seed uint64, w *randomWorld, o Options) {
		callers := callersAsked(New(w.inv))
		before := ask(t, w.inv, o, callers)
		for _, r := range w.inv.Roles {
			slices.Reverse(r.Inline.Value)
		}
		for _, u := range w.inv.Users {
			slices.Reverse(u.Inline.Value)
			slices.Reverse(u.Groups.Value)
		}
		for _, org := range w.inv.Organizations {
			for _, n := range org.Nodes {
				slices.Reverse(n.SCPs.Value)
				slices.Reverse(n.RCPs.Value)
			}
		}
		if after := ask(t, w.inv, o, callers); !maps.Equal(before, after) {
			t.Fatalf("seed %d: other answers with the policies in another order", seed)
		}
	})
}

// TestStarIsEverything: a list of everything there is stands for the star, for
// whatever is asked of one resource.
func TestStarIsEverything(t *testing.T) {
	var everything []any
	for _, r := range randomResources {
		if !strings.Contains(r, "*") {
			everything = append(everything, r)
		}
	}
	worlds(t, 12, func(t *testing.T, seed uint64, w *randomWorld, o Options) {
		callers := callersAsked(New(w.inv))
		before := ask(t, w.inv, o, callers)
		changed := 0
		reshape(w.inv, func(in []map[string]any) []map[string]any {
			for _, s := range in {
				if s["Resource"] == "*" {
					s["Resource"] = everything
					changed++
				}
			}
			return in
		})
		if changed == 0 {
			t.Fatalf("seed %d: no statement on everything", seed)
		}
		after := ask(t, w.inv, o, callers)
		for q, was := range before {
			if !strings.HasSuffix(q, "*") && after[q] != was {
				t.Fatalf("seed %d: %s was %s, is %s", seed, q, was, after[q])
			}
		}
	})
}

// TestComplement: NotAction X beside Action X is the same as *.
func TestComplement(t *testing.T) {
	for _, x := range randomActionPatterns {
		both := New(world{id: `{"Effect":"Allow","NotAction":"` + x + `","Resource":"*"},` + allow("", x, "*")}.inventory())
		all := New(world{id: allow("", "*", "*")}.inventory())
		for _, a := range randomActions {
			for _, r := range randomResources {
				if got, want := both.literalVerdict(t, roleA, a, r, Options{}), all.literalVerdict(t, roleA, a, r, Options{}); got != want {
					t.Errorf("NotAction %s: %s on %s is %s, want %s", x, a, r, got, want)
				}
			}
		}
	}
}

// TestLearning: a context that becomes known moves conditional answers to allow or
// deny, as the residue says, and moves no others.
func TestLearning(t *testing.T) {
	compared := 0
	worlds(t, 150, func(t *testing.T, seed uint64, w *randomWorld, o Options) {
		e := New(w.inv)
		full := o
		full.Context = map[string][]string{}
		full.Absent = append([]string(nil), o.Absent...)
		for k, v := range o.Context {
			full.Context[k] = v
		}
		for k, vals := range map[string][]string{
			"aws:SourceVpce": {"vpce-9", "vpce-1", "vpce-2"}, "aws:SourceIp": {"10.0.0.1", "10.1.2.3", "203.0.113.9", "198.51.100.1"}, "aws:MultiFactorAuthPresent": {"true", "false"},
			"aws:TagKeys": {"a", "ab", "c"}, "s3:max-keys": {"5", "10", "50"}, "aws:CurrentTime": {"2025-06-01T00:00:00Z", "2026-06-01T00:00:00Z"}, "aws:UserAgent": {"curl/8", "x"},
			"sts:ExternalId": {"e", "f"}, "aws:TokenIssueTime": {"2026-01-01T00:00:00Z"}, "sts:RoleSessionName": {"job", "other"}, "aws:PrincipalTag/team": {"a", "ml"}, "aws:ResourceTag/team": {"a", "ml"},
		} {
			if _, ok := full.Context[k]; ok || contains(o.Absent, k) {
				continue
			}
			if k == "aws:SourceVpce" {
				full.Absent = append(full.Absent, k) // naming one would bring its policy in
			} else if w.chance(70) {
				full.Context[k] = []string{w.pick(vals...)}
			} else {
				full.Absent = append(full.Absent, k)
			}
		}
		for _, p := range e.Principals(false) {
			for _, a := range randomActions {
				for _, r := range randomResources {
					if !sensible(a, r) || strings.Contains(r, "*") {
						continue
					}
					before, err := e.Can(Request{Principal: p, Action: a, Resource: r, Options: o})
					if err != nil {
						t.Fatal(err)
					}
					after := e.literalVerdict(t, p, a, r, full)
					switch before.Verdict {
					case Allow, Deny:
						if known := overridesFacts(full, o); !known && after != before.Verdict {
							t.Fatalf("seed %d: %s %s on %s was %s, with a context %s\n%+v", seed, p, a, r, before.Verdict, after, full)
						}
					case Conditional:
						compared++
						want := Deny
						if before.Expression.holds(full) {
							want = Allow
						}
						if after != want && after != Unknown && !overridesFacts(full, o) {
							t.Fatalf("seed %d: %s %s on %s: the residue says %s, the context gives %s\n%s\n%+v", seed, p, a, r, want, after, before.Expression, full)
						}
					}
				}
			}
		}
	})
	if compared < 500 {
		t.Errorf("only %d conditional answers were compared", compared)
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// overridesFacts: keys that the inventory knew were replaced, so the answers may
// differ rightly.
func overridesFacts(full, o Options) bool {
	for _, k := range []string{"aws:PrincipalTag/team", "aws:ResourceTag/team", "aws:TokenIssueTime"} {
		_, now := full.Context[k]
		_, before := o.Context[k]
		if now && !before || contains(full.Absent, k) && !contains(o.Absent, k) {
			return k != "aws:TokenIssueTime" || contains(full.Absent, k)
		}
	}
	return false
}

// holds evaluates an expression under a complete context, by AWS's rules for one
// operator each; it is written apart from the engine on purpose.
func (x *Expression) holds(o Options) bool {
	switch {
	case x.Condition != nil:
		e := New(world{id: iff(`{"`+x.Condition.Operator+`":{"`+x.Condition.Key+`":["`+strings.Join(x.Condition.Values, `","`)+`"]}}`, allow("", "ec2:RunInstances", "*"))}.inventory())
		d, err := e.Can(Request{Principal: roleA, Action: "ec2:RunInstances", Resource: "*", Options: Options{Context: o.Context, Absent: o.Absent}})
		return err == nil && d.Verdict == Allow
	case x.And != nil:
		for _, k := range x.And {
			if !k.holds(o) {
				return false
			}
		}
		return true
	case x.Or != nil:
		for _, k := range x.Or {
			if k.holds(o) {
				return true
			}
		}
	}
	return false
}

// TestForgetting: dropping collected evidence moves answers towards unknown only.
func TestForgetting(t *testing.T) {
	drops := map[string]func(*Inventory){
		"bucket policy":   func(i *Inventory) { i.Resources[bucket].Policy = Evidence[Document]{} },
		"key policy":      func(i *Inventory) { i.Resources[keyA].Policy = Evidence[Document]{} },
		"inline policies": func(i *Inventory) { i.Roles[roleA].Inline = Evidence[[]Document]{} },
		"boundary":        func(i *Inventory) { i.Roles[roleA].Boundary = Evidence[string]{} },
		"trust":           func(i *Inventory) { i.Roles[target1].Trust = Evidence[Document]{} },
		"tags":            func(i *Inventory) { i.Roles[roleA].Tags = Evidence[map[string]string]{} },
		"account block public access": func(i *Inventory) {
			i.Accounts[acctA].S3BlockPublicAccess = Evidence[BlockPublicAccess]{}
		},
	}
	names := sortedKeys(drops)
	sort.Strings(names)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			worlds(t, 10, func(t *testing.T, seed uint64, w *randomWorld, o Options) {
				callers := callersAsked(New(w.inv))
				before := ask(t, w.inv, o, callers)
				drops[name](w.inv)
				after := ask(t, w.inv, o, callers)
				for q, was := range before {
					now := after[q]
					if was == Deny && now == Allow || was == Allow && now == Deny {
						t.Fatalf("seed %d: without it %s moved from %s to %s", seed, q, was, now)
					}
				}
			})
		})
	}
}

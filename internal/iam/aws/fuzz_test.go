package aws

import (
	"strings"
	"testing"
	"time"
)

// FuzzPolicy: any text as a policy gives an answer in bounded time, and a policy
// with a warning that breaks it never gives a plain allow or deny on its own.
func FuzzPolicy(f *testing.F) {
	for _, s := range []string{"", "{}", readAll, `{"Statement":[` + readAll + `]}`, `{"Version":"2012-10-17","Statement":[` + iff(cond("ForAllValues:StringLike", "aws:TagKeys", "${a:b, 'c'}*"), readAll) + `]}`,
		`{"Statement":{"Effect":"Allow","NotAction":["a:b"],"NotResource":"*","Principal":{"AWS":["*","1"]}}}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		// A busy machine may hold up one try, or two, but not what is fast.
		var took time.Duration
		for range 3 {
			if took = decidePolicy(t, text); took <= 20*time.Second {
				return
			}
		}
		t.Fatalf("%d bytes took %v", len(text), took)
	})
}

// decidePolicy asks for three callers with text as identity and bucket policy,
// and returns how long that took.
func decidePolicy(t *testing.T, text string) time.Duration {
	inv := world{id: "{}", bucket: "?"}.inventory()
	inv.Roles[roleA].Inline = Of([]Document{{ID: "p", JSON: []byte(text)}})
	inv.Resources[bucket].Policy = Of(Document{JSON: []byte(text)})
	start := time.Now()
	e := New(inv)
	for _, who := range []string{roleA, Anonymous, AnyAccount} {
		if _, err := e.Can(Request{Principal: who, Action: "s3:GetObject", Resource: object}); err != nil {
			t.Fatal(err)
		}
	}
	return time.Since(start)
}

// naiveMatch is the textbook matcher, exponential and obviously right.
func naiveMatch(p, s string) bool {
	switch {
	case p == "":
		return s == ""
	case p[0] == wildStar:
		return naiveMatch(p[1:], s) || s != "" && naiveMatch(p, s[1:])
	case s == "":
		return false
	case p[0] == wildOne || p[0] == s[0]:
		return naiveMatch(p[1:], s[1:])
	}
	return false
}

// FuzzPattern compares the linear matcher with the textbook's, and checks that
// patterns overlap whenever they share a text.
func FuzzPattern(f *testing.F) {
	f.Add("arn:aws:s3:::*", "arn:aws:s3:::b/k", "*k")
	f.Add("*a*a*a*b", "aaaaaaab", "?*")
	f.Fuzz(func(t *testing.T, p, s, q string) {
		if len(p) > 12 || len(s) > 16 || len(q) > 12 || strings.ContainsAny(p+s+q, "\x00\x01") || strings.ContainsAny(s, "*?") {
			t.Skip()
		}
		gp, gq := newGlob(wild(p)), newGlob(wild(q))
		if got, want := gp.match(s), naiveMatch(wild(p), s); got != want {
			t.Fatalf("%q on %q: %t, want %t", p, s, got, want)
		}
		if gp.match(s) && gq.match(s) && !patternsOverlap(gp.text, gq.text) {
			t.Fatalf("%q and %q share %q and do not overlap", p, q, s)
		}
		if gp.match(gq.text) && gq.match(s) && !gp.match(s) {
			t.Fatalf("%q covers %q, which matches %q, and does not match it itself", p, q, s)
		}
	})
}

// FuzzCondition: operators, keys and values of any text; a known context is
// always decided, unless the operator is unknown.
func FuzzCondition(f *testing.F) {
	f.Add("StringEquals", "aws:SourceVpce", "vpce-1", "vpce-1")
	f.Add("ForAllValues:DateLessThanIfExists", "a:b", "2020-01-01", "1")
	f.Add("NotIpAddress", "aws:SourceIp", "::/0", "10.0.0.1")
	f.Fuzz(func(t *testing.T, op, key, value, have string) {
		c, _ := newClause(op, key, []string{value}, false, newAtomTable())
		if c.atom == nil {
			return
		}
		c.atom.condition(c.neg)
		v := &eval{e: &Engine{atoms: newAtomTable()}, c: &caller{}}
		v.over = map[string][]string{c.atom.key: {strings.ReplaceAll(strings.ReplaceAll(have, "\x00", ""), "\x01", "")}}
		c.atom.id = -1
		x := v.clause(&c)
		if c.atom.op != opUnknown && x > exprTrue {
			t.Fatalf("%s %q %q is not decided by %q", op, key, value, have)
		}
		v.over, v.absent = nil, map[string]bool{c.atom.key: true}
		if x := v.clause(&c); c.atom.op != opUnknown && x > exprTrue {
			t.Fatalf("%s %q is not decided by its absence", op, key)
		}
	})
}

// FuzzDecision: whole questions of any text over random worlds: no panic, compiled
// and literal agree.
func FuzzDecision(f *testing.F) {
	f.Add(uint64(1), roleA, "s3:GetObject", object, "aws:SourceIp", "10.0.0.1")
	f.Add(uint64(2), Anonymous, "sts:AssumeRole", target1, "sts:ExternalId", "e")
	f.Add(uint64(3), "999999999999", "kms:Decrypt", "arn:aws:kms:*:*:key/*", "k", "")
	f.Fuzz(func(t *testing.T, seed uint64, who, action, resource, key, value string) {
		w := newRandomWorld(seed % 64)
		e := New(w.build())
		o := Options{Context: map[string][]string{key: {value}}}
		d, err := e.Can(Request{Principal: who, Action: action, Resource: resource, Options: o})
		if err != nil {
			return
		}
		x, err := e.Universe([]string{resource}).Access(action, o)
		if err != nil {
			t.Fatal(err)
		}
		if c, _ := e.resolve(who); c.principal == nil || c.kind != callerRole && c.kind != callerUser {
			return
		}
		got := Deny
		for i := range x.Entries {
			if contains(x.Entries[i].Principals, who) {
				got = x.Entries[i].Verdict
			}
		}
		if got != d.Verdict {
			t.Fatalf("compiled %s, literal %s", got, d.Verdict)
		}
	})
}

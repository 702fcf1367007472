package aws

import (
	"strings"
	"testing"
	"time"
)

// TestBadInput: foreign text never panics, takes no exponential time, and says
// where it is wrong.
func TestBadInput(t *testing.T) {
	many := make([]string, 10_000)
	for i := range many {
		many[i] = allow("", "s3:Get"+itoa(i), "*")
	}
	for _, c := range []struct {
		name, text string
		want       Verdict // of s3:GetObject for the role that carries it inline
		warning    string  // part of a warning, empty for none
		line       int
	}{
		{"empty text", "", Unknown, "not JSON", 1},
		{"null", "null", Unknown, "not an object", 1},
		{"a list", "[]", Unknown, "not an object", 1},
		{"no statement", `{"Version":"2012-10-17"}`, Unknown, "no Statement", 1},
		{"empty statement list", `{"Version":"2012-10-17","Statement":[]}`, Deny, "", 0},
		{"truncated", `{"Version":"2012-10-17","Statement":[`, Unknown, "not JSON", 1},
		{"text after the policy", `{"Statement":[]} {}`, Unknown, "text follows", 1},
		{"missing Effect", "{\"Statement\":[\n{\"Action\":\"s3:*\",\"Resource\":\"*\"}]}", Unknown, "no Effect", 2},
		{"odd Effect", `{"Statement":[{"Effect":"allow","Action":"s3:*","Resource":"*"}]}`, Unknown, "neither Allow nor Deny", 1},
		{"Action and NotAction", `{"Statement":[{"Effect":"Allow","Action":"s3:*","NotAction":"ec2:*","Resource":"*"}]}`, Unknown, "both Action and NotAction", 1},
		{"action is a number", `{"Statement":[{"Effect":"Allow","Action":{"a":1},"Resource":"*"}]}`, Unknown, "neither a string nor a list", 1},
		{"wildcard within the service of an action", `{"Statement":[{"Effect":"Allow","Action":"s3*:GetObject","Resource":"*"}]}`, Unknown, "which AWS refuses", 1},
		{"star for the service of an action", `{"Statement":[{"Effect":"Allow","Action":"*:*","Resource":"*"}]}`, Allow, "", 0},
		{"an element given twice", `{"Statement":[{"Effect":"Deny","Effect":"Allow","Action":"s3:*","Resource":"*"}]}`, Unknown, "given twice", 1},
		{"an element given in two spellings", `{"Statement":[{"Effect":"Deny","effect":"Allow","Action":"s3:*","Resource":"*"}]}`, Unknown, "given twice", 1},
		{"an operator given twice", "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"a:b\":\"1\"},\n\"StringEquals\":{\"a:c\":\"1\"}}}]}", Unknown, "given twice", 2},
		{"a condition key given twice", `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"a:b":"1","a:b":"2"}}}}`, Unknown, "given twice", 1},
		{"statements given twice", `{"Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}],"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`, Unknown, "given twice", 1},
		{"one statement of two given an element twice", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Action":"ec2:*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`, Deny, "given twice", 1},
		{"wrong case of an element", `{"statement":[{"effect":"Allow","action":"s3:*","resource":"*"}]}`, Allow, "is written", 1},
		{"unknown element", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Comment":"x"}]}`, Allow, "unknown element", 1},
		{"unknown version", `{"Version":"2030-01-01","Statement":[]}`, Unknown, "unknown policy version", 1},
		{"invalid UTF-8", "{\"Statement\":[{\"Sid\":\"\xff\"}]}", Unknown, "not valid UTF-8", 1},
		{"nested 1,000 deep", `{"Statement":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`, Unknown, "nested deeper", 1},
		{"10,000 statements", `{"Statement":[` + strings.Join(many, ",") + `]}`, Deny, "", 0},
		{"6 MB of wildcards", `{"Statement":` + allow("", "s3:*", strings.Repeat("*", 6<<20)) + `}`, Unknown, "is not read", 1},
		{"3 MB of wildcards", `{"Statement":` + allow("", "s3:*", strings.Repeat("*", 3<<20)) + `}`, Allow, "", 0},
		{"stars and letters", `{"Statement":` + allow("", "s3:*", strings.Repeat("*a", 10_000)+"b") + `}`, Deny, "", 0},
		{"stars and question marks", `{"Statement":` + allow("", "s3:*", strings.Repeat("*?a", 5_000)+"b") + `}`, Deny, "", 0},
		{"numbers as strings", `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericLessThan":{"s3:max-keys":10},"Bool":{"aws:SecureTransport":true}}}}`, Conditional, "", 0},
		{"bad CIDR", `{"Statement":` + iff(cond("IpAddress", "aws:SourceIp", "10.0.0.0/99"), allow("", "s3:*", "*")) + `}`, Conditional, "neither an address", 1},
		{"NUL in a resource", `{"Statement":` + allow("", "s3:*", `\u0000`) + `}`, Deny, "", 0},
		{"open variable", `{"Version":"2012-10-17","Statement":` + allow("", "s3:*", "arn:aws:s3:::data/${aws:user") + `}`, Deny, "", 0},
		{"odd variable", `{"Version":"2012-10-17","Statement":` + allow("", "s3:*", "arn:aws:s3:::data/${a, b}") + `}`, Deny, "", 0},
		{"huge exponent", `{"Statement":` + iff(cond("NumericEquals", "s3:max-keys", "1e999999999"), allow("", "s3:*", "*")) + `}`, Conditional, "no number", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			inv := world{id: "{}"}.inventory()
			inv.Roles[roleA].Inline = Of([]Document{{ID: "p", JSON: []byte(c.text), Source: Source{File: "f.json"}}})
			e := New(inv)
			d, err := e.Can(Request{Principal: roleA, Action: "s3:GetObject", Resource: object})
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took > 2*time.Minute { // what is not linear takes hours
				t.Errorf("took %v", took)
			}
			if d.Verdict != c.want {
				t.Errorf("%s, want %s: %+v %v", d.Verdict, c.want, d.Because, d.Missing)
			}
			if d.Verdict == Unknown && len(d.Missing) == 0 {
				t.Error("unknown, and nothing is missing")
			}
			var found *Warning
			for i, w := range e.Warnings() {
				if w.Document == "p" && (c.warning == "" || strings.Contains(w.Message, c.warning)) {
					found = &e.Warnings()[i]
				}
			}
			switch {
			case c.warning == "" && found != nil:
				t.Errorf("unexpected warning: %v", *found)
			case c.warning != "" && found == nil:
				t.Errorf("no warning with %q: %v", c.warning, e.Warnings())
			case c.warning != "" && (found.Line != c.line || found.Source.File != "f.json"):
				t.Errorf("warning at line %d of %q, want line %d of f.json", found.Line, found.Source.File, c.line)
			}
		})
	}
}

func TestBadRequests(t *testing.T) {
	e := New(world{id: readAll}.inventory())
	for _, q := range []Request{
		{Principal: "", Action: "s3:GetObject", Resource: object},
		{Principal: "nobody", Action: "s3:GetObject", Resource: object},
		{Principal: "arn:aws:iam::111111111111:role/*", Action: "s3:GetObject", Resource: object},
		{Principal: "arn:aws:sts::111111111111:assumed-role/reader", Action: "s3:GetObject", Resource: object},
		{Principal: "arn:aws:iam::111111111111:role/app/raeder", Action: "s3:GetObject", Resource: object},
		{Principal: roleA, Action: "GetObject", Resource: object},
		{Principal: roleA, Action: "s3:*", Resource: object},
		{Principal: roleA, Action: "s3:GetObject", Resource: "data/k"},
		{Principal: roleA, Action: "s3:GetObject", Resource: ""},
	} {
		if d, err := e.Can(q); err == nil {
			t.Errorf("%+v: %s, want an error", q, d.Verdict)
		}
	}
	_, err := e.Can(Request{Principal: "arn:aws:iam::111111111111:role/app/raeder", Action: "s3:GetObject", Resource: object})
	if err == nil || !strings.Contains(err.Error(), roleA) {
		t.Errorf("the nearest principal is not named: %v", err)
	}
}

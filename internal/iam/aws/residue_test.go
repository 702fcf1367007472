package aws

import (
	"math/rand/v2"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// residueKey is a context key with values that a request may give it (nil: the
// key is not there) and operators that fit them.
type residueKey struct {
	name   string
	values [][]string
	ops    []string
	say    []string // what conditions compare with
}

var residueStrings = []string{"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIfExists", "StringNotEqualsIfExists", "StringLikeIfExists", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "Null"}

// residueGroups are keys that meet: those of one group say something of each other.
var residueGroups = [][]residueKey{
	{
		{"aws:SourceVpce", [][]string{nil, {"vpce-1"}, {"vpce-9"}}, residueStrings, []string{"vpce-1", "vpce-9", "vpce-*"}},
		{"aws:SourceVpc", [][]string{nil, {"vpc-1"}, {"vpc-2"}}, residueStrings, []string{"vpc-1", "vpc-2", "*"}},
		{"aws:SourceIp", [][]string{nil, {"203.0.113.5"}, {"198.51.100.1"}}, []string{"IpAddress", "NotIpAddress", "IpAddressIfExists", "NotIpAddressIfExists", "Null"}, []string{"203.0.113.0/24", "203.0.113.5", "198.51.100.0/24", "0.0.0.0/0"}},
	},
	{
		{"aws:MultiFactorAuthPresent", [][]string{nil, {"true"}, {"false"}}, []string{"Bool", "BoolIfExists", "Null"}, []string{"true", "false"}},
		{"aws:MultiFactorAuthAge", [][]string{nil, {"100"}, {"300"}, {"500"}}, []string{"NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEqualsIfExists", "NumericEquals", "NumericNotEquals", "Null"}, []string{"100", "300", "400"}},
	},
	{
		{"aws:ViaAWSService", [][]string{{"true"}, {"false"}}, []string{"Bool", "BoolIfExists"}, []string{"true", "false"}},
		{"aws:CalledVia", [][]string{nil, {"athena"}, {"athena", "glue"}, {"glue"}}, []string{"ForAnyValue:StringEquals", "ForAllValues:StringEquals", "ForAnyValue:StringNotEquals", "ForAllValues:StringNotLike", "ForAnyValue:StringLike", "Null"}, []string{"athena", "glue", "a*"}},
	},
	{
		{"aws:TagKeys", [][]string{nil, {"a"}, {"b"}, {"a", "b"}, {"ac", "c"}}, []string{"ForAnyValue:StringEquals", "ForAllValues:StringEquals", "ForAnyValue:StringNotEquals", "ForAllValues:StringNotEquals", "ForAllValues:StringLike", "ForAnyValue:StringLike", "ForAnyValue:StringNotEqualsIfExists", "Null"}, []string{"a", "b", "c", "a*"}},
		{"aws:RequestTag/a", [][]string{nil, {"x"}, {"X"}, {"xy"}}, residueStrings, []string{"x", "X", "x*", "*", "xy"}},
		{"s3:max-keys", [][]string{nil, {"5"}, {"10"}, {"15"}, {"25"}}, []string{"NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals", "NumericLessThanIfExists", "NumericEquals", "NumericNotEquals", "Null"}, []string{"5", "10", "20"}},
	},
}

// possible reports whether AWS sends such a context: see contradiction_keys.go.
func possible(c map[string][]string) bool {
	has := func(k string) bool { return c[k] != nil }
	isTrue := func(k string) bool { return has(k) && c[k][0] == "true" }
	through := has("aws:SourceVpce")
	return through == has("aws:SourceVpc") && !(through && has("aws:SourceIp")) && (!through || c["aws:SourceVpce"][0] != "vpce-1" || c["aws:SourceVpc"][0] == "vpc-1") &&
		(!has("aws:MultiFactorAuthAge") || isTrue("aws:MultiFactorAuthPresent")) && (!has("aws:CalledVia") || isTrue("aws:ViaAWSService"))
}

// contexts lists the possible contexts over some keys.
func contexts(keys []residueKey) []map[string][]string {
	out := []map[string][]string{{}}
	for _, k := range keys {
		var next []map[string][]string
		for _, c := range out {
			for _, v := range k.values {
				one := map[string][]string{k.name: v}
				for name, vals := range c {
					one[name] = vals
				}
				next = append(next, one)
			}
		}
		out = next
	}
	return slices.DeleteFunc(out, func(c map[string][]string) bool { return !possible(c) })
}

// TestResidue: the condition of a conditional verdict is met by exactly the
// contexts that are allowed, and no possible context changes an allow or a deny.
func TestResidue(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 16))
	rounds := 1500
	counts := map[Verdict]int{}
	for n := range rounds {
		keys := residueGroups[n%len(residueGroups)]
		statement := func() string {
			conditions := map[string][]string{}
			for range 1 + rng.IntN(2) {
				k := keys[rng.IntN(len(keys))]
				op := k.ops[rng.IntN(len(k.ops))]
				value := strconv.Quote(k.say[rng.IntN(len(k.say))])
				switch {
				case op == "Null":
					value = []string{`"true"`, `"false"`}[rng.IntN(2)]
				case rng.IntN(3) == 0:
					value = `[` + value + `,` + strconv.Quote(k.say[rng.IntN(len(k.say))]) + `]`
				}
				conditions[op] = append(conditions[op], strconv.Quote(k.name)+":"+value)
			}
			var parts []string
			for _, op := range sortedKeys(conditions) {
				slices.Sort(conditions[op])
				kept := slices.CompactFunc(conditions[op], func(a, b string) bool { return strings.SplitN(a, `":`, 2)[0] == strings.SplitN(b, `":`, 2)[0] })
				parts = append(parts, strconv.Quote(op)+":{"+strings.Join(kept, ",")+"}")
			}
			block := "{" + strings.Join(parts, ",") + "}"
			if rng.IntN(3) == 0 {
				return denyIf(block)
			}
			return allowIf(block)
		}
		w := says(statement())
		for range rng.IntN(4) {
			w.id += "," + statement()
		}
		w.endpoint = allow("*", "*", "*")
		e := New(w.inventory())
		d, err := e.Can(Request{Principal: userA, Action: "s3:GetObject", Resource: object})
		decide(t, d, err)
		counts[d.Verdict]++
		for _, c := range contexts(keys) {
			var o Options
			o.Context = map[string][]string{}
			for k, vals := range c {
				if vals == nil {
					o.Absent = append(o.Absent, k)
				} else {
					o.Context[k] = vals
				}
			}
			told, err := e.Can(Request{Principal: userA, Action: "s3:GetObject", Resource: object, Options: o})
			decide(t, told, err)
			want := d.Verdict
			if want == Conditional {
				want = Deny
				if holds(t, d.Expression, c) {
					want = Allow
				}
			}
			if told.Verdict != want {
				t.Fatalf("%s\nwithout a context: %s if %s\nwith %v: %s, want %s", w.id, d.Verdict, d.Expression, c, told.Verdict, want)
			}
		}
	}
	if counts[Allow] < rounds/50 || counts[Deny] < rounds/20 || counts[Conditional] < rounds/4 {
		t.Errorf("the policies are one-sided: %v", counts)
	}
	t.Log(counts)
}

// holds evaluates a condition tree in a context: AWS's table of operators, written
// again as plainly as can be.
func holds(t *testing.T, x *Expression, c map[string][]string) bool {
	t.Helper()
	switch {
	case x.Condition != nil:
		return conditionHolds(t, x.Condition, c[x.Condition.Key])
	case x.And != nil:
		return !slices.ContainsFunc(x.And, func(k *Expression) bool { return !holds(t, k, c) })
	case x.Or != nil:
		return slices.ContainsFunc(x.Or, func(k *Expression) bool { return holds(t, k, c) })
	}
	t.Fatalf("an expression of nothing: %+v", x)
	return false
}

func conditionHolds(t *testing.T, c *Condition, have []string) bool {
	t.Helper()
	op, exists := strings.CutSuffix(c.Operator, "IfExists")
	set, op, ok := strings.Cut(op, ":")
	if !ok {
		set, op = "", set
	}
	if op == "Null" {
		return (have == nil) == (c.Values[0] == "true")
	}
	negated := strings.Contains(op, "Not")
	op = strings.Replace(op, "Not", "", 1)
	one := func(v string) bool {
		return negated != slices.ContainsFunc(c.Values, func(want string) bool { return compareAsAWS(t, op, v, want) })
	}
	switch {
	case set == "ForAllValues":
		return !slices.ContainsFunc(have, func(v string) bool { return !one(v) })
	case have == nil:
		return exists || negated && set == ""
	}
	return slices.ContainsFunc(have, one)
}

func compareAsAWS(t *testing.T, op, have, want string) bool {
	t.Helper()
	if rest, ok := strings.CutPrefix(op, "Numeric"); ok {
		a, _ := strconv.Atoi(have)
		b, _ := strconv.Atoi(want)
		return map[string]bool{"Equals": a == b, "LessThan": a < b, "LessThanEquals": a <= b, "GreaterThan": a > b, "GreaterThanEquals": a >= b}[rest]
	}
	switch op {
	case "StringEquals", "Bool":
		return have == want
	case "StringEqualsIgnoreCase":
		return strings.EqualFold(have, want)
	case "StringLike":
		ok, err := path.Match(want, have) // no value here has a slash
		return ok && err == nil
	case "IpAddress":
		p, err := netip.ParsePrefix(want)
		if err != nil {
			p = netip.PrefixFrom(netip.MustParseAddr(want), 32)
		}
		return p.Contains(netip.MustParseAddr(have))
	}
	t.Fatalf("no operator %q", op)
	return false
}

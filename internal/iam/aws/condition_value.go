package aws

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// tri is a truth value of Kleene's logic.
type tri int8

const (
	no    tri = -1
	maybe tri = 0
	yes   tri = 1
)

func truth(b bool) tri {
	if b {
		return yes
	}
	return no
}

// conditionValue is one value of a condition, compiled for its operator.
type conditionValue struct {
	tpl   template
	bad   bool // not a value of the operator's type: matches nothing
	lower string
	num   *big.Rat
	when  time.Time
	net   netip.Prefix
	arn   [6]glob
	yes   bool
	bytes string
}

// newConditionValue compiles text. The error is for a warning; what the value
// then matches is said by matchBad.
func newConditionValue(op operator, text string, variables bool) (conditionValue, error) {
	wildcards := op == opStringLike || op == opArnLike || op == opArnEquals
	v := conditionValue{tpl: parseTemplate(text, variables, wildcards)}
	if v.tpl.kind != static {
		return v, nil
	}
	err := v.compile(op)
	v.bad = err != nil
	return v, err
}

func (v *conditionValue) compile(op operator) error {
	text := v.tpl.text
	switch op {
	case opStringEqualsIgnoreCase:
		v.lower = strings.ToLower(text)
	case opNumericEquals, opNumericLessThan, opNumericLessThanEquals, opNumericGreaterThan, opNumericGreaterThanEquals:
		return v.compileNumber(text)
	case opDateEquals, opDateLessThan, opDateLessThanEquals, opDateGreaterThan, opDateGreaterThanEquals:
		when, err := parseDate(text)
		v.when = when
		return err
	case opBool:
		switch strings.ToLower(text) {
		case "true":
			v.yes = true
		case "false":
		default:
			return fmt.Errorf("%q is neither true nor false", text)
		}
	case opIPAddress:
		net, err := parseNetwork(text)
		v.net = net
		return err
	case opBinaryEquals:
		b, err := base64.StdEncoding.DecodeString(text)
		v.bytes = string(b)
		return err
	case opArnLike, opArnEquals:
		return v.compileARN(text)
	}
	return nil
}

func (v *conditionValue) compileNumber(text string) error {
	n, err := parseNumber(text)
	v.num = n
	return err
}

// parseNumber reads a decimal. Long exponents are refused: they would take
// unbounded memory and no context key holds such a number.
func parseNumber(text string) (*big.Rat, error) {
	if len(text) > 64 || strings.ContainsAny(text, "eE/_xXpP") {
		return nil, fmt.Errorf("%q is no number", text)
	}
	n, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, fmt.Errorf("%q is no number", text)
	}
	return n, nil
}

// compileARN compiles the six segments; a lone star stands for any ARN.
func (v *conditionValue) compileARN(text string) error {
	if text == "\x00" {
		text = "\x00:\x00:\x00:\x00:\x00:\x00"
	}
	segments := strings.SplitN(text, ":", 6)
	if len(segments) != 6 {
		return fmt.Errorf("%q is no ARN", unwild(text))
	}
	for i, s := range segments {
		v.arn[i] = newGlob(s)
	}
	return nil
}

// parseDate reads a date as conditions write it: W3C ISO 8601 in several
// precisions, or seconds (milliseconds from 11 digits on) of the epoch.
func parseDate(s string) (time.Time, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) > 4 {
		if len(s) >= 12 {
			return time.UnixMilli(n).UTC(), nil
		}
		return time.Unix(n, 0).UTC(), nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02", "2006-01", "2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no date", s)
}

var errNetwork = errors.New("neither an address nor a CIDR range")

func parseNetwork(s string) (netip.Prefix, error) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked(), nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, fmt.Errorf("%q is %w", s, errNetwork)
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}

// matchBad is what a value that is none of its type matches: AWS does not say,
// but for ARNs, which have six segments to compare or match nothing (IAM User
// Guide, condition operators, ARN operators).
func (v *conditionValue) matchBad(op operator) tri {
	if op == opArnLike || op == opArnEquals {
		return no
	}
	return maybe
}

// matchText compares one value of the request, which may hold wildcards when
// only part of it is known, with a compiled static value.
func (v *conditionValue) matchText(op operator, have string) tri {
	if v.bad {
		return v.matchBad(op)
	}
	if isWild(have) {
		return v.matchPartlyKnown(op, have)
	}
	switch op {
	case opStringEquals:
		return truth(v.tpl.text == have)
	case opStringEqualsIgnoreCase:
		return truth(strings.EqualFold(v.tpl.text, have))
	case opStringLike:
		return truth(v.tpl.g.match(have))
	case opBool:
		return truth(strings.EqualFold(have, "true") && v.yes || strings.EqualFold(have, "false") && !v.yes)
	case opArnLike, opArnEquals:
		return truth(v.matchARN(have))
	case opIPAddress:
		return truth(v.matchAddress(have))
	case opBinaryEquals:
		b, err := base64.StdEncoding.DecodeString(have)
		return truth(err == nil && string(b) == v.bytes)
	}
	return v.matchOrder(op, have)
}

func (v *conditionValue) matchARN(have string) bool {
	for i := range 5 {
		seg, rest, ok := strings.Cut(have, ":")
		if !ok || !v.arn[i].match(seg) {
			return false
		}
		have = rest
	}
	return v.arn[5].match(have)
}

// matchAddress compares an address or, as SourceIp never is but a caller may
// say, a range. IPv4 and IPv6 are distinct.
func (v *conditionValue) matchAddress(have string) bool {
	n, err := parseNetwork(have)
	return err == nil && n.Bits() >= v.net.Bits() && v.net.Contains(n.Addr())
}

func (v *conditionValue) matchOrder(op operator, have string) tri {
	var c int
	switch op {
	case opNumericEquals, opNumericLessThan, opNumericLessThanEquals, opNumericGreaterThan, opNumericGreaterThanEquals:
		n, err := parseNumber(have)
		if err != nil {
			return no
		}
		c = n.Cmp(v.num)
	default:
		t, err := parseDate(have)
		if err != nil {
			return no
		}
		c = t.Compare(v.when)
	}
	switch op {
	case opNumericEquals, opDateEquals:
		return truth(c == 0)
	case opNumericLessThan, opDateLessThan:
		return truth(c < 0)
	case opNumericLessThanEquals, opDateLessThanEquals:
		return truth(c <= 0)
	case opNumericGreaterThan, opDateGreaterThan:
		return truth(c > 0)
	default:
		return truth(c >= 0)
	}
}

// matchPartlyKnown compares a value of which only the shape is known: yes when
// the condition's value covers the shape, no when the two exclude each other.
func (v *conditionValue) matchPartlyKnown(op operator, have string) tri {
	switch op {
	case opStringEquals, opStringEqualsIgnoreCase:
		g := newGlob(have)
		if op == opStringEqualsIgnoreCase {
			g = newGlob(strings.ToLower(have))
			return maybeIf(g.match(v.lower))
		}
		return maybeIf(g.match(v.tpl.text))
	case opStringLike:
		if v.tpl.g.match(have) {
			return yes
		}
		return maybeIf(patternsOverlap(v.tpl.g.text, have))
	case opArnLike, opArnEquals:
		return v.matchPartlyKnownARN(have)
	}
	return maybe
}

func (v *conditionValue) matchPartlyKnownARN(have string) tri {
	segments := strings.SplitN(have, ":", 6)
	if len(segments) != 6 {
		return maybe
	}
	out := yes
	for i, s := range segments {
		if v.arn[i].match(s) {
			continue
		}
		if !patternsOverlap(v.arn[i].text, s) {
			return no
		}
		out = maybe
	}
	return out
}

func maybeIf(b bool) tri {
	if b {
		return maybe
	}
	return no
}

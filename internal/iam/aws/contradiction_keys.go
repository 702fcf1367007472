package aws

import "slices"

// This file holds what AWS says of two context keys at once: values that no one
// request carries together. Source: IAM User Guide, "AWS global condition context
// keys", availability of each key, read 2026-11.

// endpointKeys are in requests through a VPC endpoint, all of them, and in no
// others. aws:SourceIp is in all requests "except when the requester uses a VPC
// endpoint".
var endpointKeys = []string{"aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"}

// provesTrue are keys whose presence means that another key, a boolean, is true:
// the services that called are named in forwarded requests, the age of an MFA
// where there was one.
var provesTrue = map[string]string{
	"aws:calledvia": "aws:viaawsservice", "aws:calledviafirst": "aws:viaawsservice", "aws:calledvialast": "aws:viaawsservice",
	"aws:multifactorauthage": "aws:multifactorauthpresent",
}

// keysExclude reports whether literals on different keys demand what no request
// carries together.
func (v *eval) keysExclude(lits []literal) bool {
	var some []clause
	for _, l := range lits {
		f := v.factOf(l)
		if f.atom == nil || f.atom.op == opUnknown || f.atom.dynamic() || !meetsOthers(f.atom.key) {
			continue
		}
		some = append(some, clause{atom: f.atom, neg: l.negative()})
	}
	return len(some) > 1 && (waysExclude(some) || provenFalse(some) || v.endpointElsewhere(some))
}

func meetsOthers(key string) bool {
	switch key {
	case "aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:viaawsservice", "aws:multifactorauthpresent":
		return true
	}
	return provesTrue[key] != ""
}

// waysExclude: through an endpoint and not.
func waysExclude(some []clause) bool {
	public, through, not := false, false, false
	for i := range some {
		present, absent := some[i].demands()
		switch key := some[i].atom.key; {
		case key == "aws:sourceip":
			public = public || present
		case slices.Contains(endpointKeys, key):
			through, not = through || present, not || absent
		}
	}
	return through && (public || not)
}

// provenFalse: a key that proves another true, which is demanded to be false or
// to be missing.
func provenFalse(some []clause) bool {
	for i := range some {
		proven := provesTrue[some[i].atom.key]
		if proven == "" {
			continue
		}
		if present, _ := some[i].demands(); !present {
			continue
		}
		if slices.ContainsFunc(some, func(c clause) bool { return c.atom.key == proven && c.notTrue() }) {
			return true
		}
	}
	return false
}

// notTrue reports whether a clause shuts the value true out.
func (c clause) notTrue() bool {
	switch {
	case c.atom.op == opNull:
		return !c.neg
	case c.atom.set != setNone:
		return false
	}
	t := c.atom.holdsFor("true")
	return c.neg && t == yes || !c.neg && t == no
}

// endpointElsewhere: the endpoints named are all of VPCs that are shut out.
func (v *eval) endpointElsewhere(some []clause) bool {
	var vpcs []clause
	for _, c := range some {
		if c.atom.key == "aws:sourcevpc" && c.atom.set == setNone {
			vpcs = append(vpcs, c)
		}
	}
	if len(vpcs) == 0 {
		return false
	}
	return slices.ContainsFunc(some, func(c clause) bool {
		a := c.atom
		if a.key != "aws:sourcevpce" || c.neg || a.ifExists || a.set != setNone || !a.lists() {
			return false
		}
		return !slices.ContainsFunc(a.texts(), func(id string) bool {
			ep := v.e.endpoints[id]
			return ep == nil || ep.facts.VPC == "" || allHold(vpcs, ep.facts.VPC)
		})
	})
}

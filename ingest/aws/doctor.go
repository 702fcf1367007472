package aws

import (
	"slices"
	"strings"
	"unicode"
)

// PolicyDocument is an IAM policy.
type PolicyDocument struct {
	Version   string
	Statement []PolicyStatement
}

// PolicyStatement is a statement that allows actions.
type PolicyStatement struct {
	Sid      string
	Effect   string
	Action   []string // sorted
	Resource string
}

// sessionActions are what the collection itself needs beside the services: the
// list of regions. Who the caller is needs no permission.
var sessionActions = []string{"ec2:DescribeRegions"}

// Policy is the least that the identity needs to collect services: the actions
// of the calls they declare and nothing else. The collector makes no call that
// is not declared, so this is also the most that it uses.
//
// Reading lists and settings cannot be limited to resources that are not known
// yet, so the resource is always "*".
func Policy(services []Service) PolicyDocument {
	actions := map[string][]string{"session": slices.Clone(sessionActions)}
	sids := []string{"session"}
	for _, s := range services {
		sids = append(sids, s.Name)
		for _, c := range s.Calls {
			actions[s.Name] = append(actions[s.Name], callActions(s, c)...)
		}
	}
	p := PolicyDocument{Version: "2012-10-17"}
	for _, name := range sids {
		list := actions[name]
		slices.Sort(list)
		if list = slices.Compact(list); len(list) > 0 {
			p.Statement = append(p.Statement, PolicyStatement{Sid: sid(name), Effect: "Allow", Action: list, Resource: "*"})
		}
	}
	return p
}

// OrganizationPolicy is what the identity needs beside Policy to collect all
// accounts of an organisation through a role in each: the list of accounts, and
// the role. The role itself needs Policy.
func OrganizationPolicy(partition, role string) PolicyDocument {
	if role == "" {
		role = DefaultRoleName
	}
	return PolicyDocument{Version: "2012-10-17", Statement: []PolicyStatement{
		{Sid: sid("accounts"), Effect: "Allow", Action: []string{"organizations:ListAccounts"}, Resource: "*"},
		{Sid: sid("role"), Effect: "Allow", Action: []string{"sts:AssumeRole"}, Resource: "arn:" + partition + ":iam::*:role/" + role},
	}}
}

// callActions lists the IAM actions that one call needs, with their prefixes.
func callActions(s Service, c Call) []string {
	names := c.Actions
	if len(names) == 0 {
		names = []string{c.Operation}
	}
	prefix := s.Prefix
	if prefix == "" {
		prefix = s.Name
	}
	out := make([]string, len(names))
	for i, n := range names {
		if out[i] = n; !strings.Contains(n, ":") {
			out[i] = prefix + ":" + n
		}
	}
	return out
}

// sid makes a statement id, which has letters and digits only, of a name.
func sid(name string) string {
	var b strings.Builder
	b.WriteString("Postern")
	upper := true
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			upper = true
		case upper:
			b.WriteRune(unicode.ToUpper(r))
			upper = false
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

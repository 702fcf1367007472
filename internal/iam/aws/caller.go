package aws

import (
	"fmt"
	"sort"
	"strings"

	"github.com/postern-sec/postern/schema"
)

type callerKind uint8

const (
	callerUser      callerKind = iota
	callerRole                 // some session of a role
	callerSession              // one named session
	callerFederated            // a federated user (GetFederationToken)
	callerRoot
	callerService
	callerProvider  // an identity of an OIDC or SAML provider
	callerAnonymous // without credentials
	callerOutsider  // some AWS customer outside the organisation
	callerAccount   // some principal of an account that was not collected
)

// caller is the principal of a request, resolved.
type caller struct {
	kind callerKind
	id   string // as asked, normalised
	arn  string // users and roles: what aws:PrincipalArn says
	// account is the caller's account; empty for services, providers, the
	// anonymous caller and the symbolic outsider.
	account string
	// partition is that of the caller's ARN; empty for callers without one.
	partition string
	roleName  string // lower case
	session   string
	provider  string // the provider's ARN or bare name
	anyone    bool   // of a provider: some identity of the attacker's choice
	anyName   bool   // an account's administrator, who makes principals as he likes
	canonical string
	info      *accountInfo
	// principal is nil when its identity side is not known (account not
	// collected) or when it has none (root, service, anonymous, …).
	principal *principal
}

func (c *caller) isRole() bool { return c.kind == callerRole || c.kind == callerSession }

// hasIdentity reports whether identity policies of an account must agree: true
// for all AWS identities but the root user, whose side always agrees.
func (c *caller) hasIdentity() bool {
	switch c.kind {
	case callerUser, callerRole, callerSession, callerFederated, callerAccount:
		return true
	}
	return false
}

// authenticated reports whether the caller is an identity of some AWS account.
func (c *caller) authenticated() bool {
	return c.hasIdentity() || c.kind == callerRoot || c.kind == callerOutsider
}

// resolve reads a principal in any spelling.
func (e *Engine) resolve(id string) (*caller, error) {
	c, err := e.resolveID(strings.TrimSpace(id))
	if err == nil && c.partition == "" && c.authenticated() {
		c.partition = partitionIn(c.arn)
	}
	return c, err
}

// partitionIn is the partition of an ARN, empty for anything else.
func partitionIn(arn string) string {
	rest, ok := strings.CutPrefix(arn, "arn:")
	if !ok {
		return ""
	}
	partition, _, _ := strings.Cut(rest, ":")
	return partition
}

func (e *Engine) resolveID(id string) (*caller, error) {
	switch id {
	case Anonymous:
		return &caller{kind: callerAnonymous, id: id}, nil
	case AnyAccount:
		return &caller{kind: callerOutsider, id: id}, nil
	case GitHubAny:
		return &caller{kind: callerProvider, id: id, provider: githubProvider, anyone: true}, nil
	case GoogleAny:
		return &caller{kind: callerProvider, id: id, provider: "accounts.google.com", anyone: true}, nil
	}
	if c, ok := e.callers[id]; ok {
		return c, nil
	}
	if schema.IsAccountID(id) {
		c := e.rootCaller("arn:"+e.partitionOf(id)+":iam::"+id+":root", id)
		c.id = id // as policies write it
		return c, nil
	}
	if arn, ok := schema.ParseARN(id); ok {
		return e.resolveARN(id, arn)
	}
	if isCanonicalID(id) {
		return e.canonicalCaller(id), nil
	}
	if isServicePrincipal(id) {
		return &caller{kind: callerService, id: strings.ToLower(id)}, nil
	}
	if isProviderName(id) {
		return &caller{kind: callerProvider, id: id, provider: id}, nil
	}
	return nil, fmt.Errorf("%w: %q is no principal (an ARN, a service, an account, %s, %s)", ErrBadRequest, id, Anonymous, AnyAccount)
}

func (e *Engine) resolveARN(id string, arn schema.ARN) (*caller, error) {
	if strings.ContainsAny(id, "*?") {
		return nil, fmt.Errorf("%w: the principal %q has wildcards", ErrBadRequest, id)
	}
	kind, rest, _ := strings.Cut(arn.Resource, "/")
	switch {
	case arn.Service == "iam" && arn.Resource == "root":
		return e.rootCaller(id, arn.Account), nil
	case arn.Service == "iam" && (kind == "user" || kind == "role") && rest != "":
		return e.missingPrincipal(id, arn, kind)
	case arn.Service == "sts" && kind == "assumed-role":
		return e.sessionCaller(id, arn, rest)
	case arn.Service == "sts" && kind == "federated-user" && rest != "":
		return e.federatedCaller(id, arn, rest)
	case arn.Service == "iam" && (kind == "oidc-provider" || kind == "saml-provider") && rest != "":
		return &caller{kind: callerProvider, id: id, provider: id}, nil
	}
	return nil, fmt.Errorf("%w: %q is no principal", ErrBadRequest, id)
}

// rootCaller is an account's root user; of an account that was not collected it
// is the account as policies name it: some principal there.
func (e *Engine) rootCaller(id, account string) *caller {
	c := &caller{kind: callerRoot, id: id, arn: id, account: account, info: e.account(account), canonical: e.canonical(account)}
	if c.info.iam != Known {
		c.kind = callerAccount
	}
	return c
}

// isCanonicalID reports whether s is an S3 canonical user id: 64 hex digits.
// Source: S3 User Guide, "Access control list (ACL) overview", canonical user.
func isCanonicalID(s string) bool {
	return len(s) == 64 && strings.Trim(strings.ToLower(s), "0123456789abcdef") == ""
}

// canonicalCaller is some principal of the account that S3 knows by a canonical
// id: the account itself, where one is known to have it.
func (e *Engine) canonicalCaller(id string) *caller {
	want := strings.ToLower(id)
	for _, account := range sortedKeys(e.inv.Accounts) {
		if e.canonical(account) == want {
			c := e.rootCaller("arn:"+e.partitionOf(account)+":iam::"+account+":root", account)
			c.id = id
			return c
		}
	}
	return &caller{kind: callerAccount, id: id, arn: id, canonical: want}
}

// missingPrincipal is a user or role that the inventory does not hold: an error
// in a collected account, an unknown identity side elsewhere.
func (e *Engine) missingPrincipal(id string, arn schema.ARN, kind string) (*caller, error) {
	if e.account(arn.Account).iam == Known {
		return nil, &UnknownPrincipalError{ARN: id, Nearest: e.nearest(id)}
	}
	c := &caller{kind: callerUser, id: id, arn: id, account: arn.Account, info: e.account(arn.Account), canonical: e.canonical(arn.Account)}
	if kind == "role" {
		c.kind, c.roleName = callerRole, lastSegment(id)
	}
	return c, nil
}

func (e *Engine) sessionCaller(id string, arn schema.ARN, rest string) (*caller, error) {
	role, session, ok := strings.Cut(rest, "/")
	if !ok || session == "" || role == "" {
		return nil, fmt.Errorf("%w: %q names no session", ErrBadRequest, id)
	}
	name := strings.ToLower(role)
	if r, ok := e.rolesByName[arn.Account+"/"+name]; ok {
		c := *r
		c.kind, c.id, c.session = callerSession, id, session
		return &c, nil
	}
	roleARN := "arn:" + arn.Partition + ":iam::" + arn.Account + ":role/" + role
	if e.account(arn.Account).iam == Known {
		return nil, &UnknownPrincipalError{ARN: roleARN, Nearest: e.nearest(roleARN)}
	}
	return &caller{kind: callerSession, id: id, arn: roleARN, account: arn.Account, roleName: name, session: session, info: e.account(arn.Account), canonical: e.canonical(arn.Account)}, nil
}

// federatedCaller is a session of GetFederationToken: the user of the session is
// not in the ARN, so its identity side is unknown unless the name is a user's.
func (e *Engine) federatedCaller(id string, arn schema.ARN, name string) (*caller, error) {
	c := &caller{kind: callerFederated, id: id, arn: id, account: arn.Account, info: e.account(arn.Account), canonical: e.canonical(arn.Account)}
	if u, ok := e.callers["arn:"+arn.Partition+":iam::"+arn.Account+":user/"+name]; ok {
		c.principal, c.arn = u.principal, u.arn
	}
	return c, nil
}

// nearest lists existing principals that look like id: same last segment first,
// then by common prefix and edit distance of the name.
func (e *Engine) nearest(id string) []string {
	type scored struct {
		id    string
		score int
	}
	name := lastSegment(id)
	var all []scored
	for _, p := range e.principals {
		d := editDistance(name, lastSegment(p.arn))
		if d <= max(2, len(name)/2) {
			all = append(all, scored{p.arn, d})
		}
	}
	sort.Slice(all, func(i, j int) bool {
		return all[i].score < all[j].score || all[i].score == all[j].score && all[i].id < all[j].id
	})
	var out []string
	for i := 0; i < len(all) && i < 5; i++ {
		out = append(out, all[i].id)
	}
	return out
}

// editDistance is Levenshtein's, on at most 64 bytes of each: names are short.
func editDistance(a, b string) int {
	a, b = a[:min(len(a), 64)], b[:min(len(b), 64)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diag
			if a[i] != b[j] {
				cost++
			}
			diag = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// lastSegment is the name at the end of an ARN, lower case.
func lastSegment(arn string) string {
	return strings.ToLower(arn[strings.LastIndexAny(arn, "/:")+1:])
}

// isServicePrincipal reports whether s looks like lambda.amazonaws.com.
func isServicePrincipal(s string) bool {
	l := strings.ToLower(s)
	return !strings.ContainsAny(l, " /:*?") && (strings.HasSuffix(l, ".amazonaws.com") || strings.HasSuffix(l, ".amazonaws.com.cn") ||
		strings.HasSuffix(l, ".amazon.com") || strings.HasSuffix(l, ".aws.internal")) && !isProviderName(l)
}

// isProviderName reports whether s is a web identity provider that trust
// policies name without an ARN. Source: IAM User Guide, "AWS JSON policy
// elements: Principal", federated principals.
func isProviderName(s string) bool {
	switch s {
	case "cognito-identity.amazonaws.com", "www.amazon.com", "graph.facebook.com", "accounts.google.com":
		return true
	}
	return false
}

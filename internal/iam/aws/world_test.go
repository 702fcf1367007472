package aws

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
)

// The world of the table tests: account A owns the resources, B is another
// collected account of the same organisation, X was not collected.
const (
	acctA = "111111111111"
	acctB = "222222222222"
	acctX = "999999999999"
	acctM = "333333333333" // management account

	roleA   = "arn:aws:iam::111111111111:role/app/reader"
	userA   = "arn:aws:iam::111111111111:user/ann"
	roleB   = "arn:aws:iam::222222222222:role/b-reader"
	rootA   = "arn:aws:iam::111111111111:root"
	roleX   = "arn:aws:iam::999999999999:role/x"
	bucket  = "arn:aws:s3:::data"
	object  = "arn:aws:s3:::data/k"
	keyA    = "arn:aws:kms:us-east-1:111111111111:key/1234"
	target1 = "arn:aws:iam::111111111111:role/target"
)

// world is a small inventory written in policy text.
type world struct {
	id         string   // identity policy statements of roleA and userA
	idB        string   // of roleB
	boundary   string   // of roleA and userA
	session    string   // session policy of the request
	bucket     string   // bucket policy statements; "?" = not collected, "" = none
	key        string   // key policy
	trust      string   // of target1
	scps       []string // root, unit, account A; "" = FullAWSAccess
	rcps       []string // same
	mgmt       bool     // account A is the management account
	linked     bool     // roleA is service-linked
	tags       map[string]string
	bpa        *BlockPublicAccess
	accountBPA Evidence[BlockPublicAccess]
	acl        []ACLGrant
	ownership  string
	encryption Evidence[S3Encryption]
	grants     []KMSGrant
	endpoint   string
	mutate     func(*Inventory)
}

func doc(statements string) Document {
	if strings.HasPrefix(statements, "{") && strings.Contains(statements, `"Statement"`) {
		return Document{JSON: []byte(statements)}
	}
	return Document{JSON: []byte(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)}
}

func named(id string, d Document) Document { d.ID = id; return d }

func policyEvidence(statements string) Evidence[Document] {
	switch statements {
	case "?":
		return Evidence[Document]{}
	case "":
		return NoneOf[Document]()
	}
	return Of(doc(statements))
}

func inline(id, statements string) Evidence[[]Document] {
	if statements == "" {
		return NoneOf[[]Document]()
	}
	return Of([]Document{named(id, doc(statements))})
}

const boundaryARN = "arn:aws:iam::111111111111:policy/boundary"

func (w world) inventory() *Inventory {
	inv := NewInventory()
	roleARN := roleA
	role := Role{Identity: Identity{ARN: roleARN, Name: "reader", Path: "/app/", ID: "AROAREADER", Inline: inline("role-inline", w.id), Attached: NoneOf[[]string]()},
		Trust: Of(doc(allow("*", "sts:AssumeRole", ""))), Boundary: NoneOf[string](), Tags: Of(w.tags)}
	user := User{Identity: Identity{ARN: userA, Name: "ann", ID: "AIDAANN", Inline: inline("user-inline", w.id), Attached: NoneOf[[]string]()},
		Boundary: NoneOf[string](), Groups: NoneOf[[]string](), Tags: Of(w.tags)}
	if w.linked {
		role.Path = "/aws-service-role/x.amazonaws.com/"
	}
	if w.boundary != "" {
		inv.AddPolicy(ManagedPolicy{ARN: boundaryARN, DefaultVersion: "v1", Versions: []PolicyVersion{{ID: "v1", IsDefault: true, Document: Of(doc(w.boundary))}}})
		role.Boundary, user.Boundary = Of(boundaryARN), Of(boundaryARN)
	}
	inv.AddRole(role)
	inv.AddUser(user)
	inv.AddRole(Role{Identity: Identity{ARN: roleB, Name: "b-reader", ID: "AROAB", Inline: inline("b-inline", w.idB), Attached: NoneOf[[]string]()},
		Trust: NoneOf[Document](), Boundary: NoneOf[string](), Tags: Of(map[string]string{})})
	inv.AddRole(Role{Identity: Identity{ARN: target1, Name: "target", ID: "AROATARGET", Inline: NoneOf[[]Document](), Attached: NoneOf[[]string]()},
		Trust: policyEvidence(w.trust), Boundary: NoneOf[string](), Tags: Of(map[string]string{})})
	s3 := &S3Facts{BlockPublicAccess: NoneOf[BlockPublicAccess](), ACL: Of(w.acl), Ownership: Of("BucketOwnerEnforced"), Encryption: w.encryption, AccessPointsListed: Known}
	if w.bpa != nil {
		s3.BlockPublicAccess = Of(*w.bpa)
	}
	if w.ownership != "" {
		s3.Ownership = Of(w.ownership)
	}
	inv.AddResource(Resource{ARN: bucket, Account: acctA, Type: "AWS::S3::Bucket", Policy: policyEvidence(w.bucket), Tags: Of(map[string]string{"team": "ml"}), S3: s3})
	inv.AddResource(Resource{ARN: keyA, Type: "AWS::KMS::Key", Policy: policyEvidence(w.key), KMS: &KMSFacts{Grants: Of(w.grants), State: Of("Enabled"), Manager: Of("CUSTOMER")}})
	org := inv.AddOrganization(Organization{ID: "o-1", ManagementAccount: acctM, FeatureSet: "ALL"})
	if w.mgmt {
		org.ManagementAccount = acctA
	}
	chain := []struct {
		id, parent string
		kind       OrgNodeKind
	}{{"r-1", "", OrgRoot}, {"ou-1", "r-1", OrgUnit}, {acctA, "ou-1", OrgAccount}}
	for i, c := range chain {
		n := OrgNode{ID: c.id, Parent: c.parent, Kind: c.kind, SCPs: Of([]string{fullAccessSCP}), RCPs: Of([]string{fullAccessRCP})}
		if i < len(w.scps) && w.scps[i] != "" {
			id := fmt.Sprintf("p-scp%d", i)
			org.AddPolicy(OrgPolicy{ID: id, Name: "scp-" + c.id, Type: SCP, Document: Of(doc(w.scps[i]))})
			n.SCPs = Of([]string{id})
		}
		if i < len(w.rcps) && w.rcps[i] != "" {
			id := fmt.Sprintf("p-rcp%d", i)
			org.AddPolicy(OrgPolicy{ID: id, Name: "rcp-" + c.id, Type: RCP, Document: Of(doc(w.rcps[i]))})
			n.RCPs = Of([]string{fullAccessRCP, id})
		}
		org.AddNode(n)
	}
	org.AddNode(OrgNode{ID: acctB, Parent: "r-1", Kind: OrgAccount, SCPs: Of([]string{fullAccessSCP}), RCPs: Of([]string{fullAccessRCP})})
	accountBPA := w.accountBPA
	if accountBPA.State == NotCollected {
		accountBPA = NoneOf[BlockPublicAccess]()
	}
	inv.AddAccount(Account{ID: acctA, IAM: Known, S3BlockPublicAccess: accountBPA, CanonicalID: Of("aaaa")})
	inv.AddAccount(Account{ID: acctB, IAM: Known, CanonicalID: Of("bbbb")})
	for _, a := range []string{acctA, acctB} {
		for _, typ := range []string{"AWS::S3::Bucket", "AWS::KMS::Key", "AWS::SQS::Queue"} {
			inv.MarkListed(a, typ)
		}
	}
	if w.endpoint != "" {
		inv.AddEndpoint(VPCEndpoint{ID: "vpce-1", Account: acctA, VPC: "vpc-1", Service: "com.amazonaws.us-east-1.s3", Policy: policyEvidence(w.endpoint)})
	}
	if w.mutate != nil {
		w.mutate(inv)
	}
	return inv
}

// statement writes one statement; principal "" leaves the element out.
func stmt(effect, principal, action, resource, condition string) string {
	s := `{"Effect":"` + effect + `"`
	if principal != "" {
		if principal == "*" || strings.HasPrefix(principal, "{") {
			if principal == "*" {
				principal = `"*"`
			}
			s += `,"Principal":` + principal
		} else {
			s += `,"Principal":{"AWS":"` + principal + `"}`
		}
	}
	s += `,"Action":` + list(action)
	if resource != "" {
		s += `,"Resource":` + list(resource)
	}
	if condition != "" {
		s += `,"Condition":` + condition
	}
	return s + "}"
}

func list(s string) string {
	if strings.HasPrefix(s, "[") {
		return s
	}
	return `"` + s + `"`
}

func allow(principal, action, resource string) string {
	return stmt("Allow", principal, action, resource, "")
}

func deny(principal, action, resource string) string {
	return stmt("Deny", principal, action, resource, "")
}

func iff(condition, s string) string { return s[:len(s)-1] + `,"Condition":` + condition + "}" }

// ruleCase is one row of a rule table.
type ruleCase struct {
	rule   string // section of the rules and row, for the coverage page
	name   string
	w      world
	who    string
	action string
	on     string
	ctx    map[string][]string
	absent []string
	want   Verdict
	layer  Layer  // of the first reason, when given
	conds  string // "Operator key value" joined by "; ", sorted, when given
	gaps   string // "kind id" that missing must hold, or none for nothing
}

func (c *ruleCase) run(t *testing.T) {
	t.Helper()
	e := New(c.w.inventory())
	o := Options{Context: c.ctx, Absent: c.absent}
	if c.w.session != "" {
		o.SessionPolicies = []Document{doc(c.w.session)}
	}
	action, on := c.action, c.on
	if action == "" {
		action, on = "s3:GetObject", object
	}
	d, err := e.Can(Request{Principal: c.who, Action: action, Resource: on, Options: o})
	if err != nil {
		t.Fatal(err)
	}
	if d.Verdict != c.want {
		t.Fatalf("%s %s on %s: %s, want %s\nbecause %+v\nconditions %+v\nmissing %v\nlayers %+v", c.who, action, on, d.Verdict, c.want, d.Because, d.Conditions, d.Missing, d.Layers)
	}
	if c.layer != "" && (len(d.Because) == 0 || d.Because[0].Layer != c.layer) {
		t.Errorf("decided by %+v, want layer %s", d.Because, c.layer)
	}
	if len(d.Because) == 0 && d.Verdict != Unknown {
		t.Error("no reason is given")
	}
	if c.conds != "" {
		var got []string
		for _, x := range d.Conditions {
			got = append(got, x.Operator+" "+x.Key+" "+strings.Join(x.Values, ","))
		}
		sort.Strings(got)
		if strings.Join(got, "; ") != c.conds {
			t.Errorf("conditions %q, want %q", strings.Join(got, "; "), c.conds)
		}
	}
	c.checkGaps(t, d.Missing)
	if w := e.Warnings(); len(w) > 0 && !strings.Contains(c.name, "warning") {
		t.Errorf("warnings: %v", w)
	}
}

func (c *ruleCase) checkGaps(t *testing.T, missing []Missing) {
	t.Helper()
	var got []string
	for _, m := range missing {
		got = append(got, m.Kind+" "+m.ID)
	}
	switch {
	case c.gaps == "none" && len(got) > 0:
		t.Errorf("missing %q, want nothing", got)
	case c.gaps != "" && c.gaps != "none" && !slices.Contains(got, c.gaps):
		t.Errorf("missing %q, want %q among it", got, c.gaps)
	}
}

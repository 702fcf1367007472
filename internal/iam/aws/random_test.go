package aws

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// randomWorld makes small inventories in which every feature of the language and
// every layer occurs, with a vocabulary so small that statements meet requests.
type randomWorld struct {
	r   *rand.Rand
	inv *Inventory
}

func newRandomWorld(seed uint64) *randomWorld {
	return &randomWorld{r: rand.New(rand.NewPCG(seed, 7)), inv: NewInventory()}
}

func (w *randomWorld) pick(s ...string) string { return s[w.r.IntN(len(s))] }
func (w *randomWorld) chance(percent int) bool { return w.r.IntN(100) < percent }

var (
	randomActions   = []string{"s3:GetObject", "s3:PutObject", "sqs:SendMessage", "kms:Decrypt", "sts:AssumeRole", "sagemaker:InvokeEndpoint", "secretsmanager:GetSecretValue", "iam:PassRole", "ec2:DescribeInstances", "elasticfilesystem:ClientMount"}
	randomResources = []string{
		"arn:aws:s3:::data/k", "arn:aws:s3:::data/*", "arn:aws:s3:::logs/a/k", "arn:aws:s3:::other/x",
		"arn:aws:sqs:us-east-1:111111111111:q", "arn:aws:sqs:us-east-1:222222222222:q",
		keyA, "arn:aws:kms:us-east-1:222222222222:key/5678",
		target1, roleB, "arn:aws:sagemaker:us-east-1:111111111111:endpoint/e", "arn:aws:sagemaker:eu-west-1:222222222222:endpoint/f",
		"arn:aws:secretsmanager:us-east-1:111111111111:secret:s-AbCdEf", "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:s3:::*a/*", apObj, apBO, fsA, "arn:aws:iam::111111111111:role/*", "*",
	}
	randomPatterns = []string{"*", "*", "*", "arn:aws:s3:::*", "arn:aws:s3:::data/*", "arn:aws:s3:::data/k", "arn:aws:s3:::*a/k", "arn:aws:s3:::logs/${aws:PrincipalTag/team}/*",
		"arn:aws:sqs:*:*:q", "arn:aws:sqs:us-east-1:111111111111:*", "arn:aws:kms:*:*:key/*", keyA, "arn:aws:iam::*:role/*", target1, "arn:aws:sagemaker:*:*:endpoint/?", "arn:aws:*:us-east-1:111111111111:*",
		"arn:aws:secretsmanager:*:*:secret:s-??????", "arn:aws:s3:::data/${*}"}
	randomActionPatterns = []string{"*", "*", "s3:*", "s3:Get*", "s3:GetObject", "sqs:*", "kms:*", "kms:Decrypt", "sts:AssumeRole", "sts:*", "sagemaker:*", "sagemaker:Invoke?ndpoint", "secretsmanager:*", "iam:*", "ec2:Describe*", "S3:PUTOBJECT"}
	randomPrincipals     = []string{`"*"`, `{"AWS":"*"}`, `{"AWS":"111111111111"}`, `{"AWS":"arn:aws:iam::222222222222:root"}`, `{"AWS":"` + roleA + `"}`, `{"AWS":["` + roleB + `","` + userA + `"]}`,
		`{"AWS":"` + sessionA + `"}`, `{"Service":"sagemaker.amazonaws.com"}`, `{"AWS":"999999999999"}`, `{"Federated":"` + githubARN + `"}`, `{"AWS":"AROADELETED"}`}
	randomConditions = []string{
		`{"StringEquals":{"aws:SourceVpce":"vpce-9"}}`, `{"StringNotEquals":{"aws:SourceVpce":["vpce-9","vpce-1"]}}`, `{"StringEqualsIfExists":{"aws:SourceVpce":"vpce-9"}}`,
		`{"Null":{"aws:SourceVpce":"true"}}`, `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`, `{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`,
		`{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","203.0.113.0/24"]}}`, `{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/16"}}`,
		`{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`, `{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`, `{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/*"}}`,
		`{"StringEquals":{"aws:PrincipalTag/team":"a"}}`, `{"StringEquals":{"aws:ResourceAccount":"${aws:PrincipalAccount}"}}`, `{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}`,
		`{"ForAnyValue:StringLike":{"aws:TagKeys":["a*"]}}`, `{"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a"]}}`, `{"NumericLessThan":{"s3:max-keys":"10"}}`, `{"NumericGreaterThanEquals":{"s3:max-keys":"10"}}`,
		`{"DateGreaterThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}}`, `{"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}}`,
		`{"StringLike":{"aws:UserAgent":"*curl*"}}`, `{"StringLike":{"aws:userid":"AROAREADER:*"}}`, `{"StringEquals":{"aws:username":"ann"}}`,
		`{"Bool":{"aws:SecureTransport":"false"}}`, `{"StringEquals":{"aws:ResourceTag/team":"ml"}}`, `{"DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:00Z"}}`,
		`{"StringEquals":{"aws:SourceVpce":"vpce-9"},"IpAddress":{"aws:SourceIp":"10.1.0.0/16"}}`, `{"StringEquals":{"sts:ExternalId":"e"}}`,
	}
)

// statement writes a random statement; principal says whether it names one.
func (w *randomWorld) statement(principal bool, allowShare, condShare int) string {
	effect := "Deny"
	if w.chance(allowShare) {
		effect = "Allow"
	}
	s := `{"Effect":"` + effect + `"`
	if principal {
		name := "Principal"
		if w.chance(4) {
			name = "NotPrincipal"
		}
		s += `,"` + name + `":` + randomPrincipals[w.r.IntN(len(randomPrincipals))]
	}
	name := "Action"
	if w.chance(8) {
		name = "NotAction"
	}
	actions := []string{w.pick(randomActionPatterns...)}
	for w.chance(40) {
		actions = append(actions, w.pick(randomActionPatterns...))
	}
	if effect == "Deny" && !w.chance(15) {
		actions = []string{w.pick(randomActionPatterns[2:]...)}
	}
	s += `,"` + name + `":["` + strings.Join(actions, `","`) + `"]`
	name = "Resource"
	if w.chance(6) {
		name = "NotResource"
	}
	resource := `"` + w.pick(randomPatterns...) + `"`
	if w.chance(20) {
		resource = `[` + resource + `,"` + w.pick(randomPatterns...) + `"]`
	}
	s += `,"` + name + `":` + resource
	if w.chance(condShare) {
		s += `,"Condition":` + w.pick(randomConditions...)
	}
	return s + "}"
}

func (w *randomWorld) document(principal bool, allowShare, condShare int) Document {
	n := 1 + w.r.IntN(3)
	var list []string
	for range n {
		list = append(list, w.statement(principal, allowShare, condShare))
	}
	version := "2012-10-17"
	if w.chance(5) {
		version = "2008-10-17"
	}
	if w.chance(1) {
		return Document{JSON: []byte(`{"Statement":[{"Effect":"Permit"},` + strings.Join(list, ",") + `]}`)}
	}
	return Document{JSON: []byte(`{"Version":"` + version + `","Statement":[` + strings.Join(list, ",") + `]}`)}
}

func (w *randomWorld) identity(arn, name, id string) Identity {
	i := Identity{ARN: arn, Name: name, ID: id, Inline: NoneOf[[]Document](), Attached: NoneOf[[]string]()}
	var docs []Document
	for n := range 1 + w.r.IntN(2) {
		d := w.document(false, 92, 50)
		d.ID = fmt.Sprintf("inline-%d", n)
		docs = append(docs, d)
	}
	if w.chance(93) {
		broad := allow("", w.pick("*", "*", "*", "*", "*", "*", "s3:*"), "*")
		if w.chance(25) {
			broad = iff(w.pick(randomConditions...), broad)
		}
		docs = append(docs, named("broad", doc(broad)))
	}
	i.Inline = Of(docs)
	if w.chance(2) {
		i.Inline = Evidence[[]Document]{}
	}
	if w.chance(20) {
		i.Attached = Of([]string{"arn:aws:iam::111111111111:policy/shared"})
	}
	return i
}

func (w *randomWorld) boundary() Evidence[string] {
	switch {
	case w.chance(30):
		return Of(boundaryARN)
	case w.chance(2):
		return Evidence[string]{}
	}
	return NoneOf[string]()
}

// boundaryDocument is a boundary that often lets most through.
func (w *randomWorld) boundaryDocument() Document {
	if w.chance(70) {
		return doc(allow("", w.pick("*", "*", "s3:*"), "*") + "," + w.statement(false, 50, 10))
	}
	return w.document(false, 92, 10)
}

func (w *randomWorld) tags() Evidence[map[string]string] {
	if w.chance(10) {
		return Evidence[map[string]string]{}
	}
	if w.chance(50) {
		return Of(map[string]string{"team": w.pick("a", "ml")})
	}
	return Of(map[string]string{})
}

func (w *randomWorld) policyOrNone(percent int) Evidence[Document] {
	if w.chance(percent) {
		return Of(w.document(true, 72, 40))
	}
	if w.chance(2) {
		return Evidence[Document]{}
	}
	return NoneOf[Document]()
}

func (w *randomWorld) build() *Inventory {
	inv := w.inv
	inv.AddPolicy(ManagedPolicy{ARN: boundaryARN, DefaultVersion: "v1", Versions: []PolicyVersion{{ID: "v1", IsDefault: true, Document: Of(w.boundaryDocument())}}})
	inv.AddPolicy(ManagedPolicy{ARN: "arn:aws:iam::111111111111:policy/shared", DefaultVersion: "v1", Versions: []PolicyVersion{{ID: "v1", IsDefault: true, Document: Of(w.document(false, 85, 25))}}})
	for _, u := range []string{userA, "arn:aws:iam::111111111111:user/bob", "arn:aws:iam::222222222222:user/cat"} {
		inv.AddUser(User{Identity: w.identity(u, lastSegment(u), "AIDA"+lastSegment(u)), Boundary: w.boundary(), Groups: w.groups(u), Tags: w.tags()})
	}
	for _, r := range []string{roleA, roleB, target1, "arn:aws:iam::111111111111:role/second"} {
		id := map[string]string{roleA: "AROAREADER"}[r]
		role := Role{Identity: w.identity(r, lastSegment(r), id), Boundary: w.boundary(), Tags: w.tags(), Trust: Of(w.trust())}
		if w.chance(5) {
			role.Path = "/aws-service-role/x/"
		}
		inv.AddRole(role)
	}
	inv.AddGroup(Group{w.identity("arn:aws:iam::111111111111:group/g", "g", "AGPA")})
	w.resources()
	w.organization()
	return inv
}

func (w *randomWorld) groups(user string) Evidence[[]string] {
	if strings.Contains(user, acctA) && w.chance(40) {
		return Of([]string{"g"})
	}
	return NoneOf[[]string]()
}

func (w *randomWorld) trust() Document {
	s := `{"Effect":"Allow","Principal":` + randomPrincipals[w.r.IntN(len(randomPrincipals))] + `,"Action":["sts:AssumeRole","sts:AssumeRoleWithWebIdentity"]`
	if w.chance(25) {
		s += `,"Condition":` + w.pick(randomConditions...)
	}
	return doc(s + "}")
}

func (w *randomWorld) resources() {
	inv := w.inv
	for _, b := range [][2]string{{"data", acctA}, {"logs", acctA}, {"other", acctB}} {
		s3 := &S3Facts{BlockPublicAccess: NoneOf[BlockPublicAccess](), ACL: NoneOf[[]ACLGrant](), Ownership: Of(w.pick("BucketOwnerEnforced", "ObjectWriter")), ABAC: Of(w.chance(50))}
		if b[0] == "data" {
			s3.AccessPoints = w.accessPoints()
		}
		if w.chance(20) {
			s3.BlockPublicAccess = Of(BlockPublicAccess{RestrictPublicBuckets: true, IgnorePublicAcls: w.chance(50)})
		}
		if w.chance(20) {
			s3.ACL = Of([]ACLGrant{{GranteeURI: w.pick(aclAllUsers, aclAuthenticatedUsers), Permission: w.pick("READ", "WRITE")}})
		}
		inv.AddResource(Resource{ARN: "arn:aws:s3:::" + b[0], Account: b[1], Type: "AWS::S3::Bucket", Policy: w.policyOrNone(55), Tags: w.tags(), S3: s3})
	}
	for _, arn := range []string{"arn:aws:sqs:us-east-1:111111111111:q", "arn:aws:sqs:us-east-1:222222222222:q", "arn:aws:secretsmanager:us-east-1:111111111111:secret:s-AbCdEf"} {
		inv.AddResource(Resource{ARN: arn, Policy: w.policyOrNone(60), Tags: w.tags()})
	}
	for _, arn := range []string{keyA, "arn:aws:kms:us-east-1:222222222222:key/5678"} {
		d := w.document(true, 80, 20)
		if w.chance(90) {
			d = doc(`{"Effect":"Allow","Principal":{"AWS":"` + schemaAccountOf(arn) + `"},"Action":"kms:*","Resource":"*"},` + w.statement(true, 75, 25))
		}
		k := &KMSFacts{Grants: NoneOf[[]KMSGrant](), State: Of("Enabled")}
		if w.chance(20) {
			k.Grants = Of([]KMSGrant{{ID: "g", Grantee: w.pick(roleA, roleB, rootA), Operations: []string{"Decrypt"}}})
		}
		inv.AddResource(Resource{ARN: arn, Policy: Of(d), KMS: k})
	}
	inv.AddResource(Resource{ARN: fsA, Policy: w.policyOrNone(50)})
	inv.AddResource(Resource{ARN: "arn:aws:sagemaker:us-east-1:111111111111:endpoint/e", Tags: w.tags()})
	if w.chance(90) {
		d := doc(allow("*", w.pick("*", "s3:*", "s3:GetObject"), w.pick(randomPatterns[:6]...)) + "," + w.statement(true, 60, 10))
		inv.AddEndpoint(VPCEndpoint{ID: "vpce-9", VPC: "vpc-9", Service: w.pick("", "", "com.amazonaws.us-east-1.s3", "com.amazonaws.us-east-1.sqs"), Policy: Of(d)})
	}
}

// accessPoints makes an access point of the bucket's account or of another.
func (w *randomWorld) accessPoints() []AccessPoint {
	if !w.chance(50) {
		return nil
	}
	p := AccessPoint{ARN: "arn:aws:s3:us-east-1:111111111111:accesspoint/ap", Account: acctA, Policy: w.policyOrNone(70), BlockPublicAccess: NoneOf[BlockPublicAccess]()}
	if w.chance(50) {
		p.ARN, p.Account = apB, acctB
	}
	return []AccessPoint{p}
}

func schemaAccountOf(arn string) string { return strings.Split(arn, ":")[4] }

func (w *randomWorld) organization() {
	inv := w.inv
	bpa := NoneOf[BlockPublicAccess]()
	for _, a := range []string{acctA, acctB} {
		s3 := NoneOf[bool]()
		if w.chance(15) {
			s3 = Of(w.chance(70))
		}
		inv.AddAccount(Account{ID: a, IAM: Known, S3BlockPublicAccess: bpa, S3OrganizationPolicy: s3})
	}
	if w.chance(10) {
		return // not collected
	}
	o := inv.AddOrganization(Organization{ID: "o-1", ManagementAccount: acctM, FeatureSet: "ALL"})
	if w.chance(5) {
		o.ManagementAccount = acctB
	}
	for i, n := range []OrgNode{{ID: "r-1", Kind: OrgRoot}, {ID: "ou-1", Parent: "r-1", Kind: OrgUnit}, {ID: acctA, Parent: "ou-1", Kind: OrgAccount}, {ID: acctB, Parent: "r-1", Kind: OrgAccount}} {
		n.SCPs, n.RCPs = Of([]string{fullAccessSCP}), Of([]string{fullAccessRCP})
		if w.chance(28) {
			id := fmt.Sprintf("p-s%d", i)
			o.AddPolicy(OrgPolicy{ID: id, Name: id, Type: SCP, Document: Of(w.document(false, 50, 50))})
			n.SCPs.Value = append(n.SCPs.Value, id)
			if w.chance(15) {
				n.SCPs.Value = n.SCPs.Value[1:]
			}
		}
		if w.chance(45) {
			id := fmt.Sprintf("p-r%d", i)
			s := `{"Effect":"Deny","Principal":"*","Action":"` + w.pick(randomActionPatterns[2:]...) + `","Resource":"` + w.pick("*", "*", "arn:aws:s3:::data/*") + `"`
			if w.chance(40) {
				s += `,"Condition":` + w.pick(randomConditions...)
			}
			o.AddPolicy(OrgPolicy{ID: id, Name: id, Type: RCP, Document: Of(doc(s + "}"))})
			n.RCPs.Value = append(n.RCPs.Value, id)
		}
		o.AddNode(n)
	}
}

// options draws what a request says about its context.
func (w *randomWorld) options() Options {
	var o Options
	set := func(k string, vals ...string) {
		switch {
		case w.chance(16):
			if o.Context == nil {
				o.Context = map[string][]string{}
			}
			o.Context[k] = vals
		case w.chance(12):
			o.Absent = append(o.Absent, k)
		}
	}
	set("aws:SourceVpce", w.pick("vpce-9", "vpce-9", "vpce-9", "vpce-9", "vpce-9", "vpce-1"))
	set("aws:SourceIp", w.pick("10.0.0.1", "10.1.2.3", "203.0.113.9", "198.51.100.1"))
	set("aws:MultiFactorAuthPresent", w.pick("true", "false"))
	set("aws:TagKeys", w.pick("a", "ab"), w.pick("b", "c"))
	set("s3:max-keys", w.pick("5", "10", "50"))
	set("aws:CurrentTime", w.pick("2025-06-01T00:00:00Z", "2026-06-01T00:00:00Z"))
	set("aws:UserAgent", w.pick("curl/8", "x"))
	set("sts:ExternalId", w.pick("e", "f"))
	if w.chance(22) {
		d := w.document(false, 90, 10)
		if w.chance(40) {
			d = doc(allow("", "*", "*") + "," + w.statement(false, 30, 10))
		}
		o.SessionPolicies = []Document{d}
	}
	return o
}

// callersAsked are the principals of the differential test.
func callersAsked(e *Engine) []string {
	out := e.Principals(true)
	return append(out, sessionA, Anonymous, AnyAccount, "sagemaker.amazonaws.com", acctX, GitHubAny)
}

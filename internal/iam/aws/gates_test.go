package aws

import (
	"strings"
	"testing"
)

func kmsBucket(s string) Evidence[S3Encryption] {
	return Of(S3Encryption{Algorithm: "aws:kms", KeyID: s})
}

func decide(t *testing.T, d Decision, err error) Decision {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestReadObject(t *testing.T) {
	decrypt := allow("", "kms:Decrypt", "*")
	delegating := allow(rootA, "kms:*", "*")
	for _, c := range []struct {
		name string
		w    world
		who  string
		want Verdict
	}{
		{"SSE-S3", world{id: readAll}, roleA, Allow},
		{"SSE-KMS with decrypt", world{id: readAll + "," + decrypt, key: delegating, encryption: kmsBucket(keyA)}, roleA, Allow},
		{"SSE-KMS without decrypt", world{id: readAll, key: delegating, encryption: kmsBucket(keyA)}, roleA, Deny},
		{"SSE-KMS, the key policy leaves the account out", world{id: readAll + "," + decrypt, key: allow(target1, "kms:*", "*"), encryption: kmsBucket(keyA)}, roleA, Deny},
		{"SSE-KMS, the key policy was not collected", world{id: readAll + "," + decrypt, key: "?", encryption: kmsBucket(keyA)}, roleA, Unknown},
		{"SSE-KMS through S3 only", world{id: readAll + "," + decrypt, key: iff(cond("StringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com"), delegating), encryption: kmsBucket(keyA)}, roleA, Allow},
		{"SSE-KMS through another service only", world{id: readAll + "," + decrypt, key: iff(cond("StringEquals", "kms:ViaService", "sqs.us-east-1.amazonaws.com"), delegating), encryption: kmsBucket(keyA)}, roleA, Deny},
		{"SSE-KMS, another bucket's context only", world{id: readAll + "," + decrypt, key: iff(cond("StringLike", "kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::other*"), delegating), encryption: kmsBucket(keyA)}, roleA, Deny},
		{"SSE-KMS, this bucket's context", world{id: readAll + "," + decrypt, key: iff(cond("StringLike", "kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::data*"), delegating), encryption: kmsBucket(keyA)}, roleA, Allow},
		{"SSE-KMS by key id", world{id: readAll + "," + decrypt, key: delegating, encryption: kmsBucket("1234")}, roleA, Allow},
		{"public bucket with a customer key is not readable", world{bucket: anyoneRead, key: allow("*", "kms:*", "*"), encryption: kmsBucket(keyA)}, Anonymous, Deny},
		{"AWS-managed key, same account", world{id: readAll, encryption: kmsBucket("")}, roleA, Allow},
		{"AWS-managed key, other account", world{idB: readAll, bucket: bucketFor(roleB), encryption: kmsBucket("alias/aws/s3")}, roleB, Deny},
		{"cross-account with the key's grant", world{idB: readAll + "," + decrypt, bucket: bucketFor(roleB), key: allow(roleB, "kms:Decrypt", "*"), encryption: kmsBucket(keyA)}, roleB, Allow},
		{"disabled key", world{id: readAll + "," + decrypt, key: delegating, encryption: kmsBucket(keyA), mutate: func(i *Inventory) { i.Resources[keyA].KMS.State = Of("PendingDeletion") }}, roleA, Deny},
		{"part of the bucket", world{id: allow("", "s3:GetObject", "arn:aws:s3:::data/a/*")}, roleA, Conditional},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := New(c.w.inventory())
			d, err := e.CanReadObject(c.who, bucket, Options{})
			if decide(t, d, err); d.Verdict != c.want {
				t.Errorf("%s, want %s: %+v %+v", d.Verdict, c.want, d.Because, d.Missing)
			}
			listed := Deny
			for _, g := range e.ReadObject(bucket, Options{}) {
				for _, p := range g.Principals {
					if p == c.who {
						listed = g.Verdict
					}
				}
			}
			if listed != c.want {
				t.Errorf("ReadObject lists %s as %s, want %s", c.who, listed, c.want)
			}
		})
	}
}

func TestAccessPoint(t *testing.T) {
	ap := "arn:aws:s3:us-east-1:111111111111:accesspoint/ap"
	build := func(vpc, policy string) *Engine {
		w := world{bucket: iff(cond("StringEquals", "s3:DataAccessPointAccount", acctA), allow("*", "s3:*", "arn:aws:s3:::data/*"))}
		w.mutate = func(i *Inventory) {
			i.Resources[bucket].S3.AccessPoints = []AccessPoint{{ARN: ap, Account: acctA, VPC: vpc, Policy: policyEvidence(policy), BlockPublicAccess: NoneOf[BlockPublicAccess]()}}
		}
		return New(w.inventory())
	}
	open := allow("*", "s3:GetObject", ap+"/object/*")
	for _, c := range []struct {
		name, vpc, policy string
		want              Verdict
	}{
		{"open access point over a delegating bucket", "", open, Allow},
		{"access point without a policy", "", "", Deny},
		{"VPC-only access point", "vpc-1", open, Deny},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := build(c.vpc, c.policy).CanReadObject(Anonymous, bucket, Options{})
			if decide(t, d, err); d.Verdict != c.want {
				t.Errorf("%s, want %s: %+v", d.Verdict, c.want, d.Because)
			}
		})
	}
}

func TestPassRole(t *testing.T) {
	pass := iff(cond("StringEquals", "iam:PassedToService", "sagemaker.amazonaws.com"), allow("", "iam:PassRole", target1))
	create := allow("", "sagemaker:CreateTrainingJob", "*")
	trust := func(s string) string { return stmt("Allow", `{"Service":"`+s+`"}`, "sts:AssumeRole", "", "") }
	jobs := []ActionOn{{"sagemaker:CreateTrainingJob", "arn:aws:sagemaker:us-east-1:111111111111:training-job/*"}}
	for _, c := range []struct {
		name string
		w    world
		want Verdict
	}{
		{"all three", world{id: pass + "," + create, trust: trust("sagemaker.amazonaws.com")}, Allow},
		{"no trust for the service", world{id: pass + "," + create, trust: trust("ec2.amazonaws.com")}, Deny},
		{"no PassRole", world{id: create, trust: trust("sagemaker.amazonaws.com")}, Deny},
		{"no action", world{id: pass, trust: trust("sagemaker.amazonaws.com")}, Deny},
		{"PassRole to another service", world{id: strings.Replace(pass, "sagemaker", "ec2", 1) + "," + create, trust: trust("sagemaker.amazonaws.com")}, Deny},
		{"trust with the account as source", world{id: pass + "," + create, trust: iff(cond("StringEquals", "aws:SourceAccount", acctA), trust("sagemaker.amazonaws.com"))}, Allow},
		{"trust with another account as source", world{id: pass + "," + create, trust: iff(cond("StringEquals", "aws:SourceAccount", acctB), trust("sagemaker.amazonaws.com"))}, Deny},
		{"trust with one source ARN", world{id: pass + "," + create, trust: iff(cond("ArnLike", "aws:SourceArn", "arn:aws:sagemaker:us-east-1:111111111111:training-job/x"), trust("sagemaker.amazonaws.com"))}, Conditional},
		{"trust not collected", world{id: pass + "," + create, trust: "?"}, Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := New(c.w.inventory())
			d, err := e.PassRoleTo(roleA, target1, "sagemaker.amazonaws.com", jobs, Options{})
			if decide(t, d, err); d.Verdict != c.want {
				t.Errorf("%s, want %s: %+v %+v", d.Verdict, c.want, d.Because, d.Missing)
			}
		})
	}
}

func TestAssumeRoleGrants(t *testing.T) {
	w := world{trust: stmt("Allow", `{"AWS":["`+roleA+`","999999999999"],"Service":"ec2.amazonaws.com"}`, "sts:AssumeRole", "", "") + "," + github(githubSub("StringLike", "repo:*"))}
	got := map[string]Verdict{}
	for _, g := range New(w.inventory()).AssumeRole(target1, Options{}) {
		for _, p := range g.Principals {
			got[p] = g.Verdict
		}
	}
	want := map[string]Verdict{roleA: Allow, acctX: Allow, "ec2.amazonaws.com": Allow, GitHubAny: Allow, githubARN: Conditional}
	for p, v := range want {
		if got[p] != v {
			t.Errorf("%s: %q, want %s", p, got[p], v)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestInferenceProfile(t *testing.T) {
	profile := "arn:aws:bedrock:us-east-1:111111111111:inference-profile/us.m"
	models := []string{"arn:aws:bedrock:us-east-1::foundation-model/m", "arn:aws:bedrock:us-west-2::foundation-model/m"}
	for _, c := range []struct {
		name, id string
		want     Verdict
	}{
		{"profile and both regions", allow("", "bedrock:InvokeModel", `["`+profile+`","arn:aws:bedrock:*::foundation-model/m"]`), Allow},
		{"one region only", allow("", "bedrock:InvokeModel", `["`+profile+`","arn:aws:bedrock:us-east-1::foundation-model/m"]`), Deny},
		{"no profile", allow("", "bedrock:InvokeModel", "arn:aws:bedrock:*::foundation-model/m"), Deny},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := New(world{id: c.id, mutate: func(i *Inventory) {
				i.AddResource(Resource{ARN: profile, Type: "AWS::Bedrock::InferenceProfile", Model: &InferenceFacts{Models: Of(models)}})
			}}.inventory())
			d, err := e.CanInvokeModel(roleA, profile, Options{})
			if decide(t, d, err); d.Verdict != c.want {
				t.Errorf("%s, want %s: %+v", d.Verdict, c.want, d.Because)
			}
		})
	}
}

func TestCapability(t *testing.T) {
	self := allow("", "iam:PutRolePolicy", roleA)
	for _, c := range []struct {
		name string
		w    world
		want Verdict
	}{
		{"no boundary", world{id: self}, Allow},
		{"a boundary that allows everything", world{id: self, boundary: allow("", "*", "*")}, Allow},
		{"a boundary that allows the same and logs", world{id: self, boundary: self + "," + noRead}, Deny},
		{"an SCP that takes IAM away", world{id: self, scps: []string{"", allow("", "*", "*") + "," + deny("", "iam:*", "*")}}, Deny},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := New(c.w.inventory()).CapabilityCap(roleA)
			if err != nil {
				t.Fatal(err)
			}
			if got.Gain != c.want {
				t.Errorf("%+v, want %s", got, c.want)
			}
		})
	}
}

func TestEffectiveAdmin(t *testing.T) {
	for _, c := range []struct {
		name, id string
		want     Verdict
	}{
		{"everything", allow("", "*", "*"), Allow},
		{"everything but one bucket", allow("", "*", "*") + "," + deny("", "s3:*", "arn:aws:s3:::secret/*"), Allow},
		{"everything with MFA", iff(cond("Bool", "aws:MultiFactorAuthPresent", "true"), allow("", "*", "*")), Conditional},
		{"all but IAM", `{"Effect":"Allow","NotAction":["iam:*"],"Resource":"*"}`, Deny},
		{"IAM alone", allow("", "iam:*", "*"), Deny},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := New(world{id: c.id}.inventory()).EffectiveAdmin(roleA)
			if decide(t, d, err); d.Verdict != c.want {
				t.Errorf("%s, want %s: %+v", d.Verdict, c.want, d.Because)
			}
		})
	}
}

func TestAccountAdminReads(t *testing.T) {
	for _, c := range []struct {
		name string
		w    world
		want Verdict
	}{
		{"plain bucket", world{}, Allow},
		{"bucket policy denies everyone", world{bucket: deny("*", "s3:GetObject", "arn:aws:s3:::data/*")}, Deny},
		{"SCP denies", world{scps: []string{"", allow("", "*", "*") + "," + deny("", "s3:GetObject", "arn:aws:s3:::data/*")}}, Deny},
		{"SCP exempts a role", world{scps: []string{"", allow("", "*", "*") + "," + iff(cond("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/Breakglass"), deny("", "s3:*", "*"))}}, Allow},
		{"SCP exempts a role and guards it", world{scps: []string{"", allow("", "*", "*") + "," + iff(cond("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/Breakglass"), deny("", "s3:*", "*")) + "," +
			iff(cond("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/Breakglass"), deny("", "iam:*", "arn:aws:iam::*:role/Breakglass"))}}, Deny},
		{"SCP exempts Identity Center's roles", world{scps: []string{"", allow("", "*", "*") + "," + iff(cond("StringNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*"), deny("", "s3:*", "*"))}}, Deny},
		{"SCP exempts the root user", world{scps: []string{"", allow("", "*", "*") + "," + iff(cond("ArnNotEquals", "aws:PrincipalArn", "arn:aws:iam::111111111111:root"), deny("", "s3:*", "*"))}}, Deny},
		{"SCP exempts another account's role", world{scps: []string{"", allow("", "*", "*") + "," + iff(cond("ArnNotEquals", "aws:PrincipalArn", "arn:aws:iam::222222222222:role/Breakglass"), deny("", "s3:*", "*"))}}, Deny},
		{"SCP denies roles", world{scps: []string{"", allow("", "*", "*") + "," + iff(cond("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*"), deny("", "s3:*", "*"))}}, Allow},
		{"key policy without the account", world{encryption: kmsBucket(keyA), key: allow(target1, "kms:*", "*")}, Deny},
		{"key policy with the account", world{encryption: kmsBucket(keyA), key: allow(rootA, "kms:*", "*")}, Allow},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := New(c.w.inventory()).AccountAdminReads(acctA, bucket, Options{}); d.Verdict != c.want {
				t.Errorf("%s, want %s: %+v", d.Verdict, c.want, d.Because)
			}
		})
	}
}

func TestPublic(t *testing.T) {
	for _, c := range []struct {
		name   string
		w      world
		anon   Verdict
		policy Verdict
	}{
		{"open", world{bucket: anyoneRead}, Allow, Allow},
		{"blocked", world{bucket: anyoneRead, bpa: &blockAll}, Deny, Allow},
		{"no policy", world{}, Deny, Deny},
		{"by address", world{bucket: iff(cond("IpAddress", "aws:SourceIp", "203.0.113.0/24"), anyoneRead)}, Conditional, Deny},
		{"by referer", world{bucket: iff(cond("StringLike", "aws:Referer", "https://x/*"), anyoneRead)}, Conditional, Allow},
		{"not collected", world{bucket: "?"}, Unknown, Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := New(c.w.inventory()).Public(bucket, nil)
			if got.Anonymous.Verdict != c.anon || got.PolicyPublic != c.policy {
				t.Errorf("anonymous %s, policy %s; want %s, %s: %+v", got.Anonymous.Verdict, got.PolicyPublic, c.anon, c.policy, got.Anonymous.Because)
			}
		})
	}
}

func TestPublicURL(t *testing.T) {
	fn := "arn:aws:lambda:us-east-1:111111111111:function:f"
	url := allow("*", "lambda:InvokeFunctionUrl", fn)
	both := url + "," + allow("*", "lambda:InvokeFunction", fn)
	authNone := iff(cond("StringEquals", "lambda:FunctionUrlAuthType", "NONE"), url) + "," + iff(cond("Bool", "lambda:InvokedViaFunctionUrl", "true"), allow("*", "lambda:InvokeFunction", fn))
	for _, c := range []struct {
		name, policy, auth, created string
		want                        Verdict
	}{
		{"both permissions", both, "NONE", "2026-01-01T00:00:00Z", Allow},
		{"as the console writes them", authNone, "NONE", "2026-01-01T00:00:00Z", Allow},
		{"one permission, new URL", url, "NONE", "2026-01-01T00:00:00Z", Deny},
		{"one permission, old URL", url, "NONE", "2024-01-01T00:00:00Z", Allow},
		{"one permission, age not known", url, "NONE", "", Unknown},
		{"AWS_IAM", both, "AWS_IAM", "2026-01-01T00:00:00Z", Deny},
		{"no policy", "", "NONE", "2026-01-01T00:00:00Z", Deny},
		{"policy not collected", "?", "NONE", "2026-01-01T00:00:00Z", Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := New(world{mutate: func(i *Inventory) {
				i.AddResource(Resource{ARN: fn, Type: "AWS::Lambda::Function", Policy: policyEvidence(c.policy), Lambda: &LambdaFacts{URL: Of(FunctionURL{c.auth, c.created})}})
			}}.inventory())
			if d := e.PublicURL(fn); d.Verdict != c.want {
				t.Errorf("%s, want %s: %+v", d.Verdict, c.want, d.Because)
			}
		})
	}
}

func TestAttackerChooses(t *testing.T) {
	for _, c := range []struct {
		name string
		w    world
		who  string
		want Verdict
	}{
		{"session name", world{bucket: bucketFor(sessionA)}, roleA, Allow},
		{"user agent", idIf("StringEquals", "aws:UserAgent", "x"), roleA, Allow},
		{"deny by referer is escaped", world{id: readAll + "," + iff(cond("StringLike", "aws:Referer", "*"), deny("", "s3:*", "*"))}, roleA, Allow},
		{"time goes on", idIf("DateGreaterThan", "aws:CurrentTime", "2024-01-01T00:00:00Z"), roleA, Allow},
		{"the past is gone", idIf("DateLessThan", "aws:CurrentTime", "2024-01-01T00:00:00Z"), roleA, Deny},
		{"the future may be too late", idIf("DateLessThan", "aws:CurrentTime", "2999-01-01T00:00:00Z"), roleA, Conditional},
		{"source address is not chosen", idIf("IpAddress", "aws:SourceIp", "10.0.0.0/8"), roleA, Conditional},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := New(c.w.inventory()).Can(Request{Principal: c.who, Action: "s3:GetObject", Resource: object, Options: Options{AttackerChooses: true}})
			if decide(t, d, err); d.Verdict != c.want {
				t.Errorf("%s, want %s: %+v", d.Verdict, c.want, d.Conditions)
			}
		})
	}
}

func TestExternal(t *testing.T) {
	w := world{bucket: bucketFor(acctX) + "," + bucketFor(roleB) + "," + allow(`{"Service":"logging.s3.amazonaws.com"}`, "s3:PutObject", "arn:aws:s3:::data/*")}
	got := strings.Join(New(w.inventory()).External(bucket), " ")
	if want := acctX + " logging.s3.amazonaws.com"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	w.bucket = anyoneRead
	if got := strings.Join(New(w.inventory()).External(bucket), " "); got != "*" {
		t.Errorf("%q, want *", got)
	}
}

// TestBoundaryKey: iam:PermissionsBoundary is the boundary of whom the action
// changes, unless the action sets it.
func TestBoundaryKey(t *testing.T) {
	const limit, free, bound, made = "arn:aws:iam::111122223333:policy/limit", "arn:aws:iam::111122223333:role/free", "arn:aws:iam::111122223333:role/bound", "arn:aws:iam::111122223333:role/made"
	text := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"` + limit + `"}}}]}`
	inv := NewInventory()
	inv.AddAccount(Account{ID: "111122223333", IAM: Known, Organization: NoneOf[string](), Listed: map[string]bool{"AWS::IAM::Role": true}})
	for arn, b := range map[string]Evidence[string]{free: NoneOf[string](), bound: Of(limit)} {
		inv.AddRole(Role{Identity: Identity{ARN: arn, Inline: Of([]Document{{JSON: []byte(text)}}), Attached: NoneOf[[]string]()}, Boundary: b,
			Trust: Of(Document{JSON: []byte(`{"Version":"2012-10-17","Statement":[]}`)}), Tags: NoneOf[map[string]string]()})
	}
	e := New(inv)
	for _, c := range []struct {
		action, on string
		want       Verdict
	}{{"iam:PutRolePolicy", free, Deny}, {"iam:PutRolePolicy", bound, Allow}, {"iam:CreateRole", made, Conditional}} {
		d, err := e.Can(Request{Principal: free, Action: c.action, Resource: c.on, Options: Options{AttackerChooses: true}})
		if decide(t, d, err); d.Verdict != c.want {
			t.Errorf("%s on %s: %s, want %s", c.action, c.on, d.Verdict, c.want)
		}
	}
}

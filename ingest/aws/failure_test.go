package aws

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
)

func withCode(status int, code, message string) error {
	return httpAnswer(status, "application/json", &smithy.GenericAPIError{Code: code, Message: message})
}

func httpAnswer(status int, contentType string, err error) error {
	return &smithy.OperationError{ServiceID: "S", OperationName: "Op", Err: &smithyhttp.ResponseError{
		Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {contentType}}}}, Err: err}}
}

func TestClassify(t *testing.T) {
	none := Call{None: []string{"NoSuchThing"}}
	optional := Call{Optional: true}
	tests := []struct {
		name string
		call Call
		err  error
		want outcome
	}{
		{"a code that the call lists", none, withCode(404, "NoSuchThing", "no"), outcome{true, graph.GapError, ingest.Failure{Code: "NoSuchThing", Message: "no"}}},
		{"a code that it does not list", Call{}, withCode(404, "NoSuchThing", "no"), outcome{false, graph.GapError, ingest.Failure{Code: "NoSuchThing", Message: "no"}}},
		{"denied", none, withCode(400, "AccessDeniedException", "no"), outcome{false, graph.GapDenied, ingest.Failure{Code: "AccessDeniedException", Message: "no"}}},
		{"denied by status", none, withCode(403, "SomethingNew", "no"), outcome{false, graph.GapDenied, ingest.Failure{Code: "SomethingNew", Message: "no"}}},
		{"throttled", none, withCode(400, "ThrottlingException", "no"), outcome{false, graph.GapThrottled, ingest.Failure{Code: "ThrottlingException", Message: "no"}}},
		{"throttled by status", none, withCode(429, "X", "no"), outcome{false, graph.GapThrottled, ingest.Failure{Code: "X", Message: "no"}}},
		{"not enabled", none, withCode(403, "OptInRequired", "no"), outcome{false, graph.GapNotEnabled, ingest.Failure{Code: "OptInRequired", Message: "no"}}},
		{"not subscribed", none, withCode(400, "SubscriptionRequiredException", "no"), outcome{false, graph.GapNotEnabled, ingest.Failure{Code: "SubscriptionRequiredException", Message: "no"}}},
		{"an optional feature", optional, withCode(400, "ValidationException", "no"), outcome{false, graph.GapNotEnabled, ingest.Failure{Code: "ValidationException", Message: "no"}}},
		{"an optional feature that is denied", optional, withCode(400, "AccessDeniedException", "no"), outcome{false, graph.GapDenied, ingest.Failure{Code: "AccessDeniedException", Message: "no"}}},
		{"an optional feature that failed", optional, withCode(500, "InternalFailure", "no"), outcome{false, graph.GapError, ingest.Failure{Code: "InternalFailure", Message: "no"}}},
		{"a web page, whatever the call lists", Call{None: []string{"UnknownError"}, Optional: true}, httpAnswer(404, "text/html; charset=utf-8", &smithy.GenericAPIError{Code: "UnknownError"}),
			outcome{false, graph.GapError, ingest.Failure{Code: "HTTP 404", Message: "the endpoint answered with a web page: it does not know the call, or failed"}}},
		{"an answer that is no answer", none, httpAnswer(200, "application/json", &smithy.DeserializationError{Err: errors.New("invalid character '<'")}),
			outcome{false, graph.GapError, ingest.Failure{Code: "HTTP 200", Message: "the answer could not be read: invalid character '<'"}}},
		{"no such endpoint at AWS", none, &url.Error{Op: "Post", URL: "x", Err: &net.OpError{Op: "dial", Err: &net.DNSError{Name: "apprunner.eu-north-1.amazonaws.com", Err: "no such host", IsNotFound: true}}},
			outcome{false, graph.GapNotEnabled, ingest.Failure{Code: "Connection", Message: "host apprunner.eu-north-1.amazonaws.com: no such host"}}},
		{"no such endpoint elsewhere", none, &net.DNSError{Name: "123.127.0.0.1", Err: "no such host", IsNotFound: true},
			outcome{false, graph.GapError, ingest.Failure{Code: "Connection", Message: "host 123.127.0.0.1: no such host"}}},
		{"a broken connection, without its ports", none, &url.Error{Op: "Get", URL: "x", Err: &net.OpError{Op: "read", Source: &net.TCPAddr{Port: 4711}, Err: errors.New("connection reset by peer")}},
			outcome{false, graph.GapError, ingest.Failure{Code: "Connection", Message: "read: connection reset by peer"}}},
		{"too slow", none, fmt.Errorf("x: %w", context.DeadlineExceeded), outcome{false, graph.GapError, ingest.Failure{Code: "Timeout", Message: "no answer in time"}}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, classify(tc.call, tc.err), cmp.AllowUnexported(outcome{})); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestMessagesAreTheSameEachTime(t *testing.T) {
	for in, want := range map[string]string{
		"denied (Request ID: 1f2e3d4c-aaaa)":                                   "denied",
		"denied, RequestID: ABCDEF0123456789, api error":                       "denied, api error",
		"You are not authorized. Encoded authorization failure message: abc-x": "You are not authorized.",
		"two\n lines\t here":                                                   "two lines here",
		"request identity":                                                     "request identity",
		"bad \xff byte":                                                        "bad \uFFFD byte",
	} {
		if got := cleanMessage(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if n := len(cleanMessage(strings.Repeat("é", 5000))); n > maxMessage+8 {
		t.Errorf("%d bytes", n)
	}
}

package aws

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	awsretry "github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
)

// deniedCodes are the codes by which AWS refuses a caller. Sources: AWS General
// Reference, common errors; Amazon EC2 API Reference, error codes; Amazon S3 API
// Reference, error responses; read 2026-11-23.
var deniedCodes = map[string]bool{
	"AccessDenied": true, "AccessDeniedException": true, "AllAccessDisabled": true, "UnauthorizedOperation": true,
	"UnauthorizedException": true, "UnauthorizedAccess": true, "NotAuthorized": true, "NotAuthorizedException": true,
	"AuthorizationError": true, "AuthorizationErrorException": true, "AuthFailure": true, "Forbidden": true, "ForbiddenException": true,
	"ExpiredToken": true, "ExpiredTokenException": true, "InvalidClientTokenId": true, "UnrecognizedClientException": true,
	"InvalidAccessKeyId": true, "SignatureDoesNotMatch": true, "InvalidSignatureException": true, "IncompleteSignature": true,
	"MissingAuthenticationToken": true, "MissingAuthenticationTokenException": true,
}

// notEnabledCodes say that the account does not use the service or the region.
// Sources as above.
var notEnabledCodes = map[string]bool{
	"OptInRequired": true, "SubscriptionRequiredException": true, "AWSOrganizationsNotInUseException": true,
	"NotSignedUp": true, "AccountNotEnabledException": true, "RegionDisabledException": true, "InvalidRegion": true,
}

// moreThrottleCodes are codes for "too often" that the SDK does not list.
var moreThrottleCodes = map[string]bool{"TooManyRequests": true, "Throttled": true}

// outcome is what a failed call means for the coverage.
type outcome struct {
	none    bool // asked, and there is none
	kind    graph.GapKind
	failure ingest.Failure
}

// classify says what an error of a call means. Only a code that the call lists
// means "there is none": an answer without a code, such as a web page with
// status 404 from something that does not know the call, is an error.
func classify(c Call, err error) outcome {
	f := describe(err)
	o := outcome{kind: graph.GapError, failure: f}
	var api smithy.APIError
	coded := errors.As(err, &api) && f.Code == api.ErrorCode()
	status := statusOf(err)
	switch {
	case coded && slices.Contains(c.None, f.Code):
		o.none = true
	case coded && throttled(f.Code), status == http.StatusTooManyRequests:
		o.kind = graph.GapThrottled
	case coded && notEnabledCodes[f.Code], noEndpoint(err):
		o.kind = graph.GapNotEnabled // before the statuses: AWS answers some of these with 403
	case coded && deniedCodes[f.Code], coded && (status == http.StatusForbidden || status == http.StatusUnauthorized):
		o.kind = graph.GapDenied
	case c.Optional && coded && status >= 400 && status < 500:
		o.kind = graph.GapNotEnabled
	}
	return o
}

// throttled reports whether a code means "too often". LimitExceededException,
// which the SDK retries, is how many services name a quota of resources.
func throttled(code string) bool {
	_, known := awsretry.DefaultThrottleErrorCodes[code]
	return known && code != "LimitExceededException" || moreThrottleCodes[code]
}

// describe gives an error's code and message without what differs from run to
// run: request ids, encoded messages, port numbers.
func describe(err error) ingest.Failure {
	if page, status := webPage(err); page {
		return ingest.Failure{Code: fmt.Sprintf("HTTP %d", status), Message: "the endpoint answered with a web page: it does not know the call, or failed"}
	}
	var api smithy.APIError
	if errors.As(err, &api) && api.ErrorCode() != "" && api.ErrorCode() != "UnknownError" {
		return ingest.Failure{Code: api.ErrorCode(), Message: cleanMessage(api.ErrorMessage())}
	}
	f := ingest.Failure{Code: "Error"}
	if s := statusOf(err); s != 0 {
		f.Code = fmt.Sprintf("HTTP %d", s)
	}
	var bad *smithy.DeserializationError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		f.Code, f.Message = "Timeout", "no answer in time"
	case errors.As(err, &bad):
		f.Message = "the answer could not be read"
		if bad.Err != nil {
			f.Message += ": " + cleanMessage(bad.Err.Error())
		}
	case transport(err) != "":
		f.Code, f.Message = "Connection", transport(err)
	default:
		f.Message = cleanMessage(innermost(err).Error())
	}
	return f
}

// transport describes an error of the network without addresses, whose ports
// differ from run to run.
func transport(err error) string {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return fmt.Sprintf("host %s: %s", dns.Name, dns.Err)
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return fmt.Sprintf("%s: %v", op.Op, innermost(op.Err))
	}
	var u *url.Error
	if errors.As(err, &u) {
		return fmt.Sprintf("%s: %v", strings.ToLower(u.Op), innermost(u.Err))
	}
	return ""
}

func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

// noEndpoint reports whether AWS has no such endpoint: the service is not
// offered in the region.
func noEndpoint(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound && strings.Contains(dns.Name, ".amazonaws.")
}

func statusOf(err error) int {
	var r *smithyhttp.ResponseError
	if errors.As(err, &r) && r.Response != nil && r.Response.Response != nil {
		return r.HTTPStatusCode()
	}
	return 0
}

// webPage reports whether the answer to a call was HTML.
func webPage(err error) (bool, int) {
	var r *smithyhttp.ResponseError
	if !errors.As(err, &r) || r.Response == nil || r.Response.Response == nil {
		return false, 0
	}
	return strings.HasPrefix(r.Response.Header.Get("Content-Type"), "text/html"), r.HTTPStatusCode()
}

// otherRegion gives the region that S3 says a bucket is in, when the call went
// to another one. Source: Amazon S3 API Reference, error responses,
// PermanentRedirect and AuthorizationHeaderMalformed, read 2026-11-23.
func otherRegion(err error) string {
	var r *smithyhttp.ResponseError
	if !errors.As(err, &r) || r.Response == nil || r.Response.Response == nil {
		return ""
	}
	return r.Response.Header.Get("X-Amz-Bucket-Region")
}

var (
	requestID = regexp.MustCompile(`(?i)[\s,;(]*\b(?:request|host|x-amz-request)[ -]?id\s*[:=]?\s*[A-Za-z0-9+/=-]{8,}\)?`)
	encoded   = regexp.MustCompile(`(?is)\s*encoded authorization failure message:.*`)
)

// maxMessage bounds a message in bytes.
const maxMessage = 600

func cleanMessage(s string) string {
	s = encoded.ReplaceAllString(requestID.ReplaceAllString(s, ""), "")
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	if len(s) > maxMessage {
		s = strings.ToValidUTF8(s[:maxMessage], "") + "…"
	}
	return s
}

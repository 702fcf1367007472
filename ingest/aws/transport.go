package aws

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	"golang.org/x/time/rate"
)

// rates are requests a second, with a burst of the same, for one service in one
// account and region. They stay within the documented quotas, which the account's
// own programs share. Sources, read 2026-11-23: API Gateway quotas (control plane,
// 10 a second); Lambda quotas (control plane, 15 a second); AWS Organizations
// quotas; Amazon EC2 API request throttling (refill of 20 a second). The others'
// are not documented and kept low; the SDK's adaptive retries go below all of
// them when a service says that it is asked too often.
var rates = map[string]rate.Limit{
	"apigateway": 5, "apigatewayv2": 5, "lambda": 15, "organizations": 8, "ec2": 20, "cloudfront": 10,
	"bedrock": 10, "bedrock-agent": 10, "sagemaker": 10, "s3api": 100, "secretsmanager": 40,
}

const defaultRate rate.Limit = 20

// limiter gives a limiter for one service in one account and region.
func limiter(service string) *rate.Limiter {
	r, ok := rates[service]
	if !ok {
		r = defaultRate
	}
	return rate.NewLimiter(r, max(1, int(r)))
}

// maxAnswer bounds the bytes of one HTTP answer.
const maxAnswer = 256 << 20

// pacedClient sends each request, also those for further pages and repeated
// attempts, at the service's rate, and bounds the answer.
type pacedClient struct {
	aws.HTTPClient
	pace *rate.Limiter
}

func (c pacedClient) Do(r *http.Request) (*http.Response, error) {
	if !local(r.URL.Hostname()) {
		if err := c.pace.Wait(r.Context()); err != nil {
			return nil, err
		}
	}
	resp, err := c.HTTPClient.Do(r)
	if resp != nil && resp.Body != nil {
		resp.Body = &boundedBody{ReadCloser: resp.Body, left: maxAnswer}
	}
	return resp, err
}

// local reports whether a host is this machine: an imitation of AWS, which has
// no quotas.
func local(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// boundedBody ends an answer that is too long with an error.
type boundedBody struct {
	io.ReadCloser
	left int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n, fmt.Errorf("the answer is longer than %d bytes", int64(maxAnswer))
	}
	return n, err
}

// guard makes a service's clients refuse every operation that the service does
// not declare, before it is sent. The policy that doctor prints is made from
// the declarations, so what it does not grant is never asked for.
func guard(s Service) func(*middleware.Stack) error {
	declared := declaredOperations(s)
	return func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("PosternDeclared",
			func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				op := awsmiddleware.GetOperationName(ctx)
				if !slices.Contains(declared, op) {
					return middleware.InitializeOutput{}, middleware.Metadata{}, fmt.Errorf("%s does not declare %s %s", s.Name, awsmiddleware.GetServiceID(ctx), op)
				}
				return next.HandleInitialize(ctx, in)
			}), middleware.After) // the operation's name is known only after the SDK's own
	}
}

// declaredOperations lists the operations that a service's calls may make: their
// own, and those whose actions they need. GetCallerIdentity needs no permission
// and is always among them.
func declaredOperations(s Service) []string {
	ops := []string{"GetCallerIdentity"}
	for _, c := range s.Calls {
		ops = append(ops, c.Operation)
		for _, a := range c.Actions {
			_, name, qualified := strings.Cut(a, ":")
			if !qualified {
				name = a
			}
			ops = append(ops, name)
		}
	}
	slices.Sort(ops)
	return slices.Compact(ops)
}

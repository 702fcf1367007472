package aws

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"

	"github.com/postern-sec/postern/ingest/snapshot"
	"github.com/postern-sec/postern/internal/mototest"
)

const motoAccount = "123456789012" // moto's default

const plainSecret = "hunter2-" + "hunter2"

// motoConfig reaches a moto server, which is its own proxy for the hosts that
// account-level S3 is called at.
func motoConfig(t testing.TB, server string) aws.Config {
	t.Helper()
	proxy, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	client := awshttp.NewBuildableClient().WithTransportOptions(func(tr *http.Transport) {
		tr.Proxy = func(r *http.Request) (*url.URL, error) {
			if r.URL.Hostname() == "127.0.0.1" {
				return nil, nil
			}
			return proxy, nil
		}
	})
	// moto on a busy machine fails now and then on a call that it knows.
	return aws.Config{Region: "us-east-1", BaseEndpoint: &server, HTTPClient: client, RetryMaxAttempts: 2,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
}

// recorder notes the operations that are really sent.
type recorder struct {
	mu         sync.Mutex
	operations map[string]bool
}

func (r *recorder) add(stack *middleware.Stack) error {
	return stack.Finalize.Add(middleware.FinalizeMiddlewareFunc("recorder",
		func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			r.mu.Lock()
			r.operations[awsmiddleware.GetOperationName(ctx)] = true
			r.mu.Unlock()
			return next.HandleFinalize(ctx, in)
		}), middleware.After)
}

// TestMoto collects an account of a real server with everything there is.
func TestMoto(t *testing.T) {
	server := mototest.Start(t)
	cfg := motoConfig(t, server.URL)
	ctx := t.Context()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	buckets := s3.NewFromConfig(cfg)
	must(buckets.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("with-policy")}))
	must(buckets.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("without")}))
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::with-policy/*"}]}`
	must(buckets.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: aws.String("with-policy"), Policy: &policy}))
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	must(iam.NewFromConfig(cfg).CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("r"), AssumeRolePolicyDocument: &trust}))
	must(lambda.NewFromConfig(cfg).CreateFunction(ctx, &lambda.CreateFunctionInput{FunctionName: aws.String("f"), Role: aws.String("arn:aws:iam::" + motoAccount + ":role/r"),
		Code: &lambdatypes.FunctionCode{ImageUri: aws.String(motoAccount + ".dkr.ecr.us-east-1.amazonaws.com/x:1")}, PackageType: lambdatypes.PackageTypeImage,
		Environment: &lambdatypes.Environment{Variables: map[string]string{"DB_PASSWORD": plainSecret}}}))

	sent := &recorder{operations: map[string]bool{}}
	cfg.APIOptions = append(cfg.APIOptions, sent.add)
	root := filepath.Join(t.TempDir(), "s")
	o := Options{Config: &cfg, Regions: []string{"us-east-1"}}
	m := collectInto(t, root, o)

	var declared []string
	for _, s := range Services {
		declared = append(declared, declaredOperations(s)...)
	}
	for op := range sent.operations {
		if !slices.Contains(declared, op) {
			t.Errorf("%s was sent and is not declared", op)
		}
	}
	if len(sent.operations) < 20 {
		t.Errorf("only %d operations were sent", len(sent.operations))
	}
	for _, g := range m.Gaps {
		if strings.Contains(g.Message, "not declare") {
			t.Errorf("%s:%s: %s", g.Service, g.Operation, g.Message)
		}
		if g.Message == "" || g.Code == "" {
			t.Errorf("%+v does not say why", g)
		}
	}
	outcome := map[string]snapshot.Outcome{}
	for _, p := range m.Parts {
		outcome[p.Path] = p.Outcome
	}
	for name, want := range map[string]snapshot.Outcome{
		"global/s3api-get-bucket-policy/with-policy.json": snapshot.OK, "global/s3api-get-bucket-policy/without.json": snapshot.None,
		"us-east-1/ec2-describe-vpcs.json": snapshot.OK, "us-east-1/lambda-list-functions.json": snapshot.OK,
		"us-east-1/s3control-get-public-access-block.json": snapshot.None,
	} {
		if got := outcome[motoAccount+"/"+name]; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	var gaad struct {
		RoleDetailList []struct {
			RoleName                 string
			AssumeRolePolicyDocument struct{ Version string }
		}
		Policies []struct{}
	}
	b, err := os.ReadFile(filepath.Join(root, motoAccount, "global", "iam-get-account-authorization-details.json"))
	if err != nil || json.Unmarshal(b, &gaad) != nil || len(gaad.RoleDetailList) != 1 || gaad.RoleDetailList[0].AssumeRolePolicyDocument.Version != "2012-10-17" || len(gaad.Policies) < 1000 {
		t.Errorf("GAAD: %d roles, %d policies, %v", len(gaad.RoleDetailList), len(gaad.Policies), err)
	}
	if b, err := os.ReadFile(filepath.Join(root, motoAccount, "us-east-1", "lambda-list-functions.json")); err != nil ||
		strings.Contains(string(b), plainSecret) || !strings.Contains(string(b), `"DB_PASSWORD":"REDACTED:password"`) {
		t.Errorf("the function's secret: %s %v", b, err)
	}
	again := collectInto(t, root, o)
	if again.ContentSHA256 != m.ContentSHA256 {
		t.Errorf("the same account collected twice differs: %s", differences(m, again))
	}
}

// differences names the parts and gaps that two collections do not share.
func differences(a, b *snapshot.Manifest) string {
	lines := map[string]int{}
	for side, m := range []*snapshot.Manifest{a, b} {
		for _, p := range m.Parts {
			lines[fmt.Sprintf("%+v", p)] += 1 - 2*side
		}
		for _, g := range m.Gaps {
			lines[fmt.Sprintf("%+v", g)] += 1 - 2*side
		}
	}
	var out []string
	for line, n := range lines {
		if n != 0 {
			out = append(out, fmt.Sprintf("%+d %s", n, line))
		}
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

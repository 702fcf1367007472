package aws

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/postern-sec/postern/ingest/snapshot"
)

// fakeAWS answers over HTTP what AWS answers, as its API references show it, so
// that the SDK itself decodes. It is told apart by the signature's scope which
// account (the access key), region and service a request is for.
type fakeAWS struct {
	*httptest.Server
	mu    sync.Mutex
	calls map[string]int // by "account region service operation resource"
	slow  time.Duration
}

var scope = regexp.MustCompile(`Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request`)

func newFakeAWS(t testing.TB) *fakeAWS {
	f := &fakeAWS{calls: map[string]int{}}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

// config has the credentials of an account: the fake takes the access key for
// its id.
func (f *fakeAWS) config(account string) *aws.Config {
	return &aws.Config{Region: "us-east-1", BaseEndpoint: &f.URL, RetryMaxAttempts: 1,
		HTTPClient: f.Client(), Credentials: credentials.NewStaticCredentialsProvider(account, "secret", "")}
}

func (f *fakeAWS) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, c := range f.calls {
		n += c
	}
	return n
}

func (f *fakeAWS) serve(w http.ResponseWriter, r *http.Request) {
	time.Sleep(f.slow)
	m := scope.FindStringSubmatch(r.Header.Get("Authorization"))
	if m == nil {
		http.Error(w, "not signed", http.StatusForbidden)
		return
	}
	account, region, service := m[1], m[2], m[3]
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	operation := r.Form.Get("Action")
	if t := r.Header.Get("X-Amz-Target"); t != "" {
		_, operation, _ = strings.Cut(t, ".")
	}
	f.mu.Lock()
	f.calls[strings.Join([]string{account, region, service, operation, r.URL.Path, r.URL.RawQuery, r.Form.Get("Marker")}, " ")]++
	f.mu.Unlock()
	switch service {
	case "sts":
		f.sts(w, r, account, operation)
	case "organizations":
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		if account == "555555555555" {
			fmt.Fprint(w, `{"Accounts":[]}`)
			return
		}
		fmt.Fprint(w, `{"Accounts":[{"Id":"111111111111","State":"ACTIVE"},{"Id":"222222222222","State":"ACTIVE"},{"Id":"333333333333","State":"ACTIVE"},{"Id":"444444444444","State":"SUSPENDED"}]}`)
	case "ec2":
		f.ec2(w, account, region, operation)
	case "iam":
		f.iam(w, r)
	case "s3":
		f.s3(w, r, region)
	default:
		http.Error(w, "no such service", http.StatusNotFound)
	}
}

func (f *fakeAWS) sts(w http.ResponseWriter, r *http.Request, account, operation string) {
	switch {
	case operation == "GetCallerIdentity" && account == "000000000000":
		queryError(w, http.StatusForbidden, "InvalidClientTokenId", "The security token included in the request is invalid.")
	case operation == "GetCallerIdentity":
		fmt.Fprintf(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::%[1]s:root</Arn><UserId>%[1]s</UserId><Account>%[1]s</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`, account)
	case operation == "AssumeRole":
		id := strings.Split(r.Form.Get("RoleArn"), ":")[4]
		if id == "333333333333" {
			queryError(w, http.StatusForbidden, "AccessDenied", "User: x is not authorized to perform: sts:AssumeRole (Request ID: 0f0f0f0f-1111)")
			return
		}
		fmt.Fprintf(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`, id)
	}
}

func (f *fakeAWS) ec2(w http.ResponseWriter, account, region, operation string) {
	switch {
	case operation == "DescribeRegions" && account == "222222222222":
		ec2Error(w, http.StatusForbidden, "UnauthorizedOperation", "You are not authorized. Encoded authorization failure message: "+strings.Repeat("x", 50))
	case operation == "DescribeRegions":
		fmt.Fprint(w, `<DescribeRegionsResponse><regionInfo><item><regionName>us-east-1</regionName></item><item><regionName>eu-west-1</regionName></item></regionInfo></DescribeRegionsResponse>`)
	case region == "eu-west-1":
		ec2Error(w, http.StatusServiceUnavailable, "RequestLimitExceeded", "Request limit exceeded.")
	case operation == "DescribeVpcs":
		fmt.Fprintf(w, `<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-%s</vpcId><isDefault>true</isDefault></item></vpcSet></DescribeVpcsResponse>`, account)
	case operation == "DescribeSubnets":
		fmt.Fprint(w, `<DescribeSubnetsResponse></DescribeSubnetsResponse>`)
	}
}

// iam answers in two pages.
func (f *fakeAWS) iam(w http.ResponseWriter, r *http.Request) {
	page := func(user, more string) {
		fmt.Fprintf(w, `<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult>%s<UserDetailList><member><UserName>%s</UserName><CreateDate>2024-01-02T03:04:05Z</CreateDate><UserPolicyList><member><PolicyName>p</PolicyName><PolicyDocument>%%7B%%22Statement%%22%%3A%%5B%%5D%%7D</PolicyDocument></member><member><PolicyName>broken</PolicyName><PolicyDocument>%%7Boops</PolicyDocument></member></UserPolicyList></member></UserDetailList></GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>`, more, user)
	}
	if r.Form.Get("Marker") == "" {
		page("one", "<IsTruncated>true</IsTruncated><Marker>m1</Marker>")
		return
	}
	page("two", "<IsTruncated>false</IsTruncated>")
}

// buckets are what the fake's buckets stand for.
var buckets = []string{"denied", "elsewhere", "none", "page", "plain", "slow", "unknown"}

func (f *fakeAWS) s3(w http.ResponseWriter, r *http.Request, region string) {
	s3Error := func(status int, code string) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		fmt.Fprintf(w, `<Error><Code>%s</Code><Message>about %s</Message><RequestId>R%d</RequestId></Error>`, code, code, time.Now().UnixNano())
	}
	switch name := strings.Trim(r.URL.Path, "/"); name {
	case "":
		fmt.Fprint(w, `<ListAllMyBucketsResult><Buckets>`)
		for _, b := range buckets {
			fmt.Fprintf(w, `<Bucket><Name>%s</Name><CreationDate>2024-01-02T03:04:05.000Z</CreationDate></Bucket>`, b)
		}
		fmt.Fprint(w, `</Buckets></ListAllMyBucketsResult>`)
	case "denied":
		s3Error(http.StatusForbidden, "AccessDenied")
	case "none":
		s3Error(http.StatusNotFound, "NoSuchBucketPolicy")
	case "slow":
		s3Error(http.StatusServiceUnavailable, "SlowDown")
	case "page": // what a proxy or an imitation answers that does not know the call
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, "<!doctype html><html><title>404 Not Found</title></html>")
	case "unknown":
		w.WriteHeader(http.StatusNotFound)
	case "elsewhere":
		if region != "eu-west-1" {
			w.Header().Set("X-Amz-Bucket-Region", "eu-west-1")
			s3Error(http.StatusMovedPermanently, "PermanentRedirect")
			return
		}
		fmt.Fprint(w, `{"Version":"2012-10-17"}`)
	default:
		fmt.Fprint(w, `{"Statement":[]}`)
	}
}

func queryError(w http.ResponseWriter, status int, code, message string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>r</RequestId></ErrorResponse>`, code, message)
}

func ec2Error(w http.ResponseWriter, status int, code, message string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>r</RequestID></Response>`, code, message)
}

// fewServices are services that the fake knows.
var fewServices = []Service{
	stsService,
	{Name: "s3api", Prefix: "s3", Global: true, Client: func(c aws.Config) any { return s3.NewFromConfig(c) }, Calls: []Call{
		List("ListBuckets", (*s3.Client).ListBuckets, nil, Needs("ListAllMyBuckets")),
		Each("GetBucketPolicy", (*s3.Client).GetBucketPolicy, "ListBuckets", "Buckets.Name",
			func(in *s3.GetBucketPolicyInput, p []string) { in.Bucket = &p[0] }, NoneWhen("NoSuchBucketPolicy")),
	}},
	{Name: "iam", Global: true, Client: func(c aws.Config) any { return iam.NewFromConfig(c) }, Calls: []Call{
		List("GetAccountAuthorizationDetails", (*iam.Client).GetAccountAuthorizationDetails, nil),
	}},
	{Name: "ec2", Client: func(c aws.Config) any { return ec2.NewFromConfig(c) }, Calls: []Call{
		List("DescribeVpcs", (*ec2.Client).DescribeVpcs, nil),
		List("DescribeSubnets", (*ec2.Client).DescribeSubnets, nil, HomeOnly()),
	}},
}

// collectInto collects into a folder and returns the finished manifest.
func collectInto(t testing.TB, dir string, o Options) *snapshot.Manifest {
	t.Helper()
	w := create(t, dir, o)
	if err := Collect(t.Context(), o, w); err != nil {
		t.Fatal(err)
	}
	m, err := w.Finish(began)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var began = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func create(t testing.TB, dir string, o Options) *snapshot.Writer {
	t.Helper()
	w, err := snapshot.Create(dir, snapshot.Options{Provider: "aws", Scope: o.Scope(), Started: began})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

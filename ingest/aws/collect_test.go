package aws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/snapshot"
	"github.com/postern-sec/postern/internal/longtest"
)

// outcomes says in a line how each call ended.
func outcomes(m *snapshot.Manifest) []string {
	var out []string
	for _, p := range m.Parts {
		out = append(out, fmt.Sprintf("%s %s %s:%s %s: %s", p.Account, p.Region, p.Service, p.Operation, strings.Join(p.Parameters, "/"), p.Outcome))
	}
	for _, g := range m.Gaps {
		out = append(out, fmt.Sprintf("%s %s %s:%s %s: %s %s", g.Account, g.Region, g.Service, g.Operation, strings.Join(g.Parameters, "/"), g.Kind, g.Code))
	}
	slices.Sort(out)
	return out
}

func TestOutcomes(t *testing.T) {
	f := newFakeAWS(t)
	root := filepath.Join(t.TempDir(), "s")
	m := collectInto(t, root, Options{Config: f.config("111111111111"), Services: fewServices})
	want := []string{
		"111111111111 eu-west-1 ec2:DescribeVpcs : throttled RequestLimitExceeded",
		"111111111111 global iam:GetAccountAuthorizationDetails : ok",
		"111111111111 global s3api:GetBucketPolicy denied: denied AccessDenied",
		"111111111111 global s3api:GetBucketPolicy elsewhere: ok",
		"111111111111 global s3api:GetBucketPolicy none: none",
		"111111111111 global s3api:GetBucketPolicy page: error HTTP 404",
		"111111111111 global s3api:GetBucketPolicy plain: ok",
		"111111111111 global s3api:GetBucketPolicy slow: throttled SlowDown",
		"111111111111 global s3api:GetBucketPolicy unknown: error NotFound",
		"111111111111 global s3api:ListBuckets : ok",
		"111111111111 global sts:GetCallerIdentity : ok",
		"111111111111 us-east-1 ec2:DescribeSubnets : ok",
		"111111111111 us-east-1 ec2:DescribeVpcs : ok",
	}
	slices.Sort(want)
	if d := cmp.Diff(want, outcomes(m)); d != "" {
		t.Fatal(d)
	}
	for _, g := range m.Gaps {
		if strings.Contains(g.Message, "R1") || strings.Contains(g.Message, "127.0.0.1") {
			t.Errorf("a message that differs from run to run: %s", g.Message)
		}
	}
	for file, want := range map[string]string{
		"global/sts-get-caller-identity.json": `{"Account":"111111111111","Arn":"arn:aws:iam::111111111111:root","UserId":"111111111111"}`,
		"us-east-1/ec2-describe-subnets.json": `{"Subnets":[]}`,
		"us-east-1/ec2-describe-vpcs.json":    `{"Vpcs":[{"IsDefault":true,"VpcId":"vpc-111111111111"}]}`,
		"global/iam-get-account-authorization-details.json": `{"GroupDetailList":[],"IsTruncated":false,"Policies":[],"RoleDetailList":[],"UserDetailList":[` +
			`{"CreateDate":"2024-01-02T03:04:05Z","UserName":"one","UserPolicyList":[{"PolicyDocument":{"Statement":[]},"PolicyName":"p"},{"PolicyDocument":"%7Boops","PolicyName":"broken"}]},` +
			`{"CreateDate":"2024-01-02T03:04:05Z","UserName":"two","UserPolicyList":[{"PolicyDocument":{"Statement":[]},"PolicyName":"p"},{"PolicyDocument":"%7Boops","PolicyName":"broken"}]}]}`,
		"global/s3api-get-bucket-policy/elsewhere.json": `{"Policy":"{\"Version\":\"2012-10-17\"}"}`,
	} {
		b, err := os.ReadFile(filepath.Join(root, "111111111111", filepath.FromSlash(file)))
		if err != nil {
			t.Error(err)
		} else if d := cmp.Diff(want, string(b)); d != "" {
			t.Errorf("%s: %s", file, d)
		}
	}
}

func TestAllAccounts(t *testing.T) {
	f := newFakeAWS(t)
	m := collectInto(t, t.TempDir(), Options{Config: f.config("111111111111"), Accounts: []string{"all"}, Services: fewServices[3:]})
	want := []string{
		"111111111111 eu-west-1 ec2:DescribeVpcs : throttled RequestLimitExceeded",
		"111111111111 us-east-1 ec2:DescribeSubnets : ok",
		"111111111111 us-east-1 ec2:DescribeVpcs : ok",
		"222222222222 global ec2:DescribeRegions : denied UnauthorizedOperation",
		"222222222222 us-east-1 ec2:DescribeSubnets : ok",
		"222222222222 us-east-1 ec2:DescribeVpcs : ok",
		"333333333333 global sts:AssumeRole arn:aws:iam::333333333333:role/OrganizationAccountAccessRole: denied AccessDenied",
	}
	if d := cmp.Diff(want, outcomes(m)); d != "" {
		t.Error(d)
	}
	for _, g := range m.Gaps {
		if strings.Contains(g.Message, "xxxxx") || strings.Contains(g.Message, "0f0f") {
			t.Errorf("a message that differs from run to run: %s", g.Message)
		}
	}
}

// TestNothingToCollect: that there is nobody to ask is an error; an empty
// snapshot would look like an empty estate.
func TestNothingToCollect(t *testing.T) {
	f := newFakeAWS(t)
	o := Options{Config: f.config("555555555555"), Accounts: []string{"all"}}
	if err := Collect(t.Context(), o, create(t, t.TempDir(), o)); err == nil || !strings.Contains(err.Error(), "no active account") {
		t.Errorf("an organisation without accounts: %v", err)
	}
	o = Options{Config: f.config("111111111111"), Accounts: []string{"333333333333"}}
	if err := Collect(t.Context(), o, create(t, t.TempDir(), o)); !errors.Is(err, ErrNotAuthorised) {
		t.Errorf("no role that can be assumed: %v", err)
	}
}

func TestNotAuthorised(t *testing.T) {
	f := newFakeAWS(t)
	o := Options{Config: f.config("000000000000")}
	if err := Collect(t.Context(), o, create(t, t.TempDir(), o)); !errors.Is(err, ErrNotAuthorised) {
		t.Errorf("%v", err)
	}
}

func TestValidate(t *testing.T) {
	good := Options{Regions: []string{"us-east-1", "us-gov-west-1", "ap-southeast-7"}, Accounts: []string{"all"}, RoleName: "path/Role.x", RoleARN: "arn:aws:iam::111111111111:role/x", Concurrency: 256}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for _, bad := range []Options{
		{Regions: []string{"us-east-1.evil.example"}}, {Regions: []string{""}}, {Regions: []string{"../x"}}, {Accounts: []string{"all", "111111111111"}},
		{Accounts: []string{"11111"}}, {RoleName: "a b"}, {RoleName: "x/"}, {RoleARN: "x"}, {Concurrency: -1}, {Concurrency: 257},
	} {
		if bad.Validate() == nil {
			t.Errorf("%+v passes", bad)
		}
	}
}

// TestOrderInTimeDoesNotMatter collects one call at a time and many.
func TestOrderInTimeDoesNotMatter(t *testing.T) {
	f := newFakeAWS(t)
	one := collectInto(t, t.TempDir(), Options{Config: f.config("111111111111"), Services: fewServices, Concurrency: 1})
	many := collectInto(t, t.TempDir(), Options{Config: f.config("111111111111"), Services: fewServices, Concurrency: 64})
	if one.ContentSHA256 != many.ContentSHA256 {
		t.Error(cmp.Diff(one.Parts, many.Parts), cmp.Diff(one.Gaps, many.Gaps))
	}
}

// TestResumedAsksOnlyTheRest ends a collection after some calls and resumes it.
func TestResumedAsksOnlyTheRest(t *testing.T) {
	f := newFakeAWS(t)
	o := Options{Config: f.config("111111111111"), Services: fewServices, Concurrency: 1, Regions: []string{"us-east-1"}}
	whole := collectInto(t, t.TempDir(), o)
	all := f.count()

	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	o.Progress = stopAfter{2, cancel, new(atomic.Int64)}
	w := create(t, dir, o)
	if err := Collect(ctx, o, w); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v", err)
	}
	_ = w.Close()

	before := f.count()
	o.Progress = nil
	w = create(t, dir, o)
	held := w.Held()
	_ = w.Close()
	m := collectInto(t, dir, o)
	if m.ContentSHA256 != whole.ContentSHA256 {
		t.Error("the resumed collection differs")
	}
	if asked := f.count() - before; held == 0 || asked > all-held+1 { // the identity is asked for again
		t.Errorf("%d parts were held, and %d calls made of %d", held, asked, all)
	}
}

type stopAfter struct {
	units  int64
	cancel context.CancelFunc
	done   *atomic.Int64
}

func (s stopAfter) Plan(int) {}
func (s stopAfter) Done(Tally) {
	if s.done.Add(1) == s.units {
		s.cancel()
	}
}

// TestKillNine kills a collecting process at random moments, 20 times, and
// expects the last run to end with the hash of an undisturbed one.
func TestKillNine(t *testing.T) {
	if dir, url := os.Getenv("POSTERN_TEST_COLLECT"), os.Getenv("POSTERN_TEST_URL"); dir != "" {
		f := &fakeAWS{}
		f.Server = newFakeAWS(t).Server
		o := Options{Config: f.config("111111111111"), Services: fewServices, Concurrency: 2}
		o.Config.BaseEndpoint = &url
		collectInto(t, dir, o)
		return
	}
	longtest.Skip(t, "starts processes")
	f := newFakeAWS(t)
	o := Options{Config: f.config("111111111111"), Services: fewServices}
	want := collectInto(t, t.TempDir(), o).ContentSHA256
	f.slow = 3 * time.Millisecond
	root, killed := t.TempDir(), 0
	for i := range 20 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKillNine$")
		cmd.Env = append(os.Environ(), "POSTERN_TEST_COLLECT="+root, "POSTERN_TEST_URL="+f.URL)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(20+i*9)*time.Millisecond, func() { _ = cmd.Process.Kill() })
		if cmd.Wait() != nil {
			killed++
		}
		timer.Stop()
	}
	t.Logf("%d runs of 20 were killed", killed)
	if got := collectInto(t, root, o).ContentSHA256; got != want {
		t.Error("the hash differs from that of an undisturbed run")
	}
}

func TestUndeclaredCallsAreRefused(t *testing.T) {
	f := newFakeAWS(t)
	sly := Service{Name: "ec2", Client: func(c aws.Config) any { return ec2.NewFromConfig(c) }, Calls: []Call{
		List("DescribeVpcs", (*ec2.Client).DescribeSubnets, nil),
	}}
	o := Options{Config: f.config("111111111111"), Services: []Service{sly}, Regions: []string{"us-east-1"}}
	m := collectInto(t, t.TempDir(), o)
	if len(m.Gaps) != 1 || !strings.Contains(m.Gaps[0].Message, "ec2 does not declare EC2 DescribeSubnets") {
		t.Errorf("%+v", m.Gaps)
	}
	for call := range f.calls {
		if strings.Contains(call, "Subnets") {
			t.Errorf("it was sent: %s", call)
		}
	}
}

// TestPagesEnd merges pages and ends with servers that have no last one.
func TestPagesEnd(t *testing.T) {
	type in struct{ Marker *string }
	type wrapper struct {
		Items       []string
		NextMarker  *string
		Marker      *string
		IsTruncated *bool
	}
	type out struct{ List *wrapper }
	yes, no := true, false
	calls := 0
	got, err := pages(t.Context(), &in{}, func(_ context.Context, i *in) (*out, error) {
		calls++
		if i.Marker == nil {
			return &out{&wrapper{Items: []string{"a"}, NextMarker: aws.String("m"), IsTruncated: &yes}}, nil
		}
		// CloudFront repeats the page's own marker on the last page.
		return &out{&wrapper{Items: []string{"b"}, Marker: i.Marker, IsTruncated: &no}}, nil
	})
	want := &out{&wrapper{Items: []string{"a", "b"}, IsTruncated: &no}}
	if err != nil || calls != 2 || cmp.Diff(got, any(want)) != "" {
		t.Errorf("%d calls, %v, %s", calls, err, cmp.Diff(got, any(want)))
	}

	type plain struct {
		Names     []string
		Tags      map[string]string
		NextToken *string
	}
	type ask struct{ NextToken *string }
	tokens := []string{"x", "y", "x"}
	_, err = pages(t.Context(), &ask{}, func(context.Context, *ask) (*plain, error) {
		tokens = append(tokens[1:], tokens[0])
		return &plain{NextToken: &tokens[0]}, nil
	})
	if err == nil || !strings.Contains(err.Error(), "again") {
		t.Errorf("a server that goes in circles: %v", err)
	}
	n := 0
	_, err = pages(t.Context(), &ask{}, func(context.Context, *ask) (*plain, error) {
		n++
		return &plain{NextToken: aws.String(fmt.Sprint(n))}, nil
	})
	if err == nil || n != maxPages {
		t.Errorf("endless pages: %d, %v", n, err)
	}
	merged, err := pages(t.Context(), &ask{}, func(_ context.Context, i *ask) (*plain, error) {
		if i.NextToken == nil {
			return &plain{Names: []string{"a"}, Tags: map[string]string{"a": "1"}, NextToken: aws.String("t")}, nil
		}
		return &plain{Names: []string{"b"}, Tags: map[string]string{"b": "2"}}, nil
	})
	if d := cmp.Diff(any(&plain{Names: []string{"a", "b"}, Tags: map[string]string{"a": "1", "b": "2"}}), merged); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
}

func TestParameters(t *testing.T) {
	over := []answer{{[]string{"outer"}, json.RawMessage(`{"Lists":[{"items":[{"id":"a","Kind":"x"},{"id":"b"},{"id":"a"},{"other":1},{"id":""},{"id":3}]},{"Items":null},{"items":[{"Id":"c","kind":"x"}]}],"Names":["p","q"],"One":{"Deep":{"Name":"n"}}}`)}}
	for path, want := range map[string]string{
		"Lists.Items.Id": "outer/a outer/b outer/c", "Names": "outer/p outer/q", "One.Deep.Name": "outer/n", "Absent.X": "", "Names.X": "",
	} {
		var got []string
		for _, p := range parameters(map[string][]answer{"L": over}, Call{Over: "L", Path: path}, map[string]bool{}) {
			got = append(got, strings.Join(p, "/"))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	some := Call{Over: "L", Path: "Lists.Items.Id", When: func(item json.RawMessage) bool {
		var v struct{ Kind string }
		return json.Unmarshal(item, &v) == nil && v.Kind == "x"
	}}
	if got := parameters(map[string][]answer{"L": over}, some, map[string]bool{}); !cmp.Equal(got, [][]string{{"outer", "a"}, {"outer", "c"}}) {
		t.Errorf("%v", got)
	}
	if got := parameters(map[string][]answer{"L": {{nil, json.RawMessage(`not json`)}, {nil, nil}}}, some, map[string]bool{}); got != nil {
		t.Errorf("%v", got)
	}
}

// TestTreeIsWalked: a call over its own answers is made for each value once, a
// refused branch costs that branch alone.
func TestTreeIsWalked(t *testing.T) {
	type node struct{ Id string }
	type answer struct{ Roots, Units []node }
	children := map[string][]node{"r": {{"a"}, {"b"}}, "a": {{"a1"}, {"r"}}, "a1": {}}
	var mu sync.Mutex
	asked := map[string]int{}
	call := Call{Operation: "Children", Over: "Roots", Path: "Roots.Id", Also: []From{{"Children", "Units.Id"}}}
	call.do = func(_ context.Context, _ any, p []string) (any, error) {
		mu.Lock()
		defer mu.Unlock()
		asked[strings.Join(p, "/")]++
		units, ok := children[p[len(p)-1]]
		if !ok {
			return nil, &smithy.GenericAPIError{Code: "AccessDeniedException"}
		}
		return &answer{Units: units}, nil
	}
	roots := Call{Operation: "Roots", do: func(context.Context, any, []string) (any, error) { return &answer{Roots: []node{{"r"}}}, nil }}
	s := Service{Name: "tree", Global: true, Client: func(aws.Config) any { return nil }, Calls: []Call{roots, call}}
	f := newFakeAWS(t)
	m := collectInto(t, t.TempDir(), Options{Config: f.config("111111111111"), Services: []Service{s}, Regions: []string{"us-east-1"}})
	if d := cmp.Diff(map[string]int{"r": 1, "a": 1, "b": 1, "a1": 1}, asked); d != "" {
		t.Errorf("calls (-want +got):\n%s", d)
	}
	if len(m.Gaps) != 1 || m.Gaps[0].Key.Parameters[0] != "b" || len(m.Parts) != 4 {
		t.Errorf("%d parts, gaps %+v", len(m.Parts), m.Gaps)
	}
}

// TestSecretsAreNotCollected collects an answer that holds one.
func TestSecretsAreNotCollected(t *testing.T) {
	w := create(t, t.TempDir(), Options{})
	d, err := w.Write(ingest.Document{Account: "111111111111", Service: "ec2", Operation: "DescribeLaunchTemplateVersions",
		Body: json.RawMessage(`{"LaunchTemplateVersions":[{"LaunchTemplateData":{"UserData":"c2VjcmV0"}}]}`)})
	if err != nil || strings.Contains(string(d.Body), "c2VjcmV0") {
		t.Errorf("%s %v", d.Body, err)
	}
}

func TestProgress(t *testing.T) {
	var b strings.Builder
	p := NewProgress(&b, false)
	p.Plan(2)
	p.Done(Tally{Account: "111111111111", Region: "global", Service: "iam", Answers: 3})
	p.Done(Tally{Account: "111111111111", Region: "us-east-1", Service: "ec2", Answers: 1, Gaps: map[graph.GapKind]int{"not_enabled": 1, "denied": 2}})
	want := "[1/2] 111111111111 global iam: 3 answers\n[2/2] 111111111111 us-east-1 ec2: 1 answers, 2 denied, 1 not enabled\n"
	if b.String() != want {
		t.Errorf("%q", b.String())
	}
	b.Reset()
	p = NewProgress(&b, true)
	p.Plan(1)
	p.Done(Tally{Service: "iam"})
	if b.Len() == 0 {
		t.Error("the bar draws nothing")
	}
}

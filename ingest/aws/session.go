package aws

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/snapshot"
	"github.com/postern-sec/postern/schema"
)

// ErrNotAuthorised says that AWS does not accept the caller's credentials, or
// that there are none: nothing can be collected.
var ErrNotAuthorised = errors.New("not authorised")

// sessionName names Postern's sessions in the account's trail. It is constant:
// AWS repeats it in messages, which are part of a snapshot.
const sessionName = "postern"

// DefaultRoleName is the role that AWS Organizations makes in the accounts it
// creates.
const DefaultRoleName = "OrganizationAccountAccessRole"

// maxAttempts bounds the attempts of one request if the environment does not
// say (AWS_MAX_ATTEMPTS).
const maxAttempts = 8

// load reads the SDK's own configuration: environment, shared files, container
// and instance credentials; AWS_ENDPOINT_URL and proxies as the SDK knows them.
func load(ctx context.Context, o Options) (aws.Config, error) {
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.ResponseHeaderTimeout = time.Minute
		t.MaxIdleConnsPerHost = 64
	}).WithDialerOptions(func(d *net.Dialer) { d.Timeout = 10 * time.Second })
	opts := []func(*config.LoadOptions) error{config.WithHTTPClient(client)}
	if o.Profile != "" {
		opts = append(opts, config.WithSharedConfigProfile(o.Profile))
	}
	cfg, err := config.LoadDefaultConfig(ctx, opts...)
	if err != nil {
		return aws.Config{}, fmt.Errorf("aws: configuration: %w", err)
	}
	if cfg.Region == "" {
		cfg.Region = "us-east-1"
		if len(o.Regions) > 0 {
			cfg.Region = o.Regions[0]
		}
	}
	if cfg.RetryMode == "" {
		cfg.RetryMode = aws.RetryModeAdaptive
	}
	if cfg.RetryMaxAttempts == 0 {
		cfg.RetryMaxAttempts = maxAttempts
	}
	if o.RoleARN != "" {
		cfg = assume(cfg, o.RoleARN, o.ExternalID)
	}
	return cfg, nil
}

// assume gives the configuration with the credentials of a role.
func assume(cfg aws.Config, role, externalID string) aws.Config {
	p := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), role, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = sessionName
		if externalID != "" {
			o.ExternalID = &externalID
		}
	})
	out := cfg.Copy()
	out.Credentials = aws.NewCredentialsCache(p)
	return out
}

// target is an account to collect, and the credentials for it.
type target struct {
	account   string
	partition string
	config    aws.Config
	regions   []string
}

// identify asks who the configuration's credentials are.
func identify(ctx context.Context, cfg aws.Config) (target, error) {
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		f := describe(err)
		if ctx.Err() != nil {
			return target{}, ctx.Err()
		}
		return target{}, fmt.Errorf("aws: no credentials (%s: %s); name a profile, or set them as the AWS SDK reads them: %w", f.Code, f.Message, ErrNotAuthorised)
	}
	who, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return target{}, failed(ctx, "sts:GetCallerIdentity", err)
	}
	account := aws.ToString(who.Account)
	if !schema.IsAccountID(account) {
		return target{}, fmt.Errorf("aws: sts:GetCallerIdentity: %q is no account id", account)
	}
	partition := "aws"
	if parts := strings.SplitN(aws.ToString(who.Arn), ":", 3); len(parts) == 3 && parts[1] != "" {
		partition = parts[1]
	}
	return target{account: account, partition: partition, config: cfg}, nil
}

// failed says that the collection cannot begin because a call failed: without
// what the SDK says around it, and as ErrNotAuthorised if it was refused.
func failed(ctx context.Context, operation string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err() // the call did not fail of itself
	}
	c := classify(Call{}, err)
	text := fmt.Sprintf("aws: %s: %s: %s", operation, c.failure.Code, c.failure.Message)
	if c.kind == graph.GapDenied {
		return fmt.Errorf("%s: %w", text, ErrNotAuthorised)
	}
	return errors.New(text)
}

// targets lists the accounts to collect. Accounts whose role cannot be assumed
// become gaps.
func targets(ctx context.Context, o Options, base target, w *snapshot.Writer) ([]target, error) {
	ids := o.Accounts
	switch {
	case len(ids) == 0:
		return []target{base}, nil
	case slices.Equal(ids, []string{"all"}):
		var err error
		if ids, err = memberAccounts(ctx, base); err != nil {
			return nil, err
		}
	}
	role := o.RoleName
	if role == "" {
		role = DefaultRoleName
	}
	var out []target
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		if id == base.account {
			out = append(out, base)
			continue
		}
		arn := fmt.Sprintf("arn:%s:iam::%s:role/%s", base.partition, id, strings.TrimPrefix(role, "/"))
		t := target{account: id, partition: base.partition, config: assume(base.config, arn, o.ExternalID)}
		if _, err := t.config.Credentials.Retrieve(ctx); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			c := classify(Call{}, err)
			w.Miss(snapshot.Key{Account: id, Service: "sts", Operation: "AssumeRole", Parameters: []string{arn}}, c.kind, c.failure)
			continue
		}
		out = append(out, t)
	}
	return out, nil
}

// memberAccounts lists the active accounts of the organisation.
func memberAccounts(ctx context.Context, base target) ([]string, error) {
	client := organizations.NewFromConfig(inRegion(base.config, homeRegion(base.partition)))
	var ids []string
	p := organizations.NewListAccountsPaginator(client, &organizations.ListAccountsInput{})
	for p.HasMorePages() {
		page, err := p.NextPage(ctx)
		if err != nil {
			return nil, failed(ctx, "organizations:ListAccounts (--accounts all)", err)
		}
		for _, a := range page.Accounts {
			if a.State == orgtypes.AccountStateActive || a.State == "" {
				ids = append(ids, aws.ToString(a.Id))
			}
		}
	}
	if len(ids) == 0 { // an empty collection would look like an empty estate
		return nil, errors.New("aws: organizations:ListAccounts (--accounts all): the organisation has no active account")
	}
	return ids, nil
}

// regionsOf lists the regions that are enabled in an account. If that cannot be
// asked, the account's home region is collected and the gap recorded.
func regionsOf(ctx context.Context, t target, w *snapshot.Writer) []string {
	cfg := inRegion(t.config, homeRegion(t.partition))
	out, err := ec2.NewFromConfig(cfg).DescribeRegions(ctx, &ec2.DescribeRegionsInput{})
	if err != nil {
		c := classify(Call{}, err)
		w.Miss(snapshot.Key{Account: t.account, Service: "ec2", Operation: "DescribeRegions"}, c.kind,
			ingest.Failure{Code: c.failure.Code, Message: c.failure.Message + " (only " + cfg.Region + " was collected)"})
		return []string{cfg.Region}
	}
	var regions []string
	for _, r := range out.Regions {
		if name := aws.ToString(r.RegionName); regionName.MatchString(name) {
			regions = append(regions, name)
		}
	}
	if len(regions) == 0 {
		return []string{cfg.Region}
	}
	return regions
}

func inRegion(cfg aws.Config, region string) aws.Config {
	out := cfg.Copy()
	out.Region = region
	return out
}

// homeRegion is where a partition's global services are called. Source: AWS
// General Reference, service endpoints (IAM, Organizations), read 2026-11-23.
func homeRegion(partition string) string {
	switch partition {
	case "aws-cn":
		return "cn-north-1"
	case "aws-us-gov":
		return "us-gov-west-1"
	}
	return "us-east-1"
}

var (
	regionName = regexp.MustCompile(`^[a-z]{2,4}(?:-[a-z]+){1,3}-\d{1,2}$`)
	roleName   = regexp.MustCompile(`^/?(?:[\x21-\x2e\x30-\x7e]+/)*[\w+=,.@-]{1,64}$`)
)

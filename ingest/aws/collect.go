package aws

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/sync/errgroup"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/snapshot"
	"github.com/postern-sec/postern/schema"
)

// DefaultConcurrency is how many calls are under way at a time.
const DefaultConcurrency = 16

// maxConcurrency bounds Options.Concurrency.
const maxConcurrency = 256

// callTimeout bounds one call with all its pages and attempts.
const callTimeout = 15 * time.Minute

// Options says what to collect, and as whom. The zero value is the account of
// the SDK's default credentials, all its enabled regions, all services.
type Options struct {
	// Profile of the shared configuration files; empty: as the SDK decides.
	Profile string
	// RoleARN is a role to assume first, with ExternalID if it asks for one.
	// ExternalID is also used for the roles of Accounts.
	RoleARN, ExternalID string
	// Accounts are account ids, or "all" alone: the active accounts of the
	// organisation. In each that is not the caller's, the role named RoleName is
	// assumed; empty: DefaultRoleName. No accounts: the caller's own.
	Accounts []string
	RoleName string
	// Regions to collect; empty: all that are enabled in each account. Calls that
	// are made in one region only are made in the partition's home region if it is
	// among them, else in the first by name.
	Regions []string
	// Concurrency is how many calls are under way at a time, 1 to 256; zero:
	// DefaultConcurrency.
	Concurrency int
	// Services to collect; nil: Services.
	Services []Service
	// Progress is told how far the collection is; nil: nobody is.
	Progress Progress
	// Config replaces the SDK's default configuration, in tests.
	Config *aws.Config
}

// Validate says what is wrong with the options, all of it at once.
func (o Options) Validate() error {
	var errs []error
	if o.Concurrency < 0 || o.Concurrency > maxConcurrency {
		errs = append(errs, fmt.Errorf("concurrency %d is not between 1 and %d", o.Concurrency, maxConcurrency))
	}
	for _, r := range o.Regions {
		if !regionName.MatchString(r) {
			errs = append(errs, fmt.Errorf("%q is no region", r))
		}
	}
	for _, a := range o.Accounts {
		if !schema.IsAccountID(a) && !(a == "all" && len(o.Accounts) == 1) {
			errs = append(errs, fmt.Errorf("%q is no account id (12 digits, or \"all\" alone)", a))
		}
	}
	if o.RoleName != "" && !roleName.MatchString(o.RoleName) {
		errs = append(errs, fmt.Errorf("%q is no role name", o.RoleName))
	}
	if arn, ok := schema.ParseARN(o.RoleARN); o.RoleARN != "" && (!ok || arn.Service != "iam") {
		errs = append(errs, fmt.Errorf("%q is no ARN of a role", o.RoleARN))
	}
	return errors.Join(errs...)
}

// Scope says in one line what is collected: a killed run is resumed only by one
// of the same scope.
func (o Options) Scope() string {
	names := make([]string, 0, len(o.services()))
	for _, s := range o.services() {
		names = append(names, s.Name)
	}
	return fmt.Sprintf("aws profile=%s role=%s accounts=%s role-name=%s regions=%s services=%s", o.Profile, o.RoleARN,
		strings.Join(o.Accounts, ","), o.RoleName, strings.Join(o.Regions, ","), strings.Join(names, ","))
}

func (o Options) services() []Service {
	if o.Services == nil {
		return Services
	}
	return o.Services
}

// Collect asks AWS for everything that the services declare and writes the
// answers to w. A call that is refused or fails is recorded as a gap and does
// not end the collection. Answers that w already holds from a killed run are not
// asked for again. What is written depends on the answers alone, not on their
// order in time.
//
// The error says that nothing could be collected (ErrNotAuthorised), that an
// option is wrong, that w cannot be written to, or that ctx ended; w can then be
// resumed.
func Collect(ctx context.Context, o Options, w *snapshot.Writer) error {
	if err := o.Validate(); err != nil {
		return fmt.Errorf("aws: %w", err)
	}
	cfg, err := configuration(ctx, o)
	if err != nil {
		return err
	}
	base, err := identify(ctx, cfg)
	if err != nil {
		return err
	}
	accounts, err := targets(ctx, o, base, w)
	if err != nil {
		return err
	}
	if len(accounts) == 0 {
		return fmt.Errorf("aws: in none of the %d accounts could the role be assumed: %w", len(o.Accounts), ErrNotAuthorised)
	}
	c := &collector{options: o, w: w, progress: o.Progress, slots: make(chan struct{}, cmp.Or(o.Concurrency, DefaultConcurrency))}
	if c.progress == nil {
		c.progress = silent{}
	}
	units := c.units(ctx, base.account, accounts)
	c.progress.Plan(len(units))
	return c.run(ctx, units)
}

func configuration(ctx context.Context, o Options) (aws.Config, error) {
	if o.Config == nil {
		return load(ctx, o)
	}
	cfg := o.Config.Copy()
	if o.RoleARN != "" {
		cfg = assume(cfg, o.RoleARN, o.ExternalID)
	}
	return cfg, nil
}

// collector runs units; slots bounds the calls under way.
type collector struct {
	options  Options
	w        *snapshot.Writer
	progress Progress
	slots    chan struct{}
}

// units lists the work: each service in each region of each account. caller is
// the account that was asked for the others.
func (c *collector) units(ctx context.Context, caller string, accounts []target) []*unit {
	var units []*unit
	for _, t := range accounts {
		t.regions = c.options.Regions
		if len(t.regions) == 0 {
			t.regions = regionsOf(ctx, t, c.w)
		}
		t.regions = slices.Compact(slices.Sorted(slices.Values(t.regions)))
		for _, s := range c.options.services() {
			if len(s.Calls) == 0 {
				continue // known from others' files only
			}
			// Whoever listed the organisation's accounts can read all of it; its
			// members are refused, and their refusals would be no gaps.
			if s.Name == "organizations" && slices.Equal(c.options.Accounts, []string{"all"}) && t.account != caller {
				continue
			}
			if s.Global {
				units = append(units, c.unit(t, s, "global", homeRegion(t.partition), true))
				continue
			}
			home := t.regions[max(0, slices.Index(t.regions, homeRegion(t.partition)))]
			for _, region := range t.regions {
				units = append(units, c.unit(t, s, region, region, region == home))
			}
		}
	}
	return units
}

// unit is one service in one region of one account.
type unit struct {
	*collector
	service Service
	account string
	region  string // as it is recorded: "global" for global services
	home    bool   // where calls are made that are made in one region only
	config  aws.Config
	clients sync.Map // region → client

	mu    sync.Mutex
	tally Tally
}

func (c *collector) unit(t target, s Service, region, endpoint string, home bool) *unit {
	cfg := inRegion(t.config, endpoint)
	cfg.HTTPClient = pacedClient{cfg.HTTPClient, limiter(s.Name)}
	cfg.APIOptions = append(slices.Clone(cfg.APIOptions), guard(s))
	return &unit{collector: c, service: s, account: t.account, region: region, home: home, config: cfg,
		tally: Tally{Account: t.account, Region: region, Service: s.Name}}
}

// maxUnits bounds the services that are collected at a time; each waits for a
// slot before every call.
const maxUnits = 64

func (c *collector) run(ctx context.Context, units []*unit) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(maxUnits)
	for _, u := range units {
		g.Go(func() error {
			if err := u.collect(ctx); err != nil {
				return fmt.Errorf("aws: %s %s %s: %w", u.account, u.region, u.service.Name, err)
			}
			c.progress.Done(u.tally)
			return nil
		})
	}
	return g.Wait()
}

// answer is what a later call finds its parameters in.
type answer struct {
	parameters []string
	body       json.RawMessage
}

// collect makes the service's calls in their order, each for all its parameters
// at a time.
func (u *unit) collect(ctx context.Context) error {
	answers := map[string][]answer{}
	later := map[string]bool{} // operations whose answers other calls are made over
	for _, call := range u.service.Calls {
		for _, f := range call.from() {
			later[f.Operation] = true
		}
	}
	for _, call := range u.service.Calls {
		if call.HomeOnly && !u.home {
			continue
		}
		if err := u.collectAll(ctx, call, answers, later[call.Operation]); err != nil {
			return err
		}
	}
	return nil
}

// collectAll makes a call for all its parameters, and again for those that its
// own answers name; keep adds the answers to those that later calls look into.
func (u *unit) collectAll(ctx context.Context, call Call, answers map[string][]answer, keep bool) error {
	seen := map[string]bool{}
	for {
		params := [][]string{nil}
		if call.Over != "" {
			params = parameters(answers, call, seen)
		}
		got := make([]*answer, len(params))
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(cap(u.slots))
		for i, p := range params {
			g.Go(func() error {
				var err error
				got[i], err = u.call(ctx, call, p)
				return err
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
		for _, a := range got {
			if a != nil && keep {
				answers[call.Operation] = append(answers[call.Operation], *a)
			}
		}
		if !call.walks() || len(params) == 0 {
			return nil
		}
	}
}

// parameters lists what a call is made for and seen does not hold yet, each
// once, in the order of the answers it is made over.
func parameters(answers map[string][]answer, c Call, seen map[string]bool) [][]string {
	var out [][]string
	for _, f := range c.from() {
		for _, a := range answers[f.Operation] {
			for _, v := range valuesAt(a.body, strings.Split(f.Path, "."), nil, c.When) {
				p := []string{v}
				if len(c.Also) == 0 {
					p = append(slices.Clone(a.parameters), v)
				}
				if key := strings.Join(p, "\x00"); !seen[key] {
					seen[key] = true
					out = append(out, p)
				}
			}
		}
	}
	return out
}

// valuesAt lists the strings at a path. Member names match without regard to
// case, lists are walked; when sees the innermost list's element.
func valuesAt(body json.RawMessage, path []string, item json.RawMessage, when func(json.RawMessage) bool) []string {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return nil
	}
	var out []string
	switch {
	case body[0] == '[':
		var list []json.RawMessage
		if json.Unmarshal(body, &list) != nil {
			return nil
		}
		for _, e := range list {
			out = append(out, valuesAt(e, path, e, when)...)
		}
	case len(path) == 0:
		var s string
		if json.Unmarshal(body, &s) == nil && s != "" && (when == nil || when(item)) {
			out = append(out, s)
		}
	case body[0] == '{':
		var object map[string]json.RawMessage
		if json.Unmarshal(body, &object) != nil {
			return nil
		}
		for name, v := range object {
			if strings.EqualFold(name, path[0]) {
				out = append(out, valuesAt(v, path[1:], item, when)...)
			}
		}
	}
	return out
}

// call makes one call and records how it ended. It returns nil when there is no
// answer, and an error only if the collection cannot go on.
func (u *unit) call(ctx context.Context, c Call, parameters []string) (*answer, error) {
	key := snapshot.Key{Account: u.account, Region: u.region, Service: u.service.Name, Operation: c.Operation, Parameters: parameters}
	if d, held := u.w.Has(key); held {
		u.count(nil)
		return bodyOf(d, parameters), nil
	}
	select {
	case u.slots <- struct{}{}:
		defer func() { <-u.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	body, err := u.ask(ctx, c, parameters)
	if ctx.Err() != nil {
		return nil, ctx.Err() // not a failure of the call
	}
	d := ingest.Document{Provider: "aws", Account: u.account, Region: u.region, Service: u.service.Name, Operation: c.Operation, Parameters: parameters, Body: body}
	if err != nil {
		o := classify(c, err)
		if !o.none {
			u.miss(key, o.kind, o.failure)
			return nil, nil
		}
		d.Failure = &o.failure
	}
	d, err = u.w.Write(d)
	if errors.Is(err, snapshot.ErrRefused) {
		u.miss(key, graph.GapError, ingest.Failure{Code: "Refused", Message: err.Error()})
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	u.count(nil)
	return bodyOf(d, parameters), nil
}

func bodyOf(d ingest.Document, parameters []string) *answer {
	if d.Failure != nil {
		return nil
	}
	return &answer{parameters, d.Body}
}

// ask makes a call, in the region that S3 names if it is another one.
func (u *unit) ask(ctx context.Context, c Call, parameters []string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	out, err := c.do(ctx, u.client(u.config.Region), slices.Clone(parameters))
	if r := otherRegion(err); r != "" && r != u.config.Region && regionName.MatchString(r) {
		out, err = c.do(ctx, u.client(r), slices.Clone(parameters))
	}
	if err != nil {
		return nil, err
	}
	return encode(u.service, out)
}

// client gives the service's client for a region.
func (u *unit) client(region string) any {
	if c, made := u.clients.Load(region); made {
		return c
	}
	c, _ := u.clients.LoadOrStore(region, u.service.Client(inRegion(u.config, region)))
	return c
}

func (u *unit) miss(k snapshot.Key, kind graph.GapKind, f ingest.Failure) {
	u.w.Miss(k, kind, f)
	u.count(&kind)
}

func (u *unit) count(gap *graph.GapKind) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if gap == nil {
		u.tally.Answers++
		return
	}
	if u.tally.Gaps == nil {
		u.tally.Gaps = map[graph.GapKind]int{}
	}
	u.tally.Gaps[*gap]++
}

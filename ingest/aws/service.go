// Package aws collects AWS accounts and says what AWS's answers mean.
//
// A Service is one AWS service as a value: which calls to make (Calls), and for
// each operation what its answer means (Facts). One file holds one service; the
// list Services names them all. To add a service: write its file, add its value
// to Services. A value that is not in the list is an unused variable, which
// lint reports.
//
// Answers of Postern's own collector, of the AWS CLI and of other tools go
// through the same mappers, so mappers read the AWS CLI's member names; JSON
// member names are matched without regard to case.
package aws

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// Service is one AWS service: what to call, and what the answers mean.
type Service struct {
	// Name is the AWS CLI's name of the service: ec2, s3api, elbv2.
	Name string
	// Prefix is the service prefix of IAM actions; empty: the same as Name.
	Prefix string
	// Global services are called once per account instead of once per region.
	Global bool
	// LowerCamel says that the AWS CLI spells the members of this service's
	// answers lowerCamelCase (ecs, codebuild, bedrock, apigateway, …) instead of
	// PascalCase: the SDK's names do not tell, the service's API reference does.
	LowerCamel bool
	// Client makes the SDK's client.
	Client func(aws.Config) any
	// Calls are made in order; a call that is made for each answer of another
	// stands after it.
	Calls []Call
	// Facts says what the answer of an operation means, by the API's operation
	// name. Operations with no entry here are collected but not understood.
	Facts map[string]Mapper
}

// Call is one operation to make. Make it with List, Each or One.
type Call struct {
	// Operation is the API's name, e.g. DescribeVpcs.
	Operation string
	// Actions are the IAM actions the call needs, without the service prefix
	// unless they belong to another service; empty: Operation itself.
	Actions []string
	// Over names the earlier operation whose answers the call is made for, and
	// Path where its parameter stands in them ("Buckets.Name"; lists are walked;
	// a path that ends in a list of strings yields each). Empty: made once.
	Over, Path string
	// Also names further answers whose values the call is made for, among them
	// its own, as long as they name something new: how a tree is walked. The
	// parameter of such a call is the value alone.
	Also []From
	// When filters the items of Path's list; nil takes all.
	When func(item json.RawMessage) bool
	// None lists error codes that mean "asked, and there is none": the answer is
	// recorded with its code as Failure, and is no gap.
	None []string
	// Optional calls need features that many accounts lack; error codes of
	// accounts without them are recorded as not_enabled.
	Optional bool
	// HomeOnly calls of regional services are made in the first region only.
	HomeOnly bool

	// Output is the SDK's type of the answer: its members are the top-level keys
	// by which others' files are recognised.
	Output reflect.Type

	do func(ctx context.Context, client any, parameters []string) (any, error)
}

// From is where parameters stand: a path in the answers of an operation.
type From struct{ Operation, Path string }

// from lists all places of the call's parameters.
func (c Call) from() []From { return append([]From{{c.Over, c.Path}}, c.Also...) }

// walks reports whether the call is made for what its own answers name.
func (c Call) walks() bool {
	return slices.ContainsFunc(c.Also, func(f From) bool { return f.Operation == c.Operation })
}

// Option changes a Call.
type Option func(*Call)

// Needs names the IAM actions of a call whose action has another name than the
// operation.
func Needs(actions ...string) Option { return func(c *Call) { c.Actions = actions } }

// NoneWhen names the error codes that mean "there is none".
func NoneWhen(codes ...string) Option { return func(c *Call) { c.None = codes } }

// Filtered keeps only the items for which keep is true.
func Filtered(keep func(item json.RawMessage) bool) Option { return func(c *Call) { c.When = keep } }

// AlsoOver makes the call for what further answers name, too.
func AlsoOver(operation, path string) Option {
	return func(c *Call) { c.Also = append(c.Also, From{operation, path}) }
}

// Optional says that the call needs a feature that many accounts lack.
func Optional() Option { return func(c *Call) { c.Optional = true } }

// HomeOnly makes the call in the first region only.
func HomeOnly() Option { return func(c *Call) { c.HomeOnly = true } }

// List is a call without parameters of its own; all pages are merged into one
// answer. set may fill the input (a page size, a filter); it may be nil.
func List[C, I, O, F any](operation string, call func(C, context.Context, *I, ...func(F)) (*O, error), set func(*I), options ...Option) Call {
	return made(Call{Operation: operation, Output: reflect.TypeFor[O]()}, options, func(ctx context.Context, client any, _ []string) (any, error) {
		in := new(I)
		if set != nil {
			set(in)
		}
		return pages(ctx, in, func(ctx context.Context, in *I) (*O, error) { return call(client.(C), ctx, in) })
	})
}

// Each is a call made once for each value found at path in the answers of an
// earlier operation. set receives the parameters of that answer followed by the
// value, so a call over a call over a list gets both.
func Each[C, I, O, F any](operation string, call func(C, context.Context, *I, ...func(F)) (*O, error), over, path string, set func(in *I, parameters []string), options ...Option) Call {
	return made(Call{Operation: operation, Over: over, Path: path, Output: reflect.TypeFor[O]()}, options, func(ctx context.Context, client any, parameters []string) (any, error) {
		in := new(I)
		set(in, parameters)
		return pages(ctx, in, func(ctx context.Context, in *I) (*O, error) { return call(client.(C), ctx, in) })
	})
}

func made(c Call, options []Option, do func(context.Context, any, []string) (any, error)) Call {
	for _, o := range options {
		o(&c)
	}
	c.do = do
	return c
}

// Mapper says what one answer means.
type Mapper func(m *Mapping, d ingest.Document) error

// Mapping is what a mapper works with: the facts so far and helpers to add to
// them. d's account is always known when a mapper is called.
type Mapping struct {
	*ingest.Facts
	// Partition of the account, e.g. aws.
	Partition string

	// before is what was known to be complete before the document that is being
	// mapped, once one of its entries was left out.
	before *completeness
}

// decode reads the document's body into v. Member names match without regard
// to case; unknown members are ignored.
func decode(d ingest.Document, v any) error {
	if err := json.Unmarshal(d.Body, v); err != nil {
		return fmt.Errorf("%s %s: %w", d.Service, d.Operation, err)
	}
	return nil
}

// evidence says what a document says, for an edge or a fact.
func evidence(d ingest.Document, resource, summary string) graph.Evidence {
	doc := d.Service + ":" + d.Operation
	if resource != "" {
		doc += " " + resource
	}
	return graph.Evidence{Document: doc, Summary: summary}
}

// resource adds the node of a resource with the properties every resource has
// and its edge to its account.
func (m *Mapping) resource(d ingest.Document, id string, kind schema.NodeKind, awsType, name string) graph.NodeRef {
	n := m.Graph.Node(id, kind).
		Set(schema.PropResourceType, awsType).
		Set(schema.PropName, name).
		Set(schema.PropEnvironment, d.Account)
	if d.Region != "global" {
		n.Set(schema.PropRegion, d.Region)
	}
	m.inAccount(id, d.Account)
	return n
}

// inAccount joins a node to its account's node.
func (m *Mapping) inAccount(id, account string) {
	if !schema.IsAccountID(account) {
		return
	}
	acc := schema.AWSAccountID(m.Partition, account)
	m.Graph.Refer(acc, schema.Account).Set(schema.PropEnvironment, account)
	m.Graph.Edge(id, schema.InAccount, acc)
}

// link adds a fact edge and refers to the other end if nothing describes it yet.
func (m *Mapping) link(from string, kind schema.EdgeKind, to string, toKind schema.NodeKind) {
	if to == "" {
		return
	}
	m.Graph.Refer(to, toKind)
	m.Graph.Edge(from, kind, to)
}

// tag is a tag as nearly all services write it.
type tag struct{ Key, Value string }

// tagList gives tags as sorted key=value strings for the tags property.
func tagList(tags []tag) []string {
	var out []string
	for _, t := range tags {
		out = append(out, t.Key+"="+t.Value)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// tagMap gives tags as a map.
func tagMap(tags []tag) map[string]string {
	out := make(map[string]string, len(tags))
	for _, t := range tags {
		out[t.Key] = t.Value
	}
	return out
}

// operationKey is how operations are compared: AWS CLI spelling (describe-vpcs)
// and API spelling (DescribeVpcs) are equal.
func operationKey(operation string) string {
	return strings.ToLower(strings.ReplaceAll(operation, "-", ""))
}

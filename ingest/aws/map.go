package aws

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	awsretry "github.com/aws/aws-sdk-go-v2/aws/retry"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/snapshot"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// Map adds what AWS's answers mean to facts. Documents may come in any order:
// they are mapped weakest first, so that what is later, more complete or last by
// path wins (see weight), and the result is the same for every order. Documents
// of other providers are left alone. Nothing stops it: what cannot be mapped is a
// gap. Call it once for a run, with all documents.
func Map(docs []ingest.Document, facts *ingest.Facts) {
	docs = slices.DeleteFunc(slices.Clone(docs), func(d ingest.Document) bool { return d.Provider != "aws" })
	sortByWeight(docs)
	partitions := partitionsOf(docs)
	answers := callsMade{}
	last := &Mapping{Facts: facts, Partition: "aws"}
	pages := pagesOf{}
	for _, d := range docs {
		if !schema.IsAccountID(d.Account) {
			last.gap(d, graph.GapNotUnderstood, "", errNoAccount.Error())
			continue
		}
		m := &Mapping{Facts: facts, Partition: partitions[d.Account]}
		m.environment(d)
		if pages.add(d) {
			m.document(d)
		} else {
			m.onePage(d.Account, func() { m.document(d) })
		}
		answers.add(d)
	}
	last.cutOff(pages)
	last.contradictions(docs)
	last.forgetLost()
	facts.Finish()
	m := &Mapping{Facts: facts, Partition: "aws"}
	m.finish(answers, partitions)
}

// weight orders documents by how much they say of the things they name, for
// when they disagree: a list says less than a description, and the account
// authorisation details say all.
func weight(d ingest.Document) int {
	switch {
	case d.Operation == "GetAccountAuthorizationDetails":
		return 2
	case strings.HasPrefix(d.Operation, "List"), d.Operation == "GetCredentialReport":
		return 0
	}
	return 1
}

func sortByWeight(docs []ingest.Document) {
	ingest.SortDocuments(docs)
	slices.SortStableFunc(docs, func(a, b ingest.Document) int {
		return cmp.Or(a.ReadAt.Compare(b.ReadAt), cmp.Compare(weight(a), weight(b)))
	})
}

// environment records the account a document is of.
func (m *Mapping) environment(d ingest.Document) {
	e, known := m.Environments[d.Account]
	if !known {
		e = ingest.Environment{ID: d.Account, Partition: m.Partition}
		m.AWSPermissions.AddAccount(iamaws.Account{ID: d.Account, Partition: m.Partition})
		m.Graph.SetSource(graph.Source{Account: d.Account, File: d.Source})
		m.Graph.Node(schema.AWSAccountID(m.Partition, d.Account), schema.Account).
			Set(schema.PropEnvironment, d.Account).Set(schema.PropResourceType, "AWS::Account")
	}
	if d.Region != "" && d.Region != "global" && !slices.Contains(e.Regions, d.Region) {
		e.Regions = sortedUnion(e.Regions, []string{d.Region})
	}
	m.Environments[d.Account] = e
}

// findMapper finds the mapper of an operation, whoever spells it.
func findMapper(service, operation string) (*Service, Mapper) {
	for i := range Services {
		if Services[i].Name == service {
			return &Services[i], Services[i].Facts[operation]
		}
	}
	if service == accountsFile.Name {
		return &accountsFile, accountsFile.Facts[operation]
	}
	return nil, nil
}

// document maps one document, or says why not.
func (m *Mapping) document(d ingest.Document) {
	op, known := FindOperation(d.Service, d.Operation)
	if known {
		d.Service, d.Operation = op.Service, op.Name
	}
	s, mapper := findMapper(d.Service, d.Operation)
	if s != nil && s.Global {
		d.Region = "global"
	}
	m.Graph.SetSource(graph.Source{Account: d.Account, Region: d.Region, Service: d.Service, Operation: d.Operation, File: d.Source})
	if d.Failure != nil {
		if !slices.Contains(op.None, d.Failure.Code) {
			m.failed(d)
			return
		}
		// Asked, and there is none: the mapper sees an answer that says nothing.
		d.Body = json.RawMessage("{}")
	}
	if mapper == nil {
		m.gap(d, graph.GapNotUnderstood, "", "no meaning is known of "+d.Service+" "+snapshot.Kebab(d.Operation))
		return
	}
	if m.untrusted(d, op) {
		return
	}
	err := m.apply(mapper, d)
	m.settle(d)
	if err != nil {
		m.gap(d, graph.GapNotUnderstood, "", err.Error())
		return
	}
	m.Graph.DocumentRead()
}

// apply calls a mapper. A panic costs the document and is reported as such: a
// hostile file must not take the others with it.
func (m *Mapping) apply(mapper Mapper, d ingest.Document) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the mapper failed: %v", r)
		}
	}()
	return mapper(m, d)
}

// FailureKind says which sort of gap a recorded failure leaves. It goes by the
// same codes as the collector; files of other tools may shorten them.
func FailureKind(f ingest.Failure) graph.GapKind {
	code := strings.ToLower(f.Code)
	_, throttle := awsretry.DefaultThrottleErrorCodes[f.Code]
	switch {
	case deniedCodes[f.Code], strings.Contains(code, "accessdenied"), strings.Contains(code, "unauthorized"):
		return graph.GapDenied
	case throttle, moreThrottleCodes[f.Code], strings.Contains(code, "throttl"):
		return graph.GapThrottled
	case notEnabledCodes[f.Code]:
		return graph.GapNotEnabled
	}
	return graph.GapError
}

func (m *Mapping) failed(d ingest.Document) {
	message := d.Failure.Code
	if d.Failure.Message != "" {
		message += ": " + d.Failure.Message
	}
	if d.Parameter() == "" {
		m.gap(d, FailureKind(*d.Failure), "", message)
		return
	}
	// The gap belongs to the node of what was asked about, once it is known.
	about := ingest.Memory[failures](m.Facts)
	about.all = append(about.all, failureAbout{d, message})
}

type failures struct{ all []failureAbout }

type failureAbout struct {
	d       ingest.Document
	message string
}

// partitionsOf finds the partition of each account: that of the first ARN in it,
// else what the regions' names say.
func partitionsOf(docs []ingest.Document) map[string]string {
	out := map[string]string{}
	for _, d := range docs {
		if out[d.Account] == "" {
			out[d.Account] = partitionIn(d.Body, d.Account)
		}
	}
	for _, d := range docs {
		if out[d.Account] == "" {
			out[d.Account] = partitionOfRegion(d.Region)
		}
	}
	for a := range out {
		out[a] = cmp.Or(out[a], "aws")
	}
	return out
}

// partitionIn looks for an ARN of the account.
func partitionIn(body []byte, account string) string {
	own := []byte(":" + account + ":")
	for rest := body; ; {
		i := bytes.Index(rest, own)
		if i < 0 {
			return ""
		}
		// arn:PARTITION:SERVICE:REGION is what stands before the account.
		start := bytes.LastIndex(rest[:i], []byte("arn:"))
		if start >= 0 && i-start < 120 {
			if arn, ok := schema.ParseARN(string(rest[start:i+len(own)]) + "x"); ok && arn.Account == account {
				return arn.Partition
			}
		}
		rest = rest[i+1:]
	}
}

// partitionOfRegion is the partition of a region, or "" for the commercial one
// and for what is no region.
func partitionOfRegion(region string) string {
	for prefix, partition := range map[string]string{"cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-iso-": "aws-iso", "us-isob-": "aws-iso-b", "eusc-": "aws-eusc"} {
		if strings.HasPrefix(region, prefix) {
			return partition
		}
	}
	return ""
}

// accountsFile is the configuration that other tools write beside their
// answers, which names accounts: one document for each account.
var accountsFile = Service{
	Name: AccountsFileService, Global: true,
	Facts: map[string]Mapper{
		AccountsFileOperation: func(m *Mapping, d ingest.Document) error {
			var v struct{ Name string }
			if err := decode(d, &v); err != nil {
				return err
			}
			m.nameAccount(d.Account, v.Name, fileName)
			return nil
		},
	},
}

// Service and operation of the documents that readers make of another tool's
// list of accounts; the body is {"Name": …}.
const (
	AccountsFileService   = "accounts"
	AccountsFileOperation = "Name"
)

// callsMade remembers which operations were asked, by account and region,
// whether they were answered or refused.
type callsMade map[string]map[string]map[string]bool // account: "service operation": regions

func (a callsMade) add(d ingest.Document) {
	by := a[d.Account]
	if by == nil {
		by = map[string]map[string]bool{}
		a[d.Account] = by
	}
	key := d.Service + " " + d.Operation
	if op, ok := FindOperation(d.Service, d.Operation); ok {
		key = op.Service + " " + op.Name
	}
	if by[key] == nil {
		by[key] = map[string]bool{}
	}
	by[key][d.Region] = true
}

func (a callsMade) accounts() []string { return slices.Sorted(maps.Keys(a)) }

func accountNamed(id, name string) iamaws.Account { return iamaws.Account{ID: id, Name: name} }

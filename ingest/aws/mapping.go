package aws

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/snapshot"
	"github.com/postern-sec/postern/schema"
)

// needsParameter is the error of an answer that does not say what it was asked
// for, and that no file name says it for either.
func needsParameter(d ingest.Document, what string) error {
	return fmt.Errorf("the answer does not name what it is about: %s must stand in the file's name, as in %s-%s/<parameter>.json", what, d.Service, snapshot.Kebab(d.Operation))
}

// absent reports a top-level member that is missing: unlike an empty one it
// says that the question was not answered.
func absent(m *Mapping, d ingest.Document, member string) error {
	m.gap(d, graph.GapNotCollected, "", "the answer has no "+member)
	return nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func sortedValues(m map[string]string) []string { return sorted(slices.Collect(maps.Values(m))) }

func sortedUnion(a, b []string) []string {
	out := append(slices.Clone(a), b...)
	slices.Sort(out)
	if out = slices.Compact(out); out == nil {
		return []string{}
	}
	return out
}

func digest(s string) [32]byte { return sha256.Sum256([]byte(s)) }

// quote shows foreign text in a message, shortened.
func quote(s string) string {
	const most = 120
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return strconv.Quote(s)
}

// timestamp gives a time as RFC 3339 in UTC whichever way the CLI or another
// tool wrote it, or "" for what is no time.
func timestamp(s string) string {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05.999999-0700", "2006-01-02T15:04:05.999-0700"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC().Format(time.RFC3339)
		}
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && f > 0 && f < 1e11 {
		return time.Unix(int64(f), 0).UTC().Format(time.RFC3339)
	}
	return ""
}

// Tags by which an owner declares what a store holds. No other tag and no name
// declares anything.
const (
	tagTrainingData = "postern:training-data"
	tagSensitivity  = "postern:sensitivity"
)

// tagged sets the tags property of a store and records what its owner declares
// by tag.
func (m *Mapping) tagged(d ingest.Document, n graph.NodeRef, kind schema.NodeKind, tags []tag) {
	n.Set(schema.PropTags, tagList(tags))
	by := tagMap(tags)
	training := strings.EqualFold(by[tagTrainingData], "true")
	sensitivity := strings.ToLower(by[tagSensitivity])
	if !slices.Contains([]string{"restricted", "confidential", "internal", "public"}, sensitivity) {
		if sensitivity != "" {
			m.gap(d, graph.GapNotUnderstood, n.ID(), "tag "+tagSensitivity+"="+quote(by[tagSensitivity])+" is none of restricted, confidential, internal, public")
		}
		sensitivity = ""
	}
	if !training && sensitivity == "" {
		return
	}
	var said []string
	if training {
		said = append(said, tagTrainingData+"=true")
	}
	if sensitivity != "" {
		said = append(said, tagSensitivity+"="+sensitivity)
	}
	m.Declarations = append(m.Declarations, ingest.Declaration{Store: n.ID(), Kind: kind, TrainingData: training, Sensitivity: sensitivity,
		Evidence: evidence(d, n.ID(), "tagged "+strings.Join(said, ", "))})
}

// Where an account's name comes from, the weakest first.
type nameRank int

const (
	aliasName nameRank = iota
	fileName
	organizationName
)

type accountNames struct {
	rank map[string]nameRank
}

// nameAccount names an account; the organisation's name beats a configuration
// file's, which beats the sign-in alias.
func (m *Mapping) nameAccount(account, name string, rank nameRank) {
	if !schema.IsAccountID(account) || name == "" {
		return
	}
	names := ingest.Memory[accountNames](m.Facts)
	if names.rank == nil {
		names.rank = map[string]nameRank{}
	}
	old, had := names.rank[account]
	if had && old > rank {
		return
	}
	names.rank[account] = rank
	m.AWSPermissions.AddAccount(accountNamed(account, name))
	if e, ok := m.Environments[account]; ok {
		e.Name = name
		m.Environments[account] = e
	}
	n := m.Graph.Refer(schema.AWSAccountID(m.Partition, account), schema.Account).Set(schema.PropEnvironment, account)
	n.Set(schema.PropName, name)
}

// keyAliases finds keys by alias; aliases are listed in any order, so look them
// up when all documents are mapped.
type keyAliases struct {
	keys map[string]string // alias ARN: key ARN
}

// keyARN gives the ARN of a KMS key however a service writes it: an ARN, an id,
// an alias or an alias's ARN. An alias that was not collected stays an alias's
// ARN. account and region are those of the resource that names the key. Call it
// when all documents are mapped.
func (m *Mapping) keyARN(key, account, region string) string {
	key = strings.TrimSpace(key)
	if key == "" {
		return ""
	}
	if _, ok := schema.ParseARN(key); !ok {
		resource := key
		if !strings.HasPrefix(key, "alias/") && !strings.HasPrefix(key, "key/") {
			resource = "key/" + key
		}
		key = schema.ResourceARN(m.Partition, "kms", region, account, resource)
	}
	return cmp.Or(ingest.Memory[keyAliases](m.Facts).keys[key], key)
}

// encryptedBy joins a resource to its key when all documents are mapped, and
// adds the key to the store's. def is the AWS-managed key that is meant when
// key is empty, e.g. alias/aws/s3; empty when encryption needs no KMS key.
func (m *Mapping) encryptedBy(d ingest.Document, id, key, def, region string) {
	if key = cmp.Or(key, def); key == "" {
		return
	}
	m.Later(func() {
		arn := m.keyARN(key, d.Account, region)
		m.link(id, schema.EncryptedBy, arn, schema.EncryptionKey)
		m.Graph.Refer(id, m.Graph.Kind(id)).Set(schema.PropKMSKey, arn)
		if kind := m.Graph.Kind(id); kind.In(schema.DataStore) {
			m.AddStore(ingest.DataStore{ID: id, Kind: kind, KMSKeys: []string{arn}, EncryptionKnown: true})
		}
	})
}

var errNoAccount = errors.New("no account: neither the folder's name, nor sts-get-caller-identity.json, nor an ARN, nor config.json says whose it is")

// Resource types that more than one file names.
const (
	typeSecret = "AWS::SecretsManager::Secret"
	typeQueue  = "AWS::SQS::Queue"
	typeTopic  = "AWS::SNS::Topic"
)

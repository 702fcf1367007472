package read

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/postern-sec/postern/ingest/aws"
)

// format is one provider's way of writing answers.
type format struct {
	name string
	// read makes drafts of a value. It reports false when the value is not of
	// its provider; an error when it is, and cannot be read.
	read func(f *file, v *value) (drafts []draft, mine bool, err error)
}

// formats are asked in order.
var formats = []format{
	{"aws", readAWS},
	{"other", foreign},
}

// foreign names what a value is that no reader exists for, as far as its members
// tell.
func foreign(f *file, v *value) ([]draft, bool, error) {
	has := func(keys ...string) bool {
		for _, k := range keys {
			if !slices.Contains(v.keys, k) {
				return false
			}
		}
		return true
	}
	switch {
	case has("planned_values"), has("terraform_version"):
		return nil, true, fmt.Errorf("a Terraform document: no reader for it")
	case has("asset_type"), has("assetType"):
		return nil, true, fmt.Errorf("a Google Cloud asset: no reader for it")
	case has("id", "type") && strings.Contains(strings.ToLower(string(head(v.body))), "/subscriptions/"),
		has("@odata.context"), has("value") && strings.Contains(strings.ToLower(string(head(v.body))), "microsoft."):
		return nil, true, fmt.Errorf("an Azure document: no reader for it")
	}
	return nil, false, nil
}

// head is the beginning of a value, for a look at what it is.
func head(b []byte) []byte {
	const enough = 64 << 10
	return b[:min(len(b), enough)]
}

// operationsByName finds operations by their name alone, whatever the service.
var operationsByName = sync.OnceValue(func() map[string][]aws.Operation {
	out := map[string][]aws.Operation{}
	for _, o := range aws.Operations() {
		out[operationWord(o.Name)] = append(out[operationWord(o.Name)], o)
	}
	return out
})

// operationsByKey finds operations by a top-level member of their answers, lower
// case.
var operationsByKey = sync.OnceValue(func() map[string][]aws.Operation {
	out := map[string][]aws.Operation{}
	for _, o := range aws.Operations() {
		for _, k := range o.Keys {
			out[k] = append(out[k], o)
		}
	}
	return out
})

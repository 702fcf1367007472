package aws

import (
	"encoding/json"
	"errors"

	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// mapTagsOf reads the tags of the resource whose ARN the call was made for.
// SageMaker answers with a list of keys and values, Lambda with an object.
func mapTagsOf(m *Mapping, d ingest.Document) error {
	var v struct{ Tags json.RawMessage }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Tags == nil {
		return absent(m, d, "Tags")
	}
	arn, ok := schema.ParseARN(d.Parameter())
	if !ok {
		return needsParameter(d, "the resource's ARN")
	}
	tags, err := tagsIn(v.Tags)
	if err != nil {
		return err
	}
	// No type: whose tags they are, other answers say.
	m.AWSPermissions.AddResource(iamaws.Resource{ARN: d.Parameter(), Account: arn.Account, Tags: tagEvidence(tags), Source: source(d)})
	m.Later(func() {
		if m.Graph.Has(d.Parameter()) {
			m.Graph.Refer(d.Parameter(), m.Graph.Kind(d.Parameter())).Set(schema.PropTags, tagList(tags))
		}
	})
	return nil
}

func tagsIn(raw json.RawMessage) ([]tag, error) {
	var list []tag
	if json.Unmarshal(raw, &list) == nil {
		return list, nil
	}
	var object map[string]string
	if json.Unmarshal(raw, &object) != nil {
		return nil, errors.New("Tags are neither a list of keys and values nor an object of strings")
	}
	for _, k := range sortedKeys(object) {
		list = append(list, tag{k, object[k]})
	}
	return list, nil
}

package pipeline

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// maxDeclarations bounds the size of a declarations file in bytes.
const maxDeclarations = 16 << 20

// ReadDeclarations reads what the user declares of stores beside the tags on
// them:
//
//	stores:
//	  - id: arn:aws:s3:::example-bucket
//	    training_data: true
//	    sensitivity: restricted   # restricted, confidential, internal or public
//	    why: labelled by hand     # optional
//
// All mistakes are reported at once, each as file:line:column.
func ReadDeclarations(file string) ([]ingest.Declaration, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxDeclarations+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if len(text) > maxDeclarations {
		return nil, fmt.Errorf("%s: larger than %d bytes", file, maxDeclarations)
	}
	return ParseDeclarations(file, text)
}

// ParseDeclarations is ReadDeclarations on text; file names it in errors and
// evidence.
func ParseDeclarations(file string, text []byte) ([]ingest.Declaration, error) {
	var doc struct {
		Stores []yaml.Node `yaml:"stores"`
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var out []ingest.Declaration
	var wrong []error
	for i := range doc.Stores {
		n := &doc.Stores[i]
		dec, err := declaration(file, n)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s:%d:%d: %w", file, n.Line, n.Column, err))
			continue
		}
		out = append(out, dec)
	}
	return out, errors.Join(wrong...)
}

func declaration(file string, n *yaml.Node) (ingest.Declaration, error) {
	var s struct {
		ID           string `yaml:"id"`
		TrainingData bool   `yaml:"training_data"`
		Sensitivity  string `yaml:"sensitivity"`
		Why          string `yaml:"why"`
	}
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if key := n.Content[i].Value; !slices.Contains([]string{"id", "training_data", "sensitivity", "why"}, key) {
			return ingest.Declaration{}, fmt.Errorf("no such field: %s", key)
		}
	}
	if err := n.Decode(&s); err != nil {
		return ingest.Declaration{}, err
	}
	switch {
	case s.ID == "":
		return ingest.Declaration{}, errors.New("a store without id")
	case s.Sensitivity != "" && !slices.Contains([]string{"restricted", "confidential", "internal", "public"}, s.Sensitivity):
		return ingest.Declaration{}, fmt.Errorf("sensitivity %q is none of restricted, confidential, internal, public", s.Sensitivity)
	case !s.TrainingData && s.Sensitivity == "":
		return ingest.Declaration{}, fmt.Errorf("%s: nothing is declared", s.ID)
	}
	why := s.Why
	if why == "" {
		why = "declared in " + file
	}
	return ingest.Declaration{Store: s.ID, Kind: storeKind(s.ID), TrainingData: s.TrainingData, Sensitivity: s.Sensitivity,
		Evidence: graph.Evidence{Document: file, Statement: fmt.Sprintf("line %d", n.Line), Summary: why}}, nil
}

// storeKind is the kind of a store that nothing else describes, from its id.
func storeKind(id string) schema.NodeKind {
	a, ok := schema.ParseARN(id)
	if !ok {
		return schema.Bucket
	}
	switch a.Service {
	case "dynamodb":
		return schema.Table
	case "rds", "docdb", "neptune":
		return schema.Database
	case "redshift", "redshift-serverless":
		return schema.Warehouse
	case "elasticfilesystem", "fsx":
		return schema.FileSystem
	case "ecr":
		return schema.ContainerRegistry
	case "sqs", "sns", "kinesis":
		return schema.Queue
	case "ec2":
		if strings.HasPrefix(a.Resource, "snapshot/") {
			return schema.Snapshot
		}
	}
	return schema.Bucket
}

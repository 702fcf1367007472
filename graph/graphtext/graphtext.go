// Package graphtext reads graphs written as text by people: cases of questions
// and rules. One line is a node, an edge or a comment:
//
//	# the notebook's way to the data
//	internet Internet +Entry
//	nb Notebook name=growth
//	b Bucket +TrainingData training_data=derived
//	internet -EXPOSES-> nb assumes=vulnerability
//	nb -RUNS_AS-> r
//	r -READS_DATA-> b verdict=conditional witness=[a=b]
//
// Words are separated by spaces; a value in [ ] is a list, its items separated
// by commas; true, false and numbers are what they look like where the property
// is not a string. Attack edges get verdict allow, assumes none, confidence high,
// cost 1, a technique and evidence unless the line says otherwise.
package graphtext

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// Parse reads text. Errors are "file:line: message".
func Parse(file, text string) (*graph.Graph, error) {
	b := &parser{props: map[string]*schema.Property{}, nodes: map[string]bool{}}
	for _, p := range schema.Properties() {
		b.props[p.Name] = p
	}
	for i, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if err := b.line(words); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, i+1, err)
		}
	}
	g, err := graph.New(graph.Run{}, b.list, b.edges, graph.Coverage{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return g, nil
}

type parser struct {
	props map[string]*schema.Property
	nodes map[string]bool
	list  []graph.Node
	edges []graph.Edge
}

func (b *parser) line(words []string) error {
	if len(words) >= 3 && strings.HasPrefix(words[1], "-") && strings.HasSuffix(words[1], "->") {
		return b.edge(words)
	}
	if len(words) < 2 {
		return fmt.Errorf("a node needs an id and a kind")
	}
	return b.node(words)
}

func (b *parser) node(words []string) error {
	n := graph.Node{ID: words[0], Kind: schema.NodeKind(words[1])}
	if !n.Kind.Known() {
		return fmt.Errorf("no node kind %q", words[1])
	}
	props := map[string]graph.Value{schema.PropName.Name: n.ID, schema.PropCollected.Name: true}
	for _, w := range words[2:] {
		if l, ok := strings.CutPrefix(w, "+"); ok {
			n.Extra = append(n.Extra, l)
			continue
		}
		if err := b.set(props, w, func(p *schema.Property) bool { return p.Node }); err != nil {
			return err
		}
	}
	n.Properties = sorted(props)
	b.list = append(b.list, n)
	return nil
}

func (b *parser) edge(words []string) error {
	kind := schema.EdgeKind(strings.TrimSuffix(strings.TrimPrefix(words[1], "-"), "->"))
	if !kind.Known() {
		return fmt.Errorf("no edge kind %q", kind)
	}
	props := map[string]graph.Value{}
	if kind.Attack() {
		ev := graph.Evidence{Document: "case", Summary: strings.Join(words[:3], " ")}
		props = map[string]graph.Value{schema.PropVerdict.Name: string(schema.Allow), schema.PropAssumes.Name: string(schema.AssumesNothing),
			schema.PropConfidence.Name: string(schema.High), schema.PropCost.Name: int64(1), schema.PropTechniques.Name: []string{"case"},
			schema.PropEvidence.Name: []string{ev.Encode()}}
	}
	for _, w := range words[3:] {
		if err := b.set(props, w, func(p *schema.Property) bool { return p.Edge }); err != nil {
			return err
		}
	}
	b.edges = append(b.edges, graph.Edge{From: words[0], To: words[2], Kind: kind, Properties: sorted(props)})
	return nil
}

func (b *parser) set(props map[string]graph.Value, word string, on func(*schema.Property) bool) error {
	key, text, ok := strings.Cut(word, "=")
	p := b.props[key]
	if !ok || p == nil || !on(p) {
		return fmt.Errorf("%q sets no property that may stand here", word)
	}
	v, err := value(p, text)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	props[key] = v
	return nil
}

func value(p *schema.Property, text string) (graph.Value, error) {
	switch p.Type {
	case schema.Bool:
		return strconv.ParseBool(text)
	case schema.Integer:
		return strconv.ParseInt(text, 10, 64)
	case schema.Float:
		return strconv.ParseFloat(text, 64)
	case schema.StringList:
		inner := strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
		return strings.Split(inner, ","), nil
	}
	return text, nil
}

func sorted(m map[string]graph.Value) graph.Properties {
	var out graph.Properties
	for k, v := range m {
		out = append(out, graph.Property{Key: k, Value: v})
	}
	graph.SortProperties(out)
	return out
}

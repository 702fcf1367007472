package graphtext

import (
	"fmt"
	"slices"
	"testing"

	"github.com/postern-sec/postern/schema"
)

func TestParse(t *testing.T) {
	g, err := Parse("f", "# two nodes\ninternet Internet +Entry\nb Bucket +TrainingData name=data encryption=none tags=[a=b,c=d]\n\ninternet -READS_DATA-> b cost=3 verdict=conditional witness=[x]")
	if err != nil {
		t.Fatal(err)
	}
	b, ok := g.Node("b")
	if !ok || b.Kind != schema.Bucket || b.Properties.Text("name") != "data" || !slices.Equal(b.Properties.List("tags"), []string{"a=b", "c=d"}) {
		t.Errorf("%+v", b)
	}
	e := g.Edges()[0].Properties
	if e.Get("cost") != int64(3) || e.Text("verdict") != "conditional" || e.Text("assumes") != "none" || len(e.List("evidence")) != 1 {
		t.Errorf("%+v", e)
	}
}

func TestErrorsNameTheLine(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"\nx Buckett", `f:2: no node kind "Buckett"`},
		{"x", "f:1: a node needs an id and a kind"},
		{"a Bucket\na -READS-> a", `f:2: no edge kind "READS"`},
		{"a Bucket cost=1", `f:1: "cost=1" sets no property that may stand here`},
		{"a Bucket\nb Bucket\na -STORED_IN-> b cost=x", `f:3: cost: strconv.ParseInt: parsing "x": invalid syntax`},
		{"a Bucket\na -STORED_IN-> b", "f: edge a -STORED_IN-> b: no node b"},
	} {
		if _, err := Parse("f", tc.text); fmt.Sprint(err) != tc.want {
			t.Errorf("%q: %v", tc.text, err)
		}
	}
}

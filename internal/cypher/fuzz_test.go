package cypher_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/postern-sec/postern/internal/cypher"
	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/parser"
)

func seeds(f *testing.F) {
	for _, form := range cypher.Forms {
		f.Add(form.Query)
	}
	for _, r := range cypher.Refusals {
		f.Add(r.Query)
	}
	f.Add("RETURN [x IN [1,2] WHERE x:A|B | x], {`a b`: -0x1f}, 'a\\u0041', $`p q`, .5, 1e9 // c\n/* d */;")
}

// FuzzParse checks that the parser answers every text with a tree or a placed error.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		_, err := parser.Parse(text)
		var e *ast.Error
		if err != nil && (!errors.As(err, &e) || e.Line < 1 || e.Col < 1 || e.Message == "") {
			t.Errorf("%q: error without a place: %v", text, err)
		}
	})
}

// FuzzRun checks that a query that is accepted ends within its limits without a fault of the engine.
func FuzzRun(f *testing.F) {
	seeds(f)
	g := estate()
	f.Fuzz(func(t *testing.T, text string) {
		q, _, err := cypher.Prepare(text, nil)
		if err != nil {
			return
		}
		params := cypher.Params{}
		for _, name := range q.Parameters() {
			params[name] = 1
		}
		limits := cypher.Limits{MaxRows: 1000, MaxExpansions: 200_000, MaxMemory: 16 << 20, MaxTime: 2 * time.Second}
		_, err = q.Run(context.Background(), g, params, limits)
		var e *cypher.Error
		if errors.As(err, &e) && e.Code == "Internal" {
			t.Errorf("%q: %v", text, err)
		}
	})
}

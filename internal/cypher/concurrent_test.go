package cypher_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/postern-sec/postern/internal/cypher"
)

// TestConcurrentRuns runs one query from many goroutines: a Query is shared, and each run must be alone. The
// race detector makes this test worth more.
func TestConcurrentRuns(t *testing.T) {
	g := estate()
	for _, form := range cypher.Forms {
		q, _, err := cypher.Prepare(form.Query, nil)
		if err != nil {
			t.Fatal(err)
		}
		answers := make([]string, 4)
		var wait sync.WaitGroup
		for i := range answers {
			wait.Go(func() {
				result, err := q.Run(t.Context(), g, cypher.Params{"id": 1}, cypher.Limits{MaxRows: 200, MaxExpansions: 100_000})
				if err != nil {
					answers[i] = err.Error()
					return
				}
				answers[i] = fmt.Sprint(result.TruncatedAt, result.Rows)
			})
		}
		wait.Wait()
		for _, a := range answers[1:] {
			if a != answers[0] {
				t.Errorf("%s: runs differ", form.Query)
			}
		}
	}
}

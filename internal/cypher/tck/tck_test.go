package tck

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/postern-sec/postern/internal/cypher"
	"github.com/postern-sec/postern/internal/cypher/cyphertest"
	"github.com/postern-sec/postern/internal/sharedtest"
)

// TestTCK runs every scenario. It fails for a core scenario that fails without standing in expected_failures.txt,
// and for one that stands there and passes.
func TestTCK(t *testing.T) {
	root := filepath.Join(sharedtest.Dir(t), "data", "tck")
	if _, err := os.Stat(filepath.Join(root, "features")); err != nil {
		t.Skipf("no TCK: %v", err)
	}
	core := map[string]bool{}
	for _, line := range lines(t, filepath.Join(root, "core-read-only.txt")) {
		core[line] = true
	}
	excused := map[string]string{}
	for _, line := range lines(t, "expected_failures.txt") {
		i := strings.LastIndex(line, "\t")
		excused[line[:i]] = line[i+1:]
	}
	all := readScenarios(t, filepath.Join(root, "features"))
	passed, passedCore, errorScenarios, exact := 0, 0, 0, 0
	for _, s := range all {
		o := run(root, s)
		if o.err == nil {
			passed++
		}
		if !core[s.key()] {
			continue
		}
		if o.wantsError {
			errorScenarios++
			if o.exact {
				exact++
			}
		}
		reason, known := excused[s.key()]
		delete(excused, s.key())
		switch {
		case o.err == nil && known:
			t.Errorf("%s passes; take it out of expected_failures.txt", s.key())
		case o.err != nil && !known:
			t.Errorf("%s\n    %v", s.key(), o.err)
		case o.err != nil && reason == "":
			t.Errorf("%s: expected_failures.txt gives no reason", s.key())
		}
		if o.err == nil {
			passedCore++
		}
	}
	for key := range excused {
		t.Errorf("expected_failures.txt names an unknown scenario: %s", key)
	}
	t.Logf("TCK: core read-only %d of %d, all %d of %d; error scenarios of core with type, phase and detail exact: %d of %d",
		passedCore, len(core), passed, len(all), exact, errorScenarios)
	if len(core) > 0 && float64(passedCore) < 0.98*float64(len(core)) {
		t.Errorf("core read-only is below 98 %%")
	}
}

// outcome is how a scenario ended. Exact says that an expected error had its type, phase and detail.
type outcome struct {
	err        error
	wantsError bool
	exact      bool
}

// world is the state of one scenario.
type world struct {
	root     string
	writer   writer
	params   cypher.Params
	result   *cypher.Result
	failure  error
	compiled bool
	outcome  outcome
}

var errorStep = regexp.MustCompile(`^an? (\w+) should be raised at (compile time|runtime|any time): (\S+)$`)

func run(root string, s scenario) (o outcome) {
	w := &world{root: root, writer: writer{builder: &cyphertest.Builder{}}, params: cypher.Params{}}
	defer func() {
		if r := recover(); r != nil {
			o = outcome{err: fmt.Errorf("panic: %v", r)}
		}
	}()
	for _, step := range s.steps {
		text, table := "", [][]string(nil)
		if step.Argument != nil && step.Argument.DocString != nil {
			text = step.Argument.DocString.Content
		}
		if step.Argument != nil && step.Argument.DataTable != nil {
			for _, row := range step.Argument.DataTable.Rows {
				var cells []string
				for _, c := range row.Cells {
					cells = append(cells, c.Value)
				}
				table = append(table, cells)
			}
		}
		if err := w.step(step.Text, text, table); err != nil {
			w.outcome.err = err
			return w.outcome
		}
	}
	return w.outcome
}

func (w *world) step(step, text string, table [][]string) error {
	switch {
	case step == "an empty graph", step == "any graph", step == "no side effects":
		return nil
	case strings.HasPrefix(step, "the side effects"):
		return errors.New("the dialect does not write")
	case strings.HasPrefix(step, "there exists a procedure"):
		return errors.New("procedures of one's own are not in the dialect")
	case strings.HasPrefix(step, "the binary-tree"):
		name := strings.Fields(step)[1]
		setup, err := os.ReadFile(filepath.Join(w.root, "graphs", name, name+".cypher"))
		if err != nil {
			return err
		}
		return w.writer.execute(string(setup))
	case step == "having executed:":
		return w.writer.execute(text)
	case step == "parameters are:":
		for _, row := range table {
			v, err := readCell(row[1])
			if err != nil {
				return err
			}
			w.params[row[0]] = v
		}
		return nil
	case step == "executing query:", step == "executing control query:":
		w.query(text)
		return nil
	}
	if m := errorStep.FindStringSubmatch(step); m != nil {
		return w.wantError(m[1], m[2], m[3])
	}
	return w.wantRows(step, table)
}

func (w *world) query(text string) {
	w.compiled, w.result = false, nil
	q, _, err := cypher.Prepare(text, nil)
	if w.failure = err; err != nil {
		return
	}
	w.compiled = true
	limits := cypher.Limits{MaxTime: 20 * time.Second, MaxMemory: 1 << 30}
	w.result, w.failure = q.Run(context.Background(), w.writer.builder.Freeze(), w.params, limits)
}

func (w *world) wantError(family, phase, detail string) error {
	w.outcome.wantsError = true
	var e *cypher.Error
	if w.failure == nil {
		return fmt.Errorf("no error, want %s %s", family, detail)
	}
	if !errors.As(w.failure, &e) {
		return fmt.Errorf("not an *Error: %w", w.failure)
	}
	atRuntime := w.compiled
	if phase == "compile time" && atRuntime || phase == "runtime" && !atRuntime {
		return fmt.Errorf("want an error at %s, got %w", phase, e)
	}
	if e.Code == "Internal" {
		return e
	}
	w.outcome.exact = (detail == "*" || e.Code == detail) && e.Type == family
	if detail != "*" && e.Code != detail {
		return fmt.Errorf("want %s, got %s: %w", detail, e.Code, e)
	}
	return nil
}

func (w *world) wantRows(step string, table [][]string) error {
	if w.failure != nil {
		return w.failure
	}
	if !w.result.Exhaustive {
		return fmt.Errorf("truncated: %s", w.result.TruncatedAt)
	}
	if step == "the result should be empty" {
		if len(w.result.Rows) > 0 {
			return fmt.Errorf("%d rows, want none", len(w.result.Rows))
		}
		return nil
	}
	if !strings.HasPrefix(step, "the result should be") {
		return fmt.Errorf("unknown step %q", step)
	}
	unordered := strings.Contains(step, "ignoring element order")
	var want, got []string
	for i, row := range table {
		var cells []string
		for j, cell := range row {
			if i == 0 {
				if j >= len(w.result.Columns) {
					return fmt.Errorf("columns %q, want %q", w.result.Columns, row)
				}
				continue
			}
			v, err := readCell(cell)
			if err != nil {
				return err
			}
			cells = append(cells, canonical(v, unordered))
		}
		if i > 0 {
			want = append(want, strings.Join(cells, " | "))
		}
	}
	columns, err := w.columns(table[0])
	if err != nil {
		return err
	}
	for _, row := range w.result.Rows {
		var cells []string
		for _, c := range columns {
			cells = append(cells, canonical(row[c], unordered))
		}
		got = append(got, strings.Join(cells, " | "))
	}
	if !strings.Contains(step, "in order") {
		sort.Strings(want)
		sort.Strings(got)
	}
	if strings.Join(want, "\n") != strings.Join(got, "\n") {
		return fmt.Errorf("rows\n      %s\n    want\n      %s", strings.Join(got, "\n      "), strings.Join(want, "\n      "))
	}
	return nil
}

// columns finds the place of each wanted column in the result.
func (w *world) columns(header []string) ([]int, error) {
	if len(header) != len(w.result.Columns) {
		return nil, fmt.Errorf("columns %q, want %q", w.result.Columns, header)
	}
	var places []int
	for _, name := range header {
		at := -1
		for i, c := range w.result.Columns {
			if c == name {
				at = i
			}
		}
		if at < 0 {
			return nil, fmt.Errorf("columns %q, want %q", w.result.Columns, header)
		}
		places = append(places, at)
	}
	return places, nil
}

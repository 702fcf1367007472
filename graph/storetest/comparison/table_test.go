package comparison

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/postern-sec/postern/internal/neo4jtest"
)

// row is one question on both stores.
type row struct {
	id              string
	embedded, neo4j timing
}

func (r row) ratio() float64 { return float64(r.embedded.median) / float64(r.neo4j.median) }

func (t timing) String() string {
	switch {
	case t.cut == "time":
		return "> " + short(t.median)
	case t.cut != "":
		return fmt.Sprintf("gave up (%s) after %s", t.cut, short(t.median))
	}
	return short(t.median)
}

// short writes three digits of a duration.
func short(d time.Duration) string {
	unit := time.Nanosecond
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit).String()
}

// table is a comparison at one size.
type table struct {
	nodes, edges  int
	budget        time.Duration
	loaded        time.Duration // the first load into Neo4j
	before, after string        // the machine's load
	rows          []row
}

func (t table) mean() float64 {
	logs := 0.0
	for _, r := range t.rows {
		logs += math.Log(r.ratio())
	}
	return math.Exp(logs / float64(len(t.rows)))
}

func (t table) worst() float64 {
	worst := 0.0
	for _, r := range t.rows {
		worst = max(worst, r.ratio())
	}
	return worst
}

func (t table) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d nodes, %d edges. %s on %d cores (%s), load %s before and %s after, %s; Neo4j Community %s, page cache %s, loaded in %s (%.0f edges/s).\n",
		t.nodes, t.edges, runtime.Version(), runtime.NumCPU(), processor(), t.before, t.after, time.Now().Format(time.DateOnly),
		neo4jtest.Version(), pages(), short(t.loaded), float64(t.edges)/t.loaded.Seconds())
	fmt.Fprintf(&b, "Geometric mean of the quotients %.3f, the largest %.3f.\n", t.mean(), t.worst())
	b.WriteString("\n| question | rows | embedded | Neo4j | quotient |\n|---|---|---|---|---|\n")
	for _, r := range t.rows {
		bound := ""
		if r.neo4j.cut != "" {
			bound = "< "
		}
		fmt.Fprintf(&b, "| `%s` | %d | %s | %s | %s%.2g |\n", r.id, r.embedded.rows, r.embedded, r.neo4j, bound, r.ratio())
	}
	return b.String()
}

// replaceIn puts the table between its two marks in a markdown file.
func (t table) replaceIn(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	begin, end := fmt.Appendf(nil, "<!-- comparison %d -->\n", t.nodes), []byte("<!-- end -->")
	before, rest, ok := bytes.Cut(text, begin)
	if !ok {
		return fmt.Errorf("%s has no line %s", file, bytes.TrimSpace(begin))
	}
	_, after, ok := bytes.Cut(rest, end)
	if !ok {
		return fmt.Errorf("%s: no line %s behind %s", file, end, bytes.TrimSpace(begin))
	}
	return os.WriteFile(file, bytes.Join([][]byte{before, begin, []byte(t.markdown()), end, after}, nil), 0o644)
}

// load is how many processes wait for a processor, over the last minute; "?"
// where the system does not say.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "?"
	}
	return strings.Fields(string(text))[0]
}

// processor is the name of the machine's.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo") // elsewhere the architecture has to do
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func TestTable(t *testing.T) {
	x := table{nodes: 7, edges: 70, loaded: time.Second, before: "1", after: "2", rows: []row{
		{"quick", timing{median: 1234567 * time.Nanosecond, rows: 3}, timing{median: 4 * 1234567 * time.Nanosecond, rows: 3}},
		{"long", timing{median: time.Second, rows: 5}, timing{median: 60*time.Second + 3*time.Millisecond, cut: "time"}},
		{"large", timing{median: time.Second, rows: 5}, timing{median: 2 * time.Second, cut: "memory"}},
	}}
	file := filepath.Join(t.TempDir(), "x.md")
	const frame = "a\n<!-- comparison 8 -->\neight\n<!-- end -->\n<!-- comparison 7 -->\n%s<!-- end -->\nb\n"
	if err := os.WriteFile(file, fmt.Appendf(nil, frame, "old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := x.replaceIn(file); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf(frame, x.markdown()); string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, line := range []string{"| `quick` | 3 | 1.23ms | 4.94ms | 0.25 |", "| `long` | 5 | 1s | > 1m0s | < 0.017 |", "| `large` | 5 | 1s | gave up (memory) after 2s | < 0.5 |"} {
		if !strings.Contains(string(got), line) {
			t.Errorf("no line %s in\n%s", line, got)
		}
	}
	x.nodes = 9
	if err := x.replaceIn(file); err == nil {
		t.Error("a size without a place is written somewhere")
	}
}

package aws

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/schollz/progressbar/v3"

	"github.com/postern-sec/postern/graph"
)

// Progress is told how far a collection is. Done may be called concurrently.
type Progress interface {
	// Plan says how many units of work there are, once, before the first is done.
	Plan(units int)
	// Done says that a unit is done.
	Done(Tally)
}

// Tally is what became of one unit of work: a service in one region of one
// account.
type Tally struct {
	Account, Region, Service string
	Answers                  int
	Gaps                     map[graph.GapKind]int
}

// String says it in one line.
func (t Tally) String() string {
	s := fmt.Sprintf("%s %s %s: %d answers", t.Account, t.Region, t.Service, t.Answers)
	for _, k := range slices.Sorted(maps.Keys(t.Gaps)) {
		s += fmt.Sprintf(", %d %s", t.Gaps[k], strings.ReplaceAll(string(k), "_", " "))
	}
	return s
}

type silent struct{}

func (silent) Plan(int)   {}
func (silent) Done(Tally) {}

// NewProgress reports to w: with a bar if w is a terminal, else one line a unit.
func NewProgress(w io.Writer, terminal bool) Progress {
	if terminal {
		return &bar{w: w}
	}
	return &plainLines{w: w}
}

type plainLines struct {
	w     io.Writer
	mu    sync.Mutex
	units int
	done  int
}

func (l *plainLines) Plan(units int) { l.units = units }

func (l *plainLines) Done(t Tally) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done++
	fmt.Fprintf(l.w, "[%d/%d] %s\n", l.done, l.units, t)
}

type bar struct {
	w   io.Writer
	mu  sync.Mutex
	bar *progressbar.ProgressBar
}

func (b *bar) Plan(units int) {
	b.bar = progressbar.NewOptions(units, progressbar.OptionSetWriter(b.w), progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(false), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30))
}

func (b *bar) Done(t Tally) {
	b.mu.Lock()
	defer b.mu.Unlock()
	// The bar writes to a terminal; that it cannot is no reason to stop.
	b.bar.Describe(t.Account + " " + t.Region + " " + t.Service)
	_ = b.bar.Add(1)
}

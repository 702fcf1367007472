//go:build unix

package aws

import (
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/postern-sec/postern/internal/longtest"
)

// cpuTime is the processor time of this process: the machine that runs the
// test may be busy with other things.
func cpuTime(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestExposureIsLinear holds the promise on cost: a decade more interfaces may
// cost no more than 13 times as much, and the whole of 100,000 interfaces no
// more than 10 seconds and 1 GB on one core.
func TestExposureIsLinear(t *testing.T) {
	longtest.Skip(t, "takes seconds")
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	cost := func(n int) (time.Duration, uint64) {
		inv := largeEstate(n)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		best := time.Duration(1 << 62)
		var live uint64
		for range 3 {
			start := cpuTime(t)
			e := New(inv)
			x := e.Exposure()
			best = min(best, cpuTime(t)-start)
			runtime.GC()
			runtime.ReadMemStats(&after)
			live = after.HeapAlloc - before.HeapAlloc
			runtime.KeepAlive(x)
			runtime.KeepAlive(e)
		}
		return best, live
	}
	small, _ := cost(10_000)
	large, live := cost(100_000)
	t.Logf("10,000: %v; 100,000: %v, %d MB live; ratio %.1f", small, large, live>>20, float64(large)/float64(small))
	if large > 10*time.Second || live > 1<<30 {
		t.Errorf("100,000 interfaces cost %v and %d MB", large, live>>20)
	}
	if ratio := float64(large) / float64(small); ratio > 13 {
		t.Errorf("ten times the interfaces cost %.1f times as much", ratio)
	}
}

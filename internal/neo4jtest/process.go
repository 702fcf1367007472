package neo4jtest

import (
	"os"
	"os/exec"
	"runtime"
	"time"
)

// process is a child that is waited for from the moment it starts.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
}

// startProcess starts a child whose output goes to log.
func startProcess(path string, args []string, log *os.File) (*process, error) {
	p := &process{cmd: exec.Command(path, args...), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	dieTogether(p.cmd)
	started := make(chan error, 1)
	go func() {
		// On Linux the child is told of the death of the thread that started
		// it, so that thread has to live as long as the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(p.done)
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait() // how it ended is not of interest, only that it did
		}
	}()
	return p, <-started
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill() // fails only if it has ended
	<-p.done
}

// stop ends the process, gently if its data are wanted.
func (p *process) stop(gently bool) {
	if gently && p.cmd.Process.Signal(os.Interrupt) == nil {
		select {
		case <-p.done:
			return
		case <-time.After(time.Minute):
		}
	}
	select {
	case <-p.done:
	default:
		p.kill()
	}
}

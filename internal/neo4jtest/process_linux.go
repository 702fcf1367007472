package neo4jtest

import (
	"os/exec"
	"syscall"
)

// dieTogether asks the kernel to kill the child when this process dies, so
// that a killed test leaves no server behind, and keeps the terminal's
// interrupt away from it: Stop sends its own.
func dieTogether(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

//go:build !linux

package neo4jtest

import "os/exec"

// dieTogether does nothing: other systems have no such promise.
func dieTogether(*exec.Cmd) {}

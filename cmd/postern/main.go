// Command postern finds the ways from the internet to an organisation's AI
// training data, models and agents, and proves each step.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/postern-sec/postern/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	code := cli.Run(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(code)
}

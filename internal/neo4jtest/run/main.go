// Command run starts a Neo4j Community server for trying Postern with, prints
// its address and stops it on an interrupt. See package neo4jtest.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/postern-sec/postern/internal/neo4jtest"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var o neo4jtest.Options
	flag.StringVar(&o.Home, "home", "", "directory of data and logs; without it a temporary one that is removed at the end")
	flag.IntVar(&o.Port, "port", 7687, "port of Bolt on 127.0.0.1; 0 takes a free one")
	flag.StringVar(&o.Heap, "heap", "1g", "heap of the server")
	flag.StringVar(&o.PageCache, "pagecache", "128m", "page cache of the server")
	passwordFile := flag.String("password-file", "", "file with the password of user neo4j; without it there is no authentication")
	flag.Parse()
	if *passwordFile != "" {
		b, err := os.ReadFile(*passwordFile)
		if err != nil {
			return err
		}
		o.Password = strings.TrimSpace(string(b))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	server, err := neo4jtest.Start(ctx, o)
	if err != nil {
		return err
	}
	fmt.Println(server.URI)
	<-ctx.Done()
	return server.Stop()
}

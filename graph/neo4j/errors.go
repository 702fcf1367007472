package neo4j

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/postern-sec/postern/graph"
)

// Errors beside those of package graph; match with errors.Is.
var (
	// ErrServer: the server cannot be reached, stopped, or lost the
	// connection.
	ErrServer = errors.New("the Neo4j server does not answer")
	// ErrAuth: the server refused the user or the password.
	ErrAuth = errors.New("Neo4j refused the user or the password")
	// ErrMemory: a transaction needs more memory than the server gives it.
	ErrMemory = errors.New("Neo4j ran out of memory for the transaction")
	// ErrForeign: the database holds what Postern did not write.
	ErrForeign = errors.New("the Neo4j database holds nodes that Postern did not write")
	// ErrRebuilding: a graph that did not fit one transaction is being
	// replaced in steps, or its publisher died. It is a graph.ErrNoGraph.
	ErrRebuilding = fmt.Errorf("the graph is being rebuilt: %w", graph.ErrNoGraph)
)

// code returns the server's code of an error, or "". Decisions are made by
// code: most errors of 5.26 share one GQLSTATUS.
func code(err error) string {
	var e *driver.Neo4jError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func isTimeout(err error) bool {
	c := code(err)
	return strings.HasPrefix(c, "Neo.ClientError.Transaction.TransactionTimedOut")
}

func isMemory(err error) bool {
	switch code(err) {
	case "Neo.TransientError.General.MemoryPoolOutOfMemoryError", "Neo.TransientError.General.OutOfMemoryError",
		"Neo.TransientError.General.TransactionOutOfMemoryError", "Neo.TransientError.General.StackOverFlowError",
		"Neo.TransientError.Transaction.MaximumTransactionLimitReached":
		return true
	}
	return false
}

// isTransient reports whether the same statement may succeed when it is sent
// again. Memory is not among them: it would fail again, seconds later.
func isTransient(err error) bool {
	return driver.IsRetryable(err) && !isMemory(err)
}

// explain adds to an error of the driver what a person needs to know.
func explain(err error) error {
	var conn *driver.ConnectivityError
	c := code(err)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return err
	case strings.HasPrefix(c, "Neo.ClientError.Security."):
		return fmt.Errorf("%w: %w", ErrAuth, err)
	case isMemory(err):
		return fmt.Errorf("%w (server.memory.heap.max_size, dbms.memory.transaction.total.max): %w", ErrMemory, err)
	case errors.As(err, &conn), c == "Neo.TransientError.General.DatabaseUnavailable", c == "Neo.ClientError.Database.DatabaseNotFound":
		return fmt.Errorf("%w: %w", ErrServer, err)
	}
	return err
}

func tlsConfig(roots *x509.CertPool) *tls.Config {
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
}

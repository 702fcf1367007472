package neo4j

import (
	"context"
	"testing"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/storetest"
	"github.com/postern-sec/postern/internal/neo4jtest"
)

// open returns a store on an empty database.
func open(t testing.TB, change ...func(*Config)) *Store {
	t.Helper()
	config := Config{URI: neo4jtest.Shared(t).URI}
	for _, c := range change {
		c(&config)
	}
	s, err := Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	clearDatabase(t, s)
	return s
}

func clearDatabase(t testing.TB, s *Store) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	session := s.session(ctx, driver.AccessModeWrite)
	defer session.Close(ctx)
	// Edges first: the ones of a hub do not fit one transaction of many nodes.
	for _, text := range []string{
		"MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 20000 ROWS",
		"MATCH (n) CALL (n) { DELETE n } IN TRANSACTIONS OF 10000 ROWS",
	} {
		result, err := session.Run(ctx, text, nil)
		if err == nil {
			_, err = result.Consume(ctx)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) graph.Store { return open(t) })
}

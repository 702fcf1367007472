package neo4j

import (
	"context"
	"errors"
	"fmt"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/postern-sec/postern/graph"
)

// Neo4j isolates at "read committed": a query that runs while a transaction is
// committed may see some of its changes and not others. So a publisher
// announces itself in the guard before it commits the difference, in a
// transaction of its own, and counts up the guard's version afterwards:
//
//	1. all changes are sent in one transaction that stays open; nobody sees them
//	2. guard: publishing = token          (own transaction, committed)
//	3. the transaction of 1 is committed
//	4. guard: version + 1, publishing = null (own transaction, committed)
//
// A reader looks at the guard before its query and after it, in one
// transaction with it, which is one server of a cluster. Had it seen anything
// of 3 while it ran, 2 was committed before, and the second look shows the
// token or a higher version; then its answer is thrown away and the query run
// again. A server applies transactions in the order in which they were
// committed, so this holds on followers too.
//
// A publisher that dies before 3 leaves the old graph, one that dies after it
// the new one, whole in both cases: a transaction is applied or not. The token
// it leaves tells readers to look whether its transaction still runs.

// own labels. None of these nodes has edges or the label Asset. Nor has one a
// property of the schema: a plan may test the properties of a node before it
// looks for its edges, and an id that is a number would make the query fail.
const (
	lockLabel     = "PosternLock"
	guardLabel    = "PosternGuard"
	graphLabel    = "PosternGraph"
	manifestLabel = "PosternManifest"
	ownKey        = "postern_number"
)

// glance is one look at the guard.
type glance struct {
	version   int64
	token     string // of the publisher that is committing; "" mostly
	user      string // who publishes
	published bool   // there is a graph
	building  bool   // a graph is loaded in steps
}

const glanceText = `OPTIONAL MATCH (g:PosternGuard) OPTIONAL MATCH (m:PosternGraph)
RETURN g.version AS version, g.publishing AS token, g.user AS user, g.building AS building, m.postern_number IS NOT NULL AS published LIMIT 1`

type runner interface {
	Run(ctx context.Context, cypher string, params map[string]any) (driver.ResultWithContext, error)
}

func look(ctx context.Context, tx runner) (glance, error) {
	result, err := tx.Run(ctx, glanceText, nil)
	if err != nil {
		return glance{}, err
	}
	row, err := firstRow(ctx, result)
	if err != nil {
		return glance{}, err
	}
	return toGlance(row), nil
}

func toGlance(row map[string]any) glance {
	var g glance
	g.version, _ = row["version"].(int64)
	g.token, _ = row["token"].(string)
	g.user, _ = row["user"].(string)
	g.published, _ = row["published"].(bool)
	g.building, _ = row["building"].(bool)
	return g
}

// missing is the error of a reader that finds no graph.
func (g glance) missing() error {
	if g.building {
		return ErrRebuilding
	}
	return graph.ErrNoGraph
}

// waitWhileCommitting returns when the publisher that g shows has ended, or is
// known to be dead: then g.token is safe to be ignored.
func (s *Store) waitWhileCommitting(ctx context.Context, g glance) (ignore string, err error) {
	deadline := time.Now().Add(2 * time.Second)
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, 200*time.Millisecond) {
		if err := pause(ctx, wait); err != nil {
			return "", err
		}
		session := s.session(ctx, driver.AccessModeRead)
		now, err := look(ctx, runsAlone{session})
		session.Close(ctx)
		if err != nil {
			return "", err
		}
		if now.token != g.token {
			return "", nil
		}
		if time.Now().Before(deadline) {
			continue
		}
		runs, err := s.isCommitting(ctx, now)
		if err != nil {
			return "", err
		}
		if !runs {
			return now.token, nil
		}
		deadline = time.Now().Add(time.Second)
	}
}

// tokenKey is the key of a publisher's token in the metadata of its
// transaction.
const tokenKey = "postern_publish"

// isCommitting reports whether the transaction of a token is still there. Only
// the server that writes knows, so it is asked. A user who may not see the
// publisher's transactions gets an error instead of a guess.
func (s *Store) isCommitting(ctx context.Context, g glance) (bool, error) {
	if g.user != s.config.User {
		return false, fmt.Errorf("user %q is publishing, or died doing so; publish again", g.user)
	}
	row, err := s.write(ctx, "SHOW TRANSACTIONS YIELD metaData WHERE metaData["+"'"+tokenKey+"'"+"] = $token RETURN count(*) AS n", map[string]any{"token": g.token})
	if err != nil {
		return false, err
	}
	n, ok := row["n"].(int64)
	if !ok {
		return false, errors.New("the server does not list its transactions")
	}
	return n > 0, nil
}

// announce is step 2.
func (s *Store) announce(ctx context.Context, token string) error {
	_, err := s.write(ctx, "MATCH (g:PosternGuard) SET g.publishing = $token, g.user = $user", map[string]any{"token": token, "user": s.config.User})
	return err
}

// conclude is step 4. It is also what clears the token of a dead publisher.
func (s *Store) conclude(ctx context.Context) error {
	_, err := s.write(ctx, "MATCH (g:PosternGuard) SET g.version = g.version + 1, g.publishing = null, g.user = null, g.building = null", nil)
	return err
}

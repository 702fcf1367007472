package neo4j

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/postern-sec/postern/graph"
)

// lockWait is how long a publisher waits for another to end. It covers the
// time a server takes to roll back the transaction of one that died.
const lockWait = 10 * time.Second

// finishTime bounds the last steps of a publish, which a cancelled context
// must not leave half done.
const finishTime = 5 * time.Minute

// Publish implements graph.Store. It returns ErrMemory when the difference
// does not fit one transaction and Config.Rebuild does not allow steps; the old
// graph is then untouched.
func (s *Store) Publish(ctx context.Context, g *graph.Graph) error {
	s.publishing.Lock()
	defer s.publishing.Unlock()
	ctx, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("publish graph: %w", err)
	}
	if err := s.publish(ctx, g); err != nil {
		if ctx.Err() != nil && !errors.Is(err, context.Cause(ctx)) {
			err = errors.Join(context.Cause(ctx), err)
		}
		return fmt.Errorf("publish graph: %w", explain(err))
	}
	return nil
}

// publication is one publish at work.
type publication struct {
	store   *Store
	graph   *graph.Graph
	token   string
	all     []entry
	buckets [][]entry
	want    manifest
	have    description
}

func (s *Store) publish(ctx context.Context, g *graph.Graph) error {
	if err := checkIDs(g); err != nil {
		return err
	}
	if err := s.refuseForeign(ctx); err != nil {
		return err
	}
	if err := s.prepare(ctx, g); err != nil {
		return err
	}
	token := newToken()
	release, err := s.lock(ctx, token)
	if err != nil {
		return err
	}
	defer release()
	if err := s.settle(ctx); err != nil {
		return err
	}
	p := &publication{store: s, graph: g, token: token}
	if p.have, err = s.readDescription(ctx); err != nil {
		return err
	}
	p.all = entries(g)
	count := bucketsFor(len(g.Nodes())+len(g.Edges()), p.have.manifest.buckets)
	p.buckets = split(p.all, count)
	p.want = manifest{buckets: count, digests: digests(p.buckets)}
	return p.run(ctx)
}

func (p *publication) run(ctx context.Context) error {
	if !p.have.published {
		return p.load(ctx)
	}
	d, err := p.differenceToManifest(ctx)
	if err == nil {
		err = p.replace(ctx, d)
	}
	if isMoved(err) {
		// Somebody wrote to the database. What is really there is the base of
		// a second try, and the whole manifest is written anew.
		if d, err = p.differenceToActual(ctx); err == nil {
			p.have.manifest = manifest{}
			err = p.replace(ctx, d)
		}
	}
	if isMemory(err) && p.store.config.Rebuild {
		return p.rebuild(ctx)
	}
	return err
}

func isMoved(err error) bool {
	return errors.Is(err, errMoved) || errors.Is(err, graph.ErrCorrupt) || code(err) == "Neo.ClientError.Schema.ConstraintValidationFailed"
}

func newToken() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// refuseForeign keeps the store from taking over a database that others use.
func (s *Store) refuseForeign(ctx context.Context) error {
	row, err := s.readOne(ctx, "OPTIONAL MATCH (g:PosternGuard) WITH count(g) AS mine OPTIONAL MATCH (n) WHERE mine = 0 AND NOT n:PosternLock WITH mine, n LIMIT 1 RETURN count(n) AS n", nil)
	if err != nil {
		return err
	}
	if n, _ := row["n"].(int64); n > 0 {
		return fmt.Errorf("%w; give it an empty one", ErrForeign)
	}
	return nil
}

// lock takes the one lock for publishers by changing a node in a transaction
// that stays open. When this process dies the server ends the transaction.
func (s *Store) lock(ctx context.Context, token string) (release func(), err error) {
	open := context.WithoutCancel(ctx)
	session := s.session(open, driver.AccessModeWrite)
	tx, err := session.BeginTransaction(open)
	if err != nil {
		return nil, errors.Join(err, session.Close(open))
	}
	release = func() {
		tx.Close(open) // a lock that cannot be given back is freed with the connection
		session.Close(open)
	}
	limited, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	result, err := tx.Run(limited, "MATCH (l:PosternLock) SET l.holder = $token RETURN l.postern_number AS number", map[string]any{"token": token})
	if err == nil {
		_, err = firstRow(limited, result)
	}
	if err != nil {
		release()
		if limited.Err() != nil && ctx.Err() == nil {
			return nil, graph.ErrLocked
		}
		return nil, err
	}
	return release, nil
}

// settle ends what a publisher that died has left. The lock is held, so only
// its last transaction may still run.
func (s *Store) settle(ctx context.Context) error {
	session := s.session(ctx, driver.AccessModeWrite)
	g, err := look(ctx, runsAlone{session})
	session.Close(ctx)
	if err != nil || g.token == "" {
		return err
	}
	g.user = s.config.User
	for {
		runs, err := s.isCommitting(ctx, g)
		if err != nil {
			return err
		}
		if !runs {
			return s.conclude(ctx)
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

// replace is the way of every publish but the first: the difference, the
// changed buckets and the description in one transaction.
func (p *publication) replace(ctx context.Context, d *difference) error {
	session := p.store.session(ctx, driver.AccessModeWrite)
	defer session.Close(ctx)
	tx, err := session.BeginTransaction(ctx, driver.WithTxMetadata(map[string]any{tokenKey: p.token}))
	if err != nil {
		return err
	}
	open := context.WithoutCancel(ctx)
	defer tx.Close(open)
	write := inOne(tx)
	c := &change{config: p.store.config, graph: p.graph, write: write}
	if err := c.apply(ctx, tx, d); err != nil {
		return err
	}
	if err := p.writeManifest(ctx, write); err != nil {
		return err
	}
	if err := p.checkCounts(ctx, tx); err != nil {
		return err
	}
	if err := p.describe(ctx, tx); err != nil {
		return err
	}
	return p.commit(open, tx)
}

// commit makes an open transaction the current graph; see guard.go. From here
// on the caller's cancellation is not listened to.
func (p *publication) commit(ctx context.Context, tx driver.ExplicitTransaction) error {
	ctx, cancel := context.WithTimeout(ctx, finishTime)
	defer cancel()
	if err := p.store.announce(ctx, p.token); err != nil {
		return err
	}
	failed := tx.Commit(ctx)
	if failed == nil {
		return p.store.conclude(ctx)
	}
	// The server may have committed all the same.
	if err := p.store.settle(ctx); err != nil {
		return errors.Join(failed, err)
	}
	now, err := p.store.readDescription(ctx)
	if err != nil || now.token != p.token {
		return errors.Join(failed, err)
	}
	return nil
}

// load is the first publish: there is no graph that a reader could see half
// of, so it is sent in steps, each its own transaction, and goes on where an
// interrupted one has stopped.
func (p *publication) load(ctx context.Context) error {
	if _, err := p.store.write(ctx, "MATCH (g:PosternGuard) SET g.building = true", nil); err != nil {
		return err
	}
	d, err := p.differenceToActual(ctx)
	if err != nil {
		return err
	}
	if err := p.inSteps(ctx, d); err != nil {
		return err
	}
	session := p.store.session(ctx, driver.AccessModeWrite)
	defer session.Close(ctx)
	tx, err := session.BeginTransaction(ctx, driver.WithTxMetadata(map[string]any{tokenKey: p.token}))
	if err != nil {
		return err
	}
	open := context.WithoutCancel(ctx)
	defer tx.Close(open)
	if err := p.checkCounts(ctx, tx); err != nil {
		return err
	}
	if err := p.describe(ctx, tx); err != nil {
		return err
	}
	return p.commit(open, tx)
}

// inSteps applies a difference and writes the manifest, in many transactions.
func (p *publication) inSteps(ctx context.Context, d *difference) error {
	workers := make([]*steps, edgeWorkers)
	for i := range workers {
		workers[i] = p.store.newSteps(ctx)
	}
	c := &change{config: p.store.config, graph: p.graph, write: workers[0].write, workers: workers}
	reading := p.store.session(ctx, driver.AccessModeRead)
	err := c.apply(ctx, runsAlone{reading}, d)
	reading.Close(ctx)
	if err == nil {
		p.have.manifest = manifest{}
		err = p.writeManifest(ctx, workers[0].write)
	}
	for _, w := range workers {
		err = w.finish(ctx, err)
	}
	return err
}

// rebuild withdraws the published graph and loads in steps.
func (p *publication) rebuild(ctx context.Context) error {
	_, err := p.store.write(ctx, "MATCH (g:PosternGuard) SET g.building = true, g.version = g.version + 1 WITH g OPTIONAL MATCH (m:PosternGraph) DELETE m", nil)
	if err != nil {
		return err
	}
	return p.load(ctx)
}

func (p *publication) differenceToActual(ctx context.Context) (*difference, error) {
	actual, err := p.store.readActual(ctx)
	if err != nil {
		return nil, err
	}
	d := &difference{}
	d.add(actual, p.all)
	d.sort()
	return d, nil
}

// differenceToManifest compares with the fingerprints in the database; only
// buckets that differ are read.
func (p *publication) differenceToManifest(ctx context.Context) (*difference, error) {
	d := &difference{}
	if !p.have.manifest.valid() {
		return nil, errMoved
	}
	if p.have.manifest.buckets == p.want.buckets {
		ids := differing(p.have.manifest, p.want)
		old, err := p.store.readBuckets(ctx, ids)
		if err != nil {
			return nil, err
		}
		for _, i := range ids {
			d.add(old[i], p.buckets[i])
		}
		d.sort()
		return d, nil
	}
	var ids []int
	for i := range p.have.manifest.buckets {
		ids = append(ids, i)
	}
	old, err := p.store.readBuckets(ctx, ids)
	if err != nil {
		return nil, err
	}
	var all []entry
	for _, b := range old {
		all = append(all, b...)
	}
	sortEntries(all)
	d.add(all, p.all)
	d.sort()
	return d, nil
}

// checkCounts compares the numbers of nodes and edges, which the server keeps,
// with those of the graph: the last thing before a graph becomes current.
func (p *publication) checkCounts(ctx context.Context, tx runner) error {
	result, err := tx.Run(ctx, "MATCH (n:Asset) WITH count(n) AS nodes OPTIONAL MATCH ()-[r]->() RETURN nodes, count(r) AS edges", nil)
	if err != nil {
		return err
	}
	row, err := firstRow(ctx, result)
	if err != nil {
		return err
	}
	if row["nodes"] != int64(len(p.graph.Nodes())) || row["edges"] != int64(len(p.graph.Edges())) {
		return fmt.Errorf("%w: %v nodes and %v edges instead of %d and %d", errMoved, row["nodes"], row["edges"], len(p.graph.Nodes()), len(p.graph.Edges()))
	}
	return nil
}

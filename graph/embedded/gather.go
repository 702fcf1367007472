package embedded

import (
	"cmp"
	"maps"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/postern-sec/postern/graph"
)

// rows are the properties of all nodes or all edges.
type rows struct {
	n  int
	at func(row int) graph.Properties
	// more, if not nil, is one more property, a string that every row has.
	more     func(row int) string
	moreName string
	// leaveOut are properties that at returns and that are not to be read.
	leaveOut []string
}

// keyBuilder makes the columns of one property.
type keyBuilder struct {
	key     string
	mine    bool // of the gatherer that holds it
	rows    int
	columns [floatColumn + 1]*column
	dict    *dictionary

	// The values of the block of rows in hand.
	block []blockValue
	texts []string
	lists [][]string
	items []uint32
}

type blockValue struct {
	row   int
	value graph.Value
}

func (k *keyBuilder) column(kind columnKind, row int) *column {
	c := k.columns[kind]
	if c == nil {
		c = &column{kind: kind, rows: uint32(k.rows), present: make([]uint64, (k.rows+63)/64)}
		k.columns[kind] = c
	}
	c.present[row>>6] |= 1 << (row & 63)
	return c
}

// flush adds the values of a block of rows to the columns, kind by kind: see
// stringTable.prepare. It returns the row of a value of a foreign type, or -1.
func (k *keyBuilder) flush() int {
	bad := -1
	k.texts, k.lists = k.texts[:0], k.lists[:0]
	for i := range k.block {
		row := k.block[i].row
		switch x := k.block[i].value.(type) {
		case string:
			k.column(textColumn, row)
			k.texts = append(k.texts, x)
		case []string:
			k.column(listColumn, row)
			k.lists = append(k.lists, x)
		case bool:
			c := k.column(boolColumn, row)
			var n uint32
			if x {
				n = 1
			}
			c.codes = appended(c.codes, n)
		case int64:
			c := k.column(intColumn, row)
			c.words = appended(c.words, uint64(x))
		case float64:
			c := k.column(floatColumn, row)
			c.words = appended(c.words, math.Float64bits(x))
		default:
			if bad < 0 {
				bad = row
			}
		}
	}
	if len(k.texts) > 0 {
		c := k.columns[textColumn]
		c.codes = k.dict.codes(withRoom(c.codes, len(k.texts)), k.texts)
	}
	if len(k.lists) > 0 {
		k.flushLists(k.columns[listColumn])
	}
	clear(k.block)
	k.block = k.block[:0]
	return bad
}

func (k *keyBuilder) flushLists(c *column) {
	k.texts = k.texts[:0]
	for _, l := range k.lists {
		k.texts = append(k.texts, l...)
	}
	k.items = k.dict.codes(k.items[:0], k.texts)
	items := k.items
	for _, l := range k.lists {
		c.codes = appended(c.codes, k.dict.list(items[:len(l):len(l)]))
		items = items[len(l):]
	}
}

// gatherer reads all rows and makes the columns of its share of the properties.
type gatherer struct {
	rows  *rows
	byKey map[string]*keyBuilder
	list  []*keyBuilder // that are mine
	owns  func(key string) bool
	// recent is the builders of the last row's properties in order: rows of one
	// kind have the same, so most look-ups are one comparison.
	recent []*keyBuilder
	// The first value of a foreign type.
	bad    graph.Property
	badRow int // -1: none
}

// blockRows is how many rows are read before their values are looked at: as many
// as the cache holds.
const blockRows = 512

func (g *gatherer) read() {
	for from := 0; from < g.rows.n && g.badRow < 0; from += blockRows {
		to := min(from+blockRows, g.rows.n)
		for row := from; row < to; row++ {
			p := g.rows.at(row)
			for i := range p {
				if k := g.key(i, p[i].Key); k.mine {
					k.block = append(k.block, blockValue{row, p[i].Value})
				}
			}
		}
		g.flush()
	}
	if g.rows.more == nil || !g.owns(g.rows.moreName) {
		return
	}
	k := g.key(0, g.rows.moreName)
	k.mine = true
	for from := 0; from < g.rows.n; from += blockRows {
		for row := from; row < min(from+blockRows, g.rows.n); row++ {
			k.block = append(k.block, blockValue{row, g.rows.more(row)})
		}
		k.flush()
	}
}

// flush adds what was read of a block; of several values of foreign types the
// first is kept, in one row that whose key sorts first.
func (g *gatherer) flush() {
	for _, k := range g.list {
		row := k.flush()
		if row >= 0 && (g.badRow < 0 || row < g.badRow || row == g.badRow && k.key < g.bad.Key) {
			g.bad, g.badRow = graph.Property{Key: k.key, Value: g.rows.at(row).Get(k.key)}, row
		}
	}
}

func (g *gatherer) key(at int, key string) *keyBuilder {
	if at < len(g.recent) && g.recent[at].key == key {
		return g.recent[at]
	}
	k := g.byKey[key]
	if k == nil {
		k = &keyBuilder{key: key, rows: g.rows.n, dict: newDictionary(), mine: g.owns(key) && !slices.Contains(g.rows.leaveOut, key)}
		g.byKey[key] = k
		if k.mine {
			g.list = append(g.list, k)
		}
	}
	if at < len(g.recent) {
		g.recent[at] = k
	} else {
		g.recent = append(g.recent, k)
	}
	return k
}

// gatherers share the properties out among as many as there are processors, by
// what a sample of the rows says of the work. Who reads what changes no result.
func gatherers(r *rows) []*gatherer {
	weight := sampleWeights(r)
	keys := slices.SortedFunc(maps.Keys(weight), func(a, b string) int {
		return cmp.Or(cmp.Compare(weight[b], weight[a]), cmp.Compare(a, b))
	})
	n := max(min(runtime.GOMAXPROCS(0), len(keys)), 1)
	load, owner := make([]int, n), map[string]int{}
	for _, k := range keys {
		least := slices.Index(load, slices.Min(load))
		load[least] += weight[k]
		owner[k] = least
	}
	out := make([]*gatherer, n)
	for i := range out {
		out[i] = &gatherer{badRow: -1, rows: r, byKey: map[string]*keyBuilder{}, owns: func(key string) bool {
			if o, ok := owner[key]; ok {
				return o == i
			}
			return len(key)%n == i
		}}
	}
	return out
}

// sampleWeights guesses what it costs to read each property, in bytes.
func sampleWeights(r *rows) map[string]int {
	const sample, perValue = 500, 64
	weight := map[string]int{}
	if r.more != nil {
		weight[r.moreName] = perValue
	}
	for row := 0; row < r.n; row += r.n/sample + 1 {
		for _, p := range r.at(row) {
			weight[p.Key] += perValue
			switch x := p.Value.(type) {
			case string:
				weight[p.Key] += len(x)
			case []string:
				for _, s := range x {
					weight[p.Key] += perValue + len(s)
				}
			}
		}
	}
	return weight
}

// builders returns what the gatherers made, by key.
func builders(gs []*gatherer) []*keyBuilder {
	var out []*keyBuilder
	for _, g := range gs {
		for _, k := range g.byKey {
			if k.mine {
				out = append(out, k)
			}
		}
	}
	slices.SortFunc(out, func(a, b *keyBuilder) int { return cmp.Compare(a.key, b.key) })
	return out
}

// finish gives the columns of one key, whose strings have the codes from text on
// and whose lists those from list on.
func (k *keyBuilder) finish(text, list uint32) []column {
	var out []column
	for _, c := range k.columns {
		if c == nil {
			continue
		}
		if c.len() == k.rows {
			c.present = nil
		}
		c.buildRank()
		c.codes, c.words = clipped(c.codes), clipped(c.words)
		switch c.kind {
		case textColumn:
			shift(c.codes, text)
		case listColumn:
			shift(c.codes, list)
		}
		out = append(out, *c)
	}
	return out
}

func shift[T number](s []T, by T) {
	for i := range s {
		s[i] += by
	}
}

// inParallel runs the tasks on all processors, the first ones first.
func inParallel(tasks ...func()) {
	var next atomic.Int64
	var running sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(tasks)) {
		running.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(tasks)); i = next.Add(1) - 1 {
				tasks[i]()
			}
		})
	}
	running.Wait()
}

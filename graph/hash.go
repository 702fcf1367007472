package graph

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// encoder writes nodes and edges as bytes for SHA-256. Each part goes in with its
// length, so that no two lists of parts look alike.
type encoder struct{ buf []byte }

// piece is how many nodes or edges are encoded at a time.
const piece = 2048

// hashGraph is the hash that Graph.Hash returns. Pieces are encoded side by side,
// and hashed in their order.
func hashGraph(g *Graph) string {
	var buffers sync.Pool
	encode := func(to func(e *encoder)) []byte {
		e := encoder{}
		if b, ok := buffers.Get().(*[]byte); ok {
			e.buf = (*b)[:0]
		}
		to(&e)
		return e.buf
	}
	ahead := make(chan chan []byte, runtime.GOMAXPROCS(0))
	begin := func(to func(e *encoder)) {
		encoded := make(chan []byte, 1)
		ahead <- encoded
		go func() { encoded <- encode(to) }()
	}
	go func() {
		defer close(ahead)
		for nodes := range slices.Chunk(g.nodes, piece) {
			begin(func(e *encoder) {
				for i := range nodes {
					e.node(&nodes[i])
				}
			})
		}
		for edges := range slices.Chunk(g.edges, piece) {
			begin(func(e *encoder) {
				for i := range edges {
					e.edge(&edges[i])
				}
			})
		}
		begin(func(e *encoder) { e.coverage(g.coverage) })
	}()
	sum := sha256.New()
	for encoded := range ahead {
		b := <-encoded
		sum.Write(b) // a hash never fails
		buffers.Put(&b)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Fingerprint is a SHA-256 over all that a store keeps of n. Stores compare
// fingerprints to find what a new graph changes.
func (n Node) Fingerprint() [sha256.Size]byte {
	var e encoder
	e.node(&n)
	return sha256.Sum256(e.buf)
}

// Fingerprint is a SHA-256 over all that a store keeps of e.
func (e Edge) Fingerprint() [sha256.Size]byte {
	var h encoder
	h.edge(&e)
	return sha256.Sum256(h.buf)
}

func (h *encoder) coverage(c Coverage) {
	b, err := json.Marshal(c)
	if err != nil { // strings and integers always marshal
		panic(fmt.Sprintf("graph: hash coverage: %v", err))
	}
	h.parts("C", string(b))
}

func (h *encoder) node(n *Node) {
	h.parts("N", n.ID, string(n.Kind), strings.Join(n.Extra, "\x1f"))
	h.properties(n.Properties)
}

func (h *encoder) edge(e *Edge) {
	h.parts("E", e.From, string(e.Kind), e.To)
	h.properties(e.Properties)
}

func (h *encoder) properties(p Properties) {
	for i := range p {
		switch x := p[i].Value.(type) {
		case string:
			h.parts("S", p[i].Key, x)
		case []string:
			h.parts("L", p[i].Key, strconv.Itoa(len(x)))
			h.parts(x...)
		case bool:
			h.parts("B", p[i].Key, strconv.FormatBool(x))
		case int64:
			h.parts("I", p[i].Key, strconv.FormatInt(x, 10))
		case float64:
			h.parts("F", p[i].Key, strconv.FormatUint(math.Float64bits(x), 16))
		default:
			h.parts("?", p[i].Key, fmt.Sprintf("%T", x), fmt.Sprint(x))
		}
	}
}

func (h *encoder) parts(parts ...string) {
	for _, p := range parts {
		h.buf = strconv.AppendInt(h.buf, int64(len(p)), 10)
		h.buf = append(h.buf, ':')
		h.buf = append(h.buf, p...)
	}
}

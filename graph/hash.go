package graph

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"math"
	"strconv"
	"strings"
)

// hasher feeds a graph to SHA-256 through a buffer that is used again and
// again. Each part goes in with its length, so that no two lists of parts look
// alike.
type hasher struct {
	sum hash.Hash
	buf []byte
}

// hashGraph is the hash that Graph.Hash returns.
func hashGraph(g *Graph) string {
	h := &hasher{sum: sha256.New(), buf: make([]byte, 0, 1<<16)}
	for i := range g.nodes {
		h.node(&g.nodes[i])
	}
	for i := range g.edges {
		h.edge(&g.edges[i])
	}
	b, err := json.Marshal(g.coverage)
	if err != nil { // strings and integers always marshal
		panic(fmt.Sprintf("graph: hash coverage: %v", err))
	}
	h.parts("C", string(b))
	h.flush()
	return hex.EncodeToString(h.sum.Sum(nil))
}

// Fingerprint is a SHA-256 over all that a store keeps of n. Stores compare
// fingerprints to find what a new graph changes.
func (n Node) Fingerprint() [sha256.Size]byte {
	h := &hasher{sum: sha256.New()}
	h.node(&n)
	h.flush()
	return [sha256.Size]byte(h.sum.Sum(nil))
}

// Fingerprint is a SHA-256 over all that a store keeps of e.
func (e Edge) Fingerprint() [sha256.Size]byte {
	h := &hasher{sum: sha256.New()}
	h.edge(&e)
	h.flush()
	return [sha256.Size]byte(h.sum.Sum(nil))
}

func (h *hasher) node(n *Node) {
	h.parts("N", n.ID, string(n.Kind), strings.Join(n.Extra, "\x1f"))
	h.properties(n.Properties)
}

func (h *hasher) edge(e *Edge) {
	h.parts("E", e.From, string(e.Kind), e.To)
	h.properties(e.Properties)
}

func (h *hasher) properties(p Properties) {
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

func (h *hasher) parts(parts ...string) {
	for _, p := range parts {
		h.buf = strconv.AppendInt(h.buf, int64(len(p)), 10)
		h.buf = append(h.buf, ':')
		h.buf = append(h.buf, p...)
	}
	if len(h.buf) >= 1<<15 {
		h.flush()
	}
}

func (h *hasher) flush() {
	h.sum.Write(h.buf) // a hash never fails
	h.buf = h.buf[:0]
}

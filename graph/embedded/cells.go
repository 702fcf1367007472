package embedded

import (
	"sync/atomic"

	"github.com/postern-sec/postern/internal/cypher/value"
)

// listCells keeps the engine's form of lists once they were asked for: most
// lists of a large graph are proofs that no query of a session looks at. Safe
// for concurrent use; of two goroutines that make the same list, one wins.
type listCells struct {
	blocks []atomic.Pointer[cellBlock]
}

const cellBlockSize = 1024

// cellBlock is allocated when one of its lists is asked for.
type cellBlock [cellBlockSize]atomic.Pointer[[]value.Value]

func newListCells(n int) listCells {
	return listCells{blocks: make([]atomic.Pointer[cellBlock], (n+cellBlockSize-1)/cellBlockSize)}
}

func (c *listCells) get(code uint32, build func() []value.Value) value.Value {
	block := c.blocks[code/cellBlockSize].Load()
	if block == nil {
		c.blocks[code/cellBlockSize].CompareAndSwap(nil, new(cellBlock))
		block = c.blocks[code/cellBlockSize].Load()
	}
	cell := &block[code%cellBlockSize]
	items := cell.Load()
	if items == nil {
		made := build()
		cell.CompareAndSwap(nil, &made)
		items = cell.Load()
	}
	return value.OfList(*items)
}

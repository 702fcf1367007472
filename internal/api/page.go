package api

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/postern-sec/postern/internal/api/model"
)

// maxPage is the most that first may ask for.
const maxPage = 100

// maxOffset is how far a list can be paged.
const maxOffset = 100_000

// cursor is opaque to clients: the position in a list of one graph.
func cursor(hash string, position int) string {
	return base64.RawURLEncoding.EncodeToString([]byte(shortHash(hash) + ":" + strconv.Itoa(position)))
}

// offset is the position after a cursor. A cursor of another graph is a
// conflict: the list it belongs to is gone.
func offset(hash string, after *string) (int, error) {
	if after == nil || *after == "" {
		return 0, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(*after)
	if err != nil {
		return 0, badInput("after is not a cursor")
	}
	of, pos, ok := strings.Cut(string(b), ":")
	n, err := strconv.Atoi(pos)
	if !ok || err != nil || n < 0 || n > maxOffset {
		return 0, badInput("after is not a cursor")
	}
	if of != shortHash(hash) {
		return 0, &apiError{codeConflict, "the cursor belongs to an earlier graph: begin again without it"}
	}
	return n + 1, nil
}

func shortHash(hash string) string { return hash[:min(12, len(hash))] }

func checkFirst(first int) error {
	if first < 1 || first > maxPage {
		return badInput(fmt.Sprintf("first must be between 1 and %d", maxPage))
	}
	return nil
}

// page is a slice of a list with what Relay wants to know about it.
type page[T any] struct {
	items   []T
	cursors []string
	info    *model.PageInfo
}

// pageOf cuts the page that starts at from out of the whole list.
func pageOf[T any](hash string, all []T, from, first int) page[T] {
	from = min(from, len(all))
	end := min(from+first, len(all))
	return pageAt(hash, all[from:end], from, end < len(all))
}

// pageAt describes items as the page that starts at from.
func pageAt[T any](hash string, items []T, from int, more bool) page[T] {
	p := page[T]{items: items, info: &model.PageInfo{HasNextPage: more, HasPreviousPage: from > 0}}
	for i := range items {
		p.cursors = append(p.cursors, cursor(hash, from+i))
	}
	if n := len(p.cursors); n > 0 {
		p.info.StartCursor, p.info.EndCursor = &p.cursors[0], &p.cursors[n-1]
	}
	return p
}

package aws

import "strings"

// A pattern is text in which wildStar and wildOne stand for '*' and '?'. The
// two bytes cannot occur in a policy (they are replaced when it is parsed), so a
// literal star, written ${*}, stays a literal. A request with wildcards uses the
// same form, which makes "does the pattern cover the request" plain matching.
const (
	wildStar = 0x00
	wildOne  = 0x01
)

// maxOverlapCells bounds the work of patternsOverlap. Beyond it the answer is
// "they may overlap", which is the side that loses nothing.
const maxOverlapCells = 4 << 20

// glob is a compiled pattern. Matching is linear in the text for patterns
// without '?', and at worst text × longest piece with it; never exponential.
type glob struct {
	text   string   // the pattern in wildStar/wildOne form
	pieces []string // text split at wildStar; one piece means no star
	ones   bool     // some piece holds wildOne
}

// wild turns '*' and '?' of plain text into wildcards.
func wild(s string) string {
	if !strings.ContainsAny(s, "*?") {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		switch c {
		case '*':
			b[i] = wildStar
		case '?':
			b[i] = wildOne
		}
	}
	return string(b)
}

// unwild is the inverse of wild, for showing.
func unwild(s string) string {
	if strings.IndexByte(s, wildStar) < 0 && strings.IndexByte(s, wildOne) < 0 {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		switch c {
		case wildStar:
			b[i] = '*'
		case wildOne:
			b[i] = '?'
		}
	}
	return string(b)
}

// isWild reports whether s (in wildcard form) has a wildcard.
func isWild(s string) bool {
	return strings.IndexByte(s, wildStar) >= 0 || strings.IndexByte(s, wildOne) >= 0
}

func newGlob(text string) glob {
	// Runs of stars mean one star; folding them bounds the pieces.
	for strings.Contains(text, "\x00\x00") {
		text = strings.ReplaceAll(text, "\x00\x00", "\x00")
	}
	return glob{
		text:   text,
		pieces: strings.Split(text, "\x00"),
		ones:   strings.IndexByte(text, wildOne) >= 0,
	}
}

// all reports whether the pattern is a lone star.
func (g *glob) all() bool { return len(g.text) == 1 && g.text[0] == wildStar }

// exact reports whether the pattern has no wildcard.
func (g *glob) exact() bool { return len(g.pieces) == 1 && !g.ones }

// prefix is the literal text before the first wildcard.
func (g *glob) prefix() string {
	p := g.pieces[0]
	if i := strings.IndexByte(p, wildOne); i >= 0 {
		return p[:i]
	}
	return p
}

// match reports whether the pattern matches s. When s itself holds wildcards it
// reports whether the pattern covers all that s stands for.
func (g *glob) match(s string) bool {
	if len(g.pieces) == 1 {
		return len(s) == len(g.text) && g.pieceAt(g.text, s)
	}
	first, last := g.pieces[0], g.pieces[len(g.pieces)-1]
	if len(s) < len(first)+len(last) || !g.pieceAt(first, s) || !g.pieceAt(last, s[len(s)-len(last):]) {
		return false
	}
	s = s[len(first) : len(s)-len(last)]
	for _, p := range g.pieces[1 : len(g.pieces)-1] {
		i := g.index(s, p)
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	return true
}

// pieceAt reports whether piece matches at the beginning of s.
func (g *glob) pieceAt(piece, s string) bool {
	if len(s) < len(piece) {
		return false
	}
	if !g.ones {
		return s[:len(piece)] == piece
	}
	for i := range len(piece) {
		if piece[i] != s[i] && (piece[i] != wildOne || s[i] == wildStar) {
			return false
		}
	}
	return true
}

// index finds the first place where piece matches in s, or -1.
func (g *glob) index(s, piece string) int {
	if !g.ones || strings.IndexByte(piece, wildOne) < 0 {
		return strings.Index(s, piece)
	}
	for i := 0; i+len(piece) <= len(s); i++ {
		if g.pieceAt(piece, s[i:]) {
			return i
		}
	}
	return -1
}

// patternsOverlap reports whether some text matches both patterns (both in
// wildcard form). It may say true for patterns too large to decide.
func patternsOverlap(a, b string) bool {
	if !isWild(a) {
		g := newGlob(b)
		return g.match(a)
	}
	if !isWild(b) {
		g := newGlob(a)
		return g.match(b)
	}
	a, b, same := trimLiterals(a, b)
	if !same {
		return false
	}
	if len(a)*len(b) > maxOverlapCells {
		return true
	}
	return overlapTable(a, b)
}

// arnsOverlap is patternsOverlap for ARNs: a wildcard in one of the first five
// segments does not reach over the colons into the resource part, since no such
// resource exists. Resource parts may hold colons, but not those of another ARN;
// only object keys are anything, so S3 is compared as text.
func arnsOverlap(a, b string) bool {
	if !patternsOverlap(a, b) {
		return false
	}
	x, y := strings.SplitN(a, ":", 6), strings.SplitN(b, ":", 6)
	if len(x) != 6 || len(y) != 6 || x[2] == "s3" || y[2] == "s3" {
		return true
	}
	for i := range x {
		if !patternsOverlap(x[i], y[i]) {
			return false
		}
	}
	return true
}

// trimLiterals removes the common literal ends; same is false when the literal
// ends already differ.
func trimLiterals(a, b string) (string, string, bool) {
	for a != "" && b != "" && a[0] > wildOne && b[0] > wildOne {
		if a[0] != b[0] {
			return a, b, false
		}
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] > wildOne && b[len(b)-1] > wildOne {
		if a[len(a)-1] != b[len(b)-1] {
			return a, b, false
		}
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return a, b, true
}

// overlapTable fills the product automaton of the two patterns row by row:
// cell (i, j) holds when a[:i] and b[:j] have a common text.
func overlapTable(a, b string) bool {
	row, next := make([]bool, len(b)+1), make([]bool, len(b)+1)
	row[0] = true
	for j := 1; j <= len(b); j++ {
		row[j] = row[j-1] && b[j-1] == wildStar
	}
	for i := 1; i <= len(a); i++ {
		ac := a[i-1]
		next[0] = row[0] && ac == wildStar
		for j := 1; j <= len(b); j++ {
			bc := b[j-1]
			switch {
			case ac == wildStar || bc == wildStar:
				next[j] = row[j] || next[j-1]
			default:
				next[j] = row[j-1] && (ac == bc || ac == wildOne || bc == wildOne)
			}
		}
		row, next = next, row
	}
	return row[len(b)]
}

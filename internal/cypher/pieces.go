package cypher

import (
	"strings"
	"unicode/utf8"
)

// Strings may have hundreds of megabytes. What follows goes through them piece by piece, with a look at the context
// between two pieces.

// piece is the number of bytes between two looks.
const piece = 1 << 16

// ahead is the first piece of s, which ends where a letter ends.
func ahead(s string) string {
	n := min(piece, len(s))
	for n < len(s) && !utf8.RuneStart(s[n]) {
		n++
	}
	return s[:n]
}

// behind is the last piece of s, which begins where a letter begins.
func behind(s string) string {
	n := max(0, len(s)-piece)
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[n:]
}

// inPieces maps a string; f looks at no more than a letter.
func inPieces(rt *run, s string, f func(string) string) string {
	if len(s) <= piece {
		return f(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for s != "" {
		p := ahead(s)
		rt.busy(len(p) / 16)
		b.WriteString(f(p))
		s = s[len(p):]
	}
	return b.String()
}

// letterCount is the number of characters of s.
func letterCount(rt *run, s string) int {
	n := 0
	for s != "" {
		p := ahead(s)
		rt.busy(len(p) / 16)
		n += utf8.RuneCountInString(p)
		s = s[len(p):]
	}
	return n
}

// indexOf is where sub first stands in s, -1 for nowhere.
func indexOf(rt *run, s, sub string) int {
	step := max(piece, len(sub))
	for at := 0; ; at += step {
		// A match that begins in the step ends at most len(sub) behind it.
		window := s[at:min(at+step+len(sub), len(s))]
		i := strings.Index(window, sub)
		if i >= 0 {
			rt.busy((i + len(sub)) / 16)
			return at + i
		}
		rt.busy(len(window) / 16)
		if at+len(window) == len(s) {
			return -1
		}
	}
}

// eachPart calls f with the parts of s between the delimiters; an empty one stands between characters.
func eachPart(rt *run, s, delimiter string, f func(string)) {
	if delimiter == "" {
		for s != "" {
			rt.busy(1)
			_, n := utf8.DecodeRuneInString(s)
			f(s[:n])
			s = s[n:]
		}
		return
	}
	for {
		i := indexOf(rt, s, delimiter)
		if i < 0 {
			f(s)
			return
		}
		rt.busy(1)
		f(s[:i])
		s = s[i+len(delimiter):]
	}
}

// replaceAll replaces every occurrence; an empty one stands at both ends and between characters.
func replaceAll(rt *run, s, from, to string) string {
	if len(s) <= piece {
		rt.fits(int64(len(s)) + int64(strings.Count(s, from))*int64(len(to)))
		return strings.ReplaceAll(s, from, to)
	}
	count := 0
	eachPart(rt, s, from, func(string) { count++ })
	if from == "" {
		count += 2
	}
	size := int64(len(s)) + int64(count-1)*int64(len(to)-len(from))
	rt.fits(size)
	var b strings.Builder
	b.Grow(int(size))
	if from == "" {
		b.WriteString(to)
		eachPart(rt, s, from, func(part string) {
			b.WriteString(part)
			b.WriteString(to)
		})
		return b.String()
	}
	first := true
	eachPart(rt, s, from, func(part string) {
		if !first {
			b.WriteString(to)
		}
		b.WriteString(part)
		first = false
	})
	return b.String()
}

// trimLeft and trimRight leave out the characters of cut at one end.
func trimLeft(rt *run, s, cut string) string {
	for s != "" {
		p := ahead(s)
		rt.busy(len(p) / 16)
		if rest := strings.TrimLeft(p, cut); rest != "" {
			return s[len(p)-len(rest):]
		}
		s = s[len(p):]
	}
	return s
}

func trimRight(rt *run, s, cut string) string {
	for s != "" {
		p := behind(s)
		rt.busy(len(p) / 16)
		if rest := strings.TrimRight(p, cut); rest != "" {
			return s[:len(s)-len(p)+len(rest)]
		}
		s = s[:len(s)-len(p)]
	}
	return s
}

// letterAt is where the n-th character of s begins, the length of s when it has fewer.
func letterAt(rt *run, s string, n int) int {
	at := 0
	for n > 0 && at < len(s) {
		p := ahead(s[at:])
		rt.busy(len(p) / 16)
		if count := utf8.RuneCountInString(p); count <= n {
			n -= count
			at += len(p)
			continue
		}
		for i := range p {
			if n == 0 {
				return at + i
			}
			n--
		}
	}
	return at
}

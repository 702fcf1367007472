package aws

import (
	"slices"
	"strings"
	"testing"
)

// exposureLines writes all exposures of an estate in the form that cases.txt
// uses: "CHAIN ENTRY>PORTS AUDIENCE SOURCES VERDICT [auth] [zone] [missing]".
func exposureLines(e *Engine) []string {
	var out []string
	for _, x := range e.Exposure() {
		var chain []string
		for _, l := range x.Chain {
			id := l.ID
			if i := strings.LastIndexAny(id, "/"); i >= 0 {
				id = id[i+1:]
			}
			chain = append(chain, id)
		}
		f := []string{strings.Join(chain, ">"), strings.ReplaceAll(x.Entry.String(), " ", "+"), strings.ReplaceAll(x.Ports.String(), " ", "+"), string(x.Audience), strings.Join(x.Sources, ","), string(x.Verdict)}
		if x.Auth != AuthNone {
			f = append(f, "auth="+string(x.Auth))
		}
		if x.Zone != "" {
			f = append(f, "zone="+x.Zone)
		}
		for _, m := range x.Missing {
			f = append(f, "missing="+m.Kind)
		}
		out = append(out, strings.Join(f, " "))
	}
	return out
}

// checkExposed checks "exposed CHAIN …": one line of exposureLines, a prefix of
// it, or "exposed nothing" and "exposed no CHAIN".
func checkExposed(t *testing.T, e *Engine, want string) {
	t.Helper()
	got := exposureLines(e)
	if want == "nothing" {
		if len(got) > 0 {
			t.Errorf("exposed: %s", strings.Join(got, "\n"))
		}
		return
	}
	if not, ok := strings.CutPrefix(want, "no "); ok {
		if slices.ContainsFunc(got, func(l string) bool { return strings.HasPrefix(l, not+" ") }) {
			t.Errorf("exposed against expectation %q:\n%s", not, strings.Join(got, "\n"))
		}
		return
	}
	if !slices.ContainsFunc(got, func(l string) bool { return l == want || strings.HasPrefix(l, want+" ") }) {
		t.Errorf("not exposed: %s\nbut:\n%s", want, strings.Join(got, "\n"))
	}
}

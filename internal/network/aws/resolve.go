package aws

import "strings"

// NameError says that a spelling stands for nothing or for several things.
type NameError struct {
	Name       string
	Candidates []string // several: all that bear the name; nothing: the nearest. Sorted.
	Ambiguous  bool
}

func (e *NameError) Error() string {
	switch {
	case e.Ambiguous:
		return "several resources are called " + e.Name + ": " + strings.Join(e.Candidates, ", ")
	case len(e.Candidates) > 0:
		return "no resource " + e.Name + "; nearest: " + strings.Join(e.Candidates, ", ")
	}
	return "no resource " + e.Name
}

// Package queries holds the questions Postern answers, each a file of read-only
// Cypher that runs on both stores.
//
// A file begins with a header of comment lines:
//
//	// id: blast-radius                        the name; equal to the file's
//	// question: What does …?                  one sentence
//	// param id string: the node's id          one line each; types string, integer, boolean, list
//	// columns: id, kind, name                 in order
//	// bounds: 8 steps; each node once         why it ends
//
// To add a question: write its file under paths/ (it walks attack edges from an
// entry) or explore/, and a case under testdata/<id>/. The package's tests fail
// when a header, a case or the total order of the rows is missing.
package queries

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed paths/*.cypher explore/*.cypher
var files embed.FS

// Question is one shipped query.
type Question struct {
	ID       string   `json:"id"`
	Group    string   `json:"group"` // paths or explore
	Question string   `json:"question"`
	Params   []Param  `json:"params"`
	Columns  []string `json:"columns"`
	Bounds   string   `json:"bounds"`
	Text     string   `json:"-"`
}

// Param is a parameter of a question; all are required.
type Param struct {
	Name string `json:"name"`
	Type string `json:"type"` // string, integer, boolean, list
	Doc  string `json:"doc"`
}

var all = func() []Question {
	names, err := fs.Glob(files, "*/*.cypher")
	if err != nil {
		panic(err)
	}
	var out []Question
	for _, name := range names {
		b, err := files.ReadFile(name)
		if err != nil {
			panic(err)
		}
		q, err := Parse(name, string(b))
		if err != nil { // a shipped file is a built-in table
			panic(err)
		}
		out = append(out, q)
	}
	slices.SortFunc(out, func(a, b Question) int { return strings.Compare(a.ID, b.ID) })
	return out
}()

// All returns the shipped questions, sorted by id.
func All() []Question { return slices.Clone(all) }

// Find returns the shipped question with the given id.
func Find(id string) (Question, bool) {
	for _, q := range all {
		if q.ID == id {
			return q, true
		}
	}
	return Question{}, false
}

// Parse reads a question's file. Errors are "file:line: message".
func Parse(file, text string) (Question, error) {
	q := Question{Group: path.Dir(file), Text: text, Params: []Param{}, Columns: []string{}}
	for i, line := range strings.Split(text, "\n") {
		comment, ok := strings.CutPrefix(line, "//")
		if !ok {
			break
		}
		key, value, ok := strings.Cut(strings.TrimSpace(comment), ":")
		value = strings.TrimSpace(value)
		if !ok {
			continue
		}
		switch words := strings.Fields(key); {
		case key == "id":
			q.ID = value
		case key == "question":
			q.Question = value
		case key == "bounds":
			q.Bounds = value
		case key == "columns":
			for _, c := range strings.Split(value, ",") {
				q.Columns = append(q.Columns, strings.TrimSpace(c))
			}
		case len(words) == 3 && words[0] == "param":
			if !slices.Contains([]string{"string", "integer", "boolean", "list"}, words[2]) {
				return Question{}, fmt.Errorf("%s:%d: parameter type %q is not string, integer, boolean or list", file, i+1, words[2])
			}
			q.Params = append(q.Params, Param{words[1], words[2], value})
		}
	}
	if want := strings.TrimSuffix(path.Base(file), ".cypher"); q.ID != want {
		return Question{}, fmt.Errorf("%s:1: the header's id is %q, the file's name says %q", file, q.ID, want)
	}
	if q.Question == "" || len(q.Columns) == 0 || q.Bounds == "" {
		return Question{}, fmt.Errorf("%s:1: the header lacks question, columns or bounds", file)
	}
	return q, nil
}

package tck

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	gherkin "github.com/cucumber/gherkin/go/v26"
	messages "github.com/cucumber/messages/go/v21"
)

// scenario is one pickle with the name and number by which core-read-only.txt knows it.
type scenario struct {
	file    string
	name    string
	example int
	steps   []*messages.PickleStep
}

func (s scenario) key() string { return fmt.Sprintf("%s\t%s\t%d", s.file, s.name, s.example) }

// readScenarios parses every feature file below dir.
func readScenarios(t *testing.T, dir string) []scenario {
	t.Helper()
	var all []scenario
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".feature") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		some, err := parseFeature(filepath.ToSlash(name), bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
		all = append(all, some...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].file < all[j].file })
	return all
}

func parseFeature(file string, text []byte) ([]scenario, error) {
	ids := (&messages.Incrementing{}).NewId
	document, err := gherkin.ParseGherkinDocument(bytes.NewReader(text), ids)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	names, outline := map[string]string{}, map[string]bool{}
	for _, child := range document.Feature.Children {
		if child.Scenario != nil {
			names[child.Scenario.Id] = child.Scenario.Name
			outline[child.Scenario.Id] = len(child.Scenario.Examples) > 0
		}
	}
	examples := map[string]int{}
	var all []scenario
	for _, pickle := range gherkin.Pickles(*document, file, ids) {
		id := pickle.AstNodeIds[0]
		s := scenario{file: file, name: names[id], steps: pickle.Steps}
		if outline[id] {
			examples[id]++
			s.example = examples[id]
		}
		all = append(all, s)
	}
	return all, nil
}

// lines reads the lines of a file that are neither empty nor comments.
func lines(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for _, line := range strings.Split(string(text), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			kept = append(kept, line)
		}
	}
	return kept
}

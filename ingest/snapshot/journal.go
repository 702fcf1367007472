package snapshot

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// journalHead is the journal's first line; the others are parts.
type journalHead struct {
	Provider string    `json:"provider"`
	Scope    string    `json:"scope"`
	Started  time.Time `json:"started"`
	Tool     Tool      `json:"tool"`
}

// beginJournal replaces the stage's journal by one that lists the parts held,
// and opens it for appending.
func beginJournal(stage string, head journalHead, held map[string]Part) (*os.File, error) {
	lines, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	lines = append(lines, '\n')
	for _, name := range slices.Sorted(maps.Keys(held)) {
		line, err := json.Marshal(held[name])
		if err != nil {
			return nil, err
		}
		lines = append(append(lines, line...), '\n')
	}
	if err := writeFile(stage, journalName, lines); err != nil {
		return nil, err
	}
	return os.OpenFile(filepath.Join(stage, journalName), os.O_APPEND|os.O_WRONLY, 0o600)
}

// readJournal reads what a run noted before it died: nil if there is no journal.
// Lines that are not whole are left out; their parts are asked again.
func readJournal(name string) (*journalHead, []Part) {
	f, err := openRegular(name)
	if err != nil {
		return nil, nil
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	var head journalHead
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &head) != nil {
		return nil, nil
	}
	var parts []Part
	for lines.Scan() {
		var p Part
		if json.Unmarshal(lines.Bytes(), &p) == nil && p.Path != "" {
			parts = append(parts, p)
		}
	}
	return &head, parts
}

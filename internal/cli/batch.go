package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/postern-sec/postern/ingest/read"
)

// maxBatchLine bounds one request of a batch file, in bytes.
const maxBatchLine = 4 << 20

// batch reads one JSON request a line from file ("-" is standard input) and
// writes one JSON answer a line in the same order. A request that is wrong
// answers {"error": …} and does not stop the others. A request's id is echoed.
func batch[Q any](ctx context.Context, a *app, file string, answer func(Q) (any, error)) error {
	in := a.In
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return fmt.Errorf("open batch: %w", err)
		}
		defer f.Close()
		in = f
	}
	known := members(*new(Q))
	out := bufio.NewWriter(a.Out)
	r, err := textReader(in)
	if err != nil {
		return fmt.Errorf("read batch: %w", err)
	}
	for {
		line, err := readLine(r)
		if errors.Is(err, io.EOF) {
			return out.Flush()
		}
		if ctx.Err() != nil {
			return errors.Join(out.Flush(), ctx.Err())
		}
		if len(line) == 0 && err == nil {
			continue
		}
		a.noteUnknown(line, known)
		reply := batchReply(line, err, answer)
		if err := writeJSONLine(out, reply); err != nil {
			return err
		}
	}
}

// textReader reads UTF-8 without a byte order mark. UTF-16, which PowerShell
// writes, is read whole.
func textReader(in io.Reader) (*bufio.Reader, error) {
	r := bufio.NewReaderSize(in, 64<<10)
	switch head, _ := r.Peek(3); { // shorter where there is less
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		_, err := r.Discard(3)
		return r, err
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		all, err := io.ReadAll(io.LimitReader(r, read.MaxFileBytes))
		return bufio.NewReaderSize(bytes.NewReader(read.Text(all)), 64<<10), err
	}
	return r, nil
}

func batchReply[Q any](line []byte, err error, answer func(Q) (any, error)) any {
	var q Q
	var id struct {
		ID json.RawMessage `json:"id"`
	}
	if err == nil {
		err = json.Unmarshal(line, &q)
		// A request that is wrong otherwise still has its id; one without a
		// readable id has none.
		_ = json.Unmarshal(line, &id)
	}
	var body any
	if err == nil {
		body, err = answer(q)
	}
	if err != nil {
		body = map[string]string{"error": err.Error()}
	}
	if id.ID == nil {
		return body
	}
	return withID{id.ID, body}
}

// withID is an answer with the request's id as its first member.
type withID struct {
	id   json.RawMessage
	body any
}

// MarshalJSON puts the id in front of the body's members.
func (w withID) MarshalJSON() ([]byte, error) {
	b, err := json.Marshal(w.body)
	if err != nil {
		return nil, err
	}
	head := append([]byte(`{"id":`), w.id...)
	if string(b) == "{}" {
		return append(head, '}'), nil
	}
	return append(append(head, ','), b[1:]...), nil
}

// noteUnknown says once for each name that a member of a request was not
// understood: a misspelt "contxt" must not be silently ignored, and a member that
// only the caller needs must not stop a batch.
func (a *app) noteUnknown(line []byte, known []string) {
	var members map[string]json.RawMessage
	if json.Unmarshal(line, &members) != nil {
		return
	}
	for name := range members {
		if !slices.Contains(known, name) && !a.noted[name] {
			if a.noted == nil {
				a.noted = map[string]bool{}
			}
			a.noted[name] = true
			a.notef("batch: member %q is not understood and ignored; known are %s", name, strings.Join(known, ", "))
		}
	}
}

// members lists the JSON names of a request's fields, and id.
func members(q any) []string {
	out := []string{"id"}
	t := reflect.TypeOf(q)
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		out = append(out, name)
	}
	return out
}

// readLine returns the next line without its end. A line above maxBatchLine is
// read to its end and answered with an error. io.EOF means there is no further
// line.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	tooLong := false
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > maxBatchLine {
			tooLong = true
			line = line[:0]
		} else {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		case errors.Is(err, io.EOF) && len(line) == 0 && !tooLong:
			return nil, io.EOF
		case tooLong:
			return nil, fmt.Errorf("the line is longer than %d bytes", maxBatchLine)
		}
		return bytes.TrimSpace(line), nil
	}
}

package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/postern-sec/postern/internal/analysis"
)

// unmarshalOneOrMany reads a string, number, boolean or a list of these as
// strings; null is none.
func unmarshalOneOrMany(b []byte, out *[]string) error {
	var v any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber() // an account or a time is to keep its digits
	if err := d.Decode(&v); err != nil {
		return err
	}
	list, ok := v.([]any)
	if !ok {
		if v == nil {
			*out = nil
			return nil
		}
		list = []any{v}
	}
	*out = make([]string, 0, len(list))
	for _, x := range list {
		switch x.(type) {
		case string, bool, json.Number:
			*out = append(*out, fmt.Sprint(x))
		default:
			return fmt.Errorf("a string or a list of strings is wanted")
		}
	}
	return nil
}

// usageIfQuery makes a path query that is out of bounds a usage error.
func usageIfQuery(err error) error {
	if errors.Is(err, analysis.ErrBadQuery) {
		return usageError{err}
	}
	return err
}

package aws

import (
	"fmt"

	"github.com/postern-sec/postern/ingest"
)

// asked reads the answer of a call that fails when there is nothing: it reports
// false, and is no error, when the document is a failure with one of the codes
// that mean "there is none".
func asked(d ingest.Document, v any, none ...string) (found bool, err error) {
	if d.Failure != nil {
		for _, code := range none {
			if d.Failure.Code == code {
				return false, nil
			}
		}
		return false, fmt.Errorf("%s %s: %s: %s", d.Service, d.Operation, d.Failure.Code, d.Failure.Message)
	}
	return true, decode(d, v)
}

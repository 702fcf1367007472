package aws

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/time/rate"
)

// doer answers every request with a body.
type doer struct{ body io.Reader }

func (d doer) Do(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(d.body)}, nil
}

func TestPace(t *testing.T) {
	none := rate.NewLimiter(0, 0) // lets nothing pass
	for host, passes := range map[string]bool{
		"127.0.0.1:5000": true, "localhost": true, "[::1]:80": true, "sts.amazonaws.com": false, "10.0.0.1": false, "127.0.0.1.example.com": false,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := pacedClient{doer{strings.NewReader("")}, none}.Do(r)
		if (err == nil) != passes {
			t.Errorf("%s: %v", host, err)
		}
		if err == nil {
			_ = resp.Body.Close()
		}
	}
}

func TestAnswersAreBounded(t *testing.T) {
	b := &boundedBody{io.NopCloser(strings.NewReader("0123456789")), 10}
	if got, err := io.ReadAll(b); err != nil || len(got) != 10 {
		t.Errorf("%s %v", got, err)
	}
	b = &boundedBody{io.NopCloser(strings.NewReader("0123456789x")), 10}
	if _, err := io.ReadAll(b); err == nil || !strings.Contains(err.Error(), "longer") {
		t.Errorf("%v", err)
	}
}

func TestRatesAreWithinReason(t *testing.T) {
	names := map[string]bool{}
	for _, s := range Services {
		names[s.Name] = true
	}
	for name, r := range rates {
		if r < 1 || r > 100 || !names[name] {
			t.Errorf("%s: %v", name, r)
		}
	}
}

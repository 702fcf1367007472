package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/graph/embedded"
	"github.com/postern-sec/postern/graph/graphtext"
	"github.com/postern-sec/postern/internal/api"
)

const estate = `
internet Internet +Entry
vm VirtualMachine environment=1
r Role environment=1 gaps=[not-read]
b Bucket +TrainingData environment=1 training_data=derived encryption=none
other Bucket environment=1
internet -EXPOSES-> vm assumes=vulnerability ports=[tcp/22]
vm -RUNS_AS-> r
r -READS_DATA-> b
r -WRITES_DATA-> b verdict=conditional witness=[x]
b -ENCRYPTED_BY-> k
k EncryptionKey
`

func server(t *testing.T, text string) *httptest.Server {
	t.Helper()
	g, err := graphtext.Parse("estate", text)
	if err != nil {
		t.Fatal(err)
	}
	g = g.WithRun(graph.Run{ID: "01J", Start: "2026-01-01T00:00:00Z"})
	s := httptest.NewServer(api.Handler(api.NewResolver(embedded.FromGraph(g))))
	t.Cleanup(s.Close)
	return s
}

type answer struct {
	Data   map[string]any
	Errors []struct {
		Message    string
		Extensions map[string]any
	}
}

func ask(t *testing.T, s *httptest.Server, query string, variables map[string]any) answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.Post(s.URL, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var a answer
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestQuestions: what each field answers, as JSON.
func TestQuestions(t *testing.T) {
	s := server(t, estate)
	for _, tc := range []struct{ name, query, want string }{
		{"node", `{node(id: "b") {id kind labels name environment collected trainingData gaps}}`,
			`{"node":{"collected":true,"environment":"1","gaps":[],"id":"b","kind":"Bucket","labels":["Asset","Bucket","DataStore","TrainingData"],"name":"b","trainingData":"derived"}}`},
		{"no such node", `{node(id: "x") {id}}`, `{"node":null}`},
		{"nodes by kind", `{nodes(kind: Bucket, first: 1) {totalCount nodes {id} pageInfo {hasNextPage hasPreviousPage}}}`,
			`{"nodes":{"nodes":[{"id":"b"}],"pageInfo":{"hasNextPage":true,"hasPreviousPage":false},"totalCount":2}}`},
		{"nodes by label and text", `{nodes(label: DataStore, search: "OTH") {nodes {id}}}`, `{"nodes":{"nodes":[{"id":"other"}]}}`},
		{"neighbours", `{node(id: "b") {neighbours {edges {direction kind node {id}}}}}`,
			`{"node":{"neighbours":{"edges":[{"direction":"OUT","kind":"ENCRYPTED_BY","node":{"id":"k"}},{"direction":"IN","kind":"READS_DATA","node":{"id":"r"}},{"direction":"IN","kind":"WRITES_DATA","node":{"id":"r"}}]}}}`},
		{"neighbours of some kinds", `{node(id: "b") {neighbours(direction: IN, kinds: [READS_DATA]) {edges {node {id}}}}}`, `{"node":{"neighbours":{"edges":[{"node":{"id":"r"}}]}}}`},
		{"paths", `{paths {totalCount exhaustive nodes {impact verdict hops steps {kind assumes ports evidence {summary}}}}}`,
			`{"paths":{"exhaustive":true,"nodes":[{"hops":3,"impact":"disclosure","steps":[{"assumes":"vulnerability","evidence":[{"summary":"internet -EXPOSES-\u003e vm"}],"kind":"EXPOSES","ports":["tcp/22"]},` +
				`{"assumes":"none","evidence":[{"summary":"vm -RUNS_AS-\u003e r"}],"kind":"RUNS_AS","ports":[]},{"assumes":"none","evidence":[{"summary":"r -READS_DATA-\u003e b"}],"kind":"READS_DATA","ports":[]}],"verdict":"allow"},` +
				`{"hops":3,"impact":"poisoning","steps":[{"assumes":"vulnerability","evidence":[{"summary":"internet -EXPOSES-\u003e vm"}],"kind":"EXPOSES","ports":["tcp/22"]},{"assumes":"none","evidence":[{"summary":"vm -RUNS_AS-\u003e r"}],"kind":"RUNS_AS","ports":[]},` +
				`{"assumes":"none","evidence":[{"summary":"r -WRITES_DATA-\u003e b"}],"kind":"WRITES_DATA","ports":[]}],"verdict":"conditional"}],"totalCount":2}}`},
		{"paths without assumptions", `{paths(assume: [none]) {totalCount}}`, `{"paths":{"totalCount":0}}`},
		{"blast radius", `{blastRadius(id: "vm", first: 1) {total byHop reached {edges {hops node {id}} pageInfo {hasNextPage}}}}`,
			`{"blastRadius":{"byHop":[1,1,0,0,0,0,0,0],"reached":{"edges":[{"hops":1,"node":{"id":"r"}}],"pageInfo":{"hasNextPage":true}},"total":2}}`},
		{"choke points", `{chokePoints {targets cutEffort points {node {id} edge {kind}} cut {kind}}}`,
			`{"chokePoints":{"cut":[{"kind":"EXPOSES"}],"cutEffort":1,"points":[{"edge":{"kind":"EXPOSES"},"node":null},{"edge":{"kind":"RUNS_AS"},"node":null},{"edge":null,"node":{"id":"r"}},{"edge":null,"node":{"id":"vm"}}],"targets":1}}`},
		{"ask", `{ask(id: "exposed") {columns rows exhaustive}}`, `{"ask":{"columns":["id","kind","name","from","verdict","assumes","ports","techniques"],"exhaustive":true,"rows":[["vm","VirtualMachine","vm","internet","allow","vulnerability",["tcp/22"],["case"]]]}}`},
		{"ask with a parameter", `{ask(id: "blast-radius", params: [{name: "id", value: "r"}]) {rows}}`, `{"ask":{"rows":[["b","Bucket","b","derived"]]}}`},
		{"run", `{run {id start nodes edges gaps} runs {nodes {id}}}`, `{"run":{"edges":5,"gaps":0,"id":"01J","nodes":6,"start":"2026-01-01T00:00:00Z"},"runs":{"nodes":[{"id":"01J"}]}}`},
		{"coverage", `{coverage {totalCount nodes {kind}}}`, `{"coverage":{"nodes":[],"totalCount":0}}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := ask(t, s, tc.query, nil)
			if len(a.Errors) > 0 {
				t.Fatal(a.Errors)
			}
			got, err := json.Marshal(a.Data)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

func TestPagesJoin(t *testing.T) {
	s := server(t, estate)
	var ids []string
	var after any
	for range 10 {
		a := ask(t, s, `query($after: String) {nodes(first: 2, after: $after) {nodes {id} pageInfo {hasNextPage endCursor}}}`, map[string]any{"after": after})
		page := a.Data["nodes"].(map[string]any)
		for _, n := range page["nodes"].([]any) {
			ids = append(ids, n.(map[string]any)["id"].(string))
		}
		info := page["pageInfo"].(map[string]any)
		after = info["endCursor"]
		if info["hasNextPage"] == false {
			break
		}
	}
	if got := strings.Join(ids, " "); got != "b internet k other r vm" {
		t.Errorf("pages: %s", got)
	}
	other := server(t, "a Bucket\nb Bucket\nc Bucket")
	a := ask(t, other, `query($after: String) {nodes(first: 2, after: $after) {nodes {id}}}`, map[string]any{"after": after})
	if len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != "CONFLICT" {
		t.Errorf("a cursor of another graph: %+v", a)
	}
}

// TestIntrospection: what GraphQL tools ask first is answered.
func TestIntrospection(t *testing.T) {
	ofType := "name"
	for range 9 {
		ofType = "kind name ofType {" + ofType + "}"
	}
	a := ask(t, server(t, estate), `{__schema {queryType {name} types {...T} directives {name args {...I}}}}
		fragment T on __Type {kind name fields(includeDeprecated: true) {name args {...I} type {...R}} inputFields {...I} interfaces {...R} enumValues {name} possibleTypes {...R}}
		fragment I on __InputValue {name type {...R} defaultValue}
		fragment R on __Type {`+ofType+`}`, nil)
	if len(a.Errors) > 0 || a.Data["__schema"] == nil {
		t.Errorf("%+v", a.Errors)
	}
}

// TestRefusals: what is out of bounds is refused with a code, and nothing that
// went wrong inside is shown.
func TestRefusals(t *testing.T) {
	s := server(t, estate)
	deep := "id"
	for range 8 {
		deep = "neighbours(first: 1) {edges {node {" + deep + "}}}"
	}
	var spread strings.Builder
	spread.WriteString("{vocabulary {nodeKinds {name}} ...F0}\n")
	for i := range 60 {
		fmt.Fprintf(&spread, "fragment F%d on Query {...F%d a%d: questions {id} b%d: questions {id} ...F%d}\n", i, i+1, i, i, i+1)
	}
	spread.WriteString("fragment F60 on Query {questions {id}}")
	aliases := "{"
	for i := range 30 {
		aliases += fmt.Sprintf("a%d: questions {id} ", i)
	}
	for _, tc := range []struct{ name, query, code string }{
		{"depth", `{node(id: "b") {` + deep + `}}`, "LIMIT"},
		{"aliases", aliases + "}", "LIMIT"},
		{"fragments that double", spread.String(), "LIMIT"},
		{"cost", `{nodes(first: 100) {nodes {neighbours(first: 100) {edges {node {neighbours(first: 100) {edges {kind}}}}}}}}`, "LIMIT"},
		{"introspection that multiplies", `{__schema {types {fields {type {fields {type {fields {name}}}}}}}}`, ""},
		{"page size", `{nodes(first: 1000) {nodes {id}}}`, "BAD_INPUT"},
		{"cursor", `{nodes(after: "x!") {nodes {id}}}`, "BAD_INPUT"},
		{"selector", `{paths(to: ["nowhere"]) {totalCount}}`, "BAD_INPUT"},
		{"hops", `{paths(maxHops: 99) {totalCount}}`, "BAD_INPUT"},
		{"question", `{ask(id: "none") {rows}}`, "NOT_FOUND"},
		{"parameter missing", `{ask(id: "blast-radius") {rows}}`, "BAD_INPUT"},
		{"parameter unknown", `{ask(id: "exposed", params: [{name: "x", value: "1"}]) {rows}}`, "BAD_INPUT"},
		{"mutation", `mutation {x}`, ""},
		{"tokens", "{" + strings.Repeat(" run {id}", 3000) + "}", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := ask(t, s, tc.query, nil)
			if len(a.Errors) == 0 {
				t.Fatalf("answered: %v", a.Data)
			}
			if tc.code != "" && a.Errors[0].Extensions["code"] != tc.code {
				t.Errorf("%+v, want code %s", a.Errors[0], tc.code)
			}
		})
	}
	for _, tc := range []struct {
		name, method, contentType, body string
		status                          int
	}{
		{"get", http.MethodGet, "application/json", "", http.StatusMethodNotAllowed},
		{"form", http.MethodPost, "text/plain", `{"query":"{run{id}}"}`, http.StatusUnsupportedMediaType},
		{"body", http.MethodPost, "application/json", `{"query":"` + strings.Repeat(" ", 200<<10) + `{run{id}}"}`, http.StatusRequestEntityTooLarge},
	} {
		req, err := http.NewRequestWithContext(t.Context(), tc.method, s.URL, strings.NewReader(tc.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", tc.contentType)
		r, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != tc.status {
			t.Errorf("%s: status %d, want %d", tc.name, r.StatusCode, tc.status)
		}
	}
}

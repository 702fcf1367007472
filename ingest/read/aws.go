package read

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/ingest/aws"
	"github.com/postern-sec/postern/schema"
)

// draft is a document whose account and region may not be known yet: that takes
// the other files of its folder.
type draft struct {
	doc    ingest.Document
	place  *place
	global bool
	own    votes // accounts and regions that the answer gives its own resources
	sure   bool  // the answer says for certain whose it is
}

// readAWS reads one value as an answer of an AWS operation.
func readAWS(f *file, v *value) ([]draft, bool, error) {
	body := v.body
	switch v.kind {
	case '{':
		return readAnswer(f, v, body)
	case '[':
		return readArray(f, v)
	case '"':
		var s string
		if json.Unmarshal(body, &s) == nil {
			return readErrorText(f, s)
		}
	}
	return nil, false, nil
}

func readAnswer(f *file, v *value, body []byte) ([]draft, bool, error) {
	keys := contentKeys(v.keys)
	if d := readAccountsFile(f, keys, body); d != nil {
		return d, true, nil
	}
	if fail := failureIn(keys, body); fail != nil && len(f.place.operations) > 0 {
		return []draft{f.draft(f.place.operations[0], nil, fail)}, true, nil
	}
	if op, wrapped := barePolicy(keys, body, f.place); wrapped != nil {
		return []draft{f.draft(*op, wrapped, nil)}, true, nil
	}
	if drafts, ok := readGathered(f, keys, body); ok {
		return drafts, true, nil
	}
	op, err := detect(keys, body, f.place)
	if err != nil || op == nil {
		return nil, err != nil, err
	}
	return []draft{f.draft(*op, body, nil)}, true, nil
}

// policyKeys are the members under which answers hold one policy.
var policyKeys = []string{"policy", "policytext", "resourcepolicy"}

// barePolicy takes a policy that was stored without the answer around it (aws
// --query Policy) in a file that is named for the call.
func barePolicy(keys []string, body []byte, p *place) (*aws.Operation, []byte) {
	if len(p.operations) != 1 || !slices.Contains(keys, "statement") {
		return nil, nil
	}
	for _, k := range policyKeys {
		if slices.Contains(p.operations[0].Keys, k) {
			return &p.operations[0], slices.Concat([]byte(`{"`+k+`":`), body, []byte("}"))
		}
	}
	return nil, nil
}

// contentKeys are the members that tell answers apart, lower case.
func contentKeys(keys []string) []string {
	var out []string
	for _, k := range keys {
		if !aws.Paging(k) {
			out = append(out, strings.ToLower(k))
		}
	}
	return out
}

// detect finds the operation whose answer has these members. It returns nil
// without an error for a value that is no answer of AWS at all.
func detect(keys []string, body []byte, p *place) (*aws.Operation, error) {
	if op, certain := named(keys, p); certain {
		return op, nil
	}
	found := bestByKeys(keys)
	if len(found) > 1 {
		found = byARN(found, body)
	}
	if len(found) > 1 {
		// A call without a parameter is the one a bare file can be of.
		if lists := slices.DeleteFunc(slices.Clone(found), func(o aws.Operation) bool { return o.Parameter }); len(lists) > 0 {
			found = lists
		}
	}
	if p.called != "" {
		// The name is that of another operation, as far as it goes.
		found = slices.DeleteFunc(slices.Clone(found), func(o aws.Operation) bool {
			return o.Parameter || !strings.Contains(operationWord(p.called), operationWord(o.Name)) || !arnsFit(o, body)
		})
		if len(found) != 1 {
			return nil, fmt.Errorf("no meaning is known of %s%s", p.called, hint(p.called))
		}
	}
	switch {
	case len(found) == 1:
		return &found[0], nil
	case len(found) > 1:
		var names []string
		for _, o := range found {
			names = append(names, o.Service+" "+o.Name)
		}
		return nil, fmt.Errorf("could be the answer of %s: name the file SERVICE-OPERATION.json", strings.Join(names, ", or of "))
	case len(p.operations) > 0:
		return nil, fmt.Errorf("named like an answer of %s %s, but holds %s", p.operations[0].Service, p.operations[0].Name, listed(keys))
	}
	return nil, nil
}

// hint says how a file should be named whose name is that of a known call with
// what it was made for behind it: in the layout of the AWS CLI's outputs that is
// a folder.
func hint(called string) string {
	for i := len(called) - 1; i > 0; i-- {
		if called[i] != '-' && called[i] != '_' {
			continue
		}
		if ops := operationsNamed(called[:i], nil); len(ops) == 1 && ops[0].Parameter && i+1 < len(called) {
			return fmt.Sprintf("; if it is what %s answered for %s, name it %s/%s.json", called[:i], called[i+1:], called[:i], called[i+1:])
		}
	}
	return ""
}

// named takes the operation that the file is named for if the content does not
// speak against it: it has at least one of the answer's members, or none at all.
func named(keys []string, p *place) (*aws.Operation, bool) {
	best, most := -1, 0
	for i, o := range p.operations {
		hits := common(keys, o.Keys)
		if len(keys) == 0 || len(o.Keys) == 0 {
			hits = 1
		}
		if hits > most {
			best, most = i, hits
		}
	}
	if best < 0 {
		return nil, false
	}
	return &p.operations[best], true
}

func common(keys, of []string) int {
	n := 0
	for _, k := range keys {
		if _, ok := slices.BinarySearch(of, k); ok {
			n++
		}
	}
	return n
}

// bestByKeys finds the operations that explain the members best: fewest that are
// not the operation's, then the largest part of the operation's own. An answer
// may have members that are newer than this build, but not mostly.
func bestByKeys(keys []string) []aws.Operation {
	var found []aws.Operation
	fewest, largest := len(keys), 0.0
	seen := map[string]bool{}
	for _, k := range keys {
		for _, o := range operationsByKey()[k] {
			if id := o.Service + " " + o.Name; seen[id] {
				continue
			} else {
				seen[id] = true
			}
			hits := common(keys, o.Keys)
			strange, part := len(keys)-hits, float64(hits)/float64(len(o.Keys))
			if strange*2 >= len(keys) || strange > fewest || strange == fewest && part < largest {
				continue
			}
			if strange < fewest || part > largest {
				found = nil
			}
			found, fewest, largest = append(found, o), strange, part
		}
	}
	return found
}

// byARN keeps the operations of the service whose ARNs the answer holds most.
func byARN(found []aws.Operation, body []byte) []aws.Operation {
	counts := arnServices(body)
	most := 0
	for _, o := range found {
		most = max(most, counts[o.Prefix])
	}
	if most == 0 {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), func(o aws.Operation) bool { return counts[o.Prefix] < most })
}

// arnsFit reports whether an answer holds an ARN of the operation's service, or
// none at all.
func arnsFit(o aws.Operation, body []byte) bool {
	counts := arnServices(body)
	return len(counts) == 0 || counts[o.Prefix] > 0
}

// arnServices counts ARNs by service.
func arnServices(body []byte) map[string]int {
	counts := map[string]int{}
	for rest := head(body); ; {
		i := bytes.Index(rest, []byte("arn:"))
		if i < 0 {
			break
		}
		rest = rest[i+4:]
		if part := bytes.SplitN(rest[:min(len(rest), 80)], []byte(":"), 3); len(part) == 3 {
			counts[string(part[1])]++
		}
	}
	return counts
}

func listed(keys []string) string {
	const enough = 5
	if len(keys) > enough {
		return strings.Join(keys[:enough], ", ") + ", …"
	}
	return strings.Join(keys, ", ")
}

// readArray reads an array of answers (pages gathered with jq -s), or a bare
// list whose file is named for the member it was taken from (Vpcs.json).
func readArray(f *file, v *value) ([]draft, bool, error) {
	key := strings.ToLower(f.place.stem)
	if op := operationOfKey(key, f.place); op != nil {
		body := slices.Concat([]byte(`{"`+f.place.stem+`":`), v.body, []byte("}"))
		return []draft{f.draft(*op, body, nil)}, true, nil
	}
	var out []draft
	for _, e := range elementsOf(v) {
		if e.kind != '{' {
			return nil, false, nil
		}
		drafts, mine, err := readAnswer(f, e, e.body)
		if err != nil || !mine {
			return nil, mine, err
		}
		out = append(out, drafts...)
	}
	return out, len(out) > 0, nil
}

// operationOfKey is the operation that a bare list under this name belongs to:
// the only one whose answer is that list.
func operationOfKey(key string, p *place) *aws.Operation {
	if !regexp.MustCompile(`^[a-z]+$`).MatchString(key) {
		return nil
	}
	var found []aws.Operation
	for _, o := range operationsByKey()[key] {
		if !o.Parameter {
			found = append(found, o)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return &found[0]
}

// accountsFileNames are the lists of accounts that other tools keep.
var accountsFileNames = []string{"config", "accounts"}

// readAccountsFile reads {"accounts":[{"id","name"}]}, which names accounts and
// folders.
func readAccountsFile(f *file, keys []string, body []byte) []draft {
	if !slices.Contains(accountsFileNames, strings.ToLower(f.place.stem)) || !slices.Contains(keys, "accounts") {
		return nil
	}
	var v struct {
		Accounts []struct {
			ID   json.RawMessage
			Name string
			Arn  string
		}
	}
	if json.Unmarshal(body, &v) != nil {
		return nil
	}
	var out []draft
	for _, a := range v.Accounts {
		id := strings.Trim(string(a.ID), `"`)
		if a.Arn != "" || !schema.IsAccountID(id) {
			continue
		}
		named, err := json.Marshal(map[string]string{"Name": a.Name})
		if err != nil { // a string always marshals
			continue
		}
		d := f.draft(aws.Operation{Service: aws.AccountsFileService, Name: aws.AccountsFileOperation, Global: true}, named, nil)
		d.doc.Account, d.doc.Parameters, d.sure = id, nil, true
		out = append(out, d)
		f.inputs.named[f.place.unit] = append(f.inputs.named[f.place.unit], accountName{id, a.Name})
	}
	return out
}

// cliError is what the AWS CLI prints when a call fails.
var cliError = regexp.MustCompile(`An error occurred \(([A-Za-z0-9._:-]{1,100})\) when calling the ([A-Za-z0-9]{1,100}) operation(?: \([^)\n]*\))?[^:\n]*:?[ ]*([^\r\n]{0,500})`)

var errorCode = regexp.MustCompile(`^[A-Z][A-Za-z0-9.]{3,99}$`)

// failureIn recognises a failed call that was stored as JSON.
func failureIn(keys []string, body []byte) *ingest.Failure {
	type said struct{ Code, Message string }
	var v struct {
		Error         json.RawMessage
		Code, Message string
		Type          string `json:"__type"`
	}
	if !slices.Contains(keys, "error") && !slices.Contains(keys, "__type") && !slices.Equal(keys, []string{"code", "message"}) {
		return nil
	}
	if json.Unmarshal(body, &v) != nil {
		return nil
	}
	var inner said
	var text string
	switch {
	case json.Unmarshal(v.Error, &inner) == nil && inner.Code != "":
		return &ingest.Failure{Code: inner.Code, Message: inner.Message}
	case json.Unmarshal(v.Error, &text) == nil && text != "":
		return failureText(text, nil)
	case v.Type != "":
		code := v.Type[strings.LastIndexByte(v.Type, '#')+1:]
		return &ingest.Failure{Code: code, Message: v.Message}
	case v.Code != "":
		return &ingest.Failure{Code: v.Code, Message: v.Message}
	}
	return nil
}

// failureText reads the text of a failed call; none are the codes that the
// operation uses for "there is none".
func failureText(s string, none []string) *ingest.Failure {
	if m := cliError.FindStringSubmatch(s); m != nil {
		return &ingest.Failure{Code: m[1], Message: strings.TrimSpace(m[3])}
	}
	s = strings.TrimSpace(s)
	for _, code := range none {
		if strings.Contains(s, code) {
			return &ingest.Failure{Code: code}
		}
	}
	if word, _, _ := strings.Cut(s, ":"); errorCode.MatchString(word) && len(s) < 1000 {
		return &ingest.Failure{Code: word, Message: strings.TrimSpace(strings.TrimPrefix(s[len(word):], ":"))}
	}
	return nil
}

// clientTexts begin what the AWS CLI prints when it gets no answer at all.
// Source: botocore's exceptions, their fmt members, read 2026-11-28.
var clientTexts = []string{"Could not connect to the endpoint URL", "Connect timeout on endpoint URL", "Read timeout on endpoint URL", "Connection was closed",
	"Unable to locate credentials", "Partial credentials found", "You must specify a region", "SSL validation failed", "Error when retrieving token",
	"The SSO session", "Failed to connect to proxy", "aws: error:", "usage: aws "}

// clientFailure reads the text of a call to which nothing was answered.
func clientFailure(s string) *ingest.Failure {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	for _, begin := range clientTexts {
		if strings.HasPrefix(line, begin) {
			return &ingest.Failure{Code: "NoAnswer", Message: strings.ToValidUTF8(line[:min(len(line), 500)], "\uFFFD")}
		}
	}
	return nil
}

// readErrorText reads a file that holds the error text of a call instead of its
// answer. The file's name says which call; the CLI's own text alone does too,
// but not what the call was made for.
func readErrorText(f *file, s string) ([]draft, bool, error) {
	var op *aws.Operation
	named := len(f.place.operations) > 0
	if named {
		op = &f.place.operations[0]
	} else if m := cliError.FindStringSubmatch(s); m != nil {
		if ops := operationsByName()[operationWord(m[2])]; len(ops) == 1 {
			op = &ops[0]
		}
	}
	if op == nil {
		return nil, false, nil
	}
	fail := failureText(s, op.None)
	if fail == nil && named {
		fail = clientFailure(s)
	}
	if fail == nil {
		return nil, false, nil
	}
	if op.Parameter && len(f.place.parameters) == 0 {
		return nil, true, errors.New("a failed call that does not say what it was made for: " + fail.Code)
	}
	return []draft{f.draft(*op, nil, fail)}, true, nil
}

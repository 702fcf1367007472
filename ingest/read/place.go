package read

import (
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/postern-sec/postern/ingest/aws"
	"github.com/postern-sec/postern/schema"
)

// place is what the names of a file and of its folders hint at.
type place struct {
	// operations that the names may mean; empty when they mean none.
	operations []aws.Operation
	// called is a name that looks like an operation which no mapper knows.
	called     string
	parameters []string
	stem       string // the file's name without its extensions
	account    string // a folder that is an account id
	region     string
	// unit is the folder that holds everything of one account, as far as names
	// tell; names are its own and those of the folders above it, nearest first.
	unit  string
	names []string
}

var (
	regionName   = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$`)
	cliOperation = regexp.MustCompile(`^[a-z][a-z0-9-]*-(describe|list|get|batch-get|batch-describe|search|lookup)-[a-z0-9-]+$`)
	extensions   = []string{".gz", ".json", ".ndjson", ".jsonl", ".txt", ".csv"}
)

// placeOf reads the components of a path: first those above what the user gave
// (outer), then those below. The last is the file.
func placeOf(root string, outer, inner []string) place {
	parts := append(append([]string{}, outer...), inner...)
	last := len(parts) - 1
	p := place{stem: stem(parts[last])}
	at := last // where the operation's name stands, or the file
	for i := 0; i <= last; i++ {
		name := parts[i]
		if i == last {
			name = p.stem
		}
		if ops := operationsNamed(name, parts[:i]); len(ops) > 0 {
			p.operations, at = ops, i
			break
		}
		if i >= len(outer) && cliOperation.MatchString(strings.ToLower(name)) {
			p.called, at = name, i
			break
		}
	}
	p.parameters = decoded(parts[at:])
	folders := parts[:at]
	if n := len(folders); n > 0 && len(p.operations) == 1 && strings.EqualFold(folders[n-1], p.operations[0].Service) {
		folders = folders[:n-1] // ec2/describe-vpcs.json
	}
	p.owner(root, len(outer), folders)
	return p
}

// owner finds account, region and unit in the folders above an operation.
func (p *place) owner(root string, outer int, folders []string) {
	end := len(folders)
	for i := len(folders) - 1; i >= 0; i-- {
		f := strings.ToLower(folders[i])
		if p.region == "" && p.account == "" && (f == "global" || f == "aws-global" || regionName.MatchString(f)) {
			p.region, end = f, i
			continue
		}
		if schema.IsAccountID(f) {
			p.account, end = f, i+1
			break
		}
	}
	if p.region == "aws-global" {
		p.region = "global"
	}
	p.unit = root
	if end > outer {
		p.unit = root + "/" + path.Join(folders[outer:end]...)
	}
	for i := end - 1; i >= 0; i-- {
		p.names = append(p.names, folders[i])
	}
}

// stem removes the extensions that stores of JSON use.
func stem(name string) string {
	for _, e := range extensions {
		if s, ok := cutSuffixFold(name, e); ok {
			name = s
		}
	}
	return name
}

func cutSuffixFold(s, suffix string) (string, bool) {
	if len(s) > len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix) {
		return s[:len(s)-len(suffix)], true
	}
	return s, false
}

// decoded gives the parameters that stand behind an operation's folder.
func decoded(parts []string) []string {
	var out []string
	for i, p := range parts[1:] {
		if i == len(parts)-2 {
			// .gz and .json are the file's; a name may end in .txt itself.
			p, _ = cutSuffixFold(p, ".gz")
			p, _ = cutSuffixFold(p, ".json")
		}
		if u, err := url.PathUnescape(p); err == nil {
			p = u
		}
		out = append(out, p)
	}
	return out
}

// operationsNamed finds what a name means: service-operation as the CLI spells
// it, or an operation alone, which the folder above may give the service of.
func operationsNamed(name string, folders []string) []aws.Operation {
	lower := strings.ToLower(name)
	for _, service := range aws.ServiceNames() {
		rest, ok := strings.CutPrefix(lower, service)
		if !ok || rest == "" || !strings.ContainsRune("-_.", rune(rest[0])) {
			continue
		}
		if o, ok := aws.FindOperation(service, rest[1:]); ok {
			return []aws.Operation{o}
		}
	}
	if n := len(folders); n > 0 {
		if o, ok := aws.FindOperation(strings.ToLower(folders[n-1]), name); ok {
			return []aws.Operation{o}
		}
	}
	if !strings.ContainsAny(lower, "-_") && lower == name {
		return nil // a plain word is no operation
	}
	return operationsByName()[operationWord(name)]
}

// operationWord makes describe-vpcs, describe_vpcs and DescribeVpcs equal.
func operationWord(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(name))
}

package read

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// votes count the accounts and regions that answers give their own resources.
type votes struct {
	accounts, regions map[string]int
}

// winner is the name with more than three quarters of the votes, or "": an
// answer may mention strangers, but hardly as often as its own.
func winner(counts map[string]int) string {
	total := 0
	best := ""
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		total += counts[name]
		if best == "" || counts[name] > counts[best] {
			best = name
		}
	}
	if best == "" || counts[best]*4 <= total*3 {
		return ""
	}
	return best
}

// looked bounds how much of an answer is searched for its account.
const looked = 1 << 20

var zoneName = regexp.MustCompile(`^([a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2})[a-z]$`)

// votesIn reads who owns what an answer describes: ARNs in members whose name
// ends in "arn", OwnerId, AvailabilityZone, and the region in queue URLs.
// Other ARNs, as in policies, are of whoever the policy mentions.
func votesIn(body []byte) votes {
	v := votes{map[string]int{}, map[string]int{}}
	body = body[:min(len(body), looked)]
	for i := 0; i < len(body); {
		key, text, next := nextMember(body, i)
		if next < 0 {
			break
		}
		i = next
		v.member(strings.ToLower(string(key)), string(text))
	}
	return v
}

func (v votes) member(key, text string) {
	switch {
	case strings.HasSuffix(key, "arn"):
		arn, ok := schema.ParseARN(text)
		if !ok {
			return
		}
		if schema.IsAccountID(arn.Account) {
			v.accounts[arn.Account]++
		}
		if regionName.MatchString(arn.Region) {
			v.regions[arn.Region]++
		}
	case key == "ownerid" && schema.IsAccountID(text):
		v.accounts[text]++
	case key == "availabilityzone":
		if m := zoneName.FindStringSubmatch(text); m != nil {
			v.regions[m[1]]++
		}
	}
}

// nextMember finds the next member with a string value at or after i, without
// decoding: names and values with escapes are left out, since neither ARNs nor
// account ids have any.
func nextMember(body []byte, i int) (key, text []byte, next int) {
	for {
		colon := bytes.IndexByte(body[i:], ':')
		if colon < 0 {
			return nil, nil, -1
		}
		at := i + colon
		i = at + 1
		before := bytes.TrimRight(body[max(0, at-100):at], " \t\r\n")
		if len(before) == 0 || before[len(before)-1] != '"' {
			continue
		}
		open := bytes.LastIndexByte(before[:len(before)-1], '"')
		after := bytes.TrimLeft(body[at+1:min(len(body), at+2200)], " \t\r\n")
		if open < 0 || len(after) == 0 || after[0] != '"' {
			continue
		}
		end := bytes.IndexByte(after[1:], '"')
		if end < 0 {
			continue
		}
		return before[open+1 : len(before)-1], after[1 : 1+end], i
	}
}

type accountName struct{ id, name string }

// resolve gives every draft its account and region: by the folder's name, by
// what sts said, by what the answer itself says, by the list of accounts, by
// the other answers of the folder; in this order. What is still without an
// account and lies in no folder of its own is of the only account that there is.
func (in *Inputs) resolve(drafts []draft) {
	sts, units := map[string]string{}, map[string]*votes{}
	for i := range drafts {
		d := &drafts[i]
		if a := callerIn(d.doc); a != "" {
			d.doc.Account, d.sure = a, true
			sts[d.place.unit] = a
		}
		if d.sure && d.doc.Account != "" {
			continue
		}
		d.own = votesIn(d.doc.Body)
		if d.doc.Operation == "GetAccountAuthorizationDetails" {
			d.doc.Account = winner(d.own.accounts)
			d.sure = d.doc.Account != ""
		}
		u := units[d.place.unit]
		if u == nil {
			u = &votes{map[string]int{}, map[string]int{}}
			units[d.place.unit] = u
		}
		// One vote for each document, however long it is.
		if a := winner(d.own.accounts); a != "" {
			u.accounts[a]++
		}
		if r := winner(d.own.regions); r != "" {
			u.regions[r]++
		}
	}
	for i := range drafts {
		d := &drafts[i]
		in.account(d, sts, units)
		region(d, units)
	}
	only := in.onlyAccount(drafts)
	for _, d := range drafts {
		if d.doc.Account == "" && !strings.Contains(d.place.unit, "/") {
			d.doc.Account = only
		}
		in.Documents = append(in.Documents, d.doc)
	}
}

// onlyAccount is the account of all inputs whose account is known, or "" when
// they are of several.
func (in *Inputs) onlyAccount(drafts []draft) string {
	only := ""
	same := func(account string) bool {
		if account == "" || account == only {
			return true
		}
		first := only == ""
		only = account
		return first
	}
	for _, d := range drafts {
		if !same(d.doc.Account) {
			return ""
		}
	}
	for _, d := range in.Documents { // of snapshots
		if !same(d.Account) {
			return ""
		}
	}
	return only
}

func (in *Inputs) account(d *draft, sts map[string]string, units map[string]*votes) {
	if d.sure {
		if d.place.account != "" && d.place.account != d.doc.Account && d.doc.Service == "iam" {
			in.gap(graph.Gap{Kind: graph.GapContradiction, Account: d.doc.Account, Service: d.doc.Service, Operation: d.doc.Operation, File: d.doc.Source,
				Message: "lies in the folder of account " + d.place.account + " and describes account " + d.doc.Account + "; the latter is used"})
		}
		return
	}
	d.doc.Account = cmp.Or(d.place.account, nearest(d.place.unit, func(u string) string { return sts[u] }), winner(d.own.accounts), in.accountOfName(d.place),
		nearest(d.place.unit, func(u string) string {
			if v := units[u]; v != nil {
				return winner(v.accounts)
			}
			return ""
		}))
}

// nearest asks for a folder and those above it until one answers.
func nearest(unit string, ask func(string) string) string {
	for {
		if a := ask(unit); a != "" {
			return a
		}
		up := path.Dir(unit)
		if up == unit || up == "." || up == "/" {
			return ""
		}
		unit = up
	}
}

// accountOfName finds the account that a list of accounts gives for the name of
// one of the folders above.
func (in *Inputs) accountOfName(p *place) string {
	for _, name := range p.names {
		if id := nearest(p.unit, func(u string) string {
			for _, a := range in.named[u] {
				if strings.EqualFold(a.name, name) {
					return a.id
				}
			}
			return ""
		}); id != "" {
			return id
		}
	}
	return ""
}

func callerIn(d ingest.Document) string {
	if d.Operation != "GetCallerIdentity" || d.Body == nil {
		return ""
	}
	var v struct{ Account string }
	if json.Unmarshal(d.Body, &v) != nil || !schema.IsAccountID(v.Account) {
		return ""
	}
	return v.Account
}

// region is the folder's, the answer's own, or that of the parameter; last, that
// of the other answers of the folder, if they agree.
func region(d *draft, units map[string]*votes) {
	switch {
	case d.global:
		d.doc.Region = "global"
		return
	case d.place.region != "" && d.place.region != "global":
		d.doc.Region = d.place.region
		return
	}
	// Some tools put everything of one region under "global".
	d.doc.Region = winner(d.own.regions)
	for _, p := range d.doc.Parameters {
		if arn, ok := schema.ParseARN(p); ok && regionName.MatchString(arn.Region) {
			d.doc.Region = cmp.Or(d.doc.Region, arn.Region)
		}
		if m := queueURL.FindStringSubmatch(p); m != nil {
			d.doc.Region = cmp.Or(d.doc.Region, m[1])
		}
	}
	if d.doc.Region == "" {
		d.doc.Region = nearest(d.place.unit, func(u string) string {
			if v := units[u]; v != nil {
				return winner(v.regions)
			}
			return ""
		})
	}
}

var queueURL = regexp.MustCompile(`^https?://(?:sqs\.)?([a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2})\.(?:queue\.)?amazonaws\.com`)

package aws

import (
	"maps"
	"reflect"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	netaws "github.com/postern-sec/postern/internal/network/aws"
)

// completeness is which lists of an account are known to name all there is. An
// answer that names less than what is there must not add to it.
type completeness struct {
	listed    map[string]bool // resource types
	collected map[regionList]bool
}

// regionList is one list of a region, by the name of its field.
type regionList struct {
	region *netaws.Region
	field  string
}

// takeCompleteness takes what is known to be complete in an account away and
// returns it, so that what is marked from here on can be told.
func (m *Mapping) takeCompleteness(account string) completeness {
	c := completeness{collected: map[regionList]bool{}}
	if a := m.AWSPermissions.Accounts[account]; a != nil {
		c.listed, a.Listed = a.Listed, nil
	}
	m.regionLists(account, func(l regionList, collected reflect.Value) {
		if collected.Bool() {
			c.collected[l] = true
			collected.SetBool(false)
		}
	})
	return c
}

// setCompleteness sets what is known to be complete in an account to c, nothing
// else.
func (m *Mapping) setCompleteness(account string, c completeness) {
	if a := m.AWSPermissions.Accounts[account]; a != nil {
		a.Listed = c.listed
	}
	m.regionLists(account, func(l regionList, collected reflect.Value) { collected.SetBool(c.collected[l]) })
}

// regionLists visits the Collected flag of each list of the account's regions.
func (m *Mapping) regionLists(account string, do func(regionList, reflect.Value)) {
	for _, r := range m.AWSNetwork.Regions {
		if r.Account != account {
			continue
		}
		v := reflect.ValueOf(r).Elem()
		for i := range v.NumField() {
			if v.Field(i).Kind() != reflect.Struct {
				continue
			}
			if f := v.Field(i).FieldByName("Collected"); f.IsValid() {
				do(regionList{r, v.Type().Field(i).Name}, f)
			}
		}
	}
}

// onePage maps a page after which another follows: it lists something, but not
// all of it.
func (m *Mapping) onePage(account string, do func()) {
	before := m.takeCompleteness(account)
	do()
	m.setCompleteness(account, before)
}

// leftOut notes, while a document is mapped, that it names less than what is
// there: what is marked as complete after this call is not, whatever other pages
// say.
func (m *Mapping) leftOut(d ingest.Document) {
	if m.before == nil {
		before := m.takeCompleteness(d.Account)
		m.before = &before
	}
}

// neverComplete are the lists that lost an entry, by account.
type neverComplete struct{ of map[string]*completeness }

// settle ends the mapping of a document that may have lost entries.
func (m *Mapping) settle(d ingest.Document) {
	if m.before == nil {
		return
	}
	marked := m.takeCompleteness(d.Account)
	m.setCompleteness(d.Account, *m.before)
	m.before = nil
	never := ingest.Memory[neverComplete](m.Facts)
	if never.of == nil {
		never.of = map[string]*completeness{}
	}
	c := never.of[d.Account]
	if c == nil {
		c = &completeness{map[string]bool{}, map[regionList]bool{}}
		never.of[d.Account] = c
	}
	maps.Copy(c.listed, marked.listed)
	maps.Copy(c.collected, marked.collected)
}

// forgetLost takes the lists that lost an entry out of the complete ones. Call it
// when all documents are mapped.
func (m *Mapping) forgetLost() {
	for account, lost := range ingest.Memory[neverComplete](m.Facts).of {
		now := m.takeCompleteness(account)
		maps.DeleteFunc(now.listed, func(t string, _ bool) bool { return lost.listed[t] })
		maps.DeleteFunc(now.collected, func(l regionList, _ bool) bool { return lost.collected[l] })
		m.setCompleteness(account, now)
	}
}

// untrusted reports whether a document that lost entries must not be used at
// all: an answer about one resource says nothing without them (a role without
// the one policy that denies is another role).
func (m *Mapping) untrusted(d ingest.Document, op Operation) bool {
	if !d.Partial {
		return false
	}
	if op.Parameter {
		m.gap(d, graph.GapNotUnderstood, "", "entries of the answer were left out, and what it is about cannot be judged without them: the answer is not used")
		return true
	}
	m.leftOut(d)
	return false
}

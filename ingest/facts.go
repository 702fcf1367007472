package ingest

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/postern-sec/postern/graph"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	netaws "github.com/postern-sec/postern/internal/network/aws"
)

// Facts is what the documents of a run say: nodes and fact edges, and the typed
// input of the engines. Mappers fill it; nothing else changes it afterwards but
// lineage and attack derivation, which add edges to Graph. Not safe for
// concurrent use.
type Facts struct {
	Graph *graph.Builder
	// AWSPermissions and AWSNetwork are the engines' input.
	AWSPermissions *iamaws.Inventory
	AWSNetwork     *netaws.Inventory

	Workloads    []Workload
	Tools        []ToolUse
	Flows        []Flow
	Declarations []Declaration
	Stores       []DataStore
	Copies       []Copy
	Keys         []KeyFound
	// IdentityPools by id.
	IdentityPools map[string]*IdentityPool
	// Environments that were collected, by id: AWS account ids.
	Environments map[string]Environment

	workloadAt map[string]int // by id
	memory     map[reflect.Type]any
	later      []func()
}

// Environment is an account, subscription or project that was collected.
type Environment struct {
	ID        string
	Name      string
	Partition string // AWS
	Regions   []string
}

// NewFacts returns empty facts.
func NewFacts() *Facts {
	return &Facts{
		Graph:          graph.NewBuilder(),
		AWSPermissions: iamaws.NewInventory(),
		AWSNetwork:     &netaws.Inventory{},
		Environments:   map[string]Environment{},
		workloadAt:     map[string]int{},
	}
}

// AddWorkload adds w, or merges it into the workload with the same id: roles
// are united, empty fields filled, and a known state replaces an unknown one.
func (f *Facts) AddWorkload(w Workload) {
	i, known := f.workloadAt[w.ID]
	if !known {
		f.workloadAt[w.ID] = len(f.Workloads)
		f.Workloads = append(f.Workloads, w)
		return
	}
	old := &f.Workloads[i]
	for _, r := range w.Roles {
		if !slices.ContainsFunc(old.Roles, func(x RoleUse) bool { return x.Role == r.Role }) {
			old.Roles = append(old.Roles, r)
		}
	}
	if w.State != StateUnknown {
		old.State = w.State
	}
	old.Account, old.Region = cmp.Or(w.Account, old.Account), cmp.Or(w.Region, old.Region)
	old.Instance, old.IMDS = cmp.Or(w.Instance, old.Instance), cmp.Or(w.IMDS, old.IMDS)
	for k, v := range w.Attributes {
		if old.Attributes == nil {
			old.Attributes = map[Attribute]string{}
		}
		old.Attributes[k] = v
	}
	old.Code = append(old.Code, w.Code...)
	slices.Sort(old.Code)
	old.Code = slices.Compact(old.Code)
	old.Evidence = cmp.Or(w.Evidence, old.Evidence)
}

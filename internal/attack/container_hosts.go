package attack

import (
	"fmt"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// Containers that run on machines of the account's own share them: the machine's
// metadata service answers containers too, and who is root on the machine is in
// all of them. Tasks on Fargate have no such machine.
//
// Source: Amazon ECS Developer Guide, "Amazon ECS container instance IAM role"
// and "Best practices for IAM roles in Amazon ECS"; EC2 User Guide, "Configure
// the instance metadata options" (hop limit), read 2026-11.
var (
	machineRole = &Technique{ID: "container-001", Kind: schema.RunsAs, Title: "code in a container obtains the credentials of the machine's role",
		Requires: []string{"the container runs on a machine with a role", "the machine's metadata service answers the container: IMDSv1, a hop limit of 2 or more, or the machine's own network"},
		Source:   "Amazon ECS Developer Guide, Container instance IAM role; EC2 User Guide, Instance metadata options", Cost: 2, AttackIDs: []string{"T1552.005", "T1078.004"}}
	intoContainers = &Technique{ID: "container-002", Kind: schema.ExecutesOn, Title: "code on a machine reaches into the containers that run on it",
		Requires: []string{"the container runs on the machine", "the attacker is root on the machine or may use its container engine"},
		Source:   "Amazon ECS Developer Guide, Best practices for IAM roles in Amazon ECS", Cost: 3, Confidence: schema.Medium, AttackIDs: []string{"T1609", "T1613"}}
)

var hostFamily = Family{Name: "containers and their machines", Techniques: []*Technique{machineRole, intoContainers}, derive: (*world).shareMachines}

func (w *world) shareMachines() error {
	for _, x := range w.workloads[schema.ContainerTask] {
		host := w.byID[x.Attributes[ingest.AttrHost]]
		if host == nil || !w.g.Has(host.ID) {
			continue
		}
		on := fact{verdict: schema.Allow, evidence: graph.Evidence{Document: x.Evidence.Document, Statement: x.ID, Summary: fmt.Sprintf("%s runs on %s", x.ID, host.ID)}}
		up, run := running(x), running(host)
		w.oneMachine(machineRole, x.ID, rolesOf(host), plus(plus(plus([]way{on.way()}, up), run), w.metadataFor(x, host)))
		w.oneMachine(intoContainers, host.ID, []string{x.ID}, plus(plus(plus([]way{on.way()}, up), run), onlyIf("the attacker is root on "+host.ID+" or may use its container engine")))
	}
	return w.ctx.Err()
}

func (w *world) oneMachine(t *Technique, from string, to []string, ways []way) {
	for _, id := range to {
		for _, x := range ways {
			w.add(t, step{from: from, to: id, way: x})
		}
	}
}

func rolesOf(x *ingest.Workload) []string {
	var out []string
	for _, r := range x.Roles {
		if r.Role != "" {
			out = append(out, r.Role)
		}
	}
	return out
}

// metadataFor says whether the metadata service of a machine answers code in a
// container on it. A token of IMDSv2 goes as many hops as the machine says; the
// bridge is one.
func (w *world) metadataFor(x, host *ingest.Workload) fact {
	hops, known := w.g.Refer(host.ID, host.Kind).Get(schema.PropHopLimit).(int64)
	mode := x.Attributes[ingest.AttrNetworkMode]
	switch {
	case host.IMDS == "disabled" || mode == "none":
		return fails
	case host.IMDS == "":
		return onlyIf("the metadata service of " + host.ID + " answers its containers")
	case mode == "awsvpc":
		return onlyIf("the agent on " + host.ID + " does not keep tasks from the metadata service (ECS_AWSVPC_BLOCK_IMDS)")
	case mode == "host":
		return shown(host.ID, "", "the container is in the machine's own network, where the metadata service answers")
	case host.IMDS == "optional":
		return shown(host.ID, "", "IMDSv1 answers containers")
	case !known:
		return onlyIf("the hop limit of " + host.ID + " is 2 or more")
	case hops < 2:
		return fails
	}
	return shown(host.ID, "", fmt.Sprintf("the hop limit is %d, so that a token reaches the container", hops))
}

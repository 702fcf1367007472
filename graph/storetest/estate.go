package storetest

import (
	"fmt"
	"math/rand/v2"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// Estate makes a graph for measurements with the skew of real accounts: a few
// roles that many edges lead to, many buckets that few do, proof on every
// attack edge. Equal arguments give equal graphs.
func Estate(seed uint64, nodes, edges int) (*graph.Graph, error) {
	rng := rand.New(rand.NewPCG(seed, 2))
	e := estate{rng: rng, ids: make([]string, nodes), kinds: make([]schema.NodeKind, nodes)}
	list := make([]graph.Node, nodes)
	for i := range list {
		list[i] = e.node(i)
	}
	seen := make(map[[2]uint32]bool, edges)
	all := make([]graph.Edge, 0, edges)
	for len(all) < edges {
		from, to := e.pick(), e.pick()
		rng.IntN(len(estateEdges)) // keeps the estates of earlier versions
		key := [2]uint32{uint32(from), uint32(to)<<4 | uint32(rng.IntN(len(estateEdges)))}
		if from == to || seen[key] {
			continue
		}
		kind := estateEdges[key[1]&15]
		seen[key] = true
		all = append(all, e.edge(from, kind, to))
	}
	return graph.New(run(1), list, all, graph.Coverage{OK: nodes})
}

type estate struct {
	rng   *rand.Rand
	ids   []string
	kinds []schema.NodeKind
}

var (
	estateKinds = []schema.NodeKind{schema.Role, schema.Role, schema.Role, schema.Bucket, schema.Bucket, schema.Function, schema.VirtualMachine, schema.User, schema.Notebook, schema.SecretValue}
	estateEdges = []schema.EdgeKind{schema.NetReaches, schema.RunsAs, schema.Assumes, schema.Escalates, schema.LaunchesAs, schema.ExecutesOn,
		schema.ReadsSecret, schema.Controls, schema.ReadsData, schema.WritesData, schema.InvokesAI, schema.HasPolicy}
)

func (e *estate) node(i int) graph.Node {
	kind := estateKinds[e.rng.IntN(len(estateKinds))]
	account := fmt.Sprintf("%012d", i/500+1)
	name := fmt.Sprintf("team-%d-%s-%d", i%37, kind, i)
	e.ids[i] = fmt.Sprintf("arn:aws:svc:eu-west-1:%s:%s/%s", account, kind, name)
	e.kinds[i] = kind
	n := graph.Node{ID: e.ids[i], Kind: kind}
	n.Properties = props("collected", true, "environment", "arn:aws:iam::"+account+":root", "name", name, "region", "eu-west-1", "resource_type", "AWS::"+string(kind))
	if i == 0 {
		n.ID, n.Kind, n.Properties = schema.InternetID, schema.Internet, nil
		e.ids[0] = n.ID
	}
	if kind == schema.Bucket && e.rng.IntN(100) == 0 {
		n.Extra = []string{schema.LabelTrainingData}
	}
	return n
}

// pick prefers small numbers: the square of a uniform number puts half of all
// ends on a quarter of the nodes, the fourth power of some on very few.
func (e *estate) pick() int {
	x := e.rng.Float64()
	x *= x
	if e.rng.IntN(8) == 0 {
		x *= x
	}
	return int(x * float64(len(e.ids)))
}

func (e *estate) edge(from int, kind schema.EdgeKind, to int) graph.Edge {
	out := graph.Edge{From: e.ids[from], To: e.ids[to], Kind: kind}
	if !kind.Attack() {
		return out
	}
	ev := graph.Evidence{Document: "arn:aws:iam::" + fmt.Sprintf("%012d", from/500+1) + ":policy/team-" + fmt.Sprint(from%37), Statement: fmt.Sprint(e.rng.IntN(6)),
		Summary: "Allow " + string(kind) + " on " + e.ids[to]}
	verdict := "allow"
	out.Properties = props("assumes", "none", "attack_ids", []string{"T1078.004"}, "confidence", "high", "cost", int64(1+e.rng.IntN(5)),
		"evidence", []string{ev.Encode()}, "techniques", []string{fmt.Sprintf("t-%03d", e.rng.IntN(60))}, "verdict", verdict)
	if e.rng.IntN(10) == 0 {
		out.Properties[6].Value = "conditional"
		out.Properties = append(out.Properties, graph.Property{Key: "witness", Value: []string{"aws:SourceVpc StringEquals vpc-" + fmt.Sprint(from%50)}})
	}
	return out
}

package gen

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/schema"
)

// EdgesPerNode is how many edges Graph makes for each node, about.
const EdgesPerNode = 10

// Graph returns the graph of an estate of n nodes and about EdgesPerNode × n
// edges, for benchmarks of stores and searches at sizes for which files would
// take longer to read than to search. It has what makes real estates hard: a few
// hub roles that many workloads run as and that launch many others, policy sets
// shared by most principals beside a long tail of their own, shared groups,
// administrators, few ways in from the internet and one store in sixty that
// models are trained on. Every attack edge has its proof.
//
// The same size and seed give the same graph. Memory: about 100 bytes an edge.
func Graph(n int, seed uint64) (*graph.Graph, error) {
	e := &estate{rnd: rand.New(rand.NewPCG(seed, uint64(n))), proofs: map[proof]graph.Properties{}}
	e.outsiders()
	for i := 0; len(e.nodes) < n; i++ {
		e.account(i, min(perAccount, n-len(e.nodes)))
	}
	return e.graph()
}

// estate is a graph in the making. Nodes have numbers in the order in which they
// were made; links are packed: from, kind, to.
type estate struct {
	rnd    *rand.Rand
	nodes  []graph.Node
	links  []uint64
	hubs   []int32 // the first role of each account
	proofs map[proof]graph.Properties
}

const (
	nodeBits = 28
	nodeMask = 1<<nodeBits - 1
)

// genKinds are the kinds of edges in a generated graph, in the order of their
// names, so that packed links sort as edges do.
var genKinds = []schema.EdgeKind{schema.AIActsAs, schema.Assumes, schema.Controls, schema.Derives, schema.Escalates, schema.ExecutesOn, schema.Exposes,
	schema.Grounds, schema.InvokesAI, schema.InAccount, schema.LaunchesAs, schema.MemberOf, schema.Produced, schema.ReadsData, schema.ReadsSecret,
	schema.RunsAs, schema.Serves, schema.TrainedOn, schema.WritesData}

var genKindNumber = func() map[schema.EdgeKind]uint64 {
	slices.Sort(genKinds)
	m := map[schema.EdgeKind]uint64{}
	for i, k := range genKinds {
		m[k] = uint64(i)
	}
	return m
}()

func (e *estate) link(from int32, kind schema.EdgeKind, to int32) {
	if from != to {
		e.links = append(e.links, uint64(from)<<(64-nodeBits)|genKindNumber[kind]<<nodeBits|uint64(to))
	}
}

func (e *estate) node(id string, kind schema.NodeKind, name, account string, more ...graph.Property) int32 {
	p := append(graph.Properties{{Key: schema.PropName.Name, Value: name}, {Key: schema.PropCollected.Name, Value: true}}, more...)
	if account != "" {
		p = append(p, graph.Property{Key: schema.PropEnvironment.Name, Value: account}, graph.Property{Key: schema.PropRegion.Name, Value: region})
	}
	graph.SortProperties(p)
	e.nodes = append(e.nodes, graph.Node{ID: id, Kind: kind, Properties: p})
	return int32(len(e.nodes) - 1)
}

// The outsiders are nodes 0 to 2.
const (
	theInternet = iota
	anyAccount
	anyGitHub
)

func (e *estate) outsiders() {
	e.node(schema.InternetID, schema.Internet, "the internet", "")
	e.node(schema.AnyAWSAccountID, schema.ExternalPrincipal, "any AWS account", "")
	e.node(schema.AnyGitHubID, schema.ExternalPrincipal, "any GitHub repository", "")
	for i := range e.nodes {
		e.nodes[i].Extra = []string{schema.LabelEntry}
	}
}

// skewed picks one of n, the first ones far more often than the last.
func (e *estate) skewed(n int) int {
	x := e.rnd.Float64()
	return int(float64(n) * x * x * x)
}

// tail is a number of at least 1 with a mean of about mean and a long tail, at
// most 40 times the mean.
func (e *estate) tail(mean float64) int {
	x := math.Pow(1-e.rnd.Float64(), -1/1.6) // Pareto, mean 2.67
	return int(min(1+(mean-1)*x/2.67, 40*mean))
}

// account makes one account of n nodes and links it to those before it.
func (e *estate) account(number, n int) {
	id := fmt.Sprintf("%012d", 100_000_000_000+number)
	first := int32(len(e.nodes))
	arn := func(service, resource string, i int) string {
		return fmt.Sprintf("arn:aws:%s:%s:%s:%s%d", service, region, id, resource, i)
	}
	root := e.node(schema.AWSAccountID("aws", id), schema.Account, id, id)
	admin := e.node(schema.AdminCapabilityID(id), schema.Capability, "administrator of "+id, id)
	several := func(percent int, kind schema.NodeKind, service, resource string) []int32 {
		var out []int32
		for i := range max(n*percent/100, 1) {
			out = append(out, e.node(arn(service, resource, i), kind, fmt.Sprintf("%s-%d", kind, i), id))
		}
		return out
	}
	functions := several(18, schema.Function, "lambda", "function:fn-")
	machines := several(8, schema.VirtualMachine, "ec2", "instance/i-")
	secrets := several(4, schema.SecretValue, "secretsmanager", "secret:s-")
	jobs := several(3, schema.TrainingJob, "sagemaker", "training-job/j-")
	notebooks := several(1, schema.Notebook, "sagemaker", "notebook-instance/n-")
	models := several(1, schema.Model, "sagemaker", "model/m-")
	endpoints := several(1, schema.ModelEndpoint, "sagemaker", "endpoint/e-")
	agents := several(1, schema.Agent, "bedrock", "agent/a-")
	bases := several(1, schema.KnowledgeBase, "bedrock", "knowledge-base/k-")
	users := several(5, schema.User, "iam", "user/u-")
	groups := several(1, schema.Group, "iam", "group/g-")
	buckets, training := e.buckets(id, max(n*18/100, 1))
	var roles []int32
	for i := 0; i == 0 || len(e.nodes) < int(first)+n; i++ {
		roles = append(roles, e.node(fmt.Sprintf("arn:aws:iam::%s:role/role-%d", id, i), schema.Role, fmt.Sprintf("role-%d", i), id))
	}
	e.hubs = append(e.hubs, roles[0])
	pick := func(l []int32) int32 { return l[e.rnd.IntN(len(l))] }
	hub := func(l []int32) int32 { return l[e.skewed(len(l))] }

	for i := root + 1; i < int32(len(e.nodes)); i++ {
		e.link(i, schema.InAccount, root)
	}
	workloads := slices.Concat(functions, machines, notebooks)
	for _, w := range slices.Concat(workloads, jobs, endpoints) {
		e.link(w, schema.RunsAs, hub(roles))
	}
	for i, j := range jobs {
		e.link(j, schema.TrainedOn, hub(training))
		e.link(j, schema.Produced, models[i%len(models)])
	}
	for i, m := range models {
		e.link(m, schema.TrainedOn, hub(training))
		e.link(m, schema.Derives, hub(training))
		e.link(endpoints[i%len(endpoints)], schema.Serves, m)
	}
	for i, a := range agents {
		e.link(a, schema.AIActsAs, hub(roles))
		e.link(a, schema.AIActsAs, pick(functions))
		e.link(bases[i%len(bases)], schema.Grounds, a)
	}
	for _, k := range bases {
		e.link(k, schema.ReadsData, hub(training))
	}
	for _, u := range users {
		e.link(u, schema.MemberOf, hub(groups))
		e.link(u, schema.Assumes, hub(roles))
	}

	// What an administrator holds.
	for _, t := range slices.Concat(training, secrets, models, endpoints, agents, bases, notebooks) {
		kind := map[schema.NodeKind]schema.EdgeKind{schema.Bucket: schema.ReadsData, schema.SecretValue: schema.ReadsSecret}[e.nodes[t].Kind]
		if kind == "" {
			kind = schema.Controls
		}
		e.link(admin, kind, t)
	}

	// Policy sets: most roles share one of a few, one in five has its own.
	grant := func(role int32, size int) {
		for range size {
			switch x := e.rnd.IntN(100); {
			case x < 50:
				e.link(role, schema.ReadsData, hub(buckets))
			case x < 65:
				e.link(role, schema.WritesData, hub(buckets))
			case x < 75:
				e.link(role, schema.ReadsSecret, pick(secrets))
			case x < 85:
				e.link(role, schema.ExecutesOn, pick(workloads))
			case x < 92:
				e.link(role, schema.LaunchesAs, pick(roles))
			case x < 96:
				e.link(role, schema.Controls, pick(functions))
			default:
				e.link(role, schema.InvokesAI, pick(endpoints))
			}
		}
	}
	sets := make([][2]int, 1+len(roles)/30) // the links of a set's first role
	for _, r := range roles {
		if s := &sets[e.skewed(len(sets))]; e.rnd.IntN(5) > 0 {
			if s[1] == 0 {
				s[0] = len(e.links)
				grant(r, e.tail(grantsPerRole))
				s[1] = len(e.links)
				continue
			}
			for _, l := range e.links[s[0]:s[1]] {
				e.links = append(e.links, uint64(r)<<(64-nodeBits)|l&(1<<(64-nodeBits)-1))
			}
			continue
		}
		grant(r, e.tail(grantsPerRole))
	}
	// Trust: hub roles assume many, some of another account.
	for _, r := range roles[1:] {
		e.link(hub(roles), schema.Assumes, r)
		if e.rnd.IntN(50) == 0 {
			e.link(pick(e.hubs), schema.Assumes, r)
		}
		if e.rnd.IntN(100) == 0 {
			e.link(r, schema.Escalates, admin)
		}
	}
	// The ways in.
	for _, w := range slices.Concat(functions, machines, endpoints) {
		if e.rnd.IntN(50) == 0 {
			e.link(theInternet, schema.Exposes, w)
		}
	}
	if e.rnd.IntN(4) == 0 {
		e.link(anyAccount, schema.Assumes, pick(roles))
		e.link(anyGitHub, schema.Assumes, pick(roles))
	}
}

// grantsPerRole is how many things a role may do, on average; it brings the edges
// of the whole to EdgesPerNode.
const grantsPerRole = 24

// buckets makes n buckets; one in sixty, at least one, is training data.
func (e *estate) buckets(account string, n int) (all, training []int32) {
	for i := range n {
		name := fmt.Sprintf("data-%s-%d", account, i)
		more := []graph.Property{{Key: schema.PropEncryption.Name, Value: []string{"sse-s3", "sse-kms", "none"}[e.rnd.IntN(3)]},
			{Key: schema.PropSensitivity.Name, Value: []string{"restricted", "confidential", "internal", "unknown"}[e.rnd.IntN(4)]}}
		isTraining := i%60 == 0
		if isTraining {
			more = append(more, graph.Property{Key: schema.PropTrainingData.Name, Value: "derived"})
		}
		b := e.node(schema.BucketARN("aws", name), schema.Bucket, name, account, more...)
		all = append(all, b)
		if isTraining {
			e.nodes[b].Extra = []string{schema.LabelTrainingData}
			training = append(training, b)
		}
	}
	// Training data are not the first ones, or every role would read them.
	e.rnd.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all, training
}

// proof is what decides the properties of an attack edge.
type proof struct {
	kind        schema.EdgeKind
	policy      int32 // number of the policy that proves it
	conditional bool
	cost        int64
}

// policiesOfProof is how many different documents prove the edges of one kind:
// in real estates one statement makes many edges true.
const policiesOfProof = 4096

func (e *estate) properties(kind schema.EdgeKind, from, to int32) graph.Properties {
	if !kind.Attack() {
		return nil
	}
	x := (uint64(from)*0x9E3779B97F4A7C15 ^ uint64(to)*0xC2B2AE3D27D4EB4F) >> 20 // mixed bits of the pair
	p := proof{kind, from % policiesOfProof, x%10 == 0, int64(1 + x/16%5)}
	if have, ok := e.proofs[p]; ok {
		return have
	}
	assumes, verdict := schema.AssumesNothing, schema.Allow
	if kind == schema.Exposes {
		assumes = schema.AssumesVulnerability
	}
	if p.conditional {
		verdict = schema.Conditional
	}
	policy := fmt.Sprintf("policy-%d", p.policy)
	out := graph.Properties{
		{Key: schema.PropAssumes.Name, Value: string(assumes)},
		{Key: schema.PropAttackIDs.Name, Value: []string{"T1078.004"}},
		{Key: schema.PropConfidence.Name, Value: string(schema.High)},
		{Key: schema.PropCost.Name, Value: p.cost},
		{Key: schema.PropEvidence.Name, Value: []string{graph.Evidence{Document: policy, Statement: fmt.Sprint(p.cost), Summary: fmt.Sprintf("statement %d of %s allows it", p.cost, policy)}.Encode()}},
		{Key: schema.PropTechniques.Name, Value: []string{"generated-" + string(kind)}},
		{Key: schema.PropVerdict.Name, Value: string(verdict)},
	}
	if p.conditional {
		out = append(out, graph.Property{Key: schema.PropWitness.Name, Value: []string{"aws:SourceIp IpAddress 10.0.0.0/8"}})
	}
	graph.SortProperties(out)
	e.proofs[p] = out
	return out
}

// graph numbers the nodes by id, so that packed links sort as edges do, and
// unpacks the links.
func (e *estate) graph() (*graph.Graph, error) {
	order := make([]int32, len(e.nodes))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		if e.nodes[a].ID < e.nodes[b].ID {
			return -1
		}
		return 1
	})
	rank := make([]uint64, len(e.nodes))
	nodes := make([]graph.Node, len(e.nodes))
	for i, n := range order {
		rank[n], nodes[i] = uint64(i), e.nodes[n]
	}
	for i, l := range e.links {
		e.links[i] = rank[l>>(64-nodeBits)]<<(64-nodeBits) | l&(1<<(64-nodeBits)-1)&^nodeMask | rank[l&nodeMask]
	}
	slices.Sort(e.links)
	e.links = slices.Compact(e.links)
	edges := make([]graph.Edge, len(e.links))
	for i, l := range e.links {
		from, kind, to := int32(l>>(64-nodeBits)), genKinds[l>>nodeBits&(1<<(64-2*nodeBits)-1)], int32(l&nodeMask)
		edges[i] = graph.Edge{From: nodes[from].ID, To: nodes[to].ID, Kind: kind, Properties: e.properties(kind, from, to)}
	}
	return graph.New(graph.Run{ID: "generated"}, nodes, edges, graph.Coverage{})
}

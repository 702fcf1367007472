package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/postern-sec/postern/internal/network"
	netaws "github.com/postern-sec/postern/internal/network/aws"
)

// reachAnswer is what reach prints as JSON. Its shape is a contract.
type reachAnswer struct {
	Source      string            `json:"source"`
	Destination string            `json:"destination"`
	Protocol    string            `json:"protocol"`
	Port        int               `json:"port"`
	Verdict     network.Verdict   `json:"verdict"`
	Partial     []string          `json:"partial,omitempty"`
	Hops        []network.Hop     `json:"hops"`
	DecidedBy   network.Decision  `json:"decided_by"`
	Missing     []network.Missing `json:"missing"`
	Fix         string            `json:"fix,omitempty"`
}

// reachRequest is one line of a batch of reach.
type reachRequest struct {
	Source      string          `json:"source"`
	Destination string          `json:"destination"`
	Protocol    json.RawMessage `json:"protocol"`
	Port        json.RawMessage `json:"port"`
	ICMPType    *int            `json:"icmp_type"`
	ICMPCode    *int            `json:"icmp_code"`
}

func (a *app) reachCmd() *cobra.Command {
	var in inputFlags
	var q netaws.Query
	var proto, port, batchFile string
	var trace, all bool
	c := &cobra.Command{
		Use:   "reach SOURCE DESTINATION PATH...",
		Short: "Can a packet get there and its answer back, and which layer decides",
		Long: `Says reachable, blocked or unknown, walks the hops in packet order and names the layer
that decided. Source and destination: internet, an id (i-…, eni-…, a gateway's), an ARN,
an address, a CIDR, or a name that only one resource has.

reach internet --all PATH... lists everything that is open from outside, by port.`,
		Example: `  postern reach internet i-0123456789abcdef0 snapshot/ --port 22 --trace
  postern reach 10.0.1.5 10.0.2.7 snapshot/ --proto udp --port 53
  postern reach internet --all snapshot/
  postern reach --batch flows.jsonl snapshot/`,
		Args: func(c *cobra.Command, got []string) error {
			switch {
			case batchFile != "":
				return args(1, -1, "input PATHs")(c, got)
			case all:
				return args(2, -1, "internet and at least one input PATH")(c, got)
			}
			return args(3, -1, "SOURCE DESTINATION and at least one input PATH")(c, got)
		},
		RunE: func(c *cobra.Command, got []string) error {
			switch {
			case batchFile != "":
				e, err := a.network(c.Context(), in, got)
				if err != nil {
					return err
				}
				return batch(c.Context(), a, batchFile, func(r reachRequest) (any, error) {
					q, err := r.query()
					if err != nil {
						return nil, err
					}
					return reach(e, q)
				})
			case all:
				if got[0] != "internet" {
					return usagef("reach --all wants internet as its source")
				}
				e, err := a.network(c.Context(), in, got[1:])
				if err != nil {
					return err
				}
				return cmp.Or(a.reachAll(e), a.done())
			}
			e, err := a.network(c.Context(), in, got[2:])
			if err != nil {
				return err
			}
			q.Source, q.Destination = got[0], got[1]
			if err := setFlow(&q, proto, port); err != nil {
				return usageError{err}
			}
			ans, err := reach(e, q)
			if err != nil {
				return err
			}
			if a.output == "json" {
				return cmp.Or(writeJSON(a.Out, ans), a.done())
			}
			a.printReach(ans, trace)
			return a.done()
		},
	}
	in.flags(c)
	c.Flags().StringVar(&proto, "proto", "tcp", "tcp, udp, icmp, icmpv6, a protocol number, or -1 for any")
	c.Flags().StringVar(&port, "port", "443", "destination port of TCP and UDP, or any")
	c.Flags().BoolVar(&trace, "trace", false, "print every hop with the rule that matched")
	c.Flags().BoolVar(&all, "all", false, "list everything that is open from outside")
	c.Flags().StringVar(&batchFile, "batch", "", "file with one JSON request a line; answers one JSON a line")
	return c
}

func (r reachRequest) query() (netaws.Query, error) {
	q := netaws.Query{Source: r.Source, Destination: r.Destination}
	if r.Source == "" || r.Destination == "" {
		return q, fmt.Errorf("a request needs source and destination")
	}
	if r.ICMPType != nil {
		q.HasICMP, q.ICMPType, q.ICMPCode = true, *r.ICMPType, -1
		if r.ICMPCode != nil {
			q.ICMPCode = *r.ICMPCode
		}
	}
	return q, setFlow(&q, scalar(r.Protocol), scalar(r.Port))
}

// scalar is a JSON string or number as text; null and nothing are empty.
func scalar(b json.RawMessage) string {
	s := strings.Trim(string(b), `"`)
	if s == "null" {
		return ""
	}
	return s
}

func setFlow(q *netaws.Query, proto, port string) error {
	q.Protocol = cmp.Or(strings.ToLower(proto), "tcp")
	switch port {
	case "":
		return nil
	case "any", "-1", "*":
		q.AnyPort = true
		return nil
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("port %q is not between 0 and 65535", port)
	}
	q.Port = n
	return nil
}

// network reads the inputs and returns the network engine.
func (a *app) network(ctx context.Context, in inputFlags, paths []string) (*netaws.Engine, error) {
	e, err := a.engines(ctx, in, paths)
	if err != nil {
		return nil, err
	}
	return e.Network, nil
}

func reach(e *netaws.Engine, q netaws.Query) (*reachAnswer, error) {
	r, err := e.Reach(q)
	if err != nil {
		return nil, err
	}
	return &reachAnswer{Source: q.Source, Destination: q.Destination, Protocol: r.Protocol, Port: r.Port, Verdict: r.Verdict, Partial: r.Partial,
		Hops: notNil(r.Hops), DecidedBy: r.DecidedBy, Missing: notNil(r.Missing), Fix: r.Fix}, nil
}

func (a *app) printReach(r *reachAnswer, trace bool) {
	w := a.Out
	colour := map[network.Verdict]string{network.Reachable: "32", network.Blocked: "31", network.Unknown: "35"}[r.Verdict]
	flow := r.Protocol
	if r.Port > 0 {
		flow += "/" + strconv.Itoa(r.Port)
	}
	fmt.Fprintf(w, "%s  %s → %s  %s\n", a.paint(colour, string(r.Verdict)), printable(r.Source), printable(r.Destination), flow)
	if len(r.Partial) > 0 {
		fmt.Fprintf(w, "  only these ranges get through: %s\n", strings.Join(r.Partial, ", "))
	}
	if r.DecidedBy.Layer != "" {
		back := ""
		if r.DecidedBy.Return {
			back = " (on the way back)"
		}
		fmt.Fprintf(w, "  decided by %s %s%s: %s\n", r.DecidedBy.Layer, printable(r.DecidedBy.ID), back, printable(r.DecidedBy.Summary))
	}
	for _, m := range r.Missing {
		fmt.Fprintf(w, "  missing: %s %s\n", m.Kind, printable(m.ID))
	}
	if r.Fix != "" {
		fmt.Fprintf(w, "  to open it: %s\n", printable(r.Fix))
	}
	if !trace {
		return
	}
	printHops(w, r.Hops)
}

// printHops prints the way there and, marked, the way back of the answer.
func printHops(w io.Writer, hops []network.Hop) {
	width := 0
	for _, h := range hops {
		width = max(width, len(h.Kind))
	}
	for i, h := range hops {
		way := "→"
		if h.Return {
			way = "←"
		}
		fmt.Fprintf(w, "  %2d %s %-*s  %s  %s\n", i+1, way, width, h.Kind, printable(h.ID), printable(h.Note))
	}
}

// openDoor is one row of reach internet --all.
type openDoor struct {
	Target   string             `json:"target"`
	Kind     string             `json:"kind"`
	Chain    []string           `json:"chain"`
	Ports    string             `json:"ports"`
	Sources  []string           `json:"sources"`
	Audience string             `json:"audience"`
	Verdict  network.Verdict    `json:"verdict"`
	Auth     string             `json:"auth"`
	Gate     string             `json:"gate,omitempty"`
	Missing  []network.Missing  `json:"missing"`
	Because  []network.Evidence `json:"because"`
}

func (a *app) reachAll(e *netaws.Engine) error {
	doors := []openDoor{}
	for _, x := range e.Exposure() {
		d := openDoor{Target: x.Target, Kind: x.TargetKind, Ports: x.Entry.String(), Sources: notNil(x.Sources), Audience: string(x.Audience), Verdict: x.Verdict,
			Auth: string(x.Auth), Gate: x.Gate, Missing: notNil(x.Missing), Because: notNil(x.Evidence), Chain: []string{}}
		for _, l := range x.Chain {
			d.Chain = append(d.Chain, l.ID)
		}
		doors = append(doors, d)
	}
	if a.output == "json" {
		return writeJSON(a.Out, struct {
			Open []openDoor `json:"open"`
		}{doors})
	}
	var rows [][]string
	for _, d := range doors {
		by := ""
		if n := len(d.Because); n > 0 {
			by = string(d.Because[n-1].Layer) + " " + d.Because[n-1].ID
		}
		row := []string{string(d.Verdict), d.Target, d.Ports, d.Audience, sourcesText(d.Sources), cmp.Or(d.Auth, "unknown"), wayIn(d.Chain), by, d.Gate}
		if n := len(rows); n == 0 || !slices.Equal(rows[n-1], row) {
			rows = append(rows, row)
		}
	}
	return table(a.Out, []string{"verdict", "target", "ports", "for", "sources", "auth", "via", "by", "gate"}, rows)
}

// wayIn names what stands before the last of a chain, without their ARNs' prefixes.
func wayIn(chain []string) string {
	var names []string
	for _, id := range chain[:max(0, len(chain)-1)] {
		if strings.HasPrefix(id, "arn:") {
			if p := strings.SplitN(id, ":", 6); len(p) == 6 {
				id = p[5]
			}
		}
		names = append(names, id)
	}
	return strings.Join(names, " > ")
}

// sourcesText writes a list of ranges so that a person can read it: where almost
// everything is in, by what is not.
func sourcesText(cidrs []string) string {
	const many = 4
	if len(cidrs) <= many {
		return strings.Join(cidrs, " ")
	}
	var in network.AddrSet
	for _, c := range cidrs {
		if p, _, err := network.ParseCIDR(c); err == nil {
			in = in.Union(network.Prefixes(p))
		}
	}
	var parts []string
	for _, f := range []struct{ all, outside network.AddrSet }{{network.AllV4(), network.Outside4()}, {network.AllV6(), network.Outside6()}} {
		part := in.Intersect(f.all)
		if part.IsEmpty() {
			continue
		}
		if out := f.outside.Minus(part).CIDRs(); len(out) > 0 && len(out) <= many {
			parts = append(parts, "all "+f.all.String()+" but "+strings.Join(out, " "))
		} else if list := part.CIDRs(); len(list) > many {
			parts = append(parts, fmt.Sprintf("%s and %d more", strings.Join(list[:many], " "), len(list)-many))
		} else {
			parts = append(parts, part.String())
		}
	}
	return strings.Join(parts, "; ")
}

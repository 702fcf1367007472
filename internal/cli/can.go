package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/postern-sec/postern/ingest/read"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
)

// canAnswer is what can prints as JSON. Its shape is a contract.
type canAnswer struct {
	Principal  string               `json:"principal"`
	Action     string               `json:"action"`
	Resource   string               `json:"resource"`
	Verdict    iamaws.Verdict       `json:"verdict"`
	Partial    bool                 `json:"partial,omitempty"`
	Parts      []string             `json:"parts,omitempty"`
	Conditions []iamaws.Condition   `json:"conditions"`
	Expression *iamaws.Expression   `json:"expression,omitempty"`
	Because    []iamaws.Reason      `json:"because"`
	Missing    []iamaws.Missing     `json:"missing"`
	Layers     []iamaws.LayerResult `json:"layers,omitempty"`
}

// requestFlags are what a permission question may be told beyond the inventory.
type requestFlags struct {
	context, absent, sessions []string
	explain                   bool
}

func (f *requestFlags) flags(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.context, "context", nil, "condition key known in the request, as key=value; repeat for several values")
	c.Flags().StringArrayVar(&f.absent, "absent", nil, "condition key known to be absent; all others are unknown; repeatable")
	c.Flags().StringArrayVar(&f.sessions, "session-policy", nil, "file with a session policy; repeatable")
}

func (f *requestFlags) options() (iamaws.Options, error) {
	o := iamaws.Options{Absent: f.absent}
	for _, kv := range f.context {
		k, v, ok := strings.Cut(kv, "=")
		if !ok || k == "" {
			return o, usagef("--context %q is not key=value", kv)
		}
		if o.Context == nil {
			o.Context = map[string][]string{}
		}
		o.Context[k] = append(o.Context[k], v)
	}
	for _, file := range f.sessions {
		b, err := os.ReadFile(file)
		if err != nil {
			return o, fmt.Errorf("read session policy: %w", err)
		}
		d := iamaws.Document{ID: file, JSON: read.Text(b), Source: iamaws.Source{File: file}}
		if warnings, sound := iamaws.CheckPolicy(d); !sound {
			return o, fmt.Errorf("session policy %s", warnings[0])
		}
		o.SessionPolicies = append(o.SessionPolicies, d)
	}
	return o, nil
}

// canRequest is one line of a batch of can.
type canRequest struct {
	Principal string               `json:"principal"`
	Action    string               `json:"action"`
	Resource  string               `json:"resource"`
	Context   map[string]oneOrMany `json:"context"`
	Absent    oneOrMany            `json:"absent"`
}

const permissionHelp = `
Principals: an ARN (user, role, role session, account root), a service (lambda.amazonaws.com), a
federated provider's ARN, '*' = the anonymous caller, aws:any-account = some AWS customer outside
the organisation. Resources: an ARN, possibly with wildcards (allow only if all of it is allowed);
'*' for actions without a resource. What follows from the files is known without being said
(account, organisation, tags, …); --context adds and overrides, --absent says a key is not there.`

func (a *app) canCmd() *cobra.Command {
	var in inputFlags
	var f requestFlags
	var batchFile string
	c := &cobra.Command{
		Use:   "can PRINCIPAL ACTION RESOURCE PATH...",
		Short: "May a principal do an action on a resource, and why",
		Long: `Says allow, conditional (under which condition), deny (by which statement of which
layer) or unknown (which evidence is missing) for one action.` + permissionHelp,
		Example: `  postern can arn:aws:iam::123456789012:role/app s3:GetObject 'arn:aws:s3:::data/*' snapshot/
  postern can '*' s3:GetObject arn:aws:s3:::data/k snapshot/ --context aws:SourceIp=203.0.113.7
  postern can --batch requests.jsonl snapshot/`,
		Args: func(c *cobra.Command, got []string) error {
			if batchFile != "" {
				return args(1, -1, "input PATHs")(c, got)
			}
			return args(4, -1, "PRINCIPAL ACTION RESOURCE and at least one input PATH")(c, got)
		},
		RunE: func(c *cobra.Command, got []string) error {
			o, err := f.options()
			if err != nil {
				return err
			}
			if batchFile != "" {
				e, err := a.permissions(c.Context(), in, got)
				if err != nil {
					return err
				}
				return batch(c.Context(), a, batchFile, func(q canRequest) (any, error) { return a.can(e, q.request(o), f.explain) })
			}
			e, err := a.permissions(c.Context(), in, got[3:])
			if err != nil {
				return err
			}
			ans, err := a.can(e, iamaws.Request{Principal: got[0], Action: got[1], Resource: got[2], Options: o}, f.explain || a.output != "json")
			if err != nil {
				return err
			}
			if a.output == "json" {
				return cmp.Or(writeJSON(a.Out, ans), a.done())
			}
			return cmp.Or(a.printCan(ans, f.explain), a.done())
		},
	}
	in.flags(c)
	f.flags(c)
	c.Flags().BoolVar(&f.explain, "explain", false, "show what every layer says")
	c.Flags().StringVar(&batchFile, "batch", "", "file with one JSON request a line; answers one JSON a line")
	return c
}

func (q canRequest) request(o iamaws.Options) iamaws.Request {
	r := iamaws.Request{Principal: q.Principal, Action: q.Action, Resource: q.Resource, Options: o}
	if len(q.Context) > 0 {
		r.Context = map[string][]string{}
		for k, v := range o.Context {
			r.Context[k] = v
		}
		for k, v := range q.Context {
			r.Context[k] = v
		}
	}
	r.Absent = slices.Concat(o.Absent, q.Absent)
	return r
}

// permissions reads the inputs and returns the permission engine.
func (a *app) permissions(ctx context.Context, in inputFlags, paths []string) (*iamaws.Engine, error) {
	e, err := a.engines(ctx, in, paths)
	if err != nil {
		return nil, err
	}
	return e.Permissions, nil
}

func (a *app) can(e *iamaws.Engine, q iamaws.Request, explain bool) (*canAnswer, error) {
	d, err := e.Can(q)
	if err != nil {
		return nil, err
	}
	ans := &canAnswer{Principal: q.Principal, Action: q.Action, Resource: q.Resource, Verdict: d.Verdict, Partial: d.Partial, Parts: d.Parts,
		Conditions: notNil(d.Conditions), Expression: d.Expression, Because: notNil(d.Because), Missing: notNil(d.Missing)}
	for i := range ans.Conditions {
		ans.Conditions[i].Values = notNil(ans.Conditions[i].Values)
	}
	if explain {
		ans.Layers = d.Layers
	}
	return ans, nil
}

func (a *app) printCan(d *canAnswer, explain bool) error {
	w := a.Out
	fmt.Fprintf(w, "%s\n", a.paint(verdictColour(d.Verdict), string(d.Verdict)))
	fmt.Fprintf(w, "  %s  %s  %s\n", printable(d.Principal), printable(d.Action), printable(d.Resource))
	if d.Partial {
		fmt.Fprintln(w, "  only for part of the resource")
	}
	if when := d.Expression.String(); when != "" {
		fmt.Fprintf(w, "  if  %s\n", printable(when))
	}
	for _, r := range d.Because {
		ref := r.Document
		if r.Statement != "" {
			ref += " statement " + r.Statement
		}
		fmt.Fprintf(w, "  %s %s: %s  %s\n", r.Layer, r.Effect, printable(r.Summary), a.paint("2", printable("("+ref+")")))
	}
	for _, m := range d.Missing {
		fmt.Fprintf(w, "  missing: %s %s\n", m.Kind, printable(m.ID))
	}
	if !explain {
		return nil
	}
	fmt.Fprintln(w)
	var rows [][]string
	for _, l := range d.Layers {
		rows = append(rows, []string{string(l.Layer), l.ID, strings.ReplaceAll(l.Effect, "_", " "), string(l.Verdict)})
	}
	return table(w, []string{"layer", "where", "effect", "verdict"}, rows)
}

func verdictColour(v iamaws.Verdict) string {
	return map[iamaws.Verdict]string{iamaws.Allow: "32", iamaws.Conditional: "33", iamaws.Deny: "31", iamaws.Unknown: "35"}[v]
}

func notNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

package cli

import (
	"cmp"

	"github.com/spf13/cobra"

	iamaws "github.com/postern-sec/postern/internal/iam/aws"
)

// whoCanAnswer is what who-can prints as JSON. Its shape is a contract.
type whoCanAnswer struct {
	Action     string           `json:"action"`
	Resource   string           `json:"resource"`
	Principals []whoCanOne      `json:"principals"`
	Missing    []iamaws.Missing `json:"missing"`
}

type whoCanOne struct {
	ID         string             `json:"id"`
	Verdict    iamaws.Verdict     `json:"verdict"`
	Partial    bool               `json:"partial,omitempty"`
	Conditions []iamaws.Condition `json:"conditions"`
	when       string             // the conditions as a sentence, and or or kept
}

// whoCanRequest is one line of a batch of who-can.
type whoCanRequest struct {
	Action   string               `json:"action"`
	Resource string               `json:"resource"`
	Context  map[string]oneOrMany `json:"context"`
	Absent   oneOrMany            `json:"absent"`
}

func (a *app) whoCanCmd() *cobra.Command {
	var in inputFlags
	var f requestFlags
	var all, root bool
	var batchFile string
	c := &cobra.Command{
		Use:   "who-can ACTION RESOURCE PATH...",
		Short: "Every principal that may do an action on a resource",
		Long: `Lists users and roles one by one and outsiders by their symbols, each with its verdict:
allow, conditional, unknown, and deny with --all.` + permissionHelp,
		Example: `  postern who-can s3:GetObject 'arn:aws:s3:::data/*' snapshot/
  postern who-can --batch requests.jsonl snapshot/`,
		Args: func(c *cobra.Command, got []string) error {
			if batchFile != "" {
				return args(1, -1, "input PATHs")(c, got)
			}
			return args(3, -1, "ACTION RESOURCE and at least one input PATH")(c, got)
		},
		RunE: func(c *cobra.Command, got []string) error {
			o, err := f.options()
			if err != nil {
				return err
			}
			o.IncludeDenied, o.IncludeRoots = all, root
			if batchFile != "" {
				e, err := a.permissions(c.Context(), in, got)
				if err != nil {
					return err
				}
				return batch(c.Context(), a, batchFile, func(q whoCanRequest) (any, error) {
					r := canRequest{Context: q.Context, Absent: q.Absent}.request(o)
					return whoCan(e, q.Action, q.Resource, r.Options)
				})
			}
			e, err := a.permissions(c.Context(), in, got[2:])
			if err != nil {
				return err
			}
			ans, err := whoCan(e, got[0], got[1], o)
			if err != nil {
				return err
			}
			if a.output == "json" {
				return cmp.Or(writeJSON(a.Out, ans), a.done())
			}
			return cmp.Or(a.printWhoCan(ans), a.done())
		},
	}
	in.flags(c)
	f.flags(c)
	c.Flags().BoolVar(&all, "all", false, "list denied principals too")
	c.Flags().BoolVar(&root, "root", false, "list account root users too")
	c.Flags().StringVar(&batchFile, "batch", "", "file with one JSON request a line; answers one JSON a line")
	return c
}

func whoCan(e *iamaws.Engine, action, resource string, o iamaws.Options) (*whoCanAnswer, error) {
	decisions, missing, err := e.WhoCan(action, resource, o)
	if err != nil {
		return nil, err
	}
	ans := &whoCanAnswer{Action: action, Resource: resource, Principals: []whoCanOne{}, Missing: notNil(missing)}
	for _, d := range decisions {
		one := whoCanOne{ID: d.Principal, Verdict: d.Verdict, Partial: d.Partial, Conditions: notNil(d.Conditions), when: d.Expression.String()}
		for i := range one.Conditions {
			one.Conditions[i].Values = notNil(one.Conditions[i].Values)
		}
		ans.Principals = append(ans.Principals, one)
	}
	return ans, nil
}

func (a *app) printWhoCan(ans *whoCanAnswer) error {
	var rows [][]string
	for _, p := range ans.Principals {
		rows = append(rows, []string{string(p.Verdict), p.ID, p.when})
	}
	for _, m := range ans.Missing {
		rows = append(rows, []string{"missing", m.Kind + " " + m.ID, "could change the list"})
	}
	return table(a.Out, []string{"verdict", "principal", "if"}, rows)
}

func (a *app) whatCanCmd() *cobra.Command {
	var in inputFlags
	var f requestFlags
	var actions []string
	c := &cobra.Command{
		Use:     "what-can PRINCIPAL PATH...",
		Short:   "What a principal may do, for the actions that attack paths need",
		Example: `  postern what-can arn:aws:iam::123456789012:role/app gaad.json describe-output/`,
		Args:    args(2, -1, "PRINCIPAL and at least one input PATH"),
		RunE: func(c *cobra.Command, got []string) error {
			o, err := f.options()
			if err != nil {
				return err
			}
			e, err := a.permissions(c.Context(), in, got[1:])
			if err != nil {
				return err
			}
			grants, err := e.WhatCan(got[0], actions, nil, o)
			if err != nil {
				return err
			}
			if a.output == "json" {
				return cmp.Or(writeJSON(a.Out, whatCanJSON(got[0], grants)), a.done())
			}
			var rows [][]string
			for _, g := range grants {
				rows = append(rows, []string{string(g.Verdict), g.Action, g.Resource, g.Witness})
			}
			return cmp.Or(table(a.Out, []string{"verdict", "action", "resource", "if"}, rows), a.done())
		},
	}
	in.flags(c)
	f.flags(c)
	c.Flags().StringSliceVar(&actions, "actions", nil, "actions to ask for (default: those that attack paths need)")
	return c
}

// whatCanOne is one row of what-can.
type whatCanOne struct {
	Action     string             `json:"action"`
	Resource   string             `json:"resource"`
	Verdict    iamaws.Verdict     `json:"verdict"`
	Partial    bool               `json:"partial,omitempty"`
	Conditions []iamaws.Condition `json:"conditions"`
	Missing    []iamaws.Missing   `json:"missing"`
}

func whatCanJSON(principal string, grants []iamaws.Grant) any {
	rows := []whatCanOne{}
	for _, g := range grants {
		rows = append(rows, whatCanOne{g.Action, g.Resource, g.Verdict, g.Partial, notNil(g.Conditions), notNil(g.Missing)})
	}
	return struct {
		Principal string       `json:"principal"`
		Grants    []whatCanOne `json:"grants"`
	}{principal, rows}
}

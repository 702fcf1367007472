package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/postern-sec/postern/ingest/aws"
	"github.com/postern-sec/postern/ingest/snapshot"
)

func (a *app) collectCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "collect aws",
		Short: "Read live accounts into a snapshot",
		Example: `  postern collect aws --out snapshot
  postern collect aws --profile audit --regions eu-west-1 --out snapshot --archive snapshot.tar.zst`,
		Args: args(1, 1, "the name of a cloud: aws"),
		RunE: func(_ *cobra.Command, got []string) error {
			return usagef("postern collects aws; %q is not among the clouds it can collect. postern analyze reads exports of it", got[0])
		},
	}
	c.AddCommand(a.collectAWSCmd())
	return c
}

func (a *app) collectAWSCmd() *cobra.Command {
	var o aws.Options
	var out, archive string
	var afresh, strict bool
	c := &cobra.Command{
		Use:   "aws --out DIR",
		Short: "Read AWS accounts into a snapshot",
		Long: `Asks AWS for what the analysis needs and writes the answers, secrets removed, into a
folder that postern analyze reads. It only reads; postern doctor aws prints the
least-privilege policy it needs. A refused call is a coverage gap, not an end; a run
that was killed is resumed by the same command.

Credentials come from the AWS SDK's standard chain.`,
		Example: `  postern collect aws --out snapshot
  postern collect aws --profile audit --regions eu-west-1,us-east-1 --out snapshot
  postern collect aws --accounts all --role-name PosternAudit --out snapshot`,
		Args: args(0, 0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if out == "" {
				return usagef("collect aws wants --out DIR")
			}
			if err := o.Validate(); err != nil {
				return usageError{err}
			}
			if !a.quiet {
				o.Progress = aws.NewProgress(a.Err, terminal(a.Err))
			}
			m, err := a.collectAWS(c.Context(), o, out, afresh)
			if err != nil {
				return err
			}
			if archive != "" {
				if err := snapshot.Pack(out, archive); err != nil {
					return err
				}
			}
			return a.collected(out, m, strict)
		},
	}
	c.Flags().StringVar(&out, "out", "", "folder of the snapshot")
	c.Flags().StringVar(&archive, "archive", "", "also pack it into this .tar.zst or .zip")
	c.Flags().StringVar(&o.Profile, "profile", "", "profile of the shared AWS configuration")
	c.Flags().StringVar(&o.RoleARN, "role-arn", "", "role to assume first")
	c.Flags().StringVar(&o.ExternalID, "external-id", "", "external id for assumed roles")
	c.Flags().StringSliceVar(&o.Accounts, "accounts", nil, "account ids, or all for every account of the organisation (default: the caller's)")
	c.Flags().StringVar(&o.RoleName, "role-name", "", "role to assume in each of --accounts (default "+aws.DefaultRoleName+")")
	c.Flags().StringSliceVar(&o.Regions, "regions", nil, "regions (default: all enabled)")
	c.Flags().IntVar(&o.Concurrency, "concurrency", 0, fmt.Sprintf("calls under way at a time (default %d)", aws.DefaultConcurrency))
	c.Flags().BoolVar(&afresh, "afresh", false, "ask everything again instead of resuming a killed run")
	c.Flags().BoolVar(&strict, "strict-coverage", false, "exit 4 when something could not be read")
	return c
}

func (a *app) collectAWS(ctx context.Context, o aws.Options, out string, afresh bool) (*snapshot.Manifest, error) {
	w, err := snapshot.Create(out, snapshot.Options{Provider: "aws", Tool: snapshot.Tool{Name: "postern", Version: Version()}, Scope: o.Scope(), Started: time.Now(), Afresh: afresh})
	if err != nil {
		return nil, err
	}
	if n := w.Held(); n > 0 {
		a.notef("resuming a run that was interrupted: %s kept", plural(n, "answer"))
	}
	err = aws.Collect(ctx, o, w)
	if err != nil {
		err = errors.Join(err, w.Close())
		if errors.Is(err, aws.ErrNotAuthorised) {
			err = fmt.Errorf("%w\n%w: check the credentials with: aws sts get-caller-identity", err, errUnauthorised)
		}
		return nil, err
	}
	m, err := w.Finish(time.Now())
	return m, errors.Join(err, w.Close())
}

func (a *app) collected(out string, m *snapshot.Manifest, strict bool) error {
	a.incomplete = strict && len(m.Gaps) > 0
	if a.output == "json" {
		if err := writeJSON(a.Out, map[string]any{"snapshot": out, "answers": len(m.Parts), "gaps": len(m.Gaps), "content_sha256": m.ContentSHA256}); err != nil {
			return err
		}
		return a.done()
	}
	fmt.Fprintf(a.Out, "%s in %s", plural(len(m.Parts), "answer"), out)
	if n := len(m.Gaps); n > 0 {
		fmt.Fprintf(a.Out, "; %s without one: %s", plural(n, "call"), gapKinds(m))
	}
	fmt.Fprintf(a.Out, ".\nNext: postern paths %s\n", filepath.Clean(out))
	return a.done()
}

// gapKinds counts gaps by kind, in the order of the kinds' names.
func gapKinds(m *snapshot.Manifest) string {
	n := map[string]int{}
	for _, g := range m.Gaps {
		n[string(g.Kind)]++
	}
	var out []string
	for _, k := range sortedKeys(n) {
		out = append(out, fmt.Sprintf("%d %s", n[k], strings.ReplaceAll(k, "_", " ")))
	}
	return strings.Join(out, ", ")
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest/aws"
)

// check is one line of doctor: what was looked at, what was found, and what to
// do.
type check struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Found  string `json:"found"`
	Advice string `json:"advice,omitempty"`
}

func (a *app) doctorCmd() *cobra.Command {
	var s source
	c := &cobra.Command{
		Use:   "doctor",
		Short: "What is configured, reachable and missing; doctor aws prints the policy the collector needs",
		Example: `  postern doctor
  postern doctor aws > policy.json`,
		Args: args(0, 0, "no arguments, or aws"),
		RunE: func(c *cobra.Command, _ []string) error {
			checks := []check{a.checkStore(c.Context(), &s), checkAWS()}
			if a.output == "json" {
				if err := writeJSON(a.Out, map[string]any{"version": Version(), "checks": checks}); err != nil {
					return err
				}
			} else {
				fmt.Fprintln(a.Out, "postern", Version())
				for _, x := range checks {
					mark := a.paint("32", "ok      ")
					if !x.OK {
						mark = a.paint("33", "missing ")
					}
					fmt.Fprintf(a.Out, "%s %s: %s\n", mark, x.Check, x.Found)
					if x.Advice != "" {
						fmt.Fprintf(a.Out, "          %s\n", x.Advice)
					}
				}
			}
			if slices.ContainsFunc(checks, func(x check) bool { return !x.OK }) {
				return exitCode(exitIncomplete)
			}
			return nil
		},
	}
	s.storeFlags(c)
	c.AddCommand(a.doctorAWSCmd())
	return c
}

func (a *app) doctorAWSCmd() *cobra.Command {
	var org bool
	var role, partition string
	c := &cobra.Command{
		Use:   "aws",
		Short: "Print the least-privilege policy that postern collect aws needs",
		Example: `  postern doctor aws > policy.json
  aws iam create-policy --policy-name PosternAudit --policy-document file://policy.json`,
		Long: `Prints the IAM policy that allows exactly the calls the AWS collector makes. With
--organization: what the caller of --accounts needs besides, in its own account.`,
		Args: args(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			if org {
				return writeJSON(a.Out, aws.OrganizationPolicy(partition, role))
			}
			return writeJSON(a.Out, aws.Policy(aws.Services))
		},
	}
	c.Flags().BoolVar(&org, "organization", false, "the policy of the caller that assumes a role in each account")
	c.Flags().StringVar(&role, "role-name", aws.DefaultRoleName, "the role that is assumed")
	c.Flags().StringVar(&partition, "partition", "aws", "aws, aws-cn or aws-us-gov")
	return c
}

func (a *app) checkStore(ctx context.Context, s *source) check {
	out := check{Check: "store"}
	if s.store == "" {
		out.OK, out.Found = true, "none given; commands read input PATHs into memory"
		return out
	}
	st, err := a.openStore(ctx, s)
	if err != nil {
		out.Found, out.Advice = err.Error(), "check the address, the user and the password file"
		return out
	}
	defer st.Close(context.WithoutCancel(ctx))
	d, err := st.Describe(ctx)
	switch {
	case errors.Is(err, graph.ErrNoGraph):
		out.OK, out.Found, out.Advice = true, "it answers, and holds no graph yet", "postern analyze PATH... --store "+s.store
	case err != nil:
		out.Found, out.Advice = err.Error(), hintFor(err)
	default:
		out.OK, out.Found = true, fmt.Sprintf("it answers; graph %s of run %s, %s", d.Hash[:12], d.Run.ID, plural(len(d.Coverage.Gaps), "coverage gap"))
	}
	return out
}

// checkAWS says where the SDK would find credentials. It makes no call.
func checkAWS() check {
	out := check{Check: "AWS credentials", OK: true}
	var set []string
	for _, name := range []string{"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_SHARED_CREDENTIALS_FILE"} {
		if os.Getenv(name) != "" {
			set = append(set, name)
		}
	}
	home, err := os.UserHomeDir()
	if err == nil {
		for _, f := range []string{".aws/config", ".aws/credentials"} {
			if _, err := os.Stat(home + "/" + f); err == nil {
				set = append(set, "~/"+f)
			}
		}
	}
	if len(set) == 0 {
		out.OK, out.Found, out.Advice = false, "nothing is set", "aws configure, or AWS_PROFILE; then postern doctor aws prints the policy that is needed"
		return out
	}
	out.Found = "the SDK looks at " + strings.Join(set, ", ")
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

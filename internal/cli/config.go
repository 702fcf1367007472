package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// notFromFile are flags that a configuration file or variable must not set.
var notFromFile = []string{"config", "help"}

// configure gives each flag that was not set on the command line its value from
// the environment or the configuration file, and checks the common flags.
func (a *app) configure(c *cobra.Command, _ []string) error {
	file, err := readConfig(a.config, c.Root())
	if err != nil {
		return err
	}
	var problems []error
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || slices.Contains(notFromFile, f.Name) {
			return
		}
		env := "POSTERN_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		values, from := file[f.Name], a.config
		if v, ok := os.LookupEnv(env); ok {
			values, from = []string{v}, env
		}
		for _, v := range values {
			if err := c.Flags().Set(f.Name, v); err != nil {
				problems = append(problems, fmt.Errorf("%s: %s: %w", from, f.Name, err))
			}
		}
	})
	if len(problems) > 0 {
		return usageError{errors.Join(problems...)}
	}
	a.noColor = os.Getenv("NO_COLOR") != "" || !terminal(a.Out)
	if !slices.Contains(formats(c), a.output) {
		return usagef("--output %q: %s knows %s", a.output, c.CommandPath(), strings.Join(formats(c), ", "))
	}
	return nil
}

// formats lists what --output takes for a command.
func formats(c *cobra.Command) []string {
	if f := c.Annotations["formats"]; f != "" {
		return strings.Split(f, ",")
	}
	return []string{"table", "json"}
}

// readConfig reads a configuration file: a YAML map of flag names to values or
// lists. A key that is no flag of any command is an error with its place.
func readConfig(path string, root *cobra.Command) (map[string][]string, error) {
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(b, &doc); err != nil {
		return nil, usageError{fmt.Errorf("%s: %w", path, err)}
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, usagef("%s:%d:%d: a map of flag names to values is wanted", path, top.Line, top.Column)
	}
	known := flagNames(root)
	out := map[string][]string{}
	var problems []error
	for i := 0; i+1 < len(top.Content); i += 2 {
		k, v := top.Content[i], top.Content[i+1]
		switch {
		case !known[k.Value] || slices.Contains(notFromFile, k.Value):
			problems = append(problems, fmt.Errorf("%s:%d:%d: no such setting: %s", path, k.Line, k.Column, k.Value))
		case v.Kind == yaml.ScalarNode:
			out[k.Value] = []string{v.Value}
		case v.Kind == yaml.SequenceNode:
			for _, x := range v.Content {
				out[k.Value] = append(out[k.Value], x.Value)
			}
		default:
			problems = append(problems, fmt.Errorf("%s:%d:%d: %s wants a value or a list", path, v.Line, v.Column, k.Value))
		}
	}
	if len(problems) > 0 {
		return nil, usageError{errors.Join(problems...)}
	}
	return out, nil
}

func flagNames(c *cobra.Command) map[string]bool {
	out := map[string]bool{}
	add := func(f *pflag.Flag) { out[f.Name] = true }
	c.PersistentFlags().VisitAll(add)
	c.Flags().VisitAll(add)
	for _, sub := range c.Commands() {
		for name := range flagNames(sub) {
			out[name] = true
		}
	}
	return out
}

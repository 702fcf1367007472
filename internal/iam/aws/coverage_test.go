package aws

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// ruleTitles names the sections of the rules.
var ruleTitles = map[string]string{
	"1.2": "Order of layers, organisations, endpoints", "1.3": "What a same-account resource-policy Allow is worth", "1.4": "Cross-account",
	"1.5": "Services that differ", "1.6": "Principals", "1.7": "Actions, resources, variables", "1.8": "Conditions", "1.9": "Keys that decide public",
	"1.10": "S3", "1.11": "What is not known",
	"7.4/1": "Trap 1: account principal in a bucket policy", "7.4/2": "Trap 2: boundary and named principals", "7.4/3": "Trap 3: trust policies", "7.4/4": "Trap 4: both sides",
	"7.4/5": "Trap 5: KMS", "7.4/6": "Trap 6: SCP and RCP", "7.4/7": "Trap 7: missing keys", "7.4/8": "Trap 8: conditional deny", "7.4/9": "Trap 9: complements",
	"7.4/10": "Trap 10: object and bucket", "7.4/11": "Trap 11: variables", "7.4/12": "Trap 12: PassRole", "7.4/13": "Trap 13: public", "7.4/14": "Trap 14: OIDC",
	"7.4/15": "Trap 15: immutable and deleted", "7.4/22": "Trap 22: missing evidence",
}

// otherTests are tests that hold a rule and are no rows of a table.
var otherTests = map[string][]string{
	"7.4/5":  {"TestReadObject"},
	"7.4/12": {"TestPassRole", "TestVulnerableEdges"},
	"7.4/13": {"TestPublic", "TestRules/1.9", "TestRules/1.10"},
	"7.4/14": {"TestRules/1.6"},
	"7.4/15": {"TestVulnerableEdges"},
	"1.5":    {"TestPublicURL", "TestInferenceProfile", "TestReadObject", "TestPassRole"},
	"1.10":   {"TestAccessPoint", "TestPublic", "TestReadObject"},
	"1.11":   {"TestLearning", "TestForgetting", "TestAttackerChooses"},
	"1.8":    {"FuzzCondition"},
	"1.7":    {"FuzzPattern", "FuzzPolicy"},
}

const coveragePath = "../../../docs/permissions-coverage.md"

// TestCoveragePage keeps docs/permissions-coverage.md equal to the tables. To
// refresh it: POSTERN_UPDATE=1 go test -run TestCoveragePage ./internal/iam/aws
func TestCoveragePage(t *testing.T) {
	want := coveragePage()
	if os.Getenv("POSTERN_UPDATE") != "" {
		if err := os.MkdirAll(filepath.Dir(coveragePath), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(coveragePath, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(coveragePath)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is stale: POSTERN_UPDATE=1 go test -run TestCoveragePage ./internal/iam/aws", coveragePath)
	}
}

func coveragePage() string {
	rows := map[string][]string{}
	verdicts := map[string]Verdict{}
	add := func(test string, c *ruleCase) {
		name := test + "/" + c.rule + " " + c.name
		rows[c.rule] = append(rows[c.rule], name)
		verdicts[name] = c.want
	}
	for _, table := range allRules() {
		for i := range table {
			add("TestRules", &table[i])
		}
	}
	for i := range traps {
		add("TestTraps", &traps[i])
	}
	for _, c := range jointRules {
		add("TestJointRules", &ruleCase{rule: c.rule, name: c.name, want: c.want})
	}
	var b strings.Builder
	b.WriteString("# AWS permissions: which test holds which rule\n\nGenerated from the tables of `internal/iam/aws`; do not edit.\n")
	rules := sortedKeys(ruleTitles)
	sort.Slice(rules, func(i, j int) bool { return ruleOrder(rules[i]) < ruleOrder(rules[j]) })
	for _, r := range rules {
		fmt.Fprintf(&b, "\n## %s %s\n\n| rule | expected | test |\n|---|---|---|\n", r, ruleTitles[r])
		for _, name := range rows[r] {
			_, short, _ := strings.Cut(name, r+" ")
			test, _, _ := strings.Cut(name, "/")
			fmt.Fprintf(&b, "| %s | %s | `%s` |\n", short, verdicts[name], test)
		}
		for _, o := range otherTests[r] {
			fmt.Fprintf(&b, "| (further cases) | | `%s` |\n", o)
		}
	}
	return b.String()
}

// ruleOrder sorts 1.2 before 1.10 before 7.4/1.
func ruleOrder(r string) int {
	var major, minor, trap int
	if n, _ := fmt.Sscanf(r, "%d.%d/%d", &major, &minor, &trap); n < 2 {
		return -1
	}
	return major*10_000 + minor*100 + trap
}

// TestEveryRuleHasATest: a rule without a row is a rule nobody holds.
func TestEveryRuleHasATest(t *testing.T) {
	have := map[string]bool{}
	for _, table := range append(allRules(), traps) {
		for _, c := range table {
			if ruleTitles[c.rule] == "" {
				t.Errorf("%s is a rule without a title", c.rule)
			}
			have[c.rule] = true
		}
	}
	for r := range ruleTitles {
		if !have[r] && len(otherTests[r]) == 0 {
			t.Errorf("rule %s has no test", r)
		}
	}
}

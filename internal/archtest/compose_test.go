package archtest

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// compose is what docker-compose.yml must say.
type compose struct {
	Services map[string]struct {
		Image       string
		Build       string
		Command     []string
		Environment map[string]string
		Ports       []string
		Secrets     []string
		ReadOnly    bool `yaml:"read_only"`
		Healthcheck struct {
			Test []string
		}
		DependsOn map[string]struct{ Condition string } `yaml:"depends_on"`
		CapDrop   []string                              `yaml:"cap_drop"`
	}
	Secrets map[string]struct{ File string }
}

// TestComposeFile reads the file that no container engine reads here.
func TestComposeFile(t *testing.T) {
	b, err := os.ReadFile("../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var c compose
	if err := yaml.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	neo4j, postern := c.Services["neo4j"], c.Services["postern"]
	if !regexp.MustCompile(`^neo4j:5\.26\.\d+-community$`).MatchString(neo4j.Image) {
		t.Errorf("Neo4j is not pinned to a 5.26: %q", neo4j.Image)
	}
	if len(neo4j.Healthcheck.Test) == 0 || postern.DependsOn["neo4j"].Condition != "service_healthy" {
		t.Error("Postern must wait for a healthy Neo4j")
	}
	for name, s := range c.Services {
		for _, p := range s.Ports {
			if !strings.HasPrefix(p, "127.0.0.1:") {
				t.Errorf("%s: port %s is not on loopback", name, p)
			}
		}
		for k, v := range s.Environment {
			if strings.Contains(strings.ToLower(k), "password") || k == "NEO4J_AUTH" {
				t.Errorf("%s: %s=%s: secrets come from files", name, k, v)
			}
		}
		for _, secret := range s.Secrets {
			if c.Secrets[secret].File == "" {
				t.Errorf("%s: secret %s has no file", name, secret)
			}
		}
	}
	if !postern.ReadOnly || !slices.Equal(postern.CapDrop, []string{"ALL"}) {
		t.Error("Postern's root must be read-only and without capabilities")
	}
	for _, flag := range []string{"--neo4j-password-file", "--token-file", "--store"} {
		if !slices.Contains(postern.Command, flag) {
			t.Errorf("postern serve lacks %s", flag)
		}
	}
}

// TestDockerfile checks that the image is built in stages, and that its last
// stage is distroless and runs as nobody.
func TestDockerfile(t *testing.T) {
	b, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	var from []string
	var last []string
	for _, line := range strings.Split(string(b), "\n") {
		word, rest, _ := strings.Cut(line, " ")
		if word == "FROM" {
			from = append(from, rest)
			last = nil
		}
		last = append(last, line)
	}
	if len(from) != 2 || !strings.HasPrefix(from[0], "golang:1.26") {
		t.Errorf("stages: %v", from)
	}
	if f := from[len(from)-1]; !strings.Contains(f, "distroless/static") && f != "scratch" {
		t.Errorf("the last stage is %s", f)
	}
	if !slices.Contains(last, "USER 65532:65532") {
		t.Error("the last stage does not drop to a user without rights")
	}
}

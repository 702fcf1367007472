package neo4jtest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

// CacheEnv names an environment variable for the directory of the server's
// jars; without it they lie in the user's cache.
const CacheEnv = "POSTERN_NEO4J_CACHE"

func cacheDir() (string, error) {
	if dir := os.Getenv(CacheEnv); dir != "" {
		return dir, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache: %w", err)
	}
	return filepath.Join(dir, "postern", "neo4j-"+Version()), nil
}

// install returns the directory of the jars, downloading them when it is not
// there. Several processes may do so at once: the first to finish wins.
func install(ctx context.Context) (string, error) {
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	jars := filepath.Join(cache, "jars")
	if _, err := os.Stat(jars); err == nil {
		return jars, nil
	}
	mvn, err := exec.LookPath("mvn")
	if err != nil {
		return "", fmt.Errorf("%w: mvn, which downloads it, is not on the path", ErrUnavailable)
	}
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return "", fmt.Errorf("install neo4j: %w", err)
	}
	work, err := os.MkdirTemp(cache, "download-")
	if err != nil {
		return "", fmt.Errorf("install neo4j: %w", err)
	}
	defer os.RemoveAll(work)
	file := filepath.Join(work, "pom.xml")
	if err := os.WriteFile(file, pom, 0o600); err != nil {
		return "", fmt.Errorf("install neo4j: %w", err)
	}
	out := filepath.Join(work, "jars")
	cmd := exec.CommandContext(ctx, mvn, "-q", "-B", "-f", file, "dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory="+out)
	if log, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: download failed: %w: %s", ErrUnavailable, err, tail(log))
	}
	if _, err := os.Stat(filepath.Join(out, "neo4j-server-"+Version()+".jar")); err != nil {
		return "", fmt.Errorf("install neo4j: the download is not whole: %w", err)
	}
	if err := os.Rename(out, jars); err != nil {
		if _, there := os.Stat(jars); there != nil {
			return "", fmt.Errorf("install neo4j: %w", err)
		}
	}
	return jars, nil
}

var javaVersion = regexp.MustCompile(`version "([0-9]+)`)

// findJava returns the java to run. Neo4j 5.26 runs on 17 and 21.
func findJava(ctx context.Context) (string, error) {
	java := "java"
	if home := os.Getenv("JAVA_HOME"); home != "" {
		java = filepath.Join(home, "bin", "java")
	}
	java, err := exec.LookPath(java)
	if err != nil {
		return "", fmt.Errorf("%w: java is not there", ErrUnavailable)
	}
	out, err := exec.CommandContext(ctx, java, "-version").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: java -version: %w", ErrUnavailable, err)
	}
	m := javaVersion.FindSubmatch(out)
	if m == nil {
		return "", fmt.Errorf("%w: cannot read the version of java: %s", ErrUnavailable, bytes.TrimSpace(out))
	}
	if v, err := strconv.Atoi(string(m[1])); err != nil || v != 17 && v != 21 {
		return "", fmt.Errorf("%w: java %s is there, 17 or 21 is needed", ErrUnavailable, m[1])
	}
	return java, nil
}

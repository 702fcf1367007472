# make demo   builds, analyses the bundled estate, serves the UI on 127.0.0.1:8080
# make test   installs what the tests need and runs all of them
# make bench  measures; figures go to docs/benchmarks.md
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

CACHE ?= $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/postern
GOLANGCI_VERSION := v2.15.0
GOLANGCI := $(CACHE)/bin/golangci-lint-$(GOLANGCI_VERSION)
MOTO_VERSION := 5.2.5
BOTO3_VERSION := 1.44.8
export MOTO_VENV ?= $(CACHE)/moto-$(MOTO_VERSION)

.PHONY: build demo test lint unit race neo4j bench generate tools moto chromium fuzz clean

# The flags of build are those of the tests and of lint, so that what one of them
# has compiled the others take from the build cache: most of the time of a first
# build goes into the clouds' SDKs. Releases (Dockerfile) add -trimpath.
build:
	go build -o bin/postern ./cmd/postern

demo: build
	bin/postern demo

# -- tests -------------------------------------------------------------------

# Lint looks at what go vet does. The quick checks come first.
test: tools lint unit race

tools: $(GOLANGCI) moto chromium

$(GOLANGCI):
	mkdir -p $(CACHE)/bin
	GOBIN=$(CACHE)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv $(CACHE)/bin/golangci-lint $@

moto: $(MOTO_VENV)/.complete

$(MOTO_VENV)/.complete:
	python3 -m venv $(MOTO_VENV)
	$(MOTO_VENV)/bin/pip install --quiet 'moto[server,all]==$(MOTO_VERSION)' 'boto3==$(BOTO3_VERSION)'
	touch $@

# The browser of the page's tests: Debian's where we are root, else CHROME_PATH.
chromium:
	if [ -z "$${CHROME_PATH:-}" ] && ! command -v chromium >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
	fi

lint: $(GOLANGCI)
	$(GOLANGCI) run --allow-parallel-runners ./...

# All tests, the long ones included: real Neo4j, moto, Chromium where they can be had.
unit:
	POSTERN_LONG=1 go test -timeout 40m ./...

# Packages with goroutines of their own, and engines that many goroutines ask,
# under the race detector. The collector comes last: its SDKs are compiled anew
# for it, which takes minutes the first time.
race:
	go test -race -timeout 20m ./graph/... ./ingest/snapshot ./internal/api ./internal/server
	go test -race -timeout 20m -run Concurrent ./internal/iam/aws ./internal/cypher
	go test -race -timeout 40m ./ingest/aws

# -- the rest ----------------------------------------------------------------

# A Neo4j Community server on loopback without a container engine; Ctrl-C stops it.
neo4j:
	go run ./internal/neo4jtest/run

# The comparison of the stores takes POSTERN_BENCH_NODES (sizes, with commas);
# a million nodes take a quarter of an hour and 16 GB.
bench:
	POSTERN_BENCH_FULL=1 go test -run '^$$' -bench . -benchmem -timeout 60m ./internal/analysis ./internal/iam/aws ./internal/network/aws ./internal/cypher/... ./graph/embedded ./internal/pipeline
	POSTERN_LONG=1 POSTERN_BENCH_DOCS=$(CURDIR)/docs/benchmarks.md go test -run '^$$' -bench . -benchtime 1x -timeout 120m ./graph/neo4j ./graph/storetest/comparison

generate:
	go generate ./internal/api
	go test ./schema -update

FUZZTIME ?= 60s
fuzz:
	for p in $$(grep -rl '^func Fuzz' --include=*_test.go . | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$p/*_test.go | sed 's/func //'); do \
	    go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$p; \
	  done; \
	done

clean:
	rm -rf bin

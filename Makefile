# `make` lists the targets. Needs Node >= 20.18 and make; everything else comes from package-lock.json.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install build run test process-test chaos transcripts fuzz replay bench demo planted mutation check check-format check-lint check-types check-architecture format clean

BIN := node_modules/.bin
INSTALLED := node_modules/.installed
BUILT := dist/.built

# The rooms of the package. Folders count as sources too: theirs is the date that changes when a file is deleted.
ROOMS := $(wildcard engine sim scenarios server client mariadb pageserver reports)
SOURCES := $(if $(ROOMS),$(shell find $(ROOMS) \( -path reports/out -o -name testing \) -prune -o \( -type d -o -name '*.ts' ! -name '*.test.ts' \) -print))

# Seeds to run: FROM, FROM + 1, …; with SHARD=i/n only those of machine i of n. DURATION is virtual time.
FROM ?= 1
SEEDS ?= 1000
SHARD ?=
DURATION ?= 60s
REPLICAS ?=
MODE ?=
# Of make chaos; make process-test ROUNDS=n kills more often than it does by itself
ROUNDS ?= 20
# What make replay runs, a seed or a file, and how much it tells: quiet, news, protocol or everything
SEED ?=
FILE ?=
DETAIL ?= protocol
# What to measure, all if empty: engine, simulator, requests, streams, followers, failover, growth, sizes,
# sysbench (needs mariadb-server and sysbench)
BENCH ?=
# More arguments for vitest, for example: make test TESTS=quorum
TESTS ?=

# More arguments for tools/planted, for example: make planted PLANTED='--only vote --show'
PLANTED ?=
# More arguments for Stryker, for example: make mutation STRYKER='--mutate engine/admission/judge.ts'
STRYKER ?=

help: ## list the targets (the default)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## install the packages of package-lock.json, if they changed

$(INSTALLED): package-lock.json
	npm ci
	@touch $@

build: $(BUILT) safekeeper ## compile into dist/ and put the ./safekeeper executable beside it

$(BUILT): $(INSTALLED) tsconfig.json tsconfig.build.json $(SOURCES)
	rm -rf dist
	$(BIN)/tsc -p tsconfig.build.json
	@test -f dist/server/cli/main.js || { echo 'server/cli/main.ts is missing: there is nothing to run' >&2; exit 1; }
	@chmod +x dist/server/cli/main.js
	@touch $@

safekeeper: tools/launcher.sh
	@cp $< $@ && chmod +x $@ && touch $@

run: build ## build, then run three replicas on ports 8090 to 8092
	@exec ./safekeeper cluster

test: install ## run every test but the process tests (TESTS=name for some)
	$(BIN)/vitest run $(TESTS)

process-test: build ## run the tests that start ./safekeeper as real processes
	$(BIN)/vitest run --config vitest.process.config.ts $(TESTS)

chaos: build ## ROUNDS=20 rounds of SIGKILL of MariaDB, its connector and the safekeepers, under load; needs mariadb-server
	ROUNDS=$(ROUNDS) $(BIN)/vitest run --config vitest.process.config.ts mariadb/kills $(TESTS)

DRAWN := -duration $(DURATION) $(if $(REPLICAS),-replicas $(REPLICAS)) $(if $(MODE),-mode $(MODE))

transcripts: install ## rewrite the transcripts of the named scenarios
	$(BIN)/vitest run scenarios/named/transcripts -u

fuzz: build ## run SEEDS=1000 simulated scenarios, starting FROM=1 (SHARD=i/n for a part)
	./safekeeper fuzz -from $(FROM) -seeds $(SEEDS) $(DRAWN) $(if $(SHARD),-shard $(SHARD))

replay: build ## tell what happens in SEED=n or FILE=scenario (DETAIL=quiet|news|protocol|everything)
	@test -n '$(SEED)$(FILE)' || { echo 'make replay SEED=42, or make replay FILE=scenarios/regressions/….json' >&2; exit 2; }
	@./safekeeper sim $(if $(FILE),-scenario '$(FILE)',-seed $(SEED) $(DRAWN)) -detail $(DETAIL)

# As the workers of fuzz have it
ROOM_FOR_YOUNG := --min-semi-space-size=32 --max-semi-space-size=64

# Compiled for itself: tsx would add work of its own to what is measured. requests and streams need etcd (apt install etcd-server).
bench: build ## measure engine, simulator and a cluster beside etcd (BENCH='requests streams' for some)
	@rm -rf bench/dist
	@$(BIN)/tsc -p tsconfig.bench.json
	@node $(ROOM_FOR_YOUNG) bench/dist/bench/main.js $(BENCH)

demo: build ## a MariaDB that waits for three safekeepers, through disasters and a take-over; needs mariadb-server
	@command -v mariadbd >/dev/null || { echo 'make demo needs a MariaDB server: apt-get install mariadb-server' >&2; exit 2; }
	@rm -rf bench/dist
	@$(BIN)/tsc -p tsconfig.bench.json
	@node bench/dist/bench/mariadb/demo.js

check: install ## check format, lint, types and architecture, all four even if one fails
	@$(MAKE) --no-print-directory --keep-going check-format check-lint check-types check-architecture
	@echo 'check: all good'

check-format: install
	@echo '— format (biome; make format repairs it)'
	@$(BIN)/biome format --reporter=summary .

check-lint: install
	@echo '— lint (oxlint)'
	@$(BIN)/oxlint --deny-warnings

check-types: install
	@echo '— types (everything; then engine and sim without Node and DOM)'
	@$(BIN)/tsc -p tsconfig.json
	@$(BIN)/tsc -p tsconfig.pure.json

check-architecture: install
	@echo '— architecture (imports between rooms, purity of engine and sim)'
	@$(BIN)/tsx tools/architecture/main.ts

format: install ## rewrite all files in the format of biome.json
	$(BIN)/biome format --write .

planted: install ## plant each known mistake in a copy, let the simulator find it, shrink what it finds (PLANTED=… for arguments)
	$(BIN)/tsx tools/planted/main.ts $(PLANTED)

mutation: install tools/mutation/node_modules ## change engine/admission and engine/replica in every small way and see which tests notice
	tools/mutation/node_modules/.bin/stryker run tools/mutation/stryker.config.mjs $(STRYKER)

tools/mutation/node_modules: tools/mutation/package-lock.json
	npm ci --ignore-scripts --prefix tools/mutation
	@touch $@

clean: ## remove what build and install made
	rm -rf dist bench/dist safekeeper coverage reports/out node_modules tools/mutation/node_modules

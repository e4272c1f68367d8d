# Hongyan. `make help` lists what there is.

GO   ?= go
FUZZ ?= 10000x
REPEAT ?= 6

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

# installs COMMAND:PACKAGE … with apt-get, those whose command is missing
define installs
	@missing=; for need in $(1); do command -v $${need%%:*} >/dev/null || missing="$$missing $${need##*:}"; done; \
	if [ -n "$$missing" ]; then \
		command -v apt-get >/dev/null || { echo "install these first:$$missing"; exit 1; }; \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		$$sudo apt-get update && $$sudo apt-get install -y --no-install-recommends $$missing; \
	fi
endef

INSPECTOR = gateway/testdata/inspector

.PHONY: test-setup
test-setup: ## install what the tests need beside Go: gcc, Python, Node.js, tmux, curl, the MCP inspector (by its lock file)
	$(call installs,python3:python3 node:nodejs npm:npm tmux:tmux curl:curl gcc:gcc)
	@cmp -s $(INSPECTOR)/package-lock.json $(INSPECTOR)/node_modules/.installed || { cd $(INSPECTOR) && \
		npm ci --ignore-scripts --no-audit --no-fund && cp package-lock.json node_modules/.installed; }

.PHONY: test
test: test-setup ## run all tests, with the race detector
	GORACE=atexit_sleep_ms=0 $(GO) test -race -vet=off -timeout 10m ./... # lint vets; without GORACE, each of 100 programs sleeps a second

.PHONY: lint
lint: ## run golangci-lint, in the version that tools/go.mod pins
	$(GO) tool -modfile=tools/go.mod golangci-lint run ./...

.PHONY: imports
imports: ## check which packages import which, and what the documents name
	$(GO) test -count=1 ./internal/archtest

.PHONY: allocs
allocs: ## check the ceilings on allocations, flushes and statements (without the race detector, which allocates)
	$(GO) test -count=1 -run 'TestAllocs|Test.*Ceiling' ./xmlmsg ./callback ./router ./app ./internal/bench

.PHONY: fuzz
fuzz: ## fuzz each target FUZZ times (10000x), or for a time (FUZZ=60s)
	@set -e; for pkg in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
			echo "$$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZ) -fuzzminimizetime 10x $$pkg; \
		done; \
	done

.PHONY: examples
examples: ## run the examples and the demo against the simulator
	$(GO) test -count=1 ./examples/...
	$(GO) run ./cmd/hongyan demo --once

.PHONY: bots
bots: ## run the tests of the bots in examples/bots, each by its own file
	@set -e; $(GO) build -o bin/hongyan-bots ./cmd/hongyan; for bot in examples/bots/*/bot.yaml; do \
		echo "$$bot"; bin/hongyan-bots test -c $$bot; \
	done

AXE = 4.14.1
AXE_SHA256 = 29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c

.PHONY: pages-setup
pages-setup: ## install what the tests of the pages need: Chromium, Chinese fonts, axe-core
	$(call installs,chromium:chromium npm:npm)
	@[ -d /usr/share/fonts/opentype/noto ] || [ -n "$$(fc-list :lang=zh 2>/dev/null)" ] || apt-get install -y --no-install-recommends fonts-noto-cjk
	@test -f browser/node_modules/axe-core/axe.min.js || { mkdir -p browser/node_modules/axe-core && cd browser/node_modules && \
		npm pack --silent axe-core@$(AXE) && tar xzf axe-core-$(AXE).tgz --strip-components=1 -C axe-core package/axe.min.js && rm axe-core-$(AXE).tgz; }
	@echo '$(AXE_SHA256)  browser/node_modules/axe-core/axe.min.js' | sha256sum --check --quiet

.PHONY: pages
pages: pages-setup ## test the pages in Chromium
	cd browser && CI=1 $(GO) test -count=1 -timeout 20m .

.PHONY: screenshots
screenshots: pages-setup ## write a screenshot of every page in both languages into browser/screenshots, and those of the documents
	cd browser && SCREENSHOTS=screenshots IMAGES=../docs/images $(GO) test -count=1 -timeout 20m -run 'TestScreenshots|TestConsolePages' .

.PHONY: site
site: ## write the documents as a static site into bin/site, and check its links
	rm -rf bin/site
	$(GO) run ./internal/site/build bin/site

.PHONY: bench
bench: ## run the benchmarks of docs/en/performance.md
	$(GO) test -run '^$$' -bench . -benchmem ./xmlmsg ./callback ./router ./store/... ./internal/bench

.PHONY: bench-peers
bench-peers: ## compare with frameworks for other services: medians of REPEAT interleaved runs (6)
	cd bench && $(GO) test -c -o ../bin/peers.test . && rm -f ../bin/peers.txt
	@for i in $$(seq $(REPEAT)); do \
		for f in Webhook 'Dispatch/./routes=10$$' 'Dispatch/./routes=100$$' 'Dispatch/./routes=1000$$' 'Dispatch/./routes=10000$$'; do \
			bin/peers.test -test.run '^$$' -test.bench "$$f" -test.benchtime 0.3s >> bin/peers.txt; \
		done; \
	done
	cd bench && $(GO) tool benchstat -col /lib ../bin/peers.txt

.PHONY: soak
soak: ## the long forms of the tests that kill, fill and flood (about 15 minutes)
	HONGYAN_SOAK=1 $(GO) test -count=1 -timeout 60m -v ./internal/soak ./store/...

# The first build takes minutes in which the compiler is silent: -v names each package, and awk counts them.
.PHONY: demo
demo: ## show a simulated WeChat and a bot that talk; tells how far the first build is (ARGS=--open: the chat page)
	@echo "The first run downloads about 149 MB of modules and compiles some 630 packages, in about two minutes; later runs start in seconds."
	@$(GO) build -v -o bin/hongyan-demo ./cmd/hongyan 2>&1 | awk '/^go: downloading/ { printf "\rdownloaded %d modules ", ++m; next } \
		/^[a-z.]+(\/[^ ]*)?$$/ { printf "\rcompiled %d packages ", ++n; next } { print } END { if (m + n) print "" }'
	@$(GO) build -o bin/hongyan-demo ./cmd/hongyan && bin/hongyan-demo demo $(ARGS)

.PHONY: build
build: ## build the command into bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o bin/hongyan ./cmd/hongyan

GORELEASER = $(GO) tool -modfile=tools/release/go.mod goreleaser

.PHONY: release-snapshot
release-snapshot: ## build and check all that a release has, for all six targets
	$(call installs,git:git unzip:unzip)
	$(GORELEASER) check
	$(GORELEASER) release --snapshot --clean
	packaging/check.sh dist

.PHONY: newcomer
newcomer: ## play somebody who has nothing but Go: empty caches, the first commands, a first bot, with times
	packaging/newcomer.sh

.PHONY: tidy
tidy: ## check that go.mod, the format and what is generated are in order
	@set -e; for module in . bench browser; do $(GO) -C $$module mod tidy -diff; done
	$(GO) generate ./internal/catalogue && git diff --exit-code -- internal/catalogue docs/en/api.md docs/zh/api.md
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }

.PHONY: ci
ci: ## everything that CI runs
	.ci/run

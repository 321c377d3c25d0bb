# Lianpian: `make run` and `make test` do all their own set-up on a Debian or
# Ubuntu machine that has Go and Node. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help

export CGO_ENABLED := 0
TOOLS := $(CURDIR)/.cache/tools
GO_SOURCES := $(shell find cmd internal migrations tiles demo web -name '*.go' -not -path '*/node_modules/*' 2>/dev/null) \
	$(shell find migrations tiles demo/data demo/samples internal -type f -not -name '*.go' -not -path '*/testdata/*' 2>/dev/null) go.mod go.sum
WEB_SOURCES := $(shell find web/src web/public web/scripts -type f 2>/dev/null) \
	web/index.html web/package.json web/package-lock.json web/vite.config.ts web/vite.baked.config.ts web/tsconfig.json \
	tiles/style.json tiles/themes.json

## run: set up what is missing, build, and start Lianpian with the demo district
.PHONY: run
run: system-run bin/lianpian
	@LIANPIAN_LOG_LEVEL="$${LIANPIAN_LOG_LEVEL:-warn}" exec bin/lianpian serve --demo --data-dir "$${LIANPIAN_DATA_DIR:-$(CURDIR)/.lianpian}"

## build: the web app and the binary, in bin/lianpian
.PHONY: build
build: bin/lianpian

# The release of Go whose library has no known vulnerability that the program meets.
GO_PATCHED ?= go1.26.10
bin/lianpian: $(GO_SOURCES) web/dist/index.html
	@echo "Building bin/lianpian …"
	@GOTOOLCHAIN=$$(scripts/toolchain.sh $(GO_PATCHED)) go build -buildvcs=auto -ldflags "-X github.com/lianpian/lianpian/internal/app.revision=$$(git rev-parse HEAD 2>/dev/null)" -o $@ ./cmd/lianpian

web/node_modules/.ready: web/package-lock.json
	@echo "Installing the web app's packages …"
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.ready $(WEB_SOURCES)
	@echo "Building the web app …"
	@cd web && npm run --silent build
	@touch $@

## test: everything: lint, Go tests on a real PostGIS, short fuzzing, many people at once, web unit tests, end-to-end tests in a real browser
.PHONY: test
test: system-test bin/lianpian lint test-go test-fuzz test-load test-web test-e2e
	@echo "All tests passed."

.PHONY: test-go
test-go: system-test web/dist/index.html
	go run ./cmd/lianpian with-database -- go test -timeout 20m ./...

## test-load: 200 people at once for half a minute, with nothing beside it: no error, and the times of the goals
.PHONY: test-load
test-load: system-test bin/lianpian
	LIANPIAN_LOAD=30s LIANPIAN_TEST_BINARY=$(CURDIR)/bin/lianpian go test -count=1 -timeout 10m -v ./load

.PHONY: test-web
test-web: web/node_modules/.ready
	cd web && npm run --silent test

.PHONY: test-e2e
test-e2e: system-test bin/lianpian web/node_modules/.ready
	cd web && npm run --silent e2e

## test-qgis: exported files, and the layers of /ogc, opened by PyQGIS without a screen
.PHONY: test-qgis
test-qgis:
	@scripts/setup-system.sh qgis
	QT_QPA_PLATFORM=offscreen go test -count=1 -v -run QGIS ./internal/geofile/... ./internal/httpapi

## faults: kill, starve and cut off the real service, ROUNDS times (default 200); SEED=n repeats a run
ROUNDS ?= 200
SEED ?= 0
.PHONY: faults
faults: system-test web/dist/index.html
	go run ./cmd/lianpian with-database -- go test -count=1 -timeout 3h -v ./faults -rounds $(ROUNDS) -seed $(SEED) -long

## load: the same for FOR (default 10m), and tiles alone as long, in which memory has to stay flat; PEOPLE (default 200) work at once
FOR ?= 10m
PEOPLE ?= 200
.PHONY: load
load: system-test bin/lianpian
	LIANPIAN_LOAD=$(FOR) LIANPIAN_TEST_BINARY=$(CURDIR)/bin/lianpian go test -count=1 -timeout 2h -v ./load -people $(PEOPLE)

## lint: gofumpt, go vet, staticcheck, and for the web biome, the type checker and the size of the first load
.PHONY: lint
lint: $(TOOLS)/staticcheck $(TOOLS)/gofumpt web/dist/index.html
	@unformatted=$$($(TOOLS)/gofumpt -l $$(git ls-files '*.go')); \
		if [ -n "$$unformatted" ]; then echo "not formatted with gofumpt: $$unformatted"; exit 1; fi
	go vet ./...
	$(TOOLS)/staticcheck ./...
	cd web && npm run --silent lint && npm run --silent size

$(TOOLS)/staticcheck:
	@echo "Building staticcheck …"
	@GOBIN=$(TOOLS) go install honnef.co/go/tools/cmd/staticcheck@v0.8.0
$(TOOLS)/gofumpt:
	@echo "Building gofumpt …"
	@GOBIN=$(TOOLS) go install mvdan.cc/gofumpt@v0.12.0

## fuzz: run each fuzz target for FUZZTIME (default 2m)
FUZZTIME ?= 2m
.PHONY: fuzz
fuzz:
	@scripts/fuzz.sh $(FUZZTIME)

## test-fuzz: 500 inputs for each fuzz target
.PHONY: test-fuzz
test-fuzz:
	@scripts/fuzz.sh 500x

## doors: MALFORMED (default 200,000) malformed requests at every door of the API
MALFORMED ?= 200000
.PHONY: doors
doors: system-test
	LIANPIAN_TEST_MALFORMED=$(MALFORMED) go run ./cmd/lianpian with-database -- go test -count=1 -timeout 60m -v -run Malformed ./internal/httpapi

## vuln: known vulnerabilities of what is built in; asks vuln.go.dev (or VULNDB, or the Go module proxy) and the npm registry, and checks what is on this disk
VULNDB ?= https://vuln.go.dev
.PHONY: vuln
vuln: $(TOOLS)/govulncheck bin/lianpian web/node_modules/.ready
	@scripts/vuln.sh $(TOOLS)/govulncheck bin/lianpian $(VULNDB)

$(TOOLS)/govulncheck:
	@echo "Building govulncheck …"
	@GOBIN=$(TOOLS) go install golang.org/x/vuln/cmd/govulncheck@v1.9.0

## release-dump: keep a small database of this release, for the test that later ones take it over
.PHONY: release-dump
release-dump: system-run bin/lianpian
	scripts/release-dump.sh bin/lianpian

## screenshots: take the pictures of the README from the running product
.PHONY: screenshots
screenshots: system-test bin/lianpian web/node_modules/.ready
	cd web && npm run --silent screenshots

# BUILDINGS is how many a generated district has.
BUILDINGS ?= 300000

## bench-tiles: tiles of BUILDINGS (default 300000) beside other servers' queries and a plain memory server (see bench/tiles)
.PHONY: bench-tiles
bench-tiles: system-run
	go run ./cmd/lianpian with-database -- go run ./bench/tiles -buildings $(BUILDINGS)

## bench-bake: the tiles of 300,000 buildings, zooms 10 to 17, to one file: time and memory, beside 15 s
.PHONY: bench-bake
bench-bake: system-run
	go run ./cmd/lianpian with-database -- go run ./bench/bake

## bench-import: import FILE beside ogr2ogr: time and memory
.PHONY: bench-import
bench-import: system-test bin/lianpian
	bin/lianpian with-database -- go run ./bench/import "$(FILE)"

## bench-export: a register of 300,000 buildings to a GeoPackage beside ogr2ogr: time and memory
.PHONY: bench-export
bench-export: system-test
	go run ./cmd/lianpian with-database -- go run ./bench/export

## bench-backup: a backup of BUILDINGS (default 300,000): written, checked by restoring, brought back
.PHONY: bench-backup
bench-backup: system-run
	go run ./cmd/lianpian with-database -- go run ./bench/backup -buildings $(BUILDINGS)

## bench-region: parts, articulations and cheapest connection of a zone of 500 in a district of 10,000, beside 20 ms and a recursive query
.PHONY: bench-region
bench-region: system-run
	go run ./cmd/lianpian with-database -- go run ./bench/region

## bench-formation: proposals of zones beside plain greedy and their own bound
.PHONY: bench-formation
bench-formation:
	go run ./bench/formation

## bench-schedule: zones into years beside plain greedy and their own bound
.PHONY: bench-schedule
bench-schedule:
	go run ./bench/schedule

## bench-atlas: map sheets of a plan: 40 of them beside 20 s, on A4, A3 and A1, and as pictures
.PHONY: bench-atlas
bench-atlas:
	go run ./bench/atlas

## bench-siting: best sites beside plain greedy, the OR-Library's optima and (CBC=10s) coinor-cbc
CBC ?= 0s
.PHONY: bench-siting
bench-siting:
	go run ./bench/siting -cbc $(CBC)

## bench-links: links of 10,000 communities, all and after an edit, beside the bare query for the pairs
.PHONY: bench-links
bench-links: system-run
	go run ./bench/links

## bench-walk: searches of the walking network beside the textbook's Dijkstra and pgRouting, which is installed for it
.PHONY: bench-walk
bench-walk: system-run
	@compgen -G '/usr/share/postgresql/*/extension/pgrouting.control' >/dev/null || { \
		version=$$(ls -d /usr/lib/postgresql/*/bin/postgres | sed -E 's#.*/postgresql/([0-9]+)/.*#\1#' | sort -n | tail -1); \
		echo "Installing postgresql-$$version-pgrouting to measure beside it …"; \
		$$([ "$$(id -u)" = 0 ] || echo sudo) apt-get install -y -qq --no-install-recommends "postgresql-$$version-pgrouting" || \
			echo "It cannot be had: the searches are measured without it."; }
	go run ./bench/walk

## bench-coverage: coverage of a district of 300,000 buildings by 12 types of facilities, beside the textbook's Dijkstra and straight lines
.PHONY: bench-coverage
bench-coverage:
	go run ./bench/coverage

## bench-programme: every list of the programme and the board, of 3,000 communities and 500 projects, beside 200 ms
.PHONY: bench-programme
bench-programme: system-run
	go run ./bench/programme

.PHONY: system-run system-test
system-run:
	@scripts/setup-system.sh run
system-test:
	@scripts/setup-system.sh test

## clean: remove what was built (not the data directory)
.PHONY: clean
clean:
	rm -rf bin .cache web/node_modules
	find web/dist -mindepth 1 -not -name .gitkeep -delete

.PHONY: help
help:
	@sed -nE 's/^## ([a-z-]+): /\1\t/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r target what; do printf '  make %-13s %s\n' "$$target" "$$what"; done

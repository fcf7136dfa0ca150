# Carriles: `make help` lists the targets.

# Go 1.27 is fetched by the go command itself where the machine has an older
# one, even if it is told to use its own toolchain only. The kernels' SIMD
# packages need the experiment at build time.
export GOTOOLCHAIN := auto
export GOEXPERIMENT := simd
# What is built, vetted and run shares what is compiled: none of it uses C, but the
# race detector.
export CGO_ENABLED := 0
# Nobody debugs what is built here: a first build is a tenth shorter without DWARF, and a
# twentieth where nothing is inlined in the two packages that take the longest. What they do
# waits for a disk or a browser.
export GOFLAGS += -gcflags=all=-dwarf=false $(foreach p,github.com/nats-io/nats-server/v2/server \
	github.com/maxence-charriere/go-app/v9/pkg/app,'-gcflags=$(p)=-l -dwarf=false')

# The tag of a version, or the last one and how many commits ago, or the commit.
VERSION := $(shell git describe --tags --match 'v[0-9]*' --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
# Without the second edition of encoding/json each wasm is 0.3 MB (gzip)
# smaller: a second less on a phone.
WASM := GOOS=js GOARCH=wasm GOEXPERIMENT=simd,nojsonv2
# Nothing is inlined in the wasm but what computes pixels: copies of small
# functions are a fiftieth of what phones download, and time nobody notices.
COLD := $(addprefix -gcflags=,carriles/...=-l carriles/filters/...= carriles/executor/codec/...= \
	encoding/json=-l fmt=-l image/png=-l reflect=-l strconv=-l syscall/js=-l time=-l)
# Nor is the commit told there: the same sources are the same wasm, whichever commit they were built at.
export WASM_FLAGS := -trimpath -buildvcs=false $(COLD)
GEN := web/static/gen
SOURCES := $(shell find . -name '*.go' -not -name '*_test.go' -not -path './bin/*') go.mod go.sum
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
ADDR ?= :8000
BENCH_IMAGE ?= web/static/photos/arroyo.jpg

# The race detector needs a C compiler; without one the tests run without it.
RACE := $(if $(shell command -v $$(go env CC)),1,0)
# Where nothing runs at once there is nothing for it to see, and loops over pixels and
# samples take ten times as long under it; the browser's tests drive the built binary. Those
# take the longest, most of it waiting: they run beside all others.
BROWSER := ./wasm/e2e
CALM := ./filters/... ./executor/codec/... ./executor/analysis ./bench/...
RACED = $$(go list ./... | grep -vE '^carriles/($(subst $(space),|,$(patsubst ./%,%,$(CALM:/...=) $(BROWSER))))(/|$$)')
LANES := $(shell n=$$(getconf _NPROCESSORS_ONLN || echo 2); [ $$n -gt 2 ] && echo $$((n - 1)) || echo 1)
empty :=
space := $(empty) $(empty)

.PHONY: help run build page release releasable test chaos rehearse picture screenshots check scripts bench bench-peers bench-verdicts bench-evidence bench-room bench-wasm bench-readme clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

run: build ## build everything and serve the lab at http://localhost:8000 (ADDR=:9000 for another port)
	./bin/carriles serve -addr $(ADDR)

build: page ## build bin/carriles: one static binary with the page and the photographs inside
	packaging/child $$(go env GOOS) $$(go env GOARCH) $(VERSION)
	go build -trimpath -ldflags="$(LDFLAGS)" -o bin/carriles ./cmd/host

page: $(GEN)/app.wasm.gz $(GEN)/compute-simd.wasm.gz $(GEN)/compute-scalar.wasm.gz $(GEN)/wasm_exec.js

$(GEN)/app.wasm.gz: $(SOURCES)
	$(WASM) packaging/page $(GEN)/app.wasm -tags scalar $(WASM_FLAGS) -ldflags="-s -w"
	go run -trimpath ./web/pack $(GEN)/app.wasm

# A browser refuses a whole program for one instruction that it lacks, so the
# kernels' two kinds are two programs, and the page has none. Outside of them the
# experiment makes no such instruction: what else both are made of is compiled once.
$(GEN)/compute-simd.wasm.gz: $(SOURCES)
	$(WASM) go build $(WASM_FLAGS) -ldflags="-s -w" -o $(GEN)/compute-simd.wasm ./wasm/compute
	go run -trimpath ./web/pack $(GEN)/compute-simd.wasm

$(GEN)/compute-scalar.wasm.gz: $(SOURCES)
	$(WASM) go build -tags scalar $(WASM_FLAGS) -ldflags="-s -w" -o $(GEN)/compute-scalar.wasm ./wasm/compute
	go run -trimpath ./web/pack $(GEN)/compute-scalar.wasm

# Must come from the toolchain that builds the wasm.
$(GEN)/wasm_exec.js: go.mod
	cp "$$(go env GOROOT)/lib/wasm/wasm_exec.js" $@
	chmod 644 $@

# Only a tag at the commit makes a version; anything else is a snapshot of it.
TAGGED := $(shell git describe --exact-match --tags --match 'v[0-9]*' 2>/dev/null)

# GoReleaser wants the address of a remote, which a repository of one's own may lack; nothing of it is used.
REMOTE := GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=remote.origin.url GIT_CONFIG_VALUE_0=.

# A release is what its commit gives, so also by the Go that it names: a newer one makes other bytes.
release: export GOTOOLCHAIN := $(shell awk '$$1 == "toolchain" {print $$2}' go.mod)
ifeq ($(PACK),quick)
release: page
	@for p in $(PLATFORMS); do \
		os=$${p%/*}; arch=$${p#*/}; ext=; [ $$os = windows ] && ext=.exe; \
		echo "dist/carriles-$$os-$$arch$$ext"; \
		packaging/child $$os $$arch $(VERSION) || exit 1; \
		GOOS=$$os GOARCH=$$arch go build -trimpath -ldflags="$(LDFLAGS)" \
			-o dist/carriles-$$os-$$arch$$ext ./cmd/host || exit 1; \
	done
else
release: releasable page ## dist/: archives for six systems, deb, rpm, bills of materials, checksums (PACK=quick: only the binaries of PLATFORMS, without the highest compression)
	go run -trimpath ./web/pack -best $(addprefix $(GEN)/,app.wasm compute-simd.wasm compute-scalar.wasm)
	go build -trimpath -modfile=.ci/release.mod -o bin/tools/ tool
	VERSION=$(VERSION) GORELEASER_CURRENT_TAG=$(TAGGED) $(REMOTE) \
		bin/tools/goreleaser release --clean --skip=publish,announce $(if $(TAGGED),,--snapshot)

releasable:
	@git cat-file -e HEAD:./Makefile 2>/dev/null || { echo "make release needs git and a clone: the version and every date are those of a commit (make build and make release PACK=quick do without)." >&2; exit 1; }
	@[ -z "$(TAGGED)" ] || [ -z "$$(git status --porcelain)" ] || { echo "This commit is $(TAGGED), and files here differ from it: git status lists them; commit them or take them back." >&2; exit 1; }
	@[ -n "$(TAGGED)" ] || echo "No tag like v1.2.3 is at this commit: what is made is a snapshot of $(VERSION)."
endif

test: build ## run every test, the browser's included (SKIP_BROWSER=1 leaves those out)
	@[ -n "$(SKIP_BROWSER)" ] || ./.ci/chromium
	@export CARRILES_BIN=$(CURDIR)/bin/carriles CARRILES_SKIP_BROWSER=$(SKIP_BROWSER); failed=0; set -x; \
	go test -trimpath -timeout 27m $(BROWSER) & browser=$$!; \
	CGO_ENABLED=$(RACE) go test $(if $(filter 1,$(RACE)),-race) -p $(LANES) -timeout 25m $(RACED) || failed=1; \
	go test -trimpath -p $(LANES) -timeout 25m $(CALM) || failed=1; \
	wait $$browser || failed=1; exit $$failed
	@if command -v node >/dev/null; then \
		$(WASM) PATH="$$PATH:$$(go env GOROOT)/lib/wasm" go test ./filters/... ./executor/codec/...; \
	else echo "no Node: the kernels' tests in WebAssembly were not run"; fi
	@if command -v qemu-aarch64 >/dev/null; then \
		GOARCH=arm64 go test -exec qemu-aarch64 -run 'Native|Golden|SameBytes|Sum' ./filters/...; \
	else echo "no qemu-aarch64: the kernels' tests for arm64 were not run"; fi
	GOEXPERIMENT= go test ./filters/...

chaos: build ## attack servers for ten minutes at most, and print what was tried, held and lost; rehearse the room (root, Chromium)
	CARRILES_CHAOS=long CARRILES_BIN=$(CURDIR)/bin/carriles go test -C cmd/host -count=1 -timeout 10m -run '^TestChaos|TestSignals|TestKilledAtAnyMoment'
	CARRILES_CHAOS=long go test -count=1 -run 'TestAnyMoment|TestKilledEvery20Milliseconds' ./executor/crew/process
	[ -n "$(SKIP_BROWSER)" ] || CARRILES_CHAOS=long CARRILES_BIN=$(CURDIR)/bin/carriles go test -C wasm/e2e -count=1 -timeout 10m -v -run TestRehearsal

rehearse: build ## lead the whole lesson by one key, with a wall and five phones, in both languages; kill fifty times each of the room's machines, hosts and tabs (Chromium; twenty minutes)
	CARRILES_CHAOS=long CARRILES_BIN=$(CURDIR)/bin/carriles go test -C cmd/host -count=1 -timeout 15m -run TestRoomChaos
	CARRILES_CHAOS=long CARRILES_BIN=$(CURDIR)/bin/carriles go test -C wasm/e2e -count=1 -timeout 20m -v -run 'TestTheWholeLesson|TestTabsAreKilled'

picture: build ## make the README's picture, film and recorded race from the running page, on a clean commit and an idle machine (img2webp: apt-get install webp)
	@command -v img2webp >/dev/null || { echo "the film needs img2webp. Debian, Ubuntu: apt-get install webp" >&2; exit 1; }
	rm -rf bin/film
	CARRILES_PICTURE=$(CURDIR)/docs/lab.png CARRILES_FILM=$(CURDIR)/bin/film CARRILES_RECORDING=$(CURDIR)/web/static/recorded.json go test -count=1 -run TestPicture ./wasm/e2e
	set -- bin/film/*.png; while [ $$# -gt 1 ]; do echo "-d 200 $$1"; shift; done > bin/film/list; echo "-d 2000 $$1" >> bin/film/list
	img2webp -loop 0 -lossy -q 60 -m 6 $$(cat bin/film/list) -o docs/race.webp
	@ls -l docs/race.webp

screenshots: build ## take a picture of each view into bin/screenshots/: 360, 1280 and 1920 px, light and dark, both languages
	CARRILES_SCREENSHOTS=$(CURDIR)/bin/screenshots go test -count=1 -timeout 25m -run TestScreenshots ./wasm/e2e

check: page ## formatting, vet, staticcheck, import directions, known vulnerabilities, the scripts' types
	@test -z "$$(gofmt -l .)" || { echo "not formatted:"; gofmt -l .; exit 1; }
	go vet -trimpath ./...
	GOOS=windows GOARCH=amd64 go vet -trimpath ./cmd/host
	$(WASM) go vet $(WASM_FLAGS) ./wasm/page ./wasm/compute ./wasm/promise ./wasm/ui/... ./filters/... ./executor/analysis ./executor/contest ./executor/crew ./executor/crew/webworker ./executor/pipeline/... ./executor/codec/... ./executor/microbench ./bench/wasm
	$(WASM) go vet -tags scalar $(WASM_FLAGS) ./wasm/page ./wasm/compute ./filters/... ./executor/codec/...
	go tool staticcheck ./...
	./.ci/imports
	./.ci/vuln
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory scripts; else echo "no npm: the types of the page's scripts were not checked"; fi

scripts: web/check/node_modules/.package-lock.json ## the types of the page's scripts, by TypeScript
	web/check/node_modules/.bin/tsc -p web/check

web/check/node_modules/.package-lock.json: web/check/package.json web/check/package-lock.json
	npm ci --prefix web/check --no-audit --no-fund --fetch-retries 5
	touch $@

bench: ## Go benchmarks of the scalar and the native kernels, with MB/s
	go test -run '^$$' -bench . -benchmem ./filters/...

bench-peers: build bench/peers/node_modules/.package-lock.json ## ratios to OpenCV, Pillow and sharp: filters, codec, whole batches (some minutes on an idle machine)
	go run ./bench/peers -image $(BENCH_IMAGE) $(BENCH_FLAGS)

bench-verdicts: ## how often verdicts are right, by playing comparisons whose truth is known: false winners, power, coverage
	go run ./bench/verdicts

bench-evidence: build ## what a server says of an idle machine, beside what is claimed: verdicts, ceiling, lock, what batches are bound by (15 minutes at most; EVIDENCE=-parts=aa,lock for some)
	go run ./bench/evidence $(EVIDENCE)

bench-room: build ## what is claimed of the room, measured with real servers and machines: overhead, deaths, volunteers, the queue (8 minutes of an idle machine at most; ROOM=-parts=overhead,death for some; root measures two machines too)
	go run ./bench/room $(ROOM)

bench-wasm: bench/wasm/node_modules/.package-lock.json ## ratios to wasm-vips and OpenCV.js, in Node
	$(WASM) go build -trimpath -ldflags="-s -w" -o bin/bench/simd.wasm ./bench/wasm
	$(WASM) go build -tags scalar -trimpath -ldflags="-s -w" -o bin/bench/scalar.wasm ./bench/wasm
	node bench/wasm/run.mjs "$$(go env GOROOT)/lib/wasm" bin/bench/simd.wasm bin/bench/scalar.wasm \
		$(BENCH_IMAGE) bin/bench/wasm.json $(VERSION) $(BENCH_ROUNDS)
	go run ./bench/table bin/bench/wasm.json

bench/%/node_modules/.package-lock.json: bench/%/package.json bench/%/package-lock.json
	@command -v npm >/dev/null || { echo "the comparison needs Node 20 and npm. Debian, Ubuntu: apt-get install nodejs npm" >&2; exit 1; }
	npm ci --prefix bench/$* --no-audit --no-fund --fetch-retries 5
	touch $@

bench-readme: ## write what bench-peers and bench-wasm have found into the README
	go run ./bench/table -readme README.md bin/bench/peers.json bin/bench/wasm.json

clean: ## remove what was built
	rm -rf bin dist $(GEN)/*.wasm* $(GEN)/wasm_exec.js
	rm -f cmd/host/internal/child/bin/*/carriles cmd/host/internal/child/bin/*/version

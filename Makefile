# make demo      runs the whole of patchbot on this machine
# make test      runs every check
# make app       builds the demo's page again, after a change in its app/
# make pictures  takes the README's pictures anew
# make build     writes dist/*.zip, the functions that Terraform deploys
# make bench     prints the figures that the README quotes

GOARCH ?= arm64
export GOFLAGS := -trimpath

PAGE := cmd/patchbot/demo/web

.PHONY: demo test setup format lint gosec app app-is-built unit bench-once pictures build bench

demo:
	@echo "building the demo; the first time takes some minutes" >&2
	@go run ./cmd/patchbot demo $(ARGS)

test: setup format lint gosec app-is-built unit bench-once

# The race detector needs cgo, and so a C compiler; the browser tests need Chromium and emoji.
setup:
	@command -v cc >/dev/null || command -v gcc >/dev/null || { apt-get update && apt-get install -y gcc libc6-dev; }
	@test -z "$$(command -v apt-get)" || { command -v chromium >/dev/null && fc-list 2>/dev/null | grep -q NotoColorEmoji; } || \
	  { apt-get update && apt-get install -y --no-install-recommends chromium fontconfig fonts-noto-color-emoji; }
	@command -v npm >/dev/null || { echo "make test builds the demo's page: install Node.js 20.19 or newer"; exit 1; }

format:
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "run gofmt -w on:"; echo "$$unformatted"; exit 1; }

# What .golangci.yml says. The tools have a module of their own, so that their hundreds of
# requirements are not the project's. They are run, for go tool compiles everything once more:
# it does not heed -trimpath. Without cgo, what is checked shares its compiled packages
# with the functions' builds.
lint:
	CGO_ENABLED=0 go run -modfile=tools/go.mod github.com/golangci/golangci-lint/v2/cmd/golangci-lint run ./...

# What it reports is mended, or explained at the line: // #nosec G000 -- why.
gosec:
	CGO_ENABLED=0 go run -modfile=tools/go.mod github.com/securego/gosec/v2/cmd/gosec -quiet ./...

$(PAGE)/app/node_modules: $(PAGE)/app/package-lock.json
	cd $(PAGE)/app && npm ci --no-audit --no-fund
	@touch $@

app: $(PAGE)/app/node_modules
	cd $(PAGE)/app && npm run build

# The built page is committed, so that the demo needs no Node.js.
app-is-built: $(PAGE)/app/node_modules
	@again=$$(mktemp -d) && (cd $(PAGE)/app && npm run build -- --outDir "$$again" --logLevel warn) && \
	  { diff -rq $(PAGE)/built "$$again" || { echo "the page's built files differ from its app/: run make app and commit them"; exit 1; }; }

unit:
	CGO_ENABLED=1 go test -race -timeout 40m ./...

# A benchmark that no longer runs would be noticed only by whoever wants its figure.
bench-once:
	CGO_ENABLED=0 go test -run '^$$' -bench . -benchtime 1x ./...

pictures:
	go test -count=1 -run Pictures ./$(PAGE) -update

bench:
	go test -run '^$$' -bench 'Click$$' -benchmem ./bot/slackchat
	go test -run '^$$' -bench . -benchmem ./workflow/asl
	go test -run '^$$' -bench Start -benchtime 20x ./cmd/wiring
	go test -run '^$$' -bench ColdClick -benchtime 10x ./cmd/wiring
	go test -run '^$$' -bench PatchDay -benchtime 5x ./$(PAGE)
	go test -count=1 -v -timeout 20m -run 'PatchDay|OneDigest|AClickWaits|TwentyCalls|LosesNoTurn' ./cmd/patchbot/local -full-size

# The tool itself runs on this machine, whatever GOARCH the functions are for.
build:
	@env -u GOARCH go run ./infra/bundle -arch $(GOARCH)

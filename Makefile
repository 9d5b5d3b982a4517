# make demo   runs the whole story on this machine
# make test   runs every check
# make build  writes dist/*.zip, the functions that Terraform deploys
# make bench  prints the figures that the README quotes

GOARCH ?= arm64
export GOFLAGS := -trimpath

.PHONY: demo test setup format lint gosec unit bench-once build bench

demo:
	@echo "building the demo; the first time takes some minutes" >&2
	@go run ./cmd/patchbot demo $(ARGS)

test: setup format lint gosec unit bench-once

# The race detector needs cgo, and so a C compiler.
setup:
	@command -v cc >/dev/null || command -v gcc >/dev/null || { apt-get update && apt-get install -y gcc libc6-dev; }

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

unit:
	CGO_ENABLED=1 go test -race -timeout 20m ./...

# A benchmark that no longer runs would be noticed only by whoever wants its figure.
bench-once:
	CGO_ENABLED=0 go test -run '^$$' -bench . -benchtime 1x ./...

bench:
	go test -run '^$$' -bench 'Click$$' -benchmem ./bot/slackchat
	go test -run '^$$' -bench . -benchmem ./workflow/asl
	go test -run '^$$' -bench Start -benchtime 20x ./cmd/wiring

# The tool itself runs on this machine, whatever GOARCH the functions are for.
build:
	@env -u GOARCH go run ./infra/bundle -arch $(GOARCH)

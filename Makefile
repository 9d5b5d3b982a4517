# make demo   runs the whole story on this machine
# make test   runs every check
# make build  writes dist/*.zip, the functions that Terraform deploys
# make bench  prints the figures that the README quotes

GOARCH ?= arm64
export GOFLAGS := -trimpath

.PHONY: demo test format vet staticcheck unit build bench

demo:
	@go run ./cmd/patchbot demo $(ARGS)

test: format vet staticcheck unit

format:
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "run gofmt -w on:"; echo "$$unformatted"; exit 1; }

vet:
	go vet ./...

staticcheck:
	go tool staticcheck ./...

# -race needs cgo and so a C compiler.
unit:
	CGO_ENABLED=1 go test -race -timeout 20m ./...

bench:
	go test -run '^$$' -bench 'Click$$' -benchmem ./bot
	go test -run '^$$' -bench . -benchmem ./workflow/asl
	go test -run '^$$' -bench Start -benchtime 20x ./cmd/wiring

# The tool itself runs on this machine, whatever GOARCH the functions are for.
build:
	@env -u GOARCH go run ./infra/bundle -arch $(GOARCH)

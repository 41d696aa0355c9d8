# Short names for what one types often. The checks are those of .ci/run, so that
# a green run here is a green run there.

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)

.PHONY: build run generate golden test race lint cross spec clients examples testcontainers release respect benchmarks fuzz malformed simulation bench opening torture torture-shared image check

build: ## the binary, in bin/
	CGO_ENABLED=0 go build -trimpath -ldflags "$(LDFLAGS)" -o bin/finhub-sandbox ./cmd/finhub-sandbox

run: build ## the sandbox, on port 8080
	bin/finhub-sandbox serve --addr :8080

generate: ## every file that is made of others
	go generate ./...

golden: ## every golden file, as the tests find it; takes as long as they do
	go test $$(grep -rlE --include='*_test.go' 'golden\.(Check|AtMost)' internal | xargs dirname | sort -u | sed 's,^,./,') -update

test: ## all tests
	go test ./...

race lint cross spec clients examples testcontainers release respect benchmarks fuzz malformed simulation: ## one step of .ci/run
	.ci/run $@

bench: ## how fast it is from outside, beside a bare handler and the goals; takes four minutes and the whole machine
	SANDBOX_BENCH_CUSTOMERS=$(CUSTOMERS) .ci/run bench

opening: ## how data files of up to half a million customers open; takes minutes and gigabytes
	SANDBOX_OPENING=1 go test -v -count=1 -timeout 60m -run '^TestOpening$$' ./internal/app

torture: ## a hundred kills, ten thousand truncations and three thousand flipped bits of data files; takes ten minutes
	SANDBOX_TORTURE=1 go test -v -count=1 -timeout 60m -run '^(TestKilledProcessLosesNothing|TestEveryTruncationOpens|TestEveryFlipIsFound)$$' ./internal/store ./cmd/finhub-sandbox

torture-shared: ## the same of processes that share a database, and minutes of histories; takes half an hour
	SANDBOX_TORTURE=1 .ci/run postgres

image: ## the container image
	docker build --build-arg VERSION=$(VERSION) -t finhub-sandbox:$(VERSION) .

check: ## everything that .ci/run checks
	.ci/run

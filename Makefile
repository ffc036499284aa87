# Bare `make` says what there is.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift

# The installed program stands alone: Swift's libraries go into it. (On macOS they are part of the system.) It is linked
# to a fixed address, which saves a hundred thousand relocations, one and a half milliseconds of every start.
ifeq ($(shell uname -s),Linux)
RELEASE = -c release --product weir --static-swift-stdlib -Xswiftc -Xclang-linker -Xswiftc -no-pie $(STATIC_CXX)
# So does C++'s library, where there is an archive of it: five thousand symbols fewer to look up at every start. The
# linker takes a shared one wherever it sees both, so it is shown a folder that has the archive alone.
CXX_ARCHIVE := $(wildcard $(shell c++ -print-file-name=libstdc++.a 2>/dev/null))
STATIC_CXX = $(if $(CXX_ARCHIVE),-Xlinker -L$(CURDIR)/.build/static-cxx)
else
RELEASE = -c release --product weir
endif
PROGRAM = .build/release/weir

# Warnings of our own targets are errors while developing; a newer compiler's new warnings do not stop who installs.
DEVELOPING = WEIR_STRICT=1

.DEFAULT_GOAL := help
.PHONY: help demo run build test soak lint format bench example simulate fuzz mutants install uninstall clean bootstrap

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: build ## the dashboard on the embedded unreliable provider: no key, no network
	@$(PROGRAM) demo

run: build ## the dashboard
	@$(PROGRAM)

build: bootstrap ## the program, optimised: .build/release/weir
	@$(if $(CXX_ARCHIVE),mkdir -p .build/static-cxx && ln -sf $(CXX_ARCHIVE) .build/static-cxx/libstdc++.a)
	$(SWIFT) build $(RELEASE)

test: bootstrap ## every test
	$(DEVELOPING) $(SWIFT) test

soak: bootstrap ## many replies from a provider that breaks, for MINUTES=10 or as long as you say (SEED=1)
	$(DEVELOPING) $(SWIFT) run Soak --minutes $(or $(MINUTES),10) --seed $(or $(SEED),1)

lint: bootstrap ## format and warnings
	@scripts/lint

format: ## format all sources in place
	$(SWIFT) format --in-place --recursive --parallel $(wildcard Sources Tests Benchmarks Examples themes Package.swift)

bench: build ## speed and memory, beside floors and peers (BENCH=--quick, BENCH=--strict)
	@rm -f Benchmarks/.build/release.yaml  # SwiftPM does not look for new files in the package above: it plans anew
	$(SWIFT) build -c release --package-path Benchmarks
	@Benchmarks/.build/release/EngineBench --weir $(PROGRAM) $(BENCH)

example: bootstrap ## the library's example, as a package of its own: EXAMPLE='lab/lab-claude Hello'
	@$(SWIFT) run --package-path Examples/StreamReply StreamReply $(EXAMPLE)

# No product of its own: the package's users have no use for it. A folder of its own, for its options differ.
SIMULATE = .build/simulate/release/Simulate
SEEDS ?= 10000
FROM ?= 0
JOBS ?= 2
SECONDS ?= 30

.PHONY: simulator
simulator: bootstrap
	@$(SWIFT) build -c release --product Simulate --scratch-path .build/simulate --quiet

simulate: simulator ## the engine on broken networks, exhaustively and by chance (SEEDS=n FROM=s JOBS=2)
	@$(SIMULATE) --exhaustive
	@$(SIMULATE) --seeds $(SEEDS) --from $(FROM) --jobs $(JOBS)

fuzz: simulator ## spoiled streams, JSON, TOML and recordings (SECONDS=n FROM=s)
	@$(SIMULATE) --fuzz $(SECONDS) --from $(FROM) --corpus ../shared/conformance

mutants: ## bugs put into the engine on purpose, and which invariant finds each
	@scripts/mutants

# What is built is not built again: `sudo make install` needs no Swift for root.
install: ## into PREFIX (/usr/local)
	@test -x $(PROGRAM) || $(MAKE) build
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 $(PROGRAM) "$(DESTDIR)$(PREFIX)/bin/weir"

uninstall: ## out of PREFIX; conversations and settings stay
	rm -f "$(DESTDIR)$(PREFIX)/bin/weir"

clean: ## everything that was built
	rm -rf .build Benchmarks/.build Examples/*/.build

# Installs missing system packages; silent when there are none.
bootstrap:
	@scripts/bootstrap

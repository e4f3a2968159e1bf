# Everything a newcomer or CI runs. `make demo` and `make test` install what they need on Debian and Ubuntu.

CARGO ?= cargo
BIN := $(or $(CARGO_TARGET_DIR),target)/release/melodyvision
TOOLS := target/tools

.PHONY: help demo test check serve gen bench contract fuzz accuracy build clean

help: ## Say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

build: ## Build the studio and the program that holds it
	@scripts/studio build
	$(CARGO) build --release --locked -p melodyvision

demo: ## Make the film of the sample song into out/
	@scripts/install film
	$(CARGO) build --release --locked -p melodyvision
	@mkdir -p out
	$(BIN) make samples/song.mp3 \
		--photo harin=samples/harin.png --photo dojun=samples/dojun.png \
		--lyrics samples/song.lrc --captions karaoke --title "여름밤의 주파수" --artist "MelodyVision" \
		--quality draft --human -o out/demo.mp4

check: ## Formatting, lints, licences, spelling, the studio's types and unit tests: quick, no film
	@scripts/install film checks
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" $(CARGO) doc --workspace --no-deps --locked --document-private-items --quiet
	$(TOOLS)/bin/cargo-deny --workspace check bans licenses sources
	$(TOOLS)/bin/typos
	$(TOOLS)/bin/taplo fmt --check
	@scripts/generated-is-current
	@scripts/install server
	@scripts/database check
	@scripts/studio check

test: check ## Everything CI runs: checks, every test, the API against its document, a bounded fuzz run, one real film, the studio in a browser
	@scripts/install tests
	$(CARGO) test --workspace --locked
	@scripts/api-contract 2
	@scripts/fuzz 15
	@scripts/film-end-to-end
	@scripts/studio journey

serve: build ## Start the server at http://localhost:8080
	$(BIN) serve --data out/server --demo

contract: ## Ask the API everything that its OpenAPI document allows and forbids
	@scripts/install checks server
	@scripts/api-contract

fuzz: ## Fuzz every parser of untrusted bytes for a minute each
	@scripts/fuzz 60

bench: ## Measure hearing, drawing, assembling and the server; docs/benchmarks.md says how to read it
	@scripts/install film bench
	@scripts/bench

gen: ## Write what is generated: manual pages, docs/configuration.md, docs/openapi.json, the studio's types of it
	$(CARGO) run --locked -p melodyvision -- man docs/man
	$(CARGO) run --locked -p melodyvision -- config > docs/configuration.md
	$(CARGO) run --locked -p mv-api --example openapi -- docs/openapi.json
	@scripts/studio types

clean: ## Remove what was built and made
	$(CARGO) clean
	rm -rf out fuzz/target

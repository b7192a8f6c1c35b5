# throughline. `make help` lists the targets.
SHELL := /bin/sh
CARGO ?= cargo
BIN := target/release/throughline
sizes ?= 300 3000 30000
peer_sizes ?= 300 3000

.DEFAULT_GOAL := demo
.PHONY: demo build test bless lint fmt doc deny bench soak clean help

demo: build ## Build the program, then the sample workspace into output/
	@$(BIN) build

build: ## Build the program
	@scripts/need cc=gcc
	@command -v $(CARGO) >/dev/null || { echo "please install Rust" >&2; exit 1; }
	@$(CARGO) build --release --locked --quiet

test: ## Set up what tests need, and run them all
	@scripts/need cc=gcc python3=python3 node=nodejs sha256sum=coreutils nginx=nginx-light \
		git=git zbarimg=zbar-tools java=default-jre-headless chromium=chromium \
		shellcheck=shellcheck crontab=cron systemd-analyze=systemd strace=strace \
		ssh-keygen=openssh-client openssl=openssl
	@scripts/corpora
	@scripts/python-packages
	@$(CARGO) test --locked --quiet --lib --test it
	@echo "all tests passed"

bless: ## Accept the present output as the expected one, after reading the difference
	@INSTA_UPDATE=always INSTA_FORCE_PASS=1 $(CARGO) test --locked --quiet --test it -- cases errors::the_page
	@git status --short tests/cases

lint: ## Formatting, clippy, documentation: warnings are errors
	@$(CARGO) fmt --check
	@$(CARGO) clippy --locked --quiet --all-targets -- -D warnings
	@RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --quiet --no-deps --document-private-items

fmt: ## Format the code
	@$(CARGO) fmt

deny: ## Check licences and sources of dependencies
	@command -v cargo-deny >/dev/null || $(CARGO) install --locked cargo-deny
	@$(CARGO) deny --offline check licenses bans sources

bench: ## Measure reading, links, mails and builds against floors and peers: make bench sizes="300 3000"
	@$(CARGO) bench --locked --bench read
	@$(CARGO) bench --locked --bench links
	@scripts/peers || true
	@$(CARGO) bench --locked --bench mail
	@$(CARGO) bench --locked --bench peers -- $(peer_sizes)
	@$(CARGO) bench --locked --bench build -- $(sizes)

soak: ## The slow sweeps: 500 kills, faults at every change of builds, swaps, plans and releases and at every request, 200 power cuts, a million broken files, URLs and codes, 2,000 rows of edits
	@THROUGHLINE_KILLS=500 $(CARGO) test --locked --quiet --test it crash
	@scripts/need strace=strace xfs_io=xfsprogs mkfs.ext4=e2fsprogs
	@THROUGHLINE_STRIDE=1 THROUGHLINE_KILLS=500 THROUGHLINE_CUTS=200 $(CARGO) test --locked --quiet --test it -- \
		build_sweeps:: release_sweeps:: release_gates:: s3_faults:: s3_credentials::
	@THROUGHLINE_MEGABYTES=240 $(CARGO) test --locked --quiet --test it limits
	@THROUGHLINE_ROUNDS=1000000 $(CARGO) test --locked --quiet --release --test it broken
	@THROUGHLINE_ROUNDS=1000000 $(CARGO) test --locked --quiet --release --test it -- urls:: codes::
	@THROUGHLINE_WORKSPACES=2000 $(CARGO) test --locked --quiet --release --test it tracked::
	@THROUGHLINE_PLANS=2000 THROUGHLINE_PARTS=2000 $(CARGO) test --locked --quiet --release --test it -- plans:: select::

clean: ## Remove what was built, but not throughline.lock
	@$(CARGO) clean --quiet
	@find output -mindepth 1 ! -name README.md -delete
	@rm -rf .throughline

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

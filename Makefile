# One target per verb. Everything is installed into .venv from the lock; nothing is installed elsewhere.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
PIP := $(BIN)/pip install --disable-pip-version-check
# One line that counts instead of three for each package.
COUNT := awk '/^Collecting/ {printf "\r  %d packages", ++n; fflush()} /^Installing/ {printf ", unpacking …"; fflush()} END {print ""}'

.PHONY: run test test-postgres browser lint types format bench bench-peers faults audit ci clean lock

run: .venv/.run-installed
	@PORT=$(PORT) $(BIN)/broadsheet serve --first-run

test: .venv/.dev-installed
	@$(BIN)/python tools/run_tests.py

test-postgres: .venv/.dev-installed
	@$(BIN)/python tools/run_tests.py --only postgres

browser: .venv/.dev-installed
	@$(BIN)/python tools/run_tests.py --only browser

lint: .venv/.dev-installed types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet src

types: .venv/.dev-installed
	$(BIN)/mypy

format: .venv/.dev-installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# All measurements beside nginx (needs nginx and wrk); OPTIONS=--quick for a short run.
bench: .venv/.bench-installed
	$(BIN)/python bench/run.py $(OPTIONS)

# The systems that one would pick instead, measured the same way; each is installed into build/bench/peers.
bench-peers: .venv/.bench-installed
	$(BIN)/python bench/run.py --only peers --out build/bench/beside-peers $(OPTIONS)

# What befalls a publication under load: kills, stops and fills what it has itself started.
faults: .venv/.dev-installed
	$(BIN)/python -m bench.faults

# Needs Node.js, a Java runtime and Chromium: Lighthouse and the W3C's HTML checker.
audit: .venv/.dev-installed
	$(BIN)/python tools/audit.py

ci: lint test

lock:
	@$(PYTHON) -m venv .venv && $(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements/run.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra filter --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements/dev.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra filter --extra bench --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements/bench.txt

clean:
	rm -rf .venv var

.venv/bin/pip:
	@echo "Making .venv …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Broadsheet needs Python 3.11 or newer; say which with PYTHON=…")'
	@$(PYTHON) -m venv .venv

# The lock is complete, so nothing is resolved: pip would take the newest release of a package that is
# asked for with extras, and then refuse it as one that is not in the lock.
.venv/.run-installed: .venv/bin/pip requirements/run.txt pyproject.toml
	@echo "Installing from the lock (a minute or two the first time) …"
	@$(PIP) --require-hashes --no-deps -r requirements/run.txt | $(COUNT)
	@$(PIP) --quiet --no-deps --editable .
	@touch $@

.venv/.dev-installed: .venv/.run-installed requirements/dev.txt
	@echo "Installing the tools for development …"
	@$(PIP) --require-hashes --no-deps -r requirements/dev.txt | $(COUNT)
	@touch $@

.venv/.bench-installed: .venv/.dev-installed requirements/bench.txt
	@echo "Installing what the benchmarks draw with and compare with …"
	@$(PIP) --require-hashes --no-deps -r requirements/bench.txt | $(COUNT)
	@touch $@

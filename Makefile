# Linli: `make demo` shows it, `make test` proves it. Everything lands in .venv/ and instance/; nothing else is touched.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SERVE ?= 1
SIZE ?= small
STRICT ?= 0

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' \
	  || { echo "Linli needs Python 3.11 to 3.14; $(PYTHON) is `$(PYTHON) -V 2>&1`. Set PYTHON=python3.x."; exit 1; }
	@echo "· making the environment in $(VENV)/"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv 2>/dev/null \
	  || echo "  (uv is not to be had; pip is used, which is slower)"
	@touch $@

$(VENV)/.run: requirements/run.txt $(VENV)/.made
	@sh deploy/install.sh $(BIN) requirements/run.txt
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	@sh deploy/install.sh $(BIN) requirements/test.txt
	@touch $@

$(VENV)/.bench: requirements/bench.txt $(VENV)/.test
	@sh deploy/install.sh $(BIN) requirements/bench.txt
	@touch $@

CATALOGUES := $(patsubst %.po,%.mo,$(wildcard web/translations/*/LC_MESSAGES/*.po))

%.mo: %.po | $(VENV)/.run
	@$(BIN)/python -m web.messages compile

LOOPS := $(wildcard registry/linkage/*.py) registry/keystore.py $(wildcard solver/*.py)

$(VENV)/.loops: $(LOOPS) $(VENV)/.run
	@echo "· compiling the loops of the registry and the solver (once)"
	@rm -f registry/__pycache__/*.nb? registry/linkage/__pycache__/*.nb? solver/__pycache__/*.nb?
	@$(BIN)/python -m solver.warm & warming=$$!; $(BIN)/python -m registry.linkage.warm && wait $$warming
	@touch $@

setup: $(VENV)/.run $(VENV)/.loops $(CATALOGUES) ## make the environment and the linli command

demo: setup ## a sample city, from five messy files to a published week, served (SERVE=0: not served; SIZE=district)
	@$(BIN)/linli demo --size $(SIZE) $(if $(filter 0,$(SERVE)),--no-serve)

test: $(VENV)/.test $(VENV)/.loops $(CATALOGUES) ## format, lint, types, import contracts, tests on SQLite, PostgreSQL, Valkey and Chromium
	@STRICT=$(STRICT) sh tests/run.sh $(BIN)

check: test ## the same as make test

format: $(VENV)/.test ## put the code into the house's format
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix-only . ; true

bench-solver: $(VENV)/.bench ## the solver beside its peers, one run, one table
	@$(BIN)/python -m bench.solver

bench-registry: $(VENV)/.bench ## consolidation beside Splink, recordlinkage and dedupe
	@$(BIN)/python -m bench.registry

bench-pages: $(VENV)/.test ## server time, queries and weight of every page
	@$(BIN)/python -m bench.pages

bench-crowd: $(VENV)/.test ## 200 people at once on PostgreSQL and several web processes: latencies, and nothing lost
	@$(BIN)/python -m bench.crowd

messages: $(VENV)/.test ## gather new sentences into the catalogues
	@$(BIN)/python -m web.messages update

requirements: ## pin the dependencies again (hashes, no hosts)
	@$(BIN)/python deploy/pin.py

clean: ## remove the environment and the demo's database
	rm -rf $(VENV) instance

.PHONY: help setup demo test check format bench-solver bench-registry bench-pages bench-crowd messages requirements clean

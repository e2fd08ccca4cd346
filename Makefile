# Everything a newcomer types. `make help` lists it.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: help setup demo test check format bench trials contract relevance lock clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: $(STAMP) node_modules/.package-lock.json  ## .venv, locked dependencies, the search engine's binary (idempotent)

$(STAMP): requirements/dev.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# The engine is an optional dependency: on a platform without a binary the market serves degraded and says so.
node_modules/.package-lock.json: package-lock.json .npmrc
	npm ci --no-fund --no-audit
	touch $@

demo: setup  ## the whole market on this machine, with a story in it
	$(BIN)/market up --demo

# Tests start some hundred processes: where bytecode is not kept, each compiles the market anew.
test: export PYTHONDONTWRITEBYTECODE =
test: setup  ## every test, on real PostgreSQL and Meilisearch that the tests start
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --reruns 1 -rfER

check: setup  ## format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup  ## rewrite the code in the house's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup  ## measure; prints a table and writes build/bench.json
	$(BIN)/python -m tests.benchmarks

trials: setup  ## kill, freeze, fill and restore a market under writes, in 12 minutes at most; prints what was lost
	$(BIN)/python -m tests.trials

contract: setup build/schemathesis/.installed  ## everything that the API describes, asked by schemathesis as three callers; fails on what is not described
	$(BIN)/python -m tests.contract --schemathesis build/schemathesis/bin/schemathesis

# Apart from what the market is developed with: it is asked from outside.
build/schemathesis/.installed:
	$(PYTHON) -m venv build/schemathesis
	build/schemathesis/bin/python -m pip install --quiet --disable-pip-version-check schemathesis==4.32.5
	touch $@

relevance: setup  ## judged queries on this search, plain Meilisearch and PostgreSQL; fails under the floor
	$(BIN)/python -m tests.relevance

lock:  ## compile requirements/*.txt from pyproject.toml (needs uv)
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 pyproject.toml -o requirements/runtime.txt
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 --all-extras --group dev pyproject.toml -o requirements/dev.txt

clean:  ## remove what was built or installed
	rm -rf .venv node_modules build .pytest_cache .mypy_cache .ruff_cache .hypothesis

# `make` alone lists the targets. JSON=1 makes demo, check, test and bench print one JSON document
# (from another folder: `make -s -C FOLDER ...`, or make itself writes "Entering directory" before it).
.DEFAULT_GOAL := help
SHELL := /bin/bash
SETUP := scripts/bootstrap.sh
JSON_FLAG := $(if $(filter-out 0,$(JSON)),--json)
QUIET_STUDIO := LANGGRAPH_CLI_NO_ANALYTICS=1 LANGGRAPH_NO_VERSION_CHECK=1 LANGSMITH_TRACING=false LANGGRAPH_STRICT_MSGPACK=true
UV = $(shell command -v uv || ls .bootstrap/*/bin/uv 2>/dev/null | head -1)
COMPILE = $(UV) pip compile -q --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
	--no-emit-find-links --no-annotate --custom-compile-command "make lock" pyproject.toml

.PHONY: transcript schedules chaos help setup fix check test e2e mutations demo serve studio studio-test bench miniwob requests suggestions lock

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

setup: ## everything a fresh machine lacks: uv, .venv from the lock, Chromium, PostgreSQL for the tests
	@$(SETUP) with-all true

demo: ## the whole loop on the bundled practice portal; JSON=1 prints one document
	@$(SETUP) with-browser podium demo $(JSON_FLAG)

test: ## all checks: format, lint, layers, types, tests
	@$(SETUP) with-all python scripts/checks.py all $(JSON_FLAG)

check: ## the static checks alone: format, lint, layers, types
	@$(SETUP) venv
	@.venv/bin/python scripts/checks.py static $(JSON_FLAG)

fix: ## format, and mend what ruff can mend
	@$(SETUP) venv
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format --quiet .

e2e: ## only the tests of the whole product, with a real browser
	@$(SETUP) with-browser pytest -m e2e

mutations: ## agents on redesigned and falsified pages, in resumable calls: SHARD=1/4 BUDGET=540 FRESH=1 PEERS=1 SET=ninth
	@$(SETUP) with-browser python -m tests.mutations $(JSON_FLAG) $(if $(SHARD),--shard $(SHARD)) \
		$(if $(BUDGET),--budget $(BUDGET)) $(if $(filter-out 0,$(FRESH)),--fresh) \
		$(if $(filter-out 0,$(PEERS)),--peers) $(if $(SET),--set $(SET))

serve: ## the server on loopback, with schedules
	@$(SETUP) with-browser podium serve

studio: ## LangGraph Studio's local server, in an environment of its own
	@$(SETUP) studio
	@$(QUIET_STUDIO) $(SETUP) with-browser $(CURDIR)/.venv-studio/bin/langgraph dev --allow-blocking \
		--n-jobs-per-worker 4 --no-browser --no-reload --host 127.0.0.1

studio-test: ## the test of an agent in LangGraph Studio's local server
	@$(SETUP) studio
	@$(SETUP) with-browser pytest -m studio

bench: ## every program in benchmarks/, one question each
	@$(SETUP) with-all python scripts/bench.py $(JSON_FLAG) $(ONLY)

schedules: ## ten years of 40 schedules in 6 zones against an oracle, and the labelled phrases; call again while not complete
	@$(SETUP) venv
	@.venv/bin/python -m tests.schedules $(JSON_FLAG)

requests: ## how well the labelled requests are read, offline; JSON=1 prints one document
	@$(SETUP) venv
	@.venv/bin/python scripts/measure.py requests $(JSON_FLAG)

suggestions: ## suggestions on generated workspaces with planted defects; JSON=1 prints one document
	@$(SETUP) venv
	@.venv/bin/python scripts/measure.py suggestions $(JSON_FLAG)

transcript: ## one workspace through forty turns over all verbs, another process before each; JSON=1 prints one document
	@$(SETUP) venv
	@.venv/bin/python -m tests.transcript $(JSON_FLAG)

chaos: ## kill server, worker and Chromium at every point; calls add up to 1,000 kills (SECONDS_EACH=480)
	@$(SETUP) with-all python -m tests.chaos $(JSON_FLAG) $(if $(SECONDS_EACH),--seconds $(SECONDS_EACH))

miniwob: ## which MiniWoB tasks are learnt on one seed and replayed on others; adds up over calls, JSON=1 prints one document
	@$(SETUP) miniwob
	@$(SETUP) with-browser python benchmarks/miniwob .bootstrap/miniwob/miniwob/html $(JSON_FLAG)

lock: ## resolve the locks anew from pyproject.toml and requirements/*.in
	@$(SETUP) venv
	$(COMPILE) -o requirements/runtime.lock
	$(COMPILE) requirements/dev.in -c requirements/runtime.lock -o requirements/dev.lock
	$(COMPILE) requirements/studio.in --override requirements/studio.override -o requirements/studio.lock
	$(COMPILE:pyproject.toml=) --no-deps requirements/miniwob.in -o requirements/miniwob.lock

# `make help` lists what can be done here. Every target first makes sure that the machine has what it needs.

PYTHON := .venv/bin/python
SIZE ?= small
PORT ?= 8050
ARGS ?=

# Tests start the program dozens of times: where the environment forbids it to keep what it compiled, each compiles anew.
test: export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: demo test bench check format pins help

demo: ## The demo city in the browser. SIZE=small|city, PORT=8050, LIVE=1 lets things happen
	@./bootstrap.sh run
	@$(PYTHON) -m app demo --size $(SIZE) --port $(PORT) $(if $(LIVE),--live) $(ARGS)

test: ## Every test, browser tests included. ARGS="-k word" picks some
	@./bootstrap.sh dev
	@$(PYTHON) -m pytest --ignore tests/browser -n 2 --dist worksteal $(ARGS)
	@# Playwright keeps an event loop running in its thread, which tests of asynchronous code cannot share.
	@$(PYTHON) -m pytest tests/browser -n 2 --dist loadfile $(ARGS)

bench: ## Measure against the limits and write bench/results.json. ONLY=name runs one
	@./bootstrap.sh bench
	@$(PYTHON) -m bench $(if $(ONLY),--only $(ONLY)) $(ARGS)

check: ## Style, types and the direction of imports
	@./bootstrap.sh dev
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -m pytest -q tests/test_imports.py

format: ## Put the code into the form that `make check` wants
	@./bootstrap.sh dev
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

pins: ## Write constraints.txt from the environment, after changing a requirement
	@{ sed -n '/^#/p' constraints.txt; $(PYTHON) -m pip freeze; } > constraints.new && mv constraints.new constraints.txt

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

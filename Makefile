# The two commands are `make run` and `make test`; each does its own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help

.PHONY: help install run test lint format serve docs lock bench clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

install: $(INSTALLED) ## Create the environment from the hashed lock

# The lock is complete, so nothing is resolved, and hashes bind each file. The parser that dbt needs
# is taken as a wheel, for its source package downloads a binary while it builds.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Keiro needs Python 3.11 or newer; name one with make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary dbt-core-experimental-parser -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# The demo is written where there are no exports, or where a demo was cut off.
run: install ## Load the demo exports, build the KPIs, publish them and the report
	@test -d exports && { test ! -e exports/_truth/files.txt || test -e exports/_truth/truth.json; } || $(BIN)/keiro demo
	@$(BIN)/keiro run

test: install lint ## Lint, types, SQL lint, dbt's own tests and pytest
	$(BIN)/pytest --numprocesses logical --no-loadscope-reorder

lint: install ## ruff, mypy and sqlfluff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 0 models tests/data examples/olist/models

format: install ## Rewrite Python in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

serve: install ## Serve the scheduled flow with a Prefect server on 127.0.0.1
	$(BIN)/keiro serve

docs: install ## Build dbt's documentation pages into target/
	$(BIN)/dbt docs generate

lock: install ## Pin the environment anew, with hashes and without download addresses
	$(BIN)/python -m uv --version >/dev/null 2>&1 || $(BIN)/pip install --quiet uv
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --only-binary dbt-core-experimental-parser --extra dev --extra remote pyproject.toml -o requirements.lock

bench: install ## Measure a warm run beside dbt build
	$(BIN)/python benchmarks/warm_run.py

clean: ## Remove the environment and everything that was built, never the exports
	rm -rf $(VENV) target logs warehouse published

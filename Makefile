# Two commands do all set-up on a fresh machine with python3 (3.11 or newer, with pip), git and make:
#   make demo    the whole job on invented papers: no key, no network but the package registry
#   make test    the tests
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo test lint lock

setup: .venv/.ready

# The environment gets no pip of its own: the machine's pip fills it, so python3-venv is not needed.
.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("survey-bot needs Python 3.11 or newer; try make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@echo "installing into .venv (about two minutes the first time)"
	$(PYTHON) -m venv --without-pip .venv
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --no-deps --require-hashes -r requirements.lock
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: setup
	$(BIN)/survey-bot demo demo

test: setup
	$(BIN)/pytest -n auto --maxprocesses 4 --dist worksteal

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/survey-bot check
	$(BIN)/survey-bot render --check
	$(BIN)/zizmor --offline --quiet --pedantic --strict-collection .github/workflows action.yml bot/templates/*.yml
	PATH="$(CURDIR)/$(BIN):$$PATH" actionlint .github/workflows/*.yml bot/templates/*.yml

# Needs uv. The index is the machine's own affair and must not stand in the lock.
lock:
	uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url --no-header --upgrade --quiet --output-file requirements.lock

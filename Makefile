# Each target makes what it needs by itself; Python 3.11 or newer with venv is all that must be there.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := run
MAKEFLAGS += --no-print-directory

PORT ?= 8000
export PORT
BIN := .venv/bin
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

PO := $(wildcard reintegration/translations/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r

.PHONY: run test deep sure bench translations clean
.DELETE_ON_ERROR:

run: .venv/run.stamp $(MO)
	@exec $(BIN)/python -m reintegration.operations.supervisor

test: .venv/dev.stamp $(MO)
	@$(BIN)/python -m tests.chromium
	@$(BIN)/python -m pytest -n 2 $(PYTEST)

deep:
	@$(MAKE) test PYTEST="--deep $(PYTEST)"

sure: .venv/dev.stamp $(MO)
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --strict
	@$(BIN)/lint-imports
	@$(BIN)/djlint --quiet --lint templates
	@$(BIN)/python -m tests.translations
	@$(MAKE) test

bench: .venv/dev.stamp $(MO)
	@$(BIN)/python -m bench

# Bring the catalogues up to the strings in code and templates; a new language: make translations NEW=uk
translations: .venv/run.stamp
	@mkdir -p .stamps
	@$(BIN)/pybabel --quiet extract -F babel.cfg -k _l -k N_ --no-location --omit-header --sort-output -o .stamps/messages.pot .
	@$(if $(NEW),$(BIN)/pybabel --quiet init -i .stamps/messages.pot -d reintegration/translations -l $(NEW))
	@$(BIN)/pybabel --quiet update -i .stamps/messages.pot -d reintegration/translations --no-fuzzy-matching --ignore-obsolete

# What can be made again. The data in instance/ is not.
clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .grimp_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
	rm -f $(MO)
	rm -rf reintegration/built

.venv/pip.stamp:
	@if [[ -z "$(PYTHON)" ]]; then \
		echo "Punte needs Python 3.11 or newer; found: $$(python3 --version 2>&1 || echo none)." >&2; exit 1; fi
	@if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "This Python cannot make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; fi
	@echo "Making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/run.stamp: requirements.lock | .venv/pip.stamp
	@echo "Installing what Punte runs on"
	@$(PIP) requirements.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock | .venv/run.stamp
	@echo "Installing what its tests need"
	@$(PIP) requirements-dev.lock
	@touch $@

%.mo: %.po | .venv/run.stamp
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

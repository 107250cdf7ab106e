# Stancebook: everything that is done with this checkout. `make` alone says what.

PYTHON ?= python3
CORPUS ?=
LEAN := .venv
DEV := .venv-dev
BENCH := .venv-bench
# Two test processes: what the smallest machine we care for has, and more do not help while kernels start.
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help report test check notebooks lab bench lock clean

help:  ## say what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

report: $(LEAN)/ready  ## install what a report needs, and make one of the sample (or CORPUS=folder) in reports/latest
	$(LEAN)/bin/stancebook report $(CORPUS) --out reports

test: $(DEV)/ready check  ## install everything, and run format, lint, types, unit tests and notebooks
	$(DEV)/bin/python -m pytest -n $(WORKERS) --dist loadfile
	$(DEV)/bin/python -m pytest -n $(WORKERS) --dist loadfile \
		--nbval --nbval-current-env --nbval-sanitize-with tests/nbval.cfg notebooks

check: $(DEV)/ready  ## format, lint and types only
	$(DEV)/bin/ruff format --check .
	$(DEV)/bin/ruff check .
	$(DEV)/bin/mypy

lab: $(DEV)/ready  ## open JupyterLab at the notebooks
	$(DEV)/bin/stancebook lab --folder notebooks

notebooks: $(DEV)/ready  ## run the notebooks in place: how a wanted change of their results is accepted
	$(DEV)/bin/python -c 'from analysis.notebook import run_notebook as run; from analysis.paths import NOTEBOOKS as home; \
		[run(path, path, {}) for path in sorted(home.glob("*.ipynb"))]'

bench: $(BENCH)/ready  ## measure speed beside spaCy, PyTorch and TextBlob, and write the table in bench/README.md
	$(BENCH)/bin/python bench/bench.py

lock:  ## write the lock files anew from pyproject.toml (needs uv)
	uv pip compile $(LOCK) --group build --output-file requirements.lock pyproject.toml
	uv pip compile $(LOCK) --group build --group dev --extra lab --output-file requirements-dev.lock pyproject.toml

clean:  ## remove the environments; reports stay
	rm -rf $(LEAN) $(DEV) $(BENCH)

# One set of versions for every Python and system we support, and no address of an index.
LOCK := --quiet --no-config --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-emit-index-url --no-annotate --no-header

# An environment is made anew only when its lock file or the packaging changes.
$(LEAN)/ready: requirements.lock pyproject.toml
	$(call install,$(LEAN),requirements.lock)

$(DEV)/ready: requirements-dev.lock pyproject.toml
	$(call install,$(DEV),requirements-dev.lock)

# What is measured runs with the locked versions; what it is measured beside is an extra, in no lock file.
$(BENCH)/ready: requirements.lock pyproject.toml
	$(call install,$(BENCH),requirements.lock,[bench])

define install
	$(PYTHON) -m venv --clear $(1)
	$(1)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(2)
	$(1)/bin/python -m pip install --quiet --disable-pip-version-check $(if $(3),,--no-deps) \
		--no-build-isolation --editable '.$(3)'
	touch $@
endef

# Every target builds .venv first where it needs it; `make` alone lists the targets.
# PYTHON=… takes another Python for .venv, JOBS=… other numbers of test workers, ARGS=… more options.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# Three keep two processors busy: tests of faults and of pages wait much.
JOBS ?= 3
ARGS ?=
NOTEBOOKS ?= notebooks
BIN := .venv/bin

# Nothing of the user's own reaches in: no other packages, no other kernels.
unexport PYTHONPATH
unexport PYTHONHOME
unexport JUPYTER_PATH
export PYTHONNOUSERSITE := 1
export JUPYTER_PREFER_ENV_PATH := 1

# Any Python can read the bootstrap; it looks for one that is new enough itself.
BOOTSTRAP = for python in "$$PYTHON" python3 python3.13 python3.12 python3.11 python3.14 python; do \
	if [ -n "$$python" ] && "$$python" -c "" >/dev/null 2>&1; then exec "$$python" scripts/bootstrap.py; fi; \
	done; echo "bootstrap: no Python found: install Python 3.11 or newer" >&2; exit 2

.PHONY: help setup reproduce site test lab lint lock versions soak clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## build .venv from requirements.lock, where it is not up to date
	@$(BOOTSTRAP)

reproduce: setup ## run the study: notebooks, tables, figures and report into runs/
	@$(BIN)/asylum run $(ARGS)

site: setup ## build the site of the reference run into _site/
	@$(BIN)/asylum site $(ARGS)

test: lint ## lint, check types and run all tests
	@$(BIN)/pytest -n $(JOBS) --dist loadscope $(ARGS)

# .jupyter has JupyterLab ask nobody for news, newer versions or extensions.
lab: export JUPYTER_CONFIG_PATH := $(CURDIR)/.jupyter
lab: setup ## open the notebooks in JupyterLab
	@[ -n "$$DISPLAY$$WAYLAND_DISPLAY$$BROWSER" ] || [ "$$(uname)" != Linux ] || echo "make lab: where there is no browser," \
		"add ARGS=--no-browser, and reach the port from your own machine by ssh -L 8888:localhost:8888"
	@if [ "$$(id -u)" = 0 ]; then set -- --allow-root; fi; \
		$(BIN)/jupyter-lab --notebook-dir=$(NOTEBOOKS) "$$@" $(ARGS)

lint: setup ## check style, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

lock: ## resolve requirements.lock anew from pyproject.toml (UPGRADE=1 takes the newest versions)
	@uv=$$(command -v uv || echo $(BIN)/uv); "$$uv" pip compile pyproject.toml --quiet \
		--extra dev --extra site --extra proofs --extra slurm --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) --output-file requirements.lock

versions: setup ## check the outputs with the oldest and the newest versions that pyproject.toml allows
	@uv=$$(command -v uv || echo $(BIN)/uv); for pick in lowest-direct highest; do \
		echo "versions: $$pick"; \
		"$$uv" venv --quiet --clear --python $(BIN)/python build/$$pick && \
		"$$uv" pip install --quiet --python build/$$pick/bin/python --resolution $$pick -e . && \
		build/$$pick/bin/asylum check || exit 1; done

soak: setup ## run the long tests that look for rare faults
	@$(BIN)/pytest -m soak $(ARGS)

clean: ## remove .venv and caches; runs/ stays
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist _site
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

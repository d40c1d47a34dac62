# One command each; on a fresh clone `make report` needs Python 3.11 to 3.13, git and make, nothing else.

# bash because make 3.81 (macOS) uses the PATH exported here only when it calls a shell that is not its default one
SHELL := bash
export PATH := $(CURDIR)/.venv/bin:$(PATH)

PYTHON ?= python3
PRESET ?=
STRICT ?=
ARGS ?=

PYTEST := pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
LOCK := uv pip compile requirements.in --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" --quiet --output-file requirements.lock
CUDA := sed -nE 's/^((nvidia|cuda|triton)[a-z0-9-]*)==.*/--no-emit-package \1/p'

.DEFAULT_GOAL := help
.PHONY: help setup report why verify audit test check lint parameters lock clean

help:  ## print this list
	@echo 'Usage: make TARGET [PRESET=quick|standard|paper] [STRICT=1] [ARGS="options of snakemake or pytest"] [PYTHON=python3.12]'
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r target text; do \
		printf '  %-12s%s\n' "$$target" "$$text"; done

setup:  ## make .venv from requirements.lock, unless it is there and up to date
	@command -v $(PYTHON) > /dev/null || { \
		echo 'There is no $(PYTHON) here. Install Python 3.11, 3.12 or 3.13, or name it: PYTHON=...' >&2; exit 1; }
	@$(PYTHON) scripts/bootstrap.py

report: setup  ## build report/report.html, .pdf and .json; only what changed is computed again; STRICT=1 fails if a verdict flipped
	$(if $(and $(PRESET),$(findstring --config ,$(ARGS))),$(error Write preset=$(PRESET) into the --config of ARGS))
	snakemake --cores all $(ARGS) $(if $(PRESET),--config preset=$(PRESET))
	$(if $(filter-out 0,$(STRICT)),python -m scripts.article.changes --strict)

accept: setup  ## accept the report as it is: later ones are compared with it (report/changes.html)
	python -m scripts.article.accept $(ARGS)

test: setup lint  ## run the linters and all tests
	$(PYTEST) $(ARGS)

check: setup lint  ## run the linters and the fast tests
	$(PYTEST) -m "not slow" $(ARGS)

lint: setup  ## run the linters alone
	ruff check .
	ruff format --check .
	snakefmt --check Snakefile workflow
	snakemake --lint
	python -m scripts.article.literals

why: setup  ## say what would be made anew, why, and how long it would take
	python -m scripts.article.why $(ARGS) $(if $(PRESET),--config preset=$(PRESET))

audit: setup  ## rerun the last commit on 5 other blocks of seeds and count how often each verdict is the same (an hour)
	python -m scripts.article.audit $(ARGS) $(if $(PRESET),--preset $(PRESET))

verify: setup  ## check every link from the report back to the code; name the first that is broken
	python -m scripts.article.verify

parameters: setup  ## list every parameter, its value and where it comes from
	python -m scripts.article.parameters $(ARGS)

lock:  ## write requirements.lock anew from requirements.in, without torch, its CUDA packages and torchvision
	@command -v uv > /dev/null || $(MAKE) setup
	$(LOCK) $(ARGS)
	$(LOCK) --no-emit-package torch --no-emit-package torchvision $$($(CUDA) requirements.lock)

clean:  ## remove everything that was computed; .venv stays
	rm -rf results report logs .snakemake .cache

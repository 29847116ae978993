# Berceau: one front door. `make` alone lists what it opens.
#
#   make demo ARGS="--applications 1000 --seed 7 --json"
#   make test ARGS="tests/unit -k money"
#   make install PYTHON=python3.12

PYTHON ?=
ARGS   ?=
UV     ?= uv

# The environment is made by .ci/environment.py, at once when nothing changed. What it says goes to
# stderr: stdout belongs to the program that is run.
environment = chosen=$$(sh .ci/python $(PYTHON)) && exec "$$chosen" .ci/environment.py
compile     = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
              --no-emit-index-url --no-header --no-annotate --no-config

.DEFAULT_GOAL := help
.PHONY: help install demo up test prove chaos bench check clean lock

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 18

install: ## make the whole environment in .venv, from the hashed locks
	@$(environment) dev

demo: ## families' enrolments become explained decisions, on the real engine
	@$(environment) embedded
	@exec .venv/bin/python -m services.command demo $(ARGS)

up: ## the same stack, kept running, with its console; Ctrl-C stops it
	@$(environment) embedded
	@exec .venv/bin/python -m services.command up $(ARGS)

test: install ## every test but the long proofs
	@exec .venv/bin/python -m pytest -m "not prove" $(ARGS)

prove: install ## the long proofs: crashes, floods, lost queues
	@exec .venv/bin/python -m pytest -m prove $(ARGS)

chaos: install ## break whatever can be, under load, and count (ARGS="--seconds 60 --seed 1 --json")
	@exec .venv/bin/python -m tests.chaos $(ARGS)

bench: ## applications drained per second, beside Celery and beside a bare loop
	@$(environment) bench
	@exec .venv/bin/python -m benchmarks.speed $(ARGS)

check: install ## everything that CI asks: form, types, import contracts, then the tests
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/mypy .ci/environment.py
	@.venv/bin/lint-imports
	@$(MAKE) --no-print-directory test

clean: ## remove the environment, the caches and the demo's data
	@rm -rf .venv .berceau .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis \
	  build dist
	@find . -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

lock: ## recompile the locks (for maintainers; needs uv)
	@$(compile) --extra embedded --extra telemetry --group dev \
	  --output-file requirements-dev.txt pyproject.toml
	@$(compile) --extra embedded --extra telemetry --group dev --group bench \
	  --constraint requirements-dev.txt --output-file requirements-bench.txt pyproject.toml
	@$(compile) --extra embedded --constraint requirements-dev.txt \
	  --output-file requirements-embedded.txt pyproject.toml
	@$(compile) --constraint requirements-dev.txt --output-file requirements.txt pyproject.toml
	@$(compile) --extra telemetry --constraint requirements-dev.txt \
	  --output-file requirements-telemetry.txt pyproject.toml
	@echo hatchling | $(compile) --constraint requirements-dev.txt \
	  --output-file deploy/requirements-build.txt -

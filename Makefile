# Gatehouse. `make run` deploys the whole stack on this machine; `make test` proves it. Both need Python >= 3.11 and make only.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT_OFFSET ?= 0
STAGE ?= dev
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CDK := node_modules/.bin/cdk
export PYTHONPATH := $(CURDIR):$(CURDIR)/layers/gatehouse/python
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PORT_OFFSET
# As deployed, whatever else the tools bring along (tests/conftest.py).
export OPENAPI_SPEC_VALIDATOR_SCHEMA_VALIDATOR_BACKEND := jsonschema

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(READY): requirements-dev.txt layers/dependencies/requirements.txt package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Gatehouse needs Python 3.11 or newer; PYTHON=... names another one." >&2; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: install it (on Debian: python3-venv)." >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$$(sed -n 's/^uv==//p' requirements.txt)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements-dev.txt
	@$(BIN)/python -m local.node ci
	@touch $@

setup: $(READY) ## create .venv and node_modules

run: $(READY) ## deploy the stack to the embedded emulator, play the demo, stay up
	@exec $(BIN)/python -m local run

stop: ## end what `make run` started
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m local stop

demo: $(READY) ## play the main job again on a running stack
	@$(BIN)/python -m local demo

clean-state: ## forget the local stack's APIs, users and counters
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m local forget

format: $(READY) ## reformat the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

check: $(READY) ## style, types, layers
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

test: check ## everything that must hold, against real parts
	@$(BIN)/python -m pytest --ignore=tests/e2e --ignore=tests/load -m "not slow" -n $(WORKERS) --dist loadfile --cov --cov-report=term:skip-covered
	@$(BIN)/python -m pytest tests/load
	@$(BIN)/python -m pytest tests/e2e -m "not slow"

slow: $(READY) ## the tests that take minutes: the emulator's tables, whole windows, a table that fails, every part end to end
	@$(BIN)/python -m pytest --ignore=tests/e2e --ignore=tests/load -m slow -n $(WORKERS) --dist loadfile
	@$(BIN)/python -m pytest tests/e2e -m slow

bench: $(READY) ## the figures of docs/performance.md, measured on this machine
	@$(BIN)/python -m tests.bench

load: $(READY) ## the tables of docs/benchmarks.md: the throttling engine under load, in virtual time
	@$(BIN)/python -m tests.load

openapi: $(READY) ## write the interfaces served to build/openapi/
	@$(BIN)/python -m local.openapi build/openapi

reference: $(READY) ## write the pages of docs/reference that are made of code
	@$(BIN)/python -m local.reference docs/reference

admin-password: $(READY) ## give the first admin of STAGE a new password (STAGE=local: of the running stack)
	@$(BIN)/python -m local.admin_password $(STAGE)

synth: $(READY) ## the CloudFormation of STAGE for AWS, Lambda bundles included
	@$(BIN)/python -m local.node cdk synth --quiet -c stage=$(STAGE)

bootstrap: $(READY) ## prepare the AWS account and region of your credentials for CDK, once
	@$(BIN)/python -m local.node cdk bootstrap

deploy: $(READY) ## deploy STAGE to the AWS account of your credentials
	@$(BIN)/python -m local.node cdk deploy --all -c stage=$(STAGE)

lock: $(READY) ## compile the pinned requirements anew
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header layers/dependencies/requirements.in -o layers/dependencies/requirements.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header layers/openapi_generator/requirements.in -o layers/openapi_generator/requirements.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header requirements-dev.in -o requirements-dev.txt

.PHONY: help setup run stop demo clean-state format check test slow bench load openapi reference admin-password synth bootstrap deploy lock

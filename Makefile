# `make run` installs what is missing and serves the product; `make test` runs every check and test.
# Arguments for the server: make run ARGS="--port 4000".

PYTHON := .venv/bin/python
NAME ?= sfu_forwarding

.PHONY: run test check unit e2e bench nightly types permissions format requirements clean

run:
	@scripts/install run
	@exec .venv/bin/interview-stream serve $(ARGS)

test:
	@scripts/install test
	@scripts/test

check:
	@scripts/install test
	@scripts/check

unit:
	@scripts/install test
	@$(PYTHON) -m pytest -m "not e2e and not integration"

e2e:
	@scripts/install test
	@$(PYTHON) -m pytest -m e2e

bench:
	@scripts/install test
	@$(PYTHON) -m bench.$(NAME)

nightly:
	@scripts/install test
	@scripts/nightly

types:
	@scripts/install test
	@scripts/types

permissions:
	@scripts/install test
	@$(PYTHON) -m tests.server.access.permissions

format:
	@scripts/install test
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format . && cd web && npm run format

requirements:
	@scripts/install test
	@scripts/requirements

clean:
	rm -rf .venv web/node_modules web/dist

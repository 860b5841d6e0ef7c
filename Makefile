# `make help` lists what there is. Everything a target needs it installs itself; nothing is installed twice.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
ROOMS := schemas producers streams alerting consumers deploy
PYPROJECTS := pyproject.toml $(ROOMS:%=%/pyproject.toml)
INSTALLED := $(VENV)/.installed
JARS := deploy/local-kafka/lib/.complete
PYTEST := $(BIN)/python -m pytest
# Some images set it. Every process would compile Kafka's client, SQLAlchemy and the rest anew, and tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE
# For a few tests only: make test ARGS='tests/deploy -k port'
ARGS ?=

# The stamp names the checkout it was made for: a moved or copied one is installed anew.
ifneq ($(shell cat $(INSTALLED) 2>/dev/null),$(CURDIR))
.PHONY: $(INSTALLED)
endif

.PHONY: help install kafka test-tools run test quick soak story bench-e2e bench-replay rubric-report catalogues renderings lint fmt lock clean distclean

help: ## What there is to make.
	@sed -nE 's/^([a-z][a-z0-9-]*):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

install: $(INSTALLED) kafka ## Everything `make run` needs: .venv, Java, Kafka.

$(INSTALLED): requirements.lock $(PYPROJECTS)
	@deploy/bootstrap.sh venv

# A broker of one's own needs neither Java nor jars here.
ifdef TOCSIN_KAFKA_BOOTSTRAP_SERVERS
kafka:
else
kafka: $(JARS)
	@deploy/bootstrap.sh java
endif

$(JARS): deploy/local-kafka/pom.xml
	@deploy/bootstrap.sh kafka

test-tools: $(INSTALLED) $(JARS)
	@deploy/bootstrap.sh java
	@deploy/bootstrap.sh test-tools

run: install ## Start Kafka and every service, publish the demonstration's reports; Ctrl-C stops it all.
	@exec $(BIN)/tocsinctl up --demo

test: export TOCSIN_REQUIRE_ALL := 1
test: test-tools lint ## All checks and all tests, on a real broker, PostgreSQL and a browser.
	$(PYTEST) $(ARGS)

quick: $(INSTALLED) ## The tests that are not slow; what is not installed is skipped.
	$(PYTEST) -m "not slow" $(ARGS)

soak: export TOCSIN_REQUIRE_ALL := 1
soak: export TOCSIN_HYPOTHESIS_PROFILE := soak
soak: test-tools ## All tests, the property tests with 10,000 cases each: half an hour and more.
	$(PYTEST) --timeout=3600 $(ARGS)

story: export TOCSIN_REQUIRE_ALL := 1
story: export TOCSIN_STORM_FINDINGS ?= 5000
story: test-tools ## The stories of the whole system; one by name: make story STORY=first_page.
	$(PYTEST) tests/stories $(if $(STORY),-k $(STORY)) $(ARGS)

bench-e2e: install ## Time from publishing to the call of the provider, and each process's memory.
	@exec $(BIN)/python -m bench.e2e $(ARGS)

bench-replay: install ## How long replaying another rubric over 10,000 real reports takes.
	@exec $(BIN)/python -m bench.replay $(ARGS)

rubric-report: $(INSTALLED) ## Agreement of the rubric with human labels of real incidents: docs/rubric-agreement.md.
	@exec $(BIN)/python -m bench.rubric_report $(ARGS)

catalogues: $(INSTALLED) ## Bring the translations up to date with the sentences in the code: docs/languages.md.
	@exec $(BIN)/python -m tocsin_alerting.messages.extraction

renderings: test-tools ## Every message and page in every language as files and pictures, below var/renderings.
	@deploy/bootstrap.sh fonts
	@exec $(BIN)/python -m tests.renderings $(ARGS)

lint: $(INSTALLED) ## ruff, mypy --strict, the import contracts.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports

fmt: $(INSTALLED) ## Format, and mend what ruff can mend.
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

# Reads the lock that is there and moves only what must move (docs/decisions/0004-lock-without-addresses.md).
lock: $(INSTALLED) ## Rewrite requirements.lock after a change of dependencies; all to their newest: make lock UPGRADE=1.
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  $(ROOMS:%=--no-emit-package tocsin-%) --all-extras --group dev $(if $(UPGRADE),--upgrade) \
	  $(ROOMS:%=%/pyproject.toml) --output-file requirements.lock

clean: ## Remove caches and build outputs; what was installed and the state under var/ stay.
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist apt.log maven.log
	find . -path ./$(VENV) -prune -o -path ./var -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## Remove what was installed into the checkout as well (.venv, Kafka's jars).
	rm -rf $(VENV) deploy/local-kafka/lib deploy/local-kafka/lib.part

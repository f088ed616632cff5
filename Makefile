# Everything is run from here; `make help` lists the targets.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN  := $(VENV)/bin
PORT ?= 8000
DEMO := _build/demo
SITE := _build/html
LITE := _build/lite

# The first of these that is Python 3.11 or later makes the environment.
PYTHON ?= $(shell for p in python3.11 python3 python; do \
  if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)

BOOK_SOURCES := _config.yml _toc.yml $(shell find book lib -type f -not -path 'book/_lite/*' -not -path '*/__pycache__/*' -not -path '*.egg-info/*' 2>/dev/null)
LITE_SOURCES := $(wildcard book/_lite/*) pyproject.toml $(wildcard exercises/*/*.ipynb) $(shell find lib/fallline -name '*.py' 2>/dev/null)
SOLUTIONS    := $(wildcard solutions/*/*.ipynb) solutions/header.ipynb

.PHONY: help demo site serve pdf lite work exercises grade data reproduce test test-nbgrader lint bench check setup-browser

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

$(BIN)/ready: requirements.lock pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo "Fall Line needs Python 3.11 or later, and none was found. Install it, or name it: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11. Name a newer one: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PYTHON) has no venv module. On Debian or Ubuntu install the package python3-venv, then run make again."; exit 1; }
	@echo "Setting up $(VENV) from requirements.lock (a few minutes the first time) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock || { echo "The packages of requirements.lock could not be installed: check the network connection and run make again; nothing is lost."; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(BIN)/ready ## build the site, grade a demonstration class, show where everything lies
	@$(MAKE) $(SITE)/index.html
	@$(MAKE) _build/exercises
	@echo "A demonstration class hands in ..."
	@mkdir -p $(DEMO) && cp -rp solutions nbgrader_config.py _toc.yml $(DEMO)/
	@$(BIN)/python -m fallline.marking.classroom $(DEMO)
	@cd $(DEMO) && $(CURDIR)/$(BIN)/python -m safegrade grade
	@printf '%s\n' "" "Site      $(CURDIR)/$(SITE)/index.html   (or run: make serve)" \
	  "Feedback  $(CURDIR)/$(DEMO)/grading/feedback/STUDENT/NOTEBOOK/NOTEBOOK.html" \
	  "Grades    $(CURDIR)/$(DEMO)/grading/grades.csv"

site: $(BIN)/ready ## build the book strictly, every cell executed afresh
	@rm -rf $(SITE)
	@$(MAKE) $(SITE)/index.html

$(SITE)/index.html: $(BOOK_SOURCES) $(wildcard exercises/*/*.ipynb) | $(BIN)/ready
	@echo "Building the site (two minutes, or three) ..."
	@rm -rf $(SITE) _build/.doctrees
	@mkdir -p _build; $(BIN)/jupyter-book build . -W -n --keep-going --quiet > _build/site.log 2>&1 || { rm -f $@; \
	  PYTHONPATH=book/_ext $(BIN)/python -m fallline_book.complaint _build/site.log || tail _build/site.log; \
	  echo "The site was not built; all that was said is in _build/site.log."; exit 1; }
	@touch $@

serve: $(SITE)/index.html ## show the site on this machine (PORT=8000)
	@PYTHONPATH=book/_ext $(BIN)/python -m fallline_book.serve $(SITE) --port $(PORT)

pdf: $(SITE)/index.html ## print the whole book to _build/fall-line.pdf (needs a browser)
	@echo "Printing the book ..."
	@PYTHONPATH=book/_ext $(BIN)/python -m fallline_book.printing $(SITE) _build/fall-line.pdf

lite: $(BIN)/ready ## build the exercises for the browser (INTO=folder copies them, PYODIDE=folder hosts all)
	@rm -f $(LITE)/index.html
	@$(MAKE) $(LITE)/index.html
	@if [ -n "$(INTO)" ]; then rm -rf "$(INTO)"; mkdir -p "$$(dirname "$(INTO)")"; cp -r $(LITE) "$(INTO)"; fi
	@printf '%s\n' "Exercises for the browser: $(abspath $(or $(INTO),$(LITE))) ($$(du -sh $(LITE) | cut -f1))" \
	  "Look at them: PYTHONPATH=book/_ext $(BIN)/python -m fallline_book.serve $(LITE)"

# Nothing of the grading's JupyterLab may leak into the reader's, so the builder is apart.
_build/lite-env/ready: requirements-lite.lock | $(BIN)/ready
	@echo "Setting up the builder of browser exercises from requirements-lite.lock ..."
	@rm -rf $(@D) && $(BIN)/python -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-lite.lock || { echo "The packages of requirements-lite.lock could not be installed: check the network connection and run make again; nothing is lost."; exit 1; }
	@touch $@

_build/lite-parts/ready: book/_lite/pyodide.toml book/_lite/kernel.lock | $(BIN)/ready
	@echo "Fetching the browser's Python ..."
	@$(BIN)/python book/_lite/build.py fetch || { echo "Check the network connection and run make again; nothing is lost."; exit 1; }
	@touch $@

$(LITE)/index.html: $(LITE_SOURCES) _build/lite-env/ready _build/lite-parts/ready | $(BIN)/ready
	@echo "Building the exercises for the browser (about half a minute) ..."
	@$(BIN)/python book/_lite/build.py assemble $(if $(PYODIDE),--pyodide "$(PYODIDE)")
	@rm -rf $(LITE)
	@cd _build/lite-source && ../lite-env/bin/jupyter-lite build --output-dir ../lite > build.log 2>&1 \
	  || { tail -n 20 build.log; echo "The exercises for the browser were not built: the messages above say why."; rm -rf ../lite; exit 1; }
	@touch $@

work: $(BIN)/ready ## copy new exercises to work/ and open JupyterLab there
	@for notebook in exercises/*/*.ipynb; do \
	  mine="work/$${notebook#exercises/}"; \
	  if [ -e "$$mine" ]; then echo "kept    $$mine"; \
	  else mkdir -p "$$(dirname "$$mine")"; cp "$$notebook" "$$mine"; echo "copied  $$mine"; fi; done
	@$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/work

exercises: $(BIN)/ready ## make the released notebooks from the solutions
	@rm -f _build/exercises
	@$(MAKE) _build/exercises

_build/exercises: $(SOLUTIONS) nbgrader_config.py | $(BIN)/ready
	@for solution in solutions/*/*.ipynb; do \
	  stem=$$(basename "$$solution" .ipynb); echo "Releasing $$stem ..."; \
	  $(BIN)/nbgrader generate_assignment "$$stem" --no-db --log-level=ERROR \
	  || { echo "$$stem was not released: the message above says why."; exit 1; }; done
	@mkdir -p $(@D) && touch $@

grade: $(BIN)/ready ## autograde what lies in grading/submitted (CLUSTER=tcp://host:8786: there), write feedback and grades
	@$(BIN)/python -m safegrade grade $(if $(CLUSTER),--cluster "$(CLUSTER)")

data: $(BIN)/ready ## fetch MNIST and Fashion-MNIST (42 MB) to the user's cache
	@$(BIN)/python -m fallline.datasets fetch mnist fashion

reproduce: $(BIN)/ready ## run the capstone's experiments again, beside the published numbers
	@$(BIN)/python -m fallline.reproduction

test: $(BIN)/ready ## run the tests
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder --max-worker-restart 0

test-nbgrader: $(BIN)/ready ## run nbgrader's own tests of autograding with safegrade in its place (ARGS="-k timeout")
	@$(BIN)/python tests/nbgrader_suite.py -n auto --maxprocesses 4 $(ARGS)

setup-browser: $(BIN)/ready ## install Chromium for the tests in a browser
	@PYTHONPATH=book/_ext $(BIN)/python -m fallline_book.browser

lint: $(BIN)/ready ## check style, spelling and the notebooks' hygiene
	@$(BIN)/ruff check . || { echo "Mend what ruff reports, or let it: $(BIN)/ruff check --fix ."; exit 1; }
	@$(BIN)/ruff format --check . || { echo "Format the files named above: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/codespell || { echo "Mend the spelling above, or add a name to tool.codespell in pyproject.toml."; exit 1; }
	@$(BIN)/python -m pytest -q --no-header tests/test_notebooks.py

bench: $(BIN)/ready ## compare speeds side by side, as ratios
	@$(BIN)/python tests/bench.py
	@PYTHONPATH=book/_ext $(BIN)/python tests/bench_site.py
	@PYTHONPATH=book/_ext $(BIN)/python tests/bench_grading.py $(GRADING)

check: ## what has to be green: lint, the strict site, the tests
	@if [ -n "$${CI:-}" ]; then $(MAKE) setup-browser; fi
	@$(MAKE) lint
	@rm -rf $(SITE) # the first test builds it afresh, while others run
	@$(MAKE) test
	@$(MAKE) $(SITE)/index.html

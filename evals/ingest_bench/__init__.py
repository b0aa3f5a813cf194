"""What `evals.bench_ingest` measures: corpora, throughput, and the cost of small changes in large folders."""

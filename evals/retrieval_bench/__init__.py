"""What `evals.bench_retrieval` measures: one corpus, one principal, the same questions, several systems."""

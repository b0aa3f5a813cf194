"""What `evals.bench_graph` measures: walks, following edits, loading, and extraction while documents are ingested."""

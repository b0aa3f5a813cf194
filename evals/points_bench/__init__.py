"""What `evals.bench_points` measures: many made-up points in the embedded store, kept in different ways."""

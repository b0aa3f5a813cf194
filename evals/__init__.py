"""The test bench: benchmarks and, later, quality gates. The service never imports it."""

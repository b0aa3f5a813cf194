"""What `evals.eval_retrieval` measures: development sets through Folio's own chunker, models, store and fusions."""

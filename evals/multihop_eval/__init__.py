"""What `evals.eval_multihop` measures: questions that take several documents, with the knowledge graph and without."""

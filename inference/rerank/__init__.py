"""Cross-encoders behind `core.retrieval_ports.Reranker`: one adapter per module."""

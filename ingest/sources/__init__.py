"""Where documents come from: folders and JSONL corpora, and the access labels beside them."""

"""Evidence becomes a grounded answer with checked citations, or a refusal."""

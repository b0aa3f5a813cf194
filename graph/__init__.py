"""The knowledge graph: facts counted by their evidence."""

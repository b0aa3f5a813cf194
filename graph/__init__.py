"""The knowledge graph: facts counted by their evidence. Holds nothing yet but its place."""

"""Whether sources, catalog, vectors and stored texts agree, and making them agree."""

"""Golden sets: their one format, what reads, checks and cleans them, and readers of public ones. No public set is part of the project."""

"""Evaluations of a knowledge base on golden sets: as it is, and as it would be with other settings."""

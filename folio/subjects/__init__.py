"""Requests of data subjects: where a person appears, all that is kept of them, and their erasure."""

"""Looks for instructions in texts that are only to be read. Rules and phrase tables, no model."""

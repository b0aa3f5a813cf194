"""Checks what was written against the words it is said to stand on. Pure: no model, no clock, no input or output."""

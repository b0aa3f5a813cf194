"""Answers that are sent while they are written, and can be taken up again where a connection broke."""
